//! `--wait`: a command that comes while another run is at work, in two processes.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use crate::support::TestLibrary;
use crate::support::moving::ended;

/// This process as the run that is at work.
fn at_work(library: &TestLibrary) -> RunLock {
    match RunLock::take(&library.path("state/run.lock"), "process 1 of mia: scan").unwrap() {
        Locking::Taken(lock) => lock,
        Locking::Busy { holder } => panic!("{holder}"),
    }
}

fn start(library: &TestLibrary, args: &[&str]) -> Child {
    let mut program = Command::new(env!("CARGO_BIN_EXE_shelflife"));
    program.env_clear().current_dir(library.path("."));
    program.arg("--config").arg(library.path("shelflife.toml")).args(args);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn is_at_it(child: &mut Child) -> bool {
    std::thread::sleep(Duration::from_millis(500));
    child.try_wait().unwrap().is_none()
}

fn end(child: Child) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn a_command_waits_until_the_other_run_has_ended_and_then_does_its_work() {
    let library = ended();
    let lock = at_work(&library);
    let mut child = start(&library, &["clean", "--apply", "--wait", "5min"]);
    assert!(is_at_it(&mut child));
    let note = RunLock::holder(&library.path("state/run.lock")).unwrap();
    assert_eq!(note.as_deref(), Some("process 1 of mia: scan"), "it takes nothing away");
    assert!(library.path("uploads/2026/03/tea-tin.png").exists());
    drop(lock);
    let (code, said) = end(child);
    assert_eq!(code, Some(0), "{said}");
    assert!(!library.path("uploads/2026/03/tea-tin.png").exists());
}

#[test]
fn after_its_time_it_gives_up_and_says_who_is_at_work() {
    let library = ended();
    let _lock = at_work(&library);
    for (args, least) in [(&["scan"][..], 0), (&["scan", "--wait", "1s"], 1)] {
        let begin = Instant::now();
        let (code, said) = end(start(&library, args));
        assert_eq!(code, Some(75), "{said}");
        assert!(said.contains("process 1 of mia: scan"), "{said}");
        assert!(begin.elapsed() >= Duration::from_secs(least));
    }
}

#[test]
fn a_signal_ends_the_waiting() {
    let library = ended();
    let _lock = at_work(&library);
    let mut child = start(&library, &["recover", "--wait", "2h"]);
    assert!(is_at_it(&mut child));
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let (code, said) = end(child);
    assert_eq!(code, Some(3), "{said}");
}

#[test]
fn a_withdrawal_is_on_record_while_it_waits_for_the_files() {
    let library = ended();
    let lock = at_work(&library);
    let args = ["withdraw", "2", "--reason", "unsafe", "--wait", "5min"];
    let mut child = start(&library, &args);
    let is_recorded = || library.asset(2).state.to_string() == "withdrawn";
    assert!((0..60).any(|_| is_at_it(&mut child) && is_recorded()));
    drop(lock);
    let (code, said) = end(child);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(library.asset(2).state.to_string(), "quarantined (was withdrawn)");
}

#[test]
fn a_time_to_wait_has_a_unit() {
    let library = ended();
    for wrong in ["5", "m", "1d", "-1s", "1.5h", "99999999999h", ""] {
        library.run(&format!("scan '--wait={wrong}'")).expect(ExitCode::Usage);
    }
    for right in ["0s", "90s", "10m", "10min", "2h"] {
        library.run(&format!("scan --wait {right}")).expect(ExitCode::Success);
    }
}
