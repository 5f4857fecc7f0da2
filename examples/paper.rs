//! Pictures of the paper: every stock's outline on one sheet, and a few test pages. `cargo run --example paper -- FOLDER`.

use std::path::PathBuf;

use wetink::measure::Point;
use wetink::out::pdf::{Meta, write};
use wetink::out::png::draw;
use wetink::stock::{Printer, Shelf, Turn, test_page};
use wetink::studio::show::picture_of_stocks;
use wetink::trouble::{Result, Trouble};
use wetink::typeset::TypeCase;

fn main() -> Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".into()));
    let keep = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| Trouble::file("write", &path, &error))
    };
    let case = TypeCase::shipped()?;
    let label = |text: &str, size: f64| case.text.clone().sized(size).line(text).at(Point::ZERO);
    let shelf = Shelf::with(&[])?;
    keep("stocks.png", picture_of_stocks(&shelf.all().iter().collect::<Vec<_>>())?)?;
    for name in ["a6-4up", "5x7-fold", "avery-3266", "avery-l7160", "env-dl"] {
        let pages = test_page(shelf.find(name)?, Turn::LongEdge, &Printer::default(), &label);
        keep(&format!("test-{name}.png"), draw(&pages[0], 80.0)?)?;
        keep(&format!("test-{name}.pdf"), write(&pages, &Meta::default())?)?;
    }
    Ok(())
}
