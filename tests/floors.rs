//! The order of the house: a file uses only what is below it, and outside crates stay in their rooms.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the ground up, as `src/lib.rs` lists them. A room may use those before it.
fn floors() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).map(String::from).collect()
}

/// Which outside crate may be named in which rooms.
const OUTSIDE: [(&str, &[&str]); 23] = [
    ("chrono", &["day.rs"]),
    ("rusqlite", &["ledger.rs", "ledger/"]),
    ("clap", &["cli.rs", "cli/"]),
    ("clap_complete", &["cli/"]),
    ("clap_mangen", &["cli/"]),
    ("indicatif", &["cli/"]),
    ("annotate_snippets", &["cli/"]),
    ("anstream", &["cli/"]),
    ("anstyle", &["cli/"]),
    ("tera", &["letter.rs", "letter/"]),
    ("printpdf", &["out/pdf.rs", "out/pdf/"]),
    ("write_fonts", &["out/pdf.rs", "out/pdf/"]),
    ("libdeflater", &["out/pdf/"]),
    ("mimalloc", &["main.rs"]),
    ("lopdf", &["out/pdf.rs", "out/pdf/", "out/preflight/"]),
    ("tiny_skia", &["out/png.rs", "out/png/"]),
    ("harfrust", &["face.rs", "face/"]),
    ("skrifa", &["face.rs", "face/"]),
    ("calcard", &["import/vcard.rs", "import/vcard/"]),
    ("csv", &["import/csv.rs"]),
    ("shlex", &["cli/"]),
    ("age", &["cli/"]),
    ("console", &["cli/"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut found = Vec::new();
    sources(&src, &mut found);
    found
        .into_iter()
        .map(|p| (p.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"), fs::read_to_string(&p).unwrap()))
        .collect()
}

/// The text without comments and without unit tests, which may reach up.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_room_uses_only_what_is_below_it() {
    let floors = floors();
    let at: BTreeMap<&str, usize> = floors.iter().enumerate().map(|(n, f)| (f.as_str(), n)).collect();
    let mut wrong = Vec::new();
    for (file, text) in all() {
        let room = file.split(['/', '.']).next().unwrap();
        let Some(own) = at.get(room) else { continue };
        if file.ends_with("tests.rs") {
            continue;
        }
        for used in code(&text).split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if at.get(used.as_str()).is_some_and(|n| n > own) {
                wrong.push(format!("{file} uses {used}, which is above it"));
            }
        }
        // `use crate::{a, b}` would slip past; nobody writes it.
        assert!(!code(&text).contains("use crate::{"), "{file} uses several rooms in one line");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (file, text) in all() {
        for (outside, rooms) in OUTSIDE {
            let named = code(&text)
                .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                .any(|word| word.starts_with(&format!("{outside}::")) || word == format!("::{outside}"));
            let own_room = file.starts_with(&format!("import/{outside}")) || rooms.iter().any(|r| file.starts_with(r));
            if named && !own_room && !text.contains(&format!("mod {outside};")) && !text.contains(&format!("super::{outside}")) {
                wrong.push(format!("{file} names {outside}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_stay_small_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for (file, text) in all() {
        let lines = text.split("#[cfg(test)]\nmod tests").next().unwrap().lines().count();
        if lines > 600 && !file.ends_with("tests.rs") {
            wrong.push(format!("{file} has {lines} lines; it is time for another room"));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{file} doesn't begin by saying what it is"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_below_the_roof_panics_exits_or_looks_at_the_clock() {
    let mut wrong = Vec::new();
    for (file, text) in all() {
        if file.starts_with("cli") || file == "main.rs" || file.ends_with("tests.rs") {
            continue;
        }
        let code = code(&text);
        for bad in
            ["panic!(", ".unwrap()", "process::exit", "SystemTime", "Instant::now", "env::var", "todo!(", "unimplemented!("]
        {
            if code.contains(bad) {
                wrong.push(format!("{file} has {bad}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
