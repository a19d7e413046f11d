//! A new picture in the place of an old one: linked, described, and never approved by that.

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::usable_garden;

/// An approved garden as #2, a draft as #1 and one more as #3.
fn gardens() -> TestLibrary {
    usable_garden(&["autumn-garden.png", "garden.png", "winter-garden.png"])
}

fn fields(library: &TestLibrary, asset: &str) -> Value {
    let shown = library.run(&format!("show {asset} --format json")).expect(ExitCode::Success);
    shown.json()["items"][0]["fields"].clone()
}

#[test]
fn both_assets_tell_of_each_other_and_what_could_be_taken_over_is_offered() {
    let library = gardens();
    insta::assert_snapshot!(library.tell("replace 2 1 --reason 'new season'"), @"
    exit: 0
    recorded  #1 autumn-garden.png  takes the place of #2 garden.png

    FIELD       RECORDED  OFFERED                                               TAKE
    alt:en      -         A green garden behind a house                         alt
    contexts    -         campaign/none, product/none, brand/house, claim/none  contexts
    expires_on  -         2027-03-02                                            dates
    owner       -         anna                                                  owner
    placements  -         blog                                                  placements
    title       -         The garden                                            title

    #2 stays in use until somebody ends it.
    1 edited, 6 rows
    ");
    for asset in ["1", "2"] {
        let told = fields(&library, asset)["replacements"].clone();
        assert_eq!((&told[0]["old"], &told[0]["new"]), (&"#2".into(), &"#1".into()), "{told}");
        assert_eq!((&told[0]["by"], &told[0]["reason"]), (&"olga".into(), &"new season".into()));
    }
    assert_eq!(fields(&library, "3")["replacements"], Value::Array(Vec::new()));
    let history = library.run("history 1").expect(ExitCode::Success);
    assert!(history.stdout.contains("asset replace"), "{history}");
    let check = library.run("reuse check 2 --placement blog --territory DE --format json");
    let rows = check.json()["items"].as_array().unwrap().clone();
    let replaced: Vec<_> = rows.iter().filter(|row| row["kind"] == "replaced").collect();
    assert_eq!(replaced[0]["fields"]["by"], "#1", "{check}");
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn what_is_taken_over_is_recorded_and_nothing_that_was_found_out_about_the_old_picture() {
    let library = gardens();
    library.run("describe 1 --placement shop --title 'Autumn'").expect(ExitCode::Success);
    let parts = "--take owner --take placements --take contexts --take dates --take alt";
    insta::assert_snapshot!(library.tell(&format!("replace 2 1 {parts}")), @"
    exit: 0
    recorded  #1 autumn-garden.png  takes the place of #2 garden.png
    recorded  #1 autumn-garden.png  alt:en: nothing → `A green garden behind a house`
    recorded  #1 autumn-garden.png  contexts: nothing → `campaign/none, product/none, brand/house, claim/none`
    recorded  #1 autumn-garden.png  expires_on: nothing → `2027-03-02`
    recorded  #1 autumn-garden.png  owner: nothing → `anna`
    recorded  #1 autumn-garden.png  placements: `shop` → `blog, shop`

    FIELD  RECORDED  OFFERED     TAKE
    title  Autumn    The garden  title

    #2 stays in use until somebody ends it.
    6 edited, 1 row
    ");
    let (old, new) = (fields(&library, "2"), fields(&library, "1"));
    for field in ["owner", "alt", "expires_on"] {
        assert_eq!(new[field], old[field], "{field}");
    }
    assert_eq!(new["title"], "Autumn");
    assert_eq!(new["placements"], serde_json::json!(["blog", "shop"]));
    for field in ["source_note", "rights_note", "rights_reviewed_by", "review_on"] {
        assert!(!old[field].is_null() && new[field].is_null(), "{field}: {}", new[field]);
    }
    assert_eq!(new["licenses"], Value::Array(Vec::new()));
    assert_eq!((&old["state"], &new["state"]), (&"approved".into(), &"draft".into()));
    library.run("audit verify --replay --disk=full").expect(ExitCode::Success);
}

#[test]
fn a_list_that_the_new_picture_has_all_of_is_not_offered() {
    let library = gardens();
    let parts =
        "--take owner --take placements --take contexts --take dates --take alt --take title";
    library.run(&format!("replace 2 1 {parts}")).expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library
        .run("describe 1 --add-placement shop --context campaign/spring")
        .expect(ExitCode::Success);
    let again = library.run("replace 2 1 --format json").expect(ExitCode::Success).json();
    let kinds: Vec<_> = again["items"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert!(!kinds.contains(&&Value::from("offer")), "{again}");
}

#[test]
fn a_link_is_recorded_once_and_a_dry_run_records_none() {
    let library = gardens();
    let entries = || library.audit_entries().len();
    let before = entries();
    library.run("replace 2 1 --take owner --dry-run").expect(ExitCode::Success);
    assert_eq!((entries(), fields(&library, "1")["owner"].is_null()), (before, true));
    library.run("replace 2 1").expect(ExitCode::Success);
    let after = entries();
    let again = library.run("replace 2 1").expect(ExitCode::Success);
    assert!(again.stdout.contains("kept  #1 autumn-garden.png"), "{again}");
    assert_eq!(entries(), after);
    library.run("replace 2 1 --take owner").expect(ExitCode::Success);
    assert_eq!(fields(&library, "1")["owner"], "anna");
    let kinds = library.audit_entries().into_iter().map(|entry| entry.kind);
    assert_eq!(kinds.filter(|kind| kind == "asset.replace").count(), 2, "one for each asset");
}

#[test]
fn nothing_takes_a_place_that_is_not_of_use_or_the_place_of_itself() {
    let library = gardens();
    library.run("reject 3 --reason 'off brand'").expect(ExitCode::Success);
    library.run("replace 2 1").expect(ExitCode::Success);
    let said = |line: &str, words: &str| {
        let before = library.audit_entries().len();
        let run = library.run(line).expect(ExitCode::No);
        assert!(run.stdout.contains(words), "{line}\n{run}");
        assert_eq!(library.audit_entries().len(), before, "{line}");
    };
    said("replace 2 2", "an asset cannot take its own place");
    said("replace 2 3", "it is rejected: what takes a place must be of use");
    said("replace 1 2 --take title", "it is approved for what is recorded");
    library.set_variable("SHELFLIFE_JOB", "nightly");
    said("replace 2 1", "only a person may say what takes a place");
    library.remove_variable("SHELFLIFE_JOB");
    // An approved one may take a place as it is, and keeps its approval.
    library.run("replace 3 2").expect(ExitCode::Success);
    assert_eq!(fields(&library, "2")["state"], "approved");
}
