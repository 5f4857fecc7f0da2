//! Five languages known by their small words, and what each does to a word: contractions, small numbers, stems.

use std::collections::HashSet;
use std::sync::OnceLock;

use super::fold::Raw;
use super::lexicon::Lexicon;
use super::{hash_bytes, outlined, stem};

/// The language a note is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Polish.
    Polish,
    /// Any other: folded and compared, without stems or lists.
    Other,
}

/// Those with lists of their own.
pub(super) const KNOWN: [Language; 5] =
    [Language::English, Language::German, Language::French, Language::Spanish, Language::Polish];

const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/// English words run together without their apostrophe.
const RUN_TOGETHER: [(&str, &str); 24] = [
    ("arent", "are"),
    ("cannot", "can"),
    ("cant", "can"),
    ("couldnt", "could"),
    ("didnt", "did"),
    ("doesnt", "does"),
    ("dont", "do"),
    ("hadnt", "had"),
    ("hasnt", "has"),
    ("havent", "have"),
    ("isnt", "is"),
    ("shouldnt", "should"),
    ("wasnt", "was"),
    ("werent", "were"),
    ("wont", "will"),
    ("wouldnt", "would"),
    ("im", "i am"),
    ("ive", "i have"),
    ("theyre", "they are"),
    ("thats", "that is"),
    ("whats", "what is"),
    ("youre", "you are"),
    ("youve", "you have"),
    ("youll", "you will"),
];

impl Language {
    /// By its two letters, `de`; also `de-AT`.
    #[must_use]
    pub fn by_code(code: &str) -> Language {
        let code = code.trim().to_ascii_lowercase();
        match code.split(['-', '_']).next().unwrap_or_default() {
            "" | "en" => Language::English,
            "de" => Language::German,
            "fr" => Language::French,
            "es" => Language::Spanish,
            "pl" => Language::Polish,
            _ => Language::Other,
        }
    }

    /// Its lists of words.
    #[must_use]
    pub fn lexicon(self) -> &'static Lexicon {
        Lexicon::of(self)
    }

    /// The language most of the small words belong to. A note too short to tell is taken for English, which is also where
    /// proper names and single nouns end up; that does no harm, since both sides of a comparison are read alike.
    pub(super) fn of(raw: &Raw) -> Language {
        if !raw.latin {
            return Language::Other;
        }
        let mut parts: Vec<u64> = Vec::with_capacity(raw.tokens.len() + 8);
        for token in &raw.tokens {
            parts.extend(raw.folded.as_bytes()[token.at.clone()].split(|b| *b == b'\'').map(hash_bytes));
        }
        let seen = parts.len();
        let count = |languages: fn(u64) -> u8| {
            let mut counts = [0_usize; KNOWN.len()];
            for bits in parts.iter().map(|part| languages(*part)).filter(|bits| *bits != 0) {
                for (n, count) in counts.iter_mut().enumerate() {
                    *count += usize::from(bits >> n & 1);
                }
            }
            counts
        };
        let counts = count(Lexicon::small_words);
        let most = counts.iter().max().copied().unwrap_or(0);
        let mut best = counts.iter().position(|c| *c == most).unwrap_or(0);
        if counts.iter().filter(|c| **c == most).count() > 1 {
            // `Que se le un` are small words of two languages; what else is in the note tells which is meant.
            let familiar = count(Lexicon::familiar_words);
            for n in (0..KNOWN.len()).filter(|n| counts[*n] == most) {
                if familiar[n] > familiar[best] {
                    best = n;
                }
            }
        }
        if most * 8 < seen && seen >= 8 { Language::Other } else { KNOWN[best] }
    }

    /// A number in words, a day of the week or a month.
    #[must_use]
    pub fn is_number_or_day(self, word: &str) -> bool {
        static KNOWN: [OnceLock<HashSet<String>>; 6] = [const { OnceLock::new() }; 6];
        KNOWN[self as usize].get_or_init(|| self.numbers_and_days()).contains(word)
    }

    fn numbers_and_days(self) -> HashSet<String> {
        let days = match self {
            Language::English => {
                "monday tuesday wednesday thursday friday saturday sunday january february march april june july august
                september october november december sixtieth fiftieth fortieth thirtieth twentieth seventieth eightieth ninetieth"
            }
            Language::German => {
                "montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar marz april mai juni juli august
                september oktober november dezember"
            }
            Language::French => {
                "lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout
                septembre octobre novembre decembre"
            }
            Language::Spanish => {
                "lunes martes miercoles jueves viernes sabado domingo enero febrero marzo abril mayo junio julio agosto
                septiembre octubre noviembre diciembre"
            }
            Language::Polish => {
                "poniedzialek wtorek sroda czwartek piatek sobota niedziela stycznia lutego marca kwietnia maja czerwca
                lipca sierpnia wrzesnia pazdziernika listopada grudnia"
            }
            Language::Other => "",
        };
        let tens = if self == Language::English { &TENS[..] } else { &[] };
        let words = days.split_whitespace().chain(tens.iter().copied()).map(str::to_owned);
        words.chain(Lexicon::numbers_of(self).iter().cloned()).collect()
    }

    /// Judged by its ending, a word for a feeling, a manner or a doing rather than for a thing: `thoughtfulness`, `sparkling`.
    #[must_use]
    pub fn is_no_thing(self, word: &str) -> bool {
        let endings = match self {
            Language::English => {
                "ness fully ously ingly edly ally ably tion tions sion sions ment ments ance ence ity ities ship ships hood ful
                less ous ive able ible ing ings ed ly ism istic iest"
            }
            Language::German => {
                "heit keit lich liche lichen licher lichem liches ig ige igen iger iges voll volle vollen
                voller sam same samen bar bare baren los lose losen ieren iert isch ische ischen"
            }
            Language::French => {
                "ment ments tion tions sion sions ance ances ence ences ite ites eux euse euses able ables ible ibles ant ante
                ants antes issez issons issant esse esses tude ude"
            }
            Language::Spanish => {
                "mente cion ciones sion siones dad dades tad tades anza anzas encia encias ancia ancias oso osa osos osas able
                ables ible ibles ando iendo amos emos imos tud"
            }
            Language::Polish => "osc osci oscia enia enie anie ania aniu eniem aniem cie stwo stwa ego ych ymi nego nych",
            Language::Other => "",
        };
        word.len() >= 6 && endings.split_whitespace().any(|e| word.len() >= e.len() + 3 && word.ends_with(e))
    }

    /// Whether these two words are somebody and what they did, to judge by its ending, or still do: `you juggled`, `we still`.
    #[must_use]
    pub fn is_deed(self, who: &str, did: &str) -> bool {
        self == Language::English
            && ["i", "we", "you", "he", "she", "they"].contains(&who)
            && (did == "still" || did.len() >= 5 && did.ends_with("ed"))
    }

    /// The word or words a typed word stands for.
    pub(super) fn parts(self, word: &str, put: &mut dyn FnMut(&str)) {
        if word == "&" {
            return put(match self {
                Language::German => "und",
                Language::French => "et",
                Language::Spanish => "y",
                Language::Polish => "i",
                Language::English | Language::Other => "and",
            });
        }
        if word.len() <= 3 && word.as_bytes()[0].is_ascii_digit() {
            return self.number(word, put);
        }
        if self != Language::English {
            return word.split('\'').filter(|p| !p.is_empty()).for_each(put);
        }
        if let Some(at) = word.bytes().rposition(|b| b == b'\'') {
            return english_apostrophe(&word[..at], &word[at + 1..], put);
        }
        let may_be = word.ends_with(['t', 'm', 'e', 's', 'l']);
        match RUN_TOGETHER.iter().find(|(w, _)| may_be && *w == word) {
            Some((_, two)) if two.contains(' ') => two.split(' ').for_each(put),
            Some((_, verb)) => {
                put(verb);
                put("not");
            }
            None => put(word),
        }
    }

    fn number(self, word: &str, put: &mut dyn FnMut(&str)) {
        // Not the whole lexicon: reading its phrases comes through here.
        let names = Lexicon::numbers_of(self);
        match word.parse::<usize>() {
            Ok(n) if n < names.len() => put(&names[n]),
            Ok(n) if self == Language::English && n < 100 => {
                put(TENS[n / 10 - 2]);
                if n % 10 != 0 {
                    put(&names[n % 10]);
                }
            }
            _ => put(word),
        }
    }

    /// The number of a folded word's stem by its outline; `own` is the number of the whole word's.
    #[must_use]
    pub fn stem_hash(self, word: &str, own: u64) -> u64 {
        if word.len() < 3 || !word.is_ascii() {
            return own;
        }
        match self {
            Language::Other => own,
            Language::English => stem::english(word),
            _ => outlined(stem::stripped(word, self)),
        }
    }
}

fn english_apostrophe(base: &str, end: &str, put: &mut dyn FnMut(&str)) {
    let base_parts = |put: &mut dyn FnMut(&str)| base.split('\'').filter(|p| !p.is_empty()).for_each(put);
    match end {
        "t" if base.ends_with('n') => {
            put(match base {
                "can" => "can",
                "won" => "will",
                "shan" => "shall",
                "ain" => "is",
                _ => base[..base.len() - 1].rsplit('\'').next().unwrap_or_default(),
            });
            put("not");
        }
        "s" => {
            base_parts(put);
            match base {
                "let" => put("us"),
                "it" | "that" | "he" | "she" | "what" | "there" | "here" | "who" | "how" | "where" | "this" => put("is"),
                _ => {}
            }
        }
        _ => {
            base_parts(put);
            put(match end {
                "m" => "am",
                "re" => "are",
                "ve" => "have",
                "ll" => "will",
                "d" => "would",
                other => other,
            });
        }
    }
}
