//! Takedowns while other runs bring files back, or did and died.

use std::fs;
use std::process::{Child, Stdio};

use rustix::process::Signal;
use serde_json::Value;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use super::{SIZE, column, library, state, withdraw};
use crate::calls::{can_trace, dies, traced, wait_for};
use crate::support::TestLibrary;
use crate::support::many::{drafts, program, signal};
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
    dies(&library, "restore 2 --reason back", ("renameat2", 2));
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

/// The run that took the files out died before it told of anything.
#[test]
fn a_takedown_whose_run_died_is_told_whole_by_the_next_one() {
    if !can_trace() {
        return;
    }
    let library = library();
    fs::hard_link(library.path(SIZE), library.path("uploads/2026/03/copy.png")).unwrap();
    dies(&library, "withdraw 2 --reason unsafe", ("fsync,fdatasync", 9));
    let report = withdraw(&library, "2", ExitCode::Partial);
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    assert!(!column(&report, "purge", "url").is_empty(), "{report}");
    let public = column(&report, "still public", "url");
    assert!(public.iter().any(|url| url.ends_with("/2026/03/copy.png")), "{report}");
}

#[test]
fn a_removal_that_a_recovery_finishes_names_files_with_other_names() {
    if !can_trace() {
        return;
    }
    let library = ended();
    dies(&library, "clean --apply", ("renameat2", 2));
    let moved = library.path("uploads/2026/03/tea-tin.png");
    assert!(!moved.exists());
    fs::write(&moved, "a newcomer").unwrap();
    fs::hard_link(library.path(SIZE), library.path("uploads/2026/03/zz.png")).unwrap();
    let run = library.run("recover").expect(ExitCode::Partial);
    assert!(run.stdout.contains("is finished"), "{run}");
    assert!(run.stdout.contains("tea-tin-15x10.png: it has 1 other name still"), "{run}");
}

#[test]
fn what_was_found_to_be_shown_amid_a_removal_is_not_taken_away_by_a_recovery() {
    if !can_trace() {
        return;
    }
    let library = ended();
    dies(&library, "clean --apply", ("renameat2", 2));
    let newcomer = library.write("uploads/2026/03/tea-tin.png", "a newcomer");
    let page = "<img src='/wp-content/uploads/2026/03/tea-tin-15x10.png'>";
    library.write("pages/index.html", page);
    library.run("references read pages --address example.org").expect(ExitCode::Success);
    let run = library.run("recover").expect(ExitCode::Partial);
    assert!(run.stdout.contains("move it away first"), "{run}");
    assert!(library.path(SIZE).exists(), "a page shows it");
    fs::remove_file(newcomer).unwrap();
    library.run("recover").expect(ExitCode::Success);
    assert_eq!(state(&library, 2), "rejected");
}

#[test]
fn a_takedown_that_is_stopped_amid_its_early_record_names_all_of_it() {
    if !can_trace() {
        return;
    }
    let library = drafts(150);
    library.run("reject 150 --reason x").expect(ExitCode::Success);
    let mut clean = slow_clean(&library);
    let line = "--wait 60s withdraw --state draft --reason unsafe";
    let stop = Some("fsync,fdatasync:signal=TERM:when=1");
    let output = traced(&library, "fsync,fdatasync", stop, line).output().unwrap();
    assert!(clean.wait().unwrap().success());
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    let entries = library.audit_entries();
    let recorded = entries.iter().filter(|entry| entry.kind == "asset.withdraw").count();
    assert!((1..149).contains(&recorded), "not amid it: {recorded}");
    assert_eq!(said.matches("draft → withdrawn").count(), recorded, "{said}");
    assert!(said.contains("STILL PUBLIC"), "{said}");
}

#[test]
fn a_takedown_that_is_stopped_amid_its_record_names_all_that_was_selected() {
    if !can_trace() {
        return;
    }
    for more in ["", " --leave-files"] {
        let mut amid = 0;
        for sync in 1..=6 {
            let library = drafts(150);
            let line = format!("withdraw --state draft --reason unsafe{more}");
            let stop = format!("fsync,fdatasync:signal=TERM:when={sync}");
            let output = traced(&library, "fsync,fdatasync", Some(&stop), &line).output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let recorded = said.matches("draft → withdrawn").count();
            let public = said.matches("/wp-content/uploads/").count();
            let place = format!("{line} at sync {sync}: {recorded} recorded, {public} public");
            // Before it was known which they are, nothing was recorded either.
            assert!(public == 450 || recorded == 0 && public == 0, "{place}");
            amid += usize::from((1..150).contains(&recorded));
        }
        assert!(amid > 0, "never amid the record{more}");
    }
}

#[test]
fn a_takedown_without_a_turn_looks_at_what_was_taken_down_before() {
    let library = library();
    let bytes = fs::read(library.path(SIZE)).unwrap();
    withdraw(&library, "2", ExitCode::Success);
    fs::write(library.path(SIZE), bytes).unwrap();
    let lock = RunLock::take(&library.path("state/run.lock"), "process 1 of mia: scan").unwrap();
    assert!(matches!(lock, Locking::Taken(_)));
    let report = withdraw(&library, "2", ExitCode::Busy);
    assert_eq!(column(&report, "still public", "url").len(), 2, "{report}");
}
