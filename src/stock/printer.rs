//! The owner's printer: how far off it prints, and where it can't print at all.

use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Side, Stock, in_settings};
use crate::measure::{Affine, Rect, Size, Vec2, mm, to_mm};
use crate::page::{self, Item};
use crate::trouble::{Result, Trouble};

/// Where the test page's two lines are meant to be, from the left and from the top: 20 mm.
pub(super) const LINE: f64 = mm(20.0);

/// How long the test page's rulers are meant to be.
pub(super) const RULER: f64 = mm(100.0);

/// Where line A or B can come out, in millimetres: a printer farther off is broken, or it was another figure that was read.
const LINES: RangeInclusive<f64> = 5.0..=35.0;
/// How long a ruler can come out.
const RULERS: RangeInclusive<f64> = 90.0..=110.0;
/// How much a printer can leave white.
const MARGINS: RangeInclusive<f64> = 0.0..=60.0;

/// What the owner read from one side of the test page with a ruler, in millimetres. A printer that prints true reads 20, 20,
/// 100, 100.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reading {
    /// From the paper's left edge to line A.
    #[serde(deserialize_with = "line")]
    pub left: f64,
    /// From the paper's upper edge to line B.
    #[serde(deserialize_with = "line")]
    pub top: f64,
    /// The length of ruler C.
    #[serde(deserialize_with = "ruler")]
    pub across: f64,
    /// The length of ruler D.
    #[serde(deserialize_with = "ruler")]
    pub down: f64,
}

impl Default for Reading {
    fn default() -> Reading {
        Reading { left: 20.0, top: 20.0, across: 100.0, down: 100.0 }
    }
}

/// Strips along the paper's edges that stay white, in millimetres, for a sheet fed upright.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Margins {
    /// Left.
    #[serde(deserialize_with = "margin")]
    pub left: f64,
    /// Right.
    #[serde(deserialize_with = "margin")]
    pub right: f64,
    /// Top.
    #[serde(deserialize_with = "margin")]
    pub top: f64,
    /// Bottom: old inkjets need 17 here.
    #[serde(deserialize_with = "margin")]
    pub bottom: f64,
}

fn line<'de, D: Deserializer<'de>>(figure: D) -> Result<f64, D::Error> {
    within(figure, LINES, "lines A and B are near 20 mm from the edge: what did the test page's ruler say?")
}

fn ruler<'de, D: Deserializer<'de>>(figure: D) -> Result<f64, D::Error> {
    within(figure, RULERS, "rulers C and D are near 100 mm long; write down twice what a ruler of 50 mm measures")
}

fn margin<'de, D: Deserializer<'de>>(figure: D) -> Result<f64, D::Error> {
    within(figure, MARGINS, "a printer leaves between 0 and 60 mm white")
}

/// A figure that makes sense; read so, what doesn't is shown at its place in the file.
fn within<'de, D: Deserializer<'de>>(figure: D, range: RangeInclusive<f64>, why: &str) -> Result<f64, D::Error> {
    let figure = f64::deserialize(figure)?;
    if range.contains(&figure) { Ok(figure) } else { Err(D::Error::custom(why)) }
}

impl Margins {
    /// The widest of them, in millimetres.
    #[must_use]
    pub fn largest(&self) -> f64 {
        [self.left, self.right, self.top, self.bottom].into_iter().fold(0.0, f64::max)
    }
}

impl Default for Margins {
    /// A quarter of an inch, which all but old inkjets can do.
    fn default() -> Margins {
        Margins { left: 6.4, right: 6.4, top: 6.4, bottom: 6.4 }
    }
}

/// `[printer]` in the shop's file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Printer {
    /// What was read from the test page's front.
    pub front: Reading,
    /// What was read from its back.
    pub back: Reading,
    /// Where it can't print.
    pub margins: Margins,
    /// Art may lose its edge in the margin: fills, lines, and pictures that run off the card. Words and pictures that stand
    /// free never may.
    pub white_edge: bool,
}

impl Default for Printer {
    fn default() -> Printer {
        Printer { front: Reading::default(), back: Reading::default(), margins: Margins::default(), white_edge: true }
    }
}

impl Printer {
    /// `[printer]` of the shop's file, whose whole text this is; what can't be is shown at its place.
    pub fn read(text: &Arc<str>) -> Result<Printer> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct File {
            printer: Printer,
        }
        let file: File = toml::from_str(text).map_err(|error| {
            in_settings("[printer]", &error, text).hint("`wetink test-page` prints what to measure and where to write it")
        })?;
        Ok(file.printer)
    }

    /// The figures make sense, wherever they are from.
    pub fn check(&self) -> Result<()> {
        let Margins { left, right, top, bottom } = self.margins;
        if ![left, right, top, bottom].iter().all(|margin| MARGINS.contains(margin)) {
            return Err(
                Trouble::usage("[printer] margins are between 0 and 60 mm").hint("old inkjets leave 17 mm white at the foot")
            );
        }
        for (side, reading) in [("front", &self.front), ("back", &self.back)] {
            let Reading { left, top, across, down } = *reading;
            if ![left, top].iter().all(|line| LINES.contains(line)) || ![across, down].iter().all(|ruler| RULERS.contains(ruler))
            {
                return Err(Trouble::usage(format!("[printer] {side}: these can't be readings from the test page"))
                    .hint("left and top are near 20, across and down near 100, all in millimetres"));
            }
        }
        Ok(())
    }

    /// What to do to a page so that it comes out true: the opposite of what the printer does to it.
    #[must_use]
    pub fn correction(&self, side: Side) -> Affine {
        let reading = match side {
            Side::Front => &self.front,
            Side::Back => &self.back,
        };
        let mark = Vec2::new(LINE, LINE);
        let off = Vec2::new(mm(reading.left), mm(reading.top)) - mark;
        let stretch = (RULER / mm(reading.across), RULER / mm(reading.down));
        // Exactly nothing for a true printer: no digit of the page changes.
        if off == Vec2::ZERO && stretch == (1.0, 1.0) {
            return Affine::IDENTITY;
        }
        Affine::translate(mark) * Affine::scale_non_uniform(stretch.0, stretch.1) * Affine::translate(-off - mark)
    }

    /// The part of the sheet where ink holds. A sheet on its side is fed upright, and nobody knows which way it is turned for
    /// that, so it keeps the larger of both margins.
    #[must_use]
    pub fn printable(&self, sheet: Size) -> Rect {
        let Margins { left, right, top, bottom } = self.margins;
        let [left, top, right, bottom] = if sheet.width > sheet.height {
            let (ends, sides) = (top.max(bottom), left.max(right));
            [ends, sides, ends, sides]
        } else {
            [left, top, right, bottom]
        };
        Rect::new(mm(left), mm(top), sheet.width - mm(right), sheet.height - mm(bottom))
    }

    /// Nothing that must be seen whole falls where the printer can't print. `to` leads from the panel's coordinates to the
    /// sheet, and of what is outside of `clip`, in the panel's coordinates, nothing is drawn anyway. `what` says whose panel it is.
    pub fn margins_check(&self, items: &[Item], to: Affine, clip: Rect, stock: &Stock, what: &str) -> Result<()> {
        let sheet = stock.sheet;
        let free = self.printable(sheet);
        let panel = self.white_edge.then(|| to.transform_rect_bbox(stock.panel.to_rect()));
        let Some(ink) = reach(items, to, to.transform_rect_bbox(clip), panel) else { return Ok(()) };
        let sides = [
            ("left", ink.x0, free.x0),
            ("upper", ink.y0, free.y0),
            ("right", sheet.width - ink.x1, sheet.width - free.x1),
            ("lower", sheet.height - ink.y1, sheet.height - free.y1),
        ];
        // Rounding is no offence.
        let offence = sides.into_iter().map(|(name, has, needs)| (needs - has, name, has, needs)).filter(|(by, ..)| *by > 0.01);
        let Some((_, name, has, needs)) = offence.max_by(|a, b| a.0.total_cmp(&b.0)) else { return Ok(()) };
        let trouble = Trouble::refused(format!(
            "{what} comes within {:.1} mm of the sheet's {name} edge, where this printer leaves {:.1} mm white",
            to_mm(has.max(0.0)),
            to_mm(needs)
        ));
        let trouble = if self.white_edge {
            trouble
        } else {
            trouble.hint("`white-edge = true` under [printer] lets art that is no more than art lose its edge")
        };
        Err(trouble
            .hint("take a stock whose sheet is larger than the cards, or set [printer] margins to what the printer can do"))
    }
}

/// The rectangle on the sheet around everything that must be seen whole, as far as it shows within `clip`. With `panel`, the
/// card's own edges on the sheet, that is words and pictures standing free of them; without, everything.
fn reach(items: &[Item], to: Affine, clip: Rect, panel: Option<Rect>) -> Option<Rect> {
    let part = |item: &Item| {
        if let Item::Placed { drawing, at, clip: inner } = item {
            let to = to * *at;
            let clip = inner.map_or(Some(clip), |inner| common(to.transform_rect_bbox(inner), clip))?;
            return reach(drawing, to, clip, panel);
        }
        // Fills and lines may lose their edge, and most items are such.
        if panel.is_some() && matches!(item, Item::Fill(..) | Item::Stroke(..)) {
            return None;
        }
        let part = to.transform_rect_bbox(page::bounds(std::slice::from_ref(item)).filter(Rect::is_finite)?);
        let whole = match (item, panel) {
            (Item::Picture(..), Some(panel)) => panel.inset(-0.01).contains_rect(part),
            _ => true,
        };
        common(part, clip).filter(|_| whole)
    };
    items.iter().filter_map(part).reduce(|a, b| a.union(b))
}

/// What two rectangles share; a line counts, nothing doesn't.
fn common(a: Rect, b: Rect) -> Option<Rect> {
    let both = Rect { x0: a.x0.max(b.x0), y0: a.y0.max(b.y0), x1: a.x1.min(b.x1), y1: a.y1.min(b.y1) };
    (both.x0 <= both.x1 && both.y0 <= both.y1).then_some(both)
}
