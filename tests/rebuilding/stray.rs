//! A log that a killed run left beside a catalog that is there no more.

use std::fs;

use shelflife::exit::ExitCode;

use super::{REBUILD, back_up, catalog_id, nothing_is_left, rebuild};
use crate::calls::{can_trace, dies};
use crate::support::TestLibrary;
use crate::support::many::rejected;

const LOG: &str = "state/catalog.db-wal";

/// A clean of the eight assets dies amid the third, and leaves its log.
fn killed(library: &TestLibrary) {
    dies(library, "clean --apply", ("renameat2", 8));
    assert!(fs::metadata(library.path(LOG)).unwrap().len() > 0);
}

fn move_log_away(library: &TestLibrary) {
    for name in ["catalog.db-wal", "catalog.db-shm"] {
        fs::rename(library.path("state").join(name), library.path(name)).unwrap();
    }
}

/// What was half done is settled, and all is on record again.
fn settled(library: &TestLibrary, lost: &str) {
    library.run("recover").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    nothing_is_left(library, lost);
}

#[test]
fn the_log_of_a_lost_catalog_is_not_taken_for_that_of_the_one_that_is_rebuilt() {
    if !can_trace() {
        return;
    }
    let library = rejected(8);
    let lost = catalog_id(&library);
    killed(&library);
    fs::rename(library.path("state/catalog.db"), library.path("lost.db")).unwrap();
    let run = rebuild(&library, &lost).expect(ExitCode::Integrity);
    assert!(run.stderr.contains("beside the catalog is the log of another one"), "{run}");
    assert!(!library.path("state/catalog.db").exists(), "none was made");
    move_log_away(&library);
    rebuild(&library, &lost).expect(ExitCode::Success);
    settled(&library, &lost);
}

#[test]
fn the_log_of_a_catalog_is_not_taken_for_that_of_an_older_copy_in_its_place() {
    if !can_trace() {
        return;
    }
    let library = rejected(8);
    let lost = catalog_id(&library);
    back_up(&library);
    killed(&library);
    let copy = library.path("backup.db");
    fs::remove_file(library.path("state/catalog.db")).unwrap();
    fs::copy(&copy, library.path("state/catalog.db")).unwrap();
    for line in ["list", "scan", "recover", REBUILD, "pause --show", "withdraw 1 --reason x"] {
        let run = library.run(line).expect(ExitCode::Integrity);
        assert!(run.to_string().contains("the log of another one"), "{line}: {run}");
    }
    assert_eq!(fs::read(library.path("state/catalog.db")).unwrap(), fs::read(copy).unwrap());
    move_log_away(&library);
    library.run(REBUILD).expect(ExitCode::Success);
    settled(&library, &lost);
}
