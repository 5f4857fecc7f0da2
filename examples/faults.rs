//! Stops wetink everywhere: before each call that changes a file it is killed (`SIGKILL`), told that the disk is full (`ENOSPC`)
//! or that it is broken (`EIO`); and runs two at once. After each the next command must mend it, and everything must hold.
//!
//! `cargo build && cargo run --example faults -- [kill] [errors] [both] [VERB…] [--every N] [--rounds N] [--seed N]`
//!
//! Needs Linux and `strace`. Without `kill`, `errors` or `both` all three are done. `--every 5` takes each fifth point only.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::Duration;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

const PEOPLE: &str = "Given name,Family name,Birthday,Street,City,Postal code,Country,E-mail
Ana,López,1980-12-12,4 Quay Street,Whitby,YO21 1PU,GB,ana@example.com
Tom,Reed,12-14,19 Church Lane,Whitby,YO22 4DT,GB,tom@example.com
Zoë,Łukasik,2000-12-20,2 Abbey View,Whitby,YO22 4JR,GB,
";
const NOTES: [(&str, &str); 2] = [
    ("ana-lopez", "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver."),
    ("tom-reed", "Tom, the postman who never once let the gate bang: may your new heels outlast the winter."),
];
/// The calls that change a file or its name.
const CALLS: &str = "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,link,linkat,chmod,fchmod,fchmodat";

type Holds = Result<(), String>;

/// A verb, the shop it is stopped in, and what must be so when it was repeated.
struct Scene {
    verb: &'static str,
    args: &'static [&'static str],
    /// Commands that lead there.
    before: &'static [&'static [&'static str]],
    /// The stopped verb may be said again.
    again: bool,
    after: fn(&Path) -> Holds,
}

const PRINTED: &[&[&str]] = &[&["print"]];

const SCENES: [Scene; 10] = [
    Scene {
        verb: "print",
        args: &["print"],
        before: &[],
        again: true,
        after: |d| counts(d, &[("SELECT count(*) FROM card", 2), ("SELECT count(DISTINCT note) FROM card", 2)]),
    },
    Scene {
        verb: "pack",
        args: &["pack", "stannp", "--size", "a6"],
        before: &[],
        again: true,
        after: |d| counts(d, &[("SELECT count(*) FROM card", 2), ("SELECT count(DISTINCT note) FROM card", 2)]),
    },
    Scene {
        verb: "import",
        args: &["import", "more.csv"],
        before: &[],
        again: true,
        after: |d| counts(d, &[("SELECT count(*) FROM person", 44)]),
    },
    Scene { verb: "write", args: &["write", "--no-edit"], before: &[], again: true, after: sheet },
    Scene {
        verb: "posted",
        args: &["posted"],
        before: PRINTED,
        again: true,
        after: |d| {
            counts(
                d,
                &[
                    ("SELECT count(*) FROM card WHERE state = 'posted'", 2),
                    ("SELECT count(*) FROM card_event WHERE what = 'posted'", 2),
                ],
            )
        },
    },
    Scene {
        verb: "merge",
        args: &["person", "merge", "ana-lopez", "anita-lopes"],
        before: PRINTED,
        again: true,
        after: |d| {
            counts(d, &[("SELECT count(*) FROM person WHERE merged_into IS NOT NULL", 1), ("SELECT count(*) FROM touch", 3)])
        },
    },
    Scene { verb: "erase", args: &["person", "erase", "tom-reed", "--yes"], before: PRINTED, again: true, after: erased },
    Scene { verb: "backup", args: &["backup"], before: PRINTED, again: true, after: |_| Ok(()) },
    Scene {
        verb: "restore",
        args: &["restore", "backups/ledger-2026-11-21.db"],
        before: &[&["print"], &["backup"], &["log", "ana", "visit", "later"]],
        again: true,
        after: |d| counts(d, &[("SELECT count(*) FROM card", 2), ("SELECT count(*) FROM touch WHERE text = 'later'", 0)]),
    },
    Scene {
        verb: "undo",
        args: &["undo", "--yes"],
        before: PRINTED,
        again: false,
        after: |d| counts(d, &[("SELECT count(*) FROM person", 4)]),
    },
];

fn counts(dir: &Path, wanted: &[(&str, i64)]) -> Holds {
    let conn = open(dir)?;
    for (sql, wanted) in wanted {
        let found: i64 = conn.query_row(sql, [], |r| r.get(0)).map_err(|e| e.to_string())?;
        if found != *wanted {
            return Err(format!("{sql}: {found}, not {wanted}"));
        }
    }
    Ok(())
}

fn sheet(dir: &Path) -> Holds {
    let text = fs::read_to_string(dir.join("notes/2026-12.md")).map_err(|e| e.to_string())?;
    for wanted in [NOTES[0].1, NOTES[1].1, "## zoe-lukasik | birthday"] {
        if text.matches(wanted).count() != 1 {
            return Err(format!("the sheet holds `{wanted}` {} times", text.matches(wanted).count()));
        }
    }
    Ok(())
}

fn erased(dir: &Path) -> Holds {
    counts(
        dir,
        &[("SELECT count(*) FROM person WHERE id = 'tom-reed'", 0), ("SELECT count(*) > 0 FROM fingerprint WHERE card < 0", 1)],
    )?;
    for entry in
        dir.read_dir().map_err(|e| e.to_string())?.flatten().filter(|e| e.file_name().to_string_lossy().starts_with("ledger.db"))
    {
        let bytes = fs::read(entry.path()).map_err(|e| e.to_string())?;
        if bytes.windows(8).any(|w| w == b"Tom Reed" || w == b"tom-reed" || w == b"gate ban") {
            return Err(format!("{} still holds the name", entry.path().display()));
        }
    }
    Ok(())
}

fn open(dir: &Path) -> Result<Connection, String> {
    Connection::open(dir.join("ledger.db")).map_err(|e| e.to_string())
}

/// What must hold whatever happened: every batch has its PDF and its cards, nothing is half, every copy is whole.
fn holds(dir: &Path) -> Holds {
    let text = |e: rusqlite::Error| e.to_string();
    let conn = open(dir)?;
    let whole: String = conn.query_row("PRAGMA integrity_check", [], |r| r.get(0)).map_err(text)?;
    if whole != "ok" {
        return Err(whole);
    }
    counts(
        dir,
        &[
            ("SELECT count(*) FROM batch WHERE state = 'building'", 0),
            ("SELECT count(*) FROM card WHERE imported = 0 AND batch NOT IN (SELECT n FROM batch WHERE state = 'ready')", 0),
            ("SELECT count(*) - count(DISTINCT note) FROM card", 0),
            ("SELECT count(*) FROM pen WHERE op IS NULL AND may = ''", 1),
        ],
    )?;
    let mut ask = conn
        .prepare("SELECT file, sha256, cards - (SELECT count(*) FROM card WHERE card.batch = batch.n) FROM batch WHERE state = 'ready'")
        .map_err(text)?;
    let ready: Vec<(String, String, i64)> =
        ask.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?))).and_then(Iterator::collect).map_err(text)?;
    for (file, sha, missing) in &ready {
        let bytes = fs::read(dir.join(file)).map_err(|e| format!("{file} is logged and not there: {e}"))?;
        let hash: String = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        // An erased person's card is gone from its batch.
        if hash != *sha || *missing < 0 {
            return Err(format!("{file} is not what was logged"));
        }
    }
    for folder in ["", "out", "notes", "backups"] {
        for entry in dir.join(folder).read_dir().into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let ends = |end: &str| entry.path().extension().is_some_and(|e| e == end);
            if name.starts_with(".wetink-") || name.ends_with("-journal") {
                return Err(format!("{folder}/{name} was left over"));
            }
            if folder == "out" && ends("pdf") && !ready.iter().any(|(file, ..)| *file == format!("out/{name}")) {
                return Err(format!("out/{name} is there and not logged"));
            }
            if ends("db") && name != "ledger.db" {
                let copy = Connection::open(entry.path()).map_err(text)?;
                let whole: String =
                    copy.query_row("PRAGMA integrity_check", [], |r| r.get(0)).map_err(|e| format!("{name}: {e}"))?;
                let tables: i64 = copy.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0)).map_err(text)?;
                if whole != "ok" || tables == 0 {
                    return Err(format!("the copy {name} isn't whole"));
                }
            }
        }
    }
    Ok(())
}

/// The program under test.
struct Wetink(PathBuf);

impl Wetink {
    fn dressed(&self, mut command: Command, dir: &Path) -> Command {
        command
            .current_dir(dir)
            .env_remove("WETINK_SHOP")
            .env_remove("WETINK_STOP_AT")
            .env("WETINK_TODAY", "2026-11-21")
            .stdin(Stdio::null());
        command.env_remove("VISUAL").env_remove("EDITOR");
        command
    }

    fn command(&self, dir: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(&self.0);
        command.args(args);
        self.dressed(command, dir)
    }

    fn run(&self, dir: &Path, args: &[&str]) -> Result<Output, String> {
        self.command(dir, args).output().map_err(|e| e.to_string())
    }

    fn well(&self, dir: &Path, args: &[&str]) -> Holds {
        let output = self.run(dir, args)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(format!("`{}` ended with {}: {}", args.join(" "), output.status, String::from_utf8_lossy(&output.stderr)))
        }
    }

    /// The same under strace; `inject` may be empty.
    fn traced(&self, dir: &Path, args: &[&str], inject: &str, log: &Path) -> Result<Output, String> {
        let mut command = Command::new("strace");
        // Only the first thread: the others draw letters and touch no file.
        command.arg("-o").arg(log).args(["-e", &format!("trace={CALLS}"), "-e", "signal=none"]);
        if !inject.is_empty() {
            command.args(["-e", inject]);
        }
        command.arg("--").arg(&self.0).args(args);
        self.dressed(command, dir).output().map_err(|e| format!("strace: {e}"))
    }
}

/// A shop with four people, things that happened, and two notes written.
fn shop(wetink: &Wetink, dir: &Path, before: &[&[&str]]) -> Holds {
    fs::create_dir_all(dir).map_err(|e| e.to_string())?;
    wetink.well(
        dir,
        &[
            "init",
            "--name",
            "Hill Shoes",
            "--signs",
            "Joan",
            "--answer",
            "Ring 01947 555 100",
            "--country",
            "GB",
            "--street",
            "8 Baxtergate",
            "--city",
            "Whitby",
            "--postcode",
            "YO21 1BW",
        ],
    )?;
    let mut more = String::from("name,birthday,email\n");
    for n in 0..40 {
        more += &format!("Person Number{n},12-{:02},p{n}@example.com\n", n % 28 + 1);
    }
    let mut sheet = String::from("# December 2026\n");
    for (who, note) in NOTES {
        sheet += &format!("\n## {who} | birthday | some day\n> a prompt\n\n{note}\n");
    }
    for (file, text) in [("people.csv", PEOPLE), ("more.csv", &more), ("notes/2026-12.md", &sheet)] {
        fs::write(dir.join(file), text).map_err(|e| e.to_string())?;
    }
    wetink.well(dir, &["import", "people.csv"])?;
    for what in [
        &["log", "ana-lopez", "visit", "tried the red ones"][..],
        &["log", "Anita Lopes", "visit", "asked for laces", "--new"],
        &["log", "tom-reed", "visit", "heels"],
    ] {
        wetink.well(dir, what)?;
    }
    before.iter().try_for_each(|args| wetink.well(dir, args))
}

fn copy(from: &Path, to: &Path) -> Holds {
    let text = |e: std::io::Error| e.to_string();
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).map_err(text)?;
    for entry in from.read_dir().map_err(text)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target).map_err(text)?;
        }
    }
    Ok(())
}

/// Every call of a run that changes something: its name and which of its kind it is.
fn points(log: &Path) -> Result<Vec<(String, usize)>, String> {
    let text = fs::read_to_string(log).map_err(|e| e.to_string())?;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((name, rest)) = line.split_once('(') else { continue };
        if !CALLS.split(',').any(|call| call == name) {
            continue;
        }
        let n = seen.entry(name.to_owned()).or_default();
        *n += 1;
        if name != "openat" || rest.contains("O_CREAT") || rest.contains("O_RDWR") {
            found.push((name.to_owned(), *n));
        }
    }
    Ok(found)
}

/// The next commands after a fault, and what must hold then.
fn mended(wetink: &Wetink, scene: &Scene, dir: &Path) -> Holds {
    wetink.well(dir, &["status"])?;
    wetink.well(dir, &["doctor"])?;
    holds(dir)?;
    if scene.again {
        // It may have been done already.
        let output = wetink.run(dir, scene.args)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if said.contains("panicked") || output.status.code() == Some(4) {
            return Err(said);
        }
    }
    wetink.well(dir, &["doctor"])?;
    holds(dir)?;
    (scene.after)(dir)
}

/// A number from a seed: splitmix64.
fn dice(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

struct Tally {
    tried: usize,
    broken: Vec<String>,
}

/// Kills or disappoints one verb at each of its points.
fn faults(wetink: &Wetink, scene: &Scene, room: &Path, every: usize, kinds: &[&str]) -> Result<Tally, String> {
    let (model, here, log) = (room.join("model"), room.join("here"), room.join("log"));
    let _ = fs::remove_dir_all(&model);
    shop(wetink, &model, scene.before)?;
    copy(&model, &here)?;
    let whole = wetink.traced(&here, scene.args, "", &log)?;
    if !whole.status.success() {
        return Err(format!("{} doesn't run at all: {}", scene.verb, String::from_utf8_lossy(&whole.stderr)));
    }
    let mut tally = Tally { tried: 0, broken: Vec::new() };
    for (at, (call, n)) in points(&log)?.into_iter().enumerate() {
        for (turn, kind) in kinds.iter().enumerate() {
            if (at + turn) % every != 0
                || (*kind != "signal=SIGKILL" && ["unlink", "unlinkat", "chmod", "fchmod", "fchmodat"].contains(&call.as_str()))
            {
                continue;
            }
            copy(&model, &here)?;
            let when = if *kind == "error=ENOSPC" { format!("{n}+") } else { n.to_string() };
            let output = wetink.traced(&here, scene.args, &format!("inject={call}:{kind}:when={when}"), &log)?;
            tally.tried += 1;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let clear = if *kind == "signal=SIGKILL" || output.status.success() {
                Ok(())
            } else if said.contains("panicked") || (call != "write" && !(said.contains("error") && said.contains("help"))) {
                Err(format!("the message isn't clear: {said}"))
            } else {
                Ok(())
            };
            if let Err(why) = clear.and_then(|()| mended(wetink, scene, &here)) {
                let name = format!("{}: {call} number {n}, {kind}: {why}", scene.verb);
                println!("BROKEN {name}");
                tally.broken.push(name);
            }
        }
    }
    Ok(tally)
}

/// Two or three at once, at random distances.
fn both(wetink: &Wetink, room: &Path, rounds: usize, mut seed: u64) -> Result<Tally, String> {
    const VERBS: [&[&str]; 7] = [
        &["print"],
        &["import", "more.csv"],
        &["write", "--no-edit"],
        &["log", "zoe-lukasik", "visit", "x"],
        &["posted"],
        &["backup"],
        &["print"],
    ];
    let (model, here) = (room.join("model"), room.join("here"));
    let _ = fs::remove_dir_all(&model);
    shop(wetink, &model, &[])?;
    let mut tally = Tally { tried: 0, broken: Vec::new() };
    for round in 0..rounds {
        copy(&model, &here)?;
        let chosen: Vec<&[&str]> = (0..2 + dice(&mut seed) % 2).map(|_| VERBS[dice(&mut seed) as usize % VERBS.len()]).collect();
        // In every fourth round another program holds the database for a while.
        let holder = if round % 4 == 3 { Some(open(&here)?) } else { None };
        if let Some(holder) = &holder {
            holder.execute_batch("BEGIN EXCLUSIVE").map_err(|e| e.to_string())?;
        }
        let mut children = Vec::new();
        for args in &chosen {
            let child =
                wetink.command(&here, args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(|e| e.to_string())?;
            children.push(child);
            std::thread::sleep(Duration::from_millis(dice(&mut seed) % 200));
        }
        if let Some(holder) = holder {
            // Longer than anybody waits, in every sixteenth round.
            std::thread::sleep(Duration::from_millis(if round % 16 == 15 { 9000 } else { dice(&mut seed) % 400 }));
            drop(holder);
        }
        let mut why = Ok(());
        let mut logged = 0;
        for (child, args) in children.into_iter().zip(&chosen) {
            let output = child.wait_with_output().map_err(|e| e.to_string())?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            logged += i64::from(args[0] == "log" && output.status.success());
            // Refused notes are no trouble here; a backup finds its name taken.
            let clear = output.status.success()
                || said.contains("another wetink is")
                || said.contains("there already")
                || output.status.code() == Some(3);
            if !clear || said.contains("panicked") {
                why = Err(format!("`{}` ended with {}: {said}", args.join(" "), output.status));
            }
        }
        tally.tried += 1;
        let done = why.and_then(|()| wetink.well(&here, &["doctor"])).and_then(|()| holds(&here)).and_then(|()| {
            counts(&here, &[("SELECT count(*) FROM touch WHERE text = 'x'", logged)])?;
            // Who isn't written to yet is refused, and spoils no other.
            let printed = wetink.run(&here, &["print"])?;
            if !matches!(printed.status.code(), Some(0 | 3)) {
                return Err(String::from_utf8_lossy(&printed.stderr).into_owned());
            }
            wetink.well(&here, &["import", "more.csv"])?;
            holds(&here)?;
            counts(&here, &[("SELECT count(*) FROM card", 2), ("SELECT count(*) FROM person", 44)])
        });
        if let Err(why) = done {
            println!("BROKEN round {round}, {chosen:?}: {why}");
            tally.broken.push(why);
        }
    }
    Ok(tally)
}

fn main() -> ExitCode {
    let (mut every, mut rounds, mut seed, mut wanted) = (1, 200, 1, Vec::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
        match arg.as_str() {
            "--every" => every = number().max(1),
            "--rounds" => rounds = number(),
            "--seed" => seed = number() as u64,
            other => wanted.push(other.to_owned()),
        }
    }
    let sorts = ["kill", "errors", "both"];
    let asked = |sort: &str| wanted.iter().any(|w| w == sort) || !wanted.iter().any(|w| sorts.contains(&w.as_str()));
    let verbs: Vec<&String> = wanted.iter().filter(|w| !sorts.contains(&w.as_str())).collect();
    let built = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.parent()?.join("wetink")));
    let Some(wetink) = std::env::var_os("WETINK_BINARY").map(PathBuf::from).or(built).filter(|p| p.is_file()).map(Wetink) else {
        eprintln!("build wetink first: cargo build");
        return ExitCode::from(2);
    };
    if !Command::new("strace").arg("-V").output().is_ok_and(|o| o.status.success()) {
        eprintln!("strace isn't here; `cargo test` has the short part that needs none");
        return ExitCode::from(2);
    }
    let room = std::env::temp_dir().join(format!("wetink-faults-{}", std::process::id()));
    let mut broken = 0;
    for (sort, kinds) in [("kill", &["signal=SIGKILL"][..]), ("errors", &["error=ENOSPC", "error=EIO"])] {
        if !asked(sort) {
            continue;
        }
        let mut all = 0;
        for scene in SCENES.iter().filter(|s| verbs.is_empty() || verbs.iter().any(|v| *v == s.verb)) {
            match faults(&wetink, scene, &room, every, kinds) {
                Ok(tally) => {
                    println!("{sort:7} {:8} {:>5} points, {} broken", scene.verb, tally.tried, tally.broken.len());
                    all += tally.tried;
                    broken += tally.broken.len();
                }
                Err(why) => {
                    println!("{sort:7} {:8} can't be tried: {why}", scene.verb);
                    broken += 1;
                }
            }
        }
        println!("{sort}: {all} points, {broken} broken so far");
    }
    if asked("both") {
        match both(&wetink, &room, rounds, seed) {
            Ok(tally) => {
                println!("both: {} rounds, {} broken", tally.tried, tally.broken.len());
                broken += tally.broken.len();
            }
            Err(why) => {
                println!("both: can't be tried: {why}");
                broken += 1;
            }
        }
    }
    let _ = fs::remove_dir_all(&room);
    println!("{broken} broken");
    ExitCode::from(u8::from(broken > 0))
}
