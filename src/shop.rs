//! The shop folder and its wetink.toml.
