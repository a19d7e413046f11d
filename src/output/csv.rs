//! Findings as a table for spreadsheets, one row each.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, Writer, WriterBuilder};

use crate::domain::text::printable_text;
use crate::report::{Effect, ErrorLine, Found, Item, Sink, Summary};

const COLUMNS: [&str; 10] = [
    "severity",
    "code",
    "name",
    "asset",
    "item",
    "file",
    "line",
    "message",
    "accepted",
    "fingerprint",
];

/// The renderer for spreadsheets.
pub(super) struct Csv<'w> {
    table: Writer<&'w mut dyn Write>,
    begun: bool,
}

impl<'w> Csv<'w> {
    pub(super) fn new(out: &'w mut dyn Write) -> Self {
        let mut table = WriterBuilder::new();
        table.quote_style(QuoteStyle::Always).terminator(Terminator::CRLF);
        Self { table: table.from_writer(out), begun: false }
    }

    fn begin(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.begun, true) {
            self.table.write_record(COLUMNS).map_err(not_written)?;
        }
        Ok(())
    }

    fn finding(&mut self, found: &Found) -> io::Result<()> {
        let Found { subject, location, finding, effect } = found;
        let accepted = match effect {
            Effect::Accepted(why) => why.as_str(),
            Effect::Decides | Effect::Told => "",
        };
        let asset = subject.as_ref().map_or(String::new(), |subject| subject.id.to_string());
        let line = location.as_ref().and_then(|location| location.line);
        let line = line.map_or(String::new(), |line| line.to_string());
        let (name, severity) = (finding.name, finding.severity.name());
        let fingerprint = found.fingerprint();
        self.row(&[
            severity,
            finding.code,
            name,
            &asset,
            found.about(),
            found.file(),
            &line,
            &finding.message,
            accepted,
            &fingerprint,
        ])
    }

    /// Something that went wrong: it has to be in the table, or the table would look complete.
    fn failure(&mut self, what: &str, why: &str) -> io::Result<()> {
        self.row(&["failed", "", "", "", what, "", "", why, "", ""])
    }

    fn row(&mut self, cells: &[&str; COLUMNS.len()]) -> io::Result<()> {
        self.begin()?;
        self.table.write_record(cells.map(guarded)).map_err(not_written)
    }
}

impl Sink for Csv<'_> {
    fn item(&mut self, item: &Item, _dry_run: bool) -> io::Result<()> {
        match item {
            Item::Finding(found) => self.finding(found),
            Item::Failure { what, why, .. } => self.failure(what, why),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, _summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        self.begin()?;
        if let Some(error) = error {
            self.failure("the command", &error.message)?;
        }
        self.table.flush()
    }
}

/// The failure of the stream itself: a closed pipe has to be recognized as one.
fn not_written(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// The text as a cell that no spreadsheet takes for a formula (OWASP, CSV Injection).
///
/// Spreadsheets may skip space before a formula, and some know the full-width signs.
fn guarded(text: &str) -> String {
    let begins = |c: char| "=+-@＝＋－＠\t\r\n".contains(c);
    let harmless = !text.starts_with(begins) && !text.trim_start().starts_with(begins);
    let shown = printable_text(text);
    if harmless { shown } else { format!("'{shown}") }
}
