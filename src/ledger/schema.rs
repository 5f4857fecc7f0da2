//! The tables of the ledger, and how an older file is brought up to date: a backup first, then one transaction.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::ledger::{MUCH, damaged, echoes, room, seal, story};
use crate::shop;
use crate::trouble::{Result, Trouble};

/// `wtnk`: says in the file's header that this is a ledger of ours.
pub const APPLICATION_ID: i32 = 0x7774_6e6b;

/// The schema this program writes.
pub const VERSION: i32 = 5;

/// Version 1. Every promise the database can keep itself is a constraint here, so that it holds even for somebody who writes
/// SQL by hand.
const TABLES: &str = "
CREATE TABLE household (
  id         TEXT PRIMARY KEY CHECK (id <> ''),
  salutation TEXT NOT NULL,
  address    TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE person (
  id          TEXT PRIMARY KEY CHECK (id <> ''),
  title       TEXT NOT NULL DEFAULT '',
  given       TEXT NOT NULL DEFAULT '',
  family      TEXT NOT NULL DEFAULT '',
  suffix      TEXT NOT NULL DEFAULT '',
  called      TEXT NOT NULL DEFAULT '',
  email       TEXT NOT NULL DEFAULT '',
  phone       TEXT NOT NULL DEFAULT '',
  address     TEXT NOT NULL DEFAULT '{}',
  birthday    TEXT CHECK (birthday GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR birthday GLOB '--[0-9][0-9]-[0-9][0-9]'),
  anniversary TEXT CHECK (anniversary GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' OR anniversary GLOB '--[0-9][0-9]-[0-9][0-9]'),
  language    TEXT NOT NULL DEFAULT '',
  household   TEXT REFERENCES household (id) ON UPDATE CASCADE,
  status      TEXT NOT NULL DEFAULT 'contact' CHECK (status IN ('contact', 'do-not-contact', 'deceased', 'undeliverable')),
  status_on   TEXT,
  -- A person who turned out to be somebody else's second entry stays, and says whose; `filled` is what they gave to that one.
  merged_into TEXT REFERENCES person (id) ON UPDATE CASCADE CHECK (merged_into <> id),
  merged_on   TEXT,
  filled      TEXT NOT NULL DEFAULT '{}',
  CHECK ((merged_into IS NULL) = (merged_on IS NULL))
) STRICT;
CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;
CREATE INDEX person_merged ON person (merged_into) WHERE merged_into IS NOT NULL;

-- Where an imported person came from: the same row again changes nothing, the same customer number is the same person.
CREATE TABLE origin (
  source TEXT NOT NULL,
  key    TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
  -- Before a merge; in touch and card too.
  was    TEXT REFERENCES person (id) ON UPDATE CASCADE,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX origin_person ON origin (person);

CREATE TABLE touch (
  n      INTEGER PRIMARY KEY,
  person TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE,
  kind   TEXT NOT NULL CHECK (kind <> ''),
  day    TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  text   TEXT NOT NULL DEFAULT '',
  until  TEXT,
  by     TEXT NOT NULL DEFAULT '',
  -- The open thread it closes, as kind and day: 'promise 2026-11-10'.
  closes TEXT NOT NULL DEFAULT '',
  origin TEXT UNIQUE,
  was    TEXT REFERENCES person (id) ON UPDATE CASCADE
) STRICT;
-- All that the rules look at, so that years of history are read without the words.
CREATE INDEX touch_person ON touch (person, day, kind, until, closes);
CREATE INDEX touch_was ON touch (was) WHERE was IS NOT NULL;

CREATE TABLE batch (
  n      INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  day    TEXT NOT NULL,
  sheet  TEXT NOT NULL,
  file   TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  cards  INTEGER NOT NULL CHECK (cards > 0),
  state  TEXT NOT NULL CHECK (state IN ('building', 'ready', 'void'))
) STRICT;
CREATE INDEX batch_building ON batch (state) WHERE state = 'building';

CREATE TABLE card (
  n         INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE CHECK (id <> ''),
  person    TEXT REFERENCES person (id) ON UPDATE CASCADE,
  household TEXT REFERENCES household (id) ON UPDATE CASCADE,
  who       TEXT GENERATED ALWAYS AS (coalesce(person, household)) VIRTUAL,
  occasion  TEXT NOT NULL CHECK (occasion <> ''),
  key       TEXT NOT NULL,
  day       TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  state     TEXT NOT NULL CHECK (state IN ('printed', 'posted', 'returned', 'answered')),
  note      TEXT NOT NULL CHECK (trim(note) <> ''),
  ps        TEXT NOT NULL DEFAULT '',
  because   TEXT NOT NULL DEFAULT '',
  imported  INTEGER NOT NULL DEFAULT 0 CHECK (imported IN (0, 1)),
  batch     INTEGER REFERENCES batch (n),
  number    INTEGER,
  made      TEXT NOT NULL DEFAULT '{}',
  was       TEXT REFERENCES person (id) ON UPDATE CASCADE,
  CHECK ((person IS NULL) <> (household IS NULL)),
  CHECK ((batch IS NULL) = (imported = 1))
) STRICT;
CREATE INDEX card_person ON card (person) WHERE person IS NOT NULL;
CREATE INDEX card_household ON card (household) WHERE household IS NOT NULL;
CREATE INDEX card_day ON card (day);
CREATE INDEX card_batch ON card (batch) WHERE batch IS NOT NULL;
-- Of the cards that were printed here no two say the same, whoever writes the SQL; the fingerprints see through disguises besides.
CREATE UNIQUE INDEX card_note ON card (note, ps) WHERE imported = 0;

-- What happened to a card after it was made. Only ever added to.
CREATE TABLE card_event (
  n    INTEGER PRIMARY KEY,
  card INTEGER NOT NULL REFERENCES card (n) ON DELETE CASCADE,
  day  TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('printed', 'reprinted', 'posted', 'returned', 'answered', 'corrected')),
  by   TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX card_event_card ON card_event (card);

-- Who asked to be forgotten: nothing but a salted hash, so that no file brings them back.
CREATE TABLE suppression (
  mark TEXT PRIMARY KEY CHECK (length(mark) = 64),
  salt TEXT NOT NULL CHECK (length(salt) = 32),
  day  TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]')
) STRICT, WITHOUT ROWID;

-- What each command changed, as it was before: `undo` reads it backwards.
CREATE TABLE operation (
  n       INTEGER PRIMARY KEY,
  day     TEXT NOT NULL,
  command TEXT NOT NULL
) STRICT;
CREATE TABLE journal (
  n      INTEGER PRIMARY KEY,
  op     INTEGER NOT NULL REFERENCES operation (n) ON DELETE CASCADE,
  what   TEXT NOT NULL CHECK (what IN ('insert', 'update', 'delete')),
  name   TEXT NOT NULL,
  key    TEXT NOT NULL,
  before TEXT,
  CHECK ((before IS NULL) = (what = 'insert'))
) STRICT;
CREATE INDEX journal_op ON journal (op);

-- The pen is in wetink's hand only inside a change: `op` is the command it writes for, `may` is what it may take back.
CREATE TABLE pen (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  op  INTEGER,
  may TEXT NOT NULL DEFAULT '' CHECK (may IN ('', 'void', 'erase', 'undo', 'move', 'index'))
) STRICT;
INSERT INTO pen (one) VALUES (1);
CREATE TRIGGER pen_stays BEFORE DELETE ON pen BEGIN SELECT raise(ABORT, 'the ledger needs its pen'); END;

CREATE TRIGGER card_event_stays BEFORE UPDATE ON card_event
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER card_event_is_kept BEFORE DELETE ON card_event WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER card_event_is_not_replaced BEFORE INSERT ON card_event WHEN EXISTS (SELECT 1 FROM card_event WHERE n = new.n)
  BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER touch_stays BEFORE UPDATE OF kind, day, text ON touch
  WHEN (SELECT may FROM pen) = '' AND (old.kind <> new.kind OR old.day <> new.day OR old.text <> new.text)
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not rewritten'); END;
CREATE TRIGGER touch_is_kept BEFORE DELETE ON touch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not deleted'); END;
CREATE TRIGGER note_stays BEFORE UPDATE OF note, ps, occasion, day, imported ON card
  WHEN old.note <> new.note OR old.ps <> new.ps OR old.occasion <> new.occasion OR old.day <> new.day OR old.imported <> new.imported
  BEGIN SELECT raise(ABORT, 'a card that was made is not rewritten'); END;
CREATE TRIGGER card_is_kept BEFORE DELETE ON card WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a card that was made is not deleted'); END;
CREATE TRIGGER card_is_not_replaced BEFORE INSERT ON card WHEN EXISTS (SELECT 1 FROM card WHERE n = new.n OR id = new.id)
  BEGIN SELECT raise(ABORT, 'card.id is there already: a card that was made is not replaced'); END;
CREATE TRIGGER nobody_who_must_not BEFORE INSERT ON card
  WHEN new.imported = 0 AND (SELECT may FROM pen) <> 'move'
  AND ((new.person IS NOT NULL AND (SELECT status FROM person WHERE id = new.person) <> 'contact')
    OR (new.household IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person WHERE household = new.household AND status = 'contact')))
  BEGIN SELECT raise(ABORT, 'this person must not get a card'); END;
CREATE TRIGGER suppression_is_kept BEFORE DELETE ON suppression WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'who asked to be forgotten stays forgotten'); END;
";

/// Guards on the tables of the echo index, which are made after the others.
const GUARDS: &str = "
CREATE TRIGGER fingerprint_stays BEFORE UPDATE ON fingerprint WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER fingerprint_is_kept BEFORE DELETE ON fingerprint WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
";

/// Version 2. Guards against replacing, and on what version 1 left open; beside them the seals.
const MORE_GUARDS: &str = "
CREATE TRIGGER fingerprint_is_not_replaced BEFORE INSERT ON fingerprint WHEN EXISTS (SELECT 1 FROM fingerprint WHERE hash = new.hash)
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER touch_is_not_replaced BEFORE INSERT ON touch WHEN EXISTS (SELECT 1 FROM touch WHERE n = new.n)
  BEGIN SELECT raise(ABORT, 'what happened is corrected by a later entry, not replaced'); END;
CREATE TRIGGER batch_stays BEFORE UPDATE OF n, id, day, sheet, file, sha256, cards ON batch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not rewritten'); END;
CREATE TRIGGER batch_is_kept BEFORE DELETE ON batch WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not deleted'); END;
CREATE TRIGGER batch_is_not_replaced BEFORE INSERT ON batch WHEN EXISTS (SELECT 1 FROM batch WHERE n = new.n OR id = new.id OR file = new.file)
  BEGIN SELECT raise(ABORT, 'a batch that was printed is not replaced'); END;
CREATE TRIGGER suppression_stays BEFORE UPDATE ON suppression WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'who asked to be forgotten stays forgotten'); END;
CREATE TRIGGER erased_note_stays BEFORE UPDATE ON erased_note
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER erased_note_is_kept BEFORE DELETE ON erased_note WHEN (SELECT may FROM pen) = ''
  BEGIN SELECT raise(ABORT, 'a note belongs to the ledger for ever'); END;
CREATE TRIGGER person_is_not_replaced BEFORE INSERT ON person WHEN EXISTS (SELECT 1 FROM person WHERE id = new.id)
  BEGIN SELECT raise(ABORT, 'person.id is there already'); END;
";

/// Version 3, beside the packed histories: all that is asked about many cards, so that their notes needn't be read.
const CARDS_AT_A_GLANCE: &str = "
DROP INDEX card_day;
CREATE INDEX card_glance ON card (day, n, person, household, occasion, key, state, batch);
";

/// Version 3. Batches that came with another ledger: their PDFs never were on this machine. Not in an export, which is the same on
/// every machine.
const ELSEWHERE: &str = "
CREATE TABLE elsewhere (
  n INTEGER PRIMARY KEY REFERENCES batch (n) ON DELETE CASCADE
) STRICT;
";

/// Version 4. Somebody's cards in the order of their days, so that the newest are found without looking at the others.
const CARDS_BY_DAY: &str = "
DROP INDEX card_person;
DROP INDEX card_household;
CREATE INDEX card_person ON card (person, day) WHERE person IS NOT NULL;
CREATE INDEX card_household ON card (household, day) WHERE household IS NOT NULL;
";

/// Version 5. Everybody as the rules see them, in order.
const PEOPLE_IN_ORDER: &str = "
CREATE INDEX person_glance ON person (id, birthday, anniversary, household, status, merged_into) WHERE merged_into IS NULL;
";

/// The newest notes under the name they had at first.
const FRESH: &str = "
INSERT INTO echo_recent SELECT card, keys FROM echo_fresh;
DROP TABLE echo_fresh;
";

/// The tables whose rows `undo` puts back, and by what a row is known. The echo index isn't among them: it is learnt and
/// unlearnt with its cards.
pub const JOURNALED: [(&str, &[&str]); 8] = [
    ("household", &["id"]),
    ("person", &["id"]),
    ("origin", &["source", "key"]),
    ("touch", &["n"]),
    // Its state tells a batch that was printed here from one that came with another ledger.
    ("batch", &["n", "state"]),
    ("card", &["n"]),
    ("card_event", &["n"]),
    ("suppression", &["mark"]),
];

/// The columns of a table that are stored, in order; computed ones are left out.
pub fn columns(conn: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    conn.prepare_cached("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?.query_map([table], |r| r.get(0))?.collect()
}

/// For every journaled table, triggers that write what a row was before: generated, so that a new column is in it by itself.
fn journal_triggers(conn: &Connection) -> rusqlite::Result<()> {
    for (table, keys) in JOURNALED {
        let columns = columns(conn, table)?;
        let object = |row: &str, names: &[&str]| {
            let pairs: Vec<String> = names.iter().map(|c| format!("'{c}', {row}.\"{c}\"")).collect();
            format!("json_object({})", pairs.join(", "))
        };
        let all: Vec<&str> = columns.iter().map(String::as_str).collect();
        for (what, key, before) in [
            ("insert", object("new", keys), "NULL".to_owned()),
            ("update", object("new", keys), object("old", &all)),
            ("delete", object("old", keys), object("old", &all)),
        ] {
            conn.execute_batch(&format!(
                "CREATE TRIGGER journal_{table}_{what} AFTER {what} ON {table} WHEN (SELECT op FROM pen) IS NOT NULL
                 BEGIN INSERT INTO journal (op, what, name, key, before) VALUES ((SELECT op FROM pen), '{what}', '{table}', {key}, {before}); END;"
            ))?;
        }
    }
    Ok(())
}

/// Copies an older ledger to backups/ before it is brought up to date.
fn copy_first(conn: &Connection, path: &Path, version: i32) -> Result<()> {
    let folder = path.with_file_name("backups");
    shop::private_dir(&folder)?;
    let copy = (1..10_000)
        .map(|n| folder.join(format!("ledger-before-upgrade-from-{version}-{n}.db")))
        .find(|p| !p.exists())
        .unwrap_or_default();
    crate::ledger::copy(conn, &copy)?;
    shop::keep_newest_copies(&folder, &copy);
    Ok(())
}

/// Makes the tables in an empty file, or brings an older ledger up to date. A file of somebody else's is refused, and so is a
/// ledger written by a newer wetink.
pub fn prepare(conn: &mut Connection, path: Option<&Path>) -> Result<()> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |r| r.get(0)).map_err(|e| damaged(&e))?;
    let version: i32 = conn.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(|e| damaged(&e))?;
    if application == APPLICATION_ID && version == VERSION {
        return Ok(());
    }
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0)).map_err(|e| damaged(&e))?;
    if application != APPLICATION_ID && tables > 0 {
        return Err(Trouble::damaged("ledger.db is some other program's database")
            .hint("move it away and restore the ledger from a backup"));
    }
    if version > VERSION {
        return Err(
            Trouble::failed("this ledger was written by a newer wetink").hint("install the newer version; nothing was changed")
        );
    }
    if version < 1 && tables > 0 {
        return Err(Trouble::damaged("ledger.db is damaged: it doesn't say which version it is")
            .hint("restore the newest backup: `wetink restore FILE`"));
    }
    room(conn, MUCH).map_err(|e| damaged(&e))?;
    if let Some(path) = path.filter(|_| tables > 0) {
        copy_first(conn, path, version)?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(|e| damaged(&e))?;
    bring_up(&tx, version).and_then(|()| tx.commit()).map_err(|e| damaged(&e))
}

/// An empty ledger, to compare others with.
pub fn make(conn: &mut Connection) -> rusqlite::Result<()> {
    let tx = conn.transaction()?;
    bring_up(&tx, 0)?;
    tx.commit()
}

/// Everything that came since this version.
fn bring_up(tx: &Connection, version: i32) -> rusqlite::Result<()> {
    if version < 1 {
        tx.execute_batch(TABLES)?;
        tx.execute_batch(echoes::SCHEMA)?;
        tx.execute_batch(GUARDS)?;
        journal_triggers(tx)?;
    }
    if version < 2 {
        tx.execute_batch(seal::SCHEMA)?;
        tx.execute_batch(MORE_GUARDS)?;
    }
    if version < 3 {
        tx.execute_batch(story::SCHEMA)?;
        tx.execute_batch(CARDS_AT_A_GLANCE)?;
        story::pack_all(tx)?;
        tx.execute_batch(ELSEWHERE)?;
    }
    if version < 4 {
        tx.execute_batch(CARDS_BY_DAY)?;
        tx.execute_batch(story::TRIGGERS)?;
    }
    if version < 5 {
        // Version 4 was made with these and without.
        let there = |name: &str| -> rusqlite::Result<bool> {
            tx.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)", [name], |r| r.get(0))
        };
        if !there("echo_recent")? {
            tx.execute_batch(echoes::RECENT)?;
        }
        if there("echo_fresh")? {
            tx.execute_batch(FRESH)?;
        }
        if !there("person_glance")? {
            tx.execute_batch(PEOPLE_IN_ORDER)?;
        }
    }
    // Whatever else changed: the rows as they are now are the ones to keep.
    seal::all(tx)?;
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_ledger_is_copied_before_it_is_brought_up_to_date_and_ten_copies_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch("CREATE TABLE person (given TEXT); INSERT INTO person VALUES ('Ana')").unwrap();
        let folder = dir.path().join("backups");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("ledger-2026-11-21.db"), "asked for").unwrap();
        for _ in 0..13 {
            copy_first(&conn, &path, 1).unwrap();
        }
        let mut names: Vec<String> =
            std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names.len(), 11, "ten, and the one that was asked for: {names:?}");
        assert!(names.contains(&"ledger-2026-11-21.db".to_owned()), "{names:?}");
        let newest = names.iter().rfind(|n| n.contains("before-upgrade-from-1")).unwrap();
        let copy = Connection::open(folder.join(newest)).unwrap();
        let given: String = copy.query_row("SELECT given FROM person", [], |r| r.get(0)).unwrap();
        assert_eq!(given, "Ana", "the copy is the ledger as it was");
    }
}
