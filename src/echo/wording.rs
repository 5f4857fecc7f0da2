//! Is it about anybody? Stock wishes, sales talk, what is known about the person, what the last card was about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::words::{Language, OnCards, Words, hash, shown};

use super::explain::{short, typed_words};
use super::reading::Reading;
use super::{Draft, Fact, Finding, House, Rule, Severity};

/// A note whose own words weigh less is about nobody: one word of a thing, a place or a person (plums, knee, Lisbon) is enough.
const ABOUT_SOMEBODY: f32 = 1.0;
/// The same where not a word is from cards: `Is the little one sleeping yet?` is no stock wish.
const ABOUT_SOMETHING: f32 = 0.5;
/// What an unusual word is worth in a sentence that only wishes: one of them is still a verse, `may the magic sway you`.
const WISHED: f32 = 0.75;
/// Fewer words are hardly a note.
const A_FEW_WORDS: usize = 7;
/// Facts shown as a memory aid.
const FACTS_SHOWN: usize = 3;

/// Whether the note says anything that is recorded about the recipient, beyond the name: a telling word, or what is recorded
/// word for word where it is made of words that stand on every card (`new baby`).
fn mentions<'a>(known: impl IntoIterator<Item = &'a Fact>, draft: &Draft<'_>, reading: &Reading) -> bool {
    let lexicon = reading.words.language().lexicon();
    let names: BTreeSet<u64> =
        draft.recipient.names.iter().flat_map(|n| Words::read(n).all().iter().map(|w| w.hash).collect::<Vec<_>>()).collect();
    let said: BTreeSet<u64> = reading.terms.iter().filter(|t| !t.name && !t.common).map(|t| t.stem).collect();
    known.into_iter().any(|fact| {
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
    let told = || draft.recipient.known.iter().filter(|fact| fact.is_told());
    // Whoever has an address has a town: that alone makes no wish somebody's.
    let stock = !mentions(told(), draft, reading) && is_stock(draft, reading, house);
    let mentions = mentions(&draft.recipient.known, draft, reading);
    let nothing_known = told().next().is_none();
    let name = shown(&draft.recipient.name).into_owned();
    if stock {
        let mut finding = Finding::new(
            Rule::StockVerse,
            format!("this could stand on anybody's card; nothing in it is about {}", or_them(&name)),
        );
        finding.ranges = vec![whole(reading)];
        finding.help = aid(draft, &name);
        found.push(finding);
    }
    let about = house.severity(Rule::Generic);
    // A stock wish has been told so already; and where nothing is known, only who asks for it hears of that.
    let said = about == Severity::Warn && (stock || nothing_known);
    if !mentions && !said {
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
    let facts: Vec<&Fact> = recipient.known.iter().filter(|fact| fact.is_told()).collect();
    if facts.is_empty() {
        let mut lines = vec![format!(
            "write at least one thing only {} would recognise: something bought, asked, said or seen",
            or_them(name)
        )];
        if !recipient.id.is_empty() {
            lines
                .push(format!("what you know can be kept and is shown here next time: `wetink log {} fact \"…\"`", recipient.id));
        }
        return lines;
    }
    facts
        .into_iter()
        .take(FACTS_SHOWN)
        .map(|fact| {
            let what = if fact.what.is_empty() { String::new() } else { format!(" ({})", shown(&fact.what)) };
            format!("on record about {}: \u{201c}{}\u{201d}{what}", or_them(name), short(&shown(&fact.text), 90))
        })
        .collect()
}

/// What a sentence does.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    /// It wishes: `May your days be merry`.
    Wish,
    /// It talks as cards do.
    Greet,
    /// It says something, in no words of cards.
    Say,
    /// It tells what somebody did, or asks something.
    Tell,
}

impl Does {
    /// What a word of every day, a number or a day of the week tells about somebody.
    fn little(self) -> f32 {
        match self {
            Does::Wish | Does::Greet => 0.25,
            Does::Say => 0.34,
            Does::Tell => 0.5,
        }
    }

    /// What a word tells that names a feeling, a manner or a doing, to judge by its ending: one of them may stand in any card.
    fn some(self) -> f32 {
        if self == Does::Tell { 0.6 } else { 0.4 }
    }
}

/// Whether nothing in the note is about anybody: what its different words tell that are neither small, nor a commonplace, nor
/// what cards say, nor the house's own name. The same word may tell something in one sentence and nothing in another: a hat is
/// a thing where somebody tried it on, and candles are no things in a wish.
fn is_stock(draft: &Draft<'_>, reading: &Reading, house: &House) -> bool {
    let language = reading.words.language();
    let lexicon = language.lexicon();
    if language == Language::Other {
        // Nobody here knows what cards say in it.
        return false;
    }
    let address = draft.recipient.known.iter().filter(|fact| fact.is_address());
    let address: BTreeSet<u64> =
        address.flat_map(|f| Words::read(&f.text).all().iter().map(|w| w.hash).collect::<Vec<_>>()).collect();
    let on_cards = |n: usize| {
        let term = &reading.terms[n];
        if term.function { None } else { lexicon.on_cards(term.hash, term.stem, usize::from(term.length)) }
    };
    let mut told: BTreeMap<u64, f32> = BTreeMap::new();
    let mut from_cards = false;
    let mut start = 0;
    for sentence in reading.terms.chunk_by(|a, b| a.sentence == b.sentence) {
        let here = start..start + sentence.len();
        start = here.end;
        let greets = sentence.windows(3).any(|three| three.iter().all(|t| t.common && !t.name))
            || here.clone().any(|n| on_cards(n) == Some(OnCards::Wish));
        from_cards |= greets;
        let first = sentence.iter().take_while(|t| t.name).count();
        let wishes = lexicon.wishing().iter().any(|opening| {
            let said = sentence[first..].iter().map(|t| t.hash);
            sentence.len() >= first + opening.len() && said.zip(opening).all(|(said, word)| said == *word)
        });
        let deed = |n: usize| {
            lexicon.is_deed(reading.terms[n].hash)
                || n > here.start && language.is_deed(reading.text(n - 1), reading.text(n)) && on_cards(n).is_none()
        };
        let does = if wishes {
            Does::Wish
        } else if asks(draft.text, reading, here.end - 1) || here.clone().any(deed) {
            Does::Tell
        } else if greets {
            Does::Greet
        } else {
            Does::Say
        };
        let definite = |n: usize| (here.start.max(n.saturating_sub(2))..n).any(|m| lexicon.is_definite(reading.terms[m].hash));
        for n in here.clone() {
            let term = &reading.terms[n];
            let card = on_cards(n);
            let nobodys = term.function || term.common || term.name || card == Some(OnCards::Wish) || house.signs_as(term.hash);
            if nobodys || address.contains(&term.hash) {
                continue;
            }
            let text = reading.text(n);
            let name = reading.words.all()[term.word].capital && n > here.start && language != Language::German;
            let everyday = lexicon.is_everyday(term.hash);
            let aside = matches!(does, Does::Wish | Does::Greet);
            let tells = match card {
                _ if lexicon.is_thing(term.hash) => 1.0,
                // `Your sister`, `the new baby`.
                _ if lexicon.is_kin(term.hash) && definite(n) => 1.0,
                Some(_) if aside => 0.0,
                Some(OnCards::Verse) => 1.0,
                Some(_) => does.little(),
                None if name && !everyday => 1.0,
                None if term.figure || everyday || language.is_number_or_day(text) || text.len() < 3 => does.little(),
                None if deed(n) => 1.0,
                // `The washing`, `the parking`.
                None if language.is_no_thing(text)
                    && !(language == Language::English && text.ends_with("ing") && definite(n)) =>
                {
                    does.some()
                }
                None if does == Does::Wish => WISHED,
                None => 1.0,
            };
            // `Three hundred and sixty-five` is one number.
            let number = term.figure || card.is_none() && language.is_number_or_day(text);
            let most = told.entry(if number { 0 } else { term.stem }).or_default();
            *most = most.max(tells);
        }
    }
    told.values().sum::<f32>() < if from_cards { ABOUT_SOMEBODY } else { ABOUT_SOMETHING }
}

/// Whether a question mark stands behind this word.
fn asks(text: &str, reading: &Reading, last: usize) -> bool {
    let all = reading.words.all();
    let word = reading.terms[last].word;
    let end = all.get(word + 1).map_or(text.len(), |w| w.from.start);
    text.get(all[word].from.end..end).is_some_and(|behind| behind.contains('?'))
}

/// Offers, codes, percentages.
fn sales(text: &str, reading: &Reading) -> Option<Finding> {
    let all = reading.words.all();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for phrase in reading.words.language().lexicon().sales() {
        for start in 0..(all.len() + 1).saturating_sub(phrase.len()) {
            let last = start + phrase.len();
            // `We missed you` alone; but not `we missed you at the market`.
            let goes_on = phrase.last() == Some(&hash("you")) && all.get(last).is_some_and(|w| w.sentence == all[start].sentence);
            if !goes_on && all[start..last].iter().zip(phrase).all(|(w, h)| w.hash == *h) {
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
