//! One word as it is written this time: its letters' forms, their small shifts and turns, and where its ink lies.
//!
//! Lengths are x-heights, y up, from where the pen comes down on the baseline. Nothing here depends on the size of the writing.

use super::dice::{Dice, small_turn};
use super::forms::{self, Form, apart};
use super::{Hand, Manner};
use crate::face::Features;
use crate::measure::{Affine, Point, Rect, Vec2};

/// No two equal letters of a note stand nearer to each other than this, as reckoned by [`apart`].
const APART: f64 = 0.0185;
/// Least clear distance between the inks of two words.
const CLEAR_GAP: f64 = 0.47;
/// Height of the bands in which inks are kept apart, and the lowest.
const BAND: f64 = 0.25;
const LOWEST: f64 = -3.5;
const BANDS: usize = 36;

/// A letter within its word.
pub(super) struct Letter<'h> {
    pub(super) form: &'h Form,
    /// From the shape, in x-heights, to the word.
    pub(super) at: Affine,
}

/// A written word.
pub(super) struct Piece<'h> {
    pub(super) text: Box<str>,
    pub(super) letters: Vec<Letter<'h>>,
    pub(super) advance: f64,
    /// The blank this writer leaves after it, before inks are kept apart.
    pub(super) blank: f64,
    /// How much lighter or darker, from -2 to 2.
    pub(super) shade: i8,
    /// The ink's box.
    pub(super) ink: Rect,
    left: [f32; BANDS],
    right: [f32; BANDS],
}

/// A letter in this note: the order of its forms, and how those written so far stand.
struct Written<'h> {
    letter: &'h forms::Letter,
    order: Vec<u32>,
    used: usize,
    /// One after the other, all of the same length.
    stances: Vec<f32>,
}

/// Chance for one card: which form of each letter comes next, and how each word goes.
pub(super) struct Writer<'a> {
    hand: &'a Hand,
    manner: Manner,
    seed: u64,
    written: Vec<Written<'a>>,
    words: u64,
}

impl<'a> Writer<'a> {
    pub(super) fn new(hand: &'a Hand, manner: Manner, seed: u64) -> Writer<'a> {
        Writer { hand, manner, seed, written: Vec::new(), words: 0 }
    }

    /// The next form of a letter, all of the pool in this card's own order and then further ones, and how it is turned: again
    /// until it stands unlike every one of its kind in this note.
    fn next_form(&mut self, glyph: u32, dice: &mut Dice, whole: Affine) -> (&'a Form, Affine) {
        let (hand, seed, manner) = (self.hand, self.seed, self.manner);
        let known = self.written.iter().position(|written| written.letter.glyph == glyph);
        let at = known.unwrap_or_else(|| {
            self.written.push(Written {
                letter: hand.forms.letter(glyph),
                order: Dice::new(&[seed, 1, u64::from(glyph)]).shuffled(hand.forms.pool(glyph)),
                used: 0,
                stances: Vec::new(),
            });
            self.written.len() - 1
        });
        let Written { letter, order, used, stances } = &mut self.written[at];
        let form = hand.forms.form(letter, manner, order.get(*used).map_or(*used, |form| *form as usize));
        *used += 1;
        let (long, before) = (letter.points(), stances.len());
        let turn = if hand.joined { 0.35 * manner.noise() } else { manner.noise() };
        let mut best: Option<(f64, Affine)> = None;
        for _ in 0..8 {
            let jitter = jitter(dice, turn);
            letter.stand(form, whole * jitter, stances);
            let last = stances.len() - long;
            let (known, tried) = stances.split_at(last);
            let so_far = best.map_or(-1.0, |(nearest, _)| nearest);
            let mut nearest = f64::INFINITY;
            for other in known[..before].chunks(long.max(1)) {
                nearest = nearest.min(apart(other, tried));
                if nearest <= so_far {
                    break;
                }
            }
            // Of two tries the better one stays, right behind those before.
            if nearest > so_far {
                best = Some((nearest, jitter));
                stances.copy_within(last.., before);
            }
            stances.truncate(before + long);
            if nearest >= APART {
                break;
            }
        }
        let (_, jitter) = best.unwrap_or_default();
        (form, jitter)
    }

    /// Writes the next word of the note.
    pub(super) fn word(&mut self, text: &str) -> Piece<'a> {
        self.words += 1;
        let mut dice = Dice::new(&[self.seed, 2, self.words]);
        let hand = self.hand;
        let em = hand.x_height;
        let by = self.manner.noise();
        let spread = if hand.joined { 0.0 } else { by * hand.airy };
        let lean = small_turn(1.2 * by * dice.normal()).0;
        let scale = 1.0 + 0.015 * by * dice.normal();
        let (sine, cosine) = small_turn(0.25 * by * dice.normal());
        let whole =
            Affine::new([scale * cosine, scale * sine, scale * (lean * cosine - sine), scale * (lean * sine + cosine), 0.0, 0.0]);
        let mut letters = Vec::with_capacity(text.len());
        let mut pen = Vec2::ZERO;
        for placed in hand.face.shape(text, Features { contextual: hand.calt, ..Features::HAND }).iter() {
            let (form, jitter) = self.next_form(placed.glyph, &mut dice, whole);
            let own = placed.advance / em;
            let shift = Vec2::new(0.03, 0.04) * spread;
            let shift = Vec2::new(shift.x * dice.normal(), shift.y * dice.normal()) + Vec2::new(placed.dx, placed.dy) / em;
            // Print letters turn about their middle; joined ones about the point where the last one ended, so strokes stay joined.
            let about = if hand.joined { Vec2::ZERO } else { Vec2::new(own / 2.0, 0.0) };
            let at = Affine::translate(pen + shift + about) * jitter * Affine::translate(-about);
            if !form.shape.is_blank() {
                letters.push(Letter { form, at });
            }
            pen += if hand.joined && own > 0.0 {
                let end = jitter * Point::new(own, 0.0);
                Vec2::new(end.x, end.y - 0.2 * (pen.y + end.y))
            } else {
                Vec2::new(own + 0.03 * spread * dice.normal() * f64::from(u8::from(own > 0.0)), 0.0)
            };
        }
        let whole = Affine::translate((0.0, 0.03 * by * dice.normal())) * whole;
        let stretch = 0.12 * by * dice.normal();
        let mut piece = Piece {
            text: text.into(),
            letters,
            advance: pen.x * scale,
            blank: hand.blank * (1.0 + stretch + 0.5 * stretch * stretch),
            shade: (dice.normal().round() as i8).clamp(-2, 2),
            ink: Rect::ZERO,
            left: [f32::INFINITY; BANDS],
            right: [f32::NEG_INFINITY; BANDS],
        };
        for letter in &mut piece.letters {
            letter.at = whole * letter.at;
        }
        piece.trace();
        piece
    }
}

/// How one letter is turned, stretched and leant: by as much as the recipe says, times `by`.
fn jitter(dice: &mut Dice, by: f64) -> Affine {
    let wide = 1.0 + 0.045 * by * dice.normal();
    let high = 1.0 + 0.035 * by * dice.normal();
    let (sine, cosine) = small_turn(by * dice.normal());
    let lean = small_turn(2.0 * by * dice.normal()).0;
    Affine::new([wide * cosine, wide * sine, high * (lean * cosine - sine), high * (lean * sine + cosine), 0.0, 0.0])
}

impl Piece<'_> {
    /// Notes how far the ink reaches, as a whole and band by band.
    fn trace(&mut self) {
        let mut ink = Rect::new(f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        for letter in &self.letters {
            for point in &letter.form.edge {
                let point = letter.at * *point;
                ink = ink.union_pt(point);
                let band = (((point.y - LOWEST) / BAND).max(0.0) as usize).min(BANDS - 1);
                self.left[band] = self.left[band].min(point.x as f32);
                self.right[band] = self.right[band].max(point.x as f32);
            }
        }
        self.ink = if ink.x0 <= ink.x1 { ink } else { Rect::new(0.0, 0.0, self.advance, 0.0) };
    }

    /// From this word's beginning to the next one's: the writer's blank, or more where the inks would come too near.
    pub(super) fn step(&self, next: &Piece<'_>) -> f64 {
        let mut apart = f32::NEG_INFINITY;
        for (band, right) in self.right.iter().enumerate().filter(|(_, right)| right.is_finite()) {
            for left in &next.left[band.saturating_sub(1)..(band + 2).min(BANDS)] {
                apart = apart.max(right - left);
            }
        }
        // Between baseline and x-height words are read apart, so nothing reaches over there.
        let middle = |from: f64| ((from - LOWEST) / BAND) as usize;
        let zone = middle(0.0)..=middle(1.0);
        let right = self.right[zone.clone()].iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let left = next.left[zone].iter().copied().fold(f32::INFINITY, f32::min);
        apart = apart.max(right - left);
        (self.advance + self.blank).max(f64::from(apart) + CLEAR_GAP)
    }
}
