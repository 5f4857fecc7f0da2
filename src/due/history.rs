//! What follows from a person's history: threads still open, cards and calls that answer something, the usual purchase that didn't
//! come, and those nobody has heard from for the longest time.

use crate::day::{Day, Month};
use crate::due::{Affairs, ByWho, Due, MISSED_AFTER, Party, Sent, Window, card};
use crate::occasion::Occasion;
use crate::person::Status;
use crate::rules::{Give, Kinds, Mark, Ready, Skipped, Thread, When};

/// How long a call stays on the list.
const CALL_LASTS: i64 = 60;
/// How long a skipped purchase is worth a word.
const SKIPPED_LASTS: i64 = 90;

/// Asks every rule about one person.
pub(super) fn follow(
    affairs: &Affairs<'_>,
    person: &Party,
    marks: &[Mark],
    sent: &[&Sent],
    window: Window,
    found: &mut Vec<Due>,
) {
    if marks.is_empty() {
        return;
    }
    let threads = affairs.rules.threads(marks);
    let kinds = Kinds::among(marks);
    for rule in affairs.rules.all().iter().filter(|rule| rule.follows_any(&kinds)) {
        if let Some(skipped) = rule.rule.skipped {
            found.extend(usual(affairs, person, marks, sent, rule, skipped, window));
            continue;
        }
        let open = |t: &&Thread| rule.follows(marks[t.at].kind);
        let is_thread = threads.iter().any(|t| open(&t));
        match rule.rule.when {
            When::Closed => {
                let newest = threads.iter().filter(open).filter(|t| t.closed.is_some()).max_by_key(|t| t.closed);
                if let Some((thread, on)) = newest.and_then(|t| Some((t, t.closed?))) {
                    let mark = Mark { on, until: None, ..marks[thread.at] };
                    found.extend(one(affairs, person, marks, sent, rule, &mark, 1, window, false));
                }
            }
            When::Happened if is_thread => {
                for thread in threads.iter().filter(open).filter(|t| t.closed.is_none()) {
                    found.extend(one(affairs, person, marks, sent, rule, &marks[thread.at], 1, window, true));
                }
            }
            When::Happened => {
                if let Some((mark, times)) = newest(marks, rule) {
                    found.extend(one(affairs, person, marks, sent, rule, mark, times, window, false));
                }
            }
        }
    }
}

/// The newest mark the rule follows from, and which time it was.
fn newest<'m>(marks: &'m [Mark], rule: &Ready) -> Option<(&'m Mark, usize)> {
    let (mut times, mut found) = (0, None);
    for mark in marks {
        if rule.breaks(mark.kind) {
            times = 0;
            found = None;
        } else if rule.follows(mark.kind) {
            times += 1;
            if rule.rule.at.is_empty() || rule.rule.at.contains(&times) {
                found = Some((mark, times));
            }
        }
    }
    found.filter(|(f, _): &(&Mark, usize)| !marks.iter().any(|m| rule.settles(m.kind) && m.on >= f.on))
}

#[expect(clippy::too_many_arguments, reason = "one row of a table: whom, what, when")]
fn one(
    affairs: &Affairs<'_>,
    person: &Party,
    marks: &[Mark],
    sent: &[&Sent],
    rule: &Ready,
    mark: &Mark,
    times: usize,
    window: Window,
    thread: bool,
) -> Option<Due> {
    let written = &rule.rule;
    let day = match (written.before, mark.until, written.after) {
        (Some(before), Some(until), _) => until.plus(-i64::from(before)),
        (Some(_), None, None) => return None,
        (None, Some(until), _) => until,
        (_, None, after) if written.working => affairs.post.after(mark.on, after.unwrap_or(0)),
        (_, None, after) => mark.on.plus(i64::from(after.unwrap_or(0))),
    };
    let lasts = written.lasts.map_or(if written.give == Give::Card { MISSED_AFTER } else { CALL_LASTS }, i64::from);
    if day > window.to || (!thread && (day < affairs.today.plus(-lasts) || day < window.from.plus(-lasts))) {
        return None;
    }
    let post_by = if written.give == Give::Card { affairs.post.last_before(day) } else { day };
    let mut due = card(affairs, person, &rule.occasion, day, post_by);
    due.kind = written.give;
    due.solemn = written.cheerful == Some(false);
    due.ask.clone_from(&written.ask);
    due.touch = Some(mark.n);
    let kind = affairs.rules.name(mark.kind);
    let nth = if times > 1 { format!("{} ", ordinal(times)) } else { String::new() };
    due.why = format!("{nth}{kind} on {}", mark.on.plain());
    due.recall = marks.iter().rev().filter(|m| m.on < mark.on).find(|m| rule.recalls(m.kind)).map(|m| m.n);
    if due.kind != Give::Card {
        due.state = "open";
        return Some(due);
    }
    // One card answers everything before it; and there is one card for an occasion in a month.
    let key = rule.occasion.key(day);
    let made = sent.iter().find(|s| s.occasion == rule.occasion.as_str() && (s.made >= mark.on || s.key == key));
    match made {
        Some(made) if made.state == "printed" => due.state = "printed",
        Some(_) => return None,
        None => {}
    }
    Some(due)
}

/// Somebody whose own rhythm says they would have come by now. Figures, no label: how often, and how long it is.
fn usual(
    affairs: &Affairs<'_>,
    person: &Party,
    marks: &[Mark],
    sent: &[&Sent],
    rule: &Ready,
    skipped: Skipped,
    window: Window,
) -> Option<Due> {
    let mut days: Vec<Day> = marks.iter().filter(|m| rule.follows(m.kind)).map(|m| m.on).collect();
    days.dedup();
    if days.len() < skipped.times.max(2) {
        return None;
    }
    let last = *days.last()?;
    let recent = &days[days.len().saturating_sub(13)..];
    let mut gaps: Vec<i64> = recent.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    gaps.sort_unstable();
    // Of an even number the longer of the two in the middle: nobody is asked too early.
    let median = gaps[gaps.len() / 2];
    let gap = affairs.today.since(last);
    let overdue = median as f64 * skipped.factor;
    let lasts = rule.rule.lasts.map_or(SKIPPED_LASTS, i64::from) as f64;
    if median < 3 || (gap as f64) <= overdue || gap as f64 > overdue + lasts {
        return None;
    }
    let mut due = offer(affairs, person, &rule.occasion, window)?;
    due.kind = rule.rule.give;
    due.ask.clone_from(&rule.rule.ask);
    due.why = format!("usually every {median} days, last {gap} days ago");
    if due.kind != Give::Card {
        due.state = "open";
        return Some(due);
    }
    match sent.iter().find(|s| s.occasion == rule.occasion.as_str() && s.made >= last) {
        Some(made) if made.state == "printed" => due.state = "printed",
        Some(_) => return None,
        None => {}
    }
    Some(due)
}

/// A card that has no day of its own: any day of this month will do.
fn offer(affairs: &Affairs<'_>, person: &Party, occasion: &Occasion, window: Window) -> Option<Due> {
    let day = Month::of(affairs.today).last();
    window.holds(day).then(|| Due { late: false, ..card(affairs, person, occasion, day, affairs.post.last_before(day)) })
}

/// Whether somebody must have told it: neither a fact nor something silent.
fn loud(affairs: &Affairs<'_>, mark: &Mark) -> bool {
    !affairs.rules.meaning(mark.kind).is_some_and(|k| k.silent || k.fact)
}

/// The day somebody was last heard from, if that is long ago on the first of the month and nothing of theirs is near.
pub(super) fn quiet_since(affairs: &Affairs<'_>, person: &Party, marks: &[Mark], by_who: &ByWho<'_>) -> Option<Day> {
    let first = Month::of(affairs.today).first();
    if person.status != Status::Contact {
        return None;
    }
    let last = marks.iter().rev().filter(|m| m.on < first).find(|m| loud(affairs, m))?.on;
    if last > first.plus(-i64::from(affairs.rules.habits.quiet_days)) {
        return None;
    }
    let soon = |date: Option<crate::day::Birthday>| date.is_some_and(|d| d.next(first) < first.plus(60));
    let own = [Some(&person.id), person.household.as_ref()];
    let mut sent = own.iter().flatten().filter_map(|id| by_who.get(*id)).flatten();
    let near = soon(person.birthday) || soon(person.anniversary) || sent.any(|s| s.made < first && s.made >= first.plus(-365));
    (!near).then_some(last)
}

/// The few who were not heard from for the longest time, of those who are quiet since a day. Chosen on the first of the month, so that
/// the choice stays the same all month; whoever is heard from or written to drops out, and nobody moves up.
pub(super) fn quiet(affairs: &Affairs<'_>, mut longest: Vec<(Day, usize)>, by_who: &ByWho<'_>, window: Window) -> Vec<Due> {
    let first = Month::of(affairs.today).first();
    let occasion = Occasion::new("hello");
    let mut marks = Vec::new();
    longest.sort_unstable();
    let mut found = Vec::new();
    for (last, at) in longest.into_iter().take(affairs.rules.habits.quiet_people) {
        let person = &affairs.people[at];
        affairs.stories.of(at, &mut marks);
        let Some(mut due) = offer(affairs, person, &occasion, window) else { continue };
        let made = by_who.get(&person.id).and_then(|s| s.iter().find(|s| s.made >= first));
        match made {
            Some(made) if made.state == "printed" && made.occasion == "hello" => due.state = "printed",
            Some(_) => continue,
            None if marks.iter().any(|m| m.on >= first && loud(affairs, m)) => continue,
            None => {}
        }
        due.why = format!("last heard from on {}", last.plain());
        due.touch = marks.iter().rev().filter(|m| m.on == last).find(|m| loud(affairs, m)).map(|m| m.n);
        let mut only = vec![due];
        super::restraint::hold(affairs, &marks, &[], &mut only);
        found.append(&mut only);
    }
    found
}

/// `4th`.
fn ordinal(n: usize) -> String {
    let end = match (n % 10, n % 100) {
        (1, r) if r != 11 => "st",
        (2, r) if r != 12 => "nd",
        (3, r) if r != 13 => "rd",
        _ => "th",
    };
    format!("{n}{end}")
}
