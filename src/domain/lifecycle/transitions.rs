//! The state machine, as one table of data.

use std::fmt;

use super::{Action, Ended, State};
use crate::domain::actor::Authority;

/// Who may take a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Human,
    /// A person who is not the one who took the step being undone.
    OtherHuman,
    Anyone,
    /// A person; automation only under an approved plan.
    HumanOrPlan,
}

impl Who {
    /// The words of `docs/lifecycle.md` and of refusals.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Human => "a person",
            Self::OtherHuman => "a person other than the one who withdrew",
            Self::Anyone => "a person or automation",
            Self::HumanOrPlan => "a person, or automation under an approved plan",
        }
    }
}

/// Whether a transition must say why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Required,
    Optional,
}

/// One allowed step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    pub from: State,
    pub action: Action,
    pub to: State,
    pub who: Who,
    pub reason: Reason,
}

/// Everything that is allowed. What is not listed is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = {
    use {Action as A, Ended as E, Reason::{Optional, Required}, State as S, Who::{Anyone, Human, HumanOrPlan, OtherHuman}};
    &[
        //  from                       action         to                          who          reason
        row(S::Draft,                     A::Approve,    S::Approved,                  Human,       Optional),
        row(S::Draft,                     A::Reject,     S::Rejected,                  HumanOrPlan, Required),
        row(S::Draft,                     A::Withdraw,   S::Withdrawn,                 Human,       Required),
        row(S::Approved,                  A::Renew,      S::Approved,                  Human,       Optional),
        row(S::Approved,                  A::Reject,     S::Rejected,                  Human,       Required),
        row(S::Approved,                  A::Void,       S::Draft,                     Anyone,      Required),
        row(S::Approved,                  A::Expire,     S::Expired,                   Anyone,      Required),
        row(S::Approved,                  A::Withdraw,   S::Withdrawn,                 Human,       Required),
        row(S::Expired,                   A::Renew,      S::Approved,                  Human,       Optional),
        row(S::Expired,                   A::Reconsider, S::Draft,                     Human,       Required),
        row(S::Expired,                   A::Withdraw,   S::Withdrawn,                 Human,       Required),
        row(S::Expired,                   A::Quarantine, S::Quarantined(E::Expired),   Anyone,      Optional),
        row(S::Rejected,                  A::Reconsider, S::Draft,                     Human,       Required),
        row(S::Rejected,                  A::Withdraw,   S::Withdrawn,                 Human,       Required),
        row(S::Rejected,                  A::Quarantine, S::Quarantined(E::Rejected),  Anyone,      Optional),
        row(S::Withdrawn,                 A::Reconsider, S::Draft,                     OtherHuman,  Required),
        row(S::Withdrawn,                 A::Quarantine, S::Quarantined(E::Withdrawn), Anyone,      Optional),
        row(S::Quarantined(E::Rejected),  A::Restore,    S::Rejected,                  Human,       Optional),
        row(S::Quarantined(E::Expired),   A::Restore,    S::Expired,                   Human,       Optional),
        row(S::Quarantined(E::Withdrawn), A::Restore,    S::Withdrawn,                 Human,       Optional),
        row(S::Quarantined(E::Rejected),  A::Purge,      S::Purged(E::Rejected),       HumanOrPlan, Optional),
        row(S::Quarantined(E::Expired),   A::Purge,      S::Purged(E::Expired),        HumanOrPlan, Optional),
        row(S::Quarantined(E::Withdrawn), A::Purge,      S::Purged(E::Withdrawn),      HumanOrPlan, Optional),
    ]
};

const fn row(from: State, action: Action, to: State, who: Who, reason: Reason) -> Transition {
    Transition { from, action, to, who, reason }
}

impl Transition {
    /// The row of the table, whoever may take it.
    pub fn of(from: State, action: Action) -> Option<Self> {
        TRANSITIONS.iter().copied().find(|row| row.from == from && row.action == action)
    }
}

/// Whether automation acts under a plan that a person approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    None,
    Approved,
}

/// A step that somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    pub action: Action,
    pub authority: Authority,
    pub plan: Plan,
    /// Who asks, and who took the step that this one would undo.
    pub asker: &'a str,
    pub undone: Option<&'a str>,
    pub reason: Option<&'a str>,
}

/// A step that is not allowed, and what would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The table has no such row.
    NotFrom { state: State, action: Action },
    /// The row exists, for somebody else.
    NotBy { action: Action, who: Who },
    /// The row wants to know why.
    NoReason { action: Action },
}

impl Refusal {
    /// The actions that the asset's state would allow, in the order of [`Action`].
    pub fn allowed(&self) -> Vec<Action> {
        let Self::NotFrom { state, .. } = self else { return Vec::new() };
        let mut allowed: Vec<_> =
            TRANSITIONS.iter().filter(|t| t.from == *state).map(|t| t.action).collect();
        allowed.sort_unstable();
        allowed
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFrom { state, action } => {
                let allowed: Vec<_> = self.allowed().into_iter().map(Action::name).collect();
                let allowed = if allowed.is_empty() {
                    "nothing, the state is final".to_owned()
                } else {
                    allowed.join(", ")
                };
                write!(f, "cannot {action} an asset that is {state} (allowed: {allowed})")
            }
            Self::NotBy { action, who } => write!(f, "only {} may {action} it", who.describe()),
            Self::NoReason { action } => write!(f, "to {action} it, say why with --reason"),
        }
    }
}

/// Returns the transition that the request takes from `state`, or why it is refused.
pub fn next(state: State, request: &Request<'_>) -> Result<Transition, Refusal> {
    let action = request.action;
    let transition = Transition::of(state, action).ok_or(Refusal::NotFrom { state, action })?;
    let human = request.authority == Authority::Human;
    let allowed = match transition.who {
        Who::Human => human,
        Who::OtherHuman => human && request.undone != Some(request.asker),
        Who::Anyone => true,
        Who::HumanOrPlan => human || request.plan == Plan::Approved,
    };
    if !allowed {
        return Err(Refusal::NotBy { action, who: transition.who });
    }
    let said_why = request.reason.is_some_and(|reason| !reason.trim().is_empty());
    if transition.reason == Reason::Required && !said_why {
        return Err(Refusal::NoReason { action });
    }
    Ok(transition)
}
