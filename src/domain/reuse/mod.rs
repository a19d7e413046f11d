//! Whether an asset may be used again, for one use: five questions, each with the fact that
//! decides it.
//!
//! Nothing that is unknown counts as a yes: it is asked. A context called `none`, such as
//! `claim/none`, says that there is nothing of its kind to ask about.

mod contexts;
mod decision;
mod rights;

use super::asset::Digest;
use super::context::ContextKey;
use super::lifecycle::{Facts, Standing, Verdict, World, standing_of};
use super::metadata::Metadata;
use super::policy::Policy;
use super::time::Timestamp;

pub use decision::{
    Basis, Lapse, ReuseDecision, Ruling, Weighed, check_decided_reuse, lapses_in_words,
    weigh_rulings,
};

/// A use that somebody has in mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub placement: String,
    pub campaign: Option<ContextKey>,
    pub territory: Territory,
    /// First instant of the use.
    pub from: Timestamp,
    /// Last instant of the use, itself included.
    pub until: Timestamp,
}

/// Where a use is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Territory {
    /// Nobody said.
    Unsaid,
    Worldwide,
    /// ISO 3166-1 alpha-2 codes, upper case, at least one.
    In(Vec<String>),
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
    pub const ALL: [Self; 5] = [
        Self::ProductAccuracy,
        Self::CampaignContext,
        Self::BrandFit,
        Self::License,
        Self::ClaimsAndOffers,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::ProductAccuracy => "product accuracy",
            Self::CampaignContext => "campaign context",
            Self::BrandFit => "brand fit",
            Self::License => "license",
            Self::ClaimsAndOffers => "claims and offers",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.name() == name)
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

/// An answer and the facts that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    pub answer: Answer,
    pub because: String,
}

/// The answer to a reuse, with all of its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuseVerdict {
    pub answer: Answer,
    /// Whether the asset stands for use as it was approved, from the first to the last instant.
    pub standing: Grounds,
    /// In the order of [`Question::ALL`].
    pub answers: [(Question, Grounds); 5],
}

/// What is known about the asset that a reuse is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    pub facts: &'a Facts,
    pub metadata: &'a Metadata,
    pub world: &'a World,
    pub policy: &'a Policy,
    /// The original's bytes.
    pub digest: Digest,
}

impl ReuseVerdict {
    /// The verdict of all parts: the strongest answer of any.
    fn of(standing: Grounds, answers: [(Question, Grounds); 5]) -> Self {
        let parts = answers.iter().map(|(_, grounds)| grounds.answer);
        let answer = parts.fold(standing.answer, Answer::max);
        Self { answer, standing, answers }
    }
}

/// Answers whether the asset may be used as asked, by what is on record alone.
pub fn check_reuse(candidate: &Candidate<'_>, wanted: &Use) -> ReuseVerdict {
    let standing = about_standing(candidate, wanted);
    let answers = Question::ALL.map(|question| (question, about(question, candidate, wanted)));
    ReuseVerdict::of(standing, answers)
}

fn about(question: Question, candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    match question {
        Question::ProductAccuracy => contexts::about_product(candidate, wanted),
        Question::CampaignContext => contexts::about_campaign(candidate, wanted),
        Question::BrandFit => contexts::about_brand(candidate, wanted),
        Question::License => rights::about_license(candidate, wanted),
        Question::ClaimsAndOffers => contexts::about_claims(candidate, wanted),
    }
}

/// Looks at the first and the last instant only: what has ended stays ended, and what has begun
/// has begun, so that an asset which may be used at both may be used in between.
fn about_standing(candidate: &Candidate<'_>, wanted: &Use) -> Grounds {
    let Candidate { facts, world, policy, .. } = candidate;
    let rejected = facts.rejected_for.iter().find(|of| of.placement == wanted.placement);
    if let Some(rejection) = rejected {
        return no(format!("it is {rejection}"));
    }
    let first = standing_of(facts, world, policy, wanted.from);
    let last = standing_of(facts, world, policy, wanted.until);
    let on_record = facts.licenses.iter().all(|id| world.licenses.contains_key(id))
        && facts.contexts.iter().all(|link| world.contexts.contains_key(&link.context));
    if !first.standing.may_be_used() {
        no(format!("it is {}", in_words(&first)))
    } else if !last.standing.may_be_used() {
        no(format!("during the use it becomes {}", in_words(&last)))
    } else if !on_record {
        ask("it depends on something that is not on record")
    } else if first.standing == Standing::ReviewDue {
        ask(format!("it is {}", in_words(&first)))
    } else if last.standing == Standing::ReviewDue {
        ask(format!("during the use it becomes {}", in_words(&last)))
    } else {
        yes("it is live all the time")
    }
}

fn in_words(verdict: &Verdict) -> String {
    let causes: Vec<_> = verdict.deciding().map(ToString::to_string).collect();
    format!("{}: {}", verdict.standing, causes.join("; "))
}

fn yes(because: impl Into<String>) -> Grounds {
    Grounds { answer: Answer::Yes, because: because.into() }
}

fn ask(because: impl Into<String>) -> Grounds {
    Grounds { answer: Answer::Ask, because: because.into() }
}

fn no(because: impl Into<String>) -> Grounds {
    Grounds { answer: Answer::No, because: because.into() }
}

/// The strongest answer with all that speaks for it. Where nothing was judged, a person is asked.
fn worst_of(judged: Vec<Grounds>) -> Grounds {
    let Some(answer) = judged.iter().map(|grounds| grounds.answer).max() else {
        return ask("nothing is recorded");
    };
    let deciding = judged.into_iter().filter(|grounds| grounds.answer == answer);
    let because: Vec<_> = deciding.map(|grounds| grounds.because).collect();
    Grounds { answer, because: because.join("; ") }
}

#[cfg(test)]
mod tests;
