//! wetink: cards with a note of their own for every customer.
//!
//! The map of the house, from the ground up; a file uses only what is below it (`tests/floors.rs` keeps it so).

pub mod day;
pub mod measure;
pub mod trouble;
pub mod words;

pub mod person;
pub mod touch;

pub mod occasion;

pub mod brief;
pub mod due;
pub mod echo;
pub mod note;

pub mod import;
pub mod ledger;
pub mod sheet;
pub mod shop;

pub mod page;

pub mod face;

pub mod address;
pub mod card;
pub mod hand;
pub mod letter;
pub mod stock;
pub mod typeset;

pub mod out;

pub mod studio;

pub mod desk;

pub mod cli;
