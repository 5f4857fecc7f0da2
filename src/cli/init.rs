//! `wetink init`: a new shop folder.

use std::path::PathBuf;

use clap::Args;

use crate::cli::talk::{STRONG, Talk, styled};
use crate::cli::{Done, World};
use crate::ledger::Ledger;
use crate::person::Address;
use crate::shop::{self, Start};
use crate::trouble::Result;

#[derive(Debug, Args)]
pub struct Init {
    /// The folder to make; the current one if not given
    dir: Option<PathBuf>,
    /// The shop's name
    #[arg(long)]
    name: Option<String>,
    /// Who signs the cards
    #[arg(long)]
    signs: Option<String>,
    /// How a person can answer: a phone with its hours, an address somebody reads
    #[arg(long)]
    answer: Option<String>,
    /// Two-letter country of the shop
    #[arg(long)]
    country: Option<String>,
    /// Two-letter language of the printed words: en, de, fr, es, pl; the country's own if there are letters in it
    #[arg(long)]
    language: Option<String>,
    /// Return address: street
    #[arg(long)]
    street: Vec<String>,
    /// Return address: town
    #[arg(long)]
    city: Option<String>,
    /// Return address: state, province or county
    #[arg(long)]
    region: Option<String>,
    /// Return address: postal code
    #[arg(long)]
    postcode: Option<String>,
    /// a4 or letter
    #[arg(long, value_parser = ["a4", "letter"])]
    paper: Option<String>,
    /// The handwriting for notes; `wetink hands` shows them
    #[arg(long)]
    hand: Option<String>,
}

impl Init {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let dir = self.dir.map_or_else(|| world.dir.clone(), |d| world.dir.join(d));
        let folder = dir.file_name().map_or_else(|| "Our shop".into(), |n| n.to_string_lossy().into_owned());
        let ask = |given: Option<String>, question: &str, otherwise: &str| given.unwrap_or_else(|| talk.ask(question, otherwise));
        let name = ask(self.name, "What is the shop called?", &folder);
        let signs = ask(self.signs, "Who signs the cards?", "");
        let answer = ask(self.answer, "How can a person answer? (a phone with its hours, an e-mail somebody reads)", "");
        let country = ask(self.country, "Which country, in two letters?", "US").to_uppercase();
        let usual = if matches!(country.as_str(), "US" | "CA" | "MX" | "PH" | "CO" | "CL" | "VE") { "letter" } else { "a4" };
        let paper = ask(self.paper, "Which paper, a4 or letter?", usual);
        let address = if self.street.is_empty() && self.city.is_none() && world.terminal {
            Address {
                street: Some(talk.ask("Return address: street?", "")).filter(|s| !s.is_empty()).into_iter().collect(),
                city: talk.ask("Return address: town?", ""),
                region: talk.ask("Return address: state or county, if it belongs there?", ""),
                postcode: talk.ask("Return address: postal code?", ""),
                ..Address::default()
            }
        } else {
            Address {
                street: self.street,
                city: self.city.unwrap_or_default(),
                region: self.region.unwrap_or_default(),
                postcode: self.postcode.unwrap_or_default(),
                ..Address::default()
            }
        };
        let paper = if paper.eq_ignore_ascii_case("letter") { "letter".to_owned() } else { "a4".to_owned() };
        let hand = self.hand.unwrap_or_else(|| "nothing-you-could-do".into());
        let usual = match country.as_str() {
            "DE" | "AT" | "LI" => "de",
            "FR" | "MC" => "fr",
            "ES" | "MX" | "AR" | "CO" | "CL" | "PE" | "VE" => "es",
            "PL" => "pl",
            _ => "en",
        };
        let language = self.language.unwrap_or_else(|| usual.into());
        let start = Start { name, signs, answer, country, language, paper, address, hand };
        let shop = shop::make(&dir, &start)?;
        Ledger::open(&shop.ledger())?;
        talk.say(format!("{} is ready in {}", styled(STRONG, &start.name), crate::words::shown(&shop.dir.display().to_string())));
        talk.say(format!(
            "country {}, paper {}, printed words in {}: change them in wetink.toml",
            start.country, start.paper, start.language
        ));
        let open: Vec<&str> = [("signs", &start.signs), ("answer", &start.answer)]
            .into_iter()
            .filter(|(_, value)| value.trim().is_empty())
            .map(|(key, _)| key)
            .collect();
        if !open.is_empty() {
            talk.say(format!(
                "Before printing, fill in {} in wetink.toml: a card must say who it is from and how to answer.",
                open.join(" and ")
            ));
        }
        talk.say("Next: `wetink import customers.csv`, or `wetink person add \"Ana López\" --birthday 04-12`");
        Ok(Done::Well)
    }
}
