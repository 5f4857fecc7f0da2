//! The seals: a sum over every few rows, written with each change, so that a flipped bit or a row that somebody else changed is
//! told from what was written here.
//!
//! `SQLite` finds a page that makes no sense; it doesn't notice another letter in a note. Rows are sealed in groups (64 row
//! numbers, or one person), and only the groups a change touched are summed again. Seals are no signatures: they show accidents.

use std::collections::BTreeMap;

use rusqlite::types::{ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Row, params};

use crate::ledger::{Change, Ledger, damaged, schema};
use crate::trouble::Result;
use crate::words::hash_pair;

/// The table of seals.
pub const SCHEMA: &str = "
CREATE TABLE seal (
  name  TEXT NOT NULL,
  batch ANY  NOT NULL,
  sum   INTEGER NOT NULL,
  PRIMARY KEY (name, batch)
) STRICT, WITHOUT ROWID;
";

/// Row numbers of one group.
const TOGETHER: i64 = 64;

/// A table, the group a row is in, and how the rows of a group are found.
struct Sealed {
    table: &'static str,
    group: &'static str,
    rows: &'static str,
    /// Only these rows.
    only: &'static str,
}

const BY_NUMBER: (&str, &str) = ("{}.n / 64", "n / 64 = ?1 AND n BETWEEN ?1 * 64 - 63 AND ?1 * 64 + 63");

const fn numbered(table: &'static str) -> Sealed {
    Sealed { table, group: BY_NUMBER.0, rows: BY_NUMBER.1, only: "" }
}

/// What is sealed. The echo's rows aren't: they can be made anew from the notes, and are compared with them.
const SEALED: [Sealed; 14] = [
    Sealed { table: "household", group: "{}.id", rows: "id = ?1", only: "" },
    Sealed { table: "person", group: "{}.id", rows: "id = ?1", only: "" },
    Sealed { table: "origin", group: "{}.person", rows: "person = ?1", only: "" },
    numbered("touch"),
    numbered("batch"),
    numbered("elsewhere"),
    numbered("card"),
    numbered("card_event"),
    Sealed { table: "suppression", group: "{}.mark", rows: "mark = ?1", only: "" },
    numbered("operation"),
    numbered("journal"),
    numbered("erased_note"),
    // The words of these are gone, so nothing else can tell whether they are right.
    Sealed { table: "fingerprint", group: "{}.card", rows: "card = ?1", only: "{}.card < 0" },
    Sealed { table: "echo_recent", group: "{}.card", rows: "card = ?1", only: "{}.card < 0" },
];

/// Notes from now on, for this connection only, which groups are touched. Whoever writes past this program leaves no note, and the
/// seals no longer fit.
pub fn watch(conn: &Connection) -> rusqlite::Result<()> {
    // Temporary tables go when their store is changed, as an import does; so this is asked before every change.
    let there = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM temp.sqlite_master WHERE name = 'touched')")?
        .query_row([], |r| r.get(0))?;
    if there {
        return Ok(());
    }
    conn.execute_batch(
        "CREATE TEMP TABLE touched (name TEXT NOT NULL, batch ANY NOT NULL, PRIMARY KEY (name, batch)) STRICT, WITHOUT ROWID;",
    )?;
    for Sealed { table, group, only, .. } in SEALED {
        for (what, row) in [("INSERT", "new"), ("UPDATE", "old"), ("UPDATE", "new"), ("DELETE", "old")] {
            let group = group.replace("{}", row);
            let only = if only.is_empty() { String::new() } else { format!("{} AND ", only.replace("{}", row)) };
            // Asked before the insertion: one that looks at its own table makes a table of its own for that, every time. And not OR
            // IGNORE: a statement that sets a trigger off imposes its own way with conflicts.
            conn.execute_batch(&format!(
                "CREATE TEMP TRIGGER touched_{table}_{what}_{row} AFTER {what} ON main.{table}
                 WHEN {only}NOT EXISTS (SELECT 1 FROM touched WHERE name = '{table}' AND batch = {group})
                 BEGIN INSERT INTO touched (name, batch) VALUES ('{table}', {group}); END;"
            ))?;
        }
    }
    Ok(())
}

/// One stored value into the sum of its row.
fn value(sum: u64, value: ValueRef<'_>) -> u64 {
    let bytes = |sum: u64, kind: u64, bytes: &[u8]| {
        let mut sum = hash_pair(sum, kind ^ (bytes.len() as u64) << 3);
        for part in bytes.chunks(8) {
            let mut eight = [0; 8];
            eight[..part.len()].copy_from_slice(part);
            sum = hash_pair(sum, u64::from_le_bytes(eight));
        }
        sum
    };
    match value {
        ValueRef::Null => hash_pair(sum, 1),
        ValueRef::Integer(n) => hash_pair(hash_pair(sum, 2), n as u64),
        ValueRef::Real(n) => hash_pair(hash_pair(sum, 3), n.to_bits()),
        ValueRef::Text(text) => bytes(sum, 4, text),
        ValueRef::Blob(blob) => bytes(sum, 5, blob),
    }
}

/// The sum of a row's columns from `first` on.
fn row(row: &Row<'_>, first: usize, columns: usize) -> rusqlite::Result<u64> {
    (first..first + columns).try_fold(0x77_65_74_69_6e_6b, |sum, at| Ok(value(sum, row.get_ref(at)?)))
}

/// Seals the groups that were touched since the last time; the last thing before a change is kept.
pub fn put(conn: &Connection) -> rusqlite::Result<()> {
    for Sealed { table, rows, only, .. } in SEALED {
        let mut ask = conn.prepare_cached("SELECT batch FROM touched WHERE name = ?1")?;
        let touched: Vec<Value> = ask.query_map([table], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        if touched.is_empty() {
            continue;
        }
        let columns = schema::columns(conn, table)?;
        let and = if only.is_empty() { String::new() } else { format!(" AND {}", only.replace("{}", table)) };
        let mut read = conn.prepare_cached(&format!("SELECT {} FROM {table} WHERE {rows}{and}", quoted(&columns)))?;
        let mut keep = conn.prepare_cached("INSERT OR REPLACE INTO seal (name, batch, sum) VALUES (?1, ?2, ?3)")?;
        let mut drop = conn.prepare_cached("DELETE FROM seal WHERE name = ?1 AND batch = ?2")?;
        for group in touched {
            let (mut sum, mut any) = (0_u64, false);
            let mut found = read.query([&group])?;
            while let Some(found) = found.next()? {
                sum = sum.wrapping_add(row(found, 0, columns.len())?);
                any = true;
            }
            if any {
                keep.execute(params![table, group, sum as i64])?;
            } else {
                drop.execute(params![table, group])?;
            }
        }
    }
    conn.execute_batch("DELETE FROM touched")
}

fn quoted(columns: &[String]) -> String {
    columns.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ")
}

/// What a group is sorted by while it is counted: a number or a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Number(i64),
    Text(String),
}

impl Group {
    fn of(value: ValueRef<'_>) -> Group {
        match value {
            ValueRef::Integer(n) => Group::Number(n),
            other => Group::Text(other.as_bytes().map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default()),
        }
    }
}

impl ToSql for Group {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Group::Number(n) => n.to_sql(),
            Group::Text(text) => text.to_sql(),
        }
    }
}

/// The sums of a whole table as they are now.
fn sums(conn: &Connection, sealed: &Sealed) -> rusqlite::Result<BTreeMap<Group, i64>> {
    let Sealed { table, group, only, .. } = sealed;
    let columns = schema::columns(conn, table)?;
    let when = if only.is_empty() { String::new() } else { format!(" WHERE {}", only.replace("{}", table)) };
    // NOT INDEXED: what counts is the table itself.
    let mut ask =
        conn.prepare(&format!("SELECT {}, {} FROM {table} NOT INDEXED{when}", group.replace("{}", table), quoted(&columns)))?;
    let mut found: BTreeMap<Group, i64> = BTreeMap::new();
    let mut rows = ask.query([])?;
    while let Some(read) = rows.next()? {
        let sum = found.entry(Group::of(read.get_ref(0)?)).or_default();
        *sum = (*sum as u64).wrapping_add(row(read, 1, columns.len())?) as i64;
    }
    Ok(found)
}

/// Seals everything as it stands.
pub fn all(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch("DELETE FROM seal")?;
    let mut keep = conn.prepare("INSERT INTO seal (name, batch, sum) VALUES (?1, ?2, ?3)")?;
    for sealed in &SEALED {
        for (group, sum) in sums(conn, sealed)? {
            keep.execute(params![sealed.table, group, sum])?;
        }
    }
    Ok(())
}

impl Ledger {
    /// The groups of rows that aren't as this program wrote them, in sentences.
    pub(super) fn unsealed(&self) -> rusqlite::Result<Vec<String>> {
        let mut found = Vec::new();
        for sealed in &SEALED {
            let now = sums(self.conn(), sealed)?;
            let mut ask = self.conn().prepare_cached("SELECT batch, sum FROM seal WHERE name = ?1")?;
            let then: BTreeMap<Group, i64> =
                ask.query_map([sealed.table], |r| Ok((Group::of(r.get_ref(0)?), r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            let mut wrong: Vec<&Group> = now.keys().filter(|group| now.get(*group) != then.get(*group)).collect();
            wrong.extend(then.keys().filter(|group| !now.contains_key(*group)));
            if wrong.is_empty() {
                continue;
            }
            let thing = match sealed.table {
                "touch" => "what happened",
                "card" => "the cards",
                "card_event" => "what became of cards",
                "batch" | "elsewhere" => "the batches",
                "person" => "the people",
                "household" => "the households",
                "origin" => "the numbers in other programs",
                "suppression" => "the marks of people erased",
                "erased_note" | "fingerprint" | "echo_recent" => "what is kept of erased notes",
                _ => "what `undo` needs",
            };
            let which: Vec<String> = wrong
                .iter()
                .take(3)
                .map(|group| match group {
                    Group::Number(n) if *n >= 0 => format!("rows {} to {}", n * TOGETHER, n * TOGETHER + TOGETHER - 1),
                    Group::Number(n) => format!("note {}", -n),
                    Group::Text(id) => id.clone(),
                })
                .collect();
            let more = if wrong.len() > which.len() { format!(" and {} more", wrong.len() - which.len()) } else { String::new() };
            found.push(format!("{thing} in ledger.db are not as wetink wrote them ({}{more})", which.join(", ")));
        }
        Ok(found)
    }

    /// Takes every row as it is, because the owner says so.
    pub fn accept(&mut self) -> Result<()> {
        self.change_unrecorded(|change| all(&change.tx).map_err(|e| damaged(&e)))
    }
}

impl Change<'_> {
    /// Seals what this change touched.
    pub(super) fn seal(&self) -> Result<()> {
        put(&self.tx).map_err(|e| damaged(&e))
    }
}
