//! The writing sheet: plain text that can't be mis-quoted. Read, refreshed, and every typed byte kept.
//!
//! A sheet is a title, then cards. `## WHO | OCCASION | anything` starts a card; lines that begin with `>` are for the writer and
//! are never printed; the rest is the note. Lines that begin with `> !!` are wetink's own remarks: they are the only lines that
//! are ever taken out again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::day::Month;
use crate::occasion::Occasion;
use crate::trouble::{Result, Spot, Trouble};

/// Begins a remark of wetink's own.
pub const REMARK: &str = "> !!";

/// A line shorter than this many characters ends where the writer ended it; longer ones flow on, because an editor may have
/// wrapped them. Arbitrary: no editor wraps this early, and few people end a line of their own this late.
const OWN_LINE_END: usize = 45;

/// A sheet as read.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The file as the owner would name it.
    pub file: String,
    /// The whole text.
    pub text: Arc<str>,
    /// The cards on it, in order.
    pub entries: Vec<Entry>,
    /// Where each line begins.
    starts: Vec<usize>,
}

/// One card on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Line of the heading, counted from 1.
    pub line: usize,
    /// Bytes of the heading's line, without its end.
    pub heading: Range<usize>,
    /// Bytes of WHO in the file.
    pub who_at: Range<usize>,
    /// WHO, as typed.
    pub who: String,
    /// OCCASION; empty if it is missing.
    pub occasion: Occasion,
    /// The note, without its postscript: paragraphs apart by an empty line.
    pub note: String,
    /// The postscript without its `PS:`.
    pub ps: String,
    /// `> because: …`: why one rule is overruled.
    pub because: Option<String>,
    /// Where each line of [`Entry::text`] stands in the file: offset in the text, offset in the file.
    map: Vec<(usize, usize)>,
}

impl Entry {
    /// Note and postscript as one text, which is what is compared.
    #[must_use]
    pub fn text(&self) -> String {
        if self.ps.is_empty() {
            self.note.clone()
        } else if self.note.is_empty() {
            self.ps.clone()
        } else {
            format!("{}\n\n{}", self.note, self.ps)
        }
    }

    /// Where a range of [`Entry::text`] stands in the file: one range, cut at the end of the line it begins in.
    #[must_use]
    pub fn in_file(&self, range: &Range<usize>) -> Range<usize> {
        let at = self.map.partition_point(|(offset, _)| *offset <= range.start).saturating_sub(1);
        let Some(&(offset, file)) = self.map.get(at) else { return self.heading.clone() };
        let text = self.text();
        let line_end = self.map.get(at + 1).map_or(text.len(), |next| text.get(..next.0).unwrap_or(&text).trim_end().len());
        let end = range.end.min(line_end).max(range.start);
        file + (range.start - offset)..file + (end - offset)
    }
}

/// A line of a file that may not be text: its bytes without the line's end, and what they say.
struct Line<'a> {
    span: Range<usize>,
    next: usize,
    text: Cow<'a, str>,
}

fn lines(bytes: &[u8]) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    while at < bytes.len() {
        let next = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1);
        let mut end = next;
        while end > at && matches!(bytes[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        found.push(Line { span: at..end, next, text: String::from_utf8_lossy(&bytes[at..end]) });
        at = next;
    }
    found
}

/// What stands behind the `##`. A heading that slipped to the right is one still: as a part of the note above it, it would be printed.
fn heading(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("##").filter(|rest| !rest.starts_with('#') && (line.starts_with("##") || rest.contains('|')))
}

fn is_prompt(line: &str) -> bool {
    line.trim_start().starts_with('>')
}

/// Strips `PS:`, `P.S.` or `PS.` and the white space behind it; the bytes stripped.
fn postscript(line: &str) -> Option<usize> {
    let rest = ["PS:", "P.S.:", "P.S.", "PS.", "Ps:", "ps:", "P.s.", "p.s."].iter().find_map(|mark| line.strip_prefix(mark))?;
    Some(line.len() - rest.trim_start().len())
}

impl Sheet {
    /// Reads a sheet. Only a file that isn't text is trouble; a card that makes no sense spoils no other.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Sheet> {
        match std::str::from_utf8(bytes) {
            Ok(text) if old_mac(text) => {
                Err(Trouble::failed(format!("{file} has line ends that no program here reads (CR only)"))
                    .hint("save it with Unix (LF) or Windows (CRLF) line ends in your editor; nothing was changed"))
            }
            Ok(text) => {
                let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
                let starts = std::iter::once(0).chain(ends).collect();
                Ok(Sheet { file: file.to_owned(), text: text.into(), entries: entries(bytes), starts })
            }
            Err(wrong) => {
                let text: Arc<str> = String::from_utf8_lossy(bytes).into();
                let line = bytes[..wrong.valid_up_to()].iter().filter(|b| **b == b'\n').count();
                let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
                let end = start + text[start..].lines().next().map_or(0, str::len);
                Err(Trouble::failed(format!("{file} is not plain text in UTF-8"))
                    .at(Spot {
                        file: file.to_owned(),
                        text,
                        span: start..end,
                        known_line: Some(line + 1),
                        label: "not a character".into(),
                    })
                    .hint("save it again as UTF-8 in your editor; nothing was changed"))
            }
        }
    }

    /// A spot on this sheet.
    #[must_use]
    pub fn spot(&self, span: Range<usize>, label: impl Into<String>) -> Spot {
        let known_line = Some(self.line_of(span.start));
        Spot { file: self.file.clone(), text: Arc::clone(&self.text), span, known_line, label: label.into() }
    }

    /// The line a byte of the file is on, counted from 1.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).max(1)
    }
}

/// Lines that end with CR alone run into one, and headings in them would be overlooked.
fn old_mac(text: &str) -> bool {
    text.split('\n').any(|line| line.trim_end_matches('\r').split('\r').skip(1).any(|part| heading(part).is_some()))
}

fn entries(bytes: &[u8]) -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    let mut paragraphs: Vec<Vec<(String, usize)>> = Vec::new();
    for (number, line) in (1..).zip(&lines(bytes)) {
        if let Some(rest) = heading(&line.text) {
            if let Some(entry) = found.last_mut() {
                dress(entry, std::mem::take(&mut paragraphs));
            }
            let who = rest.split('|').next().unwrap_or_default();
            let start = line.span.start + (line.text.len() - rest.len()) + (who.len() - who.trim_start().len());
            found.push(Entry {
                line: number,
                heading: line.span.clone(),
                who_at: start..start + who.trim().len(),
                who: who.trim().to_owned(),
                occasion: Occasion::new(rest.split('|').nth(1).unwrap_or_default()),
                note: String::new(),
                ps: String::new(),
                because: None,
                map: Vec::new(),
            });
            paragraphs = vec![Vec::new()];
        } else if let Some(entry) = found.last_mut() {
            if is_prompt(&line.text) {
                let said = line.text.trim_start().trim_start_matches('>').trim();
                if let Some(why) = said.get(..8).filter(|w| w.eq_ignore_ascii_case("because:")).map(|_| said[8..].trim()) {
                    entry.because = Some(why.to_owned()).filter(|w| w.chars().any(char::is_alphanumeric));
                }
            } else if line.text.trim().is_empty() {
                paragraphs.push(Vec::new());
            } else if let Some(paragraph) = paragraphs.last_mut() {
                let indent = line.text.len() - line.text.trim_start().len();
                paragraph.push((line.text.trim().to_owned(), line.span.start + indent));
            }
        }
    }
    if let Some(entry) = found.last_mut() {
        dress(entry, paragraphs);
    }
    found
}

/// Puts the typed paragraphs into the entry: lines joined, postscript apart, and the way back into the file kept.
fn dress(entry: &mut Entry, paragraphs: Vec<Vec<(String, usize)>>) {
    let paragraphs = paragraphs.into_iter().filter(|p| !p.is_empty());
    let (ps, note): (Vec<_>, Vec<_>) = paragraphs.partition(|p| postscript(&p[0].0).is_some());
    let mut text = String::new();
    for paragraph in note {
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        append(&mut text, &mut entry.map, &paragraph, 0);
    }
    entry.note.clone_from(&text);
    let mut from = text.len();
    for paragraph in ps {
        if !text.is_empty() {
            text.push_str("\n\n");
            if from == entry.note.len() && from > 0 {
                from += 2;
            }
        }
        let mark = postscript(&paragraph[0].0).unwrap_or(0);
        append(&mut text, &mut entry.map, &paragraph, mark);
    }
    entry.ps = text[from.min(text.len())..].to_owned();
}

fn append(text: &mut String, map: &mut Vec<(usize, usize)>, paragraph: &[(String, usize)], mut skip: usize) {
    let mut before: Option<usize> = None;
    for (line, at) in paragraph {
        if let Some(length) = before {
            text.push(if length < OWN_LINE_END { '\n' } else { ' ' });
        }
        map.push((text.len(), at + skip));
        text.push_str(&line[skip..]);
        skip = 0;
        before = Some(line.chars().count());
    }
}

/// What a refresh puts on a sheet for one card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// WHO, an id.
    pub who: String,
    /// OCCASION.
    pub occasion: Occasion,
    /// What stands behind the second bar: `Sat 12 Dec, post by Mon 7 Dec`.
    pub when: String,
    /// Lines for the writer, without their `> `.
    pub lines: Vec<String>,
}

/// The sheet with everybody in `due` on it and every byte that was there. Cards that are there already are left alone, new ones
/// are put at the end; `withdrawn` says of a card why it is no longer due, and it is marked with that. Doing it twice is doing it once.
#[must_use]
pub fn refresh(old: &[u8], month: Month, due: &[Prompt], withdrawn: impl Fn(&Entry) -> Option<String>) -> Vec<u8> {
    let newline = newline(old);
    let there = entries(old);
    let gone: Vec<Option<String>> = there.iter().map(withdrawn).collect();
    let remarks: Vec<_> =
        gone.iter().map(|why| Some(why.iter().map(|why| format!("no longer due: {why}")).collect::<Vec<_>>())).collect();
    let text = remark(old, "no longer due:", &remarks);
    // What was refused of a card that needs no note any more is no longer of interest.
    let settled: Vec<_> = gone.iter().map(|why| why.is_some().then(Vec::new)).collect();
    let mut text = remark(&text, "refused", &settled);
    let known: BTreeSet<(&str, &Occasion)> = there.iter().map(|e| (e.who.as_str(), &e.occasion)).collect();
    let new: Vec<&Prompt> = due.iter().filter(|p| !known.contains(&(p.who.as_str(), &p.occasion))).collect();
    let count = gone.iter().filter(|why| why.is_none()).count() + new.len();
    let title = format!("# {}: {count} card{} to write", month.long(), if count == 1 { "" } else { "s" });
    if text.iter().all(u8::is_ascii_whitespace) {
        text = format!("{title}{newline}").into_bytes();
    } else if let Some(first) = lines(&text).first().filter(|l| is_title(&l.text)) {
        let span = first.span.clone();
        text.splice(span, title.into_bytes());
    }
    for prompt in new {
        while !text.ends_with(b"\n\n") && !text.ends_with(b"\r\n\r\n") {
            text.extend(newline.as_bytes());
        }
        text.extend(format!("## {} | {} | {}{newline}", prompt.who, prompt.occasion, prompt.when).into_bytes());
        for line in &prompt.lines {
            text.extend(format!("> {line}{newline}").into_bytes());
        }
        text.extend(newline.as_bytes());
    }
    text
}

/// Our own title, which we may count up: `# December 2026: 3 cards to write`.
fn is_title(line: &str) -> bool {
    line.strip_prefix("# ").is_some_and(|rest| {
        let (month, count) = rest.split_once(": ").unwrap_or_default();
        let number = count.trim_end_matches("s to write").trim_end_matches(" to write").trim_end_matches(" card");
        month.split(' ').count() == 2
            && count.ends_with(" to write")
            && number.bytes().all(|b| b.is_ascii_digit())
            && !number.is_empty()
    })
}

/// The sheet with wetink's remarks that begin with `about` replaced by `remarks`, one list for each card, put under the prompts
/// of its card; without a list a card's stay. No other byte changes.
#[must_use]
pub fn remark(old: &[u8], about: &str, remarks: &[Option<Vec<String>>]) -> Vec<u8> {
    let newline = newline(old);
    let mut text = Vec::with_capacity(old.len() + 200);
    let all = lines(old);
    text.extend(&old[..all.first().map_or(old.len(), |l| l.span.start)]);
    let mut card: Option<usize> = None;
    let put = |text: &mut Vec<u8>, card: Option<usize>, open: &mut bool| {
        if let Some(list) = card.and_then(|c| remarks.get(c)?.as_ref()).filter(|_| std::mem::take(open)) {
            if !list.is_empty() && !text.ends_with(b"\n") {
                text.extend(newline.as_bytes());
            }
            for line in list {
                text.extend(format!("{REMARK} {}{newline}", one_line(line)).into_bytes());
            }
        }
    };
    let mut open = false;
    for line in &all {
        let ours = line.text.strip_prefix(REMARK).is_some_and(|rest| rest.trim_start().starts_with(about));
        if ours && card.is_some_and(|c| remarks.get(c).is_none_or(Option::is_some)) {
            continue;
        }
        if heading(&line.text).is_some() {
            put(&mut text, card, &mut open);
            card = Some(card.map_or(0, |c| c + 1));
            open = true;
        } else if open && !is_prompt(&line.text) {
            put(&mut text, card, &mut open);
        }
        text.extend(&old[line.span.start..line.next]);
    }
    put(&mut text, card, &mut open);
    text
}

/// As the first line ends; ours may be taken out again, and it never stands first.
fn newline(old: &[u8]) -> &'static str {
    let first = old.iter().position(|b| *b == b'\n').unwrap_or(0);
    if first > 0 && old[first - 1] == b'\r' { "\r\n" } else { "\n" }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHEET: &str = "# December 2026: 2 cards to write\n\n## ana-lopez | birthday | Sat 12 Dec, post by Mon 7 Dec\n> customer since 2019\n> because: she asked\n\nAna, how did the boots do?\nJoan\n\nPS: the laces are in.\n\n## tom | Thank You\n\n";

    #[test]
    fn reads_cards_notes_and_postscripts() {
        let sheet = Sheet::read("notes/2026-12.md", SHEET.as_bytes()).unwrap();
        let ana = &sheet.entries[0];
        assert_eq!((ana.line, ana.who.as_str(), ana.occasion.as_str()), (3, "ana-lopez", "birthday"));
        assert_eq!(ana.note, "Ana, how did the boots do?\nJoan");
        assert_eq!(ana.ps, "the laces are in.");
        assert_eq!(ana.because.as_deref(), Some("she asked"));
        assert_eq!(&sheet.text[ana.who_at.clone()], "ana-lopez");
        let text = ana.text();
        for word in ["boots", "Joan", "laces"] {
            let at = text.find(word).unwrap();
            assert_eq!(&sheet.text[ana.in_file(&(at..at + word.len()))], word);
        }
        for (offset, _) in sheet.text.char_indices() {
            let counted = sheet.text[..offset].matches('\n').count() + 1;
            assert_eq!((sheet.line_of(offset), sheet.spot(offset..offset, "").line()), (counted, counted));
        }
        assert_eq!(sheet.entries[1].occasion.as_str(), "thank-you");
        assert_eq!(sheet.entries[1].note, "");
    }

    #[test]
    fn long_lines_flow_on_and_short_ones_end() {
        let text = "## a | b\nDear Ana,\nthis line is long enough that an editor may have wrapped it\nhere, see?\n";
        let sheet = Sheet::read("s", text.as_bytes()).unwrap();
        assert_eq!(sheet.entries[0].note, "Dear Ana,\nthis line is long enough that an editor may have wrapped it here, see?");
    }

    fn prompt(who: &str) -> Prompt {
        Prompt { who: who.into(), occasion: Occasion::new("birthday"), when: "Sat 12 Dec".into(), lines: vec!["a prompt".into()] }
    }

    #[test]
    fn a_refresh_adds_and_marks_and_is_idempotent() {
        let month = "2026-12".parse().unwrap();
        let first = refresh(b"", month, &[prompt("ana")], |_| None);
        assert_eq!(
            String::from_utf8_lossy(&first),
            "# December 2026: 1 card to write\n\n## ana | birthday | Sat 12 Dec\n> a prompt\n\n"
        );
        let typed = [&first[..], b"My own words.\n"].concat();
        let gone = |e: &Entry| (e.who == "ana").then(|| "she asked not to be written to".to_owned());
        let second = refresh(&typed, month, &[prompt("bo")], gone);
        let text = String::from_utf8_lossy(&second);
        assert!(
            text.contains("> a prompt\n> !! no longer due: she asked not to be written to\n\nMy own words.\n\n## bo |"),
            "{text}"
        );
        assert!(text.starts_with("# December 2026: 1 card to write"), "{text}");
        assert_eq!(refresh(&second, month, &[prompt("bo")], gone), second);
        let back = refresh(&second, month, &[prompt("ana"), prompt("bo")], |_| None);
        assert!(!String::from_utf8_lossy(&back).contains("no longer due"));
    }

    #[test]
    fn a_heading_that_slipped_is_a_heading_and_lost_line_ends_are_told() {
        let sheet =
            Sheet::read("s", "## ana | birthday\n\nAna, the puppy.\n\n  ## tom | birthday\n\nTom, the gate.\n".as_bytes())
                .unwrap();
        assert_eq!(sheet.entries.len(), 2);
        assert_eq!(&sheet.text[sheet.entries[1].who_at.clone()], "tom");
        assert_eq!(sheet.entries[0].note, "Ana, the puppy.");
        let trouble = Sheet::read("s", b"# x\r## ana | birthday\rAna\r").unwrap_err();
        assert!(trouble.message.contains("CR only"), "{trouble}");
    }

    #[test]
    fn other_encodings_are_told_with_their_line() {
        let trouble = Sheet::read("notes/x.md", b"## a | b\n\nGr\xfc\xdfe\n").unwrap_err();
        assert_eq!(trouble.spots[0].line(), 3);
    }

    proptest! {
        #[test]
        fn a_refresh_keeps_every_byte(parts in prop::collection::vec(prop_oneof![
            Just(b"## ana | birthday\n".to_vec()), Just(b"> prompt\r\n".to_vec()), Just(b"\n".to_vec()), Just(b"> !! no longer due: x\n".to_vec()),
            prop::collection::vec(any::<u8>(), 0..20)], 0..12)) {
            let old = parts.concat();
            let month = "2026-12".parse().unwrap();
            let once = refresh(&old, month, &[prompt("bo")], |e| (e.who == "ana").then(|| "gone".into()));
            prop_assert_eq!(&refresh(&once, month, &[prompt("bo")], |e| (e.who == "ana").then(|| "gone".into())), &once);
            // What was typed is a subsequence, line by line.
            let typed: Vec<_> = lines(&old).into_iter().map(|l| l.text.into_owned())
                .filter(|l| !l.starts_with("> !! no longer due:") && !is_title(l) && !l.trim().is_empty()).collect();
            let after: Vec<_> = lines(&once).into_iter().map(|l| l.text.into_owned()).collect();
            let mut at = after.iter();
            for line in typed {
                prop_assert!(at.any(|l| *l == line), "lost {line:?}");
            }
        }
    }
}
