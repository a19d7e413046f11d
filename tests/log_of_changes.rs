//! The audit log and an asset's history, as people read them.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

fn rejected() -> TestLibrary {
    let library = TestLibrary::scanned(&["tea.png", "garden.png"]);
    library.set_actor("mia");
    library.run("reject 1 --reason 'wrong season'").expect(ExitCode::Success);
    library
}

#[test]
fn a_history_tells_when_what_why_and_by_whom() {
    let report = rejected().run("history 1 --format json").json();
    let events: Vec<_> = report["items"].as_array().unwrap().iter().map(|i| &i["fields"]).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["what"], "asset add: garden.png");
    assert_eq!(events[1]["what"], "asset reject: draft → rejected");
    assert_eq!(events[1]["why"], "wrong season");
    assert_eq!(events[1]["by"], "mia (olga) at desk");
    assert!(events[1]["at"].as_str().unwrap().contains("2026-03-02"));
}

#[test]
fn a_history_tells_what_ended_the_use() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.add_context("packaging/tin", None);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL} --context packaging/tin")).expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.revise_context("packaging/tin", "v4 tin");
    library.run("sweep --apply").expect(ExitCode::Success);
    let report = library.run("history 1 --format json").json();
    let events = report["items"].as_array().unwrap();
    let why = events.last().unwrap()["fields"]["why"].as_str().unwrap();
    assert!(why.starts_with("its end has come: packaging/tin changed at 2026-"), "{why}");
}

#[test]
fn the_log_can_be_narrowed_by_asset_kind_number_and_count() {
    let library = rejected();
    let count = |command: &str| {
        let report = library.run(&format!("audit log {command} --format json")).json();
        report["items"].as_array().unwrap().len()
    };
    let all = count("");
    assert!(all > 6, "{all}");
    assert_eq!(count("1"), 2);
    assert_eq!(count("--kind asset.reject"), 1);
    assert_eq!(count("--limit 3"), 3);
    assert_eq!(count("--limit 0"), 0);
    assert_eq!(count("--since 2"), all - 2);
    assert_eq!(count("--kind asset"), count("--kind asset.add") + 1);
    assert_eq!(count("--kind ass"), 0);
    assert_eq!(count("--last 3"), 3);
    assert_eq!(count("--last 9 --kind asset.reject"), 1);
    assert_eq!(count("--last 9 --kind asset"), count("--kind asset"));
    assert_eq!(count("--last 9 --kind ass"), 0);
    assert_eq!(count("1 --last 9"), 2);
}

#[test]
fn the_newest_entries_are_listed_oldest_first() {
    let report = rejected().run("audit log --last 2 --format json").json();
    let entry = |index: usize| report["items"][index]["fields"].clone();
    assert_eq!(entry(0)["kind"], "asset.reject");
    assert_eq!(entry(1)["kind"], "run.end");
    assert_eq!(entry(0)["seq"].as_i64().unwrap() + 1, entry(1)["seq"].as_i64().unwrap());
}

#[test]
fn verify_tells_length_and_head_and_finds_an_edited_entry() {
    let library = rejected();
    let run = library.run("audit verify").expect(ExitCode::Success);
    assert!(run.stdout.contains("intact"), "{run}");
    let path = library.path("state/catalog.db");
    rusqlite::Connection::open(path)
        .unwrap()
        .execute("UPDATE audit SET actor = 'nobody' WHERE kind = 'asset.reject'", [])
        .unwrap();
    let run = library.run("audit verify").expect(ExitCode::Integrity);
    assert!(run.stdout.contains("does not fit its hash"), "{run}");
    library.run("doctor").expect(ExitCode::Integrity);
}
