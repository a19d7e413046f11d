//! Laws of the standing, over random facts.

use proptest::prelude::*;

use super::*;
use crate::domain::actor::Authority;
use crate::domain::context::{Context, ContextRule, Revision};
use crate::domain::expiry::{SweepStep, plan_sweep_of};
use crate::domain::license::{Exclusions, License, Scope};
use crate::domain::lifecycle::Ended;
use crate::domain::policy::Policy;
use crate::domain::risk::Risk;
use crate::domain::time::Timestamp;

/// Instants close together, so that they often meet.
fn instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..60).prop_map(|day| Timestamp::from_millis(day * 86_400_000))
}

fn maybe_instant() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of(instant())
}

fn license(id: i64) -> impl Strategy<Value = License> {
    (maybe_instant(), maybe_instant()).prop_map(move |(starts_at, ends_at)| License {
        id,
        key: format!("license-{id}"),
        version: 1,
        holder: None,
        document: None,
        note: None,
        zone: None,
        starts_on: None,
        ends_on: None,
        starts_at,
        ends_at,
        perpetual: false,
        territories: Scope::Unknown,
        placements: Scope::Unknown,
        excluded: Exclusions::default(),
        credit: None,
        reviewed_by: None,
        reviewed_on: None,
    })
}

fn context(id: i64) -> impl Strategy<Value = Context> {
    let rule = prop::sample::select(ContextRule::ALL.to_vec());
    let revisions = prop::collection::vec(instant(), 0..4);
    (rule, maybe_instant(), maybe_instant(), revisions).prop_map(
        move |(rule, starts_at, ends_at, mut since)| {
            since.push(Timestamp::from_millis(0));
            since.sort_unstable();
            let revision = |(number, effective_at)| Revision {
                number,
                effective_at,
                note: format!("v{number}"),
                facts: BTreeMap::new(),
            };
            Context {
                id,
                key: format!("packaging/tin-{id}").parse().unwrap(),
                version: 1,
                title: None,
                owner: None,
                rule,
                zone: None,
                starts_on: None,
                ends_on: None,
                starts_at,
                ends_at,
                revisions: (1..).zip(since).map(revision).collect(),
            }
        },
    )
}

fn world() -> impl Strategy<Value = World> {
    let licenses = (license(1), license(2)).prop_map(|(a, b)| [(1, a), (2, b)].into());
    let contexts = (context(1), context(2)).prop_map(|(a, b)| [(1, a), (2, b)].into());
    (licenses, contexts).prop_map(|(licenses, contexts)| World { licenses, contexts })
}

fn links() -> impl Strategy<Value = Vec<ContextLink>> {
    let pin = || prop::option::of(1_i64..4);
    let linked = (prop::option::of(pin()), prop::option::of(pin()));
    linked.prop_map(|(first, second)| {
        let link = |context, pinned| ContextLink { context, pinned };
        let first = first.map(|pinned| link(1, pinned));
        first.into_iter().chain(second.map(|pinned| link(2, pinned))).collect()
    })
}

fn risks() -> impl Strategy<Value = Vec<OpenRisk>> {
    let open = |risk, at| OpenRisk { risk, note: None, by: "nina".to_owned(), at };
    let risks = (prop::sample::subsequence(Risk::ALL.to_vec(), 0..=2), instant());
    risks.prop_map(move |(risks, at)| risks.into_iter().map(|risk| open(risk, at)).collect())
}

fn facts() -> impl Strategy<Value = Facts> {
    let state = prop::sample::select(State::ALL.to_vec());
    let licenses = prop::sample::subsequence(vec![1, 2], 0..=2);
    let dates = (maybe_instant(), maybe_instant(), maybe_instant());
    (state, instant(), any::<bool>(), dates, licenses, links(), risks()).prop_map(
        |(state, since, files_missing, dates, licenses, contexts, risks)| {
            let (starts_at, expires_at, review_at) = dates;
            Facts {
                state,
                since,
                files_missing,
                starts_at,
                expires_at,
                review_at,
                licenses,
                contexts,
                risks,
                rejected_for: Vec::new(),
            }
        },
    )
}

fn policy() -> impl Strategy<Value = Policy> {
    (0_u32..40, prop::option::of(0_u32..20)).prop_map(|(stale_draft_days, review_grace_days)| {
        Policy { stale_draft_days, review_grace_days, ..Policy::default() }
    })
}

fn ended(verdict: &Verdict) -> bool {
    verdict.causes.iter().any(|cause| cause.standing() == Standing::Expired)
}

proptest! {
    #[test]
    fn the_strongest_cause_decides(
        facts in facts(), world in world(), policy in policy(), now in instant(),
    ) {
        let verdict = standing_of(&facts, &world, &policy, now);
        let strongest = verdict.causes.iter().map(Cause::standing).min();
        prop_assert_eq!(verdict.standing, strongest.unwrap_or(Standing::Live));
        prop_assert!(verdict.causes.is_sorted_by_key(Cause::standing));
        prop_assert_eq!(verdict.deciding().next().is_none(), verdict.standing == Standing::Live);
        prop_assert!(verdict.causes.iter().all(|cause| !cause.to_string().is_empty()));
    }

    #[test]
    fn another_reason_never_makes_an_asset_more_usable(
        facts in facts(), other in facts(), world in world(), policy in policy(), now in instant(),
    ) {
        let before = standing_of(&facts, &world, &policy, now);
        let mut more = facts.clone();
        more.files_missing |= other.files_missing;
        more.starts_at = more.starts_at.or(other.starts_at);
        more.expires_at = more.expires_at.or(other.expires_at);
        more.review_at = more.review_at.or(other.review_at);
        if more.licenses.is_empty() {
            more.licenses = other.licenses;
        }
        if more.contexts.is_empty() {
            more.contexts = other.contexts;
        }
        let after = standing_of(&more, &world, &policy, now);
        prop_assert!(after.standing <= before.standing, "{} → {}", before.standing, after.standing);
        let kept = before.causes.iter().all(|cause| after.causes.contains(cause));
        prop_assert!(kept, "{:?} → {:?}", before.causes, after.causes);
    }

    #[test]
    fn what_has_ended_has_ended_for_good(
        facts in facts(), world in world(), policy in policy(), one in instant(), other in instant(),
    ) {
        let (now, later) = (one.min(other), one.max(other));
        let before = standing_of(&facts, &world, &policy, now);
        let after = standing_of(&facts, &world, &policy, later);
        prop_assert!(!ended(&before) || ended(&after), "{:?} → {:?}", before, after);
        if before.standing <= Standing::Expired {
            prop_assert_eq!(after.standing, before.standing);
        }
        let usable_again = !before.standing.may_be_used() && after.standing.may_be_used();
        prop_assert!(!usable_again || before.standing == Standing::Scheduled);
    }

    #[test]
    fn a_sweep_records_an_end_once_and_changes_no_verdict(
        facts in facts(), world in world(), policy in policy(), now in instant(),
    ) {
        let verdict = standing_of(&facts, &world, &policy, now);
        let step = plan_sweep_of(&facts, &verdict, Authority::Automation);
        prop_assert_eq!(
            step != SweepStep::Leave,
            facts.state == State::Approved && ended(&verdict),
        );
        let SweepStep::Expire(transition) = step else { return Ok(()) };
        let swept = Facts { state: transition.to, since: now, ..facts };
        let again = standing_of(&swept, &world, &policy, now);
        prop_assert_eq!(plan_sweep_of(&swept, &again, Authority::Automation), SweepStep::Leave);
        prop_assert_eq!(again.standing, verdict.standing);
    }

    #[test]
    fn an_end_counts_from_its_instant_on_and_a_beginning_too(at in instant()) {
        let facts = |starts_at, expires_at| Facts {
            state: State::Approved,
            since: Timestamp::from_millis(0),
            files_missing: false,
            starts_at,
            expires_at,
            review_at: None,
            licenses: Vec::new(),
            contexts: Vec::new(),
            risks: Vec::new(),
            rejected_for: Vec::new(),
        };
        let judge = |facts: &Facts, now: Timestamp| {
            standing_of(facts, &World::default(), &Policy::default(), now).standing
        };
        let before = Timestamp::from_millis(at.millis() - 1);
        prop_assert_eq!(judge(&facts(None, Some(at)), before), Standing::Live);
        prop_assert_eq!(judge(&facts(None, Some(at)), at), Standing::Expired);
        prop_assert_eq!(judge(&facts(Some(at), None), before), Standing::Scheduled);
        prop_assert_eq!(judge(&facts(Some(at), None), at), Standing::Live);
    }

    #[test]
    fn a_purged_asset_has_one_cause(
        facts in facts(), world in world(), policy in policy(), now in instant(),
    ) {
        let facts = Facts { state: State::Purged(Ended::Rejected), ..facts };
        let verdict = standing_of(&facts, &world, &policy, now);
        prop_assert_eq!(verdict.causes, vec![Cause::Purged { was: Ended::Rejected }]);
    }
}

/// What a purged asset, a draft and so on lead to when nothing else speaks against them.
#[test]
fn each_state_alone_leads_to_its_standing() {
    let expected = [
        Standing::Draft,
        Standing::Live,
        Standing::Rejected,
        Standing::Expired,
        Standing::Unsafe,
        Standing::Quarantined,
        Standing::Quarantined,
        Standing::Quarantined,
        Standing::Purged,
        Standing::Purged,
        Standing::Purged,
    ];
    for (state, standing) in State::ALL.into_iter().zip(expected) {
        let facts = Facts {
            state,
            since: Timestamp::from_millis(0),
            files_missing: false,
            starts_at: None,
            expires_at: None,
            review_at: None,
            licenses: Vec::new(),
            contexts: Vec::new(),
            risks: Vec::new(),
            rejected_for: Vec::new(),
        };
        let now = Timestamp::from_millis(1);
        let verdict = standing_of(&facts, &World::default(), &Policy::default(), now);
        assert_eq!(verdict.standing, standing, "{state}");
    }
}
