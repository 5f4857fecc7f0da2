//! The leaves: pages out as PDF and pictures.

mod photo;

pub mod calendar;
pub mod pack;
pub mod pdf;
pub mod png;
