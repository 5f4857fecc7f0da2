//! How wetink speaks: data on standard output, talk on standard error, colour only where it is wanted, and no control code of
//! anybody's ever reaches the terminal.

use std::io::{IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};

use crate::cli::bar::Bar;
use crate::cli::show;
use crate::trouble::Trouble;
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

    /// A line of data. A reader that has gone away is no trouble.
    pub fn put(self, line: impl AsRef<str>) {
        if !self.hushed {
            let _ = writeln!(anstream::stdout().lock(), "{}", line.as_ref());
        }
    }

    /// Bytes of data, as they are.
    pub fn put_raw(self, bytes: &[u8]) {
        let _ = std::io::stdout().lock().write_all(bytes);
    }

    /// A value as JSON, on one line or several.
    pub fn put_json(self, value: &impl serde::Serialize) {
        self.put(serde_json::to_string_pretty(value).unwrap_or_default());
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
    fn english_plurals_and_lists() {
        assert_eq!(count(1, "batch"), "1 batch");
        assert_eq!(count(2, "batch"), "2 batches");
        assert_eq!(count(0, "person"), "0 people");
        assert_eq!(count(3, "birthday"), "3 birthdays");
        assert_eq!(list(&["Ana".into(), "Tom".into(), "Zoë".into()]), "Ana, Tom and Zoë");
    }
}
