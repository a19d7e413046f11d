//! Roots and folders of another catalog are taken over only if a person says that it is lost.

use std::fs;

use shelflife::exit::ExitCode;

use super::{REBUILD, catalog_id, lose, nothing_is_left, rebuild, store};
use crate::support::TestLibrary;
use crate::support::moving::{cleaned, tree};

fn marker(library: &TestLibrary) -> String {
    fs::read_to_string(library.path("uploads/.shelflife-root")).unwrap().trim().to_owned()
}

#[test]
fn nothing_of_a_catalog_that_may_be_alive_is_taken() {
    let library = cleaned();
    let lost = lose(&library);
    let before = tree(&library.path("."));
    let other = "0190b1c2-0000-7000-8000-00000000002a";
    for said in ["", &format!(" --lost {other}"), " --lost all"] {
        let plan = library.run(&format!("recover --rebuild{said}")).expect(ExitCode::Guard);
        assert!(plan.stdout.contains(&format!("--lost {lost}")), "{plan}");
        let run = library.run(&format!("{REBUILD}{said}")).expect(ExitCode::Guard);
        assert!(run.stderr.contains(&format!("--lost {lost}")), "{run}");
        assert_eq!((marker(&library), tree(&library.path("."))), (lost.clone(), before.clone()));
        assert!(!library.path("state/catalog.db").exists());
    }
}

#[test]
fn a_takeover_is_in_the_log_before_the_marker_changes_hands() {
    let library = cleaned();
    let lost = lose(&library);
    rebuild(&library, &lost).expect(ExitCode::Success);
    let id = catalog_id(&library);
    assert_ne!(id, lost, "a new log has a new identity");
    assert_eq!(marker(&library), id);
    let entries = library.audit_entries();
    let taken: Vec<_> = entries.iter().filter(|entry| entry.kind == "root.adopt").collect();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].payload.contains(&lost) && taken[0].payload.contains("the disk broke"));
    // As if it had died between the entry and the marker.
    fs::write(library.path("uploads/.shelflife-root"), format!("{lost}\n")).unwrap();
    library.run("clean --apply").expect(ExitCode::Guard);
    library.run(REBUILD).expect(ExitCode::Guard);
    rebuild(&library, &lost).expect(ExitCode::Success);
    assert_eq!(marker(&library), id);
    nothing_is_left(&library, &lost);
}

#[test]
fn a_folder_of_another_catalog_is_left_alone_until_it_is_named() {
    let library = cleaned();
    let lost = lose(&library);
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    let run = library.run(REBUILD).expect(ExitCode::Guard);
    assert!(run.stdout.contains(&format!("it is of catalog {lost}")), "{run}");
    assert!(library.scanned_catalog().stores_in_use().unwrap().is_empty());
    rebuild(&library, &lost).expect(ExitCode::Success);
    nothing_is_left(&library, &lost);
    assert!(store(&library).exists());
}

#[test]
fn a_root_that_is_not_configured_or_not_mounted_stops_only_what_is_about_it() {
    let library = cleaned();
    let lost = lose(&library);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&config.replace("name = \"uploads\"", "name = \"media\""));
    let run = rebuild(&library, &lost).expect(ExitCode::Partial);
    assert!(run.stdout.contains("root `uploads`, which is not configured"), "{run}");
    library.write_config(&config);
    rebuild(&library, &lost).expect(ExitCode::Success);
    fs::rename(library.path("uploads"), library.path("away")).unwrap();
    library.run(REBUILD).expect(ExitCode::Guard);
}

#[test]
fn doctor_and_leftovers_point_to_it() {
    let library = cleaned();
    let lost = lose(&library);
    let doctor = library.run("doctor").expect(ExitCode::No);
    assert!(doctor.stdout.contains("recover --rebuild"), "{doctor}");
    fs::remove_file(library.path("uploads/.shelflife-root")).unwrap();
    library.run(REBUILD).expect(ExitCode::Guard);
    for command in ["doctor", "leftovers", "recover"] {
        let run = library.run(command).expect(ExitCode::No);
        let told: Vec<_> = run.stdout.split_whitespace().collect();
        assert!(told.join(" ").contains("shelflife recover --rebuild"), "{run}");
    }
    rebuild(&library, &lost).expect(ExitCode::Success);
    for command in ["doctor", "recover"] {
        let run = library.run(command).expect(ExitCode::Success);
        assert!(!run.stdout.contains("--rebuild"), "{run}");
    }
}
