//! A font file as we use it: which characters it has, shaped runs, outlines. The only file that names harfrust and skrifa.
//!
//! Static TrueType and OpenType (CFF) fonts. Everything is in thousandths of the em, y **up** from the baseline, and every
//! outline is made of lines and quadratic curves, because that is what the run-time fonts of `out/pdf.rs` are made of.
//! A font is somebody's file: whatever its bytes, nothing here panics, hangs or takes memory without bound.

mod bare;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock, RwLock};

use harfrust::{Buffer, ClusterLevel, Direction, Feature, Script, ShapeOptions, ShapePlan, ShaperFont};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

use crate::measure::{BezPath, Point, Rect};
use crate::page::Shape;
use crate::trouble::{Result, Trouble};
pub use bare::Bare;

/// No font a shop uses is larger; more is a mistake or an attack.
const MOST_BYTES: usize = 64 << 20;
/// Elements in one outline. The densest letter of the shipped hands has under 600.
const MOST_ELEMENTS: usize = 12_000;
/// How far from the origin an outline may reach, in thousandths of the em.
const FARTHEST: f64 = 30_000.0;
/// Characters whose glyphs are looked up when the font is loaded: those of the languages letters are written in.
const USUAL: u32 = 0x250;
/// Glyphs a character may become.
const MOST_OF_A_LETTER: usize = 8;
/// Plans kept for shaping; no shop writes in more scripts.
const MOST_PLANS: usize = 64;
/// Largest error when a CFF cubic becomes quadratics, in thousandths of the em.
const CUBIC_ERROR: f64 = 0.4;

/// Which of a font's own habits to let act while shaping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Features {
    /// Pair kerning.
    pub kerning: bool,
    /// Ligatures (`liga`, `clig`).
    pub ligatures: bool,
    /// Forms that depend on the neighbours (`calt`).
    pub contextual: bool,
}

impl Features {
    /// As printed type is set: everything on.
    pub const TYPE: Features = Features { kerning: true, ligatures: true, contextual: true };
    /// As a hand is written: one letter at a time, kerned.
    pub const HAND: Features = Features { kerning: true, ligatures: false, contextual: false };
}

/// One glyph of a shaped run, in thousandths of the em.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The glyph in its font.
    pub glyph: u32,
    /// The bytes of the shaped text it stands for; several glyphs of one cluster have the same range.
    pub cluster: Range<usize>,
    /// How far the pen moves on.
    pub advance: f64,
    /// Drawn this far right of the pen.
    pub dx: f64,
    /// Drawn this far above the baseline.
    pub dy: f64,
}

/// What decides how a run is shaped: whether it goes from right to left, its script, its features.
type Run = (bool, Option<Script>, Features);

/// A font, ready to use from several threads.
pub struct Face {
    name: String,
    bytes: Arc<Cow<'static, [u8]>>,
    shaper: harfrust::Font,
    mark: u64,
    glyphs: u32,
    per_em: f64,
    x_height: f64,
    cap_height: f64,
    ascender: f64,
    descender: f64,
    outlines: Vec<OnceLock<Arc<Shape>>>,
    /// The glyphs of the usual characters, 0 for none.
    usual: Vec<u16>,
    /// How runs are shaped, by script and features: to find that out takes longer than to do it.
    plans: RwLock<HashMap<Run, Arc<ShapePlan>>>,
    known: RwLock<Known>,
}

/// A text, how it was set, and what came of it.
type Shaped = (Box<str>, Features, Arc<[Placed]>);

/// Runs that were shaped: the common words of notes and the printed lines of letters come again and again.
#[derive(Default)]
struct Known {
    runs: HashMap<u64, Shaped>,
    letters: usize,
}

/// Letters of shaped runs that are kept, some 80 bytes each; then all are forgotten.
const MOST_KNOWN: usize = 100_000;
/// Bytes of a run worth keeping: a letter's paragraphs are the same on every card.
const LONGEST_KNOWN: usize = 1000;

impl fmt::Debug for Face {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Face({}, {} glyphs)", self.name, self.glyphs)
    }
}

impl Face {
    /// Reads a font from the bytes of its file. `name` is what messages call it.
    pub fn load(bytes: impl Into<Cow<'static, [u8]>>, name: &str) -> Result<Face> {
        let bytes = Arc::new(bytes.into());
        let refused = |why: &str| {
            Trouble::failed(format!("{name} is not a font wetink can use: {why}"))
                .hint("Use a static TrueType or OpenType font, a .ttf or .otf file.")
        };
        if bytes.len() > MOST_BYTES {
            return Err(refused("the file is too large"));
        }
        let font = FontRef::from_index(&bytes, 0).map_err(|_| refused("the file is damaged or of another kind"))?;
        let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = bytes.clone();
        let shaper = harfrust::Font::new(shared, 0).ok_or_else(|| refused("the file is damaged or of another kind"))?;
        let metrics = font.metrics(Size::unscaled(), LocationRef::default());
        let glyphs = metrics.glyph_count.min(u32::from(u16::MAX));
        if !(16..=16_384).contains(&metrics.units_per_em) || glyphs == 0 {
            return Err(refused("it has no letters"));
        }
        if font.outline_glyphs().format().is_none() {
            return Err(refused("it has no outlines"));
        }
        if !font.charmap().has_map() {
            return Err(refused("it doesn't say which character is which letter"));
        }
        if font.os2().is_ok_and(|os2| os2.fs_type() & 0x000f == 0x0002) {
            return Err(refused("its licence forbids putting it into a document"));
        }
        let charmap = font.charmap();
        let known = |c: u32| charmap.map(c).map(GlyphId::to_u32).filter(|id| *id < glyphs).unwrap_or(0) as u16;
        let usual = (0..USUAL).map(known).collect();
        let per_em = f64::from(metrics.units_per_em);
        let mark = sum(&bytes);
        let mut face = Face {
            name: name.to_owned(),
            mark,
            glyphs,
            per_em,
            x_height: 0.0,
            cap_height: 0.0,
            ascender: f64::from(metrics.ascent) * 1000.0 / per_em,
            descender: f64::from(metrics.descent) * 1000.0 / per_em,
            outlines: (0..glyphs).map(|_| OnceLock::new()).collect(),
            usual,
            plans: RwLock::default(),
            known: RwLock::default(),
            shaper,
            bytes: bytes.clone(),
        };
        // Measured on the letters: the OS/2 table of hand fonts is often wrong or empty.
        face.x_height = face.top_of('x').or_else(|| face.top_of('o')).unwrap_or(500.0);
        face.cap_height = face.top_of('H').or_else(|| face.top_of('I')).unwrap_or(face.x_height * 1.5);
        Ok(face)
    }

    /// The name given at loading.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many glyphs it has.
    #[must_use]
    pub fn glyphs(&self) -> u32 {
        self.glyphs
    }

    /// The same for the same bytes; part of every shape's key.
    #[must_use]
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// Height of the lower-case x, from its outline.
    #[must_use]
    pub fn x_height(&self) -> f64 {
        self.x_height
    }

    /// Height of the capital H, from its outline.
    #[must_use]
    pub fn cap_height(&self) -> f64 {
        self.cap_height
    }

    /// How far the font says its lines reach up; positive.
    #[must_use]
    pub fn ascender(&self) -> f64 {
        self.ascender
    }

    /// How far the font says its lines reach down; negative.
    #[must_use]
    pub fn descender(&self) -> f64 {
        self.descender
    }

    /// The glyph of a character; `None` if the font lacks it.
    #[must_use]
    pub fn glyph(&self, character: char) -> Option<u32> {
        if let Some(glyph) = self.usual.get(character as usize) {
            return Some(u32::from(*glyph)).filter(|id| *id != 0);
        }
        self.with(|font| font.charmap().map(character)).flatten().map(GlyphId::to_u32).filter(|id| *id != 0 && *id < self.glyphs)
    }

    /// Whether the font can draw a character.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.glyph(character).is_some()
    }

    /// How many characters of a range the font has, as in `('\u{100}'..='\u{17f}')`.
    #[must_use]
    pub fn count(&self, characters: std::ops::RangeInclusive<char>) -> usize {
        characters.filter(|c| self.has(*c)).count()
    }

    /// A run of text in one direction and script as glyphs in drawing order. A character the font lacks comes out as glyph 0;
    /// ask [`Face::has`] first.
    #[must_use]
    pub fn shape(&self, text: &str, features: Features) -> Arc<[Placed]> {
        if text.len() > LONGEST_KNOWN {
            return self.shape_anew(text, features).into();
        }
        let Features { kerning, ligatures, contextual } = features;
        let name = key(&[text.as_bytes(), &[kerning, ligatures, contextual].map(u8::from)]);
        let same = |known: &Shaped| *known.0 == *text && known.1 == features;
        let found =
            self.known.read().ok().and_then(|known| known.runs.get(&name).filter(|run| same(run)).map(|run| run.2.clone()));
        if let Some(placed) = found {
            return placed;
        }
        let placed: Arc<[Placed]> = self.shape_anew(text, features).into();
        if let Ok(mut known) = self.known.write() {
            if known.letters > MOST_KNOWN {
                *known = Known::default();
            }
            known.letters += placed.len() + 1;
            known.runs.insert(name, (text.into(), features, placed.clone()));
        }
        placed
    }

    fn shape_anew(&self, text: &str, features: Features) -> Vec<Placed> {
        let mut buffer = Buffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
        let switch = |tag: &[u8; 4], on: bool| Feature::new(Tag::new(tag), u32::from(on), ..);
        // Only left to right and right to left come up: nothing here is set from top to bottom.
        let kind = (buffer.direction() == Direction::RightToLeft, buffer.script(), features);
        let settings = [
            switch(b"kern", features.kerning),
            switch(b"liga", features.ligatures),
            switch(b"clig", features.ligatures),
            switch(b"calt", features.contextual),
        ];
        let font = ShaperFont::new(&self.shaper);
        let known = self.plans.read().ok().and_then(|plans| plans.get(&kind).cloned());
        let plan = known.unwrap_or_else(|| {
            let plan = Arc::new(ShapePlan::new(&self.shaper, buffer.direction(), buffer.script(), None, &settings));
            match self.plans.write() {
                Ok(mut plans) if plans.len() < MOST_PLANS => plans.entry(kind).or_insert(plan).clone(),
                _ => plan,
            }
        });
        if harfrust::shape(&font, &mut buffer, ShapeOptions::new().features(&settings).plan(Some(&plan))).is_err() {
            return Vec::new();
        }
        let scale = 1000.0 / self.per_em;
        // Accents may stand apart, and that is all; a font that makes hundreds of glyphs of every letter means harm.
        let most = MOST_OF_A_LETTER * text.chars().count();
        let infos = &buffer.glyph_infos()[..buffer.glyph_infos().len().min(most)];
        let starts: Vec<usize> = infos.iter().map(|info| (info.cluster as usize).min(text.len())).collect();
        let mut sorted = starts.clone();
        sorted.sort_unstable();
        infos
            .iter()
            .zip(buffer.glyph_positions())
            .zip(&starts)
            .map(|((info, place), &start)| Placed {
                // A font's own tables may name a glyph that it doesn't have.
                glyph: if info.glyph_id < self.glyphs { info.glyph_id } else { 0 },
                cluster: start..sorted.get(sorted.partition_point(|s| *s <= start)).copied().unwrap_or(text.len()),
                advance: f64::from(place.x_advance) * scale,
                dx: f64::from(place.x_offset) * scale,
                dy: f64::from(place.y_offset) * scale,
            })
            .collect()
    }

    /// The drawn form of a glyph; empty for a space, and for a glyph that is absent or damaged.
    #[must_use]
    pub fn outline(&self, glyph: u32) -> Arc<Shape> {
        let drawn = || {
            let name = key(&[&self.mark.to_le_bytes(), &glyph.to_le_bytes()]);
            Arc::new(Shape::new(name, self.draw(glyph).unwrap_or_default(), self.advance(glyph)))
        };
        self.outlines.get(glyph as usize).map_or_else(drawn, |known| known.get_or_init(drawn).clone())
    }

    fn with<T>(&self, ask: impl FnOnce(&FontRef<'_>) -> T) -> Option<T> {
        FontRef::from_index(&self.bytes, 0).ok().map(|font| ask(&font))
    }

    fn advance(&self, glyph: u32) -> f64 {
        let metrics =
            |font: &FontRef<'_>| font.glyph_metrics(Size::unscaled(), LocationRef::default()).advance_width(GlyphId::new(glyph));
        self.with(metrics).flatten().map_or(0.0, |width| f64::from(width) * 1000.0 / self.per_em)
    }

    fn draw(&self, glyph: u32) -> Option<BezPath> {
        self.with(|font| {
            let outline = font.outline_glyphs().get(GlyphId::new(glyph))?;
            let mut quads = Quads { path: BezPath::new(), scale: 1000.0 / self.per_em, last: Point::ZERO, broken: false };
            outline.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut quads).ok()?;
            (!quads.broken).then_some(quads.path)
        })?
    }

    fn top_of(&self, character: char) -> Option<f64> {
        let path = self.draw(self.glyph(character)?)?;
        let bounds: Rect = kurbo::Shape::bounding_box(&path);
        (bounds.y1 > 1.0).then_some(bounds.y1)
    }
}

/// Takes an outline down as lines and quadratics, and gives up on one without measure.
struct Quads {
    path: BezPath,
    scale: f64,
    last: Point,
    broken: bool,
}

impl Quads {
    fn point(&mut self, x: f32, y: f32) -> Point {
        let point = Point::new(f64::from(x) * self.scale, f64::from(y) * self.scale);
        let inside = point.x.abs() <= FARTHEST && point.y.abs() <= FARTHEST;
        if !inside || self.path.elements().len() > MOST_ELEMENTS {
            self.broken = true;
        }
        point
    }
}

impl OutlinePen for Quads {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        if !self.broken {
            self.path.move_to(to);
            self.last = to;
        }
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.point(x, y);
        if !self.broken {
            self.path.line_to(to);
            self.last = to;
        }
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        let (control, to) = (self.point(cx0, cy0), self.point(x, y));
        if !self.broken {
            self.path.quad_to(control, to);
            self.last = to;
        }
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        let (first, second, to) = (self.point(cx0, cy0), self.point(cx1, cy1), self.point(x, y));
        if !self.broken {
            for (_, _, quad) in kurbo::CubicBez::new(self.last, first, second, to).to_quads(CUBIC_ERROR) {
                self.path.quad_to(quad.p1, quad.p2);
            }
            self.last = to;
        }
    }

    fn close(&mut self) {
        if !self.broken {
            self.path.close_path();
        }
    }
}

/// One number for some bytes, the same on every machine and for ever: FNV-1a over the parts and their lengths, then stirred.
#[must_use]
pub fn key(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for part in parts {
        part.iter().copied().for_each(&mut take);
        (part.len() as u64).to_le_bytes().into_iter().for_each(&mut take);
    }
    stir(hash)
}

/// One number for the many bytes of a file, eight at a time.
fn sum(bytes: &[u8]) -> u64 {
    let (eights, rest) = bytes.as_chunks::<8>();
    let all = eights.iter().fold(bytes.len() as u64, |all, eight| {
        (all ^ u64::from_le_bytes(*eight)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
    });
    stir(all ^ key(&[rest]))
}

/// Spreads a number over all its bits (the finisher of `SplitMix64`).
#[must_use]
pub fn stir(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn garamond() -> Face {
        Face::load(&include_bytes!("../fonts/eb-garamond/EBGaramond-Regular.ttf")[..], "EB Garamond").unwrap()
    }

    #[test]
    fn a_face_knows_its_letters_and_sizes() {
        let face = garamond();
        assert!(face.has('e') && face.has('ł') && face.has('Ж') && !face.has('日'));
        assert_eq!(face.count('a'..='z'), 26);
        assert!((380.0..430.0).contains(&face.x_height()), "{}", face.x_height());
        assert!((630.0..680.0).contains(&face.cap_height()), "{}", face.cap_height());
        assert!(face.ascender() > face.cap_height() && face.descender() < 0.0);
    }

    #[test]
    fn shaping_kerns_and_joins_ligatures_when_told() {
        let face = garamond();
        let width = |features| face.shape("AVATAR", features).iter().map(|p| p.advance).sum::<f64>();
        assert!(width(Features::TYPE) < width(Features { kerning: false, ..Features::TYPE }) - 20.0);
        let joined = face.shape("office", Features::TYPE);
        let apart = face.shape("office", Features::HAND);
        assert_eq!(apart.len(), 6);
        assert!(joined.len() < 6);
        assert_eq!(joined[1].cluster, 1..4, "the ffi stands for three bytes");
        assert_eq!(apart.iter().map(|p| p.cluster.clone()).collect::<Vec<_>>(), [0..1, 1..2, 2..3, 3..4, 4..5, 5..6]);
    }

    #[test]
    fn a_run_shaped_before_is_the_same_again() {
        let face = garamond();
        let (fresh, features) = (face.shape_anew("office", Features::TYPE), [Features::TYPE, Features::HAND]);
        for round in 0..MOST_KNOWN / 8 {
            let _ = face.shape(&format!("AVATAR {round}"), features[round % 2]);
        }
        assert_eq!(*face.shape("office", Features::TYPE), *fresh);
        assert_eq!(*face.shape("office", Features::TYPE), *fresh, "known by now");
        assert_ne!(*face.shape("office", Features::HAND), *fresh, "the same text set otherwise is another run");
    }

    #[test]
    fn outlines_are_shared_and_quadratic() {
        let face = garamond();
        let e = face.glyph('e').unwrap();
        assert!(Arc::ptr_eq(&face.outline(e), &face.outline(e)));
        assert!(!face.outline(e).outline.elements().iter().any(|el| matches!(el, kurbo::PathEl::CurveTo(..))));
        assert_ne!(face.outline(e).key, face.outline(e + 1).key);
        assert!(face.outline(face.glyph(' ').unwrap()).outline.is_empty());
        assert!(face.outline(60_000).outline.is_empty(), "a glyph that isn't there draws nothing");
    }

    /// The same font with another table of substitutions.
    fn with_gsub(gsub: Vec<u8>) -> Face {
        let good = FontRef::new(include_bytes!("../fonts/eb-garamond/EBGaramond-Regular.ttf")).unwrap();
        let mut font = write_fonts::FontBuilder::new();
        for record in good.table_directory().table_records() {
            font.add_raw(record.tag(), good.table_data(record.tag()).unwrap().as_bytes().to_vec());
        }
        font.add_raw(Tag::new(b"GSUB"), gsub);
        Face::load(font.build(), "hostile.ttf").unwrap()
    }

    #[test]
    fn a_font_that_makes_crowds_of_a_letter_or_glyphs_it_lacks_is_harmless() {
        let good = garamond();
        let [a, b] = ['a', 'b'].map(|c| good.glyph(c).unwrap() as u16);
        // One lookup of the feature ccmp, which is always on: a becomes 200 times a, b a glyph that isn't there.
        let sequences = [vec![a; 200], vec![u16::MAX]].map(|glyphs| [vec![glyphs.len() as u16], glyphs].concat());
        let coverage = 10 + 2 * (sequences[0].len() + sequences[1].len()) as u16;
        let words = [
            vec![1, 0, 10, 30, 44],
            vec![1, u16::from_be_bytes(*b"DF"), u16::from_be_bytes(*b"LT"), 8, 4, 0, 0, 0xffff, 1, 0],
            vec![1, u16::from_be_bytes(*b"cc"), u16::from_be_bytes(*b"mp"), 8, 0, 1, 0],
            vec![1, 4, 2, 0, 1, 8],
            vec![1, coverage, 2, 10, 10 + 2 * sequences[0].len() as u16],
            sequences.concat(),
            vec![1, 2, a, b],
        ];
        let face = with_gsub(words.concat().into_iter().flat_map(u16::to_be_bytes).collect());
        let crowd = face.shape("aaaa", Features::HAND);
        assert!((5..=4 * MOST_OF_A_LETTER).contains(&crowd.len()), "{} glyphs", crowd.len());
        assert!(crowd.iter().all(|placed| placed.cluster.end <= 4));
        let lacking = face.shape("cbc", Features::HAND);
        assert_eq!(lacking.iter().map(|placed| placed.glyph).collect::<Vec<_>>(), {
            let c = good.glyph('c').unwrap();
            [c, 0, c]
        });
    }

    #[test]
    fn damaged_fonts_are_refused_or_harmless() {
        let good = include_bytes!("../fonts/eb-garamond/EBGaramond-Regular.ttf");
        for bytes in [&b""[..], b"OTTO", b"\0\x01\0\0", b"%PDF-1.7", &good[..200], &good[..good.len() / 2]] {
            if let Ok(face) = Face::load(bytes.to_vec(), "broken.ttf") {
                let _ = face.shape("office", Features::TYPE);
            }
        }
        assert!(Face::load(Vec::new(), "x.ttf").unwrap_err().message.starts_with("x.ttf is not a font wetink can use"));
        // Bytes changed here and there: loading, shaping and drawing must come back, whatever they say.
        for round in 0..60_u64 {
            let mut bytes = good.to_vec();
            for step in 0..40 {
                let at = stir(round * 1000 + step) as usize % (if round % 2 == 0 { 4000 } else { bytes.len() });
                bytes[at] = stir(round * 7919 + step) as u8;
            }
            if let Ok(face) = Face::load(bytes, "broken.ttf") {
                let _ = face.shape("Dear office AVATAR", Features::TYPE);
                (0..400).for_each(|glyph| drop(face.outline(glyph)));
            }
        }
    }

    #[test]
    fn one_face_serves_several_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&garamond());
    }
}
