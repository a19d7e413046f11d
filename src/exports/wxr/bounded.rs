//! Cuts an export into stretches of whole, short tokens, so that a parser needs no more than one.
//!
//! A text longer than [`crate::exports::MAX_TEXT`] is cut; markup that does not end is mended or
//! left out. Each such change is a [`Note`] behind its stretch. Lines stay those of the source.

use std::io::{self, BufRead};

use quick_xml::events::{BytesText, Event as Token};
use quick_xml::reader::Reader;

use super::lexer::{Fed, Lexer};
use super::scrub::Scrubbed;
use super::syntax::count_lines;

/// A parser drops it where it begins, which may be anywhere in the document. There it is text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What the parser cannot see for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// The text before was cut.
    Cut,
    /// A `<` begins no markup here, or the tag before was closed because it had no end.
    Stray,
    /// A document type declaration follows. Nothing more is given.
    DocumentType,
}

/// What a stretch holds.
#[derive(Debug)]
pub(super) enum Part<'a> {
    Token(Token<'a>),
    /// The parser does not take what stands here for a token.
    Malformed(String),
    Note(Note),
}

/// Clean text with short tokens.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    source: Scrubbed<R>,
    lexer: Lexer,
    /// Text of the source; what lies before `fed` has gone through the lexer.
    clean: String,
    fed: usize,
    /// The stretch that is read.
    stretch: String,
    /// The line of the source behind the stretch.
    line: u64,
    /// The source has no more text than `clean`.
    is_last: bool,
    is_stopped: bool,
}

impl<R: BufRead> Bounded<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source: Scrubbed::new(source),
            lexer: Lexer::default(),
            clean: String::new(),
            fed: 0,
            stretch: String::new(),
            line: 1,
            is_last: false,
            is_stopped: false,
        }
    }

    /// The line of the source behind what was read.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn source(&self) -> &Scrubbed<R> {
        &self.source
    }

    /// Reads the next stretch, and gives its parts with their lines. `false` at the end.
    pub(super) fn advance(&mut self, take: &mut dyn FnMut(u64, Part<'_>)) -> io::Result<bool> {
        self.stretch.clear();
        while !self.is_stopped {
            let input = self.clean.get(self.fed..).unwrap_or_default();
            let Fed { used, dropped_lines, note } =
                self.lexer.feed(input, self.is_last, &mut self.stretch);
            self.fed += used;
            self.line += dropped_lines;
            self.is_stopped = note == Some(Note::DocumentType);
            if used > 0 {
                self.line = give_tokens(&self.stretch, self.line, take);
                if let Some(note) = note {
                    take(self.line, Part::Note(note));
                }
                return Ok(true);
            }
            if self.is_last {
                return Ok(false);
            }
            self.read_more()?;
        }
        Ok(false)
    }

    /// Adds to `clean` as much as it holds, so that what needs a long look is not looked at often.
    fn read_more(&mut self) -> io::Result<()> {
        self.clean.drain(..self.fed);
        self.fed = 0;
        let enough = 2 * self.clean.len() + 1;
        while self.clean.len() < enough && !self.is_last {
            self.is_last = !self.source.read_piece(&mut self.clean)?;
        }
        Ok(())
    }
}

/// Gives the tokens of a stretch that begins at a line; returns the line behind it. What the parser
/// stumbles over is left out.
fn give_tokens(stretch: &str, line: u64, take: &mut dyn FnMut(u64, Part<'_>)) -> u64 {
    let (mut rest, mut line) = (stretch, line);
    while !rest.is_empty() {
        let read = if rest.starts_with(BYTE_ORDER_MARK) {
            take(line, Part::Token(Token::Text(BytesText::from_escaped(BYTE_ORDER_MARK))));
            BYTE_ORDER_MARK.len()
        } else {
            give_well_formed(rest, line, take)
        };
        // A parser that stumbles at once would do so again.
        let (before, after) = rest.split_at_checked(read.max(1)).unwrap_or((rest, ""));
        line += count_lines(before.as_bytes());
        rest = after;
    }
    line
}

/// Gives tokens up to the end or to the first that is none; returns how many bytes they are.
fn give_well_formed(text: &str, mut line: u64, take: &mut dyn FnMut(u64, Part<'_>)) -> usize {
    let mut parser = parser(text);
    let mut read = 0;
    loop {
        let token = parser.read_event();
        let end = usize::try_from(parser.buffer_position()).unwrap_or(text.len());
        match token {
            Ok(Token::Eof) => return text.len(),
            Ok(token) => take(line, Part::Token(token)),
            Err(error) => {
                take(line, Part::Malformed(error.to_string()));
                return end;
            }
        }
        line += count_lines(text.as_bytes().get(read..end).unwrap_or_default());
        read = end;
    }
}

/// A parser that leaves the nesting of elements to others.
fn parser(stretch: &str) -> Reader<&[u8]> {
    let mut parser = Reader::from_str(stretch);
    let config = parser.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    parser
}
