//! What somebody puts at the paths of files while these are moved, or after a run that died.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use shelflife::exit::ExitCode;

use super::{can_trace, dies, traced};
use crate::support::moving::{cleaned, ended, tree};
use crate::support::pictures::png;
use crate::support::{TestLibrary, wall_clock};
use crate::takedown::state;

const FOLDER: &str = "uploads/2026/03";
const ORIGINAL: &str = "uploads/2026/03/tea-tin.png";

/// A clean of the tea tin died at its rename of this number, and it is paused since.
fn paused_amid_a_clean(rename: usize) -> TestLibrary {
    let library = ended();
    dies(&library, "clean --apply", ("renameat2", rename));
    library.run("pause --reason x").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Paused);
    library
}

/// What of the tea tin is not in the library now.
fn gone(library: &TestLibrary) -> Vec<PathBuf> {
    let names = ["tea-tin.png", "tea-tin-15x10.png", "tea-tin-30x20.png"];
    names.map(|name| library.path(FOLDER).join(name)).into_iter().filter(|p| !p.exists()).collect()
}

fn database(library: &TestLibrary) -> Connection {
    Connection::open(library.path("state/catalog.db")).unwrap()
}

#[test]
fn a_clean_whose_path_was_taken_after_it_died_is_finished_and_nothing_is_called_damaged() {
    if !can_trace() {
        return;
    }
    for rename in [2, 3] {
        for other in [png((15, 10), b"made anew"), png((99, 9), b"of another size")] {
            let library = ended();
            dies(&library, "clean --apply", ("renameat2", rename));
            for path in gone(&library) {
                fs::write(&path, &other).unwrap();
                library.run("scan").expect(ExitCode::Success);
                assert_eq!(state(&library, 2), "quarantined (was rejected)");
                assert_eq!(fs::read(&path).unwrap(), other, "it stays");
                fs::remove_file(path).unwrap();
            }
            for line in ["scan --full", "recover", "clean --apply", "withdraw 1 --reason unsafe"] {
                library.run(line).expect(ExitCode::Success);
            }
            library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        }
    }
}

#[test]
fn what_comes_to_a_path_amid_a_move_is_recorded_once_that_is_settled() {
    if !can_trace() {
        return;
    }
    for rename in [2, 3] {
        let library = paused_amid_a_clean(rename);
        for path in gone(&library) {
            fs::write(path, png((77, 7), b"a new upload")).unwrap();
        }
        library.write("uploads/2026/03/cup.png", png((8, 8), b"a cup"));
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(state(&library, 3), "draft", "the cup");
        library.run("resume --reason x").expect(ExitCode::Success);
        library.run("recover").expect(ExitCode::Success);
        library.run("scan").expect(ExitCode::Success);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        let served = tree(&library.path("uploads")).len();
        let sql = "SELECT count(*) FROM file WHERE place = 'library'";
        let known: i64 = database(&library).query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(usize::try_from(known).unwrap(), served, "rename {rename}");
    }
}

/// What is kept for an operation is no news for a scan: it is settled first.
#[test]
fn leftovers_say_that_what_came_amid_a_move_waits_for_a_recovery() {
    if !can_trace() {
        return;
    }
    let library = paused_amid_a_clean(3);
    for path in gone(&library) {
        fs::write(path, png((77, 7), b"a new upload")).unwrap();
    }
    library.run("scan").expect(ExitCode::Success);
    let run = library.run("leftovers").expect(ExitCode::No);
    assert_eq!(run.stdout.matches("first shelflife recover").count(), 2, "{run}");
}

/// What an earlier version wrote about a newcomer while the operation was open.
#[test]
fn a_path_that_was_given_to_another_amid_a_move_goes_back_to_the_file_that_is_there() {
    if !can_trace() {
        return;
    }
    let library = paused_amid_a_clean(3);
    let sql = "INSERT INTO file SELECT (SELECT max(id) + 1 FROM file), NULL, root_id, folder, name, NULL, 'it came',
                 sha256, bytes, media_type, width, height, modified_ns, changed_ns, inode, device,
                 'library' FROM file WHERE place = 'quarantine' LIMIT 1";
    assert_eq!(database(&library).execute(sql, []).unwrap(), 1);
    library.run("resume --reason x").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "rejected");
    library.run("scan --full").expect(ExitCode::Success);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

/// Runs a command whose `number`th call takes three seconds, and does something in the second of them.
fn meanwhile(library: &TestLibrary, (slow, line): (&str, &str), does: impl FnOnce()) -> i32 {
    let calls = slow.split(':').next().unwrap();
    let child = traced(library, calls, Some(slow), line).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    does();
    let code = child.wait_with_output().unwrap().status.code().unwrap();
    library.set_now(&wall_clock().to_string());
    code
}

#[test]
fn a_file_that_is_replaced_right_after_its_restore_is_seen_by_the_next_scan() {
    if !can_trace() {
        return;
    }
    let library = cleaned();
    let new = png((60, 40), b"replaced at once");
    let write = || fs::write(library.path(ORIGINAL), &new).unwrap();
    // The last of the files has arrived.
    meanwhile(&library, ("renameat2:delay_exit=3000000:when=3", "restore 2 --reason back"), write);
    let scan = library.run("scan").expect(ExitCode::Success);
    assert!(scan.stdout.contains("has other bytes now"), "{scan}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert!(gone(&library).len() == 3);
}

#[test]
fn a_restore_that_is_taken_back_leaves_what_came_to_a_path_meanwhile() {
    if !can_trace() {
        return;
    }
    let library = cleaned();
    dies(&library, "restore 2 --reason back", ("renameat2", 3));
    let new = png((60, 40), b"a new upload");
    let replace = || {
        library.write("uploads/2026/03/.new", &new);
        fs::rename(library.path("uploads/2026/03/.new"), library.path(ORIGINAL)).unwrap();
    };
    assert!(library.path(ORIGINAL).exists(), "it was the first to arrive");
    let code = meanwhile(&library, ("renameat2:delay_enter=3000000:when=1", "recover"), replace);
    assert_ne!(code, 0, "the bytes that were restored are gone");
    assert_eq!(fs::read(library.path(ORIGINAL)).unwrap(), new, "the upload is not");
}
