//! Reads a dump of a database row by row: `INSERT INTO … VALUES (…), (…);`.
//!
//! Only what mysqldump and its kin write is understood: statements of other kinds are passed over,
//! and no statement is ever run. One row is held at a time, and only to its limit.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::sync::Arc;

use super::dump_values::{Done, Values};
use super::tokens::{Token, Tokens};

/// The most bytes of one row that are held.
pub(super) const MAX_ROW: usize = 16 << 20;

/// One thing that a dump holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// The table is there, if only its definition.
    Table { name: String, columns: Vec<String> },
    /// Columns and values; one that is NULL, or no text and no number, is empty.
    Row(Row),
    /// The dump says that it is complete.
    End,
    /// A row was too long and is cut off.
    TooLong,
    /// A row holds an expression that is not understood.
    Unclear,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) table: Arc<str>,
    pub(super) columns: Arc<[String]>,
    pub(super) values: Vec<Vec<u8>>,
}

impl Row {
    /// The value of a column, by its name without regard to case.
    pub(super) fn get(&self, column: &str) -> Option<&[u8]> {
        let at = self.columns.iter().position(|name| name.eq_ignore_ascii_case(column))?;
        self.values.get(at).map(Vec::as_slice)
    }

    pub(super) fn text(&self, column: &str) -> String {
        String::from_utf8_lossy(self.get(column).unwrap_or_default()).into_owned()
    }

    pub(super) fn number(&self, column: &str) -> Option<i64> {
        std::str::from_utf8(self.get(column)?).ok()?.trim().parse().ok()
    }
}

/// What a statement turned out to be so far.
#[derive(Debug, Default)]
enum State {
    #[default]
    Outside,
    /// Something that is passed over up to its `;`.
    Other,
    /// `INSERT` or `REPLACE` was read; the table and its columns follow.
    Insert { table: Option<String>, columns: Vec<String>, in_columns: bool },
    /// Between rows, or in one.
    Values { row: Row, values: Values },
    /// `CREATE TABLE`: names of columns stand first in each part of the list.
    Create { table: Option<String>, columns: Vec<String>, depth: usize, is_first: bool },
}

/// The entries of a dump.
#[derive(Debug)]
pub(super) struct Dump<R> {
    tokens: Tokens<R>,
    state: State,
    /// The columns of tables as they were defined.
    columns: BTreeMap<String, Vec<String>>,
}

/// Tables whose columns are remembered. WordPress has twelve; plugins add some dozens.
const MAX_TABLES: usize = 4_096;
pub(super) const MAX_COLUMNS: usize = 512;

impl<R: BufRead> Dump<R> {
    pub(super) fn new(source: R) -> Self {
        let tokens = Tokens::new(source);
        Self { tokens, state: State::Outside, columns: BTreeMap::new() }
    }

    /// Finds the next entry. `None` at the end of the file.
    pub(super) fn find_next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let token = self.tokens.find_next()?;
            if self.tokens.take_end() && !self.is_inside() {
                // Only the end of the file can follow, or a statement of another dump.
                self.state = token.as_ref().map_or(State::Outside, begin);
                return Ok(Some(Entry::End));
            }
            let Some(token) = token else { return Ok(None) };
            if let Some(entry) = self.take(token) {
                return Ok(Some(entry));
            }
        }
    }

    /// The line at which the next token begins, or shortly before.
    pub(super) fn line(&self) -> u64 {
        self.tokens.line()
    }

    /// Whether a statement is open, which it is not at the end of a whole dump.
    pub(super) fn is_inside(&self) -> bool {
        !matches!(self.state, State::Outside)
    }

    fn take(&mut self, token: Token) -> Option<Entry> {
        match std::mem::take(&mut self.state) {
            State::Outside => {
                self.state = begin(&token);
                None
            }
            State::Other => {
                self.state = if token == Token::Sign(b';') { State::Outside } else { State::Other };
                None
            }
            State::Insert { table, columns, in_columns } => {
                self.insert(token, (table, columns, in_columns));
                None
            }
            State::Values { row, values } => self.value(token, row, values),
            State::Create { table, columns, depth, is_first } => {
                self.create(token, (table, columns, depth, is_first))
            }
        }
    }

    fn insert(
        &mut self,
        token: Token,
        (table, columns, in_columns): (Option<String>, Vec<String>, bool),
    ) {
        let mut next = (table, columns, in_columns);
        match token {
            Token::Sign(b';') => return,
            Token::Sign(b'(') => next.2 = true,
            Token::Sign(b')') => next.2 = false,
            Token::Word(word) if !next.2 && is_word(&word, &["VALUES", "VALUE"]) => {
                let table = next.0.unwrap_or_default();
                let columns = if next.1.is_empty() { self.columns_of(&table) } else { next.1 };
                let row = Row { table: table.into(), columns: columns.into(), values: Vec::new() };
                self.state = State::Values { row, values: Values::default() };
                return;
            }
            Token::Word(word) if next.0.is_none() && is_word(&word, &["INTO", "IGNORE"]) => {}
            Token::Word(name) | Token::Name(name) | Token::Text(name) => {
                let name = String::from_utf8_lossy(&name).into_owned();
                if next.2 && next.1.len() < MAX_COLUMNS {
                    next.1.push(name);
                } else if !next.2 {
                    next.0 = Some(name);
                }
            }
            Token::Sign(_) => {}
        }
        let (table, columns, in_columns) = next;
        self.state = State::Insert { table, columns, in_columns };
    }

    fn value(&mut self, token: Token, row: Row, mut values: Values) -> Option<Entry> {
        if token == Token::Sign(b';') && !values.is_in_row() {
            return None;
        }
        let done = values.take(token).map(|done| match done {
            Done::Values(values) => Entry::Row(Row { values, ..row.clone() }),
            Done::TooLong => Entry::TooLong,
            Done::Unclear => Entry::Unclear,
        });
        self.state = State::Values { row, values };
        done
    }

    fn create(
        &mut self,
        token: Token,
        (mut table, mut columns, mut depth, mut is_first): (
            Option<String>,
            Vec<String>,
            usize,
            bool,
        ),
    ) -> Option<Entry> {
        match token {
            Token::Sign(b';') => {
                let name = table?;
                if self.columns.len() < MAX_TABLES {
                    self.columns.insert(name.clone(), columns.clone());
                }
                return Some(Entry::Table { name, columns });
            }
            Token::Sign(b'(') => {
                depth += 1;
                is_first = depth == 1;
            }
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(b',') => is_first = depth == 1,
            Token::Name(name) if depth == 0 => {
                table = Some(String::from_utf8_lossy(&name).into_owned());
            }
            Token::Name(name) if is_first => {
                is_first = false;
                if columns.len() < MAX_COLUMNS {
                    columns.push(String::from_utf8_lossy(&name).into_owned());
                }
            }
            _ => is_first = false,
        }
        self.state = State::Create { table, columns, depth, is_first };
        None
    }

    fn columns_of(&self, table: &str) -> Vec<String> {
        self.columns.get(table).cloned().unwrap_or_default()
    }
}

fn begin(token: &Token) -> State {
    match token {
        Token::Word(word) if is_word(word, &["INSERT", "REPLACE"]) => {
            State::Insert { table: None, columns: Vec::new(), in_columns: false }
        }
        Token::Word(word) if is_word(word, &["CREATE"]) => {
            State::Create { table: None, columns: Vec::new(), depth: 0, is_first: false }
        }
        Token::Sign(b';') => State::Outside,
        _ => State::Other,
    }
}

fn is_word(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &str, capacity: usize) -> Vec<Row> {
        let mut dump = Dump::new(io::BufReader::with_capacity(capacity, text.as_bytes()));
        let mut rows = Vec::new();
        while let Some(entry) = dump.find_next().unwrap() {
            if let Entry::Row(row) = entry {
                rows.push(row);
            }
        }
        rows
    }

    const POSTS: &str = "-- MySQL dump\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `wp_posts`;\n\
        CREATE TABLE `wp_posts` (\n `ID` bigint(20) NOT NULL,\n `post_title` text COLLATE x DEFAULT '(',\n\
        PRIMARY KEY (`ID`),\n KEY `k` (`post_title`(191))\n);\n";

    #[test]
    fn rows_come_with_their_columns_and_without_escapes() {
        let text = format!(
            "{POSTS}INSERT INTO `wp_posts` VALUES (1,'it''s \\'a\\' \\\\ \\n;),('),(-2,NULL);\n\
             INSERT IGNORE INTO wp_x (`a`, b) VALUES (_binary '_q', 0x4a);"
        );
        for capacity in [1, 7, 1_000] {
            let found = rows(&text, capacity);
            assert_eq!(found.len(), 3, "{found:?}");
            assert_eq!(*found[0].columns, ["ID", "post_title"]);
            assert_eq!(found[0].text("post_title"), "it's 'a' \\ \n;),(");
            assert_eq!(found[1].number("id"), Some(-2));
            assert_eq!(found[1].text("post_title"), "");
            assert_eq!((&*found[2].table, found[2].text("a")), ("wp_x", "_q".to_owned()));
        }
    }

    #[test]
    fn values_are_read_in_each_form_that_dumps_have() {
        for (value, text) in [
            ("'tea'", "tea"),
            ("0x746561", "tea"),
            ("X'746561'", "tea"),
            ("x'746561'", "tea"),
            ("_binary 'tea'", "tea"),
            ("_utf8mb4'tea'", "tea"),
            ("_binary 0x746561", "tea"),
            ("CONVERT('tea' USING utf8mb4)", "tea"),
            ("CAST('tea' AS JSON)", "tea"),
            ("convert(_binary 'tea' using utf8)", "tea"),
            ("UNHEX('746561')", "tea"),
            ("NULL", ""),
            ("'NULL'", "NULL"),
            ("- 1", "1"),
            ("-1.5", "-1.5"),
        ] {
            let found = rows(&format!("INSERT INTO t (a,b,c) VALUES (1,{value},7);"), 3);
            assert_eq!(found[0].text("b"), text, "{value}");
            assert_eq!(found[0].number("c"), Some(7), "{value}");
        }
        let long = "74".repeat(3_000);
        let found = rows(&format!("INSERT INTO t (a,b) VALUES (0x{long},7);"), 100);
        assert_eq!(found[0].text("a").len(), 3_000);
    }

    #[test]
    fn an_expression_that_is_not_understood_is_told() {
        for value in ["COMPRESS('x')", "'a' || 'b'", "0x74656", "@x"] {
            let text = format!("INSERT INTO t (a,b) VALUES ({value},7),('x',8);");
            let mut dump = Dump::new(text.as_bytes());
            assert_eq!(dump.find_next().unwrap(), Some(Entry::Unclear), "{value}");
            assert!(matches!(dump.find_next().unwrap(), Some(Entry::Row(_))), "{value}");
        }
    }

    #[test]
    fn the_end_of_a_dump_is_told() {
        let mut dump =
            Dump::new(&b"INSERT INTO t VALUES (1);\n-- Dump completed on 2026-11-20\n"[..]);
        let mut entries = Vec::new();
        while let Some(entry) = dump.find_next().unwrap() {
            entries.push(entry);
        }
        assert_eq!(entries.last(), Some(&Entry::End));
        assert!(!dump.is_inside());
        let mut cut = Dump::new(&b"INSERT INTO t VALUES (1),(2,'a"[..]);
        while cut.find_next().unwrap().is_some() {}
        assert!(cut.is_inside());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_their_end(text in "[INSERTOVALUCTB ()',;`\"\\\\a-z0-9/*#\n-]{0,200}") {
            prop_assert_eq!(rows(&text, 3), rows(&text, 1_000));
        }

        #[test]
        fn every_escaped_value_comes_back(value in "\\PC{0,40}") {
            let escaped = value.replace('\\', "\\\\").replace('\'', "\\'");
            let found = rows(&format!("INSERT INTO t (a,b) VALUES ('{escaped}',7);"), 5);
            prop_assert_eq!(found[0].text("a"), value);
            prop_assert_eq!(found[0].number("b"), Some(7));
        }
    }
}
