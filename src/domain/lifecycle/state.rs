//! The persisted decision about an asset.

use std::fmt;

/// How an asset's use ended. Quarantine and purge keep it.
///
/// The gravest comes first: [`crate::domain::memory::rank`] is what that is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    Withdrawn,
    Rejected,
    Expired,
}

/// The persisted decision. What the asset may be used for at an instant is its standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Nobody decided yet.
    Draft,
    Approved,
    Rejected,
    Expired,
    /// Taken down as unsafe.
    Withdrawn,
    /// Files are out of the library and can be restored.
    Quarantined(Ended),
    /// Bytes are gone, the record stays. Final.
    Purged(Ended),
}

impl State {
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Withdrawn,
        Self::Quarantined(Ended::Rejected),
        Self::Quarantined(Ended::Expired),
        Self::Quarantined(Ended::Withdrawn),
        Self::Purged(Ended::Rejected),
        Self::Purged(Ended::Expired),
        Self::Purged(Ended::Withdrawn),
    ];

    /// The state without what it was before: the word of the catalog and of `--state`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::Quarantined(_) => "quarantined",
            Self::Purged(_) => "purged",
        }
    }

    /// How use ended, for the two states that keep it.
    pub fn was(self) -> Option<Ended> {
        match self {
            Self::Quarantined(was) | Self::Purged(was) => Some(was),
            _ => None,
        }
    }

    /// How use ended, wherever the files are; `None` while it has not.
    pub fn ended(self) -> Option<Ended> {
        match self {
            Self::Draft | Self::Approved => None,
            Self::Rejected => Some(Ended::Rejected),
            Self::Expired => Some(Ended::Expired),
            Self::Withdrawn => Some(Ended::Withdrawn),
            Self::Quarantined(was) | Self::Purged(was) => Some(was),
        }
    }

    /// The state with this name and, where the state keeps one, this way of having ended.
    pub fn named(name: &str, was: Option<&str>) -> Option<Self> {
        let was = was.map(Ended::named);
        Self::ALL.into_iter().find(|state| {
            state.name() == name && was.unwrap_or(None) == state.was() && was != Some(None)
        })
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.was() {
            Some(was) => write!(f, "{} (was {})", self.name(), was.name()),
            None => f.write_str(self.name()),
        }
    }
}

impl Ended {
    pub const ALL: [Self; 3] = [Self::Rejected, Self::Expired, Self::Withdrawn];

    pub fn name(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ended| ended.name() == name)
    }

    /// The state that a restore gives back.
    pub fn state(self) -> State {
        match self {
            Self::Rejected => State::Rejected,
            Self::Expired => State::Expired,
            Self::Withdrawn => State::Withdrawn,
        }
    }
}
