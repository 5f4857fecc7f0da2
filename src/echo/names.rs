//! Whose name is it: the recipient's own, somebody else's on record, or just a word.

use crate::words::{AsItIs, Language, Lexicon, Word, Words};
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use super::align::edits_at_most;

/// A word of a name.
#[derive(PartialEq)]
struct Part<'a> {
    hash: u64,
    letters: u64,
    text: &'a str,
    /// A title or a small word, which is a name only where it is all there is of one.
    weak: bool,
    alone: bool,
}

/// Marks the words that are the recipient's own name: each word of each way to call them, titles before them, and one
/// slip of the pen in a long name.
pub(super) fn own(words: &Words, names: &[String]) -> Vec<bool> {
    let all = words.all();
    let mut marks = vec![false; all.len()];
    if names.is_empty() {
        return marks;
    }
    let english = Language::English.lexicon();
    let lexicon = words.language().lexicon();
    let is_small = |hash: u64| lexicon.is_function(hash) || english.is_function(hash);
    let is_title = |hash: u64| lexicon.is_title(hash) || english.is_title(hash);
    let names: Vec<Words> = names.iter().map(|n| Words::read_as(n, Language::Other)).collect();
    // Each part once, however many ways to call somebody it is in.
    let mut parts: Vec<Part<'_>> = Vec::new();
    for name in &names {
        for word in name.all() {
            let weak = is_small(word.hash) || is_title(word.hash);
            let part = Part { hash: word.hash, letters: word.letters, text: name.text(word), weak, alone: name.all().len() == 1 };
            if !(weak && !part.alone || parts.contains(&part)) {
                parts.push(part);
            }
        }
    }
    for (n, word) in all.iter().enumerate() {
        marks[n] = parts.iter().any(|part| {
            if part.weak {
                return part.hash == word.hash && word.capital;
            }
            let length = part.text.len();
            part.hash == word.hash
                || (word.capital || length >= 5)
                    && length >= 4
                    && word.len() >= 4
                    && (part.letters ^ word.letters).count_ones() <= 2
                    && word.len().abs_diff(length) <= 1
                    && !lexicon.is_everyday(word.hash)
                    && edits_at_most(part.text.as_bytes(), words.text(word).as_bytes(), 1)
                || length >= 3 && word.len() == length + 1 && possessive(words.text(word), part.text)
        });
    }
    // `Mrs Petrova`, `Pastor Bill` and `Ana and Tom` are one name each.
    for n in (0..all.len().saturating_sub(1)).rev() {
        if marks[n + 1] && !marks[n] && all[n].capital && is_title(all[n].hash) {
            marks[n] = true;
        }
        if n + 2 < all.len() && marks[n + 2] && !marks[n + 1] && n > 0 && marks[n] && is_and(all[n + 1].hash) {
            marks[n + 1] = true;
        }
    }
    marks
}

/// `Annas` is Anna's.
fn possessive(word: &str, name: &str) -> bool {
    word.len() == name.len() + 1 && word.ends_with('s') && word.starts_with(name)
}

pub(super) fn is_and(hash: u64) -> bool {
    ["and", "und", "et", "y", "i"].iter().any(|w| crate::words::hash(w) == hash)
}

/// Everybody else a card may go to, by the words they are called with.
#[derive(Clone, Debug, Default)]
pub struct Names {
    families: HashSet<u64, BuildHasherDefault<AsItIs>>,
    called: HashMap<u64, Vec<String>, BuildHasherDefault<AsItIs>>,
}

impl Names {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Names {
        Names::default()
    }

    /// Adds a name somebody is greeted with, and the id of who it is.
    pub fn add(&mut self, name: &str, who: &str) {
        let words = Words::read_as(name, Language::Other);
        let english = Language::English.lexicon();
        let titled = words.all().iter().any(|w| english.is_title(w.hash));
        for word in words.all().iter().filter(|w| w.len() >= 2 && !english.is_title(w.hash) && !english.is_function(w.hash)) {
            if titled {
                self.families.insert(word.hash);
            }
            let ids = self.called.entry(word.hash).or_default();
            if ids.last().is_none_or(|id| id != who) {
                ids.push(who.to_owned());
            }
        }
    }

    /// Adds a family name, which is used in full or behind a title.
    pub fn add_family(&mut self, name: &str, who: &str) {
        self.add(name, who);
        self.families.extend(Words::read_as(name, Language::Other).all().iter().filter(|w| w.len() >= 2).map(|w| w.hash));
    }

    /// Whether it is somebody's family name.
    #[must_use]
    pub fn is_family(&self, word: u64) -> bool {
        self.families.contains(&word)
    }

    /// Who is called so.
    #[must_use]
    pub fn who(&self, word: u64) -> Option<&[String]> {
        self.called.get(&word).map(Vec::as_slice)
    }
}

/// Three Anas are enough to say that there are Anas.
pub(super) const MANY: usize = 3;

/// A name somebody is spoken to by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Greeted {
    /// Its place among the words.
    pub word: usize,
    /// One of several, or behind whoever is named: `your husband, Tom`.
    pub apposed: bool,
    /// At the very beginning or after a greeting; otherwise only set off by commas, as a third person may be as well.
    pub hailed: bool,
}

/// Everybody the note speaks to: after `Dear`, `Happy birthday`, `Thank you`, as the first word before a comma, or set off
/// by commas.
pub(super) fn greeted(text: &str, words: &Words) -> Vec<Greeted> {
    let all = words.all();
    let lexicon = words.language().lexicon();
    let english = Language::English.lexicon();
    let mut found: Vec<Greeted> = Vec::new();
    let is_title = |n: usize| lexicon.is_title(all[n].hash) || english.is_title(all[n].hash);
    let between = |n: usize| {
        let start = if n == 0 { 0 } else { all[n - 1].from.end.min(all[n].from.start) };
        text.get(start..all[n].from.start).unwrap_or_default()
    };
    let behind = |n: usize| {
        let end = all.get(n + 1).map_or(text.len(), |w| w.from.start).max(all[n].from.end);
        text.get(all[n].from.end..end).unwrap_or_default()
    };
    // `Our new baker, Tom, …`: whoever begins the sentence, or what stands between commas, is named behind.
    let of_somebody = |n: usize| {
        let whose = |m: &usize| [lexicon, english].iter().any(|l| l.is_whose(all[*m].hash));
        (n.saturating_sub(4)..n)
            .rev()
            .find(whose)
            .is_some_and(|m| m + 1 < n && (m == 0 || all[m - 1].sentence != all[m].sentence || between(m).contains(',')))
    };
    let mut put = |n: usize, hailed: bool| {
        if !found.iter().any(|g| g.word == n) {
            let day = |n: usize| words.language().is_number_or_day(words.text(&all[n]));
            let behind = n > 0
                && (all[n - 1].capital && n > 1 && !day(n - 1)
                    || [lexicon, english].iter().any(|l| l.is_kin(all[n - 1].hash))
                    || !hailed && of_somebody(n));
            let and = |m: usize| all.get(m).is_some_and(|w| is_and(w.hash));
            let name = |m: usize| all.get(m).is_some_and(|w| w.capital);
            let listed = and(n + 1) && name(n + 2) || name(n + 1) && and(n + 2);
            found.push(Greeted { word: n, hailed, apposed: behind || listed });
        }
    };
    // Sentences begin, and what follows when the recipient was spoken to: `Ana, happy birthday Tom!`
    let begins = |n: &usize| *n == 0 || all[*n].sentence != all[*n - 1].sentence;
    let starts: Vec<usize> = (0..all.len()).filter(begins).collect();
    let behind_vocatives = starts.iter().filter_map(|start| behind_vocative(text, all, *start));
    for start in starts.iter().copied().chain(behind_vocatives) {
        let hail = lexicon
            .hails()
            .iter()
            .chain(english.hails())
            .find(|h| start + h.len() <= all.len() && h.iter().zip(&all[start..]).all(|(h, w)| *h == w.hash));
        let mut at = start + hail.map_or(0, Vec::len);
        while at < all.len() && is_title(at) && all[at].capital {
            at += 1;
        }
        if at >= all.len() || !all[at].capital || all[at].sentence != all[start].sentence {
            continue;
        }
        let set_off = behind(at).trim_start().starts_with([',', '!', '.', ':', '—', '–', '-', '\n']) || at + 1 == all.len();
        let dear = hail.is_some_and(|h| h.len() == 1);
        if hail.is_some() && (set_off || (dear && all[start].sentence == 0)) || hail.is_none() && start == 0 && set_off {
            put(at, true);
            // `Dear Ana and Tom`, `Dear Ana Lopez,`
            let mut more = at + 1;
            while more < all.len() && more <= at + 3 && behind(more - 1).trim().is_empty() {
                if all[more].capital {
                    put(more, true);
                } else if !is_and(all[more].hash) {
                    break;
                }
                more += 1;
            }
        }
    }
    for n in (1..all.len()).filter(|n| hailed_last(text, all, [lexicon, english], *n)) {
        put(n, true);
    }
    for n in (1..all.len()).filter(|n| signature(text, all, [lexicon, english], *n).is_none()) {
        let (before, after) = (between(n), behind(n));
        let off = |c: char| [',', '!', '?', '.', '—', '–'].contains(&c) || c == '-';
        if all[n].capital
            && [",", "—", "–", "-"].contains(&before.trim())
            && (after.is_empty() || after.trim_start().starts_with(off))
        {
            put(n, false);
        }
    }
    found
}

/// Where a sentence goes on that begins with somebody's name and a comma.
fn behind_vocative(text: &str, all: &[Word], start: usize) -> Option<usize> {
    let named = all[start..].iter().take(3).take_while(|w| w.capital && w.sentence == all[start].sentence).count();
    let next = start + named;
    let gap = text.get(all[next.checked_sub(1)?].from.end..all.get(next)?.from.start)?;
    (named > 0 && all[next].sentence == all[start].sentence && gap.trim() == ",").then_some(next)
}

/// Spoken to at the end of a sentence, with no comma before: `Thanks again Tom!`, `How are you Tom?`.
fn hailed_last(text: &str, all: &[Word], lexicons: [&Lexicon; 2], n: usize) -> bool {
    let sentence = all[n].sentence;
    let gap = |n: usize| text.get(all[n].from.end..all.get(n + 1).map_or(text.len(), |w| w.from.start)).unwrap_or_default();
    let ends = all.get(n + 1).is_none_or(|w| w.sentence != sentence) || gap(n).trim_start().starts_with([',', '!', '?', '.']);
    if !all[n].capital || !ends || all[n - 1].sentence != sentence || gap(n - 1) != " " {
        return false;
    }
    let any = |is: fn(&Lexicon, u64) -> bool, n: usize| lexicons.iter().any(|l| is(l, all[n].hash));
    if any(Lexicon::is_third, n - 1) || all[n - 1].capital && n > 1 && all[n - 2].sentence == sentence {
        return false;
    }
    let start = (0..n).rev().take_while(|m| all[*m].sentence == sentence).last().unwrap_or(n);
    let start = behind_vocative(text, all, start).filter(|behind| *behind < n).unwrap_or(start);
    let hails = lexicons.iter().flat_map(|l| l.hails());
    let hailed = hails.filter(|h| h.len() <= n - start).any(|h| h.iter().zip(&all[start..]).all(|(h, w)| *h == w.hash));
    // `Thanks for everything Tom!`, `Vielen Dank nochmals Tom!`; but `thanks for feeding Tom!`
    let others =
        (start..n).filter(|m| !(any(Lexicon::is_function, *m) || any(Lexicon::is_greeting, *m) || any(Lexicon::is_everyday, *m)));
    let others = others.count();
    any(Lexicon::is_spoken, n - 1) || hailed && (others == 0 || others == 1 && !(start..n).any(|m| any(Lexicon::is_third, m)))
}

/// Where a signature begins that ends with this word: `Yours, Ana`, a name alone on the last line, `Tom and Eva`.
pub(super) fn signature(text: &str, all: &[Word], lexicons: [&Lexicon; 2], end: usize) -> Option<usize> {
    let behind = text.get(all[end].from.end..all.get(end + 1).map_or(text.len(), |w| w.from.start)).unwrap_or_default();
    if !all[end].capital || end + 1 < all.len() && !behind.contains('\n') || end > 0 && hailed_last(text, all, lexicons, end) {
        return None;
    }
    let sentence = all[end].sentence;
    let mut start = end;
    while start > 0 && all[start - 1].sentence == sentence && (is_and(all[start - 1].hash) || all[start - 1].capital) {
        start -= 1;
    }
    let closing = |w: &Word| lexicons.iter().any(|l| l.is_function(w.hash) || l.is_greeting(w.hash));
    while start < end && (closing(&all[start]) || is_and(all[start].hash)) {
        start += 1;
    }
    let mut before = all[..start].iter().rev().take_while(|w| w.sentence == sentence).peekable();
    // A first sentence that is only a name greets; it doesn't sign.
    if before.peek().is_none() && start == 0 {
        return None;
    }
    before.all(closing).then_some(start)
}
