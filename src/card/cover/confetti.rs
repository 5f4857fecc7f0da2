//! Confetti around a clear window for the greeting, or falling from the top.

use std::f64::consts::TAU;

use super::{Cover, MARGIN};
use crate::measure::{BezPath, Circle, Point, Rect, Shape as _, Size, Vec2};
use crate::page::{Ink, Item, Pen};

#[derive(Clone, Copy)]
enum Scrap {
    Bar,
    Dot,
    Ring,
    Triangle,
    Ribbon,
    Diamond,
}

const MIXES: [&[Scrap]; 4] = [
    &[Scrap::Bar, Scrap::Dot, Scrap::Triangle, Scrap::Ribbon],
    &[Scrap::Dot, Scrap::Dot, Scrap::Ring, Scrap::Dot, Scrap::Ribbon],
    &[Scrap::Ribbon, Scrap::Bar, Scrap::Bar, Scrap::Dot],
    &[Scrap::Diamond, Scrap::Triangle, Scrap::Dot, Scrap::Ring],
];

/// Scraps tried; most find no room.
const TRIES: usize = 3200;

pub(super) fn draw(cover: &mut Cover<'_>) {
    let unit = cover.unit();
    let colours = cover.colours;
    let falling = cover.upright() && cover.chance.often(0.4);
    let heart = if falling { Point::new(cover.size.width / 2.0, cover.size.height * 0.635) } else { cover.heart() };
    let words = cover.greeting.words;
    let style = cover.case.able(&cover.case.display, words).sized(unit * 0.165).ink(colours.dark);
    let leading = style.size * 1.02;
    let room = Size::new(cover.size.width - 4.4 * MARGIN, unit * 0.5);
    let block = cover.greet(&style.leading(leading), words, heart, room);
    let below = heart.y + block.height / 2.0 + unit * 0.125;
    cover.below(Point::new(heart.x, below));
    let wide = block.width.max(cover.below_width());
    let deep = if cover.greeting.below.is_empty() { 0.0 } else { unit * 0.05 };
    let window = Size::new(wide / 2.0 + unit * 0.075, block.height / 2.0 + deep + unit * 0.105);
    let field = cover.size.to_rect().inset(-MARGIN - unit * 0.012);
    let mix = cover.chance.one(&MIXES);
    let apart = unit * cover.chance.between(0.044, 0.056);
    let end = heart.y - window.height;
    let mut kept: Vec<Point> = Vec::new();
    for _ in 0..TRIES {
        let at = Point::new(cover.chance.between(field.x0, field.x1), cover.chance.between(field.y0, field.y1));
        let off = Vec2::new((at.x - heart.x) / window.width, (at.y - heart.y - deep / 2.0) / window.height);
        // A superellipse: hugs a block of type better than an ellipse.
        let far = (off.x.abs().powi(3) + off.y.abs().powi(3)).cbrt();
        // Thinning out towards the type, and downwards when falling.
        let density = if falling {
            if at.y > end { 0.0 } else { (1.5 * (1.0 - (at.y - field.y0) / (end - field.y0)).max(0.0)).powf(1.25) }
        } else {
            ((far - 1.0) * 2.4).clamp(0.0, 1.0)
        };
        let room = apart * (1.0 + 1.1 * (1.0 - density.min(1.0)));
        if density <= 0.0 || !cover.chance.often(density) || kept.iter().any(|k| (*k - at).hypot2() < room * room) {
            continue;
        }
        kept.push(at);
        let ink = cover.chance.one(&[colours.dark, colours.mid, colours.mid, colours.accent, colours.accent]);
        let scrap = cover.chance.one(mix);
        let turn = cover.chance.between(0.0, TAU);
        let size = unit * 0.0125 * cover.chance.between(0.85, 1.2);
        let (path, pen) = shape(scrap, at, turn, size, ink, field);
        cover.items.push(pen.map_or_else(|| Item::Fill(path.clone(), ink), |pen| Item::Stroke(path.clone(), pen)));
    }
}

/// A scrap of about `size` at a place. `field` is only there to keep a long ribbon from leaving it.
fn shape(scrap: Scrap, at: Point, turn: f64, size: f64, ink: Ink, field: Rect) -> (BezPath, Option<Pen>) {
    let way = Vec2::from_angle(turn);
    let out = Vec2::new(-way.y, way.x);
    let pen = Pen { ink, width: size * 0.36, dash: None };
    let closed = |points: &[Point]| {
        let mut path = BezPath::new();
        path.move_to(points[0]);
        points[1..].iter().for_each(|p| path.line_to(*p));
        path.close_path();
        path
    };
    match scrap {
        Scrap::Bar => {
            let (a, b) = (way * size * 1.15, out * size * 0.33);
            (closed(&[at + a + b, at + a - b, at - a - b, at - a + b]), None)
        }
        Scrap::Dot => (Circle::new(at, size * 0.72).to_path(0.02), None),
        Scrap::Ring => (Circle::new(at, size * 0.85).to_path(0.02), Some(pen)),
        Scrap::Triangle => {
            let corner = |i: f64| at + Vec2::from_angle(turn + TAU * i / 3.0) * size;
            (closed(&[corner(0.0), corner(1.0), corner(2.0)]), None)
        }
        Scrap::Diamond => {
            (closed(&[at + way * size * 1.1, at + out * size * 0.65, at - way * size * 1.1, at - out * size * 0.65]), None)
        }
        Scrap::Ribbon => {
            let long = if field.inset(-2.0 * size).contains(at) { 2.1 } else { 1.0 };
            let mut path = BezPath::new();
            let place = |t: f64, side: f64| at + way * size * long * t + out * size * side;
            path.move_to(place(-1.0, 0.0));
            path.curve_to(place(-0.7, 1.0), place(-0.3, 1.0), place(0.0, 0.0));
            path.curve_to(place(0.3, -1.0), place(0.7, -1.0), place(1.0, 0.0));
            (path, Some(pen))
        }
    }
}
