//! The program under a tracer: in which order it calls the system, and what a call that fails or
//! takes its time leads to.

mod newcomers;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::disks::has;
use crate::support::many::rejected;
use crate::support::moving::{ended, half_cleaned};
use crate::support::{TestLibrary, cases, skip, spread, wall_clock};

/// The real program with some calls written to `trace`, and with these done to them.
pub(crate) fn traced(
    library: &TestLibrary,
    calls: &str,
    inject: Option<&str>,
    line: &str,
) -> Command {
    let mut tracer = Command::new("strace");
    tracer.args(["-f", "-y", "-qq", "-e", "signal=none", "-e", &format!("trace={calls}")]);
    tracer.args(inject.map(|inject| format!("--inject={inject}")));
    tracer.arg("-o").arg(library.path("trace")).arg(env!("CARGO_BIN_EXE_shelflife"));
    tracer.args(line.split(' ')).env_clear().current_dir(library.path("."));
    tracer.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    tracer.env("SHELFLIFE_CONFIG", library.path("shelflife.toml"));
    tracer.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    tracer
}

/// A command that is killed by its call of this name and number. From then on the library has the clock's
/// time.
pub(crate) fn dies(library: &TestLibrary, line: &str, (call, number): (&str, usize)) {
    let kill = format!("{call}:signal=KILL:when={number}");
    let status = traced(library, call, Some(&kill), line).status().unwrap();
    assert!(!status.success(), "{line} did not die");
    library.set_now(&wall_clock().to_string());
}

fn trace(library: &TestLibrary) -> Vec<String> {
    let trace = fs::read_to_string(library.path("trace")).unwrap();
    trace.lines().map(str::to_owned).collect()
}

pub(crate) fn can_trace() -> bool {
    has("strace") || skip::<()>("there is no strace").is_some()
}

/// Where a call is in a trace of which the line has all these words.
#[track_caller]
fn place_of(trace: &[String], words: &[&str]) -> usize {
    let told = |line: &String| words.iter().all(|word| line.contains(word));
    trace.iter().position(told).unwrap_or_else(|| panic!("no {words:?} in {trace:#?}"))
}

#[test]
fn the_bytes_that_are_back_in_the_library_are_durable_before_their_copy_in_quarantine_goes() {
    if !can_trace() {
        return;
    }
    let library = half_cleaned();
    let store = fs::read_dir(library.path("state/quarantine/v1")).unwrap().next().unwrap().unwrap();
    for (stored, name) in [("0002.bin", "tea-tin-15x10.png"), ("0003.bin", "tea-tin-30x20.png")] {
        fs::copy(store.path().join(stored), library.path("uploads/2026/03").join(name)).unwrap();
    }
    let calls = "fsync,fdatasync,unlinkat";
    let output = traced(&library, calls, None, "recover").output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let trace = trace(&library);
    for (stored, name) in [("0002.bin", "tea-tin-15x10.png"), ("0003.bin", "tea-tin-30x20.png")] {
        let gone = place_of(&trace, &["unlinkat(", stored]);
        assert!(place_of(&trace, &["sync(", name]) < gone, "{trace:#?}");
        assert!(place_of(&trace, &["sync(", "uploads/2026/03>"]) < gone, "{trace:#?}");
    }
    library.run("audit verify --disk=full").expect(ExitCode::Success);
}

/// Calls that look at files and folders.
const LOOKS: [&str; 6] = ["fstat", "newfstatat", "openat", "openat2", "read", "statx"];

/// Every look at the library and at quarantine: its call, and its number among those of that call.
fn looks_in(trace: &[String]) -> Vec<(&'static str, usize)> {
    let mut counts = BTreeMap::<_, usize>::new();
    let mut looks = Vec::new();
    for line in trace {
        let call = line.split([' ', '(']).find_map(|word| LOOKS.into_iter().find(|c| *c == word));
        let Some(call) = call else { continue };
        let count = counts.entry(call).or_default();
        *count += 1;
        if line.contains("/uploads") || line.contains("/quarantine") {
            looks.push((call, *count));
        }
    }
    looks
}

/// Lets one look of a clean fail. Tells whether the clean said so.
fn fail((call, number): (&str, usize)) -> bool {
    let library = ended();
    let inject = format!("{call}:error=EIO:when={number}");
    let output = traced(&library, call, Some(&inject), "clean --apply").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    for word in ["has other bytes", "is not there any more"] {
        assert!(!said.contains(word), "{call} {number}: {said}");
    }
    library.set_now(&wall_clock().to_string());
    library.run("recover").expect(ExitCode::Success);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    !output.status.success()
}

#[test]
fn a_file_that_cannot_be_looked_at_is_never_called_another_one_or_gone() {
    if !can_trace() {
        return;
    }
    let library = ended();
    let clean = traced(&library, &LOOKS.join(","), None, "clean --apply").status();
    assert!(clean.unwrap().success());
    let looks = looks_in(&trace(&library));
    assert!(looks.len() > 50, "{looks:?}");
    let tried: Vec<_> = spread(&looks, cases(16, looks.len())).collect();
    let failed = tried.iter().filter(|look| fail(***look)).count();
    assert!(failed > tried.len() / 2, "{failed} of {}", tried.len());
    say(&format!("looks: {} cleans of which one failed, and {failed} said so", tried.len()));
}

pub(crate) fn wait_for(what: &str, is_there: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_there() {
        assert!(began.elapsed() < Duration::from_mins(1), "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_restore_that_a_pause_ends_says_how_far_it_came_and_nothing_that_is_not_so() {
    if !can_trace() {
        return;
    }
    let library = rejected(3);
    library.run("clean --apply").expect(ExitCode::Success);
    let slow = Some("renameat2:delay_enter=3000000:when=1");
    let mut restore = traced(&library, "renameat2", slow, "restore 1 2 3 --reason back");
    let restore = restore.spawn().unwrap();
    let is_begun = || library.audit_entries().iter().any(|entry| entry.kind == "restore.intent");
    wait_for("the restore", is_begun);
    library.write("state/PAUSED", "");
    let output = restore.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("The pause ended this run: 1 of 3 assets done."), "{said}");
    assert!(said.contains("2 not begun"), "{said}");
    assert!(!said.contains("Undo with"), "a restore is undone by no restore: {said}");
    assert!(!said.contains("stays open"), "{said}");
    let away = library.path("state/quarantine/v1");
    let stores = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!(stores(&away), 2);
}
