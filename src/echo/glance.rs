//! A first glance at an earlier note: whether anything could come of laying it beside a draft. Of those an index finds nearly all
//! only share some words, and reading each of them took most of a check.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use crate::words::{AsItIs, Language, Lexicon, Seen, glance, hash_pair};

use super::reading::Reading;

/// Texts of fewer words are always read: there is too little to judge by.
const FEW: usize = 10;
/// Of the telling words of the shorter text so many tenths are enough in the draft's own order, and so many in any. The comparison
/// itself asks for half of their weight in order, and for seven tenths in any (`scatter`); words differ in weight, and slips of the
/// pen can't be seen here.
const IN_ORDER: usize = 3;
const IN_ANY: usize = 4;

type ByNumber<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;
type Numbers = HashSet<u64, BuildHasherDefault<AsItIs>>;

/// What of a draft a first glance looks for.
#[derive(Clone, Debug, Default)]
pub struct Glance {
    /// Its telling words, by outline and by stem: where each stands among them first and last.
    words: ByNumber<(u16, u16)>,
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
        for (at, term) in (0..u16::MAX).zip(terms.iter().filter(|t| !t.function && !t.name)) {
            seen.telling += usize::from(!seen.words.contains_key(&term.shape));
            for number in [term.shape, term.stem] {
                seen.words.entry(number).and_modify(|places| places.1 = at).or_insert((at, at));
            }
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
        let mut look = Look::of(self);
        let plain = glance(earlier, self.language, |word| look.take(word));
        look.told(plain)
    }

    /// The same for a note that many drafts are held against: it is skimmed once.
    pub(super) fn may_echo_again(&self, earlier: &str, skim: &OnceLock<Skim>) -> bool {
        if self.blind {
            return true;
        }
        let Skim { language, words, plain } = skim.get_or_init(|| Skim::of(earlier, self.language));
        if *language != self.language {
            return self.may_echo(earlier);
        }
        let mut look = Look::of(self);
        words.iter().for_each(|word| look.take(*word));
        look.told(*plain)
    }
}

/// The words of an earlier note at a glance, as words of a language.
#[derive(Debug)]
pub(super) struct Skim {
    language: Language,
    words: Vec<Seen>,
    plain: bool,
}

impl Skim {
    fn of(text: &str, language: Language) -> Skim {
        let mut words = Vec::new();
        let plain = glance(text, language, |word| words.push(word));
        Skim { language, words, plain }
    }
}

/// A glance going over an earlier note.
struct Look<'g> {
    glance: &'g Glance,
    lexicon: &'static Lexicon,
    words: usize,
    telling: usize,
    shared: usize,
    /// The two words before.
    before: (u64, u64),
    in_a_row: bool,
    order: Order,
}

impl<'g> Look<'g> {
    fn of(glance: &'g Glance) -> Look<'g> {
        let lexicon = glance.language.lexicon();
        Look { glance, lexicon, words: 0, telling: 0, shared: 0, before: (0, 0), in_a_row: false, order: Order::default() }
    }

    fn take(&mut self, word: Seen) {
        if self.in_a_row {
            return;
        }
        self.words += 1;
        let (first, second) = self.before;
        self.in_a_row = self.words >= 3 && self.glance.threes.contains(&three(first, second, word.shape));
        self.before = (second, word.shape);
        if !self.lexicon.is_function(word.hash) {
            self.telling += 1;
            let found = self.glance.words.get(&word.shape).or_else(|| self.glance.words.get(&word.stem));
            if let Some((first, last)) = found {
                self.shared += 1;
                self.order.take(*first, *last);
            }
        }
    }

    /// Whether it may be, when all words were taken.
    fn told(&self, plain: bool) -> bool {
        let part = |shared: usize, tenths: usize| shared * 10 >= self.glance.telling.min(self.telling) * tenths;
        self.in_a_row || !plain || self.words < FEW || part(self.shared, IN_ANY) || part(self.order.longest(), IN_ORDER)
    }
}

/// How many words come in the order of the draft: the longest row of places, each behind the one before.
#[derive(Default)]
struct Order {
    /// The least place with which a row of so many ends.
    ends: Vec<u16>,
}

impl Order {
    /// The next word stands in the draft at these places; they may be the same.
    fn take(&mut self, first: u16, last: u16) {
        // The later place first, so that one word doesn't follow itself.
        for place in [last, first] {
            let at = self.ends.partition_point(|end| *end < place);
            match self.ends.get_mut(at) {
                Some(end) => *end = place,
                None => self.ends.push(place),
            }
        }
    }

    fn longest(&self) -> usize {
        self.ends.len()
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

    #[test]
    fn words_in_the_drafts_order_count_for_more() {
        let draft = "kettle ladder piano lantern orchard violin cellar curtain basket hammer mirror chimney canoe helmet glove apron \
                     skillet muffin pepper turnip";
        let draft = seen(draft);
        let shared = ["ladder", "lantern", "violin", "basket", "mirror", "helmet", "skillet"];
        let other = [
            "plum", "quince", "heron", "otter", "donkey", "banjo", "atlas", "parcel", "needle", "trophy", "ferry", "tunnel",
            "comet",
        ];
        let mixed = |shared: &mut dyn Iterator<Item = &&str>| -> String {
            let mut words = Vec::new();
            for (n, word) in other.iter().enumerate() {
                words.push(*word);
                words.extend((n % 2 == 0).then(|| shared.next()).flatten());
            }
            words.join(" ")
        };
        assert!(draft.may_echo(&mixed(&mut shared.iter())), "seven of twenty, in order");
        assert!(!draft.may_echo(&mixed(&mut shared.iter().rev())), "the same, backwards");
    }
}
