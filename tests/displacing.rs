//! Drafts whose files are gone, in the way of what is restored to their paths.

use std::fs;

use shelflife::domain::asset::AssetId;
use shelflife::exit::ExitCode;

use crate::calls::{can_trace, dies};
use crate::support::TestLibrary;
use crate::support::moving::{cleaned, tree};
use crate::support::pictures::png;
use crate::takedown::{export, state};

const ORIGINAL: &str = "uploads/2026/03/tea-tin.png";

/// The tea tin in quarantine, and as #3 a draft at its path whose file is gone.
fn displaced() -> TestLibrary {
    let library = cleaned();
    library.write(ORIGINAL, png((9, 9), b"new"));
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(library.path(ORIGINAL)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library
}

#[test]
fn it_is_off_the_record_before_the_first_file_moves() {
    if !can_trace() {
        return;
    }
    for rename in [1, 3] {
        let library = displaced();
        dies(&library, "restore 2 --reason back", ("renameat2", rename));
        assert!(library.scanned_catalog().asset(AssetId(3)).unwrap().is_none());
        library.run("pause --reason x").expect(ExitCode::Success);
        library.run("recover");
        library.run("scan").expect(ExitCode::Success);
        library.run("resume --reason x").expect(ExitCode::Success);
        library.run("recover").expect(ExitCode::Success);
        assert_eq!(state(&library, 2), "quarantined (was rejected)");
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        library.write(ORIGINAL, png((7, 7), b"another upload"));
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(state(&library, 4), "draft");
    }
}

#[test]
fn its_bytes_are_not_those_of_what_comes_back() {
    let library = displaced();
    library.run("restore 2 --reason back").expect(ExitCode::Success);
    library.write("uploads/2026/03/cup.png", png((9, 9), b"new"));
    library.run("scan").expect(ExitCode::Success);
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert!(!run.stdout.contains("the same bytes"), "{run}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn its_attachment_is_that_of_what_comes_back() {
    let library = cleaned();
    library.write(ORIGINAL, png((9, 9), b"new"));
    library.write("export.xml", export());
    for line in ["scan", "import wxr export.xml"] {
        library.run(line).expect(ExitCode::Success);
    }
    let attachment = library.asset(3).attachment.unwrap();
    fs::remove_file(library.path(ORIGINAL)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library.run("restore 2 --reason back").expect(ExitCode::Success);
    assert_eq!(library.asset(2).attachment, Some(attachment));
    library.run("import wxr export.xml").expect(ExitCode::Success);
    assert_eq!(tree(&library.path("uploads")).len(), 4);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn it_stays_if_somebody_said_what_it_is_for_or_if_it_has_other_files() {
    let library = displaced();
    library.run("describe 3 --placement blog").expect(ExitCode::Success);
    library.run("restore 2 --reason back").expect(ExitCode::No);

    let library = cleaned();
    let files = ["uploads/2026/03/tea-tin-15x10.png", "uploads/2026/03/tea-tin-15x10-3x2.png"];
    for (file, size) in files.iter().zip([(15, 10), (3, 2)]) {
        library.write(file, png(size, file.as_bytes()));
    }
    library.run("scan").expect(ExitCode::Success);
    for file in files {
        fs::remove_file(library.path(file)).unwrap();
    }
    library.run("scan").expect(ExitCode::Success);
    let run = library.run("restore 2 --reason back").expect(ExitCode::No);
    assert!(run.stdout.contains("belongs to asset #3 by now"), "{run}");
}
