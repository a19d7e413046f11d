//! What the file system of a folder can do, found out by trying.
//!
//! Everything is tried in a new folder of its own, which is removed again whatever happens. Nothing
//! else in the folder is read or touched.

mod trials;

use std::path::Path;

use rustix::fs::{AtFlags, Mode, mkdirat, unlinkat};

use super::moves::remove as remove_file;
use super::{FileError, FileKind, Folder, MoveError, Result, Root, random_bytes, write};

/// What a folder can be chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Root,
    Quarantine,
    Catalog,
}

/// What one trial found, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// What was tried, in a few words.
    pub ability: &'static str,
    pub found: String,
    pub follows: &'static str,
    /// What the folder cannot be chosen for on this account.
    pub unfit: &'static [Use],
}

impl Use {
    pub const ALL: [Self; 3] = [Self::Root, Self::Quarantine, Self::Catalog];

    pub fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Quarantine => "quarantine",
            Self::Catalog => "catalog",
        }
    }
}

/// Tries everything in a new folder of `dir`, and removes the folder.
///
/// Fails if nothing can be made in `dir`, or if the disk fails in a way that says nothing about
/// what the file system can do.
pub fn try_abilities(dir: &Path) -> Result<Vec<Trial>> {
    let above = Root::open(dir)?;
    let top = above.folder(b"")?;
    let name = own_name()?;
    let failed = |errno| top.failed("make folder", name.as_bytes(), errno);
    mkdirat(&top, name.as_str(), Mode::RWXU).map_err(failed)?;
    let tried = above.folder(name.as_bytes()).and_then(|folder| trials::all(&folder));
    let removed = remove(&above, &top, &name);
    let tried = tried?;
    removed.map(|()| tried)
}

/// Fails with [`FileError::Unsupported`] if no file can be moved to the top of a root without a risk to
/// replace another. Leaves nothing there.
pub fn check_moves(root: &Root) -> Result<()> {
    let top = root.folder(b"")?;
    let name = own_name()?;
    let tried = top.at(name.as_bytes());
    match write::write_new(tried, b"", 0o600) {
        Err(MoveError::Unsupported { .. }) => {
            Err(FileError::Unsupported { path: root.path().to_owned() })
        }
        written => written.map_err(FileError::from).and_then(|()| remove_file(tried)),
    }
}

/// A name that is not there already: nobody can guess it.
fn own_name() -> Result<String> {
    let bytes = random_bytes()?;
    let number = u64::from_be_bytes(bytes.first_chunk().copied().unwrap_or_default());
    Ok(format!(".shelflife-selftest-{number:016x}"))
}

/// Removes the folder with all that the trials left in it, which is one level deep.
fn remove(above: &Root, top: &Folder, name: &str) -> Result<()> {
    let folder = above.folder(name.as_bytes())?;
    for made in folder.names()? {
        let is_folder = folder.stat(&made)?.is_some_and(|stat| stat.kind == FileKind::Folder);
        let flags = if is_folder { AtFlags::REMOVEDIR } else { AtFlags::empty() };
        unlinkat(&folder, made.as_slice(), flags)
            .map_err(|errno| folder.failed("remove", &made, errno))?;
    }
    unlinkat(top, name, AtFlags::REMOVEDIR)
        .map_err(|errno| top.failed("remove folder", name.as_bytes(), errno))
}

#[cfg(test)]
mod tests;
