//! One file from its first byte to its last row: what it is, where its header is, what its columns mean, and then row by row.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read};

use crate::day::Day;
use crate::trouble::{Result, Trouble};

use super::charset::{self, Decoded};
use super::clean::{self, squeezed};
use super::columns::{Columns, Field, HOME, Place};
use super::csv::{self, Next, Record, Table};
use super::dates::{self, Column, Order, Rules, Shape};
use super::header::{is_there, listed, meaning_told, meanings, no_people, one_note, rather, words_of_kinds};
use super::touches::Till;
use super::{Found, Loss, Mapping, Problem, Wanted, cards, people, vcard};

/// So much of a file is looked at to find out what it is.
const HEAD: usize = 64 * 1024;
/// So many rows decide which of two numbers is the month.
const SAMPLE_ROWS: usize = 10_000;
/// … or so many bytes of them.
const SAMPLE_BYTES: usize = 8 * 1024 * 1024;

/// What a file turned out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The program it comes from, in a word: `google`, `outlook`, `shopify`, `vcard`; `csv` if it wasn't recognised.
    pub source: String,
    /// The encoding, as far as it is known after the first part of the file.
    pub charset: String,
    /// What parts the cells of a table.
    pub delimiter: Option<char>,
    /// The line of the header; none if the table has none.
    pub header_line: Option<usize>,
    /// The columns by their headers, and what each was taken for.
    pub columns: Vec<(String, Option<Field>)>,
    /// The first row: its line and its cells.
    pub first: Option<(usize, Vec<String>)>,
    /// Columns that hold something and were taken for nothing.
    pub unused: Vec<String>,
    /// Its columns are those of another sort of list than the one that is wanted.
    pub rather: Option<Wanted>,
}

impl About {
    /// What to do with a list that looks like no list of people.
    #[must_use]
    pub fn no_people(&self, file: &str) -> Option<Trouble> {
        self.rather.map(|rather| no_people(file, rather))
    }
}

/// How the rows of one table are read.
pub(super) struct Plan {
    pub(super) wanted: Wanted,
    pub(super) columns: Columns,
    pub(super) source: String,
    pub(super) width: usize,
    /// Rows of one order follow one another and are one purchase.
    pub(super) by_order: bool,
    orders: BTreeMap<usize, Option<Order>>,
    /// Columns in which 1970 is a year like any other.
    real_1970: BTreeSet<usize>,
    today: Day,
    real_years: bool,
}

impl Plan {
    /// How the dates of a column are read.
    pub(super) fn rules(&self, column: usize) -> Rules {
        Rules {
            order: self.orders.get(&column).copied().flatten(),
            today: self.today,
            real_years: self.real_years,
            real_1970: self.real_1970.contains(&column),
        }
    }

    /// The first cell of a field that isn't empty; else an empty one.
    pub(super) fn cell<'r>(&self, record: &'r Record, field: Field) -> &'r str {
        self.columns.of(field).map(|at| record.cell(at)).find(|cell| !cell.is_empty()).unwrap_or_default()
    }
}

enum Rest {
    Table(Box<Rows>),
    Cards(Box<vcard::Cards>),
}

struct Rows {
    table: Table,
    plan: Plan,
    header: Vec<String>,
    /// What was looked at to decide dates, and not given out yet.
    sample: VecDeque<Record>,
    till: Till,
}

/// A file being read: what it is, and its rows one after the other.
pub struct Reading {
    about: About,
    ready: VecDeque<Found>,
    rest: Rest,
    over: bool,
}

impl Reading {
    /// What the file turned out to be.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.about
    }
}

/// Begins to read a file. `file` is its name for sentences; `today` bounds years.
///
/// What can't be read at all is a [`Trouble`] here; what can't be read of a row comes as a [`Problem`] among the rows.
pub fn read(file: &str, input: impl Read + 'static, wanted: Wanted, mapping: &Mapping, today: Day) -> Result<Reading> {
    let unreadable = |error: &io::Error| Trouble::failed(format!("cannot read {file}: {error}"));
    if let Some(label) = mapping.charset.as_deref().filter(|label| !charset::known(label)) {
        return Err(Trouble::usage(format!("`{label}` is no encoding")).hint("name it as in utf-8, windows-1252 or windows-1250"));
    }
    let mut input: Box<dyn Read> = Box::new(input);
    let mut head = Vec::new();
    input.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|error| unreadable(&error))?;
    if head.is_empty() {
        return Err(Trouble::failed(format!("{file} is empty")).hint("export it again from the program it comes from"));
    }
    let input: Box<dyn Read> = Box::new(io::Cursor::new(head.clone()).chain(input));
    let named = [".vcf", ".vcard"].iter().any(|end| file.to_ascii_lowercase().ends_with(end));
    if head.trim_ascii_start().get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCALENDAR")) {
        return Err(Trouble::failed(format!("{file} is a calendar, not an address book"))
            .hint("export the contacts themselves, as vCard or CSV"));
    }
    if named || vcard::looks_like(&head) {
        if wanted != Wanted::People {
            return Err(Trouble::usage(format!("{file} is an address book and holds people only")).hint("import it without --as"));
        }
        let cards = vcard::Cards::new(input, mapping, today).map_err(|error| unreadable(&error))?;
        let about = About { source: cards.source().to_owned(), charset: cards.charset().to_owned(), ..About::default() };
        return Ok(Reading { about, ready: VecDeque::new(), rest: Rest::Cards(Box::new(cards)), over: false });
    }
    if looks_binary(&head) {
        return Err(Trouble::failed(format!("{file} is no text"))
            .hint("export it as CSV or vCard; a spreadsheet has that under Save as or Download"));
    }
    let mut decoded = Decoded::new(input, mapping.charset.as_deref()).map_err(|error| unreadable(&error))?;
    let mut text = Vec::new();
    decoded.by_ref().take(HEAD as u64).read_to_end(&mut text).map_err(|error| unreadable(&error))?;
    table(file, text, decoded, wanted, mapping, today)
}

/// A workbook, a picture, a PDF: a signature no text begins with.
fn looks_binary(head: &[u8]) -> bool {
    [&b"PK\x03\x04"[..], b"%PDF", b"\xd0\xcf\x11\xe0", b"SQLite format", b"\x89PNG", b"\x1f\x8b"]
        .iter()
        .any(|mark| head.starts_with(mark))
}

fn score(record: &Record, wanted: Wanted, mapping: &Mapping) -> usize {
    let cells: Vec<&str> = record.cells().collect();
    let filled = cells.iter().filter(|c| !c.is_empty()).count();
    let known = meanings(&cells, wanted, mapping).iter().filter(|m| m.is_some()).count();
    // One known word in a row of several is as likely a datum as a header.
    if known == 1 && filled > 2 && mapping.columns.is_empty() { 0 } else { known }
}

fn table(file: &str, head: Vec<u8>, rest: Decoded, wanted: Wanted, mapping: &Mapping, today: Day) -> Result<Reading> {
    let by_number = !mapping.columns.is_empty() && mapping.columns.keys().all(|name| name.parse::<usize>().is_ok());
    let by_header = Mapping { columns: if by_number { BTreeMap::new() } else { mapping.columns.clone() }, ..Mapping::default() };
    let text = String::from_utf8_lossy(&head);
    let delimiter = csv::delimiter(&text, |record| score(record, wanted, &by_header));
    drop(text);
    let charset = rest.name().to_owned();
    let mut table = Table::new(head, rest, delimiter);
    let mut ready = VecDeque::new();
    let mut sample = VecDeque::new();
    draw(&mut table, &mut sample, &mut ready, 40);
    let best = sample.iter().take(40).enumerate().map(|(at, r)| (score(r, wanted, &by_header), at)).filter(|(s, _)| *s > 0);
    let header_at = best.max_by_key(|(score, at)| (*score, std::cmp::Reverse(*at))).map(|(_, at)| at);
    let header: Option<Record> = header_at.and_then(|at| sample.drain(..=at).next_back());
    let names: Vec<String> = header.as_ref().map_or_else(Vec::new, |r| r.cells().map(clean::shown).collect());
    let cells: Vec<&str> = header.as_ref().map_or_else(Vec::new, |r| r.cells().collect());
    let mut found = match (&header, sample.front()) {
        (Some(_), _) => meanings(&cells, wanted, mapping),
        (None, Some(first)) if by_number => meanings(&vec![""; first.len()], wanted, mapping),
        (None, Some(first)) => without_header(&sample, wanted).ok_or_else(|| {
            let cells: Vec<&str> = first.cells().collect();
            let trouble = no_header(file, &sample, wanted);
            match rather(&cells, &[]).filter(|_| wanted == Wanted::People) {
                Some(other) => no_people(file, other),
                None => trouble,
            }
        })?,
        (None, None) => return Err(Trouble::failed(format!("{file} holds no rows")).hint("export it again as CSV")),
    };
    let keys: Vec<String> = cells.iter().map(|cell| squeezed(cell)).collect();
    let source = mapping.source.clone().unwrap_or_else(|| program(&keys).to_owned());
    if let Some(name) = mapping.named.iter().find(|name| !is_there(name, &cells, found.len())) {
        return Err(Trouble::usage(format!("{file} has no column `{}`", clean::shown(name)))
            .hint(format!("its columns are {}", listed(&names))));
    }
    // Square writes the month first, but a shop elsewhere may have had its list through a spreadsheet.
    let habit = (source == "square" && ["", "US"].contains(&mapping.country.as_str())).then_some(Order::MonthFirst);
    if wanted == Wanted::Touches {
        words_of_kinds(&mut found, &cells, &sample, mapping);
    }
    let by_order = adjust(&mut found, &keys, wanted, mapping);
    if wanted == Wanted::Cards {
        one_note(&mut found, &cells, mapping);
    }
    let rather = if wanted == Wanted::People { rather(&cells, &found) } else { None };
    if let Some(trouble) = lacking(file, &found, wanted, &names) {
        return Err(match rather {
            Some(other) => no_people(file, other),
            None => trouble,
        });
    }
    let filled = |at: usize| sample.iter().any(|record| !record.cell(at).is_empty());
    let unused = names.iter().enumerate().filter(|(at, _)| found[*at].is_none() && filled(*at));
    // What the owner says is to be left alone is no surprise.
    let ignored = |at: usize| meaning_told(mapping, at, cells[at]) == Some(Field::Ignore);
    let about = About {
        first: sample.front().map(|record| (record.line, record.cells().map(clean::shown).collect())),
        unused: unused.filter(|(at, _)| !ignored(*at)).map(|(_, name)| name.clone()).collect(),
        rather,
        source: source.clone(),
        charset,
        delimiter: Some(char::from(delimiter)),
        header_line: header.as_ref().map(|r| r.line),
        columns: names.iter().cloned().zip(found.iter().map(|f| f.map(|(field, _)| field))).collect(),
    };
    let all = found.iter().enumerate().filter_map(|(at, f)| f.map(|(field, place)| (at, field, place))).collect();
    let width = if header.is_some() { cells.len() } else { usize::MAX };
    let header: Vec<String> = cells.iter().map(|c| (*c).to_owned()).collect();
    let mut plan = Plan {
        wanted,
        columns: Columns::new(all),
        source,
        width,
        by_order,
        orders: BTreeMap::new(),
        real_1970: BTreeSet::new(),
        today,
        real_years: mapping.real_years,
    };
    draw(&mut table, &mut sample, &mut ready, SAMPLE_ROWS);
    plan.orders = decide(&mut plan, &sample, (mapping.dates, habit), &names, &mut ready);
    let rows = Rows { table, plan, header, sample, till: Till::default() };
    Ok(Reading { about, ready, rest: Rest::Table(Box::new(rows)), over: false })
}

/// Draws rows until there are so many, or so many bytes.
fn draw(table: &mut Table, sample: &mut VecDeque<Record>, ready: &mut VecDeque<Found>, rows: usize) {
    let mut bytes = 0;
    while sample.len() < rows && bytes < SAMPLE_BYTES {
        match table.next() {
            None => break,
            Some(Next::Problem(problem)) => ready.push_back(Found::Problem(problem)),
            Some(Next::Record(record)) => {
                bytes += record.cells().map(|cell| cell.len() + 24).sum::<usize>();
                sample.push_back(record);
            }
        }
    }
}

/// Which of two numbers is the month, for every column of dates; what can't be decided becomes one question a column.
fn decide(
    plan: &mut Plan,
    sample: &VecDeque<Record>,
    (told, habit): (Option<Order>, Option<Order>),
    names: &[String],
    ready: &mut VecDeque<Found>,
) -> BTreeMap<usize, Option<Order>> {
    const DATED: [Field; 5] = [Field::Birthday, Field::Anniversary, Field::Died, Field::DayValue, Field::Date];
    let mut orders = BTreeMap::new();
    let dated: Vec<(usize, Field)> =
        plan.columns.iter().filter(|(_, f, _)| DATED.contains(f)).map(|(at, f, _)| (at, f)).collect();
    for (at, field) in dated {
        let mut column = Column::default();
        let mut placeholders: Option<(usize, usize, i32)> = None;
        let mut around = [0_usize; 3];
        for record in sample {
            let cell = record.cell(at);
            column.see(record.line, cell);
            if let Shape::Sure { year: Some(year), .. } | Shape::Either { year: Some(year), .. } = dates::shape(cell) {
                if let Some(near) = usize::try_from(year.value - 1969).ok().and_then(|at| around.get_mut(at)) {
                    *near += 1;
                }
                if ![1900, 1901, 1970].contains(&year.value) {
                    continue;
                }
                placeholders = Some(placeholders.map_or((1, record.line, year.value), |(n, line, y)| (n + 1, line, y)));
            }
        }
        let name = names.get(at).map_or_else(|| format!("{}", at + 1), Clone::clone);
        // What the owner says, then what the column shows by itself; what the program does elsewhere only if neither says anything.
        let order = told.or_else(|| column.order()).or(habit.filter(|_| !column.contradicts_itself()));
        if let Some((open, line, example)) = column.question().filter(|_| order.is_none()) {
            let (several, were) = if open == 1 { ("1 date".to_owned(), "was") } else { (format!("{open} dates"), "were") };
            let message = format!(
                "{several} in the column `{name}` may be read in two ways, such as {}, and {were} left out; import again with --dates dmy if the day comes first, --dates mdy if the month does",
                clean::shown(example)
            );
            ready.push_back(Found::Problem(Problem { line, message, loss: Loss::Question }));
        }
        // Where people of 1969 and 1971 are about as many, those of 1970 are as real.
        let [before, there, after] = around;
        if before > 0 && after > 0 && there <= 2 * (before + after) {
            plan.real_1970.insert(at);
            placeholders = placeholders.filter(|(count, _, _)| *count > there);
        }
        let yearly = !matches!(field, Field::Date | Field::Died);
        if let Some((count, line, year)) = placeholders.filter(|_| yearly && !plan.real_years) {
            let (several, have, they) =
                if count == 1 { ("1 date".to_owned(), "has", "it was") } else { (format!("{count} dates"), "have", "they were") };
            let message = format!(
                "{several} in the column `{name}` {have} a year such as {year}, which programs write when none is known, so {they} taken without a year; import again with --real-years if it is real"
            );
            ready.push_back(Found::Problem(Problem { line, message, loss: Loss::Question }));
        }
        orders.insert(at, order);
    }
    orders
}

/// The program whose columns these are.
fn program(keys: &[String]) -> &'static str {
    let has = |name: &str| keys.iter().any(|key| key == name);
    let any = |part: &str| keys.iter().any(|key| key.contains(part));
    if any("lineitem")
        || any("defaultaddress")
        || (has("acceptsemailmarketing") && has("taxexempt"))
        || (has("acceptsmarketing") && any("address1"))
    {
        "shopify"
    } else if has("squarecustomerid")
        || has("transactioncount")
        || has("lifetimespend")
        || (has("pricepointname") && has("customerreferenceid"))
        || has("emailsubscriptionstatus")
    {
        "square"
    } else if has("baddr1")
        || has("openbalance")
        || has("openingbalance")
        || has("invoiceno") && any("itemproductservice")
        || has("memodescription")
    {
        "quickbooks"
    } else if has("email1label") || has("email1type") || has("email1value") || has("groupmembership") {
        "google"
    } else if has("connectedon") {
        "linkedin"
    } else if has("screenname") || (has("displayname") && has("primaryemail")) {
        "thunderbird"
    } else if any("businessstreet")
        || any("homestreet")
        || any("strassegeschaftlich")
        || any("strasseprivat")
        || any("ruebureau")
        || any("ruedomicile")
    {
        "outlook"
    } else {
        "csv"
    }
}

/// Columns whose sense depends on their neighbours. Says if rows of one order belong together.
fn adjust(found: &mut [Option<(Field, Place)>], keys: &[String], wanted: Wanted, mapping: &Mapping) -> bool {
    let told: Vec<String> = mapping.columns.keys().map(|name| squeezed(name)).collect();
    let has = |found: &[Option<(Field, Place)>], field| found.iter().flatten().any(|(f, _)| *f == field);
    let key = |at: usize| keys.get(at).map_or("", String::as_str);
    let free = |at: usize| !told.iter().any(|t| t == key(at));
    let (given, family, name) = (has(found, Field::Given), has(found, Field::Family), has(found, Field::Name));
    let in_three = has(found, Field::BirthMonth);
    let shopify_orders = wanted == Wanted::Touches && keys.iter().any(|k| k == "lineitemname");
    for (at, column) in found.iter_mut().enumerate() {
        let Some((field, place)) = *column else { continue };
        if !free(at) {
            continue;
        }
        // Alone, these mean the whole name.
        if !name
            && ((field == Field::Family && !given && key(at) == "nom")
                || (field == Field::Given && !family && key(at).starts_with("nombre")))
        {
            *column = Some((Field::Name, place));
        }
        // `Address` is the first line where there is an `Address 2`.
        let second = |other: &String| {
            other.ends_with(|c: char| c.is_ascii_digit())
                && other.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches("line") == key(at)
        };
        if field == Field::Address && keys.iter().any(second) {
            *column = Some((Field::Street, place));
        }
        // Beside a surname, `Name` is the given name.
        if field == Field::Name && family && !given && ["name", "naam", "nombre"].contains(&key(at)) {
            *column = Some((Field::Given, place));
        }
        // Thunderbird's `Birth Day` stands beside `Birth Month`.
        if in_three && field == Field::Birthday {
            *column = Some((Field::BirthDay, place));
        }
        if shopify_orders {
            *column = match key(at) {
                "name" => Some((Field::Order, HOME)),
                "billingname" => Some((Field::Name, HOME)),
                "createdat" => Some((Field::Date, HOME)),
                "total" => Some((Field::Amount, HOME)),
                "currency" | "email" | "phone" | "lineitemname" | "lineitemquantity" => *column,
                "customerid" => Some((Field::Id, HOME)),
                _ => None,
            };
        }
    }
    let numbered = has(found, Field::Order);
    if wanted == Wanted::Touches && has(found, Field::Item) && numbered {
        return true;
    }
    wanted == Wanted::Touches && shopify_orders
}

/// A table without a header that is plain all the same: `display name, first, last, e-mail`, as Thunderbird writes it.
fn without_header(sample: &VecDeque<Record>, wanted: Wanted) -> Option<Vec<Option<(Field, Place)>>> {
    let fits = |r: &Record| r.len() >= 4 && r.cell(3).contains('@') && r.cell(0) == format!("{} {}", r.cell(1), r.cell(2)).trim();
    if wanted != Wanted::People || !sample.iter().take(5).all(fits) {
        return None;
    }
    let mut found: Vec<Option<(Field, Place)>> = vec![None; sample.front()?.len()];
    for (at, field) in [Field::Name, Field::Given, Field::Family, Field::Email].into_iter().enumerate() {
        found[at] = Some((field, HOME));
    }
    Some(found)
}

fn no_header(file: &str, sample: &VecDeque<Record>, wanted: Wanted) -> Trouble {
    let first: Vec<String> = sample.front().map_or_else(Vec::new, |r| r.cells().take(4).map(clean::shown).collect());
    let line = match wanted {
        Wanted::People => "given name,family name,birthday,street,city,postal code,country",
        Wanted::Cards => "to,occasion,date,note",
        Wanted::Touches => "who,kind,date,text",
    };
    Trouble::failed(format!(
        "{file} has no header that says what its columns are; its first line begins with {}",
        first.join(" | ")
    ))
    .hint(format!("put a first line such as {line} at its top"))
    .hint("or say what the columns are by their names or numbers: --map \"1=name\" --map \"2=email\"")
}

/// What a table can't do without.
fn lacking(file: &str, found: &[Option<(Field, Place)>], wanted: Wanted, names: &[String]) -> Option<Trouble> {
    let has = |fields: &[Field]| found.iter().flatten().any(|(f, _)| fields.contains(f));
    let who = [Field::Name, Field::Given, Field::Family, Field::Company, Field::Called, Field::Email, Field::Phone, Field::Id];
    let (missing, field) = match wanted {
        Wanted::People if !has(&who[..5]) => ("a name", Field::Name),
        Wanted::Cards | Wanted::Touches if !has(&who) => ("whom it is about", Field::Name),
        Wanted::Cards if !has(&[Field::Note]) => ("the note", Field::Note),
        Wanted::Touches if !has(&[Field::Date]) => ("a day", Field::Date),
        _ => return None,
    };
    let shown = listed(names);
    Some(
        Trouble::failed(format!("no column of {file} says {missing}; its columns are {shown}"))
            .hint(format!("say which it is: --map \"their column={}\"", field.called(wanted))),
    )
}

impl Iterator for Reading {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            if let Some(found) = self.ready.pop_front() {
                return Some(found);
            }
            if self.over {
                return None;
            }
            match &mut self.rest {
                Rest::Cards(cards) => self.over = !cards.next(&mut self.ready),
                Rest::Table(rows) => self.over = !rows.next(&mut self.ready),
            }
        }
    }
}

impl Rows {
    /// Puts what the next record holds into `ready`; says if there may be more.
    fn next(&mut self, ready: &mut VecDeque<Found>) -> bool {
        let next = self.sample.pop_front().map(Next::Record).or_else(|| self.table.next());
        match next {
            None => {
                self.till.close(ready);
                return false;
            }
            Some(Next::Problem(problem)) => ready.push_back(Found::Problem(problem)),
            Some(Next::Record(record)) => {
                if self.sample.is_empty() {
                    ready.extend(self.table.problems_before(record.line).into_iter().map(Found::Problem));
                }
                one(&self.plan, &self.header, &record, &mut self.till, ready);
            }
        }
        true
    }
}

/// One record.
fn one(plan: &Plan, header: &[String], record: &Record, till: &mut Till, ready: &mut VecDeque<Found>) {
    let empty = record.cells().all(str::is_empty);
    // Lists put together by hand have their header twice.
    let again = record.len() == header.len() && record.cells().zip(header).all(|(cell, name)| cell == name);
    if empty || again {
        return;
    }
    if record.len() > plan.width && record.cells().skip(plan.width).any(|cell| !cell.is_empty()) {
        let message = format!(
            "this row has {} cells but the header only {}, so it was left out; a cell with the separator in it needs quotation marks round it",
            record.len(),
            plan.width
        );
        ready.push_back(Found::Problem(Problem { line: record.line, message, loss: Loss::Row }));
        return;
    }
    match plan.wanted {
        Wanted::People => ready.push_back(people::row(plan, record)),
        Wanted::Cards => ready.push_back(cards::row(plan, record)),
        Wanted::Touches => till.row(plan, record, ready),
    }
}
