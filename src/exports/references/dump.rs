//! Reads a dump of a database row by row: `INSERT INTO … VALUES (…), (…);`.
//!
//! Only what mysqldump and its kin write is understood: statements of other kinds are passed over,
//! and no statement is ever run. One row is held at a time, and only to its limit.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::sync::Arc;

use super::tokens::{Token, Tokens};

/// The most bytes of one row that are held.
pub(super) const MAX_ROW: usize = 16 << 20;

/// One thing that a dump holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// The table is there, if only its definition.
    Table(String),
    /// Columns and values; one that is NULL, or no text and no number, is empty.
    Row(Row),
    /// The dump says that it is complete.
    End,
    /// A row was too long and is cut off.
    TooLong,
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
    Values { row: Row, in_row: bool, bytes: usize, is_cut: bool },
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
const MAX_COLUMNS: usize = 512;

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
            State::Values { row, in_row, bytes, is_cut } => {
                self.value(token, (row, in_row, bytes, is_cut))
            }
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
                self.state = State::Values { row, in_row: false, bytes: 0, is_cut: false };
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

    fn value(
        &mut self,
        token: Token,
        (mut row, mut in_row, mut bytes, mut is_cut): (Row, bool, usize, bool),
    ) -> Option<Entry> {
        let mut done = None;
        match token {
            Token::Sign(b';') if !in_row => return None,
            Token::Sign(b'(') if !in_row => {
                (in_row, bytes, is_cut) = (true, 0, false);
                row.values.clear();
            }
            Token::Sign(b')') if in_row => {
                in_row = false;
                let values = std::mem::take(&mut row.values);
                let whole = Row { values, ..row.clone() };
                done = Some(if is_cut { Entry::TooLong } else { Entry::Row(whole) });
            }
            // A charset introducer, such as `_binary`, stands before its text.
            Token::Word(word) if word.starts_with(b"_") => {}
            Token::Text(value) | Token::Word(value) if in_row => {
                bytes += value.len();
                is_cut |= bytes > MAX_ROW || row.values.len() == MAX_COLUMNS;
                if !is_cut {
                    let is_null = value.eq_ignore_ascii_case(b"NULL");
                    row.values.push(if is_null { Vec::new() } else { value });
                }
            }
            _ => {}
        }
        self.state = State::Values { row, in_row, bytes, is_cut };
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
                let table = table?;
                if self.columns.len() < MAX_TABLES {
                    self.columns.insert(table.clone(), columns);
                }
                return Some(Entry::Table(table));
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
