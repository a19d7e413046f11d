//! The lock that a run holds while it changes files: one run at a time.

use std::fs::{File, TryLockError};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use super::{FileError, Result, Root};

/// What the holder says of itself is at most this long.
const NOTE_BYTES: usize = 4_096;

/// A lock that is held until it is dropped. The kernel takes it back from a process that dies.
#[derive(Debug)]
pub struct RunLock {
    _held: File,
}

/// What came of trying to take the lock.
#[derive(Debug)]
pub enum Locking {
    Taken(RunLock),
    /// Somebody else holds it, and says this of itself.
    Busy {
        holder: String,
    },
}

impl RunLock {
    /// Takes the lock at `path`, leaving a note about the holder, or tells who has it. Never waits.
    ///
    /// The file is made if it is not there and is never removed: whoever waits for it would wait
    /// for another one.
    pub fn take(path: &Path, holder: &str) -> Result<Locking> {
        let failed = |error| FileError::io("lock", path, error);
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Ok(Locking::Busy { holder: note(&file).map_err(failed)? });
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| file.write_all_at(holder.as_bytes(), 0)).map_err(failed)?;
        Ok(Locking::Taken(Self { _held: file }))
    }

    /// What whoever holds the lock at `path` says of itself; `None` if nobody does. Changes nothing.
    pub fn holder(path: &Path) -> Result<Option<String>> {
        let file = match open_with(path, OFlags::RDONLY) {
            Err(error) if error.is_missing() => return Ok(None),
            opened => opened?,
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => {
                note(&file).map(Some).map_err(|error| FileError::io("read", path, error))
            }
            Err(TryLockError::Error(error)) => Err(FileError::io("lock", path, error)),
        }
    }
}

fn open(path: &Path) -> Result<File> {
    open_with(path, OFlags::RDWR | OFlags::CREATE)
}

fn open_with(path: &Path, access: OFlags) -> Result<File> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(FileError::io("lock", path, Errno::ISDIR));
    };
    let folder = Root::open(folder)?.folder(b"")?;
    folder.check_name(name.as_bytes())?;
    let flags = access | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(&folder, name, flags, Mode::from_raw_mode(0o600))
        .map(File::from)
        .map_err(|errno| FileError::io("lock", path, errno))
}

fn note(file: &File) -> std::io::Result<String> {
    let mut bytes = vec![0; NOTE_BYTES];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(String::from_utf8_lossy(&bytes).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_second_run_learns_who_holds_the_lock_and_gets_it_once_that_one_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        assert_eq!(RunLock::holder(&path).unwrap(), None);
        let first = RunLock::take(&path, "the first of many runs").unwrap();
        assert_eq!(RunLock::holder(&path).unwrap().as_deref(), Some("the first of many runs"));
        assert!(matches!(first, Locking::Taken(_)));
        match RunLock::take(&path, "the second").unwrap() {
            Locking::Busy { holder } => assert_eq!(holder, "the first of many runs"),
            Locking::Taken(_) => panic!("two runs at once"),
        }
        drop(first);
        assert_eq!(RunLock::holder(&path).unwrap(), None);
        let Locking::Taken(_second) = RunLock::take(&path, "second").unwrap() else { panic!() };
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_lock_file_that_is_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        RunLock::take(&path, "me").unwrap_err();
        assert!(!folder.path().join("elsewhere").exists());
    }
}
