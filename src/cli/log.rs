//! `wetink log`: one short line about something that happened.

use clap::Args;

use crate::cli::talk::{DIM, STRONG, Talk, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::Day;
use crate::ledger::people::Who;
use crate::person::{Name, Person};
use crate::touch::{self, Touch};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wetink log ana purchase \"walking boots for Lisbon\" --on 2026-10-03\n  wetink log \"Mrs Lee\" talk \"asked about sandals\"\n  \
    wetink log tom fact \"his dog is called Biscuit\"\n  wetink log zoe promise \"call when size 37 is in\" --until 2026-12-01"
)]
pub struct Log {
    /// An id, or any unique part of a name, e-mail or phone; somebody new is added
    who: String,
    /// One word: purchase, visit, talk, fact, promise, complaint … any word will do
    kind: String,
    /// What happened, in your words
    text: Option<String>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<Day>)]
    on: Option<Day>,
    /// For a promise: until when
    #[arg(long, value_name = "DAY", value_parser = typed::<Day>)]
    until: Option<Day>,
    /// Who notes it down
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Add somebody new even if a name here looks alike
    #[arg(long)]
    new: bool,
    /// Say what would be noted, and note nothing
    #[arg(long)]
    dry_run: bool,
}

impl Log {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let kind = self.kind.trim().to_lowercase();
        if kind.is_empty() || kind.chars().any(char::is_whitespace) || kind.chars().count() > 40 {
            return Err(Trouble::usage(format!("`{}` is not one word", self.kind))
                .hint(format!("the kind comes before the text: one of {}, or a word of your own", touch::KINDS.join(", "))));
        }
        let touch = Touch {
            on: self.on.unwrap_or(world.today),
            kind,
            text: self.text.unwrap_or_default().trim().to_owned(),
            until: self.until,
            by: self.by.unwrap_or_default(),
        };
        if touch.on > world.today {
            return Err(Trouble::usage(format!("{} is still to come", touch.on))
                .hint("log what happened; what is to come is a promise: `wetink log WHO promise TEXT --until DAY`"));
        }
        let found = if self.new { Vec::new() } else { room.ledger.matching(&self.who)? };
        let (id, name, new) = if found.is_empty() {
            let near = if self.new { Vec::new() } else { room.ledger.nearest(&self.who)? };
            if let [first, ..] = near.as_slice() {
                if !talk.yes(&format!("Nobody is called `{}`. Do you mean {first}?", self.who)) {
                    return Err(Trouble::failed(format!("nobody here is called `{}`", self.who))
                        .hint(format!("did you mean {}?", near.join(" or ")))
                        .hint("if it is somebody new, say so with --new"));
                }
                (first.clone(), first.clone(), None)
            } else {
                let person = Person { name: Name::parse(&self.who), ..Person::default() };
                if person.name.is_empty() {
                    return Err(
                        Trouble::usage(format!("`{}` is not a name", self.who)).hint("write the name as you would say it")
                    );
                }
                (String::new(), person.name.full(), Some(person))
            }
        } else {
            let who = room.ledger.who(&self.who)?;
            if let Who::Household(household, members) = &who {
                let ids: Vec<String> = members.iter().map(|m| m.id.to_string()).collect();
                return Err(Trouble::usage(format!("{} is a household", household.id))
                    .hint(format!("things happen to people: log it for {}", ids.join(" or "))));
            }
            (who.id().to_string(), who.name(), None)
        };
        if self.dry_run {
            talk.say(format!("would note for {name}: {} {}", touch.kind, touch.text));
            return Ok(Done::Well);
        }
        let id = room.ledger.change(|change| {
            let id = match &new {
                Some(person) => change.add_person(person)?,
                None => crate::person::Id::from_stored(id.clone()),
            };
            change.add_touch(&id, &touch, None)?;
            Ok(id)
        })?;
        let added = if new.is_some() { styled(DIM, " (new)") } else { String::new() };
        talk.say(format!("{}{added}: {} on {}", styled(STRONG, id.as_str()), crate::words::shown(&touch.kind), touch.on.plain()));
        Ok(Done::Well)
    }
}
