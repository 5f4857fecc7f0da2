//! What happenings mean and what they lead to: kinds, rules and habits, all of them data that a shop may change.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::day::Day;
use crate::occasion::Occasion;
use crate::touch::Touch;
use crate::trouble::{Result, Trouble};

/// The kinds, rules and habits every shop begins with, in the words of `wetink.toml`.
pub const BUILT_IN: &str = include_str!("rules/rules.toml");

/// What a word after `wetink log WHO` means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kind {
    /// Something known about the person rather than something that happened.
    pub fact: bool,
    /// A thread that stays open until it is closed.
    pub open: bool,
    /// No cheerful card while it is open, or for `holds_days`.
    pub holds: bool,
    /// For how long it holds; 0 is until it is closed.
    pub holds_days: u32,
    /// Must be told in words.
    pub context: bool,
    /// No sign of life: a click, a bank transfer.
    pub silent: bool,
    /// A question for the writer.
    pub ask: String,
}

/// What a rule gives the owner to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Give {
    /// Something the shop said it would do.
    Promise,
    /// Something somebody waits to hear.
    Answer,
    /// A call; never a card.
    Call,
    /// A card.
    #[default]
    Card,
}

impl Give {
    /// As JSON and tables have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Give::Promise => "promise",
            Give::Answer => "answer",
            Give::Call => "call",
            Give::Card => "card",
        }
    }
}

/// When a rule on an open thread speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// As soon as it happened.
    #[default]
    Happened,
    /// When the thread is closed.
    Closed,
}

/// The usual purchase that didn't come, by the person's own rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skipped {
    /// So many times at least, before anybody speaks of a rhythm.
    pub times: usize,
    /// The present gap is so many times the median one.
    pub factor: f64,
}

/// One rule: what follows from a happening.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Its name; a shop's rule takes the place of the built-in one of the same name.
    pub name: String,
    /// What the card or the call is for; the rule's name if empty.
    pub occasion: String,
    /// The kinds it follows from.
    pub on: Vec<String>,
    /// What there is to do.
    pub give: Give,
    /// When it speaks.
    pub when: When,
    /// So many days after.
    pub after: Option<u32>,
    /// `after` counts working days.
    pub working: bool,
    /// So many days before the day it was logged with `--until`.
    pub before: Option<u32>,
    /// Only these times, counted from 1; every time if empty.
    pub at: Vec<usize>,
    /// Kinds that start the count anew.
    pub broken_by: Vec<String>,
    /// Kinds after which there is nothing more to do.
    pub settled_by: Vec<String>,
    /// Kinds whose last words are shown beside it.
    pub recall: Vec<String>,
    /// Questions shown beside it.
    pub ask: Vec<String>,
    /// The usual thing that didn't happen.
    pub skipped: Option<Skipped>,
    /// So many days after its day it is dropped; open threads never are.
    pub lasts: Option<u32>,
    /// `false` for a card that may go out while something is wrong.
    pub cheerful: Option<bool>,
    /// Takes the built-in rule of that name away.
    pub off: bool,
}

/// How much is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// Cards a person gets in a year at most.
    pub cards_a_year: usize,
    /// After so many cards without a sign of life, ask before the next.
    pub ask_after: usize,
    /// People not heard from for the longest time, offered each month.
    pub quiet_people: usize,
    /// From how many days on somebody is offered as one of those.
    pub quiet_days: u32,
    /// From how many quiet days on a visit is told what to remember.
    pub brief_after: u32,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits { cards_a_year: 3, ask_after: 2, quiet_people: 2, quiet_days: 180, brief_after: 180 }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    kinds: BTreeMap<String, Kind>,
    rule: Vec<Rule>,
    habits: Habits,
}

/// A set of kinds, by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kinds(Vec<u64>);

impl Kinds {
    /// The kinds that occur among these marks.
    #[must_use]
    pub fn among(marks: &[Mark]) -> Kinds {
        let mut kinds = Kinds::default();
        marks.iter().for_each(|m| kinds.add(m.kind));
        kinds
    }

    fn add(&mut self, kind: u16) {
        let at = usize::from(kind / 64);
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        self.0[at] |= 1 << (kind % 64);
    }

    fn has(&self, kind: u16) -> bool {
        self.0.get(usize::from(kind / 64)).is_some_and(|bits| bits & 1 << (kind % 64) != 0)
    }

    fn meets(&self, other: &Kinds) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }
}

/// A rule with its kinds as numbers, ready to be asked of every touch.
#[derive(Clone, Debug, PartialEq)]
pub struct Ready {
    /// As it was written.
    pub rule: Rule,
    /// What it is for.
    pub occasion: Occasion,
    on: Kinds,
    broken_by: Kinds,
    settled_by: Kinds,
    recall: Kinds,
}

impl Ready {
    /// Follows from this kind.
    #[must_use]
    pub fn follows(&self, kind: u16) -> bool {
        self.on.has(kind)
    }
    /// Follows from one of these kinds at least.
    #[must_use]
    pub fn follows_any(&self, kinds: &Kinds) -> bool {
        self.on.meets(kinds)
    }
    /// This kind starts the count anew.
    #[must_use]
    pub fn breaks(&self, kind: u16) -> bool {
        self.broken_by.has(kind)
    }
    /// This kind leaves nothing more to do.
    #[must_use]
    pub fn settles(&self, kind: u16) -> bool {
        self.settled_by.has(kind)
    }
    /// The last words of this kind are shown beside it.
    #[must_use]
    pub fn recalls(&self, kind: u16) -> bool {
        self.recall.has(kind)
    }
}

/// A touch without its words: what the rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its row, to find the words again.
    pub n: i64,
    /// The day.
    pub on: Day,
    /// The kind's number, see [`Rules::number`].
    pub kind: u16,
    /// Kept until then.
    pub until: Option<Day>,
    /// The kind and day of the thread it closes.
    pub closes: Option<(u16, Day)>,
}

/// A thread: opened by a mark, and perhaps closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The mark that opened it, counted from 0.
    pub at: usize,
    /// The day it was closed.
    pub closed: Option<Day>,
}

/// Kinds, rules and habits of one shop.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// How much is enough.
    pub habits: Habits,
    kinds: Vec<(String, Kind)>,
    /// Those that stay open.
    open: Kinds,
    list: Vec<Ready>,
}

impl Rules {
    /// The built-in kinds and rules, with the shop's own in place of those of the same name.
    pub fn new(own_kinds: &BTreeMap<String, Kind>, own_rules: &[Rule], habits: Option<Habits>) -> Result<Rules> {
        let built_in: Written =
            toml::from_str(BUILT_IN).map_err(|e| Trouble::damaged(format!("the built-in rules can't be read: {e}")))?;
        let mut kinds = built_in.kinds;
        for (name, kind) in own_kinds {
            if name.is_empty() || name.chars().any(char::is_whitespace) || name.to_lowercase() != *name {
                return Err(Trouble::failed(format!("[kinds] `{name}` is not one word in small letters"))
                    .hint("a kind is what you type after the name: `wetink log ana fitting`"));
            }
            kinds.insert(name.clone(), kind.clone());
        }
        let mut written = built_in.rule;
        for own in own_rules {
            if Occasion::new(&own.name).as_str() != own.name || own.name.is_empty() {
                return Err(Trouble::failed(format!("[[rule]] name = \"{}\" is not a name", own.name))
                    .hint("name it in small letters with hyphens, as in name = \"thank-you\""));
            }
            if own.on.is_empty() && !own.off {
                return Err(Trouble::failed(format!("[[rule]] {} doesn't say what it follows from", own.name))
                    .hint("as in on = [\"purchase\"]"));
            }
            match written.iter_mut().find(|r| r.name == own.name) {
                Some(there) => there.clone_from(own),
                None => written.push(own.clone()),
            }
        }
        written.retain(|r| !r.off);
        let named = written.iter().flat_map(|r| r.on.iter().chain(&r.broken_by).chain(&r.settled_by).chain(&r.recall));
        for name in named.cloned().collect::<BTreeSet<String>>() {
            kinds.entry(name).or_default();
        }
        let kinds: Vec<(String, Kind)> = kinds.into_iter().collect();
        let all = |of: &dyn Fn(&(String, Kind)) -> bool| {
            let mut set = Kinds::default();
            (0..).zip(&kinds).filter(|(_, kind)| of(kind)).for_each(|(number, _)| set.add(number));
            set
        };
        let set = |names: &[String]| all(&|(name, _)| names.contains(name));
        let list = written
            .into_iter()
            .map(|rule| Ready {
                occasion: Occasion::new(if rule.occasion.is_empty() { &rule.name } else { &rule.occasion }),
                on: set(&rule.on),
                broken_by: set(&rule.broken_by),
                settled_by: set(&rule.settled_by),
                recall: set(&rule.recall),
                rule,
            })
            .collect();
        Ok(Rules { habits: habits.unwrap_or(built_in.habits), open: all(&|(_, kind)| kind.open), kinds, list })
    }

    /// The rules, in the order they are asked.
    #[must_use]
    pub fn all(&self) -> &[Ready] {
        &self.list
    }

    /// The names of all kinds that are known here; any other word is legal too.
    #[must_use]
    pub fn words(&self) -> Vec<&str> {
        self.kinds.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// A kind's number; all words nothing is said about share one.
    #[must_use]
    pub fn number(&self, kind: &str) -> u16 {
        let at = self.kinds.binary_search_by(|(name, _)| name.as_str().cmp(kind)).unwrap_or(self.kinds.len());
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// A kind's name from its number.
    #[must_use]
    pub fn name(&self, number: u16) -> &str {
        self.kinds.get(usize::from(number)).map_or("", |(name, _)| name)
    }

    /// What a number's kind means; nothing in particular for a word of the shop's own.
    #[must_use]
    pub fn meaning(&self, number: u16) -> Option<&Kind> {
        self.kinds.get(usize::from(number)).map(|(_, kind)| kind)
    }

    /// What a word means.
    #[must_use]
    pub fn kind(&self, word: &str) -> Kind {
        self.meaning(self.number(word)).cloned().unwrap_or_default()
    }

    /// A touch as the rules see it; `n` is whatever finds it again.
    #[must_use]
    pub fn mark(&self, n: i64, touch: &Touch) -> Mark {
        Mark { n, on: touch.on, kind: self.number(&touch.kind), until: touch.until, closes: self.closes(&touch.closes) }
    }

    /// `promise 2026-11-10` as number and day.
    #[must_use]
    pub fn closes(&self, text: &str) -> Option<(u16, Day)> {
        let (kind, day) = text.rsplit_once(' ')?;
        Some((self.number(kind), day.parse().ok()?))
    }

    /// Every thread of one person, in the order it was opened. `marks` are theirs, oldest first.
    #[must_use]
    pub fn threads(&self, marks: &[Mark]) -> Vec<Thread> {
        let mut threads: Vec<Thread> = Vec::new();
        for (at, mark) in marks.iter().enumerate() {
            if self.open.has(mark.kind) {
                threads.push(Thread { at, closed: None });
            }
        }
        if threads.is_empty() {
            return threads;
        }
        for mark in marks {
            let Some((kind, day)) = mark.closes else { continue };
            let meant = |t: &&mut Thread| t.closed.is_none() && marks[t.at].kind == kind && marks[t.at].on == day;
            if let Some(thread) = threads.iter_mut().find(meant) {
                thread.closed = Some(mark.on);
            }
        }
        threads
    }

    /// The open threads among somebody's touches, oldest first.
    #[must_use]
    pub fn open<'t>(&self, touches: &'t [Touch]) -> Vec<&'t Touch> {
        let marks: Vec<Mark> = touches.iter().map(|t| self.mark(0, t)).collect();
        self.threads(&marks).into_iter().filter(|t| t.closed.is_none()).map(|t| &touches[t.at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shops_rule_takes_the_place_of_the_built_in_one() {
        let own: Rule = toml::from_str("name = \"thank-you\"\non = [\"fitting\"]\nafter = 2").unwrap();
        let off: Rule = toml::from_str("name = \"welcome\"\noff = true").unwrap();
        let rules = Rules::new(&BTreeMap::new(), &[own, off], None).unwrap();
        let named = |name: &str| rules.all().iter().filter(|r| r.rule.name == name).count();
        assert_eq!((named("thank-you"), named("welcome"), named("promise")), (1, 0, 1));
        let thanks = rules.all().iter().find(|r| r.rule.name == "thank-you").unwrap();
        assert!(thanks.follows(rules.number("fitting")) && !thanks.follows(rules.number("purchase")));
        assert!(!thanks.follows(rules.number("never heard of")));
        for wrong in ["name = \"Thank You\"\non = [\"x\"]", "name = \"x\""] {
            assert!(Rules::new(&BTreeMap::new(), &[toml::from_str(wrong).unwrap()], None).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_thread_is_open_until_it_is_closed_and_each_closing_closes_one() {
        let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
        let touch =
            |on: &str, kind: &str, closes: &str| Touch { closes: closes.into(), ..Touch::new(on.parse().unwrap(), kind, "") };
        let touches = [
            touch("2025-10-01", "thinking", ""),
            touch("2026-10-02", "promise", ""),
            touch("2026-10-02", "promise", ""),
            touch("2026-10-09", "done", "promise 2026-10-02"),
        ];
        let open: Vec<_> = rules.open(&touches).iter().map(|t| t.kind.as_str()).collect();
        assert_eq!(open, ["thinking", "promise"]);
    }
}
