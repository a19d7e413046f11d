//! Libraries with something to move, and files to compare.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use shelflife::catalog::{FileId, OperationFile};
use shelflife::domain::asset::AssetFile;
use shelflife::domain::operation::FileState;
use shelflife::exit::ExitCode;

use super::TestLibrary;
use super::pictures::png;

/// Bytes, mode and time of files by their paths beneath a folder.
pub(crate) type Tree = BTreeMap<PathBuf, (Vec<u8>, u32, i64, i64)>;

/// A way to spoil something, and words of what is said about it.
pub(crate) type Spoiled<'a, T = Path> = (&'a dyn Fn(&T), &'a str);

/// A library with an approved-looking garden and a rejected tea tin of three files, as #2.
pub(crate) fn ended() -> TestLibrary {
    let library = TestLibrary::new();
    for (name, size) in [
        ("tea-tin.png", (60, 40)),
        ("tea-tin-30x20.png", (30, 20)),
        ("tea-tin-15x10.png", (15, 10)),
        ("garden.png", (50, 50)),
    ] {
        library.write(format!("uploads/2026/03/{name}"), png(size, name.as_bytes()));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 2 --reason 'off brand'").expect(ExitCode::Success);
    library
}

/// The same after `clean --apply`.
pub(crate) fn cleaned() -> TestLibrary {
    let library = ended();
    library.run("clean --apply").expect(ExitCode::Success);
    library
}

/// The same as if that clean had been killed when the first of the three files had not moved yet.
pub(crate) fn half_cleaned() -> TestLibrary {
    let library = cleaned();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    catalog
        .execute_batch(
            "UPDATE operation SET state = 'intent', closed_ms = NULL;
             UPDATE operation_file SET state = 'pending';
             UPDATE asset SET state = 'rejected', was = NULL WHERE id = 2;
             UPDATE file SET place = 'library' WHERE asset_id = 2;",
        )
        .unwrap();
    let store = fs::read_dir(library.path("state/quarantine/v1")).unwrap().next().unwrap();
    let first = store.unwrap().path().join("0001.bin");
    fs::rename(first, library.path("uploads/2026/03/tea-tin.png")).unwrap();
    library
}

/// Lets a clean take away again at once what was restored.
pub(crate) fn without_holds(library: &TestLibrary) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let config = config.lines().filter(|line| !line.starts_with("restore_hold_hours"));
    let config = config.collect::<Vec<_>>().join("\n");
    library.write_config(&config.replace("[policy]\n", "[policy]\nrestore_hold_hours = 0\n"));
}

/// Everything beneath a folder that is not a folder and not shelflife's own; nothing if it is not
/// there. A link is its text.
pub(crate) fn tree(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    if !folder.exists() {
        return tree;
    }
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy();
        let own = name.starts_with(".shelflife-") || name == "manifest.json" || name == "run.lock";
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() || own || name.starts_with("catalog.db") {
            continue;
        }
        let bytes = if metadata.is_symlink() {
            fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
        } else if metadata.is_file() {
            fs::read(entry.path()).unwrap()
        } else {
            Vec::new()
        };
        let path = entry.path().strip_prefix(folder).unwrap().to_owned();
        tree.insert(path, (bytes, metadata.mode(), metadata.mtime(), metadata.mtime_nsec()));
    }
    tree
}

/// Files of an asset as an operation announces them.
pub(crate) fn announced(files: Vec<(FileId, AssetFile)>) -> Vec<OperationFile> {
    let pending = |(number, (file, known)): (u32, (FileId, AssetFile))| OperationFile {
        number,
        file,
        root: known.root,
        path: known.path,
        stored_name: format!("{number:04}.bin"),
        digest: known.digest,
        bytes: known.stamp.bytes,
        mode: 0o644,
        modified_ns: known.stamp.modified_ns,
        state: FileState::Pending,
    };
    (1..).zip(files).map(pending).collect()
}
