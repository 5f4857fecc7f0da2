//! The drawing orders of a page, one after the other. Made for files of unknown origin: nothing is kept but the order at hand.

/// Operands of one order, and elements of one array. Real files stay far below.
const MOST: usize = 20_000;

/// What stands before an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Word {
    /// A number.
    Number(f64),
    /// A name without its slash.
    Name(Vec<u8>),
    /// A string, unpacked.
    Text(Vec<u8>),
    /// An array; arrays within it are laid out flat.
    Array(Vec<Word>),
    /// A dictionary, `true`, `null`: nothing the drawing depends on.
    Other,
}

/// Reads orders off bytes.
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    /// From the beginning.
    pub fn new(bytes: &'a [u8]) -> Lexer<'a> {
        Lexer { bytes, at: 0 }
    }

    /// The next order and what stands before it; `None` at the end. The operands are emptied first.
    pub fn next(&mut self, words: &mut Vec<Word>) -> Option<&'a [u8]> {
        words.clear();
        loop {
            self.blanks();
            let byte = *self.bytes.get(self.at)?;
            if byte.is_ascii_alphabetic() || matches!(byte, b'\'' | b'"') {
                let order = self.run();
                if !matches!(order, b"true" | b"false" | b"null") {
                    return Some(order);
                }
                keep(words, Word::Other);
                continue;
            }
            let word = self.word(0);
            keep(words, word);
        }
    }

    fn blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'%' => {
                    while self.bytes.get(self.at).is_some_and(|b| !matches!(b, b'\n' | b'\r')) {
                        self.at += 1;
                    }
                }
                0 | 9 | 10 | 12 | 13 | 32 => self.at += 1,
                _ => break,
            }
        }
    }

    /// Letters up to the next blank or sign.
    fn run(&mut self) -> &'a [u8] {
        let from = self.at;
        if matches!(self.bytes[from], b'\'' | b'"') {
            self.at += 1;
        } else {
            while self.bytes.get(self.at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'*') {
                self.at += 1;
            }
        }
        &self.bytes[from..self.at]
    }

    /// One operand. Always moves on.
    fn word(&mut self, depth: usize) -> Word {
        match self.bytes[self.at] {
            b'/' => {
                self.at += 1;
                let from = self.at;
                let plain = |b: &u8| {
                    !matches!(b, 0 | 9 | 10 | 12 | 13 | 32 | b'/' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%')
                };
                while self.bytes.get(self.at).is_some_and(plain) {
                    self.at += 1;
                }
                Word::Name(unhashed(&self.bytes[from..self.at]))
            }
            b'(' => Word::Text(self.literal()),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.dictionary();
                Word::Other
            }
            b'<' => Word::Text(self.hexadecimal()),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.blanks();
                    match self.bytes.get(self.at) {
                        None => break,
                        Some(b']') => {
                            self.at += 1;
                            break;
                        }
                        Some(_) if depth < 8 => match self.word(depth + 1) {
                            Word::Array(inner) => inner.into_iter().for_each(|word| keep(&mut items, word)),
                            word => keep(&mut items, word),
                        },
                        Some(_) => self.at += 1,
                    }
                }
                Word::Array(items)
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => {
                let from = self.at;
                self.at += 1;
                while self.bytes.get(self.at).is_some_and(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
                    self.at += 1;
                }
                Word::Number(number(&self.bytes[from..self.at]))
            }
            byte if byte.is_ascii_alphabetic() => {
                self.run();
                Word::Other
            }
            _ => {
                self.at += 1;
                Word::Other
            }
        }
    }

    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut open = 0_usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        text.push(byte);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    text.push(byte);
                }
                b'\\' => self.escape(&mut text),
                byte => text.push(byte),
            }
        }
        text
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(&byte) = self.bytes.get(self.at) else { return };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\r' => self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n')),
            b'\n' => {}
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.bytes.get(self.at) {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                text.push((code & 0xff) as u8);
            }
            other => text.push(other),
        }
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            if byte == b'>' {
                break;
            }
            if let Some(digit) = char::from(byte).to_digit(16) {
                digits.push(digit as u8);
            }
        }
        digits.chunks(2).map(|pair| pair[0] * 16 + pair.get(1).copied().unwrap_or(0)).collect()
    }

    /// Past a dictionary with all in it.
    fn dictionary(&mut self) {
        let mut open = 0_usize;
        while let Some(&byte) = self.bytes.get(self.at) {
            let twice = self.bytes.get(self.at + 1) == Some(&byte);
            match byte {
                b'(' => drop(self.literal()),
                b'<' if twice => {
                    open += 1;
                    self.at += 2;
                }
                b'>' if twice => {
                    open = open.saturating_sub(1);
                    self.at += 2;
                    if open == 0 {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
    }

    /// After `BI`: the width and height of a picture within the orders, and past its end.
    pub fn inline_picture(&mut self) -> (f64, f64) {
        let (mut width, mut height) = (1.0, 1.0);
        let mut name = Vec::new();
        loop {
            self.blanks();
            let Some(&byte) = self.bytes.get(self.at) else { return (width, height) };
            if byte.is_ascii_alphabetic() && self.run() == b"ID" {
                break;
            }
            if byte.is_ascii_alphabetic() {
                continue;
            }
            match self.word(0) {
                Word::Name(found) => name = found,
                Word::Number(n) if name == b"W" || name == b"Width" => width = n,
                Word::Number(n) if name == b"H" || name == b"Height" => height = n,
                _ => {}
            }
        }
        // The pixels end at EI between blanks.
        let blank = |b: Option<&u8>| b.is_none_or(|b| matches!(b, 0 | 9 | 10 | 12 | 13 | 32));
        while self.at < self.bytes.len() {
            let before = self.at.checked_sub(1).and_then(|i| self.bytes.get(i));
            if self.bytes[self.at..].starts_with(b"EI") && blank(before) && blank(self.bytes.get(self.at + 2)) {
                self.at += 2;
                break;
            }
            self.at += 1;
        }
        (width, height)
    }
}

fn keep(words: &mut Vec<Word>, word: Word) {
    if words.len() < MOST {
        words.push(word);
    }
}

fn number(digits: &[u8]) -> f64 {
    let text = std::str::from_utf8(digits).unwrap_or_default();
    // `--5` and `1.2.3` are seen in the wild; what can be read of them counts.
    let text = text.trim_start_matches("--");
    let end = text.char_indices().skip(1).find(|(_, c)| *c == '-').map_or(text.len(), |(i, _)| i);
    text[..end].parse().ok().filter(|n: &f64| n.is_finite()).unwrap_or(0.0)
}

fn unhashed(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut at = 0;
    while at < name.len() {
        let digit = |i: usize| name.get(at + i).and_then(|b| char::from(*b).to_digit(16));
        if name[at] == b'#'
            && let (Some(high), Some(low)) = (digit(1), digit(2))
        {
            plain.push((high * 16 + low) as u8);
            at += 3;
        } else {
            plain.push(name[at]);
            at += 1;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_and_what_stands_before_them() {
        let mut lexer = Lexer::new(b"% c\nq 1 0 0 -1 .5 -3. cm /F#31 12 Tf[(a\\)b)-20<4142>]TJ<</A(>>)/B<</C 1>>>>BDC true sc (\\101)' BI /W 20 /H 3 ID \x01EI\x02 EI Q");
        let mut words = Vec::new();
        let mut told = Vec::new();
        while let Some(order) = lexer.next(&mut words) {
            told.push((String::from_utf8_lossy(order).into_owned(), words.clone()));
            if order == b"BI" {
                assert_eq!(lexer.inline_picture(), (20.0, 3.0));
            }
        }
        let orders: Vec<&str> = told.iter().map(|(order, _)| order.as_str()).collect();
        assert_eq!(orders, ["q", "cm", "Tf", "TJ", "BDC", "sc", "'", "BI", "Q"]);
        assert_eq!(told[1].1[4], Word::Number(0.5));
        assert_eq!(told[2].1, [Word::Name(b"F1".into()), Word::Number(12.0)]);
        assert_eq!(told[3].1, [Word::Array(vec![Word::Text(b"a)b".into()), Word::Number(-20.0), Word::Text(b"AB".into())])]);
        assert_eq!(told[6].1, [Word::Text(b"A".into())]);
    }

    #[test]
    fn any_bytes_come_to_an_end() {
        for seed in 0..400_u64 {
            let mut state = seed;
            let bytes: Vec<u8> = (0..300)
                .map(|_| {
                    state = crate::face::stir(state.wrapping_add(1));
                    b"[]<>()/%\\BIDE .-0aq\n"[(state % 20) as usize]
                })
                .collect();
            let mut lexer = Lexer::new(&bytes);
            let mut words = Vec::new();
            let mut orders = 0;
            while let Some(order) = lexer.next(&mut words) {
                orders += 1;
                if order == b"BI" {
                    lexer.inline_picture();
                }
            }
            assert!(orders <= bytes.len());
        }
    }
}
