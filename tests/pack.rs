//! Packs: Lob's own contract accepts what is sent, and the reserved corner stays white whatever the note.

use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::{Value, json};
use wetink::card::{Art, Card, Faces, Imprint, Look, Making, Misfit, Sign, Writing};
use wetink::hand::{BLUE, Hands, Refusal, Way};
use wetink::letter::{About, BUNDLED, Design, Letters, Tongue};
use wetink::measure::{Affine, Rect};
use wetink::out::pack::fields::{Party, recipient, sender};
use wetink::out::pack::{Format, Service, request};
use wetink::out::png;
use wetink::page::{Item, Page};
use wetink::person::Address;
use wetink::stock::Panel;
use wetink::typeset::TypeCase;

fn postcard() -> Validator {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/lob/lob-postcard-request.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn address(street: &[&str], city: &str, region: &str, postcode: &str, country: &str) -> Address {
    Address {
        organisation: String::new(),
        street: street.iter().map(|s| (*s).to_owned()).collect(),
        city: city.into(),
        region: region.into(),
        postcode: postcode.into(),
        country: country.into(),
    }
}

fn party(name: &str, address: Address) -> Party<'static> {
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    Party { id: "ana-lopez", name: name.into(), title: String::new(), first: first.into(), last: last.into(), address }
}

/// The body wetink sends for somebody.
fn body(service: &Service, size: &Format, to: &Party<'_>, url: Option<&str>) -> Value {
    let shop = Party { id: "", ..party("Hill Shoes", address(&["8 Main Street"], "Springfield", "IL", "62701", "US")) };
    let from = sender(service, &shop, "US").unwrap();
    let mut card = recipient(service, size, to, "US").unwrap();
    card.insert("card", "ana-lopez-birthday-2026".into());
    card.insert("size", size.name.clone());
    card.insert("service_size", size.service_size().to_owned());
    card.insert("note", "Ana, the boots.".into());
    for part in ["front", "back", "file"] {
        let path = request::path(&format!("ana-lopez-birthday-2026-{part}.pdf"));
        card.insert(part, url.map_or_else(|| path.clone(), |url| format!("{url}/{path}")));
    }
    let line = request::line(service.request.as_ref().unwrap(), &card, Some(&from), &[]);
    assert_eq!(line["idempotency_key"], "ana-lopez-birthday-2026");
    line["body"].clone()
}

fn people() -> Vec<Party<'static>> {
    let mut all = vec![
        party("Ana López", address(&["1 Elm St"], "Hoboken", "NJ", "07030", "US")),
        party("Tom Reed", address(&["1 Elm St", "Apt 4", "Back door"], "Austin", "tx", "73301-0001", "")),
        party("Cher", address(&["PO Box 1"], "Adjuntas", "PR", "00601", "USA")),
        party("Zoë Łukasik", address(&["2 Abbey View"], "London", "", "SW1A 1AA", "United Kingdom")),
        party("Jean Roy", address(&["10 Queen St"], "Ottawa", "ON", "K1P 1J1", "CA")),
        party("Shane Byrne", address(&["1 Quay"], "Galway", "County Galway", "", "IE")),
        party("Kai Wong", address(&["1 Nathan Road"], "Kowloon", "KOWLOON", "", "HK")),
        party("Jürgen Groß", address(&["Hauptstraße 5"], "Köln", "", "50667", "DE")),
    ];
    all[0].address.organisation = "Quay & Sons \"Ltd\"".into();
    all
}

#[test]
fn lobs_own_contract_accepts_every_request_and_so_do_we() {
    let (schema, lob) = (postcard(), Service::named("lob").unwrap());
    for size in &lob.sizes {
        for to in people().iter().filter(|to| size.abroad || matches!(to.address.country.as_str(), "US" | "USA" | "")) {
            for url in [None, Some("https://cards.hill-shoes.example/2026-12")] {
                let body = body(&lob, size, to, url);
                let said: Vec<String> = schema.iter_errors(&body).map(|e| format!("{}: {e}", e.instance_path())).collect();
                assert!(said.is_empty(), "{body:#}\n{said:#?}");
                assert_eq!(request::problems(&lob, &body), Vec::<String>::new(), "{body:#}");
            }
        }
    }
}

#[test]
fn wrong_requests_are_refused_by_us_and_by_lobs_contract() {
    let (schema, lob) = (postcard(), Service::named("lob").unwrap());
    let small = lob.size(None).unwrap();
    let right = body(&lob, small, &people()[0], None);
    let abroad = body(&lob, small, &people()[4], None);
    let long = "x".repeat(65);
    let changes: Vec<(&str, &str, Value)> = vec![
        ("no front", "/front", Value::Null),
        ("no back", "/back", Value::Null),
        ("nobody", "/to", Value::Null),
        ("a name for an address", "/to", json!("Ana López")),
        ("a wrong id", "/to", json!("adr-1")),
        ("a size Lob has not", "/size", json!("5x7")),
        ("a size as PostGrid has it", "/size", json!("6x4")),
        ("a use type Lob has not", "/use_type", json!("birthday")),
        ("a path with a blank", "/front", json!("ana front.pdf")),
        ("a path with a hyphen", "/front", json!("ana-front.pdf")),
        ("a text file", "/back", json!("back.txt")),
        ("an address without https", "/front", json!("http//x?y.pdf")),
        ("a number for a drawing", "/front", json!(1)),
        ("a description without end", "/description", json!("x".repeat(256))),
        ("a class of mail Lob has not", "/mail_type", json!("usps_second_class")),
        ("metadata that are no texts", "/metadata", json!({ "card": 7 })),
        ("a name of 41", "/to/name", json!("x".repeat(41))),
        ("a company of 41", "/to/company", json!("x".repeat(41))),
        ("a line of 65", "/to/address_line1", json!(long)),
        ("a second line of 65", "/to/address_line2", json!(long)),
        ("a town of 201", "/to/address_city", json!("x".repeat(201))),
        ("no first line", "/to/address_line1", Value::Null),
        ("no town", "/to/address_city", Value::Null),
        ("no state", "/to/address_state", Value::Null),
        ("a state in full", "/to/address_state", json!("New Jersey")),
        ("a state of digits", "/to/address_state", json!("07")),
        ("no ZIP code", "/to/address_zip", Value::Null),
        ("a ZIP code that lost its zero", "/to/address_zip", json!("7030")),
        ("a ZIP code as a number", "/to/address_zip", json!(7030)),
        ("half of a ZIP+4", "/to/address_zip", json!("07030-12")),
        ("a country in full", "/to/address_country", json!("United States")),
        ("a sender without a state", "/from/address_state", Value::Null),
        ("a sender with a short ZIP code", "/from/address_zip", json!("6270")),
        ("a sender abroad", "/from/address_country", json!("GB")),
        ("a sender's name of 41", "/from/name", json!("x".repeat(41))),
    ];
    assert!(changes.len() >= 20);
    for (what, at, value) in changes {
        let mut wrong = right.clone();
        change(&mut wrong, at, value);
        assert!(!schema.is_valid(&wrong), "Lob's contract accepts {what}: {wrong:#}");
        assert!(!request::problems(&lob, &wrong).is_empty(), "we accept {what}: {wrong:#}");
    }
    for (what, at, value) in [
        ("postcode and state together", "/to/address_state", json!("ON")),
        ("neither postcode nor state", "/to/address_zip", Value::Null),
        ("a country there isn't", "/to/address_country", json!("XX")),
        ("no first line abroad", "/to/address_line1", Value::Null),
        ("a postcode of 41", "/to/address_zip", json!("1".repeat(41))),
    ] {
        let mut wrong = abroad.clone();
        change(&mut wrong, at, value);
        assert!(!schema.is_valid(&wrong), "Lob's contract accepts {what} abroad: {wrong:#}");
        assert!(!request::problems(&lob, &wrong).is_empty(), "we accept {what} abroad: {wrong:#}");
    }
    let mut nobody = right;
    change(&mut nobody, "/to/name", Value::Null);
    change(&mut nobody, "/to/company", Value::Null);
    assert!(!schema.is_valid(&nobody) && !request::problems(&lob, &nobody).is_empty());
}

/// Sets a value, or takes it away.
fn change(body: &mut Value, at: &str, value: Value) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    let object = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        object.remove(key);
    } else {
        object.insert(key.to_owned(), value);
    }
}

#[test]
fn every_service_takes_its_own_requests() {
    for name in ["postgrid", "thanksio", "stannp", "handwrytten"] {
        let service = Service::named(name).unwrap();
        for size in service.sizes.iter().filter(|s| s.to.iter().any(|c| c == "US")) {
            let body = body(&service, size, &people()[0], None);
            assert_eq!(request::problems(&service, &body), Vec::<String>::new(), "{name} {body:#}");
            assert!(body.to_string().contains("07030"), "{body}");
        }
    }
}

fn case() -> &'static TypeCase {
    static CASE: OnceLock<TypeCase> = OnceLock::new();
    CASE.get_or_init(|| TypeCase::shipped().unwrap())
}

/// A note of so many words, made of letters that reach far.
fn note(seed: u64, words: usize) -> String {
    const WORDS: [&str; 16] = [
        "fjord", "quay", "why", "gypsy", "Joffrey", "laughing", "boots", "to", "a", "jolly", "façade", "fluffy", "yes,", "gq",
        "ffy", "Qf",
    ];
    let mut state = seed;
    let mut next = || {
        state = wetink::face::stir(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        state
    };
    let mut text = String::from("Ana, ");
    for at in 0..words {
        text += WORDS[(next() % 16) as usize];
        text += if at % 17 == 16 { "\n" } else { " " };
    }
    text.trim().to_owned()
}

fn drawn(service: &Service, size: &Format, seed: u64, words: usize, hand: &str) -> Result<Faces, Misfit> {
    static LETTERS: OnceLock<Letters> = OnceLock::new();
    static HANDS: OnceLock<Hands> = OnceLock::new();
    let hands = HANDS.get_or_init(|| Hands::load(None).unwrap());
    let letters = LETTERS.get_or_init(|| Letters::load(&BUNDLED, None).unwrap());
    let names = ["birthday", "thank-you"];
    let letter = letters.for_occasion(names[(seed % 2) as usize], Tongue::American).unwrap();
    let ps = if seed.is_multiple_of(3) { "the red laces you wanted are in" } else { "" };
    let card = Card {
        number: 0,
        initials: String::new(),
        dressed: letter.dress(&About::sample(Tongue::American), !ps.is_empty()).unwrap(),
        sober: letter.sober,
        note: note(seed, words),
        ps: ps.into(),
        art: Art::Drawn(Look { design: Design::Hills, palette: 1, seed }),
        seed,
    };
    let imprint = Imprint {
        shop: "Hill & Daughter Shoes of Springfield".into(),
        answer: vec!["Ring 215 555 0100, Tuesday to Saturday, 9 to 5".into()],
        address: Vec::new(),
        logo: None,
    };
    let frame = size.frame(service);
    let making = Making {
        case: case(),
        writing: Writing::Printed(hands.find(hand).unwrap(), Way::natural(BLUE)),
        sign: Sign::Written("Joan".into()),
        imprint: &imprint,
        form: frame.stock.form,
        panel: frame.stock.panel,
        blocked: frame.blocked,
        margin: frame.margin,
        bleed: frame.bleed,
    };
    card.draw(&making)
}

/// Dark dots at 300 to the inch in a part of the page.
fn dark(page: &Page, part: Rect) -> usize {
    let at = Affine::translate(-part.origin().to_vec2());
    let window =
        Page { items: vec![Item::Placed { drawing: Arc::new(page.items.clone()), at, clip: None }], ..Page::new(part.size()) };
    png::ink(&window, 300.0).unwrap().inked(part.size().to_rect())
}

#[test]
fn the_reserved_corner_and_the_edge_stay_white_for_200_notes_on_each_size() {
    let lob = Service::named("lob").unwrap();
    std::thread::scope(|scope| {
        for size in &lob.sizes {
            scope.spawn(|| stays_white(&lob, size));
        }
    });
}

fn stays_white(lob: &Service, size: &Format) {
    let hands = ["Nothing You Could Do", "Reenie Beanie", "Mynerve", "La Belle Aurore"];
    let (mut written, mut refused) = (0, 0);
    let (zone, safe, whole) = (size.zone().unwrap(), size.safe(), size.page().to_rect());
    for seed in 0..200_u64 {
        let words = [3, 12, 25, 40, 60, 90, 140][(seed % 7) as usize];
        let faces = match drawn(lob, size, seed, words, hands[(seed % 4) as usize]) {
            Ok(faces) => faces,
            Err(Misfit::Note(Refusal::Overflow(over))) => {
                assert!(over.lines > 0 || over.wide.is_some());
                refused += 1;
                continue;
            }
            Err(other) => panic!("{other:?}"),
        };
        written += 1;
        let page = size.side(&faces.panels[&Panel::Written]);
        assert_eq!(dark(&page, zone), 0, "{} seed {seed}: ink in the reserved corner", size.name);
        for edge in [
            Rect::new(whole.x0, whole.y0, whole.x1, safe.y0),
            Rect::new(whole.x0, safe.y1, whole.x1, whole.y1),
            Rect::new(whole.x0, safe.y0, safe.x0, safe.y1),
            Rect::new(safe.x1, safe.y0, whole.x1, safe.y1),
        ] {
            assert_eq!(dark(&page, edge), 0, "{} seed {seed}: ink outside the safe area", size.name);
        }
        assert!(dark(&page, Rect::new(safe.x0, safe.y0, safe.x1, zone.y0)) > 100, "the note is there");
    }
    eprintln!("{}: {written} notes drawn, {refused} refused as too long", size.name);
    assert!(written > 60 && (size.name != "4x6" || refused > 10), "{}: {written} written, {refused} refused", size.name);
}
