//! `policy`: mistakes and vain words of a configuration, and what another policy would change.

use std::fs;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::stock::Approval;

/// Two approvals, of which one is due for review since February, and a draft.
fn library() -> TestLibrary {
    let library = TestLibrary::stocked(&["due.jpg", "fresh.jpg", "draft.jpg"]);
    let approval = Approval { placements: &["blog"], alt: "A tin of tea", ..Approval::default() };
    library.approve("due.jpg", Approval { review_on: Some("2026-02-01"), ..approval });
    library.approve("fresh.jpg", Approval { review_on: Some("2026-12-01"), ..approval });
    library
}

/// The configuration in use with more at its end, as another file.
fn another(library: &TestLibrary, more: &str) {
    let text = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write("new.toml", format!("{text}\n{more}"));
}

fn differences(library: &TestLibrary, more: &str) -> Vec<Value> {
    let line = format!("policy replay --against new.toml --format json {more}");
    let report = library.run(&line).expect(ExitCode::Success).json();
    let items = report["items"].as_array().unwrap().iter();
    items.filter(|item| item["kind"] == "difference").map(|item| item["fields"].clone()).collect()
}

#[test]
fn another_policy_is_tried_on_every_asset_and_changes_nothing() {
    let library = library();
    let before = library.catalog().audit_head().unwrap();
    another(&library, "[policy]\nreview_grace_days = 7\n");
    let found = differences(&library, "");
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["path"], "due.jpg");
    assert_eq!(
        (&found[0]["before"], &found[0]["after"]),
        (&"review-due".into(), &"blocked".into())
    );
    let run = library.run("policy replay --against new.toml").expect(ExitCode::Success);
    assert!(run.stdout.contains("review_grace_days was never and is 7"), "{run}");
    assert!(differences(&library, "fresh.jpg").is_empty());
    assert_eq!(library.catalog().audit_head().unwrap(), before);
    let list = library.run("list due.jpg").expect(ExitCode::Success);
    assert!(list.stdout.contains("review-due"), "{list}");
}

#[test]
fn findings_that_come_go_or_weigh_otherwise_are_named() {
    let library = library();
    another(&library, "[rules]\nSL401 = 'off'\n[placement.blog.rules]\nSL404 = 'note'\n");
    let found = differences(&library, "fresh.jpg draft.jpg");
    assert_eq!(found.len(), 2, "{found:?}");
    let codes = |row: &Value| row["findings"].to_string();
    assert!(codes(&found[0]).contains("SL401 not found, was error"), "{found:?}");
    assert!(found.iter().all(|row| row["before"] == row["after"] && row["because"].is_null()));
    another(&library, "");
    assert!(differences(&library, "").is_empty());
    let same = library.run("policy replay --against new.toml").expect(ExitCode::Success);
    assert!(same.stdout.contains("Both policies are the same."), "{same}");
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let library = library();
    let good = library.run("policy check").expect(ExitCode::Success);
    assert!(good.stdout.contains("says nothing in vain; policy"), "{good}");
    another(&library, "[polcy]\nx = 1\n[rules]\nSL999 = 'off'\nSL201 = 'loud'\n");
    let run = library.run("policy check new.toml").expect(ExitCode::Config);
    let told = format!("{}{}", run.stdout, run.stderr);
    for says in ["unknown field `polcy`", "there is no rule `SL999`", "`loud` is not a severity"] {
        assert!(told.contains(says), "{says}: {run}");
    }
    assert_eq!(told.matches("new.toml:").count(), 3, "{run}");
}

#[test]
fn what_is_said_in_vain_is_told_and_asks_the_catalog_for_placements() {
    let library = library();
    another(
        &library,
        "[clean]\nmax_items = 2000\n[rules]\nSL201 = 'error'\n[placement.blogg.rules]\nSL401 = 'off'\n",
    );
    let run = library.run("policy check new.toml --format json").expect(ExitCode::No).json();
    let keys: Vec<_> = run["items"].as_array().unwrap().iter().collect();
    let keys: Vec<_> = keys.iter().filter_map(|item| item["fields"]["key"].as_str()).collect();
    assert_eq!(keys, ["clean.max_items", "rules.SL201", "placement.blogg"]);
    library.run("policy check nowhere.toml").expect(ExitCode::Config);
    library.run("policy replay --against nowhere.toml").expect(ExitCode::Config);
}
