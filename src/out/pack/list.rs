//! A service's list of addresses, as CSV to be uploaded and as a sheet to be looked at.
//!
//! In the CSV a cell that would begin with one of the signs that start a formula begins with a no-break space instead: it is not seen, is
//! taken off by whoever trims a field, and no spreadsheet calculates what follows it. Numbers stand as they are, zeros and all; a
//! spreadsheet that opens the CSV would take the zeros, so the same list lies beside it as a sheet whose cells are all text.

use super::Service;
use super::fields::Fields;

/// Put before a cell that a spreadsheet might run.
pub const GUARD: char = '\u{a0}';

/// `{name}` and the like filled in; what isn't known is empty.
#[must_use]
pub fn fill(pattern: &str, fields: &Fields) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('{') {
        let Some(close) = rest[open..].find('}') else { break };
        text.push_str(&rest[..open]);
        text.push_str(fields.get(&rest[open + 1..open + close]).map_or("", String::as_str));
        rest = &rest[open + close + 1..];
    }
    text + rest
}

/// A cell that no spreadsheet runs.
#[must_use]
pub fn harmless(cell: &str) -> String {
    let begins = cell.chars().next();
    let runs = begins.is_some_and(|c| "=+-@＝＋－＠|%".contains(c) || c.is_control());
    if runs { format!("{GUARD}{cell}") } else { cell.to_owned() }
}

fn quoted(cell: &str) -> String {
    let cell = harmless(cell);
    if cell.contains([',', '"', '\n', '\r', ';', '\t']) || cell.starts_with(' ') || cell.ends_with(' ') {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

fn rows<'a>(service: &'a Service, cards: &'a [Fields]) -> impl Iterator<Item = Vec<String>> + 'a {
    let heads = service.csv.columns.iter().map(|(head, _)| head.clone()).collect();
    let filled = move |card: &Fields| service.csv.columns.iter().map(|(_, pattern)| fill(pattern, card)).collect();
    std::iter::once(heads).chain(cards.iter().map(filled))
}

/// The list as CSV: UTF-8, a heading, CR LF.
#[must_use]
pub fn csv(service: &Service, cards: &[Fields]) -> String {
    rows(service, cards).map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

/// Notes that go as text, a line for each card.
#[must_use]
pub fn messages(cards: &[Fields]) -> String {
    let line = |card: &Fields| {
        let cells = ["card", "name", "note", "wishes"].map(|key| quoted(card.get(key).map_or("", String::as_str)));
        cells.join(",") + "\r\n"
    };
    String::from("card,name,message,wishes\r\n") + &cards.iter().map(line).collect::<String>()
}

/// The same list for a spreadsheet's eyes: every cell is text there, so no zero is lost and nothing is run.
#[must_use]
pub fn sheet(service: &Service, cards: &[Fields]) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">\n\
         <Styles><Style ss:ID=\"t\"><NumberFormat ss:Format=\"@\"/></Style></Styles>\n<Worksheet ss:Name=\"addresses\"><Table>\n",
    );
    for row in rows(service, cards) {
        xml += "<Row>";
        for cell in row {
            xml += &format!("<Cell ss:StyleID=\"t\"><Data ss:Type=\"String\">{}</Data></Cell>", escaped(&cell));
        }
        xml += "</Row>\n";
    }
    xml + "</Table></Worksheet></Workbook>\n"
}

/// A batch in XML: every card is a job of its own, two pages and one address.
#[must_use]
pub fn batch(service: &Service, cards: &[Fields], from: Option<&Fields>) -> String {
    let address = |fields: &Fields, keys: &[(&str, &str)]| -> String {
        let value = |field: &str| escaped(fields.get(field).map_or("", String::as_str));
        keys.iter().map(|(key, field)| format!("        <{key}>{}</{key}>\n", value(field))).collect()
    };
    let parts = [
        ("name", "name"),
        ("organization", "company"),
        ("address1", "line1"),
        ("address2", "line2"),
        ("address3", "line3"),
        ("city", "city"),
        ("state", "state"),
        ("postalCode", "zip"),
        ("country", "country"),
    ];
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<batch>\n  <username>YOUR USER NAME</username>\n  \
         <password>YOUR PASSWORD</password>\n  <filename>cards.pdf</filename>\n",
    );
    for (at, card) in cards.iter().enumerate() {
        xml +=
            &format!("  <job>\n    <startingPage>{}</startingPage>\n    <endingPage>{}</endingPage>\n", 2 * at + 1, 2 * at + 2);
        xml += "    <printProductionOptions>\n";
        for (key, value) in &service.batch.options {
            xml += &format!("      <{key}>{}</{key}>\n", escaped(&fill(value, card)));
        }
        xml += "    </printProductionOptions>\n";
        if let Some(from) = from {
            let own: Vec<_> = parts.into_iter().filter(|(key, _)| !matches!(*key, "address3" | "country")).collect();
            xml += &format!("    <returnAddress>\n{}    </returnAddress>\n", address(from, &own));
        }
        xml += &format!(
            "    <recipients>\n      <address>\n{}      </address>\n    </recipients>\n  </job>\n",
            address(card, &parts)
        );
    }
    xml + "</batch>\n"
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            c if c.is_control() && c != '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, zip: &str) -> Fields {
        Fields::from([("name", name.to_owned()), ("zip", zip.to_owned()), ("line1", "1 Elm St, Apt \"4\"".to_owned())])
    }

    #[test]
    fn no_cell_runs_and_every_cell_arrives() {
        let service = Service::named("lob").unwrap();
        let evil = ["=HYPERLINK(\"http://x\")", "+1+1", "-2", "@SUM(A1)", "\t=1", "Ana", "＝1", "|calc"];
        let cards: Vec<Fields> = evil.iter().map(|name| card(name, "07030")).collect();
        let text = csv(&service, &cards);
        for (line, name) in text.lines().skip(1).zip(evil) {
            let cell = line.trim_start_matches('"');
            assert!(!cell.starts_with(|c: char| "=+-@＝|".contains(c) || c.is_control()), "{line:?}");
            // Trimmed and unquoted it is what it was.
            let arrived = cell.replace("\"\"", "\"");
            assert!(arrived.trim_start_matches(GUARD).starts_with(name), "{line:?}");
            assert!(line.contains(",07030,") && line.contains("\"1 Elm St, Apt \"\"4\"\"\""), "{line:?}");
        }
        let sheet = sheet(&service, &cards);
        assert_eq!(sheet.matches(">07030</Data>").count(), evil.len());
        assert!(!sheet.contains("ss:Formula") && !sheet.contains("ss:Type=\"Number\""));
        assert!(sheet.contains("&quot;http://x&quot;"));
    }

    #[test]
    fn patterns_are_filled_once() {
        let fields = Fields::from([("name", "{zip}".to_owned()), ("zip", "1".to_owned())]);
        assert_eq!(fill("a {name} b {none}c {", &fields), "a {zip} b c {");
    }
}
