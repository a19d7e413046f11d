//! What the plan of a clean foresees, and what only the clean itself can see.

use std::fs;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use shelflife::exit::ExitCode;

use crate::cleanup::{foreseen, refused};
use crate::support::TestLibrary;
use crate::support::moving::{ended, tree};

#[test]
fn bytes_that_changed_behind_the_same_size_and_time_are_found_when_they_are_read() {
    let library = ended();
    let path = library.path("uploads/2026/03/tea-tin-30x20.png");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&path, bytes).unwrap();
    fs::File::open(&path).unwrap().set_modified(modified).unwrap();
    let said = refused(&library, ExitCode::Partial);
    let words = "`2026/03/tea-tin-30x20.png` has other bytes than the catalog says";
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_file_that_only_has_another_time_is_planned_and_moved() {
    let library = ended();
    let path = library.path("uploads/2026/03/tea-tin-30x20.png");
    let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::open(&path).unwrap().set_modified(long_ago).unwrap();
    for command in ["clean", "clean --apply"] {
        let run = library.run(command).expect(ExitCode::Success);
        assert!(run.stdout.contains("1 changed"), "{run}");
    }
}

#[test]
fn a_root_that_lost_most_of_its_files_is_told_with_the_plan() {
    let paths: Vec<_> = (0..60).map(|number| format!("picture-{number}.png")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::scanned(&paths);
    library.run("reject 1 --reason 'off brand'").expect(ExitCode::Success);
    for path in &paths[10..] {
        fs::remove_file(library.path("uploads").join(path)).unwrap();
    }
    foreseen(&library, ExitCode::Guard, "it holds 10 files, and the catalog knows 60 there");
}

#[test]
fn an_asset_that_lost_a_file_stays_until_somebody_takes_down_what_is_left() {
    let library = ended();
    fs::remove_file(library.path("uploads/2026/03/tea-tin-30x20.png")).unwrap();
    library.run("scan").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("clean --apply"), @"
    exit: 0
    kept  #2 2026/03/tea-tin.png: 1 file missing: bring the files back and scan; or shelflife withdraw 2 --reason TEXT
    1 kept
    ");
    library.run("withdraw 2 --reason 'of no use'").expect(ExitCode::Success);
    let left: Vec<_> = tree(&library.path("uploads")).into_keys().collect();
    assert_eq!(left, [Path::new("2026/03/garden.png")]);

    let library = ended();
    for name in ["tea-tin.png", "tea-tin-30x20.png", "tea-tin-15x10.png"] {
        fs::remove_file(library.path("uploads/2026/03").join(name)).unwrap();
    }
    library.run("scan").expect(ExitCode::Success);
    let run = library.run("clean").expect(ExitCode::Success);
    assert!(
        run.stdout.contains("#2 2026/03/tea-tin.png: none of its files is there any more"),
        "{run}"
    );
}
