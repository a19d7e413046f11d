//! Rows of plans that somebody edited by hand are not followed.

use rusqlite::Connection;
use shelflife::exit::ExitCode;

use super::{left, refused, rejected, set};
use crate::support::TestLibrary;

/// Two plans of one asset each, both approved by a second person.
fn approved() -> TestLibrary {
    let library = rejected(3);
    set(&library, "second_person_above", "0");
    for asset in [1, 2] {
        library.run(&format!("clean {asset} --save")).expect(ExitCode::Success);
    }
    library.set_account("mia");
    for plan in [1, 2] {
        library.run(&format!("plan approve {plan}")).expect(ExitCode::Success);
    }
    library
}

fn edit(library: &TestLibrary, sql: &str) {
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    assert_ne!(catalog.execute(sql, []).unwrap(), 0, "{sql}");
}

#[test]
fn a_plan_that_was_edited_is_not_carried_out() {
    for sql in [
        "UPDATE plan_step SET asset_id = 3 WHERE plan_id = 1",
        "UPDATE plan_step SET step = replace(step, '\"version\":2', '\"version\":3')",
        "UPDATE plan_step SET step = replace(step, 'tea', 'pea')",
        "UPDATE plan_step SET step = '{}'",
        "UPDATE plan_step SET takes = 0",
        "INSERT INTO plan_step SELECT 1, 3, step, 1, NULL FROM plan_step WHERE plan_id = 1",
        "DELETE FROM plan_step WHERE plan_id = 1",
        "UPDATE plan SET until_ms = until_ms + 1",
        "UPDATE plan SET made_ms = made_ms + 1",
        "UPDATE plan SET policy = policy || 'x=y'",
        "UPDATE plan SET command = 'other'",
        "UPDATE plan SET kind = 'sweep'",
        "UPDATE plan SET digest = zeroblob(32) WHERE id = 1",
        "UPDATE plan SET saved = saved + 1",
        "UPDATE plan SET approved = saved",
        "UPDATE plan SET approved = (SELECT approved FROM plan WHERE id = 2) WHERE id = 1",
        "UPDATE plan SET approved = 100000",
    ] {
        let library = approved();
        edit(&library, sql);
        for command in ["clean --apply --plan 1", "plan show 1"] {
            let said = refused(&library, command, ExitCode::Integrity);
            assert!(said.contains("plan 1 is not what was saved as it"), "{sql}: {said}");
        }
        library.run("audit verify --replay").expect(ExitCode::Integrity);
        assert_eq!(left(&library).len(), 3);
    }
}

#[test]
fn what_became_of_a_plan_is_compared_with_the_log() {
    for sql in [
        "UPDATE plan SET begun_ms = NULL WHERE id = 1",
        "UPDATE plan SET finished_ms = NULL WHERE id = 1",
        "UPDATE plan SET approved = NULL WHERE id = 2",
        "UPDATE plan_step SET done_ms = NULL WHERE plan_id = 1",
        "UPDATE plan_step SET done_ms = 7 WHERE plan_id = 2",
        "UPDATE operation SET plan_id = NULL",
    ] {
        let library = approved();
        library.run("clean --apply --plan 1").expect(ExitCode::Success);
        library.run("audit verify --replay").expect(ExitCode::Success);
        edit(&library, sql);
        library.run("audit verify --replay").expect(ExitCode::Integrity);
    }
}

#[test]
fn a_step_that_was_marked_as_not_done_is_not_done_twice() {
    let library = approved();
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    edit(&library, "UPDATE plan SET finished_ms = NULL WHERE id = 1");
    edit(&library, "UPDATE plan_step SET done_ms = NULL WHERE plan_id = 1");
    let run = library.run("clean --apply --plan 1").expect(ExitCode::Changed);
    assert!(run.stdout.contains("changed since the plan was made"), "{run}");
}
