//! Rows as aligned columns, a chunk at a time.
//!
//! The first chunk decides how wide the columns are; later ones keep them, so that a listing of a
//! million rows looks like one table and needs the memory of one chunk.

use std::io::{self, Write};

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Width};

use super::paint::STRONG;
use super::{Style, sheet};
use crate::report::Value;

const CHUNK: usize = 200;
/// Blank columns between two cells.
const GAP: u16 = 2;

/// A listing while its rows arrive.
pub(super) struct Table {
    kind: &'static str,
    names: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// Set by the first chunk.
    columns: Vec<Column>,
}

#[derive(Clone, Copy)]
struct Column {
    width: u16,
    alignment: CellAlignment,
}

impl Table {
    pub(super) fn new(kind: &'static str, fields: &[(&'static str, Value)]) -> Self {
        let names = fields.iter().map(|(name, _)| *name).collect();
        Self { kind, names, rows: Vec::new(), columns: fields.iter().map(column_of).collect() }
    }

    /// Whether a row of these fields belongs into this table.
    pub(super) fn takes(&self, kind: &str, fields: &[(&'static str, Value)]) -> bool {
        self.kind == kind && self.names.iter().eq(fields.iter().map(|(name, _)| name))
    }

    /// Adds a row, and writes the chunk that it completes.
    pub(super) fn push(
        &mut self,
        fields: &[(&'static str, Value)],
        out: &mut dyn Write,
        style: Style,
    ) -> io::Result<()> {
        self.rows.push(fields.iter().map(|(_, value)| sheet::in_a_line(value)).collect());
        if self.rows.len() < CHUNK { Ok(()) } else { self.write(out, style) }
    }

    /// Writes the rows that have not been written yet.
    pub(super) fn write(&mut self, out: &mut dyn Write, style: Style) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let first = self.columns.iter().all(|column| column.width == 0);
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        if let Some(width) = style.width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        if first {
            table.set_header(self.names.iter().map(|name| name.replace('_', " ").to_uppercase()));
        }
        table.add_rows(self.rows.drain(..).map(|row| row.into_iter().map(Cell::new)));
        self.arrange(&mut table, style.width);
        for (at, line) in table.lines().enumerate() {
            let line = line.trim_end();
            let header = first && at == 0;
            let line = if header { style.color.paint(STRONG, line) } else { line.into() };
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// Gives the columns their alignment and the widths of the first chunk.
    fn arrange(&mut self, table: &mut comfy_table::Table, width: Option<u16>) {
        let widths = table.column_max_content_widths();
        for ((column, shown), wanted) in
            self.columns.iter_mut().zip(table.column_iter_mut()).zip(widths)
        {
            shown.set_padding((0, GAP)).set_cell_alignment(column.alignment);
            if column.width == 0 {
                column.width = wanted.max(1);
            } else if width.is_none() {
                let least = Width::Fixed(column.width.saturating_add(GAP));
                shown.set_constraint(ColumnConstraint::LowerBoundary(least));
            }
        }
    }
}

fn column_of((_, value): &(&'static str, Value)) -> Column {
    let alignment = match value {
        Value::Number(_) => CellAlignment::Right,
        _ => CellAlignment::Left,
    };
    Column { width: 0, alignment }
}
