//! The paper: cards are imposed on every stock, cut out, turned, folded and read, the way hands and eyes would.

mod paper;

use std::collections::BTreeMap;
use std::sync::Arc;

use paper::{block, set, tool};
use wetink::measure::{Affine, Point, Rect, Size, Vec2, mm, to_mm};
use wetink::out::pdf::{Meta, Sides, write};
use wetink::out::png::ink;
use wetink::page::{Ink, Item, Page, Picture};
use wetink::stock::{
    Form, Margins, Panel, Panels, Plan, Printer, Reading, Sheet, Shelf, Stock, StockEntry, Turn, Use, impose, outline, postal,
    test_page,
};
use wetink::trouble::Kind;

const PANELS: [Panel; 4] = [Panel::Cover, Panel::Written, Panel::Inside, Panel::Back];

fn shelf() -> Shelf {
    Shelf::with(&[]).unwrap()
}

/// Prints to the very edge, and true.
fn borderless() -> Printer {
    Printer { margins: Margins { left: 0.0, right: 0.0, top: 0.0, bottom: 0.0 }, ..Printer::default() }
}

/// Where the one word of a panel begins: a place no turn or mirror maps onto itself.
fn spot(stock: &Stock) -> Vec2 {
    Vec2::new(stock.panel.width * 0.2, stock.panel.height * 0.35)
}

/// A card whose panels say which card and which panel they are.
fn numbered(stock: &Stock, number: usize) -> Panels {
    let panel = |panel| {
        let word = set(&format!("{number}{panel:?}"), spot(stock).to_point(), 5.0);
        (panel, Arc::new(vec![Item::Words(vec![word])]))
    };
    PANELS.into_iter().map(panel).collect()
}

fn sheets(stock: &Stock, cards: usize, turn: Turn, skip: usize, printer: &Printer) -> Vec<Sheet> {
    let cards = (1..=cards).map(|number| numbered(stock, number));
    impose(cards, Plan { stock, turn, skip, printer }).unwrap().map(Result::unwrap).collect()
}

/// A word in space: x right, y down, z towards whoever looks.
#[derive(Clone, Debug)]
struct Mark {
    text: String,
    at: [f64; 3],
    right: [f64; 2],
    up: [f64; 2],
    faces_us: bool,
}

impl Mark {
    /// Half a turn around an upright axis at `x`, `z`: a page of a book.
    fn leaf(&mut self, x: f64, z: f64) {
        self.at = [2.0 * x - self.at[0], self.at[1], 2.0 * z - self.at[2]];
        self.right[0] = -self.right[0];
        self.up[0] = -self.up[0];
        self.faces_us = !self.faces_us;
    }

    /// Half a turn around a level axis at `y`, `z`: a page of a notepad.
    fn flip(&mut self, y: f64, z: f64) {
        self.at = [self.at[0], 2.0 * y - self.at[1], 2.0 * z - self.at[2]];
        self.right[1] = -self.right[1];
        self.up[1] = -self.up[1];
        self.faces_us = !self.faces_us;
    }

    /// Half a turn on the table.
    fn spin(&mut self, x: f64, y: f64) {
        self.at = [2.0 * x - self.at[0], 2.0 * y - self.at[1], self.at[2]];
        self.right = self.right.map(|v| -v);
        self.up = self.up.map(|v| -v);
    }
}

/// The words of a page as they stand on it.
fn marks(items: &[Item], to: Affine, found: &mut Vec<Mark>) {
    for item in items {
        match item {
            Item::Words(words) => found.extend(words.iter().map(|word| {
                let at = to * word.glyphs[0].at;
                let way = |x: f64, y: f64| {
                    let way = at * Point::new(x, y) - at * Point::ZERO;
                    [way.x / way.hypot(), way.y / way.hypot()]
                };
                let start = at * Point::ZERO;
                let (right, up) = (way(1.0, 0.0), way(0.0, 1.0));
                Mark { text: word.text.to_string(), at: [start.x, start.y, 0.0], right, up, faces_us: true }
            })),
            Item::Placed { drawing, at, clip } => {
                let before = found.len();
                marks(drawing, to * *at, found);
                if let Some(clip) = clip {
                    let seen = (to * *at).transform_rect_bbox(*clip).inflate(0.01, 0.01);
                    assert!(found[before..].iter().all(|mark| seen.contains(Point::new(mark.at[0], mark.at[1]))));
                }
            }
            _ => {}
        }
    }
}

/// Both sides of a sheet as one thing: the back behind the front, as the printer turned the paper.
fn solid(sheet: &Sheet, turn: Turn) -> Vec<Mark> {
    let mut all = Vec::new();
    marks(&sheet.front.items, Affine::IDENTITY, &mut all);
    if let Some(back) = &sheet.back {
        let Size { width, height } = back.size;
        let mut behind = Vec::new();
        marks(&back.items, Affine::IDENTITY, &mut behind);
        for mark in &mut behind {
            match (turn, height > width) {
                (Turn::LongEdge, true) | (Turn::ShortEdge, false) => mark.leaf(width / 2.0, 0.0),
                (Turn::LongEdge, false) | (Turn::ShortEdge, true) => mark.flip(height / 2.0, 0.0),
            }
        }
        all.extend(behind);
    }
    all
}

/// What can be read in a place: on top, facing us. Everything readable must be upright.
fn read(piece: &[Mark], place: Rect, stock: &Stock) -> String {
    let here = |mark: &&Mark| place.contains(Point::new(mark.at[0], mark.at[1]));
    let top = piece.iter().filter(here).map(|mark| mark.at[2]).fold(f64::MIN, f64::max);
    let seen: Vec<&Mark> = piece.iter().filter(here).filter(|mark| mark.faces_us && (mark.at[2] - top).abs() < 0.1).collect();
    let [mark] = seen[..] else { panic!("{}: {} words at {place:?}", stock.name, seen.len()) };
    let off = Point::new(mark.at[0], mark.at[1]) - place.origin() - spot(stock);
    assert!(off.hypot() < 0.01, "{}: {} is {off:?} off", stock.name, mark.text);
    let straight = |v: [f64; 2], w: [f64; 2]| (v[0] - w[0]).abs() < 1e-6 && (v[1] - w[1]).abs() < 1e-6;
    assert!(straight(mark.right, [1.0, 0.0]) && straight(mark.up, [0.0, -1.0]), "{}: {mark:?} lies wrong", stock.name);
    mark.text.clone()
}

/// Folds the piece as its form says and reads it as somebody would who got the card.
fn fold_and_read(mut piece: Vec<Mark>, stock: &Stock) -> Vec<String> {
    let Size { width: w, height: h } = stock.panel;
    let page = |column: f64, row: f64| Rect::from_origin_size((column * w, row * h), (w, h));
    let mut found = Vec::new();
    match stock.form {
        Form::Flat => {
            found.push(read(&piece, page(0.0, 0.0), stock));
            if stock.duplex {
                piece.iter_mut().for_each(|mark| mark.leaf(w / 2.0, 0.0));
                found.push(read(&piece, page(0.0, 0.0), stock));
            }
        }
        Form::HalfSide => {
            piece.iter_mut().filter(|mark| mark.at[0] < w).for_each(|mark| mark.leaf(w, -0.5));
            found.push(read(&piece, page(1.0, 0.0), stock));
            let mut turned = piece.clone();
            turned.iter_mut().for_each(|mark| mark.leaf(1.5 * w, -0.5));
            // Open: the upper leaf goes to the left.
            piece.iter_mut().filter(|mark| mark.at[2] > -0.5).for_each(|mark| mark.leaf(w, -0.5));
            found.push(read(&piece, page(1.0, 0.0), stock));
            found.push(read(&piece, page(0.0, 0.0), stock));
            found.push(read(&turned, page(1.0, 0.0), stock));
        }
        Form::HalfTop => {
            piece.iter_mut().filter(|mark| mark.at[1] > h).for_each(|mark| mark.flip(h, -0.5));
            piece.iter_mut().for_each(|mark| mark.spin(w / 2.0, h / 2.0));
            found.push(read(&piece, page(0.0, 0.0), stock));
            let mut turned = piece.clone();
            turned.iter_mut().for_each(|mark| mark.leaf(w / 2.0, -0.5));
            // Open: the upper leaf goes up.
            piece.iter_mut().filter(|mark| mark.at[2] > -0.5).for_each(|mark| mark.flip(0.0, -0.5));
            found.push(read(&piece, page(0.0, 0.0), stock));
            found.push(read(&piece, page(0.0, -1.0), stock));
            found.push(read(&turned, page(0.0, 0.0), stock));
        }
        Form::Quarter => {
            piece.iter_mut().filter(|mark| mark.at[1] < h).for_each(|mark| mark.flip(h, -0.5));
            piece.iter_mut().filter(|mark| mark.at[0] < w).for_each(|mark| mark.leaf(w, -1.5));
            found.push(read(&piece, page(1.0, 1.0), stock));
            let mut turned = piece.clone();
            turned.iter_mut().for_each(|mark| mark.leaf(1.5 * w, -1.5));
            // Open: the upper two leaves go to the left.
            piece.iter_mut().filter(|mark| mark.at[2] > -1.5).for_each(|mark| mark.leaf(w, -1.5));
            found.push(read(&piece, page(1.0, 1.0), stock));
            found.push(read(&piece, page(0.0, 1.0), stock));
            found.push(read(&turned, page(1.0, 1.0), stock));
        }
    }
    found
}

/// Takes the sheets apart: for each card its panels, in the order cover, written, inside, back.
fn cut_and_read(stock: &Stock, printed: &[Sheet], turn: Turn, skip: usize) -> Vec<Vec<String>> {
    let mut cards = Vec::new();
    for (number, sheet) in printed.iter().enumerate() {
        let mut all = solid(sheet, turn);
        for place in 0..stock.columns * stock.rows {
            let (row, column) = (place / stock.columns, place % stock.columns);
            let corner = Vec2::new(stock.origin.x + column as f64 * stock.pitch.x, stock.origin.y + row as f64 * stock.pitch.y);
            let cell = Rect::from_origin_size(corner.to_point(), stock.cell);
            let (mut piece, rest): (Vec<Mark>, Vec<Mark>) =
                all.into_iter().partition(|mark| cell.contains(Point::new(mark.at[0], mark.at[1])));
            all = rest;
            if number == 0 && place < skip {
                assert!(piece.is_empty(), "{}: a used place is printed on", stock.name);
                continue;
            }
            if piece.is_empty() {
                continue;
            }
            for mark in &mut piece {
                mark.at = [mark.at[0] - corner.x, mark.at[1] - corner.y, mark.at[2]];
            }
            cards.push(fold_and_read(piece, stock));
        }
        assert!(all.is_empty(), "{}: {} words fell to the floor", stock.name, all.len());
    }
    cards
}

#[test]
fn every_card_comes_out_right_on_every_stock() {
    for stock in shelf().all() {
        let panels: &[Panel] = match (stock.form, stock.duplex) {
            (Form::Flat, true) => &[Panel::Cover, Panel::Written],
            (Form::Flat, false) => &[Panel::Written],
            _ => &PANELS,
        };
        let per_sheet = stock.per_sheet();
        for turn in [Turn::LongEdge, Turn::ShortEdge] {
            for cards in [1, 3, 4, 5, 9] {
                for skip in [0, 1, per_sheet - 1] {
                    if skip >= per_sheet {
                        continue;
                    }
                    let printed = sheets(stock, cards, turn, skip, &borderless());
                    assert_eq!(printed.len(), (cards + skip).div_ceil(per_sheet));
                    let wanted: Vec<Vec<String>> =
                        (1..=cards).map(|card| panels.iter().map(|panel| format!("{card}{panel:?}")).collect()).collect();
                    assert_eq!(cut_and_read(stock, &printed, turn, skip), wanted, "{}, {turn:?}", stock.name);
                }
            }
        }
    }
}

#[test]
fn too_much_to_skip_is_told() {
    let shelf = shelf();
    let stock = shelf.find("a6-4up").unwrap();
    let plan = Plan { stock, turn: Turn::LongEdge, skip: 4, printer: &Printer::default() };
    let trouble = impose(Vec::<Panels>::new(), plan).err().unwrap();
    assert_eq!(trouble.kind, Kind::Usage);
    assert!(trouble.message.contains("has 4 places"), "{}", trouble.message);
}

#[test]
fn sheets_are_exact_and_sound_in_the_file() {
    let shelf = shelf();
    let ways = [
        (1, 0, Turn::LongEdge),
        (3, 1, Turn::ShortEdge),
        (4, 0, Turn::ShortEdge),
        (5, 0, Turn::LongEdge),
        (9, 3, Turn::LongEdge),
    ];
    for (stock, (cards, skip, turn)) in shelf.all().iter().flat_map(|stock| ways.map(|way| (stock, way))) {
        let skip = skip % stock.per_sheet();
        let printed = sheets(stock, cards, turn, skip, &borderless());
        let pages: Vec<Page> = printed.into_iter().flat_map(Sheet::pages).collect();
        let bytes = write(&pages, &Meta { title: stock.title.clone(), sides: Some(Sides::LongEdge), ..Meta::default() }).unwrap();
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        assert_eq!(document.get_pages().len(), pages.len());
        for id in document.get_pages().values() {
            let page = document.get_dictionary(*id).unwrap();
            for key in [b"MediaBox".as_slice(), b"TrimBox", b"BleedBox", b"CropBox"] {
                let corners = page.get(key).unwrap().as_array().unwrap();
                let wanted = [0.0, 0.0, stock.sheet.width, stock.sheet.height];
                for (corner, wanted) in corners.iter().zip(wanted) {
                    assert!((f64::from(corner.as_float().unwrap()) - wanted).abs() < 0.01, "{}", stock.name);
                }
            }
        }
        if let Some(said) = tool("qpdf", &["--check", "FILE"], &bytes) {
            assert!(said.contains("No syntax or stream encoding errors") && !said.contains("WARN"), "{}: {said}", stock.name);
        }
        // What poppler reads is where the scene has it.
        let Some(said) = tool("pdftotext", &["-bbox", "FILE", "-"], &bytes) else { continue };
        let number = |line: &str, key: &str| -> f64 {
            line.split_once(&format!("{key}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
        };
        let found: BTreeMap<String, Point> = said
            .lines()
            .filter(|line| line.contains("<word"))
            .map(|line| {
                let middle = |a: &str, b: &str| f64::midpoint(number(line, a), number(line, b));
                let text = line.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
                (text, Point::new(middle("xMin", "xMax"), middle("yMin", "yMax")))
            })
            .collect();
        let mut scene = Vec::new();
        pages.iter().for_each(|page| marks(&page.items, Affine::IDENTITY, &mut scene));
        assert_eq!(found.len(), scene.len(), "{}", stock.name);
        for mark in scene {
            let word = set(&mark.text, Point::ZERO, 5.0);
            let half = paper::wide(&word) / 2.0;
            let middle = Point::new(mark.at[0] + mark.right[0] * half, mark.at[1] + mark.right[1] * half);
            let off = (found[&mark.text] - middle).hypot();
            assert!(off < 4.0, "{}: {} is {off} pt off", stock.name, mark.text);
        }
    }
}

/// A card with a block in the middle of every panel, so large.
fn blocks(stock: &Stock, share: f64) -> Panels {
    let size = stock.panel * share;
    let part = Rect::from_center_size((stock.panel / 2.0).to_vec2().to_point(), size);
    PANELS.into_iter().map(|panel| (panel, Arc::new(vec![block(part, Ink::BLACK)]))).collect()
}

#[test]
fn no_ink_where_the_printer_cannot_print() {
    let printer = Printer { margins: Margins { bottom: 17.0, ..Margins::default() }, white_edge: false, ..Printer::default() };
    for stock in shelf().all() {
        let cards = vec![blocks(stock, 0.25); 3];
        let plan = Plan { stock, turn: Turn::LongEdge, skip: 0, printer: &printer };
        for sheet in impose(cards, plan).unwrap() {
            let sheet = match sheet {
                Ok(sheet) => sheet,
                // Small labels lie in the lower margin of an old inkjet with everything they have.
                Err(trouble) => {
                    assert!(
                        trouble.message.contains("lower edge, where this printer leaves 17.0 mm white") || stock.is_landscape(),
                        "{}: {}",
                        stock.name,
                        trouble.message
                    );
                    continue;
                }
            };
            for page in sheet.pages() {
                let raster = ink(&page, 100.0).unwrap();
                let (paper, free) = (stock.sheet.to_rect(), printer.printable(stock.sheet));
                for strip in [
                    Rect::new(0.0, 0.0, free.x0, paper.y1),
                    Rect::new(free.x1, 0.0, paper.x1, paper.y1),
                    Rect::new(0.0, 0.0, paper.x1, free.y0),
                    Rect::new(0.0, free.y1, paper.x1, paper.y1),
                ] {
                    assert_eq!(raster.inked(strip), 0, "{}: {strip:?}", stock.name);
                }
                assert!(raster.inked(paper) > 0);
            }
        }
    }
}

#[test]
fn the_margin_is_named() {
    let shelf = shelf();
    let stock = shelf.find("a6-4up").unwrap();
    let strict = Printer { white_edge: false, ..Printer::default() };
    let print = |items: Vec<Item>, printer: &Printer| {
        let mut card = blocks(stock, 0.5);
        card.insert(Panel::Cover, Arc::new(items));
        impose([card], Plan { stock, turn: Turn::LongEdge, skip: 0, printer }).unwrap().next().unwrap()
    };
    let says = "card 1: its cover comes within 4.0 mm of the sheet's left edge, where this printer leaves 6.4 mm white";
    let near = Rect::new(mm(4.0), mm(40.0), mm(50.0), mm(60.0));
    let trouble = print(vec![block(near, Ink::BLACK)], &strict).unwrap_err();
    assert_eq!((trouble.kind, trouble.message.as_str()), (Kind::Refused, says));
    // Art may lose its edge unless the owner says otherwise; words may not, nor pictures that stand free.
    assert!(print(vec![block(near, Ink::BLACK)], &Printer::default()).is_ok());
    let word = set("cut", Point::new(mm(4.0) - 40.0 * 0.012, mm(40.0)), 12.0);
    let inner = Arc::new(vec![Item::Words(vec![word])]);
    let words = vec![Item::Placed { drawing: inner, at: Affine::IDENTITY, clip: None }];
    assert_eq!(print(words.clone(), &Printer::default()).unwrap_err().message, says);
    let photo = Arc::new(Picture { key: 1, file: Vec::new(), width: 1, height: 1 });
    let photo = |part: Rect| vec![Item::Picture(Arc::clone(&photo), Affine::map_unit_square(part))];
    assert_eq!(print(photo(near), &Printer::default()).unwrap_err().message, says);
    assert!(print(photo(stock.panel.to_rect()), &Printer::default()).is_ok());
    assert!(print(photo(stock.panel.to_rect()), &strict).is_err());
    let fine = Printer { margins: Margins { left: 3.0, ..Margins::default() }, ..Printer::default() };
    assert!(print(words, &fine).is_ok());
}

#[test]
fn a_crooked_printer_prints_true_after_correction() {
    let shelf = shelf();
    let stock = shelf.find("avery-8389").unwrap();
    // What this printer does: on the front everything 1.5 mm to the right and 0.8 mm up at line A and B, 1.2 % too wide, 0.4 % too
    // short; the back otherwise. So the owner reads from the test page:
    let front = Reading { left: 21.5, top: 19.2, across: 101.2, down: 99.6 };
    let back = Reading { left: 18.7, top: 20.9, across: 100.3, down: 100.9 };
    let does = |reading: &Reading| {
        let line = Vec2::new(mm(20.0), mm(20.0));
        Affine::translate((mm(reading.left), mm(reading.top)))
            * Affine::scale_non_uniform(reading.across / 100.0, reading.down / 100.0)
            * Affine::translate(-line)
    };
    let crooked = Printer { front, back, ..borderless() };
    let true_sheet = &sheets(stock, 2, Turn::LongEdge, 0, &borderless())[0];
    let corrected = &sheets(stock, 2, Turn::LongEdge, 0, &crooked)[0];
    let pairs = [
        (&true_sheet.front, &corrected.front, does(&front)),
        (true_sheet.back.as_ref().unwrap(), corrected.back.as_ref().unwrap(), does(&back)),
    ];
    for (wanted, sent, printer) in pairs {
        let (mut on_paper, mut meant) = (Vec::new(), Vec::new());
        marks(&sent.items, printer, &mut on_paper);
        marks(&wanted.items, Affine::IDENTITY, &mut meant);
        assert_eq!(on_paper.len(), 2);
        for (printed, meant) in on_paper.iter().zip(&meant) {
            let off = (printed.at[0] - meant.at[0]).hypot(printed.at[1] - meant.at[1]);
            assert!(off < 0.001, "{off}");
        }
    }
    let nonsense = Printer { front: Reading { across: 10.0, ..Reading::default() }, ..Printer::default() };
    assert!(nonsense.check().is_err());
}

#[test]
fn the_shop_file_is_read() {
    let file = |text: &str| Arc::<str>::from(text);
    let text =
        "[shop]\nname = 'Hill'\n[printer]\nwhite-edge = false\n[printer.front]\nleft = 20.4\n[printer.margins]\nbottom = 17\n";
    let printer = Printer::read(&file(text)).unwrap();
    assert_eq!(printer.front, Reading { left: 20.4, ..Reading::default() });
    assert_eq!(printer.margins, Margins { bottom: 17.0, ..Margins::default() });
    assert_eq!(Printer::read(&file("[shop]\nname = 'Hill'")).unwrap(), Printer::default());
    // What can't be is shown at its own word, however it is written.
    for (wrong, word, says) in [
        ("left = 'much'", "'much'", "invalid type"),
        ("top = 200", "200", "near 20 mm"),
        ("across = 50.2", "50.2", "near 100 mm"),
        ("down = nan", "nan", "near 100 mm"),
        ("slope = 3", "slope", "unknown field `slope`"),
    ] {
        for text in [format!("# a\n[printer.back]\n{wrong}\n"), format!("# a\n[printer]\nback = {{ {wrong} }}\n")] {
            let trouble = Printer::read(&file(&text)).unwrap_err();
            let spot = &trouble.spots[0];
            assert_eq!((spot.file.as_str(), spot.line(), &text[spot.span.clone()]), ("wetink.toml", 3, word), "{text}");
            assert!(trouble.message.contains(says) && !trouble.hints.is_empty(), "{trouble:?}");
        }
    }
    for wrong in ["[printer.margins]\nleft = -1", "[printer.margins]\nleft = 61", "[printer]\ncolour = true", "printer = 3"] {
        assert!(Printer::read(&file(wrong)).is_err(), "{wrong}");
    }
    assert!(Shelf::read(&file("[[stock]]\nname = 'own'\nsheet = 'a4'")).unwrap().find("own").is_ok());
    for (wrong, line) in [
        ("name = 'own'\nsheet = 4", 6),
        ("name = 'own'\nsheet = 'a4'\ngird = [2, 2]", 7),
        ("name = 'own'\nsheet = 'a4'\ncell = [150, 100]\ngrid = [2, 1]", 4),
    ] {
        let text = format!("[[stock]]\nname = 'fine'\nsheet = 'a4'\n[[stock]]\n{wrong}\n");
        let trouble = Shelf::read(&file(&text)).unwrap_err();
        assert_eq!(trouble.spots[0].line(), line, "{trouble:?}");
    }
}

fn strokes(items: &[Item], found: &mut Vec<Rect>) {
    for item in items {
        match item {
            Item::Stroke(path, _) => found.push(kurbo::Shape::bounding_box(path)),
            Item::Placed { drawing, .. } => strokes(drawing, found),
            _ => {}
        }
    }
}

#[test]
fn marks_lie_in_the_waste() {
    let shelf = shelf();
    let count = |name: &str| {
        let stock = shelf.find(name).unwrap();
        let printer = Printer::default();
        let cards = vec![blocks(stock, 0.2); stock.per_sheet()];
        let plan = Plan { stock, turn: Turn::LongEdge, skip: 0, printer: &printer };
        let sheet = impose(cards, plan).unwrap().next().unwrap().unwrap();
        let mut lines = Vec::new();
        strokes(&sheet.front.items, &mut lines);
        for line in &lines {
            let long = line.width().max(line.height());
            assert!(long >= mm(1.5) - 0.01 && long <= mm(5.0) + 0.01, "{}", to_mm(long));
            for cell in stock.cells() {
                let apart = cell.inflate(mm(2.99), mm(2.99)).intersect(*line);
                // A mark keeps 3 mm away from every card along its own way.
                assert!(cell.intersect(*line).area() == 0.0 && (apart.width() < 0.01 || apart.height() < 0.01));
            }
        }
        if let Some(back) = sheet.back {
            let mut behind = Vec::new();
            strokes(&back.items, &mut behind);
            assert!(behind.is_empty());
        }
        lines.len()
    };
    // No waste, no marks; comes apart by itself, no marks.
    assert_eq!(count("a6-4up"), 0);
    assert_eq!(count("avery-8389"), 0);
    assert_eq!(count("avery-l7160"), 0);
    // Two cards, four corners each, two marks a corner.
    assert_eq!(count("4x6-2up"), 16);
    // One card: eight crop marks and two ticks at the fold.
    assert_eq!(count("5x7-fold"), 10);
    assert_eq!(count("7x5-fold-top"), 10);
}

#[test]
fn art_runs_into_the_waste_and_not_onto_the_neighbour() {
    let shelf = shelf();
    let stock = shelf.find("4x6-2up").unwrap();
    let art = Rect::new(-50.0, -50.0, stock.panel.width + 50.0, stock.panel.height + 50.0);
    let card: Panels = [(Panel::Cover, Arc::new(vec![block(art, Ink::BLACK)]))].into();
    let printer = borderless();
    let plan = Plan { stock, turn: Turn::LongEdge, skip: 0, printer: &printer };
    let sheet = impose([card], plan).unwrap().next().unwrap().unwrap();
    let raster = ink(&sheet.front, 144.0).unwrap();
    let cell = stock.cells()[0];
    let bled = cell.inflate(mm(3.0), mm(3.0));
    let area = |r: Rect| (r.width() * 2.0).floor() * (r.height() * 2.0).floor();
    assert!(raster.inked(bled) as f64 > area(bled) * 0.99);
    assert_eq!(raster.inked(Rect::new(cell.x0 + 2.0, bled.y1 + 1.0, cell.x1 - 2.0, stock.cells()[1].y0)), 0);
    // Without waste, nothing of it shows next door.
    let stock = shelf.find("a6-4up").unwrap();
    let card: Panels = [(Panel::Cover, Arc::new(vec![block(Rect::new(-50.0, -50.0, 900.0, 900.0), Ink::BLACK)]))].into();
    let sheet = impose([card], Plan { stock, ..plan }).unwrap().next().unwrap().unwrap();
    let raster = ink(&sheet.front, 144.0).unwrap();
    for other in &stock.cells()[1..] {
        assert_eq!(raster.inked(other.inset(-0.5)), 0);
    }
}

#[test]
fn the_shelf_agrees_with_its_sources() {
    let known: serde_json::Value = serde_json::from_str(include_str!("data/card-stock.json")).unwrap();
    let known = known["templates"].as_array().unwrap();
    let mut checked = 0;
    for stock in shelf().all() {
        let Some((source, part)) = stock.source.split_once(": ") else { continue };
        let entry = known
            .iter()
            .find(|e| e["part"] == part && e["source"].as_str().unwrap().starts_with(source))
            .unwrap_or_else(|| panic!("{part}"));
        let pair = |key: &str| [0, 1].map(|i| entry[key][i].as_f64().unwrap());
        let near = |a: [f64; 2], b: [f64; 2]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.005);
        let size = |s: Size| [to_mm(s.width), to_mm(s.height)];
        assert!(near(size(stock.sheet), pair("sheet_mm")), "{}: sheet", stock.name);
        assert!(near([to_mm(stock.origin.x), to_mm(stock.origin.y)], pair("origin_mm")), "{}: origin", stock.name);
        let grid = [entry["cols"].as_u64().unwrap() as usize, entry["rows"].as_u64().unwrap() as usize];
        if grid == [stock.columns, stock.rows] {
            assert!(near(size(stock.cell), pair("cell_mm")), "{}: cell", stock.name);
            for (i, (count, pitch)) in [(stock.columns, stock.pitch.x), (stock.rows, stock.pitch.y)].into_iter().enumerate() {
                assert!(count == 1 || (to_mm(pitch) - pair("pitch_mm")[i]).abs() < 0.005, "{}: pitch", stock.name);
            }
        } else {
            // The list counts panels where we count cards.
            assert!(near(size(stock.panel), pair("cell_mm")), "{}: panel", stock.name);
            assert_eq!(stock.per_sheet(), 1);
            let whole = [pair("cell_mm")[0] * grid[0] as f64, pair("cell_mm")[1] * grid[1] as f64];
            assert!(near(size(stock.cell), whole), "{}: whole", stock.name);
        }
        checked += 1;
    }
    assert!(checked >= 28, "{checked}");
}

#[test]
fn a_shop_has_its_own_stocks() {
    #[derive(serde::Deserialize)]
    struct Shop {
        stock: Vec<StockEntry>,
    }
    let entries = |text: &str| toml::from_str::<Shop>(text).map(|shop| shop.stock);
    let own =
        entries("[[stock]]\nname = 'kraft-6'\nsheet = [300, 200]\ncell = [90, 90]\ngrid = [3, 2]\npitch = [95, 95]").unwrap();
    let shelf = Shelf::with(&own).unwrap();
    let kraft = shelf.find("Kraft-6").unwrap();
    assert!((to_mm(kraft.origin.x) - 10.0).abs() < 1e-9 && (to_mm(kraft.origin.y) - 7.5).abs() < 1e-9);
    assert_eq!((kraft.per_sheet(), kraft.duplex, kraft.form), (6, true, Form::Flat));
    let hidden = Shelf::with(&entries("[[stock]]\nname = 'a6-4up'\nsheet = 'letter'").unwrap()).unwrap();
    assert_eq!(hidden.all().iter().filter(|stock| stock.name == "a6-4up").count(), 1);
    assert_eq!(hidden.find("a6-4up").unwrap().per_sheet(), 1);

    for (text, says) in [
        ("name = 'Kraft'\nsheet = 'a4'", "small letters"),
        ("name = 'k'\nsheet = 'a9'", "no sheet called `a9`"),
        ("name = 'k'\nsheet = 'a4'\ncell = [150, 100]\ngrid = [2, 1]", "reach 45.0 mm past"),
        ("name = 'k'\nsheet = 'a4'\ncell = [80, 100]\ngrid = [2, 1]\npitch = [70, 0]", "overlap"),
        ("name = 'k'\nsheet = 'a4'\ngrid = [0, 1]", "1 to 50"),
        ("name = 'k'\nsheet = 'a4'\ncell = [nan, 10]", "between 5 and 2000"),
        ("name = 'k'\nsheet = 'a4'\nform = 'half-side'\none-sided = true", "both sides"),
        ("name = 'k'\nsheet = 'a4'\nfor = 'label'\nform = 'quarter'", "are flat"),
    ] {
        let trouble = Shelf::with(&entries(&format!("[[stock]]\n{text}")).unwrap()).unwrap_err();
        assert!(trouble.message.contains(says), "{}", trouble.message);
    }
    assert!(entries("[[stock]]\nname = 'k'\nsheet = 'a4'\ncels = [1, 2]").is_err());
    let nearest = shelf.find("avery-8378").unwrap_err();
    assert!(nearest.hints[0].contains("avery-8387"), "{:?}", nearest.hints);
    assert!(shelf.find("papyrus").is_err());
}

#[test]
fn the_post_is_heard() {
    let shelf = shelf();
    let says = |name: &str, country: &str| postal(shelf.find(name).unwrap(), country).join("; ");
    assert!(
        says("avery-8387", "US")
            .contains("1.29 times as long as high, and without an envelope the US post asks for at least 1.3")
    );
    assert!(says("avery-8387", "US").contains("the post reads the address in its right half: send it in an envelope"));
    assert!(says("quarter-letter-4up", "CA").contains("139.7 mm long, 0.3 mm short of what Canada Post wants"));
    assert!(says("avery-8387", "DE").contains("0.3 mm short of what Deutsche Post wants"));
    for (name, country) in
        [("4x6-2up", "US"), ("a6-4up", "US"), ("a6-4up", "DE"), ("a6-4up", "CA"), ("4x6-2up", "DE"), ("a6-2up", "PL")]
    {
        assert_eq!(says(name, country), "", "{name} {country}");
    }
    assert!(says("a5-2up", "DE").contains("no postcard to Deutsche Post"));
    assert!(says("a5-2up", "US").contains("letter stamp"));
    assert_eq!(says("a5-fold", "DE") + &says("env-dl", "US") + &says("avery-5160", "US"), "");
}

#[test]
fn the_test_page_measures() {
    let label = |text: &str, size: f64| {
        let mut x = 0.0;
        let mut words = Vec::new();
        for text in text.split_whitespace() {
            let word = set(text, Point::new(x, 0.0), size * 0.6);
            x += paper::wide(&word) + size * 0.3;
            words.push(word);
        }
        Item::Words(words)
    };
    for stock in shelf().all() {
        let pages = test_page(stock, Turn::LongEdge, &Printer::default(), &label);
        assert_eq!(pages.len(), if stock.duplex { 2 } else { 1 });
        for page in &pages {
            let mut lines = Vec::new();
            strokes(&page.items, &mut lines);
            assert!(lines.iter().any(|l| (l.x0 - mm(20.0)).abs() < 1e-9 && l.width() < 1e-9), "{}: line A", stock.name);
            assert!(lines.iter().any(|l| (l.y0 - mm(20.0)).abs() < 1e-9 && l.height() < 1e-9), "{}: line B", stock.name);
            let ruler = |long: f64| [mm(100.0), mm(50.0)].iter().any(|wanted| (long - wanted).abs() < 1e-9);
            assert!(lines.iter().any(|l| ruler(l.width()) && l.height() < 1e-9), "{}: ruler C", stock.name);
            assert!(lines.iter().any(|l| ruler(l.height()) && l.width() < 1e-9), "{}: ruler D", stock.name);
        }
        let picture = outline(stock);
        assert!(ink(&picture, 50.0).unwrap().inked(stock.sheet.to_rect()) > 0);
        assert_eq!(stock.purpose == Use::Label, stock.title.contains("labels"));
    }
}
