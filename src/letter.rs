//! The printed part of a card, dressed around the note: letters are text files with one place for the note. The only file
//! that names tera.
//!
//! A letter is TOML between two `+++` lines (which occasion, which language, what the cover says), then a few lines of
//! text with `{{ note }}` where the note goes. The note itself never goes through Tera: a mark stands in for it while the
//! printed part is filled in, and the filled text is cut at the mark. So a note may hold braces and stays as typed.
//!
//! A card needs no loops, includes or clever filters, and each of them is a way to hang a program or fill its memory; a
//! letter may use `{{ … }}`, `{% if %}` and a handful of filters, and everything else is refused when it is loaded.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;
use tera::{Context, ErrorKind, Kwargs, State, Tera, Value};

use crate::day::{Day, Month};
use crate::person::Name;
use crate::trouble::{Result, Spot, Trouble};

mod bundled;
mod rules;
mod tongue;

#[cfg(test)]
mod tests;

pub use bundled::BUNDLED;
pub use tongue::Tongue;

/// The cover drawings a letter may ask for by name; `card::cover` draws them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// A wreath of sprigs around the greeting.
    Wreath,
    /// The greeting itself, large, in a hairline frame.
    Words,
    /// Confetti around a clear window.
    Confetti,
    /// Candles on a line.
    Candles,
    /// Hills and a sun in a block.
    Hills,
}

impl Design {
    /// All of them.
    pub const ALL: [Design; 5] = [Design::Wreath, Design::Words, Design::Confetti, Design::Candles, Design::Hills];

    /// As it is written in a letter.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Design::Wreath => "wreath",
            Design::Words => "words",
            Design::Confetti => "confetti",
            Design::Candles => "candles",
            Design::Hills => "hills",
        }
    }
}

/// What a letter can say about a card, with its name in a letter, what it is, and an example.
pub const VARIABLES: [(&str, &str, &str); 13] = [
    ("note", "where the note goes; exactly once, on its own, outside any if", ""),
    ("ps", "where the postscript goes; if the letter doesn't say, after the note", ""),
    ("name", "what the person is called: the name they go by, or the given name", "Ana"),
    ("full_name", "the whole name with its title, or the household as the owner writes to it", "Ana López"),
    ("salutation", "the greeting line in the letter's language", "Dear Ana,"),
    ("shop", "the shop's name", "Hill & Daughter Shoes"),
    ("signer", "who signs", "Maria"),
    ("reply", "how to answer, as one line", "01865 555 010, Mon to Sat"),
    ("date", "the day the card is for, written out in the letter's language", "12 December 2026"),
    ("year", "the year of that day", "2026"),
    ("years", "how many years, for anniversaries; empty when not known", "5"),
    ("years_words", "the same in words with the right form; empty when not known", "five years"),
    ("occasion", "the name of the occasion", "birthday"),
];

/// What is said about a card: the values of [`VARIABLES`] are made from it in the letter's language.
#[derive(Clone, Debug)]
pub struct About {
    /// Whom it is for.
    pub name: Name,
    /// A household as the owner writes to it, `Ann and Bob Lee`; empty when the card is for one person.
    pub household: String,
    /// The person's language. A letter in another one (English, where there is none in theirs) speaks its own.
    pub language: Tongue,
    /// The shop's name.
    pub shop: String,
    /// Who signs.
    pub signer: String,
    /// How to answer, as one line.
    pub reply: String,
    /// The day the card is for.
    pub day: Day,
    /// Years, for anniversaries.
    pub years: Option<u32>,
    /// The name of the occasion.
    pub occasion: String,
}

impl About {
    /// A made-up card, to show and to test a letter with.
    #[must_use]
    pub fn sample(tongue: Tongue) -> About {
        About {
            name: Name::parse("Ana López"),
            household: String::new(),
            language: tongue,
            shop: "Hill & Daughter Shoes".into(),
            signer: "Maria".into(),
            reply: "01865 555 010, Mon to Sat".into(),
            day: Month { year: 2026, month: 12 }.first().plus(11),
            years: Some(5),
            occasion: "birthday".into(),
        }
    }
}

/// A piece of a card's written side, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Printed words; lines as the letter breaks them, a blank line between paragraphs.
    Printed(String),
    /// The note goes here.
    Note,
    /// The postscript goes here.
    Ps,
}

/// A letter filled in for one card, all but the note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dressed {
    /// The written side: exactly one [`Part::Note`], and one [`Part::Ps`] if there is a postscript.
    pub parts: Vec<Part>,
    /// The greeting on the cover, lines as the letter breaks them.
    pub cover: String,
    /// A small line under the greeting; may be empty.
    pub below: String,
}

/// A letter, checked: it places the note exactly once.
#[derive(Clone)]
pub struct Letter {
    /// What the owner calls it: `birthday-warm`.
    pub name: String,
    /// The occasion it is for: `birthday`.
    pub occasion: String,
    /// Its language.
    pub language: Tongue,
    /// `plain`, `warm`, `formal` or whatever the owner calls it.
    pub tone: String,
    /// Cover drawings that suit it, best first.
    pub designs: Vec<Design>,
    /// Mourning and the like: no bright colours.
    pub sober: bool,
    /// What it is good for, in a sentence.
    pub description: String,
    /// The file it came from, as the owner would name it.
    pub file: String,
    text: Arc<str>,
    starts: [(&'static str, usize); 3],
    engine: Arc<Tera>,
}

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letter({}.{})", self.name, self.language.code())
    }
}

/// The head of a letter's file, as TOML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    occasion: String,
    #[serde(default)]
    language: Option<toml::Spanned<String>>,
    #[serde(default)]
    tone: String,
    cover: toml::Spanned<String>,
    #[serde(default)]
    below: Option<toml::Spanned<String>>,
    #[serde(default)]
    designs: Vec<Design>,
    #[serde(default)]
    sober: bool,
    #[serde(default)]
    description: String,
}

/// No letter is longer, in bytes; a card holds a fiftieth of it.
const LONGEST: usize = 32 * 1024;
/// No value put into a letter is longer, in characters.
const LONGEST_VALUE: usize = 400;
/// Characters that stand in for the note and the postscript while a letter is filled in. They are no characters (Unicode
/// promises never to give them away), and are taken out of every value first.
const MARKS: [char; 2] = ['\u{FDD0}', '\u{FDD1}'];
/// What a letter's parts are called inside the engine.
const BODY: &str = "body";
const COVER: &str = "cover";
const BELOW: &str = "below";

impl Letter {
    /// Reads a letter and checks it. `file` names it: `birthday-warm.de.txt` is `birthday-warm` in German.
    pub fn read(file: &str, text: &str) -> Result<Letter> {
        if text.len() > LONGEST {
            return Err(Trouble::refused(format!("the letter {file} is too long for a card"))
                .hint(format!("a letter is a few lines; this one has {} bytes, and {LONGEST} are the most", text.len())));
        }
        let text: Arc<str> = text.replace("\r\n", "\n").trim_start_matches('\u{feff}').into();
        let spot = |span: std::ops::Range<usize>, label: &str| Spot {
            file: file.to_owned(),
            text: text.clone(),
            span,
            known_line: None,
            label: label.to_owned(),
        };
        if let Some((at, c)) = text.char_indices().find(|(_, c)| MARKS.contains(c) || (c.is_control() && !"\n\t".contains(*c))) {
            return Err(Trouble::refused(format!("the letter {file} has a character in it that can't be printed"))
                .at(spot(at..at + c.len_utf8(), "this one"))
                .hint("take it out"));
        }
        let (head_at, body_at) = rules::parts(&text).ok_or_else(|| {
            Trouble::refused(format!("the letter {file} doesn't begin with its occasion and cover"))
                .at(spot(0..text.find('\n').unwrap_or(text.len()), "expected `+++` here"))
                .hint(
                    "begin it with a line `+++`, then occasion = \"birthday\" and cover = \"Happy birthday\", then another `+++`",
                )
        })?;
        let head: Head = toml::from_str(&text[head_at.clone()]).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            Trouble::refused(format!("the head of the letter {file} can't be read: {}", error.message().replace('\n', "; ")))
                .at(spot(head_at.start + span.start..head_at.start + span.end, ""))
                .hint("`wetink letters` shows one that works")
        })?;
        let (name, suffix) = rules::named(file);
        let (tag, tag_at) = match &head.language {
            Some(tag) => (tag.get_ref().as_str(), head_at.start + tag.span().start..head_at.start + tag.span().end),
            None => (suffix.unwrap_or("en"), 0..0),
        };
        let language = Tongue::parse(tag).ok_or_else(|| {
            Trouble::refused(format!("the letter {file} is in a language wetink has no dates and greetings for: {tag}"))
                .at(spot(tag_at, ""))
                .hint("the languages are en, en-US, de, fr, es and pl; a letter without {{ date }} and {{ salutation }} may say `en`")
        })?;
        let inside = |quoted: &toml::Spanned<String>| head_at.start + quoted.span().start + 1;
        let mut letter = Letter {
            name,
            occasion: head.occasion.trim().to_owned(),
            language,
            tone: head.tone,
            designs: if head.designs.is_empty() { vec![Design::Words] } else { head.designs },
            sober: head.sober,
            description: head.description,
            file: file.to_owned(),
            starts: [(BODY, body_at), (COVER, inside(&head.cover)), (BELOW, head.below.as_ref().map_or(0, &inside))],
            text: text.clone(),
            engine: Arc::new(engine()),
        };
        rules::body(&text, body_at).map_err(|fault| fault.trouble(file, &text))?;
        letter.add(BODY, &text[body_at..])?;
        for (part, words) in [(COVER, Some(&head.cover)), (BELOW, head.below.as_ref())] {
            let Some(words) = words else { continue };
            let words_at = head_at.start + words.span().start..head_at.start + words.span().end;
            rules::cover(words.get_ref(), words_at).map_err(|fault| fault.trouble(file, &text))?;
            letter.add(part, words.get_ref())?;
        }
        // The rules read the text; this tries it: what is only placed for some cards is found here.
        let full = About::sample(language);
        let bare = About { name: Name::default(), signer: String::new(), reply: String::new(), years: None, ..full.clone() };
        for (about, ps) in [(&full, true), (&full, false), (&bare, true), (&bare, false)] {
            letter.dress(about, ps)?;
        }
        Ok(letter)
    }

    fn add(&mut self, part: &str, text: &str) -> Result<()> {
        Arc::make_mut(&mut self.engine).add_raw_template(part, text).map_err(|error| self.trouble(part, &error))?;
        let used = self.engine.get_template_variables(part).unwrap_or_default();
        let mut unknown: Vec<&str> = used.into_iter().filter(|name| VARIABLES.iter().all(|(known, ..)| known != name)).collect();
        unknown.sort_unstable();
        let Some(name) = unknown.first() else { return Ok(()) };
        let near = VARIABLES
            .iter()
            .map(|(known, ..)| (strsim::damerau_levenshtein(known, name), *known))
            .filter(|(far, known)| *far <= 1 + known.len() / 3)
            .min();
        let trouble = Trouble::refused(format!("the letter {} asks for `{name}`, and there is no such thing", self.file));
        let start = self.start(part);
        let spot = rules::word(&self.text[start..], name).map_or(start..start, |at| start + at.start..start + at.end);
        Err(self.at(trouble, spot).hint(match near {
            Some((_, known)) => format!("did you mean `{known}`?"),
            None => "`wetink letters` lists what a letter can say".into(),
        }))
    }

    fn start(&self, part: &str) -> usize {
        self.starts.iter().find(|(name, _)| *name == part).map_or(0, |(_, at)| *at)
    }

    fn at(&self, trouble: Trouble, span: std::ops::Range<usize>) -> Trouble {
        let (start, end) = (rules::boundary(&self.text, span.start), rules::boundary(&self.text, span.end));
        let span = start..end.max(start);
        trouble.at(Spot { file: self.file.clone(), text: self.text.clone(), span, known_line: None, label: String::new() })
    }

    /// What Tera found, in our words and at the line of the owner's file.
    fn trouble(&self, part: &str, error: &tera::Error) -> Trouble {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let start = self.start(part);
                let range = &report.span().range;
                let span = start + range.start..start + range.end;
                let mut message = report.message().lines().next().unwrap_or_default().trim_end_matches('.').to_owned();
                if let Some(first) = message.get(..1) {
                    message = format!("{}{}", first.to_lowercase(), &message[1..]);
                }
                self.at(Trouble::refused(format!("the letter {} can't be filled in: {message}", self.file)), span)
                    .hint("`wetink letters` lists what a letter can say, and shows each with a sample")
            }
            other => Trouble::refused(format!(
                "the letter {} can't be filled in: {}",
                self.file,
                other.to_string().lines().next().unwrap_or_default()
            ))
            .hint("`wetink letters` lists what a letter can say, and shows each with a sample"),
        }
    }

    fn fill(&self, part: &str, context: &Context) -> Result<String> {
        let mut paper = Paper(Vec::new());
        self.engine.render_to(part, context, &mut paper).map_err(|error| self.trouble(part, &error))?;
        Ok(String::from_utf8_lossy(&paper.0).into_owned())
    }

    /// Fills the letter in for one card. `ps` says whether there is a postscript.
    pub fn dress(&self, about: &About, ps: bool) -> Result<Dressed> {
        let clean = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_whitespace() { ' ' } else { c })
                .filter(|c| !c.is_control() && !MARKS.contains(c))
                .take(LONGEST_VALUE)
                .collect()
        };
        let tongue = if about.language.code() == self.language.code() { about.language } else { self.language };
        let several = about.household.trim();
        let (name, full_name, salutation) = if several.is_empty() {
            (about.name.spoken(), about.name.full(), tongue.salutation(&about.name))
        } else {
            (several.to_owned(), several.to_owned(), tongue.salutation_to_several(several))
        };
        let mut context = Context::new();
        for (name, value) in [
            ("name", &name),
            ("full_name", &full_name),
            ("salutation", &salutation),
            ("shop", &about.shop),
            ("signer", &about.signer),
            ("reply", &about.reply),
            ("occasion", &about.occasion),
        ] {
            context.insert(name, &clean(value));
        }
        context.insert("date", &tongue.date(about.day));
        context.insert("year", &about.day.year());
        if let Some(years) = about.years {
            context.insert("years", &years);
            context.insert("years_words", &tongue.years(years));
        } else {
            context.insert("years", "");
            context.insert("years_words", "");
        }
        context.insert("note", "");
        context.insert("ps", "");
        let cover = self.fill(COVER, &context)?.trim().to_owned();
        let below = if self.start(BELOW) == 0 { String::new() } else { self.fill(BELOW, &context)?.trim().to_owned() };
        context.insert("note", &MARKS[0]);
        if ps {
            context.insert("ps", &MARKS[1]);
        }
        let filled = self.fill(BODY, &context)?;
        Ok(Dressed { parts: self.cut(&filled, ps)?, cover, below })
    }

    /// Cuts the filled text at the marks, and makes sure of the promise that the note is there exactly once.
    fn cut(&self, filled: &str, ps: bool) -> Result<Vec<Part>> {
        let mut parts = Vec::new();
        let mut rest = filled;
        while let Some(at) = rest.find(MARKS) {
            push_printed(&mut parts, &rest[..at]);
            let mark = rest[at..].chars().next().unwrap_or_default();
            parts.push(if mark == MARKS[0] { Part::Note } else { Part::Ps });
            rest = &rest[at + mark.len_utf8()..];
        }
        push_printed(&mut parts, rest);
        let count = |part: &Part| parts.iter().filter(|p| *p == part).count();
        if count(&Part::Note) != 1 || count(&Part::Ps) > 1 {
            let trouble = Trouble::refused(format!("the letter {} doesn't place the note exactly once", self.file));
            let start = self.start(BODY);
            return Err(self.at(trouble, start..start).hint("write {{ note }} once, on a line of its own, outside any if"));
        }
        if ps && count(&Part::Ps) == 0 {
            let after = parts.iter().position(|p| *p == Part::Note).map_or(parts.len(), |at| at + 1);
            parts.insert(after, Part::Ps);
        }
        Ok(parts)
    }
}

fn push_printed(parts: &mut Vec<Part>, text: &str) {
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    // What an `if` that did not hold leaves behind is more than one blank line.
    let mut kept: Vec<&str> = Vec::with_capacity(lines.len());
    for line in lines {
        if !(line.trim().is_empty() && kept.last().is_some_and(|l| l.trim().is_empty())) {
            kept.push(line.trim_start());
        }
    }
    let text = kept.join("\n");
    if !text.is_empty() {
        parts.push(Part::Printed(text));
    }
}

/// What a letter is filled into; refuses to grow past what a card could hold.
struct Paper(Vec<u8>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0.len() + bytes.len() > 4 * LONGEST {
            return Err(std::io::Error::other("too long for a card"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A Tera that escapes nothing and can do only what a card needs. `rules` refuses the rest with a caret; should a clever
/// text slip past it, it meets these.
fn engine() -> Tera {
    let mut engine = Tera::new();
    engine.autoescape_on(Vec::<&'static str>::new());
    for filter in rules::REFUSED_FILTERS {
        engine.register_filter(filter, |_: &Value, _: Kwargs, _: &State| -> tera::TeraResult<Value> {
            Err(tera::Error::message("a letter can't use this filter"))
        });
    }
    for function in ["range", "throw"] {
        engine.register_function(function, |_: Kwargs, _: &State| -> tera::TeraResult<Value> {
            Err(tera::Error::message("a letter can't call functions"))
        });
    }
    engine
}

/// The letters a shop has: the bundled ones, with the shop's own over them.
#[derive(Debug, Default)]
pub struct Letters {
    all: Vec<Letter>,
    refused: Vec<(String, Tongue, Trouble)>,
}

impl Letters {
    /// Loads and checks every letter. A shop's letter takes the place of the bundled one of the same name and language. One
    /// bad letter doesn't spoil the others: it is left out, and asking for it gives its trouble.
    pub fn load(bundled: &[(&str, &str)], shop: Option<&Path>) -> Result<Letters> {
        let mut letters = Letters::default();
        for (file, text) in bundled {
            letters.put(file, Letter::read(file, text));
        }
        let Some(folder) = shop else { return Ok(letters) };
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(letters),
            Err(error) => return Err(Trouble::file("read", folder, &error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| Trouble::file("read", folder, &error))?.path();
            let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if !hidden && path.extension().is_some_and(|e| e == "txt") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            let file = format!("letters/{}", path.file_name().unwrap_or_default().to_string_lossy());
            let read = read_capped(&path).map_err(|error| Trouble::file("read", &path, &error)).and_then(|bytes| {
                let text = String::from_utf8(bytes).map_err(|_| {
                    Trouble::refused(format!("the letter {file} is not UTF-8 text")).hint("save it as UTF-8 in your editor")
                })?;
                Letter::read(&file, &text)
            });
            letters.put(&file, read);
        }
        Ok(letters)
    }

    fn put(&mut self, file: &str, read: Result<Letter>) {
        let (name, suffix) = rules::named(file);
        let language = read.as_ref().map_or_else(|_| suffix.and_then(Tongue::parse).unwrap_or_default(), |l| l.language);
        self.all.retain(|l| (&l.name, l.language.code()) != (&name, language.code()));
        self.refused.retain(|(n, l, _)| (n, l.code()) != (&name, language.code()));
        match read {
            Ok(letter) => self.all.push(letter),
            Err(trouble) => self.refused.push((name, language, trouble)),
        }
        self.all.sort_by(|a, b| (a.language.code(), &a.name).cmp(&(b.language.code(), &b.name)));
    }

    /// All that can be used, by language and name.
    #[must_use]
    pub fn all(&self) -> &[Letter] {
        &self.all
    }

    /// What is wrong with those that can't.
    pub fn troubles(&self) -> impl Iterator<Item = &Trouble> {
        self.refused.iter().map(|(.., trouble)| trouble)
    }

    /// The letter of that name in that language; English if it isn't there in the person's own.
    pub fn named(&self, name: &str, language: Tongue) -> Result<&Letter> {
        for code in [language.code(), "en"] {
            if let Some((.., trouble)) = self.refused.iter().find(|(n, l, _)| n == name && l.code() == code) {
                return Err(trouble.clone());
            }
            if let Some(letter) = self.all.iter().find(|l| l.name == name && l.language.code() == code) {
                return Ok(letter);
            }
        }
        let near = self.all.iter().map(|l| (strsim::damerau_levenshtein(&l.name, name), &l.name)).min();
        let trouble = Trouble::usage(format!("there is no letter `{name}`"));
        Err(match near {
            Some((far, near)) if far <= 1 + name.len() / 3 => trouble.hint(format!("did you mean `{near}`?")),
            _ => trouble.hint("`wetink letters` lists them"),
        })
    }

    /// The letter for an occasion: one of that very name, else the plainest for it, in the person's language or in English.
    pub fn for_occasion(&self, occasion: &str, language: Tongue) -> Result<&Letter> {
        for code in [language.code(), "en"] {
            // A broken letter for the occasion is told, not passed over for another.
            let broken = |(name, l, _): &&(String, Tongue, Trouble)| l.code() == code && name.starts_with(occasion);
            if let Some((.., trouble)) = self.refused.iter().find(broken) {
                return Err(trouble.clone());
            }
            let mut fit: Vec<&Letter> =
                self.all.iter().filter(|l| l.language.code() == code && (l.name == occasion || l.occasion == occasion)).collect();
            fit.sort_by_key(|l| (l.name != occasion, l.tone != "plain", &l.name));
            if let Some(letter) = fit.first() {
                return Ok(letter);
            }
        }
        let mut known: Vec<&str> = self.all.iter().map(|l| l.occasion.as_str()).collect();
        known.sort_unstable();
        known.dedup();
        let near = known.iter().map(|name| (strsim::damerau_levenshtein(name, occasion), *name)).min();
        let trouble = Trouble::failed(format!("there is no letter for {occasion}"));
        Err(match near {
            Some((far, near)) if far <= 1 + occasion.len() / 4 => trouble.hint(format!("did you mean `{near}`?")),
            _ => trouble
                .hint(format!("there are letters for {}", known.join(", ")))
                .hint(format!("to use one of those, add `{occasion} = \"hello\"` to `letters` under [print] in wetink.toml"))
                .hint(format!("or put one of your own into letters/, with occasion = \"{occasion}\" in its head")),
        })
    }
}

fn read_capped(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST as u64 + 4).read_to_end(&mut bytes)?;
    Ok(bytes)
}
