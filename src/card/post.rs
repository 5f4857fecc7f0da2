//! What goes on the outside: addresses on labels and envelopes, in reading type, with the card's number.

use super::{able, number_line};
use crate::measure::{Point, Rect, Size, mm};
use crate::page::Item;
use crate::trouble::{Result, Trouble};
use crate::typeset::{Align, Style, TypeCase};

/// Type that machines and postmen read is not smaller, in points: capitals of 2 mm in this face, as the US post asks.
const SMALLEST: f64 = 9.0;

/// Sets an address as large as it goes into a box, from 12 points down; a line is never broken or cut.
fn address(lines: &[String], room: Rect, largest: f64, case: &TypeCase, place: &str) -> Result<(Style, f64)> {
    for line in lines {
        able(case, line, place)?;
    }
    let style = case.text.clone().sized(largest).leading(largest * 1.2);
    let wide = lines.iter().map(|line| style.width(line)).fold(1.0, f64::max);
    let tall = style.leading * lines.len() as f64;
    let size = (largest * (room.width() / wide).min(room.height() / tall.max(1.0))).min(largest);
    if size < SMALLEST - 0.01 {
        let longest = lines.iter().max_by(|a, b| style.width(a).total_cmp(&style.width(b))).map_or("", String::as_str);
        let why = if wide * SMALLEST / largest > room.width() {
            format!("`{longest}` is too long for {place}")
        } else {
            format!("an address of {} lines is too tall for {place}", lines.len())
        };
        return Err(Trouble::refused(why).hint("use a larger label, or shorten the address: nothing is cut off silently"));
    }
    let style = style.sized(size);
    let height = style.leading * lines.len() as f64;
    Ok((style, height))
}

fn put(lines: &[String], style: &Style, left: f64, top: f64, items: &mut Vec<Item>) {
    for (i, line) in lines.iter().enumerate() {
        let y = top + style.leading * (i as f64 + 0.78);
        items.push(style.line(line).at(Point::new(left, y)));
    }
}

/// An address label of a given size. `mark` is the card's, `07 · MP`.
pub fn label(lines: &[String], mark: &str, size: Size, case: &TypeCase) -> Result<Vec<Item>> {
    let edge = mm(3.5).min(size.height * 0.12);
    let number = number_line(case, mark);
    let room = Rect::new(edge + mm(1.0), edge, size.width - edge - number.width.min(mm(3.0)), size.height - edge);
    let (style, height) = address(lines, room, 11.0, case, "the label")?;
    let mut items = Vec::new();
    put(lines, &style, room.x0, (size.height - height) / 2.0, &mut items);
    items.push(number.aligned(Align::Right, Point::new(size.width - edge, size.height - edge + 1.0)));
    Ok(items)
}

/// An envelope, long side across: the return address at the upper left, the address in the middle right, where the post
/// looks for it, and the card's number under the return address. Room for the stamp and the sorting marks is kept clear.
pub fn envelope(to: &[String], from: &[String], mark: &str, size: Size, case: &TypeCase) -> Result<Vec<Item>> {
    let edge = mm(9.0);
    let mut items = Vec::new();
    let mut y = edge;
    if !from.is_empty() {
        let room = Rect::new(edge, edge, size.width * 0.48, size.height * 0.34);
        let (style, height) = address(from, room, 9.0, case, "the corner of the envelope")?;
        put(from, &style, edge, y, &mut items);
        y += height + 2.0;
    }
    items.push(number_line(case, mark).at(Point::new(edge, y + 6.0)));
    // The foot is the sorting machine's, 19 mm of it in Canada; it looks for the address no higher than 70 mm.
    let top = (size.height * 0.42).max(size.height - mm(69.0));
    let room = |left: f64| Rect::new(size.width * left, top, size.width - mm(15.0), size.height - mm(19.5));
    // A long line begins farther to the left, which no post minds.
    let set = |left: f64| address(to, room(left), 13.0, case, "the envelope").map(|(style, height)| (style, height, room(left)));
    let (style, height, room) = set(0.42).or_else(|_| set(0.3)).or_else(|_| set(0.16))?;
    put(to, &style, room.x0, room.y0 + ((room.height() - height) * 0.35).max(0.0), &mut items);
    Ok(items)
}
