//! What a first user ran into, once each: two machines, unread columns, old addresses, households, and messages that helped nobody.

use std::fs;

use crate::builder::Shop;

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const TOM: &str = "Tom, the gate has not banged once since you came, and the dog forgives you.";

fn export(shop: &Shop) -> String {
    shop.run(&["ledger", "export"]).ok().out
}

#[test]
fn a_batch_printed_again_survives_an_export_and_the_next_has_a_name_of_its_own() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    shop.run(&["print", "--again", "2026-12-a"]).ok();
    let all = export(&shop);
    assert_eq!(all.matches("{\"batch\":").count(), 2);
    let other = Shop::new();
    other.write("all.jsonl", &all);
    let said = other.run(&["ledger", "import", "all.jsonl"]).ok();
    assert!(said.err.contains("2 batches") && said.err.contains("0 rows here already"), "{}", said.err);
    assert_eq!(export(&other), all, "to the byte");
    assert!(other.run(&["ledger", "import", "all.jsonl"]).ok().err.contains("nothing new"));
    assert_eq!(export(&other), all);
    // Its PDFs never were here: no damage.
    let well = other.run(&["doctor"]).ok();
    assert!(well.err.contains("2026-12-a and 2026-12-b came with another ledger"), "{}", well.err);
    assert_eq!(other.run(&["doctor", "--json"]).ok().json()["elsewhere"], serde_json::json!(["2026-12-a", "2026-12-b"]));
    other.write("notes/2026-12.md", format!("## tom-reed | birthday\n\n{TOM}\n"));
    other.run(&["print"]).ok();
    assert!(other.file("out/2026-12-c.pdf").exists());
    // One that is made here again is here.
    other.run(&["print", "--again", "2026-12-a"]).ok();
    fs::remove_file(other.file("out/2026-12-c.pdf")).unwrap();
    let gone = other.run(&["doctor"]).ended(4);
    assert!(gone.err.contains("out/2026-12-c.pdf is gone") && gone.err.contains("1 thing is"), "{}", gone.err);
    // Undone, nothing of it stays.
    let third = Shop::new();
    third.write("all.jsonl", &all);
    third.run(&["ledger", "import", "all.jsonl"]).ok();
    third.run(&["undo", "--yes"]).ok();
    assert_eq!(third.count("SELECT (SELECT count(*) FROM batch) + (SELECT count(*) FROM elsewhere)"), 0);
    third.run(&["doctor"]).ok();
}

/// A ledger in which an older program had dropped a batch: the next name is free all the same.
#[test]
fn a_hole_among_the_batches_stops_nobody() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    let all = export(&shop).replace("2026-12-a", "2026-12-b");
    let other = Shop::new();
    other.write("all.jsonl", &all);
    other.run(&["ledger", "import", "all.jsonl"]).ok();
    other.write("notes/2026-12.md", format!("## tom-reed | birthday\n\n{TOM}\n"));
    other.run(&["print"]).ok();
    assert_eq!(other.count("SELECT count(*) FROM batch WHERE id = '2026-12-c'"), 1);
    // A file that says a batch lies anywhere else is not believed.
    let evil = Shop::new();
    evil.write("all.jsonl", all.replace("out/2026-12-b.pdf", "out/../wetink.toml"));
    assert!(evil.run(&["ledger", "import", "all.jsonl"]).ok().err.contains("isn't taken"));
    assert_eq!(evil.count("SELECT count(*) FROM batch"), 0);
}

#[test]
fn no_column_is_left_out_silently() {
    let shop = Shop::with_people();
    shop.write(
        "log.csv",
        "Date,Customer,What,Details,Till\n2026-10-03,Ana López,purchase,walking boots for Lisbon,2\n2026-10-04,Tom Reed,visit,asked about heels,1\n",
    );
    let dry = shop.run(&["import", "log.csv", "--as", "touches", "--dry-run"]).ok().err;
    for told in [
        "Date, Customer > who, What > kind, Details > text",
        "as in line 2: date 2026-10-03 | who Ana López | kind purchase | text walking boots for Lisbon",
        "not used: Till; --map \"Till=text\" takes it in",
    ] {
        assert!(dry.contains(told), "{told}: {dry}");
    }
    assert_eq!(shop.count("SELECT count(*) FROM touch"), 0);
    shop.run(&["import", "log.csv", "--as", "touches", "--map", "Till=text"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE kind = 'purchase' AND text = 'walking boots for Lisbon; 2'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE kind = 'visit' AND text = 'asked about heels; 1'"), 1);
    let wrong = shop.run(&["import", "log.csv", "--as", "touches", "--map", "Whatever=kind"]).ended(2).err;
    assert!(wrong.contains("has no column `Whatever`") && wrong.contains("Date, Customer, What"), "{wrong}");
    let help = shop.run(&["import", "--help"]).ok().out;
    for field in ["who, date, kind, text", "to, occasion, date, note", "birthday, birth-year"] {
        assert!(help.contains(field), "{field}: {help}");
    }
}

#[test]
fn a_list_that_is_no_list_of_people_says_what_it_is() {
    let shop = Shop::with_people();
    shop.write(
        "past.csv",
        "to,occasion,date,note\nAna López,birthday,2024-12-12,Fourteen hats on one table and none of them hers.\n",
    );
    shop.write("log.csv", "Date,Customer,What,Details\n2026-10-03,Ana López,purchase,boots\n");
    assert!(shop.run(&["import", "past.csv"]).ended(2).err.contains("--as cards"));
    assert!(shop.run(&["import", "log.csv"]).ended(2).err.contains("--as touches"));
    // Where the names can be read it is the owner who decides.
    shop.write("till.csv", "Customer,Customer ID,Date,What\nCy Fox,77,2026-10-03,boots\n");
    assert!(shop.run(&["import", "till.csv"]).ended(2).err.contains("--as touches"));
    assert_eq!(shop.count("SELECT count(*) FROM person"), 4);
    shop.run(&["import", "till.csv", "--as", "people"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person"), 5);
}

#[test]
fn what_a_column_shows_by_itself_wins_over_what_a_program_does_elsewhere() {
    let square = |dates: [&str; 3]| {
        let rows = dates.iter().enumerate().map(|(n, date)| format!("Given{n},Family{n},{date},SQ{n},1\n"));
        format!("First Name,Last Name,Birthday,Square Customer ID,Transaction Count\n{}", rows.collect::<String>())
    };
    let shop = Shop::new();
    shop.write("square.csv", square(["14/12/1985", "22/12/1971", "03/12/1979"]));
    shop.run(&["import", "square.csv"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE birthday = '1979-12-03'"), 1);
    // Nothing shows it, and the shop isn't where that program is at home: asked, once.
    let open = Shop::new();
    open.write("square.csv", square(["04/12/1985", "02/12/1971", "03/12/1979"]));
    let asked = open.run(&["import", "square.csv"]).ok().err;
    assert!(asked.contains("3 dates in the column `Birthday` may be read in two ways"), "{asked}");
    assert_eq!(asked.matches("line 2:").count(), 1, "{asked}");
    assert_eq!(open.count("SELECT count(*) FROM person WHERE birthday IS NOT NULL"), 0);
}

#[test]
fn what_the_rules_ask_for_can_be_printed() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "service", "new heels", "--on", "2026-11-14"]).ok();
    shop.write("notes/2026-12.md", format!("## tom-reed | how-did-it-go\n\n{TOM}\n"));
    shop.run(&["print"]).ok();
    shop.write("notes/2027-01.md", format!("## ana-lopez | solstice\n\n{ANA}\n"));
    let none = shop.run(&["check", "notes/2027-01.md"]).ended(3).err;
    assert!(none.contains("solstice = \"hello\"") && none.contains("letters/"), "{none}");
    let toml = shop.read("wetink.toml").replace("letters = { ", "letters = { solstice = \"hello\", ");
    shop.write("wetink.toml", toml);
    shop.run(&["check", "notes/2027-01.md"]).ok();
}

#[test]
fn a_card_back_from_an_old_address_stops_the_next() {
    let shop = Shop::with_notes(&[("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    shop.run(&["posted"]).ok();
    let asked = shop.run(&["returned", "tom"]).ended(2).err;
    assert!(asked.contains("--reason moved, unknown"), "{asked}");
    let back = shop.run(&["returned", "tom", "--reason", "moved"]).ok().err;
    assert!(back.contains("no card will be made until there is a new address"), "{back}");
    shop.run(&["log", "tom", "purchase", "laces", "--on", "2026-11-20"]).ok();
    let due = shop.run(&["due", "--json"]).ok().json();
    let thanks = due["due"].as_array().unwrap().iter().find(|d| d["to"] == "tom-reed").cloned().unwrap();
    assert_eq!((&thanks["state"], &thanks["late"]), (&"held".into(), &false.into()));
    assert!(thanks["held"].as_str().unwrap().contains("address is wanted"), "{thanks}");
    shop.write("notes/2027-01.md", "## tom-reed | hello\n\nThe new lasts have come from Northampton and they smell of cedar.\n");
    assert!(shop.run(&["check", "notes/2027-01.md"]).ended(3).err.contains("[do-not-send]"));
    shop.run(&["print", "notes/2027-01.md"]).ended(3);
    shop.run(&["person", "edit", "tom", "--street", "9 Skinner Street"]).ok();
    shop.run(&["print", "notes/2027-01.md"]).ok();
}

#[test]
fn whoever_is_erased_is_named_in_pictures_and_suspected_in_what_is_locked() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print", "--proof"]).ok();
    shop.run(&["preview"]).ok();
    shop.write("pass", "four words nobody joins");
    shop.run(&["backup", "--encrypt", "--passphrase-file", "pass"]).ok();
    let tom = shop.run(&["person", "erase", "tom", "--yes"]).ok().out;
    assert!(!tom.contains("proof-") && !tom.contains("preview-"), "he is in neither: {tom}");
    assert!(tom.contains(".age"), "{tom}");
    let ana = shop.run(&["person", "erase", "ana", "--yes"]).ok().out;
    for file in [
        "out/preview-2026-12/ana-lopez-birthday-2026-note.png",
        "out/preview-2026-12/contact-sheet.png",
        "out/proof-2026-12.pdf",
        ".age",
    ] {
        assert!(ana.contains(file), "{file}: {ana}");
    }
}

/// The first section of the README, line by line, in an empty folder.
#[test]
fn the_readme_is_true_from_an_empty_folder_to_a_pdf() {
    let shop = Shop::empty();
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let part = readme.split("## From an empty folder to a PDF").nth(1).unwrap().split("\n## ").next().unwrap();
    let sheet: Vec<&str> =
        part.lines().skip_while(|l| !l.starts_with("    ## ")).take_while(|l| l.is_empty() || l.starts_with("    ")).collect();
    let sheet: String = sheet.iter().map(|l| format!("{}\n", l.strip_prefix("    ").unwrap_or(l))).collect();
    let mut lines = 0;
    for line in part.lines().filter_map(|l| l.strip_prefix("    wetink ")) {
        let words = shlex::split(line).unwrap();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        shop.run(&words).ok();
        lines += 1;
        if words[0] == "write" {
            let made = shop.read("notes/2026-12.md");
            let (heading, note) = sheet.trim_end().split_once("\n\n").unwrap();
            assert_eq!(made.matches("\n## ").count(), 1, "{made}");
            assert!(made.contains(heading), "{heading}\n{made}");
            shop.write("notes/2026-12.md", format!("{}\n\n{note}\n", made.trim_end()));
        }
    }
    assert!(lines >= 7, "{part}");
    assert!(shop.file("out/2026-12-a.pdf").exists());
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted' AND ps <> ''"), 1);
}

#[test]
fn a_pack_takes_the_size_of_the_shops_country() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    let said = shop.run(&["pack", "stannp"]).ok();
    assert!(said.err.contains("Stannp, a6"), "{}", said.err);
    let again = shop.run(&["print", "--again", "2026-12-a"]).ended(2).err;
    assert!(again.contains("is a pack") && again.contains("wetink pack stannp notes/2026-12.md"), "{again}");
    fs::remove_dir_all(shop.file("out/stannp-2026-12-a")).unwrap();
    let gone = shop.run(&["doctor"]).ended(4).err;
    assert!(gone.contains("out/stannp-2026-12-a is gone: make it again with `wetink pack stannp notes/2026-12.md`"), "{gone}");
    shop.run(&["pack", "stannp", "notes/2026-12.md"]).ok();
    shop.run(&["doctor"]).ok();
    // Nobody's address is missed three times.
    shop.run(&["person", "add", "Di Orr"]).ok();
    shop.write("notes/2027-01.md", "## di-orr | hello\n\nThe new lasts have come from Northampton and they smell of cedar.\n");
    let bare = shop.run(&["pack", "stannp", "notes/2027-01.md"]).ended(3).err;
    assert_eq!(bare.matches("error:").count(), 1, "{bare}");
    assert!(bare.contains("there is no address"), "{bare}");
}

#[test]
fn a_household_is_made_once_written_to_otherwise_left_and_ended() {
    let shop = Shop::new();
    for name in ["Ann Lee", "Bob Lee", "Cy Lee"] {
        shop.run(&["person", "add", name]).ok();
    }
    shop.run(&["person", "household", "ann-lee", "--as", "Ann Lee"]).ended(2);
    shop.run(&["person", "household", "ann-lee", "bob-lee", "--as", "Ann and Bob Lee"]).ok();
    let again = shop.run(&["person", "household", "ann-lee", "bob-lee", "--as", "The Lees"]).ok();
    assert!(again.out.contains("ann-and-bob-lee") && again.err.contains("written to as The Lees"), "{}", again.err);
    shop.run(&["person", "household", "ann-lee", "bob-lee", "cy-lee", "--as", "Ann, Bob and Cy Lee"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE household = 'ann-and-bob-lee'"), 3);
    // A first name is a person's.
    shop.run(&["log", "ann", "talk", "heels"]).ok();
    assert!(shop.run(&["posted", "bob"]).ended(1).err.contains("no card to `bob` was printed"));
    shop.run(&["person", "household", "ann-and-bob-lee", "--without", "cy-lee"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household WHERE salutation = 'Ann and Bob Lee'"), 1);
    shop.run(&["person", "household", "bob", "--end"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM household"), 0);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE household IS NOT NULL"), 0);
    shop.run(&["undo", "--yes"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE household = 'ann-and-bob-lee'"), 2);
}

#[test]
fn what_is_said_helps() {
    let shop = Shop::with_people();
    let typo = shop.run(&["log", "tom", "vist", "heels"]).ended(2).err;
    assert!(typo.contains("did you mean visit?") && typo.contains("[kinds.vist]"), "{typo}");
    shop.run(&["log", "tom", "fitting", "heels"]).ok();
    let done = shop.run(&["log", "zoe", "done"]).ended(1).err;
    assert!(done.contains("nothing is open") && !done.contains("--close"), "{done}");
    assert!(shop.run(&["person", "edit", "tom"]).ok().err.contains("nothing is changed"));
    shop.run(&["person", "edit", "tom", "--called", "Tommy", "--birthday", "31/12"]).ok();
    let shown = shop.run(&["person", "show", "tom"]).ok().out;
    assert!(shown.contains("called Tommy") && shown.contains("birthday 31 December"), "{shown}");
    let either = shop.run(&["person", "edit", "tom", "--birthday", "03/04"]).ended(2).err;
    assert!(either.contains("may be read in two ways") && either.contains("12 April"), "{either}");
    shop.run(&["log", "tom", "visit", "laces", "--on", "yesterday"]).ok();
    shop.run(&["log", "tom", "promise", "red ones", "--on", "2 Nov", "--until", "tomorrow"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE day = '2026-11-20' AND kind = 'visit'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE day = '2026-11-02' AND until = '2026-11-22'"), 1);
    assert_eq!(shop.run(&["help", "--help"]).ok().out, shop.run(&["help"]).ok().out);
    for hour in ["8:30", "24"] {
        assert!(shop.run(&["remind", "install", "--at", hour]).ended(2).err.contains("0 to 23"), "{hour}");
    }
    let remind = |args: &[&str]| {
        let mut command = shop.command(args);
        crate::builder::said(&command.env("HOME", shop.path()).output().unwrap())
    };
    remind(&["remind", "install", "--at", "7:00", "--system", "systemd"]).ok();
    let show = remind(&["remind", "show", "--system", "systemd"]).ok();
    assert!(show.err.contains("on weekdays at 7"), "{}", show.err);
    // An emoji is taken out; what is left is a matter of the hand.
    shop.notes(&[("ana-lopez", "Ana, the tram to Łódź 🎉 still smells of wet wool, and żurek is what you were right about.")]);
    let polish = shop.run(&["check", "notes/2026-12.md"]).ended(3).err;
    assert!(polish.contains("[missing-glyph]") && polish.contains("A pen writes no emoji"), "{polish}");
    assert!(!polish.contains("No hand here can"), "{polish}");
    // Not posted before it was printed.
    shop.notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    let early = shop.run(&["posted", "--on", "2026-11-20"]).ended(2).err;
    assert!(early.contains("was printed on 21 Nov 2026"), "{early}");
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'posted'"), 0);
    // A missing address is one note.
    shop.run(&["person", "add", "Di Orr"]).ok();
    shop.write("notes/2027-01.md", "## di-orr | hello\n\nThe new lasts have come from Northampton and they smell of cedar.\n");
    shop.run(&["print", "notes/2027-01.md"]).ok();
    let labels = shop.run(&["labels"]).ended(1).err;
    assert_eq!(labels.matches("Di Orr").count(), 1, "{labels}");
}

/// Whatever is late stands together, and what is held and past its day isn't called this week's.
#[test]
fn a_heading_of_due_comes_once() {
    let mut shop = Shop::with_people();
    shop.run(&["log", "ana", "complaint", "the sole came off"]).ok();
    shop.run(&["person", "add", "Di Orr", "--birthday", "12-11"]).ok();
    shop.today = "2026-12-10";
    let told = shop.run(&["due"]).ok().out;
    for heading in ["Late", "To post this week", "Waiting, and past their day"] {
        assert!(told.lines().filter(|l| *l == heading).count() <= 1, "{heading}: {told}");
    }
    assert!(told.contains("Waiting, and past their day"), "{told}");
}

/// A couple in one household: a card to one of them may speak of the other.
#[test]
fn whoever_lives_there_may_be_named_in_the_note() {
    let note = "Zoë, how is Tom getting on with the purple boots? You owe me the story of the puddle by the abbey.";
    let shop = Shop::with_notes(&[("zoe-lukasik", note)]);
    let apart = shop.run(&["check"]).ok();
    assert!(apart.err.contains("this names Tom") || apart.out.contains("this names Tom"), "{}{}", apart.out, apart.err);
    shop.run(&["person", "household", "zoe", "tom", "--as", "Zoë and Tom"]).ok();
    let together = shop.run(&["check"]).ok();
    assert!(!format!("{}{}", together.out, together.err).contains("Tom"), "{}{}", together.out, together.err);
    // Greeted along with her he is welcome; alone it is the letter for Tom in Zoë's envelope.
    shop.notes(&[("zoe-lukasik", &note.replace("Zoë, how is Tom", "Zoë and Tom, how are you"))]);
    shop.run(&["check"]).ok();
    shop.notes(&[("zoe-lukasik", &note.replace("Zoë, how is Tom", "Dear Tom, how are you"))]);
    let alone = shop.run(&["check"]).ended(3);
    assert!(format!("{}{}", alone.out, alone.err).contains("this greets Tom"), "{}{}", alone.out, alone.err);
}

/// One smiley in one note stops nobody's card from being written by hand.
#[test]
fn a_smiley_is_a_number_on_the_cue_sheet() {
    let shop = Shop::with_notes(&[("ana-lopez", &format!("{ANA} \u{1f389}")), ("tom-reed", TOM)]);
    shop.run(&["print", "--by-hand"]).ok();
    let cues = shop.file("out/2026-12-a-cues.pdf");
    assert!(cues.exists());
    if let Some(text) = crate::builder::tool("pdftotext", &["-raw", cues.to_str().unwrap(), "-"]) {
        assert!(text.contains("[U+1F389]"), "{text}");
    }
}

/// Remarks of an earlier check go when the card is printed, and the title counts what is still to be written.
#[cfg(unix)]
#[test]
fn a_printed_card_is_no_longer_marked_refused_and_lines_are_those_of_the_sheet() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = Shop::with_people();
    shop.write("editor.sh", "#!/bin/sh\nawk '{print} /^## ana-lopez/ {a=1} a && /^$/ {print \"Happy {{name}} day\"; a=0} /^## tom-reed/ {t=1} t && /^$/ {print \"Happy {{first}} day\"; t=0}' \"$1\" > new && cat new > \"$1\"\n");
    fs::set_permissions(shop.file("editor.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let editor = format!("'{}'", shop.file("editor.sh").display());
    let said = crate::builder::said(&shop.command(&["write"]).env("EDITOR", editor).output().unwrap());
    let sheet = shop.read("notes/2026-12.md");
    let line = sheet.lines().position(|l| l.starts_with("Happy {{first}}")).unwrap() + 1;
    assert!(
        format!("{}{}", said.out, said.err).contains(&format!("notes/2026-12.md:{line}:")),
        "{line}: {}{}",
        said.out,
        said.err
    );
    shop.write("notes/2026-12.md", sheet.replace("Happy {{name}} day", ANA));
    shop.run(&["print"]).ended(3);
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    let (ana, rest) = sheet.split_once("## tom-reed").unwrap();
    assert!(ana.contains("no longer due: printed") && !ana.contains("!! refused"), "{ana}");
    assert!(rest.contains("!! refused, placeholder"), "Tom's isn't printed: {rest}");
    assert!(sheet.starts_with("# December 2026: 2 cards to write\n"), "{sheet}");
}

/// A print that is taken back takes its labels and envelopes with it; what closed a complaint says which.
#[test]
fn labels_go_with_their_batch_and_done_says_what_was_done() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA), ("tom-reed", TOM)]);
    shop.run(&["print"]).ok();
    shop.run(&["labels"]).ok();
    shop.run(&["envelopes"]).ok();
    shop.run(&["undo", "--yes"]).ok();
    let left: Vec<_> = fs::read_dir(shop.file("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["void"], "{left:?}");
    assert!(shop.file("out/void/2026-12-a-envelopes.pdf").exists());

    shop.run(&["log", "tom", "complaint", "the left heel came off after two weeks", "--on", "2026-11-10"]).ok();
    shop.run(&["log", "tom", "done"]).ok();
    fs::remove_file(shop.file("notes/2026-12.md")).unwrap();
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    assert!(sheet.contains("last: done on 21 Nov 2026: the left heel came off"), "{sheet}");
}

/// A note that won't be printed may be looked at, and is known as one; the others have the numbers they will have on paper.
#[test]
fn preview_says_what_is_refused() {
    let shop = Shop::with_notes(&[("ana-lopez", "Happy birthday, {{name}}!"), ("tom-reed", TOM)]);
    let said = shop.run(&["preview"]).ok();
    assert!(said.err.contains("1 card among them is refused"), "{}", said.err);
    let only = shop.run(&["preview", "tom"]).ok();
    assert!(!only.err.contains("refused"), "{}", only.err);
}
