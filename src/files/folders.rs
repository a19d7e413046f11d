//! Making folders beneath a root, and removing them when they are empty.

use rustix::fs::{AtFlags, Gid, Mode, OFlags, Uid, fchmod, fchown, mkdirat, openat, unlinkat};
use rustix::io::Errno;

use super::folder::{Entry, FileStat};
use super::{Folder, Result, Root};

/// Opens the folder `folder` beneath the root and makes what is missing of it, one part at a time.
///
/// A new folder gets the permissions and, where allowed, the owner of the one that it is in, so
/// that it is served like its neighbors. Durable on return.
pub fn make_folders(root: &Root, folder: &[u8]) -> Result<Folder> {
    let mut above = root.folder(b"")?;
    for end in ends_of_parts(folder) {
        let path = folder.get(..end).unwrap_or_default();
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        if make_folder(above.at(name))? {
            above.sync()?;
        }
        above = root.folder(path)?;
    }
    Ok(above)
}

/// Removes a folder that is empty; [`FileError::is_not_empty`](super::FileError::is_not_empty)
/// tells the one that is not. Durable once the folder that it is in has been synced.
pub fn remove_empty_folder(entry: Entry<'_>) -> Result<()> {
    entry.step("remove folder")?;
    unlinkat(entry.folder, entry.name, AtFlags::REMOVEDIR)
        .map_err(|errno| entry.failed("remove folder", errno))
}

/// Where each part of the path ends.
fn ends_of_parts(path: &[u8]) -> impl Iterator<Item = usize> {
    let inner = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    inner.chain((!path.is_empty()).then_some(path.len()))
}

/// Whether the folder had to be made.
fn make_folder(entry: Entry<'_>) -> Result<bool> {
    entry.step("make folder")?;
    match mkdirat(entry.folder, entry.name, Mode::RWXU) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Ok(false),
        Err(errno) => return Err(entry.failed("make folder", errno)),
    }
    let like = entry.folder.own_stat()?;
    resemble(entry, &like).map_err(|errno| entry.failed("set mode", errno))?;
    Ok(true)
}

/// A user who may not give the folder away keeps it.
fn resemble(entry: Entry<'_>, like: &FileStat) -> rustix::io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let made = openat(entry.folder, entry.name, flags, Mode::empty())?;
    let (uid, gid) = (Uid::from_raw(like.uid), Gid::from_raw(like.gid));
    let _kept_if_not_allowed = fchown(&made, Some(uid), Some(gid));
    match fchmod(&made, Mode::from_raw_mode(like.mode)) {
        Err(Errno::PERM | Errno::OPNOTSUPP) | Ok(()) => Ok(()),
        Err(errno) => Err(errno),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;
    use crate::files::FileError;

    #[test]
    fn a_new_folder_is_open_to_those_to_whom_the_one_above_is() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::create_dir(top.join("2026")).unwrap();
        fs::set_permissions(top.join("2026"), fs::Permissions::from_mode(0o2775)).unwrap();
        let root = Root::open(top).unwrap();

        let made = make_folders(&root, b"2026/07/x").unwrap();
        assert_eq!(
            made.identity().unwrap(),
            root.folder(b"2026/07/x").unwrap().identity().unwrap()
        );
        for folder in ["2026", "2026/07", "2026/07/x"] {
            assert_eq!(fs::metadata(top.join(folder)).unwrap().mode() & 0o7777, 0o2775, "{folder}");
        }
        make_folders(&root, b"2026/07/x").unwrap();
        make_folders(&root, b"").unwrap();
    }

    #[test]
    fn nothing_is_made_through_a_link_or_a_file() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path().join("root");
        fs::create_dir(&top).unwrap();
        fs::create_dir(temporary.path().join("outside")).unwrap();
        symlink("../outside", top.join("link")).unwrap();
        symlink("../nowhere", top.join("dangling")).unwrap();
        fs::write(top.join("file"), b"").unwrap();
        let root = Root::open(&top).unwrap();
        for path in ["link/a", "dangling/a", "file/a", "../a", "/a"] {
            assert!(make_folders(&root, path.as_bytes()).is_err(), "{path}");
        }
        assert_eq!(fs::read_dir(temporary.path().join("outside")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 2);
    }

    #[test]
    fn only_an_empty_folder_is_removed() {
        let temporary = tempfile::tempdir().unwrap();
        let root = Root::open(temporary.path()).unwrap();
        make_folders(&root, b"a/b").unwrap();
        let top = root.folder(b"").unwrap();
        assert!(remove_empty_folder(top.at(b"a")).unwrap_err().is_not_empty());
        remove_empty_folder(root.folder(b"a").unwrap().at(b"b")).unwrap();
        remove_empty_folder(top.at(b"a")).unwrap();
        let gone: FileError = remove_empty_folder(top.at(b"a")).unwrap_err();
        assert!(gone.is_missing());
    }
}
