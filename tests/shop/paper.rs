//! What an owner does with paper: margins and rulers, photos and logos, proofs, labels, envelopes, what the post won't like.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{Rgb, RgbImage};

use crate::builder::{Shop, tool};

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";
/// As long as a small card holds.
const LONG: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter, and the dog on \
                    Church Lane find another pair of boots to love. The kettle is on at four.";

/// A word as poppler finds it: page, text, left, top, right, bottom.
type Found = (usize, String, [f64; 4]);

fn words(pdf: &Path) -> Option<Vec<Found>> {
    let said = tool("pdftotext", &["-bbox", pdf.to_str().unwrap(), "-"])?;
    let mut page = 0;
    let mut found = Vec::new();
    for line in said.lines() {
        page += usize::from(line.contains("<page "));
        let Some(word) = line.trim().strip_prefix("<word ") else { continue };
        let figure =
            |key: &str| -> f64 { word.split_once(&format!("{key}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap() };
        let text = word.split_once('>').unwrap().1.split('<').next().unwrap().to_owned();
        found.push((page, text, [figure("xMin"), figure("yMin"), figure("xMax"), figure("yMax")]));
    }
    Some(found)
}

fn mm(length: f64) -> f64 {
    length * 72.0 / 25.4
}

/// The shop's file with a word changed, and a line put in before `[print]`.
fn set(shop: &Shop, changes: &[(&str, &str)]) {
    let mut text = shop.read("wetink.toml");
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    shop.write("wetink.toml", text);
}

#[test]
fn what_the_post_will_not_like_is_said_before_anything_is_printed() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let warned = |country: &str, stock: &str| {
        set(&shop, &[("country = \"GB\"", &format!("country = \"{country}\""))]);
        let said = shop.run(&["print", "--dry-run", "--stock", stock]).ok().err;
        set(&shop, &[(&format!("country = \"{country}\""), "country = \"GB\"")]);
        said
    };
    for (country, stock, wanted) in [
        (
            "US",
            "quarter-letter-4up",
            "note: quarter-letter-4up: 1.29 times as long as high, and without an envelope the US post asks for at least 1.3 times",
        ),
        (
            "CA",
            "quarter-letter-4up",
            "note: quarter-letter-4up: 139.7 mm long, 0.3 mm short of what Canada Post wants of a card without an envelope",
        ),
        (
            "DE",
            "avery-8387",
            "note: avery-8387: 139.7 mm long, 0.3 mm short of what Deutsche Post wants of a card without an envelope",
        ),
        (
            "GB",
            "avery-5389",
            "note: avery-5389: the note has the whole side, and the post reads the address in its right half: send it in an envelope",
        ),
    ] {
        let said = warned(country, stock);
        assert!(said.contains(wanted), "{country} {stock}: {said}");
    }
    for (country, stock) in [("US", "4x6-2up"), ("CA", "a6-4up"), ("DE", "a6-4up"), ("DE", "a5-fold"), ("US", "avery-8315")] {
        let said = warned(country, stock);
        assert!(!said.contains(&format!("note: {stock}")), "{country} {stock}: {said}");
    }
    assert!(!warned("GB", "a6-4up").contains("return address"));
    set(&shop, &[("street = [\"8 Baxtergate\"]", "street = []"), ("city = \"Whitby\"", ""), ("postcode = \"YO21 1BW\"", "")]);
    let said = shop.run(&["print", "--dry-run"]).ok().err;
    assert!(
        said.contains("note: there is no return address in wetink.toml: a card that can't be delivered won't come home"),
        "{said}"
    );
    assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
}

#[test]
fn a_card_without_an_address_is_told_while_it_can_still_be_asked_for() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    assert!(!shop.run(&["check"]).ok().err.contains("no complete address"));
    shop.run(&["person", "add", "Bo Diaz", "--birthday", "12-28"]).ok();
    shop.notes(&[
        ("bo-diaz", "Bo, the ladder you lent us is behind the door, and so is a jar of the quince."),
        ("tom-reed", TOM),
    ]);
    for verb in ["check", "print"] {
        let said = shop.run(&[verb]).ok().err;
        assert!(
            said.contains("no complete address for bo-diaz: hand the card over, or add it, `wetink person edit bo-diaz"),
            "{said}"
        );
    }
    let said = shop.run(&["labels"]).ok();
    assert!(said.err.contains("01 Bo Diaz has no address; left out") && said.err.contains("1 label for batch"), "{}", said.err);
}

#[test]
fn the_printers_figures_stand_in_a_new_shops_file_and_work_when_the_marks_are_taken_away() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let text = shop.read("wetink.toml");
    let from = text.find("# [printer]").unwrap();
    let to = from + text[from..].find("[post]").unwrap();
    let plain: String = text[from..to]
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(setting) if setting.starts_with('[') || setting.contains(" = ") => format!("{setting}\n"),
            _ => format!("{line}\n"),
        })
        .collect();
    for table in ["\n[printer.front]\n", "\n[printer.back]\n", "\n[printer.margins]\n", "\n[[stock]]\n", "\nwhite-edge = true\n"]
    {
        assert!(plain.contains(table), "{table:?} in {plain}");
    }
    shop.run(&["print", "--proof"]).ok();
    let before = fs::read(shop.file("out/proof-2026-12.pdf")).unwrap();
    shop.write("wetink.toml", format!("{}{plain}{}", &text[..from], &text[to..]));
    shop.run(&["print", "--proof"]).ok();
    assert!(before == fs::read(shop.file("out/proof-2026-12.pdf")).unwrap(), "as they stand, they say what holds anyway");
    let kraft = shop.run(&["stocks", "kraft", "--json"]).ok().json();
    assert_eq!((kraft[0]["name"].as_str(), kraft[0]["per_sheet"].as_u64()), (Some("kraft-6up"), Some(6)));
    shop.run(&["test-page", "--stock", "kraft-6up"]).ok();
}

#[test]
fn what_the_test_page_said_is_put_right_side_by_side() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let settings = shop.read("wetink.toml");
    shop.run(&["print", "--proof"]).ok();
    let Some(straight) = words(&shop.file("out/proof-2026-12.pdf")) else { return };
    // The front comes out 1.5 mm to the right and 0.5 mm high, and half a millimetre in a hundred too wide; the back 1 mm low.
    let figures = "[printer.front]\nleft = 21.5\ntop = 19.5\nacross = 100.5\n[printer.back]\ntop = 21.0\n";
    shop.write("wetink.toml", format!("{settings}\n{figures}"));
    shop.run(&["print", "--proof"]).ok();
    let corrected = words(&shop.file("out/proof-2026-12.pdf")).unwrap();
    assert_eq!(straight.len(), corrected.len());
    let mut sides = [0, 0];
    for ((page, text, [x, y, ..]), (other, same, [sent_x, sent_y, ..])) in straight.iter().zip(&corrected) {
        assert_eq!((page, text), (other, same));
        // What the printer then does with it.
        let (on_paper_x, on_paper_y) = match page {
            1 => ((sent_x - mm(20.0)) * 1.005 + mm(21.5), sent_y - mm(0.5)),
            _ => (*sent_x, sent_y + mm(1.0)),
        };
        assert!((on_paper_x - x).abs() < 0.2 && (on_paper_y - y).abs() < 0.2, "{text}: {on_paper_x}, {on_paper_y} for {x}, {y}");
        sides[page - 1] += 1;
    }
    assert!(sides[0] > 2 && sides[1] > 10, "{sides:?}");
}

#[test]
fn the_test_page_has_a_ruler_for_each_side_and_says_what_to_do_with_it() {
    let shop = Shop::new();
    for (stock, pages, size) in [("a6-4up", 2, [210.0, 297.0]), ("avery-8387", 2, [279.4, 215.9]), ("env-c6", 1, [162.0, 114.0])]
    {
        let said = shop.run(&["test-page", "--stock", stock]).ok();
        assert!(said.out.trim().ends_with("out/test-page.pdf"), "{}", said.out);
        assert!(said.err.contains("without scaling"), "{}", said.err);
        let bytes = fs::read(shop.file("out/test-page.pdf")).unwrap();
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        let wishes = document.catalog().unwrap().get(b"ViewerPreferences").unwrap().as_dict().unwrap();
        assert_eq!(wishes.get(b"PrintScaling").unwrap().as_name().unwrap(), b"None");
        assert_eq!(document.get_pages().len(), pages, "{stock}");
        for page in document.get_pages().values() {
            let media = document.get_dictionary(*page).unwrap().get(b"MediaBox").unwrap().as_array().unwrap();
            for (corner, wanted) in media[2..].iter().zip(size) {
                assert!((f64::from(corner.as_float().unwrap()) - mm(wanted)).abs() < 0.01, "{stock}: {media:?}");
            }
        }
        let Some(found) = words(&shop.file("out/test-page.pdf")) else { continue };
        for page in 1..=pages {
            let side = ["[printer.front]", "[printer.back]"][page - 1];
            let on = |text: &str| found.iter().find(|(p, t, _)| *p == page && t == text);
            assert!(on(side).is_some() && on("A").is_some() && on("D").is_some(), "{stock}, page {page}");
            for (_, text, [x0, y0, x1, y1]) in found.iter().filter(|(p, ..)| *p == page) {
                assert!(*x0 > 0.0 && *y0 > 0.0 && *x1 < mm(size[0]) && *y1 < mm(size[1]), "{stock}: {text} runs off the paper");
            }
        }
    }
}

#[test]
fn what_would_fall_into_the_printers_margin_is_refused_by_the_margins_name() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let settings = shop.read("wetink.toml");
    shop.write("wetink.toml", format!("{settings}\n[printer.margins]\nright = 17\n"));
    let said = shop.run(&["print"]).ended(3);
    let wanted = "mm of the sheet's right edge, where this printer leaves 17.0 mm white";
    assert!(said.err.contains("card 1: its") && said.err.contains(wanted), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM card"), 0, "nothing is logged");
    // The same cards on a sheet with room around.
    shop.run(&["print", "--stock", "4x6-2up"]).ok();
}

#[test]
fn a_proof_is_marked_where_nothing_else_stands() {
    let shop = Shop::with_notes(&[("ana-lopez", &format!("{ANA}\n\nPS: the red laces are in.")), ("tom-reed", LONG)]);
    for stock in ["a6-4up", "avery-5389", "avery-c2355", "a6-fold-2up"] {
        shop.run(&["print", "--proof", "--stock", stock]).ok();
        let Some(found) = words(&shop.file("out/proof-2026-12.pdf")) else { return };
        let marks: Vec<&Found> = found.iter().filter(|(_, text, _)| text == "PROOF").collect();
        assert!(marks.len() >= 12, "{stock}: three on every side, {}", marks.len());
        for (page, _, [x0, y0, x1, y1]) in &marks {
            // Poppler's boxes are as high as the font's lines, so the middle of each mark must be free.
            let middle = f64::midpoint(*y0, *y1);
            let hit = found.iter().find(|(p, text, b)| {
                p == page && text != "PROOF" && b[0] < *x1 && b[2] > *x0 && b[1] + 2.0 < middle && b[3] - 2.0 > middle
            });
            assert!(hit.is_none(), "{stock}: PROOF crosses {hit:?}");
        }
    }
}

#[test]
fn a_proof_of_cards_to_write_by_hand_has_its_cue_sheet() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    let said = shop.run(&["print", "--proof", "--by-hand"]).ok();
    assert!(said.err.contains("what to write on them: out/proof-2026-12-cues.pdf"), "{}", said.err);
    if let Some(text) = tool("pdftotext", &[shop.file("out/proof-2026-12-cues.pdf").to_str().unwrap(), "-"]) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(ANA) && text.contains(TOM), "{text}");
    }
    assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
}

#[test]
fn a_spoilt_card_turned_by_hand_has_its_back_too() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    set(&shop, &[("duplex = \"long-edge\"", "duplex = \"manual\"")]);
    shop.run(&["print"]).ok();
    let said = shop.run(&["print", "--again", "ana-lopez-birthday-2026"]).ok();
    assert!(said.err.contains("the other side, to print second: out/2026-12-b-backs.pdf"), "{}", said.err);
    assert!(shop.file("out/2026-12-b-backs.pdf").is_file());
}

#[test]
fn used_places_are_skipped_and_backs_fed_by_hand_come_in_their_order() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print", "--proof", "--skip", "2"]).ok();
    let Some(found) = words(&shop.file("out/proof-2026-12.pdf")) else { return };
    for (_, text, [_, y, ..]) in &found {
        assert!(*y > mm(148.5), "{text} stands on a used place");
    }
    let order = |duplex: &str| {
        let settings = shop.read("wetink.toml");
        set(&shop, &[("duplex = \"long-edge\"", &format!("duplex = \"{duplex}\""))]);
        let said = shop.run(&["print", "--proof", "--stock", "a6"]).ok();
        shop.write("wetink.toml", settings);
        assert!(said.err.contains("the other side, to print second: out/proof-2026-12-backs.pdf"), "{}", said.err);
        let marks = |file: &str| -> Vec<(usize, String)> {
            let found = words(&shop.file(file)).unwrap();
            found.into_iter().filter(|f| f.1 == "Ana," || f.1 == "Tom,").map(|f| (f.0, f.1)).collect()
        };
        assert!(marks("out/proof-2026-12.pdf").is_empty(), "fronts only");
        marks("out/proof-2026-12-backs.pdf")
    };
    assert_eq!(order("manual"), [(1, "Ana,".to_owned()), (2, "Tom,".to_owned())]);
    assert_eq!(order("manual-reversed"), [(1, "Tom,".to_owned()), (2, "Ana,".to_owned())]);
}

#[test]
fn a_lost_zero_is_offered_and_a_long_address_spoils_only_its_own_label() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    shop.run(&["person", "edit", "ana", "--country", "US", "--region", "NJ", "--city", "Hoboken", "--postcode", "7030"]).ok();
    let said = shop.run(&["labels"]).ok();
    let offered =
        "01 Ana López: 7030 is not a postcode of the United States; was it 07030 before a spreadsheet took the zero?; left out";
    assert!(said.err.contains(offered) && said.err.contains("1 label for batch"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE address LIKE '%07030%'"), 0, "offered, never put right silently");
    let far = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-upon-the-Strait";
    shop.run(&["person", "edit", "ana", "--country", "GB", "--city", far, "--postcode", "LL61 5UJ"]).ok();
    for (verb, place) in [("labels", "the label"), ("envelopes", "the envelope")] {
        let said = shop.run(&[verb]).ok();
        let wanted = format!("is too long for {place}; left out, take something larger with --stock");
        assert!(
            said.err.contains(&wanted) && said.err.contains(&format!("1 {} for batch", verb.trim_end_matches('s'))),
            "{}",
            said.err
        );
    }
}

#[test]
fn labels_and_envelopes_bear_the_cards_numbers_in_the_cards_order() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["person", "edit", "ana", "--country", "US", "--region", "NJ", "--city", "Hoboken", "--postcode", "07030"]).ok();
    let shown = shop.run(&["person", "show", "ana"]).ok().out;
    assert!(shown.contains("4 Quay Street, HOBOKEN, NJ 07030, UNITED STATES"), "{shown}");
    shop.run(&["print"]).ok();
    let cards = words(&shop.file("out/2026-12-a.pdf"));
    for (verb, file) in [("labels", "out/2026-12-a-labels.pdf"), ("envelopes", "out/2026-12-a-envelopes.pdf")] {
        shop.run(&[verb]).ok();
        tool("qpdf", &["--check", shop.file(file).to_str().unwrap()]);
        let (Some(found), Some(cards)) = (words(&shop.file(file)), &cards) else { return };
        let all: Vec<&str> = found.iter().map(|(_, text, _)| text.as_str()).collect();
        let all = all.join(" ");
        for whole in ["4 Quay Street HOBOKEN, NJ 07030 UNITED STATES", "19 Church Lane WHITBY YO22 4DT"] {
            assert!(all.contains(whole), "{verb}: {all}");
        }
        for mark in ["01 · AL", "02 · TR"] {
            let at = |found: &[Found]| {
                found.windows(3).position(|w| w.iter().map(|f| f.1.as_str()).collect::<Vec<_>>().join(" ") == mark)
            };
            assert!(at(&found).is_some() && at(cards).is_some(), "{mark} on the {verb} and on the card");
        }
        assert!(all.find("Ana López") < all.find("Tom Reed"));
    }
    for (args, wanted) in [
        (&["labels", "--stock", "avery-8387"][..], "avery-8387 is paper for cards, and this needs a label sheet"),
        (&["envelopes", "--stock", "avery-l7160"], "avery-l7160 is a label sheet, and this needs an envelope"),
        (&["print", "--stock", "env-c6"], "env-c6 is no paper for cards"),
        (&["labels", "--skip", "14"], "a sheet of `avery-l7163` has 14 places, so 14 can't be skipped"),
    ] {
        let said = shop.run(args).ended(2);
        assert!(said.err.contains(wanted) && said.err.contains("help:"), "{}", said.err);
    }
    let again = Shop::with_notes(&[("ana-lopez", ANA)]);
    let said = again.run(&["print", "--stock", "a6", "--skip", "1"]).ended(2);
    assert!(said.err.contains("a sheet of `a6` has 1 place, so 1 can't be skipped"), "{}", said.err);
}

fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Jpeg).unwrap();
    file.into_inner()
}

fn png(pixels: &RgbImage) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

/// The JPEG as a camera held on its side writes it: EXIF says a quarter turn.
fn on_its_side(jpeg: &[u8]) -> Vec<u8> {
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    [&jpeg[..2], exif, &jpeg[2..]].concat()
}

const RED: Rgb<u8> = Rgb([200, 30, 30]);
const GREEN: Rgb<u8> = Rgb([30, 160, 40]);
const BLUE: Rgb<u8> = Rgb([30, 40, 200]);

/// Which of the three colours a pixel is nearest to; none for white paper and ink.
fn colour(pixel: Rgb<u8>) -> Option<char> {
    let near = |other: Rgb<u8>| pixel.0.iter().zip(other.0).all(|(a, b)| a.abs_diff(b) < 45);
    [(RED, 'r'), (GREEN, 'g'), (BLUE, 'b')].into_iter().find(|(other, _)| near(*other)).map(|(_, name)| name)
}

/// Every colour seen in a picture, with how many pixels of it.
fn seen(picture: &RgbImage) -> Vec<(char, usize)> {
    ['r', 'g', 'b']
        .into_iter()
        .map(|name| (name, picture.pixels().filter(|p| colour(**p) == Some(name)).count()))
        .filter(|(_, count)| *count > 20)
        .collect()
}

fn picture(path: &Path) -> RgbImage {
    image::open(path).unwrap_or_else(|why| panic!("{}: {why}", path.display())).into_rgb8()
}

/// A shop whose covers are this picture.
fn with_cover(file: &str, bytes: &[u8]) -> Shop {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.write(file, bytes);
    set(&shop, &[("# cover = \"photo.jpg\"", &format!("cover = \"{file}\""))]);
    shop
}

#[test]
fn a_photo_is_turned_as_the_camera_was_held_in_the_preview_and_in_the_pdf() {
    // Left half red, right half blue; seen upright, red is above.
    let stored = RgbImage::from_fn(1200, 800, |x, _| if x < 600 { RED } else { BLUE });
    let shop = with_cover("photo.jpg", &on_its_side(&jpeg(&stored)));
    shop.run(&["preview"]).ok();
    let said = shop.run(&["print"]).ok();
    // 88 mm of an A6 card's width, 800 pixels.
    assert!(
        said.err.contains("photo.jpg has 231 dots per inch at this size and will look coarse; 300 are wanted"),
        "{}",
        said.err
    );
    let mut pictures = vec![picture(&shop.file("out/preview-2026-12/ana-lopez-birthday-2026-cover.png"))];
    let stem = shop.file("out/page");
    if tool(
        "pdftoppm",
        &[
            "-r",
            "60",
            "-f",
            "1",
            "-l",
            "1",
            "-singlefile",
            "-png",
            shop.file("out/2026-12-a.pdf").to_str().unwrap(),
            stem.to_str().unwrap(),
        ],
    )
    .is_some()
    {
        let sheet = picture(&shop.file("out/page.png"));
        pictures.push(image::imageops::crop_imm(&sheet, 0, 0, sheet.width() / 2, sheet.height() / 2).to_image());
    }
    for cover in pictures {
        let at = |x: f64, y: f64| {
            colour(*cover.get_pixel((f64::from(cover.width()) * x) as u32, (f64::from(cover.height()) * y) as u32))
        };
        assert_eq!((at(0.15, 0.1), at(0.85, 0.1)), (Some('r'), Some('r')), "red above");
        assert_eq!((at(0.15, 0.75), at(0.85, 0.75)), (Some('b'), Some('b')), "blue below");
        assert_eq!(at(0.02, 0.4), None, "a white mount around it");
        assert_eq!(at(0.15, 0.97), None);
    }
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE made LIKE '%photo.jpg%'"), 1);
}

#[test]
fn a_photo_is_cropped_to_its_mount_never_squeezed() {
    // Three stripes side by side, far wider than a card: only the middle one has room.
    let wide = RgbImage::from_fn(6000, 1400, |x, _| [RED, GREEN, BLUE][(x / 2000) as usize]);
    for (file, bytes) in [("shop.png", png(&wide)), ("shop.jpg", jpeg(&wide))] {
        let shop = with_cover(file, &bytes);
        let said = shop.run(&["preview", "--dpi", "60"]).ok();
        assert!(!said.err.contains("coarse"), "1400 pixels on 112 mm are enough: {}", said.err);
        let cover = picture(&shop.file("out/preview-2026-12/ana-lopez-birthday-2026-cover.png"));
        let colours = seen(&cover);
        assert_eq!(colours.iter().map(|(name, _)| *name).collect::<String>(), "g", "{colours:?}");
        assert!(colours[0].1 * 2 > (cover.width() * cover.height()) as usize, "{colours:?}");
    }
}

#[test]
fn a_logo_is_on_every_card() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.write("sign.png", png(&RgbImage::from_pixel(300, 120, GREEN)));
    let without = shop.run(&["preview", "--dpi", "60"]).ok();
    assert!(seen(&picture(&shop.file("out/preview-2026-12/ana-lopez-birthday-2026-note.png"))).is_empty(), "{}", without.err);
    set(&shop, &[("[shop]\n", "[shop]\nlogo = \"sign.png\"\n")]);
    shop.run(&["preview", "--dpi", "60"]).ok();
    let note = picture(&shop.file("out/preview-2026-12/ana-lopez-birthday-2026-note.png"));
    let colours = seen(&note);
    assert_eq!(colours.len(), 1, "{colours:?}");
    // As wide as it is on the foot of the card, and in its own proportions.
    let green: Vec<(u32, u32)> =
        note.enumerate_pixels().filter(|(_, _, p)| colour(**p) == Some('g')).map(|(x, y, _)| (x, y)).collect();
    let span =
        |of: fn(&(u32, u32)) -> u32| f64::from(green.iter().map(of).max().unwrap() - green.iter().map(of).min().unwrap() + 1);
    let ratio = span(|p| p.0) / span(|p| p.1);
    assert!((ratio - 2.5).abs() < 0.2, "{ratio}");
    shop.run(&["preview", "--dpi", "60", "--stock", "a6-fold"]).ok();
    assert_eq!(
        seen(&picture(&shop.file("out/preview-2026-12/ana-lopez-birthday-2026-back.png"))).len(),
        1,
        "a folded card has it behind"
    );
    shop.run(&["print"]).ok();
    tool("qpdf", &["--check", shop.file("out/2026-12-a.pdf").to_str().unwrap()]);
}

#[test]
fn a_picture_that_breaks_off_or_would_fill_the_memory_is_refused_by_name() {
    let whole = jpeg(&RgbImage::from_fn(900, 1200, |x, y| Rgb([(x * 7) as u8, (y * 3) as u8, (x ^ y) as u8])));
    let mut bomb = png(&RgbImage::new(10, 10));
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let mut sum = flate2::Crc::new();
    sum.update(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    // A JPEG's head that promises 16,000 by 16,000 pixels in colour.
    let mut promise = whole.clone();
    let frame = promise.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    promise[frame + 5..frame + 9].copy_from_slice(&[0x3e, 0x80, 0x3e, 0x80]);
    for (file, bytes, why) in [
        ("half.jpg", whole[..whole.len() / 2].to_vec(), "the file breaks off before its end"),
        ("almost.jpg", whole[..whole.len() - 2].to_vec(), "the file breaks off before its end"),
        ("half.png", png(&RgbImage::from_pixel(900, 900, RED))[..400].to_vec(), "the file is damaged"),
        ("bomb.png", bomb, "it has too many pixels"),
        ("bomb.jpg", promise, "it has too many pixels"),
        ("words.jpg", b"not a picture at all".to_vec(), "it is neither JPEG nor PNG"),
    ] {
        let shop = with_cover(file, &bytes);
        let said = shop.run(&["print"]).ended(1);
        assert!(said.err.contains(&format!("error: the picture {file} can't be used: {why}")), "{file}: {}", said.err);
        assert!(said.err.contains("--> wetink.toml:") && said.err.contains("help:"), "{}", said.err);
        assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
    }
    // What a phone writes behind the picture does no harm.
    let shop = with_cover("phone.jpg", &[&whole[..], b"\0\0trailer of a phone\xff\xd8"].concat());
    shop.run(&["print"]).ok();
}

#[test]
fn papers_letters_and_hands_are_listed_and_drawn() {
    let shop = Shop::new();
    let stocks = shop.run(&["stocks"]).ok();
    for name in ["avery-8387", "avery-8317", "avery-3268", "a4-quarter", "avery-l7173", "env-dl"] {
        assert!(stocks.out.contains(name), "{name}");
    }
    let mut sizes = Vec::new();
    for (language, greeting) in [("en", "Happy birthday"), ("pl", "Wszystkiego najlepszego"), ("fr", "Joyeux anniversaire")] {
        let letters = shop.run(&["letters", "--language", language]).ok().out;
        assert!(letters.contains(greeting) && letters.contains("Hill Shoes"), "each with a sample: {letters}");
        for name in [
            "birthday-warm",
            "thank-you-first",
            "thank-you-again",
            "thank-you-referral",
            "thank-you-patience",
            "welcome-back",
            "condolence",
            "anniversary",
            "hello",
        ] {
            assert!(letters.contains(&format!("{name}  for ")), "{language}: {name}");
        }
        sizes.push(picture(&shop.file("out/letters.png")).dimensions());
    }
    assert!(sizes.iter().all(|size| *size == sizes[0] && size.0 > 1500), "the same letters in every language: {sizes:?}");
    set(&shop, &[("language = \"en\"", "language = \"de\"")]);
    assert!(shop.run(&["letters"]).ok().out.contains("Alles Gute"), "the shop's own language first");
    shop.run(&["hands"]).ok();
    let (stocks, hands) = (picture(&shop.file("out/stocks.png")), picture(&shop.file("out/hands.png")));
    assert!(stocks.width() > 1500 && hands.height() > 1000);
}
