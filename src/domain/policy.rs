//! The rules of the house, as the configuration states them.

use std::collections::BTreeMap;

use super::time::Zone;
use super::validation::Severity;

/// What the site decided once, for all assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Zone of dates that name none.
    pub zone: Zone,
    /// Locale whose alt text every asset needs.
    pub locale: String,
    /// A draft that nobody decided for this many days is stale.
    pub stale_draft_days: u32,
    /// Days after the review date until a due review blocks use; `None`: it never does.
    pub review_grace_days: Option<u32>,
    /// Hours for which a restored asset is held.
    pub restore_hold_hours: u32,
    /// Severity by rule code, where it differs from the rule's own.
    pub severities: BTreeMap<String, Severity>,
    pub caps: Caps,
}

/// How much one clean run may move. Exceeding any of them moves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    pub max_items: u64,
    pub max_bytes: u64,
    /// Percent of the assets with files in the library, 0 to 100.
    pub max_percent: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            zone: Zone::utc(),
            locale: "en".to_owned(),
            stale_draft_days: 30,
            review_grace_days: None,
            restore_hold_hours: 72,
            severities: BTreeMap::new(),
            caps: Caps::default(),
        }
    }
}

impl Default for Caps {
    fn default() -> Self {
        Self { max_items: 500, max_bytes: 20 << 30, max_percent: 10 }
    }
}
