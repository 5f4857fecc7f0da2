//! What a language brings: its small words, its everyday words, the wording of greeting cards, and what anybody may say.
//!
//! The lists are data, one file a language, in `src/echo/words/`.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use super::language::KNOWN;
use super::{Language, Words, hash};

/// A hasher for numbers that are hashes already.
#[derive(Clone, Copy, Default)]
pub struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

type Numbers = HashSet<u64, BuildHasherDefault<AsItIs>>;
type ByNumber<T> = HashMap<u64, T, BuildHasherDefault<AsItIs>>;

/// One place in a commonplace: the wordings that may stand there. An empty one means the place may be left out.
#[derive(Clone, Debug, Default)]
pub struct Slot {
    /// Each a row of words' numbers.
    pub wordings: Vec<Vec<u64>>,
    /// The recipient's name may stand here.
    pub name: bool,
    /// The place may be left out.
    pub optional: bool,
}

/// A phrase that is nobody's own: `happy birthday (to you) @`.
pub type Pattern = Vec<Slot>;

/// The lists of one language.
#[derive(Debug, Default)]
pub struct Lexicon {
    function: Numbers,
    clause: Numbers,
    kin: Numbers,
    everyday: Numbers,
    greeting: Numbers,
    greeting_stems: Numbers,
    titles: Numbers,
    numbers: Vec<String>,
    hails: Vec<Vec<u64>>,
    sales: Vec<Vec<u64>>,
    patterns: Vec<Pattern>,
    starts: ByNumber<Vec<usize>>,
}

const SOURCES: [(Language, &str); 5] = [
    (Language::English, include_str!("../echo/words/en.txt")),
    (Language::German, include_str!("../echo/words/de.txt")),
    (Language::French, include_str!("../echo/words/fr.txt")),
    (Language::Spanish, include_str!("../echo/words/es.txt")),
    (Language::Polish, include_str!("../echo/words/pl.txt")),
];

static BARE: [OnceLock<Lexicon>; 5] = [const { OnceLock::new() }; 5];
static WHOLE: [OnceLock<Lexicon>; 5] = [const { OnceLock::new() }; 5];
static NONE: OnceLock<Lexicon> = OnceLock::new();
static SMALL: OnceLock<ByNumber<u8>> = OnceLock::new();

impl Lexicon {
    /// The lists of a language; empty ones for a language we have none for.
    pub(super) fn of(language: Language) -> &'static Lexicon {
        match KNOWN.iter().position(|l| *l == language) {
            Some(n) => WHOLE[n].get_or_init(|| Lexicon::parse(n, true)),
            None => NONE.get_or_init(Lexicon::default),
        }
    }

    /// Which languages have this as a small word: bit n for the n-th.
    pub(super) fn small_words(word: u64) -> u8 {
        let all = SMALL.get_or_init(|| {
            let mut all = ByNumber::<u8>::default();
            for n in 0..KNOWN.len() {
                for word in &Lexicon::bare(n).function {
                    *all.entry(*word).or_default() |= 1 << n;
                }
            }
            all
        });
        all.get(&word).copied().unwrap_or(0)
    }

    /// The names of the small numbers, from nought.
    pub(super) fn numbers_of(language: Language) -> &'static [String] {
        KNOWN.iter().position(|l| *l == language).map_or(&[], |n| &Lexicon::bare(n).numbers)
    }

    /// Single words only: reading a phrase needs them already.
    fn bare(n: usize) -> &'static Lexicon {
        BARE[n].get_or_init(|| Lexicon::parse(n, false))
    }

    fn parse(n: usize, phrases: bool) -> Lexicon {
        let (language, source) = SOURCES[n];
        let mut lexicon = Lexicon::default();
        let mut section = "";
        let mut greeting: Vec<&str> = Vec::new();
        for line in source.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name;
                continue;
            }
            let into = match section {
                "function" => &mut lexicon.function,
                "clause" => &mut lexicon.clause,
                "kin" => &mut lexicon.kin,
                "everyday" => &mut lexicon.everyday,
                "greeting" => {
                    greeting.extend(line.split_whitespace());
                    &mut lexicon.greeting
                }
                "titles" => &mut lexicon.titles,
                "numbers" => {
                    lexicon.numbers.extend(line.split_whitespace().map(str::to_owned));
                    continue;
                }
                "hail" if phrases => {
                    lexicon.hails.extend(line.split('|').map(|hail| numbers(hail, language)));
                    continue;
                }
                "sales" if phrases => {
                    lexicon.sales.extend(line.split('|').map(|phrase| numbers(phrase, language)).filter(|p| !p.is_empty()));
                    continue;
                }
                "commonplaces" if phrases => {
                    lexicon.patterns.push(pattern(line, language));
                    continue;
                }
                _ => continue,
            };
            into.extend(line.split_whitespace().map(hash));
        }
        if phrases {
            // Of short words the stem looks like others: what `hey` ends in is the stroke that `heel` ends in.
            let long = greeting.iter().filter(|w| w.len() > 4);
            lexicon.greeting_stems = long.map(|w| language.stem_hash(w, super::shape_hash(w))).collect();
        }
        lexicon.hails.sort_by_key(|h| std::cmp::Reverse(h.len()));
        for (n, pattern) in lexicon.patterns.iter().enumerate() {
            for slot in pattern {
                for first in slot.wordings.iter().filter_map(|w| w.first()) {
                    let at = lexicon.starts.entry(*first).or_default();
                    if at.last() != Some(&n) {
                        at.push(n);
                    }
                }
                if !slot.optional {
                    break;
                }
            }
        }
        lexicon
    }

    /// A small word: `the`, `and`, `would`.
    #[must_use]
    pub fn is_function(&self, word: u64) -> bool {
        self.function.contains(&word)
    }

    /// A small word that makes a sentence, rather than belonging to a thing: `is`, `you`, `not`.
    #[must_use]
    pub fn is_clause(&self, word: u64) -> bool {
        self.clause.contains(&word)
    }

    /// Who may be named behind a comma: `your husband, Tom`.
    #[must_use]
    pub fn is_kin(&self, word: u64) -> bool {
        self.kin.contains(&word)
    }

    /// A word of every day: `time`, `house`, `said`.
    #[must_use]
    pub fn is_everyday(&self, word: u64) -> bool {
        self.everyday.contains(&word)
    }

    /// A word of greeting cards: `joy`, `wishes`, `special`.
    #[must_use]
    pub fn is_greeting(&self, word: u64) -> bool {
        self.greeting.contains(&word)
    }

    /// The same in any of its forms, by its stem.
    #[must_use]
    pub fn is_greeting_stem(&self, stem: u64) -> bool {
        self.greeting_stems.contains(&stem)
    }

    /// `Mrs`, `Dr`: part of how somebody is called.
    #[must_use]
    pub fn is_title(&self, word: u64) -> bool {
        self.titles.contains(&word)
    }

    /// What a name follows when somebody is greeted, longest first.
    #[must_use]
    pub fn hails(&self) -> &[Vec<u64>] {
        &self.hails
    }

    /// What offers sound like.
    #[must_use]
    pub fn sales(&self) -> &[Vec<u64>] {
        &self.sales
    }

    /// The phrases that may begin with this word.
    pub fn phrases_from(&self, word: u64) -> impl Iterator<Item = &Pattern> {
        self.starts.get(&word).into_iter().flatten().map(|n| &self.patterns[*n])
    }
}

fn numbers(text: &str, language: Language) -> Vec<u64> {
    Words::read_as(text, language).all().iter().map(|w| w.hash).collect()
}

/// `word`, `(a|b c|)`, `@`, `(@|)`.
fn pattern(line: &str, language: Language) -> Pattern {
    let mut slots = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (inside, after) = match rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            Some(found) => found,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let mut slot = Slot::default();
        for wording in inside.split('|') {
            match wording.trim() {
                "" => slot.optional = true,
                "@" => slot.name = true,
                words => {
                    let row = numbers(words, language);
                    if !row.is_empty() {
                        slot.wordings.push(row);
                    }
                }
            }
        }
        slot.wordings.sort_by_key(|w| std::cmp::Reverse(w.len()));
        slots.push(slot);
        rest = after.trim_start();
    }
    slots
}
