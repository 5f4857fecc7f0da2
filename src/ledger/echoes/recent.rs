//! The newest notes of the echo index. What a note is found by is spread over a hundred rows, and a month's cards would rewrite most of
//! the file; so the newest notes have a row each, and go to the others when they have become many.

use rusqlite::{Connection, params};

use crate::echo::NEWEST;

/// The table.
pub const SCHEMA: &str = "
CREATE TABLE echo_recent (
  card INTEGER PRIMARY KEY,
  keys BLOB NOT NULL
) STRICT;
";

/// So many notes are recent at the most: a year of a shop, or one large batch.
const MOST: usize = 1024;

/// The keys of the recent notes in order, each with its card.
#[derive(Debug, Default)]
pub struct Recent {
    keys: Vec<(u32, i64)>,
    /// How many notes there are, and the first and the last: others, and it must be read anew.
    pub(super) stamp: Stamp,
}

/// What tells one state of the table from another.
pub(super) type Stamp = (i64, Option<i64>, Option<i64>);

pub(super) fn stamp(conn: &Connection) -> rusqlite::Result<Stamp> {
    let mut ask = conn.prepare_cached("SELECT count(*), min(card), max(card) FROM echo_recent")?;
    ask.query_row([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
}

/// A row that is of a note: of a card, or of what is left of an erased one. Others, whoever put them there, hide nothing.
const OF_A_NOTE: &str = "(EXISTS (SELECT 1 FROM card WHERE card.n = echo_recent.card) OR EXISTS (SELECT 1 FROM erased_note WHERE n = -echo_recent.card))";

/// How many rows are of no note.
pub(super) fn of_no_note(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row(&format!("SELECT count(*) FROM echo_recent WHERE NOT {OF_A_NOTE}"), [], |r| r.get(0))
}

/// Leaves what is kept of erased notes: all else can be made anew.
pub(super) fn forget(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute(&format!("DELETE FROM echo_recent WHERE card >= 0 OR NOT {OF_A_NOTE}"), []).map(|_| ())
}

/// All keys of recent notes, the notes in the order of their numbers.
pub(super) fn all(conn: &Connection) -> rusqlite::Result<Vec<(u32, i64)>> {
    let mut found = Vec::new();
    let mut ask = conn.prepare_cached(&format!("SELECT card, keys FROM echo_recent WHERE {OF_A_NOTE} ORDER BY card"))?;
    let mut rows = ask.query([])?;
    while let Some(row) = rows.next()? {
        let card = row.get(0)?;
        let keys = row.get_ref(1)?.as_blob()?.as_chunks::<4>().0;
        found.extend(keys.iter().map(|key| (u32::from_le_bytes(*key), card)));
    }
    Ok(found)
}

impl Recent {
    pub(super) fn read(conn: &Connection) -> rusqlite::Result<Recent> {
        let mut keys = all(conn)?;
        keys.sort_unstable();
        Ok(Recent { keys, stamp: stamp(conn)? })
    }

    /// Adds the recent notes with a key to a list of those with it, of which the newest stay.
    pub(super) fn add(&self, key: u32, cards: &mut Vec<i64>) {
        let from = self.keys.partition_point(|entry| entry.0 < key);
        cards.extend(self.keys[from..].iter().take_while(|entry| entry.0 == key).map(|entry| entry.1));
        cards.drain(..cards.len().saturating_sub(NEWEST));
    }
}

/// Puts the keys of some notes by, if there is room for so many; the keys of a note stand together.
pub(super) fn put(conn: &Connection, keys: &[(u32, i64)]) -> rusqlite::Result<bool> {
    let notes = || keys.chunk_by(|a, b| a.1 == b.1);
    if stamp(conn)?.0 as usize + notes().count() > MOST {
        return Ok(false);
    }
    let mut put = conn.prepare_cached(
        "INSERT INTO echo_recent (card, keys) VALUES (?1, ?2) ON CONFLICT (card) DO UPDATE SET keys = keys || excluded.keys",
    )?;
    for note in notes() {
        let packed: Vec<u8> = note.iter().flat_map(|(key, _)| key.to_le_bytes()).collect();
        put.execute(params![note[0].1, packed])?;
    }
    Ok(true)
}

/// Takes a note out; whether it was recent.
pub(super) fn take_out(conn: &Connection, card: i64) -> rusqlite::Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM echo_recent WHERE card = ?1")?.execute([card])? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_notes_are_found_behind_the_others_and_there_are_never_many() {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(SCHEMA).unwrap();
        conn.execute_batch("CREATE TABLE card (n INTEGER PRIMARY KEY); CREATE TABLE erased_note (n INTEGER PRIMARY KEY)")
            .unwrap();
        conn.execute_batch(
            "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 1024) INSERT INTO card SELECT x FROM c",
        )
        .unwrap();
        for card in 1..=MOST as i64 {
            assert!(put(&conn, &[(7, card), (card as u32 + 100, card)]).unwrap());
        }
        assert!(!put(&conn, &[(7, 5000)]).unwrap(), "no room");
        assert!(put(&conn, &[]).unwrap());
        let recent = Recent::read(&conn).unwrap();
        let mut cards = vec![-3, -2];
        recent.add(7, &mut cards);
        assert_eq!(cards, (MOST as i64 - NEWEST as i64 + 1..=MOST as i64).collect::<Vec<_>>());
        let mut cards = vec![-3, -2];
        recent.add(105, &mut cards);
        assert_eq!(cards, [-3, -2, 5]);
        assert!(take_out(&conn, 5).unwrap() && !take_out(&conn, 5).unwrap());
        // Rows of cards that aren't there crowd nobody out.
        conn.execute("INSERT INTO echo_recent SELECT card + 1000000, keys FROM echo_recent", []).unwrap();
        assert_eq!(of_no_note(&conn).unwrap(), MOST as i64 - 1);
        let mut cards = Vec::new();
        Recent::read(&conn).unwrap().add(7, &mut cards);
        assert_eq!(cards.last(), Some(&(MOST as i64)));
        assert_ne!(stamp(&conn).unwrap(), recent.stamp);
        let mut cards = Vec::new();
        Recent::read(&conn).unwrap().add(105, &mut cards);
        assert!(cards.is_empty());
    }
}
