//! Some of the files cannot be moved: all others are, and nothing is doubled.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::site::{Site, bytes_of, said};
use crate::crash::say;
use crate::disks::has;
use crate::support::here::{needs_root, not_run};
use crate::support::moving::tree;
use crate::support::pictures::png;
use crate::support::{skip, split_words};

const ASSETS: usize = 50;
/// Somebody who is not root.
const NOBODY: u32 = 65_534;

fn folder_of(number: usize) -> String {
    format!("uploads/many/{:02}", number / 5)
}

/// A site with fifty rejected assets of two files each, five to a folder.
fn site() -> Site {
    let site = Site::with(&["init --root uploads --catalog state/catalog.db"]);
    for number in 0..ASSETS {
        for (suffix, size) in [("", (20, 20)), ("-10x10", (10, 10))] {
            let name = format!("{}/asset-{number}{suffix}.png", folder_of(number));
            site.write(&name, &png(size, name.as_bytes()));
        }
    }
    site.lift_caps();
    for line in ["scan", "reject --under many/ --reason unwanted"] {
        let output = site.run(line);
        assert!(output.status.success(), "{line}: {}", said(&output));
    }
    site
}

fn served(site: &Site) -> BTreeSet<usize> {
    let here = |number: &usize| {
        site.path(folder_of(*number)).join(format!("asset-{number}.png")).symlink_metadata().is_ok()
    };
    (0..ASSETS).filter(here).collect()
}

/// Cleans while the assets named are stuck; then makes sure that these and no others stayed whole,
/// and that every file is there once.
fn clean_around(site: &Site, stuck: &BTreeSet<usize>, about: &str) {
    let before = site.files();
    let (code, said) = site.survive("clean --apply", about);
    assert_eq!(code, 3, "{about}: {said}");
    assert_eq!(&served(site), stuck, "{about}: {said}");
    for number in stuck {
        let files = tree(&site.path(folder_of(*number)));
        let own = format!("asset-{number}");
        let whole = files.keys().filter(|path| {
            let name = path.to_str().unwrap();
            name == format!("{own}.png") || name == format!("{own}-10x10.png")
        });
        assert_eq!(whole.count(), 2, "{about}: {own} was torn apart");
    }
    assert_eq!(bytes_of(&site.files()), bytes_of(&before), "{about}: lost or doubled");
}

#[test]
fn files_that_cannot_be_changed_keep_their_assets_and_no_others() {
    if !needs_root("assets with files that cannot be changed") {
        return;
    }
    if !has("chattr") {
        skip::<()>("there is no chattr");
        return;
    }
    let site = site();
    let stuck: BTreeSet<_> = (0..ASSETS).step_by(10).collect();
    // Of a third of them it is the second file that is stuck: the first one has to come back.
    let file = |number: &usize| {
        let suffix = if number.is_multiple_of(3) { "-10x10" } else { "" };
        site.path(folder_of(*number)).join(format!("asset-{number}{suffix}.png"))
    };
    let change = |flag: &str| {
        stuck.iter().all(|number| {
            Command::new("chattr").arg(flag).arg(file(number)).status().unwrap().success()
        })
    };
    if !change("+i") {
        not_run("assets with files that cannot be changed", "this file system has none");
        return;
    }
    clean_around(&site, &stuck, "chattr +i");
    assert!(change("-i"));
    assert_eq!(site.survive("clean --apply", "again").0, 0);
    assert_eq!(served(&site).len(), 0);
    say(&format!(
        "hardening: {} of {ASSETS} assets were stuck, all others were moved",
        stuck.len()
    ));
}

/// What one run as somebody who is not root does in a site that was given to them.
fn run_as_nobody(site: &Site, line: &str) -> Output {
    let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
    let mut nobody = Command::new("setpriv");
    nobody.args([&user, &group, "--clear-groups"]).arg(site.path(PROGRAM)).args(split_words(line));
    nobody.env_clear().current_dir(site.path(""));
    nobody.env("SHELFLIFE_CONFIG", site.path("shelflife.toml")).output().unwrap()
}

/// A copy of the program in the site, for whoever may not go where the program lies.
const PROGRAM: &str = "program";

fn give_to_nobody(site: &Site) -> Option<()> {
    if !needs_root("assets in folders of somebody who is not root") {
        return None;
    }
    if !has("setpriv") {
        return skip("there is no setpriv");
    }
    // By another process: a child of another test may have what this one writes open, and then it is
    // busy.
    let copied =
        Command::new("cp").arg(env!("CARGO_BIN_EXE_shelflife")).arg(site.path(PROGRAM)).status();
    assert!(copied.unwrap().success());
    let owned = Command::new("chown").arg("-R").arg(NOBODY.to_string()).arg(site.path("")).status();
    assert!(owned.unwrap().success());
    Some(())
}

#[test]
fn folders_that_somebody_may_not_write_to_keep_their_assets_and_no_others() {
    let site = site();
    let Some(()) = give_to_nobody(&site) else { return };
    let closed: BTreeSet<_> = (0..ASSETS).filter(|number| number / 5 % 4 == 1).collect();
    for number in &closed {
        let folder = site.path(folder_of(*number));
        fs::set_permissions(folder, Permissions::from_mode(0o555)).unwrap();
    }
    let before = site.files();
    let output = run_as_nobody(&site, "clean --apply");
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert_eq!(served(&site), closed, "{}", said(&output));
    assert_eq!(bytes_of(&site.files()), bytes_of(&before), "lost or doubled");
    say(&format!(
        "hardening: {} of {ASSETS} assets in closed folders, all others were moved",
        closed.len()
    ));
}

#[test]
fn what_a_scan_may_not_look_at_stays_as_the_catalog_has_it_and_what_is_gone_is_missing() {
    let site = site();
    let Some(()) = give_to_nobody(&site) else { return };
    let mode = |path: &str, mode: u32| {
        fs::set_permissions(site.path(path), Permissions::from_mode(mode)).unwrap();
    };
    // More than a tenth of the library; and a folder whose name goes on where that of a closed one ends.
    fs::rename(site.path("uploads/many/02"), site.path("uploads/many/01-b")).unwrap();
    let first = run_as_nobody(&site, "scan");
    assert_eq!(first.status.code(), Some(0), "{}", said(&first));
    fs::remove_file(site.path("uploads/many/01-b/asset-10-10x10.png")).unwrap();
    let closed = [
        ("uploads/many/01", 0o000, "cannot list folder"),
        ("uploads/many/03", 0o444, "cannot look at"),
        ("uploads/many/04", 0o311, "cannot list folder"),
        ("uploads/many/05/asset-25.png", 0o000, "cannot open"),
    ];
    for (path, closed, _) in closed {
        mode(path, closed);
    }
    let scan = |line: &str, code: i32| {
        let output = run_as_nobody(&site, line);
        assert_eq!(output.status.code(), Some(code), "{line}: {}", said(&output));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    for (line, missing) in [
        ("scan --format json", json!(1)),
        ("scan --full --format json", Value::Null),
        ("scan --format json", Value::Null),
    ] {
        let report = scan(line, 3);
        let figures = &report["summary"]["figures"];
        assert_eq!((&figures["files missing"], &figures["files not seen"]), (&missing, &json!(30)));
        for (path, _, says) in closed {
            let is_told = report["items"].as_array().unwrap().iter().any(|item| {
                let (what, why) = (item["what"].to_string(), item["why"].to_string());
                what.contains(path) && why.contains(says) && why.contains("Permission denied")
            });
            assert!(is_told, "{path}: {report}");
        }
    }
    for (path, _, _) in closed {
        mode(path, 0o755);
    }
    assert!(scan("scan --format json", 0)["summary"]["figures"]["files missing"].is_null());
}

#[test]
fn what_nobody_may_look_at_hides_no_other_difference() {
    let site = site();
    let closed = ["uploads/many/01", "uploads/many/05/asset-25.png"].map(|path| site.path(path));
    let removed = site.survive("clean --apply", "to have some in quarantine").0;
    assert_eq!(removed, 0);
    assert_eq!(site.survive("restore --under many/", "all but what is taken out again").0, 0);
    assert_eq!(site.survive("withdraw --under many/02/ --reason unsafe", "some are away").0, 0);
    let Some(()) = give_to_nobody(&site) else { return };
    fs::remove_file(site.path("uploads/many/09/asset-49.png")).unwrap();
    let stored = site.path("state/quarantine/v1");
    let mut stored: Vec<_> =
        fs::read_dir(stored).unwrap().map(|entry| entry.unwrap().path()).collect();
    stored.sort();
    fs::remove_file(stored.last().unwrap().join("0001.bin")).unwrap();
    let looked_at = |line: &str| {
        let shown = String::from_utf8(run_as_nobody(&site, line).stdout).unwrap();
        let line = shown.lines().find(|line| line.starts_with("Looked at ")).unwrap_or_default();
        let counts = line.split(' ').filter_map(|word| word.parse().ok());
        <[u64; 2]>::try_from(counts.collect::<Vec<_>>()).unwrap_or_else(|_| panic!("{shown}"))
    };
    let lines = ["audit verify --disk", "audit verify --disk=full"];
    let [before, read_before] = lines.map(looked_at);
    for path in closed.iter().chain(stored.first()) {
        fs::set_permissions(path, Permissions::from_mode(0o000)).unwrap();
    }
    for (line, unseen) in [
        ("leftovers", 1 + 10 + 3),
        ("audit verify --disk", 10 + 3),
        ("audit verify --disk=full", 10 + 1 + 3),
    ] {
        let output = run_as_nobody(&site, &format!("{line} --format json"));
        assert_eq!(output.status.code(), Some(65), "{line}: {}", said(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let items = report["items"].as_array().unwrap();
        let denied = items.iter().filter(|item| {
            item["why"].as_str().is_some_and(|why| why.contains("Permission denied"))
        });
        assert_eq!(denied.count(), unseen, "{line}: {report}");
        for missing in ["many/09/asset-49.png", "0001.bin"] {
            let is_told = items.iter().any(|item| {
                let item = item.to_string();
                item.contains(missing) && item.contains("is not there")
            });
            assert!(is_told, "{line}: {missing}: {report}");
        }
    }
    assert_eq!(
        lines.map(looked_at),
        [[before[0] - 10, before[1] - 2], [read_before[0] - 10 - 1, read_before[1] - 2]]
    );
}

#[test]
fn a_plan_ends_as_its_run_where_a_folder_may_not_be_written_to() {
    let site = site();
    let Some(()) = give_to_nobody(&site) else { return };
    let closed = site.path("uploads/many/01");
    fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
    for line in ["clean", "clean --apply"] {
        let output = run_as_nobody(&site, line);
        assert_eq!(output.status.code(), Some(3), "{line}: {}", said(&output));
        let told = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(told.contains("many/01/asset-5.png"), "{line}: {told}");
    }
    fs::set_permissions(&closed, Permissions::from_mode(0o755)).unwrap();
    assert_eq!(run_as_nobody(&site, "clean --apply").status.code(), Some(0));
    fs::set_permissions(&closed, Permissions::from_mode(0o555)).unwrap();
    for line in ["restore --under many/01 --dry-run", "restore --under many/01"] {
        let output = run_as_nobody(&site, line);
        assert_eq!(output.status.code(), Some(3), "{line}: {}", said(&output));
    }
}

#[test]
fn files_that_vanish_and_pipes_that_block_keep_nobody_else_from_being_moved() {
    let site = site();
    let gone: BTreeSet<_> = (0..ASSETS).step_by(10).collect();
    let pipes: BTreeSet<_> = (3..ASSETS).step_by(10).collect();
    let file = |number: &usize| site.path(folder_of(*number)).join(format!("asset-{number}.png"));
    for number in gone.iter().chain(&pipes) {
        fs::remove_file(file(number)).unwrap();
    }
    for number in &pipes {
        assert!(Command::new("mkfifo").arg(file(number)).status().unwrap().success());
    }
    let before = site.files();
    // A clean that fails on some is partial. Once a scan has seen that their files are missing they
    // are kept, which is no failure; what is wrong with them is a finding.
    for (line, expected) in [
        ("clean --apply", 3),
        ("scan", 0),
        ("clean --apply", 0),
        ("validate", 1),
        ("leftovers", 1),
        ("recover", 0),
    ] {
        let (code, said) = site.survive(line, "vanished");
        assert_eq!(code, expected, "{line}: {said}");
        assert_eq!(served(&site), pipes, "{line}: {said}");
        // What is left of an asset whose file is gone stays where it is.
        for number in gone.iter().chain(&pipes) {
            let rest = site.path(folder_of(*number)).join(format!("asset-{number}-10x10.png"));
            assert!(rest.exists(), "{line}: {number}");
        }
        assert_eq!(bytes_of(&site.files()), bytes_of(&before), "{line}: lost or doubled");
    }
    say(&format!(
        "hardening: {} files vanished and {} became pipes, all others were moved",
        gone.len(),
        pipes.len()
    ));
}
