//! `hands`, `stocks`, `letters`, `test-page`: what there is to choose from, with pictures, and the printer's ruler.

use std::path::PathBuf;

use clap::Args;

use crate::cli::talk::{DIM, STRONG, Talk, styled};
use crate::cli::{Done, World};
use crate::hand::{Hand, Hands};
use crate::letter::{Tongue, VARIABLES};
use crate::measure::{mm, to_mm};
use crate::shop::{self, Shop};
use crate::stock::{Form, Shelf, Stock, Use};
use crate::studio::{self, Order, Studio, show};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct HandsVerb {
    /// Where the picture goes; out/hands.png in the shop's folder if not given
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Show the picture on the screen
    #[arg(long)]
    open: bool,
    /// As JSON, without a picture
    #[arg(long)]
    json: bool,
}

impl HandsVerb {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop().ok();
        let hands = Hands::load(shop.as_ref().map(|s| s.dir.join("fonts")).as_deref())?;
        if self.json {
            let list: Vec<_> = hands.all().iter().map(|h| serde_json::json!({ "name": h.name(), "look": h.look(), "licence": h.licence(), "joined": h.joined(), "writes": writes(h) })).collect();
            talk.put_json(&list);
            return Ok(Done::Well);
        }
        for hand in hands.all() {
            talk.put(format!("{}  {}", styled(STRONG, hand.name()), crate::words::shown(hand.look())));
            talk.put(format!(
                "    writes {}; small letters {}; {}",
                writes(hand).join(", "),
                sizes(hand),
                styled(DIM, hand.licence())
            ));
        }
        for trouble in &hands.left_out {
            talk.warning(trouble);
        }
        talk.say("Choose one with `hand` under [print] in wetink.toml, or for once with `print --hand NAME`.");
        picture(world, shop.as_ref(), self.png, "hands.png", self.open, talk, || show::picture_of_hands(&hands))
    }
}

/// `2.2 to 2.6 mm`.
fn sizes(hand: &Hand) -> String {
    let (small, large) = hand.sizes(false);
    format!("{:.1} to {:.1} mm", to_mm(small), to_mm(large))
}

/// The languages a hand has every letter for.
fn writes(hand: &Hand) -> Vec<&'static str> {
    let all = |letters: &str| letters.chars().all(|c| hand.face().has(c));
    let mut found = Vec::new();
    for (language, letters) in [
        ("English", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("German", "äöüßÄÖÜ"),
        ("French", "àâçéèêëîïôùûœÀÂÇÉÈÊ"),
        ("Spanish", "áéíñóúü¿¡ÁÉÍÑÓÚ"),
        ("Polish", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"),
        ("Czech", "áčďéěíňóřšťúůýžČŘŠŽ"),
        ("Hungarian", "áéíóöőúüűŐŰ"),
        ("Romanian", "ăâîșțĂÂÎȘȚ"),
        ("Turkish", "çğıöşüÇĞİÖŞÜ"),
        ("Vietnamese", "ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệ"),
        ("Greek", "αβγδεζηθικλμνξοπρστυφχψω"),
        ("Russian", "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    ] {
        if all(letters) {
            found.push(language);
        }
    }
    found
}

#[derive(Debug, Args)]
pub struct Stocks {
    /// Only papers whose name or title holds this
    like: Option<String>,
    /// Where the picture goes; out/stocks.png in the shop's folder if not given
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Show the picture on the screen
    #[arg(long)]
    open: bool,
    /// As JSON, without a picture
    #[arg(long)]
    json: bool,
}

impl Stocks {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop().ok();
        let shelf = match &shop {
            Some(shop) => studio::shelf(shop)?,
            None => Shelf::with(&[])?,
        };
        let like = self.like.unwrap_or_default().to_lowercase();
        let wanted: Vec<&Stock> =
            shelf.all().iter().filter(|s| s.name.contains(&like) || s.title.to_lowercase().contains(&like)).collect();
        if wanted.is_empty() {
            return Err(Trouble::usage(format!("no paper here is like `{like}`")).hint("`wetink stocks` lists them all"));
        }
        if self.json {
            let list: Vec<_> = wanted.iter().map(|s| describe(s)).collect();
            talk.put_json(&list);
            return Ok(Done::Well);
        }
        let wide = wanted.iter().map(|s| s.name.len()).max().unwrap_or(0);
        for (purpose, heading) in [(Use::Card, "Cards"), (Use::Label, "Labels"), (Use::Envelope, "Envelopes")] {
            let of: Vec<&&Stock> = wanted.iter().filter(|s| s.purpose == purpose).collect();
            if !of.is_empty() {
                talk.put(styled(STRONG, heading));
            }
            for stock in of {
                let size = format!("{:.0} x {:.0} mm", to_mm(stock.panel.width), to_mm(stock.panel.height));
                talk.put(format!("  {:wide$}  {size:>14}  {}", stock.name, crate::words::shown(&stock.title)));
            }
        }
        talk.say("Choose one with `stock` under [print] in wetink.toml, or for once with `print --stock NAME`.");
        picture(world, shop.as_ref(), self.png, "stocks.png", self.open, talk, || show::picture_of_stocks(&wanted))
    }
}

fn describe(stock: &Stock) -> serde_json::Value {
    let form = match stock.form {
        Form::Flat => "flat",
        Form::HalfSide => "half-side",
        Form::HalfTop => "half-top",
        Form::Quarter => "quarter",
    };
    let purpose = match stock.purpose {
        Use::Card => "card",
        Use::Label => "label",
        Use::Envelope => "envelope",
    };
    let mm = |points: f64| (to_mm(points) * 100.0).round() / 100.0;
    serde_json::json!({
        "name": stock.name, "title": stock.title, "for": purpose, "form": form,
        "panel_mm": [mm(stock.panel.width), mm(stock.panel.height)],
        "sheet_mm": [mm(stock.sheet.width), mm(stock.sheet.height)],
        "per_sheet": stock.per_sheet(), "duplex": stock.duplex, "source": stock.source,
    })
}

#[derive(Debug, Args)]
pub struct LettersVerb {
    /// Only this letter, with a picture of it
    name: Option<String>,
    /// Letters in this language instead of the shop's own: en, de, fr, es, pl
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<String>,
    /// Where the picture goes; out/letters.png in the shop's folder if not given
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// Show the picture on the screen
    #[arg(long)]
    open: bool,
}

impl LettersVerb {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let studio = Studio::set_up(&shop, &Order::default())?;
        let tongue = match &self.language {
            Some(asked) => Tongue::parse(asked).ok_or_else(|| {
                Trouble::usage(format!("there are no letters in `{asked}`")).hint("there are letters in en, de, fr, es and pl")
            })?,
            None => Tongue::parse(&shop.settings.shop.language).unwrap_or_default(),
        };
        let wanted: Vec<_> = studio
            .letters()
            .filter(|l| l.language.code() == tongue.code() && self.name.as_ref().is_none_or(|n| l.name == *n))
            .collect();
        if wanted.is_empty()
            && let Some(broken) = self.name.as_ref().and_then(|name| studio.letter_named(name, tongue).err())
        {
            return Err(broken);
        }
        if wanted.is_empty() {
            return Err(Trouble::usage(format!("there is no letter `{}`", self.name.unwrap_or_default()))
                .hint("`wetink letters` lists them"));
        }
        for letter in &wanted {
            talk.put(format!("{}  for {}, {}", styled(STRONG, &letter.name), letter.occasion, letter.tone));
            talk.put(format!("    {}", crate::words::shown(&letter.description)));
            talk.put(format!("    {}", styled(DIM, &crate::words::shown(&studio.sample_text(letter)?))));
        }
        talk.put("");
        talk.put("What a letter can say:");
        for (name, what, example) in VARIABLES {
            let example = if example.is_empty() { String::new() } else { format!("  ({example})") };
            talk.put(format!("  {{{{ {name} }}}}{}{what}{example}", " ".repeat(14_usize.saturating_sub(name.len()))));
        }
        talk.say("Choose one for an occasion with `letters` under [print] in wetink.toml; a file of the same name in letters/ takes its place.");
        picture(world, Some(&shop), self.png, "letters.png", self.open, talk, || {
            let samples = wanted.iter().map(|letter| studio.sample_letter(letter)).collect::<Result<Vec<_>>>()?;
            show::tiles(&samples, 5, mm(62.0))
        })
    }
}

#[derive(Debug, Args)]
pub struct TestPage {
    /// The paper, for cards, labels or envelopes; the shop's usual one if not given
    #[arg(long, value_name = "NAME")]
    stock: Option<String>,
}

impl TestPage {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let (pdf, stock) = Studio::open(&shop)?.test_page(self.stock.as_deref())?;
        let place = shop.out().join("test-page.pdf");
        shop::private_dir(&shop.out())?;
        shop::write_whole(&place, &pdf)?;
        talk.put_path(&place);
        talk.say(format!(
            "Print it on {} without scaling (\"actual size\"){}, and follow what is written on it.",
            stock.title,
            if stock.duplex { ", both sides" } else { "" }
        ));
        Ok(Done::Well)
    }
}

/// Writes a picture where it was asked for, or into the shop's out/, and shows it if wanted.
fn picture(
    world: &World,
    shop: Option<&Shop>,
    named: Option<PathBuf>,
    usual: &str,
    open: bool,
    talk: &Talk,
    draw: impl FnOnce() -> Result<Vec<u8>>,
) -> Result<Done> {
    let place = match (named, shop) {
        (Some(file), _) => world.dir.join(file),
        (None, Some(shop)) => {
            shop::private_dir(&shop.out())?;
            shop.out().join(usual)
        }
        (None, None) => return Ok(Done::Well),
    };
    shop::write_over(&place, b"\x89PNG", &draw()?)?;
    talk.say(format!("A picture: {}", crate::words::shown(&place.display().to_string())));
    if open {
        world.show(&place)?;
    }
    Ok(Done::Well)
}
