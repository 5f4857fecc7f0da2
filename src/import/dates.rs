//! The days other programs write: year, month and day in any order, with or without a year, in words of six languages.
//!
//! A cell is first read for its shape alone; whether 03/04 is the third of April or the fourth of March is for the whole column to
//! say, and if the column can't, the owner is asked. Nothing is ever filled in.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::day::{Birthday, Day};
use crate::trouble::Trouble;

use super::clean::folded;

/// Which comes first in `03/04/1980`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The day: 3 April.
    #[serde(rename = "dmy")]
    DayFirst,
    /// The month: March 4.
    #[serde(rename = "mdy")]
    MonthFirst,
}

impl FromStr for Order {
    type Err = Trouble;

    fn from_str(text: &str) -> Result<Order, Trouble> {
        match text.trim().to_lowercase().as_str() {
            "dmy" => Ok(Order::DayFirst),
            "mdy" => Ok(Order::MonthFirst),
            _ => Err(Trouble::usage(format!("`{text}` is not an order of day and month"))
                .hint("write --dates dmy for 31/12/1980 or --dates mdy for 12/31/1980")),
        }
    }
}

/// A year as its digits stand in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// The number they make.
    pub value: i32,
    /// How many there are.
    pub count: usize,
}

/// What a cell looks like, before anybody decides an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Nothing, or what programs write for nothing: `0/0/00`, `0000-00-00`.
    Empty,
    /// Day and month are certain (though there may be no such day).
    Sure {
        /// Month as written.
        month: u32,
        /// Day as written.
        day: u32,
        /// Year, if one is written.
        year: Option<Digits>,
    },
    /// Two numbers, either of which may be the day.
    Either {
        /// The first number.
        first: u32,
        /// The second number.
        second: u32,
        /// Year, if one is written.
        year: Option<Digits>,
    },
    /// A month without a day, a year alone, a day without a month.
    Part,
    /// Not a date.
    Text,
}

const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "janner", "janvier", "enero", "styczen", "stycznia", "januari"],
    &["february", "februar", "feber", "fevrier", "febrero", "luty", "lutego", "februari", "fevr"],
    &["march", "marz", "mars", "marzo", "marzec", "marca", "maart", "mrz", "mrt"],
    &["april", "avril", "abril", "kwiecien", "kwietnia"],
    &["may", "mai", "mayo", "maj", "maja", "mei"],
    &["june", "juni", "juin", "junio", "czerwiec", "czerwca"],
    &["july", "juli", "juillet", "julio", "lipiec", "lipca"],
    &["august", "aout", "agosto", "sierpien", "sierpnia", "augustus"],
    &["september", "sept", "septembre", "septiembre", "setiembre", "wrzesien", "wrzesnia"],
    &["october", "oktober", "octobre", "octubre", "pazdziernik", "pazdziernika", "okt"],
    &["november", "novembre", "noviembre", "listopad", "listopada"],
    &["december", "dezember", "decembre", "diciembre", "grudzien", "grudnia", "dez"],
];

/// The month a folded word names, whole or cut to three letters or more where that is plain.
fn month_named(word: &str) -> Option<u32> {
    let whole = MONTHS.iter().position(|names| names.contains(&word));
    let cut = || {
        let mut fits = (0..12).filter(|m| word.len() >= 3 && MONTHS[*m].iter().any(|name| name.starts_with(word)));
        let first = fits.next();
        first.filter(|_| fits.next().is_none())
    };
    whole.or_else(cut).map(|m| m as u32 + 1)
}

fn digits(text: &str) -> Option<Digits> {
    let whole = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| text.parse().ok()).flatten().map(|value| Digits { value, count: text.len() })
}

/// Two digits or fewer: a day or a month as far as its length goes.
fn short(d: Digits) -> Option<u32> {
    (d.count <= 2).then(|| u32::try_from(d.value).ok()).flatten()
}

/// What a cell looks like.
#[must_use]
pub fn shape(cell: &str) -> Shape {
    let text = without_time(cell.trim());
    if text.len() > 60 {
        return Shape::Text;
    }
    if text.is_empty()
        || (text.bytes().all(|b| b"0-/. ".contains(&b)))
        || ["n/a", "null", "none", "nan"].contains(&folded(text).as_str())
    {
        return Shape::Empty;
    }
    if let Some(rest) = text.strip_prefix("--") {
        return yearless(rest);
    }
    if let Some(all) = digits(text) {
        return match all.count {
            8 => Shape::Sure {
                month: (all.value / 100 % 100) as u32,
                day: (all.value % 100) as u32,
                year: Some(Digits { value: all.value / 10_000, count: 4 }),
            },
            4 => Shape::Part,
            _ => Shape::Text,
        };
    }
    let trimmed = text.trim_end_matches('.');
    let cut: Vec<&str> = trimmed.split(['-', '/', '.']).map(str::trim).collect();
    let numbers: Option<Vec<Digits>> = cut.iter().map(|part| digits(part)).collect();
    match numbers.as_deref() {
        Some(numbers) => numeric(numbers, text),
        None => worded(text),
    }
}

/// The rest of `--0412`, `--04-12`, `---12`.
fn yearless(rest: &str) -> Shape {
    let parts: Option<Vec<u32>> = match rest.split('-').collect::<Vec<_>>()[..] {
        [md] if md.len() == 4 && md.is_ascii() => [&md[..2], &md[2..]].iter().map(|p| digits(p).and_then(short)).collect(),
        [m, d] => [m, d].iter().map(|p| digits(p).and_then(short)).collect(),
        _ => None,
    };
    match parts.as_deref() {
        Some([month, day]) => Shape::Sure { month: *month, day: *day, year: None },
        _ if digits(rest.trim_start_matches('-')).is_some() => Shape::Part,
        _ => Shape::Text,
    }
}

fn numeric(numbers: &[Digits], text: &str) -> Shape {
    // Nobody writes the month first with full stops.
    let dotted = text.contains('.');
    let two = |first: u32, second: u32, year: Option<Digits>| {
        if dotted && second <= 12 {
            Shape::Sure { month: second, day: first, year }
        } else {
            Shape::Either { first, second, year }
        }
    };
    match *numbers {
        [y, m, d] if y.count > 2 || y.value > 31 => match (short(m), short(d)) {
            (Some(month), Some(day)) => Shape::Sure { month, day, year: Some(y) },
            _ => Shape::Text,
        },
        [a, b, y] => match (short(a), short(b)) {
            (Some(first), Some(second)) if y.count == 2 || y.count == 4 => {
                two(first, second, Some(y).filter(|y| y.value != 0 || y.count == 2))
            }
            _ => Shape::Text,
        },
        [a, b] => match (short(a), short(b)) {
            (Some(first), Some(second)) => two(first, second, None),
            _ if a.count == 4 || b.count == 4 => Shape::Part,
            _ => Shape::Text,
        },
        _ => Shape::Text,
    }
}

/// `12 April 1980`, `April 12th, 1980`, `12-Apr-80`, `12 de abril de 1980`, `1er mai`.
fn worded(text: &str) -> Shape {
    let folded = folded(text);
    let mut month = None;
    let mut numbers = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        let number = word.trim_end_matches(|c: char| c.is_ascii_lowercase());
        if let Some(found) = digits(number) {
            if !["", "st", "nd", "rd", "th", "er", "e"].contains(&&word[number.len()..]) {
                return Shape::Text;
            }
            numbers.push(found);
        } else if let Some(found) = month_named(word) {
            if month.replace(found).is_some() {
                return Shape::Text;
            }
        } else if !["of", "de", "del", "the", "den", "am", "le"].contains(&word) {
            return Shape::Text;
        }
    }
    match (month, &numbers[..]) {
        (Some(month), [day]) if day.count <= 2 => Shape::Sure { month, day: day.value as u32, year: None },
        (Some(month), [day, year]) if day.count <= 2 && (year.count == 4 || year.count == 2) => {
            Shape::Sure { month, day: day.value as u32, year: Some(*year) }
        }
        (Some(month), [year, day]) if year.count == 4 && day.count <= 2 => {
            Shape::Sure { month, day: day.value as u32, year: Some(*year) }
        }
        (Some(_), [year]) if year.count == 4 => Shape::Part,
        _ => Shape::Text,
    }
}

/// The date of a date and time; the day stays as written, whatever zone is behind it.
fn without_time(text: &str) -> &str {
    let iso = text
        .char_indices()
        .find(|(at, c)| (*c == 'T' || *c == 't') && *at > 0 && text[..*at].bytes().all(|b| b.is_ascii_digit() || b == b'-'));
    if let Some((at, _)) = iso {
        return &text[..at];
    }
    match text.split_once(char::is_whitespace) {
        Some((date, rest)) if rest.contains(':') && rest.trim_start().starts_with(|c: char| c.is_ascii_digit()) => date,
        _ => text,
    }
}

/// What all the cells of one column say about the order of day and month.
#[derive(Clone, Debug, Default)]
pub struct Column {
    day_first: usize,
    month_first: usize,
    open: usize,
    example: Option<(usize, String)>,
}

impl Column {
    /// Takes one more cell into account.
    pub fn see(&mut self, line: usize, cell: &str) {
        if let Shape::Either { first, second, .. } = shape(cell) {
            match (first > 12, second > 12) {
                (true, false) => self.day_first += 1,
                (false, true) => self.month_first += 1,
                (false, false) if first != second => {
                    self.open += 1;
                    self.example.get_or_insert_with(|| (line, cell.trim().to_owned()));
                }
                _ => {}
            }
        }
    }

    /// The order, if every cell that shows one shows the same.
    #[must_use]
    pub fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (0, 0) => None,
            (_, 0) => Some(Order::DayFirst),
            (0, _) => Some(Order::MonthFirst),
            _ => None,
        }
    }

    /// Some cells have the day first and some the month.
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        self.day_first > 0 && self.month_first > 0
    }

    /// What has to be asked about this column: how many cells are open, and the first of them with its line.
    #[must_use]
    pub fn question(&self) -> Option<(usize, usize, &str)> {
        let asked = self.order().is_none() && self.open > 0;
        self.example.as_ref().filter(|_| asked).map(|(line, cell)| (self.open, *line, cell.as_str()))
    }
}

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// Nothing is written there.
    Nothing,
    /// A day, and what was left out of it.
    Known(T, Option<String>),
    /// It couldn't be taken; a sentence says why.
    Refused(String),
}

/// How years and orders are decided for a column.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The order of day and month, if decided.
    pub order: Option<Order>,
    /// Today; no year is later, nobody is over 110.
    pub today: Day,
    /// 1900, 1901 and 1970 are real.
    pub real_years: bool,
    /// 1970 is real, as the other years of the column show.
    pub real_1970: bool,
}

/// The month and day of a shape in this order; none if only the owner knows.
fn ordered(shape: Shape, order: Option<Order>) -> Option<(u32, u32, Option<Digits>)> {
    match shape {
        Shape::Sure { month, day, year } => Some((month, day, year)),
        Shape::Either { first, second, year } => match (first > 12, second > 12, order) {
            (true, false, _) | (false, false, Some(Order::DayFirst)) => Some((second, first, year)),
            (_, true, _) | (false, false, Some(Order::MonthFirst)) => Some((first, second, year)),
            (false, false, None) => (first == second).then_some((first, second, year)),
        },
        _ => None,
    }
}

/// What is said of a cell whose day and month can't be told apart.
pub const TWO_WAYS: &str = "may be read in two ways; import again with --dates dmy or --dates mdy";

fn refused<T>(what: &str, cell: &str, why: &str) -> Told<T> {
    Told::Refused(format!("the {what} `{}` {why}", super::clean::shown(cell)))
}

/// Days on which the calendars of computers begin: written where nobody knew any.
const BEGINNINGS: [(i32, u32, u32); 7] =
    [(1, 1, 1), (1601, 1, 1), (1899, 12, 30), (1899, 12, 31), (1900, 1, 1), (1904, 1, 1), (1970, 1, 1)];

/// A birthday or anniversary out of a cell. `what` is what to call it in a sentence.
#[must_use]
pub fn yearly(what: &str, cell: &str, rules: Rules) -> Told<Birthday> {
    let shape = shape(cell);
    match shape {
        Shape::Empty => return Told::Nothing,
        Shape::Part => return refused(what, cell, "has no day and month; add them with `wetink person edit`"),
        Shape::Text => return refused(what, cell, "couldn't be read as a date; write it as 1980-04-12 or 12 April"),
        _ => {}
    }
    let Some((month, day, digits)) = ordered(shape, rules.order) else {
        return refused(what, cell, TWO_WAYS);
    };
    if let Some(Digits { value, count: 4 }) = digits
        && BEGINNINGS.contains(&(value, month, day))
        && !rules.real_years
    {
        return refused(what, cell, "is what programs write for no date; import again with --real-years if it is real");
    }
    let (year, note) = digits.map_or((None, None), |digits| believable(what, digits, rules));
    // A day that never was is refused with the year as written, but a year that isn't believed can't make 29 February wrong.
    match Birthday::new(month, day, year) {
        Some(birthday) => Told::Known(birthday, note),
        None => refused(what, cell, "is no day of the calendar; correct it and import again"),
    }
}

/// The year, if it can be somebody's; else none and the reason.
fn believable(what: &str, digits: Digits, rules: Rules) -> (Option<i32>, Option<String>) {
    let now = rules.today.year();
    let no = |why: String| (None, Some(format!("the {what} is taken without its year: {why}")));
    match digits {
        Digits { value: 1604, count: 4 } => (None, None),
        Digits { value, count: 4 }
            if [1900, 1901, 1970].contains(&value) && !(rules.real_years || (rules.real_1970 && value == 1970)) =>
        {
            no(format!("programs write {value} for an unknown year"))
        }
        Digits { value, count: 4 } if value > now => no(format!("{value} is yet to come")),
        Digits { value, count: 4 } if now - value > 110 => no(format!("{value} is more than 110 years ago")),
        Digits { value, count: 4 } => (Some(value), None),
        Digits { value, count: 2 } if value > now % 100 => (Some(now / 100 * 100 - 100 + value), None),
        Digits { value, count: 2 } => {
            no(format!("{value:02} may be {} or {}", now / 100 * 100 - 100 + value, now / 100 * 100 + value))
        }
        Digits { value, .. } => no(format!("{value} is no year")),
    }
}

/// The day something happened, out of a cell: it has a year, and a year of two digits is of the last hundred years.
#[must_use]
pub fn day(what: &str, cell: &str, rules: Rules) -> Told<Day> {
    let shape = shape(cell);
    match shape {
        Shape::Empty => return Told::Nothing,
        Shape::Part | Shape::Text => return refused(what, cell, "couldn't be read as a day; write it as 2025-12-31"),
        _ => {}
    }
    let Some((month, day, digits)) = ordered(shape, rules.order) else {
        return refused(what, cell, TWO_WAYS);
    };
    let now = rules.today.year();
    let year = match digits {
        Some(Digits { value, count: 4 }) => value,
        Some(Digits { value, count: 2 }) if value > now % 100 => now / 100 * 100 - 100 + value,
        Some(Digits { value, count: 2 }) => now / 100 * 100 + value,
        Some(_) | None => return refused(what, cell, "has no year; write it as 2025-12-31"),
    };
    Day::new(year, month, day).map_or_else(
        || refused(what, cell, "is no day of the calendar; correct it and import again"),
        |day| Told::Known(day, None),
    )
}
