//! Rules that speak of more than one asset: what names, texts and bytes they share.

use std::fs;

use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::{FULL, picture};

/// `b.png` has the bytes of `a.png`.
fn with_a_copy() -> TestLibrary {
    let library = TestLibrary::scanned(&["a-green-tea-tin.png", "c-red-tea-tin.png"]);
    let bytes = fs::read(library.path("uploads/a-green-tea-tin.png")).unwrap();
    library.write("uploads/b-copy-of-tin.png", bytes);
    library.run("scan").expect(ExitCode::Success);
    library
}

#[test]
fn names_that_differ_in_case_or_form_only_are_found_in_one_folder() {
    let library = TestLibrary::scanned(&[
        "Green-Tea.png",
        "caf\u{e9}.png",
        "cafe\u{301}.png",
        "green-tea.png",
        "sub/green-tea.png",
    ]);
    let told = library.tell("validate --rule SL115");
    for (number, other) in [(1, 4), (2, 3), (3, 2), (4, 1)] {
        let (asset, message) = (format!("\n#{number} "), format!(": #{other} has the same name"));
        let (_, about) = told.split_once(&asset).unwrap();
        assert!(about.lines().nth(1).unwrap().ends_with(&message), "{told}");
    }
    assert!(told.ends_with("4 warnings, 5 assets checked"), "{told}");
    assert_eq!(library.tell("validate 5 --rule SL115"), "exit: 0\n1 asset checked");
    assert!(library.tell("list --where-rule SL115").contains("4 rows"));
}

#[test]
fn a_text_repeated_over_different_pictures_is_found() {
    let library = with_a_copy();
    library.run("describe 1 2 3 --alt 'A tin of tea'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("validate --rule SL215"), @"
    exit: 0
    #1 a-green-tea-tin.png
      warning SL215 alt-text-repeated: #2 has the text for `en`: `A tin of tea`
    #2 c-red-tea-tin.png
      warning SL215 alt-text-repeated: #1 has the text for `en`: `A tin of tea`
    #3 b-copy-of-tin.png
      warning SL215 alt-text-repeated: #2 has the text for `en`: `A tin of tea`
    `shelflife rules SL215` says why that matters and what to do
    3 warnings, 3 assets checked
    ");
    library.run("describe 2 --alt 'A red tin of tea'").expect(ExitCode::Success);
    assert_eq!(
        library.tell("validate --rule SL215"),
        "exit: 0\n3 assets checked",
        "copies of one picture may have one text"
    );
}

#[test]
fn bytes_that_are_there_twice_are_found_and_returned_ones_are_not_approved() {
    let library = with_a_copy();
    library.add_context("campaign/spring", None);
    insta::assert_snapshot!(library.tell("validate --rule SL609 --rule SL610"), @"
    exit: 0
    #1 a-green-tea-tin.png
      warning SL609 content-duplicated: #3 has the same bytes
    #3 b-copy-of-tin.png
      warning SL609 content-duplicated: #1 has the same bytes
    `shelflife rules SL609` says why that matters and what to do
    2 warnings, 3 assets checked
    ");
    library.run("reject 1 --reason 'the tin is old'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("validate --rule SL609 --rule SL610"), @"
    exit: 1
    #3 b-copy-of-tin.png
      error SL610 content-returned: #1 has the same bytes and is rejected
    `shelflife rules SL610` says why that matters and what to do
    1 error, 3 assets checked
    ");
    assert!(
        library.tell("validate 3 --rule SL610").contains("#1 has the same bytes and is rejected")
    );
    library.run(&format!("describe 3 {FULL}")).expect(ExitCode::Success);
    let refused = library.run("approve 3").expect(ExitCode::No);
    assert!(refused.stdout.contains("SL610"), "{refused}");
    library.run("reconsider 1 --reason 'it is sold again'").expect(ExitCode::Success);
    library.run("approve 3").expect(ExitCode::Success);
}

#[test]
fn of_a_hundred_copies_and_more_each_counts() {
    let library = TestLibrary::scanned(&["other.png"]);
    for number in 2..=103 {
        library.write(format!("uploads/tin-{number:03}.png"), picture(7));
    }
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 3 103 {FULL}")).expect(ExitCode::Success);
    library.run("approve 103").expect(ExitCode::Success);
    library.run("reject 2 --reason 'one too many'").expect(ExitCode::Success);
    library.write("uploads/tin-again.png", picture(7));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(104).state, State::Draft, "a copy of it is in use");
    library.run("reconsider 2 --reason 'as good as any'").expect(ExitCode::Success);
    library.run("withdraw 103 --reason unsafe --leave-files").expect(ExitCode::Success);
    let refused = library.run("approve 3").expect(ExitCode::No);
    assert!(refused.stdout.contains("#103 has the same bytes and is withdrawn"), "{refused}");
    library.write("uploads/tin-once-more.png", picture(7));
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(105).state, State::Withdrawn);
}

#[test]
fn of_two_copies_one_is_rejected_as_a_duplicate_and_the_other_approved() {
    let library = with_a_copy();
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 2 3 {FULL}")).expect(ExitCode::Success);
    library.run("reject 1 --code duplicate").expect(ExitCode::Success);
    let told = library.tell("validate --rule SL609 --rule SL610");
    assert_eq!(told, "exit: 0\n3 assets checked", "nothing speaks against the content");
    library.run("validate 3 --rule SL610").expect(ExitCode::Success);
    let dry = library.run("approve 2 3 --dry-run").expect(ExitCode::Success);
    assert!(dry.stdout.contains("would approve  #3"), "nor is it cleared one by one: {dry}");
    library.run("approve 3").expect(ExitCode::Success);
    fs::rename(
        library.path("uploads/b-copy-of-tin.png"),
        library.path("uploads/d-renamed-tin.png"),
    )
    .unwrap();
    let told = library.tell("scan");
    assert!(!told.contains("returned"), "{told}");
    assert_eq!(library.asset(4).state, State::Draft);
    library.run("withdraw 3 --reason unsafe --leave-files").expect(ExitCode::Success);
    fs::copy(library.path("uploads/d-renamed-tin.png"), library.path("uploads/e-tin.png")).unwrap();
    library.run("scan").expect(ExitCode::Success);
    assert_eq!(library.asset(5).state, State::Withdrawn, "what was kept is remembered");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}
