//! What happened between the shop and a person, in order of time.

use rusqlite::params;

use crate::ledger::{Change, Ledger, damaged};
use crate::person::Id;
use crate::touch::Touch;
use crate::trouble::Result;

impl Ledger {
    /// A person's touches, oldest first.
    pub fn touches(&self, person: &Id) -> Result<Vec<Touch>> {
        let mut ask = self
            .conn()
            .prepare_cached("SELECT day, kind, text, until, by FROM touch WHERE person = ?1 ORDER BY day, n")
            .map_err(|e| damaged(&e))?;
        let rows = ask
            .query_map([person.as_str()], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                    row.get::<_, Option<String>>(3)?,
                    row.get::<_, String>(4)?,
                ))
            })
            .map_err(|e| damaged(&e))?;
        let mut found = Vec::new();
        for row in rows {
            let (day, kind, text, until, by) = row.map_err(|e| damaged(&e))?;
            found.push(Touch { on: day.parse()?, kind, text, until: until.and_then(|d| d.parse().ok()), by });
        }
        Ok(found)
    }
}

impl Change<'_> {
    /// Adds a touch. With an origin (a file's own key for the row) the same one again changes nothing and gives `false`.
    pub fn add_touch(&self, person: &Id, touch: &Touch, origin: Option<&str>) -> Result<bool> {
        self.tx
            .prepare_cached(
                "INSERT INTO touch (person, kind, day, text, until, by, origin) VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT (origin) DO NOTHING",
            )
            .and_then(|mut put| {
                put.execute(params![
                    person.as_str(),
                    touch.kind,
                    touch.on.to_string(),
                    touch.text,
                    touch.until.map(|d| d.to_string()),
                    touch.by,
                    origin
                ])
            })
            .map(|added| added > 0)
            .map_err(|e| damaged(&e))
    }
}
