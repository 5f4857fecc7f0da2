//! What happened between the shop and a person, in order of time.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params};

use crate::day::Day;
use crate::due::{Sent, Stories};
use crate::ledger::{Change, Ledger, damaged};
use crate::person::{Id, Person};
use crate::rules::{Mark, Rules};
use crate::touch::Touch;
use crate::trouble::Result;

/// So many read the history of many people at once, and so many people are worth another.
const MOST_HANDS: usize = 4;
const A_HANDFUL: usize = 500;

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

    /// Everybody's history without its words; only an index is read. `people` are all there are, by id. Of many people each
    /// processor reads a part, on a connection of its own.
    pub fn stories(&self, people: &[Person], rules: &Rules) -> Result<Stories> {
        let path = self.conn().path().filter(|path| !path.is_empty());
        let hands = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_HANDS).min(1 + people.len() / A_HANDFUL);
        let hands = if path.is_some() { hands } else { 1 };
        let mut parts = people.chunks(people.len().div_ceil(hands).max(1));
        let own = parts.next().unwrap_or_default();
        std::thread::scope(|scope| {
            let others: Vec<_> =
                parts.map(|part| (part, scope.spawn(move || read(&beside(path.unwrap_or_default())?, part, rules)))).collect();
            let mut stories = read(self.conn(), own, rules).map_err(|e| damaged(&e))?;
            for (part, other) in others {
                // Whoever couldn't read leaves it to this one.
                stories.append(match other.join() {
                    Ok(Ok(read)) => read,
                    _ => read(self.conn(), part, rules).map_err(|e| damaged(&e))?,
                });
            }
            Ok(stories)
        })
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
        let mut ask = self
            .conn()
            .prepare_cached(
                "SELECT who, occasion, key, card.day, coalesce(batch.day, card.day), card.state
                 FROM card LEFT JOIN batch ON batch.n = card.batch WHERE card.day >= ?1 ORDER BY card.day, card.n",
            )
            .map_err(|e| damaged(&e))?;
        let mut rows = ask.query([from.to_string()]).map_err(|e| damaged(&e))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|e| damaged(&e))? {
            let text = |at: usize| row.get::<_, String>(at).map_err(|e| damaged(&e));
            let (Some(on), Some(made)) = (day(text(3)?.as_bytes()), day(text(4)?.as_bytes())) else { continue };
            found.push(Sent { to: Id::from_stored(text(0)?), occasion: text(1)?, key: text(2)?, day: on, made, state: text(5)? });
        }
        Ok(found)
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

/// A second connection, which can only read. Nothing is mapped: of an index each page is read once.
fn beside(path: &str) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.pragma_update(None, "mmap_size", 0)?;
    Ok(conn)
}

/// The history of some people, in their order.
fn read(conn: &Connection, people: &[Person], rules: &Rules) -> rusqlite::Result<Stories> {
    // What is to be done until when, and what it closes, few have.
    let mut ask = conn.prepare_cached(
        "SELECT day, kind, n, until IS NOT NULL OR closes <> '', until, closes FROM touch WHERE person = ?1 ORDER BY day",
    )?;
    let mut stories = Stories::default();
    let mut kinds: Vec<(Vec<u8>, u16)> = Vec::new();
    for person in people {
        let mut rows = ask.query([person.id.as_str()])?;
        while let Some(row) = rows.next()? {
            let Some(on) = day(bytes(row.get_ref(0)?)) else { continue };
            let word = bytes(row.get_ref(1)?);
            let kind = if let Some((_, number)) = kinds.iter().find(|(name, _)| name == word) {
                *number
            } else {
                let number = rules.number(&String::from_utf8_lossy(word));
                kinds.push((word.to_vec(), number));
                number
            };
            let mut mark = Mark { n: row.get(2)?, on, kind, until: None, closes: None };
            if row.get(3)? {
                mark.until = day(bytes(row.get_ref(4)?));
                mark.closes = std::str::from_utf8(bytes(row.get_ref(5)?)).ok().and_then(|text| rules.closes(text));
            }
            stories.push(mark);
        }
        stories.next_person();
    }
    Ok(stories)
}

fn bytes(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Text(text) => text,
        _ => &[],
    }
}

/// `2026-12-12`, without the detour of a parser: there are a hundred thousand of them.
fn day(text: &[u8]) -> Option<Day> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return None };
    let number = |digits: &[u8]| digits.iter().try_fold(0, |sum, d| d.is_ascii_digit().then(|| sum * 10 + u32::from(d - b'0')));
    Day::new(number(&[y1, y2, y3, y4])?.try_into().ok()?, number(&[m1, m2])?, number(&[d1, d2])?)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::person::Name;

    #[test]
    fn a_history_read_in_parts_is_the_same_history() {
        let dir = tempfile::tempdir().unwrap();
        let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
        let fill = |mut ledger: Ledger| {
            let today: Day = "2026-11-21".parse().unwrap();
            ledger
                .change(|change| {
                    for n in 0..1800_i64 {
                        let name = Name { given: format!("Given{n}"), family: "Lee".into(), ..Name::default() };
                        let id = change.add_person(&Person { name, ..Person::default() })?;
                        for k in 0..n % 4 {
                            let kind = ["visit", "promise", "purchase"][k as usize];
                            let mut touch = Touch::new(today.plus(-n - k), kind, "");
                            touch.until = (kind == "promise").then(|| today.plus(n));
                            touch.closes =
                                if n % 8 == 3 && k == 2 { format!("promise {}", today.plus(-n - 1)) } else { String::new() };
                            change.add_touch(&id, &touch, None)?;
                        }
                    }
                    Ok(())
                })
                .unwrap();
            let people = ledger.people().unwrap();
            let stories = ledger.stories(&people, &rules).unwrap();
            (0..people.len()).map(|at| (people[at].id.clone(), stories.of(at).to_vec())).collect::<Vec<_>>()
        };
        let whole = fill(Ledger::in_memory().unwrap());
        assert_eq!(whole.iter().map(|(_, marks)| marks.len()).sum::<usize>(), 450 * 6);
        assert!(whole.iter().any(|(_, marks)| marks.iter().any(|m| m.closes.is_some() && m.until.is_none())));
        assert_eq!(fill(Ledger::open(&dir.path().join("ledger.db")).unwrap()), whole);
    }
}
