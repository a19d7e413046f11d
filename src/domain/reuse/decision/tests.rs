//! Decisions beside a record that leaves some questions open and answers others.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::tests::{BRAND, CAMPAIGN, CLAIM, PACKAGING, Sample, context, day, through};
use super::super::{Grounds, ReuseVerdict, Territory, check_reuse};
use super::*;
use crate::domain::asset::Digest;
use crate::domain::context::ContextRule;
use crate::domain::context_fact::ContextFacts;
use crate::domain::lifecycle::Ended;

const NOW: &str = "2026-05-01";

/// The good sample without product, brand, claims and license: four questions are open.
fn open() -> Sample {
    let mut sample = Sample::good();
    for id in [PACKAGING, BRAND, CLAIM] {
        sample.unlink(id);
    }
    sample.facts.licenses.clear();
    sample
}

/// What li answers on the day before, about the sample's use and with the sample as it is.
fn decision(sample: &Sample, rulings: &[(Question, Ruling)]) -> ReuseDecision {
    ReuseDecision {
        by: "li".to_owned(),
        on: "2026-04-30".parse().unwrap(),
        scope: sample.wanted.clone(),
        rulings: rulings.iter().copied().collect(),
        note: "seen".to_owned(),
        ends_on: "2026-12-31".parse().unwrap(),
        ends_at: day("2027-01-01"),
        basis: Basis::of(&sample.candidate(), &sample.wanted),
    }
}

fn all_yes(sample: &Sample) -> ReuseDecision {
    decision(sample, &Question::ALL.map(|question| (question, Ruling::Yes)))
}

fn verdict(sample: &Sample, decisions: &[ReuseDecision]) -> ReuseVerdict {
    check_decided_reuse(&sample.candidate(), &sample.wanted, decisions, day(NOW))
}

fn about(verdict: &ReuseVerdict, question: Question) -> &Grounds {
    &verdict.answers.iter().find(|(of, _)| *of == question).unwrap().1
}

#[test]
fn what_is_asked_is_answered_by_a_decision_that_says_who_when_and_why() {
    let sample = open();
    assert_eq!(sample.check().answer, Answer::Ask);
    let decided = verdict(&sample, &[all_yes(&sample)]);
    assert_eq!(decided.answer, Answer::Yes, "{decided:#?}");
    let because = "decided by li on 2026-04-30 until 2026-12-31: seen";
    assert_eq!(about(&decided, Question::License).because, because);
    let campaign = &about(&decided, Question::CampaignContext).because;
    assert!(campaign.contains("as approved"), "the record answers that by itself: {campaign}");
}

#[test]
fn a_no_of_a_person_counts_and_a_no_of_the_record_stays() {
    let mut sample = open();
    let refused = decision(&sample, &[(Question::CampaignContext, Ruling::No)]);
    let decided = verdict(&sample, &[refused]);
    assert_eq!(about(&decided, Question::CampaignContext).answer, Answer::No);
    sample.end(CAMPAIGN, "2026-05-31");
    let decided = verdict(&sample, &[all_yes(&sample)]);
    let campaign = about(&decided, Question::CampaignContext);
    assert_eq!(campaign.answer, Answer::No);
    assert!(campaign.because.starts_with("campaign/spring ends at"), "{campaign:?}");
}

type Change<T> = (&'static str, fn(&mut T));

/// Uses that differ from the one that was decided about in one way each.
#[rustfmt::skip]
const OTHER_USES: &[Change<Use>] = &[
    ("placement", |wanted| wanted.placement = "support".to_owned()),
    ("territory", |wanted| wanted.territory = Territory::In(vec!["AT".to_owned()])),
    ("one territory more", |wanted| wanted.territory = Territory::In(vec!["AT".to_owned(), "DE".to_owned()])),
    ("everywhere", |wanted| wanted.territory = Territory::Worldwide),
    ("territory not said", |wanted| wanted.territory = Territory::Unsaid),
    ("campaign", |wanted| wanted.campaign = "campaign/summer".parse().ok()),
    ("no campaign", |wanted| wanted.campaign = None),
];

#[test]
fn a_decision_does_not_carry_over_to_another_use() {
    let sample = open();
    let decisions = [all_yes(&sample)];
    for (name, change) in OTHER_USES {
        let mut other = sample.clone();
        change(&mut other.wanted);
        assert_eq!(verdict(&other, &decisions), other.check(), "{name}");
    }
}

#[test]
fn a_yes_covers_the_days_that_it_names_and_a_no_all_that_touches_them() {
    let sample = open();
    let question = Question::License;
    let (yes, no) = (all_yes(&sample), decision(&sample, &[(question, Ruling::No)]));
    for (from, until, with_yes, with_no) in [
        ("2026-06-01", "2026-06-30", Answer::Yes, Answer::No),
        ("2026-06-10", "2026-06-20", Answer::Yes, Answer::No),
        ("2026-05-31", "2026-06-30", Answer::Ask, Answer::No),
        ("2026-06-01", "2026-07-01", Answer::Ask, Answer::No),
        ("2026-05-01", "2026-05-31", Answer::Ask, Answer::Ask),
        ("2026-07-01", "2026-07-31", Answer::Ask, Answer::Ask),
    ] {
        let mut other = sample.clone();
        (other.wanted.from, other.wanted.until) = (day(from), through(until));
        for (decided, expected) in [(&yes, with_yes), (&no, with_no)] {
            let verdict = verdict(&other, std::slice::from_ref(decided));
            let found = about(&verdict, question);
            assert_eq!(found.answer, expected, "{from} to {until}: {found:?}");
            let told = found.because.contains("; the decision of 2026-04-30 by li is about a use");
            assert_eq!(told, expected == Answer::Ask, "{found:?}");
        }
    }
}

/// Changes each of which ends a decision, with what is told of it.
#[rustfmt::skip]
const LAPSES: &[Change<Sample>] = &[
    ("the asset is draft now", |s| s.facts.state = State::Draft),
    ("the asset is quarantined (was expired) now", |s| s.facts.state = State::Quarantined(Ended::Expired)),
    ("the asset is approved anew since 2026-04-30T00:00:00.000Z", |s| s.facts.since = day("2026-04-30")),
    ("the file has other bytes now", |s| s.digest = Digest([2; 32])),
    ("the description of the asset changed", |s| s.metadata.title = Some("Tin".to_owned())),
    ("the description of the asset changed", |s| s.metadata.source_note = Some("a prompt".to_owned())),
    ("the description of the asset changed", |s| { s.metadata.alt.insert("en".to_owned(), String::new()); }),
    ("the description of the asset changed", |s| s.metadata.rights_note = Some("ours".to_owned())),
    ("the description of the asset changed", |s| s.metadata.placements.push("support".to_owned())),
    ("the description of the asset changed", |s| s.metadata.dates.expires_on = "2026-11-30".parse().ok()),
    ("campaign/spring is now at revision 2", |s| s.revise(CAMPAIGN, ContextRule::Ignore, "2026-05-01")),
    ("campaign/spring is now at revision 2", |s| s.revise(CAMPAIGN, ContextRule::Review, "2026-06-30")),
    ("the description of the asset changed; product/tea is now at revision 1", |s| s.link(9, "product/tea")),
    ("the description of the asset changed; campaign/spring is no longer linked", |s| { s.unlink(CAMPAIGN); s.world.contexts.remove(&CAMPAIGN); }),
    ("license studio is now at version 2", |s| s.license().version = 2),
    ("the description of the asset changed; license studio is no longer linked", |s| s.facts.licenses.clear()),
];

#[test]
fn a_decision_lapses_with_each_thing_that_it_relies_on() {
    let mut sample = open();
    sample.facts.licenses = Sample::good().facts.licenses;
    sample.license().reviewed_by = None;
    let decided = all_yes(&sample);
    assert_eq!(decided.lapses(&sample.candidate(), day(NOW)), []);
    for (told, change) in LAPSES {
        let mut changed = sample.clone();
        change(&mut changed);
        let lapses = decided.lapses(&changed.candidate(), day(NOW));
        assert_eq!(lapses_in_words(&lapses), *told);
        let because = format!("; the decision of 2026-04-30 by li lapsed: {told}");
        let verdict = verdict(&changed, std::slice::from_ref(&decided));
        let product = about(&verdict, Question::ProductAccuracy);
        assert!(
            product.answer == Answer::Yes || product.because.ends_with(&because),
            "{product:?}"
        );
        assert!(verdict.answer > Answer::Yes, "{told}: {verdict:#?}");
    }
}

#[test]
fn what_no_answer_relies_on_ends_no_decision() {
    let sample = open();
    let decided = all_yes(&sample);
    let unconcerned: &[Change<Sample>] = &[
        ("owner", |s| s.metadata.owner = Some("anna".to_owned())),
        ("revision after the use", |s| s.revise(CAMPAIGN, ContextRule::Expire, "2026-07-01")),
        ("context of others", |s| {
            s.world.contexts.insert(9, context(9, "product/tea"));
        }),
        ("license of others", |s| s.license().version = 2),
    ];
    for (name, change) in unconcerned {
        let mut changed = sample.clone();
        change(&mut changed);
        assert_eq!(decided.lapses(&changed.candidate(), day(NOW)), [], "{name}");
    }
}

#[test]
fn a_revision_between_two_that_were_planned_ahead_ends_a_decision() {
    let mut sample = open();
    sample.revise(CAMPAIGN, ContextRule::Ignore, "2026-06-20");
    let decided = all_yes(&sample);
    let (effective_at, note) = (day("2026-06-10"), "sooner".to_owned());
    let revision = crate::domain::context::Revision {
        number: 3,
        effective_at,
        note,
        facts: ContextFacts::new(),
    };
    sample.context(CAMPAIGN).revisions.push(revision);
    let lapses = decided.lapses(&sample.candidate(), day(NOW));
    assert_eq!(lapses_in_words(&lapses), "campaign/spring is now at revision 3");
}

#[test]
fn the_campaign_that_was_asked_for_is_relied_on_too() {
    let mut sample = open();
    sample.wanted.campaign = "campaign/summer".parse().ok();
    let unknown = all_yes(&sample);
    sample.world.contexts.insert(9, context(9, "campaign/summer"));
    let lapses = unknown.lapses(&sample.candidate(), day(NOW));
    assert_eq!(lapses_in_words(&lapses), "campaign/summer is now at revision 1");
    let known = all_yes(&sample);
    sample.revise(9, ContextRule::Ignore, "2026-05-01");
    let lapses = known.lapses(&sample.candidate(), day(NOW));
    assert_eq!(lapses_in_words(&lapses), "campaign/summer is now at revision 2");
}

#[test]
fn a_decision_is_alive_to_the_end_of_its_last_day() {
    let sample = open();
    let decided = all_yes(&sample);
    let at = |now| decided.lapses(&sample.candidate(), now);
    assert_eq!(at(through("2026-12-31")), []);
    assert_eq!(lapses_in_words(&at(day("2027-01-01"))), "its last day, 2026-12-31, has passed");
}

#[test]
fn the_newest_answer_about_a_use_counts_and_each_question_has_its_own() {
    let sample = open();
    let question = Question::License;
    let (yes, no) = (all_yes(&sample), decision(&sample, &[(question, Ruling::No)]));
    let answer = |sample: &Sample, decisions: &[&ReuseDecision]| {
        let decisions: Vec<_> = decisions.iter().map(|decision| (*decision).clone()).collect();
        let verdict = verdict(sample, &decisions);
        (about(&verdict, question).answer, about(&verdict, Question::BrandFit).answer)
    };
    assert_eq!(answer(&sample, &[&yes, &no]), (Answer::No, Answer::Yes));
    assert_eq!(answer(&sample, &[&no, &yes]), (Answer::Yes, Answer::Yes));
    let mut changed = sample.clone();
    changed.digest = Digest([2; 32]);
    let later = decision(&changed, &[(question, Ruling::Yes)]);
    assert_eq!(answer(&changed, &[&yes, &later]), (Answer::Yes, Answer::Ask));
    assert_eq!(answer(&sample, &[&yes, &later]).0, Answer::Ask, "what it replaced stays over");
}

#[test]
fn what_a_person_refused_is_asked_about_once_the_refusal_lapsed() {
    let mut sample = Sample::good();
    let refused = decision(&sample, &[(Question::BrandFit, Ruling::No)]);
    sample.metadata.title = Some("Tin".to_owned());
    let verdict = verdict(&sample, &[refused]);
    let brand = about(&verdict, Question::BrandFit);
    assert_eq!(brand.answer, Answer::Ask);
    assert!(brand.because.ends_with("lapsed: the description of the asset changed"), "{brand:?}");
}

#[test]
fn an_answer_is_recorded_where_it_says_something_and_refused_where_the_record_says_no() {
    let mut sample = open();
    let known = [decision(&sample, &[(Question::CampaignContext, Ruling::No)])];
    let weighed = |sample: &Sample, known: &[ReuseDecision], ruling: Ruling| {
        let rulings = Question::ALL.map(|question| (question, ruling)).into();
        weigh_rulings(&sample.check(), &verdict(sample, known), &rulings)
    };
    let yes = weighed(&sample, &[], Ruling::Yes);
    assert_eq!((yes.rulings.len(), yes.known.len(), yes.refused.len()), (4, 1, 0));
    assert_eq!(yes.known[0].0, Question::CampaignContext);
    assert_eq!(weighed(&sample, &[], Ruling::No).rulings.len(), 5);
    assert_eq!(weighed(&sample, &known, Ruling::Yes).rulings.len(), 5, "a no is taken back");
    sample.end(CAMPAIGN, "2026-05-31");
    for ruling in [Ruling::Yes, Ruling::No] {
        let refused = weighed(&sample, &known, ruling).refused;
        assert_eq!(refused.len(), 2, "the standing and the campaign: {refused:?}");
        assert!(refused[1].starts_with("campaign context is no: campaign/spring ends at"));
    }
}

/// Ways to spoil the good sample: some leave questions open, some answer them with no.
const SPOILS: &[fn(&mut Sample)] = &[
    |s| s.unlink(PACKAGING),
    |s| s.unlink(BRAND),
    |s| s.unlink(CLAIM),
    |s| s.unlink(CAMPAIGN),
    |s| s.facts.licenses.clear(),
    |s| s.license().reviewed_by = None,
    |s| s.license().ends_at = Some(day("2026-06-10")),
    |s| s.revise(PACKAGING, ContextRule::Expire, "2026-06-10"),
    |s| s.revise(BRAND, ContextRule::Review, "2026-04-01"),
    |s| s.end(CAMPAIGN, "2026-06-10"),
    |s| s.facts.state = State::Rejected,
    |s| s.facts.state = State::Withdrawn,
    |s| s.facts.review_at = Some(day("2026-06-15")),
    |s| s.facts.expires_at = Some(day("2026-06-15")),
    |s| s.metadata.placements.clear(),
];

fn spoiled() -> impl Strategy<Value = Sample> {
    let which = proptest::collection::vec(any::<bool>(), SPOILS.len());
    let few = proptest::collection::vec(select(SPOILS.to_vec()), 0..3);
    (which, few, any::<bool>()).prop_map(|(which, few, many)| {
        let mut sample = Sample::good();
        let chosen =
            SPOILS.iter().zip(which).filter(|(_, yes)| *yes && many).map(|(spoil, _)| spoil);
        for spoil in chosen.chain(&few) {
            spoil(&mut sample);
        }
        sample
    })
}

/// How a decision differs from one about the sample's use with the sample as it is.
#[derive(Debug, Clone)]
struct Odd {
    rulings: Vec<Option<Ruling>>,
    other_use: Option<usize>,
    changed: Option<usize>,
    from: i64,
    until: i64,
    ended: bool,
}

fn odd() -> impl Strategy<Value = Odd> {
    let ruling = select(vec![None, Some(Ruling::Yes), Some(Ruling::No)]);
    let rulings = proptest::collection::vec(ruling, 5);
    let other_use = proptest::option::weighted(0.2, 0..OTHER_USES.len());
    let changed = proptest::option::weighted(0.3, 0..LAPSES.len());
    let days = || prop_oneof![3 => Just(0), 1 => -20_i64..20];
    (rulings, other_use, changed, days(), days(), proptest::bool::weighted(0.1)).prop_map(
        |(rulings, other_use, changed, from, until, ended)| Odd {
            rulings,
            other_use,
            changed,
            from,
            until,
            ended,
        },
    )
}

fn made(sample: &Sample, odd: &Odd) -> ReuseDecision {
    let mut seen = sample.clone();
    if let Some(change) = odd.changed {
        LAPSES[change].1(&mut seen);
    }
    if let Some(change) = odd.other_use {
        OTHER_USES[change].1(&mut seen.wanted);
    }
    seen.wanted.from = seen.wanted.from.plus_days(odd.from);
    seen.wanted.until = seen.wanted.until.plus_days(odd.until);
    let mut made = decision(&seen, &[]);
    let said = Question::ALL.into_iter().zip(&odd.rulings);
    made.rulings = said.filter_map(|(question, ruling)| Some((question, (*ruling)?))).collect();
    if odd.ended {
        made.ends_at = day(NOW);
    }
    made
}

proptest! {
    #[test]
    fn no_decision_turns_a_no_into_a_yes(
        sample in spoiled(),
        odd in proptest::collection::vec(odd(), 0..6),
    ) {
        let decisions: Vec<_> = odd.iter().map(|odd| made(&sample, odd)).collect();
        let (recorded, decided) = (sample.check(), verdict(&sample, &decisions));
        prop_assert_eq!(&recorded.standing, &decided.standing);
        prop_assert!(recorded.answer < Answer::No || decided.answer == Answer::No);
        for ((_, before), (question, after)) in recorded.answers.iter().zip(&decided.answers) {
            prop_assert!(before.answer < Answer::No || after.answer == Answer::No, "{question:?}");
        }
    }

    #[test]
    fn only_a_living_yes_about_the_whole_use_answers_a_question_and_only_a_no_refuses(
        sample in spoiled(),
        odd in proptest::collection::vec(odd(), 0..6),
    ) {
        let decisions: Vec<_> = odd.iter().map(|odd| made(&sample, odd)).collect();
        let (recorded, decided) = (sample.check(), verdict(&sample, &decisions));
        let alive = |decision: &&ReuseDecision| {
            decision.lapses(&sample.candidate(), day(NOW)).is_empty()
                && decision.is_about(&sample.wanted)
        };
        for ((question, before), (_, after)) in recorded.answers.iter().zip(&decided.answers) {
            let (from, until) = (sample.wanted.from, sample.wanted.until);
            let says = |ruling| move |decision: &&ReuseDecision| {
                decision.rulings.get(question) == Some(&ruling)
            };
            let newest = decisions.iter().rev().filter(alive).find(|decision| {
                let scope = &decision.scope;
                let covers = scope.from <= from && until <= scope.until;
                let touches = scope.from <= until && from <= scope.until;
                says(Ruling::Yes)(decision) && covers || says(Ruling::No)(decision) && touches
            });
            if before.answer == Answer::Ask && after.answer == Answer::Yes {
                prop_assert!(newest.as_ref().is_some_and(says(Ruling::Yes)));
            }
            if before.answer < Answer::No && after.answer == Answer::No {
                prop_assert!(newest.as_ref().is_some_and(says(Ruling::No)));
            }
        }
    }

    #[test]
    fn decisions_about_other_uses_change_nothing(
        sample in spoiled(),
        odd in proptest::collection::vec((odd(), 0..OTHER_USES.len()), 0..6),
    ) {
        let other = |(odd, other): &(Odd, usize)| {
            made(&sample, &Odd { other_use: Some(*other), ..odd.clone() })
        };
        let decisions: Vec<_> = odd.iter().map(other).collect();
        prop_assert_eq!(verdict(&sample, &decisions), check_reuse(&sample.candidate(), &sample.wanted));
    }
}
