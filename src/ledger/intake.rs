//! Rows of foreign files into the ledger: who is who, what is new, what is only said and not done.
//!
//! Only the same number in the same program, or the very same row again, is the same person without asking. A name alone never
//! is. What is doubtful is left alone and told.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::day::Day;
use crate::import::{Found, Happened, Key, Loss, PastCard, Problem, Row, Who};
use crate::ledger::cards::{Made, NewCard};
use crate::ledger::erase::{self, Suppressed};
use crate::ledger::{Change, Ledger};
use crate::occasion::Occasion;
use crate::person::{Id, Name, Person, Status};
use crate::touch::Touch;
use crate::trouble::Result;

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// New people, by id.
    pub added: usize,
    /// People of whom something was filled in or changed.
    pub updated: usize,
    /// Rows that changed nothing: seen before.
    pub unchanged: usize,
    /// Cards of earlier years taken in.
    pub cards: usize,
    /// Things that happened, noted.
    pub touches: usize,
    /// People with a birthday among the new ones.
    pub birthdays: usize,
    /// People with an address among the new ones.
    pub addresses: usize,
    /// Rows left alone because they may be somebody who is here.
    pub questions: Vec<Said>,
    /// Rows, or parts of rows, that couldn't be read.
    pub problems: Vec<Said>,
    /// Cells that weren't taken, of rows that were.
    pub left_out: Vec<Said>,
    /// Told by their number only, once a list is long.
    pub untold: usize,
}

/// A sentence about a line of the file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Said {
    /// The line, counted from 1.
    pub line: usize,
    /// The sentence.
    pub message: String,
}

/// So many sentences of each kind are kept; a file of a million bad rows must not fill the memory.
const MOST_SAID: usize = 500;

impl Report {
    fn say(list: &mut Vec<Said>, untold: &mut usize, line: usize, message: String) {
        if list.len() < MOST_SAID {
            list.push(Said { line, message });
        } else {
            *untold += 1;
        }
    }

    fn problem(&mut self, line: usize, message: impl Into<String>) {
        Report::say(&mut self.problems, &mut self.untold, line, message.into());
    }
}

/// Everybody on record by the marks that tell people apart.
struct Register {
    by_email: HashMap<String, Vec<Id>>,
    by_phone: HashMap<String, Vec<Id>>,
    by_name: HashMap<Id, Vec<Id>>,
    people: HashMap<Id, Person>,
    households: HashMap<Id, Id>,
    erased: Suppressed,
}

fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    // The last nine tell numbers apart whether or not the country code is written.
    digits[digits.len().saturating_sub(9)..].to_owned()
}

/// The same person may be behind both names: equal, or one's given name is the other's initial or left out.
fn compatible(a: &Name, b: &Name) -> bool {
    let fold = |text: &str| Id::of(text).as_str().to_owned();
    let (ga, gb) = (fold(&a.given), fold(&b.given));
    let initial = |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    let given = a.given.is_empty() || b.given.is_empty() || ga == gb || initial(&ga, &gb) || initial(&gb, &ga);
    let family = a.family.is_empty() || b.family.is_empty() || fold(&a.family) == fold(&b.family);
    given && family && (a.suffix.is_empty() || b.suffix.is_empty() || fold(&a.suffix) == fold(&b.suffix))
}

impl Register {
    fn of(ledger: &Ledger) -> Result<Register> {
        let mut register = Register {
            by_email: HashMap::new(),
            by_phone: HashMap::new(),
            by_name: HashMap::new(),
            people: HashMap::new(),
            households: HashMap::new(),
            erased: ledger.suppressed()?,
        };
        for person in ledger.people()? {
            register.learn(person);
        }
        // Who was merged is known by what they were known by, as the one they turned out to be.
        for (person, into) in ledger.merged()? {
            if let Some(Ok(stays)) = ledger.person(&into).map(|p| p.map(|p| p.id)).transpose() {
                register.recognise(&person, &stays);
            }
        }
        for household in ledger.households()? {
            register.households.insert(Id::of(&household.salutation), household.id.clone());
            register.households.insert(household.id.clone(), household.id);
        }
        Ok(register)
    }

    fn learn(&mut self, person: Person) {
        let id = person.id.clone();
        self.recognise(&person, &id);
        self.people.insert(id, person);
    }

    /// By everything that is known of `person`, `id` is meant.
    fn recognise(&mut self, person: &Person, id: &Id) {
        let mut marks = Vec::new();
        if !person.email.is_empty() {
            marks.push(self.by_email.entry(person.email.to_lowercase()).or_default());
        }
        if digits(&person.phone).len() >= 6 {
            marks.push(self.by_phone.entry(digits(&person.phone)).or_default());
        }
        for ids in marks {
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
        // With and without the title: `Margaret Pell` means `Mrs Margaret Pell`.
        let whole = person.name.full();
        for name in person.name.plain().into_iter().chain([whole]) {
            let ids = self.by_name.entry(Id::of(&name)).or_default();
            if !ids.contains(id) {
                ids.push(id.clone());
            }
        }
    }

    /// Somebody here who may be the same, and why that seems so.
    fn may_be(&self, new: &Person) -> Option<(&Id, &'static str)> {
        let fits = |id: &&Id| {
            self.people.get(*id).is_some_and(|old| {
                let years = old
                    .birthday
                    .and_then(super::super::day::Birthday::year)
                    .zip(new.birthday.and_then(super::super::day::Birthday::year));
                compatible(&old.name, &new.name) && years.is_none_or(|(a, b)| a == b)
            })
        };
        let among = |list: Option<&Vec<Id>>| list.and_then(|ids| ids.iter().find(fits).map(|id| &self.people[id].id));
        if let Some(id) = among(self.by_email.get(&new.email.to_lowercase()).filter(|_| !new.email.is_empty())) {
            return Some((id, "the same e-mail"));
        }
        if let Some(id) = among(self.by_phone.get(&digits(&new.phone)).filter(|_| digits(&new.phone).len() >= 6)) {
            return Some((id, "the same phone"));
        }
        let of_name = self.by_name.get(&Id::of(&new.name.full()))?;
        let same = |test: &dyn Fn(&Person) -> bool| of_name.iter().find(|id| self.people.get(*id).is_some_and(test));
        let same_day =
            |old: &Person| old.birthday.zip(new.birthday).is_some_and(|(a, b)| (a.month(), a.day()) == (b.month(), b.day()));
        if let Some(id) = same(&same_day).filter(|id| fits(id)) {
            return Some((id, "the same name and birthday"));
        }
        let postcode = |p: &Person| p.address.postcode.to_lowercase().replace([' ', '-'], "");
        let same_place = |old: &Person| !new.address.postcode.is_empty() && postcode(old) == postcode(new);
        same(&same_place).filter(|id| fits(id)).map(|id| (id, "the same name and postal code"))
    }

    /// The one who is meant by an id or a whole name.
    fn called(&self, typed: &str) -> std::result::Result<Option<(Id, bool)>, Vec<Id>> {
        let id = Id::from_stored(typed.trim().to_lowercase());
        if self.people.contains_key(&id) {
            return Ok(Some((id, false)));
        }
        let folded = Id::of(typed);
        let plain = Name::parse(typed).plain().map_or_else(|| folded.clone(), |name| Id::of(&name));
        match self.by_name.get(&folded).or_else(|| self.by_name.get(&plain)).map(Vec::as_slice) {
            Some([one]) => Ok(Some((one.clone(), false))),
            Some([]) | None => Ok(self.households.get(&id).or_else(|| self.households.get(&folded)).map(|h| (h.clone(), true))),
            Some(several) => Err(several.to_vec()),
        }
    }
}

/// Fills what is empty and changes what is given; blanks never overwrite. Whether anything changed.
fn fill(old: &Person, new: &Person) -> Option<Person> {
    fn text(field: &mut String, given: &String) {
        if !given.is_empty() {
            field.clone_from(given);
        }
    }
    let mut person = old.clone();
    for (field, given) in [
        (&mut person.name.title, &new.name.title),
        (&mut person.name.given, &new.name.given),
        (&mut person.name.family, &new.name.family),
        (&mut person.name.suffix, &new.name.suffix),
        (&mut person.name.called, &new.name.called),
        (&mut person.email, &new.email),
        (&mut person.phone, &new.phone),
        (&mut person.language, &new.language),
    ] {
        text(field, given);
    }
    if !new.address.is_empty() {
        let country = std::mem::take(&mut person.address.country);
        person.address = new.address.clone();
        if person.address.country.is_empty() {
            person.address.country = country;
        }
    }
    // A year once known isn't lost to a file that has none.
    let keep_year = |old: Option<crate::day::Birthday>, new: Option<crate::day::Birthday>| match (old, new) {
        (Some(old), Some(new)) if new.year().is_none() && (old.month(), old.day()) == (new.month(), new.day()) => Some(old),
        (old, new) => new.or(old),
    };
    person.birthday = keep_year(old.birthday, new.birthday);
    person.anniversary = keep_year(old.anniversary, new.anniversary);
    if new.status == Status::Deceased && old.status != Status::Deceased {
        // Only towards silence: no file un-sets a death or an objection.
        person.status = new.status;
        person.status_on = new.status_on;
    }
    (person != *old).then_some(person)
}

fn fingerprint(row: &Row) -> String {
    let person = serde_json::to_string(&row.person).unwrap_or_default();
    let facts: Vec<String> = row.facts.iter().map(|f| format!("{}\u{1f}{}", f.kind, f.text)).collect();
    let hash = Sha256::digest(format!("{person}\u{1e}{}", facts.join("\u{1e}")));
    hash[..16].iter().map(|b| format!("{b:02x}")).collect()
}

/// Takes rows into the ledger in one transaction. `decide` is asked about people who may be the same.
pub struct Intake<'a> {
    change: &'a Change<'a>,
    register: Register,
    report: Report,
    today: Day,
    decide: &'a mut dyn FnMut(&str) -> Answer,
}

/// What somebody says to "may these two be the same?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They are.
    Same,
    /// Somebody else, to be added.
    Other,
    /// Not now: the row is left alone and told.
    Later,
}

impl<'a> Intake<'a> {
    /// Begins; `register` must have been read from the same ledger.
    fn new(change: &'a Change<'a>, register: Register, today: Day, decide: &'a mut dyn FnMut(&str) -> Answer) -> Intake<'a> {
        Intake { change, register, report: Report::default(), today, decide }
    }

    fn take(&mut self, found: Found) -> Result<()> {
        match found {
            Found::Person(row) => self.person(&row),
            Found::Card(card) => self.card(&card),
            Found::Touch(touch) => self.touch(&touch),
            Found::Problem(Problem { line, message, loss }) => {
                let left = match loss {
                    Loss::Rest => "; the rest was not read",
                    Loss::Row | Loss::Question => "",
                };
                self.report.problem(line, format!("{message}{left}"));
                Ok(())
            }
        }
    }

    fn left_out(&mut self, line: usize, sentences: &[String]) {
        for sentence in sentences {
            Report::say(&mut self.report.left_out, &mut self.report.untold, line, sentence.clone());
        }
    }

    fn person(&mut self, row: &Row) -> Result<()> {
        let print = fingerprint(row);
        if self.change.origin("row", &print)?.is_some() {
            self.report.unchanged += 1;
            return Ok(());
        }
        let known = match &row.key {
            Some(Key { source, number }) => self.change.origin(source, number)?,
            None => None,
        };
        let doubt = if known.is_some() { None } else { self.register.may_be(&row.person).map(|(id, why)| (id.clone(), why)) };
        let answer = match &doubt {
            Some((id, why)) => (self.decide)(&format!("line {}: {} may be {id}: {why}", row.line, row.person.name.full())),
            None => Answer::Other,
        };
        let id = if let Some(id) = known {
            self.update(&id, &row.person)?;
            id
        } else if let Some((id, why)) = doubt.filter(|_| answer != Answer::Other) {
            if answer == Answer::Later {
                let message = format!(
                    "{} may be {id}: {why}; left alone (--yes takes them as the same, --review asks)",
                    row.person.name.full()
                );
                Report::say(&mut self.report.questions, &mut self.report.untold, row.line, message);
                return Ok(());
            }
            self.update(&id, &row.person)?;
            id
        } else if self.was_erased(row) {
            self.report.problem(row.line, erase::told());
            return Ok(());
        } else {
            let mut person = row.person.clone();
            person.id = self.change.add_person(&person)?;
            let id = person.id.clone();
            self.report.added += 1;
            self.report.birthdays += usize::from(person.birthday.is_some());
            self.report.addresses += usize::from(!person.address.is_empty());
            self.register.learn(person);
            id
        };
        self.left_out(row.line, &row.left_out);
        self.change.set_origin("row", &print, &id)?;
        if let Some(Key { source, number }) = &row.key {
            self.change.set_origin(source, number, &id)?;
        }
        let extra = row.days.iter().map(|d| ("fact", format!("{}: {}", d.label, d.on.plain())));
        for (kind, text) in row.facts.iter().map(|f| (f.kind.as_str(), f.text.clone())).chain(extra) {
            let touch = Touch::new(self.today, kind, &text);
            let origin = format!("{id}\u{1f}{kind}\u{1f}{}", touch.text);
            self.change.add_touch(&id, &touch, Some(&origin))?;
        }
        Ok(())
    }

    fn was_erased(&self, row: &Row) -> bool {
        let further = row.emails.iter().map(|email| Person { email: email.clone(), ..row.person.clone() });
        std::iter::once(row.person.clone()).chain(further).any(|p| self.register.erased.knows(&p))
    }

    fn update(&mut self, id: &Id, new: &Person) -> Result<()> {
        let Some(changed) = self.register.people.get(id).and_then(|old| fill(old, new)) else {
            self.report.unchanged += 1;
            return Ok(());
        };
        self.change.update_person(&changed)?;
        self.register.people.insert(id.clone(), changed);
        self.report.updated += 1;
        Ok(())
    }

    /// Somebody by an id or a whole name, made if nobody is called that.
    fn somebody(&mut self, line: usize, typed: &str) -> Result<Option<(Id, bool)>> {
        match self.register.called(typed) {
            Ok(Some(found)) => Ok(Some(found)),
            Err(several) => {
                let ids: Vec<&str> = several.iter().take(5).map(Id::as_str).collect();
                self.report.problem(line, format!("`{typed}` could be {}; write the id in this row", ids.join(" or ")));
                Ok(None)
            }
            Ok(None) => {
                let mut person = Person { name: Name::parse(typed), ..Person::default() };
                if person.name.is_empty() {
                    self.report.problem(line, "nobody is named in this row; write an id or a name".to_owned());
                    return Ok(None);
                }
                if self.register.erased.knows(&person) {
                    self.report.problem(line, erase::told());
                    return Ok(None);
                }
                person.id = self.change.add_person(&person)?;
                let id = person.id.clone();
                self.report.added += 1;
                self.register.learn(person);
                Ok(Some((id, false)))
            }
        }
    }

    fn card(&mut self, past: &PastCard) -> Result<()> {
        let Some(day) = past.day else {
            self.report.problem(past.line, "this card has no day; write it as 2025-12-24".to_owned());
            return Ok(());
        };
        let Some((to, household)) = self.somebody(past.line, &past.to)? else { return Ok(()) };
        let occasion =
            Some(Occasion::new(&past.occasion)).filter(|o| !o.as_str().is_empty()).unwrap_or_else(|| Occasion::new("card"));
        if self.change.knows_card(&to, occasion.as_str(), day, &past.note, &past.ps)? {
            self.report.unchanged += 1;
            return Ok(());
        }
        let key = occasion.key(day);
        let id = self.change.free_card_id(&format!("{to}-{occasion}-{key}"))?;
        let made = Made { letter: past.letter.clone(), ..Made::default() };
        let new = NewCard {
            id: &id,
            to: &to,
            household,
            occasion: occasion.as_str(),
            key: &key,
            day,
            note: &past.note,
            ps: &past.ps,
            because: "",
            batch: None,
            made: &made,
        };
        let names = self
            .register
            .people
            .get(&to)
            .map_or_else(Vec::new, |p| vec![p.name.full(), p.name.given.clone(), p.name.family.clone()]);
        self.change.add_card(&new, &names)?;
        self.left_out(past.line, &past.left_out);
        self.report.cards += 1;
        Ok(())
    }

    fn touch(&mut self, happened: &Happened) -> Result<()> {
        let Who { name, email, phone, key } = &happened.who;
        let by_key = match key {
            Some(Key { source, number }) => self.change.origin(source, number)?,
            None => None,
        };
        let only = |list: Option<&Vec<Id>>| list.filter(|ids| ids.len() == 1).map(|ids| ids[0].clone());
        let by_mark = by_key
            .or_else(|| only(self.register.by_email.get(&email.to_lowercase())).filter(|_| !email.is_empty()))
            .or_else(|| only(self.register.by_phone.get(&digits(phone))).filter(|_| digits(phone).len() >= 6));
        let id = match by_mark {
            Some(id) => id,
            None => match self.somebody(happened.line, if name.is_empty() { email } else { name })? {
                Some((id, false)) => id,
                Some((id, true)) => {
                    self.report.problem(happened.line, format!("{id} is a household; write which of them in this row"));
                    return Ok(());
                }
                None => return Ok(()),
            },
        };
        let amount = happened
            .amount
            .as_ref()
            .map(|a| format!("{}.{:02} {}", a.cents / 100, (a.cents % 100).abs(), a.currency).trim().to_owned());
        let text =
            [Some(happened.text.clone()), amount].into_iter().flatten().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ");
        let touch = Touch::new(happened.day, &happened.kind, &text);
        // Without a number of its own, the same thing on the same day with the same words is the same thing.
        let origin = match &happened.key {
            Some(Key { source, number }) => format!("{source}\u{1f}{number}"),
            None => format!("{id}\u{1f}{}\u{1f}{}\u{1f}{}", touch.on, touch.kind, touch.text),
        };
        if self.change.add_touch(&id, &touch, Some(&origin))? {
            self.report.touches += 1;
        } else {
            self.report.unchanged += 1;
        }
        self.left_out(happened.line, &happened.left_out);
        Ok(())
    }
}

impl Ledger {
    /// Takes all rows in, in one transaction; with `dry` everything is done and then taken back, so that the report is what would happen.
    pub fn take_in(
        &mut self,
        rows: impl Iterator<Item = Found>,
        today: Day,
        decide: &mut dyn FnMut(&str) -> Answer,
        dry: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<Report> {
        let register = Register::of(self)?;
        let work = |change: &Change<'_>| {
            let mut intake = Intake::new(change, register, today, decide);
            for (number, found) in rows.enumerate() {
                intake.take(found)?;
                progress(number as u64 + 1);
            }
            Ok(intake.report)
        };
        if dry { self.rehearse(work) } else { self.change(work) }
    }
}
