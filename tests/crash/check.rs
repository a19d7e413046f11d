//! What must hold after every recovery, whatever happened before.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use shelflife::catalog::{AuditVerdict, Catalog, CatalogError};
use shelflife::domain::asset::Place;
use shelflife::domain::lifecycle::{Ended, State};

use super::scene::{ASSET, Known, Scene, read};

/// Every way in which disk and catalog are not what they should be.
pub(super) fn violations(scene: &Scene<'_>, catalog: &Catalog) -> Vec<String> {
    violations_but(scene, catalog, None)
}

/// [`violations`], where audit entries of this ending are neither a beginning nor an end.
pub(super) fn violations_but(
    scene: &Scene<'_>,
    catalog: &Catalog,
    written_down: Option<&str>,
) -> Vec<String> {
    let mut found = Vec::new();
    let (library, stored) = (regular_files(&scene.root()), regular_files(&scene.quarantine()));
    each_file_is_there_once(scene, (&library, &stored), &mut found);
    places_are_true(scene, catalog, &library, &mut found);
    stores_are_in_use(scene, catalog, &mut found);
    moves_are_audited_once(catalog, written_down, &mut found);
    found
}

/// By path beneath `top`, without manifests.
pub(super) fn regular_files(top: &Path) -> BTreeMap<PathBuf, Known> {
    let entries = walkdir::WalkDir::new(top).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    let files = files.filter(|entry| entry.file_name() != "manifest.json");
    files
        .map(|entry| (entry.path().strip_prefix(top).unwrap().to_owned(), read(entry.path())))
        .collect()
}

fn each_file_is_there_once(
    scene: &Scene<'_>,
    (library, stored): (&BTreeMap<PathBuf, Known>, &BTreeMap<PathBuf, Known>),
    found: &mut Vec<String>,
) {
    for (path, known) in &scene.template.files {
        let copies = library.values().chain(stored.values());
        let times = copies.filter(|file| file.bytes == known.bytes).count();
        if times != 1 {
            found.push(format!("{} is there {times} times", path.display()));
        }
        let here = library.get(path).into_iter();
        let here = here.chain(stored.values().filter(|file| file.bytes == known.bytes));
        for file in here.filter(|file| *file != known) {
            found.push(format!("{} is not as it was: {file:?}", path.display()));
        }
    }
    let expected = scene.template.files.len();
    if library.len() + stored.len() != expected {
        let names: Vec<_> = library.keys().chain(stored.keys()).collect();
        found.push(format!("{expected} files became {names:?}"));
    }
}

fn places_are_true(
    scene: &Scene<'_>,
    catalog: &Catalog,
    library: &BTreeMap<PathBuf, Known>,
    found: &mut Vec<String>,
) {
    let state = catalog.asset(ASSET).unwrap().unwrap().state;
    let in_library = library.len();
    let expected =
        if in_library == 0 { State::Quarantined(Ended::Rejected) } else { State::Rejected };
    if in_library != 0 && in_library != scene.template.files.len() {
        found.push(format!("{in_library} files of the group are in the library"));
    }
    if state != expected {
        found.push(format!("the asset is {state} with {in_library} files in the library"));
    }
    for (_, file) in catalog.files_of(ASSET).unwrap() {
        let path = Path::new(std::ffi::OsStr::from_bytes(file.path.as_bytes()));
        let there = if library.contains_key(path) { Place::Library } else { Place::Quarantine };
        if file.place != there {
            found.push(format!("{} is in {there:?}, on record in {:?}", file.path, file.place));
        }
    }
}

/// Every way in which the catalog is wrong about where a file is, whether all are together or not.
pub(super) fn misplaced(scene: &Scene<'_>, catalog: &Catalog) -> Vec<String> {
    let (library, stored) = (regular_files(&scene.root()), regular_files(&scene.quarantine()));
    let mut wrong = Vec::new();
    for (_, file) in catalog.files_of(ASSET).unwrap() {
        let path = Path::new(std::ffi::OsStr::from_bytes(file.path.as_bytes()));
        let known = &scene.template.files[path];
        let right = match file.place {
            Place::Library => library.get(path).is_some_and(|here| here.bytes == known.bytes),
            Place::Quarantine => stored.values().any(|there| there.bytes == known.bytes),
            _ => false,
        };
        if !right {
            wrong.push(format!("{} is on record in {:?}", file.path, file.place));
        }
    }
    wrong
}

/// Each folder in quarantine holds files, and says of itself what is in it.
fn stores_are_in_use(scene: &Scene<'_>, catalog: &Catalog, found: &mut Vec<String>) {
    let open = catalog.open_operations().unwrap();
    if !open.is_empty() {
        found.push(format!("{} operations are open", open.len()));
    }
    for entry in fs::read_dir(scene.quarantine().join("v1")).unwrap() {
        let store = entry.unwrap().path();
        let names: Vec<_> =
            fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        let bins = names.iter().filter(|name| name.as_bytes().ends_with(b".bin")).count();
        if bins == 0 || names.len() != bins + 1 {
            found.push(format!("{} holds {names:?}", store.display()));
        }
    }
}

/// Every operation has one beginning and one end, and the ends add up to where the files are.
///
/// What is written down in between is neither.
fn moves_are_audited_once(catalog: &Catalog, written_down: Option<&str>, found: &mut Vec<String>) {
    if !matches!(catalog.verify_audit().unwrap(), AuditVerdict::Intact { .. }) {
        found.push("the audit log is broken".to_owned());
    }
    let mut operations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    catalog
        .visit_audit::<CatalogError>(None, None, |entry| {
            if let Some(operation) = entry.operation {
                operations.entry(operation).or_default().push(entry.kind);
            }
            Ok(())
        })
        .unwrap();
    let mut away = 0;
    for (operation, kinds) in operations {
        let passed = |kind: &&str| written_down.is_some_and(|ending| kind.ends_with(ending));
        let kinds = kinds.iter().map(String::as_str);
        let kinds: Vec<_> = kinds.filter(|kind| !passed(kind)).collect();
        match kinds.as_slice() {
            ["quarantine.intent", "quarantine.done"] => away += 1,
            ["restore.intent", "restore.done"] => away -= 1,
            ["quarantine.intent", "quarantine.aborted"] | ["restore.intent", "restore.aborted"] => {
            }
            _ => found.push(format!("operation {operation} is audited as {kinds:?}")),
        }
    }
    let state = catalog.asset(ASSET).unwrap().unwrap().state;
    if (away, state.was().is_some()) != (1, true) && (away, state.was().is_some()) != (0, false) {
        found.push(format!("the log has {away} more removals than returns, the asset is {state}"));
    }
}
