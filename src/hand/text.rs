//! The words before the pen touches the paper: normalised, harmless substitutes made, every character checked.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::face::Face;

/// A text the hand can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// In NFC, with substitutes; white space is single blanks and line ends.
    pub text: String,
    /// What was written differently, for the owner to know.
    pub substitutes: Vec<Substitute>,
}

/// A character written another way because the hand lacks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Substitute {
    /// As typed.
    pub typed: char,
    /// As written; empty where an invisible character was left out.
    pub written: String,
    /// How often.
    pub times: usize,
}

impl fmt::Display for Substitute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Substitute { typed, written, times } = self;
        let code = u32::from(*typed);
        if written.trim().is_empty() {
            write!(f, "U+{code:04X} left out")?;
        } else {
            write!(f, "{typed} (U+{code:04X}) written as {written}")?;
        }
        if *times > 1 { write!(f, ", {times} times") } else { Ok(()) }
    }
}

/// Why a hand cannot write a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwritable {
    /// The characters it lacks, each once, in order of appearance.
    pub missing: Vec<char>,
    /// The first script that no printed hand writes: it runs from right to left or its letters change shape in company.
    pub script: Option<&'static str>,
}

impl fmt::Display for Unwritable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(script) = self.script {
            return f.write_str(script);
        }
        for (i, character) in self.missing.iter().take(8).enumerate() {
            let code = u32::from(*character);
            let between = if i == 0 { "" } else { ", " };
            if character.is_control() || unicode_normalization::char::is_combining_mark(*character) {
                write!(f, "{between}U+{code:04X}")?;
            } else {
                write!(f, "{between}{character} (U+{code:04X})")?;
            }
        }
        if self.missing.len() > 8 { write!(f, " and {} more", self.missing.len() - 8) } else { Ok(()) }
    }
}

/// Scripts refused in print.
const SCRIPTS: [(u32, u32, &str); 22] = [
    (0x0590, 0x05ff, "Hebrew"),
    (0x0600, 0x06ff, "Arabic"),
    (0x0700, 0x08ff, "a right-to-left script"),
    (0x0900, 0x097f, "Devanagari"),
    (0x0980, 0x09ff, "Bengali"),
    (0x0a00, 0x0a7f, "Gurmukhi"),
    (0x0a80, 0x0aff, "Gujarati"),
    (0x0b00, 0x0b7f, "Odia"),
    (0x0b80, 0x0bff, "Tamil"),
    (0x0c00, 0x0c7f, "Telugu"),
    (0x0c80, 0x0cff, "Kannada"),
    (0x0d00, 0x0d7f, "Malayalam"),
    (0x0d80, 0x0dff, "Sinhala"),
    (0x0e00, 0x0eff, "Thai or Lao"),
    (0x0f00, 0x109f, "Tibetan or Burmese"),
    (0x1780, 0x18af, "Khmer or Mongolian"),
    (0x1900, 0x1cff, "an Indic script"),
    (0xa800, 0xa8ff, "an Indic script"),
    (0xa980, 0xabff, "an Indic script"),
    (0xfb1d, 0xfdff, "Hebrew or Arabic"),
    (0xfe70, 0xfefe, "Arabic"),
    (0x1_0800, 0x1_1fff, "a right-to-left or Indic script"),
];

/// Written instead, where a hand lacks the character.
const INSTEAD: [(&str, &str); 7] =
    [("‘’‚‛ʼʻ′´", "'"), ("“”„‟″«»", "\""), ("‐‑‒–—−", "-"), ("…", "..."), ("×", "x"), ("⁄", "/"), ("·•", "-")];

/// Makes a text ready for a face, or says what it lacks.
pub(super) fn ready(face: &Face, text: &str) -> Result<Ready, Unwritable> {
    let mut ready = Ready { text: String::with_capacity(text.len()), substitutes: Vec::new() };
    let mut missing: Vec<char> = Vec::new();
    for character in text.nfc() {
        let code = u32::from(character);
        if let Some((.., script)) = SCRIPTS.iter().find(|(from, to, _)| (*from..=*to).contains(&code)) {
            return Err(Unwritable { missing: vec![character], script: Some(script) });
        }
        match character {
            '\n' | ' ' => ready.text.push(character),
            '\r' | '\t' => ready.text.push(' '),
            '\u{2028}' | '\u{2029}' => ready.text.push('\n'),
            // They turn letters round on a screen and not on paper: what is read and what is written would differ.
            '\u{202d}' | '\u{202e}' => missing.push(character),
            _ if invisible(character) => note(&mut ready.substitutes, character, ""),
            _ if character.is_whitespace() => ready.text.push(' '),
            _ if face.has(character) => ready.text.push(character),
            _ => match instead(face, character) {
                Some(written) => {
                    ready.text.push_str(&written);
                    note(&mut ready.substitutes, character, &written);
                }
                None if missing.contains(&character) || missing.len() > 200 => {}
                None => missing.push(character),
            },
        }
    }
    if missing.is_empty() { Ok(ready) } else { Err(Unwritable { missing, script: None }) }
}

fn note(substitutes: &mut Vec<Substitute>, typed: char, written: &str) {
    match substitutes.iter_mut().find(|known| known.typed == typed) {
        Some(known) => known.times += 1,
        None => substitutes.push(Substitute { typed, written: written.to_owned(), times: 1 }),
    }
}

fn instead(face: &Face, character: char) -> Option<String> {
    let listed = INSTEAD.iter().find(|(from, _)| from.contains(character)).map(|(_, to)| (*to).to_owned());
    // Ligatures (ﬁ) and full-width letters fall apart into the letters meant.
    let parts =
        matches!(character, '\u{fb00}'..='\u{fb06}' | '\u{ff01}'..='\u{ff5e}').then(|| character.to_string().nfkc().collect());
    listed.or(parts).filter(|written: &String| written.chars().all(|c| face.has(c)))
}

/// Characters without ink: zero-width spaces and joiners, direction marks, soft hyphens, variation selectors.
fn invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether a character is an emoji or another small picture, which a pen does not write.
pub(super) fn is_picture(character: char) -> bool {
    matches!(u32::from(character), 0x2190..=0x27bf | 0x2b00..=0x2bff | 0x1_f000..=0x1_faff)
}
