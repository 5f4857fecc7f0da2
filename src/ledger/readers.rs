//! Further eyes on one ledger: an open file for each processor, so that many questions are asked by all of them at once.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rusqlite::{Connection, OpenFlags};

use crate::ledger::{Ledger, damaged};
use crate::trouble::Result;

/// A ledger's further eyes, opened when they are first needed. What each of them sees is the ledger as it was then.
#[derive(Debug)]
pub struct Readers {
    path: PathBuf,
    open: Vec<Mutex<Option<Ledger>>>,
}

impl Ledger {
    /// Further eyes on this ledger, which must lie in a file.
    #[must_use]
    pub fn readers(&self) -> Readers {
        let path = self.path.clone().unwrap_or_default();
        Readers { path, open: (0..rayon::current_num_threads()).map(|_| Mutex::default()).collect() }
    }
}

/// Questions are dealt out in so many parts to each of the eyes, so that none waits long for the last; fewer than this are one part.
const PARTS: usize = 8;
const FEWEST: usize = 16;

/// Who can answer questions about a ledger: it by itself, or several eyes on it, each a part of them.
pub trait Eyes {
    /// Asks about all items; what is said of them comes back in parts, in their order. A part are neighbours: whoever has them in the
    /// file's order has each of its pages looked at once.
    fn each<'i, I: Sync, T: Send>(&self, items: &'i [I], work: impl Fn(&Ledger, &'i [I]) -> Result<T> + Sync) -> Result<Vec<T>>;
}

impl Eyes for Ledger {
    fn each<'i, I: Sync, T: Send>(&self, items: &'i [I], work: impl Fn(&Ledger, &'i [I]) -> Result<T> + Sync) -> Result<Vec<T>> {
        Ok(vec![work(self, items)?])
    }
}

impl Eyes for Readers {
    fn each<'i, I: Sync, T: Send>(&self, items: &'i [I], work: impl Fn(&Ledger, &'i [I]) -> Result<T> + Sync) -> Result<Vec<T>> {
        let part = items.len().div_ceil(self.open.len() * PARTS).max(FEWEST);
        items.par_chunks(part).with_max_len(1).map(|part| self.read(|ledger| work(ledger, part))).collect()
    }
}

impl Readers {
    /// Asks with the eyes of this processor. `work` must not wait for others: they may want to ask with the same.
    pub fn read<T>(&self, work: impl FnOnce(&Ledger) -> Result<T>) -> Result<T> {
        let own = rayon::current_thread_index().unwrap_or(0) % self.open.len();
        let mut open = self.open[own].lock().unwrap_or_else(PoisonError::into_inner);
        let ledger = match &mut *open {
            Some(ledger) => ledger,
            none => none.insert(Ledger::only_to_ask(&self.path)?),
        };
        work(ledger)
    }
}

impl Ledger {
    /// Opens a ledger only to ask: nothing is made, brought up to date or mended.
    pub fn only_to_ask(path: &Path) -> Result<Ledger> {
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let conn = Connection::open_with_flags(path, flags)?;
            Ledger::settle(&conn)?;
            // Little is kept of what was read: they read in the file's order, and memory they use again is had for nothing.
            // One moment for all questions, and the file is locked once for them.
            conn.execute_batch("PRAGMA cache_size = -2048; BEGIN")?;
            Ok(conn)
        };
        open().map(|conn| Ledger::of(conn, Some(path))).map_err(|e| damaged(&e))
    }
}
