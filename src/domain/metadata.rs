//! What people record about an asset.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::text::is_unsafe_to_show;
use super::time::{CivilDate, TimeError, Timestamp};

/// A BCP 47 language tag such as `en` or `de-AT`, lower-cased language, as written otherwise.
pub type Locale = String;

/// Reads what WordPress and BCP 47 write for a locale: `en`, `de_DE`, `pt-BR`, `zh-Hant-TW`.
pub fn locale(text: &str) -> Option<Locale> {
    let mut parts = text.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    let letters = language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let fits = |part: &str| {
        (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if !(2..=3).contains(&language.len()) || !letters || !parts.all(fits) {
        return None;
    }
    let rest = text.get(language.len()..).unwrap_or_default();
    Some(format!("{}{rest}", language.to_ascii_lowercase()))
}

/// The tag as it compares: its case does not count, and WordPress writes `de_AT`.
pub fn folded_locale(tag: &str) -> String {
    tag.to_lowercase().replace('_', "-")
}

/// Whether a folded tag is `range` or a more precise one of it, as `de-at` is of `de`.
pub fn is_of_locale(tag: &str, range: &str) -> bool {
    tag.strip_prefix(range).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The reviewed facts of an asset. An empty field is unknown, never "none needed".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    pub title: Option<String>,
    /// Alternative text by locale. An empty text declares the picture decorative there.
    pub alt: BTreeMap<Locale, String>,
    /// Those of the texts that somebody read and vouched for, as they are now.
    pub alt_reviews: BTreeMap<Locale, AltReview>,
    /// The prompt, or where the picture came from.
    pub source_note: Option<String>,
    pub rights_note: Option<String>,
    pub rights_reviewed_by: Option<String>,
    pub rights_reviewed_on: Option<CivilDate>,
    pub owner: Option<String>,
    /// Where it is meant to be used, such as `homepage-hero`. Sorted, without repeats.
    pub placements: Vec<String>,
    pub dates: Dates,
}

/// Who read an alternative text and found that it says what the picture shows, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AltReview {
    pub by: String,
    pub on: CivilDate,
}

/// Such as `li on 2026-03-02`.
impl fmt::Display for AltReview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.by, self.on)
    }
}

/// Reads what its `Display` writes.
impl FromStr for AltReview {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let (by, on) = text.rsplit_once(" on ").unwrap_or(("", text));
        Ok(Self { by: by.to_owned(), on: on.parse()? })
    }
}

/// Whether the text can name a placement: no spaces, nothing invisible, at most 200 bytes.
pub fn is_placement(text: &str) -> bool {
    let fits = |c: char| !c.is_whitespace() && c != '*' && !is_unsafe_to_show(c);
    !text.is_empty() && text.len() <= 200 && text.chars().all(fits)
}

/// The asset's own dates: civil, in the asset's zone, with the instants computed from them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dates {
    /// The IANA zone of the dates; the site's if `None`.
    pub zone: Option<String>,
    pub starts_on: Option<CivilDate>,
    pub expires_on: Option<CivilDate>,
    pub review_on: Option<CivilDate>,
    /// First instant of `starts_on`.
    pub starts_at: Option<Timestamp>,
    /// First instant after `expires_on`: usable through the whole day, not at this instant.
    pub expires_at: Option<Timestamp>,
    /// First instant of `review_on`.
    pub review_at: Option<Timestamp>,
    /// Why the asset is to have no end; then a review date is required.
    pub no_expiry_reason: Option<String>,
}
