//! Rows as they are compared: column by column, as plain values.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rusqlite::types::ValueRef;
use rusqlite::{Row, ToSql};
use serde_json::Value;

use super::super::error::{CatalogError, Result};
use super::super::open::Catalog;
use super::{Contradiction, Visit};
use crate::domain::text::printable;

/// What the log says of a row: a column that it does not tell of is not in it.
pub(super) type Told = BTreeMap<&'static str, Value>;
/// A row as the table has it.
pub(super) type Held = BTreeMap<String, Value>;

/// Where a comparison is: what it is about, in words, and in which table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot<'a> {
    pub(super) about: &'a str,
    pub(super) table: &'static str,
}

/// A text that the row borrows.
pub(super) fn text<'r>(row: &'r Row<'_>, column: usize) -> Result<&'r str> {
    let text = row.get_ref(column)?.as_str();
    text.map_err(|_| CatalogError::damaged("a cell of the audit log is no text"))
}

/// The rows of a query about `key`, in its order.
pub(super) fn held(catalog: &Catalog, sql: &'static str, key: &dyn ToSql) -> Result<Vec<Held>> {
    let mut statement = catalog.conn.prepare_cached(sql)?;
    let names: Vec<_> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.query([key])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        held.push(cells(row, &names)?);
    }
    Ok(held)
}

fn cells(row: &Row<'_>, names: &[String]) -> Result<Held> {
    let cell =
        |(index, name): (usize, &String)| Ok((name.clone(), value(row.get_ref(index)?, name)));
    names.iter().enumerate().map(cell).collect()
}

const PATHS: [&str; 4] = ["path", "to_folder", "from_folder", "from_name"];

/// Paths are told as people read them, other bytes as digits.
fn value(cell: ValueRef<'_>, name: &str) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.to_string().into(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into(),
        ValueRef::Blob(bytes) if PATHS.contains(&name) => printable(bytes).into(),
        ValueRef::Blob(bytes) => {
            let mut digits = String::with_capacity(bytes.len() * 2);
            for byte in bytes {
                let _infallible = write!(digits, "{byte:02x}");
            }
            digits.into()
        }
    }
}

/// Compares the columns that the log tells of.
pub(super) fn compare(
    spot: Spot<'_>,
    told: Option<&Told>,
    held: Option<&Held>,
    visit: &mut Visit<'_>,
) {
    match (told, held) {
        (None, None) => {}
        (Some(_), None) => visit(spot.differs("row", "there", "not there")),
        (None, Some(_)) => visit(spot.differs("row", "not there", "there")),
        (Some(told), Some(held)) => {
            for (column, value) in told {
                let found = held.get(*column).unwrap_or(&Value::Null);
                if found != value {
                    visit(spot.differs(column, &shown(value), &shown(found)));
                }
            }
        }
    }
}

/// Compares rows that have a key of their own.
pub(super) fn compare_all(
    spot: Spot<'_>,
    told: &BTreeMap<String, Told>,
    held: &BTreeMap<String, Held>,
    visit: &mut Visit<'_>,
) {
    let more = held.keys().filter(|key| !told.contains_key(*key));
    for key in told.keys().chain(more) {
        let about = format!("{} {key}", spot.about);
        compare(Spot { about: &about, ..spot }, told.get(key), held.get(key), visit);
    }
}

/// Rows by the text of one of their columns.
pub(super) fn by_key(held: Vec<Held>, column: &str) -> BTreeMap<String, Held> {
    let key = |row: &Held| row.get(column).map(shown).unwrap_or_default();
    held.into_iter().map(|row| (key(&row), row)).collect()
}

/// Rows that are told apart by nothing but their order, numbered from 1.
pub(super) fn in_order<R>(rows: impl IntoIterator<Item = R>) -> BTreeMap<String, R> {
    (1..).zip(rows).map(|(number, row): (u64, R)| (format!("no. {number:04}"), row)).collect()
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Spot<'_> {
    pub(super) fn differs(self, column: &str, log: &str, table_has: &str) -> Contradiction {
        Contradiction {
            about: self.about.to_owned(),
            table: self.table,
            column: column.to_owned(),
            log: log.to_owned(),
            table_has: table_has.to_owned(),
        }
    }
}
