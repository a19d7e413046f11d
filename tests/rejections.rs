//! Rejections: by a code, in words, or both.

use serde_json::{Value, json};
use shelflife::domain::rejection::RejectionCode;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::scanned::FULL;
use crate::support::wxr::shipped;

/// The field `rejection` of `show`.
fn shown(library: &TestLibrary, asset: u32) -> Value {
    let run = library.run(&format!("show {asset} --format json"));
    run.json()["items"][0]["fields"]["rejection"].clone()
}

#[test]
fn a_rejection_says_why_by_a_code_in_words_or_both() {
    let library = TestLibrary::scanned(&["a.png", "b.png", "c.png", "d.png"]);
    library.run("reject 1").expect(ExitCode::Usage);
    library.run("reject 1 --code mood").expect(ExitCode::Usage);
    insta::assert_snapshot!(library.tell("reject 1 --code off-brand"), @"
    exit: 0
    rejected  #1 a.png  draft → rejected  (off-brand)
    1 changed
    ");
    insta::assert_snapshot!(library.tell("reject 2 --code duplicate --reason 'of c.png'"), @"
    exit: 0
    rejected  #2 b.png  draft → rejected
        duplicate
        of c.png
    1 changed
    ");
    insta::assert_snapshot!(library.tell("reject 3 --reason 'too dark'"), @"
    exit: 0
    rejected  #3 c.png  draft → rejected  (too dark)
    1 changed
    ");
    let (by, at) = ("olga", "2026-03-02T09:00:00.000Z");
    let told =
        |code: Value, reason: Value| json!({"code": code, "reason": reason, "by": by, "at": at});
    assert_eq!(shown(&library, 1), told(json!("off-brand"), Value::Null));
    assert_eq!(shown(&library, 2), told(json!("duplicate"), json!("of c.png")));
    assert_eq!(shown(&library, 3), told(Value::Null, json!("too dark")));
    assert_eq!(shown(&library, 4), Value::Null);
    assert!(library.tell("history 2").contains("duplicate: of c.png"));
    library.run("clean --apply").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1)["code"], "off-brand", "also in quarantine");
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn what_is_reconsidered_is_not_shown_as_rejected() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.run("reject 1 --code quality").expect(ExitCode::Success);
    library.run("reconsider 1 --reason 'sharp enough'").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1), Value::Null);
    library.run("reject 1 --code rights").expect(ExitCode::Success);
    assert_eq!(shown(&library, 1)["code"], "rights");
}

#[test]
fn every_code_can_be_typed_and_is_named_in_the_help() {
    let library = TestLibrary::scanned(&["a.png"]);
    let help = library.run("reject --help").stdout;
    for code in RejectionCode::ALL {
        assert!(help.contains(code.name()), "{}", code.name());
        let line = format!("reject 1 --code {} --dry-run", code.name());
        library.run(&line).expect(ExitCode::Success);
    }
}

/// An approved picture for the blog and the shop, and the command that rejects it for the blog.
fn for_two_placements() -> (TestLibrary, &'static str) {
    let library = TestLibrary::scanned(&["green-tea-tin.png"]);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 {FULL}")).expect(ExitCode::Success);
    library.run("describe 1 --placement blog --add-placement shop").expect(ExitCode::Success);
    library.run("approve 1").expect(ExitCode::Success);
    (library, "reject 1 --for-placement blog --code quality --reason 'too dark there'")
}

#[test]
fn what_is_rejected_for_one_placement_is_used_elsewhere_and_not_there() {
    let (library, dark) = for_two_placements();
    insta::assert_snapshot!(library.tell(&format!("{dark} --dry-run")), @"
    exit: 0
    would record  #1 green-tea-tin.png  rejected for blog as quality: too dark there
    1 edited
    dry run: nothing was changed
    ");
    insta::assert_snapshot!(library.tell(dark), @"
    exit: 0
    recorded  #1 green-tea-tin.png  rejected for blog as quality: too dark there
    1 edited
    ");
    insta::assert_snapshot!(library.tell(dark), @"
    exit: 0
    kept  #1 green-tea-tin.png: it is rejected for blog as quality by olga at 2026-03-02T09:00:00.000Z: too dark there
    1 kept
    ");
    let fields = || library.run("show 1 --format json").json()["items"][0]["fields"].clone();
    assert_eq!(fields()["state"], "approved");
    insta::assert_snapshot!(library.tell("validate 1 --rule SL409"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL409 placement-rejected: rejected for blog as quality by olga at 2026-03-02T09:00:00.000Z: too dark there
    `shelflife rules SL409` says why that matters and what to do
    1 error, 1 asset checked
    ");
    let check = |placement: &str| library.tell(&format!("reuse check 1 --placement {placement}"));
    insta::assert_snapshot!(check("blog"), @"
    exit: 1
    id: 1
    path: green-tea-tin.png
    placement: blog
    campaign: -
    territory: -
    from: 2026-03-02T09:00:00.000Z
    until: 2026-03-02T23:59:59.999Z
    answer: no

    QUESTION           ANSWER  BECAUSE
    standing           no      it is rejected for blog as quality by olga at 2026-03-02T09:00:00.000Z: too dark there
    product accuracy   ask     no product or packaging is recorded, nor that it shows none (product/none)
    campaign context   ask     it was approved for campaign/spring: say with --campaign which one the use is for
    brand fit          ask     no brand is recorded
    license            ask     there is no license on record, only a note: Own work of the studio
    claims and offers  ask     no claim or offer is recorded, nor that it makes none (claim/none)

    6 rows
    ");
    let shop = check("shop");
    assert!(shop.contains("it is live all the time") && !shop.contains("rejected"), "{shop}");
}

#[test]
fn a_rejection_for_one_placement_stops_a_renewal_until_it_is_taken_back() {
    let (library, dark) = for_two_placements();
    library.run(dark).expect(ExitCode::Success);
    let fields = library.run("show 1 --format json").json()["items"][0]["fields"].clone();
    let (by, at) = ("olga", "2026-03-02T09:00:00.000Z");
    let told = json!({"placement": "blog", "code": "quality", "reason": "too dark there",
                      "by": by, "at": at});
    assert_eq!((&fields["rejected_for"], &fields["rejection"]), (&json!([told]), &Value::Null));
    insta::assert_snapshot!(library.tell("renew 1 --review-on +30d"), @"
    exit: 1
    #1 green-tea-tin.png
      error SL409 placement-rejected: rejected for blog as quality by olga at 2026-03-02T09:00:00.000Z: too dark there
    refused  renew #1 green-tea-tin.png: 1 finding stands in the way
    `shelflife rules SL409` says why that matters and what to do
    1 refused, 1 error
    ");

    let back = "reconsider 1 --for-placement blog --reason 'lighter there now'";
    insta::assert_snapshot!(library.tell(back), @"
    exit: 0
    recorded  #1 green-tea-tin.png  no longer rejected for blog: lighter there now
    1 edited
    ");
    insta::assert_snapshot!(library.tell(back), @"
    exit: 0
    kept  #1 green-tea-tin.png: it is not rejected for blog alone
    1 kept
    ");
    library.run("validate 1 --rule SL409").expect(ExitCode::Success);
    library.run(dark).expect(ExitCode::Success);
    library.run("audit verify --replay").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("history 1"), @"
    exit: 0
    AT                                                WHAT                                                                                                                                                 WHY                      BY            SEQ
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset add: green-tea-tin.png                                                                                                                         -                        olga at desk    5
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset describe: alt:en, contexts, expires_on, owner, placements, review_on, rights_note, rights_reviewed_by, rights_reviewed_on, source_note, title  -                        olga at desk   12
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset describe: placements                                                                                                                           -                        olga at desk   15
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset approve: draft → approved                                                                                                                      -                        olga at desk   18
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset reject placement: blog                                                                                                                         quality: too dark there  olga at desk   21
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset reconsider placement: blog                                                                                                                     lighter there now        olga at desk   24
    2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)  asset reject placement: blog                                                                                                                         quality: too dark there  olga at desk   27

    7 rows
    ");
}

#[test]
fn what_is_rejected_for_a_placement_is_not_shipped_there() {
    let (library, dark) = for_two_placements();
    library.run(dark).expect(ExitCode::Success);
    library.write("site.xml", shipped("green-tea-tin.png"));
    let check = |words: &str| library.tell(&format!("check site.xml {words}"));
    let blog = check("--placement blog --worldwide");
    assert!(blog.starts_with("exit: 1"), "{blog}");
    assert!(
        blog.contains("error SL409 placement-rejected: rejected for blog as quality"),
        "{blog}"
    );
    for elsewhere in ["--placement shop --worldwide", ""] {
        let told = check(elsewhere);
        assert!(told.starts_with("exit: 0") && !told.contains("SL409"), "{told}");
    }
    let back = "reconsider 1 --for-placement blog --reason 'lighter there now'";
    library.run(back).expect(ExitCode::Success);
    let blog = check("--placement blog --worldwide");
    assert!(blog.starts_with("exit: 0"), "{blog}");
}

#[test]
fn a_job_does_not_reject_for_a_placement() {
    let library = TestLibrary::scanned(&["a.png"]);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    insta::assert_snapshot!(library.tell("reject 1 --for-placement blog --code quality"), @"
    exit: 1
    refused  reject #1 a.png: only a person may decide that
    1 refused
    ");
}
