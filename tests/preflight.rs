//! Preflight against finished files: each planted fault is found, good files pass, and no bytes bring it down.

use std::fmt::Write as _;

use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};
use wetink::out::pack::Service;
use wetink::out::preflight::{Asked, Finding, Severity, Side, check};

const FONT: &[u8] = include_bytes!("../fonts/reenie-beanie/ReenieBeanie-Regular.ttf");

/// A PDF of pages with these drawing orders; `tweak` may change each page and its resources.
struct Maker {
    document: Document,
    pages: Vec<Object>,
    tree: lopdf::ObjectId,
}

impl Maker {
    fn new() -> Maker {
        let mut document = Document::with_version("1.7");
        let tree = document.new_object_id();
        Maker { document, pages: Vec::new(), tree }
    }

    #[allow(clippy::needless_pass_by_value)] // A page takes what it is given.
    fn page(mut self, size: [f32; 2], orders: &str, resources: Dictionary, more: Dictionary) -> Maker {
        let contents = self.document.add_object(Stream::new(Dictionary::new(), orders.as_bytes().to_vec()));
        let mut page = dictionary! {
            "Type" => "Page",
            "Parent" => self.tree,
            "MediaBox" => vec![0.into(), 0.into(), size[0].into(), size[1].into()],
            "Contents" => contents,
            "Resources" => resources,
        };
        for (key, value) in &more {
            page.set(key.clone(), value.clone());
        }
        let id = self.document.add_object(page);
        self.pages.push(id.into());
        self
    }

    fn finish(mut self) -> Document {
        let count = self.pages.len() as i64;
        self.document.objects.insert(self.tree, dictionary! { "Type" => "Pages", "Kids" => self.pages, "Count" => count }.into());
        let root = self.document.add_object(dictionary! { "Type" => "Catalog", "Pages" => self.tree });
        self.document.trailer.set("Root", root);
        self.document
    }

    fn bytes(self) -> Vec<u8> {
        saved(self.finish())
    }
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

const SMALL: [f32; 2] = [450.0, 306.0];

fn font(embedded: bool, document: &mut Document) -> Dictionary {
    let mut descriptor =
        dictionary! { "Type" => "FontDescriptor", "FontName" => "ReenieBeanie", "Ascent" => 900, "Descent" => -300 };
    if embedded {
        let file = document.add_object(Stream::new(Dictionary::new(), FONT.to_vec()));
        descriptor.set("FontFile2", file);
    }
    let descriptor = document.add_object(descriptor);
    let widths: Vec<Object> = (0..96).map(|_| 400.into()).collect();
    dictionary! {
        "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "ABCDEF+ReenieBeanie", "FirstChar" => 32, "LastChar" => 127,
        "Widths" => widths, "FontDescriptor" => descriptor, "Encoding" => "WinAnsiEncoding",
    }
}

fn fonts(embedded: bool, maker: &mut Maker) -> Dictionary {
    let font = font(embedded, &mut maker.document);
    let id = maker.document.add_object(font);
    dictionary! { "Font" => dictionary! { "F1" => id } }
}

/// A grey picture, its resources, and the orders that show it so large.
fn picture(maker: &mut Maker, pixels: [i64; 2], at: [f32; 4], level: u8) -> (Dictionary, String) {
    let data = vec![level; (pixels[0] * pixels[1]) as usize];
    let mut stream = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => pixels[0], "Height" => pixels[1], "ColorSpace" => "DeviceGray",
            "BitsPerComponent" => 8,
        },
        data,
    );
    stream.compress().unwrap();
    let id = maker.document.add_object(stream);
    let [x, y, w, h] = at;
    (dictionary! { "XObject" => dictionary! { "Im" => id } }, format!("q {w} 0 0 {h} {x} {y} cm /Im Do Q"))
}

fn told(bytes: &[u8], service: &str, name: &str) -> Vec<Finding> {
    let service = Service::named(service).unwrap();
    check(bytes, &Asked { service: &service, size: None, side: None, name })
}

fn rules(found: &[Finding]) -> Vec<&'static str> {
    found.iter().filter(|f| f.severity == Severity::Reject).map(|f| f.rule).collect()
}

fn note_in_the_corner_free_part() -> String {
    "BT /F1 14 Tf 30 250 Td (Ana, how did the boots do?) Tj ET".into()
}

#[track_caller]
fn rejected(bytes: &[u8], service: &str, name: &str, rule: &str) {
    let found = told(bytes, service, name);
    assert_eq!(rules(&found), [rule], "{found:#?}");
    assert!(found.iter().all(|f| !f.help.is_empty()));
}

#[test]
fn an_unembedded_font_is_found_wherever_it_hides() {
    let mut maker = Maker::new();
    let resources = fonts(false, &mut maker);
    rejected(
        &maker.page(SMALL, &note_in_the_corner_free_part(), resources, Dictionary::new()).bytes(),
        "lob",
        "a-back.pdf",
        "font",
    );
    // In a form within a form.
    let mut maker = Maker::new();
    let inner = fonts(false, &mut maker);
    let form = |resources: Dictionary| {
        Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 450.into(), 306.into()], "Resources" => resources },
            b"/X Do".to_vec(),
        )
    };
    let deep = maker.document.add_object(form(inner));
    let outer = maker.document.add_object(form(dictionary! { "XObject" => dictionary! { "X" => deep } }));
    let resources = dictionary! { "XObject" => dictionary! { "X" => outer } };
    rejected(&maker.page(SMALL, "/X Do", resources, Dictionary::new()).bytes(), "lob", "a-back.pdf", "font");
    // In a font of many letters.
    let mut maker = Maker::new();
    let descriptor = maker.document.add_object(dictionary! { "Type" => "FontDescriptor", "FontName" => "Big" });
    let below = maker.document.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Big", "FontDescriptor" => descriptor },
    );
    let whole = maker.document.add_object(
        dictionary! { "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Big", "Encoding" => "Identity-H", "DescendantFonts" => vec![below.into()] },
    );
    let resources = dictionary! { "Font" => dictionary! { "F1" => whole } };
    rejected(&maker.page(SMALL, "", resources, Dictionary::new()).bytes(), "lob", "a-front.pdf", "font");
    // Helvetica Lob has itself: told, not refused. PostGrid may not.
    let maker = Maker::new();
    let helvetica = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica-Bold" };
    let resources = dictionary! { "Font" => dictionary! { "F1" => helvetica } };
    let bytes = maker.page(SMALL, "", resources, Dictionary::new()).bytes();
    assert!(rules(&told(&bytes, "lob", "a-front.pdf")).is_empty());
    assert_eq!(told(&bytes, "lob", "a-front.pdf")[0].rule, "font");
    assert!(rules(&told(&bytes, "postgrid", "a.pdf")).contains(&"font"));
}

#[test]
fn wrong_pages_are_found() {
    let plain = |size: [f32; 2], more: Dictionary| Maker::new().page(size, "", Dictionary::new(), more).bytes();
    for (size, help) in [
        ([432.0, 288.0], "without bleed"),
        ([306.0, 450.0], "turn it"),
        ([451.0, 306.0], "make it anew"),
        ([612.0, 792.0], "make it anew"),
    ] {
        let bytes = plain(size, Dictionary::new());
        rejected(&bytes, "lob", "a-front.pdf", "page-size");
        assert!(told(&bytes, "lob", "a-front.pdf")[0].help.contains(help), "{:?}", told(&bytes, "lob", "a-front.pdf"));
    }
    // A card may be hidden in the boxes.
    let sides = |r: [i64; 4]| Object::Array(r.into_iter().map(Object::from).collect());
    rejected(&plain([612.0, 792.0], dictionary! { "CropBox" => sides([0, 0, 450, 306]) }), "lob", "a-front.pdf", "boxes");
    rejected(&plain([225.0, 153.0], dictionary! { "UserUnit" => 2 }), "lob", "a-front.pdf", "boxes");
    assert!(rules(&told(&plain([306.0, 450.0], dictionary! { "Rotate" => 90 }), "lob", "a-front.pdf")).is_empty());
    rejected(&plain(SMALL, dictionary! { "Rotate" => 270 }), "lob", "a-front.pdf", "page-size");
    // A size from the pages above.
    let mut document = Maker::new().page(SMALL, "", Dictionary::new(), Dictionary::new()).finish();
    let page = document.page_iter().next().unwrap();
    let tree = document.get_dictionary(page).unwrap().get(b"Parent").unwrap().as_reference().unwrap();
    let size = document.get_dictionary_mut(page).unwrap().remove(b"MediaBox").unwrap();
    document.get_dictionary_mut(tree).unwrap().set("MediaBox", size);
    assert!(told(&saved(document), "lob", "a-front.pdf").is_empty());
}

#[test]
fn a_third_page_is_found() {
    let pages =
        |n: usize| (0..n).fold(Maker::new(), |maker, _| maker.page(SMALL, "", Dictionary::new(), Dictionary::new())).bytes();
    rejected(&pages(3), "postgrid", "a.pdf", "page-count");
    rejected(&pages(3), "lob", "a-front.pdf", "page-count");
    rejected(&pages(1), "postgrid", "a.pdf", "page-count");
    assert!(told(&pages(2), "postgrid", "a.pdf").is_empty());
    let two_sizes = Maker::new().page(SMALL, "", Dictionary::new(), Dictionary::new()).page(
        [666.0, 450.0],
        "",
        Dictionary::new(),
        Dictionary::new(),
    );
    rejected(&two_sizes.bytes(), "postgrid", "a.pdf", "page-size");
}

#[test]
fn a_coarse_picture_is_found_at_the_size_it_is_shown() {
    for (pixels, fine) in [([1250, 850], false), ([1875, 1275], true)] {
        let mut maker = Maker::new();
        let (resources, orders) = picture(&mut maker, pixels, [0.0, 0.0, 450.0, 306.0], 200);
        let bytes = maker.page(SMALL, &orders, resources, Dictionary::new()).bytes();
        if fine {
            assert!(told(&bytes, "lob", "a-front.pdf").is_empty(), "{:?}", told(&bytes, "lob", "a-front.pdf"));
        } else {
            rejected(&bytes, "lob", "a-front.pdf", "resolution");
            assert!(told(&bytes, "lob", "a-front.pdf")[0].message.contains("200 dots per inch"));
        }
    }
    // Turned and scaled by a form around it, a small picture is what it is on paper.
    let mut maker = Maker::new();
    let (resources, _) = picture(&mut maker, [200, 200], [0.0; 4], 90);
    let form = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 10.into(), 10.into()],
        "Matrix" => vec![0.into(), 10.into(), (-10).into(), 0.into(), 200.into(), 100.into()], "Resources" => resources },
        b"q 10 0 0 10 0 0 cm /Im Do Q".to_vec(),
    );
    let form = maker.document.add_object(form);
    let bytes = maker.page(SMALL, "/X Do", dictionary! { "XObject" => dictionary! { "X" => form } }, Dictionary::new()).bytes();
    rejected(&bytes, "lob", "a-front.pdf", "resolution");
    assert!(told(&bytes, "lob", "a-front.pdf")[0].message.contains("144 dots"));
    // Within the orders.
    let bytes = Maker::new()
        .page(SMALL, "q 72 0 0 72 50 50 cm BI /W 10 /H 10 /BPC 8 /CS /G ID xxxx EI Q", Dictionary::new(), Dictionary::new())
        .bytes();
    rejected(&bytes, "lob", "a-front.pdf", "resolution");
}

#[test]
fn ink_in_the_reserved_corner_is_found_and_white_is_none() {
    let with = |orders: &str, name: &str| {
        let mut maker = Maker::new();
        let resources = fonts(true, &mut maker);
        told(&maker.page(SMALL, orders, resources, Dictionary::new()).bytes(), "lob", name)
    };
    for ink in [
        "300 100 20 20 re f",
        "0.9 g 200 20 5 5 re f",
        "BT /F1 14 Tf 250 100 Td (Ana) Tj ET",
        "1 0 0 1 250 50 cm 0 0 m 50 50 l S",
        "q 0.5 0 0 0.5 100 50 cm 300 50 20 20 re f Q",
        "/Pattern cs /P1 scn 300 100 20 20 re f",
        "q 300 100 20 20 re W n /Sh1 sh Q",
    ] {
        assert_eq!(rules(&with(ink, "a-back.pdf")), ["zone"], "{ink}: {:?}", with(ink, "a-back.pdf"));
        assert!(rules(&with(ink, "a-front.pdf")).is_empty(), "{ink}");
    }
    for clean in [
        note_in_the_corner_free_part().as_str(),
        "1 g 200 20 230 160 re f",
        "300 100 20 20 re f 0 0 0 0 k 190 10 250 185 re f",
        "q 0 0 50 50 re W n 0 0 450 306 re f Q",
        "3 Tr BT /F1 14 Tf 3 Tr 250 100 Td (Ana) Tj ET",
        "20 200 100 40 re f",
        "300 100 20 20 re n",
    ] {
        assert!(rules(&with(clean, "a-back.pdf")).is_empty(), "{clean}: {:?}", with(clean, "a-back.pdf"));
    }
    // A scan that fills the page: dark where its pixels are, and they are looked at.
    for (level, zone) in [(255, false), (60, true)] {
        let mut maker = Maker::new();
        let (resources, orders) = picture(&mut maker, [1875, 1275], [0.0, 0.0, 450.0, 306.0], level);
        let found = told(&maker.page(SMALL, &orders, resources, Dictionary::new()).bytes(), "lob", "a-back.pdf");
        assert_eq!(rules(&found).contains(&"zone"), zone, "{level}: {found:?}");
    }
    // On the second page of PostGrid's file it is only believed how large the corner is.
    let both = Maker::new().page(SMALL, "0 0 450 306 re f", Dictionary::new(), Dictionary::new()).page(
        SMALL,
        "300 100 20 20 re f",
        Dictionary::new(),
        Dictionary::new(),
    );
    let found = told(&both.bytes(), "postgrid", "a.pdf");
    assert!(rules(&found).is_empty() && found[0].rule == "zone" && found[0].page == Some(2), "{found:?}");
}

#[test]
fn type_near_the_edge_and_marks_in_the_bleed_are_found() {
    let with = |orders: &str| {
        let mut maker = Maker::new();
        let resources = fonts(true, &mut maker);
        told(&maker.page(SMALL, orders, resources, Dictionary::new()).bytes(), "lob", "a-front.pdf")
    };
    assert_eq!(rules(&with("BT /F1 14 Tf 5 150 Td (Ana) Tj ET")), ["safe-area"]);
    assert_eq!(rules(&with("BT /F1 20 Tf 100 290 Td (Ana) Tj ET")), ["safe-area"]);
    assert!(with("BT /F1 14 Tf 22 150 Td (Ana) Tj ET").is_empty());
    assert!(with("0.2 0.4 0.6 rg 0 0 450 306 re f").is_empty(), "a ground that bleeds is no trouble");
    let marks = with("0.25 w 9 0 m 9 6 l S 0 9 m 6 9 l S");
    assert!(marks.iter().any(|f| f.rule == "marks"), "{marks:?}");
}

#[test]
fn encryption_is_found_even_with_an_empty_password() {
    for (user, owner) in [("", "owner"), ("secret", "secret")] {
        let mut document = Maker::new().page(SMALL, "", Dictionary::new(), Dictionary::new()).finish();
        document.trailer.set(
            "ID",
            Object::Array(vec![
                Object::string_literal(b"0123456789abcdef".to_vec()),
                Object::string_literal(b"0123456789abcdef".to_vec()),
            ]),
        );
        let state: EncryptionState = EncryptionVersion::V2 {
            document: &document,
            owner_password: owner,
            user_password: user,
            key_length: 128,
            permissions: Permissions::all(),
        }
        .try_into()
        .unwrap();
        document.encrypt(&state).unwrap();
        let found = told(&saved(document), "lob", "a-front.pdf");
        assert!(rules(&found).contains(&"encryption"), "`{user}`: {found:?}");
    }
}

#[test]
fn what_shines_through_and_what_is_too_large_is_told() {
    let state = dictionary! { "ca" => 0.5 };
    let resources = dictionary! { "ExtGState" => dictionary! { "G" => state } };
    let found =
        told(&Maker::new().page(SMALL, "/G gs 100 100 50 50 re f", resources, Dictionary::new()).bytes(), "lob", "a-front.pdf");
    assert!(found.iter().any(|f| f.rule == "transparency" && f.severity == Severity::Warn), "{found:?}");
    let mut document = Maker::new().page(SMALL, "", Dictionary::new(), Dictionary::new()).finish();
    document.add_object(Stream::new(Dictionary::new(), vec![b'x'; 5_100_000]));
    rejected(&saved(document), "lob", "a-front.pdf", "file-size");
    rejected(b"hello", "lob", "a.txt", "kind");
    rejected(&Maker::new().page(SMALL, "", Dictionary::new(), Dictionary::new()).bytes(), "thanksio", "a-front.pdf", "kind");
}

#[test]
fn ten_good_files_pass() {
    let mut good: Vec<(Vec<u8>, &str, &str)> = Vec::new();
    for (service, name, size) in [
        ("lob", "a-back.pdf", SMALL),
        ("lob", "b-back.pdf", [666.0, 450.0]),
        ("lob", "c-back.pdf", [810.0, 450.0]),
        ("stannp", "a-back.pdf", [449.04, 305.04]),
    ] {
        let mut maker = Maker::new();
        let resources = fonts(true, &mut maker);
        let top = size[1] - 60.0;
        let orders = format!("BT /F1 14 Tf 40 {top} Td (Ana, how did the boots) Tj 0 -20 Td [(do on) -200 (the hills?)] TJ ET");
        good.push((maker.page(size, &orders, resources, Dictionary::new()).bytes(), service, name));
    }
    let mut maker = Maker::new();
    let (resources, orders) = picture(&mut maker, [1875, 1275], [0.0, 0.0, 450.0, 306.0], 120);
    good.push((maker.page(SMALL, &orders, resources, Dictionary::new()).bytes(), "lob", "photo-front.pdf"));
    good.push((
        Maker::new()
            .page(SMALL, "0.1 0.5 0.3 rg -5 -5 460 316 re f 1 g 100 100 50 50 re f", Dictionary::new(), Dictionary::new())
            .bytes(),
        "lob",
        "art-front.pdf",
    ));
    for (service, size) in [("postgrid", SMALL), ("postgrid", [666.0, 450.0]), ("click2mail", [612.0, 396.0])] {
        let mut maker = Maker::new();
        let resources = fonts(true, &mut maker);
        let orders = "BT /F1 14 Tf 50 200 Td (Ana, the boots) Tj ET";
        let maker = maker.page(size, "0.2 0.4 0.6 rg 0 0 900 900 re f", Dictionary::new(), Dictionary::new());
        good.push((maker.page(size, orders, resources, Dictionary::new()).bytes(), service, "both.pdf"));
    }
    // As other programs write them: object streams, a turned page, boxes of all kinds.
    let all = Object::Array(vec![0.into(), 0.into(), 306.into(), 450.into()]);
    let more = dictionary! { "Rotate" => 90, "CropBox" => all.clone(), "BleedBox" => all.clone(), "ArtBox" => all };
    let mut document = Maker::new().page([306.0, 450.0], "0 1 0 rg 20 20 100 100 re f", Dictionary::new(), more).finish();
    let mut bytes = Vec::new();
    let options = lopdf::SaveOptions::builder().use_object_streams(true).use_xref_streams(true).build();
    document.save_with_options(&mut bytes, options).unwrap();
    good.push((bytes, "lob", "turned-front.pdf"));
    assert_eq!(good.len(), 10);
    for (bytes, service, name) in &good {
        let found = told(bytes, service, name);
        assert!(found.is_empty(), "{service} {name}: {found:#?}");
    }
}

#[test]
fn no_file_brings_it_down() {
    // A form that draws itself, forms that double, and a page without end.
    let mut maker = Maker::new();
    let me = maker.document.new_object_id();
    let own = dictionary! { "XObject" => dictionary! { "X" => me } };
    let form = |orders: &str, resources: Dictionary| {
        Stream::new(
            dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 450.into(), 306.into()], "Resources" => resources },
            orders.as_bytes().to_vec(),
        )
    };
    maker.document.objects.insert(me, form("/X Do /X Do", own.clone()).into());
    rejected(&maker.page(SMALL, "/X Do", own, Dictionary::new()).bytes(), "lob", "a-front.pdf", "endless");
    let mut maker = Maker::new();
    let mut last = maker.document.add_object(form("0 0 1 1 re f", Dictionary::new()));
    for _ in 0..10 {
        let orders = "/X Do ".repeat(60);
        last = maker.document.add_object(form(&orders, dictionary! { "XObject" => dictionary! { "X" => last } }));
    }
    let resources = dictionary! { "XObject" => dictionary! { "X" => last } };
    rejected(&maker.page(SMALL, "/X Do", resources, Dictionary::new()).bytes(), "lob", "a-front.pdf", "endless");
    // A stream that unpacks to a gigabyte of blanks.
    let mut maker = Maker::new();
    let mut bomb = Stream::new(Dictionary::new(), vec![b' '; 200 << 20]);
    bomb.compress().unwrap();
    let id = maker.document.add_object(bomb);
    let bytes = maker.page(SMALL, "", Dictionary::new(), dictionary! { "Contents" => id }).bytes();
    assert!(bytes.len() < 1 << 20);
    rejected(&bytes, "lob", "a-front.pdf", "endless");
    // Good files with bytes changed, and cut off anywhere.
    let mut maker = Maker::new();
    let (resources, orders) = picture(&mut maker, [40, 30], [20.0, 200.0, 8.0, 6.0], 7);
    let whole =
        maker.page(SMALL, &format!("{orders} q 1 0 0 1 0 0 cm 30 250 m 60 260 l S Q"), resources, Dictionary::new()).bytes();
    let mut state = 1_u64;
    for round in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..=round % 5 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = (state >> 33) as usize % bytes.len();
            bytes[at] = (state >> 20) as u8;
        }
        told(&bytes, "lob", "a-back.pdf");
        told(&whole[..whole.len() * round / 400], "lob", "a-back.pdf");
    }
    for nonsense in [
        "1e999 0 0 1e999 0 0 cm 1 1 m 9 9 l S",
        "q ".repeat(100_000).as_str(),
        "[".repeat(100_000).as_str(),
        "-1e9 -1e9 2e9 2e9 re f 0 0 0 0 0 0 cm 0 0 1 1 re B",
    ] {
        told(&Maker::new().page(SMALL, nonsense, Dictionary::new(), Dictionary::new()).bytes(), "lob", "a-back.pdf");
    }
}

#[test]
fn lists_that_a_spreadsheet_has_spoilt_are_found() {
    let head = "name,company,address_line1,address_line2,address_city,address_state,address_zip,address_country,card";
    let mut list = String::from(head);
    write!(list, "\nAna,,1 Elm St,,Hoboken,NJ,07030,US,a\nTom,,2 Elm St,,Hoboken,NJ,7030,US,b\n=1+1,,3 Elm St,,Hoboken,NJ,07030-0001,US,c\n").unwrap();
    let found = told(list.as_bytes(), "lob", "addresses.csv");
    assert_eq!(rules(&found), ["list", "formula"], "{found:?}");
    assert!(found[0].message.contains("line 3: `7030` is no ZIP code; was it 07030"), "{found:?}");
    assert!(told(list.replace(",7030,", ",07030,").replace("=1+1", "\u{a0}=1+1").as_bytes(), "lob", "addresses.csv").is_empty());
    let found = told(b"{\"idempotency_key\":\"a\",\"body\":{}}\nno\n", "lob", "requests.jsonl");
    assert!(found.iter().any(|f| f.message.contains("line 2: this is no JSON")) && found.len() > 3, "{found:?}");
}

#[test]
fn a_side_that_is_not_known_is_asked_for() {
    let bytes = Maker::new().page(SMALL, "300 100 20 20 re f", Dictionary::new(), Dictionary::new()).bytes();
    let found = told(&bytes, "lob", "card.pdf");
    assert!(rules(&found).is_empty() && found[0].help.contains("--side front"), "{found:?}");
    let lob = Service::named("lob").unwrap();
    let asked = Asked { service: &lob, size: lob.size(Some("4x6")).ok(), side: Some(Side::Back), name: "card.pdf" };
    assert_eq!(rules(&check(&bytes, &asked)), ["zone"]);
}
