//! `wetink log`: one short line about something that happened.

use clap::Args;

use crate::brief;
use crate::cli::talk::{DIM, STRONG, Talk, styled};
use crate::cli::when::When;
use crate::cli::{Done, World, typed, workroom};
use crate::ledger::Ledger;
use crate::ledger::people::Who;
use crate::person::{Id, Name, Person};
use crate::rules::Rules;
use crate::touch::Touch;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  wetink log ana purchase \"walking boots for Lisbon\" --on 2026-10-03\n  wetink log \"Mrs Lee\" talk \"asked about sandals\"\n  \
    wetink log tom fact \"his dog is called Biscuit\"\n  wetink log zoe promise \"call when size 37 is in\" --until 2026-12-01\n  \
    wetink log zoe call \"37 is in\" --close promise\n  wetink log zoe done        (closes the one thing that is open)"
)]
pub struct Log {
    /// An id, or any unique part of a name, e-mail or phone; somebody new is added
    who: String,
    /// One word: purchase, visit, talk, fact, promise, complaint, done … any word will do
    kind: String,
    /// What happened, in your words
    text: Option<String>,
    /// When; today if not given
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    on: Option<When>,
    /// For a promise: until when
    #[arg(long, value_name = "DAY", value_parser = typed::<When>)]
    until: Option<When>,
    /// It closes an open thread: a promise, a question, a complaint. Without KIND the only one that is open
    #[arg(long, value_name = "KIND", num_args = 0..=1, default_missing_value = "")]
    close: Option<String>,
    /// Who notes it down
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Add somebody new even if a name here looks alike
    #[arg(long)]
    new: bool,
    /// Say what would be noted, and note nothing
    #[arg(long)]
    dry_run: bool,
}

impl Log {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let mut room = workroom::enter(&shop, talk)?;
        let rules = shop.rules()?;
        let kind = self.kind.trim().to_lowercase();
        if kind.is_empty() || kind.chars().any(char::is_whitespace) || kind.chars().count() > 40 {
            return Err(Trouble::usage(format!("`{}` is not one word", self.kind))
                .hint(format!("the kind comes before the text: one of {}, or a word of your own", rules.words().join(", "))));
        }
        if let Some(near) = nearly(&rules, &kind).filter(|_| !room.ledger.has_kind(&kind).unwrap_or(false)) {
            return Err(Trouble::usage(format!("`{kind}` is no kind of happening here"))
                .hint(format!("did you mean {near}?"))
                .hint(format!("if it is a word of your own, put `[kinds.{kind}]` on a line of its own into wetink.toml")));
        }
        let asked = self.close.is_some();
        let closes = self.close.or_else(|| (kind == "done").then(String::new));
        let text = self.text.unwrap_or_default();
        let mut touch = Touch {
            until: self.until.map(|when| when.coming(world.today)),
            by: self.by.unwrap_or_default(),
            ..Touch::new(self.on.map_or(world.today, |when| when.past(world.today)), &kind, text.trim())
        };
        if touch.text.is_empty() && rules.kind(&kind).context {
            return Err(Trouble::usage(format!("a {kind} without a word helps nobody")).hint(format!(
                "say in a line what is wrong, in their words: `wetink log {} {kind} \"…\"`",
                crate::words::shown(&self.who)
            )));
        }
        if touch.on > world.today {
            return Err(Trouble::usage(format!("{} is still to come", touch.on))
                .hint("log what happened; what is to come is a promise: `wetink log WHO promise TEXT --until DAY`"));
        }
        let mut found = if self.new { Vec::new() } else { room.ledger.matching(&self.who)? };
        // Things happen to people: a household is meant only where nobody else is.
        if found.iter().any(|who| matches!(who, Who::Person(_))) {
            found.retain(|who| matches!(who, Who::Person(_)));
        }
        let (id, name, new) = if found.is_empty() {
            let near = if self.new { Vec::new() } else { room.ledger.nearest(&self.who)? };
            if let [first, ..] = near.as_slice() {
                if !talk.yes(&format!("Nobody is called `{}`. Do you mean {first}?", self.who)) {
                    return Err(Trouble::failed(format!("nobody here is called `{}`", self.who))
                        .hint(format!("did you mean {}?", near.join(" or ")))
                        .hint("if it is somebody new, say so with --new"));
                }
                (first.clone(), first.clone(), None)
            } else {
                let person = Person { name: Name::parse(&self.who), ..Person::default() };
                if person.name.is_empty() {
                    return Err(
                        Trouble::usage(format!("`{}` is not a name", self.who)).hint("write the name as you would say it")
                    );
                }
                if !self.new && room.ledger.suppressed()?.knows(&person) {
                    return Err(crate::ledger::erase::refused(&person.name.full()));
                }
                (String::new(), person.name.full(), Some(person))
            }
        } else {
            let who = Ledger::only(found, &self.who)?;
            if let Who::Household(household, members) = &who {
                let ids: Vec<String> = members.iter().map(|m| m.id.to_string()).collect();
                return Err(Trouble::usage(format!("{} is a household", household.id))
                    .hint(format!("things happen to people: log it for {}", ids.join(" or "))));
            }
            (who.id().to_string(), who.name(), None)
        };
        let before = if new.is_some() { Vec::new() } else { room.ledger.touches(&Id::from_stored(id.clone()))? };
        if let Some(kind) = closes {
            let thread = thread(&rules, &before, &kind, &name, asked)?;
            touch.closes = format!("{} {}", thread.kind, thread.on);
        }
        if self.dry_run {
            talk.say(format!("would note for {name}: {} {}", touch.kind, touch.text));
            return Ok(Done::Well);
        }
        let id = room.ledger.change(|change| {
            let id = match &new {
                Some(person) => change.add_person(person)?,
                None => Id::from_stored(id.clone()),
            };
            change.add_touch(&id, &touch, None)?;
            Ok(id)
        })?;
        let added = if new.is_some() { styled(DIM, " (new)") } else { String::new() };
        let closed = touch.closes.rsplit_once(' ').map_or_else(String::new, |(kind, _)| format!("; the {kind} is closed"));
        talk.say(format!(
            "{}{added}: {} on {}{}",
            styled(STRONG, id.as_str()),
            crate::words::shown(&touch.kind),
            touch.on.plain(),
            crate::words::shown(&closed)
        ));
        let meaning = rules.kind(&touch.kind);
        if touch.on == world.today && !meaning.fact && !meaning.silent {
            for line in brief::welcome(&rules, &name, &before, world.today) {
                talk.say(format!("  {} {}", styled(DIM, ">"), crate::words::shown(&line)));
            }
        }
        Ok(Done::Well)
    }
}

/// The kind that was meant by a word that is none, if it looks like one.
fn nearly<'r>(rules: &'r Rules, word: &str) -> Option<&'r str> {
    let words = rules.words();
    if words.contains(&word) || word.chars().count() < 4 {
        return None;
    }
    let allowed = 1 + word.chars().count() / 8;
    let near = words.into_iter().map(|known| (strsim::damerau_levenshtein(known, word), known)).min();
    near.filter(|(far, _)| *far <= allowed).map(|(_, known)| known)
}

/// The open thread that is meant: of this kind, or the only one there is.
fn thread<'t>(rules: &Rules, touches: &'t [Touch], kind: &str, name: &str, asked: bool) -> Result<&'t Touch> {
    let open = rules.open(touches);
    let kind = kind.trim().to_lowercase();
    let told = |t: &&Touch| {
        let text = if t.text.is_empty() { String::new() } else { format!(" ({})", t.text) };
        crate::words::shown(&format!("{} of {}{text}", t.kind, t.on.plain())).into_owned()
    };
    let all: Vec<String> = open.iter().map(told).collect();
    match open.iter().filter(|t| kind.is_empty() || t.kind == kind).collect::<Vec<_>>()[..] {
        [only] => Ok(only),
        // Of two promises the one that was due first is the one that was kept.
        [_, ..] if !kind.is_empty() => {
            let of_kind = open.iter().filter(|t| t.kind == kind);
            of_kind.min_by_key(|t| (t.until.unwrap_or(t.on), t.on)).copied().ok_or_else(|| Trouble::failed("nothing is open"))
        }
        [] => {
            let what = if kind.is_empty() { "nothing".to_owned() } else { format!("no {kind}") };
            let trouble = Trouble::failed(format!("{what} is open with {name}"));
            Err(if all.is_empty() {
                let away = if asked { ", and leave --close away" } else { "" };
                trouble.hint(format!("to note it down all the same, take another word, as in `talk` or `visit`{away}"))
            } else {
                trouble.hint(format!("open is: {}", all.join("; ")))
            })
        }
        _ => Err(Trouble::usage(format!("several things are open with {name}: {}", all.join("; ")))
            .hint("say which: --close and its first word")),
    }
}
