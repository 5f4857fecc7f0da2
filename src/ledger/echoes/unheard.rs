//! Does the echo know every note? Each card's words are read again and looked for in the index.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasherDefault;

use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension as _};

use super::rows::{InOrder, unpack};
use super::{AT_A_TIME, Recent, load, recent, state};
use crate::echo::{self, Earlier, Kept, NEWEST, Traits};
use crate::ledger::Ledger;
use crate::words::AsItIs;

/// Fewer notes that lack a key each are no sign of damage.
const MANY: usize = 50;

impl Ledger {
    /// What the index lacks, in sentences. Names may have changed since a note was learnt, and with them some of its keys; so its
    /// words as typed must be known, and half of its keys. `go_on` is told how many notes were looked
    /// for of how many, and may end it: then nothing was found.
    pub(crate) fn unheard(&self, go_on: &mut dyn FnMut(u64, u64) -> bool) -> rusqlite::Result<Vec<String>> {
        let conn = self.conn();
        let newest = Recent::read(conn)?;
        let total: i64 = conn.query_row("SELECT count(*) FROM card", [], |r| r.get(0))?;
        let (mut without_print, mut without_keys, mut notes) = (0, 0, 0_i64);
        let (mut without_some, mut keys, mut keys_there) = (0, 0, 0);
        let mut stems: HashMap<i64, i64, BuildHasherDefault<AsItIs>> = HashMap::default();
        let mut after = i64::MIN;
        loop {
            let found = some_after(conn, after)?;
            let Some(last) = found.last() else { break };
            after = last.0;
            notes += found.len() as i64;
            let traits = traits_of(&found);
            for traits in &traits {
                if let Some(print) = traits.fingerprints.first() {
                    let known = conn
                        .prepare_cached("SELECT card FROM fingerprint WHERE hash = ?1")?
                        .query_row([print], |r| r.get::<_, i64>(0))
                        .optional()?;
                    without_print += usize::from(known.is_none());
                }
                traits.stems.iter().for_each(|stem| *stems.entry(*stem).or_default() += 1);
            }
            let heard = heard(conn, &newest, &found, &traits)?;
            for (there, traits) in heard.into_iter().zip(&traits) {
                let all = traits.keys.len();
                without_keys += usize::from(there * 2 < all);
                without_some += usize::from(there < all && there * 2 >= all);
                (keys, keys_there) = (keys + all, keys_there + there);
            }
            if !go_on(notes as u64, total as u64) {
                return Ok(Vec::new());
            }
        }
        let mut found = Vec::new();
        if without_print > 0 {
            found.push(format!(
                "ledger.db has lost the fingerprints of {without_print} of {notes} notes: a copy of them would not be refused"
            ));
        }
        if without_keys > 0 {
            found.push(format!(
                "ledger.db has lost what {without_keys} of {notes} notes are found again by: an echo of them could be overlooked"
            ));
        }
        // A few keys of a few notes go with a name that was changed; not some of nearly every note.
        if without_some >= MANY && without_some * 4 > notes as usize && (keys - keys_there) * 33 > keys {
            found.push(format!(
                "ledger.db has lost some of what {without_some} of {notes} notes are found again by: an echo of them could be overlooked"
            ));
        }
        let nobodys: i64 = conn.query_row(
            "SELECT count(*) FROM fingerprint WHERE card >= 0 AND NOT EXISTS (SELECT 1 FROM card WHERE n = fingerprint.card)",
            [],
            |r| r.get(0),
        )?;
        if nobodys > 0 {
            found.push(format!(
                "ledger.db has fingerprints of notes that aren't there ({nobodys}): a new note could be refused for nothing"
            ));
        }
        let strange = recent::of_no_note(conn)? + keys_of_no_note(conn)?;
        if strange > 0 {
            found.push(format!("ledger.db has {strange} rows in its index of notes that aren't there"));
        }
        let counted = state(conn, "notes")?.unwrap_or(0);
        if counted != notes && found.is_empty() {
            found.push(format!(
                "ledger.db has counted {counted} notes and holds {notes}: how common a word is would be misjudged"
            ));
        }
        let miscounted = miscounted(conn, &stems)?;
        if miscounted > 0 && found.is_empty() {
            found.push(format!("ledger.db has miscounted {miscounted} words: how common they are would be misjudged"));
        }
        let lost: i64 = conn.query_row(
            "SELECT count(*) FROM erased_note WHERE length(traces) > 0 AND NOT EXISTS (SELECT 1 FROM fingerprint WHERE card = -erased_note.n)",
            [],
            |r| r.get(0),
        )?;
        if lost > 0 {
            found.push(format!("ledger.db has lost the fingerprints of {lost} notes of people who were erased"));
        }
        Ok(found)
    }
}

/// How many of the keys of each note the index has, looked up in the order of its rows.
fn heard(conn: &Connection, newest: &Recent, notes: &[Note], traits: &[Traits]) -> rusqlite::Result<Vec<usize>> {
    let of_note = |(note, traits): (usize, &Traits)| traits.keys.iter().map(|(key, _)| (*key, note)).collect::<Vec<_>>();
    let mut keys: Vec<(u32, usize)> = traits.iter().enumerate().flat_map(of_note).collect();
    keys.sort_unstable();
    let (mut rows, mut cards) = (InOrder::new(conn), Vec::new());
    let mut there = vec![0; notes.len()];
    for of_key in keys.chunk_by(|a, b| a.0 == b.0) {
        cards.clear();
        rows.cards_with(of_key[0].0, &mut cards)?;
        newest.add(of_key[0].0, &mut cards);
        // Of a key that many notes have, the oldest are let go.
        let known = |note: usize| cards.len() >= NEWEST || cards.contains(&notes[note].0);
        of_key.iter().for_each(|(_, note)| there[*note] += usize::from(known(*note)));
    }
    Ok(there)
}

/// How many words stand in other numbers of notes than the table says.
fn miscounted(conn: &Connection, stems: &HashMap<i64, i64, BuildHasherDefault<AsItIs>>) -> rusqlite::Result<usize> {
    let mut ask = conn.prepare_cached("SELECT stem, notes FROM term WHERE notes <> 0")?;
    let mut rows = ask.query([])?;
    let (mut right, mut wrong) = (0, 0);
    while let Some(row) = rows.next()? {
        let same = stems.get(&row.get(0)?) == Some(&row.get(1)?);
        *(if same { &mut right } else { &mut wrong }) += 1;
    }
    // A word that is counted wrong is missing among the right ones, too, if it is in any note.
    Ok(wrong.max(stems.len() - right))
}

/// How many rows of the index have keys of notes that aren't there, and so have less room for those that are.
fn keys_of_no_note(conn: &Connection) -> rusqlite::Result<i64> {
    let cards = numbers(conn, "SELECT n FROM card")?;
    let erased = erased(conn)?;
    let mut strange = 0;
    let mut ask = conn.prepare_cached("SELECT keys FROM echo")?;
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        let known = |card: i64| if card < 0 { erased.contains(&card) } else { cards.contains(&card) };
        strange += i64::from(unpack(row.get_ref(0)?.as_blob()?).iter().any(|(_, card)| !known(*card)));
    }
    Ok(strange)
}

/// What is left of erased notes, by the numbers the index has for it.
pub(super) fn erased(conn: &Connection) -> rusqlite::Result<HashSet<i64>> {
    numbers(conn, "SELECT -n FROM erased_note")
}

fn numbers(conn: &Connection, query: &str) -> rusqlite::Result<HashSet<i64>> {
    conn.prepare_cached(query)?.query_map([], |r| r.get(0))?.collect()
}

type Note = (i64, String, Vec<String>);

fn some_after(conn: &Connection, after: i64) -> rusqlite::Result<Vec<Note>> {
    let mut ask = conn.prepare_cached("SELECT n FROM card WHERE n > ?1 ORDER BY n LIMIT ?2")?;
    let numbers: Vec<i64> = ask.query_map([after, AT_A_TIME], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut notes = Vec::with_capacity(numbers.len());
    for n in numbers {
        if let Some(Earlier { note: Kept::Text(text), names, .. }) = load(conn, n)? {
            notes.push((n, text, names));
        }
    }
    Ok(notes)
}

fn traits_of(notes: &[Note]) -> Vec<Traits> {
    notes.par_iter().map(|(_, text, names)| echo::traits(text, names, false)).collect()
}
