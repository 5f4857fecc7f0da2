//! `wetink person list`: everybody there is, a line each.

use clap::Args;

use crate::cli::talk::{BAD, DIM, Talk, count, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::people::Who;
use crate::person::{Person, Status};
use crate::trouble::Result;

#[derive(Debug, Args)]
pub struct List {
    /// Only those with this in their name, e-mail or phone
    part: Option<String>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let mut people: Vec<Person> = match &self.part {
            None => ledger.people()?,
            Some(part) => ledger
                .matching(part)?
                .into_iter()
                .flat_map(|who| match who {
                    Who::Person(person) => vec![*person],
                    Who::Household(_, members) => members,
                })
                .collect(),
        };
        people.sort_by(|a, b| a.id.cmp(&b.id));
        people.dedup_by(|a, b| a.id == b.id);
        if self.json {
            talk.put_json(&serde_json::json!({ "people": people }));
            return Ok(Done::Well);
        }
        let wide = |text: &str| text.chars().count();
        let widest = |of: &dyn Fn(&Person) -> usize| people.iter().map(of).max().unwrap_or(0).min(32);
        let (ids, names) = (widest(&|p| wide(p.id.as_str())), widest(&|p| wide(&p.name.full())));
        let pad = |text: &str, width: usize| {
            let shown = crate::words::shown(text);
            format!("{shown}{}", " ".repeat(width.saturating_sub(wide(&shown))))
        };
        for person in &people {
            let birthday = person.birthday.map_or_else(String::new, crate::day::Birthday::plain);
            let mut line = format!(
                "{}  {}  {birthday:<17}  {}",
                pad(person.id.as_str(), ids),
                pad(&person.name.full(), names),
                crate::words::shown(&person.address.city)
            );
            line.truncate(line.trim_end().len());
            if person.status != Status::Contact {
                line += &format!("  {}", styled(BAD, person.status.as_str()));
            }
            talk.put(line);
        }
        talk.say(styled(DIM, &format!("{}. `wetink person show ID` tells the rest.", count(people.len(), "person"))));
        Ok(Done::Well)
    }
}
