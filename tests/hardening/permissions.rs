//! Who else may read and write what the program makes and uses.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use shelflife::commands::Class;

use super::site::{Site, said};
use super::tour;
use crate::crash::say;
use crate::disks::has;
use crate::support::here::needs_root;
use crate::support::{skip, split_words};

/// Commands of the tour that write no entry into the log, and why.
const WITHOUT_ENTRY: &[(&str, &str)] = &[
    ("audit checkpoint", "it makes a key, or signs"),
    ("backup", "it writes a copy of the catalog"),
    ("demo", "it has a catalog of its own"),
    ("man", "it writes pages"),
    ("recover", "nothing was left half done"),
    ("purge", "nothing is old enough until later"),
];

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Everything beneath the site that is not the library itself.
fn made(site: &Site) -> BTreeSet<PathBuf> {
    let entries = walkdir::WalkDir::new(site.path(".")).min_depth(1).into_iter();
    let entries = entries.filter_entry(|entry| {
        let name = entry.file_name();
        name != "uploads" && name != "site" && name != "drafts"
    });
    entries.map(|entry| entry.unwrap().into_path()).collect()
}

/// Runs a command that may give everything to everybody, with other programs around it.
fn unmasked(site: &Site, around: &str, line: &str) -> Output {
    let mut shell = Command::new("bash");
    shell.env_clear().current_dir(site.path("."));
    shell.env("SHELFLIFE_CONFIG", site.path("shelflife.toml"));
    shell.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    shell.args(["-c", &format!("umask 000; exec {around} \"$0\" \"$@\"")]);
    shell.arg(env!("CARGO_BIN_EXE_shelflife")).args(split_words(line)).output().unwrap()
}

/// Makes sure that what was made is its user's alone. Tells how many files and folders that are.
fn check_modes(site: &Site, foreign: &BTreeSet<PathBuf>, line: &str) -> usize {
    let original = site.path("uploads/garden.png").symlink_metadata().unwrap();
    let of_library = original.mode() & 0o7777;
    let mut looked_at = 0;
    for path in made(site).difference(foreign) {
        let metadata = path.symlink_metadata().unwrap();
        // A file of the library keeps its mode: in a folder that is closed, or in one that was given.
        let [out, quarantine] = ["out", "state/quarantine"].map(|folder| site.path(folder));
        let is_stored = path.extension().is_some_and(|extension| extension == "bin");
        let wanted = match metadata.is_dir() {
            true => 0o700,
            false if path.starts_with(out) => of_library,
            false if path.starts_with(quarantine) && is_stored => of_library,
            false => 0o600,
        };
        assert_eq!(metadata.mode() & 0o7777, wanted, "{} after {line}", path.display());
        looked_at += 1;
    }
    looked_at
}

fn entries(site: &Site) -> i64 {
    let catalog = rusqlite::Connection::open(site.path("state/catalog.db")).unwrap();
    catalog.query_row("SELECT count(*) FROM audit", [], |row| row.get(0)).unwrap()
}

#[test]
fn whatever_the_umask_everything_it_makes_is_its_users_alone() {
    let site = tour::site();
    let foreign = made(&site);
    let (mut looked_at, mut known) = (0, 0);
    let mut commands = tour::go(&site, |code, line| {
        let output = unmasked(&site, "", line);
        assert_eq!(output.status.code(), Some(code), "{line}: {}", said(&output));
        looked_at += check_modes(&site, &foreign, line);
        let row = tour::row_of(line).unwrap();
        let is_quiet = WITHOUT_ENTRY.iter().any(|(name, _)| *name == row.name);
        let now = entries(&site);
        let is_told = row.class != Class::Read && !is_quiet;
        assert_eq!(now > known, is_told, "{line} wrote {} entries: {}", now - known, said(&output));
        known = now;
    });
    if has("faketime") {
        for (offset, line) in tour::LATER {
            let output = unmasked(&site, &format!("faketime -f {offset}"), line);
            assert_eq!(output.status.code(), Some(0), "{line}: {}", said(&output));
            looked_at += check_modes(&site, &foreign, line);
        }
        commands += tour::LATER.len();
        assert!(said(&site.run("history poster.png")).contains("purge"));
    } else {
        skip::<()>("there is no faketime");
    }
    assert!(made(&site).len() > foreign.len() + 15, "{:?}", made(&site));
    say(&format!(
        "hardening: {looked_at} modes after {commands} commands with umask 000, all private"
    ));
}

/// A layout that lets somebody else in: what is done to it, what is tried, and how that ends.
struct Layout {
    about: &'static str,
    spoil: fn(&Site),
    line: &'static str,
    code: i32,
    /// It takes root to make it.
    by_root: bool,
}

const NOBODY: Option<u32> = Some(65_534);

const LAYOUTS: &[Layout] = &[
    Layout {
        about: "a configuration that anybody may write",
        spoil: |site| set_mode(&site.path("shelflife.toml"), 0o602),
        line: "list",
        code: 78,
        by_root: false,
    },
    Layout {
        about: "a configuration of somebody else",
        spoil: |site| chown(site.path("shelflife.toml"), NOBODY, None).unwrap(),
        line: "list",
        code: 78,
        by_root: true,
    },
    Layout {
        about: "a state folder that the group may write",
        spoil: |site| set_mode(&site.path("state"), 0o770),
        line: "scan",
        code: 77,
        by_root: false,
    },
    Layout {
        about: "a state folder of somebody else",
        spoil: |site| chown(site.path("state"), NOBODY, None).unwrap(),
        line: "reject mug.png --reason x",
        code: 77,
        by_root: true,
    },
    Layout {
        about: "a catalog that anybody may write",
        spoil: |site| set_mode(&site.path("state/catalog.db"), 0o606),
        line: "clean --apply",
        code: 77,
        by_root: false,
    },
    Layout {
        about: "a catalog of somebody else",
        spoil: |site| chown(site.path("state/catalog.db"), NOBODY, None).unwrap(),
        line: "scan",
        code: 77,
        by_root: true,
    },
    Layout {
        about: "a catalog that is a link",
        spoil: |site| {
            fs::rename(site.path("state/catalog.db"), site.path("theirs.db")).unwrap();
            symlink(site.path("theirs.db"), site.path("state/catalog.db")).unwrap();
        },
        line: "scan",
        code: 74,
        by_root: false,
    },
    Layout {
        about: "a quarantine that is a link",
        spoil: |site| {
            fs::rename(site.path("state/quarantine"), site.path("theirs")).unwrap();
            symlink(site.path("theirs"), site.path("state/quarantine")).unwrap();
        },
        line: "clean --apply",
        code: 77,
        by_root: false,
    },
    Layout {
        about: "a quarantine that others may look into",
        spoil: |site| set_mode(&site.path("state/quarantine"), 0o755),
        line: "clean --apply",
        code: 77,
        by_root: false,
    },
    Layout {
        about: "a quarantine of somebody else",
        spoil: |site| chown(site.path("state/quarantine"), NOBODY, None).unwrap(),
        line: "restore old.png",
        code: 77,
        by_root: true,
    },
    Layout {
        about: "a quarantine that is served",
        spoil: |site| {
            let config = fs::read_to_string(site.path("shelflife.toml")).unwrap();
            let served = config.replace("/state/quarantine", "/uploads/quarantine");
            fs::write(site.path("shelflife.toml"), served).unwrap();
        },
        line: "clean --apply",
        code: 78,
        by_root: false,
    },
    Layout {
        about: "a catalog that is served",
        spoil: |site| {
            let config = fs::read_to_string(site.path("shelflife.toml")).unwrap();
            let served = config.replace("/state/catalog.db", "/uploads/catalog.db");
            fs::write(site.path("shelflife.toml"), served).unwrap();
        },
        line: "scan",
        code: 78,
        by_root: false,
    },
    Layout {
        about: "a secret key that the group may read",
        spoil: |site| {
            assert!(site.run("audit checkpoint --new-key key").status.success());
            set_mode(&site.path("key"), 0o640);
        },
        line: "audit checkpoint --key key",
        code: 77,
        by_root: false,
    },
];

/// An account that is nobody else's.
const SOMEBODY: u32 = 65_533;

/// Runs a command as the one to whom the site belongs; `None` if it may not run the program.
fn run_as_somebody(site: &Site, line: &str) -> Option<(i32, String)> {
    let (user, group) = (format!("--reuid={SOMEBODY}"), format!("--regid={SOMEBODY}"));
    let mut somebody = site.around(&["setpriv", &user, &group, "--clear-groups"]);
    let output = somebody.args(split_words(line)).output().unwrap();
    let code = output.status.code().unwrap();
    if matches!(code, 126 | 127) {
        return skip("nobody else may run the program where it is");
    }
    Some((code, said(&output)))
}

#[test]
fn a_catalog_that_may_not_be_written_is_named_and_so_is_what_lies_beside_it() {
    if !rustix::process::geteuid().is_root() || !has("setpriv") {
        skip::<()>("nobody else can be played here");
        return;
    }
    for (name, mode, usual) in [
        ("state", 0o500, 0o700),
        ("state/catalog.db", 0o400, 0o600),
        ("state/catalog.db-shm", 0o400, 0o600),
    ] {
        let site = Site::new();
        let path = site.path(name);
        if !path.exists() {
            fs::write(&path, b"").unwrap();
        }
        let account = format!("{SOMEBODY}:{SOMEBODY}");
        let owned = Command::new("chown").arg("-R").arg(account).arg(site.path("")).status();
        assert!(owned.unwrap().success());
        set_mode(&path, mode);
        let beside = made(&site);
        for line in ["hold mug.png --reason x", "scan", "withdraw mug.png --reason x"] {
            let Some((code, said)) = run_as_somebody(&site, line) else { return };
            assert_eq!(code, 77, "{name}, {line}: {said}");
            let told = format!("`{}` may not be written to by this account", path.display());
            assert!(said.contains(&told) && said.contains("chmod u+w"), "{name}, {line}: {said}");
            assert_eq!(made(&site), beside, "{name}, {line} left something");
        }
        let Some((code, said)) = run_as_somebody(&site, "doctor") else { return };
        assert!(code == 1 && said.contains("may not be written to"), "{name}: {said}");
        set_mode(&path, usual);
        for name in ["catalog.db-wal", "catalog.db-shm"] {
            let beside = site.path("state").join(name);
            if beside.exists() {
                set_mode(&beside, 0o600);
            }
        }
        let Some((code, said)) = run_as_somebody(&site, "hold mug.png --reason x") else { return };
        assert_eq!(code, 0, "{name}: {said}");
        let Some((_, said)) = run_as_somebody(&site, "doctor") else { return };
        assert!(said.contains("this account may write to the catalog"), "{name}: {said}");
    }
}

#[test]
fn a_layout_that_lets_others_in_is_refused_before_anything_changes() {
    let mut refused = 0;
    for layout in LAYOUTS.iter().filter(|layout| !layout.by_root || needs_root(layout.about)) {
        let site = Site::new();
        (layout.spoil)(&site);
        let before = site.files();
        let output = site.run(layout.line);
        assert_eq!(output.status.code(), Some(layout.code), "{}: {}", layout.about, said(&output));
        assert_eq!(site.files(), before, "{}", layout.about);
        refused += 1;
    }
    say(&format!("hardening: {refused} of {} unsafe layouts, all refused", LAYOUTS.len()));
}
