//! The notes further up on the same sheet: which of them a note may be a copy of. What the ledger's index is for a million notes on
//! record, this is for a sheet: comparing each note with every other took half a minute for a thousand.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::words::AsItIs;

use super::index::Traits;
use super::scores::{NEAREST, NEWEST, Ranking};

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
    pub fn nearest(&self, traits: &Traits, count: usize, ranking: &mut Ranking) -> Vec<usize> {
        if count <= NEAREST {
            return (0..count).collect();
        }
        let before = |notes: &'_ [i64]| notes.partition_point(|note| *note < count as i64);
        let same = traits.fingerprints.iter().filter_map(|print| self.prints.get(&(*print as u64)));
        let mut found: Vec<i64> = same.flat_map(|same| same[..before(same)].iter().rev().take(3)).copied().collect();
        let with = |key| {
            let notes = self.keys.get(&spread(key)).map_or(&[][..], |notes| &notes[..before(notes)]);
            &notes[notes.len().saturating_sub(NEWEST)..]
        };
        found.extend(ranking.nearest(traits, with));
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
        let mut ranking = Ranking::default();
        for n in [0, 250, 499] {
            let near = pile.nearest(&traits(&note(n), &[], false), 500, &mut ranking);
            assert!(near.contains(&n) && near.len() < 60, "{n}: {near:?}");
        }
        let swapped = note(33).replace("heron", "badger");
        assert!(pile.nearest(&traits(&swapped, &[], false), 500, &mut ranking).contains(&33));
        let above = pile.nearest(&traits(&swapped, &[], false), 33, &mut ranking);
        assert!(above.iter().all(|n| *n < 33), "only what stands above");
    }

    #[test]
    fn on_a_small_sheet_every_note_is_looked_at() {
        let mut pile = Pile::default();
        (0..20).for_each(|_| pile.add(&Traits::default()));
        assert_eq!(pile.nearest(&Traits::default(), 20, &mut Ranking::default()).len(), 20);
    }
}
