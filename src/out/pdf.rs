//! Pages as PDF bytes. The only file that names printpdf.
//!
//! printpdf makes the fonts and the structure. The pages' drawing orders are written and deflated here, many pages at a time,
//! and go into the file at once: printpdf's own operations took 1.6 times as long and kept every page in memory. What it made
//! is taken over from its lopdf document. Nothing in the file comes from the clock or from chance: the same pages give the
//! same bytes.

mod faces;
mod file;
mod stencil;
mod strokes;

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object, ObjectId, StringFormat, dictionary};
use printpdf::{Codepoint, FontId, Op, ParsedFont, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem};
use rayon::prelude::*;

use crate::measure::{Affine, Rect};
use crate::out::photo::{self, Photo};
use crate::page::{self, Item, Page, Picture};
use crate::trouble::{Result, Trouble};
use faces::Face;
use file::{File, Press, deflate};
use strokes::Cupboard;

/// Pages drawn and deflated together: enough for every core, few enough to hold.
const TOGETHER: usize = 128;
/// So many of them are one piece of work, few enough that no processor waits long for the last.
const AT_ONCE: usize = 4;

/// An outline that comes so often among the pages drawn together becomes a glyph.
const OFTEN: usize = 3;

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
    /// The last page given comes first.
    pub backwards: bool,
}

/// A PDF of these pages, taken one after the other and not kept.
pub fn write<P: Borrow<Page> + Send + Sync>(pages: impl IntoIterator<Item = P>, meta: &Meta) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_to(&mut bytes, pages, meta)?;
    Ok(bytes)
}

/// The same, into a file or wherever else bytes go, page by page. Put something buffered there: some writes are small.
pub fn write_to<P: Borrow<Page> + Send + Sync>(
    target: &mut (impl Write + ?Sized),
    pages: impl IntoIterator<Item = P>,
    meta: &Meta,
) -> Result<()> {
    let mut book = Book::open(target)?;
    pages.into_iter().try_for_each(|page| book.add(page))?;
    book.close(meta)
}

/// A document in the making, for whoever fills several at once.
pub struct Book<'a, P, W: Write + ?Sized> {
    file: File<'a, W>,
    /// Pages not yet drawn.
    waiting: Vec<P>,
    cupboard: Cupboard,
    /// Shared drawings, held so that their addresses stay theirs.
    shared: Vec<Arc<Vec<Item>>>,
    /// Object numbers of the shared drawings, the pictures and the pages.
    drawings: Vec<u32>,
    photos: Vec<u32>,
    leaves: Vec<u32>,
    /// Object numbers of what all pages share.
    resources: u32,
    tree: u32,
}

impl<'a, P: Borrow<Page> + Send + Sync, W: Write + ?Sized> Book<'a, P, W> {
    /// Begins a document. Put something buffered below it: some writes are small.
    pub fn open(target: &'a mut W) -> Result<Book<'a, P, W>> {
        let mut file = File::new(target)?;
        let (resources, tree) = (file.reserve(), file.reserve());
        let none = Vec::new;
        let cupboard = Cupboard::default();
        let (waiting, shared) = (Vec::with_capacity(TOGETHER), Vec::new());
        Ok(Book { file, waiting, cupboard, shared, drawings: none(), photos: none(), leaves: none(), resources, tree })
    }

    /// The next page. It is drawn with some of its followers, and then let go.
    pub fn add(&mut self, page: P) -> Result<()> {
        self.waiting.push(page);
        if self.waiting.len() < TOGETHER { Ok(()) } else { self.press() }
    }

    fn press(&mut self) -> Result<()> {
        let some = std::mem::take(&mut self.waiting);
        let pages: Vec<&Page> = some.iter().map(Borrow::borrow).collect();
        let known = self.shared.len();
        let mut seen = HashMap::new();
        let mut pictures = Vec::new();
        for page in &pages {
            self.meet(&page.items, &mut seen, &mut pictures);
        }
        let stencils: Vec<_> = pages
            .par_iter()
            .map(|page| {
                let mut found = Vec::new();
                strokes::stencils(&page.items, &mut found);
                found
            })
            .collect();
        let mut times: HashMap<u64, usize> = HashMap::new();
        for (stencil, path) in stencils.iter().flatten() {
            let times = times.entry(stencil.key).or_insert(0);
            *times += 1;
            // An outline that comes only once or twice is shorter than a glyph and its stamps.
            if *times == OFTEN {
                self.cupboard.faces.meet_shape(&stencil.shape(path));
            }
        }
        self.cupboard.faces.settle()?;
        let stamps = stencils.iter().flatten().filter_map(|(stencil, path)| {
            let cell = self.cupboard.faces.cell(stencil.key).filter(|cell| cell.glyph > 0)?;
            Some((strokes::place_of(path), (cell, stencil.at)))
        });
        self.cupboard.stamps = stamps.collect();
        for picture in &pictures {
            let photo = photo::open(&picture.file)?;
            self.cupboard.pictures.insert(picture.key, (self.photos.len(), photo.turn));
            let number = self.file.reserve();
            self.photos.push(number);
            self.picture(number, photo)?;
        }
        let cupboard = &self.cupboard;
        let orders: Vec<Vec<u8>> =
            self.shared[known..].par_iter().map(|items| deflate(&strokes::drawing(items, cupboard))).collect::<Result<_>>()?;
        for (items, orders) in self.shared[known..].iter().zip(orders) {
            let around = page::bounds(items).unwrap_or_default().inflate(1.0, 1.0);
            let form = format!(
                "/Type/XObject/Subtype/Form/BBox{}/Resources {} 0 R/Filter/FlateDecode",
                corners(strokes::grained(around)),
                self.resources
            );
            let number = self.file.reserve();
            self.drawings.push(number);
            self.file.stream(number, &form, &orders)?;
        }
        let orders: Vec<Vec<u8>> = pages
            .par_iter()
            .with_max_len(AT_ONCE)
            .map_init(Press::new, |press, page| press.deflate(&strokes::page(&page.items, page.size.height, cupboard)))
            .collect::<Result<_>>()?;
        for (page, orders) in pages.iter().zip(orders) {
            let contents = self.file.reserve();
            self.file.stream(contents, "/Filter/FlateDecode", &orders)?;
            let paper = page.size.to_rect();
            let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, page.size.height]);
            let inside = |part: Rect| corners(up.transform_rect_bbox(part.intersect(paper)));
            let (media, bleed, trim) = (corners(paper), inside(page.bleed), inside(page.trim));
            let leaf = self.file.reserve();
            self.leaves.push(leaf);
            self.file.object(
                leaf,
                format!(
                    "<</Type/Page/Parent {} 0 R/MediaBox{media}/CropBox{media}/BleedBox{bleed}/TrimBox{trim}/Resources {} 0 R\
                     /Contents {contents} 0 R>>",
                    self.tree, self.resources
                ),
            )?;
        }
        // A drawing is thousands of pieces of memory, and giving them back takes as long as laying them on their sheet.
        some.into_par_iter().with_max_len(AT_ONCE).for_each(drop);
        Ok(())
    }

    fn picture(&mut self, number: u32, photo: Photo) -> Result<()> {
        let colour = if photo.channels == 1 { "DeviceGray" } else { "DeviceRGB" };
        let (filter, bytes) = if photo.jpeg { ("DCTDecode", photo.bytes) } else { ("FlateDecode", deflate(&photo.bytes)?) };
        let (width, height) = (photo.width, photo.height);
        let form = format!(
            "/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/{colour}/BitsPerComponent 8/Filter/{filter}"
        );
        self.file.stream(number, &form, &bytes)
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

    /// Writes what comes last: the fonts, and what leads to everything.
    pub fn close(mut self, meta: &Meta) -> Result<()> {
        self.press()?;
        if meta.backwards {
            self.leaves.reverse();
        }
        let faces = self.cupboard.faces.finish()?;
        let mut document = carrier(&faces, meta)?;
        document.renumber_objects_with(self.file.next());
        self.file.reserve_to(document.max_id + 1);
        let page = document.get_pages().into_values().next().ok_or_else(broken)?;
        let shared = reference(document.get_dictionary(page).map_err(odd)?, b"Resources")?;
        let fonts = reference(document.get_dictionary(shared).map_err(odd)?, b"Font")?;
        describe(&mut document, meta, self.tree)?;
        let root = document.trailer.get(b"Root").and_then(Object::as_reference).map_err(odd)?;
        let info = document.trailer.get(b"Info").and_then(Object::as_reference).map_err(odd)?;
        // Only what is reached from here is taken over; the carrying page stays behind.
        let mut wanted = vec![fonts, root, info];
        let mut taken = BTreeSet::new();
        while let Some(id) = wanted.pop() {
            if taken.insert(id)
                && let Some(object) = document.objects.get(&id)
            {
                references(object, &mut wanted);
            }
        }
        for id in taken {
            if let Some(object) = document.objects.remove(&id) {
                self.file.copy(id.0, object)?;
            }
        }
        let mut named = String::new();
        for (letter, numbers) in [('P', &self.photos), ('D', &self.drawings)] {
            for (name, number) in numbers.iter().enumerate() {
                let _ = write!(named, "/{letter}{name} {number} 0 R");
            }
        }
        self.file.object(self.resources, format!("<</Font {} 0 R/XObject<<{named}>>>>", fonts.0))?;
        let kids: String = self.leaves.iter().map(|leaf| format!("{leaf} 0 R ")).collect();
        let count = self.leaves.len();
        self.file.object(self.tree, format!("<</Type/Pages/Count {count}/Kids[{}]>>", kids.trim_end()))?;
        self.file.finish(root.0, info.0)
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

/// What readers and printers are told: no scaling, the sheet's own size, and no claim to a standard nobody checked.
fn describe(document: &mut Document, meta: &Meta, tree: u32) -> Result<()> {
    let mut wishes = dictionary! { "PrintScaling" => "None", "PickTrayByPDFSize" => true, "DisplayDocTitle" => true };
    if let Some(sides) = meta.sides {
        let asked = match sides {
            Sides::One => "Simplex",
            Sides::LongEdge => "DuplexFlipLongEdge",
            Sides::ShortEdge => "DuplexFlipShortEdge",
        };
        wishes.set("Duplex", asked);
    }
    let catalog = document.catalog_mut().map_err(odd)?;
    catalog.set("ViewerPreferences", wishes);
    catalog.set("PageLayout", "SinglePage");
    catalog.set("Pages", (tree, 0));
    if !meta.language.is_empty() {
        catalog.set("Lang", text(&meta.language));
    }
    let mut info = dictionary! { "Title" => text(&meta.title), "Creator" => text("wetink"), "Producer" => text("wetink") };
    if !meta.author.is_empty() {
        info.set("Author", text(&meta.author));
    }
    let place = document.trailer.get(b"Info").and_then(Object::as_reference).map_err(odd)?;
    document.objects.insert(place, info.into());
    Ok(())
}

/// Text as a PDF keeps it outside of pages.
fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// Two corners of a box, to a thousandth of a point.
fn corners(part: Rect) -> String {
    let side = |at: f64| if at.is_finite() { (at.clamp(-1e6, 1e6) * 1000.0).round() / 1000.0 + 0.0 } else { 0.0 };
    format!("[{} {} {} {}]", side(part.x0), side(part.y0), side(part.x1), side(part.y1))
}

/// Every object this one refers to.
fn references(object: &Object, found: &mut Vec<ObjectId>) {
    match object {
        Object::Reference(id) => found.push(*id),
        Object::Array(items) => items.iter().for_each(|item| references(item, found)),
        Object::Dictionary(dictionary) => dictionary.iter().for_each(|(_, value)| references(value, found)),
        Object::Stream(stream) => stream.dict.iter().for_each(|(_, value)| references(value, found)),
        _ => {}
    }
}

fn reference(dictionary: &Dictionary, key: &[u8]) -> Result<ObjectId> {
    dictionary.get(key).and_then(Object::as_reference).map_err(odd)
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn odd(error: lopdf::Error) -> Trouble {
    Trouble::failed(format!("cannot put the PDF together: {error}"))
}

fn broken() -> Trouble {
    Trouble::failed("cannot put the PDF together")
}
