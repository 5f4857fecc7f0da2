//! How far long work has come, with its rate and the time left; and Ctrl-C, heeded at the next safe point.
//!
//! Nothing is drawn in the first second, and never off a terminal. While a bar lives, Ctrl-C doesn't end the process: the work asks
//! between two cards, stops there, clears away what it began and says what was not done. Who can't wait presses it again. Without a bar
//! the process ends at once, as everybody expects of a question or a short verb; the ledger stands that at any moment.

use std::fmt;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::cli::talk::count;
use crate::trouble::{Result, Trouble};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// The exit code of what was stopped by Ctrl-C: 128 and the signal's number, as shells have it.
pub const STOPPED: u8 = 130;

/// Bars that live: as long as there are some, Ctrl-C waits for the next safe point.
static HEEDED: AtomicUsize = AtomicUsize::new(0);
static ASKED: AtomicBool = AtomicBool::new(false);

/// Listens for Ctrl-C from now on.
fn listen() {
    // A second handler is refused, and the first does.
    let _ = ctrlc::set_handler(|| {
        if HEEDED.load(Ordering::SeqCst) == 0 || ASKED.swap(true, Ordering::SeqCst) {
            std::process::exit(i32::from(STOPPED));
        }
    });
}

/// Presses Ctrl-C as a terminal would, and waits until it is heard.
#[cfg(debug_assertions)]
pub fn press_ctrl_c() {
    let _ = std::process::Command::new("kill").args(["-INT", &std::process::id().to_string()]).status();
    while !ASKED.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Long work.
#[derive(Debug)]
pub struct Bar {
    doing: &'static str,
    thing: &'static str,
    /// `None` if nobody knows how much there is.
    all: Option<usize>,
    /// What is said to whoever stops it: what was not done. Work that says nothing isn't stopped between two things.
    undone: Option<&'static str>,
    begun: Instant,
    shown: bool,
    done: AtomicUsize,
    line: Mutex<Option<ProgressBar>>,
}

impl Bar {
    /// Work on so many things; `shown` if somebody watches.
    pub(super) fn new(doing: &'static str, thing: &'static str, all: Option<usize>, shown: bool) -> Bar {
        HEEDED.fetch_add(1, Ordering::SeqCst);
        listen();
        Bar::only_shown(doing, thing, all, shown).undone("nothing was changed")
    }

    /// Work that can't be stopped between two things: Ctrl-C ends the process.
    pub(super) fn only_shown(doing: &'static str, thing: &'static str, all: Option<usize>, shown: bool) -> Bar {
        Bar { doing, thing, all, undone: None, begun: Instant::now(), shown, done: AtomicUsize::new(0), line: Mutex::new(None) }
    }

    /// What was not done if it is stopped: `nothing was printed, nothing logged`.
    #[must_use]
    pub fn undone(mut self, undone: &'static str) -> Bar {
        self.undone = Some(undone);
        self
    }

    /// One more is done. Trouble if the owner wants it stopped.
    pub fn one_more(&self) -> Result<()> {
        self.seen(self.done.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// So many are done. Trouble if the owner wants it stopped.
    pub fn at(&self, done: usize) -> Result<()> {
        self.done.store(done, Ordering::Relaxed);
        self.seen(done)
    }

    fn seen(&self, done: usize) -> Result<()> {
        if self.undone.is_some() && ASKED.load(Ordering::SeqCst) {
            self.hide();
            return Err(self.stopped());
        }
        if self.shown && self.begun.elapsed() >= PATIENCE {
            let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
            line.get_or_insert_with(|| self.draw()).set_position(done as u64);
        }
        Ok(())
    }

    fn stopped(&self) -> Trouble {
        let done = self.done.load(Ordering::Relaxed);
        let far = match self.all {
            Some(all) => format!("after {done} of {}", count(all, self.thing)),
            None => format!("after {}", count(done, self.thing)),
        };
        let undone = self.undone.unwrap_or_default();
        Trouble::stopped(format!("stopped {far}; {undone}")).hint("run the same command again to begin anew")
    }

    /// A stream that tells how far it is: a line of what is written is one more, and so is a kilobyte of what is read.
    pub fn through<T>(&self, stream: T) -> Watched<'_, T> {
        Watched { bar: self, stream, bytes: 0, lines: 0 }
    }

    /// How work on a stream ended: a stream that was stopped is no broken one.
    pub fn ended<T>(&self, done: Result<T>) -> Result<T> {
        done.map_err(|trouble| if ASKED.load(Ordering::SeqCst) { self.stopped() } else { trouble })
    }

    fn draw(&self) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(self.all.map(|n| n as u64), ProgressDrawTarget::stderr());
        let of = match self.all {
            Some(_) => "{msg} {wide_bar} {human_pos} of {human_len}, {rate}, {left} left",
            None => "{spinner} {msg} {human_pos}, {rate}",
        };
        // From the beginning: the bar is drawn late, and its own reckoning takes what was done by then for the work of a moment.
        let a_second = |state: &ProgressState| state.pos() as f64 / state.elapsed().as_secs_f64().max(0.001);
        let rate = move |state: &ProgressState, line: &mut dyn fmt::Write| {
            let _ = write!(line, "{:.0} a second", a_second(state));
        };
        let left = move |state: &ProgressState, line: &mut dyn fmt::Write| {
            let more = state.len().unwrap_or(0).saturating_sub(state.pos()) as f64;
            let _ = write!(line, "{:#}", HumanDuration(Duration::from_secs_f64((more / a_second(state).max(0.001)).min(1e9))));
        };
        let style = ProgressStyle::with_template(of).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style.with_key("rate", rate).with_key("left", left));
        bar.set_message(self.doing);
        bar.with_elapsed(self.begun.elapsed())
    }

    /// Takes the bar off the terminal, for what is said next; Ctrl-C is heeded on.
    pub fn hide(&self) {
        if let Some(line) = self.line.lock().unwrap_or_else(PoisonError::into_inner).take() {
            line.finish_and_clear();
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.hide();
        if self.undone.is_some() {
            HEEDED.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// A stream with a bar beside it.
#[derive(Debug)]
pub struct Watched<'a, T> {
    bar: &'a Bar,
    stream: T,
    bytes: usize,
    lines: usize,
}

impl<T: Write> Write for Watched<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.stream.write(bytes)?;
        self.lines += bytes[..written].iter().filter(|b| **b == b'\n').count();
        self.bar.at(self.lines).map_err(std::io::Error::other)?;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}

impl<T: Read> Read for Watched<'_, T> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.stream.read(into)?;
        self.bytes += read;
        self.bar.at(self.bytes / 1000).map_err(std::io::Error::other)?;
        Ok(read)
    }
}
