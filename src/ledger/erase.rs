//! Forgetting somebody for good: every row of theirs goes, what their notes are recognised by stays, and a salted mark keeps
//! imports from bringing them back.

use std::collections::HashSet;

use rusqlite::params;
use sha2::{Digest as _, Sha256};

use crate::day::Day;
use crate::ledger::{Change, Ledger, damaged};
use crate::person::{Id, Person};
use crate::trouble::{Result, Trouble};

/// What erasing did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Cards that are gone; their notes still can't be used again.
    pub cards: usize,
    /// Things that happened.
    pub touches: usize,
    /// PDFs they were printed in, as named in the shop.
    pub files: Vec<String>,
    /// What a file must contain to be told as holding them.
    #[serde(skip)]
    pub needles: Vec<String>,
    /// The household's salutation now, if it lost their name.
    pub salutation: Option<String>,
    /// Other people in whose history they were named; the name is blotted out there.
    pub blotted: Vec<String>,
    /// Cards to others whose printed note names them: those stay as they were sent.
    pub named_on: Vec<String>,
}

/// The marks of everybody who was erased.
#[derive(Clone, Debug, Default)]
pub struct Suppressed {
    salts: Vec<String>,
    marks: HashSet<String>,
}

fn hash(salt: &str, kind: &str, a: &str, b: &str) -> String {
    let hash = Sha256::digest(format!("{salt}\u{1f}{kind}\u{1f}{a}\u{1f}{b}"));
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// What somebody is recognised by, folded: the words of the name in any order, initial, e-mail, postal code.
struct Marked {
    name: String,
    initial: String,
    email: String,
    postcode: String,
}

impl Marked {
    fn of(person: &Person) -> Marked {
        let name = Id::of(&format!("{} {}", person.name.given, person.name.family));
        let mut words: Vec<&str> = name.as_str().split('-').collect();
        words.sort_unstable();
        Marked {
            name: words.join(" "),
            initial: Id::of(&person.name.given).as_str().chars().take(1).filter(|_| !person.name.given.is_empty()).collect(),
            email: person.email.trim().to_lowercase(),
            postcode: person.address.postcode.to_lowercase().replace([' ', '-'], ""),
        }
    }

    /// What is kept.
    fn marks(&self, salt: &str) -> Vec<String> {
        let mut marks = vec![hash(salt, "bare", &self.name, "")];
        if !self.email.is_empty() {
            marks.push(hash(salt, "mail", &self.email, &self.initial));
            marks.push(hash(salt, "mail", &self.email, ""));
        }
        if !self.postcode.is_empty() {
            marks.push(hash(salt, "place", &self.name, &self.postcode));
        }
        if self.email.is_empty() && self.postcode.is_empty() {
            marks.push(hash(salt, "only", &self.name, ""));
        }
        marks
    }

    /// What a row is asked for. One with only a name is asked for the name; one with more may be somebody else of that name.
    fn asks(&self, salt: &str) -> Vec<String> {
        let mut asks = vec![hash(salt, "only", &self.name, "")];
        if !self.email.is_empty() {
            asks.push(hash(salt, "mail", &self.email, &self.initial));
        }
        if !self.postcode.is_empty() {
            asks.push(hash(salt, "place", &self.name, &self.postcode));
        }
        if self.email.is_empty() && self.postcode.is_empty() {
            asks.push(hash(salt, "bare", &self.name, ""));
        }
        asks
    }
}

impl Suppressed {
    /// Whether this is somebody who was erased.
    #[must_use]
    pub fn knows(&self, person: &Person) -> bool {
        if self.marks.is_empty() {
            return false;
        }
        let marked = Marked::of(person);
        self.salts.iter().any(|salt| marked.asks(salt).iter().any(|mark| self.marks.contains(mark)))
    }
}

/// The ways somebody stands in a file: names as columns or a line, id, e-mail, phone.
fn needles(person: &Person) -> Vec<String> {
    let (given, family) = (&person.name.given, &person.name.family);
    let mut found = vec![person.id.to_string(), person.name.full(), person.email.clone(), person.phone.clone()];
    if !given.is_empty() && !family.is_empty() {
        for between in [" ", ",", ";", "\t", "", "\",\""] {
            found.push(format!("{given}{between}{family}"));
        }
        for between in [", ", ",", ";", "\t", "\",\""] {
            found.push(format!("{family}{between}{given}"));
        }
    }
    found.retain(|n| n.chars().count() >= 4);
    found.sort();
    found.dedup();
    found
}

/// `text` without the name, where it stands as a word of its own.
fn blot(text: &str, names: &[String]) -> String {
    let mut text = text.to_owned();
    for name in names {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find(name.as_str())).map(|at| at + from) {
            let end = at + name.len();
            let alone = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric)
                && !text[end..].chars().next().is_some_and(char::is_alphanumeric);
            if alone {
                text.replace_range(at..end, "somebody");
                from = at + "somebody".len();
            } else {
                from = end;
            }
        }
    }
    text
}

impl Ledger {
    /// The marks of everybody who was erased.
    pub fn suppressed(&self) -> Result<Suppressed> {
        let mut all = Suppressed::default();
        let mut ask = self.conn().prepare_cached("SELECT mark, salt FROM suppression ORDER BY mark").map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).map_err(|e| damaged(&e))?;
        for row in rows {
            let (mark, salt) = row.map_err(|e| damaged(&e))?;
            all.marks.insert(mark);
            if !all.salts.contains(&salt) {
                all.salts.push(salt);
            }
        }
        Ok(all)
    }

    /// Erases a person and everybody merged into them. With `mark` no import brings them back. The journal goes with them: what
    /// was done before can't be taken back any more.
    pub fn erase(&mut self, person: &Person, mark: bool, today: Day) -> Result<Erased> {
        let mut all = vec![person.clone()];
        all.extend(self.merged_into(&person.id)?);
        let erased = self.change_unrecorded(|change| {
            change.tx.pragma_update(None, "defer_foreign_keys", true).map_err(|e| damaged(&e))?;
            let erased = change.taking_back("erase", || change.erase(&all, mark, today))?;
            change.tx.execute_batch("DELETE FROM journal; DELETE FROM operation;").map_err(|e| damaged(&e))?;
            Ok(erased)
        })?;
        self.operation = None;
        self.compact()?;
        Ok(erased)
    }

    /// Rewrites the file without what was deleted.
    pub fn compact(&self) -> Result<()> {
        self.conn().execute_batch("VACUUM").map_err(|e| {
            let mut trouble = damaged(&e);
            // secure_delete has overwritten every byte by now.
            trouble.hints = vec!["what was to be erased is overwritten; the file only stays larger than it need be".into()];
            trouble
        })
    }
}

impl Change<'_> {
    fn erase(&self, all: &[Person], mark: bool, today: Day) -> Result<Erased> {
        let mut erased = Erased { needles: all.iter().flat_map(needles).collect(), ..Erased::default() };
        if mark {
            self.suppress(all, today).map_err(|e| damaged(&e))?;
        }
        self.leave_household(&all[0], &mut erased)?;
        for person in all {
            let id = person.id.as_str();
            let cards: Vec<i64> = self
                .tx
                .prepare("SELECT n FROM card WHERE person = ?1 ORDER BY n")
                .and_then(|mut ask| ask.query_map([id], |r| r.get(0))?.collect())
                .map_err(|e| damaged(&e))?;
            self.drop_cards(&cards, &mut erased)?;
            let mut work = || -> rusqlite::Result<()> {
                erased.touches += self.tx.execute("DELETE FROM touch WHERE person = ?1", [id])?;
                self.tx.execute("DELETE FROM origin WHERE person = ?1", [id])?;
                Ok(())
            };
            work().map_err(|e| damaged(&e))?;
        }
        for person in all.iter().rev() {
            self.tx.execute("DELETE FROM person WHERE id = ?1", [person.id.as_str()]).map_err(|e| damaged(&e))?;
        }
        self.blot_elsewhere(all, &mut erased).map_err(|e| damaged(&e))?;
        erased.files.sort();
        erased.files.dedup();
        Ok(erased)
    }

    fn suppress(&self, all: &[Person], today: Day) -> rusqlite::Result<()> {
        let salt: String = self.tx.query_row(
            "SELECT coalesce((SELECT salt FROM suppression ORDER BY mark LIMIT 1), lower(hex(randomblob(16))))",
            [],
            |r| r.get(0),
        )?;
        for mark in all.iter().flat_map(|p| Marked::of(p).marks(&salt)) {
            self.tx.execute(
                "INSERT OR IGNORE INTO suppression (mark, salt, day) VALUES (?1, ?2, ?3)",
                params![mark, salt, today.to_string()],
            )?;
        }
        Ok(())
    }

    /// Forgets cards: what their notes are known by stays, everything else goes.
    fn drop_cards(&self, cards: &[i64], erased: &mut Erased) -> Result<()> {
        for card in cards {
            self.forget(*card)?;
            let mut work = || -> rusqlite::Result<()> {
                let mut ask = self.tx.prepare_cached(
                    "SELECT file FROM batch WHERE n = (SELECT batch FROM card WHERE n = ?1) OR id IN
                       (SELECT text FROM card_event WHERE card = ?1 AND what = 'reprinted')",
                )?;
                for file in ask.query_map([card], |r| r.get::<_, String>(0))? {
                    erased.files.push(file?);
                }
                self.tx.execute("DELETE FROM card_event WHERE card = ?1", [card])?;
                self.tx.execute("DELETE FROM card WHERE n = ?1", [card])?;
                Ok(())
            };
            work().map_err(|e| damaged(&e))?;
            erased.cards += 1;
        }
        Ok(())
    }

    /// Takes somebody out of their household: its salutation and its id lose the name; cards that name them are forgotten. A
    /// household of nobody goes.
    fn leave_household(&self, person: &Person, erased: &mut Erased) -> Result<()> {
        let Some(id) = &person.household else { return Ok(()) };
        let Some(household) = self.household_row(id).map_err(|e| damaged(&e))? else { return Ok(()) };
        let others: Vec<Person> =
            self.members_rows(id).map_err(|e| damaged(&e))?.into_iter().filter(|p| p.id != person.id).collect();
        let names: Vec<String> = [&person.name.given, &person.name.called, &person.name.full()]
            .into_iter()
            .filter(|n| !n.is_empty())
            .cloned()
            .collect();
        let cards: Vec<(i64, String, String)> = self
            .tx
            .prepare("SELECT n, id, note || char(10) || ps FROM card WHERE household = ?1 ORDER BY n")
            .and_then(|mut ask| ask.query_map([id.as_str()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect())
            .map_err(|e| damaged(&e))?;
        let naming: Vec<i64> =
            cards.iter().filter(|(.., text)| others.is_empty() || blot(text, &names) != *text).map(|(n, ..)| *n).collect();
        self.drop_cards(&naming, erased)?;
        if others.is_empty() {
            let work = || -> rusqlite::Result<()> {
                self.tx.execute("UPDATE person SET household = NULL WHERE household = ?1", [id.as_str()])?;
                self.tx.execute("DELETE FROM household WHERE id = ?1", [id.as_str()]).map(|_| ())
            };
            return work().map_err(|e| damaged(&e));
        }
        let left: Vec<_> = others.iter().map(|p| p.name.clone()).collect();
        let Some(salutation) = household.salutation_without(&person.name, &left) else { return Ok(()) };
        let new = self.unused_id(&Id::of(&salutation))?;
        let work = || -> rusqlite::Result<()> {
            self.tx.execute(
                "UPDATE household SET id = ?2, salutation = ?3 WHERE id = ?1",
                [id.as_str(), new.as_str(), &salutation],
            )?;
            for (n, card, _) in cards.iter().filter(|(n, ..)| !naming.contains(n)) {
                if let Some(rest) = card.strip_prefix(id.as_str()) {
                    let mut wanted = format!("{new}{rest}");
                    let mut number = 1;
                    while self.tx.query_row("SELECT EXISTS (SELECT 1 FROM card WHERE id = ?1)", [&wanted], |r| r.get(0))? {
                        number += 1;
                        wanted = format!("{new}{rest}-{number}");
                    }
                    self.tx.execute("UPDATE card SET id = ?2 WHERE n = ?1", params![n, wanted])?;
                }
            }
            Ok(())
        };
        work().map_err(|e| damaged(&e))?;
        erased.salutation = Some(salutation);
        Ok(())
    }

    /// Blots the name out of other people's history, and finds the cards that name them.
    fn blot_elsewhere(&self, all: &[Person], erased: &mut Erased) -> rusqlite::Result<()> {
        let mut names: Vec<String> = all
            .iter()
            .flat_map(|p| [p.name.full(), p.name.plain().unwrap_or_default(), p.id.to_string(), p.email.clone()])
            .collect();
        // One word is anybody's.
        names.retain(|n| n.contains([' ', '-', '@']));
        names.sort_by_key(|n| std::cmp::Reverse(n.len()));
        names.dedup();
        for name in &names {
            let mut ask = self.tx.prepare(
                "SELECT n, person, text, by, origin FROM touch WHERE instr(text, ?1) OR instr(by, ?1) OR instr(origin, ?1)",
            )?;
            let rows: Vec<(i64, String, String, String, Option<String>)> = ask
                .query_map([name], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?
                .collect::<rusqlite::Result<_>>()?;
            for (n, person, text, by, origin) in rows {
                let (text, by) = (blot(&text, &names), blot(&by, &names));
                self.tx.execute(
                    "UPDATE touch SET text = ?2, by = ?3, origin = ?4 WHERE n = ?1",
                    params![n, text, by, origin.map(|o| hash("", "origin", &o, ""))],
                )?;
                erased.blotted.push(person);
            }
            let mut ask = self.tx.prepare("SELECT id FROM card WHERE instr(note, ?1) OR instr(ps, ?1)")?;
            for card in ask.query_map([name], |r| r.get(0))? {
                erased.named_on.push(card?);
            }
        }
        for list in [&mut erased.blotted, &mut erased.named_on] {
            list.sort();
            list.dedup();
        }
        Ok(())
    }
}

/// The sentence for a row that is somebody who was erased.
#[must_use]
pub fn told() -> String {
    "this is somebody who was erased and asked not to come back; left out (`wetink person add --new` if they ask for it)".into()
}

/// Trouble for somebody added by hand who was erased.
#[must_use]
pub fn refused(name: &str) -> Trouble {
    Trouble::refused(format!("{name} was erased from this ledger")).hint("if they ask to be written to again, say so with --new")
}
