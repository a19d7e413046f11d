//! Contexts: what assets depend on, what a change of it would do, and what it then does.

use shelflife::domain::lifecycle::Action;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::stock::Approval;

/// A draft, and three approvals of which two depend on `packaging/tea-tin`.
fn tins() -> TestLibrary {
    let library = TestLibrary::stocked(&["tin.jpg", "tin-detail.jpg", "fox.jpg", "tin-draft.jpg"]);
    library.run("context add packaging/tea-tin --note 'v3 tin'").expect(ExitCode::Success);
    library.run("context add brand/tea-house").expect(ExitCode::Success);
    let tin = Approval { contexts: &["packaging/tea-tin"], ..Approval::default() };
    library.approve("tin.jpg", tin);
    library.approve("tin-detail.jpg", Approval { expires_on: Some("2026-12-31"), ..tin });
    library.approve("fox.jpg", Approval { contexts: &["brand/tea-house"], ..tin });
    library.describe("tin-draft.jpg", tin);
    library
}

/// `path` and standing of every asset, as `list` tells them.
fn standings(library: &TestLibrary, more: &str) -> Vec<String> {
    let run = library.run(&format!("list --format json {more}")).expect(ExitCode::Success);
    let rows = run.json()["items"].as_array().unwrap().clone();
    let text =
        |row: &serde_json::Value, field: &str| row["fields"][field].as_str().unwrap().to_owned();
    rows.iter().map(|row| format!("{} {}", text(row, "path"), text(row, "standing"))).collect()
}

#[test]
fn contexts_are_listed_with_what_depends_on_them() {
    let library = tins();
    let add = "context add campaign/spring --title Spring --owner anna \
               --time-zone Europe/Berlin --starts-on 2026-03-01 --ends-on +90d";
    let run = library.run(add).expect(ExitCode::Success);
    let says = "recorded  context campaign/spring, from 2026-03-01 through 2026-05-31, \
                rule expire: as first recorded\n";
    assert!(run.stdout.starts_with(says), "{run}");
    insta::assert_snapshot!(library.run("context list"), @"
    exit: 0
    --- stdout
    KEY                RULE    REVISION  STARTS ON   ENDS ON     OWNER  ASSETS
    brand/tea-house    expire         1  -           -           -           1
    campaign/spring    expire         1  2026-03-01  2026-05-31  anna        0
    packaging/tea-tin  expire         1  -           -           -           3

    3 rows
    ");
    insta::assert_snapshot!(library.run("context show campaign/spring"), @"
    exit: 0
    --- stdout
    key: campaign/spring
    title: Spring
    owner: anna
    rule: expire
    time zone: Europe/Berlin
    starts on: 2026-03-01
    starts at: 2026-03-01 00:00 Europe/Berlin (2026-02-28T23:00:00Z, 34 hours ago)
    ends on: 2026-05-31
    ends at: 2026-06-01 00:00 Europe/Berlin (2026-05-31T22:00:00Z, in 90 days)
    revision: 1
    revisions:
      - number 1, note as first recorded, counts from 2026-03-02 10:00 Europe/Berlin (2026-03-02T09:00:00Z, now)
    facts: -
    assets: 0
    ");
}

#[test]
fn a_new_revision_is_planned_first_and_then_ends_what_was_approved_before() {
    let library = tins();
    library.advance_days(30);
    let before = standings(&library, "");
    let change = "context change packaging/tea-tin --note 'v4 tin'";
    insta::assert_snapshot!(library.run(change), @"
    exit: 0
    --- stdout
    standings without and with the change, at 2026-04-01 09:00 UTC (2026-04-01T09:00:00Z, now):

    ID  PATH            BEFORE  AFTER    BECAUSE                                                                             OWN END
     1  tin.jpg         live    expired  packaging/tea-tin changed at 2026-04-01T09:00:00.000Z from revision 1 to 2: v4 tin  -
     2  tin-detail.jpg  live    expired  packaging/tea-tin changed at 2026-04-01T09:00:00.000Z from revision 1 to 2: v4 tin  2027-01-01T00:00:00.000Z

    kept  #4 tin-draft.jpg: stays draft: nobody has approved it; undecided since 2026-03-02T09:00:00.000Z, longer than 30 days
    would record  revision 2 of packaging/tea-tin, counting from 2026-04-01T09:00:00.000Z: v4 tin
    1 edited, 1 kept, 2 rows, 3 considered, 2 expired
    dry run: nothing was changed; add --apply
    ");
    assert_eq!(standings(&library, ""), before, "the plan changes nothing");
    let applied = library.run(&format!("{change} --apply")).expect(ExitCode::Success);
    assert!(applied.stdout.contains("recorded  revision 2 of packaging/tea-tin"), "{applied}");
    assert_eq!(
        standings(&library, ""),
        ["tin.jpg expired", "tin-detail.jpg expired", "fox.jpg live", "tin-draft.jpg draft"]
    );
    let why = library.run("why tin.jpg").expect(ExitCode::Success);
    let says = "packaging/tea-tin changed at 2026-04-01T09:00:00.000Z from revision 1 to 2: v4 tin";
    assert!(why.stdout.contains(says), "{why}");
}

#[test]
fn a_revision_to_come_leaves_everything_until_its_instant() {
    let library = tins();
    let run = library
        .run("context change packaging/tea-tin --note 'v4 tin' --effective 2026-04-01 --apply")
        .expect(ExitCode::Success);
    assert!(run.stdout.contains("at 2026-04-01 00:00 UTC"), "{run}");
    let tin = |as_of: &str| standings(&library, &format!("--under tin.jpg --as-of {as_of}"));
    assert_eq!(standings(&library, "--under tin.jpg"), ["tin.jpg live"]);
    assert_eq!(tin("2026-03-31T23:59:59.999Z"), ["tin.jpg live"]);
    assert_eq!(tin("2026-04-01T00:00:00Z"), ["tin.jpg expired"]);
    library.set_now("2026-04-01T00:00:00Z");
    assert_eq!(standings(&library, "--under tin.jpg"), ["tin.jpg expired"]);
}

#[test]
fn a_change_in_between_does_not_hide_the_one_that_was_planned_before() {
    let library = tins();
    let change = |note: &str, more: &str| {
        let line = format!("context change packaging/tea-tin --note '{note}' {more} --apply");
        library.run(&line).expect(ExitCode::Success);
    };
    change("v4 tin", "--effective 2026-06-01");
    library.set_now("2026-04-01T12:00:00Z");
    change("new lid", "");
    library.approve(
        "tin-draft.jpg",
        Approval { contexts: &["packaging/tea-tin"], ..Approval::default() },
    );
    let draft = |as_of: &str| standings(&library, &format!("--under tin-draft --as-of {as_of}"));
    assert_eq!(draft("2026-05-31"), ["tin-draft.jpg live"]);
    assert_eq!(draft("2026-06-01"), ["tin-draft.jpg expired"]);
    assert_eq!(standings(&library, "--under tin.jpg"), ["tin.jpg expired"]);
}

#[test]
fn a_change_that_began_in_the_past_says_so() {
    let library = tins();
    library.set_now("2026-04-01T12:00:00Z");
    let line = "context change packaging/tea-tin --note 'v4 tin' --effective";
    let run = library.run(&format!("{line} 2026-03-15")).expect(ExitCode::Success);
    assert!(
        run.stdout.contains("counts from 2026-03-15 00:00 UTC (2026-03-15T00:00:00Z, 17 days ago)"),
        "{run}"
    );
    insta::assert_snapshot!(library.run(&format!("{line} 2026-02-01")), @"
    exit: 2
    --- stderr
    shelflife: error: revision 1 counts since 2026-03-02T09:00:00.000Z, and a change cannot count from before it
      hint: leave `--effective` out, and let the note say since when it is so
    ");
}

#[test]
fn the_rule_of_a_context_decides_what_a_change_does() {
    let library = TestLibrary::stocked(&["a.jpg", "b.jpg", "c.jpg"]);
    for (kind, path, rule) in [
        ("product", "a.jpg", "expire"),
        ("template", "b.jpg", "review"),
        ("brand", "c.jpg", "ignore"),
    ] {
        let key = format!("{kind}/x");
        library.run(&format!("context add {key} --rule {rule}")).expect(ExitCode::Success);
        library.approve(path, Approval { contexts: &[&key], ..Approval::default() });
        library.run(&format!("context change {key} --note new --apply")).expect(ExitCode::Success);
    }
    assert_eq!(standings(&library, ""), ["a.jpg expired", "b.jpg review-due", "c.jpg live"]);
}

#[test]
fn a_campaign_may_be_used_through_its_last_day_wherever_that_is() {
    for (zone, last, first) in [
        ("Europe/Berlin", "2026-05-31T21:59:59.999Z", "2026-05-31T22:00:00.000Z"),
        ("America/New_York", "2026-06-01T03:59:59.999Z", "2026-06-01T04:00:00.000Z"),
    ] {
        let library = TestLibrary::stocked(&["a.jpg"]);
        let add = format!("context add campaign/spring --time-zone {zone} --ends-on 2026-05-31");
        library.run(&add).expect(ExitCode::Success);
        library
            .approve("a.jpg", Approval { contexts: &["campaign/spring"], ..Approval::default() });
        let at = |as_of: &str| standings(&library, &format!("--as-of {as_of}"));
        assert_eq!(at(last), ["a.jpg live"], "{zone}");
        assert_eq!(at(first), ["a.jpg expired"], "{zone}");
    }
}

#[test]
fn an_end_can_be_moved_while_it_lies_ahead_and_not_once_it_has_passed() {
    let library = TestLibrary::stocked(&["a.jpg", "own-end.jpg", "later.jpg"]);
    library.run("context add campaign/spring --ends-on 2026-03-31").expect(ExitCode::Success);
    let spring = Approval { contexts: &["campaign/spring"], ..Approval::default() };
    library.approve("a.jpg", spring);
    library.approve("own-end.jpg", Approval { expires_on: Some("2026-03-20"), ..spring });
    library.approve("later.jpg", Approval { expires_on: Some("2026-12-31"), ..spring });
    library.decide("later.jpg", Action::Withdraw);
    let longer = "context end campaign/spring --note 'goes on' --on 2026-04-30";
    insta::assert_snapshot!(library.run(longer), @"
    exit: 0
    --- stdout
    standings without and with the change, at 2026-04-01 00:00 UTC (2026-04-01T00:00:00Z, in 29 days):

    ID  PATH   BEFORE   AFTER  BECAUSE                                                      OWN END
     1  a.jpg  expired  live   no longer campaign/spring ended at 2026-04-01T00:00:00.000Z  -

    kept  #2 own-end.jpg: stays expired: its own end passed at 2026-03-21T00:00:00.000Z
    kept  #3 later.jpg: stays unsafe: withdrawn as unsafe; its own end stays 2027-01-01T00:00:00.000Z
    would record  the end of campaign/spring, through 2026-04-30 UTC: goes on
    1 edited, 2 kept, 1 row, 3 considered, 1 live
    dry run: nothing was changed; add --apply
    ");
    library.run(&format!("{longer} --apply")).expect(ExitCode::Success);
    let a = |as_of: &str| standings(&library, &format!("--under a.jpg --as-of {as_of}"));
    assert_eq!(a("2026-04-30T23:59:59.999Z"), ["a.jpg live"]);
    assert_eq!(a("2026-05-01"), ["a.jpg expired"]);
    library.set_now("2026-05-01T00:00:00Z");
    let again = "context end campaign/spring --note 'once more' --on 2026-06-30 --apply";
    insta::assert_snapshot!(library.run(again), @"
    exit: 2
    --- stderr
    shelflife: error: it ended at 2026-05-01T00:00:00.000Z, and a later end would revive what ended with it
      hint: let it recur with `context change --note … --ends-on …`, then renew what still fits
    ");
    assert_eq!(standings(&library, "--under a.jpg"), ["a.jpg expired"]);
}

#[test]
fn an_end_without_a_date_is_the_end_of_today_where_the_context_is() {
    let library = TestLibrary::stocked(&["a.jpg"]);
    library.run("context add offer/tea --time-zone Pacific/Kiritimati").expect(ExitCode::Success);
    library.approve("a.jpg", Approval { contexts: &["offer/tea"], ..Approval::default() });
    library.run("context end offer/tea --note 'sold out' --apply").expect(ExitCode::Success);
    let at = |as_of: &str| standings(&library, &format!("--as-of {as_of}"));
    assert_eq!(at("2026-03-02T09:59:59.999Z"), ["a.jpg live"], "it is 23:59 there");
    assert_eq!(at("2026-03-02T10:00:00Z"), ["a.jpg expired"]);
}

#[test]
fn a_season_that_comes_again_does_not_revive_what_was_approved_for_the_last() {
    let library = TestLibrary::at("2025-11-01T09:00:00Z");
    library.configure("");
    library.stock(&["tree-2025.jpg", "tree-2026.jpg"]);
    library
        .run("context add season/christmas --starts-on 2025-11-20 --ends-on 2025-12-26")
        .expect(ExitCode::Success);
    let christmas = Approval { contexts: &["season/christmas"], ..Approval::default() };
    library.approve("tree-2025.jpg", christmas);
    let at = |as_of: &str| standings(&library, &format!("--as-of {as_of}"));
    assert_eq!(at("2025-11-19"), ["tree-2025.jpg scheduled", "tree-2026.jpg draft"]);
    assert_eq!(at("2025-12-26"), ["tree-2025.jpg live", "tree-2026.jpg draft"]);

    library.set_now("2026-10-01T09:00:00Z");
    library
        .run("context change season/christmas --note 2026 --starts-on 2026-11-20 --ends-on 2026-12-26 --apply")
        .expect(ExitCode::Success);
    library.approve("tree-2026.jpg", christmas);
    assert_eq!(at("2026-12-24"), ["tree-2025.jpg expired", "tree-2026.jpg live"]);
    assert_eq!(at("2026-12-27"), ["tree-2025.jpg expired", "tree-2026.jpg expired"]);
}

#[test]
fn what_was_decided_otherwise_stays_as_it_is() {
    let library = tins();
    library.decide("tin.jpg", Action::Withdraw);
    let run = library.run("context change packaging/tea-tin --note 'v4 tin'");
    assert!(run.stdout.contains("kept  #1 tin.jpg: stays unsafe: withdrawn as unsafe"), "{run}");
    assert!(run.stdout.contains("kept  #4 tin-draft.jpg: stays draft"), "{run}");
}

#[test]
fn what_makes_no_sense_is_refused_and_recorded_nowhere() {
    let library = tins();
    library.run("context add campaign/spring --starts-on 2026-04-01").expect(ExitCode::Success);
    let length = library.catalog().audit_head().unwrap();
    for (line, exit, says) in [
        (
            "context add packaging/tea-tin",
            ExitCode::No,
            "context `packaging/tea-tin` exists already",
        ),
        ("context add tin", ExitCode::Usage, "`tin` is not a context key"),
        ("context add box/tin", ExitCode::Usage, "`box` is not a kind of context"),
        ("context add brand/x --rule forget", ExitCode::Usage, "one of expire, review, ignore"),
        ("context add brand/x --time-zone Mars/Base", ExitCode::Usage, "not a time zone"),
        (
            "context add brand/x --starts-on 2026-05-02 --ends-on 2026-05-01",
            ExitCode::Usage,
            "the end 2026-05-01 is before the beginning 2026-05-02",
        ),
        ("context add brand/x --ends-on 2026-02-30", ExitCode::Usage, "not a date"),
        ("context change brand/y --note new --apply", ExitCode::Usage, "no context `brand/y`"),
        ("context change packaging/tea-tin --note ' ' --apply", ExitCode::Usage, "it is empty"),
        (
            "context change packaging/tea-tin --note x --effective 2026-05-01 --ends-on 2026-06-01",
            ExitCode::Usage,
            "cannot be used with",
        ),
        (
            "context end campaign/spring --note off --on 2026-03-31 --apply",
            ExitCode::Usage,
            "the end 2026-03-31 is before the beginning 2026-04-01",
        ),
        ("context list --as-of never", ExitCode::Usage, "not a date"),
        ("context add brand/x --as-of 2027-01-01", ExitCode::Usage, "changes what is"),
    ] {
        let run = library.run(line).expect(exit);
        assert!(run.stderr.contains(says), "{line}\n{run}");
    }
    assert_eq!(library.catalog().audit_head().unwrap(), length);
}

#[test]
fn a_dry_run_of_an_addition_records_nothing() {
    let library = tins();
    let run = library.run("context add claim/organic --dry-run").expect(ExitCode::Success);
    assert!(run.stdout.contains("would record  context claim/organic"), "{run}");
    assert!(library.catalog().context(&"claim/organic".parse().unwrap()).unwrap().is_none());
}

#[test]
fn the_plan_is_the_same_document_for_scripts() {
    let library = tins();
    let run = library.run("context change packaging/tea-tin --note 'v4 tin' --format json");
    let report = run.json();
    assert_eq!(report["summary"]["dry_run"], true);
    assert_eq!(report["summary"]["figures"], serde_json::json!({"considered": 3, "expired": 2}));
    let items = report["items"].as_array().unwrap();
    let impact = items.iter().find(|item| item["type"] == "row").unwrap();
    assert_eq!(
        *impact,
        serde_json::json!({ "type": "row", "kind": "impact", "fields": {
            "id": 1, "path": "tin.jpg", "before": "live", "after": "expired",
            "because": ["packaging/tea-tin changed at 2026-03-02T09:00:00.000Z from revision 1 to 2: v4 tin"],
            "own_end": null,
        }})
    );
}

#[test]
fn an_extension_offers_what_had_ended_and_brings_nothing_back_by_itself() {
    let library = TestLibrary::stocked(&["a.jpg", "b.jpg", "own-end.jpg", "poor.jpg", "c.jpg"]);
    library.run("context add campaign/spring --ends-on 2026-03-31").expect(ExitCode::Success);
    let spring = Approval { contexts: &["campaign/spring"], ..Approval::default() };
    for path in ["a.jpg", "b.jpg", "poor.jpg"] {
        library.approve(path, spring);
    }
    library.approve("own-end.jpg", Approval { expires_on: Some("2026-03-20"), ..spring });
    library.describe("c.jpg", spring);
    library.decide("poor.jpg", Action::Reject);
    library.set_now("2026-04-10T09:00:00Z");
    library.run("sweep --apply").expect(ExitCode::Success);
    library.decide("a.jpg", Action::Quarantine);
    library.decide("own-end.jpg", Action::Quarantine);
    let longer = "context change campaign/spring --note 'goes on' --ends-on 2026-04-30";
    insta::assert_snapshot!(library.run(longer), @"
    exit: 0
    --- stdout
    standings without and with the change, at 2026-04-10 09:00 UTC (2026-04-10T09:00:00Z, now):
    kept  #1 a.jpg: stays quarantined: in quarantine after it was expired; it may be renewed then
    kept  #2 b.jpg: stays expired: its expiry is on record; campaign/spring changed at 2026-04-10T09:00:00.000Z from revision 1 to 2: goes on; it may be renewed then
    kept  #3 own-end.jpg: stays quarantined: in quarantine after it was expired
    kept  #4 poor.jpg: stays rejected: rejected
    kept  #5 c.jpg: stays draft: nobody has approved it; undecided since 2026-03-02T09:00:00.000Z, longer than 30 days
    to use again what had ended: `shelflife restore 1`, then `shelflife renew 1 2`
    would record  revision 2 of campaign/spring, counting from 2026-04-10T09:00:00.000Z, through 2026-04-30: goes on
    1 edited, 5 kept, 5 considered, 2 to be renewed
    dry run: nothing was changed; add --apply
    ");
    library.run(&format!("{longer} --apply")).expect(ExitCode::Success);
    let told = ["a.jpg quarantined", "b.jpg expired", "own-end.jpg quarantined"];
    assert_eq!(standings(&library, "")[..3], told);
}

#[test]
fn however_many_stay_as_they_are_each_is_told_once_after_all_that_change() {
    let paths: Vec<_> = (1..=70).map(|number| format!("tin-{number:02}.jpg")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let library = TestLibrary::stocked(&paths);
    library.run("context add packaging/tea-tin").expect(ExitCode::Success);
    let tin = Approval { contexts: &["packaging/tea-tin"], ..Approval::default() };
    // Every seventh is approved, and ends; drafts stay drafts.
    let (approved, drafts): (Vec<_>, Vec<_>) =
        paths.iter().enumerate().partition(|(at, _)| at % 7 == 6);
    library.approve_all(&approved.iter().map(|(_, path)| **path).collect::<Vec<_>>(), tin);
    for (_, path) in &drafts {
        library.describe(path, tin);
    }
    let change = "context change packaging/tea-tin --note 'v4 tin' --format json";
    let report = library.run(change).expect(ExitCode::Success).json();
    let items = report["items"].as_array().unwrap();
    let paths_of = |kind: &str, at: &str| -> Vec<_> {
        let of_kind = items.iter().filter(|item| item["type"] == kind);
        of_kind.map(|item| item.pointer(at).unwrap().as_str().unwrap().to_owned()).collect()
    };
    let all =
        |of: &[(usize, &&str)]| of.iter().map(|(_, path)| (**path).to_owned()).collect::<Vec<_>>();
    assert_eq!(paths_of("row", "/fields/path"), all(&approved));
    assert_eq!(paths_of("kept", "/path"), all(&drafts));
    let first_kept = items.iter().position(|item| item["type"] == "kept");
    let last_row = items.iter().rposition(|item| item["type"] == "row");
    assert!(last_row < first_kept, "{report}");
    assert_eq!(report["summary"]["figures"]["considered"], 70);
}
