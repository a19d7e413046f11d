//! Files of a hostile library, walked, read, moved away and brought back.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use shelflife::domain::path::RelPath;
use shelflife::domain::time::Timestamp;
use shelflife::files::copy::copy_verified;
use shelflife::files::folders::make_folders;
use shelflife::files::moves::{remove_copied, rename_into_private, rename_no_replace};
use shelflife::files::{
    FileError, Folder, MoveError, OddityKind, Quarantine, Root, WalkOptions, hash_file, read_batch,
    walk,
};
use shelflife::media;
use tempfile::TempDir;

use crate::crash::say;
use crate::support::cases;
use crate::support::dying_files::DyingFiles;

const OP: &str = "01jz0000000000000000000001";

/// Names that people, programs and attackers have given to files.
const ODD_NAMES: [&[u8]; 26] = [
    b"Case.png",
    b"case.PNG",
    "caf\u{e9}.png".as_bytes(),
    "cafe\u{301}.png".as_bytes(),
    "\u{202e}gnp.exe.png".as_bytes(),
    "\u{645}\u{631}\u{62d}\u{628}\u{627}.png".as_bytes(),
    b"a\nb.png",
    b"a\tb.png",
    b"\x1b[31mred\x1b[0m.png",
    b"bell\x07.png",
    b"-rf.png",
    b".hidden.png",
    b"trailing. ",
    b"CON.png",
    b"a:b.png",
    b"a\\b.png",
    b"$(touch pwned).png",
    b"<img src=x onerror=alert(1)>.png",
    b"=cmd|'x'!A1.png",
    b"q\"uo,te.png",
    b"%2e%2e%2fetc%2fpasswd.png",
    "zero\u{200b}width.png".as_bytes(),
    b"photo-150x150.png",
    b"latin1-caf\xe9.png",
    b"bad-\xff\xfe.png",
    b"...png",
];

/// A library with odd names, folders in folders, links, a pipe, and something outside to reach for.
struct HostileLibrary {
    folder: TempDir,
}

impl HostileLibrary {
    fn new() -> Self {
        let library = Self { folder: TempDir::with_prefix("shelflife-files-").unwrap() };
        let deep = library.path("uploads/2026/07").join(["deep"; 60].join("/"));
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir(library.path("outside")).unwrap();
        fs::write(library.path("outside/secret.png"), b"secret").unwrap();
        fs::write(deep.join("far.png"), b"far").unwrap();

        let hostile = library.path("uploads/hostile");
        fs::create_dir(&hostile).unwrap();
        fs::create_dir(hostile.join("dir-named.jpg")).unwrap();
        let long = [vec![b'a'; 251], b".png".to_vec()].concat();
        for (number, name) in ODD_NAMES.iter().copied().chain([&*long]).enumerate() {
            let path = hostile.join(OsStr::from_bytes(name));
            fs::write(&path, name).unwrap();
            let mode = [0o644, 0o600, 0o664, 0o755, 0o440][number % 5];
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let time = Duration::new(1_500_000_000 + number as u64, 123_456_789);
            fs::File::open(&path).unwrap().set_modified(UNIX_EPOCH + time).unwrap();
        }
        for (name, target) in [
            ("loop-a", "loop-b"),
            ("loop-b", "loop-a"),
            ("self", "self"),
            ("up", ".."),
            ("dangling.png", "nowhere.png"),
            ("outside.png", "../../outside/secret.png"),
            ("outside", "../../outside"),
            ("root", "/"),
            ("twin.png", "Case.png"),
        ] {
            symlink(target, hostile.join(name)).unwrap();
        }
        let pipe = hostile.join("pipe.png");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o644.into()).unwrap();
        library
    }

    fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    fn root(&self) -> Root {
        Root::open(&self.path("uploads")).unwrap()
    }

    /// Everything in the temporary folder as it is: links as links, files with bytes, mode, time.
    fn snapshot(&self) -> BTreeMap<PathBuf, String> {
        walkdir::WalkDir::new(self.folder.path())
            .into_iter()
            .map(Result::unwrap)
            .map(|entry| {
                let found = entry.metadata().unwrap();
                let what = if found.is_file() {
                    let bytes = fs::read(entry.path()).unwrap();
                    let (time, fraction) = (found.mtime(), found.mtime_nsec());
                    format!("{} {:o} {time}.{fraction}", bytes.escape_ascii(), found.mode())
                } else {
                    format!("{:?}", found.file_type())
                };
                (entry.into_path(), what)
            })
            .collect()
    }

    /// All regular files, by the walk.
    fn files(&self) -> Vec<RelPath> {
        let root = self.root();
        walk(&root, settled()).flat_map(|listing| listing.files).map(|file| file.path).collect()
    }
}

fn settled() -> WalkOptions {
    let now = Timestamp::parse("2026-07-01T12:00:00Z").unwrap();
    WalkOptions { now, settle_seconds: 0 }
}

fn folder_of(root: &Root, path: &RelPath) -> Folder {
    root.folder(path.folder()).unwrap()
}

#[test]
fn every_odd_name_is_found_or_reported_and_nothing_is_touched() {
    let library = HostileLibrary::new();
    let before = library.snapshot();
    let root = library.root();
    let listings: Vec<_> = walk(&root, settled()).collect();

    let found: Vec<_> = listings.iter().flat_map(|listing| &listing.files).collect();
    assert_eq!(found.len(), ODD_NAMES.len() + 2);
    for name in ODD_NAMES {
        assert!(found.iter().any(|file| file.path.name() == name), "{}", name.escape_ascii());
    }
    let odd: Vec<_> = listings.iter().flat_map(|listing| &listing.oddities).collect();
    let links = odd.iter().filter(|odd| matches!(odd.kind, OddityKind::Symlink { .. })).count();
    assert_eq!((odd.len(), links), (10, 9));

    let paths: Vec<_> = found.iter().map(|file| file.path.clone()).collect();
    for (path, read) in paths.iter().zip(read_batch(&root, &paths, &|head| media::sniff(head))) {
        let read = read.unwrap();
        assert_eq!(read.content.media_type, "application/octet-stream", "{path}");
        let expected = fs::metadata(root.path().join(OsStr::from_bytes(path.as_bytes()))).unwrap();
        assert_eq!(read.stamp.inode, expected.ino());
    }
    assert_eq!(library.snapshot(), before);
}

#[test]
fn two_walks_of_one_library_are_the_same() {
    let library = HostileLibrary::new();
    let root = library.root();
    for (first, second) in walk(&root, settled()).zip(walk(&root, settled())) {
        assert_eq!(format!("{first:?}"), format!("{second:?}"));
    }
    let count = || walk(&root, settled()).count();
    assert_eq!((count(), count()), (65, 65));
}

#[test]
fn what_goes_into_quarantine_comes_back_as_it_was() {
    let library = HostileLibrary::new();
    let (root, files) = (library.root(), library.files());
    let quarantine = Quarantine::create(&library.path("state/quarantine")).unwrap();
    let before = library.snapshot();
    let op = quarantine.create_op_folder(OP).unwrap();

    let numbered = || files.iter().zip(1..);
    for (path, number) in numbered() {
        let name = Quarantine::file_name(number);
        let from = folder_of(&root, path);
        rename_into_private(from.at(path.name()), op.at(name.as_bytes())).unwrap();
    }
    assert_eq!(library.files(), []);
    for (path, number) in numbered() {
        let name = Quarantine::file_name(number);
        let to = make_folders(&root, path.folder()).unwrap();
        rename_no_replace(op.at(name.as_bytes()), to.at(path.name())).unwrap();
    }
    quarantine.remove_op_folder(OP).unwrap();
    assert_eq!(library.snapshot(), before);
}

#[test]
fn what_goes_by_copy_comes_back_as_it_was() {
    let library = HostileLibrary::new();
    let (root, files) = (library.root(), library.files());
    let quarantine = Quarantine::create(&library.path("state/quarantine")).unwrap();
    let before = library.snapshot();
    let op = quarantine.create_op_folder(OP).unwrap();

    for (path, number) in files.iter().zip(1..) {
        let folder = folder_of(&root, path);
        let (name, part) = (Quarantine::file_name(number), Quarantine::part_name(number));
        let (source, stored) = (folder.at(path.name()), op.at(name.as_bytes()));
        let (digest, _) = hash_file(&folder, path.name()).unwrap();

        let copied = copy_verified(source, stored, part.as_bytes(), &digest).unwrap();
        remove_copied(source, b".shelflife-x-1", &copied).unwrap();
        let copied = copy_verified(stored, source, b".shelflife-x-1", &digest).unwrap();
        remove_copied(stored, part.as_bytes(), &copied).unwrap();
    }
    quarantine.remove_op_folder(OP).unwrap();
    assert_eq!(library.snapshot(), before);
}

/// One file goes to quarantine by renaming or by copying, and the run dies before its k-th change.
fn dies_at_each_change(go: fn(&Root, &Quarantine) -> Result<(), MoveError>) -> Vec<&'static str> {
    let mut seen = Vec::new();
    for allowed in 0.. {
        let library = TempDir::new().unwrap();
        let (uploads, state) = (library.path().join("uploads"), library.path().join("state"));
        fs::create_dir(&uploads).unwrap();
        fs::write(uploads.join("a.png"), b"ours").unwrap();
        Quarantine::create(&state).unwrap();

        let steps = Arc::new(DyingFiles::after(allowed));
        let root = Root::open(&uploads).unwrap().watched_by(steps.clone());
        let quarantine = Quarantine::open(&state).unwrap().watched_by(steps.clone());
        let gone = go(&root, &quarantine);

        let stored = state.join("v1").join(OP).join(Quarantine::file_name(1));
        let places = places_of(&uploads).into_iter().chain(places_of(&state));
        let whole = places.filter(|path| fs::read(path).unwrap() == b"ours").count();
        assert!(whole > 0, "after {allowed} changes no file has the bytes");
        seen = steps.seen();
        if gone.is_ok() {
            assert!(stored.exists() && !uploads.join("a.png").exists() && whole == 1);
            assert_eq!(seen.len(), allowed, "every change was died at");
            break;
        }
    }
    seen
}

fn places_of(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn a_run_that_dies_at_any_change_of_a_move_leaves_the_bytes_somewhere() {
    let seen = dies_at_each_change(|root, quarantine| {
        let from = root.folder(b"")?;
        let op = quarantine.create_op_folder(OP)?;
        quarantine.write_manifest(OP, b"{}")?;
        rename_into_private(from.at(b"a.png"), op.at(b"0001.bin"))?;
        op.sync()?;
        Ok(from.sync()?)
    });
    assert_eq!(
        seen,
        [
            "make folder",
            "sync folder",
            "create file",
            "write file",
            "sync file",
            "rename file",
            "sync folder",
            "rename file",
            "sync folder",
            "sync folder",
        ]
    );
}

#[test]
fn a_run_that_dies_at_any_change_of_a_copy_leaves_the_bytes_somewhere() {
    let seen = dies_at_each_change(|root, quarantine| {
        let from = root.folder(b"")?;
        let op = quarantine.create_op_folder(OP)?;
        let (digest, _) = hash_file(&from, b"a.png")?;
        let source = from.at(b"a.png");
        let copied = copy_verified(source, op.at(b"0001.bin"), b"0001.part", &digest)?;
        remove_copied(source, b".shelflife-x-1", &copied)
    });
    assert_eq!(
        seen,
        [
            "make folder",
            "sync folder",
            "create file",
            "write file",
            "set mode and times",
            "sync file",
            "rename file",
            "sync folder",
            "rename file",
            "remove file",
            "sync folder",
        ]
    );
}

#[test]
fn a_root_is_marked_once_for_one_catalog() {
    let library = HostileLibrary::new();
    let steps = Arc::new(DyingFiles::never());
    let root = library.root().watched_by(steps.clone());
    root.write_marker("0b5c-one").unwrap();
    let changes = steps.seen().len();
    root.write_marker("0b5c-one").unwrap();
    assert_eq!(steps.seen().len(), changes, "marking again changes nothing");

    let error = root.write_marker("another").unwrap_err();
    assert!(matches!(&error, FileError::OtherMarker { found, .. } if found == "0b5c-one"));
    assert_eq!(root.read_marker().unwrap().as_deref(), Some("0b5c-one"));
    assert_eq!(fs::read_to_string(library.path("uploads/.shelflife-root")).unwrap(), "0b5c-one\n");
}

/// What a check of path texts cannot keep from happening.
#[test]
fn no_file_outside_moves_while_folders_are_swapped_for_links() {
    let library = HostileLibrary::new();
    let quarantine = Quarantine::create(&library.path("state/quarantine")).unwrap();
    let op = quarantine.create_op_folder(OP).unwrap();
    fs::create_dir(library.path("uploads/swapped")).unwrap();
    fs::write(library.path("uploads/swapped/secret.png"), b"ours").unwrap();
    symlink("../outside", library.path("uploads/trap")).unwrap();
    let root = library.root();

    let uploads = fs::File::open(library.path("uploads")).unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&over);
    let attack = std::thread::spawn(move || {
        let exchange = rustix::fs::RenameFlags::EXCHANGE;
        let mut swaps = 0_u64;
        while !seen.load(Ordering::Relaxed) {
            rustix::fs::renameat_with(&uploads, "swapped", &uploads, "trap", exchange).unwrap();
            swaps += 1;
        }
        swaps
    });
    let (lasting, tries) = (Duration::from_secs(cases(1, 60)), cases(10_000, 1_000_000));
    let (mut moved, mut refused) = (0, 0);
    let began = Instant::now();
    while began.elapsed() < lasting || moved + refused < tries {
        let Ok(folder) = root.folder(b"swapped") else {
            refused += 1;
            continue;
        };
        rename_into_private(folder.at(b"secret.png"), op.at(b"0001.bin")).unwrap();
        let stored = library.path("state/quarantine/v1").join(OP).join("0001.bin");
        assert_eq!(fs::read(stored).unwrap(), b"ours");
        rename_no_replace(op.at(b"0001.bin"), folder.at(b"secret.png")).unwrap();
        moved += 1;
    }
    over.store(true, Ordering::Relaxed);
    let swaps = attack.join().unwrap();
    assert!(moved > 0 && refused > 0, "{moved} moved, {refused} refused");
    assert_eq!(fs::read(library.path("outside/secret.png")).unwrap(), b"secret");
    say(&format!(
        "escape: {} tries while a folder was swapped {swaps} times, {moved} of them moved a file, 0 left \
         the library",
        moved + refused
    ));
}
