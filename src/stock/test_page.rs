//! The page to hold against the paper: rulers to read the printer's error from, and the outline of the stock.

use std::sync::Arc;

use super::fold::places;
use super::impose::on_sheet;
use super::printer::{LINE, RULER};
use super::{Panel, Printer, Side, Stock, Turn};
use crate::measure::{Affine, BezPath, Point, Rect, Vec2, mm};
use crate::page::{self, Ink, Item, Page, Pen};

/// Sets a line of type: the text and its size in points to an item, with the baseline's beginning at 0, 0.
pub type Label<'a> = &'a dyn Fn(&str, f64) -> Item;

const HAIR: Pen = Pen { ink: Ink::BLACK, width: 0.25, dash: None };
const GUIDE: Pen = Pen { ink: Ink::grey(0.55), width: 0.35, dash: None };
const CREASE: Pen = Pen { ink: Ink::grey(0.55), width: 0.35, dash: Some((4.0, 3.0)) };

/// One page for each side the stock is printed on. The lines and rulers are where an uncorrected printer puts them, so that
/// what is read from them can be written into `[printer]` as it is; the outline is corrected, so that it should fit.
#[must_use]
pub fn test_page(stock: &Stock, turn: Turn, printer: &Printer, label: Label<'_>) -> Vec<Page> {
    let mut sides = vec![Side::Front];
    if stock.duplex {
        sides.push(Side::Back);
    }
    let page = |side| {
        let mut page = Page::new(stock.sheet);
        let outline = Arc::new(shape(stock, turn, side, GUIDE.width));
        page.items.push(Item::Placed { drawing: outline, at: printer.correction(side), clip: None });
        let (words, lines) = rulers(stock, side, label);
        // The outline makes room for the words, so that every word can be read.
        for word in &words {
            if let Some(ink) = page::bounds(std::slice::from_ref(word)) {
                page.items.push(Item::Fill(rectangle(ink.inset(mm(0.6))), Ink::grey(1.0)));
            }
        }
        page.items.extend(words);
        page.items.extend(lines);
        page
    };
    sides.into_iter().map(page).collect()
}

/// The stock as a picture: the sheet, its cards, where they are folded, the covers shaded, the written side ruled.
#[must_use]
pub fn outline(stock: &Stock) -> Page {
    let mut page = Page::new(stock.sheet);
    // It is looked at much smaller than the sheet; a hairline would vanish.
    let thin = stock.sheet.max_side() * 0.0022;
    let guide = Pen { width: thin, ..GUIDE };
    for cell in stock.cells() {
        for place in places(stock).iter().filter(|place| place.side == Side::Front) {
            let at = on_sheet(stock, cell, place, Turn::LongEdge);
            let size = stock.panel;
            let step = size.height / 9.0;
            match place.panel {
                Panel::Cover => {
                    page.items.push(Item::Fill(at * rectangle(size.to_rect().inset(-4.0)), Ink::grey(0.86)));
                    // A gable: which way is up.
                    let mut roof = BezPath::new();
                    roof.move_to((size.width * 0.4, step * 1.8));
                    roof.line_to((size.width * 0.5, step * 1.1));
                    roof.line_to((size.width * 0.6, step * 1.8));
                    page.items.push(Item::Stroke(at * roof, Pen { ink: Ink::grey(0.4), width: thin * 1.5, dash: None }));
                }
                Panel::Written => {
                    for row in 2..6 {
                        let y = step * f64::from(row);
                        let end = if row == 5 { 0.5 } else { 0.85 };
                        page.items.push(line(at * Point::new(size.width * 0.15, y), at * Point::new(size.width * end, y), guide));
                    }
                }
                Panel::Inside | Panel::Back => {}
            }
        }
    }
    page.items.extend(shape(stock, Turn::LongEdge, Side::Front, thin));
    page
}

/// Cells and folds of one side, in lines so thick.
fn shape(stock: &Stock, turn: Turn, side: Side, width: f64) -> Vec<Item> {
    let (guide, crease) = (Pen { width, ..GUIDE }, Pen { width, ..CREASE });
    let mut items = Vec::new();
    for cell in stock.cells() {
        let mut outer: Option<Rect> = None;
        let mut panels = Vec::new();
        for place in places(stock).iter().filter(|place| place.side == side) {
            let area = on_sheet(stock, cell, place, turn).transform_rect_bbox(stock.panel.to_rect());
            outer = Some(outer.map_or(area, |all| all.union(area)));
            panels.push(area);
        }
        let Some(outer) = outer else { continue };
        items.push(Item::Stroke(rectangle(outer), guide));
        for panel in panels {
            if panel.x1 < outer.x1 - 0.01 {
                items.push(line(Point::new(panel.x1, panel.y0), Point::new(panel.x1, panel.y1), crease));
            }
            if panel.y1 < outer.y1 - 0.01 {
                items.push(line(Point::new(panel.x0, panel.y1), Point::new(panel.x1, panel.y1), crease));
            }
        }
    }
    items
}

/// What to do with lines A and B and rulers C and D, and these themselves.
fn rulers(stock: &Stock, side: Side, label: Label<'_>) -> (Vec<Item>, Vec<Item>) {
    let sheet = stock.sheet;
    let (mut items, mut said) = (Vec::new(), Vec::new());
    let mut say = |text: &str, size: f64, at: Point, turn: f64| {
        let at = Affine::translate(at.to_vec2()) * Affine::rotate(turn);
        said.push(Item::Placed { drawing: Arc::new(vec![label(text, size)]), at, clip: None });
    };
    // The rulers begin 10 mm inside the lines; an envelope has room for half of one.
    let start = LINE + mm(10.0);
    let fits = |side: f64| if start + RULER + mm(10.0) <= side { RULER } else { RULER / 2.0 };
    let (across, down) = (fits(sheet.width), fits(sheet.height));
    let half = |length: f64| if length < RULER { " (write down twice what you read)" } else { "" };
    let (small, tiny) = (9.0, 7.0);
    let text = start + mm(6.0);
    let name = if side == Side::Front { "front" } else { "back" };
    say(&format!("wetink test page, {name}: {}", stock.name), 12.0, Point::new(text, start + mm(12.0)), 0.0);
    let lines = [
        format!("left: from the paper’s left edge to line A, {:.0} mm", LINE / mm(1.0)),
        format!("top: from the paper’s upper edge to line B, {:.0} mm", LINE / mm(1.0)),
        format!("across: the length of ruler C, {:.0} mm{}", across / mm(1.0), half(across)),
        format!("down: the length of ruler D, {:.0} mm{}", down / mm(1.0), half(down)),
        format!("Write what you measure under [printer.{name}] in wetink.toml: left, top, across, down."),
        "Print without scaling. The grey outline should fit the paper’s own cards.".to_owned(),
    ];
    let wide = |words: &str| page::bounds(&[label(words, small)]).map_or(0.0, |ink| ink.x1);
    let rows = lines.iter().flat_map(|words| broken(words, sheet.width - text - mm(8.0), &wide));
    for (row, words) in rows.enumerate() {
        say(&words, small, Point::new(text, start + mm(19.0) + mm(4.6) * row as f64), 0.0);
    }
    say("A", small, Point::new(LINE + mm(1.0), LINE - mm(2.0)), 0.0);
    say("B", small, Point::new(LINE - mm(5.0), LINE + mm(4.0)), 0.0);
    say("C", small, Point::new(start + across + mm(2.0), start + mm(1.0)), 0.0);
    say("D", small, Point::new(start - mm(1.0), start + down + mm(5.0)), 0.0);
    for tens in (0..=10).filter(|tens| f64::from(*tens) * mm(10.0) <= across + 0.1) {
        let number = (tens * 10).to_string();
        say(&number, tiny, Point::new(start + mm(10.0) * f64::from(tens) - mm(1.5), start - mm(1.5)), 0.0);
    }
    for (from, to) in [
        (Point::new(LINE, mm(10.0)), Point::new(LINE, start + down)),
        (Point::new(mm(10.0), LINE), Point::new(start + across, LINE)),
    ] {
        items.push(line(from, to, Pen { width: 0.5, ..HAIR }));
    }
    let origin = Point::new(start, start);
    items.extend(ruler(origin, Vec2::new(1.0, 0.0), Vec2::new(0.0, 1.0), across));
    items.extend(ruler(origin, Vec2::new(0.0, 1.0), Vec2::new(1.0, 0.0), down));
    (said, items)
}

/// A sentence in lines no longer than the room beside the ruler.
fn broken(words: &str, room: f64, wide: &dyn Fn(&str) -> f64) -> Vec<String> {
    let mut rows = vec![String::new()];
    for word in words.split(' ') {
        let last = rows.len() - 1;
        let tried = format!("{} {word}", rows[last]);
        if rows[last].is_empty() || wide(tried.trim_start()) <= room {
            tried.trim_start().clone_into(&mut rows[last]);
        } else {
            rows.push(word.to_owned());
        }
    }
    rows
}

/// A ruler with a tick every millimetre.
fn ruler(from: Point, way: Vec2, ticks: Vec2, length: f64) -> Vec<Item> {
    let mut items = vec![line(from, from + way * length, HAIR)];
    for step in 0..=(length / mm(1.0)).round() as usize {
        let tall = if step % 10 == 0 {
            4.0
        } else if step % 5 == 0 {
            2.8
        } else {
            1.8
        };
        let at = from + way * mm(step as f64);
        items.push(line(at, at + ticks * mm(tall), HAIR));
    }
    items
}

fn line(from: Point, to: Point, pen: Pen) -> Item {
    let mut path = BezPath::new();
    path.move_to(from);
    path.line_to(to);
    Item::Stroke(path, pen)
}

fn rectangle(part: Rect) -> BezPath {
    kurbo::Shape::to_path(&part, 0.1)
}
