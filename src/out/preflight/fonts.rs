//! The fonts of a file: whether each is in it, and where its letters draw.

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object};

use super::UNPACKED;
use crate::face::Bare;
use crate::measure::{BezPath, Rect, Shape as _};

/// A font as the drawing orders use it.
pub struct Font {
    two_bytes: bool,
    widths: BTreeMap<u32, f64>,
    otherwise: f64,
    file: Option<Arc<Bare>>,
    /// Code to glyph; none where the code is the glyph.
    glyphs: Glyphs,
    reach: (f64, f64),
    /// Thousandths of an em for a unit of its widths: 1, except in a Type 3 font.
    unit: f64,
}

enum Glyphs {
    Same,
    Table(Vec<u8>),
    Latin,
    Unknown,
}

/// What is under a key, whether it stands there or somewhere else.
pub fn get<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let object = dictionary.get(key).ok()?;
    document.dereference(object).ok().map(|(_, object)| object)
}

pub fn dict<'a>(document: &'a Document, dictionary: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    match get(document, dictionary, key)? {
        Object::Dictionary(found) => Some(found),
        Object::Stream(found) => Some(&found.dict),
        _ => None,
    }
}

/// A number, whole or not.
pub fn number(object: &Object) -> Option<f64> {
    match object {
        Object::Integer(n) => Some(*n as f64),
        Object::Real(n) => Some(f64::from(*n)).filter(|n| n.is_finite()),
        _ => None,
    }
}

/// The font's name without the six letters of a subset.
pub fn name(font: &Dictionary) -> String {
    let name =
        font.get(b"BaseFont").and_then(Object::as_name).map(|n| String::from_utf8_lossy(n).into_owned()).unwrap_or_default();
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 => rest.to_owned(),
        _ => name,
    }
}

fn descendant<'a>(document: &'a Document, font: &'a Dictionary) -> Option<&'a Dictionary> {
    let first = get(document, font, b"DescendantFonts")?.as_array().ok()?.first()?;
    document.dereference(first).ok()?.1.as_dict().ok()
}

/// Whether the font's letters are in the file.
pub fn embedded(document: &Document, font: &Dictionary) -> bool {
    let subtype = font.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
    if subtype == b"Type3" {
        return true;
    }
    let holder = if subtype == b"Type0" { descendant(document, font) } else { Some(font) };
    let described = holder.and_then(|holder| dict(document, holder, b"FontDescriptor"));
    described.is_some_and(|descriptor| {
        [&b"FontFile"[..], b"FontFile2", b"FontFile3"]
            .iter()
            .any(|key| matches!(get(document, descriptor, key), Some(Object::Stream(_))))
    })
}

impl Font {
    /// Reads what is needed to place its letters. A font that can't be read has letters of the usual size.
    pub fn read(document: &Document, font: &Dictionary) -> Font {
        let subtype = font.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
        let whole = subtype == b"Type0";
        let holder = if whole { descendant(document, font) } else { Some(font) };
        let descriptor = holder.and_then(|holder| dict(document, holder, b"FontDescriptor"));
        let mut widths = BTreeMap::new();
        let mut otherwise = if whole { 1000.0 } else { 600.0 };
        if let (true, Some(holder)) = (whole, holder) {
            otherwise = get(document, holder, b"DW").and_then(number).unwrap_or(1000.0);
            if let Some(Object::Array(list)) = get(document, holder, b"W") {
                wide(document, list, &mut widths);
            }
        } else if let Some(Object::Array(list)) = get(document, font, b"Widths") {
            let first = get(document, font, b"FirstChar").and_then(number).unwrap_or(0.0).clamp(0.0, 255.0) as u32;
            let all = list.iter().take(256).filter_map(|w| number(document.dereference(w).ok()?.1));
            widths.extend(all.enumerate().map(|(i, w)| (first + i as u32, w)));
            otherwise = descriptor.and_then(|d| get(document, d, b"MissingWidth")).and_then(number).unwrap_or(0.0);
        }
        let measure = |key: &[u8], low: f64, high: f64, usual: f64| {
            descriptor
                .and_then(|d| get(document, d, key))
                .and_then(number)
                .filter(|n| *n != 0.0)
                .map_or(usual, |n| n.clamp(low, high))
        };
        let reach = (measure(b"Descent", -600.0, 0.0, -220.0), measure(b"Ascent", 300.0, 1200.0, 750.0));
        let file = descriptor.and_then(|descriptor| {
            let stream =
                [&b"FontFile2"[..], b"FontFile3"].iter().find_map(|key| get(document, descriptor, key)?.as_stream().ok())?;
            Bare::read(stream.get_plain_content_with_limit(UNPACKED).ok()?).map(Arc::new)
        });
        let plain = |key: &[u8], name: &[u8]| get(document, font, key).and_then(|o| o.as_name().ok()).is_some_and(|n| n == name);
        let glyphs = if !whole {
            Glyphs::Latin
        } else if !plain(b"Encoding", b"Identity-H") {
            Glyphs::Unknown
        } else {
            match holder.and_then(|holder| get(document, holder, b"CIDToGIDMap")) {
                Some(Object::Stream(map)) => map.get_plain_content_with_limit(1 << 17).map_or(Glyphs::Unknown, Glyphs::Table),
                _ => Glyphs::Same,
            }
        };
        let drawn = subtype == b"Type3";
        let matrix = get(document, font, b"FontMatrix").and_then(|m| m.as_array().ok()).and_then(|m| m.first()).and_then(number);
        let unit = if drawn { matrix.unwrap_or(0.001) * 1000.0 } else { 1.0 };
        Font { two_bytes: whole, widths, otherwise, file, glyphs, reach, unit }
    }

    /// The codes of a string, each with whether it is the blank that word spacing widens.
    pub fn codes<'a>(&self, text: &'a [u8]) -> impl Iterator<Item = (u32, bool)> + 'a {
        let step = if self.two_bytes { 2 } else { 1 };
        text.chunks_exact(step).map(move |code| (code.iter().fold(0, |n, b| n << 8 | u32::from(*b)), step == 1 && code == b" "))
    }

    /// How far the pen moves on, in thousandths of an em.
    pub fn width(&self, code: u32) -> f64 {
        self.widths.get(&code).copied().unwrap_or(self.otherwise) * self.unit
    }

    /// What a letter draws, in thousandths of an em, y up: its outline, or the box it may fill where the outline can't be had.
    pub fn outline(&self, code: u32) -> BezPath {
        let own = self.file.as_ref().and_then(|file| {
            let glyph = match &self.glyphs {
                Glyphs::Same => Some(code),
                Glyphs::Table(map) => {
                    map.get(code as usize * 2..code as usize * 2 + 2).map(|g| u32::from(g[0]) << 8 | u32::from(g[1]))
                }
                Glyphs::Latin => file
                    .glyph(char::from_u32(code).unwrap_or_default())
                    .filter(|_| (0x20..0x7f).contains(&code) || (0xa1..0x100).contains(&code))
                    .or_else(|| file.glyph(char::from_u32(0xf000 + code)?)),
                Glyphs::Unknown => None,
            };
            file.outline(glyph?)
        });
        own.unwrap_or_else(|| {
            let blank = !self.two_bytes && matches!(code, 0x20 | 0xa0);
            let width = if blank { 0.0 } else { self.width(code).clamp(0.0, 3000.0) };
            if width > 0.0 { Rect::new(0.0, self.reach.0, width, self.reach.1).to_path(0.1) } else { BezPath::new() }
        })
    }
}

/// The widths of a font of many letters: `first [w w w]` and `first last w`.
fn wide(document: &Document, list: &[Object], widths: &mut BTreeMap<u32, f64>) {
    let mut items = list.iter().filter_map(|o| document.dereference(o).ok().map(|(_, o)| o));
    let mut said = 0_usize;
    while let Some(first) = items.next().and_then(number) {
        let first = first.clamp(0.0, 65_535.0) as u32;
        match items.next() {
            Some(Object::Array(all)) => {
                let all = all.iter().take(65_536).filter_map(|w| number(document.dereference(w).ok()?.1));
                widths.extend(all.enumerate().map(|(i, w)| (first + i as u32, w)));
            }
            Some(last) => {
                let last = number(last).unwrap_or(0.0).clamp(0.0, 65_535.0) as u32;
                let Some(width) = items.next().and_then(number) else { return };
                // A file that says it over and over is not worth the time.
                said += last.saturating_sub(first) as usize;
                if said > 200_000 {
                    return;
                }
                widths.extend((first..=last).map(|code| (code, width)));
            }
            None => return,
        }
    }
}
