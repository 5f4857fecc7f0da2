//! The journal: what each command changed, as it was before, so that `undo` can put it back.
//!
//! Triggers write it (`schema::journal_triggers`), so nothing can be changed past it. What happened in the world isn't unmade: a
//! card that was posted by mistake gets a dated correction, and a batch whose PDF exists becomes void and keeps its number.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use crate::day::Day;
use crate::ledger::batches::Batch;
use crate::ledger::{Change, Ledger, damaged, schema};
use crate::trouble::{Result, Trouble};

/// So many commands can be taken back.
const KEPT: usize = 30;

/// So many cards are unlearnt one by one; for more, the whole index is made anew, which is quicker.
const FEW_CARDS: usize = 500;

/// A command at work: its changes are one operation, however many transactions it needs.
#[derive(Debug)]
pub struct Begun {
    command: String,
    day: Day,
    /// Its row, once it has changed anything.
    pub(super) n: Option<i64>,
}

/// A command that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Row number.
    #[serde(skip)]
    pub n: i64,
    /// The day it was typed.
    pub day: String,
    /// As it was typed.
    pub command: String,
    /// What it changed: table and kind of change to number of rows.
    pub changed: BTreeMap<String, usize>,
}

/// What taking back did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// Rows that are again as they were.
    pub rows: usize,
    /// Events in the world that got a correction.
    pub corrected: usize,
    /// Batches that are void now.
    pub void: Vec<Batch>,
}

/// Opens the operation's row and takes the pen; the row.
pub(super) fn take_up(conn: &Connection, begun: Option<&Begun>) -> rusqlite::Result<Option<i64>> {
    let Some(begun) = begun else { return Ok(None) };
    let n = if let Some(n) = begun.n {
        n
    } else {
        conn.execute("INSERT INTO operation (day, command) VALUES (?1, ?2)", params![begun.day.to_string(), begun.command])?;
        conn.last_insert_rowid()
    };
    conn.execute("UPDATE pen SET op = ?1", [n])?;
    Ok(Some(n))
}

/// Puts the pen down; the operation's row, if it holds anything. The oldest operations make room.
pub(super) fn put_down(conn: &Connection, n: Option<i64>) -> rusqlite::Result<Option<i64>> {
    conn.execute("UPDATE pen SET op = NULL, may = '' WHERE op IS NOT NULL OR may <> ''", [])?;
    let Some(n) = n else { return Ok(None) };
    let any: bool = conn.query_row("SELECT EXISTS (SELECT 1 FROM journal WHERE op = ?1)", [n], |r| r.get(0))?;
    if !any {
        conn.execute("DELETE FROM operation WHERE n = ?1", [n])?;
        return Ok(None);
    }
    conn.execute("DELETE FROM operation WHERE n NOT IN (SELECT n FROM operation ORDER BY n DESC LIMIT ?1)", [KEPT as i64])?;
    Ok(Some(n))
}

impl Ledger {
    /// From here on every change is written down as one operation of this command.
    pub fn begin(&mut self, command: &str, day: Day) {
        self.operation = Some(Begun { command: command.to_owned(), day, n: None });
    }

    /// Does a change that isn't written down: mending, erasing, undoing.
    pub fn change_unrecorded<T>(&mut self, work: impl FnOnce(&Change<'_>) -> Result<T>) -> Result<T> {
        let begun = self.operation.take();
        let done = self.change(work);
        self.operation = begun.map(|b| Begun { n: None, ..b });
        done
    }

    /// What can be taken back, the last first.
    pub fn operations(&self) -> Result<Vec<Operation>> {
        let ask = || -> rusqlite::Result<Vec<Operation>> {
            let mut found = Vec::new();
            let mut ask = self.conn().prepare_cached("SELECT n, day, command FROM operation ORDER BY n DESC")?;
            for row in ask.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))? {
                let (n, day, command) = row?;
                let mut count =
                    self.conn().prepare_cached("SELECT name || ' ' || what, count(*) FROM journal WHERE op = ?1 GROUP BY 1")?;
                let changed =
                    count.query_map([n], |r| Ok((r.get(0)?, r.get::<_, i64>(1)? as usize)))?.collect::<rusqlite::Result<_>>()?;
                found.push(Operation { n, day, command, changed });
            }
            Ok(found)
        };
        ask().map_err(|e| damaged(&e))
    }

    /// Takes back the last operation. A card that went on since is left alone with a sentence why.
    pub fn undo(&mut self, operation: &Operation, today: Day, by: &str) -> Result<Undone> {
        self.change_unrecorded(|change| {
            change.tx.pragma_update(None, "defer_foreign_keys", true).map_err(|e| damaged(&e))?;
            let newest: Option<i64> =
                change.tx.query_row("SELECT max(n) FROM operation", [], |r| r.get(0)).map_err(|e| damaged(&e))?;
            if newest != Some(operation.n) {
                return Err(Trouble::failed("something else was done meanwhile").hint("look again: `wetink undo --list`"));
            }
            let undone = change.taking_back("undo", || change.take_back(operation.n, today, by))?;
            change.tx.execute("DELETE FROM operation WHERE n = ?1", [operation.n]).map_err(|e| damaged(&e))?;
            Ok(undone)
        })
    }
}

/// One line of the journal.
struct Line {
    what: String,
    table: &'static str,
    keys: &'static [&'static str],
    key: String,
    before: Option<String>,
}

impl Change<'_> {
    fn lines(&self, op: i64) -> rusqlite::Result<Vec<Line>> {
        let mut ask = self.tx.prepare("SELECT what, name, key, before FROM journal WHERE op = ?1 ORDER BY n DESC")?;
        let rows = ask.query_map([op], |r| Ok((r.get(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?)))?;
        let mut lines = Vec::new();
        for row in rows {
            let (what, name, key, before) = row?;
            if let Some((table, keys)) = schema::JOURNALED.iter().find(|(table, _)| *table == name) {
                lines.push(Line { what, table, keys, key, before });
            }
        }
        Ok(lines)
    }

    fn take_back(&self, op: i64, today: Day, by: &str) -> Result<Undone> {
        let mut lines = self.lines(op).map_err(|e| damaged(&e))?;
        let mut undone = Undone { void: self.void_printed(&lines)?, ..Undone::default() };
        if lines.iter().any(|l| l.table == "batch" && l.what == "insert") {
            // The cards went with their batch, now or after a crash; its number stays used.
            lines.retain(|l| !matches!(l.table, "batch" | "card" | "card_event"));
        }
        let number = |key: &str| serde_json::from_str::<serde_json::Value>(key).ok().and_then(|k| k.get("n")?.as_i64());
        let made: Vec<i64> =
            lines.iter().filter(|l| l.table == "card" && l.what == "insert").filter_map(|l| number(&l.key)).collect();
        // While the names are as they were learnt.
        if made.len() <= FEW_CARDS {
            for card in &made {
                self.unlearn(*card)?;
            }
        }
        let made_here: std::collections::BTreeSet<i64> = made.iter().copied().collect();
        for line in &lines {
            if line.table == "card_event" && line.what == "insert" {
                let event = number(&line.key).unwrap_or_default();
                if self.correct(event, &made_here, today, by).map_err(|e| damaged(&e))? {
                    undone.corrected += 1;
                }
                continue;
            }
            self.put_back(line).map_err(|e| match e.sqlite_error_code() {
                Some(rusqlite::ErrorCode::ConstraintViolation) => {
                    Trouble::failed("this can't be taken back any more: something done since depends on it")
                        .hint("nothing was changed; what you want to be different can still be changed by hand")
                }
                _ => damaged(&e),
            })?;
            undone.rows += 1;
        }
        if made.len() > FEW_CARDS {
            let total: i64 = self.tx.query_row("SELECT count(*) FROM card", [], |r| r.get(0)).map_err(|e| damaged(&e))?;
            self.relearn(total as u64, &mut |_, _| {})?;
        }
        Ok(undone)
    }

    /// Voids the batches that were printed by these lines, unless a card of them has left the house.
    fn void_printed(&self, lines: &[Line]) -> Result<Vec<Batch>> {
        let mut void = Vec::new();
        for line in lines.iter().filter(|l| l.table == "batch" && l.what == "insert") {
            let Some(batch) = self.batch_by_key(&line.key).map_err(|e| damaged(&e))?.filter(|b| b.state != "void") else {
                continue;
            };
            let gone: Option<String> = self
                .tx
                .query_row(
                    "SELECT id FROM card WHERE batch = ?1 AND state <> 'printed' ORDER BY number LIMIT 1",
                    [batch.n],
                    |r| r.get(0),
                )
                .optional()
                .map_err(|e| damaged(&e))?;
            if let Some(card) = gone {
                return Err(Trouble::refused(format!("batch {} can't be taken back: the card {card} was posted", batch.id))
                    .hint("nothing was changed; a printed note stays in the ledger once its card is in the post"));
            }
            self.void_batch(batch.n)?;
            void.push(batch);
        }
        Ok(void)
    }

    /// An event that this operation added: with its card if that is new too, else by a dated correction. Whether it was corrected.
    fn correct(&self, event: i64, made: &std::collections::BTreeSet<i64>, today: Day, by: &str) -> rusqlite::Result<bool> {
        let found: Option<(i64, String, String)> = self
            .tx
            .prepare_cached("SELECT card, what, day FROM card_event WHERE n = ?1")?
            .query_row([event], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .optional()?;
        let Some((card, what, day)) = found.filter(|(card, ..)| !made.contains(card)) else { return Ok(false) };
        self.tx
            .prepare_cached("INSERT INTO card_event (card, day, what, by, text) VALUES (?1, ?2, 'corrected', ?3, ?4)")?
            .execute(params![card, today.to_string(), by, format!("not {what} on {day} after all")])?;
        Ok(true)
    }

    fn put_back(&self, line: &Line) -> rusqlite::Result<()> {
        let columns = schema::columns(&self.tx, line.table)?;
        let is = |n: usize| {
            let tests: Vec<String> = line.keys.iter().map(|k| format!("\"{k}\" = json_extract(?{n}, '$.{k}')")).collect();
            tests.join(" AND ")
        };
        let table = line.table;
        let (sql, before) = match (&line.before, line.what.as_str()) {
            (None, _) => {
                self.tx.prepare_cached(&format!("DELETE FROM {table} WHERE {}", is(1)))?.execute([&line.key])?;
                return Ok(());
            }
            (Some(before), "update") => {
                let set: Vec<String> = columns.iter().map(|c| format!("\"{c}\" = json_extract(?2, '$.{c}')")).collect();
                (format!("UPDATE {table} SET {} WHERE {}", set.join(", "), is(1)), before)
            }
            (Some(before), _) => {
                let names: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
                let values: Vec<String> = columns.iter().map(|c| format!("json_extract(?2, '$.{c}')")).collect();
                // The key is bound too, and says nothing new.
                (format!("INSERT INTO {table} ({}) SELECT {} WHERE ?1 IS NOT NULL", names.join(", "), values.join(", ")), before)
            }
        };
        self.tx.prepare_cached(&sql)?.execute([&line.key, before]).map(|_| ())
    }
}
