//! One folder on its way from the disk into the catalog.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{Catalog, FolderChange};
use crate::domain::asset::{Content, PixelHash, Place};
use crate::domain::claims::Claims;
use crate::domain::group::{FolderFile, Membership, plan_groups};
use crate::domain::intake::{FoundFile, KnownFile, Owner, plan_folder};
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::files::{FileError, FileRead, FolderListing};

/// A folder as it was listed, beside what the catalog knows of it.
pub(super) struct Seen {
    pub(super) listing: FolderListing,
    pub(super) known: Vec<KnownFile>,
    /// The files whose bytes have to be read, by path.
    pub(super) unread: Vec<RelPath>,
}

/// Whether a file that did not change is read all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    Changed,
    Everything,
}

impl Seen {
    pub(super) fn new(listing: FolderListing, known: Vec<KnownFile>, reading: Reading) -> Self {
        let unchanged = |file: &crate::files::FoundFile| {
            known_as(&known, file.path.name())
                .is_some_and(|known| known.found.stamp == file.stamp && !known.wants_a_look())
        };
        let wanted = listing.files.iter();
        let wanted = wanted.filter(|file| reading == Reading::Everything || !unchanged(file));
        let unread = wanted.map(|file| file.path.clone()).collect();
        Self { listing, known, unread }
    }

    /// Whether the catalog knows all of it already, and nothing else of the folder.
    pub(super) fn is_known(&self) -> bool {
        self.unread.is_empty()
            && self.known.len() == self.listing.files.len()
            && self.known.iter().all(|file| file.place == Place::Library && !file.is_provisional())
    }

    /// The known files that were not listed because they, or the folder, could not be looked at.
    fn hidden(&self) -> impl Iterator<Item = &KnownFile> {
        let FolderListing { folder, files, .. } = &self.listing;
        let hidden: BTreeSet<&[u8]> = self.listing.hidden().collect();
        let is_listed =
            |name: &[u8]| files.binary_search_by(|file| file.path.name().cmp(name)).is_ok();
        let is_hidden = move |known: &&KnownFile| {
            let name = known.found.name.as_slice();
            let path = || match folder.as_slice() {
                b"" => name.to_vec(),
                folder => [folder, name].join(&b'/'),
            };
            let is_told = || hidden.contains(folder.as_slice()) || hidden.contains(&*path());
            !hidden.is_empty() && !is_listed(name) && is_told()
        };
        self.known.iter().filter(is_hidden)
    }
}

fn known_as<'k>(known: &'k [KnownFile], name: &[u8]) -> Option<&'k KnownFile> {
    let at = known.binary_search_by(|file| file.found.name.as_slice().cmp(name)).ok()?;
    known.get(at)
}

/// A file that was read: what it is, and what it says about itself.
pub(super) type LookedInto = FileRead<(Content, Box<Claims>)>;

/// What became of the files that were read, and of those that could not be.
pub(super) struct Taken {
    pub(super) found: Vec<FoundFile>,
    pub(super) failed: Vec<FileError>,
}

/// Joins what was read with what did not change, by name. A file that could not be read, or not even
/// looked at, keeps what is known of it.
pub(super) fn take(seen: &Seen, read: Vec<Result<LookedInto, FileError>>) -> Taken {
    let mut taken =
        Taken { found: Vec::with_capacity(seen.listing.files.len()), failed: Vec::new() };
    let mut read = seen.unread.iter().zip(read).peekable();
    for file in &seen.listing.files {
        let name = file.path.name();
        let fresh = read.next_if(|(path, _)| **path == file.path).map(|(_, read)| read);
        let known = || known_as(&seen.known, name).map(|known| known.found.clone());
        match fresh {
            Some(Ok(read)) => {
                let (content, claims) = read.content;
                taken.found.push(FoundFile {
                    name: name.to_vec(),
                    digest: read.digest,
                    content,
                    stamp: read.stamp,
                    claims: Some(claims),
                });
            }
            Some(Err(error)) => {
                taken.failed.push(error);
                taken.found.extend(known_as(&seen.known, name).and_then(in_library).cloned());
            }
            None => taken.found.extend(known()),
        }
    }
    let hidden = seen.hidden().filter_map(in_library).cloned();
    taken.found.extend(hidden);
    taken.found.sort_by(|one, other| one.name.cmp(&other.name));
    taken
}

/// What was missing stays so until it is read, and so does what an asset left behind.
fn in_library(known: &KnownFile) -> Option<&FoundFile> {
    let there = known.place == Place::Library && !known.is_left_behind();
    there.then_some(&known.found)
}

/// Groups the folder's files and plans what the catalog has to learn.
pub(in crate::commands) fn plan(
    catalog: &Catalog,
    (root, folder): (i64, &[u8]),
    (found, known): (&[FoundFile], &[KnownFile]),
    same_pixels: &BTreeMap<Vec<u8>, PixelHash>,
) -> Result<FolderChange, Error> {
    let files: Vec<_> = found.iter().map(|file| folder_file(file, known)).collect();
    let grouping = plan_groups(&files, &catalog.attachments_in(root, folder)?);
    let plan = plan_folder(found, known, (&grouping.groups, &grouping.ambiguous), same_pixels);
    Ok(FolderChange { root, folder: folder.to_vec(), plan })
}

fn folder_file(file: &FoundFile, known: &[KnownFile]) -> FolderFile {
    let known = known_as(known, &file.name).filter(|known| !known.is_left_behind());
    let earlier = known.and_then(|known| {
        let owner = known.owner.as_ref().ok()?;
        let unchanged = known.place == Place::Library && known.found.digest == file.digest;
        let Owner { asset, role, goes_by, .. } = *owner;
        Some(Membership { asset, role, goes_by, unchanged })
    });
    FolderFile { name: file.name.clone(), content: file.content.clone(), earlier }
}
