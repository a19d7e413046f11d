//! What a takedown could not take out of the served folders is named, however it ends.

use std::fs;
use std::path::Path;

use shelflife::catalog::{Destination, FileId, OpenOperation, Operation, OperationFile};
use shelflife::domain::asset::{AssetFile, AssetId};
use shelflife::domain::lifecycle::{Action, Transition};
use shelflife::domain::operation::{FileState, OperationKind, OperationState};
use shelflife::domain::pause::Heed;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use super::{DEAD, column, library, rows, state, withdraw};
use crate::support::TestLibrary;
use crate::support::moving::ended;
use crate::support::pictures::png;

const REMOVED: &str = "Removed is not gone";

fn announced(library: &TestLibrary, operation: Operation) {
    let mut catalog = library.open_to_write();
    let asset = catalog.asset(operation.asset).unwrap().unwrap();
    let restored = Transition::of(asset.state, Action::Restore);
    let open = OpenOperation {
        version: asset.version,
        transition: restored.filter(|_| operation.kind == OperationKind::Restore),
        operation,
        reason: None,
        causes: Vec::new(),
        heed: Heed::Stop,
    };
    catalog.open_operation(&open).unwrap();
}

/// A draft as #1, and its publication as `2026/03/poster.png`, which was announced.
fn announced_publication() -> TestLibrary {
    let library = TestLibrary::new();
    library.write("drafts/out 7.png", png((60, 40), b"out"));
    fs::create_dir(library.path("uploads")).unwrap();
    let init = "init --root uploads --draft-root drafts --catalog state/catalog.db";
    library.run(init).expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    let catalog = library.scanned_catalog();
    let root = catalog.roots().unwrap().into_iter().find(|root| root.name == "uploads").unwrap();
    let pending = |(number, (file, known)): (u32, (FileId, AssetFile))| OperationFile {
        number,
        file,
        root: known.root,
        path: known.path,
        stored_name: "poster.png".to_owned(),
        digest: known.digest,
        bytes: known.stamp.bytes,
        mode: 0o644,
        modified_ns: known.stamp.modified_ns,
        state: FileState::Pending,
    };
    let asset = AssetId(1);
    let operation = Operation {
        id: DEAD.to_owned(),
        kind: OperationKind::Publish,
        asset,
        state: OperationState::Intent,
        opened_at: library.now(),
        store: DEAD.to_owned(),
        to: Some(Destination { root: root.id, folder: b"2026/03".to_vec() }),
        files: (1..).zip(catalog.files_of(asset).unwrap()).map(pending).collect(),
    };
    announced(&library, operation);
    library
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::write(to, fs::read(from).unwrap()).unwrap();
}

#[test]
fn what_a_dead_publication_brought_is_named_while_it_cannot_be_settled() {
    for is_paused in [true, false] {
        let library = announced_publication();
        // Between two file systems the draft is set aside before a copy of it gets the new name.
        let draft = library.path("drafts/out 7.png");
        copied(&draft, &library.path("uploads/2026/03/poster.png"));
        fs::rename(&draft, library.path(format!("drafts/.shelflife-{DEAD}-1"))).unwrap();
        let (lock, exit) = if is_paused {
            library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
            (None, ExitCode::Changed)
        } else {
            let lock = RunLock::take(&library.path("state/run.lock"), "another run").unwrap();
            assert!(matches!(lock, Locking::Taken(_)));
            (Some(lock), ExitCode::Busy)
        };
        let run = library.run("withdraw 1 --reason unsafe").expect(exit);
        assert!(!run.stdout.contains(REMOVED), "{run}");
        let report = withdraw(&library, "1", exit);
        let public = column(&report, "still public", "url");
        assert_eq!(public, ["/wp-content/uploads/2026/03/poster.png"], "paused: {is_paused}");
        let because = column(&report, "still public", "because");
        assert_eq!(because, ["its withdrawal could not be recorded"]);
        assert!(rows(&report, "purge").is_empty(), "{report}");
        assert_eq!(state(&library, 1), "draft");
        drop(lock);
    }
}

#[test]
fn a_copy_that_somebody_put_where_a_draft_was_to_go_is_told_and_stays() {
    let library = announced_publication();
    copied(&library.path("drafts/out 7.png"), &library.path("uploads/2026/03/poster.png"));
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    let run = library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    assert!(run.stdout.contains("what is at `2026/03/poster.png` stays there"), "{run}");
    assert!(library.path("uploads/2026/03/poster.png").exists());
}

#[test]
fn what_a_publication_has_not_brought_yet_is_not_called_public() {
    let library = announced_publication();
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    let report = withdraw(&library, "1", ExitCode::Success);
    assert!(rows(&report, "still public").is_empty(), "{report}");
    assert!(!library.path("drafts/out 7.png").exists());
}

#[test]
fn what_a_dead_restore_brought_back_is_named_while_it_is_paused() {
    let library = library();
    withdraw(&library, "2", ExitCode::Success);
    let taken = library.scanned_catalog().quarantine_of(AssetId(2)).unwrap().unwrap();
    let store = library.path("state/quarantine/v1").join(&taken.store);
    let first = taken.files[0].clone();
    let files = taken.files.iter().cloned();
    let files = files.map(|file| OperationFile { state: FileState::Pending, ..file });
    let operation = Operation {
        id: DEAD.to_owned(),
        kind: OperationKind::Restore,
        state: OperationState::Intent,
        files: files.collect(),
        ..taken
    };
    announced(&library, operation);
    let path = library.path("uploads").join(first.path.to_string());
    fs::rename(store.join(&first.stored_name), path).unwrap();
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("a restore of it is not finished"), "{run}");
    assert!(!run.stdout.contains(REMOVED), "{run}");
    let report = withdraw(&library, "2", ExitCode::Partial);
    let public = column(&report, "still public", "url");
    assert_eq!(public.len(), 2, "{public:?}");
    assert!(public.iter().all(|url| url.ends_with(&first.path.to_string())), "{public:?}");
}

#[test]
fn what_is_held_is_named_beforehand_too_and_is_nothing_that_was_removed() {
    let library = library();
    library.run("hold 2 --reason 'court order'").expect(ExitCode::Success);
    let shown = withdraw(&library, "2 --dry-run", ExitCode::Partial);
    let run = library.run("withdraw 2 1 --dry-run --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("withdraw --confirm 1 --note"), "{run}");
    let done = withdraw(&library, "2", ExitCode::Partial);
    let public = column(&shown, "still public", "url");
    assert_eq!(public.len(), 6, "{public:?}");
    for kind in ["still public", "breaks", "purge", "elsewhere"] {
        assert_eq!(rows(&shown, kind), rows(&done, kind), "{kind}");
    }
    let purged = column(&done, "purge", "url");
    assert!(purged.iter().all(|url| url.ends_with("-old.png")), "{purged:?}");
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    assert!(!run.stdout.contains(REMOVED), "{run}");
    assert!(run.stdout.contains("Pages and places that show it"), "{run}");
}

#[test]
fn what_is_left_on_purpose_is_named_and_is_no_failure() {
    let library = ended();
    let list = "STILL PUBLIC:\n\nASSET  URL";
    let shown = library.run("withdraw 2 --leave-files --dry-run --reason unsafe");
    assert!(shown.expect(ExitCode::Success).stdout.contains(list));
    let report = withdraw(&library, "2 --leave-files", ExitCode::Success);
    assert_eq!(column(&report, "still public", "url").len(), 3);
    let because = column(&report, "still public", "because");
    assert!(because.iter().all(|text| text == "left there by --leave-files"), "{because:?}");
}
