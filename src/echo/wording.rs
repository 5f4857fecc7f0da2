//! Is it about anybody? Stock wishes, sales talk, what is known about the person, what the last card was about.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::words::{Language, Words, shown};

use super::explain::{short, typed_words};
use super::reading::Reading;
use super::{Draft, Finding, House, Rule, Severity};

/// A note whose own words weigh less is about nobody: one word of a thing, a place or a person (plums, knee, Lisbon) is enough.
const ABOUT_SOMEBODY: f32 = 1.0;
/// What a word of every day, a number or a day of the week tells about somebody.
const TELLS_LITTLE: f32 = 0.25;
/// What a word tells that names a feeling, a manner or a doing, to judge by its ending: one of them may stand in any card.
const TELLS_SOME: f32 = 0.4;
/// Fewer words are hardly a note.
const A_FEW_WORDS: usize = 7;
/// Facts shown as a memory aid.
const FACTS_SHOWN: usize = 3;

/// Whether the note says anything that is recorded about the recipient, beyond the name: a telling word, or what is recorded
/// word for word where it is made of words that stand on every card (`new baby`).
fn mentions(draft: &Draft<'_>, reading: &Reading) -> bool {
    let lexicon = reading.words.language().lexicon();
    let names: BTreeSet<u64> =
        draft.recipient.names.iter().flat_map(|n| Words::read(n).all().iter().map(|w| w.hash).collect::<Vec<_>>()).collect();
    let said: BTreeSet<u64> = reading.terms.iter().filter(|t| !t.name && !t.common).map(|t| t.stem).collect();
    draft.recipient.known.iter().any(|fact| {
        let words = Words::read_as(&fact.text, reading.words.language());
        let words: Vec<_> =
            words.all().iter().filter(|w| !lexicon.is_function(w.hash) && !names.contains(&w.hash) && w.len() >= 2).collect();
        let telling = |w: &&crate::words::Word| {
            w.len() >= 3 && !lexicon.is_greeting(w.hash) && reading.terms.iter().any(|t| !t.name && t.stem == w.stem)
        };
        words.iter().any(telling) || !words.is_empty() && words.iter().all(|w| said.contains(&w.stem))
    })
}

/// What the wording alone tells.
pub(super) fn findings(draft: &Draft<'_>, reading: &Reading, house: &House) -> Vec<Finding> {
    let mut found = Vec::new();
    let mentions = mentions(draft, reading);
    let nothing_known = draft.recipient.known.is_empty();
    let stock = !mentions && own_weight(reading, house) < ABOUT_SOMEBODY;
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
    let told = about == Severity::Warn && (stock || nothing_known);
    if !mentions && !told {
        let message = if nothing_known {
            format!("nothing is recorded about {}, so nothing in the note can be about them", or_them(&name))
        } else {
            format!("no word of what is recorded about {} is in it", or_them(&name))
        };
        let mut finding = Finding::new(Rule::Generic, message);
        finding.severity = about;
        finding.help = aid(draft, &name);
        finding.help.push(
            if about == Severity::Refuse {
                "refused because `about = \"refuse\"` is set under [rules] in wetink.toml"
            } else {
                "`about = \"refuse\"` under [rules] in wetink.toml refuses such notes, `about = \"off\"` is silent"
            }
            .to_owned(),
        );
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

/// Up to three recorded facts, to remember by; never as text for the card. Where there are none, how to record one.
fn aid(draft: &Draft<'_>, name: &str) -> Vec<String> {
    let recipient = draft.recipient;
    if recipient.known.is_empty() {
        let mut lines = vec![format!("write at least one thing only {} would recognise", or_them(name))];
        if !recipient.id.is_empty() {
            lines
                .push(format!("what you know can be kept and is shown here next time: `wetink log {} fact \"…\"`", recipient.id));
        }
        return lines;
    }
    let facts = recipient.known.iter().take(FACTS_SHOWN);
    facts
        .map(|fact| {
            let what = if fact.what.is_empty() { String::new() } else { format!(" ({})", shown(&fact.what)) };
            format!("on record about {}: \u{201c}{}\u{201d}{what}", or_them(name), short(&shown(&fact.text), 90))
        })
        .collect()
}

/// What the different words tell about somebody that are neither small, nor a commonplace, nor what cards say, nor the
/// house's own name.
fn own_weight(reading: &Reading, house: &House) -> f32 {
    let language = reading.words.language();
    let lexicon = language.lexicon();
    let mut seen = BTreeSet::new();
    let mut weight = 0.0;
    for (n, term) in reading.terms.iter().enumerate() {
        let cards_say = lexicon.is_greeting(term.hash) || lexicon.is_greeting_stem(term.stem);
        if term.function || term.common || term.name || cards_say || house.signs_as(term.hash) || !seen.insert(term.stem) {
            continue;
        }
        let text = reading.text(n);
        let word = &reading.words.all()[term.word];
        let starts = n == 0 || reading.terms[n - 1].sentence != term.sentence;
        weight += if word.capital && !starts && language != Language::German && !lexicon.is_everyday(term.hash) {
            1.0
        } else if term.figure || lexicon.is_everyday(term.hash) || language.is_number_or_day(text) || text.len() < 3 {
            TELLS_LITTLE
        } else if language.is_no_thing(text) {
            TELLS_SOME
        } else {
            1.0
        };
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
