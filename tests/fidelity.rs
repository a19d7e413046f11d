//! What a clean takes away comes back to the last bit, and over nothing that is there by then.

mod drift;
mod races;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};
use shelflife::exit::ExitCode;
use tempfile::TempDir;

use crate::crash::say;
use crate::support::many::{Dice, without_caps};
use crate::support::pictures::png;
use crate::support::{TestLibrary, cases, skip};

/// What a file is, beside its path. `holes` says whether most of it takes no room on the disk.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    digest: [u8; 32],
    bytes: u64,
    mode: u32,
    modified: (i64, i64),
    holes: bool,
}

type Shapes = BTreeMap<PathBuf, Shape>;

fn shapes(folder: &Path) -> Shapes {
    let is_marker = |entry: &walkdir::DirEntry| entry.file_name() == ".shelflife-root";
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file() && !is_marker(entry));
    let shape = |entry: walkdir::DirEntry| {
        let metadata = entry.metadata().unwrap();
        let shape = Shape {
            digest: Sha256::digest(fs::read(entry.path()).unwrap()).into(),
            bytes: metadata.len(),
            mode: metadata.mode(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            holes: metadata.blocks() * 512 < metadata.len() / 2,
        };
        (entry.path().strip_prefix(folder).unwrap().to_owned(), shape)
    };
    files.map(shape).collect()
}

/// A name that is easily mistaken on the way: not UTF-8, with spaces, quotes or a line's end, long.
fn odd_name(dice: &mut Dice, number: u64) -> Vec<u8> {
    let odd: &[&[u8]] = &[
        b"tea",
        b"caf\xe9",
        b"\xff\xfe",
        "Gr\u{fc}\u{df}e".as_bytes(),
        "e\u{301}te".as_bytes(),
        b"two words",
        b"line\nend",
        b"it's \"new\"",
        b"-rf",
        b"100%25",
        b"a.b.c",
        &[b'l'; 190],
    ];
    let word = odd[usize::try_from(dice.below(odd.len() as u64)).unwrap()];
    [word, format!("_{number}").as_bytes()].concat()
}

/// Writes an original and its renditions, twelve files at the most, each of its own kind.
fn write_group(library: &TestLibrary, dice: &mut Dice, number: u64) -> u64 {
    let (name, files) = (odd_name(dice, number), 1 + dice.below(12));
    let folder = library.path(format!("uploads/{}/{:02}", 2020 + number % 5, 1 + number % 12));
    fs::create_dir_all(&folder).unwrap();
    for rendition in 0..files {
        let less = u32::try_from(rendition).unwrap();
        let size = (64 - 4 * less, 48 - 3 * less);
        let suffix = match rendition {
            0 => String::new(),
            _ => format!("-{}x{}", size.0, size.1),
        };
        let name = [&name, suffix.as_bytes(), b".png"].concat();
        let letter = |number| b"an embedded text of some kind"[usize::try_from(number).unwrap()];
        let noise: Vec<u8> = (0..dice.below(4_000)).map(|_| letter(dice.below(29))).collect();
        let file = File::create(folder.join(OsStr::from_bytes(&name))).unwrap();
        file.write_all_at(&png(size, &noise), 0).unwrap();
        if dice.below(8) == 0 {
            let far = 300_000 + dice.below(700_000);
            file.write_all_at(b"behind a hole", far).unwrap();
        }
        let mode = 0o400 | u32::try_from(dice.below(0o1000)).unwrap();
        file.set_permissions(Permissions::from_mode(mode)).unwrap();
        let nanos = u32::try_from(dice.below(1_000_000_000)).unwrap();
        let modified = UNIX_EPOCH + Duration::new(dice.below(1_900_000_000), nanos);
        file.set_times(FileTimes::new().set_modified(modified)).unwrap();
    }
    files
}

/// Takes a library of about 500 files away and brings it back. Gives the number of its files.
fn there_and_back(dice: &mut Dice, quarantine: &str) -> u64 {
    let library = TestLibrary::new();
    let (mut files, mut groups) = (0, 0);
    while files < 500 {
        files += write_group(&library, dice, groups);
        groups += 1;
    }
    let before = shapes(&library.path("uploads"));
    assert_eq!(before.len() as u64, files);
    let init = format!("init --root uploads --catalog state/catalog.db {quarantine}");
    library.run(&init).expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    without_caps(&library);
    let rejected = library.run("reject --state draft --reason 'off brand' --format json");
    assert_eq!(rejected.json()["summary"]["changed"], groups, "a group is an asset");
    library.run("clean --apply").expect(ExitCode::Success);
    assert_eq!(shapes(&library.path("uploads")), Shapes::new());
    library.run("restore --state quarantined").expect(ExitCode::Success);
    let after = shapes(&library.path("uploads"));
    for (path, shape) in &before {
        assert_eq!(after.get(path), Some(shape), "{}", path.display());
    }
    assert_eq!(after.len(), before.len());
    files
}

/// [`there_and_back`] until so many files went.
fn all_there_and_back(quarantine: &str) -> u64 {
    let (mut dice, mut files) = (Dice(0x5eed), 0);
    while files < cases(1, 10_000) {
        files += there_and_back(&mut dice, quarantine);
    }
    files
}

#[test]
fn files_of_every_kind_come_back_as_they_were() {
    let files = all_there_and_back("");
    say(&format!("fidelity: {files} files in groups of 1 to 12 came back to the last bit"));
}

#[test]
fn files_of_every_kind_come_back_as_they_were_from_another_disk() {
    let here = std::env::temp_dir().metadata().unwrap().dev();
    let other = TempDir::with_prefix_in("shelflife-test-", "/dev/shm").ok();
    let other = other.filter(|other| other.path().metadata().unwrap().dev() != here);
    let Some(other) = other.or_else(|| skip("there is only one file system")) else { return };
    let mut files = 0;
    for round in 0..cases(1, 20) {
        let quarantine = other.path().join(format!("quarantine-{round}"));
        let mut dice = Dice(0x5eed + round);
        files += there_and_back(&mut dice, &format!("--quarantine {}", quarantine.display()));
    }
    say(&format!("fidelity: {files} files came back to the last bit from another file system"));
}
