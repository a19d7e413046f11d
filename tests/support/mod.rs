//! What capability tests share: a library in a temporary folder, with its own clock.

pub(crate) mod archives;
pub(crate) mod dying_files;
pub(crate) mod embedded;
pub(crate) mod exports;
pub(crate) mod frozen;
pub(crate) mod here;
pub(crate) mod many;
pub(crate) mod moving;
pub(crate) mod pictures;
pub(crate) mod rust_code;
pub(crate) mod scanned;
pub(crate) mod stock;
pub(crate) mod terminal;
pub(crate) mod writing;
pub(crate) mod wxr;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::SystemTime;

use shelflife::cli::{self, Environment, Terminals};
use shelflife::clock::FixedClock;
use shelflife::domain::time::Timestamp;
use shelflife::exit::ExitCode;
use tempfile::TempDir;

/// Where a test library's time begins, unless the test says otherwise.
pub(crate) const MORNING: &str = "2026-03-02T09:00:00Z";

/// Folders, a clock and an environment of their own; commands run in-process.
///
/// Nothing of the machine's environment reaches a command, and the temporary folder is written as
/// `[library]` in what it says.
pub(crate) struct TestLibrary {
    folder: TempDir,
    now: Cell<Timestamp>,
    variables: RefCell<BTreeMap<String, OsString>>,
    terminals: Cell<Terminals>,
    account: RefCell<String>,
    /// The signal that a handler noted.
    pub(crate) interrupted: Arc<AtomicUsize>,
}

/// How one command ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) exit: ExitCode,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl TestLibrary {
    /// An empty folder at [`MORNING`].
    pub(crate) fn new() -> Self {
        Self::at(MORNING)
    }

    /// An empty folder at an instant such as `2026-03-02T09:00:00Z`.
    pub(crate) fn at(now: &str) -> Self {
        Self::within(TempDir::with_prefix("shelflife-test-").unwrap(), now)
    }

    /// [`Self::new`] where nothing waits for a disk, if the machine has such a place.
    pub(crate) fn in_memory() -> Self {
        let shared = Path::new("/dev/shm");
        let place = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
        Self::within(TempDir::with_prefix_in("shelflife-test-", place).unwrap(), MORNING)
    }

    fn within(folder: TempDir, now: &str) -> Self {
        let library = Self {
            folder,
            now: Cell::new(Timestamp::parse(now).unwrap()),
            variables: RefCell::default(),
            terminals: Cell::default(),
            account: RefCell::new("olga".to_owned()),
            interrupted: Arc::default(),
        };
        let config = library.path("shelflife.toml").into_os_string();
        library.set_variable("SHELFLIFE_CONFIG", config);
        library.set_variable("HOME", library.path("home").into_os_string());
        library
    }

    /// The real path of `relative` in the library's folder.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, relative: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Writes a configuration with a production root `uploads` and a draft root `drafts`, and
    /// makes their folders. `more` is added at its end.
    pub(crate) fn configure(&self, more: &str) {
        let roots = [("uploads", "production"), ("drafts", "draft")];
        let mut text = "[catalog]\npath = \"catalog.db\"\n\n".to_owned();
        text.push_str("[quarantine]\npath = \"quarantine\"\n");
        for (name, kind) in roots {
            fs::create_dir_all(self.path(name)).unwrap();
            let root =
                format!("\n[[root]]\nname = \"{name}\"\npath = \"{name}\"\nkind = \"{kind}\"\n");
            text.push_str(&root);
        }
        text.push_str(more);
        self.write_config(&text);
    }

    /// Writes the configuration as it is, readable by its owner only.
    pub(crate) fn write_config(&self, text: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.write("shelflife.toml", text);
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub(crate) fn set_now(&self, now: &str) {
        self.now.set(Timestamp::parse(now).unwrap());
    }

    pub(crate) fn advance_days(&self, days: i64) {
        self.now.set(self.now.get().plus_days(days));
    }

    /// Sets an environment variable for the commands that follow.
    pub(crate) fn set_variable(&self, name: &str, value: impl Into<OsString>) {
        self.variables.borrow_mut().insert(name.to_owned(), value.into());
    }

    pub(crate) fn remove_variable(&self, name: &str) {
        self.variables.borrow_mut().remove(name);
    }

    /// The person who gives the commands that follow.
    pub(crate) fn set_actor(&self, name: &str) {
        self.set_variable("SHELFLIFE_ACTOR", name);
    }

    /// The account that the commands that follow run under.
    pub(crate) fn set_account(&self, name: &str) {
        name.clone_into(&mut self.account.borrow_mut());
    }

    /// Makes the standard streams terminals for the commands that follow.
    pub(crate) fn set_terminals(&self, terminals: Terminals) {
        self.terminals.set(terminals);
    }

    /// Runs a command as one would type it after the program's name. Quotes group, nothing else
    /// is special.
    pub(crate) fn run(&self, line: &str) -> Run {
        self.run_with_input(line, b"")
    }

    /// [`Self::run`] with bytes on standard input.
    pub(crate) fn run_with_input(&self, line: &str, input: &[u8]) -> Run {
        let words: Vec<_> = split_words(line).into_iter().map(OsString::from).collect();
        self.run_words(&words, input)
    }

    /// Runs a command whose words are given one by one.
    pub(crate) fn run_words(&self, words: &[OsString], input: &[u8]) -> Run {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let exit = self.run_into(words, &mut &*input, &mut stdout, &mut stderr);
        let text = |bytes: Vec<u8>| {
            let folder = self.folder.path().to_str().unwrap();
            String::from_utf8(bytes).unwrap().replace(folder, "[library]")
        };
        Run { exit, stdout: text(stdout), stderr: text(stderr) }
    }

    /// Runs a command on streams of the test's own.
    pub(crate) fn run_into(
        &self,
        words: &[OsString],
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> ExitCode {
        let program = OsString::from("shelflife");
        let clock = FixedClock(self.now.get());
        cli::run(Environment {
            args: std::iter::once(program).chain(words.iter().cloned()).collect(),
            variables: self.variables.borrow().clone(),
            current_dir: self.folder.path().to_owned(),
            stdin,
            stdout,
            stderr,
            terminals: self.terminals.get(),
            width: Some(100),
            clock: &clock,
            os_user: self.account.borrow().clone(),
            host: "desk".to_owned(),
            interrupted: Arc::clone(&self.interrupted),
        })
    }
}

impl Run {
    /// The run, after making sure that it ended like this.
    #[track_caller]
    pub(crate) fn expect(self, exit: ExitCode) -> Self {
        assert_eq!(self.exit, exit, "\n{self}");
        self
    }

    /// The run's report, which was asked for with `--format json`.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

/// The run as one text, for snapshots.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit: {}", self.exit.number())?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "\n--- {name}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        Ok(())
    }
}

pub(crate) fn split_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    assert!(quote.is_none(), "unclosed quote in {line}");
    words.extend(word);
    words
}

/// The path of data that lies beside the repository, if it is there.
///
/// Its use is written down in the file that `SHELFLIFE_SHARED_LOG` names.
pub(crate) fn shared(relative: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(relative);
    if !path.exists() {
        return None;
    }
    if let Some(log) = std::env::var_os("SHELFLIFE_SHARED_LOG") {
        let mut log = fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        writeln!(log, "{relative}").unwrap();
    }
    Some(path)
}

/// Whether a test that needs other programs fails if they are missing, instead of passing unseen.
pub(crate) fn must_run_everything() -> bool {
    std::env::var_os("SHELFLIFE_SYSTEM").is_some_and(|value| value == "1")
}

#[test]
fn data_that_is_not_there_is_no_path() {
    assert_eq!(shared("no such folder/no such file"), None);
}

#[test]
fn a_library_has_a_clock_of_its_own() {
    let library = TestLibrary::new();
    library.advance_days(2);
    assert_eq!(library.now().to_string(), "2026-03-04T09:00:00.000Z");
    library.set_now("2027-01-01T00:00:00Z");
    let run = library.run_with_input("man --format json", b"").expect(ExitCode::Success);
    assert_eq!(run.json()["now"], "2027-01-01T00:00:00.000Z");
}

#[test]
fn quotes_group_words_of_a_test_command() {
    assert_eq!(split_words("a 'b c' --d=\"e f\" ''"), ["a", "b c", "--d=e f", ""]);
}

/// How often a test that tries random things tries them: more in the full run, which asks for more
/// cases of everything.
pub(crate) fn cases<T>(fair: T, full: T) -> T {
    if std::env::var_os("PROPTEST_CASES").is_some() { full } else { fair }
}

/// So many of a list or a few more, spread over all of it; other ones in each run.
pub(crate) fn spread<T>(list: &[T], few: usize) -> impl Iterator<Item = &T> {
    let stride = list.len().div_ceil(few.max(1)).max(1);
    let random = usize::from(uuid::Uuid::new_v4().as_bytes()[0]);
    list.iter().skip(random % stride).step_by(stride)
}

/// What the clock of the real program says.
pub(crate) fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap())
}

/// Says why a test cannot run here. With `SHELFLIFE_SYSTEM=1`, where everything is to be there,
/// that is a failure.
#[track_caller]
pub(crate) fn skip<T>(why: &str) -> Option<T> {
    let all_here = std::env::var("SHELFLIFE_SYSTEM").is_ok_and(|value| value == "1");
    assert!(!all_here, "this test must run here: {why}");
    None
}
