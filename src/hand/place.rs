//! A note on its lines: a place for every word of every paragraph, then every letter where its line and its word put it.

use rayon::prelude::*;

use super::dice::{Dice, Swell};
use super::fit::{Area, Width, break_lines, first_fit};
use super::word::{Piece, Writer};
use super::{Hand, Manner, Overflow, Substitute, Way, Written};
use crate::measure::{Affine, Rect, nearest};
use crate::page::{Glyph, Ink, Word};
use crate::trouble::Result;

/// Room left above and below each line for its drift, in x-heights.
const DRIFT_ROOM: f64 = 0.12;
/// No line begins farther in than this, in x-heights.
const INDENT: f64 = 1.6;
/// What rounding the letters' places may add at either end of a line, in x-heights.
const STEPS: f64 = 0.03;

impl Hand {
    /// Every word of the note, paragraph by paragraph.
    pub(super) fn pieces(&self, text: &str, seed: u64, manner: Manner) -> Vec<Paragraph<'_>> {
        let mut glyphs: Vec<u32> = text.chars().filter(|c| !c.is_whitespace()).filter_map(|c| self.face.glyph(c)).collect();
        glyphs.sort_unstable();
        glyphs.dedup();
        glyphs.retain(|glyph| !self.forms.prepared(*glyph, manner));
        glyphs.into_par_iter().for_each(|glyph| self.forms.prepare(glyph, manner));
        let mut writer = Writer::new(self, manner, seed);
        let mut paragraphs: Vec<Paragraph<'_>> = Vec::new();
        let mut apart = false;
        for line in text.lines() {
            let words: Vec<Piece<'_>> = line.split_whitespace().map(|word| writer.word(word)).collect();
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
    pub(super) fn lay_out(
        &self,
        paragraphs: &[Paragraph<'_>],
        area: &Area,
        size: f64,
        gap: f64,
        seed: u64,
        manner: Manner,
    ) -> Result<Vec<Row>, Overflow> {
        let words = || paragraphs.iter().flat_map(|p| &p.words);
        let above = words().map(|w| w.ink.y1).fold(1.0, f64::max) + DRIFT_ROOM;
        let below = words().map(|w| -w.ink.y0).fold(0.0, f64::max) + DRIFT_ROOM;
        let overhang = words().map(|w| -w.ink.x0).fold(0.0, f64::max) + STEPS;
        let pitch = self.entry.pitch * size;
        let mut baseline = area.bounds.y0 + above * size;
        let available = self.rows(area, size, above, below, baseline, 0.0).len();
        let mut rows: Vec<Row> = Vec::new();
        let (mut over, mut left_over) = (0, 0);
        for paragraph in paragraphs {
            let widest = paragraph.widths.iter().map(|w| w.ink).fold(0.0, f64::max) + overhang;
            baseline += if paragraph.apart { gap * pitch } else { 0.0 };
            let free = self.rows(area, size, above, below, baseline, widest + INDENT);
            let indents: Vec<f64> = (0..free.len()).map(|i| indent(seed, rows.len() + i, manner).max(overhang)).collect();
            let mut widths: Vec<f64> =
                free.iter().zip(&indents).map(|(row, indent)| (row.2 - row.1) / size - indent - STEPS).collect();
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
            // Where the words don't fit as they come, no other way to break them helps.
            let close = first_fit(&paragraph.widths, &widths);
            let lines = if close.len() > free.len() { close } else { break_lines(&paragraph.widths, &widths) };
            for (i, count) in lines.into_iter().enumerate() {
                if let Some(&(y, x0, x1)) = free.get(i) {
                    rows.push(Row { baseline: y, left: x0 + indents[i] * size, right: x1, count });
                    baseline = y + pitch;
                } else {
                    over += 1;
                    left_over += count;
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
    pub(super) fn place(
        &self,
        paragraphs: &[Paragraph<'_>],
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
        paragraph: &Paragraph<'_>,
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
            let mut box_of_ink = Rect::new(f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
            let mut glyphs = Vec::with_capacity(piece.letters.len());
            for letter in &piece.letters {
                let [a, b, c, d, dx, dy] = letter.at.as_coeffs();
                let (up, steep) = bend(x + dx);
                // The line's bend, as a shift and a shear about the letter's own place. Then whole steps, too small to see, so
                // that the file repeats itself and packs well: a tenth of a point of type size, a twentieth of a point of place.
                let whole = |v: f64| nearest(v * unit * 10_000.0) / 10_000.0;
                let place = |v: f64| nearest(v * 20.0) / 20.0;
                let at = Affine::new([
                    whole(a),
                    -whole(b + steep * a),
                    whole(c),
                    -whole(d + steep * c),
                    place(row.left + (x + dx) * size),
                    place(row.baseline - (dy + up) * size),
                ]);
                box_of_ink = letter.form.shape.ink(at).map_or(box_of_ink, |ink| box_of_ink.union(ink));
                glyphs.push(Glyph { shape: letter.form.shape.clone(), at });
            }
            let word = Word { text: piece.text.clone(), glyphs, ink: shaded(ink, piece.shade) };
            let nowhere = Rect::from_origin_size((row.left + x * size, row.baseline), (0.0, 0.0));
            line.push((word, if box_of_ink.x0 <= box_of_ink.x1 { box_of_ink } else { nowhere }));
            x += paragraph.widths[i].ink + paragraph.widths[i].gap;
        }
        line
    }

    /// Whether a text surely fits its area: by the widths of its letters, and room for more than chance adds to a line. Then it need
    /// not be written to see. `false` says nothing.
    #[must_use]
    pub fn holds(&self, text: &str, area: &Area, way: &Way) -> bool {
        let Ok(ready) = self.ready(text) else { return false };
        let (size, _) = self.sizes(way.large);
        let by = way.manner.noise();
        let (mut above, mut below, mut widest) = (1.0_f64, 0.0_f64, 0.0_f64);
        let mut wide = |word: &str| {
            let (mut advance, mut letters) = (0.0, 0.0);
            for shape in word.chars().filter_map(|c| self.face.glyph(c)).map(|glyph| self.face.outline(glyph)) {
                advance += shape.advance / self.x_height;
                letters += 1.0_f64;
                if let Some(ink) = shape.ink(Affine::scale(1.0 / self.x_height)) {
                    (above, below) = (above.max(ink.y1), below.max(-ink.y0));
                }
            }
            // What letters do for themselves adds up by the square root. Every word gets about what one in six takes, so that a line
            // of several has far more than it ever needs; a word alone on its line gets all it could take.
            let own = 0.1 * by * letters.sqrt();
            widest = widest.max(advance * (1.0 + 0.04 * by) + 3.0 * own + 1.0);
            Width { ink: advance * (1.0 + 0.02 * by) + own + 0.35, gap: self.blank * (1.0 + 0.15 * by) + 0.15 }
        };
        let paragraphs: Vec<Vec<Width>> =
            ready.text.lines().map(|line| line.split_whitespace().map(&mut wide).collect()).collect();
        let room = |reach: f64| reach * (1.0 + 0.16 * by) + 0.35 * by + DRIFT_ROOM;
        let (above, below, least) = (room(above), room(below), widest + INDENT + 1.0);
        let rows = self.rows(area, size, above, below, area.bounds.y0 + above * size, least);
        let narrow = rows.iter().map(|(_, x0, x1)| (x1 - x0) / size).fold(f64::INFINITY, f64::min) - INDENT - STEPS;
        let lines: usize = paragraphs.iter().map(|words| first_fit(words, &[narrow]).len()).sum();
        // Lines that begin elsewhere may meet what is kept clear elsewhere.
        lines + usize::from(!area.blocked.is_empty()) <= rows.len()
    }

    /// About how far a text runs over its area, from the mean width of its letters.
    pub(super) fn reckon(&self, text: &str, area: &Area, size: f64) -> Overflow {
        let letters = text.chars().take(1000);
        let part = text.chars().count() as f64 / letters.clone().count().max(1) as f64;
        let width =
            letters.filter_map(|c| self.face.glyph(c)).map(|glyph| self.face.outline(glyph).advance).sum::<f64>() / self.x_height;
        let rows = self.rows(area, size, 2.2, 1.2, area.bounds.y0 + 2.2 * size, 0.0);
        let line = (area.bounds.width() / size).max(1.0);
        let lines = (width * part / line).ceil() as usize;
        let over = lines.saturating_sub(rows.len());
        let words = text.split_whitespace().count();
        Overflow { lines: over, words: (words * over / lines.max(1)).max(1), available: rows.len(), wide: None }
    }
}

/// A run of words that begins on a line of its own.
pub(super) struct Paragraph<'h> {
    words: Vec<Piece<'h>>,
    widths: Vec<Width>,
    /// Stands a little apart from what comes before.
    apart: bool,
}

/// A line found for some words, in points.
pub(super) struct Row {
    baseline: f64,
    left: f64,
    right: f64,
    count: usize,
}

/// Where a line begins, in x-heights from the edge: raggedly, and further in from line to line.
fn indent(seed: u64, line: usize, manner: Manner) -> f64 {
    let chance = Dice::new(&[seed, 4, line as u64]).normal();
    (0.3 + (0.05 * line as f64).min(0.6) + 0.22 * manner.noise() * chance).clamp(0.0, INDENT - STEPS)
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
