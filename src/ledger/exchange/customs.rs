//! What of another ledger's line can't be so: it would break a later command, or reach out of the shop's folder.
//!
//! The file may have been changed on its way, by accident or on purpose; a line that was is told, and the others are taken.

use std::path::{Component, Path};

use serde_json::{Map, Value};

use crate::day::{Birthday, Day};
use crate::person::Address;

/// No name of anything is longer, in characters.
const LONGEST_NAME: usize = 1000;

/// Names of people, households, cards and batches: files are named after them.
const NAMES: [&str; 8] = ["id", "person", "household", "was", "merged_into", "who", "batch", "occasion"];
/// Civil days; blank is none.
const DAYS: [&str; 5] = ["day", "status_on", "merged_on", "until", "on"];
/// Days that come every year.
const YEARLY: [&str; 2] = ["birthday", "anniversary"];

/// Why a line of this kind isn't taken.
pub fn refused(kind: &str, object: &Map<String, Value>) -> Option<String> {
    for (key, value) in object {
        let text = match value {
            Value::String(text) => text.as_str(),
            Value::Number(_) | Value::Null => continue,
            Value::Object(_) if ["address", "made", "filled"].contains(&key.as_str()) => {
                if key == "address" && serde_json::from_value::<Address>(value.clone()).is_err() {
                    return Some("its address is none".into());
                }
                continue;
            }
            Value::Array(events) if key == "events" => {
                if let Some(event) = events.iter().find(|event| event.as_object().is_none_or(|e| refused("event", e).is_some())) {
                    return Some(format!("what happened to it can't be read: {event}"));
                }
                continue;
            }
            other => return Some(format!("its {key} is no text: {other}")),
        };
        let wrong = match key.as_str() {
            key if NAMES.contains(&key) => !is_name(text),
            // Of a card it ends the card's name; of an origin it is another program's number, whatever that looks like.
            "key" if kind == "card" => !text.is_empty() && !is_name(text),
            key if DAYS.contains(&key) => !text.is_empty() && text.parse::<Day>().is_err(),
            key if YEARLY.contains(&key) => !text.is_empty() && text.parse::<Birthday>().is_err(),
            "state" | "status" => text.chars().any(char::is_control),
            "file" => !is_inside(text),
            "address" => serde_json::from_str::<Address>(text).is_err(),
            "sheet" => text.chars().any(char::is_control) || text.chars().count() > LONGEST_NAME,
            _ => false,
        };
        if wrong {
            return Some(format!("its {key} can't be `{text}`"));
        }
    }
    (kind == "batch" && object.get("state").and_then(Value::as_str) == Some("building"))
        .then(|| "it was never finished there; run any command of wetink there, and export again".into())
}

/// Nothing that would be a path, a second line, or other than it looks; letters of any script may be in it.
fn is_name(text: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"/\\:|".contains(c);
    !text.is_empty()
        && !text.starts_with('.')
        && text.chars().count() <= LONGEST_NAME
        && text.chars().all(plain)
        && crate::words::shown(text) == text
}

/// A PDF in out/, or the list of a pack's folder there.
#[must_use]
pub fn is_inside(file: &str) -> bool {
    let parts: Vec<Component<'_>> = Path::new(file).components().collect();
    let plain = |part: &Component<'_>| {
        matches!(part, Component::Normal(name) if name.to_str().is_some_and(|name| {
            !name.starts_with('.') && name.chars().count() <= LONGEST_NAME && !name.contains(['\\', ':']) && !name.chars().any(char::is_control)
        }))
    };
    (2..=3).contains(&parts.len())
        && parts.iter().all(plain)
        && parts.first() == Some(&Component::Normal("out".as_ref()))
        && (Path::new(file).extension().is_some_and(|end| end == "pdf") || file.ends_with("/CHECKSUMS.txt"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(kind: &str, line: &str) -> Option<String> {
        refused(kind, &serde_json::from_str(line).unwrap())
    }

    #[test]
    fn what_reaches_out_of_the_shop_or_cannot_be_is_refused() {
        for (kind, line) in [
            ("person", r#"{"id":"../../evil"}"#),
            ("person", r#"{"id":"eve\n\nInjected"}"#),
            ("person", r#"{"id":"eve","given":5,"family":{"a":1}}"#),
            ("person", r#"{"id":"eve","birthday":"--02-30"}"#),
            ("person", r#"{"id":"eve","birthday":"2026-99-99"}"#),
            ("person", r#"{"id":"eve","address":"x"}"#),
            ("touch", r#"{"person":"eve","day":"2026-13-45"}"#),
            ("card", r#"{"id":"eve-birthday-2026","day":"2026-99-99"}"#),
            ("card", r#"{"id":"eve-birthday-2026","events":[{"day":"soon","what":"posted"}]}"#),
            ("batch", r#"{"id":"2026-12-a","file":"ledger.db"}"#),
            ("batch", r#"{"id":"2026-12-a","file":"/tmp/precious.pdf"}"#),
            ("batch", r#"{"id":"2026-12-a","file":"out/../ledger.pdf"}"#),
            ("batch", r#"{"id":"2026-12-a","file":"out/a.pdf","state":"building"}"#),
        ] {
            assert!(says(kind, line).is_some(), "{line}");
        }
    }

    #[test]
    fn what_is_written_here_passes() {
        for (kind, line) in [
            (
                "person",
                r#"{"id":"zoe-lukasik-2","birthday":"--02-29","address":{"street":["1 High St"]},"status_on":"2026-01-02"}"#,
            ),
            ("person", r#"{"id":"山田太郎","birthday":"1960-12-01"}"#),
            (
                "card",
                r#"{"id":"eve-birthday-2026","key":"2026","day":"2026-12-12","events":[{"day":"2026-12-01","what":"posted"}]}"#,
            ),
            ("origin", r#"{"source":"csv","key":"A/12 x:7@shop","person":"eve"}"#),
            ("batch", r#"{"id":"2026-12-a","file":"out/2026-12-a.pdf","state":"ready"}"#),
            ("batch", r#"{"id":"2026-12-b","file":"out/2026-12-b-lob/CHECKSUMS.txt","state":"void"}"#),
        ] {
            assert_eq!(says(kind, line), None, "{line}");
        }
    }
}
