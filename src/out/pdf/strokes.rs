//! What is on a page, written as PDF drawing orders: short numbers, nothing said twice.
//!
//! Places are whole twentieths of a point: 0.018 mm, finer than a printer's dot. Whole numbers are short, and deflate well.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use kurbo::PathEl;

use super::faces::{Cell, Faces, Keyed};
use super::stencil::{Stencil, stencil};
use crate::measure::{Affine, BezPath, Point, Rect, Vec2, nearest};
use crate::page::{Ink, Item, Pen, Word};

/// Units of a page's coordinates in a point.
const GRAIN: f64 = 20.0;
/// The size fonts are called with, in those units: letters' matrices, which a hand gives to a tenth of a point, become whole too.
const SIZE: f64 = 2.0;
/// A written line farther than this from where 0, 0 is, in points, gets it moved there.
const LINE: f64 = 6.0;

/// What drawing orders refer to by name: fonts, drawings used more than once, pictures.
#[derive(Default)]
pub struct Cupboard {
    /// Letters.
    pub faces: Faces,
    /// Address of a shared drawing → its number.
    pub drawings: HashMap<usize, usize>,
    /// Key of a picture → its number and how it is turned.
    pub pictures: HashMap<u64, (usize, Affine)>,
    /// Address of an outline on the pages being drawn → the glyph it is stamped with, and how that lies.
    pub stamps: HashMap<usize, (Cell, Affine), BuildHasherDefault<Keyed>>,
}

/// The address by which a drawing is known as long as somebody holds it.
pub fn address(drawing: &Arc<Vec<Item>>) -> usize {
    Arc::as_ptr(drawing).addr()
}

/// The address by which an outline is known as long as its page is there.
pub fn place_of(path: &BezPath) -> usize {
    std::ptr::from_ref(path).addr()
}

/// The drawing orders of a page. Everything below the first order is in our own coordinates, y down, in twentieths of a point.
pub fn page(items: &[Item], height: f64, cupboard: &Cupboard) -> Vec<u8> {
    let mut pencil = Pencil::new(cupboard);
    for part in [1.0 / GRAIN, 0.0, 0.0, -1.0 / GRAIN, 0.0, height] {
        pencil.number(part, 3);
    }
    pencil.say("cm\n");
    pencil.draw(items);
    pencil.out
}

/// The drawing orders of a drawing that pages share.
pub fn drawing(items: &[Item], cupboard: &Cupboard) -> Vec<u8> {
    let mut pencil = Pencil::new(cupboard);
    pencil.draw(items);
    pencil.out
}

/// A box in the coordinates of drawing orders.
pub fn grained(part: Rect) -> Rect {
    part.scale_from_origin(GRAIN)
}

/// The stencils of everything that is filled, each with what it was made from.
pub fn stencils<'a>(items: &'a [Item], found: &mut Vec<(Stencil, &'a BezPath)>) {
    for item in items {
        match item {
            Item::Fill(path, _) => found.extend(stencil(path).map(|stencil| (stencil, path))),
            Item::Placed { drawing, .. } => stencils(drawing, found),
            Item::Stroke(..) | Item::Words(_) | Item::Picture(..) => {}
        }
    }
}

/// What the reader of the orders already knows.
#[derive(Clone, Copy, Default)]
struct State {
    fill: Option<Ink>,
    stroke: Option<Ink>,
    width: Option<f64>,
    /// Dash and gap; both 0 draws through.
    dash: Option<(f64, f64)>,
    round: bool,
    font: Option<u16>,
    /// Within a run of stamps.
    stamping: bool,
    /// Where 0, 0 has been moved to. Shapes are written from their own first point: small numbers make small files.
    origin: Vec2,
}

struct Pencil<'a> {
    out: Vec<u8>,
    cupboard: &'a Cupboard,
    state: State,
}

impl Pencil<'_> {
    fn new(cupboard: &Cupboard) -> Pencil<'_> {
        Pencil { out: Vec::with_capacity(8192), cupboard, state: State::default() }
    }

    fn draw(&mut self, items: &[Item]) {
        for item in items {
            if let Item::Fill(path, ink) = item
                && self.stamp(path, *ink)
            {
                continue;
            }
            self.lift();
            match item {
                Item::Fill(path, ink) => {
                    if drawable(path) {
                        self.fill_ink(*ink);
                        self.path(path, false);
                        self.say("f\n");
                    }
                }
                Item::Stroke(path, pen) => {
                    if drawable(path) {
                        self.pen(pen);
                        self.path(path, true);
                        self.say("S\n");
                    }
                }
                Item::Words(words) => self.words(words),
                Item::Picture(picture, at) => {
                    if let Some((number, turn)) = self.cupboard.pictures.get(&picture.key) {
                        // A PDF picture fills its unit square upside down to ours.
                        let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
                        self.say("q ");
                        let at = Affine::translate(-self.state.origin) * *at * *turn * up;
                        // Its unit is its own, not ours.
                        self.matrix(at * Affine::scale(GRAIN), at.translation(), 2);
                        self.say("cm/P");
                        self.whole(*number as i64);
                        self.say(" Do Q\n");
                    }
                }
                Item::Placed { drawing, at, clip } => self.placed(drawing, *at, *clip),
            }
        }
        self.lift();
    }

    /// Draws an outline with its stencil, if the batch's font has it.
    fn stamp(&mut self, path: &BezPath, ink: Ink) -> bool {
        let Some(&(cell, at)) = self.cupboard.stamps.get(&place_of(path)) else { return false };
        if !self.state.stamping {
            // Nobody wants to read it or copy it.
            self.say("/Span<</ActualText()>>BDC BT\n");
            self.state.stamping = true;
        }
        self.fill_ink(ink);
        self.font(cell.font);
        let [a, b, c, d, x, y] = (Affine::translate(-self.state.origin) * at).as_coeffs();
        for part in [a, b, c, d].map(|part| part * 1000.0 / SIZE).into_iter().chain([x, y]) {
            self.place(part);
        }
        self.say("Tm");
        self.letter_string(&[cell]);
        self.say("Tj\n");
        true
    }

    /// Ends a run of stamps.
    fn lift(&mut self) {
        if std::mem::take(&mut self.state.stamping) {
            self.say("ET EMC\n");
        }
    }

    fn font(&mut self, font: u16) {
        if self.state.font != Some(font) {
            self.say("/F");
            self.whole(i64::from(font));
            self.out.push(b' ');
            self.number(SIZE, 1);
            self.say("Tf\n");
            self.state.font = Some(font);
        }
    }

    fn placed(&mut self, drawing: &Arc<Vec<Item>>, at: Affine, clip: Option<Rect>) {
        if drawing.is_empty() || !at.is_finite() {
            return;
        }
        let before = self.state;
        self.say("q\n");
        let at = Affine::translate(-self.state.origin) * at;
        if at != Affine::IDENTITY {
            self.matrix(at, at.translation(), 5);
            self.say("cm\n");
        }
        self.state.origin = Vec2::ZERO;
        if let Some(clip) = clip {
            for side in [clip.x0, clip.y0, clip.width(), clip.height()] {
                self.number(side * GRAIN, 1);
            }
            self.say("re W n\n");
        }
        if let Some(number) = self.cupboard.drawings.get(&address(drawing)) {
            self.say("/D");
            self.whole(*number as i64);
            self.say(" Do\n");
        } else {
            self.draw(drawing);
        }
        self.say("Q\n");
        self.state = before;
    }

    fn path(&mut self, path: &BezPath, closing: bool) {
        if let [PathEl::MoveTo(first), _, _, _, ..] = path.elements() {
            self.move_to(first.to_vec2());
        }
        let (mut pen, mut start) = (Point::ZERO, Point::ZERO);
        for (index, element) in path.elements().iter().enumerate() {
            match *element {
                PathEl::MoveTo(p) => {
                    self.points(&[p], "m\n");
                    start = p;
                }
                PathEl::LineTo(p) => self.points(&[p], "l\n"),
                PathEl::QuadTo(a, p) => {
                    let cubic = kurbo::QuadBez::new(pen, a, p).raise();
                    self.points(&[cubic.p1, cubic.p2, p], "c\n");
                }
                PathEl::CurveTo(a, b, p) => self.points(&[a, b, p], "c\n"),
                // What is filled is closed anyway, unless the pen goes on from where it closed.
                PathEl::ClosePath => {
                    if closing || !matches!(path.elements().get(index + 1), None | Some(PathEl::MoveTo(_))) {
                        self.say("h\n");
                    }
                }
            }
            pen = element.end_point().unwrap_or(start);
        }
    }

    fn points(&mut self, points: &[Point], order: &str) {
        for point in points {
            let from_here = *point - self.state.origin;
            self.place(from_here.x);
            self.place(from_here.y);
        }
        self.say(order);
    }

    /// Moves 0, 0 to a place, or as near as whole units come.
    fn move_to(&mut self, place: Vec2) {
        let origin = Vec2::new(grain(place.x), grain(place.y));
        let moved = origin - self.state.origin;
        if moved.hypot() > 0.5 / GRAIN {
            self.say("1 0 0 1 ");
            self.place(moved.x);
            self.place(moved.y);
            self.say("cm\n");
            self.state.origin = origin;
        }
    }

    /// A length on the page, to the nearest unit.
    fn place(&mut self, length: f64) {
        self.number(length * GRAIN, 0);
    }

    fn fill_ink(&mut self, ink: Ink) {
        if self.state.fill != Some(ink) {
            self.ink(ink, "g\n", "rg\n");
            self.state.fill = Some(ink);
        }
    }

    fn pen(&mut self, pen: &Pen) {
        if self.state.stroke != Some(pen.ink) {
            self.ink(pen.ink, "G\n", "RG\n");
            self.state.stroke = Some(pen.ink);
        }
        if !self.state.round {
            self.say("1 J 1 j\n");
            self.state.round = true;
        }
        if self.state.width != Some(pen.width) {
            self.number(pen.width.max(0.0) * GRAIN, 1);
            self.say("w\n");
            self.state.width = Some(pen.width);
        }
        // A dash pattern without a gap, or of nonsense, is a line drawn through.
        let real = |(dash, gap): &(f64, f64)| *dash >= 0.0 && *gap > 0.01 && dash.is_finite() && gap.is_finite();
        let dash = pen.dash.filter(real).unwrap_or_default();
        if self.state.dash != Some(dash) {
            self.say("[");
            if dash != (0.0, 0.0) {
                self.number(dash.0 * GRAIN, 1);
                self.number(dash.1 * GRAIN, 1);
            }
            self.say("]0 d\n");
            self.state.dash = Some(dash);
        }
    }

    /// Equal parts are grey, so that black letters take black ink alone.
    #[expect(clippy::float_cmp, reason = "equal means written equal")]
    fn ink(&mut self, ink: Ink, grey: &str, colour: &str) {
        let part = |level: f32| f64::from(if level.is_finite() { level.clamp(0.0, 1.0) } else { 0.0 });
        if ink.r == ink.g && ink.g == ink.b {
            self.number(part(ink.r), 3);
            self.say(grey);
        } else {
            for level in [ink.r, ink.g, ink.b] {
                self.number(part(level), 3);
            }
            self.say(colour);
        }
    }

    fn words(&mut self, words: &[Word]) {
        let mut line = Line::default();
        let mut open = false;
        let mut letters: Vec<(Cell, [f64; 6])> = Vec::new();
        for word in words {
            let known = word.glyphs.iter().filter_map(|glyph| Some((self.cupboard.faces.cell(glyph.shape.key)?, glyph.at)));
            let drawn = known.filter(|(cell, at)| cell.glyph > 0 && at.is_finite() && at.determinant().abs() > 1e-12);
            letters.clear();
            letters.extend(drawn.map(|(cell, at)| {
                // Shapes are in thousandths of the em, and so is PDF's glyph space at size 1.
                let [a, b, c, d, x, y] = at.as_coeffs();
                (cell, [a * 1000.0, b * 1000.0, c * 1000.0, d * 1000.0, x, y])
            }));
            let Some((_, first)) = letters.first() else { continue };
            // Written letters are placed one by one: near 0, 0 their numbers are short.
            if run(&letters) < letters.len() && (first[5] - self.state.origin.y).abs() > LINE {
                if open {
                    self.say("ET\n");
                }
                let (x, y) = (self.state.origin.x, first[5]);
                self.move_to(Vec2::new(x, y));
                line = Line::default();
                open = false;
            }
            let origin = self.state.origin;
            for (_, at) in &mut letters {
                at[4] -= origin.x;
                at[5] -= origin.y;
            }
            if !open {
                self.say("BT\n");
                open = true;
            }
            self.fill_ink(word.ink);
            self.say("/Span<</ActualText");
            self.text(&word.text);
            self.say(">>BDC\n");
            let mut rest = letters.as_slice();
            while let Some((first, _)) = rest.first() {
                self.font(first.font);
                let run = run(rest);
                self.run(&rest[..run], &mut line);
                rest = &rest[run..];
            }
            self.say("EMC\n");
        }
        if open {
            self.say("ET\n");
        }
    }

    /// Letters of one font on one straight line.
    fn run(&mut self, letters: &[(Cell, [f64; 6])], line: &mut Line) {
        let (_, at) = letters[0];
        let alone = letters.len() == 1;
        let moved = line.to(at).filter(|_| !alone || line.straight);
        if let Some((dx, dy)) = moved {
            self.number(dx * SIZE, 3);
            self.number(dy * SIZE, 3);
            self.say("Td");
            line.move_by(dx, dy);
        } else {
            // One place holds the end of a letter within 0.005 pt; a whole word needs two more.
            let places = if alone { 1 } else { 3 };
            for coefficient in &at[..4] {
                self.number(*coefficient * GRAIN / SIZE, places);
            }
            self.number(at[4] * GRAIN, 1);
            self.number(at[5] * GRAIN, 1);
            self.say("Tm");
            let set = |n: f64| round(n * GRAIN, 1) / GRAIN;
            *line = Line { at: Some([at[0], at[1], at[2], at[3], set(at[4]), set(at[5])]), straight: !alone };
        }
        if alone {
            self.letter_string(&[letters[0].0]);
            self.say("Tj\n");
            return;
        }
        let cells: Vec<Cell> = letters.iter().map(|(cell, _)| *cell).collect();
        self.say("[");
        let mut pen = 0i64;
        let mut from = 0;
        for (index, (cell, place)) in letters.iter().enumerate() {
            let target = nearest(along(at, *place).0 * 1000.0) as i64;
            if target != pen {
                if index > from {
                    self.letter_string(&cells[from..index]);
                    from = index;
                }
                self.whole(pen - target);
                pen = target;
            }
            pen += i64::from(cell.width);
        }
        self.letter_string(&cells[from..]);
        self.say("]TJ\n");
    }

    /// Glyph numbers as a literal string.
    fn letter_string(&mut self, letters: &[Cell]) {
        self.out.push(b'(');
        for cell in letters {
            for byte in cell.glyph.to_be_bytes() {
                match byte {
                    b'(' | b')' | b'\\' => self.out.extend([b'\\', byte]),
                    b'\r' => self.out.extend(*b"\\r"),
                    byte => self.out.push(byte),
                }
            }
        }
        self.out.push(b')');
    }

    /// A text string: plain where it is plain, UTF-16 otherwise.
    fn text(&mut self, text: &str) {
        if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            self.out.push(b'(');
            for byte in text.bytes() {
                if matches!(byte, b'(' | b')' | b'\\') {
                    self.out.push(b'\\');
                }
                self.out.push(byte);
            }
            self.out.push(b')');
        } else {
            self.say("<FEFF");
            for unit in text.encode_utf16() {
                for shift in [12, 8, 4, 0] {
                    self.out.push(b"0123456789ABCDEF"[usize::from(unit >> shift & 15)]);
                }
            }
            self.say(">");
        }
    }

    fn say(&mut self, order: &str) {
        self.out.extend_from_slice(order.as_bytes());
    }

    /// How something lies, and where: the way there is ours, in points.
    fn matrix(&mut self, at: Affine, there: Vec2, places: u32) {
        for coefficient in &at.as_coeffs()[..4] {
            self.number(*coefficient, places);
        }
        self.number(there.x * GRAIN, 1);
        self.number(there.y * GRAIN, 1);
    }

    /// A number and a space: so many places at most, no exponent, no idle zeros.
    fn number(&mut self, value: f64, places: u32) {
        let scale = 10i64.pow(places);
        let steps = nearest(value.clamp(-999_999.0, 999_999.0) * scale as f64) as i64;
        if steps < 0 {
            self.out.push(b'-');
        }
        let (front, mut back) = (steps.abs() / scale, steps.abs() % scale);
        if front > 0 || back == 0 {
            self.digits(front, 1);
        }
        if back > 0 {
            self.out.push(b'.');
            let mut places = places as usize;
            while back % 10 == 0 {
                back /= 10;
                places -= 1;
            }
            self.digits(back, places);
        }
        self.out.push(b' ');
    }

    fn whole(&mut self, value: i64) {
        if value < 0 {
            self.out.push(b'-');
        }
        self.digits(value.abs(), 1);
    }

    fn digits(&mut self, mut value: i64, at_least: usize) {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        while value > 0 {
            start -= 1;
            digits[start] += (value % 10) as u8;
            value /= 10;
        }
        start = start.min(digits.len() - at_least);
        self.out.extend_from_slice(&digits[start..]);
    }
}

/// Where PDF believes the line of text begins.
#[derive(Default)]
struct Line {
    at: Option<[f64; 6]>,
    /// Written exactly enough to move along it.
    straight: bool,
}

impl Line {
    /// The way to `place` along this line's own axes, if it lies the same way.
    fn to(&self, place: [f64; 6]) -> Option<(f64, f64)> {
        let at = self.at?;
        same_way(at, place).then(|| along(at, place)).filter(|(dx, dy)| dx.abs() < 1000.0 && dy.abs() < 1000.0)
    }

    fn move_by(&mut self, dx: f64, dy: f64) {
        let (dx, dy) = (round(dx * SIZE, 3) / SIZE, round(dy * SIZE, 3) / SIZE);
        if let Some([a, b, c, d, x, y]) = &mut self.at {
            *x += *a * dx + *c * dy;
            *y += *b * dx + *d * dy;
        }
    }
}

fn drawable(path: &BezPath) -> bool {
    matches!(path.elements().first(), Some(PathEl::MoveTo(_))) && path.elements().len() > 1 && path.is_finite()
}

/// How many of the letters can be written in one go.
fn run(letters: &[(Cell, [f64; 6])]) -> usize {
    let (first, at) = letters[0];
    letters
        .iter()
        .take_while(|(cell, place)| cell.font == first.font && same_way(at, *place) && along(at, *place).1.abs() < 0.000_2)
        .count()
}

fn same_way(a: [f64; 6], b: [f64; 6]) -> bool {
    a[..4].iter().zip(&b[..4]).all(|(a, b)| (a - b).abs() < 1e-6)
}

/// From one place to another in ems along and across the line.
fn along(from: [f64; 6], to: [f64; 6]) -> (f64, f64) {
    let [a, b, c, d, x, y] = from;
    let (x, y, area) = (to[4] - x, to[5] - y, a * d - b * c);
    ((d * x - c * y) / area, (a * y - b * x) / area)
}

/// The nearest whole unit of the page, in points.
fn grain(length: f64) -> f64 {
    nearest(length * GRAIN) / GRAIN
}

fn round(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    nearest(value * scale) / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cupboard = Cupboard::default();
        let mut pencil = Pencil::new(&cupboard);
        for value in [0.0, -0.001, 0.5, -0.25, 12.0, 12.345, 100.0, 9.999, -3.1, f64::NAN, f64::INFINITY, 1e-300] {
            pencil.number(value, 2);
        }
        assert_eq!(String::from_utf8(pencil.out).unwrap(), "0 0 .5 -.25 12 12.35 100 10 -3.1 0 999999 0 ");
    }

    #[test]
    fn texts_are_safe() {
        let cupboard = Cupboard::default();
        let mut pencil = Pencil::new(&cupboard);
        pencil.text("(a\\b)");
        pencil.text("Zoë\u{1f382}");
        assert_eq!(String::from_utf8(pencil.out).unwrap(), "(\\(a\\\\b\\))<FEFF005A006F00EBD83CDF82>");
    }
}
