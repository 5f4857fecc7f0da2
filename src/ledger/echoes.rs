//! The echo index: which earlier notes lie nearest to a new one, among a million, and what of a note is kept for ever.
//!
//! A note is found by keys (pairs of its words). A key's row number is its first bits; the row holds, packed, the rest of each
//! key and the card it is from, oldest first, the newest 64 of every key. Older ones would never be looked at, and a template
//! sent two thousand times stays visible by its newest.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::echo::{self, Earlier, Frequencies, Kept, Read, Traits};
use crate::ledger::cards::NewCard;
use crate::ledger::{Change, Ledger, damaged};
use crate::person::Name;
use crate::trouble::{Result, Trouble};
use crate::words::{AsItIs, FOLDING};

mod forgotten;
mod near;
mod recent;
mod rows;
mod unheard;

pub use forgotten::Forgotten;
pub use near::nearest;
pub use recent::{Recent, SCHEMA as RECENT};
use rows::{REST_BITS, append, put_row, row, split, unpack};

/// The tables. `card` below zero is a note of somebody who was erased, by its row in `erased_note`.
pub const SCHEMA: &str = "
-- No two cards have the same note: the folded note is the key. As typed, and with the recipient's names masked.
CREATE TABLE fingerprint (
  hash INTEGER PRIMARY KEY,
  card INTEGER NOT NULL
) STRICT;
CREATE INDEX fingerprint_erased ON fingerprint (card) WHERE card < 0;
CREATE TABLE echo (
  bucket INTEGER PRIMARY KEY,
  keys   BLOB NOT NULL
) STRICT;
CREATE TABLE term (
  stem  INTEGER PRIMARY KEY,
  notes INTEGER NOT NULL
) STRICT;
CREATE TABLE erased_note (
  n      INTEGER PRIMARY KEY AUTOINCREMENT,
  day    TEXT NOT NULL,
  traces BLOB NOT NULL
) STRICT;
CREATE TABLE echo_state (
  what  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Takes down a card's fingerprint, unless there is the same already: that one stays whose it is, and the table itself refuses anything
/// else. Whether it was new.
fn put_print(conn: &Connection, hash: i64, card: i64) -> rusqlite::Result<bool> {
    let known: bool =
        conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM fingerprint WHERE hash = ?1)")?.query_row([hash], |r| r.get(0))?;
    if !known {
        conn.prepare_cached("INSERT INTO fingerprint (hash, card) VALUES (?1, ?2)")?.execute([hash, card])?;
    }
    Ok(!known)
}

/// So many notes are read together.
const UNREAD: usize = 1024;
/// So many keys wait in memory before they are written: some 40 MB.
const WAITING: usize = 2_000_000;

/// What waits to be written at the end of a change: a row is rewritten once for a thousand cards, not a thousand times.
#[derive(Debug, Default)]
pub struct Pending(RefCell<Waiting>);

#[derive(Debug, Default)]
struct Waiting {
    unread: Vec<Unread>,
    keys: Vec<(u32, i64)>,
    stems: HashMap<i64, i64, BuildHasherDefault<AsItIs>>,
    notes: i64,
}

/// A note on record that the index doesn't know yet.
#[derive(Debug)]
struct Unread {
    card: i64,
    /// The card's id, if its note may be nobody else's.
    printed: Option<String>,
    text: String,
    names: Vec<String>,
}

impl Waiting {
    fn add(&mut self, card: i64, traits: &Traits) {
        self.keys.extend(traits.kept().map(|key| (key, card)));
        for stem in &traits.stems {
            *self.stems.entry(*stem).or_default() += 1;
        }
        self.notes += 1;
    }
}

fn state(conn: &Connection, what: &str) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT value FROM echo_state WHERE what = ?1")?.query_row([what], |r| r.get(0)).optional()
}

/// Writes what waits: few notes as they are, many into their rows; rows and words in order, which is what the disk likes.
fn write(conn: &Connection, waiting: &mut Waiting) -> rusqlite::Result<()> {
    if waiting.notes == 0 && waiting.keys.is_empty() {
        return Ok(());
    }
    if !recent::put(conn, &waiting.keys)? {
        let mut keys = recent::all(conn)?;
        conn.execute("DELETE FROM echo_recent", [])?;
        keys.append(&mut waiting.keys);
        keys.sort_by_key(|(key, _)| key >> REST_BITS);
        for row_keys in keys.chunk_by(|a, b| a.0 >> REST_BITS == b.0 >> REST_BITS) {
            let (bucket, _) = split(row_keys[0].0);
            let new: Vec<(u16, i64)> = row_keys.iter().map(|(key, card)| (split(*key).1, *card)).collect();
            append(conn, bucket, &new)?;
        }
    }
    waiting.keys.clear();
    let mut stems: Vec<(i64, i64)> = waiting.stems.drain().collect();
    stems.sort_unstable();
    let mut count = conn.prepare_cached(
        "INSERT INTO term (stem, notes) VALUES (?1, ?2) ON CONFLICT (stem) DO UPDATE SET notes = max(notes + excluded.notes, 0)",
    )?;
    for (stem, notes) in stems {
        count.execute([stem, notes])?;
    }
    let mut set = conn.prepare_cached(
        "INSERT INTO echo_state (what, value) VALUES (?1, ?2) ON CONFLICT (what) DO UPDATE SET value = value + excluded.value",
    )?;
    set.execute(params!["notes", waiting.notes])?;
    waiting.notes = 0;
    if state(conn, "folding")?.is_none() {
        set.execute(params!["folding", FOLDING])?;
    }
    Ok(())
}

fn text_of(note: &str, ps: &str) -> String {
    if ps.is_empty() { note.to_owned() } else { format!("{note}\n\n{ps}") }
}

const ONE: &str = "SELECT card.id, card.who, card.day, card.note, card.ps,
    person.title, person.given, person.family, person.suffix, person.called, household.salutation
    FROM card LEFT JOIN person ON person.id = card.person LEFT JOIN household ON household.id = card.household";

fn earlier(conn: &Connection, row: &rusqlite::Row<'_>) -> rusqlite::Result<Earlier> {
    let day: String = row.get(2)?;
    let salutation: Option<String> = row.get(10)?;
    let who: String = row.get(1)?;
    let part = |n: usize| row.get::<_, Option<String>>(n).map(Option::unwrap_or_default);
    let mut names = Vec::new();
    let name = if let Some(salutation) = salutation {
        names.push(salutation.clone());
        let mut ask = conn.prepare_cached("SELECT title, given, family, suffix, called FROM person WHERE household = ?1")?;
        let members = ask.query_map([&who], |r| {
            Ok(Name { title: r.get(0)?, given: r.get(1)?, family: r.get(2)?, suffix: r.get(3)?, called: r.get(4)? })
        })?;
        for member in members {
            names.extend(member?.ways());
        }
        salutation
    } else {
        let name = Name { title: part(5)?, given: part(6)?, family: part(7)?, suffix: part(8)?, called: part(9)? };
        names.extend(name.ways());
        name.spoken()
    };
    Ok(Earlier {
        card: row.get(0)?,
        who,
        name,
        names,
        day: day.parse().ok(),
        sheet_line: None,
        note: Kept::Text(text_of(row.get_ref(3)?.as_str()?, row.get_ref(4)?.as_str()?)),
        identical: false,
        read: Read::default(),
    })
}

fn load(conn: &Connection, n: i64) -> rusqlite::Result<Option<Earlier>> {
    if n < 0 {
        let mut ask = conn.prepare_cached("SELECT day, traces FROM erased_note WHERE n = ?1")?;
        return ask
            .query_row([-n], |r| {
                let day: String = r.get(0)?;
                let traces = r.get_ref(1)?.as_blob()?.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
                Ok(Earlier {
                    card: String::new(),
                    who: String::new(),
                    name: "somebody who was erased".into(),
                    names: Vec::new(),
                    day: day.parse().ok(),
                    sheet_line: None,
                    note: Kept::Traces(traces),
                    identical: false,
                    read: Read::default(),
                })
            })
            .optional();
    }
    let mut ask = conn.prepare_cached(&format!("{ONE} WHERE card.n = ?1"))?;
    let mut rows = ask.query([n])?;
    rows.next()?.map(|row| earlier(conn, row)).transpose()
}

impl Change<'_> {
    /// Puts a card into the index, at the latest before the change is kept. A note that is somebody's already is refused then, by the
    /// key of a table, whatever was checked before; only an imported card, which is long gone, may repeat one.
    pub fn learn(&self, card: i64, new: &NewCard<'_>, names: &[String]) -> Result<()> {
        let printed = new.batch.map(|_| new.id.to_owned());
        self.put_by(Unread { card, printed, text: text_of(new.note, new.ps), names: names.to_vec() })
    }

    fn put_by(&self, note: Unread) -> Result<()> {
        let many = {
            let waiting = &mut *self.echoes.0.borrow_mut();
            waiting.unread.push(note);
            waiting.unread.len() >= UNREAD
        };
        if many { self.read_on() } else { Ok(()) }
    }

    /// Reads the notes that were put by, on all processors, and takes down what they are known by.
    fn read_on(&self) -> Result<()> {
        let waiting = &mut *self.echoes.0.borrow_mut();
        let unread = std::mem::take(&mut waiting.unread);
        let traits: Vec<Traits> = unread.par_iter().map(|note| echo::traits(&note.text, &note.names, false)).collect();
        for (note, traits) in unread.iter().zip(&traits) {
            self.put_prints(note, traits)?;
            waiting.add(note.card, traits);
        }
        if waiting.keys.len() > WAITING { write(&self.tx, waiting).map_err(|e| damaged(&e)) } else { Ok(()) }
    }

    fn put_prints(&self, note: &Unread, traits: &Traits) -> Result<()> {
        for hash in &traits.fingerprints {
            let fresh = put_print(&self.tx, *hash, note.card).map_err(|e| damaged(&e))?;
            let Some(id) = note.printed.as_ref().filter(|_| !fresh) else { continue };
            let whose: Option<String> = self
                .tx
                .prepare_cached("SELECT card.id FROM fingerprint JOIN card ON card.n = fingerprint.card WHERE hash = ?1")
                .and_then(|mut ask| ask.query_row([hash], |r| r.get(0)).optional())
                .map_err(|e| damaged(&e))?;
            let whose = whose.unwrap_or_else(|| "of somebody who was erased".into());
            return Err(Trouble::refused(format!("the note of {id} is the one of the card {whose}"))
                .hint("every card needs words of its own; nothing was printed"));
        }
        Ok(())
    }

    /// Writes what [`Change::learn`] has put by: now, or at the latest before the change is kept.
    pub fn write_echoes(&self) -> Result<()> {
        self.read_on()?;
        write(&self.tx, &mut self.echoes.0.borrow_mut()).map_err(|e| damaged(&e))
    }

    /// Takes a card out of the index, while its row is still there: it was never made.
    pub fn unlearn(&self, card: i64) -> Result<()> {
        self.write_echoes()?;
        self.take_out(card, None).map_err(|e| damaged(&e))
    }

    /// Makes the index forget the words of a card whose person is being erased, and keep what a copy of the note is known by:
    /// its fingerprints and ten bits a word, names left out. Called while the card's row is still there; the caller deletes it.
    pub fn forget(&self, card: i64) -> Result<()> {
        self.write_echoes()?;
        let keep = || -> rusqlite::Result<()> {
            let Some(old) = load(&self.tx, card)? else { return Ok(()) };
            let Kept::Text(text) = &old.note else { return Ok(()) };
            let traces: Vec<u8> = echo::traces(text, &old.names).iter().flat_map(|t| t.to_le_bytes()).collect();
            let day = old.day.map(|d| d.to_string()).unwrap_or_default();
            self.tx.execute("INSERT INTO erased_note (day, traces) VALUES (?1, ?2)", params![day, traces])?;
            let erased = -self.tx.last_insert_rowid();
            self.take_out(card, Some(erased))?;
            let kept = echo::traits(text, &old.names, true);
            let waiting = &mut *self.echoes.0.borrow_mut();
            waiting.keys.extend(kept.kept().map(|key| (key, erased)));
            write(&self.tx, waiting)
        };
        self.taking_back("erase", || keep().map_err(|e| damaged(&e)))
    }

    /// Puts a card that is on record already into the index, by its row; a note that is somebody's already stays theirs.
    pub fn learn_row(&self, card: i64) -> Result<()> {
        let Some(Earlier { note: Kept::Text(text), names, .. }) = load(&self.tx, card).map_err(|e| damaged(&e))? else {
            return Ok(());
        };
        self.put_by(Unread { card, printed: None, text, names })
    }

    /// Makes the index anew from the notes on record; `progress` is told how many of `total` are done.
    pub fn relearn(&self, total: u64, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        self.write_echoes()?;
        self.taking_back("index", || rebuild(self, total, progress).map_err(|e| damaged(&e)))
    }

    fn take_out(&self, card: i64, erased: Option<i64>) -> rusqlite::Result<()> {
        let Some(old) = load(&self.tx, card)? else { return Ok(()) };
        let Kept::Text(text) = &old.note else { return Ok(()) };
        let traits = echo::traits(text, &old.names, false);
        // The names may have changed since; what the table has under this card tells.
        for hash in &traits.fingerprints {
            match erased {
                Some(n) => self
                    .tx
                    .prepare_cached("UPDATE fingerprint SET card = ?2 WHERE hash = ?1 AND card = ?3")?
                    .execute(params![hash, n, card])?,
                None => self
                    .tx
                    .prepare_cached("DELETE FROM fingerprint WHERE hash = ?1 AND card = ?2")?
                    .execute(params![hash, card])?,
            };
        }
        let in_rows = !recent::take_out(&self.tx, card)?;
        for key in traits.kept().filter(|_| in_rows) {
            let (bucket, rest) = split(key);
            let mut entries = row(&self.tx, bucket)?;
            let before = entries.len();
            entries.retain(|entry| *entry != (rest, card));
            if entries.len() < before {
                put_row(&self.tx, bucket, &entries)?;
            }
        }
        let waiting = &mut *self.echoes.0.borrow_mut();
        for stem in &traits.stems {
            *waiting.stems.entry(*stem).or_default() -= 1;
        }
        waiting.notes -= 1;
        write(&self.tx, waiting)
    }
}

impl Ledger {
    /// How often words stand in the notes on record.
    pub fn frequencies(&self) -> Result<Frequencies> {
        let ask = || -> rusqlite::Result<Frequencies> {
            let notes = u64::try_from(state(self.conn(), "notes")?.unwrap_or(0)).unwrap_or(0);
            let mut common = self.conn().prepare_cached("SELECT stem, notes FROM term WHERE notes > ?1")?;
            let rows = common.query_map([Frequencies::common_from(notes) as i64], |r| {
                Ok((r.get::<_, i64>(0)? as u64, r.get::<_, i64>(1)? as u64))
            })?;
            let rows: Vec<(u64, u64)> = rows.collect::<rusqlite::Result<_>>()?;
            Ok(Frequencies::new(notes, rows))
        };
        ask().map_err(|e| damaged(&e))
    }

    /// Whether the index was made by another folding rule, or is missing for cards that are there.
    pub fn echoes_are_stale(&self) -> Result<bool> {
        let stale = || -> rusqlite::Result<bool> {
            let any: bool = self.conn().query_row("SELECT EXISTS (SELECT 1 FROM card)", [], |r| r.get(0))?;
            Ok(any && state(self.conn(), "folding")? != Some(i64::from(FOLDING)))
        };
        stale().map_err(|e| damaged(&e))
    }

    /// Makes the index anew from the notes on record, in one transaction; `progress` is told how many of how many are done.
    pub fn rebuild_echoes(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        let total = self.count_cards()?;
        self.change(|change| change.relearn(total, progress))
    }
}

/// Cards folded at a time, all processors at work.
const AT_A_TIME: i64 = 8192;

fn rebuild(change: &Change<'_>, total: u64, progress: &mut dyn FnMut(u64, u64)) -> rusqlite::Result<()> {
    let conn: &Connection = &change.tx;
    let waiting = &mut *change.echoes.0.borrow_mut();
    // What is left of erased notes can't be made anew; it stays.
    let erased = unheard::erased(conn)?;
    let mut stay: Vec<(i64, Vec<(u16, i64)>)> = Vec::new();
    let mut ask = conn.prepare("SELECT bucket, keys FROM echo")?;
    let rows = ask.query_map([], |r| Ok((r.get::<_, i64>(0)?, unpack(r.get_ref(1)?.as_blob()?))))?;
    for found in rows {
        let (bucket, mut entries) = found?;
        entries.retain(|e| erased.contains(&e.1));
        if !entries.is_empty() {
            stay.push((bucket, entries));
        }
    }
    recent::forget(conn)?;
    conn.execute_batch("DELETE FROM echo; DELETE FROM term; DELETE FROM fingerprint WHERE card >= 0; DELETE FROM echo_state;")?;
    for (bucket, entries) in stay {
        put_row(conn, bucket, &entries)?;
    }
    let mut prints: Vec<(i64, i64)> = Vec::new();
    let (mut after, mut done) = (i64::MIN, 0);
    loop {
        let mut ask = conn.prepare_cached("SELECT n FROM card WHERE n > ?1 ORDER BY n LIMIT ?2")?;
        let mut rows = ask.query([after, AT_A_TIME])?;
        let mut notes: Vec<(i64, String, Vec<String>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let n: i64 = row.get(0)?;
            if let Some(Earlier { note: Kept::Text(text), names, .. }) = load(conn, n)? {
                notes.push((n, text, names));
            }
            after = n;
        }
        if notes.is_empty() {
            break;
        }
        let traits: Vec<(i64, Traits)> =
            notes.par_iter().map(|(n, text, names)| (*n, echo::traits(text, names, false))).collect();
        for (n, traits) in &traits {
            waiting.add(*n, traits);
            prints.extend(traits.fingerprints.iter().map(|hash| (*hash, *n)));
        }
        if waiting.keys.len() > WAITING * 4 {
            write(conn, waiting)?;
        }
        done += notes.len() as u64;
        progress(done.min(total), total);
    }
    write(conn, waiting)?;
    prints.sort_unstable();
    for (hash, card) in prints {
        put_print(conn, hash, card)?;
    }
    conn.execute("INSERT OR REPLACE INTO echo_state (what, value) VALUES ('folding', ?1)", [FOLDING]).map(|_| ())
}
