//! The writing sheet: read, refreshed, every typed byte kept.
