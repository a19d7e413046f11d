//! Waivers: findings that somebody accepts for a while.
//!
//! A waiver hides nothing: the finding is told with who accepted it, why and how long. It ends by
//! itself, and it is no permission: what it is to an approval is the policy's.

use crate::domain::time::{CivilDate, Timestamp};

/// One rule's findings about one asset, accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    pub id: i64,
    /// The code of the rule. A rule that this program does not know waives nothing.
    pub rule: String,
    pub reason: String,
    pub granted_by: String,
    pub granted_at: Timestamp,
    /// Last day, inclusive, where the asset's dates count.
    pub until_on: CivilDate,
    /// First instant after `until_on`.
    pub until: Timestamp,
}

impl Waiver {
    /// Whether it holds at `now`: from when it was granted through its last day.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.granted_at <= now && now < self.until
    }

    /// How long it is accepted, by whom and why.
    pub fn words(&self) -> String {
        format!("until {}, by {}: {}", self.until_on, self.granted_by, self.reason)
    }
}
