//! The note: anything typed is a draft; only what echoes nothing becomes a note.

use crate::echo::{Fresh, Overruled};

/// A note that may be printed. There is no way to make one but with the proof that its very words were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    ps: String,
    overruled: Option<Overruled>,
}

impl Note {
    /// Makes a note of a draft, given the proof that this very text was found fresh (or let through with a reason). `whole` is
    /// note and postscript as they were checked; a proof for other words makes nothing.
    #[must_use]
    pub fn accept(note: &str, ps: &str, whole: &str, fresh: &Fresh) -> Option<Note> {
        fresh.is_for(whole).then(|| Note { text: note.to_owned(), ps: ps.to_owned(), overruled: fresh.overrule().cloned() })
    }

    /// A note that was printed before, to print the same card again: its words are on record, checked when they were new.
    #[must_use]
    pub fn on_record(note: &str, ps: &str, because: &str) -> Note {
        let overruled = (!because.is_empty()).then(|| Overruled { rules: Vec::new(), because: because.to_owned() });
        Note { text: note.to_owned(), ps: ps.to_owned(), overruled }
    }

    /// The note without its postscript; paragraphs apart by an empty line.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The postscript, without its `PS:`; may be empty.
    #[must_use]
    pub fn ps(&self) -> &str {
        &self.ps
    }

    /// Why a rule was overruled, if one was.
    #[must_use]
    pub fn because(&self) -> &str {
        self.overruled.as_ref().map_or("", |o| &o.because)
    }
}
