//! Files that come, or come back, while an asset is on its way or is out of the library.

use std::fs;
use std::os::linux::fs::MetadataExt as _;

use rusqlite::Connection;
use shelflife::catalog::{OpenOperation, Operation, OperationFile};
use shelflife::domain::asset::AssetId;
use shelflife::domain::lifecycle::{Action, Transition};
use shelflife::domain::operation::{FileState, OperationKind, OperationState};
use shelflife::domain::pause::Heed;
use shelflife::exit::ExitCode;

use super::{DEAD, SIZE, column, die_after_moving, export, library, state, withdraw};
use crate::support::TestLibrary;
use crate::support::moving::ended;
use crate::support::pictures::png;

/// `#2` in quarantine, and a restore of it that died after its first file.
fn half_restored() -> TestLibrary {
    let library = ended();
    library.run("clean --apply").expect(ExitCode::Success);
    let catalog = library.scanned_catalog();
    let taken = catalog.quarantine_of(AssetId(2)).unwrap().unwrap();
    let asset = catalog.asset(AssetId(2)).unwrap().unwrap();
    let pending = |file: OperationFile| OperationFile { state: FileState::Pending, ..file };
    let operation = Operation {
        id: DEAD.to_owned(),
        kind: OperationKind::Restore,
        state: OperationState::Intent,
        files: taken.files.iter().cloned().map(pending).collect(),
        ..taken.clone()
    };
    let open = OpenOperation {
        version: asset.version,
        transition: Transition::of(asset.state, Action::Restore),
        operation,
        reason: None,
        causes: Vec::new(),
        heed: Heed::Stop,
    };
    library.open_to_write().open_operation(&open).unwrap();
    let first = &taken.files[0];
    let stored = library.path("state/quarantine/v1").join(&taken.store).join(&first.stored_name);
    let path = library.path("uploads").join(first.path.to_string());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::rename(stored, path).unwrap();
    library
}

#[test]
fn what_a_restore_has_brought_back_so_far_stays_its_own_whatever_is_scanned_or_imported() {
    for look in ["scan --full", "import wxr export.xml"] {
        let library = half_restored();
        library.write("export.xml", export());
        library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
        library.write("uploads/2026/03/cup.png", "a cup");
        for command in ["scan", look] {
            library.run(command).expect(ExitCode::Success);
        }
        library.run("resume --reason 'it is known'").expect(ExitCode::Success);
        library.run("recover").expect(ExitCode::Success);
        library.run("restore 2").expect(ExitCode::Success);
        assert_eq!(state(&library, 2), "rejected", "{look}");
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 3);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
}

#[test]
fn a_size_that_came_amid_a_move_that_is_taken_back_joins_its_asset() {
    let library = ended();
    die_after_moving(&library, 2);
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    library.write("uploads/2026/03/tea-tin-12x8.png", png((12, 8), b"made meanwhile"));
    library.run("scan").expect(ExitCode::Success);
    library.run("resume --reason 'it is known'").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "rejected");
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 4);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn what_an_earlier_version_gave_to_an_asset_in_quarantine_is_set_right_by_a_scan() {
    for command in ["scan", "import wxr export.xml"] {
        let library = library();
        let bytes = fs::read(library.path(SIZE)).unwrap();
        fs::remove_file(library.path(SIZE)).unwrap();
        library.run("scan").expect(ExitCode::Success);
        withdraw(&library, "2", ExitCode::Success);
        library.write(SIZE, &bytes);
        let stat = fs::metadata(library.path(SIZE)).unwrap();
        let sql = "UPDATE file SET place = 'library', inode = ?1, device = ?2, modified_ns = ?3,
                   changed_ns = ?4 WHERE place = 'missing'";
        let ns = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
        let (modified, changed) =
            (ns(stat.st_mtime(), stat.st_mtime_nsec()), ns(stat.st_ctime(), stat.st_ctime_nsec()));
        let ids = (i64::try_from(stat.st_ino()).unwrap(), i64::try_from(stat.st_dev()).unwrap());
        let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
        assert_eq!(catalog.execute(sql, (ids.0, ids.1, modified, changed)).unwrap(), 1);
        withdraw(&library, "2", ExitCode::Partial);
        library.run(command).expect(ExitCode::Success);
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(state(&library, 3), "withdrawn", "{command}");
    }
}

#[test]
fn an_original_that_a_size_stood_in_for_is_what_it_was_when_it_comes_back() {
    let library = library();
    let original = library.path("uploads/2026/03/tea-tin.png");
    let bytes = fs::read(&original).unwrap();
    fs::remove_file(&original).unwrap();
    library.run("scan").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    fs::write(&original, bytes).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(state(&library, 3), "withdrawn");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn nothing_is_called_gone_beneath_a_root_that_nobody_can_look_into() {
    let library = library();
    withdraw(&library, "2", ExitCode::Success);
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    let report = withdraw(&library, "2", ExitCode::Partial);
    assert_eq!(column(&report, "still public", "url").len(), 6, "{report}");
}
