//! What can go wrong with a file.

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::folder::FileKind;
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

    #[error("the marker `{}` names another catalog: {}", shown(path), printable(found.as_bytes()))]
    OtherMarker { path: PathBuf, found: String },
}

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
            | Self::OtherMarker { path, .. } => path,
        }
    }

    /// Whether the next file would fail too: the disk is full, over quota, read-only or broken.
    pub fn is_disk_wide(&self) -> bool {
        self.is_errno(&[Errno::NOSPC, Errno::DQUOT, Errno::ROFS, Errno::IO])
    }

    /// Whether there is nothing at the path.
    pub fn is_missing(&self) -> bool {
        self.is_errno(&[Errno::NOENT])
    }

    fn is_errno(&self, any: &[Errno]) -> bool {
        let Self::Io { source, .. } = self else { return false };
        Errno::from_io_error(source).is_some_and(|errno| any.contains(&errno))
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
