//! Selections that are wider, or narrower, than what was typed.

use std::fs;

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::many::rejected;
use crate::support::moving::{cleaned, ended};

fn moved(library: &TestLibrary) -> usize {
    let entries = library.audit_entries();
    entries.iter().filter(|entry| entry.kind == "quarantine.intent").count()
}

#[test]
fn an_empty_path_selects_nothing_in_any_command() {
    let library = ended();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("[purge]\n", "[purge]\nafter_days = 30\n"));
    for line in ["clean --apply", "clean", "clean --save", "purge --mark", "reject --reason x"] {
        library.run(&format!("{line} --under ''")).expect(ExitCode::Usage);
    }
    assert_eq!(moved(&library), 0);
}

#[test]
fn a_list_that_names_nothing_is_a_mistake_for_whatever_changes_something() {
    let library = ended();
    library.write("empty", "\n  \n");
    for line in ["withdraw --reason x", "reject --reason x", "restore"] {
        let run = library.run(&format!("{line} --from empty")).expect(ExitCode::Usage);
        assert!(run.stderr.contains("`empty` names none"), "{run}");
    }
    let run = library.run_with_input("withdraw --from - --state draft --reason x", b"");
    assert_eq!(run.exit, ExitCode::Usage, "{run}");
}

#[test]
fn what_is_of_a_run_or_ready_takes_no_selection_besides() {
    let library = cleaned();
    let conditions = [
        "2",
        "--from -",
        "--state draft",
        "--standing live",
        "--under x",
        "--where-rule SL201",
        "--used",
        "--unused",
        "--owner a",
        "--campaign a",
        "--context campaign/a",
        "--placement a",
    ];
    for condition in conditions {
        for line in ["restore --run 0", "publish --ready", "clean --apply --plan 1"] {
            let run = library.run_with_input(&format!("{line} {condition}"), b"");
            assert_eq!(run.exit, ExitCode::Usage, "{line} {condition}: {run}");
            assert!(run.stderr.contains("cannot be used with"), "{line} {condition}: {run}");
        }
    }
}

#[test]
fn an_asset_that_is_named_twice_is_moved_and_counted_once() {
    let library = rejected(2);
    for line in ["clean 1 1", "clean 1 #1 --save"] {
        let run =
            library.run(&line.replace('#', "'#'").replace("''", "")).expect(ExitCode::Success);
        assert!(run.stdout.contains("3 files"), "{run}");
    }
    let run = library.run("clean 1 2 1 --apply").expect(ExitCode::Success);
    assert!(run.stdout.contains("2 changed") && run.stdout.contains("6 files"), "{run}");
    assert_eq!(moved(&library), 2);
}

#[test]
fn a_name_that_can_be_none_is_told_and_hides_no_other() {
    let library = ended();
    library.write("list", "1\nsha256:abc\n2\n");
    let run = library.run("withdraw --from list --reason x").expect(ExitCode::Partial);
    assert!(run.stdout.contains("failed  sha256:abc: "), "{run}");
    assert_eq!(moved(&library), 2);
}

/// One byte more than is read: what was cut off might be the rest of a number.
#[test]
fn a_list_that_is_too_long_is_refused_and_not_cut() {
    let library = ended();
    let mut list = vec![b'\n'; (64 << 20) - 1];
    list.extend(b"12");
    library.write("list", list);
    let run = library.run("reject --from list --reason x").expect(ExitCode::Usage);
    assert!(run.stderr.contains("is longer than"), "{run}");
}

#[test]
fn a_plan_leaves_out_what_an_earlier_run_left_half_moved() {
    let library = crate::support::moving::half_cleaned();
    for line in ["clean", "clean --save"] {
        let run = library.run(line).expect(ExitCode::Success);
        assert!(run.stdout.contains("an earlier move of its files is not finished"), "{run}");
    }
}
