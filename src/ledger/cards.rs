//! Cards that were made: what stood on them and what became of them.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::ledger::{Change, Ledger, damaged};
use crate::person::Id;
use crate::trouble::{Result, Trouble};

/// How a card was made, so that a spoilt page can be printed again the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Made {
    /// The letter's name.
    pub letter: String,
    /// The hand's name; empty when the owner wrote by hand.
    pub hand: String,
    /// How much the hand varied.
    pub manner: String,
    /// The cover design.
    pub cover: String,
    /// The stock's name.
    pub stock: String,
}

/// A card on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Row number, the key of the echo index.
    #[serde(skip)]
    pub n: i64,
    /// `ana-lopez-birthday-2026`.
    pub id: String,
    /// Person or household.
    pub to: Id,
    /// Why it was written.
    pub occasion: String,
    /// The day it was for.
    pub day: Day,
    /// `printed`, `posted`, `returned` or `answered`.
    pub state: String,
    /// The note as written.
    pub note: String,
    /// The postscript, if any.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ps: String,
    /// Why a rule was overruled, if one was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// From an imported file, not printed by us.
    pub imported: bool,
    /// The batch it was printed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Its number in the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// How it was made.
    #[serde(skip)]
    pub made: Made,
}

impl Card {
    /// Note and postscript as one text.
    #[must_use]
    pub fn text(&self) -> String {
        if self.ps.is_empty() { self.note.clone() } else { format!("{}\n\n{}", self.note, self.ps) }
    }
}

/// Something that happened to a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When.
    pub day: Day,
    /// `printed`, `reprinted`, `posted`, `returned`, `answered` or `corrected`.
    pub what: String,
    /// Who did it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// What was said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A card about to be recorded.
#[derive(Clone, Debug)]
pub struct NewCard<'a> {
    /// The id, `ana-lopez-birthday-2026`.
    pub id: &'a str,
    /// Person or household.
    pub to: &'a Id,
    /// `to` is a household.
    pub household: bool,
    /// Why.
    pub occasion: &'a str,
    /// What tells it from the next card on the same occasion: year or month.
    pub key: &'a str,
    /// The day it is for.
    pub day: Day,
    /// The note.
    pub note: &'a str,
    /// The postscript.
    pub ps: &'a str,
    /// Why a rule was overruled.
    pub because: &'a str,
    /// The batch's row and the number in it; none for a card from an imported file.
    pub batch: Option<(i64, u32)>,
    /// How it is made.
    pub made: &'a Made,
}

/// The cards of a person or household by their own indexes: with a plain OR and an order, `SQLite` walks all cards by day instead.
const THEIRS: &str = "card.n IN (SELECT n FROM card WHERE person = ?1 UNION ALL SELECT n FROM card WHERE household = ?1)";

const COLUMNS: &str =
    "card.n, card.id, card.who, card.occasion, card.day, card.state, card.note, card.ps, card.because, card.imported,
    (SELECT id FROM batch WHERE batch.n = card.batch), card.number, card.made";

fn card(row: &Row<'_>) -> rusqlite::Result<Card> {
    let day: String = row.get(4)?;
    Ok(Card {
        n: row.get(0)?,
        id: row.get(1)?,
        to: Id::from_stored(row.get::<_, String>(2)?),
        occasion: row.get(3)?,
        day: day.parse().map_err(|_| rusqlite::Error::InvalidColumnName(format!("day {day}")))?,
        state: row.get(5)?,
        note: row.get(6)?,
        ps: row.get(7)?,
        because: row.get(8)?,
        imported: row.get(9)?,
        batch: row.get(10)?,
        number: row.get(11)?,
        made: serde_json::from_str(row.get_ref(12)?.as_str()?).unwrap_or_default(),
    })
}

impl Ledger {
    fn cards_where(&self, condition: &str, value: &dyn rusqlite::ToSql) -> Result<Vec<Card>> {
        let mut ask =
            self.conn().prepare_cached(&format!("SELECT {COLUMNS} FROM card WHERE {condition}")).map_err(|e| damaged(&e))?;
        let rows = ask.query_map([value], card).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// All cards to a person or household, oldest first.
    pub fn cards_to(&self, who: &Id) -> Result<Vec<Card>> {
        self.cards_where(&format!("{THEIRS} ORDER BY card.day, card.n"), &who.as_str())
    }

    /// The cards of a batch in the order they were printed.
    pub fn cards_in(&self, batch: &str) -> Result<Vec<Card>> {
        self.cards_where("card.batch = (SELECT n FROM batch WHERE id = ?1) ORDER BY card.number", &batch)
    }

    /// The card with this id.
    pub fn card(&self, id: &str) -> Result<Option<Card>> {
        Ok(self.cards_where("card.id = ?1", &id)?.pop())
    }

    /// The rows of their newest cards, the newest first: two plain questions to indexes that have them in order. One question
    /// for both makes a table of its own, each time, and takes several times as long.
    fn newest(&self, who: &Id, many: usize) -> rusqlite::Result<Vec<i64>> {
        let mut found: Vec<(String, i64)> = Vec::new();
        for theirs in ["person", "household"] {
            let newest = format!("SELECT day, n FROM card WHERE {theirs} = ?1 ORDER BY day DESC, n DESC LIMIT ?2");
            let mut ask = self.conn().prepare_cached(&newest)?;
            for row in ask.query_map(params![who.as_str(), many as i64], |r| Ok((r.get(0)?, r.get(1)?)))? {
                found.push(row?);
            }
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found.into_iter().take(many).map(|(_, n)| n).collect())
    }

    /// The newest card to a person or household.
    pub fn last_card(&self, who: &Id) -> Result<Option<Card>> {
        self.last_card_beside(who, "")
    }

    /// The newest card to them that isn't this one.
    pub fn last_card_beside(&self, who: &Id, card: &str) -> Result<Option<Card>> {
        for n in self.newest(who, 2).map_err(|e| damaged(&e))? {
            if let Some(found) = self.cards_where("card.n = ?1", &n)?.pop().filter(|found| found.id != card) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// What was on the covers of their last cards, `many` of them at the most, the latest last; cards without a cover are left out.
    pub fn last_covers(&self, who: &Id, many: usize) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut ask = self.conn().prepare_cached("SELECT made FROM card WHERE n = ?1")?;
            let made = |r: &Row<'_>| Ok(serde_json::from_str::<Made>(r.get_ref(0)?.as_str()?).unwrap_or_default());
            let mut covers = Vec::new();
            for n in self.newest(who, many)? {
                covers.extend(ask.query_row([n], made).optional()?.map(|made| made.cover));
            }
            covers.retain(|cover| !cover.is_empty());
            covers.reverse();
            Ok(covers)
        };
        read().map_err(|e| damaged(&e))
    }

    /// What became of a card, oldest first.
    pub fn events(&self, card: &Card) -> Result<Vec<Event>> {
        self.events_of(card.n)
    }

    /// The same, by the card's row number.
    pub(super) fn events_of(&self, card: i64) -> Result<Vec<Event>> {
        let mut ask = self
            .conn()
            .prepare_cached("SELECT day, what, by, text FROM card_event WHERE card = ?1 ORDER BY n")
            .map_err(|e| damaged(&e))?;
        let rows = ask
            .query_map([card], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .map_err(|e| damaged(&e))?;
        let mut found = Vec::new();
        for row in rows {
            let (day, what, by, text) = row.map_err(|e| damaged(&e))?;
            found.push(Event { day: day.parse()?, what, by, text });
        }
        Ok(found)
    }

    /// How many cards there are.
    pub fn count_cards(&self) -> Result<u64> {
        self.conn().query_row("SELECT count(*) FROM card", [], |r| r.get::<_, i64>(0)).map(|n| n as u64).map_err(|e| damaged(&e))
    }
}

impl Change<'_> {
    /// Records a card and returns its row. What it says must be nobody else's: the database refuses a second card with the same
    /// note, whoever asks. (An imported card records what the shop wrote long ago, and may repeat.)
    /// `names` are the ways to call whom it is for, which the comparison leaves out.
    pub fn add_card(&self, new: &NewCard<'_>, names: &[String]) -> Result<i64> {
        let imported = new.batch.is_none();
        let (person, household) = if new.household { (None, Some(new.to.as_str())) } else { (Some(new.to.as_str()), None) };
        self.tx
            .prepare_cached(
                "INSERT INTO card (id, person, household, occasion, key, day, state, note, ps, because, imported, batch, number, made)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )
            .and_then(|mut put| {
                put.execute(params![
                    new.id,
                    person,
                    household,
                    new.occasion,
                    new.key,
                    new.day.to_string(),
                    if imported { "posted" } else { "printed" },
                    new.note,
                    new.ps,
                    new.because,
                    imported,
                    new.batch.map(|b| b.0),
                    new.batch.map(|b| b.1),
                    if imported { "{}".to_owned() } else { serde_json::to_string(new.made).unwrap_or_else(|_| "{}".into()) },
                ])
            })
            .map_err(|e| match e.sqlite_error_code() {
                Some(rusqlite::ErrorCode::ConstraintViolation) if e.to_string().contains("must not get a card") => {
                    Trouble::refused(format!("{} must not get a card", new.to)).hint(format!("see `wetink person show {}`", new.to))
                }
                Some(rusqlite::ErrorCode::ConstraintViolation) if e.to_string().contains("card.id") => {
                    Trouble::refused(format!("the card {} was printed already", new.id)).hint(format!("print it again with `wetink print --again {}`", new.id))
                }
                _ => damaged(&e),
            })?;
        let card = self.tx.last_insert_rowid();
        self.learn(card, new, names)?;
        Ok(card)
    }

    /// An id for an imported card that no card has yet.
    pub fn free_card_id(&self, wanted: &str) -> Result<String> {
        let mut id = wanted.to_owned();
        let mut number = 1;
        loop {
            let taken = self
                .tx
                .prepare_cached("SELECT 1 FROM card WHERE id = ?1")
                .and_then(|mut ask| ask.query_row([&id], |_| Ok(())).optional())
                .map_err(|e| damaged(&e))?;
            if taken.is_none() {
                return Ok(id);
            }
            number += 1;
            id = format!("{wanted}-{number}");
        }
    }

    /// Whether this very card was imported before: same person, occasion, day and words.
    pub fn knows_card(&self, to: &Id, occasion: &str, day: Day, note: &str, ps: &str) -> Result<bool> {
        self.tx
            .prepare_cached(
                "WITH that_day (n) AS (SELECT n FROM card WHERE person = ?1 AND day = ?3
                   UNION ALL SELECT n FROM card WHERE household = ?1 AND day = ?3)
                 SELECT EXISTS (SELECT 1 FROM card WHERE n IN that_day AND occasion = ?2 AND note = ?4 AND ps = ?5)",
            )
            .and_then(|mut ask| ask.query_row(params![to.as_str(), occasion, day.to_string(), note, ps], |r| r.get(0)))
            .map_err(|e| damaged(&e))
    }

    /// Writes down what happened to a card and moves it to that state; a reprint leaves the state.
    pub fn happened(&self, card: i64, what: &str, day: Day, by: &str, text: &str) -> Result<()> {
        self.tx
            .prepare_cached("INSERT INTO card_event (card, day, what, by, text) VALUES (?1, ?2, ?3, ?4, ?5)")
            .and_then(|mut put| put.execute(params![card, day.to_string(), what, by, text]))
            .map_err(|e| damaged(&e))?;
        if what != "reprinted" && what != "corrected" {
            self.tx
                .prepare_cached("UPDATE card SET state = ?2 WHERE n = ?1 AND state <> ?2")
                .and_then(|mut put| put.execute(params![card, what]))
                .map_err(|e| damaged(&e))?;
        }
        Ok(())
    }
}
