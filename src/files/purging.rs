//! Where folders of quarantine are while their files are being deleted.
//!
//! ```text
//! <quarantine>/purging/<operation>/0001.bin … manifest.json
//! ```
//!
//! A folder comes here by one rename and goes back by one, so that it is in one of the two places.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::folder::Entry;
use super::folders::remove_empty_folder;
use super::moves::{remove, rename_into_private};
use super::private::check_private;
use super::quarantine::{LAYOUT, check_op, is_op_name, make_private, read_manifest};
use super::{FileError, FileStat, Folder, MoveError, Quarantine, Result};

const PURGING: &[u8] = b"purging";
/// What some file systems have at their top.
const FOUND: &[u8] = b"lost+found";

impl Quarantine {
    /// Puts the folder of an operation among those whose files are deleted. Durable on return.
    pub fn begin_purge(&self, op: &str) -> std::result::Result<(), MoveError> {
        check_op(op)?;
        let top = self.root.folder(b"")?;
        make_private(top.at(PURGING))?;
        let (kept, purging) = (self.operations()?, self.purging()?);
        check_private(&purging)?;
        rename_into_private(kept.at(op.as_bytes()), purging.at(op.as_bytes()))?;
        self.sync_purge()
    }

    /// Puts it back. Durable on return.
    pub fn take_back_purge(&self, op: &str) -> std::result::Result<(), MoveError> {
        check_op(op)?;
        let (kept, purging) = (self.operations()?, self.purging()?);
        rename_into_private(purging.at(op.as_bytes()), kept.at(op.as_bytes()))?;
        self.sync_purge()
    }

    /// Makes durable where each folder is.
    pub fn sync_purge(&self) -> std::result::Result<(), MoveError> {
        match self.purging() {
            Err(error) if error.is_missing() => {}
            purging => purging?.sync()?,
        }
        Ok(self.operations()?.sync()?)
    }

    /// Opens the folder of an operation among those whose files are deleted.
    pub fn purging_folder(&self, op: &str) -> Result<Folder> {
        check_op(op)?;
        check_private(&self.purging()?)?;
        self.root.folder(&[PURGING, b"/", op.as_bytes()].concat())
    }

    /// The operations that have a folder there, sorted by name.
    pub fn list_purging(&self) -> Result<Vec<String>> {
        let found = match self.purging() {
            Err(error) if error.is_missing() => return Ok(Vec::new()),
            purging => purging?.names()?,
        };
        let texts = found.into_iter().filter_map(|name| String::from_utf8(name).ok());
        Ok(texts.filter(|name| is_op_name(name)).collect())
    }

    /// What is beside the folders of operations, by its path from the quarantine: nothing of ours.
    pub fn strangers(&self) -> Result<Vec<Vec<u8>>> {
        let top = self.root.folder(b"")?.names()?;
        let ours = |name: &Vec<u8>| [LAYOUT, PURGING, FOUND].contains(&name.as_slice());
        let mut strangers: Vec<_> = top.into_iter().filter(|name| !ours(name)).collect();
        for part in [LAYOUT, PURGING] {
            let names = match self.root.folder(part) {
                Err(error) if error.is_missing() => continue,
                folder => folder?.names()?,
            };
            let is_ours = |name: &[u8]| str::from_utf8(name).is_ok_and(is_op_name);
            let others = names.into_iter().filter(|name| !is_ours(name));
            strangers.extend(others.map(|name| [part, b"/", name.as_slice()].concat()));
        }
        Ok(strangers)
    }

    /// What the folder of an operation there says of itself.
    pub fn read_purging_manifest(&self, op: &str) -> Result<Vec<u8>> {
        read_manifest(&self.purging_folder(op)?)
    }

    /// Removes a folder whose files were deleted, with its manifest, and tells what else is in it: then
    /// the folder stays.
    pub fn remove_purged_folder(&self, op: &str) -> Result<Vec<String>> {
        let folder = self.purging_folder(op)?;
        let names = folder.names()?;
        let others = names.iter().filter(|name| *name != Self::MANIFEST);
        let others: Vec<_> =
            others.map(|name| folder.path().join(OsStr::from_bytes(name))).collect();
        if !others.is_empty() {
            return Ok(others.iter().map(|path| path.display().to_string()).collect());
        }
        if !names.is_empty() {
            remove(folder.at(Self::MANIFEST))?;
        }
        let purging = self.purging()?;
        remove_empty_folder(purging.at(op.as_bytes()))?;
        purging.sync()?;
        Ok(Vec::new())
    }

    fn purging(&self) -> Result<Folder> {
        self.root.folder(PURGING)
    }
}

/// Removes a file if it still is the one that was read; fails with
/// [`FileError::ChangedWhileReading`] if not.
pub fn remove_as_read(entry: Entry<'_>, read: &FileStat) -> Result<()> {
    if entry.folder.stat(entry.name)? == Some(*read) {
        remove(entry)
    } else {
        Err(FileError::ChangedWhileReading { path: entry.path() })
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;
    use crate::files::hash_file;

    const OP: &str = "01jz0000000000000000000001";

    fn scene() -> (tempfile::TempDir, Quarantine) {
        let temporary = tempfile::tempdir().unwrap();
        let quarantine = Quarantine::create(&temporary.path().join("q")).unwrap();
        quarantine.create_op_folder(OP).unwrap();
        quarantine.write_manifest(OP, b"{}").unwrap();
        fs::write(temporary.path().join("q/v1").join(OP).join("0001.bin"), b"picture").unwrap();
        (temporary, quarantine)
    }

    #[test]
    fn a_folder_goes_there_and_back_as_it_is() {
        let (temporary, quarantine) = scene();
        assert!(quarantine.list_purging().unwrap().is_empty());
        quarantine.sync_purge().unwrap();
        quarantine.begin_purge(OP).unwrap();
        assert!(quarantine.list_ops().unwrap().is_empty());
        assert_eq!(quarantine.list_purging().unwrap(), [OP]);
        let place = temporary.path().join("q/purging");
        assert_eq!(fs::metadata(&place).unwrap().mode() & 0o777, 0o700);
        assert_eq!(fs::read(place.join(OP).join("0001.bin")).unwrap(), b"picture");
        quarantine.take_back_purge(OP).unwrap();
        assert_eq!(quarantine.list_ops().unwrap(), [OP]);
        assert!(quarantine.list_purging().unwrap().is_empty());
        assert_eq!(quarantine.read_manifest(OP).unwrap(), b"{}");
    }

    #[test]
    fn a_folder_that_is_there_already_is_not_replaced() {
        let (temporary, quarantine) = scene();
        let place = temporary.path().join("q/purging");
        fs::create_dir_all(place.join(OP)).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
        let error = quarantine.begin_purge(OP).unwrap_err();
        assert!(matches!(error, MoveError::Exists { .. }), "{error:?}");
        assert_eq!(quarantine.list_ops().unwrap(), [OP]);
    }

    #[test]
    fn a_purged_folder_goes_only_when_nothing_but_its_manifest_is_left() {
        let (temporary, quarantine) = scene();
        quarantine.begin_purge(OP).unwrap();
        let file = temporary.path().join("q/purging").join(OP).join("0001.bin");
        assert_eq!(quarantine.remove_purged_folder(OP).unwrap(), [file.display().to_string()]);
        fs::remove_file(&file).unwrap();
        assert!(quarantine.remove_purged_folder(OP).unwrap().is_empty());
        assert!(quarantine.list_purging().unwrap().is_empty());
    }

    #[test]
    fn a_place_that_others_may_enter_or_that_is_a_link_is_refused() {
        let (temporary, quarantine) = scene();
        quarantine.begin_purge(OP).unwrap();
        let place = temporary.path().join("q/purging");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        let error = quarantine.purging_folder(OP).unwrap_err();
        assert!(matches!(error, FileError::Unsafe { .. }), "{error:?}");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).unwrap();
        fs::rename(&place, temporary.path().join("elsewhere")).unwrap();
        symlink(temporary.path().join("elsewhere"), &place).unwrap();
        assert!(quarantine.purging_folder(OP).is_err());
        assert!(quarantine.take_back_purge(OP).is_err());
        for op in ["..", "", "../../../../../../../etc/cron.d"] {
            assert!(quarantine.begin_purge(op).is_err(), "{op}");
        }
    }

    #[test]
    fn only_the_file_that_was_read_is_removed() {
        let (temporary, quarantine) = scene();
        let folder = quarantine.op_folder(OP).unwrap();
        let (_, read) = hash_file(&folder, b"0001.bin").unwrap();
        let path = temporary.path().join("q/v1").join(OP).join("0001.bin");
        fs::write(temporary.path().join("other"), b"picture").unwrap();
        fs::rename(temporary.path().join("other"), &path).unwrap();
        let error = remove_as_read(folder.at(b"0001.bin"), &read).unwrap_err();
        assert!(matches!(error, FileError::ChangedWhileReading { .. }), "{error:?}");
        let (_, read) = hash_file(&folder, b"0001.bin").unwrap();
        fs::hard_link(&path, temporary.path().join("kept")).unwrap();
        assert!(remove_as_read(folder.at(b"0001.bin"), &read).is_err(), "it has another name now");
        fs::remove_file(temporary.path().join("kept")).unwrap();
        let (_, read) = hash_file(&folder, b"0001.bin").unwrap();
        remove_as_read(folder.at(b"0001.bin"), &read).unwrap();
        assert!(!path.exists());
    }
}
