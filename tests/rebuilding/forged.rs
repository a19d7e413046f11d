//! Folders whose manifest is torn, forged or not true are told one by one, and the others go on.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use super::{
    lose, nothing_is_left, nothing_is_to_be_rebuilt, read_manifest, rebuild, state, stores, verify,
    write_manifest,
};
use crate::crash::say;
use crate::support::TestLibrary;
use crate::support::moving::tree;

/// Three assets in quarantine, of which the second's folder is the one that is spoiled.
fn three() -> (TestLibrary, PathBuf) {
    let library = TestLibrary::scanned(&["a/one.png", "b/two.png", "c/three.png"]);
    library.run("reject 1 2 3 --reason no").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    let of_two = |store: &PathBuf| read_manifest(store)["asset"]["id"] == json!(2);
    let store = stores(&library).into_iter().find(of_two).unwrap();
    (library, store)
}

/// Spoils a manifest by setting one of its values.
fn set(place: &'static str, value: Value) -> Spoil {
    Box::new(move |store| {
        let mut manifest = read_manifest(store);
        *manifest.pointer_mut(place).unwrap() = value.clone();
        write_manifest(store, &manifest);
    })
}

type Spoil = Box<dyn Fn(&Path)>;
/// What is done to the folder, how the rebuild ends, and words of what is said.
type Case = (&'static str, Spoil, ExitCode, &'static str);

/// Manifests that say what none says, or what is not true.
fn lies() -> Vec<Case> {
    use ExitCode::{Guard, Integrity, Partial};
    let other = json!("0190b1c2-0000-7000-8000-00000000002a");
    let hex = |text: &str| json!({ "hex": text });
    let (path, asset) = ("/files/0/path", "/asset/path");
    let lies = [
        ("a path that climbs", path, json!("../../etc/cron.d/x"), Integrity, "`path`"),
        ("the same in digits", path, hex("2e2e2f78"), Integrity, "`path`"),
        ("an absolute path", path, json!("/etc/passwd"), Integrity, "`path`"),
        ("a NUL", path, hex("6100"), Integrity, "`path`"),
        ("the asset's path climbs", asset, json!("a/../../x"), Integrity, "`path`"),
        ("a name elsewhere", "/files/0/name", json!("../0001.bin"), Integrity, "`name`"),
        ("another operation", "/operation", json!("0".repeat(32)), Integrity, "another operation"),
        ("a permission", "/asset/state", json!("approved"), Integrity, "`state`"),
        ("other bytes", "/files/0/sha256", json!("ab".repeat(32)), Integrity, "has other bytes"),
        ("no such root", "/files/0/root", json!("elsewhere"), Partial, "not configured"),
        ("another catalog", "/catalog", other, Guard, "is of catalog 0190b1c2"),
    ];
    lies.map(|(name, place, value, exit, says)| (name, set(place, value), exit, says)).into()
}

/// Folders in which something is missing, or is not what it was.
fn damage() -> Vec<Case> {
    use ExitCode::{Integrity, No, Partial};
    fn spoil(deed: fn(&Path, &Path, &Path)) -> Spoil {
        Box::new(move |store| deed(store, &store.join("manifest.json"), &store.join("0001.bin")))
    }
    let cut = |_: &Path, manifest: &Path, _: &Path| {
        let bytes = fs::read(manifest).unwrap();
        fs::write(manifest, &bytes[..bytes.len() / 2]).unwrap();
    };
    let huge = |_: &Path, manifest: &Path, _: &Path| {
        let text = fs::read_to_string(manifest).unwrap() + &" ".repeat(17 << 20) + "x";
        fs::write(manifest, text).unwrap();
    };
    let manifest_is_link = |store: &Path, manifest: &Path, _: &Path| {
        fs::rename(manifest, store.with_extension("json")).unwrap();
        symlink(store.with_extension("json"), manifest).unwrap();
    };
    let bin_is_link = |store: &Path, _: &Path, bin: &Path| {
        fs::rename(bin, store.with_extension("bin")).unwrap();
        symlink(store.with_extension("bin"), bin).unwrap();
    };
    let torn = |store: &Path, _: &Path, bin: &Path| {
        fs::rename(bin, store.join("0001.part")).unwrap();
    };
    let empty = |_: &Path, manifest: &Path, bin: &Path| {
        fs::remove_file(manifest).unwrap();
        fs::remove_file(bin).unwrap();
    };
    vec![
        ("no manifest", spoil(|_, m, _| fs::remove_file(m).unwrap()), Integrity, "no manifest"),
        ("a torn one", spoil(cut), Integrity, "no JSON"),
        ("one that is empty", spoil(|_, m, _| fs::write(m, b"").unwrap()), Integrity, "no JSON"),
        ("more than fits", spoil(huge), Integrity, "longer than any"),
        ("a link", spoil(manifest_is_link), Partial, "symbolic link"),
        ("other bytes", spoil(|_, _, b| fs::write(b, b"x").unwrap()), Integrity, "other bytes"),
        ("no bytes", spoil(|_, _, b| fs::remove_file(b).unwrap()), Integrity, "is gone"),
        ("a torn copy", spoil(torn), Integrity, "is a torn copy"),
        ("a link for a file", spoil(bin_is_link), Integrity, "other bytes"),
        ("nothing at all", spoil(empty), No, "nothing is in it"),
    ]
}

#[test]
fn a_folder_that_cannot_be_believed_is_left_alone_and_the_others_go_on() {
    let cases: Vec<_> = lies().into_iter().chain(damage()).collect();
    let count = cases.len();
    for (name, spoil, exit, says) in cases {
        let (library, store) = three();
        spoil(&store);
        let lost = lose(&library);
        let quarantine = library.path("state/quarantine");
        let before = (tree(&quarantine), fs::read(store.join("manifest.json")).ok());
        let plan = library.run(&format!("recover --rebuild --lost {lost}"));
        let run = rebuild(&library, &lost);
        for run in [&plan, &run] {
            assert_eq!(run.exit, exit, "{name}\n{run}");
            let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(says), "{name}: {says}\n{run}");
        }
        assert_eq!(
            (tree(&quarantine), fs::read(store.join("manifest.json")).ok()),
            before,
            "{name}"
        );
        for asset in [1, 3] {
            assert_eq!(state(&library, asset), "quarantined (was rejected)", "{name}");
        }
        assert_eq!(library.scanned_catalog().highest_number().unwrap(), 3, "{name}");
        let known = library.scanned_catalog().stores_in_use().unwrap();
        assert_eq!(known.len(), 2, "{name}");
        library.run("restore 1 3").expect(ExitCode::Success);
        library.run("audit verify --replay").expect(ExitCode::Success);
    }
    say(&format!("rebuild: {count} folders that cannot be believed were left alone"));
}

#[test]
fn what_else_is_in_a_folder_is_told_and_stays() {
    let (library, store) = three();
    fs::write(store.join("notes.txt"), b"mine").unwrap();
    fs::create_dir(store.join("more")).unwrap();
    let lost = lose(&library);
    let run = rebuild(&library, &lost).expect(ExitCode::No);
    for name in ["notes.txt", "more"] {
        let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(&format!("/{name} it is no file of the asset")), "{run}");
    }
    nothing_is_to_be_rebuilt(&library, &lost);
    library.run("restore 1 2 3").expect(ExitCode::Success);
    assert_eq!(fs::read(store.join("notes.txt")).unwrap(), b"mine");
    library.run("audit verify --replay").expect(ExitCode::Success);
    let run = library.run("audit verify --disk=full").expect(ExitCode::No);
    assert_eq!(run.stdout.matches("is none of its files").count(), 2, "{run}");
}

#[test]
fn numbers_that_are_too_great_or_told_twice_are_not_taken() {
    for (place, value, number) in [
        ("/asset/id", json!(i64::MAX), 4),
        ("/asset/id", json!(1_000_000_001_i64), 4),
        ("/asset/id", json!(3), 4),
        ("/asset/id", json!(1_000), 1_000),
    ] {
        let (library, store) = three();
        set(place, value.clone())(&store);
        let lost = lose(&library);
        rebuild(&library, &lost).expect(ExitCode::Success);
        let catalog = library.scanned_catalog();
        assert_eq!(catalog.highest_number().unwrap(), number, "{value}");
        nothing_is_left(&library, &lost);
        library.run("restore --state quarantined").expect(ExitCode::Success);
        library.write("uploads/new.png", b"new");
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(library.scanned_catalog().highest_number().unwrap(), number + 1);
        verify(&library);
    }
}

#[test]
fn two_folders_that_tell_of_one_path_are_two_records_and_only_one_comes_back() {
    let (library, store) = three();
    let first = stores(&library).into_iter().find(|other| *other != store).unwrap();
    let told = read_manifest(&first);
    for place in ["/files/0/path", "/asset/path"] {
        set(place, told.pointer(place).unwrap().clone())(&store);
    }
    let lost = lose(&library);
    rebuild(&library, &lost).expect(ExitCode::Success);
    nothing_is_left(&library, &lost);
    library.run("restore --state quarantined").expect(ExitCode::No);
    assert_eq!(tree(&library.path("uploads")).len(), 2);
    assert_eq!(library.scanned_catalog().stores_in_use().unwrap().len(), 1);
    verify(&library);
}

/// Who writes a manifest says who may decide nothing: a decision here is not undone by it.
#[test]
fn a_manifest_of_another_catalog_undoes_no_decision() {
    let (library, store) = three();
    let bytes = fs::read(store.join("0001.bin")).unwrap();
    let lost = lose(&library);
    fs::remove_file(library.path("shelflife.toml")).unwrap();
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    fs::rename(store.join("0001.bin"), library.path("uploads/b/two.png")).unwrap();
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("expire 1 --reason 'decided here'").expect(ExitCode::No);
    library.run("withdraw 1 --leave-files --reason 'decided here'").expect(ExitCode::Success);
    let run = rebuild(&library, &lost).expect(ExitCode::Partial);
    assert!(run.stdout.contains("belongs to asset #1 by now"), "{run}");
    assert_eq!(state(&library, 1), "withdrawn");
    assert_eq!(fs::read(library.path("uploads/b/two.png")).unwrap(), bytes);
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_quarantine_that_others_may_enter_is_not_believed() {
    let (library, _) = three();
    let lost = lose(&library);
    let quarantine = library.path("state/quarantine");
    fs::set_permissions(&quarantine, fs::Permissions::from_mode(0o755)).unwrap();
    rebuild(&library, &lost).expect(ExitCode::Permission);
}
