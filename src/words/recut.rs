//! Words run together, torn apart or spelled out letter by letter, cut again where an earlier text has its gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Lexicon, Word, Words, outline};

/// Letters in a row that two texts share by more than chance.
const ROW: usize = 8;
/// Longer texts are cut by their beginning; no card holds more.
const MOST_LETTERS: usize = 4000;
/// A word of another text is recognised from so many letters on.
const SHORTEST: usize = 2;
/// So much of a text must be recognised, in words of three letters or more, or it stays as it was typed.
const RECOGNISED: f32 = 0.5;

impl Words {
    /// The rows of letters of a text, without its gaps: numbers, each once, in order.
    #[must_use]
    pub fn rows_of_letters(&self) -> Vec<u64> {
        let mut letters = Vec::with_capacity(self.folded.len());
        outline(self.folded.bytes().take(MOST_LETTERS), |b| letters.push(b));
        let mut rows: Vec<u64> = letters.windows(ROW).map(super::hash_bytes).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// Whether the gaps between its words are not where a reader expects them: few small words are whole, letters stand
    /// alone, or the words are too short or too long. Telegrams look the same, so it proves nothing.
    #[must_use]
    pub fn scrambled(&self) -> bool {
        let n = self.list.len();
        let letters = self.folded.len();
        if letters < ROW * 2 {
            return false;
        }
        let single = self.list.iter().filter(|w| w.len() == 1 && !w.figure).count();
        let longest = self.list.iter().map(Word::len).max().unwrap_or(0);
        let mut small = [0_usize; 8];
        for word in &self.list {
            let languages = Lexicon::small_words(word.hash);
            for (bit, count) in small.iter_mut().enumerate() {
                *count += usize::from(word.len() > 1 && languages >> bit & 1 == 1);
            }
        }
        let small = small.into_iter().max().unwrap_or(0);
        longest >= 22 || single * 4 >= n || small * 10 < n * 3 || letters * 10 < n * 32
    }

    /// The same letters cut into the words of other texts, as far as they are in them; `None` where too little is.
    #[must_use]
    pub fn recut(&self, others: &[&Words]) -> Option<Words> {
        let end = (0..=self.folded.len().min(MOST_LETTERS)).rev().find(|n| self.folded.is_char_boundary(*n)).unwrap_or(0);
        let text = &self.folded.as_bytes()[..end];
        let mut known: BTreeMap<u8, BTreeSet<&str>> = BTreeMap::new();
        for words in others {
            for word in words.all().iter().filter(|w| w.len() >= SHORTEST) {
                let word = words.text(word);
                known.entry(word.as_bytes()[0]).or_default().insert(word);
            }
        }
        // The best way to cut up to each letter: its worth, and the length of the word that ends there (0: none does).
        let mut best: Vec<(usize, usize)> = vec![(0, 0); text.len() + 1];
        for (at, first) in text.iter().enumerate() {
            if best[at + 1].0 < best[at].0 {
                best[at + 1] = (best[at].0, 0);
            }
            for word in known.get(first).into_iter().flatten() {
                let end = at + word.len();
                if text[at..].starts_with(word.as_bytes()) && best[end].0 < best[at].0 + 4 * word.len() - 3 {
                    best[end] = (best[at].0 + 4 * word.len() - 3, word.len());
                }
            }
        }
        let mut cuts: Vec<(Range<usize>, bool)> = Vec::new();
        let mut end = text.len();
        while end > 0 {
            let length = best[end].1;
            match cuts.last_mut() {
                Some((unknown, false)) if length == 0 => unknown.start = end - 1,
                _ => cuts.push((end - length.max(1)..end, length > 0)),
            }
            end -= length.max(1);
        }
        cuts.reverse();
        // Two letters found inside a word nobody knows are chance.
        let chance = |n: usize| {
            let (range, known) = &cuts[n];
            let unknown = |n: Option<usize>| n.and_then(|n| cuts.get(n)).is_some_and(|c| !c.1);
            *known && range.len() <= 2 && unknown(n.checked_sub(1)) && unknown(Some(n + 1))
        };
        let mut parts: Vec<(Range<usize>, bool)> = Vec::new();
        for (n, (cut, known)) in cuts.iter().enumerate() {
            let known = *known && !chance(n);
            match parts.last_mut() {
                Some((range, false)) if !known => range.end = cut.end,
                _ => parts.push((cut.clone(), known)),
            }
        }
        // Words that are whole as they were typed need no cutting.
        let is_known = |word: &str| known.get(&word.as_bytes()[0]).is_some_and(|words| words.contains(word));
        let before = self.list.iter().filter(|w| w.len() >= SHORTEST && is_known(self.text(w))).count();
        if parts.iter().filter(|(_, known)| *known).count() * 4 <= before * 5 {
            return None;
        }
        let recognised: usize = parts.iter().filter(|(r, known)| *known && r.len() > 2).map(|(r, _)| r.len()).sum();
        if (recognised as f32) < RECOGNISED * text.len() as f32 {
            return None;
        }
        let language = others.iter().max_by_key(|w| w.list.len()).map_or(self.language, |w| w.language);
        let mut words =
            Words { folded: self.folded[..text.len()].to_owned(), language, rest: self.rest, list: Vec::new(), sentences: 0 };
        let mut at = 0;
        for (range, _) in parts {
            let Some(part) = self.folded.get(range.clone()) else { continue };
            while self.list.get(at).is_some_and(|w| w.at.end as usize <= range.start) {
                at += 1;
            }
            let Some(first) = self.list.get(at) else { break };
            let last = self.list[at..].iter().take_while(|w| (w.at.start as usize) < range.end).last().unwrap_or(first);
            let from = within(first, range.start).start..within(last, range.end - 1).end;
            let capital = first.capital && first.at.start as usize == range.start;
            words.list.push(Word::new(part, range.start as u32..range.end as u32, from, first.sentence, capital, language));
        }
        words.sentences = words.list.last().map_or(0, |w| w.sentence + 1);
        Some(words)
    }
}

/// Where a letter of a word was typed: to the byte where nothing was folded away, else the whole word.
fn within(word: &Word, letter: usize) -> Range<usize> {
    let n = letter - word.at.start as usize;
    if word.from.len() == word.len() { word.from.start + n..word.from.start + n + 1 } else { word.from.clone() }
}
