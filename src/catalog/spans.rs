//! Spans: what belongs to many assets or contexts, read in one go.
//!
//! A row per asset and query costs more in calls than in reading. What is asked for a span of
//! numbers comes back in their order, and each row finds its asset without a search.

use rusqlite::{Row, named_params};

use super::error::Result;
use super::open::Catalog;

/// Something that belongs to an asset, or a context.
pub(super) trait Numbered {
    /// The number of the asset or context.
    fn number(&self) -> i64;
}

/// Those further apart than this are asked for one after the other: what lies between them would
/// be read for nothing.
const WIDEST_GAP: i64 = 8;

impl Catalog {
    /// Gives every row of a query to the item that it belongs to. Items ascend by number.
    ///
    /// The query takes `:first` and `:last`, inclusive, and orders its rows by their first column,
    /// which is the item's number.
    pub(super) fn add_rows<T: Numbered>(
        &self,
        sql: &'static str,
        items: &mut [T],
        mut add: impl FnMut(&mut T, &Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let gap = |one: &T, next: &T| next.number().saturating_sub(one.number());
        for span in items.chunk_by_mut(|one, next| gap(one, next) <= WIDEST_GAP) {
            let (Some(first), Some(last)) = (span.first(), span.last()) else { continue };
            let between = named_params! { ":first": first.number(), ":last": last.number() };
            let mut rows = statement.query(between)?;
            let mut ahead = span.iter_mut().peekable();
            while let Some(row) = rows.next()? {
                let number = row.get(0)?;
                while ahead.next_if(|item| item.number() < number).is_some() {}
                if let Some(item) = ahead.peek_mut().filter(|item| item.number() == number) {
                    add(item, row)?;
                }
            }
        }
        Ok(())
    }
}
