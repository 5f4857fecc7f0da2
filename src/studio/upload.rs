//! Cards for a postcard service: nobody will hold them before they are posted, so they are signed in the hand of the note.

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::card::{Faces, Sign};
use crate::ledger::cards::Made;
use crate::out::pack::fields::Fields;
use crate::out::pack::{Artwork, Format, Service, list, readme, request};
use crate::out::pdf::{self, Meta};
use crate::out::png;
use crate::page::Page;
use crate::stock::Panel;
use crate::studio::{Job, Studio};
use crate::trouble::{Result, Trouble};

/// The files of a pack, without their list.
#[derive(Debug)]
pub struct Parcel {
    /// Name and bytes, in the order they are listed.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Parcel {
    /// The list that proves the others, as `sha256sum` writes it.
    #[must_use]
    pub fn checksums(&self) -> String {
        self.files.iter().map(|(name, bytes)| format!("{}  {name}\n", hex(bytes))).collect()
    }

    /// The sum of that list: the same pack, the same sum.
    #[must_use]
    pub fn sha256(&self) -> String {
        hex(self.checksums().as_bytes())
    }
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Studio {
    /// Each card's panels and how it was made, in order.
    pub fn uploads(&self, jobs: &[Job<'_>]) -> Result<Vec<(Faces, Made)>> {
        jobs.par_iter().map(|job| self.make(job)).collect()
    }

    /// What an uploaded file says about itself: nothing that differs from card to card.
    #[must_use]
    pub fn upload_meta(&self) -> Meta {
        Meta { title: "Card".into(), ..self.meta(None) }
    }

    pub(super) fn sign(&self) -> Sign {
        let us = &self.shop.settings.shop;
        let signs = [&us.signs, &us.name].into_iter().map(|name| name.trim()).find(|name| !name.is_empty());
        match signs.filter(|_| self.order.frame.is_some()) {
            Some(signs) => Sign::Written(signs.to_owned()),
            None => Sign::Ink,
        }
    }
}

/// The pack of these cards, whose fields are given: drawings, lists, requests and what to do with them.
#[allow(clippy::too_many_arguments)] // Everything a pack is made of, met here once.
pub fn parcel(
    studio: &Studio,
    service: &Service,
    size: &Format,
    drawn: &[(Faces, Made)],
    mut cards: Vec<Fields>,
    from: Option<&Fields>,
    url: Option<&str>,
    batch: &str,
) -> Result<Parcel> {
    let meta = studio.upload_meta();
    let sides = |faces: &Faces| -> Result<[Page; 2]> {
        let side = |panel| faces.panels.get(&panel).map(|items| size.side(items));
        let missing = || Trouble::failed("a card has only one side");
        Ok([side(Panel::Cover).ok_or_else(missing)?, side(Panel::Written).ok_or_else(missing)?])
    };
    let mut named: Vec<String> = Vec::new();
    for (at, card) in cards.iter_mut().enumerate() {
        let mut stem = stem(card.get("card").map_or("", String::as_str));
        if named.contains(&stem) {
            stem = format!("{stem}-{}", at + 1);
        }
        card.insert("size", size.name.clone());
        card.insert("service_size", size.service_size().to_owned());
        card.insert("pages", format!("{}-{}", 2 * at + 1, 2 * at + 2));
        named.push(stem);
    }
    let art: Vec<Vec<(&str, String, Vec<u8>)>> = drawn
        .par_iter()
        .zip(&named)
        .map(|((faces, _), stem)| {
            let [front, back] = sides(faces)?;
            Ok(match service.artwork {
                Artwork::TwoFiles => vec![
                    ("front", format!("{stem}-front.pdf"), pdf::write([&front], &meta)?),
                    ("back", format!("{stem}-back.pdf"), pdf::write([&back], &meta)?),
                ],
                Artwork::OneFile => vec![("file", format!("{stem}.pdf"), pdf::write([&front, &back], &meta)?)],
                Artwork::Picture => vec![("front", format!("{stem}-front.png"), png::draw(&front, size.dpi())?)],
                Artwork::OneBatch => Vec::new(),
            })
        })
        .collect::<Result<_>>()?;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    let mut requests = String::new();
    for (card, art) in cards.iter_mut().zip(art) {
        let mut beside = Vec::new();
        for (part, name, bytes) in art {
            let at = request::path(&name);
            card.insert(part, url.map_or_else(|| at.clone(), |url| format!("{}/{name}", url.trim_end_matches('/'), name = at)));
            beside.push((part, name.clone()));
            files.push((name, bytes));
        }
        if let Some(form) = &service.request {
            let line = request::line(form, card, from, &beside);
            let wrong = request::problems(service, &line["body"]);
            if let Some(first) = wrong.first() {
                let id = card.get("card").map_or("", String::as_str);
                return Err(Trouble::refused(format!("{} would not take the request for {id}: {first}", service.title))
                    .hint("put it right where it comes from: the person, wetink.toml, or --url; nothing was packed"));
            }
            requests += &line.to_string();
            requests.push('\n');
        }
    }
    if service.artwork == Artwork::OneBatch {
        let pages: Vec<[Page; 2]> = drawn.iter().map(|(faces, _)| sides(faces)).collect::<Result<_>>()?;
        files.push(("cards.pdf".into(), pdf::write(pages.iter().flatten(), &meta)?));
        files.push(("batch.xml".into(), list::batch(service, &cards, from).into_bytes()));
    }
    files.push(("addresses.csv".into(), list::csv(service, &cards).into_bytes()));
    files.push(("addresses.xml".into(), list::sheet(service, &cards).into_bytes()));
    if service.artwork == Artwork::Picture {
        files.push(("messages.csv".into(), list::messages(&cards).into_bytes()));
    }
    if !requests.is_empty() {
        files.push(("requests.jsonl".into(), requests.into_bytes()));
    }
    files.push(("README.txt".into(), readme::text(service, size, batch, cards.len()).into_bytes()));
    Ok(Parcel { files })
}

/// A card's id as a file's name that can't leave its folder.
fn stem(card: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' || c == '_' { c } else { '-' };
    let name: String = card.chars().map(plain).take(80).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "card".into() } else { name.to_owned() }
}
