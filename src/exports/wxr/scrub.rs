//! Turns the bytes of an export into clean UTF-8: one replacement character for each bad byte.
//!
//! **Invariant:** line feeds are never added, removed or replaced, so lines can be counted after.

use std::io::{self, BufRead};

use super::syntax::count_lines;

/// What was replaced, and where first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Replaced {
    pub(super) count: u64,
    pub(super) first_line: u64,
}

impl Replaced {
    fn add(&mut self, count: u64, line: u64) {
        if self.count == 0 {
            self.first_line = line;
        }
        self.count += count;
    }
}

/// How the bytes are read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// Also stands for ISO 8859-1, as in every browser (WHATWG Encoding, 4.2).
    Windows1252,
}

/// A source of clean text.
#[derive(Debug)]
pub(super) struct Scrubbed<R> {
    source: R,
    encoding: Option<Encoding>,
    /// Bytes that were read and not yet passed on, such as the start of a character.
    held: Vec<u8>,
    line: u64,
    not_text: Replaced,
    control_characters: Replaced,
    unsupported: Option<String>,
}

/// How much is read before the encoding is decided.
const HEAD: usize = 512;
const REPLACEMENT: &str = "\u{fffd}";

impl<R: BufRead> Scrubbed<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            encoding: None,
            held: Vec::new(),
            line: 1,
            not_text: Replaced::default(),
            control_characters: Replaced::default(),
            unsupported: None,
        }
    }

    /// Bytes that are not text in the encoding of the file.
    pub(super) fn not_text(&self) -> Replaced {
        self.not_text
    }

    /// Characters that XML 1.0 forbids.
    pub(super) fn control_characters(&self) -> Replaced {
        self.control_characters
    }

    /// The declared encoding, if it is one that is not known here. UTF-8 was tried.
    pub(super) fn unsupported_encoding(&self) -> Option<&str> {
        self.unsupported.as_deref()
    }

    /// Appends the next piece of clean text. `false` at the end of the source.
    pub(super) fn read_piece(&mut self, clean: &mut String) -> io::Result<bool> {
        let encoding = match self.encoding.clone() {
            Some(encoding) => encoding,
            None => self.begin()?,
        };
        let at_end = self.fetch()? == 0;
        let mut bytes = std::mem::take(&mut self.held);
        let before = clean.len();
        match encoding {
            Encoding::Utf8 => {
                let used = self.scrub_utf8(&bytes, at_end, clean);
                bytes.drain(..used);
            }
            Encoding::Windows1252 => {
                self.scrub_windows_1252(&bytes, clean);
                bytes.clear();
            }
        }
        self.held = bytes;
        Ok(!at_end || clean.len() > before)
    }

    /// Adds what the source has ready to the bytes held. Zero at the end.
    fn fetch(&mut self) -> io::Result<usize> {
        loop {
            match self.source.fill_buf() {
                Ok(bytes) => {
                    let length = bytes.len();
                    self.held.extend_from_slice(bytes);
                    self.source.consume(length);
                    return Ok(length);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn begin(&mut self) -> io::Result<Encoding> {
        while self.held.len() < HEAD && self.fetch()? > 0 {}
        while self.held.starts_with(b"\xef\xbb\xbf") {
            self.held.drain(..3);
        }
        let encoding = self.declared_encoding();
        self.encoding = Some(encoding.clone());
        Ok(encoding)
    }

    fn declared_encoding(&mut self) -> Encoding {
        if self.held.starts_with(b"\xff\xfe") || self.held.starts_with(b"\xfe\xff") {
            self.unsupported = Some("UTF-16".to_owned());
            return Encoding::Utf8;
        }
        let head = self.held.get(..HEAD).unwrap_or(&self.held);
        let Some(name) = encoding_in_declaration(head) else { return Encoding::Utf8 };
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" | "" => Encoding::Utf8,
            "iso-8859-1" | "latin1" | "latin-1" | "windows-1252" | "cp1252" => {
                Encoding::Windows1252
            }
            _ => {
                self.unsupported = Some(crate::exports::problem::shown(&name));
                Encoding::Utf8
            }
        }
    }

    /// Returns how many bytes were used: all but the start of a character at the end of a piece.
    fn scrub_utf8(&mut self, bytes: &[u8], at_end: bool, clean: &mut String) -> usize {
        // Most pieces are text from end to end, which is told faster than where text ends.
        if let Ok(text) = str::from_utf8(bytes) {
            self.push_allowed(text, clean);
            return text.len();
        }
        let mut used = 0;
        for chunk in bytes.utf8_chunks() {
            self.push_allowed(chunk.valid(), clean);
            used += chunk.valid().len();
            let invalid = chunk.invalid();
            let is_last = used + invalid.len() == bytes.len();
            if is_last && !at_end && may_begin_a_character(invalid) {
                break;
            }
            for _ in invalid {
                self.not_text.add(1, self.line);
                clean.push_str(REPLACEMENT);
            }
            used += invalid.len();
        }
        used
    }

    fn scrub_windows_1252(&mut self, bytes: &[u8], clean: &mut String) {
        let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
        for byte in bytes {
            self.line += u64::from(*byte == b'\n');
            match windows_1252(*byte) {
                Some(character) if is_allowed(character) => text.push(character),
                Some(_) => {
                    self.control_characters.add(1, self.line);
                    text.push_str(REPLACEMENT);
                }
                None => {
                    self.not_text.add(1, self.line);
                    text.push_str(REPLACEMENT);
                }
            }
        }
        clean.push_str(&text);
    }

    /// Passes on text of the source, without the characters that XML forbids.
    fn push_allowed(&mut self, text: &str, clean: &mut String) {
        if !text.bytes().fold(false, |found, byte| found | is_suspect(byte)) {
            self.line += count_lines(text.as_bytes());
            clean.push_str(text);
            return;
        }
        for character in text.chars() {
            self.line += u64::from(character == '\n');
            if is_allowed(character) {
                clean.push(character);
            } else {
                self.control_characters.add(1, self.line);
                clean.push_str(REPLACEMENT);
            }
        }
    }
}

/// Whether the byte is, or starts, a character that XML may forbid.
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t' && byte != b'\r') || byte == 0xef
}

/// The characters of XML 1.0 (section 2.2).
pub(super) fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether more bytes could make a character of these.
fn may_begin_a_character(bytes: &[u8]) -> bool {
    !bytes.is_empty() && str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// The value of `encoding="…"` if the bytes begin, after space, with an XML declaration.
fn encoding_in_declaration(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    Some(value.get(1..)?.split(quote).next()?.to_owned())
}

/// The characters of 0x80 to 0x9f (WHATWG Encoding, index windows-1252); a space where there is
/// none.
const WINDOWS_1252: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => {
            WINDOWS_1252.chars().nth(usize::from(byte - 0x80)).filter(|character| *character != ' ')
        }
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn scrub(bytes: &[u8], capacity: usize) -> (String, Scrubbed<BufReader<&[u8]>>) {
        let mut scrubbed = Scrubbed::new(BufReader::with_capacity(capacity, bytes));
        let mut clean = String::new();
        while scrubbed.read_piece(&mut clean).unwrap() {}
        (clean, scrubbed)
    }

    #[test]
    fn characters_survive_being_split_between_pieces() {
        for capacity in 1..8 {
            let (clean, scrubbed) = scrub("a\nłódź € 🦀\n".as_bytes(), capacity);
            assert_eq!(clean, "a\nłódź € 🦀\n");
            assert_eq!(scrubbed.not_text().count, 0);
        }
    }

    #[test]
    fn what_is_replaced_is_counted_with_its_first_line() {
        let (clean, scrubbed) = scrub(b"a\nb\xe9\n\xff\x00\n\x1b\x7f\xef\xbf\xbe\xf0\x9f", 3);
        assert_eq!(clean, "a\nb\u{fffd}\n\u{fffd}\u{fffd}\n\u{fffd}\u{7f}\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(scrubbed.not_text(), Replaced { count: 4, first_line: 2 });
        assert_eq!(scrubbed.control_characters(), Replaced { count: 3, first_line: 3 });
    }

    #[test]
    fn every_byte_of_windows_1252_is_read() {
        let mut bytes = b"<?xml version='1.0' encoding='windows-1252'?>".to_vec();
        bytes.extend(0x80..=0xff);
        let (clean, scrubbed) = scrub(&bytes, 16);
        assert!(clean.ends_with('ÿ'));
        assert_eq!(clean.chars().count(), bytes.len());
        assert_eq!(scrubbed.not_text().count, 5, "81, 8d, 8f, 90 and 9d are nothing");
    }

    #[test]
    fn the_declared_encoding_is_found_however_it_is_written() {
        let cases = [
            ("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>", Some("UTF-8")),
            ("\n <?xml version='1.0' encoding = 'x'?>", Some("x")),
            ("<?xml version='1.0'?><a encoding='x'>", None),
            ("<rss encoding='x'>", None),
            ("<?xml encoding=x?>", None),
            ("<?xml encoding='", Some("")),
        ];
        for (head, expected) in cases {
            assert_eq!(encoding_in_declaration(head.as_bytes()).as_deref(), expected, "{head}");
        }
    }

    proptest! {
        #[test]
        fn text_is_clean_and_as_long_in_lines_as_its_bytes(
            bytes in proptest::collection::vec(
                prop_oneof![Just(b'\n'), Just(0xe2), Just(0x82), Just(0xac), any::<u8>()],
                0..300,
            ),
            capacity in 1..50_usize,
        ) {
            let bytes = [b"x".as_slice(), &bytes].concat();
            let (clean, scrubbed) = scrub(&bytes, capacity);
            prop_assert!(clean.chars().all(is_allowed));
            prop_assert_eq!(count_lines(clean.as_bytes()), count_lines(&bytes));
            prop_assert_eq!(&clean, &scrub(&bytes, bytes.len()).0);
            let replaced = scrubbed.not_text().count + scrubbed.control_characters().count;
            let found = clean.chars().filter(|character| *character == '\u{fffd}').count() as u64;
            prop_assert!(replaced <= found);
        }

        #[test]
        fn lines_are_counted_fast_and_right(bytes in proptest::collection::vec(0_u8..12, 0..2_000)) {
            let expected = bytes.split(|byte| *byte == b'\n').count() as u64 - 1;
            prop_assert_eq!(count_lines(&bytes), expected);
        }
    }
}
