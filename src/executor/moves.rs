//! One file of an operation on its way from one place to the other.

use std::collections::BTreeSet;

use crate::catalog::{Operation, OperationFile};
use crate::files::copy::copy_verified;
use crate::files::folders::{folders_above, make_folders};
use crate::files::moves::{Copied, remove, remove_copied, rename_no_replace, rename_to};
use crate::files::{FileError, FileStat, Folder, MoveError, hash_file};

use super::look::{aside_name, existing, part_name, stored_part};
use super::{Attempt, Obstacle, Target};

/// How a file came into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It is the very file, looked at once it had arrived.
    Renamed(FileStat),
    /// It is a copy, compared with what it was made of.
    Copied,
}

/// Moves a file into the store. It may have been copied only, if the source could not be removed.
pub(super) fn move_to_store(
    target: &Target<'_>,
    operation: &Operation,
    (store, file): (&Folder, &OperationFile),
) -> Attempt<Way> {
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    let (from, to) = (folder.at(file.path.name()), store.at(file.stored_name.as_bytes()));
    match rename_to(from, to) {
        Err(MoveError::CrossDevice { .. }) => {}
        moved => {
            moved?;
            return Ok(Way::Renamed(check_moved(target, store, file)?));
        }
    }
    let part = stored_part(operation, file);
    let copied = copy_verified(from, to, part.as_bytes(), &file.digest)?;
    remove_copied(from, aside_name(operation, file).as_bytes(), &copied)?;
    Ok(Way::Copied)
}

/// What was moved is what was checked, or goes back at once: somebody may write between the two.
pub(super) fn check_moved(
    target: &Target<'_>,
    store: &Folder,
    file: &OperationFile,
) -> Attempt<FileStat> {
    let moved = store.at(file.stored_name.as_bytes());
    match hash_file(store, moved.name) {
        Ok((digest, stat)) if digest == file.digest => return Ok(stat),
        Ok(_)
        | Err(
            FileError::NotRegular { .. }
            | FileError::Own { .. }
            | FileError::ChangedWhileReading { .. },
        ) => {}
        // It cannot be told what it is: that is no change.
        Err(error) => return Err(error.into()),
    }
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    rename_no_replace(moved, folder.at(file.path.name()))?;
    Err(Obstacle::Drifted { path: file.path.to_string() })
}

/// Moves a file back to its path, making the folders that are gone. Where that takes a copy, the
/// file in the store stays.
pub(super) fn move_to_library(
    target: &Target<'_>,
    operation: &Operation,
    (store, file): (&Folder, &OperationFile),
) -> Attempt<()> {
    let folder = make_folders(target.root(file.root)?, file.path.folder())?;
    let (from, to) = (store.at(file.stored_name.as_bytes()), folder.at(file.path.name()));
    let moved = match rename_no_replace(from, to) {
        Err(MoveError::CrossDevice { .. }) => {
            let part = part_name(operation, file);
            copy_verified(from, to, part.as_bytes(), &file.digest).map(|_| ())
        }
        moved => moved,
    };
    moved.map_err(|error| match error {
        MoveError::Exists { .. } => Obstacle::Taken { path: file.path.to_string() },
        other => other.into(),
    })
}

/// Removes a file from the library whose bytes are in the store, durably there.
pub(super) fn remove_from_library(
    target: &Target<'_>,
    operation: &Operation,
    file: &OperationFile,
) -> Attempt<()> {
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    let (digest, stat) = hash_file(&folder, file.path.name())?;
    if digest != file.digest {
        return Err(Obstacle::Drifted { path: file.path.to_string() });
    }
    let aside = aside_name(operation, file);
    let copied = Copied { identity: stat.identity(), digest };
    Ok(remove_copied(folder.at(file.path.name()), aside.as_bytes(), &copied)?)
}

/// Gives a source that was set aside its name back.
pub(super) fn put_back(
    target: &Target<'_>,
    operation: &Operation,
    file: &OperationFile,
) -> Attempt<()> {
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    let aside = aside_name(operation, file);
    Ok(rename_no_replace(folder.at(aside.as_bytes()), folder.at(file.path.name()))?)
}

/// Removes a file of our own beside a path of the library.
pub(super) fn remove_beside(target: &Target<'_>, file: &OperationFile, name: &str) -> Attempt<()> {
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    Ok(remove(folder.at(name.as_bytes()))?)
}

/// Makes what was moved durable: first the store, then every folder of the library concerned.
pub(super) fn sync_all(
    target: &Target<'_>,
    operation: &Operation,
    store: Option<&Folder>,
) -> Attempt<()> {
    if let Some(store) = store {
        store.sync()?;
    }
    sync_library(target, operation)
}

/// Makes what was moved durable in every folder of the library concerned.
pub(super) fn sync_library(target: &Target<'_>, operation: &Operation) -> Attempt<()> {
    let folders = operation.files.iter().map(|file| (file.root, file.path.folder()));
    sync_folders(target, folders.collect())
}

/// Makes these folders durable in those above them: a killed run may have made them.
pub(super) fn sync_above(target: &Target<'_>, operation: &Operation) -> Attempt<()> {
    let folders = operation
        .files
        .iter()
        .flat_map(|file| folders_above(file.path.folder()).map(move |folder| (file.root, folder)));
    sync_folders(target, folders.collect())
}

fn sync_folders(target: &Target<'_>, folders: BTreeSet<(i64, &[u8])>) -> Attempt<()> {
    for (root, folder) in folders {
        if let Some(folder) = existing(target.root(root)?.folder(folder))? {
            folder.sync()?;
        }
    }
    Ok(())
}
