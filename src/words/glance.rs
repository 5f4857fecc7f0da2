//! A text's words at a glance, without its sentences and where they were typed: enough to tell that two texts have little in common.

use super::fold::{Does, fold};
use super::{Language, met};

/// A word at a glance.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// A number for the folded word.
    pub hash: u64,
    /// The same for its outline.
    pub shape: u64,
    /// The same for its stem in the language asked for.
    pub stem: u64,
}

/// Longer words are several without their gaps.
const LONGEST: usize = 22;

/// What a character does to a text at a glance.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Figure,
    /// It ends a word.
    Parts,
    /// The same, and stands for a letter inside one: `b!rthday`.
    Sign,
    /// Only a full reading sees through it.
    Hidden,
}

const ASCII: [Kind; 128] = {
    let mut kinds = [Kind::Parts; 128];
    let mut c = 0;
    while c < 128 {
        let byte = c as u8;
        kinds[c] = if byte.is_ascii_alphabetic() {
            Kind::Letter
        } else if byte.is_ascii_digit() {
            Kind::Figure
        } else if byte == b'!' {
            Kind::Sign
        } else if matches!(byte, b'@' | b'$' | b'|') || byte.is_ascii_control() && !byte.is_ascii_whitespace() {
            Kind::Hidden
        } else {
            Kind::Parts
        };
        c += 1;
    }
    kinds
};

/// Gives every word of a text in order, as one of a language. `false` where the text is typed in a way that only a full reading sees through:
/// other scripts, figures for letters, hidden characters, words spelled out or run together.
pub fn glance(text: &str, language: Language, mut put: impl FnMut(Seen)) -> bool {
    folded(text, |word| {
        let met::Numbers { hash, shape, stem, .. } = met::numbers(word, language);
        put(Seen { hash, shape, stem });
    })
}

fn folded(text: &str, mut put: impl FnMut(&str)) -> bool {
    let mut word = String::with_capacity(32);
    let (mut words, mut single) = (0_usize, 0_usize);
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words += 1;
            single += usize::from(word.len() == 1);
            put(word);
            word.clear();
        }
    };
    // A figure or a sign inside a word, and before it a letter.
    let (mut inside, mut after_letter) = (false, false);
    for c in text.chars() {
        let kind = match ASCII.get(c as usize) {
            Some(kind) => *kind,
            None if c.is_alphabetic() => Kind::Letter,
            None if matches!(c, '€' | '£') => Kind::Sign,
            None => Kind::Parts,
        };
        // `b!rthday`, `w1sh`, `th3`
        if kind == Kind::Hidden || inside && kind == Kind::Letter || after_letter && kind == Kind::Figure {
            return false;
        }
        inside = !word.is_empty() && matches!(kind, Kind::Figure | Kind::Sign);
        if c.is_ascii() {
            if matches!(kind, Kind::Letter | Kind::Figure) {
                word.push(c.to_ascii_lowercase());
            } else {
                end(&mut word);
            }
        } else if kind == Kind::Letter && (c as u32) >= 0x250 {
            return false;
        } else {
            match fold(c, true, &mut word) {
                Does::Belongs => {}
                Does::Parts => end(&mut word),
                Does::Vanishes | Does::Alone => return false,
            }
        }
        after_letter = kind == Kind::Letter && !word.is_empty();
        if word.len() >= LONGEST {
            return false;
        }
    }
    end(&mut word);
    single * 4 < words
}

#[cfg(test)]
mod tests {
    use super::folded;

    fn seen(text: &str) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        folded(text, |w| words.push(w.to_owned())).then(|| words.join(" "))
    }

    #[test]
    fn plain_texts_are_seen_and_disguised_ones_are_not() {
        assert_eq!(seen("Ana, the Żółty kot — 40 plums!").as_deref(), Some("ana the zolty kot 40 plums"));
        assert_eq!(seen("L'été, “ça va”? Größe…").as_deref(), Some("l ete ca va grosse"));
        assert_eq!(seen("Was für eine “Größe”, Ana…").as_deref(), Some("was fur eine grosse ana"));
        for text in
            ["happy b1rthday to you", "w!sh you well today", "hap\u{200b}py birthday to you", "h a p p y", "Нарру birthday"]
        {
            assert_eq!(seen(text), None, "{text}");
        }
    }
}
