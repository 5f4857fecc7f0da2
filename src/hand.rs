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
mod place;
mod shelf;
mod text;
mod word;

use std::fmt;
use std::sync::Arc;

pub use dice::seed;
pub use fit::Area;
pub use guide::{ByHand, PITCH, guides, lines_by_hand};
pub use shelf::Hands;
pub use text::{Ready, Substitute, Unwritable};

use crate::face::Face;
use crate::measure::mm;
use crate::page::{Ink, Word};
use crate::trouble::{Result, Trouble};
use forms::Forms;

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

    /// Begins to draw the letters that every note needs, beside whatever else is done: the first notes find them ready then.
    pub fn warm_up(self: &Arc<Hand>, manner: Manner) {
        let hand = Arc::clone(self);
        rayon::spawn(move || hand.forms.prepare_often(manner));
    }

    /// Writes a note. Each line of the text begins a line; an empty line, and a postscript, stand a little apart. The same
    /// text, area, seed and way give the same drawing, whatever else was written before.
    pub fn write(&self, text: &str, area: &Area, seed: u64, way: &Way) -> Result<Written, Refusal> {
        let ready = self.ready(text).map_err(Refusal::Unwritable)?;
        let (low, high) = self.sizes(way.large);
        // What is far too long is reckoned, not written.
        let rough = self.reckon(&ready.text, area, low);
        if rough.lines > rough.available / 2 + 3 {
            return Err(Refusal::Overflow(rough));
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
}
