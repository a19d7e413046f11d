//! Saved plans: made by one person, approved by another, carried out once and to the letter.

mod clock;
mod day;
mod dying;
mod forged;
mod gained;
mod mass;
mod selection;

use std::fs;

use serde_json::Value;
use shelflife::exit::ExitCode;

use crate::support::TestLibrary;
use crate::support::moving::tree;
use crate::support::scanned::FULL;

/// A library of `count` pictures that nobody has decided about.
fn drafts(count: usize) -> TestLibrary {
    let paths: Vec<_> = (1..=count).map(|number| format!("tea-{number}.png")).collect();
    TestLibrary::scanned(&paths.iter().map(String::as_str).collect::<Vec<_>>())
}

/// [`drafts`], all rejected.
fn rejected(count: usize) -> TestLibrary {
    let library = drafts(count);
    library.run("reject --state draft --reason 'off brand'").expect(ExitCode::Success);
    library
}

/// Gives a key of the configuration that `init` wrote another value.
fn set(library: &TestLibrary, key: &str, value: &str) {
    let config = fs::read_to_string(library.path("shelflife.toml")).unwrap();
    let begins = format!("{key} = ");
    assert_eq!(config.lines().filter(|line| line.starts_with(&begins)).count(), 1, "{key}");
    let line = |line: &str| {
        if line.starts_with(&begins) { format!("{begins}{value}\n") } else { format!("{line}\n") }
    };
    library.write_config(&config.lines().map(line).collect::<String>());
}

/// Runs a command that must move nothing, and tells what it said.
#[track_caller]
fn refused(library: &TestLibrary, line: &str, exit: ExitCode) -> String {
    let before = tree(&library.path("uploads"));
    let run = library.run(line).expect(exit);
    assert_eq!(tree(&library.path("uploads")), before);
    format!("{}{}", run.stdout, run.stderr)
}

fn left(library: &TestLibrary) -> Vec<String> {
    let files = tree(&library.path("uploads")).into_keys();
    files.map(|path| path.to_str().unwrap().to_owned()).collect()
}

fn status(library: &TestLibrary) -> String {
    let rows = library.run("plan list --format json").expect(ExitCode::Success).json();
    rows["items"][0]["fields"]["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_is_saved_shown_and_carried_out() {
    let library = rejected(2);
    library.run("hold 2 --reason 'legal asked'").expect(ExitCode::Success);
    insta::assert_snapshot!(library.tell("clean --save"), @"
    exit: 0
    kept  #2 tea-2.png: held: legal asked
    would quarantine  #1 tea-1.png  rejected → quarantined (was rejected)
        rejected
        1 file, 82 bytes
        undo with `shelflife restore 1`
    recorded  plan 1 of 1 asset, 1 file, 82 bytes, valid until 2026-03-03 09:00 UTC (2026-03-03T09:00:00Z, in 24 hours)
    Next: `shelflife clean --apply --plan 1`.
    1 edited, 1 kept, 82 bytes, 1 file, 1 planned
    ");
    insta::assert_snapshot!(library.tell("plan list"), @"
    exit: 0
    PLAN  OF     STATUS  ASSETS  DONE  BY    APPROVED BY  UNTIL
       1  clean  ready        1     0  olga  -            2026-03-03 09:00 UTC (2026-03-03T09:00:00Z, in 24 hours)

    1 row
    ");
    let shown = library.tell("plan show 1");
    let shown: Vec<_> = shown.lines().filter(|line| !line.starts_with("digest: ")).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    exit: 0
    plan: 1
    of: clean
    status: ready
    because: -
    command: shelflife clean --save
    assets: 1
    done: 0
    by: olga
    made: 2026-03-02 09:00 UTC (2026-03-02T09:00:00Z, now)
    until: 2026-03-03 09:00 UTC (2026-03-03T09:00:00Z, in 24 hours)
    approved by: -
    approved: -

    would quarantine  #1 tea-1.png  rejected → quarantined (was rejected)
        rejected
        1 file, 82 bytes
    kept  #2 tea-2.png: held: legal asked
    Next: `shelflife clean --apply --plan 1`.
    1 kept, 1 planned
    ");
    insta::assert_snapshot!(library.tell("clean --apply --plan 1"), @"
    exit: 0
    quarantined  #1 tea-1.png  rejected → quarantined (was rejected)
        rejected
        1 file, 82 bytes
        undo with `shelflife restore 1`
    1 changed, 82 bytes, 1 file
    ");
    assert_eq!(
        (left(&library), status(&library)),
        (vec!["tea-2.png".to_owned()], "applied".into())
    );
    library.run("audit verify --replay --disk").expect(ExitCode::Success);
    let kinds: Vec<_> = library.audit_entries().into_iter().map(|entry| entry.kind).collect();
    let of_plans: Vec<_> = kinds.iter().filter(|kind| kind.starts_with("plan.")).collect();
    assert_eq!(of_plans, ["plan.save", "plan.begin", "plan.end"]);
}

#[test]
fn machines_read_the_same_of_a_plan_that_is_made_and_shown() {
    let library = rejected(2);
    let taken = |line: &str| -> Vec<Value> {
        let items = library.run(line).expect(ExitCode::Success).json()["items"].clone();
        let items = items.as_array().unwrap().iter();
        let changes = items.filter(|item| item["type"] == "change");
        changes
            .map(|item| serde_json::json!([item["dry_run"], item["asset"], item["to"]]))
            .collect()
    };
    let made = taken("clean --save --format json");
    assert_eq!(made.len(), 2);
    assert_eq!(taken("plan show 1 --format json"), made);
    assert_eq!(taken("clean --format json"), made, "and of one that is not saved");
}

#[test]
fn a_plan_of_nothing_is_not_saved() {
    let library = TestLibrary::scanned(&["tea.png"]);
    let entries = library.audit_entries().len();
    for command in ["clean --save", "sweep --save"] {
        let run = library.run(command).expect(ExitCode::Success);
        assert!(run.stdout.contains("There is nothing to do, and no plan is saved."), "{run}");
    }
    assert_eq!(library.audit_entries().len(), entries);
    let run = library.run("plan show 1").expect(ExitCode::Usage);
    assert!(run.stderr.contains("there is no plan 1"), "{run}");
}

#[test]
fn what_somebody_changed_since_is_left_and_told_with_their_name() {
    let library = rejected(3);
    library.run("clean --save").expect(ExitCode::Success);
    library.set_actor("mia");
    library.run("hold 1 --reason 'wait for legal'").expect(ExitCode::Success);
    library.run("reconsider 2 --reason 'brand asked'").expect(ExitCode::Success);
    library.remove_variable("SHELFLIFE_ACTOR");
    let shown = library.run("plan show 1").expect(ExitCode::Success);
    let why = "#1 tea-1.png: changed since the plan was made, by mia (olga) at desk (asset.hold at";
    assert!(shown.stdout.contains(why), "{shown}");
    assert!(shown.stdout.contains("2 no longer so, 1 planned"), "{shown}");
    let said = refused(&library, "plan approve 1", ExitCode::Guard);
    assert!(said.contains("plan 1 is not approved: 2 of its 3 steps no longer hold"), "{said}");
    let run = library.run("clean --apply --plan 1").expect(ExitCode::Changed);
    assert!(run.stdout.contains(why), "{run}");
    assert!(run.stdout.contains("mia (olga) at desk (asset.reconsider at"), "{run}");
    assert_eq!(left(&library), ["tea-1.png", "tea-2.png"]);
}

#[test]
fn nothing_is_done_that_is_not_in_the_plan() {
    let library = rejected(2);
    library.run("clean 1 --save").expect(ExitCode::Success);
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    assert_eq!(left(&library), ["tea-2.png"]);
    for line in [
        "clean --apply --plan 1 --under tea",
        "clean --plan 1",
        "clean --save --plan 1",
        "sweep --apply --plan 1",
        "sweep --save --plan 1",
    ] {
        library.run(line).expect(ExitCode::Usage);
    }
}

#[test]
fn a_plan_is_carried_out_once_and_the_same_assets_take_another() {
    let library = rejected(1);
    library.run("clean --save").expect(ExitCode::Success);
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    library.run("restore 1").expect(ExitCode::Success);
    library.run("release 1 --reason 'again'").expect(ExitCode::Success);
    for command in ["clean --apply --plan 1", "plan approve 1"] {
        let said = refused(&library, command, ExitCode::Guard);
        assert!(said.contains("it was carried out at 2026-03-02T09:00:00.000Z"), "{said}");
    }
    library.run("clean --save").expect(ExitCode::Success);
    library.run("clean --apply --plan 2").expect(ExitCode::Success);
    assert!(left(&library).is_empty());
}

#[test]
fn an_interrupted_plan_is_gone_on_with() {
    let library = rejected(2);
    library.run("clean --save").expect(ExitCode::Success);
    library.interrupted.store(2, std::sync::atomic::Ordering::Relaxed);
    refused(&library, "clean --apply --plan 1", ExitCode::Interrupted);
    library.interrupted.store(0, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(status(&library), "begun");
    let shown = library.run("plan show 1").expect(ExitCode::Success);
    assert!(shown.stdout.contains("`shelflife clean --apply --plan 1` goes on with it"), "{shown}");
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    assert!(left(&library).is_empty());
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_plan_is_over_after_its_hours_and_under_another_policy() {
    type Spoiled<'a> = (&'a dyn Fn(&TestLibrary), &'a str, &'a str);
    let spoil: [Spoiled<'_>; 4] = [
        (&|library| library.advance_days(1), "it was valid until 2026-03-03T09:00:00.000Z", "over"),
        (
            &|library| set(library, "max_items", "400"),
            "the policy is another one since it was made: max_items was 500 and is 400",
            "outdated",
        ),
        (
            &|library| set(library, "unknown_uses", "\"warn\""),
            "unknown_uses was block-on-sites and is warn",
            "outdated",
        ),
        (
            &|library| library.set_now("2026-03-02T08:54:59Z"),
            "it is from 2026-03-02T09:00:00.000Z, and the clock says 2026-03-02T08:54:59.000Z",
            "ready",
        ),
    ];
    for (spoil, words, is) in spoil {
        let library = rejected(1);
        library.run("clean --save").expect(ExitCode::Success);
        spoil(&library);
        assert_eq!(status(&library), is);
        let shown = library.run("plan show 1").expect(ExitCode::Success);
        assert!(
            shown.stdout.contains("Next: a new plan, with `shelflife clean --save`."),
            "{shown}"
        );
        for command in ["clean --apply --plan 1", "plan approve 1"] {
            let said = refused(&library, command, ExitCode::Guard);
            assert!(said.contains(words), "{said}");
        }
    }
    let library = rejected(1);
    set(&library, "valid_hours", "48");
    library.run("clean --save").expect(ExitCode::Success);
    library.set_now("2026-03-04T08:59:59Z");
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
}

#[test]
fn a_large_clean_takes_a_second_person_from_another_account() {
    let library = rejected(3);
    set(&library, "second_person_above", "2");
    let plan = library.run("clean").expect(ExitCode::Success);
    assert!(plan.stdout.contains("3 assets, and more than 2 take a second person"), "{plan}");
    let said = refused(&library, "clean --apply", ExitCode::Guard);
    assert!(said.contains("`shelflife plan approve NUMBER`"), "{said}");
    let saved = library.run("clean --save").expect(ExitCode::Success);
    let next = "Next: somebody else than olga runs `shelflife plan approve 1`";
    assert!(saved.stdout.contains(next), "{saved}");
    let said = refused(&library, "clean --apply --plan 1", ExitCode::Guard);
    assert!(said.contains("somebody else runs `shelflife plan approve 1`"), "{said}");
    assert_eq!(status(&library), "waiting");

    let who = "olga made it from the account olga, and a clean of more than 2 assets takes somebody \
               else, from another account";
    let as_whom = |account: &str, actor: Option<&str>| {
        library.set_account(account);
        match actor {
            Some(name) => library.set_actor(name),
            None => library.remove_variable("SHELFLIFE_ACTOR"),
        }
    };
    for (account, actor) in [("olga", None), ("olga", Some("mia")), ("mia", Some("Olga"))] {
        as_whom(account, actor);
        let said = refused(&library, "plan approve 1", ExitCode::Guard);
        assert!(said.contains(who), "{account} {actor:?}: {said}");
    }
    as_whom("mia", None);
    library.set_variable("SHELFLIFE_JOB", "nightly");
    let said = refused(&library, "plan approve 1", ExitCode::Guard);
    assert!(said.contains("a person approves, not a job"), "{said}");
    library.remove_variable("SHELFLIFE_JOB");
    library.run("plan approve 1 --dry-run").expect(ExitCode::Success);
    assert_eq!(status(&library), "waiting");
    let run = library.run("plan approve 1").expect(ExitCode::Success);
    assert!(run.stdout.contains("plan 1, a clean of 3 assets made by olga, is approved"), "{run}");
    let said = refused(&library, "plan approve 1", ExitCode::Guard);
    assert!(said.contains("mia approved it at"), "{said}");

    as_whom("olga", None);
    library.run("clean --apply --plan 1").expect(ExitCode::Success);
    assert!(left(&library).is_empty());
    library.run("audit verify --replay").expect(ExitCode::Success);
}

#[test]
fn a_page_that_shows_an_asset_since_keeps_it() {
    let library = rejected(2);
    library.run("clean --save").expect(ExitCode::Success);
    let page =
        "<html><body>/wp-includes/ <img src=\"/wp-content/uploads/tea-1.png\"></body></html>";
    library.write("pages/tea.html", page);
    set(&library, "unknown_uses", "\"warn\"");
    library.run("references read pages").expect(ExitCode::Success);
    refused(&library, "clean --apply --plan 1", ExitCode::Guard);
    library.run("clean --save").expect(ExitCode::Success);
    library.run("references forget '[library]/pages'");
    let listed = library.run("plan show 2").expect(ExitCode::Success);
    assert!(listed.stdout.contains("kept  #1 tea-1.png: used by"), "{listed}");
    library.run("clean --apply --plan 2").expect(ExitCode::Success);
    assert_eq!(left(&library), ["tea-1.png"]);
}

#[test]
fn each_step_is_looked_at_again_when_its_turn_comes() {
    let library = rejected(2);
    set(&library, "unknown_uses", "\"warn\"");
    library.run("clean --save").expect(ExitCode::Success);
    let page =
        "<html><body>/wp-includes/ <img src=\"/wp-content/uploads/tea-1.png\"></body></html>";
    library.write("pages/tea.html", page);
    library.run("references read pages").expect(ExitCode::Success);
    let run = library.run("clean --apply --plan 1").expect(ExitCode::Changed);
    assert!(run.stdout.contains("kept  #1 tea-1.png: not any more: used by"), "{run}");
    assert_eq!(left(&library), ["tea-1.png"]);
}

/// Two approved assets whose end is through the 30th of June.
fn approved() -> TestLibrary {
    let library = TestLibrary::scanned(&["garden.png", "tea.png"]);
    library.add_context("campaign/spring", None);
    for (asset, alt) in [(1, "A garden behind the house"), (2, "A green tin of tea on a shelf")] {
        let full = FULL.replace("A green tin of tea on a shelf", alt);
        library.run(&format!("describe {asset} {full}")).expect(ExitCode::Success);
        library.run(&format!("approve {asset}")).expect(ExitCode::Success);
    }
    library.set_now("2026-07-01T09:00:00Z");
    library
}

#[test]
fn a_sweep_is_saved_and_carried_out_in_the_same_way() {
    let library = approved();
    let saved = library.run("sweep --save").expect(ExitCode::Success);
    assert!(saved.stdout.contains("would expire  #1 garden.png"), "{saved}");
    assert!(saved.stdout.contains("plan 1 of 2 assets, valid until"), "{saved}");
    assert!(saved.stdout.contains("Next: `shelflife sweep --apply --plan 1`."), "{saved}");
    library.run("renew 2 --expires-on 2026-12-31 --review-on 2026-12-01").expect(ExitCode::Success);
    let shown = library.run("plan show 1").expect(ExitCode::Success);
    assert!(shown.stdout.contains("kept  #2 tea.png: changed since the plan was made"), "{shown}");
    let run = library.run("sweep --apply --plan 1").expect(ExitCode::Changed);
    assert!(run.stdout.contains("expired  #1 garden.png"), "{run}");
    assert!(run.stdout.contains("by olga at desk (asset.renew at"), "{run}");
    let states: Vec<_> = [1, 2].map(|number| library.asset(number).state.name()).into();
    assert_eq!(states, ["expired", "approved"]);
    let said = refused(&library, "sweep --apply --plan 1", ExitCode::Guard);
    assert!(said.contains("it was carried out at"), "{said}");
    library.run("audit verify --replay").expect(ExitCode::Success);
    let shown = library.run("plan show 1 --format json").expect(ExitCode::Success).json();
    assert_eq!(shown["items"][0]["fields"]["done"], 1);
}

#[test]
fn the_log_names_the_plan_of_each_step() {
    let library = approved();
    library.run("sweep --save").expect(ExitCode::Success);
    library.run("sweep --apply --plan 1").expect(ExitCode::Success);
    library.run("clean --save").expect(ExitCode::Success);
    library.run("clean --apply --plan 2").expect(ExitCode::Success);
    let entries = library.audit_entries();
    for (kind, plan) in [("asset.expire", 1), ("quarantine.intent", 2), ("quarantine.done", 2)] {
        let of_kind: Vec<_> = entries.iter().filter(|entry| entry.kind == kind).collect();
        assert_eq!(of_kind.len(), 2, "{kind}");
        for entry in of_kind {
            let payload: Value = serde_json::from_str(&entry.payload).unwrap();
            assert_eq!(payload["plan"], plan, "{kind}");
        }
    }
    let told = library.run("history 1").expect(ExitCode::Success);
    assert!(told.stdout.contains("approved → expired (plan 1)"), "{told}");
}
