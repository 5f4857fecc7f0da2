//! `wetink posted`: the cards are in the letter box, and the history says so.

use clap::Args;

use crate::cli::returned::happened_on;
use crate::cli::talk::{STRONG, Talk, count, list, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::Day;
use crate::ledger::Ledger;
use crate::ledger::cards::Card;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Posted {
    /// A batch (2026-12-a), a card, or people; without any, everything that is printed and not posted
    which: Vec<String>,
    /// Leave these people out
    #[arg(long, value_name = "WHO")]
    except: Vec<String>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<Day>)]
    on: Option<Day>,
    /// Who signed and posted them
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Say what would be written down, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Posted {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let mut cards = chosen(&room.ledger, &self.which)?;
        for typed in &self.except {
            let who = room.ledger.who(typed)?;
            cards.retain(|card| card.to != *who.id());
        }
        let (cards, before): (Vec<Card>, Vec<Card>) = cards.into_iter().partition(|c| c.state == "printed");
        if !before.is_empty() && !self.which.is_empty() {
            talk.say(format!("{} posted before; left as it was", count(before.len(), "card")));
        }
        if cards.is_empty() {
            talk.say("No printed card is waiting to be posted.");
            return Ok(Done::Well);
        }
        let on = happened_on(self.on, world.today)?;
        let by = self.by.unwrap_or_else(|| shop.settings.shop.signs.clone());
        let names: Vec<String> = cards.iter().map(|c| c.to.to_string()).collect();
        if !self.dry_run {
            room.ledger.change(|change| cards.iter().try_for_each(|card| change.happened(card.n, "posted", on, &by, "")))?;
        }
        let would = if self.dry_run { "would be " } else { "" };
        let by = if by.is_empty() { String::new() } else { format!(" by {}", styled(STRONG, &by)) };
        talk.say(format!("{} {would}posted on {}{by}: {}", count(cards.len(), "card"), on.plain(), list(&names)));
        Ok(Done::Well)
    }
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
            let cards = ledger.cards_to(who.id())?;
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
