//! One person out of one record of a table.

use crate::day::{Birthday, Day};
use crate::person::{Address, Name, Person, Status};

use super::columns::{self, Field, Place, WORK};
use super::csv::Record;
use super::dates::{self, Rules, Told};
use super::read::Plan;
use super::{Fact, Found, Key, Loss, Problem, Row, Yearly, clean, country};

/// The words that stand before a name, folded and without full stops.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "lady", "lord", "rev", "fr", "herr", "frau", "hr", "m", "mme",
    "mlle", "monsieur", "madame", "sr", "sra", "srta", "senor", "senora", "don", "dona", "pan", "pani", "dhr", "mevr", "mw",
    "heer", "mevrouw", "ing", "mgr", "capt", "col", "maj", "hon",
];

/// All of a name that is known, in pieces, as a file gives them.
#[derive(Default)]
pub(super) struct Pieces {
    pub(super) whole: String,
    pub(super) title: String,
    pub(super) given: String,
    pub(super) middle: String,
    pub(super) particle: String,
    pub(super) family: String,
    pub(super) suffix: String,
    pub(super) called: String,
}

/// Written behind a name for want of a column, folded and without brackets.
const DIED: [&str; 14] = [
    "deceased",
    "dec'd",
    "decd",
    "died",
    "rip",
    "r.i.p.",
    "verstorben",
    "gestorben",
    "decede",
    "decedee",
    "fallecido",
    "fallecida",
    "zmarla",
    "zmarly",
];
/// The same where it is a sign.
const CROSSES: [char; 3] = ['†', '✝', '✟'];

impl Pieces {
    /// Takes `(deceased)` and the like out of the name; whether there was such a word.
    pub(super) fn take_death(&mut self) -> bool {
        let mut died = false;
        for piece in [&mut self.whole, &mut self.given, &mut self.family, &mut self.suffix, &mut self.title] {
            let mut rest = if piece.contains(CROSSES) { piece.replace(CROSSES, "").replace("()", "") } else { piece.clone() };
            if let Some((before, behind)) = rest.rsplit_once('(')
                && behind.trim_end().strip_suffix(')').is_some_and(|word| DIED.contains(&clean::folded(word).as_str()))
            {
                rest = before.to_owned();
            } else if let Some((before, word)) = rest.trim_end().rsplit_once([' ', ','])
                // Without brackets only what is nobody's name.
                && ["deceased", "verstorben"].contains(&clean::folded(word).as_str())
            {
                rest = before.to_owned();
            }
            if rest.len() < piece.len() {
                died = true;
                rest.trim_matches([' ', ',', '-']).clone_into(piece);
            }
        }
        died
    }

    /// The name they make.
    pub(super) fn name(self) -> Name {
        let mut name =
            Name { title: self.title.clone(), suffix: self.suffix.clone(), called: self.called.clone(), ..Name::default() };
        let family = join(&self.particle, &self.family);
        let whole = self.whole.replace("(customer)", "").trim().to_owned();
        match (self.given.is_empty(), family.is_empty()) {
            (true, true) => {
                let parsed = whole_name(&whole);
                name.given = parsed.given;
                name.family = parsed.family;
                if name.title.is_empty() {
                    name.title = parsed.title;
                }
                if name.suffix.is_empty() {
                    name.suffix = parsed.suffix;
                }
            }
            (false, true) => {
                name.given = join(&self.given, &self.middle);
                // `Name` beside a given name is the whole name or the family name.
                let rest = whole
                    .strip_prefix(&self.given)
                    .filter(|rest| rest.starts_with(' '))
                    .or_else(|| whole.strip_suffix(&self.given).filter(|rest| rest.ends_with([' ', ','])));
                name.family = match rest {
                    Some(rest) => rest.trim_matches([' ', ',']).to_owned(),
                    None if whole == self.given => String::new(),
                    None => whole,
                };
            }
            (_, false) => {
                // Where the given name is missing, or is the whole name, what stands before the family name is it.
                let all = if self.given.is_empty() { &whole } else { &self.given };
                let before = all.strip_suffix(&family).filter(|rest| rest.ends_with(' ')).map(str::trim);
                match before {
                    Some(before) if is_title(before) && name.title.is_empty() => before.clone_into(&mut name.title),
                    Some(before) => name.given = join(before, &self.middle),
                    None => name.given = join(&self.given, &self.middle),
                }
                name.family = family;
            }
        }
        // With a second name on the envelope, only the first is said.
        if name.called.is_empty() && !self.middle.is_empty() && !self.given.is_empty() {
            name.called.clone_from(&self.given);
        }
        if name.called == name.given {
            name.called = String::new();
        }
        name
    }
}

fn join(a: &str, b: &str) -> String {
    match (a.is_empty(), b.is_empty()) {
        (_, true) => a.to_owned(),
        (true, _) => b.to_owned(),
        _ => format!("{a} {b}"),
    }
}

/// `Lee, Ann` is Ann Lee; `Ann Lee, Jr` stays so.
fn whole_name(text: &str) -> Name {
    let Some((before, after)) =
        text.split_once(',').map(|(b, a)| (b.trim(), a.trim())).filter(|(b, a)| !b.is_empty() && !a.is_empty())
    else {
        return Name::parse(text.trim_matches([',', ' ']));
    };
    let first = clean::folded(after.split([' ', ',']).next().unwrap_or_default()).replace('.', "");
    if ["jr", "sr", "ii", "iii", "iv", "md", "phd", "esq", "dds", "mba"].contains(&first.as_str()) {
        return Name { suffix: after.to_owned(), ..Name::parse(before) };
    }
    if after.contains(',') {
        return Name::parse(text);
    }
    let given = Name::parse(after);
    // `Lee, Dr. Ann`.
    let given = if given.title.is_empty() { (String::new(), after.to_owned()) } else { (given.title, given.family) };
    Name { title: given.0, given: given.1, family: before.to_owned(), ..Name::default() }
}

/// Whether a word is one said before a name and not a job.
pub(super) fn is_title(text: &str) -> bool {
    let folded = clean::folded(text);
    let mut words = folded.split([' ', '.', '/', '&']).filter(|w| !w.is_empty()).peekable();
    words.peek().is_some()
        && words.all(|w| TITLES.contains(&w) || ["and", "und", "et", "y", "i", "en", "med", "dent"].contains(&w))
}

/// `Ann & Bob Lee` are two, whatever the list thinks.
pub(super) fn couple(name: &Name) -> Option<String> {
    let two = name
        .given
        .split_whitespace()
        .any(|w| ["&", "+", "and", "und", "et", "y", "i", "en"].contains(&clean::folded(w).as_str()));
    let words = name.given.split_whitespace().count();
    (two && words >= 2).then(|| name.full())
}

/// Yes, as a cell says it.
fn yes(cell: &str) -> bool {
    ["yes", "y", "true", "1", "x", "ja", "oui", "si", "tak", "wahr", "verstorben", "deceased"]
        .contains(&clean::folded(cell).as_str())
}

/// One person, or why there is none.
pub(super) fn row(plan: &Plan, record: &Record) -> Found {
    let mut row = Row { line: record.line, ..Row::default() };
    let out = &mut row.left_out;
    let line = |field: Field, what: &str, out: &mut Vec<String>| clean::line(what, plan.cell(record, field), out);
    let title = line(Field::Title, "title", out);
    let mut job = line(Field::Job, "job", out);
    let mut pieces = Pieces {
        whole: line(Field::Name, "name", out),
        title: String::new(),
        given: line(Field::Given, "given name", out),
        middle: line(Field::Middle, "middle name", out),
        particle: line(Field::Particle, "name", out),
        family: line(Field::Family, "family name", out),
        suffix: line(Field::Suffix, "suffix", out),
        called: line(Field::Called, "nickname", out),
    };
    if is_title(&title) {
        pieces.title = title;
    } else if job.is_empty() {
        job = title;
    }
    let company = line(Field::Company, "company", out);
    let died = pieces.take_death();
    let mut name = pieces.name();
    row.business = name.is_empty() && !company.is_empty();
    if row.business {
        name.family.clone_from(&company);
    }
    if name.is_empty() {
        let message = "this row has no name, so it was left out; give it one and import again".to_owned();
        return Found::Problem(Problem { line: record.line, message, loss: Loss::Row });
    }
    let (address, place) = address(plan, record, &name, &mut row.left_out);
    let out = &mut row.left_out;
    let mut person = Person { name, address, ..Person::default() };
    let at_work = place == WORK || plan.source == "shopify";
    if at_work && !row.business && !person.address.is_empty() {
        person.address.organisation.clone_from(&company);
    }
    let mut emails = several(plan, record, Field::Email, "e-mail", out);
    if let Some(wrong) = emails.iter().find(|email| !email.contains('@')) {
        out.push(format!("`{}` is no e-mail address and was left out", clean::shown(wrong)));
    }
    emails.retain(|email| email.contains('@'));
    let mut phones = several(plan, record, Field::Phone, "phone number", out);
    phones.retain(|phone| phone.chars().filter(char::is_ascii_digit).count() >= 3);
    person.email = if emails.is_empty() { String::new() } else { emails.remove(0) };
    person.phone = if phones.is_empty() { String::new() } else { phones.remove(0) };
    person.language = language(plan.cell(record, Field::Language));
    let remarks = out.len();
    person.birthday = birthday(plan, record, out);
    person.anniversary = first_yearly(plan, record, Field::Anniversary, "anniversary", out);
    labelled_days(plan, record, &mut person, &mut row.days, &mut row.left_out);
    let out = &mut row.left_out;
    row.open_days = out.len() > remarks;
    status(plan, record, &mut person, out);
    if died {
        died_by_name(&mut person, out);
    }
    let number = line(Field::Id, "customer number", out);
    row.key = (!number.is_empty()).then(|| Key { source: plan.source.clone(), number });
    row.household = Some(line(Field::Household, "household", out)).filter(|h| !h.is_empty()).or_else(|| couple(&person.name));
    let mut facts = Vec::new();
    let mut fact = |kind: &str, text: String| {
        if !text.is_empty() {
            facts.push(Fact { kind: kind.to_owned(), text });
        }
    };
    let work =
        if row.business { job } else { [job, company].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(", ") };
    fact("work", work);
    for (field, kind) in [
        (Field::Spouse, "spouse"),
        (Field::Children, "children"),
        (Field::ReferredBy, "referred-by"),
        (Field::Hobby, "hobby"),
        (Field::Group, "group"),
    ] {
        // Every contact of Google's is in a group of that name; it says nothing about anybody.
        for text in several(plan, record, field, kind, out).iter().filter(|t| *t != "* myContacts") {
            fact(kind, text.trim_start_matches("* ").to_owned());
        }
    }
    for at in plan.columns.of(Field::Remark) {
        fact("note", clean::text("remark", record.cell(at), out));
    }
    row.facts = facts;
    row.emails = emails;
    row.phones = phones;
    row.person = person;
    Found::Person(Box::new(row))
}

/// Every value of every column of a field; some programs join several in one cell with ` ::: `.
fn several(plan: &Plan, record: &Record, field: Field, what: &str, out: &mut Vec<String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for at in plan.columns.of(field) {
        for part in record.cell(at).split(" ::: ").take(20) {
            let text = clean::line(what, part, out);
            if !text.is_empty() && !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all
}

/// The two letters of a language: `de`, `de-AT`, `German`.
pub(super) fn language(text: &str) -> String {
    let folded = clean::folded(text.trim());
    let named = [
        ("english", "en"),
        ("englisch", "en"),
        ("anglais", "en"),
        ("german", "de"),
        ("deutsch", "de"),
        ("french", "fr"),
        ("francais", "fr"),
        ("spanish", "es"),
        ("espanol", "es"),
        ("polish", "pl"),
        ("polski", "pl"),
        ("dutch", "nl"),
        ("nederlands", "nl"),
        ("italian", "it"),
    ];
    if let Some((_, code)) = named.iter().find(|(name, _)| *name == folded) {
        return (*code).to_owned();
    }
    let code = folded.split(['-', '_']).next().unwrap_or_default();
    if code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase()) { code.to_owned() } else { String::new() }
}

/// A yearly day as one cell tells it, with what was left out noted.
pub(super) fn taken(told: Told<Birthday>, out: &mut Vec<String>) -> Option<Birthday> {
    match told {
        Told::Nothing => None,
        Told::Known(day, note) => {
            out.extend(note);
            Some(day)
        }
        Told::Refused(why) => {
            out.push(why);
            None
        }
    }
}

fn first_yearly(plan: &Plan, record: &Record, field: Field, what: &str, out: &mut Vec<String>) -> Option<Birthday> {
    plan.columns.of(field).find_map(|at| taken(dates::yearly(what, record.cell(at), plan.rules(at)), out))
}

/// The birthday, from one column or from three.
fn birthday(plan: &Plan, record: &Record, out: &mut Vec<String>) -> Option<Birthday> {
    if let Some(birthday) = first_yearly(plan, record, Field::Birthday, "birthday", out) {
        return Some(birthday);
    }
    let (month, day) = (plan.cell(record, Field::BirthMonth), plan.cell(record, Field::BirthDay));
    if month.is_empty() && day.is_empty() {
        return None;
    }
    let year = plan.cell(record, Field::BirthYear);
    let month = if month.bytes().all(|b| b.is_ascii_digit()) { format!("{month:0>2}") } else { month.to_owned() };
    let text = match (month.bytes().all(|b| b.is_ascii_digit()), year.is_empty()) {
        (true, true) => format!("--{month}-{day:0>2}"),
        (true, false) => format!("{year}-{month}-{day:0>2}"),
        (false, _) => format!("{day} {month} {year}"),
    };
    taken(dates::yearly("birthday", &text, plan.rules(usize::MAX)), out)
}

/// Google's `Event 1 - Label` and `Event 1 - Value`.
fn labelled_days(plan: &Plan, record: &Record, person: &mut Person, days: &mut Vec<Yearly>, out: &mut Vec<String>) {
    for (label, value) in plan.columns.of(Field::DayLabel).zip(plan.columns.of(Field::DayValue)) {
        let label = clean::line("label", record.cell(label), out).trim_start_matches("* ").to_owned();
        let what = if label.is_empty() { "day" } else { &label };
        if let Some(on) = taken(dates::yearly(what, record.cell(value), plan.rules(value)), out) {
            labelled(person, days, label, on);
        }
    }
}

/// A day with a label becomes anniversary, birthday or a day of its own.
pub(super) fn labelled(person: &mut Person, days: &mut Vec<Yearly>, label: String, on: Birthday) {
    match columns::recognised(&label, super::Wanted::People) {
        Some((Field::Anniversary, _)) if person.anniversary.is_none() => person.anniversary = Some(on),
        Some((Field::Birthday, _)) if person.birthday.is_none() => person.birthday = Some(on),
        _ => days.push(Yearly { label, on }),
    }
}

fn status(plan: &Plan, record: &Record, person: &mut Person, out: &mut Vec<String>) {
    if yes(plan.cell(record, Field::NoMail)) {
        person.status = Status::DoNotContact;
    }
    for at in plan.columns.of(Field::Died) {
        let cell = record.cell(at);
        if yes(cell) {
            person.status = Status::Deceased;
        } else if !["", "no", "n", "false", "0", "nein", "non", "nie", "nee"].contains(&clean::folded(cell).as_str()) {
            died(person, cell, plan.rules(at), out);
        }
    }
}

/// Says whose name had `(deceased)` behind it.
pub(super) fn died_by_name(person: &mut Person, out: &mut Vec<String>) {
    if person.status != Status::Deceased {
        person.status = Status::Deceased;
        out.push(format!("the name says that {} has died; no card goes there", clean::shown(&person.name.full())));
    }
}

/// A day of death that can't be read is a death all the same.
pub(super) fn died(person: &mut Person, cell: &str, rules: Rules, out: &mut Vec<String>) {
    let on: Option<Day> = match dates::day("day of death", cell, rules) {
        Told::Nothing => return,
        Told::Known(day, _) => Some(day),
        Told::Refused(why) => {
            out.push(format!("{why}; the person is taken as deceased"));
            None
        }
    };
    person.status = Status::Deceased;
    person.status_on = on;
}

/// The address a card is sent to, and where it belongs: home before work.
fn address(plan: &Plan, record: &Record, name: &Name, out: &mut Vec<String>) -> (Address, Place) {
    let mut places: Vec<Place> = plan
        .columns
        .iter()
        .filter(|(at, field, _)| columns::is_address(*field) && *field != Field::Country && !record.cell(*at).is_empty())
        .map(|(_, _, place)| place)
        .collect();
    places.sort_unstable();
    places.dedup();
    for place in places {
        let at_place =
            |field: Field| plan.columns.iter().filter(move |(_, f, p)| *f == field && *p == place).map(|(at, _, _)| at);
        let one = |field: Field, what: &str, out: &mut Vec<String>| {
            at_place(field).map(|at| clean::line(what, record.cell(at), out)).find(|t| !t.is_empty()).unwrap_or_default()
        };
        let mut address = Address {
            city: one(Field::City, "town", out),
            region: one(Field::Region, "region", out),
            postcode: one(Field::Postcode, "postal code", out),
            country: country::code(&one(Field::Country, "country", out)),
            ..Address::default()
        };
        for at in at_place(Field::Street) {
            address.street.extend(lines(record.cell(at), out));
        }
        let number = one(Field::HouseNumber, "house number", out);
        match address.street.first_mut() {
            Some(first) if !number.is_empty() => *first = format!("{first} {number}"),
            _ => {}
        }
        let po_box = one(Field::PoBox, "post-office box", out);
        if !po_box.is_empty() {
            let bare = po_box.chars().all(|c| c.is_ascii_digit() || c == ' ');
            address.street.push(if bare { format!("PO Box {po_box}") } else { po_box });
        }
        if address.street.is_empty() && address.city.is_empty() {
            for at in at_place(Field::Address) {
                address.street.extend(lines(record.cell(at), out));
            }
        } else if address.street.is_empty() {
            address.street.extend(at_place(Field::Address).next().map(|at| lines(record.cell(at), out)).unwrap_or_default());
        }
        tidy(&mut address, name, out);
        if !address.street.is_empty() || !address.city.is_empty() || !address.postcode.is_empty() {
            return (address, place);
        }
    }
    (Address::default(), columns::HOME)
}

/// The lines of a cell.
pub(super) fn lines(cell: &str, out: &mut Vec<String>) -> Vec<String> {
    let cell = cell.split(" ::: ").next().unwrap_or_default();
    cell.split(['\n', '\u{b}']).take(10).map(|line| clean::line("street", line, out)).filter(|line| !line.is_empty()).collect()
}

/// Lines that are the person's own name go; a last line that holds town and postal code is taken apart where nothing else does;
/// three lines at most.
pub(super) fn tidy(address: &mut Address, name: &Name, out: &mut Vec<String>) {
    let full = clean::folded(&name.full());
    address.street.retain(|line| clean::folded(line) != full);
    if let Some((city, region, postcode)) = town(&address.city).filter(|_| address.postcode.is_empty()) {
        (address.city, address.postcode) = (city, postcode);
        if address.region.is_empty() {
            address.region = region;
        }
    }
    if address.city.is_empty() && address.postcode.is_empty() && address.street.len() > 1 {
        if let Some(country) = address.street.last().filter(|line| address.street.len() > 2 && country::code(line).len() == 2) {
            address.country = country::code(country);
            address.street.pop();
        }
        if let Some((city, region, postcode)) = address.street.last().and_then(|line| town(line)) {
            (address.city, address.region, address.postcode) = (city, region, postcode);
            address.street.pop();
        }
    }
    address.street.dedup();
    if address.street.len() > 3 {
        let rest = address.street.split_off(2).join(", ");
        out.push("the street has more than three lines; the last ones were put on one".into());
        address.street.push(rest);
    }
}

/// `Baytown, LA 30314`, `24105 Kiel`.
fn town(line: &str) -> Option<(String, String, String)> {
    let digits = |word: &str| {
        word.bytes().filter(u8::is_ascii_digit).count() >= 4 && word.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    };
    if let Some((city, rest)) = line.rsplit_once(',') {
        let mut words = rest.split_whitespace();
        if let (Some(state), Some(zip), None) = (words.next(), words.next(), words.next())
            && state.len() == 2
            && digits(zip)
        {
            return Some((city.trim().to_owned(), state.to_owned(), zip.to_owned()));
        }
    }
    let (first, rest) = line.split_once(' ')?;
    digits(first).then(|| (rest.trim().to_owned(), String::new(), first.to_owned()))
}
