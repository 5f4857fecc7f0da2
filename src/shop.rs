//! The shop folder and its `wetink.toml`: where everything is, and what the owner said once for all cards.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::day::Month;
use crate::due::Post;
use crate::person::Address;
use crate::rules::{self, Habits, Kind, Rules};
use crate::trouble::{Result, Spot, Trouble};

/// The name of the settings file; a folder that has it is a shop.
pub const SETTINGS: &str = "wetink.toml";

/// A shop folder, found and read.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The folder.
    pub dir: PathBuf,
    /// What `wetink.toml` says.
    pub settings: Settings,
    /// The text of `wetink.toml`, to point into.
    pub text: Arc<str>,
}

/// `wetink.toml`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Who we are.
    pub shop: Us,
    /// What cards are printed on and how.
    pub print: Print,
    /// How long the post takes.
    pub post: Post,
    /// What to do with warnings: `off`, `warn` or `refuse` by rule name.
    pub rules: BTreeMap<String, String>,
    /// The house's own words.
    pub phrases: Phrases,
    /// The printer's habits, read by the printing rooms.
    pub printer: toml::Table,
    /// Papers of the shop's own, read by the printing rooms.
    pub stock: Vec<toml::Table>,
    /// Saved column names for imports, by name.
    pub import: toml::Table,
    /// What words after `wetink log WHO` mean, beside the built-in ones.
    pub kinds: BTreeMap<String, Kind>,
    /// What follows from them, beside the built-in rules.
    pub rule: Vec<rules::Rule>,
    /// How much is enough.
    pub habits: Option<Habits>,
}

/// Who we are: the names and addresses that stand on every card.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Us {
    /// The shop's name.
    pub name: String,
    /// Who signs.
    pub signs: String,
    /// How to answer: what a person does who wants to talk back.
    pub answer: String,
    /// Two-letter country.
    pub country: String,
    /// Two-letter language of the printed words.
    pub language: String,
    /// The return address.
    pub address: Address,
    /// A picture of the shop's sign, in the shop folder.
    pub logo: String,
}

impl Default for Us {
    fn default() -> Us {
        Us {
            name: String::new(),
            signs: String::new(),
            answer: String::new(),
            country: "US".into(),
            language: "en".into(),
            address: Address::default(),
            logo: String::new(),
        }
    }
}

/// What cards are printed on and how.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Print {
    /// `a4` or `letter`.
    pub paper: String,
    /// The stock; empty takes the four-up card of the paper.
    pub stock: String,
    /// The hand the notes are written in.
    pub hand: String,
    /// How much the hand varies: `neat`, `natural`, `lively`.
    pub manner: String,
    /// Millimetres between the guide lines of cards written by hand.
    pub pitch: f64,
    /// How the printer turns the sheet: `long-edge`, `short-edge`, `manual`.
    pub duplex: String,
    /// The letter for an occasion, by the occasion's name; others take the bundled one.
    pub letters: BTreeMap<String, String>,
    /// A cover for every card: a design's name, or a picture file in the shop folder. Empty changes it from card to card.
    pub cover: String,
}

impl Default for Print {
    fn default() -> Print {
        Print {
            paper: "a4".into(),
            stock: String::new(),
            hand: "nothing-you-could-do".into(),
            manner: "natural".into(),
            pitch: 8.5,
            duplex: "long-edge".into(),
            letters: BTreeMap::new(),
            cover: String::new(),
        }
    }
}

impl Print {
    /// The stock to print on.
    #[must_use]
    pub fn stock(&self) -> &str {
        match (self.stock.as_str(), self.paper.as_str()) {
            ("", "letter") => "quarter-letter-4up",
            ("", _) => "a6-4up",
            (named, _) => named,
        }
    }
}

/// Words of the house that are left out of every comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Phrases {
    /// A house greeting, the quotation of the year: a few words each.
    pub keep: Vec<String>,
}

impl Shop {
    /// The shop in `dir`, or in the nearest folder above it.
    pub fn find(dir: &Path) -> Result<Shop> {
        let start = fs::canonicalize(dir).map_err(|e| {
            Trouble::file("open the folder", dir, &e).hint("check its name; a new shop is made with `wetink init DIR`")
        })?;
        let found = start.ancestors().find(|above| above.join(SETTINGS).is_file());
        found.map_or_else(
            || {
                Err(Trouble::failed(format!("there is no shop in {} or above it", start.display()))
                    .hint("make one here with `wetink init`, or look at a made-up one with `wetink demo`")
                    .hint("or name the shop's folder: `wetink --shop DIR …`"))
            },
            Shop::open,
        )
    }

    /// The shop in exactly this folder.
    pub fn open(dir: &Path) -> Result<Shop> {
        let path = dir.join(SETTINGS);
        let bytes = fs::read(&path).map_err(|e| Trouble::file("read", &path, &e))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Trouble::failed(format!("{SETTINGS} is not plain text in UTF-8")).hint("save it again as UTF-8 in your editor")
        })?;
        let text: Arc<str> = text.into();
        let settings = Settings::read(&text)?;
        Ok(Shop { dir: dir.to_owned(), settings, text })
    }

    /// The ledger's file.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.dir.join("ledger.db")
    }

    /// Where sheets are.
    #[must_use]
    pub fn notes(&self) -> PathBuf {
        self.dir.join("notes")
    }

    /// Where PDFs and packs go.
    #[must_use]
    pub fn out(&self) -> PathBuf {
        self.dir.join("out")
    }

    /// All sheets, by name.
    #[must_use]
    pub fn sheets(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = self
            .notes()
            .read_dir()
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| {
                path.extension().is_some_and(|e| e == "md")
                    && !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'))
            })
            .collect();
        // Another text in notes/ is no sheet, nor is a pipe or a folder.
        found.retain(|path| {
            let month =
                path.file_stem().and_then(|s| s.to_str()).and_then(|s| s.get(..7)).is_some_and(|m| m.parse::<Month>().is_ok());
            month && path.is_file()
        });
        found.sort();
        found
    }

    /// A path as the owner would name it: inside the shop without the shop's folder, always with `/`.
    #[must_use]
    pub fn name_of(&self, path: &Path) -> String {
        path.strip_prefix(&self.dir)
            .unwrap_or(path)
            .components()
            .map(|c| c.as_os_str().to_string_lossy())
            .collect::<Vec<_>>()
            .join("/")
    }

    /// A spot in `wetink.toml`: the line that sets `key` in `[table]`, or the table's heading, or the first line.
    #[must_use]
    pub fn spot(&self, table: &str, key: &str, label: &str) -> Spot {
        let mut at: Option<Range<usize>> = None;
        let (mut offset, mut inside) = (0, false);
        for line in self.text.split_inclusive('\n') {
            let trimmed = line.trim();
            if trimmed.starts_with('[') {
                inside = trimmed == format!("[{table}]");
            }
            let span = offset..offset + line.trim_end().len();
            if inside
                && (trimmed.split('=').next().is_some_and(|k| k.trim() == key) || (at.is_none() && trimmed.starts_with('[')))
            {
                at = Some(span);
            }
            offset += line.len();
        }
        Spot {
            file: SETTINGS.into(),
            text: Arc::clone(&self.text),
            span: at.unwrap_or(0..self.text.lines().next().map_or(0, str::len)),
            known_line: None,
            label: label.into(),
        }
    }

    /// Kinds, rules and habits: the built-in ones and the shop's own.
    pub fn rules(&self) -> Result<Rules> {
        self.settings.rules_of_touches()
    }

    /// The bundled rule's setting from `[rules]`, if there is one.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&str> {
        self.settings.rules.get(name).map(String::as_str)
    }
}

impl Settings {
    /// Reads `wetink.toml`; an error points at its line.
    pub fn read(text: &Arc<str>) -> Result<Settings> {
        let settings: Settings = toml::from_str(text).map_err(|e| {
            let message = e.message().lines().next().unwrap_or("it can't be read").to_owned();
            let trouble = Trouble::failed(format!("{SETTINGS} can't be read: {message}"));
            match e.span() {
                Some(span) => trouble.at(Spot {
                    file: SETTINGS.into(),
                    text: Arc::clone(text),
                    span,
                    known_line: None,
                    label: String::new(),
                }),
                None => trouble,
            }
            .hint("each line is `name = \"value\"` under its [heading]; `wetink init` in an empty folder shows them all")
        })?;
        settings.rules_of_touches()?;
        for (rule, value) in &settings.rules {
            const WARNINGS: [&str; 5] = ["about", "generic", "sales-talk", "too-short", "repeats-last-year"];
            if !WARNINGS.contains(&rule.as_str()) {
                return Err(Trouble::failed(format!("[rules] can't change `{rule}`")).hint(format!(
                    "it can set {}; the other rules always hold, one card at a time can be let through with `> because: …`",
                    WARNINGS.join(", ")
                )));
            }
            if !["off", "warn", "refuse"].contains(&value.as_str()) {
                return Err(Trouble::failed(format!("[rules] {rule} = \"{value}\" is none of off, warn, refuse"))
                    .hint("set it to one of the three"));
            }
        }
        Ok(settings)
    }
}

impl Settings {
    fn rules_of_touches(&self) -> Result<Rules> {
        Rules::new(&self.kinds, &self.rule, self.habits)
    }
}

/// So many copies that were made by themselves are kept.
pub const COPIES: usize = 10;

/// Makes room among the copies in backups/ that were made by themselves: the newest ones stay, `made` among them, and every copy
/// that somebody asked for.
pub fn keep_newest_copies(folder: &Path, made: &Path) {
    let mut copies: Vec<(_, PathBuf)> = folder
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().contains("-before-"))
        .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
        .filter(|(_, path)| path != made)
        .collect();
    copies.sort();
    for (_, old) in copies.iter().rev().skip(COPIES - 1) {
        let _ = fs::remove_file(old);
    }
}

/// What a new shop is told once.
#[derive(Clone, Debug, Default)]
pub struct Start {
    /// The shop's name.
    pub name: String,
    /// Who signs.
    pub signs: String,
    /// How to answer.
    pub answer: String,
    /// Country, two letters.
    pub country: String,
    /// Language of the printed words, two letters.
    pub language: String,
    /// `a4` or `letter`.
    pub paper: String,
    /// Return address.
    pub address: Address,
    /// The hand.
    pub hand: String,
}

/// Writes a new shop's folders and its commented `wetink.toml`. Refuses to touch a folder that is a shop already.
pub fn make(dir: &Path, start: &Start) -> Result<Shop> {
    if dir.join(SETTINGS).exists() {
        return Err(Trouble::failed(format!("{} is a shop already", dir.display()))
            .hint("nothing was changed; edit its wetink.toml, or choose another folder"));
    }
    // The shop's own folder may be a link; those in it may not.
    let dir = &fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    for folder in [dir.clone(), dir.join("letters"), dir.join("fonts"), dir.join("notes"), dir.join("out")] {
        private_dir(&folder)?;
    }
    write_whole(&dir.join(SETTINGS), settings_text(start).as_bytes())?;
    Shop::open(&fs::canonicalize(dir).map_err(|e| Trouble::file("open the folder", dir, &e))?)
}

fn settings_text(start: &Start) -> String {
    let quote = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let street = toml::Value::Array(start.address.street.iter().map(|s| toml::Value::String(s.clone())).collect()).to_string();
    let a = &start.address;
    format!(
        include_str!("shop/new.toml"),
        name = quote(&start.name),
        signs = quote(&start.signs),
        answer = quote(&start.answer),
        country = quote(&start.country),
        language = quote(&start.language),
        paper = quote(&start.paper),
        hand = quote(&start.hand),
        street = street,
        city = quote(&a.city),
        region = quote(&a.region),
        postcode = quote(&a.postcode),
        rules = as_remarks(rules::BUILT_IN),
    )
}

/// The built-in rules as remarks: to be read, and to be changed by taking the `#` away.
fn as_remarks(text: &str) -> String {
    text.lines()
        .map(|l| match l {
            "" => "\n".to_owned(),
            remark if remark.starts_with('#') => format!("{remark}\n"),
            line => format!("# {line}\n"),
        })
        .collect()
}

/// Makes a folder that only its owner can read (0700), if it isn't there. A link to a folder elsewhere is refused: it would carry
/// names and notes out of the shop.
pub fn private_dir(path: &Path) -> Result<()> {
    if path.is_symlink() {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        return Err(Trouble::failed(format!(
            "{name} is a link to somewhere else, and wetink writes only inside the shop's folder"
        ))
        .hint(format!("remove the link and make {name} a folder; nothing was changed"))
        .hint("to keep the whole shop elsewhere, move its folder, or name it with --shop"));
    }
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .map_err(|e| Trouble::file("make the folder", path, &e).hint("is the disk full, or the folder above read-only?"))
}

/// Writes a file whole or not at all, readable by its owner only (0600): temporary file beside it, flushed, renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let wrong = |e: &std::io::Error| {
        Trouble::file("write", path, e).hint("what was there before is unchanged; is the disk full, or the folder read-only?")
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".wetink-").tempfile_in(folder).map_err(|e| wrong(&e))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| wrong(&e))?;
    file.persist(path).map_err(|e| wrong(&e.error))?;
    sync_dir(folder);
    Ok(())
}

/// Like `write_whole`, over nothing but an earlier file of the same sort: one that begins with these bytes.
pub fn write_over(path: &Path, begins: &[u8], bytes: &[u8]) -> Result<()> {
    let there = fs::symlink_metadata(path).ok();
    let same = || {
        fs::File::open(path).is_ok_and(|file| {
            let mut head = Vec::new();
            file.take(begins.len() as u64).read_to_end(&mut head).is_ok() && head == begins
        })
    };
    if there.is_some_and(|about| !about.is_file() || !(about.len() == 0 || same())) {
        return Err(Trouble::failed(format!("{} is there already, and is something else", path.display()))
            .hint("choose another name; nothing was written over"));
    }
    write_whole(path, bytes)
}

/// Flushes a folder's list of names to disk, where the system can; a rename is only then safe from a power cut.
pub fn sync_dir(folder: &Path) {
    #[cfg(unix)]
    if let Ok(handle) = fs::File::open(folder) {
        // Some file systems refuse to flush a folder; there is nothing better to do there.
        let _ = handle.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_shop_reads_back_what_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let start = Start {
            name: "Joan \"& Sons\"".into(),
            answer: "Call 555-0100".into(),
            signs: "Joan".into(),
            country: "GB".into(),
            language: "en".into(),
            paper: "a4".into(),
            hand: "mynerve".into(),
            address: Address { street: vec!["12 Salmon Lane".into()], city: "Hull".into(), ..Address::default() },
        };
        let shop = make(dir.path(), &start).unwrap();
        assert_eq!(shop.settings.shop.name, "Joan \"& Sons\"");
        assert_eq!(shop.settings.shop.address.street, ["12 Salmon Lane"]);
        assert_eq!(shop.settings.print.hand, "mynerve");
        assert!(make(dir.path(), &start).unwrap_err().message.contains("a shop already"));
        assert_eq!(shop.spot("shop", "answer", "").line(), shop.text.lines().position(|l| l.starts_with("answer")).unwrap() + 1);
    }

    #[test]
    fn the_refusal_cannot_be_configured_away() {
        let text: Arc<str> = "[rules]\nduplicate = \"off\"\n".into();
        assert!(Settings::read(&text).unwrap_err().message.contains("can't change `duplicate`"));
        let text: Arc<str> = "[shop]\nnmae = \"x\"\n".into();
        let trouble = Settings::read(&text).unwrap_err();
        assert_eq!(trouble.spots[0].line(), 2);
    }
}
