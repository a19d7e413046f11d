//! What `purge` deletes for good, and all that keeps it from deleting.

mod clocks;
mod interrupted;
mod keeping;
mod tombstones;

use std::fs;

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::{cleaned, tree};

/// A cleaned library whose policy lets files be deleted after 30 days; nobody has waited yet.
fn purgeable() -> TestLibrary {
    let library = cleaned();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("# after_days = 90", "after_days = 30"));
    library
}

/// Lets so many days pass, with a scan every night.
fn wait(library: &TestLibrary, days: i64) {
    for _ in 0..days {
        library.advance_days(1);
        library.run("scan").expect(ExitCode::Success);
    }
}

/// A library in which one asset of three files may be deleted now.
fn ripe() -> TestLibrary {
    let library = purgeable();
    wait(&library, 30);
    library.run("purge --mark").expect(ExitCode::Success);
    wait(&library, 1);
    library
}

/// How many files are in quarantine, wherever they are there.
fn stored(library: &TestLibrary) -> usize {
    tree(&library.path("state/quarantine")).len()
}

#[test]
fn a_plan_tells_what_may_be_deleted_and_how_that_is_confirmed() {
    let library = ripe();
    let before = tree(&library.path("."));
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 0
    would purge  #2 2026/03/tea-tin.png  quarantined (was rejected) → purged (was rejected)
        in quarantine since 2026-03-02T09:00:00.000Z
        marked 2026-04-01T09:00:00.000Z
        3 files, 370 bytes
        2026/03/tea-tin.png  sha256:170c7bb7ba981e8f39430561c5d99905fb58158997034c20577a03b691422bae
        2026/03/tea-tin-15x10.png  sha256:accb386d043c61b15fd37258a74e126d1b18c2d2ca56b7972e6df2b0b7325546
        2026/03/tea-tin-30x20.png  sha256:c743a436816009edbdd2adbe1d7a00a86be5ed2044c9032fa16cb572bc357ecc
    To delete for good what is named here, add --apply --yes-delete 1.
    1 changed, 370 bytes, 3 files
    dry run: nothing was changed; add --apply
    ");
    assert_eq!(tree(&library.path(".")), before);
}

#[test]
fn what_was_confirmed_is_deleted_and_nothing_else() {
    let library = ripe();
    let before = tree(&library.path("uploads"));
    assert_eq!(stored(&library), 3);
    insta::assert_snapshot!(library.tell("purge --apply --yes-delete 1"), @"
    exit: 0
    purged  #2 2026/03/tea-tin.png  quarantined (was rejected) → purged (was rejected)
        in quarantine since 2026-03-02T09:00:00.000Z
        marked 2026-04-01T09:00:00.000Z
        3 files, 370 bytes
        2026/03/tea-tin.png  sha256:170c7bb7ba981e8f39430561c5d99905fb58158997034c20577a03b691422bae
        2026/03/tea-tin-15x10.png  sha256:accb386d043c61b15fd37258a74e126d1b18c2d2ca56b7972e6df2b0b7325546
        2026/03/tea-tin-30x20.png  sha256:c743a436816009edbdd2adbe1d7a00a86be5ed2044c9032fa16cb572bc357ecc
    1 changed, 370 bytes, 3 files
    ");
    assert_eq!(stored(&library), 0);
    for place in ["v1", "purging"] {
        let place = library.path("state/quarantine").join(place);
        assert_eq!(fs::read_dir(place).unwrap().count(), 0);
    }
    assert_eq!(tree(&library.path("uploads")), before);
    let kinds: Vec<_> = library.audit_entries().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds[kinds.len() - 4..], ["run.begin", "purge.intent", "purge.done", "run.end"]);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("purge --apply --yes-delete 0"), @"
    exit: 0
    nothing to report
    ");
}

#[test]
fn another_count_than_that_of_the_plan_deletes_nothing() {
    let library = ripe();
    for count in [0, 2, 3] {
        let run = library.run(&format!("purge --apply --yes-delete {count}"));
        let told = run.expect(ExitCode::Guard).stderr;
        assert!(told.contains(&format!("--yes-delete says {count}, and 1 may")), "{told}");
    }
    for usage in ["--apply", "--yes-delete 1", "--apply --yes-delete", "--mark --apply"] {
        library.run(&format!("purge {usage}")).expect(ExitCode::Usage);
    }
    library.run("purge 1 --apply --yes-delete 1").expect(ExitCode::Guard);
    assert_eq!(stored(&library), 3);
    library.run("purge 2 2 --apply --yes-delete 1").expect(ExitCode::Success);
    assert_eq!(stored(&library), 0);
}

#[test]
fn a_report_for_programs_tells_the_same() {
    let library = ripe();
    let run = library.run("purge --format json").expect(ExitCode::Success);
    let report = run.json();
    let change = &report["items"][0];
    assert_eq!(change["action"], "purge");
    assert_eq!(change["to"]["state"], "purged");
    assert_eq!(report["summary"]["dry_run"], true);
    let run = library.run("purge --apply --yes-delete 1 --format json").expect(ExitCode::Success);
    let applied = run.json();
    assert_eq!(applied["items"][0]["why"], change["why"]);
    assert_eq!(applied["summary"]["changed"], 1);
}
