//! Tables: our own CSV of descriptions, and what others write about attachments.
//!
//! A table of descriptions has one row for each asset and one column for each field.
//! An empty cell leaves a field as it is, a single `-` clears it. Cells that a spreadsheet would
//! take for a formula are written with a `'` before them, which reading takes off again, so what
//! was written is read back unchanged.

pub(super) mod attachments;
mod cell;
mod column;
mod measured;
mod reader;
mod records;
mod writer;

use std::collections::BTreeMap;

pub use self::attachments::AttachmentTable;
pub use self::column::Column;
pub use self::reader::{DescriptionReader, read_descriptions};
pub use self::writer::write_descriptions;

/// What a cell says about a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Forget what is recorded.
    Clear,
    /// Never empty: an empty cell says nothing.
    Set(String),
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DescriptionRow {
    /// Counted from 1, with the header. Not written.
    pub line: u64,
    /// An id, a path or `sha256:PREFIX`.
    pub asset: String,
    /// The cells that are not empty.
    pub fields: BTreeMap<Column, Cell>,
}

/// Why a row, or the whole table, was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}{}: {what}", place(column.as_deref()))]
pub struct TableProblem {
    /// Counted from 1, with the header.
    pub line: u64,
    /// The name of the column, as the table has it.
    pub column: Option<String>,
    pub what: TableDefect,
}

fn place(column: Option<&str>) -> String {
    column.map(|name| format!(", column `{name}`")).unwrap_or_default()
}

/// What is wrong in a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableDefect {
    #[error("there is no such column (known are {})", Column::known().join(", "))]
    UnknownColumn,
    #[error("the column is there twice")]
    RepeatedColumn,
    #[error("the header has no column `asset`")]
    NoAssetColumn,
    #[error("the table is empty; it begins with a header")]
    NoHeader,
    #[error("no column tells which attachments or files the rows are about")]
    NoNamingColumn,
    #[error("the row names no asset")]
    NoAsset,
    #[error("the row names neither an attachment nor a file")]
    NamesNothing,
    #[error("the row has {found} cells where the header has {expected}")]
    CellCount { found: usize, expected: usize },
    #[error("the text is not UTF-8; save the table as `CSV UTF-8`")]
    NotUtf8,
    #[error("a quote is not closed")]
    OpenQuote,
    #[error("a quote stands inside a cell; was one lost, or is it to be doubled?")]
    MisplacedQuote,
    #[error("the row is longer than {limit} bytes; is a quote not closed?")]
    TooLong { limit: usize },
    #[error("cannot read on: {0}")]
    Unreadable(String),
}

impl TableDefect {
    /// Whether nothing can be read after it.
    pub fn ends_the_table(&self) -> bool {
        match self {
            Self::UnknownColumn
            | Self::RepeatedColumn
            | Self::NoAssetColumn
            | Self::NoNamingColumn
            | Self::NoHeader
            | Self::OpenQuote
            | Self::MisplacedQuote
            | Self::TooLong { .. }
            | Self::Unreadable(_) => true,
            Self::NoAsset | Self::NamesNothing | Self::CellCount { .. } | Self::NotUtf8 => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn read(table: impl AsRef<[u8]>) -> Vec<Result<DescriptionRow, TableProblem>> {
        read_descriptions(table.as_ref()).collect()
    }

    fn rows(table: impl AsRef<[u8]>) -> Vec<DescriptionRow> {
        read(table).into_iter().map(Result::unwrap).collect()
    }

    fn row(line: u64, asset: &str, fields: &[(Column, &str)]) -> DescriptionRow {
        let set = |(column, text): &(Column, &str)| (column.clone(), Cell::Set((*text).to_owned()));
        DescriptionRow { line, asset: asset.to_owned(), fields: fields.iter().map(set).collect() }
    }

    fn problems(table: impl AsRef<[u8]>) -> Vec<String> {
        read(table).into_iter().filter_map(Result::err).map(|problem| problem.to_string()).collect()
    }

    #[test]
    fn empty_cells_say_nothing_and_a_dash_clears() {
        let table = "asset,title,owner,alt:de-AT\n7,Tea,,-\n8,,,\n";
        let mut tea = row(2, "7", &[(Column::Title, "Tea")]);
        tea.fields.insert(Column::Alt(Some("de-AT".to_owned())), Cell::Clear);
        assert_eq!(rows(table), [tea, row(3, "8", &[])]);
    }

    #[test]
    fn tables_of_european_spreadsheets_are_read() {
        let table = "\u{feff}Asset;Title;Placements\r\n7;\"a, b\";\"home;shop\"\r\n";
        let expected = [(Column::Title, "a, b"), (Column::Placements, "home;shop")];
        assert_eq!(rows(table), [row(2, "7", &expected)]);
        assert_eq!(Column::list(" home; shop;;").collect::<Vec<_>>(), ["home", "shop"]);
    }

    #[test]
    fn rows_keep_their_lines_over_line_breaks_and_blank_rows() {
        let table = "asset,title,owner\n1,\"two\nlines\",o\n\n,,\n2,b\n";
        let found: Vec<_> = rows(table).into_iter().map(|row| (row.line, row.asset)).collect();
        assert_eq!(found, [(2, "1".to_owned()), (6, "2".to_owned())]);
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        for end in ["\n", "\r\n", "\r"] {
            let table = ["", "asset,title", "1,a", "", "2,\"b", "c\"", "3,d"].join(end);
            let lines: Vec<_> = rows(table).iter().map(|row| row.line).collect();
            assert_eq!(lines, [3, 5, 7], "{end:?}");
        }
    }

    #[test]
    fn an_unknown_column_is_named_with_those_that_are_known() {
        let message = problems("asset,Autor\n7,x\n").remove(0);
        assert!(message.starts_with(
            "line 1, column `Autor`: there is no such column (known are asset, path, title, alt, "
        ));
        assert!(message.ends_with("no_expiry_reason, alt:LOCALE, alt_reviewed_by:LOCALE)"));
        assert_eq!(read("asset,Autor\n7,x\n").len(), 1, "nothing after it is read");
        for locale in ["alt:", "alt:d", "alt:de AT", "alt:../x", "title:de", "alt:de:at"] {
            assert!(problems(format!("asset,{locale}\n"))[0].contains("no such column"));
        }
    }

    #[test]
    fn every_problem_has_its_line() {
        let cases: [(&[u8], &str); 11] = [
            (b"", "line 1: the table is empty; it begins with a header"),
            (b"title,owner\n", "line 1: the header has no column `asset`"),
            (b"asset,title,TITLE\n", "line 1, column `TITLE`: the column is there twice"),
            (b"asset,title\n\n ,x\n", "line 3: the row names no asset"),
            (b"asset,title\n1,a,b\n", "line 2: the row has 3 cells where the header has 2"),
            (b"asset,title,owner\n1,\"a\n2,b\"\n", "line 2: the row has 2 cells where the header"),
            (b"asset,title,owner\n0,,\n1,\"a\n2,\"b\",c\n", "line 3: a quote stands inside a cell"),
            (b"asset,title\n1,a\n2,5\" nail\n", "line 3: a quote stands inside a cell"),
            (
                b"asset,title\n1,a\n2,caf\xe9\n",
                "line 3, column `title`: the text is not UTF-8; save the table as `CSV UTF-8`",
            ),
            (b"asset,title\n1,a\n2,\"b\n3,c\n", "line 3: a quote is not closed"),
            (
                b"\xff\xfea\0s\0",
                "line 1, column `\u{fffd}\u{fffd}a\\u{0}s\\u{0}`: there is no such column",
            ),
        ];
        for (table, expected) in cases {
            let found = problems(table);
            let first = found.first().map(String::as_str).unwrap_or_default();
            assert!(first.starts_with(expected), "{found:?} for {expected}");
        }
    }

    #[test]
    fn a_bad_row_does_not_hide_the_next() {
        let found = read(b"asset,title\n,x\n1,caf\xe9\n2,b\n");
        assert_eq!(found.len(), 3);
        assert_eq!(found[2], Ok(row(4, "2", &[(Column::Title, "b")])));
    }

    #[test]
    fn a_row_without_end_is_not_held() {
        struct Endless(u64);
        impl std::io::Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.0 += buffer.len() as u64;
                assert!(self.0 < 20 << 20, "read on without end");
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        let table = std::io::Read::chain(b"asset,title\n1,\"".as_slice(), Endless(0));
        let found: Vec<_> = read_descriptions(table).collect();
        let problem = found[0].as_ref().unwrap_err();
        assert_eq!((found.len(), problem.line), (1, 2));
        assert!(matches!(problem.what, TableDefect::TooLong { .. }));
    }

    #[test]
    fn no_cell_that_is_written_begins_a_formula() {
        let payloads =
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "'=1", "''-", "-", "'", "'a'"];
        let columns = BTreeSet::from([Column::Title]);
        for payload in payloads {
            let mut out = Vec::new();
            let written = row(2, payload, &[(Column::Title, payload)]);
            write_descriptions(&columns, [written.clone()], &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            let cell = text.strip_prefix("\"asset\",\"title\"\n\"").unwrap();
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{text}");
            let fields = &rows(&text)[0].fields;
            assert_eq!(*fields, written.fields, "{text}");
        }
    }

    #[test]
    fn a_field_without_a_column_is_not_lost_in_silence() {
        let written = row(2, "7", &[(Column::Owner, "o")]);
        let error = write_descriptions(&BTreeSet::new(), [written], Vec::new()).unwrap_err();
        assert_eq!(error.to_string(), "the table has no column `owner`");
    }

    fn any_column() -> impl Strategy<Value = Column> {
        prop_oneof![
            3 => (1..Column::known().len() - 2)
                .prop_map(|at| Column::named(Column::known()[at]).unwrap()),
            1 => "[a-z]{2}(-[A-Z]{2})?".prop_map(|locale| Column::Alt(Some(locale))),
            1 => "[a-z]{2}(-[A-Z]{2})?".prop_map(|locale| Column::AltReviewedBy(Some(locale))),
        ]
    }

    fn any_cell() -> impl Strategy<Value = Cell> {
        prop_oneof![
            1 => Just(Cell::Clear),
            3 => "['=+@\t\r\n;,\"x-]{1,6}".prop_map(Cell::Set),
            2 => "\\PC{1,20}".prop_map(Cell::Set),
        ]
    }

    fn any_row() -> impl Strategy<Value = DescriptionRow> {
        let fields = proptest::collection::btree_map(any_column(), any_cell(), 0..6);
        ("['=+@-]{0,3}[a-z0-9/.]{1,10}", fields).prop_map(|(asset, fields)| DescriptionRow {
            line: 0,
            asset,
            fields,
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(written in proptest::collection::vec(any_row(), 0..5)) {
            let columns = written.iter().flat_map(|row| row.fields.keys().cloned()).collect();
            let mut out = Vec::new();
            write_descriptions(&columns, written.clone(), &mut out).unwrap();
            let mut found = rows(&out);
            for row in &mut found {
                prop_assert!(row.line > 1);
                row.line = 0;
            }
            prop_assert_eq!(found, written);
        }

        #[test]
        fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(read(&bytes).len() <= 1 + bytes.len());
            prop_assert!(read([b"asset,title\n".as_slice(), &bytes].concat()).len() <= 1 + bytes.len());
        }
    }
}
