//! Contexts: what an asset depends on outside of itself.

use std::fmt;
use std::str::FromStr;

use super::time::{CivilDate, Timestamp};

/// What kind of thing a context is. The kind is the first half of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextKind {
    Campaign,
    Offer,
    Season,
    Product,
    Packaging,
    Brand,
    Claim,
    Template,
    Provider,
}

impl ContextKind {
    pub const ALL: [Self; 9] = [
        Self::Campaign,
        Self::Offer,
        Self::Season,
        Self::Product,
        Self::Packaging,
        Self::Brand,
        Self::Claim,
        Self::Template,
        Self::Provider,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Offer => "offer",
            Self::Season => "season",
            Self::Product => "product",
            Self::Packaging => "packaging",
            Self::Brand => "brand",
            Self::Claim => "claim",
            Self::Template => "template",
            Self::Provider => "provider",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a newer revision or an end does to pinned assets unless the context says otherwise.
    pub fn default_rule(self) -> ContextRule {
        match self {
            Self::Template | Self::Provider => ContextRule::Review,
            _ => ContextRule::Expire,
        }
    }
}

/// What a newer revision, or the end, of a context does to the assets that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContextRule {
    Expire,
    Review,
    Ignore,
}

impl ContextRule {
    pub const ALL: [Self; 3] = [Self::Expire, Self::Review, Self::Ignore];

    pub fn name(self) -> &'static str {
        match self {
            Self::Expire => "expire",
            Self::Review => "review",
            Self::Ignore => "ignore",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// A context's name: its kind and a slug, `packaging/tea-tin`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContextKey {
    pub kind: ContextKind,
    pub slug: String,
}

impl fmt::Display for ContextKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.name(), self.slug)
    }
}

/// Why a text is not a context key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContextKeyError {
    #[error("`{0}` is not a context key (write KIND/NAME, such as packaging/tea-tin)")]
    Shape(String),
    #[error(
        "`{0}` is not a kind of context (campaign, offer, season, product, packaging, brand, claim, template, provider)"
    )]
    Kind(String),
    #[error("`{0}` is not a context name (letters and digits of any script, `-`, `_` and `.`)")]
    Slug(String),
}

impl FromStr for ContextKey {
    type Err = ContextKeyError;

    fn from_str(text: &str) -> Result<Self, ContextKeyError> {
        let (kind, slug) =
            text.split_once('/').ok_or_else(|| ContextKeyError::Shape(text.to_owned()))?;
        let kind =
            ContextKind::named(kind).ok_or_else(|| ContextKeyError::Kind(kind.to_owned()))?;
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if slug.is_empty() || slug.len() > 200 || !slug.chars().all(fits) {
            return Err(ContextKeyError::Slug(slug.to_owned()));
        }
        Ok(Self { kind, slug: slug.to_owned() })
    }
}

/// One state of a context. Revision 1 is the context as it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub number: i64,
    /// The revision counts from this instant on.
    pub effective_at: Timestamp,
    pub note: String,
}

/// Something that assets depend on, with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub id: i64,
    pub key: ContextKey,
    pub version: i64,
    pub title: Option<String>,
    pub owner: Option<String>,
    pub rule: ContextRule,
    pub zone: Option<String>,
    pub starts_on: Option<CivilDate>,
    /// Last day of the context, inclusive.
    pub ends_on: Option<CivilDate>,
    pub starts_at: Option<Timestamp>,
    /// First instant after `ends_on`.
    pub ends_at: Option<Timestamp>,
    /// By number, ascending, never empty.
    pub revisions: Vec<Revision>,
}

impl Context {
    /// The newest revision that counts at `now`; the first one before any does.
    pub fn revision_at(&self, now: Timestamp) -> i64 {
        let counting = self.revisions.iter().filter(|revision| revision.effective_at <= now);
        counting.map(|revision| revision.number).max().unwrap_or(1)
    }

    /// The first revision after `pinned` that counts at `now`.
    pub fn newer_than(&self, pinned: i64, now: Timestamp) -> Option<&Revision> {
        self.revisions.iter().find(|r| r.number > pinned && r.effective_at <= now)
    }
}
