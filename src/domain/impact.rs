//! What a change of a context or a license does to the assets that depend on it.
//!
//! Both sides are [`standing_of`] at one instant, in the world as it is and in the world as it would
//! be, so a plan can't promise anything else than what the commands say afterwards.

use super::context::{Context, ContextChange, ContextChangeError};
use super::license::{License, LicenseChangeError};
use super::lifecycle::{ContextLink, Ended, Facts, Standing, State, Verdict, World, standing_of};
use super::policy::Policy;
use super::time::Timestamp;

/// The world as it is and as a change leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial<'a> {
    /// The first instant from now on at which the change makes a difference.
    pub felt_at: Timestamp,
    before: &'a World,
    after: World,
}

/// A change of one context, ready to be tried on assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextPlan<'a> {
    /// The context as the change leaves it.
    pub changed: Context,
    pub trial: Trial<'a>,
}

/// What the change does to one asset, at the instant at which it is felt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impact {
    /// The verdict without the change.
    pub before: Verdict,
    /// The verdict with it.
    pub after: Verdict,
}

impl Impact {
    pub fn changes_standing(&self) -> bool {
        self.before.standing != self.after.standing
    }
}

/// Plans a change of a context that is in `world`, or says why it can't be made.
pub fn plan_context_change<'a>(
    world: &'a World,
    read: &Context,
    change: &ContextChange,
    now: Timestamp,
) -> Result<ContextPlan<'a>, ContextChangeError> {
    let changed = read.changed(change, now)?;
    let first = match change {
        ContextChange::Revise { effective_at, .. } => *effective_at,
        ContextChange::End { at, .. } => read.ends_at.map_or(*at, |end| end.min(*at)),
    };
    let mut after = world.clone();
    after.contexts.insert(read.id, changed.clone());
    Ok(ContextPlan { changed, trial: Trial { felt_at: first.max(now), before: world, after } })
}

/// Plans a change of a license that is in `world`, or says why it can't be made.
pub fn plan_license_change<'a>(
    world: &'a World,
    read: &License,
    changed: &License,
    now: Timestamp,
) -> Result<Trial<'a>, LicenseChangeError> {
    read.refuse_revival(changed, now)?;
    let mut after = world.clone();
    after.licenses.insert(read.id, changed.clone());
    let felt = [(read.starts_at, changed.starts_at), (read.ends_at, changed.ends_at)]
        .into_iter()
        .filter(|(before, after)| before != after)
        .flat_map(|(before, after)| before.into_iter().chain(after))
        .filter(|at| *at > now)
        .min();
    let is_felt_now = read.holds_at(now) != changed.holds_at(now);
    let felt_at = felt.filter(|_| !is_felt_now).unwrap_or(now);
    Ok(Trial { felt_at, before: world, after })
}

impl Trial<'_> {
    /// Tries the change on an asset.
    pub fn impact_on(&self, facts: &Facts, policy: &Policy) -> Impact {
        Impact {
            before: standing_of(facts, self.before, policy, self.felt_at),
            after: standing_of(facts, &self.after, policy, self.felt_at),
        }
    }

    /// Whether it is the change that lets an expired asset be renewed, wherever its files are: seen
    /// afresh it would be in use or scheduled, and without the change it would not.
    ///
    /// A renewal pins the newest revisions and sets a new day of review, so the old ones don't count.
    pub fn reopens(&self, facts: &Facts, policy: &Policy) -> bool {
        if !matches!(facts.state, State::Expired | State::Quarantined(Ended::Expired)) {
            return false;
        }
        let unpinned = |link: &ContextLink| ContextLink { pinned: None, ..*link };
        let renewed = Facts {
            state: State::Approved,
            review_at: None,
            contexts: facts.contexts.iter().map(unpinned).collect(),
            ..facts.clone()
        };
        let is_open = |world: &World| {
            let standing = standing_of(&renewed, world, policy, self.felt_at).standing;
            standing.may_be_used() || standing == Standing::Scheduled
        };
        is_open(&self.after) && !is_open(self.before)
    }
}
