//! `wetink posted`: the cards are in the letter box, and the history says so.

use std::path::PathBuf;

use clap::Args;

use crate::cli::returned::happened_on;
use crate::cli::talk::{STRONG, Talk, WARN, count, list, styled};
use crate::cli::when::When;
use crate::cli::{Done, World, typed, workroom};
use crate::day::Day;
use crate::ledger::Ledger;
use crate::ledger::cards::Card;
use crate::out::preflight::records;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Posted {
    /// A batch (2026-12-a), a card, or people; without any, everything that is printed and not posted
    which: Vec<String>,
    /// Leave these people out
    #[arg(long, value_name = "WHO")]
    except: Vec<String>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    on: Option<When>,
    /// Who signed and posted them
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// The postcard service's own number of this one card
    #[arg(long = "ref", value_name = "NUMBER", conflicts_with = "refs")]
    reference: Option<String>,
    /// A CSV file with the columns card and ref: many at once
    #[arg(long, value_name = "FILE", conflicts_with_all = ["which", "except"])]
    refs: Option<PathBuf>,
    /// Say what would be written down, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Posted {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let on = happened_on(self.on, world.today)?;
        let by = self.by.clone().unwrap_or_else(|| shop.settings.shop.signs.clone());
        let given = match (&self.reference, &self.refs) {
            (Some(number), _) => {
                let cards = chosen(&room.ledger, &self.which)?;
                let [card] = &cards[..] else {
                    return Err(Trouble::usage(format!(
                        "--ref is the number of one card, and this is {}",
                        count(cards.len(), "card")
                    ))
                    .hint("name the card; for many at once: `wetink posted --refs FILE.csv`"));
                };
                vec![(card.clone(), number.clone())]
            }
            (None, Some(file)) => numbers(&room.ledger, &world.dir.join(file))?,
            (None, None) => Vec::new(),
        };
        if !given.is_empty() || self.refs.is_some() {
            return self.numbered(&mut room.ledger, given, on, &by, talk);
        }
        let mut cards = chosen(&room.ledger, &self.which)?;
        for typed in &self.except {
            let who = room.ledger.who(typed)?;
            cards.retain(|card| card.to != *who.id());
        }
        let (cards, before): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|c| c.state == "printed");
        if !before.is_empty() && !self.which.is_empty() {
            talk.say(format!("{} posted before; left as it was", count(before.len(), "card")));
        }
        // The pile was to be taken through once more; who is named is meant.
        let mut kept = Vec::new();
        let mut back = Vec::new();
        for card in cards {
            let who = room.ledger.with_id(&card.to)?;
            let silent = who.is_some_and(|who| who.is_spared());
            if silent && self.which.is_empty() { back.push(card) } else { kept.push(card) }
        }
        let cards = kept;
        if let Some(first) = back.first() {
            let names: Vec<String> = back.iter().map(|c| c.to.to_string()).collect();
            talk.say(format!(
                "{} not posted: {} must not get a card any more; take {} out of the pile. Gone already? `wetink posted {}`",
                styled(WARN, "note:"),
                list(&names),
                if back.len() == 1 { "it" } else { "them" },
                first.to
            ));
        }
        if cards.is_empty() {
            talk.say("No printed card is waiting to be posted.");
            return Ok(Done::Well);
        }
        let names: Vec<String> = cards.iter().map(|c| c.to.to_string()).collect();
        for card in &cards {
            after_printing(&room.ledger, card, on)?;
        }
        if !self.dry_run {
            room.ledger.change(|change| cards.iter().try_for_each(|card| change.happened(card.n, "posted", on, &by, "")))?;
        }
        let would = if self.dry_run { "would be " } else { "" };
        let by = if by.is_empty() { String::new() } else { format!(" by {}", styled(STRONG, &by)) };
        talk.say(format!("{} {would}posted on {}{by}: {}", count(cards.len(), "card"), on.plain(), list(&names)));
        Ok(Done::Well)
    }

    /// Cards with the service's own numbers. A number that is on record already is not written down twice.
    fn numbered(&self, ledger: &mut Ledger, given: Vec<(Card, String)>, on: Day, by: &str, talk: &Talk) -> Result<Done> {
        let mut fresh = Vec::new();
        for (card, number) in given {
            if !ledger.events(&card)?.iter().any(|e| e.text == number) {
                after_printing(ledger, &card, on)?;
                fresh.push((card, number));
            }
        }
        if !self.dry_run {
            ledger.change(|change| {
                fresh.iter().try_for_each(|(card, number)| {
                    let what = if card.state == "printed" { "posted" } else { "corrected" };
                    change.happened(card.n, what, on, by, number)
                })
            })?;
        }
        let would = if self.dry_run { "would be " } else { "" };
        let names: Vec<String> = fresh.iter().map(|(card, _)| card.to.to_string()).collect();
        if names.is_empty() {
            talk.say("Nothing new: these numbers are on record already.");
        } else {
            talk.say(format!(
                "{} {would}posted on {} with the service's numbers: {}",
                count(names.len(), "card"),
                on.plain(),
                list(&names)
            ));
        }
        Ok(Done::Well)
    }
}

/// No card is posted before it was printed.
fn after_printing(ledger: &Ledger, card: &Card, on: Day) -> Result<()> {
    let printed = ledger.events(card)?.into_iter().find(|e| e.what == "printed").map(|e| e.day);
    match printed.filter(|day| *day > on) {
        Some(day) => Err(Trouble::usage(format!("{} was printed on {}, and can't be posted before", card.id, day.plain()))
            .hint("say the day it went into the letter box; nothing was written down")),
        None => Ok(()),
    }
}

/// Cards and numbers from a file with the columns `card` and `ref` (or `id`).
fn numbers(ledger: &Ledger, file: &std::path::Path) -> Result<Vec<(Card, String)>> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Trouble::file("read", file, &e).hint("name a CSV file with the columns card and ref"))?;
    let mut rows = records(text.trim_start_matches('\u{feff}')).into_iter();
    let heads: Vec<String> =
        rows.next().map(|(_, row)| row.iter().map(|h| h.trim().to_lowercase()).collect()).unwrap_or_default();
    let column = |names: &[&str]| heads.iter().position(|h| names.contains(&h.as_str()));
    let (Some(card_at), Some(ref_at)) = (column(&["card", "metadata_card", "description", "custom1"]), column(&["ref", "id"]))
    else {
        return Err(Trouble::failed(format!("{} has no columns `card` and `ref`", file.display()))
            .hint("give it a first line `card,ref`, then a line for each card"));
    };
    let mut found = Vec::new();
    for (line, row) in rows {
        let cell = |at: usize| row.get(at).map_or("", |c| c.trim());
        let card = ledger.card(cell(card_at))?.ok_or_else(|| {
            Trouble::failed(format!("line {line}: no card is called `{}`", crate::words::shown(cell(card_at))))
                .hint("nothing was written down; the cards' names are in addresses.csv of the pack")
        })?;
        if cell(ref_at).is_empty() {
            return Err(Trouble::failed(format!("line {line}: there is no number"))
                .hint("nothing was written down; fill it in, or take the line out"));
        }
        found.push((card, cell(ref_at).to_owned()));
    }
    Ok(found)
}

/// The cards meant by batches, card ids or people; of people, those that are printed and not posted.
fn chosen(ledger: &Ledger, which: &[String]) -> Result<Vec<Card>> {
    let batches = ledger.batches()?;
    let mut found: Vec<Card> = Vec::new();
    if which.is_empty() {
        for batch in batches.iter().filter(|b| b.state == "ready") {
            found.extend(ledger.cards_in(&batch.id)?.into_iter().filter(|c| c.state == "printed"));
        }
        return Ok(found);
    }
    for typed in which {
        let cards = if let Some(batch) = batches.iter().find(|b| b.id == *typed) {
            if batch.state == "void" {
                return Err(
                    Trouble::failed(format!("batch {} is void: it was never printed", batch.id)).hint("print the sheet again")
                );
            }
            ledger.cards_in(&batch.id)?
        } else if let Some(card) = ledger.card(typed)? {
            vec![card]
        } else {
            if ledger.matching(typed)?.is_empty() {
                let ids: Vec<&str> = batches.iter().rev().filter(|b| b.state == "ready").take(3).map(|b| b.id.as_str()).collect();
                let trouble = Trouble::failed(format!("`{typed}` is no batch, no card and nobody's name"));
                return Err(if ids.is_empty() {
                    trouble.hint("nothing was printed yet: `wetink print`")
                } else {
                    trouble.hint(format!("the newest batches are {}", ids.join(", ")))
                });
            }
            let who = ledger.who(typed)?;
            let mut cards = ledger.cards_to(who.id())?;
            // Somebody who has none of their own may mean the one to their household.
            if let (true, Some(house)) = (cards.is_empty(), who.persons().first().and_then(|p| p.household.as_ref())) {
                cards = ledger.cards_to(house)?;
            }
            let waiting: Vec<Card> = cards.iter().filter(|c| c.state == "printed").cloned().collect();
            if waiting.is_empty() { cards.into_iter().rev().take(1).collect() } else { waiting }
        };
        if cards.is_empty() {
            return Err(
                Trouble::failed(format!("no card to `{typed}` was printed")).hint("print the sheet first: `wetink print`")
            );
        }
        found.extend(cards);
    }
    found.sort_by_key(|c| c.n);
    found.dedup_by_key(|c| c.n);
    Ok(found)
}
