//! The real program, killed at random moments.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use shelflife::domain::asset::{AssetId, Place};
use shelflife::exit::ExitCode;

use super::say;
use crate::support::moving::{Tree, tree, without_holds};
use crate::support::pictures::png;
use crate::support::{TestLibrary, cases, must_run_everything};

const ASSETS: i64 = 5;

/// Five rejected assets of three files each.
fn library() -> TestLibrary {
    let library = TestLibrary::new();
    for asset in 0..ASSETS {
        for (suffix, size) in [("", (60, 40)), ("-30x20", (30, 20)), ("-15x10", (15, 10))] {
            let path = format!("uploads/2026/0{asset}/tea{suffix}.png");
            library.write(&path, png(size, path.as_bytes()));
        }
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    without_holds(&library);
    library
}

pub(crate) fn program(library: &TestLibrary, command: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_shelflife"));
    program.env_clear().current_dir(library.path("."));
    program.arg("--config").arg(library.path("shelflife.toml")).args(command.split(' '));
    program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    program
}

/// Starts the program and kills it after `delay`. Tells whether it was still at work.
pub(crate) fn kill_after(library: &TestLibrary, command: &str, delay: Duration) -> bool {
    let mut child = program(library, command).spawn().unwrap();
    std::thread::sleep(delay);
    child.kill().unwrap();
    child.wait().unwrap().signal() == Some(9)
}

/// A part of `whole`, another one each time.
pub(crate) fn random_part(whole: Duration) -> Duration {
    let random = uuid::Uuid::new_v4().as_u128() % 10_000;
    whole.mul_f64(f64::from(u32::try_from(random).unwrap()) / 10_000.0)
}

/// Disk, catalog and log after a recovery: every file once, where it is said to be.
#[track_caller]
fn check(library: &TestLibrary, before: &Tree) {
    let run = library.run("recover").expect(ExitCode::Success);
    let uploads = tree(&library.path("uploads"));
    let mut found: Vec<_> = uploads.values().cloned().collect();
    found.extend(tree(&library.path("state/quarantine")).into_values());
    let mut expected: Vec<_> = before.values().cloned().collect();
    found.sort();
    expected.sort();
    assert_eq!(found.len(), expected.len(), "{run}");
    assert!(found == expected, "a file is not as it was\n{run}");

    let catalog = library.scanned_catalog();
    for asset in (1..=ASSETS).map(AssetId) {
        let state = catalog.asset(asset).unwrap().unwrap().state;
        for (_, file) in catalog.files_of(asset).unwrap() {
            let here = uploads.contains_key(Path::new(OsStr::from_bytes(file.path.as_bytes())));
            assert_eq!(here, file.place == Place::Library, "{}\n{run}", file.path);
            assert_eq!(here, state.was().is_none(), "{} of {state}\n{run}", file.path);
        }
    }
    assert!(catalog.open_operations().unwrap().is_empty());
    let away = (1..=ASSETS)
        .filter(|id| catalog.asset(AssetId(*id)).unwrap().unwrap().state.was().is_some());
    let stores = fs::read_dir(library.path("state/quarantine/v1")).unwrap().count();
    assert_eq!(stores, away.count(), "no folder is left behind");
    audited_once(library);
}

fn audited_once(library: &TestLibrary) {
    let mut operations: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in library.audit_entries() {
        if let Some(operation) = entry.operation {
            operations.entry(operation).or_default().push(entry.kind);
        }
    }
    for (operation, kinds) in operations {
        let ends = kinds.iter().filter(|kind| !kind.ends_with(".intent")).count();
        assert_eq!((kinds.len(), ends), (2, 1), "{operation}: {kinds:?}");
    }
}

#[test]
fn killing_the_program_at_any_moment_loses_nothing() {
    // The full run kills in two libraries at a time, and begins a new one before its log is long.
    let (libraries, kills) = cases((1, if must_run_everything() { 1_000 } else { 100 }), (10, 990));
    let work = move || (0..libraries.max(2) / 2).map(|_| kill_often(kills)).collect::<Vec<_>>();
    let others = (libraries > 1).then(|| std::thread::spawn(work));
    let mut killed = work();
    killed.extend(others.into_iter().flat_map(|others| others.join().unwrap()));
    let kills: usize = killed.iter().map(|(kills, _)| kills).sum();
    let settled: usize = killed.iter().map(|(_, settled)| settled).sum();
    assert!(settled > 0, "no kill came while files were moving");
    say(&format!("crash: killed the program {kills} times, {settled} of them amid a move"));
}

/// Kills cleans and restores in one library. Tells how many were at work, and how many of them amid
/// a move.
fn kill_often(wanted: usize) -> (usize, usize) {
    let library = library();
    let before = tree(&library.path("uploads"));
    let began = Instant::now();
    assert!(program(&library, "clean --apply").status().unwrap().success());
    let whole = began.elapsed();

    let mut kills = 0;
    for round in 0.. {
        let command = ["restore --state quarantined", "clean --apply"][round % 2];
        kills += usize::from(kill_after(&library, command, random_part(whole)));
        if round % 10 == 9 {
            check(&library, &before);
        }
        if kills >= wanted {
            break;
        }
    }
    check(&library, &before);
    library.run("restore --state quarantined");
    assert!(tree(&library.path("uploads")) == before);
    let settled = library.audit_entries();
    let settled = settled.iter().filter(|entry| entry.payload.contains("settled by recovery"));
    (kills, settled.count())
}

#[test]
fn a_takedown_that_is_killed_at_any_moment_loses_nothing_and_is_told_until_it_is_done() {
    let library = library();
    let before = tree(&library.path("uploads"));
    let takedown = "withdraw --under 2026 --reason unsafe";
    let began = Instant::now();
    assert!(program(&library, takedown).status().unwrap().success());
    let whole = began.elapsed();
    assert!(tree(&library.path("uploads")).is_empty());

    let mut amid = 0;
    for _ in 0..if must_run_everything() { 200 } else { 30 } {
        library.run("restore --state quarantined --wait 10s").expect(ExitCode::Success);
        let was_at_work = kill_after(&library, takedown, random_part(whole));
        check(&library, &before);
        let served = tree(&library.path("uploads")).len();
        amid += usize::from(was_at_work && served > 0 && served < before.len());
        let told = library.run("list --unconfirmed --format json").json();
        let told = told["items"].as_array().unwrap().iter();
        let told = told.filter(|item| item["fields"]["takedown"] == "still-served").count();
        assert_eq!(told * 3, served, "each asset with files that are served");
    }
    assert!(amid > 0, "no kill came while files were moving");
    library.run("restore --state quarantined --wait 10s");
    library.run(&format!("{takedown} --wait 10s")).expect(ExitCode::Success);
    assert!(tree(&library.path("uploads")).is_empty());
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn of_two_runs_at_once_one_works_and_the_other_is_told_to_wait() {
    let library = library();
    let before = tree(&library.path("uploads"));
    let mut busy = 0;
    for round in 0..10 {
        let command = ["clean --apply", "restore --state quarantined"][round % 2];
        let mut both = [(); 2].map(|()| program(&library, command).spawn().unwrap());
        let codes = both.each_mut().map(|child| child.wait().unwrap().code().unwrap());
        assert!(codes.iter().all(|code| [0, 75].contains(code)), "{codes:?}");
        assert!(codes.contains(&0), "{codes:?}");
        busy += codes.iter().filter(|code| **code == 75).count();
    }
    assert!(busy > 0, "they never met");
    check(&library, &before);
}
