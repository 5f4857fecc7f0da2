//! All the stocks there are: those that come with wetink and the shop's own.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::{Form, Stock, Use, in_settings, spot};
use crate::measure::{Point, Rect, Size, Vec2, mm, to_mm};
use crate::trouble::{Result, Trouble};

const BUNDLED: &str = include_str!("../stock.toml");

/// How far cells may overlap or stick out before it is a mistake: figures in inches don't come out even in millimetres.
const SLACK: f64 = mm(0.1);

/// Sheets people have, upright, in millimetres.
const SHEETS: [(&str, [f64; 2]); 6] = [
    ("a3", [297.0, 420.0]),
    ("a4", [210.0, 297.0]),
    ("a5", [148.0, 210.0]),
    ("a6", [105.0, 148.0]),
    ("letter", [215.9, 279.4]),
    ("legal", [215.9, 355.6]),
];

/// A sheet by name, or its width and height in millimetres.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Paper {
    /// `a4`, `letter` …
    Named(String),
    /// Width and height in millimetres.
    Sized([f64; 2]),
}

/// A stock as it is written down, in `stock.toml` and as `[[stock]]` in the shop's file. Lengths are millimetres.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StockEntry {
    /// What the owner calls it, `a6-4up`.
    pub name: String,
    /// A line about it.
    #[serde(default)]
    pub title: String,
    /// `card`, `label` or `envelope`.
    #[serde(default, rename = "for")]
    pub purpose: Use,
    /// The sheet.
    pub sheet: Paper,
    /// The sheet lies on its side.
    #[serde(default)]
    pub landscape: bool,
    /// `flat`, `half-side`, `half-top` or `quarter`.
    #[serde(default)]
    pub form: Form,
    /// Width and height of the piece cut out, not yet folded. Without it, the sheet.
    pub cell: Option<[f64; 2]>,
    /// Cells across and down. Without it, one.
    pub grid: Option<[usize; 2]>,
    /// From the sheet's left and top edge to the first cell. Without it, the grid lies in the middle.
    pub origin: Option<[f64; 2]>,
    /// From one cell to the next, across and down. Without it, edge to edge.
    pub pitch: Option<[f64; 2]>,
    /// Comes apart by itself: no crop marks.
    #[serde(default)]
    pub perforated: bool,
    /// Sold to be sent without an envelope.
    #[serde(default)]
    pub postcard: bool,
    /// Printed on one side only. Labels, envelopes and quarter folds always are.
    #[serde(default)]
    pub one_sided: bool,
    /// Where the figures come from.
    #[serde(default)]
    pub source: String,
}

#[derive(Deserialize)]
struct File {
    stock: Vec<StockEntry>,
}

/// The stocks, in the order they are listed.
#[derive(Clone, Debug)]
pub struct Shelf {
    stocks: Vec<Stock>,
}

impl Shelf {
    /// With the `[[stock]]` tables of the shop's file, whose whole text this is; what can't be is shown at its place.
    pub fn read(text: &Arc<str>) -> Result<Shelf> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct File {
            stock: Vec<Spanned<StockEntry>>,
        }
        let file: File = toml::from_str(text).map_err(|error| {
            in_settings("a [[stock]]", &error, text)
                .hint("a stock needs a name and a sheet; cell, grid, origin, pitch, form, for, landscape, perforated, postcard, one-sided and title are its other words")
        })?;
        for entry in &file.stock {
            entry.get_ref().stock().map_err(|trouble| trouble.at(spot(entry.span(), text)))?;
        }
        Shelf::with(&file.stock.into_iter().map(Spanned::into_inner).collect::<Vec<_>>())
    }

    /// What comes with wetink and, before it, the shop's own; a shop's stock hides one of the same name.
    pub fn with(own: &[StockEntry]) -> Result<Shelf> {
        let bundled: File = toml::from_str(BUNDLED).map_err(|error| Trouble::failed(format!("stock.toml: {error}")))?;
        let mut stocks: Vec<Stock> = Vec::new();
        for entry in own {
            let stock = entry.stock()?;
            if stocks.iter().any(|other| other.name == stock.name) {
                return Err(Trouble::usage(format!("there are two stocks called `{}` in wetink.toml", stock.name))
                    .hint("give one of them another name"));
            }
            stocks.push(stock);
        }
        for entry in &bundled.stock {
            if stocks.iter().all(|other| other.name != entry.name) {
                stocks.push(entry.stock()?);
            }
        }
        Ok(Shelf { stocks })
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Stock] {
        &self.stocks
    }

    /// The one of that name.
    pub fn find(&self, name: &str) -> Result<&Stock> {
        let wanted = name.trim().to_lowercase();
        self.stocks.iter().find(|stock| stock.name == wanted).ok_or_else(|| {
            let nearest = self
                .stocks
                .iter()
                .map(|stock| (strsim::jaro_winkler(&wanted, &stock.name), stock))
                .filter(|(near, _)| *near > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let trouble = Trouble::usage(format!("there is no stock called `{name}`"));
            match nearest {
                Some((_, stock)) => trouble.hint(format!("did you mean `{}`? (`wetink stocks` lists all)", stock.name)),
                None => trouble.hint("`wetink stocks` lists all; a [[stock]] in wetink.toml adds your own"),
            }
        })
    }
}

impl StockEntry {
    /// The stock, if the figures make one.
    pub fn stock(&self) -> Result<Stock> {
        let wrong = |what: String| {
            Trouble::usage(format!("stock `{}`: {what}", self.name))
                .hint("lengths are millimetres; `wetink test-page` prints the outline to compare with the paper")
        };
        if self.name.is_empty() || !self.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(wrong("a name is small letters, digits and hyphens".into()));
        }
        let [width, height] = match &self.sheet {
            Paper::Sized(size) => *size,
            Paper::Named(name) => {
                let known = SHEETS.iter().find(|(known, _)| *known == name.to_lowercase());
                known.map(|(_, size)| *size).ok_or_else(|| wrong(format!("there is no sheet called `{name}`")))?
            }
        };
        let sheet = if self.landscape { [height, width] } else { [width, height] };
        let cell = self.cell.unwrap_or(sheet);
        let [columns, rows] = self.grid.unwrap_or([1, 1]);
        let pitch = self.pitch.unwrap_or(cell);
        if !sheet.iter().chain(&cell).all(|side| (5.0..=2000.0).contains(side)) {
            return Err(wrong("sheet and cell are between 5 and 2000 mm each way".into()));
        }
        if !(1..=50).contains(&columns) || !(1..=50).contains(&rows) || !pitch.iter().all(|step| (0.0..=2000.0).contains(step)) {
            return Err(wrong("the grid has 1 to 50 cells each way, and the pitch isn't negative".into()));
        }
        let spread = [pitch[0] * (columns - 1) as f64 + cell[0], pitch[1] * (rows - 1) as f64 + cell[1]];
        let origin = self.origin.unwrap_or([(sheet[0] - spread[0]) / 2.0, (sheet[1] - spread[1]) / 2.0]);
        let points = |[x, y]: [f64; 2]| (mm(x), mm(y));
        let one_sided = self.one_sided || self.purpose != Use::Card || self.form == Form::Quarter;
        if self.purpose != Use::Card && self.form != Form::Flat {
            return Err(wrong("labels and envelopes are flat".into()));
        }
        if one_sided && matches!(self.form, Form::HalfSide | Form::HalfTop) {
            return Err(wrong("a card folded once is printed on both sides".into()));
        }
        let cell: Size = points(cell).into();
        let panel = match self.form {
            Form::Flat => cell,
            Form::HalfSide => Size::new(cell.width / 2.0, cell.height),
            Form::HalfTop => Size::new(cell.width, cell.height / 2.0),
            Form::Quarter => cell / 2.0,
        };
        let stock = Stock {
            name: self.name.clone(),
            title: if self.title.is_empty() { self.name.clone() } else { self.title.clone() },
            purpose: self.purpose,
            form: self.form,
            panel,
            sheet: points(sheet).into(),
            cell,
            origin: Point::from(points(origin)),
            pitch: Vec2::from(points(pitch)),
            columns,
            rows,
            duplex: !one_sided,
            perforated: self.perforated,
            postcard: self.postcard,
            source: self.source.clone(),
        };
        if (columns > 1 && stock.pitch.x < cell.width - SLACK) || (rows > 1 && stock.pitch.y < cell.height - SLACK) {
            return Err(wrong("the cells overlap: the pitch is less than the cell".into()));
        }
        let paper = stock.sheet.to_rect().inflate(SLACK, SLACK);
        let all = stock.cells().into_iter().reduce(|a, b| a.union(b)).unwrap_or(Rect::ZERO);
        if !(paper.contains_rect(all)) {
            let over = [paper.x0 - all.x0, paper.y0 - all.y0, all.x1 - paper.x1, all.y1 - paper.y1];
            let over = over.into_iter().fold(0.0, f64::max);
            return Err(wrong(format!("the cells reach {:.1} mm past the sheet's edge", to_mm(over + SLACK))));
        }
        Ok(stock)
    }
}
