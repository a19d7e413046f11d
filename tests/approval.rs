//! Approving and renewing: the gate, the pins, what voids an approval.

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

#[test]
fn approving_a_described_draft_is_recorded_once() {
    let library = described();
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("approve 1 --dry-run"), @"
    exit: 0
    would approve  #1 green-tea-tin.png  draft → approved
    1 changed
    dry run: nothing was changed
    ");
    assert_eq!(library.audit_entries().len(), before);
    insta::assert_snapshot!(library.tell("approve green-tea-tin.png --reason 'fits the brief'"), @"
    exit: 0
    approved  #1 green-tea-tin.png  draft → approved  (fits the brief)
    1 changed
    ");
    let entries = library.audit_entries();
    assert_eq!(entries.len(), before + 3);
    let payload: Value = serde_json::from_str(&entries[before + 1].payload).unwrap();
    let digest = library.asset(1).digest;
    let expected = json!({
        "by": "olga", "from": "draft", "to": "approved", "pins": [[1, 1]],
        "reason": "fits the brief", "sha256": digest.to_string(),
        "pixels": payload["pixels"].as_str().unwrap(),
        "row": {
            "version": library.asset(1).version, "expires_ms": 1_782_864_000_000_i64,
            "review_ms": 1_780_272_000_000_i64,
        },
    });
    assert_eq!(payload, expected);
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: cannot approve an asset that is approved (allowed: reject, renew, void, expire, withdraw)
    1 refused
    ");
}

#[test]
fn a_draft_that_nobody_described_is_stopped_by_each_missing_fact() {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL201 alt-text-missing: there is no alternative text for `en`
      error SL301 source-note-missing: no source note is recorded
      error SL302 rights-note-missing: no rights note is recorded
      error SL303 rights-review-missing: no review of the rights is recorded
      error SL401 owner-missing: no owner is recorded
      error SL403 placement-missing: no placement is recorded
      error SL501 context-missing: no context is linked
      error SL502 end-missing: no expiry date, and no license or context that ends its use
      error SL505 review-date-missing: no review date is set
    refused  approve #1 green-tea-tin.png: 9 findings stand in the way
    `shelflife rules SL201` says why that matters and what to do
    1 refused, 9 errors
    ");
    assert_eq!(library.tell("approve 1 --dry-run"), library.tell("approve 1"));
}

#[test]
fn a_draft_that_would_be_expired_at_once_is_refused_even_if_no_rule_gates() {
    let library = described();
    library.set_now("2026-07-01T00:00:00Z");
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL506 review-date-past: the review was to be on 2026-06-01
      error SL510 expiry-passed: its own end passed at 2026-07-01T00:00:00.000Z
    refused  approve #1 green-tea-tin.png: 2 findings stand in the way
    `shelflife rules SL506` says why that matters and what to do
    1 refused, 2 errors
    ");
    library.set_severity("off", &["SL505", "SL506", "SL507", "SL510", "SL517"]);
    insta::assert_snapshot!(library.tell("approve 1"), @"
    exit: 1
    refused  approve #1 green-tea-tin.png: it would be expired at once: its own end passed at 2026-07-01T00:00:00.000Z
    1 refused
    ");
}

#[test]
fn an_approval_is_bound_to_the_revision_it_saw() {
    let library = described();
    library.add_context("packaging/tea-tin", None);
    library.revise_context("packaging/tea-tin", "v2 tin");
    library.run("describe 1 --context packaging/tea-tin").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    assert!(library.tell("list").contains("live"));
    library.revise_context("packaging/tea-tin", "v3 tin");
    insta::assert_snapshot!(library.tell("list"), @"
    exit: 0
    ID  PATH               STATE     STANDING  BECAUSE
     1  green-tea-tin.png  approved  expired   packaging/tea-tin changed at 2026-03-02T09:00:00.000Z from revision 2 to 3: v3 tin

    1 row
    ");
}

#[test]
fn changing_what_an_approval_vouched_for_voids_it() {
    let library = described();
    library.run("approve 1").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("describe 1 --title 'Tin' --owner li"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  owner: `anna` → `li`
    recorded  #1 green-tea-tin.png  title: `Tin of tea` → `Tin`
    2 edited
    ");
    insta::assert_snapshot!(library.tell("describe 1 --alt 'A tin' --add-placement shop --dry-run"), @"
    exit: 0
    would record  #1 green-tea-tin.png  alt:en: `A green tin of tea on a shelf` → `A tin`
    would record  #1 green-tea-tin.png  placements: `homepage` → `homepage, shop`
    would void  #1 green-tea-tin.png  approved → draft  (alt:en, placements changed after the approval)
    1 changed, 2 edited
    dry run: nothing was changed
    ");
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("describe 1 --alt 'A tin' --add-placement shop"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  alt:en: `A green tin of tea on a shelf` → `A tin`
    recorded  #1 green-tea-tin.png  placements: `homepage` → `homepage, shop`
    voided  #1 green-tea-tin.png  approved → draft  (alt:en, placements changed after the approval)
    1 changed, 2 edited
    ");
    let kinds: Vec<_> = library.audit_entries()[before..].iter().map(|e| e.kind.clone()).collect();
    assert_eq!(kinds, ["run.begin", "asset.describe", "asset.void", "run.end"]);
}

#[test]
fn a_renewal_records_dates_pins_and_decision_together() {
    let library = described();
    library.add_context("packaging/tea-tin", None);
    library.run("describe 1 --context packaging/tea-tin").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.revise_context("packaging/tea-tin", "v2 tin");
    library.run("expire 1 --reason 'old tin'").expect(ExitCode::Success);
    library.set_now("2026-07-01T00:00:00Z");
    let (before, version) = (library.audit_entries().len(), library.asset(1).version);
    insta::assert_snapshot!(library.tell("renew 1 --expires-on +6m --dry-run"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL506 review-date-past: the review was to be on 2026-06-01
    refused  renew #1 green-tea-tin.png: 1 finding stands in the way
    `shelflife rules SL506` says why that matters and what to do
    1 refused, 1 error
    ");
    assert_eq!(library.audit_entries().len(), before);
    insta::assert_snapshot!(library.tell("renew 1 --expires-on +6m --review-on +3m --reason 'same tin'"), @"
    exit: 0
    recorded  #1 green-tea-tin.png  expires_on: `2026-06-30` → `2027-01-01`
    recorded  #1 green-tea-tin.png  review_on: `2026-06-01` → `2026-10-01`
    renewed  #1 green-tea-tin.png  expired → approved  (same tin)
    1 changed, 2 edited
    ");
    let entries = &library.audit_entries()[before..];
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["run.begin", "asset.describe", "asset.renew", "run.end"]);
    let payload: Value = serde_json::from_str(&entries[2].payload).unwrap();
    assert_eq!(payload["pins"], json!([[1, 1], [2, 2]]));
    assert_eq!(library.asset(1).version, version + 2);
    insta::assert_snapshot!(library.tell("list"), @"
    exit: 0
    ID  PATH               STATE     STANDING  BECAUSE
     1  green-tea-tin.png  approved  live      -

    1 row
    ");
}

#[test]
fn a_renewal_without_new_dates_sees_the_contexts_anew() {
    let library = described();
    library.add_context("packaging/tea-tin", None);
    library.run("describe 1 --context packaging/tea-tin").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    library.revise_context("packaging/tea-tin", "v2 tin");
    assert!(library.tell("list").contains("expired"));
    insta::assert_snapshot!(library.tell("renew 1"), @"
    exit: 0
    renewed  #1 green-tea-tin.png  approved → approved
    1 changed
    ");
    assert!(library.tell("list").contains("live"));
}

#[test]
fn a_renewal_that_would_leave_it_expired_is_refused() {
    let library = described();
    library.run("approve 1").expect(ExitCode::Success);
    library
        .run("context end campaign/spring --on 2026-04-30 --note over --apply")
        .expect(ExitCode::Success);
    library.set_now("2026-05-02T09:00:00Z");
    insta::assert_snapshot!(library.tell("renew 1 --expires-on +6m --review-on +3m"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL511 context-ended: campaign/spring ended at 2026-05-01T00:00:00.000Z
    refused  renew #1 green-tea-tin.png: 1 finding stands in the way
    `shelflife rules SL511` says why that matters and what to do
    1 refused, 1 error
    ");
    insta::assert_snapshot!(library.tell("renew 1 --expires-on 2026-01-01 --starts-on today"), @"
    exit: 1
    refused  renew #1 green-tea-tin.png: the end 2026-01-01 is before the beginning 2026-05-02
    1 refused
    ");
    assert_eq!(library.tell("renew 1 --no-expiry").lines().next(), Some("exit: 2"));
}
