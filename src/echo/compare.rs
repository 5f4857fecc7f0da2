//! One new note against one earlier note: how much came back, and is it the same card.

use super::align::{self, Block, Equal};
use super::reading::Reading;

/// Below this matched weight two notes have nothing to do with each other.
const LEAST: f32 = 1.8;
/// Sentences at the start or the end that may be a house habit.
const EDGE_SENTENCES: usize = 2;
const EDGE_WORDS: usize = 20;
/// What a forgiven opening or closing still counts.
const FORGIVEN: f32 = 0.1;
/// The most words between two equal ones that count as exchanged.
const GAP_WORDS: usize = 6;

/// What a word of the draft is, seen from one earlier note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Is {
    Own,
    /// The same as this word of the earlier note.
    Same(usize),
    /// Stands where the earlier note has other words; the number of the exchange.
    Swapped(usize),
}

/// How alike two notes are.
#[derive(Clone, Debug)]
pub(super) struct Likeness {
    pub blocks: Vec<Block>,
    /// For each word of the draft.
    pub is: Vec<Is>,
    /// Exchanged stretches: words of the earlier note, words of the draft.
    pub swaps: Vec<(Vec<usize>, Vec<usize>)>,
    /// Matched weight.
    pub matched: f32,
    /// The larger of: how much of the draft is not new, how much of the earlier note came back.
    pub share: f32,
    /// It is the same card.
    pub copy: bool,
}

/// Compares; `None` where it can be seen beforehand that nothing will come of it.
pub(super) fn compare(draft: &Reading, earlier: &Reading) -> Option<Likeness> {
    let equal = Equal::new(draft, earlier);
    let most = equal.draft.max(equal.earlier);
    if most < 1.2 {
        return None;
    }
    let blocks = align::blocks(draft, earlier, &equal);
    if blocks.is_empty() {
        return None;
    }
    let mut draft_weights: Vec<f32> = draft.terms.iter().map(|t| t.weight).collect();
    let mut earlier_weights: Vec<f32> = earlier.terms.iter().map(|t| t.weight).collect();
    forgive_edges(draft, earlier, &equal, &blocks, &mut draft_weights, &mut earlier_weights);
    let (mut from_draft, mut from_earlier, mut run) = (0.0, 0.0, 0);
    for block in &blocks {
        run = run.max(block.run);
        let mut last = (usize::MAX, usize::MAX);
        for (i, j, likeness) in &block.pairs {
            if last.0 != *i {
                from_draft += likeness * draft_weights[*i];
            }
            if last.1 != *j {
                from_earlier += likeness * earlier_weights[*j];
            }
            last = (*i, *j);
        }
    }
    let whole: (f32, f32) = (draft_weights.iter().sum(), earlier_weights.iter().sum());
    let matched = f32::midpoint(from_draft, from_earlier);
    let share = (from_draft / whole.0.max(0.01)).max(from_earlier / whole.1.max(0.01)).min(1.0);
    let (is, swaps) = exchanged(draft, &blocks);
    let copy = matched >= LEAST && run >= 3 && share >= 0.40 + 0.10 * (5.0 - matched).max(0.0);
    Some(Likeness { blocks, is, swaps, matched, share, copy })
}

/// Openings and closings that both notes share word for word hardly count, if each note has a body of its own besides: a
/// house says hello and goodbye in the same way. An old note with a sentence added has no body of its own.
fn forgive_edges(
    draft: &Reading,
    earlier: &Reading,
    equal: &Equal,
    blocks: &[Block],
    draft_weights: &mut [f32],
    earlier_weights: &mut [f32],
) {
    let (n, m) = (draft.terms.len().min(align::MOST_COMPARED), earlier.terms.len().min(align::MOST_COMPARED));
    let front = same_edge(draft, earlier, equal, (0..n).zip(0..m));
    let back = same_edge(draft, earlier, equal, (0..n).rev().zip((0..m).rev()));
    if front + back == 0 || front + back >= n.min(m) {
        return;
    }
    let (mut matched_draft, mut matched_earlier) = (vec![false; n], vec![false; m]);
    for (i, j, _) in blocks.iter().flat_map(|b| &b.pairs) {
        matched_draft[*i] = true;
        matched_earlier[*j] = true;
    }
    let own_body = |reading: &Reading, matched: &[bool], end: usize| {
        let (mut own, mut all, mut words) = (0.0, 0.0, 0);
        for n in front..end {
            let weight = reading.terms[n].weight;
            all += weight;
            if !matched[n] {
                own += weight;
                words += usize::from(weight >= 0.5);
            }
        }
        words >= 2 && own >= LEAST && own >= 0.7 * all
    };
    if own_body(draft, &matched_draft, n - back) && own_body(earlier, &matched_earlier, m - back) {
        for (weights, end) in [(draft_weights, n), (earlier_weights, m)] {
            weights[..front].iter_mut().for_each(|w| *w *= FORGIVEN);
            weights[end - back..end].iter_mut().for_each(|w| *w *= FORGIVEN);
        }
    }
}

/// The words of whole sentences that are the same from this end on.
fn same_edge(draft: &Reading, earlier: &Reading, equal: &Equal, places: impl Iterator<Item = (usize, usize)>) -> usize {
    let (mut whole, mut words, mut sentences) = (0, 0, 0);
    let mut last: Option<(u16, u16)> = None;
    let mut ended = true;
    for (i, j) in places {
        let now = (draft.terms[i].sentence, earlier.terms[j].sentence);
        if let Some(last) = last {
            let turns = (now.0 != last.0, now.1 != last.1);
            if turns.0 != turns.1 {
                ended = false;
                break;
            }
            if turns.0 {
                whole = words;
                sentences += 1;
                if sentences == EDGE_SENTENCES {
                    return whole;
                }
            }
        }
        if equal.at(i, j) < 0.95 || words == EDGE_WORDS {
            ended = false;
            break;
        }
        words += 1;
        last = Some(now);
    }
    if ended { words } else { whole }
}

/// What each word of the draft is, and what was exchanged for what: up to six words between two equal ones.
fn exchanged(draft: &Reading, blocks: &[Block]) -> (Vec<Is>, Vec<(Vec<usize>, Vec<usize>)>) {
    let mut is = vec![Is::Own; draft.terms.len()];
    let mut swaps = Vec::new();
    for (i, j, _) in blocks.iter().flat_map(|b| &b.pairs) {
        is[*i] = Is::Same(*j);
    }
    for block in blocks {
        for two in block.pairs.windows(2) {
            let ((i, j, _), (next_i, next_j, _)) = (two[0], two[1]);
            let new: Vec<usize> = (i + 1..next_i).filter(|n| is[*n] == Is::Own).collect();
            let old: Vec<usize> = (j + 1..next_j).collect();
            if !new.is_empty() && new.len() <= GAP_WORDS && old.len() <= GAP_WORDS {
                for n in &new {
                    is[*n] = Is::Swapped(swaps.len());
                }
                swaps.push((old, new));
            }
        }
    }
    (is, swaps)
}
