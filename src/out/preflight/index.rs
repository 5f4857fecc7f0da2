//! A PDF's list of its objects, before the reader believes it: widths of nothing make it count to billions, and widths without end
//! make it ask for memory without end.

/// No field of such a list is wider, in bytes.
const WIDEST: i64 = 8;

/// Whether an object that may be such a list has widths that can't be.
pub fn is_endless(bytes: &[u8]) -> bool {
    names(bytes).any(|(at, name)| {
        name == b"W"
            && integers(&bytes[at..]).is_some_and(|w| {
                let [a, b, c] = w;
                (a | b | c) == 0 || w.iter().any(|n| *n > WIDEST)
            })
            // The widths of a font's letters look the same; a list of objects says how many there are.
            && names(around(bytes, at)).any(|(_, name)| name == b"Size")
    })
}

/// Every name, and where it ends. `/#57` is `/W`.
fn names(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> + '_ {
    let regular = |b: &u8| b.is_ascii_graphic() && !b"()<>[]{}/%".contains(b);
    bytes.iter().enumerate().filter(|(_, b)| **b == b'/').map(move |(at, _)| {
        let raw: Vec<u8> = bytes[at + 1..].iter().take(24).take_while(|b| regular(b)).copied().collect();
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = &raw[..];
        while let Some((&first, more)) = rest.split_first() {
            let coded = (first == b'#').then(|| more.get(..2).and_then(|two| std::str::from_utf8(two).ok())).flatten();
            let (byte, left) = match coded.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                Some(byte) => (byte, &more[2..]),
                None => (first, more),
            };
            name.push(byte);
            rest = left;
        }
        (at + 1 + raw.len(), name)
    })
}

/// The first three of a list of whole numbers.
fn integers(bytes: &[u8]) -> Option<[i64; 3]> {
    let start = bytes.iter().position(|b| !b.is_ascii_whitespace() && *b != 0)?;
    let list = bytes[start..].strip_prefix(b"[")?;
    let list = &list[..list.iter().take(400).position(|b| *b == b']')?];
    let mut numbers = list.split(|b| b.is_ascii_whitespace() || *b == 0).filter(|word| !word.is_empty());
    let mut next = || Some(std::str::from_utf8(numbers.next()?).ok()?.parse::<i64>().unwrap_or(i64::MAX));
    Some([next()?, next()?, next()?])
}

/// The object that this place is in, as far as can be told without believing anything.
fn around(bytes: &[u8], at: usize) -> &[u8] {
    let find = |part: &[u8], word: &[u8]| part.windows(word.len()).position(|w| w == word);
    let from = bytes[..at].windows(4).rposition(|w| w == b" obj").unwrap_or(0);
    let ends = [find(&bytes[at..], b"stream"), find(&bytes[at..], b"endobj")];
    let to = ends.into_iter().flatten().min().map_or(bytes.len(), |n| at + n);
    &bytes[from..to]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_that_cannot_be_are_found_and_those_of_fonts_are_none() {
        for endless in [
            "1 0 obj<</Type/XRef/Size 10/W[0 0 0]/Index[0 2000000000]>>stream",
            "1 0 obj<</Size 2000000000 /#57 [ 0\n0 0 ]>>stream",
            "1 0 obj<</W[1 999999999999 1]/Size 3>>stream",
            "1 0 obj<</W[1 99999999999999999999999 1]/Size 3>>stream",
        ] {
            assert!(is_endless(endless.as_bytes()), "{endless}");
        }
        for fine in [
            "1 0 obj<</Type/XRef/Size 10/W[1 2 1]>>stream",
            "1 0 obj<</Type/XRef/Size 10/W[1 4 2]/Index[0 9]>>stream",
            "1 0 obj<</Type/Font/W[0 100 500]>>endobj 2 0 obj<</Type/XRef/Size 10/W[1 2 1]>>stream",
            "1 0 obj<</Type/Font/W[0[500 600]]>>endobj",
            "BI /W 2 /H 2 ID",
            "",
        ] {
            assert!(!is_endless(fine.as_bytes()), "{fine}");
        }
    }
}
