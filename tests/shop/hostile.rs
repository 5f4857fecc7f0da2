//! Hostile input through the real program: names, files and folders that want to break out, hang it or fill its memory.

use std::fs;
use std::process::Stdio;

use crate::builder::{Shop, said};

const ANA: &str = "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver.";

/// What could steer a terminal.
#[track_caller]
fn harmless(text: &str) {
    let bad = |c: &char| {
        (c.is_control() && *c != '\n')
            || ('\u{202a}'..='\u{202e}').contains(c)
            || ('\u{2066}'..='\u{2069}').contains(c)
            || ('\u{e0000}'..='\u{e007f}').contains(c)
    };
    assert!(!text.chars().any(|c| bad(&c)), "{text:?}");
}

#[test]
fn names_from_files_steer_no_terminal_and_leave_no_folder() {
    let shop = Shop::new();
    let long = "Abcdefghij ".repeat(30);
    let names = [
        "../../escape",
        "/etc/passwd",
        "CON",
        "nul",
        "a\u{202e}bidi",
        "tag\u{e0041}\u{e0042}",
        "esc\u{1b}[2Jape",
        "bell\u{7}",
        "nul\0byte",
        "=cmd|' /C calc'!A0",
        "..",
        ".",
        "-rf",
        "@SUM(A1)",
        "a\u{200b}b",
        "rtl\u{2067}x\u{2069}",
        "cr\rlf",
        &long,
    ];
    let mut csv = String::from("name,birthday,email\n");
    for (n, name) in names.iter().enumerate() {
        csv += &format!("\"{}\",12-{:02},n{n}@example.com\n", name.replace('"', "\"\""), n + 1);
    }
    shop.write("people.csv", csv);
    let everything = [
        &["import", "people.csv"][..],
        &["due"],
        &["due", "--json"],
        &["write", "--no-edit"],
        &["check"],
        &["check", "--json"],
        &["status"],
        &["person", "show", "n3@"],
        &["person", "show", "n3@", "--json"],
        &["person", "show", "n5@", "--json"],
        &["due", "--ics", "c.ics"],
        &["status", "--html", "m.html"],
        &["labels"],
        &["ledger", "export", "all.jsonl"],
        &["doctor"],
    ];
    for verb in everything {
        let said = shop.run(verb);
        assert!(said.code.is_some_and(|c| c != 101), "{verb:?}: {}", said.err);
        harmless(&said.out);
        harmless(&said.err);
    }
    let ids: Vec<String> = shop
        .run(&["due", "--json", "--within", "60d"])
        .out
        .lines()
        .filter_map(|l| l.trim().strip_prefix("\"to\": \"").map(|l| l.trim_end_matches(['"', ',']).to_owned()))
        .collect();
    assert!(ids.len() > 10, "{ids:?}");
    for id in &ids {
        assert!(!id.contains(['/', '\\', '\0', '\u{1b}']) && !id.contains(".."), "{id:?}");
        let said = shop.run(&["person", "export", id]);
        assert_eq!(said.code, Some(0), "{id}: {}", said.err);
    }
    let around: Vec<_> = fs::read_dir(shop.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!around.iter().any(|n| n.contains("escape") || n.contains("passwd")), "{around:?}");
    assert!(!shop.path().parent().unwrap().join("escape").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_folder_is_refused() {
    for (folder, verb) in [
        ("out", &["print"][..]),
        ("out", &["test-page"]),
        ("notes", &["write", "--no-edit"]),
        ("backups", &["backup"]),
        ("backups", &["import", "people.csv"]),
    ] {
        let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
        let elsewhere = tempfile::tempdir().unwrap();
        if folder == "notes" {
            fs::copy(shop.file("notes/2026-12.md"), elsewhere.path().join("2026-12.md")).unwrap();
        }
        let _ = fs::remove_dir_all(shop.file(folder));
        std::os::unix::fs::symlink(elsewhere.path(), shop.file(folder)).unwrap();
        let before = fs::read_dir(elsewhere.path()).unwrap().count();
        let said = shop.run(verb).ended(1);
        assert!(said.err.contains(&format!("{folder} is a link to somewhere else")), "{folder}: {}", said.err);
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), before, "{folder}: something was written there");
        assert_eq!(shop.count("SELECT count(*) FROM card"), 0);
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting() {
    let pipe = |path: &std::path::Path| assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    let cases = [
        ("ledger.db", &["due"][..]),
        ("ledger.db", &["doctor"]),
        ("pipe.csv", &["import", "pipe.csv"]),
        ("pipe.jsonl", &["ledger", "import", "pipe.jsonl"]),
        ("notes/2026-12.md", &["check"]),
        ("pipe.md", &["check", "pipe.md"]),
        ("pipe.db", &["restore", "pipe.db"]),
        ("fonts/hands.toml", &["hands"]),
        ("fonts/x.ttf", &["hands"]),
        ("letters/x.txt", &["letters"]),
    ];
    for (place, verb) in cases {
        let shop = Shop::with_people();
        let _ = fs::remove_file(shop.file(place));
        pipe(&shop.file(place));
        let mut child = shop.command(verb).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It ends by itself; the limit is only there so that a failure doesn't hang the tests.
        let ended = (0..600).any(|_| {
            child.try_wait().unwrap().is_some() || {
                std::thread::sleep(std::time::Duration::from_millis(100));
                false
            }
        });
        if !ended {
            child.kill().unwrap();
        }
        assert!(ended, "{verb:?} waits for {place}");
        let told = said(&child.wait_with_output().unwrap());
        assert!(!told.err.contains("panicked"), "{verb:?}: {}", told.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_could_not_be_written_out_is_told() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    for verb in [
        &["due", "--json"][..],
        &["status"],
        &["hands", "--json"],
        &["ledger", "export"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
        &["check", "--json"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = shop.command(verb).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{verb:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // A reader that went away is no trouble.
    let wetink = env!("CARGO_BIN_EXE_wetink");
    let script = format!("{{ \"{wetink}\" ledger export; echo $? >code; }} | true");
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(shop.path()).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(shop.read("code").trim(), "0");
}

#[test]
fn a_letter_that_is_broken_says_so_when_it_is_asked_for() {
    let shop = Shop::new();
    shop.write(
        "letters/mine.en.txt",
        "+++\noccasion = \"birthday\"\ncover = \"Happy\"\n+++\n{% for a in range(end=1000000000) %}{{ note }}{% endfor %}\n",
    );
    let said = shop.run(&["letters", "mine"]);
    assert_ne!(said.code, Some(0));
    assert!(said.err.contains("letters/mine.en.txt") && !said.err.contains("there is no letter"), "{}", said.err);
    for bomb in [
        "{% for a in range(end=1000000) %}{% for b in range(end=1000000) %}x{% endfor %}{% endfor %}{{ note }}",
        "{% include \"/etc/passwd\" %}{{ note }}",
        "{{ note }}{% set a = \"x\" %}",
        "{{ get_env(name=\"HOME\") }}{{ note }}",
        "{{ note | replace(from=\"\", to=\"xxxxxxxxxx\") }}",
        "{% if true %}{{ note }}{% endif %}",
    ] {
        shop.write("letters/mine.en.txt", format!("+++\noccasion = \"birthday\"\ncover = \"Happy\"\n+++\n{bomb}\n"));
        let said = shop.run(&["letters", "mine"]);
        assert_ne!(said.code, Some(0), "{bomb}");
        assert!(!said.err.contains("panicked"), "{bomb}: {}", said.err);
    }
}

#[test]
fn bombs_are_refused_before_they_go_off() {
    let shop = Shop::with_notes(&[("ana-lopez", ANA)]);
    // A PNG that says it has 60,000 x 60,000 pixels, and one of 20,000 x 20,000 in 400 bytes.
    let png = |side: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |kind: &[u8; 4], body: &[u8]| {
            bytes.extend((body.len() as u32).to_be_bytes());
            bytes.extend(kind);
            bytes.extend(body);
            let crc = kind.iter().chain(body).fold(!0_u32, |crc, b| {
                (0..8).fold(crc ^ u32::from(*b), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
            });
            bytes.extend((!crc).to_be_bytes());
        };
        chunk(b"IHDR", &[&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 6, 0, 0, 0]].concat());
        chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]);
        chunk(b"IEND", &[]);
        bytes
    };
    let settings = shop.read("wetink.toml");
    for side in [60_000, 20_000, u32::MAX] {
        shop.write("bomb.png", png(side));
        shop.write("wetink.toml", settings.replacen("[print]\n", "[print]\ncover = \"bomb.png\"\n", 1));
        let said = shop.run(&["print"]);
        assert!(matches!(said.code, Some(1..=4)), "{side}: {:?} {}", said.code, said.err);
        assert!(said.err.contains("bomb.png") || said.err.contains("picture"), "{}", said.err);
    }
    // Settings nested without end.
    for deep in [
        format!("[import]\nx = {}{}\n", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{}x = 1\n", "a.".repeat(100_000)),
        format!("x = {}", "{a=".repeat(50_000)),
    ] {
        shop.write("wetink.toml", deep);
        let said = shop.run(&["due"]).ended(1);
        assert!(said.err.contains("wetink.toml can't be read"), "{}", said.err);
    }
    shop.write("wetink.toml", &settings);
    // A font of rubbish, and one that is a font only in its first bytes.
    shop.write("fonts/rubbish.ttf", vec![0xff; 100_000]);
    let mut font = fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts/nothing-you-could-do/NothingYouCouldDo-Regular.ttf"),
    )
    .unwrap();
    font[600..20_000].fill(0xff);
    shop.write("fonts/half.ttf", font);
    let said = shop.run(&["hands"]).ok();
    assert!(said.err.contains("rubbish.ttf"), "{}", said.err);
    // A line of JSON nested without end.
    shop.write("deep.jsonl", format!("{}\n", "[".repeat(1_000_000)));
    let said = shop.run(&["ledger", "import", "deep.jsonl"]);
    assert!(said.code.is_some_and(|c| c <= 4), "{:?} {}", said.code, said.err);
    // One cell of 300 kB: the message says what is the matter.
    shop.write("long.csv", format!("name,birthday\n\"{}\",12-12\nTom Short,12-13\n", "x".repeat(300_000)));
    let said = shop.run(&["import", "long.csv"]);
    assert!(said.err.contains("isn't closed within 256 kB"), "{}", said.err);
}

#[test]
fn a_slipped_heading_prints_nobody_elses_note() {
    let shop = Shop::with_people();
    shop.write("notes/2026-12.md", format!("# December\n\n## ana-lopez | birthday\n\n{ANA}\n\n  ## tom-reed | birthday\n\nTom, the postman who never once let the gate bang: may your heels outlast the winter.\n"));
    shop.run(&["print"]).ok();
    assert_eq!(shop.count("SELECT count(*) FROM card WHERE note LIKE '%##%'"), 0);
    assert_eq!(shop.count("SELECT count(*) FROM card"), 2);
    shop.write("notes/2027-01.md", "# January\r## tom-reed | hello\rTom\r");
    let said = shop.run(&["check", "notes/2027-01.md"]).ended(1);
    assert!(said.err.contains("CR only"), "{}", said.err);
}
