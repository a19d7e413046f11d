//! Licenses: the rights record that assets share.

use std::collections::BTreeSet;

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

    /// The codes that it is written out as; none where it is not.
    fn codes(&self) -> &[String] {
        match self {
            Self::Only(codes) => codes,
            Self::Unknown | Self::Unrestricted => &[],
        }
    }
}

/// What a license forbids, whatever else it says. What nobody recorded is not forbidden.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exclusions {
    /// ISO 3166-1 alpha-2 codes, upper case.
    pub territories: BTreeSet<String>,
    pub placements: BTreeSet<String>,
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
    pub excluded: Exclusions,
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

/// Why the terms of a license can't be meant like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("it allows {0} by name and excludes the same")]
    Placements(String),
    #[error("it excludes every country that it allows")]
    Territories,
}

impl License {
    /// Whether a use in `placement` is covered; `None` if nobody recorded it.
    pub fn covers_placement(&self, placement: &str) -> Option<bool> {
        covers(&self.placements, &self.excluded.placements, placement)
    }

    /// Whether a use in a country is covered; `None` if nobody recorded it.
    pub fn covers_territory(&self, code: &str) -> Option<bool> {
        covers(&self.territories, &self.excluded.territories, code)
    }

    /// Refuses placements that are allowed and excluded, and countries of which none is left.
    ///
    /// Some of them excluded is how contracts are written: the European Union without Germany.
    pub fn refuse_contradiction(&self) -> Result<(), Contradiction> {
        let placements = self.placements.codes().iter();
        let both: Vec<_> = placements
            .filter(|placement| self.excluded.placements.contains(*placement))
            .map(String::as_str)
            .collect();
        let countries = self.territories.codes();
        let none_is_left = !countries.is_empty()
            && countries.iter().all(|code| self.excluded.territories.contains(code));
        if !both.is_empty() {
            Err(Contradiction::Placements(both.join(", ")))
        } else if none_is_left {
            Err(Contradiction::Territories)
        } else {
            Ok(())
        }
    }

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
        let is_lost = |before, after| before != Some(false) && after == Some(false);
        let placements = placements
            .iter()
            .filter(|one| is_lost(self.covers_placement(one), changed.covers_placement(one)));
        let territories = territories
            .filter(|code| is_lost(self.covers_territory(code), changed.covers_territory(code)));
        placements.chain(territories).map(String::as_str).collect()
    }
}

/// What is excluded is not covered, whatever the scope says.
fn covers(scope: &Scope, excluded: &BTreeSet<String>, code: &str) -> Option<bool> {
    if excluded.contains(code) { Some(false) } else { scope.covers(code) }
}
