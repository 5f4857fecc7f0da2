//! `wetink doctor`: looks for damage in the ledger, the PDFs and the sheets, says what to do about each, and offers to do it.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::housekeeping::{looked_over, put_back, whole_copy};
use crate::cli::talk::{BAD, GOOD, Talk, count, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::Ledger;
use crate::ledger::batches::Batch;
use crate::sheet::Sheet;
use crate::shop::Shop;
use crate::trouble::{Kind, Result, Trouble};
use crate::words::shown;

#[derive(Debug, Args)]
#[command(
    after_help = "Without --yes nothing is changed but what a crash left half done. Exit code 4 as long as something is found."
)]
pub struct Doctor {
    /// Do what can be done about it, without asking
    #[arg(long)]
    yes: bool,
    /// Take the rows of the ledger as they are: it was you who changed them with another program
    #[arg(long)]
    accept: bool,
    /// What was found, as JSON
    #[arg(long)]
    json: bool,
}

/// What can be done at once.
#[derive(Debug)]
enum Cure {
    /// Put a copy of the ledger in its place.
    Restore(PathBuf),
    /// Make the echo index anew from the notes.
    HearAnew,
    /// Take in what only a stray copy of the ledger has, and put the copy away.
    TakeIn(PathBuf),
}

/// One thing that isn't as it should be.
#[derive(Debug)]
struct Found {
    what: String,
    /// What the owner can do.
    hint: String,
    cure: Option<(String, Cure)>,
}

impl Found {
    fn new(what: impl Into<String>, hint: impl Into<String>) -> Found {
        Found { what: what.into(), hint: hint.into(), cure: None }
    }

    fn cure(mut self, question: impl Into<String>, cure: Cure) -> Found {
        self.cure = Some((question.into(), cure));
        self
    }
}

impl Doctor {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let _lock = workroom::take_lock(&shop)?;
        let (mut ledger, mut found) = self.look_at_ledger(&shop, talk)?;
        let mut elsewhere = Vec::new();
        if let Some(ledger) = &ledger {
            found.extend(look_at_pdfs(&shop, ledger, &mut elsewhere)?);
        }
        found.extend(look_at_copies(&shop, ledger.as_ref(), talk)?);
        found.extend(look_at_sheets(&shop)?);
        if self.json {
            let list: Vec<_> = found
                .iter()
                .map(|f| serde_json::json!({ "found": f.what, "do": f.hint, "offered": f.cure.as_ref().map(|(question, _)| question) }))
                .collect();
            talk.put_json(&serde_json::json!({ "found": list, "elsewhere": elsewhere }));
        }
        if !elsewhere.is_empty() {
            let (lie, its) = if elsewhere.len() == 1 { ("lies", "its") } else { ("lie", "their") };
            talk.say(format!(
                "{} {} came with another ledger, and {its} PDF {lie} on the machine that printed it; nothing is missing",
                styled(GOOD, "note:"),
                crate::cli::talk::list(&elsewhere)
            ));
        }
        let (mut left, mut replaced) = (0, false);
        for Found { what, hint, cure } in found {
            // What was found in a ledger that is no longer there.
            if replaced && matches!(cure, Some((_, Cure::HearAnew))) {
                continue;
            }
            talk.say(format!("{} {}", styled(BAD, "found:"), shown(&what)));
            if !hint.is_empty() {
                talk.say(format!("       {}", shown(&hint)));
            }
            let Some((question, cure)) = cure else {
                left += 1;
                continue;
            };
            if !self.yes && !talk.yes(&shown(&format!("       {question}?"))) {
                if !talk.on_terminal() {
                    talk.say(format!("       offered: {}; say `wetink doctor --yes`", shown(&question)));
                }
                left += 1;
                continue;
            }
            let restores = matches!(cure, Cure::Restore(_));
            match self.do_it(world, &shop, &mut ledger, cure, talk) {
                Ok(done) => {
                    replaced |= restores;
                    talk.say(format!("       {} {}", styled(GOOD, "done:"), shown(&done)));
                }
                Err(trouble) => {
                    talk.trouble(&trouble);
                    left += 1;
                }
            }
        }
        if left > 0 {
            return Err(Trouble::damaged(format!(
                "{} not as {} should be",
                if left == 1 { "1 thing is".into() } else { format!("{left} things are") },
                if left == 1 { "it" } else { "they" }
            ))
            .hint("copies of the ledger are in backups/; `wetink restore FILE` puts one back and keeps what is there now"));
        }
        let cards = ledger.as_ref().map_or(Ok(0), Ledger::count_cards)?;
        talk.say(format!(
            "{} the ledger is whole: {} on record, every PDF here as it was printed",
            styled(GOOD, "well:"),
            count(cards as usize, "card")
        ));
        Ok(Done::Well)
    }

    fn look_at_ledger(&self, shop: &Shop, talk: &Talk) -> Result<(Option<Ledger>, Vec<Found>)> {
        let mut ledger = match workroom::open(shop) {
            Ok(ledger) => ledger,
            Err(trouble) if trouble.kind == Kind::Damaged => {
                let found = Found::new(trouble.message, "delete nothing; put back a copy from before");
                return Ok((None, vec![offer_copy(shop, found, talk)?]));
            }
            Err(trouble) => return Err(trouble),
        };
        let mut damage = looked_over(&ledger, talk)?;
        if self.accept && damage.file.is_empty() && !damage.rows.is_empty() {
            ledger.accept()?;
            damage = looked_over(&ledger, talk)?;
        }
        let mut found = Vec::new();
        if !damage.file.is_empty() || !damage.rows.is_empty() {
            let hint = if damage.file.is_empty() {
                "put back a copy from before; or, if it was you who changed it with another program, `wetink doctor --accept`"
            } else {
                "nothing will be written into it; put back a copy from before"
            };
            let what = damage.file.iter().chain(&damage.rows).cloned().collect::<Vec<_>>().join("; ");
            found.push(offer_copy(shop, Found::new(what, hint), talk)?);
        } else {
            for line in workroom::mend(shop, &mut ledger)? {
                talk.say(line);
            }
        }
        if !damage.echo.is_empty() {
            let anew =
                Found::new(damage.echo.join("; "), "the notes and what happened are whole, and it can be made anew from them");
            found.push(anew.cure("make it anew", Cure::HearAnew));
        }
        Ok((Some(ledger), found))
    }

    fn do_it(&self, world: &World, shop: &Shop, ledger: &mut Option<Ledger>, cure: Cure, talk: &Talk) -> Result<String> {
        match cure {
            Cure::Restore(copy) => {
                *ledger = None;
                let cards = put_back(shop, &copy, talk)?;
                *ledger = Some(workroom::open(shop)?);
                Ok(format!("{} is in place, with {}", shop.name_of(&copy), count(cards as usize, "card")))
            }
            Cure::HearAnew => {
                let ledger = ledger.as_mut().ok_or_else(|| Trouble::damaged("ledger.db can't be read"))?;
                workroom::read_anew(ledger)?;
                ledger.repack()?;
                Ok("every note and every history is known again".into())
            }
            Cure::TakeIn(copy) => {
                let ledger = ledger.as_mut().ok_or_else(|| Trouble::damaged("ledger.db can't be read"))?;
                workroom::backup_first(shop, ledger, world.today, "taking-in")?;
                let mut lines = Vec::new();
                whole_copy(shop, &copy, talk, |other| other.export(&mut lines))?;
                let report = ledger.import(&mut lines.as_slice(), false)?;
                let folder = shop.dir.join("backups");
                crate::shop::private_dir(&folder)?;
                let name = copy.file_name().unwrap_or_default().to_owned();
                let to = (0..1000)
                    .map(|n| folder.join(if n == 0 { name.clone() } else { format!("{n}-{}", name.to_string_lossy()).into() }))
                    .find(|p| !p.exists())
                    .unwrap_or_default();
                std::fs::rename(&copy, &to).map_err(|e| Trouble::file("move", &copy, &e))?;
                let added: usize = report.added.values().sum();
                let differ = if report.differ.is_empty() {
                    String::new()
                } else {
                    format!("; {} differ, and ours stayed", count(report.differ.len(), "row"))
                };
                Ok(format!("{} taken in{differ}; the copy is {} now", count(added, "row"), shop.name_of(&to)))
            }
        }
    }
}

/// Adds the newest whole copy to what is found, with how many cards it knows.
fn offer_copy(shop: &Shop, found: Found, talk: &Talk) -> Result<Found> {
    let mut copies: Vec<(std::time::SystemTime, PathBuf)> = [shop.dir.join("backups"), shop.dir.clone()]
        .iter()
        .flat_map(|folder| folder.read_dir().into_iter().flatten().flatten())
        .filter(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            e.path().extension().is_some_and(|end| end == "db") && name.starts_with("ledger") && name != "ledger.db"
        })
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .collect();
    copies.sort();
    for (_, copy) in copies.iter().rev() {
        match whole_copy(shop, copy, talk, Ledger::count_cards) {
            Ok(cards) => {
                let name = shop.name_of(copy);
                return Ok(found.cure(
                    format!("put back the newest whole copy, {name}, which knows {}", count(cards as usize, "card")),
                    Cure::Restore(copy.clone()),
                ));
            }
            Err(stopped) if stopped.kind == Kind::Stopped => return Err(stopped),
            Err(_) => {}
        }
    }
    let hint = format!(
        "{}; there is no whole copy in backups/: look for one elsewhere and put it back with `wetink restore FILE`",
        found.hint
    );
    Ok(Found { hint, ..found })
}

/// What is wrong with the PDFs and packs; the ids of batches that lie on another machine go into `elsewhere`.
fn look_at_pdfs(shop: &Shop, ledger: &Ledger, elsewhere: &mut Vec<String>) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    let batches = match ledger.batches() {
        Ok(batches) => batches,
        // Told already.
        Err(trouble) if trouble.kind == Kind::Damaged => return Ok(found),
        Err(trouble) => return Err(trouble),
    };
    for batch in batches.iter().filter(|b| b.state == "ready" && !b.file.is_empty()) {
        let folder = workroom::bundle(shop, &batch.file);
        let (name, anew) = (shop.name_of(&folder), batch.anew());
        match std::fs::read(shop.dir.join(&batch.file)) {
            Err(_) if batch.elsewhere && !folder.exists() => elsewhere.push(batch.id.clone()),
            Err(_) => {
                if lost(shop, ledger, batch, &batches)? {
                    let make = if batch.is_pack() { "make" } else { "print" };
                    found.push(Found::new(
                        format!("{name} is gone: {make} it again with `{anew}`"),
                        "or put it back from a copy of the folder",
                    ));
                }
            }
            Ok(bytes) if workroom::sha256(&bytes) != batch.sha256 => found.push(Found::new(
                format!(
                    "{} is not the file that was {}: it was changed after batch {}",
                    batch.file,
                    if batch.is_pack() { "packed" } else { "printed" },
                    batch.id
                ),
                format!("put it back from a copy of the folder; or move it away, and if you need it, make it again: `{anew}`"),
            )),
            Ok(bytes) => {
                if folder.is_dir() {
                    found.extend(workroom::changed(&folder, &bytes).iter().map(|file| {
                        Found::new(
                            format!("{name}/{file} is gone or not the file that was packed"),
                            format!("`{anew}` makes it again"),
                        )
                    }));
                }
            }
        }
    }
    for path in files(&shop.out()) {
        let (name, stem) = (shop.name_of(&path), path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
        let letters = stem.get(7..).and_then(|rest| rest.strip_prefix('-'));
        let like_ours = path.extension().is_some_and(|e| e == "pdf")
            && stem.get(..7).is_some_and(|month| month.parse::<crate::day::Month>().is_ok())
            && letters.is_some_and(|l| !l.is_empty() && l.len() < 4 && l.bytes().all(|b| b.is_ascii_lowercase()));
        if like_ours && !batches.iter().any(|b| b.file == name) {
            found.push(Found::new(
                format!("{name} is in no batch of this ledger: its notes may not be remembered"),
                "was an older copy of the ledger put back? Take its cards in again with `wetink import FILE --as cards`, unless they are on record (`wetink person show WHO`) and were only printed again; then move the PDF away",
            ));
        }
    }
    Ok(found)
}

/// Whether a card of a batch whose PDF is gone is in no PDF any more: none that is there holds it again.
fn lost(shop: &Shop, ledger: &Ledger, batch: &Batch, batches: &[Batch]) -> Result<bool> {
    let there = |id: &str| batches.iter().any(|b| b.id == id && b.state == "ready" && shop.dir.join(&b.file).exists());
    for card in ledger.cards_in(&batch.id)? {
        // Whose card must not be printed again is missed by nobody.
        if ledger.with_id(&card.to)?.is_some_and(|who| who.is_spared()) {
            continue;
        }
        if !ledger.events(&card)?.iter().any(|event| event.what == "reprinted" && there(&event.text)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        folder.read_dir().into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_file()).collect();
    paths.sort();
    paths
}

/// Other ledgers beside ours: what a synchronised folder leaves when two machines wrote at once.
fn look_at_copies(shop: &Shop, ledger: Option<&Ledger>, talk: &Talk) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in files(&shop.dir) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stray = name.to_lowercase().starts_with("ledger")
            && name.contains(".db")
            && name != "ledger.db"
            && !name.starts_with("ledger.before-restore-")
            && !name.ends_with("-journal");
        if !stray || !begins_like_a_database(&path) {
            continue;
        }
        match whole_copy(shop, &path, talk, Ledger::count_cards) {
            Ok(cards) => {
                let here = ledger.map_or(Ok(0), Ledger::count_cards)?;
                let one = Found::new(
                    format!("{name} is another ledger: it knows {}, ledger.db {here}", count(cards as usize, "card")),
                    "two computers wrote at once; what is only in that one is forgotten until it is taken in",
                );
                found.push(if ledger.is_some() {
                    one.cure(format!("take in what is only in {name}, and move it to backups/"), Cure::TakeIn(path))
                } else {
                    one
                });
            }
            Err(stopped) if stopped.kind == Kind::Stopped => return Err(stopped),
            Err(_) => found.push(Found::new(
                format!("{name} is a damaged copy of the ledger"),
                "move it out of the shop's folder, so that nobody takes it for the real one",
            )),
        }
    }
    Ok(found)
}

fn begins_like_a_database(path: &Path) -> bool {
    use std::io::Read as _;
    let mut head = [0; 16];
    std::fs::File::open(path).and_then(|mut f| f.read_exact(&mut head)).is_ok() && head == *b"SQLite format 3\0"
}

fn look_at_sheets(shop: &Shop) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for path in shop.sheets() {
        let name = shop.name_of(&path);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        if stem.contains("conflict") || stem.ends_with(')') {
            found.push(Found::new(
                format!("{name} is a copy that a synchronised folder made"),
                "move what was written only there into the month's sheet, then delete it",
            ));
        }
        let bytes = std::fs::read(&path).map_err(|e| Trouble::file("read", &path, &e))?;
        if bytes.split(|b| *b == b'\n').any(|line| line.starts_with(b"<<<<<<< ") || line.starts_with(b">>>>>>> ")) {
            found.push(Found::new(
                format!("{name} holds conflict markers of a version control tool"),
                "choose one side of each and delete the markers",
            ));
        }
        if let Err(trouble) = Sheet::read(&name, &bytes) {
            found.push(Found::new(trouble.message, trouble.hints.first().cloned().unwrap_or_default()));
        }
    }
    Ok(found)
}
