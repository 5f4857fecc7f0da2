//! The numbers of `wetink status` that are counted in the ledger, each with its query: what the page shows is what was asked.

use rusqlite::params;

use crate::day::{Day, Month};
use crate::ledger::{Ledger, damaged};
use crate::trouble::Result;

/// Name and query of each number. `?1` and `?2` are the first and the last day of the month.
pub const QUERIES: [(&str, &str); 7] = [
    ("printed", "SELECT count(*) FROM card WHERE state = 'printed' AND day BETWEEN ?1 AND ?2"),
    ("posted", "SELECT count(*) FROM card WHERE state = 'posted' AND day BETWEEN ?1 AND ?2"),
    ("returned", "SELECT count(*) FROM card WHERE state = 'returned' AND day BETWEEN ?1 AND ?2"),
    ("answered", "SELECT count(*) FROM card WHERE state = 'answered' AND day BETWEEN ?1 AND ?2"),
    (
        "promises",
        "SELECT coalesce(sum((kind = 'promise') - (substr(closes, 1, 8) = 'promise ')), 0) FROM touch \
         WHERE (kind = 'promise' OR closes <> '') AND person NOT IN (SELECT id FROM person WHERE status = 'deceased') \
         AND (?1 IS NOT NULL OR ?2 IS NOT NULL)",
    ),
    ("people", "SELECT count(*) FROM person WHERE merged_into IS NULL AND (?1 IS NOT NULL OR ?2 IS NOT NULL)"),
    (
        "unknown",
        "SELECT count(*) FROM person WHERE merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM touch WHERE touch.person = person.id) \
         AND (?1 IS NOT NULL OR ?2 IS NOT NULL)",
    ),
];

/// Cards for the days of one month: all of them, and those that were answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonthOfCards {
    /// The month.
    pub month: Month,
    /// All cards.
    pub cards: u32,
    /// Those that were answered.
    pub answered: u32,
}

/// The query of the chart; `?1` and `?2` are its first and last day.
pub const CHART: &str =
    "SELECT substr(day, 1, 7), count(*), sum(state = 'answered') FROM card WHERE day BETWEEN ?1 AND ?2 GROUP BY 1";

impl Ledger {
    /// The number of one of the [`QUERIES`].
    pub fn number(&self, query: &str, from: Day, to: Day) -> Result<usize> {
        self.conn()
            .prepare_cached(query)
            .and_then(|mut ask| ask.query_row(params![from.to_string(), to.to_string()], |r| r.get::<_, i64>(0)))
            .map(|n| usize::try_from(n).unwrap_or(0))
            .map_err(|e| damaged(&e))
    }

    /// The twelve months up to this one, oldest first, those without a card too.
    pub fn year_of_cards(&self, until: Month) -> Result<Vec<MonthOfCards>> {
        let mut months: Vec<MonthOfCards> = Vec::new();
        let mut month = until;
        for _ in 0..12 {
            months.push(MonthOfCards { month, cards: 0, answered: 0 });
            month = Month::of(month.first().plus(-1));
        }
        months.reverse();
        let mut ask = self.conn().prepare_cached(CHART).map_err(|e| damaged(&e))?;
        let rows = ask
            .query_map(params![months[0].month.first().to_string(), until.last().to_string()], |r| {
                Ok((r.get::<_, String>(0)?, r.get::<_, u32>(1)?, r.get::<_, u32>(2)?))
            })
            .map_err(|e| damaged(&e))?;
        for row in rows {
            let (name, cards, answered) = row.map_err(|e| damaged(&e))?;
            if let Some(there) = months.iter_mut().find(|m| m.month.to_string() == name) {
                (there.cards, there.answered) = (cards, answered);
            }
        }
        Ok(months)
    }
}
