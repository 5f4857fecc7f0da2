//! Lengths and places on paper, in one unit: the PDF point (1/72 inch).
//!
//! Geometry is kurbo's; x runs right and y runs **down** from the upper left corner of a page. Only `out/pdf.rs` turns the
//! page over, because PDF counts from the lower left.

pub use kurbo::{Affine, BezPath, Circle, Line, Point, Rect, RoundedRect, Shape, Size, Vec2};

/// Points in a millimetre: 72 / 25.4.
pub const PT_PER_MM: f64 = 72.0 / 25.4;

/// Millimetres as points.
#[must_use]
pub const fn mm(length: f64) -> f64 {
    length * PT_PER_MM
}

/// The nearest whole number: what `round` says, in a fraction of its time on processors as they were twenty years ago.
#[must_use]
pub fn nearest(number: f64) -> f64 {
    if number.abs() < 4e15 { (number + 0.5_f64.copysign(number)) as i64 as f64 } else { number }
}

/// Inches as points.
#[must_use]
pub const fn inch(length: f64) -> f64 {
    length * 72.0
}

/// Points as millimetres, for messages and tables.
#[must_use]
pub const fn to_mm(points: f64) -> f64 {
    points / PT_PER_MM
}
