//! What is at the paths of files that were taken down: they may be back.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::domain::asset::{AssetId, Digest, RootKind};
use crate::domain::path::RelPath;
use crate::domain::text::with_causes;
use crate::error::Error;
use crate::files::{FileError, FileKind, Root, hash_file};

/// Something at a path that a server may serve, and that may be what was taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Back {
    /// The very bytes.
    Bytes,
    /// A link: a server follows it, and where to may change at any time.
    Link,
    /// It is there, and cannot be read.
    Unread(String),
}

impl Back {
    /// What it is, and what is to be done, of a path.
    pub(super) fn in_words(&self, path: &RelPath) -> String {
        match self {
            Self::Bytes => format!("`{path}` is there again"),
            Self::Link => format!("`{path}` is a link, which may lead to it"),
            Self::Unread(why) => format!("nobody can tell what is at `{path}`: {why}"),
        }
    }

    /// What is to be done about it, if the catalog knows the path as a file of `now`.
    pub(super) fn advice(&self, now: Option<AssetId>) -> String {
        match (self, now) {
            (Self::Bytes, Some(now)) => format!("it is {now} by now"),
            (Self::Bytes, None) => "scan first".to_owned(),
            (Self::Link, _) => "take the link out first".to_owned(),
            (Self::Unread(_), _) => "look at it first".to_owned(),
        }
    }
}

const UNSEEN: &str = "its root is not configured, or not the one that was scanned";

/// What is at the path, if it is one of these contents or may be. Fails where the next path would
/// fail too.
pub(super) fn back_at(
    root: &Root,
    path: &RelPath,
    bytes: &BTreeSet<Digest>,
) -> Result<Option<Back>, Error> {
    let found = root.folder(path.folder()).and_then(|folder| hash_file(&folder, path.name()));
    match found {
        Ok((digest, _)) => Ok(bytes.contains(&digest).then_some(Back::Bytes)),
        Err(FileError::NotRegular { kind: FileKind::Symlink, .. }) => Ok(Some(Back::Link)),
        Err(FileError::NotRegular { .. }) => Ok(None),
        Err(error) if error.is_missing() || error.is_no_folder() => Ok(None),
        Err(error) if error.is_disk_wide() => Err(error.into()),
        Err(error) => Ok(Some(Back::Unread(with_causes(&error)))),
    }
}

/// What is at the paths in served folders that files of an asset have or had.
pub(super) fn back_of(
    catalog: &Catalog,
    roots: &BTreeMap<i64, Root>,
    asset: AssetId,
) -> Result<Vec<(i64, RelPath, Back)>, Error> {
    let served = catalog.roots()?.into_iter();
    let served = served.filter(|root| root.kind == RootKind::Production).map(|root| root.id);
    let served: BTreeSet<_> = served.collect();
    let files = catalog.files_of(asset)?;
    let bytes = files.iter().map(|(_, file)| file.digest).collect();
    let mut back = Vec::new();
    for (_, file) in files.iter().filter(|(_, file)| served.contains(&file.root)) {
        let found = match roots.get(&file.root) {
            Some(root) => back_at(root, &file.path, &bytes)?,
            None => Some(Back::Unread(UNSEEN.to_owned())),
        };
        back.extend(found.map(|found| (file.root, file.path.clone(), found)));
    }
    Ok(back)
}
