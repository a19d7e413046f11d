//! What a scan makes of roots that files were published from and to since the last one.

use std::fs;

use shelflife::exit::ExitCode;

use super::{PUBLISH, check_whole, library_of, library_with, names};
use crate::support::TestLibrary;
use crate::support::many::without_caps;
use crate::support::pictures::png;

/// Publishes thirty drafts a day after the last scan.
fn publish_thirty(library: &TestLibrary) {
    library.advance_days(1);
    let numbered = library.run("list --under gen --format json").json();
    let numbers = numbered["items"].as_array().unwrap().iter().take(30);
    let numbers: Vec<_> = numbers.map(|item| item["fields"]["id"].to_string()).collect();
    library.run(&format!("approve {}", numbers.join(" "))).expect(ExitCode::Success);
}

/// Takes files of a folder away or back.
fn carry(library: &TestLibrary, names: impl Iterator<Item = String>, [from, to]: [&str; 2]) {
    fs::create_dir_all(library.path(to)).unwrap();
    for name in names {
        fs::rename(library.path(from).join(&name), library.path(to).join(name)).unwrap();
    }
}

#[test]
fn drafts_that_were_published_are_not_missed_and_others_are() {
    let library = library_of(60);
    publish_thirty(&library);
    let gone = || (31..=55).map(|number| format!("out{number:03}.png"));
    carry(&library, gone(), ["drafts/gen", "elsewhere"]);
    let run = library.run("scan --root drafts").expect(ExitCode::Guard);
    let told = "it holds 5 files and held 60 at the last scan; since then runs took 30 away and \
                brought 0 in";
    assert!(run.stdout.contains(told), "{run}");
    carry(&library, gone(), ["elsewhere", "drafts/gen"]);
    library.run("scan").expect(ExitCode::Success);
    check_whole(&library);
}

#[test]
fn what_was_published_does_not_hide_that_other_files_are_gone() {
    let library = library_of(30);
    let old = || (0..40).map(|number| format!("old{number:02}.png"));
    for name in old() {
        library.write(format!("uploads/2025/{name}"), png((4, 4), name.as_bytes()));
    }
    library.run("scan").expect(ExitCode::Success);
    publish_thirty(&library);
    carry(&library, old().take(25), ["uploads/2025", "elsewhere"]);
    let run = library.run("scan --root uploads").expect(ExitCode::Guard);
    let told = "it holds 46 files and held 41 at the last scan; since then runs took 0 away and \
                brought 30 in";
    assert!(run.stdout.contains(told), "{run}");
    carry(&library, old().take(25), ["elsewhere", "uploads/2025"]);
    library.run("scan").expect(ExitCode::Success);
    check_whole(&library);
}

/// Its record stays for as long as anybody may ask after it, and keeps nobody from its path.
#[test]
fn a_draft_takes_the_path_of_a_file_that_was_of_no_asset_and_is_gone() {
    let library = library_with(PUBLISH);
    let stray = library.write("uploads/2026/03/tin-of-tea-30x20.png", png((29, 21), b"stray"));
    library.write("uploads/2026/03/tin-of-tea.png", png((90, 60), b"another tin"));
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(stray).unwrap();
    library.run("scan").expect(ExitCode::Success);
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let of_none = "SELECT count(*) FROM file WHERE asset_id IS NULL AND place = 'missing'";
    let of_none: i64 = catalog.query_row(of_none, [], |row| row.get(0)).unwrap();
    assert_eq!(of_none, 1);
    without_caps(&library);
    library.run("reject uploads/2026/03/tin-of-tea.png --reason old").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    assert!(names(&library, "uploads/2026/03").contains("tin-of-tea-30x20.png"));
    library.run("audit verify --disk=full").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
}
