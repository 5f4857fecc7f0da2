//! The whole program from start to exit, against what owners would pick instead and against sqlite3; and how its cost grows.
//! `cargo bench --bench whole`. Every ratio is of two medians measured in this run. What isn't installed here is left out, and that
//! is said: python3 with reportlab, fpdf2 and typst (`WETINK_PYTHON` names another python), sqlite3, valgrind, taskset.
//!
//! `WETINK_BENCH=large` adds 10,000 cards and a million earlier notes, which takes a quarter of an hour.

mod made;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use made::Shop;

const WETINK: &str = env!("CARGO_BIN_EXE_wetink");
const HAND: &str = "fonts/reenie-beanie/ReenieBeanie-Regular.ttf";
const TEXT: &str = "fonts/eb-garamond/EBGaramond-Regular.ttf";

/// Runs a command; how long it took, and the most memory it had, in bytes, where the system tells.
fn run(command: &mut Command) -> Option<(Duration, u64)> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begin = Instant::now();
    let mut child = command.spawn().ok()?;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let (mut most, mut looked) = (0, Duration::ZERO);
    loop {
        if let Some(ended) = child.try_wait().ok()? {
            return (ended.success() || ended.code() == Some(3)).then(|| (begin.elapsed(), most));
        }
        // To a hundredth of the time it takes, without taking a processor from who is measured.
        let now = begin.elapsed();
        if now >= looked + Duration::from_millis(1) {
            looked = now;
            let text = fs::read_to_string(&status).unwrap_or_default();
            let peak =
                text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
            most = most.max(peak.unwrap_or(0) * 1024);
        }
        std::thread::sleep((now / 100).clamp(Duration::from_micros(100), Duration::from_millis(10)));
    }
}

/// The median of so many runs; `before` sets the stage for each.
fn median(times: usize, mut before: impl FnMut(), command: impl Fn() -> Command) -> Option<(f64, u64)> {
    let mut runs = Vec::new();
    for _ in 0..times {
        before();
        runs.push(run(&mut command())?);
    }
    runs.sort();
    let most = runs.iter().map(|r| r.1).max().unwrap_or(0);
    Some((runs[times / 2].0.as_secs_f64(), most))
}

fn shown(what: &str, seconds: f64, rest: &str) {
    println!("  {what:<58} {:>9.1} ms   {rest}", seconds * 1000.0);
}

/// Prints the sheet of a shop: the ledger and the folder of PDFs are put back before each run.
fn prints(shop: &Shop, times: usize, command: impl Fn() -> Command) -> Option<(f64, u64)> {
    let (ledger, copy) = (shop.dir.join("ledger.db"), shop.dir.join("ledger.copy"));
    fs::copy(&ledger, &copy).ok()?;
    let back = || {
        let _ = fs::copy(&copy, &ledger);
        let _ = fs::remove_dir_all(shop.dir.join("out"));
        for log in ["ledger.db-wal", "ledger.db-shm"] {
            let _ = fs::remove_file(shop.dir.join(log));
        }
    };
    let found = median(times, back, command);
    let pdf = shop.dir.join("out/2026-12-a.pdf");
    let kept = fs::read(&pdf).ok();
    back();
    if let Some(bytes) = kept {
        let _ = fs::write(shop.dir.join("printed.pdf"), bytes);
    }
    found
}

fn printing(folder: &Path, large: bool) {
    println!(
        "\nwetink print: check, layout, natural hand, PDF and ledger, from start to exit (median of 5; of 10,000 cards, of 3)"
    );
    let most = if large { 10_000 } else { 1000 };
    let mut times = Vec::new();
    for count in [1, 10, 100, 1000, 10_000].into_iter().filter(|n| *n <= most) {
        let shop = Shop::make(Path::new(WETINK), &folder.join(format!("print-{count}")), count, 0, 0);
        shop.write(count);
        let Some((seconds, memory)) = prints(&shop, if count > 1000 { 3 } else { 5 }, || shop.command(&["print"])) else {
            continue;
        };
        let size = fs::metadata(shop.dir.join("printed.pdf")).map_or(0, |about| about.len());
        let rest = format!(
            "{:.2} ms a card, {} bytes a card, {} MB",
            seconds * 1000.0 / count as f64,
            size / count as u64,
            memory >> 20
        );
        shown(&format!("{count} cards"), seconds, &rest);
        times.push((count, seconds, memory));
    }
    for two in times.windows(2) {
        let growth = two[1].1 / two[0].1;
        let memory = two[1].2.saturating_sub(two[0].2) / (two[1].0 - two[0].0) as u64;
        println!("  {} cards / {} cards: {growth:.1} times as long, {memory} bytes more a card", two[1].0, two[0].0);
    }
}

/// A letter of forty words, as the measurements of the PDF engines had one.
const LETTER: &str = "+++
occasion = \"birthday\"
language = \"en\"
tone = \"warm\"
cover = \"Happy\\nbirthday\"
designs = [\"wreath\", \"candles\", \"confetti\", \"words\"]
description = \"Forty words under the note.\"
+++
{{ note }}

Thank you for another year of coming in, of stories told across the counter, and of shoes that have been further than we have. \
We hope the new one is kind to you, and that the kettle is on when you come by.
";

fn peers(folder: &Path) {
    println!(
        "\n1,000 cards against 100,000 earlier notes; the others set the same words plainly, without checking or logging anything"
    );
    let shop = Shop::make(Path::new(WETINK), &folder.join("peers"), 1000, 0, 100_000);
    shop.write(1000);
    println!("  four cards to a sheet, a line of good wishes under the note:");
    compared(&shop, folder, "sheets");
    fs::write(shop.dir.join("letters/birthday-warm.en.txt"), LETTER).expect("a letter");
    let settings = fs::read_to_string(shop.dir.join("wetink.toml")).expect("settings");
    fs::write(shop.dir.join("wetink.toml"), settings.replace("# stock = \"avery-8387\"", "stock = \"a6\"")).expect("settings");
    println!("  two A6 pages a card, a letter of 40 words under the note:");
    compared(&shop, folder, "cards");
}

/// A print, and the same words by the others; `work` names in their scripts what is set.
fn compared(shop: &Shop, folder: &Path, work: &str) {
    let Some((ours, _)) = prints(shop, 5, || shop.command(&["print"])) else { return };
    shown("wetink print", ours, "");
    let one = || {
        let mut command = Command::new("taskset");
        command
            .args(["-c", "0", WETINK, "print"])
            .current_dir(&shop.dir)
            .env("WETINK_TODAY", made::TODAY)
            .env("RAYON_NUM_THREADS", "1");
        command
    };
    match prints(shop, 3, one) {
        Some((alone, _)) => shown("wetink print on one processor", alone, &format!("all are {:.2} times faster", alone / ours)),
        None => println!("  taskset isn't here: one processor against all is left out"),
    }
    let check = median(5, || {}, || shop.command(&["check"]));
    if let Some((seconds, _)) = check {
        shown("wetink check of the same sheet", seconds, "");
    }
    let python = std::env::var("WETINK_PYTHON").unwrap_or_else(|_| "python3".into());
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (peer, asked) in [("reportlab", 1.0), ("typst", 0.4), ("fpdf2", 0.15)] {
        let command = || {
            let mut command = Command::new(&python);
            command.arg(root.join(format!("benches/peers/{peer}_cards.py"))).arg(shop.dir.join("notes/2026-12.md"));
            command.arg(folder.join("peer.pdf")).args([root.join(HAND), root.join(TEXT)]).arg(work);
            command.env("PYTHONDONTWRITEBYTECODE", "1");
            command
        };
        match median(if peer == "fpdf2" { 3 } else { 5 }, || {}, command) {
            Some((seconds, _)) => shown(peer, seconds, &format!("wetink takes {:.2} of it (asked: {asked})", ours / seconds)),
            None => println!("  {peer} isn't installed for {python}: left out"),
        }
    }
}

fn checking(folder: &Path, large: bool) {
    println!("\nwetink check of 100 notes against N earlier ones, and what their import took");
    let most = if large { 1_000_000 } else { 100_000 };
    let mut n = 1000;
    while n <= most {
        let begin = Instant::now();
        let shop = Shop::make(Path::new(WETINK), &folder.join(format!("check-{n}")), 1000.min(n), 0, n);
        let import = begin.elapsed().as_secs_f64();
        shop.write(100);
        if let Some((seconds, memory)) = median(5, || {}, || shop.command(&["check"])) {
            let rest = format!("import {:.1} s, {:.0} µs a card; {} MB", import, import * 1e6 / n as f64, memory >> 20);
            shown(&format!("{n} earlier notes"), seconds, &rest);
        }
        if let Some((seconds, memory)) = median(5, || {}, || shop.command(&["due"])) {
            shown("  wetink due there", seconds, &format!("{} MB", memory >> 20));
        }
        n *= 10;
    }
}

/// Imports into a new shop, each of people and of what they bought.
fn importing(folder: &Path, large: bool) {
    println!("\nwetink import of N people, and of N things that happened to 1,000 people, each into a new shop");
    let most = if large { 1_000_000 } else { 100_000 };
    let mut n = 1000;
    while n <= most {
        let shop = Shop::make(Path::new(WETINK), &folder.join(format!("import-{n}")), 1000, 0, 0);
        // Every name is somebody else's, as far as the syllables go.
        for (what, file, text, kind) in [
            ("people", "more.csv", made::people(n.min(MOST_NAMES), 0), &[][..]),
            ("things that happened", "touches.csv", made::touches(1000, n / 1000), &["--as", "touches"][..]),
        ] {
            let rows = text.lines().count() - 1;
            if fs::write(shop.dir.join(file), text).is_err() {
                continue;
            }
            let args: Vec<&str> = ["import", file].into_iter().chain(kind.iter().copied()).collect();
            let begun = run(shop.command(&args).env("WETINK_TODAY", made::TODAY));
            if let Some((took, memory)) = begun {
                let rest = format!("{:.0} µs a row, {} MB", took.as_secs_f64() * 1e6 / rows as f64, memory >> 20);
                shown(&format!("{rows} {what}"), took.as_secs_f64(), &rest);
            }
        }
        n *= 10;
    }
}

/// So many people have a name of their own.
const MOST_NAMES: usize = 200_000;

fn asking(folder: &Path) {
    println!("\nWhat an owner asks every day, against sqlite3 opening the same ledger and counting its cards");
    for (name, people, each, cards) in [("a shop", 200, 10, 400), ("ten years of 2,000 people", 2000, 60, 20_000)] {
        let shop = Shop::make(Path::new(WETINK), &folder.join(format!("ask-{people}")), people, each, cards);
        shop.write(40);
        println!("  {name}: {people} people, {} touches, {cards} cards", people * each);
        let sqlite = || {
            let mut command = Command::new("sqlite3");
            command.arg(shop.dir.join("ledger.db")).arg("SELECT count(*) FROM card");
            command
        };
        let yardstick = median(5, || {}, sqlite).map(|found| found.0);
        match yardstick {
            Some(seconds) => shown("sqlite3 counting", seconds, ""),
            None => println!("  sqlite3 isn't installed: no yardstick"),
        }
        let against = |seconds: f64| yardstick.map_or_else(String::new, |yard| format!("{:.1} of sqlite3", seconds / yard));
        let (given, family) = made::name(7);
        let who = format!("{given}-{family}").to_lowercase();
        for args in
            [&["--help"][..], &["due"], &["due", "--json"], &["status"], &["person", "show", &who], &["completions", "bash"]]
        {
            if let Some((seconds, memory)) = median(5, || {}, || shop.command(args)) {
                shown(&format!("wetink {}", args.join(" ")), seconds, &format!("{}  {} MB", against(seconds), memory >> 20));
            }
        }
        if let Some((seconds, memory)) = prints(&shop, 5, || shop.command(&["print"])) {
            shown("wetink print of the month's 40 cards", seconds, &format!("{}  {} MB", against(seconds), memory >> 20));
        }
        if let Some((seconds, _)) = prints(&shop, 5, || shop.command(&["check"])) {
            shown("wetink check of them", seconds, &against(seconds));
        }
    }
}

/// Instructions, which don't depend on who else is at work.
fn counting(folder: &Path) {
    println!("\nInstructions, by valgrind");
    let shop = Shop::at(Path::new(WETINK), &folder.join("ask-200"));
    for args in [&["--help"][..], &["due"], &["check"], &["print", "--proof"]] {
        let mut command = Command::new("valgrind");
        command.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", WETINK]).args(args);
        command.current_dir(&shop.dir).env("WETINK_TODAY", made::TODAY).env("RAYON_NUM_THREADS", "1").stdin(Stdio::null());
        let Ok(said) = command.output() else {
            println!("  valgrind isn't installed: left out");
            return;
        };
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        let count = said.lines().find_map(|line| line.split_once("I refs:").or_else(|| line.split_once("I   refs:")));
        let count: f64 = count.and_then(|(_, n)| n.trim().replace(',', "").parse().ok()).unwrap_or(0.0);
        println!("  wetink {:<52} {:>9.1} million", args.join(" "), count / 1e6);
    }
}

fn main() {
    // `cargo test --all-targets` runs benches too, without a word; they are long.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let large = std::env::var("WETINK_BENCH").is_ok_and(|asked| asked == "large");
    let folder = tempfile::tempdir().expect("a folder");
    let wanted = std::env::args().find(|arg| ["print", "peers", "check", "import", "ask", "count"].contains(&arg.as_str()));
    let part = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    if part("ask") || part("count") {
        asking(folder.path());
    }
    if part("count") {
        counting(folder.path());
    }
    if part("print") {
        printing(folder.path(), large);
    }
    if part("peers") {
        peers(folder.path());
    }
    if part("check") {
        checking(folder.path(), large);
    }
    if part("import") {
        importing(folder.path(), large);
    }
}
