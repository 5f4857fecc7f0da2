//! Confetti around a clear window for the greeting, or falling from the top.

use std::f64::consts::TAU;

use super::{Cover, MARGIN};
use crate::measure::{Affine, BezPath, Circle, Point, Shape as _, Size, Vec2};
use crate::page::Item;

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
    let ribbons = [ribbon(2.1), ribbon(1.0)];
    // By height, so that each scrap is held against its neighbours only.
    let tall = apart * 2.1;
    let strip = |y: f64| ((y - field.y0) / tall).max(0.0) as usize;
    let mut kept: Vec<Vec<Point>> = vec![Vec::new(); strip(field.y1) + 3];
    let mut scraps: [Vec<Item>; 3] = Default::default();
    for _ in 0..TRIES {
        let at = Point::new(cover.chance.between(field.x0, field.x1), cover.chance.between(field.y0, field.y1));
        // Thinning out towards the type, and downwards when falling.
        let density = if falling {
            if at.y > end { 0.0 } else { (1.5 * (1.0 - (at.y - field.y0) / (end - field.y0)).max(0.0)).powf(1.25) }
        } else {
            let off = Vec2::new((at.x - heart.x) / window.width, (at.y - heart.y - deep / 2.0) / window.height);
            // A superellipse: hugs a block of type better than an ellipse. Most tries lie far within it or outside, and need no root.
            match off.x.abs().powi(3) + off.y.abs().powi(3) {
                cube if cube <= 1.0 => 0.0,
                cube if cube >= 2.85 => 1.0,
                cube => ((cube.cbrt() - 1.0) * 2.4).clamp(0.0, 1.0),
            }
        };
        let room = apart * (1.0 + 1.1 * (1.0 - density.min(1.0)));
        if density <= 0.0
            || !cover.chance.often(density)
            || kept[strip(at.y)..strip(at.y) + 3].iter().flatten().any(|k| (*k - at).hypot2() < room * room)
        {
            continue;
        }
        kept[strip(at.y) + 1].push(at);
        let ink = cover.chance.one(&[0, 1, 1, 2, 2]);
        let scrap = cover.chance.one(mix);
        let turn = cover.chance.between(0.0, TAU);
        let size = unit * 0.0125 * cover.chance.between(0.85, 1.2);
        // A long ribbon would leave the field near its edge.
        let short = !field.inset(-2.0 * size).contains(at);
        let lies = Affine::translate(at.to_vec2()) * Affine::rotate(turn) * Affine::scale(size);
        let path = shape(scrap).unwrap_or_else(|| ribbons[usize::from(short)].clone());
        scraps[ink].push(Item::Fill(lies * path, [colours.dark, colours.mid, colours.accent][ink]));
    }
    // No scrap touches another, so they may lie in any order; in order of their inks a printer's file is shorter.
    cover.items.extend(scraps.into_iter().flatten());
}

/// A scrap of size 1 about 0, 0; none for a ribbon, whose length depends on its place.
fn shape(scrap: Scrap) -> Option<BezPath> {
    let closed = |points: &[Point]| {
        let mut path = BezPath::new();
        path.move_to(points[0]);
        points[1..].iter().for_each(|p| path.line_to(*p));
        path.close_path();
        path
    };
    let at = |x: f64, y: f64| Point::new(x, y);
    let path = match scrap {
        Scrap::Bar => closed(&[at(1.15, 0.33), at(1.15, -0.33), at(-1.15, -0.33), at(-1.15, 0.33)]),
        Scrap::Dot => Circle::new(Point::ZERO, 0.72).to_path(0.005),
        Scrap::Ring => {
            let mut path = Circle::new(Point::ZERO, 0.85 + THICK / 2.0).to_path(0.005);
            path.extend(Circle::new(Point::ZERO, 0.85 - THICK / 2.0).to_path(0.005).reverse_subpaths());
            path
        }
        Scrap::Triangle => closed(&[0.0, 1.0, 2.0].map(|i| Vec2::from_angle(TAU * i / 3.0).to_point())),
        Scrap::Diamond => closed(&[at(1.1, 0.0), at(0.0, 0.65), at(-1.1, 0.0), at(0.0, -0.65)]),
        Scrap::Ribbon => return None,
    };
    Some(path)
}

/// Width of rings and ribbons.
const THICK: f64 = 0.36;

/// A ribbon of size 1 about 0, 0: a wave so long to either side.
fn ribbon(long: f64) -> BezPath {
    let at = |x: f64, y: f64| Point::new(x * long, y);
    let mut wave = BezPath::new();
    wave.move_to(at(-1.0, 0.0));
    wave.curve_to(at(-0.7, 1.0), at(-0.3, 1.0), at(0.0, 0.0));
    wave.curve_to(at(0.3, -1.0), at(0.7, -1.0), at(1.0, 0.0));
    let pen = kurbo::Stroke::new(THICK).with_caps(kurbo::Cap::Round);
    kurbo::stroke(wave, &pen, &kurbo::StrokeOpts::default(), 0.01)
}
