//! Why a card is due, and how that is spelled in a sheet.

use std::fmt;

use crate::day::{Birthday, Day, Month};

/// The name of an occasion as it stands in the sheet: `birthday`, `thank-you`, any word with hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occasion(String);

impl Occasion {
    /// From what was typed: lower case, spaces as hyphens.
    #[must_use]
    pub fn new(text: &str) -> Occasion {
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(|w| w.chars().take(40).collect::<String>().to_lowercase())
            .collect();
        Occasion(words.join("-"))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Yearly days have one card a year; everything else is its own event.
    #[must_use]
    pub fn is_yearly(&self) -> bool {
        matches!(self.0.as_str(), "birthday" | "anniversary")
    }

    /// The part of a card's id that tells this card from the next one on the same occasion: the year of a yearly day, else
    /// the month of the sheet.
    #[must_use]
    pub fn key(&self, day: Day) -> String {
        if self.is_yearly() { day.year().to_string() } else { Month::of(day).to_string() }
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The day a yearly occasion is kept for a sheet of `month`: the first on or after a fortnight before the month begins, so
/// that a sheet can hold a late card and an early one but never last year's.
#[must_use]
pub fn yearly_day(date: Birthday, month: Month) -> Day {
    date.next(month.first().plus(-14))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occasions_are_spelled_one_way() {
        assert_eq!(Occasion::new(" Thank You ").as_str(), "thank-you");
        assert_eq!(Occasion::new("birthday"), Occasion::new("Birthday!"));
    }

    #[test]
    fn the_january_birthday_on_a_december_sheet_is_next_years() {
        let date: Birthday = "--01-03".parse().unwrap();
        assert_eq!(yearly_day(date, "2026-12".parse().unwrap()).to_string(), "2027-01-03");
        assert_eq!(yearly_day(date, "2027-01".parse().unwrap()).to_string(), "2027-01-03");
    }
}
