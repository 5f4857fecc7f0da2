//! The lines of an address book: unfolded, decoded, and gathered card by card, whatever wrote them.
//!
//! Pictures and sounds are passed over as they are read, so that a card never takes more than a bounded piece of memory.

use std::io::{self, BufRead, BufReader, Read};

use super::charset;
use super::{Loss, Problem};

/// The longest line that is looked at, in bytes, unfolded; what is longer was a picture.
const LINE: usize = 64 * 1024;
/// The most a card may hold, in bytes.
const CARD: usize = 512 * 1024;
/// The most lines of a card.
const LINES: usize = 4000;

/// One property as its line says it. The value still has its backslashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Property {
    /// `item1` of `item1.X-ABDATE`, in lower case.
    pub(super) group: String,
    /// In capitals.
    pub(super) name: String,
    /// Names in capitals, values as written; a bare word is a value without a name, as 2.1 has it.
    pub(super) params: Vec<(String, String)>,
    /// Decoded.
    pub(super) value: String,
}

impl Property {
    /// Whether a parameter says so: `TYPE=work`, or a bare `WORK`.
    pub(super) fn says(&self, name: &str, value: &str) -> bool {
        self.params.iter().any(|(n, v)| (n.is_empty() || n == name) && v.split(',').any(|v| v.eq_ignore_ascii_case(value)))
    }

    /// The value of a parameter.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// As a line of an address book in UTF-8.
    pub(super) fn to_line(&self) -> String {
        let mut line = String::new();
        if !self.group.is_empty() {
            line.push_str(&self.group);
            line.push('.');
        }
        line.push_str(&self.name);
        for (name, value) in &self.params {
            line.push(';');
            if !name.is_empty() {
                line.push_str(name);
                line.push('=');
            }
            if value.contains([':', ';']) {
                line.push('"');
                line.push_str(value);
                line.push('"');
            } else {
                line.push_str(value);
            }
        }
        line.push(':');
        line.push_str(&self.value);
        line
    }
}

/// One card.
#[derive(Clone, Debug, Default)]
pub(super) struct Card {
    /// The line of its `BEGIN`, counted from 1.
    pub(super) line: usize,
    /// Everything in it but pictures, sounds, keys and cards within the card.
    pub(super) properties: Vec<Property>,
    /// Version 2.1, where a comma parts nothing.
    pub(super) old: bool,
    /// It has an `END`.
    pub(super) closed: bool,
    /// It was too long, and its rest is missing.
    pub(super) cut: bool,
}

/// What comes next.
pub(super) enum Next {
    Card(Card),
    Problem(Problem),
}

/// An address book, read line by line.
pub(super) struct Unfold {
    input: BufReader<Box<dyn Read>>,
    /// Lines read so far.
    lines: usize,
    after_return: bool,
    /// A line read too far, with its number.
    ahead: Option<(usize, Vec<u8>)>,
    /// A `BEGIN` already read that belongs to the next card.
    begun: Option<usize>,
    ended: bool,
    failed: Option<io::Error>,
}

impl Unfold {
    pub(super) fn new(input: Box<dyn Read>) -> Unfold {
        Unfold {
            input: BufReader::with_capacity(64 * 1024, input),
            lines: 0,
            after_return: false,
            ahead: None,
            begun: None,
            ended: false,
            failed: None,
        }
    }

    /// One line of the file without its end, cut where it gets too long.
    fn physical(&mut self) -> Option<(usize, Vec<u8>)> {
        if let Some(ahead) = self.ahead.take() {
            return Some(ahead);
        }
        let mut line = Vec::new();
        let mut any = false;
        while !self.ended {
            let buffer = match self.input.fill_buf() {
                Ok(buffer) => buffer,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.failed = Some(error);
                    &[]
                }
            };
            if buffer.is_empty() {
                self.ended = true;
                break;
            }
            let mut from = 0;
            if self.after_return && buffer[0] == b'\n' {
                from = 1;
            }
            self.after_return = false;
            let rest = &buffer[from..];
            let end = rest.iter().position(|b| *b == b'\n' || *b == b'\r');
            let piece = &rest[..end.unwrap_or(rest.len())];
            any |= end.is_some() || !piece.is_empty();
            let room = LINE.saturating_sub(line.len());
            line.extend_from_slice(&piece[..piece.len().min(room)]);
            self.after_return = end.is_some_and(|end| rest[end] == b'\r');
            let used = from + end.map_or(rest.len(), |end| end + 1);
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        any.then(|| {
            self.lines += 1;
            (self.lines, line)
        })
    }

    /// One unfolded line: those that begin with white space belong to the one before, and so does the one after a `=` of quoted
    /// printable.
    fn logical(&mut self, old: bool) -> Option<(usize, Vec<u8>)> {
        let (number, mut line) = self.physical()?;
        let quoted = is_quoted(&line);
        while let Some((next_number, next)) = self.physical() {
            if quoted && line.ends_with(b"=") {
                line.pop();
                line.extend_from_slice(&next);
            } else if matches!(next.first(), Some(b' ' | b'\t')) && !(next.iter().all(u8::is_ascii_whitespace) && line.is_empty())
            {
                // 2.1 folds where white space stood, later versions anywhere.
                line.extend_from_slice(&next[usize::from(!old)..]);
            } else {
                self.ahead = Some((next_number, next));
                break;
            }
            line.truncate(2 * LINE);
        }
        Some((number, line))
    }

    /// The next card or problem; none at the end.
    pub(super) fn next(&mut self) -> Option<Next> {
        let mut card = Card::default();
        let mut inside = false;
        if let Some(line) = self.begun.take() {
            card.line = line;
            inside = true;
        }
        let mut depth = 0_usize;
        let mut size = 0_usize;
        let mut after_agent = false;
        let mut stray: Option<usize> = None;
        while let Some((number, line)) = self.logical(card.old) {
            let word = plain(&line);
            let begins = word == "BEGIN:VCARD";
            if !inside {
                if begins {
                    if let Some(line) = stray {
                        self.begun = Some(number);
                        return Some(Next::Problem(outside(line)));
                    }
                    card.line = number;
                    inside = true;
                } else if !word.is_empty() && word != "END:VCARD" {
                    stray.get_or_insert(number);
                }
                continue;
            }
            if begins {
                if depth > 0 || after_agent {
                    depth += 1;
                    continue;
                }
                self.begun = Some(number);
                return Some(Next::Card(card));
            }
            if word == "END:VCARD" {
                if depth > 0 {
                    depth -= 1;
                    after_agent = false;
                    continue;
                }
                card.closed = true;
                return Some(Next::Card(card));
            }
            if depth > 0 || word.is_empty() {
                continue;
            }
            let Some(property) = property(&line) else { continue };
            after_agent = property.name == "AGENT";
            card.old |= property.name == "VERSION" && property.value.trim() == "2.1";
            if ["PHOTO", "LOGO", "SOUND", "KEY", "AGENT"].contains(&property.name.as_str()) {
                continue;
            }
            size += property.value.len() + 64;
            if size > CARD || card.properties.len() >= LINES {
                card.cut = true;
            } else {
                card.properties.push(property);
            }
        }
        if let Some(error) = self.failed.take() {
            let message = format!("the file can't be read further: {error}; the rest was left out");
            return Some(Next::Problem(Problem { line: self.lines, message, loss: Loss::Rest }));
        }
        if inside {
            return Some(Next::Card(card));
        }
        stray.map(|line| Next::Problem(outside(line)))
    }
}

fn outside(line: usize) -> Problem {
    let message =
        "what begins here stands outside of any card (BEGIN:VCARD … END:VCARD) and was left out; export the address book again"
            .into();
    Problem { line, message, loss: Loss::Row }
}

/// A short line in capitals without white space, to recognise `begin : vcard`; empty if it is a long one.
fn plain(line: &[u8]) -> String {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.len() > 80 {
        return "LONG".into();
    }
    line.iter().filter(|b| !b.is_ascii_whitespace() && **b != 0).map(|b| char::from(b.to_ascii_uppercase())).collect()
}

/// Where the value begins: behind the first colon outside of quotation marks.
fn colon(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    line.iter()
        .position(|b| {
            quoted ^= *b == b'"';
            *b == b':' && !quoted
        })
        .or_else(|| line.iter().position(|b| *b == b':'))
}

fn is_quoted(line: &[u8]) -> bool {
    colon(line).is_some_and(|at| line[..at].to_ascii_uppercase().windows(16).any(|w| w == b"QUOTED-PRINTABLE"))
}

fn property(line: &[u8]) -> Option<Property> {
    let at = colon(line)?;
    let head = charset::guessed(&line[..at]);
    let mut parts = Vec::new();
    let (mut from, mut quoted) = (0, false);
    for (i, b) in head.bytes().enumerate() {
        quoted ^= b == b'"';
        if b == b';' && !quoted {
            parts.push(&head[from..i]);
            from = i + 1;
        }
    }
    parts.push(&head[from..]);
    let mut parts = parts.into_iter();
    let name = parts.next()?.trim();
    let (group, name) = name.rsplit_once('.').unwrap_or(("", name));
    if name.is_empty() || name.len() > 60 || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return None;
    }
    let mut property = Property { group: group.trim().to_lowercase(), name: name.to_ascii_uppercase(), ..Property::default() };
    let (mut label, mut printable, mut binary) = (None, false, false);
    for part in parts.take(60) {
        let (key, value) = part.split_once('=').map_or(("", part), |(k, v)| (k, v));
        let key = key.trim().to_ascii_uppercase();
        let value = value.trim().trim_matches('"').to_owned();
        let (encoding, upper) = (key == "ENCODING" || key.is_empty(), value.to_ascii_uppercase());
        if key == "CHARSET" {
            label = Some(value);
        } else if encoding && upper == "QUOTED-PRINTABLE" {
            printable = true;
        } else if encoding && ["B", "BASE64"].contains(&upper.as_str()) {
            binary = true;
        } else if !(encoding && ["7BIT", "8BIT", ""].contains(&upper.as_str())) {
            property.params.push((key, value));
        }
    }
    if !binary {
        let value = &line[at + 1..];
        property.value = if printable { printable_text(value, label.as_deref()) } else { text(value, label.as_deref()) };
        // What is left of control characters would end a line for whoever reads on.
        property.value.retain(|c| c != '\n' && c != '\r' && c != '\0');
    }
    Some(property)
}

/// Bytes as text: UTF-8 if they are that, else what the label says, else Windows-1252.
fn text(bytes: &[u8], label: Option<&str>) -> String {
    // ISO-2022-JP is made of seven bits and escapes.
    let escaped = bytes.contains(&0x1b);
    match std::str::from_utf8(bytes) {
        Ok(text) if !escaped || label.is_none() => text.to_owned(),
        _ => label.and_then(|label| charset::decode(bytes, label)).unwrap_or_else(|| charset::guessed(bytes)),
    }
}

/// Quoted printable. What is encoded is meant as it is: an encoded semicolon doesn't part fields.
fn printable_text(bytes: &[u8], label: Option<&str>) -> String {
    const MEANT: [(u8, u8, &str); 3] = [(b';', 1, "\\;"), (b',', 2, "\\,"), (b'\n', 3, "\\n")];
    let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1).copied().and_then(hex).zip(bytes.get(at + 2).copied().and_then(hex));
        match (bytes[at], pair) {
            (b'=', Some((high, low))) => {
                let byte = high * 16 + low;
                at += 3;
                if byte != b'\r' && byte > 3 {
                    decoded.push(MEANT.iter().find(|(b, _, _)| *b == byte).map_or(byte, |(_, mark, _)| *mark));
                }
            }
            (byte, _) => {
                at += 1;
                if byte > 3 {
                    decoded.push(byte);
                }
            }
        }
    }
    let mut text = text(&decoded, label);
    for (_, mark, meant) in MEANT {
        if text.contains(char::from(mark)) {
            text = text.replace(char::from(mark), meant);
        }
    }
    text
}
