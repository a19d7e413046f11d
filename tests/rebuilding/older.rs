//! An older copy of the catalog is put in place of the lost one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use shelflife::exit::ExitCode;

use super::scanned::scan_unawares;
use super::{
    REBUILD, back_up, catalog_id, nothing_is_left, put_back, state, store, stores, verify,
};
use crate::support::TestLibrary;
use crate::support::moving::{ended, tree, without_holds};
use crate::support::pictures::png;

const TIN: &str = "uploads/2026/03/tea-tin.png";

/// Does it, puts the copy of before in its place, and rebuilds. Nothing on disk changes.
#[track_caller]
fn rebuilt(library: &TestLibrary, since: &[&str], exit: ExitCode) -> String {
    back_up(library);
    for command in since {
        library.run(command).expect(ExitCode::Success);
    }
    put_back(library);
    let before = tree(&library.path("."));
    let run = library.run(REBUILD).expect(exit);
    assert_eq!(tree(&library.path(".")), before);
    run.stdout
}

#[test]
fn what_was_taken_away_since_is_in_quarantine_whatever_the_copy_says_of_it() {
    type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a str);
    let cases: &[Case<'_>] = &[
        ("rejected already", &["reject 2 --reason no"], &["clean --apply"], "rejected"),
        ("a draft", &[], &["reject 2 --reason no", "clean --apply"], "rejected"),
        ("withdrawn since", &[], &["withdraw 2 --reason unsafe"], "withdrawn"),
        (
            "decided otherwise then",
            &["reject 2 --reason no"],
            &["reconsider 2 --reason 'on brand'", "withdraw 2 --reason unsafe"],
            "withdrawn",
        ),
    ];
    for (name, before, since, was) in cases {
        let library = library();
        let files = tree(&library.path("uploads"));
        for command in *before {
            library.run(command).expect(ExitCode::Success);
        }
        let told = rebuilt(&library, since, ExitCode::Success);
        assert!(told.contains("#2 2026/03/tea-tin.png"), "{name}\n{told}");
        assert_eq!(state(&library, 2), format!("quarantined (was {was})"), "{name}");
        let id = catalog_id(&library);
        nothing_is_left(&library, &id);
        library.run("scan").expect(ExitCode::Success);
        verify(&library);
        library.run("restore 2").expect(ExitCode::Success);
        assert!(tree(&library.path("uploads")) == files, "{name}");
        verify(&library);
        library.run("leftovers");
    }
}

/// A tea tin of three files, as #2, and a garden.
fn library() -> TestLibrary {
    let library = ended();
    library.run("reconsider 2 --reason 'from the beginning'").expect(ExitCode::Success);
    library
}

#[test]
fn what_no_scan_of_the_copy_has_seen_is_adopted_too() {
    let library = library();
    back_up(&library);
    library.write("uploads/2026/04/hat.png", png((9, 9), b"hat"));
    let before = tree(&library.path("uploads"));
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 3 --reason no").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    put_back(&library);
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(state(&library, 3), "quarantined (was rejected)");
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 3").expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")) == before);
    verify(&library);
}

#[test]
fn a_scan_of_the_copy_that_missed_the_files_does_not_hide_them() {
    let library = library();
    back_up(&library);
    let before = tree(&library.path("uploads"));
    library.run("reject 2 --reason no").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    put_back(&library);
    scan_unawares(&library);
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 2").expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")) == before);
    verify(&library);
    library.run("leftovers");
}

#[test]
fn bytes_that_changed_after_the_copy_are_those_that_come_back() {
    let library = library();
    back_up(&library);
    library.write(TIN, png((60, 40), b"another picture"));
    let before = tree(&library.path("uploads"));
    for command in ["scan", "reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    put_back(&library);
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 2").expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")) == before);
    verify(&library);
}

#[test]
fn a_new_file_at_the_path_keeps_its_record_and_the_old_one_gets_its_own() {
    let library = library();
    back_up(&library);
    for command in ["reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    let stored = tree(&library.path("state/quarantine"));
    library.write(TIN, png((60, 40), b"somebody's new one"));
    put_back(&library);
    scan_unawares(&library);
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "draft", "it goes on with the new file");
    assert_eq!(state(&library, 3), "quarantined (was rejected)");
    assert_eq!(tree(&library.path("state/quarantine")), stored);
    library.run("scan").expect(ExitCode::Success);
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 3").expect(ExitCode::No);
    fs::remove_file(library.path(TIN)).unwrap();
    library.run("scan").expect(ExitCode::Success);
}

#[test]
fn what_was_restored_since_is_in_the_library() {
    let library = library();
    for command in ["reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    let told = rebuilt(&library, &["restore 2"], ExitCode::Success);
    assert!(told.contains("restored since"), "{told}");
    assert_eq!(state(&library, 2), "rejected");
    nothing_is_left(&library, &catalog_id(&library));
    let kept = library.run("clean --apply").expect(ExitCode::Success);
    assert!(kept.stdout.contains("held: restored from quarantine"), "{kept}");
}

#[test]
fn what_was_restored_and_taken_away_again_is_in_quarantine() {
    let library = library();
    without_holds(&library);
    for command in ["reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    let told = rebuilt(&library, &["restore 2", "clean --apply"], ExitCode::Success);
    assert!(told.contains("restored since, and taken away again"), "{told}");
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 2").expect(ExitCode::Success);
    verify(&library);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
}

#[test]
fn a_restore_that_was_half_done_is_taken_back() {
    let library = library();
    for command in ["reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    fs::rename(store(&library).join("0001.bin"), library.path(TIN)).unwrap();
    let before = tree(&library.path("."));
    library.run(REBUILD).expect(ExitCode::Success);
    assert_eq!(tree(&library.path(".")), before);
    verify(&library);
    library.run("recover").expect(ExitCode::Success);
    nothing_is_left(&library, &catalog_id(&library));
    library.run("restore 2").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
    assert!(stores(&library).is_empty());
}

#[test]
fn a_purge_that_the_copy_does_not_know_is_told_from_one_that_was_under_way() {
    for gone in [0, 2, 3] {
        let library = library();
        for command in ["reject 2 --reason no", "clean --apply"] {
            library.run(command).expect(ExitCode::Success);
        }
        let store = store(&library);
        let purging = library.path("state/quarantine/purging");
        fs::create_dir(&purging).unwrap();
        fs::set_permissions(&purging, fs::Permissions::from_mode(0o700)).unwrap();
        let there = purging.join(store.file_name().unwrap());
        fs::rename(&store, &there).unwrap();
        for number in 1..=gone {
            fs::remove_file(there.join(format!("{number:04}.bin"))).unwrap();
        }
        let before = tree(&library.path("."));
        let exit = if gone == 2 { ExitCode::Integrity } else { ExitCode::Success };
        library.run(REBUILD).expect(exit);
        assert_eq!(tree(&library.path(".")), before);
        if gone == 2 {
            continue;
        }
        verify(&library);
        library.run("recover").expect(ExitCode::Success);
        nothing_is_left(&library, &catalog_id(&library));
        let now = if gone == 0 { "quarantined (was rejected)" } else { "purged (was rejected)" };
        assert_eq!(state(&library, 2), now);
        if gone == 0 {
            library.run("restore 2").expect(ExitCode::Success);
            assert_eq!(tree(&library.path("uploads")).len(), 4);
        }
    }
}

#[test]
fn what_is_nowhere_is_told_as_damage_and_stays_on_record() {
    let library = library();
    for command in ["reject 2 --reason no", "clean --apply"] {
        library.run(command).expect(ExitCode::Success);
    }
    fs::remove_dir_all(store(&library)).unwrap();
    let before = library.audit_entries().len();
    let run = library.run(REBUILD).expect(ExitCode::Integrity);
    assert!(run.stdout.contains("neither in quarantine nor at their paths"), "{run}");
    assert_eq!(library.audit_entries().len(), before, "nothing was written");
}
