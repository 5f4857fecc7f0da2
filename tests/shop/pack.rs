//! Packs for postcard services: made whole or not at all, the same twice, logged once, and nobody in them who must not be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::builder::Shop;

const AMERICANS: &str = "\
Given name,Family name,Birthday,Street,City,State,Postal code,Country
Ana,López,1980-12-12,4 Quay Street,Hoboken,NJ,07030,US
Tom,Reed,12-14,19 Church Lane,Austin,TX,73301,US
Zoë,Łukasik,2000-12-20,2 Abbey View,London,,SW1A 1AA,GB
";
const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";
const ZOE: &str = "Zoë, the attic window is mended and the pigeons have moved in next door.";

/// A shop in Illinois with three people and two notes.
fn american() -> Shop {
    let shop = Shop::empty();
    shop.run(&[
        "init",
        "--name",
        "Hill Shoes",
        "--signs",
        "Joan",
        "--answer",
        "Ring 215 555 0100, Tue to Sat",
        "--country",
        "US",
        "--street",
        "8 Main Street",
        "--city",
        "Springfield",
        "--region",
        "IL",
        "--postcode",
        "62701",
    ])
    .ok();
    shop.write("people.csv", AMERICANS);
    shop.run(&["import", "people.csv"]).ok();
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop
}

#[test]
fn a_sender_the_service_does_not_take_is_called_so() {
    let shop = Shop::empty();
    shop.run(&["init", "--name", "Quay Shoes", "--answer", "Ring 01947 555 010", "--country", "GB"]).ok();
    shop.write("people.csv", AMERICANS);
    shop.run(&["import", "people.csv"]).ok();
    shop.notes(&[("zoe-lukasik", ZOE)]);
    let said = shop.run(&["pack", "lob"]).ended(3);
    assert!(said.err.contains("[sender]") && !said.err.contains("[do-not-send]"), "{}", said.err);
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|_| panic!("{} is there", folder.display())).map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), fs::read(e.path()).unwrap())).collect()
}

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn every_service_gets_its_folder_and_its_own_preflight_passes() {
    for (service, names) in [
        (
            "lob",
            &["ana-lopez-birthday-2026-front.pdf", "ana-lopez-birthday-2026-back.pdf", "requests.jsonl", "addresses.csv"][..],
        ),
        ("postgrid", &["ana-lopez-birthday-2026.pdf", "requests.jsonl", "addresses.csv"]),
        ("thanksio", &["ana-lopez-birthday-2026-front.png", "messages.csv", "requests.jsonl", "addresses.csv"]),
        ("stannp", &["ana-lopez-birthday-2026-front.pdf", "ana-lopez-birthday-2026-back.pdf", "requests.jsonl", "addresses.csv"]),
        ("click2mail", &["cards.pdf", "batch.xml", "addresses.csv"]),
        ("handwrytten", &["ana-lopez-birthday-2026-front.png", "messages.csv", "requests.jsonl", "addresses.csv"]),
    ] {
        let shop = american();
        let said = shop.run(&["pack", service]).ok();
        let folder = shop.file(&format!("out/{service}-2026-12-a"));
        assert!(said.out.trim().ends_with(&format!("{service}-2026-12-a")), "{}", said.out);
        let there = files(&folder);
        for name in names.iter().chain(&["README.txt", "CHECKSUMS.txt", "addresses.xml"]) {
            assert!(there.contains_key(*name), "{service}: {name} in {:?}", there.keys());
        }
        let list = String::from_utf8(there["CHECKSUMS.txt"].clone()).unwrap();
        assert_eq!(list.lines().count(), there.len() - 1);
        for line in list.lines() {
            let (hash, name) = line.split_once("  ").unwrap();
            assert_eq!(sum(&there[name]), hash, "{service}: {name}");
        }
        assert!(String::from_utf8_lossy(&there["addresses.csv"]).contains(",07030,"));
        let said = shop.run(&["preflight", &format!("out/{service}-2026-12-a"), "--for", service]).ok();
        assert!(!said.err.contains("warning") && !said.err.contains("rejected"), "{service}: {}", said.err);
        // Logged by the service, once, and known to the doctor.
        assert_eq!(shop.count(&format!("SELECT count(*) FROM card_event WHERE what = 'printed' AND by = '{service}'")), 2);
        shop.run(&["doctor"]).ok();
        #[cfg(unix)]
        for name in there.keys() {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
        if service == "click2mail" {
            let xml = String::from_utf8_lossy(&there["batch.xml"]).into_owned();
            assert!(xml.contains("<startingPage>3</startingPage>") && xml.contains("<postalCode>07030</postalCode>"), "{xml}");
        }
        if service == "thanksio" {
            let picture = image::load_from_memory(&there["ana-lopez-birthday-2026-front.png"]).unwrap();
            assert_eq!((picture.width(), picture.height()), (1875, 1275));
            assert!(String::from_utf8_lossy(&there["messages.csv"]).contains("tram driver.\n\nJoan"));
        }
    }
}

#[test]
fn a_pack_made_twice_is_the_same_and_logged_once() {
    let shop = american();
    shop.run(&["pack", "lob"]).ok();
    let folder = shop.file("out/lob-2026-12-a");
    let first = files(&folder);
    let logged = shop.run(&["ledger", "export"]).ok().out;
    let said = shop.run(&["pack", "lob"]).ok();
    assert!(said.err.contains("is there already, and whole"), "{}", said.err);
    // Spoilt, it is made again as it was; gone, too.
    fs::write(folder.join("addresses.csv"), "x").unwrap();
    assert!(shop.run(&["doctor"]).ended(4).err.contains("out/lob-2026-12-a/addresses.csv is gone or not the file"));
    assert!(shop.run(&["pack", "lob"]).ok().err.contains("made again as it was"));
    assert_eq!(files(&folder), first);
    fs::remove_dir_all(&folder).unwrap();
    shop.run(&["pack", "lob"]).ok();
    assert_eq!(files(&folder), first);
    assert_eq!(shop.run(&["ledger", "export"]).ok().out, logged, "nothing was logged again");
    // Elsewhere, from the same words, the same bytes.
    let other = american();
    other.run(&["pack", "lob"]).ok();
    assert_eq!(files(&other.file("out/lob-2026-12-a")), first);
    // Another address makes another pack, and only if that is wanted.
    shop.run(&["person", "edit", "ana", "--street", "5 Quay Street"]).ok();
    let said = shop.run(&["pack", "lob"]).ended(3);
    assert!(said.err.contains("made from other addresses") && said.err.contains("--again"), "{}", said.err);
    shop.run(&["pack", "lob", "--again"]).ok();
    assert!(String::from_utf8_lossy(&files(&shop.file("out/lob-2026-11-a"))["addresses.csv"]).contains("5 Quay Street"));
    assert_eq!(shop.count("SELECT count(*) FROM card"), 2);
    assert_eq!(shop.count("SELECT count(*) FROM card_event WHERE what = 'reprinted'"), 2);
    shop.run(&["doctor"]).ok();
    // A card added later goes into a pack of its own.
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", TOM), ("zoe-lukasik", ZOE)]);
    shop.run(&["pack", "lob"]).ok();
    let requests = String::from_utf8(files(&shop.file("out/lob-2026-12-b"))["requests.jsonl"].clone()).unwrap();
    let line: serde_json::Value = serde_json::from_str(requests.trim()).unwrap();
    assert_eq!(line["idempotency_key"], "zoe-lukasik-birthday-2026");
    assert_eq!(line["body"]["to"]["address_zip"], "SW1A 1AA");
    assert!(line["body"]["to"].get("address_state").is_none() && line["body"]["from"]["address_zip"] == "62701");
}

#[test]
fn nobody_gets_a_card_through_a_service_who_would_get_none_at_home() {
    for (status, said) in [("deceased", "has died"), ("objected", "asked not to be written to"), ("moved", "comes back")] {
        let shop = american();
        shop.run(&["person", "status", "ana", status]).ok();
        let told = shop.run(&["pack", "lob"]).ended(3);
        assert!(told.err.contains(said), "{}", told.err);
        for (name, bytes) in files(&shop.file("out/lob-2026-12-a")) {
            assert!(!name.contains("ana") && !String::from_utf8_lossy(&bytes).contains("Quay"), "{name}");
        }
    }
    let shop = american();
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", &ANA.replace("Ana", "Tom"))]);
    let told = shop.run(&["pack", "lob"]).ended(3);
    assert!(told.err.contains("[duplicate] tom-reed") || told.err.contains("[templated] tom-reed"), "{}", told.err);
    // After the pack was made, too.
    let shop = american();
    shop.run(&["pack", "lob"]).ok();
    shop.run(&["person", "status", "ana", "deceased"]).ok();
    assert!(shop.run(&["pack", "lob"]).ok().err.contains("must not get a card any more"));
}

#[test]
fn a_bad_address_and_a_long_note_say_what_to_edit() {
    let shop = american();
    shop.run(&["person", "edit", "ana", "--postcode", "7030"]).ok();
    let told = shop.run(&["pack", "lob"]).ended(3);
    assert!(told.err.contains("was it 07030") && told.err.contains("wetink person edit ana-lopez --postcode"), "{}", told.err);
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1, "Tom's is packed");
    let shop = american();
    shop.notes(&[("zoe-lukasik", ZOE)]);
    let told = shop.run(&["pack", "lob", "--size", "6x9"]).ended(3);
    assert!(told.err.contains("--size 4x6"), "{}", told.err);
    assert!(!shop.file("out/lob-2026-12-a").exists());
    let long = "The brave tailor by the cellar window kept asking about the narrow boots and their silver laces, Ana. ".repeat(7);
    shop.notes(&[("ana-lopez", &long)]);
    let told = shop.run(&["pack", "lob"]).ended(3);
    assert!(told.err.contains("lines (") && told.err.contains("too long; there is room for"), "{}", told.err);
    let told = shop.run(&["pack", "thanksio"]).ended(3);
    assert!(told.err.contains("characters") && told.err.contains("thanks.io takes 300"), "{}", told.err);
    assert!(shop.run(&["pack", "lob", "--size", "6x11"]).code == Some(0), "a larger card holds it");
    assert!(shop.run(&["pack", "lobb"]).ended(2).err.contains("did you mean lob?"));
    shop.run(&["pack", "lob", "--url", "http://x"]).ended(2);
}

#[test]
fn the_services_numbers_go_into_the_history() {
    let shop = american();
    shop.run(&["pack", "lob"]).ok();
    shop.run(&["posted", "ana-lopez-birthday-2026", "--ref", "psc_1234"]).ok();
    let shown = shop.run(&["person", "show", "ana"]).ok().out;
    assert!(shown.contains("printed 21 Nov 2026 by lob") && shown.contains("(psc_1234)"), "{shown}");
    shop.write("refs.csv", "card,ref\r\nana-lopez-birthday-2026,psc_1234\r\ntom-reed-birthday-2026,\"psc_9\"\r\n");
    assert!(shop.run(&["posted", "--refs", "refs.csv"]).ok().err.contains("1 card posted"));
    assert!(shop.run(&["posted", "--refs", "refs.csv"]).ok().err.contains("Nothing new"));
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted'"), 2);
    shop.write("refs.csv", "card,ref\nnobody,psc_1\n");
    assert!(shop.run(&["posted", "--refs", "refs.csv"]).ended(1).err.contains("line 2"));
    shop.run(&["posted", "2026-12-a", "--ref", "x"]).ended(2);
    // Labels are for what is printed here.
    shop.run(&["labels", "2026-12-a"]).ended(2);
}

#[test]
fn whoever_is_erased_is_told_to_be_in_a_pack_too() {
    let shop = american();
    shop.run(&["pack", "lob"]).ok();
    let said = shop.run(&["person", "erase", "ana", "--yes"]).ok();
    for file in ["ana-lopez-birthday-2026-front.pdf", "ana-lopez-birthday-2026-back.pdf", "addresses.csv", "requests.jsonl"] {
        assert!(said.out.contains(&format!("out/lob-2026-12-a/{file}")), "{file}: {}", said.out);
    }
}

/// After the next command every ready batch is whole, nothing else lies in out/, nothing is half.
#[track_caller]
fn holds(shop: &Shop, after: &str) {
    assert_eq!(shop.count("SELECT count(*) FROM batch WHERE state = 'building'"), 0, "{after}");
    assert_eq!(
        shop.count("SELECT count(*) FROM card WHERE batch NOT IN (SELECT n FROM batch WHERE state = 'ready')"),
        0,
        "{after}"
    );
    let ready = shop.count("SELECT count(*) FROM batch WHERE state = 'ready'");
    let entries: Vec<_> = fs::read_dir(shop.file("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(entries.len() as i64, ready, "{after}: {entries:?}");
    shop.run(&["doctor"]).ok();
}

#[test]
fn stopped_at_every_step_a_pack_is_whole_or_not_at_all() {
    let mut finished = 0;
    for step in 1..60 {
        let shop = american();
        shop.notes(&[("ana-lopez", ANA)]);
        let output = shop.command(&["pack", "postgrid"]).env("WETINK_STOP_AT", step.to_string()).output().unwrap();
        if output.status.success() {
            finished = step;
            break;
        }
        let said = shop.run(&["status"]).ok();
        let after = format!("stopped at step {step}; the next command said: {}", said.err);
        shop.run(&["doctor"]).ok();
        holds(&shop, &after);
        shop.run(&["pack", "postgrid"]).ok();
        holds(&shop, &after);
        assert_eq!(shop.count("SELECT count(*) FROM card"), 1, "{after}");
    }
    assert!(finished > 10, "{finished} steps");
}

#[test]
fn undo_puts_a_pack_away_and_the_cards_can_be_printed_at_home() {
    let shop = american();
    shop.run(&["pack", "postgrid"]).ok();
    let said = shop.run(&["undo", "--yes"]).ok();
    assert!(said.err.contains("out/void/postgrid-2026-12-a"), "{}", said.err);
    assert!(shop.file("out/void/postgrid-2026-12-a/README.txt").exists());
    shop.run(&["print"]).ok();
    let said = shop.run(&["pack", "lob"]).ok();
    assert!(said.err.contains("Nothing to pack") && said.err.contains("printed before"), "{}", said.err);
    shop.run(&["doctor"]).ok();
}

#[test]
fn names_cannot_leave_the_folder_nor_run() {
    let shop = american();
    shop.write("evil.csv", "Given name,Family name,Birthday,Street,City,State,Postal code,Country\n../../etc/passwd,=HYPERLINK(1),12-13,@1 Elm St,+Hoboken,NJ,07030,US\n");
    shop.run(&["import", "evil.csv"]).ok();
    let people = shop.run(&["ledger", "export"]).ok().out;
    let id = people
        .lines()
        .find(|l| l.contains("HYPERLINK"))
        .and_then(|l| l.split("\"id\":\"").nth(1))
        .and_then(|l| l.split('"').next())
        .unwrap()
        .to_owned();
    shop.write(
        "notes/2026-12.md",
        format!("# December 2026\n\n## {id} | birthday | x\n\nThe tram driver told us about the red laces and the bakery dog.\n"),
    );
    shop.run(&["pack", "postgrid"]).ok();
    let there = files(&shop.file("out/postgrid-2026-12-a"));
    let list = String::from_utf8(there["addresses.csv"].clone()).unwrap();
    for cell in list.lines().skip(1).flat_map(|l| l.split(',')) {
        assert!(!cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']), "{list}");
    }
    assert!(list.contains("\u{a0}=HYPERLINK(1)") && list.contains("\u{a0}@1 Elm St"), "{list}");
    let request: serde_json::Value = serde_json::from_str(String::from_utf8_lossy(&there["requests.jsonl"]).trim()).unwrap();
    assert_eq!(request["body"]["to"]["addressLine1"], "@1 Elm St", "a program is told as it is");
    assert_eq!(fs::read_dir(shop.file("out")).unwrap().count(), 1);
}
