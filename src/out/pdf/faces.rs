//! The letters of a batch, gathered into fonts made for it.
//!
//! Every distinct shape becomes one glyph of a TrueType font that exists only inside the PDF. The name is neutral: a font
//! made of varied outlines is nobody's font any more, and some licences reserve the original's name.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use kurbo::PathEl;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use write_fonts::tables::glyf::{Contour, SimpleGlyph};
use write_fonts::tables::loca::Loca;
use write_fonts::tables::{head::Head, hhea::Hhea, hmtx::Hmtx, hmtx::LongMetric, maxp::Maxp};
use write_fonts::types::Tag;
use write_fonts::{FontBuilder, dump_table};

use crate::measure::{BezPath, Point};
use crate::page::{Shape, Word};
use crate::trouble::{Result, Trouble};

/// Glyphs in one font, `.notdef` included. The format ends at 65,535.
const FULL: usize = 60_000;

/// Units of the em in our fonts: the shapes' own thousandths, so that PDF widths need no scaling.
const EM: u16 = 1000;

/// How far an outline may reach, in thousandths of an em. TrueType ends at 32,767.
const FAR: f64 = 16_000.0;

/// How far a quadratic may stray from the cubic it stands for, in thousandths of an em: 0.004 pt at 14 pt.
const STRAY: f64 = 0.3;

/// Where a shape is: which font, which glyph, and the width the PDF says it has.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Index of the font.
    pub font: u16,
    /// Glyph in the font; 0 for a shape that draws nothing.
    pub glyph: u16,
    /// Advance, whole thousandths of an em.
    pub width: u16,
}

/// One finished font.
pub struct Face {
    /// `ABCDEF+Wetink`.
    pub name: String,
    /// The TrueType file.
    pub file: Vec<u8>,
    /// What each glyph stands for, from glyph 1 on. A hint only: every word carries its exact text beside.
    pub texts: Vec<char>,
}

/// The fonts in the making.
#[derive(Default)]
pub struct Faces {
    cells: HashMap<u64, Cell, BuildHasherDefault<Keyed>>,
    fresh: Vec<(Arc<Shape>, Cell)>,
    open: Vec<Open>,
}

/// Shapes' keys are hashes already: they need no hashing again, and every letter of the batch is looked up twice.
#[derive(Default)]
pub struct Keyed(u64);

impl Hasher for Keyed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_usize(&mut self, key: usize) {
        self.write_u64(key as u64);
    }

    fn write_u64(&mut self, key: u64) {
        // The table takes its places from the low bits and its tags from the high ones; a plain key may lack either.
        self.0 = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(26);
    }
}

#[derive(Default)]
struct Open {
    glyf: Vec<u8>,
    loca: Vec<u32>,
    metrics: Vec<LongMetric>,
    texts: Vec<char>,
    reach: Option<[i16; 4]>,
    points: u16,
    contours: u16,
}

struct Drawn {
    bytes: Vec<u8>,
    reach: [i16; 4],
    points: u16,
    contours: u16,
}

impl Faces {
    /// Gives every shape of a word that hasn't one a place in a font, in order of first appearance.
    pub fn meet(&mut self, word: &Word) {
        let paired = word.text.chars().count() == word.glyphs.len();
        let mut chars = word.text.chars();
        for glyph in &word.glyphs {
            let text = chars.next().filter(|_| paired);
            if !self.cells.contains_key(&glyph.shape.key) {
                let cell = self.place(&glyph.shape, text);
                self.cells.insert(glyph.shape.key, cell);
            }
        }
    }

    /// The same for a shape that stands for no letter.
    pub fn meet_shape(&mut self, shape: &Arc<Shape>) {
        if !self.cells.contains_key(&shape.key) {
            let cell = self.place(shape, None);
            self.cells.insert(shape.key, cell);
        }
    }

    fn place(&mut self, shape: &Arc<Shape>, text: Option<char>) -> Cell {
        let width = shape.advance.round() as u16;
        if shape.outline.elements().is_empty() {
            return Cell { font: 0, glyph: 0, width };
        }
        if self.open.last().is_none_or(|font| font.texts.len() + 1 >= FULL) {
            self.open.push(Open::default());
        }
        let font = self.open.len() - 1;
        let texts = &mut self.open[font].texts;
        texts.push(text.unwrap_or(char::REPLACEMENT_CHARACTER));
        let cell = Cell { font: font as u16, glyph: texts.len() as u16, width };
        self.fresh.push((Arc::clone(shape), cell));
        cell
    }

    /// Turns the outlines met since the last call into glyphs; afterwards the outlines aren't needed any more.
    pub fn settle(&mut self) -> Result<()> {
        let fresh = std::mem::take(&mut self.fresh);
        let drawn: Vec<Drawn> = fresh.par_iter().map(|(shape, _)| draw(&shape.outline)).collect::<Result<_>>()?;
        for ((_, cell), drawn) in fresh.iter().zip(drawn) {
            let font = &mut self.open[usize::from(cell.font)];
            font.loca.push(font.glyf.len() as u32);
            font.glyf.extend_from_slice(&drawn.bytes);
            // The bearing must be the outline's own left end: with 0 renderers shift the letter there.
            font.metrics.push(LongMetric::new(cell.width, drawn.reach[0]));
            font.points = font.points.max(drawn.points);
            font.contours = font.contours.max(drawn.contours);
            let all = font.reach.get_or_insert(drawn.reach);
            for side in 0..2 {
                all[side] = all[side].min(drawn.reach[side]);
                all[side + 2] = all[side + 2].max(drawn.reach[side + 2]);
            }
        }
        Ok(())
    }

    /// Where the shape of this key is. `None` for one never met.
    pub fn cell(&self, key: u64) -> Option<Cell> {
        self.cells.get(&key).copied()
    }

    /// The fonts, done.
    pub fn finish(mut self) -> Result<Vec<Face>> {
        self.settle()?;
        self.open.into_par_iter().map(Open::close).collect()
    }
}

impl Open {
    fn close(self) -> Result<Face> {
        let count = self.texts.len() as u16 + 1;
        let [x_min, y_min, x_max, y_max] = self.reach.unwrap_or_default();
        let widest = self.metrics.iter().map(|m| m.advance).max().unwrap_or_default();
        // Glyph 0 is `.notdef`: empty, so its place begins and ends where glyph 1 begins.
        let loca = Loca::new(std::iter::once(0).chain(self.loca).chain([self.glyf.len() as u32]).collect());
        let metrics = std::iter::once(LongMetric::new(0, 0)).chain(self.metrics).collect();
        let head = Head {
            units_per_em: EM,
            x_min,
            y_min,
            x_max,
            y_max,
            lowest_rec_ppem: 6,
            index_to_loc_format: i16::from(loca.format() == write_fonts::tables::loca::LocaFormat::Long),
            ..Head::default()
        };
        let hhea = Hhea {
            ascender: y_max.into(),
            descender: y_min.into(),
            advance_width_max: widest.into(),
            x_max_extent: x_max.into(),
            caret_slope_rise: 1,
            number_of_h_metrics: count,
            ..Hhea::default()
        };
        let maxp = Maxp {
            num_glyphs: count,
            max_points: Some(self.points),
            max_contours: Some(self.contours),
            max_composite_points: Some(0),
            max_composite_contours: Some(0),
            max_zones: Some(1),
            max_twilight_points: Some(0),
            max_storage: Some(0),
            max_function_defs: Some(0),
            max_instruction_defs: Some(0),
            max_stack_elements: Some(0),
            max_size_of_instructions: Some(0),
            max_component_elements: Some(0),
            max_component_depth: Some(0),
        };
        let mut font = FontBuilder::new();
        font.add_table(&head)
            .and_then(|font| font.add_table(&hhea))
            .and_then(|font| font.add_table(&maxp))
            .and_then(|font| font.add_table(&Hmtx::new(metrics, Vec::new())))
            .and_then(|font| font.add_table(&loca))
            .map_err(|error| Trouble::failed(format!("cannot make the batch's font: {error}")))?;
        font.add_raw(Tag::new(b"glyf"), self.glyf);
        let file = font.build();
        Ok(Face { name: format!("{}+Wetink", tag(&file)), file, texts: self.texts })
    }
}

/// Six capitals from the font's own bytes: the same letters, the same tag.
fn tag(file: &[u8]) -> String {
    Sha256::digest(file).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}

/// An outline as TrueType has it: whole units, quadratic curves.
fn draw(outline: &BezPath) -> Result<Drawn> {
    let near = |p: Point| Point::new(tame(p.x), tame(p.y));
    let mut path = BezPath::new();
    let mut pen = Point::ZERO;
    for element in outline.elements() {
        match *element {
            PathEl::MoveTo(p) => path.move_to(near(p)),
            _ if path.elements().is_empty() => break,
            PathEl::LineTo(p) => path.line_to(near(p)),
            PathEl::QuadTo(a, p) => path.quad_to(near(a), near(p)),
            PathEl::CurveTo(a, b, p) => {
                for (_, _, quad) in kurbo::CubicBez::new(pen, near(a), near(b), near(p)).to_quads(STRAY) {
                    path.quad_to(quad.p1, quad.p2);
                }
            }
            PathEl::ClosePath => path.close_path(),
        }
        pen = match *element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) | PathEl::QuadTo(_, p) | PathEl::CurveTo(_, _, p) => near(p),
            PathEl::ClosePath => pen,
        };
    }
    if path.elements().is_empty() {
        return Ok(Drawn { bytes: Vec::new(), reach: [0; 4], points: 0, contours: 0 });
    }
    let broken = || Trouble::failed("a letter's outline can't be put into a font");
    let glyph = SimpleGlyph::from_bezpath(&path).map_err(|_| broken())?;
    let points = u16::try_from(glyph.contours.iter().map(Contour::len).sum::<usize>()).map_err(|_| broken())?;
    let contours = u16::try_from(glyph.contours.len()).map_err(|_| broken())?;
    let reach = [glyph.bbox.x_min, glyph.bbox.y_min, glyph.bbox.x_max, glyph.bbox.y_max];
    let mut bytes = dump_table(&glyph).map_err(|_| broken())?;
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    Ok(Drawn { bytes, reach, points, contours })
}

fn tame(x: f64) -> f64 {
    if x.is_finite() { x.clamp(-FAR, FAR) } else { 0.0 }
}
