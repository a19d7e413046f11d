//! A scan and an older copy of the catalog: it waits for the rebuild, and where an earlier version did
//! not, the rebuild tells what is whose.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde_json::json;
use shelflife::exit::ExitCode;

use super::{
    REBUILD, back_up, nothing_is_left, put_back, read_manifest, state, store, stores, verify,
    write_manifest,
};
use crate::support::TestLibrary;
use crate::support::moving::{ended, tree};
use crate::support::pictures::png;

const TIN: &str = "uploads/2026/03/tea-tin.png";

/// A tea tin as #2, which was taken away after the copy that is in place now.
fn older() -> TestLibrary {
    let library = ended();
    back_up(&library);
    library.run("clean --apply").expect(ExitCode::Success);
    put_back(&library);
    library
}

/// A scan by a version that did not look at the quarantine.
#[track_caller]
pub(super) fn scan_unawares(library: &TestLibrary) {
    let (there, away) = (library.path("state/quarantine/v1"), library.path("state/hidden"));
    fs::rename(&there, &away).unwrap();
    fs::create_dir(&there).unwrap();
    fs::set_permissions(&there, fs::Permissions::from_mode(0o700)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    fs::remove_dir(&there).unwrap();
    fs::rename(&away, &there).unwrap();
}

#[test]
fn a_scan_waits_while_the_catalog_is_older_than_its_quarantine() {
    let library = older();
    library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
    let (before, log) = (tree(&library.path(".")), library.audit_entries().len());
    for command in ["scan", "scan --full --accept-missing", "scan --root uploads"] {
        let run = library.run(command).expect(ExitCode::Guard);
        assert!(run.stderr.contains("older than its quarantine: 1 folder there"), "{run}");
        assert!(run.stderr.contains("nothing was changed; bring it up to date first"), "{run}");
    }
    assert_eq!(tree(&library.path(".")), before);
    assert_eq!(library.audit_entries().len(), log);
    let plan = library.run("recover --rebuild").expect(ExitCode::Success);
    assert!(plan.stdout.contains("No scan is made while 1 folder"), "{plan}");
    library.run("scan").expect(ExitCode::Guard);
    library.run(REBUILD).expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    assert_eq!(library.asset(3).path.to_string(), "2026/04/hat.png");
    verify(&library);
}

#[test]
fn what_to_do_first_is_told_with_what_was_found() {
    let library = older();
    library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
    let first = "first shelflife recover --rebuild, then shelflife scan";
    let run = library.run("leftovers").expect(ExitCode::No);
    assert!(run.stdout.contains(first), "{run}");
    assert!(run.stdout.contains("1 folder in quarantine"), "{run}");
    let run = library.run("doctor").expect(ExitCode::No);
    assert!(run.stdout.contains("older than its quarantine"), "{run}");
    library.run(REBUILD).expect(ExitCode::Success);
    let run = library.run("leftovers").expect(ExitCode::No);
    assert!(run.stdout.contains("shelflife scan") && !run.stdout.contains("rebuild"), "{run}");
    library.run("scan").expect(ExitCode::Success);
    library.run("leftovers").expect(ExitCode::Success);
    library.run("doctor").expect(ExitCode::Success);
}

/// A name of it, and what is done to the folder in quarantine.
type Case<'a> = (&'a str, &'a dyn Fn(&TestLibrary, &Path));

#[test]
fn a_scan_waits_for_nothing_but_folders_of_its_own_catalog() {
    let cases: &[Case<'_>] = &[
        ("made by hand", &|_, store| {
            fs::remove_file(store.join("manifest.json")).unwrap();
        }),
        ("of another catalog", &|_, store| {
            let mut manifest = read_manifest(store);
            manifest["catalog"] = json!("0190b1c2-0000-7000-8000-00000000002a");
            write_manifest(store, &manifest);
        }),
        ("a copy under another name", &|_, store| {
            fs::rename(store, store.with_file_name("a".repeat(32))).unwrap();
        }),
        ("a torn manifest", &|_, store| {
            fs::write(store.join("manifest.json"), b"{").unwrap();
        }),
        ("a manifest that is a link", &|_, store| {
            fs::rename(store.join("manifest.json"), store.join("other")).unwrap();
            std::os::unix::fs::symlink("other", store.join("manifest.json")).unwrap();
        }),
        ("no quarantine", &|library, _| {
            fs::remove_dir_all(library.path("state/quarantine")).unwrap();
        }),
        ("a quarantine that others may enter", &|library, _| {
            let all = fs::Permissions::from_mode(0o755);
            fs::set_permissions(library.path("state/quarantine"), all).unwrap();
        }),
    ];
    for (name, spoil) in cases {
        let library = older();
        spoil(&library, &store(&library));
        let run = library.run("scan");
        assert_eq!(run.exit, ExitCode::Success, "{name}: {run}");
    }
}

#[test]
fn a_folder_that_cannot_be_rebuilt_stops_no_scan_once_a_rebuild_has_noted_it() {
    let library = older();
    let store = store(&library);
    let bin = store.join("0002.bin");
    let bytes = fs::read(&bin).unwrap();
    fs::write(&bin, b"other bytes").unwrap();
    library.run("scan").expect(ExitCode::Guard);
    library.run("recover --rebuild").expect(ExitCode::Integrity);
    library.run("scan").expect(ExitCode::Guard);
    let run = library.run(REBUILD).expect(ExitCode::Integrity);
    assert!(run.stdout.contains("noted in the log"), "{run}");
    library.run("scan").expect(ExitCode::Success);
    verify_but_for_quarantine(&library);
    let noted = || {
        let entries = library.audit_entries().into_iter();
        entries.filter(|entry| entry.kind == "folder.leave").collect::<Vec<_>>()
    };
    let name = store.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(noted().len(), 1);
    assert_eq!(noted()[0].operation, Some(name.clone()));
    assert!(noted()[0].payload.contains("0002.bin of `2026/03/tea-tin"), "{:?}", noted());
    library.run(REBUILD).expect(ExitCode::Integrity);
    assert_eq!(noted().len(), 1, "once is enough");
    let run = library.run("leftovers").expect(ExitCode::No);
    assert!(run.stdout.contains(&name) && !run.stdout.contains("first"), "{run}");
    fs::write(&bin, bytes).unwrap();
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    verify(&library);
}

/// The log and the tables say the same.
#[track_caller]
fn verify_but_for_quarantine(library: &TestLibrary) {
    library.run("audit verify --replay").expect(ExitCode::Success);
}

/// The tin was in quarantine already when the copy was made, and was restored since; a hat was added,
/// and taken away, as #3. A scan by an earlier version followed.
fn scanned() -> TestLibrary {
    let library = ended();
    library.run("clean --apply").expect(ExitCode::Success);
    back_up(&library);
    library.run("restore 2").expect(ExitCode::Success);
    library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
    for command in ["scan", "reject 3 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    put_back(&library);
    scan_unawares(&library);
    assert_eq!(library.asset(3).path.to_string(), "2026/03/tea-tin.png", "a draft of its own");
    library
}

#[test]
fn drafts_that_a_scan_made_of_what_came_back_are_part_of_it_again() {
    let library = scanned();
    let before = tree(&library.path("."));
    let run = library.run(REBUILD).expect(ExitCode::Success);
    assert!(run.stdout.contains("#2 2026/03/tea-tin.png"), "{run}");
    assert_eq!(tree(&library.path(".")), before);
    assert_eq!(state(&library, 2), "rejected");
    assert_eq!(state(&library, 4), "quarantined (was rejected)", "3 was given out again");
    assert_eq!(library.asset(4).path.to_string(), "2026/04/hat.png");
    let id = library.scanned_catalog().uuid().unwrap();
    nothing_is_left(&library, &id);
    library.run("scan").expect(ExitCode::Success);
    library.run("restore 4").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 5);
    verify(&library);
    library.run("leftovers").expect(ExitCode::Success);
}

#[test]
fn what_people_worked_on_or_decided_about_keeps_its_record_and_the_others_go_on() {
    for (command, stays, told) in [
        ("describe 3 --title Tin", "rejected", "Tin"),
        ("reconsider 3 --reason 'a new tin'", "draft", "#2"),
        ("reject 3 --for-placement blog --code quality", "rejected", "rejected for"),
    ] {
        let library = scanned();
        library.run(command).expect(ExitCode::Success);
        let run = library.run(REBUILD).expect(ExitCode::Partial);
        assert!(run.stdout.contains("belongs to asset #3 by now"), "{command}: {run}");
        assert_eq!(state(&library, 3), stays, "{command}: the content of #2 came back");
        assert!(library.run("show 3").stdout.contains(told), "{command}");
        assert_eq!(state(&library, 2), "quarantined (was rejected)", "as before");
        assert_eq!(state(&library, 4), "quarantined (was rejected)");
        library.run("restore 4").expect(ExitCode::Success);
        verify_but_for_quarantine(&library);
    }
}

#[test]
fn a_half_restored_asset_is_brought_together_whatever_a_scan_made_of_the_half() {
    let library = ended();
    library.run("clean --apply").expect(ExitCode::Success);
    fs::rename(store(&library).join("0001.bin"), library.path(TIN)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(state(&library, 3), "rejected", "the content of #2 came back");
    library.run(REBUILD).expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    nothing_is_left(&library, &library.scanned_catalog().uuid().unwrap());
    library.run("restore 2").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
    assert!(stores(&library).is_empty());
    verify(&library);
}

#[test]
fn a_number_that_was_given_out_again_is_that_of_whoever_has_it_now() {
    for (path, name) in [("04/hat.png", "at the same path"), ("04/cap.png", "at another path")] {
        let library = ended();
        back_up(&library);
        library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
        for command in ["scan", "reject 3 --reason no", "clean --apply"] {
            library.run(command).expect(ExitCode::Success);
        }
        put_back(&library);
        library.advance_days(1);
        let other = library.write(format!("uploads/2026/{path}"), png((7, 7), b"another"));
        scan_unawares(&library);
        library.run("describe 3 --title Another").expect(ExitCode::Success);
        fs::remove_file(other).unwrap();
        scan_unawares(&library);
        library.run(REBUILD).expect(ExitCode::Success);
        assert_eq!(state(&library, 3), "draft", "{name}");
        assert!(library.run("show 3").stdout.contains("Another"), "{name}");
        assert_eq!(state(&library, 4), "quarantined (was rejected)", "{name}");
        verify(&library);
    }
}
