//! `wetink returned` and `wetink answered`: what came back, a card or an answer, into the history.

use clap::{Args, ValueEnum};

use crate::cli::talk::{STRONG, Talk, list, styled};
use crate::cli::when::When;
use crate::cli::{Done, World, typed, workroom};
use crate::day::Day;
use crate::ledger::Ledger;
use crate::ledger::cards::Card;
use crate::ledger::people::Who;
use crate::person::{Person, Status};
use crate::touch::Touch;
use crate::trouble::{Result, Trouble};

/// So many cards that came back in a row stop the next.
const ENOUGH: u32 = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reason {
    /// They have moved
    Moved,
    /// Nobody of that name there
    Unknown,
    /// They didn't take it
    Refused,
    /// They have died; no card will be made any more
    Deceased,
}

impl Reason {
    fn as_str(self) -> &'static str {
        match self {
            Reason::Moved => "moved",
            Reason::Unknown => "unknown",
            Reason::Refused => "refused",
            Reason::Deceased => "deceased",
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wetink returned tom --reason moved\n  wetink returned ana-lopez-birthday-2026 --reason unknown"
)]
pub struct Returned {
    /// A card, or whom it was for: an id, or any unique part of a name
    which: String,
    /// What is written on it
    #[arg(long, value_enum)]
    reason: Option<Reason>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    on: Option<When>,
    /// Say what would be written down, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Returned {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let (card, who) = meant(&room.ledger, &self.which, &["posted", "printed"])?;
        let Some(why) = self.reason else {
            return Err(Trouble::usage("what is written on the card that came back?")
                .hint("say --reason moved, unknown (nobody of that name there), refused or deceased"));
        };
        // That somebody has died may come to light after the card did.
        let again = card.state == "returned";
        if again && why != Reason::Deceased {
            talk.say(format!("{} came back before; left as it was", card.id));
            return Ok(Done::Well);
        }
        if card.state == "answered" {
            return Err(Trouble::failed(format!("{} was answered, so it arrived", card.id))
                .hint("if another card came back, name it: `wetink person show` lists them"));
        }
        let on = happened_on(self.on, world.today)?;
        let reason = why.as_str();
        let mut stopped: Vec<(Person, Status)> = Vec::new();
        let died = why == Reason::Deceased && who.persons().len() == 1;
        for person in who.persons().iter().filter(|p| p.status == Status::Contact || died && p.status != Status::Deceased) {
            if died {
                stopped.push((person.clone(), Status::Deceased));
            } else if why == Reason::Moved || room.ledger.returns(person)? + 1 >= ENOUGH {
                stopped.push((person.clone(), Status::Undeliverable));
            }
        }
        if again && stopped.is_empty() {
            talk.say(format!("{} came back before; left as it was", card.id));
            return Ok(Done::Well);
        }
        let would = if self.dry_run { "would be written down as " } else { "" };
        if !self.dry_run {
            room.ledger.change(|change| {
                change.happened(card.n, if again { "corrected" } else { "returned" }, on, "", reason)?;
                stopped.iter().try_for_each(|(person, status)| {
                    change.set_status(&person.id, *status, on)?;
                    if died { change.unname(person).map(|_| ()) } else { Ok(()) }
                })
            })?;
        }
        talk.say(format!("{}: {would}come back on {}, {reason}", styled(STRONG, &card.id), on.plain()));
        for (person, status) in &stopped {
            let name = styled(STRONG, &person.name.full());
            talk.say(if *status == Status::Deceased {
                format!("{name} has died: no card will be made")
            } else {
                let because = if why == Reason::Moved { "this address is the old one" } else { "the second in a row" };
                format!("{name}: {because}, so no card will be made until there is a new address")
            });
        }
        if let Some((person, _)) = stopped.iter().find(|(_, status)| *status == Status::Undeliverable) {
            talk.say(format!("Ask for the new address, then `wetink person edit {} --street … --city …`", person.id));
        }
        if stopped.is_empty() {
            let names: Vec<String> = who.persons().iter().map(|p| p.id.to_string()).collect();
            talk.say(match why {
                Reason::Deceased => {
                    format!("Who has died? `wetink person status ID deceased`, with one of {}", list(&names))
                }
                Reason::Refused => format!(
                    "If they want no cards: `wetink person status {} do-not-contact`",
                    names.first().map_or("ID", String::as_str)
                ),
                Reason::Moved | Reason::Unknown => format!(
                    "Ask for the new address, then `wetink person edit {} --street … --city …`",
                    names.first().map_or("ID", String::as_str)
                ),
            });
        }
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wetink answered tom \"rang to say thanks\"\n  wetink answered ana \"wrote back\" --learned \"moves to Leeds in May\""
)]
pub struct Answered {
    /// A card, or whom it was for: an id, or any unique part of a name
    which: String,
    /// What they said, in a line
    text: Option<String>,
    /// What you learned about them; may be given several times
    #[arg(long, value_name = "FACT")]
    learned: Vec<String>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    on: Option<When>,
    /// Who took the answer
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Say what would be written down, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Answered {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let (card, who) = meant(&room.ledger, &self.which, &["posted", "printed", "returned", "answered"])?;
        let on = happened_on(self.on, world.today)?;
        let (text, by) = (self.text.unwrap_or_default(), self.by.unwrap_or_default());
        let mut touches = vec![Touch { by: by.clone(), ..Touch::new(on, "reply", text.trim()) }];
        touches.extend(self.learned.iter().filter(|f| !f.trim().is_empty()).map(|fact| Touch::new(on, "fact", fact.trim())));
        // Things happen to people: of a household it is the first who answers, until somebody says otherwise with `log`.
        let person = who.persons().first().map(|p| p.id.clone());
        if !self.dry_run {
            room.ledger.change(|change| {
                change.happened(card.n, "answered", on, &by, text.trim())?;
                let Some(person) = &person else { return Ok(()) };
                touches.iter().try_for_each(|touch| change.add_touch(person, touch, None).map(|_| ()))
            })?;
        }
        let would = if self.dry_run { "would be written down as " } else { "" };
        talk.say(format!("{}: {would}answered on {}", styled(STRONG, &card.id), on.plain()));
        Ok(Done::Well)
    }
}

/// The day something happened: today, or the day that was said, which can't be to come.
pub fn happened_on(given: Option<When>, today: Day) -> Result<Day> {
    match given.map(|when| when.past(today)) {
        Some(day) if day > today => {
            Err(Trouble::usage(format!("{day} is still to come")).hint("say the day on which it happened"))
        }
        given => Ok(given.unwrap_or(today)),
    }
}

/// The card with this id, or the newest one to somebody; of those one in the first state that there is.
fn meant(ledger: &Ledger, typed: &str, states: &[&str]) -> Result<(Card, Who)> {
    if let Some(card) = ledger.card(typed)? {
        let who = ledger.with_id(&card.to)?.ok_or_else(|| Trouble::failed(format!("nobody here is called `{}`", card.to)))?;
        return Ok((card, who));
    }
    let mut who = ledger.who(typed)?;
    let mut cards = ledger.cards_to(who.id())?;
    // Somebody who has had none of their own may mean the one to their household.
    if let (true, Some(house)) = (cards.is_empty(), who.persons().first().and_then(|p| p.household.clone())) {
        cards = ledger.cards_to(&house)?;
        who = ledger.with_id(&house)?.unwrap_or(who);
    }
    let newest = |state: &&str| cards.iter().rev().find(|c| c.state == **state);
    match states.iter().find_map(newest).or_else(|| cards.last()) {
        Some(card) => Ok((card.clone(), who)),
        None => Err(Trouble::failed(format!("no card to {} is on record", who.name()))
            .hint(format!("what they said can be noted all the same: `wetink log {} reply \"…\"`", who.id()))),
    }
}
