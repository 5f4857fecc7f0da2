//! `wetink person erase`: forgets somebody for good, and says which files still hold them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::person::one_person;
use crate::cli::talk::{STRONG, Talk, WARN, count, list, styled};
use crate::cli::{Done, World, workroom};
use crate::shop::Shop;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "Kept of them: what their notes are recognised by, so that nobody else gets one, and a salted mark, so that no import brings \
    them back. Neither can be read. Erasing can't be undone, and ends what `undo` can take back."
)]
pub struct Erase {
    /// An id, or any unique part of a name, e-mail or phone
    who: String,
    /// Erase without asking
    #[arg(long)]
    yes: bool,
    /// Keep no mark: an import may bring them back
    #[arg(long)]
    no_mark: bool,
    /// Make no copy of the ledger before
    #[arg(long)]
    no_backup: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Erase {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let person = one_person(&room.ledger, &self.who)?;
        let question = format!("Erase {} ({}) with every card and everything noted, for good?", person.name.full(), person.id);
        if !self.yes && !talk.yes(&crate::words::shown(&question)) {
            if talk.on_terminal() {
                talk.say("Left as it is.");
                return Ok(Done::Well);
            }
            return Err(Trouble::usage(format!("erasing {} can't be undone, and nobody is here to ask", person.id))
                .hint("to erase without asking, say --yes"));
        }
        // What files may be called after: them, who they were, and their household.
        let mut called: Vec<String> = vec![person.id.to_string()];
        called.extend(room.ledger.merged_into(&person.id)?.iter().map(|p| p.id.to_string()));
        called.extend(person.household.iter().map(ToString::to_string));
        if !self.no_backup {
            workroom::backup_first(&shop, &room.ledger, world.today, "erase")?;
        }
        let erased = room.ledger.erase(&person, !self.no_mark, world.today)?;
        let mut files: Vec<String> = holding(&shop, &erased.needles, &erased.files, &called);
        files.sort();
        files.dedup();
        let closed = closed(&shop, &called);
        if self.json {
            talk.put_json(&serde_json::json!({ "erased": erased, "files": files, "perhaps": closed }));
        }
        talk.say(format!(
            "{} is erased: {} and {} noted",
            styled(STRONG, &person.name.full()),
            count(erased.cards, "card"),
            count(erased.touches, "thing")
        ));
        if let Some(salutation) = &erased.salutation {
            talk.say(format!("Their household is written to as {} now", styled(STRONG, salutation)));
        }
        if !erased.blotted.is_empty() {
            talk.say(format!("The name was blotted out in the history of {}", list(&erased.blotted)));
        }
        for card in &erased.named_on {
            talk.say(format!("{} the note of {card} names them and stays as it was sent", styled(WARN, "note:")));
        }
        if !files.is_empty() {
            talk.say("These files still hold them; delete or edit them if they must go:");
            for file in &files {
                talk.put(file);
            }
        }
        if !closed.is_empty() {
            talk.say("These can't be looked into, and were made while they were here; delete them if nothing of them must stay:");
            for file in &closed {
                talk.put(file);
            }
        }
        Ok(Done::Well)
    }
}

/// What can't be searched: encrypted copies of the ledger, and proofs of a sheet on which they are written to. Type is drawn as
/// outlines in a PDF, and no ledger knows who is in a proof.
fn closed(shop: &Shop, called: &[String]) -> Vec<String> {
    let mut paths = Vec::new();
    collect(&shop.dir, 0, &mut paths);
    let on_sheet = |month: &str| {
        let sheet = shop.notes().join(format!("{month}.md"));
        let Ok(bytes) = std::fs::read(sheet) else { return true };
        crate::sheet::Sheet::read("", &bytes)
            .map_or(true, |sheet| sheet.entries.iter().any(|e| !e.note.is_empty() && called.contains(&e.who)))
    };
    let mut found: Vec<String> = paths
        .iter()
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let month = name.strip_prefix("proof-").filter(|_| name.ends_with(".pdf")).and_then(|rest| rest.get(..7));
            name.ends_with(".age") || month.is_some_and(on_sheet)
        })
        .map(|path| shop.name_of(path))
        .collect();
    found.sort();
    found
}

/// Whether a picture is called after one of these: `ana-lopez-birthday-2026-note.png`, and not `ana-lopez-2-…`.
fn is_after(name: &str, called: &[String]) -> bool {
    called.iter().filter_map(|id| name.strip_prefix(id.as_str())?.strip_prefix('-')).any(|rest| {
        let number = rest.split('-').next().unwrap_or_default();
        !number.is_empty() && !number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The files of the shop that hold any of the needles, that show them or are called after them, and the PDFs of their batches, as
/// named in the shop.
fn holding(shop: &Shop, needles: &[String], batches: &[String], called: &[String]) -> Vec<String> {
    let mut paths = Vec::new();
    collect(&shop.dir, 0, &mut paths);
    let stems: Vec<&str> = batches.iter().filter_map(|b| Path::new(b).file_stem().and_then(|s| s.to_str())).collect();
    let lists: Vec<PathBuf> =
        batches.iter().filter(|b| b.ends_with("/CHECKSUMS.txt")).map(|b| crate::cli::workroom::bundle(shop, b)).collect();
    let lists: Vec<&Path> = lists.iter().map(PathBuf::as_path).collect();
    let ledger = shop.ledger();
    let previews = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let folder = path.parent().filter(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("preview-")));
        folder.filter(|_| name.ends_with(".png") && is_after(&name, called)).map(Path::to_owned)
    };
    let shown: Vec<PathBuf> = paths.iter().filter_map(|path| previews(path)).collect();
    paths
        .into_iter()
        .filter(|path| *path != ledger)
        .filter(|path| {
            // Type is drawn as outlines in a PDF; the ledger knew which ones they were in.
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // A pack's drawings lie in a folder of their own, named in the ledger by its list.
            let packed =
                (name.ends_with(".pdf") || name.ends_with(".png")) && path.parent().is_some_and(|folder| lists.contains(&folder));
            let pdf =
                name.ends_with(".pdf") && stems.iter().any(|s| name == format!("{s}.pdf") || name.starts_with(&format!("{s}-")));
            let folder = path.parent().unwrap_or(path);
            let picture = previews(path).is_some() || (name == "contact-sheet.png" && shown.iter().any(|f| f == folder));
            pdf || packed || picture || contains(path, needles)
        })
        .map(|path| shop.name_of(&path))
        .collect()
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    if depth > 5 {
        return;
    }
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && entry.file_name() != ".git" => collect(&entry.path(), depth + 1, found),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

/// Whether any of the needles is in the file, whatever its size.
fn contains(path: &Path, needles: &[String]) -> bool {
    let Ok(mut file) = File::open(path) else { return false };
    let longest = needles.iter().map(String::len).max().unwrap_or(0);
    let mut window: Vec<u8> = Vec::new();
    let mut part = vec![0; 1 << 20];
    loop {
        match file.read(&mut part) {
            Ok(0) | Err(_) => return false,
            Ok(n) => window.extend_from_slice(&part[..n]),
        }
        if needles.iter().any(|needle| find(&window, needle.as_bytes())) {
            return true;
        }
        let from = window.len().saturating_sub(longest);
        window.drain(..from);
    }
}

fn find(window: &[u8], needle: &[u8]) -> bool {
    let Some(first) = needle.first() else { return false };
    let mut from = 0;
    while let Some(at) = window[from..].iter().position(|b| b == first).map(|at| at + from) {
        if window[at..].starts_with(needle) {
            return true;
        }
        from = at + 1;
    }
    false
}
