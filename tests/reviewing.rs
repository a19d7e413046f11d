//! The review: five questions, and what their answers do to an approval.

use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// Answers that let an approval pass.
const PASSES: &str = "--review quality=pass --review rights=pass:'own work' \
                      --review product-accuracy=pass --review brand-fit=pass \
                      --review placement=pass";

/// A library with one described draft in the campaign `spring`.
fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library
}

impl TestLibrary {
    /// Changes a line of the configuration that `init` wrote.
    fn reconfigure(&self, before: &str, after: &str) {
        let config = std::fs::read_to_string(self.path("shelflife.toml")).unwrap();
        assert!(config.contains(before), "{config}");
        self.write_config(&config.replace(before, after));
    }

    fn demand_answers(&self) {
        self.reconfigure("questions = \"optional\"", "questions = \"required\"");
    }
}

/// The field `review` of `show 1`.
fn shown(library: &TestLibrary) -> Value {
    library.run("show 1 --format json").json()["items"][0]["fields"]["review"].clone()
}

#[test]
fn the_answers_are_recorded_with_the_approval_and_told() {
    let library = described();
    insta::assert_snapshot!(library.tell("approve 1 --review 'quality=pass' --review 'rights=pass:own work'"), @"
    exit: 0
    approved  #1 green-tea-tin.png  draft → approved  (quality pass, rights pass: own work)
    1 changed
    ");
    let at = "2026-03-02T09:00:00.000Z";
    let told = json!([
        { "question": "quality", "answer": "pass", "note": null, "by": "olga", "at": at },
        { "question": "rights", "answer": "pass", "note": "own work", "by": "olga", "at": at },
    ]);
    assert_eq!(shown(&library), told);
    let history = library.tell("history 1");
    assert!(history.contains("reviewed, quality pass, rights pass (own work)"), "{history}");
    library.run("audit verify --replay").expect(ExitCode::Success);
    library.run("describe 1 --alt 'Another tin'").expect(ExitCode::Success);
    assert_eq!(shown(&library), json!([]), "the approval is void, and so is its review");
}

#[test]
fn a_failed_or_uncertain_answer_stops_the_approval_and_says_whom_to_ask() {
    let library = described();
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("approve 1 --review 'quality=fail:blurred' --review 'rights=uncertain:is that a face?'"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: quality fails the review: blurred; rights is uncertain: is that a face?; ask its owner, anna
    1 refused
    ");
    library.run("describe 1 --clear owner").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("approve 1 --review 'rights=uncertain:a face'"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL401 owner-missing: no owner is recorded
    refused  approve #1 green-tea-tin.png: 1 finding stands in the way; rights is uncertain: a face; ask whoever is to own it
    `shelflife rules SL401` says why that matters and what to do
    1 refused, 1 error
    ");
    assert_eq!(library.audit_entries().len(), before + 3, "nothing but the description");
}

#[test]
fn where_answers_are_required_each_question_is_asked() {
    let library = described();
    library.demand_answers();
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: nobody answered quality, rights, product-accuracy, brand-fit, placement (with --review QUESTION=ANSWER)
    1 refused
    ");
    insta::assert_snapshot!(library.tell("approve 1 --review quality=pass --review rights=pass"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: nobody answered product-accuracy, brand-fit, placement (with --review QUESTION=ANSWER)
    1 refused
    ");
    library.run(&format!("approve 1 {PASSES} --dry-run")).expect(ExitCode::Success);
    library.run(&format!("approve 1 {PASSES}")).expect(ExitCode::Success);
    assert_eq!(shown(&library).as_array().unwrap().len(), 5);
    library.run("renew 1 --expires-on +5m").expect(ExitCode::No);
    library.advance_days(1);
    library.run(&format!("renew 1 --expires-on +5m {PASSES}")).expect(ExitCode::Success);
    assert_eq!(shown(&library)[4]["at"], "2026-03-03T09:00:00.000Z");
}

#[test]
fn an_answer_that_says_nothing_is_a_mistake_of_the_call() {
    let library = described();
    for answers in [
        "--review rights",
        "--review mood=pass",
        "--review rights=maybe",
        "--review rights=fail",
        "--review 'rights=uncertain: '",
        "--review rights=pass --review rights=pass",
    ] {
        library.run(&format!("approve 1 {answers}")).expect(ExitCode::Usage);
    }
}

#[test]
fn a_demand_that_is_neither_is_a_mistake_of_the_configuration() {
    let library = described();
    library.reconfigure("questions = \"optional\"", "questions = \"always\"");
    let run = library.run("policy check").expect(ExitCode::Config);
    assert!(run.to_string().contains("write `required` or `optional`"), "{run}");
}
