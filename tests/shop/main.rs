//! The whole tool as an owner uses it: the real binary in a shop of its own, today and editor given, no network.

mod book;
mod builder;
mod crash;
mod large;
mod month;
mod people;
mod relations;
mod troubles;
