//! Candles on a line or on a cake. Five to seven of them, never as many as years.

use super::{Cover, MARGIN, tint};
use crate::measure::{Affine, BezPath, Circle, Line, Point, Rect, RoundedRect, Shape as _, Size, Vec2};
use crate::page::{Ink, Item, Pen};

pub(super) fn draw(cover: &mut Cover<'_>) {
    let unit = cover.unit();
    let colours = cover.colours;
    let middle = cover.size.width / 2.0;
    let cake = cover.chance.often(0.45);
    let foot = if cover.upright() { cover.size.height * 0.665 } else { cover.size.height * 0.70 };
    let half = unit * if cake { 0.29 } else { 0.40 };
    let stand = if cake { foot - unit * 0.215 } else { foot };
    let count = 5 + cover.chance.below(3);
    let across = if cake { half * 1.62 } else { half * 1.72 };
    let wide = (across / count as f64 * 0.27).min(unit * 0.042);
    let tallest = (stand - MARGIN - unit * 0.16).min(unit * 0.40) * if cake { 0.72 } else { 1.0 };
    for i in 0..count {
        let x = middle - across / 2.0 + across * i as f64 / (count - 1) as f64;
        let tall = tallest * cover.chance.between(0.66, 1.0);
        let lean = cover.chance.between(-0.035, 0.035);
        candle(cover, Point::new(x, stand), wide, tall, lean);
    }
    if cake {
        draw_cake(cover, Rect::new(middle - half, stand, middle + half, foot));
    }
    let board = unit * if cake { 0.37 } else { 0.41 };
    let line = Line::new((middle - board, foot), (middle + board, foot));
    cover.items.push(Item::Stroke(line.to_path(0.1), Pen { ink: colours.dark, width: unit * 0.0055, dash: None }));
    let words = cover.in_one_line();
    let style = cover.case.able(&cover.case.text, &words).sized(unit * 0.112).ink(colours.dark);
    let room = Size::new(cover.size.width - 2.4 * MARGIN, unit * 0.3);
    let base = foot + unit * 0.135;
    // A long greeting keeps its own lines.
    if style.width(&words) <= room.width * 1.25 {
        cover.greet(&style, &words, Point::new(middle, base), room);
    } else {
        let leading = style.size * 1.05;
        let lines = cover.greeting.words;
        cover.greet(&style.leading(leading), lines, Point::new(middle, base + unit * 0.04), Size::new(room.width, unit * 0.22));
    }
    let below = (base + unit * 0.155).min(cover.size.height - MARGIN);
    cover.below(Point::new(middle, below));
}

/// A candle standing on a point, with its flame.
fn candle(cover: &mut Cover<'_>, foot: Point, wide: f64, tall: f64, lean: f64) {
    let colours = cover.colours;
    let body = cover.chance.one(&[colours.dark, colours.mid, colours.accent, colours.mid]);
    let pale = if body == colours.dark { tint(colours.mid, 0.45) } else { tint(body, 0.32) };
    let turn = Affine::rotate_about(lean, foot);
    let rect = Rect::new(foot.x - wide / 2.0, foot.y - tall, foot.x + wide / 2.0, foot.y);
    let mut put = |path: BezPath, ink: Ink| cover.items.push(Item::Fill(turn * path, ink));
    put(RoundedRect::from_rect(rect, (wide * 0.14, wide * 0.14, 0.0, 0.0)).to_path(0.02), body);
    match cover.chance.below(5) {
        0 => {}
        1 => {
            // A band wound round it.
            let (step, thick) = (wide * 1.5, wide * 0.52);
            let rise = wide * 0.75;
            let mut y = rect.y0 + rise + step * 0.25;
            while y + thick < rect.y1 {
                let mut band = BezPath::new();
                band.move_to((rect.x0, y));
                band.line_to((rect.x1, y - rise));
                band.line_to((rect.x1, y - rise + thick));
                band.line_to((rect.x0, y + thick));
                band.close_path();
                cover.items.push(Item::Fill(turn * band, pale));
                y += step;
            }
        }
        2 => {
            let (mut y, mut side) = (rect.y0 + wide * 0.7, 1.0);
            while y < rect.y1 - wide * 0.4 {
                let dot = Circle::new((foot.x + side * wide * 0.2, y), wide * 0.12);
                cover.items.push(Item::Fill(turn * dot.to_path(0.01), pale));
                (y, side) = (y + wide * 0.62, -side);
            }
        }
        3 => {
            let mut y = rect.y0 + wide * 0.8;
            while y + wide * 0.34 < rect.y1 {
                let band = Rect::new(rect.x0, y, rect.x1, y + wide * 0.34);
                cover.items.push(Item::Fill(turn * band.to_path(0.1), pale));
                y += wide * 1.15;
            }
        }
        _ => {
            for x in [-0.22, 0.22] {
                let stripe = Rect::new(foot.x + (x - 0.07) * wide, rect.y0 + wide * 0.3, foot.x + (x + 0.07) * wide, rect.y1);
                cover.items.push(Item::Fill(turn * stripe.to_path(0.1), pale));
            }
        }
    }
    let top = turn * Point::new(foot.x, rect.y0);
    let wick = top - Vec2::new(-lean * wide, wide * 0.5);
    cover.items.push(Item::Stroke(Line::new(top, wick).to_path(0.1), Pen { ink: colours.dark, width: wide * 0.09, dash: None }));
    let size = wide * cover.chance.between(1.25, 1.6);
    let sway = cover.chance.between(-0.12, 0.12);
    let warm = if colours.name == "brick" { Ink::hex(0x00d9_a441) } else { colours.accent };
    for (size, ink) in [(size, warm), (size * 0.52, tint(warm, 0.38))] {
        cover.items.push(Item::Fill(flame(wick + Vec2::new(0.0, wide * 0.12), size, sway), ink));
    }
}

/// A drop of fire standing on a point, `size` high.
fn flame(foot: Point, size: f64, sway: f64) -> BezPath {
    let at = |x: f64, y: f64| foot + Vec2::new((x + sway * y * y) * size, -y * size);
    let mut path = BezPath::new();
    path.move_to(at(0.0, 0.0));
    path.curve_to(at(0.34, 0.02), at(0.33, 0.42), at(0.0, 1.0));
    path.curve_to(at(-0.33, 0.42), at(-0.34, 0.02), at(0.0, 0.0));
    path.close_path();
    path
}

/// A cake with icing that runs down its side.
fn draw_cake(cover: &mut Cover<'_>, r: Rect) {
    let colours = cover.colours;
    let unit = cover.unit();
    let round = unit * 0.022;
    let body = RoundedRect::from_rect(r, (round, round, 0.0, 0.0)).to_path(0.02);
    cover.items.push(Item::Fill(body, tint(colours.mid, 0.42)));
    // The filling: a band across.
    let band = Rect::new(r.x0, r.y0 + r.height() * 0.62, r.x1, r.y0 + r.height() * 0.72);
    cover.items.push(Item::Fill(band.to_path(0.1), colours.mid));
    let runs = 7 + cover.chance.below(4);
    let step = r.width() / runs as f64;
    let mut icing = BezPath::new();
    let top = r.y0 - unit * 0.004;
    icing.move_to((r.x0, r.y0 + round));
    icing.curve_to((r.x0, top + round * 0.4), (r.x0 + round * 0.4, top), (r.x0 + round, top));
    icing.line_to((r.x1 - round, top));
    icing.curve_to((r.x1 - round * 0.4, top), (r.x1, top + round * 0.4), (r.x1, r.y0 + round));
    for i in (0..runs).rev() {
        let (left, right) = (r.x0 + step * i as f64, r.x0 + step * (i + 1) as f64);
        let deep = r.y0 + r.height() * cover.chance.between(0.24, 0.46);
        icing.line_to((right, r.y0 + r.height() * 0.16));
        icing.curve_to((right, deep + step * 0.35), (left, deep + step * 0.35), (left, r.y0 + r.height() * 0.16));
    }
    icing.close_path();
    cover.items.push(Item::Fill(icing, colours.dark));
}
