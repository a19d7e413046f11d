//! Reads a table row by row.

use std::collections::BTreeMap;
use std::io::{self, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::column::ASSET;
use super::measured::Measured;
use super::{Column, DescriptionRow, TableDefect, TableProblem, cell};
use crate::exports::problem::shown;

/// The longest row, in bytes.
const MAX_ROW: usize = 4 << 20;

/// Reads a table of descriptions. Gives every row that can be read, and a problem for each other.
///
/// The first row is the header. The cells are parted by `,`, or by `;` where the header is, as
/// spreadsheets write in much of Europe.
pub fn read_descriptions<R: Read>(source: R) -> DescriptionReader<R> {
    DescriptionReader { state: State::New(Measured::new(source)) }
}

/// The rows of a table.
#[derive(Debug)]
pub struct DescriptionReader<R> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    New(Measured<R>),
    Open(Box<Rows<R>>),
    Done,
}

impl<R: Read> Iterator for DescriptionReader<R> {
    type Item = Result<DescriptionRow, TableProblem>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rows = match std::mem::replace(&mut self.state, State::Done) {
            State::New(source) => match Rows::open(source) {
                Ok(rows) => Box::new(rows),
                Err(problem) => return Some(Err(problem)),
            },
            State::Open(rows) => rows,
            State::Done => return None,
        };
        let row = rows.next_row()?;
        let ends = row.as_ref().is_err_and(|problem| problem.what.ends_the_table());
        if !ends {
            self.state = State::Open(rows);
        }
        Some(row)
    }
}

/// A table behind its header.
#[derive(Debug)]
struct Rows<R> {
    table: csv::Reader<Measured<R>>,
    header: Header,
    record: ByteRecord,
}

/// Which column stands where.
#[derive(Debug)]
struct Header {
    /// The names as the table has them; `None` is `asset`.
    columns: Vec<(String, Option<Column>)>,
}

impl<R: Read> Rows<R> {
    fn open(mut source: Measured<R>) -> Result<Self, TableProblem> {
        let delimiter = source.begin().map_err(|error| unreadable(1, &error))?;
        let mut table = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(source);
        let mut record = ByteRecord::new();
        let Some(line) = read_record(&mut table, &mut record)? else {
            return Err(TableProblem { line: 1, column: None, what: TableDefect::NoHeader });
        };
        let header = Header::read(line, &record)?;
        Ok(Self { table, header, record })
    }

    fn next_row(&mut self) -> Option<Result<DescriptionRow, TableProblem>> {
        loop {
            match read_record(&mut self.table, &mut self.record) {
                Ok(Some(_)) if self.record.iter().all(<[u8]>::is_empty) => {}
                Ok(Some(line)) => return Some(self.header.row(line, &self.record)),
                Ok(None) => return None,
                Err(problem) => return Some(Err(problem)),
            }
        }
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

impl Header {
    fn read(line: u64, record: &ByteRecord) -> Result<Self, TableProblem> {
        let mut columns: Vec<(String, Option<Column>)> = Vec::new();
        for name in record {
            let text = String::from_utf8_lossy(name).trim().to_owned();
            let fail = |what| TableProblem { line, column: Some(shown(&text)), what };
            let column = if text.eq_ignore_ascii_case(ASSET) {
                None
            } else {
                Some(Column::named(&text).ok_or_else(|| fail(TableDefect::UnknownColumn))?)
            };
            if columns.iter().any(|(_, known)| *known == column) {
                return Err(fail(TableDefect::RepeatedColumn));
            }
            columns.push((text, column));
        }
        if columns.iter().any(|(_, column)| column.is_none()) {
            Ok(Self { columns })
        } else {
            Err(TableProblem { line, column: None, what: TableDefect::NoAssetColumn })
        }
    }

    fn row(&self, line: u64, record: &ByteRecord) -> Result<DescriptionRow, TableProblem> {
        self.check_count(line, record)?;
        let mut row = DescriptionRow { line, asset: String::new(), fields: BTreeMap::new() };
        for ((name, column), bytes) in self.columns.iter().zip(record) {
            let text = str::from_utf8(bytes).map_err(|_| TableProblem {
                line,
                column: Some(name.clone()),
                what: TableDefect::NotUtf8,
            })?;
            match column {
                None => cell::unguarded(text.trim()).clone_into(&mut row.asset),
                Some(column) => {
                    row.fields.extend(cell::read(text).map(|cell| (column.clone(), cell)));
                }
            }
        }
        if row.asset.is_empty() {
            return Err(TableProblem { line, column: None, what: TableDefect::NoAsset });
        }
        Ok(row)
    }

    /// Spreadsheets may leave out empty cells at the end of a row. A row with a line break is
    /// taken at its word only if it is whole: a lost quote joins rows.
    fn check_count(&self, line: u64, record: &ByteRecord) -> Result<(), TableProblem> {
        let (found, expected) = (record.len(), self.columns.len());
        let has_break = record.iter().any(|cell| cell.contains(&b'\n'));
        let has_more = record.iter().skip(expected).any(|cell| !cell.is_empty());
        if has_more || (found < expected && has_break) {
            let what = TableDefect::CellCount { found, expected };
            return Err(TableProblem { line, column: None, what });
        }
        Ok(())
    }
}
