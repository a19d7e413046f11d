//! Takedowns while other runs bring files back, or did and died.

use std::fs;
use std::process::{Child, Stdio};

use rustix::process::Signal;
use serde_json::Value;
use shelflife::exit::ExitCode;

use super::{column, library, state, withdraw};
use crate::calls::{can_trace, traced, wait_for};
use crate::support::TestLibrary;
use crate::support::many::{program, signal};
use crate::support::moving::{cleaned, ended, tree};
use crate::support::wall_clock;

#[test]
fn a_takedown_that_waits_for_a_restore_takes_what_that_brought_back() {
    if !can_trace() {
        return;
    }
    let library = cleaned();
    let slow = Some("renameat2:delay_exit=3000000:when=1");
    let mut restore = traced(&library, "renameat2", slow, "restore 2 --reason back");
    let mut restore = restore.spawn().unwrap();
    let entries = || library.audit_entries();
    wait_for("the restore", || entries().iter().any(|entry| entry.kind == "restore.intent"));
    library.set_now(&wall_clock().to_string());
    let run = library.run("--wait 60s withdraw 2 99 --reason unsafe").expect(ExitCode::Partial);
    assert!(restore.wait().unwrap().success());
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)", "{run}");
    assert_eq!(run.stdout.matches("no asset `99`").count(), 1, "{run}");
    assert!(!run.stdout.contains("refused"), "{run}");
    assert_eq!(tree(&library.path("uploads")).len(), 1);
}

#[test]
fn a_takedown_that_waits_is_on_record_before_the_other_run_ends_and_says_so_once() {
    if !can_trace() {
        return;
    }
    let library = ended();
    let mut clean = slow_clean(&library);
    let line = b"1\n2\n";
    let run = library.run_with_input("--wait 60s withdraw --from - --reason unsafe", line);
    assert!(clean.wait().unwrap().success());
    assert_eq!(run.stdout.matches("draft → withdrawn").count(), 1, "{run}");
    assert!(!run.stdout.contains("being moved"), "{run}");
    let kinds: Vec<_> = library.audit_entries().into_iter().map(|entry| entry.kind).collect();
    let at = |kind: &str| kinds.iter().position(|other| other == kind).unwrap();
    assert!(at("asset.withdraw") < at("quarantine.done"), "{kinds:?}");
    assert_eq!(state(&library, 1), "quarantined (was withdrawn)");
    assert_eq!(state(&library, 2), "quarantined (was rejected)");
}

/// A clean that takes three seconds for its first file.
fn slow_clean(library: &TestLibrary) -> Child {
    let slow = Some("renameat2:delay_enter=3000000:when=1");
    let clean = traced(library, "renameat2", slow, "clean --apply").spawn().unwrap();
    let begun = || library.audit_entries().iter().any(|entry| entry.kind == "quarantine.intent");
    wait_for("the clean", begun);
    library.set_now(&wall_clock().to_string());
    clean
}

#[test]
fn what_was_put_on_record_early_is_taken_down_although_it_fits_the_condition_no_more() {
    if !can_trace() {
        return;
    }
    for condition in ["--state draft", "--standing draft", "1 --state draft"] {
        let library = ended();
        let mut clean = slow_clean(&library);
        let line = format!("--wait 60s withdraw {condition} --reason unsafe");
        let run = library.run(&line).expect(ExitCode::Success);
        assert!(clean.wait().unwrap().success());
        assert_eq!(run.stdout.matches("draft → withdrawn").count(), 1, "{run}");
        assert_eq!(state(&library, 1), "quarantined (was withdrawn)", "{run}");
    }
}

#[test]
fn a_takedown_that_is_stopped_while_it_waits_says_what_is_on_record_and_what_is_public() {
    if !can_trace() {
        return;
    }
    let library = ended();
    let mut clean = slow_clean(&library);
    let mut waiting = program(&library, &["--wait", "60s", "withdraw", "1", "--reason", "unsafe"]);
    let waiting = waiting.stdout(Stdio::piped()).spawn().unwrap();
    let recorded = || library.audit_entries().iter().any(|entry| entry.kind == "asset.withdraw");
    wait_for("the withdrawal", recorded);
    signal(&waiting, Signal::TERM);
    let output = waiting.wait_with_output().unwrap();
    assert!(clean.wait().unwrap().success());
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("draft → withdrawn"), "{said}");
    assert!(said.contains("STILL PUBLIC") && said.contains("/2026/03/garden.png"), "{said}");
}

#[test]
fn what_a_dead_restore_of_something_rejected_brought_back_is_named_as_public() {
    if !can_trace() {
        return;
    }
    let library = cleaned();
    let kill = Some("renameat2:signal=KILL:when=2");
    traced(&library, "renameat2", kill, "restore 2 --reason back").status().unwrap();
    library.set_now(&wall_clock().to_string());
    let foretold = library.run("withdraw 2 --reason unsafe --dry-run");
    assert!(foretold.stdout.contains("STILL PUBLIC"), "{foretold}");
    for word in ["kept", "would quarantine", "Removed is not gone"] {
        assert!(!foretold.stdout.contains(word), "{foretold}");
    }
    library.run("pause --reason x").expect(ExitCode::Success);
    let report = library.run("withdraw 2 --reason unsafe --format json").json();
    assert_eq!(column(&report, "still public", "url").len(), 1, "{report}");
    assert!(report.to_string().contains("a restore of it is not finished"), "{report}");
    library.run("resume --reason x").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 1);
}

/// How far a takedown of `#2` has come.
fn progress(library: &TestLibrary) -> Value {
    let listed = library.run("list --unconfirmed --format json").json();
    listed["items"].clone()
}

#[test]
fn no_confirmation_outlives_files_that_were_there_again() {
    let library = library();
    library.run("withdraw 2 --leave-files --reason unsafe").expect(ExitCode::Success);
    let away = library.path("away");
    fs::rename(library.path("uploads/2026/03"), &away).unwrap();
    library.run("scan --accept-missing").expect(ExitCode::Success);
    library.run("withdraw --confirm 2 --note 'nowhere'").expect(ExitCode::Success);
    assert_eq!(progress(&library), serde_json::json!([]));
    fs::rename(&away, library.path("uploads/2026/03")).unwrap();
    library.run("scan").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    assert_ne!(progress(&library), serde_json::json!([]), "nobody has looked since");
    library.run("withdraw --confirm 2 --note 'nowhere again'").expect(ExitCode::Success);
}
