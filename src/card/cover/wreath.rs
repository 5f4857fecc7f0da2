//! A wreath of sprigs around the greeting: a full ring, two laurel branches, or a crescent.

use std::f64::consts::{PI, TAU};

use super::{Cover, mix, thinned, tint};
use crate::measure::{BezPath, Point, Size, Vec2};
use crate::page::{Ink, Item, Pen};

/// The leaf of one kind of plant.
#[derive(Clone, Copy)]
struct Leaf {
    /// Length as a share of the wreath's radius.
    long: f64,
    /// Half its width as a share of its length.
    wide: f64,
    /// Where it is widest, from base 0 to tip 1.
    belly: f64,
    /// Angle to the stem, in radians.
    lean: f64,
    /// Leaves on a sprig.
    count: usize,
}

const LEAVES: [Leaf; 4] = [
    // Olive, bay, eucalyptus, fern-like.
    Leaf { long: 0.20, wide: 0.15, belly: 0.45, lean: 0.62, count: 9 },
    Leaf { long: 0.21, wide: 0.23, belly: 0.42, lean: 0.75, count: 8 },
    Leaf { long: 0.15, wide: 0.40, belly: 0.52, lean: 1.0, count: 8 },
    Leaf { long: 0.145, wide: 0.17, belly: 0.4, lean: 0.85, count: 13 },
];

/// Steps in which leaves are bent, in parts of half their width.
const BEND: f64 = 0.07;
/// Half the width of a leaf's rib as a share of its length.
const RIB: f64 = 0.009;

pub(super) fn draw(cover: &mut Cover<'_>) {
    let heart = cover.heart();
    let radius = (cover.size.width * 0.305).min(cover.size.height * 0.31);
    let leaf = cover.chance.one(&LEAVES);
    match cover.chance.below(3) {
        0 => ring(cover, heart, radius, leaf),
        1 => laurel(cover, heart, radius, leaf),
        _ => crescent(cover, heart, radius, leaf),
    }
    let colours = cover.colours;
    let words = cover.greeting.words;
    let style = cover.case.able(&cover.case.title_italic, words).ink(colours.dark);
    let style = style.sized(radius * 0.39).fitted(words, radius * 1.42);
    // The corners of the block must keep clear of the leaves, not only its middle.
    let lines = words.lines().count() as f64;
    let (wide, tall) = (words.lines().map(|line| style.width(line)).fold(0.0, f64::max), style.size * (0.2 + 1.08 * lines));
    let size = style.size * (radius * 1.62 / wide.hypot(tall)).min(1.0);
    cover.greet(&style.sized(size).leading(size * 1.08), words, heart, Size::new(radius * 1.42, radius * 1.3));
    let foot = Point::new(heart.x, (heart.y + radius * 1.75).min(cover.size.height - super::MARGIN - 4.0));
    cover.below(foot);
}

/// Sprigs one after the other all the way round, each a little beyond the next.
fn ring(cover: &mut Cover<'_>, heart: Point, radius: f64, leaf: Leaf) {
    let count = 11 + cover.chance.below(3);
    let turn = cover.chance.between(0.0, TAU);
    let way = cover.chance.one(&[1.0, -1.0]);
    for i in 0..count {
        let start = turn + way * TAU * i as f64 / count as f64 + cover.chance.between(-0.05, 0.05);
        let span = way * TAU / count as f64 * cover.chance.between(1.35, 1.7);
        let curl = cover.chance.between(-0.04, 0.20);
        let at = cover.chance.between(0.96, 1.03) * radius;
        sprig(cover, heart, at, start, span, curl, leaf, leaf.count);
    }
}

/// Two branches from the foot up both sides, open at the top.
fn laurel(cover: &mut Cover<'_>, heart: Point, radius: f64, leaf: Leaf) {
    let gap = cover.chance.between(0.34, 0.6);
    for way in [1.0, -1.0] {
        let foot = PI / 2.0 - way * 0.10;
        // A long branch, and twigs that leave it outwards.
        sprig(cover, heart, radius, foot, -way * (PI - gap), 0.05, leaf, leaf.count * 3);
        for i in 0..4 {
            let start = foot - way * (0.35 + 0.55 * f64::from(i) + cover.chance.between(-0.08, 0.08));
            let span = -way * cover.chance.between(0.38, 0.5);
            let curl = cover.chance.between(0.16, 0.27);
            sprig(cover, heart, radius * 1.01, start, span, curl, leaf, leaf.count * 2 / 3);
        }
    }
}

/// Sprigs round most of the circle, thinning towards an opening.
fn crescent(cover: &mut Cover<'_>, heart: Point, radius: f64, leaf: Leaf) {
    let middle = cover.chance.one(&[PI * 0.78, PI * 0.22, PI * 0.5]);
    for way in [1.0, -1.0] {
        for i in 0..6 {
            let reach = -0.09 + 0.37 * f64::from(i);
            let start = middle + way * (reach + cover.chance.between(-0.04, 0.04));
            let span = way * cover.chance.between(0.62, 0.78);
            let curl = cover.chance.between(-0.05, 0.2);
            let few = (leaf.count as f64 * (1.05 - 0.06 * f64::from(i))) as usize;
            let at = radius * cover.chance.between(0.97, 1.04);
            sprig(cover, heart, at, start, span, curl, leaf, few);
        }
    }
}

/// A stem along the circle that curls away from it, with leaves on both sides and one at its end, and perhaps berries.
#[expect(clippy::too_many_arguments, reason = "a sprig is told where it grows, how it bends and what it bears")]
fn sprig(cover: &mut Cover<'_>, heart: Point, radius: f64, start: f64, span: f64, curl: f64, kind: Leaf, count: usize) {
    let place = |t: f64| {
        let angle = start + span * t;
        heart + Vec2::from_angle(angle) * radius * (1.0 + curl * t * t)
    };
    let colours = cover.colours;
    let steps = 10 + count;
    let stem = thinned((0..=steps).map(|i| place(0.985 * i as f64 / steps as f64)));
    let pen = Pen { ink: mix(colours.dark, colours.mid, 0.25), width: cover.unit() * 0.0022, dash: None };
    cover.items.push(Item::Stroke(stem, pen));
    let first = 0.10 * (kind.count as f64 / count.max(1) as f64).min(1.0);
    let berries = !cover.greeting.sober && cover.chance.often(0.42);
    for i in 0..=count {
        let t = first + (0.98 - first) * i as f64 / count as f64;
        let along = (place((t + 0.01).min(1.0)) - place(t - 0.01)).normalize();
        let last = i == count;
        let flank = if i % 2 == 0 { 1.0 } else { -1.0 };
        let lean = if last { 0.0 } else { flank * (kind.lean + cover.chance.between(-0.14, 0.14)) * (1.08 - 0.45 * t) };
        // Smaller towards both ends of a sprig.
        let size = (0.62 + 0.42 * (PI * (0.12 + 0.80 * t)).sin()) * cover.chance.between(0.9, 1.1);
        let way = turned(along, lean);
        let ink = match cover.chance.below(9) {
            0 | 1 => colours.dark,
            2 => mix(colours.dark, colours.mid, 0.5),
            3 | 4 => tint(colours.mid, 0.72),
            _ => colours.mid,
        };
        one_leaf(cover, place(t), way, kind.long * radius * size, kind, ink);
        if berries && !last && i % 3 == 1 && t < 0.8 {
            let stalk = turned(along, -flank * cover.chance.between(0.6, 0.9)) * radius * cover.chance.between(0.10, 0.15);
            let mut path = BezPath::new();
            path.move_to(place(t));
            path.line_to(place(t) + stalk);
            cover.items.push(Item::Stroke(path, pen));
            let size = radius * cover.chance.between(0.026, 0.034);
            cover.dot(place(t) + stalk, size, colours.accent);
        }
    }
}

fn turned(way: Vec2, angle: f64) -> Vec2 {
    let (sin, cos) = angle.sin_cos();
    Vec2::new(way.x * cos - way.y * sin, way.x * sin + way.y * cos)
}

fn one_leaf(cover: &mut Cover<'_>, base: Point, way: Vec2, long: f64, leaf: Leaf, ink: Ink) {
    let out = Vec2::new(-way.y, way.x) * long * leaf.wide;
    let (base, tip) = (base + way * long * 0.06, base + way * long);
    // In steps, so that one leaf is cut as another and the file of a batch stays small.
    let bend = out * (cover.chance.between(-0.28, 0.28) / BEND).round() * BEND;
    let near = base + way * long * (leaf.belly * 0.55);
    let far = base + way * long * (leaf.belly + 0.27);
    let mut path = BezPath::new();
    path.move_to(base);
    path.curve_to(near + out * 1.12, far + out * 1.05 + bend, tip + bend);
    path.curve_to(far - out * 1.05 + bend, near - out * 1.12, base);
    path.close_path();
    // A rib of bare paper: cut out, against the leaf's own way round.
    let (foot, knee, head) = (base + way * long * 0.10, base + way * long * 0.45, base + way * long * 0.72 + bend * 0.55);
    let half = out.normalize() * long * RIB;
    path.move_to(foot - half);
    path.quad_to(knee - half, head - half * 0.6);
    path.line_to(head + half * 0.6);
    path.quad_to(knee + half, foot + half);
    path.close_path();
    cover.items.push(Item::Fill(path, ink));
}
