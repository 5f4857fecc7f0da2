//! Everything a card is made with, loaded once: hands, letters, paper, printer. Says whether a note fits, and makes the batch.

mod batch;
pub mod post;
pub mod show;
pub mod upload;

use std::path::Path;
use std::sync::Arc;

pub use batch::Printed;

use crate::card::{Art, Card, Faces, Imprint, Look, MARGIN, Making, Misfit, Photo, Writing};
use crate::day::Day;
use crate::echo::{Finding, Rule};
use crate::hand::{self, BLUE, Hand, Hands, Manner, Refusal, Way};
use crate::ledger::cards::Made;
use crate::ledger::people::Who;
use crate::letter::{About, BUNDLED, Design, Dressed, Letter, Letters, Tongue};
use crate::measure::{Affine, Point, mm};
use crate::note::Note;
use crate::out::pack::Frame;
use crate::out::pdf::{Meta, Sides};
use crate::page::{Ink, Item};
use crate::person::Name;
use crate::shop::Shop;
use crate::stock::{self, Panels, Printer, Shelf, Stock, Turn, Use};
use crate::trouble::{Result, Trouble};
use crate::typeset::{Align, TypeCase};

/// What the owner asked for this time, over what wetink.toml says.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The stock's name.
    pub stock: Option<String>,
    /// The hand's name.
    pub hand: Option<String>,
    /// Ruled space for the owner's own pen instead of a printed note.
    pub by_hand: bool,
    /// Places already used on the first sheet of paper.
    pub skip: usize,
    /// Marked as a proof.
    pub proof: bool,
    /// For a postcard service's press instead of the shop's own paper.
    pub frame: Option<Frame>,
}

/// A note as it stands somewhere, with the card it is for: what a fit is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Typed<'a> {
    /// Whom it is for.
    pub who: &'a Who,
    /// The card's id, which seeds its hand and its cover.
    pub card: &'a str,
    /// Why.
    pub occasion: &'a str,
    /// The day it is for.
    pub day: Day,
    /// The note.
    pub note: &'a str,
    /// Its postscript, without `PS:`.
    pub ps: &'a str,
}

/// What paper, hand and letter say about a note.
#[derive(Clone, Debug)]
pub struct Fits {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether the card can be drawn all the same. What can't be drawn can't be let through either.
    pub drawn: bool,
}

/// One card to be made.
#[derive(Debug)]
pub struct Job<'a> {
    /// The card's id.
    pub card: String,
    /// Whom it is for.
    pub who: &'a Who,
    /// Why.
    pub occasion: String,
    /// The day it is for.
    pub day: Day,
    /// The note.
    pub note: &'a Note,
    /// Its number in the batch.
    pub number: usize,
    /// How it was made before, if it is made again.
    pub made: Option<Made>,
    /// The covers of earlier cards to them, the latest last.
    pub covers_before: Vec<String>,
    /// A few facts, for the cue sheet.
    pub facts: Vec<String>,
}

/// How the sheet gets its back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duplex {
    Printer(Turn),
    Manual { reversed: bool },
}

/// What a card is made with.
struct Plan<'s> {
    letter: &'s Letter,
    hand: &'s Arc<Hand>,
    way: Way,
    look: Look,
    made: Made,
}

/// The papers, hands and letters of a shop, and what was chosen of them.
pub struct Studio {
    hands: Hands,
    hand: Arc<Hand>,
    way: Way,
    case: TypeCase,
    letters: Letters,
    stock: Stock,
    printer: Printer,
    duplex: Duplex,
    imprint: Imprint,
    photo: Option<Arc<Photo>>,
    design: Option<Design>,
    shop: Shop,
    order: Order,
}

impl Studio {
    /// As wetink.toml says.
    pub fn open(shop: &Shop) -> Result<Studio> {
        Studio::set_up(shop, &Order::default())
    }

    /// As wetink.toml and this order say.
    pub fn set_up(shop: &Shop, order: &Order) -> Result<Studio> {
        let print = &shop.settings.print;
        let hands = Hands::load(Some(&shop.dir.join("fonts")))?;
        let hand = Arc::clone(match &order.hand {
            Some(name) => hands.find(name)?,
            None => hands.find(&print.hand).map_err(|t| t.at(shop.spot("print", "hand", "")))?,
        });
        let manner = manner(&print.manner).map_err(|t| t.at(shop.spot("print", "manner", "")))?;
        let duplex = duplex(&print.duplex).map_err(|t| t.at(shop.spot("print", "duplex", "")))?;
        let shelf = shelf(shop)?;
        let stock = match (&order.frame, &order.stock) {
            (Some(frame), _) => &frame.stock,
            (None, Some(name)) => shelf.find(name)?,
            (None, None) => shelf.find(print.stock()).map_err(|t| t.at(shop.spot("print", "stock", "")))?,
        };
        if stock.purpose != Use::Card {
            return Err(
                Trouble::usage(format!("{} is no paper for cards", stock.name)).hint("`wetink stocks` lists papers for cards")
            );
        }
        let (photo, design) = cover(shop, &print.cover)?;
        Ok(Studio {
            hand,
            hands,
            way: Way { manner, ink: BLUE, large: false },
            case: TypeCase::shipped()?,
            letters: Letters::load(&BUNDLED, Some(&shop.dir.join("letters")))?,
            stock: stock.clone(),
            printer: printer(shop)?,
            duplex,
            imprint: imprint(shop, order)?,
            photo,
            design,
            shop: shop.clone(),
            order: order.clone(),
        })
    }

    /// Begins with what every card needs, beside whatever else is done.
    pub fn warm_up(&self) {
        if !self.order.by_hand {
            self.hand.warm_up(self.way.manner);
        }
    }

    /// What the owner should know before printing: what the post won't like about this paper, letters that can't be used.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        // What a service's press prints is its own business with the post.
        let mut said = match self.order.frame {
            Some(_) => Vec::new(),
            None => stock::postal(&self.stock, &self.shop.settings.shop.country),
        };
        if self.shop.settings.shop.address.is_empty() {
            said.push("there is no return address in wetink.toml: a card that can't be delivered won't come home".into());
        }
        said.extend(self.letters.troubles().chain(&self.hands.left_out).map(|t| t.message.clone()));
        said
    }

    /// The paper that is printed on.
    #[must_use]
    pub fn stock(&self) -> &Stock {
        &self.stock
    }

    /// What paper, hand and letter say about a note.
    pub fn fits(&self, typed: &Typed<'_>) -> Result<Fits> {
        let found = self.letter(typed.occasion, typed.who, None).and_then(|letter| {
            let dressed = letter.dress(&self.about(typed.who, typed.occasion, typed.day), !typed.ps.is_empty())?;
            Ok((letter, dressed))
        });
        // A mistyped occasion spoils its own card, not the sheet.
        let (letter, dressed) = match found {
            Ok(found) => found,
            Err(trouble) => {
                let mut finding = Finding::new(Rule::DoNotSend, trouble.message).called("letter");
                finding.help = trouble.hints;
                return Ok(Fits { findings: vec![finding], drawn: false });
            }
        };
        let card = self.card(typed, 1, letter, dressed, Look { design: Design::Words, palette: 0, seed: 0 });
        let whole = if typed.ps.is_empty() { typed.note.to_owned() } else { format!("{}\n\n{}", typed.note, typed.ps) };
        match card.fit(&self.making(&self.hand, self.way)) {
            Ok(Some(by_hand)) if by_hand.lines > by_hand.available => {
                let message =
                    format!("written by hand it takes about {} lines, and the card has {}", by_hand.lines, by_hand.available);
                let finding = Finding::new(Rule::Overflow, message).help("shorten it, or take a larger card: `--stock`");
                Ok(Fits { findings: vec![finding], drawn: true })
            }
            Ok(_) => Ok(Fits { findings: Vec::new(), drawn: true }),
            Err(Misfit::Print(trouble)) => Err(trouble),
            Err(Misfit::Note(Refusal::Overflow(over))) => {
                let larger = if self.order.frame.is_some() { "--size" } else { "wetink stocks" };
                let mut finding = Finding::new(Rule::Overflow, over.to_string()).help(format!(
                    "shorten it, or take a larger card (`{larger}`); nothing is shrunk or cut on {}",
                    self.stock.name
                ));
                if let Some(range) = last_words(&whole, over.words) {
                    finding = finding.at(range);
                }
                Ok(Fits { findings: vec![finding], drawn: false })
            }
            Err(Misfit::Note(Refusal::Unwritable(lacking))) => {
                let name = typed.who.name();
                let trouble =
                    self.hands.check(&self.hand, &whole, &name).err().unwrap_or_else(|| Trouble::refused(lacking.to_string()));
                let mut finding = Finding::new(Rule::MissingGlyph, trouble.message);
                finding.help = trouble.hints;
                finding.ranges = runs_of(&whole, &lacking.missing);
                Ok(Fits { findings: vec![finding], drawn: false })
            }
        }
    }

    /// How the sheet is turned, and if by hand, whether its backs come in reverse.
    fn turn(&self) -> (Turn, Option<bool>) {
        match self.duplex {
            Duplex::Printer(turn) => (turn, None),
            Duplex::Manual { reversed } => (Turn::LongEdge, Some(reversed)),
        }
    }

    /// What the printer is asked to do with the back of the sheet.
    fn sides(&self, stock: &Stock) -> Sides {
        match self.duplex {
            Duplex::Printer(Turn::LongEdge) if stock.duplex => Sides::LongEdge,
            Duplex::Printer(Turn::ShortEdge) if stock.duplex => Sides::ShortEdge,
            _ => Sides::One,
        }
    }

    /// How these cards are made, known before any of them is drawn.
    pub fn made(&self, jobs: &[Job<'_>]) -> Result<Vec<Made>> {
        jobs.iter().map(|job| self.plan(job).map(|plan| plan.made)).collect()
    }

    fn plan(&self, job: &Job<'_>) -> Result<Plan<'_>> {
        let before = job.made.as_ref();
        let letter = self.letter(&job.occasion, job.who, before.map(|m| m.letter.as_str()).filter(|l| !l.is_empty()))?;
        // A card made again is the same card, whatever wetink.toml says by now; an order on the command line still counts.
        let hand = match before.map(|m| m.hand.as_str()).filter(|h| !h.is_empty() && self.order.hand.is_none()) {
            Some(name) => self.hands.find(name)?,
            None => &self.hand,
        };
        let way = match before.and_then(|m| manner(&m.manner).ok()) {
            Some(manner) => Way { manner, ..self.way },
            None => self.way,
        };
        let look = match before.and_then(|m| m.cover.parse().ok()) {
            Some(look) => look,
            None => self.look(job, letter),
        };
        let made = Made {
            letter: letter.name.clone(),
            hand: if self.order.by_hand { String::new() } else { hand.name().to_owned() },
            manner: manner_name(way.manner).into(),
            cover: if self.photo.is_some() { self.shop.settings.print.cover.clone() } else { look.to_string() },
            stock: self.stock.name.clone(),
        };
        Ok(Plan { letter, hand, way, look, made })
    }

    /// One card's faces, and how it was made.
    fn make(&self, job: &Job<'_>) -> Result<(Faces, Made)> {
        let Plan { letter, hand, way, look, made } = self.plan(job)?;
        let typed = Typed {
            who: job.who,
            card: &job.card,
            occasion: &job.occasion,
            day: job.day,
            note: job.note.text(),
            ps: job.note.ps(),
        };
        let dressed = letter.dress(&self.about(job.who, &job.occasion, job.day), !typed.ps.is_empty())?;
        let card = self.card(&typed, job.number, letter, dressed, look);
        let card = Card { seed: hand::seed(&job.card, hand.name()), ..card };
        let faces = card.draw(&self.making(hand, way)).map_err(|misfit| match misfit {
            Misfit::Print(trouble) => trouble,
            Misfit::Note(refusal) => Trouble::refused(format!("{}: {refusal}", job.who.id())).hint("`wetink check` says more"),
        })?;
        Ok((faces, made))
    }

    fn card(&self, typed: &Typed<'_>, number: usize, letter: &Letter, dressed: Dressed, look: Look) -> Card {
        Card {
            number: if self.order.frame.is_some() { 0 } else { u32::try_from(number).unwrap_or(u32::MAX) },
            initials: initials(&typed.who.name()),
            dressed,
            sober: letter.sober,
            note: typed.note.to_owned(),
            ps: typed.ps.to_owned(),
            art: self.photo.as_ref().map_or(Art::Drawn(look), |photo| Art::Photo(Arc::clone(photo))),
            seed: hand::seed(typed.card, self.hand.name()),
        }
    }

    fn making<'a>(&'a self, hand: &'a Hand, way: Way) -> Making<'a> {
        let frame = self.order.frame.as_ref();
        Making {
            case: &self.case,
            writing: if self.order.by_hand {
                Writing::ByHand(mm(self.shop.settings.print.pitch.clamp(5.0, 20.0)))
            } else {
                Writing::Printed(hand, way)
            },
            sign: self.sign(),
            imprint: &self.imprint,
            form: self.stock.form,
            panel: self.stock.panel,
            blocked: frame.map_or_else(Vec::new, |f| f.blocked.clone()),
            margin: frame.map_or(MARGIN, |f| f.margin),
            bleed: frame.map_or(0.0, |f| f.bleed),
        }
    }

    /// The cover: the shop's own choice of design, else one that suits the letter; never the one they had last.
    fn look(&self, job: &Job<'_>, letter: &Letter) -> Look {
        let before: Vec<Look> = job.covers_before.iter().filter_map(|c| c.parse().ok()).collect();
        let own = self.design.map(|d| vec![d]);
        Look::choose(own.as_deref().unwrap_or(&letter.designs), letter.sober, hand::seed(&job.card, "cover"), &before)
    }

    /// The letter a card was made with, else the shop's choice for the occasion, else the plainest for it.
    fn letter(&self, occasion: &str, who: &Who, made: Option<&str>) -> Result<&Letter> {
        let tongue = self.tongue(who);
        let chosen = made.or_else(|| self.shop.settings.print.letters.get(occasion).map(String::as_str));
        match chosen {
            Some(name) => self.letters.named(name, tongue).map_err(|t| t.at(self.shop.spot("print", "letters", ""))),
            None => self.letters.for_occasion(occasion, tongue),
        }
    }

    fn tongue(&self, who: &Who) -> Tongue {
        let us = &self.shop.settings.shop;
        let theirs = who.persons().first().map(|p| p.language.as_str()).filter(|l| !l.is_empty());
        let spoken = theirs.and_then(Tongue::parse).or_else(|| Tongue::parse(&us.language)).unwrap_or(Tongue::English);
        if spoken == Tongue::English && us.country.eq_ignore_ascii_case("us") { Tongue::American } else { spoken }
    }

    fn about(&self, who: &Who, occasion: &str, day: Day) -> About {
        let us = &self.shop.settings.shop;
        let (name, household) = match who {
            Who::Person(person) => (person.name.clone(), String::new()),
            Who::Household(household, _) => (Name::default(), household.salutation.clone()),
        };
        let since = who.persons().iter().find_map(|p| p.anniversary);
        About {
            name,
            household,
            language: self.tongue(who),
            shop: us.name.clone(),
            signer: us.signs.clone(),
            reply: us.answer.clone(),
            day,
            years: since.filter(|_| occasion == "anniversary").and_then(|d| d.years_on(day)).and_then(|y| u32::try_from(y).ok()),
            occasion: occasion.to_owned(),
        }
    }

    fn meta(&self, sides: Option<Sides>) -> Meta {
        let us = &self.shop.settings.shop;
        Meta { title: "Cards".into(), author: us.name.clone(), language: us.language.clone(), sides, backwards: false }
    }

    /// Every side says that it is a proof, in the margin, where nothing of the card stands.
    fn proof(&self, panels: Panels) -> Panels {
        let width = self.stock.panel.width;
        let style = self.case.bold.clone().sized(6.5).tracked(300.0).ink(Ink::hex(0x00c0_392b));
        // As near to the edge as the printer can; one that leaves more white than a card does can't print to it anyway.
        let white = mm(self.printer.margins.largest());
        let foot = mm(8.2).max(if white < MARGIN { white + style.caps() + 0.3 } else { 0.0 });
        panels
            .into_iter()
            .map(|(panel, items)| {
                let whole = Item::Placed { drawing: items, at: Affine::IDENTITY, clip: None };
                let mark = |share: f64| style.line("PROOF").aligned(Align::Centre, Point::new(width * share, foot));
                (panel, Arc::new(vec![whole, mark(0.2), mark(0.5), mark(0.8)]))
            })
            .collect()
    }
}

/// The capitals a name's words begin with, three at most; a title is no name.
fn initials(name: &str) -> String {
    let Name { given, family, .. } = Name::parse(name);
    let capital = |word: &str| word.chars().next().filter(|c| c.is_uppercase());
    given.split_whitespace().chain(family.split_whitespace()).filter_map(capital).take(3).collect()
}

/// All papers: the shop's own and those that come with wetink.
pub fn shelf(shop: &Shop) -> Result<Shelf> {
    Shelf::read(&shop.text)
}

/// The printer's habits from wetink.toml.
pub fn printer(shop: &Shop) -> Result<Printer> {
    Printer::read(&shop.text)
}

/// How much a hand varies, by its name.
fn manner(name: &str) -> Result<Manner> {
    match name {
        "neat" => Ok(Manner::Neat),
        "natural" | "" => Ok(Manner::Natural),
        "lively" => Ok(Manner::Lively),
        _ => Err(Trouble::usage(format!("`{name}` is no manner of writing")).hint("say neat, natural or lively")),
    }
}

fn manner_name(manner: Manner) -> &'static str {
    match manner {
        Manner::Neat => "neat",
        Manner::Natural => "natural",
        Manner::Lively => "lively",
    }
}

fn duplex(name: &str) -> Result<Duplex> {
    match name {
        "long-edge" | "" => Ok(Duplex::Printer(Turn::LongEdge)),
        "short-edge" => Ok(Duplex::Printer(Turn::ShortEdge)),
        "manual" => Ok(Duplex::Manual { reversed: false }),
        "manual-reversed" => Ok(Duplex::Manual { reversed: true }),
        _ => Err(Trouble::usage(format!("`{name}` is no way to turn a sheet"))
            .hint("say long-edge, short-edge, manual, or manual-reversed if your printer delivers its pages face up")),
    }
}

/// A design for every cover, or a picture for every cover, or neither.
fn cover(shop: &Shop, named: &str) -> Result<(Option<Arc<Photo>>, Option<Design>)> {
    if named.is_empty() {
        return Ok((None, None));
    }
    if let Some(design) = Design::ALL.into_iter().find(|d| d.name() == named) {
        return Ok((None, Some(design)));
    }
    let names: Vec<&str> = Design::ALL.into_iter().map(Design::name).collect();
    let photo = picture(shop, named).map_err(|t| {
        t.at(shop.spot("print", "cover", ""))
            .hint(format!("the designs are {}; anything else is a picture in the shop's folder", names.join(", ")))
    })?;
    Ok((Some(Arc::new(photo)), None))
}

fn picture(shop: &Shop, named: &str) -> Result<Photo> {
    let path = shop.dir.join(Path::new(named));
    // Only a plain file of a sensible size: a device or a pipe would never end.
    let about = std::fs::metadata(&path).map_err(|e| Trouble::file("read the picture", &path, &e))?;
    if !about.is_file() || about.len() > 100_000_000 {
        return Err(Trouble::failed(format!("{named} is no picture file, or too large for one"))
            .hint("name a JPEG or PNG file in the shop's folder"));
    }
    let bytes = std::fs::read(&path).map_err(|e| Trouble::file("read the picture", &path, &e))?;
    Photo::read(named, bytes)
}

fn imprint(shop: &Shop, order: &Order) -> Result<Imprint> {
    let us = &shop.settings.shop;
    let logo = if us.logo.is_empty() {
        None
    } else {
        Some(Arc::new(picture(shop, &us.logo).map_err(|t| t.at(shop.spot("shop", "logo", "")))?))
    };
    let mut address = crate::address::lines("", &us.address, &us.country);
    // A service prints the sender's address where it wants it.
    if order.frame.is_some() {
        address.clear();
    }
    Ok(Imprint { shop: us.name.clone(), answer: vec![us.answer.clone()], address, logo })
}

/// Where these characters stand in a text, neighbours together.
fn runs_of(text: &str, characters: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(_, c)| characters.contains(c)) {
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => run.end += c.len_utf8(),
            None => runs.push(at..at + c.len_utf8()),
        }
    }
    runs
}

/// The last so many words of a text, as a range.
fn last_words(text: &str, words: usize) -> Option<std::ops::Range<usize>> {
    let starts: Vec<usize> = text.split_whitespace().map(|w| w.as_ptr() as usize - text.as_ptr() as usize).collect();
    let from = *starts.get(starts.len().checked_sub(words)?)?;
    Some(from..text.trim_end().len())
}
