//! The days people type: `2026-11-02`, `2 Nov`, `yesterday`. A day without a year is the last such day, or the next.

use std::str::FromStr;

use crate::day::{Birthday, Day};
use crate::trouble::{Result, Trouble};

/// A day as typed, before anybody said which day it is today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A day with its year.
    On(Day),
    /// So many days from today.
    From(i64),
    /// A day and a month.
    Yearly(Birthday),
}

impl FromStr for When {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<When> {
        match text.trim().to_lowercase().as_str() {
            "today" => return Ok(When::From(0)),
            "yesterday" => return Ok(When::From(-1)),
            "tomorrow" => return Ok(When::From(1)),
            _ => {}
        }
        let trouble: Trouble = match text.parse() {
            Ok(day) => return Ok(When::On(day)),
            Err(trouble) => trouble,
        };
        // Only with the month in letters: which of two numbers is the month, nobody can say.
        let written = text.parse::<Birthday>().ok().filter(|_| text.chars().any(char::is_alphabetic));
        match written.map(|day| (day, day.year().and_then(|year| Day::new(year, day.month(), day.day())))) {
            Some((_, Some(day))) => Ok(When::On(day)),
            Some((day, None)) => Ok(When::Yearly(day)),
            None => Err(trouble.hint("or as 2 Nov, today, yesterday or tomorrow")),
        }
    }
}

impl When {
    /// For what has happened: a day without a year is the last such day.
    #[must_use]
    pub fn past(self, today: Day) -> Day {
        match self {
            When::Yearly(day) => {
                let this = day.next(Day::new(today.year(), 1, 1).unwrap_or(today));
                if this <= today { this } else { day.next(Day::new(today.year() - 1, 1, 1).unwrap_or(today)) }
            }
            other => other.coming(today),
        }
    }

    /// For what is to come: a day without a year is the next such day.
    #[must_use]
    pub fn coming(self, today: Day) -> Day {
        match self {
            When::On(day) => day,
            When::From(days) => today.plus(days),
            When::Yearly(day) => day.next(today),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_taken_as_people_say_them() {
        let today: Day = "2026-11-21".parse().unwrap();
        let past = |text: &str| text.parse::<When>().map(|when| when.past(today).to_string()).ok();
        for (text, day) in [
            ("2026-11-02", Some("2026-11-02")),
            ("yesterday", Some("2026-11-20")),
            ("Today", Some("2026-11-21")),
            ("2 Nov", Some("2026-11-02")),
            ("Dec 24", Some("2025-12-24")),
            ("24 December 2024", Some("2024-12-24")),
            ("21 November", Some("2026-11-21")),
            ("02-11", None),
            ("2/11", None),
            ("soon", None),
        ] {
            assert_eq!(past(text).as_deref(), day, "{text}");
        }
        let coming = |text: &str| text.parse::<When>().unwrap().coming(today).to_string();
        assert_eq!(
            (coming("tomorrow"), coming("2 Nov"), coming("24 Dec")),
            ("2026-11-22".into(), "2027-11-02".into(), "2026-12-24".into())
        );
    }
}
