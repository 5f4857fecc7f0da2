//! Dotted lines to write on with a pen, and a guess how many of them a note will need.

use super::fit::{Area, Width, break_lines};
use crate::measure::{BezPath, mm};
use crate::page::{Ink, Item, Pen};

/// From line to line when nobody says otherwise: between wide and college rule.
pub const PITCH: f64 = mm(8.5);

/// Dotted guide lines over an area, `pitch` points apart.
#[must_use]
pub fn guides(area: &Area, pitch: f64) -> Vec<Item> {
    let mut path = BezPath::new();
    for (y, x0, x1) in rules(area, pitch) {
        path.move_to((x0, y));
        path.line_to((x1, y));
    }
    let pen = Pen { ink: Ink::grey(0.62), width: mm(0.25), dash: Some((0.0, mm(1.6))) };
    if path.is_empty() { Vec::new() } else { vec![Item::Stroke(path, pen)] }
}

/// Height, beginning and end of each guide line.
fn rules(area: &Area, pitch: f64) -> Vec<(f64, f64, f64)> {
    let pitch = pitch.max(mm(3.0));
    // Room for tall letters above the line and tails below it.
    let (above, below) = (pitch * 0.75, pitch * 0.25);
    let mut rules = Vec::new();
    let mut y = area.bounds.y0 + above;
    while y + below <= area.bounds.y1 + 0.01 && rules.len() < 200 {
        if let Some((x0, x1)) = area.stretch(y - above, y + below).filter(|(x0, x1)| x1 - x0 > mm(20.0)) {
            rules.push((y, x0, x1));
        }
        y += pitch;
    }
    rules
}

/// How a note will sit on the guide lines when a person writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// Lines the note will take, as far as one can tell.
    pub lines: usize,
    /// Lines there are.
    pub available: usize,
}

/// Guesses how many guide lines a note takes in ordinary handwriting: a letter about a quarter as wide as the lines are apart.
#[must_use]
pub fn lines_by_hand(text: &str, area: &Area, pitch: f64) -> ByHand {
    let rules = rules(area, pitch);
    let letter = pitch.max(mm(3.0)) * 0.26;
    let widths: Vec<f64> = rules.iter().map(|(_, x0, x1)| x1 - x0).collect();
    let mut lines = 0;
    for paragraph in text.lines() {
        let words: Vec<Width> =
            paragraph.split_whitespace().map(|word| Width { ink: word.chars().count() as f64 * letter, gap: letter }).collect();
        let rest = widths.get(lines..).filter(|rest| !rest.is_empty()).or(widths.last().map(std::slice::from_ref));
        lines += break_lines(&words, rest.unwrap_or(&[mm(60.0)])).len();
    }
    ByHand { lines, available: rules.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Rect;

    #[test]
    fn guide_lines_fill_the_area_and_keep_off_the_address() {
        let mut area = Area::plain(Rect::new(0.0, 0.0, mm(100.0), mm(60.0)));
        assert_eq!(rules(&area, PITCH).len(), 7);
        area.blocked.push(Rect::new(mm(50.0), mm(30.0), mm(100.0), mm(60.0)));
        let rules = rules(&area, PITCH);
        assert_eq!(rules.len(), 7);
        assert!(rules.iter().all(|(y, _, x1)| *x1 <= mm(50.0) + 1e-9 || *y < mm(30.0)));
        assert_eq!(guides(&area, PITCH).len(), 1);
        assert!(guides(&Area::plain(Rect::ZERO), PITCH).is_empty());
    }

    #[test]
    fn the_guess_grows_with_the_note() {
        let area = Area::plain(Rect::new(0.0, 0.0, mm(120.0), mm(85.0)));
        let words = |n: usize| "hello ".repeat(n);
        let short = lines_by_hand(&words(10), &area, PITCH);
        let long = lines_by_hand(&format!("{}\nPS: bye", words(80)), &area, PITCH);
        assert!(short.lines < long.lines && short.available == 10, "{short:?} {long:?}");
        assert_eq!(lines_by_hand("", &area, PITCH).lines, 0);
    }
}
