//! Keeps every token of an export short, so that a parser that holds one at a time stays small.
//!
//! A text longer than [`crate::exports::MAX_TEXT`] is cut; markup that does not end is mended or
//! left out. Each such change is a [`Note`] that can be taken once the parser has asked for what
//! stands after it. Lines stay those of the source.

use std::io::{self, BufRead, Read};

use super::lexer::{Fed, Lexer};
use super::scrub::Scrubbed;
use super::syntax::count_lines;

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

/// Clean text with short tokens.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    source: Scrubbed<R>,
    lexer: Lexer,
    /// Text of the source; what lies before `fed` has gone through the lexer.
    clean: String,
    fed: usize,
    /// What the parser may read; it has consumed what lies before `consumed`.
    given: Vec<u8>,
    consumed: usize,
    /// What becomes known once `given` is consumed.
    pending: Option<Note>,
    /// What became known, with the line; each kind once until it is taken.
    notes: Vec<(u64, Note)>,
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
            given: Vec::new(),
            consumed: 0,
            pending: None,
            notes: Vec::new(),
            line: 1,
            is_last: false,
            is_stopped: false,
        }
    }

    /// The line of the source at which the next byte stands.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// The notes since the last call, each kind once with the line of its first.
    pub(super) fn take_notes(&mut self) -> Vec<(u64, Note)> {
        std::mem::take(&mut self.notes)
    }

    pub(super) fn source(&self) -> &Scrubbed<R> {
        &self.source
    }

    /// Makes known what lies before the next byte.
    fn disclose(&mut self) {
        if let Some(note) = self.pending.take()
            && !self.notes.iter().any(|(_, known)| *known == note)
        {
            self.notes.push((self.line, note));
        }
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

    /// Prepares the next piece. `false` at the end.
    fn refill(&mut self) -> io::Result<bool> {
        self.given.clear();
        self.consumed = 0;
        while !self.is_stopped {
            let input = self.clean.get(self.fed..).unwrap_or_default();
            let Fed { used, dropped_lines, note } =
                self.lexer.feed(input, self.is_last, &mut self.given);
            self.fed += used;
            self.line += dropped_lines;
            self.is_stopped = note == Some(Note::DocumentType);
            if used > 0 {
                self.pending = note;
                return Ok(true);
            }
            if self.is_last {
                return Ok(false);
            }
            self.read_more()?;
        }
        Ok(false)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.consumed == self.given.len() {
            self.disclose();
            if !self.refill()? {
                break;
            }
        }
        Ok(self.given.get(self.consumed..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.consumed + amount).min(self.given.len());
        self.line += count_lines(self.given.get(self.consumed..end).unwrap_or_default());
        self.consumed = end;
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}
