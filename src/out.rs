//! The leaves: pages out as PDF and pictures.

pub mod pdf;
pub mod png;
