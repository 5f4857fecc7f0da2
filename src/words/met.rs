//! Words that were met before. The notes of a shop share most of their words, and a check reads a hundred notes for each new one:
//! what a word's numbers are is looked up, not reckoned again.

use std::cell::RefCell;

use super::{Language, hash, outlined};

/// What a folded word is compared by.
#[derive(Clone, Copy, Default)]
pub(super) struct Numbers {
    pub hash: u64,
    pub shape: u64,
    pub stem: u64,
    /// Which letters are in it, a bit each.
    pub letters: u64,
}

impl Numbers {
    fn of(word: &str, language: Language) -> Numbers {
        let shape = outlined(word);
        let letters = word.bytes().fold(0, |bits, b| bits | 1 << (b & 63));
        Numbers { hash: hash(word), shape, stem: language.stem_hash(word, shape), letters }
    }
}

/// So many words are remembered by each processor, 64 bytes each, and none of more bytes than this.
const PLACES: usize = 1 << 12;
const LONGEST: usize = 15;

#[derive(Clone, Copy, Default)]
struct Met {
    /// The word itself, with its length behind it; 0 where there is none.
    word: u128,
    language: Language,
    numbers: Numbers,
}

thread_local! {
    static MET: RefCell<Vec<Met>> = const { RefCell::new(Vec::new()) };
}

/// The numbers of a folded word.
pub(super) fn numbers(word: &str, language: Language) -> Numbers {
    if word.len() > LONGEST {
        return Numbers::of(word, language);
    }
    let mut bytes = [0; LONGEST + 1];
    bytes[..word.len()].copy_from_slice(word.as_bytes());
    bytes[LONGEST] = word.len() as u8;
    let key = u128::from_le_bytes(bytes);
    let mixed = (key as u64 ^ ((key >> 64) as u64).rotate_left(23) ^ language as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    MET.with_borrow_mut(|all| {
        if all.is_empty() {
            all.resize(PLACES, Met::default());
        }
        let met = &mut all[(mixed >> 48) as usize % PLACES];
        if (met.word, met.language) != (key, language) {
            *met = Met { word: key, language, numbers: Numbers::of(word, language) };
        }
        met.numbers
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_the_same_numbers_whatever_was_met_before() {
        // Many more than are remembered, twice, in languages with other stems.
        for round in 0..2 {
            for n in 0..20_000_u32 {
                let word = format!("{}word{}s", ["", "a-very-long-"][n as usize % 2], n * 7);
                for language in [Language::English, Language::German, Language::Other] {
                    let (found, plain) = (numbers(&word, language), Numbers::of(&word, language));
                    let all = |n: Numbers| (n.hash, n.shape, n.stem, n.letters);
                    assert_eq!(all(found), all(plain), "{word} in round {round}");
                }
            }
        }
    }
}
