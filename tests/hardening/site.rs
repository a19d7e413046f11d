//! A library with a history that the real program made, at the real time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use tempfile::TempDir;

use crate::support::moving::{Tree, tree};
use crate::support::pictures::png;
use crate::support::split_words;

/// A command that takes longer on such a small library hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// What happened before the test: one asset is approved, one a draft, one in quarantine, one on
/// hold, and two are rejected and still served.
pub(super) const STORY: &[&str] = &[
    "init --root uploads --catalog state/catalog.db",
    "scan",
    "context add campaign/spring --owner anna --note planned --ends-on +300d",
    "license add studio --holder Li --perpetual --worldwide --any-placement",
    "describe garden.png --title 'The garden' --alt 'A green garden behind a house' \
     --source-note 'Photograph by the studio' --rights-note 'Own work' --rights-reviewed-by li \
     --owner anna --placement homepage --campaign spring --license studio --review-on +90d",
    "approve garden.png",
    "rules waive SL401 mug.png --reason 'li starts in May' --until +2w",
    "flag mug.png --risk third-party-brand --note 'a mark on the handle'",
    "hold mug.png --reason 'legal looks at it'",
    "reject old.png --reason 'off brand'",
    "clean --apply",
    "reject tea-tin.png poster.png --reason 'off brand'",
    "import csv notes.csv",
    "clean --save",
];

const FILES: &[(&str, (u32, u32))] = &[
    ("garden.png", (50, 50)),
    ("garden-30x30.png", (30, 30)),
    ("mug.png", (40, 30)),
    ("old.png", (20, 20)),
    ("old-10x10.png", (10, 10)),
    ("poster.png", (32, 32)),
    ("tea-tin.png", (60, 40)),
    ("tea-tin-30x20.png", (30, 20)),
];

/// A folder with `uploads`, `state` and `shelflife.toml`.
pub(super) struct Site {
    folder: TempDir,
}

impl Site {
    pub(super) fn new() -> Self {
        Self::with(STORY)
    }

    /// A library in which nothing but these commands happened.
    pub(super) fn with(story: &[&str]) -> Self {
        let site = Self { folder: TempDir::with_prefix("shelflife-hard-").unwrap() };
        for (name, size) in FILES {
            site.write(format!("uploads/{name}"), &png(*size, name.as_bytes()));
        }
        site.write("notes.csv", b"path,title,owner\nmug.png,A mug,anna\n");
        for line in story {
            let output = site.run(line);
            let said = said(&output);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{line}: {said}");
            if line.starts_with("init") {
                site.allow_purging(30);
            }
        }
        site
    }

    pub(super) fn allow_purging(&self, after_days: u32) {
        let path = self.path("shelflife.toml");
        let config = fs::read_to_string(&path).unwrap();
        let days = format!("after_days = {after_days}");
        fs::write(&path, config.replace("# after_days = 90", &days)).unwrap();
    }

    /// Lets a run move as many files as it likes.
    pub(super) fn lift_caps(&self) {
        let path = self.path("shelflife.toml");
        let config = fs::read_to_string(&path).unwrap();
        let lifted = config.lines().map(|line| match line.split_once(" = ") {
            Some((key, _)) if key.starts_with("max_percent") => format!("{key} = 100"),
            Some((key, _)) if key.starts_with("max_items") || key == "second_person_above" => {
                format!("{key} = 100000")
            }
            _ => line.to_owned(),
        });
        fs::write(&path, lifted.collect::<Vec<_>>().join("\n")).unwrap();
    }

    pub(super) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Writes a file that is no longer being written.
    pub(super) fn write(&self, relative: impl AsRef<Path>, bytes: &[u8]) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        File::open(&path).unwrap().set_modified(long_ago).unwrap();
    }

    /// The program in the site's folder, with nothing of this machine's environment.
    pub(super) fn program(&self) -> Command {
        self.within(Command::new(env!("CARGO_BIN_EXE_shelflife")))
    }

    /// Another program that is to run ours, such as a tracer.
    pub(super) fn around(&self, words: &[&str]) -> Command {
        let mut command = self.within(Command::new(words[0]));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.args(&words[1..]).arg(env!("CARGO_BIN_EXE_shelflife"));
        command
    }

    fn within(&self, mut command: Command) -> Command {
        command.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("SHELFLIFE_CONFIG", self.path("shelflife.toml"));
        command
    }

    /// Runs a command as one would type it.
    pub(super) fn run(&self, line: &str) -> Output {
        self.program().args(split_words(line)).output().unwrap()
    }

    /// Runs a command that has to end by itself, in time, with an exit code and without a panic.
    #[track_caller]
    pub(super) fn survive(&self, line: &str, about: &str) -> (i32, String) {
        let began = Instant::now();
        let mut command = self.around(&["timeout", "-s", "KILL", "20"]);
        let output = command.args(split_words(line)).output().unwrap();
        let (took, said) = (began.elapsed(), said(&output));
        assert_eq!(output.status.signal(), None, "{about}, {line}: {said}");
        let code = output.status.code().unwrap();
        assert!(
            !matches!(code, 70 | 101 | 124 | 128..),
            "{about}, {line} ended with {code}: {said}"
        );
        assert!(!said.contains("panicked"), "{about}, {line}: {said}");
        assert!(took < PATIENCE, "{about}, {line} took {took:?}");
        (code, said)
    }

    /// Every file of the library and of the quarantine.
    pub(super) fn files(&self) -> Tree {
        let mut files = tree(&self.path("uploads"));
        files.extend(tree(&self.path("state/quarantine")));
        files
    }

    /// Puts back a copy of `uploads` and `state` that [`Self::keep`] made.
    pub(super) fn put_back(&self) {
        for part in ["uploads", "state"] {
            fs::remove_dir_all(self.path(part)).unwrap();
            self.copy(&format!("kept/{part}"), part);
        }
    }

    pub(super) fn keep(&self) {
        fs::create_dir(self.path("kept")).unwrap();
        for part in ["uploads", "state"] {
            self.copy(part, &format!("kept/{part}"));
        }
    }

    fn copy(&self, from: &str, to: &str) {
        let mut copy = Command::new("cp");
        let copied = copy.arg("-a").args([self.path(from), self.path(to)]).status();
        assert!(copied.unwrap().success(), "{from} to {to}");
    }
}

/// Both streams of a command that ended.
pub(super) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// The bytes of files, wherever they are.
pub(super) fn bytes_of(files: &Tree) -> Vec<&[u8]> {
    let mut bytes: Vec<_> = files.values().map(|(bytes, ..)| bytes.as_slice()).collect();
    bytes.sort_unstable();
    bytes
}

/// How often each exit code was seen, as one line.
#[derive(Debug, Default)]
pub(super) struct Codes(BTreeMap<i32, usize>);

impl Codes {
    pub(super) fn count(&mut self, ended: &[i32]) {
        for code in ended {
            *self.0.entry(*code).or_default() += 1;
        }
    }

    pub(super) fn told(&self) -> String {
        let told: Vec<_> = self.0.iter().map(|(code, times)| format!("{code}: {times}")).collect();
        told.join(", ")
    }
}
