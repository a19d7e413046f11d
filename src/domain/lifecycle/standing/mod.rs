//! The verdict: what an asset may be used for at an instant, and every reason why.
//!
//! A standing is computed, never stored. A cause knows which standing it leads to, and the
//! strongest cause wins, so a verdict can't disagree with its own reasons.

mod cause;

use std::collections::BTreeMap;
use std::fmt;

use super::State;
use crate::domain::context::{Context, ContextRule};
use crate::domain::license::License;
use crate::domain::policy::Policy;
use crate::domain::rejection::PlacementRejection;
use crate::domain::risk::OpenRisk;
use crate::domain::time::Timestamp;

pub use cause::Cause;

/// What an asset may be used for. The first in this order wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The bytes are gone.
    Purged,
    /// The files are out of the library.
    Quarantined,
    Unsafe,
    Rejected,
    /// The catalog expects files that the last scan did not find.
    Missing,
    Draft,
    Expired,
    Blocked,
    Scheduled,
    ReviewDue,
    Live,
}

impl Standing {
    pub const ALL: [Self; 11] = [
        Self::Purged,
        Self::Quarantined,
        Self::Unsafe,
        Self::Rejected,
        Self::Missing,
        Self::Draft,
        Self::Expired,
        Self::Blocked,
        Self::Scheduled,
        Self::ReviewDue,
        Self::Live,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Purged => "purged",
            Self::Quarantined => "quarantined",
            Self::Unsafe => "unsafe",
            Self::Rejected => "rejected",
            Self::Missing => "missing",
            Self::Draft => "draft",
            Self::Expired => "expired",
            Self::Blocked => "blocked",
            Self::Scheduled => "scheduled",
            Self::ReviewDue => "review-due",
            Self::Live => "live",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }

    /// Whether the asset may be used as it was approved.
    pub fn may_be_used(self) -> bool {
        matches!(self, Self::Live | Self::ReviewDue)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an asset depends on, and the revision its approval saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextLink {
    pub context: i64,
    /// `None` until an approval pins it.
    pub pinned: Option<i64>,
}

/// What the verdict looks at, beside the world and the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub state: State,
    /// When the state was entered.
    pub since: Timestamp,
    /// At least one file that should be in the library is not.
    pub files_missing: bool,
    pub starts_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub review_at: Option<Timestamp>,
    /// Ids of licenses, ascending.
    pub licenses: Vec<i64>,
    /// Ascending by context.
    pub contexts: Vec<ContextLink>,
    /// Flags that nobody has cleared, oldest first.
    pub risks: Vec<OpenRisk>,
    /// Rejections for one placement that nobody has taken back, oldest first. Asked with a use only.
    pub rejected_for: Vec<PlacementRejection>,
}

/// What assets share: licenses and contexts by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct World {
    pub licenses: BTreeMap<i64, License>,
    pub contexts: BTreeMap<i64, Context>,
}

/// A standing with all its causes, strongest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub standing: Standing,
    /// Every true cause, also those that a stronger one outranks.
    pub causes: Vec<Cause>,
}

impl Verdict {
    /// The causes that lead to the standing itself.
    pub fn deciding(&self) -> impl Iterator<Item = &Cause> {
        self.causes.iter().filter(|cause| cause.standing() == self.standing)
    }
}

/// Computes what the asset may be used for at `now`.
///
/// Ends are exclusive: at the instant of an end the asset is expired. Beginnings are inclusive.
/// No sweep is needed for an end to count.
pub fn standing_of(facts: &Facts, world: &World, policy: &Policy, now: Timestamp) -> Verdict {
    let mut causes = Vec::new();
    causes_of_state(facts, policy, now, &mut causes);
    if !matches!(facts.state, State::Purged(_)) {
        causes_of_own_dates(facts, policy, now, &mut causes);
        causes_of_licenses(facts, world, now, &mut causes);
        causes_of_contexts(facts, world, now, &mut causes);
        causes.extend(facts.risks.iter().cloned().map(Cause::RiskOpen));
    }
    causes.sort_by_key(Cause::standing);
    let standing = causes.first().map_or(Standing::Live, Cause::standing);
    Verdict { standing, causes }
}

fn causes_of_state(facts: &Facts, policy: &Policy, now: Timestamp, causes: &mut Vec<Cause>) {
    match facts.state {
        State::Purged(was) => causes.push(Cause::Purged { was }),
        State::Quarantined(was) => causes.push(Cause::Quarantined { was }),
        State::Withdrawn => causes.push(Cause::Withdrawn),
        State::Rejected => causes.push(Cause::Rejected),
        State::Expired => causes.push(Cause::ExpiryRecorded),
        State::Draft => {
            causes.push(Cause::Undecided);
            let limit_days = policy.stale_draft_days;
            if facts.since.plus_days(i64::from(limit_days)) <= now {
                causes.push(Cause::Stale { since: facts.since, limit_days });
            }
        }
        State::Approved => {}
    }
    let in_library = facts.state.was().is_none();
    if in_library && facts.files_missing {
        causes.push(Cause::FilesMissing);
    }
}

fn causes_of_own_dates(facts: &Facts, policy: &Policy, now: Timestamp, causes: &mut Vec<Cause>) {
    if let Some(at) = facts.expires_at.filter(|at| *at <= now) {
        causes.push(Cause::OwnEnd { at });
    }
    if let Some(at) = facts.starts_at.filter(|at| now < *at) {
        causes.push(Cause::NotStarted { at });
    }
    let Some(due) = facts.review_at.filter(|at| *at <= now) else { return };
    causes.push(Cause::ReviewDue { at: due });
    let Some(grace_days) = policy.review_grace_days else { return };
    if due.plus_days(i64::from(grace_days)) <= now {
        causes.push(Cause::ReviewOverdue { since: due, grace_days });
    }
}

fn causes_of_licenses(facts: &Facts, world: &World, now: Timestamp, causes: &mut Vec<Cause>) {
    for license in facts.licenses.iter().filter_map(|id| world.licenses.get(id)) {
        let name = || license.key.clone();
        if let Some(at) = license.ends_at.filter(|at| *at <= now) {
            causes.push(Cause::LicenseEnded { license: name(), at });
        }
        if let Some(at) = license.starts_at.filter(|at| now < *at) {
            causes.push(Cause::LicenseNotBegun { license: name(), at });
        }
    }
}

fn causes_of_contexts(facts: &Facts, world: &World, now: Timestamp, causes: &mut Vec<Cause>) {
    for link in &facts.contexts {
        let Some(context) = world.contexts.get(&link.context) else { continue };
        causes.extend(cause_of_end(context, now));
        causes.extend(cause_of_revision(context, link.pinned, now));
        if let Some(at) = context.starts_at.filter(|at| now < *at) {
            causes.push(Cause::ContextNotBegun { context: context.key.to_string(), at });
        }
    }
}

fn cause_of_end(context: &Context, now: Timestamp) -> Option<Cause> {
    let at = context.ends_at.filter(|at| *at <= now)?;
    let key = context.key.to_string();
    match context.rule {
        ContextRule::Expire => Some(Cause::ContextEnded { context: key, at }),
        ContextRule::Review => Some(Cause::ContextEndedToReview { context: key, at }),
        ContextRule::Ignore => None,
    }
}

fn cause_of_revision(context: &Context, pinned: Option<i64>, now: Timestamp) -> Option<Cause> {
    let pinned = pinned?;
    let newer = context.newer_than(pinned, now)?;
    let (at, note) = (newer.effective_at, newer.note.clone());
    let (current, key) = (context.revision_at(now), context.key.to_string());
    match context.rule {
        ContextRule::Expire => {
            Some(Cause::ContextRevised { context: key, pinned, current, at, note })
        }
        ContextRule::Review => {
            Some(Cause::ContextRevisedToReview { context: key, pinned, current, at, note })
        }
        ContextRule::Ignore => None,
    }
}

#[cfg(test)]
mod tests;
