//! The note: anything typed is a draft; only what echoes nothing becomes a note.
