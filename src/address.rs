//! An address as its country writes it.
//!
//! The order of the lines, what is written in capitals and what a postcode looks like come from a table of 253 countries
//! (`data/address-formats.json`, with its source). Nothing is ever put right silently: what looks wrong is told, and what it
//! may have been is offered.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::person::Address;

mod shape;

/// One country's way.
#[derive(Debug, Default, Deserialize)]
struct Country {
    #[serde(default)]
    name: String,
    #[serde(default)]
    fmt: String,
    #[serde(default)]
    require: String,
    #[serde(default)]
    upper: String,
    #[serde(default)]
    zip: String,
    #[serde(default)]
    zip_example: String,
    /// What `zip` says, read when it is asked for.
    #[serde(skip)]
    shape: OnceLock<shape::Node>,
}

impl Country {
    fn has(&self, postcode: &str) -> bool {
        let right = |code: &str| shape::matches(self.shape.get_or_init(|| shape::parse(&self.zip)), code);
        self.zip.is_empty() || shape::alike(&self.zip_example, postcode) || right(postcode)
    }
}

#[derive(Debug, Default, Deserialize)]
struct Atlas {
    countries: BTreeMap<String, Country>,
    us_state_zip_prefix_regex: BTreeMap<String, String>,
}

/// Where the table says nothing.
const ORDINARY: &str = "%N%n%O%n%A%n%Z %C%n%S";

/// Where the table has the order of the country's own script, biggest first: the order in Latin letters, which letters from
/// abroad and most shops' lists are in.
const LATIN: [(&str, &str); 7] = [
    ("CN", "%N%n%O%n%A%n%C%n%S, %Z"),
    ("HK", "%N%n%O%n%A%n%C%n%S"),
    ("JP", "%N%n%O%n%A%n%C, %S%n%Z"),
    ("KP", "%N%n%O%n%A%n%C%n%S, %Z"),
    ("KR", "%N%n%O%n%A%n%C%n%S%n%Z"),
    ("MO", "%N%n%O%n%A%n%C"),
    ("TW", "%N%n%O%n%A%n%C, %S %Z"),
];

fn atlas() -> &'static Atlas {
    static ATLAS: OnceLock<Atlas> = OnceLock::new();
    ATLAS.get_or_init(|| serde_json::from_str(include_str!("../data/address-formats.json")).unwrap_or_default())
}

/// The two-letter code of a country written as its code or its English name.
#[must_use]
pub fn country_code(written: &str) -> Option<&'static str> {
    const ALSO: [(&str, &str); 22] = [
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("U.S.", "US"),
        ("UNITED STATES OF AMERICA", "US"),
        ("AMERICA", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("GREAT BRITAIN", "GB"),
        ("ENGLAND", "GB"),
        ("SCOTLAND", "GB"),
        ("WALES", "GB"),
        ("NORTHERN IRELAND", "GB"),
        ("DEUTSCHLAND", "DE"),
        ("ÖSTERREICH", "AT"),
        ("SCHWEIZ", "CH"),
        ("SUISSE", "CH"),
        ("ESPAÑA", "ES"),
        ("ITALIA", "IT"),
        ("POLSKA", "PL"),
        ("NEDERLAND", "NL"),
        ("HOLLAND", "NL"),
        ("CZECHIA", "CZ"),
    ];
    let written = written.trim().to_uppercase();
    // ZZ is the table's word for no country.
    let known = |code: &str| atlas().countries.get_key_value(code).map(|(code, _)| code.as_str()).filter(|code| *code != "ZZ");
    known(&written).or_else(|| ALSO.iter().find(|(name, _)| *name == written).and_then(|(_, code)| known(code))).or_else(|| {
        let named = |country: &Country| !written.is_empty() && plain_name(country).to_uppercase() == written;
        atlas().countries.iter().find(|(_, country)| named(country)).map(|(code, _)| code.as_str())
    })
}

/// A country's name without what stands behind it in brackets.
fn plain_name(country: &Country) -> &str {
    country.name.split(" (").next().unwrap_or_default().trim()
}

/// The code an address is in, the shop's own where it says nothing; `None` for a country we don't know.
fn code_of(address: &Address, shop_country: &str) -> Option<&'static str> {
    country_code(if address.country.trim().is_empty() { shop_country } else { &address.country })
}

fn is_latin(text: &str) -> bool {
    !text.chars().any(|c| matches!(u32::from(c), 0x1100..=0x11ff | 0x3040..=0x30ff | 0x3400..=0x9fff | 0xac00..=0xd7af))
}

/// The lines of an address as they go on an envelope, the name among them where the country puts it. The country stands
/// last, in capitals, when it isn't the shop's own.
#[must_use]
pub fn lines(name: &str, address: &Address, shop_country: &str) -> Vec<String> {
    let code = code_of(address, shop_country);
    let country = code.and_then(|code| atlas().countries.get(code));
    let native = country.map_or("", |c| &c.fmt);
    let latin = LATIN.iter().find(|(known, _)| Some(*known) == code).map(|(_, order)| *order);
    let spelt = format!("{name}{}{}{}", address.street.join(""), address.city, address.region);
    let order = match latin {
        Some(order) if is_latin(&spelt) => order,
        _ if native.is_empty() => ORDINARY,
        _ => native,
    };
    let upper = country.map_or("", |c| &c.upper);
    // The name and the business stay as they are written: it is a card, not a bill.
    let case = |letter: char, text: &str| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if upper.contains(letter) && !"NO".contains(letter) { text.to_uppercase() } else { text }
    };
    let field = |letter: char| match letter {
        'N' => case('N', name),
        'O' => case('O', &address.organisation),
        'A' => case('A', &address.street.join(", ")),
        'C' => case('C', &address.city),
        'S' => case('S', &address.region),
        'Z' => case('Z', &address.postcode),
        _ => String::new(),
    };
    let mut lines: Vec<String> = Vec::new();
    for template in order.split("%n") {
        if template == "%A" {
            lines.extend(address.street.iter().map(|line| case('A', line)));
        } else {
            lines.push(filled(template, field));
        }
    }
    let shop = country_code(shop_country);
    if code.is_none() || code != shop {
        let named = country.map_or_else(|| address.country.trim().to_uppercase(), |c| plain_name(c).to_uppercase());
        lines.push(named);
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// A line of the pattern with its fields; what stands between two fields only if both are there.
fn filled(template: &str, field: impl Fn(char) -> String) -> String {
    let mut line = String::new();
    let mut between = String::new();
    let mut fields = 0;
    let mut chars = template.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            between.push(c);
            continue;
        }
        let text = chars.next().map(&field).unwrap_or_default();
        if !text.is_empty() {
            if !line.is_empty() || fields == 0 {
                line.push_str(&between);
            }
            line.push_str(&text);
        }
        fields += 1;
        between.clear();
    }
    // Words of the pattern alone, as the name of an island.
    if fields == 0 {
        line.push_str(&between);
    }
    line.trim().to_owned()
}

/// What looks wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A part the country's post needs isn't there: `street`, `town`, `state`, `postcode`.
    Missing {
        /// Which.
        part: &'static str,
        /// In which country.
        country: String,
    },
    /// The postcode isn't one of that country.
    Postcode {
        /// As written.
        written: String,
        /// In which country.
        country: String,
        /// One that is.
        example: String,
        /// What it may have been before a spreadsheet took its first zeros: to be offered, never to be applied unasked.
        offer: Option<String>,
    },
    /// The ZIP code isn't in that state.
    Elsewhere {
        /// The ZIP code.
        zip: String,
        /// The state as written.
        state: String,
        /// The states the ZIP code is in.
        really: Vec<String>,
    },
    /// No state of the United States is written like that.
    State(String),
    /// A country that isn't known, so nothing about the address is.
    Country(String),
}

impl Problem {
    /// Whether the post could still deliver it: a missing province in Spain, say.
    #[must_use]
    pub fn slight(&self) -> bool {
        match self {
            Problem::Missing { part, country } => *part == "state" && !matches!(country.as_str(), "US" | "CA" | "AU"),
            Problem::Country(_) => true,
            _ => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Missing { part, .. } => write!(f, "the {part} is missing"),
            Problem::Postcode { written, country, example, offer } => {
                write!(f, "{written} is not a postcode of {country}")?;
                match offer {
                    Some(offer) => write!(f, "; was it {offer} before a spreadsheet took the zero?"),
                    None if example.is_empty() => Ok(()),
                    None => write!(f, ", which look like {example}"),
                }
            }
            Problem::Elsewhere { zip, state, really } if really.is_empty() => write!(f, "ZIP code {zip} is not in {state}"),
            Problem::Elsewhere { zip, state, really } => {
                write!(f, "ZIP code {zip} is not in {state} but in {}", really.join(" or "))
            }
            Problem::State(written) => write!(f, "{written} is not a state as the post writes it, with two letters"),
            Problem::Country(written) => write!(f, "the country {written} is not known, so the address is not checked"),
        }
    }
}

/// What looks wrong with an address; empty if nothing does.
#[must_use]
pub fn problems(address: &Address, shop_country: &str) -> Vec<Problem> {
    let Some(code) = code_of(address, shop_country) else {
        let written = if address.country.trim().is_empty() { shop_country } else { &address.country };
        return vec![Problem::Country(written.trim().to_owned())];
    };
    let Some(country) = atlas().countries.get(code) else { return Vec::new() };
    let mut problems = Vec::new();
    let street = address.street.iter().any(|line| !line.trim().is_empty());
    let postcode = address.postcode.trim().to_uppercase();
    let needs = if country.require.is_empty() { "A" } else { &country.require };
    for (letter, part, there) in [
        ('A', "street", street),
        ('C', "town", !address.city.trim().is_empty()),
        ('S', "state", !address.region.trim().is_empty()),
        ('Z', "postcode", !postcode.is_empty()),
    ] {
        if needs.contains(letter) && !there {
            problems.push(Problem::Missing { part, country: code.to_owned() });
        }
    }
    let right = |written: &str| country.has(written);
    let state = address.region.trim().to_uppercase();
    if !postcode.is_empty() && !right(&postcode) {
        let digits = postcode.bytes().take_while(u8::is_ascii_digit).count();
        let offer = (1..=2).filter(|_| (3..5).contains(&digits)).map(|zeros| format!("{}{postcode}", "0".repeat(zeros)));
        let mut offer = offer.filter(|tried| right(tried));
        let offer = if code == "US" { offer.find(|tried| in_state(&state, tried)) } else { offer.next() };
        problems.push(Problem::Postcode {
            written: postcode,
            country: plain_title(country),
            example: country.zip_example.clone(),
            offer,
        });
    } else if code == "US" && !state.is_empty() {
        let states = &atlas().us_state_zip_prefix_regex;
        if !states.contains_key(&state) {
            problems.push(Problem::State(address.region.trim().to_owned()));
        } else if !postcode.is_empty() && !in_state(&state, &postcode) {
            let really = states.keys().filter(|state| in_state(state, &postcode)).cloned().collect();
            problems.push(Problem::Elsewhere { zip: postcode, state, really });
        }
    }
    problems
}

fn in_state(state: &str, zip: &str) -> bool {
    atlas().us_state_zip_prefix_regex.get(state).is_some_and(|prefix| shape::begins(prefix, zip))
}

/// `GERMANY` → `Germany`, for a sentence.
fn plain_title(country: &Country) -> String {
    let small = |word: &str| matches!(word, "OF" | "AND" | "THE");
    let title = |word: &str| {
        let mut chars = word.chars();
        chars.next().map_or_else(String::new, |first| format!("{first}{}", chars.as_str().to_lowercase()))
    };
    let words = plain_name(country).split(' ').map(|word| if small(word) { word.to_lowercase() } else { title(word) });
    let name = words.collect::<Vec<_>>().join(" ");
    if name.starts_with("United ") || name.ends_with("Islands") || name == "Netherlands" { format!("the {name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(street: &[&str], city: &str, region: &str, postcode: &str, country: &str) -> Address {
        Address {
            organisation: String::new(),
            street: street.iter().map(|s| (*s).to_owned()).collect(),
            city: city.into(),
            region: region.into(),
            postcode: postcode.into(),
            country: country.into(),
        }
    }

    fn told(address: &Address) -> Vec<String> {
        problems(address, "US").iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_country_in_its_own_order() {
        for (address, shop, written) in [
            (at(&["1 Elm St", "Apt 4"], "Hoboken", "nj", "07030", ""), "US", "Ana|1 Elm St|Apt 4|HOBOKEN, NJ 07030"),
            (at(&["1 Elm St"], "Hoboken", "NJ", "07030", "US"), "DE", "Ana|1 Elm St|HOBOKEN, NJ 07030|UNITED STATES"),
            (at(&["12 High Street"], "Oxford", "", "ox1 4aa", "United Kingdom"), "GB", "Ana|12 High Street|OXFORD|OX1 4AA"),
            (at(&["Hauptstraße 5"], "Köln", "", "50667", "DE"), "DE", "Ana|Hauptstraße 5|50667 Köln"),
            (at(&["3 rue Lepic"], "Paris", "", "75018", "fr"), "US", "Ana|3 rue Lepic|75018 PARIS|FRANCE"),
            (at(&["ul. Długa 3"], "Kraków", "", "31-147", "PL"), "PL", "Ana|ul. Długa 3|31-147 Kraków"),
            (at(&["10 Queen St"], "Ottawa", "on", "k1p 1j1", "CA"), "CA", "Ana|10 QUEEN ST|OTTAWA ON K1P 1J1"),
            (at(&["Bahnhofstr. 1"], "Zürich", "", "8001", "CH"), "DE", "Ana|Bahnhofstr. 1|CH-8001 Zürich|SWITZERLAND"),
            (
                at(&["1-2 Marunouchi"], "Chiyoda", "Tokyo", "100-0005", "JP"),
                "US",
                "Ana|1-2 Marunouchi|Chiyoda, TOKYO|100-0005|JAPAN",
            ),
            (at(&["丸の内1-2"], "", "東京都", "100-0005", "JP"), "US", "〒100-0005|東京都|丸の内1-2|Ana|JAPAN"),
            (at(&["Main Sq 1"], "Zenda", "", "1234", "Ruritania"), "US", "Ana|Main Sq 1|1234 Zenda|RURITANIA"),
            (at(&["Elm St"], "Hoboken", "", "", ""), "US", "Ana|Elm St|HOBOKEN"),
            (Address::default(), "US", "Ana"),
        ] {
            assert_eq!(lines("Ana", &address, shop).join("|"), written);
        }
        let mut work = at(&["Hauptstraße 5"], "Köln", "", "50667", "DE");
        work.organisation = "Brot & Co".into();
        assert_eq!(lines("Ana", &work, "DE")[..2], ["Ana", "Brot & Co"]);
    }

    #[test]
    fn every_country_gives_a_name_and_a_street() {
        for code in atlas().countries.keys() {
            let written = lines("Ana", &at(&["Street 1"], "Town", "Region", "12345", code), "XX");
            let all = written.join("|").to_uppercase();
            assert!(all.contains("ANA") && all.contains("STREET 1") && !all.contains('%'), "{code}: {written:?}");
            assert!(written.len() >= 3, "{code}: {written:?}");
        }
        assert!(atlas().countries.len() > 200, "the table is there");
    }

    #[test]
    fn every_example_postcode_is_right_in_its_country() {
        for (code, country) in &atlas().countries {
            for example in country.zip_example.split(',').filter(|e| !e.is_empty()) {
                assert!(country.has(example), "{code} {example}");
            }
        }
    }

    #[test]
    fn a_lost_zero_is_offered_and_only_where_it_can_be() {
        let hoboken = at(&["1 Elm St"], "Hoboken", "NJ", "7030", "US");
        assert_eq!(
            told(&hoboken),
            ["7030 is not a postcode of the United States; was it 07030 before a spreadsheet took the zero?"]
        );
        assert_eq!(hoboken.postcode, "7030", "never applied");
        assert!(!told(&at(&["1 Elm St"], "Fresno", "CA", "9370", "US"))[0].contains("was it"));
        assert!(told(&at(&["1 Calle"], "Adjuntas", "PR", "601", "US"))[0].contains("was it 00601"));
        assert!(told(&at(&["1 Elm St"], "Hoboken", "NJ", "7030-1234", "US"))[0].contains("was it 07030-1234"));
        assert!(told(&at(&["Weg 1"], "Dresden", "", "1067", "DE"))[0].contains("was it 01067"));
        assert_eq!(told(&at(&["Weg 1"], "Wien", "", "1067", "AT")), Vec::<String>::new());
    }

    #[test]
    fn a_zip_code_lies_in_its_state() {
        assert_eq!(told(&at(&["1 Elm St"], "Hoboken", "NJ", "07030", "US")), Vec::<String>::new());
        assert_eq!(told(&at(&["1 Elm St"], "Los Angeles", "CA", "10001", "US")), ["ZIP code 10001 is not in CA but in NY"]);
        assert_eq!(
            told(&at(&["1 Elm St"], "Los Angeles", "Calif.", "90001", "US")),
            ["Calif. is not a state as the post writes it, with two letters"]
        );
    }

    #[test]
    fn what_is_missing_is_told() {
        assert_eq!(
            told(&at(&[" "], "", "", "", "")),
            ["the street is missing", "the town is missing", "the state is missing", "the postcode is missing"]
        );
        let madrid = problems(&at(&["Calle 1"], "Madrid", "", "28039", "ES"), "US");
        assert!(madrid.len() == 1 && madrid[0].slight());
        assert_eq!(
            told(&at(&["Sq 1"], "Zenda", "", "1", "Ruritania")),
            ["the country Ruritania is not known, so the address is not checked"]
        );
        assert!(told(&at(&["1 High St"], "Oxford", "", "OX1 4A", "GB"))[0].contains("look like EC1Y 8SY"));
    }

    #[test]
    fn countries_by_name_and_code() {
        for (written, code) in [("usa", Some("US")), ("England", Some("GB")), ("germany", Some("DE")), ("zz", None), ("", None)] {
            assert_eq!(country_code(written), code, "{written}");
        }
    }
}
