//! One thing in full: `key: value` lines, with lists and records beneath.

use std::io::{self, Write};

use super::Style;
use super::paint::STRONG;
use crate::domain::text::printable_text;
use crate::report::Value;

const STEP: usize = 2;

/// Writes the fields, each on its own line.
pub(super) fn write(
    fields: &[(&'static str, Value)],
    out: &mut dyn Write,
    style: Style,
) -> io::Result<()> {
    write_fields(fields, 0, out, style)
}

fn write_fields(
    fields: &[(&'static str, Value)],
    indent: usize,
    out: &mut dyn Write,
    style: Style,
) -> io::Result<()> {
    for (name, value) in fields {
        let margin = " ".repeat(indent);
        let name = style.color.paint(STRONG, format!("{}:", name.replace('_', " ")));
        match value {
            Value::Record(fields) if !fields.is_empty() => {
                writeln!(out, "{margin}{name}")?;
                write_fields(fields, indent + STEP, out, style)?;
            }
            Value::List(values) if !values.iter().all(is_plain) => {
                writeln!(out, "{margin}{name}")?;
                write_entries(values, indent + STEP, out)?;
            }
            _ => writeln!(out, "{margin}{name} {}", in_a_line(value))?,
        }
    }
    Ok(())
}

/// Writes one line per entry; a record's fields follow each other in it.
fn write_entries(values: &[Value], indent: usize, out: &mut dyn Write) -> io::Result<()> {
    for value in values {
        writeln!(out, "{}- {}", " ".repeat(indent), in_a_line(value))?;
    }
    Ok(())
}

/// Whether several such values can share a line and still be told apart.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Nothing | Value::Number(_) | Value::Truth(_) => true,
        Value::Text(text) => !text.contains([' ', ',']),
        Value::List(_) | Value::Record(_) => false,
    }
}

/// The value as printable text without a line break.
pub(super) fn in_a_line(value: &Value) -> String {
    match value {
        Value::Nothing => "-".to_owned(),
        Value::Text(text) => printable_text(text),
        Value::Number(number) => number.to_string(),
        Value::Truth(true) => "yes".to_owned(),
        Value::Truth(false) => "no".to_owned(),
        Value::List(values) if values.is_empty() => "-".to_owned(),
        Value::List(values) => values.iter().map(in_a_line).collect::<Vec<_>>().join(", "),
        Value::Record(fields) => {
            let shown = fields.iter().filter(|(_, value)| *value != Value::Nothing);
            let parts: Vec<_> = shown
                .map(|(name, value)| format!("{} {}", name.replace('_', " "), in_a_line(value)))
                .collect();
            parts.join(", ")
        }
    }
}
