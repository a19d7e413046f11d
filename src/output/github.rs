//! Annotations of GitHub Actions: one workflow command per finding.
//!
//! GitHub shows ten errors and ten warnings of a step; the lines of all are in its log.

use std::io::{self, Write};

use super::Heading;
use super::human::summary_line;
use crate::domain::text::printable_text;
use crate::domain::validation::Severity;
use crate::report::{Effect, ErrorLine, Found, Item, Sink, Summary};

/// The renderer for the log of a workflow.
pub(super) struct Github<'w> {
    out: &'w mut dyn Write,
    heading: Heading,
}

impl<'w> Github<'w> {
    pub(super) fn new(out: &'w mut dyn Write, heading: Heading) -> Self {
        Self { out, heading }
    }

    fn finding(&mut self, found: &Found) -> io::Result<()> {
        let finding = &found.finding;
        let command = match (&found.effect, finding.severity) {
            (Effect::Accepted(_), _) | (_, Severity::Note | Severity::Off) => "notice",
            (_, Severity::Warning) => "warning",
            (_, Severity::Error) => "error",
        };
        let line = found.location.as_ref().and_then(|location| location.line);
        let line = line.map_or(String::new(), |line| format!(",line={line}"));
        let title = format!("{} {}", finding.code, finding.name);
        let mut text = match found.about() {
            about if about == found.file() || about.is_empty() => finding.message.clone(),
            about => format!("{about}: {}", finding.message),
        };
        if let Effect::Accepted(why) = &found.effect {
            text = format!("accepted ({why}): {text}");
        }
        let (file, title) = (property(found.file()), property(&title));
        writeln!(self.out, "::{command} file={file}{line},title={title}::{}", data(&text))
    }

    fn note(&mut self, command: &str, text: &str) -> io::Result<()> {
        let title = property(&format!("shelflife {}", self.heading.command));
        writeln!(self.out, "::{command} title={title}::{}", data(text))
    }
}

impl Sink for Github<'_> {
    fn item(&mut self, item: &Item, _dry_run: bool) -> io::Result<()> {
        match item {
            Item::Finding(found) => self.finding(found),
            Item::Failure { what, why, .. } => self.note("error", &format!("{what}: {why}")),
            Item::Text(text) => self.note("notice", text),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        if let Some(error) = error {
            self.note("error", &error.message)?;
        }
        let line = summary_line(summary).unwrap_or_else(|| "nothing to report".to_owned());
        self.note("notice", &line)?;
        self.out.flush()
    }
}

/// A text after `::`. It cannot begin another command, for it stays on its line.
fn data(text: &str) -> String {
    printable_text(text).replace('%', "%25")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
