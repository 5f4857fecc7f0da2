//! Foreign files in, rows of ours out: address books, customer lists, orders, the cards of earlier years.
//!
//! Bytes and settings go in, rows come out one at a time, so that a file of any size needs little memory. Nothing here knows the
//! ledger: who is already there, and what is doubtful about that, is decided above. One bad row is a [`Problem`] and the rest
//! goes on; what could be read of a row is kept and what couldn't stands in its `left_out`.

mod cards;
mod charset;
mod clean;
mod columns;
mod country;
mod csv;
pub mod dates;
mod header;
mod people;
mod read;
mod touches;
mod unfold;
mod vcard;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::day::{Birthday, Day};
use crate::person::Person;
use crate::trouble::{Result, Trouble};

pub use columns::Field;
pub use dates::Order;
pub use read::{About, Reading, read};

/// What the rows of a file are to become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// People, from an address book or a customer list.
    #[default]
    People,
    /// Cards of earlier years.
    Cards,
    /// Purchases, invoices, visits.
    Touches,
}

/// How one sort of file is to be read, where its own header doesn't say enough. Kept in wetink.toml under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// Column of theirs (its header, or its number counted from 1) to field of ours: `Kundennr` to `id`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Field>,
    /// Which comes first in `03/04/1980`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<Order>,
    /// The file's encoding by its usual name, `windows-1250`, where it isn't found out rightly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// What to call the program the file comes from, where it isn't found out: part of the identity of a customer number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// 1900, 1901 and 1970 are real birth years in this file, not what a program writes for "unknown".
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub real_years: bool,
    /// Columns that were named just now: every one must be in the file. Those of a saved mapping need not.
    #[serde(skip)]
    pub named: Vec<String>,
    /// Words the shop has for what happens: a column full of them says what sort of thing it was.
    #[serde(skip)]
    pub kinds: Vec<String>,
    /// The shop's country, two letters: a program's habit with dates holds only where it is everybody's.
    #[serde(skip)]
    pub country: String,
}

impl Mapping {
    /// Adds one `--map` as typed: `Kundennr=id`.
    pub fn add(&mut self, typed: &str) -> Result<()> {
        let Some((column, field)) = typed.rsplit_once('=').map(|(c, f)| (c.trim(), f.trim())).filter(|(c, _)| !c.is_empty())
        else {
            return Err(Trouble::usage(format!("`{typed}` doesn't say which column is what"))
                .hint("write the file's column, an equals sign and the field, as in --map \"Kundennr=id\""));
        };
        self.columns.insert(column.to_owned(), field.parse()?);
        self.named.push(column.to_owned());
        Ok(())
    }
}

/// One thing found in a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// Somebody.
    Person(Box<Row>),
    /// A card of an earlier year.
    Card(Box<PastCard>),
    /// Something that happened.
    Touch(Box<Happened>),
    /// What couldn't be read, and what to do.
    Problem(Problem),
}

/// What a problem costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// Something was left open that one answer settles for the whole file.
    Question,
    /// This row was left out.
    Row,
    /// Nothing after this line was read.
    Rest,
}

/// What couldn't be read. The message is a sentence that says what to do, beginning in lower case, without a full stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// What and what to do.
    pub message: String,
    /// What it costs.
    pub loss: Loss,
}

/// A number somebody has in another program: the only thing that may update a person without asking.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The program, in one word: `google`, `shopify`, `vcard`; `csv` if unknown.
    pub source: String,
    /// The number or UID there.
    pub number: String,
}

/// Something known about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// In one word: `note`, `work`, `spouse`, `children`, `hobby`, `referred-by`, `group` …
    pub kind: String,
    /// In their words.
    pub text: String,
}

/// A yearly day that is neither birthday nor anniversary: Apple's own labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Yearly {
    /// As labelled.
    pub label: String,
    /// The day.
    pub on: Birthday,
}

/// One person as a file has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The line where the record begins, counted from 1.
    pub line: usize,
    /// Their number in the program the file comes from.
    pub key: Option<Key>,
    /// What is ours; `id` isn't set, `status` is as the file says (mostly [`crate::person::Status::Contact`]).
    pub person: Person,
    /// Further e-mail addresses, for recognising them.
    pub emails: Vec<String>,
    /// Further phone numbers, for recognising them.
    pub phones: Vec<String>,
    /// What else is known.
    pub facts: Vec<Fact>,
    /// Further yearly days.
    pub days: Vec<Yearly>,
    /// It is a business: nobody's given name is known, so ask how to greet it.
    pub business: bool,
    /// What the file calls their household or family, if it says.
    pub household: Option<String>,
    /// A day of theirs wasn't wholly understood; read again with another answer, or corrected, it is still this row.
    pub open_days: bool,
    /// What of this row wasn't taken, each a sentence.
    pub left_out: Vec<String>,
}

/// A card of an earlier year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastCard {
    /// The line where the record begins, counted from 1.
    pub line: usize,
    /// Whom it went to, as written.
    pub to: String,
    /// Why, `birthday`; empty if the file doesn't say.
    pub occasion: String,
    /// When; none if it couldn't be read.
    pub day: Option<Day>,
    /// The note.
    pub note: String,
    /// The postscript; may be empty.
    pub ps: String,
    /// Which letter it was; may be empty.
    pub letter: String,
    /// What of this row wasn't taken, each a sentence.
    pub left_out: Vec<String>,
}

/// How a row names a person; anything may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Name as written.
    pub name: String,
    /// E-mail as written.
    pub email: String,
    /// Phone as written.
    pub phone: String,
    /// Their number in the program the file comes from.
    pub key: Option<Key>,
}

/// Money as written, down to the cent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Hundredths; negative for a refund.
    pub cents: i64,
    /// `EUR`, `USD`; empty if the file doesn't say.
    pub currency: String,
}

/// Something that happened between the shop and a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The line where the first record of it begins, counted from 1.
    pub line: usize,
    /// To whom.
    pub who: Who,
    /// What sort: `purchase`, `invoice`, `payment`, `visit` …
    pub kind: String,
    /// When.
    pub day: Day,
    /// In a line: `2 × walking boots; laces`.
    pub text: String,
    /// For how much.
    pub amount: Option<Amount>,
    /// The order or invoice number, so that the same one is never counted twice.
    pub key: Option<Key>,
    /// What of this row wasn't taken, each a sentence.
    pub left_out: Vec<String>,
}
