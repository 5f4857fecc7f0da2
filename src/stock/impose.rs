//! Cards onto sheets: as many as fit, the back behind its front, the marks for knife and fold.

use std::sync::Arc;

use super::fold::{Place, places};
use super::{Form, Panels, Printer, Side, Stock, Turn};
use crate::measure::{Affine, BezPath, Point, Rect, Vec2, mm};
use crate::page::{Ink, Item, Page, Pen};
use crate::trouble::{Result, Trouble};

/// How far art may run past the trim, where there is waste to run into.
const BLEED: f64 = mm(3.0);

/// A crop mark's distance from the card, its length, and the shortest piece of one still worth printing.
const AWAY: f64 = mm(3.0);
const LONG: f64 = mm(5.0);
const STUB: f64 = mm(1.5);

const MARK: Pen = Pen { ink: Ink::BLACK, width: 0.25, dash: None };
const TICK: Pen = Pen { ink: Ink::BLACK, width: 0.25, dash: Some((2.0, 2.0)) };

/// How cards are to go onto paper.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The paper.
    pub stock: &'a Stock,
    /// How the sheet is turned for its back.
    pub turn: Turn,
    /// Places of the first sheet that are used already.
    pub skip: usize,
    /// The printer.
    pub printer: &'a Printer,
}

/// One sheet of paper.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What is printed first.
    pub front: Page,
    /// What is printed on its back; `None` for a stock that has none.
    pub back: Option<Page>,
}

impl Sheet {
    /// Front and back, as a printer that turns the paper itself wants them.
    pub fn pages(self) -> impl Iterator<Item = Page> {
        std::iter::once(self.front).chain(self.back)
    }
}

/// The cards on sheets, one sheet after the other as they are asked for. The first card takes the first place after those
/// skipped; the places go row by row. A sheet is refused when something on it would fall where the printer can't print.
pub fn impose<I>(cards: I, plan: Plan<'_>) -> Result<impl Iterator<Item = Result<Sheet>> + use<'_, I>>
where
    I: IntoIterator<Item = Panels>,
{
    let per_sheet = plan.stock.per_sheet();
    if plan.skip >= per_sheet {
        let name = &plan.stock.name;
        let places = if per_sheet == 1 { "place" } else { "places" };
        return Err(Trouble::usage(format!("a sheet of `{name}` has {per_sheet} {places}, so {} can't be skipped", plan.skip))
            .hint("count the used places of the first sheet only; a sheet that is used up isn't put in"));
    }
    plan.printer.check()?;
    let layout = Layout::new(plan);
    let mut cards = cards.into_iter().fuse();
    let (mut number, mut skip) = (0, plan.skip);
    Ok(std::iter::from_fn(move || {
        let some: Vec<Panels> = cards.by_ref().take(per_sheet - skip).collect();
        if some.is_empty() {
            return None;
        }
        let sheet = layout.sheet(&some, skip, number);
        number += some.len();
        skip = 0;
        Some(sheet)
    }))
}

/// Everything that is the same on every sheet.
struct Layout<'a> {
    plan: Plan<'a>,
    places: Vec<Place>,
    cells: Vec<Rect>,
    marks: Vec<Arc<Vec<Item>>>,
}

impl<'a> Layout<'a> {
    fn new(plan: Plan<'a>) -> Layout<'a> {
        let cells = plan.stock.cells();
        let marks = (0..cells.len()).map(|index| Arc::new(marks(plan.stock, &cells, index, plan.printer))).collect();
        Layout { plan, places: places(plan.stock), cells, marks }
    }

    fn sheet(&self, cards: &[Panels], skip: usize, number: usize) -> Result<Sheet> {
        let stock = self.plan.stock;
        let mut front = Vec::new();
        let mut back = Vec::new();
        for (index, card) in cards.iter().enumerate() {
            let cell = self.cells[skip + index];
            for place in &self.places {
                let Some(items) = card.get(&place.panel).filter(|items| !items.is_empty()) else { continue };
                let clip = clip(stock, &self.cells, skip + index, place);
                let at = on_sheet(stock, cell, place, self.plan.turn);
                let what = format!("card {}: its {}", number + index + 1, side_name(place));
                self.plan.printer.margins_check(items, at, clip, stock, &what)?;
                let side = match place.side {
                    Side::Front => &mut front,
                    Side::Back => &mut back,
                };
                side.push(Item::Placed { drawing: Arc::clone(items), at, clip: Some(clip) });
            }
            let marks = &self.marks[skip + index];
            if !marks.is_empty() {
                front.push(Item::Placed { drawing: Arc::clone(marks), at: Affine::IDENTITY, clip: None });
            }
        }
        Ok(Sheet { front: self.page(front, Side::Front), back: stock.duplex.then(|| self.page(back, Side::Back)) })
    }

    fn page(&self, items: Vec<Item>, side: Side) -> Page {
        let mut page = Page::new(self.plan.stock.sheet);
        let correction = self.plan.printer.correction(side);
        page.items = if correction == Affine::IDENTITY || items.is_empty() {
            items
        } else {
            vec![Item::Placed { drawing: Arc::new(items), at: correction, clip: None }]
        };
        page
    }
}

fn side_name(place: &Place) -> &'static str {
    use super::Panel;
    match place.panel {
        Panel::Cover => "cover",
        Panel::Written => "written side",
        Panel::Inside => "other inside",
        Panel::Back => "back",
    }
}

/// From a panel's coordinates to the page's.
pub(super) fn on_sheet(stock: &Stock, cell: Rect, place: &Place, turn: Turn) -> Affine {
    match place.side {
        Side::Front => Affine::translate(cell.origin().to_vec2()) * place.at,
        // Mirrored by the sheet, not by the grid: a grid that lies off the middle lies off to the other side behind.
        Side::Back => {
            let mirrored = Affine::translate((stock.sheet.width - cell.x1, cell.y0)) * place.at;
            if stock.turns_like_a_book(turn) {
                mirrored
            } else {
                Affine::new([-1.0, 0.0, 0.0, -1.0, stock.sheet.width, stock.sheet.height]) * mirrored
            }
        }
    }
}

/// How much of a panel shows, in its own coordinates: itself, and at the cell's outer edges as much of the bleed as the paper
/// has, half of the way to the next card.
fn clip(stock: &Stock, cells: &[Rect], index: usize, place: &Place) -> Rect {
    let cell = cells[index];
    let gap = (stock.pitch - stock.cell.to_vec2()) / 2.0;
    let (row, column) = (index / stock.columns, index % stock.columns);
    let share = |first: bool, to_edge: f64, gap: f64| (if first { to_edge } else { gap }).clamp(0.0, BLEED);
    let left = share(column == 0, cell.x0, gap.x);
    let right = share(column + 1 == stock.columns, stock.sheet.width - cell.x1, gap.x);
    let top = share(row == 0, cell.y0, gap.y);
    let bottom = share(row + 1 == stock.rows, stock.sheet.height - cell.y1, gap.y);
    // Seen from behind, left and right change places.
    let (left, right) = if place.side == Side::Back { (right, left) } else { (left, right) };
    let at = |edge: f64, outer: f64| (edge - outer).abs() < 0.01;
    let area = place.area;
    let shown = Rect::new(
        if at(area.x0, 0.0) { area.x0 - left } else { area.x0 },
        if at(area.y0, 0.0) { area.y0 - top } else { area.y0 },
        if at(area.x1, cell.width()) { area.x1 + right } else { area.x1 },
        if at(area.y1, cell.height()) { area.y1 + bottom } else { area.y1 },
    );
    place.at.inverse().transform_rect_bbox(shown)
}

/// Where to cut and where to fold, as far as there is paper beside the card to say so on.
fn marks(stock: &Stock, cells: &[Rect], index: usize, printer: &Printer) -> Vec<Item> {
    let cell = cells[index];
    // A round pen reaches past the end of its line.
    let free = printer.printable(stock.sheet).inset(-MARK.width);
    let mut marks = Vec::new();
    let mut mark = |corner: Point, way: Vec2, pen: Pen| {
        let (from, to) = (corner + way * AWAY, corner + way * (AWAY + LONG));
        let keep = |p: Point| Point::new(p.x.clamp(free.x0, free.x1), p.y.clamp(free.y0, free.y1));
        let (from, to) = (keep(from), keep(to));
        let along = (to - from).dot(way);
        let straight = if way.x == 0.0 { (from.x - corner.x).abs() < 0.01 } else { (from.y - corner.y).abs() < 0.01 };
        let in_a_card = cells.iter().any(|other| {
            let other = other.inflate(-0.01, -0.01);
            Rect::from_points(from, to).inflate(0.02, 0.02).overlaps(other)
        });
        if along >= STUB && straight && (from - corner).dot(way) >= AWAY - 0.01 && !in_a_card {
            let mut line = BezPath::new();
            line.move_to(from);
            line.line_to(to);
            marks.push(Item::Stroke(line, pen));
        }
    };
    let (left, right, up, down) = (Vec2::new(-1.0, 0.0), Vec2::new(1.0, 0.0), Vec2::new(0.0, -1.0), Vec2::new(0.0, 1.0));
    if !stock.perforated {
        for (x, away) in [(cell.x0, left), (cell.x1, right)] {
            for (y, off) in [(cell.y0, up), (cell.y1, down)] {
                mark(Point::new(x, y), away, MARK);
                mark(Point::new(x, y), off, MARK);
            }
        }
    }
    let middle = cell.center();
    if matches!(stock.form, Form::HalfSide | Form::Quarter) {
        mark(Point::new(middle.x, cell.y0), up, TICK);
        mark(Point::new(middle.x, cell.y1), down, TICK);
    }
    if matches!(stock.form, Form::HalfTop | Form::Quarter) {
        mark(Point::new(cell.x0, middle.y), left, TICK);
        mark(Point::new(cell.x1, middle.y), right, TICK);
    }
    marks
}
