//! The process may stop anywhere: afterwards a batch is there and logged, or neither.

use std::fs;

use sha2::{Digest as _, Sha256};

use crate::builder::{Shop, said};

const NOTES: [(&str, &str); 2] = [
    ("ana-lopez", "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver."),
    ("tom-reed", "Tom, the postman who never once let the gate bang: may your new heels outlast the winter."),
];

/// After the next command: every ready batch has its PDF and its cards, nothing else is in out/, nothing is half.
#[track_caller]
fn holds(shop: &Shop, after: &str) {
    let conn = rusqlite::Connection::open(shop.file("ledger.db")).unwrap();
    let building: i64 = conn.query_row("SELECT count(*) FROM batch WHERE state = 'building'", [], |r| r.get(0)).unwrap();
    assert_eq!(building, 0, "{after}");
    let mut ask = conn
        .prepare(
            "SELECT file, sha256, cards, (SELECT count(*) FROM card WHERE card.batch = batch.n) FROM batch WHERE state = 'ready'",
        )
        .unwrap();
    let ready: Vec<(String, String, i64, i64)> =
        ask.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?))).unwrap().map(Result::unwrap).collect();
    for (file, sha, said, there) in &ready {
        let bytes = fs::read(shop.file(file)).unwrap_or_else(|_| panic!("{after}: {file} is logged and not there"));
        let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, *sha, "{after}");
        assert_eq!(said, there, "{after}");
    }
    let files: Vec<String> =
        fs::read_dir(shop.file("out")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files.len(), ready.len(), "{after}: {files:?}");
    let loose: i64 = conn
        .query_row("SELECT count(*) FROM card WHERE batch NOT IN (SELECT n FROM batch WHERE state = 'ready')", [], |r| r.get(0))
        .unwrap();
    assert_eq!(loose, 0, "{after}");
    let whole: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(whole, "ok", "{after}");
}

#[test]
fn stopped_at_every_step_a_print_is_whole_or_not_at_all() {
    let mut finished = false;
    for step in 1..40 {
        let shop = Shop::with_notes(&NOTES);
        let output = shop.command(&["print"]).env("WETINK_STOP_AT", step.to_string()).output().unwrap();
        if output.status.success() {
            finished = true;
            assert!(step > 6, "only {} steps were tried", step - 1);
            break;
        }
        let next = shop.run(&["status"]).ok();
        let after = format!("stopped at step {step}; the next command said: {}", next.err);
        shop.run(&["doctor"]).ok();
        holds(&shop, &after);
        // Whatever happened, printing again ends with each card printed exactly once.
        shop.run(&["print"]).ok();
        holds(&shop, &after);
        assert_eq!(shop.count("SELECT count(*) FROM card"), 2, "{after}");
    }
    assert!(finished, "print never got through");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_print_at_the_next_safe_point_and_says_what_was_not_done() {
    let (mut stopped, mut finished) = (0, 0);
    for step in 1..40 {
        let shop = Shop::with_notes(&NOTES);
        let output = shop.command(&["print"]).env("WETINK_CTRL_C_AT", step.to_string()).output().unwrap();
        let said = said(&output);
        let after = format!("Ctrl-C at step {step}: {}", said.err);
        if said.code == Some(130) {
            assert_eq!(shop.count("SELECT count(*) FROM card"), 0, "{after}");
            assert_eq!(fs::read_dir(shop.file("out")).unwrap().count(), 0, "{after}");
            // At a question or before the work has begun it ends at once, as everything does.
            if said.err.contains("stopped after") {
                assert!(said.err.contains("nothing was printed and nothing logged"), "{after}");
                stopped += 1;
            }
        } else {
            // It came too late: the batch is whole.
            assert_eq!(said.code, Some(0), "{after}");
            finished += 1;
        }
        holds(&shop, &after);
        shop.run(&["print"]).ok();
        assert_eq!(shop.count("SELECT count(*) FROM card"), 2, "{after}");
        if finished == 8 {
            break;
        }
    }
    assert!(stopped >= 2 && finished > 2, "{stopped} stopped, {finished} finished");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_whatever_has_a_bar_and_leaves_nothing_half_done() {
    for (verb, undone) in [
        ("labels", "no labels were made"),
        ("envelopes", "no envelopes were made"),
        ("doctor", "nothing was changed"),
        ("restore backups/kept.db", "nothing was changed"),
    ] {
        let shop = Shop::with_notes(&NOTES);
        shop.run(&["print"]).ok();
        fs::create_dir_all(shop.file("backups")).unwrap();
        fs::copy(shop.file("ledger.db"), shop.file("backups/kept.db")).unwrap();
        let names = || {
            let all = ["", "out", "backups"].map(|folder| fs::read_dir(shop.file(folder)).unwrap());
            let mut names: Vec<_> = all.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
            names.sort();
            names
        };
        let before = (names(), fs::read(shop.file("ledger.db")).unwrap());
        let words: Vec<&str> = verb.split(' ').collect();
        let heeded = (1..5).any(|step| {
            let said = said(&shop.command(&words).env("WETINK_CTRL_C_AT", step.to_string()).output().unwrap());
            said.code == Some(130) && said.err.contains("stopped after") && said.err.contains(undone)
        });
        assert!(heeded, "{verb}");
        assert!(before == (names(), fs::read(shop.file("ledger.db")).unwrap()), "{verb} left something: {:?}", names());
    }
}

#[cfg(unix)]
#[test]
fn killed_at_any_moment_a_print_is_whole_or_not_at_all() {
    // How long a print takes here, and then deaths spread over that time.
    let shop = Shop::with_notes(&NOTES);
    let begin = std::time::Instant::now();
    shop.run(&["print"]).ok();
    let whole = begin.elapsed();
    for round in 0..12_u32 {
        let shop = Shop::with_notes(&NOTES);
        let mut child =
            shop.command(&["print"]).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * (round + 1) / 12);
        let _ = child.kill();
        child.wait().unwrap();
        shop.run(&["doctor"]).ok();
        holds(&shop, &format!("killed in round {round}"));
        shop.run(&["print"]).ok();
        holds(&shop, &format!("printed after the death of round {round}"));
        assert_eq!(shop.count("SELECT count(*) FROM card"), 2);
    }
}

#[test]
fn two_prints_at_once_print_each_card_once() {
    let shop = Shop::with_notes(&NOTES);
    let children: Vec<_> = (0..3)
        .map(|_| {
            shop.command(&["print"]).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let said = said(&child.wait_with_output().unwrap());
        assert!(said.code == Some(0) || said.err.contains("another wetink is at work"), "{}", said.err);
    }
    shop.run(&["doctor"]).ok();
    holds(&shop, "three prints at once");
    assert_eq!(shop.count("SELECT count(*) FROM card"), 2);
}
