//! `wetink remind`: the system's own timer asks `wetink due` on weekdays. Files are written where the system looks for them;
//! nothing is started, so nothing happens that the owner hasn't seen.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use sha2::{Digest as _, Sha256};

use crate::cli::talk::{STRONG, Talk, styled};
use crate::cli::{Done, World};
use crate::shop;
use crate::trouble::{Result, Trouble};

mod timer;

/// Whose timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum System {
    /// A user timer (Linux)
    Systemd,
    /// A launch agent (macOS)
    Launchd,
    /// A task for the Task Scheduler (Windows)
    Windows,
}

impl System {
    fn here() -> System {
        if cfg!(target_os = "macos") {
            System::Launchd
        } else if cfg!(windows) {
            System::Windows
        } else {
            System::Systemd
        }
    }
}

#[derive(Debug, Args)]
pub struct Remind {
    #[command(subcommand)]
    what: What,
    /// Whose timer, if not this system's
    #[arg(long, global = true, value_enum)]
    system: Option<System>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Write the timer's files
    Install {
        /// The hour of the day, 0 to 23
        #[arg(long, value_name = "HOUR", default_value_t = 9, value_parser = hour)]
        at: u32,
        /// Say what would be written, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// What is installed
    Show,
    /// Take the files away again
    Remove,
}

/// A whole hour: `8`, or `8:00`.
fn hour(text: &str) -> Result<u32, String> {
    let whole = text.trim().strip_suffix(":00").unwrap_or(text.trim());
    whole.parse().ok().filter(|hour| *hour < 24).ok_or_else(|| "give a whole hour from 0 to 23, as in --at 8".to_owned())
}

/// What the timer runs, and for which shop.
#[derive(Clone, Debug)]
pub(super) struct Errand {
    /// `wetink-` and a mark of the shop's folder, so that several shops can be reminded of.
    name: String,
    /// The program and its words.
    command: Vec<String>,
    hour: u32,
}

impl Remind {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let system = self.system.unwrap_or_else(System::here);
        let dir = shop.dir.display().to_string();
        let mark: String = Sha256::digest(dir.as_bytes())[..4].iter().map(|b| format!("{b:02x}")).collect();
        let program = world.program.clone().unwrap_or_else(|| PathBuf::from("wetink"));
        let hour = if let What::Install { at, .. } = self.what { at } else { 9 };
        let words = ["--shop", &dir, "due", "--notify"].map(str::to_owned);
        let command = std::iter::once(program.display().to_string()).chain(words).collect();
        let errand = Errand { name: format!("wetink-{mark}"), command, hour };
        let files = files(system, world, &errand)?;
        match self.what {
            What::Install { dry_run, .. } => {
                for (path, bytes) in &files {
                    if !dry_run {
                        if let Some(folder) = path.parent() {
                            std::fs::create_dir_all(folder).map_err(|e| Trouble::file("make the folder", folder, &e))?;
                        }
                        shop::write_whole(path, bytes)?;
                    }
                    talk.put_path(path);
                }
                if !dry_run {
                    talk.say(format!(
                        "On weekdays at {hour} wetink says what is due. To begin: {}",
                        begin(system, &errand, &files)
                    ));
                }
            }
            What::Show => {
                let there: Vec<&PathBuf> = files.iter().map(|f| &f.0).filter(|p| p.exists()).collect();
                if there.is_empty() {
                    talk.say("No timer is installed for this shop: `wetink remind install`");
                }
                // At which hour these very files would be written.
                let at = |hour: &u32| {
                    let errand = Errand { hour: *hour, ..errand.clone() };
                    self::files(system, world, &errand).is_ok_and(|files| {
                        files.iter().all(|(path, bytes)| std::fs::read(path).is_ok_and(|there| there == *bytes))
                    })
                };
                if !there.is_empty() {
                    talk.say((0..24).find(at).map_or_else(
                        || "A timer is installed, and was changed by another hand:".to_owned(),
                        |hour| format!("Installed: on weekdays at {hour} wetink says what is due."),
                    ));
                }
                for path in there {
                    talk.put_path(path);
                }
            }
            What::Remove => {
                let mut gone = 0;
                for (path, _) in &files {
                    match std::fs::remove_file(path) {
                        Ok(()) => {
                            gone += 1;
                            talk.put_path(path);
                        }
                        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                        Err(e) => return Err(Trouble::file("remove", path, &e)),
                    }
                }
                talk.say(if gone == 0 {
                    "No timer was installed for this shop.".to_owned()
                } else {
                    format!(
                        "{} is gone; it stops at the next login, or now with {}",
                        styled(STRONG, &errand.name),
                        end(system, &errand)
                    )
                });
            }
        }
        Ok(Done::Well)
    }
}

/// The files of a timer, with what is in them.
fn files(system: System, world: &World, errand: &Errand) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let home = world.home.clone().ok_or_else(|| {
        Trouble::failed("your home folder isn't known").hint("set HOME, or let a timer of your own run `wetink due --notify`")
    })?;
    let name = &errand.name;
    Ok(match system {
        System::Systemd => {
            let folder = world.config.clone().unwrap_or_else(|| home.join(".config")).join("systemd/user");
            let timer = timer::systemd_timer(errand).into_bytes();
            vec![
                (folder.join(format!("{name}.service")), timer::systemd_service(errand).into_bytes()),
                (folder.join(format!("{name}.timer")), timer),
            ]
        }
        System::Launchd => {
            vec![(home.join("Library/LaunchAgents").join(format!("{name}.plist")), timer::launchd(errand).into_bytes())]
        }
        System::Windows => vec![(home.join("AppData/Local/wetink").join(format!("{name}.xml")), timer::windows(errand))],
    })
}

fn quoted(path: &Path) -> String {
    let text = crate::words::shown(&path.display().to_string()).into_owned();
    if text.contains(' ') { format!("\"{text}\"") } else { text }
}

/// What the owner types to begin at once.
fn begin(system: System, errand: &Errand, files: &[(PathBuf, Vec<u8>)]) -> String {
    let first = files.first().map_or_else(String::new, |f| quoted(&f.0));
    match system {
        System::Systemd => format!("systemctl --user daemon-reload && systemctl --user enable --now {}.timer", errand.name),
        System::Launchd => format!("launchctl bootstrap gui/$(id -u) {first}, or log in again"),
        System::Windows => format!("schtasks /Create /XML {first} /TN {}", errand.name),
    }
}

/// … and to end.
fn end(system: System, errand: &Errand) -> String {
    match system {
        System::Systemd => format!("systemctl --user disable --now {}.timer", errand.name),
        System::Launchd => format!("launchctl bootout gui/$(id -u)/{}", errand.name),
        System::Windows => format!("schtasks /Delete /TN {}", errand.name),
    }
}
