//! The shapes a hand gives to one letter: as many as a note needs, no two alike, none like another letter.
//!
//! Form `k` of a letter depends on the font, the manner, the letter and `k` alone. So cards of a batch draw from the same stock of
//! forms and share one small embedded font, while each card takes them in an order of its own and never one twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use kurbo::PathEl;
use unicode_normalization::char::decompose_canonical;

use super::Manner;
use super::dice::{Dice, Swell};
use super::likeness::Trace;
use super::outline::Outline;
use crate::face::{Face, key};
use crate::measure::{Affine, BezPath, Point, Vec2};
use crate::page::Shape;

/// How often letters come in 60 words of English, with something over; what isn't here comes three times.
const OFTEN: [(&str, usize); 14] = [
    ("e", 30),
    ("ta", 22),
    ("o", 21),
    ("ins", 18),
    ("hr", 16),
    ("l", 13),
    ("d", 12),
    ("u", 11),
    ("my", 9),
    ("cwfgp", 8),
    ("b", 7),
    (".,", 7),
    ("vkI’'", 5),
    ("ABCDEFGHJKLMNOPQRSTUVWXYZjqxz!?-–—…\"“”‘:;()&0123456789", 3),
];
/// Part of the pool of a letter not in the list.
const SELDOM: usize = 3;
/// The letters a form may be taken for.
const READ: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
/// Two forms of a letter are at least this far apart, in x-heights.
const APART: f64 = 0.0165;
/// A form is this much nearer to its own letter than to any other.
const CLEAR: f64 = 0.018;
/// Letters farther apart are not mistaken for each other.
const FAR: f64 = 0.12;
/// Steps in which outlines are followed to compare letters.
const STEP: f64 = 0.08;
/// Height of the bands in which an outline's sides are noted, in x-heights.
const RULING: f64 = 0.125;
/// Draws before the best so far is taken.
const DRAWS: u64 = 8;
/// Changes every shape when the drawing changes, so that old and new outlines never share a key.
const EDITION: u64 = 2;

/// All letters of a hand.
pub(super) struct Forms {
    face: Arc<Face>,
    x_height: f64,
    joined: bool,
    noise: f64,
    pools: HashMap<u32, usize>,
    dotted: HashMap<u32, f64>,
    read: Vec<(u32, OnceLock<Trace>)>,
    letters: Vec<OnceLock<Box<Letter>>>,
}

/// One letter: the font's outline made movable, and the forms drawn so far.
pub(super) struct Letter {
    pub(super) glyph: u32,
    outline: Outline,
    /// At each point: the way across the line, and the share of the whole line it stands for.
    across: Vec<(Vec2, f64)>,
    /// How far each point moves across the line for each part of a turn or a stretch; filled up to whole eights.
    swing: [Vec<f32>; 4],
    /// At each point, the middle of its stroke.
    middles: Vec<Point>,
    /// How much heavier and lighter the pen writes it, at each edge: by a thirtieth of the stroke.
    ink: f64,
    /// Other letters near this one, with their distance.
    rivals: OnceLock<Vec<(usize, f64)>>,
    drawn: [OnceLock<Pool>; 3],
}

/// The forms of a letter in one manner: they are drawn one after the other, and nobody waits to look at those that are.
struct Pool {
    forms: Box<[OnceLock<Form>]>,
    /// Further ones, twice as many.
    more: OnceLock<Box<Pool>>,
    drawing: Mutex<()>,
}

impl Pool {
    fn of(size: usize) -> Pool {
        Pool { forms: (0..size).map(|_| OnceLock::new()).collect(), more: OnceLock::new(), drawing: Mutex::default() }
    }

    /// Form `k`, once it is drawn.
    fn form(&self, k: usize) -> Option<&Form> {
        match self.forms.get(k) {
            Some(place) => place.get(),
            None => self.more.get()?.form(k - self.forms.len()),
        }
    }

    /// Where form `k` belongs.
    fn place(&self, k: usize) -> &OnceLock<Form> {
        let size = self.forms.len();
        self.forms.get(k).unwrap_or_else(|| self.more.get_or_init(|| Box::new(Pool::of(2 * size))).place(k - size))
    }
}

/// One form of a letter.
pub(super) struct Form {
    pub(super) shape: Arc<Shape>,
    /// Points of its ink that others may run into, in x-heights.
    pub(super) edge: Box<[Point]>,
    /// How its points were moved across the line, to compare with; filled up to whole eights.
    moves: Vec<f32>,
}

impl Forms {
    pub(super) fn new(face: Arc<Face>, x_height: f64, joined: bool, noise: f64) -> Forms {
        let mut pools = HashMap::new();
        for (letters, size) in OFTEN {
            for glyph in letters.chars().filter_map(|c| face.glyph(c)) {
                pools.entry(glyph).or_insert(size);
            }
        }
        let mut dotted = HashMap::new();
        for character in "ij".chars().chain('\u{e0}'..='\u{17f}') {
            let mut base = None;
            decompose_canonical(character, |part| base = base.or(Some(part)));
            if let (Some(glyph), Some('a'..='z')) = (face.glyph(character), base) {
                // The dot of an i comes late and to the right; an accent stays over its letter.
                dotted.entry(glyph).or_insert(if matches!(character, 'i' | 'j') { 0.03 } else { 0.0 });
            }
        }
        let mut read: Vec<u32> = READ.chars().filter_map(|c| face.glyph(c)).collect();
        read.sort_unstable();
        read.dedup();
        let read = read.into_iter().map(|glyph| (glyph, OnceLock::new())).collect();
        let letters = (0..face.glyphs()).map(|_| OnceLock::new()).collect();
        Forms { face, x_height, joined, noise, pools, dotted, read, letters }
    }

    /// How many forms of a letter cards share.
    pub(super) fn pool(&self, glyph: u32) -> usize {
        self.pools.get(&glyph).copied().unwrap_or(SELDOM)
    }

    /// Whether a letter's whole pool is drawn.
    pub(super) fn prepared(&self, glyph: u32, manner: Manner) -> bool {
        let pool = |letter: &Letter| letter.drawn[manner as usize].get()?.form(self.pool(glyph) - 1).map(drop);
        self.letters.get(glyph as usize).and_then(OnceLock::get).is_some_and(|letter| pool(letter).is_some())
    }

    /// Draws a letter's whole pool, so that [`Forms::form`] finds it ready.
    pub(super) fn prepare(&self, glyph: u32, manner: Manner) {
        self.form(self.letter(glyph), manner, self.pool(glyph) - 1);
    }

    /// The same for the letters that come often, the most frequent first.
    pub(super) fn prepare_often(&self, manner: Manner) {
        let mut often: Vec<(usize, u32)> = self.pools.iter().map(|(glyph, pool)| (*pool, *glyph)).collect();
        often.retain(|(pool, _)| *pool > SELDOM);
        often.sort_unstable_by(|a, b| b.cmp(a));
        often.iter().for_each(|(_, glyph)| self.prepare(*glyph, manner));
    }

    /// Form `k` of a letter.
    pub(super) fn form<'l>(&self, letter: &'l Letter, manner: Manner, k: usize) -> &'l Form {
        let pool = letter.drawn[manner as usize].get_or_init(|| Pool::of(self.pool(letter.glyph)));
        if let Some(form) = pool.form(k) {
            return form;
        }
        let _drawing = pool.drawing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sisters = Vec::with_capacity(k);
        for form in 0..k {
            let sister = pool.place(form).get_or_init(|| self.drawn(letter, manner, &sisters));
            sisters.push(sister);
        }
        pool.place(k).get_or_init(|| self.drawn(letter, manner, &sisters))
    }

    /// The next form after its sisters.
    fn drawn(&self, letter: &Letter, manner: Manner, sisters: &[&Form]) -> Form {
        let (outline, moves) = self.draw(letter, manner, sisters);
        let name = [self.face.mark(), u64::from(letter.glyph), manner as u64, sisters.len() as u64, EDITION];
        let name = key(&[&name.map(u64::to_le_bytes).concat()]);
        let shape = Shape::new(name, outline.to_path(self.x_height), self.face.outline(letter.glyph).advance);
        let edge = edge(&shape.outline, self.x_height);
        Form { shape: Arc::new(shape), edge, moves }
    }

    /// A letter, made movable.
    pub(super) fn letter(&self, glyph: u32) -> &Letter {
        let glyph = if (glyph as usize) < self.letters.len() { glyph } else { 0 };
        self.letters[glyph as usize].get_or_init(|| Box::new(self.movable(glyph)))
    }

    fn movable(&self, glyph: u32) -> Letter {
        let outline = Outline::reduced(&self.face.outline(glyph).outline, self.x_height);
        let across = outline.across();
        let middles = outline.middles(&across);
        let mut thick: Vec<f64> =
            outline.contours.iter().flatten().zip(&middles).map(|(node, middle)| 2.0 * node.at.distance(*middle)).collect();
        thick.sort_by(f64::total_cmp);
        let ink = (thick.get(thick.len() / 2).copied().unwrap_or(0.1) / 30.0).min(0.004);
        let swing = swing(&outline, &across);
        Letter { glyph, across, swing, middles, ink, outline, rivals: OnceLock::new(), drawn: Default::default() }
    }

    /// A new form, drawn again until it is unlike its sisters and unlike other letters.
    fn draw(&self, letter: &Letter, manner: Manner, drawn: &[&Form]) -> (Outline, Vec<f32>) {
        let form = drawn.len() as u64;
        let mut amount = self.noise * manner.noise();
        let mut best: Option<(f64, Outline, Vec<f32>)> = None;
        for draw in 0..DRAWS {
            let name = [self.face.mark(), u64::from(letter.glyph), manner as u64, form, draw, EDITION];
            let (outline, moves) = self.moved(letter, &mut Dice::new(&name), amount);
            let apart = drawn.iter().map(|sister| apart(&sister.moves, &moves)).fold(f64::INFINITY, f64::min);
            let misread = self.misread(letter, &outline, &moves);
            // A sister too near is a lesser fault than a letter misread.
            let merit = if misread { apart.min(1.0) - 10.0 } else { apart };
            if best.as_ref().is_none_or(|(merit_so_far, ..)| merit > *merit_so_far) {
                best = Some((merit, outline, moves));
            }
            if misread {
                amount *= 0.5;
            } else if apart >= APART * manner.noise().min(1.0) {
                break;
            }
        }
        best.map_or_else(|| (letter.outline.clone(), vec![0.0; letter.swing[0].len()]), |(_, outline, moves)| (outline, moves))
    }

    /// The letter with its points moved by smooth noise, and each point's way across the line.
    fn moved(&self, letter: &Letter, dice: &mut Dice, amount: f64) -> (Outline, Vec<f32>) {
        let mut outline = letter.outline.clone();
        let mut swell = |length, waves| Swell::new(dice, length, waves);
        let (wide_x, wide_y) = (swell(2.2, 7), swell(2.2, 7));
        let (fine_x, fine_y) = (swell(0.8, 6), swell(0.8, 6));
        let weight = swell(7.0, 4);
        let advance = self.face.outline(letter.glyph).advance / self.x_height;
        let dot = self
            .dotted
            .get(&letter.glyph)
            .map(|mean| Vec2::new(mean + 0.08 * dice.normal() * amount.min(1.2), 0.056 * dice.normal() * amount.min(1.2)));
        let boost = if self.joined { 1.25 } else { 1.0 };
        let mut middles = letter.middles.iter();
        for contour in &mut outline.contours {
            let over = dot.filter(|_| contour.iter().all(|node| node.at.y > 0.95)).unwrap_or_default();
            for (node, middle) in contour.iter_mut().zip(&mut middles) {
                let (x, y) = (middle.x, middle.y);
                let quiet = if self.joined { join_quiet(x, y, advance) * boost } else { 1.0 } * amount;
                let shift = Vec2::new(
                    0.045 * wide_x.at(x, y) + 0.012 * fine_x.at(x, y),
                    0.045 * wide_y.at(x, y) + 0.012 * fine_y.at(x, y),
                );
                node.at += shift * quiet + over;
            }
        }
        let ends: Vec<Point> = outline.contours.iter().flatten().map(|node| node.at).collect();
        let moves = letter.moves(|i, _| ends[i]);
        for (node, (normal, _)) in outline.nodes_mut().zip(&letter.across) {
            node.at += *normal * (letter.ink * amount.min(1.2) * weight.at(node.at.x, node.at.y));
        }
        (outline, moves)
    }

    /// Whether a form is nearer to another letter of the font than to its own.
    fn misread(&self, letter: &Letter, outline: &Outline, moves: &[f32]) -> bool {
        let rivals = letter.rivals.get_or_init(|| self.rivals(letter.glyph));
        let own = size(moves);
        // A rival farther from the letter than this cannot be nearer to its form than the letter is.
        let close = || rivals.iter().filter(|(_, away)| *away < 2.0 * own + 1.5 * CLEAR);
        if close().next().is_none() {
            return false;
        }
        let trace = Trace::new(&outline.to_path(1000.0), Affine::scale(0.001), STEP);
        close().any(|(i, _)| trace.near(self.trace(&self.read[*i]), own + CLEAR) < own + CLEAR)
    }

    fn trace<'a>(&self, (glyph, trace): &'a (u32, OnceLock<Trace>)) -> &'a Trace {
        trace.get_or_init(|| Trace::new(&self.face.outline(*glyph).outline, Affine::scale(1.0 / self.x_height), STEP))
    }

    /// The letters near one, except such as look the same in this font (I and l in many).
    fn rivals(&self, glyph: u32) -> Vec<(usize, f64)> {
        let Some(own) = self.read.iter().find(|(read, _)| *read == glyph) else {
            return Vec::new();
        };
        let own = self.trace(own);
        let others = self.read.iter().enumerate().filter(|(_, (other, _))| *other != glyph);
        others
            .map(|(i, other)| (i, self.trace(other)))
            .filter(|(_, other)| own.comparable(other))
            .map(|(i, other)| (i, own.near(other, FAR)))
            .filter(|(_, away)| (0.025..FAR).contains(away))
            .collect()
    }
}

impl Letter {
    /// How many numbers tell how a form stands.
    pub(super) fn points(&self) -> usize {
        self.swing[0].len()
    }

    /// Adds to a list how a form stands when it is turned and stretched by `jitter`, to compare with others of its letter by
    /// [`apart`].
    pub(super) fn stand(&self, form: &Form, jitter: Affine, list: &mut Vec<f32>) {
        let [a, b, c, d, ..] = jitter.as_coeffs();
        let by = [a - 1.0, b, c, d - 1.0].map(|part| part as f32);
        let from = list.len();
        list.extend_from_slice(&form.moves);
        for (swing, by) in self.swing.iter().zip(by) {
            list[from..].iter_mut().zip(swing).for_each(|(at, swing)| *at += by * swing);
        }
    }

    /// How far each point has moved across the line, weighted, less the movement of the whole. The sum of the differences
    /// of two such lists is nearly the distance of the two forms.
    fn moves(&self, moved: impl Fn(usize, Point) -> Point) -> Vec<f32> {
        let points = || self.outline.contours.iter().flatten().map(|node| node.at).enumerate();
        let shifts: Vec<Vec2> = points().map(|(i, p)| moved(i, p) - p).collect();
        let whole = shifts.iter().zip(&self.across).fold(Vec2::ZERO, |sum, (shift, (_, share))| sum + *shift * *share);
        let across = shifts.iter().zip(&self.across);
        eights(across.map(|(shift, (normal, share))| ((*shift - whole).dot(*normal) * share) as f32))
    }
}

/// What a turn or a stretch about 0, 0 does to each point across its line, less what it does to the whole letter, which is no
/// difference of form: the parts of the first column of the matrix, then those of the second.
fn swing(outline: &Outline, across: &[(Vec2, f64)]) -> [Vec<f32>; 4] {
    let points = || outline.contours.iter().flatten().map(|node| node.at.to_vec2()).zip(across);
    let middle = points().fold(Vec2::ZERO, |sum, (p, (_, share))| sum + p * *share);
    let part = |n: usize| {
        eights(points().map(move |(p, (normal, share))| {
            let p = (p - middle) * *share;
            [p.x * normal.x, p.x * normal.y, p.y * normal.x, p.y * normal.y][n] as f32
        }))
    };
    [part(0), part(1), part(2), part(3)]
}

/// Numbers, and zeros after them until they are whole eights.
fn eights(numbers: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut list: Vec<f32> = numbers.collect();
    list.resize(list.len().next_multiple_of(8), 0.0);
    list
}

/// The leftmost and the rightmost point of an outline in every band of a fine ruling, and the topmost and the lowest. `size` is the
/// outline's x-height.
fn edge(outline: &BezPath, size: f64) -> Box<[Point]> {
    let mut bands: Vec<(i32, Point, Point)> = Vec::new();
    let mut ends: Option<(Point, Point)> = None;
    let mut take = |p: Point| {
        let p = Point::new(p.x / size, p.y / size);
        let band = (p.y / RULING).floor() as i32;
        match bands.iter_mut().find(|(known, ..)| *known == band) {
            Some((_, left, right)) => {
                *left = if p.x < left.x { p } else { *left };
                *right = if p.x > right.x { p } else { *right };
            }
            None => bands.push((band, p, p)),
        }
        let (low, high) = ends.get_or_insert((p, p));
        *low = if p.y < low.y { p } else { *low };
        *high = if p.y > high.y { p } else { *high };
    };
    let mut last = Point::ZERO;
    for element in outline.elements() {
        match *element {
            PathEl::MoveTo(to) => take(to),
            PathEl::LineTo(to) => [last.midpoint(to), to].into_iter().for_each(&mut take),
            PathEl::QuadTo(control, to) => [last.midpoint(to).midpoint(control), to].into_iter().for_each(&mut take),
            PathEl::CurveTo(..) | PathEl::ClosePath => continue,
        }
        last = element.end_point().unwrap_or(last);
    }
    let sides = bands.into_iter().flat_map(|(_, left, right)| [left, right]);
    let mut edge: Vec<Point> = sides.chain(ends.into_iter().flat_map(|(low, high)| [low, high])).collect();
    edge.dedup();
    edge.into()
}

/// How much of the noise a point of a joined letter takes: little where strokes meet, at the letter's ends between baseline
/// and x-height; all of it elsewhere.
fn join_quiet(x: f64, y: f64, advance: f64) -> f64 {
    let smooth = |t: f64| {
        let t = t.clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    };
    let inside = smooth(x.min(advance - x) / 0.25);
    let above = smooth((y - 1.15) / 0.4);
    let below = smooth((-0.25 - y) / 0.4);
    0.15 + 0.85 * inside.max(above).max(below)
}

/// Nearly the distance between two forms of a letter: how far apart their outlines run, across the line.
pub(super) fn apart(one: &[f32], other: &[f32]) -> f64 {
    // Eight sums side by side, which a processor adds at once.
    let mut sums = [0.0_f32; 8];
    for (a, b) in one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += (a - b).abs();
        }
    }
    f64::from(sums.iter().sum::<f32>())
}

/// Nearly the distance of a form from its letter in the font.
fn size(moves: &[f32]) -> f64 {
    f64::from(moves.iter().map(|m| m.abs()).sum::<f32>())
}
