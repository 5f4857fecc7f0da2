//! A card's panels: cover, the written side, what a folded card has besides.

mod chance;
pub mod cover;
