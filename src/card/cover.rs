//! The picture side: five drawings made anew for every person, in a palette, with the greeting of the letter.
//!
//! White paper, no ink near the edge (home printers can't print there), two inks and an accent, no tint so pale that a
//! printer makes dots of it.

use std::fmt;
use std::str::FromStr;

use kurbo::ParamCurveNearest as _;

use super::MARGIN;
use super::chance::Chance;
use crate::letter::Design;
use crate::measure::{BezPath, Circle, Line, Point, Shape as _, Size};
use crate::page::{Ink, Item};
use crate::trouble::Trouble;
use crate::typeset::{Align, Style, TypeCase};

mod candles;
mod confetti;
mod hills;
mod words;
mod wreath;

/// Two inks and an accent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Palette {
    /// What the owner may call it.
    pub name: &'static str,
    /// For type and the darkest parts.
    pub dark: Ink,
    /// For most of the drawing.
    pub mid: Ink,
    /// For a little of it.
    pub accent: Ink,
}

/// The palettes there are. The first three are quiet enough for mourning, with the accent left out.
pub const PALETTES: [Palette; 5] = [
    Palette { name: "slate", dark: Ink::hex(0x002b_2f36), mid: Ink::hex(0x006f_7b86), accent: Ink::hex(0x00b5_523b) },
    Palette { name: "harbour", dark: Ink::hex(0x001f_3a57), mid: Ink::hex(0x005e_8ca8), accent: Ink::hex(0x00d9_6c4f) },
    Palette { name: "thyme", dark: Ink::hex(0x002f_4a3c), mid: Ink::hex(0x007c_9a6d), accent: Ink::hex(0x00d9_a441) },
    Palette { name: "plum", dark: Ink::hex(0x004b_2a4f), mid: Ink::hex(0x00a8_658a), accent: Ink::hex(0x00e3_a857) },
    Palette { name: "brick", dark: Ink::hex(0x007a_2e24), mid: Ink::hex(0x00c8_693f), accent: Ink::hex(0x003d_5a57) },
];

/// A colour mixed with white: 1 is the colour itself, 0 is white.
pub(super) fn tint(ink: Ink, strength: f32) -> Ink {
    mix(Ink::grey(1.0), ink, strength)
}

/// Between two colours: 0 is the first, 1 the second.
pub(super) fn mix(from: Ink, to: Ink, share: f32) -> Ink {
    let part = |a: f32, b: f32| a + (b - a) * share;
    Ink { r: part(from.r, to.r), g: part(from.g, to.g), b: part(from.b, to.b) }
}

/// Which drawing a card has: enough to draw it again, and to see to it that nobody gets last year's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Look {
    /// The drawing.
    pub design: Design,
    /// Its palette, by its place in [`PALETTES`].
    pub palette: usize,
    /// What varies within the drawing.
    pub seed: u64,
}

impl fmt::Display for Look {
    /// `wreath/thyme/1a2b`, as kept in the ledger.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{:x}", self.design.name(), self.colours().name, self.seed)
    }
}

impl FromStr for Look {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Look, Trouble> {
        let mut parts = text.splitn(3, '/');
        let look = (|| {
            let (design, palette, seed) = (parts.next()?, parts.next()?, parts.next()?);
            Some(Look {
                design: Design::ALL.into_iter().find(|d| d.name() == design)?,
                palette: PALETTES.iter().position(|p| p.name == palette)?,
                seed: u64::from_str_radix(seed, 16).ok()?,
            })
        })();
        look.ok_or_else(|| Trouble::damaged(format!("`{text}` is not a cover")).hint("a cover is written like wreath/thyme/1a2b"))
    }
}

impl Look {
    /// Chooses a drawing of those that suit the letter, and never one this person had before while there is another: first
    /// a design they never had, else a design and palette they never had together. `before` are their earlier covers,
    /// the latest last.
    #[must_use]
    pub fn choose(suits: &[Design], sober: bool, seed: u64, before: &[Look]) -> Look {
        let mut chance = Chance::new(seed);
        let suits = if suits.is_empty() { &Design::ALL[..] } else { suits };
        let palettes = if sober { 3 } else { PALETTES.len() };
        let last = before.last();
        let mut best: Option<(usize, u64, Look)> = None;
        for &design in suits {
            for palette in 0..palettes {
                let look = Look { design, palette, seed: seed ^ 1 };
                let had = |had: &&Look| had.design == design;
                let cost = 8 * before.iter().filter(had).count()
                    + 2 * before.iter().filter(had).filter(|l| l.palette == palette).count()
                    + usize::from(last.is_some_and(|l| l.palette == palette))
                    // Slate is for sober cards; on others it comes last.
                    + 2 * usize::from(!sober && palette == 0)
                    + 64 * usize::from(last.is_some_and(|l| l.design == design && suits.len() > 1));
                let lot = chance.next();
                if best.is_none_or(|(least, lowest, _)| (cost, lot) < (least, lowest)) {
                    best = Some((cost, lot, look));
                }
            }
        }
        best.map_or(Look { design: Design::Words, palette: 0, seed }, |(.., look)| Look { seed, ..look })
    }

    /// Its colours.
    #[must_use]
    pub fn colours(self) -> Palette {
        PALETTES[self.palette % PALETTES.len()]
    }
}

/// What a cover says.
#[derive(Clone, Copy, Debug)]
pub struct Greeting<'a> {
    /// The greeting, lines as the letter breaks them.
    pub words: &'a str,
    /// A small line; may be empty.
    pub below: &'a str,
    /// Mourning and the like.
    pub sober: bool,
}

/// Draws a cover on a panel of that size.
#[must_use]
pub fn draw(look: Look, size: Size, greeting: &Greeting<'_>, case: &TypeCase) -> Vec<Item> {
    let mut colours = look.colours();
    if greeting.sober {
        colours.accent = colours.mid;
        colours.mid = mix(colours.mid, Ink::grey(0.55), 0.4);
    }
    let mut cover = Cover { size, colours, greeting, case, chance: Chance::new(look.seed), items: Vec::new() };
    match look.design {
        Design::Wreath => wreath::draw(&mut cover),
        Design::Words => words::draw(&mut cover),
        Design::Confetti => confetti::draw(&mut cover),
        Design::Candles => candles::draw(&mut cover),
        Design::Hills => hills::draw(&mut cover),
    }
    cover.items
}

/// How far a thinned line may stray from the full one, in points: 0.02 mm.
const STRAY: f64 = 0.05;

/// A line through points, without those that nobody would miss.
fn thinned(points: impl IntoIterator<Item = Point>) -> BezPath {
    let points: Vec<Point> = points.into_iter().collect();
    let mut path = BezPath::new();
    let Some(first) = points.first() else { return path };
    path.move_to(*first);
    let mut from = 0;
    while from + 1 < points.len() {
        // As far on as everything between stays near the straight line.
        let mut to = from + 1;
        while to + 1 < points.len() {
            let line = Line::new(points[from], points[to + 1]);
            if points[from + 1..=to].iter().any(|p| line.nearest(*p, 1e-6).distance_sq > STRAY * STRAY) {
                break;
            }
            to += 1;
        }
        path.line_to(points[to]);
        from = to;
    }
    path
}

/// A cover being drawn.
struct Cover<'a> {
    size: Size,
    colours: Palette,
    greeting: &'a Greeting<'a>,
    case: &'a TypeCase,
    chance: Chance,
    items: Vec<Item>,
}

impl Cover<'_> {
    /// The length everything is drawn in proportion to: the width of an upright card of this size.
    fn unit(&self) -> f64 {
        self.size.width.min(self.size.height / 1.32)
    }

    fn upright(&self) -> bool {
        self.size.height > self.size.width * 1.05
    }

    /// Where the eye takes the middle to be.
    fn heart(&self) -> Point {
        let share = if self.upright() { 0.445 } else { 0.49 };
        Point::new(self.size.width / 2.0, self.size.height * share)
    }

    fn dot(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.items.push(Item::Fill(Circle::new(centre, radius).to_path(0.02), ink));
    }

    /// Sets the greeting about a middle, as large as it may be, and gives the size of the block.
    fn greet(&mut self, style: &Style, text: &str, middle: Point, room: Size) -> Size {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
        let mut style = style.fitted(&lines.join("\n"), room.width);
        let tall = |style: &Style| style.caps() + style.leading * (lines.len().max(1) - 1) as f64;
        if tall(&style) > room.height {
            let size = style.size * room.height / tall(&style);
            style = style.sized(size);
        }
        let height = tall(&style);
        let mut width: f64 = 0.0;
        for (i, line) in lines.iter().enumerate() {
            let set = style.line(line);
            width = width.max(set.width);
            let y = middle.y - height / 2.0 + style.caps() + style.leading * i as f64;
            self.items.push(set.aligned(Align::Centre, Point::new(middle.x, y)));
        }
        Size::new(width, height)
    }

    fn below_style(&self) -> Style {
        let style = self.case.able(&self.case.italic, self.greeting.below).ink(self.colours.dark);
        style.sized(self.unit() * 0.042).fitted(self.greeting.below, self.size.width - 4.4 * MARGIN)
    }

    fn below_width(&self) -> f64 {
        self.below_style().width(self.greeting.below)
    }

    /// The small line under a greeting.
    fn below(&mut self, middle: Point) {
        if self.greeting.below.is_empty() {
            return;
        }
        let style = self.below_style();
        self.items.push(style.line(self.greeting.below).aligned(Align::Centre, middle));
    }

    /// The greeting in one line.
    fn in_one_line(&self) -> String {
        self.greeting.words.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
