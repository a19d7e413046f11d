//! Renderers: one file per format, each a [`Sink`] that writes items as they come.
//!
//! A renderer knows the report and nothing of the catalog. What came from outside is escaped
//! here, whatever the terminal. To add a format: write its file, then its `mod`, its variant and
//! its arms here.

mod csv;
mod github;
mod human;
mod json;
mod junit;
mod paint;
mod sarif;
mod sheet;
mod table;

use std::io::Write;

use crate::domain::time::Timestamp;
use crate::report::Sink;

pub use human::write_error;
pub use paint::Color;
pub use sarif::MOST_RESULTS;

/// How a command's report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines and tables for people
    Human,
    /// One JSON document, versioned
    Json,
    /// SARIF 2.1.0, for code scanning; findings only
    Sarif,
    /// JUnit XML, for CI servers; findings only
    Junit,
    /// Annotations in the log of GitHub Actions; findings only
    Github,
    /// A table for spreadsheets; findings only
    Csv,
}

impl Format {
    /// Whether the format has a place for nothing but findings.
    pub fn is_for_findings(self) -> bool {
        match self {
            Self::Human | Self::Json => false,
            Self::Sarif | Self::Junit | Self::Github | Self::Csv => true,
        }
    }
}

/// What a report is about.
#[derive(Debug, Clone, Copy)]
pub struct Heading {
    /// The command as typed: `context add`.
    pub command: &'static str,
    /// The instant that the command decided everything at.
    pub now: Timestamp,
    /// How to do what a dry run only showed, for commands that plan first.
    pub apply_with: Option<&'static str>,
}

/// How much is said beside the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verbosity {
    /// No sentences and no summary.
    Quiet,
    Normal,
    /// Also what the command was started with, on standard error.
    Verbose,
}

/// What the reader can see.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: Color,
    pub verbosity: Verbosity,
    /// Columns of the terminal; `None` where lines may have any length.
    pub width: Option<u16>,
}

/// The renderer of `format`, writing to `out`.
pub fn renderer<'w>(
    format: Format,
    out: &'w mut dyn Write,
    heading: Heading,
    style: Style,
) -> Box<dyn Sink + 'w> {
    match format {
        Format::Human => Box::new(human::Human::new(out, heading, style)),
        Format::Json => Box::new(json::Json::new(out, heading)),
        Format::Sarif => Box::new(sarif::Sarif::new(out, heading)),
        Format::Junit => Box::new(junit::Junit::new(out, heading)),
        Format::Github => Box::new(github::Github::new(out, heading)),
        Format::Csv => Box::new(csv::Csv::new(out)),
    }
}
