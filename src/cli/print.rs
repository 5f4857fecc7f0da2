//! `wetink print`: the batch as a PDF, and each card in the ledger. Both, or neither.
//!
//! The order of effects is the promise: one transaction opens the batch as `building` and records every card; it is kept when the PDF
//! waits whole under another name; the PDF gets its name; the batch is `ready`. Whatever a crash leaves between these, the next command
//! can tell.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use clap::Args;
use sha2::{Digest as _, Sha256};

use crate::cli::bar::Bar;
use crate::cli::check::{self, open_sheet, open_sheets};
use crate::cli::due::month_of_sheet;
use crate::cli::talk::{GOOD, STRONG, Talk, WARN, count, styled};
use crate::cli::workroom::{self, Workroom, step, waiting_name};
use crate::cli::{Done, World};
use crate::day::{Day, Month};
use crate::desk::{Desk, Judged};
use crate::ledger::batches::{self, Batch};
use crate::ledger::cards::{Card, Made, NewCard};
use crate::ledger::people::Who;
use crate::ledger::{Change, Eyes as _, Ledger};
use crate::note::Note;
use crate::occasion::Occasion;
use crate::shop::{self, Shop};
use crate::studio::{Job, Order, Printed, Studio};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Print {
    /// The sheet; the one with notes to print if not given
    sheet: Option<PathBuf>,
    /// The paper: `wetink stocks` lists them
    #[arg(long, value_name = "NAME")]
    stock: Option<String>,
    /// The handwriting: `wetink hands` lists them
    #[arg(long, value_name = "NAME")]
    hand: Option<String>,
    /// A PDF to look at, marked as a proof; nothing is logged
    #[arg(long, conflicts_with = "again")]
    proof: bool,
    /// Print spoilt cards again: a card's id, whose it was (the newest), or a whole batch
    #[arg(long, value_name = "CARD", num_args = 1.., conflicts_with = "sheet")]
    again: Vec<String>,
    /// Ruled space for your own pen instead of the printed note, and a cue sheet with the notes
    #[arg(long)]
    by_hand: bool,
    /// Places already used on the first sheet of paper
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: usize,
    /// Say what would be printed, and print and log nothing
    #[arg(long)]
    dry_run: bool,
    /// What was printed, as JSON
    #[arg(long)]
    json: bool,
}

impl Print {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let order = Order {
            stock: self.stock.clone(),
            hand: self.hand.clone(),
            by_hand: self.by_hand,
            skip: self.skip,
            proof: self.proof,
            frame: None,
        };
        // Fonts and letters are read while the ledger is opened and looked over.
        let (room, studio) = thread::scope(|scope| {
            let studio = scope.spawn(|| Studio::set_up(&shop, &order));
            (workroom::enter(&shop, talk), studio.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let (mut room, studio) = (room?, studio?);
        studio.warm_up();
        for line in studio.warnings() {
            talk.say(format!("{} {line}", styled(WARN, "note:")));
        }
        if !self.again.is_empty() {
            return self.again(world, &shop, &mut room, &studio, talk);
        }
        let path = match &self.sheet {
            Some(path) => world.dir.join(path),
            None => the_sheet(&shop, &room)?,
        };
        let sheet = open_sheet(&shop, &path)?;
        let month = month_of_sheet(&sheet.file)?;
        let desk = Desk::new(&shop, &room.ledger)?;
        let all = check::judge(&desk, &studio, &sheet, talk, "nothing was printed and nothing logged")?;
        check::tell(&desk, &sheet, &all, talk);
        check::tell_addresses(&shop, &all, talk);
        let refused = all.iter().any(|j| j.note.is_none() && j.printed.is_none());
        let before = all.iter().filter(|j| j.printed.is_some()).count();
        if before > 0 {
            talk.say(format!("{} printed before; `wetink print --again CARD` prints a spoilt one again", count(before, "card")));
        }
        let jobs = ready(&room.ledger, &all, self.by_hand)?;
        let ended = if refused { Done::Code(3) } else { Done::Well };
        if jobs.is_empty() {
            talk.say("Nothing to print.");
            if all.iter().any(|j| j.unwritten() && j.printed.is_none()) {
                talk.say(format!("Write under the headings in {}, save, and print again.", sheet.file));
            }
            return Ok(ended);
        }
        if self.dry_run {
            let names: Vec<&str> = jobs.iter().map(|j| j.card.as_str()).collect();
            talk.say(format!("{} would be printed on {}: {}", count(jobs.len(), "card"), studio.stock().name, names.join(", ")));
            return Ok(ended);
        }
        if self.proof {
            let stem = format!("proof-{month}");
            let place = shop.out().join(format!("{stem}.pdf"));
            shop::private_dir(&shop.out())?;
            let mut pdf = Vec::new();
            let bar = talk.bar("drawing", "card", jobs.len()).undone("no proof was made");
            let printed = studio.print(&jobs, &mut pdf, &mut |done| bar.at(done))?;
            drop(bar);
            warn(&printed, talk);
            put_beside(&shop, &stem, &printed)?;
            shop::write_whole(&place, &pdf)?;
            talk.put_path(&place);
            talk.say(format!("{} on a proof; nothing is logged", count(jobs.len(), "card")));
            tell_beside(&stem, &printed, talk);
            return Ok(ended);
        }
        let sheet_file = sheet.file.clone();
        let batch = Making { world, shop: &shop, studio: &studio, talk, month, sheet: &sheet_file };
        let (batch, printed) =
            batch.commit(&mut room, &jobs, |change, n, _| record(change, &jobs, &studio.made(&jobs)?, n, world.today, ""))?;
        self.told(&shop, &batch, &printed, talk);
        Ok(ended)
    }

    fn told(&self, shop: &Shop, batch: &Batch, printed: &Printed, talk: &Talk) {
        if self.json {
            talk.put_json(batch);
        } else {
            talk.put_path(&shop.dir.join(&batch.file));
        }
        talk.say(format!(
            "{} batch {}: {} in {}",
            styled(GOOD, "printed"),
            styled(STRONG, &batch.id),
            count(batch.cards as usize, "card"),
            batch.file
        ));
        tell_beside(&batch.id, printed, talk);
        talk.say(format!("Sign them in ink, post them, then `wetink posted {}`", batch.id));
    }

    fn again(&self, world: &World, shop: &Shop, room: &mut Workroom, studio: &Studio, talk: &Talk) -> Result<Done> {
        let mut cards: Vec<(Card, Who, Note)> = Vec::new();
        let mut left_out: Vec<String> = Vec::new();
        for typed in &self.again {
            let spoilt = spoilt(room, typed)?;
            let several = spoilt.len() > 1;
            for card in spoilt {
                let who = room
                    .ledger
                    .with_id(&card.to)?
                    .ok_or_else(|| Trouble::damaged(format!("{} is on record, but not whom it was for", card.id)))?;
                if who.is_spared() {
                    // Of a batch the others are printed.
                    if several {
                        left_out.push(who.id().to_string());
                        continue;
                    }
                    return Err(Trouble::refused(format!("{} must not get a card any more", who.name()))
                        .hint(format!("see `wetink person show {}`", who.id())));
                }
                let note = Note::on_record(&card.note, &card.ps, &card.because);
                cards.push((card, who, note));
            }
        }
        if cards.is_empty() {
            return Err(Trouble::refused("nobody in this batch may get a card any more")
                .hint(format!("see `wetink person show {}`", left_out.first().map_or("WHO", String::as_str))));
        }
        if !left_out.is_empty() {
            let who = left_out.join(", ");
            talk.say(format!("{} left out, since no card may go to them any more: {who}", styled(WARN, "note:")));
        }
        let mut jobs = Vec::new();
        for (card, who, note) in &cards {
            jobs.push(Job {
                card: card.id.clone(),
                who,
                occasion: card.occasion.clone(),
                day: card.day,
                note,
                number: card.number.unwrap_or(1) as usize,
                made: Some(card.made.clone()),
                covers_before: Vec::new(),
                facts: Vec::new(),
            });
        }
        // Named after the month the cards are for, beside the batch they were spoilt in.
        let first = cards.first().map(|(card, ..)| card);
        let month = first.and_then(|card| card.batch.as_deref()?.get(..7)?.parse().ok());
        let month = month.unwrap_or_else(|| Month::of(first.map_or(world.today, |card| card.day)));
        let batch = Making { world, shop, studio, talk, month, sheet: "again" };
        let (batch, printed) = batch.commit(room, &jobs, |change, _, id| {
            cards.iter().try_for_each(|(card, ..)| change.happened(card.n, "reprinted", world.today, "", id))
        })?;
        talk.put_path(&shop.dir.join(&batch.file));
        talk.say(format!("{} again in {}", count(cards.len(), "card"), batch.file));
        tell_beside(&batch.id, &printed, talk);
        Ok(Done::Well)
    }
}

/// Nobody gets a cover again that was among their last ones.
const COVERS: usize = 3;
/// So many cards are asked about by all processors.
const MANY: usize = 100;

/// The cards of a sheet that may be made now, numbered in its order; with `facts` for a cue sheet.
pub fn ready<'a>(ledger: &Ledger, all: &'a [Judged], facts: bool) -> Result<Vec<Job<'a>>> {
    let open = all.iter().filter(|j| j.printed.is_none());
    let open: Vec<_> = open.filter_map(|j| Some((j, j.who.as_ref()?, j.note.as_ref()?))).collect();
    let jobs = |ledger: &Ledger, some: &[(&'a Judged, &'a Who, &'a Note)]| {
        some.iter().map(|(judged, who, note)| job(ledger, who, note, judged, facts)).collect::<Result<Vec<_>>>()
    };
    // To open further eyes takes as long as asking about some cards.
    let jobs =
        if open.len() < MANY { vec![ledger.at_once(|| jobs(ledger, &open))?] } else { ledger.readers().each(&open, jobs)? };
    Ok(jobs.into_iter().flatten().zip(1..).map(|(job, number)| Job { number, ..job }).collect())
}

/// Writes the cards of batch `n` into the ledger as printed `by` a service, or at home if that is empty.
pub fn record(change: &Change<'_>, jobs: &[Job<'_>], made: &[Made], n: i64, today: Day, by: &str) -> Result<()> {
    for (at, (job, made)) in jobs.iter().zip(made).enumerate() {
        let new = NewCard {
            id: &job.card,
            to: job.who.id(),
            household: matches!(job.who, Who::Household(..)),
            occasion: &job.occasion,
            key: &Occasion::new(&job.occasion).key(job.day),
            day: job.day,
            note: job.note.text(),
            ps: job.note.ps(),
            because: job.note.because(),
            batch: Some((n, at as u32 + 1)),
            made,
        };
        let row = change.add_card(&new, &crate::desk::names(job.who))?;
        change.happened(row, "printed", today, by, "")?;
    }
    Ok(())
}

/// What is printed for one card, not numbered yet: what was on earlier covers, and `facts` for the cue sheet, if there is one.
pub fn job<'a>(ledger: &Ledger, who: &'a Who, note: &'a Note, judged: &Judged, facts: bool) -> Result<Job<'a>> {
    let mut known = Vec::new();
    for person in who.persons().iter().filter(|_| facts) {
        known.extend(ledger.touches(&person.id)?.into_iter().rev().map(|t| t.text).filter(|t| !t.is_empty()));
    }
    known.truncate(3);
    Ok(Job {
        card: judged.card.clone(),
        who,
        occasion: judged.entry.occasion.to_string(),
        day: judged.day,
        note,
        number: 0,
        made: None,
        covers_before: ledger.last_covers(who.id(), COVERS)?,
        facts: known,
    })
}

/// The printed cards meant by a card's id, a batch, or whose they are (the newest).
fn spoilt(room: &Workroom, typed: &str) -> Result<Vec<Card>> {
    if let Some(card) = room.ledger.card(typed)? {
        if card.imported {
            return Err(Trouble::failed(format!("{} was not printed here", card.id)).hint("it came from a file of earlier years"));
        }
        return Ok(vec![card]);
    }
    let batch = room.ledger.cards_in(typed)?;
    let packed = room.ledger.batches()?.into_iter().find(|b| b.id == typed && b.is_pack());
    if let Some(pack) = packed {
        return Err(Trouble::usage(format!("batch {} is a pack: {} prints it", pack.id, pack.service().unwrap_or_default()))
            .hint(format!("`{}` makes its folder again", pack.anew())));
    }
    if !batch.is_empty() {
        return Ok(batch);
    }
    if room.ledger.matching(typed)?.is_empty() {
        let near = room.ledger.nearest(typed)?;
        let batches = room.ledger.batches()?;
        let ids: Vec<&str> = batches.iter().rev().filter(|b| b.state == "ready").take(3).map(|b| b.id.as_str()).collect();
        let trouble = Trouble::failed(format!("`{typed}` is no card, no batch and nobody's name"));
        return Err(match (near.as_slice(), ids.as_slice()) {
            ([], []) => trouble.hint("nothing was printed yet: `wetink print`"),
            ([], ids) => {
                trouble.hint(format!("the newest batches are {}; `wetink person show WHO` lists the cards", ids.join(", ")))
            }
            (near, _) => trouble.hint(format!("did you mean {}?", near.join(" or "))),
        });
    }
    let who = room.ledger.who(typed)?;
    let newest = room.ledger.cards_to(who.id())?.into_iter().rev().find(|c| !c.imported);
    newest.map(|c| vec![c]).ok_or_else(|| {
        Trouble::failed(format!("no card to {} was printed yet", who.id())).hint("print the sheet first: `wetink print`")
    })
}

/// The one sheet that has notes to print.
pub fn the_sheet(shop: &Shop, room: &Workroom) -> Result<PathBuf> {
    let paths = open_sheets(shop);
    let mut waiting = Vec::new();
    for path in &paths {
        let Ok(sheet) = open_sheet(shop, path) else {
            waiting.push(path.clone());
            continue;
        };
        let month = month_of_sheet(&sheet.file)?;
        let open = sheet.entries.iter().filter(|e| !e.note.is_empty()).any(|e| {
            room.ledger.who(&e.who).ok().is_none_or(|who| {
                let key = e.occasion.key(crate::desk::day_of(&who, &e.occasion, month));
                room.ledger.card(&format!("{}-{}-{key}", who.id(), e.occasion)).ok().flatten().is_none()
            })
        });
        if open {
            waiting.push(path.clone());
        }
    }
    match waiting.as_slice() {
        [one] => Ok(one.clone()),
        [] => paths
            .last()
            .cloned()
            .ok_or_else(|| Trouble::failed("there is no sheet to print").hint("make one with `wetink write`")),
        several => {
            let names: Vec<String> = several.iter().map(|p| shop.name_of(p)).collect();
            Err(Trouble::usage(format!("{} have notes to print", names.join(" and ")))
                .hint(format!("say which: `wetink print {}`", names[0])))
        }
    }
}

fn warn(printed: &Printed, talk: &Talk) {
    for line in &printed.warnings {
        talk.say(format!("{} {}", styled(WARN, "note:"), crate::words::shown(line)));
    }
}

/// A batch about to be made.
struct Making<'a> {
    world: &'a World,
    shop: &'a Shop,
    studio: &'a Studio,
    talk: &'a Talk,
    month: Month,
    sheet: &'a str,
}

impl Making<'_> {
    /// Makes the batch: the PDF on disk and everything `record` writes in the ledger, or neither. The cards are written down
    /// while another thread draws them; nothing of that is kept before the PDF is whole.
    fn commit(
        &self,
        room: &mut Workroom,
        jobs: &[Job<'_>],
        record: impl FnOnce(&Change<'_>, i64, &str) -> Result<()>,
    ) -> Result<(Batch, Printed)> {
        let shop = self.shop;
        shop::private_dir(&shop.out())?;
        let id = room.ledger.next_batch_id(self.month)?;
        let file = format!("out/{id}.pdf");
        let place = shop.dir.join(&file);
        if place.exists() {
            return Err(Trouble::failed(format!("{file} is there already, and the ledger knows of no such batch"))
                .hint("was an older ledger put back? Then its cards were printed: put the newer one back, `wetink restore FILE`")
                .hint("if it is not from wetink: move it away, then print again; nothing was logged"));
        }
        let mut batch = Batch {
            n: 0,
            file,
            id,
            day: self.world.today,
            sheet: self.sheet.to_owned(),
            sha256: batches::NOT_YET.to_owned(),
            cards: u32::try_from(jobs.len()).unwrap_or(u32::MAX),
            state: "ready".into(),
            elsewhere: false,
        };
        step("before the PDF");
        let mut waiting = Waiting::open(waiting_name(&place))?;
        let bar = self.talk.bar("printing", "card", jobs.len()).undone("nothing was printed and nothing logged");
        let given_up = AtomicBool::new(false);
        let printed = thread::scope(|scope| {
            let drawing = scope.spawn(|| self.draw(jobs, &mut waiting, &bar, &given_up));
            room.ledger.change(|change| {
                batch.n = change.begin_batch(&batch)?;
                step("inside the transaction");
                if let Err(trouble) = record(change, batch.n, &batch.id).and_then(|()| change.write_echoes()) {
                    given_up.store(true, Ordering::Relaxed);
                    return Err(trouble);
                }
                change.flush_early();
                let (printed, sha256) = drawing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                bar.hide();
                warn(&printed, self.talk);
                // What lies beside it can be made again at any time; it is there before the batch is.
                put_beside(shop, &batch.id, &printed)?;
                step("the PDF waits");
                bar.at(jobs.len())?;
                change.mark_batch(batch.n, &sha256)?;
                batch.sha256 = sha256;
                step("all cards recorded, nothing kept yet");
                Ok(printed)
            })
        })?;
        step("the batch is building");
        if let Err(error) = waiting.name_it(&place) {
            room.ledger.change(|change| change.void_batch(batch.n))?;
            return Err(Trouble::file("write", &place, &error).hint("nothing was logged; print again"));
        }
        step("the PDF has its name");
        shop::sync_dir(&shop.out());
        room.ledger.change(|change| change.finish_batch(batch.n)).map_err(|trouble| workroom::unfinished(trouble, &batch))?;
        step("ready");
        Ok((batch, printed))
    }

    /// Draws the cards into the waiting PDF, until all are on the disk or they are given up; with the PDF's SHA-256.
    fn draw(&self, jobs: &[Job<'_>], waiting: &mut Waiting, bar: &Bar, given_up: &AtomicBool) -> Result<(Printed, String)> {
        let half = jobs.len().div_ceil(2);
        let made = self.studio.print(jobs, waiting, &mut |done| {
            if done == half {
                step("half of the PDF is made");
            }
            if given_up.load(Ordering::Relaxed) { Err(Trouble::failed("the ledger refused the cards")) } else { bar.at(done) }
        });
        let printed = waiting.whole(made)?;
        Ok((printed, waiting.sha256()))
    }
}

/// A PDF on its way to the disk, under a name that it keeps until the ledger has its batch. Only its owner can read it. It is gone
/// if anything goes wrong before that: a PDF that belongs to nothing must not stay.
struct Waiting {
    path: PathBuf,
    file: BufWriter<File>,
    sum: Sha256,
    named: bool,
    failed: Option<std::io::Error>,
}

impl Waiting {
    fn open(path: PathBuf) -> Result<Waiting> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(|e| unwritten(&path, &e))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Waiting { path, file, sum: Sha256::new(), named: false, failed: None })
    }

    /// What was made, once all of it is on the disk.
    fn whole(&mut self, made: Result<Printed>) -> Result<Printed> {
        let made = made.map_err(|trouble| self.failed.take().map_or(trouble, |error| unwritten(&self.path, &error)))?;
        self.file.flush().and_then(|()| self.file.get_ref().sync_all()).map_err(|error| unwritten(&self.path, &error))?;
        Ok(made)
    }

    fn sha256(&self) -> String {
        workroom::hexadecimal(&self.sum.clone().finalize())
    }

    fn name_it(mut self, place: &Path) -> std::io::Result<()> {
        fs::rename(&self.path, place)?;
        self.named = true;
        Ok(())
    }
}

impl Write for Waiting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.sum.update(bytes);
        self.file.write_all(bytes).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.named {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn unwritten(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::file("write", path, error).hint("nothing was logged; is the disk full?")
}

/// What lies beside the PDF: the backs to be printed second, the cue sheet.
fn put_beside(shop: &Shop, stem: &str, printed: &Printed) -> Result<()> {
    for (end, bytes) in &printed.beside {
        shop::write_whole(&shop.out().join(format!("{stem}-{end}.pdf")), bytes)?;
    }
    Ok(())
}

fn tell_beside(stem: &str, printed: &Printed, talk: &Talk) {
    for (end, _) in &printed.beside {
        let what = match *end {
            "backs" => "the other side, to print second",
            _ => "what to write on them",
        };
        talk.say(format!("{what}: out/{stem}-{end}.pdf"));
    }
}
