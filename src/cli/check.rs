//! `wetink check`: every rule on every note; nothing printed, nothing logged.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::due::month_of_sheet;
use crate::cli::talk::{BAD, DIM, GOOD, STRONG, Talk, WARN, count, styled};
use crate::cli::{Done, World, workroom};
use crate::desk::{self, Desk, Judged};
use crate::echo::{Finding, Rule, Severity};
use crate::sheet::Sheet;
use crate::shop::Shop;
use crate::studio::Studio;
use crate::studio::post::unaddressed;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Check {
    /// Sheets to check; all in notes/ that have something to print if none is named
    sheets: Vec<PathBuf>,
    /// As one JSON object
    #[arg(long)]
    json: bool,
}

impl Check {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let studio = Studio::open(&shop)?;
        let desk = Desk::new(&shop, &ledger)?;
        let paths =
            if self.sheets.is_empty() { open_sheets(&shop) } else { self.sheets.iter().map(|s| world.dir.join(s)).collect() };
        if paths.is_empty() {
            return Err(Trouble::failed("there is no sheet to check").hint("make one with `wetink write`"));
        }
        let (mut refused, mut objects) = (0, Vec::new());
        for path in paths {
            let sheet = open_sheet(&shop, &path)?;
            let all = judge(&desk, &studio, &sheet, talk, "nothing was changed anyway")?;
            refused += all.iter().filter(|j| j.note.is_none()).count();
            if self.json {
                objects.push(desk::json(&desk, &sheet, &all));
            } else {
                tell(&desk, &sheet, &all, talk);
                tell_addresses(&shop, &all, talk);
            }
        }
        match objects.len() {
            0 => {}
            1 => talk.put_json(&objects[0]),
            _ => talk.put_json(&merged(objects)),
        }
        Ok(if refused > 0 { Done::Code(3) } else { Done::Well })
    }
}

/// Judges a sheet before the eyes of whoever waits for it.
pub fn judge(desk: &Desk<'_>, studio: &Studio, sheet: &Sheet, talk: &Talk, undone: &'static str) -> Result<Vec<Judged>> {
    let written = sheet.entries.iter().filter(|e| !e.note.is_empty() || !e.ps.is_empty()).count();
    let bar = talk.bar("checking", "note", written).undone(undone);
    desk.judge(sheet, month_of_sheet(&sheet.file)?, &|typed| bar.one_more().and_then(|()| studio.fits(typed)))
}

/// Several sheets' findings as one object.
fn merged(objects: Vec<serde_json::Value>) -> serde_json::Value {
    let mut cards = Vec::new();
    let (mut accepted, mut refused) = (0, 0);
    for mut object in objects {
        accepted += object["accepted"].as_u64().unwrap_or(0);
        refused += object["refused"].as_u64().unwrap_or(0);
        if let Some(list) = object["cards"].as_array_mut() {
            cards.append(list);
        }
    }
    serde_json::json!({ "cards": cards, "accepted": accepted, "refused": refused })
}

/// The sheets somebody may still be working on: the newest two months in notes/.
pub fn open_sheets(shop: &Shop) -> Vec<PathBuf> {
    let all = shop.sheets();
    all[all.len().saturating_sub(2)..].to_vec()
}

/// Reads a sheet; its name is said as the owner knows it.
pub fn open_sheet(shop: &Shop, path: &Path) -> Result<Sheet> {
    let name = std::fs::canonicalize(path).map_or_else(|_| path.display().to_string(), |p| shop.name_of(&p));
    if path.exists() && !path.is_file() {
        return Err(
            Trouble::failed(format!("{name} is no ordinary file")).hint("a sheet is a text file such as notes/2026-12.md")
        );
    }
    let bytes = std::fs::read(path).map_err(|e| {
        let trouble = Trouble::file("read", path, &e);
        if e.kind() == std::io::ErrorKind::NotFound { trouble.hint("`wetink write` makes the month's sheet") } else { trouble }
    })?;
    let sheet = Sheet::read(&name, &bytes)?;
    let mut at = 0;
    for line in sheet.text.split_inclusive('\n') {
        if ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|mark| line.starts_with(mark)) {
            return Err(Trouble::damaged(format!("{name} holds two versions that were never put together"))
                .at(sheet.spot(at..at + line.trim_end().len(), "a mark of a version control tool"))
                .hint("keep one version of each note, delete the marks, and save; nothing was changed"));
        }
        at += line.len();
    }
    Ok(sheet)
}

/// Findings as rustc would show them, then the sum. Cards nobody has written yet are only counted.
pub fn tell(desk: &Desk<'_>, sheet: &Sheet, all: &[Judged], talk: &Talk) {
    for judged in all.iter().filter(|j| !j.unwritten() && j.printed.is_none()) {
        // A warning can wait until nothing refuses any more.
        let refused = judged.note.is_none();
        for finding in desk.heard(judged).filter(|f| !refused || f.severity == Severity::Refuse) {
            let trouble = as_trouble(sheet, judged, finding);
            if refused {
                talk.trouble(&trouble);
            } else {
                talk.warning(&trouble);
            }
            talk.say("");
        }
    }
    let in_vain = |j: &&Judged| {
        let refused = j.verdict.findings().iter().any(|f| f.severity == Severity::Refuse);
        j.entry.because.is_some() && j.note.is_some() && j.printed.is_none() && !refused
    };
    for judged in all.iter().filter(in_vain) {
        let trouble = Trouble::failed(format!("the `> because:` of {} lifts nothing: nothing refuses its note", judged.card))
            .at(sheet.spot(judged.entry.who_at.clone(), ""))
            .hint("take it out, or leave it: it isn't kept");
        talk.warning(&trouble);
        talk.say("");
    }
    for judged in all.iter().filter(|j| j.rewritten) {
        let batch = judged.printed.as_deref().unwrap_or_default();
        let trouble =
            Trouble::failed(format!("{} was printed in {batch} with other words; what stands here isn't printed", judged.card))
                .at(sheet.spot(judged.entry.who_at.clone(), ""))
                .hint("a second card needs an occasion of its own: write its heading as `## WHO | hello`")
                .hint(format!(
                    "not posted yet? `wetink undo` takes the print back; `wetink person show {}` has what was printed",
                    judged.entry.who
                ));
        talk.warning(&trouble);
        talk.say("");
    }
    talk.say(sum(&sheet.file, all));
}

/// Whose cards will have neither label nor envelope: said while the address can still be asked for.
pub fn tell_addresses(shop: &Shop, all: &[Judged], talk: &Talk) {
    let lacks = |judged: &&Judged| judged.printed.is_none() && judged.note.is_some();
    let whose = all.iter().filter(lacks).filter_map(|judged| judged.who.as_ref());
    let without: Vec<String> =
        whose.filter(|who| unaddressed(who, &shop.settings.shop.country)).map(|who| who.id().to_string()).collect();
    let Some(first) = without.first() else { return };
    let (named, more) = without.split_at(without.len().min(6));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    talk.say(format!(
        "{} no complete address for {}{more}: hand the card over, or add it, `wetink person edit {first} --street … --city … --postcode …`",
        styled(WARN, "note:"),
        named.join(", ")
    ));
}

/// A finding with its place on the sheet, the words that are the same and what was swapped, and what to do.
pub fn as_trouble(sheet: &Sheet, judged: &Judged, finding: &Finding) -> Trouble {
    let text = judged.entry.text();
    let who = judged.who.as_ref().map_or_else(|| judged.entry.who.clone(), |w| w.id().to_string());
    let mut trouble = Trouble::refused(format!("[{}] {who}: {}", finding.tag(), finding.message));
    let spans: Vec<_> = finding.ranges.iter().take(12).map(|r| judged.entry.in_file(r)).collect();
    if spans.is_empty() {
        trouble = trouble.at(sheet.spot(judged.entry.who_at.clone(), ""));
    }
    for span in spans {
        trouble = trouble.at(sheet.spot(span, ""));
    }
    for line in finding.lines(&text).into_iter().chain(finding.help.iter().cloned()) {
        trouble = trouble.hint(line);
    }
    if finding.rule == Rule::Placeholder {
        trouble = trouble.hint("write what belongs there, or take it out");
    }
    let impossible = matches!(finding.rule, Rule::Overflow | Rule::MissingGlyph);
    // A reason helps only where nothing else stands against the card.
    let mut refusing = judged.verdict.findings().iter().filter(|f| f.severity == Severity::Refuse);
    let helps = judged.entry.because.is_none() && refusing.all(|f| f.rule.can_be_overruled()) && !impossible;
    if finding.severity == Severity::Refuse && judged.note.is_none() && helps {
        trouble = trouble.hint("if it must be so, put `> because: your reason` under the heading; the reason is kept");
    }
    trouble
}

/// `notes/2026-12.md: 5 accepted, 2 refused, 1 still to write`.
pub fn sum(file: &str, all: &[Judged]) -> String {
    let unwritten = all.iter().filter(|j| j.unwritten()).count();
    let printed = all.iter().filter(|j| j.printed.is_some()).count();
    let accepted = all.iter().filter(|j| j.note.is_some() && j.printed.is_none()).count();
    let refused = all.iter().filter(|j| j.note.is_none() && j.printed.is_none() && !j.unwritten()).count();
    let mut parts = vec![styled(GOOD, &format!("{accepted} accepted"))];
    if refused > 0 {
        parts.push(styled(BAD, &format!("{refused} refused")));
    }
    if printed > 0 {
        parts.push(styled(DIM, &format!("{printed} printed before")));
    }
    if unwritten > 0 {
        parts.push(styled(WARN, &format!("{unwritten} still to write (missing-note)")));
    }
    format!("{}: {} {}", styled(STRONG, file), parts.join(", "), styled(DIM, &format!("({})", count(all.len(), "card"))))
}
