//! The whole ledger as lines of JSON, out and in: to keep, to read, to carry to another machine.
//!
//! The first line says which schema; then one object a line, always in the same order, so that an export of an import is the same
//! file to the byte. Coming in, nothing overwrites: what is blank here is filled, what differs is told and ours stays. Columns are
//! read from the tables themselves, so that a new one is in it by itself.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value, json};

use crate::ledger::intake::Said;
use crate::ledger::{Change, Ledger, damaged, schema};
use crate::trouble::{Result, Trouble};

mod door;

use door::Door;

/// What coming in did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Exchanged {
    /// New rows by table.
    pub added: BTreeMap<String, usize>,
    /// Rows here in which a blank was filled.
    pub filled: usize,
    /// Rows that were here already, the same.
    pub known: usize,
    /// Where the two differ; ours stayed.
    pub differ: Vec<Said>,
    /// Lines that were not taken.
    pub problems: Vec<Said>,
}

/// Tables in the order of their lines; by what rows are sorted; columns that are row numbers and mean nothing elsewhere.
const TABLES: [(&str, &str, &[&str]); 6] = [
    ("household", "id", &[]),
    ("person", "id", &[]),
    ("origin", "source, key", &[]),
    ("batch", "id", &["n"]),
    ("card", "day, id", &["n"]),
    ("touch", "coalesce(was, person), day, n", &["n"]),
];

/// The lines as they are now. What the ledger makes of them inside may change without them.
pub(super) const FORMAT: i32 = 2;

/// Columns that hold JSON themselves; they stand in the line as they are.
const NESTED: [&str; 3] = ["address", "made", "filled"];

fn value(row: &Row<'_>, at: usize, nested: bool) -> rusqlite::Result<Value> {
    Ok(match row.get::<_, Sql>(at)? {
        Sql::Null => Value::Null,
        Sql::Integer(n) => json!(n),
        Sql::Real(n) => json!(n),
        Sql::Blob(bytes) => json!(bytes),
        Sql::Text(text) => match serde_json::from_str::<Value>(&text) {
            // Only what comes back to the byte.
            Ok(inner) if nested && inner.is_object() && inner.to_string().as_str() == text.as_str() => inner,
            _ => Value::String(text),
        },
    })
}

/// The rows of a table as objects, without what is null; all, or those for which `only` holds, where `?1` is a list of ids.
fn objects(
    conn: &Connection,
    (table, order, numbers): (&str, &str, &[&str]),
    only: Option<(&str, &str)>,
    each: &mut dyn FnMut(i64, Map<String, Value>) -> Result<()>,
) -> Result<()> {
    let columns = schema::columns(conn, table).map_err(|e| damaged(&e))?;
    let shown: Vec<&String> = columns.iter().filter(|c| !numbers.contains(&c.as_str())).collect();
    let names: Vec<String> = shown
        .iter()
        .map(|c| match c.as_str() {
            "batch" if table == "card" => "(SELECT id FROM batch WHERE batch.n = card.batch)".into(),
            column => format!("\"{column}\""),
        })
        .collect();
    let number = if numbers.contains(&"n") { "n" } else { "0" };
    let (condition, ids) = only.unwrap_or(("?1 = ''", ""));
    let mut ask = conn
        .prepare(&format!("SELECT {number}, {} FROM {table} WHERE {condition} ORDER BY {order}", names.join(", ")))
        .map_err(|e| damaged(&e))?;
    let mut rows = ask.query([ids]).map_err(|e| damaged(&e))?;
    while let Some(row) = rows.next().map_err(|e| damaged(&e))? {
        let read = || -> rusqlite::Result<(i64, Map<String, Value>)> {
            let mut object = Map::new();
            for (at, column) in shown.iter().enumerate() {
                match value(row, at + 1, NESTED.contains(&column.as_str()))? {
                    Value::Null => {}
                    value => {
                        object.insert((*column).clone(), value);
                    }
                }
            }
            Ok((row.get(0)?, object))
        };
        let (n, object) = read().map_err(|e| damaged(&e))?;
        each(n, object)?;
    }
    Ok(())
}

impl Ledger {
    /// Writes everything as lines of JSON; how many lines.
    pub fn export(&self, out: &mut dyn Write) -> Result<usize> {
        let wrong = |e: &std::io::Error| Trouble::failed(format!("the export can't be written: {e}")).hint("is the disk full?");
        let mut lines = 0;
        let mut put = |kind: &str, body: Value| {
            lines += 1;
            writeln!(out, "{}", json!({ kind: body })).map_err(|e| wrong(&e))
        };
        put("wetink", json!({ "ledger": FORMAT }))?;
        // One moment of the ledger, whoever writes meanwhile.
        let moment = self.conn().unchecked_transaction().map_err(|e| damaged(&e))?;
        let mut ask = moment.prepare("SELECT mark, salt, day FROM suppression ORDER BY mark").map_err(|e| damaged(&e))?;
        let marks = ask
            .query_map([], |r| {
                Ok(json!({ "mark": r.get::<_, String>(0)?, "salt": r.get::<_, String>(1)?, "day": r.get::<_, String>(2)? }))
            })
            .map_err(|e| damaged(&e))?;
        for mark in marks {
            put("suppression", mark.map_err(|e| damaged(&e))?)?;
        }
        for forgotten in self.forgotten()? {
            put("forgotten", serde_json::to_value(&forgotten).unwrap_or_default())?;
        }
        for table in TABLES {
            objects(&moment, table, None, &mut |n, mut object| {
                if table.0 == "card" {
                    let events = self.events_of(n)?;
                    object.insert("events".into(), serde_json::to_value(&events).unwrap_or_default());
                }
                put(table.0, Value::Object(object))
            })?;
        }
        Ok(lines)
    }

    /// Everything that is stored about these people: every column of every row, by table.
    pub fn everything_about(&self, ids: &[String]) -> Result<Map<String, Value>> {
        let list = json!(ids).to_string();
        let mut all = Map::new();
        for table in TABLES {
            let condition = match table.0 {
                "person" => "id IN (SELECT value FROM json_each(?1))",
                "household" => "id IN (SELECT household FROM person WHERE id IN (SELECT value FROM json_each(?1)))",
                "batch" => "n IN (SELECT batch FROM card WHERE person IN (SELECT value FROM json_each(?1)))",
                "card" => {
                    "person IN (SELECT value FROM json_each(?1)) OR household IN
                       (SELECT household FROM person WHERE id IN (SELECT value FROM json_each(?1)))"
                }
                _ => "person IN (SELECT value FROM json_each(?1))",
            };
            let mut rows = Vec::new();
            objects(self.conn(), table, Some((condition, &list)), &mut |n, mut object| {
                if table.0 == "card" {
                    object.insert("events".into(), serde_json::to_value(self.events_of(n)?).unwrap_or_default());
                }
                rows.push(Value::Object(object));
                Ok(())
            })?;
            all.insert(table.0.to_owned(), Value::Array(rows));
        }
        Ok(all)
    }

    /// Takes in the lines of another ledger's export, in one change; with `dry` it is all taken back again.
    pub fn import(&mut self, file: &mut dyn BufRead, dry: bool) -> Result<Exchanged> {
        let suppressed = self.suppressed()?;
        let work = |change: &Change<'_>| {
            change.tx.pragma_update(None, "defer_foreign_keys", true).map_err(|e| damaged(&e))?;
            change.taking_back("move", || {
                let mut door = Door::new(change, suppressed);
                door.read(file)?;
                Ok(door.report)
            })
        };
        if dry { self.rehearse(work) } else { self.change(work) }
    }
}
