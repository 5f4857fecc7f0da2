//! What is open with people, under its own words: who waits for boots in 43, whose idea the brownies were.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::due::Books;
use crate::cli::talk::list;
use crate::day::Day;
use crate::ledger::Ledger;
use crate::person::{Id, Status};
use crate::trouble::Result;

/// Something open: one line, whoever it concerns.
#[derive(Debug, Serialize)]
pub struct Open {
    /// `promise`, `could-not-help`, `idea` …
    pub kind: String,
    /// In the owner's words.
    pub text: String,
    /// Open since then; of several people the longest.
    pub since: Day,
    /// With whom, by id.
    pub who: Vec<String>,
}

impl Open {
    /// `could-not-help: boots 43 (ana-lopez and tom-reed, since 3 Oct 2026)`.
    pub fn line(&self) -> String {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = if text.is_empty() { String::new() } else { format!(": {text}") };
        format!("{}{text} ({}, since {})", self.kind, list(&self.who), self.since.plain())
    }
}

/// Every open thread, by kind and words; the longest open first.
pub fn threads(ledger: &Ledger, books: &Books) -> Result<Vec<Open>> {
    let found = books.ask(ledger, |stories| {
        let mut found: Vec<(i64, u16, Day, &Id)> = Vec::new();
        let mut marks = Vec::new();
        for (at, person) in books.people.iter().enumerate().filter(|(_, p)| p.status != Status::Deceased) {
            stories.of(at, &mut marks);
            for thread in books.rules.threads(&marks).iter().filter(|t| t.closed.is_none()) {
                let mark = marks[thread.at];
                found.push((mark.n, mark.kind, mark.on, &person.id));
            }
        }
        found
    })?;
    let words = ledger.words(&found.iter().map(|f| f.0).collect::<Vec<_>>())?;
    let mut open: BTreeMap<(u16, Id), Open> = BTreeMap::new();
    for (n, kind, on, who) in found {
        let text = words.get(&n).map_or("", |t| t.trim());
        let line = open.entry((kind, Id::of(text))).or_insert_with(|| Open {
            kind: books.rules.name(kind).to_owned(),
            text: text.to_owned(),
            since: on,
            who: Vec::new(),
        });
        line.since = line.since.min(on);
        if !line.who.iter().any(|w| w == who.as_str()) {
            line.who.push(who.to_string());
        }
    }
    let mut open: Vec<Open> = open.into_values().collect();
    open.sort_by(|a, b| (a.since, &a.kind, &a.text).cmp(&(b.since, &b.kind, &b.text)));
    Ok(open)
}
