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
}

/// Side of a cell of the grid in which neighbours are looked for, in x-heights.
const CELL: f64 = 0.12;
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
        points.iter_mut().for_each(|p| *p -= mean);
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
        let mut trace = Trace { points: Vec::new(), cells: vec![0; columns * rows + 1], corner: low, columns, rows };
        points.sort_by_cached_key(|p| trace.cell(*p));
        for p in &points {
            let cell = trace.cell(*p);
            trace.cells[cell + 1] += 1;
        }
        for i in 1..trace.cells.len() {
            trace.cells[i] += trace.cells[i - 1];
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

    /// From a point to the nearest of this outline.
    fn nearest(&self, p: Point) -> Vec2 {
        let (column, row) = self.column_row(p);
        let (mut best, mut square) = (Vec2::ZERO, f64::MAX);
        for ring in 0..self.columns.max(self.rows) {
            // Everything outside the rings looked at is at least this far away.
            if ring > 0 && square.sqrt() <= (ring as f64 - 1.0) * CELL {
                break;
            }
            let (r0, r1) = (row.saturating_sub(ring), (row + ring).min(self.rows - 1));
            let (c0, c1) = (column.saturating_sub(ring), (column + ring).min(self.columns - 1));
            for r in r0..=r1 {
                for c in c0..=c1 {
                    if r.abs_diff(row).max(c.abs_diff(column)) != ring {
                        continue;
                    }
                    let cell = r * self.columns + c;
                    for q in &self.points[self.cells[cell] as usize..self.cells[cell + 1] as usize] {
                        let apart = *q - p;
                        if apart.hypot2() < square {
                            (best, square) = (apart, apart.hypot2());
                        }
                    }
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
        if self.points.is_empty() || other.points.is_empty() {
            return f64::INFINITY;
        }
        let mut shift = Vec2::ZERO;
        let mut least = f64::INFINITY;
        for _ in 0..4 {
            let (mut sum, mut pull) = (0.0, Vec2::ZERO);
            for p in &self.points {
                let apart = other.nearest(*p + shift);
                sum += apart.hypot();
                pull += apart;
            }
            let (mut back, mut push) = (0.0, Vec2::ZERO);
            for q in &other.points {
                let apart = self.nearest(*q - shift);
                back += apart.hypot();
                push += apart;
            }
            let (here, there) = (self.points.len() as f64, other.points.len() as f64);
            least = least.min(f64::midpoint(sum / here, back / there));
            let step = (pull / here - push / there) * 0.5;
            if step.hypot() < 0.001 {
                break;
            }
            shift += step;
        }
        least
    }
}
