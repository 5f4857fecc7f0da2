//! What a postcard service would reject, found in the finished file, whoever made it.
//!
//! The file is read anew, as the service reads it: pages and their boxes, fonts, pictures, what shines through, and the ink itself,
//! drawn by our own brush. Files come from anywhere: nothing here panics, and work and memory are bounded.

mod fonts;
mod index;
mod ink;
mod lexer;
mod lists;
mod pdf;
mod picture;

pub use lists::records;

use std::sync::Arc;

use serde::Serialize;

use crate::measure::{Affine, Rect, Size};
use crate::out::pack::{Artwork, Format, Service};
use crate::out::png;
use crate::page::{self, Item, Page};

/// Bytes the streams of a page may unpack to, all together.
const UNPACKED: usize = 48 << 20;
/// The resolution at which the ink is looked for.
const DPI: f64 = 300.0;

/// Whether the service would refuse it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It would, or the card would be spoilt.
    Reject,
    /// It may look bad, or isn't known.
    Warn,
}

/// Something found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A word for programs: `page-size`, `font`, `zone`.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// The page, from 1; none if it is about the whole file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<usize>,
    /// What.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Finding {
    fn reject(rule: &'static str, message: String, help: &str) -> Finding {
        Finding { rule, severity: Severity::Reject, page: None, message, help: help.to_owned() }
    }

    fn warn(rule: &'static str, message: String, help: &str) -> Finding {
        Finding { severity: Severity::Warn, ..Finding::reject(rule, message, help) }
    }

    fn on(self, page: usize) -> Finding {
        Finding { page: Some(page), ..self }
    }
}

/// Which side of a card a one-page file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The picture side.
    Front,
    /// The address side.
    Back,
}

/// What is known about a file beside its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// For whom.
    pub service: &'a Service,
    /// The card's size; from the page if it isn't said.
    pub size: Option<&'a Format>,
    /// The side; from the file's name if it isn't said.
    pub side: Option<Side>,
    /// The file's name.
    pub name: &'a str,
}

impl Asked<'_> {
    /// The side said, or told by the name.
    fn side(&self) -> Option<Side> {
        let name = self.name.to_lowercase();
        let told = if name.contains("back") || name.contains("address") {
            Some(Side::Back)
        } else if name.contains("front") || name.contains("cover") {
            Some(Side::Front)
        } else {
            None
        };
        self.side.or(told)
    }
}

/// Everything found in a file; the worst first.
#[must_use]
pub fn check(bytes: &[u8], asked: &Asked<'_>) -> Vec<Finding> {
    let most = asked.service.limits.bytes;
    let mut found = Vec::new();
    if bytes.len() > most {
        found.push(Finding::reject(
            "file-size",
            format!("the file has {:.1} MB, and {} takes {} MB", bytes.len() as f64 / 1e6, asked.service.title, most / 1_000_000),
            "make its pictures smaller: 300 dots per inch are enough",
        ));
    }
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|w| w == b"%PDF-") {
        found.extend(pdf::check(bytes, asked));
    } else if bytes.starts_with(b"\x89PNG") || bytes.starts_with(&[0xff, 0xd8]) {
        found.extend(image_file(bytes, asked));
    } else if let (Ok(text), true) = (std::str::from_utf8(bytes), asked.name.to_lowercase().ends_with(".csv")) {
        found.extend(lists::csv(text, asked.service));
    } else if let (Ok(text), true) = (std::str::from_utf8(bytes), asked.name.to_lowercase().ends_with(".jsonl")) {
        found.extend(lists::requests(text, asked.service));
    } else {
        found.push(Finding::reject(
            "kind",
            "this is no PDF, no PNG or JPEG picture, and no list of a pack".into(),
            "name the files of a pack, or what you want to upload",
        ));
    }
    found.sort_by_key(|f| (f.severity != Severity::Reject, f.page));
    once(found)
}

/// What is the same on many pages is told of the first, with how many more there are.
fn once(found: Vec<Finding>) -> Vec<Finding> {
    let mut told: Vec<(Finding, usize)> = Vec::new();
    for finding in found {
        match told.iter_mut().find(|(t, _)| t.rule == finding.rule && t.message == finding.message && t.page.is_some()) {
            Some((_, more)) => *more += 1,
            None => told.push((finding, 0)),
        }
    }
    let more = |(mut finding, more): (Finding, usize)| {
        match more {
            0 => {}
            1 => finding.message += "; so it is on 1 more page",
            n => finding.message += &format!("; so it is on {n} more pages"),
        }
        finding
    };
    told.into_iter().map(more).collect()
}

/// A picture: its pixels.
fn image_file(bytes: &[u8], asked: &Asked<'_>) -> Vec<Finding> {
    let service = asked.service;
    let read = image::ImageReader::new(std::io::Cursor::new(bytes)).with_guessed_format();
    let Some((width, height)) = read.ok().and_then(|reader| reader.into_dimensions().ok()) else {
        return vec![Finding::reject("kind", "the picture is damaged".into(), "save it anew as PNG or JPEG")];
    };
    if service.artwork == Artwork::OneFile || service.artwork == Artwork::OneBatch {
        let wants = format!("{} wants a PDF of two pages", service.title);
        return vec![Finding::reject("kind", wants, "put both sides into one PDF")];
    }
    let sizes = || asked.size.into_iter().chain(service.sizes.iter().filter(|_| asked.size.is_none()));
    let fits = |size: &Format| {
        if let Some([w, h]) = size.pixels {
            return (w, h) == (width, height);
        }
        let page = size.page();
        let ratio = f64::from(width) / f64::from(height) / (page.width / page.height);
        f64::from(width) >= (page.width / 72.0 * DPI).floor() && (ratio - 1.0).abs() < 0.005
    };
    if sizes().any(fits) {
        return Vec::new();
    }
    let wanted: Vec<String> = sizes()
        .map(|size| match size.pixels {
            Some([w, h]) => format!("{} is {w} by {h}", size.name),
            None => {
                format!("{} at least {:.0} by {:.0}", size.name, size.page().width / 72.0 * DPI, size.page().height / 72.0 * DPI)
            }
        })
        .collect();
    vec![Finding::reject(
        "picture-size",
        format!("the picture has {width} by {height} pixels; {}", wanted.join(", ")),
        "make it anew at that size; do not only stretch it",
    )]
}

/// What is drawn on one side, and where ink must not be.
struct Look<'a> {
    service: &'a Service,
    size: &'a Format,
    side: Option<Side>,
    page: usize,
}

impl Look<'_> {
    /// Ink in the reserved corner, type near the edge, marks in the bleed.
    fn ink(&self, all: &[Item], text: &[Item]) -> Vec<Finding> {
        let mut found = Vec::new();
        let title = &self.service.title;
        let paper = self.size.page();
        if self.side != Some(Side::Front)
            && let Some(zone) = self.size.zone()
        {
            match dark(all, zone) {
                None => found.push(unseen(self.page)),
                Some(0) => {}
                Some(pixels) => {
                    let message = format!(
                        "there is ink where {title} prints the address: {pixels} dark dots in the {:.2} by {:.2} inches at the lower right",
                        zone.width() / 72.0,
                        zone.height() / 72.0
                    );
                    let sure = !self.size.zone_believed && self.side.is_some();
                    let help = if self.side.is_none() {
                        "if this is the picture side, say `--side front`"
                    } else if sure {
                        "leave that part white; `wetink pack` writes around it"
                    } else {
                        "how much of it must be white is only believed: compare with the service's own template"
                    };
                    found.push(
                        if sure { Finding::reject("zone", message, help) } else { Finding::warn("zone", message, help) }
                            .on(self.page),
                    );
                }
            }
        }
        let (safe, whole) = (self.size.safe(), paper.to_rect());
        let strips = |rect: Rect| {
            [
                Rect::new(whole.x0, whole.y0, whole.x1, rect.y0),
                Rect::new(whole.x0, rect.y1, whole.x1, whole.y1),
                Rect::new(whole.x0, rect.y0, rect.x0, rect.y1),
                Rect::new(rect.x1, rect.y0, whole.x1, rect.y1),
            ]
        };
        let outside = |items: &[Item]| strips(safe).into_iter().try_fold(0, |sum, strip| Some(sum + dark(items, strip)?));
        match outside(text) {
            None => found.push(unseen(self.page)),
            Some(0) => {}
            Some(pixels) => found.push(
                Finding::reject(
                    "safe-area",
                    format!("type stands outside the safe area and may be cut off: {pixels} dark dots nearer to the edge than {title} allows"),
                    "move it further in, or make the drawing smaller",
                )
                .on(self.page),
            ),
        }
        // What reaches the edge of the page is meant to be cut; what ends between it and the safe area may be cut by chance.
        let mut near: Vec<Item> = Vec::new();
        loose(all, None, whole, &mut near);
        let cut = self.size.cut();
        if !near.is_empty() && text.len() < all.len() {
            let marks = near.iter().filter_map(|item| page::bounds(std::slice::from_ref(item))).any(|b| {
                let gone = b.x1 <= cut.x0 + 0.1 || b.x0 >= cut.x1 - 0.1 || b.y1 <= cut.y0 + 0.1 || b.y0 >= cut.y1 - 0.1;
                gone && b.x1 > 0.0 && b.y1 > 0.0 && b.x0 < whole.x1 && b.y0 < whole.y1
            });
            if marks {
                found.push(
                    Finding::warn(
                        "marks",
                        "there are marks in the bleed, as crop marks are".into(),
                        "leave them out: the service cuts without them",
                    )
                    .on(self.page),
                );
            }
        }
        found
    }
}

/// The things that don't reach the edge of the page, each by itself.
fn loose(items: &[Item], clip: Option<Rect>, whole: Rect, near: &mut Vec<Item>) {
    for item in items {
        if let Item::Placed { drawing, clip: inner, .. } = item {
            loose(drawing, (*inner).or(clip), whole, near);
            continue;
        }
        let Some(bounds) = page::bounds(std::slice::from_ref(item)).map(|b| clip.map_or(b, |clip| b.intersect(clip))) else {
            continue;
        };
        let reaches = bounds.x0 <= 1.0 || bounds.y0 <= 1.0 || bounds.x1 >= whole.x1 - 1.0 || bounds.y1 >= whole.y1 - 1.0;
        let long = bounds.width().max(bounds.height()) > 36.0;
        // A crop mark reaches the edge, too, and is short.
        if (!reaches || !long) && near.len() < 20_000 {
            near.push(item.clone());
        }
    }
}

fn unseen(page: usize) -> Finding {
    Finding::warn(
        "unseen",
        "the page could not be drawn here, so its ink was not looked at".into(),
        "look at the service's own preview",
    )
    .on(page)
}

/// How many dark dots lie in a part of the page; none if it can't be drawn.
fn dark(items: &[Item], part: Rect) -> Option<usize> {
    if part.width() < 0.3 || part.height() < 0.3 {
        return Some(0);
    }
    let mut there = Vec::new();
    touching(items, part, &mut there);
    if there.is_empty() {
        return Some(0);
    }
    let at = Affine::translate(-part.origin().to_vec2());
    let window = Page { items: vec![Item::Placed { drawing: Arc::new(there), at, clip: None }], ..Page::new(part.size()) };
    png::ink(&window, DPI).ok().map(|raster| raster.inked(Size::new(part.width(), part.height()).to_rect()))
}

/// What can put ink into a part of the page; a clip that leaves all of the part open is left out.
fn touching(items: &[Item], part: Rect, there: &mut Vec<Item>) {
    for item in items {
        match item {
            Item::Placed { drawing, at, clip: Some(clip) } if *at == Affine::IDENTITY => {
                let open = clip.intersect(part);
                if open.width() <= 0.0 || open.height() <= 0.0 {
                    continue;
                }
                let mut inner = Vec::new();
                touching(drawing, open, &mut inner);
                if inner.is_empty() {
                    continue;
                }
                if clip.x0 <= part.x0 && clip.y0 <= part.y0 && clip.x1 >= part.x1 && clip.y1 >= part.y1 {
                    there.extend(inner);
                } else {
                    there.push(Item::Placed { drawing: Arc::new(inner), at: *at, clip: Some(*clip) });
                }
            }
            item => {
                if page::bounds(std::slice::from_ref(item)).is_some_and(|b| b.inflate(1.0, 1.0).overlaps(part)) {
                    there.push(item.clone());
                }
            }
        }
    }
}
