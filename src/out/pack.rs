//! What a postcard service wants: its sizes, its reserved corner, its limits, its lists and requests.
//!
//! A service is one file of facts, `pack/NAME.toml`, with its sources and the day they were read; everything here is the same for all of
//! them. Where a fact is only believed, the file says so and keeps to the careful value.

pub mod fields;
pub mod list;
pub mod readme;
pub mod request;

use serde::Deserialize;

use crate::measure::{Point, Rect, Size, Vec2, inch, mm};
use crate::page::{Item, Page};
use crate::stock::{Form, Stock, Use};
use crate::trouble::{Result, Trouble};

/// Between the note and the reserved corner: a flourish may reach a little past its line.
const APART: f64 = mm(3.0);
/// How much further in than the safe margin writing begins, for the same reason.
const INSIDE: f64 = mm(1.8);

/// How a service takes the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Artwork {
    /// `CARD-front.pdf` and `CARD-back.pdf`, a page each.
    TwoFiles,
    /// `CARD.pdf`, two pages.
    OneFile,
    /// `cards.pdf`, two pages for each card, and `batch.xml`.
    OneBatch,
    /// `CARD-front.png`; the note goes as text.
    Picture,
}

/// A postcard service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What the owner types; from the file's name.
    #[serde(skip)]
    pub name: &'static str,
    /// How it spells itself.
    pub title: String,
    /// How it takes the drawing.
    pub artwork: Artwork,
    /// The day the facts were read.
    pub checked: String,
    /// What is believed and not known.
    pub unsure: Vec<String>,
    /// Fonts it has itself, so that a file need not bring them.
    #[serde(default)]
    pub own_fonts: Vec<String>,
    /// What to click and what to send.
    pub steps: Vec<String>,
    /// About its list of addresses.
    pub csv_how: String,
    /// Longest fields, largest files.
    pub limits: Limits,
    /// The cards it prints; the first is the usual one.
    #[serde(rename = "size")]
    pub sizes: Vec<Format>,
    /// Its list of addresses.
    pub csv: Csv,
    /// A request for one card, if it has a programming interface that takes JSON or forms.
    pub request: Option<Template>,
    /// A batch in XML.
    #[serde(default)]
    pub batch: Batch,
}

/// How every card of a batch is to be made.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Name and value, in the service's order.
    pub options: Vec<(String, String)>,
}

/// The parts of a request.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The whole; `{to}` and `{from}` stand for addresses.
    pub body: toml::Table,
    /// An address.
    pub to: toml::Table,
}

/// A list's columns: heading and what goes below it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Csv {
    /// In order.
    pub columns: Vec<(String, String)>,
}

/// Longest fields in characters, largest file in bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// A name.
    pub name: usize,
    /// A company.
    pub company: usize,
    /// A line of an address.
    pub line: usize,
    /// How many such lines.
    pub lines: usize,
    /// A town.
    pub city: usize,
    /// A line of an address abroad.
    pub abroad_line: usize,
    /// A town abroad.
    pub abroad_city: usize,
    /// A postcode abroad.
    pub abroad_zip: usize,
    /// A file.
    pub bytes: usize,
    /// Abroad it takes the postcode or the state, and not both.
    #[serde(default)]
    pub zip_or_state_abroad: bool,
    /// The country the sender must be in, and must be given from when a card goes abroad.
    #[serde(default)]
    pub from: String,
}

/// A card it prints. Lengths in inches, as in its file; the functions give points.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// What the owner types.
    pub name: String,
    /// What the service calls it, if that is different.
    #[serde(default)]
    theirs: String,
    page: [f64; 2],
    trim: [f64; 2],
    safe: f64,
    #[serde(default)]
    zone: Option<[f64; 4]>,
    /// The reserved corner is believed, and larger than it may have to be.
    #[serde(default)]
    pub zone_believed: bool,
    /// The picture's width and height, where it takes one.
    #[serde(default)]
    pub pixels: Option<[u32; 2]>,
    /// Characters of a note, where it goes as text.
    #[serde(default)]
    pub note: usize,
    /// The countries it goes to.
    pub to: Vec<String>,
    /// Anywhere else too.
    #[serde(default)]
    pub abroad: bool,
}

/// A card's place on the service's page: what the paper is, which parts are kept clear.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The finished card, as a paper with one card on it.
    pub stock: Stock,
    /// Kept clear, in the card's own coordinates.
    pub blocked: Vec<Rect>,
    /// Writing begins so far from the edge of the card.
    pub margin: f64,
    /// Art may run so far past it.
    pub bleed: f64,
}

const FILES: [(&str, &str); 6] = [
    ("lob", include_str!("pack/lob.toml")),
    ("postgrid", include_str!("pack/postgrid.toml")),
    ("thanksio", include_str!("pack/thanksio.toml")),
    ("stannp", include_str!("pack/stannp.toml")),
    ("click2mail", include_str!("pack/click2mail.toml")),
    ("handwrytten", include_str!("pack/handwrytten.toml")),
];

/// The services there are, as the owner types them.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

impl Service {
    /// The service with this name.
    pub fn named(typed: &str) -> Result<Service> {
        let plain: String = typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let Some((name, text)) = FILES.iter().find(|(name, _)| *name == plain) else {
            let near = names().max_by(|a, b| strsim::jaro(a, &plain).total_cmp(&strsim::jaro(b, &plain)));
            let near =
                near.filter(|near| strsim::jaro(near, &plain) > 0.7).map_or_else(String::new, |n| format!("did you mean {n}? "));
            let all: Vec<&str> = names().collect();
            return Err(Trouble::usage(format!("`{}` is no postcard service here", crate::words::shown(typed)))
                .hint(format!("{near}there are {}", all.join(", "))));
        };
        let mut service: Service = toml::from_str(text).map_err(|e| Trouble::failed(format!("{name}.toml: {}", e.message())))?;
        service.name = name;
        Ok(service)
    }

    /// The card of this size; the usual one if none is named.
    pub fn size(&self, named: Option<&str>) -> Result<&Format> {
        let wanted = named.map(str::trim).map(str::to_lowercase);
        let found = match &wanted {
            None => self.sizes.first(),
            Some(wanted) => self.sizes.iter().find(|s| s.name == *wanted || s.theirs.to_lowercase() == *wanted),
        };
        found.ok_or_else(|| {
            let all: Vec<&str> = self.sizes.iter().map(|s| s.name.as_str()).collect();
            Trouble::usage(format!(
                "{} prints no card of size `{}`",
                self.title,
                crate::words::shown(&wanted.unwrap_or_default())
            ))
            .hint(format!("its sizes are {}", all.join(", ")))
        })
    }
}

impl Service {
    /// The card it usually prints in this country, two letters: the first that goes there, else the first that goes anywhere.
    pub fn usual(&self, country: &str) -> Result<&Format> {
        let home = |size: &&Format| size.to.iter().any(|to| to == country);
        let found = self.sizes.iter().find(home).or_else(|| self.sizes.iter().find(|size| size.abroad));
        found.map_or_else(|| self.size(None), Ok)
    }
}

impl Format {
    /// The uploaded page, with bleed.
    #[must_use]
    pub fn page(&self) -> Size {
        Size::new(inch(self.page[0]), inch(self.page[1]))
    }

    /// The finished card.
    #[must_use]
    pub fn trim(&self) -> Size {
        Size::new(inch(self.trim[0]), inch(self.trim[1]))
    }

    /// Where the finished card lies on the uploaded page.
    #[must_use]
    pub fn cut(&self) -> Rect {
        Rect::from_center_size((self.page() / 2.0).to_vec2().to_point(), self.trim())
    }

    /// Where nothing that matters is cut off.
    #[must_use]
    pub fn safe(&self) -> Rect {
        self.page().to_rect().inset(-inch(self.safe))
    }

    /// The part of the address side that must stay free of ink, on the uploaded page.
    #[must_use]
    pub fn zone(&self) -> Option<Rect> {
        let [width, height, right, bottom] = self.zone?.map(inch);
        let page = self.page();
        let corner = Point::new(page.width - right, page.height - bottom);
        Some(Rect::from_points(corner, corner - Vec2::new(width, height)))
    }

    /// What the service calls it.
    #[must_use]
    pub fn service_size(&self) -> &str {
        if self.theirs.is_empty() { &self.name } else { &self.theirs }
    }

    /// Dots per inch of its picture over the page.
    #[must_use]
    pub fn dpi(&self) -> f64 {
        self.pixels.map_or(300.0, |[width, _]| f64::from(width) / self.page[0])
    }

    /// How a card is drawn for it.
    #[must_use]
    pub fn frame(&self, service: &Service) -> Frame {
        let cut = self.cut();
        let blocked = self.zone().map(|zone| {
            let zone = zone - cut.origin().to_vec2();
            Rect::new(zone.x0 - APART, zone.y0 - APART, cut.width().max(zone.x1), cut.height().max(zone.y1))
        });
        let trim = self.trim();
        Frame {
            stock: Stock {
                name: format!("{}/{}", service.name, self.name),
                title: format!("{} {}", service.title, self.service_size()),
                purpose: Use::Card,
                form: Form::Flat,
                panel: trim,
                sheet: trim,
                cell: trim,
                origin: Point::ZERO,
                pitch: trim.to_vec2(),
                columns: 1,
                rows: 1,
                duplex: true,
                perforated: true,
                postcard: false,
                source: service.checked.clone(),
            },
            blocked: blocked.into_iter().collect(),
            margin: self.safe().x0 - cut.x0 + INSIDE,
            bleed: cut.x0,
        }
    }

    /// A panel of the card as a page to be uploaded: bleed and all, no marks.
    #[must_use]
    pub fn side(&self, panel: &std::sync::Arc<Vec<Item>>) -> Page {
        let (page, cut) = (self.page(), self.cut());
        let at = crate::measure::Affine::translate(cut.origin().to_vec2());
        let whole = Item::Placed {
            drawing: std::sync::Arc::clone(panel),
            at,
            clip: Some(cut.inflate(cut.x0, cut.y0) - cut.origin().to_vec2()),
        };
        Page { size: page, trim: cut, bleed: page.to_rect(), items: vec![whole] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_reads_and_its_figures_agree() {
        for name in names() {
            let service = Service::named(name).unwrap();
            assert!(!service.steps.is_empty() && !service.checked.is_empty());
            for size in &service.sizes {
                let page = size.page().to_rect();
                assert!(page.contains_rect(size.cut()) && page.contains_rect(size.safe()), "{name} {}", size.name);
                assert_eq!(service.artwork == Artwork::Picture, size.pixels.is_some(), "{name} {}", size.name);
                assert_eq!(size.zone().is_some(), size.pixels.is_none(), "{name} {}", size.name);
                assert!(size.zone().is_none_or(|zone| zone.inset(-0.01).area() > 0.0 && page.inset(0.01).contains_rect(zone)));
                if let Some([w, h]) = size.pixels {
                    assert!((size.page().height * size.dpi() / 72.0).round() as u32 == h, "{name} {} {w}", size.name);
                }
                assert!(size.frame(&service).margin >= size.safe().x0 - size.cut().x0);
            }
        }
        let lob = Service::named("Lob").unwrap();
        let zone = lob.size(Some("4x6")).unwrap().zone().unwrap();
        // postal facts: x 193.79 to 430.20, y 18 to 189 from below.
        assert!((zone.x0 - 193.79).abs() < 0.02 && (zone.x1 - 430.2).abs() < 0.02, "{zone:?}");
        assert!((306.0 - zone.y1 - 18.0).abs() < 0.01 && (306.0 - zone.y0 - 189.0).abs() < 0.01);
        assert!(Service::named("lobb").unwrap_err().hints[0].contains("did you mean lob?"));
        assert!(lob.size(Some("5x7")).is_err());
    }
}
