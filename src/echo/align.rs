//! Laying a new note beside an earlier one: which stretches of words are the same, in whatever order they come.
//!
//! Local alignment (Smith and Waterman), again and again with what is left, so that moved sentences are found one by one.

use super::reading::{Reading, Term};

/// No card holds more; longer texts are compared by their beginning.
pub(super) const MOST_COMPARED: usize = 400;
/// A stretch worth keeping scores this much.
const LEAST_SCORE: f32 = 1.2;
/// Equal words further apart than this belong to two stretches.
const FAR: usize = 7;
/// Fewer equal words are no stretch.
const LEAST_PAIRS: usize = 3;
/// Stretches looked for in one pair of notes.
const MOST_BLOCKS: usize = 8;
const MISMATCH: f32 = -0.35;
const GAP: f32 = -0.30;
/// What any equal word is worth beside its weight.
const ANY: f32 = 0.05;

/// Stretches of both notes that belong together.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Equal words: place in the draft, place in the earlier note, how equal.
    pub pairs: Vec<(usize, usize, f32)>,
    pub score: f32,
    /// The longest row of equal words without anything between.
    pub run: usize,
}

/// How equal each word of the draft is to each word of the earlier note.
pub(super) struct Equal {
    rows: usize,
    columns: usize,
    cells: Vec<f32>,
    /// For each word of the draft, what its best match would add to a stretch.
    best: Vec<f32>,
    /// So many words stand in a row in both notes as a stretch has at least.
    in_a_row: bool,
    /// More of the draft than this can't be matched, by weights of a skeleton.
    pub draft: f32,
    /// More of the earlier note than this can't.
    pub earlier: f32,
}

impl Equal {
    pub fn new(draft: &Reading, earlier: &Reading) -> Equal {
        let (rows, columns) = (draft.terms.len().min(MOST_COMPARED), earlier.terms.len().min(MOST_COMPARED));
        let (mut cells, mut best) = (vec![0.0; rows * columns], vec![0.0; rows]);
        let (mut draft_at_most, mut in_a_row) = (0.0, false);
        let mut best_of_earlier = vec![0.0_f32; columns];
        let alike = Alike::of(earlier, columns);
        // How many words stand in a row up to each pair, in this row of the table and in the one above; most pairs are of no equal words.
        let (mut above, mut here) = (vec![0_u8; columns + 1], vec![0_u8; columns + 1]);
        let (mut found_above, mut found) = (Vec::new(), Vec::new());
        for (i, d) in draft.terms[..rows].iter().enumerate() {
            let row = &mut cells[i * columns..(i + 1) * columns];
            found.clear();
            if earlier.coarse {
                found.extend((0..columns).filter(|j| coarsely(d, &earlier.terms[*j])));
                found.iter().for_each(|j| row[*j] = 1.0);
            } else {
                alike.fill(draft, i, earlier, row, &mut found);
            }
            let mut most = 0.0_f32;
            for j in &found {
                most = most.max(row[*j]);
                best_of_earlier[*j] = best_of_earlier[*j].max(row[*j]);
                here[j + 1] = 1 + above[*j].max(above[j + 1]).max(here[*j]).min(100);
                in_a_row |= usize::from(here[j + 1]) >= LEAST_PAIRS;
            }
            found_above.iter().for_each(|j: &usize| above[j + 1] = 0);
            std::mem::swap(&mut above, &mut here);
            std::mem::swap(&mut found_above, &mut found);
            draft_at_most += most * d.flat;
            if most > 0.0 {
                best[i] = most * f32::midpoint(d.flat, 1.0) + ANY;
            }
        }
        let earlier_at_most = best_of_earlier.iter().zip(&earlier.terms).map(|(l, e)| l * e.flat).sum();
        Equal { rows, columns, cells, best, in_a_row, draft: draft_at_most, earlier: earlier_at_most }
    }

    /// Whether so many words stand in a row in both notes as a stretch has at least. Two words written as one anywhere are enough
    /// to look closely.
    fn in_a_row(&self, draft: &Reading, earlier: &Reading) -> bool {
        let joined = |one: &Reading, other: &Reading| {
            one.terms.iter().any(|a| a.joined != 0 && other.terms.iter().any(|b| b.shape == a.joined))
        };
        self.in_a_row || joined(draft, earlier) || joined(earlier, draft)
    }

    /// Whether every word of some sentence of the draft, of more than a few, is somewhere in the earlier note.
    fn a_sentence(&self, draft: &Reading) -> bool {
        let mut sentences = draft.terms[..self.rows].chunk_by(|a, b| a.sentence == b.sentence);
        let mut start = 0;
        sentences.any(|terms| {
            let best = &self.best[start..start + terms.len()];
            start += terms.len();
            terms.len() > LEAST_PAIRS && best.iter().all(|b| *b > 0.0)
        })
    }

    pub fn at(&self, i: usize, j: usize) -> f32 {
        self.cells[i * self.columns + j]
    }
}

/// An erased person's note is known by ten bits a word.
fn coarsely(d: &Term, e: &Term) -> bool {
    e.stem != 0 && coarse(d.stem) == e.stem
}

/// Ten bits of a stem, never 0: shared by hundreds of words, so that nothing can be read back.
pub(super) fn coarse(stem: u64) -> u64 {
    (stem >> 20) % 1023 + 1
}

/// The words of an earlier note, in an order in which equal ones are found quickly: most pairs of words have nothing in common.
struct Alike {
    shapes: Vec<(u64, usize)>,
    stems: Vec<(u64, usize)>,
    names: Vec<usize>,
    /// Words long enough to be mistyped, with their letters and their length.
    long: Vec<(usize, u64, u8)>,
}

impl Alike {
    fn of(earlier: &Reading, columns: usize) -> Alike {
        let terms = || earlier.terms[..columns].iter().enumerate();
        let sorted = |mut words: Vec<(u64, usize)>| {
            words.sort_unstable();
            words
        };
        Alike {
            shapes: sorted(terms().map(|(j, e)| (e.shape, j)).collect()),
            stems: sorted(terms().filter(|(_, e)| e.length >= 3).map(|(j, e)| (e.stem, j)).collect()),
            names: terms().filter(|(_, e)| e.name).map(|(j, _)| j).collect(),
            long: terms().filter(|(_, e)| may_be_mistyped(e)).map(|(j, e)| (j, e.letters, e.length)).collect(),
        }
    }

    /// How equal word `i` of the draft is to each word of the earlier note: 1 for the same outline and for two names, a little less for
    /// the same stem, and less for a slip of the pen. `found` gets the places of those that are equal at all, in order.
    fn fill(&self, draft: &Reading, i: usize, earlier: &Reading, row: &mut [f32], found: &mut Vec<usize>) {
        let d = &draft.terms[i];
        let mut equal = |j: usize, likeness: f32| {
            if row[j] == 0.0 {
                found.push(j);
            }
            row[j] = row[j].max(likeness);
        };
        if d.name {
            self.names.iter().for_each(|j| equal(*j, 1.0));
        }
        let the_same = |words: &[(u64, usize)], number: u64| {
            let from = words.partition_point(|word| word.0 < number);
            from..from + words[from..].iter().take_while(|word| word.0 == number).count()
        };
        the_same(&self.shapes, d.shape).for_each(|n| equal(self.shapes[n].1, 1.0));
        if d.length >= 3 {
            the_same(&self.stems, d.stem).for_each(|n| equal(self.stems[n].1, 0.9));
        }
        if may_be_mistyped(d) {
            for (j, letters, length) in &self.long {
                let most = if d.length.min(*length) >= 8 { 2 } else { 1 };
                if (d.letters ^ letters).count_ones() <= 2 * u32::from(most)
                    && d.length.abs_diff(*length) <= most
                    && edits_at_most(draft.text(i).as_bytes(), earlier.text(*j).as_bytes(), usize::from(most))
                {
                    equal(*j, 0.8);
                }
            }
        }
        found.sort_unstable();
    }
}

fn may_be_mistyped(term: &Term) -> bool {
    term.length >= 4 && !term.function && !term.figure
}

/// Whether one word becomes the other by so many slips: a letter added, lost, exchanged, or two swapped.
pub(super) fn edits_at_most(a: &[u8], b: &[u8], most: usize) -> bool {
    const LONGEST: usize = 40;
    if a.len().abs_diff(b.len()) > most || a.len() >= LONGEST || b.len() >= LONGEST {
        return false;
    }
    let mut rows = [[0_u8; LONGEST + 1]; 3];
    for (j, cell) in rows[1].iter_mut().enumerate() {
        *cell = j as u8;
    }
    let (mut two, mut one, mut now) = (0, 1, 2);
    for i in 1..=a.len() {
        rows[now][0] = i as u8;
        let mut least = i as u8;
        for j in 1..=b.len() {
            let mut cost = rows[one][j - 1] + u8::from(a[i - 1] != b[j - 1]);
            cost = cost.min(rows[one][j] + 1).min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                cost = cost.min(rows[two][j - 2] + 1);
            }
            rows[now][j] = cost;
            least = least.min(cost);
        }
        if usize::from(least) > most {
            return false;
        }
        (two, one, now) = (one, now, two);
    }
    usize::from(rows[one][b.len()]) <= most
}

#[derive(Clone, Copy, PartialEq)]
enum From {
    Nowhere,
    Pair,
    Other,
    Up,
    Left,
    TwoToOne,
    OneToTwo,
}

/// All stretches two notes share, the weightiest first; each word is used once.
pub(super) fn blocks(draft: &Reading, earlier: &Reading, equal: &Equal) -> Vec<Block> {
    let (n, m) = (equal.rows, equal.columns);
    // Most notes have no three words in a row in common, and no sentence word by word. They aren't laid beside each other at all:
    // nothing would come of it.
    if !equal.in_a_row(draft, earlier) && !equal.a_sentence(draft) {
        return Vec::new();
    }
    let mut used = (vec![false; n], vec![false; m]);
    let mut found = Vec::new();
    let width = m + 1;
    let mut scores = vec![0.0_f32; (n + 1) * width];
    let mut from = vec![From::Nowhere; (n + 1) * width];
    while found.len() < MOST_BLOCKS {
        // No stretch is left when too little of the draft is.
        let left = (0..n).filter(|i| !used.0[*i]).map(|i| equal.best[i]);
        let (count, most) = left.filter(|b| *b > 0.0).fold((0, 0.0), |(count, sum), b| (count + 1, sum + b));
        if count < LEAST_PAIRS || most < LEAST_SCORE {
            break;
        }
        let mut best = (0.0, 0, 0);
        for i in 1..=n {
            let d = &draft.terms[i - 1];
            for j in 1..=m {
                let e = &earlier.terms[j - 1];
                let cell = i * width + j;
                let free = !used.0[i - 1] && !used.1[j - 1];
                let likeness = if free { equal.at(i - 1, j - 1) } else { 0.0 };
                let (mut score, mut way) = (0.0, From::Nowhere);
                let diagonal = scores[cell - width - 1];
                if likeness > 0.0 {
                    score = diagonal + likeness * f32::midpoint(d.flat, e.flat) + ANY;
                    way = From::Pair;
                } else if diagonal + MISMATCH > score {
                    score = diagonal + MISMATCH;
                    way = From::Other;
                }
                let (up, left) = (scores[cell - width] + GAP, scores[cell - 1] + GAP);
                if up > score {
                    (score, way) = (up, From::Up);
                }
                if left > score {
                    (score, way) = (left, From::Left);
                }
                if free && i > 1 && !used.0[i - 2] && draft.terms[i - 2].joined == e.shape {
                    let joined = scores[cell - 2 * width - 1] + e.flat + ANY;
                    if joined > score {
                        (score, way) = (joined, From::TwoToOne);
                    }
                }
                if free && j > 1 && !used.1[j - 2] && earlier.terms[j - 2].joined == d.shape {
                    let joined = scores[cell - width - 2] + d.flat + ANY;
                    if joined > score {
                        (score, way) = (joined, From::OneToTwo);
                    }
                }
                scores[cell] = score;
                from[cell] = way;
                if score > best.0 {
                    best = (score, i, j);
                }
            }
        }
        if best.0 < LEAST_SCORE {
            break;
        }
        let pairs = trace(&from, width, best, equal);
        let whole = found.len();
        for stretch in pairs.chunk_by(|a, b| b.0 - a.0 <= FAR && b.1 - a.1 <= FAR) {
            // Crumbs between two far stretches are left for others.
            if stretch.len() >= LEAST_PAIRS {
                for (i, j, _) in stretch {
                    used.0[*i] = true;
                    used.1[*j] = true;
                }
                let block = Block::new(draft, earlier, stretch);
                if block.pairs.len() >= LEAST_PAIRS {
                    found.push(block);
                }
            }
        }
        if found.len() == whole {
            // Nothing but crumbs: they are done with, or the search would find them for ever.
            for (i, j, _) in pairs {
                used.0[i] = true;
                used.1[j] = true;
            }
        }
    }
    found
}

impl Block {
    fn new(draft: &Reading, earlier: &Reading, pairs: &[(usize, usize, f32)]) -> Block {
        // A small word alone between others is chance, no anchor.
        let beside = |a: &(usize, usize, f32), b: &(usize, usize, f32)| b.0 - a.0 <= 1 && b.1 - a.1 <= 1;
        let alone =
            |n: usize| !(n > 0 && beside(&pairs[n - 1], &pairs[n]) || n + 1 < pairs.len() && beside(&pairs[n], &pairs[n + 1]));
        let pairs: Vec<_> =
            (0..pairs.len()).filter(|n| !(draft.terms[pairs[*n].0].function && alone(*n))).map(|n| pairs[n]).collect();
        let mut block = Block { pairs: Vec::new(), score: 0.0, run: 1 };
        let mut run = 1;
        for (n, (i, j, likeness)) in pairs.iter().enumerate() {
            block.score += likeness * f32::midpoint(draft.terms[*i].flat, earlier.terms[*j].flat) + ANY;
            if n > 0 {
                let (by, over) = (i - pairs[n - 1].0, j - pairs[n - 1].1);
                run = if by <= 1 && over <= 1 { run + 1 } else { 1 };
                block.run = block.run.max(run);
                block.score += GAP * (by.max(over).saturating_sub(1)) as f32;
            }
        }
        block.pairs = pairs;
        block
    }
}

/// The equal words on the way back from the best place, in order.
fn trace(from: &[From], width: usize, best: (f32, usize, usize), equal: &Equal) -> Vec<(usize, usize, f32)> {
    let (_, mut i, mut j) = best;
    let mut pairs = Vec::new();
    loop {
        match from[i * width + j] {
            From::Nowhere => break,
            From::Pair => {
                pairs.push((i - 1, j - 1, equal.at(i - 1, j - 1)));
                (i, j) = (i - 1, j - 1);
            }
            From::TwoToOne => {
                pairs.extend([(i - 1, j - 1, 1.0), (i - 2, j - 1, 1.0)]);
                (i, j) = (i - 2, j - 1);
            }
            From::OneToTwo => {
                pairs.extend([(i - 1, j - 1, 1.0), (i - 1, j - 2, 1.0)]);
                (i, j) = (i - 1, j - 2);
            }
            From::Other => (i, j) = (i - 1, j - 1),
            From::Up => i -= 1,
            From::Left => j -= 1,
        }
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::edits_at_most;

    #[test]
    fn slips_are_counted() {
        for (a, b, n) in
            [("front", "fornt", 1), ("chair", "cair", 1), ("happy", "haopy", 1), ("kitten", "kitchen", 2), ("a", "", 1)]
        {
            assert!(edits_at_most(a.as_bytes(), b.as_bytes(), n), "{a} {b}");
            assert!(!edits_at_most(a.as_bytes(), b.as_bytes(), n - 1), "{a} {b}");
        }
        assert!(!edits_at_most(&[b'a'; 60], &[b'a'; 60], 2));
    }
}
