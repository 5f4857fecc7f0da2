//! Outlines that come again moved, turned or stretched: a leaf, a scrap of confetti, a dot. One of them is put into the batch's font
//! as a glyph, and the others are stamped with it: a place and four numbers instead of a whole outline.

use std::sync::Arc;

use kurbo::PathEl;

use crate::measure::{Affine, BezPath, Point};
use crate::page::Shape;

/// Units of the glyph along either side of its frame: the twentieths of a point of the largest frame.
const FRAME: f64 = 500.0;
/// The longest side of a frame, in points: larger outlines would be written too coarsely.
const LARGEST: f64 = 30.0;
/// An outline has at most so many points; longer ones hardly come again.
const MOST: usize = 64;
/// How near two outlines must be to be one, in parts of the frame: 0.04 pt in the largest.
const NEAR: f64 = 600.0;

/// An outline in a frame of its own.
pub struct Stencil {
    /// The same key means the same outline, wherever and however it is stamped.
    pub key: u64,
    /// From the frame to the page.
    pub at: Affine,
    outline: BezPath,
}

impl Stencil {
    /// The outline as a letter that no text stands for.
    pub fn shape(self) -> Arc<Shape> {
        Arc::new(Shape { key: self.key, outline: self.outline, advance: 0.0 })
    }
}

/// The stencil of a small filled outline; `None` where one makes no sense.
pub fn stencil(path: &BezPath) -> Option<Stencil> {
    if !matches!(path.elements().first(), Some(PathEl::MoveTo(_))) || !path.is_finite() {
        return None;
    }
    let mut points: Vec<Point> = Vec::with_capacity(MOST);
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => points.push(p),
            PathEl::QuadTo(a, p) => points.extend([a, p]),
            PathEl::CurveTo(a, b, p) => points.extend([a, b, p]),
            PathEl::ClosePath => {}
        }
        if points.len() > MOST {
            return None;
        }
    }
    let origin = *points.first()?;
    let (i, j) = frame(&points)?;
    let (along, across) = (points[i] - origin, points[j] - origin);
    if along.hypot().max(across.hypot()) > LARGEST {
        return None;
    }
    let at = Affine::new([along.x, along.y, across.x, across.y, origin.x, origin.y]);
    let into = at.inverse();
    let mut words: Vec<[u8; 8]> = vec![((i * MOST + j) as u64).to_le_bytes()];
    let mut outline = path.clone();
    outline.apply_affine(into);
    for element in outline.elements() {
        let (kind, ends): (u8, [Option<Point>; 3]) = match *element {
            PathEl::MoveTo(p) => (0, [Some(p), None, None]),
            PathEl::LineTo(p) => (1, [Some(p), None, None]),
            PathEl::QuadTo(a, p) => (2, [Some(a), Some(p), None]),
            PathEl::CurveTo(a, b, p) => (3, [Some(a), Some(b), Some(p)]),
            PathEl::ClosePath => (4, [None; 3]),
        };
        for p in ends.into_iter().flatten() {
            let (x, y) = ((p.x * NEAR).round(), (p.y * NEAR).round());
            if x.abs().max(y.abs()) > 10.0 * NEAR {
                return None;
            }
            words.push((((x as i64 as u64) << 32) ^ (y as i64 as u64 & 0xffff_ffff) ^ u64::from(kind) << 61).to_le_bytes());
        }
    }
    let key = crate::face::key(&[b"stencil", &words.concat()]);
    outline.apply_affine(Affine::scale(FRAME));
    Some(Stencil { key, at: at * Affine::scale(1.0 / FRAME), outline })
}

/// The points that span the widest frame with the first. Of nearly equal ones the first, so that rounding doesn't choose. Of many
/// points some are tried.
fn frame(points: &[Point]) -> Option<(usize, usize)> {
    let step = points.len().div_ceil(16);
    let from = |p: Point| p - points[0];
    let area = |i: usize, j: usize| from(points[i]).cross(from(points[j])).abs();
    let pairs = || (1..points.len()).step_by(step).flat_map(|i| (i + 1..points.len()).step_by(step).map(move |j| (i, j)));
    let widest = pairs().map(|(i, j)| area(i, j)).fold(0.0, f64::max);
    let long = points.iter().map(|p| from(*p).hypot2()).fold(0.0, f64::max);
    // What is nearly a line has no frame.
    if !widest.is_finite() || widest < long * 1e-3 || widest < 1e-4 {
        return None;
    }
    pairs().find(|(i, j)| area(*i, *j) > 0.9 * widest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Circle, Shape as _};

    fn leaf(bend: f64) -> BezPath {
        let mut path = BezPath::new();
        path.move_to((0.0, 0.0));
        path.curve_to((2.0, 1.0), (7.0, 1.5 + bend), (10.0, bend));
        path.curve_to((7.0, -1.5), (2.0, -1.0), (0.0, 0.0));
        path.close_path();
        path
    }

    #[test]
    fn an_outline_moved_turned_and_stretched_is_the_same() {
        for path in
            [leaf(0.3), Circle::new((5.0, 7.0), 3.0).to_path(0.02), crate::measure::Rect::new(0.0, 0.0, 4.0, 1.0).to_path(0.1)]
        {
            let first = stencil(&path).unwrap();
            for n in 0..60 {
                let n = f64::from(n);
                let at = Affine::translate((n * 3.1, 200.0 - n)) * Affine::rotate(n * 0.7) * Affine::scale(0.4 + n * 0.03);
                let other = stencil(&(at * path.clone())).unwrap();
                assert_eq!(other.key, first.key);
                let drawn = other.at * other.outline;
                for (a, b) in drawn.elements().iter().zip((at * path.clone()).elements()) {
                    let far = a.end_point().zip(b.end_point()).map_or(0.0, |(a, b)| a.distance(b));
                    assert!(far < 1e-6, "{far}");
                }
            }
        }
        assert_ne!(stencil(&leaf(0.3)).unwrap().key, stencil(&leaf(-0.3)).unwrap().key);
    }

    #[test]
    fn lines_and_large_outlines_have_none() {
        let mut line = BezPath::new();
        line.move_to((1.0, 1.0));
        line.line_to((5.0, 5.0));
        line.line_to((9.0, 9.0));
        assert!(stencil(&line).is_none());
        assert!(stencil(&Circle::new((0.0, 0.0), 40.0).to_path(0.02)).is_none());
        assert!(stencil(&BezPath::new()).is_none());
        assert!(stencil(&Circle::new((f64::NAN, 0.0), 4.0).to_path(0.02)).is_none());
    }
}
