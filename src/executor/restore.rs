//! Bringing an asset's files back into the library: all of them or none.

use crate::catalog::{CatalogError, OpenOperation, Operation, OperationFile};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::Transition;
use crate::domain::operation::{OperationKind, OperationState};
use crate::error::Error;
use crate::files::{FileError, Folder, hash_file};

use super::look::existing;
use super::settle::{close_done, leave_store, take_back};
use super::{Attempt, Ended, Obstacle, Target, load_of, moves};

/// An asset's return to the library, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Return {
    /// A fresh identifier, unique for ever.
    pub operation: String,
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    /// Back to the state that the asset had: never to a permission.
    pub transition: Transition,
    pub reason: Option<String>,
}

/// Moves all files of an asset from quarantine to where they were, and holds the asset there.
///
/// Nothing is ever overwritten, and no link is followed: if something is in the way of one file,
/// none is brought back. The success that is returned is durable.
pub fn restore_asset(target: &mut Target<'_>, wanted: &Return) -> Result<Ended, Error> {
    let operation = match announce(target, wanted) {
        Ok(operation) => operation,
        Err(obstacle) => return obstacle.end(None),
    };
    if let Err(obstacle) = bring_back(target, &operation) {
        return take_back(target, &operation, obstacle);
    }
    if let Err(obstacle) = close_done(target, &operation, Some(wanted.transition)) {
        return obstacle.end(None);
    }
    // What could not be removed is removed by a later recovery.
    let _told_by_recovery = leave_store(target, &operation, OperationState::Done);
    Ok(Ended::Done { load: load_of(&operation), linked: Vec::new() })
}

/// What a restore would meet, as far as it can be seen beforehand. Changes nothing.
pub fn check_restore(target: &Target<'_>, asset: AssetId) -> Result<Operation, Obstacle> {
    if let Some(operation) = target.catalog.open_operation_of(asset)? {
        return Err(CatalogError::InOperation { asset, operation }.into());
    }
    let Some(taken) = target.catalog.quarantine_of(asset)? else {
        return Err(Obstacle::NoFiles);
    };
    let Some(store) = existing(target.quarantine.op_folder(&taken.store))? else {
        let what = format!("the folder of operation {} is gone", taken.store);
        return Err(Obstacle::Damaged { what });
    };
    for file in &taken.files {
        check_stored(&store, file)?;
        check_path(target, file)?;
    }
    Ok(taken)
}

fn announce(target: &mut Target<'_>, wanted: &Return) -> Attempt<Operation> {
    target.may_begin()?;
    let taken = check_restore(target, wanted.asset)?;
    let operation = target.operation_on(taken, (&wanted.operation, OperationKind::Restore));
    let open = OpenOperation {
        operation,
        version: wanted.version,
        transition: Some(wanted.transition),
        reason: wanted.reason.clone(),
        causes: Vec::new(),
        heed: target.switch.heed,
    };
    target.announce(&open)?;
    Ok(open.operation)
}

/// The stored bytes are those that were taken out of the library.
fn check_stored(store: &Folder, file: &OperationFile) -> Attempt<()> {
    let damaged = |what: &str| {
        let what = format!("{} of `{}` {what}", file.stored_name, file.path);
        Err(Obstacle::Damaged { what })
    };
    match hash_file(store, file.stored_name.as_bytes()) {
        Ok((digest, _)) if digest == file.digest => Ok(()),
        Ok(_) | Err(FileError::NotRegular { .. }) => damaged("has other bytes"),
        Err(error) if error.is_missing() => damaged("is gone"),
        Err(error) => Err(error.into()),
    }
}

/// Nothing is at the path, not even a link that leads nowhere.
fn check_path(target: &Target<'_>, file: &OperationFile) -> Attempt<()> {
    let folder = match target.root(file.root)?.folder(file.path.folder()) {
        Ok(folder) => folder,
        Err(error) if error.is_missing() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if folder.exists(file.path.name())? {
        return Err(Obstacle::Taken { path: file.path.to_string() });
    }
    Ok(folder.check_writable()?)
}

fn bring_back(target: &Target<'_>, operation: &Operation) -> Attempt<()> {
    let store = target.quarantine.op_folder(&operation.store)?;
    for file in &operation.files {
        target.may_go_on()?;
        moves::move_to_library(target, operation, (&store, file))?;
    }
    moves::sync_library(target, operation)?;
    moves::sync_above(target, operation)?;
    Ok(store.sync()?)
}
