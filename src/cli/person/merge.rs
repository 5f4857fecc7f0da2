//! `wetink person merge` and `split`: two entries that are one person, and back.

use clap::Args;

use crate::cli::person::one_person;
use crate::cli::talk::{STRONG, Talk, count, list, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::merge::Moved;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Merge {
    /// Who stays
    keep: String,
    /// Who turned out to be the same
    other: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Merge {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let (keep, gone) = (one_person(&room.ledger, &self.keep)?, one_person(&room.ledger, &self.other)?);
        if keep.id == gone.id {
            return Err(Trouble::usage(format!("both are {}", keep.id)).hint("name two different people, by their ids"));
        }
        let moved = if self.dry_run {
            room.ledger.rehearse(|change| change.merge(&keep, &gone, world.today))?
        } else {
            workroom::backup_first(&shop, &room.ledger, world.today, "merge")?;
            room.ledger.change(|change| change.merge(&keep, &gone, world.today))?
        };
        let verb = if self.dry_run { "would be" } else { "is" };
        talk.say(format!("{} {verb} {} now{}", styled(STRONG, gone.id.as_str()), styled(STRONG, keep.id.as_str()), told(&moved)));
        if !moved.left.is_empty() {
            talk.say(format!("They differ in {}; the other is kept with {}", list(&moved.left), gone.id));
        }
        if !self.dry_run {
            talk.say(format!("If they were two after all: `wetink person split {}`", gone.id));
        }
        Ok(Done::Well)
    }
}

fn told(moved: &Moved) -> String {
    let mut parts = Vec::new();
    match moved.touches {
        0 => {}
        1 => parts.push("1 thing that happened".to_owned()),
        n => parts.push(format!("{n} things that happened")),
    }
    if moved.cards > 0 {
        parts.push(count(moved.cards, "card"));
    }
    if !moved.fields.is_empty() {
        let names: Vec<String> = moved.fields.iter().map(|f| f.trim_start_matches("name.").replace('_', " ")).collect();
        parts.push(list(&names));
    }
    if parts.is_empty() { String::new() } else { format!(", with {}", list(&parts)) }
}

#[derive(Debug, Args)]
pub struct Split {
    /// The id of the one who was merged into somebody
    who: String,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Split {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let typed = self.who.trim().to_lowercase();
        let Some((gone, _)) = room.ledger.stone(&typed)? else {
            let merged: Vec<String> = room.ledger.merged()?.into_iter().take(8).map(|(p, _)| p.id.to_string()).collect();
            let trouble = Trouble::failed(format!("`{}` isn't merged into anybody", self.who));
            return Err(if merged.is_empty() {
                trouble.hint("nobody is; `wetink person merge` makes two entries one")
            } else {
                trouble.hint(format!("those who are: {}", merged.join(", ")))
            });
        };
        let (keep, moved) = if self.dry_run {
            room.ledger.rehearse(|change| change.split(&gone.id))?
        } else {
            room.ledger.change(|change| change.split(&gone.id))?
        };
        let verb = if self.dry_run { "would be" } else { "are" };
        talk.say(format!(
            "{} and {} {verb} two again{}",
            styled(STRONG, gone.id.as_str()),
            styled(STRONG, keep.as_str()),
            told(&moved)
        ));
        if !moved.left.is_empty() {
            talk.say(format!("{} changed since the merge and stays with {keep}", list(&moved.left)));
        }
        Ok(Done::Well)
    }
}
