//! Settling what earlier runs began and did not close.

use std::collections::BTreeSet;

use crate::catalog::{CatalogError, Operation, StoreUse};
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::recovery::{Recovery, Sighting, Toward, decide_direction, decide_recovery};
use crate::error::Error;
use crate::files::folders::clear_unfinished;

use super::look::{look, sightings};
use super::purging::{clear_purged, foresee_purge, settle_purge};
use super::settle::settle;
use super::store::empty_store;
use super::written::{foresee_written, write_down};
use super::{Attempt, Manifest, Obstacle, Settled, Target};

const NOTE: &str = "settled by recovery";

/// What a recovery found and did.
#[derive(Debug, Default)]
pub struct Recovered {
    pub settled: Vec<Settled>,
    /// Operations that wait for the end of a pause; the catalog has where their files are.
    pub waiting: Vec<Settled>,
    /// Operations that stay open, and why.
    pub unsettled: Vec<(Operation, Obstacle)>,
    /// Folders in quarantine that the catalog knows nothing of. They stay.
    pub orphans: Vec<Orphan>,
    /// What could not be removed from folders that are not needed any more.
    pub left: Vec<String>,
}

/// A folder in quarantine without an operation, as when an older catalog was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    pub store: String,
    /// `None` if there is none, or it cannot be read.
    pub manifest: Option<Manifest>,
}

/// What a recovery would do with one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prospect {
    pub operation: Operation,
    pub foreseen: Foreseen,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Foreseen {
    Move(Recovery),
    /// A purge would end like this.
    Purge(OperationState),
    /// It would be left for the end of the pause.
    Waits,
}

impl Foreseen {
    fn end(&self) -> OperationState {
        match self {
            Self::Move(recovery) => recovery.end,
            Self::Purge(end) => *end,
            Self::Waits => OperationState::Partial,
        }
    }
}

impl Recovered {
    /// Whether there was nothing to do and nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.settled.is_empty()
            && self.waiting.is_empty()
            && self.unsettled.is_empty()
            && self.orphans.is_empty()
            && self.left.is_empty()
    }
}

/// Settles every open operation by what is found on disk, and clears away what closed ones left.
///
/// While it is paused, the catalog is brought up to what is on disk, and nothing on disk is touched,
/// but that a purge of which nothing is deleted yet is taken back.
/// Doing it again changes nothing. An operation that cannot be settled does not stop the others;
/// fails where the next one would fail too.
pub fn recover(target: &mut Target<'_>) -> Result<Recovered, Error> {
    let mut recovered = Recovered::default();
    for operation in target.catalog.open_operations()? {
        let paused = !target.paused().is_empty();
        let settled = if operation.kind == OperationKind::Purge {
            settle_purge(target, &operation, (None, Some(NOTE))).map(|(settled, _)| settled)
        } else if paused {
            write_down(target, &operation)
        } else {
            settle_as_found(target, &operation)
        };
        match settled {
            Ok(settled) if paused && settled.end == OperationState::Partial => {
                recovered.waiting.push(settled);
            }
            Ok(settled) => recovered.settled.push(settled),
            Err(obstacle) if obstacle.ends_the_run() => return Err(obstacle.into()),
            Err(obstacle) => recovered.unsettled.push((operation, obstacle)),
        }
    }
    for store in target.quarantine.list_ops()? {
        match target.catalog.use_of_store(&store)? {
            Some(StoreUse::InUse) => {}
            Some(StoreUse::Emptied) if !target.paused().is_empty() => {}
            None => recovered.orphans.push(orphan(target, store)),
            Some(StoreUse::Emptied) => recovered.left.extend(clear(target, &store)?),
        }
    }
    look_at_purged(target, &mut recovered)?;
    Ok(recovered)
}

/// Clears away the folders of purges that are done.
fn look_at_purged(target: &Target<'_>, recovered: &mut Recovered) -> Result<(), Error> {
    for store in target.quarantine.list_purging().map_err(Obstacle::from)? {
        match target.catalog.purge_of_store(&store)? {
            Some(OperationState::Intent | OperationState::Partial) => {}
            Some(OperationState::Done) if !target.paused().is_empty() => {}
            Some(OperationState::Done) => match clear_purged(target, &store) {
                Ok(left) => recovered.left.extend(left),
                Err(obstacle) if obstacle.ends_the_run() => return Err(obstacle.into()),
                Err(obstacle) => recovered.left.push(obstacle.in_words()),
            },
            Some(OperationState::Aborted | OperationState::Lost) | None => {
                let bytes = target.quarantine.read_purging_manifest(&store).ok();
                let manifest = bytes.and_then(|bytes| Manifest::read(&bytes));
                let store = format!("purging/{store}");
                recovered.orphans.push(Orphan { store, manifest });
            }
        }
    }
    Ok(())
}

/// What [`recover`] would do with the open operations. Changes nothing.
pub fn plan_recovery(target: &Target<'_>) -> Result<Vec<Prospect>, Error> {
    let paused = !target.paused().is_empty();
    let plan = |operation: Operation| {
        let foreseen = match operation.kind {
            OperationKind::Purge => Foreseen::Purge(foresee_purge(target, &operation)?),
            _ if paused => Foreseen::Move(foresee_written(target, &operation)?),
            _ => Foreseen::Move(foresee_move(target, &operation)?),
        };
        let foreseen = if paused && foreseen.end() == OperationState::Partial {
            Foreseen::Waits
        } else {
            foreseen
        };
        Ok(Prospect { operation, foreseen })
    };
    let operations = target.catalog.open_operations()?.into_iter();
    operations.map(plan).collect::<Attempt<_>>().map_err(Error::from)
}

fn foresee_move(target: &Target<'_>, operation: &Operation) -> Attempt<Recovery> {
    let seen = sightings(&look(target, operation)?);
    let toward = direction(target, operation, &seen)?;
    Ok(decide_recovery(operation.kind, toward, &seen))
}

/// Forward if all of it is there already, else back. What cannot be finished is taken back.
fn settle_as_found(target: &mut Target<'_>, operation: &Operation) -> Attempt<Settled> {
    clear_unfinished_folders(target, operation)?;
    let toward = direction(target, operation, &sightings(&look(target, operation)?))?;
    settle(target, operation, toward, NOTE)
}

/// Wherever the operation brings files, or would bring them back, a folder may have been made for it.
fn clear_unfinished_folders(target: &Target<'_>, operation: &Operation) -> Attempt<()> {
    let to = operation.to.iter().map(|to| (to.root, to.folder.as_slice()));
    let from = operation.files.iter().map(|file| (file.root, file.path.folder()));
    for (root, folder) in to.chain(from).collect::<BTreeSet<_>>() {
        clear_unfinished(target.root(root)?, folder)?;
    }
    Ok(())
}

/// A draft that arrived where another asset is on record by now goes back, and so does what was found
/// to be shown before all of it was gone.
fn direction(target: &Target<'_>, operation: &Operation, seen: &[Sighting]) -> Attempt<Toward> {
    let toward = decide_direction(operation.kind, seen);
    let is_gone = seen.iter().all(|file| file.store.is_same());
    if operation.kind == OperationKind::Quarantine
        && toward == Toward::Store
        && !is_gone
        && target.catalog.stays_in_sight(operation.asset)?
    {
        return Ok(toward.other());
    }
    if operation.kind != OperationKind::Publish || toward == Toward::Library {
        return Ok(toward);
    }
    match target.catalog.free_paths_of(operation) {
        Ok(_) => Ok(toward),
        Err(CatalogError::PathTaken { .. }) => Ok(toward.other()),
        Err(error) => Err(error.into()),
    }
}

fn orphan(target: &Target<'_>, store: String) -> Orphan {
    let bytes = target.quarantine.read_manifest(&store).ok();
    Orphan { manifest: bytes.and_then(|bytes| Manifest::read(&bytes)), store }
}

fn clear(target: &Target<'_>, store: &str) -> Result<Vec<String>, Error> {
    let Some(operation) = target.catalog.operation(store)? else { return Ok(Vec::new()) };
    match empty_store(target, &operation) {
        Ok(left) => Ok(left),
        Err(obstacle) if obstacle.ends_the_run() => Err(obstacle.into()),
        Err(obstacle) => Ok(vec![obstacle.in_words()]),
    }
}
