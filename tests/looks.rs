//! Rejected, withdrawn and expired content is recognized by its pixels and its look.

mod ended;
mod measured;
mod overwritten;

use image::ImageFormat;
use rusqlite::Connection;
use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::pictures::{jpeg, lossless, scene, shrunk};
use crate::support::scanned::FULL;

const OLD: &str = "uploads/old-tea-tin.png";
const NEW: &str = "uploads/new-tea-tin";

/// A library with one draft, which shows something.
fn library() -> TestLibrary {
    let library = TestLibrary::new();
    library.write(OLD, lossless(&scene(1), ImageFormat::Png));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library
}

fn rejected() -> TestLibrary {
    let library = library();
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    library
}

/// A library in which rejected content came back under this name, with these bytes.
fn returned(name: &str, bytes: &[u8]) -> TestLibrary {
    let library = rejected();
    library.write(name, bytes);
    library.run("scan").expect(ExitCode::Success);
    library
}

/// A fraction of the size, and compressed with a loss.
fn small() -> Vec<u8> {
    jpeg(&shrunk(&scene(1), 50), 70)
}

fn shown(library: &TestLibrary, asset: u32, field: &str) -> Value {
    let report = library.run(&format!("show {asset} --format json")).json();
    report["items"][0]["fields"][field].clone()
}

/// How many pictures were looked at, and how many have a look hash.
fn looked_at(library: &TestLibrary) -> (i64, i64) {
    let catalog = Connection::open(library.path("state/catalog.db")).unwrap();
    let count = "SELECT count(*), count(look_hash) FROM look";
    catalog.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[test]
fn the_same_pixels_in_another_format_are_what_they_were_and_not_approved() {
    let library = rejected();
    library.write(format!("{NEW}.webp"), lossless(&scene(1), ImageFormat::WebP));
    insta::assert_snapshot!(library.tell("scan"), @"
    exit: 0
    PATH              OF  WHICH IS  BECAUSE          RECORDED AS
    new-tea-tin.webp   1  rejected  the same pixels  rejected

    1 row, 1 asset added, 1 file read, 2 files seen, 1 file written, 1 returned
    ");
    assert_eq!(shown(&library, 2, "return_of"), "#1");
    let record = shown(&library, 1, "returned_as");
    assert_eq!(record, serde_json::json!(["#2, which is rejected: the same pixels"]));
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 1
    refused  approve #2 new-tea-tin.webp: cannot approve an asset that is rejected (allowed: withdraw, reconsider, quarantine)
    1 refused
    ");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);

    library.run("reconsider 2 --reason 'as a packshot'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("validate 2 --rule SL609 --rule SL610 --rule SL613"), @"
    exit: 1
    #2 new-tea-tin.webp
      error SL610 content-returned: #1 has the same pixels and is rejected
    `shelflife rules SL610` says why that matters and what to do
    1 error, 1 asset checked
    ");
    assert_eq!(shown(&library, 2, "same_pixels_as"), "#1, which is rejected");
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    let refused = library.tell("approve 2");
    assert!(refused.contains("SL610 content-returned: #1 has the same pixels"), "{refused}");
    assert!(refused.starts_with("exit: 1"), "{refused}");
    let foretold = library.tell("approve 2 --dry-run");
    assert!(foretold.contains("SL610 content-returned: #1 has the same pixels"), "{foretold}");
    library.run("reconsider 1 --reason 'it is sold again'").expect(ExitCode::Success);
    library.run("approve 2").expect(ExitCode::Success);
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn the_same_pixels_are_seen_by_an_approval_that_no_scan_came_before() {
    let library = library();
    library.write(format!("{NEW}.webp"), lossless(&scene(1), ImageFormat::WebP));
    library.run("scan").expect(ExitCode::Success);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (0, 0));
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    let refused = library.run("approve 2").expect(ExitCode::No);
    assert!(refused.stdout.contains("#1 has the same pixels and is rejected"), "{refused}");
}

#[test]
fn a_near_look_is_a_notice_and_stops_nothing() {
    let library = rejected();
    library.write(format!("{NEW}.jpg"), small());
    library.write("uploads/other.jpg", jpeg(&scene(2), 70));
    insta::assert_snapshot!(library.tell("scan"), @"
    exit: 0
    PATH             OF  WHICH IS  BECAUSE                           RECORDED AS
    new-tea-tin.jpg   1  rejected  0 of 256 bits of the look differ  draft

    New assets are drafts until a person approves them; nothing is removed for being a draft, and after 30 days a draft is called stale.
    1 row, 2 assets added, 2 files read, 3 files seen, 2 files written, 1 look-alike
    ");
    insta::assert_snapshot!(library.tell("validate --rule SL610 --rule SL613"), @"
    exit: 0
    #2 new-tea-tin.jpg
      note SL613 content-look-alike: it looks like #1, which is rejected: 0 of 256 bits differ
    `shelflife rules SL613` says why that matters and what to do
    1 note, 3 assets checked
    ");
    let told = shown(&library, 2, "looks_like");
    assert!(told.as_str().unwrap().starts_with("#1, which is rejected: "), "{told}");
    assert_eq!(shown(&library, 3, "looks_like"), Value::Null);
    let record = shown(&library, 1, "returned_as");
    assert_eq!(record, serde_json::json!(["#2, which is draft: 0 of 256 bits differ"]));
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("approve 2"), @"
    exit: 0
    approved  #2 new-tea-tin.jpg  draft → approved  (it looks like #1, which is rejected: 0 of 256 bits differ)
    1 changed
    ");
    assert_eq!(library.tell("validate 2 --rule SL613"), "exit: 0\n1 asset checked");
}

#[test]
fn the_same_bytes_are_told_by_the_scan_too() {
    let library = rejected();
    library.write(format!("{NEW}.png"), lossless(&scene(1), ImageFormat::Png));
    let told = library.tell("scan");
    assert!(told.contains("the same bytes"), "{told}");
    let record = shown(&library, 1, "returned_as");
    assert_eq!(record, serde_json::json!(["#2, which is rejected: the same bytes"]));
}

#[test]
fn what_came_back_goes_as_what_it_is_and_history_says_of_what() {
    let library = rejected();
    library.write(format!("{NEW}.png"), lossless(&scene(1), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    let history = library.tell("history 2");
    assert!(history.contains("new-tea-tin.png, which is #1 again: rejected"), "{history}");
    library.run("clean --apply").expect(ExitCode::Success);
    assert_eq!(shown(&library, 2, "state"), "quarantined (was rejected)");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn whoever_withdrew_content_cannot_take_it_back_for_a_copy_of_it() {
    let library = library();
    library.run("withdraw 1 --reason unsafe").expect(ExitCode::Success);
    library.write(format!("{NEW}.png"), lossless(&scene(1), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(shown(&library, 2, "state"), "withdrawn");
    library.run("reconsider 2 --reason 'looks fine'").expect(ExitCode::No);
    library.set_actor("li");
    library.set_account("li");
    library.run("reconsider 2 --reason 'looks fine'").expect(ExitCode::Success);
}

#[test]
fn content_that_was_rejected_and_withdrawn_comes_back_as_withdrawn() {
    for (format, second) in [(ImageFormat::Png, "second.png"), (ImageFormat::WebP, "second.webp")] {
        let library = library();
        library.write(format!("uploads/{second}"), lossless(&scene(1), format));
        library.run("scan").expect(ExitCode::Success);
        library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
        library.run("withdraw 2 --reason unsafe").expect(ExitCode::Success);
        library.write(format!("{NEW}.png"), lossless(&scene(1), ImageFormat::Png));
        library.run("scan").expect(ExitCode::Success);
        assert_eq!(shown(&library, 3, "state"), "withdrawn", "{second}");
        assert_eq!(shown(&library, 3, "return_of"), "#2");
        library.run("reconsider 3 --reason 'looks fine'").expect(ExitCode::No);
        library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
    }
}

#[test]
fn a_copy_of_what_is_in_use_is_a_draft_whatever_was_ended_of_it() {
    let library = library();
    library.write("uploads/second.png", lossless(&scene(1), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    for command in [&format!("describe 2 {FULL}"), "approve 2", "reject 1 --reason 'one too many'"]
    {
        library.run(command).expect(ExitCode::Success);
    }
    library.write(format!("{NEW}.webp"), lossless(&scene(1), ImageFormat::WebP));
    let told = library.tell("scan");
    assert!(told.contains("the same pixels"), "{told}");
    assert_eq!(shown(&library, 3, "state"), "draft");
    assert_eq!(shown(&library, 3, "return_of"), Value::Null);
}

#[test]
fn what_was_reconsidered_is_not_remembered_any_more() {
    let library = returned(&format!("{NEW}.jpg"), &small());
    assert!(library.tell("validate --rule SL613").contains("#1, which is rejected"));
    library.run("reconsider 1 --reason 'it is sold again'").expect(ExitCode::Success);
    assert_eq!(library.tell("validate --rule SL613"), "exit: 0\n2 assets checked");
    assert_eq!(shown(&library, 2, "looks_like"), Value::Null);
}

#[test]
fn a_scan_decodes_nothing_unless_something_is_remembered() {
    let library = library();
    library.write("uploads/second.png", lossless(&scene(2), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (0, 0));
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (1, 1));
    library.run("scan --full").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (1, 1), "what did not change is not decoded");
    library.write("uploads/second.png", lossless(&scene(3), ImageFormat::Png));
    library.write("uploads/third.txt", "no picture");
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (2, 2));
}

#[test]
fn broken_pictures_end_neither_a_rejection_nor_a_scan() {
    let library = library();
    let whole = lossless(&scene(4), ImageFormat::Png);
    library.write("uploads/broken.png", &whole[..whole.len() / 2]);
    library.run("scan").expect(ExitCode::Success);
    library.run("reject 1 2 --reason 'not these'").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (2, 1));
    library.write("uploads/cut.png", &whole[..whole.len() / 3]);
    library.write("uploads/whole.png", lossless(&scene(5), ImageFormat::Png));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(looked_at(&library), (4, 2));
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn flat_and_tiny_pictures_have_no_look_and_are_known_by_their_pixels_all_the_same() {
    let gray = image::DynamicImage::new_luma8(300, 200);
    let tiny = scene(1).crop_imm(0, 0, 240, 63);
    for (name, image) in [("flat", gray), ("tiny", tiny)] {
        let library = library();
        library.write(OLD, lossless(&image, ImageFormat::Png));
        library.run("scan").expect(ExitCode::Success);
        library.run("reject 1 --reason 'nothing to see'").expect(ExitCode::Success);
        assert_eq!(shown(&library, 1, "look_hash"), Value::Null, "{name}");
        library.write(format!("{NEW}.webp"), lossless(&image, ImageFormat::WebP));
        library.write("uploads/near.jpg", jpeg(&image, 70));
        let told = library.tell("scan");
        assert!(told.contains("the same pixels"), "{name}: {told}");
        assert!(!told.contains("look-alike"), "{name}: {told}");
    }
}

#[test]
fn an_original_that_was_packed_anew_keeps_its_look() {
    let library = library();
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    let hash = shown(&library, 1, "look_hash");
    assert!(hash.is_string(), "{hash}");
    library.write(OLD, lossless(&scene(1), ImageFormat::WebP));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1, "state"), "approved");
    assert_eq!(shown(&library, 1, "look_hash"), hash);
}
