//! Approving and renewing many assets at once: only those of equal risk.

use std::fs;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::embedded;
use crate::support::scanned::FULL;

/// Three described drafts in the campaign `spring`, of which the last makes a claim.
fn described() -> TestLibrary {
    let library = TestLibrary::scanned(&["green-tea.png", "red-tea.png", "white-tea.png"]);
    for key in ["campaign/spring", "claim/organic", "product/green", "packaging/tin"] {
        library.add_context(key, None);
    }
    library.run(&format!("describe 1 2 3 {FULL}")).expect(ExitCode::Success);
    library.run("describe 3 --context claim/organic").expect(ExitCode::Success);
    library
}

/// The sets that a command tells of.
fn sets(library: &TestLibrary, line: &str) -> Vec<Value> {
    let items = library.run(&format!("{line} --format json")).json()["items"].clone();
    let sets = items.as_array().unwrap().iter().filter(|item| item["kind"] == "risk_set");
    sets.map(|item| item["fields"].clone()).collect()
}

/// The numbers of all assets in this state.
fn in_state(library: &TestLibrary, state: &str) -> Vec<i64> {
    let items = library.run(&format!("list --state {state} --format json")).json()["items"].clone();
    let ids = items.as_array().unwrap().iter().map(|item| item["fields"]["id"].as_i64().unwrap());
    ids.collect()
}

#[test]
fn drafts_of_different_risk_are_refused_as_a_whole_and_told_in_sets() {
    let library = described();
    let before = library.audit_entries().len();
    insta::assert_snapshot!(library.tell("approve 1 2 3"), @"
    exit: 1
    set: s-fa9b8bb59178
    assets: 2
    because:
      - has no license on record
    examples:
      - #1 green-tea.png
      - #2 red-tea.png
    not shown: 0
    next: the same command with `--only-set s-fa9b8bb59178`

    set: s-2ce4a21340fe
    assets: 1
    because:
      - has no license on record
      - depends on claim/organic
    examples:
      - #3 white-tea.png
    not shown: 0
    next: the same command with `--only-set s-2ce4a21340fe`

    none is approved: their risk is not equal, or they were ended before
    3 assets of different risk
    ");
    assert_eq!(library.audit_entries().len(), before);
    assert_eq!(in_state(&library, "draft"), [1, 2, 3]);
    assert_eq!(sets(&library, "approve 3 2 1 --dry-run"), sets(&library, "approve 1 2 3"));
    let told = sets(&library, "approve 1 2 3");
    assert_eq!((told.len(), &told[0]["assets"]), (2, &Value::from(2)));
    assert_eq!(told[1]["because"][1], "depends on claim/organic");
    library.run("approve 1 2").expect(ExitCode::Success);
    library.run("approve 3").expect(ExitCode::Success);
}

#[test]
fn one_set_is_approved_by_its_name_and_the_others_are_left() {
    let library = described();
    let told = sets(&library, "approve --state draft");
    let line = format!("approve --state draft --only-set {}", told[0]["set"].as_str().unwrap());
    let dry = library.tell(&format!("{line} --dry-run"));
    assert!(dry.contains("would approve  #2") && dry.contains("kept  #3"), "{dry}");
    insta::assert_snapshot!(library.tell(&line), @"
    exit: 0
    approved  #1 green-tea.png  draft → approved
    approved  #2 red-tea.png  draft → approved
    kept  #3 white-tea.png: it is not of this set
    2 changed, 1 kept
    ");
    assert_eq!(in_state(&library, "draft"), [3]);
}

#[test]
fn a_set_that_has_changed_since_it_was_told_is_not_approved() {
    for change in [
        "describe 2 --title 'Another tin'",
        "context change campaign/spring --note 'longer' --apply",
        "describe 2 --context product/green",
        "approve 1",
        "reject 2 --code quality",
    ] {
        let library = described();
        let set = sets(&library, "approve 1 2 3")[0]["set"].as_str().unwrap().to_owned();
        let line = format!("approve 1 2 3 --only-set {set}");
        library.run(&format!("{line} --dry-run")).expect(ExitCode::Success);
        library.run(change).expect(ExitCode::Success);
        let drafts = in_state(&library, "draft");
        let refused = library.run(&line).expect(ExitCode::Guard);
        assert!(refused.stderr.contains("it has changed since"), "{change}: {refused}");
        assert_eq!(in_state(&library, "draft"), drafts, "{change}");
    }
    let library = described();
    library.run("approve 1 --only-set s-0123456789ab").expect(ExitCode::Guard);
    library.run("approve 1 2 3 --only-set 1").expect(ExitCode::Usage);
}

#[test]
fn what_says_only_how_long_or_which_product_makes_no_other_risk() {
    let library = described();
    library.run("describe 1 --context product/green").expect(ExitCode::Success);
    library
        .run("describe 2 --context packaging/tin --expires-on 2026-06-15")
        .expect(ExitCode::Success);
    library.run("approve 1 2").expect(ExitCode::Success);
}

#[test]
fn a_cleared_flag_and_another_license_make_sets_of_their_own() {
    let library = described();
    library
        .run(
            "license add studio --holder Li --note ours --perpetual --worldwide --any-placement \
              --document own.pdf --reviewed-by mia --reviewed-on 2026-02-01",
        )
        .expect(ExitCode::Success);
    library.run("describe 1 --license studio").expect(ExitCode::Success);
    assert_eq!(sets(&library, "approve 1 2").len(), 2);
    library.run("describe 2 --license studio").expect(ExitCode::Success);
    assert_eq!(sets(&library, "approve 1 2 --dry-run").len(), 0);
    library.run("flag 2 --risk likeness").expect(ExitCode::Success);
    library.run("flag 2 --clear likeness --note 'a drawing'").expect(ExitCode::Success);
    let told = sets(&library, "approve 1 2");
    assert_eq!(told[1]["because"][0], "was flagged as likeness");
    assert_eq!(in_state(&library, "approved"), [0; 0]);
}

#[test]
fn what_cannot_be_approved_anyway_is_refused_by_itself_and_stops_nobody() {
    let library = described();
    library.run("describe 3 --clear owner").expect(ExitCode::Success);
    let refused = library.run("approve 1 2 3").expect(ExitCode::No);
    assert!(refused.stdout.contains("SL401") && refused.stdout.contains("2 changed"), "{refused}");
    assert_eq!(in_state(&library, "approved"), [1, 2]);
}

#[test]
fn what_was_ended_before_is_approved_one_by_one() {
    for ended in [
        &["reject 2 --code quality"][..],
        &["withdraw 2 --reason unsafe", "restore 2"],
        &["approve 2", "expire 2 --reason 'the season is over'"],
    ] {
        let library = described();
        for line in ended {
            library.run(line).expect(ExitCode::Success);
        }
        library.set_actor("li");
        library.run("reconsider 2 --reason 'looked again'").expect(ExitCode::Success);
        let told = sets(&library, "approve 1 2");
        assert_eq!(told.len(), 2, "{ended:?}");
        assert_eq!(told[1]["set"], Value::Null);
        assert_eq!(told[1]["next"], "one by one: `shelflife approve 2`");
        assert_eq!(in_state(&library, "approved"), [0; 0]);
        library.run("approve 2").expect(ExitCode::Success);
    }
}

#[test]
fn a_copy_of_what_was_rejected_once_is_approved_alone() {
    let library = described();
    let bytes = fs::read(library.path("uploads/green-tea.png")).unwrap();
    library.write("uploads/yellow-tea.png", bytes);
    library.run("scan").expect(ExitCode::Success);
    library.run(&format!("describe 4 {FULL}")).expect(ExitCode::Success);
    library.run("reject 1 --code quality").expect(ExitCode::Success);
    library.run("reconsider 1 --reason 'sharp enough'").expect(ExitCode::Success);
    let told = sets(&library, "approve 2 4");
    assert_eq!(told[1]["because"][0], "was rejected before");
    library.run("approve 4").expect(ExitCode::Success);
}

#[test]
fn of_a_large_set_a_few_are_named_and_the_others_counted_in_words() {
    let names: Vec<_> =
        (1..=41).map(|number| format!("tin-of-tea-number-{number:02}.png")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let library = TestLibrary::scanned(&names);
    library.add_context("campaign/spring", None);
    library.add_context("offer/ten-percent", None);
    library.run(&format!("describe --under tin {FULL}")).expect(ExitCode::Success);
    library.run("describe 41 --context offer/ten-percent").expect(ExitCode::Success);
    let told = sets(&library, "approve --under tin");
    assert_eq!(told[0]["not_shown"], 37);
    assert_eq!(told[0]["examples"].as_array().unwrap().len(), 3);
    assert_eq!(told[1]["not_shown"], 0);
    let said = library.run("approve --under tin").expect(ExitCode::No).stdout;
    assert!(said.contains("not shown: 37"), "{said}");
    assert_eq!(in_state(&library, "draft").len(), 41);
    let set = told[0]["set"].as_str().unwrap();
    library.run(&format!("approve --under tin --only-set {set}")).expect(ExitCode::Success);
    assert_eq!(in_state(&library, "draft"), [41]);
}

#[test]
fn a_renewal_takes_expired_assets_together_but_not_with_live_ones() {
    let library = described();
    library.run("approve 1 2").expect(ExitCode::Success);
    library.run("approve 3").expect(ExitCode::Success);
    library.run("expire 1 --reason 'the season is over'").expect(ExitCode::Success);
    let told = sets(&library, "renew 1 2 --expires-on +5m");
    assert_eq!(told.len(), 2);
    assert_eq!(in_state(&library, "expired"), [1]);
    library.run("expire 2 --reason 'the season is over'").expect(ExitCode::Success);
    library.run("renew 1 2 --expires-on +5m").expect(ExitCode::Success);
    assert_eq!(sets(&library, "renew 1 2 3 --expires-on +6m").len(), 2, "one makes a claim");
}

#[test]
fn an_asset_past_its_end_is_not_renewed_with_live_ones_whether_a_sweep_has_run_or_not() {
    let library = described();
    library.run("describe 2 --expires-on 2026-12-31").expect(ExitCode::Success);
    library.run("approve 1 2").expect(ExitCode::Success);
    library.set_now("2026-07-02T09:00:00Z");
    let line = "renew 1 2 --expires-on +5m --review-on +3m";
    let because = |library: &TestLibrary| {
        let told = sets(library, line);
        told.iter().map(|set| set["because"].clone()).collect::<Vec<_>>()
    };
    let before = because(&library);
    assert_eq!(before.len(), 2);
    assert!(before.iter().any(|words| words[0] == "is expired"), "{before:?}");
    library.run("sweep --apply").expect(ExitCode::Success);
    assert_eq!(in_state(&library, "expired"), [1]);
    assert_eq!(because(&library), before);
}

#[test]
fn what_says_that_a_model_generated_it_is_not_approved_with_what_does_not() {
    let library = TestLibrary::scanned(&["green-tea.png"]);
    let text = b"parameters\0a tin of tea\nSteps: 20, Seed: 4815, Model: tea-xl";
    let picture = embedded::png(&[embedded::png_chunk(b"tEXt", text)], &[]);
    library.write("uploads/red-tea.png", picture);
    library.run("scan").expect(ExitCode::Success);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe 1 2 {FULL}")).expect(ExitCode::Success);
    let told = sets(&library, "approve 1 2");
    let words = told.iter().map(|set| set["because"].to_string()).collect::<String>();
    assert!(told.len() == 2 && words.contains("says that a model generated it"), "{words}");
}

#[test]
fn what_a_waiver_lets_through_is_not_approved_with_what_needs_none() {
    let library = described();
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let (no, yes) = ("approve_with_waivers = false", "approve_with_waivers = true");
    library.write_config(&config.replace(no, yes));
    library.run("describe 2 --clear owner").expect(ExitCode::Success);
    library
        .run("rules waive SL401 2 --until +2w --reason 'nobody owns the archive'")
        .expect(ExitCode::Success);
    let told = sets(&library, "approve 1 2");
    assert_eq!(told.len(), 2);
    assert_eq!(told[1]["because"][0], "is accepted in spite of SL401");
}

#[test]
fn of_many_sets_some_are_told_and_the_others_counted() {
    let names: Vec<_> =
        (1..=22).map(|number| format!("tin-of-tea-number-{number:02}.png")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let library = TestLibrary::scanned(&names);
    library.add_context("campaign/spring", None);
    library.run(&format!("describe --under tin {FULL}")).expect(ExitCode::Success);
    for number in 1..=22 {
        library.add_context(&format!("claim/number-{number}"), None);
        library
            .run(&format!("describe {number} --context claim/number-{number}"))
            .expect(ExitCode::Success);
    }
    let said = library.run("approve --under tin").expect(ExitCode::No).stdout;
    assert_eq!(said.matches("--only-set").count(), 20);
    assert!(said.contains("sets not shown: 2"), "{said}");
}
