//! `wetink due`: who is owed a card, and when it must be posted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::cli::talk::{BAD, DIM, STRONG, Talk, count, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::{Day, Month};
use crate::due::{self, Affairs, Due, MISSED_AFTER, Party, Stories, TOGETHER, Window};
use crate::ledger::Ledger;
use crate::ledger::story::Packs;
use crate::out::calendar::{self, Entry};
use crate::rules::{Give, Rules};
use crate::sheet::Sheet;
use crate::shop::{self, Shop};
use crate::trouble::{Result, Trouble};

/// How far ahead is looked if nothing else is said.
pub const WITHIN: i64 = 45;

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
    /// Write the cards into a calendar file, each on its post-by day; run again, what is no longer due is withdrawn
    #[arg(long, value_name = "FILE")]
    ics: Option<PathBuf>,
    /// Show a message on the desktop if something is to be done within a week; for the timer of `wetink remind`
    #[arg(long)]
    notify: bool,
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

/// Everything owed in the window, with cards that have a note on some sheet shown as written. What was missed by more than a
/// fortnight is left out.
pub fn owed(shop: &Shop, ledger: &Ledger, window: Window, today: Day) -> Result<Vec<Due>> {
    // Of one moment, whoever writes meanwhile.
    let mut found = ledger.at_once(|| owed_and_missed(shop, ledger, &Books::read(shop, ledger)?, window, today))?;
    found.retain(|d| !missed(d, today));
    Ok(found)
}

/// The day of a card has passed by more than a fortnight, and it wasn't printed.
#[must_use]
pub fn missed(due: &Due, today: Day) -> bool {
    due.kind == Give::Card && due.day < today.plus(-MISSED_AFTER)
}

/// Everybody, their history without its words, and the shop's rules: read once, asked twice.
pub struct Books {
    pub rules: Rules,
    pub people: Vec<Party>,
    packs: Packs,
}

impl Books {
    pub fn read(shop: &Shop, ledger: &Ledger) -> Result<Books> {
        let (rules, people) = (shop.rules()?, ledger.parties()?);
        let packs = Packs::of(people.len());
        Ok(Books { rules, people, packs })
    }

    /// What is made of everybody's history, by the other processors while it is still being read; made again if a part of it turns out
    /// to be torn.
    pub fn ask<T: Send>(&self, ledger: &Ledger, make: impl Fn(&Stories<'_>) -> T + Sync) -> Result<T> {
        let stories = Stories::new(|at, marks| self.packs.tell(at, marks));
        let read = || ledger.read_packs(&self.packs, &self.people, &self.rules);
        let made = if self.packs.are_read() {
            make(&stories)
        } else if self.people.len() <= TOGETHER {
            read()?;
            make(&stories)
        } else {
            let mut made = None;
            rayon::in_place_scope(|scope| {
                scope.spawn(|_| made = Some(make(&stories)));
                read()
            })?;
            made.unwrap_or_else(|| make(&stories))
        };
        if !stories.torn() {
            return Ok(made);
        }
        let anew = ledger.pack_anew(&self.people, &self.rules)?;
        Ok(make(&Stories::new(|at, marks| anew.tell(at, marks))))
    }
}

/// Everything owed in the window, and the cards that were missed: who, what and when, in no words and without a look at the sheets.
fn bare(shop: &Shop, ledger: &Ledger, books: &Books, window: Window, today: Day) -> Result<Vec<Due>> {
    let sent = ledger.sent(window.from.min(today).plus(-400))?;
    let (people, rules, post) = (&books.people, &books.rules, &shop.settings.post);
    books.ask(ledger, |stories| due::due(&Affairs { people, stories, sent: &sent, rules, post, today }, window))
}

/// The same with what was said, and with what is written already.
pub fn owed_and_missed(shop: &Shop, ledger: &Ledger, books: &Books, window: Window, today: Day) -> Result<Vec<Due>> {
    let mut found = bare(shop, ledger, books, window, today)?;
    let names = ledger.names(Some(&found.iter().map(|d| &d.to).collect::<Vec<_>>()))?;
    due::put_names(&mut found, &names);
    let told: Vec<i64> = found.iter().flat_map(|d| [d.touch, d.recall]).flatten().collect();
    due::put_words(&mut found, &ledger.words(&told)?);
    let written = written(shop);
    for due in found.iter_mut().filter(|d| d.state == "planned") {
        let near = |month: &Month| due.day >= month.first().plus(-45) && due.day <= month.last().plus(45);
        if written.get(&(due.to.to_string(), due.occasion.to_string())).is_some_and(|months| months.iter().any(near)) {
            due.state = "written";
        }
    }
    Ok(found)
}

/// Who has a note on a sheet: id and occasion, and the months of those sheets.
fn written(shop: &Shop) -> BTreeMap<(String, String), Vec<Month>> {
    let mut found: BTreeMap<(String, String), Vec<Month>> = BTreeMap::new();
    for path in shop.sheets() {
        let Ok(month) = month_of_sheet(&path.to_string_lossy()) else { continue };
        let Ok(sheet) = std::fs::read(&path).map_err(|_| ()).and_then(|b| Sheet::read("", &b).map_err(|_| ())) else { continue };
        for entry in sheet.entries.iter().filter(|e| !e.note.is_empty()) {
            found.entry((entry.who.clone(), entry.occasion.as_str().to_owned())).or_default().push(month);
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
            return Ok(match (found.iter().all(|d| d.state == "held"), late) {
                (true, _) => Done::Well,
                (false, 0) => Done::Code(10),
                _ => Done::Code(11),
            });
        }
        if let Some(file) = &self.ics {
            return calendar(&shop, &world.dir.join(file), &found, world.today, talk);
        }
        if self.notify {
            let soon: Vec<Due> = found.into_iter().filter(|d| d.state != "held" && d.post_by <= world.today.plus(7)).collect();
            if !soon.is_empty() {
                notify(&format!("{} within a week: wetink due", sum(&soon)), talk);
            }
            return Ok(Done::Well);
        }
        if self.json {
            talk.put_json(&serde_json::json!({ "today": world.today, "due": found, "late": late }));
            return Ok(Done::Well);
        }
        let span = self.month.map_or_else(|| format!("the next {} days", self.within.unwrap_or(WITHIN)), Month::long);
        if found.is_empty() {
            talk.put(format!("Nothing is due. That is all for {span}."));
            if ledger.count_people()? == 0 {
                talk.say(
                    "Nobody is here yet: `wetink import customers.csv` or `wetink person add \"Ana López\" --birthday 04-12`",
                );
            }
            return Ok(Done::Well);
        }
        talk.put(table(&found, world.today));
        let late = if late > 0 { styled(BAD, &format!(", {late} late")) } else { String::new() };
        talk.put(format!("{}{late}. That is all for {span}.", sum(&found)));
        Ok(Done::Well)
    }
}

/// Writes or refreshes the calendar file: an entry that changed gets the next number, one that is no longer due is withdrawn.
fn calendar(shop: &Shop, path: &Path, found: &[Due], today: Day, talk: &Talk) -> Result<Done> {
    let before = match std::fs::read_to_string(path) {
        Ok(text) if text.is_empty() || text.contains("PRODID:-//wetink//") => calendar::read(&text),
        Ok(_) => {
            return Err(Trouble::failed(format!("{} is some other program's calendar", path.display()))
                .hint("name a file of its own; calendars can show several"));
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => return Err(Trouble::file("read", path, &e)),
    };
    let cards = found.iter().filter(|d| d.kind == Give::Card && d.state != "held");
    let entries: Vec<Entry> = cards
        .map(|due| Entry {
            uid: format!("{}-{}-{}@wetink", due.to, due.occasion, due.occasion.key(due.day)),
            sequence: 0,
            on: due.post_by,
            title: format!("Post {}: {} card", crate::words::shown(&due.name), due.occasion),
            text: crate::words::shown(&format!("{} {}", due.day.short(), due.why)).trim().to_owned(),
            withdrawn: false,
        })
        .collect();
    let entries = calendar::refresh(before, entries, today.plus(-60));
    let name = if shop.settings.shop.name.is_empty() { "Cards" } else { &shop.settings.shop.name };
    shop::write_whole(path, calendar::write(name, today, 9, &entries).as_bytes())?;
    talk.put_path(path);
    let gone = entries.iter().filter(|e| e.withdrawn).count();
    talk.say(format!("{} in the calendar, {gone} withdrawn", count(entries.len() - gone, "card")));
    Ok(Done::Well)
}

/// A message on the desktop, by the system's own program; where there is none, on standard error.
fn notify(text: &str, talk: &Talk) {
    let mut program = if cfg!(target_os = "macos") {
        let mut program = Command::new("osascript");
        program.args([
            "-e",
            "on run argv",
            "-e",
            "display notification (item 1 of argv) with title \"wetink\"",
            "-e",
            "end run",
            text,
        ]);
        program
    } else if cfg!(windows) {
        let mut program = Command::new("msg");
        program.args(["*", text]);
        program
    } else {
        let mut program = Command::new("notify-send");
        program.args(["--app-name=wetink", "wetink", text]);
        program
    };
    if !program.status().is_ok_and(|s| s.success()) {
        talk.say(text);
    }
}

/// `1 promise, 2 answers, 3 cards, 1 of them held`.
#[must_use]
pub fn sum(found: &[Due]) -> String {
    let of = |give: Give| found.iter().filter(|d| d.kind == give).count();
    let mut parts: Vec<String> = [Give::Promise, Give::Answer, Give::Call]
        .into_iter()
        .filter(|give| of(*give) > 0)
        .map(|give| count(of(give), give.as_str()))
        .collect();
    if of(Give::Card) > 0 || parts.is_empty() {
        let held = found.iter().filter(|d| d.state == "held").count();
        let held = if held > 0 { format!(" ({held} held)") } else { String::new() };
        parts.push(count(of(Give::Card), "card") + &held);
    }
    parts.join(", ")
}

/// One line for every other command: so that late cards are known even where nobody looks at `due`.
#[must_use]
pub fn late_line(shop: &Shop, today: Day) -> Option<String> {
    let ledger = shop.ledger().exists().then(|| Ledger::open(&shop.ledger()).ok())??;
    let found = ledger.at_once(|| bare(shop, &ledger, &Books::read(shop, &ledger)?, window(None, Some(0), today), today));
    let mut found = found.ok()?;
    found.retain(|d| d.late && !missed(d, today));
    (!found.is_empty()).then(|| format!("{} late: `wetink due`", sum(&found)))
}

/// Under which heading something stands, and how the heading looks.
fn heading(due: &Due, today: Day) -> String {
    let strong = |text: &str| styled(STRONG, text);
    match due.kind {
        Give::Promise | Give::Answer => strong("Promised, asked, complained"),
        Give::Call => strong("To call"),
        Give::Card if due.late => styled(BAD, "Late"),
        Give::Card if due.post_by < today => strong("Waiting, and past their day"),
        Give::Card => {
            let monday = due.post_by.monday();
            if monday == today.monday() {
                strong("To post this week")
            } else if monday == today.monday().plus(7) {
                strong("To post next week")
            } else {
                strong(&format!("To post in the week of {}", monday.short()))
            }
        }
    }
}

/// Promises first, then calls, then cards grouped by the week they must be posted in; one line each, and under it what there is to ask.
#[must_use]
pub fn table(found: &[Due], today: Day) -> String {
    let wide = |text: &str| text.chars().count();
    let id_width = found.iter().map(|d| wide(d.to.as_str())).max().unwrap_or(0).min(32);
    let name_width = found.iter().map(|d| wide(&d.name)).max().unwrap_or(0).min(32);
    let short = |text: &str| {
        if wide(text) <= 60 { text.to_owned() } else { text.chars().take(58).collect::<String>() + " …" }
    };
    let what = |d: &Due| {
        let why = short(&d.why);
        match d.kind {
            Give::Card if why.is_empty() => format!("{} {}", d.occasion, d.day.short()),
            Give::Card => format!("{} {} ({why})", d.occasion, d.day.short()),
            _ => why,
        }
    };
    let whats: Vec<String> = found.iter().map(what).collect();
    let what_width = whats.iter().map(|what| wide(what)).max().unwrap_or(0).min(48);
    let pad = |text: &str, width: usize| {
        let shown = crate::words::shown(text);
        format!("{shown}{}", " ".repeat(width.saturating_sub(wide(&shown))))
    };
    let mut lines: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    // What is late stands together, whatever else waits for the same week.
    let mut rows: Vec<(&Due, &String)> = found.iter().zip(&whats).collect();
    rows.sort_by_key(|(d, _)| match d.kind {
        Give::Promise | Give::Answer => 0,
        Give::Call => 1,
        Give::Card if d.late => 2,
        Give::Card if d.post_by < today => 3,
        Give::Card => 4,
    });
    for (due, what) in rows {
        let this = heading(due, today);
        if last.as_ref() != Some(&this) {
            if last.is_some() {
                lines.push(String::new());
            }
            lines.push(this.clone());
            last = Some(this);
        }
        let day = due.post_by.short();
        let by = match (due.kind, due.late) {
            (Give::Card, true) => format!("was to be posted by {day}"),
            (Give::Card, false) => format!("post by {day}"),
            (_, true) => format!("was for {day}"),
            (_, false) => format!("by {day}"),
        };
        lines.push(format!(
            "  {}  {}  {}  {}  {}",
            pad(due.to.as_str(), id_width),
            pad(&due.name, name_width),
            pad(what, what_width),
            if due.late { styled(BAD, &by) } else { by },
            styled(DIM, due.state)
        ));
        if !due.held.is_empty() {
            lines.push(format!("  {}  {}", " ".repeat(id_width), styled(DIM, &format!("held: {}", due.held))));
        }
        if !due.ask.is_empty() {
            lines.push(format!("  {}  {}", " ".repeat(id_width), styled(DIM, &format!("ask: {}", due.ask.join(" ")))));
        }
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
