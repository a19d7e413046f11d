//! What a call of the program finds around it. The only file that asks the process for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::clock::{Clock, SystemClock};
use crate::error::Error;
use crate::output::Color;

/// The environment variables that are read. No other one has any effect.
pub const VARIABLES: &[&str] = &[
    "COLUMNS",
    "HOME",
    "NO_COLOR",
    "SHELFLIFE_ACTOR",
    "SHELFLIFE_CONFIG",
    "SHELFLIFE_JOB",
    "SHELFLIFE_PAUSED",
    "TERM",
    "TMPDIR",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
];

/// Everything from outside that one call may look at.
pub struct Environment<'a> {
    /// With the program's name first.
    pub args: Vec<OsString>,
    /// Those of [`VARIABLES`] that are set.
    pub variables: BTreeMap<String, OsString>,
    /// Absolute.
    pub current_dir: PathBuf,
    pub stdin: &'a mut dyn Read,
    pub stdout: &'a mut dyn Write,
    pub stderr: &'a mut dyn Write,
    pub terminals: Terminals,
    /// Columns of the terminal.
    pub width: Option<u16>,
    pub clock: &'a dyn Clock,
    pub os_user: String,
    pub host: String,
    /// The number of the signal that asks the command to stop; 0 without one.
    pub interrupted: Arc<AtomicUsize>,
}

/// Which of the standard streams are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminals {
    pub stdin: bool,
    pub stdout: bool,
    pub stderr: bool,
}

impl Environment<'_> {
    /// Whether text for this stream may carry color.
    pub(super) fn color(&self, terminal: bool) -> Color {
        let dumb = self.variables.get("TERM").is_some_and(|term| term == "dumb");
        let unwanted = self.variable("NO_COLOR").is_some();
        if terminal && !dumb && !unwanted { Color::Ansi } else { Color::None }
    }

    /// The variable as a path, if it is set and not empty.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        self.variable(name).map(PathBuf::from)
    }

    /// The variable as text; what is not UTF-8 is a usage error.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.variable(name) else { return Ok(None) };
        let text = value.to_str().ok_or_else(|| Error::usage(format!("{name} is not UTF-8")))?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// The variable as text, whatever its bytes are.
    pub(super) fn lossy(&self, name: &str) -> Option<String> {
        self.variable(name).map(|value| value.to_string_lossy().into_owned())
    }

    /// A folder of the XDG base directory specification; relative ones are ignored as it says.
    pub(super) fn home(&self, variable: &str, beneath_home: &str) -> Option<PathBuf> {
        let stated = self.path(variable).filter(|path| path.is_absolute());
        let usual = || Some(self.path("HOME")?.join(beneath_home));
        stated.or_else(usual).filter(|path| path.is_absolute())
    }

    fn variable(&self, name: &str) -> Option<&OsString> {
        self.variables.get(name).filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("args", &self.args)
            .field("variables", &self.variables)
            .field("current_dir", &self.current_dir)
            .finish_non_exhaustive()
    }
}

/// The streams of the running process, for as long as it runs.
pub struct Process {
    stdin: io::Stdin,
    stdout: Box<dyn Write>,
    stderr: io::Stderr,
    interrupted: Arc<AtomicUsize>,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process").field("interrupted", &self.interrupted).finish_non_exhaustive()
    }
}

impl Process {
    /// Takes the streams and begins to listen for signals.
    ///
    /// The first SIGINT or SIGTERM asks the command to stop between two items, the second one ends
    /// the process. A closed pipe is an error of the write, not a signal.
    ///
    /// What the process creates from here on is for its own user alone: catalog, journal,
    /// quarantine. Files of the library keep their modes when they move.
    pub fn start() -> io::Result<Self> {
        rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
        let interrupted = Arc::new(AtomicUsize::new(0));
        let again = Arc::new(AtomicBool::new(false));
        for (signal, number) in [(SIGINT, 2), (SIGTERM, 15)] {
            let (second, first) = (Arc::clone(&again), Arc::clone(&again));
            signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, second)?;
            signal_hook::flag::register(signal, first)?;
            signal_hook::flag::register_usize(signal, Arc::clone(&interrupted), number)?;
        }
        let stdout: Box<dyn Write> = if io::stdout().is_terminal() {
            Box::new(io::stdout())
        } else {
            Box::new(BufWriter::with_capacity(1 << 16, io::stdout()))
        };
        Ok(Self { stdin: io::stdin(), stdout, stderr: io::stderr(), interrupted })
    }

    /// What this process finds around it.
    ///
    /// Fails if there is no current folder any more.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn environment(&mut self) -> io::Result<Environment<'_>> {
        let value = |name: &&str| Some(((*name).to_owned(), std::env::var_os(name)?));
        let variables: BTreeMap<_, _> = VARIABLES.iter().filter_map(value).collect();
        let width = width(&variables);
        Ok(Environment {
            args: std::env::args_os().collect(),
            variables,
            current_dir: std::env::current_dir()?,
            terminals: Terminals {
                stdin: io::stdin().is_terminal(),
                stdout: io::stdout().is_terminal(),
                stderr: io::stderr().is_terminal(),
            },
            stdin: &mut self.stdin,
            stdout: &mut self.stdout,
            stderr: &mut self.stderr,
            width,
            clock: &SystemClock,
            os_user: os_user(),
            host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
            interrupted: Arc::clone(&self.interrupted),
        })
    }
}

fn width(variables: &BTreeMap<String, OsString>) -> Option<u16> {
    let stated = variables.get("COLUMNS").and_then(|text| text.to_str()?.parse().ok());
    let terminal = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col);
    stated.or_else(terminal).filter(|width| *width > 0)
}

/// The name of the account that logged in; `uid 1000` if it has none in `/etc/passwd`.
///
/// Variables such as `USER` are not asked: anybody can set them, and the audit log keeps the name.
fn os_user() -> String {
    let uid = login_uid().unwrap_or_else(|| rustix::process::getuid().as_raw()).to_string();
    let accounts = std::fs::read("/etc/passwd").unwrap_or_default();
    accounts
        .split(|byte| *byte == b'\n')
        .find_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            let name = fields.next()?;
            let found = fields.nth(1)? == uid.as_bytes();
            found.then(|| String::from_utf8_lossy(name).into_owned())
        })
        .unwrap_or_else(|| format!("uid {uid}"))
}

/// The user who logged in, whoever the process runs as since: `sudo` and `su` keep it, and only root
/// can change it. `None` where nobody logged in, as in most containers, and without Linux.
///
/// Source: `pam_loginuid(8)`, and `audit_get_loginuid` of the kernel, whose "unset" is -1.
fn login_uid() -> Option<u32> {
    let text = std::fs::read_to_string("/proc/self/loginuid").ok()?;
    text.trim().parse().ok().filter(|uid| *uid != u32::MAX)
}
