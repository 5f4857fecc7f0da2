//! The roof: verbs, talk, exit codes, the order of effects. The only floor that knows clap, the clock and the terminal.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::day::Day;
use crate::shop::Shop;
use crate::trouble::{Kind, Result, Trouble};

mod bar;
mod check;
mod demo;
mod doctor;
mod due;
mod housekeeping;
mod import;
mod init;
mod labels;
mod ledger;
mod lists;
mod log;
mod pack;
mod person;
mod posted;
mod preflight;
mod preview;
mod print;
mod remind;
mod returned;
mod show;
mod status;
pub mod talk;
mod undo;
mod when;
mod workroom;
mod write;

use talk::Talk;

macro_rules! verbs {
    ($($file:ident :: $args:ident => $variant:ident $doc:literal),+ $(,)?) => {
        #[derive(Debug, Subcommand)]
        enum Verb {
            $(#[doc = $doc] $variant($file::$args)),+
        }

        impl Verb {
            fn run(self, world: &World, talk: &Talk) -> Result<Done> {
                match self { $(Verb::$variant(args) => args.run(world, talk)),+ }
            }
        }
    };
}

// A verb is one file, and one line here and above.
verbs! {
    demo::Demo => Demo "A made-up shop: its cards written, two bad notes refused, the others printed",
    init::Init => Init "Make a shop folder",
    import::Import => Import "Bring in people, what they bought, or the cards of earlier years",
    person::PersonVerb => Person "Add, show, or change one person",
    log::Log => Log "Note down something that happened: a purchase, a talk, a promise",
    due::DueVerb => Due "Who is owed a card, and when it must be posted",
    write::Write => Write "Make or refresh the month's sheet and open it in your editor",
    check::Check => Check "Check the notes on a sheet; prints and logs nothing",
    preview::Preview => Preview "Pictures of the cards, before any paper is used",
    print::Print => Print "Print the batch as a PDF and log each card",
    pack::Pack => Pack "A checked folder for a postcard service, and the log of each card",
    preflight::Preflight => Preflight "What a postcard service would reject, found in the finished file",
    labels::Labels => Labels "Address labels for a batch",
    labels::Envelopes => Envelopes "Envelopes for a batch",
    posted::Posted => Posted "Write down that cards were posted",
    returned::Returned => Returned "Write down that a card came back",
    returned::Answered => Answered "Write down that a card was answered, and what was said",
    status::Status => Status "The month at a glance",
    remind::Remind => Remind "Let the system's own timer say on weekdays what is due",
    lists::HandsVerb => Hands "The handwritings there are, with a picture",
    lists::Stocks => Stocks "The papers there are, with a picture",
    lists::LettersVerb => Letters "The letters there are, with a picture",
    lists::TestPage => TestPage "A page that finds out how your printer shifts and shrinks",
    undo::Undo => Undo "Take back the last command",
    ledger::LedgerVerb => Ledger "The whole history as lines of JSON: out, and in",
    doctor::Doctor => Doctor "Look for damage, and mend what a crash left half done",
    housekeeping::Backup => Backup "Copy the ledger",
    housekeeping::Restore => Restore "Put a copy of the ledger back in its place",
    housekeeping::Completions => Completions "Print the completion script for a shell",
    housekeeping::Man => Man "Print the manual page",
}

impl Verb {
    /// Those that say themselves what is late, or have no shop yet, stay silent.
    fn tells_what_is_late(&self) -> bool {
        !matches!(
            self,
            Verb::Due(_)
                | Verb::Status(_)
                | Verb::Demo(_)
                | Verb::Init(_)
                | Verb::Completions(_)
                | Verb::Man(_)
                | Verb::Doctor(_)
                | Verb::Remind(_)
        )
    }
}

/// Cards with a note of their own for every customer.
///
/// wetink remembers whom you owe a card, reminds you when it must be posted, refuses a note that was used before, even with the
/// name swapped, and prints the rest. It never writes a note.
#[derive(Debug, Parser)]
#[command(name = "wetink", version, arg_required_else_help = true, infer_subcommands = false, max_term_width = 100)]
#[command(after_help = "Start with `wetink demo`, then `wetink init`.\n\
    Exit codes: 0 done, 1 failed, 2 put wrongly, 3 refused by a rule, 4 damaged data, 130 stopped by Ctrl-C; `due --check`: 10 something is due, 11 late.")]
struct Cli {
    /// The shop's folder, if it isn't the current one or above it
    #[arg(long, global = true, value_name = "DIR", env = "WETINK_SHOP")]
    shop: Option<PathBuf>,

    /// Pretend that today is this day
    #[arg(long, global = true, value_name = "DAY", env = "WETINK_TODAY", hide = true, value_parser = typed::<Day>)]
    today: Option<Day>,

    #[command(subcommand)]
    verb: Verb,
}

/// For clap: a value of ours from what was typed, with what to do in the message.
fn typed<T: std::str::FromStr<Err = Trouble>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|t: Trouble| std::iter::once(t.message).chain(t.hints).collect::<Vec<_>>().join("; "))
}

/// The outside world as the verbs see it: given once, never looked up below the roof.
#[derive(Clone, Debug)]
pub struct World {
    /// The current directory.
    pub dir: PathBuf,
    /// The civil day it is.
    pub today: Day,
    /// The shop's folder, if it was named.
    shop: Option<PathBuf>,
    /// `$VISUAL`, or else `$EDITOR`.
    pub editor: Option<String>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// Where programs keep their settings, if that isn't in the usual place: `$XDG_CONFIG_HOME`.
    pub config: Option<PathBuf>,
    /// This program's own file.
    pub program: Option<PathBuf>,
    /// A person sits there: standard input and error are a terminal.
    pub terminal: bool,
}

impl World {
    /// The shop meant: the named folder, or the one in or above the current directory.
    pub fn shop(&self) -> Result<Shop> {
        Shop::find(self.shop.as_deref().unwrap_or(&self.dir))
    }

    /// Shows a file on the screen with the system's own viewer.
    pub fn show(&self, file: &std::path::Path) -> Result<()> {
        let viewer = if cfg!(target_os = "macos") {
            "open"
        } else if cfg!(windows) {
            "explorer"
        } else {
            "xdg-open"
        };
        let started = std::process::Command::new(viewer).arg(file).status().is_ok_and(|s| s.success());
        if started {
            Ok(())
        } else {
            Err(Trouble::failed(format!("no viewer could be started for {}", file.display())).hint("open the file yourself"))
        }
    }
}

/// How a verb that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// All is well.
    Well,
    /// It was told with another exit code: 3 when something was refused, 10 and 11 from `due --check`.
    Code(u8),
}

/// Runs wetink with the given arguments in the world as it is. Everything that goes wrong is told here, once.
#[must_use]
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut args: Vec<OsString> = args.into_iter().collect();
    // Somebody who asks for the help of the help wants the help.
    if args.get(1).is_some_and(|verb| verb == "help") {
        args.retain(|word| word != "--help" && word != "-h");
    }
    let typed: Vec<String> = args.iter().skip(1).map(|a| a.to_string_lossy().into_owned()).collect();
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(wrong) => {
            // Help and version are no errors and go to standard output.
            let lost = wrong.print().is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe);
            return ExitCode::from(if wrong.use_stderr() { 2 } else { u8::from(lost) });
        }
    };
    let talk = Talk::of_this_process();
    let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.trim().is_empty()));
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let world = World {
        dir: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        today: cli.today.unwrap_or_else(Day::today),
        shop: cli.shop,
        editor,
        home: folder("HOME").or_else(|| folder("USERPROFILE")),
        config: folder("XDG_CONFIG_HOME"),
        program: std::env::current_exe().ok(),
        terminal: talk.on_terminal(),
    };
    workroom::typed(&typed.iter().map(String::as_str).collect::<Vec<_>>(), world.today);
    let tells = cli.verb.tells_what_is_late();
    let done = cli.verb.run(&world, &talk);
    if tells
        && done.is_ok()
        && let Ok(shop) = world.shop()
        && let Some(line) = due::late_line(&shop, world.today)
    {
        talk.say(talk::styled(talk::BAD, &line));
    }
    match done.and_then(|done| talk::all_out().map(|()| done)) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::Code(code)) => ExitCode::from(code),
        Err(trouble) => {
            talk.trouble(&trouble);
            ExitCode::from(match trouble.kind {
                Kind::Failed => 1,
                Kind::Usage => 2,
                Kind::Refused => 3,
                Kind::Damaged => 4,
                Kind::Stopped => bar::STOPPED,
            })
        }
    }
}

/// The whole command, for completions, the manual page and tests.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}
