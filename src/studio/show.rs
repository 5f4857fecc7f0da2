//! Pictures for the owner: the cards of a sheet before they are printed, hands, letters, papers, the printer's test page.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::card::{Art, Card, Faces, Look, Misfit};
use crate::hand::{self, Area, BLUE, Hands, Way};
use crate::letter::{About, Letter, Part, Tongue};
use crate::measure::{Affine, Point, Rect, Shape as _, Size, mm, to_mm};
use crate::out::{pdf, png};
use crate::page::{Ink, Item, Page, Pen};
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
    pub fn sample_letter(&self, letter: &Letter) -> Result<Tile> {
        let about = self.sample(letter);
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
        let pages = self.panels(&faces).into_iter().map(|(_, page)| page).collect();
        let caption = format!("{}, {}", letter.name, letter.language.code());
        Ok(Tile { caption, below: letter.occasion.clone(), pages })
    }

    /// A made-up person, and the shop as far as it is known.
    fn sample(&self, letter: &Letter) -> About {
        let us = &self.shop.settings.shop;
        let mut about = About { occasion: letter.occasion.clone(), ..About::sample(letter.language) };
        for (said, ours) in [(&mut about.shop, &us.name), (&mut about.signer, &us.signs), (&mut about.reply, &us.answer)] {
            if !ours.is_empty() {
                said.clone_from(ours);
            }
        }
        about
    }

    /// What is printed around the note of a made-up card: `Happy birthday | … | All good wishes from everybody at Hill Shoes.`
    pub fn sample_text(&self, letter: &Letter) -> Result<String> {
        let dressed = letter.dress(&self.sample(letter), false)?;
        let words = |part: &Part| if let Part::Printed(words) = part { words.clone() } else { "…".into() };
        let cover = [dressed.cover, dressed.below].into_iter().filter(|words| !words.is_empty());
        let said: Vec<String> = cover.chain(dressed.parts.iter().map(words)).collect();
        Ok(said.join(" | ").split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// All letters the shop has.
    pub fn letters(&self) -> impl Iterator<Item = &Letter> {
        self.letters.all().iter()
    }

    /// A letter by its name, or why it can't be used.
    pub fn letter_named(&self, name: &str, language: Tongue) -> Result<&Letter> {
        self.letters.named(name, language)
    }

    /// The page that finds out how the printer shifts and shrinks, as a PDF, and the paper it is to be printed on: the one of
    /// that name, card, label or envelope, or the shop's usual one.
    pub fn test_page(&self, named: Option<&str>) -> Result<(Vec<u8>, Stock)> {
        let stock = match named {
            Some(name) => super::shelf(&self.shop)?.find(name)?.clone(),
            None => self.stock.clone(),
        };
        let label = |text: &str, size: f64| self.case.text.clone().sized(size).line(text).at(Point::ORIGIN);
        let (turn, _) = self.turn();
        let pages = stock::test_page(&stock, turn, &self.printer, &label);
        Ok((pdf::write(&pages, &self.meta(Some(self.sides(&stock))))?, stock))
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

/// A picture of papers, with their names and the size of a card.
pub fn picture_of_stocks(stocks: &[&Stock]) -> Result<Vec<u8>> {
    let tile = |stock: &&Stock| {
        let size = format!("{:.0} x {:.0} mm", to_mm(stock.panel.width), to_mm(stock.panel.height));
        Tile { caption: stock.name.clone(), below: size, pages: vec![stock::outline(stock)] }
    };
    tiles(&stocks.iter().map(tile).collect::<Vec<_>>(), 8, mm(44.0))
}

/// Pages that belong together, with what they are called.
#[derive(Debug)]
pub struct Tile {
    /// Their name.
    pub caption: String,
    /// A small line under it; may be empty.
    pub below: String,
    /// The pages, side by side.
    pub pages: Vec<Page>,
}

/// Tiles in rows, so many across, all pages to one scale: the longest side of the largest is `longest` points.
pub fn tiles(tiles: &[Tile], across: usize, longest: f64) -> Result<Vec<u8>> {
    let case = TypeCase::shipped()?;
    let (caption, small) = (case.text.clone().sized(10.0), case.text.clone().sized(7.5).ink(Ink::grey(0.4)));
    let (gap, foot) = (mm(5.0), mm(9.5));
    let all = || tiles.iter().flat_map(|tile| &tile.pages);
    let scale = longest / all().map(|page| page.size.max_side()).fold(1.0, f64::max);
    let wide = |tile: &Tile| {
        let pages: f64 = tile.pages.iter().map(|page| page.size.width * scale + mm(1.5)).sum();
        pages.max(caption.width(&tile.caption)).max(small.width(&tile.below))
    };
    let column = tiles.iter().map(wide).fold(0.0, f64::max);
    let columns = across.clamp(1, tiles.len().max(1));
    let mut items = Vec::new();
    let mut y = gap;
    for row in tiles.chunks(columns) {
        let tall = row.iter().flat_map(|tile| &tile.pages).map(|page| page.size.height * scale).fold(0.0, f64::max);
        for (at, tile) in row.iter().enumerate() {
            let left = gap + (column + gap) * at as f64;
            let mut x = left;
            for page in &tile.pages {
                let paper = Rect::from_origin_size((x, y), page.size * scale);
                let at = Affine::translate((x, y)) * Affine::scale(scale);
                items.push(Item::Fill(paper.to_path(0.1), Ink::grey(1.0)));
                items.push(Item::Placed { drawing: Arc::new(page.items.clone()), at, clip: Some(page.size.to_rect()) });
                items.push(Item::Stroke(paper.to_path(0.1), Pen { ink: Ink::grey(0.62), width: 0.6, dash: None }));
                x += page.size.width * scale + mm(1.5);
            }
            items.push(case.able(&caption, &tile.caption).line(&tile.caption).at(Point::new(left, y + tall + mm(4.0))));
            items.push(case.able(&small, &tile.below).line(&tile.below).at(Point::new(left, y + tall + mm(7.4))));
        }
        y += tall + foot + gap;
    }
    let size = Size::new(gap + (column + gap) * columns as f64, y);
    items.insert(0, Item::Fill(size.to_rect().to_path(0.1), Ink::grey(0.94)));
    // As sharp as a picture may be: a long list is drawn a little smaller.
    let dpi = (7000.0 / size.max_side() * 72.0).min(130.0);
    png::draw(&Page { items, ..Page::new(size) }, dpi)
}
