//! What carries a card: address labels and envelopes, in the batch's order and with the cards' numbers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address;
use crate::card::post;
use crate::ledger::people::Who;
use crate::measure::{Size, mm};
use crate::out::pdf::{Book, Sides};
use crate::person::{Address, Status};
use crate::stock::{self, Panel, Panels, Plan, Stock, Turn, Use};
use crate::studio::{Studio, initials, shelf};
use crate::trouble::{Result, Trouble};

/// A card's number in its batch, and whom it goes to.
#[derive(Clone, Debug)]
pub struct Addressed {
    /// The number printed on the card.
    pub number: u32,
    /// Whom it goes to.
    pub who: Who,
}

/// Labels or envelopes as made.
#[derive(Debug)]
pub struct Post {
    /// The PDF; `None` if nobody's address is complete.
    pub pdf: Option<Vec<u8>>,
    /// How many were made.
    pub made: usize,
    /// Who has none, and why; and what looks wrong with those that were made.
    pub said: Vec<String>,
}

impl Studio {
    /// One label for each card. Without a name, the usual label sheet of the paper. `more` is asked before each, and may stop the work.
    pub fn labels(&self, cards: &[Addressed], named: Option<&str>, skip: usize, more: &dyn Fn() -> Result<()>) -> Result<Post> {
        let usual = if self.shop.settings.print.paper == "letter" { "avery-5163" } else { "avery-l7163" };
        let stock = self.stock_for(named.unwrap_or(usual), Use::Label)?;
        self.post(cards, &stock, skip, more)
    }

    /// One envelope for each card. Without a name, the smallest the card goes into. `more` is asked before each, and may stop the work.
    pub fn envelopes(&self, cards: &[Addressed], named: Option<&str>, more: &dyn Fn() -> Result<()>) -> Result<Post> {
        let stock = match named {
            Some(name) => self.stock_for(name, Use::Envelope)?,
            None => self.smallest_envelope()?,
        };
        self.post(cards, &stock, 0, more)
    }

    fn stock_for(&self, name: &str, purpose: Use) -> Result<Stock> {
        let shelf = shelf(&self.shop)?;
        let stock = shelf.find(name)?;
        if stock.purpose == purpose {
            return Ok(stock.clone());
        }
        let names: Vec<&str> = shelf.all().iter().filter(|s| s.purpose == purpose).map(|s| s.name.as_str()).collect();
        let (is, wanted) = (what(stock.purpose), what(purpose));
        Err(Trouble::usage(format!("{} is {is}, and this needs {wanted}", stock.name))
            .hint(format!("take one of {}", names.join(", "))))
    }

    fn smallest_envelope(&self) -> Result<Stock> {
        let long = |size: Size| (size.width.max(size.height), size.width.min(size.height));
        let card = long(self.stock.panel);
        let shelf = shelf(&self.shop)?;
        // An envelope is at least 3 mm larger than what goes into it.
        let fits = |stock: &&Stock| {
            let inside = long(stock.panel);
            stock.purpose == Use::Envelope && inside.0 >= card.0 + mm(3.0) && inside.1 >= card.1 + mm(3.0)
        };
        let best = shelf.all().iter().filter(fits).min_by(|a, b| a.panel.area().total_cmp(&b.panel.area()));
        best.cloned().ok_or_else(|| {
            Trouble::failed(format!("no envelope here is large enough for {}", self.stock.name))
                .hint("name one with --stock, or add your own as [[stock]] in wetink.toml")
        })
    }

    fn post(&self, cards: &[Addressed], stock: &Stock, skip: usize, more: &dyn Fn() -> Result<()>) -> Result<Post> {
        let us = &self.shop.settings.shop;
        let from: Vec<String> = address::lines(&us.name, &us.address, &us.country);
        let mut said = Vec::new();
        let mut panels: Vec<Panels> = Vec::new();
        for card in cards {
            more()?;
            let name = card.who.name();
            if card.who.persons().iter().all(|p| p.status != Status::Contact) {
                said.push(format!("{:02} {name} must not get a card any more; left out", card.number));
                continue;
            }
            let whose = &address_of(&card.who);
            let problems = address::problems(whose, &us.country);
            let told = |p: &address::Problem| format!("{:02} {name}: {p}", card.number);
            if whose.street.is_empty() && whose.city.is_empty() && whose.postcode.is_empty() {
                let id = card.who.id();
                said.push(format!(
                    "{:02} {name} has no address; left out; add it: `wetink person edit {id} --street … --city … --postcode …`",
                    card.number
                ));
                continue;
            }
            if unaddressed(&card.who, &us.country) {
                said.extend(problems.iter().map(told).map(|t| format!("{t}; left out")));
                if problems.is_empty() {
                    said.push(format!("{:02} {name}: the street is missing; left out", card.number));
                }
                continue;
            }
            said.extend(problems.iter().map(told));
            // A greeting the owner typed whole loses its comma on the envelope.
            let lines = address::lines(name.trim_end_matches([',', ':', '!']), whose, &us.country);
            let mark = format!("{:02} · {}", card.number, initials(&name));
            let drawn = match stock.purpose {
                Use::Envelope => post::envelope(&lines, &from, &mark, stock.panel, &self.case),
                Use::Label | Use::Card => post::label(&lines, &mark, stock.panel, &self.case),
            };
            // One long address doesn't keep the others from their labels.
            let items = match drawn {
                Ok(items) => items,
                Err(trouble) => {
                    said.push(format!(
                        "{:02} {name}: {}; left out, take something larger with --stock",
                        card.number, trouble.message
                    ));
                    continue;
                }
            };
            panels.push(BTreeMap::from([(Panel::Written, Arc::new(items))]));
        }
        let made = panels.len();
        if made == 0 {
            return Ok(Post { pdf: None, made, said });
        }
        let plan = Plan { stock, turn: Turn::LongEdge, skip, printer: &self.printer };
        let mut pdf = Vec::new();
        let mut book = Book::open(&mut pdf)?;
        for sheet in stock::impose(panels, plan)? {
            sheet?.pages().try_for_each(|page| book.add(page))?;
        }
        book.close(&self.meta(Some(Sides::One)))?;
        Ok(Post { pdf: Some(pdf), made, said })
    }
}

/// What a stock is, as somebody would ask for it in a shop.
fn what(purpose: Use) -> &'static str {
    match purpose {
        Use::Card => "paper for cards",
        Use::Label => "a label sheet",
        Use::Envelope => "an envelope",
    }
}

/// Whether a card to them can have no label and no envelope: nobody's address is complete.
#[must_use]
pub fn unaddressed(who: &Who, shop_country: &str) -> bool {
    let whose = address_of(who);
    whose.street.is_empty() || address::problems(&whose, shop_country).iter().any(|p| !p.slight())
}

/// The household's own address, or its first member's.
#[must_use]
pub fn address_of(who: &Who) -> Address {
    match who {
        Who::Household(household, _) if !household.address.is_empty() => household.address.clone(),
        _ => who.persons().iter().map(|p| &p.address).find(|a| !a.is_empty()).cloned().unwrap_or_default(),
    }
}
