//! Who a card goes to, as a service takes it: every field found, cleaned, and short enough, or what to edit.

use std::collections::BTreeMap;

use super::{Format, Service};
use crate::address::{self, country_code};
use crate::person::Address;

/// Somebody's name and address, from wherever they come.
#[derive(Clone, Debug, Default)]
pub struct Party<'a> {
    /// What `wetink person edit` knows them by.
    pub id: &'a str,
    /// The whole name, or a household's salutation.
    pub name: String,
    /// `Mrs`.
    pub title: String,
    /// Given name, or a household's salutation.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Where.
    pub address: Address,
}

/// A service's fields by name; empty ones are left out of requests and stay empty in lists.
pub type Fields = BTreeMap<&'static str, String>;

/// Why a service wouldn't take it, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Words without anything that isn't seen: control codes, direction marks, doubled blanks.
fn clean(text: &str) -> String {
    let unseen = |c: char| matches!(u32::from(c), 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x2069 | 0xfeff);
    let seen: String = text.chars().filter(|c| !unseen(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is wrong with one of the shop's own people, and the command that puts it right.
fn edit(id: &str, flag: &str) -> String {
    format!("`wetink person edit {id} {flag} …`")
}

/// The fields of somebody a card of this size is to go to.
pub fn recipient(service: &Service, size: &Format, party: &Party<'_>, shop_country: &str) -> Result<Fields, Vec<Complaint>> {
    let title = &service.title;
    let mut wrong = Vec::new();
    let mut complain = |message: String, help: String| wrong.push(Complaint { message, help });
    let bare = party.address.street.is_empty() && party.address.city.is_empty() && party.address.postcode.is_empty();
    if bare {
        complain("there is no address".into(), format!("add it: {}", edit(party.id, "--street … --city … --postcode")));
    }
    for problem in address::problems(&party.address, shop_country) {
        if bare && matches!(problem, address::Problem::Missing { .. }) {
            continue;
        }
        // Slight ones the post can live with; a service can't with a country it doesn't know.
        if !problem.slight() || matches!(problem, address::Problem::Country(_)) {
            let flag = match &problem {
                address::Problem::Missing { part: "street", .. } => "--street",
                address::Problem::Missing { part: "town", .. } => "--city",
                address::Problem::Missing { part: "state", .. } | address::Problem::State(_) => "--region",
                address::Problem::Country(_) => "--country",
                _ => "--postcode",
            };
            complain(problem.to_string(), format!("put it right: {}", edit(party.id, flag)));
        }
    }
    let Some(country) = country_code(if party.address.country.is_empty() { shop_country } else { &party.address.country }) else {
        return Err(wrong);
    };
    let home = size.to.iter().any(|c| c == country);
    if !home && !size.abroad {
        let other = service.sizes.iter().find(|s| s.abroad || s.to.iter().any(|c| c == country));
        let help = match other {
            Some(other) => format!("pack it in a run of its own with `--size {}`, or take the card off this sheet", other.name),
            None => "print it at home, or take the card off the sheet".into(),
        };
        let to = size.to.join(", ");
        complain(format!("{title} is known to send {} cards only to {to}, and this one goes to {country}", size.name), help);
    }
    let found = fields(service, party, country, home, &mut wrong);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

/// The sender's fields, if there is one the service can take.
pub fn sender(service: &Service, party: &Party<'_>, shop_country: &str) -> Result<Fields, Vec<Complaint>> {
    let country = country_code(if party.address.country.is_empty() { shop_country } else { &party.address.country });
    let mut wrong: Vec<Complaint> = address::problems(&party.address, shop_country)
        .into_iter()
        .filter(|p| !p.slight())
        .map(|p| Complaint {
            message: format!("the shop's own address: {p}"),
            help: "put it right under [shop] in wetink.toml".into(),
        })
        .collect();
    let Some(country) = country.filter(|c| service.limits.from.is_empty() || *c == service.limits.from) else {
        wrong.push(Complaint {
            message: format!("{} wants a sender in {}", service.title, service.limits.from),
            help: "give the shop's address there under [shop] in wetink.toml, or print this card at home".into(),
        });
        return Err(wrong);
    };
    let found = fields(service, party, country, true, &mut wrong);
    if wrong.is_empty() { Ok(found) } else { Err(wrong) }
}

fn fields(service: &Service, party: &Party<'_>, country: &str, home: bool, wrong: &mut Vec<Complaint>) -> Fields {
    let limits = &service.limits;
    let title = &service.title;
    let address = &party.address;
    let mut lines: Vec<String> = address.street.iter().map(|l| clean(l)).filter(|l| !l.is_empty()).collect();
    // A line more than the service has goes behind the last it has.
    while lines.len() > limits.lines {
        let over = lines.pop().unwrap_or_default();
        if let Some(last) = lines.last_mut() {
            *last = format!("{last}, {over}");
        }
    }
    let mut state = clean(&address.region);
    let mut city = clean(&address.city);
    let zip = clean(&address.postcode).to_uppercase();
    if country == "US" || country == "CA" || country == "AU" {
        state = state.to_uppercase();
    }
    if !home && limits.zip_or_state_abroad && !zip.is_empty() && !state.is_empty() {
        // Nothing of an address is dropped: where the province has no place of its own it follows the town.
        city = format!("{city}, {state}");
        state.clear();
    }
    let line = if home { limits.line } else { limits.abroad_line };
    let mut fit = |what: &str, text: &str, most: usize, flag: &str| {
        let long = text.chars().count();
        if long > most {
            wrong.push(Complaint {
                message: format!("the {what} `{text}` has {long} characters, and {title} takes {most}"),
                help: if party.id.is_empty() {
                    "shorten it under [shop] in wetink.toml; nothing is cut silently".into()
                } else if flag.is_empty() {
                    "shorten it in the list it came from, and import that again; nothing is cut silently".into()
                } else {
                    format!("shorten it: {}; nothing is cut silently", edit(party.id, flag))
                },
            });
        }
    };
    let (name, company) = (clean(&party.name), clean(&address.organisation));
    fit("name", &name, limits.name, "--name");
    fit("company", &company, limits.company, "");
    for text in &lines {
        fit("address line", text, line, "--street");
    }
    fit("town", &city, if home { limits.city } else { limits.abroad_city }, "--city");
    fit("postcode", &zip, if home { 10 } else { limits.abroad_zip }, "--postcode");
    if name.is_empty() && company.is_empty() {
        wrong.push(Complaint { message: "nobody's name stands in the address".into(), help: edit(party.id, "--name") });
    }
    if country == "US" && home {
        let zip_right =
            matches!(zip.len(), 5 | 10) && zip.char_indices().all(|(i, c)| if i == 5 { c == '-' } else { c.is_ascii_digit() });
        let state_right = state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic());
        if !zip_right && wrong.is_empty() {
            wrong.push(Complaint {
                message: format!("`{zip}` is no ZIP code; {title} takes 12345 or 12345-6789"),
                help: format!("put it right: {}", edit(party.id, "--postcode")),
            });
        }
        if !state_right && wrong.is_empty() {
            wrong.push(Complaint {
                message: format!("`{state}` is no state in two letters"),
                help: format!("put it right: {}", edit(party.id, "--region")),
            });
        }
    }
    let mut lines = lines.into_iter();
    let mut next = || lines.next().unwrap_or_default();
    Fields::from([
        ("name", name),
        ("title", clean(&party.title)),
        ("first", clean(&party.first)),
        ("last", clean(&party.last)),
        ("company", company),
        ("line1", next()),
        ("line2", next()),
        ("line3", next()),
        ("city", city),
        ("state", state),
        ("zip", zip),
        ("foreign", if country == "US" { String::new() } else { country.to_owned() }),
        ("country", country.to_owned()),
    ])
}

/// What a note sent as text must be: short enough, in letters the service writes.
#[must_use]
pub fn text_note(service: &Service, size: &Format, text: &str) -> Vec<Complaint> {
    let mut wrong = Vec::new();
    let long = text.chars().count();
    if long > size.note {
        wrong.push(Complaint {
            message: format!(
                "the note has {long} characters with its postscript and signature, and {} takes {}: {} too many",
                service.title,
                size.note,
                long - size.note
            ),
            help: "shorten it; nothing is cut silently".into(),
        });
    }
    wrong
}

/// The characters no service of robots is known to write.
#[must_use]
pub fn unwritable(text: &str) -> Vec<char> {
    let mut found: Vec<char> = text
        .chars()
        .filter(
            |c| !matches!(u32::from(*c), 0x0a | 0x20..=0x7e | 0xa0..=0x17f | 0x2013 | 0x2014 | 0x2018..=0x201e | 0x2026 | 0x20ac),
        )
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana(zip: &str, state: &str, country: &str) -> Party<'static> {
        Party {
            id: "ana-lopez",
            name: "Ana López".into(),
            first: "Ana".into(),
            last: "López".into(),
            title: String::new(),
            address: Address {
                street: vec!["1 Elm St".into(), "Apt 4".into(), "c/o Reed".into()],
                city: "Hoboken".into(),
                region: state.into(),
                postcode: zip.into(),
                country: country.into(),
                ..Address::default()
            },
        }
    }

    #[test]
    fn an_address_is_taken_or_says_what_to_edit() {
        let lob = Service::named("lob").unwrap();
        let small = lob.size(None).unwrap();
        let fields = recipient(&lob, small, &ana("07030", "nj", ""), "US").unwrap();
        assert_eq!(
            (fields["zip"].as_str(), fields["state"].as_str(), fields["line2"].as_str()),
            ("07030", "NJ", "Apt 4, c/o Reed")
        );
        let wrong = recipient(&lob, small, &ana("7030", "NJ", ""), "US").unwrap_err();
        assert!(wrong[0].message.contains("was it 07030") && wrong[0].help.contains("wetink person edit ana-lopez --postcode"));
        let mut long = ana("07030", "NJ", "");
        long.name = "Maximiliana-Theodora Wolfeschlegelsteinhausen".into();
        assert!(recipient(&lob, small, &long, "US").unwrap_err()[0].message.contains("45 characters, and Lob takes 40"));
        long.name = "Ana\u{202e}\u{0}\tLópez".into();
        assert_eq!(recipient(&lob, small, &long, "US").unwrap()["name"], "Ana López");
    }

    #[test]
    fn abroad_is_only_for_the_small_card_and_never_with_postcode_and_state() {
        let lob = Service::named("lob").unwrap();
        let mut toronto = ana("K1P 1J1", "on", "CA");
        toronto.address.city = "Ottawa".into();
        let fields = recipient(&lob, lob.size(None).unwrap(), &toronto, "US").unwrap();
        assert_eq!((fields["city"].as_str(), fields["state"].as_str(), fields["zip"].as_str()), ("Ottawa, ON", "", "K1P 1J1"));
        let wrong = recipient(&lob, lob.size(Some("6x9")).unwrap(), &toronto, "US").unwrap_err();
        assert!(wrong[0].help.contains("--size 4x6"), "{wrong:?}");
        let thanks = Service::named("thanks.io").unwrap();
        assert!(recipient(&thanks, thanks.size(None).unwrap(), &toronto, "US").unwrap_err()[0].message.contains("known to send"));
        let shop = Party { id: "", address: ana("YO21 1PU", "", "GB").address, name: "Hill".into(), ..Party::default() };
        assert!(sender(&lob, &shop, "GB").unwrap_err()[0].message.contains("a sender in US"));
    }
}
