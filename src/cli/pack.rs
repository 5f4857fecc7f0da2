//! `wetink pack`: a checked folder for a postcard service, and each card in the ledger. Both, or neither.
//!
//! The promise is that of `print`: the folder waits whole under another name; one transaction opens the batch as `building` and records
//! every card; the folder gets its name; the batch is `ready`. The same pack made twice is the same folder, and is logged once.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::address::country_code;
use crate::cli::check::{self, open_sheet};
use crate::cli::due::month_of_sheet;
use crate::cli::print::{ready, record, the_sheet};
use crate::cli::talk::{GOOD, STRONG, Talk, WARN, count, styled};
use crate::cli::workroom::{self, Workroom, bundle, step, waiting_name};
use crate::cli::{Done, World};
use crate::day::Month;
use crate::desk::{Desk, Judged};
use crate::echo::{Finding, Rule};
use crate::ledger::Change;
use crate::ledger::batches::Batch;
use crate::ledger::cards::{Card, Made};
use crate::ledger::people::Who;
use crate::note::Note;
use crate::out::pack::fields::{self, Fields, Party};
use crate::out::pack::{Artwork, Format, Service};
use crate::person::Status;
use crate::shop::{self, Shop};
use crate::studio::post::address_of;
use crate::studio::upload::{Parcel, parcel};
use crate::studio::{Fits, Job, Order, Studio, Typed};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Pack {
    /// lob, postgrid, thanksio, stannp, click2mail or handwrytten
    service: String,
    /// The sheet; the one with notes to send if not given
    sheet: Option<PathBuf>,
    /// The card's size, as in 4x6; the usual one in the shop's country if not given
    #[arg(long, value_name = "SIZE")]
    size: Option<String>,
    /// The handwriting: `wetink hands` lists them
    #[arg(long, value_name = "NAME")]
    hand: Option<String>,
    /// The https address of a folder where you will put the files, for requests that fetch them
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Make a pack anew that was made from other addresses or settings, beside the old one
    #[arg(long)]
    again: bool,
    /// Say what would be packed, and pack and log nothing
    #[arg(long)]
    dry_run: bool,
    /// What was packed, as JSON
    #[arg(long)]
    json: bool,
}

/// What a pack is made with.
struct Press<'a> {
    shop: &'a Shop,
    service: &'a Service,
    size: &'a Format,
    studio: Studio,
    from: Option<Fields>,
    url: Option<&'a str>,
}

impl Pack {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let service = Service::named(&self.service)?;
        let country = country_code(&shop.settings.shop.country).unwrap_or_default();
        let size = match self.size.as_deref() {
            Some(size) => service.size(Some(size))?,
            None => service.usual(country)?,
        };
        if let Some(url) = self.url.as_deref().filter(|url| !url.starts_with("https://") || url.contains([' ', '?', '#', '"'])) {
            return Err(Trouble::usage(format!("`{}` is no https address of a folder", crate::words::shown(url)))
                .hint("give it as https://cards.example/december"));
        }
        if self.hand.is_some() && service.artwork == Artwork::Picture {
            return Err(Trouble::usage(format!("{} writes the note itself, in a hand of its own", service.title))
                .hint("leave --hand out, and choose the hand there"));
        }
        let mut room = workroom::enter(&shop, talk)?;
        let press = self.press(&shop, &service, size)?;
        for line in press.studio.warnings() {
            talk.say(format!("{} {line}", styled(WARN, "note:")));
        }
        let path = match &self.sheet {
            Some(path) => world.dir.join(path),
            None => the_sheet(&shop, &room)?,
        };
        let sheet = open_sheet(&shop, &path)?;
        let month = month_of_sheet(&sheet.file)?;
        let desk = Desk::new(&shop, &room.ledger)?;
        let written = sheet.entries.iter().filter(|e| !e.note.is_empty() || !e.ps.is_empty()).count();
        let bar = talk.bar("checking", "note", written).undone("nothing was packed and nothing logged");
        let all = desk.judge(&sheet, month, &|typed| bar.one_more().and_then(|()| press.fits(typed)))?;
        drop(bar);
        check::tell(&desk, &sheet, &all, talk);
        let refused = all.iter().any(|j| j.note.is_none() && j.printed.is_none());
        let ended = if refused { Done::Code(3) } else { Done::Well };
        let jobs = ready(&room.ledger, &all, false)?;
        if jobs.is_empty() {
            let before = packs(&room, &service, &sheet.file)?;
            if before.is_empty() {
                nothing(&all, &sheet.file, talk);
                return Ok(ended);
            }
            for batch in before {
                self.once_more(world, &shop, &service, &mut room, &batch, talk)?;
            }
            return Ok(ended);
        }
        if self.dry_run {
            let names: Vec<&str> = jobs.iter().map(|j| j.card.as_str()).collect();
            let what = count(jobs.len(), "card");
            talk.say(format!("{what} would be packed for {}, {}: {}", service.title, size.name, names.join(", ")));
            return Ok(ended);
        }
        let id = room.ledger.next_batch_id(month)?;
        let (parcel, made) = press.make(&jobs, &id, talk)?;
        let batch = Batch {
            n: 0,
            file: format!("out/{}-{id}/{}", service.name, workroom::CHECKSUMS),
            id,
            day: world.today,
            sheet: sheet.file.clone(),
            sha256: parcel.sha256(),
            cards: u32::try_from(jobs.len()).unwrap_or(u32::MAX),
            state: "ready".into(),
            elsewhere: false,
        };
        let batch =
            commit(&shop, &mut room, batch, &parcel, |change, n, _| record(change, &jobs, &made, n, world.today, service.name))?;
        self.told(&shop, &service, size, &batch, "packed", talk);
        Ok(ended)
    }

    fn press<'a>(&'a self, shop: &'a Shop, service: &'a Service, size: &'a Format) -> Result<Press<'a>> {
        let order = Order {
            hand: self.hand.clone(),
            // A note that goes as text is drawn by nobody here.
            by_hand: service.artwork == Artwork::Picture,
            frame: Some(size.frame(service)),
            ..Order::default()
        };
        let us = &shop.settings.shop;
        let party = Party { name: us.name.clone(), first: us.name.clone(), address: us.address.clone(), ..Party::default() };
        let from = if us.address.is_empty() { None } else { fields::sender(service, &party, &us.country).ok() };
        Ok(Press { shop, service, size, studio: Studio::set_up(shop, &order)?, from, url: self.url.as_deref() })
    }

    /// A pack that is logged already: made once more, it is the same, or it isn't and says so.
    fn once_more(
        &self,
        world: &World,
        shop: &Shop,
        service: &Service,
        room: &mut Workroom,
        batch: &Batch,
        talk: &Talk,
    ) -> Result<()> {
        let cards = cards_of(room, batch)?;
        let sized = cards.iter().find_map(|(card, ..)| card.made.stock.split_once('/').map(|(_, size)| size.to_owned()));
        let size = service.size(sized.as_deref())?;
        let press = self.press(shop, service, size)?;
        let jobs: Vec<Job<'_>> = cards.iter().map(|(card, who, note)| remade(card, who, note)).collect();
        let folder = bundle(shop, &batch.file);
        let wanted = cards.iter().all(|(_, who, _)| who.persons().iter().any(|p| p.status == Status::Contact));
        if !wanted {
            talk.say(format!("{} somebody in {} must not get a card any more", styled(WARN, "note:"), shop.name_of(&folder)));
        }
        let (parcel, _) = press.make(&jobs, &batch.id, talk)?;
        if parcel.sha256() == batch.sha256 {
            if workroom::is_whole(&folder, &batch.sha256) {
                self.told(shop, service, size, batch, "is there already, and whole:", talk);
                return Ok(());
            }
            if self.dry_run {
                talk.say(format!("{} would be made again as it was", shop.name_of(&folder)));
                return Ok(());
            }
            let waiting = waiting_name(&folder);
            stage(&waiting, &parcel)?;
            let _ = fs::remove_dir_all(&folder);
            fs::rename(&waiting, &folder)
                .map_err(|e| Trouble::file("write", &folder, &e).hint("close what is open in it, and pack again"))?;
            shop::sync_dir(&shop.out());
            self.told(shop, service, size, batch, "made again as it was:", talk);
            return Ok(());
        }
        if !self.again {
            return Err(Trouble::refused(format!(
                "{} was made from other addresses, settings or options than there are now",
                shop.name_of(&folder)
            ))
            .hint("nothing was changed; if it was not sent yet, `--again` makes a new one beside it, and you send only that"));
        }
        if !wanted {
            return Err(Trouble::refused(format!("somebody in {} must not get a card any more", shop.name_of(&folder)))
                .hint("`wetink undo` takes the pack back if nothing was sent; then take the card off the sheet"));
        }
        if self.dry_run {
            talk.say(format!("{} would be packed again", count(jobs.len(), "card")));
            return Ok(());
        }
        let id = room.ledger.next_batch_id(Month::of(world.today))?;
        let (parcel, _) = press.make(&jobs, &id, talk)?;
        let new = Batch {
            n: 0,
            file: format!("out/{}-{id}/{}", service.name, workroom::CHECKSUMS),
            id,
            day: world.today,
            sheet: "again".into(),
            sha256: parcel.sha256(),
            cards: batch.cards,
            state: "ready".into(),
            elsewhere: false,
        };
        let new = commit(shop, room, new, &parcel, |change, _, id| {
            cards.iter().try_for_each(|(card, ..)| change.happened(card.n, "reprinted", world.today, service.name, id))
        })?;
        self.told(shop, service, size, &new, "packed again", talk);
        Ok(())
    }

    fn told(&self, shop: &Shop, service: &Service, size: &Format, batch: &Batch, what: &str, talk: &Talk) {
        let folder = bundle(shop, &batch.file);
        if self.json {
            talk.put_json(batch);
        } else {
            talk.put(folder.display().to_string());
        }
        talk.say(format!(
            "{} batch {}: {} for {}, {}, in {}",
            styled(GOOD, what),
            styled(STRONG, &batch.id),
            count(batch.cards as usize, "card"),
            service.title,
            size.name,
            shop.name_of(&folder)
        ));
        talk.say(format!("README.txt there says what to click; then `wetink posted {}`", batch.id));
    }
}

impl Press<'_> {
    /// What paper, hand and service say about a note and whom it goes to.
    fn fits(&self, typed: &Typed<'_>) -> Result<Fits> {
        let text = self.text(typed.note, typed.ps);
        let mut fits = if self.service.artwork == Artwork::Picture {
            let mut findings: Vec<Finding> = fields::text_note(self.service, self.size, &text)
                .into_iter()
                .map(|c| Finding::new(Rule::Overflow, c.message).help(c.help))
                .collect();
            let lacking = fields::unwritable(&text);
            if !lacking.is_empty() {
                let shown: Vec<String> =
                    lacking.iter().map(|c| format!("{} (U+{:04X})", c.escape_debug(), u32::from(*c))).collect();
                findings.push(
                    Finding::new(Rule::MissingGlyph, format!("{} isn't known to write {}", self.service.title, shown.join(", ")))
                        .help("write it in Latin letters"),
                );
            }
            Fits { drawn: findings.is_empty(), findings }
        } else {
            self.studio.fits(typed)?
        };
        if let Err((whose, complaints)) = self.recipient(typed.who) {
            fits.drawn = false;
            let finding = |c: fields::Complaint| Finding::new(Rule::DoNotSend, c.message).called(whose).help(c.help);
            fits.findings.extend(complaints.into_iter().map(finding));
        }
        Ok(fits)
    }

    /// The note as it goes where the service writes it: with its postscript, and signed.
    fn text(&self, note: &str, ps: &str) -> String {
        let signs = self.shop.settings.shop.signs.trim();
        let ps = if ps.is_empty() { String::new() } else { format!("\n\nPS: {ps}") };
        let signs = if signs.is_empty() { String::new() } else { format!("\n\n{signs}") };
        format!("{}{signs}{ps}", note.trim())
    }

    /// What the service wants to know of a recipient; or whose address stands against it, and why.
    fn recipient(&self, who: &Who) -> std::result::Result<Fields, (&'static str, Vec<fields::Complaint>)> {
        let us = &self.shop.settings.shop;
        let mut party = Party { id: who.id().as_str(), name: who.name(), address: address_of(who), ..Party::default() };
        match who {
            Who::Person(person) => {
                party.title.clone_from(&person.name.title);
                party.first.clone_from(&person.name.given);
                party.last.clone_from(&person.name.family);
            }
            Who::Household(household, _) => party.first.clone_from(&household.salutation),
        }
        if party.first.is_empty() {
            // A name alone is somebody's first, to a service that must have one.
            party.first = std::mem::take(&mut party.last);
        }
        let found =
            fields::recipient(self.service, self.size, &party, &us.country).map_err(|complaints| ("address", complaints))?;
        let leaves = found.get("foreign").is_some_and(|country| !country.is_empty());
        if leaves && !self.service.limits.from.is_empty() && self.from.is_none() {
            let us_party = Party { name: us.name.clone(), address: us.address.clone(), ..Party::default() };
            return Err(("sender", fields::sender(self.service, &us_party, &us.country).err().unwrap_or_default()));
        }
        Ok(found)
    }

    /// Every file of the pack, checked, and how each card was made.
    fn make(&self, jobs: &[Job<'_>], batch: &str, talk: &Talk) -> Result<(Parcel, Vec<Made>)> {
        let mut cards = Vec::new();
        for job in jobs {
            let mut found = self.recipient(job.who).map_err(|(_, complaints)| {
                complaints.into_iter().fold(Trouble::refused(format!("{} can't be sent", job.card)), |trouble, c| {
                    trouble.hint(format!("{}: {}", c.message, c.help))
                })
            })?;
            let text = if self.service.request.as_ref().is_some_and(|r| r.body.contains_key("wishes")) {
                found.insert("wishes", self.shop.settings.shop.signs.trim().to_owned());
                let ps = job.note.ps();
                if ps.is_empty() { job.note.text().trim().to_owned() } else { format!("{}\n\nPS: {ps}", job.note.text().trim()) }
            } else {
                self.text(job.note.text(), job.note.ps())
            };
            found.insert("note", text);
            found.insert("card", job.card.clone());
            cards.push(found);
        }
        let drawn = self.studio.uploads(jobs)?;
        let mut said: Vec<String> = drawn.iter().flat_map(|(faces, _)| faces.warnings.clone()).collect();
        said.sort();
        said.dedup();
        for line in &said {
            talk.say(format!("{} {}", styled(WARN, "note:"), crate::words::shown(line)));
        }
        let bar = talk.bar("packing", "card", jobs.len()).undone("nothing was packed and nothing logged");
        let more = || bar.one_more();
        let parcel = parcel(&self.studio, self.service, self.size, &drawn, cards, self.from.as_ref(), self.url, batch, &more)?;
        Ok((parcel, drawn.into_iter().map(|(_, made)| made).collect()))
    }
}

fn nothing(all: &[Judged], sheet: &str, talk: &Talk) {
    talk.say("Nothing to pack.");
    let printed = all.iter().filter(|j| j.printed.is_some()).count();
    if printed > 0 {
        talk.say(format!(
            "{} printed before, at home or for another service; `wetink undo` takes back the last print",
            count(printed, "card")
        ));
    }
    if all.iter().any(|j| j.unwritten() && j.printed.is_none()) {
        talk.say(format!("Write under the headings in {sheet}, save, and pack again."));
    }
}

/// The packs this sheet gave for a service, oldest first; of those made again, the newest only.
fn packs(room: &Workroom, service: &Service, sheet: &str) -> Result<Vec<Batch>> {
    let ours = format!("out/{}-", service.name);
    let mut found = room.ledger.batches()?;
    found.retain(|b| b.state == "ready" && b.sheet == sheet && b.file.starts_with(&ours));
    Ok(found)
}

fn cards_of(room: &Workroom, batch: &Batch) -> Result<Vec<(Card, Who, Note)>> {
    let mut found = Vec::new();
    for card in room.ledger.cards_in(&batch.id)? {
        let who = room
            .ledger
            .with_id(&card.to)?
            .ok_or_else(|| Trouble::damaged(format!("{} is on record, but not whom it was for", card.id)))?;
        let note = Note::on_record(&card.note, &card.ps, &card.because);
        found.push((card, who, note));
    }
    Ok(found)
}

/// A card on record as it was made.
fn remade<'a>(card: &'a Card, who: &'a Who, note: &'a Note) -> Job<'a> {
    Job {
        card: card.id.clone(),
        who,
        occasion: card.occasion.clone(),
        day: card.day,
        note,
        number: card.number.unwrap_or(1) as usize,
        made: Some(card.made.clone()),
        covers_before: Vec::new(),
        facts: Vec::new(),
    }
}

/// Writes the folder under the name it waits under.
fn stage(waiting: &Path, parcel: &Parcel) -> Result<()> {
    let _ = fs::remove_dir_all(waiting);
    shop::private_dir(waiting)?;
    for (name, bytes) in &parcel.files {
        shop::write_whole(&waiting.join(name), bytes)?;
        step("a file of the pack is there");
    }
    shop::write_whole(&waiting.join(workroom::CHECKSUMS), parcel.checksums().as_bytes())?;
    shop::sync_dir(waiting);
    Ok(())
}

/// Makes the batch: the folder on disk and everything `record` writes in the ledger, or neither.
fn commit(
    shop: &Shop,
    room: &mut Workroom,
    mut batch: Batch,
    parcel: &Parcel,
    record: impl FnOnce(&Change<'_>, i64, &str) -> Result<()>,
) -> Result<Batch> {
    shop::private_dir(&shop.out())?;
    let place = bundle(shop, &batch.file);
    if place.exists() {
        return Err(Trouble::failed(format!("{} is there already, and not from wetink", shop.name_of(&place)))
            .hint("move it away, then pack again; nothing was logged"));
    }
    let waiting = waiting_name(&place);
    step("before the pack");
    if let Err(trouble) = stage(&waiting, parcel) {
        let _ = fs::remove_dir_all(&waiting);
        return Err(trouble);
    }
    step("the pack waits");
    let opened = room.ledger.change(|change| {
        let n = change.begin_batch(&batch)?;
        record(change, n, &batch.id)?;
        step("all cards recorded, nothing kept yet");
        Ok(n)
    });
    batch.n = match opened {
        Ok(n) => n,
        Err(trouble) => {
            // Nothing was recorded; a folder that belongs to nothing must not stay.
            let _ = fs::remove_dir_all(&waiting);
            return Err(trouble);
        }
    };
    step("the batch is building");
    if let Err(error) = fs::rename(&waiting, &place) {
        let _ = fs::remove_dir_all(&waiting);
        room.ledger.change(|change| change.void_batch(batch.n))?;
        return Err(Trouble::file("write", &place, &error).hint("nothing was logged; pack again"));
    }
    step("the pack has its name");
    shop::sync_dir(&shop.out());
    room.ledger.change(|change| change.finish_batch(batch.n)).map_err(|trouble| workroom::unfinished(trouble, &batch))?;
    step("ready");
    Ok(batch)
}
