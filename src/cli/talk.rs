//! How wetink speaks: data on standard output, talk on standard error, colour only where it is wanted, and no control code of
//! anybody's ever reaches the terminal.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

use crate::cli::bar::Bar;
use crate::cli::show;
use crate::trouble::{Result, Trouble};
use crate::words;

/// Bold.
pub const STRONG: Style = Style::new().bold();
/// For what went well.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// For what is late or refused.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// For what deserves a second look.
pub const WARN: Style = AnsiColor::Yellow.on_default();
/// For what may be skipped.
pub const DIM: Style = Style::new().dimmed();

/// The voice of this process.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    terminal: bool,
    /// Standard error is a terminal: a bar would be seen.
    watched: bool,
    hushed: bool,
}

impl Talk {
    /// Speaks on this process's own streams.
    #[must_use]
    pub fn of_this_process() -> Talk {
        let watched = std::io::stderr().is_terminal();
        Talk { terminal: watched && std::io::stdin().is_terminal(), watched, hushed: false }
    }

    /// Says and asks nothing, for a verb that only prepares another.
    #[must_use]
    pub fn hushed(self) -> Talk {
        Talk { terminal: false, watched: false, hushed: true }
    }

    /// Whether somebody can be asked.
    #[must_use]
    pub fn on_terminal(self) -> bool {
        self.terminal
    }

    /// A line of data. A reader that has gone away is no trouble; a full disk is.
    pub fn put(self, line: impl AsRef<str>) {
        if !self.hushed {
            // What is stripped of its colours is written at once: line by line a long list is as many calls of the system.
            let line = format!("{}\n", line.as_ref());
            let plain = anstream::AutoStream::choice(&std::io::stdout()) == anstream::ColorChoice::Never;
            noted(if plain {
                std::io::stdout().lock().write_all(anstream::adapter::strip_str(&line).to_string().as_bytes())
            } else {
                anstream::stdout().lock().write_all(line.as_bytes())
            });
        }
    }

    /// Bytes of data, as they are.
    pub fn put_raw(self, bytes: &[u8]) {
        let mut out = std::io::stdout().lock();
        noted(out.write_all(bytes).and_then(|()| out.flush()));
    }

    /// Where something is: as it is for a program, safe to look at for a person.
    pub fn put_path(self, path: &Path) {
        let name = path.display().to_string();
        if std::io::stdout().is_terminal() { self.put(words::shown(&name)) } else { self.put(name) }
    }

    /// A value as JSON, on one line or several. What hides or steers text is written as `\u…`, which says the same.
    pub fn put_json(self, value: &impl serde::Serialize) {
        self.put(plain_json(&serde_json::to_string_pretty(value).unwrap_or_default()));
    }

    /// A line of talk.
    pub fn say(self, line: impl AsRef<str>) {
        if !self.hushed {
            let _ = writeln!(anstream::stderr().lock(), "{}", line.as_ref());
        }
    }

    /// Trouble, with its place and what to do.
    pub fn trouble(self, trouble: &Trouble) {
        self.say(show::trouble(trouble));
    }

    /// A warning: the same, but the work went on.
    pub fn warning(self, trouble: &Trouble) {
        self.say(show::warning(trouble));
    }

    /// Work on so many things that may take a while: a bar, if somebody watches, and a safe point for Ctrl-C between two of them.
    #[must_use]
    pub fn bar(self, doing: &'static str, thing: &'static str, all: impl Into<Option<usize>>) -> Bar {
        Bar::new(doing, thing, all.into(), self.watched)
    }

    /// Asks a question that yes or no answers. Off a terminal the answer is no.
    #[must_use]
    pub fn yes(self, question: &str) -> bool {
        if !self.terminal {
            return false;
        }
        let _ = write!(anstream::stderr().lock(), "{question} [y/N] ");
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
    }

    /// Asks for something that nobody else should see. Off a terminal there is nobody to ask.
    pub fn secret(self, question: &str) -> Result<String> {
        let nobody = || {
            Trouble::usage("nobody is here to ask for the passphrase").hint("name a file that holds it: --passphrase-file FILE")
        };
        if !self.terminal {
            return Err(nobody());
        }
        let _ = write!(anstream::stderr().lock(), "{question} ");
        let typed = console::Term::stderr().read_secure_line().map_err(|_| nobody())?;
        Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Asks for a line, with what an empty answer means.
    #[must_use]
    pub fn ask(self, question: &str, otherwise: &str) -> String {
        if !self.terminal {
            return otherwise.to_owned();
        }
        let shown = if otherwise.is_empty() { String::new() } else { format!(" [{otherwise}]") };
        let _ = write!(anstream::stderr().lock(), "{question}{shown} ");
        let mut answer = String::new();
        let _ = std::io::stdin().read_line(&mut answer);
        let answer = answer.trim();
        if answer.is_empty() { otherwise.to_owned() } else { answer.to_owned() }
    }
}

/// What went wrong with standard output, told once at the end.
static LOST: OnceLock<String> = OnceLock::new();

fn noted(written: std::io::Result<()>) {
    if let Err(error) = written
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = LOST.set(error.to_string());
    }
}

/// Trouble if data didn't get out.
pub fn all_out() -> Result<()> {
    noted(std::io::stdout().flush());
    match LOST.get() {
        None => Ok(()),
        Some(why) => Err(Trouble::failed(format!("what was to be shown could not be written out: {why}"))
            .hint("is the disk full? What was to be recorded is recorded: `wetink status` tells")),
    }
}

fn plain_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() || *words::shown(c.encode_utf8(&mut [0; 4])) == *c.encode_utf8(&mut [0; 4]) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

/// `text` in a style; safe to show whatever it holds.
#[must_use]
pub fn styled(style: Style, text: &str) -> String {
    format!("{style}{}{style:#}", words::shown(text))
}

/// `3 cards`, `1 card`.
#[must_use]
pub fn count(n: usize, thing: &str) -> String {
    match (n, thing) {
        (1, "person") => "1 person".into(),
        (n, "person") => format!("{n} people"),
        (n, "kB") => format!("{n} kB"),
        (1, thing) => format!("1 {thing}"),
        (n, thing) if thing.ends_with(|c: char| "sx".contains(c)) || thing.ends_with("ch") => format!("{n} {thing}es"),
        (n, thing) => format!("{n} {thing}s"),
    }
}

/// `Ana, Tom and Zoë`.
#[must_use]
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_hides_nothing() {
        let value = serde_json::json!({ "name": "A\u{202e}na 🎉 \u{e0041}", "note": "Zoë" });
        let text = plain_json(&value.to_string());
        assert!(
            text.contains("\\u202e") && text.contains("Zoë") && !text.contains('\u{202e}') && !text.contains('\u{e0041}'),
            "{text}"
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn english_plurals_and_lists() {
        assert_eq!(count(1, "batch"), "1 batch");
        assert_eq!(count(2, "batch"), "2 batches");
        assert_eq!(count(0, "person"), "0 people");
        assert_eq!(count(3, "birthday"), "3 birthdays");
        assert_eq!(list(&["Ana".into(), "Tom".into(), "Zoë".into()]), "Ana, Tom and Zoë");
    }
}
