//! Causes: each knows the standing that it leads to.

use std::fmt;

use super::Standing;
use crate::domain::lifecycle::Ended;
use crate::domain::risk::OpenRisk;
use crate::domain::time::Timestamp;

/// One true reason behind a standing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    Purged {
        was: Ended,
    },
    Quarantined {
        was: Ended,
    },
    Withdrawn,
    Rejected,
    /// At least one file of the asset was not found.
    FilesMissing,
    /// Nobody decided yet.
    Undecided,
    /// Nobody decided within the policy's age.
    Stale {
        since: Timestamp,
        limit_days: u32,
    },
    /// The expiry was recorded. Later dates do not revive the asset.
    ExpiryRecorded,
    OwnEnd {
        at: Timestamp,
    },
    LicenseEnded {
        license: String,
        at: Timestamp,
    },
    /// A campaign, offer, season or other context is over.
    ContextEnded {
        context: String,
        at: Timestamp,
    },
    /// The asset was approved against an older revision.
    ContextRevised {
        context: String,
        pinned: i64,
        current: i64,
        at: Timestamp,
        note: String,
    },
    /// Somebody saw a risk in it, and nobody has cleared it.
    RiskOpen(OpenRisk),
    /// The review is overdue beyond the policy's grace.
    ReviewOverdue {
        since: Timestamp,
        grace_days: u32,
    },
    NotStarted {
        at: Timestamp,
    },
    LicenseNotBegun {
        license: String,
        at: Timestamp,
    },
    ContextNotBegun {
        context: String,
        at: Timestamp,
    },
    ReviewDue {
        at: Timestamp,
    },
    /// A context ended, by its rule a matter for review.
    ContextEndedToReview {
        context: String,
        at: Timestamp,
    },
    /// A context has a newer revision, by its rule a matter for review.
    ContextRevisedToReview {
        context: String,
        pinned: i64,
        current: i64,
        at: Timestamp,
        note: String,
    },
}

impl Cause {
    /// The standing that this cause alone leads to.
    pub fn standing(&self) -> Standing {
        match self {
            Self::Purged { .. } => Standing::Purged,
            Self::Quarantined { .. } => Standing::Quarantined,
            Self::Withdrawn => Standing::Unsafe,
            Self::Rejected => Standing::Rejected,
            Self::FilesMissing => Standing::Missing,
            Self::Undecided | Self::Stale { .. } => Standing::Draft,
            Self::ExpiryRecorded
            | Self::OwnEnd { .. }
            | Self::LicenseEnded { .. }
            | Self::ContextEnded { .. }
            | Self::ContextRevised { .. } => Standing::Expired,
            Self::RiskOpen(_) | Self::ReviewOverdue { .. } => Standing::Blocked,
            Self::NotStarted { .. }
            | Self::LicenseNotBegun { .. }
            | Self::ContextNotBegun { .. } => Standing::Scheduled,
            Self::ReviewDue { .. }
            | Self::ContextEndedToReview { .. }
            | Self::ContextRevisedToReview { .. } => Standing::ReviewDue,
        }
    }

    /// The stable name of the cause in machine output.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Purged { .. } => "purged",
            Self::Quarantined { .. } => "quarantined",
            Self::Withdrawn => "withdrawn",
            Self::Rejected => "rejected",
            Self::FilesMissing => "files-missing",
            Self::Undecided => "undecided",
            Self::Stale { .. } => "stale",
            Self::ExpiryRecorded => "expiry-recorded",
            Self::OwnEnd { .. } => "own-end",
            Self::LicenseEnded { .. } => "license-ended",
            Self::ContextEnded { .. } => "context-ended",
            Self::ContextRevised { .. } => "context-revised",
            Self::RiskOpen(_) => "risk-open",
            Self::ReviewOverdue { .. } => "review-overdue",
            Self::NotStarted { .. } => "not-started",
            Self::LicenseNotBegun { .. } => "license-not-begun",
            Self::ContextNotBegun { .. } => "context-not-begun",
            Self::ReviewDue { .. } => "review-due",
            Self::ContextEndedToReview { .. } => "context-ended-to-review",
            Self::ContextRevisedToReview { .. } => "context-revised-to-review",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purged { was } => write!(f, "purged after it was {}", was.name()),
            Self::Quarantined { was } => write!(f, "in quarantine after it was {}", was.name()),
            Self::Withdrawn => f.write_str("withdrawn as unsafe"),
            Self::Rejected => f.write_str("rejected"),
            Self::FilesMissing => f.write_str("files are missing from the library"),
            Self::Undecided => f.write_str("nobody has approved it"),
            Self::Stale { since, limit_days } => {
                write!(f, "undecided since {since}, longer than {limit_days} days")
            }
            Self::ExpiryRecorded => f.write_str("its expiry is on record"),
            Self::OwnEnd { at } => write!(f, "its own end passed at {at}"),
            Self::LicenseEnded { license, at } => write!(f, "license {license} ended at {at}"),
            Self::ContextEnded { context, at } | Self::ContextEndedToReview { context, at } => {
                write!(f, "{context} ended at {at}")
            }
            Self::ContextRevised { context, pinned, current, at, note }
            | Self::ContextRevisedToReview { context, pinned, current, at, note } => {
                write!(f, "{context} changed at {at} from revision {pinned} to {current}: {note}")
            }
            Self::RiskOpen(risk) => risk.fmt(f),
            Self::ReviewOverdue { since, grace_days } => {
                write!(f, "review due since {since}, over the grace of {grace_days} days")
            }
            Self::NotStarted { at } => write!(f, "usable from {at}"),
            Self::LicenseNotBegun { license, at } => write!(f, "license {license} begins at {at}"),
            Self::ContextNotBegun { context, at } => write!(f, "{context} begins at {at}"),
            Self::ReviewDue { at } => write!(f, "review due since {at}"),
        }
    }
}
