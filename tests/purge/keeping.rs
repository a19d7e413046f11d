//! What keeps files: no policy, no age, no mark, a hold, a pause, other bytes, another name.

use std::fs;
use std::path::PathBuf;

use shelflife::exit::ExitCode;

use super::{purgeable, ripe, stored, wait};
use crate::support::TestLibrary;
use crate::support::moving::{Spoiled, cleaned, tree};

/// A file of the only folder in quarantine.
fn stored_file(library: &TestLibrary, name: &str) -> PathBuf {
    let mut stores = fs::read_dir(library.path("state/quarantine/v1")).unwrap();
    stores.next().unwrap().unwrap().path().join(name)
}

#[test]
fn a_policy_that_says_nothing_deletes_nothing() {
    let library = cleaned();
    wait(&library, 40);
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 5
    --- stderr
    shelflife: error: nothing is deleted: the configuration does not say after how many days it may be
      hint: nothing was changed; set `after_days` in the [purge] section of the configuration
    ");
    library.run("purge --mark").expect(ExitCode::Guard);
    library.run("purge --apply --yes-delete 0").expect(ExitCode::Guard);
    assert_eq!(stored(&library), 3);
}

#[test]
fn a_policy_below_the_least_number_of_days_is_refused() {
    let library = cleaned();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("# after_days = 90", "after_days = 6"));
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 78
    --- stderr
    shelflife: error: [library]/shelflife.toml:106:14: files are kept in quarantine for at least 7 days
      106 | after_days = 6
          |              ^
    ");
    library.write_config(&config.replace("# after_days = 90", "after_days = 7"));
    library.run("purge").expect(ExitCode::Success);
}

#[test]
fn what_is_not_ripe_is_told_with_every_reason() {
    let library = purgeable();
    wait(&library, 2);
    library.run("hold 2 --reason dispute").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: it is kept until 2026-04-01T09:00:00.000Z; it is held: dispute; no run has marked it
    1 kept
    ");
    insta::assert_snapshot!(library.tell("purge 1"), @"
    exit: 0
    kept  #1 2026/03/garden.png: it is draft, and only what is in quarantine is deleted
    1 kept
    ");
    library.run("purge --mark").expect(ExitCode::Success);
    library.run("release 2 --reason settled").expect(ExitCode::Success);
    wait(&library, 28);
    assert!(library.tell("purge").contains("no run has marked it"), "what is young is not marked");
}

#[test]
fn the_run_that_marks_and_those_of_the_same_day_delete_nothing() {
    let library = purgeable();
    wait(&library, 30);
    insta::assert_snapshot!(library.tell("purge --mark --reason 'spring cleaning'"), @"
    exit: 0
    recorded  #2 2026/03/tea-tin.png  marked: its files may be deleted 23 hours from now
    1 edited
    ");
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    library.set_now("2026-04-02T07:59:59.999Z");
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    insta::assert_snapshot!(library.tell("purge --mark"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: its mark counts from 2026-04-02T08:00:00.000Z on
    1 kept
    ");
    library.set_now("2026-04-02T08:00:00Z");
    insta::assert_snapshot!(library.tell("purge --mark"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: it was marked 2026-04-01T09:00:00.000Z already
    1 kept
    ");
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Success);
}

#[test]
fn a_hold_takes_back_the_mark() {
    let library = ripe();
    library.run("hold 2 --reason dispute").expect(ExitCode::Success);
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    library.run("release 2 --reason settled").expect(ExitCode::Success);
    wait(&library, 2);
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    library.run("purge --mark").expect(ExitCode::Success);
    wait(&library, 1);
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Success);
}

#[test]
fn what_was_restored_and_cleaned_again_begins_anew() {
    let library = ripe();
    library.run("restore 2").expect(ExitCode::Success);
    wait(&library, 4);
    library.run("clean --apply").expect(ExitCode::Success);
    let told = library.tell("purge");
    assert!(
        told.contains("it is kept until 2026-05-06T09:00:00.000Z; no run has marked it"),
        "{told}"
    );
    wait(&library, 30);
    assert!(library.tell("purge").contains("no run has marked it"), "an older mark is of the past");
}

#[test]
fn while_it_is_paused_nothing_is_marked_or_deleted() {
    let library = ripe();
    library.run("pause --reason 'look first'").expect(ExitCode::Success);
    let run = library.run("purge").expect(ExitCode::Paused);
    assert!(run.stdout.contains("--yes-delete 1"), "the plan is still shown\n{run}");
    library.run("purge --mark").expect(ExitCode::Paused);
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Paused);
    assert_eq!(stored(&library), 3);
}

#[test]
fn automation_deletes_only_under_an_approved_plan() {
    let library = ripe();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let told = library.tell("purge");
    assert!(
        told.contains("only a person, or automation under an approved plan may purge it"),
        "{told}"
    );
    library.run("purge --mark").expect(ExitCode::No);
    assert_eq!(stored(&library), 3);
}

/// Files of which one is not what was put there are told, and every one of them stays.
#[test]
fn bytes_that_are_not_the_catalogued_ones_stay() {
    let spoiled: [Spoiled<'_>; 4] = [
        (&|file| fs::write(file, b"other").unwrap(), "has other bytes in quarantine"),
        (&|file| fs::remove_file(file).unwrap(), "is gone from quarantine"),
        (&|file| fs::hard_link(file, file.with_extension("kept")).unwrap(), "has another name"),
        (
            &|file| {
                fs::remove_file(file).unwrap();
                std::os::unix::fs::symlink("/etc/hostname", file).unwrap();
            },
            "has other bytes in quarantine",
        ),
    ];
    for (spoil, told) in spoiled {
        let library = ripe();
        let file = stored_file(&library, "0002.bin");
        spoil(&file);
        let before = tree(&library.path("state/quarantine"));
        let plan = library.run("purge");
        assert!(plan.to_string().contains(told), "{plan}");
        let damage = !told.contains("another name");
        assert_eq!(plan.exit, if damage { ExitCode::Partial } else { ExitCode::Success }, "{plan}");
        let applied = library.run("purge --apply --yes-delete 1");
        assert_eq!(applied.exit, if damage { ExitCode::Partial } else { ExitCode::Guard });
        library.run("purge --mark").expect(plan.exit);
        assert_eq!(tree(&library.path("state/quarantine")), before);
    }
}

#[test]
fn an_asset_whose_files_are_being_moved_is_kept() {
    let library = ripe();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let open = "INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, store)
                SELECT 'other', 'restore', asset_id, run_id, 'intent', opened_ms, id FROM operation";
    catalog.execute(open, []).unwrap();
    drop(catalog);
    let told = library.tell("purge");
    assert!(told.contains("its files are being moved by operation other"), "{told}");
}
