//! The whole tool as an owner uses it: the real binary in a shop of its own, today and editor given, no network.

mod any_bytes;
mod attack;
mod book;
mod builder;
mod crash;
mod damage;
mod first_user;
mod hostile;
mod intake;
mod large;
mod month;
mod pack;
mod paper;
mod people;
mod privacy;
mod promise;
mod relations;
mod supply;
mod threads;
mod troubles;
mod undo;
