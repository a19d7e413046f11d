//! What stands in the way of moving an asset's files.

use std::io;

use crate::catalog::CatalogError;
use crate::domain::pause::{self, Paused, Source};
use crate::domain::purge::Unripe;
use crate::domain::text::with_causes;
use crate::error::Error;
use crate::files::{FileError, MoveError};

use super::{Attempt, Ended, Settled};

/// Why an asset's files were not moved.
#[derive(Debug, thiserror::Error)]
pub enum Obstacle {
    /// The asset is not what it was decided on any more, or may not be moved now.
    #[error(transparent)]
    Catalog(#[from] CatalogError),

    #[error("`{path}` has other bytes than the catalog says")]
    Drifted { path: String },

    #[error("`{path}` is not there any more")]
    Vanished { path: String },

    #[error("the asset has no files in the library")]
    NoFiles,

    #[error("`{path}` has {links} names, and under another one it would stay in reach")]
    SeveralNames { path: String, links: u64 },

    #[error("there is something at `{path}` already")]
    Taken { path: String },

    /// The bytes in quarantine are not those that were put there.
    #[error("quarantine is damaged: {what}")]
    Damaged { what: String },

    /// What is in quarantine must not be deleted.
    #[error("{because}")]
    Unripe { because: Unripe },

    #[error("root {id} of the catalog is not configured, or not the one that was scanned")]
    UnknownRoot { id: i64 },

    #[error("the asset's state is not the one that operation {operation} was begun in")]
    NoTransition { operation: String },

    #[error(transparent)]
    File(MoveError),

    /// What was begun could not be taken back either, and stays open.
    #[error(
        "{because}; taking it back failed too, so it stays half done until `shelflife recover`"
    )]
    HalfDone {
        because: Box<Obstacle>,
        #[source]
        failed: Box<Obstacle>,
    },

    /// The kill switch is on.
    #[error("paused {}", pause::in_words(.0))]
    Paused(Vec<Paused>),

    /// Whoever watches the steps said so.
    #[error("stopped before a change to the catalog")]
    Stopped(#[source] io::Error),
}

impl From<FileError> for Obstacle {
    fn from(error: FileError) -> Self {
        Self::from(MoveError::Other(error))
    }
}

/// What kept the step from being taken may have been another run's turn, and not the disk.
impl From<MoveError> for Obstacle {
    fn from(error: MoveError) -> Self {
        let (operation, path, source) = match error {
            MoveError::Other(FileError::Io { operation, path, source }) => {
                (operation, path, source)
            }
            other => return Self::File(other),
        };
        match source.downcast() {
            Ok(fenced) => Self::Catalog(fenced),
            Err(source) => Self::File(FileError::Io { operation, path, source }.into()),
        }
    }
}

impl Obstacle {
    /// What kept a change to the catalog from being made.
    pub(super) fn of_step(error: io::Error) -> Self {
        error.downcast().map_or_else(Self::Stopped, Self::Catalog)
    }

    /// Whether the next asset would meet it too: a disk that is full or broken, the catalog.
    pub fn ends_the_run(&self) -> bool {
        match self {
            Self::Catalog(error) => !error.is_about_one_asset(),
            Self::File(error) => error.is_disk_wide(),
            Self::Stopped(_) | Self::Paused(_) => true,
            Self::Drifted { .. }
            | Self::Vanished { .. }
            | Self::NoFiles
            | Self::SeveralNames { .. }
            | Self::Taken { .. }
            | Self::Damaged { .. }
            | Self::Unripe { .. }
            | Self::UnknownRoot { .. }
            | Self::NoTransition { .. }
            | Self::HalfDone { .. } => false,
        }
    }

    /// Whether what was begun stays open for a later recovery, or for the run that is at it now.
    pub(super) fn leaves_open(&self) -> bool {
        use CatalogError::{Fenced, Newer};
        matches!(self, Self::Paused(_) | Self::Catalog(Fenced { .. } | Newer { .. }))
    }

    /// The message with its causes.
    pub fn in_words(&self) -> String {
        with_causes(self)
    }

    /// The end of an asset's operation, or of the whole run.
    pub(super) fn end(self, settled: Option<Settled>) -> Result<Ended, Error> {
        if self.ends_the_run() {
            return Err(self.into());
        }
        Ok(Ended::NotDone { because: self, settled })
    }

    /// [`Self::end`] for an operation that was begun, with how it was taken back.
    pub(super) fn end_after(self, taken_back: Attempt<Settled>) -> Result<Ended, Error> {
        match taken_back {
            Ok(settled) => self.end(Some(settled)),
            Err(worse) if worse.ends_the_run() && !self.ends_the_run() => Err(worse.into()),
            Err(worse) if !self.ends_the_run() => {
                Self::HalfDone { because: Box::new(self), failed: Box::new(worse) }.end(None)
            }
            Err(_) => self.end(None),
        }
    }
}

/// For obstacles that end the run.
impl From<Obstacle> for Error {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Catalog(CatalogError::Paused { note }) => {
                Self::Paused { by: vec![Paused { source: Source::Catalog, note }] }
            }
            Obstacle::Paused(by) => Self::Paused { by },
            Obstacle::Catalog(error) => Self::Catalog(error),
            Obstacle::File(MoveError::Other(error)) => Self::File(error),
            Obstacle::Stopped(source) => Self::Write { path: "the catalog".into(), source },
            other => Self::Internal(anyhow::Error::new(other)),
        }
    }
}
