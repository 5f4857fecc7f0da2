//! `wetink demo`: a made-up shoe shop. The real verbs on made-up people: nothing here is staged but the notes.

use std::path::PathBuf;

use clap::{Args, Parser as _};

use crate::cli::talk::{DIM, STRONG, Talk, styled};
use crate::cli::{Cli, Done, World, due, workroom};
use crate::day::Day;
use crate::shop;
use crate::trouble::{Result, Trouble};

#[derive(Debug, Args)]
pub struct Demo {
    /// The folder to make; wetink-demo if not given
    dir: Option<PathBuf>,
}

const PEOPLE: &str = include_str!("demo/people.csv");
const TOUCHES: &str = include_str!("demo/touches.csv");
const CARDS: &str = include_str!("demo/cards.csv");

/// What the made-up owner writes. Tom's is last year's card to Ana, copied; Priya's is last year's card to Tom with her name in it.
const NOTES: [(&str, &str); 8] = [
    (
        "ana-lopez",
        "Ana, how did the boots do on those hills in Lisbon? You owe me the story of the tram driver, and Mocha owes me a \
         shoelace.\n\nPS: the red laces you wanted are in.",
    ),
    (
        "tom-reed",
        "I hope the puppy lets you sleep past six now. The red sandals must have seen every beach between here and Sandsend. \
         Come by and tell us which was the best.",
    ),
    (
        "zoe-lukasik",
        "Zoë, the green wellingtons are on the lorry from Leeds, in 37, and I have hidden them from everybody else. Happy \
         birthday – jump in something deep.",
    ),
    (
        "lukasz-wojcik",
        "Łukasz, tell Hania that a scuffed toe is a sign of a good left foot. If the under-nines score on Saturday, we want \
         to hear it first. Wszystkiego najlepszego!",
    ),
    (
        "margaret-pell",
        "Dear Mrs Pell, I saw you and Bess on the pier on the windiest day of October, and neither of you was holding on to \
         anything. Happy birthday to the best walker in Whitby.",
    ),
    (
        "priya-nair",
        "Priya, twelve miles a day and you still hold the door for everyone. Happy birthday from the two people who keep your \
         heels on.",
    ),
    (
        "ann-and-bob-lee",
        "Two pairs for one day in June: thank you for letting us fuss over both of you. Wear them round the kitchen first, \
         Bob on the tiles, Ann on the stairs, and bring them back if anything pinches.",
    ),
    (
        "henrik-sorensen",
        "Henrik, those clogs were a pleasure to have on the bench. Your father pegged them so well that I learnt something. \
         Thank you for trusting us with them.",
    ),
];

impl Demo {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let dir = world.dir.join(self.dir.unwrap_or_else(|| PathBuf::from("wetink-demo")));
        if dir.exists() && dir.read_dir().is_ok_and(|mut d| d.next().is_some()) {
            return Err(Trouble::failed(format!("{} is not empty", dir.display()))
                .hint("name another folder: `wetink demo some-other-name`; nothing was changed"));
        }
        let stage =
            Stage { world: World { shop: Some(dir.clone()), editor: None, terminal: false, ..world.clone() }, talk: *talk };
        talk.say(styled(STRONG, "Stokoe & Daughter, shoes and repairs, Whitby: a made-up shop"));
        stage.play_quietly(&[
            "init",
            &dir.display().to_string(),
            "--name",
            "Stokoe & Daughter",
            "--signs",
            "Joan and Ellie Stokoe",
            "--answer",
            "Ring 01947 555 100, Tuesday to Saturday, 9 to 5, or just come in",
            "--country",
            "GB",
            "--street",
            "8 Baxtergate",
            "--city",
            "Whitby",
            "--postcode",
            "YO21 1BW",
            "--paper",
            "a4",
            "--hand",
            "la-belle-aurore",
        ])?;
        for (name, text) in [("people.csv", PEOPLE), ("touches.csv", TOUCHES), ("cards.csv", CARDS)] {
            shop::write_whole(&dir.join(name), dated(text, world.today).as_bytes())?;
        }
        let file = |name: &str| dir.join(name).display().to_string();
        stage.play("Their customers, what happened with them, and last year's cards:", &["import", &file("people.csv")])?;
        stage.play("", &["import", &file("touches.csv"), "--as", "touches"])?;
        stage.play("", &["import", &file("cards.csv"), "--as", "cards"])?;
        stage.play_quietly(&["person", "household", "ann-lee", "bob-lee", "--as", "Ann and Bob Lee"])?;
        stage.play(
            "George has died, Carla asked for no cards: nobody will ever print one by mistake.",
            &["person", "status", "george-hill", "deceased"],
        )?;
        stage.play("", &["person", "status", "carla-bruno", "do-not-contact"])?;
        stage.play("Who is owed a card?", &["due"])?;
        let month = due::month_to_write(world.today).to_string();
        stage.play_quietly(&["write", "--no-edit", "--month", &month])?;
        stage.play(
            "The sheet to write on, with two thank-yous besides:",
            &["write", "--no-edit", "ann-and-bob-lee", "henrik-sorensen", "--for", "thank-you"],
        )?;
        let sheet = dir.join("notes").join(format!("{month}.md"));
        let written = write_notes(&std::fs::read_to_string(&sheet).map_err(|e| Trouble::file("read", &sheet, &e))?);
        shop::write_whole(&sheet, written.as_bytes())?;
        talk.say(styled(DIM, "  (Joan writes eight notes; it is late, and two of them are old ones)"));
        stage.play("Print: six notes are fresh, two are not, and wetink says why.", &["print", &sheet.display().to_string()])?;
        talk.say("");
        let folder = crate::words::shown(&dir.display().to_string()).into_owned();
        talk.say(styled(STRONG, "Next:"));
        talk.say(format!("  cd {folder} && wetink person show tom   what is known about one person, and every card"));
        talk.say(format!("  wetink posted {month}-a                  they are in the letter box, and the history says so"));
        talk.say("  wetink init ../my-shop                 your own shop");
        Ok(Done::Well)
    }
}

/// Plays verbs in the made-up shop, as if they were typed.
struct Stage {
    world: World,
    talk: Talk,
}

impl Stage {
    fn play(&self, caption: &str, args: &[&str]) -> Result<()> {
        if !caption.is_empty() {
            self.talk.say("");
            self.talk.say(caption);
        }
        let typed: Vec<String> = args
            .iter()
            .map(|a| {
                std::path::Path::new(a)
                    .strip_prefix(self.world.shop.clone().unwrap_or_default())
                    .map_or_else(|_| (*a).to_owned(), |p| p.display().to_string())
            })
            .map(|a| if a.contains(' ') { format!("\"{a}\"") } else { a })
            .collect();
        self.talk.say(format!("{} {}", styled(DIM, "$ wetink"), styled(DIM, &typed.join(" "))));
        self.run(args, self.talk)
    }

    fn play_quietly(&self, args: &[&str]) -> Result<()> {
        self.run(args, self.talk.hushed())
    }

    fn run(&self, args: &[&str], talk: Talk) -> Result<()> {
        let cli = Cli::try_parse_from(std::iter::once("wetink").chain(args.iter().copied()))
            .map_err(|e| Trouble::usage(format!("the demo put a verb wrongly: {e}")))?;
        workroom::typed(args, self.world.today);
        // That two notes are refused is the point; it isn't the demo's failure.
        cli.verb.run(&self.world, &talk).map(|_| ())
    }
}

/// Puts the made-up owner's notes under their headings.
fn write_notes(sheet: &str) -> String {
    let mut text = String::new();
    for line in sheet.split_inclusive('\n') {
        text.push_str(line);
        if line.trim().is_empty() {
            let heading = text.rfind("\n## ").map(|at| &text[at + 4..]);
            let who = heading.filter(|h| !h.contains("\n\n\n")).and_then(|h| h.split(' ').next()).unwrap_or_default().to_owned();
            let fresh = heading.is_some_and(|h| h.matches("\n\n").count() == 1);
            if let Some((_, note)) = NOTES.iter().find(|(id, _)| *id == who).filter(|_| fresh) {
                text.push_str(note);
                text.push_str("\n\n");
            }
        }
    }
    text
}

/// The files with their days put in: `{-49}` is so many days before today, `{1986+21}` a birthday in 21 days, born in that year.
fn dated(text: &str, today: Day) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (mark, after) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        if let Some((year, days)) = mark.split_once('+') {
            let mut day = today.plus(days.parse().unwrap_or(0));
            if (day.month(), day.day()) == (2, 29) {
                day = day.plus(1);
            }
            out += &if year == "----" {
                format!("--{:02}-{:02}", day.month(), day.day())
            } else {
                format!("{year}-{:02}-{:02}", day.month(), day.day())
            };
        } else {
            out += &today.plus(mark.parse().unwrap_or(0)).to_string();
        }
        rest = after;
    }
    out + rest
}
