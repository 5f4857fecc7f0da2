//! Packed histories against the touches they are made of.

use std::collections::BTreeMap;

use super::*;
use crate::due::{Affairs, Due, Post, Stories, Window, due};
use crate::person::{Id, Name, Person, Status};
use crate::touch::Touch;

/// Numbers that look like chance.
struct Lots(u64);

impl Lots {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }
}

/// Everybody and their history, read row by row with nothing packed.
fn plainly(ledger: &Ledger, rules: &Rules) -> (Vec<Party>, Stories<'static>) {
    let people: Vec<Party> = ledger.people().unwrap().iter().map(Party::from).collect();
    let mut ask =
        ledger.conn().prepare("SELECT n, day, kind, until, closes FROM touch WHERE person = ?1 ORDER BY day, n").unwrap();
    let mut all: Vec<Vec<Mark>> = Vec::new();
    for person in &people {
        let mut rows = ask.query([person.id.as_str()]).unwrap();
        let mut marks = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let text = |at: usize| row.get::<_, Option<String>>(at).unwrap().unwrap_or_default();
            let mut touch = Touch::new(text(1).parse().unwrap(), &text(2), "");
            (touch.until, touch.closes) = (text(3).parse().ok(), text(4));
            marks.push(rules.mark(row.get(0).unwrap(), &touch));
        }
        all.push(marks);
    }
    let tell = move |at: usize, marks: &mut Vec<Mark>| {
        marks.extend_from_slice(&all[at]);
        Some(())
    };
    (people, Stories::new(tell))
}

/// Everybody's packs, read.
fn packs(ledger: &Ledger, people: &[Party], rules: &Rules) -> Stories<'static> {
    let packs = Packs::of(people.len());
    ledger.read_packs(&packs, people, rules).unwrap();
    assert!(packs.are_read());
    Stories::new(move |at, marks| packs.tell(at, marks))
}

fn of(stories: &Stories<'_>, at: usize) -> Vec<Mark> {
    let mut marks = Vec::new();
    stories.of(at, &mut marks);
    marks
}

/// What is due by these books on this day, in one line each.
fn told(ledger: &Ledger, (people, stories): &(Vec<Party>, Stories<'_>), rules: &Rules, today: Day) -> Vec<Due> {
    let sent = ledger.sent(today.plus(-400)).unwrap();
    let affairs = Affairs { people, stories, sent: &sent, rules, post: &Post::default(), today };
    due(&affairs, Window { from: today.plus(-14), to: today.plus(45) })
}

fn same(ledger: &Ledger, rules: &Rules, after: &str) -> usize {
    let slow = plainly(ledger, rules);
    let people = ledger.parties().unwrap();
    assert_eq!(people, slow.0, "{after}");
    let stories = packs(ledger, &people, rules);
    for (at, person) in people.iter().enumerate() {
        assert_eq!(of(&stories, at), of(&slow.1, at), "{after}: {}", person.id);
    }
    let fast = (people, stories);
    let mut found = 0;
    for day in ["2024-02-29", "2025-12-24", "2026-11-21", "2026-12-31", "2027-03-01", "2031-01-01"] {
        let today: Day = day.parse().unwrap();
        let fast = told(ledger, &fast, rules, today);
        assert_eq!(fast, told(ledger, &slow, rules, today), "{after}, on {day}");
        found += fast.len();
    }
    found
}

#[test]
fn packed_histories_say_what_the_touches_say_whatever_was_changed_and_by_whom() {
    let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
    let mut all = 0;
    for seed in 0..6 {
        let mut lots = Lots(seed * 977 + 5);
        let mut ledger = Ledger::in_memory().unwrap();
        let today: Day = "2026-11-21".parse().unwrap();
        ledger
            .change(|change| {
                for n in 0..12 {
                    let name = Name { given: format!("Given{n}"), family: "Lee".into(), ..Name::default() };
                    let birthday = (n % 3 > 0).then(|| format!("--{:02}-{:02}", n % 12 + 1, n * 2 + 1).parse().unwrap());
                    change.add_person(&Person { name, birthday, ..Person::default() })?;
                }
                Ok(())
            })
            .unwrap();
        for step in 0..90 {
            let people = ledger.people().unwrap();
            let (one, other) = (people[lots.below(people.len())].clone(), people[lots.below(people.len())].clone());
            let on = today.plus(400 - lots.below(1500) as i64);
            let kinds =
                ["purchase", "visit", "promise", "complaint", "payment", "late-payment", "loss", "idea", "fact", "whatever"];
            let kind = kinds[lots.below(kinds.len())];
            let what = lots.below(14);
            ledger.begin("wetink", today);
            match what {
                0..=5 => {
                    let mut touch = Touch::new(on, kind, "words");
                    touch.until = (lots.below(4) == 0).then(|| on.plus(lots.below(90) as i64 - 10));
                    if lots.below(3) == 0 {
                        let theirs = ledger.touches(&one.id).unwrap();
                        let closed = theirs.get(lots.below(theirs.len() + 1));
                        touch.closes = closed.map_or("soon".into(), |t| format!("{} {}", t.kind, t.on));
                    }
                    let many = 1 + lots.below(2) * 9;
                    ledger.change(|c| (0..many).try_for_each(|_| c.add_touch(&one.id, &touch, None).map(|_| ()))).unwrap();
                }
                6 => ledger.change(|c| c.set_status(&one.id, Status::DoNotContact, on)).unwrap(),
                7 if one.id != other.id => drop(ledger.change(|c| c.merge(&one, &other, today)).unwrap()),
                8 => {
                    if let Some((gone, _)) = ledger.merged().unwrap().first() {
                        drop(ledger.change(|c| c.split(&gone.id)));
                    }
                }
                9 if people.len() > 6 => drop(ledger.erase(&one, false, today).unwrap()),
                10 => {
                    if let Some(last) = ledger.operations().unwrap().first() {
                        drop(ledger.undo(last, today, ""));
                    }
                }
                11 => {
                    let failed = ledger.change(|c| {
                        c.add_touch(&one.id, &Touch::new(on, kind, ""), None)?;
                        Err::<(), _>(crate::trouble::Trouble::failed("changed my mind"))
                    });
                    assert!(failed.is_err());
                }
                12 => {
                    // Somebody else's program, past this one.
                    let sql = "INSERT INTO touch (person, kind, day, until) VALUES (?1, ?2, ?3, 'soon')";
                    ledger.conn().execute(sql, params![one.id.as_str(), kind, on.to_string()]).unwrap();
                }
                13 => {
                    let sql = "UPDATE touch SET until = ?2, person = ?3 WHERE person = ?1";
                    let until = on.plus(9).to_string();
                    ledger.conn().execute(sql, params![one.id.as_str(), until, other.id.as_str()]).unwrap();
                }
                _ => {}
            }
            all += same(&ledger, &rules, &format!("seed {seed}, step {step}, change {what}"));
            if what >= 12 {
                // The next change, whatever it is, packs what others dropped.
                assert!(what > 12 || ledger.mispacked().unwrap() > 0);
                ledger.change(|_| Ok(())).unwrap();
            }
            assert_eq!(ledger.mispacked().unwrap(), 0, "seed {seed}, step {step}, change {what}");
        }
        let dropped = "SELECT count(*) FROM story WHERE marks IS NULL";
        ledger.change(|_| Ok(())).unwrap();
        assert_eq!(ledger.conn().query_row(dropped, [], |r| r.get::<_, i64>(0)).unwrap(), 0);
    }
    assert!(all > 1000, "{all}: something was due");
}

#[test]
fn histories_are_told_while_others_are_read_and_nobody_waits_for_ever() {
    let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
    let mut ledger = Ledger::in_memory().unwrap();
    let today: Day = "2026-11-21".parse().unwrap();
    ledger
        .change(|change| {
            for n in 0..3 * TOGETHER + 7 {
                let id = change.add_person(&Person { name: Name::parse(&format!("Ann Lee{n}")), ..Person::default() })?;
                // Every seventh has no history.
                for k in 0..n % 7 {
                    change.add_touch(&id, &Touch::new(today.plus(-((n * k) as i64)), "visit", ""), None)?;
                }
            }
            Ok(())
        })
        .unwrap();
    let (people, slow) = plainly(&ledger, &rules);
    let of_packs = |packs: &Packs, at| {
        let mut marks = Vec::new();
        packs.tell(at, &mut marks).map(|()| marks)
    };
    let packs = Packs::of(people.len());
    std::thread::scope(|scope| {
        // The last are asked about first.
        let told = scope.spawn(|| (0..people.len()).rev().map(|at| of_packs(&packs, at).unwrap()).collect::<Vec<_>>());
        ledger.read_packs(&packs, &people, &rules).unwrap();
        let told = told.join().unwrap();
        assert!(told.iter().rev().enumerate().all(|(at, marks)| *marks == of(&slow, at)));
    });

    // Rows that somebody deleted are missed by nobody.
    ledger.conn().execute_batch("DELETE FROM story WHERE person < 'ann-lee5'").unwrap();
    let packs = Packs::of(people.len());
    ledger.read_packs(&packs, &people, &rules).unwrap();
    assert!((0..people.len()).all(|at| of_packs(&packs, at).unwrap() == of(&slow, at)));

    ledger.conn().execute_batch("DROP TABLE story").unwrap();
    let packs = Packs::of(people.len());
    std::thread::scope(|scope| {
        let told = scope.spawn(|| of_packs(&packs, people.len() - 1));
        assert!(ledger.read_packs(&packs, &people, &rules).is_err());
        assert_eq!(told.join().unwrap(), None, "nothing, rather than a part");
    });
}

#[test]
fn a_pack_of_any_bytes_is_read_from_the_touches() {
    let rules = Rules::new(&BTreeMap::new(), &[], None).unwrap();
    let mut ledger = Ledger::in_memory().unwrap();
    let id = ledger.change(|c| c.add_person(&Person { name: Name::parse("Ann Lee"), ..Person::default() })).unwrap();
    for (day, kind) in [("0000-01-01", "visit"), ("2026-11-21", "purchase"), ("9999-12-31", "promise")] {
        let on: Day = day.parse().unwrap();
        let touch = Touch { until: Some(on), closes: "visit 0000-01-01".into(), ..Touch::new(on, kind, "") };
        ledger.change(|c| c.add_touch(&id, &touch, None)).unwrap();
    }
    let written: Vec<u8> = ledger.conn().query_row("SELECT marks FROM story", [], |r| r.get(0)).unwrap();
    assert!(written.len() < 60, "{} bytes", written.len());
    let people = vec![Party::from(&ledger.person(&Id::of("Ann Lee")).unwrap().unwrap())];
    let whole = of(&packs(&ledger, &people, &rules), 0);
    assert_eq!(whole.len(), 3);
    let (mut lots, mut torn) = (Lots(7), 0);
    for round in 0..3000 {
        let mut bytes = written.clone();
        for _ in 0..=lots.below(3) {
            match lots.below(3) {
                0 => bytes.truncate(lots.below(bytes.len() + 1)),
                1 => bytes.insert(lots.below(bytes.len() + 1), lots.below(256) as u8),
                _ => bytes.iter_mut().skip(lots.below(60)).take(1).for_each(|b| *b = lots.below(256) as u8),
            }
        }
        // Half of them with a sum that fits, as nobody's accident would have it.
        let forged = round % 2 == 0 && bytes.len() > 4;
        if forged {
            let sum = sum(&bytes[4..]).to_le_bytes();
            bytes[..4].copy_from_slice(&sum);
        }
        ledger.conn().execute("UPDATE story SET marks = ?1", [&bytes]).unwrap();
        let stories = packs(&ledger, &people, &rules);
        let told = of(&stories, 0);
        torn += usize::from(stories.torn());
        if stories.torn() || !forged {
            let anew = ledger.pack_anew(&people, &rules).unwrap();
            let anew = Stories::new(|at, marks| anew.tell(at, marks));
            assert_eq!(if stories.torn() { of(&anew, 0) } else { told }, whole, "{bytes:?}");
        }
    }
    assert!(torn > 100, "{torn} can't be unpacked though their sum fits");
}
