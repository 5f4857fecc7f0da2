//! Every message an owner may meet: `tests/troubles/NAME/` holds a tiny shop's files and a `cmd`, and `said` is what the terminal
//! shows, to the letter. `WETINK_TROUBLES=write cargo test troubles` writes `said` anew, to be read before it is kept.

use std::fs;
use std::path::Path;

use crate::builder::{PEOPLE, Shop};

#[test]
fn every_trouble_reads_as_a_sentence_that_says_what_to_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/troubles");
    let mut cases: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    cases.sort();
    assert!(cases.len() > 20, "the gallery is there");
    let mut wrong = Vec::new();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let script = fs::read_to_string(case.join("cmd")).unwrap_or_else(|_| panic!("{name} has no cmd"));
        let shop = if case.join("no-shop").exists() { Shop::empty() } else { Shop::new() };
        if !case.join("no-shop").exists() {
            shop.write("people.csv", PEOPLE);
            shop.run(&["import", "people.csv"]).ok();
        }
        copy(&case, shop.path());
        let mut told = String::new();
        for line in script.lines().filter(|l| !l.trim().is_empty()) {
            let args = shlex::split(line).unwrap();
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let said = shop.run(&args);
            let text = format!("$ wetink {line}\n{}{}exit {}\n", said.out, said.err, said.code.unwrap_or(-1));
            told += &text
                .replace(&fs::canonicalize(shop.path()).unwrap().display().to_string(), "SHOP")
                .replace(&shop.path().display().to_string(), "SHOP");
        }
        let file = case.join("said");
        if std::env::var("WETINK_TROUBLES").is_ok_and(|v| v == "write") {
            fs::write(&file, &told).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if told != expected {
            wrong.push(format!("--- {name}, expected\n{expected}\n--- {name}, said\n{told}"));
        }
        if told.contains("error") && !told.contains("help:") && !told.contains("For more information") {
            wrong.push(format!("{name} doesn't say what to do:\n{told}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        if ["cmd", "said", "no-shop"].iter().any(|n| name == *n) {
            continue;
        }
        let target = to.join(&name);
        if entry.path().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
