//! `doctor`, `backup`, `completions`, `man`: small services around the shop.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;

use crate::cli::talk::{BAD, GOOD, Talk, count, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::Ledger;
use crate::ledger::batches::Batch;
use crate::sheet::Sheet;
use crate::shop::{self, Shop};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Doctor {}

impl Doctor {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let room = workroom::enter(&shop, talk)?;
        let mut damage = room.ledger.damage()?;
        let batches = room.ledger.batches()?;
        for batch in batches.iter().filter(|b| b.state == "ready") {
            match std::fs::read(shop.dir.join(&batch.file)) {
                Err(_) => {
                    if lost(&shop, &room.ledger, batch, &batches)? {
                        damage.push(format!("{} is gone: print it again with `wetink print --again {}`", batch.file, batch.id));
                    }
                }
                Ok(bytes) if workroom::sha256(&bytes) != batch.sha256 => {
                    damage.push(format!(
                        "{} is not the file that was printed: it was changed after batch {}",
                        batch.file, batch.id
                    ));
                }
                Ok(bytes) => {
                    let folder = workroom::bundle(&shop, &batch.file);
                    if folder.is_dir() {
                        let name = shop.name_of(&folder);
                        let other = workroom::changed(&folder, &bytes);
                        damage.extend(other.iter().map(|file| {
                            format!("{name}/{file} is gone or not the file that was packed: `wetink pack` makes it again")
                        }));
                    }
                }
            }
        }
        for path in shop.sheets() {
            let name = shop.name_of(&path);
            let bytes = std::fs::read(&path).map_err(|e| Trouble::file("read", &path, &e))?;
            if bytes.split(|b| *b == b'\n').any(|line| line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> ")) {
                damage.push(format!(
                    "{name} holds conflict markers of a version control tool: choose one side and delete the markers"
                ));
            }
            if let Err(trouble) = Sheet::read(&name, &bytes) {
                damage.push(trouble.message);
            }
        }
        for line in &damage {
            talk.say(format!("{} {}", styled(BAD, "found:"), crate::words::shown(line)));
        }
        if damage.is_empty() {
            let cards = room.ledger.count_cards()?;
            talk.say(format!(
                "{} the ledger is whole: {} on record, every PDF as it was printed",
                styled(GOOD, "well:"),
                count(cards as usize, "card")
            ));
            return Ok(Done::Well);
        }
        Err(Trouble::damaged(format!("{} found", count(damage.len(), "thing")))
            .hint("nothing was changed; your newest backup is in backups/, if there is one"))
    }
}

/// Whether a card of a batch whose PDF is gone is in no PDF any more: none that is there holds it again.
fn lost(shop: &Shop, ledger: &Ledger, batch: &Batch, batches: &[Batch]) -> Result<bool> {
    let there = |id: &str| batches.iter().any(|b| b.id == id && b.state == "ready" && shop.dir.join(&b.file).exists());
    for card in ledger.cards_in(&batch.id)? {
        if !ledger.events(&card)?.iter().any(|event| event.what == "reprinted" && there(&event.text)) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[derive(Debug, Args)]
pub struct Backup {
    /// Where to; backups/ in the shop's folder if not given
    file: Option<PathBuf>,
}

impl Backup {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let room = workroom::enter(&shop, talk)?;
        let place = if let Some(file) = self.file {
            world.dir.join(file)
        } else {
            let folder = shop.dir.join("backups");
            shop::private_dir(&folder)?;
            (1..10_000)
                .map(|n| {
                    folder.join(if n == 1 {
                        format!("ledger-{}.db", world.today)
                    } else {
                        format!("ledger-{}-{n}.db", world.today)
                    })
                })
                .find(|p| !p.exists())
                .unwrap_or_default()
        };
        if place.exists() {
            return Err(Trouble::failed(format!("{} is there already", place.display()))
                .hint("choose another name; a backup never overwrites"));
        }
        copy(&room.ledger, &shop.ledger(), &place, talk)?;
        talk.put(place.display().to_string());
        talk.say("The ledger is copied. To put it back: `wetink restore` and this file.");
        Ok(Done::Well)
    }
}

/// Copies the ledger. The database does it in one go, so a second pair of eyes watches the copy grow; stopped, it is thrown away.
fn copy(ledger: &Ledger, from: &Path, place: &Path, talk: &Talk) -> Result<()> {
    let long = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.len() as usize / 1000);
    let part = workroom::waiting_name(place);
    let _ = std::fs::remove_file(&part);
    let bar = talk.bar("copying", "kB", long(from)).undone("there is no new backup");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let _ = bar.at(long(&part));
                std::thread::park_timeout(Duration::from_millis(100));
            }
        });
        let copied = ledger.copy_to(&part);
        done.store(true, Ordering::SeqCst);
        copied
    })?;
    // The copy was quicker than the one who watched it, or not: what was stopped leaves nothing.
    if let Err(stopped) = bar.at(long(&part)) {
        let _ = std::fs::remove_file(&part);
        return Err(stopped);
    }
    shop::private_file(&part)?;
    std::fs::rename(&part, place).map_err(|e| Trouble::file("put the copy in place", place, &e))
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The copy: a file that `wetink backup` made
    file: PathBuf,
}

impl Restore {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let _lock = workroom::take_lock(&shop)?;
        let from = world.dir.join(&self.file);
        let bytes = std::fs::read(&from)
            .map_err(|e| Trouble::file("read", &self.file, &e).hint("the copies wetink made are in backups/"))?;
        if !bytes.starts_with(b"SQLite format 3\0") {
            return Err(Trouble::failed(format!("{} is no copy of a ledger", self.file.display()))
                .hint("nothing was changed; the copies wetink made are in backups/"));
        }
        // The copy is looked over under another name first, so that a bad one never takes the ledger's place.
        let trial = shop.dir.join(".wetink-restore.db");
        shop::write_whole(&trial, &bytes)?;
        let looked = Ledger::open(&trial).and_then(|ledger| Ok((ledger.damage()?, ledger.count_cards()?)));
        let cards = match looked {
            Ok((damage, cards)) if damage.is_empty() => cards,
            looked => {
                let _ = std::fs::remove_file(&trial);
                // What is said of ledger.db is meant of the copy here.
                let why = looked.map_or_else(|t| t.message.replacen("ledger.db", "it", 1), |(damage, _)| damage.join("; "));
                return Err(Trouble::damaged(format!("{} is no whole ledger: {why}", self.file.display()))
                    .hint("nothing was changed; try an older copy"));
            }
        };
        let ledger = shop.ledger();
        if ledger.exists() {
            let aside = (1..10_000)
                .map(|n| shop.dir.join(format!("ledger.before-restore-{n}.db")))
                .find(|p| !p.exists())
                .unwrap_or_default();
            std::fs::rename(&ledger, &aside).map_err(|e| Trouble::file("move aside", &ledger, &e))?;
            talk.say(format!("What was there is kept as {}", shop.name_of(&aside)));
        }
        let _ = std::fs::remove_file(shop.dir.join("ledger.db-journal"));
        std::fs::rename(&trial, &ledger).map_err(|e| Trouble::file("put in place", &ledger, &e))?;
        shop::sync_dir(&shop.dir);
        talk.say(format!("The ledger is back, with {} on record.", count(cards as usize, "card")));
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
pub struct Completions {
    shell: clap_complete::Shell,
}

impl Completions {
    pub fn run(self, _world: &World, talk: &Talk) -> Result<Done> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut crate::cli::command(), "wetink", &mut script);
        talk.put_raw(&script);
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
pub struct Man {}

impl Man {
    pub fn run(self, _world: &World, talk: &Talk) -> Result<Done> {
        let mut page = Vec::new();
        clap_mangen::Man::new(crate::cli::command())
            .render(&mut page)
            .map_err(|e| Trouble::failed(format!("the manual page can't be written: {e}")))?;
        talk.put_raw(&page);
        Ok(Done::Well)
    }
}
