//! Taking back: every verb that changes the ledger, then `undo`, then the ledger as it was before, to the byte.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::builder::Shop;

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";
const ZOE: &str = "Zoë, the green wellingtons came on the lorry from Leeds and I hid them under the till for you.";

/// Every verb that changes the ledger, in the order of a shop's first month. `@` runs a command whose taking back isn't looked at.
const CHANGING: [&str; 32] = [
    "import people.csv",
    "import more.csv --yes",
    "import till.csv --as touches",
    "import past.csv --as cards",
    "person add 'Ann Lee' --birthday 02-29 --email lee@example.com",
    "person add 'Bob Lee' --new",
    "@person add 'Ann Lee' --birthday 02-29 --email lee@example.com",
    "@person add 'Bob Lee'",
    "person edit tom-reed --name 'Thomas Reed' --birthday none --phone '01947 1' --street '1 Hill' --city Leeds",
    "person status zoe-lukasik do-not-contact",
    "person household ann-lee bob-lee --as 'Ann and Bob Lee'",
    "@person household ann-lee bob-lee --as 'Ann and Bob Lee'",
    "person household ann-and-bob-lee --as 'The Lees'",
    "person status bob-lee deceased",
    "person merge ana-lopez tom-reed",
    "@person merge henrik-sorensen new-person",
    "person split new-person",
    "log tom-reed promise laces --until 2026-12-01",
    "@log tom-reed promise laces --until 2026-12-01",
    "log tom-reed call 'they are in' --close promise",
    "log 'Cy Fox' enquiry",
    "ledger import theirs.jsonl",
    "@person edit ana-lopez --street '4 Quay Street' --postcode 'YO21 1PU'",
    "pack postgrid",
    "print",
    "@print",
    "print --again ana-lopez-birthday-2026",
    "posted --by Joan",
    "@posted",
    "returned tom-reed --reason moved",
    "answered ana-lopez 'rang' --learned 'moves to Leeds'",
    "returned zoe-lukasik --reason deceased",
];

/// Verbs that change nothing in the ledger, or nothing that was there before, or what `undo` itself says can't come back.
const OTHERS: [&str; 23] = [
    "demo",
    "init",
    "due",
    "write",
    "check",
    "preview",
    "labels",
    "envelopes",
    "status",
    "remind",
    "hands",
    "stocks",
    "letters",
    "test-page",
    "undo",
    "doctor",
    "backup",
    "restore",
    "completions",
    "man",
    "preflight",
    "person show",
    "help",
];

/// The export as objects; of what happened in the world, what was corrected is left out with its correction, and so are void
/// batches: their numbers stay used.
fn state(shop: &Shop) -> Vec<Value> {
    let export = shop.run(&["ledger", "export"]).ok().out;
    let mut lines: Vec<Value> = export.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    lines.retain(|line| line["batch"]["state"] != "void");
    for line in &mut lines {
        let Some(events) = line.get_mut("card").and_then(|c| c["events"].as_array_mut()) else { continue };
        while let Some(at) = events.iter().position(|e| e["what"] == "corrected") {
            let said = events.remove(at)["text"].as_str().unwrap().to_owned();
            let undone = events[..at].iter().rposition(|e| {
                said == format!("not {} on {} after all", e["what"].as_str().unwrap(), e["day"].as_str().unwrap())
            });
            events.remove(undone.unwrap_or_else(|| panic!("{said} corrects nothing")));
        }
    }
    lines
}

/// What is due, as it is told, is what the touches say when no history is packed: today, and on days far from it.
fn due_is_what_happened(shop: &Shop, line: &str) {
    assert_eq!(shop.count("SELECT count(*) FROM story WHERE marks IS NULL"), 0, "{line}: every history is packed");
    let bare = Shop::empty();
    for file in ["wetink.toml", "ledger.db", "notes/2026-12.md"] {
        std::fs::create_dir_all(bare.file("notes")).unwrap();
        std::fs::copy(shop.file(file), bare.file(file)).unwrap();
    }
    bare.sql("UPDATE story SET marks = NULL").unwrap();
    for today in ["2026-11-21", "2026-12-01", "2027-06-01"] {
        let told = |shop: &Shop| {
            ["due", "status"].map(|verb| {
                let said = shop.command(&[verb, "--json"]).env("WETINK_TODAY", today).output().unwrap();
                assert!(said.status.success(), "{line}");
                said.stdout
            })
        };
        assert_eq!(told(shop), told(&bare), "{line}, on {today}");
    }
    assert!(bare.count("SELECT count(*) FROM story WHERE marks IS NULL") > 0, "looking changes nothing");
}

#[test]
fn every_changing_verb_can_be_taken_back() {
    let shop = Shop::new();
    shop.write("people.csv", crate::builder::PEOPLE);
    shop.write("more.csv", "name,e-mail,city,notes\nAna López,ana@example.com,Leeds,keeps bees\nNew Person,,York,\n");
    shop.write("till.csv", "who,kind,date,text\nTom Reed,purchase,2026-10-01,heels\nDi Orr,visit,2026-10-02,\n");
    shop.write(
        "past.csv",
        "to,occasion,date,note\nana-lopez,birthday,2024-12-12,The red laces went to Porto without you we hear\n",
    );
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", TOM), ("zoe-lukasik", ZOE)]);
    let theirs = Shop::with_people();
    theirs.run(&["log", "ana", "talk", "said in the other shop"]).ok();
    theirs.run(&["person", "edit", "zoe", "--email", "zoe@example.com"]).ok();
    shop.write("theirs.jsonl", theirs.run(&["ledger", "export"]).ok().out);
    let mut tried: BTreeSet<String> = BTreeSet::new();
    for line in CHANGING {
        let (kept, typed) = line.strip_prefix('@').map_or((false, line), |rest| (true, rest));
        let words = shlex::split(typed).unwrap();
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        let before = state(&shop);
        shop.run(&args).ok();
        let after = state(&shop);
        assert_ne!(before, after, "{line} changes something");
        tried.insert(args[0].to_owned());
        if shop.count("SELECT count(*) FROM story") > 0 {
            due_is_what_happened(&shop, line);
        }
        if kept {
            continue;
        }
        let listed = shop.run(&["undo", "--list"]).ok().out;
        assert!(listed.lines().next().unwrap().contains(&format!("wetink {}", args[0])), "{line}: {listed}");
        shop.run(&["undo", "--yes"]).ok();
        assert_eq!(state(&shop), before, "{line}, then undo");
        assert_eq!(shop.count("SELECT count(*) FROM story WHERE marks IS NULL"), 0, "{line}, then undo");
        let again = typed.starts_with("import") || typed.starts_with("ledger");
        if again {
            shop.run(&args).ok();
            assert_eq!(state(&shop), after, "{line}, undone and done again");
        }
    }
    shop.run(&["doctor"]).ok();
    let verbs: Vec<String> = wetink::cli::command().get_subcommands().map(|c| c.get_name().to_owned()).collect();
    let silent: Vec<&String> = verbs.iter().filter(|v| !tried.contains(*v) && !OTHERS.contains(&v.as_str())).collect();
    assert!(silent.is_empty(), "say in tests/shop/undo.rs whether {silent:?} change the ledger");
}

#[test]
fn what_several_commands_did_is_taken_back_one_by_one() {
    let shop = Shop::with_people();
    let mut states = vec![state(&shop)];
    for args in [
        &["log", "ana", "visit", "sandals"][..],
        &["person", "edit", "tom", "--called", "Tommy"],
        &["person", "status", "zoe", "deceased"],
        &["person", "merge", "ana", "tom"],
    ] {
        shop.run(args).ok();
        states.push(state(&shop));
    }
    while let Some(now) = states.pop() {
        assert_eq!(state(&shop), now);
        if !states.is_empty() {
            shop.run(&["undo", "--yes"]).ok();
        }
    }
}
