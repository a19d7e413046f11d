//! Which approvals have ended: the decision behind `sweep`.

use super::actor::Authority;
use super::lifecycle::{self, Action, Facts, Plan, Request, Standing, Transition, Verdict};

/// What a sweep would do with one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SweepStep {
    /// Record the expiry, for the verdict's causes.
    Expire(Transition),
    /// Nothing to record.
    Leave,
}

/// Decides whether the sweep records the expiry of an asset with this verdict.
///
/// An asset whose state already tells its end is left, so sweeping twice changes nothing.
pub fn plan_sweep_of(facts: &Facts, verdict: &Verdict, authority: Authority) -> SweepStep {
    let ended = verdict.causes.iter().any(|cause| cause.standing() == Standing::Expired);
    if !ended {
        return SweepStep::Leave;
    }
    let request = Request {
        action: Action::Expire,
        authority,
        plan: Plan::None,
        asker: "",
        undone: None,
        reason: Some("its end has come"),
    };
    lifecycle::next(facts.state, &request).map_or(SweepStep::Leave, SweepStep::Expire)
}
