//! A made-up shop of any size: people, the cards of earlier years, and a sheet with a note for everybody. The same numbers give
//! the same files. The notes are words thrown together, so that none repeats another; they are for measuring, not for reading.

#![allow(dead_code, reason = "every bench takes what it needs")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The day it is in the made-up shop.
pub const TODAY: &str = "2026-11-21";

const SMALL: &str = "the the the a a and and of of to to in in that it for for on with at you you your your we we our I my is was \
    has had did so but not all one two when who from by as if no or into over under after before until about again";
const THINGS: &str = "kettle ladder garden roof fence piano tractor saddle lantern teapot blanket orchard engine violin bicycle cellar \
    window curtain pillow basket bucket hammer drill carpet sofa mirror chimney shed boat canoe anchor tent helmet glove scarf boot \
    apron oven skillet pickle loaf muffin soup stew curry salad pepper onion carrot turnip melon cherry plum quince fig walnut oak \
    maple birch willow ivy fern moss rose tulip lily heron robin sparrow owl fox hedgehog badger otter goat pony donkey lamb goose \
    spaniel terrier kitten parrot tortoise choir trumpet cello banjo waltz ballad atlas almanac diary postcard stamp parcel ribbon \
    button needle quilt medal trophy lighthouse harbour pier ferry canal bridge tunnel station suitcase compass trail summit valley \
    meadow creek marsh glacier comet laces heels soles buckle velvet copper stubborn quiet rusty golden patched borrowed striped \
    lopsided polished muddy frozen leaky grumpy tiny secret famous dusty crimson knitted spare mended painted planted rescued baked \
    carried sketched untangled sanded stitched harvested juggled rehearsed whistled grafted pruned tuned laughed asked told showed";
const SYLLABLES: &str = "ba be bi bo bra da de di do dra el en fa fe ga gra ha he il jo ka ki la le li lo ma me mi mo na ne ni no ol \
    or pa pe pi pra ra re ri ro sa se sha si so ta te ti to tra va ve vi wa we win ya yo za";

/// Numbers that look like chance.
pub struct Lots(u64);

impl Lots {
    pub fn new(seed: u64) -> Lots {
        let mut lots = Lots(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6a09_e667_f3bc_c908);
        lots.below(2);
        lots
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most.max(1)
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

fn word(number: u64, least: usize) -> String {
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let mut lots = Lots::new(number);
    (0..least + lots.below(2)).map(|_| lots.of(&syllables)).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Given and family name of person number `n`. The family name is nobody else's.
pub fn name(n: usize) -> (String, String) {
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let (mut family, mut rest) = (String::new(), n);
    for _ in 0..3 {
        family.push_str(syllables[rest % syllables.len()]);
        rest /= syllables.len();
    }
    (capital(&word(n as u64 % 900, 2)), capital(&family))
}

/// A note of about 45 words to somebody of that name.
pub fn note(number: u64, name: &str) -> String {
    let (small, things): (Vec<&str>, Vec<&str>) = (SMALL.split_whitespace().collect(), THINGS.split_whitespace().collect());
    let mut lots = Lots::new(number.wrapping_mul(2).wrapping_add(77));
    let mut note = format!("{name},");
    let mut left = 40 + lots.below(10);
    let mut first = false;
    while left > 0 {
        let long = (6 + lots.below(8)).min(left);
        for at in 0..long {
            // Half of a text are small words; every seventh is one nobody else uses.
            let next = match lots.below(14) {
                0 | 1 => word(lots.below(20_000) as u64 + 1000, 2),
                2..=7 => lots.of(&things).to_owned(),
                _ => lots.of(&small).to_owned(),
            };
            note.push(' ');
            note.push_str(&if first && at == 0 { capital(&next) } else { next });
        }
        note.push('.');
        first = true;
        left -= long;
    }
    note
}

/// People as other programs give them: the first so many with birthdays in December, the others in all months.
pub fn people(count: usize, december: usize) -> String {
    let mut file = String::from("Given name,Family name,Street,City,Postcode,Country,Birthday,E-mail\n");
    for n in 0..count {
        let (given, family) = name(n);
        let (year, month) = (1940 + n % 65, if n < december { 12 } else { n * 7 % 11 + 1 });
        let _ = writeln!(
            file,
            "{given},{family},{} {} Street,Hull,HU{} {}AB,GB,{year}-{month:02}-{:02},{given}.{family}@post.example",
            n % 200 + 1,
            capital(&word(n as u64 % 300 + 50_000, 2)),
            n % 19 + 1,
            n % 9 + 1,
            n % 28 + 1
        );
    }
    file
}

/// What they bought and said: `each` lines for everybody, over ten years.
pub fn touches(count: usize, each: usize) -> String {
    let mut file = String::from("who,date,kind,text\n");
    for n in 0..count {
        let (given, family) = name(n);
        for k in 0..each {
            let kind = ["purchase", "visit", "talk", "service"][(n + k) % 4];
            let (year, month, day) = (2026 - k * 10 / each.max(1), (n + k) % 10 + 1, n % 28 + 1);
            let _ = writeln!(file, "{given} {family},{year}-{month:02}-{day:02},{kind},{}", word((n * 61 + k) as u64, 3));
        }
    }
    file
}

/// So many cards of earlier years to so many people.
pub fn past(cards: usize, people: usize) -> String {
    let mut file = String::from("to,occasion,date,note\n");
    for n in 0..cards {
        let (given, family) = name(n % people);
        let year = 2025 - n / people;
        let note = note(1_000_000 + n as u64, &given);
        let _ = writeln!(file, "{given} {family},birthday,{year}-12-{:02},\"{note}\"", n % people % 28 + 1);
    }
    file
}

/// A sheet with a note for the first `count` people.
pub fn sheet(count: usize) -> String {
    let mut file = format!("# December 2026: {count} cards to write\n");
    for n in 0..count {
        let (given, family) = name(n);
        let _ =
            write!(file, "\n## {}-{} | birthday\n\n{}\n", given.to_lowercase(), family.to_lowercase(), note(n as u64, &given));
    }
    file
}

/// A shop in a folder of its own.
pub struct Shop {
    pub dir: PathBuf,
    program: PathBuf,
}

impl Shop {
    /// Makes it with this program: so many people, each with so many touches, and so many cards of earlier years. Without touches
    /// all of them have their birthday in December, for large batches; else forty, as in a shop.
    pub fn make(program: &Path, dir: &Path, count: usize, each: usize, cards: usize) -> Shop {
        let shop = Shop { dir: dir.to_owned(), program: program.to_owned() };
        let init = ["init", ".", "--name", "Long Street Shoes", "--answer", "Ring 555 0100, Mon to Sat 9 to 5"];
        fs::create_dir_all(dir).expect("a folder");
        shop.run(&init);
        for (file, text, kind) in [
            ("people.csv", people(count, if each == 0 { count } else { 40 }), &[][..]),
            ("touches.csv", touches(count, each), &["--as", "touches"][..]),
            ("past.csv", past(cards, count), &["--as", "cards"][..]),
        ] {
            if text.lines().count() > 1 {
                fs::write(dir.join(file), text).expect("a file");
                let args: Vec<&str> = ["import", file].into_iter().chain(kind.iter().copied()).collect();
                shop.run(&args);
            }
        }
        shop
    }

    /// One that was made before.
    pub fn at(program: &Path, dir: &Path) -> Shop {
        Shop { dir: dir.to_owned(), program: program.to_owned() }
    }

    /// Puts a sheet with so many notes into notes/.
    pub fn write(&self, count: usize) {
        fs::write(self.dir.join("notes/2026-12.md"), sheet(count)).expect("a sheet");
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(&self.dir).env("WETINK_TODAY", TODAY).env_remove("WETINK_SHOP");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs a verb that must do its work.
    pub fn run(&self, args: &[&str]) {
        let said = self.command(args).stderr(Stdio::piped()).output().expect("the program runs");
        assert!(said.status.success(), "wetink {}: {}", args.join(" "), String::from_utf8_lossy(&said.stderr));
    }
}
