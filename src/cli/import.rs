//! `wetink import`: people, what happened, and the cards of earlier years, from other programs' files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{Args, ValueEnum};

use crate::cli::talk::{BAD, STRONG, Talk, WARN, count, styled};
use crate::cli::{Done, World, workroom};
use crate::import::{self, About, Field, Mapping, Order, Wanted};
use crate::ledger::intake::{Answer, Report, Said};
use crate::shop::{self, Shop};
use crate::trouble::{Result, Trouble};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum As {
    /// People, from an address book or a customer list
    People,
    /// Cards of earlier years: to,occasion,date,note
    Cards,
    /// Purchases, orders, visits
    Touches,
}

#[derive(Debug, Args)]
#[command(
    after_help = "The same file twice changes nothing. Somebody who may be here already is left alone and told; --yes takes them as the same. \
    Past cards have the columns to,occasion,date,note and, if you like, ps and letter; things that happened who,date,kind,text.\n\n\
    What --map COLUMN=FIELD takes:\n  \
    of people    name, given, middle, particle, family, called, title, suffix, company, job,\n               \
                 birthday, birth-year, birth-month, birth-day, anniversary, died, do-not-contact,\n               \
                 street, house-number, po-box, city, region, postcode, country, address, email,\n               \
                 phone, id, remark, spouse, children, referred-by, hobby, group, language,\n               \
                 household, day-label, day\n  \
    of cards     to, occasion, date, note, ps, letter, email, id\n  \
    of touches   who, date, kind, text, amount, currency, order, item, quantity, email, phone, id\n  \
    of anything  ignore"
)]
pub struct Import {
    /// .csv or .vcf files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What the rows are; people, if nothing is said
    #[arg(long = "as", value_enum)]
    wanted: Option<As>,
    /// A column of theirs and what it is: --map "Kundennr=id"
    #[arg(long, value_name = "COLUMN=FIELD")]
    map: Vec<String>,
    /// Which comes first in 03/04/1980
    #[arg(long, value_name = "ORDER", value_parser = order)]
    dates: Option<Order>,
    /// 1900, 1901 and 1970 are real years of birth in this file
    #[arg(long)]
    real_years: bool,
    /// The file's encoding, where it isn't found out rightly: windows-1250
    #[arg(long, value_name = "NAME")]
    charset: Option<String>,
    /// Columns and dates as saved in wetink.toml under this name
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Save --map and --dates in wetink.toml under this name, for the next time
    #[arg(long, value_name = "NAME")]
    save: Option<String>,
    /// People who may be here already are the same
    #[arg(long)]
    yes: bool,
    /// Ask about each who may be here already
    #[arg(long, conflicts_with = "yes")]
    review: bool,
    /// The answers to those questions, in a file: a line for each, with the row's line and y or n
    #[arg(long, value_name = "FILE", conflicts_with_all = ["yes", "review"])]
    answers: Option<PathBuf>,
    /// Say exactly what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The report as JSON
    #[arg(long)]
    json: bool,
}

fn order(text: &str) -> Result<Order, String> {
    match text {
        "dmy" => Ok(Order::DayFirst),
        "mdy" => Ok(Order::MonthFirst),
        _ => Err("write dmy (day first) or mdy (month first)".into()),
    }
}

impl Import {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let wanted = match self.wanted {
            None | Some(As::People) => Wanted::People,
            Some(As::Cards) => Wanted::Cards,
            Some(As::Touches) => Wanted::Touches,
        };
        let mut mapping = match &self.source {
            Some(name) => saved(&shop, name)?,
            None => Mapping::default(),
        };
        mapping.dates = self.dates.or(mapping.dates);
        mapping.real_years |= self.real_years;
        mapping.charset = self.charset.clone().or(mapping.charset);
        mapping.kinds = shop.rules()?.words().into_iter().map(str::to_owned).collect();
        mapping.country = shop.settings.shop.country.to_uppercase();
        for typed in &self.map {
            mapping.add(typed)?;
        }
        if let Some(name) = &self.save {
            mapping.source.get_or_insert_with(|| name.clone());
            if !self.dry_run {
                save(&shop, name, &mapping)?;
                talk.say(format!("Saved in {} as [import.{name}]; the next time: --source {name}", shop::SETTINGS));
            }
        }
        let answers = match &self.answers {
            Some(file) => answers(&world.dir.join(file), self.files.len())?,
            None => BTreeMap::new(),
        };
        if self.review && !talk.on_terminal() {
            return Err(Trouble::usage("nobody is here to ask")
                .hint("write the answers into a file, `5 y` or `5 n` for line 5, and name it with --answers"));
        }
        let copy = if self.dry_run { None } else { workroom::backup_first(&shop, &room.ledger, world.today, "import")? };
        let mut decide = |line: usize, question: &str| match (self.yes, self.review) {
            (true, _) => Answer::Same,
            (_, true) => {
                let asked = format!("{}\nThe same person? [y]es, [n]o, or leave it", crate::words::shown(question));
                answer(&talk.ask(&asked, ""))
            }
            _ => answers.get(&line).copied().unwrap_or(Answer::Later),
        };
        let mut reports = Vec::new();
        for path in &self.files {
            let place = world.dir.join(path);
            let name = path.display().to_string();
            if place.is_dir() {
                return Err(Trouble::failed(format!("{name} is a folder")).hint("name the files in it"));
            }
            if place.exists() && !place.is_file() {
                return Err(Trouble::failed(format!("{name} is no ordinary file")).hint("save it as a file and name that"));
            }
            let file = File::open(&place)
                .map_err(|e| Trouble::file("read", path, &e).hint("check its name and folder; names with spaces need quotes"))?;
            let length = file.metadata().map_or(0, |about| about.len()) as usize / 1000;
            // Who is asked can't watch a bar, and Ctrl-C at a question ends it at once.
            let bar = (!self.review).then(|| talk.bar("reading", "kB", length).undone("nothing of this file was taken in"));
            let read = Arc::new(AtomicUsize::new(0));
            let input = Counted { file, read: Arc::clone(&read) };
            let reading = import::read(&name, input, wanted, &mapping, world.today)?;
            let about = reading.about().clone();
            if let Some(trouble) = about.no_people(&name).filter(|_| self.wanted.is_none()) {
                return Err(trouble.hint("to take only the names in it, say --as people"));
            }
            let far = || bar.as_ref().map_or(Ok(()), |bar| bar.at(read.load(Ordering::Relaxed) / 1000));
            let report = room.ledger.take_in(reading, world.today, &mut decide, self.dry_run, far)?;
            drop(bar);
            if !self.json {
                columns(&name, &about, wanted, self.dry_run, talk);
                tell(&name, &report, self.dry_run, talk);
            }
            reports.push((name, report, about));
        }
        // A copy of what is still the same is no use, and would push an older one out.
        let changed = reports.iter().any(|(_, r, _)| r.added + r.updated + r.cards + r.touches > 0);
        if let Some(copy) = copy.filter(|_| !changed) {
            let _ = std::fs::remove_file(copy);
        }
        if self.json {
            let files: Vec<_> = reports
                .iter()
                .map(|(file, report, about)| {
                    let called = |field: Option<Field>| field.map(|field| field.called(wanted));
                    let columns: Vec<_> =
                        about.columns.iter().map(|(name, field)| serde_json::json!([name, called(*field)])).collect();
                    serde_json::json!({ "file": file, "report": report, "columns": columns, "not_used": about.unused })
                })
                .collect();
            talk.put_json(&serde_json::json!({ "dry_run": self.dry_run, "files": files }));
        }
        Ok(Done::Well)
    }
}

/// The mapping of this name in wetink.toml.
fn saved(shop: &Shop, name: &str) -> Result<Mapping> {
    let Some(table) = shop.settings.import.get(name) else {
        let names: Vec<&str> = shop.settings.import.keys().map(String::as_str).collect();
        let trouble = Trouble::failed(format!("no import is saved as `{name}`"));
        return Err(if names.is_empty() {
            trouble.hint(format!("save one: `wetink import FILE --map \"Their column=field\" --save {name}`"))
        } else {
            trouble.hint(format!("saved are {}", names.join(", ")))
        });
    };
    table.clone().try_into().map_err(|e: toml::de::Error| {
        Trouble::failed(format!("[import.{name}] can't be read: {}", e.message().lines().next().unwrap_or_default()))
            .at(shop.spot(&format!("import.{name}"), "", ""))
            .hint("it may have columns, dates (day-first or month-first), charset and source")
    })
}

/// Writes a mapping into wetink.toml and leaves everything else there as it is.
fn save(shop: &Shop, name: &str, mapping: &Mapping) -> Result<()> {
    if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "-_".contains(c)) {
        return Err(
            Trouble::usage(format!("`{name}` can't be the name of a saved import")).hint("use letters, digits and hyphens")
        );
    }
    let wrong =
        |what: String| Trouble::failed(format!("{} can't be written: {what}", shop::SETTINGS)).hint("nothing was changed");
    let mut settings: toml_edit::DocumentMut = shop.text.parse().map_err(|e: toml_edit::TomlError| wrong(e.to_string()))?;
    let text = toml::to_string(mapping).map_err(|e| wrong(e.to_string()))?;
    let table: toml_edit::DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| wrong(e.to_string()))?;
    let imports = settings.entry("import").or_insert_with(|| {
        let mut table = toml_edit::Table::new();
        table.set_implicit(true);
        toml_edit::Item::Table(table)
    });
    let imports = imports.as_table_mut().ok_or_else(|| wrong("[import] is no table there".into()))?;
    imports.insert(name, toml_edit::Item::Table(table.into_table()));
    let text = settings.to_string();
    shop::Settings::read(&text.as_str().into())?;
    shop::write_whole(&shop.dir.join(shop::SETTINGS), text.as_bytes())
}

/// What somebody says to a question.
fn answer(typed: &str) -> Answer {
    match typed.trim().to_lowercase().as_str() {
        "y" | "yes" => Answer::Same,
        "n" | "no" => Answer::Other,
        _ => Answer::Later,
    }
}

/// Answers by the line they are about: `5 y`.
fn answers(path: &Path, files: usize) -> Result<BTreeMap<usize, Answer>> {
    if files > 1 {
        return Err(Trouble::usage("--answers goes with one file").hint("import the files one by one"));
    }
    let text = std::fs::read_to_string(path).map_err(|e| Trouble::file("read", path, &e).hint("check its name and folder"))?;
    let mut found = BTreeMap::new();
    for (n, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
        let parts = line.trim().split_once(char::is_whitespace);
        let about = parts.and_then(|(about, _)| about.trim_end_matches(':').parse().ok());
        match (about, parts.map(|(_, typed)| answer(typed))) {
            (Some(about), Some(answer)) if answer != Answer::Later => found.insert(about, answer),
            _ => {
                return Err(Trouble::failed(format!("line {} of {} is no answer", n + 1, path.display()))
                    .hint("write `5 y` if the row on line 5 is the same person, `5 n` if it is somebody else"));
            }
        };
    }
    Ok(found)
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Arc<AtomicUsize>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        self.read.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }
}

/// How the columns were understood, with the first row, and which were not used: nothing is left out silently.
fn columns(file: &str, about: &About, wanted: Wanted, dry: bool, talk: &Talk) {
    let shown = crate::words::shown;
    let taken: Vec<(usize, &str, Field)> =
        about.columns.iter().enumerate().filter_map(|(at, (name, field))| Some((at, name.as_str(), (*field)?))).collect();
    // An address book's columns are told when somebody looks before they import.
    if (dry || wanted != Wanted::People) && !taken.is_empty() {
        let pairs: Vec<String> = taken
            .iter()
            .map(|(_, name, field)| {
                let field = field.called(wanted);
                if name.eq_ignore_ascii_case(field) { shown(name).into_owned() } else { format!("{} > {field}", shown(name)) }
            })
            .collect();
        talk.say(format!("{}: columns {}", styled(STRONG, file), pairs.join(", ")));
        if let Some((line, cells)) = &about.first {
            let cells: Vec<String> = taken
                .iter()
                .filter_map(|(at, _, field)| Some((field.called(wanted), cells.get(*at).filter(|cell| !cell.is_empty())?)))
                .map(|(field, cell)| format!("{field} {}", shown(cell)))
                .collect();
            talk.say(format!("  as in line {line}: {}", cells.join(" | ")));
        }
    }
    let Some(first) = about.unused.first() else { return };
    let (named, more) = about.unused.split_at(about.unused.len().min(8));
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    let field = match wanted {
        Wanted::People => "remark",
        Wanted::Cards => "ps",
        Wanted::Touches => "text",
    };
    talk.say(format!(
        "  {} {}{more}; --map \"{}={field}\" takes it in",
        styled(WARN, "not used:"),
        shown(&named.join(", ")),
        shown(first)
    ));
}

fn tell(file: &str, report: &Report, dry: bool, talk: &Talk) {
    let would = if dry { "would be " } else { "" };
    let mut did: Vec<String> = Vec::new();
    if report.added > 0 {
        did.push(format!(
            "{} {would}added ({} with a birthday, {} with an address)",
            count(report.added, "person"),
            report.birthdays,
            report.addresses
        ));
    }
    for (n, thing, what) in [
        (report.updated, "person", "changed"),
        (report.cards, "past card", "taken in"),
        (report.touches, "thing that happened", "noted"),
        (report.unchanged, "row", "known already, unchanged"),
    ] {
        if n > 0 {
            let thing =
                if thing == "thing that happened" && n > 1 { format!("{n} things that happened") } else { count(n, thing) };
            did.push(format!("{thing} {would}{what}").replace("would be known already", "known already"));
        }
    }
    if did.is_empty() {
        did.push("nothing new".into());
    }
    talk.say(format!("{}: {}", styled(STRONG, file), did.join("; ")));
    let lines = |list: &[Said], style, label: &str| {
        for said in list.iter().take(20) {
            talk.say(format!("  {} line {}: {}", styled(style, label), said.line, crate::words::shown(&said.message)));
        }
        if list.len() > 20 {
            talk.say(format!("  … and {} more; --json lists them", list.len() - 20));
        }
    };
    lines(&report.problems, BAD, "not taken,");
    lines(&report.made, WARN, "new person,");
    lines(&report.questions, WARN, "question,");
    lines(&report.households, WARN, "together?");
    lines(&report.left_out, WARN, "left out,");
    if report.untold > 0 {
        talk.say(format!("  … and {} more of the same kinds", report.untold));
    }
}
