//! What stays open with people, what is known of them, and what every other verb says about it.

use crate::builder::{Shop, said};

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";

fn due(shop: &Shop, args: &[&str]) -> Vec<serde_json::Value> {
    let json = shop.run(&[&["due", "--json"], args].concat()).ok().json();
    json["due"].as_array().unwrap().clone()
}

/// P-7: a life event is a fact with its day, in the brief and in the history, and a click is only in the history.
#[test]
fn a_life_event_is_a_fact_with_its_day_and_a_click_is_none() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "life", "a daughter, Ida", "--on", "2026-05-03"]).ok();
    shop.run(&["log", "tom", "signal", "opened the newsletter", "--on", "2026-11-02"]).ok();
    let shown = shop.run(&["person", "show", "tom"]).ok().out;
    assert!(shown.contains("know: a daughter, Ida"), "{shown}");
    assert!(shown.contains("3 May 2026  life  a daughter, Ida"), "{shown}");
    assert!(shown.contains("signal  opened the newsletter") && !shown.contains("last: signal"), "{shown}");
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    let tom = sheet.split("## ").find(|part| part.starts_with("tom-reed")).unwrap();
    assert!(tom.contains("> know: a daughter, Ida\n") && !tom.contains("newsletter"), "{sheet}");
    assert!(due(&shop, &[]).iter().all(|d| d["kind"] == "card"), "neither is anything to do");
}

/// P-43: what couldn't be found for somebody is followed up, stays open until it is closed, and is listed under its item.
#[test]
fn what_could_not_be_found_is_followed_up_and_listed_under_its_item() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "could-not-help", "boots 43", "--on", "2026-11-10"]).ok();
    shop.run(&["log", "zoe", "could-not-help", "Boots 43", "--on", "2026-11-12"]).ok();
    shop.run(&["log", "zoe", "could-not-help", "red laces", "--on", "2026-11-13"]).ok();
    let found: Vec<_> = due(&shop, &[]).into_iter().filter(|d| d["occasion"] == "could-not-help").collect();
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!((&found[0]["to"], &found[0]["post_by"]), (&"tom-reed".into(), &"2026-11-17".into()));
    assert!(found[0]["why"].as_str().unwrap().contains("boots 43"), "{found:?}");
    assert_eq!(found[0]["ask"][0], "did they find it elsewhere?");
    let open = shop.run(&["status", "--json"]).ok().json()["open"].clone();
    assert_eq!(
        (&open[0]["text"], &open[0]["who"], &open[0]["since"]),
        (&"boots 43".into(), &serde_json::json!(["tom-reed", "zoe-lukasik"]), &"2026-11-10".into())
    );
    let told = shop.run(&["status"]).ok().out;
    assert!(told.contains("could-not-help: boots 43 (tom-reed and zoe-lukasik, since 10 Nov 2026)"), "{told}");
    shop.run(&["log", "tom", "done", "43 is in", "--close", "could-not-help"]).ok();
    let open = shop.run(&["status", "--json"]).ok().json()["open"].clone();
    assert_eq!((open.as_array().unwrap().len(), &open[0]["who"]), (2, &serde_json::json!(["zoe-lukasik"])));
}

/// P-3, P-66: a thread of a year ago and an idea are on the sheet, in `person show` and in `status`, until they are closed.
#[test]
fn a_thread_of_a_year_ago_and_an_idea_stay_where_they_are_seen() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "thinking", "the handmade pair; asks his wife", "--on", "2025-11-01"]).ok();
    shop.run(&["log", "tom", "idea", "brownies at the till", "--on", "2026-06-01"]).ok();
    shop.run(&["log", "tom", "promise", "a last of his own", "--until", "2027-01-15", "--on", "2026-11-01"]).ok();
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    let shown = shop.run(&["person", "show", "tom"]).ok().out;
    for line in [
        "open: thinking of 1 Nov 2025: the handmade pair; asks his wife",
        "open: idea of 1 Jun 2026: brownies at the till",
        "promised until 15 Jan 2027: a last of his own",
    ] {
        assert!(sheet.contains(&format!("> {line}\n")), "{line}: {sheet}");
        assert!(shown.contains(line), "{line}: {shown}");
    }
    shop.run(&["status", "--html", "month.html"]).ok();
    for told in [shop.run(&["status"]).ok().out, shop.read("month.html")] {
        assert!(told.contains("idea: brownies at the till (tom-reed, since 1 Jun 2026)"), "{told}");
        assert!(told.contains("thinking: the handmade pair; asks his wife (tom-reed, since 1 Nov 2025)"), "{told}");
    }
    shop.run(&["log", "tom", "done", "they sell out by ten", "--close", "idea"]).ok();
    assert!(!shop.run(&["status"]).ok().out.contains("brownies"));
    assert!(due(&shop, &[]).iter().any(|d| d["occasion"] == "your-idea" && d["kind"] == "card"), "we did it because of you");
}

/// P-10: five lines when somebody comes back after six quiet months, and not a word otherwise; T1 and T2 of the same person.
#[test]
fn fifty_clicks_wake_nobody() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "talk", "about heels", "--on", "2025-11-01"]).ok();
    let before = shop.run(&["due", "--json"]).ok().out;
    let mut rows = String::from("who,kind,date,text\n");
    for n in 0..50 {
        rows += &format!("tom-reed,signal,2026-{:02}-{:02},clicked {n}\n", n % 10 + 1, n % 28 + 1);
    }
    shop.write("clicks.csv", rows);
    shop.run(&["import", "clicks.csv", "--as", "touches"]).ok();
    assert_eq!(shop.run(&["due", "--json"]).ok().out, before);
    assert_eq!(shop.run(&["person", "show", "tom"]).ok().out.matches("clicked").count(), 50);
    let back = shop.run(&["log", "tom", "visit", "heels again"]).ok().err;
    assert!(back.contains("last here or heard from 12 months ago"), "a click is no sign of life: {back}");
}

/// T1: a name is enough, and the welcome is due in three working days.
#[test]
fn a_name_is_enough_for_an_enquiry() {
    let shop = Shop::new();
    shop.run(&["log", "Mrs Lee", "enquiry", "wide fittings"]).ok();
    let found = due(&shop, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (&found[0]["to"], &found[0]["occasion"], &found[0]["day"]),
        (&"mrs-lee".into(), &"welcome".into(), &"2026-11-25".into())
    );
}

#[test]
fn checks_have_their_exit_codes_and_say_nothing() {
    let mut shop = Shop::new();
    shop.run(&["due", "--check"]).ended(0);
    shop.write("people.csv", crate::builder::PEOPLE);
    shop.run(&["import", "people.csv"]).ok();
    let due = shop.run(&["due", "--check"]).ended(10);
    assert_eq!((due.out.as_str(), due.err.as_str()), ("", ""));
    shop.run(&["due", "--check", "--month", "2026-07"]).ended(0);
    shop.run(&["log", "ana", "complaint", "the sole came off", "--on", "2026-11-20"]).ok();
    for who in ["tom", "zoe"] {
        shop.run(&["person", "status", who, "do-not-contact"]).ok();
    }
    shop.run(&["log", "ana", "done", "new pair", "--close", "complaint"]).ok();
    shop.run(&["log", "ana", "loss", "her mother"]).ok();
    shop.today = "2026-12-08";
    let held = shop.run(&["due", "--json"]).ok().json();
    assert!(held["due"].as_array().unwrap().iter().any(|d| d["state"] == "held" && d["late"] == false), "{held}");
    shop.run(&["due", "--check"]).ended(11);
}

/// Whatever is done, late cards are said, on standard error.
#[test]
fn every_other_verb_says_what_is_late() {
    let mut shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.today = "2026-12-10";
    shop.write("one.csv", "name\nCy Fox\n");
    shop.write("past.csv", "to,occasion,date,note\ntom-reed,birthday,2024-05-01,Your letter box has a new brass flap\n");
    for line in [
        "import one.csv",
        "import past.csv --as cards",
        "person list",
        "person show tom",
        "person add 'Di Orr'",
        "log tom talk heels",
        "write --month 2026-12 --no-edit",
        "check",
        "print --dry-run",
        "print",
        "posted",
        "answered ana 'rang'",
        "backup",
        "ledger export all.jsonl",
        "undo --list",
        "hands",
    ] {
        let words = shlex::split(line).unwrap();
        let told = shop.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(matches!(told.code, Some(0 | 3)), "{line}: {}", told.err);
        assert!(told.err.lines().any(|l| l.ends_with("late: `wetink due`")), "{line}: {}", told.err);
        assert!(!told.out.contains("late: `wetink due`"), "{line} keeps standard output for data");
    }
}

#[test]
fn nothing_due_is_said_once() {
    let shop = Shop::new();
    let nobody = shop.run(&["due"]).ok();
    assert_eq!(nobody.out, "Nothing is due. That is all for the next 45 days.\n");
    assert!(nobody.err.contains("Nobody is here yet"), "{}", nobody.err);
    shop.run(&["person", "add", "Ann Lee"]).ok();
    let nothing = shop.run(&["due", "--month", "2027-03"]).ok();
    assert_eq!((nothing.out.as_str(), nothing.err.as_str()), ("Nothing is due. That is all for March 2027.\n", ""));
}

#[test]
fn the_month_at_a_glance_is_the_month_being_written() {
    let shop = Shop::with_people();
    assert_eq!(shop.run(&["status", "--json"]).ok().json()["month"], "2026-12");
    let sheet = shop.run(&["write", "--no-edit"]).ok().out;
    assert!(sheet.trim_end().ends_with("2026-12.md"), "{sheet}");
    assert_eq!(shop.run(&["status", "--month", "2026-11", "--json"]).ok().json()["month"], "2026-11");
}

#[test]
fn the_calendar_has_one_day_long_entry_a_card_with_an_alarm() {
    let shop = Shop::with_people();
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    let text = shop.read("cards.ics");
    assert_eq!((text.matches("BEGIN:VEVENT").count(), text.matches("BEGIN:VALARM").count()), (3, 3));
    let ana = text.split("BEGIN:VEVENT").find(|e| e.contains("ana-lopez")).unwrap();
    for line in [
        "UID:ana-lopez-birthday-2026@wetink",
        "SEQUENCE:0",
        "DTSTART;VALUE=DATE:20261207",
        "DTEND;VALUE=DATE:20261208",
        "SUMMARY:Post Ana López: birthday card",
        "STATUS:CONFIRMED",
        "ACTION:DISPLAY",
        "TRIGGER:PT9H",
    ] {
        assert!(ana.contains(&format!("{line}\r\n")), "{line}: {ana}");
    }
    // Another way home for the post: the day moves, the entry stays the same and counts up.
    shop.write("wetink.toml", shop.read("wetink.toml").replace("days = 5", "days = 7"));
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    let moved = shop.read("cards.ics");
    let ana = moved.split("BEGIN:VEVENT").find(|e| e.contains("ana-lopez")).unwrap();
    assert!(ana.contains("UID:ana-lopez-birthday-2026@wetink\r\n") && ana.contains("SEQUENCE:1\r\n"), "{ana}");
    assert!(ana.contains("DTSTART;VALUE=DATE:20261204\r\n"), "{ana}");
    // Withdrawn: cancelled under the same UID, without an alarm.
    shop.run(&["person", "status", "ana", "deceased"]).ok();
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    let gone = shop.read("cards.ics");
    let ana = gone.split("BEGIN:VEVENT").find(|e| e.contains("ana-lopez")).unwrap();
    assert!(ana.contains("SEQUENCE:2\r\n") && ana.contains("STATUS:CANCELLED\r\n") && !ana.contains("VALARM"), "{ana}");
    shop.run(&["undo", "--yes"]).ok();
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    let back = shop.read("cards.ics");
    let ana = back.split("BEGIN:VEVENT").find(|e| e.contains("ana-lopez")).unwrap();
    assert!(ana.contains("SEQUENCE:3\r\n") && ana.contains("STATUS:CONFIRMED\r\n"), "{ana}");
}

/// Every tag is closed, in order, and every `&` begins an entity: what the three systems' own readers ask first.
fn well_formed(xml: &str) -> Result<usize, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut elements = 0;
    let mut rest = xml.trim_start_matches('\u{feff}');
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        if text.contains('>') {
            return Err(format!("a loose > in {text}"));
        }
        let mut pieces = text.split('&');
        pieces.next();
        if let Some(bad) = pieces.find(|p| !["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|e| p.starts_with(e))) {
            return Err(format!("a loose & before {bad}"));
        }
        let end = rest[at..].find('>').ok_or("a tag isn't closed")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if tag.starts_with(['?', '!']) || tag.ends_with('/') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let last = open.pop().ok_or("closed too often")?;
            if last != name {
                return Err(format!("{last} is closed by {name}"));
            }
        } else {
            open.push(tag.split_whitespace().next().unwrap_or_default());
            elements += 1;
        }
    }
    if open.is_empty() && rest.trim().is_empty() { Ok(elements) } else { Err(format!("open at the end: {open:?} {rest}")) }
}

#[cfg(unix)]
#[test]
fn the_timers_files_are_what_their_systems_read() {
    let shop = Shop::new();
    // A shop in a folder with a name that every one of the three has to mark in its own way.
    let odd = shop.file("100% \"my\" $hop & <co>");
    std::fs::create_dir(&odd).unwrap();
    std::fs::copy(shop.file("wetink.toml"), odd.join("wetink.toml")).unwrap();
    let dir = std::fs::canonicalize(&odd).unwrap().display().to_string();
    let home = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let mut command = shop.command(args);
        said(&command.env("HOME", home.path()).current_dir(&odd).output().unwrap())
    };
    let read = |system: &str| {
        let files = run(&["remind", "install", "--system", system]).ok().out;
        files.lines().map(|p| (p.to_owned(), std::fs::read(p).unwrap())).collect::<Vec<_>>()
    };
    let systemd = read("systemd");
    let service = String::from_utf8(systemd[0].1.clone()).unwrap();
    let start = service.lines().find_map(|l| l.strip_prefix("ExecStart=")).unwrap();
    let meant = dir.replace('%', "%%").replace('$', "$$").replace('"', "\\\"");
    assert!(start.ends_with(&format!("\"--shop\" \"{meant}\" \"due\" \"--notify\"")), "{start}");
    for (path, bytes) in &systemd {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(path.contains("/.config/systemd/user/wetink-"), "{path}");
        assert!(text.lines().all(|l| l.is_empty() || l.starts_with('[') || l.split_once('=').is_some()), "{text}");
    }
    let launchd = read("launchd");
    let agent = String::from_utf8(launchd[0].1.clone()).unwrap();
    assert!(well_formed(&agent).unwrap() > 30, "{agent}");
    let escaped = dir.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let words = format!("<string>--shop</string>\n    <string>{escaped}</string>\n    <string>due</string>");
    assert!(agent.contains(&words), "{agent}");
    assert!(
        launchd[0].0.contains("/Library/LaunchAgents/wetink-") && launchd[0].0.rsplit('.').next() == Some("plist"),
        "{}",
        launchd[0].0
    );
    assert_eq!(agent.matches("<key>Weekday</key>").count(), 5);
    let windows = read("windows");
    let units: Vec<u16> = windows[0].1.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
    let task = String::from_utf16(&units).unwrap();
    assert!(well_formed(&task).unwrap() > 8, "{task}");
    let slashed = escaped.replace("&quot;", "\\&quot;");
    assert!(task.contains(&format!("<Arguments>&quot;--shop&quot; &quot;{slashed}&quot; &quot;due&quot;")), "{task}");
    assert!(task.starts_with("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"), "{task}");
    for bad in ["<a><b></a></b>", "<a>", "a & b<a></a>", "</a>"] {
        assert!(well_formed(bad).is_err(), "{bad}");
    }
}
