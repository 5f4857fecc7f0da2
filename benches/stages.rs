//! Where the time of a card goes, stage by stage, on one processor. The unit is deflating the drawing orders of a card, which any
//! program that writes PDF must do. `cargo bench --bench stages`.

mod made;

use std::io::{Read as _, Write as _};
use std::time::Instant;

use rayon::prelude::*;
use wetink::card::{Greeting, Look, cover};
use wetink::day::Day;
use wetink::echo::{self, Draft, House, Recipient};
use wetink::face::Features;
use wetink::hand::{self, Area, BLUE, Hands, Way};
use wetink::ledger::Ledger;
use wetink::ledger::cards::{Made, NewCard};
use wetink::letter::Design;
use wetink::measure::{Rect, Size, mm};
use wetink::out::pdf::{Meta, write};
use wetink::page::{Item, Page};
use wetink::person::{Id, Name, Person};
use wetink::trouble::Result;
use wetink::typeset::TypeCase;

const CARDS: usize = 500;

/// The median of five, in seconds a card.
fn seconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut runs: Vec<f64> = (0..5)
        .map(|_| {
            let begin = Instant::now();
            std::hint::black_box(work());
            begin.elapsed().as_secs_f64()
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[2] / CARDS as f64
}

/// The drawing orders of every page of a PDF of ours, inflated.
fn orders(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = pdf;
    while let Some(at) = rest.windows(7).position(|w| w == b"stream\n") {
        let start = at + 7;
        let Some(end) = rest[start..].windows(11).position(|w| w == b"\nendstream\n") else { break };
        let mut orders = Vec::new();
        let whole = flate2::read::ZlibDecoder::new(&rest[start..start + end]).read_to_end(&mut orders).is_ok();
        if whole && orders.starts_with(b".05 0 0 -.05") {
            found.push(orders);
        }
        rest = &rest[start + end + 11..];
    }
    found
}

fn remember(ledger: &mut Ledger, notes: &[(String, String)], batch: &str, people: &[Id]) -> Result<()> {
    let day: Day = "2025-01-01".parse()?;
    let made = Made::default();
    ledger.change(|change| {
        for (n, (name, note)) in notes.iter().enumerate() {
            let card = NewCard {
                id: &format!("{batch}-{n}"),
                to: &people[n],
                household: false,
                occasion: "birthday",
                key: batch,
                day,
                note,
                ps: "",
                because: "",
                batch: None,
                made: &made,
            };
            change.add_card(&card, std::slice::from_ref(name))?;
        }
        Ok(())
    })
}

fn measure() -> Result<()> {
    let notes = |from: usize| -> Vec<(String, String)> {
        (0..CARDS)
            .map(|n| made::name(n).0)
            .enumerate()
            .map(|(n, name)| (name.clone(), made::note((from + n) as u64, &name)))
            .collect()
    };
    let fresh = notes(0);
    let hands = Hands::load(None)?;
    let hand = hands.find("Reenie Beanie")?;
    let case = TypeCase::shipped()?;
    let size = Size::new(mm(105.0), mm(148.0));
    let area = Area::plain(Rect::new(mm(8.5), mm(8.5), mm(96.5), mm(120.0)));
    let way = Way::natural(BLUE);
    let written = |n: usize| hand.write(&fresh[n].1, &area, hand::seed(&fresh[n].0, "bench"), &way).ok();
    let begin = Instant::now();
    std::hint::black_box(written(0));
    let first = begin.elapsed().as_secs_f64();
    (0..CARDS).for_each(|n| {
        std::hint::black_box(written(n));
    });
    let shape = seconds(|| {
        for (_, note) in &fresh {
            // All of it at once: single words are remembered from one note to the next.
            std::hint::black_box(hand.face().shape(note, Features::HAND));
        }
    });
    let fit = seconds(|| fresh.iter().filter(|(_, note)| hand.holds(note, &area, &way)).count());
    let write_hand = seconds(|| (0..CARDS).filter_map(written).count());
    let designs = [Design::Wreath, Design::Words, Design::Confetti, Design::Candles];
    let greeting = Greeting { words: "Happy\nbirthday", below: "", sober: false };
    let covered = |n: usize| cover::draw(Look { design: designs[n % 4], palette: n % 5, seed: n as u64 }, size, &greeting, &case);
    let draw = seconds(|| (0..CARDS).map(covered).map(|items| items.len()).sum::<usize>());
    let pages: Vec<Page> = (0..CARDS)
        .into_par_iter()
        .flat_map_iter(|n| {
            let note = written(n).map(|w| Item::Words(w.words));
            [covered(n), note.into_iter().collect()].map(|items| Page { items, ..Page::new(size) })
        })
        .collect();
    let pdf = write(&pages, &Meta::default())?;
    let file = seconds(|| write(&pages, &Meta::default()).map(|pdf| pdf.len()));
    let orders = orders(&pdf);
    let raw: usize = orders.iter().map(Vec::len).sum();
    let deflate = seconds(|| {
        for one in &orders {
            let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            let _ = packed.write_all(one);
            std::hint::black_box(packed.finish().ok());
        }
    });
    let folder = tempfile::tempdir().expect("a folder");
    let disk = seconds(|| {
        let mut file = std::fs::File::create(folder.path().join("batch.pdf")).expect("a file");
        file.write_all(&pdf).and_then(|()| file.sync_all()).expect("written");
    });
    let mut ledger = Ledger::in_memory()?;
    let people: Vec<Id> = ledger.change(|change| {
        let named = |n| made::name(n);
        (0..CARDS)
            .map(|n| {
                change.add_person(&Person {
                    name: Name { given: named(n).0, family: named(n).1, ..Name::default() },
                    ..Person::default()
                })
            })
            .collect()
    })?;
    for year in 0..10 {
        remember(&mut ledger, &notes(1_000_000 + year * CARDS), &format!("y{year}"), &people)?;
    }
    let mut house = House::new();
    house.frequencies = ledger.frequencies()?;
    let recipients: Vec<Recipient> = fresh
        .iter()
        .map(|(name, _)| Recipient { name: name.clone(), names: vec![name.clone()], ..Recipient::default() })
        .collect();
    let mut refused = 0;
    let near = seconds(|| {
        for (n, recipient) in recipients.iter().enumerate() {
            let draft = Draft { text: &fresh[n].1, recipient, card: None };
            std::hint::black_box(ledger.nearest_notes(&draft).ok());
        }
    });
    let check = seconds(|| {
        for (n, recipient) in recipients.iter().enumerate() {
            let draft = Draft { text: &fresh[n].1, recipient, card: None };
            let earlier = ledger.nearest_notes(&draft).unwrap_or_default();
            refused += usize::from(echo::check(&draft, &earlier, &house).refused());
        }
    });
    let mut round = 0;
    let log = seconds(|| {
        round += 1;
        remember(&mut ledger, &notes(5_000_000 + round * CARDS), &format!("z{round}"), &people).is_ok()
    });

    println!(
        "{CARDS} cards, one processor, median of 5; a card's drawing orders are {} bytes, packed {}",
        raw / CARDS,
        pdf.len() / CARDS
    );
    println!("  {:<52} {:>8.1} µs a card   the unit", "yardstick: deflating the drawing orders", deflate * 1e6);
    let row = |what: &str, time: f64| println!("  {what:<52} {:>8.1} µs a card   {:>5.2}", time * 1e6, time / deflate);
    row("shape: a font's letters for a note", shape);
    row("fit: whether a note surely has room", fit);
    row("warp: the note in a hand, on its lines", write_hand);
    row("draw: a cover", draw);
    row("orders and deflate: pages to bytes", file);
    row("write: the bytes to disk, and wait for it", disk);
    row("check: the nearest of 5,000 earlier notes", near);
    row("check: judged against them too", check);
    row("ledger: a card recorded and indexed", log);
    println!("  the shapes of a hand, made once a run: {:.1} ms", first * 1e3);
    assert_eq!(refused, 0, "the made-up notes repeat nothing");
    Ok(())
}

fn main() {
    // `cargo test --all-targets` runs benches too, without a word; they are long.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    if let Err(trouble) = one.install(measure) {
        eprintln!("{trouble}");
    }
}
