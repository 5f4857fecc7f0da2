//! `wetink ledger`: the whole history as lines of JSON, to keep, to read, and to carry between two machines.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::cli::talk::{BAD, GOOD, Talk, WARN, count, list, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::intake::Said;
use crate::shop;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct LedgerVerb {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything, one JSON object a line
    Export(Export),
    /// Take in what another ledger exported; nothing here is overwritten, and the same file twice changes nothing
    Import(TakeIn),
}

impl LedgerVerb {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        match self.what {
            What::Export(export) => export.run(world, talk),
            What::Import(import) => import.run(world, talk),
        }
    }
}

#[derive(Debug, Args)]
struct Export {
    /// Where to; standard output if not given
    file: Option<PathBuf>,
}

impl Export {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let mut bytes = Vec::new();
        let bar = talk.bar("writing", "line", None).undone("nothing was written");
        let lines = bar.ended(ledger.export(&mut bar.through(&mut bytes)))?;
        drop(bar);
        match self.file {
            Some(file) => {
                shop::write_whole(&world.dir.join(&file), &bytes)?;
                talk.put_path(&file);
                talk.say(format!("{} written; names, addresses and notes are in it, so keep it safe", count(lines, "line")));
            }
            None => {
                talk.put_raw(&bytes);
            }
        }
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
struct TakeIn {
    /// A file that `wetink ledger export` wrote
    file: PathBuf,
    /// Say what would be taken in, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

impl TakeIn {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let place = world.dir.join(&self.file);
        if place.exists() && !place.is_file() {
            return Err(
                Trouble::failed(format!("{} is no ordinary file", self.file.display())).hint("save it as a file and name that")
            );
        }
        let file = File::open(&place).map_err(|e| Trouble::file("read", &self.file, &e).hint("check its name and folder"))?;
        let copy = if self.dry_run { None } else { workroom::backup_first(&shop, &room.ledger, world.today, "ledger-import")? };
        let size = file.metadata().map_or(0, |about| about.len() / 1000);
        let bar = talk.bar("reading", "kB", size as usize).undone("nothing was taken in");
        let report = bar.ended(room.ledger.import(&mut BufReader::new(bar.through(file)), self.dry_run))?;
        drop(bar);
        if let Some(copy) = copy.filter(|_| report.added.is_empty() && report.filled == 0) {
            let _ = std::fs::remove_file(copy);
        }
        if self.json {
            talk.put_json(&report);
            return Ok(Done::Well);
        }
        let added: Vec<String> = report
            .added
            .iter()
            .map(|(table, n)| {
                let thing = match table.as_str() {
                    "touch" => "thing that happened",
                    "origin" => "number in another program",
                    "suppression" => "mark of somebody erased",
                    "forgotten" => "erased note",
                    other => other,
                };
                match (n, table.as_str()) {
                    (1, _) => format!("1 {thing}"),
                    (n, "touch") => format!("{n} things that happened"),
                    (n, "origin") => format!("{n} numbers in other programs"),
                    (n, "suppression") => format!("{n} marks of somebody erased"),
                    (n, _) => count(*n, thing),
                }
            })
            .collect();
        let verb = if self.dry_run { "would be " } else { "" };
        let added = if added.is_empty() { "nothing new".into() } else { format!("{} {verb}added", list(&added)) };
        talk.say(format!("{}; {} here already, {} filled in", styled(GOOD, &added), count(report.known, "row"), report.filled));
        let lines = |said: &[Said], style, label: &str| {
            for said in said.iter().take(20) {
                talk.say(format!("  {} line {}: {}", styled(style, label), said.line, crate::words::shown(&said.message)));
            }
            if said.len() > 20 {
                talk.say(format!("  … and {} more; --json lists them", said.len() - 20));
            }
        };
        lines(&report.differ, WARN, "differs,");
        lines(&report.problems, BAD, "not taken,");
        Ok(Done::Well)
    }
}
