//! Where the lines of another ledger come in: what is new is added, what is blank here filled, what differs told.

use std::collections::HashMap;
use std::io::{BufRead, Read as _};

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension as _, params, params_from_iter};
use serde_json::{Map, Value, json};

use super::{Exchanged, FORMAT, NESTED, customs, value};
use crate::ledger::echoes::Forgotten;
use crate::ledger::erase::{self, Suppressed};
use crate::ledger::intake::Said;
use crate::ledger::{Change, damaged, schema};
use crate::person::{Id, Name, Person, Status};
use crate::trouble::{Result, Trouble};

/// No line of ours is longer; a file that says otherwise isn't ours.
const LONGEST_LINE: u64 = 16 << 20;

/// So many sentences are kept of each kind.
const MOST_SAID: usize = 500;

/// Where lines come in.
pub(super) struct Door<'a> {
    change: &'a Change<'a>,
    suppressed: Suppressed,
    pub(super) report: Exchanged,
    /// For touches that are the same in every word: how many were here, and how many lines said so.
    touches: HashMap<String, (i64, i64)>,
    /// Their batch to ours.
    batches: HashMap<String, i64>,
    /// People who were erased here.
    turned_away: Vec<String>,
}

fn text<'v>(object: &'v Map<String, Value>, key: &str) -> &'v str {
    object.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn sql(value: &Value) -> Sql {
    match value {
        Value::Null => Sql::Null,
        Value::Bool(yes) => Sql::Integer(i64::from(*yes)),
        Value::Number(n) => n.as_i64().map_or_else(|| Sql::Real(n.as_f64().unwrap_or_default()), Sql::Integer),
        Value::String(text) => Sql::Text(text.clone()),
        nested => Sql::Text(nested.to_string()),
    }
}

fn blank(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Object(map)) => map.is_empty(),
        _ => false,
    }
}

impl<'a> Door<'a> {
    pub(super) fn new(change: &'a Change<'a>, suppressed: Suppressed) -> Door<'a> {
        Door {
            change,
            suppressed,
            report: Exchanged::default(),
            touches: HashMap::new(),
            batches: HashMap::new(),
            turned_away: Vec::new(),
        }
    }
}

impl Door<'_> {
    pub(super) fn read(&mut self, file: &mut dyn BufRead) -> Result<()> {
        let mut number = 0;
        loop {
            let mut line = Vec::new();
            let read = file
                .take(LONGEST_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|e| Trouble::failed(format!("the file can't be read: {e}")).hint("nothing was changed"))?;
            if read == 0 {
                break;
            }
            number += 1;
            let parsed: Option<Map<String, Value>> = serde_json::from_slice(&line).ok();
            let Some((kind, body)) = parsed.and_then(|m| if m.len() == 1 { m.into_iter().next() } else { None }) else {
                if number == 1 {
                    return Err(not_ours());
                }
                self.problem(number, "this line is no JSON object of a ledger; is the file cut off here?".into());
                if read as u64 == LONGEST_LINE {
                    break;
                }
                continue;
            };
            if number == 1 {
                let version = body.get("ledger").and_then(Value::as_i64).filter(|_| kind == "wetink").ok_or_else(not_ours)?;
                if version > i64::from(FORMAT) {
                    return Err(Trouble::failed("this file was written by a newer wetink")
                        .hint("install the newer version; nothing was changed"));
                }
                continue;
            }
            self.line(number, &kind, body)?;
        }
        if number == 0 {
            return Err(not_ours());
        }
        match self.merged_in_a_ring().map_err(|e| damaged(&e))? {
            Some(id) => Err(Trouble::failed(format!("in this file {id} was merged into somebody who was merged into {id}"))
                .hint("nothing was changed; export it again from the other machine")),
            None => Ok(()),
        }
    }

    /// Somebody who ends up being their own second entry.
    fn merged_in_a_ring(&self) -> rusqlite::Result<Option<String>> {
        self.change
            .tx
            .query_row(
                "WITH RECURSIVE chain (id, at, steps) AS (
                   SELECT id, merged_into, 1 FROM person WHERE merged_into IS NOT NULL
                   UNION ALL
                   SELECT chain.id, person.merged_into, steps + 1 FROM chain JOIN person ON person.id = chain.at
                     WHERE person.merged_into IS NOT NULL AND steps < 1000)
                 SELECT min(id) FROM chain WHERE at = id",
                [],
                |r| r.get(0),
            )
            .optional()
            .map(Option::flatten)
    }

    fn problem(&mut self, line: usize, message: String) {
        // A file of a million bad lines must not fill the memory.
        if self.report.problems.len() < MOST_SAID {
            self.report.problems.push(Said { line, message });
        }
    }

    fn line(&mut self, number: usize, kind: &str, body: Value) -> Result<()> {
        if kind == "forgotten" {
            match serde_json::from_value::<Forgotten>(body) {
                Ok(forgotten) => {
                    let new = self.change.add_forgotten(&forgotten)?;
                    self.count("forgotten", new);
                }
                Err(_) => self.problem(number, "what is kept of an erased note can't be read here".into()),
            }
            return Ok(());
        }
        let Value::Object(object) = body else {
            self.problem(number, format!("`{kind}` is no object"));
            return Ok(());
        };
        if let Some(why) = customs::refused(kind, &object) {
            self.problem(number, format!("{} that isn't taken: {}", one(kind), crate::words::shown(&why)));
            return Ok(());
        }
        let done = match kind {
            "suppression" => self.suppression(&object),
            "household" => self.by_id(number, "household", &object),
            "person" => self.person(number, &object),
            "origin" => self.origin(number, &object),
            "batch" => self.batch(number, object),
            "card" => self.card(number, object),
            "touch" => self.touch(number, &object),
            _ => {
                self.problem(number, format!("`{kind}` is nothing this wetink knows"));
                return Ok(());
            }
        };
        match done {
            Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => {
                let why = e.to_string();
                let why = match why.as_str() {
                    why if why.contains("card.note") => {
                        "a card with these very words is here already, to somebody else".to_owned()
                    }
                    why => format!("the ledger can't take it: {why}"),
                };
                self.problem(number, format!("{} that isn't taken: {why}", one(kind)));
                Ok(())
            }
            done => done.map_err(|e| damaged(&e)),
        }
    }

    fn count(&mut self, table: &str, new: bool) {
        if new {
            *self.report.added.entry(table.to_owned()).or_default() += 1;
        } else {
            self.report.known += 1;
        }
    }

    /// Puts an object in as a row; columns this schema doesn't have are told.
    fn insert(&mut self, number: usize, table: &str, object: &Map<String, Value>) -> rusqlite::Result<i64> {
        let columns = schema::columns(&self.change.tx, table)?;
        let (known, foreign): (Vec<_>, Vec<_>) = object.iter().partition(|(key, _)| columns.contains(key));
        if let Some((key, _)) = foreign.first() {
            self.problem(number, format!("`{key}` of a {table} is nothing this wetink knows; the rest was taken"));
        }
        let names: Vec<String> = known.iter().map(|(key, _)| format!("\"{key}\"")).collect();
        let places: Vec<String> = (1..=known.len()).map(|n| format!("?{n}")).collect();
        self.change
            .tx
            .prepare_cached(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), places.join(", ")))?
            .execute(params_from_iter(known.iter().map(|(_, value)| sql(value))))?;
        Ok(self.change.tx.last_insert_rowid())
    }

    fn suppression(&mut self, object: &Map<String, Value>) -> rusqlite::Result<()> {
        let new = self.change.tx.execute(
            "INSERT INTO suppression (mark, salt, day) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            [text(object, "mark"), text(object, "salt"), text(object, "day")],
        )?;
        self.count("suppression", new > 0);
        Ok(())
    }

    fn person(&mut self, number: usize, object: &Map<String, Value>) -> rusqlite::Result<()> {
        let name = Name { given: text(object, "given").into(), family: text(object, "family").into(), ..Name::default() };
        let address = object.get("address").and_then(|a| serde_json::from_value(a.clone()).ok()).unwrap_or_default();
        let asked = Person { name, address, email: text(object, "email").into(), ..Person::default() };
        if self.suppressed.knows(&asked) {
            self.turned_away.push(text(object, "id").to_owned());
            self.problem(number, erase::told());
            return Ok(());
        }
        self.by_id(number, "person", object)
    }

    /// A household or person: new, or filled where ours is blank.
    fn by_id(&mut self, number: usize, table: &str, object: &Map<String, Value>) -> rusqlite::Result<()> {
        let id = text(object, "id");
        let columns = schema::columns(&self.change.tx, table)?;
        let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
        let ours: Option<Map<String, Value>> = self
            .change
            .tx
            .prepare_cached(&format!("SELECT {} FROM {table} WHERE id = ?1", names.join(", ")))?
            .query_row([id], |row| {
                columns.iter().enumerate().map(|(at, c)| Ok((c.clone(), value(row, at, NESTED.contains(&c.as_str()))?))).collect()
            })
            .optional()?;
        let Some(ours) = ours else {
            self.insert(number, table, object)?;
            self.count(table, true);
            return Ok(());
        };
        let mut filled = false;
        for (key, theirs) in object.iter().filter(|(key, theirs)| columns.contains(key) && !blank(Some(theirs))) {
            let mine = ours.get(key);
            if mine == Some(theirs) || key == "filled" {
                continue;
            }
            if key == "status_on" && text(&ours, "status") != text(object, "status") {
                // It goes with the status.
            } else if key == "status" && text(&ours, "status") == Status::Contact.as_str() {
                // An objection, a death, a bad address count wherever they were heard of; never the other way.
                self.silence(&Id::from_stored(id), theirs, object.get("status_on"))?;
                filled = true;
            } else if blank(mine) && !key.starts_with("merged") {
                self.change.tx.execute(&format!("UPDATE {table} SET \"{key}\" = ?2 WHERE id = ?1"), params![id, sql(theirs)])?;
                filled = true;
            } else {
                let show = |v: Option<&Value>| match v {
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Null) | None => "nothing".into(),
                    Some(other) => other.to_string(),
                };
                let message = format!("{id}, {key}: here {}, there {}; ours stays", show(mine), show(Some(theirs)));
                self.report.differ.push(Said { line: number, message });
            }
        }
        if filled {
            self.report.filled += 1;
        } else {
            self.report.known += 1;
        }
        Ok(())
    }

    /// Somebody who must not get a card, as the other machine knows; out of the salutation, too, if they have died.
    fn silence(&self, id: &Id, status: &Value, on: Option<&Value>) -> rusqlite::Result<()> {
        self.change.tx.execute(
            "UPDATE person SET status = ?2, status_on = ?3 WHERE id = ?1",
            params![id.as_str(), sql(status), on.map(sql)],
        )?;
        if let Some(person) = self.change.person_row(id)?.filter(|p| p.status == Status::Deceased) {
            self.change.unname(&person).map_err(|_| rusqlite::Error::InvalidQuery)?;
        }
        Ok(())
    }

    fn away(&self, object: &Map<String, Value>) -> bool {
        self.turned_away.iter().any(|id| id == text(object, "person") || id == text(object, "was"))
    }

    fn origin(&mut self, number: usize, object: &Map<String, Value>) -> rusqlite::Result<()> {
        if self.away(object) {
            return Ok(());
        }
        let ours: Option<String> = self
            .change
            .tx
            .prepare_cached("SELECT person FROM origin WHERE source = ?1 AND key = ?2")?
            .query_row([text(object, "source"), text(object, "key")], |r| r.get(0))
            .optional()?;
        match ours {
            None => {
                self.insert(number, "origin", object)?;
                self.count("origin", true);
            }
            Some(person) if person == text(object, "person") => self.count("origin", false),
            Some(person) => {
                let message = format!("a number that is {person} here is {} there; ours stays", text(object, "person"));
                self.report.differ.push(Said { line: number, message });
            }
        }
        Ok(())
    }

    /// A batch is the same if it has the same PDF and the same name, or the name one like it was given here. (The PDF alone says
    /// nothing: a batch that was printed again has the same.) Another one with the same name gets a new name here.
    fn batch(&mut self, number: usize, mut object: Map<String, Value>) -> rusqlite::Result<()> {
        let theirs = text(&object, "id").to_owned();
        let file = text(&object, "file").to_owned();
        let same: Option<i64> = self
            .change
            .tx
            .prepare_cached(
                "SELECT n FROM batch WHERE sha256 = ?1 AND day = ?2 AND state = ?3
                   AND (id = ?4 OR (substr(id, 1, length(?4) + 1) = ?4 || '-' AND substr(id, length(?4) + 2) NOT GLOB '*[^0-9]*'))
                 ORDER BY id = ?4 DESC, n LIMIT 1",
            )?
            .query_row([text(&object, "sha256"), text(&object, "day"), text(&object, "state"), &theirs], |r| r.get(0))
            .optional()?;
        if let Some(n) = same {
            self.batches.insert(theirs, n);
            self.count("batch", false);
            return Ok(());
        }
        let taken: bool = self.change.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM batch WHERE id = ?1 OR file = ?2)",
            [&theirs, &file],
            |r| r.get(0),
        )?;
        if taken {
            let mut name = String::new();
            for n in 2.. {
                name = format!("{theirs}-{n}");
                let taken: bool =
                    self.change.tx.query_row("SELECT EXISTS (SELECT 1 FROM batch WHERE id = ?1)", [&name], |r| r.get(0))?;
                if !taken {
                    break;
                }
            }
            self.report
                .differ
                .push(Said { line: number, message: format!("another batch is called {theirs} here; theirs is {name} now") });
            // Of a pack it is the folder that is called after the batch.
            let renamed = match file.strip_suffix(&format!("-{theirs}/CHECKSUMS.txt")) {
                Some(folder) => format!("{folder}-{name}/CHECKSUMS.txt"),
                None => format!("out/{name}.pdf"),
            };
            object.insert("file".into(), json!(renamed));
            object.insert("id".into(), json!(name));
        }
        let n = self.insert(number, "batch", &object)?;
        self.change.tx.execute("INSERT INTO elsewhere (n) VALUES (?1)", [n])?;
        self.batches.insert(theirs, n);
        self.count("batch", true);
        Ok(())
    }

    fn card(&mut self, number: usize, mut object: Map<String, Value>) -> rusqlite::Result<()> {
        if self.away(&object) {
            return Ok(());
        }
        let events = match object.shift_remove("events") {
            Some(Value::Array(events)) => events,
            _ => Vec::new(),
        };
        let person = if text(&object, "was").is_empty() { text(&object, "person") } else { text(&object, "was") };
        let same: Option<(i64, String)> = self
            .change
            .tx
            .prepare_cached(
                "SELECT n, state FROM card WHERE ((?1 <> '' AND coalesce(was, person) = ?1) OR household = ?2)
                   AND occasion = ?3 AND key = ?4 AND day = ?5 AND note = ?6 AND ps = ?7",
            )?
            .query_row(
                params![
                    person,
                    text(&object, "household"),
                    text(&object, "occasion"),
                    text(&object, "key"),
                    text(&object, "day"),
                    text(&object, "note"),
                    text(&object, "ps")
                ],
                |r| Ok((r.get(0)?, r.get(1)?)),
            )
            .optional()?;
        let n = if let Some((n, state)) = same {
            let further = |s: &str| ["printed", "posted", "returned", "answered"].iter().position(|k| *k == s).unwrap_or(0);
            if further(text(&object, "state")) > further(&state) {
                self.change.tx.execute("UPDATE card SET state = ?2 WHERE n = ?1", params![n, text(&object, "state")])?;
                self.report.filled += 1;
            } else {
                self.report.known += 1;
            }
            n
        } else {
            if let Some(batch) = object.get("batch").and_then(Value::as_str).map(str::to_owned) {
                let Some(n) = self.batches.get(&batch) else {
                    self.problem(number, format!("the card {} is of the batch {batch}, which is nowhere", text(&object, "id")));
                    return Ok(());
                };
                object.insert("batch".into(), json!(n));
            }
            let id = self.change.free_card_id(text(&object, "id")).map_err(|_| rusqlite::Error::InvalidQuery)?;
            if id != text(&object, "id") {
                let message = format!("another card is called {} here; theirs is {id} now", text(&object, "id"));
                self.report.differ.push(Said { line: number, message });
                object.insert("id".into(), json!(id));
            }
            let n = self.insert(number, "card", &object)?;
            self.change.learn_row(n).map_err(|_| rusqlite::Error::InvalidQuery)?;
            self.count("card", true);
            n
        };
        let mut told: HashMap<String, i64> = HashMap::new();
        for event in &events {
            let Value::Object(event) = event else { continue };
            let parts = [text(event, "day"), text(event, "what"), text(event, "by"), text(event, "text")];
            let here: i64 = self
                .change
                .tx
                .prepare_cached(
                    "SELECT count(*) FROM card_event WHERE card = ?1 AND day = ?2 AND what = ?3 AND by = ?4 AND text = ?5",
                )?
                .query_row(params![n, parts[0], parts[1], parts[2], parts[3]], |r| r.get(0))?;
            let said = told.entry(parts.join("\u{1f}")).or_default();
            *said += 1;
            if *said > here {
                self.change
                    .tx
                    .prepare_cached("INSERT INTO card_event (card, day, what, by, text) VALUES (?1, ?2, ?3, ?4, ?5)")?
                    .execute(params![n, parts[0], parts[1], parts[2], parts[3]])?;
            }
        }
        Ok(())
    }

    /// A touch is known by its origin, or by all its words; said twice there, it is twice here.
    fn touch(&mut self, number: usize, object: &Map<String, Value>) -> rusqlite::Result<()> {
        if self.away(object) {
            return Ok(());
        }
        if let Some(origin) = object.get("origin").and_then(Value::as_str) {
            let known: bool = self
                .change
                .tx
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM touch WHERE origin = ?1)")?
                .query_row([origin], |r| r.get(0))?;
            if known {
                self.count("touch", false);
                return Ok(());
            }
            self.insert(number, "touch", object)?;
            self.count("touch", true);
            return Ok(());
        }
        let owner = if text(object, "was").is_empty() { text(object, "person") } else { text(object, "was") };
        let parts =
            [owner, text(object, "day"), text(object, "kind"), text(object, "text"), text(object, "until"), text(object, "by")];
        let word = parts.join("\u{1f}");
        if !self.touches.contains_key(&word) {
            let here: i64 = self
                .change
                .tx
                .prepare_cached(
                    "SELECT count(*) FROM touch WHERE ((person = ?1 AND was IS NULL) OR was = ?1) AND day = ?2 AND kind = ?3
                       AND text = ?4 AND coalesce(until, '') = ?5 AND by = ?6 AND origin IS NULL",
                )?
                .query_row(parts, |r| r.get(0))?;
            self.touches.insert(word.clone(), (here, 0));
        }
        let (here, said) = self.touches.entry(word).or_default();
        *said += 1;
        let new = *said > *here;
        if new {
            self.insert(number, "touch", object)?;
        }
        self.count("touch", new);
        Ok(())
    }
}

/// `a card`, `an origin`.
fn one(kind: &str) -> String {
    format!("{} {kind}", if kind.starts_with('o') { "an" } else { "a" })
}

fn not_ours() -> Trouble {
    Trouble::failed("this is no export of a ledger").hint(format!(
        "it should begin with {{\"wetink\":{{\"ledger\":{FORMAT}}}}}; for people, cards or purchases from other programs: `wetink import`"
    ))
}
