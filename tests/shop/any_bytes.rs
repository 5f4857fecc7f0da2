//! Any bytes into every reader: the targets of `examples/fuzz` with inputs that once broke one, and with new ones each time the
//! proptest seed changes; and everything a ledger can hold through its lines of JSON and back.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wetink::day::{Birthday, Day};
use wetink::ledger::Ledger;
use wetink::person::{Name, Person};
use wetink::touch::Touch;

#[path = "../../examples/fuzz/targets.rs"]
mod targets;

#[test]
fn inputs_that_once_broke_a_reader_break_none_now() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fuzz/corpus");
    let mut inputs: Vec<Vec<u8>> = Vec::new();
    for folder in fs::read_dir(corpus).unwrap().flatten() {
        inputs.extend(fs::read_dir(folder.path()).unwrap().flatten().map(|e| fs::read(e.path()).unwrap()));
    }
    assert!(inputs.len() > 12);
    for input in inputs {
        for target in &targets::TARGETS {
            (target.run)(&input);
        }
    }
}

#[test]
fn any_bytes_are_read_or_told_by_every_reader() {
    let pieces = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..30),
        prop::sample::select(vec![
            "## ana | birthday\n",
            "> !! no longer due: x\r\n",
            "name,birthday\n",
            "\"",
            ",",
            ";",
            "BEGIN:VCARD\r\n",
            "END:VCARD\r\n",
            "BDAY:--0229\r\n",
            "+++\n",
            "{{ note }}",
            "{% if a %}",
            "[rules]\n",
            "= \"x\"\n",
            "{\"table\":\"person\",\"id\":\"a\"}\n",
            "to,occasion,date,note\n",
            "29/02/1999",
            "\u{202e}",
            "PS: ",
            "\0\x01\0\0",
        ])
        .prop_map(|s| s.as_bytes().to_vec()),
    ];
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    runner
        .run(&prop::collection::vec(pieces, 0..14), |parts| {
            let bytes = parts.concat();
            for target in &targets::TARGETS {
                (target.run)(&bytes);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn dates_say_what_they_are_said() {
    let mut runner = TestRunner::new(Config { cases: 2000, failure_persistence: None, ..Config::default() });
    runner
        .run(&(-100..10_100_i32, 0..15_u32, 0..34_u32, -4000..4000_i64), |(year, month, day, later)| {
            if let Some(day) = Day::new(year, month, day) {
                prop_assert_eq!(day.to_string().parse::<Day>().ok(), Some(day).filter(|d| (0..=9999).contains(&d.year())));
                // Beyond the ends of the calendar there is nothing to count to.
                if (20..9980).contains(&day.year()) {
                    prop_assert_eq!(day.plus(later).since(day), later);
                }
            }
            if let Some(birthday) = Birthday::new(month, day, Some(year)) {
                prop_assert_eq!(birthday.to_string().parse::<Birthday>().ok(), Some(birthday));
                // The card is never late, and never a day that isn't there.
                let kept = birthday.in_year(2027);
                prop_assert_eq!(kept.month(), month);
                prop_assert!(kept.day() == day || (month == 2 && day == 29 && kept.day() == 28));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_ledger_goes_through_its_lines_and_comes_back_the_same() {
    let word = "[a-zA-ZäßŁőé'🎉\u{202e}\u{301}{}\"\\\\,;=|\n\t -]{1,24}";
    let person = (
        word,
        word,
        word,
        prop::option::of((1..13_u32, 1..29_u32, prop::option::of(1900..2020_i32))),
        prop::collection::vec((word, word), 0..4),
    );
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let today: Day = "2026-11-22".parse().unwrap();
    runner
        .run(&prop::collection::vec(person, 0..5), |people| {
            let mut ledger = Ledger::in_memory().unwrap();
            ledger
                .change(|change| {
                    for (given, family, email, birthday, touches) in &people {
                        let name = Name { given: given.clone(), family: family.clone(), ..Name::default() };
                        let birthday = birthday.and_then(|(month, day, year)| Birthday::new(month, day, year));
                        let id = change.add_person(&Person { name, email: email.clone(), birthday, ..Person::default() })?;
                        for (kind, text) in touches {
                            change.add_touch(&id, &Touch::new(today, kind, text), None)?;
                        }
                    }
                    Ok(())
                })
                .unwrap();
            prop_assert!(ledger.damage(&mut |_, _| Ok(())).unwrap().is_none());
            let (mut first, mut second) = (Vec::new(), Vec::new());
            ledger.export(&mut first).unwrap();
            let mut other = Ledger::in_memory().unwrap();
            let report = other.import(&mut Cursor::new(&first), false).unwrap();
            prop_assert!(report.problems.is_empty(), "{:?}", report.problems);
            other.export(&mut second).unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second));
            let again = other.import(&mut Cursor::new(&first), false).unwrap();
            prop_assert_eq!((again.added.values().sum::<usize>(), again.filled), (0, 0));
            Ok(())
        })
        .unwrap();
}
