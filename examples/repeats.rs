//! How well repeats are refused: every attack, every honest pair, every honest note, through the ledger and the same check as
//! `wetink check`.
//!
//! `cargo run --release --example repeats -- DIR [--history FILE] [--misses] [--scale N]`
//!
//! DIR holds `notes.jsonl`, `attacks.jsonl` and `honest_pairs.jsonl`; FILE has other notes to put into the history, a line each
//! with `recipient` and `note`. `--scale N` measures the time of a check against 20,000 and against N made-up notes.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde_json::Value;
use wetink::day::Day;
use wetink::echo::{self, Draft, House, Recipient, Rule, Severity, Verdict};
use wetink::ledger::Ledger;
use wetink::ledger::cards::{Made, NewCard};
use wetink::person::{Id, Name, Person};
use wetink::trouble::{Result, Trouble};
use wetink::words::Words;

/// A line of one of the files.
struct Row(Value);

impl Row {
    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_default()
    }

    fn sources(&self) -> Vec<&str> {
        self.0["source_ids"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }
}

fn read(path: &Path) -> Result<Vec<Row>> {
    let text = std::fs::read_to_string(path).map_err(|e| Trouble::file("read", path, &e))?;
    let rows = text.lines().filter(|l| !l.trim().is_empty());
    rows.map(|l| serde_json::from_str(l).map(Row).map_err(|e| Trouble::damaged(format!("{}: {e}", path.display())))).collect()
}

/// Puts notes into a ledger as cards of earlier years; people are made from their names. The names used are the ones given.
fn remember<'a>(ledger: &mut Ledger, notes: impl IntoIterator<Item = (String, &'a str, &'a str)>) -> Result<()> {
    let day: Day = "2025-01-01".parse()?;
    let made = Made::default();
    let mut known: BTreeMap<String, Id> = BTreeMap::new();
    ledger.change(|change| {
        for (id, recipient, note) in notes {
            let to = if let Some(id) = known.get(recipient) {
                id.clone()
            } else {
                let person = Person { name: named(recipient), ..Person::default() };
                let id = change.add_person(&person)?;
                known.insert(recipient.to_owned(), id.clone());
                id
            };
            let card = NewCard {
                id: &id,
                to: &to,
                household: false,
                occasion: "birthday",
                key: "2025",
                day,
                note,
                ps: "",
                because: "",
                batch: None,
                made: &made,
            };
            change.add_card(&card, &[recipient.to_owned()])?;
        }
        Ok(())
    })
}

/// The name as the ledger keeps it: as given, whole.
fn named(recipient: &str) -> Name {
    Name { given: recipient.to_owned(), ..Name::default() }
}

fn house(ledger: &Ledger) -> Result<House> {
    let mut house = House::new();
    house.frequencies = ledger.frequencies()?;
    for person in ledger.people()? {
        house.names.add(&person.name.given, person.id.as_str());
    }
    Ok(house)
}

fn recipient(name: &str) -> Recipient {
    Recipient { id: String::new(), name: name.to_owned(), names: vec![name.to_owned()], ..Recipient::default() }
}

fn judge(ledgers: &[&Ledger], house: &House, text: &str, name: &str, card: Option<&str>) -> Result<Verdict> {
    let recipient = recipient(name);
    let draft = Draft { text, recipient: &recipient, card };
    let mut near = Vec::new();
    for ledger in ledgers {
        near.extend(ledger.nearest_notes(&draft)?);
    }
    Ok(echo::check(&draft, &near, house))
}

/// Refused for what it repeats: somebody else's name alone is not counted as having found the repeat.
fn repeats(verdict: &Verdict) -> bool {
    verdict.findings().iter().any(|f| f.severity == Severity::Refuse && f.rule != Rule::WrongName)
}

fn explain(why: &str, row: &Row, verdict: &Verdict) {
    let text = row.text("note");
    println!("{why} {} {} to {}: {text}", row.text("class"), row.text("id"), row.text("recipient"));
    for finding in verdict.findings() {
        println!("    {} ({}): {}", finding.rule.as_str(), finding.severity.as_str(), finding.message);
        for line in finding.lines(text) {
            println!("      {line}");
        }
    }
}

#[derive(Default)]
struct Tally(BTreeMap<String, (usize, usize)>);

impl Tally {
    fn count(&mut self, class: &str, refused: bool) {
        let entry = self.0.entry(class.to_owned()).or_default();
        entry.0 += 1;
        entry.1 += usize::from(refused);
    }

    fn print(&self, total: &str) {
        let mut all = (0, 0);
        for (class, (n, refused)) in &self.0 {
            line(class, *n, *refused);
            all = (all.0 + n, all.1 + refused);
        }
        line(total, all.0, all.1);
    }
}

fn line(class: &str, n: usize, refused: usize) {
    println!("{class:<26} {n:>6} {refused:>6} {:>7.2}", 100.0 * refused as f64 / n.max(1) as f64);
}

/// Exchanges so many of the content words for words that have nothing to do with them.
fn rewritten(text: &str, name: &str, percent: usize, seed: u64) -> String {
    const OTHERS: &str = "kettle ladder tractor lantern orchard violin cellar canoe anchor helmet apron skillet pickle turnip plum willow heron
        badger goat newt trumpet waltz almanac ribbon thimble relay riddle pier canal tunnel compass meadow marsh comet barn plough chapel
        sundial envelope matchbox borrowed painted rusted juggled launched pruned soldered quiet crooked velvet copper stubborn wobbly";
    let others: Vec<&str> = OTHERS.split_whitespace().collect();
    let words = Words::read(text);
    let own = Words::read(name);
    let lexicon = words.language().lexicon();
    let mut content: Vec<usize> = (0..words.all().len())
        .filter(|n| {
            let word = &words.all()[*n];
            !lexicon.is_function(word.hash) && !own.all().iter().any(|o| o.hash == word.hash)
        })
        .collect();
    let mut dice = Dice(seed);
    let change = (content.len() * percent + 50) / 100;
    for n in (1..content.len()).rev() {
        content.swap(n, dice.below(n + 1));
    }
    content.truncate(change);
    content.sort_unstable();
    content.dedup_by_key(|n| words.all()[*n].from.clone());
    let mut text = text.to_owned();
    for n in content.into_iter().rev() {
        text.replace_range(words.all()[n].from.clone(), others[dice.below(others.len())]);
    }
    text
}

/// Numbers that look thrown, the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % most.max(1) as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

fn quality(dir: &Path, history: &[Row], misses: bool) -> Result<()> {
    let notes = read(&dir.join("notes.jsonl"))?;
    let attacks = read(&dir.join("attacks.jsonl"))?;
    let pairs = read(&dir.join("honest_pairs.jsonl"))?;
    let by_id: BTreeMap<&str, &Row> = notes.iter().map(|n| (n.text("id"), n)).collect();
    let others = || history.iter().enumerate().map(|(n, row)| (format!("history-{n}"), row.text("recipient"), row.text("note")));

    let mut ledger = Ledger::in_memory()?;
    remember(&mut ledger, others().chain(notes.iter().map(|n| (n.text("id").to_owned(), n.text("recipient"), n.text("note")))))?;
    let desk = house(&ledger)?;

    let (mut refused, mut stock) = (Tally::default(), (0, 0));
    let mut about = house(&ledger)?;
    about.set(Rule::Generic, Severity::Refuse)?;
    for row in &attacks {
        let verdict = judge(&[&ledger], &desk, row.text("note"), row.text("recipient"), None)?;
        let repeated = repeats(&verdict);
        refused.count(row.text("class"), repeated);
        if misses && !repeated {
            explain("missed", row, &verdict);
        }
        if row.text("class").starts_with("i_") {
            let verdict = judge(&[&ledger], &about, row.text("note"), row.text("recipient"), None)?;
            stock = (stock.0 + 1, stock.1 + usize::from(verdict.refused()));
        }
    }
    refused.print("attacks");

    let mut alone = Ledger::in_memory()?;
    remember(&mut alone, others())?;
    let mut refused = Tally::default();
    for row in &pairs {
        let mut source = Ledger::in_memory()?;
        let old: Vec<(String, &str, &str)> = row
            .sources()
            .into_iter()
            .filter_map(|id| by_id.get(id).map(|n| (id, *n)))
            .map(|(id, n)| (id.to_owned(), n.text("recipient"), row.0["source_note"].as_str().unwrap_or_else(|| n.text("note"))))
            .collect();
        remember(&mut source, old)?;
        let mut house = house(&source)?;
        house.frequencies = alone.frequencies()?;
        let verdict = judge(&[&alone, &source], &house, row.text("note"), row.text("recipient"), None)?;
        refused.count(row.text("class"), verdict.refused());
        if misses && verdict.refused() {
            explain("false alarm", row, &verdict);
        }
    }
    refused.print("pairs");

    let mut alarms = 0;
    for row in &notes {
        let verdict = judge(&[&ledger], &desk, row.text("note"), row.text("recipient"), Some(row.text("id")))?;
        alarms += usize::from(verdict.refused());
        if misses && verdict.refused() {
            explain("false alarm", row, &verdict);
        }
    }
    line("notes", notes.len(), alarms);
    line("stock, about = refuse", stock.0, stock.1);
    for percent in [30, 50, 70] {
        let mut caught = 0;
        for (n, row) in notes.iter().enumerate() {
            let text = rewritten(row.text("note"), row.text("recipient"), percent, n as u64 + 1);
            caught += usize::from(repeats(&judge(&[&ledger], &desk, &text, row.text("recipient"), None)?));
        }
        line(&format!("{percent} % of words replaced"), notes.len(), caught);
    }
    Ok(())
}

/// A made-up history: sentences from a grammar with a long tail of made-up words, for speed only.
fn made_up(count: usize) -> Vec<(String, String)> {
    let syllables: Vec<&str> =
        "ba be bi bo bra da de di do dra el en fa fe ga gra ha he il jo ka ki la le li lo ma me mi mo na ne ni no or pa
        pe pi pra ra re ri ro sa se sha si so ta te ti to tra va ve vi wa we win ya yo za"
            .split_whitespace()
            .collect();
    let mut dice = Dice(1);
    let mut word = |least: usize, most: usize| {
        let n = least + dice.below(most - least + 1);
        (0..n).map(|_| dice.pick(&syllables)).collect::<String>()
    };
    let rare: Vec<String> = (0..20_000).map(|_| word(2, 4)).collect();
    let places: Vec<String> = (0..9_000).map(|_| capital(&word(2, 4))).collect();
    let names: Vec<String> = (0..6_000).map(|_| capital(&word(2, 3))).collect();
    let things: Vec<&str> = "kettle ladder garden roof fence piano tractor saddle lantern teapot blanket orchard engine violin bicycle cellar window
        curtain pillow basket bucket hammer drill carpet sofa mirror chimney shed boat canoe anchor tent helmet glove scarf boot apron oven skillet
        pickle loaf muffin soup stew curry salad pepper onion carrot turnip melon cherry plum quince fig walnut oak maple birch willow ivy fern moss
        rose tulip lily heron robin sparrow owl fox hedgehog badger otter goat pony donkey lamb goose hen spaniel terrier kitten parrot tortoise newt
        choir trumpet cello banjo waltz ballad atlas almanac diary ledger postcard stamp parcel ribbon button needle quilt medal trophy relay javelin
        lighthouse harbour pier ferry canal bridge tunnel station timetable suitcase compass trail summit valley meadow creek marsh glacier comet"
        .split_whitespace()
        .collect();
    let how: Vec<&str> = "crooked velvet copper wooden stubborn quiet rusty golden patched borrowed striped wobbly ancient lopsided polished muddy frozen
        leaky cheerful grumpy enormous tiny secret famous hopeless tidy dusty fragrant tangled crimson knitted handmade spare"
        .split_whitespace()
        .collect();
    let did: Vec<&str> = "mended painted borrowed planted rescued polished baked repaired carried measured sketched photographed assembled untangled
        sanded stitched varnished translated catalogued harvested launched juggled rehearsed knitted carved brewed grafted pruned tuned"
        .split_whitespace()
        .collect();
    let kin =
        ["sister", "brother", "mother", "father", "aunt", "uncle", "nephew", "niece", "grandson", "neighbour", "cousin", "twin"];
    let openings = [
        "Happy birthday, N!",
        "Dear N,",
        "N,",
        "Thank you, N.",
        "Many happy returns, N!",
        "It was good to see you, N.",
        "Hello N,",
    ];
    let closings = [
        "All the best from everyone here.",
        "See you soon.",
        "Take care of the T.",
        "Come by on Friday.",
        "With love from all of us.",
        "",
    ];
    let bodies = [
        "your K says you D the H T behind the T in P",
        "we still talk about the H R you D on Tuesday",
        "I hope the T in P survived the H T",
        "that R you brought lasted nine days and my K wants the recipe",
        "nobody here had ever D a H T before you did in May",
        "the T by the door is still H and I think of P each time",
        "you said the R was H, and after four tries I agree",
        "when the T broke you D it with a T and six Rs",
        "please tell your K that the H T from P arrived",
        "twelve Ts and not one H T among them",
        "I D the R exactly as you showed me and it turned H",
        "did the R from P ever meet the H T",
        "on Sunday the T smelled of R and I knew you had been",
        "your K and the H T made the whole of P laugh",
        "I kept the R you D next to the T",
        "after the T in June we all needed a H R",
    ];
    let mut notes = Vec::with_capacity(count);
    for n in 0..count {
        let mut dice = Dice(1_000_003 + n as u64 * 7919);
        let skewed =
            |dice: &mut Dice, most: usize| ((dice.below(1 << 20) as f64 / f64::from(1 << 20)).powf(2.2) * most as f64) as usize;
        let name = names[skewed(&mut dice, names.len())].clone();
        let mut text = String::new();
        let mut sentences = vec![dice.pick(&openings).to_owned()];
        for _ in 0..=dice.below(4) {
            sentences.push(format!("{}.", capital(dice.pick(&bodies))));
        }
        sentences.push(dice.pick(&closings).to_owned());
        for sentence in sentences {
            if !text.is_empty() {
                text.push(' ');
            }
            let letters: Vec<char> = sentence.chars().collect();
            for (at, c) in letters.iter().enumerate() {
                let alone = c.is_uppercase()
                    && at.checked_sub(1).is_none_or(|b| !letters[b].is_alphabetic())
                    && letters.get(at + 1).is_none_or(|n| {
                        !n.is_alphabetic() || (*n == 's' && letters.get(at + 2).is_none_or(|m| !m.is_alphabetic()))
                    });
                match c {
                    'N' if alone => text.push_str(&name),
                    'K' if alone => text.push_str(dice.pick(&kin)),
                    'D' if alone => text.push_str(dice.pick(&did)),
                    'H' if alone => text.push_str(dice.pick(&how)),
                    'T' if alone => text.push_str(things[skewed(&mut dice, things.len())]),
                    'P' if alone => text.push_str(&places[skewed(&mut dice, places.len())]),
                    'R' if alone => text.push_str(&rare[skewed(&mut dice, rare.len())]),
                    other => text.push(*other),
                }
            }
        }
        notes.push((name, text.trim().to_owned()));
    }
    notes
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Time of a check against so many notes on disk.
fn scale(dir: &Path, count: usize, history: &[(String, String)]) -> Result<Duration> {
    let folder = tempfile::tempdir().map_err(|e| Trouble::failed(e.to_string()))?;
    let file: PathBuf = folder.path().join("ledger.db");
    let notes = read(&dir.join("notes.jsonl"))?;
    let attacks = read(&dir.join("attacks.jsonl"))?;
    let mut ledger = Ledger::open(&file)?;
    let begun = Instant::now();
    // The notes of the set are the oldest: a million newer ones must not hide them.
    remember(&mut ledger, notes.iter().map(|n| (n.text("id").to_owned(), n.text("recipient"), n.text("note"))))?;
    let many = &history[..count.min(history.len())];
    for (part, some) in many.chunks(100_000).enumerate() {
        let at = Instant::now();
        remember(
            &mut ledger,
            some.iter().enumerate().map(|(n, (name, note))| (format!("s{part}-{n}"), name.as_str(), note.as_str())),
        )?;
        if part == 0 {
            println!("import of {:>9} cards: {:.1} s", some.len(), at.elapsed().as_secs_f64());
        }
    }
    let built = begun.elapsed();
    let total = ledger.count_cards()?;
    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
    let text: usize = many.iter().map(|(_, note)| note.len()).sum::<usize>() / many.len().max(1);
    println!("{total} notes: built in {:.1} s, {} bytes a note (of it text {text})", built.as_secs_f64(), bytes / total.max(1));
    let house = house(&ledger)?;
    let drafts: Vec<&Row> = notes.iter().chain(attacks.iter().step_by(4)).collect();
    let mut times = Vec::new();
    let (mut caught, mut tried, mut alarms) = (0, 0, 0);
    for round in 0..2 {
        for draft in &drafts {
            let at = Instant::now();
            let own = draft.text("class").is_empty().then(|| draft.text("id"));
            let verdict = judge(&[&ledger], &house, draft.text("note"), draft.text("recipient"), own)?;
            if round == 1 {
                times.push(at.elapsed());
                if own.is_none() {
                    tried += 1;
                    caught += usize::from(repeats(&verdict));
                } else {
                    alarms += usize::from(verdict.refused());
                }
            }
        }
    }
    times.sort_unstable();
    let median = times[times.len() / 2];
    let ask = |n: usize| ledger.card(&format!("s0-{}", (n * 7919) % many.len().max(1)));
    let mut points = Vec::new();
    for n in 0..4000 {
        let at = Instant::now();
        ask(n)?;
        points.push(at.elapsed());
    }
    points.sort_unstable();
    let point = points[points.len() / 2];
    println!(
        "  a check: median {:.2} ms, p99 {:.2} ms; a plain indexed point query {:.1} \u{b5}s (a check is {:.0} of them); attacks refused {caught} of {tried}, honest notes refused {alarms} of {}",
        median.as_secs_f64() * 1e3,
        times[times.len() * 99 / 100].as_secs_f64() * 1e3,
        point.as_secs_f64() * 1e6,
        median.as_secs_f64() / point.as_secs_f64(),
        notes.len(),
    );
    let at = Instant::now();
    ledger.rebuild_echoes(&mut |_, _| {})?;
    println!("  index made anew in {:.1} s", at.elapsed().as_secs_f64());
    Ok(median)
}

fn run() -> Result<()> {
    let (mut dir, mut history, mut misses, mut size) = (None, None, false, None);
    let mut arguments = std::env::args().skip(1);
    let wants = |what: &str| Trouble::usage(format!("{what} is missing"));
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--history" => history = Some(PathBuf::from(arguments.next().ok_or_else(|| wants("the file after --history"))?)),
            "--misses" => misses = true,
            "--scale" => {
                size = Some(arguments.next().and_then(|n| n.parse().ok()).ok_or_else(|| wants("the number after --scale"))?);
            }
            _ => dir = Some(PathBuf::from(argument)),
        }
    }
    let dir = dir.ok_or_else(|| wants("the folder with notes.jsonl, attacks.jsonl and honest_pairs.jsonl"))?;
    let history = history.map_or(Ok(Vec::new()), |file| read(&file))?;
    if let Some(size) = size {
        let notes: Vec<(String, String)> = if history.is_empty() {
            made_up(size)
        } else {
            history.iter().map(|row| (row.text("recipient").to_owned(), row.text("note").to_owned())).collect()
        };
        let small = scale(&dir, 20_000, &notes)?;
        let large = scale(&dir, size, &notes)?;
        println!("growth from 20000 to {size}: {:.2}", large.as_secs_f64() / small.as_secs_f64());
        return Ok(());
    }
    quality(&dir, &history, misses)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            let _ = writeln!(std::io::stderr(), "{trouble}");
            ExitCode::FAILURE
        }
    }
}
