//! Folders and archives of pictures: every file is recognized by its bytes first.

use std::fs;

use shelflife::exit::ExitCode;

use super::{shop, told};
use crate::support::TestLibrary;
use crate::support::archives::{Member, archive};
use crate::support::pictures::png;
use crate::support::scanned::{FULL, picture};

/// The bytes of a picture of the shop, put into what ships under another path.
fn ship(library: &TestLibrary, from: &str, to: &str) {
    let bytes = fs::read(library.path(format!("uploads/{from}"))).unwrap();
    library.write(format!("ship/{to}"), bytes);
}

#[test]
fn what_is_approved_ships_and_the_rest_is_found() {
    let library = shop();
    ship(&library, "tea-tin-open.png", "tea-tin-open.png");
    assert_eq!(told(&library, "check ship"), (ExitCode::Success, Vec::new()));
    for name in ["tea-tin-red.png", "tea-tin-old.png", "tea-tin-bad.png"] {
        ship(&library, name, name);
    }
    library.write("ship/tea-tin-new.png", picture(99));
    let found = ["bad.png SL705", "new.png SL701", "old.png SL703", "red.png SL702"];
    let found = found.map(|found| format!("tea-tin-{found}"));
    assert_eq!(told(&library, "check ship"), (ExitCode::No, found.to_vec()));
}

#[test]
fn a_new_name_or_a_new_folder_hides_nothing() {
    let library = shop();
    ship(&library, "tea-tin-old.png", "2026/04/green-tea-in-a-new-tin.png");
    ship(&library, "tea-tin-open.png", "2026/04/tea-tin-on-an-oak-table.png");
    let run = library.run("check ship").expect(ExitCode::No);
    assert!(run.stdout.contains("SL703 rejected-asset: rejected"), "{run}");
    assert!(run.stdout.contains("SL710 returned-content: it has the bytes of #2"), "{run}");
    assert!(run.stdout.contains("2 errors, 2 items checked"), "{run}");
}

#[test]
fn what_was_rejected_as_a_duplicate_does_not_stop_the_copy_that_stays() {
    let library = TestLibrary::scanned(&["tea-tin-one.png"]);
    library.write("uploads/tea-tin-two.png", picture(0));
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    library.run("reject 1 --code duplicate").expect(ExitCode::Success);
    library.write("site/green-tea-tin.png", picture(0));
    let codes = |words: &str| told(&library, &format!("check site {words}")).1;
    assert_eq!(codes(""), ["green-tea-tin.png SL702"], "the one that stays is a draft");
    library.run("approve 2").expect(ExitCode::Success);
    assert_eq!(codes(""), [""; 0]);
    library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
    assert_eq!(codes(""), ["green-tea-tin.png SL706", "green-tea-tin.png SL710"]);
}

#[test]
fn other_bytes_under_an_approved_name_are_found() {
    let library = shop();
    library.write("ship/tea-tin-open.png", picture(200));
    let changed = vec!["tea-tin-open.png SL709".to_owned()];
    assert_eq!(told(&library, "check ship"), (ExitCode::No, changed));
}

#[test]
fn what_left_the_library_is_known_by_its_bytes_and_not_by_its_name() {
    let library = shop();
    ship(&library, "tea-tin-old.png", "tea-tin-old.png");
    library.run("clean --apply").expect(ExitCode::Success);
    let removed = vec!["tea-tin-old.png SL706".to_owned()];
    assert_eq!(told(&library, "check ship"), (ExitCode::No, removed));
    library.write("ship/tea-tin-old.png", picture(201));
    let unknown = vec!["tea-tin-old.png SL701".to_owned()];
    assert_eq!(told(&library, "check ship"), (ExitCode::No, unknown));
}

#[test]
fn sizes_belong_to_their_asset_and_are_told_once() {
    let library = TestLibrary::new();
    library.write("uploads/tea-tin.png", png((60, 40), b"whole"));
    library.write("uploads/tea-tin-30x20.png", png((30, 20), b"half"));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    ship(&library, "tea-tin.png", "tea-tin.png");
    ship(&library, "tea-tin-30x20.png", "tea-tin-30x20.png");
    library.write("ship/tea-tin-15x10.png", png((15, 10), b"a new size"));
    let (code, codes) = told(&library, "check ship");
    assert_eq!(code, ExitCode::No);
    let drafts = codes.iter().filter(|told| told.ends_with("SL702")).count();
    assert_eq!(drafts, 1, "one asset, one finding: {codes:?}");

    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    let unscanned = "tea-tin-15x10.png SL709".to_owned();
    assert_eq!(told(&library, "check ship"), (ExitCode::No, vec![unscanned.clone()]));
    library.write("ship/tea-tin-30x20.png", png((30, 20), b"another half"));
    let changed = vec![unscanned.clone(), "tea-tin-30x20.png SL709".to_owned()];
    assert_eq!(told(&library, "check ship"), (ExitCode::No, changed));
    library.write("ship/tea-tin-30x20.png", png((30, 20), b"half"));
    library.write("ship/tea-tin-12x12.png", png((13, 12), b"no such size"));
    let unknown = vec!["tea-tin-12x12.png SL701".to_owned(), unscanned];
    assert_eq!(told(&library, "check ship"), (ExitCode::No, unknown));
}

#[test]
fn an_archive_is_checked_as_the_folder_that_it_holds() {
    let library = shop();
    let bytes = |name: &str| fs::read(library.path(format!("uploads/{name}"))).unwrap();
    let (open, old) = (bytes("tea-tin-open.png"), bytes("tea-tin-old.png"));
    let members = [
        Member::deflated("tea-tin-open.png", &open),
        Member::deflated("summer/a-tin-of-green-tea.png", &old),
    ];
    library.write("ship.zip", archive(&members));
    let returned = ["SL703", "SL710"].map(|code| format!("summer/a-tin-of-green-tea.png {code}"));
    assert_eq!(told(&library, "check ship.zip"), (ExitCode::No, returned.to_vec()));
}

#[test]
fn an_alternative_text_that_files_cannot_tell_comes_from_the_record() {
    let library = shop();
    library.run("describe tea-tin-red.png --clear alt").expect(ExitCode::Success);
    ship(&library, "tea-tin-red.png", "tea-tin-red.png");
    let (_, codes) = told(&library, "check ship");
    assert!(codes.contains(&"tea-tin-red.png SL201".to_owned()), "{codes:?}");
    let (code, codes) = told(&library, "check ship --without-catalog");
    assert_eq!((code, codes), (ExitCode::Success, Vec::new()), "a folder holds no texts");
}

#[test]
fn content_is_looked_at_without_a_catalog() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("ship/tea-tin-open.png", picture(1));
    library.write("ship/tea-tin-red.png", b"not a picture at all, whatever its name is");
    library.write("ship/IMG_4815.png", picture(2));
    let (code, codes) = told(&library, "check ship");
    assert_eq!(code, ExitCode::No);
    assert!(codes.contains(&"IMG_4815.png SL102".to_owned()), "{codes:?}");
    assert!(codes.iter().any(|told| told.starts_with("tea-tin-red.png SL6")), "{codes:?}");
    assert!(!codes.iter().any(|told| told.starts_with("tea-tin-open.png")), "{codes:?}");
}

#[test]
fn what_a_desktop_left_in_a_folder_is_passed_over_and_a_picture_called_so_is_not() {
    let library = TestLibrary::new();
    library.remove_variable("SHELFLIFE_CONFIG");
    library.write("ship/tea-tin-open.png", picture(1));
    library.write("ship/.DS_Store", b"\0\0\0\x01Bud1\0\0");
    library.write("ship/._tea-tin-open.png", b"\0\x05\x16\x07\0\x02\0\0");
    let all_right = (ExitCode::Success, Vec::new());
    assert_eq!(told(&library, "check ship --without-catalog"), all_right);
    library.write("ship/Thumbs.db", picture(2));
    let (_, found) = told(&library, "check ship --without-catalog");
    assert!(found.contains(&"Thumbs.db SL112".to_owned()), "{found:?}");
}
