//! One new note against one earlier note: how much came back, and is it the same card.

use std::ops::Range;

use super::align::{self, Block, Equal};
use super::reading::Reading;
use super::scatter::scattered;

/// Below this matched weight two notes have nothing to do with each other.
const LEAST: f32 = 1.8;
/// So much of either note makes it the same card; of two notes that share little, more.
const SHARE: f32 = 0.40;
const SHARE_OF_LITTLE: f32 = 0.10;
/// The same for skeletons, where small words count and exchanged ones don't.
const LEAST_SKELETON: f32 = 2.4;
const SKELETON: f32 = 0.55;
const SKELETON_OF_LITTLE: f32 = 0.05;
/// A short one counts only if nearly all of one note hangs on it, or the most of both: a few words about the counter and the till are in
/// every note of a shop.
const SHORT_SKELETON: f32 = 6.0;
const NEARLY_ALL: f32 = 0.8;
const MOST_OF_BOTH: f32 = 0.6;
/// The same where no three words in a row are left.
const TORN: f32 = 4.0;
const TORN_SHARE: f32 = 0.6;
/// From so much on nothing more is asked.
const MUCH: f32 = 5.0;
/// A body of its own weighs so much, and so much of it is in no stretch shared with the other note.
const OWN_BODY: f32 = 1.8;
const OWN_SHARE: f32 = 0.7;
const OWN_SKELETON: f32 = 0.72;
/// Sentences at the start or the end that may be a house habit.
const EDGE_SENTENCES: usize = 3;
const EDGE_WORDS: usize = 30;
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

/// Words of the earlier note, and the words of the draft that stand in their place.
pub(super) type Swap = (Vec<usize>, Vec<usize>);

/// How alike two notes are.
#[derive(Clone, Debug)]
pub(super) struct Likeness {
    pub blocks: Vec<Block>,
    /// For each word of the draft.
    pub is: Vec<Is>,
    /// Exchanged stretches: words of the earlier note, words of the draft.
    pub swaps: Vec<Swap>,
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
    if equal.draft.max(equal.earlier) < LEAST {
        return None;
    }
    let blocks = align::blocks(draft, earlier, &equal);
    let (mut is, swaps) = exchanged(draft, earlier, &blocks);
    let edges = edges(draft, earlier, &equal, &blocks);
    let heavy = shares(draft, earlier, &blocks, &swaps, &edges, |r, n| r.terms[n].weight);
    let flat = shares(draft, earlier, &blocks, &swaps, &edges, |r, n| r.terms[n].flat);
    let run = blocks.iter().map(|b| b.run).max().unwrap_or(0);
    let by_weight = heavy.matched >= LEAST && heavy.share >= SHARE + SHARE_OF_LITTLE * (MUCH - heavy.matched).max(0.0);
    let by_skeleton = flat.matched >= LEAST_SKELETON
        && flat.share >= SKELETON + SKELETON_OF_LITTLE * (MUCH - flat.matched).max(0.0)
        && (flat.matched >= SHORT_SKELETON || flat.share >= NEARLY_ALL || flat.of_other >= MOST_OF_BOTH);
    // Every third word exchanged leaves no three in a row, and a skeleton that shows.
    let torn = run == 2 && flat.matched >= TORN && flat.share >= TORN_SHARE;
    let mut copy = run >= 3 && (by_weight || by_skeleton) || torn;
    let mut share = if by_weight { heavy.share } else { heavy.share.max(flat.share) };
    let mut matched = heavy.matched;
    if !copy && let Some(pieces) = scattered(draft, earlier, &equal, (&edges.draft, &edges.earlier)) {
        (copy, share, matched) = (true, pieces.share, matched.max(pieces.matched));
        for (i, j) in pieces.pairs {
            is[i] = Is::Same(j);
        }
    }
    if blocks.is_empty() && !copy {
        return None;
    }
    Some(Likeness { blocks, is, swaps, matched, share, copy })
}

struct Shares {
    matched: f32,
    /// The larger of both notes' shares, and the smaller.
    share: f32,
    of_other: f32,
}

/// Matched weight, and the larger of its parts of both notes; exchanged words are left out of the whole.
fn shares(
    draft: &Reading,
    earlier: &Reading,
    blocks: &[Block],
    swaps: &[Swap],
    edges: &Edges,
    weigh: impl Fn(&Reading, usize) -> f32,
) -> Shares {
    let weights = |reading: &Reading, body: &Range<usize>| -> Vec<f32> {
        (0..reading.terms.len()).map(|n| weigh(reading, n) * if body.contains(&n) { 1.0 } else { FORGIVEN }).collect()
    };
    let (new, old) = (weights(draft, &edges.draft), weights(earlier, &edges.earlier));
    let (mut from_new, mut from_old) = (0.0, 0.0);
    let mut last = (usize::MAX, usize::MAX);
    for (i, j, likeness) in blocks.iter().flat_map(|b| &b.pairs) {
        if last.0 != *i {
            from_new += likeness * new[*i];
        }
        if last.1 != *j {
            from_old += likeness * old[*j];
        }
        last = (*i, *j);
    }
    let (mut whole_new, mut whole_old): (f32, f32) = (new.iter().sum(), old.iter().sum());
    for (then, now) in swaps {
        // Of two short notes with one opening the rest is not exchanged but said anew, if there is a clause in it.
        let clause = now.iter().any(|n| draft.terms[*n].clause) || then.iter().any(|n| earlier.terms[*n].clause);
        if clause && from_new.max(from_old) < MUCH {
            continue;
        }
        whole_new -= now.iter().map(|n| new[*n]).sum::<f32>();
        whole_old -= then.iter().map(|n| old[*n]).sum::<f32>();
    }
    let matched = f32::midpoint(from_new, from_old);
    let (of_new, of_old) = (from_new / whole_new.max(0.01), from_old / whole_old.max(0.01));
    Shares { matched, share: of_new.max(of_old).min(1.0), of_other: of_new.min(of_old) }
}

/// What of each note lies between openings and closings that both share.
#[derive(Clone, Debug)]
struct Edges {
    draft: Range<usize>,
    earlier: Range<usize>,
}

/// Openings and closings that both notes share word for word hardly count, if each note has a body of its own besides: a
/// house says hello and goodbye in the same way. An old note with a sentence added has no body of its own.
fn edges(draft: &Reading, earlier: &Reading, equal: &Equal, blocks: &[Block]) -> Edges {
    let (n, m) = (draft.terms.len().min(align::MOST_COMPARED), earlier.terms.len().min(align::MOST_COMPARED));
    let whole = Edges { draft: 0..draft.terms.len(), earlier: 0..earlier.terms.len() };
    let (new, old) = (steps(draft, n), steps(earlier, m));
    let front = same_edge(draft, earlier, equal, new.iter().copied().zip(old.iter().copied()));
    let back = same_edge(draft, earlier, equal, new.iter().rev().copied().zip(old.iter().rev().copied()));
    if front + back == 0 || front + back >= new.len().min(old.len()) {
        return whole;
    }
    let body = |steps: &[usize], end: usize| {
        let after = if back == 0 { end } else { steps[steps.len() - back] };
        steps[front]..after
    };
    let inside = Edges { draft: body(&new, n), earlier: body(&old, m) };
    let (mut matched_draft, mut matched_earlier) = (vec![false; n], vec![false; m]);
    for (i, j, _) in blocks.iter().flat_map(|b| &b.pairs) {
        matched_draft[*i] = true;
        matched_earlier[*j] = true;
    }
    // Its own in words that tell something, and in how it goes: a sentence with its nouns exchanged is nobody's body.
    let own_body = |reading: &Reading, matched: &[bool], range: &Range<usize>| {
        let body = || range.clone().filter(|n| !matched[*n]).map(|n| &reading.terms[n]);
        let own: f32 = body().map(|t| t.weight).sum();
        let own_flat: f32 = body().map(|t| t.flat).sum();
        let all: f32 = reading.terms[range.clone()].iter().map(|t| t.weight).sum();
        let all_flat: f32 = reading.terms[range.clone()].iter().map(|t| t.flat).sum();
        body().filter(|t| t.weight >= 0.5).count() >= 2
            && own >= OWN_BODY
            && own >= OWN_SHARE * all
            && own_flat >= OWN_SKELETON * all_flat
    };
    let both = own_body(draft, &matched_draft, &inside.draft) && own_body(earlier, &matched_earlier, &inside.earlier);
    if both { inside } else { whole }
}

/// The words of a note, a name of several words being one.
fn steps(reading: &Reading, count: usize) -> Vec<usize> {
    (0..count).filter(|n| *n == 0 || !(reading.terms[*n].name && reading.terms[*n - 1].name)).collect()
}

/// The words of whole sentences that are the same from this end on.
fn same_edge(draft: &Reading, earlier: &Reading, equal: &Equal, places: impl Iterator<Item = (usize, usize)>) -> usize {
    let (mut whole, mut words, mut sentences) = (0, 0, 0);
    let mut last: Option<(u16, u16)> = None;
    for (i, j) in places {
        let now = (draft.terms[i].sentence, earlier.terms[j].sentence);
        // Where one of them forgot a full stop, the other tells.
        if last.is_some_and(|last| now.0 != last.0 || now.1 != last.1) {
            whole = words;
            sentences += 1;
            if sentences == EDGE_SENTENCES {
                return whole;
            }
        }
        if equal.at(i, j) < 0.95 || words == EDGE_WORDS {
            return whole;
        }
        words += 1;
        last = Some(now);
    }
    words
}

/// What each word of the draft is, and what was exchanged for what: up to six words between two equal ones, or between an
/// equal one and the end of the sentence in both notes.
fn exchanged(draft: &Reading, earlier: &Reading, blocks: &[Block]) -> (Vec<Is>, Vec<Swap>) {
    let mut is = vec![Is::Own; draft.terms.len()];
    let mut taken = vec![false; earlier.terms.len()];
    let mut swaps = Vec::new();
    for (i, j, _) in blocks.iter().flat_map(|b| &b.pairs) {
        is[*i] = Is::Same(*j);
        taken[*j] = true;
    }
    let mut exchange = |new: Range<usize>, old: Range<usize>| {
        let new: Vec<usize> = new.filter(|n| is[*n] == Is::Own).collect();
        let old: Vec<usize> = old.filter(|n| !taken[*n]).collect();
        if !new.is_empty() && !old.is_empty() && new.len() <= GAP_WORDS && old.len() <= GAP_WORDS {
            new.iter().for_each(|n| is[*n] = Is::Swapped(swaps.len()));
            old.iter().for_each(|n| taken[*n] = true);
            swaps.push((old, new));
        }
    };
    for block in blocks {
        for two in block.pairs.windows(2) {
            exchange(two[0].0 + 1..two[1].0, two[0].1 + 1..two[1].1);
        }
        let (Some(first), Some(last)) = (block.pairs.first(), block.pairs.last()) else { continue };
        let start =
            |r: &Reading, n: usize| r.terms[..n].iter().rposition(|t| t.sentence != r.terms[n].sentence).map_or(0, |p| p + 1);
        let end = |r: &Reading, n: usize| {
            r.terms[n..].iter().position(|t| t.sentence != r.terms[n].sentence).map_or(r.terms.len(), |p| n + p)
        };
        exchange(start(draft, first.0)..first.0, start(earlier, first.1)..first.1);
        exchange(last.0 + 1..end(draft, last.0), last.1 + 1..end(earlier, last.1));
    }
    (is, swaps)
}
