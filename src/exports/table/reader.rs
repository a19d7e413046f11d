//! Reads a table row by row.

use std::collections::BTreeMap;
use std::io::Read;

use csv::ByteRecord;

use super::column::ASSET;
use super::records::Records;
use super::{Column, DescriptionRow, TableDefect, TableProblem, cell};
use crate::exports::problem::shown;

/// Reads a table of descriptions. Gives every row that can be read, and a problem for each other.
///
/// The first row is the header. The cells are parted by `,`, or by `;` where the header is, as
/// spreadsheets write in much of Europe.
pub fn read_descriptions<R: Read>(source: R) -> DescriptionReader<R> {
    DescriptionReader { state: State::New(source) }
}

/// The rows of a table.
#[derive(Debug)]
pub struct DescriptionReader<R> {
    state: State<R>,
}

#[derive(Debug)]
enum State<R> {
    New(R),
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
    records: Records<R>,
    header: Header,
}

/// Which column stands where.
#[derive(Debug)]
struct Header {
    /// The names as the table has them; `None` is `asset`.
    columns: Vec<(String, Option<Column>)>,
}

impl<R: Read> Rows<R> {
    fn open(source: R) -> Result<Self, TableProblem> {
        let (line, records) = Records::open(source)?;
        let header = Header::read(line, records.record())?;
        Ok(Self { records, header })
    }

    fn next_row(&mut self) -> Option<Result<DescriptionRow, TableProblem>> {
        let line = self.records.next_row()?;
        Some(line.and_then(|line| {
            self.records.check_count(line, self.header.columns.len())?;
            self.header.row(line, self.records.record())
        }))
    }
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
}
