//! The greeting itself, large, in a hairline frame, with a small ornament.

use std::f64::consts::TAU;

use super::{Cover, MARGIN};
use crate::measure::{BezPath, Line, Point, Rect, Shape as _, Size, Vec2, mm};
use crate::page::{Ink, Item, Pen};
use crate::typeset::Align;

pub(super) fn draw(cover: &mut Cover<'_>) {
    let colours = cover.colours;
    let unit = cover.unit();
    let centred = cover.chance.often(0.4);
    frame(cover);
    let words = cover.greeting.words;
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let indent = if centred { MARGIN * 2.1 } else { MARGIN * 1.9 };
    let room = cover.size.width - 2.0 * indent;
    let style = cover.case.able(if cover.greeting.sober { &cover.case.title } else { &cover.case.bold }, words);
    let mut style = style.sized(unit * 0.185).fitted(&lines.join("\n"), room);
    style = style.clone().leading(style.size * 1.1);
    let tall = style.caps() + style.leading * (lines.len().max(1) - 1) as f64;
    let middle = cover.heart().y;
    let x = if centred { cover.size.width / 2.0 } else { indent };
    let align = if centred { Align::Centre } else { Align::Left };
    let last = lines.len().saturating_sub(1);
    let mut y = middle - tall / 2.0 - unit * 0.02 + style.caps();
    for (i, line) in lines.iter().enumerate() {
        let ink = if i == last && lines.len() > 1 { colours.accent } else { colours.dark };
        // A large capital's own side bearing would look like an indent.
        let nudge = if centred { 0.0 } else { style.size * 0.03 };
        cover.items.push(style.clone().ink(ink).line(line).aligned(align, Point::new(x - nudge, y)));
        y += style.leading;
    }
    let under = y - style.leading + style.size * 0.27 + unit * 0.055;
    ornament(cover, Point::new(x, under), centred, unit * 0.36);
    foot(cover, x, align);
}

fn foot(cover: &mut Cover<'_>, x: f64, align: Align) {
    let below = cover.greeting.below;
    if below.is_empty() {
        return;
    }
    let room = cover.size.width - 2.0 * x.min(MARGIN * 1.9);
    let style =
        cover.case.able(&cover.case.italic, below).sized(cover.unit() * 0.044).ink(cover.colours.dark).fitted(below, room);
    cover.items.push(style.line(below).aligned(align, Point::new(x, cover.size.height - MARGIN * 2.35)));
}

fn frame(cover: &mut Cover<'_>) {
    let ink = cover.colours.dark;
    let pen = Pen { ink, width: 0.7, dash: None };
    let outer = cover.size.to_rect().inset(-MARGIN);
    match cover.chance.below(4) {
        0 => cover.items.push(Item::Stroke(outer.to_path(0.1), pen)),
        1 => {
            cover.items.push(Item::Stroke(outer.to_path(0.1), Pen { width: 1.3, ..pen }));
            cover.items.push(Item::Stroke(outer.inset(-mm(1.5)).to_path(0.1), Pen { width: 0.4, ..pen }));
        }
        2 => cover.items.push(Item::Stroke(notched(outer, mm(5.0)), pen)),
        _ => {
            // Corners only.
            let arm = cover.unit() * 0.13;
            for (x, y, dx, dy) in [
                (outer.x0, outer.y0, 1.0, 1.0),
                (outer.x1, outer.y0, -1.0, 1.0),
                (outer.x1, outer.y1, -1.0, -1.0),
                (outer.x0, outer.y1, 1.0, -1.0),
            ] {
                let mut path = BezPath::new();
                path.move_to((x, y + dy * arm));
                path.line_to((x, y));
                path.line_to((x + dx * arm, y));
                cover.items.push(Item::Stroke(path, Pen { width: 1.0, ..pen }));
            }
        }
    }
}

/// A frame whose corners are scooped out.
fn notched(r: Rect, n: f64) -> BezPath {
    // A quarter circle as one cubic.
    let k = n * 0.552;
    let mut p = BezPath::new();
    p.move_to((r.x0 + n, r.y0));
    p.line_to((r.x1 - n, r.y0));
    p.curve_to((r.x1 - n, r.y0 + k), (r.x1 - k, r.y0 + n), (r.x1, r.y0 + n));
    p.line_to((r.x1, r.y1 - n));
    p.curve_to((r.x1 - k, r.y1 - n), (r.x1 - n, r.y1 - k), (r.x1 - n, r.y1));
    p.line_to((r.x0 + n, r.y1));
    p.curve_to((r.x0 + n, r.y1 - k), (r.x0 + k, r.y1 - n), (r.x0, r.y1 - n));
    p.line_to((r.x0, r.y0 + n));
    p.curve_to((r.x0 + k, r.y0 + n), (r.x0 + n, r.y0 + k), (r.x0 + n, r.y0));
    p.close_path();
    p
}

fn ornament(cover: &mut Cover<'_>, at: Point, centred: bool, long: f64) {
    let colours = cover.colours;
    let left = if centred { at - Vec2::new(long / 2.0, 0.0) } else { at };
    let pen = Pen { ink: colours.mid, width: 1.3, dash: None };
    match if cover.greeting.sober { 1 } else { cover.chance.below(4) } {
        0 => {
            let waves = 4 + cover.chance.below(3);
            let mut path = BezPath::new();
            path.move_to(left);
            let step = long / waves as f64;
            for i in 0..waves {
                let from = left + Vec2::new(step * i as f64, 0.0);
                let (up, down) = (Vec2::new(0.0, -step * 0.22), Vec2::new(0.0, step * 0.22));
                let half = from + Vec2::new(step / 2.0, 0.0);
                path.curve_to(from + Vec2::new(step * 0.18, 0.0) + up, half - Vec2::new(step * 0.18, 0.0) + up, half);
                let end = from + Vec2::new(step, 0.0);
                path.curve_to(half + Vec2::new(step * 0.18, 0.0) + down, end - Vec2::new(step * 0.18, 0.0) + down, end);
            }
            cover.items.push(Item::Stroke(path, pen));
        }
        1 => {
            let end = left + Vec2::new(long * 0.45, 0.0);
            let (a, b) = if centred { (at - Vec2::new(long * 0.22, 0.0), at + Vec2::new(long * 0.22, 0.0)) } else { (left, end) };
            cover.items.push(Item::Stroke(Line::new(a, b).to_path(0.1), Pen { width: 1.0, ..pen }));
        }
        2 => {
            let inks = [colours.mid, colours.accent, colours.dark];
            let turn = cover.chance.below(3);
            let gap = long * 0.16;
            let first = if centred { at - Vec2::new(gap, 0.0) } else { left + Vec2::new(long * 0.03, 0.0) };
            for i in 0..3 {
                cover.dot(first + Vec2::new(gap * i as f64, 0.0), long * 0.034, inks[(i + turn) % 3]);
            }
        }
        _ => sprig(cover, left, long, colours.mid),
    }
}

/// A lying twig with leaves in pairs.
fn sprig(cover: &mut Cover<'_>, left: Point, long: f64, ink: Ink) {
    let pairs = 6 + cover.chance.below(3);
    let bow = |t: f64| left + Vec2::new(long * t, -long * 0.03 * (TAU / 2.0 * t).sin());
    let mut stem = BezPath::new();
    stem.move_to(bow(0.0));
    (1..=24).for_each(|i| stem.line_to(bow(f64::from(i) / 24.0)));
    cover.items.push(Item::Stroke(stem, Pen { ink, width: 0.7, dash: None }));
    for i in 0..pairs {
        let t = 0.14 + 0.82 * i as f64 / pairs as f64;
        let size = Size::new(long * 0.10, long * 0.030);
        for side in [-1.0, 1.0] {
            let way = Vec2::new(0.78, 0.62 * side);
            let out = Vec2::new(-way.y, way.x) * size.height;
            let (base, tip) = (bow(t), bow(t) + way * size.width * (1.1 - 0.5 * t));
            let middle = base.midpoint(tip);
            let mut path = BezPath::new();
            path.move_to(base);
            path.quad_to(middle + out, tip);
            path.quad_to(middle - out, base);
            path.close_path();
            cover.items.push(Item::Fill(path, ink));
        }
    }
}
