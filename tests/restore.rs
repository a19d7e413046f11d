//! What `restore` brings back, and that it never overwrites anything.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use shelflife::domain::asset::{AssetId, Place};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::{Spoiled, cleaned, ended, tree, without_holds};
use crate::support::pictures::png;

const TIN: AssetId = AssetId(2);

#[test]
fn bytes_modes_and_times_come_back_and_the_asset_is_held() {
    let library = ended();
    let rendition = library.path("uploads/2026/03/tea-tin-15x10.png");
    fs::set_permissions(&rendition, fs::Permissions::from_mode(0o604)).unwrap();
    let long_ago = UNIX_EPOCH + Duration::new(1_234_567_890, 987_654_321);
    fs::File::open(&rendition).unwrap().set_modified(long_ago).unwrap();
    let before = tree(&library.path("uploads"));
    library.run("clean --apply").expect(ExitCode::Success);
    library.advance_days(3);

    insta::assert_snapshot!(library.tell("restore 2 --reason 'needed again'"), @"
    exit: 0
    restored  #2 2026/03/tea-tin.png  quarantined (was rejected) → rejected
        needed again
        3 files
        held until 2026-03-08T09:00:00.000Z
    1 changed, 3 files
    ");
    assert_eq!(tree(&library.path("uploads")), before);
    assert_eq!(fs::read_dir(library.path("state/quarantine/v1")).unwrap().count(), 0);
    insta::assert_snapshot!(library.tell("clean --apply"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: held: restored from quarantine
    1 kept
    ");
    library.advance_days(3);
    library.run("clean --apply").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 1, "the hold is over");
}

#[test]
fn the_catalog_knows_the_files_that_came_back_so_that_a_scan_reads_none() {
    let library = cleaned();
    library.run("restore 2").expect(ExitCode::Success);
    let report = library.run("scan --format json").expect(ExitCode::Success).json();
    assert_eq!(report["summary"]["figures"]["files read"].as_u64().unwrap_or(0), 0);
    let files = library.scanned_catalog().files_of(TIN).unwrap();
    assert!(files.iter().all(|(_, file)| file.place == Place::Library));
}

#[test]
fn a_dry_run_tells_the_same_and_changes_nothing() {
    let library = cleaned();
    let before = (tree(&library.path(".")), library.audit_entries().len());
    insta::assert_snapshot!(library.tell("restore 2 1 --dry-run"), @"
    exit: 1
    refused  restore #1 2026/03/garden.png: cannot restore an asset that is draft (allowed: approve, reject, withdraw)
    would restore  #2 2026/03/tea-tin.png  quarantined (was rejected) → rejected
        3 files
        held until 2026-03-05T09:00:00.000Z
    1 changed, 1 refused, 3 files
    dry run: nothing was changed
    ");
    assert_eq!((tree(&library.path(".")), library.audit_entries().len()), before);
    library.write("uploads/2026/03/tea-tin-30x20.png", b"mine");
    let run = library.run("restore 2 --dry-run").expect(ExitCode::No);
    assert!(run.stdout.contains("there is something at `2026/03/tea-tin-30x20.png`"), "{run}");
}

#[test]
fn automation_brings_nothing_back() {
    let library = cleaned();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let run = library.run("restore 2").expect(ExitCode::No);
    assert!(run.stdout.contains("refused  restore #2"), "{run}");
    assert_eq!(tree(&library.path("uploads")).len(), 1);
}

/// Restores the tea tin, which must not work and must not change anything.
#[track_caller]
fn refused(library: &TestLibrary, exit: ExitCode) -> String {
    let before = (tree(&library.path(".")), folders(&library.path("uploads")));
    let run = library.run("restore 2").expect(exit);
    assert_eq!((tree(&library.path(".")), folders(&library.path("uploads"))), before);
    let catalog = library.scanned_catalog();
    assert!(catalog.open_operations().unwrap().is_empty());
    let files = catalog.files_of(TIN).unwrap();
    assert!(files.iter().all(|(_, file)| file.place == Place::Quarantine));
    format!("{}{}", run.stdout, run.stderr)
}

fn folders(top: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(top).sort_by_file_name().into_iter().map(Result::unwrap);
    entries.filter(|entry| entry.file_type().is_dir()).map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn nothing_that_is_at_a_path_is_overwritten_or_followed() {
    let put: [&dyn Fn(&Path); 6] = [
        &|path| fs::write(path, b"somebody's").unwrap(),
        &|path| fs::write(path, b"").unwrap(),
        &|path| symlink("garden.png", path).unwrap(),
        &|path| symlink("/nowhere/at/all", path).unwrap(),
        &|path| fs::create_dir(path).unwrap(),
        &|path| rustix::fs::mkfifoat(rustix::fs::CWD, path, 0o644.into()).unwrap(),
    ];
    for put in put {
        for name in ["tea-tin.png", "tea-tin-15x10.png", "tea-tin-30x20.png"] {
            let library = cleaned();
            let path = library.path("uploads/2026/03").join(name);
            put(&path);
            let said = refused(&library, ExitCode::No);
            assert!(
                said.contains(&format!("there is something at `2026/03/{name}` already")),
                "{said}"
            );
            if path.is_dir() {
                fs::remove_dir(&path).unwrap();
            } else {
                fs::remove_file(&path).unwrap();
            }
            library.run("restore 2").expect(ExitCode::Success);
        }
    }
}

#[test]
fn folders_that_are_gone_are_made_like_the_ones_above_them() {
    let library = cleaned();
    fs::remove_file(library.path("uploads/2026/03/garden.png")).unwrap();
    fs::remove_dir(library.path("uploads/2026/03")).unwrap();
    fs::set_permissions(library.path("uploads/2026"), fs::Permissions::from_mode(0o775)).unwrap();
    library.run("restore 2").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 3);
    let made = fs::metadata(library.path("uploads/2026/03")).unwrap();
    assert_eq!(made.permissions().mode() & 0o777, 0o775);
}

#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    for target in ["../../outside", "04", "/tmp"] {
        let library = cleaned();
        fs::create_dir_all(library.path("outside")).unwrap();
        fs::create_dir_all(library.path("uploads/2026/04")).unwrap();
        fs::remove_file(library.path("uploads/2026/03/garden.png")).unwrap();
        fs::remove_dir(library.path("uploads/2026/03")).unwrap();
        symlink(target, library.path("uploads/2026/03")).unwrap();
        let said = refused(&library, ExitCode::Partial);
        assert!(said.contains("leads through a link or out of its root"), "{said}");
    }
}

#[test]
fn damage_in_quarantine_is_told_and_nothing_moves() {
    let spoil: [Spoiled<'_>; 4] = [
        (
            &|store| {
                let path = store.join("0002.bin");
                let mut bytes = fs::read(&path).unwrap();
                bytes[40] ^= 1;
                fs::write(&path, bytes).unwrap();
            },
            "0002.bin of `2026/03/tea-tin-15x10.png` has other bytes",
        ),
        (&|store| fs::remove_file(store.join("0003.bin")).unwrap(), "0003.bin of"),
        (
            &|store| {
                fs::remove_file(store.join("0001.bin")).unwrap();
                symlink("0002.bin", store.join("0001.bin")).unwrap();
            },
            "0001.bin of `2026/03/tea-tin.png` has other bytes",
        ),
        (
            &|store| {
                fs::rename(store, store.parent().unwrap().parent().unwrap().join("x")).unwrap();
            },
            "is gone",
        ),
    ];
    for (spoil, words) in spoil {
        let library = cleaned();
        let mut stores = fs::read_dir(library.path("state/quarantine/v1")).unwrap();
        spoil(&stores.next().unwrap().unwrap().path());
        let said = refused(&library, ExitCode::Integrity);
        assert!(said.contains("quarantine is damaged") && said.contains(words), "{said}");
    }
}

#[test]
fn a_path_that_belongs_to_another_asset_by_now_is_left_to_it() {
    let library = cleaned();
    let newcomer = library.write("uploads/2026/03/tea-tin.png", png((9, 9), b"new"));
    library.run("scan").expect(ExitCode::Success);
    refused(&library, ExitCode::No);
    fs::remove_file(newcomer).unwrap();
    library.run("hold 3 --reason 'whose is it'").expect(ExitCode::Success);
    let said = refused(&library, ExitCode::No);
    assert!(
        said.contains("`2026/03/tea-tin.png` of asset #2 belongs to asset #3 by now"),
        "{said}"
    );
}

#[test]
fn what_nobody_decided_about_and_is_gone_keeps_nothing_from_coming_back() {
    for name in ["tea-tin.png", "tea-tin-15x10.png"] {
        let library = cleaned();
        let before = tree(&library.path("state/quarantine")).len();
        let newcomer = library.write(format!("uploads/2026/03/{name}"), png((9, 9), b"new"));
        library.run("scan").expect(ExitCode::Success);
        library.asset(3);
        fs::remove_file(newcomer).unwrap();
        library.run("scan").expect(ExitCode::Success);
        library.run("restore 2 --reason 'still needed'").expect(ExitCode::Success);
        assert_eq!(tree(&library.path("uploads")).len(), before + 1, "{name}");
        assert!(library.scanned_catalog().asset(AssetId(3)).unwrap().is_none());
        let scan = library.run("scan").expect(ExitCode::Success);
        assert!(!scan.stdout.contains("added"), "{scan}");
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
}

#[test]
fn one_asset_that_cannot_come_back_does_not_stop_the_others() {
    let library = TestLibrary::scanned(&["a/one.png", "b/two.png", "c/three.png"]);
    library.run("reject 1 2 3 --reason 'off brand'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.write("uploads/b/two.png", b"mine");
    library.run("restore --state quarantined").expect(ExitCode::No);
    let there: Vec<_> = tree(&library.path("uploads")).into_keys().collect();
    assert_eq!(there, ["a/one.png", "b/two.png", "c/three.png"].map(PathBuf::from));
    assert_eq!(fs::read(library.path("uploads/b/two.png")).unwrap(), b"mine");
}

/// Runs `attack` over and over on another thread while `work` goes on here.
fn under_attack(attack: impl Fn() + Send + 'static, work: impl FnOnce()) {
    let over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&over);
    let attacker = std::thread::spawn(move || {
        let mut rounds = 0_u64;
        while !seen.load(Ordering::Relaxed) {
            attack();
            rounds += 1;
        }
        rounds
    });
    work();
    over.store(true, Ordering::Relaxed);
    assert!(attacker.join().unwrap() > 100, "the attack took place");
}

/// Moves the tea tin there and back a number of times, whatever comes of it, then settles.
fn to_and_fro(library: &TestLibrary, rounds: usize) {
    for _ in 0..rounds {
        for command in ["clean --apply", "restore 2"] {
            let words: Vec<_> = command.split(' ').map(OsString::from).collect();
            let (mut out, mut complaints) = (Vec::new(), Vec::new());
            library.run_into(&words, &mut &b""[..], &mut out, &mut complaints);
        }
    }
}

#[test]
fn a_folder_swapped_for_a_link_all_the_time_leads_nowhere_outside() {
    let library = ended();
    without_holds(&library);
    let outside = library.path("outside");
    fs::create_dir(&outside).unwrap();
    let original = fs::read(library.path("uploads/2026/03/tea-tin.png")).unwrap();
    fs::write(outside.join("tea-tin.png"), &original).unwrap();
    fs::write(outside.join("tea-tin-30x20.png"), b"secret").unwrap();
    symlink(&outside, library.path("uploads/2026/trap")).unwrap();
    let before = tree(&outside);
    let top = rustix::fs::open(
        library.path("uploads/2026"),
        rustix::fs::OFlags::DIRECTORY,
        rustix::fs::Mode::empty(),
    )
    .unwrap();
    let swap = move || {
        let exchange = rustix::fs::RenameFlags::EXCHANGE;
        rustix::fs::renameat_with(&top, "03", &top, "trap", exchange).unwrap();
    };
    under_attack(swap, || to_and_fro(&library, 40));
    assert_eq!(tree(&outside), before);

    if library.path("uploads/2026/03").is_symlink() {
        fs::rename(library.path("uploads/2026/trap"), library.path("uploads/2026/folder")).unwrap();
        fs::remove_file(library.path("uploads/2026/03")).unwrap();
        fs::rename(library.path("uploads/2026/folder"), library.path("uploads/2026/03")).unwrap();
    }
    library.run("recover").expect(ExitCode::Success);
    to_and_fro(&library, 1);
    let found = tree(&library.path("uploads/2026/03"));
    assert_eq!(found.len(), 4, "{:?}", found.keys());
    assert!(found.values().any(|(bytes, ..)| *bytes == original));
}

#[test]
fn a_file_put_at_the_path_all_the_time_is_never_replaced() {
    let library = cleaned();
    without_holds(&library);
    let path = library.path("uploads/2026/03/tea-tin.png");
    let put = {
        let path = path.clone();
        move || {
            let mine = fs::File::options().write(true).create_new(true).open(&path);
            if let Ok(mut mine) = mine {
                use std::io::Write as _;
                mine.write_all(b"mine").unwrap();
                std::thread::yield_now();
                assert_eq!(fs::read(&path).unwrap(), b"mine");
                fs::remove_file(&path).unwrap();
            }
        }
    };
    let (mut restored, mut kept_out) = (0, 0);
    under_attack(put, || {
        for _ in 0..60 {
            let run = library.run("restore 2");
            match run.exit {
                ExitCode::Success => restored += 1,
                ExitCode::No => kept_out += 1,
                _ => panic!("{run}"),
            }
            library.run("clean --apply");
        }
    });
    assert!(kept_out > 0, "{restored} restored, {kept_out} kept out");
    library.run("clean --apply");
    library.run("restore 2").expect(ExitCode::Success);
    assert_ne!(fs::read(&path).unwrap(), b"mine");
}

#[test]
fn the_files_are_found_again_even_if_the_clock_went_back_in_between() {
    let library = ended();
    without_holds(&library);
    let before = tree(&library.path("uploads"));
    for (day, plan) in [("2026-03-09", 1), ("2026-03-05", 2), ("2026-03-07", 3)] {
        library.set_now(&format!("{day}T09:00:00Z"));
        library.run("clean --save").expect(ExitCode::Success);
        library.run(&format!("plan approve {plan}")).expect(ExitCode::Success);
        library.run(&format!("clean --apply --plan {plan}")).expect(ExitCode::Success);
        assert_eq!(tree(&library.path("uploads")).len(), 1);
        library.run("restore 2").expect(ExitCode::Success);
        assert_eq!(tree(&library.path("uploads")), before);
    }
    library.audit_entries();
}

#[test]
fn a_run_that_there_is_not_is_a_mistake_of_the_call_and_one_that_moved_nothing_is_none() {
    let library = cleaned();
    for line in ["restore --run ZZ", "restore --run ZZ --dry-run"] {
        let run = library.run(line).expect(ExitCode::Usage);
        assert!(run.stderr.contains("there is no run `ZZ`"), "{run}");
        assert!(run.stderr.contains("audit log --kind quarantine.done"), "{run}");
    }
    let runs = |kind: &str| {
        let entries = library.audit_entries().into_iter().filter(|entry| entry.kind == kind);
        entries.map(|entry| entry.run).collect::<Vec<_>>()
    };
    let rejected = &runs("asset.reject")[0];
    let run = library.run(&format!("restore --run {rejected}")).expect(ExitCode::Success);
    assert!(run.stdout.contains("Nothing that run"), "{run}");
    let cleaned = &runs("quarantine.done")[0];
    let told = library.run("audit log --kind quarantine.done --last 20").expect(ExitCode::Success);
    assert!(told.stdout.contains(cleaned), "{told}");
    library.run(&format!("restore --run {cleaned}")).expect(ExitCode::Success);
}

#[test]
fn a_link_in_place_of_a_file_is_told_with_what_to_do() {
    let library = ended();
    let path = library.path("uploads/2026/03/tea-tin.png");
    fs::rename(&path, library.path("elsewhere.png")).unwrap();
    symlink(library.path("elsewhere.png"), &path).unwrap();
    for line in ["clean --apply", "withdraw 2 --reason unsafe"] {
        let run = library.run(line);
        assert!(run.stdout.contains("a symbolic link, not a regular file"), "{run}");
        assert!(run.stdout.contains("put the file itself in its place"), "{run}");
    }
}
