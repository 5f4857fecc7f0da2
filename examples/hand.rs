//! Measures the hands: how alike equal letters are, how lines run, how long it takes; and draws them.
//!
//!     cargo run --release --example hand                  figures for every hand over 50 seeds
//!     cargo run --release --example hand -- --png FILE    the same note in every hand, plain and written
//!     cargo run --release --example hand -- --pdf FOLDER  one card and batches of 50 and 1,000 in every hand, with their sizes
//!     cargo run --release --example hand -- --seeds 5 --manner neat --hand mynerve

use std::collections::BTreeMap;
use std::time::Instant;

use tiny_skia::{Color, FillRule, Paint, PathBuilder, Pixmap, Transform};
use wetink::hand::likeness::Trace;
use wetink::hand::{Area, BLUE, Hand, Hands, Manner, Way, Written, seed};
use wetink::measure::{Affine, Point, Rect, Size, mm};
use wetink::out::pdf;
use wetink::page::{Glyph, Ink, Item, Page, Word};

/// 45 words.
const NOTE: &str = "Dear Margaret,\nthe blue walking shoes you took in March must have a few hundred miles on them by now. \
    Bring them by any Tuesday and I will put on new laces, no charge. Happy birthday, and say hello to Bess the spaniel.\nWarmly, Joan";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str| args.iter().position(|a| a == flag).and_then(|i| args.get(i + 1)).map(String::as_str);
    let begun = Instant::now();
    let hands = Hands::load(None).unwrap();
    println!("hands loaded in {:.1} ms", begun.elapsed().as_secs_f64() * 1000.0);
    let manner = match value("--manner") {
        Some("neat") => Manner::Neat,
        Some("lively") => Manner::Lively,
        _ => Manner::Natural,
    };
    let way = Way { manner, ..Way::natural(BLUE) };
    let chosen: Vec<_> = match value("--hand") {
        Some(name) => vec![hands.find(name).unwrap().clone()],
        None => hands.all().to_vec(),
    };
    if let Some(file) = value("--png") {
        let scale = value("--scale").map_or(3.2, |n| n.parse().unwrap());
        picture(file, &chosen, &way, value("--seed").unwrap_or("7"), scale);
        return;
    }
    if let Some(folder) = value("--pdf") {
        files(folder, &chosen, &way);
        return;
    }
    let seeds: u64 = value("--seeds").map_or(50, |n| n.parse().unwrap());
    println!(
        "{} words, {seeds} seeds, {manner:?}. Lengths in x-heights. D: distance of equal letters within a note.",
        NOTE.split_whitespace().count()
    );
    println!(
        "{:22}{:>7}{:>7}{:>7}{:>7}{:>6}{:>9}{:>9}{:>9}{:>7}{:>7}{:>8}{:>8}{:>8}",
        "hand", "D mid", "p10", "min", "max", "same", "misread", "in font", "base SD", "gap", "size", "points", "first", "each"
    );
    for hand in &chosen {
        measure(hand, &way, seeds);
    }
}

/// The writing area of an A6 card's inside, with 8 mm margins.
fn area() -> Area {
    Area::plain(Rect::new(mm(8.0), mm(8.0), mm(140.0), mm(97.0)))
}

fn write(hand: &Hand, card: &str, way: &Way) -> Written {
    hand.write(NOTE, &area(), seed(card, hand.name()), way).unwrap()
}

fn measure(hand: &Hand, way: &Way, seeds: u64) {
    let begun = Instant::now();
    let one = write(hand, "card-0", way);
    let first = begun.elapsed().as_secs_f64() * 1000.0;
    let begun = Instant::now();
    let again = write(hand, "card-0", way);
    assert_eq!(format!("{:?}", one.words), format!("{:?}", again.words), "the same seed is the same drawing");
    let notes: Vec<Written> = (0..seeds).map(|i| write(hand, &format!("card-{i}"), way)).collect();
    let each = begun.elapsed().as_secs_f64() * 1000.0 / (seeds + 1) as f64;
    assert!(seeds < 2 || format!("{:?}", notes[0].words) != format!("{:?}", notes[1].words), "another seed is another drawing");

    let templates: Vec<(char, Trace)> = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .chars()
        .map(|c| {
            (
                c,
                Trace::new(
                    &hand.face().outline(hand.face().glyph(c).unwrap()).outline,
                    Affine::scale(1.0 / hand.x_height()),
                    0.06,
                ),
            )
        })
        .collect();
    let (mut apart, mut same, mut pairs) = (Vec::new(), 0, 0);
    let (mut misread, mut letters, mut points) = (0, 0, Vec::new());
    let (mut spread, mut gap) = (Vec::new(), f64::INFINITY);
    let loud = seeds < 50;
    let mut pairs_misread: BTreeMap<(char, char), usize> = BTreeMap::new();
    for (n, note) in notes.iter().enumerate() {
        let mut seen: BTreeMap<char, Vec<Trace>> = BTreeMap::new();
        for (word, glyphs) in note.words.iter().map(|w| (w, &w.glyphs)) {
            let drawn: Vec<char> = word.text.chars().collect();
            assert_eq!(drawn.len(), glyphs.len(), "one shape a letter in {}", word.text);
            for (c, glyph) in drawn.into_iter().zip(glyphs).filter(|(c, _)| c.is_alphabetic()) {
                points.push(glyph.shape.outline.elements().len() as f64);
                let at = Affine::scale_non_uniform(1.0 / note.x_height, -1.0 / note.x_height) * glyph.at;
                seen.entry(c).or_default().push(Trace::new(&glyph.shape.outline, at, 0.03));
                letters += 1;
                // Comparing every letter with every template takes long; ten notes are enough.
                if n < 10 {
                    let drawn = Trace::new(&glyph.shape.outline, at, 0.06);
                    let near = templates
                        .iter()
                        .map(|(t, trace)| (*t, drawn.distance(trace)))
                        .min_by(|a, b| a.1.total_cmp(&b.1))
                        .unwrap();
                    misread += u32::from(near.0 != c);
                    if near.0 != c && loud {
                        *pairs_misread.entry((c, near.0)).or_insert(0) += 1;
                    }
                }
            }
        }
        for traces in seen.values() {
            for (i, one) in traces.iter().enumerate() {
                for other in &traces[..i] {
                    let d = one.distance(other);
                    pairs += 1;
                    same += u32::from(d < 0.004);
                    apart.push(d);
                }
            }
        }
        spread.extend(baseline(note));
        gap = gap.min(gaps(note));
    }
    apart.sort_by(f64::total_cmp);
    let checked: usize =
        notes.iter().take(10).flat_map(|n| &n.words).flat_map(|w| w.text.chars()).filter(|c| c.is_alphabetic()).count();
    let plain =
        templates.iter().filter(|(c, own)| templates.iter().any(|(t, other)| t != c && own.near(other, 0.1) < 0.004)).count();
    let part = |p: f64| apart[((apart.len() - 1) as f64 * p) as usize];
    println!(
        "{:22}{:7.3}{:7.3}{:7.4}{:7.3}{:6}{:9.2}{:9}{:9.3}{:7.2}{:7.2}{:8.0}{:8.1}{:8.2}",
        hand.name(),
        part(0.5),
        part(0.1),
        part(0.0),
        part(1.0),
        same,
        f64::from(misread) * 170.0 / checked as f64,
        plain,
        spread.iter().sum::<f64>() / spread.len() as f64,
        gap,
        notes[0].x_height / mm(1.0),
        points.iter().sum::<f64>() / points.len() as f64,
        first,
        each
    );
    let _ = (pairs, letters);
    if !pairs_misread.is_empty() {
        println!("    misread {pairs_misread:?}");
    }
}

/// Sizes of the files of one card and of batches, each card one A6 page with its note.
fn files(folder: &str, hands: &[std::sync::Arc<Hand>], way: &Way) {
    println!("{:22}{:>9}{:>9}{:>9}{:>12}{:>9}{:>14}", "hand", "1 card", "50", "1000", "a card", "seconds", "text of 50");
    for hand in hands {
        let mut sizes = Vec::new();
        let mut took = 0.0;
        let mut right = String::new();
        for cards in [1, 50, 1000] {
            let begun = Instant::now();
            let pages = (0..cards).map(|i| {
                let mut page = Page::new(Size::new(mm(148.0), mm(105.0)));
                page.items.push(Item::Words(write(hand, &format!("card-{i}"), way).words));
                page
            });
            let bytes = pdf::write(pages, &pdf::Meta::default()).unwrap();
            took = begun.elapsed().as_secs_f64();
            let file = format!("{folder}/{}-{cards}.pdf", hand.name().replace(' ', "-"));
            std::fs::write(&file, &bytes).unwrap();
            if cards == 50 {
                right = extracted(&file);
            }
            sizes.push(bytes.len());
        }
        println!(
            "{:22}{:9}{:9}{:9}{:12}{took:9.2}{right:>14}",
            hand.name(),
            sizes[0],
            sizes[1],
            sizes[2],
            (sizes[2] - sizes[1]) / 950
        );
    }
}

/// How many pages give back exactly the note, as poppler reads them.
fn extracted(file: &str) -> String {
    let Ok(read) = std::process::Command::new("pdftotext").args([file, "-"]).output() else {
        return "no poppler".to_owned();
    };
    let text = String::from_utf8_lossy(&read.stdout);
    let note: Vec<&str> = NOTE.split_whitespace().collect();
    let pages = text.split('\u{c}').filter(|page| !page.trim().is_empty());
    let right = pages.filter(|page| page.split_whitespace().eq(note.iter().copied())).count();
    format!("{right} right")
}

/// Standard deviation of the letters' feet around a straight line, for every line of more than four words, in x-heights.
fn baseline(note: &Written) -> Vec<f64> {
    let mut words = note.words.iter();
    let mut spreads = Vec::new();
    for count in &note.lines {
        let line: Vec<&Word> = words.by_ref().take(*count).collect();
        let feet: Vec<Point> = line
            .iter()
            .flat_map(|w| w.text.chars().zip(&w.glyphs))
            .filter(|(c, _)| c.is_alphabetic() && !"fgjpqyQJYzZGIT".contains(*c))
            .map(|(_, glyph)| {
                let ink = ink(glyph);
                Point::new(ink.center().x, ink.y1)
            })
            .collect();
        if line.len() > 4 && feet.len() > 8 {
            let n = feet.len() as f64;
            let (mx, my) = (feet.iter().map(|p| p.x).sum::<f64>() / n, feet.iter().map(|p| p.y).sum::<f64>() / n);
            let slope =
                feet.iter().map(|p| (p.x - mx) * (p.y - my)).sum::<f64>() / feet.iter().map(|p| (p.x - mx).powi(2)).sum::<f64>();
            let square = feet.iter().map(|p| (p.y - my - slope * (p.x - mx)).powi(2)).sum::<f64>() / n;
            spreads.push(square.sqrt() / note.x_height);
        }
    }
    spreads
}

fn ink(glyph: &Glyph) -> Rect {
    kurbo::Shape::bounding_box(&(glyph.at * &glyph.shape.outline))
}

/// The smallest clear distance between neighbouring words, seen along slices of a quarter x-height, each with its neighbours.
fn gaps(note: &Written) -> f64 {
    let slice = note.x_height * 0.25;
    let mut least = f64::INFINITY;
    let mut words = note.words.iter();
    for count in &note.lines {
        let line: Vec<Vec<Point>> = words
            .by_ref()
            .take(*count)
            .map(|w| {
                let mut points = Vec::new();
                for glyph in &w.glyphs {
                    for segment in (glyph.at * &glyph.shape.outline).segments() {
                        points.extend((0..4).map(|i| kurbo::ParamCurve::eval(&segment, f64::from(i) / 4.0)));
                    }
                }
                points
            })
            .collect();
        for pair in line.windows(2) {
            for a in &pair[0] {
                for b in pair[1].iter().filter(|b| (b.y - a.y).abs() < slice) {
                    least = least.min(b.x - a.x);
                }
            }
        }
    }
    least / note.x_height
}

/// The note in every hand: as the font has it on the left, written on the right.
fn picture(file: &str, hands: &[std::sync::Arc<Hand>], way: &Way, card: &str, scale: f32) {
    let block = mm(66.0);
    let (width, height) = (mm(296.0), block * hands.len() as f64);
    let mut map = Pixmap::new((width as f32 * scale) as u32, (height as f32 * scale) as u32).unwrap();
    map.fill(Color::WHITE);
    for (i, hand) in hands.iter().enumerate() {
        let written = write(hand, card, way);
        let down = Affine::translate((0.0, block * i as f64));
        for glyph in plain(hand, &written) {
            fill(&mut map, &glyph, down, scale, BLUE);
        }
        let right = down * Affine::translate((mm(146.0), 0.0));
        for word in &written.words {
            for glyph in &word.glyphs {
                fill(&mut map, glyph, right, scale, word.ink);
            }
        }
    }
    map.save_png(file).unwrap();
}

/// The same lines as the plain font would set them.
fn plain(hand: &Hand, written: &Written) -> Vec<Glyph> {
    let unit = written.x_height / hand.x_height();
    let mut glyphs = Vec::new();
    let mut words = written.words.iter();
    for (k, count) in written.lines.iter().enumerate() {
        let line: Vec<&str> = words.by_ref().take(*count).map(|w| &*w.text).collect();
        let (mut x, y) = (mm(8.0), mm(8.0) + written.x_height * 2.4 + written.pitch * k as f64);
        for placed in hand.face().shape(&line.join(" "), wetink::face::Features::HAND).iter() {
            let shape = hand.face().outline(placed.glyph);
            glyphs.push(Glyph { shape, at: Affine::new([unit, 0.0, 0.0, -unit, x + placed.dx * unit, y - placed.dy * unit]) });
            x += placed.advance * unit;
        }
    }
    glyphs
}

fn fill(map: &mut Pixmap, glyph: &Glyph, at: Affine, scale: f32, ink: Ink) {
    let mut path = PathBuilder::new();
    for element in (at * glyph.at * &glyph.shape.outline).elements() {
        let p = |p: Point| (p.x as f32, p.y as f32);
        match *element {
            kurbo::PathEl::MoveTo(to) => path.move_to(p(to).0, p(to).1),
            kurbo::PathEl::LineTo(to) => path.line_to(p(to).0, p(to).1),
            kurbo::PathEl::QuadTo(c, to) => path.quad_to(p(c).0, p(c).1, p(to).0, p(to).1),
            kurbo::PathEl::CurveTo(..) => unreachable!("quadratics only"),
            kurbo::PathEl::ClosePath => path.close(),
        }
    }
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba(ink.r, ink.g, ink.b, 1.0).unwrap());
    paint.anti_alias = true;
    if let Some(path) = path.finish() {
        map.fill_path(&path, &paint, FillRule::Winding, Transform::from_scale(scale, scale), None);
    }
}
