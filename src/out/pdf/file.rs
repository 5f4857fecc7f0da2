//! A PDF file as bytes: one object after the other, as they are made, and at the end the table that finds them.
//!
//! What is written is gone from memory, so a batch of ten thousand cards needs no more of it than one of a hundred.

use std::io::Write;

use libdeflater::{CompressionLvl, Compressor};
use lopdf::{Dictionary, Object};
use sha2::{Digest, Sha256};

use crate::trouble::{Result, Trouble};

/// How hard streams are pressed, from 1 to 12: `docs/speed.md` has what each costs.
const PRESSED: i32 = 5;
/// Small objects kept together in one deflated stream.
const TOGETHER: usize = 200;

/// Where an object is.
#[derive(Clone, Copy)]
enum Found {
    Nowhere,
    At(u64),
    Within(u32, u16),
}

/// The file in the making. Objects are numbered from 1.
pub struct File<'a, W: Write + ?Sized> {
    target: &'a mut W,
    at: u64,
    sum: Sha256,
    found: Vec<Found>,
    small: Vec<(u32, Vec<u8>)>,
}

impl<'a, W: Write + ?Sized> File<'a, W> {
    pub fn new(target: &'a mut W) -> Result<File<'a, W>> {
        let mut file = File { target, at: 0, sum: Sha256::new(), found: vec![Found::Nowhere], small: Vec::new() };
        // Four bytes above 127, so that nobody takes the file for text.
        file.put(b"%PDF-1.7\n%\xc2\xb5\xc2\xb5\n")?;
        Ok(file)
    }

    /// A number for an object to come.
    pub fn reserve(&mut self) -> u32 {
        self.found.push(Found::Nowhere);
        self.next() - 1
    }

    /// The number the next reserved object will have.
    pub fn next(&self) -> u32 {
        self.found.len() as u32
    }

    /// Numbers up to, not including, this one are taken.
    pub fn reserve_to(&mut self, number: u32) {
        self.found.resize(self.found.len().max(number as usize), Found::Nowhere);
    }

    /// Writes a stream; the bytes are as the dictionary says, which lacks only their length.
    pub fn stream(&mut self, number: u32, dictionary: &str, bytes: &[u8]) -> Result<()> {
        self.found[number as usize] = Found::At(self.at);
        self.put(format!("{number} 0 obj\n<<{dictionary}/Length {}>>stream\n", bytes.len()).as_bytes())?;
        self.put(bytes)?;
        self.put(b"\nendstream\nendobj\n")
    }

    /// Writes any other object, sooner or later.
    pub fn object(&mut self, number: u32, text: impl Into<Vec<u8>>) -> Result<()> {
        self.small.push((number, text.into()));
        if self.small.len() == TOGETHER { self.flush() } else { Ok(()) }
    }

    /// Writes an object of lopdf's, deflating it if it is a plain stream.
    pub fn copy(&mut self, number: u32, object: Object) -> Result<()> {
        let Object::Stream(mut stream) = object else {
            let mut text = Vec::new();
            spell(&object, &mut text);
            return self.object(number, text);
        };
        if !stream.dict.has(b"Filter") {
            stream.content = deflate(&stream.content)?;
            stream.dict.set("Filter", "FlateDecode");
        }
        stream.dict.remove(b"Length");
        let mut text = Vec::new();
        entries(&stream.dict, &mut text);
        self.stream(number, &String::from_utf8_lossy(&text), &stream.content)
    }

    /// Ends the file.
    pub fn finish(mut self, root: u32, info: u32) -> Result<()> {
        self.flush()?;
        let table = self.reserve();
        let start = self.at;
        self.found[table as usize] = Found::At(start);
        let mut rows = Vec::with_capacity(self.found.len() * 8);
        for found in &self.found {
            let (kind, place, index) = match *found {
                Found::Nowhere => (0, 0, u16::MAX),
                Found::At(at) => (1, at, 0),
                Found::Within(stream, index) => (2, u64::from(stream), index),
            };
            rows.push(kind);
            rows.extend_from_slice(&place.to_be_bytes()[3..]);
            rows.extend_from_slice(&index.to_be_bytes());
        }
        // The file is named by what is in it: the same content, the same name.
        let name: String = self.sum.clone().finalize()[..16].iter().map(|byte| format!("{byte:02X}")).collect();
        let dictionary = format!(
            "/Type/XRef/Size {}/W[1 5 2]/Root {root} 0 R/Info {info} 0 R/ID[<{name}><{name}>]/Filter/FlateDecode",
            self.found.len()
        );
        self.stream(table, &dictionary, &deflate(&rows)?)?;
        self.put(format!("startxref\n{start}\n%%EOF\n").as_bytes())?;
        self.target.flush().map_err(|error| unwritable(&error))
    }

    fn flush(&mut self) -> Result<()> {
        if self.small.is_empty() {
            return Ok(());
        }
        let stream = self.reserve();
        let count = self.small.len();
        let (mut index, mut body) = (String::new(), Vec::new());
        for (place, (number, text)) in std::mem::take(&mut self.small).into_iter().enumerate() {
            index += &format!("{number} {} ", body.len());
            body.extend_from_slice(&text);
            body.push(b'\n');
            self.found[number as usize] = Found::Within(stream, place as u16);
        }
        let dictionary = format!("/Type/ObjStm/N {count}/First {}/Filter/FlateDecode", index.len());
        let mut whole = index.into_bytes();
        whole.append(&mut body);
        self.stream(stream, &dictionary, &deflate(&whole)?)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        self.at += bytes.len() as u64;
        self.target.write_all(bytes).map_err(|error| unwritable(&error))
    }
}

fn unwritable(error: &std::io::Error) -> Trouble {
    Trouble::failed(format!("cannot write the PDF: {error}"))
}

/// Deflates one stream after the other. Its tables are large, so whoever has many streams keeps one.
pub struct Press(Compressor, Vec<u8>);

impl Press {
    pub fn new() -> Press {
        Press(Compressor::new(CompressionLvl::new(PRESSED).unwrap_or_default()), Vec::new())
    }

    /// Bytes deflated, as streams hold them.
    pub fn deflate(&mut self, bytes: &[u8]) -> Result<Vec<u8>> {
        let Press(press, room) = self;
        room.resize(room.len().max(press.zlib_compress_bound(bytes.len())), 0);
        let long = press.zlib_compress(bytes, room).map_err(|_| Trouble::failed("a stream of the PDF can't be deflated"))?;
        Ok(room[..long].to_vec())
    }
}

/// Bytes deflated, once.
pub fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    Press::new().deflate(bytes)
}

/// An object in PDF's own spelling.
fn spell(object: &Object, out: &mut Vec<u8>) {
    match object {
        Object::Null | Object::Stream(_) => out.extend_from_slice(b"null"),
        Object::Boolean(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Object::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Object::Real(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Object::Name(letters) => name(letters, out),
        Object::String(bytes, _) => {
            out.push(b'<');
            bytes.iter().for_each(|byte| out.extend_from_slice(format!("{byte:02X}").as_bytes()));
            out.push(b'>');
        }
        Object::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b' ');
                }
                spell(item, out);
            }
            out.push(b']');
        }
        Object::Dictionary(dictionary) => {
            out.extend_from_slice(b"<<");
            entries(dictionary, out);
            out.extend_from_slice(b">>");
        }
        Object::Reference((number, _)) => out.extend_from_slice(format!("{number} 0 R").as_bytes()),
    }
}

fn entries(dictionary: &Dictionary, out: &mut Vec<u8>) {
    for (key, value) in dictionary {
        name(key, out);
        out.push(b' ');
        spell(value, out);
    }
}

fn name(letters: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in letters {
        if byte.is_ascii_alphanumeric() || b"+-_.".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
}
