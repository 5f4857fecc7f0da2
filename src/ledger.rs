//! The ledger: people, cards and history in one `SQLite` file. The only room that names rusqlite.

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use crate::shop;
use crate::trouble::{Result, Trouble};

pub mod batches;
pub mod cards;
pub mod damage;
pub mod echoes;
pub mod erase;
pub mod exchange;
pub mod glance;
pub mod history;
pub mod intake;
pub mod journal;
pub mod merge;
pub mod people;
mod readers;
mod schema;
mod seal;
pub mod story;

pub use readers::{Eyes, Readers};

/// An open ledger.
#[derive(Debug)]
pub struct Ledger {
    conn: Connection,
    /// The file it lies in; none for one in memory.
    path: Option<PathBuf>,
    /// The command whose changes are written down for `undo`; without one nothing is.
    operation: Option<journal::Begun>,
    /// The newest notes of the echo index, once they were asked for.
    recent: RefCell<Arc<echoes::Recent>>,
}

impl Ledger {
    /// Opens the ledger at `path`, making it (mode 0600) if it isn't there, and brings an older one up to date.
    pub fn open(path: &Path) -> Result<Ledger> {
        if !path.exists() {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt as _;
                options.mode(0o600);
            }
            options.open(path).map_err(|e| Trouble::file("make", path, &e))?;
        }
        let conn = Connection::open(path).map_err(|e| damaged(&e))?;
        Ledger::ready(conn, Some(path))
    }

    /// A ledger that is gone when it is dropped: for trials and measurements.
    pub fn in_memory() -> Result<Ledger> {
        Ledger::ready(Connection::open_in_memory().map_err(|e| damaged(&e))?, None)
    }

    fn ready(mut conn: Connection, path: Option<&Path>) -> Result<Ledger> {
        // A rollback journal, not WAL: shop folders sit in synchronised and network drives, where WAL's shared memory fails.
        // secure_delete: what is erased is overwritten, not only unlinked.
        Ledger::settle(&conn)
            .and_then(|()| {
                conn.execute_batch(
                    "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY",
                )
            })
            .map_err(|e| damaged(&e))?;
        schema::prepare(&mut conn, path)?;
        Ok(Ledger::of(conn, path))
    }

    fn of(conn: Connection, path: Option<&Path>) -> Ledger {
        Ledger { conn, path: path.map(Path::to_owned), operation: None, recent: RefCell::default() }
    }

    /// What holds for every open ledger.
    fn settle(conn: &Connection) -> rusqlite::Result<()> {
        conn.busy_timeout(Duration::from_secs(5))?;
        room(conn, LITTLE)?;
        // Not mapped: a file that another program shortens, or a network drive that goes away, would end this process by a signal.
        conn.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 0")?;
        // Without this a question with a number in it is planned anew for every number, because there are indexes for some numbers
        // only: loading the nearest notes took five times as long.
        conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(64);
        Ok(())
    }

    /// Runs `work` in one transaction that is kept only if it succeeds.
    pub fn change<T>(&mut self, work: impl FnOnce(&Change<'_>) -> Result<T>) -> Result<T> {
        room(&self.conn, MUCH).and_then(|()| seal::watch(&self.conn)).map_err(|e| damaged(&e))?;
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| damaged(&e))?;
        let change = Change { tx, echoes: echoes::Pending::default() };
        let op = journal::take_up(&change.tx, self.operation.as_ref()).map_err(|e| damaged(&e))?;
        let done = work(&change)?;
        change.write_echoes()?;
        change.pack_stories()?;
        let op = journal::put_down(&change.tx, op).map_err(|e| damaged(&e))?;
        change.seal()?;
        change.tx.commit().map_err(|e| damaged(&e))?;
        if let Some(begun) = &mut self.operation {
            begun.n = op;
        }
        Ok(done)
    }

    /// Does the same as [`Ledger::change`] and then takes it all back: what would happen.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&Change<'_>) -> Result<T>) -> Result<T> {
        room(&self.conn, MUCH).map_err(|e| damaged(&e))?;
        let tx = self.conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|e| damaged(&e))?;
        let change = Change { tx, echoes: echoes::Pending::default() };
        let done = work(&change)?;
        change.tx.rollback().map_err(|e| damaged(&e))?;
        Ok(done)
    }

    /// Asks many things of the ledger as it is at one moment. The file is locked and looked at once for all of them; alone, each question
    /// does both anew, which took as long as finding the answers.
    pub fn at_once<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let begin = || self.conn.unchecked_transaction().map_err(|e| damaged(&e));
        let held = if self.conn.is_autocommit() { Some(begin()?) } else { None };
        let done = work();
        drop(held);
        done
    }

    /// The connection, for reading.
    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// Lets `SQLite` clear away a journal that a crash left and nobody needs: old pages, and old names, stand in it.
    pub fn clear_journal(&mut self) -> Result<()> {
        // Writing what is there already writes nothing.
        self.change_unrecorded(|change| {
            change.tx.execute_batch("UPDATE pen SET may = 'index'; UPDATE pen SET may = ''").map_err(|e| damaged(&e))
        })
    }

    /// A compact, consistent copy at `path`, which must not exist: there whole or not at all, readable by its owner only.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        copy(&self.conn, path)
    }
}

/// The same for a bare connection. `SQLite` neither protects nor flushes what `VACUUM INTO` writes, so it waits under another name.
fn copy(conn: &Connection, path: &Path) -> Result<()> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let waiting = path.with_file_name(format!(".wetink-{name}"));
    let wrong = |e: &std::io::Error| Trouble::file("write", path, e).hint("is the disk full, or the folder read-only?");
    let done = shop::write_whole(&waiting, b"").and_then(|()| {
        match waiting.to_str() {
            Some(path) => conn.execute("VACUUM INTO ?1", [path]).map(|_| ()),
            // A path that is no text can't be said in SQL.
            None => conn.backup(rusqlite::MAIN_DB, &waiting, None::<fn(rusqlite::backup::Progress)>),
        }
        .map_err(|e| damaged(&e))?;
        OpenOptions::new().write(true).open(&waiting).and_then(|file| file.sync_all()).map_err(|e| wrong(&e))?;
        std::fs::rename(&waiting, path).map_err(|e| wrong(&e))
    });
    if done.is_err() {
        let _ = std::fs::remove_file(&waiting);
    }
    shop::sync_dir(path.parent().unwrap_or(Path::new(".")));
    done
}

/// The file's pages that are held in memory, in kB, taken only as they are needed. Much for a change, so that an import of years of cards
/// is written once, not spilled again and again, and for looking all over the file; else little: memory that is used again is had for
/// nothing.
const MUCH: u32 = 65_536;
const LITTLE: u32 = 512;

/// Room for as many rows is made at once where a shop has hundreds or thousands: to make it anew and anew took as long as reading them.
const MANY: usize = 1024;

fn room(conn: &Connection, most: u32) -> rusqlite::Result<()> {
    conn.execute_batch(&format!("PRAGMA cache_size = -{most}"))
}

/// An open transaction: the one way anything is written.
#[derive(Debug)]
pub struct Change<'a> {
    tx: Transaction<'a>,
    /// What the echo index has still to write.
    echoes: echoes::Pending,
}

impl Change<'_> {
    /// Sends the pages that would undo this change to the disk, so that keeping it waits for less. Whatever becomes of that,
    /// `SQLite` makes sure of them itself before it writes over anything.
    pub fn flush_early(&self) {
        if let Some(path) = self.tx.path().filter(|path| !path.is_empty()) {
            let _ = std::fs::File::open(format!("{path}-journal")).and_then(|journal| journal.sync_data());
        }
    }

    /// Does what the ledger's guards refuse otherwise: takes a card, an event or a fingerprint back. `why` is one of the words the
    /// table `pen` knows.
    fn taking_back<T>(&self, why: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let before: String = self.tx.query_row("SELECT may FROM pen", [], |r| r.get(0)).map_err(|e| damaged(&e))?;
        let set = |may: &str| self.tx.execute("UPDATE pen SET may = ?1", [may]).map_err(|e| damaged(&e));
        set(why)?;
        let done = work()?;
        set(&before)?;
        Ok(done)
    }
}

/// A row that isn't what a program of ours writes, or a file whose header says so.
fn unreadable(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..)
            | E::InvalidColumnType(..)
            | E::IntegralValueOutOfRange(..)
            | E::Utf8Error(..)
            | E::InvalidColumnName(_)
    ) || error.to_string().contains("unsupported file format")
}

/// `SQLite`'s error as ours: busy, full and broken are told apart, because the owner does different things about them.
pub(crate) fn damaged(error: &rusqlite::Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Trouble::failed("another wetink is writing in this ledger")
            .hint("wait until it is done, then try again; nothing was changed"),
        Some(ErrorCode::DiskFull) => Trouble::failed("the disk is full").hint("make room, then try again; nothing was changed"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            Trouble::failed(format!("the ledger can't be written: {error}"))
                .hint("check that ledger.db and its folder belong to you")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Trouble::damaged("ledger.db is damaged")
            .hint("don't delete it: run `wetink doctor`, then restore the newest backup with `wetink restore`"),
        Some(ErrorCode::SystemIoFailure) => Trouble::failed(format!("the disk can't be read or written: {error}"))
            .hint("is it full, gone, or failing? Nothing was changed; see that your copies are whole, then try again"),
        // What is stored can't be read as what it is.
        _ if unreadable(error) => Trouble::damaged(format!("ledger.db is damaged: {error}"))
            .hint("don't delete it: run `wetink doctor`, then restore the newest backup with `wetink restore`"),
        _ => Trouble::failed(format!("the ledger says: {error}"))
            .hint("nothing was changed; `wetink doctor` looks the ledger over"),
    }
}
