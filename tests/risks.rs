//! Risk flags: who raises and clears them, and what an asset may not be used for meanwhile.

use serde_json::{Value, json};
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;

/// A library with one described draft in the campaign `spring`.
fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library
}

/// One field of `show 1`.
fn shown(library: &TestLibrary, field: &str) -> Value {
    library.run("show 1 --format json").json()["items"][0]["fields"][field].clone()
}

#[test]
fn a_flag_stops_an_approval_until_it_is_cleared_with_a_note() {
    let library = described();
    library.set_actor("nina");
    insta::assert_snapshot!(library.tell("flag 1 --risk likeness --note 'the man at the left' --dry-run"), @"
    exit: 0
    would record  #1 green-tea-tin.png  flagged as likeness: the man at the left
    1 edited
    dry run: nothing was changed
    ");
    assert_eq!(shown(&library, "risks"), json!([]));
    insta::assert_snapshot!(library.tell("flag 1 --risk likeness --note 'the man at the left'"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  flagged as likeness: the man at the left
    1 edited
    ");
    insta::assert_snapshot!(library.tell("flag 1 --risk likeness"), @"
    exit: 0
    kept  #1 green-tea-tin.png: it is flagged as likeness by nina at 2026-03-02T09:00:00.000Z: the man at the left
    1 kept
    ");
    library.remove_variable("SHELFLIFE_ACTOR");
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL321 risk-unresolved: flagged as likeness by nina at 2026-03-02T09:00:00.000Z: the man at the left
    refused  approve #1 green-tea-tin.png: 1 finding stands in the way
    `shelflife rules SL321` says why that matters and what to do
    1 refused, 1 error
    ");
    library.run("flag 1 --clear likeness").expect(ExitCode::Usage);
    library.advance_days(1);
    insta::assert_snapshot!(library.tell("flag 1 --clear likeness --note 'release of 2026 is on file'"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  cleared of likeness: release of 2026 is on file
    1 edited
    ");
    insta::assert_snapshot!(library.tell("flag 1 --clear likeness --note again"), @"
    exit: 0
    kept  #1 green-tea-tin.png: it is not flagged as likeness
    1 kept
    ");
    let flag = json!([{
        "risk": "likeness", "by": "nina", "at": "2026-03-02T09:00:00.000Z",
        "note": "the man at the left",
        "cleared": {
            "by": "olga", "at": "2026-03-03T09:00:00.000Z", "note": "release of 2026 is on file",
        },
    }]);
    assert_eq!(shown(&library, "risks"), flag);
    library.run("approve 1").expect(ExitCode::Success);
    let history = library.tell("history 1");
    assert!(history.contains("asset flag: likeness"), "{history}");
    assert!(history.contains("asset clear: likeness"), "{history}");
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_flag_on_an_approved_asset_blocks_it_and_voids_nothing() {
    let library = described();
    library.run("approve 1").expect(ExitCode::Success);
    library.run("flag 1 --risk inaccurate-product --note 'old lid'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("list"), @"
    exit: 0
    ID  PATH               STATE     STANDING  BECAUSE
     1  green-tea-tin.png  approved  blocked   flagged as inaccurate-product by olga at 2026-03-02T09:00:00.000Z: old lid

    1 row
    ");
    let asked = "reuse check 1 --placement homepage --campaign spring --worldwide";
    let answer = library.run(asked).expect(ExitCode::No).stdout;
    let said = "it is blocked: flagged as inaccurate-product by olga at 2026-03-02T09:00:00.000Z: \
                old lid";
    assert!(answer.contains(said), "{answer}");
    let checked = library.run("check uploads --format json");
    assert_eq!(checked.exit, ExitCode::No);
    assert!(checked.stdout.contains("SL711"), "{checked}");
    let validated = library.run("validate 1").expect(ExitCode::No).stdout;
    assert!(validated.contains("SL321"), "{validated}");
    library.run("renew 1 --expires-on +5m").expect(ExitCode::No);
    library.run("flag 1 --clear inaccurate-product --note 'it is the new lid'");
    assert!(library.tell("list").contains("live"));
    library.run("renew 1 --expires-on +5m").expect(ExitCode::Success);
}

#[test]
fn no_policy_lets_a_flagged_asset_be_approved() {
    let library = described();
    library.run("flag 1 --risk prohibited-motif").expect(ExitCode::Success);
    library.set_severity("off", &["SL321"]);
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: it would be blocked at once: flagged as prohibited-motif by olga at 2026-03-02T09:00:00.000Z
    1 refused
    ");
}

#[test]
fn a_flag_keeps_nobody_from_taking_an_asset_out_of_use() {
    for command in ["reject 1 --reason x", "withdraw 1 --reason x"] {
        let library = described();
        library.run("flag 1 --risk protected-design").expect(ExitCode::Success);
        library.run(command).expect(ExitCode::Success);
        let validated = library.run("validate 1").stdout;
        assert!(!validated.contains("SL321"), "{validated}");
        assert_eq!(shown(&library, "risks")[0]["risk"], "protected-design");
        library.run("audit verify --replay").expect(ExitCode::Success);
    }
}

#[test]
fn automation_raises_flags_and_never_clears_them() {
    let library = described();
    library.set_variable("SHELFLIFE_JOB", "nightly");
    library.run("flag 1 --risk third-party-brand").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("flag 1 --clear third-party-brand --note 'none seen'"), @"
    exit: 1
    refused  flag #1 green-tea-tin.png: only a person may clear it
    1 refused
    ");
}

#[test]
fn a_flag_names_a_risk_and_is_either_raised_or_cleared() {
    let library = described();
    for line in [
        "flag 1",
        "flag 1 --risk mood",
        "flag 1 --risk likeness --clear likeness --note x",
        "flag 1 --clear likeness --note ' '",
        "flag --risk likeness",
    ] {
        library.run(line).expect(ExitCode::Usage);
    }
    let said = library.run("flag 1 --risk mood").stderr;
    assert!(said.contains("third-party-brand, protected-design, likeness"), "{said}");
}
