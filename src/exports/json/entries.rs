//! Finds the entries of a JSON document one by one: the elements of its arrays, and its objects.
//!
//! One entry is held at a time, and only to its limit. What is inside an entry is not judged here,
//! so that a broken one does not hide the next.

use std::io::{self, BufRead};

use crate::exports::ahead::Ahead;
use crate::exports::preface;

/// The longest entry that is held, in bytes.
pub(in crate::exports) const MAX_ENTRY: usize = 4 * crate::exports::MAX_TEXT;

/// What comes next in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::exports) enum Found {
    /// [`Entries::text`] is its text.
    Entry,
    /// It is longer than [`MAX_ENTRY`] and was skipped.
    TooLong,
    /// The document ends in it.
    CutOff,
    /// The document ends before the `]` of an array.
    OpenArray,
    /// Something that is no JSON stands between entries. Told once until the next entry.
    Stray,
    /// Warnings or headers stand before the document and were passed over.
    Preface,
}

/// Where in the document the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Outside of everything: whole documents may follow each other.
    Outside,
    /// In an array, where an entry may begin.
    Before,
    /// In an array, behind an entry.
    Behind,
}

/// The end of an entry that is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// So many brackets are open; a text may be, and its next character may be escaped.
    Brackets { open: u64, text: Text },
    /// A text by itself.
    Text(Text),
    /// A number or a word.
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    None,
    Open,
    Escaped,
}

impl Text {
    /// The state after a byte of a text, or before one.
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Open, b'\\') => Self::Escaped,
            (Self::Open, b'"') => Self::None,
            (Self::None, b'"') | (Self::Open | Self::Escaped, _) => Self::Open,
            (Self::None, _) => Self::None,
        }
    }
}

/// How far the source was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Start,
    /// Nothing was found that is JSON.
    Before,
    /// An array or an entry was found.
    Document,
}

/// The entries of a document.
#[derive(Debug)]
pub(in crate::exports) struct Entries<R> {
    source: Ahead<R>,
    place: Place,
    line: u64,
    /// The line at which the last entry or stray byte stands.
    begun: u64,
    text: Vec<u8>,
    is_stray_told: bool,
    stage: Stage,
    is_done: bool,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: BufRead> Entries<R> {
    pub(in crate::exports) fn new(source: R) -> Self {
        Self {
            source: Ahead::new(source),
            place: Place::Outside,
            line: 1,
            begun: 1,
            text: Vec::new(),
            is_stray_told: false,
            stage: Stage::Start,
            is_done: false,
        }
    }

    /// The text of the last entry.
    pub(in crate::exports) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Whether anything was found that is JSON.
    pub(in crate::exports) fn has_document(&self) -> bool {
        self.stage == Stage::Document
    }

    /// The line at which the last thing found begins.
    pub(in crate::exports) fn begun(&self) -> u64 {
        self.begun
    }

    /// The line at which the next byte stands.
    pub(in crate::exports) fn line(&self) -> u64 {
        self.line
    }

    /// Finds the next thing. `None` at the end.
    pub(in crate::exports) fn find_next(&mut self) -> io::Result<Option<Found>> {
        if self.stage == Stage::Start {
            self.skip_mark()?;
            if self.skip_preface()? {
                return Ok(Some(Found::Preface));
            }
        }
        while !self.is_done {
            let Some(byte) = self.peek()? else {
                self.is_done = true;
                self.begun = self.line;
                return Ok((self.place != Place::Outside).then_some(Found::OpenArray));
            };
            if let Some(inside) = self.begin(byte) {
                if self.place == Place::Behind && !self.is_stray_told {
                    return Ok(Some(self.stray()));
                }
                (self.is_stray_told, self.stage) = (false, Stage::Document);
                self.begun = self.line;
                if self.place == Place::Before {
                    self.place = Place::Behind;
                }
                return self.read_entry(inside).map(Some);
            }
            let stray = (!self.pass(byte) && !self.is_stray_told).then(|| self.stray());
            self.step(byte);
            if stray.is_some() {
                return Ok(stray);
            }
        }
        Ok(None)
    }

    fn stray(&mut self) -> Found {
        self.is_stray_told = true;
        self.begun = self.line;
        Found::Stray
    }

    fn skip_mark(&mut self) -> io::Result<()> {
        self.stage = Stage::Before;
        for byte in UTF8_MARK {
            if self.peek()? != Some(*byte) {
                break;
            }
            self.step(*byte);
        }
        Ok(())
    }

    /// Passes over what stands before the document.
    fn skip_preface(&mut self) -> io::Result<bool> {
        let length = preface::length_of(self.source.look()?);
        for _ in 0..length {
            if let Some(byte) = self.peek()? {
                self.step(byte);
            }
        }
        if length > 0 {
            self.skip_mark()?;
        }
        Ok(length > 0)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.source.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn step(&mut self, byte: u8) {
        self.source.consume(1);
        self.line += u64::from(byte == b'\n');
    }

    /// What begins with the byte, if an entry does. One that no comma parts from the one before
    /// is an entry all the same.
    fn begin(&self, byte: u8) -> Option<Inside> {
        match (self.place, byte) {
            (Place::Outside, b'{') | (Place::Before | Place::Behind, b'{' | b'[') => {
                Some(Inside::Brackets { open: 0, text: Text::None })
            }
            (Place::Before, b'"') => Some(Inside::Text(Text::None)),
            (Place::Before, b'-' | b'0'..=b'9' | b'a'..=b'z') => Some(Inside::Word),
            _ => None,
        }
    }

    /// Goes on behind a byte between entries. Whether it may stand there.
    fn pass(&mut self, byte: u8) -> bool {
        match (self.place, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') => true,
            (Place::Outside, b'[') | (Place::Behind, b',') => {
                self.stage = Stage::Document;
                self.place = Place::Before;
                true
            }
            (Place::Before | Place::Behind, b']') => {
                self.place = Place::Outside;
                true
            }
            _ => false,
        }
    }

    fn read_entry(&mut self, mut inside: Inside) -> io::Result<Found> {
        self.text.clear();
        let mut is_too_long = false;
        loop {
            if self.peek()?.is_none() {
                self.is_done = true;
                return Ok(if inside == Inside::Word { Found::OpenArray } else { Found::CutOff });
            }
            let bytes = self.source.fill_buf()?;
            let (used, is_end) = scan(&mut inside, bytes);
            let piece = bytes.get(..used).unwrap_or_default();
            self.line += piece.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
            if self.text.len() + used > MAX_ENTRY {
                is_too_long = true;
                self.text = Vec::new();
            } else if !is_too_long {
                self.text.extend_from_slice(piece);
            }
            self.source.consume(used);
            if is_end {
                return Ok(if is_too_long { Found::TooLong } else { Found::Entry });
            }
        }
    }
}

/// How many bytes belong to the entry, and whether it ends with them.
fn scan(inside: &mut Inside, bytes: &[u8]) -> (usize, bool) {
    for (at, byte) in bytes.iter().enumerate() {
        match inside {
            Inside::Brackets { open, text } => {
                let is_bracket = *text == Text::None;
                *text = text.after(*byte);
                match byte {
                    b'{' | b'[' if is_bracket => *open += 1,
                    b'}' | b']' if is_bracket => *open = open.saturating_sub(1),
                    _ => continue,
                }
                if *open == 0 {
                    return (at + 1, true);
                }
            }
            Inside::Text(text) => {
                *text = text.after(*byte);
                if *text == Text::None {
                    return (at + 1, true);
                }
            }
            Inside::Word if matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n') => {
                return (at, true);
            }
            Inside::Word => {}
        }
    }
    (bytes.len(), false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Everything that is found, with its line, however the bytes come.
    fn found(text: &[u8], capacity: usize) -> Vec<(u64, Result<String, Found>)> {
        let mut entries = Entries::new(io::BufReader::with_capacity(capacity, text));
        let mut all = Vec::new();
        while let Some(found) = entries.find_next().unwrap() {
            let text = String::from_utf8_lossy(entries.text()).into_owned();
            let found = if found == Found::Entry { Ok(text) } else { Err(found) };
            all.push((entries.begun(), found));
        }
        all
    }

    fn entries(text: &str) -> Vec<String> {
        found(text.as_bytes(), 3).into_iter().map(|(_, entry)| entry.unwrap()).collect()
    }

    #[test]
    fn every_element_is_an_entry_whatever_it_is() {
        let text = r#"[ {"a":"]}\"\\"}, [1,[2]] ,"x,]", -1.5e3,true,null ]"#;
        let expected = [r#"{"a":"]}\"\\"}"#, "[1,[2]]", "\"x,]\"", "-1.5e3", "true", "null"];
        assert_eq!(entries(text), expected);
        assert_eq!(entries(" [] "), Vec::<String>::new());
    }

    #[test]
    fn documents_follow_each_other() {
        assert_eq!(entries("[{}]\n[{\"b\":1}]{\"c\":2}\n{\"d\":3}").len(), 4);
    }

    #[test]
    fn lines_are_those_of_the_first_byte() {
        let lines: Vec<_> =
            found(b"[\n{\n},\n\n{\n}\n]\n", 2).into_iter().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 5]);
    }

    #[test]
    fn what_ends_early_is_told_with_its_line() {
        assert_eq!(found(b"[{},\n{\"a\":", 4).last(), Some(&(2, Err(Found::CutOff))));
        assert_eq!(found(b"[{}\n", 4).last(), Some(&(2, Err(Found::OpenArray))));
        assert_eq!(found(b"[{}\n,", 4).last(), Some(&(2, Err(Found::OpenArray))));
        assert_eq!(found(b"[tru", 4), [(1, Err(Found::OpenArray))]);
    }

    #[test]
    fn stray_bytes_are_told_once_and_hide_nothing() {
        let strays = |text: &[u8]| {
            let found = found(text, 4);
            let entries = found.iter().filter(|(_, found)| found.is_ok()).count();
            (entries, found.len() - entries)
        };
        assert_eq!(strays(b"[{},,,{}]"), (2, 1));
        assert_eq!(strays(b"[{}}}] {}"), (2, 1));
        assert_eq!(strays(b"Notice: x\n[{}]"), (1, 1));
        assert_eq!(strays(b"[{} {}]"), (2, 1));
        assert_eq!(strays(b"]{}]"), (1, 2));
    }

    #[test]
    fn a_long_entry_is_skipped_and_not_held() {
        let long = format!("[{{\"a\":\"{}\"}},\n{{}}]", "x".repeat(MAX_ENTRY));
        let mut entries = Entries::new(long.as_bytes());
        assert_eq!(entries.find_next().unwrap(), Some(Found::TooLong));
        assert_eq!(entries.text.capacity(), 0);
        assert_eq!(entries.find_next().unwrap(), Some(Found::Entry));
        assert_eq!((entries.begun(), entries.text()), (2, b"{}".as_slice()));
    }

    proptest! {
        #[test]
        fn what_is_found_does_not_depend_on_how_bytes_come(
            text in "[\\[\\]{}\",\\\\\n a1-]{0,60}", capacity in 1_usize..9,
        ) {
            prop_assert_eq!(found(text.as_bytes(), capacity), found(text.as_bytes(), 1_000));
        }

        #[test]
        fn entries_of_sound_json_are_sound(
            values in proptest::collection::vec("\\PC{0,8}", 0..6)
        ) {
            let values: Vec<_> = values.iter().map(|text| serde_json::json!({ "t": [text] })).collect();
            let text = serde_json::to_string_pretty(&values).unwrap();
            let read: Vec<serde_json::Value> =
                entries(&text).iter().map(|entry| serde_json::from_str(entry).unwrap()).collect();
            prop_assert_eq!(read, values);
        }
    }
}
