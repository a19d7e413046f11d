//! What an operation on an asset's files is: its kind, how far it came, what became of each file.

use super::lifecycle::Action;

/// Which way the files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    Quarantine,
    Restore,
    /// Out of quarantine, for good.
    Purge,
    /// Out of a draft root, to a folder that is served.
    Publish,
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
    /// Where the operation brings it; by a purge, deleted.
    Moved,
    /// Where it was before the operation.
    Returned,
    /// Its bytes were not the catalogued ones, so it was left alone.
    Drifted,
    Missing,
    Failed,
}

impl OperationKind {
    /// The step of the state machine that the operation is for; what is published was approved
    /// before, and stays so.
    pub fn action(self) -> Option<Action> {
        match self {
            Self::Quarantine => Some(Action::Quarantine),
            Self::Restore => Some(Action::Restore),
            Self::Purge => Some(Action::Purge),
            Self::Publish => None,
        }
    }

    pub const ALL: [Self; 4] = [Self::Quarantine, Self::Restore, Self::Purge, Self::Publish];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Restore => "restore",
            Self::Purge => "purge",
            Self::Publish => "publish",
        }
    }
}

impl OperationState {
    pub const ALL: [Self; 5] = [Self::Intent, Self::Done, Self::Aborted, Self::Partial, Self::Lost];

    pub fn name(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Done => "done",
            Self::Aborted => "aborted",
            Self::Partial => "partial",
            Self::Lost => "lost",
        }
    }
}

impl FileState {
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Moved, Self::Returned, Self::Drifted, Self::Missing, Self::Failed];

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
}
