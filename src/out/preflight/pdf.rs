//! A PDF's structure: how many pages, how large, whose fonts, how fine the pictures.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use super::fonts::{self, dict, get, number};
use super::{Asked, Finding, Look, Side, index, ink};
use crate::measure::{Affine, Rect, Size};
use crate::out::pack::{Artwork, Format, Service};

/// More pages are counted and not looked at.
const PAGES: usize = 400;
/// Bytes that one of its lists of objects may unpack to.
const LISTS: usize = 8 << 20;
/// Objects looked into for fonts.
const OBJECTS: usize = 20_000;
/// A page's size may be off by so many points: rounding, not measure.
const SLACK: f64 = 0.5;
/// Dots per inch may be short by this share of rounding.
const FINE: f64 = 0.995;

pub fn check(bytes: &[u8], asked: &Asked<'_>) -> Vec<Finding> {
    let service = asked.service;
    let title = &service.title;
    let locked = || {
        Finding::reject(
            "encryption",
            "the file is encrypted; a password that is empty counts, too".into(),
            "save it without a password and without restrictions",
        )
    };
    let damaged = |why: &str| {
        let message = format!("the PDF can't be read: {}", crate::words::shown(why));
        vec![Finding::reject("damaged", message, "open it and save it anew as PDF")]
    };
    if index::is_endless(bytes) {
        return damaged("the list of its objects is broken");
    }
    let options = LoadOptions { max_decompressed_size: Some(LISTS), ..LoadOptions::default() };
    let document = match Document::load_mem_with_options(bytes, options) {
        Ok(document) => document,
        Err(_) if bytes.windows(8).any(|w| w == b"/Encrypt") => return vec![locked()],
        Err(error) => return damaged(&error.to_string()),
    };
    let mut found = Vec::new();
    if document.is_encrypted() || document.was_encrypted() {
        found.push(locked());
        // Without its password there is nothing to be read.
        if document.page_iter().next().is_none() {
            return found;
        }
    }
    if service.artwork == Artwork::Picture {
        let message = format!("{title} takes pictures for a card's cover, not PDFs");
        found.push(Finding::reject("kind", message, "`wetink pack` makes the pictures; or save the page as PNG"));
    }
    let pages: Vec<ObjectId> = document.page_iter().take(PAGES * 10).collect();
    let count = pages.len();
    let right = match service.artwork {
        Artwork::TwoFiles | Artwork::Picture => count == 1,
        Artwork::OneFile => count == 2,
        Artwork::OneBatch => count > 0 && count.is_multiple_of(2),
    };
    if !right {
        let wants = match service.artwork {
            Artwork::TwoFiles | Artwork::Picture => "one page in each of two files, front and back",
            Artwork::OneFile => "two: the picture side and the address side",
            Artwork::OneBatch => "two for each card",
        };
        found.push(Finding::reject(
            "page-count",
            format!("there are {count} pages; {title} wants {wants}"),
            "split it, or leave out the others",
        ));
    }
    if count > PAGES {
        found.push(Finding::warn("page-count", format!("only the first {PAGES} pages were looked at"), "split the file"));
    }
    if document.catalog().ok().and_then(|c| dict(&document, c, b"AcroForm")).is_some() {
        found.push(Finding::warn(
            "form",
            "there are fields to fill in, which may print empty".into(),
            "print it to a PDF once, then upload that",
        ));
    }
    found.extend(fonts_of(&document, &pages, service));
    let mut usual = None;
    for (at, id) in pages.iter().take(PAGES).enumerate() {
        page(&document, *id, at + 1, count, asked, &mut usual, &mut found);
    }
    found
}

/// What a page has itself or from the pages above it.
fn inherited<'a>(document: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..64 {
        if let Some(found) = get(document, node, key) {
            return Some(found);
        }
        node = dict(document, node, b"Parent")?;
    }
    None
}

fn rect(document: &Document, object: Option<&Object>) -> Option<Rect> {
    let all = object?.as_array().ok()?;
    let sides: Vec<f64> = all.iter().filter_map(|o| number(document.dereference(o).ok()?.1)).collect();
    let [x0, y0, x1, y1] = sides[..] else { return None };
    Some(Rect::new(x0, y0, x1, y1).abs())
}

fn same(a: Size, b: Size) -> bool {
    (a.width - b.width).abs() <= SLACK && (a.height - b.height).abs() <= SLACK
}

fn inches(size: Size) -> String {
    format!("{:.3} by {:.3} in", size.width / 72.0, size.height / 72.0)
}

#[allow(clippy::too_many_arguments)] // What is known of a page, and where to say it.
fn page<'a>(
    document: &Document,
    id: ObjectId,
    number_of: usize,
    count: usize,
    asked: &Asked<'a>,
    usual: &mut Option<&'a Format>,
    found: &mut Vec<Finding>,
) {
    let service = asked.service;
    let Ok(page) = document.get_dictionary(id) else { return };
    let mut say = |finding: Finding| found.push(finding.on(number_of));
    let media = rect(document, inherited(document, page, b"MediaBox"));
    let Some(media) = media.filter(|m| m.width() > 1.0 && m.height() > 1.0 && m.width() < 20_000.0 && m.height() < 20_000.0)
    else {
        say(Finding::reject("page-size", "the page has no size (MediaBox)".into(), "save it anew as PDF"));
        return;
    };
    let crop = rect(document, inherited(document, page, b"CropBox")).map_or(media, |crop| crop.intersect(media));
    let turn = inherited(document, page, b"Rotate").and_then(number).unwrap_or(0.0).rem_euclid(360.0);
    let unit = get(document, page, b"UserUnit").and_then(number).filter(|u| *u > 0.0).unwrap_or(1.0);
    let sideways = (turn - 90.0).abs() < 1.0 || (turn - 270.0).abs() < 1.0;
    let shown = |r: Rect| if sideways { Size::new(r.height(), r.width()) * unit } else { r.size() * unit };
    let size = shown(crop);
    let sizes = || asked.size.into_iter().chain(service.sizes.iter().filter(|_| asked.size.is_none()));
    let format = sizes().find(|format| same(format.page(), size));
    let Some(format) = format else {
        let wanted: Vec<String> = sizes().map(|f| format!("{} is {}", f.name, inches(f.page()))).collect();
        let bare = sizes().find(|f| same(f.trim(), size) && !same(f.trim(), f.page()));
        let turned = sizes().find(|f| same(f.page(), Size::new(size.height, size.width)));
        let help = match (bare, turned) {
            (Some(f), _) => format!(
                "this is the finished card without bleed: let the drawing run {:.3} in over every edge",
                (f.page().width - f.trim().width) / 144.0
            ),
            (_, Some(_)) => "the page stands upright: turn it so that it lies".to_owned(),
            _ => "make it anew at that size; do not only stretch it".to_owned(),
        };
        say(Finding::reject("page-size", format!("the page is {}; with bleed {}", inches(size), wanted.join(", ")), &help));
        return;
    };
    if !same(shown(media), size) {
        say(Finding::reject(
            "boxes",
            format!("the sheet (MediaBox) is {}, and the CropBox shows only {} of it", inches(shown(media)), inches(size)),
            "cut the sheet to the page itself: services read either",
        ));
    }
    if (unit - 1.0).abs() > 1e-6 {
        say(Finding::reject("boxes", format!("the page is scaled by UserUnit {unit}"), "save it anew at its real size"));
    }
    if let Some(trim) = rect(document, get(document, page, b"TrimBox")) {
        let trim = shown(trim);
        if !same(trim, format.trim()) && !same(trim, size) {
            let message = format!("the TrimBox is {}, and the finished card {}", inches(trim), inches(format.trim()));
            say(Finding::warn("boxes", message, "most services leave it aside; set it right or leave it out"));
        }
    }
    if let Some(first) = usual.filter(|first| first.name != format.name) {
        let message = format!("this page is a {} card, and the first a {}", format.name, first.name);
        say(Finding::reject("page-size", message, "all pages of a file have one size"));
    }
    *usual = usual.or(Some(format));
    if get(document, page, b"Annots").and_then(|a| a.as_array().ok()).is_some_and(|a| !a.is_empty()) {
        say(Finding::warn(
            "form",
            "there are links, remarks or fields on the page, which may not print".into(),
            "print it to a PDF once, then upload that",
        ));
    }
    let resources = inherited(document, page, b"Resources").and_then(|r| r.as_dict().ok());
    let to = Affine::scale(unit)
        * match turn.round() as i64 {
            90 => Affine::new([0.0, 1.0, 1.0, 0.0, -crop.y0, -crop.x0]),
            180 => Affine::new([-1.0, 0.0, 0.0, 1.0, crop.x1, -crop.y0]),
            270 => Affine::new([0.0, -1.0, -1.0, 0.0, crop.y1, crop.x1]),
            _ => Affine::new([1.0, 0.0, 0.0, -1.0, -crop.x0, crop.y1]),
        };
    let drawn = ink::page(document, &document.get_page_contents(id), resources, to);
    if drawn.endless {
        say(Finding::reject(
            "endless",
            "the page is drawn with more orders than can be checked".into(),
            "flatten it to a picture at 300 dots per inch, or draw it anew",
        ));
        return;
    }
    for (at, width, height) in coarse(&drawn.pictures) {
        let [a, b, c, d, ..] = at.as_coeffs();
        let dpi = (width / a.hypot(b)).min(height / c.hypot(d)) * 72.0;
        say(Finding::reject(
            "resolution",
            format!("a picture of {width:.0} by {height:.0} pixels has {dpi:.0} dots per inch here; {} are wanted", 300),
            "take a larger picture, or make it smaller on the card",
        ));
    }
    let side = match (service.artwork, count) {
        (Artwork::OneFile, 2) | (Artwork::OneBatch, _) => Some(if number_of % 2 == 1 { Side::Front } else { Side::Back }),
        _ => asked.side(),
    };
    found.extend(Look { service, size: format, side, page: number_of }.ink(&drawn.all, &drawn.text));
}

/// Pictures below 300 dots per inch, each once.
fn coarse(pictures: &[(Affine, f64, f64)]) -> Vec<(Affine, f64, f64)> {
    let mut told = BTreeSet::new();
    let low = |(at, width, height): &&(Affine, f64, f64)| {
        let [a, b, c, d, ..] = at.as_coeffs();
        let (across, down) = (a.hypot(b), c.hypot(d));
        let fine = 300.0 * FINE / 72.0;
        across > 0.5 && down > 0.5 && (width / across < fine || height / down < fine)
    };
    let new = |(_, width, height): &&(Affine, f64, f64)| told.insert((*width as u64, *height as u64));
    pictures.iter().filter(low).filter(new).take(20).copied().collect()
}

/// Every font the pages name, forms, patterns and letters drawn by orders included; and what lets the ground shine through.
fn fonts_of(document: &Document, pages: &[ObjectId], service: &Service) -> Vec<Finding> {
    let mut walk = Walk { document, seen: BTreeSet::new(), missing: BTreeSet::new(), transparent: BTreeSet::new(), looked: 0 };
    for id in pages.iter().take(PAGES) {
        let Ok(page) = document.get_dictionary(*id) else { continue };
        if let Some(group) = dict(document, page, b"Group")
            && group.get(b"S").and_then(Object::as_name).is_ok_and(|s| s == b"Transparency")
        {
            walk.transparent.insert("a transparency group");
        }
        if let Some(resources) = inherited(document, page, b"Resources").and_then(|r| r.as_dict().ok()) {
            walk.resources(resources, 0);
        }
    }
    let own = |name: &str| {
        let plain: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        service
            .own_fonts
            .iter()
            .any(|own| plain == *own || plain.starts_with(&format!("{own}-")) || plain.starts_with(&format!("{own},")))
    };
    let mut found: Vec<Finding> = Vec::new();
    for name in &walk.missing {
        let shown = crate::words::shown(name);
        found.push(if own(name) {
            let message = format!("the font {shown} is not in the file; {} has its own", service.title);
            Finding::warn("font", message, "embed it all the same: then it looks as you see it")
        } else {
            let message = format!("the font {shown} is not in the file");
            Finding::reject("font", message, "save the PDF with all fonts embedded, or turn the type into outlines")
        });
    }
    if !walk.transparent.is_empty() {
        let what: Vec<&str> = walk.transparent.iter().copied().collect();
        found.push(Finding::warn(
            "transparency",
            format!("something shines through: {}", what.join(", ")),
            "flatten it when you save, or look closely at the service's preview",
        ));
    }
    found
}

struct Walk<'a> {
    document: &'a Document,
    seen: BTreeSet<ObjectId>,
    missing: BTreeSet<String>,
    transparent: BTreeSet<&'static str>,
    looked: usize,
}

impl<'a> Walk<'a> {
    /// The entries of a kind of resource, each once.
    fn each(&mut self, resources: &'a Dictionary, kind: &[u8]) -> Vec<&'a Object> {
        let Some(all) = dict(self.document, resources, kind) else { return Vec::new() };
        let mut new = Vec::new();
        for (_, object) in all {
            self.looked += 1;
            if self.looked > OBJECTS {
                break;
            }
            if let Object::Reference(id) = object
                && !self.seen.insert(*id)
            {
                continue;
            }
            if let Ok((_, object)) = self.document.dereference(object) {
                new.push(object);
            }
        }
        new
    }

    fn resources(&mut self, resources: &'a Dictionary, depth: usize) {
        if depth > 16 {
            return;
        }
        let inner = |object: &'a Object| match object {
            Object::Dictionary(found) => Some(found),
            Object::Stream(found) => Some(&found.dict),
            _ => None,
        };
        for font in self.each(resources, b"Font").into_iter().filter_map(inner) {
            if !fonts::embedded(self.document, font) {
                self.missing.insert(fonts::name(font));
            }
            if let Some(own) = dict(self.document, font, b"Resources") {
                self.resources(own, depth + 1);
            }
        }
        for state in self.each(resources, b"ExtGState").into_iter().filter_map(inner) {
            let thin = |key: &[u8]| get(self.document, state, key).and_then(number).is_some_and(|a| a < 0.999);
            if thin(b"ca") || thin(b"CA") {
                self.transparent.insert("a colour that isn't solid");
            }
            if get(self.document, state, b"SMask").is_some_and(|m| !matches!(m, Object::Name(n) if n == b"None")) {
                self.transparent.insert("a soft mask");
            }
            if get(self.document, state, b"BM")
                .is_some_and(|m| !matches!(m, Object::Name(n) if n == b"Normal" || n == b"Compatible"))
            {
                self.transparent.insert("a blend of colours");
            }
        }
        for kind in [&b"XObject"[..], b"Pattern"] {
            for object in self.each(resources, kind).into_iter().filter_map(inner) {
                if object.has(b"SMask") {
                    self.transparent.insert("a picture with a soft edge");
                }
                if let Some(own) = dict(self.document, object, b"Resources") {
                    self.resources(own, depth + 1);
                }
            }
        }
    }
}
