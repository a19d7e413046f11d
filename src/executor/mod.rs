//! Moving assets' files out of the library and back, so that nothing is lost whatever happens.
//!
//! Every move is announced in the catalog first and closed there last. An operation that was
//! announced and not closed is settled by [`recover()`] from what is found on disk, and a move that
//! fails half-way is taken back by the same means.

mod fence;
mod links;
mod look;
mod manifest;
mod moves;
mod obstacle;
mod publish;
mod purge;
mod purging;
mod quarantine;
pub mod rebuild;
mod recover;
mod restore;
mod settle;
mod store;
mod switch;
mod testimony;
mod written;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, Operation, OperationFile};
use crate::domain::cleanup::Load;
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::time::Timestamp;
use crate::files::{Quarantine, Root, Steps};

pub use fence::Fence;
pub use links::{Linked, Names, find_names, linked_of};
pub use manifest::Manifest;
pub use obstacle::Obstacle;
pub use publish::{Publication, check_publication, publish_asset};
pub use purge::{Purge, purge_asset, read_stored};
pub use quarantine::{Removal, check_removal, quarantine_asset};
pub use recover::{Foreseen, Orphan, Prospect, Recovered, plan_recovery, recover};
pub use restore::{Return, check_restore, restore_asset};
pub use settle::{Settled, SettledFile};
pub use store::{StoreFaults, faults_of_store, stored_original};
pub use switch::Switch;

/// What the executor works on. Whoever makes one holds the run lock.
#[derive(Debug)]
pub struct Target<'a> {
    pub catalog: &'a mut Catalog,
    /// By their numbers in the catalog; each was proven to be the catalog's own.
    pub roots: BTreeMap<i64, Root>,
    pub quarantine: Quarantine,
    /// Told of every change to the catalog. Roots and quarantine tell of those on disk.
    pub steps: Arc<dyn Steps>,
    pub switch: Switch,
    /// The command's one instant.
    pub now: Timestamp,
    /// For how long a restored asset is held; 0 for not at all.
    pub restore_hold_hours: u32,
}

/// How an operation on one asset ended. An error instead means that the run cannot go on.
#[derive(Debug)]
pub enum Ended {
    Done {
        load: Load,
        /// Files that were moved and have other names still.
        linked: Vec<Linked>,
    },
    /// The files are where they were, except as `settled` says.
    NotDone {
        because: Obstacle,
        /// How what was begun was taken back; `None` if nothing was begun, or if it stays open.
        settled: Option<Settled>,
    },
}

impl Target<'_> {
    /// Until when what is restored now is held, so that the next clean does not take it away again.
    pub fn hold_until(&self) -> Option<Timestamp> {
        let hours = i64::from(self.restore_hold_hours);
        let until = Timestamp::from_millis(self.now.millis().saturating_add(hours * 3_600_000));
        (hours > 0).then_some(until)
    }

    fn root(&self, id: i64) -> Attempt<&Root> {
        self.roots.get(&id).ok_or(Obstacle::UnknownRoot { id })
    }

    /// An operation, not begun yet, on the files that another one took to quarantine.
    fn operation_on(&self, taken: Operation, (id, kind): (&str, OperationKind)) -> Operation {
        let pending = |file: OperationFile| OperationFile { state: FileState::Pending, ..file };
        Operation {
            id: id.to_owned(),
            kind,
            state: OperationState::Intent,
            opened_at: self.now,
            to: None,
            files: taken.files.into_iter().map(pending).collect(),
            ..taken
        }
    }

    /// Announces a change to the catalog to those who watch.
    fn step(&self, what: &'static str) -> Attempt<()> {
        self.steps.before(what).map_err(Obstacle::of_step)
    }
}

/// What stops one asset, or the run.
type Attempt<T> = Result<T, Obstacle>;

/// What an operation amounts to.
fn load_of(operation: &Operation) -> Load {
    let files = u64::try_from(operation.files.len()).unwrap_or(u64::MAX);
    Load { items: 1, files, bytes: operation.files.iter().map(|file| file.bytes).sum() }
}
