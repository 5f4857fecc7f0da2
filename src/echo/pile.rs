//! The notes further up on the same sheet: which of them a note may be a copy of. What the ledger's index is for a million notes on
//! record, this is for a sheet: comparing each note with every other took half a minute for a thousand.

use std::collections::{BTreeMap, HashMap};

use super::index::Traits;

/// So many notes are looked at closely, and so many for each sentence; up to the first number, all of them are.
const NEAREST: usize = 24;
const NEAREST_A_SENTENCE: usize = 5;

/// Notes by their traits, numbered as they are put down.
#[derive(Debug, Default)]
pub struct Pile {
    prints: HashMap<i64, Vec<usize>>,
    keys: HashMap<u32, Vec<usize>>,
    count: usize,
}

impl Pile {
    /// Puts the next note down.
    pub fn add(&mut self, traits: &Traits) {
        for print in &traits.fingerprints {
            self.prints.entry(*print).or_default().push(self.count);
        }
        for key in traits.kept() {
            self.keys.entry(key).or_default().push(self.count);
        }
        self.count += 1;
    }

    /// The notes a note with these traits may be a copy of, in the order they were put down.
    #[must_use]
    pub fn nearest(&self, traits: &Traits) -> Vec<usize> {
        if self.count <= NEAREST {
            return (0..self.count).collect();
        }
        let mut found: Vec<usize> = traits
            .fingerprints
            .iter()
            .filter_map(|print| self.prints.get(print))
            .flat_map(|same| same.iter().rev().take(3))
            .copied()
            .collect();
        let mut scores: HashMap<usize, f32> = HashMap::new();
        let mut by_sentence: BTreeMap<usize, HashMap<usize, f32>> = BTreeMap::new();
        for (key, sentence) in traits.asked() {
            let Some(sharing) = self.keys.get(&key) else { continue };
            // A key that half the sheet shares tells little.
            let worth = 1.0 / (1.0 + (sharing.len() as f32).ln());
            let here = by_sentence.entry(sentence).or_default();
            for note in sharing.iter().rev().take(64) {
                *scores.entry(*note).or_default() += worth;
                *here.entry(*note).or_default() += worth;
            }
        }
        found.extend(best(scores, NEAREST));
        if by_sentence.len() > 1 {
            found.extend(by_sentence.into_values().flat_map(|scores| best(scores, NEAREST_A_SENTENCE)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The best; of equals the newest, so that the order is always the same.
fn best(scores: HashMap<usize, f32>, most: usize) -> Vec<usize> {
    let mut all: Vec<(usize, f32)> = scores.into_iter().collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    all.truncate(most);
    all.into_iter().map(|(note, _)| note).collect()
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
            let near = pile.nearest(&traits(&note(n), &[], false));
            assert!(near.contains(&n) && near.len() < 60, "{n}: {near:?}");
        }
        let swapped = note(33).replace("heron", "badger");
        assert!(pile.nearest(&traits(&swapped, &[], false)).contains(&33));
    }

    #[test]
    fn on_a_small_sheet_every_note_is_looked_at() {
        let mut pile = Pile::default();
        (0..20).for_each(|_| pile.add(&Traits::default()));
        assert_eq!(pile.nearest(&Traits::default()).len(), 20);
    }
}
