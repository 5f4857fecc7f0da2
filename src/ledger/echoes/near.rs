//! Which earlier notes lie nearest to new ones, and which of those are worth reading.
//!
//! The drafts of a sheet are asked for together: what they are found by, and the notes found, are looked up in the order of the
//! file, so that each page of it is read once and not once for every draft.

use std::borrow::Cow;
use std::sync::Arc;

use rayon::prelude::*;
use rusqlite::{Connection, OptionalExtension as _};

use super::rows::cards_with;
use super::{Recent, load, recent, text_of};
use crate::echo::{self, Draft, Earlier, Ranking, Traits};
use crate::ledger::readers::Eyes;
use crate::ledger::{Ledger, damaged};
use crate::trouble::Result;

/// Never more notes than this are looked at.
const MOST_NEAREST: usize = 48;

impl Ledger {
    /// The earlier notes a draft may be a copy of, nearest first.
    pub fn nearest_notes(&self, draft: &Draft<'_>) -> Result<Vec<Earlier>> {
        let traits = echo::traits(draft.text, &draft.recipient.names, false);
        Ok(nearest(self, &[Some(&traits)])?.pop().unwrap_or_default())
    }

    /// The recent notes, read anew if there are others by now.
    fn recent(&self) -> rusqlite::Result<Arc<Recent>> {
        let mut known = self.recent.borrow_mut();
        if known.stamp != recent::stamp(self.conn())? {
            *known = Arc::new(Recent::read(self.conn())?);
        }
        Ok(Arc::clone(&known))
    }
}

/// The same for some drafts by their traits; nothing is near to one without.
pub fn nearest(eyes: &impl Eyes, drafts: &[Option<&Traits>]) -> Result<Vec<Vec<Earlier>>> {
    let traits = || drafts.iter().flatten();
    let prints = sorted(traits().flat_map(|t| t.fingerprints.iter().copied()));
    let prints = eyes.each(&prints, |ledger, prints| the_same(ledger.conn(), prints).map_err(|e| damaged(&e)))?.concat();
    let keys = sorted(traits().flat_map(|t| t.asked().map(|(key, _)| key)));
    let shelf = eyes.each(&keys, |ledger, keys| Shelf::read(ledger, keys).map_err(|e| damaged(&e)))?;
    let ranked =
        drafts.par_iter().with_max_len(Ranking::AT_ONCE).enumerate().map_init(Ranking::default, |ranking, (draft, traits)| {
            traits.map_or_else(Vec::new, |traits| candidates(draft, traits, &prints, &shelf, ranking))
        });
    let mut wanted: Vec<Candidate> = ranked.flatten_iter().collect();
    wanted.sort_unstable_by_key(|c| c.card);
    let read = eyes.each(&wanted, |ledger, wanted| worth_reading(ledger.conn(), wanted, drafts).map_err(|e| damaged(&e)))?;
    let mut read: Vec<(Candidate, Earlier)> = read.into_iter().flatten().collect();
    read.sort_by_key(|(candidate, _)| candidate.place);
    let mut near: Vec<Vec<Earlier>> = drafts.iter().map(|_| Vec::new()).collect();
    for (candidate, earlier) in read {
        near[candidate.draft].push(earlier);
    }
    Ok(near)
}

fn sorted<T: Ord>(numbers: impl Iterator<Item = T>) -> Vec<T> {
    let mut numbers: Vec<T> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The cards whose notes have some of these fingerprints: fingerprint and card, in order.
fn the_same(conn: &Connection, prints: &[i64]) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut ask = conn.prepare_cached("SELECT card FROM fingerprint WHERE hash = ?1")?;
    let found = prints.iter().map(|print| Ok(ask.query_row([print], |r| r.get(0)).optional()?.map(|card| (*print, card))));
    found.filter_map(Result::transpose).collect()
}

/// The cards with some keys, the keys in order.
struct Shelf<'k> {
    keys: &'k [u32],
    /// Where the cards of each key end.
    ends: Vec<usize>,
    cards: Vec<i64>,
}

impl<'k> Shelf<'k> {
    fn read(ledger: &Ledger, keys: &'k [u32]) -> rusqlite::Result<Shelf<'k>> {
        let recent = ledger.recent()?;
        let (mut shelf, mut cards) = (Shelf { keys, ends: Vec::with_capacity(keys.len()), cards: Vec::new() }, Vec::new());
        for key in keys {
            cards_with(ledger.conn(), *key, &mut cards)?;
            recent.add(*key, &mut cards);
            shelf.cards.append(&mut cards);
            shelf.ends.push(shelf.cards.len());
        }
        Ok(shelf)
    }

    /// The cards with one key, the oldest first.
    fn with(&self, key: u32) -> Option<&[i64]> {
        let at = self.keys.binary_search(&key).ok()?;
        Some(&self.cards[at.checked_sub(1).map_or(0, |before| self.ends[before])..self.ends[at]])
    }
}

/// A note on record that a draft may be a copy of.
#[derive(Clone, Copy)]
struct Candidate {
    card: i64,
    /// Which of the drafts, and at which place among those that are near to it.
    draft: usize,
    place: usize,
    /// By its fingerprint it is the same.
    identical: bool,
}

fn candidates(
    draft: usize,
    traits: &Traits,
    prints: &[(i64, i64)],
    shelf: &[Shelf<'_>],
    ranking: &mut Ranking,
) -> Vec<Candidate> {
    let same = |print: &i64| prints.binary_search_by_key(print, |known| known.0).ok().map(|at| prints[at].1);
    let mut found: Vec<i64> = Vec::new();
    for card in traits.fingerprints.iter().filter_map(same) {
        if !found.contains(&card) {
            found.push(card);
        }
    }
    let identical = found.len();
    let nearest = ranking.nearest(traits, |key| shelf.iter().find_map(|part| part.with(key)).unwrap_or_default());
    for card in nearest {
        if !found.contains(&card) {
            found.push(card);
        }
    }
    found.truncate(MOST_NEAREST);
    let candidate = |(place, card)| Candidate { card, draft, place, identical: place < identical };
    found.into_iter().enumerate().map(candidate).collect()
}

/// Of the notes found those that may be more to their draft than one that shares some words. Whose they are isn't asked before that:
/// of most it is never needed.
fn worth_reading(
    conn: &Connection,
    wanted: &[Candidate],
    drafts: &[Option<&Traits>],
) -> rusqlite::Result<Vec<(Candidate, Earlier)>> {
    let mut ask = conn.prepare_cached("SELECT note, ps FROM card WHERE n = ?1")?;
    let mut worth = Vec::new();
    for of_one in wanted.chunk_by(|a, b| a.card == b.card) {
        let n = of_one[0].card;
        let looked_at = |candidate: &&Candidate| n >= 0 && !candidate.identical;
        let mut these: Vec<Candidate> = of_one.iter().filter(|c| !looked_at(c)).copied().collect();
        if let Some(row) = ask.query([n])?.next()?.filter(|_| these.len() < of_one.len()) {
            let (note, ps) = (row.get_ref(0)?.as_str()?, row.get_ref(1)?.as_str()?);
            let text = if ps.is_empty() { Cow::Borrowed(note) } else { Cow::Owned(text_of(note, ps)) };
            let may_echo = |c: &&Candidate| drafts[c.draft].is_some_and(|traits| traits.glance.may_echo(&text));
            these.extend(of_one.iter().filter(looked_at).filter(may_echo));
        }
        if let Some(earlier) = if these.is_empty() { None } else { load(conn, n)? } {
            worth.extend(these.into_iter().map(|c| (c, Earlier { identical: c.identical, ..earlier.clone() })));
        }
    }
    Ok(worth)
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
            assert_eq!(ledger.unheard(&mut |_, _| true).unwrap(), Vec::<String>::new());
        }
        // Taken back, a recent one is found no more, and neither is one of the others.
        for n in [1399, 3] {
            ledger.change(|change| change.taking_back("void", || change.unlearn(rows[n]))).unwrap();
            assert!(!near(&ledger, n) && near(&ledger, n - 1), "{n}");
        }
        // A tenth of the rows gone is a little of nearly every note.
        ledger.conn().execute_batch("DELETE FROM echo WHERE bucket % 10 = 3").unwrap();
        let found = ledger.unheard(&mut |_, _| true).unwrap();
        assert!(found.iter().any(|line| line.contains("lost some of what")), "{found:?}");
        assert_eq!(ledger.unheard(&mut |_, _| false).unwrap(), Vec::<String>::new(), "stopped, nothing is said");
    }
}
