//! A pack's lists as they came back from wherever they were opened: addresses.csv and requests.jsonl.

use super::{Finding, Severity};
use crate::out::pack::list::harmless;
use crate::out::pack::{Service, request};

/// Lines of a list, and findings about it; more of either is told as too many.
const MOST: usize = 100_000;
const TOLD: usize = 200;

/// A list of addresses: the service's columns, ZIP codes with their zeros, nothing that runs.
pub fn csv(text: &str, service: &Service) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut rows = records(text.trim_start_matches('\u{feff}')).into_iter();
    let Some((_, heads)) = rows.next() else {
        return vec![Finding::reject("list", "the list is empty".into(), "make it again with `wetink pack`")];
    };
    let column = |wanted: &str| {
        let (head, _) = service.csv.columns.iter().find(|(_, pattern)| pattern == wanted)?;
        heads.iter().position(|h| h.trim() == head)
    };
    for (head, _) in &service.csv.columns {
        if !heads.iter().any(|h| h.trim() == head) {
            found.push(Finding::reject(
                "list",
                format!("the column `{head}` is missing"),
                "make the list again with `wetink pack`; saved with another separator a list has one column only",
            ));
        }
    }
    let (zip, country, state) = (column("{zip}"), column("{country}"), column("{state}"));
    for (line, row) in rows {
        if found.len() >= TOLD {
            break;
        }
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).map_or("", |c| c.trim());
        let american = country.is_none() || matches!(cell(country), "" | "US");
        let code = cell(zip).as_bytes();
        let digits = code.iter().take_while(|b| b.is_ascii_digit()).count();
        if american && zip.is_some() && (digits < 5 || !matches!(code.len(), 5 | 10)) {
            let lost = digits == code.len() && (3..5).contains(&digits);
            let was =
                if lost { format!("; was it {:0>5} before a spreadsheet took the zero?", cell(zip)) } else { String::new() };
            found.push(Finding::reject(
                "list",
                format!("line {line}: `{}` is no ZIP code{was}", crate::words::shown(cell(zip))),
                "`wetink pack` makes the list again as it was; look at it in addresses.xml, which keeps zeros",
            ));
        }
        let two = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic());
        if american && state.is_some() && !two(cell(state)) {
            found.push(Finding::reject(
                "list",
                format!("line {line}: `{}` is no state in two letters", crate::words::shown(cell(state))),
                "put it right with `wetink person edit`, and pack again",
            ));
        }
        if let Some(cell) = row.iter().find(|cell| harmless(cell) != **cell) {
            found.push(Finding::reject(
                "formula",
                format!(
                    "line {line}: a spreadsheet would run `{}`",
                    crate::words::shown(&cell.chars().take(40).collect::<String>())
                ),
                "`wetink pack` writes it so that none does",
            ));
        }
    }
    found
}

/// Requests, a line each.
pub fn requests(text: &str, service: &Service) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut keys = std::collections::BTreeSet::new();
    for (number, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()).take(MOST) {
        if found.len() >= TOLD {
            break;
        }
        let number = number + 1;
        let mut say = |message: String| {
            found.push(Finding::reject(
                "request",
                format!("line {number}: {message}"),
                "put it right, or make the pack again with `wetink pack`",
            ));
        };
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else {
            say("this is no JSON".into());
            continue;
        };
        match value.get("idempotency_key").and_then(serde_json::Value::as_str) {
            Some(key) if key.chars().count() <= 256 && !key.is_empty() => {
                if !keys.insert(key.to_owned()) {
                    say(format!(
                        "the key {} was on a line before; this card would be dropped or sent twice",
                        crate::words::shown(key)
                    ));
                }
            }
            _ => say("there is no idempotency_key of at most 256 characters".into()),
        }
        for problem in request::problems(service, &value["body"]) {
            say(problem);
        }
    }
    if keys.is_empty() && found.is_empty() {
        found.push(Finding::reject("request", "there is no request in it".into(), "make the pack again with `wetink pack`"));
    }
    found.sort_by_key(|f| f.severity != Severity::Reject);
    found
}

/// Records of a list with commas, quoted as usual, with the line each begins on; blank ones are left out.
#[must_use]
pub fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut all = Vec::new();
    let (mut row, mut cell, mut within) = (Vec::new(), String::new(), false);
    let (mut line, mut began) = (1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        match c {
            '"' if within && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => within = !within,
            ',' if !within => row.push(std::mem::take(&mut cell)),
            '\r' if !within => {}
            '\n' if !within => {
                row.push(std::mem::take(&mut cell));
                all.push((began, std::mem::take(&mut row)));
                began = line;
                if all.len() > MOST {
                    return all;
                }
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        all.push((began, row));
    }
    all.retain(|(_, row)| row.iter().any(|c| !c.trim().is_empty()));
    all
}
