//! What `clean` moves, and what it leaves alone.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use shelflife::exit::ExitCode;
use shelflife::files::{Locking, RunLock};

use crate::support::moving::{Spoiled, Tree, cleaned, ended, tree};
use crate::support::{TestLibrary, must_run_everything};

#[test]
fn a_plan_says_what_would_move_and_how_to_undo_it() {
    let library = ended();
    let before = tree(&library.path("."));
    insta::assert_snapshot!(library.tell("clean"), @"
    exit: 0
    would quarantine  #2 2026/03/tea-tin.png  rejected → quarantined (was rejected)
        rejected
        3 files, 370 bytes
        undo with `shelflife restore 2`
    1 changed, 370 bytes, 3 files
    dry run: nothing was changed; add --apply
    ");
    assert_eq!(tree(&library.path(".")), before);
}

#[test]
fn every_file_of_an_ended_asset_goes_and_nothing_else() {
    let library = ended();
    let before = tree(&library.path("uploads"));
    insta::assert_snapshot!(library.tell("clean --apply"), @"
    exit: 0
    quarantined  #2 2026/03/tea-tin.png  rejected → quarantined (was rejected)
        rejected
        3 files, 370 bytes
        undo with `shelflife restore 2`
    1 changed, 370 bytes, 3 files
    ");

    let after = tree(&library.path("uploads"));
    assert_eq!(after.keys().collect::<Vec<_>>(), [Path::new("2026/03/garden.png")]);
    let stored: Tree = before.into_iter().filter(|(path, _)| !after.contains_key(path)).collect();
    let store = only_store(&library);
    let kept = tree(&store);
    let bytes = |tree: &Tree| {
        let mut files: Vec<_> = tree.values().cloned().collect();
        files.sort();
        files
    };
    assert_eq!(bytes(&kept), bytes(&stored), "bytes, modes and times are as they were");
    let run = library.run("list --state quarantined --format json").expect(ExitCode::Success);
    assert_eq!(run.json()["items"].as_array().unwrap().len(), 1);
    let kinds: Vec<_> = library.audit_entries().into_iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds[kinds.len() - 4..],
        ["run.begin", "quarantine.intent", "quarantine.done", "run.end"]
    );
}

/// The folder of the only operation in quarantine.
fn only_store(library: &TestLibrary) -> PathBuf {
    let mut stores = fs::read_dir(library.path("state/quarantine/v1")).unwrap();
    let store = stores.next().unwrap().unwrap().path();
    assert!(stores.next().is_none());
    store
}

#[test]
fn quarantine_is_private_and_says_what_is_in_it() {
    let library = cleaned();
    let store = only_store(&library);
    for folder in [store.parent().unwrap(), &store] {
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
    let mut names: Vec<_> =
        fs::read_dir(&store).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["0001.bin", "0002.bin", "0003.bin", "manifest.json"]);

    let manifest = fs::read(store.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["operation"], store.file_name().unwrap().to_str().unwrap());
    assert_eq!(manifest["catalog"], library.scanned_catalog().uuid().unwrap());
    assert_eq!(manifest["actor"], "olga at desk");
    assert_eq!(manifest["asset"]["state"], "rejected");
    let files = manifest["files"].as_array().unwrap();
    let paths: Vec<_> = files.iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        ["2026/03/tea-tin.png", "2026/03/tea-tin-15x10.png", "2026/03/tea-tin-30x20.png"]
    );
    for file in files {
        let bin = store.join(file["name"].as_str().unwrap());
        let metadata = fs::metadata(&bin).unwrap();
        assert_eq!(file["bytes"], metadata.len());
        assert_eq!(file["mode"], format!("{:04o}", metadata.mode() & 0o7777));
        assert_eq!((&file["uid"], &file["gid"]), (&metadata.uid().into(), &metadata.gid().into()));
        let modified = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
        assert_eq!(file["modified_ns"], modified);
        assert_eq!(file["root"], "uploads");
    }
}

#[test]
fn what_has_not_ended_is_left_and_a_named_asset_is_told_why() {
    let library = ended();
    insta::assert_snapshot!(library.tell("clean 2026/03/garden.png --apply"), @"
    exit: 0
    kept  #1 2026/03/garden.png: it is draft, and only what has ended is moved
    1 kept
    ");
}

#[test]
fn an_end_that_nobody_recorded_is_left_to_a_sweep() {
    let library = TestLibrary::scanned(&["tea-tin.png"]);
    library.add_context("campaign/spring", None);
    let full = crate::support::scanned::FULL;
    library.run(&format!("describe 1 {full}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.advance_days(365);
    insta::assert_snapshot!(library.tell("clean --apply"), @"
    exit: 0
    kept  #1 tea-tin.png: its end is not recorded yet: run sweep first
    1 kept
    ");
}

#[test]
fn a_second_clean_finds_nothing_to_do() {
    let library = cleaned();
    let entries = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("clean --apply"), @"
    exit: 0
    nothing to report
    ");
    assert_eq!(library.audit_entries().len(), entries);
}

/// [`refused`], after making sure that the plan says the same and ends with the same code.
#[track_caller]
pub(crate) fn foreseen(library: &TestLibrary, exit: ExitCode, words: &str) {
    let plan = library.run("clean").expect(exit);
    assert!(plan.to_string().contains(words), "{words}\n{plan}");
    let said = refused(library, exit);
    assert!(said.contains(words), "{words}\n{said}");
}

/// Runs `clean --apply`, which must not move anything, and tells what it said.
#[track_caller]
pub(crate) fn refused(library: &TestLibrary, exit: ExitCode) -> String {
    let before = (tree(&library.path("uploads")), tree(&library.path("state/quarantine")));
    let run = library.run("clean --apply").expect(exit);
    let after = (tree(&library.path("uploads")), tree(&library.path("state/quarantine")));
    assert_eq!(after, before);
    assert!(library.scanned_catalog().open_operations().unwrap().is_empty());
    format!("{}{}", run.stdout, run.stderr)
}

#[test]
fn caps_are_kept_and_told_in_words() {
    for (cap, words) in
        [("max_items = 0", "1 assets, the cap is 0"), ("max_bytes = 100", "bytes, the cap is 100")]
    {
        let library = ended();
        let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
        let config: String =
            config
                .lines()
                .filter(|line| !line.starts_with(cap.split(' ').next().unwrap()))
                .map(|line| {
                    if line == "[clean]" { format!("{line}\n{cap}\n") } else { format!("{line}\n") }
                })
                .collect();
        library.write_config(&config);
        let said = refused(&library, ExitCode::Guard);
        assert!(said.contains(words), "{said}");
        let run = library.run("clean").expect(ExitCode::Guard);
        assert!(run.stdout.contains("would quarantine"), "the plan is still shown\n{run}");
    }
}

#[test]
fn too_large_a_part_of_the_library_is_not_moved() {
    let paths: Vec<_> = (0..25).map(|number| format!("picture-{number}.png")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::scanned(&paths);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    let said = refused(&library, ExitCode::Guard);
    assert!(said.contains("25 of 25 assets, the cap is 10 percent (or 20 assets)"), "{said}");
}

#[test]
fn a_root_that_may_be_another_disk_stops_everything() {
    let gone = |library: &TestLibrary| fs::remove_file(marker(library)).unwrap();
    let other = |library: &TestLibrary| fs::write(marker(library), "another\n").unwrap();
    let unmounted = |library: &TestLibrary| {
        fs::rename(library.path("uploads"), library.path("elsewhere")).unwrap();
        fs::create_dir(library.path("uploads")).unwrap();
    };
    let missing = |library: &TestLibrary| {
        fs::rename(library.path("uploads"), library.path("elsewhere")).unwrap();
    };
    let moved = |library: &TestLibrary| {
        let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
        catalog.execute("UPDATE root SET device = device + 1", []).unwrap();
    };
    let spoil: [Spoiled<'_, TestLibrary>; 5] = [
        (&gone, "its marker .shelflife-root is gone"),
        (&other, "it is marked as part of catalog another"),
        (&unmounted, "its marker .shelflife-root is gone"),
        (&missing, "it is not there"),
        (&moved, "it is on another device than at the last scan"),
    ];
    for (spoil, words) in spoil {
        let library = ended();
        spoil(&library);
        foreseen(&library, ExitCode::Guard, words);
    }
}

fn marker(library: &TestLibrary) -> PathBuf {
    library.path("uploads/.shelflife-root")
}

#[test]
fn a_quarantine_that_others_can_enter_is_not_used() {
    let library = ended();
    let quarantine = library.path("state/quarantine");
    fs::set_permissions(&quarantine, fs::Permissions::from_mode(0o755)).unwrap();
    let run = library.run("clean --apply").expect(ExitCode::Permission);
    assert!(run.stderr.contains("is not safe: it is open to other users"), "{run}");

    fs::set_permissions(&quarantine, fs::Permissions::from_mode(0o700)).unwrap();
    fs::rename(&quarantine, library.path("moved")).unwrap();
    symlink(library.path("moved"), &quarantine).unwrap();
    let run = library.run("clean --apply").expect(ExitCode::Permission);
    assert!(run.stderr.contains("is not safe: it is a link"), "{run}");
}

#[test]
fn a_file_that_is_not_what_was_catalogued_keeps_its_whole_asset_in_place() {
    let rendition = "uploads/2026/03/tea-tin-30x20.png";
    let changed = |path: &Path| {
        let mut bytes = fs::read(path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(path, bytes).unwrap();
    };
    let longer = |path: &Path| fs::write(path, b"another").unwrap();
    let vanished = |path: &Path| fs::remove_file(path).unwrap();
    let linked = |path: &Path| {
        fs::rename(path, path.with_file_name("real.png")).unwrap();
        symlink("real.png", path).unwrap();
    };
    let piped = |path: &Path| {
        fs::remove_file(path).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, path, 0o644.into()).unwrap();
    };
    let two_names = |path: &Path| fs::hard_link(path, path.with_file_name("again.png")).unwrap();
    let folder = |path: &Path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    };
    let spoil: [Spoiled<'_>; 7] = [
        (&changed, "`2026/03/tea-tin-30x20.png` has other bytes than the catalog says"),
        (&longer, "`2026/03/tea-tin-30x20.png` has other bytes than the catalog says"),
        (&vanished, "`2026/03/tea-tin-30x20.png` is not there any more"),
        (&linked, "is a symbolic link, not a regular file"),
        (&piped, "is a named pipe, not a regular file"),
        (&two_names, "has 2 names, and under another one it would stay in reach"),
        (&folder, "is a folder, not a regular file"),
    ];
    for (spoil, words) in spoil {
        let library = ended();
        spoil(&library.path(rendition));
        foreseen(&library, ExitCode::Partial, words);
    }
}

#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    let library = ended();
    fs::rename(library.path("uploads/2026/03"), library.path("elsewhere")).unwrap();
    symlink(library.path("elsewhere"), library.path("uploads/2026/03")).unwrap();
    let before = tree(&library.path("elsewhere"));
    foreseen(&library, ExitCode::Partial, "leads through a link or out of its root");
    assert_eq!(tree(&library.path("elsewhere")), before);
}

#[test]
fn one_asset_that_cannot_be_moved_does_not_stop_the_others() {
    let library = TestLibrary::scanned(&["a/one.png", "b/two.png", "c/three.png"]);
    library.run("reject 1 2 3 --reason 'off brand'").expect(ExitCode::Success);
    let locked = library.path("uploads/b");
    if !make_unchangeable(&locked, true) {
        assert!(!must_run_everything(), "no folder can be locked here");
        return;
    }
    let run = library.run("clean --apply");
    make_unchangeable(&locked, false);
    let run = run.expect(ExitCode::Partial);
    assert!(run.stdout.contains("failed  #2 b/two.png: cannot rename file"), "{run}");
    let left: Vec<_> = tree(&library.path("uploads")).into_keys().collect();
    assert_eq!(left, [Path::new("b/two.png")]);
    library.run("recover").expect(ExitCode::Success);
    let run = library.run("clean --apply").expect(ExitCode::Success);
    assert!(run.stdout.contains("quarantined  #2 b/two.png"), "{run}");
}

/// Makes that nothing in the folder can be renamed, or takes it back; root needs more than a mode.
fn make_unchangeable(folder: &Path, locked: bool) -> bool {
    if rustix::process::getuid().is_root() {
        let flag = if locked { "+i" } else { "-i" };
        return Command::new("chattr").arg(flag).arg(folder).status().is_ok_and(|s| s.success());
    }
    let mode = if locked { 0o555 } else { 0o755 };
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).is_ok()
}

#[test]
fn a_second_run_is_told_who_is_at_work() {
    let library = ended();
    let lock = library.path("state/run.lock");
    let Locking::Taken(held) = RunLock::take(&lock, "process 7 of mia: clean").unwrap() else {
        panic!("the lock is taken")
    };
    for command in ["clean --apply", "restore 1", "recover", "scan"] {
        let run = library.run(command).expect(ExitCode::Busy);
        assert!(run.stderr.contains("another run is at work: process 7 of mia: clean"), "{run}");
    }
    library.run("clean").expect(ExitCode::Success);
    library.run("list").expect(ExitCode::Success);
    drop(held);
    library.run("clean --apply").expect(ExitCode::Success);
}

#[test]
fn a_signal_stops_a_clean_before_the_next_asset() {
    let library = ended();
    library.interrupted.store(2, std::sync::atomic::Ordering::Relaxed);
    let said = refused(&library, ExitCode::Interrupted);
    assert!(said.contains("stopped by a signal"), "{said}");
}

#[test]
fn a_folder_that_the_catalog_does_not_know_is_listed_and_stays() {
    let library = cleaned();
    let store = only_store(&library);
    let other = store.with_file_name("0198aaaabbbbccccddddeeeeffff0000");
    fs::create_dir(&other).unwrap();
    for entry in fs::read_dir(&store).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, other.join(path.file_name().unwrap())).unwrap();
    }
    let run = library.run("recover --format json").expect(ExitCode::No).json();
    let orphan = &run["items"][0]["fields"];
    assert_eq!(orphan["folder"], "0198aaaabbbbccccddddeeeeffff0000");
    assert_eq!(orphan["asset"], 2);
    assert_eq!(orphan["paths"].as_array().unwrap().len(), 3);
    assert!(other.join("0001.bin").exists());
    library.run("clean --apply").expect(ExitCode::Success);
    fs::remove_file(other.join("manifest.json")).unwrap();
    let run = library.run("recover --format json").expect(ExitCode::No).json();
    assert_eq!(run["items"][0]["fields"]["asset"], Value::Null);
}
