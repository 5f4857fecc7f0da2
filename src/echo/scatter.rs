//! A card in pieces: the same telling words with others strewn between them, every third one gone, or in no order at all.
//!
//! Nobody reads such a note as a new one, and nobody honest writes it: two honest notes share their openings, never nearly
//! all of their telling words.

use std::ops::Range;

use super::align::Equal;
use super::reading::Reading;

/// Telling words of less weight in all are too few to know a card by.
const LEAST: f32 = 2.8;
/// So much of one note is in the other, and so much of the other in it, in any order.
const BAG: f32 = 0.7;
const BAG_OF_OTHER: f32 = 0.4;
/// The same in order. Honest notes that share an event reach 0.3 at the most.
const CHAIN: f32 = 0.5;
const CHAIN_OF_OTHER: f32 = 0.3;
/// Nearly all of one note in order, however much is strewn between.
const WHOLE: f32 = 0.8;
const WHOLE_OF_OTHER: f32 = 0.18;
const MANY: f32 = 4.0;

/// The telling words two notes share.
#[derive(Clone, Debug)]
pub(super) struct Scattered {
    /// Place in the draft, place in the earlier note.
    pub pairs: Vec<(usize, usize)>,
    pub matched: f32,
    pub share: f32,
}

/// The telling words both notes have between shared openings and closings, if they are enough to be the same card.
pub(super) fn scattered(
    draft: &Reading,
    earlier: &Reading,
    equal: &Equal,
    bodies: (&Range<usize>, &Range<usize>),
) -> Option<Scattered> {
    let telling = |r: &Reading, body: &Range<usize>, most: usize| -> Vec<usize> {
        (0..r.terms.len().min(most))
            .filter(|n| body.contains(n))
            .filter(|n| !(r.terms[*n].function || r.terms[*n].name || r.terms[*n].common))
            .collect()
    };
    let new = telling(draft, bodies.0, super::align::MOST_COMPARED);
    let old = telling(earlier, bodies.1, super::align::MOST_COMPARED);
    let weight = |r: &Reading, all: &[usize]| all.iter().map(|n| r.terms[*n].weight).sum::<f32>();
    let (whole_new, whole_old) = (weight(draft, &new), weight(earlier, &old));
    if whole_new.min(whole_old) < LEAST {
        return None;
    }
    let mut taken = vec![false; old.len()];
    let mut pairs = Vec::new();
    let (mut from_new, mut from_old) = (0.0, 0.0);
    for i in &new {
        let best = (0..old.len())
            .filter(|j| !taken[*j] && equal.at(*i, old[*j]) > 0.0)
            .max_by(|a, b| equal.at(*i, old[*a]).total_cmp(&equal.at(*i, old[*b])).then(b.cmp(a)));
        if let Some(j) = best {
            taken[j] = true;
            let likeness = equal.at(*i, old[j]);
            from_new += likeness * draft.terms[*i].weight;
            from_old += likeness * earlier.terms[old[j]].weight;
            pairs.push((*i, old[j]));
        }
    }
    let matched = f32::midpoint(from_new, from_old);
    if matched < LEAST {
        return None;
    }
    // In order: the heaviest row of pairs that goes forward in both.
    let mut row = vec![0.0_f32; old.len() + 1];
    for i in &new {
        let mut before = 0.0;
        for (n, j) in old.iter().enumerate() {
            let worth = equal.at(*i, *j) * f32::midpoint(draft.terms[*i].weight, earlier.terms[*j].weight);
            let here = if worth > 0.0 { before + worth } else { 0.0 };
            before = row[n + 1];
            row[n + 1] = before.max(row[n]).max(here);
        }
    }
    let ordered = row[old.len()];
    let of = |m: f32| ((m / whole_new).max(m / whole_old), (m / whole_new).min(m / whole_old));
    let (bag, chain) = (of(matched), of(ordered));
    let in_order =
        chain.0 >= CHAIN && chain.1 >= CHAIN_OF_OTHER || ordered >= MANY && chain.0 >= WHOLE && chain.1 >= WHOLE_OF_OTHER;
    let same = bag.0 >= BAG && bag.1 >= BAG_OF_OTHER || ordered >= LEAST && in_order;
    same.then_some(Scattered { pairs, matched, share: bag.0.min(1.0) })
}
