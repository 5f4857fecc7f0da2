//! The written side: the letter's printed parts, the note in its hand, room to sign, and how to answer.

use super::{ByHand, Card, Fit, Making, Misfit, SIGNATURE, Sign, Writing, able, number_line, photo, writing_box};
use crate::hand::{Area, Hand, PITCH, Refusal, Way, Written, guides, lines_by_hand};
use crate::letter::Part;
use crate::measure::{Affine, Point, Rect, Vec2, mm};
use crate::page::{Item, Word};
use crate::stock::Form;
use crate::trouble::Trouble;
use crate::typeset::{Align, Paragraph, Style};

/// Between a printed part and the note, in points.
const APART: f64 = mm(5.5);
/// Lines for a postscript in ink.
const INK_LINES: f64 = 2.0;

/// More printed characters than any card holds.
const MOST_PRINTED: usize = 2000;

/// The letter's own words leave no room for the note.
fn crowded() -> Trouble {
    Trouble::refused("the printed words of the letter leave no room for the note on this card")
        .hint("take a larger card or a letter with fewer words: the note is the card")
}

/// Draws the panel and says how the note sits.
pub(super) fn draw(card: &Card, making: &Making<'_>, warnings: &mut Vec<String>) -> Result<(Vec<Item>, Fit), Misfit> {
    let mut items = Vec::new();
    let (area, foot_items) = free(card, making).map_err(Misfit::Print)?;
    let fit = match making.writing {
        Writing::ByHand(pitch) => Fit::ByHand(by_hand(card, making, &area, pitch, &mut items).map_err(Misfit::Print)?),
        Writing::Printed(hand, way) => {
            // Lines for a postscript in ink are always offered; a note or a letter that needs their room has it.
            let lines = making.sign == Sign::Ink && !card.sober;
            let said = warnings.len();
            let (drawn, fit) = match printed(card, making, (hand, way), &area, lines, warnings) {
                Err(Misfit::Note(Refusal::Overflow(_)) | Misfit::Print(_)) if lines => {
                    warnings.truncate(said);
                    printed(card, making, (hand, way), &area, false, warnings)?
                }
                other => other?,
            };
            items.extend(drawn);
            fit
        }
    };
    items.extend(foot_items);
    Ok((items, fit))
}

/// The part of the panel above the return block, and that block.
fn free(card: &Card, making: &Making<'_>) -> Result<(Area, Vec<Item>), Trouble> {
    let whole = writing_box(making);
    let (foot, items) = foot(card, making, &whole)?;
    let above = Rect { y1: foot - mm(3.0), ..whole.bounds };
    Ok((Area { bounds: above, ..whole }, items))
}

/// Says whether the panel can be drawn, and draws it only where that isn't plain.
pub(super) fn fit(card: &Card, making: &Making<'_>) -> Result<Option<ByHand>, Misfit> {
    if let Writing::Printed(hand, way) = making.writing {
        let (area, _) = free(card, making).map_err(Misfit::Print)?;
        // A note that needs the room of the lines for a postscript has it.
        if stack(card, making, &area, false, &mut Vec::new()).is_ok_and(|stack| stack.holds(hand, &way, &area)) {
            return Ok(None);
        }
    }
    match draw(card, making, &mut Vec::new())?.1 {
        Fit::ByHand(by_hand) => Ok(Some(by_hand)),
        Fit::Printed { .. } => Ok(None),
    }
}

fn quiet(making: &Making<'_>) -> Style {
    making.case.italic.clone().sized(11.0).leading(14.5)
}

/// A printed part set for a width.
fn set(making: &Making<'_>, text: &str, width: f64) -> Result<Paragraph, Trouble> {
    if text.chars().count() > MOST_PRINTED {
        return Err(crowded());
    }
    able(making.case, text, "the card")?;
    let style = making.case.able(&quiet(making), text);
    Ok(style.paragraph(text, width, Align::Left))
}

/// The return block at the foot, in reading order, and the height at which it begins.
fn foot(card: &Card, making: &Making<'_>, area: &Area) -> Result<(f64, Vec<Item>), Trouble> {
    let imprint = making.imprint;
    let case = making.case;
    let folded = making.form != Form::Flat;
    let bottom = area.bounds.y1;
    // The free stretch beside whatever is kept clear, as high as the block may become.
    let (left, right) = area.stretch(bottom - mm(15.0), bottom).unwrap_or((area.bounds.x0, area.bounds.x1));
    let right = if right < area.bounds.x1 { right - mm(3.0) } else { right };
    // What goes to a press of somebody else's is sorted by nobody.
    let mark = (!folded && card.number > 0).then(|| number_line(case, &card.mark()));
    let room = right - left - mark.as_ref().map_or(0.0, |m| m.width + mm(4.0));
    let small = case.text.clone().sized(8.0).leading(10.4);
    let mut lines: Vec<(Style, String)> = Vec::new();
    if !folded && !imprint.shop.is_empty() {
        let shop = imprint.shop.to_uppercase();
        able(case, &shop, "the card")?;
        lines.push((small.clone().sized(6.8).leading(11.2).tracked(130.0), shop));
    }
    let mut say = |pieces: &[String], between: &str| -> Result<(), Trouble> {
        // As many on a line as fit, so that no piece is broken.
        let mut line = String::new();
        for piece in pieces.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
            able(case, piece, "the card")?;
            let tried = if line.is_empty() { piece.to_owned() } else { format!("{line}{between}{piece}") };
            if line.is_empty() || small.width(&tried) <= room {
                line = tried;
            } else {
                lines.push((small.clone(), std::mem::replace(&mut line, piece.to_owned())));
            }
        }
        if !line.is_empty() {
            lines.push((small.clone(), line));
        }
        Ok(())
    };
    say(&imprint.answer, "  ·  ")?;
    if !folded {
        say(&imprint.address, ", ")?;
    }
    let base = bottom - 1.5;
    let mut y = base;
    let mut items = Vec::new();
    for (style, line) in lines.iter().rev() {
        let style = style.fitted(line, room);
        if style.size < 6.0 {
            return Err(Trouble::refused(format!("`{line}` is too long for the foot of the card"))
                .hint("shorten it in wetink.toml; each way to answer is a few words"));
        }
        items.push(style.line(line).at(Point::new(left, y)));
        y -= style.leading;
    }
    items.reverse();
    items.extend(mark.map(|mark| mark.aligned(Align::Right, Point::new(right, base))));
    if let Some(logo) = imprint.logo.as_ref().filter(|_| !folded) {
        let room = Rect::new(left, y - mm(9.0), left + mm(28.0), y + 2.0);
        items.push(photo::whole_left(logo, room));
        y = room.y0 - 2.0;
    }
    Ok((y, items))
}

/// Guide lines between the printed parts.
fn by_hand(
    card: &Card,
    making: &Making<'_>,
    area: &Area,
    pitch: f64,
    items: &mut Vec<Item>,
) -> Result<crate::hand::ByHand, Trouble> {
    let mut bounds = area.bounds;
    let note = card.dressed.parts.iter().position(|p| *p == Part::Note).unwrap_or(0);
    for (i, part) in card.dressed.parts.iter().enumerate() {
        let Part::Printed(text) = part else { continue };
        if i < note {
            let (x0, x1) = area.stretch(bounds.y0, bounds.y0 + mm(8.0)).unwrap_or((bounds.x0, bounds.x1));
            let set = set(making, text, x1 - x0)?;
            let tall = set.height;
            items.extend(set.at(Align::Left, x0, bounds.y0));
            bounds.y0 += tall + APART / 2.0;
        }
    }
    for (i, part) in card.dressed.parts.iter().enumerate().rev() {
        let Part::Printed(text) = part else { continue };
        if i > note {
            let (x0, x1) = area.stretch(bounds.y1 - mm(8.0), bounds.y1).unwrap_or((bounds.x0, bounds.x1));
            let set = set(making, text, x1 - x0)?;
            let top = bounds.y1 - set.height;
            items.extend(set.at(Align::Left, x0, top));
            bounds.y1 = top - APART / 2.0;
        }
    }
    if bounds.height() < mm(12.0) {
        return Err(crowded());
    }
    let area = Area { bounds, blocked: area.blocked.clone() };
    items.extend(guides(&area, pitch));
    Ok(lines_by_hand(&text_of(card), &area, pitch))
}

/// Note and postscript as one text.
pub(super) fn text_of(card: &Card) -> String {
    let note = card.note.trim();
    if card.ps.trim().is_empty() { note.to_owned() } else { format!("{note}\n\n{}", postscript(&card.ps)) }
}

fn postscript(ps: &str) -> String {
    let ps = ps.trim();
    let marked = ps.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("ps")) || ps.starts_with("P.S");
    if marked { ps.to_owned() } else { format!("PS: {ps}") }
}

/// What follows in order down the panel.
enum Piece {
    Set(Paragraph),
    Hand(String),
}

/// The pieces of a panel from the top down, and what stands below them.
struct Stack {
    pieces: Vec<Piece>,
    /// Where printed pieces stand.
    left: f64,
    /// Down to where the pieces may reach.
    limit: f64,
    /// Lines for a postscript in ink.
    guides: Vec<Item>,
}

impl Stack {
    /// Whether the only piece in a hand surely has room.
    fn holds(&self, hand: &Hand, way: &Way, area: &Area) -> bool {
        let mut room = area.bounds;
        room.y1 = self.limit;
        let mut written = None;
        for piece in &self.pieces {
            match (piece, written) {
                (Piece::Hand(_), Some(_)) => return false,
                (Piece::Hand(text), None) => written = Some(text),
                (Piece::Set(set), Some(_)) => room.y1 -= set.height + APART,
                (Piece::Set(set), None) => room.y0 += set.height + APART,
            }
        }
        written.is_none_or(|text| hand.holds(text, &Area { bounds: room, blocked: area.blocked.clone() }, way))
    }
}

/// Finds the pieces; `lines` asks for two dotted lines at the foot, for a postscript in ink.
fn stack(card: &Card, making: &Making<'_>, area: &Area, lines: bool, warnings: &mut Vec<String>) -> Result<Stack, Misfit> {
    // From the bottom up: lines for a postscript in ink, room to sign, and above that whatever the letter has.
    let ink = making.sign == Sign::Ink;
    let mut rules = Vec::new();
    let mut limit = area.bounds.y1;
    if lines {
        let top = limit - PITCH * INK_LINES;
        let strip = Area { bounds: Rect { y0: top, y1: limit + 0.1, ..area.bounds }, blocked: area.blocked.clone() };
        rules = guides(&strip, PITCH);
        limit = top;
    }
    if ink {
        let top = limit - SIGNATURE.height;
        let wide = area.stretch(top, limit).map_or(0.0, |(x0, x1)| x1 - x0);
        if wide < SIGNATURE.width {
            warnings.push("there is little room to sign this card in ink".into());
        }
        limit = top;
    }
    let mut pieces: Vec<Piece> = Vec::new();
    // Print before the note stands at the top; what follows it may come to lie beside whatever is kept clear.
    let whole = (area.bounds.x0, area.bounds.x1);
    let (left, right) = area.stretch(area.bounds.y0, limit).unwrap_or(whole);
    let top = area.stretch(area.bounds.y0, area.bounds.y0 + mm(12.0)).unwrap_or(whole);
    for part in &card.dressed.parts {
        let text = match part {
            Part::Printed(text) => {
                let mut paragraph =
                    set(making, text, if pieces.is_empty() { top.1 - top.0 } else { right - left }).map_err(Misfit::Print)?;
                let beside = area.stretch(area.bounds.y0, area.bounds.y0 + paragraph.height).unwrap_or((left, right));
                if pieces.is_empty() && beside.1 < top.1 {
                    paragraph = set(making, text, right - left).map_err(Misfit::Print)?;
                }
                pieces.push(Piece::Set(paragraph));
                continue;
            }
            Part::Note => card.note.trim().to_owned(),
            Part::Ps if card.ps.trim().is_empty() => continue,
            Part::Ps => postscript(&card.ps),
        };
        match pieces.last_mut() {
            // A postscript that follows the note is written with it, a little apart.
            Some(Piece::Hand(before)) => *before = format!("{before}\n\n{text}"),
            _ => pieces.push(Piece::Hand(text)),
        }
    }
    if let Sign::Written(name) = &making.sign {
        match pieces.last_mut() {
            Some(Piece::Hand(text)) => *text = format!("{text}\n\n{name}"),
            _ => pieces.push(Piece::Hand(name.clone())),
        }
    }
    let tall = |piece: &Piece| if let Piece::Set(set) = piece { set.height + APART } else { 0.0 };
    if pieces.iter().map(tall).sum::<f64>() > limit - area.bounds.y0 - mm(12.0) {
        return Err(Misfit::Print(crowded()));
    }
    Ok(Stack { pieces, left, limit, guides: rules })
}

fn printed(
    card: &Card,
    making: &Making<'_>,
    (hand, way): (&Hand, Way),
    area: &Area,
    lines: bool,
    warnings: &mut Vec<String>,
) -> Result<(Vec<Item>, Fit), Misfit> {
    let Stack { pieces, left, limit, guides: mut items } = stack(card, making, area, lines, warnings)?;
    let mut y = area.bounds.y0;
    let mut drawn: Vec<Item> = Vec::new();
    let (mut lines_used, mut available) = (0, 0);
    let mut x_height = 0.0;
    let mut substitutes = Vec::new();
    let count = pieces.len();
    // The first writing has what the others leave.
    let first = pieces.iter().position(|piece| matches!(piece, Piece::Hand(_)));
    let height = |(i, piece)| if Some(i) == first { 0.0 } else { reserve(piece, hand, area, card.seed, &way) };
    let heights: Vec<f64> = pieces.iter().enumerate().map(height).collect();
    let mut bottom = y;
    for (i, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Set(paragraph) => {
                let tall = paragraph.height;
                drawn.extend(paragraph.at(Align::Left, left, y));
                bottom = y + tall;
            }
            Piece::Hand(text) => {
                let rest: f64 = heights[i + 1..].iter().map(|h| h + APART).sum();
                let bounds = Rect { y0: y, y1: limit - rest, ..area.bounds };
                let room = Area { bounds, blocked: area.blocked.clone() };
                let seed = card.seed.wrapping_add(i as u64);
                let written: Written = hand.write(&text, &room, seed, &way).map_err(Misfit::Note)?;
                lines_used += written.lines.len();
                available += written.available;
                x_height = written.x_height;
                bottom = written.bottom;
                substitutes.extend(written.substitutes);
                drawn.push(Item::Words(written.words));
            }
        }
        y = bottom + if i + 1 < count { APART } else { 0.0 };
    }
    // A short note begins lower: a block at the very top of an empty card looks lost.
    let spare = limit - bottom;
    if area.blocked.is_empty() && spare > mm(4.0) {
        let down = Vec2::new(0.0, (spare * 0.38).min(mm(22.0)));
        for item in &mut drawn {
            shift(item, down);
        }
    }
    items.extend(drawn);
    Ok((items, Fit::Printed { lines: lines_used, available, x_height, substitutes }))
}

/// The height a piece will take, as far as it can be known before those above it.
fn reserve(piece: &Piece, hand: &Hand, area: &Area, seed: u64, way: &Way) -> f64 {
    match piece {
        Piece::Set(paragraph) => paragraph.height,
        Piece::Hand(text) => {
            let tall = Area::plain(Rect { y1: area.bounds.y0 + mm(2000.0), ..area.bounds });
            hand.write(text, &tall, seed, way).map_or(0.0, |written| written.bottom - tall.bounds.y0)
        }
    }
}

fn shift(item: &mut Item, by: Vec2) {
    if let Item::Words(words) = item {
        let glyphs = words.iter_mut().flat_map(|word: &mut Word| &mut word.glyphs);
        glyphs.for_each(|glyph| glyph.at = Affine::translate(by) * glyph.at);
    }
}
