//! The lifecycle against what the product says of it, written down a second time.

use std::collections::BTreeSet;

use super::*;
use crate::domain::actor::Authority;

/// The table as the product states it: from, action, to, who. A list stands for each of its words,
/// `was` for the state that it came from.
const SAID: &str = "
    draft                                | approve    | approved         | human
    draft                                | reject     | rejected         | human or plan
    approved                             | renew      | approved         | human
    approved                             | reject     | rejected         | human
    approved                             | void       | draft            | anyone
    approved                             | expire     | expired          | anyone
    draft, approved, expired, rejected   | withdraw   | withdrawn        | human
    expired                              | renew      | approved         | human
    rejected, expired                    | reconsider | draft            | human
    withdrawn                            | reconsider | draft            | other human
    rejected, expired, withdrawn         | quarantine | quarantined(was) | anyone
    quarantined(was)                     | restore    | was              | human
    quarantined(was)                     | purge      | purged(was)      | human or plan
";

/// What must be said with a step that ends, takes back or puts an end to something.
const WITH_REASON: [Action; 5] =
    [Action::Reject, Action::Void, Action::Expire, Action::Withdraw, Action::Reconsider];

fn state(word: &str, was: Ended) -> State {
    match word {
        "draft" => State::Draft,
        "approved" => State::Approved,
        "rejected" => State::Rejected,
        "expired" => State::Expired,
        "withdrawn" => State::Withdrawn,
        "quarantined(was)" => State::Quarantined(was),
        "purged(was)" => State::Purged(was),
        "was" => was.state(),
        other => panic!("{other}"),
    }
}

/// How the state that a row starts from is kept in the one that it leads to.
fn ended(from: State) -> Option<Ended> {
    match from {
        State::Quarantined(was) => Some(was),
        other => Ended::ALL.into_iter().find(|was| was.state() == other),
    }
}

/// Where an action leads by [`SAID`], and for whom.
fn said(from: State, action: Action) -> Option<(State, &'static str)> {
    let was = ended(from).unwrap_or(Ended::Rejected);
    SAID.trim().lines().find_map(|line| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [words, verb, to, who] = cells.as_slice() else { panic!("{line}") };
        let starts = words.split(", ").any(|word| state(word, was) == from);
        (starts && *verb == action.name()).then(|| (state(to, was), *who))
    })
}

/// Every way to ask for an action.
fn requests(action: Action) -> impl Iterator<Item = Request<'static>> {
    let authorities = [Authority::Human, Authority::Automation];
    let plans = [Plan::None, Plan::Approved];
    let undone = [None, Some("olga"), Some("nina")];
    let reasons = [None, Some(" \t"), Some("because")];
    authorities.into_iter().flat_map(move |authority| {
        plans.into_iter().flat_map(move |plan| {
            undone.into_iter().flat_map(move |undone| {
                reasons.into_iter().map(move |reason| {
                    let asker = "olga";
                    Request { action, authority, plan, asker, undone, reason }
                })
            })
        })
    })
}

fn may(who: &str, request: &Request<'_>) -> bool {
    let human = request.authority == Authority::Human;
    match who {
        "human" => human,
        "other human" => human && request.undone != Some(request.asker),
        "human or plan" => human || request.plan == Plan::Approved,
        "anyone" => true,
        other => panic!("{other}"),
    }
}

#[test]
fn every_state_answers_every_action_as_the_product_says() {
    for from in State::ALL {
        for action in Action::ALL {
            for request in requests(action) {
                let answer = next(from, &request);
                let case = format!("{from}: {request:?}");
                let Some((to, who)) = said(from, action) else {
                    assert_eq!(answer, Err(Refusal::NotFrom { state: from, action }), "{case}");
                    continue;
                };
                let silent = WITH_REASON.contains(&action) && request.reason != Some("because");
                match answer {
                    Ok(step) => {
                        assert!(may(who, &request) && !silent, "{case}");
                        assert_eq!((step.from, step.action, step.to), (from, action, to));
                    }
                    Err(Refusal::NotBy { .. }) => assert!(!may(who, &request), "{case}"),
                    Err(Refusal::NoReason { .. }) => {
                        assert!(may(who, &request) && silent, "{case}");
                    }
                    Err(refusal @ Refusal::NotFrom { .. }) => panic!("{case}: {refusal}"),
                }
            }
        }
    }
}

#[test]
fn no_state_answers_an_action_twice() {
    let answers: BTreeSet<_> = TRANSITIONS.iter().map(|step| (step.from, step.action)).collect();
    assert_eq!(answers.len(), TRANSITIONS.len());
}

#[test]
fn only_a_purged_asset_stays_as_it_is_for_ever() {
    for from in State::ALL {
        let leaves = TRANSITIONS.iter().any(|step| step.from == from);
        assert_eq!(leaves, !matches!(from, State::Purged(_)), "{from}");
    }
}

#[test]
fn automation_clears_nothing_takes_nothing_down_and_brings_nothing_back() {
    let human =
        [Action::Approve, Action::Renew, Action::Restore, Action::Reconsider, Action::Withdraw];
    for from in State::ALL {
        for request in human.into_iter().flat_map(requests) {
            let automated = request.authority == Authority::Automation;
            assert!(!automated || next(from, &request).is_err(), "{from}: {request:?}");
        }
    }
}

#[test]
fn every_state_is_reached_from_a_draft() {
    let mut reached = BTreeSet::from([State::Draft]);
    for _ in State::ALL {
        let steps = TRANSITIONS.iter().filter(|step| reached.contains(&step.from));
        let further: Vec<_> = steps.map(|step| step.to).collect();
        reached.extend(further);
    }
    assert_eq!(reached, BTreeSet::from(State::ALL));
}

#[test]
fn a_refusal_names_what_would_be_allowed() {
    let refusal = |state, action| Refusal::NotFrom { state, action }.to_string();
    assert_eq!(
        refusal(State::Quarantined(Ended::Expired), Action::Approve),
        "cannot approve an asset that is quarantined (was expired) (allowed: restore, purge)"
    );
    assert_eq!(
        refusal(State::Purged(Ended::Expired), Action::Restore),
        "cannot restore an asset that is purged (was expired) (allowed: nothing, the state is final)"
    );
}

#[test]
fn names_are_read_back() {
    for state in State::ALL {
        assert_eq!(State::named(state.name(), state.was().map(Ended::name)), Some(state));
    }
    for (name, was) in [("draft", Some("expired")), ("purged", None), ("purged", Some("draft"))] {
        assert_eq!(State::named(name, was), None, "{name} {was:?}");
    }
    assert!(Action::ALL.iter().all(|action| Action::named(action.name()) == Some(*action)));
    assert!(Standing::ALL.iter().all(|known| Standing::named(known.name()) == Some(*known)));
}
