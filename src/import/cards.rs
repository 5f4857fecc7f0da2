//! The cards of earlier years: whom, why, when, and the note in its own words.

use super::columns::Field;
use super::csv::Record;
use super::dates::{self, Told};
use super::read::Plan;
use super::{Found, Loss, PastCard, Problem, clean};

/// One past card out of one record.
pub(super) fn row(plan: &Plan, record: &Record) -> Found {
    let mut left_out = Vec::new();
    let problem = |message: String| Found::Problem(Problem { line: record.line, message, loss: Loss::Row });
    let line = |field: Field, what: &str, left_out: &mut Vec<String>| clean::line(what, plan.cell(record, field), left_out);
    let mut to = line(Field::Name, "name", &mut left_out);
    if to.is_empty() {
        let both = [line(Field::Given, "given name", &mut left_out), line(Field::Family, "family name", &mut left_out)];
        both.join(" ").trim().clone_into(&mut to);
    }
    for (field, what) in [(Field::Email, "e-mail"), (Field::Id, "number")] {
        if to.is_empty() {
            to = line(field, what, &mut left_out);
        }
    }
    if to.is_empty() {
        return problem("this card says nobody it went to, so it was left out; fill in the column `to`".into());
    }
    let note = clean::text("note", plan.cell(record, Field::Note), &mut left_out);
    if !note.chars().any(char::is_alphanumeric) {
        return problem(format!(
            "the card to {} has no note, so there is nothing to remember; it was left out",
            clean::shown(&to)
        ));
    }
    let mut day = None;
    for at in plan.columns.of(Field::Date) {
        match dates::day("date", record.cell(at), plan.rules(at)) {
            Told::Nothing => {}
            Told::Known(known, _) => {
                day = Some(known);
                break;
            }
            Told::Refused(why) => left_out.push(why),
        }
    }
    Found::Card(Box::new(PastCard {
        line: record.line,
        to,
        occasion: line(Field::Occasion, "occasion", &mut left_out),
        day,
        note,
        ps: clean::text("postscript", plan.cell(record, Field::Ps), &mut left_out),
        letter: line(Field::Letter, "letter", &mut left_out),
        left_out,
    }))
}
