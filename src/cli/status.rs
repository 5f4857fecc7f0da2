//! `wetink status`: the month at a glance.

use clap::Args;
use serde::Serialize;

use crate::cli::due::{owed, window};
use crate::cli::talk::{BAD, DIM, STRONG, Talk, count, styled};
use crate::cli::{Done, World, typed, workroom};
use crate::day::Month;
use crate::trouble::Result;

#[derive(Debug, Args)]
pub struct Status {
    /// The month; this one if not given
    #[arg(long, value_name = "MONTH", value_parser = typed::<Month>)]
    month: Option<Month>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Every number is a count of rows of the ledger or of lines of `wetink due`.
#[derive(Serialize)]
struct Glance {
    month: String,
    /// Cards due this month that nobody has written yet.
    planned: usize,
    /// Notes on a sheet, not printed yet.
    written: usize,
    /// Cards for a day of this month, by what became of them.
    printed: usize,
    posted: usize,
    returned: usize,
    answered: usize,
    /// Cards whose post-by day has passed and that aren't posted.
    late: usize,
    /// Everybody in the ledger.
    people: usize,
    /// People of whom nothing is recorded but who they are.
    unknown: usize,
}

impl Status {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let month = self.month.unwrap_or_else(|| Month::of(world.today));
        let due = owed(&shop, &ledger, window(Some(month), None, world.today), world.today)?;
        let states = ledger.states_in(month.first(), month.last())?;
        let of = |state: &str| states.get(state).copied().unwrap_or(0);
        let glance = Glance {
            month: month.to_string(),
            planned: due.iter().filter(|d| d.state == "planned").count(),
            written: due.iter().filter(|d| d.state == "written").count(),
            printed: of("printed"),
            posted: of("posted"),
            returned: of("returned"),
            answered: of("answered"),
            late: due.iter().filter(|d| d.late).count(),
            people: ledger.count_people()?,
            unknown: ledger.count_unknown()?,
        };
        if self.json {
            talk.put_json(&glance);
            return Ok(Done::Well);
        }
        talk.put(styled(STRONG, &month.long()));
        let rows = [
            ("planned", glance.planned),
            ("written", glance.written),
            ("printed", glance.printed),
            ("posted", glance.posted),
            ("returned", glance.returned),
            ("answered", glance.answered),
        ];
        let most = rows.iter().map(|r| r.1).max().unwrap_or(0).max(1);
        for (name, number) in rows {
            let bar = "█".repeat((number * 30).div_ceil(most));
            talk.put(format!("  {name:<9} {number:>4}  {}", styled(DIM, &bar)));
        }
        if glance.late > 0 {
            talk.put(format!("  {}", styled(BAD, &format!("{} late", count(glance.late, "card")))));
        }
        talk.put(format!("{}; of {} nothing is recorded yet.", count(glance.people, "person"), glance.unknown));
        Ok(Done::Well)
    }
}
