//! What is told of a purge that was interrupted, and what the next commands make of it.

use std::fs;

use shelflife::exit::ExitCode;

use super::{ripe, stored};
use crate::support::TestLibrary;

/// A library in which a purge was announced, its folder renamed, one file deleted, and then killed.
fn killed() -> TestLibrary {
    let library = ripe();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let announced = "
        INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, store)
        SELECT '0198aaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'purge', asset_id, run_id, 'intent', opened_ms, id
        FROM operation;
        INSERT INTO operation_file (operation_id, number, file_id, stored_name, sha256, bytes, mode,
                                    modified_ns, state)
        SELECT '0198aaaaaaaaaaaaaaaaaaaaaaaaaaaa', number, file_id, stored_name, sha256, bytes, mode,
               modified_ns, 'pending' FROM operation_file;";
    catalog.execute_batch(announced).unwrap();
    let quarantine = library.path("state/quarantine");
    let store = fs::read_dir(quarantine.join("v1")).unwrap().next().unwrap().unwrap().file_name();
    fs::create_dir(quarantine.join("purging")).unwrap();
    private(&quarantine.join("purging"));
    fs::rename(quarantine.join("v1").join(&store), quarantine.join("purging").join(&store))
        .unwrap();
    fs::remove_file(quarantine.join("purging").join(&store).join("0002.bin")).unwrap();
    library
}

fn private(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_recovery_deletes_the_rest_of_what_was_announced() {
    let library = killed();
    insta::assert_snapshot!(library.tell("recover --dry-run"), @"
    exit: 0
    would record  #2 2026/03/tea-tin.png  finish the purge of 3 files: all deleted for good
    1 edited
    dry run: nothing was changed
    ");
    assert_eq!(stored(&library), 2);
    library.run("audit verify --disk").expect(ExitCode::Success);
    let told = library.tell("purge 2");
    assert!(told.contains("its files are being moved by operation 0198"), "{told}");
    insta::assert_snapshot!(library.tell("recover"), @"
    exit: 0
    recorded  #2 2026/03/tea-tin.png  an unfinished purge of 3 files is finished
    1 edited
    ");
    assert_eq!(stored(&library), 0);
    library.run("audit verify --disk=full").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("recover"), @"
    exit: 0
    Nothing was left half done.
    ");
}

#[test]
fn while_it_is_paused_the_rest_waits() {
    let library = killed();
    library.run("pause --reason 'look first'").expect(ExitCode::Success);
    let foreseen = library.tell("recover --dry-run");
    assert!(foreseen.contains("an unfinished purge waits for the end of the pause"), "{foreseen}");
    assert!(foreseen.starts_with("exit: 4"), "{foreseen}");
    insta::assert_snapshot!(library.tell("recover"), @"
    exit: 4
    recorded  #2 2026/03/tea-tin.png  an unfinished purge waits for the end of the pause; the catalog has where its files are
    1 edited
    --- stderr
    shelflife: error: paused by olga since 2026-04-02T09:00:00.000Z: look first (the file PAUSED beside the catalog and the flag in the catalog)
      hint: once the cause is known: `shelflife resume --reason TEXT`
    ");
    assert_eq!(stored(&library), 2);
    library.run("restore 2 --while-paused").expect(ExitCode::Changed);
    assert_eq!(stored(&library), 2);
    library.run("resume --reason 'looked'").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(stored(&library), 0);
}

#[test]
fn a_hold_on_what_is_being_deleted_comes_too_late() {
    let library = killed();
    library.run("hold 2 --reason dispute").expect(ExitCode::Changed);
}

#[test]
fn a_folder_that_no_purge_is_about_stays_and_is_told() {
    let library = ripe();
    let purging = library.path("state/quarantine/purging");
    let stray = purging.join("0198bbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    fs::create_dir_all(&stray).unwrap();
    private(&purging);
    fs::write(stray.join("0001.bin"), b"from another time").unwrap();
    let told = library.run("recover").expect(ExitCode::No).to_string();
    assert!(told.contains("purging/0198bbbbbbbbbbbbbbbbbbbbbbbbbbbb"), "{told}");
    let told = library.run("audit verify --disk").expect(ExitCode::No).to_string();
    assert!(told.contains("purging/0198bbbbbbbbbbbbbbbbbbbbbbbbbbbb"), "{told}");
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Success);
    assert!(stray.join("0001.bin").exists());
}
