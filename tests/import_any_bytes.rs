//! Whatever the bytes: no file stops the program, and what comes out is harmless.

use std::fmt::Write as _;
use std::io::{Cursor, Read};
use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use wetink::import::{Found, Mapping, Order, Wanted, read};

const TABLES: [&str; 6] = [
    "given name,family name,birthday,street,city,postal code,country,e-mail\nZoë,Łukasik,12/04/1980,\"1 Road\nFlat 2\",Kiel,01234,Germany,z@example.com\nTom,Reed,--02-29,,,,,\n",
    "sep=;\r\nVorname;Nachname;Geburtstag;PLZ\r\nAnn;Lee;0/0/00;'01234\r\nBob;\"Le\"\"e\";31.12.1999;1\r\n",
    "to,occasion,date,note,ps\nAna,birthday,2025-12-12,\"how is\nthe puppy?\",laces\nTom,thanks,1/2/2025,boots,\n",
    "Name,Email,Created at,Currency,Total,Lineitem quantity,Lineitem name,Billing Name\n#1,a@example.com,2026-10-03 10:00:00 +0200,EUR,22.00,2,Laces,Ann Lee\n#1,a@example.com,,,,1,Boots,\n",
    "who,kind,date,text,amount\nAnn,visit,2026-10-03,boots,\"1.234,50\"\n",
    "Name,Given Name,Family Name,Birthday,E-mail 1 - Type,E-mail 1 - Value,Address 1 - Formatted,Event 1 - Type,Event 1 - Value\nA,Ann,Lee,1604-02-29,*,a@x ::: b@x,\"1 Road\nBaytown, LA 30314\",Anniversary,1970-01-01\n",
];

/// What is put into a file to break it.
const SHARDS: [&[u8]; 30] = [
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n ",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"=",
    b"=\r\n",
    b"=3",
    b"\\",
    b"BEGIN:VCARD\n",
    b"END:VCARD\n",
    b"AGENT:\n",
    b"N:",
    b"BDAY:",
    b";CHARSET=SHIFT_JIS",
    b";ENCODING=QUOTED-PRINTABLE",
    b"\xe2\x80\xae",
    b"9999999999",
    b"--",
    b"0000-00-00",
    b"name,",
    b"item1.X-ABDATE:",
    b"\xf4\x8f\xbf\xbf",
];

fn seeds() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/contacts");
    let mut paths: Vec<_> = ["vcf", "csv"]
        .iter()
        .flat_map(|kind| std::fs::read_dir(folder.join(kind)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut seeds: Vec<Vec<u8>> =
        paths.iter().map(|path| std::fs::read(path).unwrap()).filter(|seed| seed.len() < 8000).collect();
    for table in TABLES {
        // The small ones often, and in other encodings too.
        for _ in 0..4 {
            seeds.push(table.as_bytes().to_vec());
        }
        seeds.push(table.encode_utf16().flat_map(u16::to_le_bytes).collect());
        seeds.push([&[0xfe, 0xff][..], &table.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()].concat());
    }
    seeds
}

fn broken(mut bytes: Vec<u8>, changes: &[(u8, u16, u16, u8)]) -> Vec<u8> {
    for (how, at, len, what) in changes {
        let at = if bytes.is_empty() { 0 } else { usize::from(*at) % bytes.len() };
        let end = (at + usize::from(*len) % 40).min(bytes.len());
        match how % 6 {
            0 => drop(bytes.splice(at..at, SHARDS[usize::from(*what) % SHARDS.len()].iter().copied())),
            1 => drop(bytes.splice(at..end, SHARDS[usize::from(*what) % SHARDS.len()].iter().copied())),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            4 if at < bytes.len() => bytes[at] = *what,
            _ => bytes.truncate(bytes.len() - (usize::from(*len) % 60).min(bytes.len())),
        }
    }
    bytes
}

/// Gives its bytes a few at a time.
struct Drops(Cursor<Vec<u8>>, usize);

impl Read for Drops {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let len = out.len().min(self.1);
        self.0.read(&mut out[..len])
    }
}

fn found(bytes: &[u8], wanted: Wanted, mapping: &Mapping, step: usize) -> Vec<Found> {
    let reader = Drops(Cursor::new(bytes.to_vec()), step);
    read("list", reader, wanted, mapping, "2026-11-22".parse().unwrap()).map(Iterator::collect).unwrap_or_default()
}

fn harmless(text: &str, lines: bool) {
    assert!(text.chars().count() <= 20_000);
    assert!(
        !text.chars().any(|c| (c.is_control() && !(lines && (c == '\n' || c == '\t'))) || ('\u{202a}'..='\u{202e}').contains(&c)),
        "{text:?}"
    );
}

fn judge(all: &[Found], bytes: &[u8]) {
    let lines = bytes.iter().filter(|b| **b == b'\n' || **b == b'\r').count() + 2;
    assert!(all.len() <= 2 * lines + 8);
    for one in all {
        let line = match one {
            Found::Person(row) => {
                let p = &row.person;
                assert!(!p.name.is_empty());
                assert!(p.address.street.len() <= 3);
                let name = [&p.name.title, &p.name.given, &p.name.family, &p.name.suffix, &p.name.called];
                let rest = [&p.email, &p.phone, &p.address.city, &p.address.region, &p.address.postcode, &p.address.country];
                for text in name
                    .into_iter()
                    .chain(rest)
                    .chain(&p.address.street)
                    .chain(&row.emails)
                    .chain(&row.phones)
                    .chain(&row.left_out)
                {
                    harmless(text, false);
                }
                row.facts.iter().for_each(|fact| harmless(&fact.text, true));
                // A year that is known is a believable one.
                assert!(p.birthday.and_then(wetink::day::Birthday::year).is_none_or(|year| (1916..=2026).contains(&year)));
                row.line
            }
            Found::Card(card) => {
                harmless(&card.to, false);
                harmless(&card.note, true);
                assert!(!card.to.is_empty() && card.note.chars().any(char::is_alphanumeric));
                card.line
            }
            Found::Touch(touch) => {
                harmless(&touch.who.name, false);
                harmless(&touch.text, true);
                touch.line
            }
            Found::Problem(problem) => {
                harmless(&problem.message, false);
                assert!(problem.message.len() > 20 && !problem.message.ends_with('.'));
                problem.line
            }
        };
        assert!(line >= 1 && line <= lines, "line {line} of {lines}");
    }
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, rng_seed: RngSeed::Fixed(20_261_122), failure_persistence: None, ..Config::default() })
}

const ALL: [Wanted; 3] = [Wanted::People, Wanted::Cards, Wanted::Touches];

#[test]
fn broken_files_break_nothing() {
    let seeds = seeds();
    let change = (any::<u8>(), any::<u16>(), any::<u16>(), any::<u8>());
    let strategy = (0..seeds.len(), prop::collection::vec(change, 0..12), any::<bool>(), 1..64_usize);
    runner(700)
        .run(&strategy, |(at, changes, told, step)| {
            let bytes = broken(seeds[at].clone(), &changes);
            let mapping = Mapping { dates: told.then_some(Order::DayFirst), ..Mapping::default() };
            for wanted in ALL {
                let all = found(&bytes, wanted, &mapping, usize::MAX);
                judge(&all, &bytes);
                // However the bytes arrive, the same comes out.
                prop_assert_eq!(&all, &found(&bytes, wanted, &mapping, step));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn noise_breaks_nothing() {
    let noise = prop::collection::vec(prop::sample::select(SHARDS.to_vec()), 0..200);
    runner(400)
        .run(&(any::<bool>(), noise, prop::collection::vec(any::<u8>(), 0..300)), |(book, shards, bytes)| {
            let start: &[u8] = if book { b"BEGIN:VCARD\nFN:Ann\n" } else { b"name,birthday,note\nAnn,1/2/1980,x\n" };
            let bytes = [start, &shards.concat(), &bytes].concat();
            for wanted in ALL {
                judge(&found(&bytes, wanted, &Mapping::default(), usize::MAX), &bytes);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_table_written_is_read_back() {
    let cell = "[!-~à-öŁ-ž]([ -~à-öŁ-ž]{0,20}[!-~à-öŁ-ž])?";
    let rows = prop::collection::vec((cell, cell, any::<bool>()), 1..20);
    runner(150)
        .run(&(rows, prop::sample::select(vec![',', ';', '\t', '|'])), |(rows, delimiter)| {
            let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
            let mut table = format!("to{delimiter}note{delimiter}occasion\n");
            let mut want = Vec::new();
            for (to, note, wide) in rows {
                let to = format!("a {}", to.split_whitespace().collect::<Vec<_>>().join(" "));
                let note = if wide { format!("a {note}\n\n{note}z") } else { format!("a {note}") };
                let _ = writeln!(table, "{}{delimiter}{}{delimiter}birthday", quoted(&to), quoted(&note));
                want.push((to, note));
            }
            let cards = found(table.as_bytes(), Wanted::Cards, &Mapping::default(), usize::MAX);
            let got: Vec<(String, String)> = cards
                .into_iter()
                .map(|one| match one {
                    Found::Card(card) => (card.to, card.note),
                    other => panic!("{other:?}"),
                })
                .collect();
            prop_assert_eq!(got, want);
            Ok(())
        })
        .unwrap();
}
