//! Letters and words nobody wrote, for trying out the paper.

#![allow(dead_code, reason = "each test file takes what it needs")]

use std::sync::Arc;

use wetink::measure::{Affine, BezPath, Point, Rect};
use wetink::page::{Glyph, Ink, Item, Shape, Word};

/// A letter that isn't one: a bar whose height, lean and hole come from the character, so that letters differ.
pub fn letter(c: char, variant: u64) -> Arc<Shape> {
    let code = u64::from(c as u32);
    let tall = 400.0 + (code % 7) as f64 * 45.0;
    let lean = (variant % 5) as f64 * 12.0;
    let mut outline = BezPath::new();
    outline.move_to((40.0, 0.0));
    outline.line_to((300.0 + (code % 5) as f64 * 30.0, 0.0));
    outline.curve_to((340.0, tall * 0.3), (380.0 + lean, tall * 0.6), (320.0 + lean, tall));
    outline.quad_to((200.0, tall + 60.0), (60.0 + lean, tall));
    outline.close_path();
    Arc::new(Shape::new(code << 8 | variant, outline, 430.0 + (code % 5) as f64 * 30.0))
}

/// A word set straight: the same matrix for every letter.
pub fn set(text: &str, at: Point, size: f64) -> Word {
    let mut pen = at.x;
    let glyphs = text
        .chars()
        .map(|c| {
            let shape = letter(c, 0);
            let scale = size / 1000.0;
            let glyph = Glyph { at: Affine::new([scale, 0.0, 0.0, -scale, pen, at.y]), shape };
            pen += glyph.shape.advance * scale;
            glyph
        })
        .collect();
    Word { text: text.into(), glyphs, ink: Ink::BLACK }
}

/// A word written by hand: every letter its own matrix and variant.
pub fn written(text: &str, at: Point, size: f64, seed: u64) -> Word {
    let mut pen = at.x;
    let glyphs = text
        .chars()
        .enumerate()
        .map(|(i, c)| {
            let dice = (seed.wrapping_add(i as u64)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
            let shape = letter(c, dice % 4);
            let scale = size / 1000.0 * (1.0 + (dice % 11) as f64 / 200.0);
            let turn = ((dice / 11) % 21) as f64 / 400.0 - 0.025;
            let drift = ((dice / 231) % 9) as f64 / 10.0 - 0.4;
            let at = Affine::translate((pen, at.y + drift)) * Affine::rotate(turn) * Affine::scale_non_uniform(scale, -scale);
            pen += shape.advance * scale;
            Glyph { shape, at }
        })
        .collect();
    Word { text: text.into(), glyphs, ink: Ink::hex(0x0014_2a66) }
}

/// How wide a word is.
pub fn wide(word: &Word) -> f64 {
    let end = |glyph: &Glyph| (glyph.at * Point::new(glyph.shape.advance, 0.0)).x;
    let start = |glyph: &Glyph| (glyph.at * Point::ZERO).x;
    word.glyphs.last().map_or(0.0, end) - word.glyphs.first().map_or(0.0, start)
}

/// Words one after the other, broken at `right`.
pub fn lines(texts: &str, left: f64, right: f64, mut y: f64, size: f64, hand: Option<u64>) -> Item {
    let mut words = Vec::new();
    let mut x = left;
    for (i, text) in texts.split_whitespace().enumerate() {
        let make = |x: f64, y: f64| {
            hand.map_or_else(
                || set(text, Point::new(x, y), size),
                |seed| written(text, Point::new(x, y), size, seed.wrapping_add(i as u64 * 131)),
            )
        };
        let mut word = make(x, y);
        if x > left && x + wide(&word) > right {
            x = left;
            y += size * 1.4;
            word = make(x, y);
        }
        x += wide(&word) + size * 0.3;
        words.push(word);
    }
    Item::Words(words)
}

/// A filled rectangle.
pub fn block(part: Rect, ink: Ink) -> Item {
    Item::Fill(kurbo::Shape::to_path(&part, 0.1), ink)
}
