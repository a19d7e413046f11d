//! Secrets that are followed through everything that the program says and writes.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Output, Stdio};

use super::site::Site;
use crate::crash::say;
use crate::support::split_words;

/// What stands in variables that are none of the program's business.
const VARIABLE: &str = "CANARY-in-the-environment";

/// Commands that end in every kind of way.
const LINES: &[&str] = &[
    "list -v",
    "doctor -v",
    "show --under ''",
    "validate --format sarif",
    "audit log",
    "audit verify --replay --disk=full",
    "history mug.png",
    "plan show 1",
    "check notes.csv --format json",
    "scan --full -v",
    "sweep --save",
    "clean --apply -v",
    "restore tea-tin.png",
    "pause --reason drill",
    "clean --apply",
    "resume --reason 'the drill is over'",
    "backup snapshot.db",
    "demo",
    "man",
    "completions bash",
    "bake",
    "list --no-such-option",
    "show no-such-asset",
    "approve mug.png",
    "list --config no-such-file",
    "list --catalog no-such-file",
    "check no-such-file",
    "import wxr notes.csv",
    "recover",
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
    looked_at: usize,
    bytes: usize,
}

impl Watch<'_> {
    fn look(&mut self, bytes: &[u8], place: &str) {
        for secret in &self.secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "`{secret}` is in {place}");
        }
        self.looked_at += 1;
        self.bytes += bytes.len();
    }

    /// Runs a command and looks at its own words, its arguments and what it says.
    fn run(&mut self, line: &str) -> Output {
        let mut program = self.site.program();
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
        output
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

#[test]
fn no_secret_is_told_or_written_anywhere() {
    let site = Site::new();
    let made = site.run("audit checkpoint --new-key key");
    fs::write(site.path("public"), &made.stdout).unwrap();
    let key = fs::read_to_string(site.path("key")).unwrap();
    let secret = key.trim_end().splitn(5, '+').last().unwrap();
    assert!(secret.len() > 40, "{secret}");
    let (head, tail) = secret.split_at(20);
    let private = |name: &str, text: &str| {
        fs::write(site.path(name), text).unwrap();
        fs::set_permissions(site.path(name), Permissions::from_mode(0o600)).unwrap();
    };
    private("broken", &key.replace(tail, &tail.chars().rev().collect::<String>()));
    private("short", &key[..key.len() - 10]);
    private("open", &key);
    fs::set_permissions(site.path("open"), Permissions::from_mode(0o644)).unwrap();
    let note = site.run("audit checkpoint --key key");
    fs::write(site.path("note"), &note.stdout).unwrap();

    let secrets = vec![VARIABLE.to_owned(), head.to_owned(), tail.to_owned()];
    let mut watch = Watch { site: &site, secrets, looked_at: 0, bytes: 0 };
    let mut codes = std::collections::BTreeSet::new();
    for line in LINES.iter().chain(WITH_KEY) {
        codes.extend(watch.run(line).status.code());
        watch.look_at_files(line);
    }
    assert!(codes.len() > 5, "too few ways to end: {codes:?}");
    say(&format!(
        "hardening: {} commands, {} streams and files with {} bytes looked at, 0 of {} secrets seen",
        LINES.len() + WITH_KEY.len(),
        watch.looked_at,
        watch.bytes,
        watch.secrets.len()
    ));
}
