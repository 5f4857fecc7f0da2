//! When a card is held back: something is wrong just now, or there were enough cards already.

use crate::day::Day;
use crate::due::{Affairs, Due, Sent};
use crate::rules::{Give, Mark};

/// Marks the cards of one person that should wait, with the reason.
pub(super) fn hold(affairs: &Affairs<'_>, marks: &[Mark], sent: &[&Sent], theirs: &mut [Due]) {
    let trouble = trouble(affairs, marks);
    let habits = &affairs.rules.habits;
    let mut made: Vec<(Day, bool)> = sent
        .iter()
        .filter(|s| s.made > affairs.today.plus(-365) && s.made <= affairs.today)
        .map(|s| (s.made, s.state == "answered"))
        .collect();
    made.sort_unstable();
    let sign = |since: Day| {
        made.iter().any(|(day, answered)| *day >= since && *answered)
            || marks.iter().any(|m| m.on > since && !affairs.rules.meaning(m.kind).is_some_and(|k| k.silent))
    };
    let back = sent.iter().max_by_key(|s| s.made).is_some_and(|s| s.state == "returned");
    let mut planned = 0;
    let mut order: Vec<usize> = (0..theirs.len()).filter(|i| theirs[*i].kind == Give::Card).collect();
    order.sort_by_key(|i| (theirs[*i].post_by, theirs[*i].day));
    for at in order {
        let due = &mut theirs[at];
        if back {
            due.ask.push("the last card came back: what is the address?".into());
        }
        if due.state == "printed" {
            continue;
        }
        let count = made.len() + planned;
        let asked_after =
            made.len().checked_sub(habits.ask_after).filter(|_| habits.ask_after > 0).and_then(|i| made.get(i)).map(|m| m.0);
        due.held = if let Some(why) = trouble.as_ref().filter(|_| !due.solemn) {
            why.clone()
        } else if due.solemn {
            String::new()
        } else if count >= habits.cards_a_year {
            let how_many = if planned > 0 { format!("{} and {planned} more due before", made.len()) } else { count.to_string() };
            format!("{how_many} in a year are enough")
        } else if let Some(since) = asked_after.filter(|since| !sign(*since)) {
            format!("{} cards since {} and no sign of life: ask them before the next", habits.ask_after, since.plain())
        } else {
            planned += 1;
            String::new()
        };
        if !due.held.is_empty() {
            due.state = "held";
            due.late = false;
        }
    }
}

/// Nothing goes to an address that is known to be wrong; it is said what is missing.
pub(super) fn want_address(theirs: &mut [Due]) {
    for due in theirs.iter_mut().filter(|d| d.kind == Give::Card) {
        "their mail comes back: the new address is wanted".clone_into(&mut due.held);
        due.ask.clear();
        due.state = "held";
        due.late = false;
    }
}

/// What is wrong just now: an open complaint, a loss that is still fresh.
fn trouble(affairs: &Affairs<'_>, marks: &[Mark]) -> Option<String> {
    let holds = |m: &Mark| affairs.rules.meaning(m.kind).filter(|k| k.holds).map(|k| k.holds_days);
    let fresh = marks.iter().find(|m| holds(m).is_some_and(|days| days > 0 && affairs.today.since(m.on) <= i64::from(days)));
    let open = || {
        let until_closed = marks.iter().any(|m| holds(m) == Some(0));
        let threads = if until_closed { affairs.rules.threads(marks) } else { Vec::new() };
        threads.into_iter().find(|t| t.closed.is_none() && holds(&marks[t.at]) == Some(0)).map(|t| marks[t.at])
    };
    if let Some(mark) = open() {
        return Some(format!("{} of {} is open", affairs.rules.name(mark.kind), mark.on.plain()));
    }
    fresh.map(|mark| format!("{} on {}", affairs.rules.name(mark.kind), mark.on.plain()))
}
