//! The paper: sheets, how many cards go on one, folds and duplex. Stocks are data, in `stock.toml` and in the shop's file.
//!
//! A sheet holds a grid of *cells*; a cell is the piece cut out, and a card is a cell folded, or not. What is drawn on a card
//! comes as *panels*, each in its own coordinates from its upper left corner; [`impose()`] puts them where they belong, on the
//! front and the back of the sheet, so that after cutting, turning and folding every panel is on its card the right way up.

mod fold;
mod impose;
mod post;
mod printer;
mod shelf;
mod test_page;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use fold::{Place, places};
pub use impose::{Plan, Sheet, impose};
pub use post::postal;
pub use printer::{Margins, Printer, Reading};
pub use shelf::{Paper, Shelf, StockEntry};
pub use test_page::{Label, outline, test_page};

use crate::measure::{Point, Rect, Size, Vec2};
use crate::page::Item;
use crate::shop::SETTINGS;
use crate::trouble::{Spot, Trouble};

/// A side of a card that something is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Panel {
    /// The picture side.
    Cover,
    /// The side the note is on: the back of a flat card, the inside right (or lower inside) of a folded one. Also the one side
    /// of a label or an envelope.
    Written,
    /// The other inside of a folded card.
    Inside,
    /// The outer back of a folded card.
    Back,
}

/// How a card is made from its piece of the sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Cover on one side, note on the other.
    #[default]
    Flat,
    /// Folded once, spine at the left.
    HalfSide,
    /// Folded once, spine at the top.
    HalfTop,
    /// Folded twice from a sheet printed on one side.
    Quarter,
}

/// What a stock is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// Cards.
    #[default]
    Card,
    /// Address labels.
    Label,
    /// An envelope, printed by itself.
    Envelope,
}

/// Which side of the sheet as it comes out of the printer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Printed first.
    Front,
    /// Printed second.
    Back,
}

/// Over which edge of the paper a printer, or the owner, turns the sheet for the second side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// As the pages of a portrait book are turned.
    #[default]
    LongEdge,
    /// As the leaves of a notepad bound at the top are turned.
    ShortEdge,
}

/// A sheet of paper as sold, and where the cards are on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stock {
    /// What the owner calls it: `a6-4up`, `avery-8387`.
    pub name: String,
    /// A line about it, `Avery 8387 postcards, four to a sheet`.
    pub title: String,
    /// What it is for.
    pub purpose: Use,
    /// How cards are made from it.
    pub form: Form,
    /// One panel of a finished card, width and height in points.
    pub panel: Size,
    /// The sheet as it lies in front of the reader, landscape if it is used so.
    pub sheet: Size,
    /// The piece cut out for one card, not yet folded.
    pub cell: Size,
    /// Upper left corner of the first cell.
    pub origin: Point,
    /// From one cell to the next, across and down.
    pub pitch: Vec2,
    /// Cells across.
    pub columns: usize,
    /// Cells down.
    pub rows: usize,
    /// Printed on both sides.
    pub duplex: bool,
    /// The cells come apart by themselves: nothing is cut, so no crop marks.
    pub perforated: bool,
    /// Sold to be sent without an envelope.
    pub postcard: bool,
    /// Where the figures come from.
    pub source: String,
}

/// One card's panels, each drawn in its own coordinates: origin at the panel's upper left corner, y down, as large as
/// [`Stock::panel`]. Art that should run off the edge is drawn past it; what shows of that is up to the paper.
pub type Panels = BTreeMap<Panel, Arc<Vec<Item>>>;

/// What is wrong in a part of the shop's file, at its place.
fn in_settings(what: &str, error: &toml::de::Error, text: &Arc<str>) -> Trouble {
    let said = error.message().lines().next().unwrap_or_default().replace("expected f64", "expected a number of millimetres");
    let trouble = Trouble::failed(format!("{what} in {SETTINGS}: {said}"));
    match error.span() {
        Some(span) => trouble.at(spot(span, text)),
        None => trouble,
    }
}

/// A place in the shop's file.
fn spot(span: std::ops::Range<usize>, text: &Arc<str>) -> Spot {
    Spot { file: SETTINGS.into(), text: Arc::clone(text), span, known_line: None, label: String::new() }
}

impl Stock {
    /// How many cards go on one sheet.
    #[must_use]
    pub fn per_sheet(&self) -> usize {
        self.columns * self.rows
    }

    /// The cells' places on the front of the sheet, row by row.
    #[must_use]
    pub fn cells(&self) -> Vec<Rect> {
        let cell = |i: usize| {
            let (row, column) = (i / self.columns, i % self.columns);
            let corner = self.origin + Vec2::new(self.pitch.x * column as f64, self.pitch.y * row as f64);
            Rect::from_origin_size(corner, self.cell)
        };
        (0..self.per_sheet()).map(cell).collect()
    }

    /// The sheet is wider than high.
    #[must_use]
    pub fn is_landscape(&self) -> bool {
        self.sheet.width > self.sheet.height
    }

    /// Turning the sheet this way exchanges left and right, and not top and bottom.
    #[must_use]
    pub fn turns_like_a_book(&self, turn: Turn) -> bool {
        (turn == Turn::LongEdge) != self.is_landscape()
    }
}
