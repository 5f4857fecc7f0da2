//! What a page draws, read from its orders into our own scene, so that our own brush can look for ink in it.
//!
//! It needn't look right, it must not look emptier than the paper will: what isn't understood (a shading, a pattern, a colour of a kind
//! of its own, a picture in an unknown packing) is ink, a letter without an outline is its box, a clip is the box around it. Work is
//! bounded: a page that is drawn without end is told as one that can't be checked.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::UNPACKED;
use super::fonts::{Font, dict, get, number};
use super::lexer::{Lexer, Word};
use super::picture;
use crate::measure::{Affine, BezPath, Point, Rect, Shape as _, Vec2};
use crate::page::{Ink, Item, Pen};

/// Orders on one page, forms included.
const ORDERS: usize = 3_000_000;
/// Things drawn on one page.
const ITEMS: usize = 150_000;
/// Forms within forms.
const DEEP: usize = 12;
/// States put aside.
const SAVED: usize = 256;

/// What a page draws.
#[derive(Default)]
pub struct Drawn {
    /// Everything, first at the bottom, in points from the upper left of the page as it is shown.
    pub all: Vec<Item>,
    /// Its type only.
    pub text: Vec<Item>,
    /// Its pictures: where, and how many pixels across and down.
    pub pictures: Vec<(Affine, f64, f64)>,
    /// It was not read to its end.
    pub endless: bool,
}

#[derive(Clone)]
struct State {
    to: Affine,
    fill: Ink,
    stroke: Ink,
    /// The colours are of a kind where we know what white is.
    fill_kind: usize,
    stroke_kind: usize,
    width: f64,
    clip: Option<Rect>,
    font: Option<Rc<Font>>,
    size: f64,
    spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    mode: i64,
}

struct Reader<'a> {
    document: &'a Document,
    drawn: Drawn,
    orders: usize,
    unpacked: usize,
    fonts: HashMap<ObjectId, Rc<Font>>,
    pictures: HashMap<ObjectId, Option<Arc<crate::page::Picture>>>,
    /// Consecutive items under the same clip.
    open: (Option<Rect>, Vec<Item>, Vec<Item>),
}

/// Reads a page. `to` is from the page's own coordinates to points from the upper left of what is shown.
pub fn page(document: &Document, contents: &[ObjectId], resources: Option<&Dictionary>, to: Affine) -> Drawn {
    let mut reader = Reader {
        document,
        drawn: Drawn::default(),
        orders: 0,
        unpacked: 0,
        fonts: HashMap::new(),
        pictures: HashMap::new(),
        open: (None, Vec::new(), Vec::new()),
    };
    let mut bytes = Vec::new();
    for id in contents {
        if let Ok(Object::Stream(stream)) = document.get_object(*id)
            && let Some(part) = reader.unpack(stream)
        {
            bytes.extend(part);
            bytes.push(b'\n');
        }
    }
    let empty = Dictionary::new();
    let state = State {
        to,
        fill: Ink::BLACK,
        stroke: Ink::BLACK,
        fill_kind: 1,
        stroke_kind: 1,
        width: 1.0,
        clip: None,
        font: None,
        size: 1.0,
        spacing: 0.0,
        word_spacing: 0.0,
        scale: 1.0,
        leading: 0.0,
        rise: 0.0,
        mode: 0,
    };
    reader.orders(&bytes, resources.unwrap_or(&empty), state, 0);
    reader.flush();
    reader.drawn
}

fn numbers(words: &[Word]) -> impl Iterator<Item = f64> + '_ {
    words.iter().filter_map(|word| if let Word::Number(n) = word { Some(*n) } else { None })
}

fn last_name(words: &[Word]) -> Option<&[u8]> {
    words.iter().rev().find_map(|word| if let Word::Name(name) = word { Some(&name[..]) } else { None })
}

/// How many numbers make a colour whose white we know: 1, 3 or 4; 0 for other kinds.
fn kind(document: &Document, resources: &Dictionary, name: &[u8]) -> usize {
    match name {
        b"DeviceGray" | b"G" | b"CalGray" => 1,
        b"DeviceRGB" | b"RGB" | b"CalRGB" => 3,
        b"DeviceCMYK" | b"CMYK" => 4,
        _ => {
            let named = dict(document, resources, b"ColorSpace").and_then(|spaces| get(document, spaces, name));
            match named {
                Some(Object::Name(name)) if name.starts_with(b"Device") => kind(document, &Dictionary::new(), name),
                Some(Object::Array(parts)) => {
                    let family = parts.first().and_then(|o| o.as_name().ok()).unwrap_or_default();
                    let profile = parts.get(1).and_then(|o| document.dereference(o).ok()).and_then(|(_, o)| o.as_stream().ok());
                    match family {
                        b"ICCBased" => match profile.and_then(|p| get(document, &p.dict, b"N")).and_then(number) {
                            Some(n) if matches!(n as i64, 1 | 3 | 4) => n as usize,
                            _ => 0,
                        },
                        b"CalGray" => 1,
                        b"CalRGB" => 3,
                        _ => 0,
                    }
                }
                _ => 0,
            }
        }
    }
}

fn ink(kind: usize, values: &[f64]) -> Ink {
    let part = |i: usize| values.get(i).copied().unwrap_or(0.0).clamp(0.0, 1.0) as f32;
    match (kind, values.len()) {
        (1, 1) => Ink::grey(part(0)),
        (3, 3) => Ink { r: part(0), g: part(1), b: part(2) },
        (4, 4) => {
            let left = |i: usize| (1.0 - part(i)) * (1.0 - part(3));
            Ink { r: left(0), g: left(1), b: left(2) }
        }
        _ => Ink::BLACK,
    }
}

impl Reader<'_> {
    fn unpack(&mut self, stream: &Stream) -> Option<Vec<u8>> {
        let left = UNPACKED.saturating_sub(self.unpacked);
        let Ok(bytes) = stream.get_plain_content_with_limit(left) else {
            self.drawn.endless = true;
            return None;
        };
        self.unpacked += bytes.len();
        Some(bytes)
    }

    fn put(&mut self, item: Item, clip: Option<Rect>, text: bool) {
        if self.drawn.all.len() + self.open.1.len() >= ITEMS {
            self.drawn.endless = true;
            return;
        }
        if self.open.0 != clip {
            self.flush();
            self.open.0 = clip;
        }
        if text {
            self.open.2.push(item.clone());
        }
        self.open.1.push(item);
    }

    fn flush(&mut self) {
        let (clip, all, text) = std::mem::take(&mut self.open);
        for (items, place) in [(all, &mut self.drawn.all), (text, &mut self.drawn.text)] {
            if items.is_empty() {
                continue;
            }
            match clip {
                None => place.extend(items),
                Some(clip) => place.push(Item::Placed { drawing: Arc::new(items), at: Affine::IDENTITY, clip: Some(clip) }),
            }
        }
    }

    fn fill(&mut self, path: &BezPath, state: &State) {
        self.put(Item::Fill(state.to * path, state.fill), state.clip, false);
    }

    fn stroke(&mut self, path: &BezPath, state: &State) {
        let [a, b, c, d, ..] = state.to.as_coeffs();
        // The thinnest line there is still prints.
        let width = (state.width * (a * d - b * c).abs().sqrt()).max(0.1);
        self.put(Item::Stroke(state.to * path, Pen { ink: state.stroke, width, dash: None }), state.clip, false);
    }

    fn orders(&mut self, bytes: &[u8], resources: &Dictionary, first: State, depth: usize) {
        let mut state = first;
        let mut saved: Vec<State> = Vec::new();
        let mut path = BezPath::new();
        let mut pen = Point::ZERO;
        let mut clipping = false;
        let (mut line, mut text) = (Affine::IDENTITY, Affine::IDENTITY);
        let mut lexer = Lexer::new(bytes);
        let mut words = Vec::new();
        while let Some(order) = lexer.next(&mut words) {
            self.orders += 1;
            if self.orders > ORDERS || self.drawn.endless {
                self.drawn.endless = true;
                return;
            }
            let n: Vec<f64> = numbers(&words).take(6).collect();
            let point = |i: usize| Point::new(n.get(i).copied().unwrap_or(0.0), n.get(i + 1).copied().unwrap_or(0.0));
            let whole = |count: usize| n.len() >= count;
            let begun = !path.elements().is_empty();
            match order {
                b"q" if saved.len() < SAVED => saved.push(state.clone()),
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" if whole(6) => state.to *= Affine::new([n[0], n[1], n[2], n[3], n[4], n[5]]),
                b"w" if whole(1) => state.width = n[0].abs(),
                b"gs" => self.state(resources, last_name(&words), &mut state),
                b"m" if whole(2) => {
                    pen = point(0);
                    path.move_to(pen);
                }
                b"l" if whole(2) && begun => {
                    pen = point(0);
                    path.line_to(pen);
                }
                b"c" if whole(6) && begun => {
                    pen = point(4);
                    path.curve_to(point(0), point(2), pen);
                }
                b"v" if whole(4) && begun => {
                    let from = pen;
                    pen = point(2);
                    path.curve_to(from, point(0), pen);
                }
                b"y" if whole(4) && begun => {
                    pen = point(2);
                    path.curve_to(point(0), pen, pen);
                }
                b"h" if begun => path.close_path(),
                b"re" if whole(4) => {
                    pen = point(0);
                    path.extend(Rect::from_points(pen, pen + Vec2::new(n[2], n[3])).path_elements(0.1));
                }
                b"W" | b"W*" => clipping = true,
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" | b"n" => {
                    if begun {
                        if matches!(order[0], b'f' | b'F' | b'B' | b'b') {
                            self.fill(&path, &state);
                        }
                        if matches!(order[0], b'b' | b's') {
                            path.close_path();
                        }
                        if matches!(order[0], b'B' | b'b' | b'S' | b's') {
                            self.stroke(&path, &state);
                        }
                    }
                    if std::mem::take(&mut clipping) {
                        let within = (state.to * &path).bounding_box();
                        state.clip = Some(state.clip.map_or(within, |clip| clip.intersect(within)));
                    }
                    path = BezPath::new();
                }
                b"g" | b"rg" | b"k" => (state.fill_kind, state.fill) = (n.len(), ink(n.len(), &n)),
                b"G" | b"RG" | b"K" => (state.stroke_kind, state.stroke) = (n.len(), ink(n.len(), &n)),
                b"cs" => {
                    state.fill_kind = last_name(&words).map_or(0, |name| kind(self.document, resources, name));
                    state.fill = Ink::BLACK;
                }
                b"CS" => {
                    state.stroke_kind = last_name(&words).map_or(0, |name| kind(self.document, resources, name));
                    state.stroke = Ink::BLACK;
                }
                b"sc" | b"scn" => state.fill = ink(state.fill_kind, &n),
                b"SC" | b"SCN" => state.stroke = ink(state.stroke_kind, &n),
                // A shading fills whatever it may.
                b"sh" => {
                    let all = state.clip.unwrap_or(Rect::new(-1e4, -1e4, 1e4, 1e4));
                    self.put(Item::Fill(all.to_path(0.1), Ink::BLACK), state.clip, false);
                }
                b"Do" => {
                    if let Some(name) = last_name(&words) {
                        self.object(resources, name, &state, depth);
                    }
                }
                b"BI" => {
                    let (width, height) = lexer.inline_picture();
                    self.drawn.pictures.push((state.to, width, height));
                    self.fill(&Rect::new(0.0, 0.0, 1.0, 1.0).to_path(0.1), &State { fill: Ink::BLACK, ..state.clone() });
                }
                b"BT" => (line, text) = (Affine::IDENTITY, Affine::IDENTITY),
                b"Tf" => {
                    state.size = n.first().copied().unwrap_or(1.0);
                    state.font = last_name(&words).and_then(|name| self.font(resources, name));
                }
                b"Tc" if whole(1) => state.spacing = n[0],
                b"Tw" if whole(1) => state.word_spacing = n[0],
                b"Tz" if whole(1) => state.scale = n[0] / 100.0,
                b"TL" if whole(1) => state.leading = n[0],
                b"Ts" if whole(1) => state.rise = n[0],
                b"Tr" if whole(1) => state.mode = n[0] as i64,
                b"Td" | b"TD" if whole(2) => {
                    if order == b"TD" {
                        state.leading = -n[1];
                    }
                    line *= Affine::translate((n[0], n[1]));
                    text = line;
                }
                b"Tm" if whole(6) => {
                    line = Affine::new([n[0], n[1], n[2], n[3], n[4], n[5]]);
                    text = line;
                }
                b"T*" => {
                    line *= Affine::translate((0.0, -state.leading));
                    text = line;
                }
                b"Tj" | b"TJ" | b"'" | b"\"" => {
                    if order == b"\"" && whole(2) {
                        (state.word_spacing, state.spacing) = (n[0], n[1]);
                    }
                    if matches!(order, b"'" | b"\"") {
                        line *= Affine::translate((0.0, -state.leading));
                        text = line;
                    }
                    self.show(&words, &state, &mut text);
                }
                _ => {}
            }
        }
    }

    fn state(&mut self, resources: &Dictionary, name: Option<&[u8]>, state: &mut State) {
        let found = name.and_then(|name| dict(self.document, dict(self.document, resources, b"ExtGState")?, name));
        let Some(found) = found else { return };
        if let Some(width) = get(self.document, found, b"LW").and_then(number) {
            state.width = width.abs();
        }
    }

    fn font(&mut self, resources: &Dictionary, name: &[u8]) -> Option<Rc<Font>> {
        let fonts = dict(self.document, resources, b"Font")?;
        let id = fonts.get(name).and_then(Object::as_reference).ok();
        if let Some(known) = id.and_then(|id| self.fonts.get(&id)) {
            return Some(Rc::clone(known));
        }
        let font = Rc::new(Font::read(self.document, dict(self.document, fonts, name)?));
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        Some(font)
    }

    fn show(&mut self, words: &[Word], state: &State, text: &mut Affine) {
        let Some(font) = state.font.clone() else { return };
        let parts = match words.last() {
            Some(Word::Array(parts)) => &parts[..],
            Some(_) => &words[words.len() - 1..],
            None => return,
        };
        // Invisible, or only to clip by.
        let seen = !matches!(state.mode, 3 | 7);
        for part in parts {
            match part {
                Word::Number(back) => *text *= Affine::translate((-back / 1000.0 * state.size * state.scale, 0.0)),
                Word::Text(string) => {
                    for (code, blank) in font.codes(string) {
                        self.orders += 1;
                        if self.orders > ORDERS {
                            self.drawn.endless = true;
                            return;
                        }
                        if seen {
                            let em = state.size / 1000.0;
                            let place = state.to * *text * Affine::new([em * state.scale, 0.0, 0.0, em, 0.0, state.rise]);
                            let outline = font.outline(code);
                            if !outline.elements().is_empty() {
                                let ink = if matches!(state.mode, 1 | 5) { state.stroke } else { state.fill };
                                self.put(Item::Fill(place * outline, ink), state.clip, true);
                            }
                        }
                        let wide =
                            font.width(code) / 1000.0 * state.size + state.spacing + if blank { state.word_spacing } else { 0.0 };
                        *text *= Affine::translate((wide * state.scale, 0.0));
                    }
                }
                _ => {}
            }
        }
    }

    fn object(&mut self, resources: &Dictionary, name: &[u8], state: &State, depth: usize) {
        let Some(objects) = dict(self.document, resources, b"XObject") else { return };
        let id = objects.get(name).and_then(Object::as_reference).ok();
        let Some(Object::Stream(stream)) = get(self.document, objects, name) else { return };
        match stream.dict.get(b"Subtype").and_then(Object::as_name).unwrap_or_default() {
            b"Form" => self.form(stream, resources, state, depth),
            b"Image" => self.picture(stream, id, state),
            _ => {}
        }
    }

    fn form(&mut self, stream: &Stream, resources: &Dictionary, state: &State, depth: usize) {
        if depth >= DEEP {
            self.drawn.endless = true;
            return;
        }
        let list = |key: &[u8]| -> Option<Vec<f64>> {
            let all = get(self.document, &stream.dict, key)?.as_array().ok()?;
            Some(all.iter().filter_map(|o| number(self.document.dereference(o).ok()?.1)).collect())
        };
        let mut inner = state.clone();
        if let Some([a, b, c, d, e, f]) = list(b"Matrix").as_deref() {
            inner.to *= Affine::new([*a, *b, *c, *d, *e, *f]);
        }
        if let Some([x0, y0, x1, y1]) = list(b"BBox").as_deref() {
            let within = inner.to.transform_rect_bbox(Rect::new(*x0, *y0, *x1, *y1).abs());
            inner.clip = Some(inner.clip.map_or(within, |clip| clip.intersect(within)));
        }
        let Some(bytes) = self.unpack(stream) else { return };
        let own = dict(self.document, &stream.dict, b"Resources").unwrap_or(resources);
        self.orders(&bytes, own, inner, depth + 1);
    }

    fn picture(&mut self, stream: &Stream, id: Option<ObjectId>, state: &State) {
        let side = |key: &[u8]| get(self.document, &stream.dict, key).and_then(number).unwrap_or(1.0);
        let (width, height) = (side(b"Width"), side(b"Height"));
        self.drawn.pictures.push((state.to, width, height));
        let stencil = matches!(stream.dict.get(b"ImageMask"), Ok(Object::Boolean(true)));
        let pixels = if stencil {
            None
        } else {
            let known = id.and_then(|id| self.pictures.get(&id).cloned());
            known.unwrap_or_else(|| {
                let read = picture::read(self.document, stream, width, height).map(Arc::new);
                if let Some(id) = id {
                    self.pictures.insert(id, read.clone());
                }
                read
            })
        };
        if let Some(pixels) = pixels {
            // A PDF's picture stands on its unit square, ours hangs from it.
            let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
            self.put(Item::Picture(pixels, state.to * up), state.clip, false);
        } else {
            let dark = State { fill: if stencil { state.fill } else { Ink::BLACK }, ..state.clone() };
            self.fill(&Rect::new(0.0, 0.0, 1.0, 1.0).to_path(0.1), &dark);
        }
    }
}
