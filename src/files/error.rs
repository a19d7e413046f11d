//! What can go wrong with a file.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::folder::FileKind;
use crate::domain::asset::Digest;
use crate::domain::path::PathError;
use crate::domain::text::printable;

/// A failure at one path.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("cannot {operation} `{}`", shown(path))]
    Io { operation: &'static str, path: PathBuf, source: io::Error },

    #[error("`{}` is not a path beneath a root", shown(path))]
    Path { path: PathBuf, source: PathError },

    /// A part of the path is a symbolic link, or the path leads out of its root.
    #[error("`{}` leads through a link or out of its root", shown(path))]
    Escape { path: PathBuf },

    #[error("`{}` is {}, not a regular file", shown(path), kind.words())]
    NotRegular { path: PathBuf, kind: FileKind },

    /// One of shelflife's own files, which must not be opened as part of a library.
    #[error("`{}` belongs to the catalog", shown(path))]
    Own { path: PathBuf },

    #[error("`{}` changed while it was read", shown(path))]
    ChangedWhileReading { path: PathBuf },

    #[error("`{}` does not hold the expected bytes ({expected}) but {found}", shown(path))]
    OtherBytes { path: PathBuf, expected: Digest, found: Digest },

    /// A copy would part it from its other names.
    #[error("`{}` has {links} names, so it cannot be moved by copying", shown(path))]
    SeveralNames { path: PathBuf, links: u64 },

    #[error("the marker `{}` names another catalog: {}", shown(path), printable(found.as_bytes()))]
    OtherMarker { path: PathBuf, found: String },

    /// A place that must be private is not, or not surely.
    #[error("`{}` is not safe: it {why}", shown(path))]
    Unsafe { path: PathBuf, why: &'static str },

    /// What belongs to a database, or the folder that it is in.
    #[error("`{}` may not be written to by this account", shown(path))]
    Unwritable { path: PathBuf },

    #[error("`{}` is not the name of an operation", shown(path))]
    OperationName { path: PathBuf },

    /// The file system can neither rename without replacing nor link.
    #[error(
        "the file system of `{}` cannot move a file there without the risk of replacing another",
        shown(path)
    )]
    Unsupported { path: PathBuf },
}

/// What only reads.
const LOOKS: [&str; 7] =
    ["list folder", "look above", "look at", "open", "open folder", "read", "read link"];

impl FileError {
    pub(super) fn io(operation: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Io { operation, path: path.to_owned(), source: source.into() }
    }

    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::Path { path, .. }
            | Self::Escape { path }
            | Self::NotRegular { path, .. }
            | Self::Own { path }
            | Self::ChangedWhileReading { path }
            | Self::OtherBytes { path, .. }
            | Self::SeveralNames { path, .. }
            | Self::OtherMarker { path, .. }
            | Self::Unsafe { path, .. }
            | Self::Unwritable { path }
            | Self::Unsupported { path }
            | Self::OperationName { path } => path,
        }
    }

    /// Whether the next file would fail too: the disk is full, over quota, read-only or cannot be
    /// written to. One that cannot read is broken at this file, as far as anybody knows.
    pub fn is_disk_wide(&self) -> bool {
        let looked = matches!(self, Self::Io { operation, .. } if LOOKS.contains(operation));
        self.is_errno(&[Errno::NOSPC, Errno::DQUOT, Errno::ROFS])
            || self.is_errno(&[Errno::IO]) && !looked
    }

    /// Whether there is nothing at the path.
    pub fn is_missing(&self) -> bool {
        self.is_errno(&[Errno::NOENT])
    }

    /// Whether a part of the path is no folder.
    pub fn is_no_folder(&self) -> bool {
        self.is_errno(&[Errno::NOTDIR])
    }

    /// Whether something is at the path already.
    pub fn is_taken(&self) -> bool {
        self.is_errno(&[Errno::EXIST])
    }

    /// Whether a folder could not be removed because something is in it.
    pub fn is_not_empty(&self) -> bool {
        self.is_errno(&[Errno::NOTEMPTY, Errno::EXIST])
    }

    /// Whether the kernel keeps the file as it is: it is immutable, or somebody else's in a folder
    /// where nobody takes those of others away.
    pub fn is_not_permitted(&self) -> bool {
        self.is_errno(&[Errno::PERM])
    }

    /// Whether the account may not do it.
    pub fn is_denied(&self) -> bool {
        self.is_errno(&[Errno::ACCESS])
    }

    fn is_errno(&self, any: &[Errno]) -> bool {
        let Self::Io { source, .. } = self else { return false };
        Errno::from_io_error(source).is_some_and(|errno| any.contains(&errno))
    }
}

/// Why a file was not moved. Nothing has been overwritten in any case.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("`{}` already exists", shown(path))]
    Exists { path: PathBuf },

    /// The move would cross file systems or mounts: it takes a copy.
    #[error("`{}` is on another file system than `{}`", shown(from), shown(to))]
    CrossDevice { from: PathBuf, to: PathBuf },

    /// The file system can neither rename without replacing nor link.
    #[error(
        "the file system of `{}` cannot move a file there without the risk of replacing another",
        shown(path)
    )]
    Unsupported { path: PathBuf },

    #[error(transparent)]
    Other(#[from] FileError),
}

impl MoveError {
    /// See [`FileError::is_disk_wide`].
    pub fn is_disk_wide(&self) -> bool {
        matches!(self, Self::Other(error) if error.is_disk_wide())
    }
}

/// The same failure where nobody asks why a move was refused.
impl From<MoveError> for FileError {
    fn from(error: MoveError) -> Self {
        match error {
            MoveError::Exists { path } => Self::io("write", &path, Errno::EXIST),
            MoveError::CrossDevice { to, .. } => Self::io("write", &to, Errno::XDEV),
            MoveError::Unsupported { path } => Self::Unsupported { path },
            MoveError::Other(error) => error,
        }
    }
}

fn shown(path: &Path) -> String {
    printable(path.as_os_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failing_with(errno: Errno) -> FileError {
        FileError::io("write", Path::new("/q/0001.part"), errno)
    }

    #[test]
    fn only_what_would_hit_the_next_file_too_is_disk_wide() {
        for errno in [Errno::NOSPC, Errno::DQUOT, Errno::ROFS, Errno::IO] {
            assert!(failing_with(errno).is_disk_wide(), "{errno:?}");
        }
        for errno in [Errno::ACCESS, Errno::NOENT, Errno::XDEV, Errno::MFILE, Errno::INTR] {
            assert!(!failing_with(errno).is_disk_wide(), "{errno:?}");
        }
        let unread = FileError::io("read", Path::new("/u/a.png"), Errno::IO);
        assert!(!unread.is_disk_wide(), "the next file may be read all the same");
        assert!(!FileError::Escape { path: PathBuf::from("/u/a") }.is_disk_wide());
    }

    #[test]
    fn a_path_is_escaped_in_the_message() {
        let error = FileError::Escape { path: PathBuf::from("/u/\u{202e}gnp\x1b[2J") };
        assert_eq!(
            error.to_string(),
            "`/u/\\u{202e}gnp\\u{1b}[2J` leads through a link or out of its root"
        );
    }
}
