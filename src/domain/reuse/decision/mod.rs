//! What a person answered about one use, and how long that counts.
//!
//! **Invariant:** a decision never turns a no into anything else. It counts for the use that it was
//! made for, and only while all that it relies on is as it was.

mod basis;
mod heed;

use std::collections::BTreeMap;
use std::fmt;

use super::{Answer, Candidate, Question, Use};
use crate::domain::context::ContextKey;
use crate::domain::lifecycle::State;
use crate::domain::time::{CivilDate, Timestamp};

pub use basis::Basis;
pub use heed::{Weighed, check_decided_reuse, weigh_rulings};

/// What a person can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruling {
    Yes,
    No,
}

impl Ruling {
    pub fn name(self) -> &'static str {
        Answer::from(self).name()
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Yes, Self::No].into_iter().find(|ruling| ruling.name() == name)
    }
}

impl From<Ruling> for Answer {
    fn from(ruling: Ruling) -> Self {
        match ruling {
            Ruling::Yes => Self::Yes,
            Ruling::No => Self::No,
        }
    }
}

/// The answers of a person about one use of one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuseDecision {
    pub by: String,
    /// The day on which it was made, in the zone of the asset's dates.
    pub on: CivilDate,
    /// The use that it is about.
    pub scope: Use,
    /// At least one.
    pub rulings: BTreeMap<Question, Ruling>,
    pub note: String,
    /// Its last day, itself included.
    pub ends_on: CivilDate,
    /// First instant after `ends_on`.
    pub ends_at: Timestamp,
    pub basis: Basis,
}

/// `decided by li on 2026-03-02 until 2026-06-30: the tin is the new one`.
impl fmt::Display for ReuseDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, on, ends_on, note, .. } = self;
        write!(f, "decided by {by} on {on} until {ends_on}: {note}")
    }
}

impl ReuseDecision {
    /// Why it does not count any more; nothing while it is alive.
    pub fn lapses(&self, candidate: &Candidate<'_>, now: Timestamp) -> Vec<Lapse> {
        let ended = (self.ends_at <= now).then_some(Lapse::Ended(self.ends_on));
        let changed = self.basis.changes(&Basis::of(candidate, &self.scope));
        ended.into_iter().chain(changed).collect()
    }

    /// Whether a use is of the same kind: the same placement, territory and campaign.
    fn is_about(&self, wanted: &Use) -> bool {
        let scope = &self.scope;
        scope.placement == wanted.placement
            && scope.territory == wanted.territory
            && scope.campaign == wanted.campaign
    }

    /// Whether an answer is one about the time of the use. A yes has to cover all of it; a no about
    /// a part of it is enough.
    fn reaches(&self, ruling: Ruling, wanted: &Use) -> bool {
        let scope = &self.scope;
        match ruling {
            Ruling::Yes => scope.from <= wanted.from && wanted.until <= scope.until,
            Ruling::No => scope.from <= wanted.until && wanted.from <= scope.until,
        }
    }
}

/// Why a decision does not count any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lapse {
    /// Its last day has passed.
    Ended(CivilDate),
    /// The asset is in another state.
    State(State),
    /// The asset entered the same state again, as by a renewal.
    Again(State, Timestamp),
    Bytes,
    Description,
    /// The revision that counts during the use, or that the context is not linked any more.
    Context(ContextKey, Option<i64>),
    /// The version of its terms, or that the asset does not have the license any more.
    License(String, Option<i64>),
}

impl fmt::Display for Lapse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended(on) => write!(f, "its last day, {on}, has passed"),
            Self::State(state) => write!(f, "the asset is {state} now"),
            Self::Again(state, since) => write!(f, "the asset is {state} anew since {since}"),
            Self::Bytes => f.write_str("the file has other bytes now"),
            Self::Description => f.write_str("the description of the asset changed"),
            Self::Context(key, Some(revision)) => write!(f, "{key} is now at revision {revision}"),
            Self::Context(key, None) => write!(f, "{key} is no longer linked"),
            Self::License(key, Some(version)) => {
                write!(f, "license {key} is now at version {version}")
            }
            Self::License(key, None) => write!(f, "license {key} is no longer linked"),
        }
    }
}

/// Why a decision does not count any more, in words.
pub fn lapses_in_words(lapses: &[Lapse]) -> String {
    let words: Vec<_> = lapses.iter().map(ToString::to_string).collect();
    words.join("; ")
}

#[cfg(test)]
mod tests;
