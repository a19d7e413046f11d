//! Bringing an approved asset out of a draft root: all of its files or none.
//!
//! It is a removal from the draft root whose store is a folder that is served. What had arrived there
//! and is taken back is cleared away before the operation is closed, because people would see it.

use std::collections::BTreeMap;

use crate::catalog::{Destination, FileId, OpenOperation, Operation, OperationFile};
use crate::domain::asset::AssetId;
use crate::domain::cleanup::HardLinks;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::recovery::Sight;
use crate::error::Error;
use crate::files::Folder;
use crate::files::folders::make_folders;
use crate::files::moves::{Copied, remove, remove_copied, rename_no_replace};

use super::look::{aside_name, existing, found, part_name};
use super::manifest::Source;
use super::moves::{self, Way};
use super::quarantine::{check_moved, check_sources};
use super::settle::{Failure, close_done, take_back};
use super::store::is_in_library;
use super::{Attempt, Ended, Obstacle, Target, load_of};

/// An asset's way out of a draft root, bound to what it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// A fresh identifier, unique for ever.
    pub operation: String,
    pub asset: AssetId,
    /// The asset's version when it was read.
    pub version: i64,
    pub to: Destination,
    /// The new name of every file.
    pub names: BTreeMap<FileId, String>,
    pub reason: Option<String>,
}

/// Moves all files of an asset to the folder, under their new names.
///
/// Nothing is ever overwritten: if something is in the way of one file, or one is not what the
/// catalog says, none is moved. The success that is returned is durable. Fails where the next asset
/// would fail too.
pub fn publish_asset(target: &mut Target<'_>, wanted: &Publication) -> Result<Ended, Error> {
    let operation = match announce(target, wanted) {
        Ok(operation) => operation,
        Err(obstacle) => return obstacle.end(None),
    };
    if let Err(obstacle) = carry(target, &operation) {
        return take_back(target, &operation, obstacle);
    }
    match close_done(target, &operation, None) {
        Ok(()) => Ok(Ended::Done { load: load_of(&operation), linked: Vec::new() }),
        Err(obstacle) => obstacle.end(None),
    }
}

/// What a publication would meet, as far as it can be seen beforehand. Changes nothing.
pub fn check_publication(target: &Target<'_>, wanted: &Publication) -> Result<Operation, Obstacle> {
    let sources = check_sources(target, (wanted.asset, HardLinks::Leave))?;
    let mut files = Vec::with_capacity(sources.len());
    for Source { mut file, .. } in sources {
        let name = wanted.names.get(&file.file).ok_or(Obstacle::NoFiles)?;
        file.stored_name.clone_from(name);
        files.push(file);
    }
    let operation = Operation {
        id: wanted.operation.clone(),
        kind: OperationKind::Publish,
        asset: wanted.asset,
        state: OperationState::Intent,
        opened_at: target.now,
        store: wanted.operation.clone(),
        to: Some(wanted.to.clone()),
        files,
    };
    let folder = existing(target.root(wanted.to.root)?.folder(&wanted.to.folder))?;
    for file in &operation.files {
        let taken = folder.as_ref().map(|folder| folder.exists(file.stored_name.as_bytes()));
        if taken.transpose()?.unwrap_or(false) {
            let path = wanted.to.path_of(&file.stored_name);
            let path = path.map_or_else(|_| file.stored_name.clone(), |path| path.to_string());
            return Err(Obstacle::Taken { path });
        }
    }
    Ok(operation)
}

fn announce(target: &mut Target<'_>, wanted: &Publication) -> Attempt<Operation> {
    target.may_begin()?;
    let open = OpenOperation {
        operation: check_publication(target, wanted)?,
        version: wanted.version,
        transition: None,
        reason: wanted.reason.clone(),
        causes: Vec::new(),
        heed: target.switch.heed,
    };
    target.announce(&open)?;
    Ok(open.operation)
}

/// Moves every file, and makes that durable: the new folder first, then those they were in.
fn carry(target: &Target<'_>, operation: &Operation) -> Attempt<()> {
    let to = operation.to.as_ref().ok_or(Obstacle::NoFiles)?;
    let folder = make_folders(target.root(to.root)?, &to.folder)?;
    for file in &operation.files {
        target.may_go_on()?;
        if moves::move_to_store(target, operation, (&folder, file))? == Way::Renamed {
            check_moved(target, &folder, file)?;
        }
    }
    moves::sync_all(target, operation, Some(&folder))
}

/// Removes from the folder what is back in the draft root, durably there, and our own parts. What
/// holds other bytes, or has another time than the draft, is not ours: a copy keeps the time. A file
/// that cannot be removed does not stop the others.
pub(super) fn unpublish(
    target: &Target<'_>,
    operation: &Operation,
    folder: &Folder,
) -> Attempt<Vec<Failure>> {
    let mut failures = Vec::new();
    for file in &operation.files {
        if !is_in_library(target, file)? {
            continue;
        }
        match clear(folder, operation, file) {
            Ok(()) => {}
            Err(obstacle) if obstacle.ends_the_run() => return Err(obstacle),
            Err(obstacle) => failures.push((file.number, obstacle)),
        }
    }
    folder.sync()?;
    Ok(failures)
}

/// What was set aside is looked at first: an earlier try may have ended there.
fn clear(folder: &Folder, operation: &Operation, file: &OperationFile) -> Attempt<()> {
    let (name, aside) = (file.stored_name.as_bytes(), aside_name(operation, file));
    let aside = aside.as_bytes();
    match found(folder, aside, &file.digest)?.sight {
        Sight::Nothing | Sight::Torn => {}
        Sight::Same | Sight::SameFile => remove(folder.at(aside))?,
        Sight::Other => rename_no_replace(folder.at(aside), folder.at(name))?,
    }
    let here = found(folder, name, &file.digest)?;
    let stat = folder.stat(name)?;
    let is_ours = stat.is_some_and(|stat| stat.stamp.modified_ns == file.modified_ns);
    if let (true, Some(identity)) = (here.sight.is_same() && is_ours, here.identity) {
        let copied = Copied { identity, digest: file.digest };
        remove_copied(folder.at(name), aside, &copied)?;
    }
    let part = part_name(operation, file);
    if folder.exists(part.as_bytes())? {
        remove(folder.at(part.as_bytes()))?;
    }
    Ok(())
}
