//! The ledger: people, cards and history in one SQLite file.
