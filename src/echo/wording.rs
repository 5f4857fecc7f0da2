//! Is it about anybody? Stock wishes, sales talk, what is known about the person, what the last card was about.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::words::{Words, shown};

use super::explain::{short, typed_words};
use super::reading::Reading;
use super::{Draft, Finding, House, Rule, Severity};

/// A note whose own words weigh less is about nobody.
const ABOUT_SOMEBODY: f32 = 2.0;
/// Fewer words are hardly a note.
const A_FEW_WORDS: usize = 7;
/// Facts shown as a memory aid.
const FACTS_SHOWN: usize = 3;

/// The stems of what is known about the recipient, small words, greetings and their own name left out.
fn known(draft: &Draft<'_>, reading: &Reading) -> BTreeSet<u64> {
    let lexicon = reading.words.language().lexicon();
    let names: BTreeSet<u64> =
        draft.recipient.names.iter().flat_map(|n| Words::read(n).all().iter().map(|w| w.hash).collect::<Vec<_>>()).collect();
    let mut stems = BTreeSet::new();
    for fact in &draft.recipient.known {
        let words = Words::read_as(fact, reading.words.language());
        for word in words.all() {
            let says = word.len() >= 3 && !lexicon.is_function(word.hash) && !lexicon.is_greeting(word.hash);
            if says && !names.contains(&word.hash) {
                stems.insert(word.stem);
            }
        }
    }
    stems
}

/// What the wording alone tells.
pub(super) fn findings(draft: &Draft<'_>, reading: &Reading, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let known = known(draft, reading);
    let mentions = reading.terms.iter().any(|t| !t.name && known.contains(&t.stem));
    let stock = !mentions && own_weight(reading) < ABOUT_SOMEBODY;
    let name = shown(&draft.recipient.name).into_owned();
    if stock {
        let mut finding =
            Finding::new(Rule::StockVerse, format!("every greeting card says this; nothing in it is about {}", or_them(&name)));
        finding.ranges = vec![whole(reading)];
        finding.help = aid(draft, &name);
        found.push(finding);
    }
    let about = house.severity(Rule::Generic);
    // A stock wish has been told so already; and where nothing is known, only who asks for it hears of that.
    let told = about == Severity::Warn && (stock || known.is_empty());
    if !mentions && !told {
        let message = if known.is_empty() {
            format!("nothing is recorded about {}, so nothing in the note can be about them", or_them(&name))
        } else {
            format!("nothing in it is about {}: no word of what is recorded about them", or_them(&name))
        };
        let mut finding = Finding::new(Rule::Generic, message);
        finding.severity = about;
        finding.help = aid(draft, &name);
        found.push(finding);
    }
    if let Some(finding) = sales(draft.text, reading) {
        found.push(finding);
    }
    let words = typed_words(&reading.words);
    if words < A_FEW_WORDS {
        found.push(
            Finding::new(Rule::TooShort, format!("only {words} {}", if words == 1 { "word" } else { "words" }))
                .at(whole(reading)),
        );
    }
    if let Some(last) = &draft.recipient.last {
        found.extend(last_year(draft, reading, last, &name));
    }
    found
}

fn or_them(name: &str) -> &str {
    if name.is_empty() { "anybody" } else { name }
}

fn whole(reading: &Reading) -> Range<usize> {
    let all = reading.words.all();
    all.first().map_or(0, |w| w.from.start)..all.last().map_or(0, |w| w.from.end)
}

/// Up to three recorded facts, to remember by; never as text for the card.
fn aid(draft: &Draft<'_>, name: &str) -> Vec<String> {
    if draft.recipient.known.is_empty() {
        return vec![format!("write at least one thing only {} would recognise", or_them(name))];
    }
    let facts = draft.recipient.known.iter().take(FACTS_SHOWN);
    facts.map(|fact| format!("you know about {}: {}", or_them(name), short(&shown(fact), 90))).collect()
}

/// The weight of the different words that are neither small, nor a commonplace, nor what cards say.
fn own_weight(reading: &Reading) -> f32 {
    let lexicon = reading.words.language().lexicon();
    let mut seen = BTreeSet::new();
    let mut weight = 0.0;
    for term in &reading.terms {
        if term.function || term.common || term.name || lexicon.is_greeting(term.hash) || !seen.insert(term.stem) {
            continue;
        }
        weight += if lexicon.is_everyday(term.hash) { 0.6 } else { 1.0 };
    }
    weight
}

/// Offers, codes, percentages.
fn sales(text: &str, reading: &Reading) -> Option<Finding> {
    let all = reading.words.all();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for phrase in reading.words.language().lexicon().sales() {
        for start in 0..(all.len() + 1).saturating_sub(phrase.len()) {
            if all[start..start + phrase.len()].iter().zip(phrase).all(|(w, h)| w.hash == *h) {
                ranges.push(all[start].from.start..all[start + phrase.len() - 1].from.end);
            }
        }
    }
    for word in all.iter().filter(|w| w.figure || text[w.from.clone()].starts_with(|c: char| c.is_ascii_digit())) {
        let behind = text[word.from.end..].trim_start();
        if behind.starts_with('%')
            && ["off", "discount", "rabatt", "de remise", "de descuento", "zni"]
                .iter()
                .any(|w| behind[1..].trim_start().to_lowercase().starts_with(w))
        {
            ranges.push(word.from.clone());
        }
    }
    ranges.sort_by_key(|r| (r.start, r.end));
    ranges.dedup();
    if ranges.is_empty() {
        return None;
    }
    let mut finding =
        Finding::new(Rule::SalesTalk, "this sounds like an offer, not like a card").help("put offers into the printed letter");
    finding.ranges = ranges;
    Some(finding)
}

/// Rare words that were in the last card to this person too.
fn last_year(draft: &Draft<'_>, reading: &Reading, last: &str, name: &str) -> Option<Finding> {
    let old = Reading::new(last, &draft.recipient.names, &[], &super::Frequencies::default());
    let telling = |r: &Reading| -> BTreeSet<u64> {
        let lexicon = r.words.language().lexicon();
        r.terms.iter().filter(|t| t.weight >= 0.9 && !t.common && !lexicon.is_greeting(t.hash)).map(|t| t.stem).collect()
    };
    let (now, then) = (telling(reading), telling(&old));
    let again: BTreeSet<u64> = now.intersection(&then).copied().collect();
    let terms: Vec<_> = reading.terms.iter().filter(|t| again.contains(&t.stem)).collect();
    if again.len() < 2 || again.len() * 5 < now.len() {
        return None;
    }
    let mut said: Vec<String> = Vec::new();
    for term in &terms {
        let word = super::explain::one_line(draft.text, &reading.words.all()[term.word].from);
        if !said.contains(&word) {
            said.push(word);
        }
    }
    let mut finding = Finding::new(
        Rule::RepeatsLastYear,
        format!("the last card to {} was about the same: {}", or_them(name), short(&said.join(", "), 60)),
    );
    finding.ranges = terms.iter().map(|t| reading.words.all()[t.word].from.clone()).collect();
    Some(finding)
}
