//! The records of a table, with their lines.

use std::io::{self, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::measured::Measured;
use super::{TableDefect, TableProblem};

/// The longest row, in bytes.
const MAX_ROW: usize = 4 << 20;

/// A table, row by row.
#[derive(Debug)]
pub(super) struct Records<R> {
    table: csv::Reader<Measured<R>>,
    record: ByteRecord,
}

impl<R: Read> Records<R> {
    /// Opens a table and reads its header, which is the first record then.
    pub(super) fn open(source: R) -> Result<(u64, Self), TableProblem> {
        let mut source = Measured::new(source);
        let delimiter = source.begin().map_err(|error| unreadable(1, &error))?;
        let table = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(source);
        let mut records = Self { table, record: ByteRecord::new() };
        match read_record(&mut records.table, &mut records.record)? {
            Some(line) => Ok((line, records)),
            None => Err(TableProblem { line: 1, column: None, what: TableDefect::NoHeader }),
        }
    }

    /// Reads on to the next row that is not blank, and gives its line.
    pub(super) fn next_row(&mut self) -> Option<Result<u64, TableProblem>> {
        loop {
            match read_record(&mut self.table, &mut self.record) {
                Ok(Some(_)) if self.record.iter().all(<[u8]>::is_empty) => {}
                Ok(Some(line)) => return Some(Ok(line)),
                Ok(None) => return None,
                Err(problem) => return Some(Err(problem)),
            }
        }
    }

    /// The row that was read last.
    pub(super) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// Spreadsheets may leave out empty cells at the end of a row. A row with a line break is
    /// taken at its word only if it is whole: a lost quote joins rows.
    pub(super) fn check_count(&self, line: u64, expected: usize) -> Result<(), TableProblem> {
        let found = self.record.len();
        let has_break = self.record.iter().any(|cell| cell.contains(&b'\n'));
        let has_more = self.record.iter().skip(expected).any(|cell| !cell.is_empty());
        if has_more || (found < expected && has_break) {
            let what = TableDefect::CellCount { found, expected };
            return Err(TableProblem { line, column: None, what });
        }
        Ok(())
    }
}

/// Reads the next record and gives its line; `None` at the end.
fn read_record<R: Read>(
    table: &mut csv::Reader<Measured<R>>,
    record: &mut ByteRecord,
) -> Result<Option<u64>, TableProblem> {
    let start = table.position().byte();
    table.get_mut().begin_row(MAX_ROW);
    let result = table.read_byte_record(record);
    let line = table.get_mut().line_of_row(start);
    let end = table.position().byte();
    match result {
        Ok(false) => Ok(None),
        Ok(true) if table.get_ref().ended_in_quote() => {
            Err(TableProblem { line, column: None, what: TableDefect::OpenQuote })
        }
        Ok(true) if table.get_ref().has_misplaced_quote(end) => {
            Err(TableProblem { line, column: None, what: TableDefect::MisplacedQuote })
        }
        Ok(true) => Ok(Some(line)),
        Err(error) => match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let what = TableDefect::TooLong { limit: MAX_ROW };
                Err(TableProblem { line, column: None, what })
            }
            csv::ErrorKind::Io(error) => Err(unreadable(line, &error)),
            _ => Err(unreadable(line, &io::Error::other("the table is broken"))),
        },
    }
}

fn unreadable(line: u64, error: &io::Error) -> TableProblem {
    TableProblem { line, column: None, what: TableDefect::Unreadable(error.to_string()) }
}
