//! What is sent for one card, as JSON; and whether a service would take it.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::list::fill;
use super::{Form1, Service};
use crate::address::country_code;

/// A line of requests.jsonl: the card's id against sending twice, the body, and the files that belong to it.
#[must_use]
pub fn line(form: &Form1, card: &Fields, from: Option<&Fields>, files: &[(&str, String)]) -> Value {
    let files: Map<String, Value> = files.iter().map(|(part, name)| ((*part).to_owned(), json!(name))).collect();
    let body = table(&form.body, form, card, from);
    json!({ "idempotency_key": card.get("card"), "body": body, "files": files })
}

fn table(table_of: &toml::Table, form: &Form1, card: &Fields, from: Option<&Fields>) -> Value {
    let filled = table_of.iter().filter_map(|(key, value)| Some((key.clone(), filled(value, form, card, from)?)));
    Value::Object(filled.collect())
}

/// A value with its fields filled in; nothing if they are empty.
fn filled(value: &toml::Value, form: &Form1, card: &Fields, from: Option<&Fields>) -> Option<Value> {
    match value {
        toml::Value::String(pattern) if pattern == "{to}" => Some(table(&form.to, form, card, None)),
        toml::Value::String(pattern) if pattern == "{from}" => from.map(|from| table(&form.to, form, from, None)),
        toml::Value::String(pattern) => Some(fill(pattern, card)).filter(|text| !text.is_empty()).map(Value::from),
        toml::Value::Boolean(yes) => Some(json!(yes)),
        toml::Value::Integer(n) => Some(json!(n)),
        toml::Value::Array(items) => Some(items.iter().filter_map(|item| filled(item, form, card, from)).collect()),
        toml::Value::Table(inner) => Some(table(inner, form, card, from)),
        toml::Value::Float(_) | toml::Value::Datetime(_) => None,
    }
}

/// A file's name as a path in a request: everything but letters, digits and a few signs as `%2D`. A hyphen, too: Lob's contract knows
/// none in the path of a file.
#[must_use]
pub fn path(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._/".contains(&b);
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// What a service would say to the body of a request, each a sentence; nothing if it takes it.
#[must_use]
pub fn problems(service: &Service, body: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let Some(form) = &service.request else { return vec![format!("{} takes no such requests", service.title)] };
    let Some(body) = body.as_object() else { return vec!["the request is no object".into()] };
    for (key, pattern) in &form.body {
        let (value, pattern) = (body.get(key), pattern.as_str().unwrap_or_default());
        match (value, pattern) {
            (None, "{from}") => {
                let abroad = body.get("to").is_some_and(|to| abroad(form, to));
                if abroad && !service.limits.from.is_empty() {
                    wrong.push(format!("a card that leaves the country needs `{key}`"));
                }
            }
            (None, _) => {
                if !matches!(key.as_str(), "description" | "metadata" | "mail_type" | "size" | "wishes") {
                    wrong.push(format!("`{key}` is missing"));
                }
            }
            (Some(value), "{to}" | "{from}") => {
                // The id of an address the service has already.
                let id = value.as_str().and_then(|v| v.strip_prefix("adr_"));
                if !id.is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric())) {
                    address(service, form, key, value, pattern == "{from}", &mut wrong);
                }
            }
            (Some(value), "{size}" | "{service_size}") => {
                let known = |size: &super::Format| value == if pattern == "{size}" { &size.name } else { size.service_size() };
                if !service.sizes.iter().any(known) {
                    wrong.push(format!("`{key}` is {value}, which is no size of {}", service.title));
                }
            }
            (Some(value), "{front}" | "{back}" | "{file}") => {
                if !value.as_str().is_some_and(is_art) {
                    wrong.push(format!("`{key}` is {value}, which is neither the path of a PDF or picture nor an https address"));
                }
            }
            (Some(value), "{note}") => {
                let most = service.sizes.iter().map(|s| s.note).max().unwrap_or(0);
                if value.as_str().is_none_or(|note| note.trim().is_empty() || note.chars().count() > most) {
                    wrong.push(format!("`{key}` must be a text of at most {most} characters"));
                }
            }
            (Some(value), _) => choice(key, value, &mut wrong),
        }
    }
    wrong
}

/// Fields with few values, or short ones.
fn choice(key: &str, value: &Value, wrong: &mut Vec<String>) {
    let among: &[&str] = match key {
        "use_type" => &["marketing", "operational"],
        "mail_type" => &["usps_first_class", "usps_standard"],
        _ => &[],
    };
    if !among.is_empty() && !value.as_str().is_some_and(|v| among.contains(&v)) {
        wrong.push(format!("`{key}` is {value}; it is one of {}", among.join(", ")));
    }
    if key == "description" && value.as_str().is_none_or(|v| v.chars().count() > 255) {
        wrong.push("`description` must be a text of at most 255 characters".into());
    }
    if key == "metadata" {
        let fine = value.as_object().is_some_and(|pairs| {
            let short =
                |(k, v): (&String, &Value)| k.chars().count() <= 40 && v.as_str().is_some_and(|v| v.chars().count() <= 500);
            pairs.len() <= 20 && pairs.iter().all(short)
        });
        if !fine {
            wrong.push("`metadata` must be at most 20 short texts by name".into());
        }
    }
}

/// A path or an https address of a PDF or a picture, as the services' contracts spell them.
fn is_art(text: &str) -> bool {
    let (path, hyphen) = match text.strip_prefix("https://") {
        Some(rest) => (rest, true),
        None => (text, false),
    };
    let (stem, end) = path.rsplit_once('.').unwrap_or((path, ""));
    let sign = |b: u8| b.is_ascii_alphanumeric() || b"@:%._+~#=/".contains(&b) || (hyphen && b == b'-');
    matches!(end, "pdf" | "png" | "jpg") && (1..=256).contains(&stem.len()) && stem.bytes().all(sign)
}

fn abroad(form: &Form1, to: &Value) -> bool {
    let key = form.to.iter().find(|(_, v)| v.as_str() == Some("{country}")).map(|(k, _)| k.as_str());
    key.and_then(|key| to.get(key)).and_then(Value::as_str).is_some_and(|country| country != "US")
}

fn address(service: &Service, form: &Form1, part: &str, value: &Value, sender: bool, wrong: &mut Vec<String>) {
    // A list of one, where the service takes lists.
    let value = value.as_array().and_then(|all| all.first()).unwrap_or(value);
    let Some(given) = value.as_object() else {
        wrong.push(format!("`{part}` is no address"));
        return;
    };
    let limits = &service.limits;
    let home = !abroad(form, value);
    let mut has = Fields::new();
    for (key, pattern) in &form.to {
        let kind = pattern.as_str().unwrap_or_default();
        let Some(value) = given.get(key).filter(|v| !v.is_null()) else { continue };
        let Some(text) = value.as_str() else {
            wrong.push(format!("`{part}.{key}` is {value} and must be a text"));
            continue;
        };
        let (name, most) = match kind {
            "{name}" | "{first}" | "{last}" => ("name", limits.name),
            "{company}" => ("company", limits.company),
            "{line1}" => ("line1", if home { limits.line } else { limits.abroad_line }),
            "{line2}" | "{line3}" => ("more", if home { limits.line } else { limits.abroad_line }),
            "{city}" => ("city", if home { limits.city } else { limits.abroad_city }),
            "{state}" => ("state", if home { 2 } else { limits.abroad_line }),
            "{zip}" => ("zip", if home { 10 } else { limits.abroad_zip }),
            "{country}" => ("country", 2),
            _ => continue,
        };
        if text.chars().count() > most {
            wrong.push(format!("`{part}.{key}` has {} characters; {} takes {most}", text.chars().count(), service.title));
        }
        has.insert(name, text.to_owned());
    }
    let mut need = |there: bool, what: &str| {
        if !there {
            wrong.push(format!("`{part}`: {what}"));
        }
    };
    let got = |name: &str| has.get(name).is_some_and(|text| !text.trim().is_empty());
    need(got("name") || got("company"), "a name or a company is needed");
    need(got("line1"), "the first line is missing");
    let text = |name: &str| has.get(name).map_or("", String::as_str);
    if got("country") {
        need(country_code(text("country")).is_some_and(|code| code == text("country")), "the country is no code of two capitals");
    }
    if home {
        need(got("city"), "the town is missing");
        if service.sizes.iter().all(|s| s.to == ["US"]) {
            let state = text("state");
            need(state.len() == 2 && state.bytes().all(|b| b.is_ascii_alphabetic()), "the state is not two letters");
            let zip = text("zip").as_bytes();
            let shape = |(i, b): (usize, &u8)| if i == 5 { *b == b'-' } else { b.is_ascii_digit() };
            need(matches!(zip.len(), 5 | 10) && zip.iter().enumerate().all(shape), "the ZIP code is not 12345 or 12345-6789");
        }
    } else if sender && !limits.from.is_empty() {
        need(false, &format!("the sender must be in {}", limits.from));
    } else if limits.zip_or_state_abroad {
        need(
            has.contains_key("zip") != (has.contains_key("state") && has.contains_key("city")),
            "abroad it is the postcode or town and state, never both",
        );
    }
}
