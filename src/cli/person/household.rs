//! `wetink person household`: several people, one card. Made, written to otherwise, left, or ended.

use clap::Args;

use crate::cli::person::one_person;
use crate::cli::talk::{STRONG, Talk, count, styled};
use crate::cli::{Done, World, workroom};
use crate::ledger::Ledger;
use crate::ledger::people::Who;
use crate::person::{Household, Id, Person};
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wetink person household ann-lee bob-lee --as \"Ann and Bob Lee\"\n  wetink person household ann-and-bob-lee --as \"The Lees\"\n  \
    wetink person household the-lees --without bob-lee\n  wetink person household the-lees --end"
)]
pub struct MakeHousehold {
    /// Who lives there: ids, or any unique part of a name; or the household itself
    #[arg(required = true, num_args = 1..)]
    members: Vec<String>,
    /// How you write to them: "Ann and Bob Lee"
    #[arg(long = "as", value_name = "SALUTATION", required_unless_present_any = ["end", "without"])]
    salutation: Option<String>,
    /// Take these people out of it
    #[arg(long, value_name = "WHO", num_args = 1.., conflicts_with = "end")]
    without: Vec<String>,
    /// Everybody in it is written to alone again
    #[arg(long)]
    end: bool,
}

impl MakeHousehold {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let salutation = self.salutation.as_deref().map(str::trim);
        if salutation.is_some_and(|text| Id::of(text).as_str() == "someone") {
            return Err(Trouble::usage("a household needs a salutation").hint("as in --as \"Ann and Bob Lee\""));
        }
        if self.end || !self.without.is_empty() {
            let (household, members) = self.meant(&room.ledger)?;
            if self.end {
                room.ledger.change(|change| change.end_household(&household.id))?;
                talk.say(format!("{} has ended; everybody in it is written to alone", styled(STRONG, &household.salutation)));
                return Ok(Done::Well);
            }
            return self.leave(&mut room.ledger, &household, members, talk);
        }
        let salutation = salutation.unwrap_or_default();
        if let [only] = self.members.as_slice()
            && let Who::Household(household, _) = room.ledger.who(only)?
        {
            return written_to(&mut room.ledger, &household.id, salutation, talk);
        }
        let mut members: Vec<Person> = Vec::new();
        for typed in &self.members {
            let person = one_person(&room.ledger, typed)?;
            if !members.iter().any(|m| m.id == person.id) {
                members.push(person);
            }
        }
        if members.len() < 2 {
            return Err(Trouble::usage("a household is two people or more")
                .hint("name everybody who lives there; one person has a card of their own anyway"));
        }
        // The household they are already: it is written to otherwise, and its history stays one.
        let mut houses: Vec<&Id> = members.iter().filter_map(|m| m.household.as_ref()).collect();
        houses.sort();
        houses.dedup();
        if let [house] = houses[..]
            && let Some(Who::Household(_, there)) = room.ledger.with_id(house)?
            && there.iter().all(|p| members.iter().any(|m| m.id == p.id))
        {
            let house = house.clone();
            room.ledger.change(|change| members.iter().try_for_each(|m| change.set_household(&m.id, Some(&house))))?;
            return written_to(&mut room.ledger, &house, salutation, talk);
        }
        let ids: Vec<Id> = members.iter().map(|m| m.id.clone()).collect();
        let id = room.ledger.change(|change| change.add_household(salutation, &ids))?;
        talk.put(id.as_str());
        talk.say(format!("{} is a household of {}", styled(STRONG, salutation), count(ids.len(), "person")));
        Ok(Done::Well)
    }

    /// The one household that was named, or that somebody named lives in.
    fn meant(&self, ledger: &Ledger) -> Result<(Household, Vec<Person>)> {
        let [typed] = self.members.as_slice() else {
            return Err(Trouble::usage("which household?").hint("name it, or one person who lives there"));
        };
        let who = ledger.who(typed)?;
        let house = match &who {
            Who::Household(household, _) => household.id.clone(),
            Who::Person(person) => person.household.clone().ok_or_else(|| {
                Trouble::failed(format!("{} is in no household", person.id)).hint("`wetink person show` says who lives together")
            })?,
        };
        match ledger.with_id(&house)? {
            Some(Who::Household(household, members)) => Ok((*household, members)),
            _ => Err(Trouble::failed(format!("there is no household {house}")).hint("`wetink person list` names everybody")),
        }
    }

    fn leave(&self, ledger: &mut Ledger, household: &Household, mut stay: Vec<Person>, talk: &Talk) -> Result<Done> {
        let mut gone: Vec<Person> = Vec::new();
        for typed in &self.without {
            let person = one_person(ledger, typed)?;
            if !stay.iter().any(|p| p.id == person.id) {
                return Err(Trouble::failed(format!("{} doesn't live there", person.id))
                    .hint(format!("see `wetink person show {}`", household.id)));
            }
            stay.retain(|p| p.id != person.id);
            gone.push(person);
        }
        if stay.len() < 2 {
            ledger.change(|change| change.end_household(&household.id))?;
            talk.say(format!("{} has ended: a household is two people or more", styled(STRONG, &household.salutation)));
            return Ok(Done::Well);
        }
        let names: Vec<_> = stay.iter().map(|p| p.name.clone()).collect();
        let mut now = household.clone();
        for person in &gone {
            now.salutation = now.salutation_without(&person.name, &names).unwrap_or(now.salutation);
        }
        if let Some(said) = self.salutation.as_deref() {
            said.trim().clone_into(&mut now.salutation);
        }
        ledger.change(|change| {
            gone.iter().try_for_each(|p| change.set_household(&p.id, None))?;
            change.set_salutation(&household.id, &now.salutation)
        })?;
        talk.say(format!("{} is a household of {}", styled(STRONG, &now.salutation), count(stay.len(), "person")));
        Ok(Done::Well)
    }
}

fn written_to(ledger: &mut Ledger, household: &Id, salutation: &str, talk: &Talk) -> Result<Done> {
    ledger.change(|change| change.set_salutation(household, salutation))?;
    talk.put(household.as_str());
    talk.say(format!("{household} is written to as {}", styled(STRONG, salutation)));
    Ok(Done::Well)
}
