//! The tokens of SQL as mysqldump writes it: names, texts without their escapes, words and signs.

use std::io::{self, BufRead};

use super::dump::MAX_ROW;

/// The longest word outside of texts that is held, in bytes.
const MAX_WORD: usize = 256;
/// What a comment at the end of a whole dump says.
const END: &[u8] = b"Dump completed";

/// A piece of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, a number, or a name in backticks.
    Word(Vec<u8>),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Sign(u8),
}

/// The tokens of a dump.
#[derive(Debug)]
pub(super) struct Tokens<R> {
    source: R,
    line: u64,
    saw_end: bool,
}

impl<R: BufRead> Tokens<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, line: 1, saw_end: false }
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether a comment since the last call said that the dump is whole.
    pub(super) fn take_end(&mut self) -> bool {
        std::mem::take(&mut self.saw_end)
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

    /// The next token. `None` at the end.
    pub(super) fn find_next(&mut self) -> io::Result<Option<Token>> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'\'' | b'"' => return self.quoted(byte).map(|text| Some(Token::Text(text))),
                b'`' => return self.quoted(byte).map(|name| Some(Token::Name(name))),
                b'#' => self.comment_line()?,
                b'-' | b'/' => {
                    if let Some(token) = self.dash_or_slash(byte)? {
                        return Ok(Some(token));
                    }
                }
                _ if byte.is_ascii_whitespace() => self.step(byte),
                _ if is_word_byte(byte) => return self.word(Vec::new()).map(Some),
                _ => {
                    self.step(byte);
                    return Ok(Some(Token::Sign(byte)));
                }
            }
        }
        Ok(None)
    }

    /// A comment, a negative number or a sign.
    fn dash_or_slash(&mut self, byte: u8) -> io::Result<Option<Token>> {
        self.step(byte);
        match (byte, self.peek()?) {
            (b'-', Some(b'-')) => self.comment_line()?,
            (b'-', Some(digit)) if digit.is_ascii_digit() => {
                return self.word(vec![byte]).map(Some);
            }
            (b'/', Some(b'*')) => self.comment()?,
            _ => return Ok(Some(Token::Sign(byte))),
        }
        Ok(None)
    }

    fn word(&mut self, mut word: Vec<u8>) -> io::Result<Token> {
        while let Some(byte) = self.peek()?.filter(|byte| is_word_byte(*byte)) {
            let is_hex = word.starts_with(b"0x");
            if word.len() < if is_hex { 2 * MAX_ROW + 4 } else { MAX_WORD } {
                word.push(byte);
            }
            self.step(byte);
        }
        Ok(Token::Word(word))
    }

    /// A text or a name in quotes: a doubled quote is one, a backslash escapes in texts.
    fn quoted(&mut self, quote: u8) -> io::Result<Vec<u8>> {
        self.step(quote);
        let mut text = Vec::new();
        loop {
            let used = self.take_plain(quote, &mut text)?;
            let Some(byte) = self.peek()? else { return Ok(text) };
            if used > 0 && byte != quote && byte != b'\\' {
                continue;
            }
            self.step(byte);
            let next = self.peek()?;
            match (byte, next) {
                (b'\\', Some(next)) => {
                    self.step(next);
                    text.push(unescaped(next));
                }
                (_, Some(next)) if byte == quote && next == quote => {
                    self.step(next);
                    text.push(quote);
                }
                _ if byte == quote => return Ok(text),
                _ => text.push(byte),
            }
        }
    }

    /// Takes what stands before the next quote or backslash of what is buffered.
    fn take_plain(&mut self, quote: u8, text: &mut Vec<u8>) -> io::Result<usize> {
        let bytes = self.source.fill_buf()?;
        let is_special = |byte: &u8| *byte == quote || (*byte == b'\\' && quote != b'`');
        let used = bytes.iter().position(is_special).unwrap_or(bytes.len());
        let plain = bytes.get(..used).unwrap_or_default();
        // Beyond the limit of a row nothing is kept, and the row is told to be cut.
        if text.len() <= MAX_ROW {
            text.extend_from_slice(plain);
        }
        self.line += plain.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.source.consume(used);
        Ok(used)
    }

    /// Passes over the rest of a line, which may tell that the dump is whole.
    fn comment_line(&mut self) -> io::Result<()> {
        let mut start = Vec::new();
        while let Some(byte) = self.peek()?.filter(|byte| *byte != b'\n') {
            if start.len() < MAX_WORD {
                start.push(byte);
            }
            self.step(byte);
        }
        self.saw_end |= start.windows(END.len()).any(|words| words == END);
        Ok(())
    }

    fn comment(&mut self) -> io::Result<()> {
        let mut before = 0;
        while let Some(byte) = self.peek()? {
            self.step(byte);
            if before == b'*' && byte == b'/' {
                break;
            }
            before = byte;
        }
        Ok(())
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'@') || !byte.is_ascii()
}

fn unescaped(byte: u8) -> u8 {
    match byte {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'0' => 0,
        b'Z' => 0x1a,
        other => other,
    }
}
