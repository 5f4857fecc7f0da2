//! The month: who is due, the sheet, the check, the batch, the post, the history.

use std::fs;

use crate::builder::{Shop, tool};

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the postman who never once let the gate bang: may your new heels outlast the winter.";
const ZOE: &str = "Zoë, the green wellingtons came on the lorry from Leeds and I hid them under the till for you.";

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn a_month_that_is_over_is_said_to_be() {
    let shop = Shop::with_people();
    let said = shop.run(&["write", "--month", "2026-09", "--no-edit"]).ok();
    assert!(said.err.contains("September 2026 is over: `wetink write` has what can still be sent"), "{}", said.err);
    let said = shop.run(&["write", "--no-edit"]).ok();
    assert!(!said.err.contains("is over"), "{}", said.err);
    // What is late in the month, and what is late at all, are two numbers.
    let mut shop = shop;
    shop.today = "2026-12-13";
    let status = shop.run(&["status", "--month", "2026-12"]).ok();
    assert!(status.out.contains("of this month late: `wetink due`"), "{}", status.out);
}

#[test]
fn what_is_counted_silently_is_not_offered_to_write_about() {
    let shop = Shop::with_people();
    shop.run(&["log", "ana", "late-payment", "three weeks late again"]).ok();
    shop.run(&["log", "ana", "purchase", "walking boots"]).ok();
    shop.notes(&[("ana-lopez", "Ana, the marmalade was posted on Tuesday, six jars of it and a lemon cake for your brother.")]);
    let said = shop.run(&["check"]).ok();
    assert!(said.err.contains("walking boots") && !said.err.contains("three weeks late"), "{}", said.err);
}

#[test]
fn of_a_batch_printed_again_who_must_get_no_card_is_left_out() {
    let shop = Shop::with_people();
    shop.notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    shop.run(&["person", "status", "tom", "do-not-contact"]).ok();
    let said = shop.run(&["print", "--again", "2026-12-a"]).ok();
    assert!(said.err.contains("left out, since no card may go to them any more: tom-reed"), "{}", said.err);
    assert!(said.err.contains("1 card again in out/2026-12-b.pdf"), "{}", said.err);
    shop.run(&["print", "--again", "tom"]).ended(3);
    fs::remove_file(shop.file("out/2026-12-a.pdf")).unwrap();
    shop.run(&["doctor"]).ok();
    shop.run(&["person", "status", "ana", "deceased"]).ok();
    let said = shop.run(&["print", "--again", "2026-12-a"]).ended(3);
    assert!(said.err.contains("nobody in this batch may get a card any more"), "{}", said.err);
}

#[test]
fn a_reason_that_lifts_nothing_says_so() {
    let shop = Shop::with_people();
    shop.write("notes/2026-12.md", format!("# December 2026\n\n## ana-lopez | birthday\n> because: no reason\n\n{ANA}\n"));
    let said = shop.run(&["check"]).ok();
    assert!(said.err.contains("lifts nothing: nothing refuses its note"), "{}", said.err);
    shop.notes(&[("ana-lopez", ANA)]);
    assert!(!shop.run(&["check"]).ok().err.contains("lifts nothing"));
}

#[test]
fn due_lists_birthdays_with_their_post_by_day() {
    let shop = Shop::with_people();
    let due = shop.run(&["due", "--json"]).ok().json();
    let list: Vec<(&str, &str, &str)> = due["due"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| (d["to"].as_str().unwrap(), d["day"].as_str().unwrap(), d["post_by"].as_str().unwrap()))
        .collect();
    assert_eq!(
        list,
        [
            ("ana-lopez", "2026-12-12", "2026-12-07"),
            ("tom-reed", "2026-12-14", "2026-12-08"),
            ("zoe-lukasik", "2026-12-20", "2026-12-14"),
        ]
    );
    let february = shop.run(&["due", "--month", "2027-02", "--json"]).ok().json();
    assert_eq!(february["due"][0]["day"], "2027-02-28", "born on 29 February");
    shop.run(&["due", "--check"]).ended(10);
    shop.run(&["person", "status", "ana", "deceased"]).ok();
    shop.run(&["person", "status", "tom", "do-not-contact"]).ok();
    let due = shop.run(&["due", "--json"]).ok().json();
    assert_eq!(due["due"].as_array().unwrap().len(), 1, "nobody who has died or objected");
}

#[test]
fn late_cards_have_an_exit_code_of_their_own() {
    let mut shop = Shop::with_people();
    shop.today = "2026-12-10";
    shop.run(&["due", "--check"]).ended(11);
    let told = shop.run(&["due"]).ok().out;
    assert!(told.contains("was to be posted by Mon 7 Dec"), "{told}");
}

#[test]
fn the_sheet_has_the_context_and_keeps_every_typed_byte() {
    let shop = Shop::with_people();
    shop.run(&["log", "ana", "purchase", "walking boots for Lisbon", "--on", "2026-10-03"]).ok();
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    assert!(sheet.starts_with("# December 2026: 3 cards to write\n"), "{sheet}");
    assert!(sheet.contains("## ana-lopez | birthday | Sat 12 Dec (turns 46), post by Mon 7 Dec\n> last: purchase on 3 Oct 2026: walking boots for Lisbon\n"), "{sheet}");
    let typed = sheet.replace("## tom-reed", "My own “words”\r\n\n## tom-reed");
    shop.write("notes/2026-12.md", &typed);
    shop.run(&["write", "--no-edit"]).ok();
    assert_eq!(shop.read("notes/2026-12.md"), typed, "nothing new, nothing changed");
    shop.run(&["person", "add", "Bo Diaz", "--birthday", "12-28"]).ok();
    shop.run(&["person", "status", "zoe", "do-not-contact"]).ok();
    shop.run(&["write", "--no-edit"]).ok();
    let after = shop.read("notes/2026-12.md");
    assert!(after.contains("My own “words”\r\n"), "{after}");
    assert!(after.contains("## bo-diaz | birthday"), "{after}");
    assert!(after.contains("> !! no longer due: Zoë asked not to be written to"), "{after}");
}

#[cfg(unix)]
#[test]
fn the_editor_writes_and_a_refused_note_comes_back_with_its_reason() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::with_people();
    shop.write("editor.sh", "#!/bin/sh\nawk '{print} /^## ana-lopez/ {a=1} a && /^$/ {print \"Happy {{name}} day\"; a=0}' \"$1\" > new && cat new > \"$1\"\n");
    fs::set_permissions(shop.file("editor.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = shop.command(&["write"]);
    let editor = shop.file("editor.sh");
    let said = crate::builder::said(&command.env("EDITOR", format!("'{}'", editor.display())).output().unwrap());
    assert_eq!(said.code, Some(3), "{}", said.err);
    let sheet = shop.read("notes/2026-12.md");
    assert!(sheet.contains("> !! refused, placeholder:"), "{sheet}");
    assert!(sheet.contains("Happy {{name}} day"), "what was typed stays: {sheet}");
}

#[test]
fn a_batch_is_printed_logged_posted_and_in_the_history() {
    let mut shop = Shop::with_notes(&[
        ("ana-lopez", &format!("{ANA}\n\nPS: the red laces are in.")),
        ("tom-reed", TOM),
        ("zoe-lukasik", ZOE),
    ]);
    let said = shop.run(&["print"]).ok();
    assert!(said.out.trim().ends_with("out/2026-12-a.pdf"), "{}", said.out);
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'printed'"), 3);
    assert_eq!(shop.count("SELECT count(*) FROM batch WHERE state = 'ready'"), 1);
    let pdf = shop.file("out/2026-12-a.pdf");
    let path = pdf.to_str().unwrap();
    if let Some(text) = tool("pdftotext", &["-raw", path, "-"]) {
        let all = words(&text).join(" ");
        for note in [ANA, TOM, ZOE, "PS: the red laces are in."] {
            assert!(all.contains(&words(note).join(" ")), "{note}\nnot in\n{all}");
        }
        for printed in
            ["Ring 01947 555 100, Tuesday to Saturday", "Happy birthday", "All good wishes from everybody at Hill Shoes."]
        {
            assert!(all.contains(printed), "{printed} not in {all}");
        }
    }
    if let Some(info) = tool("pdfinfo", &["-box", path]) {
        assert!(info.contains("Pages:           2"), "a front and a back: {info}");
        assert!(info.contains("MediaBox:            0.00     0.00   595.28   841.89"), "A4: {info}");
    }
    if let Some(fonts) = tool("pdffonts", &[path]) {
        assert!(fonts.lines().skip(2).all(|l| l.contains(" yes yes yes ")), "{fonts}");
    }
    tool("qpdf", &["--check", path]);

    let said = shop.run(&["print"]).ok();
    assert!(said.err.contains("printed before"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM batch"), 1);

    shop.today = "2026-12-05";
    shop.run(&["posted", "2026-12-a", "--except", "zoe", "--by", "Joan", "--on", "2026-12-04"]).ok();
    let shown = shop.run(&["person", "show", "ana"]).ok().out;
    for part in ["posted", "4 Dec 2026 by Joan", "tram driver", "PS: the red laces are in.", "batch 2026-12-a"] {
        assert!(shown.contains(part), "{part} not in {shown}");
    }
    let json = shop.run(&["person", "show", "zoe", "--json"]).ok().json();
    assert_eq!(json["cards"][0]["state"], "printed");
    assert!(shop.run(&["due", "--json"]).ok().json()["due"].as_array().unwrap().iter().all(|d| d["to"] == "zoe-lukasik"));
    shop.run(&["doctor"]).ok();
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let notes = [("ana-lopez", ANA), ("tom-reed", TOM)];
    let (one, two) = (Shop::with_notes(&notes), Shop::with_notes(&notes));
    one.run(&["print"]).ok();
    two.run(&["print"]).ok();
    assert!(fs::read(one.file("out/2026-12-a.pdf")).unwrap() == fs::read(two.file("out/2026-12-a.pdf")).unwrap());
}

#[test]
fn hand_fed_backs_come_in_the_order_the_fronts_lie_in() {
    let notes: Vec<(&str, &str)> = vec![("ana-lopez", ANA), ("tom-reed", TOM)];
    let first = |duplex: &str| {
        let shop = Shop::with_notes(&notes);
        // A sheet each: the places before the last are used up.
        let settings = shop.read("wetink.toml").replace("duplex = \"long-edge\"", &format!("duplex = \"{duplex}\""));
        shop.write("wetink.toml", settings);
        shop.run(&["print", "--skip", "3"]).ok();
        let fronts = tool("pdfinfo", &[shop.file("out/2026-12-a.pdf").to_str().unwrap()]);
        assert!(fronts.is_none_or(|said| said.lines().any(|l| l.starts_with("Pages:") && l.ends_with(" 2"))));
        tool("pdftotext", &["-l", "1", shop.file("out/2026-12-a-backs.pdf").to_str().unwrap(), "-"])
    };
    if let (Some(plain), Some(reversed)) = (first("manual"), first("manual-reversed")) {
        assert!(plain.contains("Ana,") && !plain.contains("Tom,"), "{plain}");
        assert!(reversed.contains("Tom,") && !reversed.contains("Ana,"), "{reversed}");
    }
}

#[test]
fn a_spoilt_card_is_the_same_card_again() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    shop.run(&["print", "--again", "ana-lopez-birthday-2026"]).ok();
    // Named after the card's own month, not after today's.
    assert!(fs::read(shop.file("out/2026-12-a.pdf")).unwrap() == fs::read(shop.file("out/2026-12-b.pdf")).unwrap());
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM card_event WHERE what = 'reprinted'"), 1);
    let nobody = shop.run(&["print", "--again", "zzz"]).ended(1);
    assert!(nobody.err.contains("no card, no batch and nobody's name"), "{}", nobody.err);
    assert!(nobody.err.contains("2026-12-b, 2026-12-a") && !nobody.err.contains("person add"), "{}", nobody.err);
}

#[test]
fn a_pdf_that_is_gone_is_printed_again_and_the_doctor_is_content() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    fs::remove_file(shop.file("out/2026-12-a.pdf")).unwrap();
    let found = shop.run(&["doctor"]).ended(4);
    assert!(found.err.contains("`wetink print --again 2026-12-a`"), "{}", found.err);
    shop.run(&["print", "--again", "ana"]).ok();
    shop.run(&["doctor"]).ended(4);
    shop.run(&["print", "--again", "2026-12-a"]).ok();
    shop.run(&["doctor"]).ok();
    fs::remove_file(shop.file("out/2026-12-c.pdf")).unwrap();
    shop.run(&["doctor"]).ended(4);
}

#[test]
fn somebody_who_must_not_be_written_to_is_not_put_on_a_sheet() {
    let shop = Shop::with_people();
    for (who, status, why) in [
        ("tom", "do-not-contact", "Tom asked not to be written to"),
        ("ana", "deceased", "Ana has died"),
        ("zoe", "undeliverable", "mail to Zoë comes back"),
    ] {
        shop.run(&["person", "status", who, status]).ok();
        let refused = shop.run(&["write", who, "--no-edit"]).ended(3);
        assert!(refused.err.contains(why) && refused.err.contains("person show"), "{}", refused.err);
    }
    assert!(!shop.file("notes/2026-12.md").exists(), "nothing was changed");
    shop.run(&["write", "henrik", "--no-edit"]).ok();
    assert!(shop.read("notes/2026-12.md").contains("## henrik-sorensen | hello"));
}

#[test]
fn what_is_still_to_come_was_not_posted() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    let refused = shop.run(&["posted", "--on", "2027-01-01"]).ended(2);
    assert!(refused.err.contains("2027-01-01 is still to come"), "{}", refused.err);
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted'"), 0);
}

#[test]
fn the_calendar_ends_with_the_year_9999() {
    let mut shop = Shop::with_people();
    shop.run(&["person", "add", "Eve Last", "--birthday", "12-31"]).ok();
    shop.today = "9999-12-31";
    let sheet = shop.run(&["write", "--no-edit"]).ok().out;
    assert!(sheet.trim_end().ends_with("9999-12.md"), "{sheet}");
    let due = shop.run(&["due", "--json"]).ok().json();
    for line in due["due"].as_array().unwrap() {
        assert_eq!(line["day"].as_str().unwrap().len(), "9999-12-31".len(), "{line}");
    }
    shop.run(&["status"]).ok();
}

#[test]
fn a_proof_is_marked_and_not_logged() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print", "--proof"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
    if let Some(text) = tool("pdftotext", &[shop.file("out/proof-2026-12.pdf").to_str().unwrap(), "-"]) {
        assert!(text.contains("PROOF"), "{text}");
    }
    shop.run(&["print", "--dry-run"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM batch"), 0);
}

#[test]
fn letter_paper_makes_quarter_letter_cards() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let settings = shop.read("wetink.toml").replace("paper = \"a4\"", "paper = \"letter\"");
    shop.write("wetink.toml", settings);
    shop.run(&["print"]).ok();
    if let Some(info) = tool("pdfinfo", &["-box", shop.file("out/2026-12-a.pdf").to_str().unwrap()]) {
        assert!(info.contains("MediaBox:            0.00     0.00   612.00   792.00"), "{info}");
    }
}

#[test]
fn the_second_print_of_a_note_is_refused_even_if_the_check_is_bypassed() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    // The same words, shouted, with a look-alike letter and an invisible one: the same note.
    let disguised = ANA.to_uppercase().replace('O', "\u{41e}").replace("BOOTS", "BO\u{200b}OTS") + " 🎈";
    shop.notes(&[("tom-reed", &disguised)]);
    let said = shop.run(&["print"]).ended(3);
    assert!(said.err.contains("[duplicate]"), "{}", said.err);
    let json = shop.run(&["check", "--json"]).ended(3).json();
    let finding = json["cards"][0]["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "duplicate").unwrap();
    assert_eq!(json["cards"][0]["verdict"], "refused");
    assert_eq!(finding["severity"], "refuse");
    assert_eq!(finding["other"]["to"], "ana-lopez");
    assert_eq!(shop.count("SELECT count(*) FROM card"), 1);
    // And without any check: the ledger's own rows say no.
    let hash = "(SELECT hash FROM fingerprint LIMIT 1)";
    let refused = shop.sql(&format!(
        "INSERT INTO batch (id, day, sheet, file, sha256, cards, state) VALUES ('x', '2026-12-01', 's', 'f', '{}', 1, 'ready');
         INSERT INTO card (id, person, occasion, key, day, state, note, batch) VALUES ('y', 'tom-reed', 'birthday', '2026', '2026-12-14', 'printed', 'n', last_insert_rowid());
         INSERT INTO fingerprint (hash, card) VALUES ({hash}, last_insert_rowid());",
        "0".repeat(64)
    ));
    assert!(refused.unwrap_err().to_string().contains("for ever"), "the fingerprint is somebody's already");
}

#[test]
fn two_equal_notes_on_one_sheet_are_one_too_many() {
    let shop = Shop::with_notes(&[("ana-lopez", ZOE), ("zoe-lukasik", ZOE)]);
    let json = shop.run(&["check", "--json"]).ended(3).json();
    let second = &json["cards"][1];
    assert_eq!(second["verdict"], "refused");
    assert_eq!(second["findings"][0]["other"]["sheet_line"], 3);
}

#[test]
fn past_cards_refuse_old_notes_from_the_first_day() {
    let shop = Shop::with_people();
    shop.write(
        "past.csv",
        format!("to,occasion,date,note\nNew Person,birthday,2024-05-01,\"{TOM}\"\ntom-reed,birthday,2024-12-14,\"{ANA}\"\n"),
    );
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE imported = 1"), 2);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'new-person'"), 1);
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card"), 2, "the same file twice changes nothing");
    shop.notes(&[("ana-lopez", TOM)]);
    let json = shop.run(&["check", "--json"]).ended(3).json();
    let finding = json["cards"][0]["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "duplicate").unwrap();
    assert_eq!(finding["other"]["date"], "2024-05-01");
}

#[test]
fn nobody_gets_a_card_who_must_not() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["person", "status", "tom", "deceased"]).ok();
    let said = shop.run(&["print"]).ended(3);
    assert!(said.err.contains("[do-not-send] tom-reed: Tom Reed has died"), "{}", said.err);
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE person = 'tom-reed'"), 0);
    // An overruling doesn't help.
    let sheet = shop
        .read("notes/2026-12.md")
        .replace("## tom-reed | birthday | some day\n", "## tom-reed | birthday | some day\n> because: the family asked\n");
    shop.write("notes/2026-12.md", sheet);
    shop.run(&["check"]).ended(3);
    // Nor does SQL.
    let refused = shop.sql("INSERT INTO card (id, person, occasion, key, day, state, note, batch) SELECT 'z', 'tom-reed', 'b', 'k', '2026-12-14', 'printed', 'n', n FROM batch");
    assert!(refused.unwrap_err().to_string().contains("must not get a card"));
}

#[test]
fn a_warning_set_to_refuse_can_be_overruled_with_a_reason_that_is_kept() {
    let shop = Shop::with_people();
    shop.run(&["log", "ana", "fact", "keeps bees"]).ok();
    let settings = shop.read("wetink.toml").replace("# about = \"refuse\"", "about = \"refuse\"");
    shop.write("wetink.toml", settings);
    shop.notes(&[(
        "ana-lopez",
        "Every shelf in the shop is crooked since the flood, and we would not straighten one of them now.",
    )]);
    let said = shop.run(&["check"]).ended(3);
    assert!(said.err.contains("[generic]"), "{}", said.err);
    assert!(said.err.contains("keeps bees"), "a fact as a memory aid: {}", said.err);
    let sheet = shop.read("notes/2026-12.md").replace("> a prompt\n", "> because: she was there when it happened\n");
    shop.write("notes/2026-12.md", sheet);
    shop.run(&["print"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE because = 'she was there when it happened'"), 1);
}

#[test]
fn an_index_of_an_older_reading_is_made_anew() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    shop.sql("UPDATE echo_state SET value = 0 WHERE what = 'folding'").unwrap();
    shop.notes(&[("tom-reed", &ANA.replace("Ana", "Tom"))]);
    shop.run(&["check"]).ended(3);
    assert!(shop.count("SELECT value FROM echo_state WHERE what = 'folding'") > 0);
}

#[cfg(unix)]
#[test]
fn check_write_and_print_refuse_the_same_notes_by_the_same_rules() {
    let shop = Shop::with_people();
    shop.write("past.csv", format!("to,occasion,date,note\nNew Person,birthday,2024-05-01,\"{TOM}\"\n"));
    shop.run(&["import", "past.csv", "--as", "cards"]).ok();
    let spaced: String = TOM.chars().flat_map(|c| [c, ' ']).collect();
    let wish = "Happy birthday! Wishing you joy, laughter and a wonderful year ahead.";
    shop.notes(&[("ana-lopez", &spaced), ("tom-reed", wish), ("zoe-lukasik", &TOM.replace("Tom", "Zoë"))]);
    let refusals = |text: &str| -> Vec<String> {
        let rule = |line: &str| line.split_once('[').and_then(|(_, l)| l.split_once(']')).map(|(rule, _)| rule.to_owned());
        let mut rules: Vec<String> = text.lines().filter(|l| l.starts_with("error: [")).filter_map(rule).collect();
        rules.sort();
        rules
    };
    let checked = refusals(&shop.run(&["check"]).ended(3).err);
    assert!(checked.contains(&"stock-verse".into()) && checked.len() >= 3, "{checked:?}");
    assert_eq!(refusals(&shop.run(&["print"]).ended(3).err), checked);
    let mut write = shop.command(&["write"]);
    assert_eq!(refusals(&crate::builder::said(&write.env("EDITOR", "true").output().unwrap()).err), checked);
    let json = shop.run(&["check", "--json"]).ended(3).json();
    assert_eq!(json["refused"], 3);
    let findings = json["cards"][0]["findings"].as_array().unwrap();
    assert!(findings.iter().any(|f| f["share"].is_number() && !f["ranges"].as_array().unwrap().is_empty()), "{findings:?}");
}
