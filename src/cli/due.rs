//! `wetink due`: who is owed a card, and when it must be posted.

use std::collections::BTreeSet;

use clap::Args;

use crate::cli::talk::{BAD, DIM, STRONG, Talk, count, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::{Day, Month};
use crate::due::{self, Due, Window};
use crate::ledger::Ledger;
use crate::sheet::Sheet;
use crate::shop::Shop;
use crate::trouble::{Result, Trouble};

/// How far ahead is looked if nothing else is said.
pub const WITHIN: i64 = 45;
/// How long after its day a card is still owed; after that it was missed.
pub const MISSED_AFTER: i64 = 14;

#[derive(Debug, Args)]
pub struct DueVerb {
    /// How far ahead to look: 45d, 6w
    #[arg(long, value_name = "DAYS", value_parser = days, conflicts_with = "month")]
    within: Option<i64>,
    /// Everything of one month: 2026-12
    #[arg(long, value_name = "MONTH", value_parser = typed::<Month>)]
    month: Option<Month>,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Print nothing; say it with the exit code: 10 something is due, 11 something is late
    #[arg(long)]
    check: bool,
}

fn days(text: &str) -> Result<i64, String> {
    let wrong = || format!("`{text}` is not a number of days; write 45d or 6w");
    let (number, factor) = match text.trim() {
        t if t.ends_with('d') => (&t[..t.len() - 1], 1),
        t if t.ends_with('w') => (&t[..t.len() - 1], 7),
        t => (t, 1),
    };
    number.trim().parse::<i64>().ok().filter(|n| (0..=3660).contains(n)).map(|n| n * factor).ok_or_else(wrong)
}

/// The window asked for: a month, or from a fortnight ago so far ahead.
#[must_use]
pub fn window(month: Option<Month>, within: Option<i64>, today: Day) -> Window {
    match month {
        Some(month) => Window { from: month.first(), to: month.last() },
        None => Window { from: today.plus(-MISSED_AFTER), to: today.plus(within.unwrap_or(WITHIN)) },
    }
}

/// Everybody owed a card in the window, with cards that have a note on some sheet shown as written. What was missed by more
/// than a fortnight is left out.
pub fn owed(shop: &Shop, ledger: &Ledger, window: Window, today: Day) -> Result<Vec<Due>> {
    let people = ledger.people()?;
    let on_record = ledger.on_record(window.from.plus(-370))?;
    let mut found = due::due(&people, &on_record, window, today, &shop.settings.post);
    found.retain(|d| d.day >= today.plus(-MISSED_AFTER));
    let written = written(shop);
    for due in found.iter_mut().filter(|d| d.state == "planned") {
        if written.contains(&(due.to.as_str().to_owned(), due.occasion.as_str().to_owned())) {
            due.state = "written";
        }
    }
    Ok(found)
}

/// Who has a note on a sheet: id and occasion.
fn written(shop: &Shop) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for path in shop.sheets() {
        let Ok(sheet) = std::fs::read(&path).map_err(|_| ()).and_then(|b| Sheet::read("", &b).map_err(|_| ())) else { continue };
        for entry in sheet.entries.iter().filter(|e| !e.note.is_empty()) {
            found.insert((entry.who.clone(), entry.occasion.as_str().to_owned()));
        }
    }
    found
}

impl DueVerb {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let found = owed(&shop, &ledger, window(self.month, self.within, world.today), world.today)?;
        let late = found.iter().filter(|d| d.late).count();
        if self.check {
            return Ok(match (found.is_empty(), late) {
                (true, _) => Done::Well,
                (false, 0) => Done::Code(10),
                _ => Done::Code(11),
            });
        }
        if self.json {
            talk.put_json(&serde_json::json!({ "today": world.today, "due": found, "late": late }));
            return Ok(Done::Well);
        }
        if let Some(line) = found.is_empty().then(|| nothing(&ledger)).transpose()? {
            talk.say(line);
        }
        talk.put(table(&found, world.today));
        let span = self.month.map_or_else(|| format!("the next {} days", self.within.unwrap_or(WITHIN)), Month::long);
        talk.put(format!(
            "{}{}. That is all for {span}.",
            count(found.len(), "card"),
            if late > 0 { styled(BAD, &format!(", {late} late")) } else { String::new() }
        ));
        Ok(Done::Well)
    }
}

fn nothing(ledger: &Ledger) -> Result<String> {
    Ok(if ledger.people()?.is_empty() {
        "Nobody is here yet: `wetink import customers.csv` or `wetink person add \"Ana López\" --birthday 04-12`".into()
    } else {
        "Nothing is due.".into()
    })
}

/// Cards grouped by the week they must be posted in, one line each.
#[must_use]
pub fn table(found: &[Due], today: Day) -> String {
    let wide = |text: &str| text.chars().count();
    let id_width = found.iter().map(|d| wide(d.to.as_str())).max().unwrap_or(0).min(32);
    let name_width = found.iter().map(|d| wide(&d.name)).max().unwrap_or(0).min(32);
    let what = |d: &Due| {
        let why = if d.why.is_empty() { String::new() } else { format!(" ({})", d.why) };
        format!("{} {}{why}", d.occasion, d.day.short())
    };
    let what_width = found.iter().map(|d| wide(&what(d))).max().unwrap_or(0);
    let pad = |text: &str, width: usize| {
        let shown = crate::words::shown(text);
        format!("{shown}{}", " ".repeat(width.saturating_sub(wide(&shown))))
    };
    let mut lines: Vec<String> = Vec::new();
    let mut week: Option<Option<Day>> = None;
    for due in found {
        let this = (!due.late).then(|| due.post_by.monday());
        if week != Some(this) {
            if week.is_some() {
                lines.push(String::new());
            }
            lines.push(match this {
                None => styled(BAD, "Late"),
                Some(monday) if monday == today.monday() => styled(STRONG, "To post this week"),
                Some(monday) if monday == today.monday().plus(7) => styled(STRONG, "To post next week"),
                Some(monday) => styled(STRONG, &format!("To post in the week of {}", monday.short())),
            });
            week = Some(this);
        }
        let by = if due.late {
            format!("was to be posted by {}", due.post_by.short())
        } else {
            format!("post by {}", due.post_by.short())
        };
        lines.push(format!(
            "  {}  {}  {}  {}  {}",
            pad(due.to.as_str(), id_width),
            pad(&due.name, name_width),
            pad(&what(due), what_width),
            if due.late { styled(BAD, &by) } else { by },
            styled(DIM, due.state)
        ));
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.join("\n")
}

/// The month a sheet is for if none is said: from the middle of a month on, the next one.
#[must_use]
pub fn month_to_write(today: Day) -> Month {
    Month::of(today.plus(14))
}

/// A sheet's month from its file name.
pub fn month_of_sheet(file: &str) -> Result<Month> {
    let name = std::path::Path::new(file).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    name.get(..7).unwrap_or(&name).parse().map_err(|_: Trouble| {
        Trouble::failed(format!("{file} has no month in its name")).hint("name the sheet after its month, as in notes/2026-12.md")
    })
}
