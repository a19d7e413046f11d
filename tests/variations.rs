//! Variations of one picture: which there are, and choosing one of them.

use image::ImageFormat;
use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::embedded;
use crate::support::pictures::{lossless, scene};
use crate::support::scanned::FULL;

const NAMES: [&str; 5] = [
    "tea-tin-300x250.png",
    "tea-tin-v1.png",
    "tea-tin-v2.png",
    "tea-tin-v3.png",
    "winter/tea-tin-v4.png",
];

/// Three variations beside two other things; the second is described.
fn drafts() -> TestLibrary {
    let library = TestLibrary::scanned(&NAMES);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 3 {FULL}")).expect(ExitCode::Success);
    library
}

/// The siblings that `show` tells, by number.
fn siblings(library: &TestLibrary, asset: u32) -> Vec<i64> {
    let run = library.run(&format!("show {asset} --format json"));
    let siblings = run.json()["items"][0]["fields"]["siblings"].clone();
    siblings.as_array().unwrap().iter().map(|sibling| sibling["id"].as_i64().unwrap()).collect()
}

fn states(library: &TestLibrary) -> Vec<String> {
    (1..=5).map(|number| library.asset(number).state.to_string()).collect()
}

/// The payload of the newest entry of a kind about an asset.
fn told(library: &TestLibrary, asset: i64, kind: &str) -> Value {
    let entries = library.audit_entries();
    let about = |entry: &&shelflife::catalog::AuditEntry| {
        entry.kind == kind && entry.asset.is_some_and(|id| id.0 == asset)
    };
    serde_json::from_str(&entries.iter().rev().find(about).unwrap().payload).unwrap()
}

#[test]
fn names_in_one_folder_tell_siblings_and_sizes_do_not() {
    let library = drafts();
    let found: Vec<_> = (1..=5).map(|asset| siblings(&library, asset)).collect();
    assert_eq!(found, [vec![], vec![3, 4], vec![2, 4], vec![2, 3], vec![]]);
    let shown = library.run("show 2").stdout;
    assert!(shown.contains("because same name, another variation"), "{shown}");
}

#[test]
fn usual_spellings_of_a_name_tell_siblings_and_names_that_only_begin_alike_do_not() {
    let names = ["Hero-Shot_V2.png", "hero-shot-v1.png", "hero-shots-v3.png", "hero-v4.png"];
    let library = TestLibrary::scanned(&names);
    let found: Vec<_> = (1..=4).map(|asset| siblings(&library, asset)).collect();
    assert_eq!(found, [vec![2], vec![1], vec![], vec![]]);
    let accented = TestLibrary::scanned(&["\u{c9}t\u{e9}-v1.png", "\u{e9}t\u{e9}-v2.png"]);
    assert_eq!([1, 2].map(|asset| siblings(&accented, asset)), [vec![2], vec![1]]);
}

#[test]
fn a_prompt_with_another_seed_tells_siblings_whatever_the_names() {
    let library = TestLibrary::scanned(&["other.png"]);
    for (name, seed) in [("blue-tin.png", "1"), ("red-tin.png", "2"), ("same-tin.png", "1")] {
        let text = format!("parameters\0a tin of tea\nSteps: 20, Seed: {seed}, Model: tea-xl");
        let chunk = embedded::png_chunk(b"tEXt", text.as_bytes());
        let mark = embedded::png_chunk(b"tEXt", format!("Comment\0{name}").as_bytes());
        library.write(format!("uploads/{name}"), embedded::png(&[chunk, mark], &[]));
    }
    library.run("scan").expect(ExitCode::Success);
    let found: Vec<_> = (1..=4).map(|asset| siblings(&library, asset)).collect();
    assert_eq!(found, [vec![], vec![3], vec![2, 4], vec![3]], "the same seed is the same picture");
}

#[test]
fn choosing_one_approves_it_and_rejects_the_other_drafts_in_one_transaction() {
    let library = drafts();
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("approve 3 --reject-siblings --dry-run"), @"
    exit: 0
    would approve  #3 tea-tin-v2.png  draft → approved
    would reject  #2 tea-tin-v1.png  draft → rejected
        not-chosen
        #3 tea-tin-v2.png was chosen
    would reject  #4 tea-tin-v3.png  draft → rejected
        not-chosen
        #3 tea-tin-v2.png was chosen
    3 changed
    dry run: nothing was changed
    ");
    assert_eq!(library.audit_entries().len(), before);
    insta::assert_snapshot!(library.tell("approve 3 --reject-siblings --reason 'best light'"), @"
    exit: 0
    approved  #3 tea-tin-v2.png  draft → approved  (best light)
    rejected  #2 tea-tin-v1.png  draft → rejected
        not-chosen
        #3 tea-tin-v2.png was chosen
    rejected  #4 tea-tin-v3.png  draft → rejected
        not-chosen
        #3 tea-tin-v2.png was chosen
    3 changed
    ");
    assert_eq!(states(&library), ["draft", "rejected", "approved", "rejected", "draft"]);
    let chosen = told(&library, 3, "asset.approve");
    assert_eq!(chosen["not_chosen"], json!([2, 4]));
    assert_eq!(chosen["reason"], "best light");
    for loser in [2, 4] {
        let rejected = told(&library, loser, "asset.reject");
        assert_eq!((&rejected["chosen"], &rejected["code"]), (&json!(3), &json!("not-chosen")));
        assert_eq!(rejected["reason"], "#3 tea-tin-v2.png was chosen");
    }
    let history = library.run("history 3").stdout;
    assert!(history.contains("chosen over #2, #4"), "{history}");
    let history = library.run("history 2").stdout;
    assert!(history.contains("not-chosen: #3 tea-tin-v2.png was chosen"), "{history}");
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_sibling_that_shows_the_same_is_rejected_as_a_duplicate_and_the_chosen_one_stays_usable() {
    let library = TestLibrary::scanned(&["tea-tin-v1.png"]);
    let shown = lossless(&scene(1), ImageFormat::Png);
    library.write("uploads/tea-tin-v2.png", &shown);
    library.write("uploads/tea-tin-v3.png", &shown);
    library.write("uploads/tea-tin-v4.webp", lossless(&scene(1), ImageFormat::WebP));
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    let codes = |told: &str| -> Vec<String> {
        let lines = told.lines().map(str::trim);
        lines.filter(|line| ["not-chosen", "duplicate"].contains(line)).map(str::to_owned).collect()
    };
    let expected = ["not-chosen", "duplicate", "duplicate"];
    assert_eq!(codes(&library.tell("approve 2 --reject-siblings --dry-run")), expected);
    assert_eq!(codes(&library.tell("approve 2 --reject-siblings")), expected);
    assert_eq!(told(&library, 4, "asset.reject")["chosen"], json!(2));
    library.run("validate 2 --rule SL610").expect(ExitCode::Success);
    library.run("renew 2 --expires-on 2026-07-31").expect(ExitCode::Success);
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn where_the_chosen_one_is_refused_nothing_is_rejected() {
    let library = drafts();
    for refused in ["approve 2 --reject-siblings", "approve 2 --reject-siblings --dry-run"] {
        let run = library.run(refused).expect(ExitCode::No);
        assert!(run.stdout.contains("refused  approve #2"), "{run}");
        assert!(!run.stdout.contains("#3"), "{run}");
    }
    library.run("flag 3 --risk likeness").expect(ExitCode::Success);
    library.run("approve 3 --reject-siblings").expect(ExitCode::No);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("approve 3 --reject-siblings").expect(ExitCode::No);
    assert_eq!(states(&library), ["draft"; 5]);
}

#[test]
fn a_sibling_that_is_approved_already_stays_and_is_told() {
    let library = drafts();
    library.run("approve 3").expect(ExitCode::Success);
    library.run(&format!("describe 2 {FULL}")).expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("approve 2 --reject-siblings"), @"
    exit: 0
    approved  #2 tea-tin-v1.png  draft → approved
    kept  #3 tea-tin-v2.png: it is approved already, and stays so
    rejected  #4 tea-tin-v3.png  draft → rejected
        not-chosen
        #2 tea-tin-v1.png was chosen
    2 changed, 1 kept
    ");
    assert_eq!(states(&library), ["draft", "approved", "approved", "rejected", "draft"]);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    let alone = library.run("approve 1 --reject-siblings").expect(ExitCode::Success).stdout;
    assert!(alone.contains("no other variation of it is a draft"), "{alone}");
    assert_eq!(told(&library, 1, "asset.approve")["not_chosen"], json!([]));
}

#[test]
fn one_asset_is_chosen_not_several() {
    let library = drafts();
    for line in [
        "approve 2 3 --reject-siblings",
        "approve --under tea --reject-siblings",
        "approve 3 --reject-siblings --only-set s-0123456789ab",
        "approve --reject-siblings",
    ] {
        library.run(line).expect(ExitCode::Usage);
    }
    assert_eq!(states(&library), ["draft"; 5]);
}
