//! Commands of the class read: what they write, which is nothing, and where they can be run.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use shelflife::commands::{COMMANDS, Class};

use super::site::{Site, said};
use crate::crash::say;
use crate::disks::has;
use crate::support::here::needs_mounts;
use crate::support::{skip, split_words};

/// Every command of the class read, and plans of those that are not.
const READS: &[&str] = &[
    "audit log",
    "audit verify --replay --disk=full",
    "check notes.csv",
    "check uploads --format sarif",
    "completions bash",
    "context list",
    "context show campaign/spring",
    "doctor",
    "history mug.png",
    "leftovers",
    "license list",
    "license show studio",
    "list --format json",
    "list --unconfirmed",
    "plan list",
    "plan show 1",
    "policy check",
    "policy replay --against shelflife.toml",
    "references list",
    "reuse check garden.png --placement homepage",
    "reuse find garden",
    "rules",
    "rules SL201",
    "rules waivers",
    "show --under ''",
    "validate",
    "validate --format junit",
    "why mug.png",
    "clean",
    "sweep",
    "purge",
    "pause --show",
    "reject mug.png --reason x --dry-run",
    "restore old.png --dry-run",
    "withdraw garden.png --reason x --dry-run",
    "context change campaign/spring --note x",
    "import csv notes.csv --dry-run",
];

/// Calls that can change a file, if their arguments say so.
const CALLS: &str = "trace=open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat,\
    mkdir,mkdirat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,chown,fchown,fchownat,\
    lchown,utimensat,utime,utimes,truncate,ftruncate,fallocate,write,writev,pwrite64,pwritev,\
    sendfile,copy_file_range,mknod,mknodat,setxattr,fsetxattr,removexattr";

/// What SQLite keeps beside a catalog so that readers and writers see each other.
const BESIDE: [&str; 2] = ["state/catalog.db-wal", "state/catalog.db-shm"];

/// Whether a line of a trace tells of a change to a file other than those of [`BESIDE`].
fn is_change(line: &str) -> bool {
    let Some((_, call)) = line.split_once(' ') else { return false };
    let Some((name, arguments)) = call.trim_start().split_once('(') else { return false };
    let quoted = |suffix: &str| ["\"", ">"].map(|end| format!("{suffix}{end}"));
    if BESIDE.iter().flat_map(|file| quoted(file)).any(|file| arguments.contains(&file)) {
        return false;
    }
    let is_stream = ["1<", "2<"].iter().any(|stream| arguments.starts_with(stream));
    match name {
        "open" | "openat" | "openat2" => {
            let writes = ["O_CREAT", "O_WRONLY", "O_RDWR", "O_TRUNC", "O_TMPFILE"];
            let is_nothing = arguments.contains("\"/dev/null\"");
            writes.iter().any(|flag| arguments.contains(flag)) && !is_nothing
        }
        "write" | "writev" | "pwrite64" | "pwritev" | "sendfile" => {
            let inner = ["<pipe:", "<anon_inode:", "<socket:"];
            !is_stream && !inner.iter().any(|kind| arguments.contains(kind))
        }
        _ => !arguments.contains("resumed>"),
    }
}

/// Bytes, mode and times of everything in the site, without [`BESIDE`].
fn everything(site: &Site) -> BTreeMap<PathBuf, (u32, i64, i64, Vec<u8>)> {
    let own = |path: &Path| BESIDE.iter().any(|file| path.ends_with(file));
    let entries = walkdir::WalkDir::new(site.path(".")).into_iter().map(Result::unwrap);
    let entries = entries.filter(|entry| !own(entry.path()) && !entry.path().ends_with("trace"));
    entries
        .map(|entry| {
            let metadata = entry.metadata().unwrap();
            let is_file = metadata.is_file();
            let bytes = if is_file { fs::read(entry.path()).unwrap() } else { Vec::new() };
            // Files beside the catalog come and go: its folder says so.
            let changed = if is_file { metadata.mtime_nsec() } else { 0 };
            let seconds = if is_file { metadata.mtime() } else { 0 };
            (entry.into_path(), (metadata.mode(), seconds, changed, bytes))
        })
        .collect()
}

/// A site whose newest changes are in the log beside its catalog, as after a power cut.
fn with_log(site: &Site) {
    let reader = rusqlite::Connection::open(site.path("state/catalog.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM meta").unwrap();
    for line in ["release mug.png --reason 'legal is done'", "reject mug.png --reason 'off brand'"]
    {
        assert!(site.run(line).status.success(), "{line}");
    }
    let kept: Vec<_> = ["state/catalog.db", BESIDE[0]]
        .map(|name| (site.path(name), fs::read(site.path(name)).unwrap()))
        .into();
    assert!(kept[1].1.len() > 4_096);
    drop(reader);
    fs::remove_file(site.path(BESIDE[1])).unwrap_or_default();
    for (path, bytes) in kept {
        fs::write(&path, bytes).unwrap();
    }
}

#[test]
fn every_reading_command_is_tried() {
    let reads = COMMANDS.iter().filter(|row| row.class == Class::Read);
    for row in reads {
        let begins =
            |line: &&&str| **line == row.name || line.starts_with(&format!("{} ", row.name));
        assert!(READS.iter().any(|line| begins(&line)), "{}", row.name);
    }
}

#[test]
fn a_change_in_a_trace_is_seen() {
    for (line, expected) in [
        ("7 openat(AT_FDCWD</a>, \"b\", O_RDONLY|O_CLOEXEC) = 3</a/b>", false),
        ("7 openat(AT_FDCWD</a>, \"b\", O_RDWR|O_CREAT, 0600) = 3</a/b>", true),
        ("7 openat(AT_FDCWD</a>, \"/a/state/catalog.db-shm\", O_RDWR|O_CREAT, 0600) = 5", false),
        ("7 openat(AT_FDCWD</a>, \"/a/state/catalog.db\", O_RDWR) = 5", true),
        ("7 pwrite64(5</a/state/catalog.db-shm>, \"\\0\", 1, 32767) = 1", false),
        ("7 pwrite64(3</a/state/catalog.db>, \"\\0\", 1, 32767) = 1", true),
        ("7 write(1<pipe:[8]>, \"x\", 1) = 1", false),
        ("7 write(1</a/out>, \"x\", 1) = 1", false),
        ("7 write(11</a/out>, \"x\", 1) = 1", true),
        ("7 unlink(\"/a/b\") = 0", true),
        ("7 mkdir(\"/tmp/x\", 0700) = -1 EEXIST (File exists)", true),
        ("7 +++ exited with 0 +++", false),
    ] {
        assert_eq!(is_change(line), expected, "{line}");
    }
}

#[test]
fn a_reading_command_changes_no_file() {
    if !has("strace") {
        skip::<()>("there is no strace");
        return;
    }
    let site = Site::new();
    let mut traced = 0;
    for log in [false, true] {
        if log {
            with_log(&site);
        }
        let before = everything(&site);
        for line in READS {
            let trace = site.path("trace");
            let mut strace =
                site.around(&["strace", "-f", "-y", "-qq", "-e", CALLS, "-o", "trace"]);
            let output = strace.args(split_words(line)).output().unwrap();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{line}: {}", said(&output));
            let trace = fs::read_to_string(trace).unwrap();
            assert!(trace.contains("openat("), "{line} was not traced");
            let changes: Vec<_> = trace.lines().filter(|line| is_change(line)).collect();
            assert_eq!(changes, [""; 0], "{line}");
            assert!(everything(&site) == before, "{line} changed files");
            traced += 1;
        }
    }
    say(&format!("hardening: {traced} reading commands traced, 0 calls that change a file"));
}

/// Runs a command in a world where the site's folder cannot be written to.
fn run_read_only(site: &Site, temporary: &Path, line: &str) -> Output {
    let mount = "mount --bind \"$1\" \"$1\" && mount -o remount,bind,ro \"$1\" && cd \"$1\" \
         && shift && exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", mount, "sh"]).arg(site.path(""));
    command.arg(env!("CARGO_BIN_EXE_shelflife")).args(split_words(line));
    command.env_clear().env("SHELFLIFE_CONFIG", site.path("shelflife.toml"));
    command.env("TMPDIR", temporary).env("PATH", std::env::var_os("PATH").unwrap());
    command.output().unwrap()
}

#[test]
fn on_a_file_system_that_nobody_may_write_to_every_reading_command_works() {
    if !needs_mounts("commands on a read-only mount") {
        return;
    }
    let site = Site::new();
    let temporary = tempfile::tempdir().unwrap();
    let mut ran = 0;
    for log in [false, true] {
        if log {
            with_log(&site);
        }
        for name in BESIDE {
            if !log {
                fs::remove_file(site.path(name)).unwrap_or_default();
            }
        }
        let before = everything(&site);
        let mut told = Vec::new();
        for line in READS {
            let class = COMMANDS.iter().find(|row| {
                line.starts_with(row.name) && row.class == Class::Read && *line != "doctor"
            });
            // The same instant for both: what is told of it is the same.
            let line = class
                .map_or((*line).to_owned(), |_| format!("{line} --as-of 2030-01-01T00:00:00Z"));
            let output = run_read_only(&site, temporary.path(), &line);
            assert!(matches!(output.status.code(), Some(0 | 1)), "{line}: {}", said(&output));
            assert!(everything(&site) == before, "{line}");
            assert!(site.path(BESIDE[1]).symlink_metadata().is_err(), "{line} wrote");
            assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "{line} left a copy");
            told.push((class.is_some(), line, output));
            ran += 1;
        }
        for (same, line, there) in told {
            let here = site.run(&line);
            assert_eq!(here.status.code(), there.status.code(), "{line}: {}", said(&there));
            assert!(
                !same || here.stdout == there.stdout,
                "{line}: {}{}",
                said(&here),
                said(&there)
            );
        }
        let shown = said(&site.run("show mug.png"));
        assert_eq!(shown.contains("state: rejected"), log, "{shown}");
    }
    say(&format!("hardening: {ran} reading commands on a read-only mount, all told the same"));
}

#[test]
fn a_command_that_changes_something_says_that_it_cannot_where_nobody_may_write() {
    if !needs_mounts("commands on a read-only mount") {
        return;
    }
    let site = Site::new();
    let temporary = tempfile::tempdir().unwrap();
    let before = everything(&site);
    for line in ["scan", "clean --apply", "reject mug.png --reason x", "recover"] {
        let output = run_read_only(&site, temporary.path(), line);
        assert_eq!(output.status.code(), Some(74), "{line}: {}", said(&output));
        assert!(everything(&site) == before, "{line}");
    }
}
