//! Tables in text files: which character parts the cells, where the header is, and one record after the other.
//!
//! The csv crate does the quoting. Before it stands a gate that lets whole records through, of a bounded size: one quotation mark
//! that is never closed costs its own line and not the rest of the file.

use std::collections::VecDeque;
use std::io::{self, Read};

use csv::{ReaderBuilder, StringRecord, Terminator};

use super::charset::Decoded;
use super::{Loss, Problem};

/// The longest record, in bytes.
const LONGEST: usize = 256 * 1024;
/// After so many broken lines the file is no table.
const BROKEN: usize = 1000;
const CHUNK: usize = 64 * 1024;

/// One record: the line it begins on and its cells.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// Counted from 1.
    pub(super) line: usize,
    cells: StringRecord,
}

impl Record {
    /// A cell without white space around it and without what Excel keeps digits as text with, `'01234` or `="01234"`; empty if
    /// there is none.
    pub(super) fn cell(&self, at: usize) -> &str {
        let cell = self.cells.get(at).unwrap_or_default().trim();
        if let Some(inner) = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            return inner.trim();
        }
        match cell.strip_prefix('\'') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit() || "+-=(@#".contains(c)) => rest,
            _ => cell,
        }
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// All cells.
    pub(super) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(at))
    }
}

fn reader<R: Read>(input: R, delimiter: u8) -> csv::Reader<R> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(input)
}

/// The delimiter under which the best record of the head scores best; a `sep=` line decides.
pub(super) fn delimiter(head: &str, score: impl Fn(&Record) -> usize) -> u8 {
    let told = head.lines().next().and_then(|line| line.trim_matches(['"', ' ']).strip_prefix("sep=").map(str::as_bytes));
    match told {
        Some([b @ (b',' | b';' | b'|' | b'\t' | b':'), ..]) => return *b,
        // A tab is trimmed by many an editor.
        Some([]) => return b'\t',
        _ => {}
    }
    let whole = head.rfind('\n').map_or(head, |end| &head[..=end]);
    let mut best = (0, b',');
    for candidate in *b",;\t|" {
        let records = reader(whole.as_bytes(), candidate).into_records().take(40).filter_map(Result::ok);
        let most = records.map(|cells| (score(&Record { line: 1, cells: cells.clone() }), cells.len())).max();
        let rank = most.map_or(0, |(score, cells)| score * 1000 + cells);
        if rank > best.0 {
            best = (rank, candidate);
        }
    }
    best.1
}

/// Lets whole records through.
struct Gate {
    input: Box<dyn Read>,
    buffer: Vec<u8>,
    /// Up to here the buffer was handed out.
    given: usize,
    /// Up to here it holds whole records.
    whole: usize,
    ended: bool,
    delimiter: u8,
    /// The line at `whole`.
    line: usize,
    /// The lines of the records handed out and not yet asked for.
    lines: VecDeque<usize>,
    problems: VecDeque<Problem>,
    broken: usize,
}

/// Where a record ends, or why not yet.
enum End {
    After {
        end: usize,
        lines: usize,
    },
    More,
    TooLong,
    /// A quoted cell goes on and on.
    LongCell,
    Unclosed,
}

impl Gate {
    fn end_of_record(&self) -> End {
        let mut quoted = false;
        let mut at_start = true;
        let mut lines = 0;
        let mut at = self.whole;
        while let Some(byte) = self.buffer.get(at) {
            if at - self.whole >= LONGEST {
                return if quoted { End::LongCell } else { End::TooLong };
            }
            match byte {
                b'\n' => {
                    lines += 1;
                    if !quoted {
                        return End::After { end: at + 1, lines };
                    }
                }
                b'"' if quoted => {
                    if self.buffer.get(at + 1) == Some(&b'"') {
                        at += 1;
                    } else {
                        quoted = false;
                    }
                }
                b'"' if at_start => quoted = true,
                _ => {}
            }
            at_start = !quoted && *byte == self.delimiter;
            at += 1;
        }
        match (self.ended, quoted) {
            (false, _) => End::More,
            (true, true) => End::Unclosed,
            (true, false) => End::After { end: self.buffer.len(), lines: lines + 1 },
        }
    }

    fn problem(&mut self, message: String, loss: Loss) {
        self.problems.push_back(Problem { line: self.line, message, loss });
    }

    /// Takes the first line out of what isn't handed out yet.
    fn drop_line(&mut self) {
        loop {
            if let Some(end) = self.buffer[self.whole..].iter().position(|b| *b == b'\n') {
                self.buffer.drain(self.whole..=self.whole + end);
                break;
            }
            self.buffer.truncate(self.whole);
            if self.ended {
                break;
            }
            self.fill();
        }
        self.line += 1;
        self.broken += 1;
        if self.broken >= BROKEN {
            self.buffer.truncate(self.whole);
            self.input = Box::new(io::empty());
            self.ended = true;
            self.problem(
                format!("{BROKEN} lines are broken, so nothing after this one was read; export the list again as CSV"),
                Loss::Rest,
            );
        }
    }

    fn fill(&mut self) {
        self.buffer.drain(..self.given);
        self.whole -= self.given;
        self.given = 0;
        let kept = self.buffer.len();
        self.buffer.resize(kept + CHUNK, 0);
        let read = self.input.read(&mut self.buffer[kept..]);
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                self.problem(format!("the file can't be read further: {error}; the rest was left out"), Loss::Rest);
                0
            }
        };
        self.buffer.truncate(kept + read);
        self.ended = read == 0;
    }

    fn advance(&mut self) {
        loop {
            match self.end_of_record() {
                End::After { end, .. } if end == self.whole => return,
                End::After { end, lines } => {
                    // The csv crate passes over empty lines.
                    if self.buffer[self.whole] != b'\n' {
                        self.lines.push_back(self.line);
                    }
                    self.whole = end;
                    self.line += lines;
                }
                End::More if self.whole > self.given => return,
                End::More => self.fill(),
                End::Unclosed => {
                    self.problem(
                        "a quotation mark opens here and is never closed, so this line was left out; add the missing \" and import again"
                            .into(),
                        Loss::Row,
                    );
                    self.drop_line();
                }
                End::LongCell => {
                    self.problem(
                        format!(
                            "a quotation mark opens here and isn't closed within {} kB, so this line was left out; is a \" missing, or the cell too long?",
                            LONGEST / 1024
                        ),
                        Loss::Row,
                    );
                    self.drop_line();
                }
                End::TooLong => {
                    self.problem(
                        format!("this line is longer than {} kB and was left out; is this file a table?", LONGEST / 1024),
                        Loss::Row,
                    );
                    self.drop_line();
                }
            }
        }
    }
}

impl Read for Gate {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.whole {
            self.advance();
        }
        let len = (self.whole - self.given).min(out.len());
        out[..len].copy_from_slice(&self.buffer[self.given..self.given + len]);
        self.given += len;
        Ok(len)
    }
}

/// A table, record by record.
pub(super) struct Table {
    reader: csv::Reader<Gate>,
}

/// The next thing in a table.
pub(super) enum Next {
    Record(Record),
    Problem(Problem),
}

impl Table {
    /// A table whose cells this delimiter parts.
    pub(super) fn new(head: Vec<u8>, rest: Decoded, delimiter: u8) -> Table {
        let gate = Gate {
            input: Box::new(io::Cursor::new(head).chain(rest)),
            buffer: Vec::new(),
            given: 0,
            whole: 0,
            ended: false,
            delimiter,
            line: 1,
            lines: VecDeque::new(),
            problems: VecDeque::new(),
            broken: 0,
        };
        Table { reader: reader(gate, delimiter) }
    }

    /// The next record or problem; none at the end.
    pub(super) fn next(&mut self) -> Option<Next> {
        let mut cells = StringRecord::new();
        let read = self.reader.read_record(&mut cells);
        let gate = self.reader.get_mut();
        match read {
            Ok(true) => {
                let line = gate.lines.pop_front().unwrap_or(gate.line);
                Some(Next::Record(Record { line, cells }))
            }
            Ok(false) => gate.problems.pop_front().map(Next::Problem),
            Err(error) => {
                let line = gate.lines.pop_front().unwrap_or(gate.line);
                let message = format!("this line can't be read: {error}; correct it and import again");
                Some(Next::Problem(Problem { line, message, loss: Loss::Row }))
            }
        }
    }

    /// Problems seen so far, in front of the record just read.
    pub(super) fn problems_before(&mut self, line: usize) -> Vec<Problem> {
        let waiting = &mut self.reader.get_mut().problems;
        let count = waiting.iter().take_while(|p| p.line <= line).count();
        waiting.drain(..count).collect()
    }
}
