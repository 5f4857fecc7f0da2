//! The hands there are: those shipped with the program and the fonts an owner put into the shop's `fonts/`.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::text::{Ready, is_picture};
use super::{Hand, Unwritable};
use crate::face::Face;
use crate::trouble::{Result, Trouble};

const LIST: &str = include_str!("../../fonts/hands.toml");
const FILES: [(&str, &[u8]); 6] = [
    ("homemade-apple/HomemadeApple-Regular.ttf", include_bytes!("../../fonts/homemade-apple/HomemadeApple-Regular.ttf")),
    ("reenie-beanie/ReenieBeanie-Regular.ttf", include_bytes!("../../fonts/reenie-beanie/ReenieBeanie-Regular.ttf")),
    (
        "nothing-you-could-do/NothingYouCouldDo-Regular.ttf",
        include_bytes!("../../fonts/nothing-you-could-do/NothingYouCouldDo-Regular.ttf"),
    ),
    ("la-belle-aurore/LaBelleAurore-Regular.ttf", include_bytes!("../../fonts/la-belle-aurore/LaBelleAurore-Regular.ttf")),
    ("mynerve/Mynerve-Regular.ttf", include_bytes!("../../fonts/mynerve/Mynerve-Regular.ttf")),
    ("bad-script/BadScript-Regular.ttf", include_bytes!("../../fonts/bad-script/BadScript-Regular.ttf")),
];
/// Own fonts looked at; a folder with more is somebody's whole collection.
const MOST_OWN: usize = 60;
/// No font a shop uses is larger, in bytes; what is larger isn't even read.
const MOST_FONT: u64 = 64 << 20;

/// The file `hands.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    hand: Vec<Entry>,
}

/// How a font is to be used as a hand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) file: String,
    #[serde(default = "unknown")]
    pub(super) licence: String,
    #[serde(default)]
    pub(super) look: String,
    #[serde(default)]
    pub(super) joined: bool,
    #[serde(default)]
    pub(super) calt: bool,
    #[serde(default = "one")]
    pub(super) noise: f64,
    #[serde(default = "pitch")]
    pub(super) pitch: f64,
    #[serde(default = "usual")]
    pub(super) x_height: [f64; 2],
    #[serde(default = "large")]
    pub(super) large: [f64; 2],
}

fn unknown() -> String {
    "the owner's own".to_owned()
}
fn one() -> f64 {
    1.0
}
fn pitch() -> f64 {
    2.9
}
fn usual() -> [f64; 2] {
    [2.2, 2.6]
}
fn large() -> [f64; 2] {
    [3.0, 3.2]
}

impl Entry {
    /// Keeps an owner's numbers where a hand still works.
    fn sane(mut self) -> Entry {
        let within = |value: f64, low: f64, high: f64| if value.is_finite() { value.clamp(low, high) } else { low };
        self.noise = within(self.noise, 0.2, 2.0);
        self.pitch = within(self.pitch, 1.8, 6.0);
        for [low, high] in [&mut self.x_height, &mut self.large] {
            *low = within(*low, 1.0, 10.0);
            *high = within(*high, *low, 12.0);
        }
        self
    }
}

/// All hands, the shipped ones first.
#[derive(Debug)]
pub struct Hands {
    hands: Vec<Arc<Hand>>,
    /// Fonts of the owner's that could not be used, and why.
    pub left_out: Vec<Trouble>,
}

impl Hands {
    /// The shipped hands and those in the shop's `fonts/`, if it has any. A hand of the owner's replaces a shipped one of the
    /// same name.
    pub fn load(shop_fonts: Option<&Path>) -> Result<Hands> {
        let list: List =
            toml::from_str(LIST).map_err(|error| Trouble::failed(format!("the list of hands is damaged: {error}")))?;
        let mut hands = Hands { hands: Vec::new(), left_out: Vec::new() };
        for entry in list.hand {
            let bytes = FILES.iter().find(|(file, _)| *file == entry.file).map_or(&[][..], |(_, bytes)| bytes);
            hands.add(entry.sane(), Cow::Borrowed(bytes))?;
        }
        if let Some(folder) = shop_fonts.filter(|folder| folder.is_dir()) {
            hands.add_own(folder);
        }
        Ok(hands)
    }

    fn add(&mut self, entry: Entry, bytes: Cow<'static, [u8]>) -> Result<()> {
        let face = Face::load(bytes, &entry.file)?;
        let hand = Arc::new(Hand::new(entry, face)?);
        self.hands.retain(|known| known.name() != hand.name());
        self.hands.push(hand);
        Ok(())
    }

    fn add_own(&mut self, folder: &Path) {
        let list = Some(folder.join("hands.toml")).filter(|f| f.is_file()).and_then(|f| std::fs::read_to_string(f).ok());
        let entries = match list.as_deref().map(toml::from_str::<List>) {
            Some(Ok(list)) => list.hand,
            Some(Err(error)) => {
                let said = error.message().to_owned();
                self.left_out.push(Trouble::failed(format!("cannot read fonts/hands.toml: {said}")));
                Vec::new()
            }
            None => Vec::new(),
        };
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|file| file.path().is_file())
            .filter_map(|file| file.file_name().into_string().ok())
            .filter(|name| {
                Path::new(name).extension().is_some_and(|end| end.eq_ignore_ascii_case("ttf") || end.eq_ignore_ascii_case("otf"))
            })
            .collect();
        files.sort_unstable();
        for file in files.into_iter().take(MOST_OWN) {
            let entry = entries.iter().find(|entry| entry.file == file).cloned().unwrap_or_else(|| Entry {
                name: plain_name(&file),
                licence: unknown(),
                look: "your own font".to_owned(),
                joined: false,
                calt: false,
                noise: one(),
                pitch: pitch(),
                x_height: usual(),
                large: large(),
                file: file.clone(),
            });
            let path = folder.join(&file);
            let large = std::fs::metadata(&path).is_ok_and(|about| about.len() > MOST_FONT);
            let added = match std::fs::read(&path) {
                _ if large => Err(Trouble::failed(format!("fonts/{file} is too large for a font")).hint("take it out of fonts/")),
                Ok(bytes) => self.add(entry.sane(), Cow::Owned(bytes)),
                Err(error) => Err(Trouble::file("read", &path, &error)),
            };
            self.left_out.extend(added.err());
        }
    }

    /// In the order of the list.
    #[must_use]
    pub fn all(&self) -> &[Arc<Hand>] {
        &self.hands
    }

    /// A hand by its name, however capitals, blanks and hyphens are put.
    pub fn find(&self, name: &str) -> Result<&Arc<Hand>> {
        let wanted = folded(name);
        if let Some(hand) = self.hands.iter().find(|hand| folded(hand.name()) == wanted) {
            return Ok(hand);
        }
        let nearest = self.hands.iter().min_by_key(|hand| strsim::damerau_levenshtein(&folded(hand.name()), &wanted));
        let names: Vec<&str> = self.hands.iter().map(|hand| hand.name()).collect();
        let trouble = Trouble::usage(format!("there is no hand called {name:?}"));
        Err(match nearest.filter(|hand| strsim::jaro_winkler(&folded(hand.name()), &wanted) > 0.7) {
            Some(hand) => trouble.hint(format!("Did you mean {}?", hand.name())),
            None => trouble.hint(format!("There are {}.", names.join(", "))),
        })
    }

    /// The hands that can write all of a text.
    #[must_use]
    pub fn able(&self, text: &str) -> Vec<&Arc<Hand>> {
        self.hands.iter().filter(|hand| hand.ready(text).is_ok()).collect()
    }

    /// The text made ready for a hand, or the rule `missing-glyph` with the person's name, the characters, and the hands that
    /// can write the whole note. Never a mix of hands within one note.
    pub fn check(&self, hand: &Hand, text: &str, to: &str) -> Result<Ready> {
        hand.ready(text).map_err(|lacking| self.refusal(hand, text, to, &lacking))
    }

    fn refusal(&self, hand: &Hand, text: &str, to: &str, lacking: &Unwritable) -> Trouble {
        if let Some(script) = lacking.script {
            return Trouble::refused(format!("the note to {to} is in {script}, which wetink doesn't print in a hand"))
                .hint("Print the card with --by-hand and write the note yourself: that works for every script.");
        }
        let mut trouble = Trouble::refused(format!("{} cannot write {lacking} in the note to {to}", hand.name()));
        if lacking.missing.iter().any(|c| is_picture(*c)) {
            trouble = trouble.hint("A pen writes no emoji: take it out, or write :) instead.");
        }
        let able = self.able(text);
        match able.as_slice() {
            [] => {
                // What a pen can't draw is taken out in any case; whose hand writes the rest?
                let rest: String = text.chars().filter(|c| !is_picture(*c) && !"\u{fe0e}\u{fe0f}\u{200d}".contains(*c)).collect();
                let names: Vec<&str> = self.able(&rest).iter().map(|hand| hand.name()).collect();
                if rest == text || names.is_empty() {
                    trouble.hint("No hand here can. Print the card with --by-hand and write the note yourself.")
                } else if names.contains(&hand.name()) {
                    trouble
                } else {
                    trouble
                        .hint(format!("Without it, write the note in another hand with --hand: {} can.", either(&names)))
                        .hint("With it, no hand here can: print the card with --by-hand and write the note yourself.")
                }
            }
            able => {
                let names: Vec<&str> = able.iter().map(|hand| hand.name()).collect();
                trouble.hint(format!("Write the whole note in another hand with --hand: {} can.", either(&names)))
            }
        }
    }
}

/// `Mynerve or Bad Script`.
fn either(names: &[&str]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `JoanHand-Regular.ttf` is called `JoanHand`.
fn plain_name(file: &str) -> String {
    let stem = Path::new(file).file_stem().map_or(file, |stem| stem.to_str().unwrap_or(file));
    stem.strip_suffix("-Regular").unwrap_or(stem).replace(['_', '-'], " ")
}
