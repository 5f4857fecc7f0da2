//! The languages of the shipped letters: how each writes a date, greets somebody, and counts years.
//!
//! Where a language's greeting depends on whether a man or a woman is greeted and nobody has said so, the greeting that
//! suits both is used: a wrong "Cher Madame" on a card is worse than a plain "Bonjour".

use crate::day::Day;
use crate::person::Name;

/// A language of a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tongue {
    /// English, dates as in `12 December 2026`.
    #[default]
    English,
    /// English as in the United States, dates as in `December 12, 2026`. Uses the English letters.
    American,
    /// German.
    German,
    /// French.
    French,
    /// Spanish.
    Spanish,
    /// Polish.
    Polish,
}

const ENGLISH: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const GERMAN: [&str; 12] =
    ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
const FRENCH: [&str; 12] =
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const SPANISH: [&str; 12] =
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];
const POLISH: [&str; 12] = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
];

impl Tongue {
    /// All of them, in the order they are listed to people.
    pub const ALL: [Tongue; 6] =
        [Tongue::English, Tongue::American, Tongue::German, Tongue::French, Tongue::Spanish, Tongue::Polish];

    /// From a language tag as people write it: `de`, `de-AT`, `en_US`, `EN-us`. `None` for a language we have no letters in.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Tongue> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let (language, region) = tag.split_once('-').unwrap_or((&tag, ""));
        match language {
            "en" if region == "us" => Some(Tongue::American),
            "en" => Some(Tongue::English),
            "de" => Some(Tongue::German),
            "fr" => Some(Tongue::French),
            "es" => Some(Tongue::Spanish),
            "pl" => Some(Tongue::Polish),
            _ => None,
        }
    }

    /// The two letters a letter's file has in its name: `en` for both kinds of English.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Tongue::English | Tongue::American => "en",
            Tongue::German => "de",
            Tongue::French => "fr",
            Tongue::Spanish => "es",
            Tongue::Polish => "pl",
        }
    }

    /// A date in full, as the language writes it at the head of a letter.
    #[must_use]
    pub fn date(self, day: Day) -> String {
        let month = (day.month() - 1) as usize;
        let (d, y) = (day.day(), day.year());
        match self {
            Tongue::English => format!("{d} {} {y}", ENGLISH[month]),
            Tongue::American => format!("{} {d}, {y}", ENGLISH[month]),
            Tongue::German => format!("{d}. {} {y}", GERMAN[month]),
            Tongue::French if d == 1 => format!("1er {} {y}", FRENCH[month]),
            Tongue::French => format!("{d} {} {y}", FRENCH[month]),
            Tongue::Spanish => format!("{d} de {} de {y}", SPANISH[month]),
            Tongue::Polish => format!("{d} {} {y}", POLISH[month]),
        }
    }

    /// The greeting line for one person: `Dear Ana,`.
    #[must_use]
    pub fn salutation(self, name: &Name) -> String {
        let title = name.title.trim().trim_end_matches('.').to_lowercase();
        // Somebody with a title and a family name is greeted by both, unless the owner says what to call them.
        let formal = !title.is_empty() && !name.family.is_empty() && name.called.is_empty();
        let spoken = if formal { format!("{} {}", name.title.trim(), name.family) } else { name.spoken() };
        let spoken = spoken.trim();
        if spoken.is_empty() {
            return self.greeting_to_nobody().into();
        }
        match self {
            Tongue::English | Tongue::American => format!("Dear {spoken},"),
            Tongue::German => match title.as_str() {
                "frau" if formal => format!("Liebe {spoken},"),
                "herr" if formal => format!("Lieber {spoken},"),
                _ if formal => format!("Guten Tag {spoken},"),
                _ => format!("Hallo {spoken},"),
            },
            Tongue::French => match title.as_str() {
                "mme" | "madame" if formal => "Chère Madame,".into(),
                "m" | "monsieur" if formal => "Cher Monsieur,".into(),
                _ => format!("Bonjour {spoken},"),
            },
            Tongue::Spanish => match title.as_str() {
                "sra" | "srta" | "doña" if formal => format!("Estimada {spoken}:"),
                "sr" | "don" if formal => format!("Estimado {spoken}:"),
                _ => format!("Hola, {spoken}:"),
            },
            // Polish greets in the vocative, and a name can't be put into it by rule: greeted without the name.
            Tongue::Polish => match title.as_str() {
                "pani" if formal => "Szanowna Pani,".into(),
                "pan" if formal => "Szanowny Panie,".into(),
                _ => self.greeting_to_nobody().into(),
            },
        }
    }

    /// The greeting line for a household, whose names the owner typed: `Ann and Bob Lee` → `Dear Ann and Bob Lee,`.
    #[must_use]
    pub fn salutation_to_several(self, typed: &str) -> String {
        let typed = typed.trim();
        if typed.is_empty() {
            return self.greeting_to_nobody().into();
        }
        // A line that already ends as a greeting does is the owner's own, whole.
        if typed.ends_with([',', ':', '!']) {
            return typed.to_owned();
        }
        match self {
            Tongue::English | Tongue::American => format!("Dear {typed},"),
            Tongue::German => format!("Hallo {typed},"),
            Tongue::French => format!("Bonjour {typed},"),
            Tongue::Spanish => format!("Hola, {typed}:"),
            Tongue::Polish => self.greeting_to_nobody().into(),
        }
    }

    fn greeting_to_nobody(self) -> &'static str {
        match self {
            Tongue::English | Tongue::American => "Hello,",
            Tongue::German => "Guten Tag,",
            Tongue::French => "Bonjour,",
            Tongue::Spanish => "Hola:",
            Tongue::Polish => "Dzień dobry,",
        }
    }

    /// Years counted in words up to twelve, with the right form of the word: `one year`, `fünf Jahre`, `5 lat`.
    #[must_use]
    pub fn years(self, count: u32) -> String {
        const EN: [&str; 13] =
            ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        const DE: [&str; 13] =
            ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"];
        const FR: [&str; 13] =
            ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"];
        const ES: [&str; 13] =
            ["cero", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"];
        const PL: [&str; 13] = [
            "zero",
            "jeden",
            "dwa",
            "trzy",
            "cztery",
            "pięć",
            "sześć",
            "siedem",
            "osiem",
            "dziewięć",
            "dziesięć",
            "jedenaście",
            "dwanaście",
        ];
        let words = match self {
            Tongue::English | Tongue::American => EN,
            Tongue::German => DE,
            Tongue::French => FR,
            Tongue::Spanish => ES,
            Tongue::Polish => PL,
        };
        let one = count == 1;
        let unit = match self {
            Tongue::English | Tongue::American => ["years", "year"][usize::from(one)],
            Tongue::German => ["Jahre", "Jahr"][usize::from(one)],
            Tongue::French => ["ans", "an"][usize::from(one)],
            Tongue::Spanish => ["años", "año"][usize::from(one)],
            Tongue::Polish if one => "rok",
            Tongue::Polish if matches!(count % 10, 2..=4) && !matches!(count % 100, 12..=14) => "lata",
            Tongue::Polish => "lat",
        };
        match words.get(count as usize) {
            Some(word) => format!("{word} {unit}"),
            None => format!("{count} {unit}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_each_language_writes_them() {
        let day = Day::new(2026, 12, 1).unwrap();
        let written: Vec<String> = Tongue::ALL.iter().map(|t| t.date(day)).collect();
        assert_eq!(
            written,
            [
                "1 December 2026",
                "December 1, 2026",
                "1. Dezember 2026",
                "1er décembre 2026",
                "1 de diciembre de 2026",
                "1 grudnia 2026"
            ]
        );
    }

    #[test]
    fn nobody_is_greeted_as_what_they_may_not_be() {
        let ana = Name::parse("Ana López");
        let greeted: Vec<String> = Tongue::ALL.iter().map(|t| t.salutation(&ana)).collect();
        assert_eq!(greeted, ["Dear Ana,", "Dear Ana,", "Hallo Ana,", "Bonjour Ana,", "Hola, Ana:", "Dzień dobry,"]);
        assert_eq!(Tongue::German.salutation(&Name::parse("Frau Müller")), "Liebe Frau Müller,");
        assert_eq!(Tongue::German.salutation(&Name::parse("Dr Müller")), "Guten Tag Dr Müller,");
        assert_eq!(Tongue::French.salutation(&Name::parse("Mme Petit")), "Chère Madame,");
        assert_eq!(Tongue::Polish.salutation(&Name::parse("Pani Nowak")), "Szanowna Pani,");
        assert_eq!(Tongue::English.salutation(&Name::default()), "Hello,");
        let called = Name { called: "Maggie".into(), ..Name::parse("Mrs Margaret Pell") };
        assert_eq!(Tongue::English.salutation(&called), "Dear Maggie,");
    }

    #[test]
    fn a_household_is_greeted_as_typed() {
        assert_eq!(Tongue::English.salutation_to_several("Ann and Bob Lee"), "Dear Ann and Bob Lee,");
        assert_eq!(Tongue::English.salutation_to_several("To the whole Lee crew,"), "To the whole Lee crew,");
    }

    #[test]
    fn years_are_counted_as_each_language_counts() {
        let polish: Vec<String> = [1, 2, 5, 12, 22, 25, 112].iter().map(|n| Tongue::Polish.years(*n)).collect();
        assert_eq!(polish, ["jeden rok", "dwa lata", "pięć lat", "dwanaście lat", "22 lata", "25 lat", "112 lat"]);
        assert_eq!(Tongue::German.years(1), "ein Jahr");
        assert_eq!(Tongue::English.years(13), "13 years");
    }

    #[test]
    fn tags_as_people_write_them() {
        assert_eq!(Tongue::parse("de-AT"), Some(Tongue::German));
        assert_eq!(Tongue::parse("en_US"), Some(Tongue::American));
        assert_eq!(Tongue::parse("ja"), None);
    }
}
