//! A card's panels: cover, the written side, what a folded card has besides.
//!
//! Everything is drawn in a panel's own coordinates, upper left corner at 0, 0; how panels come to lie on a sheet is the
//! business of `stock`. What a person should read is at least 7 points; nothing is nearer than 8.5 mm to an edge.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::hand::{Area, ByHand, Hand, Refusal, Substitute, Way};
use crate::letter::Dressed;
use crate::measure::{Rect, Size, mm};
use crate::page::{Ink, Item};
use crate::stock::{Form, Panel};
use crate::trouble::Trouble;
use crate::typeset::{Align, Line, Style, TypeCase};

mod chance;
pub mod cover;
pub mod cue;
pub mod photo;
pub mod post;
mod written;

pub use cover::{Greeting, Look};
pub use photo::Photo;

/// No ink nearer to the edge of a panel.
pub const MARGIN: f64 = mm(8.5);
/// The blank left for a signature in ink.
pub const SIGNATURE: Size = Size::new(mm(60.0), mm(18.0));

/// What is on the cover.
#[derive(Clone, Debug)]
pub enum Art {
    /// A drawing made for this person.
    Drawn(Look),
    /// The shop's own photograph, in a white mount.
    Photo(Arc<Photo>),
}

/// One card to be drawn.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its place in the batch; card, envelope and label with the same number belong together.
    pub number: u32,
    /// The person's initials, `MP`, so that a dropped pile can be sorted.
    pub initials: String,
    /// The letter filled in.
    pub dressed: Dressed,
    /// Mourning and the like.
    pub sober: bool,
    /// The note as written.
    pub note: String,
    /// The postscript as written, with or without its `PS`; may be empty.
    pub ps: String,
    /// What is on the cover.
    pub art: Art,
    /// What the hand varies by; the same card again is the same drawing.
    pub seed: u64,
}

/// Who sends the card and how to answer.
#[derive(Clone, Debug, Default)]
pub struct Imprint {
    /// The shop's name.
    pub shop: String,
    /// Ways to answer, each short: `01865 555 010, Mon to Sat 9 to 5`, `maria@hill.example`.
    pub answer: Vec<String>,
    /// The return address, a line for each of its lines.
    pub address: Vec<String>,
    /// The shop's mark.
    pub logo: Option<Arc<Photo>>,
}

/// How the note comes onto the card.
#[derive(Clone, Copy, Debug)]
pub enum Writing<'a> {
    /// Printed in a hand.
    Printed(&'a Hand, Way),
    /// Written by a person: dotted guide lines so far apart, in points. `hand::PITCH` is the usual.
    ByHand(f64),
}

/// How the card is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// In ink: room is left for it, and two dotted lines for a postscript in ink.
    Ink,
    /// In the hand of the note, where nobody will hold the card before it is posted.
    Written(String),
}

/// How cards are made: the same for a whole batch.
#[derive(Clone, Debug)]
pub struct Making<'a> {
    /// The faces of the printed parts.
    pub case: &'a TypeCase,
    /// How the note comes onto the card.
    pub writing: Writing<'a>,
    /// How it is signed.
    pub sign: Sign,
    /// Who sends it.
    pub imprint: &'a Imprint,
    /// Flat or folded.
    pub form: Form,
    /// One panel of a finished card.
    pub panel: Size,
    /// Parts of the written panel to keep clear: a postcard's address and stamp.
    pub blocked: Vec<Rect>,
    /// Writing begins so far from the edge; [`MARGIN`] on a printer of one's own.
    pub margin: f64,
    /// A photograph may run so far past the edge, to be cut off; 0 keeps it inside.
    pub bleed: f64,
}

/// How the note sits.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// Printed: so many lines of the lines there were, and what was written differently from what was typed.
    Printed {
        /// Lines of the note and its postscript.
        lines: usize,
        /// Lines there was room for.
        available: usize,
        /// Height of a lower-case x in points.
        x_height: f64,
        /// What was written differently.
        substitutes: Vec<Substitute>,
    },
    /// To be written: a guess.
    ByHand(ByHand),
}

/// A card drawn.
#[derive(Clone, Debug)]
pub struct Faces {
    /// What is on each panel the form has.
    pub panels: BTreeMap<Panel, Arc<Vec<Item>>>,
    /// How the note sits.
    pub fit: Fit,
    /// What the owner should know: a photo too coarse, no room to sign.
    pub warnings: Vec<String>,
}

/// Why a card was not drawn.
#[derive(Clone, Debug, PartialEq)]
pub enum Misfit {
    /// The hand can't: too long, or characters it lacks.
    Note(Refusal),
    /// The printed part can't.
    Print(Trouble),
}

impl Card {
    /// `07 · MP`.
    #[must_use]
    pub fn mark(&self) -> String {
        let initials: String = self.initials.trim().chars().take(4).collect();
        if initials.is_empty() { format!("{:02}", self.number) } else { format!("{:02} · {initials}", self.number) }
    }

    /// Draws the card.
    pub fn draw(&self, making: &Making<'_>) -> Result<Faces, Misfit> {
        let mut warnings = Vec::new();
        let cover = self.cover(making, &mut warnings).map_err(Misfit::Print)?;
        let (written, fit) = written::draw(self, making, &mut warnings)?;
        let mut panels = BTreeMap::from([(Panel::Cover, Arc::new(cover)), (Panel::Written, Arc::new(written))]);
        if making.form != Form::Flat {
            panels.insert(Panel::Inside, Arc::new(Vec::new()));
            panels.insert(Panel::Back, Arc::new(self.back(making).map_err(Misfit::Print)?));
        }
        Ok(Faces { panels, fit, warnings })
    }

    /// Everything that can refuse the card, without its cover; and how the note would sit, if a person is to write it.
    pub fn fit(&self, making: &Making<'_>) -> Result<Option<ByHand>, Misfit> {
        self.coverable(making).map_err(Misfit::Print)?;
        if making.form != Form::Flat {
            self.back(making).map_err(Misfit::Print)?;
        }
        written::fit(self, making)
    }

    fn coverable(&self, making: &Making<'_>) -> Result<(), Trouble> {
        let dressed = &self.dressed;
        for text in [&dressed.cover, &dressed.below] {
            able(making.case, text, "the cover")?;
        }
        if dressed.cover.lines().count() > 5 || dressed.cover.lines().chain([&*dressed.below]).any(|l| l.chars().count() > 60) {
            return Err(Trouble::refused("the words on the cover are too long for it")
                .hint("a greeting is two or three words, on a line each if they are long"));
        }
        Ok(())
    }

    fn cover(&self, making: &Making<'_>, warnings: &mut Vec<String>) -> Result<Vec<Item>, Trouble> {
        self.coverable(making)?;
        let dressed = &self.dressed;
        let greeting = Greeting { words: &dressed.cover, below: &dressed.below, sober: self.sober };
        match &self.art {
            Art::Drawn(look) => Ok(cover::draw(*look, making.panel, &greeting, making.case)),
            Art::Photo(photo) => {
                let (items, warning) = photo::cover(photo, making.panel, making.bleed, &greeting, making.case);
                warnings.extend(warning);
                Ok(items)
            }
        }
    }

    /// The outer back of a folded card: who it is from, and the number.
    fn back(&self, making: &Making<'_>) -> Result<Vec<Item>, Trouble> {
        let size = making.panel;
        let imprint = making.imprint;
        let mut items = Vec::new();
        let middle = size.width / 2.0;
        let style = making.case.text.clone().sized(8.5).leading(11.5);
        let mut lines: Vec<(Style, String)> = Vec::new();
        if !imprint.shop.is_empty() {
            let shop = imprint.shop.to_uppercase();
            lines.push((able(making.case, &shop, "the back")?.sized(7.5).leading(12.5).tracked(140.0), shop));
        }
        for line in imprint.address.iter().chain(&imprint.answer) {
            able(making.case, line, "the back")?;
            lines.push((style.clone(), line.clone()));
        }
        let mut y = size.height - MARGIN - 14.0;
        for (style, line) in lines.iter().rev() {
            let set = style.fitted(line, size.width - 2.0 * MARGIN);
            items.push(set.line(line).aligned(Align::Centre, (middle, y).into()));
            y -= style.leading;
        }
        items.reverse();
        if let Some(logo) = &imprint.logo {
            let room = Rect::new(middle - mm(14.0), y - mm(14.0), middle + mm(14.0), y - mm(2.0));
            items.push(photo::whole(logo, room));
        }
        let at = (middle, size.height - MARGIN).into();
        items.push(number_line(making.case, &self.mark()).aligned(Align::Centre, at));
        Ok(items)
    }
}

/// A card's number: small and grey, there for whoever sorts. Initials the face lacks are left out: the number is enough.
fn number_line(case: &TypeCase, mark: &str) -> Line {
    let style = case.text.clone().sized(6.0).ink(Ink::grey(0.5));
    let mark: String = mark.chars().filter(|c| c.is_whitespace() || style.face.has(*c)).collect();
    style.line(&mark)
}

/// The text face, if it has every character; else a trouble that names the first it lacks.
fn able(case: &TypeCase, text: &str, place: &str) -> Result<Style, Trouble> {
    match case.text.lacks(text) {
        None => Ok(case.text.clone()),
        Some(c) => Err(Trouble::refused(format!(
            "{} can't print {} (U+{:04X}) on {place}",
            case.text.face.name(),
            c.escape_debug(),
            u32::from(c)
        ))
        .hint("write it in Latin, Greek or Cyrillic letters there")),
    }
}

/// Where type or writing may stand on the written panel.
fn writing_box(making: &Making<'_>) -> Area {
    Area { bounds: making.panel.to_rect().inset(-making.margin), blocked: making.blocked.clone() }
}
