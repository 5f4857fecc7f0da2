//! A sheet of some hundred notes: more than is held at once, on any number of processors.

#[path = "../../benches/made/mod.rs"]
mod made;

use std::fs;
use std::path::Path;

use made::Shop;

const WETINK: &str = env!("CARGO_BIN_EXE_wetink");

fn shop(dir: &Path) -> Shop {
    let shop = Shop::make(Path::new(WETINK), dir, 140, 0, 200);
    shop.write(140);
    shop
}

#[test]
fn any_number_of_processors_prints_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let printed: Vec<Vec<u8>> = ["1", "2", "5"]
        .iter()
        .map(|threads| {
            let made = shop.command(&["print", "--proof"]).env("RAYON_NUM_THREADS", threads).status().unwrap();
            assert!(made.success());
            fs::read(shop.dir.join("out/proof-2026-12.pdf")).unwrap()
        })
        .collect();
    assert!(printed[0] == printed[1] && printed[0] == printed[2]);
    // Covers, notes and fonts of all of them.
    assert!(printed[0].len() / 140 < 6000, "{} bytes a card", printed[0].len() / 140);
}

#[test]
fn a_note_is_compared_with_those_far_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let shop = shop(folder.path());
    let sheet = shop.dir.join("notes/2026-12.md");
    let mut cards: Vec<String> = fs::read_to_string(&sheet).unwrap().split("\n## ").map(String::from).collect();
    // The fifth card's note once more for the last but one, with the name changed and one word left out.
    let (given, _) = made::name(4);
    let (other, _) = made::name(138);
    let text = cards[5].split_once("\n\n").unwrap().1.replacen(&given, &other, 1).replacen(" the ", " ", 1);
    let head = cards[139].split_once("\n\n").unwrap().0.to_owned();
    cards[139] = format!("{head}\n\n{text}");
    fs::write(&sheet, cards.join("\n## ")).unwrap();
    let said = shop.command(&["check", "--json"]).stdout(std::process::Stdio::piped()).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!((found["accepted"].as_u64(), found["refused"].as_u64()), (Some(139), Some(1)));
    let finding = &found["cards"][138]["findings"][0];
    let line = found["cards"][4]["line"].as_u64();
    assert_eq!(finding["other"]["sheet_line"].as_u64(), line, "{finding}");
}

#[test]
fn what_a_verb_does_not_need_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::make(Path::new(WETINK), folder.path(), 3, 1, 0);
    shop.write(3);
    let ended = |args: &[&str]| shop.command(args).status().unwrap().code();
    // A hand that isn't there stops whoever needs one, and nobody else.
    let settings = fs::read_to_string(shop.dir.join("wetink.toml")).unwrap();
    let line = settings.lines().find(|l| l.starts_with("hand = ")).unwrap();
    fs::write(shop.dir.join("wetink.toml"), settings.replace(line, "hand = \"Nobody's\"")).unwrap();
    assert_ne!(ended(&["check"]), Some(0));
    for args in [&["due"][..], &["status"], &["person", "show", &made::name(1).1.to_lowercase()], &["write", "--no-edit"]] {
        assert_eq!(ended(args), Some(0), "{args:?}");
    }
    // A ledger that is none stops whoever asks it.
    fs::write(shop.dir.join("ledger.db"), "this is no database, however long one looks at it").unwrap();
    assert_eq!(ended(&["due"]), Some(4));
    for args in [&["--help"][..], &["--version"], &["due", "--help"], &["completions", "bash"], &["man"], &["stocks"]] {
        assert_eq!(ended(args), Some(0), "{args:?}");
    }
}
