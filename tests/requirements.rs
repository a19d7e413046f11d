//! What a placement requires: the gate waits for it, and nothing else does.

use std::fs;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;
use crate::support::wxr::shipped;

/// A draft that has all that every asset needs, for the placement `homepage`, without a license.
fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library
}

fn require(library: &TestLibrary, tables: &str) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&format!("{config}\n{tables}"));
}

/// The configuration in use with more at its end, as another file.
fn another(library: &TestLibrary, more: &str) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write("new.toml", format!("{config}\n{more}"));
}

fn link_license(library: &TestLibrary) {
    library
        .run(
            "license add stock --holder Li --any-placement --worldwide --perpetual \
             --reviewed-by li --reviewed-on 2026-03-01",
        )
        .expect(ExitCode::Success);
    library.run("describe 1 --license stock").expect(ExitCode::Success);
}

#[test]
fn an_approval_waits_for_what_its_placement_requires() {
    let library = described();
    let tables = "[placement.homepage]\nlocales = ['en', 'de-AT', 'fr']\n\
                  required = ['starts_on', 'title', 'license']\n";
    require(&library, tables);
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL217 alt-text-missing-for-placement: there is no alternative text for `de-AT`, which `homepage` requires
      error SL217 alt-text-missing-for-placement: there is no alternative text for `fr`, which `homepage` requires
      error SL407 field-missing-for-placement: no `license` is recorded, which `homepage` requires
      error SL407 field-missing-for-placement: no `starts_on` is recorded, which `homepage` requires
    refused  approve #1 green-tea-tin.png: 4 findings stand in the way
    `shelflife rules SL217` says why that matters and what to do
    1 refused, 4 errors
    ");
    link_license(&library);
    library
        .run("describe 1 --alt de='Eine Teedose auf einem Regal' --decorative=fr")
        .expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::No);
    library.run("describe 1 --starts-on today").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
}

#[test]
fn each_of_several_placements_counts() {
    let library = described();
    require(&library, "[placement.homepage]\nrequired = ['license']\n");
    require(&library, "[placement.shop]\nlocales = ['de']\n");
    require(&library, "[placement.blog]\nlocales = ['pl']\nrequired = ['time_zone']\n");
    let stopping = |line: &str| -> Vec<String> {
        let report = library.run(&format!("{line} --format json")).json();
        let items = report["items"].as_array().unwrap().iter();
        let findings = items.filter(|item| item["type"] == "finding");
        findings.map(|found| found["message"].as_str().unwrap().to_owned()).collect()
    };
    let license = "no `license` is recorded, which `homepage` requires";
    let german = "there is no alternative text for `de`, which `shop` requires";
    assert_eq!(stopping("approve 1"), [license]);
    library.run("describe 1 --add-placement shop").expect(ExitCode::Success);
    assert_eq!(stopping("approve 1"), [german, license]);
    library.run("describe 1 --remove-placement homepage").expect(ExitCode::Success);
    assert_eq!(stopping("approve 1"), [german]);
    library.run("describe 1 --placement news").expect(ExitCode::Success);
    assert_eq!(stopping("approve 1"), [""; 0]);
    assert_eq!(library.asset(1).state.to_string(), "approved");
    library.run("describe 1 --add-placement shop").expect(ExitCode::Success);
    assert_eq!(stopping("approve 1"), [german], "the new placement took the approval back");
}

#[test]
fn what_is_required_later_is_told_and_waits_for_the_renewal() {
    let library = described();
    library.run("approve 1").expect(ExitCode::Success);
    library.run("validate").expect(ExitCode::Success);
    require(&library, "[placement.homepage]\nlocales = ['de']\n");
    assert!(library.tell("list").contains("approved  live"), "{}", library.tell("list"));
    let told = library.run("validate 1").expect(ExitCode::No);
    assert!(told.stdout.contains("SL217"), "{told}");
    let refused = library.run("renew 1 --expires-on 2026-12-31").expect(ExitCode::No);
    assert!(refused.stdout.contains("for `de`, which `homepage` requires"), "{refused}");
}

#[test]
fn what_a_placement_turns_down_does_not_stop_an_approval() {
    let library = described();
    let tables = "[placement.homepage]\nlocales = ['de']\n[placement.homepage.rules]\n";
    require(&library, &format!("{tables}SL217 = 'warning'\n"));
    let told = library.run("validate 1").expect(ExitCode::Success);
    assert!(told.stdout.contains("warning SL217"), "{told}");
    library.run("approve 1").expect(ExitCode::Success);
}

#[test]
fn a_mistake_in_a_requirement_is_told_with_line_and_column() {
    let library = described();
    let before = fs::read_to_string(library.path("shelflife.toml")).unwrap().lines().count();
    let nothing = "nothing would be required; without the key nothing is";
    let cases = [
        ("locales = []", 11, nothing),
        ("required = []", 12, nothing),
        (
            "locales = ['de', 'english!']",
            18,
            "`english!` is not a locale (write en, de_DE or pt-BR)",
        ),
        ("locales = ['de', 'en-GB', 'EN_gb']", 27, "`EN_gb` is listed twice"),
        (
            "required = ['titel']",
            13,
            "`titel` is not a field that can be required (title, alt_review, source_note",
        ),
        ("required = ['placements']", 13, "`placements` is not a field that can be required"),
        ("required = ['title', 'owner', 'title']", 31, "`title` is listed twice"),
        ("required = 'title'", 12, "invalid type: string"),
        ("locales = [7]", 12, "invalid type: integer"),
        ("locale = ['de']", 1, "unknown field `locale`"),
    ];
    for (line, column, message) in cases {
        another(&library, &format!("[placement.blog]\n{line}\n"));
        let run = library.run("policy check new.toml").expect(ExitCode::Config);
        let place = format!("new.toml:{}:{column}: {message}", before + 3);
        assert!(run.stderr.contains(&place), "{place}: {run}");
    }
    another(
        &library,
        "[placement.blog]\nlocales = []\n[placement.shop]\nlocales = ['x']\nrequired = ['y']\n",
    );
    let run = library.run("policy check new.toml").expect(ExitCode::Config);
    assert_eq!(format!("{}{}", run.stdout, run.stderr).matches("new.toml:").count(), 3, "{run}");
}

#[test]
fn what_is_required_in_vain_is_told() {
    let library = described();
    another(
        &library,
        "[placement.homepage]\nlocales = ['de', 'de_AT', 'en']\n\
         required = ['campaign', 'context', 'end', 'expires_on']\n\
         [placement.homepage.rules]\nSL407 = 'off'\n\
         [placement.hompage]\nlocales = ['de']\n",
    );
    let report = library.run("policy check new.toml --format json").expect(ExitCode::No).json();
    let items = report["items"].as_array().unwrap().iter();
    let vain = items.filter(|item| item["kind"] == "in vain").map(|item| &item["fields"]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told: Vec<_> =
        vain.map(|item| format!("{}: {}", text(&item["key"]), text(&item["because"]))).collect();
    assert_eq!(
        told,
        [
            "placement.hompage: no asset and no license is meant for this placement",
            "placement.homepage.required: SL407, which asks for it, is `off` there",
            "placement.homepage.locales: `de` adds nothing: what serves `de_AT` serves it",
            "placement.homepage.required: `context` adds nothing: `campaign` is one",
            "placement.homepage.required: `end` adds nothing: `expires_on` is one",
        ]
    );
}

#[test]
fn another_policy_is_tried_with_what_it_requires() {
    let library = described();
    require(&library, "[placement.homepage]\nlocales = ['de']\n");
    another(&library, "");
    let config = fs::read_to_string(library.path("new.toml")).unwrap();
    let more = "locales = ['de', 'fr']\nrequired = ['title', 'license']";
    library.write("new.toml", config.replace("locales = ['de']", more));
    let run =
        library.run("policy replay --against new.toml --format json").expect(ExitCode::Success);
    let report = run.json();
    let text = report["items"].to_string();
    for change in [
        "placement.homepage.locale was de and is de fr",
        "placement.homepage.required was none and is title license",
    ] {
        assert!(text.contains(change), "{change}: {text}");
    }
    let items = report["items"].as_array().unwrap();
    let found: Vec<&Value> = items.iter().filter(|item| item["kind"] == "difference").collect();
    assert_eq!(found.len(), 1, "{text}");
    let french = "SL217 also: there is no alternative text for `fr`, which `homepage` requires";
    let expected = serde_json::json!([french, "SL407 error, was not found"]);
    assert_eq!(found[0]["fields"]["findings"], expected);
}

#[test]
fn an_export_for_a_placement_is_held_to_what_that_placement_requires() {
    let library = described();
    library.run("describe 1 --add-placement shop").expect(ExitCode::Success);
    link_license(&library);
    library.run("approve 1").expect(ExitCode::Success);
    require(&library, "[placement.homepage]\nlocales = ['en', 'de']\nrequired = ['starts_on']\n");
    require(&library, "[placement.shop]\nlocales = ['pl']\nrequired = ['title', 'license']\n");
    library.write("site.xml", shipped("green-tea-tin.png"));
    library.write("other.xml", shipped("blue-tea-tin.png"));
    let told = |line: &str| -> Vec<String> {
        let report = library.run(&format!("{line} --worldwide --format json")).json();
        let items = report["items"].as_array().unwrap().iter();
        let findings = items.filter(|item| item["type"] == "finding");
        let told = |found: &Value| format!("{} {}", found["code"], found["message"]);
        findings.map(told).map(|text| text.replace('"', "")).collect()
    };
    assert_eq!(
        told("check site.xml --placement homepage"),
        [
            "SL217 there is no alternative text for `de`, which `homepage` requires",
            "SL407 no `starts_on` is recorded, which `homepage` requires",
        ]
    );
    let polish = "SL217 there is no alternative text for `pl`, which `shop` requires";
    assert_eq!(told("check site.xml --placement shop"), [polish]);
    library.run("check site.xml").expect(ExitCode::Success);
    let unknown = told("check other.xml --placement homepage");
    assert!(unknown.iter().all(|told| !told.starts_with("SL217") && !told.starts_with("SL407")));
    assert!(unknown.iter().any(|told| told.starts_with("SL701")), "{unknown:?}");
}
