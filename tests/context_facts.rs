//! What is on record about contexts: where a campaign leads, what proves a claim.

use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::usable_garden;

const SPRING: &str = "context add campaign/spring --fact channel=shop --fact channel=newsletter \
    --fact utm-source=mail --fact landing-page=https://shop.example/spring";

fn shown(library: &TestLibrary, key: &str) -> Value {
    let shown = library.run(&format!("context show {key} --format json")).expect(ExitCode::Success);
    shown.json()["items"][0]["fields"].clone()
}

/// What is on record about a revision of the campaign, as `NAME=VALUE`.
fn facts(library: &TestLibrary, revision: u64) -> Vec<String> {
    let shown = shown(library, "campaign/spring");
    let facts = shown["facts"].as_array().unwrap().iter();
    let of = facts.filter(|fact| fact["revision"] == revision);
    let text = |fact: &Value, field: &str| fact[field].as_str().unwrap().to_owned();
    of.map(|fact| format!("{}={}", text(fact, "name"), text(fact, "value"))).collect()
}

#[test]
fn facts_belong_to_a_revision_and_the_next_one_goes_on_from_them() {
    let library = TestLibrary::scanned(&["tea.png"]);
    let added = library.run(SPRING).expect(ExitCode::Success);
    let says = "(channel newsletter; channel shop; landing-page https://shop.example/spring; utm-source mail)";
    assert!(added.stdout.contains(says), "{added}");
    let change = "context change campaign/spring --note 'mail only' --remove-fact channel \
                  --fact channel=mail --fact utm-campaign=spring26 --effective +10d";
    let planned = library.run(change).expect(ExitCode::Success);
    assert!(planned.stdout.contains("(channel mail; landing-page"), "{planned}");
    assert_eq!(shown(&library, "campaign/spring")["revision"], 1, "only with --apply");
    library.run(&format!("{change} --apply")).expect(ExitCode::Success);
    library.run("context change campaign/spring --note again --apply").expect(ExitCode::Success);
    let page = "landing-page=https://shop.example/spring";
    let first = ["channel=newsletter", "channel=shop", page, "utm-source=mail"];
    assert_eq!(facts(&library, 1), first);
    let second = ["channel=mail", page, "utm-campaign=spring26", "utm-source=mail"];
    assert_eq!(facts(&library, 2), second);
    assert_eq!(facts(&library, 3), first, "it counts before the second one does");
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn what_is_no_fact_of_a_context_is_refused_and_says_what_there_can_be() {
    let library = TestLibrary::scanned(&["tea.png"]);
    for (line, words) in [
        (
            "context add campaign/a --fact colour=red",
            "there can be channel, landing-page, utm-campaign",
        ),
        ("context add season/a --fact channel=shop", "about a season (nothing is)"),
        ("context add campaign/a --fact channel", "not a fact (write NAME=VALUE)"),
        ("context add campaign/a --fact landing-page=shop.example", "begins with https://"),
        ("context add campaign/a --fact utm-term=a --fact utm-term=b", "stated twice"),
        ("context add claim/a --fact evidence=' '", "it is empty"),
    ] {
        let run = library.run(line).expect(ExitCode::Usage);
        assert!(run.stderr.contains(words), "{line}\n{run}");
    }
    let none = library.run("context list --format json").expect(ExitCode::Success);
    assert_eq!(none.json()["items"], json!([]));
}

#[test]
fn a_claim_without_evidence_is_told_until_there_is_some() {
    let library = usable_garden(&["garden.png"]);
    library
        .run("context add claim/organic --fact wording='100 % organic'")
        .expect(ExitCode::Success);
    library
        .run("describe 1 --context claim/organic --remove-context claim/none")
        .expect(ExitCode::Success);
    let told =
        || library.run("validate 1 --rule SL408").stdout.contains("claim/organic has no evidence");
    assert!(told());
    library
        .run("context change claim/organic --note 'the report came' --fact evidence='report of 2026, page 4' --apply")
        .expect(ExitCode::Success);
    assert!(!told());
}

#[test]
fn a_fact_that_was_edited_in_the_catalog_is_told() {
    let library = TestLibrary::scanned(&["tea.png"]);
    library.run(SPRING).expect(ExitCode::Success);
    library.run("audit verify --replay").expect(ExitCode::Success);
    for sql in [
        "UPDATE context_fact SET value = 'app' WHERE value = 'shop'",
        "DELETE FROM context_fact WHERE name = 'utm-source'",
        "INSERT INTO context_fact VALUES (1, 1, 'utm-term', 'tea')",
    ] {
        let copy = library.path("copy.db");
        std::fs::copy(library.path("state/catalog.db"), &copy).unwrap();
        rusqlite::Connection::open(&copy).unwrap().execute(sql, []).unwrap();
        let run =
            library.run("--catalog copy.db audit verify --replay").expect(ExitCode::Integrity);
        assert!(run.stdout.contains("context_fact"), "{sql}\n{run}");
    }
}
