//! Which of many notes share the most with one.

use super::index::Traits;

/// So many notes are looked at closely, and so many for each sentence.
pub(super) const NEAREST: usize = 24;
const NEAREST_A_SENTENCE: usize = 5;
/// Of the notes with one key so many are looked at, the newest.
pub const NEWEST: usize = 64;

/// Ranks notes by the telling keys they share with one; what it needs is used again from note to note.
#[derive(Debug, Default)]
pub struct Ranking {
    all: Scores,
    sentence: Scores,
}

impl Ranking {
    /// So many notes are worth tables of their own, and few enough that no processor waits long for the last.
    pub const AT_ONCE: usize = 64;

    /// The notes that share the most with a note of these traits, by their numbers: the best of all, and the best for each sentence. `with`
    /// gives the newest notes with a key.
    pub fn nearest<'n>(&mut self, traits: &Traits, with: impl Fn(u32) -> &'n [i64]) -> Vec<i64> {
        let mut asked: Vec<(u32, usize)> = traits.asked().collect();
        asked.sort_by_key(|(_, sentence)| *sentence);
        let several = asked.first().map(|key| key.1) != asked.last().map(|key| key.1);
        let (mut found, mut of_sentences) = (Vec::new(), Vec::new());
        for sentence in asked.chunk_by(|a, b| a.1 == b.1) {
            for (key, _) in sentence {
                let notes = with(*key);
                // A key that many notes have tells little.
                let worth = 1.0 / (1.0 + (notes.len().max(1) as f32).ln());
                for note in notes {
                    self.all.add(*note, worth);
                    if several {
                        self.sentence.add(*note, worth);
                    }
                }
            }
            self.sentence.take_best(NEAREST_A_SENTENCE, &mut of_sentences);
        }
        self.all.take_best(NEAREST, &mut found);
        for note in of_sentences {
            if !found.contains(&note) {
                found.push(note);
            }
        }
        found
    }
}

/// What notes are worth by their numbers, summed up: an open table that is emptied by what was put into it. Dozens of notes share a key
/// and a note has a hundred of them, so that this is done thousands of times a note.
#[derive(Debug, Default)]
struct Scores {
    /// Number and worth; a worth of 0 is an empty place. The number of places is a power of two.
    places: Vec<(i64, f32)>,
    taken: Vec<u32>,
}

impl Scores {
    /// Adds what a note is worth for one more thing; more than 0.
    fn add(&mut self, note: i64, worth: f32) {
        if self.taken.len() * 2 >= self.places.len() {
            self.grow();
        }
        let at = self.place(note);
        let place = &mut self.places[at];
        if place.1 == 0.0 {
            *place = (note, 0.0);
            self.taken.push(at as u32);
        }
        place.1 += worth;
    }

    /// Where a note is or belongs.
    fn place(&self, note: i64) -> usize {
        let last = self.places.len() - 1;
        let mut at = ((note as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & last;
        while self.places[at].1 != 0.0 && self.places[at].0 != note {
            at = (at + 1) & last;
        }
        at
    }

    fn grow(&mut self) {
        let larger = vec![(0, 0.0); (self.places.len() * 2).max(1024)];
        let places = std::mem::replace(&mut self.places, larger);
        for n in 0..self.taken.len() {
            let (note, worth) = places[self.taken[n] as usize];
            let at = self.place(note);
            self.places[at] = (note, worth);
            self.taken[n] = at as u32;
        }
    }

    /// Adds the best to a list, the best first, of equals the newest, and forgets all.
    fn take_best(&mut self, most: usize, list: &mut Vec<i64>) {
        let mut all: Vec<(i64, f32)> = self.taken.drain(..).map(|at| std::mem::take(&mut self.places[at as usize])).collect();
        let order = |a: &(i64, f32), b: &(i64, f32)| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0));
        if all.len() > most {
            all.select_nth_unstable_by(most, order);
            all.truncate(most);
        }
        all.sort_unstable_by(order);
        list.extend(all.into_iter().map(|(note, _)| note));
    }
}

#[cfg(test)]
mod tests {
    use super::Scores;

    #[test]
    fn the_best_come_first_and_of_equals_the_newest() {
        let mut scores = Scores::default();
        for round in 0..3 {
            for note in -2000..2000_i64 {
                scores.add(note, if note % 500 == 7 { 1.0 } else { 0.25 });
            }
            scores.add(3, 5.0);
            scores.add(1507, 0.5);
            let mut best = Vec::new();
            scores.take_best(5, &mut best);
            assert_eq!(best, [3, 1507, 1007, 507, 7], "round {round}");
        }
        let mut none = Vec::new();
        scores.take_best(5, &mut none);
        assert!(none.is_empty());
    }
}
