//! The lock that a run holds while it changes files: one run at a time.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, openat};
use rustix::io::Errno;

use super::{FileError, Result, Root};

/// What the holder says of itself is at most this long.
const NOTE_BYTES: usize = 4_096;

/// The lock is taken before the note is written, and how long that takes nobody can say: this often a
/// reader looks again, after a moment each time.
const LOOKS: u32 = 25;
const UNKNOWN: &str = "who it is, is not known yet";

/// A lock that is held until it is dropped. The kernel takes it back from a process that dies.
#[derive(Debug)]
pub struct RunLock {
    held: File,
}

/// What was said of the holder is true no more. Of one that dies it stays until the next one says
/// something.
impl Drop for RunLock {
    fn drop(&mut self) {
        let _nobody_to_tell = self.held.set_len(0);
    }
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
    /// So long it takes at least to learn who has the lock.
    pub const MOMENT: Duration = Duration::from_millis(10);

    /// Takes the lock at `path`, leaving a note about the holder, or tells who has it. Waits for no
    /// holder, only a moment for what one says of itself.
    ///
    /// The file is made if it is not there and is never removed: whoever waits for it would wait
    /// for another one.
    pub fn take(path: &Path, holder: &str) -> Result<Locking> {
        let failed = |error| FileError::io("lock", path, error);
        let file = open(path)?;
        if let Some(holder) = holder_of(&file, File::try_lock).map_err(failed)? {
            return Ok(Locking::Busy { holder });
        }
        file.set_len(0).and_then(|()| file.write_all_at(holder.as_bytes(), 0)).map_err(failed)?;
        Ok(Locking::Taken(Self { held: file }))
    }

    /// What whoever holds the lock at `path` says of itself; `None` if nobody does. Changes nothing.
    pub fn holder(path: &Path) -> Result<Option<String>> {
        let file = match open_with(path, OFlags::RDONLY) {
            Err(error) if error.is_missing() => return Ok(None),
            opened => opened?,
        };
        holder_of(&file, File::try_lock_shared).map_err(|error| FileError::io("lock", path, error))
    }
}

/// What whoever keeps the lock from being taken says of itself; `None` once it is taken.
fn holder_of(
    file: &File,
    take: impl Fn(&File) -> std::result::Result<(), TryLockError>,
) -> io::Result<Option<String>> {
    for _ in 0..LOOKS {
        match take(file) {
            Ok(()) => return Ok(None),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever took it just now may not have replaced yet what a run said that died.
        std::thread::sleep(RunLock::MOMENT);
        let holder = note(file)?;
        if holder.is_empty() {
            continue;
        }
        // Or it was somebody who only looked, and the note is of one who is gone.
        return match take(file) {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(holder)),
            Err(TryLockError::Error(error)) => Err(error),
        };
    }
    Ok(Some(UNKNOWN.to_owned()))
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

fn note(file: &File) -> io::Result<String> {
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
        assert_eq!(std::fs::read(&path).unwrap(), b"", "what it said is true no more");
        let Locking::Taken(_second) = RunLock::take(&path, "second").unwrap() else { panic!() };
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "second");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn whoever_comes_before_the_holder_said_who_it_is_waits_for_that_a_moment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        let held = open(&path).unwrap();
        held.try_lock().unwrap();
        for holder in ["the first", UNKNOWN] {
            let text = holder.to_owned();
            let told = std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(RunLock::MOMENT * 3);
                    if text != UNKNOWN {
                        held.write_all_at(text.as_bytes(), 0).unwrap();
                    }
                });
                (RunLock::take(&path, "the second").unwrap(), RunLock::holder(&path).unwrap())
            });
            assert!(
                matches!(&told.0, Locking::Busy { holder: told } if told == holder),
                "{told:?}"
            );
            assert_eq!(told.1.as_deref(), Some(holder));
            held.set_len(0).unwrap();
        }
    }

    #[test]
    fn a_lock_file_that_is_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &path).unwrap();
        RunLock::take(&path, "me").unwrap_err();
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[test]
    fn somebody_who_only_looks_is_not_told_by_what_a_dead_run_said() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.lock");
        let looking = open(&path).unwrap();
        looking.write_all_at(b"a run that died", 0).unwrap();
        looking.try_lock_shared().unwrap();
        let taken = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(RunLock::MOMENT / 2);
                looking.unlock().unwrap();
            });
            RunLock::take(&path, "the next").unwrap()
        });
        assert!(matches!(taken, Locking::Taken(_)), "{taken:?}");
    }
}
