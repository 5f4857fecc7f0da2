//! Cards as they are drawn: nothing outside the margin, every word there, the same card twice.

use std::sync::{Arc, OnceLock};

use wetink::card::{
    Art, Card, Faces, Fit, Imprint, Look, MARGIN, Making, Misfit, Photo, SIGNATURE, Sign, Writing, cover, cue, post,
};
use wetink::hand::{BLUE, ByHand, Hands, PITCH, Refusal, Way};
use wetink::letter::{About, BUNDLED, Design, Letters, Part, Tongue};
use wetink::measure::{Rect, Size, inch, mm};
use wetink::out::png::ink;
use wetink::page::{Item, bounds, words};
use wetink::stock::{Form, Panel, Panels, Plan, Printer, Shelf, Turn, Use, impose};
use wetink::typeset::TypeCase;

fn case() -> &'static TypeCase {
    static CASE: OnceLock<TypeCase> = OnceLock::new();
    CASE.get_or_init(|| TypeCase::shipped().unwrap())
}

fn hands() -> &'static Hands {
    static HANDS: OnceLock<Hands> = OnceLock::new();
    HANDS.get_or_init(|| Hands::load(None).unwrap())
}

fn imprint() -> Imprint {
    Imprint {
        shop: "Hill & Daughter Shoes".into(),
        answer: vec!["01865 555 010, Mon to Sat 9 to 5".into(), "maria@hillshoes.example".into()],
        address: vec!["12 High Street".into(), "Oxford OX1 4AA".into()],
        logo: None,
    }
}

fn card(letter: &str, note: &str, ps: &str) -> Card {
    let letters = Letters::load(&BUNDLED, None).unwrap();
    let letter = letters.named(letter, Tongue::English).unwrap();
    Card {
        number: 7,
        initials: "AL".into(),
        dressed: letter.dress(&About::sample(Tongue::English), !ps.is_empty()).unwrap(),
        sober: letter.sober,
        note: note.into(),
        ps: ps.into(),
        art: Art::Drawn(Look { design: Design::Wreath, palette: 2, seed: 5 }),
        seed: 11,
    }
}

const NOTE: &str = "Ana, how did the boots do on those hills? You owe me the story of the tram driver.";

fn making(form: Form, panel: Size, imprint: &Imprint) -> Making<'_> {
    let hand = hands().find("Reenie Beanie").unwrap();
    let writing = Writing::Printed(hand, Way::natural(BLUE));
    Making { case: case(), writing, sign: Sign::Ink, imprint, form, panel, blocked: Vec::new(), margin: MARGIN, bleed: 0.0 }
}

fn text(items: &[Item]) -> String {
    words(items).iter().map(|w| &*w.text).collect::<Vec<_>>().join(" ")
}

fn panels() -> Vec<(Form, Size)> {
    vec![
        (Form::Flat, Size::new(mm(105.0), mm(148.5))),
        (Form::Flat, Size::new(mm(148.5), mm(105.0))),
        (Form::Flat, Size::new(inch(4.25), inch(5.5))),
        (Form::Flat, Size::new(inch(6.0), inch(4.0))),
        (Form::HalfSide, Size::new(inch(5.0), inch(7.0))),
        (Form::HalfTop, Size::new(mm(148.5), mm(105.0))),
        (Form::Quarter, Size::new(mm(105.0), mm(148.5))),
        (Form::Flat, Size::new(mm(148.5), mm(210.0))),
    ]
}

fn all_inside(faces: &Faces, size: Size) {
    let safe = size.to_rect().inset(-(MARGIN - mm(1.2)));
    for (panel, items) in &faces.panels {
        if let Some(ink) = bounds(items) {
            assert!(safe.union(ink).area() < safe.area() + 1e-6, "{panel:?} of {size:?}: {ink:?} leaves {safe:?}");
        }
    }
}

#[test]
fn every_word_is_on_the_card_in_reading_order_and_nothing_near_the_edge() {
    let imprint = imprint();
    for (form, size) in panels() {
        let faces = card("birthday-warm", NOTE, "the red laces you wanted are in.").draw(&making(form, size, &imprint)).unwrap();
        all_inside(&faces, size);
        let written = text(&faces.panels[&Panel::Written]);
        let note =
            format!("{NOTE} PS: the red laces you wanted are in. All good wishes from everybody at Hill & Daughter Shoes.");
        assert!(written.contains(&note), "{written}");
        assert!(written.contains("maria@hillshoes.example"), "a card can be answered");
        assert_eq!(text(&faces.panels[&Panel::Cover]), "Happy birthday");
        let flat = form == Form::Flat;
        assert_eq!(faces.panels.len(), if flat { 2 } else { 4 });
        let marked = if flat { Panel::Written } else { Panel::Back };
        assert!(text(&faces.panels[&marked]).contains("07 · AL"));
        let end = if flat {
            "HILL & DAUGHTER SHOES 01865 555 010, Mon to Sat 9 to 5 · maria@hillshoes.example 12 High Street, Oxford OX1 4AA 07 · AL"
        } else {
            "HILL & DAUGHTER SHOES 12 High Street Oxford OX1 4AA 01865 555 010, Mon to Sat 9 to 5 maria@hillshoes.example 07 · AL"
        };
        assert!(text(&faces.panels[&marked]).ends_with(end), "{}", text(&faces.panels[&marked]));
    }
}

#[test]
fn every_letter_in_every_language_makes_a_card_with_one_note_and_a_way_to_answer() {
    let imprint = imprint();
    let letters = Letters::load(&BUNDLED, None).unwrap();
    assert_eq!(letters.all().len(), 90, "18 letters in 5 languages");
    for letter in letters.all() {
        let about = About { occasion: letter.occasion.clone(), ..About::sample(letter.language) };
        let several = About { household: "Ana López and Tom Reed".into(), years: None, ..about.clone() };
        for (about, ps) in [(&about, "the red laces are in."), (&several, "")] {
            let dressed = letter.dress(about, !ps.is_empty()).unwrap();
            assert_eq!(dressed.parts.iter().filter(|p| **p == Part::Note).count(), 1, "{}", letter.file);
            let base = card("birthday-plain", NOTE, ps);
            let card = Card { dressed, sober: letter.sober, ..base };
            for (i, (form, size)) in panels().into_iter().enumerate() {
                let design = letter.designs[i % letter.designs.len()];
                let card = Card { art: Art::Drawn(Look { design, palette: i % 3, seed: i as u64 }), ..card.clone() };
                let made = card.draw(&making(form, size, &imprint));
                let faces = made.unwrap_or_else(|why| panic!("{} on {size:?}: {why:?}", letter.file));
                all_inside(&faces, size);
                let written = text(&faces.panels[&Panel::Written]);
                assert_eq!(written.matches(NOTE).count(), 1, "{}: {written}", letter.file);
                assert!(written.contains("01865 555 010"), "{}: {written}", letter.file);
            }
        }
    }
}

#[test]
fn there_is_room_to_sign_in_ink() {
    let imprint = imprint();
    let size = Size::new(mm(105.0), mm(148.5));
    let long =
        format!("{NOTE} I tell every walker who comes in about your forty kilometres, and nobody believes me. The kettle is on.");
    for ps in ["", "the red laces you wanted are in."] {
        let faces = card("birthday-warm", &long, ps).draw(&making(Form::Flat, size, &imprint)).unwrap();
        let items = &faces.panels[&Panel::Written];
        // The free bands across the card, from all ink.
        let mut ink: Vec<(f64, f64)> = Vec::new();
        for item in items.iter() {
            match item {
                Item::Words(words) => {
                    for glyph in words.iter().flat_map(|w| &w.glyphs) {
                        let b = glyph.at.transform_rect_bbox(glyph.shape.outline.control_box());
                        ink.push((b.y0, b.y1));
                    }
                }
                other => ink.extend(bounds(std::slice::from_ref(other)).map(|b| (b.y0, b.y1))),
            }
        }
        ink.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut widest, mut low) = (0.0_f64, ink[0].1);
        for (y0, y1) in ink {
            widest = widest.max(y0 - low);
            low = low.max(y1);
        }
        assert!(widest >= SIGNATURE.height - 1.0, "{ps:?}: {widest}");
        let dotted = items.iter().filter(|i| matches!(i, Item::Stroke(_, pen) if pen.dash.is_some())).count();
        assert_eq!(dotted, 1, "{ps:?}: two lines for a postscript in ink, whether or not one is printed");
    }
    // A note that needs their room has it; a sober card never has them.
    let lines = |note: &str, ps: &str, letter: &str| {
        let faces = card(letter, note, ps).draw(&making(Form::Flat, size, &imprint)).unwrap();
        faces.panels[&Panel::Written].iter().filter(|i| matches!(i, Item::Stroke(_, pen) if pen.dash.is_some())).count()
    };
    let mut longest = long.clone();
    while card("birthday-plain", &format!("{longest} and so"), "by.").draw(&making(Form::Flat, size, &imprint)).is_ok() {
        longest += " and so";
    }
    assert_eq!(lines(&longest, "by.", "birthday-plain"), 0);
    assert_eq!(lines(NOTE, "", "condolence"), 0);
}

#[test]
fn a_note_too_long_is_said_never_shrunk_or_cut() {
    let imprint = imprint();
    let making = making(Form::Flat, Size::new(inch(6.0), inch(4.0)), &imprint);
    let refused = card("birthday-plain", &NOTE.repeat(9), "").draw(&making);
    let Err(Misfit::Note(Refusal::Overflow(over))) = refused else { panic!("{refused:?}") };
    assert!(over.lines > 2 && over.words > 10, "{over:?}");
    assert!(matches!(card("birthday-plain", "Ana 💥", "").draw(&making), Err(Misfit::Note(Refusal::Unwritable(_)))));
    let mut abroad = card("birthday-plain", NOTE, "");
    abroad.dressed.below = "日本".into();
    let Err(Misfit::Print(trouble)) = abroad.draw(&making) else { panic!() };
    assert_eq!(trouble.message, "EB Garamond can't print 日 (U+65E5) on the cover");
}

#[test]
fn a_letter_that_leaves_no_room_is_blamed_not_the_note() {
    let imprint = imprint();
    let mut making = making(Form::Flat, Size::new(inch(6.0), inch(4.0)), &imprint);
    let mut wordy = card("birthday-formal", NOTE, "");
    wordy.dressed.parts.push(Part::Printed("With all good wishes. ".repeat(40)));
    for _ in 0..2 {
        let Err(Misfit::Print(trouble)) = wordy.draw(&making) else { panic!() };
        assert!(trouble.message.contains("leave no room for the note"), "{trouble}");
        making.writing = Writing::ByHand(PITCH);
    }
    let mut loud = card("birthday-plain", NOTE, "");
    loud.dressed.cover = "Happy birthday ".repeat(9);
    assert!(matches!(loud.draw(&making), Err(Misfit::Print(_))));
    let mut foreign = card("birthday-plain", NOTE, "");
    foreign.initials = "山田太郎次郎".into();
    assert!(text(&foreign.draw(&making).unwrap().panels[&Panel::Written]).ends_with("07 ·"));
}

#[test]
fn what_the_post_needs_is_kept_clear() {
    let imprint = imprint();
    let size = Size::new(inch(6.0), inch(4.0));
    let zone = Rect::new(size.width - mm(84.0), size.height - mm(60.0), size.width, size.height);
    let mut making = making(Form::Flat, size, &imprint);
    making.blocked = vec![zone];
    making.sign = Sign::Written("Maria".into());
    let faces = card("birthday-plain", NOTE, "").draw(&making).unwrap();
    let items = &faces.panels[&Panel::Written];
    for item in items.iter() {
        for word in words(std::slice::from_ref(item)) {
            let one = Item::Words(vec![word.clone()]);
            if let Some(b) = bounds(&[one]) {
                assert!(b.intersect(zone).area() <= 0.0 || b.x1 <= zone.x0 || b.y1 <= zone.y0, "{} {b:?}", word.text);
            }
        }
    }
    let written = text(items);
    assert!(written.contains("tram driver. Maria"), "{written}");
    assert!(written.contains("01865 555 010,"));
}

#[test]
fn by_hand_the_note_is_not_printed_and_the_lines_are_counted() {
    let imprint = imprint();
    let size = Size::new(mm(105.0), mm(148.5));
    let mut making = making(Form::Flat, size, &imprint);
    making.writing = Writing::ByHand(PITCH);
    let faces = card("birthday-formal", NOTE, "").draw(&making).unwrap();
    all_inside(&faces, size);
    let written = text(&faces.panels[&Panel::Written]);
    assert!(!written.contains("boots") && written.contains("Dear Ana,"), "{written}");
    let Fit::ByHand(ByHand { lines, available }) = faces.fit else { panic!() };
    assert!((2..6).contains(&lines) && available >= 9, "{lines} of {available}");
}

#[test]
fn the_same_card_is_drawn_the_same_and_another_seed_differs() {
    let imprint = imprint();
    let making = making(Form::Flat, Size::new(mm(105.0), mm(148.5)), &imprint);
    let draw = |seed: u64| {
        let mut card = card("birthday-plain", NOTE, "");
        card.seed = seed;
        card.art = Art::Drawn(Look { design: Design::Confetti, palette: 1, seed });
        format!("{:?}", card.draw(&making).unwrap())
    };
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn covers_keep_their_margin_and_say_their_words_in_every_language() {
    let letters = Letters::load(&BUNDLED, None).unwrap();
    for (i, letter) in letters.all().iter().enumerate() {
        let dressed = letter.dress(&About::sample(letter.language), false).unwrap();
        for (n, size) in panels().into_iter().map(|(_, size)| size).enumerate() {
            for &design in &letter.designs {
                let seed = (i * 31 + n) as u64;
                let look = Look { design, palette: seed as usize % cover::PALETTES.len(), seed };
                let greeting = cover::Greeting { words: &dressed.cover, below: &dressed.below, sober: letter.sober };
                let items = cover::draw(look, size, &greeting, case());
                let safe = size.to_rect().inset(-mm(7.0));
                let ink = bounds(&items).unwrap();
                assert!(safe.union(ink).area() < safe.area() + 1e-6, "{look} {size:?} {letter:?}: {ink:?}");
                let said = text(&items).to_lowercase().replace('.', "");
                let wanted = format!("{} {}", dressed.cover, dressed.below).to_lowercase().replace('.', "");
                let (mut said, mut wanted): (Vec<&str>, Vec<&str>) =
                    (said.split_whitespace().collect(), wanted.split_whitespace().collect());
                said.sort_unstable();
                wanted.sort_unstable();
                assert_eq!(said, wanted, "{look}");
            }
        }
    }
}

#[test]
fn nobody_gets_last_years_picture() {
    let suits = [Design::Wreath, Design::Candles, Design::Confetti, Design::Words];
    for seed in 0..200 {
        let mut before: Vec<Look> = Vec::new();
        for year in 0..8 {
            let look = Look::choose(&suits, false, seed * 1000 + year, &before);
            assert!(before.last().is_none_or(|last| last.design != look.design), "{before:?} {look}");
            let same = |l: &&Look| (l.design, l.palette) == (look.design, look.palette);
            assert_eq!(before.iter().filter(same).count(), 0, "{before:?} {look}");
            if before.len() < suits.len() {
                assert!(before.iter().all(|l| l.design != look.design));
            }
            before.push(look);
        }
    }
    // Over many people all designs come about equally often, and so do the palettes that aren't kept for mourning.
    let all: Vec<Look> = (0..4000).map(|seed| Look::choose(&suits, false, seed, &[])).collect();
    for design in suits {
        let share = all.iter().filter(|l| l.design == design).count();
        assert!((880..1120).contains(&share), "{design:?} {share}");
    }
    for palette in 1..5 {
        let share = all.iter().filter(|l| l.palette == palette).count();
        assert!((880..1120).contains(&share), "{palette} {share}");
    }
    let sober = Look::choose(&[Design::Hills], true, 9, &[]);
    assert!(sober.palette < 3 && sober.design == Design::Hills);
    assert_eq!(sober.to_string().parse::<Look>(), Ok(sober));
    for broken in ["", "wreath", "wreath/thyme", "wreath/pink/1", "cat/thyme/1", "wreath/thyme/xyz"] {
        assert!(broken.parse::<Look>().is_err());
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(width, height).write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[test]
fn a_photo_is_cropped_to_its_mount_and_a_coarse_one_is_told() {
    let imprint = imprint();
    let size = Size::new(mm(105.0), mm(148.5));
    let mut with = card("birthday-plain", NOTE, "");
    with.art = Art::Photo(Arc::new(Photo::read("shop.png", png(600, 400)).unwrap()));
    let faces = with.draw(&making(Form::Flat, size, &imprint)).unwrap();
    all_inside(&faces, size);
    assert_eq!(faces.warnings, ["shop.png has 91 dots per inch at this size and will look coarse; 300 are wanted"]);
    let fine = Photo::read("fine.png", png(2000, 2000)).unwrap();
    assert!(fine.dpi(Size::new(inch(4.0), inch(5.0))) > 399.0);
}

#[test]
fn a_photo_is_seen_as_the_camera_was_held() {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(60, 40).write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    let jpeg = file.into_inner();
    let photo = Photo::read("a.jpg", jpeg.clone()).unwrap();
    assert_eq!((photo.picture.width, photo.picture.height), (60, 40));
    // The least of EXIF: one entry, orientation 6, a quarter turn.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
    let photo = Photo::read("a.jpg", turned).unwrap();
    assert_eq!((photo.picture.width, photo.picture.height), (40, 60));
}

#[test]
fn pictures_that_are_none_or_bombs_are_refused() {
    for (file, said) in [
        (b"GIF89a....".to_vec(), "neither JPEG nor PNG"),
        (Vec::new(), "neither JPEG nor PNG"),
        (png(10, 10)[..40].to_vec(), "damaged"),
        (vec![0xff, 0xd8, 0xff, 0xe0, 0, 1], "damaged"),
    ] {
        let told = Photo::read("x.png", file).unwrap_err();
        assert!(told.message.contains(said) && !told.hints.is_empty(), "{told:?}");
    }
    // A header that promises 60,000 by 60,000 pixels.
    let mut bomb = png(10, 10);
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    assert!(Photo::read("bomb.png", bomb).is_err());
}

#[test]
fn a_cue_sheet_has_every_card_in_order_over_several_pages() {
    let cues: Vec<cue::Cue> = (1..=30)
        .map(|n| cue::Cue {
            number: n,
            name: format!("Person {n}"),
            facts: vec!["blue shoes".into(), "spaniel Bess".into()],
            note: format!("{NOTE}\nPS: come by {n}."),
            fit: ByHand { lines: 4, available: 11 },
        })
        .collect();
    let paper = Size::new(mm(210.0), mm(297.0));
    let pages = cue::sheets("November, 30 cards", &cues, paper, case()).unwrap();
    assert!((4..12).contains(&pages.len()), "{}", pages.len());
    let all: Vec<String> = pages.iter().map(|page| text(&page.items)).collect();
    let mut from = 0;
    let joined = all.join(" ");
    for n in 1..=30 {
        let at = joined[from..].find(&format!("Person {n} blue shoes; spaniel Bess Ana, how")).expect("in order") + from;
        assert!(joined[at..].contains(&format!("PS: come by {n}. fits: about 4 of 11 lines")));
        from = at;
    }
    for page in &pages {
        let safe = paper.to_rect().inset(-mm(6.4));
        assert!(safe.union(bounds(&page.items).unwrap()).area() <= safe.area() + 1e-6);
    }
    // One whose note is longer than a page runs on.
    let mut endless = cues[0].clone();
    endless.note = NOTE.repeat(120);
    assert!(cue::sheets("One", &[endless], paper, case()).unwrap().len() >= 2);
}

#[test]
fn addresses_are_set_whole_or_refused() {
    let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    let to = lines("Ana López|1 Elm St, Apt 4|HOBOKEN, NJ 07030|UNITED STATES");
    for size in [Size::new(mm(63.5), mm(38.1)), Size::new(mm(66.68), mm(25.4)), Size::new(mm(101.6), mm(50.8))] {
        let items = post::label(&to, "07 · AL", size, case()).unwrap();
        assert_eq!(text(&items), "Ana López 1 Elm St, Apt 4 HOBOKEN, NJ 07030 UNITED STATES 07 · AL");
        let ink = bounds(&items).unwrap();
        assert!(
            ink.x0 > mm(2.0) && ink.y0 > mm(1.2) && ink.x1 < size.width - mm(1.5) && ink.y1 < size.height - mm(1.2),
            "{ink:?}"
        );
    }
    let long = lines("The Honourable Company of Makers of Walking Boots and Other Stout Footwear|1 Elm St");
    let told = post::label(&long, "07", Size::new(mm(63.5), mm(38.1)), case()).unwrap_err();
    assert!(told.message.contains("is too long for the label"), "{told}");
    for (w, h) in [(mm(162.0), mm(114.0)), (inch(9.5), inch(4.125)), (inch(5.75), inch(4.375))] {
        let items = post::envelope(&to, &lines("Hill & Daughter|12 High St|OXFORD"), "07 · AL", Size::new(w, h), case()).unwrap();
        assert_eq!(
            text(&items),
            "Hill & Daughter 12 High St OXFORD 07 · AL Ana López 1 Elm St, Apt 4 HOBOKEN, NJ 07030 UNITED STATES"
        );
        // The stamp's corner and the sorting machine's strip are clear.
        let ink = bounds(&items).unwrap();
        assert!(ink.y1 < h - mm(19.0) && ink.x1 < w - mm(14.0), "{ink:?}");
    }
}

#[test]
fn real_cards_labels_and_envelopes_leave_the_printers_margin_white_on_every_stock() {
    let shelf = Shelf::with(&[]).unwrap();
    let imprint = imprint();
    let printer = Printer::default();
    let to = ["Ana López", "1 Elm St, Apt 4", "HOBOKEN, NJ 07030", "UNITED STATES"].map(str::to_owned);
    let from = ["Hill & Daughter Shoes", "12 High Street", "OXFORD"].map(str::to_owned);
    for stock in shelf.all() {
        let size = stock.panel;
        let drawn: Result<Vec<Panels>, String> = (0..4_u64)
            .map(|i| match stock.purpose {
                Use::Card => {
                    let mut card = card("birthday-warm", NOTE, if i % 2 == 0 { "by." } else { "" });
                    card.art = Art::Drawn(Look { design: Design::ALL[i as usize], palette: 1 + i as usize, seed: i });
                    card.draw(&making(stock.form, size, &imprint)).map(|faces| faces.panels).map_err(|why| format!("{why:?}"))
                }
                Use::Label => post::label(&to, "07 · AL", size, case())
                    .map(|items| Panels::from([(Panel::Written, Arc::new(items))]))
                    .map_err(|why| why.message),
                Use::Envelope => post::envelope(&to, &from, "07 · AL", size, case())
                    .map(|items| Panels::from([(Panel::Written, Arc::new(items))]))
                    .map_err(|why| why.message),
            })
            .collect();
        let panels = match drawn {
            Ok(panels) => panels,
            // Half an inch high: the one paper an address doesn't go on.
            Err(why) => {
                assert_eq!(
                    (stock.name.as_str(), why.as_str()),
                    ("avery-5167", "an address of 4 lines is too tall for the label")
                );
                continue;
            }
        };
        for turn in [Turn::LongEdge, Turn::ShortEdge] {
            let plan = Plan { stock, turn, skip: 0, printer: &printer };
            for sheet in impose(panels.clone(), plan).unwrap() {
                for page in sheet.unwrap_or_else(|why| panic!("{}: {why}", stock.name)).pages() {
                    let raster = ink(&page, 72.0).unwrap();
                    let (paper, free) = (stock.sheet.to_rect(), printer.printable(stock.sheet));
                    for strip in [
                        Rect { x1: free.x0, ..paper },
                        Rect { x0: free.x1, ..paper },
                        Rect { y1: free.y0, ..paper },
                        Rect { y0: free.y1, ..paper },
                    ] {
                        assert_eq!(raster.inked(strip), 0, "{}: {strip:?}", stock.name);
                    }
                    assert!(raster.inked(paper) > 50 || page.items.is_empty(), "{}", stock.name);
                }
            }
        }
    }
}
