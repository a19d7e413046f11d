//! What an operation is: its kind, how far it came, its files.

use super::assets::FileId;
use crate::domain::asset::{AssetId, Digest, FileStamp};
use crate::domain::lifecycle::Transition;
use crate::domain::path::RelPath;
use crate::domain::time::Timestamp;

/// Which way the files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    Quarantine,
    Restore,
}

/// How far an operation came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationState {
    /// Announced: files may be in either place.
    Intent,
    Done,
    /// Everything is back where it was.
    Aborted,
    /// Some files went and some could not: open until recovery settles it.
    Partial,
    /// A file is in neither place, or damaged.
    Lost,
}

/// What became of one file of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    Pending,
    Moved,
    /// Where it was before the operation.
    Returned,
    /// Its bytes were not the catalogued ones, so it was left alone.
    Drifted,
    Missing,
    Failed,
}

/// One file of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFile {
    /// From 1, in the order in which the files move.
    pub number: u32,
    pub file: FileId,
    pub root: i64,
    pub path: RelPath,
    /// The name in the quarantine folder, such as `0001.bin`.
    pub stored_name: String,
    pub digest: Digest,
    pub bytes: u64,
    pub mode: u32,
    pub modified_ns: i64,
    pub state: FileState,
}

/// An operation with its files, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Unique for ever.
    pub id: String,
    pub kind: OperationKind,
    pub asset: AssetId,
    pub state: OperationState,
    pub opened_at: Timestamp,
    /// The quarantine folder: this operation's own, or the one that a restore takes from.
    pub store: String,
    pub files: Vec<OperationFile>,
}

/// What is asked of an asset's files, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOperation {
    pub operation: Operation,
    /// The asset's version when it was read.
    pub version: i64,
    pub transition: Transition,
    pub reason: Option<String>,
    pub causes: Vec<String>,
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedOperation {
    pub state: OperationState,
    /// By number; a file that is back in the library brings its new stamp.
    pub files: Vec<(u32, FileState, Option<FileStamp>)>,
    /// The state change that a finished operation leads to.
    pub transition: Option<Transition>,
    /// A hold that a restore places, until the instant.
    pub hold: Option<(String, Timestamp)>,
    /// What recovery or a failure has to say.
    pub note: Option<String>,
}

impl OperationKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Restore => "restore",
        }
    }
}

impl OperationState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Done => "done",
            Self::Aborted => "aborted",
            Self::Partial => "partial",
            Self::Lost => "lost",
        }
    }

    pub(super) const ALL: [Self; 5] =
        [Self::Intent, Self::Done, Self::Aborted, Self::Partial, Self::Lost];
}

impl FileState {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Moved => "moved",
            Self::Returned => "returned",
            Self::Drifted => "drifted",
            Self::Missing => "missing",
            Self::Failed => "failed",
        }
    }

    pub(super) const ALL: [Self; 6] =
        [Self::Pending, Self::Moved, Self::Returned, Self::Drifted, Self::Missing, Self::Failed];
}
