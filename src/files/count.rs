//! How many files a root holds, without looking at any of them.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::{Identity, OWN_PREFIX, Root};

/// What a quick look at a root counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Count {
    pub files: u64,
    /// Paths beneath the root that could not be looked at: what is there is not counted.
    pub hidden: Vec<Vec<u8>>,
}

/// Counts what looks like a regular file by its folder entry: a quick answer for a guard.
pub fn count(root: &Root) -> Count {
    let mut count = Count::default();
    for entry in WalkDir::new(root.path()).follow_links(false) {
        match entry {
            Ok(entry) => count.files += u64::from(is_counted(&entry)),
            Err(error) => {
                let path = error.path().and_then(|path| path.strip_prefix(root.path()).ok());
                count.hidden.extend(path.map(|path| path.as_os_str().as_encoded_bytes().to_vec()));
            }
        }
    }
    count
}

fn is_counted(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    entry.file_type().is_file() && !name.starts_with(OWN_PREFIX)
}

/// What is at the paths, links followed; a path where nothing is yet has no identity.
pub fn identities(paths: &[&Path]) -> BTreeSet<Identity> {
    let there = paths.iter().filter_map(|path| path.metadata().ok());
    there.map(|metadata| (metadata.dev(), metadata.ino())).collect()
}
