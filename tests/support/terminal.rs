//! What the real program says on a terminal.

use std::process::{Command, Output, Stdio};

/// Runs a program on a terminal of its own, and passes on what it says there.
const AROUND: &str = "import os, pty, sys\n\
    child, terminal = pty.fork()\n\
    if child == 0: os.execv(sys.argv[1], sys.argv[1:])\n\
    while True:\n\
    \x20   try: said = os.read(terminal, 65536)\n\
    \x20   except OSError: break\n\
    \x20   if not said: break\n\
    \x20   sys.stdout.buffer.write(said)\n\
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n";

/// Both streams of the program at once, with the ends of lines as a terminal gets them; `None` if
/// there is no Python to hold the terminal.
pub(crate) fn on_terminal(program: &Command) -> Option<Output> {
    let mut around = Command::new("python3");
    around.args(["-c", AROUND]).arg(program.get_program()).args(program.get_args());
    around.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    around.current_dir(program.get_current_dir().unwrap()).stdin(Stdio::null()).output().ok()
}

/// The text without what does no more than color it.
pub(crate) fn without_color(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\u{1b}[", part]),
        }
    }
    plain
}

#[test]
fn only_color_is_taken_away() {
    assert_eq!(without_color("\u{1b}[1;31mred\u{1b}[0m"), "red");
    assert_eq!(without_color("a\u{1b}[2Jb\u{1b}]0;x"), "a\u{1b}[2Jb\u{1b}]0;x");
}
