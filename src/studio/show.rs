//! Pictures for the owner: the cards of a sheet before they are printed, hands, letters, papers, the printer's test page.

use std::collections::BTreeMap;

use crate::card::{Art, Card, Faces, Look, Misfit};
use crate::hand::{self, Area, BLUE, Hands, Way};
use crate::letter::{About, Letter, Tongue};
use crate::measure::{Point, Rect, Size, mm};
use crate::out::pdf::{self, Sides};
use crate::out::png;
use crate::page::{Item, Page};
use crate::stock::{self, Panel, Stock};
use crate::studio::{Job, Studio};
use crate::trouble::{Result, Trouble};
use crate::typeset::TypeCase;

/// What is written to show a hand.
const SAMPLE: &str = "Dear Margaret, the blue walking shoes you took in March must have a few hundred miles on them by now.";

impl Studio {
    /// Each card's panels as pages of their own, in order: the card's id, the panel, the page.
    pub fn faces(&self, jobs: &[Job<'_>]) -> Result<Vec<(String, &'static str, Page)>> {
        let mut pages = Vec::new();
        for job in jobs {
            let (faces, _) = self.make(job)?;
            pages.extend(self.panels(&faces).into_iter().map(|(name, page)| (job.card.clone(), name, page)));
        }
        Ok(pages)
    }

    fn panels(&self, faces: &Faces) -> Vec<(&'static str, Page)> {
        let page = |items: &Vec<Item>| Page { items: items.clone(), ..Page::new(self.stock.panel) };
        let named = |panel: &Panel| match panel {
            Panel::Cover => "cover",
            Panel::Written => "note",
            Panel::Inside => "inside",
            Panel::Back => "back",
        };
        let drawn: &BTreeMap<_, _> = &faces.panels;
        drawn.iter().filter(|(_, items)| !items.is_empty()).map(|(panel, items)| (named(panel), page(items))).collect()
    }

    /// A letter with a made-up card in it: cover and written side.
    pub fn sample_letter(&self, letter: &Letter) -> Result<Vec<Page>> {
        let about = About { occasion: letter.occasion.clone(), ..About::sample(letter.language) };
        let card = Card {
            number: 1,
            initials: "AL".into(),
            dressed: letter.dress(&about, false)?,
            sober: letter.sober,
            note: "Ana, here the note stands that only Ana could have been sent. It is a different one on every card.".into(),
            ps: String::new(),
            art: Art::Drawn(Look::choose(&letter.designs, letter.sober, hand::seed(&letter.name, "sample"), &[])),
            seed: hand::seed(&letter.name, self.hand.name()),
        };
        let faces = card.draw(&self.making(&self.hand, self.way)).map_err(|misfit| match misfit {
            Misfit::Print(trouble) => trouble,
            Misfit::Note(refusal) => Trouble::refused(refusal.to_string()),
        })?;
        Ok(self.panels(&faces).into_iter().map(|(_, page)| page).collect())
    }

    /// All letters the shop has.
    pub fn letters(&self) -> impl Iterator<Item = &Letter> {
        self.letters.all().iter()
    }

    /// A letter by its name, or why it can't be used.
    pub fn letter_named(&self, name: &str, language: Tongue) -> Result<&Letter> {
        self.letters.named(name, language)
    }

    /// The page that finds out how the printer shifts and shrinks, as a PDF.
    pub fn test_page(&self) -> Result<Vec<u8>> {
        let label = |text: &str, size: f64| self.case.text.clone().sized(size).line(text).at(Point::ORIGIN);
        let (turn, _) = self.turn();
        let pages = stock::test_page(&self.stock, turn, &self.printer, &label);
        pdf::write(&pages, &self.meta(Some(if self.stock.duplex { Sides::LongEdge } else { Sides::One })))
    }
}

/// A picture of every hand, one under the other, with its name.
pub fn picture_of_hands(hands: &Hands) -> Result<Vec<u8>> {
    let case = TypeCase::shipped()?;
    let (width, each) = (mm(150.0), mm(32.0));
    let mut page = Page::new(Size::new(width, each * hands.all().len() as f64 + mm(6.0)));
    for (at, hand) in hands.all().iter().enumerate() {
        let top = mm(4.0) + each * at as f64;
        page.items.push(case.text.clone().sized(8.0).line(hand.name()).at(Point::new(mm(8.0), top + mm(3.0))));
        let area = Area::plain(Rect::new(mm(8.0), top + mm(4.0), width - mm(8.0), top + each));
        // A font of the owner's that lacks a letter of the sample shows its name only.
        if let Ok(written) = hand.write(SAMPLE, &area, hand::seed("sample", hand.name()), &Way::natural(BLUE)) {
            page.items.push(Item::Words(written.words));
        }
    }
    png::draw(&page, 130.0)
}

/// A picture of papers, with their names.
pub fn picture_of_stocks(stocks: &[&Stock]) -> Result<Vec<u8>> {
    let case = TypeCase::shipped()?;
    let pages: Vec<Page> = stocks
        .iter()
        .map(|stock| {
            let mut page = stock::outline(stock);
            let name = case.text.clone().sized(26.0);
            let middle = Point::new(page.size.width / 2.0, page.size.height / 2.0);
            page.items.push(
                name.fitted(&stock.name, page.size.width * 0.8).line(&stock.name).aligned(crate::typeset::Align::Centre, middle),
            );
            page
        })
        .collect();
    png::contact_sheet(&pages, 6, 22.0)
}
