//! Saying what was found: which words are the same, which were exchanged for which, how many are own.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

use crate::words::{Words, hash_pair, outline, shown};

use super::compare::{Is, Likeness};
use super::reading::Reading;
use super::{Earlier, Finding, Fingerprint, Kept, Other};

/// What a stretch of the draft is, seen from the earlier note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Word for word the same.
    Same,
    /// Stands in the place of these words.
    Swapped(String),
    /// The draft's own.
    Own,
}

/// A stretch of the draft. The marks of a finding together hold every word of the note once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the draft.
    pub range: Range<usize>,
    /// Words in it.
    pub words: usize,
    /// What it is.
    pub touch: Touch,
}

/// A sentence of a patchwork and the card it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Bytes of the draft.
    pub range: Range<usize>,
    /// The card.
    pub other: Other,
}

impl Finding {
    /// How many words are the same, swapped and own: together all words of the note.
    #[must_use]
    pub fn counts(&self) -> (usize, usize, usize) {
        let of = |wanted: fn(&Touch) -> bool| self.marks.iter().filter(|m| wanted(&m.touch)).map(|m| m.words).sum();
        (of(|t| *t == Touch::Same), of(|t| matches!(t, Touch::Swapped(_))), of(|t| *t == Touch::Own))
    }

    /// The stretches that are the same, as typed.
    #[must_use]
    pub fn same(&self, text: &str) -> Vec<String> {
        self.marks.iter().filter(|m| m.touch == Touch::Same).map(|m| one_line(text, &m.range)).collect()
    }

    /// What was exchanged: then and now.
    #[must_use]
    pub fn swapped(&self, text: &str) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for mark in &self.marks {
            if let Touch::Swapped(old) = &mark.touch {
                let pair = (old.clone(), one_line(text, &mark.range));
                if !pairs.contains(&pair) {
                    pairs.push(pair);
                }
            }
        }
        pairs
    }

    /// The stretches that are own.
    #[must_use]
    pub fn own(&self, text: &str) -> Vec<String> {
        self.marks.iter().filter(|m| m.touch == Touch::Own).map(|m| one_line(text, &m.range)).collect()
    }

    /// The lines an owner reads under the message: same, swapped, own; or each sentence with its card.
    #[must_use]
    pub fn lines(&self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let plural = |n: usize| if n == 1 { "word " } else { "words" };
        if !self.marks.is_empty() {
            let (same, swapped, own) = self.counts();
            lines.push(format!("same     {same:>3} {}  {}", plural(same), short(&self.same(text).join(" \u{2026} "), 90)));
            let pairs: Vec<String> = self.swapped(text).iter().map(|(old, new)| format!("{old} > {new}")).collect();
            lines.push(
                format!("swapped  {swapped:>3} {}  {}", plural(swapped), short(&pairs.join("   "), 160)).trim_end().to_owned(),
            );
            lines.push(
                format!("own      {own:>3} {}  {}", plural(own), short(&self.own(text).join(" \u{2026} "), 90))
                    .trim_end()
                    .to_owned(),
            );
        }
        for source in &self.sources {
            lines.push(format!("\u{201c}{}\u{201d} {}", short(&one_line(text, &source.range), 60), source.other.whence()));
        }
        lines
    }
}

impl Other {
    /// `is from the card to Mark of 3 Mar 2024`.
    #[must_use]
    pub fn whence(&self) -> String {
        match (self.sheet_line, self.day) {
            (Some(line), _) => format!("is from the note to {} on line {line} of this sheet", shown(&self.name)),
            (None, Some(day)) => format!("is from the card to {} of {}", shown(&self.name), day.plain()),
            (None, None) => format!("is from a card to {}", shown(&self.name)),
        }
    }
}

impl From<&Earlier> for Other {
    fn from(earlier: &Earlier) -> Other {
        Other {
            card: earlier.card.clone(),
            to: earlier.who.clone(),
            name: earlier.name.clone(),
            day: earlier.day,
            sheet_line: earlier.sheet_line,
        }
    }
}

/// The marks of a draft seen from one earlier note. Words typed as one are one; the words of declared phrases are the same
/// on every card and count so.
pub(super) fn marks(draft: &Reading, earlier: &Reading, old: &Earlier, likeness: &Likeness) -> Vec<Mark> {
    let all = draft.words.all();
    let mut touches: Vec<Touch> = vec![Touch::Same; all.len()];
    for (n, term) in draft.terms.iter().enumerate() {
        touches[term.word] = match likeness.is.get(n).copied().unwrap_or(Is::Own) {
            Is::Own => Touch::Own,
            Is::Same(j) if term.name && earlier.terms.get(j).is_some_and(|e| e.hash != term.hash) => {
                Touch::Swapped(typed(earlier, old, &[j]))
            }
            Is::Same(_) => Touch::Same,
            Is::Swapped(n) => Touch::Swapped(typed(earlier, old, &likeness.swaps[n].0)),
        };
    }
    let mut marks: Vec<Mark> = Vec::new();
    for (n, word) in all.iter().enumerate() {
        if n > 0 && all[n - 1].from == word.from {
            continue;
        }
        match marks.last_mut() {
            Some(last) if last.touch == touches[n] => {
                last.range.end = word.from.end;
                last.words += 1;
            }
            _ => marks.push(Mark { range: word.from.clone(), words: 1, touch: touches[n].clone() }),
        }
    }
    marks
}

/// The words of the earlier note as they were typed.
fn typed(earlier: &Reading, old: &Earlier, terms: &[usize]) -> String {
    let Kept::Text(text) = &old.note else { return "\u{2026}".into() };
    let at = |n: Option<&usize>| n.and_then(|n| earlier.terms.get(*n)).and_then(|t| earlier.words.all().get(t.word));
    match (at(terms.first()), at(terms.last())) {
        (Some(first), Some(last)) => one_line(text, &(first.from.start..last.from.end)),
        _ => String::new(),
    }
}

/// A stretch of a text on one line, safe to show.
pub(super) fn one_line(text: &str, range: &Range<usize>) -> String {
    let part = text.get(range.clone()).unwrap_or_default();
    shown(&part.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// The beginning of a text, cut between words.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(most).collect();
    if let Some(space) = cut.rfind(' ') {
        cut.truncate(space);
    }
    cut.push('\u{2026}');
    cut
}

/// Words as somebody counts them on paper.
pub(super) fn typed_words(words: &Words) -> usize {
    let all = words.all();
    all.iter().enumerate().filter(|(n, w)| *n == 0 || all[n - 1].from != w.from).count()
}

/// All words as one number.
pub(super) fn fold_hash(words: &Words) -> u64 {
    words.all().iter().fold(words.rest(), |all, word| hash_pair(all, word.shape))
}

/// The fingerprints of a note: as typed, and with each run of the recipient's names as one mark. White space is no part of
/// it, so that words torn apart or run together are the same note.
pub(super) fn fingerprints(words: &Words, own: &[bool]) -> [Fingerprint; 2] {
    let all = words.all();
    let letters = |range: Range<usize>| all[range].iter().flat_map(|w| words.text(w).bytes());
    [&vec![false; all.len()], own].map(|own: &[bool]| {
        let mut hasher = Sha256::new();
        let mut at = 0;
        for run in own.chunk_by(|a, b| a == b) {
            if run[0] {
                hasher.update([SOMEBODY]);
            } else {
                outline(letters(at..at + run.len()), |b| hasher.update([b]));
            }
            at += run.len();
        }
        hasher.update(words.rest().to_le_bytes());
        let mut short = [0; 8];
        short.copy_from_slice(&hasher.finalize()[..8]);
        Fingerprint(i64::from_le_bytes(short))
    })
}

/// What stands for a name, whoever's it is: no folded letter.
const SOMEBODY: u8 = 0x40;
