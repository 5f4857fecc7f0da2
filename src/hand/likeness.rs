//! How alike two letters are: the mean distance between their outlines, in x-heights, laid on each other as well as they go.
//!
//! A person's equal letters are 0.03 to 0.10 apart, in the middle 0.06; a font's are 0.

use kurbo::{ParamCurve, PathSeg};

use crate::measure::{Affine, BezPath, Point, Vec2};

/// An outline as points at equal steps.
#[derive(Clone, Debug)]
pub struct Trace {
    points: Vec<Point>,
    /// Index of the first point of each cell, row by row; points are sorted by cell.
    cells: Vec<u32>,
    corner: Point,
    columns: usize,
    rows: usize,
    field: Field,
}

/// For every cell of a fine grid over an outline, a point of the outline near its middle: where to begin looking.
#[derive(Clone, Debug)]
struct Field {
    corner: Point,
    columns: usize,
    rows: usize,
    nearest: Vec<u32>,
}

/// Side of a cell of the grid in which neighbours are looked for, in x-heights.
const CELL: f64 = 0.12;
/// Side of a cell of the fine grid, and how far it goes beyond the outline.
const FINE: f64 = 0.1;
const MARGIN: f64 = 0.3;
/// An outline is cut off here; no letter is that long.
const MOST_POINTS: usize = 6000;

impl Trace {
    /// Follows an outline in steps of `step` x-heights; `at` brings the outline to x-heights, y up or down.
    #[must_use]
    pub fn new(path: &BezPath, at: Affine, step: f64) -> Trace {
        let mut points = Vec::new();
        for segment in (at * path).segments() {
            let length = match segment {
                PathSeg::Line(line) => line.p0.distance(line.p1),
                PathSeg::Quad(quad) => {
                    quad.p0.distance(quad.p1).midpoint(quad.p0.distance(quad.p2)) + 0.5 * quad.p1.distance(quad.p2)
                }
                PathSeg::Cubic(cubic) => cubic.p0.distance(cubic.p1) + cubic.p1.distance(cubic.p2) + cubic.p2.distance(cubic.p3),
            };
            let parts = (length / step).ceil().clamp(1.0, 400.0);
            if points.len() < MOST_POINTS && length.is_finite() {
                points.extend((0..parts as usize).map(|i| segment.eval(i as f64 / parts)));
            }
        }
        let mean = points.iter().map(|p| p.to_vec2()).fold(Vec2::ZERO, |a, b| a + b) / points.len().max(1) as f64;
        for p in &mut points {
            *p -= mean;
        }
        Trace::gridded(points)
    }

    fn gridded(mut points: Vec<Point>) -> Trace {
        let (mut low, mut high) = (Point::new(f64::MAX, f64::MAX), Point::new(f64::MIN, f64::MIN));
        for p in &points {
            low = Point::new(low.x.min(p.x), low.y.min(p.y));
            high = Point::new(high.x.max(p.x), high.y.max(p.y));
        }
        let cells = |from: f64, to: f64| (((to - from) / CELL).floor().clamp(0.0, 400.0)) as usize + 1;
        let (columns, rows) = (cells(low.x, high.x), cells(low.y, high.y));
        let field = Field { corner: low, columns: 0, rows: 0, nearest: Vec::new() };
        let mut trace = Trace { points: Vec::new(), cells: vec![0; columns * rows + 1], corner: low, columns, rows, field };
        points.sort_by_cached_key(|p| trace.cell(*p));
        for p in &points {
            let cell = trace.cell(*p);
            trace.cells[cell + 1] += 1;
        }
        for i in 1..trace.cells.len() {
            trace.cells[i] += trace.cells[i - 1];
        }
        if !points.is_empty() {
            trace.field = Field::new(&points, low, high);
        }
        trace.points = points;
        trace
    }

    fn column_row(&self, p: Point) -> (usize, usize) {
        let index = |at: f64, from: f64, count: usize| (((at - from) / CELL).max(0.0) as usize).min(count - 1);
        (index(p.x, self.corner.x, self.columns), index(p.y, self.corner.y, self.rows))
    }

    fn cell(&self, p: Point) -> usize {
        let (column, row) = self.column_row(p);
        row * self.columns + column
    }

    /// From a point to the nearest of this outline, or with `rough` to one nearly so.
    fn nearest(&self, p: Point, rough: bool) -> Vec2 {
        let mut best = self.points[self.field.near(p)] - p;
        if rough {
            return best;
        }
        let mut square = best.hypot2();
        let reach = square.sqrt();
        let (c0, r0) = self.column_row(p - Vec2::new(reach, reach));
        let (c1, r1) = self.column_row(p + Vec2::new(reach, reach));
        for r in r0..=r1 {
            let cells = r * self.columns + c0..r * self.columns + c1 + 1;
            for q in &self.points[self.cells[cells.start] as usize..self.cells[cells.end] as usize] {
                let apart = *q - p;
                if apart.hypot2() < square {
                    (best, square) = (apart, apart.hypot2());
                }
            }
        }
        best
    }

    /// Whether two letters are of a size; where not, they are far apart and need no measuring.
    #[must_use]
    pub fn comparable(&self, other: &Trace) -> bool {
        self.columns.abs_diff(other.columns) <= 5 && self.rows.abs_diff(other.rows) <= 5
    }

    /// The distance to another letter, in x-heights; infinite when one of them is empty.
    #[must_use]
    pub fn distance(&self, other: &Trace) -> f64 {
        self.measure(other, f64::INFINITY, false)
    }

    /// The distance when it is below `limit`, to a hundredth; some greater number, quickly, when it is not.
    #[must_use]
    pub fn near(&self, other: &Trace, limit: f64) -> f64 {
        self.measure(other, limit, true)
    }

    fn measure(&self, other: &Trace, limit: f64, rough: bool) -> f64 {
        if self.points.is_empty() || other.points.is_empty() {
            return f64::INFINITY;
        }
        // Every eighth point tells letters apart that are nothing like each other.
        let few = self.points.iter().step_by(8);
        let mean = few.clone().map(|p| other.nearest(*p, true).hypot()).sum::<f64>() / few.len() as f64;
        if mean > limit * 3.0 {
            return mean;
        }
        // The mean of all distances one way, and the mean way to go.
        let one_way = |from: &Trace, to: &Trace, shift: Vec2| {
            let (mut sum, mut pull) = (0.0, Vec2::ZERO);
            for p in &from.points {
                let apart = to.nearest(*p + shift, rough);
                sum += apart.hypot();
                pull += apart;
            }
            let count = from.points.len() as f64;
            (sum / count, pull / count)
        };
        let mut shift = Vec2::ZERO;
        let mut least = f64::INFINITY;
        for _ in 0..4 {
            let (there, pull) = one_way(self, other, shift);
            if there > limit * 4.0 {
                return least.min(there / 2.0);
            }
            let (back, push) = one_way(other, self, -shift);
            let mean = f64::midpoint(there, back);
            let step = (pull - push) * 0.5;
            // A step brings the letters no nearer to each other than it is long.
            let settled = mean > least * 0.98 || mean - 2.0 * step.hypot() > limit;
            least = least.min(mean);
            if settled || step.hypot() < 0.001 {
                break;
            }
            shift += step;
        }
        least
    }
}

impl Field {
    fn new(points: &[Point], low: Point, high: Point) -> Field {
        let corner = low - Vec2::new(MARGIN, MARGIN);
        let cells = |from: f64, to: f64| (((to - from + 2.0 * MARGIN) / FINE).ceil().clamp(1.0, 300.0)) as usize;
        let (columns, rows) = (cells(low.x, high.x), cells(low.y, high.y));
        let mut field = Field { corner, columns, rows, nearest: vec![u32::MAX; columns * rows] };
        for (i, p) in points.iter().enumerate() {
            let cell = field.cell(*p);
            field.offer(points, cell, i as u32);
        }
        // Each cell takes over what its neighbours found, down the grid and up again.
        for (down, row) in (0..rows).map(|r| (true, r)).chain((0..rows).rev().map(|r| (false, r))) {
            let beside = if down { row.checked_sub(1) } else { Some(row + 1).filter(|r| *r < rows) };
            for column in 0..columns {
                for near in
                    beside.into_iter().flat_map(|r| (column.saturating_sub(1)..(column + 2).min(columns)).map(move |c| (r, c)))
                {
                    field.offer(points, row * columns + column, field.nearest[near.0 * columns + near.1]);
                }
            }
            for column in 1..columns {
                field.offer(points, row * columns + column, field.nearest[row * columns + column - 1]);
            }
            for column in (1..columns).rev() {
                field.offer(points, row * columns + column - 1, field.nearest[row * columns + column]);
            }
        }
        field
    }

    fn cell(&self, p: Point) -> usize {
        let index = |at: f64, from: f64, count: usize| (((at - from) / FINE).max(0.0) as usize).min(count - 1);
        index(p.y, self.corner.y, self.rows) * self.columns + index(p.x, self.corner.x, self.columns)
    }

    /// Puts a point down for a cell if it is nearer to its middle than the one there.
    fn offer(&mut self, points: &[Point], cell: usize, point: u32) {
        let (Some(new), old) = (points.get(point as usize), points.get(self.nearest[cell] as usize)) else { return };
        let (row, column) = (cell / self.columns, cell % self.columns);
        let middle = self.corner + Vec2::new(column as f64 + 0.5, row as f64 + 0.5) * FINE;
        if old.is_none_or(|old| new.distance_squared(middle) < old.distance_squared(middle)) {
            self.nearest[cell] = point;
        }
    }

    fn near(&self, p: Point) -> usize {
        self.nearest[self.cell(p)] as usize
    }
}
