//! A source of rows that counts its lines, follows its quotes, and fails where a row is too long.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use crate::exports::ahead::Ahead;
use crate::exports::preface;

/// The most line breaks that one row, with the blank lines before it, may have.
const MAX_BREAKS: usize = 1 << 18;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes of a table.
///
/// The CSV reader counts a line end only once it has passed all of it, and takes any quotes for
/// good, so that a lost one would join rows. Both are seen to here.
#[derive(Debug)]
pub(super) struct Measured<R> {
    source: Ahead<BufReader<R>>,
    /// Bytes that may still be read for the row.
    left: usize,
    delimiter: u8,
    place: Place,
    /// The position of the first quote that RFC 4180 has no place for, or of what follows it.
    misplaced_quote: Option<u64>,
    is_at_end: bool,
    /// Bytes that were read.
    position: u64,
    /// The positions of line feeds and carriage returns that rows have not passed.
    breaks: VecDeque<(u64, u8)>,
    /// The line of the last row that was asked for.
    line: u64,
}

/// Where in a cell a byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    CellStart,
    Plain,
    Quoted,
    /// After a quote that ends the cell, unless another follows.
    AfterQuote,
}

impl<R: Read> Measured<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source: Ahead::new(BufReader::with_capacity(1 << 16, source)),
            left: 0,
            delimiter: b',',
            place: Place::CellStart,
            misplaced_quote: None,
            is_at_end: false,
            position: 0,
            breaks: VecDeque::new(),
            line: 1,
        }
    }

    /// Skips a byte order mark and finds what parts the cells of the header.
    pub(super) fn begin(&mut self) -> io::Result<u8> {
        if self.source.look()?.starts_with(BOM) {
            self.source.consume(BOM.len());
        }
        let mut told = None;
        let mut start = self.source.look()?;
        let mut passed = 0;
        while let Some(line) = start.split_inclusive(|byte| *byte == b'\n').next() {
            let delimiter = named_delimiter(line);
            if delimiter.is_none() && !preface::is_mark(line) {
                break;
            }
            told = delimiter.or(told);
            passed += line.len();
            self.line += 1;
            start = start.get(line.len()..).unwrap_or_default();
        }
        let header = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        self.delimiter = told.unwrap_or_else(|| delimiter_of(header));
        self.source.consume(passed);
        Ok(self.delimiter)
    }

    pub(super) fn begin_row(&mut self, longest: usize) {
        self.left = longest;
    }

    /// Whether the source came to its end in a quoted cell.
    pub(super) fn ended_in_quote(&self) -> bool {
        self.is_at_end && self.place == Place::Quoted
    }

    /// Whether a quote before `end` is one that a table cannot have there.
    pub(super) fn has_misplaced_quote(&self, end: u64) -> bool {
        self.misplaced_quote.is_some_and(|position| position < end)
    }

    fn follow(&mut self, position: u64, byte: u8) {
        if matches!(byte, b'\r' | b'\n') {
            self.breaks.push_back((position, byte));
        }
        let ends_cell = byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::CellStart | Place::AfterQuote, b'"') | (Place::Quoted, _) => Place::Quoted,
            _ if ends_cell => Place::CellStart,
            (Place::Plain, b'"') | (Place::AfterQuote, _) => {
                self.misplaced_quote.get_or_insert(position);
                Place::Plain
            }
            _ => Place::Plain,
        };
    }

    /// The line of the first row at or after `start`. Rows are to be asked for in their order.
    pub(super) fn line_of_row(&mut self, start: u64) -> u64 {
        let mut start = start;
        while let Some((position, byte)) = self.breaks.front().copied() {
            if position > start {
                break;
            }
            self.breaks.pop_front();
            let is_pair = byte == b'\r' && self.breaks.front() == Some(&(position + 1, b'\n'));
            self.line += u64::from(!is_pair);
            start = start.max(position + 1);
        }
        self.line
    }
}

/// `sep=;`, as spreadsheets write it before the header.
fn named_delimiter(line: &[u8]) -> Option<u8> {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    let named = line.trim_ascii_end();
    match named.strip_suffix(b"\"").unwrap_or(named).strip_prefix(b"sep=") {
        Some([delimiter]) => Some(*delimiter),
        // Its tab was trimmed off.
        Some([]) if line.starts_with(b"sep=\t") => Some(b'\t'),
        _ => None,
    }
}

/// What parts the names of a header.
fn delimiter_of(header: &[u8]) -> u8 {
    match (header.contains(&b';'), header.contains(&b','), header.contains(&b'\t')) {
        (true, ..) => b';',
        (false, false, true) => b'\t',
        _ => b',',
    }
}

impl<R: Read> Read for Measured<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || self.breaks.len() > MAX_BREAKS {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let length = self.source.read(buffer)?;
        self.is_at_end = length == 0;
        self.left = self.left.saturating_sub(length);
        for (byte, position) in buffer.iter().take(length).zip(self.position..) {
            self.follow(position, *byte);
        }
        self.position += length as u64;
        Ok(length)
    }
}
