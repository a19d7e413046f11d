//! Publications that a killed program left half done, and what others do before it is settled.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use shelflife::exit::ExitCode;

use super::{PUBLISH, names};
use crate::disks::has;
use crate::support::pictures::png;
use crate::support::scanned::FULL;
use crate::support::{TestLibrary, skip, wall_clock};

/// Where the first file of the draft is once it was brought out.
const ARRIVED: &str = "uploads/out/tin-of-tea.png";

/// A described draft of two files, at the time that the program itself will see; `None` if nothing
/// here can kill it.
fn library() -> Option<TestLibrary> {
    if !has("strace") {
        return skip("there is no strace");
    }
    let library = TestLibrary::at(&wall_clock().to_string());
    for (name, size) in [("7.png", (60, 40)), ("7-30x20.png", (30, 20))] {
        library.write(format!("drafts/gen/{name}"), png(size, name.as_bytes()));
    }
    library.write("uploads/2026/03/old.png", png((8, 8), b"old"));
    // So that the first rename is that of a file.
    fs::create_dir(library.path("uploads/out")).unwrap();
    library
        .run("init --root uploads --draft-root drafts --catalog state/catalog.db")
        .expect(ExitCode::Success);
    let publish = PUBLISH.replace("{year}/{month}", "out");
    super::set_publish(&library, PUBLISH, &publish);
    library.run("scan").expect(ExitCode::Success);
    library.run("context add campaign/spring --owner anna").expect(ExitCode::Success);
    let described = FULL.replace("2026-06-30", "+90d").replace("2026-06-01", "+60d");
    library.run(&format!("describe 2 {described}")).expect(ExitCode::Success);
    Some(library)
}

/// Approves the draft and dies before the program's second rename: one file has arrived.
fn half_published() -> Option<TestLibrary> {
    let library = library()?;
    let kill = "inject=renameat2:signal=KILL:when=2";
    let status = Command::new("strace")
        .args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", kill])
        .arg(env!("CARGO_BIN_EXE_shelflife"))
        .arg("--config")
        .arg(library.path("shelflife.toml"))
        .args(["approve", "2"])
        .status();
    assert!(!status.unwrap().success());
    assert_eq!(names(&library, "uploads/out").len(), 1);
    assert_eq!(names(&library, "drafts/gen").len(), 1);
    Some(library)
}

#[test]
fn a_draft_that_was_written_to_once_it_had_arrived_goes_back_with_what_was_written() {
    let Some(library) = half_published() else { return };
    let mut file = fs::File::options().append(true).open(library.path(ARRIVED)).unwrap();
    file.write_all(b"more").unwrap();
    library.run("pause --reason lunch").expect(ExitCode::Success);
    library.run("recover").expect(ExitCode::Paused);
    assert!(library.path(ARRIVED).exists(), "nothing moves while it is paused");
    library.run("resume --reason back").expect(ExitCode::Success);
    let recovered = library.run("recover").expect(ExitCode::Success);
    assert!(recovered.stdout.contains("other bytes"), "{}", recovered.stdout);
    assert!(names(&library, "uploads/out").is_empty());
    assert!(fs::read(library.path("drafts/gen/7.png")).unwrap().ends_with(b"more"));
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn what_is_half_published_is_not_scanned_while_it_is_paused() {
    let Some(library) = half_published() else { return };
    let assets = library.run("list --format json").json()["items"].as_array().unwrap().len();
    library.run("pause --reason lunch").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Paused);
    library.run("resume --reason back").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.run("list --format json").json()["items"].as_array().unwrap().len(), assets);
    library.run("publish 2").expect(ExitCode::Success);
    super::check_whole(&library);
}

#[test]
fn a_draft_that_arrived_where_another_asset_is_on_record_goes_back() {
    let Some(library) = half_published() else { return };
    // All of it has arrived, and the record that is in its way is one that an import made.
    let second = library.path("uploads/out/tin-of-tea-30x20.png");
    fs::rename(library.path("drafts/gen/7-30x20.png"), second).unwrap();
    let catalog = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let moved = catalog
        .execute("UPDATE asset SET path = CAST('out/tin-of-tea.png' AS BLOB) WHERE id = 1", []);
    assert_eq!(moved.unwrap(), 1);
    let recovered = library.run("recover").expect(ExitCode::Success);
    assert!(recovered.stdout.contains("taken back"), "{}", recovered.stdout);
    assert!(names(&library, "uploads/out").is_empty());
    assert_eq!(names(&library, "drafts/gen").len(), 2);
}
