//! Secrets that are followed through everything that the program says and writes.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

use super::site::{Site, said};
use super::tour;
use crate::crash::say;
use crate::disks::has;
use crate::support::{skip, split_words};

/// What stands in variables that are none of the program's business.
const VARIABLE: &str = "CANARY-in-the-environment";

/// Commands that fail, each in a way of its own.
const FAILURES: &[&str] = &[
    "bake",
    "list --no-such-option",
    "show no-such-asset",
    "approve mug.png",
    "list --config no-such-file",
    "list --catalog no-such-file",
    "check no-such-file",
    "check notes.csv --format sarif",
    "import wxr notes.csv",
    "pause --reason drill",
    "clean --apply",
];

/// Commands that are given the secret key, rightly and wrongly.
const WITH_KEY: &[&str] = &[
    "audit checkpoint --key key -v",
    "audit checkpoint --key key --format json",
    "audit checkpoint --key broken",
    "audit checkpoint --key short",
    "audit checkpoint --key open",
    "audit checkpoint --new-key key",
    "audit verify --checkpoint note --key key",
    "audit verify --checkpoint key --key public",
    "audit verify --checkpoint key",
    "describe mug.png --from-csv key",
    "import csv key",
    "list --from key",
    "references read key",
    "check key",
    "list --config key",
    "list --catalog key",
    "scan --catalog key",
];

struct Watch<'s> {
    site: &'s Site,
    secrets: Vec<String>,
    codes: BTreeSet<i32>,
    commands: usize,
    looked_at: usize,
    bytes: usize,
}

impl<'s> Watch<'s> {
    fn new(site: &'s Site) -> Self {
        let secrets = vec![VARIABLE.to_owned()];
        Self { site, secrets, codes: BTreeSet::new(), commands: 0, looked_at: 0, bytes: 0 }
    }

    fn look(&mut self, bytes: &[u8], place: &str) {
        for secret in &self.secrets {
            let found = memchr::memmem::find(bytes, secret.as_bytes());
            assert_eq!(found, None, "`{secret}` is in {place}");
        }
        self.looked_at += 1;
        self.bytes += bytes.len();
    }

    fn run(&mut self, line: &str) -> Output {
        self.run_as(self.site.program(), line)
    }

    /// Runs a command and looks at its own words, its arguments and what it says.
    fn run_as(&mut self, mut program: Command, line: &str) -> Output {
        for name in ["AWS_SECRET_ACCESS_KEY", "SHELFLIFE_TOKEN", "DATABASE_URL", "LS_COLORS"] {
            program.env(name, VARIABLE);
        }
        program.args(split_words(line)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = program.spawn().unwrap();
        let arguments = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap_or_default();
        let output = child.wait_with_output().unwrap();
        self.look(&arguments, &format!("the arguments of {line}"));
        self.look(&output.stdout, &format!("standard output of {line}"));
        self.look(&output.stderr, &format!("standard error of {line}"));
        self.look_at_files(line);
        self.codes.extend(output.status.code());
        self.commands += 1;
        output
    }

    /// A run that panics, because the system lets it begin no thread.
    fn run_into_panic(&mut self) {
        if !has("strace") {
            skip::<()>("there is no strace");
            return;
        }
        let inject = "inject=clone,clone3:error=EAGAIN";
        let mut strace = self.site.around(&["strace", "-f", "-o", "/dev/null", "-e", inject]);
        strace.env("RUST_BACKTRACE", "full");
        let output = self.run_as(strace, "validate -v");
        assert_eq!(output.status.code(), Some(70), "{}", said(&output));
        assert!(said(&output).contains("panicked at"), "{}", said(&output));
    }

    /// Looks into every file but those that the secrets were put in.
    fn look_at_files(&mut self, line: &str) {
        let own = ["key", "broken", "short", "open"];
        for entry in walkdir::WalkDir::new(self.site.path(".")) {
            let entry = entry.unwrap();
            let is_own = own.iter().any(|name| entry.file_name() == *name);
            if entry.file_type().is_file() && !is_own {
                let bytes = fs::read(entry.path()).unwrap();
                self.look(&bytes, &format!("{} after {line}", entry.path().display()));
            }
        }
    }
}

/// Beside the secret key: one that is broken, one that is too short and one that others may read.
fn lay_out_keys(site: &Site, (key, tail): (&str, &str)) {
    let private = |name: &str, text: &str| {
        fs::write(site.path(name), text).unwrap();
        fs::set_permissions(site.path(name), Permissions::from_mode(0o600)).unwrap();
    };
    private("broken", &key.replace(tail, &tail.chars().rev().collect::<String>()));
    private("short", &key[..key.len() - 10]);
    private("open", key);
    fs::set_permissions(site.path("open"), Permissions::from_mode(0o644)).unwrap();
    let note = site.run("audit checkpoint --key key");
    fs::write(site.path("note"), &note.stdout).unwrap();
}

#[test]
fn no_secret_is_told_or_written_anywhere() {
    let site = tour::site();
    let mut watch = Watch::new(&site);
    let mut key = String::new();
    tour::go(&site, |code, line| {
        let output = watch.run(&format!("{line} -v"));
        assert_eq!(output.status.code(), Some(code), "{line}: {}", said(&output));
        if line.ends_with("--new-key key") {
            key = fs::read_to_string(site.path("key")).unwrap();
            let secret = key.trim_end().splitn(5, '+').last().unwrap();
            assert!(secret.len() > 40, "{secret}");
            let (head, tail) = secret.split_at(20);
            watch.secrets.extend([head.to_owned(), tail.to_owned()]);
            watch.look(&[&output.stdout[..], &output.stderr].concat(), line);
            fs::write(site.path("public"), &output.stdout).unwrap();
        }
    });
    lay_out_keys(&site, (&key, &watch.secrets[2].clone()));
    for line in WITH_KEY.iter().chain(FAILURES) {
        watch.run(line);
    }
    watch.run_into_panic();
    assert!(watch.codes.len() > 6, "too few ways to end: {:?}", watch.codes);
    say(&format!(
        "hardening: {} commands, each there is among them and one that panics, {} streams and \
         files with {} bytes looked at, 0 of {} secrets seen",
        watch.commands,
        watch.looked_at,
        watch.bytes,
        watch.secrets.len()
    ));
}
