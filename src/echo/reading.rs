//! A note as the comparison sees it: each word with what it weighs, and why.
//!
//! The recipient's name weighs nothing, small words little, everyday words more, words of the note's own the most; a word
//! in a phrase anybody may say weighs next to nothing.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::words::{AsItIs, Lexicon, Pattern, Words, shape_hash_of};

use super::names;

/// What a small word weighs.
const FUNCTION: f32 = 0.2;
/// What an everyday word weighs.
const EVERYDAY: f32 = 0.6;
/// What is left of a word's weight inside a commonplace.
const COMMONPLACE: f32 = 0.15;
/// The same for skeletons.
const FLAT_FUNCTION: f32 = 0.5;
const FLAT_EVERYDAY: f32 = 0.8;
const FLAT_COMMONPLACE: f32 = 0.3;
/// A word typical for the shop keeps so much of its weight in a skeleton.
const FLAT_TYPICAL: f32 = 0.8;
/// From so many notes on, words typical for the shop weigh less.
const ENOUGH_NOTES: u64 = 50;
/// A commonplace with many places left out must not be tried in every way there is.
const PATIENCE: usize = 400;

/// How often words stand in the shop's notes: what a baker always says about bread says little about anybody.
#[derive(Clone, Debug, Default)]
pub struct Frequencies {
    notes: u64,
    common: HashMap<u64, u64, BuildHasherDefault<AsItIs>>,
}

impl Frequencies {
    /// From the number of notes, and for stems that are in more than a fiftieth of them, in how many.
    #[must_use]
    pub fn new(notes: u64, common: impl IntoIterator<Item = (u64, u64)>) -> Frequencies {
        Frequencies { notes, common: common.into_iter().filter(|(_, n)| *n * ENOUGH_NOTES > notes).collect() }
    }

    /// A stem that is in more notes than this is common.
    #[must_use]
    pub fn common_from(notes: u64) -> u64 {
        notes / ENOUGH_NOTES
    }

    fn factor(&self, stem: u64) -> f32 {
        if self.notes < ENOUGH_NOTES {
            return 1.0;
        }
        self.common.get(&stem).map_or(1.0, |df| {
            let rare = (self.notes as f32 / (*df).max(1) as f32).ln() / (ENOUGH_NOTES as f32).ln();
            rare.clamp(0.2, 1.0)
        })
    }
}

/// One word and what it weighs.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// Its place among all words of the note; words of declared phrases are no terms.
    pub word: usize,
    pub hash: u64,
    pub stem: u64,
    pub shape: u64,
    /// The shape of this word and the next written as one.
    pub joined: u64,
    pub letters: u64,
    pub length: u8,
    pub sentence: u16,
    pub weight: f32,
    /// What it weighs as part of a skeleton, where small words count too.
    pub flat: f32,
    /// The recipient's own name, or a title before it.
    pub name: bool,
    /// Inside a phrase anybody may say.
    pub common: bool,
    pub function: bool,
    /// A small word that makes a sentence: `is`, `you`, `not`.
    pub clause: bool,
    pub figure: bool,
}

/// A note, weighed.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub words: Words,
    pub terms: Vec<Term>,
    /// Only what is left of an erased person's note: ten bits a word.
    pub coarse: bool,
}

/// Declared phrases, as rows of folded words.
pub(super) type Kept = [Vec<u64>];

impl Reading {
    pub fn new(text: &str, names: &[String], kept: &Kept, frequencies: &Frequencies) -> Reading {
        Reading::of(Words::read(text), names, kept, frequencies)
    }

    pub fn of(words: Words, names: &[String], kept: &Kept, frequencies: &Frequencies) -> Reading {
        let lexicon = words.language().lexicon();
        let own = names::own(&words, names);
        let common = commonplaces(&words, &own, lexicon);
        let house = phrases(&words, kept);
        let plain = words.language() == crate::words::Language::Other;
        let terms = words
            .all()
            .iter()
            .enumerate()
            .filter(|(n, _)| !house[*n])
            .map(|(n, word)| {
                let function = if plain { word.len() <= 3 } else { lexicon.is_function(word.hash) };
                let tier = if function {
                    FUNCTION
                } else if lexicon.is_everyday(word.hash) {
                    EVERYDAY
                } else {
                    1.0
                };
                let weight =
                    if own[n] { 0.0 } else { tier * frequencies.factor(word.stem) * if common[n] { COMMONPLACE } else { 1.0 } };
                let flat = if own[n] {
                    0.0
                } else {
                    (if function {
                        FLAT_FUNCTION
                    } else if tier < 1.0 {
                        FLAT_EVERYDAY
                    } else {
                        1.0
                    }) * frequencies.factor(word.stem).max(FLAT_TYPICAL)
                        * if common[n] { FLAT_COMMONPLACE } else { 1.0 }
                };
                Term {
                    flat,
                    hash: word.hash,
                    stem: word.stem,
                    shape: word.shape,
                    joined: words.all().get(n + 1).map_or(0, |next| shape_hash_of(&[words.text(word), words.text(next)])),
                    letters: word.letters,
                    length: word.len().min(255) as u8,
                    sentence: word.sentence.min(usize::from(u16::MAX)) as u16,
                    weight,
                    name: own[n],
                    common: common[n],
                    word: n,
                    function,
                    clause: lexicon.is_clause(word.hash),
                    figure: word.figure,
                }
            })
            .collect();
        Reading { words, terms, coarse: false }
    }

    /// The weight of all words.
    pub fn weight(&self) -> f32 {
        self.terms.iter().map(|t| t.weight).sum()
    }

    pub fn text(&self, n: usize) -> &str {
        self.terms.get(n).and_then(|t| self.words.all().get(t.word)).map_or("", |w| self.words.text(w))
    }
}

/// Marks the words of declared phrases.
fn phrases(words: &Words, kept: &Kept) -> Vec<bool> {
    let all = words.all();
    let mut marks = vec![false; all.len()];
    for phrase in kept.iter().filter(|p| !p.is_empty()) {
        for start in 0..(all.len() + 1).saturating_sub(phrase.len()) {
            if all[start..start + phrase.len()].iter().zip(phrase).all(|(w, h)| w.hash == *h) {
                marks[start..start + phrase.len()].fill(true);
            }
        }
    }
    marks
}

/// Marks the words of phrases anybody may say.
fn commonplaces(words: &Words, own: &[bool], lexicon: &Lexicon) -> Vec<bool> {
    let all = words.all();
    let mut marks = vec![false; all.len()];
    for start in 0..all.len() {
        let mut longest = start;
        let mut offer = |pattern: &Pattern| {
            let mut patience = PATIENCE;
            if let Some(end) = furthest(words, own, pattern, start, &mut patience) {
                longest = longest.max(end);
            }
        };
        for pattern in lexicon.phrases_from(all[start].hash) {
            offer(pattern);
        }
        marks[start..longest].fill(true);
    }
    marks
}

/// The furthest end of a phrase that begins at `at`.
fn furthest(words: &Words, own: &[bool], pattern: &[crate::words::Slot], at: usize, patience: &mut usize) -> Option<usize> {
    let Some((slot, rest)) = pattern.split_first() else { return Some(at) };
    if *patience == 0 {
        return None;
    }
    *patience -= 1;
    let all = words.all();
    let mut best = None;
    let mut try_from = |next: usize, patience: &mut usize| {
        best = best.max(furthest(words, own, rest, next, patience));
    };
    for wording in &slot.wordings {
        let end = at + wording.len();
        if end <= all.len() && all[at..end].iter().zip(wording).all(|(w, h)| w.hash == *h) {
            try_from(end, patience);
        }
    }
    if slot.name && own.get(at) == Some(&true) {
        let end = at + own[at..].iter().take_while(|o| **o).count();
        try_from(end, patience);
    }
    if slot.optional {
        try_from(at, patience);
    }
    best
}
