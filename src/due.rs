//! People, history and today in; who is owed a card, a call or an answer, and by when, out. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::day::{Birthday, Day};
use crate::occasion::Occasion;
use crate::person::{Id, Name, Person, Status};
use crate::rules::{Give, Mark, Rules};

mod history;
mod restraint;

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
        let is_it = |closed: &str| name.get(..closed.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(closed));
        !self.holidays.contains(&day) && !self.closed.iter().any(|c| c.len() >= 3 && is_it(c.trim()))
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

    /// The last day with post on or before `day`.
    #[must_use]
    pub fn last_before(&self, day: Day) -> Day {
        (0..366).map(|back| day.plus(-back)).find(|d| self.works(*d)).unwrap_or(day)
    }

    /// So many working days after `day`.
    #[must_use]
    pub fn after(&self, day: Day, days: u32) -> Day {
        let mut at = day;
        let mut left = days;
        for _ in 0..366 + i64::from(days.min(366)) {
            if left == 0 {
                break;
            }
            at = at.plus(1);
            left -= u32::from(self.works(at));
        }
        at
    }
}

/// People read and asked about together: enough that no processor waits long, and that a small shop needs only one.
pub const TOGETHER: usize = 256;

/// How long after its day a card is still owed; after that it was missed.
pub const MISSED_AFTER: i64 = 14;

/// Something somebody is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// A promise, an answer, a call or a card.
    #[serde(serialize_with = "give")]
    pub kind: Give,
    /// Person or household.
    pub to: Id,
    /// Their name, for people to read; found for those who are owed something, see [`put_names`].
    pub name: String,
    /// Why.
    #[serde(serialize_with = "as_str")]
    pub occasion: Occasion,
    /// The day it is for.
    pub day: Day,
    /// The last day to post it, or to do it.
    pub post_by: Day,
    /// That day has passed.
    pub late: bool,
    /// A few words more: `turns 40`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Of a card: `planned`, or `written` when a note stands on a sheet, or `printed`: printed and still to be posted, or `held`.
    /// Everything else is `open`.
    pub state: &'static str,
    /// Why a card is held.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub held: String,
    /// Questions to ask, or to ask oneself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// The touch it follows from, whose words belong behind `why`.
    #[serde(skip)]
    pub touch: Option<i64>,
    /// A touch whose words belong behind those: what was said last time.
    #[serde(skip)]
    pub recall: Option<i64>,
    /// A card that may go out while something is wrong.
    #[serde(skip)]
    pub solemn: bool,
}

fn as_str<S: serde::Serializer>(occasion: &Occasion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(occasion.as_str())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn give<S: serde::Serializer>(give: &Give, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(give.as_str())
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

/// Somebody as the rules see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub id: Id,
    /// Yearly.
    pub birthday: Option<Birthday>,
    /// Yearly.
    pub anniversary: Option<Birthday>,
    /// Whose cards are theirs too.
    pub household: Option<Id>,
    /// Whether they may be written to.
    pub status: Status,
}

impl From<&Person> for Party {
    fn from(person: &Person) -> Party {
        let Person { id, birthday, anniversary, household, status, .. } = person.clone();
        Party { id, birthday, anniversary, household, status }
    }
}

/// A card that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Person or household.
    pub to: Id,
    /// Why.
    pub occasion: String,
    /// What tells it from the next one on the same occasion: year or month.
    pub key: String,
    /// The day it was for.
    pub day: Day,
    /// The day it was printed.
    pub made: Day,
    /// `printed`, `posted`, `returned` or `answered`.
    pub state: String,
}

/// Everybody's history without its words: whoever has it tells the marks of one person at a time, oldest first, so that those of
/// thousands are never held at once.
pub struct Stories<'a> {
    tell: Box<Tell<'a>>,
    torn: AtomicBool,
}

type Tell<'a> = dyn Fn(usize, &mut Vec<Mark>) -> Option<()> + Send + Sync + 'a;

impl<'a> Stories<'a> {
    /// `tell` puts the marks of the person at a place in the order of `people` into the list, which is empty; nothing if it can't.
    pub fn new(tell: impl Fn(usize, &mut Vec<Mark>) -> Option<()> + Send + Sync + 'a) -> Stories<'a> {
        Stories { tell: Box::new(tell), torn: AtomicBool::new(false) }
    }

    /// The marks of the person at `at`, in a list that is emptied before.
    pub fn of(&self, at: usize, marks: &mut Vec<Mark>) {
        marks.clear();
        if (self.tell)(at, marks).is_none() {
            self.torn.store(true, Ordering::Relaxed);
        }
    }

    /// Somebody's history couldn't be told: what was made of them so far is not to be believed.
    #[must_use]
    pub fn torn(&self) -> bool {
        self.torn.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Stories<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stories")
    }
}

/// All that is asked about what is due.
#[derive(Clone, Copy, Debug)]
pub struct Affairs<'a> {
    /// Everybody, by id.
    pub people: &'a [Party],
    /// Their history.
    pub stories: &'a Stories<'a>,
    /// The cards of the last year and a bit.
    pub sent: &'a [Sent],
    /// The shop's rules.
    pub rules: &'a Rules,
    /// The post.
    pub post: &'a Post,
    /// Today.
    pub today: Day,
}

/// Cards by whom they were for; only ever asked for one after the other.
type ByWho<'a> = HashMap<&'a Id, Vec<&'a Sent>>;

/// What everybody is owed in the window: promises and answers first, then calls, then cards in post-by order, then by id. No card
/// to anybody who has died or asked not to be written to; none whose card has been posted. Whose mail comes back is waited for.
#[must_use]
pub fn due(affairs: &Affairs<'_>, window: Window) -> Vec<Due> {
    let mut by_who: ByWho<'_> = HashMap::with_capacity(affairs.sent.len());
    for sent in affairs.sent {
        by_who.entry(&sent.to).or_default().push(sent);
    }
    let ask = |from: usize, some: &[Party]| {
        let (mut found, mut quiet, mut marks) = (Vec::new(), Vec::new(), Vec::new());
        for (at, person) in (from..).zip(some) {
            affairs.stories.of(at, &mut marks);
            quiet.extend(history::quiet_since(affairs, person, &marks, &by_who).map(|last| (last, at)));
            owed(affairs, person, &marks, &by_who, window, &mut found);
        }
        (found, quiet)
    };
    let parts: Vec<_> = if affairs.people.len() <= TOGETHER {
        vec![ask(0, affairs.people)]
    } else {
        affairs.people.par_chunks(TOGETHER).enumerate().map(|(n, some)| ask(n * TOGETHER, some)).collect()
    };
    let (found, quiet): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let mut found: Vec<Due> = found.into_iter().flatten().collect();
    for quiet in history::quiet(affairs, quiet.into_iter().flatten().collect(), &by_who, window) {
        if !found.iter().any(|d: &Due| d.to == quiet.to && d.occasion == quiet.occasion) {
            found.push(quiet);
        }
    }
    let rank = |d: &Due| match d.kind {
        Give::Promise | Give::Answer => 0,
        Give::Call => 1,
        Give::Card => 2,
    };
    found.sort_by(|a, b| (rank(a), a.post_by, a.day, &a.to, &a.occasion).cmp(&(rank(b), b.post_by, b.day, &b.to, &b.occasion)));
    found
}

/// What one person is owed.
fn owed(affairs: &Affairs<'_>, person: &Party, marks: &[Mark], by_who: &ByWho<'_>, window: Window, found: &mut Vec<Due>) {
    if person.status == Status::Deceased {
        return;
    }
    let own = [Some(&person.id), person.household.as_ref()];
    let sent: Vec<&Sent> = own.iter().flatten().filter_map(|id| by_who.get(*id)).flatten().copied().collect();
    let mut theirs = Vec::new();
    yearly(affairs, person, &sent, window, &mut theirs);
    history::follow(affairs, person, marks, &sent, window, &mut theirs);
    if !matches!(person.status, Status::Contact | Status::Undeliverable) {
        theirs.retain(|d| d.kind != Give::Card);
    }
    if !theirs.is_empty() {
        restraint::hold(affairs, marks, &sent, &mut theirs);
    }
    if person.status == Status::Undeliverable {
        restraint::want_address(&mut theirs);
    }
    found.append(&mut theirs);
}

/// A card for somebody, before anybody looked whether it may go.
fn card(affairs: &Affairs<'_>, person: &Party, occasion: &Occasion, day: Day, post_by: Day) -> Due {
    Due {
        kind: Give::Card,
        to: person.id.clone(),
        name: String::new(),
        occasion: occasion.clone(),
        day,
        post_by,
        late: post_by < affairs.today,
        why: String::new(),
        state: "planned",
        held: String::new(),
        ask: Vec::new(),
        touch: None,
        recall: None,
        solemn: false,
    }
}

/// Birthdays and anniversaries.
fn yearly(affairs: &Affairs<'_>, person: &Party, sent: &[&Sent], window: Window, found: &mut Vec<Due>) {
    for (name, date) in [("birthday", person.birthday), ("anniversary", person.anniversary)] {
        let Some(date) = date else { continue };
        let mut day = date.next(window.from);
        if day > window.to.plus(60) {
            continue;
        }
        let occasion = Occasion::new(name);
        // The window may touch two birthdays: one just past its post-by day and, in a long window, the next.
        while day <= window.to.plus(60) {
            let post_by = affairs.post.post_by(day);
            let key = occasion.key(day);
            let made = sent.iter().find(|s| s.to == person.id && s.occasion == name && s.key == key);
            let owed = made.is_none_or(|s| s.state == "printed");
            if (window.holds(day) || window.holds(post_by)) && owed {
                let mut due = card(affairs, person, &occasion, day, post_by);
                due.why = why(date, day, &occasion);
                due.state = if made.is_some() { "printed" } else { "planned" };
                found.push(due);
            }
            let next = date.next(day.plus(1));
            // The calendar ends with the year 9999.
            if next <= day {
                break;
            }
            day = next;
        }
    }
}

fn why(date: Birthday, day: Day, occasion: &Occasion) -> String {
    match (date.years_on(day), occasion.as_str()) {
        (Some(age), "birthday") => format!("turns {age}"),
        (Some(years), _) => format!("{years} years"),
        (None, _) => String::new(),
    }
}

/// Puts in the names of those who are owed something.
pub fn put_names(found: &mut [Due], names: &BTreeMap<Id, Name>) {
    for due in found {
        due.name = names.get(&due.to).map(Name::full).unwrap_or_default();
    }
}

/// Puts the words of the touches behind the reasons.
pub fn put_words(found: &mut [Due], words: &BTreeMap<i64, String>) {
    for due in found {
        let said = |n: Option<i64>| n.and_then(|n| words.get(&n)).map(|t| t.trim()).filter(|t| !t.is_empty());
        if let Some(text) = said(due.touch) {
            due.why = if due.why.is_empty() { text.to_owned() } else { format!("{}: {text}", due.why) };
        }
        if let Some(text) = said(due.recall) {
            due.why += &format!("; last time: {text}");
        }
    }
}

#[cfg(test)]
mod tests;
