//! `--wait`: a command that comes while another run is at work, in two processes.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use crate::crash::say;
use crate::support::many::rejected;
use crate::support::moving::{ended, tree};
use crate::support::{TestLibrary, cases};

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

fn told(child: Child) -> (Option<i32>, String) {
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
    let (code, said) = told(child);
    assert_eq!(code, Some(0), "{said}");
    assert!(!library.path("uploads/2026/03/tea-tin.png").exists());
}

#[test]
fn after_its_time_it_gives_up_and_says_who_is_at_work() {
    let library = ended();
    let _lock = at_work(&library);
    for (args, least) in [(&["scan"][..], 0), (&["scan", "--wait", "1s"], 1)] {
        let begin = Instant::now();
        let (code, said) = told(start(&library, args));
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
    let (code, said) = told(child);
    assert_eq!(code, Some(130), "{said}");
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
    let (code, said) = told(child);
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

/// Runs the program until it holds the lock, with a child of its parent's beside it that lives on and
/// has whatever could be inherited.
fn holder_with_child(library: &TestLibrary) -> (Child, u32) {
    let line = "sleep 600 & echo $!; exec \"$0\" --config shelflife.toml clean --apply";
    let mut holder = Command::new("bash")
        .args(["-c", line, env!("CARGO_BIN_EXE_shelflife")])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(library.path("."))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut sleeper = String::new();
    BufReader::new(holder.stdout.take().unwrap()).read_line(&mut sleeper).unwrap();
    (holder, sleeper.trim().parse().unwrap())
}

/// What a start after a holder that was killed may take longer than any. A machine that is at
/// something else just then makes it longer now and then, and not each time.
const SOON: Duration = Duration::from_secs(1);

#[test]
fn a_run_that_is_killed_leaves_no_lock_behind_whoever_lives_on() {
    let wanted = cases(8, 100);
    let library = rejected(60);
    let whole = tree(&library.path("uploads"));
    let lock = library.path("state/run.lock");
    let (mut killed, mut late, mut longest) = (0, 0, Duration::ZERO);
    for _ in 0..wanted * 5 {
        library.run("restore --state quarantined").expect(ExitCode::Success);
        let (mut holder, sleeper) = holder_with_child(&library);
        let limit = Instant::now() + Duration::from_secs(20);
        while RunLock::holder(&lock).unwrap().is_none() && Instant::now() < limit {
            std::thread::sleep(Duration::from_millis(1));
        }
        holder.kill().unwrap();
        let is_killed = holder.wait().unwrap().code().is_none();
        let recover = || {
            let began = Instant::now();
            let (code, said) = told(start(&library, &["recover"]));
            assert_eq!(code, Some(0), "{said}");
            began.elapsed()
        };
        let took = recover();
        // What any start takes here and now, with nobody before it.
        let more = took.saturating_sub(recover());
        longest = longest.max(took);
        late += usize::from(is_killed && more >= SOON);
        let sleeper = Pid::from_raw(i32::try_from(sleeper).unwrap()).unwrap();
        kill_process(sleeper, Signal::KILL).unwrap();
        killed += usize::from(is_killed);
        if killed == wanted {
            break;
        }
    }
    assert_eq!(killed, wanted, "the holder is never at work");
    assert!(late <= wanted.div_ceil(20), "{late} of {wanted} waited, {longest:?} at most");
    library.run("restore --state quarantined");
    assert!(tree(&library.path("uploads")) == whole);
    say(&format!(
        "lock: killed {killed} holders beside a living child, the next run took {} ms at most",
        longest.as_millis()
    ));
}

#[test]
fn a_child_of_the_holder_does_not_inherit_the_lock() {
    let library = ended();
    let lock = at_work(&library);
    let mut child = Command::new("sleep").arg("600").spawn().unwrap();
    drop(lock);
    // A child that another test starts has the lock until it becomes another program.
    let limit = Instant::now() + Duration::from_mins(1);
    let is_held = || RunLock::holder(&library.path("state/run.lock")).unwrap().is_some();
    while is_held() && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(1));
    }
    let free = !is_held();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(free);
}

#[test]
fn of_twenty_that_start_at_once_one_works_and_the_others_are_told_to_wait() {
    let library = rejected(300);
    let starters: Vec<_> = (0..20).map(|_| start(&library, &["clean", "--apply"])).collect();
    let ended: Vec<_> = starters.into_iter().map(told).collect();
    let of = |code: i32| ended.iter().filter(|(found, _)| *found == Some(code)).count();
    assert_eq!((of(0), of(75)), (1, 19), "{ended:#?}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    say("lock: of 20 that started at once 1 worked and 19 ended with 75");
}

#[test]
fn what_a_run_decides_it_decides_at_the_instant_of_its_turn() {
    let library = ended();
    let lock = at_work(&library);
    let mut clean = start(&library, &["clean", "--apply", "--wait", "5min"]);
    assert!(is_at_it(&mut clean));
    let (code, said) = told(start(&library, &["hold", "1", "--reason", "whose is it"]));
    assert_eq!(code, Some(0), "{said}");
    std::thread::sleep(Duration::from_secs(2));
    drop(lock);
    let (code, said) = told(clean);
    assert_eq!(code, Some(0), "{said}");
    let entries = library.audit_entries();
    let began = |word: &str| {
        let runs = entries.iter().filter(|entry| entry.kind == "run.begin");
        let payloads = runs.map(|run| serde_json::from_str::<Value>(&run.payload).unwrap());
        let mut of_it = payloads.filter(|run| run["command"].as_str().unwrap().contains(word));
        of_it.next().unwrap()["now"].as_str().unwrap().to_owned()
    };
    assert!(began("--apply") > began("hold"), "{entries:#?}");
}
