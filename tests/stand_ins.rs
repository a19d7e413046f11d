//! Originals that are gone and come back, what stands in for them meanwhile, and what takes their path.

use std::fs;

use serde_json::{Value, json};
use shelflife::domain::asset::{AssetId, Place};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::many::without_caps;
use crate::support::pictures::png;
use crate::support::scanned::FULL;

/// An original and a size of it, the files of #1.
const HARBOUR: [&str; 2] = ["uploads/2024/11/harbour.png", "uploads/2024/11/harbour-40x32.png"];

/// A library with these, described and in this state.
fn harbour(state: &str) -> TestLibrary {
    let library = TestLibrary::new();
    for (file, size) in HARBOUR.iter().zip([(80, 64), (40, 32)]) {
        library.write(file, png(size, file.as_bytes()));
    }
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    match state {
        "approved" => drop(library.run("approve 1").expect(ExitCode::Success)),
        "rejected" => drop(library.run("reject 1 --reason x").expect(ExitCode::Success)),
        _ => {}
    }
    library
}

#[test]
fn an_original_that_comes_back_is_the_original_of_its_asset_again() {
    for state in ["draft", "approved", "rejected"] {
        let (library, files) = (harbour(state), HARBOUR);
        let before = library.run("show 1 --format json").json()["items"][0]["fields"].clone();
        let away = library.path("away.png");
        fs::rename(library.path(files[0]), &away).unwrap();
        library.run("scan").expect(ExitCode::Success);
        fs::rename(&away, library.path(files[0])).unwrap();
        let scan = library.run("scan").expect(ExitCode::Success);
        assert!(!scan.stdout.contains("added"), "{state}: {scan}");
        let after = library.run("show 1 --format json").json()["items"][0]["fields"].clone();
        for field in ["path", "state", "files", "title", "owner"] {
            assert_eq!(before[field], after[field], "{state}: {field}");
        }
        library.write("uploads/2024/11/new.png", png((5, 5), b"new"));
        library.run("scan --full").expect(ExitCode::Success);
        let entries = library.audit_entries().len();
        library.run("scan").expect(ExitCode::Success);
        let since = library.audit_entries().split_off(entries);
        assert!(since.iter().all(|entry| entry.asset.is_none()), "nothing is new: {since:#?}");
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
        assert!(!library.path(files[0]).exists() && !library.path(files[1]).exists());
    }
}

/// The files of an asset that there are, by path.
fn files_of(library: &TestLibrary, number: i64) -> Vec<(String, Place)> {
    let files = library.scanned_catalog().files_of(AssetId(number)).unwrap();
    let paths = files.into_iter().map(|(_, file)| (file.path.to_string(), file.place));
    paths.filter(|(_, place)| *place != Place::Gone).collect()
}

/// By its pixels it is another picture: neither is made of the other.
#[test]
fn what_stands_in_for_an_original_stays_its_asset_when_another_picture_takes_that_path() {
    for state in ["draft", "approved", "rejected"] {
        let (library, files) = (harbour(state), HARBOUR);
        fs::remove_file(library.path(files[0])).unwrap();
        library.run("scan").expect(ExitCode::Success);
        library.write(files[0], png((30, 90), b"another picture"));
        for round in 0..3 {
            library.write(format!("uploads/2024/11/new{round}.png"), png((5, 5), &[round]));
            library.run("scan --full").expect(ExitCode::Success);
            library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        }
        assert_ne!(library.asset(1).state.to_string(), "approved");
        for (number, file) in [(1, files[1]), (2, files[0])] {
            let path = file.strip_prefix("uploads/").unwrap().to_owned();
            assert_eq!(files_of(&library, number), [(path, Place::Library)], "{state}");
        }
        if state == "rejected" {
            without_caps(&library);
            library.run("clean --apply").expect(ExitCode::Success);
            assert!(!library.path(files[1]).exists() && library.path(files[0]).exists());
        }
    }
}

#[test]
fn an_original_that_was_replaced_stays_its_asset_when_what_stood_in_for_it_comes_back() {
    for state in ["draft", "approved", "rejected"] {
        let (library, files) = (harbour(state), HARBOUR);
        fs::remove_file(library.path(files[0])).unwrap();
        library.run("scan").expect(ExitCode::Success);
        let away = library.path("away.png");
        fs::rename(library.path(files[1]), &away).unwrap();
        library.write(files[0], png((30, 90), b"another picture"));
        library.run("scan").expect(ExitCode::Success);
        fs::rename(&away, library.path(files[1])).unwrap();
        library.run("scan").expect(ExitCode::Success);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        for (number, file) in [(1, files[0]), (2, files[1])] {
            let path = file.strip_prefix("uploads/").unwrap().to_owned();
            assert_eq!(files_of(&library, number), [(path, Place::Library)], "{state}");
        }
    }
}

/// What the site says of an attachment.
fn attachment(id: u32, main: &str, size: &str, upload: Option<&str>) -> Value {
    let sizes = json!({ "medium": { "file": size } });
    json!({
        "ID": id, "_wp_attached_file": format!("2024/11/{main}"),
        "_wp_attachment_metadata": { "width": 80, "sizes": sizes, "original_image": upload },
    })
}

fn import(library: &TestLibrary, attachments: &[Value]) {
    library.write("list.json", json!(attachments).to_string());
    library.run("import rest list.json").expect(ExitCode::Success);
}

#[test]
fn an_original_comes_back_to_its_asset_although_an_import_gave_to_another_what_stood_in_for_it() {
    for state in ["approved", "rejected"] {
        let (library, files) = (harbour(state), HARBOUR);
        library.write("uploads/2024/11/garden.png", png((80, 64), b"garden"));
        let away = library.path("away.png");
        fs::rename(library.path(files[0]), &away).unwrap();
        library.run("scan").expect(ExitCode::Success);
        import(&library, &[attachment(7, "garden.png", "harbour-40x32.png", None)]);
        fs::rename(&away, library.path(files[0])).unwrap();
        for round in 0..2 {
            library.write(format!("uploads/2024/11/new{round}.png"), png((5, 5), &[round]));
            library.run("scan --full").expect(ExitCode::Success);
            library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
        }
        let here = files_of(&library, 1);
        assert_eq!(here, [("2024/11/harbour.png".to_owned(), Place::Library)], "{state}");
        assert_eq!(library.asset(1).path.to_string(), "2024/11/harbour.png");
    }
}

#[test]
fn what_did_not_change_was_not_made_of_a_picture_that_came_later() {
    let (library, size) = (harbour("draft"), "uploads/2024/11/harbour-20x16.png");
    library.write(size, png((20, 16), b"made of the first"));
    library.run("scan").expect(ExitCode::Success);
    fs::remove_file(library.path(HARBOUR[0])).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library.write(HARBOUR[0], png((30, 24), b"another picture"));
    library.run("scan").expect(ExitCode::Success);
    library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    assert!(!library.path(HARBOUR[1]).exists() && !library.path(size).exists());
    assert!(library.path(HARBOUR[0]).exists());
}

#[test]
fn an_approval_ends_when_a_file_that_came_later_is_the_original() {
    let library = TestLibrary::new();
    library.write("uploads/harbour-scaled.png", png((40, 32), b"what was approved"));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.write("uploads/harbour.png", png((80, 64), b"what nobody saw"));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).path.to_string(), "harbour.png");
    assert_eq!(library.asset(1).state.to_string(), "draft");
}

#[test]
fn an_approval_ends_when_an_import_makes_a_size_the_original() {
    let library = harbour("approved");
    import(&library, &[attachment(7, "harbour-40x32.png", "harbour.png", None)]);
    library.run("scan --full").expect(ExitCode::Success);
    assert_eq!(library.asset(1).state.to_string(), "draft");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn an_original_that_comes_back_stays_with_its_asset_whatever_else_is_made_of_it() {
    for state in ["approved", "rejected"] {
        let (library, files) = (harbour(state), HARBOUR);
        let away = library.path("away.png");
        fs::rename(library.path(files[0]), &away).unwrap();
        library.run("scan").expect(ExitCode::Success);
        library.write("uploads/2024/11/harbour-20x16.png.webp", png((20, 16), b"a twin"));
        library.run("scan").expect(ExitCode::Success);
        library.write("uploads/2024/11/harbour-20x16.png", png((20, 16), b"a size"));
        fs::rename(&away, library.path(files[0])).unwrap();
        for round in 0..2 {
            library.write(format!("uploads/2024/11/new{round}.png"), png((5, 5), &[round]));
            library.run("scan --full").expect(ExitCode::Success);
        }
        assert_eq!(library.asset(1).path.to_string(), "2024/11/harbour.png", "{state}");
        assert_eq!(files_of(&library, 1).len(), 4);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
}

#[test]
fn an_approval_ends_when_what_comes_back_was_the_original_of_a_draft_that_was_merged_into_it() {
    let (library, files) = (harbour("draft"), HARBOUR);
    let away = library.path("away.png");
    fs::rename(library.path(files[0]), &away).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library.write("uploads/2024/11/harbour-scaled.png", png((60, 48), b"what was approved"));
    library.run("scan").expect(ExitCode::Success);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    import(
        &library,
        &[attachment(7, "harbour-scaled.png", "harbour-40x32.png", Some("harbour.png"))],
    );
    assert_eq!(library.asset(2).state.to_string(), "approved");
    fs::rename(&away, library.path(files[0])).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(2).path.to_string(), "2024/11/harbour.png");
    assert_eq!(library.asset(2).state.to_string(), "draft");
}

/// `#1` without its original, and with a size that the site gives to two attachments, so that it stands
/// in for nothing; withdrawn, and in quarantine.
fn rendition_withdrawn() -> TestLibrary {
    let library = harbour("draft");
    library.write("uploads/2024/11/garden.png", png((80, 64), b"garden"));
    library.run("scan").expect(ExitCode::Success);
    let listed = |id, main| attachment(id, main, "harbour-40x32.png", None);
    import(&library, &[listed(7, "harbour.png"), listed(8, "garden.png")]);
    fs::remove_file(library.path(HARBOUR[0])).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    assert!(!library.path(HARBOUR[1]).exists());
    library
}

#[test]
fn a_rendition_comes_back_although_another_asset_has_the_path_of_its_original() {
    let library = rendition_withdrawn();
    library.write(HARBOUR[0], png((80, 64), b"another picture"));
    library.run("scan").expect(ExitCode::Success);
    library.run("restore 1").expect(ExitCode::Success);
    assert!(library.path(HARBOUR[1]).exists());
    assert_eq!(library.asset(1).path.to_string(), "2024/11/harbour-40x32.png");
    for round in 0..2 {
        library.write(format!("uploads/2024/11/new{round}.png"), png((5, 5), &[round]));
        library.run("scan --full").expect(ExitCode::Success);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
}

#[test]
fn a_rebuilt_catalog_knows_an_asset_by_a_file_that_is_there() {
    let library = rendition_withdrawn();
    let catalog = library.scanned_catalog();
    let lost = catalog.uuid().unwrap();
    let taken = catalog.quarantine_of(AssetId(1)).unwrap().unwrap();
    drop(catalog);
    let stored = library.path("state/quarantine/v1").join(&taken.store);
    let stored = stored.join(&taken.files[0].stored_name);
    fs::rename(stored, library.path(HARBOUR[1])).unwrap();
    for name in ["catalog.db", "catalog.db-wal", "catalog.db-shm"] {
        let _gone = fs::remove_file(library.path("state").join(name));
    }
    let rebuild = "recover --rebuild --apply --reason 'the disk broke' --lost";
    library.run(&format!("{rebuild} {lost}")).expect(ExitCode::Success);
    assert_eq!(library.asset(1).path.to_string(), "2024/11/harbour-40x32.png");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    fs::remove_file(library.path(HARBOUR[1])).unwrap();
    library.write(HARBOUR[0], png((80, 64), b"another picture"));
    library.run("scan").expect(ExitCode::Success);
}

#[test]
fn what_was_approved_in_the_place_of_a_missing_original_stays_the_original_when_that_is_back() {
    let (library, files) = (harbour("draft"), HARBOUR);
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let (no, yes) = ("approve_with_waivers = false", "approve_with_waivers = true");
    library.write_config(&config.replace(no, yes));
    let away = library.path("away.png");
    fs::rename(library.path(files[0]), &away).unwrap();
    library.run("scan").expect(ExitCode::Success);
    library.run("rules waive SL601 1 --reason x --until +2w").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    fs::rename(&away, library.path(files[0])).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(1).path.to_string(), "2024/11/harbour-40x32.png");
    assert_eq!(files_of(&library, 1).len(), 2);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn an_approval_ends_when_the_original_comes_back_as_a_file_of_another_asset() {
    let (library, files) = (harbour("approved"), HARBOUR);
    library.write("uploads/2024/11/garden.png", png((160, 128), b"garden"));
    let away = library.path("away.png");
    fs::rename(library.path(files[0]), &away).unwrap();
    library.run("scan").expect(ExitCode::Success);
    let stands_in = attachment(8, "harbour-40x32.png", "none.png", None);
    import(&library, &[attachment(7, "garden.png", "harbour.png", None), stands_in]);
    assert_eq!(library.asset(1).state.to_string(), "approved");
    fs::rename(&away, library.path(files[0])).unwrap();
    library.run("scan").expect(ExitCode::Success);
    let left = ("2024/11/harbour-40x32.png".to_owned(), Place::Library);
    assert_eq!(files_of(&library, 1), [left]);
    assert_eq!(library.asset(1).state.to_string(), "draft");
}
