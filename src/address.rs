//! An address as its country writes it.
