//! Somebody else's name: the letter for Dan in Mark's envelope.

use std::ops::Range;

use crate::words::{Language, Lexicon, Word, Words, shown};

use super::explain::one_line;
use super::reading::Reading;
use super::{Draft, Earlier, Fact, Finding, House, Rule, Severity, names};

/// Names no further apart than so many words are said in one breath: `Zoë and Tom`.
const ALONG: usize = 2;

/// Somebody else is spoken to, named in full, or signs; or the name of the one the old note was for has been left in.
pub(super) fn findings(draft: &Draft<'_>, reading: &Reading, house: &House, copied: Option<&Earlier>) -> Vec<Finding> {
    let (at_home, recorded): (Vec<&Fact>, Vec<&Fact>) = draft.recipient.known.iter().partition(|f| f.what == Fact::HOME);
    let words = |facts: Vec<&Fact>| facts.into_iter().map(|f| Words::read(&f.text)).collect::<Vec<_>>();
    let recorded = draft.recipient.names.iter().map(|name| Words::read(name)).chain(words(recorded)).collect();
    let scene = Scene {
        draft,
        all: reading.words.all(),
        own: names::own(&reading.words, &draft.recipient.names),
        language: reading.words.language(),
        house,
        recorded,
        at_home: words(at_home),
        recipient: shown(&draft.recipient.name).into_owned(),
    };
    let mut found: Vec<Finding> = Vec::new();
    scene.left_in(&reading.words, copied, &mut found);
    scene.spoken_to(&reading.words, &mut found);
    scene.signed(&mut found);
    scene.named(&mut found);
    found
}

struct Scene<'a> {
    draft: &'a Draft<'a>,
    all: &'a [Word],
    own: Vec<bool>,
    language: Language,
    house: &'a House,
    /// What may stand in the note: the recipient's names, and every word of what is recorded about them.
    recorded: Vec<Words>,
    /// The names of those they live with.
    at_home: Vec<Words>,
    recipient: String,
}

impl Scene<'_> {
    fn lexicons(&self) -> [&'static Lexicon; 2] {
        [self.language.lexicon(), Language::English.lexicon()]
    }

    /// The recipient, somebody recorded about them, or who signs for the house.
    fn may_stand(&self, n: usize) -> bool {
        let hash = self.all[n].hash;
        self.own[n] || self.house.signs_as(hash) || self.recorded.iter().any(|w| w.all().iter().any(|w| w.hash == hash))
    }

    /// Somebody they live with, who may be spoken of.
    fn is_at_home(&self, n: usize) -> bool {
        self.at_home.iter().any(|w| w.all().iter().any(|w| w.hash == self.all[n].hash))
    }

    /// The same, in one breath with the recipient: `Zoë and Tom`.
    fn is_greeted_along(&self, n: usize) -> bool {
        let near = n.saturating_sub(ALONG)..(n + ALONG + 1).min(self.all.len());
        self.is_at_home(n) && near.into_iter().any(|other| self.own[other] && self.all[other].sentence == self.all[n].sentence)
    }

    /// Typed like a name, and no word that everybody uses.
    fn like_a_name(&self, n: usize) -> bool {
        let word = &self.all[n];
        word.capital
            && !self.lexicons().iter().any(|l| l.is_function(word.hash) || l.is_title(word.hash) || l.is_everyday(word.hash))
    }

    fn typed(&self, range: &Range<usize>) -> String {
        one_line(self.draft.text, range)
    }

    fn put(&self, found: &mut Vec<Finding>, range: Range<usize>, severity: Severity, message: String) {
        // `Tom` and `Reed` side by side are one.
        if found.iter().any(|f| f.ranges.iter().any(|r| r.start < range.end + 2 && range.start < r.end + 2)) {
            return;
        }
        let name = self.typed(&range);
        let mut finding = Finding::new(Rule::WrongName, message).at(range);
        finding.severity = severity;
        if !self.draft.recipient.id.is_empty() {
            let log = format!("`wetink log {} fact \"…{name}…\"`", self.draft.recipient.id);
            finding.help.push(format!("if {name} belongs to {}, put it on record: {log}", self.recipient));
        }
        found.push(finding);
    }

    /// A name of the one an old note was for.
    fn left_in(&self, words: &Words, copied: Option<&Earlier>, found: &mut Vec<Finding>) {
        let forgotten: Vec<Words> = copied.into_iter().flat_map(|c| &c.names).map(|n| Words::read(n)).collect();
        for n in 0..words.all().len() {
            let hash = self.all[n].hash;
            if self.like_a_name(n) && !self.may_stand(n) && forgotten.iter().any(|w| w.all().iter().any(|w| w.hash == hash)) {
                let range = self.all[n].from.clone();
                let message =
                    format!("{} was left in from the old note; this card goes to {}", self.typed(&range), self.recipient);
                self.put(found, range, Severity::Refuse, message);
            }
        }
    }

    fn spoken_to(&self, words: &Words, found: &mut Vec<Finding>) {
        for greeted in names::greeted(self.draft.text, words) {
            if self.may_stand(greeted.word)
                || self.is_greeted_along(greeted.word)
                || self.language.lexicon().is_function(self.all[greeted.word].hash)
            {
                continue;
            }
            if self.house.names.who(self.all[greeted.word].hash).is_none() {
                continue;
            }
            let range = self.all[greeted.word].from.clone();
            let (name, to) = (self.typed(&range), &self.recipient);
            if greeted.hailed {
                self.put(found, range, Severity::Refuse, format!("this greets {name}, but the card goes to {to}"));
            } else if !greeted.apposed && self.like_a_name(greeted.word) {
                self.put(found, range, Severity::Refuse, format!("this speaks to {name}, but the card goes to {to}"));
            }
        }
    }

    /// Whoever signs is of the house, as far as it has said who signs.
    fn signed(&self, found: &mut Vec<Finding>) {
        if !self.house.has_signers() {
            return;
        }
        for end in 0..self.all.len() {
            let Some(start) = names::signature(self.draft.text, self.all, self.lexicons(), end) else { continue };
            let stranger =
                |n: &usize| self.like_a_name(*n) && !self.may_stand(*n) && self.house.names.who(self.all[*n].hash).is_some();
            if let (Some(first), Some(last)) = ((start..=end).find(stranger), (start..=end).rfind(stranger)) {
                let range = self.all[first].from.start..self.all[last].from.end;
                let message = format!("this is signed {}, and cards go to that name; it signs none", self.typed(&range));
                self.put(found, range, Severity::Refuse, message);
                if let Some(finding) = found.last_mut() {
                    finding.help = vec!["if they sign for the shop, add them to `signs` under [shop] in wetink.toml".into()];
                }
            }
        }
    }

    /// In full (`Tom Reed`, `Mrs Petrova`) it can be nobody else; a first name alone may be anybody's husband, and is only
    /// asked about.
    fn named(&self, found: &mut Vec<Finding>) {
        let names = &self.house.names;
        let titled = |n: usize| self.all[n].capital && self.lexicons().iter().any(|l| l.is_title(self.all[n].hash));
        let together = |n: usize| {
            let between = self.draft.text.get(self.all[n].from.end..self.all[n + 1].from.start).unwrap_or(",");
            between.trim_matches(|c: char| c.is_whitespace() || c == '.').is_empty()
                && self.all[n].sentence == self.all[n + 1].sentence
        };
        for n in 0..self.all.len() {
            if self.may_stand(n) || self.is_at_home(n) {
                continue;
            }
            if n + 1 < self.all.len() && self.all[n].capital && self.all[n + 1].capital && together(n) && !self.may_stand(n + 1) {
                let [first, second] = [n, n + 1].map(|n| names.who(self.all[n].hash).unwrap_or_default());
                let in_full = first.iter().any(|id| second.contains(id));
                if in_full || titled(n) && names.is_family(self.all[n + 1].hash) {
                    let range = self.all[n].from.start..self.all[n + 1].from.end;
                    let message = format!("this names {}, but the card goes to {}", self.typed(&range), self.recipient);
                    self.put(found, range, Severity::Refuse, message);
                    continue;
                }
            }
            let starts = n == 0 || self.all[n - 1].sentence != self.all[n].sentence;
            let hash = self.all[n].hash;
            let one_of_few = names.who(hash).is_some_and(|ids| ids.len() < names::MANY) && !names.is_family(hash);
            if one_of_few && !starts && self.like_a_name(n) && !self.lexicons().iter().any(|l| l.is_greeting(hash)) {
                let range = self.all[n].from.clone();
                let message = format!(
                    "this names {}, as somebody else on record is called; is it meant for {}?",
                    self.typed(&range),
                    self.recipient
                );
                self.put(found, range, Severity::Warn, message);
            }
        }
    }
}
