//! A person's history without its words, packed into one row, so that ten years of thousands of people are read in a moment.
//!
//! The touches are the truth. Whoever adds one, changes or deletes one, a trigger drops the pack of its person; before a change is
//! kept, what it dropped is packed anew. A pack that is missing, or isn't as it was written, is made from the touches while
//! reading, so the answer is the same. It says nothing about rules or settings, and is in no export.

use std::sync::OnceLock;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use crate::day::Day;
use crate::due::{Party, TOGETHER};
use crate::ledger::{Change, Ledger, damaged};
use crate::rules::{Mark, Rules};
use crate::trouble::Result;
use crate::words::hash_pair;

/// The table. A row without marks is to be packed; who has no row should have no history, and is looked for among the touches.
pub const SCHEMA: &str = "
CREATE TABLE story (
  person TEXT PRIMARY KEY,
  marks  BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX story_dropped ON story (person) WHERE marks IS NULL;
-- Promises are counted among the few touches that are one or close something.
CREATE INDEX touch_thread ON touch (person, kind, closes) WHERE kind = 'promise' OR closes <> '';
";

/// What keeps it true; those of version 3 were slower.
pub const TRIGGERS: &str = "
DROP TRIGGER IF EXISTS story_of_new_touch;
DROP TRIGGER IF EXISTS story_of_changed_touch;
DROP TRIGGER IF EXISTS story_of_deleted_touch;
DROP TRIGGER IF EXISTS story_of_deleted_person;
CREATE TRIGGER story_of_new_touch AFTER INSERT ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person = new.person AND marks IS NOT NULL;
END;
CREATE TRIGGER story_of_changed_touch AFTER UPDATE OF n, person, kind, day, until, closes ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person IN (old.person, new.person) AND marks IS NOT NULL;
END;
-- Asked before the insertion: one that looks at its own table makes a table of its own for that, every time.
CREATE TRIGGER story_of_first_touch AFTER INSERT ON touch WHEN NOT EXISTS (SELECT 1 FROM story WHERE person = new.person) BEGIN
  INSERT INTO story (person) VALUES (new.person);
END;
CREATE TRIGGER story_of_moved_touch AFTER UPDATE OF n, person, kind, day, until, closes ON touch
  WHEN NOT EXISTS (SELECT 1 FROM story WHERE person = new.person) BEGIN
  INSERT INTO story (person) VALUES (new.person);
END;
CREATE TRIGGER story_of_deleted_touch AFTER DELETE ON touch BEGIN
  UPDATE story SET marks = NULL WHERE person = old.person AND marks IS NOT NULL;
END;
CREATE TRIGGER story_of_deleted_person AFTER DELETE ON person BEGIN
  DELETE FROM story WHERE person = old.id;
END;
";

/// So many are packed before the list of those to be packed is asked for again.
const AT_ONCE: usize = 500;

/// A touch as it is packed: `until` and `closes` only where they can be read.
struct Packed {
    n: i64,
    on: Day,
    kind: String,
    until: Option<Day>,
    closes: Option<(String, Day)>,
}

/// A person's touches in the order they are told: by day, and of one day in the order they were written down.
fn packed(conn: &Connection, person: &str) -> rusqlite::Result<Vec<Packed>> {
    let mut ask = conn.prepare_cached("SELECT n, day, kind, until, closes FROM touch WHERE person = ?1")?;
    let mut rows = ask.query([person])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text = |at: usize| row.get_ref(at).map(|value| if let ValueRef::Text(text) = value { text } else { &[] });
        let string = |at: usize| text(at).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let Some(on) = day(text(1)?) else { continue };
        let closes = string(4)?;
        let closes = closes.rsplit_once(' ').and_then(|(kind, day)| Some((kind.to_owned(), day.parse().ok()?)));
        found.push(Packed { n: row.get(0)?, on, kind: string(2)?, until: string(3)?.parse().ok(), closes });
    }
    found.sort_by_key(|packed| (packed.on, packed.n));
    Ok(found)
}

/// `2026-12-12`, without the detour of a parser: there are very many of them.
pub(super) fn day(text: &[u8]) -> Option<Day> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let number = |digits: &[u8]| digits.iter().try_fold(0, |sum, d| d.is_ascii_digit().then(|| sum * 10 + u32::from(d - b'0')));
    Day::new(number(&[y1, y2, y3, y4])?.try_into().ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// A whole number in as few bytes as it needs, seven bits in each.
fn put(pack: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        pack.push(number as u8 | 0x80);
        number >>= 7;
    }
    pack.push(number as u8);
}

/// One that may be negative, the small ones short on either side of zero.
fn put_signed(pack: &mut Vec<u8>, number: i64) {
    put(pack, (number << 1 ^ number >> 63) as u64);
}

/// Packs touches: the sum of all that follows; the kinds' words; then each mark as what it differs in from the one before.
fn pack(touches: &[Packed]) -> Vec<u8> {
    let mut words: Vec<&str> =
        touches.iter().flat_map(|t| [Some(&t.kind), t.closes.as_ref().map(|c| &c.0)]).flatten().map(String::as_str).collect();
    words.sort_unstable();
    words.dedup();
    let word = |kind: &str| words.binary_search(&kind).unwrap_or_default() as u64;
    let mut pack = vec![0; 4];
    put(&mut pack, words.len() as u64);
    for word in &words {
        put(&mut pack, word.len() as u64);
        pack.extend_from_slice(word.as_bytes());
    }
    let (mut on, mut n) = (0, 0);
    for touch in touches {
        let more = u64::from(touch.until.is_some()) | u64::from(touch.closes.is_some()) << 1;
        put(&mut pack, word(&touch.kind) << 2 | more);
        put_signed(&mut pack, touch.on.number() - on);
        put_signed(&mut pack, touch.n.wrapping_sub(n));
        (on, n) = (touch.on.number(), touch.n);
        if let Some(until) = touch.until {
            put_signed(&mut pack, until.number() - on);
        }
        if let Some((kind, day)) = &touch.closes {
            put(&mut pack, word(kind));
            put_signed(&mut pack, day.number() - on);
        }
    }
    let sum = sum(&pack[4..]).to_le_bytes();
    pack[..4].copy_from_slice(&sum);
    pack
}

fn sum(bytes: &[u8]) -> u32 {
    let mut sum = bytes.len() as u64;
    for part in bytes.chunks(8) {
        let mut eight = [0; 8];
        eight[..part.len()].copy_from_slice(part);
        sum = hash_pair(sum, u64::from_le_bytes(eight));
    }
    sum as u32
}

/// What is left of a pack.
struct Rest<'p>(&'p [u8]);

impl<'p> Rest<'p> {
    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        for (at, byte) in self.0.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                self.0 = &self.0[at + 1..];
                return Some(number);
            }
            shift += 7;
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        self.number().map(|number| (number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn take(&mut self, count: u64) -> Option<&'p [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

/// Everybody's packs, to be unpacked when somebody asks: in parts, so that some are being asked about while the next are read.
#[derive(Debug)]
pub struct Packs {
    parts: Vec<OnceLock<Part>>,
}

impl Packs {
    /// Those of so many people, to be read by [`Ledger::read_packs`].
    #[must_use]
    pub fn of(people: usize) -> Packs {
        Packs { parts: (0..people.div_ceil(TOGETHER)).map(|_| OnceLock::new()).collect() }
    }

    /// All have been read.
    #[must_use]
    pub fn are_read(&self) -> bool {
        self.parts.last().is_none_or(|last| last.get().is_some())
    }

    /// The marks of the person at this place, once they are read; nothing if what was read can't be unpacked.
    #[must_use]
    pub fn tell(&self, at: usize, marks: &mut Vec<Mark>) -> Option<()> {
        self.parts.get(at / TOGETHER)?.wait().tell(at % TOGETHER, marks)
    }
}

/// Whatever happens while packs are read, nobody waits for the others for ever.
struct Reading<'p>(&'p Packs);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        for part in &self.0.parts {
            part.get_or_init(Part::default);
        }
    }
}

/// The packs of up to [`TOGETHER`] people, one behind the other.
#[derive(Debug, Default)]
struct Part {
    /// The marks, without sums and words.
    bytes: Vec<u8>,
    /// For each person where theirs end, and which list of kinds they speak of.
    people: Vec<(usize, usize)>,
    /// The kinds' numbers: many people have the same kinds of touches.
    kinds: Vec<Vec<u16>>,
    /// The words at the head of the last pack.
    words: Vec<u8>,
}

impl Part {
    /// Takes a pack in for the person at hand; nothing if it isn't as it was written.
    fn take(&mut self, pack: &[u8], rules: &Rules) -> Option<()> {
        let (written, rest) = pack.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*written) != sum(rest) {
            return None;
        }
        let mut rest = Rest(rest);
        self.read(&mut rest, rules)?;
        self.bytes.extend_from_slice(rest.0);
        Some(())
    }

    /// Takes in what the touches say of the person at hand. Who has none changes nothing, so that the next can speak of the same kinds.
    fn take_anew(&mut self, conn: &Connection, person: &str, rules: &Rules) -> rusqlite::Result<()> {
        let touches = packed(conn, person)?;
        if !touches.is_empty() {
            self.take(&pack(&touches), rules);
        }
        Ok(())
    }

    /// Reads the words at the head of a pack.
    fn read(&mut self, rest: &mut Rest<'_>, rules: &Rules) -> Option<()> {
        let head = rest.0;
        if !self.words.is_empty() && head.starts_with(&self.words) {
            rest.0 = &head[self.words.len()..];
            return Some(());
        }
        self.words.clear();
        let mut kinds = Vec::new();
        for _ in 0..rest.number()? {
            let length = rest.number()?;
            let word = std::str::from_utf8(rest.take(length)?).ok()?;
            kinds.push(rules.number(word));
        }
        self.words.extend_from_slice(&head[..head.len() - rest.0.len()]);
        self.kinds.push(kinds);
        Some(())
    }

    /// Goes on to the next person.
    fn next_person(&mut self) {
        self.people.push((self.bytes.len(), self.kinds.len().saturating_sub(1)));
    }

    /// The marks of the person at this place of the part.
    fn tell(&self, at: usize, marks: &mut Vec<Mark>) -> Option<()> {
        let from = at.checked_sub(1).and_then(|before| self.people.get(before)).map_or(0, |before| before.0);
        let (to, kinds) = self.people.get(at)?;
        let bytes = self.bytes.get(from..*to)?;
        if bytes.is_empty() { Some(()) } else { unpack(bytes, self.kinds.get(*kinds)?, marks) }
    }
}

/// Unpacks marks behind others; nothing at the first that isn't as it was written.
fn unpack(marks: &[u8], kinds: &[u16], list: &mut Vec<Mark>) -> Option<()> {
    let mut rest = Rest(marks);
    let kind = |number: u64| kinds.get(usize::try_from(number).ok()?).copied();
    let (mut on, mut n) = (0_i64, 0_i64);
    while !rest.0.is_empty() {
        let head = rest.number()?;
        on = on.checked_add(rest.signed()?)?;
        n = n.wrapping_add(rest.signed()?);
        let mut mark = Mark { n, on: Day::numbered(on)?, kind: kind(head >> 2)?, until: None, closes: None };
        if head & 1 != 0 {
            mark.until = Some(Day::numbered(on.checked_add(rest.signed()?)?)?);
        }
        if head & 2 != 0 {
            mark.closes = Some((kind(rest.number()?)?, Day::numbered(on.checked_add(rest.signed()?)?)?));
        }
        list.push(mark);
    }
    Some(())
}

/// Packs whatever was dropped.
pub(super) fn pack_dropped(conn: &Connection) -> rusqlite::Result<()> {
    loop {
        let dropped: Vec<String> = conn
            .prepare_cached("SELECT person FROM story WHERE marks IS NULL LIMIT ?1")?
            .query_map([AT_ONCE as i64], |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for person in &dropped {
            let touches = packed(conn, person)?;
            if touches.is_empty() {
                conn.prepare_cached("DELETE FROM story WHERE person = ?1")?.execute([person])?;
            } else {
                conn.prepare_cached("UPDATE story SET marks = ?2 WHERE person = ?1")?.execute(params![person, pack(&touches)])?;
            }
        }
        if dropped.len() < AT_ONCE {
            return Ok(());
        }
    }
}

/// Packs everything anew.
pub(super) fn pack_all(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch("DELETE FROM story; INSERT INTO story (person) SELECT DISTINCT person FROM touch")?;
    pack_dropped(conn)
}

impl Ledger {
    /// Reads everybody's history without its words. `people` are sorted by id. A pack whose sum fits and that can't be unpacked all the
    /// same is seen when somebody asks, since looking at all of them beforehand would double the time.
    pub fn read_packs(&self, packs: &Packs, people: &[Party], rules: &Rules) -> Result<()> {
        let reading = Reading(packs);
        let read = || -> rusqlite::Result<()> {
            let mut ask = self.conn().prepare_cached("SELECT person, marks FROM story ORDER BY person")?;
            let mut rows = ask.query([])?;
            let mut row = rows.next()?;
            let mut bytes = 0;
            for (some, whole) in people.chunks(TOGETHER).zip(&reading.0.parts) {
                let mut part = Part { bytes: Vec::with_capacity(bytes), ..Part::default() };
                for person in some {
                    let id = person.id.as_str();
                    while let Some(there) = row
                        && there.get_ref(0)?.as_str()? < id
                    {
                        row = rows.next()?;
                    }
                    let mut taken = None;
                    if let Some(there) = row
                        && there.get_ref(0)?.as_str()? == id
                        && let ValueRef::Blob(pack) = there.get_ref(1)?
                    {
                        taken = part.take(pack, rules);
                    }
                    if taken.is_none() {
                        part.take_anew(self.conn(), id, rules)?;
                    }
                    part.next_person();
                }
                // The next are about as long.
                bytes = part.bytes.len();
                whole.get_or_init(|| part);
            }
            Ok(())
        };
        read().map_err(|e| damaged(&e))
    }

    /// The same, made of the touches.
    pub fn pack_anew(&self, people: &[Party], rules: &Rules) -> Result<Packs> {
        let packs = Packs::of(people.len());
        for (some, whole) in people.chunks(TOGETHER).zip(&packs.parts) {
            let mut part = Part::default();
            for person in some {
                part.take_anew(self.conn(), person.id.as_str(), rules).map_err(|e| damaged(&e))?;
                part.next_person();
            }
            whole.get_or_init(|| part);
        }
        Ok(packs)
    }

    /// Packs every history anew.
    pub fn repack(&mut self) -> Result<()> {
        self.change_unrecorded(|change| pack_all(&change.tx).map_err(|e| damaged(&e)))
    }

    /// How many packs aren't what their touches say; they can be made anew.
    pub(super) fn mispacked(&self) -> rusqlite::Result<usize> {
        let mut wrong: i64 = self.conn().query_row(
            "SELECT count(DISTINCT person) FROM touch WHERE person NOT IN (SELECT person FROM story)",
            [],
            |r| r.get(0),
        )?;
        let mut ask = self.conn().prepare_cached("SELECT person, marks FROM story")?;
        let mut rows = ask.query([])?;
        while let Some(row) = rows.next()? {
            let touches = packed(self.conn(), row.get_ref(0)?.as_str()?)?;
            wrong += i64::from(touches.is_empty() || row.get_ref(1)?.as_blob_or_null()? != Some(pack(&touches).as_slice()));
        }
        Ok(usize::try_from(wrong).unwrap_or(0))
    }
}

impl Change<'_> {
    /// Packs what this change dropped.
    pub(super) fn pack_stories(&self) -> Result<()> {
        pack_dropped(&self.tx).map_err(|e| damaged(&e))
    }
}

#[cfg(test)]
mod tests;
