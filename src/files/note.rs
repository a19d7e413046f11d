//! A small file that says something by being there.

use std::io::Read as _;
use std::path::Path;

use super::moves::remove;
use super::private::folder_and_name;
use super::{FileError, Result};

/// More than this of a note is not read.
const NOTE_BYTES: u64 = 64 << 10;

/// What the file at `path` says; `None` only if its folder is there and it is not.
///
/// Fails if it is anything but a regular file that can be read, or if its folder cannot be entered.
pub fn read_note(path: &Path) -> Result<Option<Vec<u8>>> {
    let (folder, name) = folder_and_name(path)?;
    let (file, _) = match folder.open_file(name) {
        Err(error) if error.is_missing() => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    let read = file.take(NOTE_BYTES).read_to_end(&mut bytes);
    read.map_err(|error| FileError::io("read", path, error))?;
    Ok(Some(bytes))
}

/// Removes the file at `path`, or the link itself if it is one. Durable on return.
pub fn remove_note(path: &Path) -> Result<()> {
    let (folder, name) = folder_and_name(path)?;
    remove(folder.at(name))?;
    folder.sync()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_a_name_that_is_not_there_says_nothing() {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("PAUSED");
        assert_eq!(read_note(&path).unwrap(), None);
        assert!(read_note(&temporary.path().join("none/PAUSED")).is_err());
        fs::write(&path, b"stop").unwrap();
        assert_eq!(read_note(&path).unwrap(), Some(b"stop".to_vec()));
        fs::remove_file(&path).unwrap();
        symlink("nowhere", &path).unwrap();
        assert!(read_note(&path).is_err());
        remove_note(&path).unwrap();
        assert_eq!(read_note(&path).unwrap(), None);
        fs::create_dir(&path).unwrap();
        assert!(read_note(&path).is_err());
        assert!(remove_note(&path).is_err());
    }
}
