//! Outlines that come again moved, turned or stretched: a leaf, a scrap of confetti, a dot. One of them is put into the batch's font
//! as a glyph, and the others are stamped with it: a place and four numbers instead of a whole outline.

use std::sync::Arc;

use kurbo::PathEl;

use crate::face::stir;
use crate::measure::{Affine, BezPath, Point, nearest};
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
    /// From the frame, in units of its glyph, to the page.
    pub at: Affine,
}

impl Stencil {
    /// The outline it was made from as a letter that no text stands for.
    pub fn shape(&self, path: &BezPath) -> Arc<Shape> {
        Arc::new(Shape::new(self.key, self.at.inverse() * path, 0.0))
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
    let mut name = Name((i * MOST + j) as u64);
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => name.take(0, &[into * p])?,
            PathEl::LineTo(p) => name.take(1, &[into * p])?,
            PathEl::QuadTo(a, p) => name.take(2, &[into * a, into * p])?,
            PathEl::CurveTo(a, b, p) => name.take(3, &[into * a, into * b, into * p])?,
            PathEl::ClosePath => name.take(4, &[])?,
        }
    }
    Some(Stencil { key: name.0, at: at * Affine::scale(1.0 / FRAME) })
}

/// The name of an outline in its frame, from its points as far as they tell it from others.
struct Name(u64);

impl Name {
    /// `None` for a point far outside the frame.
    fn take(&mut self, kind: u64, points: &[Point]) -> Option<()> {
        self.0 = stir(self.0 ^ kind);
        for p in points {
            let (x, y) = (nearest(p.x * NEAR), nearest(p.y * NEAR));
            if x.abs().max(y.abs()) > 10.0 * NEAR {
                return None;
            }
            self.0 = stir(self.0 ^ ((x as i64 as u64) << 32 ^ (y as i64 as u64 & 0xffff_ffff)));
        }
        Some(())
    }
}

/// The points that span a wide frame with the first: one far from it, and one far from the line between them. Of nearly equal ones
/// the first, so that rounding doesn't choose.
fn frame(points: &[Point]) -> Option<(usize, usize)> {
    let from = |i: usize| points[i] - points[0];
    let far = |i: &usize| from(*i).hypot2();
    let most = (1..points.len()).map(|i| far(&i)).fold(0.0, f64::max);
    let i = (1..points.len()).find(|i| far(i) > 0.8 * most)?;
    let aside = |j: &usize| from(i).cross(from(*j)).abs();
    let widest = (1..points.len()).map(|j| aside(&j)).fold(0.0, f64::max);
    // What is nearly a line has no frame.
    if widest < most * 1e-3 || widest < 1e-4 {
        return None;
    }
    Some((i, (1..points.len()).find(|j| aside(j) > 0.8 * widest)?))
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
                let drawn = other.at * &first.shape(&path).outline;
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
