//! Pages as PDF bytes. The only file that names printpdf.
//!
//! printpdf makes the fonts, the resources and the structure; the pages' drawing orders are written and deflated here, many
//! pages at a time, and put into its document through lopdf. Its own operations took 1.6 times as long and kept every page in
//! memory. Nothing in the file comes from the clock or from chance: the same pages give the same bytes.

mod faces;
mod strokes;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use printpdf::{Codepoint, FontId, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::measure::{Affine, Rect, Size};
use crate::out::photo::{self, Photo};
use crate::page::{Item, Page, Picture};
use crate::trouble::{Result, Trouble};
use faces::Face;
use strokes::Cupboard;

/// Pages drawn and deflated together: enough for every core, few enough to hold.
const TOGETHER: usize = 128;

/// How a printer should turn the paper, as far as a file can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sides {
    /// One side only.
    One,
    /// Both, the paper turned over its long edge.
    LongEdge,
    /// Both, the paper turned over its short edge.
    ShortEdge,
}

/// What the file says about itself.
#[derive(Clone, Debug, Default)]
pub struct Meta {
    /// Title, shown by readers in the window's bar.
    pub title: String,
    /// The shop; may be empty.
    pub author: String,
    /// Language of the text, `en`, `de-AT`; may be empty.
    pub language: String,
    /// How to print it; `None` leaves it to whoever prints.
    pub sides: Option<Sides>,
}

/// A PDF of these pages, taken one after the other and not kept.
pub fn write<P: Borrow<Page> + Sync>(pages: impl IntoIterator<Item = P>, meta: &Meta) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_to(&mut bytes, pages, meta)?;
    Ok(bytes)
}

/// The same, into a file or wherever else bytes go. Put something buffered there: the writes are small.
pub fn write_to<P: Borrow<Page> + Sync>(target: &mut impl Write, pages: impl IntoIterator<Item = P>, meta: &Meta) -> Result<()> {
    let mut book = Book::default();
    let mut pages = pages.into_iter();
    loop {
        let some: Vec<P> = pages.by_ref().take(TOGETHER).collect();
        if some.is_empty() {
            break;
        }
        book.add(&some.iter().map(Borrow::borrow).collect::<Vec<_>>())?;
    }
    let mut document = book.bind(meta)?;
    document.save_modern(target).map_err(|error| Trouble::failed(format!("cannot write the PDF: {error}")))
}

/// The file in the making.
#[derive(Default)]
struct Book {
    cupboard: Cupboard,
    /// Shared drawings, held so that their addresses stay theirs.
    shared: Vec<Arc<Vec<Item>>>,
    drawings: Vec<Vec<u8>>,
    photos: Vec<Photo>,
    leaves: Vec<Leaf>,
}

/// A page as it will stand in the file.
struct Leaf {
    size: Size,
    trim: Rect,
    bleed: Rect,
    orders: Vec<u8>,
}

impl Book {
    fn add(&mut self, pages: &[&Page]) -> Result<()> {
        let known = self.shared.len();
        let mut seen = HashMap::new();
        let mut pictures = Vec::new();
        for page in pages {
            self.meet(&page.items, &mut seen, &mut pictures);
        }
        self.cupboard.faces.settle()?;
        let photos: Vec<Photo> = pictures.par_iter().map(|picture| photo::open(&picture.file)).collect::<Result<_>>()?;
        for (picture, photo) in pictures.iter().zip(photos) {
            self.cupboard.pictures.insert(picture.key, (self.photos.len(), photo.turn));
            self.photos.push(photo);
        }
        let cupboard = &self.cupboard;
        let drawn = self.shared[known..].par_iter().map(|items| deflate(&strokes::drawing(items, cupboard)));
        self.drawings.par_extend(drawn.collect::<Result<Vec<_>>>()?);
        let leaves = pages.par_iter().map(|page| {
            let orders = deflate(&strokes::page(&page.items, page.size.height, cupboard))?;
            Ok(Leaf { size: page.size, trim: page.trim, bleed: page.bleed, orders })
        });
        self.leaves.par_extend(leaves.collect::<Result<Vec<_>>>()?);
        Ok(())
    }

    /// Notes everything the items need. A drawing met twice among the pages drawn together becomes one of the file's shared
    /// drawings; one met once is drawn where it stands.
    fn meet(&mut self, items: &[Item], seen: &mut HashMap<usize, usize>, pictures: &mut Vec<Arc<Picture>>) {
        for item in items {
            match item {
                Item::Words(words) => words.iter().for_each(|word| self.cupboard.faces.meet(word)),
                Item::Picture(picture, _) => {
                    let held = self.cupboard.pictures.contains_key(&picture.key);
                    if !held && pictures.iter().all(|other| other.key != picture.key) {
                        pictures.push(Arc::clone(picture));
                    }
                }
                Item::Placed { drawing, .. } => {
                    let address = strokes::address(drawing);
                    if self.cupboard.drawings.contains_key(&address) {
                        continue;
                    }
                    let times = seen.entry(address).or_insert(0);
                    *times += 1;
                    if *times == 1 {
                        self.meet(drawing, seen, pictures);
                    } else {
                        self.cupboard.drawings.insert(address, self.shared.len());
                        self.shared.push(Arc::clone(drawing));
                    }
                }
                Item::Fill(..) | Item::Stroke(..) => {}
            }
        }
    }

    /// The document, ready to be written.
    fn bind(self, meta: &Meta) -> Result<Document> {
        let faces = self.cupboard.faces.finish()?;
        let mut document = carrier(&faces, meta)?;
        let pages = reference(document.catalog().map_err(odd)?, b"Pages")?;
        let carrier = document.get_pages().into_values().next().ok_or_else(broken)?;
        let carrier = document.objects.remove(&carrier).ok_or_else(broken)?;
        let carrier = carrier.as_dict().map_err(odd)?;
        let resources = reference(carrier, b"Resources")?;
        document.objects.remove(&reference(carrier, b"Contents")?);
        press(&mut document)?;

        let mut cabinet = Dictionary::new();
        for (number, photo) in self.photos.into_iter().enumerate() {
            cabinet.set(format!("P{number}"), document.add_object(picture(photo)?));
        }
        for (number, orders) in self.drawings.into_iter().enumerate() {
            let form = dictionary! {
                "Type" => "XObject",
                "Subtype" => "Form",
                "BBox" => boxed(&crate::page::bounds(&self.shared[number]).unwrap_or_default().inflate(1.0, 1.0)),
                "Resources" => resources,
                "Filter" => "FlateDecode",
            };
            cabinet.set(format!("D{number}"), document.add_object(Stream::new(form, orders).with_compression(false)));
        }
        let drawer = document.get_dictionary_mut(resources).map_err(odd)?;
        drawer.remove(b"ExtGState");
        drawer.remove(b"Shading");
        if cabinet.is_empty() {
            drawer.remove(b"XObject");
        } else {
            drawer.set("XObject", cabinet);
        }
        if faces.is_empty() {
            drawer.remove(b"Font");
        }

        let mut kids = Vec::with_capacity(self.leaves.len());
        for leaf in self.leaves {
            let filter = dictionary! { "Filter" => "FlateDecode" };
            let orders = document.add_object(Stream::new(filter, leaf.orders).with_compression(false));
            let paper = leaf.size.to_rect();
            let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, leaf.size.height]);
            let inside = |part: Rect| boxed(&up.transform_rect_bbox(part.intersect(paper)));
            kids.push(Object::from(document.add_object(dictionary! {
                "Type" => "Page",
                "Parent" => pages,
                "MediaBox" => boxed(&paper),
                "CropBox" => boxed(&paper),
                "BleedBox" => inside(leaf.bleed),
                "TrimBox" => inside(leaf.trim),
                "Resources" => resources,
                "Contents" => orders,
            })));
        }
        let tree = document.get_dictionary_mut(pages).map_err(odd)?;
        tree.set("Count", kids.len() as i64);
        tree.set("Kids", kids);
        describe(&mut document, meta)?;
        document.prune_objects();
        document.renumber_objects();
        sign(&mut document);
        Ok(document)
    }
}

/// A document of one page that shows every letter of the fonts, so that printpdf embeds them whole. The page itself is thrown
/// away, its resources serve all pages.
fn carrier(faces: &[Face], meta: &Meta) -> Result<Document> {
    let mut pdf = PdfDocument::new(&meta.title);
    let mut ops = Vec::new();
    for (number, face) in faces.iter().enumerate() {
        let mut font = ParsedFont::from_bytes(&face.file, 0, &mut Vec::new()).ok_or_else(broken)?;
        font.font_name = Some(face.name.clone());
        let id = FontId(format!("F{number}"));
        let letters = face.texts.iter().zip(1..).map(|(text, gid)| Codepoint { gid, offset: 0.0, cid: Some(text.to_string()) });
        ops.push(Op::SetFont { font: PdfFontHandle::External(id.clone()), size: Pt(1.0) });
        ops.push(Op::ShowText { items: vec![TextItem::GlyphIds(letters.collect())] });
        pdf.resources.fonts.map.insert(id, PdfFont::new(font));
    }
    pdf.pages.push(PdfPage::new(Pt(72.0).into(), Pt(72.0).into(), ops));
    let options = PdfSaveOptions { subset_fonts: false, image_optimization: None, ..PdfSaveOptions::default() };
    Ok(pdf.to_lopdf_document(&options, &mut Vec::new()))
}

/// Deflates what printpdf left plain: fonts and their maps.
fn press(document: &mut Document) -> Result<()> {
    for object in document.objects.values_mut() {
        if let Object::Stream(stream) = object
            && !stream.dict.has(b"Filter")
        {
            let pressed = deflate(&stream.content)?;
            stream.set_content(pressed);
            stream.dict.set("Filter", "FlateDecode");
        }
    }
    Ok(())
}

fn picture(photo: Photo) -> Result<Stream> {
    let form = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(photo.width),
        "Height" => i64::from(photo.height),
        "ColorSpace" => if photo.channels == 1 { "DeviceGray" } else { "DeviceRGB" },
        "BitsPerComponent" => 8,
        "Filter" => if photo.jpeg { "DCTDecode" } else { "FlateDecode" },
    };
    let bytes = if photo.jpeg { photo.bytes } else { deflate(&photo.bytes)? };
    Ok(Stream::new(form, bytes).with_compression(false))
}

/// What readers and printers are told: no scaling, the sheet's own size, and no claim to a standard nobody checked.
fn describe(document: &mut Document, meta: &Meta) -> Result<()> {
    let mut wishes = dictionary! { "PrintScaling" => "None", "PickTrayByPDFSize" => true, "DisplayDocTitle" => true };
    if let Some(sides) = meta.sides {
        wishes.set(
            "Duplex",
            match sides {
                Sides::One => "Simplex",
                Sides::LongEdge => "DuplexFlipLongEdge",
                Sides::ShortEdge => "DuplexFlipShortEdge",
            },
        );
    }
    let catalog = document.catalog_mut().map_err(odd)?;
    catalog.set("ViewerPreferences", wishes);
    catalog.set("PageLayout", "SinglePage");
    if !meta.language.is_empty() {
        catalog.set("Lang", text(&meta.language));
    }
    let mut info = dictionary! { "Title" => text(&meta.title), "Creator" => text("wetink"), "Producer" => text("wetink") };
    if !meta.author.is_empty() {
        info.set("Author", text(&meta.author));
    }
    let place = document.trailer.get(b"Info").and_then(Object::as_reference).map_err(odd)?;
    document.objects.insert(place, info.into());
    document.version = "1.7".into();
    Ok(())
}

/// Names the file by what is in it: the same content, the same name.
fn sign(document: &mut Document) {
    let mut sum = Sha256::new();
    for object in document.objects.values() {
        match object {
            Object::Stream(stream) => sum.update(&stream.content),
            other => sum.update(format!("{other:?}")),
        }
    }
    let name = Object::String(sum.finalize()[..16].to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![name.clone(), name]);
}

/// Text as a PDF keeps it outside of pages.
fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// Two corners, to a thousandth of a point.
fn boxed(part: &Rect) -> Object {
    let side = |at: f64| {
        let at = (at * 1000.0).round() / 1000.0;
        if at.fract() == 0.0 { Object::Integer(at as i64) } else { Object::Real(at as f32) }
    };
    Object::Array(vec![side(part.x0), side(part.y0), side(part.x1), side(part.y1)])
}

fn reference(dictionary: &Dictionary, key: &[u8]) -> Result<ObjectId> {
    dictionary.get(key).and_then(Object::as_reference).map_err(odd)
}

fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut pressed = ZlibEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    pressed
        .write_all(bytes)
        .and_then(|()| pressed.finish())
        .map_err(|error| Trouble::failed(format!("cannot deflate a page: {error}")))
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn odd(error: lopdf::Error) -> Trouble {
    Trouble::failed(format!("cannot put the PDF together: {error}"))
}

fn broken() -> Trouble {
    Trouble::failed("cannot put the PDF together")
}
