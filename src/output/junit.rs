//! JUnit XML for CI servers: a suite per asset, a case per finding.
//!
//! There is no schema that all readers share. This keeps to what they have in common: the counts
//! that some require, one failure in a case, nothing but attributes and text.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::Heading;
use super::human::summary_line;
use crate::domain::text::printable_text;
use crate::report::{Effect, ErrorLine, Found, Item, Sink, Summary};

/// The renderer for CI servers.
pub(super) struct Junit<'w> {
    out: &'w mut dyn Write,
    heading: Heading,
    begun: bool,
    /// The findings about one asset, until another one comes.
    suite: Vec<Found>,
    /// Sentences, for the last suite.
    told: Vec<String>,
}

impl<'w> Junit<'w> {
    pub(super) fn new(out: &'w mut dyn Write, heading: Heading) -> Self {
        Self { out, heading, begun: false, suite: Vec::new(), told: Vec::new() }
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let name = attribute(&format!("shelflife {}", self.heading.command));
        writeln!(self.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name={name}>")
    }

    fn finding(&mut self, found: &Found) -> io::Result<()> {
        if self.suite.last().is_some_and(|last| !last.shares_item_with(found)) {
            self.end_suite()?;
        }
        self.suite.push(found.clone());
        Ok(())
    }

    fn end_suite(&mut self) -> io::Result<()> {
        let suite = std::mem::take(&mut self.suite);
        let Some(first) = suite.first() else { return Ok(()) };
        let cases: Vec<_> = suite.iter().map(case).collect();
        self.suite_of(first.about(), &cases)
    }

    /// A suite with the counts that readers want before they see the cases.
    fn suite_of(&mut self, name: &str, cases: &[Case]) -> io::Result<()> {
        self.begin()?;
        let count = |element: &str| {
            cases
                .iter()
                .filter(|case| case.outcome.as_ref().is_some_and(|o| o.element == element))
                .count()
        };
        writeln!(
            self.out,
            " <testsuite name={} tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp={}>",
            attribute(name),
            cases.len(),
            count("failure"),
            count("error"),
            count("skipped"),
            attribute(&self.heading.now.to_string()),
        )?;
        cases.iter().try_for_each(|case| self.out.write_all(case.xml().as_bytes()))?;
        writeln!(self.out, " </testsuite>")
    }
}

impl Sink for Junit<'_> {
    fn item(&mut self, item: &Item, _dry_run: bool) -> io::Result<()> {
        match item {
            Item::Finding(found) => self.finding(found),
            Item::Failure { what, why, .. } => {
                self.end_suite()?;
                let outcome = Outcome { element: "error", message: why.clone() };
                let name = "read".to_owned();
                let case = Case { of: what.clone(), name, outcome: Some(outcome), said: None };
                self.suite_of(what, &[case])
            }
            Item::Text(text) => {
                self.told.push(text.clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The last suite is the run itself: a report without a case counts as broken with some.
    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()> {
        self.end_suite()?;
        let outcome =
            error.map(|error| Outcome { element: "error", message: error.message.clone() });
        let mut said = std::mem::take(&mut self.told);
        said.extend(summary_line(summary));
        let command = format!("shelflife {}", self.heading.command);
        let case = Case {
            of: command.clone(),
            name: "runs to its end".to_owned(),
            outcome,
            said: Some(said.join("\n")),
        };
        self.suite_of(&command, &[case])?;
        writeln!(self.out, "</testsuites>")?;
        self.out.flush()
    }
}

/// A `<testcase>`.
struct Case {
    of: String,
    name: String,
    outcome: Option<Outcome>,
    said: Option<String>,
}

struct Outcome {
    element: &'static str,
    message: String,
}

fn case(found: &Found) -> Case {
    let finding = &found.finding;
    let line = found.location.as_ref().and_then(|location| location.line);
    let line = line.map_or(String::new(), |line| format!(":{line}"));
    let severity = finding.severity.name();
    let place = format!("{severity} in {}{line}", found.file());
    let failed = |element, message| Some(Outcome { element, message });
    let (outcome, said) = match &found.effect {
        Effect::Decides => (failed("failure", finding.message.clone()), place),
        Effect::Accepted(why) => {
            (failed("skipped", format!("accepted: {why}")), format!("{place}: {}", finding.message))
        }
        Effect::Told => (None, format!("{place}: {}", finding.message)),
    };
    let name = format!("{} {}", finding.code, finding.name);
    Case { of: found.about().to_owned(), name, outcome, said: Some(said) }
}

impl Case {
    fn xml(&self) -> String {
        let (of, name) = (attribute(&self.of), attribute(&self.name));
        let mut xml = format!("  <testcase classname={of} name={name}>\n");
        if let Some(Outcome { element, message }) = &self.outcome {
            let _infallible = writeln!(xml, "   <{element} message={}/>", attribute(message));
        }
        if let Some(said) = &self.said {
            let lines: Vec<_> = said.lines().map(text).collect();
            let _infallible = writeln!(xml, "   <system-out>{}</system-out>", lines.join("\n"));
        }
        xml + "  </testcase>\n"
    }
}

/// The text in quotes.
fn attribute(value: &str) -> String {
    format!("\"{}\"", text(value).replace('"', "&quot;"))
}

/// The text with nothing in it that XML 1.0 forbids or reads as markup.
fn text(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in printable_text(value).chars() {
        match character {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => text.push(char::REPLACEMENT_CHARACTER),
            other => text.push(other),
        }
    }
    text
}
