//! The relationship: promises, complaints, what is held back, what came back, and the month at a glance.

use crate::builder::{Said, Shop, said};

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";
const ANA_AGAIN: &str =
    "Those red sandals you wore to the regatta have sent three of your neighbours to us, and one of them bought two pairs.";

/// `(kind, to, occasion, state)` of every line of `due`.
fn lines(said: &Said) -> Vec<(String, String, String, String)> {
    let json = said.json();
    let text = |d: &serde_json::Value, key: &str| d[key].as_str().unwrap_or_default().to_owned();
    let all = json["due"].as_array().unwrap();
    all.iter().map(|d| (text(d, "kind"), text(d, "to"), text(d, "occasion"), text(d, "state"))).collect()
}

fn due(shop: &Shop) -> Vec<(String, String, String, String)> {
    lines(&shop.run(&["due", "--json"]).ok())
}

#[test]
fn a_promise_comes_first_until_it_is_kept() {
    let shop = Shop::with_people();
    let promise = "ring when 37 is in";
    shop.run(&["log", "zoe", "promise", promise, "--until", "2026-11-20", "--on", "2026-11-10"]).ok();
    let first = shop.run(&["due", "--json"]).ok().json()["due"][0].clone();
    assert_eq!((&first["kind"], &first["late"]), (&"promise".into(), &true.into()));
    assert!(first["why"].as_str().unwrap().contains(promise), "in the owner's words: {first}");
    shop.run(&["due", "--check"]).ended(11);
    let told = shop.run(&["due"]).ok().out;
    assert!(told.contains("1 promise, 3 cards, 1 late. That is all for the next 45 days."), "{told}");
    let elsewhere = shop.run(&["log", "tom", "talk", "heels"]).ok().err;
    assert!(elsewhere.contains("1 promise late: `wetink due`"), "every command says so: {elsewhere}");
    assert_eq!(shop.run(&["status", "--json"]).ok().json()["promises"], 1);
    let closed = shop.run(&["log", "zoe", "call", "37 is in", "--close"]).ok().err;
    assert!(closed.contains("the promise is closed") && !closed.contains("late"), "{closed}");
    assert_eq!(due(&shop).len(), 3);
    assert_eq!(shop.run(&["status", "--json"]).ok().json()["promises"], 0);
    let nothing = shop.run(&["log", "zoe", "done"]).ended(1);
    assert!(nothing.err.contains("nothing is open with Zoë"), "{}", nothing.err);
}

#[test]
fn of_several_open_things_the_one_that_is_meant_is_said() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "promise", "new laces"]).ok();
    shop.run(&["log", "tom", "question", "do you take old soles?"]).ok();
    let asked = shop.run(&["log", "tom", "done"]).ended(2);
    assert!(asked.err.contains("promise of 21 Nov 2026 (new laces)"), "{}", asked.err);
    shop.run(&["log", "tom", "done", "we do", "--close", "question"]).ok();
    shop.run(&["log", "tom", "done"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM touch WHERE closes <> ''"), 2);
    let shown = shop.run(&["person", "show", "tom"]).ok().out;
    assert!(shown.contains("done  we do (closes the question)"), "{shown}");
}

#[test]
fn a_birthday_card_waits_while_a_complaint_is_open() {
    let shop = Shop::with_people();
    shop.run(&["log", "ana", "complaint"]).ended(2);
    shop.run(&["log", "ana", "complaint", "the sole came off on the first day"]).ok();
    let held = |all: &[(String, String, String, String)]| all.iter().any(|d| d.1 == "ana-lopez" && d.3 == "held");
    assert!(held(&due(&shop)));
    let told = shop.run(&["due"]).ok().out;
    assert!(told.contains("held: complaint of 21 Nov 2026 is open"), "{told}");
    assert!(told.contains("1 answer, 3 cards (1 held)"), "{told}");
    shop.run(&["write", "--no-edit"]).ok();
    assert!(!shop.read("notes/2026-12.md").contains("ana-lopez"), "a held card is not on the sheet");
    shop.run(&["log", "ana", "done", "new pair, on the house", "--close", "complaint"]).ok();
    assert!(!held(&due(&shop)));
    shop.run(&["write", "--no-edit"]).ok();
    let sheet = shop.read("notes/2026-12.md");
    assert!(sheet.contains("> last: done on 21 Nov 2026: new pair, on the house\n"), "{sheet}");
}

#[test]
fn a_rule_of_the_shops_own_needs_no_code() {
    let shop = Shop::with_people();
    let more = "\n[[rule]]\nname = \"fitting\"\non = [\"fitting\"]\ngive = \"call\"\nafter = 3\n\n[kinds.fitting]\nask = \"does it pinch?\"\n";
    shop.write("wetink.toml", shop.read("wetink.toml") + more);
    shop.run(&["log", "tom", "fitting", "ski boots"]).ok();
    assert!(due(&shop).iter().any(|d| d.0 == "call" && d.1 == "tom-reed" && d.2 == "fitting"));
    shop.run(&["write", "--no-edit"]).ok();
    assert!(shop.read("notes/2026-12.md").contains("> ask? does it pinch?"));
    shop.write("wetink.toml", shop.read("wetink.toml").replace("give = \"call\"", "give = \"parcel\""));
    let wrong = shop.run(&["due"]).ended(1);
    assert!(wrong.err.contains("wetink.toml") && wrong.err.contains("parcel"), "{}", wrong.err);
}

#[test]
fn the_settings_a_shop_begins_with_are_those_that_hold_anyway() {
    let shop = Shop::new();
    let text = shop.read("wetink.toml");
    // Everything from the first built-in kind on, with the remark signs of its settings taken away.
    let at = text.find("# [kinds.enquiry]").unwrap();
    let setting = |l: &&str| {
        let key = l.split_once(" = ").map(|(key, _)| key);
        l.starts_with('[') || key.is_some_and(|k| k.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    };
    let open: String = text[at..].lines().map(|l| l.strip_prefix("# ").filter(setting).unwrap_or(l).to_owned() + "\n").collect();
    shop.write("people.csv", crate::builder::PEOPLE);
    shop.run(&["import", "people.csv"]).ok();
    shop.run(&["log", "tom", "purchase", "boots"]).ok();
    let before = shop.run(&["due", "--json"]).ok().out;
    shop.write("wetink.toml", text[..at].to_owned() + &open);
    assert_eq!(shop.run(&["due", "--json"]).ok().out, before);
}

#[test]
fn two_cards_that_come_back_stop_the_next_until_there_is_an_address() {
    let mut shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    shop.run(&["posted"]).ok();
    let once = shop.run(&["returned", "ana", "--reason", "unknown"]).ok();
    assert!(once.err.contains("wetink person edit ana-lopez --street"), "{}", once.err);
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'returned'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE status = 'contact'"), 4, "once may be the postman");
    shop.today = "2026-11-25";
    shop.write("notes/2027-01.md", format!("## ana-lopez | hello\n\n{ANA_AGAIN}\n"));
    shop.run(&["print", "notes/2027-01.md"]).ok();
    shop.run(&["posted"]).ok();
    let twice = shop.run(&["returned", "ana-lopez-hello-2027-01", "--reason", "moved"]).ok();
    assert!(twice.err.contains("no card will be made until there is a new address"), "{}", twice.err);
    shop.write("notes/2027-02.md", "## ana-lopez | hello\n\nThe new lasts have come from Northampton and they smell of cedar.\n");
    let refused = shop.run(&["print", "notes/2027-02.md"]).ended(3);
    assert!(refused.err.contains("[do-not-send]"), "{}", refused.err);
    shop.run(&["person", "edit", "ana", "--phone", "01947 555 102"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE status = 'undeliverable'"), 1, "a phone is no address");
    let moved = shop.run(&["person", "edit", "ana", "--street", "9 Skinner Street"]).ok();
    assert!(moved.err.contains("may be written to again"), "{}", moved.err);
    shop.run(&["print", "notes/2027-02.md"]).ok();
    shop.today = "2026-12-28";
    shop.run(&["returned", "ana-lopez-hello-2027-02", "--reason", "refused"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE status = 'contact'"), 4, "the count began anew");
}

#[test]
fn a_card_that_says_somebody_has_died_ends_it() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["print"]).ok();
    shop.run(&["returned", "ana", "--reason", "deceased", "--dry-run"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE status = 'deceased'"), 0);
    shop.run(&["returned", "ana", "--reason", "deceased"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM person WHERE id = 'ana-lopez' AND status = 'deceased'"), 1);
    shop.run(&["returned", "ana", "--reason", "lost"]).ended(2);
    shop.run(&["returned", "tom", "--reason", "moved"]).ended(1);
}

#[test]
fn an_answer_and_what_was_learned_stay_with_the_person() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    shop.run(&["answered", "ana", "x"]).ended(1);
    shop.run(&["print"]).ok();
    shop.run(&["posted"]).ok();
    shop.run(&["answered", "ana", "rang to tell the tram story", "--learned", "moves to Leeds in May"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE state = 'answered'"), 1);
    assert_eq!(shop.count("SELECT count(*) FROM card_event WHERE what = 'answered' AND text LIKE '%tram%'"), 1);
    let shown = shop.run(&["person", "show", "ana"]).ok().out;
    assert!(shown.contains("> last: reply on 21 Nov 2026: rang to tell the tram story"), "{shown}");
    assert!(shown.contains("know: moves to Leeds in May"), "{shown}");
    assert!(shown.contains("last card, 12 Dec 2026"), "{shown}");
    shop.run(&["returned", "ana", "--reason", "moved"]).ended(1);
}

#[test]
fn a_visit_after_a_long_time_goes_on_where_the_talk_stopped() {
    let shop = Shop::with_people();
    shop.run(&["log", "tom", "thinking", "the handmade pair; asks his wife", "--on", "2025-11-01"]).ok();
    shop.run(&["log", "tom", "fact", "postman", "--on", "2025-11-01"]).ok();
    let visit = shop.run(&["log", "tom", "visit", "came in"]).ok().err;
    for line in [
        "Tom Reed, last here or heard from 12 months ago",
        "know: postman",
        "open: thinking of 1 Nov 2025: the handmade pair",
        "ask? how far are they with it?",
    ] {
        assert!(visit.contains(line), "{line} is not in {visit}");
    }
    assert!(visit.lines().count() <= 6, "{visit}");
    let again = shop.run(&["log", "tom", "visit", "came in again"]).ok().err;
    assert_eq!(again.lines().count(), 1, "{again}");
}

#[test]
fn every_number_of_the_month_is_a_query() {
    let mut shop = Shop::with_notes(&[
        ("ana-lopez", ANA),
        ("tom-reed", "Tom, the gate has not banged once since you came, and the dog forgives you."),
    ]);
    shop.run(&["print"]).ok();
    shop.run(&["posted", "tom"]).ok();
    shop.run(&["answered", "tom", "waved"]).ok();
    for n in 0..6 {
        let on = format!("2026-{:02}-01", 4 + n);
        shop.run(&["log", "henrik", "purchase", "clog oil", "--on", &on]).ok();
    }
    shop.run(&["log", "zoe", "promise", "a shoehorn"]).ok();
    shop.today = "2026-12-10";
    let glance = shop.run(&["status", "--json"]).ok().json();
    let due = shop.run(&["due", "--month", "2026-12", "--json"]).ok().json();
    let due = due["due"].as_array().unwrap();
    let of = |state: &str| due.iter().filter(|d| d["kind"] == "card" && d["state"] == state).count() as i64;
    let december = "day BETWEEN '2026-12-01' AND '2026-12-31'";
    let cards = |state: &str| shop.count(&format!("SELECT count(*) FROM card WHERE state = '{state}' AND {december}"));
    for (name, number) in [
        ("planned", of("planned")),
        ("written", of("written")),
        ("held", of("held")),
        ("printed", cards("printed")),
        ("posted", cards("posted")),
        ("returned", cards("returned")),
        ("answered", cards("answered")),
        ("late", due.iter().filter(|d| d["late"] == true).count() as i64),
        ("promises", shop.count("SELECT count(*) FROM touch WHERE kind = 'promise'")),
        ("people", shop.count("SELECT count(*) FROM person")),
        ("unknown", shop.count("SELECT count(*) FROM person WHERE id NOT IN (SELECT person FROM touch)")),
    ] {
        assert_eq!(glance[name], number, "{name} in {glance}");
    }
    assert_eq!((cards("printed"), cards("answered")), (1, 1), "there is something to count");
    assert_eq!(glance["skipped"], serde_json::json!(["henrik-sorensen"]), "named, not counted: {due:?}");
    shop.today = "2027-01-20";
    let missed = shop.run(&["status", "--month", "2026-12", "--json"]).ok().json();
    assert_eq!(missed["missed"], 1, "Zoë's birthday went by: {missed}");
}

#[test]
fn the_page_is_one_file_and_nothing_in_it_is_markup() {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "<script>alert(1)</script> & \"Sons\"", "--birthday", "12-09"]).ok();
    shop.run(&["log", "tom", "promise", "<img src=x onerror=alert(2)>"]).ok();
    shop.run(&["status", "--month", "2026-12", "--html", "month.html"]).ok();
    let page = shop.read("month.html");
    for bad in ["<script", "<img", "onerror=alert(2)>", "http://", "https://", "src="] {
        let allowed = bad == "src=" && page.contains("&lt;img src=x");
        assert!(!page.contains(bad) || allowed, "{bad} in {page}");
    }
    for good in ["<svg", "name=\"viewport\"", "&lt;script&gt;", "Tom Reed", "SELECT count(*) FROM card", "December 2026"] {
        assert!(page.contains(good), "{good} is not in {page}");
    }
}

#[test]
fn the_calendar_counts_up_and_withdraws() {
    let shop = Shop::with_people();
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    let first = shop.read("cards.ics");
    assert!(
        first.contains(
            "UID:ana-lopez-birthday-2026@wetink\r\nDTSTAMP:20261121T000000Z\r\nSEQUENCE:0\r\nDTSTART;VALUE=DATE:20261207\r\n"
        ),
        "{first}"
    );
    shop.run(&["due", "--ics", "cards.ics"]).ok();
    assert_eq!(shop.read("cards.ics"), first, "nothing changed");
    shop.run(&["person", "status", "ana", "do-not-contact"]).ok();
    let said = shop.run(&["due", "--ics", "cards.ics"]).ok();
    assert!(said.err.contains("2 cards in the calendar, 1 withdrawn"), "{}", said.err);
    let after = shop.read("cards.ics");
    let ana = after.split("BEGIN:VEVENT").find(|e| e.contains("ana-lopez")).unwrap();
    assert!(ana.contains("SEQUENCE:1\r\n") && ana.contains("STATUS:CANCELLED\r\n"), "{ana}");
    shop.write("mine.ics", "BEGIN:VCALENDAR\r\nPRODID:-//other//EN\r\nEND:VCALENDAR\r\n");
    shop.run(&["due", "--ics", "mine.ics"]).ended(1);
}

#[test]
fn the_timer_is_written_shown_and_taken_away() {
    let shop = Shop::with_people();
    let home = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| said(&shop.command(args).env("HOME", home.path()).output().unwrap());
    assert!(shop.run(&["remind", "install"]).ended(1).err.contains("your home folder isn't known"));
    for (system, files, word) in
        [("systemd", 2, "OnCalendar=Mon..Fri 08:00"), ("launchd", 1, "<integer>8</integer>"), ("windows", 1, "")]
    {
        run(&["remind", "install", "--at", "8", "--system", system, "--dry-run"]).ok();
        assert!(run(&["remind", "show", "--system", system]).ok().out.is_empty(), "a dry run writes nothing");
        let installed = run(&["remind", "install", "--at", "8", "--system", system]).ok();
        assert_eq!(installed.out.lines().count(), files, "{}", installed.out);
        let text: String =
            installed.out.lines().map(|p| String::from_utf8_lossy(&std::fs::read(p).unwrap()).into_owned()).collect();
        assert!(text.contains(word), "{text}");
        assert_eq!(run(&["remind", "show", "--system", system]).ok().out, installed.out);
        assert!(installed.out.lines().all(|p| std::path::Path::new(p).starts_with(home.path())));
        run(&["remind", "remove", "--system", system]).ok();
        assert!(run(&["remind", "show", "--system", system]).ok().out.is_empty());
    }
}

#[test]
fn the_day_is_the_shops_own_wherever_it_is() {
    let shop = Shop::with_people();
    shop.run(&["person", "add", "Leap Ling", "--birthday", "02-29"]).ok();
    let here = shop.run(&["due", "--month", "2028-02", "--json"]).ok().out;
    assert!(here.contains("2028-02-29"), "{here}");
    for zone in ["Pacific/Auckland", "Pacific/Honolulu", "UTC"] {
        let there = said(&shop.command(&["due", "--month", "2028-02", "--json"]).env("TZ", zone).output().unwrap());
        assert_eq!(there.out, here, "{zone}");
        // Without a pretended day, today is what the clock on this wall says.
        let wall = || {
            let output = std::process::Command::new("date").arg("+%F").env("TZ", zone).output().ok()?;
            Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
        };
        let before = wall();
        let real = said(&shop.command(&["due", "--json"]).env("TZ", zone).env_remove("WETINK_TODAY").output().unwrap());
        let today = real.json()["today"].as_str().map(str::to_owned);
        if cfg!(unix) && before.is_some() {
            assert!(today == before || today == wall(), "{zone}: {today:?}");
        }
    }
}

/// Words that measure or label people; none of them is ever said.
const LABELS: [&str; 12] = [
    "inactive",
    "lapsed",
    "churn",
    "dormant",
    "lost customer",
    "leaderboard",
    "streak",
    "loyalty",
    "ranking",
    "rating",
    "score",
    "top customer",
];

#[test]
fn nobody_is_scored_ranked_or_called_inactive() {
    fn help(command: &mut clap::Command, said: &mut String) {
        said.push_str(&command.render_long_help().to_string());
        let names: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for name in names {
            if let Some(sub) = command.find_subcommand_mut(&name) {
                help(sub, said);
            }
        }
    }
    let shop = Shop::with_people();
    for n in 0..6 {
        let on = format!("2026-{:02}-01", 4 + n);
        shop.run(&["log", "henrik", "purchase", "clog oil", "--on", &on]).ok();
        shop.run(&["log", "tom", "late-payment", "--on", &on]).ok();
    }
    let mut all = String::new();
    for args in [&["due"][..], &["status"], &["due", "--json"], &["status", "--json"], &["person", "show", "henrik"]] {
        let said = shop.run(args).ok();
        all += &(said.out + &said.err);
    }
    shop.run(&["write", "--no-edit"]).ok();
    shop.run(&["status", "--html", "month.html"]).ok();
    all += &shop.read("notes/2026-12.md");
    all += &shop.read("month.html");
    all += &shop.read("wetink.toml");
    help(&mut wetink::cli::command(), &mut all);
    let all = all.to_lowercase();
    for label in LABELS {
        let found = all
            .split(|c: char| !c.is_alphabetic() && c != ' ')
            .find(|part| part.match_indices(label).any(|(at, _)| !part[..at].ends_with(char::is_alphabetic)));
        assert!(found.is_none(), "{label}: {found:?}");
    }
}
