//! Chance from a seed, for drawings: the same seed draws the same cover on every day.

use crate::face::stir;

/// A stream of chance numbers.
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    pub(super) fn new(seed: u64) -> Chance {
        Chance(stir(seed ^ 0x77e7_1a4b_1c5e_ed01))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        stir(self.0)
    }

    /// Between the two, evenly.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often.
    pub(super) fn often(&mut self, share: f64) -> bool {
        self.between(0.0, 1.0) < share
    }

    /// A whole number below `most`, which is not 0.
    pub(super) fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }

    /// One of several.
    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
