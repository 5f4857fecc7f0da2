//! `wetink demo`: a made-up shoe shop.
use crate::cli::talk::Talk;
use crate::cli::{Done, World};
use crate::trouble::Result;
use clap::Args;
#[derive(Debug, Args)]
pub struct Demo {
    dir: Option<std::path::PathBuf>,
}
impl Demo {
    pub fn run(self, _w: &World, _t: &Talk) -> Result<Done> {
        Ok(Done::Well)
    }
}
