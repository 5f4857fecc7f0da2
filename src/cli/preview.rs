//! `wetink preview`: the cards as pictures, before any paper is used.

use std::path::PathBuf;

use clap::Args;

use crate::cli::check::{self, open_sheet};
use crate::cli::due::month_of_sheet;
use crate::cli::print::{job, the_sheet};
use crate::cli::talk::{Talk, WARN, count, styled};
use crate::cli::{Done, World, workroom};
use crate::desk::{Desk, Judged};
use crate::measure::mm;
use crate::note::Note;
use crate::out::png;
use crate::shop;
use crate::studio::show::{self, Tile};
use crate::studio::{Job, Order, Studio};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Preview {
    /// Whose cards; everybody's on the sheet if nobody is named
    who: Vec<String>,
    /// The sheet; the one with notes to print if not given
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// The paper
    #[arg(long, value_name = "NAME")]
    stock: Option<String>,
    /// The handwriting
    #[arg(long, value_name = "NAME")]
    hand: Option<String>,
    /// Ruled space instead of the printed note
    #[arg(long)]
    by_hand: bool,
    /// Dots per inch
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u16).range(30..=600))]
    dpi: u16,
    /// Show the contact sheet on the screen
    #[arg(long)]
    open: bool,
}

impl Preview {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let room = workroom::enter(&shop, talk)?;
        let order = Order { stock: self.stock, hand: self.hand, by_hand: self.by_hand, ..Order::default() };
        let studio = Studio::set_up(&shop, &order)?;
        let path = match &self.sheet {
            Some(path) => world.dir.join(path),
            None => the_sheet(&shop, &room)?,
        };
        let sheet = open_sheet(&shop, &path)?;
        let month = month_of_sheet(&sheet.file)?;
        let desk = Desk::new(&shop, &room.ledger)?;
        let all = check::judge(&desk, &studio, &sheet, talk, "no picture was made")?;
        // Numbered as they will be printed; 0 is what won't be.
        let mut last = 0;
        let numbered = all.iter().map(|judged| {
            let prints = judged.printed.is_none() && judged.note.is_some();
            last += usize::from(prints);
            (judged, if prints { last } else { 0 })
        });
        let mut wanted: Vec<(&Judged, usize)> = numbered.filter(|(j, _)| !j.unwritten() && j.who.is_some()).collect();
        if !self.who.is_empty() {
            let ids = self.who.iter().map(|typed| room.ledger.who(typed).map(|w| w.id().clone())).collect::<Result<Vec<_>>>()?;
            wanted.retain(|(j, _)| j.who.as_ref().is_some_and(|w| ids.contains(w.id())));
        }
        // A refused note may be looked at too, as long as it can be drawn: the owner is still at work on it.
        let notes: Vec<Note> = wanted.iter().map(|(j, _)| Note::on_record(&j.entry.note, &j.entry.ps, "")).collect();
        let folder = shop.out().join(format!("preview-{month}"));
        shop::private_dir(&shop.out())?;
        shop::private_dir(&folder)?;
        let mut tiles: Vec<Tile> = Vec::new();
        let bar =
            talk.bar("drawing", "card", wanted.len()).undone("the pictures drawn so far are in out/, the contact sheet is not");
        let mut refused = 0;
        for ((judged, number), note) in wanted.iter().zip(&notes) {
            bar.one_more()?;
            let Some(who) = &judged.who else { continue };
            let job = Job { number: *number, ..job(&room.ledger, who, note, judged, false)? };
            match studio.faces(std::slice::from_ref(&job)) {
                Ok(faces) => {
                    let caption = match (number, &judged.printed) {
                        (0, None) => format!("refused: {}", who.name()),
                        (0, Some(_)) => format!("printed: {}", who.name()),
                        _ => format!("{number:02} {}", who.name()),
                    };
                    refused += usize::from(*number == 0 && judged.printed.is_none());
                    let mut tile = Tile { caption, below: job.occasion.clone(), pages: Vec::new() };
                    for (card, panel, page) in faces {
                        shop::write_whole(&folder.join(format!("{card}-{panel}.png")), &png::draw(&page, f64::from(self.dpi))?)?;
                        tile.pages.push(page);
                    }
                    tiles.push(tile);
                }
                Err(trouble) => talk.say(format!("{} {}", styled(WARN, "not drawn:"), crate::words::shown(&trouble.message))),
            }
        }
        drop(bar);
        if tiles.is_empty() {
            return Err(Trouble::failed(format!("no note on {} can be drawn", sheet.file))
                .hint("write one under its heading, then look again"));
        }
        let contact = folder.join("contact-sheet.png");
        shop::write_whole(&contact, &show::tiles(&tiles, 3, mm(70.0))?)?;
        talk.put_path(&contact);
        talk.say(format!("{} in {}", count(tiles.iter().map(|tile| tile.pages.len()).sum(), "picture"), shop.name_of(&folder)));
        if refused > 0 {
            let are = if refused == 1 { "is" } else { "are" };
            talk.say(format!(
                "{} {} among them {are} refused: `wetink check` says why",
                styled(WARN, "note:"),
                count(refused, "card")
            ));
        }
        if self.open {
            world.show(&contact)?;
        }
        Ok(Done::Well)
    }
}
