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

/// From so many letters on a word is known in all its forms.
const LONG: usize = 5;

/// A phrase that is nobody's own: `happy birthday (to you) @`.
pub type Pattern = Vec<Slot>;

/// How greeting cards use a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnCards {
    /// Nobody but cards talks so, and who writes one: `joy`, `wishes`.
    Wish,
    /// A thing that verses are made of: `candle`, `rainbow`.
    Verse,
    /// It tells nothing in a wish, and little elsewhere: `chance`, `together`.
    Vague,
}

/// The lists of one language.
#[derive(Debug, Default)]
pub struct Lexicon {
    function: Numbers,
    clause: Numbers,
    kin: Numbers,
    whose: Numbers,
    definite: Numbers,
    spoken: Numbers,
    third: Numbers,
    everyday: Numbers,
    greeting: Numbers,
    verse: Numbers,
    vague: Numbers,
    things: Numbers,
    did: Numbers,
    on_cards: ByNumber<OnCards>,
    wishing: Vec<Vec<u64>>,
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
static FAMILIAR: OnceLock<ByNumber<u8>> = OnceLock::new();

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
        languages_of(&SMALL, word, |lexicon| vec![&lexicon.function])
    }

    /// Which languages have this as a word of every day or of greeting cards.
    pub(super) fn familiar_words(word: u64) -> u8 {
        languages_of(&FAMILIAR, word, |l| vec![&l.everyday, &l.greeting, &l.verse, &l.vague, &l.did])
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
        let mut on_cards: Vec<(&str, OnCards)> = Vec::new();
        for line in source.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name;
                continue;
            }
            let into = match section {
                "function" => &mut lexicon.function,
                "clause" => &mut lexicon.clause,
                "kin" => &mut lexicon.kin,
                "whose" => &mut lexicon.whose,
                "definite" => &mut lexicon.definite,
                "spoken" => &mut lexicon.spoken,
                "third" => &mut lexicon.third,
                "everyday" => &mut lexicon.everyday,
                "greeting" => {
                    on_cards.extend(line.split_whitespace().map(|w| (w, OnCards::Wish)));
                    &mut lexicon.greeting
                }
                "verse" => {
                    on_cards.extend(line.split_whitespace().map(|w| (w, OnCards::Verse)));
                    &mut lexicon.verse
                }
                "vague" => {
                    on_cards.extend(line.split_whitespace().map(|w| (w, OnCards::Vague)));
                    &mut lexicon.vague
                }
                "things" => &mut lexicon.things,
                "did" => &mut lexicon.did,
                "wishing" if phrases => {
                    lexicon.wishing.extend(line.split('|').map(|opening| numbers(opening, language)));
                    continue;
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
            // What a stem is to cards, the first list that has it says.
            for (word, kind) in on_cards.into_iter().filter(|(w, _)| w.len() >= LONG) {
                lexicon.on_cards.entry(language.stem_hash(word, super::outlined(word))).or_insert(kind);
            }
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

    /// Whose somebody is who is named behind: `our baker, Tom`.
    #[must_use]
    pub fn is_whose(&self, word: u64) -> bool {
        self.whose.contains(&word)
    }

    /// Says that one definite thing or person is meant: `the`, `your`.
    #[must_use]
    pub fn is_definite(&self, word: u64) -> bool {
        self.definite.contains(&word)
    }

    /// Stands for who is spoken to: a name right behind it is theirs, `how are you Tom?`.
    #[must_use]
    pub fn is_spoken(&self, word: u64) -> bool {
        self.spoken.contains(&word)
    }

    /// A name behind it is somebody's who is spoken of: `thanks to Tom`.
    #[must_use]
    pub fn is_third(&self, word: u64) -> bool {
        self.third.contains(&word)
    }

    /// A word of every day: `time`, `house`, `said`.
    #[must_use]
    pub fn is_everyday(&self, word: u64) -> bool {
        self.everyday.contains(&word)
    }

    /// A word of greeting cards, in whatever way they use it: `joy`, `candle`, `together`.
    #[must_use]
    pub fn is_greeting(&self, word: u64) -> bool {
        self.on_cards(word, 0, 0).is_some()
    }

    /// How cards use a word of so many letters. A short one only in this form: by its outline and its stem it looks like too
    /// many others (`hey` like `heel`, `hops` like `hoping`).
    #[must_use]
    pub fn on_cards(&self, word: u64, stem: u64, letters: usize) -> Option<OnCards> {
        if self.greeting.contains(&word) {
            Some(OnCards::Wish)
        } else if self.verse.contains(&word) {
            Some(OnCards::Verse)
        } else if self.vague.contains(&word) {
            Some(OnCards::Vague)
        } else if letters >= LONG {
            self.on_cards.get(&stem).copied()
        } else {
            None
        }
    }

    /// A thing of every day that tells as much as any other: `door`, `photo`.
    #[must_use]
    pub fn is_thing(&self, word: u64) -> bool {
        self.things.contains(&word)
    }

    /// What somebody did: `brought`, `asked`.
    #[must_use]
    pub fn is_deed(&self, word: u64) -> bool {
        self.did.contains(&word)
    }

    /// How a sentence begins that wishes and says nothing else: `may`.
    #[must_use]
    pub fn wishing(&self) -> &[Vec<u64>] {
        &self.wishing
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

fn languages_of(kept: &OnceLock<ByNumber<u8>>, word: u64, lists: impl Fn(&'static Lexicon) -> Vec<&'static Numbers>) -> u8 {
    let all = kept.get_or_init(|| {
        let mut all = ByNumber::<u8>::default();
        for n in 0..KNOWN.len() {
            for word in lists(Lexicon::bare(n)).into_iter().flatten() {
                *all.entry(*word).or_default() |= 1 << n;
            }
        }
        all
    });
    all.get(&word).copied().unwrap_or(0)
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
