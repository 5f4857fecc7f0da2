//! Notes written in the shipped hands: what they look like in numbers, where they go, and what is refused.

use std::collections::BTreeMap;

use wetink::hand::likeness::Trace;
use wetink::hand::{Area, BLUE, Hand, Hands, Manner, Refusal, Way, Written, lines_by_hand, seed};
use wetink::measure::{Affine, Point, Rect, mm};
use wetink::page::Glyph;
use wetink::trouble::Kind;

const NOTE: &str = "Dear Margaret,\nthe blue walking shoes you took in March must have a few hundred miles on them by now. \
    Bring them by any Tuesday and I will put on new laces, no charge. Happy birthday, and say hello to Bess the spaniel.\nWarmly, Joan";

fn hands() -> Hands {
    Hands::load(None).unwrap()
}

fn inside() -> Area {
    Area::plain(Rect::new(mm(8.0), mm(8.0), mm(140.0), mm(97.0)))
}

fn write(hand: &Hand, card: &str, text: &str, area: &Area) -> Result<Written, Refusal> {
    hand.write(text, area, seed(card, hand.name()), &Way::natural(BLUE))
}

fn drawing(written: &Written) -> Vec<(u64, [f64; 6])> {
    written.words.iter().flat_map(|w| &w.glyphs).map(|g| (g.shape.key, g.at.as_coeffs())).collect()
}

fn ink(glyph: &Glyph) -> Rect {
    kurbo::Shape::bounding_box(&(glyph.at * &glyph.shape.outline))
}

#[test]
fn no_two_equal_letters_are_alike() {
    let hands = hands();
    for name in ["Homemade Apple", "Reenie Beanie", "Bad Script"] {
        let hand = hands.find(name).unwrap();
        let (mut apart, mut font) = (Vec::new(), Vec::new());
        for card in ["a", "b"] {
            let note = write(hand, card, NOTE, &inside()).unwrap();
            let mut seen: BTreeMap<char, Vec<(Trace, Trace)>> = BTreeMap::new();
            for (c, glyph) in note.words.iter().flat_map(|w| w.text.chars().zip(&w.glyphs)).filter(|(c, _)| c.is_alphabetic()) {
                let at = Affine::scale_non_uniform(1.0 / note.x_height, -1.0 / note.x_height) * glyph.at;
                let plain = hand.face().outline(hand.face().glyph(c).unwrap());
                let plain = Trace::new(&plain.outline, Affine::scale(1.0 / hand.x_height()), 0.05);
                seen.entry(c).or_default().push((Trace::new(&glyph.shape.outline, at, 0.03), plain));
            }
            for traces in seen.values() {
                for (i, one) in traces.iter().enumerate() {
                    apart.extend(traces[..i].iter().map(|other| one.0.distance(&other.0)));
                    font.extend(traces[..i].iter().take(1).map(|other| one.1.distance(&other.1)));
                }
            }
        }
        apart.sort_by(f64::total_cmp);
        assert!(apart[0] >= 0.010, "{name}: nearest {}", apart[0]);
        let middle = apart[apart.len() / 2];
        assert!((0.028..0.060).contains(&middle), "{name}: middle {middle}");
        assert!(font.iter().all(|d| *d < 1e-9), "the plain font repeats every letter");
    }
}

#[test]
fn every_word_is_there_as_it_was_typed() {
    for hand in hands().all() {
        let note = write(hand, "card", NOTE, &inside()).unwrap();
        let words: Vec<&str> = note.words.iter().map(|w| &*w.text).collect();
        assert_eq!(words, NOTE.split_whitespace().collect::<Vec<_>>());
        assert_eq!(note.lines.iter().sum::<usize>(), words.len());
        assert!(note.substitutes.is_empty());
        assert!(note.words.iter().flat_map(|w| &w.glyphs).all(|g| !g.shape.outline.is_empty()));
    }
}

#[test]
fn a_reprint_is_the_same_card_and_next_years_is_another() {
    let hands = hands();
    let hand = hands.find("reenie beanie").unwrap();
    let first = drawing(&write(hand, "ana-2026", NOTE, &inside()).unwrap());
    // Other cards in between, or another run of the program, change nothing.
    for card in ["bob", "cid"] {
        write(hand, card, &format!("eeeeee {NOTE}"), &inside()).unwrap();
    }
    assert_eq!(first, drawing(&write(hand, "ana-2026", NOTE, &inside()).unwrap()));
    let again = Hands::load(None).unwrap();
    assert_eq!(first, drawing(&write(again.find("Reenie-Beanie").unwrap(), "ana-2026", NOTE, &inside()).unwrap()));
    assert_ne!(first, drawing(&write(hand, "ana-2027", NOTE, &inside()).unwrap()));
}

#[test]
fn a_batch_shares_its_shapes_and_a_note_uses_none_twice() {
    let hands = hands();
    let hand = hands.find("Mynerve").unwrap();
    let mut shapes = std::collections::BTreeSet::new();
    for card in 0..12 {
        let note = write(hand, &format!("card-{card}"), NOTE, &inside()).unwrap();
        let keys: Vec<u64> = note.words.iter().flat_map(|w| &w.glyphs).map(|g| g.shape.key).collect();
        let distinct: std::collections::BTreeSet<u64> = keys.iter().copied().collect();
        assert_eq!(keys.len(), distinct.len(), "no shape twice in a note");
        shapes.extend(distinct);
    }
    assert!(shapes.len() < 480, "{} shapes for twelve cards", shapes.len());
}

#[test]
fn ink_stays_in_its_area_and_off_the_address() {
    let area = Area {
        bounds: Rect::new(mm(6.0), mm(6.0), mm(142.0), mm(99.0)),
        blocked: vec![Rect::new(mm(78.0), mm(48.0), mm(148.0), mm(105.0))],
    };
    for hand in hands().all() {
        for card in 0..4 {
            let note = write(hand, &format!("{card}"), NOTE, &area).unwrap();
            let mut lowest: f64 = 0.0;
            for glyph in note.words.iter().flat_map(|w| &w.glyphs) {
                let ink = ink(glyph);
                let b = area.bounds.inflate(0.02, 0.02);
                assert!(b.contains(ink.origin()) && b.contains(Point::new(ink.x1, ink.y1)), "{}: {ink:?}", hand.name());
                assert!(area.blocked[0].intersect(ink).area() < 0.02, "{} writes over the address: {ink:?}", hand.name());
                lowest = lowest.max(ink.y1);
            }
            assert!(note.bottom >= lowest - 0.01 && note.lines.len() <= note.available);
        }
    }
}

#[test]
fn the_size_goes_down_before_anything_overflows() {
    let hands = hands();
    let hand = hands.find("Nothing You Could Do").unwrap();
    let (low, high) = hand.sizes(false);
    assert!((write(hand, "a", NOTE, &inside()).unwrap().x_height - high).abs() < 1e-9);
    let boxed = |height: i32| Area::plain(Rect::new(0.0, 0.0, mm(118.0), mm(f64::from(height))));
    let notes: Vec<Written> = (30..90).step_by(6).filter_map(|height| write(hand, "a", NOTE, &boxed(height)).ok()).collect();
    assert!(notes.iter().all(|note| note.x_height >= low - 1e-9));
    assert!(notes[0].x_height < high && notes.last().unwrap().x_height > high - 1e-9);
    assert!(notes.windows(2).all(|pair| pair[0].x_height <= pair[1].x_height + 1e-9), "more room, never smaller");
    let large = hand.write(NOTE, &inside(), 1, &Way { large: true, manner: Manner::Neat, ink: BLUE }).unwrap();
    assert!(large.x_height >= mm(3.0) - 1e-9);
}

#[test]
fn what_surely_fits_does_fit() {
    let words: Vec<&str> = NOTE.split_whitespace().collect();
    let address = vec![Rect::new(mm(78.0), mm(48.0), mm(148.0), mm(105.0))];
    let (mut held, mut wrote) = (0, 0);
    for hand in hands().all() {
        for (manner, blocked) in [(Manner::Neat, vec![]), (Manner::Natural, address.clone()), (Manner::Lively, vec![])] {
            let way = Way { manner, ..Way::natural(BLUE) };
            for count in (4..120).step_by(9) {
                let note: Vec<&str> = words.iter().copied().cycle().take(count).collect();
                let note = note.join(" ");
                let area = Area { bounds: Rect::new(mm(6.0), mm(6.0), mm(142.0), mm(99.0)), blocked: blocked.clone() };
                let holds = hand.holds(&note, &area, &way);
                for card in 0..if holds { 6 } else { 1 } {
                    let fits = hand.write(&note, &area, seed(&format!("{card}"), hand.name()), &way).is_ok();
                    assert!(fits || !holds, "{} {manner:?}: {count} words", hand.name());
                    wrote += usize::from(fits && card == 0);
                }
                held += usize::from(holds);
            }
        }
    }
    assert!(held * 10 > wrote * 7, "most that fits is seen to fit: {held} of {wrote}");
}

#[test]
fn an_overflow_says_by_how_much() {
    let hands = hands();
    let hand = hands.find("Homemade Apple").unwrap();
    let small = Area::plain(Rect::new(0.0, 0.0, mm(120.0), mm(30.0)));
    let Err(Refusal::Overflow(over)) = write(hand, "a", NOTE, &small) else { panic!("it cannot fit") };
    assert!(over.lines >= 3 && over.words > 15 && over.available >= 3 && over.wide.is_none(), "{over:?}");
    assert!(over.to_string().starts_with(&format!("the note is {} lines (", over.lines)), "{over}");
    let Err(Refusal::Overflow(wide)) =
        write(hand, "a", "www.a-very-long-address-indeed.example.com", &Area::plain(Rect::new(0.0, 0.0, mm(40.0), mm(90.0))))
    else {
        panic!("it cannot fit")
    };
    assert!(wide.wide.is_some(), "{wide:?}");
    let book = "word ".repeat(40_000);
    assert!(matches!(write(hand, "a", &book, &inside()), Err(Refusal::Overflow(over)) if over.lines > 1000));
    assert!(matches!(write(hand, "a", NOTE, &Area::plain(Rect::ZERO)), Err(Refusal::Overflow(_))));
    assert_eq!(write(hand, "a", "", &inside()).unwrap().words.len(), 0);
}

#[test]
fn a_postscript_stands_apart_on_its_own_line() {
    let hands = hands();
    let hand = hands.find("Reenie Beanie").unwrap();
    let note = write(hand, "a", "Thank you for the plums.\n\nPS: the red laces are in.", &inside()).unwrap();
    assert_eq!(note.lines, [5, 6]);
    let foot = |i: usize| note.words[i].glyphs.iter().map(|g| ink(g).y1).fold(0.0, f64::max);
    assert!(foot(6) - foot(0) > note.pitch * 1.15, "{} {}", foot(6) - foot(0), note.pitch);
}

#[test]
fn what_a_hand_lacks_is_said_with_the_hands_that_have_it() {
    let hands = hands();
    let apple = hands.find("Homemade Apple").unwrap();
    let trouble = hands.check(apple, "Dear Łukasz and Șerban, 😀", "Łukasz").unwrap_err();
    assert_eq!(trouble.kind, Kind::Refused);
    assert_eq!(trouble.message, "Homemade Apple cannot write Ș (U+0218), 😀 (U+1F600) in the note to Łukasz");
    assert_eq!(trouble.hints.len(), 3);
    assert!(trouble.hints[1].ends_with("Mynerve or Bad Script can."), "{:?}", trouble.hints);
    let trouble = hands.check(apple, "Dear Ağaoğlu", "Ağaoğlu").unwrap_err();
    assert!(trouble.hints[0].ends_with("Mynerve or Bad Script can."), "{:?}", trouble.hints);
    let trouble = hands.check(apple, "Спасибо!", "Иван").unwrap_err();
    assert!(trouble.hints[0].contains("Bad Script can"), "{:?}", trouble.hints);
    for (text, script) in [("שלום", "Hebrew"), ("مرحبا", "Arabic"), ("नमस्ते", "Devanagari")] {
        let trouble = hands.check(apple, text, "Noa").unwrap_err();
        assert_eq!(trouble.message, format!("the note to Noa is in {script}, which wetink doesn't print in a hand"));
        assert!(trouble.hints[0].contains("--by-hand"));
    }
    assert!(hands.check(apple, "\u{202e}moT ,sgohegdeh eht", "Tom").is_err(), "read backwards on a screen");
    assert_eq!(apple.missing("a日b本c日"), ['日', '本']);
}

#[test]
fn harmless_substitutes_are_made_and_reported() {
    let hands = hands();
    let hand = hands.find("Reenie Beanie").unwrap();
    let ready = hand.ready("Cafe\u{301}\u{a0}№ \u{200b}\u{fb01}ne").map_err(|lacking| lacking.missing);
    assert_eq!(ready.unwrap_err(), ['№']);
    let ready = hand.ready("Cafe\u{301}\u{a0}\u{200b}\u{fb01}ne\tnon\u{2011}stop").unwrap();
    assert_eq!(ready.text, if hand.face().has('\u{fb01}') { "Café \u{fb01}ne non-stop" } else { "Café fine non-stop" });
    assert!(ready.substitutes.iter().any(|s| s.typed == '\u{200b}' && s.to_string() == "U+200B left out"));
    assert!(ready.substitutes.iter().any(|s| s.typed == '\u{2011}' && s.to_string() == "‑ (U+2011) written as -"));
}

#[test]
fn coverage_is_what_the_list_says() {
    let hands = hands();
    let of = |name: &str| hands.find(name).unwrap().coverage();
    assert_eq!((of("Homemade Apple").latin_1, of("Homemade Apple").cyrillic), (94, 0));
    assert_eq!((of("Bad Script").vietnamese, of("Bad Script").cyrillic), (90, 64));
    assert!(of("Mynerve").greek > 45 && of("Mynerve").latin_a == 125);
    assert!(hands.find("Reeny Beany").unwrap_err().hints[0].contains("Reenie Beanie"));
}

#[test]
fn the_owners_own_fonts_are_hands_too() {
    let folder = tempfile::tempdir().unwrap();
    let font = include_bytes!("../fonts/reenie-beanie/ReenieBeanie-Regular.ttf");
    std::fs::write(folder.path().join("Joan_Hand-Regular.ttf"), font).unwrap();
    std::fs::write(folder.path().join("broken.otf"), b"OTTO and nothing else").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a font").unwrap();
    let hands = Hands::load(Some(folder.path())).unwrap();
    assert_eq!(hands.all().len(), 7);
    assert_eq!(hands.left_out.len(), 1);
    assert!(write(hands.find("joan hand").unwrap(), "a", NOTE, &inside()).is_ok());
    let list = "[[hand]]\nname = \"Joan\"\nfile = \"Joan_Hand-Regular.ttf\"\nnoise = 1e9\nx_height = [2.0, 2.0]\n";
    std::fs::write(folder.path().join("hands.toml"), list).unwrap();
    let hands = Hands::load(Some(folder.path())).unwrap();
    let (low, high) = hands.find("Joan").unwrap().sizes(false);
    assert!((low - mm(2.0)).abs() < 1e-9 && (high - mm(2.0)).abs() < 1e-9);
    std::fs::write(folder.path().join("hands.toml"), "[[hand]]\nnamme = 3").unwrap();
    let hands = Hands::load(Some(folder.path())).unwrap();
    assert_eq!(hands.left_out.len(), 2);
}

#[test]
fn the_cue_sheet_can_say_how_a_note_will_fit() {
    let fit = lines_by_hand(NOTE, &inside(), mm(8.5));
    assert!(fit.lines >= 6 && fit.lines <= fit.available, "{fit:?}");
}

#[test]
fn a_damaged_font_of_the_owners_does_no_harm() {
    let good = include_bytes!("../fonts/reenie-beanie/ReenieBeanie-Regular.ttf");
    let folder = tempfile::tempdir().unwrap();
    for round in 0..24_u64 {
        let mut bytes = good.to_vec();
        for step in 0..30_u64 {
            let chance = wetink::face::stir(round * 1000 + step);
            // Half of them in the tables' heads, half anywhere.
            let at = chance as usize % if round % 2 == 0 { 6000 } else { bytes.len() };
            bytes[at] = (chance >> 40) as u8;
        }
        std::fs::write(folder.path().join(format!("f{round:02}.ttf")), bytes).unwrap();
    }
    let hands = Hands::load(Some(folder.path())).unwrap();
    for hand in &hands.all()[6..] {
        if let Ok(note) = write(hand, "a", "Dear Ana, thank you for the plums!", &inside()) {
            assert!(note.words.iter().flat_map(|w| &w.glyphs).all(|g| g.at.is_finite()), "{}", hand.name());
        }
    }
    assert!(hands.all().len() > 12, "some are still usable: {}", hands.all().len());
}
