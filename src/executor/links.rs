//! Files with several names (hard links): where the other names are.

use std::collections::{BTreeMap, BTreeSet};

use super::look::existing;
use super::{Attempt, Target};
use crate::catalog::{Catalog, Operation, OperationFile};
use crate::domain::asset::AssetId;
use crate::domain::path::RelPath;
use crate::files::{FileStat, Identity, Quarantine, WalkOptions, walk};

/// A file that was moved while it had other names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    /// Where it was.
    pub path: RelPath,
    pub identity: Identity,
    /// All its names, the one in quarantine among them.
    pub links: u64,
}

impl Linked {
    pub(super) fn of(file: &OperationFile, stat: &FileStat) -> Option<Self> {
        let (path, links) = (file.path.clone(), stat.links);
        (links > 1).then(|| Self { path, identity: stat.identity(), links })
    }
}

/// The files of an operation that are in its folder and have other names.
pub(super) fn linked_in(quarantine: &Quarantine, operation: &Operation) -> Attempt<Vec<Linked>> {
    let Some(store) = existing(quarantine.op_folder(&operation.store))? else {
        return Ok(Vec::new());
    };
    let mut linked = Vec::new();
    for file in &operation.files {
        let stat = store.stat(file.stored_name.as_bytes())?;
        linked.extend(stat.and_then(|stat| Linked::of(file, &stat)));
    }
    Ok(linked)
}

/// The files of an asset in quarantine that have other names.
pub fn linked_of(
    (catalog, quarantine): (&Catalog, &Quarantine),
    asset: AssetId,
) -> Attempt<Vec<Linked>> {
    let taken = catalog.quarantine_of(asset)?;
    taken.map_or_else(|| Ok(Vec::new()), |taken| linked_in(quarantine, &taken))
}

/// The names of a file that were found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Beneath roots, by their numbers; in the order of a walk.
    pub library: Vec<(i64, RelPath)>,
    pub quarantine: u64,
}

impl Names {
    pub fn count(&self) -> u64 {
        self.quarantine.saturating_add(u64::try_from(self.library.len()).unwrap_or(u64::MAX))
    }
}

/// Looks for every name of some files, beneath all roots and in quarantine.
///
/// Folders that cannot be read are passed over: what is not found may be there.
pub fn find_names(
    target: &Target<'_>,
    wanted: &BTreeSet<Identity>,
) -> Attempt<BTreeMap<Identity, Names>> {
    let mut found: BTreeMap<_, Names> = BTreeMap::new();
    let options = WalkOptions { now: target.now, settle_seconds: 0 };
    for (number, root) in &target.roots {
        for file in walk(root, options).flat_map(|listing| listing.files) {
            let identity = (file.stamp.device, file.stamp.inode);
            if wanted.contains(&identity) {
                found.entry(identity).or_default().library.push((*number, file.path));
            }
        }
    }
    for operation in target.quarantine.list_ops()? {
        let Some(store) = existing(target.quarantine.op_folder(&operation))? else { continue };
        for name in store.names()? {
            let identity = store.stat(&name)?.map(|stat| stat.identity());
            if let Some(identity) = identity.filter(|identity| wanted.contains(identity)) {
                found.entry(identity).or_default().quarantine += 1;
            }
        }
    }
    Ok(found)
}
