//! A private copy of a database whose folder nobody may write to: its readers need files of their
//! own beside it.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::private::folder_and_name;
use super::{FileError, FileKind, FileStat, Result, check_private_dir, create_private_dir};

/// What may lie beside a database and belongs to it.
const PARTS: [&str; 3] = ["", "-wal", "-journal"];
/// Longer than the clock that file systems stamp changes with stands still.
const TICK: Duration = Duration::from_millis(25);
/// So often somebody else may write in between.
const TRIES: usize = 5;

/// The copy; removed when the value is dropped. Who has opened it by then goes on reading.
#[derive(Debug)]
pub struct ReadingCopy {
    folder: PathBuf,
    name: PathBuf,
}

impl ReadingCopy {
    /// Copies the database at `path` as it stands at one moment into a new folder beneath
    /// `temporary`.
    ///
    /// Fails with [`FileError::ChangedWhileReading`] if somebody writes to it all the time.
    pub fn of(path: &Path, temporary: &Path) -> Result<Self> {
        for _ in 0..TRIES {
            let before = stats(path)?;
            // What is written from here on has a later stamp than what was seen.
            std::thread::sleep(TICK);
            let copy = Self::taken(path, temporary)?;
            if stats(path)? == before {
                return Ok(copy);
            }
        }
        Err(FileError::ChangedWhileReading { path: path.to_owned() })
    }

    pub fn path(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    fn taken(path: &Path, temporary: &Path) -> Result<Self> {
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        let unique = uuid::Uuid::new_v4().simple().to_string();
        let copy = Self { folder: temporary.join(format!("shelflife-{unique}")), name };
        create_private_dir(&copy.folder)?;
        check_private_dir(&copy.folder)?;
        for (part, stat) in PARTS.into_iter().zip(stats(path)?) {
            if stat.is_some() {
                let from = beside(path, part);
                copy_bytes(&from, &beside(&copy.path(), part))
                    .map_err(|error| FileError::io("copy", &from, error))?;
            }
        }
        Ok(copy)
    }
}

/// Copies a file, which stays open as long as the process runs: closing it would take every lock
/// that the process has on it.
fn copy_bytes(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut source = ManuallyDrop::new(File::open(from)?);
    let mut target = File::create_new(to)?;
    std::io::copy(&mut *source, &mut target).map(drop)
}

impl Drop for ReadingCopy {
    #[expect(clippy::disallowed_methods, reason = "removes what it made")]
    fn drop(&mut self) {
        for part in ["", "-wal", "-journal", "-shm"] {
            // What is left is private, and there is nobody to tell.
            std::fs::remove_file(beside(&self.path(), part)).ok();
        }
        std::fs::remove_dir(&self.folder).ok();
    }
}

/// Whether nobody on this account can make a file beside the one at `path`.
pub fn is_beside_closed(path: &Path) -> bool {
    let folder = path.parent().unwrap_or(path);
    accessat(CWD, folder, Access::WRITE_OK, AtFlags::EACCESS).is_err()
}

/// Checks that this account may write to the database at `path` and to what lies beside it, and may
/// make files there; fails with [`FileError::Unwritable`], or with what the file system says.
///
/// SQLite opens such a database all the same and fails at the first change. By then it has made files
/// beside it that are as closed as the database, and stay so.
pub fn check_writable(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let parts = PARTS.into_iter().chain(["-shm"]).map(|part| beside(path, part));
    for at in folder.map(Path::to_owned).into_iter().chain(parts) {
        match accessat(CWD, &at, Access::WRITE_OK, AtFlags::EACCESS) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(Errno::ACCESS) => return Err(FileError::Unwritable { path: at }),
            Err(errno) => return Err(FileError::io("write to", &at, errno)),
        }
    }
    Ok(())
}

/// What is known of each part that is there; links are none.
fn stats(path: &Path) -> Result<Vec<Option<FileStat>>> {
    PARTS.iter().map(|part| stat(&beside(path, part))).collect()
}

fn stat(path: &Path) -> Result<Option<FileStat>> {
    let (folder, name) = folder_and_name(path)?;
    match folder.stat(name)? {
        Some(stat) if stat.kind != FileKind::Regular => {
            Err(FileError::NotRegular { path: path.to_owned(), kind: stat.kind })
        }
        found => Ok(found),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = path.as_os_str().to_owned();
    beside.push(suffix);
    beside.into()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_copy_has_all_parts_is_private_and_goes_with_its_value() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("catalog.db");
        fs::write(&path, b"pages").unwrap();
        fs::write(beside(&path, "-wal"), b"log").unwrap();
        let copy = ReadingCopy::of(&path, temporary.path()).unwrap();
        assert_eq!(fs::read(copy.path()).unwrap(), b"pages");
        assert_eq!(fs::read(beside(&copy.path(), "-wal")).unwrap(), b"log");
        assert!(!beside(&copy.path(), "-journal").exists());
        assert_eq!(fs::metadata(&copy.folder).unwrap().permissions().mode() & 0o777, 0o700);
        drop(copy);
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 2);
    }

    #[test]
    fn what_is_written_all_the_time_is_not_taken_for_a_moment() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("catalog.db");
        fs::write(&path, b"0").unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    fs::write(&path, b"1").unwrap();
                }
            });
            let copied = ReadingCopy::of(&path, temporary.path());
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(matches!(copied, Err(FileError::ChangedWhileReading { .. })), "{copied:?}");
        });
        assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_is_not_copied() {
        let temporary = tempfile::tempdir().unwrap();
        fs::write(temporary.path().join("theirs"), b"theirs").unwrap();
        symlink("theirs", temporary.path().join("catalog.db")).unwrap();
        let copied = ReadingCopy::of(&temporary.path().join("catalog.db"), temporary.path());
        assert!(matches!(copied, Err(FileError::NotRegular { .. })), "{copied:?}");
    }
}
