//! Whether an asset may be used again, for one use: five questions, each with the fact that
//! decides it. Nothing that is unknown counts as a yes.

use super::asset::Asset;
use super::context::{Context, ContextKey, ContextKind};
use super::license::{License, Scope};
use super::lifecycle::{Facts, Verdict, World, standing_of};
use super::metadata::Metadata;
use super::policy::Policy;
use super::time::Timestamp;

/// A use that somebody has in mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub placement: String,
    pub campaign: Option<ContextKey>,
    /// ISO 3166-1 alpha-2 code, upper case.
    pub territory: Option<String>,
    /// First instant of the use.
    pub from: Timestamp,
    /// Last instant of the use that is asked about.
    pub until: Timestamp,
}

/// What is asked of every reuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    ProductAccuracy,
    CampaignContext,
    BrandFit,
    License,
    ClaimsAndOffers,
}

impl Question {
    pub fn name(self) -> &'static str {
        match self {
            Self::ProductAccuracy => "product accuracy",
            Self::CampaignContext => "campaign context",
            Self::BrandFit => "brand fit",
            Self::License => "license",
            Self::ClaimsAndOffers => "claims and offers",
        }
    }
}

/// An answer. The greatest of several decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    Yes,
    /// A person has to decide: something is unknown.
    Ask,
    No,
}

impl Answer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Ask => "ask",
            Self::No => "no",
        }
    }
}

/// One question's answer and the fact that decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    pub question: Question,
    pub answer: Answer,
    pub because: String,
}

/// The answer to a reuse, with all of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuseVerdict {
    pub answer: Answer,
    /// The asset's standing when the use begins; only a usable one can end in yes.
    pub at_begin: Verdict,
    /// What speaks against it beside the five questions.
    pub objections: Vec<String>,
    pub answers: Vec<Answered>,
}

/// What is known about the asset that a reuse is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub asset: &'a Asset,
    pub facts: &'a Facts,
    pub metadata: &'a Metadata,
    pub world: &'a World,
    pub policy: &'a Policy,
}

/// Answers whether the asset may be used as asked.
pub fn check_reuse(candidate: &Candidate<'_>, wanted: &Use) -> ReuseVerdict {
    let standing = |at| standing_of(candidate.facts, candidate.world, candidate.policy, at);
    let at_begin = standing(wanted.from);
    let mut objections = Vec::new();
    if at_begin.standing.may_be_used() {
        let at_end = standing(wanted.until);
        if !at_end.standing.may_be_used() {
            let causes: Vec<_> = at_end.deciding().map(ToString::to_string).collect();
            objections.push(format!(
                "during the use it becomes {}: {}",
                at_end.standing,
                causes.join("; ")
            ));
        }
    } else {
        let causes: Vec<_> = at_begin.deciding().map(ToString::to_string).collect();
        objections.push(format!("it is {}: {}", at_begin.standing, causes.join("; ")));
    }
    let answers = vec![
        about_kinds(candidate, wanted, Question::ProductAccuracy),
        about_campaign(candidate, wanted),
        about_kinds(candidate, wanted, Question::BrandFit),
        about_license(candidate, wanted),
        about_kinds(candidate, wanted, Question::ClaimsAndOffers),
    ];
    let worst = answers.iter().map(|answered| answered.answer).max().unwrap_or(Answer::Ask);
    let answer = if objections.is_empty() { worst } else { Answer::No };
    ReuseVerdict { answer, at_begin, objections, answers }
}

/// A question that the current revisions of contexts of some kinds answer.
fn about_kinds(candidate: &Candidate<'_>, wanted: &Use, question: Question) -> Answered {
    use ContextKind as K;
    let (kinds, unlinked): (&[K], _) = match question {
        Question::BrandFit => (&[K::Brand], Answer::Ask),
        Question::ClaimsAndOffers => (&[K::Claim, K::Offer], Answer::Yes),
        _ => (&[K::Product, K::Packaging], Answer::Ask),
    };
    let linked = linked(candidate, kinds);
    if linked.is_empty() {
        let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
        let because = format!("no {} is recorded", names.join(" or "));
        return Answered { question, answer: unlinked, because };
    }
    let judged = linked.iter().map(|(context, pinned)| judge_context(context, *pinned, wanted));
    worst_of(question, judged)
}

fn about_campaign(candidate: &Candidate<'_>, wanted: &Use) -> Answered {
    let question = Question::CampaignContext;
    let linked = linked(candidate, &[ContextKind::Campaign, ContextKind::Season]);
    let judged = linked.iter().map(|(context, pinned)| judge_context(context, *pinned, wanted));
    let own = worst_of(question, judged);
    if own.answer == Answer::No {
        return own;
    }
    let Some(asked) = &wanted.campaign else {
        let because = "it is bound to no campaign".to_owned();
        return if linked.is_empty() { Answered { because, ..own } } else { own };
    };
    if linked.iter().any(|(context, _)| context.key == *asked) {
        return own;
    }
    let because = match linked.first() {
        Some((context, _)) => format!("it was approved for {}, not for {asked}", context.key),
        None => format!("it was approved for no campaign, so not for {asked}"),
    };
    Answered { question, answer: Answer::Ask, because }
}

/// Whether a context still is what the approval saw, for the whole use.
fn judge_context(context: &Context, pinned: Option<i64>, wanted: &Use) -> (Answer, String) {
    let key = &context.key;
    if let Some(at) = context.ends_at.filter(|at| *at <= wanted.until) {
        return (Answer::No, format!("{key} ends at {at}"));
    }
    if let Some(at) = context.starts_at.filter(|at| wanted.from < *at) {
        return (Answer::No, format!("{key} begins only at {at}"));
    }
    let Some(pinned) = pinned else {
        return (Answer::Ask, format!("no approval has seen {key}"));
    };
    match context.newer_than(pinned, wanted.until) {
        Some(newer) => {
            let note = &newer.note;
            (Answer::No, format!("{key} changed since revision {pinned} was approved: {note}"))
        }
        None => (Answer::Yes, format!("{key} is still at revision {pinned}, as approved")),
    }
}

/// Every license must allow the use; a placement that nobody approved is a question too.
fn about_license(candidate: &Candidate<'_>, wanted: &Use) -> Answered {
    let question = Question::License;
    let known = candidate.facts.licenses.iter();
    let licenses: Vec<_> = known.filter_map(|id| candidate.world.licenses.get(id)).collect();
    let mut judged: Vec<_> = licenses.iter().map(|l| judge_license(l, wanted)).collect();
    if licenses.is_empty() {
        let because = match &candidate.metadata.rights_note {
            Some(note) => format!("there is no license record, only a note: {note}"),
            None => "no license is recorded".to_owned(),
        };
        judged.push((Answer::Ask, because));
    }
    let placements = &candidate.metadata.placements;
    if !placements.contains(&wanted.placement) {
        let approved =
            if placements.is_empty() { "none".to_owned() } else { placements.join(", ") };
        judged.push((
            Answer::Ask,
            format!("it was approved for {approved}, not for {}", wanted.placement),
        ));
    }
    worst_of(question, judged.into_iter())
}

fn judge_license(license: &License, wanted: &Use) -> (Answer, String) {
    let key = &license.key;
    if let Some(at) = license.ends_at.filter(|at| *at <= wanted.until) {
        return (Answer::No, format!("license {key} ends at {at}"));
    }
    if let Some(at) = license.starts_at.filter(|at| wanted.from < *at) {
        return (Answer::No, format!("license {key} begins only at {at}"));
    }
    if license.ends_at.is_none() && !license.perpetual {
        return (Answer::Ask, format!("the end of license {key} is not recorded"));
    }
    let placement = judge_scope(key, &license.placements, &wanted.placement, "placement");
    let territory = match &wanted.territory {
        Some(code) => judge_scope(key, &license.territories, code, "territory"),
        None if license.territories == Scope::Unrestricted => (Answer::Yes, String::new()),
        None => {
            (Answer::Ask, format!("license {key} is not worldwide: say where with --territory"))
        }
    };
    if placement.0 >= territory.0 && placement.0 != Answer::Yes {
        return placement;
    }
    if territory.0 != Answer::Yes {
        return territory;
    }
    (Answer::Yes, format!("license {key} covers it"))
}

fn judge_scope(license: &str, scope: &Scope, code: &str, what: &str) -> (Answer, String) {
    match scope.covers(code) {
        Some(true) => (Answer::Yes, format!("license {license} covers {what} {code}")),
        Some(false) => (Answer::No, format!("license {license} does not cover {what} {code}")),
        None => (Answer::Ask, format!("the {what}s of license {license} are not recorded")),
    }
}

fn linked<'a>(candidate: &Candidate<'a>, kinds: &[ContextKind]) -> Vec<(&'a Context, Option<i64>)> {
    let links = candidate.facts.contexts.iter();
    let known = links.filter_map(|link| {
        candidate.world.contexts.get(&link.context).map(|context| (context, link.pinned))
    });
    known.filter(|(context, _)| kinds.contains(&context.key.kind)).collect()
}

/// The strongest answer with its reason; all reasons where everything says yes.
fn worst_of(question: Question, judged: impl Iterator<Item = (Answer, String)>) -> Answered {
    let judged: Vec<_> = judged.collect();
    let answer = judged.iter().map(|(answer, _)| *answer).max().unwrap_or(Answer::Yes);
    let deciding = judged.into_iter().filter(|(found, _)| *found == answer);
    let because = deciding.map(|(_, because)| because).collect::<Vec<_>>().join("; ");
    Answered { question, answer, because }
}
