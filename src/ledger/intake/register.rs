//! Everybody on record by the marks that tell people apart: who may be meant by a row of a file.
//!
//! The marks are numbers in a temporary table of `SQLite`'s: it spills to a file that nobody else can open, so that a file of ten
//! million people needs no more memory than one of ten; and no name stands in it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};
use sha2::{Digest as _, Sha256};

use crate::day::Birthday;
use crate::ledger::erase::Suppressed;
use crate::ledger::{Change, Ledger, damaged};
use crate::person::{Id, Name, Person};
use crate::trouble::Result;

/// Who is on record, by e-mail, phone and name.
pub(super) struct Register {
    households: HashMap<Id, Id>,
    pub(super) erased: Suppressed,
}

/// Somebody who was found by a mark.
pub(super) struct Likely {
    /// Who.
    pub person: Person,
    /// What they share.
    pub why: &'static str,
}

/// A mark as a number: the same text in the same sense is the same number.
fn mark(sense: &str, text: &str) -> i64 {
    let hash = Sha256::digest(format!("{sense}\u{1f}{text}"));
    i64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
}

fn digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    // The last nine tell numbers apart whether or not the country code is written.
    digits[digits.len().saturating_sub(9)..].to_owned()
}

fn email_mark(email: &str) -> Option<i64> {
    Some(email.trim()).filter(|e| !e.is_empty()).map(|e| mark("e-mail", &e.to_lowercase()))
}

fn phone_mark(phone: &str) -> Option<i64> {
    Some(digits(phone)).filter(|d| d.len() >= 6).map(|d| mark("phone", &d))
}

fn name_mark(folded: &Id) -> i64 {
    mark("name", folded.as_str())
}

/// All marks of a person; of the name with and without its title, for `Margaret Pell` means `Mrs Margaret Pell`.
fn marks(person: &Person) -> Vec<i64> {
    let names = person.name.plain().into_iter().chain([person.name.full()]).map(|name| name_mark(&Id::of(&name)));
    let mut all: Vec<i64> = email_mark(&person.email).into_iter().chain(phone_mark(&person.phone)).chain(names).collect();
    all.sort_unstable();
    all.dedup();
    all
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

/// Nothing known of both speaks against their being one.
fn fits(old: &Person, new: &Person) -> bool {
    let years = old.birthday.and_then(Birthday::year).zip(new.birthday.and_then(Birthday::year));
    compatible(&old.name, &new.name) && years.is_none_or(|(a, b)| a == b)
}

fn note_down(conn: &Connection, marks: &[i64], row: i64) -> rusqlite::Result<()> {
    let mut put = conn.prepare_cached("INSERT OR IGNORE INTO temp.mark (mark, person) VALUES (?1, ?2)")?;
    marks.iter().try_for_each(|mark| put.execute([*mark, row]).map(|_| ()))
}

impl Register {
    /// Everybody who is here. [`Register::close`] belongs to it.
    pub(super) fn open(ledger: &Ledger) -> Result<Register> {
        let conn = ledger.conn();
        // A file, but one the system throws away; 8 MB of it are held in memory.
        conn.execute_batch(
            "DROP TABLE IF EXISTS temp.mark;
             PRAGMA temp_store = file;
             CREATE TEMP TABLE mark (mark INTEGER NOT NULL, person INTEGER NOT NULL, PRIMARY KEY (mark, person)) WITHOUT ROWID;
             PRAGMA temp.cache_size = -8192;",
        )
        .map_err(|e| damaged(&e))?;
        ledger.each_person(&mut |row, person| note_down(conn, &marks(&person), row).map_err(|e| damaged(&e)))?;
        // Who was merged is known by what they were known by, as the one they turned out to be.
        for (person, into) in ledger.merged()? {
            if let Some(stays) = ledger.person(&into)? {
                let row = row_of(conn, &stays.id).map_err(|e| damaged(&e))?;
                row.map_or(Ok(()), |row| note_down(conn, &marks(&person), row)).map_err(|e| damaged(&e))?;
            }
        }
        let mut households = HashMap::new();
        for household in ledger.households()? {
            households.insert(Id::of(&household.salutation), household.id.clone());
            households.insert(household.id.clone(), household.id);
        }
        Ok(Register { households, erased: ledger.suppressed()? })
    }

    /// Throws the marks away.
    pub(super) fn close(ledger: &Ledger) -> Result<()> {
        ledger.conn().execute_batch("DROP TABLE IF EXISTS temp.mark; PRAGMA temp_store = memory;").map_err(|e| damaged(&e))
    }

    /// Takes somebody new in.
    pub(super) fn learn(change: &Change<'_>, person: &Person) -> Result<()> {
        let learn = || match row_of(&change.tx, &person.id)? {
            Some(row) => note_down(&change.tx, &marks(person), row),
            None => Ok(()),
        };
        learn().map_err(|e: rusqlite::Error| damaged(&e))
    }

    /// Everybody with this mark, in the order they came; of many namesakes the first hundred.
    fn with(change: &Change<'_>, mark: i64) -> Result<Vec<Person>> {
        let ask = || -> rusqlite::Result<Vec<Person>> {
            let rows: Vec<i64> = change
                .tx
                .prepare_cached("SELECT person FROM temp.mark WHERE mark = ?1 ORDER BY person LIMIT 100")?
                .query_map([mark], |r| r.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let found = rows.into_iter().map(|row| change.person_at(row)).collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(found.into_iter().flatten().collect())
        };
        ask().map_err(|e| damaged(&e))
    }

    /// Somebody here who may be the same, and why that seems so.
    pub(super) fn may_be(change: &Change<'_>, new: &Person) -> Result<Option<Likely>> {
        for (mark, why) in [(email_mark(&new.email), "the same e-mail"), (phone_mark(&new.phone), "the same phone")] {
            let Some(mark) = mark else { continue };
            if let Some(person) = Register::with(change, mark)?.into_iter().find(|old| fits(old, new)) {
                return Ok(Some(Likely { person, why }));
            }
        }
        let namesakes = Register::with(change, name_mark(&Id::of(&new.name.full())))?;
        let same_day =
            |old: &Person| old.birthday.zip(new.birthday).is_some_and(|(a, b)| (a.month(), a.day()) == (b.month(), b.day()));
        let postcode = |p: &Person| p.address.postcode.to_lowercase().replace([' ', '-'], "");
        let same_place = |old: &Person| !new.address.postcode.is_empty() && postcode(old) == postcode(new);
        for (test, why) in [
            (&same_day as &dyn Fn(&Person) -> bool, "the same name and birthday"),
            (&same_place, "the same name and postal code"),
        ] {
            if let Some(person) = namesakes.iter().find(|old| test(old) && fits(old, new)) {
                return Ok(Some(Likely { person: person.clone(), why }));
            }
        }
        Ok(None)
    }

    /// Somebody who shares an e-mail or a phone with this person and is certainly somebody else: a couple, mostly.
    pub(super) fn shares(change: &Change<'_>, new: &Person) -> Result<Option<Likely>> {
        for (mark, why) in [(email_mark(&new.email), "the same e-mail"), (phone_mark(&new.phone), "the same phone")] {
            let Some(mark) = mark else { continue };
            let others = Register::with(change, mark)?;
            if let Some(person) = others.into_iter().find(|old| old.id != new.id && !compatible(&old.name, &new.name)) {
                return Ok(Some(Likely { person, why }));
            }
        }
        Ok(None)
    }

    /// The only one with this e-mail or, failing that, this phone.
    pub(super) fn reached(change: &Change<'_>, email: &str, phone: &str) -> Result<Option<Id>> {
        for mark in [email_mark(email), phone_mark(phone)].into_iter().flatten() {
            if let [only] = Register::with(change, mark)?.as_slice() {
                return Ok(Some(only.id.clone()));
            }
        }
        Ok(None)
    }

    #[allow(clippy::type_complexity)] // Trouble, doubt, or somebody: three answers, and a name for the nesting would hide them.
    /// The one who is meant by an id or a whole name, and whether it is a household; several if it may be any of them.
    pub(super) fn called(&self, change: &Change<'_>, typed: &str) -> Result<Result<Option<(Id, bool)>, Vec<Id>>> {
        let id = Id::from_stored(typed.trim().to_lowercase());
        if change.is_here(&id).map_err(|e| damaged(&e))? {
            return Ok(Ok(Some((id, false))));
        }
        let folded = Id::of(typed);
        let plain = Name::parse(typed).plain().map_or_else(|| folded.clone(), |name| Id::of(&name));
        let mut found = Register::with(change, name_mark(&folded))?;
        if found.is_empty() && plain != folded {
            found = Register::with(change, name_mark(&plain))?;
        }
        Ok(match found.as_slice() {
            [one] => Ok(Some((one.id.clone(), false))),
            [] => Ok(self.households.get(&id).or_else(|| self.households.get(&folded)).map(|h| (h.clone(), true))),
            several => Err(several.iter().map(|p| p.id.clone()).collect()),
        })
    }
}

fn row_of(conn: &Connection, id: &Id) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT rowid FROM person WHERE id = ?1")?.query_row([id.as_str()], |r| r.get(0)).optional()
}
