//! Steps of the lifecycle through the front door.

use proptest::prelude::*;
use shelflife::domain::actor::Authority;
use shelflife::domain::lifecycle::{Action, Plan, Request, State, next};
use shelflife::exit::ExitCode;

use crate::support::scanned::FULL;
use crate::support::{TestLibrary, cases};

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
    insta::assert_snapshot!(library.tell("withdraw --leave-files 9 3 2 uploads/a.png a.png --reason 'unsafe claim'"), @"
    exit: 3
    failed  9: no asset `9` in the catalog
      hint: name it as `#12`, by its path, or as `sha256:` and the first digits
    withdrawn  #3 c.png  draft → withdrawn  (unsafe claim)
    withdrawn  #2 b.png  rejected → withdrawn  (unsafe claim)
    withdrawn  #1 a.png  draft → withdrawn  (unsafe claim)
    STILL PUBLIC:

    ASSET  URL                        BECAUSE
        1  /wp-content/uploads/a.png  left there by --leave-files
        2  /wp-content/uploads/b.png  left there by --leave-files
        3  /wp-content/uploads/c.png  left there by --leave-files

    3 changed, 1 failed, 3 rows, 3 URLs still public
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
    library.run("withdraw 1 --leave-files --reason 'unsafe claim'").expect(ExitCode::Success);
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

/// Who gives a command.
#[derive(Debug, Clone, Copy)]
enum Asker {
    Olga,
    Nina,
    Job,
}

impl Asker {
    fn name(self) -> &'static str {
        match self {
            Self::Olga | Self::Job => "olga",
            Self::Nina => "Nina",
        }
    }

    fn authority(self) -> Authority {
        match self {
            Self::Olga | Self::Nina => Authority::Human,
            Self::Job => Authority::Automation,
        }
    }
}

/// What is known of an asset without looking at the catalog.
#[derive(Debug, Clone, Copy)]
struct Model {
    state: State,
    withdrawn_by: Option<&'static str>,
}

/// The actions that have a command of their own name and no files to move.
const COMMANDS: [Action; 6] = [
    Action::Approve,
    Action::Reject,
    Action::Renew,
    Action::Expire,
    Action::Withdraw,
    Action::Reconsider,
];

/// One command: the action, or `None` for an edit that voids an approval, the asset, the asker.
fn command() -> impl Strategy<Value = (Option<Action>, i64, Asker)> {
    let action = prop::option::weighted(0.9, prop::sample::select(COMMANDS.to_vec()));
    let asker = prop::sample::select(vec![Asker::Olga, Asker::Nina, Asker::Job]);
    (action, 1_i64..=2, asker)
}

/// Gives the command and holds what it did against the table.
fn give(
    library: &TestLibrary,
    assets: &mut [Model; 2],
    (action, number, asker): (Option<Action>, i64, Asker),
) {
    match asker {
        Asker::Job => library.set_variable("SHELFLIFE_JOB", "nightly"),
        Asker::Olga | Asker::Nina => library.remove_variable("SHELFLIFE_JOB"),
    }
    library.set_actor(asker.name());
    let before = library.audit_entries().len();
    let asset = &mut assets[usize::try_from(number).unwrap() - 1];
    let run = match action {
        None => library.run(&format!("describe {number} --alt 'Tin number {before}'")),
        Some(Action::Withdraw) => {
            library.run(&format!("withdraw --leave-files {number} --reason because"))
        }
        Some(action) => library.run(&format!("{action} {number} --reason because")),
    };
    let undoes = (action, asset.state) == (Some(Action::Reconsider), State::Withdrawn);
    let request = Request {
        action: action.unwrap_or(Action::Void),
        authority: asker.authority(),
        plan: Plan::None,
        asker: asker.name(),
        undone: asset.withdrawn_by.filter(|_| undoes),
        reason: Some("because"),
    };
    let expected = match (next(asset.state, &request), action) {
        (Ok(step), _) => {
            asset.state = step.to;
            run.expect(ExitCode::Success);
            vec![action.map_or("asset.void", |action| kind_of(action))]
        }
        (Err(_), None) => {
            run.expect(ExitCode::Success);
            Vec::new()
        }
        (Err(refusal), Some(action)) => {
            let run = run.expect(ExitCode::No);
            let refused = format!("refused  {action} #{number} tin-{number}.png: {refusal}");
            assert_eq!(run.stdout.lines().next(), Some(refused.as_str()));
            assert_eq!(library.audit_entries().len(), before, "a refusal changes nothing");
            return;
        }
    };
    if action == Some(Action::Withdraw) {
        asset.withdrawn_by = Some(asker.name());
    }
    let entries = library.audit_entries();
    let mut kinds: Vec<_> = entries[before..].iter().map(|entry| entry.kind.as_str()).collect();
    kinds.retain(|kind| !matches!(*kind, "run.begin" | "run.end" | "asset.describe"));
    assert_eq!(kinds, expected, "one entry for the step");
}

fn kind_of(action: Action) -> &'static str {
    match action {
        Action::Approve => "asset.approve",
        Action::Reject => "asset.reject",
        Action::Renew => "asset.renew",
        Action::Expire => "asset.expire",
        Action::Withdraw => "asset.withdraw",
        Action::Reconsider => "asset.reconsider",
        Action::Void | Action::Quarantine | Action::Restore | Action::Purge => "none",
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(8, 1_000), ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_commands_takes_the_steps_of_the_table(
        commands in prop::collection::vec(command(), 1..24),
    ) {
        let library = TestLibrary::scanned(&["tin-1.png", "tin-2.png"]);
        library.add_context("campaign/spring", None);
        library.run(&format!("describe 1 2 {FULL}")).expect(ExitCode::Success);
        let mut assets = [Model { state: State::Draft, withdrawn_by: None }; 2];
        for command in commands {
            give(&library, &mut assets, command);
            let states = [1, 2].map(|number| library.asset(number).state);
            prop_assert_eq!(states, assets.map(|asset| asset.state));
        }
    }
}
