//! Two runs at once: somebody takes the lock's file away while the first one stands still, or a
//! later version brings the catalog up to date.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::{Dice, program, rejected, signal};
use crate::support::moving::{Tree, tree};
use crate::support::{TestLibrary, cases};

const ASSETS: i64 = 40;
const CLEAN: [&str; 2] = ["clean", "--apply"];

/// Library and quarantine as they are on disk.
fn disk(library: &TestLibrary) -> (Tree, Tree) {
    (tree(&library.path("uploads")), tree(&library.path("state/quarantine")))
}

/// Lets the process stand still; tells whether it still lives.
fn stop(child: &Child) -> bool {
    signal(child, Signal::STOP);
    let which = WaitId::Pid(Pid::from_child(child));
    let options = WaitIdOptions::STOPPED | WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    waitid(which, options).unwrap().unwrap().stopped()
}

/// Whether nobody is amid a change to the catalog: one who stands still there lets nobody in.
fn is_writable(library: &TestLibrary) -> bool {
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.busy_timeout(Duration::ZERO).unwrap();
    catalog.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_ok()
}

fn intents(library: &TestLibrary) -> usize {
    let entries = library.audit_entries();
    entries.iter().filter(|entry| entry.kind == "quarantine.intent").count()
}

/// Starts a clean and lets it stand still at a random moment while it moves files; `None` if it
/// was done before.
fn stopped_clean(library: &TestLibrary, delay: Duration) -> Option<Child> {
    let earlier = intents(library);
    let mut child = program(library, &CLEAN).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(delay);
    while stop(&child) {
        if is_writable(library) && intents(library) > earlier {
            return Some(child);
        }
        signal(&child, Signal::CONT);
        std::thread::sleep(Duration::from_micros(300));
    }
    child.wait().unwrap();
    None
}

/// Another run takes its turn meanwhile. Tells whether it found something half done.
fn take_over(library: &TestLibrary) -> bool {
    fs::remove_file(library.path("state/run.lock")).unwrap();
    let open = !library.scanned_catalog().open_operations().unwrap().is_empty();
    library.run("recover").expect(ExitCode::Success);
    open
}

/// Lets a clean that stood still go on. Tells how it ended, and what it said.
fn wake(child: Child) -> (Option<i32>, String) {
    signal(&child, Signal::CONT);
    let ended = child.wait_with_output().unwrap();
    (ended.status.code(), String::from_utf8(ended.stderr).unwrap())
}

/// Stops cleans at random moments until so many were refused to go on, as `meanwhile` tells of each.
/// Everything has to be whole after each of them, and in the end.
fn stop_cleans(
    (wanted, seed): (usize, u64),
    mut meanwhile: impl FnMut(&TestLibrary, Child) -> bool,
) {
    let library = rejected(ASSETS);
    let whole = tree(&library.path("uploads"));
    let began = Instant::now();
    assert!(program(&library, &CLEAN).status().unwrap().success());
    let duration = began.elapsed();
    let mut dice = Dice(seed);
    let (mut refused, mut rounds) = (0, 0);
    while refused < wanted {
        library.run("restore --state quarantined").expect(ExitCode::Success);
        rounds += 1;
        assert!(rounds < wanted * 10, "the clean is never at work");
        let Some(child) = stopped_clean(&library, dice.part(duration)) else { continue };
        refused += usize::from(meanwhile(&library, child));
        library.run("recover").expect(ExitCode::Success);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
    library.run("restore --state quarantined");
    assert!(tree(&library.path("uploads")) == whole);
}

#[test]
fn a_run_that_lost_its_lock_while_it_stood_still_changes_nothing_and_ends_with_6() {
    let (wanted, mut amid) = (cases(6, 50), 0);
    stop_cleans((wanted, 0x5348_4C46), |library, child| {
        amid += usize::from(take_over(library));
        let (before, known) = (disk(library), intents(library));
        let (code, told) = wake(child);
        assert!(disk(library) == before, "it went on: {told}");
        assert_eq!(intents(library), known, "it began another asset: {told}");
        // It may have stood still after its last asset.
        let is_refused = code != Some(0);
        if is_refused {
            assert_eq!(code, Some(6), "{told}");
            assert!(told.contains("another run began to move files"), "{told}");
        }
        is_refused
    });
    assert!(amid > 0, "none stood still amid an asset");
    say(&format!(
        "fencing: {wanted} runs lost their lock, {amid} of them amid an asset; 0 changes"
    ));
}

/// Plays the later version: all that this one looks at is the number.
fn set_schema(library: &TestLibrary, change: i64) {
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    catalog.busy_timeout(Duration::from_secs(5)).unwrap();
    let schema: i64 = catalog.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    catalog.pragma_update(None, "user_version", schema + change).unwrap();
}

#[test]
fn a_run_beneath_which_the_catalog_was_upgraded_writes_nothing_more_and_ends_with_78() {
    let wanted = cases(3, 30);
    stop_cleans((wanted, 0x4E2D_3121), |library, child| {
        let entries = library.audit_entries().len();
        set_schema(library, 1);
        let (code, told) = wake(child);
        set_schema(library, -1);
        assert_eq!(library.audit_entries().len(), entries, "it wrote: {told}");
        // It may have stood still after its last asset.
        let is_refused = code != Some(0);
        if is_refused {
            assert_eq!(code, Some(78), "{told}");
            assert!(told.contains("this program knows up to"), "{told}");
        }
        is_refused
    });
    say(&format!("fencing: {wanted} runs met a catalog of a later version; 0 entries"));
}
