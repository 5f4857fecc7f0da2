//! People: added, shown, found, imported.

use crate::builder::{PEOPLE, Shop};

#[test]
fn the_same_file_twice_changes_nothing() {
    let shop = Shop::with_people();
    let before = shop.count("SELECT count(*) FROM person");
    assert_eq!(before, 4);
    let report = shop.run(&["import", "people.csv", "--json"]).ok().json();
    assert_eq!(report["files"][0]["report"]["unchanged"], 4);
    assert_eq!(shop.count("SELECT count(*) FROM person"), before);
}

#[test]
fn a_bad_row_is_told_with_its_line_and_the_rest_goes_on() {
    let shop = Shop::new();
    shop.write("mixed.csv", "\u{feff}name;birthday;street\r\n\"Lee, \r\nAnn\";1980-04-12;\"1 Hill\nFlat 2\"\r\n;1981-01-01;\r\nBob Lee;1980-02-30;x\r\n");
    let said = shop.run(&["import", "mixed.csv"]).ok();
    assert!(said.err.contains("line 5"), "{}", said.err);
    assert!(said.err.contains("1980-02-30"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM person"), 2);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE birthday = '1980-04-12'"), 1);
}

#[test]
fn a_dry_run_says_and_does_not() {
    let shop = Shop::new();
    shop.write("people.csv", PEOPLE);
    let said = shop.run(&["import", "people.csv", "--dry-run"]).ok();
    assert!(said.err.contains("4 people would be added"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM person"), 0);
}

#[test]
fn who_may_be_here_already_is_asked_not_doubled() {
    let shop = Shop::with_people();
    shop.write("again.csv", "name,e-mail,city\nAna López,ANA@example.com,Leeds\nAna López,other@example.com,York\n");
    let said = shop.run(&["import", "again.csv"]).ok();
    assert!(said.err.contains("may be ana-lopez: the same e-mail"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez-2'"), 1, "a name alone is nobody");
    shop.run(&["import", "again.csv", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND address LIKE '%Leeds%'"), 1);
    assert_eq!(
        shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND birthday = '1980-12-12'"),
        1,
        "blanks never overwrite"
    );
}

#[test]
fn one_short_line_is_enough_to_log() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "talk", "new heels"]).ok();
    shop.run(&["log", "Mrs Lee", "enquiry"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'mrs-lee'"), 1, "made if new");
    let said = shop.run(&["log", "Tom Read", "talk", "x"]).ended(1);
    assert!(said.err.contains("did you mean tom-reed?"), "{}", said.err);
    shop.run(&["log", "ana", "talk", "x", "--on", "2027-01-01"]).ended(2);
    let shown = shop.run(&["person", "show", "01947"]).ok().out;
    assert!(shown.contains("Ana López"), "found by a part of the phone: {shown}");
}

#[test]
fn two_hits_list_both_and_stop() {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "Tom", "Hill"]).ok();
    let said = shop.run(&["person", "show", "tom"]).ended(1);
    assert!(said.err.contains("tom-hill") && said.err.contains("tom-reed"), "{}", said.err);
}

#[test]
fn a_whole_name_wins_over_a_part_of_one() {
    let shop = Shop::new();
    for name in ["Mo Diaz", "Ann Moss", "Zachary Motte", "Leo Lee"] {
        shop.run(&["person", "add", name]).ok();
    }
    shop.run(&["person", "add", "Margaret Pell", "--called", "Peggy"]).ok();
    for (typed, meant) in [("mo", "mo-diaz"), ("Mot", "zachary-motte"), ("lee", "leo-lee"), ("peggy", "margaret-pell")] {
        let shown = shop.run(&["person", "show", typed, "--json"]).ok().json();
        assert_eq!(shown["people"][0]["id"], meant, "{typed}");
    }
    shop.run(&["person", "add", "Mo Orr"]).ok();
    let both = shop.run(&["log", "mo", "talk", "x"]).ended(1).err;
    assert!(both.contains("mo-diaz") && both.contains("mo-orr") && !both.contains("moss"), "{both}");
}

#[test]
fn everybody_is_listed() {
    let shop = Shop::with_people();
    shop.run(&["person", "status", "tom", "do-not-contact"]).ok();
    let listed = shop.run(&["person", "list"]).ok().out;
    assert_eq!(listed.lines().count(), 4, "{listed}");
    assert!(listed.contains("tom-reed         Tom Reed         14 December        Whitby  do-not-contact\n"), "{listed}");
    let json = shop.run(&["person", "list", "--json"]).ok().json();
    let ids: Vec<&str> = json["people"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["ana-lopez", "henrik-sorensen", "tom-reed", "zoe-lukasik"]);
    assert_eq!(shop.run(&["person", "list", "example.com"]).ok().out.lines().count(), 2);
    assert_eq!(shop.run(&["person", "list", "nobody"]).ok().out, "");
}

#[test]
fn what_is_wrong_is_taken_away() {
    let shop = Shop::with_people();
    shop.run(&["person", "edit", "ana", "--birthday", "none", "--email", "", "--street", ""]).ok();
    assert_eq!(
        shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND birthday IS NULL AND email = '' AND address NOT LIKE '%street%'"),
        1
    );
    shop.run(&["person", "edit", "ana", "--anniversary", "2001-06-30"]).ok();
    shop.run(&["person", "edit", "ana", "--anniversary", "none"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE anniversary IS NULL AND id = 'ana-lopez'"), 1);
    shop.run(&["person", "edit", "ana", "--birthday", "nun"]).ended(2);
}

#[test]
fn hostile_names_stay_names() {
    let shop = Shop::new();
    shop.write(
        "evil.csv",
        "name,birthday\n../../etc/passwd,12-12\n\u{1b}[31mRed,12-12\n\u{202e}olleH,12-12\n=cmd|'/c calc'!A1,12-12\n",
    );
    shop.run(&["import", "evil.csv"]).ok();
    shop.run(&["write", "--no-edit"]).ok();
    let due = shop.run(&["due"]).ok().out;
    assert!(!due.contains('\u{1b}') && !due.contains('\u{202e}'), "{due:?}");
    assert!(shop.file("notes/2026-12.md").exists());
}

#[cfg(unix)]
#[test]
fn the_shops_files_are_the_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::with_notes(&[(
        "ana-lopez",
        "Ana, how did the boots do on those hills? The tram driver still asks after you, I am told.",
    )]);
    shop.run(&["print"]).ok();
    for file in ["ledger.db", "wetink.toml", "out/2026-12-a.pdf"] {
        let mode = std::fs::metadata(shop.file(file)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file}");
    }
    for folder in ["notes", "out", "letters"] {
        assert_eq!(std::fs::metadata(shop.file(folder)).unwrap().permissions().mode() & 0o777, 0o700, "{folder}");
    }
}
