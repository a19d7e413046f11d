//! The single changes that a move of files is made of.
//!
//! Each is announced to the folder's [`Steps`](super::Steps) first and works on names in opened
//! folders. None is durable before the folders concerned have been synced, unless it says so.

use rustix::fs::{AtFlags, RenameFlags, fsync, linkat, renameat, renameat_with, unlinkat};
use rustix::io::Errno;

use super::error::MoveError;
use super::folder::{Entry, Identity};
use super::read::hash_file;
use super::{FileError, Result};
use crate::domain::asset::Digest;

type Moved = std::result::Result<(), MoveError>;

/// Moves a file and never replaces another, not even one that appears in between.
///
/// Atomic where the file system can rename without replacing. Elsewhere it links and unlinks, with
/// the target folder synced in between: after a crash both names may be there, of one file.
pub fn rename_no_replace(from: Entry<'_>, to: Entry<'_>) -> Moved {
    match rename_exclusively(from, to)? {
        Exclusive::Done => Ok(()),
        Exclusive::Unknown => link_and_remove(from, to),
    }
}

/// Moves a file into a folder that only this program writes to, under a name that nothing has.
///
/// Atomic. Unlike [`rename_no_replace`] it works on file systems with neither an exclusive rename
/// nor links, because nobody else can put anything there.
pub fn rename_into_private(from: Entry<'_>, to: Entry<'_>) -> Moved {
    if !to.folder.is_private() {
        return Err(MoveError::Unsupported { path: to.path() });
    }
    match rename_exclusively(from, to)? {
        Exclusive::Done => Ok(()),
        Exclusive::Unknown => rename_unless_there(from, to),
    }
}

/// Moves a folder within the one that it is in and replaces nothing, but on a file system that cannot
/// promise it: there an empty folder that somebody makes at this very moment. Atomic.
pub(super) fn rename_folder(from: Entry<'_>, to: Entry<'_>) -> Moved {
    match rename_exclusively(from, to)? {
        Exclusive::Done => Ok(()),
        Exclusive::Unknown => rename_unless_there(from, to),
    }
}

/// Moves a file in the way that fits the folder: [`rename_into_private`] or [`rename_no_replace`].
pub fn rename_to(from: Entry<'_>, to: Entry<'_>) -> Moved {
    if to.folder.is_private() { rename_into_private(from, to) } else { rename_no_replace(from, to) }
}

/// Renames a file within its folder, out of the way of whoever looks for it by name. Atomic.
pub fn set_aside(entry: Entry<'_>, aside: &[u8]) -> Moved {
    rename_no_replace(entry, entry.folder.at(aside))
}

/// Removes a source that was copied, if it still is what was copied; durable on return.
///
/// It is first set aside as `aside`, so that what is looked at is what is removed. If it cannot be
/// removed it gets its name back; if that is because it is another file or holds other bytes, the
/// call fails with [`FileError::ChangedWhileReading`].
pub fn remove_copied(source: Entry<'_>, aside: &[u8], copied: &Copied) -> Moved {
    set_aside_if(source, aside, |aside| {
        check_copied(source, aside, copied).and_then(|()| remove(aside))
    })
}

/// The first half of [`remove_copied`]: the source is set aside, durably, and not removed.
pub fn set_copied_aside(source: Entry<'_>, aside: &[u8], copied: &Copied) -> Moved {
    set_aside_if(source, aside, |aside| check_copied(source, aside, copied))
}

/// Sets a file aside, and gives it its name back unless that goes well which is done then.
fn set_aside_if(
    source: Entry<'_>,
    aside: &[u8],
    then: impl FnOnce(Entry<'_>) -> Result<()>,
) -> Moved {
    set_aside(source, aside)?;
    let aside = source.folder.at(aside);
    if let Err(error) = then(aside) {
        rename_no_replace(aside, source)?;
        source.folder.sync()?;
        return Err(error.into());
    }
    Ok(source.folder.sync()?)
}

fn check_copied(source: Entry<'_>, aside: Entry<'_>, copied: &Copied) -> Result<()> {
    let (digest, stat) = hash_file(aside.folder, aside.name)?;
    if digest == copied.digest && stat.identity() == copied.identity {
        Ok(())
    } else {
        Err(FileError::ChangedWhileReading { path: source.path() })
    }
}

/// What a copy was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    pub identity: Identity,
    pub digest: Digest,
}

/// Makes the bytes of a regular file durable that somebody else may have written.
pub fn sync_file(entry: Entry<'_>) -> Result<()> {
    let (file, _) = entry.folder.open_file(entry.name)?;
    entry.step("sync file")?;
    fsync(&file).map_err(|errno| entry.failed("sync file", errno))
}

/// Removes a name. If the file has no other, its bytes are gone.
pub fn remove(entry: Entry<'_>) -> Result<()> {
    entry.step("remove file")?;
    unlinkat(entry.folder, entry.name, AtFlags::empty())
        .map_err(|errno| entry.failed("remove file", errno))
}

/// Whether the file system knew how to rename without replacing.
enum Exclusive {
    Done,
    Unknown,
}

fn rename_exclusively(from: Entry<'_>, to: Entry<'_>) -> std::result::Result<Exclusive, MoveError> {
    from.folder.check_name(from.name)?;
    to.step("rename file")?;
    let flags = RenameFlags::NOREPLACE;
    match renameat_with(from.folder, from.name, to.folder, to.name, flags) {
        Ok(()) => Ok(Exclusive::Done),
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => Ok(Exclusive::Unknown),
        Err(errno) => Err(refused(from, to, errno)),
    }
}

/// Nobody can put anything at `to` between the look and the rename that it would replace: its folder
/// is private, or what is moved is a folder.
fn rename_unless_there(from: Entry<'_>, to: Entry<'_>) -> Moved {
    if to.folder.exists(to.name)? {
        return Err(MoveError::Exists { path: to.path() });
    }
    to.step("rename file")?;
    renameat(from.folder, from.name, to.folder, to.name).map_err(|errno| refused(from, to, errno))
}

fn link_and_remove(from: Entry<'_>, to: Entry<'_>) -> Moved {
    to.step("link file")?;
    match linkat(from.folder, from.name, to.folder, to.name, AtFlags::empty()) {
        Ok(()) => {}
        Err(Errno::PERM | Errno::NOSYS | Errno::OPNOTSUPP | Errno::MLINK) => {
            return Err(MoveError::Unsupported { path: to.path() });
        }
        Err(errno) => return Err(refused(from, to, errno)),
    }
    to.folder.sync()?;
    Ok(remove(from)?)
}

fn refused(from: Entry<'_>, to: Entry<'_>, errno: Errno) -> MoveError {
    match errno {
        Errno::EXIST => MoveError::Exists { path: to.path() },
        Errno::XDEV => MoveError::CrossDevice { from: from.path(), to: to.path() },
        errno => MoveError::Other(from.failed("rename file", errno)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, symlink};
    use std::path::Path;

    use super::*;
    use crate::files::{Folder, Root};

    fn scene() -> (tempfile::TempDir, Folder, Folder) {
        let temporary = tempfile::tempdir().unwrap();
        for folder in ["from", "to"] {
            fs::create_dir(temporary.path().join(folder)).unwrap();
        }
        fs::write(temporary.path().join("from/a.png"), b"ours").unwrap();
        let root = Root::open(temporary.path()).unwrap();
        let folders = (root.folder(b"from").unwrap(), root.folder(b"to").unwrap());
        (temporary, folders.0, folders.1)
    }

    fn private(path: &Path) -> Folder {
        Root::open_private(path).unwrap().folder(b"").unwrap()
    }

    /// The ways to move, each with its fallback.
    const WAYS: [fn(Entry<'_>, Entry<'_>) -> Moved; 4] =
        [rename_no_replace, link_and_remove, rename_into_private, rename_unless_there];

    #[test]
    fn a_file_moves_with_its_inode() {
        for way in WAYS {
            let (temporary, from, _) = scene();
            let to = private(&temporary.path().join("to"));
            let inode = fs::metadata(temporary.path().join("from/a.png")).unwrap().ino();
            way(from.at(b"a.png"), to.at(b"b.png")).unwrap();
            assert!(!from.exists(b"a.png").unwrap());
            assert_eq!(fs::metadata(temporary.path().join("to/b.png")).unwrap().ino(), inode);
        }
    }

    #[test]
    fn nothing_at_the_target_is_ever_replaced_or_followed() {
        for way in WAYS {
            let (temporary, from, _) = scene();
            let target = temporary.path().join("to");
            fs::write(target.join("file"), b"theirs").unwrap();
            fs::create_dir(target.join("folder")).unwrap();
            symlink("file", target.join("link")).unwrap();
            symlink("nowhere", target.join("dangling")).unwrap();
            let to = private(&target);
            for name in ["file", "folder", "link", "dangling"] {
                let error = way(from.at(b"a.png"), to.at(name.as_bytes())).unwrap_err();
                assert!(matches!(error, MoveError::Exists { .. }), "{name}: {error:?}");
            }
            assert_eq!(fs::read(target.join("file")).unwrap(), b"theirs");
            assert_eq!(to.names().unwrap().len(), 4);
            assert_eq!(fs::read(temporary.path().join("from/a.png")).unwrap(), b"ours");
        }
    }

    #[test]
    fn of_many_that_move_to_one_name_one_arrives_and_the_others_stay() {
        for way in &WAYS[..2] {
            let (temporary, from, to) = scene();
            for number in 0..64 {
                fs::write(temporary.path().join(format!("from/{number}")), b"x").unwrap();
            }
            let won: usize = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    .map(|thread| {
                        let (from, to) = (&from, &to);
                        scope.spawn(move || {
                            let names = (0..64).filter(|n| n % 4 == thread).map(|n| n.to_string());
                            names
                                .filter(|name| way(from.at(name.as_bytes()), to.at(b"x")).is_ok())
                                .count()
                        })
                    })
                    .collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).sum()
            });
            assert_eq!(won, 1);
            assert_eq!(from.names().unwrap().len(), 64);
        }
    }

    #[test]
    fn a_shared_folder_is_not_taken_for_a_private_one() {
        let (_temporary, from, to) = scene();
        let error = rename_into_private(from.at(b"a.png"), to.at(b"a.png")).unwrap_err();
        assert!(matches!(error, MoveError::Unsupported { .. }), "{error:?}");
    }

    #[test]
    fn a_move_to_another_file_system_says_so() {
        let (temporary, from, _) = scene();
        let Ok(memory) = tempfile::tempdir_in("/dev/shm") else { return };
        let device = |path: &Path| fs::metadata(path).unwrap().dev();
        if device(memory.path()) == device(temporary.path()) {
            return;
        }
        let to = private(memory.path());
        for way in WAYS {
            let error = way(from.at(b"a.png"), to.at(b"a.png")).unwrap_err();
            assert!(matches!(error, MoveError::CrossDevice { .. }), "{error:?}");
        }
    }

    #[test]
    fn a_missing_source_is_missing_and_a_path_is_no_name() {
        let (_temporary, from, to) = scene();
        let error = rename_no_replace(from.at(b"none"), to.at(b"b")).unwrap_err();
        assert!(matches!(error, MoveError::Other(error) if error.is_missing()));
        for (source, target) in [("../from/a.png", "b"), ("a.png", "../b"), ("..", "b")] {
            let error = rename_no_replace(from.at(source.as_bytes()), to.at(target.as_bytes()));
            let refused = matches!(error, Err(MoveError::Other(FileError::Path { .. })));
            assert!(refused, "{source} {target}: {error:?}");
        }
    }

    fn copied(folder: &Folder) -> Copied {
        let (digest, stat) = hash_file(folder, b"a.png").unwrap();
        Copied { identity: stat.identity(), digest }
    }

    #[test]
    fn a_copied_source_is_removed() {
        let (_temporary, from, _) = scene();
        remove_copied(from.at(b"a.png"), b".shelflife-x-1", &copied(&from)).unwrap();
        assert!(from.names().unwrap().is_empty());
    }

    #[test]
    fn a_source_that_is_no_longer_what_was_copied_keeps_its_name() {
        let changes: [fn(&Path); 3] = [
            |path| fs::write(path, b"others").unwrap(),
            |path| {
                fs::write(path.with_file_name("new"), b"ours").unwrap();
                fs::rename(path.with_file_name("new"), path).unwrap();
            },
            |path| {
                fs::remove_file(path).unwrap();
                symlink("/etc/passwd", path).unwrap();
            },
        ];
        for change in changes {
            let (temporary, from, _) = scene();
            let copied = copied(&from);
            change(&temporary.path().join("from/a.png"));
            let error = remove_copied(from.at(b"a.png"), b".shelflife-x-1", &copied).unwrap_err();
            let told = matches!(
                error,
                MoveError::Other(
                    FileError::ChangedWhileReading { .. } | FileError::NotRegular { .. }
                )
            );
            assert!(told, "{error:?}");
            assert_eq!(from.names().unwrap(), [b"a.png"]);
        }
    }

    #[test]
    fn removing_a_name_leaves_the_files_other_name() {
        let (temporary, from, _) = scene();
        fs::hard_link(temporary.path().join("from/a.png"), temporary.path().join("to/b")).unwrap();
        remove(from.at(b"a.png")).unwrap();
        assert_eq!(fs::read(temporary.path().join("to/b")).unwrap(), b"ours");
        assert!(remove(from.at(b"a.png")).unwrap_err().is_missing());
    }
}
