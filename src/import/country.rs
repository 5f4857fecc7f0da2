//! Countries as people write them, and their two letters.

use super::clean::squeezed;

const NAMES: &[(&str, &[&str])] = &[
    ("AT", &["austria", "osterreich", "autriche", "oostenrijk", "aut"]),
    ("AU", &["australia", "australien", "australie", "aus"]),
    ("BE", &["belgium", "belgien", "belgique", "belgie", "belgica", "belgia", "bel"]),
    ("BG", &["bulgaria", "bulgarien", "bulgarie"]),
    ("BR", &["brazil", "brasil", "brasilien", "bresil", "bra"]),
    ("CA", &["canada", "kanada", "can"]),
    ("CH", &["switzerland", "schweiz", "suisse", "svizzera", "zwitserland", "suiza", "szwajcaria", "che"]),
    ("CN", &["china", "chine", "chiny", "chn"]),
    ("CZ", &["czechia", "czechrepublic", "tschechien", "ceskarepublika", "cesko", "czechy", "cze"]),
    ("DE", &["germany", "deutschland", "allemagne", "alemania", "niemcy", "duitsland", "deu"]),
    ("DK", &["denmark", "danmark", "danemark", "dinamarca", "dania", "denemarken", "dnk"]),
    ("EE", &["estonia", "estland", "eesti"]),
    ("ES", &["spain", "espana", "spanien", "espagne", "hiszpania", "spanje", "esp"]),
    ("FI", &["finland", "suomi", "finnland", "finlande", "fin"]),
    ("FR", &["france", "frankreich", "francia", "francja", "frankrijk", "fra"]),
    (
        "GB",
        &[
            "unitedkingdom",
            "uk",
            "greatbritain",
            "england",
            "scotland",
            "wales",
            "northernireland",
            "grossbritannien",
            "vereinigteskonigreich",
            "royaumeuni",
            "reinounido",
            "verenigdkoninkrijk",
            "wielkabrytania",
            "gbr",
        ],
    ),
    ("GR", &["greece", "griechenland", "grece", "grecia", "grc"]),
    ("HR", &["croatia", "kroatien", "hrvatska"]),
    ("HU", &["hungary", "ungarn", "magyarorszag", "hongrie", "hun"]),
    ("IE", &["ireland", "irland", "irlande", "irlanda", "ierland", "irl"]),
    ("IL", &["israel"]),
    ("IN", &["india", "indien", "inde", "ind"]),
    ("IS", &["iceland", "island"]),
    ("IT", &["italy", "italia", "italien", "italie", "wlochy", "ita"]),
    ("JP", &["japan", "japon", "japonia", "jpn"]),
    ("KR", &["southkorea", "korea", "republicofkorea", "kor"]),
    ("LT", &["lithuania", "litauen", "lietuva"]),
    ("LU", &["luxembourg", "luxemburg", "lux"]),
    ("LV", &["latvia", "lettland", "latvija"]),
    ("MX", &["mexico", "mexiko", "mexique", "mex"]),
    (
        "NL",
        &["netherlands", "thenetherlands", "holland", "niederlande", "paysbas", "nederland", "paisesbajos", "holandia", "nld"],
    ),
    ("NO", &["norway", "norge", "norwegen", "norvege", "nor"]),
    ("NZ", &["newzealand", "neuseeland", "nzl"]),
    ("PL", &["poland", "polska", "polen", "pologne", "polonia", "pol"]),
    ("PT", &["portugal", "prt"]),
    ("RO", &["romania", "rumanien", "roumanie", "rou"]),
    ("SE", &["sweden", "sverige", "schweden", "suede", "suecia", "szwecja", "zweden", "swe"]),
    ("SG", &["singapore", "singapur"]),
    ("SI", &["slovenia", "slowenien", "slovenija"]),
    ("SK", &["slovakia", "slowakei", "slovensko"]),
    ("TR", &["turkey", "turkiye", "turkei", "turquie"]),
    ("UA", &["ukraine", "ukraina"]),
    (
        "US",
        &[
            "unitedstates",
            "unitedstatesofamerica",
            "usa",
            "america",
            "vereinigtestaaten",
            "vereinigtestaatenvonamerika",
            "etatsunis",
            "estadosunidos",
            "verenigdestaten",
            "stanyzjednoczone",
        ],
    ),
    ("ZA", &["southafrica", "sudafrika", "zaf"]),
];

/// The two letters of a country, or the name as it stands.
pub(super) fn code(name: &str) -> String {
    let name = name.trim();
    if name.len() == 2 && name.bytes().all(|b| b.is_ascii_alphabetic()) {
        let upper = name.to_ascii_uppercase();
        return if upper == "UK" { "GB".into() } else { upper };
    }
    let key = squeezed(name);
    NAMES.iter().find(|(_, names)| names.contains(&key.as_str())).map_or_else(|| name.to_owned(), |(code, _)| (*code).to_owned())
}
