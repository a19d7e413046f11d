//! A clock that jumps ages nothing.

use shelflife::exit::ExitCode;

use super::{purgeable, ripe, stored, wait};

#[test]
fn a_clock_that_jumps_ten_years_ahead_deletes_nothing() {
    let library = purgeable();
    wait(&library, 5);
    library.run("purge --mark").expect(ExitCode::Success);
    library.set_now("2036-03-02T09:00:00Z");
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: runs have seen 156 of 720 hours pass; no run has marked it
    1 kept
    ");
    library.run("purge --mark").expect(ExitCode::Success);
    wait(&library, 1);
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    assert_eq!(stored(&library), 3);
}

#[test]
fn a_clock_that_is_behind_the_log_deletes_nothing() {
    let library = ripe();
    let today = library.now();
    library.set_now("2016-03-02T09:00:00Z");
    insta::assert_snapshot!(library.tell("purge"), @"
    exit: 5
    --- stderr
    shelflife: error: nothing is deleted: the clock says 2016-03-02T09:00:00.000Z, and the audit log has an entry of 2026-04-02T09:00:00.000Z
      hint: nothing was changed; set the clock right
    ");
    for line in ["purge --mark", "purge --apply --yes-delete 1", "purge --apply --yes-delete 0"] {
        library.run(line).expect(ExitCode::Guard);
    }
    library.set_now(&today.to_string());
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Success);
}

#[test]
fn a_clock_that_jumps_to_and_fro_ages_nothing() {
    let library = purgeable();
    for step in 1..40 {
        library.set_now(&format!("20{:02}-01-01T00:00:00Z", 27 + step % 2 * 40));
        library.run("scan").expect(ExitCode::Success);
        library.set_now("2026-03-03T09:00:00Z");
        library.run("scan").expect(ExitCode::Success);
    }
    library.run("purge --mark").expect(ExitCode::Guard);
    library.set_now("2067-01-02T00:00:00Z");
    library.run("purge --mark").expect(ExitCode::Success);
    library.set_now("2067-01-03T00:00:00Z");
    let told = library.tell("purge");
    assert!(told.contains("runs have seen"), "{told}");
    library.run("purge --apply --yes-delete 1").expect(ExitCode::Guard);
    assert_eq!(stored(&library), 3);
}

/// Quarantined by a clock that was behind: what ran before does not count.
#[test]
fn time_counts_from_the_entry_that_quarantined_it() {
    let library = crate::support::moving::ended();
    wait(&library, 60);
    let config = std::fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("# after_days = 90", "after_days = 30"));
    let today = library.now();
    library.set_now("2026-03-03T09:00:00Z");
    for line in ["clean --save", "plan approve 1", "clean --apply --plan 1"] {
        library.run(line).expect(ExitCode::Success);
    }
    library.set_now(&today.to_string());
    let told = library.tell("purge");
    assert!(told.contains("it is kept until 2026-05-31T09:00:00.000Z"), "{told}");
}

#[test]
fn a_machine_that_is_off_most_of_the_time_needs_more_of_it() {
    let library = purgeable();
    for _ in 0..5 {
        library.advance_days(10);
        library.run("scan").expect(ExitCode::Success);
    }
    let told = library.tell("purge");
    assert!(told.contains("runs have seen 180 of 720 hours pass"), "{told}");
}
