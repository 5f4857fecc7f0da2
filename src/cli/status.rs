//! `wetink status`: the month at a glance. Counts and names; nobody is measured.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::cli::due::{Books, missed, month_to_write, owed_and_missed, window};
use crate::cli::talk::{BAD, DIM, STRONG, Talk, count, list, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::Month;
use crate::due::Due;
use crate::ledger::glance::QUERIES;
use crate::rules::Give;
use crate::shop;
use crate::trouble::Result;

mod open;
mod page;

use open::Open;

#[derive(Debug, Args)]
pub struct Status {
    /// The month; the one whose cards are being written if not given: from mid-month on the next one
    #[arg(long, value_name = "MONTH", value_parser = typed::<Month>)]
    month: Option<Month>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// As a page with its charts, in one file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Every number is the answer to one of the ledger's queries, or a count of lines of `wetink due --month MONTH --json`.
#[derive(Debug, Serialize)]
pub(super) struct Glance {
    pub month: String,
    /// Cards that nobody has written yet: `kind` is card and `state` is planned.
    pub planned: usize,
    /// Notes on a sheet, not printed yet: `state` is written.
    pub written: usize,
    /// Cards that should wait: `state` is held.
    pub held: usize,
    /// Cards for a day of this month, by what became of them.
    pub printed: usize,
    pub posted: usize,
    pub returned: usize,
    pub answered: usize,
    /// Cards more than a fortnight past their day, and never printed; `wetink due` no longer lists them.
    pub missed: usize,
    /// Lines of `wetink due` that are `late`.
    pub late: usize,
    /// Promises that are open, whatever the month.
    pub promises: usize,
    /// People who skipped their usual purchase: lines whose `why` begins with "usually every".
    pub skipped: Vec<String>,
    /// What is open with people, under its own words: promises, questions, ideas, what couldn't be found for them.
    pub open: Vec<Open>,
    /// Everybody in the ledger.
    pub people: usize,
    /// People of whom nothing is recorded but who they are.
    pub unknown: usize,
}

/// Where the numbers that are not queries come from.
pub(super) const LINES: [(&str, &str); 7] = [
    ("planned", "lines of `wetink due --month MONTH --json` with kind card and state planned"),
    ("written", "… with state written"),
    ("held", "… with state held"),
    ("late", "… with late true"),
    ("skipped", "… whose why begins with \"usually every\""),
    ("open", "what was logged of a kind that stays open, and not closed by a later `wetink log … --close`"),
    ("missed", "cards that would be such lines, but for a day more than a fortnight ago"),
];

impl Status {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let month = self.month.unwrap_or_else(|| month_to_write(world.today));
        let (books, all) = ledger.at_once(|| {
            let books = Books::read(&shop, &ledger)?;
            let all = owed_and_missed(&shop, &ledger, &books, window(Some(month), None, world.today), world.today)?;
            Ok((books, all))
        })?;
        let (gone, due): (Vec<Due>, Vec<Due>) = all.into_iter().partition(|d| missed(d, world.today));
        let mut numbers = [0; QUERIES.len()];
        for (number, (_, query)) in numbers.iter_mut().zip(QUERIES) {
            *number = ledger.number(query, month.first(), month.last())?;
        }
        let [printed, posted, returned, answered, promises, people, unknown] = numbers;
        let of = |state: &str| due.iter().filter(|d| d.kind == Give::Card && d.state == state).count();
        let glance = Glance {
            month: month.to_string(),
            planned: of("planned"),
            written: of("written"),
            held: of("held"),
            printed,
            posted,
            returned,
            answered,
            missed: gone.iter().filter(|d| d.state != "printed").count(),
            late: due.iter().filter(|d| d.late).count(),
            promises,
            skipped: due.iter().filter(|d| d.why.starts_with("usually every")).map(|d| d.to.to_string()).collect(),
            open: open::threads(&ledger, &books)?,
            people,
            unknown,
        };
        if let Some(file) = &self.html {
            let path = world.dir.join(file);
            let year = ledger.year_of_cards(month)?;
            let text = page::write(&shop.settings.shop.name, month, world.today, &glance, &due, &year);
            shop::write_over(&path, b"<!doctype html>", text.as_bytes())?;
            talk.put_path(&path);
            return Ok(Done::Well);
        }
        if self.json {
            talk.put_json(&glance);
            return Ok(Done::Well);
        }
        tell(&glance, month, talk);
        Ok(Done::Well)
    }
}

/// So many open things are listed on a terminal.
const MOST_OPEN: usize = 12;

fn tell(glance: &Glance, month: Month, talk: &Talk) {
    talk.put(styled(STRONG, &month.long()));
    let rows = rows(glance);
    let most = rows.iter().map(|r| r.1).max().unwrap_or(0).max(1);
    for (name, number) in rows {
        let bar = "█".repeat((number * 30).div_ceil(most));
        talk.put(format!("  {name:<9} {number:>4}  {}", styled(DIM, &bar)));
    }
    if glance.late > 0 {
        talk.put(format!("  {}", styled(BAD, &format!("{} of this month late: `wetink due`", glance.late))));
    }
    if glance.missed > 0 {
        talk.put(format!("  {} missed: more than a fortnight past the day", count(glance.missed, "card")));
    }
    if glance.promises > 0 {
        talk.put(format!("  {} open", count(glance.promises, "promise")));
    }
    if !glance.skipped.is_empty() {
        talk.put(format!("  Usually here by now: {}", crate::words::shown(&list(&glance.skipped))));
    }
    if !glance.open.is_empty() {
        talk.put("  Open:");
        for open in glance.open.iter().take(MOST_OPEN) {
            talk.put(format!("    {}", crate::words::shown(&open.line())));
        }
        if glance.open.len() > MOST_OPEN {
            talk.put(format!("    … and {} more: `wetink status --json`", glance.open.len() - MOST_OPEN));
        }
    }
    talk.put(format!("{}; of {} nothing is recorded yet.", count(glance.people, "person"), glance.unknown));
}

/// The month's cards by state, in the order a card goes through them; what never happens is left out.
pub(super) fn rows(glance: &Glance) -> Vec<(&'static str, usize)> {
    let mut rows = vec![("planned", glance.planned), ("written", glance.written)];
    rows.extend((glance.held > 0).then_some(("held", glance.held)));
    rows.extend([("printed", glance.printed), ("posted", glance.posted)]);
    rows.extend([("returned", glance.returned), ("answered", glance.answered)]);
    rows
}
