//! The leaves: pages out as PDF and pictures.

mod photo;

pub mod pdf;
pub mod png;
