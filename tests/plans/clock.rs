//! A clean by a clock that lost time.

use shelflife::exit::ExitCode;

use super::{refused, rejected};
use crate::support::TestLibrary;

const BEHIND: &str = "the clock says 2026-03-01T09:00:00.000Z, and the audit log has an entry of \
                      2026-03-02T09:00:00.000Z";

#[test]
fn a_clock_that_is_behind_the_log_moves_nothing_until_a_person_says_that_it_is_right() {
    let library = rejected(2);
    library.advance_days(-1);
    let shown = library.run("clean").expect(ExitCode::Success);
    assert!(shown.stdout.contains(BEHIND), "{shown}");
    let said = refused(&library, "clean --apply", ExitCode::Guard);
    assert!(said.contains(BEHIND) && said.contains("set the clock right"), "{said}");
    let saved = library.run("clean --save").expect(ExitCode::Success);
    assert!(saved.stdout.contains(BEHIND), "{saved}");
    let next = "Next: set the clock right; if it is, a person runs `shelflife plan approve 1`, then \
                `shelflife clean --apply --plan 1`.";
    assert!(saved.stdout.contains(next), "{saved}");
    let shown = library.run("plan show 1").expect(ExitCode::Success);
    assert!(shown.stdout.contains("the clock is behind the log"), "{shown}");
    assert!(shown.stdout.contains(next), "{shown}");
    let status = |library: &TestLibrary| {
        let listed = library.run("plan list --format json").expect(ExitCode::Success).json();
        listed["items"][0]["fields"]["status"].as_str().unwrap().to_owned()
    };
    assert_eq!(status(&library), "waiting");
    let said = refused(&library, "clean --apply --plan 1", ExitCode::Guard);
    assert!(said.contains("a person runs `shelflife plan approve NUMBER`"), "{said}");
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("plan approve 1").expect(ExitCode::Guard);
    library.remove_variable("SHELFLIFE_JOB");
    let approved = library.run("plan approve 1").expect(ExitCode::Success);
    assert!(approved.stdout.contains("Next: `shelflife clean --apply --plan 1`."), "{approved}");
    assert_eq!(status(&library), "ready");
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state.to_string(), "quarantined (was rejected)");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn five_minutes_are_forgiven_and_so_is_a_clean_of_nothing() {
    let library = rejected(1);
    library.set_now("2026-03-02T08:54:59Z");
    library.run("clean --apply").expect(ExitCode::Guard);
    library.set_now("2026-03-02T08:55:00Z");
    library.run("clean --apply").expect(ExitCode::Success);
    library.advance_days(-1);
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn what_brings_to_safety_or_back_goes_on_by_any_clock() {
    let library = rejected(2);
    library.run("clean --apply 1").expect(ExitCode::Success);
    library.advance_days(-365);
    for command in ["restore 1", "withdraw 2 --reason unsafe", "recover", "scan"] {
        let run = library.run(command);
        assert_eq!(run.exit, ExitCode::Success, "{command}: {run}");
    }
    assert_eq!(library.asset(1).state.to_string(), "rejected");
    assert_eq!(library.asset(2).state.to_string(), "quarantined (was withdrawn)");
}

#[test]
fn doctor_tells_of_a_clock_that_is_behind() {
    let library = rejected(1);
    let told = library.run("doctor").expect(ExitCode::Success);
    assert!(!told.stdout.contains("has an entry of"), "{told}");
    library.advance_days(-1);
    let told = library.run("doctor").expect(ExitCode::No);
    assert!(told.stdout.contains(BEHIND), "{told}");
}
