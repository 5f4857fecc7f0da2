//! `labels` and `envelopes`: the addresses of a batch, in its order, with the cards' numbers.

use clap::Args;

use crate::cli::talk::{Talk, WARN, count, styled};
use crate::cli::workroom::{self, step};
use crate::cli::{Done, World};
use crate::ledger::Ledger;
use crate::shop::{self, Shop};
use crate::studio::post::{Addressed, Post};
use crate::studio::{Order, Studio};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Labels {
    /// The batch; the newest if not given
    batch: Option<String>,
    /// The label sheet; `wetink stocks label` lists them
    #[arg(long, value_name = "NAME")]
    stock: Option<String>,
    /// Labels already used on the first sheet
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: usize,
}

#[derive(Debug, Args)]
pub struct Envelopes {
    /// The batch; the newest if not given
    batch: Option<String>,
    /// The envelope; the smallest the card goes into if not given
    #[arg(long, value_name = "NAME")]
    stock: Option<String>,
}

impl Labels {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let (batch, cards, studio) = ready(&shop, &ledger, self.batch)?;
        let bar = talk.bar("making", "label", cards.len()).undone("no labels were made");
        step("labels are begun");
        let post = studio.labels(&cards, self.stock.as_deref(), self.skip, &|| bar.one_more())?;
        drop(bar);
        written(&shop, &batch, "labels", post, talk)
    }
}

impl Envelopes {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let (batch, cards, studio) = ready(&shop, &ledger, self.batch)?;
        let bar = talk.bar("making", "envelope", cards.len()).undone("no envelopes were made");
        step("envelopes are begun");
        let post = studio.envelopes(&cards, self.stock.as_deref(), &|| bar.one_more())?;
        drop(bar);
        written(&shop, &batch, "envelopes", post, talk)
    }
}

fn ready(shop: &Shop, ledger: &Ledger, named: Option<String>) -> Result<(String, Vec<Addressed>, Studio)> {
    let batches: Vec<_> = ledger.batches()?.into_iter().filter(|b| b.state == "ready" && b.sheet != "again").collect();
    let batch = match &named {
        Some(id) => batches.iter().find(|b| b.id == *id),
        None => batches.iter().rev().find(|b| !b.is_pack()),
    };
    let Some(batch) = batch else {
        let known: Vec<&str> = batches.iter().rev().take(3).map(|b| b.id.as_str()).collect();
        let trouble =
            Trouble::failed(named.map_or_else(|| "no batch was printed yet".into(), |id| format!("there is no batch {id}")));
        return Err(trouble.hint(if known.is_empty() {
            "print the sheet first: `wetink print`".into()
        } else {
            format!("the newest are {}", known.join(", "))
        }));
    };
    if batch.is_pack() {
        return Err(Trouble::usage(format!("batch {} went to a postcard service, which writes the addresses itself", batch.id))
            .hint("labels and envelopes are for batches printed here"));
    }
    let mut cards = Vec::new();
    let mut stock = None;
    for card in ledger.cards_in(&batch.id)? {
        stock = stock.or_else(|| Some(card.made.stock.clone()).filter(|s| !s.is_empty()));
        if let Some(who) = ledger.with_id(&card.to)? {
            cards.push(Addressed { number: card.number.unwrap_or(0), who });
        }
    }
    let studio = Studio::set_up(shop, &Order { stock, ..Order::default() })?;
    Ok((batch.id.clone(), cards, studio))
}

fn written(shop: &Shop, batch: &str, what: &str, post: Post, talk: &Talk) -> Result<Done> {
    for line in &post.said {
        talk.say(format!("{} {}", styled(WARN, "note:"), crate::words::shown(line)));
    }
    let Some(pdf) = post.pdf else {
        return Err(Trouble::failed(format!("there is nobody in batch {batch} to make {what} for")).hint(
            "the notes above say why; an address is added with `wetink person edit WHO --street … --city … --postcode …`",
        ));
    };
    let place = shop.out().join(format!("{batch}-{what}.pdf"));
    shop::write_whole(&place, &pdf)?;
    talk.put_path(&place);
    talk.say(format!("{} for batch {batch}", count(post.made, what.trim_end_matches('s'))));
    Ok(Done::Well)
}
