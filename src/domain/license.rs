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
