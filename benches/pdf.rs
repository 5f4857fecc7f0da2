//! The PDF leaf against a yardstick: the same pages put down with pdf-writer, plainly, one after the other. `cargo bench --bench pdf`.
//!
//! The yardstick gets the letters' numbers for nothing (our fonts, read back), so it is a lower bound and no second program.

#[path = "../tests/paper/draw.rs"]
mod draw;

use std::collections::HashMap;
use std::io::Write as _;
use std::time::Instant;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Ref, Str, TextStr};
use wetink::measure::{Affine, Size, mm};
use wetink::out::pdf::{Meta, write};
use wetink::page::{Ink, Item, Page, Word};

const LETTER: &str = "All of us at Reed & Sons wish you a very happy birthday and a year in good shoes. If a heel gives way or a \
                      lace breaks, come by: the kettle is on, and the first repair of the new year is on us, as always.";
const NOTE: &str = "Ana, how did the boots do on those hills? You owe me the story of the tram driver and of the shortcut that was \
                    none. The red laces you wanted are in, I put a pair aside for you behind the till. Say hello to the puppy!";

/// Front and back of a card: a drawing of its own and a title; 40 printed words and 45 written ones.
fn card(number: u64) -> [Page; 2] {
    let size = Size::new(mm(105.0), mm(148.0));
    let (mut front, mut back) = (Page::new(size), Page::new(size));
    for i in 0..40u32 {
        let at = Affine::translate((140.0, 200.0)) * Affine::rotate(f64::from(i) * 0.31 + number as f64 * 0.01);
        let mut leaf = kurbo::BezPath::new();
        leaf.move_to((60.0, 0.0));
        leaf.curve_to((80.0, -14.0), (110.0, -10.0), (120.0, 0.0));
        leaf.curve_to((110.0, 10.0), (80.0, 14.0), (60.0, 0.0));
        leaf.close_path();
        front.items.push(Item::Fill(at * leaf, Ink::hex(0x0033_6644)));
    }
    front.items.push(draw::lines("Happy Birthday", 60.0, 280.0, 200.0, 24.0, None));
    back.items.push(draw::lines(LETTER, 30.0, 265.0, 50.0, 10.0, None));
    back.items.push(draw::lines(NOTE, 30.0, 265.0, 150.0, 15.0, Some(number * 7919)));
    [front, back]
}

struct Ready {
    font: Vec<u8>,
    gids: HashMap<u64, u16>,
}

/// The yardstick.
fn plain(pages: &[&Page], ready: &Ready) -> Vec<u8> {
    let mut pdf = Pdf::new();
    let mut next = 1;
    let mut id = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, face, cid, descriptor, program) = (id(), id(), id(), id(), id(), id());
    pdf.catalog(catalog).pages(tree);
    let mut kids = Vec::new();
    for page in pages {
        let mut content = Content::new();
        content.transform([1.0, 0.0, 0.0, -1.0, 0.0, page.size.height as f32]);
        for item in &page.items {
            match item {
                Item::Fill(path, ink) => {
                    content.set_fill_rgb(ink.r, ink.g, ink.b);
                    for element in path.elements() {
                        match *element {
                            kurbo::PathEl::MoveTo(p) => content.move_to(p.x as f32, p.y as f32),
                            kurbo::PathEl::LineTo(p) | kurbo::PathEl::QuadTo(_, p) => content.line_to(p.x as f32, p.y as f32),
                            kurbo::PathEl::CurveTo(a, b, p) => {
                                let [a, b, p] = [a, b, p].map(|p| (p.x as f32, p.y as f32));
                                content.cubic_to(a.0, a.1, b.0, b.1, p.0, p.1)
                            }
                            kurbo::PathEl::ClosePath => content.close_path(),
                        };
                    }
                    content.fill_nonzero();
                }
                Item::Words(words) => {
                    content.begin_text();
                    content.set_font(Name(b"F0"), 1.0);
                    words.iter().for_each(|word| plain_word(&mut content, word, ready));
                    content.end_text();
                }
                _ => {}
            }
        }
        let mut deflated = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        deflated.write_all(&content.finish()).expect("a vector takes everything");
        let (leaf, orders) = (id(), id());
        pdf.stream(orders, &deflated.finish().expect("a vector takes everything")).filter(Filter::FlateDecode);
        let mut entry = pdf.page(leaf);
        let paper = pdf_writer::Rect::new(0.0, 0.0, page.size.width as f32, page.size.height as f32);
        entry.media_box(paper).crop_box(paper).bleed_box(paper).trim_box(paper).parent(tree).contents(orders);
        entry.resources().fonts().pair(Name(b"F0"), face);
        entry.finish();
        kids.push(leaf);
    }
    pdf.pages(tree).count(kids.len() as i32).kids(kids);
    pdf.type0_font(face).base_font(Name(b"AAAAAA+Plain")).encoding_predefined(Name(b"Identity-H")).descendant_font(cid);
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
    pdf.cid_font(cid)
        .subtype(CidFontType::Type2)
        .base_font(Name(b"AAAAAA+Plain"))
        .system_info(system)
        .font_descriptor(descriptor)
        .default_width(500.0)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    let bounds = pdf_writer::Rect::new(0.0, -200.0, 1000.0, 900.0);
    pdf.font_descriptor(descriptor)
        .name(Name(b"AAAAAA+Plain"))
        .flags(FontFlags::NON_SYMBOLIC)
        .bbox(bounds)
        .italic_angle(0.0)
        .ascent(900.0)
        .descent(-200.0)
        .cap_height(700.0)
        .stem_v(80.0)
        .font_file2(program);
    pdf.stream(program, &ready.font);
    pdf.finish()
}

fn plain_word(content: &mut Content, word: &Word, ready: &Ready) {
    content.begin_marked_content_with_properties(Name(b"Span")).properties().actual_text(TextStr(&word.text));
    content.set_fill_rgb(word.ink.r, word.ink.g, word.ink.b);
    let first = word.glyphs[0].at.as_coeffs();
    let matrix = |at: Affine| {
        let [a, b, c, d, x, y] = at.as_coeffs();
        // Two places, as short as a careful hand would have them.
        [a * 1000.0, b * 1000.0, c * 1000.0, d * 1000.0, x, y].map(|n| ((n * 100.0).round() / 100.0) as f32)
    };
    let gid = |key: u64| ready.gids.get(&key).copied().unwrap_or(1).to_be_bytes();
    if word.glyphs.iter().all(|glyph| glyph.at.as_coeffs()[..4] == first[..4]) {
        content.set_text_matrix(matrix(word.glyphs[0].at));
        let mut text = Vec::new();
        word.glyphs.iter().for_each(|glyph| text.extend(gid(glyph.shape.key)));
        content.show(Str(&text));
    } else {
        for glyph in &word.glyphs {
            content.set_text_matrix(matrix(glyph.at));
            content.show(Str(&gid(glyph.shape.key)));
        }
    }
    content.end_marked_content();
}

fn seconds<T>(work: impl Fn() -> T) -> f64 {
    let mut runs: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[2]
}

fn main() {
    // `cargo test --all-targets` runs benches too, without a word; they are long.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let cards: Vec<[Page; 2]> = (0..1000).map(card).collect();
    let pages: Vec<&Page> = cards.iter().flatten().collect();
    let mut gids = HashMap::new();
    for word in pages.iter().flat_map(|page| wetink::page::words(&page.items)) {
        for glyph in &word.glyphs {
            let next = gids.len() as u16 + 1;
            gids.entry(glyph.shape.key).or_insert(next);
        }
    }
    let meta = Meta { title: "bench".into(), ..Meta::default() };
    let ours = || write(pages.iter().copied(), &meta).map(|bytes| bytes.len()).unwrap_or_default();
    let ready = Ready { font: vec![0; 20_000], gids };
    let threads = |n: usize| rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
    let one = threads(1).install(|| seconds(ours));
    let two = threads(2).install(|| seconds(ours));
    let yard = seconds(|| plain(&pages, &ready).len());
    let (size, plain_size) = (ours(), plain(&pages, &ready).len());
    println!("1,000 cards, two pages each, median of 5");
    println!("  yardstick (pdf-writer, plain)  {yard:.3} s   {} bytes a card", plain_size / 1000);
    println!("  wetink, 1 thread               {one:.3} s   {} bytes a card   ratio {:.2}", size / 1000, one / yard);
    println!("  wetink, 2 threads              {two:.3} s   {:.2} times faster   ratio {:.2}", one / two, two / yard);
    let many = |times: usize| {
        let start = Instant::now();
        let all = std::iter::repeat_n(&pages, times).flatten().copied();
        let _ = std::hint::black_box(write(all, &meta));
        start.elapsed().as_secs_f64()
    };
    let (once, ten) = (many(1), many(10));
    println!("  10,000 cards / 1,000 cards     {:.1}", ten / once);
}
