//! People, history and today in; who is owed a card, and by when it must be posted, out. Pure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::day::{Birthday, Day};
use crate::occasion::Occasion;
use crate::person::{Id, Person, Status};

/// How long the post takes and when it rests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Post {
    /// Working days a card travels.
    pub days: u32,
    /// Days of the week without post, in English: `Sunday`.
    pub closed: Vec<String>,
    /// Single days without post.
    pub holidays: BTreeSet<Day>,
}

impl Default for Post {
    fn default() -> Post {
        Post { days: 5, closed: vec!["Sunday".into()], holidays: BTreeSet::new() }
    }
}

impl Post {
    /// Whether post is collected and delivered on that day.
    #[must_use]
    pub fn works(&self, day: Day) -> bool {
        let name = day.weekday_name();
        !self.holidays.contains(&day)
            && !self.closed.iter().any(|c| c.len() >= 3 && name.to_lowercase().starts_with(&c.trim().to_lowercase()))
    }

    /// The last day to post a card that must arrive by `day`: the working day `days` working days before it.
    ///
    /// The search ends after a year, so that a post that never works can't hang anything.
    #[must_use]
    pub fn post_by(&self, day: Day) -> Day {
        let mut at = day;
        let mut left = self.days;
        for _ in 0..366 {
            if self.works(at) {
                if left == 0 {
                    break;
                }
                left -= 1;
            }
            at = at.plus(-1);
        }
        at
    }
}

/// A card somebody is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// Person or household.
    pub to: Id,
    /// Their name, for people to read.
    pub name: String,
    /// Why.
    #[serde(serialize_with = "as_str")]
    pub occasion: Occasion,
    /// The day it is for.
    pub day: Day,
    /// The last day to post it.
    pub post_by: Day,
    /// The post-by day has passed.
    pub late: bool,
    /// A few words more: `turns 40`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// `planned`, or `written` when a note stands on a sheet, or `printed`: printed and still to be posted.
    pub state: &'static str,
}

fn as_str<S: serde::Serializer>(occasion: &Occasion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(occasion.as_str())
}

/// Which part of the calendar is asked about: cards whose day or whose post-by day lies in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

impl Window {
    fn holds(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }
}

/// Cards on record, by person or household, occasion and key, with their state.
pub type OnRecord = BTreeMap<(Id, String, String), String>;

/// Everybody who is owed a card in the window, in post-by order, then by id. Nobody who has died, asked not to be written to,
/// or whose mail comes back; nobody whose card has been posted.
#[must_use]
pub fn due(people: &[Person], on_record: &OnRecord, window: Window, today: Day, post: &Post) -> Vec<Due> {
    let mut found = Vec::new();
    for person in people.iter().filter(|p| p.status == Status::Contact) {
        for (occasion, date) in [("birthday", person.birthday), ("anniversary", person.anniversary)] {
            let Some(date) = date else { continue };
            let occasion = Occasion::new(occasion);
            // The window may touch two birthdays: one just past its post-by day and, in a long window, the next.
            let mut day = date.next(window.from);
            while day <= window.to.plus(60) {
                let post_by = post.post_by(day);
                let key = (person.id.clone(), occasion.as_str().to_owned(), occasion.key(day));
                let state = on_record.get(&key).map(String::as_str);
                if (window.holds(day) || window.holds(post_by)) && matches!(state, None | Some("printed" | "written")) {
                    found.push(Due {
                        to: person.id.clone(),
                        name: person.name.full(),
                        why: why(date, day, &occasion),
                        late: post_by < today,
                        state: match state {
                            Some("printed") => "printed",
                            Some(_) => "written",
                            None => "planned",
                        },
                        occasion: occasion.clone(),
                        day,
                        post_by,
                    });
                }
                day = date.next(day.plus(1));
            }
        }
    }
    found.sort_by(|a, b| (a.post_by, a.day, &a.to).cmp(&(b.post_by, b.day, &b.to)));
    found
}

fn why(date: Birthday, day: Day, occasion: &Occasion) -> String {
    match (date.years_on(day), occasion.as_str()) {
        (Some(age), "birthday") => format!("turns {age}"),
        (Some(years), _) => format!("{years} years"),
        (None, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Name;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn person(name: &str, birthday: &str) -> Person {
        Person { id: Id::of(name), name: Name::parse(name), birthday: Some(birthday.parse().unwrap()), ..Person::default() }
    }

    #[test]
    fn post_by_counts_working_days_back() {
        let post = Post::default();
        assert_eq!(post.post_by(day("2026-12-12")), day("2026-12-07"));
        // A Sunday birthday must arrive on Saturday.
        assert_eq!(post.post_by(day("2026-12-13")), day("2026-12-07"));
        let christmas = Post { holidays: [day("2026-12-25"), day("2026-12-26")].into(), ..Post::default() };
        assert_eq!(christmas.post_by(day("2026-12-26")), day("2026-12-18"));
        let never =
            Post { closed: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(String::from).into(), ..Post::default() };
        assert!(never.post_by(day("2026-12-26")) < day("2026-01-01"));
    }

    #[test]
    fn leap_days_yearless_and_the_dead() {
        let mut gone = person("Gone Person", "--12-24");
        gone.status = Status::Deceased;
        let mut no = person("No Thanks", "--12-24");
        no.status = Status::DoNotContact;
        let people = [person("Leap Day", "2000-02-29"), person("No Year", "--03-02"), gone, no];
        let window = Window { from: day("2027-02-20"), to: day("2027-03-10") };
        let found = due(&people, &OnRecord::new(), window, day("2027-02-20"), &Post::default());
        let seen: Vec<_> = found.iter().map(|d| (d.to.as_str(), d.day.to_string(), d.why.as_str())).collect();
        assert_eq!(seen, [("leap-day", "2027-02-28".to_owned(), "turns 27"), ("no-year", "2027-03-02".to_owned(), "")]);
    }

    #[test]
    fn a_posted_card_is_no_longer_owed() {
        let people = [person("Ana Lopez", "--12-12")];
        let window = Window { from: day("2026-12-01"), to: day("2026-12-31") };
        let mut on_record = OnRecord::new();
        let key = (Id::of("Ana Lopez"), "birthday".to_owned(), "2026".to_owned());
        on_record.insert(key.clone(), "printed".into());
        assert_eq!(due(&people, &on_record, window, day("2026-12-01"), &Post::default())[0].state, "printed");
        on_record.insert(key, "posted".into());
        assert!(due(&people, &on_record, window, day("2026-12-01"), &Post::default()).is_empty());
    }
}
