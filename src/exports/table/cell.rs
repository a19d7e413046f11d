//! How a text stands in a cell.

use super::Cell;

/// What clears a field.
const CLEAR: &str = "-";
const GUARD: char = '\'';

/// Whether a spreadsheet may take a cell that begins like this for a formula (OWASP, CSV
/// Injection): they may skip space before it, and some know the full-width signs.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(|c: char| "=+-@＝＋－＠".contains(c))
}

/// Whether the text needs a guard, or is one that has it: any number of guards, then a formula.
fn is_guarded_or_formula(text: &str) -> bool {
    begins_formula(text.trim_start_matches(GUARD))
}

/// The text as it is written into a cell.
pub(super) fn guarded(text: &str) -> String {
    if is_guarded_or_formula(text) { format!("{GUARD}{text}") } else { text.to_owned() }
}

/// The text that a cell was written from.
pub(super) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix(GUARD) {
        Some(text) if is_guarded_or_formula(text) => text,
        _ => cell,
    }
}

/// What a cell says; `None` if it is empty.
pub(super) fn read(cell: &str) -> Option<Cell> {
    match cell {
        "" => None,
        CLEAR => Some(Cell::Clear),
        text => Some(Cell::Set(unguarded(text).to_owned())),
    }
}

pub(super) fn write(cell: Option<&Cell>) -> String {
    match cell {
        None => String::new(),
        Some(Cell::Clear) => CLEAR.to_owned(),
        Some(Cell::Set(text)) => guarded(text),
    }
}
