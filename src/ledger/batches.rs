//! Batches: the cards printed together in one PDF. A batch is `building` before its PDF gets its name and `ready` after, so
//! that whatever a crash leaves can be told and mended.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use crate::day::{Day, Month};
use crate::ledger::{Change, Ledger, damaged};
use crate::trouble::Result;

/// What stands for the SHA-256 of a PDF that isn't whole yet; never kept.
pub const NOT_YET: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A batch on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Row number.
    #[serde(skip)]
    pub n: i64,
    /// `2026-12-a`.
    pub id: String,
    /// The day it was printed.
    pub day: Day,
    /// The sheet it was printed from, as named in the shop.
    pub sheet: String,
    /// The PDF, as named in the shop.
    pub file: String,
    /// The PDF's SHA-256, in hexadecimal.
    pub sha256: String,
    /// How many cards.
    pub cards: u32,
    /// `building`, `ready` or `void`.
    pub state: String,
    /// It came with another ledger, and its PDF lies on the machine it was printed on.
    #[serde(skip)]
    pub elsewhere: bool,
}

impl Batch {
    /// It went to a postcard service as a folder, and its file is that folder's list.
    #[must_use]
    pub fn is_pack(&self) -> bool {
        self.service().is_some()
    }

    /// The service it is a pack for: `lob`.
    #[must_use]
    pub fn service(&self) -> Option<&str> {
        self.file.strip_prefix("out/")?.strip_suffix("/CHECKSUMS.txt")?.strip_suffix(&self.id)?.strip_suffix('-')
    }

    /// What to type to have its PDF or its folder again.
    #[must_use]
    pub fn anew(&self) -> String {
        match self.service() {
            Some(service) if self.sheet == "again" => format!("wetink pack {service}"),
            Some(service) => format!("wetink pack {service} {}", self.sheet),
            None => format!("wetink print --again {}", self.id),
        }
    }
}

const COLUMNS: &str =
    "n, id, day, sheet, file, sha256, cards, state, EXISTS (SELECT 1 FROM elsewhere WHERE elsewhere.n = batch.n)";

fn batch(row: &Row<'_>) -> rusqlite::Result<Batch> {
    let day: String = row.get(2)?;
    Ok(Batch {
        n: row.get(0)?,
        id: row.get(1)?,
        day: day.parse().map_err(|_| rusqlite::Error::InvalidColumnName(format!("day {day}")))?,
        sheet: row.get(3)?,
        file: row.get(4)?,
        sha256: row.get(5)?,
        cards: row.get(6)?,
        state: row.get(7)?,
        elsewhere: row.get(8)?,
    })
}

/// `a` for 0, `b` for 1 … `z`, `aa`.
fn letters(number: i64) -> String {
    let (mut left, mut letters) = (number, Vec::new());
    loop {
        letters.push(char::from(b'a' + (left % 26) as u8));
        left = left / 26 - 1;
        if left < 0 {
            return letters.iter().rev().collect();
        }
    }
}

impl Ledger {
    /// All batches, oldest first.
    pub fn batches(&self) -> Result<Vec<Batch>> {
        let mut ask = self.conn().prepare_cached(&format!("SELECT {COLUMNS} FROM batch ORDER BY n")).map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], batch).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// Batches a crash left half done.
    pub fn building(&self) -> Result<Vec<Batch>> {
        let mut ask = self
            .conn()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE state = 'building' ORDER BY n"))
            .map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], batch).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// The next batch's id in a month: `2026-12-a`, then `b` … `z`, `aa`. A void batch keeps its id, and so does one from another
    /// ledger: a name is never used twice.
    pub fn next_batch_id(&self, month: Month) -> Result<String> {
        let prefix = format!("{month}-");
        let look = || -> rusqlite::Result<String> {
            let mut count = self.conn().prepare_cached("SELECT count(*) FROM batch WHERE substr(id, 1, 8) = ?1")?;
            let mut taken = self
                .conn()
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM batch WHERE id = ?1 OR file = 'out/' || ?1 || '.pdf')")?;
            let mut at: i64 = count.query_row([&prefix], |r| r.get(0))?;
            loop {
                let id = format!("{prefix}{}", letters(at));
                if !taken.query_row([&id], |r| r.get(0))? {
                    return Ok(id);
                }
                at += 1;
            }
        };
        look().map_err(|e| damaged(&e))
    }
}

impl Change<'_> {
    /// The batch a line of the journal speaks of.
    pub(super) fn batch_by_key(&self, key: &str) -> rusqlite::Result<Option<Batch>> {
        self.tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM batch WHERE n = json_extract(?1, '$.n')"))?
            .query_row([key], batch)
            .optional()
    }

    /// Opens a batch as `building` and returns its row.
    pub fn begin_batch(&self, new: &Batch) -> Result<i64> {
        self.tx
            .execute(
                "INSERT INTO batch (id, day, sheet, file, sha256, cards, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'building')",
                params![new.id, new.day.to_string(), new.sheet, new.file, new.sha256, new.cards],
            )
            .map_err(|e| damaged(&e))?;
        Ok(self.tx.last_insert_rowid())
    }

    /// The PDF of a batch that was opened in this change is whole: its SHA-256.
    pub fn mark_batch(&self, n: i64, sha256: &str) -> Result<()> {
        let mark = "UPDATE batch SET sha256 = ?2 WHERE n = ?1 AND sha256 = ?3";
        self.taking_back("void", || self.tx.execute(mark, params![n, sha256, NOT_YET]).map(|_| ()).map_err(|e| damaged(&e)))
    }

    /// The PDF is there: the batch is ready.
    pub fn finish_batch(&self, n: i64) -> Result<()> {
        self.tx
            .execute("UPDATE batch SET state = 'ready' WHERE n = ?1 AND state = 'building'", [n])
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// The PDF never came to be: the batch is void and its cards were never made.
    pub fn void_batch(&self, n: i64) -> Result<()> {
        let cards: Vec<i64> = self
            .tx
            .prepare("SELECT n FROM card WHERE batch = ?1")
            .and_then(|mut ask| ask.query_map([n], |r| r.get(0))?.collect())
            .map_err(|e| damaged(&e))?;
        self.taking_back("void", || {
            for card in &cards {
                self.unlearn(*card)?;
                self.tx.execute("DELETE FROM card WHERE n = ?1", [card]).map_err(|e| damaged(&e))?;
            }
            // A reprint that never came to be didn't happen either.
            self.tx
                .execute("DELETE FROM card_event WHERE what = 'reprinted' AND text = (SELECT id FROM batch WHERE n = ?1)", [n])
                .map_err(|e| damaged(&e))
        })?;
        self.tx.execute("UPDATE batch SET state = 'void' WHERE n = ?1", [n]).map(|_| ()).map_err(|e| damaged(&e))
    }

    /// Whether a card with this id is there, and in which batch.
    pub fn batch_of(&self, card: &str) -> Result<Option<String>> {
        self.tx
            .prepare_cached("SELECT batch.id FROM card JOIN batch ON batch.n = card.batch WHERE card.id = ?1")
            .and_then(|mut ask| ask.query_row([card], |r| r.get(0)).optional())
            .map_err(|e| damaged(&e))
    }
}
