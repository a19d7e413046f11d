//! Making folders beneath a root, and removing them when they are empty.

use rustix::fs::{
    AtFlags, Gid, Mode, OFlags, Uid, fchmod, fchown, fsync, mkdirat, openat, unlinkat,
};
use rustix::io::Errno;

use super::error::MoveError;
use super::folder::{Entry, FileStat};
use super::moves::rename_folder;
use super::{Folder, Result, Root};

/// What a folder is called until it is like its neighbors. One run makes folders at a time.
const PART: &[u8] = b".shelflife-folder.part";

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

/// Removes what a run left beneath the root that died while it made this folder, or one above it.
pub fn clear_unfinished(root: &Root, folder: &[u8]) -> Result<()> {
    for end in std::iter::once(0).chain(ends_of_parts(folder)) {
        match root.folder(folder.get(..end).unwrap_or_default()) {
            Err(error) if error.is_missing() || error.is_no_folder() => return Ok(()),
            opened => clear_part(&opened?)?,
        }
    }
    Ok(())
}

/// What is not an empty folder is nothing that was left.
fn clear_part(folder: &Folder) -> Result<()> {
    if !folder.exists(PART)? {
        return Ok(());
    }
    match remove_empty_folder(folder.at(PART)) {
        Err(error) if !error.is_not_empty() && !error.is_no_folder() => Err(error),
        _ => Ok(()),
    }
}

/// Removes a folder that is empty; [`FileError::is_not_empty`](super::FileError::is_not_empty)
/// tells the one that is not. Durable once the folder that it is in has been synced.
pub fn remove_empty_folder(entry: Entry<'_>) -> Result<()> {
    entry.step("remove folder")?;
    unlinkat(entry.folder, entry.name, AtFlags::REMOVEDIR)
        .map_err(|errno| entry.failed("remove folder", errno))
}

/// The folders that a folder is in, from the root on.
pub fn folders_above(folder: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = std::iter::once(0).chain(ends_of_parts(folder));
    ends.filter(|end| *end < folder.len()).filter_map(|end| folder.get(..end))
}

/// Where each part of the path ends.
fn ends_of_parts(path: &[u8]) -> impl Iterator<Item = usize> {
    let inner = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    inner.chain((!path.is_empty()).then_some(path.len()))
}

/// Whether the folder had to be made. It is made under another name: a run that dies on the way must
/// not leave one that the next run takes for finished, and that nobody else may enter.
fn make_folder(entry: Entry<'_>) -> Result<bool> {
    if entry.folder.exists(entry.name)? {
        return Ok(false);
    }
    clear_part(entry.folder)?;
    let part = entry.folder.at(PART);
    part.step("make folder")?;
    mkdirat(part.folder, part.name, Mode::RWXU)
        .map_err(|errno| entry.failed("make folder", errno))?;
    let placed = resemble(part, &entry.folder.own_stat()?).and_then(|()| place(part, entry));
    if !matches!(placed, Ok(true)) {
        let _not_needed = remove_empty_folder(part);
    }
    placed
}

/// A user who may not give the folder away keeps it. Durable on return, under the name that it has.
fn resemble(part: Entry<'_>, like: &FileStat) -> Result<()> {
    part.step("set mode")?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let set = || {
        let made = openat(part.folder, part.name, flags, Mode::empty())?;
        let (uid, gid) = (Uid::from_raw(like.uid), Gid::from_raw(like.gid));
        let _kept_if_not_allowed = fchown(&made, Some(uid), Some(gid));
        match fchmod(&made, Mode::from_raw_mode(like.mode)) {
            Err(Errno::PERM | Errno::OPNOTSUPP) | Ok(()) => Ok(made),
            Err(errno) => Err(errno),
        }
    };
    let made = set().map_err(|errno| part.failed("set mode", errno))?;
    part.step("sync folder")?;
    fsync(&made).map_err(|errno| part.failed("sync folder", errno))
}

/// Whether it got its name: somebody may have made one at this very moment.
fn place(part: Entry<'_>, entry: Entry<'_>) -> Result<bool> {
    match rename_folder(part, entry) {
        Ok(()) => Ok(true),
        Err(MoveError::Exists { .. }) => Ok(false),
        Err(error) => Err(error.into()),
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
    fn a_folder_that_a_run_died_over_is_cleared_away_or_made_anew() {
        let temporary = tempfile::tempdir().unwrap();
        let top = temporary.path();
        fs::set_permissions(top, fs::Permissions::from_mode(0o755)).unwrap();
        let part = top.join(".shelflife-folder.part");
        let leave = || {
            fs::create_dir(&part).unwrap();
            fs::set_permissions(&part, fs::Permissions::from_mode(0o700)).unwrap();
        };
        let root = Root::open(top).unwrap();
        leave();
        clear_unfinished(&root, b"2026/07").unwrap();
        assert!(!part.exists());
        leave();
        make_folders(&root, b"2026").unwrap();
        assert!(!part.exists());
        assert_eq!(fs::metadata(top.join("2026")).unwrap().mode() & 0o7777, 0o755);
        leave();
        fs::write(part.join("theirs"), b"").unwrap();
        clear_unfinished(&root, b"2026/07").unwrap();
        assert!(part.join("theirs").exists());
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
