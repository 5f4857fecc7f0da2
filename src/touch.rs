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
}

/// Kinds everybody has, for help and for the nearest-name hint. A shop may use any other word.
pub const KINDS: [&str; 14] = [
    "enquiry",
    "question",
    "purchase",
    "visit",
    "talk",
    "service",
    "payment",
    "complaint",
    "promise",
    "idea",
    "life",
    "plan",
    "fact",
    "reply",
];

/// Whether a touch of this kind is something known about the person rather than something that happened.
#[must_use]
pub fn is_fact(kind: &str) -> bool {
    matches!(kind, "fact" | "life" | "why-us")
}
