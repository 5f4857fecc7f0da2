//! What a postcode looks like: the few signs of regular expressions that the table of countries uses, and no more.
//!
//! Letters and digits stand for themselves, `\d` is a digit, `[A-Z]` one of several, `( | )` one or the other, `?` maybe,
//! `{2}` and `{1,4}` so often. Matching keeps the set of places reached, so no pattern takes long.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug)]
pub(super) enum Node {
    /// One of these ranges.
    One(Vec<(char, char)>),
    /// One of these sequences.
    Either(Vec<Vec<Node>>),
    /// So many times, at least and at most.
    Times(Box<Node>, usize, usize),
}

/// Whether all of a text has the shape.
pub(super) fn matches(pattern: &Node, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    run(pattern, &text) >> text.len().min(63) & 1 == 1
}

/// Whether a text begins with the shape.
pub(super) fn begins(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    run(&parse(pattern), &text) != 0
}

/// Whether a text is like one of some examples, digit for digit and letter for letter.
pub(super) fn alike(examples: &str, text: &str) -> bool {
    let kind = |text: &str| -> String {
        let kind = |c: char| {
            if c.is_ascii_digit() {
                '0'
            } else if c.is_alphabetic() {
                'A'
            } else {
                c
            }
        };
        text.trim().chars().map(kind).collect()
    };
    examples.split(',').filter(|e| !e.trim().is_empty()).any(|example| kind(example) == kind(text))
}

/// A shape as it is written in the table.
pub(super) fn parse(pattern: &str) -> Node {
    either(&mut pattern.chars().peekable())
}

fn either(chars: &mut Peekable<Chars<'_>>) -> Node {
    let mut ways = vec![Vec::new()];
    while let Some(c) = chars.next() {
        let node = match c {
            ')' => break,
            '|' => {
                ways.push(Vec::new());
                continue;
            }
            '(' => {
                if chars.peek() == Some(&'?') {
                    chars.next();
                    chars.next();
                }
                either(chars)
            }
            '[' => class(chars),
            '\\' => escaped(chars.next()),
            c => Node::One(vec![(c, c)]),
        };
        let node = match chars.peek() {
            Some('?') => {
                chars.next();
                Node::Times(Box::new(node), 0, 1)
            }
            Some('{') => {
                let counts: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                let (least, most) = counts.split_once(',').unwrap_or((&counts, &counts));
                let least = least.parse().unwrap_or(0);
                Node::Times(Box::new(node), least, most.parse().unwrap_or(least).min(40))
            }
            _ => node,
        };
        if let Some(way) = ways.last_mut() {
            way.push(node);
        }
    }
    Node::Either(ways)
}

fn escaped(c: Option<char>) -> Node {
    match c {
        Some('d') | None => Node::One(vec![('0', '9')]),
        Some(c) => Node::One(vec![(c, c)]),
    }
}

fn class(chars: &mut Peekable<Chars<'_>>) -> Node {
    let mut ranges = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            ']' => break,
            '\\' => match chars.next() {
                Some('d') => ranges.push(('0', '9')),
                Some(c) => ranges.push((c, c)),
                None => break,
            },
            low if chars.peek() == Some(&'-') => {
                chars.next();
                match chars.next() {
                    Some(']') | None => {
                        ranges.extend([(low, low), ('-', '-')]);
                        break;
                    }
                    Some(high) => ranges.push((low, high)),
                }
            }
            c => ranges.push((c, c)),
        }
    }
    Node::One(ranges)
}

/// All places reached from the beginning, a bit for each. No postcode is longer than a number has bits.
fn run(node: &Node, text: &[char]) -> u64 {
    if text.len() < 64 { step(node, text, 1) } else { 0 }
}

/// All places reached through a node from some places.
fn step(node: &Node, text: &[char], from: u64) -> u64 {
    match node {
        Node::One(ranges) => {
            let fits = |c: &char| ranges.iter().any(|(low, high)| (low..=high).contains(&c));
            let right = text.iter().zip(0..).filter(|(c, at)| from >> at & 1 == 1 && fits(c));
            right.fold(0, |places, (_, at)| places | 2 << at)
        }
        Node::Either(ways) => {
            let through = |way: &Vec<Node>| way.iter().fold(from, |places, node| step(node, text, places));
            ways.iter().fold(0, |places, way| places | through(way))
        }
        Node::Times(node, least, most) => {
            let mut reached = if *least == 0 { from } else { 0 };
            let mut places = from;
            for time in 1..=*most {
                places = step(node, text, places);
                if time >= *least {
                    reached |= places;
                }
            }
            reached
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (pattern, right, wrong) in [
            (r"\d{5}([ \-]\d{4})?", "95014-1234", "95014-123"),
            (r"(?:LIMA \d|CALLAO 0?)\d|[0-2]\d{4}", "CALLAO 7", "30000"),
            (r"[\dA-Z]{1,3}", "9Z", "9z"),
            (r"((\d|1[0-2])\d{2})?", "", "1"),
            (r"AB(C|D)?", "ABD", "ABE"),
        ] {
            assert!(matches(&parse(pattern), right), "{pattern} {right}");
            assert!(!matches(&parse(pattern), wrong), "{pattern} {wrong}");
        }
        assert!(begins("20[02-5]|569", "20500") && !begins("20[02-5]|569", "20100"));
        assert!(alike("A65 F4E2,03051", "12345") && !alike("A65 F4E2", "D02 12345"));
    }
}
