//! Printed type: lines and paragraphs set in a face, with kerning.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization as _;

use crate::face::{Face, Features, Placed};
use crate::measure::{Affine, Point};
use crate::page::{Glyph, Ink, Item, Word};
use crate::trouble::Result;

/// Where the lines of a paragraph stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Straight at the left.
    Left,
    /// About the middle.
    Centre,
    /// Straight at the right.
    Right,
}

/// How type is set.
#[derive(Clone, Debug)]
pub struct Style {
    /// The face.
    pub face: Arc<Face>,
    /// Its em, in points.
    pub size: f64,
    /// From baseline to baseline, in points.
    pub leading: f64,
    /// Its colour.
    pub ink: Ink,
    /// Space after every letter, in thousandths of the em; letterspaced capitals want 120 or so.
    pub tracking: f64,
}

/// A line set: its words with their letters from x 0 on the baseline y 0.
#[derive(Clone, Debug)]
pub struct Line {
    words: Vec<Word>,
    /// How far it reaches, in points.
    pub width: f64,
}

impl Line {
    /// The line with its beginning at a point of the page.
    #[must_use]
    pub fn at(mut self, point: Point) -> Item {
        for glyph in self.words.iter_mut().flat_map(|word| &mut word.glyphs) {
            glyph.at = Affine::translate(point.to_vec2()) * glyph.at;
        }
        Item::Words(self.words)
    }

    /// The line with its middle, end or beginning at a point of the page.
    #[must_use]
    pub fn aligned(self, align: Align, point: Point) -> Item {
        let back = match align {
            Align::Left => 0.0,
            Align::Centre => self.width / 2.0,
            Align::Right => self.width,
        };
        self.at(Point::new(point.x - back, point.y))
    }
}

/// A paragraph set.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// Its lines from the top.
    pub lines: Vec<Line>,
    /// From the top of the first line's space to the bottom of the last's, in points.
    pub height: f64,
    leading: f64,
    drop: f64,
}

impl Paragraph {
    /// The widest line, in points.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.lines.iter().map(|l| l.width).fold(0.0, f64::max)
    }

    /// The paragraph with its space beginning at `y`, its lines standing at `x`.
    #[must_use]
    pub fn at(self, align: Align, x: f64, y: f64) -> Vec<Item> {
        let (leading, drop) = (self.leading, self.drop);
        self.lines
            .into_iter()
            .enumerate()
            .filter(|(_, line)| !line.words.is_empty())
            .map(|(i, line)| line.aligned(align, Point::new(x, y + drop + leading * i as f64)))
            .collect()
    }
}

impl Style {
    /// A style with ordinary leading and spacing in black.
    #[must_use]
    pub fn new(face: &Arc<Face>, size: f64) -> Style {
        Style { face: face.clone(), size, leading: size * 1.3, ink: Ink::BLACK, tracking: 0.0 }
    }

    /// In another colour.
    #[must_use]
    pub fn ink(mut self, ink: Ink) -> Style {
        self.ink = ink;
        self
    }

    /// With another distance between baselines, in points.
    #[must_use]
    pub fn leading(mut self, leading: f64) -> Style {
        self.leading = leading;
        self
    }

    /// Letterspaced by thousandths of the em.
    #[must_use]
    pub fn tracked(mut self, tracking: f64) -> Style {
        self.tracking = tracking;
        self
    }

    /// The same at another size, leading in proportion.
    #[must_use]
    pub fn sized(mut self, size: f64) -> Style {
        self.leading *= size / self.size;
        self.size = size;
        self
    }

    /// Height of the capitals, in points.
    #[must_use]
    pub fn caps(&self) -> f64 {
        self.face.cap_height() * self.size / 1000.0
    }

    /// Height of the small letters, in points.
    #[must_use]
    pub fn x_height(&self) -> f64 {
        self.face.x_height() * self.size / 1000.0
    }

    /// The first character the face can't draw. A line with one in it would come out with a box: ask before setting.
    #[must_use]
    pub fn lacks(&self, text: &str) -> Option<char> {
        let lacking = |c: &char| !c.is_whitespace() && !c.is_control() && !self.face.has(*c);
        if text.is_ascii() { text.chars().find(lacking) } else { text.nfc().find(lacking) }
    }

    fn shaped(&self, text: &str) -> Arc<[Placed]> {
        let features = Features { ligatures: self.tracking == 0.0, ..Features::TYPE };
        self.face.shape(text, features)
    }

    fn step(&self, placed: &Placed) -> f64 {
        (placed.advance + self.tracking) * self.size / 1000.0
    }

    /// How far a line would reach, in points.
    #[must_use]
    pub fn width(&self, text: &str) -> f64 {
        let shaped = self.shaped(&tidy(text));
        let steps: f64 = shaped.iter().map(|placed| self.step(placed)).sum();
        if shaped.is_empty() { 0.0 } else { steps - self.tracking * self.size / 1000.0 }
    }

    /// Sets one line. White space of any kind is a word space.
    #[must_use]
    pub fn line(&self, text: &str) -> Line {
        let text = tidy(text);
        let mut words: Vec<Word> = Vec::new();
        let mut starts: Vec<usize> = Vec::new();
        let mut start = 0;
        for part in text.split(' ').filter(|part| !part.is_empty()) {
            words.push(Word { text: part.into(), glyphs: Vec::new(), ink: self.ink });
            starts.push(start);
            start += part.len() + 1;
        }
        let scale = self.size / 1000.0;
        let mut x = 0.0;
        for placed in self.shaped(&text).iter() {
            // The word a glyph belongs to is the last that begins at or before it.
            let word = starts.partition_point(|s| *s <= placed.cluster.start).saturating_sub(1);
            let shape = self.face.outline(placed.glyph);
            if let Some(word) = words.get_mut(word).filter(|_| !shape.is_blank()) {
                let at = Affine::new([scale, 0.0, 0.0, -scale, x + placed.dx * scale, -placed.dy * scale]);
                word.glyphs.push(Glyph { shape, at });
            }
            x += self.step(placed);
        }
        Line { words, width: (x - self.tracking * scale).max(0.0) }
    }

    /// Sets a paragraph no wider than `width`; lines break where the text breaks them and between words. A centred paragraph's
    /// lines are made of one length as nearly as may be, and a left one doesn't end with a lone short word if that can be helped.
    #[must_use]
    pub fn paragraph(&self, text: &str, width: f64, align: Align) -> Paragraph {
        let mut lines = Vec::new();
        for typed in text.lines() {
            let mut text = tidy(typed).into_owned();
            let mut words = self.spans(&text);
            if words.iter().any(|word| word.wide() > width) {
                text = text.split(' ').flat_map(|word| self.pieces(word, width)).collect::<Vec<_>>().join(" ");
                words = self.spans(&text);
            }
            let broken = fill(&words, width);
            let balanced = if broken.len() > 1 && (align == Align::Centre || broken.last().is_some_and(|l| l.len() == 1)) {
                // The narrowest measure that takes no more lines.
                let (mut low, mut high) = (width / 2.0, width);
                for _ in 0..12 {
                    let middle = f64::midpoint(low, high);
                    if fill(&words, middle).len() > broken.len() { low = middle } else { high = middle }
                }
                let even = fill(&words, high);
                if even.len() == broken.len() { even } else { broken }
            } else {
                broken
            };
            let of = |line: &Range<usize>| words[line.clone()].first().zip(words[line.clone()].last());
            let said = |line: &Range<usize>| of(line).map_or("", |(first, last)| &text[first.bytes.start..last.bytes.end]);
            lines.extend(balanced.iter().map(|line| self.line(said(line))));
        }
        Paragraph {
            height: lines.len() as f64 * self.leading,
            lines,
            leading: self.leading,
            // The baseline sits so that the letters stand in the middle of their line's space.
            drop: f64::midpoint(self.leading, self.x_height()) + 0.12 * self.size,
        }
    }

    /// The words of a tidy text where they stand in one long line.
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut start = 0;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            spans.push(Span { bytes: start..start + word.len(), from: f64::INFINITY, to: 0.0 });
            start += word.len() + 1;
        }
        let mut x = 0.0;
        for placed in self.shaped(text).iter() {
            let at = placed.cluster.start;
            let word = spans.partition_point(|span| span.bytes.start <= at).saturating_sub(1);
            let next = x + self.step(placed);
            if let Some(span) = spans.get_mut(word).filter(|span| at < span.bytes.end) {
                (span.from, span.to) = (span.from.min(x), next - self.tracking * self.size / 1000.0);
            }
            x = next;
        }
        spans
    }

    /// A word in pieces that fit: an e-mail address can be longer than a label.
    fn pieces(&self, word: &str, width: f64) -> Vec<String> {
        if self.width(word) <= width {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            let last = pieces.len() - 1;
            let tried = format!("{}{c}", pieces[last]);
            if pieces[last].is_empty() || self.width(&tried) <= width {
                pieces[last] = tried;
            } else {
                pieces.push(c.to_string());
            }
        }
        pieces
    }

    /// The largest size up to this one at which every line of the text is no wider than `width`.
    #[must_use]
    pub fn fitted(&self, text: &str, width: f64) -> Style {
        let widest = text.lines().map(|line| self.width(line)).fold(0.0, f64::max);
        if widest <= width || widest <= 0.0 { self.clone() } else { self.clone().sized(self.size * width / widest) }
    }
}

/// A word in a line: its bytes, and from where to where it reaches, in points.
struct Span {
    bytes: Range<usize>,
    from: f64,
    to: f64,
}

impl Span {
    fn wide(&self) -> f64 {
        self.to - self.from
    }
}

/// Which words go on which line, as many on each as there is room for.
fn fill(words: &[Span], width: f64) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut first = 0;
    for (at, word) in words.iter().enumerate() {
        if at > first && word.to - words[first].from > width + 0.01 {
            lines.push(first..at);
            first = at;
        }
    }
    lines.push(first..words.len());
    lines
}

/// The faces for what is printed: never a second script beside the note's hand.
#[derive(Clone, Debug)]
pub struct TypeCase {
    /// For reading.
    pub text: Style,
    /// For reading, slanted.
    pub italic: Style,
    /// For large, light words.
    pub title: Style,
    /// For large words, slanted.
    pub title_italic: Style,
    /// For large words of contrast.
    pub display: Style,
    /// For large heavy words.
    pub bold: Style,
}

impl TypeCase {
    /// The faces that come with wetink, each at 10 points.
    pub fn shipped() -> Result<TypeCase> {
        let load = |bytes: &'static [u8], name: &str| Face::load(bytes, name).map(|face| Style::new(&Arc::new(face), 10.0));
        Ok(TypeCase {
            text: load(include_bytes!("../fonts/eb-garamond/EBGaramond-Regular.ttf"), "EB Garamond")?,
            italic: load(include_bytes!("../fonts/eb-garamond/EBGaramond-Italic.ttf"), "EB Garamond Italic")?,
            title: load(include_bytes!("../fonts/cormorant-garamond/CormorantGaramond-Medium.ttf"), "Cormorant Garamond")?,
            title_italic: load(
                include_bytes!("../fonts/cormorant-garamond/CormorantGaramond-Italic.ttf"),
                "Cormorant Garamond Italic",
            )?,
            display: load(
                include_bytes!("../fonts/libre-caslon-display/LibreCaslonDisplay-Regular.ttf"),
                "Libre Caslon Display",
            )?,
            bold: load(include_bytes!("../fonts/fraunces/Fraunces-SemiBold.ttf"), "Fraunces SemiBold")?,
        })
    }

    /// The wanted style if its face has every character of the text, else the text face, which has the most.
    #[must_use]
    pub fn able(&self, wanted: &Style, text: &str) -> Style {
        if wanted.lacks(text).is_none() { wanted.clone() } else { Style { face: self.text.face.clone(), ..wanted.clone() } }
    }
}

/// NFC, single spaces, no control characters: what a face is asked to set.
fn tidy(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let plain = bytes.iter().all(|b| (b' '..=b'~').contains(b)) && !text.contains("  ");
    if plain && bytes.first() != Some(&b' ') && bytes.last() != Some(&b' ') {
        return Cow::Borrowed(text);
    }
    let text: String = text.nfc().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(size: f64) -> Style {
        let bytes = &include_bytes!("../fonts/eb-garamond/EBGaramond-Regular.ttf")[..];
        Style::new(&Arc::new(Face::load(bytes, "EB Garamond").unwrap()), size)
    }

    fn text(line: &Line) -> String {
        line.words.iter().map(|w| &*w.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_line_keeps_its_words_and_their_letters() {
        let line = style(10.0).line("  the\toffice\u{a0}e\u{301}tude ");
        assert_eq!(text(&line), "the office étude");
        // The ffi is one letter; every letter lies within the line and after the one before it.
        assert_eq!(line.words.iter().map(|w| w.glyphs.len()).collect::<Vec<_>>(), [3, 4, 5]);
        let xs: Vec<f64> = line.words.iter().flat_map(|w| &w.glyphs).map(|g| g.at.translation().x).collect();
        assert!(xs.windows(2).all(|pair| pair[0] < pair[1]) && xs[xs.len() - 1] < line.width);
        assert!((line.width - style(10.0).width("the office étude")).abs() < 1e-9);
    }

    #[test]
    fn kerning_and_tracking_show_in_the_width() {
        let plain = style(10.0);
        assert!(plain.width("AVATAR") < ["A", "V", "A", "T", "A", "R"].iter().map(|c| plain.width(c)).sum::<f64>() - 0.2);
        let spaced = style(10.0).tracked(100.0);
        assert!((spaced.width("AVATAR") - plain.width("AVATAR") - 5.0).abs() < 1e-6);
        assert_eq!(spaced.line("office").words[0].glyphs.len(), 6, "letterspaced type has no ligatures");
    }

    #[test]
    fn paragraphs_stay_within_their_measure() {
        let words =
            "All good wishes from everybody at the shop, and from a.very.long.address.indeed.without.any.space@example.com too";
        for align in [Align::Left, Align::Centre, Align::Right] {
            let set = style(10.0).paragraph(words, 90.0, align);
            assert!(set.width() <= 90.02, "{}", set.width());
            assert!(set.lines.len() > 4);
            let all: String = set.lines.iter().map(text).collect();
            assert_eq!(all.replace(' ', ""), words.replace(' ', ""));
        }
        assert_eq!(style(10.0).paragraph("", 90.0, Align::Left).lines.len(), 0);
        assert_eq!(style(10.0).paragraph("one\n\ntwo", 90.0, Align::Left).lines.len(), 3);
    }

    #[test]
    fn a_centred_paragraph_is_even() {
        let set = style(10.0).paragraph("You are in our thoughts. There is no need to answer.", 150.0, Align::Centre);
        let widths: Vec<f64> = set.lines.iter().map(|l| l.width).collect();
        assert_eq!(widths.len(), 2);
        assert!((widths[0] - widths[1]).abs() < 40.0, "{widths:?}");
    }

    #[test]
    fn what_a_face_lacks_is_said() {
        assert_eq!(style(10.0).lacks("Zoë Łukasik"), None);
        assert_eq!(style(10.0).lacks("Zoë 日本"), Some('日'));
    }

    #[test]
    fn type_is_made_to_fit() {
        let fitted = style(40.0).fitted("Congratulations\nAna", 100.0);
        assert!((fitted.width("Congratulations") - 100.0).abs() < 0.5);
        assert!((style(10.0).fitted("Hi", 100.0).size - 10.0).abs() < 1e-9);
    }
}
