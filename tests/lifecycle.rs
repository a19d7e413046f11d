//! Steps of the lifecycle through the front door.

use shelflife::exit::ExitCode;

use crate::support::TestLibrary;

#[test]
fn a_draft_is_rejected_with_a_reason_and_recorded_once() {
    let library = TestLibrary::scanned(&["tin.png"]);
    library.run("reject 1").expect(ExitCode::Usage);
    insta::assert_snapshot!(library.tell("reject 1 --reason 'wrong label' --dry-run"), @"
    exit: 0
    would reject  #1 tin.png  draft → rejected  (wrong label)
    1 changed
    dry run: nothing was changed
    ");
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("reject 1 --reason 'wrong label'"), @"
    exit: 0
    rejected  #1 tin.png  draft → rejected  (wrong label)
    1 changed
    ");
    insta::assert_snapshot!(library.tell("reject 1 --reason 'wrong label'"), @"
    exit: 1
    refused  reject #1 tin.png: cannot reject an asset that is rejected (allowed: withdraw, reconsider, quarantine)
    1 refused
    ");
    let entries = library.audit_entries();
    let kinds: Vec<_> = entries[before..].iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["run.begin", "asset.reject", "run.end"]);
}

#[test]
fn one_refusal_hides_no_other_asset() {
    let library = TestLibrary::scanned(&["a.png", "b.png", "c.png"]);
    library.run("reject b.png --reason 'wrong label'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("withdraw 9 3 2 uploads/a.png a.png --reason 'unsafe claim'"), @"
    exit: 3
    failed  9: no asset `9` in the catalog
      hint: name it as `#12`, by its path, or as `sha256:` and the first digits
    withdrawn  #3 c.png  draft → withdrawn  (unsafe claim)
    withdrawn  #2 b.png  rejected → withdrawn  (unsafe claim)
    withdrawn  #1 a.png  draft → withdrawn  (unsafe claim)
    3 changed, 1 failed
    ");
    insta::assert_snapshot!(library.tell("expire 1 2 3 --reason 'over'"), @"
    exit: 1
    refused  expire #1 a.png: cannot expire an asset that is withdrawn (allowed: reconsider, quarantine)
    refused  expire #2 b.png: cannot expire an asset that is withdrawn (allowed: reconsider, quarantine)
    refused  expire #3 c.png: cannot expire an asset that is withdrawn (allowed: reconsider, quarantine)
    3 refused
    ");
}

#[test]
fn who_withdrew_an_asset_does_not_reconsider_it() {
    let library = TestLibrary::scanned(&["tin.png"]);
    library.run("withdraw 1 --reason 'unsafe claim'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("reconsider 1 --reason 'claim was fine'"), @"
    exit: 1
    refused  reconsider #1 tin.png: only a person other than the one who withdrew may reconsider it
    1 refused
    ");
    library.set_actor("Nina");
    insta::assert_snapshot!(library.tell("reconsider 1 --reason 'claim was fine'"), @"
    exit: 0
    reconsidered  #1 tin.png  withdrawn → draft  (claim was fine)
    1 changed
    ");
}

#[test]
fn automation_is_refused_what_only_people_may_do() {
    let library = TestLibrary::scanned(&["tin.png"]);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 tin.png: only a person may approve it
    1 refused
    ");
    insta::assert_snapshot!(library.tell("reject 1 --reason old"), @"
    exit: 1
    refused  reject #1 tin.png: only a person, or automation under an approved plan may reject it
    1 refused
    ");
}
