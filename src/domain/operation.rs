//! What an operation on an asset's files is: its kind, how far it came, what became of each file.

use super::lifecycle::Action;

/// Which way the files go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationKind {
    Quarantine,
    Restore,
    /// Out of quarantine, for good.
    Purge,
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
    /// The step of the state machine that the operation is for.
    pub fn action(self) -> Action {
        match self {
            Self::Quarantine => Action::Quarantine,
            Self::Restore => Action::Restore,
            Self::Purge => Action::Purge,
        }
    }

    pub const ALL: [Self; 3] = [Self::Quarantine, Self::Restore, Self::Purge];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quarantine => "quarantine",
            Self::Restore => "restore",
            Self::Purge => "purge",
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
