//! Broken input without end, for every reader of somebody else's bytes. Runs on a stable toolchain.
//!
//! `cargo run --example fuzz -- [TARGET…] [--runs N] [--seconds N] [--seed N]`; runs and seconds are shared among the targets.
//!
//! Inputs grow out of `examples/fuzz/corpus/TARGET`, the fonts, letters and contact files in this repository, and whatever
//! behaved in a new way. An input that panics is kept in `target/fuzz/` and ends the run with exit code 1. Run it under
//! `prlimit --as=2147483648` to bound the memory too. `fuzz/` has the same targets for `cargo fuzz`.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

mod targets;

use targets::{TARGETS, Target};

/// Dice: splitmix64.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `n`.
    fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { (self.throw() % n as u64) as usize }
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }
}

/// Pieces that mean something to one reader or another.
const SHARDS: [&[u8]; 64] = [
    b"\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"|",
    b"=",
    b"=\r\n",
    b"\\n",
    b"\\,",
    b"## ",
    b"## ana | birthday\n",
    b"> ",
    b"> !! ",
    b"> !! no longer due: ",
    b"> because: x",
    b"PS: ",
    b"# December 2026: 3 cards to write\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    "\u{202e}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{e0041}".as_bytes(),
    "\u{301}\u{301}\u{301}".as_bytes(),
    "ß".as_bytes(),
    "İ".as_bytes(),
    "ﬁ".as_bytes(),
    "🎉".as_bytes(),
    b"\x1b[31m",
    b"BEGIN:VCARD\r\n",
    b"END:VCARD\r\n",
    b"VERSION:4.0\r\n",
    b"BDAY;VALUE=text:circa 1800\r\n",
    b"BDAY:--0229\r\n",
    b"N:;;;;\r\n",
    b"ENCODING=QUOTED-PRINTABLE:",
    b"ENCODING=b:",
    b"CHARSET=UTF-16:",
    b"29/02/1900",
    b"0000-00-00",
    b"2026-02-30",
    b"99999999999999999999",
    b"-1",
    b"1e308",
    b"NaN",
    b"{{ note }}",
    b"{% if name %}",
    b"{% endif %}",
    b"{% for a in b %}",
    b"+++\n",
    b"{{",
    b"[[",
    b"[rules]\n",
    b"[",
    b"]",
    b"{\"table\":\"person\"",
    b"null",
];

/// One input made from others.
fn mutated(pool: &[Vec<u8>], dice: &mut Dice, longest: usize) -> Vec<u8> {
    let mut bytes = dice.of(pool).cloned().unwrap_or_default();
    let binary = bytes.len() > 8 << 10;
    for _ in 0..=dice.below(if binary { 3 } else { 6 }) {
        // The beginning of a large binary file is its tables' list.
        let room = if binary && dice.below(2) == 0 { 1500.min(bytes.len()) } else { bytes.len() };
        let at = dice.below(room + usize::from(!binary));
        let end = (at + dice.below(24)).min(bytes.len());
        match dice.below(if binary { 5 } else { 12 }) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 if at < bytes.len() => bytes[at] = dice.throw() as u8,
            2 if at + 4 <= bytes.len() => {
                let odd = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff_u32];
                let number = *dice.of(&odd).unwrap_or(&0);
                if dice.below(2) == 0 {
                    bytes[at..at + 2].copy_from_slice(&(number as u16).to_be_bytes());
                } else {
                    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
                }
            }
            3 if at < bytes.len() => bytes[at] = bytes[at].wrapping_add(dice.below(5) as u8).wrapping_sub(2),
            4 if binary => {
                if dice.below(8) == 0 {
                    bytes.truncate(at);
                }
            }
            4 => drop(bytes.drain(at..end)),
            5 => bytes.truncate(at),
            6 => {
                let copy = bytes[at..end].to_vec();
                for _ in 0..=dice.below(6) {
                    bytes.splice(at..at, copy.iter().copied());
                }
            }
            7 => {
                // A piece of another input.
                if let Some(other) = dice.of(pool) {
                    let from = dice.below(other.len());
                    let to = (from + dice.below(200)).min(other.len());
                    bytes.splice(at..end, other[from..to].iter().copied());
                }
            }
            _ => {
                let shard = dice.of(&SHARDS).copied().unwrap_or_default();
                bytes.splice(at..if dice.below(2) == 0 { at } else { end }, shard.iter().copied());
            }
        }
    }
    bytes.truncate(longest);
    bytes
}

fn files(folder: &Path, ends: &[&str], found: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<PathBuf> = folder.read_dir().into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, ends, found);
        } else if ends.is_empty() || path.extension().is_some_and(|e| ends.iter().any(|w| e == *w)) {
            found.extend(std::fs::read(&path).ok().filter(|bytes| bytes.len() < 40 << 10));
        }
    }
}

fn seeds(target: &Target) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pool = vec![Vec::new()];
    files(&root.join("examples/fuzz/corpus").join(target.name), &[], &mut pool);
    match target.name {
        "people" => files(&root.join("tests/data/contacts"), &["csv", "vcf"], &mut pool),
        "cards" | "touches" => files(&root.join("tests/data/contacts/csv"), &["csv"], &mut pool),
        "letter" => files(&root.join("letters"), &["txt"], &mut pool),
        "settings" => files(&root.join("src/shop"), &["toml"], &mut pool),
        "font" => files(&root.join("fonts"), &["ttf", "otf"], &mut pool),
        _ => {}
    }
    pool.retain(|bytes| bytes.len() <= 2 * target.longest);
    pool
}

/// What was asked for on the command line.
struct Asked {
    targets: Vec<String>,
    runs: u64,
    time: Duration,
    seed: u64,
}

fn asked() -> Option<Asked> {
    let mut asked = Asked { targets: Vec::new(), runs: 1_000_000, time: Duration::MAX, seed: 1 };
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--runs" => asked.runs = args.next()?.parse().ok()?,
            "--seconds" => asked.time = Duration::from_secs(args.next()?.parse().ok()?),
            "--seed" => asked.seed = args.next()?.parse().ok()?,
            name if TARGETS.iter().any(|t| t.name == name) => asked.targets.push(name.to_owned()),
            _ => return None,
        }
    }
    Some(asked)
}

/// What a target went through.
struct Ran {
    runs: u64,
    behaviours: usize,
    slowest: Duration,
    crashed: bool,
}

/// Tries one target for its share.
fn run(target: &Target, asked: &Asked, runs: u64, time: Duration) -> Ran {
    let begun = Instant::now();
    let mut dice = Dice(asked.seed ^ target.name.bytes().fold(7, |h, b| h * 31 + u64::from(b)));
    let mut pool = seeds(target);
    let mut known = HashSet::new();
    let mut ran = Ran { runs: 0, behaviours: 0, slowest: Duration::ZERO, crashed: false };
    for bytes in pool.clone() {
        known.insert((target.run)(&bytes));
    }
    while ran.runs < runs && begun.elapsed() < time {
        let bytes = mutated(&pool, &mut dice, target.longest);
        let from = Instant::now();
        let Ok(saw) = catch_unwind(AssertUnwindSafe(|| (target.run)(&bytes))) else {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
            let kept = folder.join(format!("crash-{}-{}-{}", target.name, asked.seed, ran.runs));
            let _ = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&kept, &bytes));
            println!("{}: panicked; the input is {}", target.name, kept.display());
            ran.crashed = true;
            break;
        };
        ran.runs += 1;
        let took = from.elapsed();
        if took > ran.slowest {
            ran.slowest = took;
            if took > Duration::from_secs(1) {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fuzz");
                let _ = std::fs::create_dir_all(&folder)
                    .and_then(|()| std::fs::write(folder.join(format!("slow-{}-{}", target.name, took.as_millis())), &bytes));
            }
        }
        if known.len() < 3000 && known.insert(saw) {
            pool.push(bytes);
        }
    }
    ran.behaviours = known.len();
    ran
}

fn main() -> ExitCode {
    let Some(asked) = asked() else {
        let names: Vec<&str> = TARGETS.iter().map(|t| t.name).collect();
        eprintln!("fuzz [{}] [--runs N] [--seconds N] [--seed N]", names.join("|"));
        return ExitCode::from(2);
    };
    let (mut all, mut crashed) = (0, 0);
    let wanted: Vec<&Target> =
        TARGETS.iter().filter(|t| asked.targets.is_empty() || asked.targets.iter().any(|n| n == t.name)).collect();
    let share = wanted.len().max(1) as u32;
    for target in &wanted {
        let from = Instant::now();
        let ran = run(target, &asked, asked.runs / u64::from(share), asked.time / share);
        println!(
            "{:10} {:>10} executions, {:>6} behaviours, {:>6.0} a second, slowest {:.0} ms{}",
            target.name,
            ran.runs,
            ran.behaviours,
            ran.runs as f64 / from.elapsed().as_secs_f64().max(0.001),
            ran.slowest.as_secs_f64() * 1000.0,
            if ran.crashed { ", CRASHED" } else { "" }
        );
        all += ran.runs;
        crashed += u32::from(ran.crashed);
    }
    println!("{all} executions, {crashed} crashes");
    ExitCode::from(u8::from(crashed > 0))
}
