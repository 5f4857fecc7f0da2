//! Draws the cards for people to look at: every cover with two seeds, a folded card, a postcard, a card to write by hand with
//! its cue sheet, an envelope and a label. `cargo run --release --example cards -- FOLDER`

use std::path::PathBuf;

use wetink::address;
use wetink::card::{Art, Card, Imprint, Look, Making, Sign, Writing, cover, cue, post};
use wetink::hand::{BLUE, Hands, PITCH, Way, lines_by_hand};
use wetink::letter::{About, BUNDLED, Design, Letters, Tongue};
use wetink::measure::{Affine, Rect, Shape as _, Size, inch, mm};
use wetink::out::png;
use wetink::page::{Ink, Item, Page};
use wetink::person::Address;
use wetink::stock::{Form, Panel};
use wetink::trouble::Result;
use wetink::typeset::TypeCase;

const NOTE: &str = "Ana, how did the boots do on those hills? You owe me the story of the tram driver and the sardines. I tell every \
                    walker who comes in about your forty kilometres, and nobody believes me.";

fn page(size: Size, items: Vec<Item>) -> Page {
    Page { items, ..Page::new(size) }
}

fn covers(case: &TypeCase) -> Vec<Page> {
    let size = Size::new(mm(105.0), mm(148.5));
    let draw = |(i, (design, words, sober)): (usize, (Design, &str, bool))| {
        let seed = i as u64 * 7 + 3;
        let look = Look { design, palette: (i * 2 + i / 5) % if sober { 3 } else { cover::PALETTES.len() }, seed };
        page(size, cover::draw(look, size, &cover::Greeting { words, below: "", sober }, case))
    };
    let upper = [
        (Design::Wreath, "Happy\nbirthday", false),
        (Design::Words, "Thank\nyou.", false),
        (Design::Confetti, "Happy\nbirthday", false),
        (Design::Candles, "Happy\nbirthday", false),
        (Design::Hills, "Thank\nyou.", false),
    ];
    let lower = [
        (Design::Wreath, "In sympathy", true),
        (Design::Words, "Vielen\nDank.", false),
        (Design::Confetti, "Félicitations", false),
        (Design::Candles, "Wszystkiego\nnajlepszego", false),
        (Design::Hills, "Welcome", false),
    ];
    upper.into_iter().chain(lower).enumerate().map(draw).collect()
}

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let save = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| wetink::trouble::Trouble::file("write", &path, &error))
    };
    let case = TypeCase::shipped()?;
    let hands = Hands::load(None)?;
    let letters = Letters::load(&BUNDLED, None)?;
    let imprint = Imprint {
        shop: "Hill & Daughter Shoes".into(),
        answer: vec!["01865 555 010, Mon to Sat 9 to 5".into(), "maria@hillshoes.example".into()],
        address: vec!["12 High Street".into(), "Oxford OX1 4AA".into()],
        logo: None,
    };
    save("covers.png", png::contact_sheet(&covers(&case), 5, 70.0)?)?;
    let zone = Rect::new(mm(152.4 - 84.0), mm(101.6 - 60.0), mm(152.4), mm(101.6));
    let postcard = Size::new(mm(152.4), mm(101.6));
    let mut pages = Vec::new();
    for (number, (letter, hand, size, form, blocked)) in [
        ("birthday-warm", Some("Reenie Beanie"), Size::new(mm(105.0), mm(148.5)), Form::Flat, None),
        ("anniversary", Some("La Belle Aurore"), Size::new(inch(5.0), inch(7.0)), Form::HalfSide, None),
        ("thank-you-plain", Some("Mynerve"), postcard, Form::Flat, Some(zone)),
        ("birthday-formal", None, Size::new(mm(105.0), mm(148.5)), Form::Flat, None),
    ]
    .into_iter()
    .enumerate()
    {
        let letter = letters.named(letter, Tongue::English)?;
        let card = Card {
            number: number as u32 + 1,
            initials: "AL".into(),
            dressed: letter.dress(&About::sample(Tongue::English), false)?,
            sober: letter.sober,
            note: NOTE.into(),
            ps: String::new(),
            art: Art::Drawn(Look {
                design: letter.designs[(number + 1) % letter.designs.len()],
                palette: number + 1,
                seed: number as u64,
            }),
            seed: number as u64,
        };
        let writing = match hand {
            Some(hand) => Writing::Printed(hands.find(hand)?, Way::natural(BLUE)),
            None => Writing::ByHand(PITCH),
        };
        let sign = if blocked.is_some() { Sign::Written("Maria".into()) } else { Sign::Ink };
        let blocked: Vec<Rect> = blocked.into_iter().collect();
        let making = Making {
            case: &case,
            writing,
            sign,
            imprint: &imprint,
            form,
            panel: size,
            blocked: blocked.clone(),
            margin: wetink::card::MARGIN,
            bleed: 0.0,
        };
        match card.draw(&making) {
            Ok(faces) => {
                for warning in faces.warnings {
                    eprintln!("{warning}");
                }
                for (panel, drawing) in faces.panels.into_iter().filter(|(_, items)| !items.is_empty()) {
                    let mut drawn = page(size, Vec::new());
                    let zones = blocked.iter().filter(|_| panel == Panel::Written);
                    drawn.items.extend(zones.map(|b| Item::Fill(b.to_path(0.1), Ink::grey(0.93))));
                    drawn.items.push(Item::Placed { drawing, at: Affine::IDENTITY, clip: None });
                    pages.push(drawn);
                }
            }
            Err(misfit) => eprintln!("{}: {misfit:?}", letter.name),
        }
    }
    save("cards.png", png::contact_sheet(&pages, 5, 90.0)?)?;
    let ana = Address {
        street: vec!["1 Elm St, Apt 4".into()],
        city: "Hoboken".into(),
        region: "NJ".into(),
        postcode: "07030".into(),
        country: "US".into(),
        ..Address::default()
    };
    let to = address::lines("Ana López", &ana, "GB");
    let from: Vec<String> = [imprint.shop.clone()].into_iter().chain(imprint.address.clone()).collect();
    let (c6, label) = (Size::new(mm(162.0), mm(114.0)), Size::new(mm(63.5), mm(38.1)));
    let area = wetink::hand::Area::plain(Rect::new(0.0, 0.0, mm(88.0), mm(95.0)));
    let cues: Vec<cue::Cue> = (1..=4)
        .map(|number| cue::Cue {
            number,
            name: "Ana López".into(),
            facts: vec!["walking boots for Lisbon, 3 October".into(), "a puppy".into()],
            note: NOTE.into(),
            fit: lines_by_hand(NOTE, &area, PITCH),
        })
        .collect();
    let mut post = vec![
        page(c6, post::envelope(&to, &from, "01 · AL", c6, &case)?),
        page(label, post::label(&to, "01 · AL", label, &case)?),
    ];
    post.extend(cue::sheets("December 2026, to write by hand in this order", &cues, Size::new(mm(210.0), mm(297.0)), &case)?);
    save("post.png", png::contact_sheet(&post, 3, 70.0)?)
}
