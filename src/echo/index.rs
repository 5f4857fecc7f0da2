//! What a note is found again by: pairs of its telling words, so that a few exchanged ones don't hide it.

use std::collections::BTreeSet;

use crate::words::hash_pair;

use super::explain::fingerprints;
use super::glance::Glance;
use super::reading::{Frequencies, Reading};

/// With fewer telling words, rows of any three words help: a short note with its nouns exchanged has little else left.
const FEW_WORDS: usize = 13;
/// More keys no note needs; a long text is found by its beginning too.
const MOST_KEYS: usize = 220;

/// Rows of letters kept of a note, and asked for.
const LETTERS_KEPT: usize = 4;
const LETTERS_ASKED: usize = 24;
/// Where other words may be strewn between its own, words further apart are asked for too.
const STREWN: usize = 6;

/// What the index keeps of one note.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// The note folded, as typed and with the recipient's names masked; one where they are the same, none for no words.
    pub fingerprints: Vec<i64>,
    /// Each with the sentence it is from.
    pub keys: Vec<(u32, usize)>,
    /// Rows of its letters, whatever gaps are between them: it is found by these where its words are disguised. An index keeps
    /// the first few; behind them are more to ask by. None are given for a note whose text must be forgotten.
    pub letters: Vec<u32>,
    /// The gaps between its words are not where a reader expects them.
    pub scrambled: bool,
    /// Its different words, for how often words stand in the shop's notes.
    pub stems: Vec<i64>,
    /// What to look for in what is found, before it is read.
    pub glance: Glance,
}

impl Traits {
    /// What the note is put into an index under.
    pub fn kept(&self) -> impl Iterator<Item = u32> {
        let words = self.keys.iter().map(|(key, _)| *key);
        words.chain(self.letters.iter().take(LETTERS_KEPT).copied())
    }

    /// What others are asked for by, each with the sentence it is from.
    pub fn asked(&self) -> impl Iterator<Item = (u32, usize)> {
        let letters = self.letters.iter().filter(|_| self.scrambled).map(|key| (*key, 0));
        self.keys.iter().copied().chain(letters)
    }
}

/// Everything the index keeps of a note. `public` leaves out what might be a name, for a note whose text must be forgotten.
#[must_use]
pub fn traits(text: &str, names: &[String], public: bool) -> Traits {
    let reading = Reading::new(text, names, &[], &Frequencies::default());
    let words = reading.words.all();
    let mut traits = Traits::default();
    if words.is_empty() {
        return traits;
    }
    // Nothing is left out of this reading: each word has its term.
    let own: Vec<bool> = reading.terms.iter().map(|t| t.name).collect();
    traits.fingerprints = fingerprints(&reading.words, &own).iter().map(|f| f.0).collect();
    traits.fingerprints.dedup();
    let stems: BTreeSet<u64> = words.iter().map(|w| w.stem).collect();
    traits.stems = stems.into_iter().map(|s| s as i64).collect();

    traits.scrambled = reading.words.scrambled();
    traits.glance = Glance::of(&reading, traits.scrambled);
    if !public {
        // The smallest numbers are a sample that two notes with the same letters share.
        let rows = reading.words.rows_of_letters();
        traits.letters = rows.iter().take(LETTERS_ASKED).map(|row| (row >> 32) as u32).collect();
    }

    let terms: Vec<_> =
        reading.terms.iter().filter(|t| !(t.common || t.name || public && words[t.word].capital && !t.function)).collect();
    let mut seen = BTreeSet::new();
    let mut put = |key: u64, sentence: u16| {
        let key = (key >> 32) as u32;
        if seen.len() < MOST_KEYS && seen.insert(key) {
            traits.keys.push((key, usize::from(sentence)));
        }
    };
    let content: Vec<_> = terms.iter().filter(|t| !t.function).collect();
    let pairs = |put: &mut dyn FnMut(u64, u16), apart: std::ops::Range<usize>| {
        for (n, a) in content.iter().enumerate() {
            for b in content.iter().skip(n + apart.start).take(apart.len()) {
                let (low, high) = (a.stem.min(b.stem), a.stem.max(b.stem));
                if low != high {
                    put(hash_pair(low, high), a.sentence);
                }
            }
        }
    };
    pairs(&mut put, 1..3);
    if content.len() < FEW_WORDS {
        for three in terms.windows(3).filter(|t| t[0].sentence == t[2].sentence) {
            put(hash_pair(hash_pair(three[0].stem, three[1].stem), three[2].stem), three[0].sentence);
        }
        if traits.keys.is_empty() {
            // Nothing but a greeting: found by all its words at once.
            let all = reading.terms.iter().filter(|t| !t.name).fold(1, |all, t| hash_pair(all, t.stem));
            traits.keys.push(((all >> 32) as u32, 0));
        }
    }
    if traits.scrambled {
        let mut asked = |key: u64, _| traits.letters.push((key >> 32) as u32);
        pairs(&mut asked, 3..STREWN);
        traits.letters.truncate(LETTERS_ASKED + MOST_KEYS);
    }
    traits
}
