//! The outline of one letter as points that can be moved: fewer than the font has, close enough together to bend.
//!
//! Lengths are x-heights, y up. Points are on the curve or control it, as in TrueType: between two control points in a row the
//! curve passes through their middle. Moving control points therefore keeps curves smooth, and the file needs one point a curve.

use kurbo::simplify::{SimplifyOptions, simplify_bezpath};
use kurbo::{ParamCurve, PathEl, QuadBez};

use crate::measure::{BezPath, Point, Vec2};

/// How far the reduced outline may lie from the font's. At an x-height of 2.4 mm this is a hundredth of a millimetre.
const ERROR: f64 = 0.006;
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
        let reduced = simplify_bezpath(path.iter(), ERROR * x_height, &SimplifyOptions::default().angle_thresh(0.12));
        let mut outline = Outline::default();
        let mut quads: Vec<QuadBez> = Vec::new();
        let (mut start, mut last) = (Point::ZERO, Point::ZERO);
        let scaled = |p: Point| Point::new(p.x / x_height, p.y / x_height);
        for element in reduced.elements() {
            match *element {
                PathEl::MoveTo(to) => {
                    outline.take(&mut quads);
                    start = scaled(to);
                    last = start;
                }
                PathEl::LineTo(to) => {
                    let to = scaled(to);
                    quads.push(QuadBez::new(last, last.midpoint(to), to));
                    last = to;
                }
                PathEl::QuadTo(control, to) => {
                    quads.push(QuadBez::new(last, scaled(control), scaled(to)));
                    last = scaled(to);
                }
                PathEl::CurveTo(first, second, to) => {
                    let cubic = kurbo::CubicBez::new(last, scaled(first), scaled(second), scaled(to));
                    match cubic.approx_spline(ERROR) {
                        Some(spline) => quads.extend(spline.to_quads()),
                        None => quads.extend(cubic.to_quads(ERROR).map(|(_, _, quad)| quad)),
                    }
                    last = scaled(to);
                }
                PathEl::ClosePath => {
                    if last.distance(start) > 1e-6 {
                        quads.push(QuadBez::new(last, last.midpoint(start), start));
                    }
                    outline.take(&mut quads);
                    last = start;
                }
            }
        }
        outline.take(&mut quads);
        outline
    }

    /// Adds a contour given as curves end to end.
    fn take(&mut self, quads: &mut Vec<QuadBez>) {
        let mut fine: Vec<QuadBez> = Vec::with_capacity(quads.len());
        for quad in quads.drain(..) {
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
            let next = fine[(i + 1) % fine.len()].p1;
            contour.push(Node { at: quad.p1, on: false });
            if quad.p1.midpoint(next).distance(quad.p2) > ERROR * 0.7 {
                contour.push(Node { at: quad.p2, on: true });
            }
        }
        self.contours.push(contour);
    }

    /// The direction out of the ink (or into it: the same side throughout) at every point, of length 1, contour by contour.
    pub(super) fn normals(&self) -> Vec<Vec2> {
        let mut normals = Vec::new();
        for contour in &self.contours {
            for i in 0..contour.len() {
                let before = contour[(i + contour.len() - 1) % contour.len()].at;
                let along = contour[(i + 1) % contour.len()].at - before;
                let length = along.hypot().max(1e-9);
                normals.push(Vec2::new(along.y / length, -along.x / length));
            }
        }
        normals
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
