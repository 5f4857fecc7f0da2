//! The rules, one after the other, on one draft.

use crate::words::Words;

use super::align::coarse;
use super::compare::{Is, Likeness, compare};
use super::explain::{self, Source, fold_hash, marks, one_line, short};
use super::reading::{Frequencies, Reading, Term};
use super::{Draft, Earlier, Finding, House, Kept, Other, Read, Rule, names, placeholder, stranger, wording};

/// Shares of a patchwork: so much of the note must come from others.
const PATCHED: f32 = 0.70;
/// A patch has this score, so many equal words, and such a run of them.
const PATCH_SCORE: f32 = 2.0;
const PATCH_WORDS: usize = 5;
const PATCH_RUN: usize = 4;
/// With so small a part of own words, exchanged ones make a template of it.
const TEMPLATE_OWN: f32 = 0.34;

/// A scrambled note is like another if they share one in so many of their rows of letters.
const ALIKE: usize = 5;

/// An earlier note read, and how alike.
struct Beside<'a> {
    earlier: &'a Earlier,
    reading: &'a Reading,
    likeness: Likeness,
    same_words: bool,
    same_but_names: bool,
}

/// All findings, in the order of the rules. `read` is what was read of the draft when another was held against it, if anything.
pub(super) fn findings(draft: &Draft<'_>, read: &Read, earlier: &[Earlier], house: &House) -> Vec<Finding> {
    let holes = placeholder::holes(draft.text);
    let reading_of = |words: Words| Reading::of(words, &draft.recipient.names, &house.keep, &house.frequencies);
    let as_typed = read.whole.get_or_init(|| reading_of(Words::read(draft.text)));
    let unscrambled = unscrambled(&as_typed.words, draft, earlier).map(reading_of);
    let reading = unscrambled.as_ref().unwrap_or(as_typed);
    let mut found = Vec::new();
    if reading.words.is_empty() || house.prompts.contains(&fold_hash(&reading.words)) {
        found.push(Finding::new(Rule::MissingNote, "there is no note").help(format!(
            "write at least one thing only {} would recognise",
            if draft.recipient.name.is_empty() { "they".into() } else { crate::words::shown(&draft.recipient.name) }
        )));
        return found;
    }
    if !holes.is_empty() {
        let what = one_line(draft.text, &holes[0]);
        let mut finding = Finding::new(Rule::Placeholder, format!("`{}` is a hole nobody filled", short(&what, 40)));
        finding.ranges = holes;
        found.push(finding);
    }
    let beside = lay_beside(draft, reading, earlier, house);
    let copy = copy(draft, reading, &beside);
    found.extend(stranger::findings(draft, reading, house, copy.as_ref().map(|c| c.0.earlier)));
    match copy {
        Some((_, finding)) => {
            // Where more of it comes from others than from the nearest one, naming them all says more.
            let stitched = patchwork(draft, reading, &beside).filter(|p| p.counts().2 < finding.counts().2);
            found.push(stitched.filter(|_| finding.rule == Rule::NearDuplicate).unwrap_or(finding));
        }
        None => found.extend(patchwork(draft, reading, &beside)),
    }
    found.extend(wording::findings(draft, reading, house));
    found
}

/// The draft with its words as they are in the earlier notes, where it has their letters and not their gaps.
fn unscrambled(words: &Words, draft: &Draft<'_>, earlier: &[Earlier]) -> Option<Words> {
    if !words.scrambled() {
        return None;
    }
    let rows = words.rows_of_letters();
    let mut alike: Vec<Words> = Vec::new();
    for old in earlier {
        let Kept::Text(text) = &old.note else { continue };
        let old_words = Words::read(text);
        let old_rows = old_words.rows_of_letters();
        let shared = old_rows.iter().filter(|row| rows.binary_search(row).is_ok()).count();
        if shared * ALIKE >= rows.len().min(old_rows.len()) {
            alike.push(old_words);
        }
    }
    if alike.is_empty() {
        return None;
    }
    alike.extend(draft.recipient.names.iter().map(|n| Words::read(n)));
    words.recut(&alike.iter().collect::<Vec<_>>())
}

fn lay_beside<'a>(draft: &Draft<'_>, reading: &Reading, earlier: &'a [Earlier], house: &House) -> Vec<Beside<'a>> {
    let rest = reading.words.rest();
    let mut beside = Vec::new();
    for old in earlier {
        if !old.card.is_empty() && draft.card == Some(old.card.as_str()) {
            continue;
        }
        let old_reading = old.read.whole.get_or_init(|| match &old.note {
            Kept::Traces(traces) => from_traces(traces),
            Kept::Text(text) => Reading::new(text, &old.names, &house.keep, &house.frequencies),
        });
        let (same_words, same_but_names) = match &old.note {
            Kept::Traces(_) => (old.identical, old.identical),
            Kept::Text(_) if old_reading.words.rest() != rest => (false, false),
            Kept::Text(_) => (same_words(reading, old_reading), same_but_names(reading, old_reading)),
        };
        let likeness = match compare(reading, old_reading) {
            Some(likeness) => likeness,
            None if same_words || same_but_names || old.identical => nothing_to_compare(reading),
            None => continue,
        };
        beside.push(Beside { earlier: old, reading: old_reading, likeness, same_words, same_but_names });
    }
    // The most alike first; of equals the newest, and a note on the sheet before all others.
    beside.sort_by(|a, b| {
        let rank = |x: &Beside<'_>| (x.same_words || x.same_but_names || x.earlier.identical, x.likeness.copy);
        rank(b)
            .cmp(&rank(a))
            .then(b.likeness.matched.total_cmp(&a.likeness.matched))
            .then(b.earlier.day.cmp(&a.earlier.day))
            .then(a.earlier.card.cmp(&b.earlier.card))
    });
    beside
}

/// Word for word the same, as words are seen.
fn same_words(draft: &Reading, old: &Reading) -> bool {
    draft.terms.iter().map(|t| t.shape).eq(old.terms.iter().map(|t| t.shape))
}

/// The same, but where each has its recipient's name. A name may be a word of the note besides: the lily of a card to Lily.
fn same_but_names(draft: &Reading, old: &Reading) -> bool {
    let (mut new, mut then) = (&draft.terms[..], &old.terms[..]);
    // `Tom`, `Tom Reed`, `Tom and Eva`
    let named = |terms: &[Term]| {
        let name = |n: usize| terms.get(n).is_some_and(|t| t.name);
        (0..terms.len()).take_while(|n| name(*n) || *n > 0 && names::is_and(terms[*n].hash) && name(n - 1) && name(n + 1)).count()
    };
    loop {
        match (new, then) {
            ([], []) => return true,
            ([a, rest @ ..], [b, old_rest @ ..]) if a.shape == b.shape => (new, then) = (rest, old_rest),
            _ => {
                let (these, those) = (named(new), named(then));
                if these == 0 || those == 0 {
                    return false;
                }
                (new, then) = (&new[these..], &then[those..]);
            }
        }
    }
}

/// A likeness for two notes so short that nothing in them weighs anything, yet the same.
fn nothing_to_compare(reading: &Reading) -> Likeness {
    Likeness {
        blocks: Vec::new(),
        is: (0..reading.terms.len()).map(Is::Same).collect(),
        swaps: Vec::new(),
        matched: 0.0,
        share: 1.0,
        copy: true,
    }
}

fn said(other: &Earlier, draft: &Draft<'_>) -> String {
    let name = crate::words::shown(&other.name);
    let again = !other.who.is_empty() && other.who == draft.recipient.id;
    match (other.sheet_line, other.day) {
        (Some(line), _) => format!("this is the note to {name} on line {line} of this sheet"),
        (None, Some(day)) if again => format!("you wrote this to {name} before, on {}", day.plain()),
        (None, Some(day)) => format!("this is the card you sent to {name} on {}", day.plain()),
        (None, None) if again => format!("you wrote this to {name} before"),
        (None, None) => format!("this is a card you sent to {name}"),
    }
}

/// The earlier note this one is a copy of, and the finding that says so.
fn copy<'a, 'b>(draft: &Draft<'_>, reading: &Reading, beside: &'a [Beside<'b>]) -> Option<(&'a Beside<'b>, Finding)> {
    let best = beside.iter().find(|b| b.same_words || b.same_but_names || b.earlier.identical || b.likeness.copy)?;
    let same = best.same_words || best.same_but_names || best.earlier.identical;
    let marks = marks(reading, best.reading, best.earlier, &best.likeness);
    let mut finding = Finding::new(Rule::NearDuplicate, "");
    finding.marks = marks;
    let (words, exchanged, own) = finding.counts();
    let own_name = finding.swapped(draft.text);
    let other_things = best.likeness.swaps.iter().any(|(_, new)| new.iter().any(|n| telling(&reading.terms[*n])));
    let templated = other_things && (own as f32) < TEMPLATE_OWN * (words + exchanged + own) as f32;
    let (rule, how) = if same && own_name.is_empty() {
        (Rule::Duplicate, "")
    } else if same {
        (Rule::Templated, ", with another name in it")
    } else if templated {
        (Rule::Templated, ", with other names and things in it")
    } else {
        (Rule::NearDuplicate, if own == 0 { ", hardly changed" } else { ", with a little changed" })
    };
    finding.rule = rule;
    finding.severity = rule.severity();
    finding.message = said(best.earlier, draft) + how;
    finding.share = Some(if same { 1.0 } else { best.likeness.share });
    finding.other = Some(Other::from(best.earlier));
    finding.ranges = finding.marks.iter().filter(|m| m.touch == explain::Touch::Same).map(|m| m.range.clone()).collect();
    let who = crate::words::shown(&draft.recipient.name);
    finding.help =
        vec![format!("write at least one thing only {} would recognise", if who.is_empty() { "they".into() } else { who })];
    Some((best, finding))
}

/// A word that says something, rather than a small word in another place.
fn telling(term: &Term) -> bool {
    !term.function
}

/// A short sentence that came over whole is a patch too.
fn whole_sentence(reading: &Reading, block: &super::align::Block) -> bool {
    let first = usize::from(reading.terms[block.pairs[0].0].sentence);
    let words = reading.terms.iter().filter(|t| usize::from(t.sentence) == first).count();
    let same = block.pairs.iter().filter(|p| usize::from(reading.terms[p.0].sentence) == first && p.2 >= 0.8).count();
    words >= PATCH_RUN && same == words
}

/// Sentences of several earlier notes make up the most of this one.
fn patchwork(draft: &Draft<'_>, reading: &Reading, beside: &[Beside<'_>]) -> Option<Finding> {
    let mut from: Vec<Option<usize>> = vec![None; reading.terms.len()];
    let mut patches: Vec<(f32, usize, usize)> = Vec::new();
    for (n, old) in beside.iter().enumerate() {
        for (b, block) in old.likeness.blocks.iter().enumerate() {
            if (block.score >= PATCH_SCORE && block.pairs.len() >= PATCH_WORDS && block.run >= PATCH_RUN)
                || whole_sentence(reading, block)
            {
                patches.push((block.score, n, b));
            }
        }
    }
    patches.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, n, b) in patches {
        for (i, _, _) in &beside[n].likeness.blocks[b].pairs {
            from[*i].get_or_insert(n);
        }
    }
    let covered: f32 = reading.terms.iter().zip(&from).filter(|(_, f)| f.is_some()).map(|(t, _)| t.weight).sum();
    let share = covered / reading.weight().max(0.01);
    let mut sources: Vec<usize> = from.iter().flatten().copied().collect();
    sources.sort_unstable();
    sources.dedup();
    if sources.len() < 2 || share < PATCHED {
        return None;
    }
    let mut finding = Finding::new(Rule::Patchwork, format!("this is stitched together from {} earlier notes", sources.len()));
    finding.share = Some(share);
    finding.marks = explain::stitched(reading, &from);
    for sentence in 0..reading.words.sentences() {
        let terms: Vec<usize> =
            (0..reading.terms.len()).filter(|n| usize::from(reading.terms[*n].sentence) == sentence).collect();
        let Some(most) = sources
            .iter()
            .copied()
            .max_by_key(|s| (terms.iter().filter(|n| from[**n] == Some(*s)).count(), std::cmp::Reverse(*s)))
            .filter(|s| terms.iter().any(|n| from[*n] == Some(*s)))
        else {
            continue;
        };
        let all = reading.words.all();
        let range = all[reading.terms[terms[0]].word].from.start..all[reading.terms[terms[terms.len() - 1]].word].from.end;
        finding.ranges.push(range.clone());
        finding.sources.push(Source { range, other: Other::from(beside[most].earlier) });
    }
    finding.other = finding.sources.first().map(|s| s.other.clone());
    let who = crate::words::shown(&draft.recipient.name);
    finding.help =
        vec![format!("write at least one thing only {} would recognise", if who.is_empty() { "they".into() } else { who })];
    Some(finding)
}

/// See [`super::traces`].
pub(super) fn traces(text: &str, names: &[String]) -> Vec<u16> {
    let reading = Reading::new(text, names, &[], &Frequencies::default());
    let all = reading.words.all();
    let mut sentence = 0;
    reading
        .terms
        .iter()
        .map(|term| {
            let word = &all[term.word];
            let starts = term.word == 0 || word.sentence != sentence;
            sentence = word.sentence;
            // A capital inside a sentence is a name more often than not.
            let silent = term.name || term.figure || (word.capital && !starts && !term.function);
            let tier = if term.weight == 0.0 {
                0
            } else if term.weight < 0.15 || term.function {
                1
            } else if term.weight < 0.7 {
                2
            } else {
                3
            };
            let code = if silent { 0 } else { coarse(term.stem) as u16 };
            code | tier << 10 | u16::from(starts) << 12
        })
        .collect()
}

fn from_traces(traces: &[u16]) -> Reading {
    let mut sentence = 0;
    let terms = traces
        .iter()
        .enumerate()
        .map(|(n, trace)| {
            if n > 0 && trace >> 12 & 1 == 1 {
                sentence += 1;
            }
            Term {
                word: n,
                hash: 0,
                stem: u64::from(trace & 0x3ff),
                shape: 0,
                joined: 1,
                letters: 0,
                length: 0,
                sentence,
                weight: [0.0, 0.1, 0.6, 1.0][usize::from(trace >> 10 & 3)],
                flat: [0.0, 0.5, 0.8, 1.0][usize::from(trace >> 10 & 3)],
                name: false,
                common: false,
                function: false,
                clause: false,
                figure: false,
            }
        })
        .collect();
    Reading { words: Words::default(), terms, coarse: true }
}
