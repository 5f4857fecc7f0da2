//! Did I say that before? A new note against everything ever written to anybody, and whether it is about this person at all.
//!
//! Cross out everything anybody could say, and everything already written to somebody else with names, places, things and
//! amounts exchanged. If hardly anything is left, or most of an earlier card has come back, it is the same card.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::day::Day;
use crate::trouble::{Result, Trouble};
use crate::words::{Language, Words, hash};

mod align;
mod compare;
mod explain;
mod glance;
mod index;
mod judge;
mod names;
mod pile;
mod placeholder;
mod reading;
mod scatter;
mod scores;
mod stranger;
mod wording;

pub use explain::{Mark, Source, Touch};
pub use glance::Glance;
pub use index::{Traits, traits};
pub use names::Names;
pub use pile::Pile;
pub use reading::Frequencies;
pub use scores::{NEWEST, Ranking};

use glance::Skim;
use reading::Reading;

/// A rule on a note, by the name an owner meets it under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// There is no note.
    MissingNote,
    /// The same as another note, after folding.
    Duplicate,
    /// The same with small edits.
    NearDuplicate,
    /// The same skeleton with other names and things.
    Templated,
    /// Stitched together from several earlier notes.
    Patchwork,
    /// What could stand on anybody's card.
    StockVerse,
    /// A hole nobody filled.
    Placeholder,
    /// Somebody else's name.
    WrongName,
    /// Too long for the paper.
    Overflow,
    /// A letter the hand cannot write.
    MissingGlyph,
    /// Nobody may write to this person.
    DoNotSend,
    /// No way to answer.
    NoReply,
    /// No word of what is recorded about this person.
    Generic,
    /// Offers and codes.
    SalesTalk,
    /// Hardly a note.
    TooShort,
    /// What the last card to this person was about.
    RepeatsLastYear,
}

impl Rule {
    /// All of them, refusing ones first.
    pub const ALL: [Rule; 16] = [
        Rule::MissingNote,
        Rule::Duplicate,
        Rule::NearDuplicate,
        Rule::Templated,
        Rule::Patchwork,
        Rule::StockVerse,
        Rule::Placeholder,
        Rule::WrongName,
        Rule::Overflow,
        Rule::MissingGlyph,
        Rule::DoNotSend,
        Rule::NoReply,
        Rule::Generic,
        Rule::SalesTalk,
        Rule::TooShort,
        Rule::RepeatsLastYear,
    ];

    /// As it is written: `near-duplicate`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::MissingNote => "missing-note",
            Rule::Duplicate => "duplicate",
            Rule::NearDuplicate => "near-duplicate",
            Rule::Templated => "templated",
            Rule::Patchwork => "patchwork",
            Rule::StockVerse => "stock-verse",
            Rule::Placeholder => "placeholder",
            Rule::WrongName => "wrong-name",
            Rule::Overflow => "overflow",
            Rule::MissingGlyph => "missing-glyph",
            Rule::DoNotSend => "do-not-send",
            Rule::NoReply => "no-reply",
            Rule::Generic => "generic",
            Rule::SalesTalk => "sales-talk",
            Rule::TooShort => "too-short",
            Rule::RepeatsLastYear => "repeats-last-year",
        }
    }

    /// From how it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|r| r.as_str() == text)
    }

    /// Whether it refuses or warns where nothing else is said.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Rule::Generic | Rule::SalesTalk | Rule::TooShort | Rule::RepeatsLastYear => Severity::Warn,
            _ => Severity::Refuse,
        }
    }

    /// Whether one card may be let through with a reason.
    #[must_use]
    pub fn can_be_overruled(self) -> bool {
        !matches!(self, Rule::Duplicate | Rule::Templated | Rule::Placeholder | Rule::MissingNote | Rule::DoNotSend)
    }
}

/// What a finding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It is said.
    Warn,
    /// The card is not made.
    Refuse,
}

impl Severity {
    /// `warn` or `refuse`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Warn => "warn",
            Severity::Refuse => "refuse",
        }
    }
}

/// Whom the note is for, as far as the comparison must know.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    /// Person's or household's id.
    pub id: String,
    /// What to call them in a message: `Ana`.
    pub name: String,
    /// Every way to call them, and everybody in their household.
    pub names: Vec<String>,
    /// What is recorded about them: facts, touches, town, the newest first. Names in it may stand in the note.
    pub known: Vec<Fact>,
    /// The note of the last card to them.
    pub last: Option<String>,
}

/// One thing that is recorded about somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// As it was typed: `walking boots for Lisbon`.
    pub text: String,
    /// What it is, for a message: `purchase of 21 Nov 2026`, `town`.
    pub what: String,
    /// It is counted and never spoken of: a bill that was paid.
    pub silent: bool,
}

impl Fact {
    /// Where somebody lives, as part of their address.
    pub const TOWN: &str = "town";
    /// Where somebody works, as part of their address.
    pub const WORK: &str = "works there";
    /// Whoever lives with somebody: they may be spoken of, and greeted together with them.
    pub const HOME: &str = "lives with them";

    /// It stands on the envelope: nobody told it, and everybody has one.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.what == Fact::TOWN || self.what == Fact::WORK
    }

    /// It is something to write about.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.is_address() && !self.silent
    }
}

impl From<&str> for Fact {
    fn from(text: &str) -> Fact {
        Fact { text: text.to_owned(), ..Fact::default() }
    }
}

/// Anything typed, to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The whole note with its postscript.
    pub text: &'a str,
    /// Whom it is for.
    pub recipient: &'a Recipient,
    /// The card it is on, if that is on record already: a reprint is no repeat.
    pub card: Option<&'a str>,
}

/// What is on record of an earlier note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Its words.
    Text(String),
    /// Of an erased person's note: ten bits a word, from which nothing can be read back.
    Traces(Vec<u16>),
}

/// A note on record, or one further up on the same sheet.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// The card it is on.
    pub card: String,
    /// Person's or household's id.
    pub who: String,
    /// What they are called in a message.
    pub name: String,
    /// Every way to call them.
    pub names: Vec<String>,
    /// When it was sent, if it was.
    pub day: Option<Day>,
    /// The line of its heading, if it is on the sheet being checked.
    pub sheet_line: Option<usize>,
    /// The note.
    pub note: Kept,
    /// The ledger knows by its fingerprint that it is the very same.
    pub identical: bool,
    /// What was read of it.
    pub read: Read,
}

/// What was read of a note, for one house: kept for the next draft that is held against it or one of its clones.
#[derive(Clone, Debug, Default)]
pub struct Read {
    skim: Arc<OnceLock<Skim>>,
    whole: Arc<OnceLock<Reading>>,
}

impl Earlier {
    /// Whether it may be more to a draft with these traits than a note that shares some words.
    #[must_use]
    pub fn may_be(&self, traits: &Traits) -> bool {
        match &self.note {
            Kept::Text(text) => self.identical || traits.glance.may_echo_again(text, &self.read.skim),
            Kept::Traces(_) => true,
        }
    }

    /// Forgets what was read of it, but for a skim.
    pub fn put_away(&mut self) {
        self.read.whole = Arc::default();
    }
}

/// The earlier note a finding speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// The card.
    pub card: String,
    /// Person's or household's id.
    pub to: String,
    /// What they are called.
    pub name: String,
    /// When.
    pub day: Option<Day>,
    /// Where on the same sheet.
    pub sheet_line: Option<usize>,
}

/// One thing a rule has to say about a draft.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// What it is called on the terminal where that isn't the rule: a heading that makes no sense, a letter that doesn't.
    pub tag: Option<&'static str>,
    /// Refused or only said.
    pub severity: Severity,
    /// A sentence without a full stop, beginning in lower case.
    pub message: String,
    /// Further lines: what to do, what is known about the person.
    pub help: Vec<String>,
    /// Bytes of the draft to underline, in order.
    pub ranges: Vec<Range<usize>>,
    /// How much of it is not new, from 0 to 1.
    pub share: Option<f32>,
    /// The earlier note.
    pub other: Option<Other>,
    /// Every word of the draft: same, swapped or own. Empty where no earlier note is meant.
    pub marks: Vec<Mark>,
    /// Of a patchwork: each sentence with its card.
    pub sources: Vec<Source>,
}

impl Finding {
    /// A finding with the rule's own severity.
    #[must_use]
    pub fn new(rule: Rule, message: impl Into<String>) -> Finding {
        Finding {
            rule,
            tag: None,
            severity: rule.severity(),
            message: message.into(),
            help: Vec::new(),
            ranges: Vec::new(),
            share: None,
            other: None,
            marks: Vec::new(),
            sources: Vec::new(),
        }
    }

    /// What it is called on the terminal.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag.unwrap_or(self.rule.as_str())
    }

    /// Calls it something else than its rule.
    #[must_use]
    pub fn called(mut self, tag: &'static str) -> Finding {
        self.tag = Some(tag);
        self
    }

    /// Underlines a place.
    #[must_use]
    pub fn at(mut self, range: Range<usize>) -> Finding {
        self.ranges.push(range);
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, line: impl Into<String>) -> Finding {
        self.help.push(line.into());
        self
    }
}

/// What the house has declared and knows.
#[derive(Clone, Debug, Default)]
pub struct House {
    keep: Vec<Vec<u64>>,
    prompts: Vec<u64>,
    signers: Vec<u64>,
    severities: BTreeMap<Rule, Severity>,
    /// How often words stand in the notes on record.
    pub frequencies: Frequencies,
    /// Everybody else a card goes to.
    pub names: Names,
}

/// The longest declared phrase, in words.
pub const LONGEST_PHRASE: usize = 25;
/// The shortest: single words are never nobody's.
pub const SHORTEST_PHRASE: usize = 3;
/// More phrases than this would be a letter of their own.
pub const MOST_PHRASES: usize = 12;

impl House {
    /// Nothing declared, nobody known.
    #[must_use]
    pub fn new() -> House {
        House::default()
    }

    /// Declares a phrase of the house, or the quotation of the year: nobody's words.
    pub fn keep(&mut self, phrase: &str) -> Result<()> {
        let words = Words::read(phrase);
        let typed = explain::typed_words(&words);
        let wrong = |what: String| {
            Err(Trouble::usage(format!("the phrase \u{201c}{}\u{201d} in [phrases] keep {what}", crate::words::shown(phrase))))
        };
        if typed > LONGEST_PHRASE {
            return wrong(format!("has {typed} words; {LONGEST_PHRASE} are allowed"))
                .map_err(|t: Trouble| t.hint("a longer text belongs into the printed letter, which is never compared"));
        }
        if typed < SHORTEST_PHRASE {
            return wrong(format!("is too short; it needs at least {SHORTEST_PHRASE} words"))
                .map_err(|t: Trouble| t.hint("take it out: what anybody may say in a word or two is let through anyway"));
        }
        if self.keep.len() >= MOST_PHRASES {
            return wrong(format!("is one too many; {MOST_PHRASES} phrases are allowed"))
                .map_err(|t: Trouble| t.hint("keep those of this year; a longer text belongs into the printed letter"));
        }
        self.keep.push(words.all().iter().map(|w| w.hash).collect());
        Ok(())
    }

    /// How the house calls itself and who signs for it: nobody else's name, and nothing about anybody.
    pub fn signs(&mut self, names: &str) {
        self.signers.extend(Words::read_as(names, Language::Other).all().iter().filter(|w| w.len() >= 2).map(|w| w.hash));
    }

    fn has_signers(&self) -> bool {
        !self.signers.is_empty()
    }

    fn signs_as(&self, word: u64) -> bool {
        self.signers.contains(&word)
    }

    /// A line the sheet itself writes; a note that is only that is no note.
    pub fn prompt(&mut self, line: &str) {
        self.prompts.push(explain::fold_hash(&Words::read(line)));
    }

    /// Makes a warning refuse, or puts it back. What refuses can't be made to warn.
    pub fn set(&mut self, rule: Rule, severity: Severity) -> Result<()> {
        if rule.severity() == Severity::Refuse && severity == Severity::Warn {
            return Err(Trouble::usage(format!("`{}` always refuses", rule.as_str()))
                .hint("one card can be let through with `> because: …` under its heading"));
        }
        self.severities.insert(rule, severity);
        Ok(())
    }

    fn severity(&self, rule: Rule) -> Severity {
        self.severities.get(&rule).copied().unwrap_or_else(|| rule.severity())
    }
}

/// All findings on one draft.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    findings: Vec<Finding>,
    text: u64,
}

impl Verdict {
    /// The findings: refusals first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Adds what others found: the paper, the hand, the address.
    pub fn add(&mut self, finding: Finding) {
        let place = self.findings.partition_point(|f| f.severity >= finding.severity);
        self.findings.insert(place, finding);
    }

    /// Whether anything refuses.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.findings.iter().any(|f| f.severity == Severity::Refuse)
    }

    /// Somebody gave a reason that lifts nothing: says so where the rule always holds (`refused`), and where the paper or the
    /// hand can't do it whatever the reason (not `drawn`).
    pub fn say_in_vain(&mut self, refused: bool, drawn: bool) {
        for finding in self.findings.iter_mut().filter(|f| f.severity == Severity::Refuse) {
            let rule = finding.rule.as_str();
            if !finding.rule.can_be_overruled() {
                finding.help.push(format!("`> because:` can't let this through: `{rule}` always holds, whatever the reason"));
            } else if !drawn && matches!(finding.rule, Rule::Overflow | Rule::MissingGlyph) {
                finding.help.push(format!("`> because:` can't let this through: what `{rule}` says can't be put on paper"));
            } else if refused {
                finding.help.push(format!("`> because:` would lift `{rule}`, but not the other finding"));
            }
        }
    }

    /// The proof that nothing refuses; none if something does.
    #[must_use]
    pub fn fresh(&self) -> Option<Fresh> {
        (!self.refused()).then_some(Fresh { text: self.text, overruled: None })
    }

    /// The proof that the owner lets it through all the same, with a reason; none if a rule that can't be overruled refuses,
    /// or the reason is blank.
    #[must_use]
    pub fn overruled(&self, because: &str) -> Option<Fresh> {
        let refusing = || self.findings.iter().filter(|f| f.severity == Severity::Refuse);
        if Words::read(because).is_empty() || refusing().any(|f| !f.rule.can_be_overruled()) {
            return None;
        }
        let mut rules: Vec<Rule> = refusing().map(|f| f.rule).collect();
        rules.dedup();
        let overruled = (!rules.is_empty()).then(|| Overruled { rules, because: because.trim().to_owned() });
        Some(Fresh { text: self.text, overruled })
    }
}

/// What was let through, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overruled {
    /// The rules that refused.
    pub rules: Vec<Rule>,
    /// The owner's reason.
    pub because: String,
}

/// The proof that a draft has been checked and may become a note. Only a [`Verdict`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fresh {
    text: u64,
    overruled: Option<Overruled>,
}

impl Fresh {
    /// Whether it is the proof for this very text.
    #[must_use]
    pub fn is_for(&self, text: &str) -> bool {
        self.text == hash(text)
    }

    /// What was overruled, if anything.
    #[must_use]
    pub fn overrule(&self) -> Option<&Overruled> {
        self.overruled.as_ref()
    }
}

/// What a note is known by for ever: itself folded, as a number of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub i64);

/// The fingerprints of a note: as typed, and with the names masked. They are the same where no name is in it; there are none
/// for a note without a word.
#[must_use]
pub fn exact(text: &str, names: &[String]) -> Option<[Fingerprint; 2]> {
    let words = Words::read(text);
    (!words.is_empty()).then(|| explain::fingerprints(&words, &names::own(&words, names)))
}

/// Ten bits for each word of a note, for the time when its text must be forgotten: enough to know it again, too little to
/// read it. Names and figures leave nothing.
#[must_use]
pub fn traces(text: &str, names: &[String]) -> Vec<u16> {
    judge::traces(text, names)
}

/// Judges a draft against the earlier notes nearest to it.
#[must_use]
pub fn check(draft: &Draft<'_>, earlier: &[Earlier], house: &House) -> Verdict {
    check_read(draft, &Read::default(), earlier, house)
}

/// The same for a draft that others are held against, too: it is read once for all of them.
#[must_use]
pub fn check_read(draft: &Draft<'_>, read: &Read, earlier: &[Earlier], house: &House) -> Verdict {
    let mut verdict = Verdict { findings: Vec::new(), text: hash(draft.text) };
    for mut finding in judge::findings(draft, read, earlier, house) {
        if finding.rule.severity() == Severity::Warn && finding.severity == Severity::Warn {
            finding.severity = house.severity(finding.rule);
        }
        verdict.add(finding);
    }
    verdict
}
