//! `wetink person export`: everything that is stored about somebody, for the machine and to read.

use std::fmt::Write as _;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::cli::person::one_person;
use crate::cli::talk::{STRONG, Talk, styled};
use crate::cli::{Done, World, workroom};
use crate::shop;
use crate::trouble::Result;

#[derive(Debug, Args)]
pub struct Export {
    /// An id, or any unique part of a name, e-mail or phone
    who: String,
    /// Only the JSON, to standard output
    #[arg(long)]
    json: bool,
}

impl Export {
    pub fn run(self, world: &World, talk: &Talk) -> Result<Done> {
        let shop = world.shop()?;
        let ledger = workroom::read(&shop, talk)?;
        let person = one_person(&ledger, &self.who)?;
        let mut ids = vec![person.id.to_string()];
        ids.extend(ledger.merged_into(&person.id)?.into_iter().map(|p| p.id.to_string()));
        let mut all = Map::new();
        all.insert("about".into(), json!(person.id));
        all.insert("on".into(), json!(world.today));
        all.extend(ledger.everything_about(&ids)?);
        if self.json {
            talk.put_json(&all);
            return Ok(Done::Well);
        }
        shop::private_dir(&shop.out())?;
        let place = shop.out().join(format!("{}.json", person.id));
        let text = serde_json::to_string_pretty(&all).unwrap_or_default() + "\n";
        shop::write_whole(&place, text.as_bytes())?;
        talk.put_path(&place);
        let place = shop.out().join(format!("{}.md", person.id));
        shop::write_whole(&place, page(&person.name.full(), &shop.settings.shop.name, &all).as_bytes())?;
        talk.put_path(&place);
        talk.say(format!("Everything stored about {}, to send to them if they ask", styled(STRONG, &person.name.full())));
        Ok(Done::Well)
    }
}

/// The same as a page: a heading for each sort of row, every field of it on a line.
fn page(name: &str, shop: &str, all: &Map<String, Value>) -> String {
    let mut text = format!("# What {shop} has on record about {name}\n");
    if let Some(on) = all.get("on").and_then(Value::as_str) {
        let _ = writeln!(text, "\nOn {on}. Nothing else is stored.");
    }
    for (table, heading) in [
        ("person", "Who"),
        ("household", "Household"),
        ("origin", "Where the data came from"),
        ("touch", "What happened"),
        ("card", "Cards"),
        ("batch", "Printed in"),
    ] {
        let Some(Value::Array(rows)) = all.get(table) else { continue };
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n## {heading}");
        for row in rows.iter().filter_map(Value::as_object) {
            text.push('\n');
            fields(&mut text, 0, row);
        }
    }
    text
}

fn fields(text: &mut String, depth: usize, row: &Map<String, Value>) {
    let indent = "  ".repeat(depth);
    for (key, value) in row {
        match value {
            Value::Null => {}
            Value::String(s) if s.is_empty() => {}
            Value::Object(map) if map.is_empty() => {}
            Value::Object(map) => {
                let _ = writeln!(text, "{indent}- {key}:");
                fields(text, depth + 1, map);
            }
            Value::Array(list) if list.iter().any(Value::is_object) => {
                let _ = writeln!(text, "{indent}- {key}:");
                for one in list.iter().filter_map(Value::as_object) {
                    let parts: Vec<String> = one.iter().map(|(k, v)| format!("{k} {}", line(v))).collect();
                    let _ = writeln!(text, "{indent}  - {}", parts.join(", "));
                }
            }
            value => {
                let _ = writeln!(text, "{indent}- {key}: {}", line(value).replace('\n', &format!("\n{indent}  ")));
            }
        }
    }
}

fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(line).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
