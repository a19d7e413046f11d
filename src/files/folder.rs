//! One opened folder of a root, and what is directly in it.

use std::collections::BTreeSet;
use std::ffi::{CString, OsStr};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{
    Access, AtFlags, Dir, FileType, Mode, OFlags, Stat, accessat, fstat, fsync, openat, readlinkat,
    statat,
};
use rustix::io::Errno;

use super::steps::{Steps, Unwatched};
use super::{FileError, Result};
use crate::domain::asset::FileStamp;
use crate::domain::path::{PathError, RelPath};
use crate::mutant::Mutant;

/// A device and inode number.
pub type Identity = (u64, u64);

/// A handle on a folder: it stays the same folder, whatever becomes of its path.
#[derive(Debug)]
pub struct Folder {
    handle: OwnedFd,
    /// For messages only.
    path: PathBuf,
    circumstances: Circumstances,
}

/// One name in one folder, whether anything is there or not.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    pub folder: &'a Folder,
    pub name: &'a [u8],
}

impl Entry<'_> {
    pub fn path(&self) -> PathBuf {
        self.folder.path_of(self.name)
    }

    pub(super) fn failed(&self, operation: &'static str, errno: Errno) -> FileError {
        self.folder.failed(operation, self.name, errno)
    }

    /// Announces a change to this entry. Fails if the name is not one part of a path.
    pub(super) fn step(&self, what: &'static str) -> Result<()> {
        self.folder.check_name(self.name)?;
        let steps = &self.folder.circumstances.steps;
        steps.before(what).map_err(|source| FileError::io(what, &self.path(), source))
    }
}

/// Who may write into a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Perhaps others.
    Shared,
    /// Only this program's user.
    Private,
}

/// What a root passes on to each of its folders.
#[derive(Debug, Clone)]
pub(super) struct Circumstances {
    pub(super) steps: Arc<dyn Steps>,
    pub(super) own: Arc<BTreeSet<Identity>>,
    pub(super) privacy: Privacy,
}

impl Default for Circumstances {
    fn default() -> Self {
        Self { steps: Arc::new(Unwatched), own: Arc::default(), privacy: Privacy::Shared }
    }
}

/// What a directory entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    Regular,
    Folder,
    Symlink,
    Fifo,
    Socket,
    Device,
    Unknown,
}

impl FileKind {
    pub fn words(self) -> &'static str {
        match self {
            Self::Regular => "a regular file",
            Self::Folder => "a folder",
            Self::Symlink => "a symbolic link",
            Self::Fifo => "a named pipe",
            Self::Socket => "a socket",
            Self::Device => "a device",
            Self::Unknown => "of an unknown kind",
        }
    }
}

/// What the file system says of an entry itself, links not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStat {
    pub kind: FileKind,
    pub stamp: FileStamp,
    /// Permission bits with set-uid, set-gid and sticky.
    pub mode: u32,
    /// How many names the file has.
    pub links: u64,
    pub uid: u32,
    pub gid: u32,
}

impl FileStat {
    pub fn identity(&self) -> Identity {
        (self.stamp.device, self.stamp.inode)
    }
}

impl From<Stat> for FileStat {
    fn from(stat: Stat) -> Self {
        let stamp = FileStamp {
            bytes: u64::try_from(stat.st_size).unwrap_or(0),
            modified_ns: nanoseconds(stat.st_mtime, stat.st_mtime_nsec),
            changed_ns: nanoseconds(stat.st_ctime, stat.st_ctime_nsec),
            inode: stat.st_ino,
            device: stat.st_dev,
        };
        Self {
            kind: kind_of(FileType::from_raw_mode(stat.st_mode)),
            stamp,
            mode: stat.st_mode & 0o7777,
            links: stat.st_nlink,
            uid: stat.st_uid,
            gid: stat.st_gid,
        }
    }
}

/// Times outside the years 1677 to 2262 become the nearest end of that span.
fn nanoseconds(seconds: i64, fraction: u64) -> i64 {
    let fraction = i64::try_from(fraction).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(fraction)
}

fn kind_of(file_type: FileType) -> FileKind {
    match file_type {
        FileType::RegularFile => FileKind::Regular,
        FileType::Directory => FileKind::Folder,
        FileType::Symlink => FileKind::Symlink,
        FileType::Fifo => FileKind::Fifo,
        FileType::Socket => FileKind::Socket,
        FileType::CharacterDevice | FileType::BlockDevice => FileKind::Device,
        FileType::Unknown => FileKind::Unknown,
    }
}

impl Folder {
    pub(super) fn new(handle: OwnedFd, path: PathBuf, circumstances: Circumstances) -> Self {
        Self { handle, path, circumstances }
    }

    /// Where the folder was when it was opened; for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The entry `name` of this folder.
    pub fn at<'a>(&'a self, name: &'a [u8]) -> Entry<'a> {
        Entry { folder: self, name }
    }

    /// What is at `name`, links not followed; `None` if nothing is.
    pub fn stat(&self, name: &[u8]) -> Result<Option<FileStat>> {
        self.check_name(name)?;
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat.into())),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(self.failed("look at", name, errno)),
        }
    }

    pub fn exists(&self, name: &[u8]) -> Result<bool> {
        Ok(self.stat(name)?.is_some())
    }

    /// Opens a regular file for reading and says what was opened.
    ///
    /// A link is not followed, and a pipe, socket or device is refused without opening it.
    pub fn open_file(&self, name: &[u8]) -> Result<(File, FileStat)> {
        let before = self.regular(name)?;
        let flags =
            OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let handle = openat(&self.handle, name, flags, Mode::empty())
            .map_err(|errno| self.failed("open", name, errno))?;
        let opened =
            FileStat::from(fstat(&handle).map_err(|errno| self.failed("look at", name, errno))?);
        if opened.kind != FileKind::Regular || opened.identity() != before.identity() {
            return Err(FileError::ChangedWhileReading { path: self.path_of(name) });
        }
        Ok((File::from(handle), opened))
    }

    /// What the link at `name` says, not where that is.
    pub(super) fn link_target(&self, name: &[u8]) -> Result<Vec<u8>> {
        self.check_name(name)?;
        readlinkat(&self.handle, name, Vec::new())
            .map(CString::into_bytes)
            .map_err(|errno| self.failed("read link", name, errno))
    }

    /// The names of everything directly in the folder, sorted by their bytes.
    pub fn names(&self) -> Result<Vec<Vec<u8>>> {
        let failed = |errno| FileError::io("list folder", &self.path, errno);
        let entries = self.readable().and_then(Dir::new).map_err(failed)?;
        let mut names = Vec::new();
        for entry in entries {
            let name = entry.map_err(failed)?.file_name().to_bytes().to_vec();
            if name != b"." && name != b".." {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// Makes what was done to the folder's entries durable. Never tried twice: after a failed sync
    /// the kernel may have dropped what it could not write.
    pub fn sync(&self) -> Result<()> {
        let failed = |source| FileError::io("sync folder", &self.path, source);
        self.circumstances.steps.before("sync folder").map_err(failed)?;
        if Mutant::ForgetsFolders.is_at_work() {
            return Ok(());
        }
        self.readable().and_then(fsync).map_err(|errno| failed(errno.into()))
    }

    /// The handle that folders are held by can be neither listed nor synced.
    pub(super) fn readable(&self) -> rustix::io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        openat(&self.handle, c".", flags, Mode::empty())
    }

    pub fn is_private(&self) -> bool {
        self.circumstances.privacy == Privacy::Private
    }

    /// What the file system says of the folder itself.
    pub(super) fn own_stat(&self) -> Result<FileStat> {
        let stat =
            fstat(&self.handle).map_err(|errno| FileError::io("look at", &self.path, errno))?;
        Ok(stat.into())
    }

    /// Whether it is one of the files or folders that a library must leave alone.
    pub fn is_own(&self, stat: &FileStat) -> bool {
        self.circumstances.own.contains(&stat.identity())
    }

    /// The folder itself.
    pub fn identity(&self) -> Result<Identity> {
        Ok(self.own_stat()?.identity())
    }

    pub(super) fn is_own_folder(&self) -> Result<bool> {
        Ok(self.circumstances.own.contains(&self.identity()?))
    }

    /// Fails if this account may make and remove nothing in the folder, as far as the kernel tells. What
    /// is mounted to be read only may be another's view of it, and is no failure.
    pub fn check_writable(&self) -> Result<()> {
        match accessat(&self.handle, c".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS) {
            Err(errno @ Errno::ACCESS) => Err(FileError::io("write to", &self.path, errno)),
            _ => Ok(()),
        }
    }

    fn regular(&self, name: &[u8]) -> Result<FileStat> {
        let Some(stat) = self.stat(name)? else {
            return Err(self.failed("open", name, Errno::NOENT));
        };
        if stat.kind != FileKind::Regular {
            return Err(FileError::NotRegular { path: self.path_of(name), kind: stat.kind });
        }
        if self.is_own(&stat) {
            return Err(FileError::Own { path: self.path_of(name) });
        }
        Ok(stat)
    }

    /// A name is one part of a path, so that no operation here can leave the folder.
    pub(super) fn check_name(&self, name: &[u8]) -> Result<()> {
        let checked = match RelPath::new(name) {
            Ok(path) if path.folder().is_empty() => return Ok(()),
            Ok(_) => PathError::Traversal,
            Err(error) => error,
        };
        Err(FileError::Path { path: self.path_of(name), source: checked })
    }

    pub(super) fn path_of(&self, name: &[u8]) -> PathBuf {
        self.path.join(OsStr::from_bytes(name))
    }

    pub(super) fn failed(&self, operation: &'static str, name: &[u8], errno: Errno) -> FileError {
        FileError::io(operation, &self.path_of(name), errno)
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}
