//! Files that are not where the catalog says are told, and how bad that is.

use std::fs;
use std::path::PathBuf;

use shelflife::exit::ExitCode;

use super::play::library;
use crate::support::TestLibrary;
use crate::support::scanned::picture;

fn with_quarantine() -> (TestLibrary, PathBuf) {
    let library = library();
    library.run("reject 4 --reason 'wrong season'").expect(ExitCode::Success);
    library.run("clean --apply").expect(ExitCode::Success);
    library.run("audit verify --disk=full --replay").expect(ExitCode::Success);
    let operations = library.path("state/quarantine/v1");
    let operation = fs::read_dir(operations).unwrap().next().unwrap().unwrap().path();
    (library, operation)
}

#[test]
fn what_a_scan_would_record_is_a_difference_and_no_damage() {
    let (library, _) = with_quarantine();
    let garden = library.path("uploads/garden.png");
    let bytes = fs::read(&garden).unwrap();
    let verify = |exit: ExitCode, says: &str, command: &str| {
        let run = library.run(command).expect(exit);
        assert!(run.stdout.contains(says), "{says}\n{run}");
    };
    fs::remove_file(&garden).unwrap();
    verify(ExitCode::No, "is not there", "audit verify --disk");
    library.run("scan");
    verify(ExitCode::Success, "intact", "audit verify --disk");
    std::os::unix::fs::symlink("elsewhere.png", &garden).unwrap();
    verify(ExitCode::Success, "intact", "audit verify --disk");
    fs::remove_file(&garden).unwrap();
    fs::write(&garden, &bytes).unwrap();
    verify(ExitCode::No, "is there again", "audit verify --disk");
    library.run("scan").expect(ExitCode::Success);
    verify(ExitCode::Success, "intact", "audit verify --disk=full --replay");
    let mut other = bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    fs::write(&garden, &other).unwrap();
    verify(ExitCode::Success, "intact", "audit verify --disk");
    verify(ExitCode::No, "other bytes", "audit verify --disk=full");
    fs::write(&garden, b"short").unwrap();
    verify(ExitCode::No, "5 bytes instead of", "audit verify --disk");
    fs::remove_file(&garden).unwrap();
    fs::create_dir(&garden).unwrap();
    verify(ExitCode::No, "is a folder", "audit verify --disk");
    fs::remove_dir(&garden).unwrap();
    fs::rename(library.path("uploads/2026"), library.path("uploads/2027")).unwrap();
    fs::write(library.path("uploads/2026"), b"").unwrap();
    verify(ExitCode::No, "is not there", "audit verify --disk");
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    verify(ExitCode::Guard, "marker", "audit verify --disk");
}

#[test]
fn what_is_wrong_in_quarantine_is_damage() {
    let (library, operation) = with_quarantine();
    let stored = operation.join("0001.bin");
    let bytes = fs::read(&stored).unwrap();
    let mut other = bytes.clone();
    other[0] ^= 1;
    fs::write(&stored, &other).unwrap();
    library.run("audit verify --disk").expect(ExitCode::Success);
    library.run("audit verify --disk=full").expect(ExitCode::Integrity);
    fs::write(&stored, b"short").unwrap();
    library.run("audit verify --disk").expect(ExitCode::Integrity);
    fs::remove_file(&stored).unwrap();
    library.run("audit verify --disk").expect(ExitCode::Integrity);
    fs::write(&stored, &bytes).unwrap();
    library.run("audit verify --disk=full").expect(ExitCode::Success);
    let stranger = operation.with_file_name("01jz0000000000000000000001");
    fs::create_dir(&stranger).unwrap();
    library.run("audit verify --disk").expect(ExitCode::No);
    fs::remove_dir(&stranger).unwrap();
    fs::rename(&operation, library.path("elsewhere")).unwrap();
    library.run("audit verify --disk").expect(ExitCode::Integrity);
}

#[test]
fn nothing_is_written_by_looking() {
    let (library, _) = with_quarantine();
    library.write("uploads/new.png", picture(200));
    let before = library.scanned_catalog().audit_head().unwrap();
    library.run("audit verify --disk=full --replay").expect(ExitCode::Success);
    assert_eq!(library.scanned_catalog().audit_head().unwrap(), before);
}

#[test]
fn a_folder_that_a_rebuild_could_not_make_out_is_damage_and_what_else_is_in_it_is_told() {
    let (library, operation) = with_quarantine();
    let manifest = operation.join("manifest.json");
    let bytes = fs::read_to_string(&manifest).unwrap();
    let other = bytes.replacen("\"sha256\": \"", "\"sha256\": \"0", 1);
    for (text, says) in [
        ("{".to_owned(), "its manifest is no JSON"),
        (other, "its manifest"),
        (bytes.replace("0001.bin", "0009.bin"), "its manifest"),
    ] {
        fs::write(&manifest, text).unwrap();
        for command in ["audit verify --disk", "leftovers"] {
            let run = library.run(command).expect(ExitCode::Integrity);
            assert!(run.stdout.contains(says), "{run}");
        }
    }
    fs::remove_file(&manifest).unwrap();
    let run = library.run("audit verify --disk").expect(ExitCode::Integrity);
    assert!(run.stdout.contains("it has no manifest"), "{run}");
    fs::write(&manifest, bytes).unwrap();
    library.run("audit verify --disk").expect(ExitCode::Success);
    fs::write(operation.join("evil.php"), "<?php").unwrap();
    for command in ["audit verify --disk", "leftovers"] {
        let run = library.run(command).expect(ExitCode::No);
        assert!(run.stdout.contains("evil.php"), "{run}");
    }
}
