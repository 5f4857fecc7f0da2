//! Two entries that are one person: both timelines become one, and can be taken apart again.
//!
//! The entry that goes stays as a stone that says whose it was; every row that moves remembers where it was (`was`), and what the
//! one who stays was given is written on the stone (`filled`).

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value, json};

use crate::day::Day;
use crate::ledger::{Change, Ledger, damaged};
use crate::person::{Id, Person, Status};
use crate::trouble::{Result, Trouble};

/// What a merge or a split moved.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Moved {
    /// Things that happened.
    pub touches: usize,
    /// Cards.
    pub cards: usize,
    /// Numbers in other programs.
    pub origins: usize,
    /// Fields that were filled, or emptied again.
    pub fields: Vec<String>,
    /// Fields in which the two differ, or that were changed since: left as they are.
    pub left: Vec<String>,
}

/// The silent status wins: whoever merges two entries must not wake the dead.
fn quieter(a: Status, b: Status) -> Status {
    let rank = |s: Status| match s {
        Status::Contact => 0,
        Status::Undeliverable => 1,
        Status::DoNotContact => 2,
        Status::Deceased => 3,
    };
    if rank(b) > rank(a) { b } else { a }
}

/// `keep` with what only `gone` knows, and the fields in which the two differ.
fn joined(keep: &Person, gone: &Person) -> (Person, Vec<String>) {
    let mut person = keep.clone();
    let mut differ = Vec::new();
    for (label, field, other) in [
        ("title", &mut person.name.title, &gone.name.title),
        ("given name", &mut person.name.given, &gone.name.given),
        ("family name", &mut person.name.family, &gone.name.family),
        ("suffix", &mut person.name.suffix, &gone.name.suffix),
        ("called", &mut person.name.called, &gone.name.called),
        ("e-mail", &mut person.email, &gone.email),
        ("phone", &mut person.phone, &gone.phone),
        ("language", &mut person.language, &gone.language),
    ] {
        if field.is_empty() {
            field.clone_from(other);
        } else if !other.is_empty() && field != other {
            differ.push(format!("{label} ({field}, not {other})"));
        }
    }
    if person.address.is_empty() {
        person.address = gone.address.clone();
    } else if !gone.address.is_empty() && gone.address != person.address {
        differ.push("address".into());
    }
    for (label, field, other) in
        [("birthday", &mut person.birthday, gone.birthday), ("anniversary", &mut person.anniversary, gone.anniversary)]
    {
        match (*field, other) {
            (None, _) => *field = other,
            // The year is worth having.
            (Some(mine), Some(other))
                if mine.year().is_none()
                    && other.year().is_some()
                    && (mine.month(), mine.day()) == (other.month(), other.day()) =>
            {
                *field = Some(other);
            }
            (Some(mine), Some(other)) if mine != other && other.year().is_some() => {
                differ.push(format!("{label} ({}, not {})", mine.plain(), other.plain()));
            }
            _ => {}
        }
    }
    person.household = person.household.or_else(|| gone.household.clone());
    let status = quieter(person.status, gone.status);
    if status != person.status {
        (person.status, person.status_on) = (status, gone.status_on);
    }
    (person, differ)
}

fn fields(person: &Person) -> Map<String, Value> {
    match serde_json::to_value(person) {
        Ok(Value::Object(mut map)) => {
            if let Some(Value::Object(name)) = map.shift_remove("name") {
                map.extend(name.into_iter().map(|(k, v)| (format!("name.{k}"), v)));
            }
            map.shift_remove("id");
            map
        }
        _ => Map::new(),
    }
}

fn person(id: &Id, mut fields: Map<String, Value>) -> Option<Person> {
    let mut name = Map::new();
    fields.retain(|key, value| match key.strip_prefix("name.") {
        Some(part) => {
            name.insert(part.to_owned(), value.clone());
            false
        }
        None => true,
    });
    fields.insert("name".into(), Value::Object(name));
    fields.insert("id".into(), json!(id));
    serde_json::from_value(Value::Object(fields)).ok()
}

impl Change<'_> {
    /// Makes `gone` and `keep` one person, `keep`.
    pub fn merge(&self, keep: &Person, gone: &Person, today: Day) -> Result<Moved> {
        let (after, left) = joined(keep, gone);
        let (old, new) = (fields(keep), fields(&after));
        let filled: Map<String, Value> = new
            .iter()
            .filter(|(key, value)| old.get(*key) != Some(value))
            .map(|(key, value)| (key.clone(), json!([old.get(key), value])))
            .collect();
        let mut moved = Moved { fields: filled.keys().cloned().collect(), left, ..Moved::default() };
        self.update_person(&after)?;
        let mut work = || -> rusqlite::Result<()> {
            for (table, count) in [("touch", &mut moved.touches), ("card", &mut moved.cards), ("origin", &mut moved.origins)] {
                *count = self.tx.execute(
                    &format!("UPDATE {table} SET was = coalesce(was, person), person = ?1 WHERE person = ?2"),
                    [keep.id.as_str(), gone.id.as_str()],
                )?;
            }
            self.tx.execute(
                "UPDATE person SET merged_into = ?2, merged_on = ?3, household = NULL, filled = ?4 WHERE id = ?1",
                params![
                    gone.id.as_str(),
                    keep.id.as_str(),
                    today.to_string(),
                    json!({ "fields": filled, "household": gone.household }).to_string()
                ],
            )?;
            Ok(())
        };
        work().map_err(|e| damaged(&e))?;
        Ok(moved)
    }

    /// Takes `gone` out of the person it was merged into.
    pub fn split(&self, gone: &Id) -> Result<(Id, Moved)> {
        let found: Option<(String, String)> = self
            .tx
            .query_row("SELECT merged_into, filled FROM person WHERE id = ?1 AND merged_into IS NOT NULL", [gone.as_str()], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
            .optional()
            .map_err(|e| damaged(&e))?;
        let Some((into, filled)) = found else {
            return Err(Trouble::failed(format!("{gone} isn't merged into anybody"))
                .hint("`wetink person show` of the one who stayed names who was merged into them"));
        };
        let keep = Id::from_stored(into);
        let filled: Value = serde_json::from_str(&filled).unwrap_or_default();
        let mut moved = Moved::default();
        let current = self.person_row(&keep).map_err(|e| damaged(&e))?;
        if let (Some(current), Some(Value::Object(given))) = (current, filled.get("fields")) {
            let mut now = fields(&current);
            for (key, pair) in given {
                let (before, after) = (pair.get(0), pair.get(1));
                if now.get(key) != after {
                    moved.left.push(key.clone());
                    continue;
                }
                match before {
                    None | Some(Value::Null) => now.shift_remove(key),
                    Some(before) => now.insert(key.clone(), before.clone()),
                };
                moved.fields.push(key.clone());
            }
            if let Some(person) = person(&keep, now) {
                self.update_person(&person)?;
            }
        }
        let mut work = || -> rusqlite::Result<()> {
            // With it goes everybody who had been merged into it before.
            let mut owners: Vec<String> = self
                .tx
                .prepare(
                    "WITH RECURSIVE chain (id) AS (
                       SELECT ?1 UNION SELECT person.id FROM person JOIN chain ON person.merged_into = chain.id)
                     SELECT id FROM chain",
                )?
                .query_map([gone.as_str()], |r| r.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            owners.sort();
            for owner in &owners {
                for (table, count) in [("touch", &mut moved.touches), ("card", &mut moved.cards), ("origin", &mut moved.origins)]
                {
                    *count += self.tx.execute(
                        &format!("UPDATE {table} SET person = ?1, was = nullif(was, ?1) WHERE was = ?2 AND person = ?3"),
                        [gone.as_str(), owner, keep.as_str()],
                    )?;
                }
            }
            self.tx.execute(
                "UPDATE person SET merged_into = NULL, merged_on = NULL, filled = '{}',
                   household = (SELECT id FROM household WHERE id = ?2) WHERE id = ?1",
                params![gone.as_str(), filled.get("household").and_then(Value::as_str)],
            )?;
            Ok(())
        };
        work().map_err(|e| damaged(&e))?;
        Ok((keep, moved))
    }
}

impl Ledger {
    /// The entry with exactly this id that was merged into somebody, and into whom.
    pub fn stone(&self, id: &str) -> Result<Option<(Person, Id)>> {
        Ok(self.merged()?.into_iter().find(|(person, _)| person.id.as_str() == id))
    }
}
