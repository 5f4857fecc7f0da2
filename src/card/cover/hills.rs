//! Hills and a sun in a block: a landscape seen through a window, an arch or a porthole.

use std::f64::consts::TAU;

use super::{Cover, MARGIN, Palette, mix, thinned, tint};
use crate::measure::{BezPath, Circle, Point, Rect, Shape as _, Size};
use crate::page::{Ink, Item, Pen};

/// The opening the landscape is seen through.
#[derive(Clone, Copy)]
enum Window {
    Square,
    Arch,
    Round,
}

impl Window {
    /// The opening's upper and lower edge at a share of its width from the left, as shares of its height.
    fn edges(self, rect: Rect, t: f64) -> (f64, f64) {
        // A circle's edge below its top, at a share of its width.
        let bow = |t: f64| 0.5 - (0.25 - (t - 0.5) * (t - 0.5)).max(0.0).sqrt();
        match self {
            Window::Square => (rect.y0, rect.y1),
            Window::Arch => (rect.y0 + bow(t) * rect.width(), rect.y1),
            Window::Round => (rect.y0 + bow(t) * rect.height(), rect.y1 - bow(t) * rect.height()),
        }
    }
}

/// Points along a ridge.
const STEPS: u32 = 120;

pub(super) fn draw(cover: &mut Cover<'_>) {
    let unit = cover.unit();
    let colours = cover.colours;
    let middle = cover.size.width / 2.0;
    let window = cover.chance.one(&[Window::Square, Window::Arch, Window::Round]);
    let top = if cover.upright() { cover.size.height * 0.155 } else { MARGIN * 1.1 };
    let low = if matches!(window, Window::Square) { 0.655 } else { 0.70 };
    let floor = cover.size.height * if cover.upright() { low } else { 0.68 };
    let most = Size::new((cover.size.width - 2.4 * MARGIN).min(unit * 1.15), floor - top);
    let rect = match window {
        Window::Square => {
            let tall = most.height.min(most.width * 0.92);
            Rect::new(middle - most.width / 2.0, floor - tall, middle + most.width / 2.0, floor)
        }
        Window::Arch => {
            let wide = (most.height * 0.72).min(most.width * 0.86);
            Rect::new(middle - wide / 2.0, floor - most.height.min(wide * 1.32), middle + wide / 2.0, floor)
        }
        Window::Round => {
            let wide = most.height.min(most.width * 0.94);
            Rect::new(middle - wide / 2.0, floor - wide, middle + wide / 2.0, floor)
        }
    };
    let sky = match window {
        Window::Square if cover.chance.often(0.5) => None,
        _ => Some(tint(mix(colours.mid, colours.accent, 0.18), 0.24)),
    };
    if let Some(sky) = sky {
        layer(cover, window, rect, |_| rect.y0, sky);
    }
    sun(cover, rect);
    let count = 3 + cover.chance.below(2);
    for i in 0..count {
        let depth = (i as f64 + 1.0) / count as f64;
        let level = 0.44 + 0.40 * i as f64 / (count - 1) as f64;
        let ridge = ridge(cover, rect, level, 0.085 * (1.15 - 0.45 * depth));
        layer(cover, window, rect, &ridge, ink(colours, depth));
        if i == 1 && !cover.greeting.sober && cover.chance.often(0.55) {
            trees(cover, window, rect, &ridge);
        }
    }
    // Capitals set wide stand like an inscription, and an inscription has no full stop.
    let words = cover.in_one_line().trim_end_matches('.').to_uppercase();
    let style = cover.case.able(&cover.case.text, &words).sized(unit * 0.066).tracked(170.0).ink(colours.dark);
    let room = cover.size.width - 2.4 * MARGIN;
    let (style, text) = if style.width(&words) <= room * 1.12 {
        (style, words)
    } else {
        let leading = style.size * 1.5;
        (style.leading(leading), cover.greeting.words.trim_end_matches('.').to_uppercase())
    };
    let style = style.fitted(&text, room);
    let half = f64::midpoint(style.caps(), style.leading * (text.lines().count().max(1) - 1) as f64);
    // Several lines keep off the picture, and off the edge of the card.
    let base = floor + ((cover.size.height - floor) * 0.37).max(unit * 0.075 + half);
    let base = base.min(cover.size.height - MARGIN - half);
    cover.greet(&style, &text, Point::new(middle, base), Size::new(room, unit * 0.26));
    cover.below(Point::new(middle, (base + half + unit * 0.095).min(cover.size.height - MARGIN)));
}

/// From pale mid in the distance to dark in front.
fn ink(colours: Palette, depth: f64) -> Ink {
    let depth = depth as f32;
    if depth < 0.67 {
        tint(colours.mid, 0.38 + 0.9 * (depth - 0.25))
    } else {
        mix(colours.mid, colours.dark, (depth - 0.5) * 2.0)
    }
}

/// A skyline: three waves, the longest the highest.
fn ridge(cover: &mut Cover<'_>, rect: Rect, level: f64, swing: f64) -> impl Fn(f64) -> f64 + use<> {
    let waves: Vec<(f64, f64, f64)> = [(0.75, 1.0), (1.6, 0.55), (3.1, 0.22)]
        .into_iter()
        .map(|(often, high)| (often * cover.chance.between(0.8, 1.25), high, cover.chance.between(0.0, TAU)))
        .collect();
    let (y, tall) = (rect.y0 + level * rect.height(), rect.height());
    move |t: f64| y + tall * swing * waves.iter().map(|(often, high, phase)| high * (TAU * often * t + phase).sin()).sum::<f64>()
}

/// Fills from a skyline down to the foot of the window.
fn layer(cover: &mut Cover<'_>, window: Window, rect: Rect, ridge: impl Fn(f64) -> f64, ink: Ink) {
    let mut upper = Vec::new();
    let mut lower = Vec::new();
    for i in 0..=STEPS {
        // Denser towards the sides, where a round window is steep.
        let t = 0.5 - 0.5 * (TAU / 2.0 * f64::from(i) / f64::from(STEPS)).cos();
        let (top, bottom) = window.edges(rect, t);
        let y = ridge(t).max(top);
        if y < bottom + 1e-9 {
            let x = rect.x0 + t * rect.width();
            upper.push(Point::new(x, y));
            lower.push(Point::new(x, bottom));
        }
    }
    if upper.is_empty() {
        return;
    }
    let mut path = thinned(upper.into_iter().chain(lower.into_iter().rev()));
    path.close_path();
    cover.items.push(Item::Fill(path, ink));
}

/// A sun, or a low moon for a sober card, and perhaps a few birds beside it.
fn sun(cover: &mut Cover<'_>, rect: Rect) {
    let side = cover.chance.one(&[-1.0, 1.0]);
    let x = rect.center().x + side * rect.width() * cover.chance.between(0.04, 0.19);
    let y = rect.y0 + rect.height() * cover.chance.between(0.27, 0.37);
    let radius = rect.width() * cover.chance.between(0.095, 0.125);
    let ink = if cover.greeting.sober { tint(cover.colours.mid, 0.55) } else { cover.colours.accent };
    cover.items.push(Item::Fill(Circle::new((x, y), radius).to_path(0.02), ink));
    if !cover.chance.often(0.6) {
        return;
    }
    let pen = Pen { ink: cover.colours.dark, width: rect.width() * 0.0055, dash: None };
    let flock = Point::new(
        rect.center().x - side * rect.width() * cover.chance.between(0.12, 0.18),
        rect.y0 + rect.height() * cover.chance.between(0.19, 0.23),
    );
    for i in 0..3 {
        // One behind the other, so that no two wings touch.
        let along = rect.width() * (0.075 * (f64::from(i) - 1.0) + cover.chance.between(-0.012, 0.012));
        let at = Point::new(flock.x + along, flock.y + rect.height() * cover.chance.between(-0.032, 0.032));
        let wing = rect.width() * cover.chance.between(0.018, 0.028);
        let mut path = BezPath::new();
        path.move_to((at.x - wing, at.y - wing * 0.28));
        path.quad_to((at.x - wing * 0.45, at.y - wing * 0.62), (at.x, at.y));
        path.quad_to((at.x + wing * 0.45, at.y - wing * 0.62), (at.x + wing, at.y - wing * 0.36));
        cover.items.push(Item::Stroke(path, pen));
    }
}

/// A few slim trees standing on a ridge.
fn trees(cover: &mut Cover<'_>, window: Window, rect: Rect, ridge: impl Fn(f64) -> f64) {
    let ink = cover.colours.dark;
    let middle = cover.chance.between(0.3, 0.7);
    for i in 0..3 + cover.chance.below(3) {
        let t = middle + (i as f64 - 2.0) * 0.042 + cover.chance.between(-0.01, 0.01);
        let tall = rect.height() * cover.chance.between(0.055, 0.095);
        let wide = tall * 0.17;
        let foot = Point::new(rect.x0 + t * rect.width(), ridge(t) + tall * 0.1);
        if foot.y - tall < window.edges(rect, t).0 + tall || !(0.12..0.88).contains(&t) {
            continue;
        }
        let mut path = BezPath::new();
        path.move_to((foot.x, foot.y));
        path.curve_to((foot.x + wide * 1.4, foot.y - tall * 0.1), (foot.x + wide, foot.y - tall * 0.6), (foot.x, foot.y - tall));
        path.curve_to((foot.x - wide, foot.y - tall * 0.6), (foot.x - wide * 1.4, foot.y - tall * 0.1), (foot.x, foot.y));
        path.close_path();
        cover.items.push(Item::Fill(path, ink));
    }
}
