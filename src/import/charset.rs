//! Bytes of any encoding made into text: UTF-8 with or without a mark, UTF-16 both ways, Windows-1252 for whatever is neither.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

const CHUNK: usize = 64 * 1024;

enum Way {
    /// UTF-8, and what isn't UTF-8 is Windows-1252: a list may have been glued together from both.
    Guess,
    /// Told or seen by its mark.
    Named(Box<Decoder>, &'static Encoding),
}

/// A reader of text in UTF-8 with `\n` line ends, whatever the bytes below are.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing that was seen")]
pub(super) struct Decoded {
    input: Box<dyn Read>,
    way: Way,
    raw: Vec<u8>,
    text: String,
    given: usize,
    after_return: bool,
    ended: bool,
    wide: bool,
    odd: bool,
}

/// The encoding of a name such as `windows-1250`, `Shift_JIS`, `latin1`.
fn named(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.trim().as_bytes())
}

/// Whether there is such an encoding.
pub(super) fn known(label: &str) -> bool {
    named(label).is_some()
}

/// Bytes of a named encoding as text; none if there is no such name. What doesn't fit becomes U+FFFD.
pub(super) fn decode(bytes: &[u8], label: &str) -> Option<String> {
    named(label).map(|encoding| encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// Bytes as UTF-8, and what isn't UTF-8 as Windows-1252. What an unfinished sequence at the end leaves is returned, to be put in
/// front of the next bytes.
fn guess(bytes: &[u8], last: bool, text: &mut String, wide: &mut bool, odd: &mut bool) -> usize {
    let mut rest = bytes;
    loop {
        let (valid, after) = match std::str::from_utf8(rest) {
            Ok(all) => {
                *wide |= !all.is_ascii();
                text.push_str(all);
                return 0;
            }
            Err(error) => (error.valid_up_to(), error.error_len()),
        };
        let (good, bad) = rest.split_at(valid);
        if let Ok(good) = std::str::from_utf8(good) {
            *wide |= !good.is_ascii();
            text.push_str(good);
        }
        let take = match after {
            Some(len) => len,
            None if last => bad.len(),
            None => return bad.len(),
        };
        *odd = true;
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(&bad[..take]).0);
        rest = &bad[take..];
    }
}

/// All of a piece of bytes as UTF-8, else Windows-1252.
pub(super) fn guessed(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    guess(bytes, true, &mut text, &mut false, &mut false);
    text
}

impl Decoded {
    /// Looks at the first bytes and reads on from there. A `label` that names an encoding wins.
    pub(super) fn new(mut input: Box<dyn Read>, label: Option<&str>) -> io::Result<Decoded> {
        let mut head = Vec::new();
        input.by_ref().take(1024).read_to_end(&mut head)?;
        let by_mark = Encoding::for_bom(&head);
        let told = label.and_then(named).or(by_mark.map(|(encoding, _)| encoding)).or_else(|| wide_without_mark(&head));
        if let Some((_, len)) = by_mark {
            head.drain(..len);
        }
        let way = match told {
            Some(encoding) if encoding != encoding_rs::UTF_8 => {
                Way::Named(Box::new(encoding.new_decoder_without_bom_handling()), encoding)
            }
            _ => Way::Guess,
        };
        Ok(Decoded {
            input: Box::new(io::Cursor::new(head).chain(input)),
            way,
            raw: Vec::new(),
            text: String::new(),
            given: 0,
            after_return: false,
            ended: false,
            wide: false,
            odd: false,
        })
    }

    /// The encoding as far as it is known by now.
    pub(super) fn name(&self) -> &'static str {
        match &self.way {
            Way::Named(_, encoding) => encoding.name(),
            Way::Guess if self.odd && self.wide => "UTF-8 with some Windows-1252",
            Way::Guess if self.odd => "Windows-1252",
            Way::Guess => "UTF-8",
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.text.is_empty() && !self.ended {
            let kept = self.raw.len();
            self.raw.resize(kept + CHUNK, 0);
            let read = loop {
                match self.input.read(&mut self.raw[kept..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    done => break done?,
                }
            };
            self.raw.truncate(kept + read);
            self.ended = read == 0;
            let mut text = String::with_capacity(self.raw.len());
            match &mut self.way {
                Way::Guess => {
                    let left = guess(&self.raw, self.ended, &mut text, &mut self.wide, &mut self.odd);
                    self.raw.drain(..self.raw.len() - left);
                }
                Way::Named(decoder, _) => {
                    text.reserve(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3 + 64));
                    let (_, _, _) = decoder.decode_to_string(&self.raw, &mut text, self.ended);
                    self.raw.clear();
                }
            }
            self.plain_line_ends(&text);
        }
        Ok(())
    }

    /// Every line end becomes `\n`.
    fn plain_line_ends(&mut self, text: &str) {
        let text = if self.after_return && !text.is_empty() { text.strip_prefix('\n').unwrap_or(text) } else { text };
        if text.is_empty() {
            return;
        }
        self.after_return = text.ends_with('\r');
        let mut parts = text.split('\r');
        self.text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            self.text.push('\n');
            self.text.push_str(part.strip_prefix('\n').unwrap_or(part));
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.fill()?;
        }
        let rest = &self.text.as_bytes()[self.given..];
        let len = rest.len().min(out.len());
        out[..len].copy_from_slice(&rest[..len]);
        self.given += len;
        Ok(len)
    }
}

/// UTF-16 without its mark: nearly every second byte is zero.
fn wide_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if half < 2 {
        None
    } else if odd * 10 > half * 6 && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 10 > half * 6 && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}
