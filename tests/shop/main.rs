//! The whole tool as an owner uses it: the real binary in a shop of its own, today and editor given, no network.

mod any_bytes;
mod book;
mod builder;
mod crash;
mod damage;
mod hostile;
mod month;
mod people;
mod privacy;
mod promise;
mod relations;
mod supply;
mod troubles;
