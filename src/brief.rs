//! What to remember before writing to somebody: where the conversation stopped, in the owner's own words. Never text for a note.

use crate::day::Day;
use crate::touch::{self, Touch};

/// A question that opens a conversation, for the writer; it never enters a note. Chosen by what happened last.
const ASK: [(&str, &str); 8] = [
    ("purchase", "how did it turn out?"),
    ("visit", "what has changed since?"),
    ("service", "does it hold? what is still not right?"),
    ("question", "did the answer help?"),
    ("plan", "how far has the plan come?"),
    ("life", "how is it going, now that it is real?"),
    ("complaint", "has it been put right, in their eyes?"),
    ("talk", "what came of it?"),
];

/// A few lines for the writer, without marks: since when, what was said last, what is known, what is promised, what the last card
/// said. `last` is the last card's day and text.
#[must_use]
pub fn brief(touches: &[Touch], last: Option<(Day, &str)>, today: Day) -> Vec<String> {
    let mut lines = Vec::new();
    let happened = || touches.iter().filter(|t| !touch::is_fact(&t.kind) && t.kind != "promise" && t.kind != "signal");
    let first = happened().next();
    if let Some(newest) = happened().next_back() {
        let since = first
            .filter(|f| f.on.year() < today.year())
            .map_or_else(String::new, |f| format!("customer since {}; ", f.on.year()));
        lines.push(one_line(&format!("{since}last: {} on {}{}", newest.kind, newest.on.plain(), said(&newest.text))));
    }
    for promise in touches.iter().filter(|t| t.kind == "promise" && t.until.is_none_or(|d| d >= today.plus(-60))) {
        let until = promise.until.map_or_else(String::new, |d| format!(" until {}", d.plain()));
        lines.push(one_line(&format!("promised{until}{}", said(&promise.text))));
    }
    for fact in touches.iter().rev().filter(|t| touch::is_fact(&t.kind)).take(3) {
        // An old fact may no longer hold.
        let old = if today.since(fact.on) > 3 * 365 { format!(" ({}?)", fact.on.year()) } else { String::new() };
        lines.push(one_line(&format!("know: {}{old}", fact.text)));
    }
    if let Some((day, text)) = last {
        let begin: String = one_line(text).chars().take(70).collect();
        let more = if begin.chars().count() < one_line(text).chars().count() { " …" } else { "" };
        lines.push(format!("last card, {}: \"{begin}{more}\"", day.plain()));
    }
    let question = happened()
        .next_back()
        .and_then(|t| ASK.iter().find(|(kind, _)| *kind == t.kind))
        .map_or("what is new with them?", |(_, ask)| ask);
    lines.push(format!("ask? {question}"));
    lines
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

    #[test]
    fn the_brief_is_the_last_talk_the_facts_and_the_last_card() {
        let touch = |on: &str, kind: &str, text: &str| Touch {
            on: on.parse().unwrap(),
            kind: kind.into(),
            text: text.into(),
            until: None,
            by: String::new(),
        };
        let touches = [
            touch("2019-04-02", "visit", ""),
            touch("2021-01-01", "fact", "has a spaniel\ncalled Bess"),
            touch("2026-10-03", "purchase", "walking boots for Lisbon"),
        ];
        let today: Day = "2026-12-01".parse().unwrap();
        let last = today.plus(-350);
        let lines = brief(&touches, Some((last, "Ana, I hope the puppy lets you sleep")), today);
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
}
