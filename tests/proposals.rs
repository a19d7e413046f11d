//! What files say, beside what people recorded, and taken over by them.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::embedded::samples;
use crate::support::pictures::png;

/// A picture that speaks and one that does not, scanned.
fn library() -> TestLibrary {
    let library = TestLibrary::new();
    let samples: BTreeMap<_, _> = samples().into_iter().collect();
    library.write("uploads/tea.jpg", &samples["tea.jpg"]);
    library.write("uploads/plain.png", png((3, 2), b""));
    library.run("init --root uploads --catalog state/catalog.db").expect(ExitCode::Success);
    library.run("scan").expect(ExitCode::Success);
    library
}

fn fields(library: &TestLibrary, path: &str) -> Value {
    library.run(&format!("show {path} --format json")).json()["items"][0]["fields"].clone()
}

#[test]
fn what_a_file_says_is_shown_beside_what_is_recorded_and_changes_nothing() {
    let library = library();
    library.run("describe tea.jpg --alt 'A green tin'").expect(ExitCode::Success);
    let shown = fields(&library, "tea.jpg");
    let proposed = shown["proposals"].as_array().unwrap();
    let alt = proposed.iter().find(|one| one["field"] == "alt:en").unwrap();
    assert_eq!(alt, &json!({"field": "alt:en", "recorded": "A green tin", "claimed": "tea.jpg"}));
    let end = proposed.iter().find(|one| one["field"] == "expires_on").unwrap();
    assert_eq!(end, &json!({"field": "expires_on", "recorded": null, "claimed": "2027-01-31"}));
    assert_eq!(shown["alt"][0]["text"], "A green tin");
    assert_eq!(shown["expires_on"], Value::Null);
    assert_eq!(fields(&library, "plain.png")["proposals"], json!([]));
}

#[test]
fn claims_fill_what_is_open_and_leave_what_people_said() {
    let library = library();
    library.run("describe tea.jpg --alt 'A green tin'").expect(ExitCode::Success);
    let foretold = library.run("describe tea.jpg --accept-claims --dry-run");
    let run = library.run("describe tea.jpg --accept-claims").expect(ExitCode::Success);
    assert!(foretold.stdout.contains("source_note: nothing → `a tin of tea"), "{foretold}");
    assert!(run.stdout.contains("alt:de: nothing → `tea.jpg (de)`"), "{run}");
    let shown = fields(&library, "tea.jpg");
    let texts: Vec<_> = shown["alt"].as_array().unwrap().iter().map(|alt| &alt["text"]).collect();
    assert_eq!(texts, ["tea.jpg (de)", "A green tin"]);
    assert_eq!(shown["expires_on"], "2027-01-31");
    assert!(shown["source_note"].as_str().unwrap().starts_with("a tin of tea"));
    assert_eq!(shown["owner"], Value::Null, "who made it does not answer for it");
    let again = library.run("describe tea.jpg --accept-claims").expect(ExitCode::Success);
    assert!(again.stdout.contains("that is recorded already"), "{again}");
}

#[test]
fn a_claim_named_by_its_field_replaces_what_is_recorded_and_the_log_says_so() {
    let library = library();
    library.run("describe tea.jpg --alt 'A green tin' --title Tin").expect(ExitCode::Success);
    library.run("describe tea.jpg --accept-claims=alt --owner anna").expect(ExitCode::Success);
    let shown = fields(&library, "tea.jpg");
    assert_eq!(shown["alt"][1]["text"], "tea.jpg");
    assert_eq!((&shown["title"], &shown["owner"]), (&json!("Tin"), &json!("anna")));
    assert_eq!(shown["source_note"], Value::Null);
    let entries = library.audit_entries();
    let entry = entries.iter().rfind(|entry| entry.kind == "asset.describe").unwrap();
    let payload: Value = serde_json::from_str(&entry.payload).unwrap();
    assert_eq!(payload["accepted_claims"], json!(["alt:de", "alt:en"]));
    let by_hand = entries.iter().find(|entry| entry.kind == "asset.describe").unwrap();
    assert!(!by_hand.payload.contains("accepted_claims"), "{}", by_hand.payload);
    library.run("audit verify").expect(ExitCode::Success);
}

#[test]
fn a_claim_taken_over_voids_an_approval_that_vouched_for_something_else() {
    let library = library();
    library.add_context("campaign/spring", None);
    let full = crate::support::scanned::FULL;
    library.run(&format!("describe tea.jpg {full}")).expect(ExitCode::Success);
    library.run("approve tea.jpg").expect(ExitCode::Success);
    library.run("describe tea.jpg --accept-claims=title").expect(ExitCode::Success);
    assert_eq!(fields(&library, "tea.jpg")["state"], "approved", "a title is no governed fact");
    library.run("describe tea.jpg --accept-claims=alt").expect(ExitCode::Success);
    assert_eq!(fields(&library, "tea.jpg")["state"], "draft");
}

#[test]
fn one_that_nobody_has_looked_into_is_refused_and_the_others_are_described() {
    let library = library();
    let database = rusqlite::Connection::open(library.path("state/catalog.db")).unwrap();
    let sql = "DELETE FROM file_claims WHERE asset_id = 1";
    assert_eq!(database.execute(sql, []).unwrap(), 1);
    drop(database);
    assert_eq!(fields(&library, "plain.png")["id"], 1);
    let run = library.run("describe plain.png tea.jpg --accept-claims").expect(ExitCode::No);
    assert!(run.to_string().contains("nobody has looked into its file yet: scan first"), "{run}");
    let note = fields(&library, "tea.jpg")["source_note"].clone();
    assert!(note.as_str().is_some_and(|note| note.starts_with("a tin of tea")), "{note}");
}

#[test]
fn claims_and_flags_about_the_same_field_contradict() {
    let library = library();
    let before = fs::read(library.path("state/catalog.db")).unwrap();
    for flags in [
        "--accept-claims=title --title Tea",
        "--accept-claims=alt --decorative",
        "--accept-claims=source-note --clear source-note",
        "--accept-claims=owner",
        "--accept-claims --to-csv",
        "--title Tea --to-csv",
    ] {
        library.run(&format!("describe tea.jpg {flags}")).expect(ExitCode::Usage);
    }
    assert_eq!(fs::read(library.path("state/catalog.db")).unwrap(), before);
    let run = library.run("describe tea.jpg --accept-claims --title 'Green tin'");
    assert_eq!(run.exit, ExitCode::Success, "{run}");
    assert_eq!(fields(&library, "tea.jpg")["title"], "Green tin", "what is said by hand counts");
}
