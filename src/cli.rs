//! The roof: verbs, talk, exit codes.
