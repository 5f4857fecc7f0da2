//! A font as it lies in somebody else's PDF: often without the tables a typesetter needs, but its letters can be drawn.

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::DrawSettings;
use skrifa::{FontRef, GlyphId, MetadataProvider as _};

use super::Quads;
use crate::measure::{BezPath, Point};

/// The outlines of a font file.
pub struct Bare {
    bytes: Vec<u8>,
    per_em: f64,
}

impl Bare {
    /// Reads a TrueType or OpenType file; `None` if it is neither, or has no outlines.
    #[must_use]
    pub fn read(bytes: Vec<u8>) -> Option<Bare> {
        let font = FontRef::from_index(&bytes, 0).ok()?;
        font.outline_glyphs().format()?;
        let per_em = f64::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        (16.0..=16_384.0).contains(&per_em).then_some(Bare { bytes, per_em })
    }

    /// A glyph's outline in thousandths of an em, y up; empty for a blank, `None` if there is no such glyph or it can't be drawn.
    #[must_use]
    pub fn outline(&self, glyph: u32) -> Option<BezPath> {
        let font = FontRef::from_index(&self.bytes, 0).ok()?;
        let outline = font.outline_glyphs().get(GlyphId::new(glyph))?;
        let mut quads = Quads { path: BezPath::new(), scale: 1000.0 / self.per_em, last: Point::ZERO, broken: false };
        outline.draw(DrawSettings::unhinted(Size::unscaled(), LocationRef::default()), &mut quads).ok()?;
        (!quads.broken).then_some(quads.path)
    }

    /// The glyph of a character, if the font says.
    #[must_use]
    pub fn glyph(&self, character: char) -> Option<u32> {
        let font = FontRef::from_index(&self.bytes, 0).ok()?;
        font.charmap().map(character).map(skrifa::GlyphId::to_u32)
    }
}
