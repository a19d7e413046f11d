//! What `recover --rebuild` makes of a quarantine whose catalog is lost, or older than it.

mod forged;
mod halfway;
mod interrupted;
mod loss;
mod markers;
mod older;
mod scanned;
mod stray;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::{Run, TestLibrary};

const REBUILD: &str = "recover --rebuild --apply --reason 'the disk broke'";

/// The id of the catalog as it is now.
fn catalog_id(library: &TestLibrary) -> String {
    library.scanned_catalog().uuid().unwrap()
}

/// Removes the catalog and all that SQLite keeps beside it, and gives the id that it had.
fn lose(library: &TestLibrary) -> String {
    let id = catalog_id(library);
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
        let path = library.path("state").join(name);
        assert!(fs::remove_file(&path).is_ok() || name != "catalog.db");
    }
    id
}

/// Keeps a copy of the catalog as it is now.
fn back_up(library: &TestLibrary) {
    library.run("backup backup.db").expect(ExitCode::Success);
}

/// Puts the copy in place of the catalog.
fn put_back(library: &TestLibrary) {
    lose(library);
    fs::copy(library.path("backup.db"), library.path("state/catalog.db")).unwrap();
}

/// Rebuilds for the catalog that is lost.
fn rebuild(library: &TestLibrary, lost: &str) -> Run {
    library.run(&format!("{REBUILD} --lost {lost}"))
}

/// The log and the tables say the same, and the disk what the tables say.
#[track_caller]
fn verify(library: &TestLibrary) {
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

/// A rebuild finds nothing more to do, and what it says is right.
#[track_caller]
fn nothing_is_left(library: &TestLibrary, lost: &str) {
    verify(library);
    nothing_is_to_be_rebuilt(library, lost);
}

fn nothing_is_to_be_rebuilt(library: &TestLibrary, lost: &str) {
    let run = library.run(&format!("recover --rebuild --lost {lost}")).expect(ExitCode::Success);
    assert!(run.stdout.contains("knows everything that is in quarantine"), "{run}");
    let before =
        library.audit_entries().into_iter().filter(|e| !e.kind.starts_with("run.")).count();
    rebuild(library, lost).expect(ExitCode::Success);
    let after = library.audit_entries().into_iter().filter(|e| !e.kind.starts_with("run.")).count();
    assert_eq!(before, after, "doing it again changes nothing");
}

/// The folders of operations, by name.
fn stores(library: &TestLibrary) -> Vec<PathBuf> {
    let entries = fs::read_dir(library.path("state/quarantine/v1")).unwrap();
    let mut stores: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    stores.sort();
    stores
}

/// The one folder there is.
fn store(library: &TestLibrary) -> PathBuf {
    let stores = stores(library);
    assert_eq!(stores.len(), 1, "{stores:?}");
    stores.into_iter().next().unwrap()
}

fn read_manifest(store: &Path) -> Value {
    serde_json::from_slice(&fs::read(store.join("manifest.json")).unwrap()).unwrap()
}

fn write_manifest(store: &Path, manifest: &Value) {
    fs::write(store.join("manifest.json"), manifest.to_string()).unwrap();
}

/// The state of an asset, in words.
fn state(library: &TestLibrary, asset: i64) -> String {
    library.asset(asset).state.to_string()
}
