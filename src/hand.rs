//! Text written in a hand: fitted, varied from a seed, never the same letter twice.
