//! Looking for damage: is the file whole, are the guards in their places, are the rows as they were written, does the echo know
//! every note?

use rusqlite::Connection;

use crate::ledger::{Ledger, MUCH, damaged, room, schema};
use crate::trouble::{Result, Trouble};

/// A larger ledger isn't read from end to end before each change; `doctor` still does.
const SOON_READ: i64 = 16 << 20;

/// What is wrong with a ledger, in sentences; what heals each is another thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// The file itself or its guards: a copy must be put back.
    pub file: Vec<String>,
    /// Rows that aren't as this program wrote them: a copy, or the owner's word that it was them.
    pub rows: Vec<String>,
    /// The echo doesn't know notes that are there: it can be made anew from them.
    pub echo: Vec<String>,
}

impl Damage {
    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = &String> {
        self.file.iter().chain(&self.rows).chain(&self.echo)
    }

    /// There is none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.all().next().is_none()
    }
}

/// Tables, indexes and triggers with what made them.
fn plan(conn: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    conn.prepare("SELECT name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")?
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect()
}

impl Ledger {
    /// Everything that can be found, however long it takes; `progress` is told how many notes were looked for of how many, and may
    /// stop it.
    pub fn damage(&self, progress: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<Damage> {
        let mut stopped = None;
        let mut go_on = |done: u64, all: u64| progress(done, all).map_err(|trouble| stopped = Some(trouble)).is_ok();
        let mut look = || -> rusqlite::Result<Damage> {
            room(self.conn(), MUCH)?;
            // All of one moment, whoever writes meanwhile.
            let _moment = self.conn().unchecked_transaction()?;
            let mut found = Damage { file: self.torn("integrity_check(20)")?, ..Damage::default() };
            found.file.extend(self.unguarded()?);
            if !found.file.is_empty() {
                return Ok(found);
            }
            let loose: i64 = self.conn().query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| r.get(0))?;
            if loose > 0 {
                found.rows.push(format!("{loose} rows of ledger.db point at something that isn't there"));
            }
            found.rows.extend(self.unsealed()?);
            found.rows.extend(self.miscounted()?);
            found.echo = self.unheard(&mut go_on)?;
            let packs = self.mispacked()?;
            if packs > 0 {
                found.echo.push(format!("{packs} histories of people in ledger.db are packed otherwise than they were told"));
            }
            Ok(found)
        };
        let found = look();
        stopped.map_or_else(|| found.or_else(|e| told(&e)), Err)
    }

    /// Before a change: what a small ledger shows of damage in a moment. A change to a damaged ledger would only hide it.
    pub fn fit_to_write(&self) -> Result<()> {
        let look = || -> rusqlite::Result<Vec<String>> {
            room(self.conn(), MUCH)?;
            let _moment = self.conn().unchecked_transaction()?;
            let pages: i64 = self.conn().pragma_query_value(None, "page_count", |r| r.get(0))?;
            let size: i64 = self.conn().pragma_query_value(None, "page_size", |r| r.get(0))?;
            let mut found = self.unguarded()?;
            if pages * size <= SOON_READ && found.is_empty() {
                found.extend(self.torn("quick_check(1)")?);
                if found.is_empty() {
                    found.extend(self.unsealed()?);
                }
            }
            Ok(found)
        };
        let found = match look() {
            Ok(found) => found,
            Err(e) => told(&e)?.file,
        };
        match found.first() {
            None => Ok(()),
            Some(first) => Err(Trouble::damaged(first).hint("nothing was changed; `wetink doctor` says what can be done")),
        }
    }

    fn torn(&self, check: &str) -> rusqlite::Result<Vec<String>> {
        let mut ask = self.conn().prepare(&format!("PRAGMA {check}"))?;
        let lines: Vec<String> = ask.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
        let torn = lines.into_iter().filter(|line| line != "ok");
        Ok(torn
            .take(1)
            .map(|line| format!("ledger.db is damaged (SQLite says: {})", line.lines().next_back().unwrap_or_default()))
            .collect())
    }

    /// Guards, indexes and tables that aren't as they were made; a pen that was left in somebody's hand.
    fn unguarded(&self) -> rusqlite::Result<Vec<String>> {
        let mut whole = Connection::open_in_memory()?;
        schema::make(&mut whole)?;
        let (whole, here) = (plan(&whole)?, plan(self.conn())?);
        let mut found = Vec::new();
        for (name, sql) in &whole {
            match here.iter().find(|(there, _)| there == name) {
                None => found.push(format!("`{name}` is missing in ledger.db: one of the guards that keep its promises")),
                Some((_, there)) if there != sql => found.push(format!("`{name}` in ledger.db is not as wetink made it")),
                Some(_) => {}
            }
        }
        for (name, _) in here.iter().filter(|(name, _)| !whole.iter().any(|(made, _)| made == name)) {
            found.push(format!("`{name}` in ledger.db is not from wetink"));
        }
        if found.is_empty() {
            let pen: i64 =
                self.conn().query_row("SELECT count(*) FROM pen WHERE one = 1 AND op IS NULL AND may = ''", [], |r| r.get(0))?;
            if pen != 1 {
                found.push("the guards of ledger.db were switched off by something other than wetink".into());
            }
        }
        Ok(found)
    }

    /// Batches that say another number of cards than they have.
    fn miscounted(&self) -> rusqlite::Result<Vec<String>> {
        let mut ask = self.conn().prepare(
            "SELECT id, cards, (SELECT count(*) FROM card WHERE card.batch = batch.n)
               + (SELECT count(*) FROM card_event WHERE what = 'reprinted' AND text = batch.id) AS here
             FROM batch WHERE state = 'ready' AND here > cards ORDER BY n",
        )?;
        let rows = ask.query_map([], |r| {
            let (id, said, here): (String, i64, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(format!("batch {id} has {here} cards on record and was printed with {said}"))
        })?;
        rows.collect()
    }
}

/// A file so damaged that it can't be asked is an answer too.
fn told(error: &rusqlite::Error) -> Result<Damage> {
    let trouble = damaged(error);
    if trouble.kind == crate::trouble::Kind::Damaged {
        Ok(Damage { file: vec![trouble.message], ..Damage::default() })
    } else if matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::Unknown) | None) {
        // A missing table or column: somebody's SQL, or bits in the file's plan.
        Ok(Damage { file: vec![format!("ledger.db is damaged: {error}")], ..Damage::default() })
    } else {
        Err(trouble)
    }
}
