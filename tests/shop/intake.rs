//! Imports: what is doubtful is asked and answered, what was corrected is no twin, and who is new is named.

use crate::builder::{Shop, said};

fn people(shop: &Shop) -> i64 {
    shop.count("SELECT count(*) FROM person")
}

#[test]
fn a_row_whose_birthday_was_corrected_is_no_twin() {
    let shop = Shop::new();
    shop.write("list.csv", "name,birthday,street\nAnn Lee,1980-02-30,1 Hill\nBob Lee,1981-05-06,2 Hill\n");
    let first = shop.run(&["import", "list.csv"]).ok();
    assert!(first.err.contains("correct it and import again"), "{}", first.err);
    shop.write("list.csv", "name,birthday,street\nAnn Lee,1980-02-28,1 Hill\nBob Lee,1981-05-06,2 Hill\n");
    let again = shop.run(&["import", "list.csv", "--json"]).ok().json();
    let report = &again["files"][0]["report"];
    assert_eq!((&report["updated"], &report["unchanged"], &report["added"]), (&1.into(), &1.into(), &0.into()), "{report}");
    assert_eq!(people(&shop), 2);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ann-lee' AND birthday = '1980-02-28'"), 1);
    // Another birthday in the same row is somebody else's: a name alone is nobody.
    shop.write("list.csv", "name,birthday,street\nAnn Lee,1975-03-01,1 Hill\n");
    shop.run(&["import", "list.csv"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ann-lee-2' AND birthday = '1975-03-01'"), 1);
}

#[test]
fn the_same_file_with_the_order_of_its_dates_said_fills_them_in() {
    let shop = Shop::new();
    shop.write("list.csv", "name,birthday\nAnn Lee,03/04/1980\nBob Lee,05/06/1981\nAnn Lee,07/08/1982\n");
    let first = shop.run(&["import", "list.csv"]).ok();
    assert!(first.err.contains("import again with --dates dmy"), "{}", first.err);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE birthday IS NULL"), people(&shop));
    shop.run(&["import", "list.csv", "--dates", "dmy"]).ok();
    for (given, birthday) in [("Ann", "1980-04-03"), ("Bob", "1981-06-05"), ("Ann", "1982-08-07")] {
        let one = format!("SELECT count(*) FROM person WHERE given = '{given}' AND birthday = '{birthday}'");
        assert_eq!(shop.count(&one), 1, "{given} {birthday}");
    }
    assert_eq!(people(&shop), 3);
    shop.run(&["import", "list.csv", "--dates", "dmy"]).ok();
    assert_eq!(people(&shop), 3, "the same file twice changes nothing");
    let years = Shop::new();
    years.write("list.csv", "name,birthday\nAnn Lee,1970-06-30\n");
    let said = years.run(&["import", "list.csv"]).ok();
    assert!(said.err.contains("1 date in the column `birthday` has a year such as 1970"), "{}", said.err);
    years.run(&["import", "list.csv", "--real-years"]).ok();
    assert_eq!(years.count("SELECT count(*) FROM person WHERE birthday = '1970-06-30'"), people(&years));
    assert_eq!(people(&years), 1);
}

const DOUBTFUL: &str =
    "name,e-mail,city\nAna López,ana@example.com,Leeds\nTom Reed,tom@example.com,York\nT. Reed,tom@example.com,Hull\n";

#[test]
fn doubtful_rows_are_answered_from_a_file() {
    let shop = Shop::with_people();
    shop.write("again.csv", DOUBTFUL);
    let asked = shop.run(&["import", "again.csv", "--json"]).ok().json();
    let lines: Vec<i64> =
        asked["files"][0]["report"]["questions"].as_array().unwrap().iter().map(|q| q["line"].as_i64().unwrap()).collect();
    assert_eq!(lines, [2, 3, 4]);
    shop.write("answers", "# my answers\n2 y\n4: n\n");
    let said = shop.run(&["import", "again.csv", "--answers", "answers"]).ok();
    assert!(said.err.contains("line 3: Tom Reed may be tom-reed"), "unanswered is left alone: {}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND address LIKE '%Leeds%'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 't-reed' AND address LIKE '%Hull%'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'tom-reed' AND address LIKE '%York%'"), 0);
    shop.write("answers", "2 perhaps\n");
    let wrong = shop.run(&["import", "again.csv", "--answers", "answers"]).ended(1);
    assert!(wrong.err.contains("line 1 of") && wrong.err.contains("5 y"), "{}", wrong.err);
    let nobody = shop.run(&["import", "again.csv", "--review"]).ended(2);
    assert!(nobody.err.contains("--answers"), "off a terminal nothing is asked: {}", nobody.err);
}

#[cfg(unix)]
#[test]
fn doubtful_rows_are_asked_on_a_terminal() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let shop = Shop::with_people();
    shop.write("again.csv", DOUBTFUL);
    // A terminal of its own, where the system has the program that makes one.
    let line = format!("'{}' import again.csv --review", env!("CARGO_BIN_EXE_wetink"));
    let started = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(shop.path())
        .env("WETINK_TODAY", shop.today)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: script is not installed");
        return;
    };
    let _ = child.stdin.take().unwrap().write_all(b"y\nn\n\n");
    let output = child.wait_with_output().unwrap();
    let told = said(&output);
    if told.out.contains("usage") || told.err.contains("invalid option") {
        eprintln!("skipped: another program is called script here");
        return;
    }
    assert!(told.out.contains("The same person? [y]es, [n]o, or leave it"), "{} {}", told.out, told.err);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND address LIKE '%Leeds%'"), 1, "yes");
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'tom-reed-2' AND address LIKE '%York%'"), 1, "no");
    assert_eq!(people(&shop), 5, "and the third was left");
}

#[test]
fn who_is_made_by_a_card_or_a_happening_is_named() {
    let shop = Shop::with_people();
    shop.write("past.csv", "to,occasion,date,note\nTom Read,birthday,2024-05-01,Your letter box has a new brass flap\n");
    let cards = shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    assert!(cards.err.contains("new person, line 2: Tom Read, as tom-read"), "{}", cards.err);
    shop.write("till.csv", "who,kind,date,text\nCy Fox,visit,2026-10-02,sandals\n");
    let touches = shop.run(&["import", "till.csv", "--as", "touches"]).ok();
    assert!(touches.err.contains("new person, line 2: Cy Fox, as cy-fox"), "{}", touches.err);
    shop.write("past.csv", "to,occasion,date,note\ntom-reed,birthday,03/04/2024,The brass flap again\n");
    let open = shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    assert!(open.err.contains("--dates dmy"), "{}", open.err);
    shop.run(&["import", "past.csv", "--as", "cards", "--dates", "dmy"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE day = '2024-04-03'"), 1);
}

#[test]
fn a_couple_with_one_e_mail_is_two_people_and_perhaps_a_household() {
    let shop = Shop::new();
    shop.write("list.csv", "name,e-mail\nAnn Lee,lees@example.com\nBob Lee,lees@example.com\n");
    let said = shop.run(&["import", "list.csv"]).ok();
    assert_eq!(people(&shop), 2);
    assert!(said.err.contains("together? line 3: Bob Lee has the same e-mail as Ann Lee"), "{}", said.err);
    assert!(said.err.contains("wetink person household ann-lee bob-lee --as"), "{}", said.err);
}

#[test]
fn a_file_may_silence_somebody_and_never_the_other_way() {
    let shop = Shop::new();
    let list =
        |ann: &str, bob: &str| format!("customer number,name,do not contact,deceased\n1,Ann Lee,{ann},\n2,Bob Lee,,{bob}\n");
    let silent = || shop.count("SELECT count(*) FROM person WHERE status <> 'contact'");
    shop.write("list.csv", list("", ""));
    shop.run(&["import", "list.csv"]).ok();
    shop.run(&["person", "household", "ann-lee", "bob-lee", "--as", "Ann and Bob Lee"]).ok();
    shop.write("list.csv", list("yes", "2026-10-01"));
    shop.run(&["import", "list.csv"]).ok();
    assert_eq!(silent(), 2);
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation = 'Ann Lee'"), 1, "greeted no more");
    shop.write("list.csv", list("no", "no"));
    shop.run(&["import", "list.csv"]).ok();
    assert_eq!(silent(), 2, "an objection is an objection");
}

#[test]
fn what_a_column_says_of_somebody_is_a_fact() {
    let shop = Shop::new();
    shop.write("list.csv", "name,notes,spouse,hobby\nAnn Lee,keeps bees,Bob,chess\n");
    shop.run(&["import", "list.csv"]).ok();
    let shown = shop.run(&["person", "show", "ann"]).ok().out;
    for known in ["know: keeps bees", "know: spouse: Bob", "know: hobby: chess"] {
        assert!(shown.contains(known), "{known}: {shown}");
    }
    assert!(!shown.contains("last: note"), "{shown}");
}
