//! Text from outside made harmless: nothing invisible, nothing endless, nothing that turns the line round.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// The longest a name, town or e-mail gets, in characters.
pub(super) const LINE: usize = 200;
/// The longest a note or remark gets, in characters.
pub(super) const TEXT: usize = 20_000;

/// Lower case without accents, for comparing words of headers and months; everything else stays.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ł' | 'Ł' => out.push('l'),
            'ß' | 'ẞ' => out.push_str("ss"),
            'ø' | 'Ø' => out.push('o'),
            'æ' | 'Æ' => out.push_str("ae"),
            'œ' | 'Œ' => out.push_str("oe"),
            _ => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// Letters and digits only, folded: `First Name`, `first_name` and `FirstName` are one.
pub(super) fn squeezed(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A character that draws nothing and may do harm: controls, marks that turn the writing direction, odd separators. The joiners
/// that scripts and emoji need are not among them.
fn harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e001f}')
}

/// One cell made into one line: white space runs are one space, harmful characters are gone, at most [`LINE`] characters. Says
/// in `left_out` if anything but white space went.
pub(super) fn line(what: &str, text: &str, left_out: &mut Vec<String>) -> String {
    let text = text.trim();
    if text.len() <= LINE && text.bytes().all(|b| (b' '..=b'~').contains(&b)) && !text.contains("  ") {
        return text.to_owned();
    }
    let mut out = String::new();
    let (mut dropped, mut room) = (false, LINE);
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if harmful(c) {
            dropped = true;
            continue;
        } else {
            out.push(c);
        }
        room -= 1;
        if room == 0 {
            left_out.push(format!("the {what} is longer than {LINE} characters and was cut"));
            break;
        }
    }
    if dropped {
        left_out.push(format!("invisible control characters were taken out of the {what}"));
    }
    let out = out.trim_end();
    if is_nfc(out) { out.to_owned() } else { out.nfc().collect() }
}

/// One cell of running text: lines stay lines, harmful characters are gone, at most [`TEXT`] characters.
pub(super) fn text(what: &str, text: &str, left_out: &mut Vec<String>) -> String {
    let mut out = String::new();
    let mut count = 0_usize;
    for c in text.trim().chars() {
        if c == '\r' || (harmful(c) && c != '\n' && c != '\t') {
            continue;
        }
        count += 1;
        if count > TEXT {
            left_out.push(format!("the {what} is longer than {TEXT} characters and was cut"));
            break;
        }
        out.push(c);
    }
    if is_nfc(&out) { out } else { out.nfc().collect() }
}

/// A cell as it may stand in a sentence: one short line, nothing harmful.
pub(super) fn shown(text: &str) -> String {
    let mut out: String =
        text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !harmful(*c)).take(41).collect();
    if let Some((at, _)) = out.char_indices().nth(40) {
        out.truncate(at);
        out.push('…');
    }
    out
}
