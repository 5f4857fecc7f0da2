//! Text written in a hand: fitted, varied from a seed, never the same letter twice.
//!
//! The recipe has four layers, all in x-heights: the line drifts and its left edge creeps, the word leans, the letter shifts and
//! turns, and its very shape is bent by smooth noise. Affine shifts alone leave equal letters three to five times more alike than a
//! person's; the shapes do the rest. Nothing here knows of people or files but fonts.

mod dice;
mod fit;
mod forms;
mod guide;
pub mod likeness;
mod outline;
mod shelf;
mod text;
mod word;

use std::fmt;
use std::sync::Arc;

use rayon::prelude::*;

pub use dice::seed;
pub use fit::Area;
pub use guide::{ByHand, PITCH, guides, lines_by_hand};
pub use shelf::Hands;
pub use text::{Ready, Substitute, Unwritable};

use crate::face::{Face, Features};
use crate::measure::{Affine, Point, Rect, mm, to_mm};
use crate::page::{Glyph, Ink, Word};
use crate::trouble::{Result, Trouble};
use dice::{Dice, Swell};
use fit::{Width, break_lines};
use forms::Forms;
use word::{Piece, Writer};

/// More characters than any card holds; beyond, the overflow is reckoned without writing.
const MOST_CHARACTERS: usize = 6_000;
/// Room left above and below each line for its drift, in x-heights.
const DRIFT_ROOM: f64 = 0.12;
/// Between paragraphs, as part of a line.
const PARAGRAPH: f64 = 0.35;

/// How freely a hand writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manner {
    /// Careful.
    Neat,
    /// As people write.
    Natural,
    /// In a hurry, or in high spirits.
    Lively,
}

impl Manner {
    /// Factor on every movement.
    fn noise(self) -> f64 {
        match self {
            Manner::Neat => 0.75,
            Manner::Natural => 1.0,
            Manner::Lively => 1.35,
        }
    }
}

/// How a note is to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Way {
    /// How freely.
    pub manner: Manner,
    /// With which ink. Anything but pure black gets a little lighter and darker from word to word.
    pub ink: Ink,
    /// In the large size, for readers who need it.
    pub large: bool,
}

impl Way {
    /// Naturally, in the usual size.
    #[must_use]
    pub const fn natural(ink: Ink) -> Way {
        Way { manner: Manner::Natural, ink, large: false }
    }
}

/// A dark blue ink, as pens have it.
pub const BLUE: Ink = Ink::hex(0x001c_265c);

/// A written note.
#[derive(Clone, Debug)]
pub struct Written {
    /// One word of the page for every word of the note, in order.
    pub words: Vec<Word>,
    /// Words of the note per line.
    pub lines: Vec<usize>,
    /// Lines the area would have held at this size.
    pub available: usize,
    /// Height of a lower-case x in points.
    pub x_height: f64,
    /// The lowest ink, in points from the top of the page.
    pub bottom: f64,
    /// Where lines begin, in points from the left of the page.
    pub left: f64,
    /// From line to line, in points.
    pub pitch: f64,
    /// What was written differently from what was typed.
    pub substitutes: Vec<Substitute>,
}

/// A note too long for its area, even in the smallest size of the hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Lines too many.
    pub lines: usize,
    /// Words that found no place.
    pub words: usize,
    /// Lines the area holds.
    pub available: usize,
    /// A word wider than every line, if that is the trouble.
    pub wide: Option<Box<str>>,
}

impl fmt::Display for Overflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let many = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        match &self.wide {
            Some(word) => write!(f, "{word} is wider than the line"),
            None => write!(
                f,
                "the note is {} ({}) too long; there is room for {}",
                many(self.lines, "line"),
                many(self.words, "word"),
                many(self.available, "line")
            ),
        }
    }
}

/// Why a note was not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not fit.
    Overflow(Overflow),
    /// The hand lacks characters. [`Hands::check`] beforehand says it with the person's name and the hands that have them.
    Unwritable(Unwritable),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Overflow(overflow) => overflow.fmt(f),
            Refusal::Unwritable(lacking) => write!(f, "the hand cannot write {lacking}"),
        }
    }
}

/// Which letters a hand has, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Of 94 in Latin-1: western Europe.
    pub latin_1: usize,
    /// Of 128 in Latin Extended-A: Polish, Czech, Hungarian, Turkish and others.
    pub latin_a: usize,
    /// Of 90 Vietnamese letters.
    pub vietnamese: usize,
    /// Of 64 Russian letters.
    pub cyrillic: usize,
    /// Of 57 Greek letters.
    pub greek: usize,
}

/// A handwriting: a font, and how it is written with.
pub struct Hand {
    entry: shelf::Entry,
    face: Arc<Face>,
    forms: Forms,
    /// In thousandths of the em, from the small letters themselves.
    x_height: f64,
    /// The font's blank in x-heights.
    blank: f64,
    /// How wide the letters stand, 1 and less: close letters stray less.
    airy: f64,
    joined: bool,
    calt: bool,
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hand({})", self.entry.name)
    }
}

impl Hand {
    fn new(entry: shelf::Entry, face: Face) -> Result<Hand> {
        let face = Arc::new(face);
        let top = |c: char| face.glyph(c).map(|glyph| kurbo::Shape::bounding_box(&face.outline(glyph).outline).y1);
        let mut tops: Vec<f64> = "acemnorsuvwxz".chars().filter_map(top).filter(|top| *top > 1.0).collect();
        tops.sort_by(f64::total_cmp);
        let Some(x_height) = tops.get(tops.len() / 2).copied().filter(|x| (50.0..2000.0).contains(x)) else {
            return Err(Trouble::failed(format!("{} cannot be used as a hand: it lacks small letters", entry.file))
                .hint("Use a font with the letters a to z."));
        };
        let blank = face.glyph(' ').map_or(x_height * 0.7, |glyph| face.outline(glyph).advance) / x_height;
        let widths: Vec<f64> =
            ('a'..='z').filter_map(|c| face.glyph(c)).map(|glyph| face.outline(glyph).advance / x_height).collect();
        let airy = (widths.iter().sum::<f64>() / widths.len().max(1) as f64 / 1.1).clamp(0.5, 1.0);
        Ok(Hand {
            airy,
            forms: Forms::new(face.clone(), x_height, entry.joined, entry.noise),
            x_height,
            blank: blank.clamp(0.45, 1.1),
            joined: entry.joined,
            calt: entry.calt,
            face,
            entry,
        })
    }

    /// What the owner calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.entry.name
    }

    /// The licence of its font.
    #[must_use]
    pub fn licence(&self) -> &str {
        &self.entry.licence
    }

    /// A line on how it looks.
    #[must_use]
    pub fn look(&self) -> &str {
        &self.entry.look
    }

    /// Whether its letters run into each other.
    #[must_use]
    pub fn joined(&self) -> bool {
        self.joined
    }

    /// Smallest and largest x-height in points.
    #[must_use]
    pub fn sizes(&self, large: bool) -> (f64, f64) {
        let [low, high] = if large { self.entry.large } else { self.entry.x_height };
        (mm(low), mm(high))
    }

    /// Its font.
    #[must_use]
    pub fn face(&self) -> &Arc<Face> {
        &self.face
    }

    /// The font's x-height, in thousandths of the em.
    #[must_use]
    pub fn x_height(&self) -> f64 {
        self.x_height
    }

    /// Which letters it has.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        let latin_1 = self.face.count('\u{a1}'..='\u{ac}') + self.face.count('\u{ae}'..='\u{ff}');
        Coverage {
            latin_1,
            latin_a: self.face.count('\u{100}'..='\u{17f}'),
            vietnamese: self.face.count('\u{1ea0}'..='\u{1ef9}'),
            cyrillic: self.face.count('\u{410}'..='\u{44f}'),
            greek: self.face.count('\u{391}'..='\u{3a9}') + self.face.count('\u{3ac}'..='\u{3ce}'),
        }
    }

    /// The text as this hand will write it: NFC, harmless substitutes made, every character there; or what is missing.
    pub fn ready(&self, text: &str) -> Result<Ready, Unwritable> {
        text::ready(&self.face, text)
    }

    /// The characters this hand cannot write, each once.
    #[must_use]
    pub fn missing(&self, text: &str) -> Vec<char> {
        self.ready(text).err().map_or(Vec::new(), |lacking| lacking.missing)
    }

    /// Writes a note. Each line of the text begins a line; an empty line, and a postscript, stand a little apart. The same
    /// text, area, seed and way give the same drawing, whatever else was written before.
    pub fn write(&self, text: &str, area: &Area, seed: u64, way: &Way) -> Result<Written, Refusal> {
        let ready = self.ready(text).map_err(Refusal::Unwritable)?;
        let (low, high) = self.sizes(way.large);
        let long = ready.text.chars().count();
        if long > MOST_CHARACTERS {
            return Err(Refusal::Overflow(self.reckon(&ready.text, long, area, low)));
        }
        let paragraphs = self.pieces(&ready.text, seed, way.manner);
        let steps = ((high - low) / mm(0.1)).round().max(0.0) as usize;
        let sizes = (0..=steps).map(|i| high - (high - low) * i as f64 / steps.max(1) as f64);
        let mut overflow = None;
        for size in sizes {
            for gap in [PARAGRAPH, 0.0] {
                match self.lay_out(&paragraphs, area, size, gap, seed, way.manner) {
                    Ok(rows) => return Ok(self.place(&paragraphs, &rows, area, size, seed, way, ready.substitutes)),
                    Err(found) => overflow = Some(found),
                }
            }
        }
        Err(Refusal::Overflow(overflow.unwrap_or(Overflow { lines: 1, words: 0, available: 0, wide: None })))
    }

    /// Every word of the note, paragraph by paragraph.
    fn pieces(&self, text: &str, seed: u64, manner: Manner) -> Vec<Paragraph> {
        let mut glyphs: Vec<u32> =
            self.face.shape(text, Features { contextual: self.calt, ..Features::HAND }).iter().map(|p| p.glyph).collect();
        glyphs.sort_unstable();
        glyphs.dedup();
        glyphs.into_par_iter().for_each(|glyph| self.forms.prepare(glyph, manner));
        let mut writer = Writer::new(self, manner, seed);
        let mut paragraphs: Vec<Paragraph> = Vec::new();
        let mut apart = false;
        for line in text.lines() {
            let words: Vec<Piece> = line.split_whitespace().map(|word| writer.word(word)).collect();
            if words.is_empty() {
                apart = true;
                continue;
            }
            let postscript = words[0].text.trim_end_matches([':', '.']).replace('.', "") == "PS";
            let widths = (0..words.len()).map(|i| {
                let ink = words[i].advance.max(words[i].ink.x1);
                Width { ink, gap: words.get(i + 1).map_or(0.0, |next| words[i].step(next) - ink) }
            });
            let widths = widths.collect();
            paragraphs.push(Paragraph { widths, words, apart: (apart || postscript) && !paragraphs.is_empty() });
            apart = false;
        }
        paragraphs
    }

    /// Finds a place for every word at one size, or says what is left over. `gap` is what stands between paragraphs, in lines.
    fn lay_out(
        &self,
        paragraphs: &[Paragraph],
        area: &Area,
        size: f64,
        gap: f64,
        seed: u64,
        manner: Manner,
    ) -> Result<Vec<Row>, Overflow> {
        let words = || paragraphs.iter().flat_map(|p| &p.words);
        let above = words().map(|w| w.ink.y1).fold(1.0, f64::max) + DRIFT_ROOM;
        let below = words().map(|w| -w.ink.y0).fold(0.0, f64::max) + DRIFT_ROOM;
        let overhang = words().map(|w| -w.ink.x0).fold(0.0, f64::max);
        let pitch = self.entry.pitch * size;
        let mut baseline = area.bounds.y0 + above * size;
        let available = self.rows(area, size, above, below, baseline, 0.0).len();
        let mut rows: Vec<Row> = Vec::new();
        let (mut over, mut left_over) = (0, 0);
        for paragraph in paragraphs {
            let widest = paragraph.widths.iter().map(|w| w.ink).fold(0.0, f64::max) + overhang;
            baseline += if paragraph.apart { gap * pitch } else { 0.0 };
            let free = self.rows(area, size, above, below, baseline, widest + 1.0);
            let indents: Vec<f64> = (0..free.len()).map(|i| indent(seed, rows.len() + i, manner).max(overhang)).collect();
            let mut widths: Vec<f64> = free.iter().zip(&indents).map(|(row, indent)| (row.2 - row.1) / size - indent).collect();
            if widths.is_empty() {
                // Nothing left: reckon on with lines as the area's widest.
                let full = self.rows(area, size, above, below, area.bounds.y0 + above * size, 0.0);
                let most = full.iter().map(|row| (row.2 - row.1) / size).fold(0.0, f64::max) - 0.5;
                if let Some(wide) = paragraph.words.iter().find(|w| w.ink.x1 + overhang > most) {
                    return Err(Overflow { lines: 1, words: 1, available, wide: Some(wide.text.clone()) });
                }
                widths.push(most);
            }
            let mut from = 0;
            for (i, count) in break_lines(&paragraph.widths, &widths).into_iter().enumerate() {
                match free.get(i) {
                    Some(&(y, x0, x1)) => {
                        rows.push(Row { baseline: y, left: x0 + indents[i] * size, right: x1, count });
                        baseline = y + pitch;
                    }
                    None => {
                        over += 1;
                        left_over += count;
                    }
                }
                from += count;
            }
            debug_assert_eq!(from, paragraph.words.len());
        }
        if over > 0 { Err(Overflow { lines: over, words: left_over, available, wide: None }) } else { Ok(rows) }
    }

    /// Baseline, left and right end of the lines from a height down that are at least `least` x-heights wide.
    fn rows(&self, area: &Area, size: f64, above: f64, below: f64, from: f64, least: f64) -> Vec<(f64, f64, f64)> {
        let pitch = self.entry.pitch * size;
        let count = ((area.bounds.y1 - below * size - from) / pitch + 1e-9).floor();
        let count = if count < 0.0 { 0 } else { (count as usize + 1).min(300) };
        (0..count)
            .map(|i| from + pitch * i as f64)
            .filter_map(|y| area.stretch(y - above * size, y + below * size).map(|(x0, x1)| (y, x0, x1)))
            .filter(|(_, x0, x1)| (x1 - x0) / size >= least.max(4.0))
            .collect()
    }

    /// Puts the words on their lines.
    #[expect(clippy::too_many_arguments)]
    fn place(
        &self,
        paragraphs: &[Paragraph],
        rows: &[Row],
        area: &Area,
        size: f64,
        seed: u64,
        way: &Way,
        substitutes: Vec<Substitute>,
    ) -> Written {
        let mut words = Vec::new();
        let mut slope = 0.0;
        let mut bottom = area.bounds.y0;
        let mut lines = rows.iter().enumerate();
        for paragraph in paragraphs {
            let mut from = 0;
            while from < paragraph.words.len() {
                let Some((k, row)) = lines.next() else { break };
                let to = (from + row.count).min(paragraph.words.len());
                let by = way.manner.noise();
                let mut dice = Dice::new(&[seed, 3, k as u64]);
                slope = (0.7 * slope + 0.714 * 0.35 * by * dice.normal()).clamp(-0.9, 0.9);
                let raised = 0.05 * by * dice.normal();
                let drift = Swell::new(&mut dice, 18.0, 5);
                let middle = (row.right - row.left) / size / 2.0;
                let bend = move |x: f64, part: f64| {
                    let (high, steep) = drift.along(x);
                    let tilt = slope.to_radians();
                    (part * (raised + 0.06 * by * high + tilt * (x - middle)), part * (0.06 * by * steep + tilt))
                };
                // A line that would leave its area drifts less, and at last not at all.
                let mut line = Vec::new();
                for part in [1.0, 0.5, 0.25, 0.0] {
                    line = self.line(paragraph, from..to, row, size, &|x| bend(x, part), way.ink);
                    if line.iter().all(|(_, ink)| inside(*ink, area)) {
                        break;
                    }
                }
                bottom = line.iter().map(|(_, ink)| ink.y1).fold(bottom, f64::max);
                words.extend(line.into_iter().map(|(word, _)| word));
                from = to;
            }
        }
        let above = self.rows(area, size, 2.2, 1.2, area.bounds.y0 + 2.2 * size, 0.0).len();
        Written {
            words,
            lines: rows.iter().map(|row| row.count).collect(),
            available: above.max(rows.len()),
            x_height: size,
            bottom,
            left: area.bounds.x0,
            pitch: self.entry.pitch * size,
            substitutes,
        }
    }

    /// One line's words with the boxes of their ink.
    fn line(
        &self,
        paragraph: &Paragraph,
        range: std::ops::Range<usize>,
        row: &Row,
        size: f64,
        bend: &dyn Fn(f64) -> (f64, f64),
        ink: Ink,
    ) -> Vec<(Word, Rect)> {
        let mut x = 0.0;
        let unit = size / self.x_height;
        let mut line = Vec::with_capacity(range.len());
        for i in range {
            let piece = &paragraph.words[i];
            let mut box_of_ink: Option<Rect> = None;
            let mut glyphs = Vec::with_capacity(piece.letters.len());
            for letter in &piece.letters {
                let [a, b, c, d, dx, dy] = letter.at.as_coeffs();
                let (up, steep) = bend(x + dx);
                // The line's bend, as a shift and a shear about the letter's own place. Then whole steps, too small to see, so
                // that the file repeats itself and packs well: a tenth of a point of type size, a twentieth of a point of place.
                let step = |v: f64| (v * unit * 10_000.0).round() / 10_000.0;
                let place = |v: f64| (v * 20.0).round() / 20.0;
                let at = Affine::new([
                    step(a),
                    -step(b + steep * a),
                    step(c),
                    -step(d + steep * c),
                    place(row.left + (x + dx) * size),
                    place(row.baseline - (dy + up) * size),
                ]);
                for element in letter.shape.outline.elements() {
                    for point in element.end_point().into_iter().chain(control(element)) {
                        let p = at * point;
                        box_of_ink = Some(box_of_ink.map_or(Rect::from_points(p, p), |b| b.union_pt(p)));
                    }
                }
                glyphs.push(Glyph { shape: letter.shape.clone(), at });
            }
            let word = Word { text: piece.text.clone(), glyphs, ink: shaded(ink, piece.shade) };
            let nowhere = Rect::from_origin_size((row.left + x * size, row.baseline), (0.0, 0.0));
            line.push((word, box_of_ink.unwrap_or(nowhere)));
            x += paragraph.widths[i].ink + paragraph.widths[i].gap;
        }
        line
    }

    /// How far a very long text would run over, from the mean width of its letters.
    fn reckon(&self, text: &str, characters: usize, area: &Area, size: f64) -> Overflow {
        let start: String = text.chars().take(1000).collect();
        let width: f64 = self.face.shape(&start, Features::HAND).iter().map(|p| p.advance).sum::<f64>() / self.x_height;
        let rows = self.rows(area, size, 2.2, 1.2, area.bounds.y0 + 2.2 * size, 0.0);
        let line = (area.bounds.width() / size).max(1.0);
        let lines = (width / 1000.0 * characters as f64 / line).ceil() as usize;
        let over = lines.saturating_sub(rows.len()).max(1);
        let words = text.split_whitespace().count();
        Overflow { lines: over, words: (words * over / lines.max(1)).max(1), available: rows.len(), wide: None }
    }
}

/// A run of words that begins on a line of its own.
struct Paragraph {
    words: Vec<Piece>,
    widths: Vec<Width>,
    /// Stands a little apart from what comes before.
    apart: bool,
}

/// A line found for some words, in points.
struct Row {
    baseline: f64,
    left: f64,
    right: f64,
    count: usize,
}

/// Where a line begins, in x-heights from the edge: raggedly, and further in from line to line.
fn indent(seed: u64, line: usize, manner: Manner) -> f64 {
    let chance = Dice::new(&[seed, 4, line as u64]).normal();
    (0.3 + (0.05 * line as f64).min(0.6) + 0.22 * manner.noise() * chance).max(0.0)
}

/// A little lighter or darker. Pure black stays: a grey would be printed as dots.
fn shaded(ink: Ink, shade: i8) -> Ink {
    let by = 1.0 + 0.005 * f32::from(shade);
    let part = |c: f32| ((c * by * 1000.0).round() / 1000.0).clamp(0.0, 1.0);
    Ink { r: part(ink.r), g: part(ink.g), b: part(ink.b) }
}

fn inside(ink: Rect, area: &Area) -> bool {
    let b = area.bounds;
    let within = ink.x0 >= b.x0 - 0.01 && ink.x1 <= b.x1 + 0.01 && ink.y0 >= b.y0 - 0.01 && ink.y1 <= b.y1 + 0.01;
    within && !area.blocked.iter().any(|block| block.overlaps(ink) && block.intersect(ink).area() > 0.01)
}

fn control(element: &kurbo::PathEl) -> Option<Point> {
    match element {
        kurbo::PathEl::QuadTo(control, _) => Some(*control),
        _ => None,
    }
}

/// The sizes of a hand for a list: `2.2 to 2.6 mm`.
#[must_use]
pub fn sizes_in_words(hand: &Hand) -> String {
    let (low, high) = hand.sizes(false);
    format!("{:.1} to {:.1} mm", to_mm(low), to_mm(high))
}
