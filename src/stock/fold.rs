//! Where a card's panels lie on the piece of paper it is folded from.

use super::{Form, Panel, Side, Stock};
use crate::measure::{Affine, Rect, Size};

/// Where one panel lies on its cell.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Which.
    pub panel: Panel,
    /// On which side of the sheet.
    pub side: Side,
    /// From the panel's coordinates to the cell's, that side of the cell looked at and turned over like a book's page.
    pub at: Affine,
    /// The part of the cell it covers, in the cell's coordinates.
    pub area: Rect,
}

/// All panels of a card made from this stock.
#[must_use]
pub fn places(stock: &Stock) -> Vec<Place> {
    let Size { width: w, height: h } = stock.panel;
    let place = |panel, side, column: f64, row: f64, head_down: bool| {
        let area = Rect::from_origin_size((column * w, row * h), stock.panel);
        let at =
            if head_down { Affine::new([-1.0, 0.0, 0.0, -1.0, area.x1, area.y1]) } else { Affine::translate((area.x0, area.y0)) };
        Place { panel, side, at, area }
    };
    match stock.form {
        Form::Flat if !stock.duplex => vec![place(Panel::Written, Side::Front, 0.0, 0.0, false)],
        Form::Flat => vec![place(Panel::Cover, Side::Front, 0.0, 0.0, false), place(Panel::Written, Side::Back, 0.0, 0.0, false)],
        // Spine at the left: the cover is the right half of the outside.
        Form::HalfSide => vec![
            place(Panel::Back, Side::Front, 0.0, 0.0, false),
            place(Panel::Cover, Side::Front, 1.0, 0.0, false),
            place(Panel::Inside, Side::Back, 0.0, 0.0, false),
            place(Panel::Written, Side::Back, 1.0, 0.0, false),
        ],
        // Spine at the top: the cover's head is at the fold, so on the flat sheet it stands on its head.
        Form::HalfTop => vec![
            place(Panel::Cover, Side::Front, 0.0, 0.0, true),
            place(Panel::Back, Side::Front, 0.0, 1.0, false),
            place(Panel::Inside, Side::Back, 0.0, 0.0, false),
            place(Panel::Written, Side::Back, 0.0, 1.0, false),
        ],
        // The upper half goes behind first, then the left half: what was on top stands on its head, inside.
        Form::Quarter => vec![
            place(Panel::Written, Side::Front, 0.0, 0.0, true),
            place(Panel::Inside, Side::Front, 1.0, 0.0, true),
            place(Panel::Back, Side::Front, 0.0, 1.0, false),
            place(Panel::Cover, Side::Front, 1.0, 1.0, false),
        ],
    }
}
