//! Approving and renewing: the gate, the pins, what voids an approval.

use serde_json::{Value, json};
use shelflife::domain::asset::AssetId;
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
    let digest = library.scanned_catalog().asset(AssetId(1)).unwrap().unwrap().digest;
    let expected = json!({
        "by": "olga", "from": "draft", "to": "approved", "pins": [[1, 1]],
        "reason": "fits the brief", "sha256": digest.to_string(),
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
    error SL201 alt-text-missing  #1 green-tea-tin.png: there is no alternative text for `en`
    error SL301 source-note-missing  #1 green-tea-tin.png: no source note is recorded
    error SL302 rights-note-missing  #1 green-tea-tin.png: no rights note is recorded
    error SL303 rights-review-missing  #1 green-tea-tin.png: no review of the rights is recorded
    error SL401 owner-missing  #1 green-tea-tin.png: no owner is recorded
    error SL403 placement-missing  #1 green-tea-tin.png: no placement is recorded
    error SL501 context-missing  #1 green-tea-tin.png: no context is linked
    error SL502 end-missing  #1 green-tea-tin.png: no expiry date, and no license or context that ends its use
    error SL505 review-date-missing  #1 green-tea-tin.png: no review date is set
    refused  approve #1 green-tea-tin.png: 9 findings stand in the way
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
    error SL506 review-date-past  #1 green-tea-tin.png: the review was to be on 2026-06-01
    error SL510 expiry-passed  #1 green-tea-tin.png: its own end passed at 2026-07-01T00:00:00.000Z
    refused  approve #1 green-tea-tin.png: 2 findings stand in the way
    1 refused, 2 errors
    ");
    library.switch_rules_off(&["SL505", "SL506", "SL507", "SL510", "SL517"]);
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
