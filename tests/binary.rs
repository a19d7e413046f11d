//! The real program, where only a process will do.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use shelflife::commands::COMMANDS;

use crate::support::TestLibrary;

/// The program, with nothing of this machine's environment.
fn program(library: &TestLibrary) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shelflife"));
    command.env_clear().current_dir(library.path(".")).stdin(Stdio::null());
    command
}

fn output(library: &TestLibrary, args: &[&str]) -> Output {
    program(library).args(args).output().unwrap()
}

/// A shell line in which `$0` is the program.
fn shell(library: &TestLibrary, line: &str) -> ExitStatus {
    let mut shell = Command::new("bash");
    let program = env!("CARGO_BIN_EXE_shelflife");
    shell.env_clear().current_dir(library.path(".")).args(["-c", line, program]);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell.status().unwrap()
}

#[test]
fn codes_reach_the_shell() {
    let library = TestLibrary::new();
    let code = |args: &[&str]| output(&library, args).status.code();
    assert_eq!(code(&["--version"]), Some(0));
    assert_eq!(code(&[]), Some(2));
    assert_eq!(code(&["bake"]), Some(2));
    assert_eq!(code(&["man", "--dir", "nowhere"]), Some(74));
    assert_eq!(code(&["completions", "bash", "--as-of", "today", "--config", "none"]), Some(78));
}

#[test]
fn data_and_complaints_take_different_streams() {
    let library = TestLibrary::new();
    let Output { stdout, stderr, .. } = output(&library, &["completions", "bash"]);
    assert!(!stdout.is_empty());
    assert_eq!(stderr, b"");
    let Output { stdout, stderr, .. } = output(&library, &["bake"]);
    assert_eq!(stdout, b"");
    assert!(!stderr.is_empty());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let library = TestLibrary::new();
    for call in ["man", "completions zsh", "--help", "--format json man"] {
        let line = format!("set -o pipefail; \"$0\" {call} | head -c 1");
        assert_eq!(shell(&library, &line).code(), Some(0), "{call}");
    }
}

#[test]
fn closed_streams_change_no_exit_code() {
    let library = TestLibrary::new();
    for closed in ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"] {
        let code = |call: &str| shell(&library, &format!("\"$0\" {call} {closed}")).code();
        assert_eq!(code("man"), Some(0), "{closed}");
        assert_eq!(code("bake"), Some(2), "{closed}");
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let library = TestLibrary::new();
    assert_eq!(shell(&library, "\"$0\" man >/dev/full").code(), Some(74));
    assert_eq!(shell(&library, "\"$0\" --help >/dev/full").code(), Some(74));
    let said = "\"$0\" man 2>&1 >/dev/full | grep -q 'error: the report could not be written'";
    assert_eq!(shell(&library, said).code(), Some(0));
}

#[test]
fn an_argument_that_is_not_text_is_a_usage_error() {
    let library = TestLibrary::new();
    let odd = OsStr::from_bytes(b"b\xff");
    let status = program(&library).arg(odd).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
    let pages = library.path(OsStr::from_bytes(b"pages\xff\x1b[2J"));
    std::fs::create_dir(&pages).unwrap();
    let output = program(&library).args(["man", "--dir"]).arg(&pages).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(!output.stdout.contains(&0x1b), "the name is escaped");
}

#[test]
fn the_completions_of_bash_are_a_script_of_bash() {
    let library = TestLibrary::new();
    let line = "set -o pipefail; \"$0\" completions bash | bash -n";
    assert_eq!(shell(&library, line).code(), Some(0));
}

#[test]
fn the_clock_of_the_machine_counts() {
    let library = TestLibrary::new();
    let output = output(&library, &["--format", "json", "completions", "bash"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let now = document["now"].as_str().unwrap();
    assert!(now > "2026-01-01", "{now}");
}

#[test]
fn without_a_current_folder_there_is_a_message() {
    let library = TestLibrary::new();
    let line = "mkdir gone && cd gone && rmdir ../gone && \"$0\" man";
    assert_eq!(shell(&library, line).code(), Some(74));
}

#[test]
fn the_page_of_the_command_line_shows_what_the_program_prints() {
    let library = TestLibrary::new();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let page = std::fs::read_to_string(page).unwrap();
    for row in COMMANDS {
        let words = row.name.split(' ').chain(["--help"]);
        let output = program(&library).args(words).env("COLUMNS", "90").output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", row.name);
        let help = String::from_utf8(output.stdout).unwrap();
        let own = help.split("\nGlobal options:").next().unwrap();
        let shown: Vec<_> = own.lines().map(str::trim_end).collect();
        assert!(page.contains(shown.join("\n").trim_end()), "{}\n{help}", row.name);
    }
}

/// A `list` that has begun and waits for names on its standard input.
fn waiting_list(library: &TestLibrary) -> Child {
    library.write("uploads/tea.jpg", b"\xff\xd8\xff\xe0");
    let init = ["--config", "s.toml", "--catalog", "state/c.db", "init", "--root", "uploads"];
    let made = output(library, &init);
    assert!(made.status.success(), "{made:?}");
    let mut list = program(library)
        .args(["--config", "s.toml", "list", "-v", "--from", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut begun = [0];
    list.stderr.as_mut().unwrap().read_exact(&mut begun).unwrap();
    list
}

fn terminate(process: &Child) {
    let id = rustix::process::Pid::from_child(process);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    // The handler runs as soon as the process does; this gives it the time.
    std::thread::sleep(std::time::Duration::from_millis(200));
}

#[test]
fn a_signal_stops_a_command_between_two_items() {
    let library = TestLibrary::new();
    let mut list = waiting_list(&library);
    terminate(&list);
    assert_eq!(list.try_wait().unwrap(), None, "it is not torn out of its work");
    list.stdin.take().unwrap().write_all(b"#1\n#2\n").unwrap();
    let ended = list.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(143));
    let complaint = String::from_utf8(ended.stderr).unwrap();
    assert!(complaint.contains("error: stopped by a signal"), "{complaint}");
}

#[test]
fn a_second_signal_ends_the_process() {
    let library = TestLibrary::new();
    let mut list = waiting_list(&library);
    terminate(&list);
    terminate(&list);
    assert_eq!(list.wait().unwrap().code(), Some(128 + 15));
}

#[test]
fn what_it_makes_is_its_users_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let library = TestLibrary::new();
    library.write("uploads/tea.png", crate::support::pictures::png((4, 4), b"tea"));
    for command in ["init --root uploads --catalog state/catalog.db", "scan", "list"] {
        let line = format!("umask 000; \"$0\" --config shelflife.toml {command}");
        assert!(shell(&library, &line).success(), "{command}");
    }
    let mut looked_at = 0;
    for entry in walkdir::WalkDir::new(library.path("state")) {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let wanted = if entry.file_type().is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, wanted, "{}", entry.path().display());
        looked_at += 1;
    }
    assert!(looked_at >= 4, "{looked_at}");
}
