//! The book: merged and split, erased, taken back, carried to another machine, and guarded against anybody with SQL.

use std::fs;

use crate::builder::Shop;

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";

/// Four people, Ana twice, things that happened, past cards, and a printed batch.
fn lively() -> Shop {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "A. López", "--email", "ana.l@work.example", "--phone", "07700 900123", "--city", "Leeds"]).ok();
    shop.run(&["log", "ana-lopez", "purchase", "walking boots for Lisbon", "--on", "2026-10-03"]).ok();
    shop.run(&["log", "a-lopez", "talk", "asked about sandals"]).ok();
    shop.run(&["log", "tom", "fact", "Ana López is his neighbour"]).ok();
    shop.write(
        "past.csv",
        "to,occasion,date,note,ps\na-lopez,birthday,2024-12-12,\"The red laces went to Porto without you, we hear.\",Bring them back\n\
         tom-reed,thank-you,2025-03-02,\"Your letter box has a new brass flap, and we think it is our doing.\",\n",
    );
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    shop
}

fn export(shop: &Shop) -> String {
    shop.run(&["ledger", "export"]).ok().out
}

#[test]
fn who_was_erased_since_a_copy_is_named_when_it_is_put_back() {
    let shop = Shop::with_people();
    shop.run(&["backup", "before.db"]).ok();
    shop.run(&["person", "erase", "tom-reed", "--yes"]).ok();
    let said = shop.run(&["restore", "before.db"]).ok();
    assert!(
        said.err.contains("erased since that copy was made, and here again: tom-reed; `wetink person erase tom-reed`"),
        "{}",
        said.err
    );
    shop.run(&["backup", "again.db"]).ok();
    let said = shop.run(&["restore", "again.db"]).ok();
    assert!(!said.err.contains("erased since"), "{}", said.err);
}

#[test]
fn merged_people_have_one_history_and_can_be_parted() {
    let shop = lively();
    let before = export(&shop);
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    let merged = export(&shop);
    assert_ne!(before, merged);
    let shown = shop.run(&["person", "show", "ana-lopez"]).ok().out;
    for part in ["walking boots", "asked about sandals", "went to Porto", "tram driver", "07700 900123", "also:"] {
        if part != "07700 900123" {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }
    // The entry that went still finds the one who stays, by id and by its e-mail in a file.
    assert!(shop.run(&["person", "show", "a-lopez"]).ok().out.contains("walking boots"));
    shop.write("again.csv", "name,e-mail,city\nA. López,ANA.L@work.example,York\n");
    let said = shop.run(&["import", "again.csv", "--dry-run"]).ok();
    assert!(said.err.contains("may be ana-lopez: the same e-mail"), "{}", said.err);
    assert_eq!(shop.run(&["status", "--json"]).code, Some(0));
    shop.run(&["undo", "--yes"]).ok();
    assert_eq!(export(&shop), before, "merge, then undo");
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    assert_eq!(export(&shop), merged);
    shop.run(&["person", "split", "a-lopez"]).ok();
    assert_eq!(export(&shop), before, "merge, then split");
    // A change since the merge stays where it was made.
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    shop.run(&["log", "ana", "talk", "since the merge"]).ok();
    shop.run(&["person", "merge", "tom-reed", "ana-lopez"]).ok();
    shop.run(&["person", "split", "ana-lopez"]).ok();
    shop.run(&["person", "split", "a-lopez"]).ok();
    let shown = shop.run(&["person", "show", "ana-lopez"]).ok().out;
    assert!(shown.contains("since the merge") && !shown.contains("sandals") && !shown.contains("postman"), "{shown}");
    shop.run(&["person", "split", "a-lopez"]).ended(1);
    shop.run(&["person", "merge", "ana-lopez", "ana-lopez"]).ended(2);
    shop.run(&["doctor"]).ok();
}

/// Every file in the shop's folder that holds the bytes.
fn holding(shop: &Shop, needle: &str) -> Vec<String> {
    fn walk(folder: &std::path::Path, needle: &[u8], found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                walk(&entry.path(), needle, found);
            } else if fs::read(entry.path()).unwrap().windows(needle.len()).any(|w| w == needle) {
                found.push(entry.file_name().into_string().unwrap());
            }
        }
    }
    let mut found = Vec::new();
    walk(shop.path(), needle.as_bytes(), &mut found);
    found.sort();
    found
}

#[test]
fn erased_leaves_no_byte_in_the_ledger_and_does_not_come_back() {
    let shop = lively();
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    shop.run(&["person", "erase", "ana"]).ended(2);
    let said = shop.run(&["person", "erase", "ana", "--yes"]).ok();
    assert!(said.err.contains("Ana López is erased: 2 cards and 2 things noted"), "{}", said.err);
    assert!(said.err.contains("blotted out in the history of tom-reed"), "{}", said.err);
    for file in ["out/2026-12-a.pdf", "notes/2026-12.md", "people.csv", "backups/ledger-2026-11-21-before-erase.db"] {
        assert!(said.out.lines().any(|l| l == file), "{file} in {}", said.out);
    }
    for needle in [
        "López",
        "ana-lopez",
        "a-lopez",
        "ana@example",
        "work.example",
        "555 101",
        "900123",
        "tram driver",
        "Porto",
        "Quay Street",
    ] {
        let found = holding(&shop, needle);
        assert!(
            !found.iter().any(|f| f.starts_with("ledger.db") || f.starts_with(".wetink") || f.ends_with("-journal")),
            "{needle} is in {found:?}"
        );
    }
    // What she was written belongs to the ledger for ever.
    shop.notes(&[("zoe-lukasik", ANA)]);
    assert!(shop.run(&["check"]).ended(3).err.contains("the card you sent to somebody who was erased"));
    // No file brings her back: by e-mail, by name and postcode, by name alone. A namesake elsewhere may come.
    let said = shop.run(&["import", "people.csv"]).ok();
    assert!(said.err.contains("line 2: this is somebody who was erased"), "{}", said.err);
    shop.write("past.csv", "to,occasion,date,note\nLópez Ana,birthday,2024-12-12,Something else altogether is said here.\n");
    assert!(shop.run(&["import", "past.csv", "--as", "cards"]).ok().err.contains("somebody who was erased"));
    shop.write(
        "new.csv",
        "name,e-mail,postcode\nANA LOPEZ,,yo211pu\nA. Lopez,ana@example.com,\nAna López,other@example.com,M1 1AA\n",
    );
    let said = shop.run(&["import", "new.csv"]).ok();
    assert!(said.err.contains("1 person added") && said.err.contains("line 2") && said.err.contains("line 3"), "{}", said.err);
    shop.run(&["person", "add", "Ana", "López", "--postcode", "YO21 1PU"]).ended(1);
    // Nothing before it can be taken back.
    assert!(!shop.run(&["undo", "--list"]).ok().out.contains("erase"));
    shop.run(&["doctor"]).ok();
}

#[test]
fn erasing_one_of_a_household_takes_the_name_from_it() {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "Ann Lee", "--email", "ann@example.com"]).ok();
    shop.run(&["person", "add", "Bob Lee"]).ok();
    shop.run(&["person", "household", "ann-lee", "bob-lee", "--as", "Ann and Bob Lee"]).ok();
    shop.write(
        "past.csv",
        "to,occasion,date,note\nann-and-bob-lee,thank-you,2024-05-01,Two pairs for one day in June: wear them round the kitchen first.\n\
         ann-and-bob-lee,thank-you,2025-05-01,\"The tiles are for Bob, the stairs are not.\"\n",
    );
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    let said = shop.run(&["person", "erase", "bob-lee", "--yes"]).ok();
    assert!(said.err.contains("written to as Ann Lee now"), "{}", said.err);
    let conn = fs::read(shop.file("ledger.db")).unwrap();
    for needle in ["Bob", "bob-lee", "ann-and-bob"] {
        assert!(!conn.windows(needle.len()).any(|w| w == needle.as_bytes()), "{needle}");
    }
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1);
    shop.run(&["person", "erase", "ann-lee", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household"), 0);
}

#[test]
fn the_dead_are_taken_out_of_the_salutation_and_undo_brings_them_back() {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "Ann Lee"]).ok();
    shop.run(&["person", "add", "Bob Lee"]).ok();
    shop.run(&["person", "household", "ann-lee", "bob-lee", "--as", "Ann and Bob Lee"]).ok();
    let said = shop.run(&["person", "status", "bob-lee", "deceased"]).ok();
    assert!(said.err.contains("written to as Ann Lee now"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation = 'Ann Lee'"), 1);
    shop.run(&["undo", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation = 'Ann and Bob Lee'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE status = 'contact' AND id = 'bob-lee'"), 1);
    shop.run(&["person", "household", "ann-and-bob-lee", "--as", "The Lees"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation = 'The Lees'"), 1);
}

#[test]
fn an_export_of_an_import_is_the_same_file() {
    let shop = lively();
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    shop.run(&["posted", "2026-12-a", "--by", "Joan"]).ok();
    shop.run(&["answered", "ana", "rang", "--learned", "moves to Leeds", "--by", "Joan"]).ok();
    shop.run(&["log", "zoe", "promise", "green laces", "--until", "2026-12-01"]).ok();
    shop.run(&["log", "zoe", "call", "they are in", "--close", "promise"]).ok();
    shop.run(&["person", "add", "Ann Lee", "--anniversary", "1999-05-01", "--called", "Annie", "--language", "de"]).ok();
    shop.run(&["person", "household", "ann-lee", "zoe-lukasik", "--as", "Annie and Zoë"]).ok();
    shop.write(
        "house.csv",
        "to,occasion,date,note\nannie-and-zoe,holiday,2025-12-20,Two scarves were left under the bench and neither is ours\n",
    );
    shop.run(&["import", "house.csv", "--as", "cards"]).ok();
    shop.run(&["person", "status", "henrik", "deceased"]).ok();
    shop.run(&["person", "erase", "tom-reed", "--yes"]).ok();
    let all = export(&shop);
    let begin = all.lines().next().unwrap();
    assert!(begin.starts_with("{\"wetink\":{\"ledger\":") && begin.ends_with("}}"), "{all}");
    for kind in ["suppression", "forgotten", "household", "person", "origin", "batch", "card", "touch"] {
        assert!(all.lines().any(|l| l.starts_with(&format!("{{\"{kind}\":"))), "a {kind} is in it: {all}");
    }
    for part in ["merged_into", "\"closes\":\"promise 2026-11-21\"", "\"until\"", "\"what\":\"answered\"", "\"was\"", "deceased"]
    {
        assert!(all.contains(part), "{part}: {all}");
    }
    let other = Shop::new();
    other.write("all.jsonl", &all);
    other.run(&["ledger", "import", "all.jsonl", "--dry-run"]).ok();
    assert_eq!(export(&other).lines().count(), 1);
    other.run(&["ledger", "import", "all.jsonl"]).ok();
    assert_eq!(export(&other), all, "complete");
    let said = other.run(&["ledger", "import", "all.jsonl"]).ok();
    assert!(said.err.contains("nothing new"), "{}", said.err);
    assert_eq!(export(&other), all, "idempotent");
    // What was promised holds there too.
    other.notes(&[("zoe-lukasik", ANA)]);
    assert!(other.run(&["check"]).ended(3).err.contains("[duplicate]"));
    other.notes(&[("zoe-lukasik", TOM)]);
    assert!(other.run(&["check"]).ended(3).err.contains("the card you sent to somebody who was erased"));
    other.write("tom.csv", "name,e-mail\nTom Reed,tom@example.com\n");
    assert!(other.run(&["import", "tom.csv"]).ok().err.contains("somebody who was erased"));
    // And it can be taken back as one.
    let before = Shop::new();
    before.write("all.jsonl", &all);
    before.run(&["ledger", "import", "all.jsonl"]).ok();
    before.run(&["undo", "--yes"]).ok();
    assert_eq!(before.count("SELECT count(*) FROM card"), 0);
    assert_eq!(before.count("SELECT count(*) FROM person"), 0);
}

#[test]
fn two_machines_exchange_and_nothing_overwrites() {
    let here = Shop::with_people();
    let there = Shop::new();
    there.write("first.jsonl", export(&here));
    there.run(&["ledger", "import", "first.jsonl"]).ok();
    here.run(&["log", "ana", "talk", "said here"]).ok();
    here.run(&["person", "edit", "tom", "--phone", "111 222 333"]).ok();
    there.run(&["log", "ana", "talk", "said there"]).ok();
    there.run(&["person", "edit", "tom", "--phone", "444 555 666"]).ok();
    there.run(&["person", "edit", "zoe", "--phone", "777 888 999"]).ok();
    here.write("theirs.jsonl", export(&there));
    there.write("ours.jsonl", export(&here));
    let said = here.run(&["ledger", "import", "theirs.jsonl"]).ok();
    assert!(said.err.contains("tom-reed, phone: here 111 222 333, there 444 555 666; ours stays"), "{}", said.err);
    there.run(&["ledger", "import", "ours.jsonl"]).ok();
    for shop in [&here, &there] {
        assert_eq!(shop.count("SELECT count(*) FROM touch"), 2);
        assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'zoe-lukasik' AND phone = '777 888 999'"), 1);
    }
    here.run(&["ledger", "import", "theirs.jsonl"]).ok();
    assert_eq!(here.count("SELECT count(*) FROM touch"), 2);
}

#[test]
fn a_broken_export_is_told_and_the_rest_is_taken() {
    let shop = Shop::new();
    shop.write("no.jsonl", "{\"person\":{}}\n");
    shop.run(&["ledger", "import", "no.jsonl"]).ended(1);
    shop.write("newer.jsonl", "{\"wetink\":{\"ledger\":99}}\n");
    assert!(shop.run(&["ledger", "import", "newer.jsonl"]).ended(1).err.contains("newer wetink"));
    shop.write(
        "torn.jsonl",
        "{\"wetink\":{\"ledger\":2}}\n{\"person\":{\"id\":\"ann\",\"given\":\"Ann\",\"status\":\"hm\"}}\n\
         {\"person\":{\"id\":\"bob\",\"given\":\"Bob\"}}\n{\"card\":{\"id\":\"x\",\"person\":\"bob\",\"batch\":\"none\"}}\n\
         {\"touch\":{\"person\":\"bob\",\"day\":\"soon\",\"kind\":\"talk\"}}\n[1]\n{\"pers",
    );
    let said = shop.run(&["ledger", "import", "torn.jsonl"]).ok();
    for line in [2, 4, 5, 6, 7] {
        assert!(said.err.contains(&format!("line {line}:")), "{line}: {}", said.err);
    }
    assert_eq!(shop.count("SELECT count(*) FROM person"), 1);
}

#[test]
fn undo_takes_back_what_was_typed_and_corrects_what_happened() {
    let shop = Shop::with_people();
    let people = export(&shop);
    shop.write(
        "past.csv",
        "to,occasion,date,note\nNew Person,birthday,2024-05-01,The red laces went to Porto without you we hear\nana-lopez,birthday,2024-12-12,Nobody else laughs at the till as you do\n",
    );
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    shop.run(&["undo"]).ended(2);
    shop.run(&["undo", "--dry-run"]).ok();
    shop.run(&["undo", "--yes"]).ok();
    assert_eq!(export(&shop), people);
    assert_eq!(shop.count("SELECT count(*) FROM fingerprint"), 0, "an import that never was is in nobody's way");
    // The same words are free again.
    shop.notes(&[
        ("ana-lopez", ANA),
        ("tom-reed", "Nobody else laughs at the till as you do, Tom, and the bell over the door agrees."),
    ]);
    shop.run(&["print"]).ok();
    let printed = fs::read(shop.file("out/2026-12-a.pdf")).unwrap();
    shop.run(&["posted", "--on", "2026-11-21"]).ok();
    shop.run(&["undo", "--yes"]).ok();
    let shown = shop.run(&["person", "show", "ana"]).ok().out;
    assert!(shown.contains("posted 21 Nov 2026") && shown.contains("corrected 21 Nov 2026"), "{shown}");
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'printed'"), 2);
    // A print is taken back with its PDF, and its number is not used again.
    let said = shop.run(&["undo", "--yes"]).ok();
    assert!(said.err.contains("batch 2026-12-a is void, its PDF is in out/void/2026-12-a.pdf"), "{}", said.err);
    assert!(fs::read(shop.file("out/void/2026-12-a.pdf")).unwrap() == printed && !shop.file("out/2026-12-a.pdf").exists());
    assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
    shop.run(&["doctor"]).ok();
    shop.run(&["print"]).ok();
    assert!(shop.file("out/2026-12-b.pdf").exists());
    // Once a card is in the post, its note is out.
    shop.run(&["posted", "ana"]).ok();
    let conn = rusqlite::Connection::open(shop.file("ledger.db")).unwrap();
    conn.execute("DELETE FROM operation WHERE n = (SELECT max(n) FROM operation)", []).unwrap();
    drop(conn);
    shop.run(&["undo", "--yes"]).ended(4);
    shop.run(&["doctor", "--accept"]).ok();
    let said = shop.run(&["undo", "--yes"]).ended(3);
    assert!(said.err.contains("was posted"), "{}", said.err);
    let listed = shop.run(&["undo", "--list"]).ok().out;
    assert!(listed.contains("wetink print") && listed.contains("2 cards added"), "{listed}");
}

#[test]
fn undone_one_by_one_the_ledger_is_empty_again() {
    let shop = lively();
    let mut steps = 0;
    while shop.run(&["undo", "--yes"]).code == Some(0) {
        steps += 1;
        shop.run(&["doctor"]).ok();
        assert!(steps < 40);
    }
    assert!(steps >= 6, "{steps}");
    assert_eq!(shop.count("SELECT (SELECT count(*) FROM person) + (SELECT count(*) FROM touch) + (SELECT count(*) FROM card) + (SELECT count(*) FROM origin)"), 0);
}

#[test]
fn the_database_keeps_its_promises_against_anybody() {
    let shop = lively();
    shop.run(&["posted"]).ok();
    shop.run(&["person", "erase", "zoe", "--yes"]).ok();
    for (sql, said) in [
        ("UPDATE card_event SET day = '2020-01-01'", "only added to"),
        ("DELETE FROM card_event", "only added to"),
        (
            "INSERT OR REPLACE INTO card_event (n, card, day, what) SELECT n, card, '2020-01-01', what FROM card_event",
            "only added to",
        ),
        ("UPDATE card SET note = 'another'", "not rewritten"),
        ("UPDATE card SET imported = 0, batch = 1 WHERE imported = 1", "not rewritten"),
        ("DELETE FROM card", "not deleted"),
        (
            "INSERT OR REPLACE INTO card (n, id, person, occasion, key, day, state, note, imported) SELECT n, id, person, occasion, key, day, state, 'x', 1 FROM card",
            "not replaced",
        ),
        ("UPDATE card SET state = 'lost'", "CHECK"),
        ("UPDATE card SET person = NULL", "CHECK"),
        ("UPDATE card SET batch = NULL WHERE imported = 0", "CHECK"),
        ("UPDATE card SET batch = 99 WHERE imported = 0", "FOREIGN KEY"),
        ("UPDATE touch SET text = 'never said'", "not rewritten"),
        ("DELETE FROM touch", "not deleted"),
        ("UPDATE touch SET person = 'nobody'", "FOREIGN KEY"),
        ("INSERT INTO touch (person, kind, day) VALUES ('tom-reed', 'talk', 'soon')", "CHECK"),
        ("UPDATE person SET status = 'inactive'", "CHECK"),
        ("UPDATE person SET birthday = '1604-02'", "CHECK"),
        ("UPDATE person SET merged_into = id, merged_on = '2026-01-01'", "CHECK"),
        ("UPDATE person SET merged_into = 'tom-reed' WHERE id = 'ana-lopez'", "CHECK"),
        ("DELETE FROM person WHERE id = 'ana-lopez'", "FOREIGN KEY"),
        ("DELETE FROM batch", "not deleted"),
        ("UPDATE batch SET state = 'maybe'", "CHECK"),
        ("DELETE FROM fingerprint", "for ever"),
        ("UPDATE fingerprint SET card = 1", "for ever"),
        ("INSERT INTO fingerprint (hash, card) SELECT hash, 1 FROM fingerprint", "for ever"),
        ("DELETE FROM suppression", "stays forgotten"),
        ("DELETE FROM pen", "needs its pen"),
        ("INSERT INTO pen (one) VALUES (2)", "CHECK"),
        (
            "UPDATE person SET status = 'deceased' WHERE id = 'tom-reed'; INSERT INTO card (id, person, occasion, key, day, state, note, batch) VALUES ('z', 'tom-reed', 'b', 'k', '2026-12-14', 'printed', 'n', 1)",
            "must not get a card",
        ),
    ] {
        let refused = shop.sql(sql).expect_err(sql).to_string();
        assert!(refused.contains(said), "{sql}: {refused}");
    }
    // What one of them changed on the way is told, and can be kept.
    shop.run(&["doctor"]).ended(4);
    shop.run(&["doctor", "--accept"]).ok();
}

#[test]
fn a_copy_is_made_before_what_is_big_and_ten_stay() {
    let shop = Shop::with_people();
    assert!(!shop.file("backups").exists(), "there was nothing to lose before the first import");
    shop.run(&["import", "people.csv"]).ok();
    assert_eq!(fs::read_dir(shop.file("backups")).unwrap().count(), 0, "nothing changed, no copy");
    for n in 0..13 {
        shop.write("one.csv", format!("name\nPerson Number{n}\n"));
        shop.run(&["import", "one.csv"]).ok();
    }
    let copies: Vec<String> =
        fs::read_dir(shop.file("backups")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(copies.len(), 10, "{copies:?}");
    #[cfg(unix)]
    for copy in &copies {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(shop.file("backups").join(copy)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{copy}");
    }
    shop.run(&["person", "add", "Ann Lee"]).ok();
    shop.run(&["person", "add", "Anne Lee"]).ok();
    shop.run(&["person", "merge", "ann-lee", "anne-lee"]).ok();
    assert!(shop.file("backups/ledger-2026-11-21-before-merge.db").exists());
    assert_eq!(fs::read_dir(shop.file("backups")).unwrap().count(), 10);
    let newest = "backups/ledger-2026-11-21-before-import-13.db";
    assert!(shop.file(newest).exists(), "{copies:?}");
    shop.run(&["restore", newest]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE given = 'Person'"), 12);
}

#[test]
fn a_bad_copy_is_called_by_its_own_name() {
    let shop = lively();
    shop.run(&["backup", "copy.db"]).ok();
    let whole = fs::read(shop.file("copy.db")).unwrap();
    let before = export(&shop);
    let torn: Vec<u8> = whole[..4096].iter().chain(&[7; 9000]).copied().collect();
    for (bytes, why) in [
        (&b""[..], "is no copy of a ledger"),
        (b"To whom it may concern", "is no copy of a ledger"),
        (&torn, "is no whole ledger"),
    ] {
        shop.write("copy.db", bytes);
        let said = shop.run(&["restore", "copy.db"]);
        assert!(matches!(said.code, Some(1 | 4)), "{}", said.err);
        assert!(said.err.contains(&format!("copy.db {why}")) && !said.err.contains("ledger.db"), "{}", said.err);
        assert!(said.err.contains("nothing was changed"), "{}", said.err);
        assert_eq!(export(&shop), before);
    }
}

#[test]
fn everything_stored_is_handed_out() {
    let shop = lively();
    shop.run(&["person", "merge", "ana-lopez", "a-lopez"]).ok();
    let said = shop.run(&["person", "export", "ana"]).ok();
    assert_eq!(said.out.lines().count(), 2);
    let (json, page) = (shop.read("out/ana-lopez.json"), shop.read("out/ana-lopez.md"));
    for part in [
        "ana@example.com",
        "ana.l@work.example",
        "walking boots",
        "asked about sandals",
        "tram driver",
        "Bring them back",
        "4 Quay Street",
        "1980-12-12",
        "printed",
    ] {
        assert!(json.contains(part) && page.contains(part), "{part}");
    }
    assert!(!json.contains("postman"), "nothing of anybody else");
    let data: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(data["card"].as_array().unwrap().len(), 2);
}

#[test]
fn columns_are_saved_under_a_name() {
    let shop = Shop::new();
    shop.write("till.csv", "Kd,Wer,Am\n17,Ann Lee,03/04/1980\n");
    shop.run(&[
        "import",
        "till.csv",
        "--map",
        "Kd=id",
        "--map",
        "Wer=name",
        "--map",
        "Am=birthday",
        "--dates",
        "dmy",
        "--save",
        "till",
    ])
    .ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE birthday = '1980-04-03'"), 1);
    let settings = shop.read("wetink.toml");
    assert!(settings.contains("[import.till]") && settings.contains("# The house greeting"), "{settings}");
    shop.write("till.csv", "Kd,Wer,Am\n17,Ann Lee-Hill,03/04/1980\n18,Bob Hill,05/06/1981\n");
    shop.run(&["import", "till.csv", "--source", "till"]).ok();
    assert_eq!(
        shop.count("SELECT count(*) FROM person WHERE family = 'Lee-Hill' AND id = 'ann-lee'"),
        1,
        "number 17 is number 17"
    );
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE birthday = '1981-06-05'"), 1);
    let said = shop.run(&["import", "till.csv", "--source", "tlil"]).ended(1);
    assert!(said.err.contains("saved are till"), "{}", said.err);
}
