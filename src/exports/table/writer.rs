//! Writes a table row by row.

use std::collections::BTreeSet;
use std::io::{self, Write};

use csv::{QuoteStyle, WriterBuilder};

use super::column::ASSET;
use super::{Column, DescriptionRow, cell};

/// Writes a table of descriptions with these columns, every cell quoted.
///
/// Fails if a row has a field that is not among the columns, for it would be lost.
pub fn write_descriptions(
    columns: &BTreeSet<Column>,
    rows: impl IntoIterator<Item = DescriptionRow>,
    out: impl Write,
) -> io::Result<()> {
    let mut table = WriterBuilder::new().quote_style(QuoteStyle::Always).from_writer(out);
    let names = columns.iter().map(ToString::to_string);
    table.write_record(std::iter::once(ASSET.to_owned()).chain(names))?;
    for row in rows {
        if let Some(lost) = row.fields.keys().find(|column| !columns.contains(column)) {
            let message = format!("the table has no column `{lost}`");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let cells = columns.iter().map(|column| cell::write(row.fields.get(column)));
        table.write_record(std::iter::once(cell::guarded(&row.asset)).chain(cells))?;
    }
    table.flush()
}
