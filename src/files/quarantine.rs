//! The quarantine: where files wait, out of the library and out of everybody's reach.
//!
//! ```text
//! <quarantine>/v1/<operation>/0001.bin … manifest.json
//! ```
//!
//! Every folder is this user's alone, and no name in it comes from outside.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Mode, mkdirat};
use rustix::io::Errno;

use super::folder::Entry;
use super::folders::remove_empty_folder;
use super::moves::remove;
use super::private::{check_private, create_private_dir, open_private_root};
use super::steps::Steps;
use super::{FileError, Folder, Result, Root, write};

/// The folder of this layout; another layout would get another name.
pub(super) const LAYOUT: &[u8] = b"v1";
/// An opened quarantine.
#[derive(Debug)]
pub struct Quarantine {
    pub(super) root: Root,
}

impl Quarantine {
    /// The name of what an operation says of itself, in its folder.
    pub const MANIFEST: &[u8] = b"manifest.json";

    /// A manifest names at most the files of one asset. Of a longer one a byte more is read.
    pub const MANIFEST_BYTES: u64 = 16 * 1024 * 1024;

    /// Opens the quarantine at `path`.
    ///
    /// Fails with [`FileError::Unsafe`] if it is a link, belongs to another user, or if anybody
    /// else may read or write there.
    pub fn open(path: &Path) -> Result<Self> {
        let root = open_private_root(path)?;
        let quarantine = Self { root };
        let layout = quarantine.operations()?;
        check_private(&layout)?;
        Ok(quarantine)
    }

    /// Makes the quarantine at `path`, with what is missing of the folders above it, and opens it.
    /// One that is there already is opened.
    pub fn create(path: &Path) -> Result<Self> {
        create_private_dir(path)?;
        let top = open_private_root(path)?.folder(b"")?;
        make_private(top.at(LAYOUT))?;
        Self::open(path)
    }

    /// The same quarantine, with `steps` told of every change made in it.
    #[must_use]
    pub fn watched_by(self, steps: Arc<dyn Steps>) -> Self {
        Self { root: self.root.watched_by(steps) }
    }

    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// The name of an operation's file with this number, counted from 1.
    pub fn file_name(number: u32) -> String {
        format!("{number:04}.bin")
    }

    /// The name under which that file is copied until it is whole.
    pub fn part_name(number: u32) -> String {
        format!("{number:04}.part")
    }

    /// Opens the folder of an operation.
    pub fn op_folder(&self, op: &str) -> Result<Folder> {
        check_op(op)?;
        self.root.folder(&[LAYOUT, b"/", op.as_bytes()].concat())
    }

    /// Makes the folder of an operation, durably, and opens it. One that is there is opened.
    pub fn create_op_folder(&self, op: &str) -> Result<Folder> {
        check_op(op)?;
        make_private(self.operations()?.at(op.as_bytes()))?;
        self.op_folder(op)
    }

    /// Removes the folder of an operation with its manifest, durably. Fails with
    /// [`FileError::is_not_empty`], and removes nothing, if there is anything else in it.
    pub fn remove_op_folder(&self, op: &str) -> Result<()> {
        let folder = self.op_folder(op)?;
        let names = folder.names()?;
        if names.iter().any(|name| name != Self::MANIFEST) {
            return Err(FileError::io("remove folder", folder.path(), Errno::NOTEMPTY));
        }
        if !names.is_empty() {
            remove(folder.at(Self::MANIFEST))?;
        }
        let operations = self.operations()?;
        remove_empty_folder(operations.at(op.as_bytes()))?;
        operations.sync()
    }

    /// Writes what an operation says of itself, in place of what it said before; durable on
    /// return, and whole at any moment.
    pub fn write_manifest(&self, op: &str, bytes: &[u8]) -> Result<()> {
        let folder = self.op_folder(op)?;
        Ok(write::replace(folder.at(Self::MANIFEST), bytes, 0o600)?)
    }

    pub fn read_manifest(&self, op: &str) -> Result<Vec<u8>> {
        read_manifest(&self.op_folder(op)?)
    }

    /// The operations that have a folder, sorted by name. What is not named like one is left out.
    pub fn list_ops(&self) -> Result<Vec<String>> {
        let found = self.operations()?.names()?;
        let texts = found.into_iter().filter_map(|name| String::from_utf8(name).ok());
        Ok(texts.filter(|name| is_op_name(name)).collect())
    }

    pub(super) fn operations(&self) -> Result<Folder> {
        self.root.folder(LAYOUT)
    }
}

pub(super) fn read_manifest(folder: &Folder) -> Result<Vec<u8>> {
    let (file, _) = folder.open_file(Quarantine::MANIFEST)?;
    let mut bytes = Vec::new();
    file.take(Quarantine::MANIFEST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FileError::io("read", &folder.path_of(Quarantine::MANIFEST), error))?;
    Ok(bytes)
}

pub(super) fn check_op(op: &str) -> Result<()> {
    if is_op_name(op) { Ok(()) } else { Err(FileError::OperationName { path: PathBuf::from(op) }) }
}

/// 26 to 40 lower-case letters, digits and hyphens: nothing that could lead anywhere.
pub(super) fn is_op_name(op: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_lowercase() || byte == b'-';
    (26..=40).contains(&op.len()) && op.bytes().all(allowed)
}

pub(super) fn make_private(entry: Entry<'_>) -> Result<()> {
    entry.step("make folder")?;
    match mkdirat(entry.folder, entry.name, Mode::RWXU) {
        Ok(()) | Err(Errno::EXIST) => entry.folder.sync(),
        Err(errno) => Err(entry.failed("make folder", errno)),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the scene is set by plain file operations")]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    use super::*;

    const OP: &str = "01jz0000000000000000000001";

    fn scene() -> (tempfile::TempDir, PathBuf) {
        let temporary = tempfile::tempdir().unwrap();
        let path = temporary.path().join("state/quarantine");
        (temporary, path)
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn everything_made_is_private() {
        let (_temporary, path) = scene();
        let quarantine = Quarantine::create(&path).unwrap();
        quarantine.create_op_folder(OP).unwrap();
        quarantine.write_manifest(OP, b"{}").unwrap();
        for folder in ["", "v1", "v1/01jz0000000000000000000001"] {
            assert_eq!(mode(&path.join(folder)), 0o700, "{folder}");
        }
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(mode(&path.join("v1").join(OP).join("manifest.json")), 0o600);
        Quarantine::create(&path).unwrap();
        assert_eq!(Quarantine::open(&path).unwrap().list_ops().unwrap(), [OP]);
    }

    #[test]
    fn what_others_may_enter_is_refused() {
        let (_temporary, path) = scene();
        Quarantine::create(&path).unwrap();
        for place in [path.clone(), path.join("v1")] {
            for open in [0o701, 0o702, 0o704, 0o710, 0o720, 0o740, 0o777, 0o1777, 0o750] {
                set_mode(&place, open);
                let error = Quarantine::open(&path).unwrap_err();
                assert!(matches!(error, FileError::Unsafe { .. }), "{open:o}: {error:?}");
            }
            set_mode(&place, 0o700);
        }
        Quarantine::open(&path).unwrap();
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let (_temporary, path) = scene();
        Quarantine::create(&path).unwrap();
        if std::os::unix::fs::chown(&path, Some(65_534), None).is_err() {
            return;
        }
        let error = Quarantine::open(&path).unwrap_err();
        let told = "belongs to another user";
        assert!(matches!(error, FileError::Unsafe { why, .. } if why == told), "{error:?}");
    }

    #[test]
    fn a_link_a_file_and_nothing_are_refused() {
        let (temporary, path) = scene();
        Quarantine::create(&path).unwrap();
        let link = temporary.path().join("link");
        symlink(&path, &link).unwrap();
        let error = Quarantine::open(&link).unwrap_err();
        assert!(matches!(error, FileError::Unsafe { why: "is a link", .. }), "{error:?}");

        fs::write(temporary.path().join("file"), b"").unwrap();
        assert!(Quarantine::open(&temporary.path().join("file")).is_err());
        assert!(Quarantine::open(&temporary.path().join("none")).unwrap_err().is_missing());

        fs::remove_dir(path.join("v1")).unwrap();
        symlink(temporary.path(), path.join("v1")).unwrap();
        let error = Quarantine::open(&path).unwrap_err();
        assert!(matches!(error, FileError::Escape { .. }), "{error:?}");
    }

    #[test]
    fn an_operations_folder_that_is_a_link_is_not_entered() {
        let (temporary, path) = scene();
        let quarantine = Quarantine::create(&path).unwrap();
        symlink(temporary.path(), path.join("v1").join(OP)).unwrap();
        let error = quarantine.create_op_folder(OP).unwrap_err();
        assert!(matches!(error, FileError::Escape { .. }), "{error:?}");
    }

    #[test]
    fn only_a_plain_name_is_an_operations() {
        let (_temporary, path) = scene();
        let quarantine = Quarantine::create(&path).unwrap();
        let long = "a".repeat(41);
        let bad =
            ["", "..", "short", "../../../../../../../../etc/cron.d", &long].into_iter().chain([
                "01JZ0000000000000000000001",
                "01jz000000000000000000000.",
                "01jz/00000000000000000000001",
            ]);
        for op in bad {
            let error = quarantine.create_op_folder(op).unwrap_err();
            assert!(matches!(error, FileError::OperationName { .. }), "{op}: {error:?}");
        }
        for op in ["a".repeat(26), "7-".repeat(20)] {
            quarantine.create_op_folder(&op).unwrap();
        }
        fs::create_dir(path.join("v1/lost+found")).unwrap();
        assert_eq!(quarantine.list_ops().unwrap(), ["7-".repeat(20), "a".repeat(26)]);
    }

    #[test]
    fn a_manifest_is_replaced_whole_and_nothing_else_is_left() {
        let (_temporary, path) = scene();
        let quarantine = Quarantine::create(&path).unwrap();
        let folder = quarantine.create_op_folder(OP).unwrap();
        quarantine.write_manifest(OP, b"first, and longer").unwrap();
        quarantine.write_manifest(OP, b"second").unwrap();
        assert_eq!(quarantine.read_manifest(OP).unwrap(), b"second");
        assert_eq!(folder.names().unwrap(), [b"manifest.json"]);
    }

    #[test]
    fn an_operations_folder_goes_only_when_its_files_have_gone() {
        let (_temporary, path) = scene();
        let quarantine = Quarantine::create(&path).unwrap();
        quarantine.create_op_folder(OP).unwrap();
        quarantine.write_manifest(OP, b"{}").unwrap();
        let file = path.join("v1").join(OP).join(Quarantine::file_name(1));
        fs::write(&file, b"picture").unwrap();
        assert!(quarantine.remove_op_folder(OP).unwrap_err().is_not_empty());
        assert_eq!(quarantine.read_manifest(OP).unwrap(), b"{}");
        fs::remove_file(&file).unwrap();
        quarantine.remove_op_folder(OP).unwrap();
        assert!(quarantine.list_ops().unwrap().is_empty());
    }

    #[test]
    fn files_are_numbered_in_an_order_that_sorts() {
        assert_eq!(Quarantine::file_name(1), "0001.bin");
        assert_eq!(Quarantine::part_name(12), "0012.part");
    }
}
