//! Ten years of two thousand people: how long the verbs take that an owner asks most, as times of one plain count in the database.
//! Makes a shop in a temporary folder and asks the binary that was built beside this example.
//!
//!     cargo build --release && cargo run --release --example history
//!
//! And how long an import takes, and how much memory: so many people, so many past cards, and a file of so many megabytes of what
//! happened with two thousand people.
//!
//!     cargo run --release --example history -- --import 100000 --megabytes 1000

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wetink::day::Day;
use wetink::ledger::Ledger;
use wetink::person::{Address, Id, Name, Person};
use wetink::shop::{self, Start};
use wetink::touch::Touch;

const PEOPLE: usize = 2000;
const TODAY: &str = "2026-11-21";

type Any<T> = Result<T, Box<dyn Error>>;

fn main() -> Any<()> {
    let args: Vec<String> = std::env::args().collect();
    let number = |name: &str| {
        let at = args.iter().position(|a| a == name)?;
        args.get(at + 1)?.parse::<usize>().ok()
    };
    let dir = tempfile::tempdir()?;
    let start =
        Start { name: "Long Street Shoes".into(), answer: "Ring 555 0100".into(), paper: "a4".into(), ..Start::default() };
    let shop = shop::make(dir.path(), &start).map_err(|t| t.message)?;
    if number("--import").is_some() || number("--megabytes").is_some() {
        return imports(dir.path(), number("--import").unwrap_or(0), number("--megabytes").unwrap_or(0));
    }
    fill(&shop.ledger())?;
    let conn = rusqlite::Connection::open(shop.ledger())?;
    for table in ["person", "touch", "card", "card_event"] {
        let rows: i64 = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?;
        println!("{rows:>8} rows of {table}");
    }
    drop(conn);
    let plain = best(|| {
        let conn = rusqlite::Connection::open(shop.ledger())?;
        conn.query_row("SELECT count(*), max(text) FROM touch", [], |r| r.get::<_, i64>(0))?;
        Ok(())
    })?;
    println!("{:>8.1} ms  a plain count over the touches", millis(plain));
    for args in [&["--version"][..], &["person", "show", "given77-family77"], &["due"], &["status"], &["due", "--json"]] {
        let time = best(|| {
            let mut command = Command::new(program()?);
            command.args(args).current_dir(dir.path()).env("WETINK_TODAY", TODAY).stdout(Stdio::null()).stderr(Stdio::null());
            let status = command.status()?;
            if status.success() { Ok(()) } else { Err(format!("{args:?} ended with {status}").into()) }
        })?;
        println!("{:>8.1} ms  {:>5.2} counts  wetink {}", millis(time), time.as_secs_f64() / plain.as_secs_f64(), args.join(" "));
    }
    Ok(())
}

fn program() -> Any<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("../wetink"))
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The shortest of seven.
fn best(mut work: impl FnMut() -> Any<()>) -> Any<Duration> {
    let mut shortest = Duration::MAX;
    for _ in 0..7 {
        let begin = Instant::now();
        work()?;
        shortest = shortest.min(begin.elapsed());
    }
    Ok(shortest)
}

/// Imports of files made here, each timed from the start of the process to its end.
fn imports(dir: &Path, rows: usize, megabytes: usize) -> Any<()> {
    println!("{:>9} {:>8} {:>9} {:>12}  ", "rows", "seconds", "rows a s", "peak memory");
    let people = |n: usize| {
        format!(
            "Given{n},Family{n},19{:02}-{:02}-{:02},{n} Long Street,Hull,HU{} {}AB,g{n}@example.com",
            n % 90,
            n % 12 + 1,
            n % 28 + 1,
            n % 90,
            n % 9
        )
    };
    let card = |n: usize| {
        format!("given{n}-family{n},birthday,20{:02}-{:02}-{:02},\"{}\"", n % 10 + 10, n % 12 + 1, n % 28 + 1, note(n))
    };
    let header = "given name,family name,birthday,street,city,postal code,e-mail";
    for part in [rows / 10, rows] {
        write_rows(&dir.join("people.csv"), header, part, usize::MAX, people)?;
        imported(dir, &["people.csv"], part)?;
        write_rows(&dir.join("past.csv"), "to,occasion,date,note", part, usize::MAX, card)?;
        imported(dir, &["past.csv", "--as", "cards"], part)?;
    }
    if megabytes > 0 {
        for part in [megabytes / 10, megabytes] {
            // What a till writes in ten years: a line for everything that was ever sold, with a long description.
            let happened = |n: usize| {
                let (who, m, d) = (n % PEOPLE, n / PEOPLE % 12 + 1, n % 28 + 1);
                format!("Given{who} Family{who},purchase,2025-{m:02}-{d:02},\"pair number {n}, {}\"", note(n).repeat(4))
            };
            let path = dir.join("till.csv");
            let lines = write_rows(&path, "who,kind,date,text", usize::MAX, part * 1_000_000, happened)?;
            imported(dir, &["till.csv", "--as", "touches"], lines)?;
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Forty words that no other has in this order.
fn note(n: usize) -> String {
    const WORDS: [&str; 16] = [
        "lantern", "harbour", "violet", "saddle", "pebble", "cousin", "bridge", "kettle", "meadow", "ribbon", "thunder",
        "candle", "orchard", "sparrow", "marble", "ladder",
    ];
    let mut state = n as u64 * 2 + 1;
    (0..40)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            format!("{}{}", WORDS[(state >> 60) as usize], (state >> 48) % 97)
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Writes rows until there are so many, or so many bytes; how many.
fn write_rows(path: &Path, header: &str, rows: usize, bytes: usize, row: impl Fn(usize) -> String) -> Any<usize> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "{header}")?;
    let (mut n, mut written) = (0, 0);
    while n < rows && written < bytes {
        let line = row(n);
        written += line.len() + 1;
        n += 1;
        writeln!(file, "{line}")?;
    }
    file.flush()?;
    Ok(n)
}

/// Runs `wetink import` and says how long it took; where the system tells (Linux), how much memory it had at most.
fn imported(dir: &Path, args: &[&str], rows: usize) -> Any<()> {
    let begin = Instant::now();
    let mut child = Command::new(program()?)
        .arg("import")
        .args(args)
        .current_dir(dir)
        .env("WETINK_TODAY", TODAY)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut peak = String::from("?");
    let status = loop {
        if let Ok(about) = std::fs::read_to_string(format!("/proc/{}/status", child.id()))
            && let Some(line) = about.lines().find_map(|l| l.strip_prefix("VmHWM:"))
        {
            line.trim().clone_into(&mut peak);
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let seconds = begin.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(dir.join(args[0]))?.len();
    println!(
        "{rows:>9} {seconds:>8.1} {:>9.0} {peak:>12}  wetink import {} ({} MB)",
        rows as f64 / seconds,
        args.join(" "),
        bytes / 1_000_000
    );
    if status.success() { Ok(()) } else { Err(format!("{args:?} ended with {status}").into()) }
}

/// Six touches a year each, in ten years; a card in every one of them.
fn fill(path: &Path) -> Any<()> {
    let today: Day = TODAY.parse().map_err(|_| "no day")?;
    let mut ledger = Ledger::open(path).map_err(|t| t.message)?;
    let kinds = ["purchase", "visit", "talk", "service", "payment", "fact", "question", "life"];
    ledger
        .change(|change| {
            for n in 0..PEOPLE {
                let name = Name { given: format!("Given{n}"), family: format!("Family{n}"), ..Name::default() };
                let address = Address { street: vec![format!("{n} Long Street")], city: "Hull".into(), ..Address::default() };
                let birthday = format!("19{:02}-{:02}-{:02}", n % 90, n % 12 + 1, n % 28 + 1).parse().ok();
                let id = change.add_person(&Person { name, address, birthday, ..Person::default() })?;
                for k in 0..60_usize {
                    let on = today.plus(-((k * 61 + (n * 37) % 61) as i64));
                    let kind = kinds[(n * 7 + k * 5) % kinds.len()];
                    let mut touch = Touch::new(on, kind, &format!("the {k}th thing they said about pair number {n}"));
                    if kind == "question" && k > 0 {
                        touch.kind = "talk".into();
                    }
                    if n % 200 == 0 && k == 3 {
                        touch.kind = "promise".into();
                    }
                    change.add_touch(&id, &touch, None)?;
                }
            }
            Ok(())
        })
        .map_err(|t| t.message)?;
    drop(ledger);
    let mut conn = rusqlite::Connection::open(path)?;
    let tx = conn.transaction()?;
    for n in 0..PEOPLE {
        let id = Id::of(&format!("Given{n} Family{n}"));
        for year in 2016..2026 {
            tx.execute(
                "INSERT INTO card (id, person, occasion, key, day, state, note, imported) VALUES (?1, ?2, 'birthday', ?3, ?4, 'posted', ?5, 1)",
                rusqlite::params![
                    format!("{id}-birthday-{year}"),
                    id.as_str(),
                    year.to_string(),
                    format!("{year}-{:02}-{:02}", n % 12 + 1, n % 28 + 1),
                    format!("what was written to number {n} in {year}, in forty words or so")
                ],
            )?;
            tx.execute(
                "INSERT INTO card_event (card, day, what) VALUES (?1, ?2, 'posted')",
                rusqlite::params![tx.last_insert_rowid(), format!("{year}-{:02}-01", n % 12 + 1)],
            )?;
        }
    }
    tx.commit()?;
    Ok(())
}
