//! What a letter may hold: the note once and bare, `if`s, a handful of filters. Reads the text, so that each refusal can
//! point at the very words.

use std::ops::Range;
use std::sync::Arc;

use crate::trouble::{Spot, Trouble};

/// What Tera offers and a card has no use for; most of these can fill the memory from a line of text.
pub(super) const REFUSED_FILTERS: [&str; 25] = [
    "replace",
    "indent",
    "join",
    "split",
    "reverse",
    "sort",
    "unique",
    "get",
    "values",
    "keys",
    "pairs",
    "group_by",
    "nth",
    "first",
    "last",
    "escape",
    "escape_html",
    "escape_xml",
    "newlines_to_br",
    "wordcount",
    "pluralize",
    "float",
    "round",
    "abs",
    "safe",
];
/// The filters a letter may use.
const FILTERS: [&str; 9] = ["upper", "lower", "title", "capitalize", "trim", "trim_start", "trim_end", "default", "truncate"];
/// The statements a letter may use.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// What is wrong, where, and what to do.
pub(super) struct Fault {
    message: &'static str,
    span: Range<usize>,
    label: &'static str,
    hint: String,
}

impl Fault {
    pub(super) fn trouble(self, file: &str, text: &Arc<str>) -> Trouble {
        let spot =
            Spot { file: file.to_owned(), text: text.clone(), span: self.span, known_line: None, label: self.label.to_owned() };
        Trouble::refused(format!("the letter {file} {}", self.message)).at(spot).hint(self.hint)
    }
}

/// Where the TOML head is, and where the body begins: after the second `+++` line.
pub(super) fn parts(text: &str) -> Option<(Range<usize>, usize)> {
    let first = text.split_inclusive('\n').next()?;
    if first.trim() != "+++" {
        return None;
    }
    let mut at = first.len();
    for line in text[at..].split_inclusive('\n') {
        if line.trim() == "+++" {
            return Some((first.len()..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// A letter's name and the language in its file name: `letters/hello.de.txt` is `hello` and `de`.
pub(super) fn named(file: &str) -> (String, Option<&str>) {
    let stem = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = stem.strip_suffix(".txt").unwrap_or(stem);
    match stem.rsplit_once('.') {
        Some((name, language)) => (name.to_owned(), Some(language)),
        None => (stem.to_owned(), None),
    }
}

/// A piece between Tera's braces.
struct Tag {
    /// With its braces.
    span: Range<usize>,
    /// Without them.
    inner: Range<usize>,
    /// `{% … %}` as against `{{ … }}`.
    statement: bool,
}

/// The tags of a text in order. Quoted strings may hold braces; comments are passed over. Stops at one that isn't closed:
/// Tera says so better.
fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{').map(|i| at + i) {
        let (close, statement) = match text.as_bytes().get(open + 1) {
            Some(b'{') => ("}}", false),
            Some(b'%') => ("%}", true),
            Some(b'#') => {
                let Some(end) = text[open..].find("#}") else { break };
                at = open + end + 2;
                continue;
            }
            _ => {
                at = open + 1;
                continue;
            }
        };
        let Some(end) = close_of(text, open + 2, close) else { break };
        let inner = &text[open + 2..end];
        let inner_start = open + 2 + usize::from(inner.starts_with('-'));
        let inner_end = end - usize::from(inner.len() > 1 && inner.ends_with('-'));
        found.push(Tag { span: open..end + 2, inner: inner_start..inner_end.max(inner_start), statement });
        at = end + 2;
    }
    found
}

/// Where `close` stands outside quotes, from `from` on.
fn close_of(text: &str, from: usize, close: &str) -> Option<usize> {
    let mut quote = None;
    for (i, b) in text.bytes().enumerate().skip(from) {
        match quote {
            Some(q) if q == b => quote = None,
            None if matches!(b, b'"' | b'\'' | b'`') => quote = Some(b),
            None if text.as_bytes()[i..].starts_with(close.as_bytes()) => return Some(i),
            _ => {}
        }
    }
    None
}

/// The words outside quotes in a tag, with their places.
fn names(text: &str, inner: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut quote, mut start) = (None, None);
    for (i, c) in text[inner.clone()].char_indices().map(|(i, c)| (inner.start + i, c)) {
        let in_name = quote.is_none() && (c.is_alphanumeric() || c == '_');
        match (in_name, start) {
            (true, None) => start = Some(i),
            (false, Some(s)) => {
                found.push(s..i);
                start = None;
            }
            _ => {}
        }
        match quote {
            Some(q) if q == c => quote = None,
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            _ => {}
        }
    }
    if let Some(s) = start {
        found.push(s..inner.end);
    }
    found
}

/// Where a name first stands in a tag of the text.
pub(super) fn word(text: &str, name: &str) -> Option<Range<usize>> {
    tags(text).iter().flat_map(|tag| names(text, &tag.inner)).find(|span| &text[span.clone()] == name)
}

/// The body places the note once, bare and for every card, and uses nothing a card has no use for.
pub(super) fn body(whole: &str, body_at: usize) -> Result<(), Fault> {
    let text = &whole[body_at..];
    let fault = |message, span: Range<usize>, label, hint: &str| Fault {
        message,
        span: body_at + span.start..body_at + span.end,
        label,
        hint: hint.to_owned(),
    };
    plain_statements(text).map_err(|mut f| {
        f.span = body_at + f.span.start..body_at + f.span.end;
        f
    })?;
    let mut depth = 0_usize;
    let mut places: Vec<Range<usize>> = Vec::new();
    let mut postscripts: Vec<Range<usize>> = Vec::new();
    for tag in tags(text) {
        let words = names(text, &tag.inner);
        let first = words.first().map_or("", |span| &text[span.clone()]);
        if tag.statement {
            match first {
                "if" => depth += 1,
                "endif" => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let alone = text[tag.inner.clone()].trim();
        for span in &words {
            let name = &text[span.clone()];
            if name == "note" && (tag.statement || alone != "note") {
                return Err(fault(
                    "changes the note, or asks about it",
                    tag.span,
                    "the note is printed as it was written",
                    "write {{ note }} and nothing else between the braces",
                ));
            }
            if name == "ps" && !tag.statement && alone != "ps" {
                return Err(fault(
                    "changes the postscript",
                    tag.span,
                    "it is printed as it was written",
                    "write {{ ps }} and nothing else between the braces",
                ));
            }
        }
        if !tag.statement && alone == "ps" {
            postscripts.push(tag.span.clone());
        }
        if !tag.statement && alone == "note" {
            if depth > 0 {
                return Err(fault(
                    "places the note inside an if",
                    tag.span,
                    "some cards would have no note",
                    "take {{ note }} out of the {% if %}: every card has a note of its own",
                ));
            }
            places.push(tag.span);
        }
    }
    if postscripts.len() > 1 {
        return Err(fault("places the postscript twice", postscripts[1].clone(), "the second", "keep one {{ ps }}"));
    }
    match places.len() {
        1 => Ok(()),
        0 => {
            let end = text.trim_end().len();
            Err(fault(
                "doesn't place the note",
                end..end,
                "no {{ note }} up to here",
                "write {{ note }} on a line of its own where the note goes",
            ))
        }
        _ => Err(fault("places the note more than once", places[1].clone(), "the second", "keep one {{ note }}")),
    }
}

/// The words on a cover have no note in them, and use nothing a card has no use for.
pub(super) fn cover(text: &str, span: Range<usize>) -> Result<(), Fault> {
    plain_statements(text).map_err(|mut fault| {
        fault.span = span.clone();
        fault
    })?;
    match word(text, "note").or_else(|| word(text, "ps")) {
        Some(_) => Err(Fault {
            message: "places the note on the cover",
            span,
            label: "",
            hint: "the note goes inside; the cover has a greeting of a few words".into(),
        }),
        None => Ok(()),
    }
}

fn plain_statements(text: &str) -> Result<(), Fault> {
    // Every `{%`, wherever it stands: what is refused in a comment or a string by mistake costs nobody anything.
    for (at, _) in text.match_indices("{%") {
        let rest = text[at + 2..].trim_start_matches('-').trim_start();
        let word: &str = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if !STATEMENTS.contains(&word) {
            let end = text[at..].find("%}").map_or(text.len(), |i| at + i + 2);
            return Err(Fault {
                message: "uses a statement a card has no use for",
                span: at..end,
                label: if word == "for" { "the note is placed once, and nothing is repeated" } else { "not in a letter" },
                hint: "a letter may use {{ … }} and {% if … %} … {% else %} … {% endif %}".into(),
            });
        }
    }
    for tag in tags(text) {
        let words = names(text, &tag.inner);
        for span in &words {
            let before = text[tag.inner.start..span.start].trim_end();
            let name = &text[span.clone()];
            if before.ends_with('|') && !FILTERS.contains(&name) {
                return Err(Fault {
                    message: "uses a filter a card has no use for",
                    span: span.clone(),
                    label: "not in a letter",
                    hint: format!("a letter may use {}", FILTERS.join(", ")),
                });
            }
            let called = text[span.end..tag.inner.end].trim_start().starts_with('(');
            if called && !before.ends_with('|') && !matches!(name, "and" | "or" | "not" | "in" | "is" | "if" | "elif" | "else") {
                return Err(Fault {
                    message: "calls a function, and there are none",
                    span: span.clone(),
                    label: "not in a letter",
                    hint: "a letter may use {{ … }} and {% if … %} … {% else %} … {% endif %}".into(),
                });
            }
        }
    }
    Ok(())
}

/// The nearest place at or before `at` where a character begins.
pub(super) fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}
