//! Folding letters: from what was typed to what is read on paper.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

/// Words as they stand between spaces, folded, before a language has had its say.
pub(super) struct Raw {
    pub folded: String,
    pub tokens: Vec<Token>,
    pub latin: bool,
    pub rest: u64,
}

/// One of them.
pub(super) struct Token {
    /// Bytes as typed.
    pub from: Range<usize>,
    /// Bytes in the folded text; an apostrophe inside the word is still there.
    pub at: Range<usize>,
    pub sentence: usize,
    pub capital: bool,
}

/// What a character does to the word it stands in.
pub(super) enum Does {
    Belongs,
    Vanishes,
    Parts,
    /// Every sign is a word, as in Chinese.
    Alone,
}

/// Dots after these end no sentence.
const SHORT: [&str; 23] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "rev", "no", "hr", "fr", "frl", "mme", "mlle", "sra", "srta", "ud",
    "uds", "bzw", "nr", "ul",
];

/// Reads all words of a text; of a very long one only the beginning, the rest becomes a number.
pub(super) fn raw(text: &str) -> Raw {
    let latin = mostly_latin(text);
    let mut raw = Raw { folded: String::with_capacity(text.len()), tokens: Vec::with_capacity(text.len() / 5), latin, rest: 0 };
    let mut word: Option<(usize, usize, bool)> = None;
    let mut end = 0;
    let mut sentence = 0;
    // A sentence has ended when a stop is followed by white space; and an apostrophe belongs when a letter follows.
    let (mut stopped, mut breaks, mut apostrophe, mut newline) = (false, false, false, false);
    for (at, c) in text.char_indices() {
        if raw.tokens.len() >= super::MOST_WORDS {
            raw.rest = super::hash(&text[at..]);
            break;
        }
        if c.is_ascii_alphanumeric() && word.is_some() && !apostrophe {
            // What nearly every character is: the next of a word.
            raw.folded.push(c.to_ascii_lowercase());
            (end, newline) = (at + 1, false);
            continue;
        }
        let before = raw.folded.len();
        let does = fold(c, latin, &mut raw.folded);
        match does {
            Does::Vanishes => {}
            Does::Belongs | Does::Alone => {
                if apostrophe && word.is_some() {
                    let tail = raw.folded.split_off(before);
                    raw.folded.push('\'');
                    raw.folded.push_str(&tail);
                }
                apostrophe = false;
                newline = false;
                if matches!(does, Does::Alone)
                    && let Some((from, start, capital)) = word.take()
                {
                    raw.tokens.push(Token { from: from..end, at: start..before, sentence, capital });
                }
                if word.is_none() {
                    if breaks && !raw.tokens.is_empty() {
                        sentence += 1;
                    }
                    (stopped, breaks) = (false, false);
                    word = Some((at, before, c.is_uppercase()));
                }
                end = at + c.len_utf8();
                if matches!(does, Does::Alone)
                    && let Some((from, start, capital)) = word.take()
                {
                    raw.tokens.push(Token { from: from..end, at: start..raw.folded.len(), sentence, capital });
                }
            }
            Does::Parts => {
                if let Some(letter) = stands_for(c, &text[..at], &text[at + c.len_utf8()..]) {
                    raw.folded.push(letter);
                    end = at + c.len_utf8();
                    (apostrophe, newline) = (false, false);
                    if word.is_none() {
                        sentence += usize::from(breaks && !raw.tokens.is_empty());
                        (stopped, breaks) = (false, false);
                        word = Some((at, before, false));
                    }
                    continue;
                }
                if matches!(c, '\'' | '’' | '‘' | 'ʼ' | '´' | '`') && word.is_some() && !apostrophe {
                    apostrophe = true;
                    continue;
                }
                if let Some((from, start, capital)) = word.take() {
                    raw.tokens.push(Token { from: from..end, at: start..before, sentence, capital });
                }
                apostrophe = false;
                match c {
                    '.' => stopped = stopped || !ends_short(&raw),
                    '!' | '?' | '…' | '‽' | '。' | '！' | '？' => stopped = true,
                    '\n' => {
                        breaks = breaks || stopped || newline;
                        newline = true;
                    }
                    c if c.is_whitespace() => breaks = breaks || stopped,
                    '&' => raw.push_and(at, sentence),
                    // A quotation begins a sentence of its own, unless somebody is said to say it.
                    '"' | '“' | '„' | '«' => breaks = breaks || quotes(text, at, c),
                    _ => {}
                }
            }
        }
    }
    if let Some((from, start, capital)) = word {
        raw.tokens.push(Token { from: from..end, at: start..raw.folded.len(), sentence, capital });
    }
    raw.spell_out();
    raw
}

impl Raw {
    /// Words typed with figures for letters, or with a letter held down, become the words they are read as.
    fn spell_out(&mut self) {
        let odd = self.tokens.iter().filter(|t| disguised(self.folded[t.at.clone()].as_bytes())).count();
        if odd == 0 {
            return;
        }
        // Where it is a habit, the short words are typed so as well: `17` is `it`.
        let habit = odd >= 3 && odd * 5 >= self.tokens.len();
        let mut plain = String::with_capacity(self.folded.len());
        for token in &mut self.tokens {
            let (word, start) = (&self.folded[token.at.clone()], plain.len());
            let any_figure = habit && word.bytes().any(|b| b.is_ascii_digit());
            if any_figure || disguised(word.as_bytes()) {
                let figures = any_figure || figures_for_letters(word.as_bytes());
                let letters: Vec<char> = word.chars().map(|c| if figures { letter_for(c) } else { c }).collect();
                for run in letters.chunk_by(|a, b| a == b) {
                    // Held down, once is enough; figures are meant as often as they stand there.
                    let most = if run.len() > 2 && !run[0].is_ascii_digit() { 1 } else { run.len() };
                    plain.extend(&run[..most]);
                }
            } else {
                plain.push_str(word);
            }
            token.at = start..plain.len();
        }
        self.folded = plain;
    }

    fn push_and(&mut self, at: usize, sentence: usize) {
        let start = self.folded.len();
        self.folded.push('&');
        self.tokens.push(Token { from: at..at + 1, at: start..start + 1, sentence, capital: false });
    }
}

/// Whether a word is not typed as it is read.
fn disguised(word: &[u8]) -> bool {
    figures_for_letters(word) || word.windows(3).any(|w| w[0] == w[1] && w[1] == w[2] && w[0].is_ascii_lowercase())
}

/// Whether figures stand for letters: `b1rthd4y`. Sizes, ordinals and names of roads (`3rd`, `10pm`, `A4`) stay what they are.
fn figures_for_letters(word: &[u8]) -> bool {
    let figures = word.iter().filter(|b| b.is_ascii_digit()).count();
    if figures == 0 {
        return false;
    }
    let letters = word.iter().filter(|b| b.is_ascii_lowercase()).count();
    let first = word.iter().take_while(|b| b.is_ascii_digit()).count();
    letters >= figures.max(2)
        && figures + letters == word.len()
        && (first == 0 || first == 1 && letters >= 3)
        && word.iter().all(|b| !matches!(b, b'2' | b'6' | b'9'))
}

fn letter_for(figure: char) -> char {
    match figure {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' => 'b',
        other => other,
    }
}

/// The letter a sign is typed for inside a word: `p@rty`, `wi$h`, `b!rthday`.
fn stands_for(c: char, before: &str, after: &str) -> Option<char> {
    let letter = match c {
        '@' => 'a',
        '$' => 's',
        '!' | '|' => 'i',
        _ => return None,
    };
    let (last, next) = (before.chars().next_back(), after.chars().next());
    let small = |c: Option<char>| c.is_some_and(char::is_lowercase);
    let sign = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || matches!(c, '@' | '$'));
    let inside = match c {
        '!' | '|' => small(last) && small(next),
        // `$5` and `5$` are money, `$oon` is soon.
        '$' => sign(last) || sign(next) && !last.is_some_and(|c| c.is_ascii_digit()),
        _ => {
            sign(next)
                || last.is_none_or(char::is_whitespace) && next.is_some_and(|c| c.is_ascii_whitespace() || c.is_ascii_digit())
                || sign(last) && next.is_some_and(|c| c.is_ascii_digit())
        }
    };
    inside.then_some(letter)
}

fn ends_short(raw: &Raw) -> bool {
    raw.tokens.last().is_some_and(|t| {
        let word = &raw.folded[t.at.clone()];
        (word.len() == 1 && !word.as_bytes()[0].is_ascii_digit()) || SHORT.contains(&word)
    })
}

/// Whether a quotation begins here.
fn quotes(text: &str, at: usize, mark: char) -> bool {
    let before = &text[..at];
    let spaced = before.ends_with(char::is_whitespace) && !before.trim_end().ends_with([',', ':', '-', '–', '—']);
    spaced && text[at + mark.len_utf8()..].starts_with(char::is_uppercase)
}

/// Folds one character onto the end of `out`.
pub(super) fn fold(c: char, latin: bool, out: &mut String) -> Does {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_lowercase());
            return Does::Belongs;
        }
        return if c.is_ascii_control() && !c.is_ascii_whitespace() { Does::Vanishes } else { Does::Parts };
    }
    if hidden(c) || is_combining_mark(c) {
        return Does::Vanishes;
    }
    if let Some(plain) = plain(c) {
        out.push_str(plain);
        return Does::Belongs;
    }
    if let Some(letter) = enclosed(c) {
        out.push(letter);
        return Does::Belongs;
    }
    let before = out.len();
    for part in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)) {
        if part.is_ascii_alphanumeric() {
            out.push(part.to_ascii_lowercase());
        } else if part.is_alphanumeric() && !part.is_ascii() {
            match latin.then(|| look_alike(part)).flatten() {
                Some(letters) => out.push_str(&letters),
                None => out.extend(part.to_lowercase()),
            }
        }
    }
    if out.len() == before {
        Does::Parts
    } else if alone(c) {
        Does::Alone
    } else {
        Does::Belongs
    }
}

/// The Latin letters a letter of another script passes for on paper. Capitals are asked before they are lowered: a Cyrillic
/// capital En looks like an H, its small form like nothing Latin.
fn look_alike(c: char) -> Option<String> {
    let ascii =
        |text: String| (!text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())).then(|| text.to_ascii_lowercase());
    let mut buffer = [0; 4];
    ascii(skeleton(c.encode_utf8(&mut buffer)).collect())
        .or_else(|| ascii(c.to_lowercase().flat_map(|l| skeleton(l.encode_utf8(&mut [0; 4])).collect::<Vec<_>>()).collect()))
        .or_else(|| match c {
            'т' => Some("t".into()),
            'к' => Some("k".into()),
            'в' => Some("b".into()),
            'м' => Some("m".into()),
            'н' => Some("h".into()),
            'з' => Some("3".into()),
            _ => None,
        })
}

/// Letters that no decomposition makes plain.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ł' | 'Ł' => "l",
        'đ' | 'Đ' | 'ð' | 'Ð' => "d",
        'ø' | 'Ø' => "o",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        'þ' | 'Þ' => "th",
        'ı' => "i",
        'ħ' | 'Ħ' => "h",
        _ => return small_capital(c),
    })
}

/// Capitals as small as small letters, which no decomposition opens either.
fn small_capital(c: char) -> Option<&'static str> {
    const SMALL: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ";
    const PLAIN: &str = "abcdefghijklmnoprstuvwyz";
    let at = ((c as u32) >= 0x250).then(|| SMALL.chars().position(|small| small == c)).flatten()?;
    PLAIN.get(at..=at)
}

/// Letters in black circles and squares, which no decomposition opens.
fn enclosed(c: char) -> Option<char> {
    let first = match c as u32 {
        0x1f130..=0x1f149 => 0x1f130,
        0x1f150..=0x1f169 => 0x1f150,
        0x1f170..=0x1f189 => 0x1f170,
        _ => return None,
    };
    char::from_u32(u32::from(b'a') + (c as u32 - first))
}

/// Characters nobody sees: Unicode's default ignorable ones and what steers the direction of writing.
pub(super) fn hidden(c: char) -> bool {
    matches!(c as u32,
        0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180f | 0x200b..=0x200f | 0x202a..=0x202e
        | 0x2060..=0x206f | 0x3164 | 0xfe00..=0xfe0f | 0xfeff | 0xffa0 | 0xfff0..=0xfffb | 0x1bca0..=0x1bca3
        | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff)
}

/// Scripts written without spaces: a sign is a word.
fn alone(c: char) -> bool {
    matches!(c as u32,
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Whether to read the text as Latin: most letters are, or all that aren't could pass for it.
fn mostly_latin(text: &str) -> bool {
    if text.is_ascii() {
        return true;
    }
    let (mut latin, mut other) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| c.is_alphabetic()).take(20_000) {
        let plain = c.is_ascii()
            || (c as u32) < 0x250
            || std::iter::once(c).nfkd().next().is_some_and(|c| c.is_ascii())
            || small_capital(c).is_some();
        if plain {
            latin += 1;
        } else {
            other += 1;
        }
    }
    latin >= other
        || text
            .chars()
            .filter(|c| c.is_alphabetic() && !c.is_ascii())
            .take(400)
            .all(|c| std::iter::once(c).nfkd().next().is_some_and(|c| c.is_ascii()) || look_alike(c).is_some())
}
