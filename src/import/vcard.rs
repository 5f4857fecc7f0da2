//! Address books: the cards that phones and mail programs exchange, in versions 2.1, 3.0 and 4.0.

use std::collections::VecDeque;
use std::io::{self, Read};

use crate::day::Day;

use super::{Found, Mapping};

/// Whether a file begins like an address book.
pub(super) fn looks_like(_head: &[u8]) -> bool {
    false
}

/// An address book, card by card.
pub(super) struct Cards {}

impl Cards {
    pub(super) fn new(_input: Box<dyn Read>, _mapping: &Mapping, _today: Day) -> io::Result<Cards> {
        Ok(Cards {})
    }

    pub(super) fn source(&self) -> &str {
        "vcard"
    }

    pub(super) fn charset(&self) -> &str {
        "UTF-8"
    }

    pub(super) fn next(&mut self, _ready: &mut VecDeque<Found>) -> bool {
        false
    }
}
