//! wetink: cards with a note of their own for every customer.
//!
//! The map of the house, from the ground up; a room uses only what is listed before it (`tests/floors.rs` keeps it so). The
//! blank lines keep the order: without them the formatter would sort it away.

// Ground floor: what everybody stands on.
pub mod measure;
pub mod trouble;

pub mod day;
pub mod words;

// People: pure, no files, no clock.
pub mod person;
pub mod touch;

pub mod occasion;

pub mod rules;

pub mod brief;
pub mod due;
pub mod echo;

pub mod note;

// Books: the folder, the sheet, the ledger, other programs' files.
pub mod import;
pub mod shop;

pub mod ledger;
pub mod sheet;

// Paper: what is drawn, and on what.
pub mod page;

pub mod face;

pub mod address;
pub mod hand;
pub mod stock;
pub mod typeset;

pub mod letter;

pub mod card;

// Doors: pages out.
pub mod out;

pub mod studio;

// The desk, where books and paper meet, and the roof.
pub mod desk;

pub mod cli;
