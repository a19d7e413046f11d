//! What was taken down is served again: nobody is told that it is gone.

use std::fs;
use std::os::unix::fs::symlink;

use shelflife::catalog::{CatalogError, FolderChange, IntakeCounts, OpenOperation};
use shelflife::domain::asset::{AssetId, Role};
use shelflife::domain::intake::{FileStep, FolderPlan, Home};
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use super::{
    SIZE, column, die_after_moving, die_half_way, library, removal_of_two, rows, state, withdraw,
};
use crate::support::TestLibrary;
use crate::support::moving::{ended, tree};
use crate::support::pictures::png;

fn unconfirmed(library: &TestLibrary) -> Vec<(u64, String)> {
    let report = library.run("list --unconfirmed --format json").json();
    let rows = rows(&report, "takedown").into_iter();
    rows.map(|row| {
        (row["id"].as_u64().unwrap(), row["takedown"].as_str().unwrap_or_default().to_owned())
    })
    .collect()
}

#[test]
fn a_size_that_comes_back_after_its_asset_was_taken_down_is_a_takedown_of_its_own() {
    let library = library();
    let bytes = fs::read(library.path(SIZE)).unwrap();
    fs::remove_file(library.path(SIZE)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    library.write(SIZE, &bytes);
    let report = withdraw(&library, "2", ExitCode::Partial);
    let public = column(&report, "still public", "url");
    assert_eq!(public.len(), 2, "{public:?}");
    assert!(public[0].ends_with("2026/03/tea-tin-15x10.png"), "{public:?}");
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);

    library.run("scan").expect(ExitCode::Success);
    assert_eq!(state(&library, 3), "withdrawn", "it is what it was");
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    let progress = [(2, "removed".to_owned()), (3, "still-served".to_owned())];
    assert_eq!(unconfirmed(&library), progress);
    library.run("doctor").expect(ExitCode::No);
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("it is #3 by now"), "{run}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);

    withdraw(&library, "3", ExitCode::Success);
    library.run("withdraw --confirm 2 3 --note seen").expect(ExitCode::Success);
    assert_eq!(unconfirmed(&library), []);
    library.run("restore 2").expect(ExitCode::Success);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn other_bytes_at_the_path_of_a_file_that_was_missing_are_a_draft() {
    let library = library();
    fs::remove_file(library.path(SIZE)).unwrap();
    library.run("scan").expect(ExitCode::Success);
    withdraw(&library, "2", ExitCode::Success);
    library.write(SIZE, "another picture");
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(state(&library, 3), "draft");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn a_link_in_place_of_a_file_is_public_as_far_as_anybody_can_tell() {
    let library = library();
    let path = library.path(SIZE);
    fs::rename(&path, library.path("elsewhere.png")).unwrap();
    symlink(library.path("elsewhere.png"), &path).unwrap();
    for before in ["list", "scan"] {
        library.run(before).expect(ExitCode::Success);
        let report = withdraw(&library, "2", ExitCode::Partial);
        let public = column(&report, "still public", "url");
        assert!(public.iter().any(|url| url.ends_with("tea-tin-15x10.png")), "{public:?}");
        library.run("withdraw --confirm 2 --note seen").expect(ExitCode::No);
    }
    fs::remove_file(&path).unwrap();
    withdraw(&library, "2", ExitCode::Success);
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::Success);
}

#[test]
fn a_folder_that_became_a_link_keeps_no_other_takedown_from_being_confirmed() {
    let library = library();
    library.write("uploads/cup.png", "a cup");
    library.run("scan").expect(ExitCode::Success);
    library.run("withdraw 2 3 --reason unsafe").expect(ExitCode::Success);
    fs::rename(library.path("uploads/2026/03"), library.path("uploads/2026/04")).unwrap();
    symlink("04", library.path("uploads/2026/03")).unwrap();
    let run = library.run("withdraw --confirm 2 3 --note seen").expect(ExitCode::No);
    assert!(run.stdout.contains("nobody can tell what is at `2026/03/tea-tin"), "{run}");
    assert_eq!(unconfirmed(&library), [(2, "removed".to_owned())]);
}

/// What an import writes that read the folder before: the garden is a size of the tin.
fn group_late(library: &TestLibrary) -> impl FnOnce() -> Result<IntakeCounts, CatalogError> {
    let catalog = library.scanned_catalog();
    let root = catalog.roots().unwrap()[0].id;
    let known = catalog.files_in(root, b"2026/03", library.now()).unwrap();
    let garden = known.iter().find(|file| file.owner.as_ref().unwrap().asset.0 == 1).unwrap();
    let home = Home::Asset(AssetId(2), Role::Size);
    let step = FileStep {
        known: Some(garden.file),
        instead_of: None,
        found: garden.found.clone(),
        home: home.clone(),
    };
    let plan = FolderPlan {
        files: vec![step],
        merged: [(AssetId(1), home)].into(),
        ..FolderPlan::default()
    };
    let change = FolderChange { root, folder: b"2026/03".to_vec(), plan };
    let mut catalog = library.open_to_write();
    move || catalog.record_intake(&[change])
}

#[test]
fn an_import_gives_no_file_to_an_asset_that_is_being_taken_away() {
    let library = ended();
    let late = group_late(&library);
    die_half_way(&library);
    let late = late();
    assert!(matches!(late, Err(CatalogError::Changed { .. })), "{late:?}");
    withdraw(&library, "2", ExitCode::Success);
    let late = group_late(&library)();
    assert!(matches!(late, Err(CatalogError::Changed { .. })), "{late:?}");
    assert_eq!(library.asset(1).state, State::Draft);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn no_removal_is_announced_of_an_asset_that_got_another_file_meanwhile() {
    let library = ended();
    let open = removal_of_two(&library);
    let late = group_late(&library)().unwrap();
    assert_eq!((late.files_written, late.merged), (1, 1));
    let announced = library
        .open_to_write()
        .open_operation(&OpenOperation { version: library.asset(2).version, ..open });
    assert!(matches!(announced, Err(CatalogError::Changed { .. })), "{announced:?}");
    assert_eq!(tree(&library.path("uploads")).len(), 4);
}

#[test]
fn a_root_that_is_not_there_keeps_nothing_unsafe_in_the_others() {
    let library = library();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let photos = "\n[[root]]\nname = \"photos\"\npath = \"photos\"\nkind = \"production\"\n";
    library.write("shelflife.toml", config + photos);
    library.write("photos/cup.png", "a cup");
    library.run("scan").expect(ExitCode::Success);
    fs::rename(library.path("photos"), library.path("elsewhere")).unwrap();
    let run = library.run("withdraw 2 3 --reason unsafe").expect(ExitCode::Partial);
    assert!(run.stdout.contains("Left out: root photos"), "{run}");
    assert!(run.stdout.contains("STILL PUBLIC"), "{run}");
    assert_eq!(state(&library, 2), "quarantined (was withdrawn)");
    assert_eq!(state(&library, 3), "withdrawn");
    library.run("withdraw --confirm 2 --note seen").expect(ExitCode::Success);
    fs::rename(library.path("elsewhere"), library.path("photos")).unwrap();
    withdraw(&library, "3", ExitCode::Success);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn what_a_store_holds_by_now_is_not_removed_with_what_it_held() {
    let library = ended();
    let open = removal_of_two(&library);
    let path = library.path("uploads").join(open.operation.files[0].path.to_string());
    let bytes = fs::read(&path).unwrap();
    die_half_way(&library);
    let stored = library.path("state/quarantine/v1").join(&open.operation.store).join("0001.bin");
    fs::write(&stored, "written while it was moved").unwrap();
    fs::write(&path, bytes).unwrap();
    let run = library.run("recover").expect(ExitCode::Success);
    assert!(run.stdout.contains("left in quarantine"), "{run}");
    assert_eq!(fs::read(&stored).unwrap(), b"written while it was moved");
}

#[test]
fn a_size_that_comes_amid_a_move_is_of_no_asset_until_the_move_is_settled() {
    let library = ended();
    die_after_moving(&library, 2);
    library.run("pause --reason 'something is wrong'").expect(ExitCode::Success);
    library.write("uploads/2026/03/tea-tin-12x8.png", png((12, 8), b"made meanwhile"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.scanned_catalog().files_of(AssetId(2)).unwrap().len(), 3);
    let left = library.run("leftovers --format json").json();
    let told = rows(&left, "leftover").into_iter().map(|row| row.to_string());
    assert!(
        told.into_iter()
            .any(|row| row.contains("12x8") && row.contains("came while files were moved")),
        "{left}"
    );
    library.run("resume --reason 'it is known'").expect(ExitCode::Success);
    let run = library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert!(run.stdout.contains("tea-tin-12x8.png"), "it is told: {run}");
    library.run("scan").expect(ExitCode::Success);
    let left = library.run("leftovers").expect(ExitCode::No);
    assert!(left.stdout.contains("tea-tin-12x8.png"), "{left}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}
