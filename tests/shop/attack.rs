//! What somebody tried who meant harm, or had an accident: each of these once went wrong.

use crate::builder::Shop;

const TOM: &str =
    "Tom, the brown boots you had resoled are back from the cobbler, and the dog's lead you left is behind the till.";

fn printed() -> Shop {
    let shop = Shop::with_notes(&[("tom", TOM)]);
    shop.run(&["print"]).ok();
    shop
}

/// A line of another ledger, after its first.
fn came(shop: &Shop, line: &str) -> String {
    shop.write("theirs.jsonl", format!("{{\"wetink\":{{\"ledger\":1}}}}\n{line}\n"));
    let said = shop.run(&["ledger", "import", "theirs.jsonl"]);
    assert!(said.code.is_some(), "{}", said.err);
    said.err
}

#[test]
fn lines_of_another_ledger_reach_nothing_outside_and_break_nothing() {
    let shop = printed();
    shop.write("precious.pdf", "precious");
    let sha = "0".repeat(64);
    let before = shop.read("wetink.toml");
    for line in [
        r#"{"person":{"id":"../../evil","given":"Eve"}}"#.to_owned(),
        r#"{"person":{"id":"eve\n\nInjected nine","given":"Eve"}}"#.into(),
        r#"{"person":{"id":"eve","given":"Eve","birthday":"--02-30"}}"#.into(),
        r#"{"person":{"id":"eve","given":"Eve","address":"x"}}"#.into(),
        r#"{"touch":{"person":"tom-reed","kind":"visit","day":"2026-13-45"}}"#.into(),
        r#"{"card":{"id":"x","person":"tom-reed","occasion":"hello","key":"2026-12","day":"2026-99-99","state":"posted","note":"Hm","imported":1}}"#.into(),
        format!(r#"{{"batch":{{"id":"2026-12-z","day":"2026-11-22","sheet":"s","file":"wetink.toml","sha256":"{sha}","cards":1,"state":"void"}}}}"#),
        format!(r#"{{"batch":{{"id":"2026-12-y","day":"2026-11-22","sheet":"s","file":"precious.pdf","sha256":"{sha}","cards":1,"state":"building"}}}}"#),
    ] {
        let said = came(&shop, &line);
        assert!(said.contains("isn't taken"), "{line}: {said}");
    }
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE given = 'Eve'"), 0);
    assert_eq!(shop.count("SELECT count(*) FROM batch"), 1);
    shop.run(&["doctor"]).ok();
    shop.run(&["status"]).ok();
    assert_eq!((shop.read("wetink.toml"), shop.read("precious.pdf")), (before, "precious".into()));
}

#[test]
fn a_ring_of_second_entries_is_refused() {
    let shop = Shop::with_people();
    let one = |id: &str, into: &str| {
        format!(r#"{{"person":{{"id":"{id}","given":"{id}","merged_into":"{into}","merged_on":"2026-01-01"}}}}"#)
    };
    let said = came(&shop, &format!("{}\n{}", one("aa", "bb"), one("bb", "aa")));
    assert!(said.contains("merged into"), "{said}");
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE merged_into IS NOT NULL"), 0);
    shop.run(&["person", "show", "tom"]).ok();
}

#[test]
fn a_batch_outside_out_is_never_moved() {
    let shop = printed();
    shop.write("precious.pdf", "precious");
    // A ledger that somebody wrote in by hand.
    shop.sql(
        "UPDATE pen SET may = 'undo'; INSERT INTO batch (id, day, sheet, file, sha256, cards, state)
              VALUES ('2026-12-z', '2026-11-22', 's', 'precious.pdf', printf('%064d', 0), 1, 'void'); UPDATE pen SET may = ''",
    )
    .unwrap();
    shop.run(&["status"]);
    shop.run(&["doctor", "--yes"]);
    assert_eq!(shop.read("precious.pdf"), "precious");
}

#[test]
fn an_objection_heard_on_another_machine_counts_here_and_never_the_other_way() {
    let here = printed();
    here.run(&["ledger", "export", "all.jsonl"]).ok();
    let there = Shop::new();
    there.write("all.jsonl", here.read("all.jsonl"));
    there.run(&["ledger", "import", "all.jsonl"]).ok();
    there.run(&["person", "status", "tom", "do-not-contact"]).ok();
    there.run(&["person", "status", "ana", "deceased"]).ok();
    there.run(&["ledger", "export", "theirs.jsonl"]).ok();
    here.write("theirs.jsonl", there.read("theirs.jsonl"));
    here.run(&["ledger", "import", "theirs.jsonl"]).ok();
    assert_eq!(here.count("SELECT count(*) FROM person WHERE status <> 'contact' AND status_on = '2026-11-21'"), 2);
    there.run(&["ledger", "import", "all.jsonl"]).ok();
    assert_eq!(there.count("SELECT count(*) FROM person WHERE status <> 'contact'"), 2, "ours stays");
}

#[test]
fn undo_takes_back_one_command_even_if_the_pdf_cannot_be_moved() {
    let shop = printed();
    shop.run(&["log", "ana", "visit", "asked about the red laces"]).ok();
    shop.run(&["undo", "--yes"]).ok();
    shop.run(&["log", "ana", "visit", "asked about the blue laces"]).ok();
    shop.run(&["print", "--again", "tom"]).ok();
    shop.write("out/void", "in the way");
    let said = shop.run(&["undo", "--yes"]).ok();
    assert!(said.err.contains("taken back") && said.err.contains("stays where it is"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM touch"), 1, "the visit before it stands");
    std::fs::remove_file(shop.file("out/void")).unwrap();
    let said = shop.run(&["status"]).ok();
    assert!(shop.file("out/void/2026-12-b.pdf").exists() || said.code == Some(0));
    assert_eq!(shop.count("SELECT count(*) FROM touch"), 1);
}

#[test]
fn a_void_pdf_is_not_written_over() {
    let shop = printed();
    std::fs::create_dir_all(shop.file("out/void")).unwrap();
    shop.write("out/void/2026-12-a.pdf", "an older one");
    shop.run(&["undo", "--yes"]).ok();
    assert_eq!(shop.read("out/void/2026-12-a.pdf"), "an older one");
    assert!(shop.file("out/void/2026-12-a-2.pdf").exists());
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_a_link_is_not_written_through() {
    let shop = Shop::with_people();
    shop.write("victim", "mine");
    let _ = std::fs::remove_file(shop.file(".wetink.lock"));
    std::os::unix::fs::symlink(shop.file("victim"), shop.file(".wetink.lock")).unwrap();
    let said = shop.run(&["log", "tom", "visit", "bought laces"]).ended(1);
    assert!(said.err.contains("delete it"), "{}", said.err);
    assert_eq!(shop.read("victim"), "mine");
}

#[test]
fn log_brings_nobody_back_who_was_erased() {
    let shop = Shop::with_people();
    shop.run(&["person", "erase", "tom", "--yes"]).ok();
    shop.run(&["log", "Tom Reed", "visit", "came by"]).ended(3);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE given = 'Tom'"), 0);
    shop.run(&["log", "Tom Reed", "visit", "came by", "--new"]).ok();
}

#[test]
fn a_card_to_somebody_who_died_since_stays_behind_when_the_pile_is_posted() {
    let shop = Shop::with_notes(&[
        ("tom", TOM),
        ("ana", "Ana, the tram in Lisbon must have been steep: how did the boots do on those hills?"),
    ]);
    shop.run(&["print"]).ok();
    shop.run(&["person", "status", "tom", "deceased"]).ok();
    let said = shop.run(&["posted"]).ok();
    assert!(said.err.contains("tom-reed") && said.err.contains("out of the pile"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted'"), 1);
    shop.run(&["posted", "tom"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted'"), 2);
}

#[test]
fn pictures_and_pages_are_written_over_nothing_else() {
    let shop = printed();
    let ledger = std::fs::read(shop.file("ledger.db")).unwrap();
    let sheet = shop.read("notes/2026-12.md");
    for args in [
        ["status", "--html", "ledger.db"],
        ["hands", "--png", "ledger.db"],
        ["stocks", "--png", "ledger.db"],
        ["letters", "--png", "notes/2026-12.md"],
    ] {
        let said = shop.run(&args).ended(1);
        assert!(said.err.contains("choose another name"), "{}", said.err);
    }
    assert_eq!((std::fs::read(shop.file("ledger.db")).unwrap(), shop.read("notes/2026-12.md")), (ledger, sheet));
    shop.run(&["hands", "--png", "h.png"]).ok();
    shop.run(&["hands", "--png", "h.png"]).ok();
    shop.run(&["status", "--html", "s.html"]).ok();
    shop.run(&["status", "--html", "s.html"]).ok();
}

#[test]
fn words_typed_after_the_print_are_not_passed_over_in_silence() {
    let shop = printed();
    let said = shop.run(&["check"]).ok();
    assert!(!said.err.contains("other words"), "{}", said.err);
    shop.notes(&[("tom", "Tom, I found the other lead as well, under the bench where the dog sleeps.")]);
    for verb in [&["check"][..], &["print"]] {
        let said = shop.run(verb);
        assert!(said.err.contains("with other words") && said.err.contains("isn't printed"), "{}", said.err);
    }
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1);
}

#[test]
fn what_cannot_be_read_in_the_ledger_is_damage() {
    let shop = Shop::with_people();
    shop.sql("UPDATE person SET given = CAST(x'ff41' AS TEXT) WHERE id = 'tom-reed'").unwrap();
    shop.run(&["person", "list"]).ended(4);
    shop.run(&["doctor"]).ended(4);
}

#[test]
fn a_pdf_whose_list_of_objects_has_no_end_is_damaged() {
    let shop = Shop::new();
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fuzz/corpus/upload");
    for bomb in ["bomb-w0", "bomb-wh"] {
        std::fs::write(shop.file("bomb.pdf"), &std::fs::read(corpus.join(bomb)).unwrap()[2..]).unwrap();
        let said = shop.run(&["preflight", "bomb.pdf", "--for", "lob", "--json"]).ended(3);
        assert!(said.out.contains("damaged"), "{}", said.out);
    }
}

#[test]
fn a_death_that_comes_to_light_after_the_card_came_back_counts() {
    let shop = printed();
    shop.run(&["person", "household", "tom", "ana", "--as", "Tom and Ana Reed"]).ok();
    shop.run(&["returned", "tom-reed-birthday-2026", "--reason", "moved"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'tom-reed' AND status = 'undeliverable'"), 1);
    shop.run(&["returned", "tom-reed-birthday-2026", "--reason", "deceased"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'tom-reed' AND status = 'deceased'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation LIKE '%Tom%'"), 0, "greeted no more");
    let said = shop.run(&["returned", "tom-reed-birthday-2026", "--reason", "deceased"]).ok();
    assert!(said.err.contains("left as it was"), "{}", said.err);
}

#[test]
fn numbers_of_other_programs_cross_to_another_machine_whatever_they_look_like() {
    let here = Shop::new();
    here.write("c.csv", "customer number,name\nA/12 x:7@shop,Bob Moss\n");
    here.run(&["import", "c.csv"]).ok();
    let all = here.run(&["ledger", "export"]).ok().out;
    assert!(all.contains("A/12 x:7@shop"), "{all}");
    let there = Shop::new();
    there.write("all.jsonl", &all);
    let said = there.run(&["ledger", "import", "all.jsonl"]).ok();
    assert!(!said.err.contains("taken"), "{}", said.err);
    assert_eq!(there.run(&["ledger", "export"]).ok().out, all);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_whose_name_is_no_text_is_a_shop_like_any_other() {
    use std::os::unix::ffi::OsStrExt as _;

    let shop = printed();
    let odd = shop.path().join(std::ffi::OsStr::from_bytes(b"z\xff ?#%41"));
    std::fs::create_dir(&odd).unwrap();
    for folder in ["notes", "letters"] {
        std::fs::create_dir(odd.join(folder)).unwrap();
    }
    for file in ["wetink.toml", "ledger.db"] {
        std::fs::copy(shop.file(file), odd.join(file)).unwrap();
    }
    let heading = "# December 2026: 1 card to write\n\n## ana-lopez | birthday\n\n";
    std::fs::write(odd.join("notes/2026-12.md"), format!("{heading}{}\n", TOM.replace("Tom", "Ana"))).unwrap();
    let run = |args: &[&str]| {
        let output = shop.command(args).current_dir(&odd).output().unwrap();
        crate::builder::said(&output)
    };
    let said = run(&["check"]).ended(3);
    assert!(said.err.contains("templated"), "{}", said.err);
    run(&["backup"]).ok();
    let fresh = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
    std::fs::write(odd.join("notes/2026-12.md"), format!("{heading}{fresh}\n")).unwrap();
    run(&["print"]).ok();
}
