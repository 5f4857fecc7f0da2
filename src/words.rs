//! Text as it is read: letters folded so that disguises fall off, words with the place they were typed at, sentences, stems.
//!
//! A note is compared as a person reads it on paper: case, accents, punctuation, emoji, invisible and look-alike characters
//! make no difference. Every word keeps the bytes it came from, so that a finding can be underlined in the sheet.

use std::borrow::Cow;
use std::ops::Range;

mod fold;
mod glance;
mod language;
mod lexicon;
mod met;
mod recut;
mod stem;

pub use glance::{Seen, glance};
pub use language::Language;
pub use lexicon::{AsItIs, Lexicon, OnCards, Pattern, Slot};

/// The version of the folding rule. Whoever stores anything made from folded words stores this beside it, and makes it anew
/// when the number has changed.
pub const FOLDING: u32 = 3;

/// More words than this no card can hold; what comes after is not compared word by word.
pub const MOST_WORDS: usize = 1500;

/// One word of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The bytes of the text as typed. Two words made from one (`don't`) share them.
    pub from: Range<usize>,
    at: Range<u32>,
    /// A number for the folded word.
    pub hash: u64,
    /// The same for its stem.
    pub stem: u64,
    /// The same for its shape: letters that look alike are one letter.
    pub shape: u64,
    /// Which letters are in it, a bit each: two words that differ in many bits are not one word mistyped.
    pub letters: u64,
    /// The sentence it stands in, counted from 0.
    pub sentence: usize,
    /// It was typed with a capital.
    pub capital: bool,
    /// It begins with a figure.
    pub figure: bool,
}

impl Word {
    fn new(part: &str, at: Range<u32>, from: Range<usize>, sentence: usize, capital: bool, language: Language) -> Word {
        let met::Numbers { hash, shape, stem, letters } = met::numbers(part, language);
        Word { from, at, hash, stem, shape, letters, sentence, capital, figure: part.as_bytes()[0].is_ascii_digit() }
    }

    /// Letters in the folded word, in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        (self.at.end - self.at.start) as usize
    }

    /// Never, but for the look of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }
}

/// A text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    folded: String,
    list: Vec<Word>,
    sentences: usize,
    language: Language,
    rest: u64,
}

impl Words {
    /// Reads a text; finds out by itself which language it is in, so that a note reads the same whoever it is for.
    #[must_use]
    pub fn read(text: &str) -> Words {
        Words::finish(&fold::raw(text), None)
    }

    /// Reads a text known to be in a language.
    #[must_use]
    pub fn read_as(text: &str, language: Language) -> Words {
        Words::finish(&fold::raw(text), Some(language))
    }

    fn finish(raw: &fold::Raw, known: Option<Language>) -> Words {
        let language = known.unwrap_or_else(|| Language::of(raw));
        let mut words = Words { language, rest: raw.rest, ..Words::default() };
        words.folded.reserve(raw.folded.len() + 16);
        words.list.reserve(raw.tokens.len() + 8);
        for token in &raw.tokens {
            let text = &raw.folded[token.at.clone()];
            language.parts(text, &mut |part| words.push(part, token));
        }
        words.sentences = words.list.last().map_or(0, |w| w.sentence + 1);
        words
    }

    fn push(&mut self, part: &str, token: &fold::Token) {
        if part.is_empty() || self.list.len() >= MOST_WORDS {
            self.rest = hash(part) ^ self.rest.rotate_left(5);
            return;
        }
        let start = self.folded.len() as u32;
        self.folded.push_str(part);
        let at = start..self.folded.len() as u32;
        self.list.push(Word::new(part, at, token.from.clone(), token.sentence, token.capital, self.language));
    }

    /// The words.
    #[must_use]
    pub fn all(&self) -> &[Word] {
        &self.list
    }

    /// A word's folded letters.
    #[must_use]
    pub fn text(&self, word: &Word) -> &str {
        &self.folded[word.at.start as usize..word.at.end as usize]
    }

    /// How many sentences there are.
    #[must_use]
    pub fn sentences(&self) -> usize {
        self.sentences
    }

    /// The words of one sentence.
    #[must_use]
    pub fn sentence(&self, number: usize) -> Range<usize> {
        let start = self.list.partition_point(|w| w.sentence < number);
        start..self.list.partition_point(|w| w.sentence <= number)
    }

    /// The language the note is in, as far as its small words tell.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// No word at all: white space, punctuation, emoji.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// What is left of a text beyond [`MOST_WORDS`], as a number; 0 when nothing is.
    #[must_use]
    pub fn rest(&self) -> u64 {
        self.rest
    }
}

/// A number for a word; the same on every machine and in every version of this program, since it is stored.
#[must_use]
pub fn hash(text: &str) -> u64 {
    hash_bytes(text.as_bytes())
}

fn hash_bytes(bytes: &[u8]) -> u64 {
    mixed(bytes.iter().fold(FNV, |h, b| (h ^ u64::from(*b)).wrapping_mul(PRIME)))
}

/// A number for two numbers, in this order.
#[must_use]
pub fn hash_pair(a: u64, b: u64) -> u64 {
    mixed(a.wrapping_mul(PRIME).rotate_left(23) ^ b)
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

fn mixed(mut h: u64) -> u64 {
    h ^= h >> 32;
    h = h.wrapping_mul(0x9fb2_1c65_1e98_df25);
    h ^ (h >> 29)
}

/// The hash of a word as its outline is seen; see [`outline`].
#[must_use]
pub fn outlined(word: &str) -> u64 {
    shape_hash_of(&[word])
}

/// The same for words written as one.
#[must_use]
pub fn shape_hash_of(parts: &[&str]) -> u64 {
    let mut h = FNV;
    outline(parts.iter().flat_map(|p| p.bytes()), |b| h = (h ^ u64::from(b)).wrapping_mul(PRIME));
    mixed(h)
}

/// The outline of folded letters as it is seen: `i`, `1` and `l` are one stroke, `0` is `o`, `rn` is `m`, `vv` is `w`, and a
/// letter typed twice is typed once.
pub fn outline(letters: impl Iterator<Item = u8>, mut put: impl FnMut(u8)) {
    let (mut held, mut last) = (0_u8, 0_u8);
    let mut put = |b: u8| {
        if b != 0 && b != last {
            put(b);
            last = b;
        }
    };
    for b in letters {
        let b = match b {
            b'i' | b'1' => b'l',
            b'0' => b'o',
            other => other,
        };
        held = match (held, b) {
            (b'r', b'n') => {
                put(b'm');
                0
            }
            (b'v', b'v') => {
                put(b'w');
                0
            }
            (before, b) => {
                put(before);
                b
            }
        };
    }
    put(held);
}

/// A text that may be shown on a terminal: control characters become pictures of themselves, what steers the direction of
/// writing or hides itself is left out.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c == ' ' || ('!'..='~').contains(&c) || (c.is_alphanumeric() && !fold::hidden(c))) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('\u{2421}'),
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => out.push('\u{fffd}'),
            // Emoji are joined and coloured by these two, and they do nothing else.
            '\u{200d}' | '\u{fe0f}' => out.push(c),
            _ if fold::hidden(c) => {}
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        let words = Words::read(text);
        words.all().iter().map(|w| words.text(w)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn disguises_fall_off() {
        let plain = "happy birthday ana the new puppy is not asleep";
        for text in [
            "Happy birthday, Ana! The new puppy isn't asleep.",
            "HAPPY BIRTHDAY ANA 🎉 the new puppy isn’t asleep…",
            "H\u{200b}appy birth\u{ad}day,\tAna!\nThe  new pu\u{2060}ppy is not asleep",
            "Нарру b\u{456}rthday, \u{410}na! The new puppy is not asleep",
            "ʜᴀᴘᴘʏ ʙɪʀᴛʜᴅᴀʏ, ᴀɴᴀ! ᴛʜᴇ ɴᴇᴡ ᴘᴜᴘᴘʏ ɪꜱ ɴᴏᴛ ᴀꜱʟᴇᴇᴘ",
            "Ｈａｐｐｙ 𝐛𝐢𝐫𝐭𝐡𝐝𝐚𝐲, Áná! The new puppy isn't asleep",
            "Happy birthday\u{202e}, Ana! The new puppy is not a\u{301}sleep",
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    #[test]
    fn small_numbers_and_contractions_are_spelled_out() {
        assert_eq!(
            folded("I can't wait: 42 of them, and you'll see 3"),
            "i can not wait forty two of them and you will see three"
        );
        assert_eq!(folded("your mother's tarts, it's the 61"), "your mother tarts it is the sixty one");
    }

    #[test]
    fn figures_signs_and_held_letters_are_read_as_meant() {
        assert_eq!(folded("B1rthd4y p@rty, wi$h, sooo b!rthday"), "birthday party wish so birthday");
        assert_eq!(folded("Th3 h3r0n c4m3 17"), "the heron came it");
        assert_eq!(folded("$5 at 7pm, the 3rd, A4, YO21, 17!"), "five at 7pm the 3rd a4 yo21 seventeen");
        assert_eq!(folded("Hi! 1000 and 2222"), "hi 1000 and 2222");
    }

    #[test]
    fn gaps_are_put_where_another_text_has_them() {
        let old = Words::read("Hope the puppy sleeps past six.");
        for text in
            ["H o p e t h e p u p p y s l e e p s p a s t s i x", "Hopethe puppysleeps pastsix", "HopeThePuppySleepsPastSix"]
        {
            let words = Words::read(text);
            assert!(words.scrambled(), "{text}");
            let cut = words.recut(&[&old]).unwrap();
            assert_eq!(cut.all().iter().map(|w| cut.text(w)).collect::<Vec<_>>().join(" "), "hope the puppy sleeps past six");
            assert_eq!(text[cut.all()[2].from.clone()].replace(' ', "").to_lowercase(), "puppy");
        }
        assert!(old.recut(&[&old]).is_none() && Words::read("The heron came back to the boathouse").recut(&[&old]).is_none());
        assert!(!Words::read("The heron came back to the boathouse after you left us").scrambled());
    }

    #[test]
    fn words_know_where_they_were_typed() {
        let text = "Żółty kot — «Ana»!";
        let words = Words::read(text);
        let typed: Vec<&str> = words.all().iter().map(|w| &text[w.from.clone()]).collect();
        assert_eq!(typed, ["Żółty", "kot", "Ana"]);
    }

    #[test]
    fn sentences_end_where_a_reader_pauses() {
        let words = Words::read("Dear Mrs. Petrova, you came at 7.40! Dr. Lee saw you. \"Well?\" And so on");
        let ends: Vec<usize> = (0..words.sentences()).map(|s| words.sentence(s).len()).collect();
        assert_eq!(ends, [8, 4, 1, 3]);
    }

    #[test]
    fn shapes_see_what_eyes_see() {
        assert_eq!(outlined("teil"), outlined("tell"));
        assert_eq!(outlined("modern"), outlined("modem"));
        assert_eq!(shape_hash_of(&["birth", "day"]), outlined("birthday"));
        assert_ne!(outlined("cat"), outlined("cot"));
    }

    #[test]
    fn other_scripts_are_left_as_they_are() {
        assert_eq!(folded("С днём рождения, Ольга!"), "с днем рождения ольга");
        assert_eq!(Words::read("誕生日おめでとう").all().len(), 8);
        assert_eq!(Words::read("Χρόνια πολλά, Ελένη").language(), Language::Other);
    }

    #[test]
    fn stems_join_forms_of_a_word() {
        let stem = |l: Language, w: &str| Words::read_as(w, l).all()[0].stem;
        for (l, a, b) in [
            (Language::English, "admires", "admiring"),
            (Language::English, "stopped", "stop"),
            (Language::English, "puppies", "puppy"),
            (Language::German, "kleinen", "kleines"),
            (Language::French, "belles", "belle"),
            (Language::Spanish, "zapatos", "zapato"),
            (Language::Polish, "kotami", "kotów"),
        ] {
            assert_eq!(stem(l, a), stem(l, b), "{a} {b}");
        }
    }

    #[test]
    fn shown_is_safe() {
        assert_eq!(shown("Ana\u{1b}[31m\u{202e}\u{0}\nB"), "Ana␛[31m␀␊B");
        assert_eq!(shown("Zoë 👩\u{200d}🚀"), "Zoë 👩\u{200d}🚀");
    }

    #[test]
    fn any_length_is_read_in_bounds() {
        let long = "word ".repeat(100_000);
        assert_eq!(Words::read(&long).all().len(), MOST_WORDS);
        assert_ne!(Words::read(&long).rest(), Words::read(&long[5..]).rest());
    }
}
