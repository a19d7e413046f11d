//! Removing what an operation's folder in quarantine still holds once its files are back.

use crate::catalog::{Operation, OperationFile};
use crate::domain::asset::Asset;
use crate::domain::operation::OperationState;
use crate::domain::recovery::Sight;
use crate::domain::testimony::Testimony;
use crate::domain::text::printable;
use crate::files::moves::{remove, sync_file};
use crate::files::{FileError, Folder, OWN_PREFIX, Quarantine, hash_file};

use super::look::{existing, found};
use super::{Attempt, Target, testimony};

/// Whose a name in a store is.
enum Owner<'a> {
    Manifest,
    /// A part that a copy or a manifest left behind.
    Part,
    File(&'a OperationFile),
    Unknown,
}

/// Where the original of an asset in quarantine is kept: the folder, and the name there.
pub fn stored_original(target: &Target<'_>, asset: &Asset) -> Option<(Folder, String)> {
    let taken = target.catalog.quarantine_of(asset.id).ok()??;
    let folder = existing(target.quarantine.op_folder(&taken.store)).ok()??;
    let file = taken.files.into_iter().find(|file| file.digest == asset.digest)?;
    Some((folder, file.stored_name))
}

/// Removes the store of a closed operation whose files are in the library.
///
/// A copy goes only if it has the catalogued bytes and these are in the library too, durably. What else
/// is found stays and is told.
pub(super) fn empty_store(target: &Target<'_>, operation: &Operation) -> Attempt<Vec<String>> {
    let Some(store) = existing(target.quarantine.op_folder(&operation.store))? else {
        return Ok(Vec::new());
    };
    let mut left = Vec::new();
    for name in store.names()? {
        let removable = match owner(operation, &name) {
            Owner::Manifest => continue,
            Owner::Part => true,
            Owner::File(file) => {
                let stored = found(&store, &name, &file.digest)?;
                stored.sight == Sight::Same && is_in_library(target, file)?
            }
            Owner::Unknown => false,
        };
        if removable {
            remove(store.at(&name))?;
        } else {
            left.push(left_behind(&store, &name));
        }
    }
    if left.is_empty() {
        target.quarantine.remove_op_folder(&operation.store)?;
    }
    Ok(left)
}

/// What else is in the folder of an operation, printable.
pub(super) fn strange_names(
    store: &Folder,
    operation: &Operation,
) -> Result<Vec<String>, FileError> {
    let is_lost = operation.state == OperationState::Lost;
    let names = store.names()?.into_iter();
    let strange = names.filter(|name| match owner(operation, name) {
        Owner::Manifest => false,
        // What is left of one that is lost is on no other list.
        Owner::File(_) | Owner::Part => is_lost,
        Owner::Unknown => true,
    });
    Ok(strange.map(|name| printable(&name)).collect())
}

/// What else than its files is wrong with the folder of an operation that is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoreFaults {
    /// Why the folder could not be made out if the catalog were lost.
    pub manifest: Option<String>,
    /// Names that are none of the operation's, printable.
    pub strangers: Vec<String>,
}

/// Looks at the manifest and the names in the folder of an operation, and at no file. A folder that is
/// not there has no faults: its files are missing.
pub fn faults_of_store(
    quarantine: &Quarantine,
    operation: &Operation,
) -> Result<StoreFaults, FileError> {
    let folder = match quarantine.op_folder(&operation.store) {
        Err(error) if error.is_missing() => return Ok(StoreFaults::default()),
        opened => opened?,
    };
    let manifest = match quarantine.read_manifest(&operation.store) {
        Err(error) if error.is_missing() => Some("it has no manifest".to_owned()),
        Err(error @ FileError::NotRegular { .. }) => Some(error.to_string()),
        Err(error) => return Err(error),
        Ok(bytes) => match testimony::read(&bytes, &operation.store) {
            Err(why) => Some(why),
            Ok(told) => (!tells_of(&told, operation))
                .then(|| "its manifest tells of other files".to_owned()),
        },
    };
    Ok(StoreFaults { manifest, strangers: strange_names(&folder, operation)? })
}

fn tells_of(told: &Testimony, operation: &Operation) -> bool {
    let told = told.files.iter().map(|file| (&file.stored_name, file.digest));
    told.eq(operation.files.iter().map(|file| (&file.stored_name, file.digest)))
}

fn left_behind(store: &Folder, name: &[u8]) -> String {
    format!("left in quarantine: {}/{}", store.path().display(), printable(name))
}

fn owner<'a>(operation: &'a Operation, name: &[u8]) -> Owner<'a> {
    if name == Quarantine::MANIFEST {
        return Owner::Manifest;
    }
    let is_part = |file: &OperationFile| Quarantine::part_name(file.number).as_bytes() == name;
    if name.starts_with(OWN_PREFIX) || operation.files.iter().any(is_part) {
        return Owner::Part;
    }
    let is_stored = |file: &&OperationFile| file.stored_name.as_bytes() == name;
    operation.files.iter().find(is_stored).map_or(Owner::Unknown, Owner::File)
}

/// Whether the file is in the library with the catalogued bytes; then it is made durable there.
fn is_in_library(target: &Target<'_>, file: &OperationFile) -> Attempt<bool> {
    let Some(folder) = existing(target.root(file.root)?.folder(file.path.folder()))? else {
        return Ok(false);
    };
    if !hash_file(&folder, file.path.name()).is_ok_and(|(digest, _)| digest == file.digest) {
        return Ok(false);
    }
    sync_file(folder.at(file.path.name()))?;
    folder.sync()?;
    Ok(true)
}
