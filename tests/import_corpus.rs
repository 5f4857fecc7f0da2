//! Address books nobody here wrote: every one is read, and what is found is held against a second opinion.
//!
//! `tests/data/contacts` has the files with their origins and licences, what Python's vobject reads from each, and
//! `differences.tsv`, which explains every difference. Run with `--nocapture` to see the table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use wetink::day::Day;
use wetink::import::{Found, Mapping, Row, Wanted, read};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/contacts")
}

fn today() -> Day {
    "2026-11-22".parse().unwrap()
}

fn files(kind: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join(kind)).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

/// Cards begun, people, problems, and people with a birthday.
fn people(path: &Path) -> (Vec<Row>, usize) {
    let (mut rows, mut problems) = (Vec::new(), 0);
    for found in read(&path.to_string_lossy(), File::open(path).unwrap(), Wanted::People, &Mapping::default(), today()).unwrap() {
        match found {
            Found::Person(row) => rows.push(*row),
            Found::Problem(_) => problems += 1,
            other => panic!("{other:?}"),
        }
    }
    (rows, problems)
}

/// Where both find as many, they find the same: every family name, every town's postal code, and every birthday's month and day.
fn agree_on_people(file: &str, rows: &[Row], cards: &serde_json::Value) {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    for card in cards.as_array().unwrap() {
        let family = text(&card["family"]);
        assert!(family.is_empty() || rows.iter().any(|r| r.person.name.full().contains(&family)), "{file}: {family}");
        let digits: String = text(&card["bday"]).split('T').next().unwrap().chars().filter(char::is_ascii_digit).collect();
        let month_day = digits[digits.len().saturating_sub(4)..].to_owned();
        let same = |r: &Row| r.person.birthday.is_some_and(|b| format!("{:02}{:02}", b.month(), b.day()) == month_day);
        assert!(month_day.is_empty() || rows.iter().any(same), "{file}: {digits}");
        let codes: Vec<String> = card["adr"].as_array().unwrap().iter().map(|a| text(&a[3])).filter(|c| !c.is_empty()).collect();
        assert!(codes.is_empty() || rows.iter().any(|r| !r.person.address.postcode.is_empty()), "{file}: {codes:?}");
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_address_book_against_the_second_opinion() {
    let opinion: BTreeMap<String, serde_json::Value> = fs::read_to_string(folder().join("second-opinion.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|value| (value["file"].as_str().unwrap().to_owned(), value))
        .collect();
    let explained: BTreeMap<String, String> = fs::read_to_string(folder().join("differences.tsv"))
        .unwrap()
        .lines()
        .skip(1)
        .map(|line| line.split_once('\t').unwrap())
        .map(|(file, rest)| (file.to_owned(), rest.to_owned()))
        .collect();
    let mut table = format!("{:<62} {:>15} {:>15}\n", "", "ours", "second opinion");
    let _ = writeln!(table, "{:<62} {:>7} {:>7} {:>7} {:>7}", "file", "people", "bdays", "cards", "bdays");
    let mut differ: Vec<String> = Vec::new();
    let mut sums = [0_usize; 4];
    for path in files("vcf") {
        let (rows, _) = people(&path);
        let file = name(&path);
        let ours = [rows.len(), rows.iter().filter(|r| r.person.birthday.is_some()).count()];
        let cards = opinion.get(&file).and_then(|o| o["cards"].as_array().cloned());
        let theirs = cards.map(|cards| [cards.len(), cards.iter().filter(|c| !c["bday"].is_null()).count()]);
        let shown = theirs.map_or_else(|| "none".to_owned(), |[c, b]| format!("{c:>7} {b:>7}"));
        let same = theirs == Some(ours);
        if same {
            agree_on_people(&file, &rows, &opinion[&file]["cards"]);
        }
        let _ = writeln!(table, "{file:<62} {:>7} {:>7} {shown} {}", ours[0], ours[1], if same { "" } else { "≠" });
        for (sum, n) in sums.iter_mut().zip(ours.into_iter().chain(theirs.unwrap_or_default())) {
            *sum += n;
        }
        if !same {
            let theirs = theirs.map_or_else(|| "-".to_owned(), |[c, b]| format!("{c} {b}"));
            differ.push(format!("{file}\t{} {}\t{theirs}", ours[0], ours[1]));
        }
    }
    let _ = writeln!(table, "{:<62} {:>7} {:>7} {:>7} {:>7}", "together", sums[0], sums[1], sums[2], sums[3]);
    println!("{table}");
    let known: Vec<String> = explained
        .iter()
        .map(|(file, rest)| {
            let mut parts = rest.splitn(3, '\t');
            let (ours, theirs) = (parts.next().unwrap(), parts.next().unwrap());
            assert!(parts.next().is_some_and(|why| why.len() > 20), "{file} has no explanation");
            format!("{file}\t{ours}\t{theirs}")
        })
        .collect();
    assert_eq!(differ, known, "explain every difference in tests/data/contacts/differences.tsv");
}

#[test]
fn every_table() {
    let mut found = Vec::new();
    for path in files("csv") {
        let (rows, problems) = people(&path);
        let names: Vec<String> = rows.iter().map(|r| r.person.name.full()).collect();
        found.push(format!("{}: {} ({problems})", name(&path), names.join(", ")));
    }
    assert_eq!(
        found,
        [
            "csv2vcard__valid_contacts.csv: Forrest Gump, Jane Doe, John Smith (0)",
            "thunderbird__basic_csv_addressbook.csv: John Doe, Jane Doe (0)",
            "thunderbird__csv_no_header.csv: John Doe, Jane Doe (0)",
            "thunderbird__csv_semicolon.csv: John Doe, Jane Doe (0)",
        ]
    );
}

#[test]
fn every_file_has_its_licence() {
    let manifest = fs::read_to_string(folder().join("MANIFEST.tsv")).unwrap();
    for path in files("vcf").into_iter().chain(files("csv")) {
        let listed = manifest.lines().find(|line| line.split('\t').next().is_some_and(|f| f.ends_with(&name(&path))));
        let licence = listed.and_then(|line| line.split('\t').nth(4)).unwrap_or_default();
        assert!(["MIT", "BSD-2-Clause", "Apache-2.0", "Apache-2.0 OR MIT", "MPL-2.0"].contains(&licence), "{}", path.display());
    }
}
