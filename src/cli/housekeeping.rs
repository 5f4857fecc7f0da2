//! `backup`, `restore`, `completions`, `man`: small services around the shop.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use age::secrecy::SecretString;
use clap::Args;

use crate::cli::talk::{Talk, WARN, count, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::Ledger;
use crate::ledger::damage::Damage;
use crate::shop::{self, Shop};
use crate::trouble::{Kind, Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "An encrypted copy ends in .age and is opened by `wetink restore` or by the program age, with the same passphrase. Without the \
    passphrase nobody can open it, you neither."
)]
pub struct Backup {
    /// Where to; backups/ in the shop's folder if not given
    file: Option<PathBuf>,
    /// Encrypt the copy with a passphrase, which is asked for
    #[arg(long)]
    encrypt: bool,
    /// Take the passphrase from the first line of this file
    #[arg(long, value_name = "FILE", requires = "encrypt")]
    passphrase_file: Option<PathBuf>,
}

impl Backup {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let room = workroom::enter(&shop, talk)?;
        let end = if self.encrypt { ".db.age" } else { ".db" };
        let place = if let Some(file) = self.file {
            world.dir.join(file)
        } else {
            let folder = shop.dir.join("backups");
            shop::private_dir(&folder)?;
            (1..10_000)
                .map(|n| {
                    let number = if n == 1 { String::new() } else { format!("-{n}") };
                    folder.join(format!("ledger-{}{number}{end}", world.today))
                })
                .find(|p| !p.exists())
                .unwrap_or_default()
        };
        if place.exists() {
            return Err(Trouble::failed(format!("{} is there already", place.display()))
                .hint("choose another name; a backup never overwrites"));
        }
        if self.encrypt {
            let passphrase = passphrase(world, self.passphrase_file.as_deref(), true, talk)?;
            // Readable only in the shop's own folder, and only until it is encrypted.
            let plain = shop.dir.join(".wetink-backup.db");
            let _ = std::fs::remove_file(&plain);
            let copied = room.ledger.copy_to(&plain).and_then(|()| read(&plain));
            let _ = std::fs::remove_file(&plain);
            let recipient = age::scrypt::Recipient::new(passphrase);
            let sealed = age::encrypt(&recipient, &copied?)
                .map_err(|e| Trouble::failed(format!("the copy can't be encrypted: {e}")).hint("nothing was written"))?;
            shop::write_whole(&place, &sealed)?;
        } else {
            copy(&room.ledger, &shop.ledger(), &place, talk)?;
        }
        talk.put_path(&place);
        talk.say("The ledger is copied. To put it back: `wetink restore` and this file.");
        Ok(Done::Well)
    }
}

/// Copies the ledger. The database does it in one go, so a second pair of eyes watches the copy grow; stopped, it is thrown away.
fn copy(ledger: &Ledger, from: &Path, place: &Path, talk: &Talk) -> Result<()> {
    let long = |path: &Path| std::fs::metadata(path).map_or(0, |about| about.len() as usize / 1000);
    let part = workroom::waiting_name(place);
    let bar = talk.bar("copying", "kB", long(from)).undone("there is no new backup");
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                let _ = bar.at(long(&part));
                std::thread::park_timeout(Duration::from_millis(100));
            }
        });
        let copied = ledger.copy_to(place);
        done.store(true, Ordering::SeqCst);
        copied
    })?;
    // The copy was quicker than the one who watched it, or not: what was stopped leaves nothing.
    bar.at(long(place)).inspect_err(|_| drop(std::fs::remove_file(place)))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Trouble::file("read", path, &e))
}

/// The passphrase: from a file that was named, or typed unseen.
fn passphrase(world: &World, file: Option<&Path>, twice: bool, talk: &Talk) -> Result<SecretString> {
    if let Some(file) = file {
        let bytes = read(&world.dir.join(file))?;
        let line = String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned();
        if line.is_empty() {
            return Err(Trouble::usage(format!("there is no passphrase in {}", file.display())).hint("put it on the first line"));
        }
        return Ok(SecretString::from(line));
    }
    let typed = talk.secret("Passphrase:")?;
    if typed.chars().count() < 8 && twice {
        return Err(Trouble::usage("that passphrase is too short").hint("take four words that nobody would put together"));
    }
    if twice && talk.secret("The same again:")? != typed {
        return Err(Trouble::usage("those were two different passphrases").hint("nothing was written; try again"));
    }
    Ok(SecretString::from(typed))
}

#[derive(Debug, Args)]
pub struct Restore {
    /// The copy: a file that `wetink backup` made
    file: PathBuf,
    /// For an encrypted copy: take the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Restore {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let _lock = workroom::take_lock(&shop)?;
        let from = world.dir.join(&self.file);
        if from.exists() && !from.is_file() {
            return Err(Trouble::failed(format!("{} is no ordinary file", self.file.display()))
                .hint("name a file that `wetink backup` made"));
        }
        let mut bytes = std::fs::read(&from)
            .map_err(|e| Trouble::file("read", &self.file, &e).hint("the copies wetink made are in backups/"))?;
        if bytes.starts_with(b"age-encryption.org/") {
            let passphrase = passphrase(world, self.passphrase_file.as_deref(), false, talk)?;
            bytes = age::decrypt(&age::scrypt::Identity::new(passphrase), &bytes).map_err(|_| {
                Trouble::failed(format!("{} can't be opened with this passphrase, or was changed", self.file.display()))
                    .hint("nothing was changed; is caps lock on?")
            })?;
        }
        if !bytes.starts_with(b"SQLite format 3\0") {
            return Err(Trouble::failed(format!("{} is no copy of a ledger", self.file.display()))
                .hint("nothing was changed; the copies wetink made are in backups/"));
        }
        let cards = put_back_bytes(&shop, &from, &bytes, talk)?;
        talk.say(format!("The ledger is back, with {} on record.", count(cards as usize, "card")));
        Ok(Done::Well)
    }
}

/// Opens a copy of the copy and does something with it, if it is whole; the file itself isn't touched.
pub fn whole_copy<T>(shop: &Shop, from: &Path, talk: &Talk, with: impl FnOnce(&Ledger) -> Result<T>) -> Result<T> {
    let trial = on_trial(shop, &read(from)?)?;
    let looked = look_over(&trial, from, talk, with);
    let _ = std::fs::remove_file(&trial);
    looked.map(|(found, _)| found)
}

/// What is wrong with a ledger; of a large one it is seen how far the looking has come.
pub fn looked_over(ledger: &Ledger, talk: &Talk) -> Result<Damage> {
    let bar = talk.bar("looking for every note", "note", ledger.count_cards().unwrap_or(0) as usize);
    workroom::step("the ledger is looked over");
    ledger.damage(&mut |done, _| bar.at(done as usize))
}

fn on_trial(shop: &Shop, bytes: &[u8]) -> Result<PathBuf> {
    if bytes.is_empty() {
        return Err(Trouble::damaged("that copy is an empty file").hint("nothing was changed; try an older copy"));
    }
    let trial = shop.dir.join(".wetink-restore.db");
    let _ = std::fs::remove_file(shop.dir.join(".wetink-restore.db-journal"));
    shop::write_whole(&trial, bytes)?;
    Ok(trial)
}

/// What is asked of a copy that is whole, and whether its echo lacks something, which can be made anew.
fn look_over<T>(trial: &Path, from: &Path, talk: &Talk, with: impl FnOnce(&Ledger) -> Result<T>) -> Result<(T, bool)> {
    let looked = Ledger::open(trial).and_then(|ledger| Ok((looked_over(&ledger, talk)?, with(&ledger)?)));
    match looked {
        Err(stopped) if stopped.kind == Kind::Stopped => Err(stopped),
        Ok((damage, done)) if damage.file.is_empty() && damage.rows.is_empty() => Ok((done, !damage.echo.is_empty())),
        looked => {
            // What is said of ledger.db is meant of the copy here.
            let why = looked.map_or_else(|t| t.message, |(damage, _)| damage.all().cloned().collect::<Vec<_>>().join("; "));
            let why = why.replace("ledger.db", "it");
            Err(Trouble::damaged(format!("{} is no whole ledger: {why}", from.display()))
                .hint("nothing was changed; try an older copy"))
        }
    }
}

/// Puts a copy of the ledger in its place; how many cards it knows. What was there is kept.
pub fn put_back(shop: &Shop, from: &Path, talk: &Talk) -> Result<u64> {
    put_back_bytes(shop, from, &read(from)?, talk)
}

fn put_back_bytes(shop: &Shop, from: &Path, bytes: &[u8], talk: &Talk) -> Result<u64> {
    // The copy is looked over under another name first, so that a bad one never takes the ledger's place.
    let trial = on_trial(shop, bytes)?;
    // Who was erased since is in an older copy still.
    let erased = Ledger::only_to_ask(&shop.ledger()).and_then(|ledger| ledger.suppressed()).unwrap_or_default();
    let look = |copy: &Ledger| {
        let back: Vec<String> =
            copy.people()?.iter().filter(|person| erased.knows(person)).map(|person| person.id.to_string()).collect();
        Ok((copy.count_cards()?, back))
    };
    let heard = look_over(&trial, from, talk, look).and_then(|(found, lacking)| {
        if lacking {
            let mut copy = Ledger::open(&trial)?;
            workroom::read_anew(&mut copy)?;
            copy.repack()?;
        }
        Ok(found)
    });
    let (cards, back) = match heard {
        Ok(found) => found,
        Err(trouble) => {
            let _ = std::fs::remove_file(&trial);
            return Err(trouble);
        }
    };
    let ledger = shop.ledger();
    let journal = shop.dir.join("ledger.db-journal");
    let mut kept = None;
    if ledger.exists() {
        let aside =
            (1..10_000).map(|n| shop.dir.join(format!("ledger.before-restore-{n}.db"))).find(|p| !p.exists()).unwrap_or_default();
        workroom::step("before the old ledger is moved aside");
        // Both names for a moment: whenever this stops, there is a ledger.
        std::fs::hard_link(&ledger, &aside)
            .or_else(|_| std::fs::copy(&ledger, &aside).map(|_| ()))
            .map_err(|e| Trouble::file("keep", &ledger, &e))?;
        // Its journal belongs to it, and would spoil any other.
        let _ = std::fs::rename(&journal, aside.with_extension("db-journal"));
        kept = Some(aside);
    }
    workroom::step("the old ledger is kept");
    let _ = std::fs::remove_file(&journal);
    if let Err(error) = std::fs::rename(&trial, &ledger) {
        if let Some(aside) = kept {
            let _ = std::fs::rename(aside.with_extension("db-journal"), &journal);
            let _ = std::fs::remove_file(aside);
        }
        let _ = std::fs::remove_file(&trial);
        return Err(Trouble::file("put in place", &ledger, &error)
            .hint("the ledger is as it was; make room or see to the disk, then restore again"));
    }
    workroom::step("the copy is in place");
    shop::sync_dir(&shop.dir);
    if let Some(aside) = kept {
        talk.say(format!("What was there is kept as {}", shop.name_of(&aside)));
    }
    if let Some(first) = back.first() {
        let who = back.join(", ");
        talk.say(format!(
            "{} erased since that copy was made, and here again: {who}; `wetink person erase {first}` takes them out again",
            styled(WARN, "note:")
        ));
    }
    Ok(cards)
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
