//! What a note is found again by: pairs of its telling words, so that a few exchanged ones don't hide it.

use std::collections::BTreeSet;

use crate::words::hash_pair;

use super::explain::fingerprints;
use super::names;
use super::reading::{Frequencies, Reading};

/// With fewer telling words, rows of any three words help: a short note with its nouns exchanged has little else left.
const FEW_WORDS: usize = 13;
/// More keys no note needs; a long text is found by its beginning too.
const MOST_KEYS: usize = 220;

/// Rows of letters kept of a note, and asked for.
pub const LETTERS_KEPT: usize = 4;
const LETTERS_ASKED: usize = 24;

/// What the index keeps of one note.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// The note folded, as typed and with the recipient's names masked; one where they are the same, none for no words.
    pub fingerprints: Vec<i64>,
    /// Each with the sentence it is from.
    pub keys: Vec<(u32, usize)>,
    /// Rows of its letters, whatever gaps are between them, most telling first: it is found by these where its words are
    /// disguised. The index keeps the first [`LETTERS_KEPT`]; none are given for a note whose text must be forgotten.
    pub letters: Vec<u32>,
    /// The gaps between its words are not where a reader expects them.
    pub scrambled: bool,
    /// Its different words, for how often words stand in the shop's notes.
    pub stems: Vec<i64>,
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
    let own = names::own(&reading.words, names);
    traits.fingerprints = fingerprints(&reading.words, &own).iter().map(|f| f.0).collect();
    traits.fingerprints.dedup();
    let stems: BTreeSet<u64> = words.iter().map(|w| w.stem).collect();
    traits.stems = stems.into_iter().map(|s| s as i64).collect();

    traits.scrambled = reading.words.scrambled();
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
    for (n, a) in content.iter().enumerate() {
        for b in content.iter().skip(n + 1).take(2) {
            let (low, high) = (a.stem.min(b.stem), a.stem.max(b.stem));
            if low != high {
                put(hash_pair(low, high), a.sentence);
            }
        }
    }
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
    traits
}
