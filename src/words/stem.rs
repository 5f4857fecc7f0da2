//! Light stems: enough that the forms of a word meet, little enough that two words don't.

use super::{Language, outlined};

/// Longest first. Words are folded, so accents are gone.
const GERMAN: &[&str] = &["ern", "est", "em", "en", "er", "es", "et", "st", "te", "e", "n", "s", "t"];
const FRENCH: &[&str] = &[
    "issions", "aient", "erons", "eront", "ement", "ions", "ment", "ante", "ants", "ees", "ait", "ais", "ant", "ent", "ons",
    "era", "iez", "ez", "er", "ir", "es", "ee", "is", "it", "s", "x", "e", "i",
];
const SPANISH: &[&str] = &[
    "abamos", "ieron", "iendo", "amos", "emos", "imos", "aron", "ando", "aban", "adas", "ados", "idas", "idos", "aste", "iste",
    "aba", "ada", "ado", "ida", "ido", "ar", "er", "ir", "an", "en", "as", "os", "es", "io", "a", "o", "e", "s",
];
const POLISH: &[&str] = &[
    "iesz", "iami", "iach", "owie", "alem", "alam", "ilem", "ilam", "ylem", "ylam", "ami", "ach", "owi", "ego", "emu", "ymi",
    "imi", "ych", "ich", "iem", "iej", "ala", "ali", "aly", "yla", "yli", "yly", "ila", "ili", "ily", "esz", "asz", "isz", "ysz",
    "amy", "emy", "imy", "ymy", "cie", "ow", "em", "om", "am", "ie", "ia", "io", "iu", "ej", "al", "yl", "il", "ac", "ic", "yc",
    "ec", "y", "i", "a", "e", "o", "u",
];

/// A word without its ending.
pub(super) fn stripped(word: &str, language: Language) -> &str {
    let (endings, least) = match language {
        Language::German => (GERMAN, 4),
        Language::French => (FRENCH, 3),
        Language::Spanish => (SPANISH, 3),
        Language::Polish => (POLISH, 3),
        Language::English | Language::Other => return word,
    };
    let once =
        |word: &'_ str| endings.iter().find(|e| word.ends_with(**e) && word.len() - e.len() >= least).map_or(0, |e| e.len());
    let short = &word[..word.len() - once(word)];
    if language == Language::German { &short[..short.len() - once(short)] } else { short }
}

/// The number of an English word's stem, by its outline.
pub(super) fn english(word: &str) -> u64 {
    let mut stem = [0_u8; 24];
    let bytes = word.as_bytes();
    if bytes.len() > stem.len() {
        return outlined(word);
    }
    stem[..bytes.len()].copy_from_slice(bytes);
    let mut n = bytes.len();
    let ends = |stem: &[u8; 24], n: usize, end: &str| n > end.len() && stem[..n].ends_with(end.as_bytes());
    let vowel = |stem: &[u8]| stem.iter().any(|b| b"aeiouy".contains(b));
    // The last letter tells at once which endings can't be there.
    if stem[n - 1] == b's' {
        if n > 4 && ["ies", "sses", "shes", "ches", "xes", "zes"].iter().any(|e| ends(&stem, n, e)) {
            n -= 2;
        } else if n > 3 && !["ss", "us", "is"].iter().any(|e| ends(&stem, n, e)) {
            n -= 1;
        }
    }
    let cut = match stem[n - 1] {
        b'g' if ends(&stem, n, "ing") && n >= 6 && vowel(&stem[..n - 3]) => 3,
        b'd' if ends(&stem, n, "ied") && n >= 5 => {
            stem[n - 3] = b'i';
            2
        }
        b'd' if ends(&stem, n, "ed") && n >= 5 && vowel(&stem[..n - 2]) => 2,
        b'y' if ends(&stem, n, "ly") && n >= 6 => 2,
        _ => 0,
    };
    n -= cut;
    if cut > 0 && n > 3 && stem[n - 1] == stem[n - 2] && !b"lszaeiou".contains(&stem[n - 1]) {
        n -= 1;
    }
    if n >= 4 && stem[n - 1] == b'e' {
        n -= 1;
    }
    if n >= 3 && stem[n - 1] == b'y' {
        stem[n - 1] = b'i';
    }
    // Only ASCII went in, so what is left is text.
    std::str::from_utf8(&stem[..n]).map_or_else(|_| outlined(word), outlined)
}
