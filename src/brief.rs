//! What to remember before writing to somebody: where the conversation stopped, in the owner's own words. Never text for a note.

use crate::day::Day;
use crate::rules::{Kind, Rules};
use crate::touch::Touch;

/// A few lines for the writer, without marks: since when, what was said last, what is open, what is known, what the last card said.
/// `last` is the last card's day and text; `touches` are oldest first.
#[must_use]
pub fn brief(rules: &Rules, touches: &[Touch], last: Option<(Day, &str)>, today: Day) -> Vec<String> {
    let mut lines = Vec::new();
    let talks = |t: &&Touch| tells(&rules.kind(&t.kind)) && t.kind != "promise";
    let newest = touches.iter().rfind(talks);
    if let Some(newest) = newest {
        let first = touches.iter().find(talks).filter(|f| f.on.year() < today.year());
        let since = first.map_or_else(String::new, |f| format!("customer since {}; ", f.on.year()));
        // What closed something says what it was, if it says nothing else.
        let closed = || touches.iter().find(|t| format!("{} {}", t.kind, t.on) == newest.closes).map(|t| t.text.as_str());
        let text = if newest.text.trim().is_empty() { closed().unwrap_or_default() } else { &newest.text };
        lines.push(one_line(&format!("{since}last: {} on {}{}", newest.kind, newest.on.plain(), said(text))));
    }
    for open in rules.open(touches) {
        let until = open.until.map_or_else(String::new, |d| format!(" until {}", d.plain()));
        lines.push(one_line(&match open.kind.as_str() {
            "promise" => format!("promised{until}{}", said(&open.text)),
            kind => format!("open: {kind} of {}{until}{}", open.on.plain(), said(&open.text)),
        }));
    }
    for fact in touches.iter().rev().filter(|t| rules.kind(&t.kind).fact).take(3) {
        // An old fact may no longer hold.
        let old = if today.since(fact.on) > 3 * 365 { format!(" ({}?)", fact.on.year()) } else { String::new() };
        lines.push(one_line(&format!("know: {}{old}", fact.text)));
    }
    if let Some((day, text)) = last {
        let begin: String = one_line(text).chars().take(70).collect();
        let more = if begin.chars().count() < one_line(text).chars().count() { " …" } else { "" };
        lines.push(format!("last card, {}: \"{begin}{more}\"", day.plain()));
    }
    let asked = newest.map(|t| rules.kind(&t.kind).ask).filter(|ask| !ask.is_empty());
    lines.push(format!("ask? {}", asked.as_deref().unwrap_or("what is new with them?")));
    lines
}

/// The five lines for somebody who walks in after a long time, so that the talk can go on where it stopped; none if they were
/// here lately, or never. `touches` are those before today's visit.
#[must_use]
pub fn welcome(rules: &Rules, name: &str, touches: &[Touch], today: Day) -> Vec<String> {
    let last = touches.iter().rfind(|t| tells(&rules.kind(&t.kind)));
    let Some(last) = last.filter(|t| today.since(t.on) > i64::from(rules.habits.brief_after)) else { return Vec::new() };
    let months = today.since(last.on) / 30;
    let mut lines = vec![format!("{name}, last here or heard from {months} months ago")];
    let all = brief(rules, touches, None, today);
    let of = |begin: &str, most: usize| all.iter().filter(|l| l.starts_with(begin)).take(most).cloned().collect::<Vec<_>>();
    lines.extend(all.first().filter(|l| l.contains("last: ")).cloned());
    let mut rest = of("know: ", 1);
    rest.extend(all.iter().filter(|l| l.starts_with("promised") || l.starts_with("open: ")).take(1).cloned());
    rest.extend(of("ask? ", 1));
    lines.extend(rest);
    lines.truncate(5);
    lines
}

/// Something that happened between people, rather than a fact or a bank transfer.
fn tells(kind: &Kind) -> bool {
    !kind.fact && !kind.silent
}

fn said(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { format!(": {text}") }
}

/// On one line, and short enough to read at a glance.
fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 160 { line } else { line.chars().take(158).collect::<String>() + " …" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(on: &str, kind: &str, text: &str) -> Touch {
        Touch::new(on.parse().unwrap(), kind, text)
    }

    fn rules() -> Rules {
        Rules::new(&std::collections::BTreeMap::new(), &[], None).unwrap()
    }

    #[test]
    fn the_brief_is_the_last_talk_the_facts_and_the_last_card() {
        let touches = [
            touch("2019-04-02", "visit", ""),
            touch("2021-01-01", "fact", "has a spaniel\ncalled Bess"),
            touch("2026-10-03", "purchase", "walking boots for Lisbon"),
            touch("2026-10-05", "signal", "clicked"),
        ];
        let today: Day = "2026-12-01".parse().unwrap();
        let last = today.plus(-350);
        let lines = brief(&rules(), &touches, Some((last, "Ana, I hope the puppy lets you sleep")), today);
        assert_eq!(
            lines,
            [
                "customer since 2019; last: purchase on 3 Oct 2026: walking boots for Lisbon",
                "know: has a spaniel called Bess (2021?)",
                "last card, 16 Dec 2025: \"Ana, I hope the puppy lets you sleep\"",
                "ask? how did it turn out?",
            ]
        );
    }

    #[test]
    fn a_year_of_silence_keeps_its_thread_and_is_met_with_five_lines() {
        let touches = [
            touch("2025-10-01", "fact", "afraid of drills"),
            touch("2025-10-03", "thinking", "the implant; asks her daughter first"),
        ];
        let today: Day = "2026-10-20".parse().unwrap();
        let lines = brief(&rules(), &touches, None, today);
        assert!(lines.contains(&"open: thinking of 3 Oct 2025: the implant; asks her daughter first".to_owned()), "{lines:?}");
        let welcome = welcome(&rules(), "Ana López", &touches, today);
        assert_eq!(
            welcome,
            [
                "Ana López, last here or heard from 12 months ago",
                "customer since 2025; last: thinking on 3 Oct 2025: the implant; asks her daughter first",
                "know: afraid of drills",
                "open: thinking of 3 Oct 2025: the implant; asks her daughter first",
                "ask? how far are they with it?",
            ]
        );
        assert!(super::welcome(&rules(), "Ana", &touches, "2025-12-01".parse().unwrap()).is_empty(), "she was here lately");
        assert!(super::welcome(&rules(), "Ana", &[], today).is_empty(), "she was never here");
    }
}
