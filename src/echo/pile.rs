//! The notes further up on the same sheet: which of them a note may be a copy of. What the ledger's index is for a million notes on
//! record, this is for a sheet: comparing each note with every other took half a minute for a thousand.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::words::AsItIs;

use super::index::Traits;
use super::scores::Scores;

/// So many notes are looked at closely, and so many for each sentence; up to the first number, all of them are.
const NEAREST: usize = 24;
const NEAREST_A_SENTENCE: usize = 5;
/// Of the notes with one key so many are looked at, the newest.
const NEWEST: usize = 64;

type ByNumber = HashMap<u64, Vec<i64>, BuildHasherDefault<AsItIs>>;

/// Notes by their traits, numbered as they are put down.
#[derive(Debug, Default)]
pub struct Pile {
    prints: ByNumber,
    keys: ByNumber,
    count: usize,
}

/// A key as the table wants it: its places come from the low bits, its tags from the high ones.
fn spread(key: u32) -> u64 {
    u64::from(key) << 32 | u64::from(key)
}

impl Pile {
    /// Puts the next note down.
    pub fn add(&mut self, traits: &Traits) {
        for print in &traits.fingerprints {
            self.prints.entry(*print as u64).or_default().push(self.count as i64);
        }
        for key in traits.kept() {
            self.keys.entry(spread(key)).or_default().push(self.count as i64);
        }
        self.count += 1;
    }

    /// Of the first `count` notes those that a note with these traits may be a copy of, in the order they were put down.
    #[must_use]
    pub fn nearest(&self, traits: &Traits, count: usize) -> Vec<usize> {
        if count <= NEAREST {
            return (0..count).collect();
        }
        let before = |notes: &'_ [i64]| notes.partition_point(|note| *note < count as i64);
        let same = traits.fingerprints.iter().filter_map(|print| self.prints.get(&(*print as u64)));
        let mut found: Vec<i64> = same.flat_map(|same| same[..before(same)].iter().rev().take(3)).copied().collect();
        let (mut all, mut of_sentence) = (Scores::default(), Scores::default());
        let mut asked: Vec<(u32, usize)> = traits.asked().collect();
        asked.sort_by_key(|(_, sentence)| *sentence);
        let several = asked.first().map(|key| key.1) != asked.last().map(|key| key.1);
        for sentence in asked.chunk_by(|a, b| a.1 == b.1) {
            for (key, _) in sentence {
                let Some(sharing) = self.keys.get(&spread(*key)).map(|notes| &notes[..before(notes)]) else { continue };
                // A key that half the sheet shares tells little.
                let worth = 1.0 / (1.0 + (sharing.len().max(1) as f32).ln());
                for note in sharing.iter().rev().take(NEWEST) {
                    all.add(*note, worth);
                    if several {
                        of_sentence.add(*note, worth);
                    }
                }
            }
            of_sentence.take_best(NEAREST_A_SENTENCE, &mut found);
        }
        all.take_best(NEAREST, &mut found);
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|note| usize::try_from(note).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::traits;
    use super::*;

    #[test]
    fn a_copy_is_found_far_down_the_pile() {
        let mut pile = Pile::default();
        let note =
            |n: usize| format!("the heron number {n} sat on gate {} while boat {} sank near mill {}", n * 7, n * 11, n * 13);
        for n in 0..500 {
            pile.add(&traits(&note(n), &[], false));
        }
        for n in [0, 250, 499] {
            let near = pile.nearest(&traits(&note(n), &[], false), 500);
            assert!(near.contains(&n) && near.len() < 60, "{n}: {near:?}");
        }
        let swapped = note(33).replace("heron", "badger");
        assert!(pile.nearest(&traits(&swapped, &[], false), 500).contains(&33));
        assert!(pile.nearest(&traits(&swapped, &[], false), 33).iter().all(|n| *n < 33), "only what stands above");
    }

    #[test]
    fn on_a_small_sheet_every_note_is_looked_at() {
        let mut pile = Pile::default();
        (0..20).for_each(|_| pile.add(&Traits::default()));
        assert_eq!(pile.nearest(&Traits::default(), 20).len(), 20);
    }
}
