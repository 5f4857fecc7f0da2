//! A first glance at an earlier note: whether anything could come of laying it beside a draft. Of those an index finds nearly all
//! only share some words, and reading each of them took most of a check.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use crate::words::{AsItIs, Language, glance, hash, hash_pair, outlined};

use super::reading::Reading;

/// Texts of fewer words are always read: there is too little to judge by.
const FEW: usize = 10;
/// Of the telling words of the shorter text so many tenths are enough, whatever order they come in.
const TENTHS: usize = 3;

type Numbers = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// What of a draft a first glance looks for.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    /// Its telling words, by outline and by stem.
    words: Numbers,
    /// Any three of its words in a row that are not a commonplace.
    threes: Numbers,
    telling: usize,
    language: Language,
    /// The draft is too short or too disguised to tell.
    blind: bool,
}

fn three(a: u64, b: u64, c: u64) -> u64 {
    hash_pair(hash_pair(a, b), c)
}

impl Glance {
    pub(super) fn of(reading: &Reading, scrambled: bool) -> Glance {
        let terms = &reading.terms;
        let mut seen = Glance { language: reading.words.language(), blind: scrambled || terms.len() < FEW, ..Glance::default() };
        if seen.blind {
            return seen;
        }
        for term in terms.iter().filter(|t| !t.function && !t.name) {
            seen.telling += usize::from(seen.words.insert(term.shape));
            seen.words.insert(term.stem);
        }
        let threes = terms.windows(3).filter(|t| !t.iter().all(|t| t.common || t.name));
        seen.threes = threes.map(|t| three(t[0].shape, t[1].shape, t[2].shape)).collect();
        seen
    }

    /// Whether an earlier note may be more to the draft than one that shares some words. Both are written in plain letters here: three
    /// words in a row are the same, or a good part of the telling words is. Whatever can't be told at a glance may be.
    #[must_use]
    pub fn may_echo(&self, earlier: &str) -> bool {
        if self.blind {
            return true;
        }
        let lexicon = self.language.lexicon();
        let (mut words, mut telling, mut shared) = (0, 0, 0);
        let (mut before, mut last) = (0, 0);
        let mut in_a_row = false;
        let plain = glance(earlier, |word| {
            if in_a_row {
                return;
            }
            let shape = outlined(word);
            words += 1;
            in_a_row = words >= 3 && self.threes.contains(&three(before, last, shape));
            (before, last) = (last, shape);
            if !lexicon.is_function(hash(word)) {
                telling += 1;
                shared += usize::from(self.words.contains(&shape) || self.words.contains(&self.language.stem_hash(word, shape)));
            }
        });
        in_a_row || !plain || words < FEW || shared * 10 >= self.telling.min(telling) * TENTHS
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::{Frequencies, Reading};
    use super::*;

    fn seen(draft: &str) -> Glance {
        Glance::of(&Reading::new(draft, &[], &[], &Frequencies::default()), false)
    }

    #[test]
    fn a_copy_is_worth_a_look_and_a_stranger_is_not() {
        let old = "Ana, the puppy slept past six at last and nobody dared to move before the kettle did on Sunday.";
        let draft = seen("Tom, the parrot slept past nine at last and nobody dared to move before the toaster did on Friday.");
        assert!(draft.may_echo(old));
        assert!(draft.may_echo("Sunday kettle move dared nobody puppy slept, all of that and then some more"), "in no order");
        assert!(draft.may_echo("The p\u{200b}uppy slept, and so did all of us in this small house by the sea"), "disguised");
        assert!(draft.may_echo("Too short"));
        let other = "Ana, forty trees in one afternoon is a record, and the pear by the gate has already taken root in the clay.";
        assert!(!draft.may_echo(other));
        assert!(seen("Too short").may_echo(other));
    }
}
