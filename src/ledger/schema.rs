//! The tables of the ledger, and how an older file is brought up to date: a backup first, then one transaction.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::ledger::{damaged, echoes};
use crate::trouble::{Result, Trouble};

/// `wtnk`: says in the file's header that this is a ledger of ours.
pub const APPLICATION_ID: i32 = 0x7774_6e6b;

/// The schema this program writes.
pub const VERSION: i32 = 1;

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
  status_on   TEXT
) STRICT;
CREATE INDEX person_household ON person (household) WHERE household IS NOT NULL;

-- Where an imported person came from: the same row again changes nothing, the same customer number is the same person.
CREATE TABLE origin (
  source TEXT NOT NULL,
  key    TEXT NOT NULL,
  person TEXT NOT NULL REFERENCES person (id) ON UPDATE CASCADE ON DELETE CASCADE,
  PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;

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
  origin TEXT UNIQUE
) STRICT;
-- All that the rules look at, so that years of history are read without the words.
CREATE INDEX touch_person ON touch (person, day, kind, until, closes);

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
  CHECK ((person IS NULL) <> (household IS NULL)),
  CHECK ((batch IS NULL) = (imported = 1))
) STRICT;
CREATE INDEX card_person ON card (person) WHERE person IS NOT NULL;
CREATE INDEX card_household ON card (household) WHERE household IS NOT NULL;
CREATE INDEX card_day ON card (day);
CREATE INDEX card_batch ON card (batch) WHERE batch IS NOT NULL;

-- What happened to a card after it was made. Only ever added to.
CREATE TABLE card_event (
  n    INTEGER PRIMARY KEY,
  card INTEGER NOT NULL REFERENCES card (n) ON DELETE CASCADE,
  day  TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('printed', 'reprinted', 'posted', 'returned', 'answered')),
  by   TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX card_event_card ON card_event (card);
CREATE TRIGGER card_event_stays BEFORE UPDATE ON card_event BEGIN SELECT raise(ABORT, 'the history of a card is only added to'); END;
CREATE TRIGGER note_stays BEFORE UPDATE OF note, ps, occasion, day, imported ON card
  WHEN old.note <> new.note OR old.ps <> new.ps OR old.occasion <> new.occasion OR old.day <> new.day OR old.imported <> new.imported
  BEGIN SELECT raise(ABORT, 'a card that was made is not rewritten'); END;
CREATE TRIGGER nobody_who_must_not BEFORE INSERT ON card
  WHEN new.imported = 0 AND new.person IS NOT NULL AND (SELECT status FROM person WHERE id = new.person) <> 'contact'
  BEGIN SELECT raise(ABORT, 'this person must not get a card'); END;
";

/// Makes the tables in an empty file, or brings an older ledger up to date. A file of somebody else's is refused, and so is a
/// ledger written by a newer wetink.
pub fn prepare(conn: &mut Connection, path: Option<&Path>) -> Result<()> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |r| r.get(0)).map_err(|e| damaged(&e))?;
    let version: i32 = conn.pragma_query_value(None, "user_version", |r| r.get(0)).map_err(|e| damaged(&e))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0)).map_err(|e| damaged(&e))?;
    if application == APPLICATION_ID && version == VERSION {
        return Ok(());
    }
    if application != APPLICATION_ID && tables > 0 {
        return Err(Trouble::damaged("ledger.db is some other program's database")
            .hint("move it away and restore the ledger from a backup"));
    }
    if version > VERSION {
        return Err(
            Trouble::failed("this ledger was written by a newer wetink").hint("install the newer version; nothing was changed")
        );
    }
    if let Some(path) = path.filter(|_| tables > 0) {
        let copy = path.with_extension(format!("v{version}.backup.db"));
        conn.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(|e| damaged(&e))?;
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(|e| damaged(&e))?;
    if version < 1 {
        tx.execute_batch(TABLES).and_then(|()| tx.execute_batch(echoes::SCHEMA)).map_err(|e| damaged(&e))?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)
        .and_then(|()| tx.pragma_update(None, "user_version", VERSION))
        .and_then(|()| tx.commit())
        .map_err(|e| damaged(&e))
}
