//! Damage done by disks, sync folders and other programs: doctor finds it, says what to do, offers to do it, and nothing is
//! written over it.

use std::fs;

use crate::builder::Shop;

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";

/// Two cards printed, one promise, one person erased, a backup made.
fn printed() -> Shop {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["log", "zoe", "visit", "asked about sandals for the wedding"]).ok();
    shop.run(&["print"]).ok();
    shop.run(&["person", "erase", "tom", "--yes"]).ok();
    shop.run(&["backup"]).ok();
    shop
}

/// Everything a program can read in a ledger, or that it can't be read.
fn dump(shop: &Shop) -> Result<Vec<String>, String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let conn = rusqlite::Connection::open(shop.file("ledger.db"))?;
        let mut all = Vec::new();
        let tables: Vec<String> = conn
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")?
            .query_map([], |r| r.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for table in tables {
            let mut ask = conn.prepare(&format!("SELECT * FROM {table} NOT INDEXED"))?;
            let columns = ask.column_count();
            let mut rows = ask.query([])?;
            while let Some(row) = rows.next()? {
                let cells: Vec<String> = (0..columns).map(|n| format!("{:?}", row.get_ref(n))).collect();
                all.push(format!("{table} {}", cells.join("|")));
            }
        }
        let plan = conn
            .prepare("SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name")?
            .query_map([], |r| Ok(format!("{:?} {:?}", r.get::<_, Option<String>>(0)?, r.get::<_, Option<String>>(1)?)))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        all.extend(plan);
        Ok(all)
    };
    read().map_err(|e| e.to_string())
}

#[test]
fn a_flipped_bit_is_found_or_changes_nothing() {
    let shop = printed();
    let whole = fs::read(shop.file("ledger.db")).unwrap();
    let before = dump(&shop).unwrap();
    let (mut dice, mut found, mut harmless) = (0x5eed_u64, 0, 0);
    for round in 0..150 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (dice >> 20) as usize % whole.len();
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (dice >> 60 & 7);
        fs::write(shop.file("ledger.db"), &bytes).unwrap();
        let said = shop.run(&["doctor"]);
        match said.code {
            Some(4 | 1) => found += 1,
            Some(0) => {
                // The echo's rows may differ a little where nothing depends on them; the rest may not, nor what is kept of the erased.
                let recent = |l: &str| l.starts_with("echo_recent ") && !l.contains("Integer(-");
                let strict = |l: &String| !(l.starts_with("echo ") || l.starts_with("term ") || recent(l));
                let now: Vec<String> = dump(&shop).unwrap().into_iter().filter(strict).collect();
                let then: Vec<String> = before.iter().filter(|l| strict(l)).cloned().collect();
                let other: Vec<_> = now.iter().zip(&then).filter(|(now, then)| now != then).collect();
                assert!(
                    now.len() == then.len() && other.is_empty(),
                    "round {round}, byte {at}: doctor said all is well, and {other:?}"
                );
                harmless += 1;
            }
            other => panic!("round {round}, byte {at}: {other:?} {}", said.err),
        }
        assert!(!said.err.contains("panicked"), "{}", said.err);
    }
    println!("150 flipped bits: {found} found, {harmless} in unused space");
    assert!(found > 12, "{found} found, {harmless} harmless");
    fs::write(shop.file("ledger.db"), &whole).unwrap();
    shop.run(&["doctor"]).ok();
}

#[test]
fn a_damaged_ledger_is_not_written_to_and_a_copy_is_offered() {
    let shop = printed();
    let whole = fs::read(shop.file("ledger.db")).unwrap();
    let at = whole.windows(8).position(|w| w == b"tram dri").expect("the note is in the file");
    let mut bytes = whole.clone();
    bytes[at] ^= 2;
    fs::write(shop.file("ledger.db"), &bytes).unwrap();
    for verb in [&["log", "ana", "visit", "x"][..], &["print"], &["posted"], &["import", "people.csv"], &["undo", "--yes"]] {
        let said = shop.run(verb).ended(4);
        assert!(said.err.contains("not as wetink wrote them") && said.err.contains("wetink doctor"), "{verb:?}: {}", said.err);
    }
    assert_eq!(fs::read(shop.file("ledger.db")).unwrap(), bytes, "nothing was written");
    let said = shop.run(&["doctor"]).ended(4);
    assert!(
        said.err.contains("put back the newest whole copy, backups/ledger-2026-11-21.db, which knows 1 card"),
        "{}",
        said.err
    );
    shop.run(&["doctor", "--yes"]).ok();
    shop.run(&["doctor"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE note LIKE '%tram driver%'"), 1);
    assert!(shop.file("ledger.before-restore-1.db").exists(), "what was there is kept");
}

#[test]
fn who_changed_rows_on_purpose_can_say_so() {
    let shop = printed();
    shop.sql("UPDATE person SET phone = '01947 555 999' WHERE id = 'zoe-lukasik'").unwrap();
    let said = shop.run(&["log", "ana", "visit", "x"]).ended(4);
    assert!(said.err.contains("the people in ledger.db are not as wetink wrote them (zoe-lukasik)"), "{}", said.err);
    shop.run(&["doctor", "--accept"]).ok();
    shop.run(&["log", "ana", "visit", "x"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE phone = '01947 555 999'"), 1);
}

#[test]
fn an_emptied_echo_is_found_and_made_anew() {
    let empty = "UPDATE pen SET may = 'index'; DELETE FROM fingerprint WHERE card > 0; UPDATE pen SET may = ''";
    for sql in [
        empty,
        "DELETE FROM echo; DELETE FROM echo_recent WHERE card > 0",
        "DELETE FROM term",
        "UPDATE term SET notes = -5",
        "INSERT INTO term (stem, notes) VALUES (77, 3)",
        "DELETE FROM echo; DELETE FROM echo_recent WHERE card > 0; DELETE FROM term; UPDATE echo_state SET value = 0 WHERE what = 'notes'",
    ] {
        let shop = printed();
        shop.sql(sql).unwrap();
        let said = shop.run(&["doctor", "--json"]).ended(4);
        assert_eq!(said.json()["found"][0]["offered"], "make it anew", "{sql}: {}", said.err);
        shop.run(&["doctor", "--yes"]).ok();
        shop.run(&["doctor"]).ok();
        shop.notes(&[("zoe-lukasik", ANA), ("henrik-sorensen", TOM)]);
        shop.run(&["check"]).ended(3);
    }
    // Rows of notes that aren't there hide none that is, and doctor finds them.
    let shop = printed();
    let crowd = "WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 80)
        INSERT INTO echo_recent SELECT 1000000 + x, (SELECT keys FROM echo_recent WHERE card > 0 LIMIT 1) FROM c";
    shop.sql(crowd).unwrap();
    shop.notes(&[("zoe-lukasik", &ANA.replace("Ana", "Zoe").replace("boots", "heels"))]);
    let said = shop.run(&["check"]).ended(3);
    assert!(said.err.contains("templated"), "{}", said.err);
    shop.run(&["doctor"]).ended(4);
    shop.run(&["doctor", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM echo_recent WHERE card > 100000"), 0);
    // The same in the rows of the others: key 7 of row 3 with card 1,000,001, packed.
    shop.sql("INSERT OR REPLACE INTO echo (bucket, keys) VALUES (3, x'0700828A7A')").unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("1 rows in its index of notes that aren't there"), "{}", said.err);
    shop.run(&["doctor", "--yes"]).ok();
    shop.run(&["doctor"]).ok();
    // What is kept of erased notes can't be made anew.
    let shop = printed();
    shop.sql("UPDATE pen SET may = 'erase'; DELETE FROM fingerprint WHERE card < 0; UPDATE pen SET may = ''").unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("what is kept of erased notes"), "{}", said.err);
}

#[test]
fn a_missing_guard_is_found() {
    for sql in ["DROP TRIGGER note_stays", "DROP INDEX card_note", "UPDATE pen SET may = 'void'", "CREATE TABLE extra (x)"] {
        let shop = printed();
        shop.sql(sql).unwrap();
        shop.run(&["doctor"]).ended(4);
        shop.run(&["log", "ana", "visit", "x"]).ended(4);
        shop.run(&["doctor", "--yes"]).ok();
        shop.run(&["log", "ana", "visit", "x"]).ok();
    }
}

#[test]
fn a_truncated_or_missing_ledger_is_told_and_put_back() {
    let shop = printed();
    let whole = fs::read(shop.file("ledger.db")).unwrap();
    for length in [whole.len() - 1, whole.len() / 2 + 7, 4096, 100, 17, 0] {
        fs::write(shop.file("ledger.db"), &whole[..length]).unwrap();
        let said = shop.run(&["status"]);
        assert!(!said.err.contains("panicked"), "{length}: {}", said.err);
        let said = shop.run(&["doctor"]).ended(4);
        assert!(said.err.contains("put back the newest whole copy"), "{length}: {}", said.err);
        shop.run(&["doctor", "--yes"]).ok();
        assert_eq!(shop.count("SELECT count(*) FROM card"), 1, "{length}");
    }
    fs::remove_file(shop.file("ledger.db")).unwrap();
    shop.run(&["doctor"]).ended(4);
    assert!(!shop.file("ledger.db").exists(), "a new empty one would forget every note");
    shop.run(&["doctor", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1);
}

#[test]
fn a_pdf_that_is_gone_or_another_is_told() {
    let shop = printed();
    let pdf = "out/2026-12-a.pdf";
    let bytes = fs::read(shop.file(pdf)).unwrap();
    fs::remove_file(shop.file(pdf)).unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("is gone") && said.err.contains("print --again 2026-12-a"), "{}", said.err);
    shop.write(pdf, [&bytes[..], b"x"].concat());
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("is not the file that was printed"), "{}", said.err);
    shop.write(pdf, &bytes);
    shop.write("out/2026-12-b.pdf", &bytes);
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("out/2026-12-b.pdf is in no batch"), "{}", said.err);
    fs::remove_file(shop.file("out/2026-12-b.pdf")).unwrap();
    shop.run(&["doctor"]).ok();
}

#[test]
fn what_a_sync_folder_leaves_is_found_and_taken_in() {
    let shop = printed();
    // Another computer had a copy, wrote into it, and the sync folder kept both.
    let copy = "ledger (Joan's conflicted copy 2026-11-21).db";
    fs::copy(shop.file("ledger.db"), shop.file("theirs.db")).unwrap();
    shop.run(&["log", "ana", "visit", "here only"]).ok();
    fs::rename(shop.file("ledger.db"), shop.file("ours.db")).unwrap();
    fs::rename(shop.file("theirs.db"), shop.file("ledger.db")).unwrap();
    shop.run(&["log", "zoe", "promise", "there only"]).ok();
    fs::rename(shop.file("ledger.db"), shop.file(copy)).unwrap();
    fs::rename(shop.file("ours.db"), shop.file("ledger.db")).unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("is another ledger") && said.err.contains("take in what is only in"), "{}", said.err);
    shop.run(&["doctor", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE text IN ('here only', 'there only')"), 2);
    assert!(!shop.file(copy).exists() && shop.file("backups").join(copy).exists());
    shop.run(&["doctor"]).ok();

    let sheet = shop.read("notes/2026-12.md");
    shop.write("notes/2026-12 (Joan's conflicted copy 2026-11-21).md", &sheet);
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("a copy that a synchronised folder made"), "{}", said.err);
    fs::remove_file(shop.file("notes/2026-12 (Joan's conflicted copy 2026-11-21).md")).unwrap();
    shop.write("notes/2026-12.md", format!("<<<<<<< ours\n{sheet}=======\n{sheet}>>>>>>> theirs\n"));
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("conflict markers"), "{}", said.err);
}

#[test]
fn a_journal_that_is_gone_after_a_crash_is_no_secret() {
    // What is left when a crash came in the middle of a commit and somebody cleared "that odd file" away: half of the new pages.
    let shop = printed();
    let before = fs::read(shop.file("ledger.db")).unwrap();
    for n in 0..40 {
        shop.run(&["log", "ana", "visit", &format!("number {n}: {}", "x".repeat(300))]).ok();
    }
    let after = fs::read(shop.file("ledger.db")).unwrap();
    let mut torn = after.clone();
    for (n, page) in before.chunks(4096).enumerate().skip(2).step_by(3) {
        torn[n * 4096..n * 4096 + page.len()].copy_from_slice(page);
    }
    assert_ne!(torn, after);
    fs::write(shop.file("ledger.db"), &torn).unwrap();
    shop.run(&["doctor"]).ended(4);
    shop.run(&["log", "ana", "visit", "x"]).ended(4);
}

/// Ledgers as older programs wrote them, with the export those programs made of them (`sqlite3 ledger.db .dump`).
#[test]
fn an_older_ledger_is_brought_up_to_date_and_a_copy_kept() {
    for version in [1, 2, 3] {
        let (shop, data) = (Shop::new(), format!("{}/tests/data/ledgers/version-{version}", env!("CARGO_MANIFEST_DIR")));
        let dump = fs::read_to_string(format!("{data}.sql")).unwrap();
        fs::remove_file(shop.file("ledger.db")).unwrap();
        shop.sql(&dump).unwrap();
        assert_eq!(shop.count("PRAGMA user_version"), version);
        let due = shop.run(&["due", "--json"]).ok().json();
        let due: Vec<String> =
            due["due"].as_array().unwrap().iter().map(|d| format!("{} {} {}", d["to"], d["occasion"], d["state"])).collect();
        let expected =
            ["tom-reed complaint open", "ana-lopez promise open", "tom-reed birthday held", "zoe-lukasik birthday planned"];
        assert_eq!(due.iter().map(|d| d.replace('"', "")).collect::<Vec<_>>(), expected);
        let copies: Vec<_> =
            fs::read_dir(shop.file("backups")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(copies, [format!("ledger-before-upgrade-from-{version}-1.db")]);
        let conn = rusqlite::Connection::open(shop.file(&format!("backups/{}", copies[0]))).unwrap();
        let (was, cards): (i64, i64) = conn
            .query_row("SELECT (SELECT user_version FROM pragma_user_version), count(*) FROM card", [], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
            .unwrap();
        assert_eq!((was, cards), (version, 2), "the copy is the ledger as it was");
        // What was exported then is exported now, to the byte, but for the line that says which form the lines have.
        let (then, now) = (fs::read_to_string(format!("{data}.jsonl")).unwrap(), shop.run(&["ledger", "export"]).ok().out);
        assert_eq!(now.lines().skip(1).collect::<Vec<_>>(), then.lines().skip(1).collect::<Vec<_>>());
        assert_eq!(version == 1, now.lines().next() != then.lines().next());
        // Of the shop's files only the ledger is here.
        let found = shop.run(&["doctor", "--json"]).ended(4).json();
        let found = found["found"].as_array().unwrap();
        assert!(found.iter().all(|f| f["found"].as_str().unwrap().contains("2026-12-a.pdf")), "{found:?}");
        shop.run(&["log", "ana", "call", "it is in", "--close", "promise"]).ok();
        shop.run(&["undo", "--yes"]).ok();
        assert_eq!(shop.run(&["ledger", "export"]).ok().out, now);
        shop.run(&["person", "split", "anna-lopez"]).ok();
        shop.run(&["undo", "--yes"]).ok();
        shop.run(&["undo", "--yes"]).ok();
        assert!(
            !shop.run(&["ledger", "export"]).ok().out.contains("anna-lopez\",\"merged"),
            "the old program's merge is taken back"
        );
    }
}

#[test]
fn either_form_of_version_4_is_brought_up_to_date() {
    let first = "CREATE TABLE echo_fresh (
  card INTEGER PRIMARY KEY,
  keys BLOB NOT NULL
) STRICT; INSERT INTO echo_fresh SELECT * FROM echo_recent; DROP TABLE echo_recent; DROP INDEX person_glance;";
    for form in [first, ""] {
        let shop = printed();
        shop.sql(&format!("{form} PRAGMA user_version = 4")).unwrap();
        shop.run(&["doctor"]).ok();
        assert!(shop.count("SELECT count(*) FROM echo_recent WHERE card > 0") > 0);
        assert_eq!(shop.count("SELECT count(*) FROM sqlite_master WHERE name = 'echo_fresh'"), 0);
        shop.notes(&[("zoe-lukasik", &ANA.replace("Ana", "Zoe").replace("boots", "heels"))]);
        assert!(shop.run(&["check"]).ended(3).err.contains("templated"));
    }
}

#[test]
fn a_packed_history_that_is_damaged_is_read_from_the_touches_and_mended() {
    let shop = printed();
    shop.run(&["log", "tom", "complaint", "the heel came off", "--on", "2026-11-01"]).ok();
    let due = shop.run(&["due", "--json"]).ok().out;
    assert!(due.contains("complaint"), "{due}");
    for damage in
        ["UPDATE story SET marks = x'00010203ff'", "UPDATE story SET marks = zeroblob(40)", "UPDATE story SET marks = NULL"]
    {
        shop.sql(damage).unwrap();
        assert_eq!(shop.run(&["due", "--json"]).ok().out, due, "{damage}");
    }
    shop.sql("UPDATE story SET marks = x'00010203ff'").unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("packed otherwise"), "{}", said.err);
    shop.run(&["doctor", "--yes"]).ok();
    shop.run(&["doctor"]).ok();
    assert_eq!(shop.run(&["due", "--json"]).ok().out, due);
    // Somebody else's program writes past this one.
    shop.sql("INSERT INTO touch (person, kind, day) VALUES ('zoe-lukasik', 'promise', '2026-11-02')").unwrap();
    assert!(shop.run(&["due", "--json"]).ok().out.contains("promise"));
}

/// Whatever can be made anew is, before a copy takes the ledger's place; and a ledger that is gone is told where there are copies of it.
#[test]
fn a_copy_that_lost_its_echo_and_histories_is_restored_whole() {
    let shop = Shop::with_notes(&[("ana-lopez", "Ana, the puppy ate the left boot and you laughed until you cried.")]);
    shop.run(&["print"]).ok();
    shop.run(&["log", "ana", "promise", "ring about the red laces", "--until", "2026-11-25"]).ok();
    let due = shop.run(&["due", "--json"]).ok().out;
    assert!(due.contains("red laces"), "{due}");
    std::fs::create_dir_all(shop.file("backups")).unwrap();
    std::fs::copy(shop.file("ledger.db"), shop.file("backups/bad.db")).unwrap();
    let bad = rusqlite::Connection::open(shop.file("backups/bad.db")).unwrap();
    bad.execute_batch("DELETE FROM story; DELETE FROM echo; DELETE FROM echo_recent WHERE card > 0").unwrap();
    drop(bad);
    shop.run(&["restore", "backups/bad.db"]).ok();
    assert_eq!(shop.run(&["due", "--json"]).ok().out, due);
    shop.run(&["doctor"]).ok();
    // A fingerprint of nobody's note would refuse a new one.
    rusqlite::Connection::open(shop.file("ledger.db"))
        .unwrap()
        .execute_batch("INSERT INTO fingerprint (hash, card) VALUES (12345, 999)")
        .unwrap();
    let said = shop.run(&["doctor"]).ended(4);
    assert!(said.err.contains("fingerprints of notes that aren't there (1)"), "{}", said.err);
    shop.run(&["doctor", "--yes"]).ok();
    std::fs::remove_dir_all(shop.file("out")).unwrap();
    std::fs::remove_file(shop.file("ledger.db")).unwrap();
    let gone = shop.run(&["due"]).ended(4);
    assert!(gone.err.contains("but there are copies of it"), "{}", gone.err);
    assert!(!shop.file("ledger.db").exists());
    shop.run(&["restore", "backups/bad.db"]).ok();
    assert_eq!(shop.run(&["due", "--json"]).ok().out, due);
}
