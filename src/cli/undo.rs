//! `wetink undo`: takes back the last command, after saying what that was.

use clap::Args;

use crate::cli::talk::{DIM, GOOD, STRONG, Talk, count, list, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::journal::Operation;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "A batch that was printed becomes void and its PDF moves to out/void/; a card that was posted by mistake gets a dated \
    correction in its history. What was erased can't be brought back."
)]
pub struct Undo {
    /// List what can be taken back, the last first
    #[arg(long)]
    list: bool,
    /// Take it back without asking
    #[arg(long)]
    yes: bool,
    /// Say what would be taken back, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Undo {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let operations = room.ledger.operations()?;
        if self.list {
            if self.json {
                talk.put_json(&serde_json::json!({ "operations": operations }));
                return Ok(Done::Well);
            }
            for operation in &operations {
                talk.put(format!("{}  {}", operation.day, told(operation)));
            }
            if operations.is_empty() {
                talk.say("Nothing can be taken back.");
            }
            return Ok(Done::Well);
        }
        let Some(last) = operations.first() else {
            return Err(Trouble::failed("there is nothing to take back")
                .hint("erasing somebody ends what can be taken back; older states are in backups/: `wetink restore FILE`"));
        };
        talk.say(format!("The last command, on {}: {}", last.day, told(last)));
        if self.dry_run {
            return Ok(Done::Well);
        }
        if !self.yes && !talk.yes("Take it back?") {
            if talk.on_terminal() {
                talk.say("Left as it is.");
                return Ok(Done::Well);
            }
            return Err(Trouble::usage("nobody is here to ask").hint("to take it back without asking: `wetink undo --yes`"));
        }
        let undone = room.ledger.undo(last, world.today, &shop.settings.shop.signs)?;
        let mut parts = Vec::new();
        for batch in &undone.void {
            // What was taken back is taken back, whatever becomes of the PDF; the next command tries again.
            let moved = match workroom::put_away(&shop, batch) {
                Ok(at) => at.map_or_else(String::new, |at| format!(", its PDF is in {at}")),
                Err(trouble) => format!(", but its PDF stays where it is ({}): don't post it", trouble.message),
            };
            parts.push(format!("batch {} is void{moved}", batch.id));
        }
        if undone.corrected > 0 {
            parts.push(format!("{} added to the history", count(undone.corrected, "correction")));
        }
        if self.json {
            talk.put_json(&serde_json::json!({ "operation": last, "undone": undone }));
        }
        let more = if parts.is_empty() { String::new() } else { format!(": {}", list(&parts)) };
        talk.say(format!("{}{more}", styled(GOOD, "taken back")));
        Ok(Done::Well)
    }
}

/// The command, and what it changed.
fn told(operation: &Operation) -> String {
    let mut parts = Vec::new();
    for (table, thing) in [
        ("person", "person"),
        ("household", "household"),
        ("touch", "note"),
        ("card", "card"),
        ("batch", "batch"),
        ("suppression", "mark"),
    ] {
        for (what, done) in [("insert", "added"), ("update", "changed"), ("delete", "removed")] {
            if let Some(n) = operation.changed.get(&format!("{table} {what}")) {
                parts.push(format!("{} {done}", count(*n, thing)));
            }
        }
    }
    format!("{}  {}", styled(STRONG, &operation.command), styled(DIM, &format!("({})", parts.join(", "))))
}
