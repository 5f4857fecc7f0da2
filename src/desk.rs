//! The desk: a sheet, the ledger and the shop's papers come together, and every note gets its verdict. `check`, `write`, `print`
//! and everything that makes cards sit at this same desk, so that none of them is more lenient than another.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::day::{Day, Month};
use crate::echo::{
    self, Draft, Earlier, Fact, Finding, House, Kept, Pile, Ranking, Read, Recipient, Rule, Severity, Traits, Verdict,
};
use crate::ledger::echoes::nearest;
use crate::ledger::people::Who;
use crate::ledger::{Ledger, Readers};
use crate::note::Note;
use crate::occasion::{Occasion, yearly_day};
use crate::person::{Id, Person, Status};
use crate::rules::Rules;
use crate::sheet::{Entry, Sheet};
use crate::shop::Shop;
use crate::studio::{Fits, Typed};
use crate::touch::Touch;
use crate::trouble::Result;

/// What a finding about a card's heading is called: nobody on it must be spared, it only makes no sense.
const HEADING: &str = "heading";

/// A card of a sheet after it was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Where it stands on the sheet.
    pub entry: Entry,
    /// Whom it is for, if that is clear.
    pub who: Option<Who>,
    /// The day it is for.
    pub day: Day,
    /// The card's id.
    pub card: String,
    /// Everything the rules say.
    pub verdict: Verdict,
    /// The note, if it may be printed.
    pub note: Option<Note>,
    /// The batch it was printed in before, if it was.
    pub printed: Option<String>,
    /// What stands on the sheet now isn't what was printed.
    pub rewritten: bool,
}

impl Judged {
    /// Nobody has written anything yet.
    #[must_use]
    pub fn unwritten(&self) -> bool {
        is_blank(&self.entry)
    }
}

fn is_blank(entry: &Entry) -> bool {
    entry.note.is_empty() && entry.ps.is_empty()
}

/// Cards judged together: enough for every processor and to read the ledger in its order, few enough to hold what they are compared with.
const TOGETHER: usize = 1024;

/// So many are one piece of work, few enough that no processor waits long for the last.
const AT_ONCE: usize = 8;

/// A card of a sheet when the ledger has been asked about it.
struct Met<'e> {
    entry: &'e Entry,
    who: Option<Who>,
    day: Day,
    card: String,
    printed: Option<String>,
    rewritten: bool,
    /// What stands against it whatever its note says.
    against: Vec<Finding>,
    /// Whom its note is for; `None` if nobody knows.
    known: Option<Known>,
}

struct Known {
    recipient: Recipient,
    name: String,
    text: String,
    read: Read,
}

impl Known {
    fn as_earlier(&self, met: &Met<'_>) -> Earlier {
        Earlier {
            card: met.card.clone(),
            who: self.recipient.id.clone(),
            name: self.name.clone(),
            names: self.recipient.names.clone(),
            day: None,
            sheet_line: Some(met.entry.line),
            note: Kept::Text(self.text.clone()),
            identical: false,
            read: self.read.clone(),
        }
    }
}

impl<'e> Met<'e> {
    fn unclear(entry: &'e Entry, month: Month, finding: Finding) -> Met<'e> {
        let card = format!("line-{}", entry.line);
        Met { entry, who: None, day: month.first(), card, printed: None, rewritten: false, against: vec![finding], known: None }
    }

    /// It is clear for whom and why.
    fn clear(&self) -> bool {
        self.known.is_some() && !self.entry.occasion.as_str().is_empty()
    }

    /// Judges its note against the nearest of all others.
    fn judged(self, nearest: &[Earlier], house: &House, fits: &dyn Fn(&Typed<'_>) -> Result<Fits>) -> Result<Judged> {
        let Met { entry, who, day, card, printed, rewritten, against, known } = self;
        // Without an occasion it isn't clear what to judge; all the same the note is on the sheet.
        let clear = known.as_ref().filter(|_| !entry.occasion.as_str().is_empty());
        let mut verdict = clear.map_or_else(Verdict::default, |known| {
            let draft = Draft { text: &known.text, recipient: &known.recipient, card: Some(&card) };
            echo::check_read(&draft, &known.read, nearest, house)
        });
        against.into_iter().for_each(|finding| verdict.add(finding));
        let mut drawn = true;
        if let Some(who) = who.as_ref().filter(|_| clear.is_some() && !is_blank(entry)) {
            let typed = Typed { who, card: &card, occasion: entry.occasion.as_str(), day, note: &entry.note, ps: &entry.ps };
            let fits = fits(&typed)?;
            drawn = fits.drawn;
            fits.findings.into_iter().for_each(|finding| verdict.add(finding));
        }
        let fresh = verdict.fresh().or_else(|| entry.because.as_deref().and_then(|because| verdict.overruled(because)));
        if entry.because.is_some() {
            verdict.say_in_vain(fresh.is_none(), drawn);
        }
        let note = known
            .zip(fresh.filter(|_| drawn))
            .and_then(|(known, fresh)| Note::accept(&entry.note, &entry.ps, &known.text, &fresh));
        Ok(Judged { entry: entry.clone(), who, day, card, verdict, note, printed, rewritten })
    }
}

/// The cards further up on the same sheet.
#[derive(Default)]
struct Above {
    lines: HashMap<String, usize>,
    notes: Vec<Earlier>,
    pile: Pile,
}

impl Above {
    /// The next cards of the sheet, with all notes that are near to them: those on record, and those above each of them.
    fn add<'e>(&mut self, asked: Vec<Asked<'e>>) -> Vec<(Met<'e>, Vec<Earlier>)> {
        // What was read of a note is kept for the cards judged together, not for a whole long sheet.
        self.notes.iter_mut().for_each(Earlier::put_away);
        // First all are put down, then each is held against those before it.
        let mut put: Vec<(Asked<'e>, usize)> = asked.into_iter().map(|asked| (asked, 0)).collect();
        for (Asked { met, traits, .. }, before) in &mut put {
            self.only_once(met);
            *before = self.notes.len();
            if let (Some(known), Some(traits), false) = (&met.known, traits, is_blank(met.entry)) {
                self.pile.add(traits);
                self.notes.push(known.as_earlier(met));
            }
        }
        let held = |ranking: &mut Ranking, (Asked { met, traits, mut near }, before): (Asked<'e>, usize)| {
            if let Some(traits) = &traits {
                let above = self.pile.nearest(traits, before, ranking).into_iter().filter_map(|n| self.notes.get(n));
                near.extend(above.filter(|old| old.may_be(traits)).cloned());
            }
            (met, near)
        };
        put.into_par_iter().with_max_len(Ranking::AT_ONCE).map_init(Ranking::default, held).collect()
    }

    /// Says of a card that is on the sheet already where it is.
    fn only_once(&mut self, met: &mut Met<'_>) {
        if !met.clear() {
            return;
        }
        if let Some(line) = self.lines.get(&met.card) {
            met.against.push(
                Finding::new(Rule::DoNotSend, format!("this card is on the sheet already, at line {line}"))
                    .called(HEADING)
                    .help("keep one of the two; a second card on another occasion needs another name for the occasion"),
            );
        }
        self.lines.entry(met.card.clone()).or_insert(met.entry.line);
    }
}

/// A card with the notes on record that are nearest to its own.
struct Asked<'e> {
    met: Met<'e>,
    traits: Option<Traits>,
    near: Vec<Earlier>,
}

/// Everything the ledger knows of some cards, and the notes on record that are nearest to theirs.
fn meet<'e>(books: (&Shop, &Rules), readers: &Readers, some: &'e [Entry], month: Month) -> Result<Vec<Asked<'e>>> {
    let met = |entry: &'e Entry| {
        let met = readers.read(|ledger| meet_one(books, ledger, entry, month))?;
        let traits = met.known.as_ref().map(|known| echo::traits(&known.text, &known.recipient.names, false));
        Ok((met, traits))
    };
    let met: Vec<(Met<'_>, Option<Traits>)> = some.par_iter().with_max_len(AT_ONCE).map(met).collect::<Result<_>>()?;
    let near = nearest(readers, &met.iter().map(|(_, traits)| traits.as_ref()).collect::<Vec<_>>())?;
    Ok(met.into_iter().zip(near).map(|((met, traits), near)| Asked { met, traits, near }).collect())
}

/// What the ledger knows of a card, and what stands against it whatever its note says.
fn meet_one<'e>((shop, rules): (&Shop, &Rules), ledger: &Ledger, entry: &'e Entry, month: Month) -> Result<Met<'e>> {
    let who = match ledger.who(&entry.who) {
        Ok(who) => who,
        Err(trouble) => {
            let mut finding = Finding::new(Rule::DoNotSend, trouble.message).called(HEADING);
            finding.help = trouble.hints;
            return Ok(Met::unclear(entry, month, finding));
        }
    };
    if entry.occasion.as_str().is_empty() {
        let finding = Finding::new(Rule::DoNotSend, "the heading doesn't say what the card is for")
            .called(HEADING)
            .help(format!("write it as `## {} | birthday`", who.id()));
        let unclear = Met::unclear(entry, month, finding);
        let known = known(ledger, rules, &who, entry, &unclear.card)?;
        return Ok(Met { who: Some(who), known: Some(known), ..unclear });
    }
    let day = day_of(&who, &entry.occasion, month);
    let card = format!("{}-{}-{}", who.id(), entry.occasion, entry.occasion.key(day));
    let before = ledger.card(&card)?;
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rewritten = !is_blank(entry)
        && before
            .as_ref()
            .is_some_and(|c| !c.imported && (plain(&c.note), plain(&c.ps)) != (plain(&entry.note), plain(&entry.ps)));
    let printed = before.map(|c| c.batch.unwrap_or_else(|| "an earlier year".into()));
    let known = known(ledger, rules, &who, entry, &card)?;
    let mut against: Vec<Finding> = must_not(&who).into_iter().chain(no_reply(shop)).collect();
    if entry.note.is_empty() && !entry.ps.is_empty() {
        against.push(
            Finding::new(Rule::MissingNote, "there is a postscript, and no note before it").help("write the note above the PS"),
        );
    }
    Ok(Met { entry, who: Some(who), day, card, printed, rewritten, against, known: Some(known) })
}

fn known(ledger: &Ledger, rules: &Rules, who: &Who, entry: &Entry, card: &str) -> Result<Known> {
    let recipient = recipient(ledger, rules, who, card)?;
    Ok(Known { recipient, name: spoken(who), text: entry.text(), read: Read::default() })
}

/// Whom the note on this card is for, with everything that is recorded about them.
fn recipient(ledger: &Ledger, rules: &Rules, who: &Who, card: &str) -> Result<Recipient> {
    let mut known = Vec::new();
    let mut places = Vec::new();
    for person in who.persons() {
        known.extend(ledger.touches(&person.id)?);
        places.push(Fact { text: person.address.city.clone(), what: Fact::TOWN.into(), silent: false });
        places.push(Fact { text: person.address.organisation.clone(), what: Fact::WORK.into(), silent: false });
    }
    // Whoever they live with may be spoken of.
    for home in who.persons().iter().filter_map(|person| person.household.as_ref()).filter(|home| *home != who.id()) {
        let members = ledger.with_id(home)?.map_or_else(Vec::new, |home| names(&home));
        places.extend(members.into_iter().map(|text| Fact { text, what: Fact::HOME.into(), silent: true }));
    }
    known.sort_by_key(|t: &Touch| std::cmp::Reverse(t.on));
    let fact =
        |t: Touch| Fact { what: format!("{} of {}", t.kind, t.on.plain()), silent: rules.kind(&t.kind).silent, text: t.text };
    let mut known: Vec<Fact> = known.into_iter().map(fact).collect();
    known.extend(places);
    known.retain(|k| !k.text.trim().is_empty());
    // The card in hand, if it was printed already, is not the last one but this one.
    let last = ledger.last_card_beside(who.id(), card)?.map(|c| c.text());
    Ok(Recipient { id: who.id().to_string(), name: spoken(who), names: names(who), known, last })
}

fn must_not(who: &Who) -> Option<Finding> {
    // A household is written to as long as one of it may be, and its salutation greets nobody who must not be.
    if let Who::Household(household, members) = who {
        let greeted = |p: &&Person| {
            let folded = Id::of(&household.salutation);
            [&p.name.given, &p.name.called]
                .into_iter()
                .filter(|n| !n.is_empty())
                .any(|n| folded.as_str().split('-').any(|word| Id::of(n).as_str().split('-').any(|part| part == word)))
        };
        let blocked = members.iter().filter(|p| matches!(p.status, Status::Deceased | Status::DoNotContact)).find(greeted);
        if let Some(person) = blocked.filter(|_| !who.is_spared()) {
            let why = if person.status == Status::Deceased { "has died" } else { "has asked not to be written to" };
            return Some(
                Finding::new(Rule::DoNotSend, format!("`{}` greets {}, who {why}", household.salutation, person.name.full()))
                    .help(format!("greet the others only: `wetink person household {} --as \"…\"`", household.id)),
            );
        }
    }
    if !who.is_spared() {
        return None;
    }
    let Some(person) = who.persons().first() else {
        return Some(
            Finding::new(Rule::DoNotSend, format!("nobody belongs to the household {}", who.id()))
                .help(format!("say who: `wetink person household ID ID --as \"{}\"`", who.name())),
        );
    };
    let name = person.name.full();
    let since = person.status_on.map_or_else(String::new, |d| format!(" since {}", d.plain()));
    Some(match person.status {
        Status::Deceased => Finding::new(Rule::DoNotSend, format!("{name} has died")).help("take the card off the sheet"),
        Status::DoNotContact => Finding::new(Rule::DoNotSend, format!("{name} has asked not to be written to{since}"))
            .help("take the card off the sheet"),
        _ => Finding::new(Rule::DoNotSend, format!("mail to {name} comes back{since}"))
            .help(format!("ask for the new address, then `wetink person edit {id} --street … --city …`", id = person.id)),
    })
}

fn no_reply(shop: &Shop) -> Option<Finding> {
    let answer = shop.settings.shop.answer.trim();
    let plain: String = answer.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let shut = ["noreply", "donotreply", "dontreply", "nereply", "keineantwort", "nepasrepondre", "noresponder"];
    if !plain.is_empty() && !shut.iter().any(|s| plain.contains(s)) {
        return None;
    }
    let message = if plain.is_empty() { "the card gives no way to answer" } else { "the card gives a noreply address" };
    Some(
        Finding::new(Rule::NoReply, message)
            .help("fill in `answer` under [shop] in wetink.toml: a phone with its hours, an address somebody reads"),
    )
}

/// Where notes are judged.
pub struct Desk<'a> {
    shop: &'a Shop,
    ledger: &'a Ledger,
    house: House,
    /// What kinds of things happen.
    rules: Rules,
}

impl<'a> Desk<'a> {
    /// Sets the desk up: the house's phrases, its rules, and everybody's names.
    pub fn new(shop: &'a Shop, ledger: &'a Ledger) -> Result<Desk<'a>> {
        let mut house = House::new();
        for phrase in &shop.settings.phrases.keep {
            house.keep(phrase).map_err(|t| t.at(shop.spot("phrases", "keep", "")))?;
        }
        for (name, value) in &shop.settings.rules {
            let rule = if name == "about" { Some(Rule::Generic) } else { Rule::parse(name) };
            if let (Some(rule), "refuse") = (rule, value.as_str()) {
                house.set(rule, Severity::Refuse)?;
            }
        }
        house.signs(&shop.settings.shop.name);
        house.signs(&shop.settings.shop.signs);
        house.frequencies = ledger.frequencies()?;
        for (id, name) in ledger.names(None)? {
            house.names.add(&name.given, id.as_str());
            house.names.add(&name.called, id.as_str());
            house.names.add_family(&name.family, id.as_str());
        }
        Ok(Desk { shop, ledger, house, rules: shop.rules()? })
    }

    /// Judges every card of a sheet, from the first to the last: a later one is also compared with those before it. `fits` says what
    /// the paper and the hand have to say about a note for somebody. Some cards are judged while the ledger is asked about the next.
    pub fn judge(&self, sheet: &Sheet, month: Month, fits: &(dyn Fn(&Typed<'_>) -> Result<Fits> + Sync)) -> Result<Vec<Judged>> {
        let (books, house, readers) = ((self.shop, &self.rules), &self.house, self.ledger.readers());
        let mut done: Vec<Judged> = Vec::with_capacity(sheet.entries.len());
        let mut above = Above::default();
        let mut ready: Vec<(Met<'_>, Vec<Earlier>)> = Vec::new();
        let mut chunks = sheet.entries.chunks(TOGETHER);
        loop {
            let some = chunks.next().unwrap_or_default();
            if ready.is_empty() && some.is_empty() {
                return Ok(done);
            }
            let asked = std::mem::take(&mut ready);
            let judged = |(met, near): (Met<'_>, Vec<Earlier>)| met.judged(&near, house, fits);
            let judge = || asked.into_par_iter().with_max_len(AT_ONCE).map(judged).collect::<Result<Vec<_>>>();
            let (judged, met) = rayon::join(judge, || meet(books, &readers, some, month));
            done.extend(judged?);
            ready = above.add(met?);
        }
    }

    /// The findings the shop wants to hear: warnings set to `off` are left out.
    pub fn heard<'v>(&self, judged: &'v Judged) -> impl Iterator<Item = &'v Finding> + use<'v> {
        let off: Vec<Rule> = self
            .shop
            .settings
            .rules
            .iter()
            .filter(|(_, value)| *value == "off")
            .filter_map(|(name, _)| if name == "about" { Some(Rule::Generic) } else { Rule::parse(name) })
            .collect();
        judged.verdict.findings().iter().filter(move |f| f.severity == Severity::Refuse || !off.contains(&f.rule))
    }
}

/// The day a card is for: the person's own day for a yearly occasion, else the first of the sheet's month.
#[must_use]
pub fn day_of(who: &Who, occasion: &Occasion, month: Month) -> Day {
    let date = who.persons().iter().find_map(|p| match occasion.as_str() {
        "birthday" => p.birthday,
        "anniversary" => p.anniversary,
        _ => None,
    });
    date.map_or(month.first(), |date| yearly_day(date, month))
}

/// What to call them in a message.
fn spoken(who: &Who) -> String {
    match who {
        Who::Person(person) => person.name.spoken(),
        Who::Household(household, _) => household.salutation.clone(),
    }
}

/// Every way to call them, and everybody in the household.
#[must_use]
pub fn names(who: &Who) -> Vec<String> {
    let mut found = Vec::new();
    if let Who::Household(household, _) = who {
        found.push(household.salutation.clone());
    }
    found.extend(who.persons().iter().flat_map(|p| p.name.ways()));
    found.retain(|n| !n.trim().is_empty());
    found.sort();
    found.dedup();
    found
}

/// The findings of a check as the contract has them in JSON.
#[must_use]
pub fn json(desk: &Desk<'_>, sheet: &Sheet, all: &[Judged]) -> serde_json::Value {
    let mut cards = Vec::new();
    for judged in all {
        let text = judged.entry.text();
        let findings: Vec<serde_json::Value> = desk
            .heard(judged)
            .map(|f| {
                let at = f.ranges.first().map_or(judged.entry.heading.start, |r| judged.entry.in_file(r).start);
                let other = f.other.as_ref().map(|o| {
                    serde_json::json!({ "to": o.to, "date": o.day, "card": o.card, "sheet_line": o.sheet_line })
                });
                let sources: Vec<_> = f
                    .sources
                    .iter()
                    .map(|s| serde_json::json!({ "text": &text[s.range.clone()], "to": s.other.to, "date": s.other.day, "card": s.other.card, "sheet_line": s.other.sheet_line }))
                    .collect();
                let ranges: Vec<_> = f.ranges.iter().map(|r| judged.entry.in_file(r)).map(|r| [r.start, r.end]).collect();
                let mut value = serde_json::json!({
                    "rule": f.rule.as_str(),
                    "severity": f.severity.as_str(),
                    "line": sheet.line_of(at),
                    "message": f.message,
                    "other": other,
                    "same": f.same(&text),
                    "swapped": f.swapped(&text),
                    "own": f.own(&text),
                    "share": f.share,
                    "ranges": ranges,
                });
                if !sources.is_empty() {
                    value["sources"] = sources.into();
                }
                value
            })
            .collect();
        cards.push(serde_json::json!({
            "line": judged.entry.line,
            "to": judged.who.as_ref().map_or(judged.entry.who.as_str(), |w| w.id().as_str()),
            "occasion": judged.entry.occasion.as_str(),
            "verdict": if judged.note.is_some() { "accepted" } else { "refused" },
            "findings": findings,
        }));
        if let (Some(because), Some(card)) = (judged.note.as_ref().map(Note::because).filter(|b| !b.is_empty()), cards.last_mut())
        {
            card["because"] = because.into();
        }
    }
    let accepted = all.iter().filter(|j| j.note.is_some()).count();
    serde_json::json!({ "cards": cards, "accepted": accepted, "refused": all.len() - accepted })
}
