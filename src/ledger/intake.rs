//! Rows of foreign files into the ledger: who is who, what is new, what is only said and not done.
//!
//! Only the same number in the same program, or the very same row again, is the same person without asking. A name alone never
//! is. What is doubtful is left alone and told.

use sha2::{Digest as _, Sha256};

use crate::day::{Birthday, Day};
use crate::import::{self, Found, Happened, Key, Loss, PastCard, Problem, Row, Who};
use crate::ledger::cards::{Made, NewCard};
use crate::ledger::{Change, Ledger, damaged, erase};
use crate::occasion::Occasion;
use crate::person::{Id, Name, Person, Status};
use crate::touch::Touch;
use crate::trouble::Result;

mod register;

use register::Register;

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
    /// People who were made because a card or a happening names them.
    pub made: Vec<Said>,
    /// Rows left alone because they may be somebody who is here.
    pub questions: Vec<Said>,
    /// New people who seem to live with somebody who is here.
    pub households: Vec<Said>,
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
    let keep_year = |old: Option<Birthday>, new: Option<Birthday>| match (old, new) {
        (Some(old), Some(new)) if new.year().is_none() && (old.month(), old.day()) == (new.month(), new.day()) => Some(old),
        (old, new) => new.or(old),
    };
    person.birthday = keep_year(old.birthday, new.birthday);
    person.anniversary = keep_year(old.anniversary, new.anniversary);
    // Only towards silence: no file un-sets a death or an objection.
    let quieter = match new.status {
        Status::Deceased => old.status != Status::Deceased,
        Status::DoNotContact => matches!(old.status, Status::Contact | Status::Undeliverable),
        Status::Contact | Status::Undeliverable => false,
    };
    if quieter {
        person.status = new.status;
        person.status_on = new.status_on;
    }
    (person != *old).then_some(person)
}

/// The very same row again has the same print.
fn fingerprint(person: &Person, row: &Row) -> String {
    let person = serde_json::to_string(person).unwrap_or_default();
    let facts: Vec<String> = row.facts.iter().map(|f| format!("{}\u{1f}{}", f.kind, f.text)).collect();
    hash(&[&person, &facts.join("\u{1e}")])
}

/// A name for something that has none: the same again has the same. It says nothing, and is as short for a long text as for a word.
fn hash(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\u{1f}"))[..16].iter().map(|b| format!("{b:02x}")).collect()
}

/// Nothing that is known of one speaks against the other: blank, or the same day, perhaps without its year.
fn may_fill(old: Option<Birthday>, new: Option<Birthday>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => (old.month(), old.day()) == (new.month(), new.day()) && (old.year().is_none() || old == new),
        _ => true,
    }
}

/// Takes rows into the ledger in one transaction. `decide` is asked, with the row's line, about people who may be the same.
pub struct Intake<'a> {
    change: &'a Change<'a>,
    register: Register,
    report: Report,
    today: Day,
    decide: &'a mut dyn FnMut(usize, &str) -> Answer,
    /// Lines that stood as the example of a question about their whole column: what is asked there isn't told twice.
    asked: Vec<usize>,
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
    fn new(
        change: &'a Change<'a>,
        register: Register,
        today: Day,
        decide: &'a mut dyn FnMut(usize, &str) -> Answer,
    ) -> Intake<'a> {
        Intake { change, register, report: Report::default(), today, decide, asked: Vec::new() }
    }

    fn take(&mut self, found: Found) -> Result<()> {
        match found {
            Found::Person(row) => self.person(&row),
            Found::Card(card) => self.card(&card),
            Found::Touch(touch) => self.touch(&touch),
            Found::Problem(Problem { line, message, .. }) if self.asked_already(line, &message) => Ok(()),
            Found::Problem(Problem { line, message, loss }) => {
                let left = match loss {
                    Loss::Rest => "; the rest was not read",
                    Loss::Row | Loss::Question => "",
                };
                if loss == Loss::Question {
                    self.asked.push(line);
                }
                self.report.problem(line, format!("{message}{left}"));
                Ok(())
            }
        }
    }

    fn asked_already(&self, line: usize, sentence: &str) -> bool {
        self.asked.contains(&line) && sentence.contains(import::dates::TWO_WAYS)
    }

    fn left_out(&mut self, line: usize, sentences: &[String]) {
        for sentence in sentences {
            if self.asked_already(line, sentence) {
                continue;
            }
            Report::say(&mut self.report.left_out, &mut self.report.untold, line, sentence.clone());
        }
    }

    fn person(&mut self, row: &Row) -> Result<()> {
        let print = fingerprint(&row.person, row);
        if self.change.origin("row", &print)?.is_some() {
            self.report.unchanged += 1;
            return Ok(());
        }
        let undated = fingerprint(&Person { birthday: None, anniversary: None, ..row.person.clone() }, row);
        let known = match &row.key {
            Some(Key { source, number }) => self.change.origin(source, number)?,
            None => self.same_row_with_a_day(&undated, &row.person)?,
        };
        let doubt = if known.is_some() { None } else { Register::may_be(self.change, &row.person)? };
        let answer = match &doubt {
            Some(like) => {
                let (id, why) = (&like.person.id, like.why);
                (self.decide)(row.line, &format!("line {}: {} may be {id}: {why}", row.line, row.person.name.full()))
            }
            None => Answer::Other,
        };
        let id = if let Some(id) = known {
            self.update(&id, &row.person)?;
            id
        } else if let Some(like) = doubt.filter(|_| answer != Answer::Other) {
            let id = like.person.id;
            if answer == Answer::Later {
                let message = format!(
                    "{} may be {id}: {}; left alone (--yes takes them as the same, --review asks)",
                    row.person.name.full(),
                    like.why
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
            self.report.added += 1;
            self.report.birthdays += usize::from(person.birthday.is_some());
            self.report.addresses += usize::from(!person.address.is_empty());
            self.lives_with(row.line, &person)?;
            Register::learn(self.change, &person)?;
            person.id
        };
        self.left_out(row.line, &row.left_out);
        self.change.set_origin("row", &print, &id)?;
        if row.open_days {
            self.change.set_origin("undated", &undated, &id)?;
        }
        if let Some(Key { source, number }) = &row.key {
            self.change.set_origin(source, number, &id)?;
        }
        for fact in &row.facts {
            // What is said of somebody is a fact about them, whatever column it stood in.
            let text = if fact.kind == "note" { fact.text.clone() } else { format!("{}: {}", fact.kind, fact.text) };
            self.fact(&id, &text)?;
        }
        row.days.iter().try_for_each(|day| self.fact(&id, &format!("{}: {}", day.label, day.on.plain())))
    }

    fn fact(&mut self, id: &Id, text: &str) -> Result<()> {
        let touch = Touch::new(self.today, "fact", text);
        let origin = hash(&["fact", id.as_str(), text]);
        self.change.add_touch(id, &touch, Some(&origin)).map(|_| ())
    }

    /// A row that was here before, all but for a day that couldn't be read then: corrected since, or read with --dates.
    fn same_row_with_a_day(&self, undated: &str, new: &Person) -> Result<Option<Id>> {
        let Some(id) = self.change.origin("undated", undated)? else { return Ok(None) };
        let old = self.change.person_row(&id).map_err(|e| damaged(&e))?;
        let fills = |old: &Person| may_fill(old.birthday, new.birthday) && may_fill(old.anniversary, new.anniversary);
        Ok(old.filter(fills).map(|old| old.id))
    }

    /// Says so if somebody new shares an e-mail or a phone with somebody else: a couple is no doublet.
    fn lives_with(&mut self, line: usize, person: &Person) -> Result<()> {
        let Some(like) = Register::shares(self.change, person)? else { return Ok(()) };
        let other = like.person;
        if other.household.is_none() {
            let message = format!(
                "{} has {} as {}; if they live together: `wetink person household {} {} --as \"…\"`",
                person.name.full(),
                like.why,
                other.name.full(),
                other.id,
                person.id
            );
            Report::say(&mut self.report.households, &mut self.report.untold, line, message);
        }
        Ok(())
    }

    fn was_erased(&self, row: &Row) -> bool {
        let further = row.emails.iter().map(|email| Person { email: email.clone(), ..row.person.clone() });
        std::iter::once(row.person.clone()).chain(further).any(|p| self.register.erased.knows(&p))
    }

    fn update(&mut self, id: &Id, new: &Person) -> Result<()> {
        let old = self.change.person_row(id).map_err(|e| damaged(&e))?;
        let Some(changed) = old.and_then(|old| fill(&old, new)) else {
            self.report.unchanged += 1;
            return Ok(());
        };
        self.change.update_person(&changed)?;
        if changed.status == Status::Deceased {
            self.change.unname(&changed)?;
        }
        Register::learn(self.change, &changed)?;
        self.report.updated += 1;
        Ok(())
    }

    /// Somebody by an id or a whole name, made if nobody is called that.
    fn somebody(&mut self, line: usize, typed: &str) -> Result<Option<(Id, bool)>> {
        match self.register.called(self.change, typed)? {
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
                self.report.added += 1;
                Register::learn(self.change, &person)?;
                let message = format!("{}, as {}", person.name.full(), person.id);
                Report::say(&mut self.report.made, &mut self.report.untold, line, message);
                Ok(Some((person.id, false)))
            }
        }
    }

    fn card(&mut self, past: &PastCard) -> Result<()> {
        let Some(day) = past.day else {
            // Why it couldn't be read says what to do about it.
            let why = past.left_out.first().cloned().unwrap_or_else(|| "write it as 2025-12-24".to_owned());
            if !self.asked_already(past.line, &why) {
                self.report.problem(past.line, format!("this card has no day: {why}"));
            }
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
        let person = self.change.person_row(&to).map_err(|e| damaged(&e))?;
        let names = person.map_or_else(Vec::new, |p| vec![p.name.full(), p.name.given, p.name.family]);
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
        let by_mark = match by_key {
            Some(id) => Some(id),
            None => Register::reached(self.change, email, phone)?,
        };
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
            None => hash(&["touch", id.as_str(), &touch.on.to_string(), &touch.kind, &touch.text]),
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
    /// Takes all rows in, in one transaction, or none if `progress`, which is asked after each, says so; with `dry` everything is done and then taken back, so that the report is what would happen.
    pub fn take_in(
        &mut self,
        rows: impl Iterator<Item = Found>,
        today: Day,
        decide: &mut dyn FnMut(usize, &str) -> Answer,
        dry: bool,
        mut progress: impl FnMut() -> Result<()>,
    ) -> Result<Report> {
        let register = Register::open(self)?;
        let work = |change: &Change<'_>| {
            let mut intake = Intake::new(change, register, today, decide);
            for found in rows {
                intake.take(found)?;
                progress()?;
            }
            Ok(intake.report)
        };
        let done = if dry { self.rehearse(work) } else { self.change(work) };
        Register::close(self)?;
        done
    }
}
