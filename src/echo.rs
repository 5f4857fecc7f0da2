//! Does this draft echo an earlier note? The verdict, with its evidence.
