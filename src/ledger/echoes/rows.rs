//! The rows of the echo index: a key's first bits number the row, and the row holds the rest of each key with the card it is from,
//! packed, oldest first, the newest of every key.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::echo::NEWEST;

/// Bits of a key that are left for inside the row; the others number it.
pub(super) const REST_BITS: u32 = 16;

/// The row of a key, and what of the key stands inside it.
pub(super) fn split(key: u32) -> (i64, u16) {
    (i64::from(key >> REST_BITS), (key & ((1 << REST_BITS) - 1)) as u16)
}

/// The entries of a row, one after the other: rest of the key, card. A damaged row ends where it can't be read on.
struct Entries<'r> {
    bytes: &'r [u8],
    card: i64,
}

impl<'r> Entries<'r> {
    fn of(bytes: &'r [u8]) -> Entries<'r> {
        Entries { bytes, card: 0 }
    }
}

impl Iterator for Entries<'_> {
    type Item = (u16, i64);

    fn next(&mut self) -> Option<(u16, i64)> {
        let [low, high, first, rest @ ..] = self.bytes else { return None };
        let (mut step, mut shift, mut last) = (u64::from(first & 0x7f), 7, *first);
        let mut left = rest;
        while last & 0x80 != 0 && shift <= 56 {
            let Some((byte, rest)) = left.split_first() else { break };
            step |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            (last, left) = (*byte, rest);
        }
        self.bytes = left;
        self.card = self.card.wrapping_add((step >> 1) as i64 ^ -((step & 1) as i64));
        Some((u16::from_le_bytes([*low, *high]), self.card))
    }
}

/// The entries of a row.
pub(super) fn unpack(bytes: &[u8]) -> Vec<(u16, i64)> {
    Entries::of(bytes).collect()
}

/// Packs further entries behind one of this card.
fn pack_behind(mut last: i64, entries: &[(u16, i64)], bytes: &mut Vec<u8>) {
    for (rest, card) in entries {
        bytes.extend(rest.to_le_bytes());
        let step = card.wrapping_sub(last);
        let mut step = ((step << 1) ^ (step >> 63)) as u64;
        last = *card;
        while step >= 0x80 {
            bytes.push(step as u8 | 0x80);
            step >>= 7;
        }
        bytes.push(step as u8);
    }
}

/// A row as it is read.
fn ask<T>(conn: &Connection, bucket: i64, read: impl FnOnce(&[u8]) -> T) -> rusqlite::Result<Option<T>> {
    let mut ask = conn.prepare_cached("SELECT keys FROM echo WHERE bucket = ?1")?;
    ask.query_row([bucket], |r| Ok(read(r.get_ref(0)?.as_blob()?))).optional()
}

/// All entries of a row.
pub(super) fn row(conn: &Connection, bucket: i64) -> rusqlite::Result<Vec<(u16, i64)>> {
    Ok(ask(conn, bucket, unpack)?.unwrap_or_default())
}

/// Adds the cards with one key to a list, the oldest first.
pub(super) fn cards_with(conn: &Connection, key: u32, cards: &mut Vec<i64>) -> rusqlite::Result<()> {
    let (bucket, wanted) = split(key);
    ask(conn, bucket, |bytes| cards.extend(Entries::of(bytes).filter(|(rest, _)| *rest == wanted).map(|(_, card)| card)))?;
    Ok(())
}

/// Looks up many keys in their order, and unpacks each row once for all that are in it.
pub(super) struct InOrder<'c> {
    conn: &'c Connection,
    bucket: Option<i64>,
    /// The row at hand by key, the oldest of each first.
    entries: Vec<(u16, i64)>,
}

impl<'c> InOrder<'c> {
    pub(super) fn new(conn: &'c Connection) -> InOrder<'c> {
        InOrder { conn, bucket: None, entries: Vec::new() }
    }

    /// Adds the cards with one key to a list, the oldest first.
    pub(super) fn cards_with(&mut self, key: u32, cards: &mut Vec<i64>) -> rusqlite::Result<()> {
        let (bucket, wanted) = split(key);
        if self.bucket != Some(bucket) {
            self.entries = row(self.conn, bucket)?;
            self.entries.sort_by_key(|(rest, _)| *rest);
            self.bucket = Some(bucket);
        }
        let from = self.entries.partition_point(|(rest, _)| *rest < wanted);
        cards.extend(self.entries[from..].iter().take_while(|(rest, _)| *rest == wanted).map(|(_, card)| card));
        Ok(())
    }
}

fn put(conn: &Connection, bucket: i64, packed: &[u8]) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO echo (bucket, keys) VALUES (?1, ?2)")?.execute(params![bucket, packed])?;
    Ok(())
}

/// Writes a row anew; an empty one is taken out.
pub(super) fn put_row(conn: &Connection, bucket: i64, entries: &[(u16, i64)]) -> rusqlite::Result<()> {
    if entries.is_empty() {
        conn.prepare_cached("DELETE FROM echo WHERE bucket = ?1")?.execute([bucket])?;
        return Ok(());
    }
    let mut bytes = Vec::with_capacity(entries.len() * 5);
    pack_behind(0, entries, &mut bytes);
    put(conn, bucket, &bytes)
}

/// Adds the newest entries to a row, and lets the oldest of a key go that has too many.
pub(super) fn append(conn: &Connection, bucket: i64, new: &[(u16, i64)]) -> rusqlite::Result<()> {
    let grown = |old: &[u8]| {
        let mut entries = Entries::of(old);
        let (mut of_keys, mut last) = (vec![0_usize; new.len()], 0);
        for (rest, card) in &mut entries {
            last = card;
            new.iter().zip(&mut of_keys).filter(|(n, _)| n.0 == rest).for_each(|(_, count)| *count += 1);
        }
        let many = |(n, count): (usize, &usize)| count + new[..=n].iter().filter(|e| e.0 == new[n].0).count() > NEWEST;
        // A row with a tail that can't be read is written anew, so that what comes behind can be.
        let whole = entries.bytes.is_empty() && old.last().is_none_or(|b| b & 0x80 == 0);
        if whole && !of_keys.iter().enumerate().any(many) {
            let mut bytes = Vec::with_capacity(old.len() + new.len() * 8);
            bytes.extend_from_slice(old);
            pack_behind(last, new, &mut bytes);
            return bytes;
        }
        let mut all = unpack(old);
        all.extend(new);
        for (rest, _) in new {
            let mut over = all.iter().filter(|e| e.0 == *rest).count().saturating_sub(NEWEST);
            all.retain(|e| {
                let goes = over > 0 && e.0 == *rest;
                over -= usize::from(goes);
                !goes
            });
        }
        let mut bytes = Vec::with_capacity(old.len() + new.len() * 8);
        pack_behind(0, &all, &mut bytes);
        bytes
    };
    let bytes = ask(conn, bucket, grown)?.unwrap_or_else(|| grown(&[]));
    put(conn, bucket, &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE echo (bucket INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT").unwrap();
        conn
    }

    #[test]
    fn what_is_added_to_a_row_comes_behind_and_only_the_newest_of_a_key_stay() {
        let conn = table();
        let mut plainly: Vec<(u16, i64)> = Vec::new();
        for card in 1..400_i64 {
            let new: Vec<(u16, i64)> = [7, (card % 5) as u16, 7].iter().map(|rest| (*rest, card * card - 900)).collect();
            append(&conn, 3, &new).unwrap();
            plainly.extend(&new);
            for rest in [7, 0, 1, 2, 3, 4] {
                let of: Vec<i64> = plainly.iter().filter(|e| e.0 == rest).map(|e| e.1).collect();
                let mut found = Vec::new();
                cards_with(&conn, 3 << REST_BITS | u32::from(rest), &mut found).unwrap();
                assert_eq!(found, of[of.len().saturating_sub(NEWEST)..], "key {rest} after card {card}");
            }
        }
        let mut none = Vec::new();
        cards_with(&conn, 4 << REST_BITS, &mut none).unwrap();
        assert!(none.is_empty());
        put_row(&conn, 3, &[]).unwrap();
        assert!(row(&conn, 3).unwrap().is_empty());
    }

    #[test]
    fn a_damaged_row_is_read_as_far_as_it_goes_and_what_is_added_can_be_read() {
        let conn = table();
        for cut in 0..9 {
            put_row(&conn, 1, &[(9, 70_000), (9, -5)]).unwrap();
            conn.execute("UPDATE echo SET keys = substr(keys, 1, ?1)", [cut]).unwrap();
            append(&conn, 1, &[(2, 33)]).unwrap();
            assert_eq!(row(&conn, 1).unwrap().last(), Some(&(2, 33)), "cut to {cut} bytes");
        }
    }
}
