//! What the post may not like about a card's shape.

use super::{Form, Stock, Use};
use crate::measure::to_mm;

/// A postcard's least and greatest length and height in millimetres, and the least and greatest length for its height.
struct Rule {
    post: &'static str,
    length: (f64, f64),
    height: (f64, f64),
    ratio: (f64, f64),
}

/// Warnings, each a sentence, for sending this stock as a postcard from `country` (two capitals). Folded cards travel in
/// envelopes and are nobody's trouble; square ones are told so everywhere. The written side never keeps the post's address
/// area clear, and paper sold for postcards is told so.
#[must_use]
pub fn postal(stock: &Stock, country: &str) -> Vec<String> {
    // US: DMM 101 and 201, letters 5 to 11.5 in long and 3.5 to 6.125 in high, machinable from 1.3 to 2.5; CA: canadapost.ca,
    // standard mail; DE: Deutsche Post, postcard; GB: Royal Mail, letter; others: the Universal Postal Union's postcard.
    let rule = match country {
        "US" => Rule { post: "the US post", length: (127.0, 292.1), height: (88.9, 155.6), ratio: (1.3, 2.5) },
        "CA" => Rule { post: "Canada Post", length: (140.0, 245.0), height: (90.0, 156.0), ratio: (1.0, 10.0) },
        "DE" => Rule { post: "Deutsche Post", length: (140.0, 235.0), height: (90.0, 125.0), ratio: (1.4, 10.0) },
        "GB" => Rule { post: "Royal Mail", length: (0.0, 240.0), height: (0.0, 165.0), ratio: (1.0, 10.0) },
        _ => Rule { post: "most posts", length: (140.0, 235.0), height: (90.0, 120.0), ratio: (1.4, 10.0) },
    };
    if stock.purpose != Use::Card || stock.form != Form::Flat {
        return Vec::new();
    }
    let (length, height) = (to_mm(stock.cell.max_side()), to_mm(stock.cell.min_side()));
    let mut warnings = Vec::new();
    let mut warn = |sentence: String| warnings.push(format!("{}: {sentence}", stock.name));
    if stock.postcard {
        warn("the note has the whole side, and the post reads the address in its right half: send it in an envelope".into());
    }
    let post = rule.post;
    // A sheet cut by hand is never better than a twentieth of a millimetre, and 4 x 6 inch is 101.6 mm to everybody.
    let slack = 0.05;
    if length < rule.length.0 - slack {
        warn(format!(
            "{length:.1} mm long, {:.1} mm short of what {post} wants of a card without an envelope",
            rule.length.0 - length
        ));
    }
    if height < rule.height.0 - slack {
        warn(format!(
            "{height:.1} mm high, {:.1} mm short of what {post} wants of a card without an envelope",
            rule.height.0 - height
        ));
    }
    if length > rule.length.1 + slack || height > rule.height.1 + slack {
        let (most, high) = (rule.length.1, rule.height.1);
        warn(format!("{length:.0} by {height:.0} mm is no postcard to {post}, which ends at {most:.0} by {high:.0} mm"));
    }
    let ratio = length / height;
    if ratio < rule.ratio.0 - 0.001 {
        warn(format!(
            "{ratio:.2} times as long as high, and without an envelope {post} asks for at least {} times",
            rule.ratio.0
        ));
    }
    if ratio > rule.ratio.1 {
        warn(format!("{ratio:.2} times as long as high, and without an envelope {post} asks for at most {} times", rule.ratio.1));
    }
    if country == "US" && (length > 152.4 + slack || height > 107.95 + slack) {
        warn("larger than 6 by 4.25 inches, so without an envelope it takes a letter stamp, not a card stamp".into());
    }
    warnings
}
