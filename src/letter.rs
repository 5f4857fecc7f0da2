//! The printed part of a card, dressed around the note.
