//! Looking at where an operation's files are.

use std::collections::BTreeMap;

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
    /// The served folder has what a publication hid there: a part, or a copy on its way out.
    pub(super) hidden_in_store: bool,
    /// Which file is in the store.
    pub(super) stored: Option<Identity>,
    /// The very file was brought to the served folder and was written to since. It counts as being
    /// at its path with other bytes, because there is where it is brought back to.
    pub(super) altered: bool,
}

/// What is under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) sight: Sight,
    pub(super) identity: Option<Identity>,
}

/// How often a file is read that changes meanwhile: somebody may set the modes of all.
const TRIES: usize = 3;

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
    let mut drafts = BTreeMap::new();
    if operation.to.is_some() {
        let files = target.catalog.files_of(operation.asset)?.into_iter();
        drafts.extend(files.map(|(id, file)| (id, (file.stamp.device, file.stamp.inode))));
    }
    let look = |file: &OperationFile| {
        let looked = Looked::at(target, operation, store, file)?;
        match store {
            Some(folder) if operation.to.is_some() => {
                looked.where_served(folder, operation, (file, drafts.get(&file.file).copied()))
            }
            _ => Ok(looked.seen()),
        }
    };
    operation.files.iter().map(look).collect()
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

/// Everything that may be there of a file.
struct Looked {
    at_path: Found,
    set_aside: Found,
    stored: Found,
    part_in_library: bool,
}

impl Looked {
    fn at(
        target: &Target<'_>,
        operation: &Operation,
        store: Option<&Folder>,
        file: &OperationFile,
    ) -> Attempt<Self> {
        let stored = match store {
            Some(store) => found_or_torn(store, operation, file)?,
            None => NOTHING,
        };
        let nothing = Self { at_path: NOTHING, set_aside: NOTHING, stored, part_in_library: false };
        let Some(folder) = existing(target.root(file.root)?.folder(file.path.folder()))? else {
            return Ok(nothing);
        };
        Ok(Self {
            at_path: found(&folder, file.path.name(), &file.digest)?,
            set_aside: found(&folder, aside_name(operation, file).as_bytes(), &file.digest)?,
            part_in_library: folder.exists(part_name(operation, file).as_bytes())?,
            ..nothing
        })
    }

    fn seen(self) -> Seen {
        let Self { mut at_path, set_aside, stored, part_in_library } = self;
        let aside = (set_aside.sight != Sight::Nothing)
            .then(|| decide_aside(set_aside.sight, at_path.sight, stored.sight));
        if aside == Some(Aside::PutBack) {
            at_path = set_aside;
        }
        let torn = part_in_library && at_path.sight == Sight::Nothing;
        let sighting = match (at_path, stored) {
            _ if torn => Sighting { library: Sight::Torn, store: stored.sight },
            _ if at_path.is_the_same_file_as(stored) => {
                Sighting { library: Sight::SameFile, store: Sight::SameFile }
            }
            _ => Sighting { library: at_path.sight, store: stored.sight },
        };
        let part_in_library = part_in_library && !torn;
        let (hidden_in_store, altered) = (false, false);
        Seen { sighting, aside, part_in_library, hidden_in_store, stored: stored.identity, altered }
    }

    /// [`Self::seen`] where the store is a folder that is served, and others write to it: their file
    /// with the draft's bytes under the new name is none of the operation's.
    fn where_served(
        mut self,
        folder: &Folder,
        operation: &Operation,
        (file, draft): (&OperationFile, Option<Identity>),
    ) -> Attempt<Seen> {
        let has_part = folder.exists(part_name(operation, file).as_bytes())?;
        let leaving = folder.exists(aside_name(operation, file).as_bytes())?;
        let is_gone =
            self.at_path.sight == Sight::Nothing && self.set_aside.sight == Sight::Nothing;
        let identity = self.stored.identity;
        let altered = is_gone
            && self.stored.sight == Sight::Other
            && draft.is_some_and(|draft| self.stored.identity == Some(draft));
        if altered {
            (self.at_path, self.stored) = (self.stored, NOTHING);
        } else if self.stored.sight.is_same() && !self.is_published(has_part) {
            self.stored.sight = Sight::Other;
        }
        let hidden_in_store = has_part || leaving;
        Ok(Seen { hidden_in_store, stored: identity, altered, ..self.seen() })
    }

    /// Whether what has the draft's bytes under the new name was brought there by the operation: the
    /// very file, or all that is left of it, or a copy. A copy gets the name only while the draft is
    /// set aside, and then is no part any more.
    fn is_published(&self, has_part: bool) -> bool {
        if self.set_aside.sight.is_same() {
            return !has_part;
        }
        !self.at_path.sight.is_same() || self.at_path.is_the_same_file_as(self.stored)
    }
}

impl Found {
    fn is_the_same_file_as(self, other: Self) -> bool {
        let both = self.sight.is_same() && other.sight.is_same();
        both && self.identity == other.identity
    }
}

fn found_or_torn(store: &Folder, operation: &Operation, file: &OperationFile) -> Attempt<Found> {
    let stored = found(store, file.stored_name.as_bytes(), &file.digest)?;
    if stored.sight == Sight::Nothing && store.exists(stored_part(operation, file).as_bytes())? {
        return Ok(Found { sight: Sight::Torn, identity: None });
    }
    Ok(stored)
}

/// What is under the name. Something that changes all the time is none of ours where others write; in
/// quarantine nobody can tell what it is.
pub(super) fn found(folder: &Folder, name: &[u8], expected: &Digest) -> Attempt<Found> {
    const OTHER: Found = Found { sight: Sight::Other, identity: None };
    for _ in 0..TRIES {
        match hash_file(folder, name) {
            Ok((digest, stat)) => {
                let sight = if digest == *expected { Sight::Same } else { Sight::Other };
                return Ok(Found { sight, identity: Some(stat.identity()) });
            }
            Err(error) if error.is_missing() => return Ok(NOTHING),
            Err(FileError::NotRegular { .. } | FileError::Own { .. }) => return Ok(OTHER),
            Err(FileError::ChangedWhileReading { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if folder.is_private() {
        return Err(FileError::ChangedWhileReading { path: folder.at(name).path() }.into());
    }
    Ok(OTHER)
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
