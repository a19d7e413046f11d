//! Folders in quarantine that the catalog has no record of, and whose they say they are.

use crate::catalog::Catalog;
use crate::files::Quarantine;

use super::super::{Attempt, Target, testimony};
use super::{Part, read_manifest};

/// The folders in quarantine that the catalog knows nothing of, the newest first.
pub fn unknown_stores(catalog: &Catalog, quarantine: &Quarantine) -> Attempt<Vec<(Part, String)>> {
    let kept = quarantine.list_ops()?.into_iter().map(|store| (Part::Kept, store));
    let purging = quarantine.list_purging()?.into_iter().map(|store| (Part::Purging, store));
    let mut unknown = Vec::new();
    for (part, store) in kept.chain(purging) {
        if !catalog.knows_operation(&store)? {
            unknown.push((part, store));
        }
    }
    unknown.sort_by(|a, b| b.1.cmp(&a.1));
    Ok(unknown)
}

/// How many folders without a record say whose they are, and wait for a rebuild.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Of this very catalog: it is older than its quarantine.
    pub own: u64,
    pub others: u64,
}

/// Counts them. What a rebuild has looked at already, and could make no record of, does not wait; nor
/// does what says nothing that can be read. Manifests are read of folders without a record only.
pub fn count_waiting(catalog: &Catalog, quarantine: &Quarantine) -> Attempt<Waiting> {
    let (uuid, mut waiting) = (catalog.uuid()?, Waiting::default());
    let mut left = None;
    for (part, store) in unknown_stores(catalog, quarantine)? {
        let Some(told) = catalog_of(quarantine, part, &store) else { continue };
        if told != uuid {
            waiting.others += 1;
            continue;
        }
        let left = match &left {
            Some(left) => left,
            None => left.insert(catalog.left_folders()?),
        };
        waiting.own += u64::from(!left.contains(&store));
    }
    Ok(waiting)
}

/// The catalog that a folder says it is of.
fn catalog_of(quarantine: &Quarantine, part: Part, store: &str) -> Option<String> {
    let bytes = read_manifest(quarantine, part, store).ok()?;
    Some(testimony::read(&bytes, store).ok()?.catalog)
}

/// Writes down which of these folders, each with why, are this catalog's own and stay without a
/// record. Tells how many were not written down before.
pub fn record_left(
    target: &mut Target<'_>,
    folders: &[(Part, String, String)],
    reason: &str,
) -> Attempt<u64> {
    let (uuid, known) = (target.catalog.uuid()?, target.catalog.left_folders()?);
    let is_own =
        |part, store: &str| catalog_of(&target.quarantine, part, store).as_ref() == Some(&uuid);
    let left =
        folders.iter().filter(|(part, store, _)| !known.contains(store) && is_own(*part, store));
    let left: Vec<_> = left.map(|(_, store, why)| (store.clone(), why.clone())).collect();
    if !left.is_empty() {
        target.step("leave folders")?;
        target.catalog.record_left_folders(&left, reason)?;
    }
    Ok(u64::try_from(left.len()).unwrap_or(u64::MAX))
}
