//! Bringing an approved asset out of a draft root: all of its files or none.
//!
//! It is a removal from the draft root whose store is a folder that is served. What had arrived there
//! and is taken back is cleared away before the operation is closed, because people would see it.

use std::collections::BTreeMap;

use crate::catalog::{Destination, FileId, OpenOperation, Operation, OperationFile};
use crate::domain::asset::AssetId;
use crate::domain::cleanup::HardLinks;
use crate::domain::operation::{OperationKind, OperationState};
use crate::domain::recovery::{Aside, Sight};
use crate::error::Error;
use crate::files::copy::{copy_as_part, copy_verified};
use crate::files::folders::make_folders;
use crate::files::moves::{Copied, remove, remove_copied, rename_no_replace, set_copied_aside};
use crate::files::{Entry, Folder, MoveError};

use super::look::{Found, Seen, aside_name, existing, found, part_name};
use super::manifest::Source;
use super::moves;
use super::quarantine::check_sources;
use super::settle::{close_done, take_back};
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
        bring_out(target, operation, (&folder, file))?;
    }
    moves::sync_all(target, operation, Some(&folder))
}

/// Brings a file out under its new name: the very file, or a copy that gets the name only once the
/// draft is set aside, durably. Whoever finds both knows by that whose the copy is.
fn bring_out(
    target: &Target<'_>,
    operation: &Operation,
    (folder, file): (&Folder, &OperationFile),
) -> Attempt<()> {
    let drafts = target.root(file.root)?.folder(file.path.folder())?;
    let (from, to) = (drafts.at(file.path.name()), folder.at(file.stored_name.as_bytes()));
    match rename_no_replace(from, to) {
        Err(MoveError::CrossDevice { .. }) => {}
        moved => {
            moved?;
            return moves::check_moved(target, folder, file).map(|_| ());
        }
    }
    let (aside, part) = (aside_name(operation, file), part_name(operation, file));
    let copied = copy_as_part(from, folder.at(part.as_bytes()), &file.digest)?;
    set_copied_aside(from, aside.as_bytes(), &copied)?;
    rename_no_replace(folder.at(part.as_bytes()), to)?;
    folder.sync()?;
    remove(drafts.at(aside.as_bytes()))?;
    Ok(drafts.sync()?)
}

/// Takes a file that has arrived out of the draft root for good. What has its path by now stays.
pub(super) fn finish(
    target: &Target<'_>,
    operation: &Operation,
    work: Settling<'_>,
) -> Attempt<()> {
    let Settling { file, seen, .. } = work;
    let aside = aside_name(operation, file);
    match (seen.aside, seen.sighting.library.is_same()) {
        (Some(Aside::Remove), _) | (Some(Aside::PutBack), true) => {
            moves::remove_beside(target, file, &aside)?;
        }
        (Some(Aside::PutBack), false) => moves::put_back(target, operation, file)?,
        (Some(Aside::Keep), _) => return Err(Obstacle::Taken { path: file.path.to_string() }),
        (None, true) => moves::remove_from_library(target, operation, file)?,
        (None, false) => {}
    }
    if seen.part_in_library || seen.sighting.library == Sight::Torn {
        moves::remove_beside(target, file, &part_name(operation, file))?;
    }
    remove_part(operation, &work)
}

/// One file of a publication that is being settled.
#[derive(Clone, Copy)]
pub(super) struct Settling<'a> {
    /// Where it was to be brought.
    pub(super) folder: &'a Folder,
    pub(super) file: &'a OperationFile,
    pub(super) seen: Seen,
}

impl Settling<'_> {
    fn name(&self) -> Entry<'_> {
        self.folder.at(self.file.stored_name.as_bytes())
    }

    fn is_published(&self) -> bool {
        self.seen.sighting.store.is_same()
    }
}

/// Brings a file back to its path and takes off the served folder what is the operation's there.
///
/// Until the copy there is gone, durably, the draft stays set aside: that is what tells the copy
/// from a file that somebody else put at the new name.
pub(super) fn bring_back(
    target: &Target<'_>,
    operation: &Operation,
    work: Settling<'_>,
) -> Attempt<()> {
    let Settling { folder, file, seen } = work;
    let taken = || Obstacle::Taken { path: file.path.to_string() };
    let library = seen.sighting.library;
    if seen.aside == Some(Aside::Keep) || (seen.aside.is_some() && library == Sight::Other) {
        return Err(taken());
    }
    let drafts = make_folders(target.root(file.root)?, file.path.folder())?;
    let (aside, path) = (aside_name(operation, file), drafts.at(file.path.name()));
    let aside = drafts.at(aside.as_bytes());
    finish_leaving(operation, &work)?;
    if library == Sight::Torn {
        moves::remove_beside(target, file, &part_name(operation, file))?;
    }
    if seen.altered {
        rename_no_replace(work.name(), path)?;
        check_back(&work, path)?;
    } else if work.is_published() && matches!(library, Sight::Nothing | Sight::Torn) {
        match rename_no_replace(work.name(), path) {
            Err(MoveError::CrossDevice { .. }) => {
                let part = part_name(operation, file);
                copy_verified(work.name(), aside, part.as_bytes(), &file.digest)?;
            }
            Err(MoveError::Exists { .. }) => return Err(taken()),
            moved => {
                moved?;
                check_back(&work, path)?;
            }
        }
    }
    if work.is_published() && library != Sight::Other {
        take_off(operation, &work)?;
    }
    match seen.aside {
        Some(Aside::Remove) => remove(aside)?,
        _ if drafts.exists(aside.name)? => rename_no_replace(aside, path)?,
        _ => {}
    }
    drafts.sync()?;
    if drafts.exists(path.name)? { remove_part(operation, &work) } else { Ok(folder.sync()?) }
}

/// What was brought back is what was looked at, or gets its name back at once: others write to the
/// folder that it was in.
fn check_back(work: &Settling<'_>, path: Entry<'_>) -> Attempt<()> {
    let there = path.folder.stat(path.name)?.map(|stat| stat.identity());
    if there.is_some() && there == work.seen.stored
        || found(path.folder, path.name, &work.file.digest)?.sight.is_same()
    {
        return Ok(());
    }
    rename_no_replace(path, work.name())?;
    Err(Obstacle::Drifted { path: work.file.stored_name.clone() })
}

/// Removes a copy from the served folder, durably: what was looked at, and nothing that came since.
fn take_off(operation: &Operation, work: &Settling<'_>) -> Attempt<()> {
    let Found { sight, identity } = found(work.folder, work.name().name, &work.file.digest)?;
    if let (true, Some(identity)) = (sight.is_same(), identity) {
        let copied = Copied { identity, digest: work.file.digest };
        remove_copied(work.name(), aside_name(operation, work.file).as_bytes(), &copied)?;
    }
    Ok(())
}

/// Ends what an earlier try to take a copy off may have begun.
fn finish_leaving(operation: &Operation, work: &Settling<'_>) -> Attempt<()> {
    let aside = aside_name(operation, work.file);
    let leaving = work.folder.at(aside.as_bytes());
    match found(work.folder, leaving.name, &work.file.digest)?.sight {
        Sight::Nothing | Sight::Torn => return Ok(()),
        Sight::Same | Sight::SameFile => remove(leaving)?,
        Sight::Other => rename_no_replace(leaving, work.name())?,
    }
    Ok(work.folder.sync()?)
}

fn remove_part(operation: &Operation, work: &Settling<'_>) -> Attempt<()> {
    let part = part_name(operation, work.file);
    if work.folder.exists(part.as_bytes())? {
        remove(work.folder.at(part.as_bytes()))?;
    }
    Ok(work.folder.sync()?)
}

/// Files in the served folder that have a new name of the operation and are none of its.
pub(super) fn others_there(operation: &Operation, seen: &[Seen]) -> Vec<String> {
    let Some(to) = &operation.to else { return Vec::new() };
    let files = operation.files.iter().zip(seen);
    let others = files.filter(|(_, seen)| seen.sighting.store == Sight::Other);
    let told = others.filter_map(|(file, _)| to.path_of(&file.stored_name).ok());
    told.map(|path| format!("what is at `{path}` stays there")).collect()
}
