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
    fn the_order_given_does_not_matter() {
        let entries = [entry("b", "2026-12-07"), entry("a", "2026-12-07"), entry("c", "2026-12-01")];
        let mut turned = entries.clone();
        turned.reverse();
        let stamp = day("2026-11-22");
        assert_eq!(write("shop", stamp, 9, &entries), write("shop", stamp, 9, &turned));
    }
}
