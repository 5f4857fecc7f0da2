//! `wetink write`: the month's sheet, made or refreshed, in the owner's editor; then every note is checked and a refused one is put
//! back in front of the writer with the reason.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::brief;
use crate::cli::check::{self, open_sheet};
use crate::cli::due::{self, month_to_write};
use crate::cli::talk::{STRONG, Talk, count, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::Month;
use crate::desk::Desk;
use crate::echo::Severity;
use crate::ledger::Ledger;
use crate::ledger::people::Who;
use crate::occasion::Occasion;
use crate::person::{Id, Person, Status};
use crate::rules::{Give, Rules};
use crate::sheet::{self, Entry, Prompt, Sheet};
use crate::shop::{self, Shop};
use crate::studio::Studio;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Write {
    /// People to write to besides those who are due: an id, or any unique part of a name
    who: Vec<String>,
    /// What the cards to those people are for
    #[arg(long = "for", value_name = "OCCASION", default_value = "hello")]
    occasion: String,
    /// The month of the sheet; from mid-month on the next one if not given
    #[arg(long, value_name = "MONTH", value_parser = typed::<Month>)]
    month: Option<Month>,
    /// Offer only the next so many cards
    #[arg(long, value_name = "N")]
    next: Option<usize>,
    /// Make or refresh the sheet, and open no editor
    #[arg(long)]
    no_edit: bool,
}

impl Write {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let month = self.month.unwrap_or_else(|| month_to_write(world.today));
        let path = shop.notes().join(format!("{month}.md"));
        let name = shop.name_of(&path);
        {
            let room = workroom::enter(&shop, talk)?;
            let before = self.refresh(world, &shop, &room.ledger, month, &path)?;
            let sheet = Sheet::read(&name, &std::fs::read(&path).map_err(|e| Trouble::file("read", &path, &e))?)?;
            let new = sheet.entries.len().saturating_sub(before);
            talk.put_path(&path);
            let more = if before > 0 && new > 0 { format!(", {new} of them new") } else { String::new() };
            talk.say(format!("{}: {} for {}{more}", styled(STRONG, &name), count(sheet.entries.len(), "card"), month.long()));
            if sheet.entries.is_empty() && month.last() < world.today {
                talk.say(format!("{} is over: `wetink write` has what can still be sent, late", month.long()));
            }
        }
        if self.no_edit {
            return Ok(Done::Well);
        }
        let Some(editor) = &world.editor else {
            talk.say(format!("No editor is set: open {name} in any editor, write under each heading, then `wetink check`."));
            return Ok(Done::Well);
        };
        edit(world, &shop, &path, editor, talk)
    }

    /// Puts everybody who is due on the sheet; how many cards stood there before.
    fn refresh(&self, world: &World, shop: &Shop, ledger: &Ledger, month: Month, path: &Path) -> Result<usize> {
        let mut owed = due::owed(shop, ledger, due::window(self.month, None, world.today), world.today)?;
        owed.retain(|d| d.kind == Give::Card && matches!(d.state, "planned" | "written"));
        let elsewhere = on_other_sheets(shop, path);
        owed.retain(|d| !elsewhere.contains(&(d.to.to_string(), d.occasion.to_string())));
        let rules = shop.rules()?;
        let mut prompts = Vec::new();
        for due in owed.iter().take(self.next.unwrap_or(usize::MAX)) {
            let why = if due.why.is_empty() { String::new() } else { format!(" ({})", due.why) };
            prompts.push(Prompt {
                who: due.to.to_string(),
                occasion: due.occasion.clone(),
                when: format!("{}{why}, post by {}", due.day.short(), due.post_by.short()),
                lines: context(world, ledger, &rules, &due.to)?,
            });
        }
        for typed in &self.who {
            let who = ledger.who(typed)?;
            if let Some(person) = who.persons().first().filter(|_| who.is_spared()) {
                return Err(Trouble::refused(must_not(person))
                    .hint(format!("nothing was changed; see `wetink person show {}`", person.id)));
            }
            let occasion = Occasion::new(&self.occasion);
            prompts.push(Prompt {
                who: who.id().to_string(),
                occasion,
                when: who.name(),
                lines: context(world, ledger, &rules, who.id())?,
            });
        }
        let old = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Trouble::file("read", path, &e)),
        };
        // What can't be read must not be added to.
        Sheet::read(&shop.name_of(path), &old)?;
        let withdrawn = |entry: &Entry| no_longer(ledger, entry, month);
        let new = sheet::refresh(&old, month, &prompts, withdrawn);
        if new != old {
            shop::private_dir(&shop.notes())?;
            shop::write_whole(path, &new)?;
        }
        Ok(Sheet::read("", &old).map_or(0, |s| s.entries.len()))
    }
}

/// Who stands on another sheet for the same occasion.
fn on_other_sheets(shop: &Shop, path: &Path) -> BTreeSet<(String, String)> {
    let others: Vec<PathBuf> = shop.sheets().into_iter().filter(|p| p != path).collect();
    let entries =
        others.iter().filter_map(|p| std::fs::read(p).ok().and_then(|b| Sheet::read("", &b).ok())).flat_map(|s| s.entries);
    entries.map(|e| (e.who, e.occasion.to_string())).collect()
}

/// What to remember before writing to them.
fn context(world: &World, ledger: &Ledger, rules: &Rules, to: &Id) -> Result<Vec<String>> {
    let Some(who) = ledger.with_id(to)? else { return Ok(Vec::new()) };
    let mut touches = Vec::new();
    for person in who.persons() {
        touches.extend(ledger.touches(&person.id)?);
    }
    touches.sort_by_key(|t| t.on);
    let last = ledger.last_card(to)?;
    Ok(brief::brief(rules, &touches, last.as_ref().map(|c| (c.day, c.note.as_str())), world.today))
}

/// Why somebody gets no card.
fn must_not(person: &Person) -> String {
    let name = person.name.spoken();
    match person.status {
        Status::Deceased => format!("{name} has died"),
        Status::Undeliverable => format!("mail to {name} comes back"),
        Status::DoNotContact | Status::Contact => format!("{name} asked not to be written to"),
    }
}

/// Why a card on the sheet is no longer due.
fn no_longer(ledger: &Ledger, entry: &Entry, month: Month) -> Option<String> {
    let who = ledger.with_id(&Id::from_stored(entry.who.clone())).ok()??;
    if let Who::Person(person) = &who {
        if person.status != Status::Contact {
            return Some(must_not(person));
        }
        let has_day = match entry.occasion.as_str() {
            "birthday" => person.birthday.is_some(),
            "anniversary" => person.anniversary.is_some(),
            _ => true,
        };
        if !has_day {
            return Some(format!("no {} is recorded any more", entry.occasion));
        }
    }
    let day = crate::desk::day_of(&who, &entry.occasion, month);
    let card = ledger.card(&format!("{}-{}-{}", who.id(), entry.occasion, entry.occasion.key(day))).ok()??;
    Some(format!("printed in batch {}", card.batch.unwrap_or_else(|| "of an earlier year".into())))
}

/// The editor, then the check, until nothing is refused or the writer leaves the sheet as it is.
fn edit(world: &World, shop: &Shop, path: &Path, editor: &str, talk: &Talk) -> Result<Done> {
    let read = || std::fs::read(path).map_err(|e| Trouble::file("read", path, &e));
    loop {
        let before = read()?;
        open_editor(editor, path)?;
        let after = read()?;
        let sheet = open_sheet(shop, path)?;
        let ledger = workroom::read(shop, talk)?;
        let studio = Studio::open(shop)?;
        let desk = Desk::new(shop, &ledger)?;
        let all = check::judge(&desk, &studio, &sheet, talk, "the sheet stays as it is")?;
        let mut remarks = Vec::new();
        for judged in &all {
            let refusals =
                desk.heard(judged).filter(|f| f.severity == Severity::Refuse && judged.note.is_none() && !judged.unwritten());
            let mut lines = Vec::new();
            for finding in refusals {
                lines.push(format!("refused, {}: {}", finding.tag(), finding.message));
                lines.extend(
                    finding
                        .lines(&judged.entry.text())
                        .into_iter()
                        .chain(finding.help.iter().cloned())
                        .map(|l| format!("refused … {l}")),
                );
            }
            remarks.push(Some(lines));
        }
        let told = sheet::remark(&after, "refused", &remarks);
        if told != after {
            // The editor may still be open, or the sheet synchronised from elsewhere: whatever came in between wins.
            if read()? != after {
                continue;
            }
            shop::write_whole(path, &told)?;
        }
        let refused = remarks.iter().flatten().filter(|lines| !lines.is_empty()).count();
        if refused == 0 || after == before || !world.terminal {
            if told == after {
                check::tell(&desk, &sheet, &all, talk);
            } else {
                // With the remarks on the sheet the notes stand on other lines.
                let sheet = open_sheet(shop, path)?;
                let all = check::judge(&desk, &studio, &sheet, talk, "the sheet stays as it is")?;
                check::tell(&desk, &sheet, &all, talk);
            }
            return Ok(if refused > 0 { Done::Code(3) } else { Done::Well });
        }
        talk.say(format!("{} refused; the reasons are on the sheet. Close it unchanged to stop.", count(refused, "note")));
    }
}

fn open_editor(editor: &str, path: &Path) -> Result<()> {
    let bad = || {
        Trouble::failed(format!("the editor `{editor}` can't be started"))
            .hint("set VISUAL or EDITOR to a program that is there; the sheet is safe")
    };
    let words = shlex::split(editor).filter(|w| !w.is_empty()).ok_or_else(bad)?;
    let status = Command::new(&words[0]).args(&words[1..]).arg(path).status().map_err(|_| bad())?;
    if status.success() {
        Ok(())
    } else {
        Err(Trouble::failed(format!("the editor ended with {status}"))
            .hint(format!("the sheet is as it was saved: {}", path.display())))
    }
}
