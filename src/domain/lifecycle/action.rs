//! What can be asked of an asset.

use std::fmt;

/// A step that the state machine knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    Approve,
    Reject,
    Renew,
    /// The approval no longer fits the bytes or the governed facts.
    Void,
    Expire,
    /// Emergency takedown of something unsafe.
    Withdraw,
    Reconsider,
    /// Move the files out of the library.
    Quarantine,
    Restore,
    /// Delete the bytes for good.
    Purge,
}

impl Action {
    pub const ALL: [Self; 10] = [
        Self::Approve,
        Self::Reject,
        Self::Renew,
        Self::Void,
        Self::Expire,
        Self::Withdraw,
        Self::Reconsider,
        Self::Quarantine,
        Self::Restore,
        Self::Purge,
    ];

    /// The verb used in commands, in the audit log and in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Renew => "renew",
            Self::Void => "void",
            Self::Expire => "expire",
            Self::Withdraw => "withdraw",
            Self::Reconsider => "reconsider",
            Self::Quarantine => "quarantine",
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }

    /// What has happened to the asset once the step is taken.
    pub fn participle(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
            Self::Renew => "renewed",
            Self::Void => "voided",
            Self::Expire => "expired",
            Self::Withdraw => "withdrawn",
            Self::Reconsider => "reconsidered",
            Self::Quarantine => "quarantined",
            Self::Restore => "restored",
            Self::Purge => "purged",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
