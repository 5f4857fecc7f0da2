//! The month as a page: one file, no script, nothing fetched, readable on a phone in the shop.

use std::fmt::Write as _;

use crate::cli::due::sum;
use crate::cli::status::{Glance, LINES, rows};
use crate::day::{Day, Month};
use crate::due::Due;
use crate::ledger::glance::{CHART, MonthOfCards, QUERIES};
use crate::rules::Give;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#222;--soft:#6a6a6a;--paper:#fbfaf7;--line:#ddd8cc;--bar:#8a5a44;--bar2:#d9a441;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--soft:#aaa;--paper:#1c1b19;--line:#3a3833;--bar:#c98f74;--bar2:#e3b95f;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem;max-width:44rem;font:1rem/1.5 Georgia,serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.8rem 0 .4rem}p{margin:.4rem 0}.soft{color:var(--soft)}.late{color:var(--bad)}
svg{width:100%;height:auto;display:block}svg text{font:13px Georgia,serif;fill:var(--ink)}svg .soft{fill:var(--soft)}
ul{list-style:none;margin:0;padding:0}li{padding:.5rem 0;border-bottom:1px solid var(--line)}li b{font-weight:600}
li span{display:block;color:var(--soft);font-size:.9rem}
code{font-size:.8rem;white-space:pre-wrap}dt{margin-top:.6rem}dd{margin:0}";

/// The whole page.
pub fn write(shop: &str, month: Month, today: Day, glance: &Glance, due: &[Due], year: &[MonthOfCards]) -> String {
    let mut page = String::from("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    page +=
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n";
    let _ = writeln!(page, "<title>{}: {}</title>\n<style>\n{STYLE}\n</style>", escaped(shop), month.long());
    let _ = writeln!(page, "<h1>{}</h1>\n<p class=\"soft\">{}, as of {}</p>", escaped(shop), month.long(), today.plain());
    let _ = writeln!(page, "<h2>This month’s cards</h2>\n{}", bars(glance));
    let mut said = Vec::new();
    if glance.late > 0 {
        said.push(format!("<span class=\"late\">{} late</span>", glance.late));
    }
    for (number, words) in [
        (glance.missed, "missed"),
        (glance.promises, if glance.promises == 1 { "promise open" } else { "promises open" }),
        (glance.skipped.len(), "usually here by now"),
        (glance.people, if glance.people == 1 { "person" } else { "people" }),
        (glance.unknown, "of whom nothing is recorded yet"),
    ] {
        if number > 0 {
            said.push(format!("{number} {words}"));
        }
    }
    let _ = writeln!(page, "<p>{}</p>", said.join(" · "));
    let _ = writeln!(page, "<h2>What is owed</h2>\n<p class=\"soft\">{}</p>\n<ul>", escaped(&sum(due)));
    for line in due {
        let _ = writeln!(page, "{}", item(line));
    }
    if !glance.open.is_empty() {
        let _ = writeln!(page, "</ul>\n<h2>What is open</h2>\n<ul>");
        for open in &glance.open {
            let _ = writeln!(page, "<li>{}</li>", escaped(&open.line()));
        }
    }
    let _ = writeln!(page, "</ul>\n<h2>Twelve months of cards</h2>\n{}", months(year));
    page += "<p class=\"soft\">Cards by the day they were for; the lighter part was answered.</p>\n";
    page += "<h2>Where the numbers come from</h2>\n<details><summary>The queries</summary>\n<dl>\n";
    for (name, query) in QUERIES.into_iter().chain([("the twelve months", CHART)]).chain(LINES) {
        let _ = writeln!(page, "<dt>{name}</dt><dd><code>{}</code></dd>", escaped(query));
    }
    page += "</dl>\n</details>\n</html>\n";
    page
}

fn item(due: &Due) -> String {
    let what = match due.kind {
        Give::Card => format!("{} {}", due.occasion, due.day.short()),
        Give::Call => "call".to_owned(),
        Give::Answer => "answer".to_owned(),
        Give::Promise => "promise".to_owned(),
    };
    let verb = if due.kind == Give::Card { "post by" } else { "by" };
    let late = if due.late { " class=\"late\"" } else { "" };
    let mut more: Vec<String> = [&due.why, &due.held].into_iter().filter(|t| !t.is_empty()).cloned().collect();
    more.extend((!due.ask.is_empty()).then(|| format!("ask: {}", due.ask.join(" "))));
    let more = if more.is_empty() { String::new() } else { format!("<span>{}</span>", escaped(&more.join(" · "))) };
    format!(
        "<li><b>{}</b> {}, <i{late}>{verb} {}</i>, {}{more}</li>",
        escaped(&due.name),
        escaped(&what),
        due.post_by.short(),
        due.state
    )
}

/// The month's cards by state, as lying bars.
fn bars(glance: &Glance) -> String {
    let rows = rows(glance);
    let most = rows.iter().map(|r| r.1).max().unwrap_or(0).max(1);
    let height = rows.len() * 26;
    let mut svg = format!("<svg viewBox=\"0 0 400 {height}\" role=\"img\" aria-label=\"This month’s cards by state\">");
    for (at, (name, number)) in rows.iter().enumerate() {
        let (y, width) = (at * 26, number * 260 / most);
        let _ = write!(
            svg,
            "<text x=\"0\" y=\"{}\">{name}</text><rect x=\"80\" y=\"{}\" width=\"{width}\" height=\"16\" rx=\"2\" fill=\"var(--bar)\"/>\
             <text x=\"{}\" y=\"{}\">{number}</text>",
            y + 17,
            y + 5,
            88 + width,
            y + 17
        );
    }
    svg + "</svg>"
}

/// Twelve standing bars.
fn months(year: &[MonthOfCards]) -> String {
    let most = year.iter().map(|m| m.cards).max().unwrap_or(0).max(1);
    let mut svg = String::from("<svg viewBox=\"0 0 408 150\" role=\"img\" aria-label=\"Cards in the last twelve months\">");
    for (at, month) in year.iter().enumerate() {
        let x = at * 34;
        let (all, answered) = (month.cards * 100 / most, month.answered * 100 / most);
        let _ = write!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"24\" height=\"{all}\" rx=\"2\" fill=\"var(--bar)\"/>\
             <rect x=\"{}\" y=\"{}\" width=\"24\" height=\"{answered}\" rx=\"2\" fill=\"var(--bar2)\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text><text class=\"soft\" x=\"{}\" y=\"138\" text-anchor=\"middle\">{}</text>",
            x + 5,
            120 - all,
            x + 5,
            120 - answered,
            x + 17,
            115 - all,
            month.cards,
            x + 17,
            &month.month.first().month_name()[..3]
        );
    }
    svg + "</svg>"
}

/// Text between tags: nothing of anybody's is ever markup or a control code.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::words::shown(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
