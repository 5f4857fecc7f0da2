//! Text as it is read: folded, cut into words and sentences, safe to show.
