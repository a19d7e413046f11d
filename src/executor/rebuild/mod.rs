//! Making records again of what the catalog does not know any more: folders in quarantine without one,
//! and files that are not in quarantine any more although the catalog says so.
//!
//! Nothing on disk is changed. What is between two places becomes an open operation, which a
//! recovery settles as it settles any other.

mod astray;
mod unknown;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::catalog::{Adoption, BegunPurge, FileId, Operation, OperationFile};
use crate::domain::asset::{AssetId, FileStamp};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::path::RelPath;
use crate::domain::recovery::{Sight, Sighting};
use crate::domain::testimony::{MOST_NUMBER, Testimony, ToldFile, Whereabouts, decide_whereabouts};
use crate::files::{Folder, Quarantine};

use super::look::{Seen, existing, look_beside};
use super::store::strange_names;
use super::{Attempt, Target, moves, testimony};

pub use astray::{Astray, Became, examine_known, record_astray};
pub use unknown::{Waiting, count_waiting, record_left, unknown_stores};

/// What is asked of a rebuild.
pub struct Rebuild<'a> {
    /// The roots' numbers by their names.
    pub roots: BTreeMap<String, i64>,
    /// Catalogs that a person says are lost.
    pub lost: &'a [String],
    pub reason: &'a str,
    /// Gives an identifier that was never given before.
    pub new_id: &'a dyn Fn() -> String,
}

impl fmt::Debug for Rebuild<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Rebuild");
        shown.field("roots", &self.roots).field("lost", &self.lost).finish_non_exhaustive()
    }
}

/// The part of the quarantine that a folder is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Kept,
    /// Where files are deleted.
    Purging,
}

/// What a folder in quarantine without a record turned out to be.
#[derive(Debug)]
pub enum Examined {
    /// A record can be made of it. The names of what else is in it: that stays, and is in no record.
    Whole(Box<Adoption>, Vec<String>),
    /// It is of a catalog that nobody said is lost.
    Foreign { catalog: String },
    /// Nothing is in it.
    Empty,
    /// Bytes are missing, or nothing says whose they are.
    Damaged { why: String },
    /// It says where its files belong, and that is not configured.
    Homeless { root: String },
}

/// What the folders without a record tell of, before any of them is believed.
#[derive(Debug, Default)]
pub struct Rumors {
    /// Assets of this very catalog, with the paths that they had.
    pub own: BTreeSet<(AssetId, RelPath)>,
    /// Assets that are known to have come back since an operation that is known.
    pub came_back: BTreeSet<AssetId>,
    /// The greatest number of an asset.
    pub greatest: i64,
}

/// Reads every manifest of a folder without a record.
pub fn listen(target: &Target<'_>, stores: &[(Part, String)]) -> Attempt<Rumors> {
    let catalog = target.catalog.uuid()?;
    let mut rumors = Rumors::default();
    for (part, store) in stores {
        let bytes = read_manifest(&target.quarantine, *part, store).ok();
        let Some(told) = bytes.and_then(|bytes| testimony::read(&bytes, store).ok()) else {
            continue;
        };
        let number = told.asset.number;
        if number.0 <= MOST_NUMBER {
            rumors.greatest = rumors.greatest.max(number.0);
        }
        if told.catalog == catalog {
            rumors.own.insert((number, told.asset.path));
        }
    }
    Ok(rumors)
}

fn read_manifest(quarantine: &Quarantine, part: Part, store: &str) -> Attempt<Vec<u8>> {
    Ok(match part {
        Part::Kept => quarantine.read_manifest(store)?,
        Part::Purging => quarantine.read_purging_manifest(store)?,
    })
}

/// Looks what a folder without a record says of itself, and whether that is true. Changes nothing.
pub fn examine(
    target: &Target<'_>,
    wanted: &Rebuild<'_>,
    (part, store): (Part, &str),
    rumors: &Rumors,
) -> Attempt<Examined> {
    let folder = match part {
        Part::Kept => target.quarantine.op_folder(store)?,
        Part::Purging => target.quarantine.purging_folder(store)?,
    };
    let names = folder.names()?;
    if names.is_empty() {
        return Ok(Examined::Empty);
    }
    if !names.iter().any(|name| name == Quarantine::MANIFEST) {
        return Ok(Examined::Damaged { why: "it has no manifest".to_owned() });
    }
    let told = match testimony::read(&read_manifest(&target.quarantine, part, store)?, store) {
        Ok(told) => told,
        Err(why) => return Ok(Examined::Damaged { why }),
    };
    if told.catalog != target.catalog.uuid()? && !wanted.lost.contains(&told.catalog) {
        return Ok(Examined::Foreign { catalog: told.catalog });
    }
    if let Some(root) = unconfigured(wanted, &told) {
        return Ok(Examined::Homeless { root });
    }
    weigh(target, wanted, (part, &folder), told, rumors)
}

/// A root that is told of and not configured.
fn unconfigured(wanted: &Rebuild<'_>, told: &Testimony) -> Option<String> {
    let mut roots = told.files.iter().map(|file| &file.root).chain([&told.asset.root]);
    roots.find(|root| !wanted.roots.contains_key(*root)).cloned()
}

/// Compares what was told with what is there.
fn weigh(
    target: &Target<'_>,
    wanted: &Rebuild<'_>,
    (part, folder): (Part, &Folder),
    told: Testimony,
    rumors: &Rumors,
) -> Attempt<Examined> {
    let mut operation = operation_of(target, &wanted.roots, &told)?;
    let looked = look_beside(target, &operation, Some(folder))?;
    let unfinished = looked.iter().any(|seen| seen.aside.is_some() || seen.part_in_library);
    let mut seen = Vec::with_capacity(looked.len());
    for (file, looked) in operation.files.iter().zip(&looked) {
        seen.push(distinguish(target, file, *looked)?);
    }
    let is_deleted = |file: &Sighting| file.store == Sight::Nothing && !file.library.is_same();
    let emptied = part == Part::Purging && seen.iter().all(is_deleted);
    let whereabouts = match decide_whereabouts(&seen, unfinished) {
        _ if emptied => Whereabouts::Stored,
        found if part == Part::Purging && found != Whereabouts::Stored => Whereabouts::Damaged,
        found => found,
    };
    let Some(end) = whereabouts.end() else {
        return Ok(Examined::Damaged { why: missing(&operation, &seen) });
    };
    operation.state = end;
    let mut found = Vec::with_capacity(seen.len());
    for (file, seen) in operation.files.iter_mut().zip(seen) {
        file.state = if emptied { FileState::Moved } else { whereabouts.file_state(seen) };
        found.push((seen, identity(target, folder, file)?));
    }
    let others = strange_names(folder, &operation)?;
    let purge = (part == Part::Purging)
        .then(|| BegunPurge { id: (wanted.new_id)(), hold: (!emptied).then(|| KEEP.to_owned()) });
    let root = wanted.roots.get(&told.asset.root).copied().unwrap_or_default();
    let adoption = Adoption {
        came_back: rumors.came_back.contains(&told.asset.number),
        greatest: rumors.greatest,
        reason: wanted.reason.to_owned(),
        told,
        operation,
        whereabouts,
        found,
        root,
        purge,
    };
    Ok(Examined::Whole(Box::new(adoption), others))
}

/// Why an asset is held whose purge had begun.
pub const KEEP: &str = "its purge had begun when the catalog was lost";

fn operation_of(
    target: &Target<'_>,
    roots: &BTreeMap<String, i64>,
    told: &Testimony,
) -> Attempt<Operation> {
    let file = |(told, number): (&ToldFile, u32)| OperationFile {
        number,
        file: FileId(0),
        root: roots.get(&told.root).copied().unwrap_or_default(),
        path: told.path.clone(),
        stored_name: told.stored_name.clone(),
        digest: told.digest,
        bytes: told.bytes,
        mode: told.mode,
        modified_ns: told.modified_ns,
        state: FileState::Pending,
    };
    let files: Vec<_> = told.files.iter().zip(1..).map(file).collect();
    for file in &files {
        target.root(file.root)?;
    }
    Ok(Operation {
        id: told.operation.clone(),
        kind: OperationKind::Quarantine,
        asset: told.asset.number,
        state: OperationState::Intent,
        opened_at: told.opened.min(target.now),
        store: told.operation.clone(),
        to: None,
        files,
    })
}

/// What a file looks like. One that is whole in quarantine while the same bytes are at its path was
/// being moved only if that file has the time of the one that was: else somebody put it there.
fn distinguish(target: &Target<'_>, file: &OperationFile, looked: Seen) -> Attempt<Sighting> {
    let seen = looked.sighting;
    if seen.library != Sight::Same || seen.store != Sight::Same || looked.aside.is_some() {
        return Ok(seen);
    }
    let folder = target.root(file.root)?.folder(file.path.folder())?;
    let stat = folder.stat(file.path.name())?;
    let same = stat.is_some_and(|stat| stat.stamp.modified_ns == file.modified_ns);
    Ok(if same { seen } else { Sighting { library: Sight::Other, ..seen } })
}

/// The identity of the file where it has its place; of one that is deleted, as it was.
fn identity(target: &Target<'_>, store: &Folder, file: &OperationFile) -> Attempt<FileStamp> {
    let stat = if file.state == FileState::Returned {
        let folder = existing(target.root(file.root)?.folder(file.path.folder()))?;
        folder.map(|folder| folder.stat(file.path.name())).transpose()?.flatten()
    } else {
        store.stat(file.stored_name.as_bytes())?
    };
    let modified_ns = file.modified_ns;
    let gone = FileStamp { bytes: file.bytes, modified_ns, changed_ns: 0, inode: 0, device: 0 };
    Ok(stat.map_or(gone, |stat| stat.stamp))
}

/// The files whose bytes are in neither place, in words.
fn missing(operation: &Operation, seen: &[Sighting]) -> String {
    let lost = |seen: &Sighting| !seen.store.is_same() && !seen.library.is_same();
    let files = operation.files.iter().zip(seen);
    let words = files.filter(|(_, seen)| lost(seen)).map(|(file, seen)| {
        let what = match seen.store {
            Sight::Torn => "is a torn copy",
            Sight::Other => "has other bytes",
            _ => "is gone",
        };
        format!("{} of `{}` {what}", file.stored_name, file.path)
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { "its purge had begun".to_owned() } else { words.join("; ") }
}

/// Makes the records of a folder, all of them or none, and gives the asset's number.
pub fn adopt(target: &mut Target<'_>, adoption: &Adoption) -> Attempt<AssetId> {
    target.may_begin()?;
    let store = &adoption.operation.store;
    let folder = match &adoption.purge {
        None => target.quarantine.op_folder(store)?,
        Some(_) => target.quarantine.purging_folder(store)?,
    };
    // A killed run leaves renames behind that only memory knows of.
    moves::sync_all(target, &adoption.operation, Some(&folder))?;
    target.quarantine.sync_purge()?;
    target.step("adopt folder")?;
    Ok(target.catalog.adopt(adoption)?)
}
