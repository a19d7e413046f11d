//! The kill switch: what pauses, what it stops, and how it goes on.

mod moments;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use shelflife::catalog::CatalogError;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use crate::calls::{can_trace, traced};
use crate::support::TestLibrary;
use crate::support::moving::{cleaned, ended, half_cleaned, tree};

const FILE: &str = "state/PAUSED";

fn database(library: &TestLibrary) -> Connection {
    Connection::open(library.path("state/catalog.db")).unwrap()
}

fn set_flag(library: &TestLibrary, text: &str) {
    let sql = "INSERT OR REPLACE INTO meta (key, value) VALUES ('pause', ?1)";
    database(library).execute(sql, [text]).unwrap();
}

fn kinds(library: &TestLibrary, group: &str) -> Vec<String> {
    let entries = library.audit_entries().into_iter().map(|entry| entry.kind);
    entries.filter(|kind| kind.starts_with(group)).collect()
}

/// What pauses, and words that are told about it.
type Way<'a> = (&'a str, &'a dyn Fn(&TestLibrary), &'a str);

#[test]
fn any_source_pauses_and_so_does_one_that_cannot_be_read() {
    let write = |text: &'static [u8]| move |library: &TestLibrary| drop(library.write(FILE, text));
    let link = |to: &'static str| move |l: &TestLibrary| symlink(to, l.path(FILE)).unwrap();
    let ways: &[Way<'_>] = &[
        ("an empty file", &write(b""), "it is empty"),
        ("a word", &write(b"no"), "it says `no`"),
        ("a note", &write(b"stop! olga\n"), "it says `stop! olga`"),
        ("bytes", &write(b"\xff\x00\x1b[2J"), "it says `"),
        ("a folder", &|l| fs::create_dir(l.path(FILE)).unwrap(), "not a regular file"),
        ("a link to nowhere", &link("nowhere"), "not a regular file"),
        ("a link to a file", &link("catalog.db"), "not a regular file"),
        (
            "a flag",
            &|l| set_flag(l, "since: 2026-03-01T00:00:00Z\nby: li\nreason: x"),
            "by li since",
        ),
        ("a flag of garbage", &|l| set_flag(l, "0"), "the flag in the catalog: it says `0`"),
        ("an empty flag", &|l| set_flag(l, ""), "the flag in the catalog: it is empty"),
        ("a variable", &|l| l.set_variable("SHELFLIFE_PAUSED", "0"), "SHELFLIFE_PAUSED: it is set"),
    ];
    for (name, arrange, words) in ways {
        for (library, command) in [(ended(), "clean --apply"), (cleaned(), "restore 2")] {
            let before = (tree(&library.path("uploads")), tree(&library.path("state/quarantine")));
            arrange(&library);
            let run = library.run(command).expect(ExitCode::Paused);
            assert!(run.stderr.contains(words), "{name}: {run}");
            library.run("recover").expect(ExitCode::Success);
            library.run("scan").expect(ExitCode::Success);
            library.run("withdraw --leave-files 1 --reason unsafe").expect(ExitCode::Success);
            let run = library.run("doctor").expect(ExitCode::Paused);
            assert!(run.stdout.contains(words), "{name}: {run}");
            library.run("pause --show").expect(ExitCode::Paused);
            let after = (tree(&library.path("uploads")), tree(&library.path("state/quarantine")));
            assert!(after == before, "{name}: something moved");
        }
    }
}

#[test]
fn a_file_that_may_not_be_read_pauses() {
    let library = ended();
    let path = library.write(FILE, b"since then");
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    library.run("clean --apply").expect(ExitCode::Paused);
}

#[test]
fn a_pause_says_who_when_why_and_what_to_undo_and_resume_ends_it() {
    let library = cleaned();
    library.set_actor("li");
    let run = library.run("pause --reason 'the wrong folder'").expect(ExitCode::Success);
    for words in ["li", "2026-03-02T09:00:00.000Z", "the wrong folder", "shelflife clean --apply"] {
        assert!(run.stdout.contains(words), "{words}: {run}");
    }
    assert_eq!(fs::metadata(library.path(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    insta::assert_snapshot!(fs::read_to_string(library.path(FILE)).unwrap(), @"
    shelflife is paused. To go on: shelflife resume --reason TEXT

    since: 2026-03-02T09:00:00.000Z
    by: li
    stop: after the asset in hand
    reason: the wrong folder
    ");
    insta::assert_snapshot!(library.run("restore 2"), @"
    exit: 4
    --- stderr
    shelflife: error: paused by li since 2026-03-02T09:00:00.000Z: the wrong folder (the file PAUSED beside the catalog and the flag in the catalog)
      hint: once the cause is known: `shelflife resume --reason TEXT`
    ");
    let undo = run.stdout.split('`').find(|part| part.starts_with("shelflife restore")).unwrap();
    library.run(undo.strip_prefix("shelflife ").unwrap()).expect(ExitCode::Success);
    assert_eq!(library.asset(2).state.to_string(), "rejected");
    assert!(library.path("uploads/2026/03/tea-tin.png").exists());
    let intent = library.audit_entries().into_iter().rfind(|entry| entry.kind == "restore.intent");
    assert!(intent.unwrap().payload.contains("\"while_paused\":true"));
    library.set_actor("olga");
    insta::assert_snapshot!(library.tell("resume --reason 'the folder is right'"), @"
    exit: 0
    recorded  resumed; it was paused by li since 2026-03-02T09:00:00.000Z: the wrong folder (the file PAUSED beside the catalog and the flag in the catalog)
    1 edited
    ");
    assert_eq!(kinds(&library, "pause"), ["pause.begin", "pause.end"]);
    let ended = library.audit_entries().into_iter().rfind(|entry| entry.kind == "pause.end");
    for words in ["the wrong folder", "the folder is right", "\"by\":\"li\"", "\"by\":\"olga\""] {
        assert!(ended.as_ref().unwrap().payload.contains(words), "{words}: {ended:?}");
    }
    insta::assert_snapshot!(library.tell("pause --show"), @"
    exit: 0
    Not paused.
    ");
    library.run("doctor").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("resume --reason again"), @"
    exit: 0
    Neither file nor flag pauses.
    ");
}

#[test]
fn a_second_pause_keeps_the_first_reason_and_may_stop_sooner() {
    let library = ended();
    library.set_actor("li");
    library.run("pause --reason 'the wrong folder'").expect(ExitCode::Success);
    library.set_actor("olga");
    library.set_now("2026-03-02T10:00:00Z");
    let run = library.run("pause --reason 'me too' --hard").expect(ExitCode::Success);
    assert!(run.stdout.contains("li") && run.stdout.contains("the wrong folder"), "{run}");
    assert!(run.stdout.contains("before the next file"), "{run}");
    let note = fs::read_to_string(library.path(FILE)).unwrap();
    assert!(note.contains("by: li\n") && note.contains("stop: before the next file"), "{note}");
    assert_eq!(kinds(&library, "pause"), ["pause.begin", "pause.again"]);
    let again = library.audit_entries().into_iter().rfind(|entry| entry.kind == "pause.again");
    assert!(again.unwrap().payload.contains("me too"));
}

#[test]
fn only_a_person_resumes_and_says_why() {
    let library = ended();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("pause --reason 'too many'").expect(ExitCode::Success);
    library.run("resume --reason 'it is fine'").expect(ExitCode::Guard);
    library.remove_variable("SHELFLIFE_JOB");
    library.run("resume").expect(ExitCode::Usage);
    library.run("resume --reason ' '").expect(ExitCode::Usage);
    library.run("pause").expect(ExitCode::Usage);
    library.run("clean --apply").expect(ExitCode::Paused);
    library.set_variable("SHELFLIFE_PAUSED", "1");
    let run = library.run("resume --reason 'it is fine'").expect(ExitCode::Paused);
    assert!(run.stdout.contains("unset it"), "{run}");
    assert!(!library.path(FILE).exists());
    library.remove_variable("SHELFLIFE_PAUSED");
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn what_somebody_put_there_stays_until_it_is_resumed() {
    let library = ended();
    library.write(FILE, "stop! olga");
    library.run("pause --reason 'me too'").expect(ExitCode::Success);
    assert_eq!(fs::read_to_string(library.path(FILE)).unwrap(), "stop! olga");
    library.run("resume --reason 'it was nothing'").expect(ExitCode::Success);
    let ended = library.audit_entries().into_iter().rfind(|entry| entry.kind == "pause.end");
    assert!(ended.unwrap().payload.contains("stop! olga"));
    fs::create_dir(library.path(FILE)).unwrap();
    library.run("resume --reason 'it was nothing'").expect(ExitCode::Guard);
    library.run("clean --apply").expect(ExitCode::Paused);
    fs::remove_dir(library.path(FILE)).unwrap();
    symlink("catalog.db", library.path(FILE)).unwrap();
    library.run("resume --reason 'it was nothing'").expect(ExitCode::Success);
    assert!(library.path("state/catalog.db").exists());
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn what_a_crash_leaves_between_file_and_flag_is_a_pause() {
    let library = ended();
    library.run("pause --reason 'the wrong folder'").expect(ExitCode::Success);
    // A pause that died after the file, and a resume that died after the flag.
    database(&library).execute("DELETE FROM meta WHERE key = 'pause'", []).unwrap();
    library.run("clean --apply").expect(ExitCode::Paused);
    library.set_actor("li");
    library.run("pause --reason 'me too'").expect(ExitCode::Success);
    fs::remove_file(library.path(FILE)).unwrap();
    let run = library.run("clean --apply").expect(ExitCode::Paused);
    assert!(run.stderr.contains("by olga") && run.stderr.contains("the wrong folder"), "{run}");
    library.run("resume --reason 'it is right'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn what_a_recovery_would_do_while_it_is_paused_is_what_it_does() {
    let library = half_cleaned();
    library.run("pause --reason 'look first'").expect(ExitCode::Success);
    let waits = "#2 2026/03/tea-tin.png  an unfinished quarantine waits for the end of the pause";
    for command in ["recover --dry-run", "recover", "recover --dry-run"] {
        let run = library.run(command).expect(ExitCode::Paused);
        assert!(run.stdout.contains(waits), "{command}: {run}");
    }
    library.run("resume --reason 'looked'").expect(ExitCode::Success);
    let run = library.run("recover --dry-run").expect(ExitCode::Success);
    assert!(run.stdout.contains("take back the quarantine of 3 files"), "{run}");
    library.run("recover").expect(ExitCode::Success);
}

#[test]
fn what_a_restore_would_do_while_it_is_paused_is_told_with_the_pause() {
    let library = ended();
    library.run("clean --apply").expect(ExitCode::Success);
    library.write(FILE, "");
    for command in ["restore 2 --dry-run", "restore 2 --dry-run --while-paused"] {
        let exit = if command.ends_with("paused") { ExitCode::Success } else { ExitCode::Paused };
        let run = library.run(command).expect(exit);
        assert!(run.stdout.contains("would restore  #2"), "{command}: {run}");
    }
    library.run("restore 2").expect(ExitCode::Paused);
    library.run("restore 2 --while-paused").expect(ExitCode::Success);
}

#[test]
fn a_pause_needs_neither_the_lock_nor_the_catalog() {
    let library = ended();
    let lock = RunLock::take(&library.path("state/run.lock"), "process 7 of li: shelflife clean");
    let Locking::Taken(_lock) = lock.unwrap() else { panic!("nobody holds it") };
    let run = library.run("pause --reason 'the wrong folder'").expect(ExitCode::Success);
    assert!(run.stdout.contains("At work now"), "{run}");
    assert!(run.stdout.contains("process 7 of li: shelflife clean"), "{run}");
    library.run("resume --reason 'it is right'").expect(ExitCode::Success);

    let writer = database(&library);
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = library.run("pause --reason 'the wrong folder'").expect(ExitCode::Busy);
    assert!(run.stdout.contains("alone"), "{run}");
    drop(writer);
    library.run("clean --apply").expect(ExitCode::Paused);
    fs::write(library.path("state/catalog.db"), b"not a catalog").unwrap();
    fs::remove_file(library.path(FILE)).unwrap();
    let run = library.run("pause --reason 'the wrong folder'").expect(ExitCode::Integrity);
    assert!(run.stdout.contains("alone"), "{run}");
    assert!(Path::exists(&library.path(FILE)));
}

#[test]
fn a_pause_that_can_write_nothing_says_that_it_does_not_pause() {
    let library = ended();
    fs::rename(library.path("state"), library.path("elsewhere")).unwrap();
    let run = library.run("pause --reason 'the wrong folder'").expect(ExitCode::Config);
    let told = format!("{run}");
    assert!(told.contains("NOT paused") && told.contains("SHELFLIFE_PAUSED"), "{run}");
}

#[test]
fn the_code_is_the_same_in_every_format() {
    let library = ended();
    library.write(FILE, "");
    for format in ["human", "json"] {
        for command in ["clean --apply", "restore 1", "pause --show", "doctor"] {
            let run = library.run(&format!("{command} --format {format}")).expect(ExitCode::Paused);
            if format == "json" {
                assert_eq!(run.json()["summary"]["exit_code"], 4, "{run}");
            }
        }
        library.run(&format!("pause --reason x --format {format}")).expect(ExitCode::Success);
    }
    for format in ["sarif", "junit", "github", "csv"] {
        for command in ["clean --apply", "pause --reason x", "resume --reason x"] {
            library.run(&format!("{command} --format {format}")).expect(ExitCode::Usage);
        }
        library.run(&format!("validate --format {format}"));
    }
}

#[test]
fn a_pause_that_nobody_looked_at_is_not_ended() {
    let library = ended();
    library.run("pause --reason 'the first'").expect(ExitCode::Success);
    fs::remove_file(library.path(FILE)).unwrap();
    let unseen = library.open_to_write().end_pause("it is known", &[]);
    assert!(matches!(unseen, Err(CatalogError::RecordChanged { .. })), "{unseen:?}");
    library.run("clean --apply").expect(ExitCode::Paused);
    library.run("resume --reason 'it is known'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
}

/// The call that makes the end of the flag durable takes its time.
#[test]
fn a_file_that_nobody_looked_at_is_taken_away_by_no_resume() {
    if !can_trace() {
        return;
    }
    let library = ended();
    library.run("pause --reason one").expect(ExitCode::Success);
    fs::remove_file(library.path(FILE)).unwrap();
    let slow = Some("fsync,fdatasync:delay_enter=2000000:when=1");
    let mut resume = traced(&library, "fsync,fdatasync", slow, "resume --reason go");
    let resume = resume.spawn().unwrap();
    std::thread::sleep(Duration::from_secs(1));
    library.write(FILE, "stop! anna");
    let output = resume.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{output:?}");
    let run = library.run("clean --apply").expect(ExitCode::Paused);
    assert!(run.to_string().contains("stop! anna"), "{run}");
}
