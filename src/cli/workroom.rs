//! What almost every verb begins with: the shop's lock taken, the ledger open, and whatever a crash left mended and told.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{IsTerminal as _, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::cli::bar::Bar;
use crate::cli::talk::Talk;
use crate::day::Day;
use crate::ledger::Ledger;
use crate::ledger::batches::Batch;
use crate::ledger::exchange::is_inside;
use crate::shop::{self, Shop};
use crate::trouble::{Result, Trouble};

/// The ledger, with the right to change the shop while this lives.
#[derive(Debug)]
pub struct Workroom {
    /// The open ledger.
    pub ledger: Ledger,
    _lock: File,
}

/// What was typed, and on which day: the name under which the ledger keeps what `undo` needs.
static TYPED: Mutex<Option<(String, Day)>> = Mutex::new(None);

/// Says what was typed after `wetink`.
pub fn typed(words: &[&str], today: Day) {
    let line = shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "));
    if let Ok(mut typed) = TYPED.lock() {
        *typed = Some((format!("wetink {line}"), today));
    }
}

/// Opens the ledger for reading. Takes the lock only if a crash left something to mend.
pub fn read(shop: &Shop, talk: &Talk) -> Result<Ledger> {
    let mut ledger = open(shop)?;
    if !ledger.building()?.is_empty() {
        let _lock = take_lock(shop)?;
        for line in mend(shop, &mut ledger)? {
            talk.say(line);
        }
    }
    Ok(ledger)
}

/// Opens the ledger; the lock, mending and looking for damage are others' work.
pub fn open(shop: &Shop) -> Result<Ledger> {
    let path = shop.ledger();
    plain(&path)?;
    plain(&shop.dir.join("ledger.db-journal"))?;
    let empty = std::fs::metadata(&path).map_or(true, |about| about.len() == 0);
    let holds = |folder: PathBuf| folder.read_dir().is_ok_and(|mut inside| inside.next().is_some());
    for (folder, what) in [(shop.out(), "cards were printed here"), (shop.dir.join("backups"), "there are copies of it")] {
        if empty && holds(folder) {
            return Err(Trouble::damaged(format!("ledger.db is missing or empty, but {what}")).hint(
                "put it back, or restore the newest backup with `wetink restore FILE`; a new empty one would forget every note",
            ));
        }
    }
    let mut ledger = Ledger::open(&path)?;
    // A newer wetink may read words otherwise: the index is then made anew, once.
    if ledger.echoes_are_stale()? {
        read_anew(&mut ledger)?;
    }
    Ok(ledger)
}

/// Makes what the earlier notes are found again by anew; of many it is seen how far that has come.
pub fn read_anew(ledger: &mut Ledger) -> Result<()> {
    let (all, watched) = (ledger.count_cards()? as usize, std::io::stderr().is_terminal());
    let bar = Bar::only_shown("reading the earlier notes anew", "note", Some(all), watched);
    ledger.rebuild_echoes(&mut |done, _| bar.at(done as usize).unwrap_or_default())
}

/// Takes the shop's lock, opens the ledger and mends what a crash left, saying so.
pub fn enter(shop: &Shop, talk: &Talk) -> Result<Workroom> {
    let lock = take_lock(shop)?;
    let mut ledger = open(shop)?;
    ledger.fit_to_write()?;
    // A link in their place is refused before anything is done.
    for folder in [shop.out(), shop.notes(), shop.dir.join("backups")] {
        if folder.is_symlink() {
            shop::private_dir(&folder)?;
        }
    }
    for line in mend(shop, &mut ledger)? {
        talk.say(line);
    }
    if let Some((command, today)) = TYPED.lock().ok().and_then(|typed| typed.clone()) {
        ledger.begin(&command, today);
    }
    Ok(Workroom { ledger, _lock: lock })
}

/// Waiting for a pipe, or writing into somebody's device, is no way to keep a ledger.
fn plain(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(about) if !about.is_file() => Err(Trouble::failed(format!("{} is no ordinary file", path.display()))
            .hint("move it away; if it was a ledger, put a copy back with `wetink restore FILE`")),
        _ => Ok(()),
    }
}

/// One writer at a time. The lock is the system's, so that it is gone with the process, however that ends.
pub fn take_lock(shop: &Shop) -> Result<File> {
    let path = shop.dir.join(".wetink.lock");
    if path.is_symlink() {
        return Err(Trouble::failed(".wetink.lock is a link to somewhere else")
            .hint("delete it: wetink makes a file of that name anew; nothing was changed"));
    }
    plain(&path)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file =
        options.open(&path).map_err(|e| Trouble::file("open", &path, &e).hint("is the shop's folder yours to write in?"))?;
    let mut waited = 0;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // Somebody else's verb is short, mostly; give it three seconds.
            Err(TryLockError::WouldBlock) if waited < 30 => {
                waited += 1;
                std::thread::sleep(Duration::from_millis(100));
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(Trouble::failed(format!(
                    "another wetink is at work in this shop ({})",
                    crate::words::shown(holder.trim())
                ))
                .hint("wait until it is done, then try again; nothing was changed"));
            }
            Err(TryLockError::Error(e)) => return Err(Trouble::file("lock", &path, &e)),
        }
    }
    // For the message above; nobody relies on it.
    let verb = std::env::args().nth(1).unwrap_or_default();
    let _ =
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| write!(file, "wetink {verb}, process {}", std::process::id()));
    Ok(file)
}

/// Finishes or voids every batch that a crash left between the ledger and its PDF, and clears away half-written files. What was
/// done, in sentences.
pub fn mend(shop: &Shop, ledger: &mut Ledger) -> Result<Vec<String>> {
    let mut said = Vec::new();
    // A ledger that somebody else wrote in must not make us move files that are none of ours.
    for batch in ledger.building()?.into_iter().filter(|batch| is_inside(&batch.file)) {
        let place = bundle(shop, &batch.file);
        let waiting = waiting_name(&place);
        let whole = |path: &Path| is_whole(path, &batch.sha256);
        let what = if place.is_dir() || waiting.is_dir() { "folder" } else { "PDF" };
        if whole(&place) || (whole(&waiting) && fs::rename(&waiting, &place).is_ok()) {
            shop::sync_dir(&shop.out());
            ledger.change(|change| change.finish_batch(batch.n))?;
            said.push(format!(
                "batch {} was interrupted; its {what} is whole, so the {} cards stand as printed",
                batch.id, batch.cards
            ));
        } else {
            clear(&waiting);
            ledger.change(|change| change.void_batch(batch.n))?;
            said.push(format!(
                "batch {} was interrupted before its {what} was there; it is void, and its cards can be printed again",
                batch.id
            ));
        }
    }
    for batch in ledger.batches()?.iter().filter(|b| b.state == "void" && is_inside(&b.file)) {
        if shop.dir.join(&batch.file).exists() {
            said.push(match put_away(shop, batch) {
                Ok(to) => format!("batch {} is void; its PDF is in {}", batch.id, to.unwrap_or_default()),
                Err(trouble) => format!("batch {} is void, but its PDF stays where it is: {}", batch.id, trouble.message),
            });
        }
    }
    // One that is needed was read when the ledger was opened.
    if shop.dir.join("ledger.db-journal").exists() {
        ledger.clear_journal()?;
    }
    // The lock is ours, so nobody is writing these.
    for folder in [shop.dir.clone(), shop.out(), shop.notes(), shop.dir.join("backups")] {
        for entry in folder.read_dir().into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(".wetink-") {
                clear(&entry.path());
            }
        }
    }
    Ok(said)
}

/// Moves the PDF of a void batch, and what lies beside it, to out/void/; where it is now.
pub fn put_away(shop: &Shop, batch: &Batch) -> Result<Option<String>> {
    let folder = shop.out().join("void");
    let mut at = None;
    let pack = bundle(shop, &batch.file);
    if pack.is_dir() {
        shop::private_dir(&folder)?;
        let to = free(&folder, &pack.file_name().unwrap_or_default().to_string_lossy(), "");
        fs::rename(&pack, &to).map_err(|e| Trouble::file("move", &pack, &e).hint("close what is open in it and try again"))?;
        shop::sync_dir(&shop.out());
        return Ok(Some(shop.name_of(&to)));
    }
    for end in ["", "-backs", "-cues", "-labels", "-envelopes"] {
        let name = format!("{}{end}.pdf", batch.id);
        let from = if end.is_empty() { shop.dir.join(&batch.file) } else { shop.out().join(&name) };
        if from.exists() {
            shop::private_dir(&folder)?;
            let to = free(&folder, name.trim_end_matches(".pdf"), ".pdf");
            fs::rename(&from, &to).map_err(|e| Trouble::file("move", &from, &e).hint("close it in the viewer and try again"))?;
            at = at.or(Some(shop.name_of(&to)));
        }
    }
    shop::sync_dir(&shop.out());
    Ok(at)
}

/// A name in this folder that nothing has yet: nothing that lies there is written over.
fn free(folder: &Path, stem: &str, end: &str) -> PathBuf {
    let numbered = (2..10_000).map(|n| folder.join(format!("{stem}-{n}{end}")));
    std::iter::once(folder.join(format!("{stem}{end}"))).chain(numbered).find(|p| !p.exists()).unwrap_or_default()
}

/// The PDF is there and the ledger has its cards; only that it is done could not be written down.
#[must_use]
pub fn unfinished(trouble: Trouble, batch: &Batch) -> Trouble {
    Trouble { hints: Vec::new(), ..trouble }
        .hint(format!("batch {} is made, and its cards are on record; don't make them again", batch.id))
        .hint("see to the disk; the next command finishes it, and says so")
}

fn names(folder: &Path) -> Vec<String> {
    folder.read_dir().into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

/// Copies the ledger to backups/ before something big; the ten newest such copies stay. None if there is nothing to lose yet.
pub fn backup_first(shop: &Shop, ledger: &Ledger, today: Day, why: &str) -> Result<Option<PathBuf>> {
    if ledger.count_people()? == 0 && ledger.count_cards()? == 0 {
        return Ok(None);
    }
    let folder = shop.dir.join("backups");
    shop::private_dir(&folder)?;
    let stem = format!("ledger-{today}-before-{why}");
    // One more than the last: the oldest go, and their names must not come again on a newer copy.
    let there = names(&folder);
    let last = there.iter().filter_map(|name| {
        let number = name.strip_prefix(&stem)?.strip_suffix(".db")?;
        if number.is_empty() { Some(1) } else { number.strip_prefix('-')?.parse::<u32>().ok() }
    });
    let place = folder.join(match last.max() {
        None => format!("{stem}.db"),
        Some(n) => format!("{stem}-{}.db", n.saturating_add(1)),
    });
    ledger.copy_to(&place)?;
    shop::keep_newest_copies(&folder, &place);
    Ok(Some(place))
}

/// The list in a pack's folder that proves the others.
pub const CHECKSUMS: &str = "CHECKSUMS.txt";

/// What gets its name last of a batch's file: the PDF itself, or the whole folder of a pack.
#[must_use]
pub fn bundle(shop: &Shop, file: &str) -> PathBuf {
    shop.dir.join(file.strip_suffix(&format!("/{CHECKSUMS}")).unwrap_or(file))
}

/// Whether a PDF, or the list of a pack's folder and every file on it, is what was recorded.
pub fn is_whole(bundle: &Path, recorded: &str) -> bool {
    let list = if bundle.is_dir() { bundle.join(CHECKSUMS) } else { bundle.to_owned() };
    let Ok(bytes) = fs::read(list) else { return false };
    sha256(&bytes) == recorded && (!bundle.is_dir() || changed(bundle, &bytes).is_empty())
}

/// The files of a pack that are not what its list says, or gone.
pub fn changed(folder: &Path, list: &[u8]) -> Vec<String> {
    let list = String::from_utf8_lossy(list);
    let lines = list.lines().filter_map(|line| line.split_once("  "));
    lines
        .filter(|(sum, name)| !fs::read(folder.join(name)).is_ok_and(|bytes| sha256(&bytes) == *sum))
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Removes what waits: a file, or a folder with all in it. What isn't there needs no removing.
fn clear(path: &Path) {
    let folder = fs::symlink_metadata(path).is_ok_and(|about| about.is_dir());
    let _ = if folder { fs::remove_dir_all(path) } else { fs::remove_file(path) };
}

/// The name a PDF, or a pack's folder, waits under until the ledger has its batch.
#[must_use]
pub fn waiting_name(place: &Path) -> PathBuf {
    let name = place.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    place.with_file_name(format!(".wetink-{name}"))
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A place between two effects where a test may stop the process as a power cut would: `WETINK_STOP_AT=3` ends it at the third.
/// `WETINK_CTRL_C_AT=3` presses Ctrl-C there. Not in release builds.
pub fn step(_name: &str) {
    #[cfg(debug_assertions)]
    {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static STEPS: AtomicUsize = AtomicUsize::new(0);
        let now = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
        let here = |name: &str| std::env::var(name).is_ok_and(|at| at.parse() == Ok(now));
        if here("WETINK_STOP_AT") {
            std::process::abort();
        }
        if here("WETINK_CTRL_C_AT") {
            crate::cli::bar::press_ctrl_c();
        }
    }
}
