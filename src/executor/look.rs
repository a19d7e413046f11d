//! Looking at where an operation's files are.

use crate::catalog::{Operation, OperationFile};
use crate::domain::asset::Digest;
use crate::domain::recovery::{Aside, Sight, Sighting, decide_aside};
use crate::files::folder::Identity;
use crate::files::{FileError, Folder, Quarantine, hash_file};

use super::{Attempt, Target};

/// A file of an operation as it was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) sighting: Sighting,
    /// What is to be done with a source that was set aside, if one was.
    pub(super) aside: Option<Aside>,
    /// A part of ours lies beside something else at the path.
    pub(super) part_in_library: bool,
}

/// What is under one name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) sight: Sight,
    pub(super) identity: Option<Identity>,
}

const NOTHING: Found = Found { sight: Sight::Nothing, identity: None };

/// Looks at every file of the operation in both of its places, by number. Changes nothing.
pub(super) fn look(target: &Target<'_>, operation: &Operation) -> Attempt<Vec<Seen>> {
    let store = store_of(target, operation)?;
    look_beside(target, operation, store.as_ref())
}

/// [`look`] with the folder that the files are kept in, wherever that is.
pub(super) fn look_beside(
    target: &Target<'_>,
    operation: &Operation,
    store: Option<&Folder>,
) -> Attempt<Vec<Seen>> {
    operation.files.iter().map(|file| look_at(target, operation, store, file)).collect()
}

/// The folder that the operation brings files to or takes them from, if it is there: one of its own
/// in quarantine, or the one that a draft is published to.
pub(super) fn store_of(target: &Target<'_>, operation: &Operation) -> Attempt<Option<Folder>> {
    match &operation.to {
        Some(to) => existing(target.root(to.root)?.folder(&to.folder)),
        None => existing(target.quarantine.op_folder(&operation.store)),
    }
}

/// The sightings alone, for decisions.
pub(super) fn sightings(seen: &[Seen]) -> Vec<Sighting> {
    seen.iter().map(|seen| seen.sighting).collect()
}

fn look_at(
    target: &Target<'_>,
    operation: &Operation,
    store: Option<&Folder>,
    file: &OperationFile,
) -> Attempt<Seen> {
    let stored = match store {
        Some(store) => found_or_torn(store, file, &stored_part(operation, file))?,
        None => NOTHING,
    };
    let Some(folder) = existing(target.root(file.root)?.folder(file.path.folder()))? else {
        let sighting = Sighting { library: Sight::Nothing, store: stored.sight };
        return Ok(Seen { sighting, aside: None, part_in_library: false });
    };
    let mut here = found(&folder, file.path.name(), &file.digest)?;
    let set_aside = found(&folder, aside_name(operation, file).as_bytes(), &file.digest)?;
    let part = folder.exists(part_name(operation, file).as_bytes())?;
    let aside = (set_aside.sight != Sight::Nothing)
        .then(|| decide_aside(set_aside.sight, here.sight, stored.sight));
    if aside == Some(Aside::PutBack) {
        here = set_aside;
    }
    let torn = part && here.sight == Sight::Nothing;
    let sighting = match (here, stored) {
        _ if torn => Sighting { library: Sight::Torn, store: stored.sight },
        (Found { sight: Sight::Same, identity }, Found { sight: Sight::Same, identity: other })
            if identity == other =>
        {
            Sighting { library: Sight::SameFile, store: Sight::SameFile }
        }
        _ => Sighting { library: here.sight, store: stored.sight },
    };
    Ok(Seen { sighting, aside, part_in_library: part && !torn })
}

fn found_or_torn(store: &Folder, file: &OperationFile, part: &str) -> Attempt<Found> {
    let stored = found(store, file.stored_name.as_bytes(), &file.digest)?;
    if stored.sight == Sight::Nothing && store.exists(part.as_bytes())? {
        return Ok(Found { sight: Sight::Torn, identity: None });
    }
    Ok(stored)
}

pub(super) fn found(folder: &Folder, name: &[u8], expected: &Digest) -> Attempt<Found> {
    match hash_file(folder, name) {
        Ok((digest, stat)) => {
            let sight = if digest == *expected { Sight::Same } else { Sight::Other };
            Ok(Found { sight, identity: Some(stat.identity()) })
        }
        Err(error) if error.is_missing() => Ok(NOTHING),
        Err(
            FileError::NotRegular { .. }
            | FileError::Own { .. }
            | FileError::ChangedWhileReading { .. },
        ) => Ok(Found { sight: Sight::Other, identity: None }),
        Err(error) => Err(error.into()),
    }
}

/// The folder, if it is there. One that became a link is an error: its files may be anywhere.
pub(super) fn existing(opened: Result<Folder, FileError>) -> Attempt<Option<Folder>> {
    match opened {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The name that a source in the library gets while its copy is compared with it.
pub(super) fn aside_name(operation: &Operation, file: &OperationFile) -> String {
    format!(".shelflife-{}-{}", operation.id, file.number)
}

/// The name under which a file is copied into the store until it is whole: one that nobody sees,
/// where the store is served.
pub(super) fn stored_part(operation: &Operation, file: &OperationFile) -> String {
    match operation.to {
        Some(_) => part_name(operation, file),
        None => Quarantine::part_name(file.number),
    }
}

/// The name under which a file is copied into the library until it is whole.
pub(super) fn part_name(operation: &Operation, file: &OperationFile) -> String {
    format!(".shelflife-{}-{}.part", operation.id, file.number)
}
