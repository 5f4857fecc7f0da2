//! Pages as PNG pictures, drawn by the program itself from the very shapes that are printed.

use std::collections::HashMap;
use std::sync::Arc;

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use kurbo::PathEl;
use tiny_skia::{
    Color, FillRule, FilterQuality, LineCap, LineJoin, Mask, Paint, Path, PathBuilder, Pixmap, PixmapPaint, Stroke, StrokeDash,
    Transform,
};

use crate::measure::{Affine, BezPath, Rect, Size};
use crate::out::photo;
use crate::page::{Ink, Item, Page, Picture, Shape};
use crate::trouble::{Result, Trouble};

/// The most pixels a picture may have: an A3 sheet at 600 dpi.
const MOST: f64 = 80e6;

/// Darker than this is ink; lighter is paper.
const PAPER: u8 = 250;

/// The page as the bytes of a PNG file, on white paper.
pub fn draw(page: &Page, dpi: f64) -> Result<Vec<u8>> {
    encode(&paint(page, dpi)?)
}

/// Pages side by side on one picture, so many across, each framed by a thin grey line: a batch at a glance.
pub fn contact_sheet(pages: &[Page], across: usize, dpi: f64) -> Result<Vec<u8>> {
    let gap = 12.0;
    let across = across.clamp(1, pages.len().max(1));
    let mut size = Size::new(gap, gap);
    let mut spots = Vec::with_capacity(pages.len());
    for row in pages.chunks(across) {
        let mut x = gap;
        for page in row {
            spots.push((x, size.height));
            x += page.size.width + gap;
        }
        size.width = size.width.max(x);
        size.height += row.iter().map(|page| page.size.height).fold(0.0, f64::max) + gap;
    }
    let mut brush = Brush::new(size, dpi, Color::from_rgba8(225, 225, 225, 255))?;
    for (page, (x, y)) in pages.iter().zip(spots) {
        let to = Affine::translate((x, y));
        let paper = page.size.to_rect();
        let white = kurbo::Shape::to_path(&paper, 0.1);
        brush.fill(&white, Ink::grey(1.0), to, None);
        let clip = brush.clip(paper, to, None);
        brush.items(&page.items, to, clip.as_ref())?;
    }
    encode(&brush.pixmap)
}

/// A page as shades of grey: 0 is black, 255 is paper.
pub struct Raster {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// Row by row.
    pub grey: Vec<u8>,
    scale: f64,
}

impl Raster {
    /// How many pixels with ink lie wholly inside a part of the page, which is given in points.
    #[must_use]
    pub fn inked(&self, part: Rect) -> usize {
        let inside = (part.scale_from_origin(self.scale)).intersect(Rect::new(0.0, 0.0, self.width as f64, self.height as f64));
        let columns = inside.x0.ceil() as usize..(inside.x1.floor() as usize).max(inside.x0.ceil() as usize);
        let rows = inside.y0.ceil() as usize..inside.y1.floor() as usize;
        rows.map(|y| self.grey[y * self.width..][columns.clone()].iter().filter(|grey| **grey < PAPER).count()).sum()
    }
}

/// The page as shades of grey, to look for ink in.
pub fn ink(page: &Page, dpi: f64) -> Result<Raster> {
    let pixmap = paint(page, dpi)?;
    let luma = |p: &tiny_skia::PremultipliedColorU8| {
        ((u32::from(p.red()) * 77 + u32::from(p.green()) * 151 + u32::from(p.blue()) * 28) >> 8) as u8
    };
    Ok(Raster {
        width: pixmap.width() as usize,
        height: pixmap.height() as usize,
        grey: pixmap.pixels().iter().map(luma).collect(),
        scale: dpi / 72.0,
    })
}

fn paint(page: &Page, dpi: f64) -> Result<Pixmap> {
    let mut brush = Brush::new(page.size, dpi, Color::WHITE)?;
    brush.items(&page.items, Affine::IDENTITY, None)?;
    Ok(brush.pixmap)
}

fn encode(pixmap: &Pixmap) -> Result<Vec<u8>> {
    // The paper is opaque, so nothing is left of transparency.
    let rgb: Vec<u8> = pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&rgb, pixmap.width(), pixmap.height(), ExtendedColorType::Rgb8)
        .map_err(|error| Trouble::failed(format!("cannot write a PNG: {error}")))?;
    Ok(bytes)
}

struct Brush {
    pixmap: Pixmap,
    scale: f64,
    letters: HashMap<u64, Option<Path>>,
    pictures: HashMap<u64, Pixmap>,
}

impl Brush {
    fn new(size: Size, dpi: f64, paper: Color) -> Result<Brush> {
        let scale = dpi / 72.0;
        let (width, height) = ((size.width * scale).round().max(1.0), (size.height * scale).round().max(1.0));
        let pixmap = (width * height <= MOST).then(|| Pixmap::new(width as u32, height as u32)).flatten();
        let mut pixmap = pixmap.ok_or_else(|| {
            Trouble::failed(format!("a picture of {width} by {height} pixels is too large")).hint("ask for fewer dots per inch")
        })?;
        pixmap.fill(paper);
        Ok(Brush { pixmap, scale, letters: HashMap::new(), pictures: HashMap::new() })
    }

    fn items(&mut self, items: &[Item], to: Affine, mask: Option<&Mask>) -> Result<()> {
        for item in items {
            match item {
                Item::Fill(path, ink) => self.fill(path, *ink, to, mask),
                Item::Stroke(path, pen) => {
                    let stroke = Stroke {
                        width: pen.width.max(0.01) as f32,
                        line_cap: LineCap::Round,
                        line_join: LineJoin::Round,
                        dash: pen.dash.and_then(|(dash, gap)| StrokeDash::new(vec![dash as f32, gap as f32], 0.0)),
                        ..Stroke::default()
                    };
                    if let Some(path) = outline(path) {
                        self.pixmap.stroke_path(&path, &colour(pen.ink), &stroke, self.transform(to), mask);
                    }
                }
                Item::Words(words) => {
                    for word in words {
                        for glyph in &word.glyphs {
                            self.letter(&glyph.shape, word.ink, to * glyph.at, mask);
                        }
                    }
                }
                Item::Picture(picture, at) => self.picture(picture, to * *at, mask)?,
                Item::Placed { drawing, at, clip } => {
                    let to = to * *at;
                    match clip {
                        Some(clip) => {
                            let mask = self.clip(*clip, to, mask);
                            self.items(drawing, to, mask.as_ref())?;
                        }
                        None => self.items(drawing, to, mask)?,
                    }
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, path: &BezPath, ink: Ink, to: Affine, mask: Option<&Mask>) {
        if let Some(path) = outline(path) {
            self.pixmap.fill_path(&path, &colour(ink), FillRule::Winding, self.transform(to), mask);
        }
    }

    fn letter(&mut self, shape: &Shape, ink: Ink, to: Affine, mask: Option<&Mask>) {
        let transform = self.transform(to);
        if let Some(path) = self.letters.entry(shape.key).or_insert_with(|| outline(&shape.outline)) {
            self.pixmap.fill_path(path, &colour(ink), FillRule::Winding, transform, mask);
        }
    }

    fn picture(&mut self, picture: &Arc<Picture>, to: Affine, mask: Option<&Mask>) -> Result<()> {
        if !self.pictures.contains_key(&picture.key) {
            let mut pixels = photo::seen(&picture.file)?;
            // Shrunk first to twice what will be seen: shrinking in one go while drawing would leave out most pixels.
            let spread = to.transform_rect_bbox(Rect::new(0.0, 0.0, 1.0, 1.0)).size() * self.scale * 2.0;
            let (width, height) = (spread.width.clamp(1.0, 1e4) as u32, spread.height.clamp(1.0, 1e4) as u32);
            if pixels.width() > width.saturating_mul(2) && pixels.height() > height.saturating_mul(2) {
                pixels = image::imageops::thumbnail(&pixels, width, height);
            }
            let mut map = Pixmap::new(pixels.width(), pixels.height()).ok_or_else(|| Trouble::failed("a picture is empty"))?;
            for (to, from) in map.pixels_mut().iter_mut().zip(pixels.pixels()) {
                let [r, g, b, a] = from.0;
                *to = tiny_skia::ColorU8::from_rgba(r, g, b, a).premultiply();
            }
            self.pictures.insert(picture.key, map);
        }
        if let Some(map) = self.pictures.get(&picture.key) {
            let unit = Affine::scale_non_uniform(1.0 / f64::from(map.width()), 1.0 / f64::from(map.height()));
            let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
            let transform = self.transform(to * unit);
            self.pixmap.draw_pixmap(0, 0, map.as_ref(), &paint, transform, mask);
        }
        Ok(())
    }

    /// The part that shows, within what showed before. `None` would mean "everything", so an impossible clip stays empty.
    fn clip(&self, part: Rect, to: Affine, mask: Option<&Mask>) -> Option<Mask> {
        let path = outline(&kurbo::Shape::to_path(&part, 0.1));
        let transform = self.transform(to);
        let mut clip = if let Some(mask) = mask {
            mask.clone()
        } else {
            let mut all = Mask::new(self.pixmap.width(), self.pixmap.height())?;
            all.data_mut().fill(255);
            all
        };
        match path {
            Some(path) => clip.intersect_path(&path, FillRule::Winding, true, transform),
            None => clip.clear(),
        }
        Some(clip)
    }

    fn transform(&self, to: Affine) -> Transform {
        let [a, b, c, d, e, f] = (Affine::scale(self.scale) * to).as_coeffs().map(|n| n as f32);
        Transform::from_row(a, b, c, d, e, f)
    }
}

fn colour(ink: Ink) -> Paint<'static> {
    let part = |level: f32| if level.is_finite() { level.clamp(0.0, 1.0) } else { 0.0 };
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    if let Some(colour) = Color::from_rgba(part(ink.r), part(ink.g), part(ink.b), 1.0) {
        paint.set_color(colour);
    }
    paint
}

fn outline(path: &BezPath) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => builder.move_to(p.x as f32, p.y as f32),
            PathEl::LineTo(p) => builder.line_to(p.x as f32, p.y as f32),
            PathEl::QuadTo(a, p) => builder.quad_to(a.x as f32, a.y as f32, p.x as f32, p.y as f32),
            PathEl::CurveTo(a, b, p) => {
                builder.cubic_to(a.x as f32, a.y as f32, b.x as f32, b.y as f32, p.x as f32, p.y as f32);
            }
            PathEl::ClosePath => builder.close(),
        }
    }
    builder.finish()
}
