//! What happened between the shop and a person: a purchase, a visit, a promise, a fact learned.

use serde::{Deserialize, Serialize};

use crate::day::Day;

/// One thing that happened, in the owner's words. World events are corrected by a later entry, not rewritten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touch {
    /// The day it happened.
    pub on: Day,
    /// One word: `purchase`, `visit`, `fact`, `promise` … any word is legal.
    pub kind: String,
    /// The owner's words; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// For a promise: kept until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// Who noted it down, where that is known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// The open thread it closes, as its kind and day: `promise 2026-11-10`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closes: String,
}

impl Touch {
    /// Something that happened on a day, and nothing more said about it.
    #[must_use]
    pub fn new(on: Day, kind: &str, text: &str) -> Touch {
        let empty = String::new;
        Touch { on, kind: kind.to_owned(), text: text.to_owned(), until: None, by: empty(), closes: empty() }
    }
}
