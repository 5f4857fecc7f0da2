//! Whom a card is for: people, households, addresses, and the one fact about each that stops a card.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::day::{Birthday, Day};

/// The short id an owner types: the folded name, `zoe-lukasik`, then `zoe-lukasik-2`. A household has one too.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(String);

impl Id {
    /// The id of a name, before anybody else has it: letters and digits in lower case without accents, joined by hyphens, 48
    /// characters at most; `someone` if nothing is left.
    #[must_use]
    pub fn of(name: &str) -> Id {
        let mut id = String::new();
        for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
            let plain = match c {
                'ł' | 'Ł' => "l",
                'đ' | 'Đ' | 'ð' | 'Ð' => "d",
                'ø' | 'Ø' => "o",
                'ß' | 'ẞ' => "ss",
                'æ' | 'Æ' => "ae",
                'œ' | 'Œ' => "oe",
                'þ' | 'Þ' => "th",
                'ı' => "i",
                'ħ' | 'Ħ' => "h",
                '\'' | '’' | '‘' | '.' => continue,
                _ => "",
            };
            if id.chars().count() >= 48 {
                break;
            }
            if !plain.is_empty() {
                id.push_str(plain);
            } else if c.is_alphanumeric() {
                id.extend(c.to_lowercase());
            } else if !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
        }
        let id = id.trim_end_matches('-');
        Id(if id.is_empty() { "someone".into() } else { id.into() })
    }

    /// An id as it stands in a file or a database; not checked.
    #[must_use]
    pub fn from_stored(id: impl Into<String>) -> Id {
        Id(id.into())
    }

    /// The same id with a number behind it: `ana-lopez-2`.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Id {
        Id(format!("{}-{number}", self.0))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name as it is written on an envelope. A business has only `family`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Name {
    /// `Dr`, `Mrs`; empty for most.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Given name or names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// Family name, or the whole name of a business.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// `Jr`, `III`; empty for most.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// What the owner calls them, where it isn't the given name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub called: String,
}

impl Name {
    /// From one line as typed: the last word is the family name, a leading title stays a title.
    #[must_use]
    pub fn parse(text: &str) -> Name {
        const TITLES: [&str; 18] = [
            "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "lady", "rev", "herr", "frau", "mme", "mlle", "m", "pan",
            "pani", "sr",
        ];
        /// Written small before a family name, and part of it.
        const PARTICLES: [&str; 23] = [
            "af", "av", "da", "dal", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "la", "le", "ten",
            "ter", "van", "vom", "von", "zu", "zum",
        ];
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let mut name = Name::default();
        if words.len() > 1 && TITLES.contains(&words[0].trim_end_matches('.').to_lowercase().as_str()) {
            name.title = words.remove(0).to_owned();
        }
        if words.len() > 2
            && ["jr", "sr", "ii", "iii", "iv"].contains(&words[words.len() - 1].trim_end_matches('.').to_lowercase().as_str())
        {
            name.suffix = words.pop().unwrap_or_default().trim_end_matches(',').to_owned();
        }
        match words.split_last() {
            Some((last, [])) if name.title.is_empty() => name.given = (*last).to_owned(),
            Some((_, rest)) => {
                // `van der Berg`, but never so that no given name is left.
                let small =
                    |word: &&&str| PARTICLES.contains(&word.to_lowercase().as_str()) && word.starts_with(char::is_lowercase);
                let before = rest.len() - rest.iter().skip(1).rev().take_while(small).count();
                name.given = words[..before].join(" ");
                name.family = words[before..].join(" ");
            }
            None => {}
        }
        name
    }

    /// The whole name, `Dr Zoë Łukasik`.
    #[must_use]
    pub fn full(&self) -> String {
        [&self.title, &self.given, &self.family, &self.suffix]
            .into_iter()
            .filter(|p| !p.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What to say to their face: the name they are called by, else the given name, else title and family name.
    #[must_use]
    pub fn spoken(&self) -> String {
        if !self.called.is_empty() {
            self.called.clone()
        } else if !self.given.is_empty() {
            self.given.clone()
        } else {
            [&self.title, &self.family].into_iter().filter(|p| !p.is_empty()).cloned().collect::<Vec<_>>().join(" ")
        }
    }

    /// Every way to call them, in a note or in a message.
    #[must_use]
    pub fn ways(&self) -> Vec<String> {
        let Name { title, given, family, called, .. } = self;
        let mut ways = vec![self.full(), given.clone(), family.clone(), called.clone(), format!("{title} {family}")];
        ways.retain(|way| !way.trim().is_empty());
        ways
    }

    /// The name an id is made of: without title and suffix where there is a given name. None for nobody.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        if self.is_empty() {
            None
        } else if self.given.is_empty() {
            Some(self.full()).filter(|f| !f.is_empty()).or_else(|| Some(self.called.clone()))
        } else {
            Some(format!("{} {}", self.given, self.family))
        }
    }

    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.family.is_empty() && self.called.is_empty()
    }
}

/// A postal address. Lines as the owner has them; how a country orders them is the business of whoever prints them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Address {
    /// A business name or c/o line above the street; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub organisation: String,
    /// Street, flat, PO box: one to three lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub street: Vec<String>,
    /// Town.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// State, province, county.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    /// Postal code as text: leading zeros matter.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postcode: String,
    /// Two-letter country code in capitals, or the name as written if it isn't known; empty is the shop's own country.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
}

impl Address {
    /// Nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Address::default()
    }
}

/// The facts that decide whether anybody may be written to. There is no "inactive".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// May be written to.
    #[default]
    Contact,
    /// Asked not to be written to.
    DoNotContact,
    /// Has died.
    Deceased,
    /// Mail came back: the address is known bad.
    Undeliverable,
}

impl Status {
    /// As stored and typed.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Contact => "contact",
            Status::DoNotContact => "do-not-contact",
            Status::Deceased => "deceased",
            Status::Undeliverable => "undeliverable",
        }
    }

    /// From what is stored or typed; `moved` is another word for undeliverable, `objected` for do-not-contact.
    #[must_use]
    pub fn parse(text: &str) -> Option<Status> {
        match text.trim().to_lowercase().as_str() {
            "contact" => Some(Status::Contact),
            "do-not-contact" | "objected" => Some(Status::DoNotContact),
            "deceased" | "died" => Some(Status::Deceased),
            "undeliverable" | "moved" | "returned" => Some(Status::Undeliverable),
            _ => None,
        }
    }
}

/// Somebody a card may be for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The short id; empty until the ledger gives one.
    pub id: Id,
    /// The name.
    pub name: Name,
    /// E-mail, as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Phone, as written.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub phone: String,
    /// Where a card is sent.
    #[serde(skip_serializing_if = "Address::is_empty")]
    pub address: Address,
    /// Birthday, the year only if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<Birthday>,
    /// Wedding or other yearly day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anniversary: Option<Birthday>,
    /// Two-letter language of their cards, `de`; empty is the shop's.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// The household they belong to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<Id>,
    /// Whether they may be written to.
    pub status: Status,
    /// Since when the status holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_on: Option<Day>,
}

impl Default for Id {
    fn default() -> Id {
        Id("someone".into())
    }
}

/// Several persons, one card, one salutation typed by the owner.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// The short id.
    pub id: Id,
    /// As the owner writes to them: `Ann and Bob Lee`.
    pub salutation: String,
    /// Where a card is sent; empty is the first member's.
    #[serde(default, skip_serializing_if = "Address::is_empty")]
    pub address: Address,
}

impl Household {
    /// The salutation without somebody who has died or is gone, if it names them: the others by their names. None if it needs no
    /// change, or nobody is left.
    #[must_use]
    pub fn salutation_without(&self, gone: &Name, others: &[Name]) -> Option<String> {
        let words = |text: &str| -> Vec<String> {
            text.split(|c: char| c.is_whitespace() || "&,-+/".contains(c))
                .filter(|w| !w.is_empty())
                .map(|w| Id::of(w).0)
                .collect()
        };
        let said = words(&self.salutation);
        let calls = |name: &str| !name.is_empty() && words(name).iter().all(|word| said.contains(word));
        // A family name alone is everybody's.
        let by_given = calls(&gone.given) || calls(&gone.called);
        let by_title = gone.given.is_empty() || (!gone.title.is_empty() && said.iter().any(|w| words(&gone.title).contains(w)));
        if others.is_empty() || !(by_given || (by_title && calls(&gone.family))) {
            return None;
        }
        let family = &others[0].family;
        let shared = !family.is_empty() && others.iter().all(|n| n.family == *family && !n.given.is_empty());
        let names: Vec<String> =
            others.iter().map(|n| if shared && others.len() > 1 { n.given.clone() } else { n.full() }).collect();
        let listed = match names.as_slice() {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.concat(),
        };
        Some(if shared && others.len() > 1 { format!("{listed} {family}") } else { listed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_small_before_a_family_name_is_part_of_it() {
        for (text, given, family) in [
            ("Anna Maria van der Berg", "Anna Maria", "van der Berg"),
            ("Carla de la Cruz", "Carla", "de la Cruz"),
            ("Ludwig von Ahn", "Ludwig", "von Ahn"),
            ("van der Berg", "van", "der Berg"),
            ("Ana y Luis", "Ana y", "Luis"),
            ("Van Morrison", "Van", "Morrison"),
            ("Maria De Luca", "Maria De", "Luca"),
        ] {
            let name = Name::parse(text);
            assert_eq!((name.given.as_str(), name.family.as_str()), (given, family), "{text}");
            assert_eq!(name.full(), text);
        }
    }

    #[test]
    fn ids_fold_names() {
        for (name, id) in [
            ("Zoë Łukasik", "zoe-lukasik"),
            ("O’Brien, Séan", "obrien-sean"),
            ("../../etc", "etc"),
            ("Ağaoğlu  Ştefan", "agaoglu-stefan"),
            ("Ольга Петрова", "ольга-петрова"),
            ("💥", "someone"),
            ("\u{202e}evil\u{0}", "evil"),
        ] {
            assert_eq!(Id::of(name).as_str(), id);
        }
        assert!(Id::of(&"long ".repeat(100)).as_str().chars().count() <= 48);
    }

    #[test]
    fn names_as_typed() {
        let lee = Name::parse("Mrs Lee");
        assert_eq!((lee.title.as_str(), lee.spoken().as_str()), ("Mrs", "Mrs Lee"));
        assert_eq!(Name::parse("Ana López").spoken(), "Ana");
        assert_eq!(Name::parse("Zoë").full(), "Zoë");
        assert_eq!(Name::parse("Tom Reed Jr.").suffix, "Jr.");
    }

    #[test]
    fn a_salutation_loses_the_name_of_the_dead() {
        let house = |text: &str| Household { salutation: text.into(), ..Household::default() };
        let [ann, bob, carl] = ["Ann Lee", "Bob Lee", "Carl Lee"].map(Name::parse);
        let left = |text: &str, others: &[Name]| house(text).salutation_without(&bob, others);
        assert_eq!(left("Ann and Bob Lee", std::slice::from_ref(&ann)).as_deref(), Some("Ann Lee"));
        assert_eq!(left("Ann, Bob & Carl Lee", &[ann.clone(), carl]).as_deref(), Some("Ann and Carl Lee"));
        assert_eq!(left("The Lees", std::slice::from_ref(&ann)), None);
        assert_eq!(left("Ann and Bob Lee", &[]), None);
        let mr = Name { title: "Mr".into(), ..bob.clone() };
        let mrs = Name { title: "Mrs".into(), ..ann };
        assert_eq!(house("Mr and Mrs Lee").salutation_without(&mr, &[mrs]).as_deref(), Some("Mrs Ann Lee"));
    }
}
