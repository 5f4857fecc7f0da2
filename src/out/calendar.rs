//! What is due as a calendar: one day-long entry for each card, on the last day to post it.
//!
//! Not a yearly rule: the day moves with Sundays and holidays, and a card that must not be sent any more is withdrawn under the
//! same UID.

use std::fmt::Write as _;

use crate::day::Day;

/// The longest line in octets, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// One card to post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same for ever: the card's id.
    pub uid: String,
    /// One more each time the entry changes; calendars keep the highest.
    pub sequence: u32,
    /// The last day to post it.
    pub on: Day,
    /// In a few words: `Post Ana López’s birthday card`.
    pub title: String,
    /// More, in lines; may be empty.
    pub text: String,
    /// It isn't to be sent any more.
    pub withdrawn: bool,
}

/// The calendar file. `name` is what calendars show for it, `stamp` the day it was made, `hour` when the reminder rings.
#[must_use]
pub fn write(name: &str, stamp: Day, hour: u32, entries: &[Entry]) -> String {
    let mut entries: Vec<&Entry> = entries.iter().collect();
    entries.sort_by(|a, b| (a.on, &a.uid).cmp(&(b.on, &b.uid)));
    let mut out = String::new();
    let mut put = |line: &str| fold(line, &mut out);
    put("BEGIN:VCALENDAR");
    put("VERSION:2.0");
    put("PRODID:-//wetink//wetink//EN");
    put("CALSCALE:GREGORIAN");
    put("METHOD:PUBLISH");
    put(&format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        put("BEGIN:VEVENT");
        put(&format!("UID:{}", escaped(&entry.uid)));
        put(&format!("DTSTAMP:{}T000000Z", basic(stamp)));
        put(&format!("SEQUENCE:{}", entry.sequence));
        put(&format!("DTSTART;VALUE=DATE:{}", basic(entry.on)));
        put(&format!("DTEND;VALUE=DATE:{}", basic(entry.on.plus(1))));
        put(&format!("SUMMARY:{}", escaped(&entry.title)));
        if !entry.text.is_empty() {
            put(&format!("DESCRIPTION:{}", escaped(&entry.text)));
        }
        put(if entry.withdrawn { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        // The day stays free for everything else.
        put("TRANSP:TRANSPARENT");
        if !entry.withdrawn {
            put("BEGIN:VALARM");
            put("ACTION:DISPLAY");
            put(&format!("DESCRIPTION:{}", escaped(&entry.title)));
            put(&format!("TRIGGER:PT{}H", hour.min(23)));
            put("END:VALARM");
        }
        put("END:VEVENT");
    }
    put("END:VCALENDAR");
    out
}

/// The entries of a file that [`write`] wrote; whatever else stands in a file is passed over.
#[must_use]
pub fn read(text: &str) -> Vec<Entry> {
    let text = text.replace("\r\n ", "").replace("\n ", "");
    let mut found = Vec::new();
    let mut at: Option<(Entry, bool)> = None;
    let mut alarm = false;
    for line in text.lines() {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name == "BEGIN" && value == "VEVENT" {
            let nothing = String::new;
            let on = Day::new(1970, 1, 1);
            at = on.map(|on| {
                let entry = Entry { uid: nothing(), sequence: 0, on, title: nothing(), text: nothing(), withdrawn: false };
                (entry, false)
            });
            continue;
        }
        let Some((entry, dated)) = &mut at else { continue };
        match (name, value) {
            ("BEGIN", "VALARM") => alarm = true,
            ("END", "VALARM") => alarm = false,
            ("END", "VEVENT") => {
                found.extend(at.take().filter(|(entry, dated)| *dated && !entry.uid.is_empty()).map(|(entry, _)| entry));
            }
            _ if alarm => {}
            ("UID", uid) => entry.uid = plain(uid),
            ("SEQUENCE", number) => entry.sequence = number.parse().unwrap_or(0),
            ("DTSTART;VALUE=DATE", day) => {
                let parts = (day.get(..4), day.get(4..6), day.get(6..8));
                if let (Some(y), Some(m), Some(d)) = parts
                    && let Ok(day) = format!("{y}-{m}-{d}").parse()
                {
                    (entry.on, *dated) = (day, true);
                }
            }
            ("SUMMARY", title) => entry.title = plain(title),
            ("DESCRIPTION", text) => entry.text = plain(text),
            ("STATUS", status) => entry.withdrawn = status == "CANCELLED",
            _ => {}
        }
    }
    found
}

/// What the file should say now: an entry that changed gets the next number, one that is gone is withdrawn under the same UID, and a
/// withdrawn one is forgotten when its day is before `forget`.
#[must_use]
pub fn refresh(before: Vec<Entry>, now: Vec<Entry>, forget: Day) -> Vec<Entry> {
    let mut entries = Vec::new();
    for entry in now {
        let sequence = match before.iter().find(|b| b.uid == entry.uid) {
            Some(old) if *old == (Entry { sequence: old.sequence, ..entry.clone() }) => old.sequence,
            Some(old) => old.sequence.saturating_add(1),
            None => 0,
        };
        entries.push(Entry { sequence, ..entry });
    }
    for mut old in before {
        if entries.iter().any(|e| e.uid == old.uid) || old.on < forget {
            continue;
        }
        if !old.withdrawn {
            old.withdrawn = true;
            old.sequence = old.sequence.saturating_add(1);
        }
        entries.push(old);
    }
    entries
}

/// A value as text again.
fn plain(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, false) => out.push(c),
        }
    }
    out
}

/// `20261207`.
fn basic(day: Day) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

/// Text as a value: separators and line ends marked, control characters gone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// One line, folded between characters so that no piece is longer than [`LINE`] octets.
fn fold(line: &str, out: &mut String) {
    let mut rest = line;
    let mut room = LINE;
    while rest.len() > room {
        let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        let _ = write!(out, "{}\r\n ", &rest[..cut]);
        rest = &rest[cut..];
        room = LINE - 1;
    }
    out.push_str(rest);
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use calcard::icalendar::{ICalendar, ICalendarProperty};

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn entry(uid: &str, on: &str) -> Entry {
        Entry {
            uid: uid.into(),
            sequence: 2,
            on: day(on),
            title: "Post Ana López’s birthday card".into(),
            text: String::new(),
            withdrawn: false,
        }
    }

    #[test]
    fn one_day_long_entry_a_card() {
        let mut late = entry("b", "2026-12-31");
        late.withdrawn = true;
        late.text = "turns 40; likes red, hates rain\nC:\\cards".into();
        let text = write("Lee Shoes: cards", day("2026-11-22"), 9, &[late, entry("a", "2026-12-07")]);
        assert_eq!(
            text,
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//wetink//wetink//EN\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n\
             X-WR-CALNAME:Lee Shoes: cards\r\n\
             BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20261122T000000Z\r\nSEQUENCE:2\r\nDTSTART;VALUE=DATE:20261207\r\n\
             DTEND;VALUE=DATE:20261208\r\nSUMMARY:Post Ana López’s birthday card\r\nSTATUS:CONFIRMED\r\nTRANSP:TRANSPARENT\r\n\
             BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Post Ana López’s birthday card\r\nTRIGGER:PT9H\r\nEND:VALARM\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20261122T000000Z\r\nSEQUENCE:2\r\nDTSTART;VALUE=DATE:20261231\r\n\
             DTEND;VALUE=DATE:20270101\r\nSUMMARY:Post Ana López’s birthday card\r\n\
             DESCRIPTION:turns 40\\; likes red\\, hates rain\\nC:\\\\cards\r\nSTATUS:CANCELLED\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
             END:VCALENDAR\r\n"
        );
    }

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut long = entry("a", "2026-12-07");
        long.title = "Ł🎂ö ".repeat(60);
        long.text = "x".repeat(1000);
        let text = write("shop", day("2026-11-22"), 9, &[long.clone()]);
        assert!(text.split("\r\n").all(|line| line.len() <= LINE), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&format!("SUMMARY:{}\r\n", long.title)));
        assert!(unfolded.contains(&format!("DESCRIPTION:{}\r\n", long.text)));
    }

    #[test]
    fn another_program_reads_it_back() {
        let mut odd = entry("card-1", "2027-02-28");
        odd.title = "Zoë; \"Łukasz\", and\u{7} \r\nsons:\\".into();
        let text = write("shop", day("2026-11-22"), 9, &[odd]);
        let calendar = ICalendar::parse(&text).unwrap();
        let event = calendar.components.iter().find(|c| c.property(&ICalendarProperty::Uid).is_some()).unwrap();
        let value = |name| event.property(&name).and_then(|p| p.values.first()).and_then(|v| v.as_text()).unwrap_or_default();
        assert_eq!(value(ICalendarProperty::Uid), "card-1");
        assert_eq!(value(ICalendarProperty::Summary), "Zoë; \"Łukasz\", and \nsons:\\");
    }

    #[test]
    fn what_was_written_reads_back_and_changes_count_up() {
        let mut odd = entry("card-1", "2027-02-28");
        odd.title = "Zoë; \"Łukasz\", and\nsons:\\ ".repeat(9).trim().to_owned();
        odd.text = "turns 40".into();
        let entries = vec![odd.clone(), entry("card-2", "2026-12-07")];
        let mut back = read(&write("shop", day("2026-11-22"), 9, &entries));
        back.sort_by(|a, b| a.uid.cmp(&b.uid));
        assert_eq!(back, entries);
        let forget = day("2026-01-01");
        assert_eq!(refresh(back.clone(), entries.clone(), forget), entries, "nothing changed, nothing counts up");
        let moved = Entry { on: day("2026-12-05"), ..entries[1].clone() };
        let after = refresh(back, vec![moved], forget);
        assert_eq!((after[0].sequence, after[0].withdrawn), (3, false));
        assert_eq!((after[1].uid.as_str(), after[1].sequence, after[1].withdrawn), ("card-1", 3, true));
        assert_eq!(refresh(after.clone(), vec![after[0].clone()], forget)[1].sequence, 3, "withdrawn once");
        assert_eq!(refresh(after.clone(), vec![after[0].clone()], day("2028-01-01")).len(), 1);
        for junk in
            ["", "BEGIN:VEVENT\nUID:x\nDTSTART;VALUE=DATE:2é026\nEND:VEVENT", "END:VEVENT\n\\", "BEGIN:VEVENT\nSUMMARY:\\"]
        {
            assert!(read(junk).is_empty());
        }
    }

    #[test]
    fn the_order_given_does_not_matter() {
        let entries = [entry("b", "2026-12-07"), entry("a", "2026-12-07"), entry("c", "2026-12-01")];
        let mut turned = entries.clone();
        turned.reverse();
        let stamp = day("2026-11-22");
        assert_eq!(write("shop", stamp, 9, &entries), write("shop", stamp, 9, &turned));
    }
}
