//! What can be wrong with a configuration file, and where in it.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::domain::text::printable_text;

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}", path.display())]
    Read { path: PathBuf, source: io::Error },

    #[error("the configuration {} is not a regular file", path.display())]
    NotAFile { path: PathBuf },

    #[error("the configuration {} is larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },

    #[error("the configuration {} is not UTF-8 text", path.display())]
    NotText { path: PathBuf },

    #[error("{} is a secret key and no configuration", path.display())]
    SecretKey { path: PathBuf },

    #[error("others may write to the configuration {} (mode {mode:04o})", path.display())]
    WritableByOthers { path: PathBuf, mode: u32 },

    #[error("the configuration {} belongs to user {owner}, not to us or root", path.display())]
    ForeignOwner { path: PathBuf, owner: u32 },

    #[error("{}:{}:{}: {message}", place.path.display(), place.line, place.column)]
    Invalid { place: Place, message: String },

    #[error("{inner} {} lies within {outer} {}", inner_path.display(), outer_path.display())]
    Within { inner: String, inner_path: PathBuf, outer: String, outer_path: PathBuf },
}

impl ConfigError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { path, source } if source.kind() == io::ErrorKind::NotFound => {
                Some(format!("run `shelflife init` to write {}", path.display()))
            }
            Self::WritableByOthers { path, .. } => {
                Some(format!("run `chmod go-w {}` after looking at what it says", path.display()))
            }
            Self::ForeignOwner { .. } => Some(
                "who writes the configuration decides what is removed; own the file".to_owned(),
            ),
            Self::Within { .. } => {
                Some("give each its own folder, outside of every root".to_owned())
            }
            Self::Read { .. }
            | Self::NotAFile { .. }
            | Self::TooLarge { .. }
            | Self::NotText { .. }
            | Self::SecretKey { .. }
            | Self::Invalid { .. } => None,
        }
    }
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The line and a caret beneath the place, printable.
    pub excerpt: Vec<String>,
    /// It is no place: something is missing, and the file as a whole is meant.
    pub is_file: bool,
}

/// How much of a long line is shown before and after the place, in characters.
const AROUND: usize = 50;

impl Place {
    /// The place that `span`, in bytes of `text`, points at.
    pub(super) fn of(path: &Path, text: &str, span: Range<usize>) -> Self {
        let is_file = span.end == 0;
        let start = floor_boundary(text, span.start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = text.get(line_start..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let column = text.get(line_start..start).unwrap_or_default().chars().count();
        let marked = text.get(start..floor_boundary(text, span.end)).unwrap_or_default();
        let length = marked.split('\n').next().unwrap_or_default().chars().count();
        let number = before.matches('\n').count() + 1;
        let excerpt = excerpt(number, line, column, length);
        Self { path: path.to_owned(), line: number, column: column + 1, excerpt, is_file }
    }
}

fn excerpt(number: usize, line: &str, column: usize, length: usize) -> Vec<String> {
    let shown = |from: usize, count: usize| -> String {
        printable_text(&line.chars().skip(from).take(count).collect::<String>())
    };
    let first = column.saturating_sub(AROUND);
    let lead = shown(first, column - first);
    let length = length.clamp(1, AROUND);
    let gutter = number.to_string();
    let caret = "^".repeat(shown(column, length).chars().count().max(1));
    vec![
        format!("{gutter} | {lead}{}", shown(column, AROUND)).trim_end().to_owned(),
        format!("{} | {}{caret}", " ".repeat(gutter.len()), " ".repeat(lead.chars().count())),
    ]
}

fn floor_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
