//! What is fuzzed: every reader of somebody else's bytes, each as one function of bytes. The runner beside this file and the
//! `cargo fuzz` targets in `fuzz/` share it.
//!
//! A target panics when something that must hold doesn't, and returns a number for what it saw, so that a runner without
//! instrumentation still knows a new behaviour from an old one.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Cursor;
use std::sync::Arc;

use wetink::card::photo::Photo;
use wetink::day::{Birthday, Day, Month};
use wetink::face::{Face, Features};
use wetink::import::{self, Found, Mapping, Order, Wanted};
use wetink::ledger::Ledger;
use wetink::letter::{About, Letter};
use wetink::occasion::Occasion;
use wetink::out::pack::Service;
use wetink::out::preflight::{self, Asked, Finding};
use wetink::sheet::{self, Prompt, Sheet};
use wetink::shop::Settings;
use wetink::trouble::Trouble;
use wetink::words::{Words, shown};

/// A reader, and how often it is tried compared with the others.
pub struct Target {
    /// What it is called on the command line; its seeds are in a folder of this name.
    pub name: &'static str,
    /// Tries these bytes.
    pub run: fn(&[u8]) -> u64,
    /// Inputs are kept shorter than this.
    #[allow(dead_code)] // The tests and `fuzz/` have limits of their own.
    pub longest: usize,
}

/// All of them.
pub const TARGETS: [Target; 12] = [
    Target { name: "sheet", run: sheet, longest: 2 << 10 },
    Target { name: "people", run: people, longest: 1200 },
    Target { name: "cards", run: cards, longest: 1200 },
    Target { name: "touches", run: touches, longest: 1200 },
    Target { name: "words", run: words, longest: 1 << 10 },
    Target { name: "letter", run: letter, longest: 3 << 10 },
    Target { name: "settings", run: settings, longest: 3 << 10 },
    Target { name: "ledger", run: ledger, longest: 2 << 10 },
    Target { name: "font", run: font, longest: 64 << 10 },
    Target { name: "picture", run: picture, longest: 16 << 10 },
    Target { name: "upload", run: upload, longest: 16 << 10 },
    Target { name: "ink", run: ink, longest: 2 << 10 },
];

/// Tries these bytes on one of them, by its name.
#[allow(dead_code)] // Only `fuzz/` calls it.
pub fn run(name: &str, bytes: &[u8]) {
    if let Some(target) = TARGETS.iter().find(|target| target.name == name) {
        (target.run)(bytes);
    }
}

fn seen(what: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what(&mut hasher);
    hasher.finish()
}

/// A sentence without what differs from input to input.
fn kind(message: &str, into: &mut DefaultHasher) {
    for c in message.chars().filter(|c| c.is_ascii_alphabetic() || *c == ' ').take(60) {
        c.hash(into);
    }
}

/// Roughly how many.
fn about(n: usize) -> u32 {
    usize::BITS - n.leading_zeros()
}

fn told(trouble: &Trouble, into: &mut DefaultHasher) {
    for spot in &trouble.spots {
        assert!(spot.span.start <= spot.span.end && spot.span.end <= spot.text.len(), "a spot outside its text");
        assert!(spot.text.get(spot.span.clone()).is_some(), "a spot inside a character");
        let _ = spot.line();
    }
    assert!(!shown(&trouble.message).chars().any(char::is_control));
    kind(&trouble.message, into);
}

fn sheet(bytes: &[u8]) -> u64 {
    let Ok(month) = "2026-12".parse::<Month>() else { return 0 };
    let prompts = ["bo", "ana"].map(|who| Prompt {
        who: who.into(),
        occasion: Occasion::new("birthday"),
        when: "Sat 12 Dec".into(),
        lines: vec!["a prompt".into()],
    });
    let gone = |e: &sheet::Entry| (e.who == "tom").then(|| "he has died".to_owned());
    let once = sheet::refresh(bytes, month, &prompts, gone);
    assert_eq!(sheet::refresh(&once, month, &prompts, gone), once, "refreshing twice is refreshing once");
    let typed = |bytes: &[u8]| -> usize { bytes.iter().filter(|b| b.is_ascii_alphanumeric()).count() };
    assert!(typed(&once) + 400 > typed(bytes) || bytes.windows(4).any(|w| w == b"> !!"), "typed bytes are lost");
    seen(|s| match Sheet::read("notes/2026-12.md", bytes) {
        Ok(read) => {
            about(read.entries.len()).hash(s);
            for entry in read.entries.iter().take(4) {
                let text = entry.text();
                let at = entry.in_file(&(0..text.len()));
                assert!(read.text.get(at).is_some(), "a card points outside its sheet");
                (entry.note.is_empty(), entry.ps.is_empty(), entry.because.is_some()).hash(s);
            }
        }
        Err(trouble) => told(&trouble, s),
    })
}

fn rows(bytes: &[u8], wanted: Wanted) -> u64 {
    // The first byte chooses what the owner said about the file.
    let (how, bytes) = bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest));
    let mut mapping = Mapping { real_years: how & 1 == 1, ..Mapping::default() };
    mapping.dates = [None, Some(Order::DayFirst), Some(Order::MonthFirst), None][usize::from(how >> 1 & 3)];
    let Ok(today) = "2026-11-22".parse::<Day>() else { return 0 };
    seen(|s| match import::read("list", Cursor::new(bytes.to_vec()), wanted, &mapping, today) {
        Ok(reading) => {
            let mut kinds = BTreeSet::new();
            for found in reading {
                match found {
                    Found::Person(row) => {
                        assert!(row.person.name.full().chars().count() < 2000, "a name without end");
                        assert!(!row.person.name.full().contains(['\n', '\u{1b}']), "a name with control characters");
                        kinds.insert(format!("p{}{}", row.person.birthday.is_some(), row.person.address.street.len().min(3)));
                    }
                    Found::Card(card) => drop(kinds.insert(format!("c{}", about(card.note.len()) / 4))),
                    Found::Touch(touch) => drop(kinds.insert(format!("t{}", about(touch.text.len()) / 4))),
                    Found::Problem(problem) => {
                        assert!(problem.message.chars().count() < 2000, "a problem without end");
                        kinds.insert(problem.message.chars().filter(char::is_ascii_alphabetic).take(16).collect());
                    }
                }
            }
            kinds.hash(s);
        }
        Err(trouble) => told(&trouble, s),
    })
}

fn people(bytes: &[u8]) -> u64 {
    rows(bytes, Wanted::People)
}

fn cards(bytes: &[u8]) -> u64 {
    rows(bytes, Wanted::Cards)
}

fn touches(bytes: &[u8]) -> u64 {
    rows(bytes, Wanted::Touches)
}

fn words(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    let read = Words::read(&text);
    for word in read.all() {
        assert!(text.get(word.from.clone()).is_some(), "a word that isn't in the text");
    }
    let safe = shown(&text);
    assert!(!safe.chars().any(char::is_control), "a control character would reach the terminal");
    assert_eq!(shown(&safe), safe, "showing twice is showing once");
    let line: String = text.chars().take(12).collect();
    if let Ok(day) = line.parse::<Day>() {
        assert_eq!(day.to_string().parse::<Day>().ok(), Some(day));
    }
    if let Ok(birthday) = line.parse::<Birthday>() {
        assert_eq!(birthday.to_string().parse::<Birthday>().ok(), Some(birthday));
    }
    let shape = import::dates::shape(&line);
    let names = vec!["Ana".to_owned(), "Ana López".to_owned()];
    let prints = wetink::echo::exact(&text, &names);
    seen(|s| {
        (about(read.all().len()), read.sentences().min(6), read.language() as u8, prints.is_some()).hash(s);
        std::mem::discriminant(&shape).hash(s);
        (safe.len() == text.len()).hash(s);
    })
}

fn letter(bytes: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(bytes);
    seen(|s| match Letter::read("letters/birthday.txt", &text) {
        Ok(letter) => {
            let dressed = letter.dress(&About::sample(letter.language), true);
            (dressed.is_ok(), letter.designs.len().min(3), letter.sober).hash(s);
            if let Ok(dressed) = dressed {
                let notes = dressed.parts.iter().filter(|p| **p == wetink::letter::Part::Note).count();
                assert_eq!(notes, 1, "a letter has exactly one place for the note");
            }
        }
        Err(trouble) => told(&trouble, s),
    })
}

fn settings(bytes: &[u8]) -> u64 {
    let text: Arc<str> = String::from_utf8_lossy(bytes).into();
    seen(|s| match Settings::read(&text) {
        Ok(settings) => (settings.rules.len().min(3), settings.rule.len().min(3), settings.stock.len().min(3)).hash(s),
        Err(trouble) => told(&trouble, s),
    })
}

thread_local! {
    static BOOK: std::cell::RefCell<Option<Ledger>> = const { std::cell::RefCell::new(None) };
}

/// Lines of another ledger's export, tried and taken back.
fn ledger(bytes: &[u8]) -> u64 {
    BOOK.with_borrow_mut(|book| {
        if book.is_none() {
            *book = Ledger::in_memory().ok();
        }
        let Some(book) = book else { return 0 };
        seen(|s| match book.import(&mut Cursor::new(bytes), true) {
            Ok(report) => {
                report.added.keys().for_each(|k| k.hash(s));
                about(report.problems.len()).hash(s);
                report.problems.iter().take(3).for_each(|p| kind(&p.message, s));
            }
            Err(trouble) => told(&trouble, s),
        })
    })
}

fn font(bytes: &[u8]) -> u64 {
    seen(|s| match Face::load(bytes.to_vec(), "fonts/theirs.ttf") {
        Ok(face) => {
            let run = face.shape("Ana, fi ő", Features::TYPE);
            about(run.len()).hash(s);
            for placed in run.iter().take(4) {
                let outline = face.outline(placed.glyph);
                assert!(format!("{outline:?}").len() < 4 << 20, "an outline without end");
                placed.advance.is_finite().hash(s);
            }
        }
        Err(trouble) => told(&trouble, s),
    })
}

/// The shop's own picture, for a cover.
fn picture(bytes: &[u8]) -> u64 {
    seen(|s| match Photo::read("photos/shop.jpg", bytes.to_vec()) {
        Ok(photo) => {
            assert!(photo.picture.width > 0 && photo.picture.height > 0, "a picture of nothing");
            (about(photo.picture.width as usize), about(photo.picture.height as usize)).hash(s);
        }
        Err(trouble) => told(&trouble, s),
    })
}

/// A file that preflight is asked about: the first byte says whose, the second what it is called.
fn upload(bytes: &[u8]) -> u64 {
    let (service, rest) = bytes.split_first().map_or((0, bytes), |(first, rest)| (*first, rest));
    let (name, file) = rest.split_first().map_or((0, rest), |(first, rest)| (*first, rest));
    let name = ["card.pdf", "001-front.png", "001-back.jpg", "addresses.csv", "requests.jsonl"][usize::from(name % 5)];
    preflighted(file, service, name)
}

/// The drawing orders of a page, in a PDF that is well made otherwise.
fn ink(bytes: &[u8]) -> u64 {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut starts = Vec::new();
    for (at, object) in [
        &b"<</Type/Catalog/Pages 2 0 R>>"[..],
        b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2/MediaBox[0 0 450 306]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources 5 0 R>>",
        b"",
        b"<</Font<</F 6 0 R>>/XObject<</X 7 0 R/I 8 0 R>>/ExtGState<</G<</ca .5/SMask/None>>>>>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources 5 0 R/Length 26>>stream\n0 0 9 9 re f /X Do /I Do Q\n\nendstream",
        b"<</Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8/Length 4>>stream\n0000\nendstream",
    ]
    .iter()
    .enumerate()
    {
        starts.push(file.len());
        file.extend(format!("{} 0 obj\n", at + 1).bytes());
        if at == 3 {
            file.extend(format!("<</Length {}>>stream\n", bytes.len()).bytes());
            file.extend(bytes);
            file.extend(b"\nendstream");
        }
        file.extend(*object);
        file.extend(b"\nendobj\n");
    }
    let list = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", starts.len() + 1).bytes());
    starts.iter().for_each(|at| file.extend(format!("{at:010} 00000 n \n").bytes()));
    file.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{list}\n%%EOF\n", starts.len() + 1).bytes());
    preflighted(&file, 0, "card.pdf")
}

fn preflighted(file: &[u8], service: u8, name: &str) -> u64 {
    let services = ["lob", "postgrid", "thanksio", "stannp", "click2mail", "handwrytten"];
    let Ok(service) = Service::named(services[usize::from(service) % services.len()]) else { return 0 };
    let found = preflight::check(file, &Asked { service: &service, size: None, side: None, name });
    for Finding { message, help, .. } in &found {
        assert!(!shown(message).chars().any(char::is_control) && message.chars().count() < 2000, "a finding without end");
        assert!(!help.is_empty());
    }
    seen(|s| found.iter().for_each(|f| (f.rule, f.page).hash(s)))
}
