//! People and households in the ledger, and who is meant by what was typed.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension as _, Row, params};

use crate::day::Day;
use crate::due::Party;
use crate::ledger::{Change, Ledger, MANY, damaged};
use crate::person::{Address, Household, Id, Name, Person, Status};
use crate::trouble::{Result, Trouble};

const COLUMNS: &str = "id, title, given, family, suffix, called, email, phone, address, birthday, anniversary, language, household, status, status_on";

fn person(row: &Row<'_>) -> rusqlite::Result<Person> {
    let date = |at: usize| row.get::<_, Option<String>>(at).map(|d| d.and_then(|d| d.parse().ok()));
    Ok(Person {
        id: Id::from_stored(row.get::<_, String>(0)?),
        name: Name { title: row.get(1)?, given: row.get(2)?, family: row.get(3)?, suffix: row.get(4)?, called: row.get(5)? },
        email: row.get(6)?,
        phone: row.get(7)?,
        address: serde_json::from_str(row.get_ref(8)?.as_str()?).unwrap_or_default(),
        birthday: date(9)?,
        anniversary: date(10)?,
        language: row.get(11)?,
        household: row.get::<_, Option<String>>(12)?.map(Id::from_stored),
        status: Status::parse(row.get_ref(13)?.as_str()?).unwrap_or(Status::DoNotContact),
        status_on: row.get::<_, Option<String>>(14)?.and_then(|d| d.parse().ok()),
    })
}

fn household(row: &Row<'_>) -> rusqlite::Result<Household> {
    Ok(Household {
        id: Id::from_stored(row.get::<_, String>(0)?),
        salutation: row.get(1)?,
        address: serde_json::from_str(row.get_ref(2)?.as_str()?).unwrap_or_default(),
    })
}

fn json(address: &Address) -> String {
    serde_json::to_string(address).unwrap_or_else(|_| "{}".into())
}

/// What somebody is found by: their id, the name on the envelope, what they are called.
fn names(person: &Person) -> Vec<Id> {
    let called = Some(&person.name.called).filter(|c| !c.is_empty()).map(|c| Id::of(c));
    [person.id.clone(), Id::of(&person.name.full())].into_iter().chain(called).collect()
}

/// Who is meant: a person or a household.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// One person.
    Person(Box<Person>),
    /// A household, with its members.
    Household(Box<Household>, Vec<Person>),
}

impl Who {
    /// The id.
    #[must_use]
    pub fn id(&self) -> &Id {
        match self {
            Who::Person(person) => &person.id,
            Who::Household(household, _) => &household.id,
        }
    }

    /// None of them may get a card.
    #[must_use]
    pub fn is_spared(&self) -> bool {
        self.persons().iter().all(|person| person.status != Status::Contact)
    }

    /// The name or salutation, for people to read.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Who::Person(person) => person.name.full(),
            Who::Household(household, _) => household.salutation.clone(),
        }
    }

    /// The persons meant.
    #[must_use]
    pub fn persons(&self) -> &[Person] {
        match self {
            Who::Person(person) => std::slice::from_ref(person),
            Who::Household(_, members) => members,
        }
    }
}

impl Ledger {
    /// Everybody, by id.
    pub fn people(&self) -> Result<Vec<Person>> {
        let mut ask = self
            .conn()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE merged_into IS NULL ORDER BY id"))
            .map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], person).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// Everybody with their row's number, one at a time: of a million only one is held.
    pub(super) fn each_person(&self, each: &mut dyn FnMut(i64, Person) -> Result<()>) -> Result<()> {
        let mut ask = self
            .conn()
            .prepare(&format!("SELECT {COLUMNS}, rowid FROM person WHERE merged_into IS NULL"))
            .map_err(|e| damaged(&e))?;
        let mut rows = ask.query([]).map_err(|e| damaged(&e))?;
        while let Some(row) = rows.next().map_err(|e| damaged(&e))? {
            let (n, person) = row.get(15).and_then(|n| Ok((n, person(row)?))).map_err(|e| damaged(&e))?;
            each(n, person)?;
        }
        Ok(())
    }

    /// All households, by id.
    pub fn households(&self) -> Result<Vec<Household>> {
        let mut ask =
            self.conn().prepare_cached("SELECT id, salutation, address FROM household ORDER BY id").map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], household).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// Everybody as the rules see them, by id.
    pub fn parties(&self) -> Result<Vec<Party>> {
        let read = || -> rusqlite::Result<Vec<Party>> {
            let mut ask = self.conn().prepare_cached(
                "SELECT id, birthday, anniversary, household, status FROM person WHERE merged_into IS NULL ORDER BY id",
            )?;
            let mut rows = ask.query([])?;
            let mut found = Vec::with_capacity(MANY);
            while let Some(row) = rows.next()? {
                let text = |at: usize| row.get_ref(at).and_then(|value| Ok(value.as_str_or_null()?));
                let date = |at: usize| text(at).map(|date| date.and_then(|date| date.parse().ok()));
                found.push(Party {
                    id: Id::from_stored(row.get::<_, String>(0)?),
                    birthday: date(1)?,
                    anniversary: date(2)?,
                    household: text(3)?.map(|id| Id::from_stored(id.to_owned())),
                    status: text(4)?.and_then(Status::parse).unwrap_or(Status::DoNotContact),
                });
            }
            Ok(found)
        };
        read().map_err(|e| damaged(&e))
    }

    /// The names of these people, or of everybody.
    pub fn names(&self, of: Option<&[&Id]>) -> Result<BTreeMap<Id, Name>> {
        let list = of.map(|ids| serde_json::to_string(ids).unwrap_or_else(|_| "[]".into()));
        let read = || -> rusqlite::Result<BTreeMap<Id, Name>> {
            let mut ask = self.conn().prepare_cached(if list.is_some() {
                "SELECT id, title, given, family, suffix, called FROM person WHERE id IN (SELECT value FROM json_each(?1))"
            } else {
                "SELECT id, title, given, family, suffix, called FROM person NOT INDEXED WHERE merged_into IS NULL AND ?1 IS NULL"
            })?;
            let rows = ask.query_map([list.as_deref()], |row| {
                let name = Name {
                    title: row.get(1)?,
                    given: row.get(2)?,
                    family: row.get(3)?,
                    suffix: row.get(4)?,
                    called: row.get(5)?,
                };
                Ok((Id::from_stored(row.get::<_, String>(0)?), name))
            })?;
            rows.collect()
        };
        read().map_err(|e| damaged(&e))
    }

    /// The person with exactly this id; of somebody who was merged, the one they turned out to be.
    pub fn person(&self, id: &Id) -> Result<Option<Person>> {
        let plainly = self
            .conn()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE id = ?1 AND merged_into IS NULL"))
            .and_then(|mut ask| ask.query_row([id.as_str()], person).optional())
            .map_err(|e| damaged(&e))?;
        if plainly.is_some() {
            return Ok(plainly);
        }
        self.conn()
            .prepare_cached(&format!(
                "WITH RECURSIVE chain (id, next) AS (
                   SELECT id, merged_into FROM person WHERE id = ?1
                   UNION SELECT person.id, person.merged_into FROM person JOIN chain ON person.id = chain.next)
                 SELECT {COLUMNS} FROM person WHERE id = (SELECT id FROM chain WHERE next IS NULL)"
            ))
            .and_then(|mut ask| ask.query_row([id.as_str()], person).optional())
            .map_err(|e| damaged(&e))
    }

    /// Everybody who was merged into this person, over however many steps, by id; as they were.
    pub fn merged_into(&self, id: &Id) -> Result<Vec<Person>> {
        let mut ask = self
            .conn()
            .prepare_cached(&format!(
                "WITH RECURSIVE chain (id) AS (
                   SELECT id FROM person WHERE merged_into = ?1
                   UNION SELECT person.id FROM person JOIN chain ON person.merged_into = chain.id)
                 SELECT {COLUMNS} FROM person WHERE id IN (SELECT id FROM chain) ORDER BY id"
            ))
            .map_err(|e| damaged(&e))?;
        let rows = ask.query_map([id.as_str()], person).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// Everybody who was merged into somebody, with the id of that one.
    pub fn merged(&self) -> Result<Vec<(Person, Id)>> {
        let mut ask = self
            .conn()
            .prepare_cached(&format!("SELECT {COLUMNS}, merged_into FROM person WHERE merged_into IS NOT NULL ORDER BY id"))
            .map_err(|e| damaged(&e))?;
        let rows = ask.query_map([], |r| Ok((person(r)?, Id::from_stored(r.get::<_, String>(15)?)))).map_err(|e| damaged(&e))?;
        rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))
    }

    /// The person or household with exactly this id.
    pub fn with_id(&self, id: &Id) -> Result<Option<Who>> {
        if let Some(person) = self.person(id)? {
            return Ok(Some(Who::Person(Box::new(person))));
        }
        let found = self
            .conn()
            .prepare_cached("SELECT id, salutation, address FROM household WHERE id = ?1")
            .and_then(|mut ask| ask.query_row([id.as_str()], household).optional());
        let Some(household) = found.map_err(|e| damaged(&e))? else { return Ok(None) };
        let mut ask = self
            .conn()
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE household = ?1 ORDER BY id"))
            .map_err(|e| damaged(&e))?;
        let rows = ask.query_map([id.as_str()], person).map_err(|e| damaged(&e))?;
        let members = rows.collect::<rusqlite::Result<_>>().map_err(|e| damaged(&e))?;
        Ok(Some(Who::Household(Box::new(household), members)))
    }

    /// Everybody who may be meant by `typed`: an id, or any part of a name, an e-mail or a phone number.
    pub fn matching(&self, typed: &str) -> Result<Vec<Who>> {
        let typed = typed.trim();
        if let Some(who) = self.with_id(&Id::from_stored(typed.to_lowercase()))? {
            return Ok(vec![who]);
        }
        let folded = Id::of(typed);
        let named = typed.chars().any(char::is_alphanumeric).then_some(folded.as_str());
        let lower = typed.to_lowercase();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let by_phone = digits.len() >= 4 && typed.chars().all(|c| c.is_ascii_digit() || "+-() ./".contains(c));
        let mut found: Vec<Who> = Vec::new();
        for person in self.people()? {
            let phone: String = person.phone.chars().filter(char::is_ascii_digit).collect();
            let part = named.is_some_and(|n| names(&person).iter().any(|name| name.as_str().contains(n)));
            if part || (lower.len() >= 3 && person.email.to_lowercase().contains(&lower)) || (by_phone && phone.contains(&digits))
            {
                found.push(Who::Person(Box::new(person)));
            }
        }
        for household in self.households()? {
            if named.is_some_and(|n| household.id.as_str().contains(n) || Id::of(&household.salutation).as_str().contains(n)) {
                // One that has ended is only in the history.
                found.extend(self.with_id(&household.id)?.filter(|who| !who.persons().is_empty()));
            }
        }
        // The whole name typed out means its owner, even if somebody else's name contains it.
        let exact: Vec<usize> = (0..found.len()).filter(|i| Id::of(&found[*i].name()) == folded).collect();
        if let [only] = exact[..] {
            return Ok(vec![found.swap_remove(only)]);
        }
        // And a whole name wins over a part of one: Mo is Mo, and not Moss.
        let whole = |who: &Who| {
            let called = match who {
                Who::Person(person) => names(person),
                Who::Household(household, _) => vec![household.id.clone(), Id::of(&household.salutation)],
            };
            called.iter().any(|name| format!("-{name}-").contains(&format!("-{folded}-")))
        };
        if named.is_some() && found.iter().any(whole) {
            found.retain(whole);
        }
        // One person is meant rather than the household they live in.
        if let [Who::Person(person), rest @ ..] = found.as_slice()
            && rest.iter().all(|who| matches!(who, Who::Household(..)) && Some(who.id()) == person.household.as_ref())
        {
            found.truncate(1);
        }
        Ok(found)
    }

    /// The one who is meant by `typed`; two or none is trouble that says who else it may be.
    pub fn who(&self, typed: &str) -> Result<Who> {
        let found = self.matching(typed)?;
        if !found.is_empty() {
            return Ledger::only(found, typed);
        }
        let trouble = Trouble::failed(format!("nobody here is called `{typed}`"));
        Err(match self.nearest(typed)?.as_slice() {
            [] => trouble.hint(format!("add them: `wetink person add \"{typed}\"`")),
            near => trouble.hint(format!("did you mean {}?", near.join(" or "))),
        })
    }

    /// The only one of those that were found; several are trouble that says who they are.
    pub fn only(mut found: Vec<Who>, typed: &str) -> Result<Who> {
        if found.len() == 1 {
            return Ok(found.remove(0));
        }
        let ids: Vec<String> = found.iter().take(8).map(|w| format!("{} ({})", w.id(), w.name())).collect();
        let more = if found.len() > 8 { format!(" and {} more", found.len() - 8) } else { String::new() };
        Err(Trouble::failed(format!("`{typed}` could be {}{more}", ids.join(" or "))).hint("say it with the id"))
    }

    /// Up to three ids that look like what was typed, nearest first.
    pub fn nearest(&self, typed: &str) -> Result<Vec<String>> {
        let folded = Id::of(typed);
        let mut scored: Vec<(usize, String)> = Vec::new();
        for person in self.people()? {
            let whole = strsim::osa_distance(folded.as_str(), person.id.as_str());
            let part =
                person.id.as_str().split('-').map(|p| strsim::osa_distance(folded.as_str(), p)).min().unwrap_or(usize::MAX);
            let allowed = 1 + folded.as_str().chars().count() / 6;
            let distance = whole.min(part);
            if distance <= allowed {
                scored.push((distance, person.id.as_str().to_owned()));
            }
        }
        scored.sort();
        Ok(scored.into_iter().take(3).map(|(_, id)| id).collect())
    }

    /// How many people there are.
    pub fn count_people(&self) -> Result<usize> {
        self.conn()
            .query_row("SELECT count(*) FROM person WHERE merged_into IS NULL", [], |r| r.get::<_, i64>(0))
            .map(|n| n as usize)
            .map_err(|e| damaged(&e))
    }
}

impl Change<'_> {
    /// The person an imported row became, by the file's own key for it.
    pub fn origin(&self, source: &str, key: &str) -> Result<Option<Id>> {
        self.tx
            .prepare_cached("SELECT person FROM origin WHERE source = ?1 AND key = ?2")
            .and_then(|mut ask| ask.query_row([source, key], |r| r.get::<_, String>(0)).optional())
            .map(|found| found.map(Id::from_stored))
            .map_err(|e| damaged(&e))
    }

    /// Adds a person and returns the id they got: the folded name, numbered if somebody has it.
    pub fn add_person(&self, person: &Person) -> Result<Id> {
        let id = self.unused_id(&Id::of(&person.name.plain().unwrap_or_else(|| person.email.clone())))?;
        let sql = format!("INSERT INTO person ({COLUMNS}) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)");
        self.write_person(&sql, &id, person)?;
        Ok(id)
    }

    /// Writes a person over the one with the same id.
    pub fn update_person(&self, person: &Person) -> Result<()> {
        let sql =
            "UPDATE person SET title=?2, given=?3, family=?4, suffix=?5, called=?6, email=?7, phone=?8, address=?9, birthday=?10,
                   anniversary=?11, language=?12, household=?13, status=?14, status_on=?15 WHERE id=?1";
        self.write_person(sql, &person.id, person)
    }

    fn write_person(&self, sql: &str, id: &Id, p: &Person) -> Result<()> {
        self.tx
            .prepare_cached(sql)
            .and_then(|mut put| {
                put.execute(params![
                    id.as_str(),
                    p.name.title,
                    p.name.given,
                    p.name.family,
                    p.name.suffix,
                    p.name.called,
                    p.email,
                    p.phone,
                    json(&p.address),
                    p.birthday.map(|b| b.to_string()),
                    p.anniversary.map(|b| b.to_string()),
                    p.language,
                    p.household.as_ref().map(Id::as_str),
                    p.status.as_str(),
                    p.status_on.map(|d| d.to_string()),
                ])
            })
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// Adds a household of these people and returns the id it got, from its salutation.
    pub fn add_household(&self, salutation: &str, members: &[Id]) -> Result<Id> {
        let id = self.unused_id(&Id::of(salutation))?;
        self.tx
            .execute("INSERT INTO household (id, salutation) VALUES (?1, ?2)", params![id.as_str(), salutation])
            .map_err(|e| damaged(&e))?;
        for member in members {
            self.tx
                .execute("UPDATE person SET household = ?2 WHERE id = ?1", params![member.as_str(), id.as_str()])
                .map_err(|e| damaged(&e))?;
        }
        Ok(id)
    }

    /// Puts somebody into a household, or takes them out of theirs.
    pub fn set_household(&self, person: &Id, household: Option<&Id>) -> Result<()> {
        self.tx
            .execute("UPDATE person SET household = ?2 WHERE id = ?1", params![person.as_str(), household.map(Id::as_str)])
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// Ends a household: everybody in it is on their own again. Its cards stay in the history, and it with them.
    pub fn end_household(&self, household: &Id) -> Result<()> {
        let work = || -> rusqlite::Result<()> {
            self.tx.execute("UPDATE person SET household = NULL WHERE household = ?1", [household.as_str()])?;
            self.tx.execute(
                "DELETE FROM household WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM card WHERE household = ?1)",
                [household.as_str()],
            )?;
            Ok(())
        };
        work().map_err(|e| damaged(&e))
    }

    /// Sets how a household is written to.
    pub fn set_salutation(&self, household: &Id, salutation: &str) -> Result<()> {
        self.tx
            .execute("UPDATE household SET salutation = ?2 WHERE id = ?1", params![household.as_str(), salutation])
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// Sets whether somebody may be written to.
    pub fn set_status(&self, id: &Id, status: Status, on: Day) -> Result<()> {
        self.tx
            .execute(
                "UPDATE person SET status = ?2, status_on = ?3 WHERE id = ?1",
                params![id.as_str(), status.as_str(), on.to_string()],
            )
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// Remembers where an imported person came from.
    pub fn set_origin(&self, source: &str, key: &str, person: &Id) -> Result<()> {
        self.tx
            .prepare_cached("INSERT INTO origin (source, key, person) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
            .and_then(|mut put| put.execute([source, key, person.as_str()]))
            .map(|_| ())
            .map_err(|e| damaged(&e))
    }

    /// One person's row, inside the change.
    pub(super) fn person_row(&self, id: &Id) -> rusqlite::Result<Option<Person>> {
        self.tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE id = ?1"))?
            .query_row([id.as_str()], person)
            .optional()
    }

    /// The person in this row, inside the change.
    pub(super) fn person_at(&self, row: i64) -> rusqlite::Result<Option<Person>> {
        self.tx.prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE rowid = ?1"))?.query_row([row], person).optional()
    }

    /// Whether there is somebody of this id who is nobody else's second entry.
    pub(super) fn is_here(&self, id: &Id) -> rusqlite::Result<bool> {
        self.tx
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM person WHERE id = ?1 AND merged_into IS NULL)")?
            .query_row([id.as_str()], |r| r.get(0))
    }

    /// A household's row, inside the change.
    pub(super) fn household_row(&self, id: &Id) -> rusqlite::Result<Option<Household>> {
        self.tx
            .prepare_cached("SELECT id, salutation, address FROM household WHERE id = ?1")?
            .query_row([id.as_str()], household)
            .optional()
    }

    /// A household's members, inside the change.
    pub(super) fn members_rows(&self, id: &Id) -> rusqlite::Result<Vec<Person>> {
        self.tx
            .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE household = ?1 ORDER BY id"))?
            .query_map([id.as_str()], person)?
            .collect()
    }

    /// Takes the name of somebody who has died out of their household's salutation; the new one, if it changed.
    pub fn unname(&self, person: &Person) -> Result<Option<String>> {
        let Some(id) = &person.household else { return Ok(None) };
        let read = || Ok((self.household_row(id)?, self.members_rows(id)?));
        let (household, members) = read().map_err(|e: rusqlite::Error| damaged(&e))?;
        let alive: Vec<Name> =
            members.into_iter().filter(|p| p.id != person.id && p.status != Status::Deceased).map(|p| p.name).collect();
        let Some(salutation) = household.and_then(|h| h.salutation_without(&person.name, &alive)) else { return Ok(None) };
        self.set_salutation(id, &salutation)?;
        Ok(Some(salutation))
    }

    /// The first of `wanted`, `wanted-2`, `wanted-3` … that nobody has.
    pub(super) fn unused_id(&self, wanted: &Id) -> Result<Id> {
        let taken = |id: &Id| -> Result<bool> {
            self.tx
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM person WHERE id = ?1 UNION ALL SELECT 1 FROM household WHERE id = ?1)",
                )
                .and_then(|mut ask| ask.query_row([id.as_str()], |r| r.get(0)))
                .map_err(|e| damaged(&e))
        };
        if !taken(wanted)? {
            return Ok(wanted.clone());
        }
        // Double, then halve: a file of ten thousand Ann Lees costs a few look-ups each, not ten thousand.
        let (mut last_taken, mut free) = (1, 2);
        while taken(&wanted.numbered(free))? {
            (last_taken, free) = (free, free * 2);
        }
        while last_taken + 1 < free {
            let middle = usize::midpoint(last_taken, free);
            if taken(&wanted.numbered(middle))? {
                last_taken = middle;
            } else {
                free = middle;
            }
        }
        Ok(wanted.numbered(free))
    }
}
