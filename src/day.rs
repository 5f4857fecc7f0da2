//! Civil days and birthdays: no time of day, no time zone. The only file that names chrono.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use crate::trouble::{Result, Trouble};

/// A civil day in the shop's own calendar. Written `2026-12-12`. Kept as a number, because days are mostly compared and counted;
/// never as 0, so that a day that may be missing takes no more room.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NonZeroU32);

/// What is kept of 31 December of the year -1, the day before the first.
const BEFORE: i64 = -366;

/// The calendar's first and last day here, 1 January 0000 and 31 December 9999: years have four digits, in files and in the ledger.
const ENDS: (Day, Day) = (Day(NonZeroU32::MIN), Day(NonZeroU32::MIN.saturating_add(3_652_424)));

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

impl Day {
    /// The day, if there is such a day.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Day> {
        Day::of(NaiveDate::from_ymd_opt(year, month, day)?)
    }

    fn of(date: NaiveDate) -> Option<Day> {
        Day::numbered(date.num_days_from_ce().into())
    }

    /// Today by the computer's clock and zone. Only the roof calls this; everybody else is told what day it is.
    #[must_use]
    pub fn today() -> Day {
        Day::of(chrono::Local::now().date_naive()).unwrap_or(ENDS.1)
    }

    /// The day of this number; 1 is the first day of the year 1.
    #[must_use]
    pub fn numbered(number: i64) -> Option<Day> {
        let kept = u32::try_from(number.checked_sub(BEFORE)?).ok().and_then(NonZeroU32::new);
        kept.map(Day).filter(|day| *day <= ENDS.1)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0.get()) + BEFORE
    }

    fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.number() as i32).unwrap_or_default()
    }

    /// Calendar year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// Month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// Day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.date().day()
    }

    /// So many days later, or earlier when negative; stops at the ends of the calendar.
    #[must_use]
    pub fn plus(self, days: i64) -> Day {
        let moved = self.number().saturating_add(days);
        Day::numbered(moved).unwrap_or(if days < 0 { ENDS.0 } else { ENDS.1 })
    }

    /// Days from `earlier` to this day.
    #[must_use]
    pub fn since(self, earlier: Day) -> i64 {
        self.number() - earlier.number()
    }

    /// Day of the week: 0 is Monday, 6 is Sunday.
    #[must_use]
    pub fn weekday(self) -> u32 {
        (self.number() - 1).rem_euclid(7) as u32
    }

    /// The Monday of this day's week.
    #[must_use]
    pub fn monday(self) -> Day {
        self.plus(-i64::from(self.weekday()))
    }

    /// `Sat 12 Dec`.
    #[must_use]
    pub fn short(self) -> String {
        let date = self.date();
        format!("{} {} {}", &DAYS[self.weekday() as usize][..3], date.day(), &MONTHS[date.month0() as usize][..3])
    }

    /// `12 Dec 2026`.
    #[must_use]
    pub fn plain(self) -> String {
        let date = self.date();
        format!("{} {} {}", date.day(), &MONTHS[date.month0() as usize][..3], date.year())
    }

    /// The week's day in full, `Saturday`.
    #[must_use]
    pub fn weekday_name(self) -> &'static str {
        DAYS[self.weekday() as usize]
    }

    /// The month in full, `December`.
    #[must_use]
    pub fn month_name(self) -> &'static str {
        MONTHS[self.date().month0() as usize]
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Day {
    type Err = Trouble;

    /// `2026-12-12` and nothing else: a day a computer writes is never guessed at.
    fn from_str(text: &str) -> Result<Day> {
        let wrong = || Trouble::usage(format!("`{text}` is not a day")).hint("write it as year-month-day, like 2026-12-12");
        let mut parts = text.trim().splitn(3, '-');
        let (Some(y), Some(m), Some(d)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        let whole = |part: &str, most: usize| {
            (!part.is_empty() && part.len() <= most && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse().ok())
                .flatten()
        };
        let (Some(y), Some(m), Some(d)) = (whole(y, 4), whole(m, 2), whole(d, 2)) else { return Err(wrong()) };
        Day::new(i32::try_from(y).map_err(|_| wrong())?, m, d).ok_or_else(wrong)
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Day, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|t: Trouble| serde::de::Error::custom(format!("{t}; {}", t.hints.join("; "))))
    }
}

/// A month of one year, `2026-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Calendar year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
}

impl Month {
    /// The month a day lies in.
    #[must_use]
    pub fn of(day: Day) -> Month {
        let date = day.date();
        Month { year: date.year(), month: date.month() }
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> Day {
        Day::new(self.year, self.month, 1).unwrap_or(ENDS.1)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Day {
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        Day::new(year, month, 1).map_or(ENDS.1, |next| next.plus(-1))
    }

    /// `December 2026`.
    #[must_use]
    pub fn long(self) -> String {
        format!("{} {}", MONTHS[(self.month.clamp(1, 12) - 1) as usize], self.year)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Month> {
        format!("{}-01", text.trim())
            .parse()
            .map(Month::of)
            .map_err(|_| Trouble::usage(format!("`{text}` is not a month")).hint("write it as year-month, like 2026-12"))
    }
}

/// A birthday or anniversary: month and day, and the year only if it is known.
///
/// 29 February is kept as 29 February. Nothing is ever filled in from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Birthday {
    month: u32,
    day: u32,
    year: Option<i32>,
}

impl Birthday {
    /// The birthday, if the calendar has such a day. A year that can't be one (1604, which Apple writes for "no year", or
    /// any other before 1875) is no year; without a year 29 February is always a day.
    #[must_use]
    pub fn new(month: u32, day: u32, year: Option<i32>) -> Option<Birthday> {
        let year = year.filter(|y| (1875..=9999).contains(y));
        NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day).map(|_| Birthday { month, day, year })
    }

    /// Month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.month
    }

    /// Day of the month.
    #[must_use]
    pub fn day(self) -> u32 {
        self.day
    }

    /// The year, if known.
    #[must_use]
    pub fn year(self) -> Option<i32> {
        self.year
    }

    /// The day it is kept in `year`: 29 February is kept on the 28th in common years, so that a card is never late.
    #[must_use]
    pub fn in_year(self, year: i32) -> Day {
        Day::new(year, self.month, self.day).unwrap_or_else(|| Month { year, month: self.month }.last())
    }

    /// The first day on or after `from` on which it is kept.
    #[must_use]
    pub fn next(self, from: Day) -> Day {
        let this = self.in_year(from.year());
        if this >= from { this } else { self.in_year(from.year() + 1) }
    }

    /// The years completed on `day`'s anniversary, if the year is known and the number is believable (1 to 110).
    #[must_use]
    pub fn years_on(self, day: Day) -> Option<i32> {
        self.year.map(|year| day.year() - year).filter(|age| (1..=110).contains(age))
    }

    /// `12 April` or `12 April 1980`.
    #[must_use]
    pub fn plain(self) -> String {
        let month = MONTHS[(self.month - 1) as usize];
        self.year.map_or_else(|| format!("{} {month}", self.day), |year| format!("{} {month} {year}", self.day))
    }
}

impl fmt::Display for Birthday {
    /// `1980-04-12`, or `--04-12` without a year.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}-{:02}-{:02}", self.month, self.day),
            None => write!(f, "--{:02}-{:02}", self.month, self.day),
        }
    }
}

impl FromStr for Birthday {
    type Err = Trouble;

    /// `1980-04-12`, `--04-12`, `04-12`, `12 April`, `April 12`, `12 April 1980`, `April 12, 1980`. Never `12/04/1980`: whoever
    /// reads a whole column may know which of the two is the month, one cell doesn't.
    fn from_str(text: &str) -> Result<Birthday> {
        let wrong = || {
            Trouble::usage(format!("`{text}` is not a birthday"))
                .hint("write it as 1980-04-12, as 04-12 when the year is unknown, or as 12 April")
        };
        let text = text.trim();
        let number = |part: &str| {
            (part.len() <= 4 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
                .then(|| part.parse::<u32>().ok())
                .flatten()
        };
        let numbers: Vec<&str> = text.strip_prefix("--").unwrap_or(text).split('-').collect();
        let built = match numbers[..] {
            [y, m, d] if y.len() == 4 => match (number(y), number(m), number(d)) {
                (Some(y), Some(m), Some(d)) => Birthday::new(m, d, i32::try_from(y).ok()),
                _ => None,
            },
            [m, d] => number(m).zip(number(d)).and_then(|(m, d)| Birthday::new(m, d, None)),
            [md] if text.starts_with("--") && md.len() == 4 && md.is_ascii() => {
                number(&md[..2]).zip(number(&md[2..])).and_then(|(m, d)| Birthday::new(m, d, None))
            }
            _ => {
                let words: Vec<String> = text
                    .split(|c: char| c.is_whitespace() || c == ',' || c == '.')
                    .filter(|w| !w.is_empty())
                    .map(str::to_lowercase)
                    .collect();
                let month = words
                    .iter()
                    .position(|w| w.len() >= 3 && w.is_ascii() && MONTHS.iter().any(|m| m.to_lowercase().starts_with(w)));
                month.and_then(|at| {
                    let month = MONTHS.iter().position(|m| m.to_lowercase().starts_with(&words[at]))? as u32 + 1;
                    let rest: Vec<&String> = words.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, w)| w).collect();
                    let day = |w: &str| number(w.trim_end_matches(|c: char| c.is_ascii_lowercase()));
                    match rest[..] {
                        [d] => Birthday::new(month, day(d)?, None),
                        [d, y] if y.len() == 4 => Birthday::new(month, day(d)?, Some(i32::try_from(number(y)?).ok()?)),
                        _ => None,
                    }
                })
            }
        };
        built.ok_or_else(wrong)
    }
}

impl serde::Serialize for Birthday {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Birthday {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Birthday, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(|t: Trouble| serde::de::Error::custom(t.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn the_calendar_has_two_ends_and_its_days_are_numbered() {
        assert_eq!((ENDS.0, ENDS.1), (Day::new(0, 1, 1).unwrap(), Day::new(9999, 12, 31).unwrap()));
        assert_eq!((Day::new(-1, 12, 31), Day::new(10_000, 1, 1), Day::new(2026, 2, 29)), (None, None, None));
        assert_eq!((ENDS.0.plus(-1), ENDS.1.plus(1), ENDS.1.plus(i64::MAX)), (ENDS.0, ENDS.1, ENDS.1));
        assert_eq!((ENDS.0.to_string(), ENDS.1.to_string()), ("0000-01-01".into(), "9999-12-31".into()));
        assert_eq!((Day::numbered(ENDS.0.number() - 1), Day::numbered(i64::MAX)), (None, None));
        let saturday = day("2026-12-12");
        assert_eq!((saturday.weekday(), saturday.monday(), saturday.short()), (5, day("2026-12-07"), "Sat 12 Dec".into()));
        assert_eq!(Day::numbered(saturday.number()), Some(saturday));
        assert_eq!(Day::numbered(1).map(|d| (d.to_string(), d.weekday_name())), Some(("0001-01-01".into(), "Monday")));
        let mut before = ENDS.0;
        for number in (ENDS.0.number()..=ENDS.1.number()).step_by(97) {
            let day = Day::numbered(number).unwrap();
            assert_eq!(Day::new(day.year(), day.month(), day.day()), Some(day));
            assert_eq!(before.plus(day.since(before)), day);
            before = day;
        }
    }

    #[test]
    fn leap_day_is_kept_and_kept_on_the_28th_in_common_years() {
        let leap: Birthday = "--02-29".parse().unwrap();
        assert_eq!(leap.to_string(), "--02-29");
        assert_eq!(leap.next(day("2027-01-10")), day("2027-02-28"));
        assert_eq!(leap.next(day("2028-01-10")), day("2028-02-29"));
        assert_eq!(leap.next(day("2027-03-01")), day("2028-02-29"));
    }

    #[test]
    fn a_year_that_cannot_be_one_is_no_year() {
        let apple: Birthday = "1604-05-09".parse().unwrap();
        assert_eq!(apple.year(), None);
        assert_eq!(apple.plain(), "9 May");
    }

    #[test]
    fn birthdays_as_owners_write_them() {
        for text in ["12 April", "April 12", "04-12", "--0412", "--04-12", "12th april", "Apr 12"] {
            assert_eq!(text.parse::<Birthday>().map(|b| b.to_string()), Ok("--04-12".into()), "{text}");
        }
        assert_eq!("April 12, 1980".parse::<Birthday>().unwrap().to_string(), "1980-04-12");
        for text in ["12/04/1980", "1980-02-30", "", "---12", "1980-05", "soon", "13-13", "é 12"] {
            assert!(text.parse::<Birthday>().is_err(), "{text}");
        }
    }

    #[test]
    fn age_only_when_believable() {
        let old: Birthday = "1900-04-12".parse().unwrap();
        assert_eq!(old.years_on(day("2026-04-12")), None);
        let known: Birthday = "1980-04-12".parse().unwrap();
        assert_eq!(known.years_on(day("2026-04-12")), Some(46));
    }

    #[test]
    fn months_end_where_they_end() {
        assert_eq!("2024-02".parse::<Month>().unwrap().last(), day("2024-02-29"));
        assert_eq!("2026-12".parse::<Month>().unwrap().last(), day("2026-12-31"));
    }
}
