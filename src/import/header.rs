//! What a header says: which column is what, which of them the owner named, and what sort of list it is altogether.

use std::collections::VecDeque;

use super::clean::{self, squeezed};
use super::columns::{self, Field, HOME, Place};
use super::csv::Record;
use super::{Mapping, Wanted, touches};
use crate::trouble::Trouble;

/// Whether a name of the owner's means this column: its header, or its number.
fn means(name: &str, at: usize, cell: &str) -> bool {
    is_called(name, cell) || name.parse::<usize>().is_ok_and(|n| n == at + 1)
}

fn is_called(name: &str, cell: &str) -> bool {
    name.eq_ignore_ascii_case(cell) || (!cell.is_empty() && clean::folded(name) == clean::folded(cell))
}

/// What the owner says a column is.
pub(super) fn meaning_told(mapping: &Mapping, at: usize, cell: &str) -> Option<Field> {
    let by_name = mapping.columns.iter().find(|(name, _)| is_called(name, cell));
    by_name.or_else(|| mapping.columns.iter().find(|(name, _)| means(name, at, cell))).map(|(_, field)| *field)
}

/// Whether the table has the column that somebody named.
pub(super) fn is_there(name: &str, cells: &[&str], width: usize) -> bool {
    name.parse::<usize>().is_ok_and(|n| (1..=width).contains(&n)) || cells.iter().any(|cell| is_called(name, cell))
}

pub(super) fn listed(names: &[String]) -> String {
    let more = if names.len() > 12 { ", …" } else { "" };
    names.iter().take(12).cloned().collect::<Vec<_>>().join(", ") + more
}

/// A column of words such as `purchase` and `visit` says what sort of thing happened, whatever its header is.
pub(super) fn words_of_kinds(found: &mut [Option<(Field, Place)>], cells: &[&str], sample: &VecDeque<Record>, mapping: &Mapping) {
    if found.iter().flatten().any(|(field, _)| *field == Field::Kind) {
        return;
    }
    let known = |cell: &str| {
        let kind = touches::kind(cell, "");
        mapping.kinds.contains(&kind) || ["invoice", "payment", "purchase", "refund"].contains(&kind.as_str())
    };
    let kinds = |at: usize| {
        let all: Vec<&str> = sample.iter().map(|record| record.cell(at)).filter(|cell| !cell.is_empty()).collect();
        let short = all.iter().all(|cell| cell.split_whitespace().count() <= 2);
        short && 2 * all.iter().filter(|cell| known(cell)).count() > all.len()
    };
    let free = |at: usize| meaning_told(mapping, at, cells.get(at).copied().unwrap_or_default()).is_none();
    let open = |at: &usize| matches!(found[*at], None | Some((Field::Note | Field::Item | Field::Group | Field::Title, _)));
    if let Some(at) = (0..found.len()).filter(open).find(|at| free(*at) && kinds(*at)) {
        found[at] = Some((Field::Kind, HOME));
    }
}

/// A card has one note: of several columns that may be it, the one the owner named, or the first. The others aren't used, and told.
pub(super) fn one_note(found: &mut [Option<(Field, Place)>], cells: &[&str], mapping: &Mapping) {
    let notes: Vec<usize> = (0..found.len()).filter(|at| matches!(found[*at], Some((Field::Note, _)))).collect();
    let named = |at: &&usize| meaning_told(mapping, **at, cells.get(**at).copied().unwrap_or_default()).is_some();
    let Some(keep) = notes.iter().find(named).or(notes.first()).copied() else { return };
    for at in notes.into_iter().filter(|at| *at != keep) {
        found[at] = None;
    }
}

/// What a list looks like that is taken for people and has nothing of theirs but a name.
pub(super) fn rather(cells: &[&str], found: &[Option<(Field, Place)>]) -> Option<Wanted> {
    const THEIRS: [Field; 4] = [Field::Name, Field::Given, Field::Family, Field::Id];
    let of = |wanted: Wanted| -> Vec<Field> {
        cells.iter().filter_map(|cell| columns::recognised(cell, wanted)).map(|(field, _)| field).collect()
    };
    // A remark may be anybody's.
    if found.iter().flatten().any(|(field, _)| !THEIRS.contains(field) && *field != Field::Remark) {
        return None;
    }
    let (cards, touches) = (of(Wanted::Cards), of(Wanted::Touches));
    let has = |fields: &[Field], wanted: &[Field]| wanted.iter().all(|field| fields.contains(field));
    let by_occasion = cells.iter().any(|cell| ["occasion", "anlass", "ocasion", "okazja"].contains(&squeezed(cell).as_str()));
    if has(&cards, &[Field::Name, Field::Note, Field::Occasion]) && by_occasion {
        return Some(Wanted::Cards);
    }
    let told = [Field::Kind, Field::Note, Field::Amount, Field::Item].iter().any(|field| touches.contains(field));
    (has(&touches, &[Field::Name, Field::Date]) && told).then_some(Wanted::Touches)
}

/// A list that is no list of people: what it looks like, and what to say to have it read as that.
pub(super) fn no_people(file: &str, rather: Wanted) -> Trouble {
    let (what, word) = match rather {
        Wanted::Cards => ("cards that were sent", "cards"),
        _ => ("what happened", "touches"),
    };
    Trouble::usage(format!("{file} looks like a list of {what}, not of people")).hint(format!("import it with --as {word}"))
}

/// What each cell of a header is; a mapping goes first.
pub(super) fn meanings(cells: &[&str], wanted: Wanted, mapping: &Mapping) -> Vec<Option<(Field, Place)>> {
    let mut found: Vec<Option<(Field, Place)>> = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let place = columns::recognised(cell, wanted);
        found.push(match meaning_told(mapping, at, cell) {
            Some(Field::Ignore) => None,
            Some(Field::Note) if wanted == Wanted::People => Some((Field::Remark, HOME)),
            Some(field) => Some((field, place.filter(|(f, _)| *f == field).map_or(HOME, |(_, p)| p))),
            None => place,
        });
    }
    found
}
