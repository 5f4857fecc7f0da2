//! Everything a card is made with, loaded once: hands, letters, papers. Says whether a note fits, and makes the batch's pages.

use crate::day::Day;
use crate::echo::Finding;
use crate::echo::Rule;
use crate::hand::{Area, BLUE, Hands, Refusal, Way, seed};
use crate::ledger::cards::Made;
use crate::ledger::people::Who;
use crate::measure::{Rect, Size, mm};
use crate::note::Note;
use crate::out::pdf::{self, Meta};
use crate::page::{Item, Page};
use crate::sheet::Entry;
use crate::shop::Shop;
use crate::trouble::{Result, Trouble};

/// What the owner asked for this time, over what wetink.toml says.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The stock's name.
    pub stock: Option<String>,
    /// The hand's name.
    pub hand: Option<String>,
    /// Ruled space for the owner's own pen.
    pub by_hand: bool,
    /// Places already used on the first sheet.
    pub skip: usize,
    /// Marked as a proof.
    pub proof: bool,
}

/// One card to be made.
pub struct Job<'a> {
    /// The card's id, which seeds its hand and its cover.
    pub card: String,
    /// Whom it is for.
    pub who: &'a Who,
    /// Why.
    pub occasion: String,
    /// The day it is for.
    pub day: Day,
    /// The note.
    pub note: &'a Note,
    /// Its number in the batch.
    pub number: usize,
    /// How it was made before, if it is made again.
    pub made: Option<Made>,
    /// The covers of earlier cards to them, newest first.
    pub covers_before: Vec<String>,
    /// For the cue sheet.
    pub facts: Vec<String>,
}

/// A batch as made.
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How each card was made, in order.
    pub made: Vec<Made>,
    /// The notes to write by hand, as a PDF of its own.
    pub cue_sheet: Option<Vec<u8>>,
}

/// The papers, hands and letters of a shop.
pub struct Studio {
    hands: Hands,
    hand: String,
}

impl Studio {
    /// As wetink.toml says.
    pub fn open(shop: &Shop) -> Result<Studio> {
        Studio::set_up(shop, &Order::default())
    }

    /// As wetink.toml and this order say.
    pub fn set_up(shop: &Shop, order: &Order) -> Result<Studio> {
        let hands = Hands::load(Some(&shop.dir.join("fonts")))?;
        let hand = order.hand.clone().unwrap_or_else(|| shop.settings.print.hand.clone());
        hands.find(&hand)?;
        Ok(Studio { hands, hand })
    }

    /// What the owner should know before printing.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// The stock that is printed on.
    #[must_use]
    pub fn stock_name(&self) -> &str {
        "stub"
    }

    /// What paper and hand say about a note.
    pub fn fits(&self, _who: &Who, entry: &Entry) -> Result<Vec<Finding>> {
        let hand = self.hands.find(&self.hand)?;
        let area = Area::plain(Rect::new(mm(10.0), mm(10.0), mm(95.0), mm(100.0)));
        Ok(match hand.write(&entry.note, &area, 1, &Way::natural(BLUE)) {
            Ok(_) => Vec::new(),
            Err(Refusal::Overflow(o)) => vec![Finding::new(Rule::Overflow, o.to_string())],
            Err(Refusal::Unwritable(u)) => vec![Finding::new(Rule::MissingGlyph, u.to_string())],
        })
    }

    /// Makes the batch.
    pub fn print(&self, jobs: &[Job<'_>]) -> Result<Printed> {
        let hand = self.hands.find(&self.hand)?;
        let area = Area::plain(Rect::new(mm(10.0), mm(10.0), mm(95.0), mm(100.0)));
        let mut pages = Vec::new();
        let mut made = Vec::new();
        for job in jobs {
            let written = hand
                .write(job.note.text(), &area, seed(&job.card, &self.hand), &Way::natural(BLUE))
                .map_err(|e| Trouble::failed(e.to_string()))?;
            let mut page = Page::new(Size::new(mm(105.0), mm(148.5)));
            page.items.push(Item::Words(written.words));
            pages.push(page);
            made.push(Made::default());
        }
        let pdf = pdf::write(&pages, &Meta::default())?;
        Ok(Printed { pdf, made, cue_sheet: None })
    }
}
