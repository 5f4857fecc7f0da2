//! What a hand costs in a file: one embedded font a batch, small pages, the text as it was typed.

use wetink::hand::{Area, BLUE, Hands, Way, seed};
use wetink::measure::{Rect, Size, mm};
use wetink::out::pdf;
use wetink::page::{Item, Page};

const NOTE: &str = "Dear Margaret,\nthe blue walking shoes you took in March must have a few hundred miles on them by now. \
    Bring them by any Tuesday and I will put on new laces, no charge. Happy birthday, and say hello to Bess the spaniel.\nWarmly, Joan";

fn batch(hands: &Hands, name: &str, cards: usize) -> Vec<u8> {
    let hand = hands.find(name).unwrap();
    let area = Area::plain(Rect::new(mm(8.0), mm(8.0), mm(140.0), mm(97.0)));
    let pages = (0..cards).map(|i| {
        let written = hand.write(NOTE, &area, seed(&format!("card-{i}"), hand.name()), &Way::natural(BLUE)).unwrap();
        let mut page = Page::new(Size::new(mm(148.0), mm(105.0)));
        page.items.push(Item::Words(written.words));
        page
    });
    pdf::write(pages, &pdf::Meta::default()).unwrap()
}

#[test]
fn a_card_is_small_and_a_batch_shares_one_font() {
    let hands = Hands::load(None).unwrap();
    // The densest hand; the printed part of a card comes on top.
    let one = batch(&hands, "Homemade Apple", 1);
    let fifty = batch(&hands, "Homemade Apple", 50);
    assert!(one.len() < 70_000, "one card takes {}", one.len());
    assert!(fifty.len() < 250_000, "fifty cards take {}", fifty.len());
    assert_eq!(one, batch(&hands, "Homemade Apple", 1), "the same card, the same bytes");
    let fonts = fifty.windows(9).filter(|bytes| bytes == b"FontFile2").count();
    assert!(fonts <= 2, "{fonts} fonts");
}

#[test]
fn the_text_comes_out_as_it_was_typed() {
    let hands = Hands::load(None).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for hand in hands.all() {
        let file = folder.path().join("cards.pdf");
        std::fs::write(&file, batch(&hands, hand.name(), 3)).unwrap();
        // Poppler is asked where it is installed; `out/pdf.rs` has tests of its own that need nothing.
        let Ok(read) = std::process::Command::new("pdftotext").arg(&file).arg("-").output() else { return };
        let text = String::from_utf8(read.stdout).unwrap();
        let pages: Vec<&str> = text.split('\u{c}').filter(|page| !page.trim().is_empty()).collect();
        assert_eq!(pages.len(), 3);
        for page in pages {
            assert!(page.split_whitespace().eq(NOTE.split_whitespace()), "{}: {page}", hand.name());
        }
    }
}
