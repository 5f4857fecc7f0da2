//! What stays of a note when its person is erased, carried from one ledger to another.

use std::collections::BTreeMap;

use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::{REST_BITS, load, put_print, recent, unpack};
use crate::echo::{Earlier, Kept};
use crate::ledger::{Change, Ledger, damaged};
use crate::trouble::Result;

/// What is kept of a note whose person was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// The day the card was for.
    pub day: String,
    /// Ten bits a word.
    pub traces: Vec<u16>,
    /// What the very same note is known by.
    pub fingerprints: Vec<i64>,
    /// What a similar note is found by.
    pub keys: Vec<u32>,
}

impl Ledger {
    /// All that is kept of erased notes, in an order that doesn't depend on this file.
    pub fn forgotten(&self) -> Result<Vec<Forgotten>> {
        let ask = || -> rusqlite::Result<Vec<Forgotten>> {
            let conn = self.conn();
            let mut found: BTreeMap<i64, Forgotten> = BTreeMap::new();
            let mut ask = conn.prepare_cached("SELECT n, day FROM erased_note")?;
            for row in ask.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get(1)?)))? {
                let (n, day) = row?;
                let Some(Earlier { note: Kept::Traces(traces), .. }) = load(conn, -n)? else { continue };
                found.insert(-n, Forgotten { day, traces, fingerprints: Vec::new(), keys: Vec::new() });
            }
            if found.is_empty() {
                return Ok(Vec::new());
            }
            let mut ask = conn.prepare_cached("SELECT card, hash FROM fingerprint WHERE card < 0 ORDER BY hash")?;
            for row in ask.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get(1)?)))? {
                let (n, hash) = row?;
                if let Some(forgotten) = found.get_mut(&n) {
                    forgotten.fingerprints.push(hash);
                }
            }
            let mut ask = conn.prepare_cached("SELECT bucket, keys FROM echo ORDER BY bucket")?;
            for row in ask.query_map([], |r| Ok((r.get::<_, i64>(0)?, unpack(r.get_ref(1)?.as_blob()?))))? {
                let (bucket, entries) = row?;
                for (rest, n) in entries.into_iter().filter(|e| e.1 < 0) {
                    if let Some(forgotten) = found.get_mut(&n) {
                        forgotten.keys.push((bucket as u32) << REST_BITS | u32::from(rest));
                    }
                }
            }
            for (key, n) in recent::all(conn)?.into_iter().filter(|e| e.1 < 0) {
                if let Some(forgotten) = found.get_mut(&n) {
                    forgotten.keys.push(key);
                }
            }
            let mut all: Vec<Forgotten> = found.into_values().collect();
            for forgotten in &mut all {
                forgotten.keys.sort_unstable();
            }
            all.sort_by(|a, b| (&a.day, &a.traces, &a.fingerprints).cmp(&(&b.day, &b.traces, &b.fingerprints)));
            Ok(all)
        };
        ask().map_err(|e| damaged(&e))
    }
}

impl Change<'_> {
    /// Puts what another ledger kept of an erased note into this one; whether it was new.
    pub fn add_forgotten(&self, forgotten: &Forgotten) -> Result<bool> {
        let put = || -> rusqlite::Result<bool> {
            let bytes: Vec<u8> = forgotten.traces.iter().flat_map(|t| t.to_le_bytes()).collect();
            let known: bool = self.tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM erased_note WHERE day = ?1 AND traces = ?2)",
                params![forgotten.day, bytes],
                |r| r.get(0),
            )?;
            if known {
                return Ok(false);
            }
            self.tx.execute("INSERT INTO erased_note (day, traces) VALUES (?1, ?2)", params![forgotten.day, bytes])?;
            let erased = -self.tx.last_insert_rowid();
            for hash in &forgotten.fingerprints {
                put_print(&self.tx, *hash, erased)?;
            }
            self.echoes.0.borrow_mut().keys.extend(forgotten.keys.iter().map(|key| (*key, erased)));
            Ok(true)
        };
        put().map_err(|e| damaged(&e))
    }
}
