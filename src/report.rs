//! What a command has to say: items as they come, and a summary at the end.
//!
//! Commands push values and never print. A renderer behind [`Sink`] writes them at once, so that
//! listing a million assets needs no memory for them. Once the reader is gone (a closed pipe)
//! items are dropped and the command goes on with its work.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use sha2::{Digest as _, Sha256};

use crate::domain::asset::AssetId;
use crate::domain::lifecycle::State;
use crate::domain::validation::{Finding, Severity};
use crate::exit::ExitCode;

/// An asset as people and scripts recognize it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub id: AssetId,
    /// The original's path, printable.
    pub path: String,
}

/// A cell of a row. Field names are part of the versioned machine formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Text(String),
    Number(i64),
    Truth(bool),
    List(Vec<Value>),
    /// Fields in the order they are shown.
    Record(Vec<(&'static str, Value)>),
}

/// One thing that a command says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A line of a listing; rows of one kind have the same fields.
    Row {
        kind: &'static str,
        fields: Vec<(&'static str, Value)>,
    },
    /// One thing in full, as `show` does; its fields may be lists and records.
    Sheet {
        kind: &'static str,
        fields: Vec<(&'static str, Value)>,
    },
    /// A decision that was recorded, or would be in a dry run.
    Change {
        subject: Subject,
        action: &'static str,
        from: State,
        to: State,
        why: Vec<String>,
    },
    /// Something else that was recorded, or would be: metadata, a context, a hold.
    Edit {
        subject: Option<Subject>,
        what: String,
    },
    /// A step that is not allowed.
    Refusal {
        subject: Subject,
        action: &'static str,
        why: String,
    },
    Finding(Found),
    /// Considered and left alone, because.
    Kept {
        subject: Subject,
        because: String,
    },
    /// An item that could not be done; the others go on.
    Failure {
        what: String,
        why: String,
        hint: Option<String>,
    },
    /// A sentence for people.
    Text(String),
    /// A piece of a text in a format of its own, such as CSV or a man page, written as it is.
    ///
    /// Pieces follow each other without anything between them.
    Document(String),
}

/// A finding, what it is about, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The asset, where the catalog knows it.
    pub subject: Option<Subject>,
    /// Where it stands in a file that was read; `None` where the asset itself is all there is.
    pub location: Option<Location>,
    pub finding: Finding,
    pub effect: Effect,
}

/// A place in a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// As a person names it: from the current folder if it lies beneath it, with `/`.
    pub file: String,
    /// Counted from 1; `None` for the file as a whole.
    pub line: Option<u64>,
    /// What in the file: a path, else `wp:` and the number of an attachment.
    pub item: Option<String>,
}

/// What follows from a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The answer is no.
    Decides,
    /// It is told, and the answer does not depend on it.
    Told,
    /// Somebody accepted it; the words say who, why and how long.
    Accepted(String),
}

/// Where items go: a renderer, or a list in tests.
pub trait Sink {
    fn item(&mut self, item: &Item, dry_run: bool) -> io::Result<()>;
    /// Called once, last, with the summary and the error that ended the command, if one did.
    fn finish(&mut self, summary: &Summary, error: Option<&ErrorLine>) -> io::Result<()>;
}

/// An error that ended a command, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorLine {
    pub message: String,
    /// Lines of the input that the message is about, with a caret beneath.
    pub excerpt: Vec<String>,
    pub causes: Vec<String>,
    pub hint: Option<String>,
    pub code: ExitCode,
}

/// Counts of what was said; every format ends with the same one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    pub dry_run: bool,
    pub changed: u64,
    pub edited: u64,
    pub refused: u64,
    pub errors: u64,
    pub warnings: u64,
    pub notes: u64,
    /// Findings that somebody accepted; they are in none of the three counts before.
    pub accepted: u64,
    pub kept: u64,
    pub failed: u64,
    /// Lines of listings; a thing shown in full is not counted.
    pub rows: u64,
    /// Further figures of the command, by their words.
    pub figures: BTreeMap<&'static str, u64>,
    /// The audit log's length and head after the command, where it changed something.
    pub audit: Option<(u64, String)>,
    /// Set when a verdict is "no" or a guard held, beyond what the counts say.
    pub outcome: Option<ExitCode>,
    pub code: u8,
}

/// The report of one command, while it is being made.
pub struct Report<'s> {
    sink: &'s mut dyn Sink,
    pub summary: Summary,
    broken: Option<io::Error>,
    hushed: bool,
}

impl fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("summary", &self.summary).finish_non_exhaustive()
    }
}

impl<'s> Report<'s> {
    pub fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink, summary: Summary::default(), broken: None, hushed: false }
    }

    /// Lets nothing be said or counted from here on, or again.
    pub fn hush(&mut self, hushed: bool) {
        self.hushed = hushed;
    }

    /// Says one thing and counts it.
    pub fn say(&mut self, item: &Item) {
        if self.hushed {
            return;
        }
        self.count(item);
        if self.broken.is_none() {
            self.broken = self.sink.item(item, self.summary.dry_run).err();
        }
    }

    pub fn row(&mut self, kind: &'static str, fields: Vec<(&'static str, Value)>) {
        self.say(&Item::Row { kind, fields });
    }

    pub fn sheet(&mut self, kind: &'static str, fields: Vec<(&'static str, Value)>) {
        self.say(&Item::Sheet { kind, fields });
    }

    /// A piece of text in a format of its own, written as it is.
    pub fn document(&mut self, text: impl Into<String>) {
        self.say(&Item::Document(text.into()));
    }

    pub fn text(&mut self, text: impl Into<String>) {
        self.say(&Item::Text(text.into()));
    }

    /// Adds to a named figure of the summary.
    pub fn figure(&mut self, name: &'static str, amount: u64) {
        if !self.hushed {
            *self.summary.figures.entry(name).or_default() += amount;
        }
    }

    /// What was said until now is a plan; what is said from here on is done.
    pub fn end_of_plan(&mut self) {
        let planned = std::mem::take(&mut self.summary.changed);
        self.figure("planned", planned);
        self.summary.dry_run = false;
    }

    /// Makes sure that the exit code is at least as strong as `code`.
    pub fn outcome(&mut self, code: ExitCode) {
        if !self.hushed {
            self.summary.outcome = Some(self.summary.outcome.unwrap_or(ExitCode::Success).or(code));
        }
    }

    /// Ends the report and tells the exit code, and why not all of it could be written. An unwritable
    /// output is a failure, a closed pipe is not.
    pub fn finish(mut self, error: Option<&ErrorLine>) -> (ExitCode, Option<io::Error>) {
        let mut code = self.summary.exit_code();
        if let Some(error) = error {
            code = code.or(error.code);
        }
        self.summary.code = code.number();
        let written = match self.broken.take() {
            None => self.sink.finish(&self.summary, error),
            Some(broken) => Err(broken),
        };
        match written {
            Err(broken) if broken.kind() != io::ErrorKind::BrokenPipe => {
                (code.or(ExitCode::Io), Some(broken))
            }
            _ => (code, None),
        }
    }

    fn count(&mut self, item: &Item) {
        if matches!(item, Item::Finding(Found { effect: Effect::Decides, .. })) {
            self.outcome(ExitCode::No);
        }
        let summary = &mut self.summary;
        let counter = match item {
            Item::Row { .. } => &mut summary.rows,
            Item::Change { .. } => &mut summary.changed,
            Item::Edit { .. } => &mut summary.edited,
            Item::Refusal { .. } => &mut summary.refused,
            Item::Finding(Found { effect: Effect::Accepted(_), .. }) => &mut summary.accepted,
            Item::Finding(found) => match found.finding.severity {
                Severity::Error => &mut summary.errors,
                Severity::Warning => &mut summary.warnings,
                Severity::Note | Severity::Off => &mut summary.notes,
            },
            Item::Kept { .. } => &mut summary.kept,
            Item::Failure { .. } => &mut summary.failed,
            Item::Sheet { .. } | Item::Text(_) | Item::Document(_) => return,
        };
        *counter += 1;
    }
}

impl Summary {
    /// The code that the counts ask for.
    pub fn exit_code(&self) -> ExitCode {
        let mut code = self.outcome.unwrap_or(ExitCode::Success);
        if self.refused > 0 {
            code = code.or(ExitCode::No);
        }
        if self.failed > 0 {
            code = code.or(ExitCode::Partial);
        }
        code
    }
}

impl Found {
    /// A finding about an asset. Errors decide unless somebody waives them, others are told.
    pub fn new(subject: Option<Subject>, finding: Finding) -> Self {
        let effect = match (&finding.waived, finding.severity) {
            (Some(words), _) => Effect::Accepted(words.clone()),
            (None, Severity::Error) => Effect::Decides,
            (None, _) => Effect::Told,
        };
        Self { subject, location: None, finding, effect }
    }

    /// What it is about, in words that stay the same from one day to the next: never a line.
    pub fn about(&self) -> &str {
        let path = self.subject.as_ref().map(|subject| subject.path.as_str());
        let location = self.location.as_ref();
        let item = location.and_then(|location| location.item.as_deref());
        let file = location.map(|location| location.file.as_str());
        item.or(path).or(file).unwrap_or_default()
    }

    /// The file to open: what was read, else the asset's own.
    pub fn file(&self) -> &str {
        let read = self.location.as_ref().map(|location| location.file.as_str());
        read.unwrap_or_else(|| self.about())
    }

    /// Whether both are about the same asset or item.
    pub fn shares_item_with(&self, other: &Self) -> bool {
        self.subject == other.subject && self.location == other.location
    }

    /// The [`fingerprint`] of this finding.
    pub fn fingerprint(&self) -> String {
        fingerprint(self.finding.code, self.about(), &self.finding.message)
    }
}

/// 16 hexadecimal digits that tell a finding from others of the same rule and item.
///
/// The same defect has the same one wherever its line moves.
pub fn fingerprint(code: &str, about: &str, message: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["shelflife/v1", code, about, message] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let hash: [u8; 32] = hash.finalize().into();
    let first = hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
    format!("{first:016x}")
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
