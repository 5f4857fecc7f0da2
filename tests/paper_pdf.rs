//! The PDF leaf: what is on the page is in the file, word for word, box for box, and the usual judges find nothing wrong.

mod paper;

use std::io::Cursor;
use std::sync::Arc;

use image::ImageEncoder;
use lopdf::{Dictionary, Document, Object};
use paper::{block, letter, lines, set, tool, written};
use wetink::measure::{Affine, Point, Rect, Size, mm};
use wetink::out::pdf::{Meta, Sides, write};
use wetink::page::{Glyph, Ink, Item, Page, Pen, Picture, Word};

const NOTE: &str = "Ana, how did the boots do on those hills? You owe me the story of the tram driver (and of Zoë’s “quick” \
                    shortcut). Grüße nach Łódź: naïve café, 50 € – or more…";

fn meta() -> Meta {
    Meta {
        title: "December cards – Łódź".into(),
        author: "Reed & Sons".into(),
        language: "en".into(),
        sides: Some(Sides::LongEdge),
        ..Meta::default()
    }
}

fn a6() -> Size {
    Size::new(mm(105.0), mm(148.0))
}

fn card(seed: u64) -> Page {
    let mut page = Page::new(a6());
    page.items.push(lines("Many happy returns from all of us at Reed & Sons.", 30.0, 260.0, 60.0, 11.0, None));
    page.items.push(lines(NOTE, 30.0, 260.0, 120.0, 15.0, Some(seed)));
    page
}

fn open(bytes: &[u8]) -> Document {
    Document::load_mem(bytes).unwrap()
}

fn dictionaries(document: &Document) -> Vec<&Dictionary> {
    document.get_pages().values().map(|id| document.get_dictionary(*id).unwrap()).collect()
}

fn numbers(page: &Dictionary, key: &[u8]) -> Vec<f64> {
    page.get(key).unwrap().as_array().unwrap().iter().map(|n| f64::from(n.as_float().unwrap())).collect()
}

fn near(found: &[f64], wanted: [f64; 4]) {
    for (found, wanted) in found.iter().zip(wanted) {
        assert!((found - wanted).abs() < 0.01, "{found} is not {wanted}");
    }
}

#[test]
fn words_come_out_as_they_went_in() {
    let pages: Vec<Page> = (0..3).map(card).collect();
    let bytes = write(&pages, &meta()).unwrap();
    let Some(text) = tool("pdftotext", &["FILE", "-"], &bytes) else { return };
    let found: Vec<&str> = text.split_whitespace().collect();
    let wanted: Vec<&str> = pages.iter().flat_map(|page| wetink::page::words(&page.items)).map(|word| &*word.text).collect();
    assert_eq!(found, wanted);
}

#[test]
fn judges_find_nothing_wrong() {
    let pages: Vec<Page> = (0..3).map(card).collect();
    let bytes = write(&pages, &meta()).unwrap();
    if let Some(said) = tool("qpdf", &["--check", "FILE"], &bytes) {
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        assert!(!said.to_lowercase().contains("warn"), "{said}");
    }
    if let Some(said) = tool("pdffonts", &["FILE"], &bytes) {
        let rows: Vec<&str> = said.lines().skip(2).collect();
        assert_eq!(rows.len(), 1, "{said}");
        // Columns: … emb sub uni, object, generation.
        let columns: Vec<&str> = rows[0].split_whitespace().rev().skip(2).take(3).collect();
        assert_eq!(columns, ["yes", "yes", "yes"], "{said}");
        let (tag, name) = rows[0].split_once('+').unwrap();
        assert!(tag.len() == 6 && tag.bytes().all(|b| b.is_ascii_uppercase()) && name.starts_with("Wetink "), "{said}");
    }
    if let Some(said) = tool("pdfinfo", &["FILE"], &bytes) {
        assert!(said.contains("December cards – Łódź"), "{said}");
        assert!(!said.contains("subtype") && !said.contains("PDF/X"), "{said}");
        assert!(!said.contains("Date"), "{said}");
    }
    if let Some(said) = tool("pdftoppm", &["-r", "72", "-gray", "FILE"], &bytes) {
        assert!(!said.contains("rror"), "{said}");
    }
}

#[test]
fn boxes_are_exact() {
    let mut page = Page::new(Size::new(450.0, 306.0));
    page.trim = Rect::new(9.0, 9.0, 441.0, 297.0);
    let mut odd = Page::new(Size::new(mm(105.0), mm(148.0)));
    odd.trim = Rect::new(mm(3.0), mm(4.0), mm(100.0), mm(143.0));
    odd.bleed = Rect::new(mm(1.0), mm(2.0), mm(103.0), mm(146.0));
    let bytes = write([page, odd], &meta()).unwrap();
    let document = open(&bytes);
    let found = dictionaries(&document);
    for key in [b"MediaBox".as_slice(), b"CropBox", b"BleedBox"] {
        near(&numbers(found[0], key), [0.0, 0.0, 450.0, 306.0]);
    }
    near(&numbers(found[0], b"TrimBox"), [9.0, 9.0, 441.0, 297.0]);
    near(&numbers(found[1], b"MediaBox"), [0.0, 0.0, mm(105.0), mm(148.0)]);
    // PDF counts from below: 148 - 143 = 5 mm.
    near(&numbers(found[1], b"TrimBox"), [mm(3.0), mm(5.0), mm(100.0), mm(144.0)]);
    near(&numbers(found[1], b"BleedBox"), [mm(1.0), mm(2.0), mm(103.0), mm(146.0)]);
}

#[test]
fn printers_are_told() {
    let bytes = write([card(0)], &meta()).unwrap();
    let document = open(&bytes);
    let catalog = document.catalog().unwrap();
    let wishes = catalog.get(b"ViewerPreferences").unwrap().as_dict().unwrap();
    assert_eq!(wishes.get(b"PrintScaling").unwrap().as_name().unwrap(), b"None");
    assert_eq!(wishes.get(b"Duplex").unwrap().as_name().unwrap(), b"DuplexFlipLongEdge");
    assert_eq!(wishes.get(b"PickTrayByPDFSize").unwrap(), &Object::Boolean(true));
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"en");
    assert!(!document.trailer.get_deref(b"Info", &document).unwrap().as_dict().unwrap().has(b"GTS_PDFXVersion"));
}

#[test]
fn same_pages_same_bytes() {
    let make = |seeds: std::ops::Range<u64>| write(seeds.map(card), &meta()).unwrap();
    let first = make(0..300);
    assert_eq!(first, make(0..300));
    assert_ne!(first, make(1..301));
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(first, one_thread.install(|| make(0..300)));
}

#[test]
fn shared_drawings_are_kept_once() {
    let cover: Arc<Vec<Item>> = Arc::new(
        (0..400).map(|i| block(Rect::new(f64::from(i), 3.0, f64::from(i) + 0.5, 90.0), Ink::hex(0x00cc_3300))).collect(),
    );
    let pages = (0..40).map(|_| {
        let mut page = Page::new(a6());
        let clip = Some(Rect::new(0.0, 0.0, 200.0, 50.0));
        page.items.push(Item::Placed { drawing: Arc::clone(&cover), at: Affine::translate((20.0, 30.0)), clip });
        page
    });
    let bytes = write(pages, &meta()).unwrap();
    assert!(bytes.len() < 20_000, "{} bytes", bytes.len());
    let document = open(&bytes);
    let forms = document.objects.values().filter_map(|o| o.as_stream().ok());
    assert_eq!(forms.filter(|s| s.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Form")).count(), 1);
    if let Some(said) = tool("qpdf", &["--check", "FILE"], &bytes) {
        assert!(!said.to_lowercase().contains("warn"), "{said}");
    }
}

#[test]
fn black_is_black_ink_alone() {
    let mut page = Page::new(a6());
    page.items.push(Item::Words(vec![set("black", Point::new(20.0, 20.0), 12.0)]));
    page.items.push(block(Rect::new(0.0, 0.0, 5.0, 5.0), Ink::grey(0.5)));
    let bytes = write([page], &meta()).unwrap();
    let document = open(&bytes);
    let (_, id) = document.get_pages().into_iter().next().unwrap();
    let orders = String::from_utf8_lossy(&document.get_page_content(id)).into_owned();
    assert!(orders.contains("0 g\n") && orders.contains(".5 g\n") && !orders.contains("rg"), "{orders}");
}

#[test]
fn a_photo_keeps_its_bytes_and_loses_its_place() {
    let pixels = image::RgbImage::from_fn(40, 20, |x, y| image::Rgb([(x * 6) as u8, (y * 12) as u8, 90]));
    let mut jpeg = Vec::new();
    image::codecs::jpeg::JpegEncoder::new(Cursor::new(&mut jpeg)).encode_image(&pixels).unwrap();
    // An EXIF block saying "held on its side" and where the shop is.
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
    exif.extend_from_slice(b"SECRET PLACE");
    let mut held = vec![0xff, 0xd8, 0xff, 0xe1];
    held.extend_from_slice(&(exif.len() as u16 + 2).to_be_bytes());
    held.extend_from_slice(&exif);
    held.extend_from_slice(&jpeg[2..]);
    let mut png = Vec::new();
    let clear = image::RgbaImage::from_pixel(3, 3, image::Rgba([10, 10, 10, 0]));
    image::codecs::png::PngEncoder::new(&mut png).write_image(&clear, 3, 3, image::ExtendedColorType::Rgba8).unwrap();

    let mut page = Page::new(a6());
    let place = |x: f64| Affine::new([60.0, 0.0, 0.0, 80.0, x, 30.0]);
    page.items.push(Item::Picture(Arc::new(Picture { key: 1, file: held, width: 20, height: 40 }), place(10.0)));
    page.items.push(Item::Picture(Arc::new(Picture { key: 2, file: png, width: 3, height: 3 }), place(90.0)));
    let bytes = write([page], &meta()).unwrap();
    let document = open(&bytes);
    let mut images: Vec<_> = document
        .objects
        .values()
        .filter_map(|o| o.as_stream().ok())
        .filter(|s| s.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Image"))
        .collect();
    images.sort_by_key(|s| s.dict.get(b"Width").unwrap().as_i64().unwrap());
    assert_eq!(images.len(), 2);
    // What was transparent is white paper.
    assert_eq!(images[0].decompressed_content().unwrap(), [255; 9]);
    assert!(images[1].content.windows(64).any(|part| part == &jpeg[jpeg.len() - 64..]));
    assert!(!images[1].content.windows(6).any(|part| part == b"SECRET"));
    if let Some(said) = tool("qpdf", &["--check", "FILE"], &bytes) {
        assert!(!said.to_lowercase().contains("warn"), "{said}");
    }
    // Turned: the picture's left edge, dark to bright in green downwards, is at the top when seen, from right to left.
    let Some(said) = tool("pdfimages", &["-list", "FILE"], &bytes) else { return };
    assert!(said.contains("jpeg"), "{said}");
}

#[test]
fn nothing_is_too_strange_to_draw() {
    let strange = Affine::new([f64::NAN, 0.0, 0.0, 1.0, 0.0, 0.0]);
    let flat = Affine::new([0.0; 6]);
    let mut page = Page::new(a6());
    let glyphs = [strange, flat, Affine::scale(1e300)].map(|at| Glyph { shape: letter('x', 0), at }).to_vec();
    page.items.push(Item::Words(vec![Word { text: "odd\0(\\)".into(), glyphs, ink: Ink { r: f32::NAN, g: 9.0, b: -1.0 } }]));
    page.items.push(Item::Words(vec![
        Word { text: "".into(), glyphs: Vec::new(), ink: Ink::BLACK },
        written("(\\\r)", Point::new(20.0, 90.0), 9.0, 3),
    ]));
    let pen = Pen { ink: Ink::BLACK, width: -1.0, dash: Some((0.0, 0.0)) };
    page.items.push(Item::Stroke(kurbo::BezPath::new(), pen));
    let mut line = kurbo::BezPath::new();
    line.move_to((1.0, 1.0));
    line.line_to((f64::INFINITY, 2.0));
    page.items.push(Item::Stroke(line.clone(), pen));
    page.items.push(Item::Fill(line, Ink::BLACK));
    page.items.push(Item::Placed { drawing: Arc::new(Vec::new()), at: strange, clip: None });
    let bytes = write([page, Page::new(a6())], &Meta::default()).unwrap();
    if let Some(said) = tool("qpdf", &["--check", "FILE"], &bytes) {
        assert!(!said.to_lowercase().contains("warn"), "{said}");
    }
    let none = write(Vec::<Page>::new(), &Meta::default()).unwrap();
    assert_eq!(open(&none).get_pages().len(), 0);
    let broken = Picture { key: 9, file: b"GIF89a".to_vec(), width: 1, height: 1 };
    let mut page = Page::new(a6());
    page.items.push(Item::Picture(Arc::new(broken), Affine::IDENTITY));
    assert!(write([page], &Meta::default()).unwrap_err().message.contains("cannot read a picture"));
}
