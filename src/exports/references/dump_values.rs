//! The values of one row of a dump: texts, numbers, and what stands for a text in a number's place.

use super::dump::{MAX_COLUMNS, MAX_ROW};
use super::tokens::Token;

/// Functions that give their text as it is.
const PLAIN: [&str; 2] = ["CONVERT", "CAST"];
const UNHEX: &str = "UNHEX";
/// Words that are their own value.
const WORDS: [&str; 4] = ["NULL", "TRUE", "FALSE", "DEFAULT"];

/// A row that is being read, value by value.
#[derive(Debug, Default)]
pub(super) struct Values {
    done: Vec<Vec<u8>>,
    current: Value,
    /// How many brackets are open; the row is the first.
    depth: usize,
    bytes: usize,
    is_cut: bool,
    is_unclear: bool,
}

#[derive(Debug, Default)]
struct Value {
    text: Option<Vec<u8>>,
    /// The word before a text or a bracket.
    word: Option<Vec<u8>>,
    /// `USING utf8` or `AS JSON` goes on to the end of its bracket.
    is_over: bool,
}

/// What a row turned out to be.
#[derive(Debug)]
pub(super) enum Done {
    Values(Vec<Vec<u8>>),
    TooLong,
    Unclear,
}

impl Values {
    pub(super) fn is_in_row(&self) -> bool {
        self.depth > 0
    }

    /// Takes a token, and gives the row that it ends.
    pub(super) fn take(&mut self, token: Token) -> Option<Done> {
        match (self.depth, token) {
            (0, Token::Sign(b'(')) => *self = Self { depth: 1, ..Self::default() },
            (0, _) | (_, Token::Sign(b'-' | b'+')) => {}
            (1, Token::Sign(b')')) => return Some(self.end_row()),
            (1, Token::Sign(b',')) => self.end_value(),
            (_, Token::Sign(b'(')) => self.open(),
            (_, Token::Sign(b')')) => {
                self.depth -= 1;
                self.current.is_over = false;
                self.current.word = None;
            }
            // The second operand of a function says nothing of the text.
            (2.., Token::Sign(b',')) => self.current.is_over = true,
            (_, Token::Sign(_)) => self.is_unclear = true,
            (_, _) if self.current.is_over => {}
            (_, Token::Word(word)) => self.word(word),
            (_, Token::Text(text)) => self.text(text),
            (_, Token::Name(_)) => self.is_unclear = true,
        }
        None
    }

    fn open(&mut self) {
        self.depth += 1;
        let is_known = self.current.word.as_deref().is_none_or(|word| {
            let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
            PLAIN.into_iter().any(is) || is(UNHEX)
        });
        self.is_unclear |= !is_known;
    }

    fn word(&mut self, word: Vec<u8>) {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        if let Some(digits) = word.strip_prefix(b"0x") {
            match unhex(digits) {
                Some(bytes) => self.keep(bytes),
                None => self.is_unclear = true,
            }
        } else if word.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-') {
            self.keep(word);
        } else if self.depth > 1 && (is("USING") || is("AS")) {
            self.current.is_over = true;
        } else if is("NULL") || is("DEFAULT") {
            self.keep(Vec::new());
        } else if WORDS.into_iter().any(is) {
            self.keep(word);
        } else if !word.starts_with(b"_") {
            // A charset introducer, such as `_binary`, says nothing of its text.
            self.current.word = Some(word);
        }
    }

    fn text(&mut self, text: Vec<u8>) {
        let is_hex = self.current.word.as_deref().is_some_and(|word| {
            word.eq_ignore_ascii_case(b"X") || word.eq_ignore_ascii_case(UNHEX.as_bytes())
        });
        let is_known = is_hex || self.current.word.is_none() || self.depth > 1;
        match unhex(&text).filter(|_| is_hex) {
            Some(bytes) => {
                self.current.word = None;
                self.keep(bytes);
            }
            None if is_hex || !is_known => self.is_unclear = true,
            None => self.keep(text),
        }
    }

    /// Keeps the text of a value; a second one beside it is joined, as SQL does.
    fn keep(&mut self, text: Vec<u8>) {
        self.bytes += text.len();
        self.is_cut |= self.bytes > MAX_ROW;
        if self.is_cut {
            return;
        }
        match &mut self.current.text {
            Some(known) => known.extend_from_slice(&text),
            None => self.current.text = Some(text),
        }
    }

    fn end_value(&mut self) {
        let Value { text, word, .. } = std::mem::take(&mut self.current);
        self.is_unclear |= word.is_some();
        self.is_cut |= self.done.len() == MAX_COLUMNS;
        if !self.is_cut {
            self.done.push(text.unwrap_or_default());
        }
    }

    fn end_row(&mut self) -> Done {
        self.end_value();
        let Self { done, is_cut, is_unclear, .. } = std::mem::take(self);
        match (is_cut, is_unclear) {
            (true, _) => Done::TooLong,
            (false, true) => Done::Unclear,
            (false, false) => Done::Values(done),
        }
    }
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pairs = digits.chunks(2);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
        _ => None,
    };
    pairs.map(byte).collect()
}
