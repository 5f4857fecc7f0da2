//! Which earlier notes lie nearest to new ones, and which of those are worth reading.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _};

use super::rows::cards_with;
use super::{Recent, load, recent, text_of};
use crate::echo::{self, Draft, Earlier, Glance, Ranking, Traits};
use crate::ledger::{Ledger, damaged};
use crate::trouble::Result;

/// Never more notes than this are looked at.
const MOST_NEAREST: usize = 48;

impl Ledger {
    /// The earlier notes a draft may be a copy of, nearest first.
    pub fn nearest_notes(&self, draft: &Draft<'_>) -> Result<Vec<Earlier>> {
        let traits = echo::traits(draft.text, &draft.recipient.names, false);
        Ok(self.nearest_to(&[Some(&traits)])?.pop().unwrap_or_default())
    }

    /// The same for some drafts by their traits; nothing is near to one without.
    pub fn nearest_to(&self, drafts: &[Option<&Traits>]) -> Result<Vec<Vec<Earlier>>> {
        let recent = self.recent().map_err(|e| damaged(&e))?;
        let mut search = Search { conn: self.conn(), recent: &recent, ranking: Ranking::default() };
        let near = |traits: Option<&Traits>| traits.map_or(Ok(Vec::new()), |traits| search.near(traits));
        drafts.iter().copied().map(near).collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }
}

impl Ledger {
    /// The recent notes, read anew if there are others by now.
    fn recent(&self) -> rusqlite::Result<Arc<Recent>> {
        let mut known = self.recent.borrow_mut();
        if known.stamp != recent::stamp(self.conn())? {
            *known = Arc::new(Recent::read(self.conn())?);
        }
        Ok(Arc::clone(&known))
    }
}

/// What is used again from draft to draft.
struct Search<'c> {
    conn: &'c Connection,
    recent: &'c Recent,
    ranking: Ranking,
}

impl Search<'_> {
    fn near(&mut self, traits: &Traits) -> rusqlite::Result<Vec<Earlier>> {
        let conn = self.conn;
        let mut found: Vec<i64> = Vec::new();
        for hash in &traits.fingerprints {
            let mut ask = conn.prepare_cached("SELECT card FROM fingerprint WHERE hash = ?1")?;
            let card = ask.query_row([hash], |r| r.get(0)).optional()?;
            found.extend(card.filter(|card| !found.contains(card)));
        }
        let identical = found.len();
        let nearest = self.ranking.nearest(traits, |key, cards| {
            cards_with(conn, key, cards)?;
            self.recent.add(key, cards);
            Ok::<(), rusqlite::Error>(())
        })?;
        for card in nearest {
            if !found.contains(&card) {
                found.push(card);
            }
        }
        found.truncate(MOST_NEAREST);
        let mut notes = Vec::new();
        for (place, n) in found.into_iter().enumerate() {
            if place >= identical && n >= 0 && !worth_a_look(conn, n, &traits.glance)? {
                continue;
            }
            if let Some(mut earlier) = load(conn, n)? {
                earlier.identical = place < identical;
                notes.push(earlier);
            }
        }
        Ok(notes)
    }
}

/// Whether the note of this card may be more to a draft than one that shares some words. Whose it is isn't asked for yet: of most
/// notes that is never needed.
fn worth_a_look(conn: &Connection, n: i64, glance: &Glance) -> rusqlite::Result<bool> {
    let mut ask = conn.prepare_cached("SELECT note, ps FROM card WHERE n = ?1")?;
    let mut rows = ask.query([n])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let (note, ps) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
    Ok(if ps.is_empty() { glance.may_echo(note) } else { glance.may_echo(&text_of(note, ps)) })
}

#[cfg(test)]
mod tests {
    use crate::echo::{Draft, Recipient};
    use crate::ledger::Ledger;
    use crate::ledger::cards::{Made, NewCard};
    use crate::person::{Name, Person};

    fn note(n: usize) -> String {
        format!("The heron number {n} sat on gate {} while boat {} sank near mill {}, said the ferryman.", n * 7, n * 11, n * 13)
    }

    #[test]
    fn notes_are_found_while_they_are_recent_and_when_they_are_many() {
        let mut ledger = Ledger::in_memory().unwrap();
        let to = ledger.change(|c| c.add_person(&Person { name: Name::parse("Ann Lee"), ..Person::default() })).unwrap();
        let count = |ledger: &Ledger, sql: &str| ledger.conn().query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
        let near = |ledger: &Ledger, n: usize| {
            let recipient = Recipient::default();
            let found = ledger.nearest_notes(&Draft { text: &note(n), recipient: &recipient, card: None }).unwrap();
            found.iter().any(|old| old.card == format!("c-{n}"))
        };
        let mut rows = Vec::new();
        for some in (0..1400).collect::<Vec<_>>().chunks(350) {
            let made = ledger.change(|change| {
                some.iter()
                    .map(|n| {
                        let (id, key, note, made) = (format!("c-{n}"), n.to_string(), note(*n), Made::default());
                        let (occasion, day) = ("hello", "2026-11-21".parse().unwrap());
                        let card = NewCard {
                            id: &id,
                            to: &to,
                            household: false,
                            occasion,
                            key: &key,
                            day,
                            note: &note,
                            ps: "",
                            because: "",
                            batch: None,
                            made: &made,
                        };
                        change.add_card(&card, &["Ann".into()])
                    })
                    .collect::<crate::trouble::Result<Vec<i64>>>()
            });
            rows.extend(made.unwrap());
            let recent = count(&ledger, "SELECT count(*) FROM echo_recent");
            assert_eq!(recent, [350, 700, 0, 350][rows.len() / 350 - 1], "a third time there was no room");
            for n in [0, rows.len() / 2, rows.len() - 1] {
                assert!(near(&ledger, n), "note {n} of {}", rows.len());
            }
            assert_eq!(ledger.unheard().unwrap(), Vec::<String>::new());
        }
        // Taken back, a recent one is found no more, and neither is one of the others.
        for n in [1399, 3] {
            ledger.change(|change| change.taking_back("void", || change.unlearn(rows[n]))).unwrap();
            assert!(!near(&ledger, n) && near(&ledger, n - 1), "{n}");
        }
    }
}
