//! How fast pages become a PDF, and how large: synthetic cards, nobody's words. `cargo run --release --example pdf -- 1000 FILE`.

#[path = "../tests/paper/draw.rs"]
mod draw;

use std::time::Instant;

use wetink::measure::{Size, mm};
use wetink::out::pdf::{Meta, write_to};
use wetink::page::Page;
use wetink::trouble::Trouble;

const LETTER: &str = "All of us at Reed & Sons wish you a very happy birthday and a year in good shoes. If a heel gives way or a \
                      lace breaks, come by: the kettle is on, and the first repair of the new year is on us, as always.";
const NOTE: &str = "Ana, how did the boots do on those hills? You owe me the story of the tram driver and of the shortcut that was \
                    none. The red laces you wanted are in, I put a pair aside for you behind the till. Say hello to the puppy!";

fn card(number: u64) -> [Page; 2] {
    let mut front = Page::new(Size::new(mm(105.0), mm(148.0)));
    front.items.push(draw::lines("Happy Birthday", 60.0, 280.0, 200.0, 24.0, None));
    let mut page = Page::new(front.size);
    page.items.push(draw::lines(LETTER, 30.0, 265.0, 50.0, 10.0, None));
    page.items.push(draw::lines(NOTE, 30.0, 265.0, 150.0, 15.0, Some(number * 7919)));
    [front, page]
}

fn main() {
    let cards: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let start = Instant::now();
    let meta = Meta { title: "Synthetic".into(), ..Meta::default() };
    let path = std::env::args().nth(2).unwrap_or_else(|| "/dev/null".into());
    let written = std::fs::File::create(&path)
        .map_err(|error| Trouble::file("write", path.as_ref(), &error))
        .map(std::io::BufWriter::new)
        .and_then(|mut file| write_to(&mut file, (0..cards).flat_map(card), &meta));
    if let Err(trouble) = written {
        return eprintln!("{trouble}");
    }
    let seconds = start.elapsed().as_secs_f64();
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown").to_owned();
    let size = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("{cards} cards, {seconds:.2} s, {} bytes a card, {memory}", size / cards.max(1));
}
