//! From one schema to the next, whatever happens on the way.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use rusqlite::Connection;

use super::site::{Site, said};
use super::some;
use crate::crash::say;
use crate::disks::has;
use crate::support::frozen::{frozen_catalogs, thaw};
use crate::support::{cases, skip, split_words};

const UPGRADE: &str = "release 1 --reason 'legal is done'";

/// A library whose catalog has an older schema, which a configuration leads to.
fn older(schema: i64) -> Site {
    let site = Site::with(&["init --root uploads --catalog state/catalog.db"]);
    let frozen = frozen_catalogs();
    thaw(&frozen[usize::try_from(schema - 1).unwrap()], &site.path("state/catalog.db"));
    site
}

fn newest() -> i64 {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/migrations");
    i64::try_from(fs::read_dir(migrations).unwrap().count()).unwrap()
}

fn schema_of(catalog: &Path) -> i64 {
    let catalog = Connection::open(catalog).unwrap();
    let found: String = catalog.pragma_query_value(None, "quick_check", |row| row.get(0)).unwrap();
    assert_eq!(found, "ok");
    catalog.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// The copies of older schemas beside the catalog.
fn copies(site: &Site) -> Vec<PathBuf> {
    let state = fs::read_dir(site.path("state")).unwrap();
    let paths = state.map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.filter(|path| name(path).starts_with("catalog.db.schema-")).collect()
}

fn rows(catalog: &Path, table: &str) -> i64 {
    let asked = format!("SELECT count(*) FROM {table}");
    Connection::open(catalog).unwrap().query_row(&asked, [], |row| row.get(0)).unwrap()
}

#[test]
fn an_older_catalog_is_copied_before_it_is_changed_and_the_copy_is_whole() {
    for schema in 1..newest() {
        let site = older(schema);
        let catalog = site.path("state/catalog.db");
        let entries = rows(&catalog, "audit");
        assert_eq!(site.run("list").status.code(), Some(78), "schema {schema} is only read");
        assert_eq!((schema_of(&catalog), copies(&site).len()), (schema, 0));
        let output = site.run(UPGRADE);
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert_eq!(schema_of(&catalog), newest());
        let [copy] = &copies(&site)[..] else { panic!("{:?}", copies(&site)) };
        assert!(copy.ends_with(format!("catalog.db.schema-{schema}")), "{copy:?}");
        assert!(said(&output).contains(copy.to_str().unwrap()), "{}", said(&output));
        assert_eq!((schema_of(copy), rows(copy, "audit")), (schema, entries));
        assert_eq!(fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
        // The copy is a way back: put in its place, it is brought up to date again.
        fs::rename(copy, &catalog).unwrap();
        assert_eq!(site.run(UPGRADE).status.code(), Some(0));
        assert_eq!(site.run("audit verify --replay").status.code(), Some(0));
    }
}

#[test]
fn an_upgrade_that_dies_at_any_call_leaves_the_old_schema_or_the_new_one() {
    if !has("strace") {
        skip::<()>("there is no strace");
        return;
    }
    let schema = newest() - 1;
    let traced = ["openat", "pwrite64", "fdatasync", "fsync", "ftruncate", "renameat2", "unlink"];
    let template = older(schema);
    let log = template.path("trace");
    let list = format!("trace={}", traced.join(","));
    let strace = ["strace", "-f", "-qq", "-e", "signal=none", "-e", &list, "-o"];
    let words: Vec<_> = strace.into_iter().chain([log.to_str().unwrap()]).collect();
    assert!(template.around(&words).args(split_words(UPGRADE)).output().unwrap().status.success());
    let trace = fs::read_to_string(&log).unwrap();
    let moments = traced.iter().flat_map(|call| {
        let count = trace.lines().filter(|line| line.contains(&format!(" {call}("))).count();
        (1..=count).map(move |number| (*call, number))
    });
    let moments: Vec<_> = moments.collect();
    let (mut died, mut old, mut new) = (0, 0, 0);
    for (call, number) in some(&moments, 12) {
        let site = older(schema);
        let catalog = site.path("state/catalog.db");
        let entries = rows(&catalog, "audit");
        let inject = format!("inject={call}:signal=KILL:when={number}");
        let words: Vec<_> = strace.into_iter().chain(["/dev/null", "-e", &inject]).collect();
        let status = site.around(&words).args(split_words(UPGRADE)).output().unwrap().status;
        died += i64::from(!status.success());
        match schema_of(&catalog) {
            found if found == schema => old += 1,
            found if found == newest() => new += 1,
            found => panic!("{call} {number}: schema {found}"),
        }
        for copy in copies(&site) {
            assert_eq!((schema_of(&copy), rows(&copy, "audit")), (schema, entries), "{copy:?}");
        }
        assert!(schema_of(&catalog) == schema || !copies(&site).is_empty(), "{call} {number}");
        let output = site.run(UPGRADE);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{call} {number}: {}", said(&output));
        assert_eq!(schema_of(&catalog), newest());
        let verified = site.run("audit verify --replay");
        assert_eq!(verified.status.code(), Some(0), "{call} {number}: {}", said(&verified));
    }
    assert!(died * 10 > (old + new) * 9, "{died} died");
    say(&format!(
        "hardening: an upgrade died at {died} of {} moments; {old} times the old schema was left, \
         {new} times the new one, and every copy was whole",
        moments.len()
    ));
}

#[test]
fn several_that_upgrade_at_once_do_it_once() {
    for _ in 0..cases(3, 30) {
        let site = older(1);
        let start = |number: i64| {
            let line = format!("hold {} --reason 'at once'", 1 + number % 2);
            let mut program = site.program();
            program.args(split_words(&line)).stdout(Stdio::null()).stderr(Stdio::piped());
            program.spawn().unwrap()
        };
        let all: Vec<_> = (0..4).map(start).collect();
        for one in all {
            let output = one.wait_with_output().unwrap();
            assert!(matches!(output.status.code(), Some(0 | 1 | 6)), "{}", said(&output));
        }
        assert_eq!(schema_of(&site.path("state/catalog.db")), newest());
        let [copy] = &copies(&site)[..] else { panic!("{:?}", copies(&site)) };
        assert_eq!(schema_of(copy), 1);
        assert_eq!(site.run("audit verify --replay").status.code(), Some(0));
    }
}

#[test]
fn a_damaged_older_catalog_is_not_upgraded() {
    let site = older(2);
    let catalog = site.path("state/catalog.db");
    let mut bytes = fs::read(&catalog).unwrap();
    let middle = bytes.len() / 2 / 4_096 * 4_096;
    bytes[middle..middle + 4_096].fill(0xa5);
    fs::write(&catalog, &bytes).unwrap();
    let output = site.run(UPGRADE);
    assert_eq!(output.status.code(), Some(65), "{}", said(&output));
    assert_eq!(copies(&site).len(), 0);
    assert!(fs::read(&catalog).unwrap() == bytes, "it was written to");
}

#[test]
fn a_newer_catalog_is_left_alone_by_every_command() {
    let site = Site::new();
    let catalog = site.path("state/catalog.db");
    let newer = newest() + 1;
    Connection::open(&catalog).unwrap().pragma_update(None, "user_version", newer).unwrap();
    let before = (fs::read(&catalog).unwrap(), site.files());
    for line in ["list", "scan", "clean --apply", "recover", "audit verify", "validate", UPGRADE] {
        let output = site.run(line);
        assert_eq!(output.status.code(), Some(78), "{line}: {}", said(&output));
    }
    assert!((fs::read(&catalog).unwrap(), site.files()) == before);
    assert_eq!(copies(&site).len(), 0);
}
