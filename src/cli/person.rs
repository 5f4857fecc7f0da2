//! `wetink person`: one person, with everything that was ever said and sent.

use std::str::FromStr;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::address;
use crate::brief;
use crate::cli::talk::{BAD, DIM, STRONG, Talk, count, styled};
use crate::cli::when::When;
use crate::cli::{Done, World, typed, workroom};
use crate::day::{Birthday, Day};
use crate::ledger::Ledger;
use crate::ledger::cards::{Card, Event};
use crate::ledger::people::Who;
use crate::person::{Id, Name, Person, Status};
use crate::rules::Rules;
use crate::touch::Touch;
use crate::trouble::{Result, Trouble};

mod erase;
mod export;
mod household;
mod list;
mod merge;

#[derive(Debug, Args)]
pub struct PersonVerb {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add somebody; a name is enough
    Add(Add),
    /// Everybody, or everybody with this in their name, e-mail or phone
    List(list::List),
    /// Everything about one person: who they are, what happened, what was written to them
    Show(Show),
    /// Change what is recorded about somebody
    Edit(Edit),
    /// Whether somebody may be written to: contact, do-not-contact, deceased, undeliverable
    Status(SetStatus),
    /// Several people, one card: make a household, say how it is written to, leave or end it
    Household(household::MakeHousehold),
    /// Two entries are one person: both histories become one
    Merge(merge::Merge),
    /// Take a merge apart again
    Split(merge::Split),
    /// Everything stored about somebody, as JSON and as a page to read
    Export(export::Export),
    /// Forget somebody for good
    Erase(erase::Erase),
}

impl PersonVerb {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        match self.what {
            What::Add(add) => add.run(world, talk),
            What::List(list) => list.run(world, talk),
            What::Show(show) => show.run(world, talk),
            What::Edit(edit) => edit.run(world, talk),
            What::Status(status) => status.run(world, talk),
            What::Household(household) => household.run(world, talk),
            What::Merge(merge) => merge.run(world, talk),
            What::Split(split) => split.run(world, talk),
            What::Export(export) => export.run(world, talk),
            What::Erase(erase) => erase.run(world, talk),
        }
    }
}

/// A yearly day as typed, or that there is none.
#[derive(Clone, Copy, Debug)]
struct Yearly(Option<Birthday>);

impl FromStr for Yearly {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Yearly> {
        if ["none", ""].contains(&text.trim().to_lowercase().as_str()) {
            return Ok(Yearly(None));
        }
        match in_numbers(text.trim()) {
            Some(day) => day.map(|day| Yearly(Some(day))),
            None => text.parse().map(|day| Yearly(Some(day))),
        }
    }
}

/// `31/12/1980`, `31.12.`: where only one of two numbers can be the month, or full stops say that the day comes first.
fn in_numbers(text: &str) -> Option<Result<Birthday>> {
    let sign = ['/', '.'].into_iter().find(|sign| text.contains(*sign))?;
    let parts: Vec<&str> = text.trim_end_matches('.').split(sign).map(str::trim).collect();
    let numbers: Option<Vec<u32>> = parts.iter().map(|part| part.parse().ok()).collect();
    let (first, second, year) = match numbers?[..] {
        [first, second] => (first, second, None),
        [first, second, year] if parts[2].len() == 4 => (first, second, i32::try_from(year).ok()),
        _ => return None,
    };
    let (day, month) = match (first > 12, second > 12) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        (false, false) if sign == '.' || first == second => (first, second),
        _ => {
            return Some(Err(Trouble::usage(format!(
                "`{text}` may be read in two ways, and which of them is the month can't be told"
            ))
            .hint("write it as 12 April, as 04-12 (month first), or as 1980-04-12")));
        }
    };
    Some(Birthday::new(month, day, year).ok_or_else(|| {
        Trouble::usage(format!("`{text}` is no day of the calendar")).hint("write it as 12 April, or as 1980-04-12")
    }))
}

#[derive(Debug, Args)]
struct Details {
    /// 1980-04-12, or 04-12 when the year is unknown, or "12 April"; `none` takes it away
    #[arg(long, value_name = "DATE", value_parser = typed::<Yearly>)]
    birthday: Option<Yearly>,
    /// Wedding or other yearly day; `none` takes it away
    #[arg(long, value_name = "DATE", value_parser = typed::<Yearly>)]
    anniversary: Option<Yearly>,
    /// What you call them, where it isn't the given name
    #[arg(long)]
    called: Option<String>,
    #[arg(long)]
    email: Option<String>,
    #[arg(long)]
    phone: Option<String>,
    /// Street; may be given twice or three times
    #[arg(long)]
    street: Vec<String>,
    #[arg(long)]
    city: Option<String>,
    /// State, province or county
    #[arg(long)]
    region: Option<String>,
    #[arg(long)]
    postcode: Option<String>,
    /// Two letters
    #[arg(long)]
    country: Option<String>,
    /// Two letters: the language of their cards
    #[arg(long)]
    language: Option<String>,
}

impl Details {
    fn onto(self, person: &mut Person) {
        let set = |field: &mut String, given: Option<String>| {
            if let Some(given) = given {
                given.trim().clone_into(field);
            }
        };
        person.birthday = self.birthday.map_or(person.birthday, |given| given.0);
        person.anniversary = self.anniversary.map_or(person.anniversary, |given| given.0);
        set(&mut person.name.called, self.called);
        set(&mut person.email, self.email);
        set(&mut person.phone, self.phone);
        if !self.street.is_empty() {
            person.address.street = self.street.into_iter().filter(|line| !line.trim().is_empty()).collect();
        }
        set(&mut person.address.city, self.city);
        set(&mut person.address.region, self.region);
        set(&mut person.address.postcode, self.postcode);
        set(&mut person.address.country, self.country);
        set(&mut person.language, self.language);
    }
}

#[derive(Debug, Args)]
struct Add {
    /// The name as you would write it on an envelope
    #[arg(required = true)]
    name: Vec<String>,
    #[command(flatten)]
    details: Details,
    /// Add them even if somebody of that name is here, or was erased
    #[arg(long)]
    new: bool,
}

impl Add {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let typed = self.name.join(" ");
        let mut person = Person { name: Name::parse(&typed), ..Person::default() };
        if person.name.is_empty() || !typed.chars().any(char::is_alphanumeric) {
            return Err(Trouble::usage(format!("`{typed}` is not a name")).hint("write the name as you would say it"));
        }
        if let Some(there) = room.ledger.person(&Id::of(&typed))?.filter(|_| !self.new) {
            return Err(Trouble::failed(format!("{} is here already, as {}", there.name.full(), there.id)).hint(format!(
                "to change them: `wetink person edit {}`; if it is somebody else of that name, say --new",
                there.id
            )));
        }
        self.details.onto(&mut person);
        if !self.new && room.ledger.suppressed()?.knows(&person) {
            return Err(crate::ledger::erase::refused(&person.name.full()));
        }
        let id = room.ledger.change(|change| change.add_person(&person))?;
        talk.put(id.as_str());
        let day = person.birthday.map_or_else(String::new, |b| format!(", birthday {}", b.plain()));
        talk.say(format!("{} is in the ledger as {}{day}", styled(STRONG, &person.name.full()), styled(STRONG, id.as_str())));
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
struct Edit {
    /// An id, or any unique part of a name, e-mail or phone
    who: String,
    /// The name as you would write it on an envelope
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    details: Details,
}

impl Edit {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let mut person = one_person(&room.ledger, &self.who)?;
        let before = person.clone();
        if let Some(name) = &self.name {
            let called = std::mem::take(&mut person.name.called);
            person.name = Name { called, ..Name::parse(name) };
        }
        let address = person.address.clone();
        self.details.onto(&mut person);
        let moved = person.address != address && !person.address.is_empty();
        let stopped = person.status == Status::Undeliverable;
        if moved && (stopped || room.ledger.returns(&person)? > 0) {
            // What came back came back from the old address.
            person.status = if stopped { Status::Contact } else { person.status };
            person.status_on = Some(world.today);
        }
        if person == before {
            talk.say(format!(
                "{}: nothing is changed; what can be: --name, --birthday, --street, --email … (`wetink person edit --help`)",
                styled(STRONG, person.id.as_str())
            ));
            return Ok(Done::Well);
        }
        room.ledger.change(|change| change.update_person(&person))?;
        let again = if moved && stopped { ", and may be written to again" } else { "" };
        talk.say(format!("{} is changed{again}", styled(STRONG, person.id.as_str())));
        Ok(Done::Well)
    }
}

#[derive(Debug, Args)]
struct SetStatus {
    /// An id, or any unique part of a name, e-mail or phone
    who: String,
    /// contact, do-not-contact, deceased or undeliverable
    status: String,
    /// Since when; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    on: Option<When>,
}

impl SetStatus {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let person = one_person(&room.ledger, &self.who)?;
        let status = Status::parse(&self.status).ok_or_else(|| {
            Trouble::usage(format!("`{}` is no status", self.status))
                .hint("say contact, do-not-contact, deceased or undeliverable")
        })?;
        let on = self.on.map_or(world.today, |when| when.past(world.today));
        let salutation = room.ledger.change(|change| {
            change.set_status(&person.id, status, on)?;
            if status == Status::Deceased { change.unname(&person) } else { Ok(None) }
        })?;
        let what = match status {
            Status::Contact => "may be written to",
            Status::DoNotContact => "asked not to be written to; no card will be made",
            Status::Deceased => "has died; no card will be made",
            Status::Undeliverable => "can't be reached at this address; no card will be made until it is changed",
        };
        talk.say(format!("{}: {what}", styled(STRONG, &person.name.full())));
        if let (Some(salutation), Some(household)) = (salutation, &person.household) {
            talk.say(format!("Their household is written to as {} now", styled(STRONG, &salutation)));
            talk.say(format!("  otherwise: `wetink person household {household} --as \"…\"`"));
        }
        if status != Status::Contact {
            let waiting: Vec<String> = room
                .ledger
                .cards_to(&person.id)?
                .into_iter()
                .filter(|c| c.state == "printed")
                .map(|c| {
                    c.batch.map_or_else(|| c.id.clone(), |b| format!("{} (batch {b}, number {})", c.id, c.number.unwrap_or(0)))
                })
                .collect();
            if !waiting.is_empty() {
                talk.say(format!(
                    "{} printed and not posted: {}; take it out of the pile",
                    styled(BAD, "careful:"),
                    waiting.join(", ")
                ));
            }
        }
        Ok(Done::Well)
    }
}

fn one_person(ledger: &Ledger, typed: &str) -> Result<Person> {
    match ledger.who(typed)? {
        Who::Person(person) => Ok(*person),
        Who::Household(household, members) => {
            let ids: Vec<String> = members.iter().map(|m| m.id.to_string()).collect();
            Err(Trouble::usage(format!("{} is a household", household.id)).hint(format!("say which of them: {}", ids.join(", "))))
        }
    }
}

#[derive(Debug, Args)]
struct Show {
    /// An id, or any unique part of a name, e-mail or phone
    who: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Whole {
    people: Vec<Person>,
    #[serde(skip_serializing_if = "Option::is_none")]
    household: Option<crate::person::Household>,
    touches: Vec<Touch>,
    cards: Vec<CardWithEvents>,
}

#[derive(Serialize)]
struct CardWithEvents {
    #[serde(flatten)]
    card: Card,
    events: Vec<Event>,
}

impl Show {
    fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let who = ledger.who(&self.who)?;
        let mut touches = Vec::new();
        let mut cards = Vec::new();
        for id in who.persons().iter().map(|p| &p.id).chain(matches!(who, Who::Household(..)).then(|| who.id())) {
            touches.extend(ledger.touches(id)?);
            for card in ledger.cards_to(id)? {
                let events = ledger.events(&card)?;
                cards.push(CardWithEvents { card, events });
            }
        }
        touches.sort_by_key(|t| t.on);
        if self.json {
            let household = match &who {
                Who::Household(household, _) => Some((**household).clone()),
                Who::Person(_) => None,
            };
            talk.put_json(&Whole { people: who.persons().to_vec(), household, touches, cards });
            return Ok(Done::Well);
        }
        if let Who::Household(household, members) = &who {
            talk.put(format!("{}  {}", styled(STRONG, &household.salutation), styled(DIM, household.id.as_str())));
            talk.put(format!("  a household of {}", count(members.len(), "person")));
        }
        for person in who.persons() {
            describe(person, &shop.settings.shop.country, talk);
            for was in ledger.merged_into(&person.id)? {
                talk.put(format!("  {} {} ({})", styled(DIM, "also:"), crate::words::shown(&was.name.full()), was.id));
            }
        }
        let rules = shop.rules()?;
        let last = cards.iter().map(|c| &c.card).max_by_key(|c| (c.day, c.n)).map(|c| (c.day, c.note.as_str()));
        for line in brief::brief(&rules, &touches, last, world.today).iter().filter(|l| !l.starts_with("know: ")) {
            talk.put(format!("  {} {}", styled(DIM, ">"), crate::words::shown(line)));
        }
        for touch in touches.iter().filter(|t| rules.kind(&t.kind).fact) {
            talk.put(format!("  {} {}", styled(DIM, "know:"), crate::words::shown(&touch.text)));
        }
        timeline(&rules, &touches, &cards, talk);
        Ok(Done::Well)
    }
}

fn describe(person: &Person, home: &str, talk: &Talk) {
    talk.put(format!("{}  {}", styled(STRONG, &person.name.full()), styled(DIM, person.id.as_str())));
    if person.status != Status::Contact {
        let since = person.status_on.map_or_else(String::new, |d| format!(" since {}", d.plain()));
        talk.put(format!("  {}{since}", styled(BAD, person.status.as_str())));
    }
    if !person.name.called.is_empty() {
        talk.put(format!("  called {}", crate::words::shown(&person.name.called)));
    }
    for (label, date) in [("birthday", person.birthday), ("anniversary", person.anniversary)] {
        if let Some(date) = date {
            talk.put(format!("  {label} {}", date.plain()));
        }
    }
    let address = address::lines("", &person.address, home).join(", ");
    for text in [&address, &person.email, &person.phone] {
        if !text.is_empty() {
            talk.put(format!("  {}", crate::words::shown(text)));
        }
    }
    if let Some(household) = &person.household {
        talk.put(format!("  lives with {household}"));
    }
}

fn timeline(rules: &Rules, touches: &[Touch], cards: &[CardWithEvents], talk: &Talk) {
    let mut lines: Vec<(Day, String)> = Vec::new();
    // A life event is a fact with a day, and belongs into both lists.
    for touch in touches.iter().filter(|t| !rules.kind(&t.kind).fact || t.kind == "life") {
        let until = touch.until.map_or_else(String::new, |d| format!(" (until {})", d.plain()));
        let by = if touch.by.is_empty() { String::new() } else { format!(" – {}", touch.by) };
        let closes = touch.closes.split(' ').next().filter(|c| !c.is_empty());
        let closes = closes.map_or_else(String::new, |kind| format!(" (closes the {})", crate::words::shown(kind)));
        lines.push((
            touch.on,
            format!("{}  {}{until}{closes}{by}", styled(STRONG, &touch.kind), crate::words::shown(&touch.text)),
        ));
    }
    for CardWithEvents { card, events } in cards {
        let mut text = format!("{}  {} card", styled(STRONG, &card.state), card.occasion);
        for event in events {
            let by = if event.by.is_empty() { String::new() } else { format!(" by {}", crate::words::shown(&event.by)) };
            // The service's own number of a card that was sent through one.
            let number = if event.what == "posted" && !event.text.is_empty() {
                format!(" ({})", crate::words::shown(&event.text))
            } else {
                String::new()
            };
            text += &format!(", {} {}{by}{number}", event.what, event.day.plain());
        }
        if let Some(batch) = &card.batch {
            text += &styled(DIM, &format!(" (batch {batch}, number {})", card.number.unwrap_or(0)));
        }
        for line in card.note.lines().filter(|l| !l.trim().is_empty()) {
            text += &format!("\n               | {}", crate::words::shown(line));
        }
        if !card.ps.is_empty() {
            text += &format!("\n               | PS: {}", crate::words::shown(&card.ps));
        }
        if !card.because.is_empty() {
            text += &format!("\n               let through because: {}", crate::words::shown(&card.because));
        }
        lines.push((card.day, text));
    }
    lines.sort_by_key(|(day, _)| *day);
    if lines.is_empty() {
        talk.put("  nothing has happened yet");
    }
    for (day, text) in lines {
        talk.put(format!("  {:>11}  {text}", day.plain()));
    }
}
