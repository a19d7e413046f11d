//! Keeps every token of an export short, so that a parser that holds one at a time stays small.
//!
//! A text or CDATA section longer than [`crate::exports::MAX_TEXT`] is cut, keeping its end mark; a
//! tag that a `<` interrupts is closed before it. Each such change is a [`Note`] that becomes
//! readable exactly when the parser has consumed the text before it. Lines stay those of the source.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use super::lexer::{Fed, Lexer};
use super::scrub::Scrubbed;
use super::syntax::count_lines;

/// What the parser cannot see for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Note {
    /// The text before was cut.
    Cut,
    /// The tag before was closed because a `<` followed inside it, or it was too long.
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
    notes: VecDeque<Note>,
    line: u64,
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
            notes: VecDeque::new(),
            line: 1,
            is_stopped: false,
        }
    }

    /// The line of the source at which the next byte stands.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    pub(super) fn next_note(&mut self) -> Option<Note> {
        self.notes.pop_front()
    }

    pub(super) fn source(&self) -> &Scrubbed<R> {
        &self.source
    }

    /// Prepares the next piece. `false` at the end.
    fn refill(&mut self) -> io::Result<bool> {
        if self.is_stopped {
            return Ok(false);
        }
        if self.fed == self.clean.len() {
            self.clean.clear();
            self.fed = 0;
            if !self.source.read_piece(&mut self.clean)? {
                return Ok(false);
            }
        }
        self.given.clear();
        self.consumed = 0;
        let input = self.clean.get(self.fed..).unwrap_or_default();
        let Fed { used, dropped_lines, note } = self.lexer.feed(input, &mut self.given);
        self.fed += used;
        self.line += dropped_lines;
        self.is_stopped = note == Some(Note::DocumentType);
        self.pending = note;
        if self.given.is_empty() {
            self.notes.extend(self.pending.take());
        }
        Ok(true)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.consumed == self.given.len() && self.refill()? {}
        Ok(self.given.get(self.consumed..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.consumed + amount).min(self.given.len());
        self.line += count_lines(self.given.get(self.consumed..end).unwrap_or_default());
        self.consumed = end;
        if end == self.given.len() {
            self.notes.extend(self.pending.take());
        }
    }
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}
