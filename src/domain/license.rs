//! Licenses: the rights record that assets share.

use super::time::{CivilDate, Timestamp};

/// A set of codes, three-valued: an unset field is unknown, not "everywhere".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Scope {
    /// Nobody recorded it.
    #[default]
    Unknown,
    /// Written out as unrestricted: `worldwide`, `any`.
    Unrestricted,
    /// Only these, sorted.
    Only(Vec<String>),
}

impl Scope {
    /// Whether `code` is covered; `None` if nobody recorded the scope.
    pub fn covers(&self, code: &str) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Unrestricted => Some(true),
            Self::Only(codes) => Some(codes.iter().any(|known| known == code)),
        }
    }
}

/// A right to use pictures: whose, where, how and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct License {
    pub id: i64,
    /// The name that commands use, such as `stock-4815`.
    pub key: String,
    pub version: i64,
    pub holder: Option<String>,
    /// A document or URL that proves it.
    pub document: Option<String>,
    pub note: Option<String>,
    pub zone: Option<String>,
    pub starts_on: Option<CivilDate>,
    /// Last day of the right, inclusive.
    pub ends_on: Option<CivilDate>,
    pub starts_at: Option<Timestamp>,
    /// First instant after `ends_on`.
    pub ends_at: Option<Timestamp>,
    /// The right has no end by its own terms; without it and without `ends_on` the end is unknown.
    pub perpetual: bool,
    /// ISO 3166-1 alpha-2 codes, upper case; `worldwide` is [`Scope::Unrestricted`].
    pub territories: Scope,
    /// Placements such as `homepage-hero`; `any` is [`Scope::Unrestricted`].
    pub placements: Scope,
    pub credit: Option<String>,
    pub reviewed_by: Option<String>,
    pub reviewed_on: Option<CivilDate>,
}

/// Why a license can't be changed like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LicenseChangeError {
    #[error("it ended at {at}, and a later end would revive what ended with it")]
    Over { at: Timestamp },
}

impl License {
    /// Whether the right has begun at `now` and not ended.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.starts_at.is_none_or(|at| at <= now) && self.ends_at.is_none_or(|at| now < at)
    }

    /// An end that has passed is not moved to later: whether a sweep has recorded it must not decide
    /// what becomes usable again.
    pub fn refuse_revival(&self, changed: &Self, now: Timestamp) -> Result<(), LicenseChangeError> {
        let over = self.ends_at.filter(|end| *end <= now);
        match over {
            Some(at) if changed.ends_at.is_none_or(|end| at < end) => {
                Err(LicenseChangeError::Over { at })
            }
            _ => Ok(()),
        }
    }

    /// What is covered no more once the license is changed: of the placements that an asset is meant
    /// for, and of the countries that the site is served to.
    pub fn uses_lost<'u>(
        &self,
        changed: &Self,
        placements: &'u [String],
        territories: impl Iterator<Item = &'u String>,
    ) -> Vec<&'u str> {
        let lost = |(before, after): (&Scope, &Scope), code: &str| {
            before.covers(code) != Some(false) && after.covers(code) == Some(false)
        };
        let placements = placements
            .iter()
            .filter(|placement| lost((&self.placements, &changed.placements), placement));
        let territories =
            territories.filter(|code| lost((&self.territories, &changed.territories), code));
        placements.chain(territories).map(String::as_str).collect()
    }
}
