//! Nothing said twice, and nothing honest refused: by the ledger and the same check the verbs use.

use serde_json::Value;
use wetink::day::Day;
use wetink::echo::{self, Draft, Earlier, House, Kept, Read, Recipient, Rule, Severity, Verdict};
use wetink::ledger::Ledger;
use wetink::ledger::batches::Batch;
use wetink::ledger::cards::{Made, NewCard};
use wetink::person::{Id, Name, Person};

fn rows(language: &str) -> Vec<Value> {
    let path = format!("{}/tests/echo/{language}.jsonl", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn of<'a>(row: &'a Value, key: &str) -> &'a str {
    row[key].as_str().unwrap_or_default()
}

/// A ledger with past cards: card id, recipient, note. Who is called the same is the same person.
fn ledger(cards: &[(&str, &str, &str)]) -> Ledger {
    let mut ledger = Ledger::in_memory().unwrap();
    let mut known: Vec<(String, Id)> = Vec::new();
    ledger
        .change(|change| {
            for (id, name, note) in cards {
                let to = if let Some((_, id)) = known.iter().find(|(n, _)| n == name) {
                    id.clone()
                } else {
                    let person = Person { name: Name { given: (*name).into(), ..Name::default() }, ..Person::default() };
                    let id = change.add_person(&person)?;
                    known.push(((*name).into(), id.clone()));
                    id
                };
                change.add_card(&card(id, &to, note, None), &[(*name).into()])?;
            }
            Ok(())
        })
        .unwrap();
    ledger
}

fn card<'a>(id: &'a str, to: &'a Id, note: &'a str, batch: Option<(i64, u32)>) -> NewCard<'a> {
    static MADE: std::sync::OnceLock<Made> = std::sync::OnceLock::new();
    let made = MADE.get_or_init(Made::default);
    let day: Day = "2025-03-02".parse().unwrap();
    NewCard { id, to, household: false, occasion: "birthday", key: "2025", day, note, ps: "", because: "", batch, made }
}

fn somebody(name: &str) -> Recipient {
    Recipient { name: name.into(), names: vec![name.into()], ..Recipient::default() }
}

fn judged(ledger: &Ledger, name: &str, text: &str, own: Option<&str>) -> Verdict {
    let mut house = House::new();
    house.frequencies = ledger.frequencies().unwrap();
    for person in ledger.people().unwrap() {
        house.names.add(&person.name.given, person.id.as_str());
    }
    let recipient = somebody(name);
    let draft = Draft { text, recipient: &recipient, card: own };
    echo::check(&draft, &ledger.nearest_notes(&draft).unwrap(), &house)
}

fn rules(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings().iter().filter(|f| f.severity == Severity::Refuse).map(|f| f.rule.as_str()).collect()
}

fn repeats(verdict: &Verdict) -> bool {
    rules(verdict).iter().any(|r| *r != "wrong-name")
}

/// Judges one language's file; at most so many attacks may get through, and no honest note may be refused.
fn judge_language(language: &str, may_pass: usize) {
    let rows = rows(language);
    let kind = |kind: &'static str| rows.iter().filter(move |r| of(r, "kind") == kind);
    let notes: Vec<(&str, &str, &str)> = kind("note").map(|r| (of(r, "id"), of(r, "recipient"), of(r, "note"))).collect();
    let all = ledger(&notes);
    assert!(kind("attack").count() >= 60 && kind("honest").count() >= 60);
    let passed: Vec<String> = kind("attack")
        .filter(|r| !repeats(&judged(&all, of(r, "recipient"), of(r, "note"), None)))
        .map(|r| format!("{} {}: {}", of(r, "id"), of(r, "recipient"), of(r, "note")))
        .collect();
    assert!(passed.len() <= may_pass, "{} attacks passed:\n{}", passed.len(), passed.join("\n"));
    for (id, name, note) in &notes {
        let verdict = judged(&all, name, note, Some(id));
        assert!(!verdict.refused(), "{id}: {note}\n{:?}", verdict.findings());
    }
    for row in kind("honest") {
        let one = ledger(&[("old", of(row, "source_recipient"), of(row, "source_note"))]);
        let verdict = judged(&one, of(row, "recipient"), of(row, "note"), None);
        assert!(!verdict.refused(), "{}: {}\n{:?}", of(row, "id"), of(row, "note"), verdict.findings());
    }
}

/// The single sentences of `short.jsonl`: about somebody, stock wishes, and pairs of honest ones.
fn short(kind: &str) -> Vec<Value> {
    rows("short").into_iter().filter(|r| of(r, "kind") == kind).collect()
}

#[test]
fn one_honest_sentence_is_enough() {
    let mut refused = Vec::new();
    for row in short("one") {
        let verdict = judged(&ledger(&[]), of(&row, "recipient"), of(&row, "note"), None);
        if verdict.refused() {
            refused.push(format!("{}: {} {:?}", of(&row, "id"), of(&row, "note"), rules(&verdict)));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn stock_wishes_are_refused() {
    let mut about = House::new();
    about.set(Rule::Generic, Severity::Refuse).unwrap();
    let wishes = short("wish");
    let mut passed = Vec::new();
    for row in &wishes {
        let recipient = somebody("Ana");
        let draft = Draft { text: of(row, "note"), recipient: &recipient, card: None };
        if !rules(&echo::check(&draft, &[], &House::new())).contains(&"stock-verse") {
            passed.push(format!("{}: {}", of(row, "id"), of(row, "note")));
        }
        assert!(echo::check(&draft, &[], &about).refused(), "{}", of(row, "note"));
    }
    assert!(passed.len() * 100 <= wishes.len() * 3, "{} passed:\n{}", passed.len(), passed.join("\n"));
}

/// How many of the plain sentences are taken for stock, of how many; and which of them wrongly.
fn plain(kind: &str, apart: bool) -> (usize, usize, Vec<String>) {
    let rows: Vec<Value> = rows("plain").into_iter().filter(|r| of(r, "kind") == kind && r["apart"] == apart).collect();
    let recipient = somebody("Ana");
    let stock = |r: &&Value| {
        let verdict = echo::check(&Draft { text: of(r, "note"), recipient: &recipient, card: None }, &[], &House::new());
        rules(&verdict).contains(&"stock-verse")
    };
    let (stock, not): (Vec<&Value>, Vec<&Value>) = rows.iter().partition(stock);
    let wrong = if kind == "told" { &stock } else { &not };
    (stock.len(), rows.len(), wrong.iter().map(|r| format!("{}: {}", of(r, "id"), of(r, "note"))).collect())
}

#[test]
fn who_tells_one_plain_thing_is_not_refused() {
    for apart in [false, true] {
        let (refused, all, which) = plain("told", apart);
        assert!(refused == 0, "{refused} of {all}, apart: {apart}\n{}", which.join("\n"));
    }
}

#[test]
fn plain_stock_wishes_are_refused() {
    for apart in [false, true] {
        let (refused, all, which) = plain("said", apart);
        let least = if apart { 95 } else { 97 };
        assert!(refused * 100 >= all * least, "{refused} of {all}, apart: {apart}\n{}", which.join("\n"));
    }
}

#[test]
fn who_is_spoken_to_is_the_recipient() {
    let refused = [("wrong-name", Severity::Refuse)];
    for text in [
        "We thought of you, Tom, when the heron came back.",
        "We thought of you – Tom – when the heron came back.",
        "The heron came back to the mill. Thanks again Tom!",
        "Ana, thanks again Tom! The heron came back to the mill.",
        "Ana, happy birthday Tom! The heron came back to the mill.",
        "Ana, the heron came back to the mill. See you on Friday, Tom.",
        "Ana, wir danken sehr! Ana, vielen Dank nochmals Tom! Der Reiher ist wieder da, und wir sehen ihm gern zu.",
        "Thank you so much Tom, the heron loved the fish.",
        "The heron came back. How are you Tom?",
        "We missed you at our party, Tom, and so did the heron.",
        "Der Reiher ist wieder da, und wir haben an Sie gedacht, Tom, als er kam.",
        "Der Reiher ist wieder da. Vielen Dank nochmals Tom!",
        "Le héron est revenu et nous avons pensé à vous, Tom, en le voyant.",
        "Le héron est revenu. Merci encore Tom !",
        "La garza volvió y pensamos en usted, Tom, al verla.",
        "La garza volvió al molino. ¡Muchas gracias otra vez Tom!",
        "Czapla wróciła i pomyśleliśmy o panu, Tom, kiedy przyleciała.",
        "Czapla wróciła do młyna. Dziękuję jeszcze raz Tom!",
    ] {
        assert_eq!(named(text, &[]), refused, "{text}");
    }
    for text in [
        "Our new baker, Tom, feeds the heron.",
        "Ana, our new baker, Tom, feeds the heron.",
        "The heron came back, and all thanks to Tom.",
        "Thank you for the fish and for Tom.",
        "Ana, thank you for the fish and for Tom.",
        "Ana, the heron came back on Friday with Tom.",
        "Unser neuer Bäcker, Tom, füttert den Reiher, und wir sehen ihm gern zu.",
        "Notre boulanger, Tom, nourrit le héron depuis que vous êtes partie.",
    ] {
        assert!(named(text, &[]).iter().all(|(_, s)| *s == Severity::Warn), "{text}");
    }
}

#[test]
fn a_name_that_is_a_word_of_the_note_besides_hides_no_template() {
    let text =
        "Tom, you will laugh when the lily from the market opens at last, the one we carried home through the hail in a hat box.";
    let grawin =
        "Prawin, the grawin you lent us went through the hail in a hat box, and the market laughed when it came out whole.";
    for (old, note, new) in [("Tom", text, "Lily"), ("Prawin", grawin, "Dipine"), ("Prawin", grawin, "Tom and Eva")] {
        let before = ledger(&[("old", old, note)]);
        let verdict = judged(&before, new, &note.replacen(old, new, 1), None);
        assert!(rules(&verdict).contains(&"templated"), "{old} to {new}: {:?}", verdict.findings());
        assert!(verdict.overruled("I like it").is_none());
    }
    // Said to the same person once more it is a duplicate, and with other words it is neither.
    let before = ledger(&[("old", "Tom", text)]);
    assert_eq!(rules(&judged(&before, "Tom", text, None)), ["duplicate"]);
    assert_eq!(rules(&judged(&before, "Lily", "Lily, the attic window is mended and the pigeons have moved in.", None)), [""; 0]);
}

#[test]
fn two_short_honest_notes_are_not_one_template() {
    let mut refused = Vec::new();
    for row in short("pair") {
        for (old, new) in [("source_", ""), ("", "source_")] {
            let key = |side: &str, what: &str| of(&row, &format!("{side}{what}")).to_owned();
            let one = ledger(&[("old", &key(old, "recipient"), &key(old, "note"))]);
            let verdict = judged(&one, &key(new, "recipient"), &key(new, "note"), None);
            // Whether one of them is about somebody at all is another question.
            if rules(&verdict).iter().any(|r| *r != "stock-verse") {
                refused.push(format!("{} {new}: {} {:?}", of(&row, "id"), key(new, "note"), rules(&verdict)));
            }
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn english() {
    judge_language("en", 1);
}

#[test]
fn german() {
    judge_language("de", 0);
}

#[test]
fn french() {
    judge_language("fr", 0);
}

#[test]
fn spanish() {
    judge_language("es", 0);
}

#[test]
fn polish() {
    judge_language("pl", 0);
}

const MARK: &str = "Dear Mark, thank you for taking the time to write to us about your recent Expedia booking. We are sorry to hear that the car you \
    had reserved with Enterprise was not ready when you landed in Denver. Your comments have been passed on to the manager on duty, and \
    we hope you will give us another chance.";

#[test]
fn the_canned_reply_is_known_under_another_name() {
    let before = ledger(&[("mark-reply", "Mark", MARK)]);
    let dan = MARK
        .replace("Mark", "Dan")
        .replace("Expedia", "Travelocity")
        .replace("car", "room")
        .replace("Enterprise", "the Hilton")
        .replace("Denver", "Boston");
    let verdict = judged(&before, "Dan", &dan, None);
    let finding = &verdict.findings()[0];
    assert_eq!(finding.rule, Rule::Templated);
    assert_eq!(finding.message, "this is the card you sent to Mark on 2 Mar 2025, with other names and things in it");
    let pairs =
        [("Mark", "Dan"), ("Expedia", "Travelocity"), ("car", "room"), ("Enterprise", "the Hilton"), ("Denver", "Boston")];
    assert_eq!(finding.swapped(&dan), pairs.map(|(old, new)| (old.to_owned(), new.to_owned())));
    let (same, swapped, own) = finding.counts();
    assert_eq!((swapped, own), (6, 0));
    assert_eq!(same + swapped + own, dan.split_whitespace().count());
    assert!(verdict.fresh().is_none() && verdict.overruled("he won't mind").is_none());
}

#[test]
fn a_forgotten_name_is_named() {
    let before = ledger(&[("mark-reply", "Mark", MARK)]);
    let verdict = judged(&before, "Dan", &MARK.replace("Dear Mark", "Dear Dan").replace("on duty", "on duty, Mark"), None);
    assert!(rules(&verdict).contains(&"wrong-name"), "{:?}", verdict.findings());
    let verdict = judged(&before, "Dan", "Mark, the heron came back the morning after you left and looked put out.", None);
    assert_eq!(rules(&verdict), ["wrong-name"]);
}

#[test]
fn the_database_refuses_what_the_check_was_not_asked() {
    let mut ledger = ledger(&[("a", "Ana", "Ana, the puppy chewed my left slipper.")]);
    let printed = |ledger: &mut Ledger, id: &str, name: &str, note: &str| {
        ledger.change(|change| {
            let batch = Batch {
                id: id.into(),
                day: "2026-12-01".parse()?,
                sheet: "s".into(),
                file: format!("out/{id}.pdf"),
                sha256: "0".repeat(64),
                cards: 1,
                n: 0,
                state: String::new(),
                elsewhere: false,
            };
            let batch = change.begin_batch(&batch)?;
            let to = change.add_person(&Person { name: Name::parse(name), ..Person::default() })?;
            change.add_card(&card(id, &to, note, Some((batch, 1))), &[name.into()])
        })
    };
    assert!(printed(&mut ledger, "b", "Tom", "TOM the puppy chewed my left slipper").is_err());
    assert!(printed(&mut ledger, "c", "Tom", "Ana, the pu\u{200b}ppy chewed my left slipper!!").is_err());
    assert!(printed(&mut ledger, "d", "Tom", "Tom, the parrot has learnt to whistle.").is_ok());
    assert!(printed(&mut ledger, "e", "Eva", "Eva, the parrot has learnt to whistle.").is_err());
    assert_eq!(ledger.count_cards().unwrap(), 2);
}

#[test]
fn a_template_sent_two_thousand_times_stays_visible() {
    let names: Vec<String> = (0..2000).map(|n| format!("Ana{n}")).collect();
    let notes: Vec<String> =
        (0..2000).map(|n| format!("Ana{n}, the velvet curtain in the cellar still smells of plums, thank you.")).collect();
    let ids: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
    let cards: Vec<(&str, &str, &str)> = (0..2000).map(|n| (ids[n].as_str(), names[n].as_str(), notes[n].as_str())).collect();
    let verdict = judged(&ledger(&cards), "Tom", "Tom, the copper curtain in the cellar still smells of plums, thank you.", None);
    assert!(repeats(&verdict), "{:?}", verdict.findings());
}

#[test]
fn an_erased_persons_note_is_still_known() {
    let note = "Ana, your father's boots are done. I kept the old heels in a bag because one has initials scratched inside.";
    let mut ledger = ledger(&[("a", "Ana", note), ("b", "Tom", "Tom, the piano arrived with a family of mice in it.")]);
    let n = ledger.card("a").unwrap().unwrap().n;
    ledger.change(|change| change.forget(n)).unwrap();
    for text in [note, &note.replace("Ana", "Eva"), &note.replace("boots", "shoes").replace("Ana", "Eva").replace("bag", "box")] {
        let verdict = judged(&ledger, "Eva", text, None);
        assert!(repeats(&verdict), "{text} {:?}", verdict.findings());
    }
    assert!(!repeats(&judged(&ledger, "Eva", "Eva, the marmalade was posted on Tuesday with six jars in the parcel.", None)));
}

#[test]
fn an_index_made_anew_knows_the_same() {
    let rows = rows("de");
    let notes: Vec<(&str, &str, &str)> =
        rows.iter().filter(|r| of(r, "kind") == "note").map(|r| (of(r, "id"), of(r, "recipient"), of(r, "note"))).collect();
    let mut ledger = ledger(&notes);
    let texts: Vec<&Value> = rows.iter().filter(|r| of(r, "kind") == "attack").collect();
    let all = |ledger: &Ledger| -> Vec<Vec<&'static str>> {
        texts.iter().map(|r| rules(&judged(ledger, of(r, "recipient"), of(r, "note"), None))).collect()
    };
    let before = all(&ledger);
    let mut seen = 0;
    ledger.rebuild_echoes(&mut |done, total| seen = done.max(seen).min(total)).unwrap();
    assert_eq!(seen, 16);
    assert_eq!(all(&ledger), before);
    assert!(!ledger.echoes_are_stale().unwrap());
}

fn on_sheet(name: &str, line: usize, text: &str) -> Earlier {
    Earlier {
        card: format!("{name}-now"),
        who: name.to_lowercase(),
        name: name.into(),
        names: vec![name.into()],
        day: None,
        sheet_line: Some(line),
        note: Kept::Text(text.into()),
        identical: false,
        read: Read::default(),
    }
}

#[test]
fn a_note_further_up_on_the_sheet_counts() {
    let (text, house) = ("Tom, the heron came back the morning after you left.", House::new());
    let recipient = somebody("Tom");
    let draft = Draft { text, recipient: &recipient, card: Some("Tom-now") };
    let verdict = echo::check(&draft, &[on_sheet("Ana", 7, "Ana, the heron came back the morning after you left.")], &house);
    assert_eq!(rules(&verdict), ["templated"]);
    assert_eq!(verdict.findings()[0].other.as_ref().unwrap().sheet_line, Some(7));
    assert!(verdict.findings()[0].message.contains("line 7 of this sheet"));
}

#[test]
fn the_shortest_notes_are_compared_too() {
    for (old, new) in [("Thanks, Tom!", "Thanks, Eva"), ("Tom", "Tom"), ("ok", "OK!"), ("Dear Tom Lee", "Dear Eva")] {
        let verdict = echo::check(
            &Draft { text: new, recipient: &somebody("Eva"), card: None },
            &[on_sheet("Tom Lee", 4, old)],
            &House::new(),
        );
        let same = verdict.findings().iter().any(|f| matches!(f.rule, Rule::Duplicate | Rule::Templated) && f.share == Some(1.0));
        assert!(same, "{old} {new} {:?}", verdict.findings());
    }
}

#[test]
fn stitched_notes_name_every_card() {
    let before = ledger(&[
        ("a", "Ana", "Ana, the puppy slept past six at last. My left slipper will never be the same again."),
        ("b", "Tom", "Tom, forty trees in one afternoon is a record. The pear by the gate has already taken root."),
    ]);
    let text = "My left slipper will never be the same again. The pear by the gate has already taken root.";
    let verdict = judged(&before, "Eva", text, None);
    let finding = verdict.findings().iter().find(|f| f.rule == Rule::Patchwork).expect("a patchwork");
    let cards: Vec<&str> = finding.sources.iter().map(|s| s.other.card.as_str()).collect();
    assert_eq!(cards, ["a", "b"]);
    assert_eq!(&text[finding.sources[1].range.clone()], "The pear by the gate has already taken root");
    assert_eq!(finding.counts(), (18, 0, 0), "same, swapped and own are all the words");
    let with_own = judged(&before, "Eva", &format!("{text} Yes indeed."), None);
    let finding = with_own.findings().iter().find(|f| f.rule == Rule::Patchwork).expect("a patchwork");
    assert_eq!(finding.counts(), (18, 0, 2));
    assert_eq!(finding.own(&format!("{text} Yes indeed.")), ["Yes indeed"]);
}

#[test]
fn a_declared_phrase_is_nobodys_words_and_has_bounds() {
    let quote = "The best way to cheer yourself is to try to cheer somebody else up.";
    let mut house = House::new();
    house.keep(quote).unwrap();
    let old = on_sheet("Ana", 3, &format!("Ana, mind the step. {quote}"));
    let recipient = somebody("Tom");
    let text = format!("{quote} Tom, the parrot whistles.");
    let draft = Draft { text: &text, recipient: &recipient, card: None };
    assert!(echo::check(&draft, std::slice::from_ref(&old), &House::new()).refused());
    assert!(!echo::check(&draft, &[old], &house).refused());
    assert!(house.keep(&"word ".repeat(26)).is_err());
    assert!(house.keep("the").is_err());
    assert!(house.set(Rule::Templated, Severity::Warn).is_err());
    let only = Draft { text: quote, recipient: &recipient, card: None };
    assert!(echo::check(&only, &[], &house).refused(), "a note of declared phrases alone is about nobody");
}

#[test]
fn facts_make_a_note_somebodys() {
    let mut recipient = somebody("Ana");
    recipient.known = vec!["bought walking boots for Lisbon".into(), "her dog is called Biscuit".into()];
    let mut house = House::new();
    house.set(Rule::Generic, Severity::Refuse).unwrap();
    let check = |text: &str, house: &House| echo::check(&Draft { text, recipient: &recipient, card: None }, &[], house);
    assert!(!check("Ana, how did the boots do on those hills? You owe me the tram driver's story.", &house).refused());
    let wish = check("Happy birthday, Ana! Wishing you joy and a wonderful year ahead.", &house);
    assert_eq!(rules(&wish), ["stock-verse", "generic"]);
    assert!(wish.findings()[0].help.iter().any(|h| h.contains("Lisbon")));
    let other = check("Ana, the marmalade was posted on Tuesday, six jars wrapped in newspaper.", &House::new());
    assert!(!other.refused());
    assert_eq!(other.findings()[0].rule, Rule::Generic);
}

#[test]
fn nothing_typed_is_a_missing_note() {
    for text in ["", "  \n ", "...", "🎉🎂", "\u{200b}"] {
        let verdict = echo::check(&Draft { text, recipient: &somebody("Ana"), card: None }, &[], &House::new());
        assert_eq!(rules(&verdict), ["missing-note"], "{text:?}");
        assert!(verdict.overruled("because").is_none());
    }
}

#[test]
fn a_proof_is_for_one_text() {
    let recipient = somebody("Ana");
    let text = "Ana, the puppy chewed my left slipper and the cat applauded.";
    let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &House::new());
    let fresh = verdict.fresh().unwrap();
    assert!(fresh.is_for(text) && !fresh.is_for("something else"));
    let stock = echo::check(&Draft { text: "Happy birthday, Ana!", recipient: &recipient, card: None }, &[], &House::new());
    assert!(stock.fresh().is_none() && stock.overruled("  ").is_none());
    assert_eq!(stock.overruled("she asked for just that").unwrap().overrule().unwrap().rules, [Rule::StockVerse]);
}

#[test]
fn any_text_is_judged_without_harm() {
    let recipient = somebody("Ana");
    let house = House::new();
    for text in ["\u{202e}\u{0}\u{1b}[2J", &"a ".repeat(30_000), &"{{".repeat(5_000), "𝓗𝓪𝓹𝓹𝔂 🅑🅓🅐🅨", &"é".repeat(9_999)]
    {
        let old = on_sheet("Tom", 1, &text.chars().rev().collect::<String>());
        let _ = echo::check(&Draft { text, recipient: &recipient, card: None }, &[old], &house);
    }
}

/// What becomes of a note's words.
type Disguise = fn(&[&str]) -> String;

/// Ways to type an old note so that nobody may know it again, as an impatient writer or a clever one would.
const DISGUISES: [(&str, Disguise); 15] = [
    ("letters", |words| words.iter().map(|w| spread(w, " ")).collect::<Vec<_>>().join(" ")),
    ("letters, wider gaps", |words| words.iter().map(|w| spread(w, " ")).collect::<Vec<_>>().join("   ")),
    ("dots", |words| words.iter().map(|w| spread(w, ".")).collect::<Vec<_>>().join(" ")),
    ("hyphens", |words| words.join("-")),
    ("in pairs", |words| words.chunks(2).map(|two| two.join("")).collect::<Vec<_>>().join(" ")),
    ("all in one", |words| words.join("")),
    ("CamelJoin", |words| words.iter().map(|w| capital(w)).collect()),
    ("first letter off", |words| words.iter().map(|w| torn(w, 1)).collect::<Vec<_>>().join(" ")),
    ("in halves", |words| words.iter().map(|w| torn(w, w.chars().count() / 2)).collect::<Vec<_>>().join(" ")),
    ("figures and signs", |words| swapped(&words.join(" "), &[("a", "@"), ("e", "3"), ("i", "1"), ("o", "0"), ("s", "$")])),
    ("held down", |words| swapped(&words.join(" "), &[("a", "aaa"), ("o", "oooo"), ("u", "uu")])),
    ("stuffed", |words| words.iter().map(|w| format!("{w} really")).collect::<Vec<_>>().join(" ")),
    ("every third gone", |words| {
        words.iter().enumerate().filter(|(n, _)| n % 3 != 2).map(|(_, w)| *w).collect::<Vec<_>>().join(" ")
    }),
    ("backwards", |words| words.iter().rev().copied().collect::<Vec<_>>().join(" ")),
    ("shuffled", |words| {
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|n| (n * 7919 + 13) % 101);
        order.iter().map(|n| words[*n]).collect::<Vec<_>>().join(" ")
    }),
];

fn spread(word: &str, gap: &str) -> String {
    word.chars().map(String::from).collect::<Vec<_>>().join(gap)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn torn(word: &str, at: usize) -> String {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 {
        return word.into();
    }
    format!("{} {}", letters[..at].iter().collect::<String>(), letters[at..].iter().collect::<String>())
}

fn swapped(text: &str, letters: &[(&str, &str)]) -> String {
    letters.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[test]
fn no_gap_no_sign_and_no_order_hides_a_note() {
    for language in ["en", "de", "fr", "es", "pl"] {
        let rows = rows(language);
        let notes: Vec<(&str, &str, &str)> =
            rows.iter().filter(|r| of(r, "kind") == "note").map(|r| (of(r, "id"), of(r, "recipient"), of(r, "note"))).collect();
        let all = ledger(&notes);
        let filler = match language {
            "de" => " wirklich",
            "fr" => " vraiment",
            "es" => " realmente",
            "pl" => " naprawdę",
            _ => " really",
        };
        for (how, disguise) in DISGUISES {
            let passed: Vec<String> = notes
                .iter()
                .map(|(_, name, note)| (name, disguise(&note.split_whitespace().collect::<Vec<_>>()).replace(" really", filler)))
                .filter(|(name, text)| !repeats(&judged(&all, name, text, None)))
                .map(|(_, text)| text)
                .collect();
            // Of the shortest notes too little is left when every third word is gone.
            let may = match how {
                "every third gone" => notes.len() / 8,
                "backwards" | "shuffled" => notes.len() / 40,
                _ => notes.len() / 50,
            };
            assert!(passed.len() <= may, "{language}, {how}: {} of {}:\n{}", passed.len(), notes.len(), passed.join("\n"));
        }
    }
}

#[test]
fn white_space_makes_no_other_note() {
    let note = "Ana, the puppy slept past six at last and nobody dared to move before the kettle did.";
    let before = ledger(&[("a", "Ana", note)]);
    let words: Vec<&str> = note.split(' ').collect();
    for text in
        [DISGUISES[0].1(&words), DISGUISES[4].1(&words), DISGUISES[5].1(&words), DISGUISES[6].1(&words), DISGUISES[7].1(&words)]
    {
        let verdict = judged(&before, "Ana", &text, None);
        assert!(rules(&verdict).contains(&"duplicate"), "{text} {:?}", verdict.findings());
        let finding = verdict.findings().iter().find(|f| f.rule == Rule::Duplicate).unwrap();
        assert!(finding.ranges.iter().all(|r| text.get(r.clone()).is_some()));
        assert_eq!(echo::exact(&text, &[]), echo::exact(note, &[]), "{text}");
    }
    assert_ne!(echo::exact("nowhere", &[]), echo::exact("now hare", &[]));
}

/// Ana's desk: Tom Reed, Eva Penrose and Mrs Petrova get cards too, and Joan signs.
fn named(text: &str, known: &[&str]) -> Vec<(&'static str, Severity)> {
    let mut house = House::new();
    house.signs("Hill Shoes");
    house.signs("Joan");
    for (given, family, id) in
        [("Ana", "Lopez", "ana"), ("Tom", "Reed", "tom"), ("Eva", "Penrose", "eva"), ("", "Petrova", "pet")]
    {
        house.names.add(given, id);
        house.names.add_family(family, id);
    }
    house.names.add("Will", "will");
    let recipient = Recipient {
        id: "ana".into(),
        name: "Ana".into(),
        names: vec!["Ana Lopez".into(), "Ana".into()],
        known: known.iter().map(|k| (*k).into()).collect(),
        last: None,
    };
    let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &house);
    verdict.findings().iter().filter(|f| f.rule == Rule::WrongName).map(|f| (f.rule.as_str(), f.severity)).collect()
}

#[test]
fn somebody_elses_name_is_refused_and_a_husband_is_not() {
    let refused = [("wrong-name", Severity::Refuse)];
    for text in [
        "Tom, the heron came back the morning after you left.",
        "Dear Tom Reed, the heron came back the morning after you left.",
        "The heron came back the morning after you left, Tom, and looked put out.",
        "Ana, the heron of Tom Reed came back and looked put out.",
        "Ana, Mrs. Petrova says the heron came back and looked put out.",
        "Ana, the heron came back and looked put out.\n\nLove, Tom",
        "Ana, the heron came back and looked put out.\nTom",
        "Ana, the heron came back and looked put out.\nYours, Eva and Tom",
    ] {
        assert_eq!(named(text, &[]), refused, "{text}");
    }
    let asked = [("wrong-name", Severity::Warn)];
    for text in ["Ana, give my love to Tom and his heron.", "Ana, your husband, Tom, says the heron came back."] {
        assert_eq!(named(text, &[]), asked, "{text}");
    }
    for text in [
        "Ana, the heron came back and looked put out.\n\nLove, Joan",
        "Ana, the heron came back and looked put out.\nJoan from Hill Shoes",
        "Ana, I hope Will power moved the heron in May.",
        "Ana, will the heron come back? Mark my words.",
    ] {
        assert!(named(text, &[]).iter().all(|(_, s)| *s == Severity::Warn), "{text}");
    }
    for text in ["Ana, give my love to Tom and his heron.", "Ana, Tom Reed says the heron came back."] {
        assert_eq!(named(text, &["married to Tom Reed"]), [], "{text}");
    }
}

#[test]
fn a_reason_that_lifts_nothing_is_told_so() {
    let before = ledger(&[("mark-reply", "Mark", MARK)]);
    let mut verdict = judged(&before, "Dan", &MARK.replace("Mark", "Dan"), None);
    assert!(verdict.overruled("he won't mind").is_none());
    verdict.say_in_vain(true, true);
    assert!(verdict.findings()[0].help.iter().any(|h| h.contains("can't let this through")), "{:?}", verdict.findings()[0].help);
}

#[test]
fn what_is_recorded_counts_in_whatever_words() {
    let about = |fact: &str, text: &str| {
        let mut recipient = somebody("Ana");
        recipient.known = vec![fact.into()];
        let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &House::new());
        !verdict.findings().iter().any(|f| matches!(f.rule, Rule::Generic | Rule::StockVerse))
    };
    assert!(about("new hip", "Ana, be kind to the new hip on those stairs."));
    assert!(about("new baby", "Ana, enjoy every night with the new baby."));
    assert!(about("ox", "Ana, how is the ox?"));
    assert!(!about("new hip", "Ana, a happy new year to you and yours."));
    assert!(!about("Whitby", "Ana, the marmalade was posted on Tuesday, six jars of it."));
    let mut recipient = somebody("Ana");
    recipient.known = vec![echo::Fact { text: "Whitby".into(), what: "town".into(), silent: false }];
    let text = "Ana, the marmalade was posted on Tuesday, six jars of it.";
    let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &House::new());
    assert!(verdict.findings().is_empty(), "a town is no fact to be reminded of: {:?}", verdict.findings());
    let bill = echo::Fact { text: "paid three weeks late".into(), what: "payment".into(), silent: true };
    recipient.known.insert(0, bill);
    let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &House::new());
    assert!(verdict.findings().is_empty(), "a bill is no fact to be reminded of: {:?}", verdict.findings());
    recipient.known.push(echo::Fact { text: "walking boots".into(), what: "purchase".into(), silent: false });
    let verdict = echo::check(&Draft { text, recipient: &recipient, card: None }, &[], &House::new());
    let help = &verdict.findings()[0].help;
    assert!(help.contains(&"on record about Ana: \u{201c}walking boots\u{201d} (purchase)".to_owned()), "{help:?}");
    assert!(!help.iter().any(|h| h.contains("late")), "{help:?}");
    assert!(help.iter().any(|h| h.contains("`about = \"refuse\"`")), "the message names the setting: {help:?}");
    let wish = "Happy birthday to you in Whitby, have a great day!";
    let verdict = echo::check(&Draft { text: wish, recipient: &recipient, card: None }, &[], &House::new());
    assert!(rules(&verdict).contains(&"stock-verse"), "the town alone makes no wish somebody's: {:?}", verdict.findings());
}

#[test]
fn what_we_have_no_lists_for_is_no_stock() {
    for text in ["谢谢你上周带来的李子，我们都吃完了。", "先週のりんごをありがとうございました。", "ขอบคุณสำหรับลูกพลัม"]
    {
        let verdict = echo::check(&Draft { text, recipient: &somebody("Ana"), card: None }, &[], &House::new());
        assert!(!verdict.refused(), "{text} {:?}", verdict.findings());
    }
}

#[test]
fn the_counter_is_in_every_note_of_a_shop() {
    let before = ledger(&[(
        "a",
        "Alan",
        "Alan, the conker you left on the counter has sprouted, it is taller than the till now. Happy birthday from both of us.",
    )]);
    for text in [
        "Fay, you left your blue scarf on the counter. It is behind the till with your name on it. Happy birthday!",
        "Fay, you left the dog's lead on the counter. Happy birthday to you.",
    ] {
        assert!(!judged(&before, "Fay", text, None).refused(), "{text} {:?}", judged(&before, "Fay", text, None).findings());
    }
}

#[test]
fn who_was_missed_somewhere_is_offered_nothing() {
    let missed = Draft {
        text: "Just a line to say we missed you at the market, the plums were fine.",
        recipient: &somebody("Ana"),
        card: None,
    };
    assert!(!rules(&echo::check(&missed, &[], &House::new())).contains(&"sales-talk"));
}
