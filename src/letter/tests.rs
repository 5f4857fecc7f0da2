//! Every letter that is shipped is filled in here; every letter that must be refused is.

use std::fmt::Write as _;

use super::*;

fn head(body: &str) -> String {
    format!("+++\noccasion = \"birthday\"\ncover = \"Happy birthday\"\n+++\n{body}")
}

fn refusal(body: &str) -> (String, String) {
    let text = head(body);
    let trouble = Letter::read("letters/mine.txt", &text).expect_err(body);
    let spot = trouble.spots.first().map(|s| s.text[s.span.clone()].to_owned()).unwrap_or_default();
    assert!(!trouble.hints.is_empty(), "{body}: no hint");
    (trouble.message, spot)
}

fn dressed(body: &str, ps: bool) -> Vec<Part> {
    Letter::read("mine.txt", &head(body)).unwrap().dress(&About::sample(Tongue::English), ps).unwrap().parts
}

fn printed(text: &str) -> Part {
    Part::Printed(text.into())
}

#[test]
fn the_shipped_letters_filled_in() {
    let letters = Letters::load(&BUNDLED, None).unwrap();
    assert_eq!(letters.troubles().collect::<Vec<_>>(), Vec::<&Trouble>::new());
    assert_eq!(letters.all().len(), BUNDLED.len());
    let mut shown = String::new();
    for letter in letters.all() {
        assert_eq!(rules::named(&letter.file), (letter.name.clone(), Some(letter.language.code())));
        let dressed = letter.dress(&About::sample(letter.language), true).unwrap();
        let cover = dressed.cover.replace('\n', " / ");
        let below = if dressed.below.is_empty() { String::new() } else { format!(" — {}", dressed.below) };
        let _ = writeln!(shown, "{}.{} ({}): {cover}{below}", letter.name, letter.language.code(), letter.occasion);
        for part in &dressed.parts {
            let _ = match part {
                Part::Printed(words) => writeln!(shown, "    {}", words.replace('\n', " / ")),
                Part::Note => writeln!(shown, "    …the note"),
                Part::Ps => writeln!(shown, "    …PS"),
            };
        }
    }
    insta::assert_snapshot!("shipped", shown);
}

#[test]
fn every_letter_in_the_folder_is_shipped() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("letters");
    let mut there: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    there.sort();
    assert_eq!(there, BUNDLED.map(|(file, _)| file.to_owned()));
}

/// What a shop writes cards for. Every one of them has its letter in every language.
const OCCASIONS: [&str; 14] = [
    "birthday",
    "thank-you",
    "first-purchase",
    "nth-purchase",
    "referral",
    "after-a-mistake",
    "welcome",
    "welcome-back",
    "congratulation",
    "condolence",
    "anniversary",
    "hello",
    "how-did-it-go",
    "your-idea",
];

#[test]
fn every_language_has_every_letter() {
    let letters = Letters::load(&BUNDLED, None).unwrap();
    for tongue in Tongue::ALL {
        for occasion in OCCASIONS {
            let letter = letters.for_occasion(occasion, tongue).unwrap();
            assert_eq!(letter.language.code(), tongue.code(), "{occasion}");
        }
    }
    // Not only an occasion: each letter by itself is there in all five languages, with the same tone and drawings.
    for english in letters.all().iter().filter(|l| l.language == Tongue::English) {
        for tongue in Tongue::ALL {
            let letter = letters.named(&english.name, tongue).unwrap();
            assert_eq!(letter.language.code(), tongue.code(), "{}", english.name);
            let kind = |l: &Letter| (l.occasion.clone(), l.tone.clone(), l.sober, l.designs.clone());
            assert_eq!(kind(letter), kind(english), "{} in {}", english.name, tongue.code());
            assert!(!letter.description.is_empty(), "{} in {}", english.name, tongue.code());
        }
    }
    assert_eq!(letters.for_occasion("birthday", Tongue::German).unwrap().name, "birthday-plain");
    let english: Vec<(&str, &str)> = BUNDLED.into_iter().filter(|(file, _)| file.ends_with(".en.txt")).collect();
    let few = Letters::load(&english, None).unwrap();
    assert_eq!(few.named("thank-you-referral", Tongue::Polish).unwrap().language, Tongue::English, "better than none");
    let solstice = letters.for_occasion("solstice", Tongue::English).unwrap_err();
    assert!(solstice.hints[0].contains("birthday, condolence"), "{solstice:?}");
    assert_eq!(letters.for_occasion("birtday", Tongue::English).unwrap_err().hints, ["did you mean `birthday`?"]);
    let typo = letters.named("birthday-wram", Tongue::English).unwrap_err();
    assert_eq!(typo.hints, ["did you mean `birthday-warm`?"]);
}

/// A rule that is there from the beginning must not end in "there is no letter for …".
#[test]
fn every_occasion_of_the_built_in_rules_has_its_letter() {
    let letters = Letters::load(&BUNDLED, None).unwrap();
    let rules = crate::rules::Rules::new(&std::collections::BTreeMap::new(), &[], None).unwrap();
    let cards = rules.all().iter().filter(|rule| rule.rule.give == crate::rules::Give::Card);
    let mut seen = 0;
    for ready in cards {
        for tongue in Tongue::ALL {
            let letter = letters.for_occasion(ready.occasion.as_str(), tongue).unwrap();
            assert_eq!(letter.language.code(), tongue.code(), "{}", ready.occasion);
        }
        seen += 1;
    }
    assert!(seen >= 7, "{seen}");
}

#[test]
fn no_shipped_letter_sells_anything() {
    for (file, text) in BUNDLED {
        let text = text.to_lowercase();
        for word in ["campaign", "valued customer", "missed you", "exclusive", "offer", "% off", "discount", "loyal"] {
            assert!(!text.contains(word), "{file}: {word}");
        }
    }
}

#[test]
fn the_note_is_placed_exactly_once() {
    for (body, message, spot) in [
        ("All the best.", "doesn't place the note", ""),
        ("{{ note }}\n{{note}}", "places the note more than once", "{{note}}"),
        ("{% if years %}{{ note }}{% endif %}", "places the note inside an if", "{{ note }}"),
        ("{{ note | upper }}", "changes the note, or asks about it", "{{ note | upper }}"),
        ("{% if note %}x{% endif %}{{ note }}", "changes the note, or asks about it", "{% if note %}"),
        ("{{ name ~ note }}", "changes the note, or asks about it", "{{ name ~ note }}"),
        ("{{ note }}{{ ps }}{{ ps }}", "places the postscript twice", "{{ ps }}"),
        ("{% for i in years %}{{ note }}{% endfor %}", "uses a statement a card has no use for", "{% for i in years %}"),
        ("{% filter upper %}{{ note }}{% endfilter %}", "uses a statement a card has no use for", "{% filter upper %}"),
        ("{# {{ note }} #}", "doesn't place the note", ""),
    ] {
        assert_eq!(refusal(body), (format!("the letter letters/mine.txt {message}"), spot.to_owned()), "{body}");
    }
}

#[test]
fn what_could_hang_or_fill_the_machine_is_refused() {
    for body in [
        "{{ note }}{% for i in range(end=100000) %}{% for j in range(end=100000) %}x{% endfor %}{% endfor %}",
        "{{ note }}{%- set x = 'x' %}",
        "{{ note }}{% include 'body' %}",
        "{{ note }}{% component A() %}{{ <A/> }}{% endcomponent %}",
        "{{ note }}{% raw %}{% for %}{% endraw %}",
        "{{ note }}{{ name | replace(from='a', to='aaaaaaaaaaaaaaaa') }}",
        "{{ note }}{{ range(end=100000) }}",
        "{{ note }}{{ get_env(name='HOME') }}",
        "{{ note }}{{ name | indent(width=1000000000) }}",
        "{{ note }}{{ \"}}\" ~ range(end=100000) }}",
        "{{ note }}{# '{% ' #}{{ '\"' ~ range(end=9) }}",
    ] {
        refusal(body);
    }
}

#[test]
fn what_is_not_known_is_shown_at_its_line() {
    let text = head("Dear {{ nmae }},\n{{ note }}");
    let trouble = Letter::read("letters/mine.txt", &text).unwrap_err();
    assert_eq!(trouble.message, "the letter letters/mine.txt asks for `nmae`, and there is no such thing");
    assert_eq!((trouble.spots[0].line(), &trouble.spots[0].text[trouble.spots[0].span.clone()]), (5, "nmae"));
    assert_eq!(trouble.hints, ["did you mean `name`?"]);
    // Also where a render would pass it by.
    assert_eq!(refusal("{{ note }}{% if yeers %}x{% endif %}").1, "yeers");
    assert_eq!(refusal("{{ note }}{% if false %}{{ shopp }}{% endif %}").1, "shopp");
    assert_eq!(
        refusal("ü{{ note }}{{ name.first }}").0,
        "the letter letters/mine.txt can't be filled in: field `first` is not defined"
    );
    assert!(refusal("{{ note }}{% if name %}").0.contains("can't be filled in"));
    assert!(refusal("{{ note").0.contains("can't be filled in") || refusal("{{ note").0.contains("place the note"));
}

#[test]
fn heads_that_can_not_be_read() {
    for (text, message, spot) in [
        ("{{ note }}", "doesn't begin with its occasion and cover", "{{ note }}"),
        ("+++\noccasion = \"x\"\n{{ note }}", "doesn't begin with its occasion and cover", "+++"),
        ("+++\noccasion = \"x\"\n+++\n{{ note }}", "can't be read: missing field `cover`", ""),
        ("+++\noccasion = \"x\"\ncover = \"x\"\ncolour = 1\n+++\n{{ note }}", "can't be read: unknown field `colour`", "colour"),
        ("+++\noccasion = \"x\"\ncover = \"x\"\ndesigns = [\"wreth\"]\n+++\n{{ note }}", "unknown variant `wreth`", "\"wreth\""),
        ("+++\noccasion = \"x\"\ncover = \"x\"\nlanguage = \"ja\"\n+++\n{{ note }}", "no dates and greetings for: ja", "\"ja\""),
        ("+++\noccasion = \"x\"\ncover = \"{{ note }}\"\n+++\n{{ note }}", "places the note on the cover", "\"{{ note }}\""),
        ("+++\noccasion = \"x\"\ncover = \"{{ nme }}\"\n+++\n{{ note }}", "asks for `nme`", "nme"),
    ] {
        let trouble = Letter::read("a.txt", text).unwrap_err();
        assert!(trouble.message.contains(message), "{}", trouble.message);
        let s = &trouble.spots[0];
        let shown = &s.text[s.span.clone()];
        assert!(spot.is_empty() || shown == spot, "{shown:?} for {spot:?}");
    }
    assert!(Letter::read("a.txt", &"x".repeat(LONGEST + 1)).is_err());
    assert!(Letter::read("a.txt", &head("{{ note }}\u{FDD0}")).is_err());
}

#[test]
fn values_are_put_in_as_they_are_and_the_note_never_is() {
    let letter = Letter::read("a.txt", &head("{{ name }} of {{ shop }}\n{{ note }}")).unwrap();
    let mut about = About::sample(Tongue::English);
    about.name.given = "{{ note }} <b>&\u{FDD0}\u{FDD1}\n\u{1b}[31m".into();
    about.shop = "x".repeat(100_000);
    let parts = letter.dress(&about, false).unwrap().parts;
    let Part::Printed(words) = &parts[0] else { panic!("{parts:?}") };
    assert!(words.starts_with("{{ note }} <b>& [31m of xxx"), "{words}");
    assert_eq!(words.len() - words.find("xxx").unwrap(), LONGEST_VALUE);
    assert_eq!(parts[1..], [Part::Note]);
}

#[test]
fn a_postscript_goes_where_the_letter_says_or_after_the_note() {
    assert_eq!(dressed("A\n{{ note }}\nB", true), [printed("A"), Part::Note, Part::Ps, printed("B")]);
    assert_eq!(dressed("{{ note }}\nB\n{{ ps }}", true), [Part::Note, printed("B"), Part::Ps]);
    assert_eq!(dressed("{{ note }}\nB\n{% if ps %}{{ ps }}{% endif %}", false), [Part::Note, printed("B")]);
}

#[test]
fn an_if_leaves_no_hole_and_windows_lines_are_lines() {
    assert_eq!(
        dressed("A\r\n\r\n{% if signer == 'nobody' %}x{% endif %}\r\n\r\nB\r\n{{ note }}\r\n", false),
        [printed("A\n\nB"), Part::Note]
    );
}

#[test]
fn americans_read_their_own_dates_in_the_same_letter() {
    let letter = Letter::read("a.txt", &head("{{ date }}\n{{ note }}")).unwrap();
    let parts = letter.dress(&About::sample(Tongue::American), false).unwrap().parts;
    assert_eq!(parts[0], printed("December 12, 2026"));
    let parts = letter.dress(&About::sample(Tongue::Polish), false).unwrap().parts;
    assert_eq!(parts[0], printed("12 December 2026"));
}

#[test]
fn a_shops_letter_takes_the_place_of_the_shipped_one() {
    let shop = tempfile::tempdir().unwrap();
    std::fs::write(shop.path().join("hello.en.txt"), head("Ahoy.\n{{ note }}")).unwrap();
    std::fs::write(shop.path().join("welcome.txt"), "nothing").unwrap();
    std::fs::write(shop.path().join(".hidden.txt"), "nothing").unwrap();
    std::fs::write(shop.path().join("latin.txt"), b"+++\n\xe9").unwrap();
    let letters = Letters::load(&BUNDLED, Some(shop.path())).unwrap();
    let hello = letters.named("hello", Tongue::English).unwrap();
    assert_eq!((hello.file.as_str(), hello.occasion.as_str()), ("letters/hello.en.txt", "birthday"));
    // A broken letter isn't quietly replaced by the shipped one.
    assert!(letters.named("welcome", Tongue::English).is_err());
    assert!(letters.named("welcome", Tongue::German).is_ok());
    assert!(letters.for_occasion("welcome", Tongue::English).is_err());
    assert_eq!(letters.troubles().count(), 2);
    assert!(Letters::load(&BUNDLED, Some(&shop.path().join("none"))).is_ok());
}

#[test]
fn whatever_a_file_holds_reading_it_comes_back_with_a_place_that_can_be_shown() {
    let pieces = [
        "{{", "}}", "{%", "%}", "{#", "#}", "note", "ps", "if", "endif", "|", "é", "💥", "\"", "'", "+++\n", "\n", "-", "(", "\0",
    ];
    let stir = crate::face::stir;
    for round in 0..3000_u64 {
        let (_, shipped) = BUNDLED[round as usize % BUNDLED.len()];
        let mut text: Vec<char> = shipped.chars().collect();
        for step in 0..=round % 6 {
            let lot = stir(round * 64 + step);
            let at = (lot >> 8) as usize % text.len();
            match lot % 3 {
                0 => drop(text.drain(at..(at + 1 + (lot >> 40) as usize % 9).min(text.len()))),
                _ => drop(text.splice(at..at, pieces[(lot >> 40) as usize % pieces.len()].chars())),
            }
        }
        let text: String = text.into_iter().collect();
        match Letter::read("letters/mine.txt", &text) {
            Ok(letter) => {
                let parts = letter.dress(&About::sample(Tongue::English), true).unwrap().parts;
                assert_eq!(parts.iter().filter(|p| **p == Part::Note).count(), 1, "{text}");
            }
            Err(trouble) => {
                for spot in &trouble.spots {
                    assert!(spot.text.get(spot.span.clone()).is_some(), "{:?} in {text}", spot.span);
                }
            }
        }
    }
}
