//! A byte that changed while size and time stayed as they were.

use std::fs::{self, File, FileTimes};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use shelflife::exit::ExitCode;

use crate::crash::say;
use crate::support::many::{Dice, without_caps};
use crate::support::moving::{Tree, tree};
use crate::support::pictures::png;
use crate::support::scanned::FULL;
use crate::support::{TestLibrary, cases};

/// Drafts of one file each, told apart by their bytes.
fn library(assets: usize) -> TestLibrary {
    let library = TestLibrary::new();
    for asset in 0..assets {
        let name = format!("uploads/{:02}/green-tea-{asset}.png", asset % 12);
        library.write(&name, png((16, 12), name.as_bytes()));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    without_caps(&library);
    library
}

/// Changes one byte, anywhere, and gives the file back its time.
fn flip(path: &Path, dice: &mut Dice) {
    let mut bytes = fs::read(path).unwrap();
    let modified = fs::metadata(path).unwrap().modified().unwrap();
    let at = dice.below(bytes.len() as u64);
    let byte = &mut bytes[usize::try_from(at).unwrap()];
    *byte ^= 1 << dice.below(8);
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(&[*byte], at).unwrap();
    file.set_times(FileTimes::new().set_modified(modified)).unwrap();
}

fn flip_all(library: &TestLibrary) -> Tree {
    let mut dice = Dice(0xf11b);
    let before = tree(&library.path("uploads"));
    for path in before.keys() {
        flip(&library.path("uploads").join(path), &mut dice);
    }
    let after = tree(&library.path("uploads"));
    for (path, (bytes, mode, seconds, nanos)) in &before {
        let changed = &after[path];
        let times = (changed.1, changed.2, changed.3);
        assert_eq!((changed.0.len(), times), (bytes.len(), (*mode, *seconds, *nanos)));
        assert_ne!(&changed.0, bytes);
    }
    after
}

#[test]
fn no_file_is_moved_that_has_one_other_byte_than_the_one_that_was_decided_on() {
    let count = cases(100, 1_000);
    let library = library(count);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    let flipped = flip_all(&library);
    let run = library.run("clean --apply --format json").expect(ExitCode::Partial);
    assert_eq!(tree(&library.path("uploads")), flipped);
    let told = run.json()["items"].as_array().unwrap().len();
    assert_eq!(told, count, "{run}");
    say(&format!("drift: {count} files with one other byte, 0 of them moved"));
}

#[test]
fn no_approval_overlooks_one_other_byte_under_the_same_size_and_time() {
    let count = cases(100, 1_000);
    let library = library(count);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --state draft {FULL}")).expect(ExitCode::Success);
    library.run("approve --state draft").expect(ExitCode::Success);
    flip_all(&library);
    library.run("scan").expect(ExitCode::Success);
    let entries = library.audit_entries();
    let of_kind = |kind: &str| entries.iter().filter(|entry| entry.kind == kind).count();
    // A byte of a text in the file leaves its pixels as they were.
    let (voided, kept) = (of_kind("asset.void"), of_kind("asset.keep"));
    let left = library.run("list --state approved --format json").json();
    assert_eq!(left["items"].as_array().unwrap().len(), kept);
    assert_eq!(voided + kept, count, "{voided} taken back, {kept} kept");
    assert!(kept < voided);
    say(&format!(
        "drift: {count} approvals of files with one other byte, {voided} taken back, {kept} noted as \
         of the same pixels"
    ));
}
