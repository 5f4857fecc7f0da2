//! The cue sheet for cards written by hand: in the order of the cards, what to write in each, with a box to tick.

use super::able;
use crate::hand::ByHand;
use crate::measure::{Line, Point, Rect, Shape as _, Size, mm};
use crate::page::{Ink, Item, Page, Pen};
use crate::trouble::Result;
use crate::typeset::{Align, Style, TypeCase};

/// One card on the cue sheet.
#[derive(Clone, Debug)]
pub struct Cue {
    /// The card's number in the batch.
    pub number: u32,
    /// Whom it is for.
    pub name: String,
    /// What is known, each in a few words.
    pub facts: Vec<String>,
    /// What to write, postscript and all, lines as typed.
    pub note: String,
    /// How it will sit on the guide lines.
    pub fit: ByHand,
}

/// What the printed face lacks (a smiley, another script) as its number: whoever copies the note has it on the sheet, too.
fn readable(case: &TypeCase, text: &str) -> String {
    text.chars()
        .map(|c| match case.text.lacks(c.encode_utf8(&mut [0; 4])) {
            Some(lacking) => format!("[U+{:04X}]", u32::from(lacking)),
            None => c.to_string(),
        })
        .collect()
}

/// From the edge of the sheet; every printer can print inside.
const EDGE: f64 = mm(18.0);

/// The cue sheet on as many pages as it takes; a note is never torn between two, unless it is longer than one.
pub fn sheets(title: &str, cues: &[Cue], paper: Size, case: &TypeCase) -> Result<Vec<Page>> {
    let heading = able(case, title, "the cue sheet")?.sized(16.0);
    let grey = Ink::grey(0.35);
    let reading = case.text.clone().sized(13.0).leading(18.5);
    let small = case.italic.clone().sized(10.0).leading(13.0).ink(grey);
    let (left, right) = (EDGE, paper.width - EDGE);
    let column = left + mm(17.0);
    let bottom = paper.height - mm(13.0);
    let thin = Pen { ink: Ink::grey(0.7), width: 0.6, dash: None };
    let mut pages: Vec<Vec<Item>> = Vec::new();
    let head_of_page = || vec![heading.fitted(title, right - left).line(title).at(Point::new(left, EDGE + 4.0))];
    let first = EDGE + mm(6.0);
    let mut page = head_of_page();
    let mut y = first;
    for cue in cues {
        let wide = right - column;
        let cue_name = readable(case, &cue.name);
        let note = reading.paragraph(&readable(case, &cue.note), wide, Align::Left);
        let facts = small.paragraph(&readable(case, &cue.facts.join("; ")), wide, Align::Left);
        let fits = if cue.fit.lines > cue.fit.available {
            format!("too long: about {} lines, and the card has {}", cue.fit.lines, cue.fit.available)
        } else {
            format!("fits: about {} of {} lines", cue.fit.lines, cue.fit.available)
        };
        let head = 26.0;
        let tall = head + facts.height + note.height + 28.0;
        if y + tall > bottom && y > first {
            pages.push(std::mem::replace(&mut page, head_of_page()));
            y = first;
        }
        page.push(Item::Stroke(Line::new((left, y), (right, y)).to_path(0.1), thin));
        let base = y + 19.0;
        let tick = Rect::new(left, base - 9.5, left + 11.0, base + 1.5);
        page.push(Item::Stroke(tick.to_path(0.1), Pen { ink: Ink::BLACK, width: 0.8, dash: None }));
        page.push(reading.line(&format!("{:02}", cue.number)).at(Point::new(left + mm(7.0), base)));
        let name = Style { face: case.bold.face.clone(), ..reading.clone() };
        page.push(case.able(&name, &cue_name).sized(12.5).fitted(&cue_name, wide).line(&cue_name).at(Point::new(column, base)));
        y += head;
        let fact_height = facts.height;
        page.extend(facts.at(Align::Left, column, y));
        y += fact_height + 2.0;
        // A very long note runs on to the next page.
        for line in note.lines {
            if y + reading.leading > bottom {
                pages.push(std::mem::replace(&mut page, head_of_page()));
                y = first;
            }
            page.push(line.at(Point::new(column, y + 14.0)));
            y += reading.leading;
        }
        page.push(small.line(&fits).at(Point::new(column, y + 12.0)));
        y += 26.0;
    }
    pages.push(page);
    let count = pages.len();
    Ok(pages
        .into_iter()
        .enumerate()
        .map(|(i, mut items)| {
            if count > 1 {
                let folio = format!("{} / {count}", i + 1);
                items.push(small.line(&folio).aligned(Align::Right, Point::new(right, EDGE + 4.0)));
            }
            Page { items, ..Page::new(paper) }
        })
        .collect())
}
