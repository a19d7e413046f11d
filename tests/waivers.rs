//! Waivers: accepting a finding for a while, and what follows from it.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// An asset that has everything but an owner.
fn without_owner() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea-tin.png", "red-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 2 {FULL}")).expect(ExitCode::Success);
    library.run("describe 1 --clear owner").expect(ExitCode::Success);
    library
}

#[test]
fn a_waived_finding_is_told_with_who_why_and_how_long_and_does_not_fail() {
    let library = without_owner();
    library.run("validate --rule SL401").expect(ExitCode::No);
    insta::assert_snapshot!(
        library.tell("rules waive owner-missing 1 --reason 'li starts in May' --until +2w --dry-run"),
        @"
    exit: 0
    would record  #1 green-tea-tin.png  SL401 waived through 2026-03-16: li starts in May
    1 edited
    dry run: nothing was changed
    "
    );
    library.run("validate --rule SL401").expect(ExitCode::No);
    insta::assert_snapshot!(
        library.tell("rules waive SL401 1 --reason 'li starts in May' --until +2w"),
        @"
    exit: 0
    recorded  #1 green-tea-tin.png  SL401 waived through 2026-03-16: li starts in May
    1 edited
    "
    );
    insta::assert_snapshot!(library.tell("validate --rule SL401"), @"
    exit: 0
    #1 green-tea-tin.png
      accepted SL401 owner-missing: no owner is recorded (until 2026-03-16, by olga: li starts in May)
    `shelflife rules SL401` says why that matters and what to do
    1 accepted, 2 assets checked
    ");
    let json = library.run("validate --rule SL401 --format json").expect(ExitCode::Success).json();
    assert_eq!(json["items"][0]["accepted"], "until 2026-03-16, by olga: li starts in May");
    assert_eq!(json["summary"]["accepted"], 1);
    insta::assert_snapshot!(library.tell("rules waivers"), @"
    exit: 0
    ID  RULE   NAME           UNTIL       BY    REASON
     1  SL401  owner-missing  2026-03-16  olga  li starts in May

    1 row
    ");
    assert!(library.tell("history 1").contains("asset waive"));
    library.run("audit verify").expect(ExitCode::Success);
}

#[test]
fn a_waiver_ends_after_its_last_day_in_the_zone_of_the_asset() {
    let library = without_owner();
    library.run("describe 1 --time-zone America/New_York").expect(ExitCode::Success);
    library.run("rules waive SL401 1 --reason later --until 2026-03-08").expect(ExitCode::Success);
    library.set_now("2026-03-09T03:59:59.999Z");
    library.run("validate --rule SL401").expect(ExitCode::Success);
    library.set_now("2026-03-09T04:00:00Z");
    library.run("validate --rule SL401").expect(ExitCode::No);
    assert!(library.tell("rules waivers").contains("nothing to report"));
    insta::assert_snapshot!(
        library.tell("rules waive SL401 1 --reason later --until 2026-03-08"),
        @"
    exit: 1
    refused  waive #1 green-tea-tin.png: a waiver until 2026-03-08 would be over already
    1 refused
    "
    );
}

#[test]
fn a_waiver_is_revoked_and_a_new_one_takes_the_place_of_the_old() {
    let library = without_owner();
    library.run("rules waive SL401 1 --reason later --until +2w").expect(ExitCode::Success);
    library.run("rules waive SL401 1 --reason 'much later' --until +3w").expect(ExitCode::Success);
    let json = library.run("rules waivers --format json").json();
    assert_eq!(json["items"].as_array().unwrap().len(), 1);
    assert_eq!(json["items"][0]["fields"]["reason"], "much later");
    assert!(library.tell("rules waivers --rule SL201").contains("nothing to report"));
    insta::assert_snapshot!(library.tell("rules revoke SL401 1 2 --reason 'li is here'"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  SL401 revoked (li is here): until 2026-03-23, by olga: much later
    kept  #2 red-tea-tin.png: nobody waives SL401 for it
    1 edited, 1 kept
    ");
    library.run("validate --rule SL401").expect(ExitCode::No);
    library.run("audit verify").expect(ExitCode::Success);
}

#[test]
fn a_waiver_opens_the_gate_only_where_the_policy_says_so() {
    let library = without_owner();
    library.run("rules waive SL401 1 --reason later --until +2w").expect(ExitCode::Success);
    let refused = library.run("approve 1").expect(ExitCode::No);
    assert!(refused.stdout.contains("SL401"), "{refused}");
    let config = std::fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let (no, yes) = ("approve_with_waivers = false", "approve_with_waivers = true");
    library.write_config(&config.replace(no, yes));
    library.run("approve 1").expect(ExitCode::Success);
}

#[test]
fn a_waiver_that_has_nothing_to_waive_is_told_about() {
    let library = without_owner();
    library
        .run("rules waive SL401 --under red --reason later --until +2w")
        .expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("validate --rule SL406"), @"
    exit: 0
    #2 red-tea-tin.png
      note SL406 waiver-without-finding: SL401 is waived through 2026-03-16 for nothing
    `shelflife rules SL406` says why that matters and what to do
    1 note, 2 assets checked
    ");
}

#[test]
fn a_waiver_needs_a_rule_a_reason_and_a_day() {
    let library = without_owner();
    for line in [
        "rules waive SL401 1 --until +2w",
        "rules waive SL401 1 --reason later",
        "rules waive SL999 1 --reason later --until +2w",
        "rules waive SL401 --reason later --until +2w",
        "rules waive SL401 1 --reason ' ' --until +2w",
    ] {
        library.run(line).expect(ExitCode::Usage);
    }
    library.run("rules waive SL401 99 --reason later --until +2w").expect(ExitCode::Partial);
}

#[test]
fn severities_differ_by_placement() {
    let library = without_owner();
    let config = std::fs::read_to_string(library.path("shelflife.toml")).unwrap();
    library.write_config(&format!("{config}\n[placement.blog.rules]\nSL401 = 'note'\n"));
    library.run("validate --rule SL401").expect(ExitCode::No);
    library.run("describe 1 --placement blog").expect(ExitCode::Success);
    library.run("validate --rule SL401").expect(ExitCode::Success);
    library.run("describe 1 --add-placement homepage-hero").expect(ExitCode::Success);
    library.run("validate --rule SL401").expect(ExitCode::No);
}
