//! Address books: the cards that phones and mail programs exchange, in versions 2.1, 3.0 and 4.0.
//!
//! calcard takes names and addresses apart. Days are read from the line itself: its typed dates have already lost the 12 of
//! `--04-12`, and take `12/04/1980` for the year 12.

use std::collections::VecDeque;
use std::io::{self, Read};

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardParameterValue, VCardProperty, VCardValue};

use crate::day::Birthday;
use crate::day::Day;
use crate::person::{Address, Person, Status};

use super::charset::Decoded;
use super::dates::{self, Rules};
use super::people::{self, Pieces};
use super::unfold::{self, Card, Property, Unfold};
use super::{Fact, Found, Key, Loss, Mapping, Problem, Row, clean, country};

/// Whether a file begins like an address book: `BEGIN:VCARD` on one of its first lines.
pub(super) fn looks_like(head: &[u8]) -> bool {
    let text: Vec<u8> = head.iter().filter(|b| **b != 0).map(u8::to_ascii_uppercase).collect();
    let lines = text.split(|b| *b == b'\n' || *b == b'\r').filter(|line| !line.is_empty()).take(20);
    lines.into_iter().any(|line| line.windows(11).take(4).any(|w| w == b"BEGIN:VCARD"))
}

/// An address book, card by card.
pub(super) struct Cards {
    lines: Unfold,
    source: String,
    charset: String,
    rules: Rules,
    any: bool,
    asked_order: bool,
    asked_year: bool,
}

impl Cards {
    pub(super) fn new(mut input: Box<dyn Read>, mapping: &Mapping, today: Day) -> io::Result<Cards> {
        let mut head = Vec::new();
        input.by_ref().take(1024).read_to_end(&mut head)?;
        let wide = head.contains(&0) || mapping.charset.is_some();
        let input: Box<dyn Read> = Box::new(io::Cursor::new(head).chain(input));
        let mut charset = "UTF-8".to_owned();
        let input: Box<dyn Read> = if wide {
            let decoded = Decoded::new(input, mapping.charset.as_deref())?;
            decoded.name().clone_into(&mut charset);
            Box::new(decoded)
        } else {
            input
        };
        Ok(Cards {
            lines: Unfold::new(input),
            source: mapping.source.clone().unwrap_or_else(|| "vcard".into()),
            charset,
            rules: Rules { order: mapping.dates, today, real_years: mapping.real_years, real_1970: false },
            any: false,
            asked_order: false,
            asked_year: false,
        })
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn charset(&self) -> &str {
        &self.charset
    }

    /// Puts the next card into `ready`; says if there may be more.
    pub(super) fn next(&mut self, ready: &mut VecDeque<Found>) -> bool {
        match self.lines.next() {
            None => {
                if !self.any {
                    let message = "there is no card in this file; export the address book again as vCard".to_owned();
                    ready.push_back(Found::Problem(Problem { line: 1, message, loss: Loss::Rest }));
                }
                return false;
            }
            Some(unfold::Next::Problem(problem)) => {
                let over = problem.loss == Loss::Rest;
                ready.push_back(Found::Problem(problem));
                return !over;
            }
            Some(unfold::Next::Card(card)) => {
                self.any = true;
                let mut reader = Reader {
                    rules: self.rules,
                    row: Row { line: card.line, ..Row::default() },
                    open_order: None,
                    open_year: None,
                };
                let read = reader.card(&card, &self.source);
                let ask = |line: usize, message: String| Found::Problem(Problem { line, message, loss: Loss::Question });
                if let Some(cell) = reader.open_order.take().filter(|_| !std::mem::replace(&mut self.asked_order, true)) {
                    let message = format!(
                        "a date such as {cell} may be read in two ways and was left out; import again with --dates dmy if the day comes first, --dates mdy if the month does"
                    );
                    ready.push_back(ask(card.line, message));
                }
                if let Some(year) = reader.open_year.take().filter(|_| !std::mem::replace(&mut self.asked_year, true)) {
                    let message = format!(
                        "a day in the year {year}, which programs write when none is known, was taken without its year; import again with --real-years if such years are real"
                    );
                    ready.push_back(ask(card.line, message));
                }
                ready.push_back(match read {
                    Ok(()) => Found::Person(Box::new(reader.row)),
                    Err(message) => Found::Problem(Problem { line: card.line, message, loss: Loss::Row }),
                });
            }
        }
        true
    }
}

struct Reader {
    rules: Rules,
    row: Row,
    /// A date that only the owner can read.
    open_order: Option<String>,
    /// A year that may be none.
    open_year: Option<String>,
}

/// The texts of an entry by place; a place with several values has them joined.
fn fields(entry: &VCardEntry, join: &str) -> Vec<String> {
    entry
        .values
        .iter()
        .map(|value| match value {
            VCardValue::Component(parts) => parts.iter().filter(|p| !p.trim().is_empty()).cloned().collect::<Vec<_>>().join(join),
            VCardValue::Binary(data) => String::from_utf8_lossy(&data.data).into_owned(),
            other => other.as_text().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn whole(entry: &VCardEntry) -> String {
    fields(entry, ", ").join(", ")
}

/// Whether an entry is of a type: `TYPE=work`.
fn is(entry: &VCardEntry, kind: &str) -> bool {
    entry.params.iter().any(|p| match &p.name {
        VCardParameterName::Type => p.value.as_text().is_some_and(|t| t.split(',').any(|t| t.trim().eq_ignore_ascii_case(kind))),
        VCardParameterName::Other(name) => name.eq_ignore_ascii_case(kind),
        _ => false,
    })
}

/// How much an entry is preferred: 1 most, 101 not at all.
fn preference(entry: &VCardEntry) -> u32 {
    let told = entry.params.iter().find(|p| p.name == VCardParameterName::Pref).map(|p| match &p.value {
        VCardParameterValue::Integer(n) => *n,
        _ => 1,
    });
    told.unwrap_or(if is(entry, "pref") { 1 } else { 101 })
}

impl Reader {
    fn line(&mut self, what: &str, text: &str) -> String {
        clean::line(what, text, &mut self.row.left_out)
    }

    fn fact(&mut self, kind: &str, text: &str) {
        let text = if text.len() > clean::LINE || text.contains('\n') {
            clean::text(kind, text, &mut self.row.left_out)
        } else {
            self.line(kind, text)
        };
        let fact = Fact { kind: kind.to_owned(), text };
        if !fact.text.is_empty() && !self.row.facts.contains(&fact) {
            self.row.facts.push(fact);
        }
    }

    /// Reads one card into the row, or says why nobody is in it.
    fn card(&mut self, card: &Card, source: &str) -> Result<(), String> {
        let mut text = String::from("BEGIN:VCARD\n");
        for property in &card.properties {
            text.push_str(&property.to_line());
            text.push('\n');
        }
        text.push_str("END:VCARD\n");
        let Ok(parsed) = VCard::parse(&text) else {
            return Err("this card couldn't be taken apart and was left out; export the address book again".into());
        };
        if card.cut {
            self.row.left_out.push("the card is too long; its last lines were left out".into());
        }
        if !card.closed {
            self.row.left_out.push("the card has no end; what there was of it was taken".into());
        }
        let entries = |name: VCardProperty| parsed.entries.iter().filter(move |e| e.name == name);
        let other = |name: &'static str| {
            parsed.entries.iter().filter(move |e| matches!(&e.name, VCardProperty::Other(n) if n.eq_ignore_ascii_case(name)))
        };
        let kind = entries(VCardProperty::Kind)
            .chain(other("X-ADDRESSBOOKSERVER-KIND"))
            .map(whole)
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let formatted = entries(VCardProperty::Fn).map(whole).find(|n| !n.trim().is_empty()).unwrap_or_default();
        if ["group", "location", "application", "device"].contains(&kind.as_str()) {
            return Err(format!("`{}` is a {kind} and not a person, so it was left out", clean::shown(&formatted)));
        }
        let company = self.company(entries(VCardProperty::Org).next());
        let as_company = kind == "org" || other("X-ABSHOWAS").map(whole).any(|v| v.eq_ignore_ascii_case("company"));
        let called =
            entries(VCardProperty::Nickname).flat_map(|e| fields(e, ",")).find(|n| !n.trim().is_empty()).unwrap_or_default();
        let mut pieces = self.pieces(entries(VCardProperty::N).next(), &formatted, &called);
        let died = pieces.take_death();
        let name = pieces.name();
        // A firm's card often repeats the firm as the formatted name.
        let no_name = entries(VCardProperty::N).flat_map(|e| fields(e, " ")).all(|part| part.trim().is_empty());
        let firm = !company.is_empty()
            && (as_company || name.is_empty() || (no_name && clean::folded(&formatted) == clean::folded(&company)));
        let mut person = Person { name, ..Person::default() };
        if died {
            people::died_by_name(&mut person, &mut self.row.left_out);
        }
        if firm || (as_company && !person.name.is_empty()) {
            self.row.business = true;
            let full = if company.is_empty() { person.name.full() } else { company.clone() };
            person.name = crate::person::Name { family: full, ..crate::person::Name::default() };
        }
        if person.name.is_empty() {
            let hint = entries(VCardProperty::Email).chain(entries(VCardProperty::Tel)).map(whole).find(|v| !v.trim().is_empty());
            let of = hint.map_or_else(String::new, |h| format!(" of {}", clean::shown(h.trim_start_matches("tel:"))));
            return Err(format!("this card{of} has no name, so it was left out; give it one and import again"));
        }
        let at_work = self.address(&parsed, card, &mut person);
        if at_work && !self.row.business {
            person.address.organisation.clone_from(&company);
        }
        self.reachable(&parsed, &mut person);
        person.language = entries(VCardProperty::Lang)
            .chain(entries(VCardProperty::Language))
            .map(|e| people::language(&whole(e)))
            .find(|l| !l.is_empty())
            .unwrap_or_default();
        let uid =
            entries(VCardProperty::Uid).chain(other("X-ABUID")).map(whole).find(|u| !u.trim().is_empty()).unwrap_or_default();
        let number = self.line("UID", uid.trim_start_matches("urn:uuid:"));
        self.row.key = (!number.is_empty()).then(|| Key { source: source.to_owned(), number });
        let job = entries(VCardProperty::Title)
            .chain(entries(VCardProperty::Role))
            .map(whole)
            .find(|t| !t.trim().is_empty())
            .unwrap_or_default();
        let job = self.line("job", &job);
        let firm = if self.row.business { String::new() } else { company };
        let work: Vec<&str> = [job.as_str(), firm.as_str()].into_iter().filter(|p| !p.is_empty()).collect();
        self.fact("work", &work.join(", "));
        let remarks = self.row.left_out.len();
        self.days(&card.properties, &mut person);
        self.row.open_days = self.row.left_out.len() > remarks;
        self.relations(&parsed, &card.properties);
        for entry in entries(VCardProperty::Note) {
            self.fact("note", &whole(entry));
        }
        self.row.household = if self.row.business { None } else { people::couple(&person.name) };
        self.row.person = person;
        Ok(())
    }

    /// The firm without its departments.
    fn company(&mut self, entry: Option<&VCardEntry>) -> String {
        let name = entry
            .map(|e| fields(e, ", "))
            .and_then(|fields| fields.into_iter().find(|f| !f.trim().is_empty()))
            .unwrap_or_default();
        self.line("company", &name)
    }

    fn pieces(&mut self, n: Option<&VCardEntry>, formatted: &str, called: &str) -> Pieces {
        let parts = n.map(|e| fields(e, ", ")).unwrap_or_default();
        let names = |at: usize| parts.get(at).map_or_else(String::new, |names| names.replace(',', " "));
        let part = |at: usize| parts.get(at).map_or("", String::as_str);
        Pieces {
            whole: self.line("name", formatted),
            title: self.line("title", part(3)),
            given: self.line("given name", &names(1)),
            middle: self.line("middle name", &names(2)),
            particle: String::new(),
            family: self.line("family name", part(0)),
            suffix: self.line("suffix", part(4)),
            called: self.line("nickname", called),
        }
    }

    /// The address a card is sent to: home before the rest, work last. Says if it is the place of work.
    fn address(&mut self, parsed: &VCard, card: &Card, person: &mut Person) -> bool {
        let rank = |entry: &VCardEntry| {
            (
                if is(entry, "home") {
                    0
                } else if is(entry, "work") {
                    2
                } else {
                    1
                },
                preference(entry),
            )
        };
        let mut found: Vec<&VCardEntry> = parsed.entries.iter().filter(|e| e.name == VCardProperty::Adr).collect();
        found.sort_by_key(|entry| rank(entry));
        for entry in found {
            let parts = fields(entry, ", ");
            let part = |at: usize| parts.get(at).map_or("", |p| p.trim());
            let mut address = Address {
                city: self.line("town", part(3)),
                region: self.line("region", part(4)),
                postcode: self.line("postal code", part(5)),
                country: country::code(&self.line("country", part(6))),
                ..Address::default()
            };
            for at in [2, 1, 0] {
                let lines = people::lines(part(at), &mut self.row.left_out);
                let bare = at == 0 && lines.iter().all(|l| l.chars().all(|c| c.is_ascii_digit()));
                address.street.extend(lines.into_iter().map(|l| if bare { format!("PO Box {l}") } else { l }));
            }
            if address.is_empty() {
                let label = entry.params.iter().find(|p| p.name == VCardParameterName::Label).and_then(|p| p.value.as_text());
                let label = label.unwrap_or_default().replace("\\n", "\n");
                address.street = people::lines(label.trim_matches(['"', '\\', ' ']), &mut self.row.left_out);
            }
            people::tidy(&mut address, &person.name, &mut self.row.left_out);
            if !address.street.is_empty() || !address.city.is_empty() || !address.postcode.is_empty() {
                person.address = address;
                return rank(entry).0 == 2;
            }
        }
        let label = card.properties.iter().find(|p| p.name == "LABEL" && !p.value.trim().is_empty());
        if let Some(label) = label {
            let text = label.value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";");
            person.address.street = people::lines(text.trim_matches(['"', ' ']), &mut self.row.left_out);
            people::tidy(&mut person.address, &person.name, &mut self.row.left_out);
            return label.says("TYPE", "work");
        }
        false
    }

    /// E-mail and phone, the preferred first; fax and pager are no phones.
    fn reachable(&mut self, parsed: &VCard, person: &mut Person) {
        let sorted = |name: VCardProperty| {
            let mut found: Vec<&VCardEntry> = parsed.entries.iter().filter(|e| e.name == name).collect();
            found.sort_by_key(|e| (preference(e), !is(e, "cell"), !is(e, "home"), is(e, "work")));
            found
        };
        let mut emails: Vec<String> = Vec::new();
        for entry in sorted(VCardProperty::Email) {
            let email = self.line("e-mail", whole(entry).trim_start_matches("mailto:"));
            if email.contains('@') && !emails.contains(&email) && emails.len() < 20 {
                emails.push(email);
            }
        }
        let mut phones: Vec<String> = Vec::new();
        for entry in sorted(VCardProperty::Tel).into_iter().filter(|e| !is(e, "fax") && !is(e, "pager") && !is(e, "x-fax")) {
            let phone = self.line("phone number", whole(entry).trim_start_matches("tel:"));
            if phone.chars().filter(char::is_ascii_digit).count() >= 3 && !phones.contains(&phone) && phones.len() < 20 {
                phones.push(phone);
            }
        }
        person.email = if emails.is_empty() { String::new() } else { emails.remove(0) };
        person.phone = if phones.is_empty() { String::new() } else { phones.remove(0) };
        (self.row.emails, self.row.phones) = (emails, phones);
    }

    /// Every day on the card, read from the lines themselves.
    fn days(&mut self, properties: &[Property], person: &mut Person) {
        for property in properties {
            match property.name.as_str() {
                "BDAY" => {
                    let found = self.day("birthday", property);
                    match (person.birthday, found) {
                        (None, found) => person.birthday = found,
                        (Some(first), Some(other)) if first != other => {
                            self.row.left_out.push(format!(
                                "the card has a second birthday, {}; {} was taken",
                                other.plain(),
                                first.plain()
                            ));
                        }
                        _ => {}
                    }
                }
                "ANNIVERSARY"
                | "X-ANNIVERSARY"
                | "X-EVOLUTION-ANNIVERSARY"
                | "X-MS-ANNIVERSARY"
                | "X-KADDRESSBOOK-X-ANNIVERSARY" => {
                    let found = self.day("anniversary", property);
                    person.anniversary = person.anniversary.or(found);
                }
                "DEATHDATE" | "X-DEATHDATE" | "X-DEATH-DATE" => {
                    people::died(person, &plain_value(property), self.rules, &mut self.row.left_out);
                    person.status = Status::Deceased;
                }
                "X-ABDATE" => {
                    let label = label_of(properties, &property.group);
                    let label = self.line("label", &label);
                    let what = if label.is_empty() { "day".to_owned() } else { format!("day `{label}`") };
                    if let Some(on) = self.day(&what, property) {
                        people::labelled(person, &mut self.row.days, label, on);
                    }
                }
                "X-ANDROID-CUSTOM" => self.android(property, person),
                _ => {}
            }
        }
    }

    fn day(&mut self, what: &str, property: &Property) -> Option<Birthday> {
        let cell = plain_value(property);
        let shape = dates::shape(&cell);
        let written_as_text = property.says("VALUE", "text");
        if written_as_text && shape == dates::Shape::Text {
            self.fact(what, &cell);
            return None;
        }
        // Here a year comes first, however short it is; and a program may say itself that its year is none.
        let parts: Vec<&str> = cell.split('-').collect();
        let number = |part: &str| !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        let mut text = cell.clone();
        if let [year, month, day] = parts[..]
            && [year, month, day].iter().all(|p| number(p))
            && day.len() <= 2
        {
            let omitted = property.param("X-APPLE-OMIT-YEAR").is_some_and(|omit| omit.trim() == year);
            if omitted || year.len() < 4 {
                text = format!("--{month:0>2}-{day:0>2}");
            }
            if !omitted && year.len() < 4 {
                self.row.left_out.push(format!("the {what} is taken without its year: {year} is no year"));
            }
        }
        if let dates::Shape::Either { first, second, .. } = shape
            && self.rules.order.is_none()
            && first <= 12
            && second <= 12
            && first != second
            && text == cell
        {
            self.open_order.get_or_insert_with(|| clean::shown(&cell));
        }
        let told = dates::yearly(what, &text, self.rules);
        if let dates::Shape::Sure { year: Some(year), .. } = dates::shape(&text)
            && [1900, 1901, 1970].contains(&year.value)
            && !self.rules.real_years
        {
            self.open_year.get_or_insert_with(|| year.value.to_string());
        }
        people::taken(told, &mut self.row.left_out)
    }

    /// `vnd.android.cursor.item/contact_event;2000-09-12;1;…`: 1 is the anniversary, 3 the birthday, 0 has its own label.
    fn android(&mut self, property: &Property, person: &mut Person) {
        let parts: Vec<&str> = property.value.split(';').collect();
        let part = |at: usize| parts.get(at).copied().unwrap_or_default();
        if part(0).ends_with("/contact_event") {
            let label = match part(2) {
                "1" => "anniversary",
                "3" => "birthday",
                "0" => part(3),
                _ => "",
            };
            let label = self.line("label", label);
            let dated = Property { value: part(1).to_owned(), ..Property::default() };
            if let Some(on) = self.day("day", &dated) {
                people::labelled(person, &mut self.row.days, label, on);
            }
        } else if part(0).ends_with("/relation") && part(2) == "14" {
            self.fact("spouse", part(1));
        } else if part(0).ends_with("/nickname") && person.name.called.is_empty() {
            let called = self.line("nickname", part(1));
            if called != person.name.given {
                person.name.called = called;
            }
        }
    }

    fn relations(&mut self, parsed: &VCard, properties: &[Property]) {
        for entry in &parsed.entries {
            match &entry.name {
                VCardProperty::Related => {
                    let text = whole(entry);
                    let kind = entry.params.iter().filter(|p| p.name == VCardParameterName::Type).find_map(|p| p.value.as_text());
                    if !text.contains("://") && !text.starts_with("urn:") && !text.starts_with("data:") {
                        let kind = kind.map_or_else(|| "related".to_owned(), str::to_lowercase);
                        self.fact(if kind == "child" { "children" } else { &kind }, &text);
                    }
                }
                VCardProperty::Hobby | VCardProperty::Interest => self.fact("hobby", &whole(entry)),
                VCardProperty::Categories => {
                    for group in fields(entry, ",").into_iter().take(20) {
                        self.fact("group", &group);
                    }
                }
                VCardProperty::Other(name) => match name.to_ascii_uppercase().as_str() {
                    "X-SPOUSE" | "X-EVOLUTION-SPOUSE" | "X-MS-SPOUSE" | "X-KADDRESSBOOK-X-SPOUSESNAME" => {
                        self.fact("spouse", &whole(entry));
                    }
                    "X-MS-CHILD" | "X-CHILDREN" => self.fact("children", &whole(entry)),
                    "X-ABRELATEDNAMES" => {
                        let group = entry.group.as_deref().unwrap_or_default().to_lowercase();
                        let label = label_of(properties, &group).to_lowercase();
                        let label = clean::line("label", &label, &mut Vec::new());
                        let kind = match label.as_str() {
                            "" => "related",
                            "child" => "children",
                            "referred_by" => "referred-by",
                            other => other,
                        };
                        self.fact(kind, &whole(entry));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }
}

/// A value without white space and backslashes.
fn plain_value(property: &Property) -> String {
    let text: String = property.value.trim().chars().filter(|c| *c != '\\').take(80).collect();
    text.trim_matches('"').to_owned()
}

/// What Apple calls the property beside it: `_$!<Anniversary>!$_` is Anniversary.
fn label_of(properties: &[Property], group: &str) -> String {
    let label = properties.iter().find(|p| !group.is_empty() && p.group == group && p.name == "X-ABLABEL");
    label.map_or_else(String::new, |p| p.value.trim().trim_start_matches("_$!<").trim_end_matches(">!$_").to_owned())
}
