//! Chance from a seed: the same numbers on every machine, because a reprint must be the same card.
//!
//! Only additions, multiplications and square roots, which IEEE fixes to the last bit; `sin` and `ln` differ between systems.

use crate::face::{key, stir};
use crate::measure::nearest;

/// A stream of numbers drawn from a seed.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The stream named by some numbers; other numbers, an unrelated stream.
    pub(super) fn new(name: &[u64]) -> Dice {
        Dice(name.iter().fold(0x6a09_e667_f3bc_c908, |state, part| stir(state ^ stir(part.wrapping_add(0x9e37_79b9_7f4a_7c15)))))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        stir(self.0)
    }

    /// From 0 up to 1.
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Around 0 with a standard deviation of 1, never beyond 2.5: the sum of eight throws, nearly a bell curve. A throw is a
    /// quarter of a number, from 0 to 65,535.
    pub(super) fn normal(&mut self) -> f64 {
        let quarters = |n: u64| (n & 0xffff) + (n >> 16 & 0xffff) + (n >> 32 & 0xffff) + (n >> 48);
        let sum = (quarters(self.next()) + quarters(self.next()) + 4) as f64 / 65_536.0;
        ((sum - 4.0) * 1.224_744_871_391_589).clamp(-2.5, 2.5)
    }

    /// The numbers 0 to `n`, shuffled.
    pub(super) fn shuffled(&mut self, n: usize) -> Vec<u32> {
        let mut order: Vec<u32> = (0..n as u32).collect();
        for i in (1..n).rev() {
            order.swap(i, (self.next() % (i as u64 + 1)) as usize);
        }
        order
    }
}

/// A smooth function of the plane with mean 0 and standard deviation 1: a few waves in chance directions.
#[derive(Clone, Debug)]
pub(super) struct Swell {
    waves: Vec<[f64; 3]>,
    scale: f64,
}

impl Swell {
    /// Waves 0.7 to 1.5 times `length` long.
    pub(super) fn new(dice: &mut Dice, length: f64, waves: usize) -> Swell {
        let waves: Vec<[f64; 3]> = (0..waves)
            .map(|_| {
                let (direction, per) = (dice.unit(), 1.0 / (length * (0.7 + 0.8 * dice.unit())));
                [wave(direction + 0.25) * per, wave(direction) * per, dice.unit()]
            })
            .collect();
        let scale = (2.0 / waves.len().max(1) as f64).sqrt();
        Swell { waves, scale }
    }

    /// The height at a point.
    pub(super) fn at(&self, x: f64, y: f64) -> f64 {
        self.scale * self.waves.iter().map(|[kx, ky, phase]| wave(kx * x + ky * y + phase)).sum::<f64>()
    }

    /// Height and slope along a line.
    pub(super) fn along(&self, x: f64) -> (f64, f64) {
        let step = 0.05;
        let (before, after) = (self.at(x - step, 0.0), self.at(x + step, 0.0));
        (f64::midpoint(before, after), (after - before) / (2.0 * step))
    }
}

/// The sine of a number of full turns, to a thousandth.
pub(super) fn wave(turns: f64) -> f64 {
    let u = turns - nearest(turns);
    let rough = 8.0 * u - 16.0 * u * u.abs();
    0.775 * rough + 0.225 * rough * rough.abs()
}

/// Sine and cosine of a small angle in degrees; good to a millionth below 15°.
pub(super) fn small_turn(degrees: f64) -> (f64, f64) {
    let a = degrees * (std::f64::consts::PI / 180.0);
    (a * (1.0 - a * a / 6.0), 1.0 - a * a / 2.0 + a * a * a * a / 24.0)
}

/// The seed of one card in one hand: a reprint is the same card, another card or hand is not.
#[must_use]
pub fn seed(card: &str, hand: &str) -> u64 {
    key(&[card.as_bytes(), hand.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_are_even_and_bell_shaped() {
        let mut dice = Dice::new(&[7]);
        let n = 20_000;
        let throws: Vec<f64> = (0..n).map(|_| dice.normal()).collect();
        let mean = throws.iter().sum::<f64>() / f64::from(n);
        let sd = (throws.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / f64::from(n)).sqrt();
        assert!(mean.abs() < 0.02 && (0.97..1.03).contains(&sd), "{mean} {sd}");
        assert!(throws.iter().all(|t| t.abs() <= 2.5));
    }

    #[test]
    fn a_swell_has_the_size_it_says() {
        let swells: Vec<f64> = (0..4000).map(|i| Swell::new(&mut Dice::new(&[i]), 2.2, 8).at(0.3, 0.7)).collect();
        let sd = (swells.iter().map(|v| v * v).sum::<f64>() / 4000.0).sqrt();
        assert!((0.95..1.05).contains(&sd), "{sd}");
    }

    #[test]
    fn waves_and_turns_are_near_the_real_ones() {
        for i in -40..40 {
            let t = f64::from(i) * 0.037;
            assert!((wave(t) - (t * std::f64::consts::TAU).sin()).abs() < 2e-3);
        }
        let (s, c) = small_turn(12.0);
        assert!((s - 12f64.to_radians().sin()).abs() < 1e-5 && (c - 12f64.to_radians().cos()).abs() < 1e-6);
    }

    #[test]
    fn seeds_depend_on_both_names() {
        assert_eq!(seed("c-1", "Reenie Beanie"), seed("c-1", "Reenie Beanie"));
        assert_ne!(seed("c-1", "Reenie Beanie"), seed("c-2", "Reenie Beanie"));
        assert_ne!(seed("ab", "c"), seed("a", "bc"));
    }

    #[test]
    fn shuffling_keeps_every_number_once() {
        let mut order = Dice::new(&[3]).shuffled(30);
        assert_ne!(order, (0..30).collect::<Vec<u32>>());
        order.sort_unstable();
        assert_eq!(order, (0..30).collect::<Vec<u32>>());
    }
}
