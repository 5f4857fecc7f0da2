//! What went wrong, in a sentence, where, and what to do about it.
//!
//! Data only: no colour, no printing. `cli` is the one place that shows a `Trouble` and turns its kind into an exit code.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// What sort of trouble; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It could not be done: a file is missing, a disk is full. Exit code 1.
    Failed,
    /// The command was put wrongly. Exit code 2.
    Usage,
    /// A rule says no. Exit code 3.
    Refused,
    /// The shop's own data is damaged. Exit code 4.
    Damaged,
    /// The owner stopped it. Exit code 130.
    Stopped,
}

/// A place in a text somebody wrote: which text, and the byte range to underline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The file as the owner would name it, `notes/2026-12.md`.
    pub file: String,
    /// The whole text of the file.
    pub text: Arc<str>,
    /// Bytes of `text` to underline.
    pub span: Range<usize>,
    /// The line of the span's beginning, where it is known without counting: a sheet may have a hundred thousand spots.
    pub known_line: Option<usize>,
    /// A few words beside the underline; may be empty.
    pub label: String,
}

impl Spot {
    /// The line of the spot's beginning, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        if let Some(line) = self.known_line {
            return line;
        }
        let end = self.span.start.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|b| **b == b'\n').count() + 1
    }
}

/// One thing that went wrong. The message is a sentence without a full stop, beginning in lower case; hints say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What sort.
    pub kind: Kind,
    /// What happened, as a sentence.
    pub message: String,
    /// Where in a text, if anywhere.
    pub spots: Vec<Spot>,
    /// What to do next, each a sentence.
    pub hints: Vec<String>,
}

/// The result of anything that may go wrong.
pub type Result<T, E = Trouble> = std::result::Result<T, E>;

impl Trouble {
    fn new(kind: Kind, message: impl Into<String>) -> Trouble {
        Trouble { kind, message: message.into(), spots: Vec::new(), hints: Vec::new() }
    }

    /// It could not be done.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Trouble {
        Trouble::new(Kind::Failed, message)
    }

    /// The command was put wrongly.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Trouble {
        Trouble::new(Kind::Usage, message)
    }

    /// A rule says no.
    #[must_use]
    pub fn refused(message: impl Into<String>) -> Trouble {
        Trouble::new(Kind::Refused, message)
    }

    /// The shop's own data is damaged.
    #[must_use]
    pub fn damaged(message: impl Into<String>) -> Trouble {
        Trouble::new(Kind::Damaged, message)
    }

    /// The owner stopped it.
    #[must_use]
    pub fn stopped(message: impl Into<String>) -> Trouble {
        Trouble::new(Kind::Stopped, message)
    }

    /// An operating-system error on a file: `cannot read notes/2026-12.md: permission denied`.
    #[must_use]
    pub fn file(what: &str, path: &std::path::Path, error: &std::io::Error) -> Trouble {
        Trouble::failed(format!("cannot {what} {}: {error}", path.display()))
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, spot: Spot) -> Trouble {
        self.spots.push(spot);
        self
    }

    /// Says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Trouble {
        self.hints.push(hint.into());
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Trouble {}
