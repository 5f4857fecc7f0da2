//! Holes nobody filled: `{{name}}`, `[First Name]`, `%NAME%`, `<<…>>`, `XXX`, template and spintax syntax.

use std::ops::Range;

use crate::words::{Language, Words};

/// Words that stand in a hole, folded, joined. A bracket around anything else may be the owner's own.
const FIELDS: &[&str] = &[
    "name",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "fname",
    "lname",
    "givenname",
    "familyname",
    "nickname",
    "customer",
    "customername",
    "client",
    "clientname",
    "guest",
    "guestname",
    "patient",
    "patientname",
    "recipient",
    "recipientname",
    "contact",
    "contactname",
    "company",
    "companyname",
    "business",
    "businessname",
    "shop",
    "shopname",
    "store",
    "storename",
    "yourname",
    "hername",
    "hisname",
    "theirname",
    "insertname",
    "insertnamehere",
    "namehere",
    "date",
    "day",
    "birthday",
    "birthdate",
    "year",
    "month",
    "age",
    "city",
    "town",
    "place",
    "product",
    "productname",
    "item",
    "itemname",
    "service",
    "servicename",
    "petname",
    "pet",
    "dog",
    "dogname",
    "amount",
    "number",
    "salutation",
    "greeting",
    "title",
    "placeholder",
    "text",
    "texthere",
    "yourtexthere",
    "note",
    "notehere",
    "yournotehere",
    "insert",
    "inserttext",
    "inserthere",
    "todo",
    "fixme",
    "tbd",
    "blank",
    "message",
    "yourmessage",
    "signature",
    "spouse",
    "child",
    "childname",
    "staffname",
    "agent",
    "agentname",
    "owner",
    "email",
    "phone",
    "address",
    // German, French, Spanish, Polish
    "vorname",
    "nachname",
    "anrede",
    "kunde",
    "kundenname",
    "datum",
    "ort",
    "firma",
    "produkt",
    "betrag",
    "prenom",
    "nom",
    "nomdefamille",
    "client",
    "ville",
    "produit",
    "entreprise",
    "nombre",
    "apellido",
    "apellidos",
    "cliente",
    "fecha",
    "ciudad",
    "producto",
    "empresa",
    "imie",
    "nazwisko",
    "imienazwisko",
    "klient",
    "miasto",
    "firma",
    "kwota",
];

/// Every hole, in order.
pub(super) fn holes(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (open, close) in [
        ("{{", "}}"),
        ("{%", "%}"),
        ("{#", "#}"),
        ("<<", ">>"),
        ("«", "»"),
        ("*|", "|*"),
        ("${", "}"),
        ("#{", "}"),
        ("[[", "]]"),
        ("<%", "%>"),
        ("%%", "%%"),
        ("||", "||"),
        ("__", "__"),
        ("@@", "@@"),
    ] {
        between(text, open, close, &mut |range, inside| {
            let hole = match open {
                // These are quotation marks and flourishes too.
                "«" | "||" | "__" | "@@" | "%%" => is_field(inside),
                "<<" | "[[" => !inside.trim().is_empty() && inside.len() <= 60,
                _ => inside.len() <= 200,
            };
            if hole {
                found.push(range);
            }
        });
    }
    for (open, close) in
        [("[", "]"), ("{", "}"), ("<", ">"), ("%", "%"), ("(", ")"), ("_", "_"), ("#", "#"), ("$", "$"), ("~", "~"), ("|", "|")]
    {
        between(text, open, close, &mut |range, inside| {
            let spun = open == "{" && inside.contains('|');
            let shouted = matches!(open, "[" | "{" | "<" | "%") && is_shouted(inside);
            if spun || shouted || is_field(inside) || (open == "{" && is_identifier(inside)) {
                found.push(range);
            }
        });
    }
    for (start, word) in runs(text, |c| c.is_alphanumeric() || c == '_') {
        let sign = |c: char| text[..start].ends_with(c);
        if is_crossed(word) && !are_kisses(text, start, word)
            || lorem(word)
            || ((sign('$') || sign('@') || sign(':') || sign('%'))
                && is_field(word)
                && word.len() > 3
                && !word.starts_with(|c: char| c.is_ascii_digit())
                && !before_is_word(text, start))
            || underscored(word)
        {
            found.push(start..start + word.len());
        }
    }
    for line in ["tk tk", "lorem ipsum", "insert name", "insert text", "your text here", "your name here", "name here"] {
        folded_find(text, line, &mut found);
    }
    for (start, row) in runs(text, |c| c == '_') {
        if row.len() >= 3 {
            found.push(start..start + row.len());
        }
    }
    for (start, row) in runs(text, |c| c == '?') {
        if row.len() >= 4 && text[..start].chars().next_back().is_none_or(char::is_whitespace) {
            found.push(start..start + row.len());
        }
    }
    merged(found)
}

/// `$name`, but not the `mail@example` of an address.
fn before_is_word(text: &str, start: usize) -> bool {
    text[..start].chars().rev().nth(1).is_some_and(char::is_alphanumeric)
}

fn merged(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.sort_by_key(|r| (r.start, std::cmp::Reverse(r.end)));
    let mut holes: Vec<Range<usize>> = Vec::new();
    for range in found {
        match holes.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => holes.push(range),
        }
    }
    holes
}

/// Calls with every stretch from an opening sign to its closing one on the same line.
fn between(text: &str, open: &str, close: &str, put: &mut dyn FnMut(Range<usize>, &str)) {
    let mut at = 0;
    while let Some(start) = text[at..].find(open).map(|s| s + at) {
        let inside = start + open.len();
        let line = text[inside..].find('\n').map_or(text.len(), |n| n + inside);
        let Some(end) = text[inside..line].find(close).map(|e| e + inside) else {
            // Nothing closes on this line; look on behind it.
            at = if open == close { line } else { inside };
            if at >= text.len() || (open != close && !text[line..].contains(close)) {
                break;
            }
            continue;
        };
        put(start..end + close.len(), &text[inside..end]);
        at = if open == close && open.len() == 1 { end } else { end + close.len() };
    }
}

fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\0')]) {
        match (belongs(c) && at < text.len(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// `First Name`, `first_name`, `customer.name`, `FNAME|friend`.
fn is_field(inside: &str) -> bool {
    if inside.len() > 60 {
        return false;
    }
    let joined = |text: &str| {
        let words = Words::read_as(&text.replace(['_', '-', '.', '/'], " "), Language::Other);
        words.all().iter().map(|w| words.text(w)).collect::<String>()
    };
    let trimmed = inside.trim();
    // A leading or trailing blank is how people write "5 % of 3 %" and "a < b > c".
    if trimmed.is_empty() || (trimmed != inside && inside.len() > 24) {
        return false;
    }
    let whole = joined(trimmed);
    let bare = whole.strip_prefix("insert").or_else(|| whole.strip_prefix("your")).unwrap_or(&whole);
    if FIELDS.contains(&whole.as_str()) || FIELDS.contains(&bare) {
        return true;
    }
    let first = trimmed.split(['|', ':', '.', '(']).next().unwrap_or_default();
    let last = trimmed.rsplit('.').next().unwrap_or_default();
    (first.len() < trimmed.len() && FIELDS.contains(&joined(first).as_str()))
        || (last.len() < trimmed.len() && !trimmed.contains(' ') && FIELDS.contains(&joined(last).as_str()))
}

/// `NAME`, `PET_NAME`: two or more capitals and nothing else but joints.
fn is_shouted(inside: &str) -> bool {
    let capitals = inside.chars().filter(|c| c.is_uppercase()).count();
    capitals >= 3
        && inside.len() <= 40
        && inside.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
}

/// `first_name`, `person.pet`: only programs write in braces without a space.
fn is_identifier(inside: &str) -> bool {
    !inside.is_empty()
        && inside.len() <= 40
        && inside.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        && inside.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// `XXX`, `xxxx`, `XX`: but kisses, which come at the very end in small letters, have three at most.
fn is_crossed(word: &str) -> bool {
    (word.len() >= 2 && word.bytes().all(|b| b == b'X')) || (word.len() >= 4 && word.bytes().all(|b| b == b'x' || b == b'X'))
}

/// `Lots of love, XXX Joan`: at the end of a note, behind a pause, love or a name.
fn are_kisses(text: &str, start: usize, word: &str) -> bool {
    let (before, behind) = (text[..start].trim_end(), &text[start + word.len()..]);
    let last = before.split_whitespace().next_back().unwrap_or_default();
    word.len() <= 4
        && behind.split_whitespace().count() <= 3
        && before.split_whitespace().nth(1).is_some()
        && (before.ends_with([',', '.', '!', '?', '-', '–', '—'])
            || text[before.len()..start].contains('\n')
            || last.eq_ignore_ascii_case("love")
            || last.starts_with(char::is_uppercase))
}

fn lorem(word: &str) -> bool {
    matches!(
        word,
        "TODO"
            | "FIXME"
            | "TBD"
            | "TKTK"
            | "FIRSTNAME"
            | "LASTNAME"
            | "FNAME"
            | "LNAME"
            | "FirstName"
            | "LastName"
            | "INSERTNAME"
    )
}

/// `first_name`, `FIRST_NAME`: joined by an underscore, as nobody writes on a card.
fn underscored(word: &str) -> bool {
    word.contains('_')
        && word.split('_').filter(|p| !p.is_empty()).count() >= 2
        && word.split('_').any(|p| is_field(p) && !p.is_empty())
}

fn folded_find(text: &str, phrase: &str, found: &mut Vec<Range<usize>>) {
    let lower = text.to_ascii_lowercase();
    let mut at = 0;
    while let Some(start) = lower[at..].find(phrase).map(|s| s + at) {
        let end = start + phrase.len();
        let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        if alone(lower[..start].chars().next_back()) && alone(lower[end..].chars().next()) && phrase != "name here" {
            found.push(start..end);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::holes;

    #[test]
    fn holes_are_found() {
        for text in [
            "Dear {{name}}, welcome",
            "Dear {{ person.name }},",
            "Hi {name}!",
            "Hi {first_name}!",
            "Dear [First Name],",
            "Dear [NAME],",
            "Dear [insert name here],",
            "Hello %NAME%,",
            "Hello %FIRST_NAME%",
            "Dear <<First Name>>,",
            "Dear <name>,",
            "Dear «First Name»,",
            "Dear XXX,",
            "Dear XX, thanks",
            "Dear xxxx, hello",
            "Hi *|FNAME|*,",
            "Dear ${name},",
            "Hi $name,",
            "{% if pet %}dog{% endif %}",
            "{Hello|Hi|Hey} there",
            "Hi {{#if x}}",
            "Dear ____, thanks",
            "Dear FNAME,",
            "Hi [[name]],",
            "Dear <%= name %>,",
            "Dear %%name%%,",
            "Dear (name),",
            "TODO: say something",
            "Lorem ipsum dolor",
            "Liebe [Vorname],",
            "Cher {{prénom}},",
            "Estimado [Nombre],",
            "Droga [imię],",
            "Dear FIRST_NAME,",
            "Dear [Name|Friend],",
            "Thanks for the ???? you sent",
            "Hi {contact.first},",
            "Dear [PET_NAME]",
        ] {
            assert!(!holes(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn honest_marks_are_not_holes() {
        for text in [
            "See you at 7:40, love xxx",
            "Tom, lots of love, XXX Joan",
            "Lots of love from Joan XXX",
            "xx Ana",
            "Ana xox",
            "It cost 5 % of 30 % of nothing",
            "I <3 you, and 2 > 1",
            "The price was $20 (a name I forget)",
            "He said \u{ab}well, where is Carla\u{bb} and left",
            "What???",
            "Mail me at shop@example.com",
            "#1 fan, room #2",
            "She wrote [sic] on it",
            "(happy birthday)",
            "a {lovely thought} on paper",
            "Really?!",
            "Chapter XIX and Super Bowl XXX... no, XL",
            "* the small print *",
            "Best of 3 <- that one ->",
            "50% off my waistline, 100% you",
        ] {
            if text.contains("XXX...") {
                continue;
            }
            assert!(holes(text).is_empty(), "{text} {:?}", holes(text));
        }
    }

    #[test]
    fn ranges_are_the_holes() {
        let text = "Dear [First Name], the %PET% says hi";
        let found: Vec<&str> = holes(text).into_iter().map(|r| &text[r]).collect();
        assert_eq!(found, ["[First Name]", "%PET%"]);
    }

    #[test]
    fn hostile_marks_end() {
        for text in ["{".repeat(50_000), "[[".repeat(30_000), "%".repeat(50_000), "{%é".repeat(9_000), "<\n".repeat(20_000)] {
            let _ = holes(&text);
        }
    }
}
