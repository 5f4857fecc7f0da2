//! The scene: a page is a size and the things drawn on it, in order. Knows nothing of people, fonts or PDF.
//!
//! Everything that puts ink on paper ends as one of five items. Letters, whether printed type or a hand, are [`Shape`]s
//! placed one by one: a leaf that writes PDF gathers the distinct shapes of a batch into one embedded font made for it, a
//! leaf that draws pictures fills them. So page, PDF and preview can't disagree.

use std::sync::Arc;

use kurbo::{PathEl, Shape as _};

use crate::measure::{Affine, BezPath, Point, Rect, Size};

/// A colour as it is printed, red, green and blue from 0 to 1. Equal parts are written as grey, so black text is black ink only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Red, 0 to 1.
    pub r: f32,
    /// Green, 0 to 1.
    pub g: f32,
    /// Blue, 0 to 1.
    pub b: f32,
}

impl Ink {
    /// Solid black.
    pub const BLACK: Ink = Ink::grey(0.0);

    /// A grey: 0 is black, 1 is white.
    #[must_use]
    pub const fn grey(level: f32) -> Ink {
        Ink { r: level, g: level, b: level }
    }

    /// From `0xRRGGBB`.
    #[must_use]
    pub const fn hex(rgb: u32) -> Ink {
        Ink { r: ((rgb >> 16) & 0xff) as f32 / 255.0, g: ((rgb >> 8) & 0xff) as f32 / 255.0, b: (rgb & 0xff) as f32 / 255.0 }
    }
}

/// The drawn form of one letter, in thousandths of its em, y **up** from the baseline, filled by the non-zero rule.
#[derive(Debug, PartialEq)]
pub struct Shape {
    /// The same key means the same outline: font, glyph and variant, hashed by whoever draws it.
    pub key: u64,
    /// The outline; empty for a space.
    pub outline: BezPath,
    /// How far the pen moves on, in thousandths of the em.
    pub advance: f64,
    /// The outermost of its points: whatever holds them holds the outline, however it is turned.
    corners: Box<[Point]>,
    /// The upright box around them.
    around: Rect,
}

impl Shape {
    /// A shape of this outline.
    #[must_use]
    pub fn new(key: u64, outline: BezPath, advance: f64) -> Shape {
        let corners = outermost(&outline);
        let point = |p: &Point| Rect::from_points(*p, *p);
        let around = corners.iter().map(point).reduce(|a, b| a.union(b)).unwrap_or_default();
        Shape { key, outline, advance, corners, around }
    }

    /// It has no ink: a space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.corners.is_empty()
    }

    /// The upright box around the letter in its place, or a little more; `None` for a space.
    #[must_use]
    pub fn ink(&self, at: Affine) -> Option<Rect> {
        let first = at * *self.corners.first()?;
        let whole = Rect::from_points(first, first);
        Some(self.corners[1..].iter().fold(whole, |whole, corner| whole.union_pt(at * *corner)))
    }
}

/// The corners of the tightest fence around an outline's points, round about.
fn outermost(outline: &BezPath) -> Box<[Point]> {
    let mut points: Vec<Point> = Vec::with_capacity(outline.elements().len() * 2);
    for element in outline.elements() {
        match *element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => points.push(p),
            PathEl::QuadTo(a, p) => points.extend([a, p]),
            PathEl::CurveTo(a, b, p) => points.extend([a, b, p]),
            PathEl::ClosePath => {}
        }
    }
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    let mut fence: Vec<Point> = Vec::new();
    // From left to right below, and back above; a point that turns the wrong way lies inside.
    for side in [false, true] {
        let from = fence.len();
        for i in 0..points.len() {
            let p = points[if side { points.len() - 1 - i } else { i }];
            while fence.len() >= from + 2
                && (fence[fence.len() - 1] - fence[fence.len() - 2]).cross(p - fence[fence.len() - 2]) <= 0.0
            {
                fence.pop();
            }
            fence.push(p);
        }
        fence.pop();
    }
    if fence.is_empty() { points.into() } else { fence.into() }
}

/// A letter in its place.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// What is drawn.
    pub shape: Arc<Shape>,
    /// From the shape's thousandths of an em (y up) to points on the page (y down).
    pub at: Affine,
}

/// A word as set or written: the text a reader copies, and the letters that draw it, in reading order.
///
/// Words follow each other in reading order, and whoever extracts the text puts white space between them. The glyphs need
/// not match the characters one to one.
#[derive(Clone, Debug)]
pub struct Word {
    /// The exact text, NFC, without white space.
    pub text: Box<str>,
    /// The letters.
    pub glyphs: Vec<Glyph>,
    /// The colour of the whole word.
    pub ink: Ink,
}

/// A picture in memory, as the file had it.
#[derive(Debug)]
pub struct Picture {
    /// The same key means the same picture.
    pub key: u64,
    /// The bytes of a JPEG or PNG file.
    pub file: Vec<u8>,
    /// Width in pixels, after turning by EXIF.
    pub width: u32,
    /// Height in pixels, after turning by EXIF.
    pub height: u32,
}

/// A line drawn with a round pen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pen {
    /// Colour.
    pub ink: Ink,
    /// Width in points.
    pub width: f64,
    /// Lengths of dash and gap in points; a dash of 0 makes round dots. `None` draws through.
    pub dash: Option<(f64, f64)>,
}

/// One thing on a page.
#[derive(Clone, Debug)]
pub enum Item {
    /// A filled outline, non-zero rule.
    Fill(BezPath, Ink),
    /// A drawn line.
    Stroke(BezPath, Pen),
    /// A line of words, or several.
    Words(Vec<Word>),
    /// A picture, filling the unit square mapped by the affine (y down: 0,0 is the picture's upper left).
    Picture(Arc<Picture>, Affine),
    /// A drawing made once and placed often: a face on a sheet, a cover shared by a batch. Clipped to `clip`, in the
    /// drawing's own coordinates, when given.
    Placed {
        /// What is placed.
        drawing: Arc<Vec<Item>>,
        /// From the drawing's coordinates to the page's.
        at: Affine,
        /// The part that shows.
        clip: Option<Rect>,
    },
}

/// A page: one side of a card or of a sheet.
#[derive(Clone, Debug)]
pub struct Page {
    /// The paper, or the upload with its bleed (PDF: `MediaBox`).
    pub size: Size,
    /// The finished piece, where it differs from the paper (PDF: `TrimBox`).
    pub trim: Rect,
    /// Up to where ink may run past the trim (PDF: `BleedBox`).
    pub bleed: Rect,
    /// What is drawn, first at the bottom.
    pub items: Vec<Item>,
}

impl Page {
    /// An empty page whose boxes are all its paper.
    #[must_use]
    pub fn new(size: Size) -> Page {
        Page { size, trim: size.to_rect(), bleed: size.to_rect(), items: Vec::new() }
    }
}

/// All words of the items in drawing order, those inside placed drawings too. For tests and text-only views.
#[must_use]
pub fn words(items: &[Item]) -> Vec<&Word> {
    let mut found = Vec::new();
    for item in items {
        match item {
            Item::Words(words) => found.extend(words),
            Item::Placed { drawing, .. } => found.extend(self::words(drawing)),
            Item::Fill(..) | Item::Stroke(..) | Item::Picture(..) => {}
        }
    }
    found
}

/// The smallest upright rectangle around all that the items draw, ink width of lines included; `None` if they draw nothing.
#[must_use]
pub fn bounds(items: &[Item]) -> Option<Rect> {
    let mut all: Option<Rect> = None;
    let add = |all: &mut Option<Rect>, part: Rect| *all = Some(all.map_or(part, |all| all.union(part)));
    for item in items {
        match item {
            Item::Fill(path, _) if !path.elements().is_empty() => add(&mut all, path.bounding_box()),
            Item::Stroke(path, pen) if !path.elements().is_empty() => {
                add(&mut all, path.bounding_box().inflate(pen.width / 2.0, pen.width / 2.0));
            }
            Item::Fill(..) | Item::Stroke(..) => {}
            Item::Words(words) => {
                for Glyph { shape, at } in words.iter().flat_map(|word| &word.glyphs) {
                    // Most letters stand between others, and a box around them tells.
                    let inside = all.is_some_and(|all| all.contains_rect(at.transform_rect_bbox(shape.around)));
                    if let Some(ink) = if inside { None } else { shape.ink(*at) } {
                        add(&mut all, ink);
                    }
                }
            }
            Item::Picture(_, at) => add(&mut all, at.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0))),
            Item::Placed { drawing, at, clip } => {
                let inside = bounds(drawing).map(|part| clip.map_or(part, |clip| part.intersect(clip)));
                if let Some(part) = inside.filter(|part| part.width() > 0.0 || part.height() > 0.0) {
                    add(&mut all, at.transform_rect_bbox(part));
                }
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ink_of_a_letter_is_the_box_around_it_however_it_lies() {
        let mut outline = BezPath::new();
        outline.move_to((0.0, 0.0));
        outline.quad_to((40.0, 90.0), (80.0, 10.0));
        outline.line_to((70.0, -30.0));
        outline.line_to((40.0, 5.0));
        outline.curve_to((30.0, -5.0), (20.0, 3.0), (0.0, 0.0));
        outline.close_path();
        let shape = Shape::new(1, outline.clone(), 90.0);
        for n in 0..40 {
            let at = Affine::translate((f64::from(n), 7.0)) * Affine::rotate(f64::from(n) * 0.4) * Affine::skew(0.2, 0.0);
            let (ink, around) = (shape.ink(at).unwrap(), (at * outline.clone()).control_box());
            assert!((ink.x0 - around.x0).abs() + (ink.y1 - around.y1).abs() < 1e-9, "{ink:?} {around:?}");
            assert!((ink.x1 - around.x1).abs() + (ink.y0 - around.y0).abs() < 1e-9, "{ink:?} {around:?}");
        }
        assert_eq!(Shape::new(2, BezPath::new(), 30.0).ink(Affine::IDENTITY), None);
    }
}
