//! The paper: sheets, how many cards go on one, folds and duplex. Stocks are data, in `stock.toml` and in the shop's file.

use crate::measure::Size;

/// A side of a card that something is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Panel {
    /// The picture side.
    Cover,
    /// The side the note is on: the back of a flat card, the inside right (or lower inside) of a folded one.
    Written,
    /// The other inside of a folded card.
    Inside,
    /// The outer back of a folded card.
    Back,
}

/// How a card is made from its piece of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Cover on one side, note on the other.
    Flat,
    /// Folded once, spine at the left.
    HalfSide,
    /// Folded once, spine at the top.
    HalfTop,
    /// Folded twice from a sheet printed on one side.
    Quarter,
}

/// A sheet of paper as sold, and where the cards are on it.
#[derive(Clone, Debug)]
pub struct Stock {
    /// What the owner calls it: `a6-4up`, `avery-8387`.
    pub name: String,
    /// How cards are made from it.
    pub form: Form,
    /// One panel of a finished card, width and height in points.
    pub panel: Size,
}
