//! The outline of one letter as points that can be moved: fewer than the font has, close enough together to bend.
//!
//! Lengths are x-heights, y up. Points are on the curve or control it, as in TrueType: between two control points in a row the
//! curve passes through their middle. Moving control points therefore keeps curves smooth, and the file needs one point a curve.

use kurbo::{ParamCurve, PathEl, PathSeg, QuadBez};

use crate::measure::{BezPath, Point, Vec2};

/// How far the reduced outline may lie from the font's. At an x-height of 2.4 mm this is a hundredth of a millimetre.
const ERROR: f64 = 0.012;
/// Step in which the font's outline is followed.
const STEP: f64 = 0.025;
/// Where a line turns more than this (1 less the cosine, over six steps) it has a corner: about 55°.
const CORNER: f64 = 0.43;
/// A letter followed farther than this is no letter; the longest of the shipped hands take 900 steps.
const MOST_SAMPLES: usize = 8000;
/// An outline of more points is moved without regard to its strokes.
const MOST_POINTS: usize = 1500;
/// No stroke is thicker, in x-heights; a wider black is where strokes meet.
const THICKEST: f64 = 0.3;
/// Longest curve between two points, so that stems can bend.
const LONGEST: f64 = 0.42;

/// A point of a contour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) at: Point,
    pub(super) on: bool,
}

/// Closed contours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outline {
    pub(super) contours: Vec<Vec<Node>>,
}

impl Outline {
    /// Takes a font's outline, in thousandths of the em, whose x-height is `x_height` of those.
    pub(super) fn reduced(path: &BezPath, x_height: f64) -> Outline {
        let mut outline = Outline::default();
        let mut samples = 0;
        for contour in sampled(path, 1.0 / x_height) {
            samples += contour.len();
            if samples > MOST_SAMPLES {
                break;
            }
            outline.take(&fitted(&contour));
        }
        outline
    }

    /// Adds a contour given as curves end to end.
    fn take(&mut self, quads: &[QuadBez]) {
        let mut fine: Vec<QuadBez> = Vec::with_capacity(quads.len());
        for quad in quads {
            let length = quad.p0.distance(quad.p1) + quad.p1.distance(quad.p2);
            if length < 1e-4 {
                continue;
            }
            let parts = (length / LONGEST).ceil().clamp(1.0, 64.0);
            for i in 0..parts as usize {
                fine.push(quad.subsegment(i as f64 / parts..(i as f64 + 1.0) / parts));
            }
        }
        if fine.len() < 2 {
            return;
        }
        let mut contour = Vec::with_capacity(fine.len() * 2);
        for (i, quad) in fine.iter().enumerate() {
            let across = fine[(i + 1) % fine.len()].p1 - quad.p1;
            contour.push(Node { at: quad.p1, on: false });
            // Where two curves meet smoothly, the point between them need not stand exactly in the middle of their controls.
            let way = quad.p2 - quad.p1;
            let along = way.dot(across) / across.hypot2().max(1e-12);
            let aside = way.cross(across).abs() / across.hypot().max(1e-6);
            let slip = (along - 0.5).abs() * across.hypot();
            if aside > ERROR * 0.7 || !(0.28..0.72).contains(&along) || slip > 0.06 {
                contour.push(Node { at: quad.p2, on: true });
            }
        }
        self.contours.push(contour);
    }

    /// For every point: the direction across the line, of length 1, and its share of the length of all contours.
    pub(super) fn across(&self) -> Vec<(Vec2, f64)> {
        let mut across = Vec::new();
        for contour in &self.contours {
            for i in 0..contour.len() {
                let before = contour[(i + contour.len() - 1) % contour.len()].at;
                let after = contour[(i + 1) % contour.len()].at;
                let along = after - before;
                let length = along.hypot().max(1e-9);
                let share = contour[i].at.distance(before) + contour[i].at.distance(after);
                across.push((Vec2::new(along.y / length, -along.x / length), share));
            }
        }
        let total = across.iter().map(|(_, share)| share).sum::<f64>().max(1e-9);
        for (_, share) in &mut across {
            *share /= total;
        }
        across
    }

    /// For every point the middle of the stroke it bounds. Noise is taken from there, so that both edges of a stroke move
    /// together and the pen stays as thick as it is.
    pub(super) fn middles(&self, across: &[(Vec2, f64)]) -> Vec<Point> {
        let mut edges: Vec<(Point, Point)> = Vec::new();
        let mut area = 0.0;
        for contour in &self.contours {
            for i in 0..contour.len() {
                let (a, b) = (contour[i], contour[(i + 1) % contour.len()]);
                area += a.at.to_vec2().cross(b.at.to_vec2());
                // Halfway along, the curve runs inside its control points; near enough for a thickness.
                edges.push((a.at, b.at));
            }
        }
        let inward = if area < 0.0 { 1.0 } else { -1.0 };
        let points = self.contours.iter().flatten().map(|node| node.at);
        if edges.len() > MOST_POINTS {
            return points.collect();
        }
        points
            .zip(across)
            .map(|(p, (normal, _))| {
                let way = *normal * inward;
                let mut thick = THICKEST;
                for (a, b) in &edges {
                    let (side, from) = (*b - *a, *a - p);
                    let turn = way.cross(side);
                    if turn.abs() > 1e-9 {
                        let (reach, part) = (from.cross(side) / turn, from.cross(way) / turn);
                        if reach > 0.02 && reach < thick && (0.0..=1.0).contains(&part) {
                            thick = reach;
                        }
                    }
                }
                p + way * (thick / 2.0)
            })
            .collect()
    }

    /// All points in order.
    pub(super) fn nodes_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.contours.iter_mut().flatten()
    }

    /// As curves in whole thousandths of the em, ready for a font.
    pub(super) fn to_path(&self, x_height: f64) -> BezPath {
        let whole = |p: Point| Point::new((p.x * x_height).round(), (p.y * x_height).round());
        let mut path = BezPath::new();
        for contour in &self.contours {
            let nodes: Vec<Node> = contour.iter().map(|n| Node { at: whole(n.at), on: n.on }).collect();
            let Some(last) = nodes.last() else { continue };
            let start = if last.on { last.at } else { last.at.midpoint(nodes[0].at) };
            path.move_to(start);
            let mut i = 0;
            while i < nodes.len() {
                if nodes[i].on {
                    path.line_to(nodes[i].at);
                    i += 1;
                    continue;
                }
                let next = nodes[(i + 1) % nodes.len()];
                if next.on {
                    path.quad_to(nodes[i].at, next.at);
                    i += 2;
                } else {
                    path.quad_to(nodes[i].at, nodes[i].at.midpoint(next.at));
                    i += 1;
                }
            }
            path.close_path();
        }
        path
    }
}

/// Contours as points at equal steps, closed without repeating the first.
fn sampled(path: &BezPath, scale: f64) -> Vec<Vec<Point>> {
    let mut contours: Vec<Vec<Point>> = Vec::new();
    let mut raw: Vec<Point> = Vec::new();
    let mut ends: Vec<Vec<Point>> = Vec::new();
    let mut start = Point::ZERO;
    let mut last = Point::ZERO;
    let at = |p: Point| Point::new(p.x * scale, p.y * scale);
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(to) => {
                ends.push(std::mem::take(&mut raw));
                (start, last) = (at(to), at(to));
                raw.push(last);
            }
            PathEl::LineTo(to) => {
                last = at(to);
                raw.push(last);
            }
            PathEl::QuadTo(control, to) => {
                let quad = PathSeg::Quad(QuadBez::new(last, at(control), at(to)));
                raw.extend((1..=8).map(|i| quad.eval(f64::from(i) / 8.0)));
                last = at(to);
            }
            PathEl::CurveTo(..) => {}
            PathEl::ClosePath => last = start,
        }
    }
    ends.push(raw);
    for raw in ends.into_iter().filter(|raw| raw.len() > 2) {
        let way = |i: usize| raw[i].distance(raw[(i + 1) % raw.len()]);
        let length: f64 = (0..raw.len()).map(way).sum();
        let count = ((length / STEP).round() as usize).clamp(8, 4000);
        let step = length / count as f64;
        let mut points = Vec::with_capacity(count);
        let (mut i, mut gone) = (0, 0.0);
        for k in 0..count {
            let wanted = step * k as f64;
            while gone + way(i) < wanted && i + 1 < raw.len() {
                gone += way(i);
                i += 1;
            }
            let part = ((wanted - gone) / way(i).max(1e-12)).clamp(0.0, 1.0);
            points.push(raw[i].lerp(raw[(i + 1) % raw.len()], part));
        }
        if length > 4.0 * STEP {
            contours.push(points);
        }
    }
    contours
}

/// A closed contour as few curves, smooth but at its corners.
fn fitted(points: &[Point]) -> Vec<QuadBez> {
    let n = points.len();
    let around = |i: usize| points[i % n];
    // How sharply the line turns at each point, seen over a few steps.
    let bend: Vec<f64> = (0..n)
        .map(|i| {
            let (back, on) = (around(i) - around(i + n - 3), around(i + 3) - around(i));
            1.0 - back.dot(on) / (back.hypot() * on.hypot()).max(1e-12)
        })
        .collect();
    let is_corner =
        |i: usize| bend[i] > CORNER && (1..4).all(|k| bend[i] >= bend[(i + k) % n] && bend[i] > bend[(i + n - k) % n] - 1e-12);
    let mut corners: Vec<usize> = (0..n).filter(|i| is_corner(*i)).collect();
    let smooth = corners.is_empty();
    if smooth {
        corners.push(0);
    }
    let mut quads = Vec::new();
    for (c, from) in corners.iter().enumerate() {
        let to = corners.get(c + 1).copied().unwrap_or(corners[0] + n);
        let middle = |i: usize| (around(i + 3) - around(i + n - 3)).normalize();
        let (out, home) = if smooth {
            (middle(*from), middle(to))
        } else {
            ((around(from + 2) - around(*from)).normalize(), (around(to) - around(to + n - 2)).normalize())
        };
        fit(&around, n, (*from, out), (to, home), &mut quads);
    }
    quads
}

/// One curve from a point to another, given the directions there, or two where one would stray.
fn fit(around: &dyn Fn(usize) -> Point, n: usize, from: (usize, Vec2), to: (usize, Vec2), quads: &mut Vec<QuadBez>) {
    let ((i, out), (j, home)) = (from, to);
    let (a, b) = (around(i), around(j));
    let chord = b - a;
    let cross = out.cross(home);
    // Where the two directions meet.
    let reach = chord.cross(home) / cross;
    let back = out.cross(chord) / cross;
    let straight = chord.hypot() * 0.5;
    let control = if cross.abs() > 0.03 && reach > 0.0 && back > 0.0 && reach < 6.0 * straight && back < 6.0 * straight {
        a + out * reach
    } else {
        a.midpoint(b)
    };
    let quad = QuadBez::new(a, control, b);
    let (mut worst, mut at) = (0.0, usize::midpoint(i, j));
    if j - i > 1 {
        let trail: Vec<Point> = (0..=16).map(|k| quad.eval(f64::from(k) / 16.0)).collect();
        for k in i + 1..j {
            let p = around(k);
            let away = trail.windows(2).map(|w| to_segment(p, w[0], w[1])).fold(f64::INFINITY, f64::min);
            if away > worst {
                (worst, at) = (away, k);
            }
        }
    }
    if worst <= ERROR || j - i < 4 {
        quads.push(quad);
        return;
    }
    let quarter = (j - i) / 4;
    let at = at.clamp(i + quarter.max(2), j - quarter.max(2));
    let direction = (around(at + 3) - around(at + n - 3)).normalize();
    fit(around, n, from, (at, direction), quads);
    fit(around, n, (at, direction), to, quads);
}

/// Distance from a point to a straight piece.
fn to_segment(p: Point, a: Point, b: Point) -> f64 {
    let along = b - a;
    let part = ((p - a).dot(along) / along.hypot2().max(1e-18)).clamp(0.0, 1.0);
    p.distance(a + along * part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Face;
    use crate::hand::likeness::Trace;
    use crate::measure::Affine;

    #[test]
    fn fewer_points_and_the_same_letter() {
        let bytes = &include_bytes!("../../fonts/homemade-apple/HomemadeApple-Regular.ttf")[..];
        let face = Face::load(bytes, "apple").unwrap();
        let (mut raw, mut reduced) = (0, 0);
        for letter in "eatnomgfkW".chars() {
            let path = &face.outline(face.glyph(letter).unwrap()).outline;
            let outline = Outline::reduced(path, 590.0);
            raw += path.elements().len();
            reduced += outline.contours.iter().flatten().count();
            let trace = |path: &BezPath| Trace::new(path, Affine::scale(1.0 / 590.0), 0.01);
            let apart = trace(path).distance(&trace(&outline.to_path(590.0)));
            assert!(apart < 0.012, "{letter} lies {apart} from the font's");
        }
        assert!(reduced * 3 < raw * 2, "{reduced} points of {raw}");
    }

    #[test]
    fn points_between_control_points_are_left_out() {
        let mut path = BezPath::new();
        path.move_to((0.0, 500.0));
        for (control, to) in [
            ((0.0, 0.0), (500.0, 0.0)),
            ((1000.0, 0.0), (1000.0, 500.0)),
            ((1000.0, 1000.0), (500.0, 1000.0)),
            ((0.0, 1000.0), (0.0, 500.0)),
        ] {
            path.quad_to(control, to);
        }
        path.close_path();
        let outline = Outline::reduced(&path, 500.0);
        assert!(outline.contours[0].iter().filter(|node| node.on).count() <= 2, "{outline:?}");
        assert!(outline.to_path(500.0).elements().iter().all(|e| !matches!(e, PathEl::LineTo(_))));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(Outline::reduced(&BezPath::new(), 500.0), Outline::default());
        let mut dot = BezPath::new();
        dot.move_to((1.0, 1.0));
        dot.line_to((1.0, 1.0));
        dot.close_path();
        assert!(Outline::reduced(&dot, 500.0).to_path(500.0).is_empty());
    }
}
