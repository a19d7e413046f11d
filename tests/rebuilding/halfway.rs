//! Operations that were under way when the catalog was lost are told apart by what is on disk, and the
//! next recovery settles them.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use shelflife::exit::ExitCode;

use super::{lose, nothing_is_left, rebuild, state, store, stores, verify};
use crate::crash::say;
use crate::support::TestLibrary;
use crate::support::moving::{Tree, cleaned, ended, tree};

/// What is done to one file of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Was {
    Stored,
    /// Not moved yet, or moved back already.
    AtPath,
    /// Copied, and the source not removed yet; or copied back, and the copy not removed yet.
    Copied,
    /// A name of its own in both places.
    Linked,
    /// The copy was not whole.
    Torn,
    /// The source was set aside, and not removed yet.
    Aside,
    Gone,
    Damaged,
}

impl Was {
    const ALL: [Self; 8] = [
        Self::Stored,
        Self::AtPath,
        Self::Copied,
        Self::Linked,
        Self::Torn,
        Self::Aside,
        Self::Gone,
        Self::Damaged,
    ];

    /// Brings a file, which is stored, into that condition.
    fn arrange(self, stored: &Path, path: &Path, aside: &Path) {
        let copy = |to: &Path| {
            fs::copy(stored, to).unwrap();
            let modified = fs::metadata(stored).unwrap().modified().unwrap();
            File::open(to).unwrap().set_modified(modified).unwrap();
        };
        match self {
            Self::Stored => {}
            Self::AtPath => fs::rename(stored, path).unwrap(),
            Self::Copied => copy(path),
            Self::Linked => fs::hard_link(stored, path).unwrap(),
            Self::Torn => {
                fs::rename(stored, path).unwrap();
                fs::write(stored.with_extension("part"), b"to").unwrap();
            }
            Self::Aside => copy(aside),
            Self::Gone => fs::remove_file(stored).unwrap(),
            Self::Damaged => fs::write(stored, b"other bytes").unwrap(),
        }
    }

    fn is_lost(self) -> bool {
        matches!(self, Self::Gone | Self::Damaged)
    }

    fn is_here(self) -> bool {
        matches!(self, Self::AtPath | Self::Copied | Self::Linked | Self::Torn)
    }
}

const NAMES: [&str; 3] = ["tea-tin.png", "tea-tin-15x10.png", "tea-tin-30x20.png"];

/// The tea tin in quarantine, each of its files in one condition, and what was there before it went.
fn between(was: [Was; 3]) -> (TestLibrary, Tree) {
    let library = ended();
    let before = tree(&library.path("uploads"));
    library.run("clean --apply").expect(ExitCode::Success);
    let store = store(&library);
    let folder = library.path("uploads/2026/03");
    for (number, was) in (1..).zip(was) {
        let operation = store.file_name().unwrap().to_str().unwrap();
        let aside = folder.join(format!(".shelflife-{operation}-{number}"));
        let stored = store.join(format!("{number:04}.bin"));
        was.arrange(&stored, &folder.join(NAMES[number - 1]), &aside);
    }
    (library, before)
}

/// All that is on disk, by path: a rebuild changes none of it.
fn disk(library: &TestLibrary) -> (Vec<PathBuf>, Tree) {
    let names = walkdir::WalkDir::new(library.path("uploads")).sort_by_file_name();
    let names = names.into_iter().map(|entry| entry.unwrap().into_path());
    (names.collect(), tree(&library.path(".")))
}

#[test]
fn every_mixture_of_conditions_is_settled_and_can_be_restored_or_is_told_as_damage() {
    let (mut whole, mut damaged) = (0, 0);
    let is_full = std::env::var_os("PROPTEST_CASES").is_some();
    let thirds = if is_full { &[Was::Stored, Was::AtPath][..] } else { &[Was::Stored] };
    for scanned in [false, true] {
        for (at, first) in Was::ALL.into_iter().enumerate() {
            // Which of two files is in which condition makes no difference but in a full run.
            for second in Was::ALL.into_iter().skip(if is_full { 0 } else { at }) {
                for third in thirds {
                    if settle([first, second, *third], scanned) {
                        whole += 1;
                    } else {
                        damaged += 1;
                    }
                }
            }
        }
    }
    say(&format!("rebuild: {whole} half-done operations settled, {damaged} told as damage"));
}

/// Loses the catalog over these files, with a scan before the rebuild or without one. Tells whether
/// all of them are somewhere.
fn settle(was: [Was; 3], scanned: bool) -> bool {
    let place = format!("{was:?}, scanned first: {scanned}");
    let (library, before) = between(was);
    let lost = lose(&library);
    if scanned {
        fs::remove_file(library.path("shelflife.toml")).unwrap();
        fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
        library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
        library.run("scan");
    }
    let disk_before = disk(&library);
    let run = rebuild(&library, &lost);
    assert_eq!(disk(&library), disk_before, "{place}\n{run}");
    if was.iter().any(|was| was.is_lost()) {
        assert_eq!(run.exit, ExitCode::Integrity, "{place}\n{run}");
        assert!(run.stdout.contains("0001.bin") || !was[0].is_lost(), "{place}\n{run}");
        let again = rebuild(&library, &lost);
        assert_eq!(again.exit, ExitCode::Integrity, "{place}: it is told until it is mended");
        return false;
    }
    run.expect(ExitCode::Success);
    verify_all(&library, &place);
    library.run("recover").expect(ExitCode::Success);
    let asset = asset_of(&library);
    if state(&library, asset).starts_with("quarantined") {
        assert!(tree(&library.path("uploads")).len() == 1, "{place}: all of it is away");
        library.run(&format!("restore {asset}")).expect(ExitCode::Success);
    } else {
        assert!(was.iter().any(|was| was.is_here()), "{place}");
        assert_eq!(state(&library, asset), "rejected", "{place}");
    }
    assert!(tree(&library.path("uploads")) == before, "{place}: every file is as it was");
    assert!(stores(&library).is_empty(), "{place}: nothing is left behind");
    nothing_is_left(&library, &lost);
    library.run("scan").expect(ExitCode::Success);
    verify_all(&library, &place);
    library.run("leftovers").expect(ExitCode::Success);
    true
}

#[track_caller]
fn verify_all(library: &TestLibrary, place: &str) {
    let run = library.run("audit verify --replay --disk=full");
    assert_eq!(run.exit, ExitCode::Success, "{place}\n{run}");
}

/// The number of the tea tin by now.
fn asset_of(library: &TestLibrary) -> i64 {
    let run =
        library.run("show uploads/2026/03/tea-tin.png --format json").expect(ExitCode::Success);
    run.json()["items"][0]["fields"]["id"].as_i64().unwrap()
}

/// Puts the one folder among those whose files are deleted.
fn to_purging(library: &TestLibrary) -> PathBuf {
    let store = store(library);
    let purging = library.path("state/quarantine/purging");
    fs::create_dir(&purging).unwrap();
    fs::set_permissions(&purging, fs::Permissions::from_mode(0o700)).unwrap();
    let there = purging.join(store.file_name().unwrap());
    fs::rename(store, &there).unwrap();
    there
}

#[test]
fn a_purge_that_had_deleted_nothing_is_taken_back_and_one_that_had_is_told() {
    for (gone, exit) in [(0, ExitCode::Success), (1, ExitCode::Integrity), (3, ExitCode::Success)] {
        let library = cleaned();
        let folder = to_purging(&library);
        for number in 1..=gone {
            fs::remove_file(folder.join(format!("{number:04}.bin"))).unwrap();
        }
        if gone == 3 {
            library.write("uploads/2026/03/tea-tin-15x10.png", "made anew since");
        }
        let lost = lose(&library);
        let before = tree(&library.path("."));
        let run = rebuild(&library, &lost).expect(exit);
        assert_eq!(tree(&library.path(".")), before, "{run}");
        if exit == ExitCode::Integrity {
            library.run("recover");
            assert_eq!(tree(&library.path(".")), before, "what is left of it stays\n{run}");
            continue;
        }
        verify(&library);
        library.run("recover").expect(ExitCode::Success);
        nothing_is_left(&library, &lost);
        if gone == 0 {
            assert_eq!(stores(&library).len(), 1);
            library.run("release 2 --reason 'nobody wants it gone'").expect(ExitCode::Success);
            library.run("restore 2").expect(ExitCode::Success);
            assert_eq!(tree(&library.path("uploads")).len(), 4);
        } else {
            assert_eq!(state(&library, 2), "purged (was rejected)");
            assert!(!folder.exists());
        }
        verify(&library);
    }
}
