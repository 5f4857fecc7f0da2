//! What happened between the shop and a person, in order of time.

use std::collections::BTreeMap;

use rusqlite::params;

use crate::day::Day;
use crate::due::Sent;
use crate::ledger::story::day;
use crate::ledger::{Change, Ledger, MANY, damaged};
use crate::person::{Id, Person};
use crate::touch::Touch;
use crate::trouble::Result;

impl Ledger {
    /// Whether this word was used before for something that happened.
    pub fn has_kind(&self, kind: &str) -> Result<bool> {
        self.conn()
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM touch WHERE kind = ?1)")
            .and_then(|mut ask| ask.query_row([kind], |r| r.get(0)))
            .map_err(|e| damaged(&e))
    }

    /// A person's touches, oldest first.
    pub fn touches(&self, person: &Id) -> Result<Vec<Touch>> {
        let mut ask = self
            .conn()
            .prepare_cached("SELECT day, kind, text, until, by, closes FROM touch WHERE person = ?1 ORDER BY day, n")
            .map_err(|e| damaged(&e))?;
        let rows = ask
            .query_map([person.as_str()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Option<String>>(3)?,
                    row.get::<_, String>(4)?,
                    row.get::<_, String>(5)?,
                ))
            })
            .map_err(|e| damaged(&e))?;
        let mut found = Vec::new();
        for row in rows {
            let (day, kind, text, until, by, closes) = row.map_err(|e| damaged(&e))?;
            found.push(Touch { on: day.parse()?, kind, text, until: until.and_then(|d| d.parse().ok()), by, closes });
        }
        Ok(found)
    }

    /// The words of these touches.
    pub fn words(&self, touches: &[i64]) -> Result<BTreeMap<i64, String>> {
        let mut found = BTreeMap::new();
        let mut ask = self
            .conn()
            .prepare_cached("SELECT n, text FROM touch WHERE n IN (SELECT value FROM json_each(?1))")
            .map_err(|e| damaged(&e))?;
        let list = serde_json::to_string(touches).unwrap_or_else(|_| "[]".into());
        let rows = ask.query_map([list], |r| Ok((r.get(0)?, r.get(1)?))).map_err(|e| damaged(&e))?;
        for row in rows {
            let (n, text) = row.map_err(|e| damaged(&e))?;
            found.insert(n, text);
        }
        Ok(found)
    }

    /// Every card that was made for a day on or after `from`, with the day it was printed.
    pub fn sent(&self, from: Day) -> Result<Vec<Sent>> {
        let read = || -> rusqlite::Result<Vec<Sent>> {
            let mut ask = self.conn().prepare_cached(
                "SELECT coalesce(person, household), occasion, key, card.day, coalesce(batch.day, card.day), card.state
                 FROM card LEFT JOIN batch ON batch.n = card.batch WHERE card.day >= ?1 ORDER BY card.day, card.n",
            )?;
            let mut rows = ask.query([from.to_string()])?;
            let mut found = Vec::with_capacity(MANY);
            while let Some(row) = rows.next()? {
                let text = |at: usize| row.get_ref(at).and_then(|value| Ok(value.as_str()?));
                let (Some(on), Some(made)) = (day(text(3)?.as_bytes()), day(text(4)?.as_bytes())) else { continue };
                let (occasion, key, state) = (text(1)?.to_owned(), text(2)?.to_owned(), text(5)?.to_owned());
                found.push(Sent { to: Id::from_stored(text(0)?.to_owned()), occasion, key, day: on, made, state });
            }
            Ok(found)
        };
        read().map_err(|e| damaged(&e))
    }

    /// How often mail to somebody came back since their address was last changed and since they last answered.
    pub fn returns(&self, person: &Person) -> Result<u32> {
        self.conn()
            .prepare_cached(
                // An event that was taken back no longer is its card's state.
                "WITH theirs AS (SELECT e.n, e.card, e.what FROM card_event e JOIN card c ON c.n = e.card
                   WHERE (c.person = ?1 OR c.household = ?2) AND e.day > ?3 AND e.what = c.state)
                 SELECT count(DISTINCT card) FROM theirs WHERE what = 'returned'
                   AND n > coalesce((SELECT max(n) FROM theirs WHERE what = 'answered'), 0)",
            )
            .and_then(|mut ask| {
                let since = person.status_on.map(|d| d.to_string()).unwrap_or_default();
                ask.query_row(params![person.id.as_str(), person.household.as_ref().map(Id::as_str), since], |r| r.get(0))
            })
            .map_err(|e| damaged(&e))
    }
}

impl Change<'_> {
    /// Adds a touch. With an origin (a file's own key for the row) the same one again changes nothing and gives `false`.
    pub fn add_touch(&self, person: &Id, touch: &Touch, origin: Option<&str>) -> Result<bool> {
        self.tx
            .prepare_cached(
                "INSERT INTO touch (person, kind, day, text, until, by, closes, origin) VALUES (?1,?2,?3,?4,?5,?6,?7,?8) ON CONFLICT (origin) DO NOTHING",
            )
            .and_then(|mut put| {
                put.execute(params![
                    person.as_str(),
                    touch.kind,
                    touch.on.to_string(),
                    touch.text,
                    touch.until.map(|d| d.to_string()),
                    touch.by,
                    touch.closes,
                    origin
                ])
            })
            .map(|added| added > 0)
            .map_err(|e| damaged(&e))
    }
}
