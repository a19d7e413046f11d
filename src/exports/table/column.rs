//! The columns of a table of descriptions.

use std::fmt;

use crate::domain::metadata::{self, Locale};

/// A field that a table can hold. `asset`, which names the row, is apart.
///
/// The order is that of the columns in a table that is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The path of the original, for people; nothing is recorded from it.
    Path,
    Title,
    /// Alternative text in a locale; `None` is the site's.
    Alt(Option<Locale>),
    /// `yes` declares an empty alternative text, in the site's locale.
    Decorative,
    /// Who read the alternative text in a locale; `None` is the site's.
    AltReviewedBy(Option<Locale>),
    SourceNote,
    RightsNote,
    RightsReviewedBy,
    RightsReviewedOn,
    Owner,
    /// A list: see [`Column::list`].
    Placements,
    /// A list of campaigns by name, without `campaign/`.
    Campaign,
    /// A list of keys such as `packaging/tea-tin`.
    Contexts,
    /// A list of keys.
    Licenses,
    StartsOn,
    ExpiresOn,
    ReviewOn,
    TimeZone,
    NoExpiryReason,
}

/// The column that names the row.
pub(super) const ASSET: &str = "asset";
const ALT: &str = "alt";
const ALT_REVIEWED_BY: &str = "alt_reviewed_by";

/// Every column with a fixed name.
const NAMED: [(&str, Column); 19] = [
    ("path", Column::Path),
    ("title", Column::Title),
    (ALT, Column::Alt(None)),
    ("decorative", Column::Decorative),
    (ALT_REVIEWED_BY, Column::AltReviewedBy(None)),
    ("source_note", Column::SourceNote),
    ("rights_note", Column::RightsNote),
    ("rights_reviewed_by", Column::RightsReviewedBy),
    ("rights_reviewed_on", Column::RightsReviewedOn),
    ("owner", Column::Owner),
    ("placements", Column::Placements),
    ("campaign", Column::Campaign),
    ("contexts", Column::Contexts),
    ("licenses", Column::Licenses),
    ("starts_on", Column::StartsOn),
    ("expires_on", Column::ExpiresOn),
    ("review_on", Column::ReviewOn),
    ("time_zone", Column::TimeZone),
    ("no_expiry_reason", Column::NoExpiryReason),
];

/// How those are named that there can be for each locale.
const BY_LOCALE: [&str; 2] = ["alt:LOCALE", "alt_reviewed_by:LOCALE"];

impl Column {
    /// The column of that name, such as `owner` or `alt:de-AT`, in whatever case.
    pub fn named(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        if let Some((_, column)) = NAMED.into_iter().find(|(known, _)| *known == lower) {
            return Some(column);
        }
        let (kind, locale) = name.split_once(':')?;
        let locale = Some(metadata::locale(locale)?);
        match kind.to_ascii_lowercase().as_str() {
            ALT => Some(Self::Alt(locale)),
            ALT_REVIEWED_BY => Some(Self::AltReviewedBy(locale)),
            _ => None,
        }
    }

    /// The names that a header can have.
    pub fn known() -> Vec<&'static str> {
        let named = NAMED.iter().map(|(name, _)| *name);
        std::iter::once(ASSET).chain(named).chain(BY_LOCALE).collect()
    }

    /// The values of a cell that holds several, parted by `;`. Space around them does not count.
    pub fn list(text: &str) -> impl Iterator<Item = &str> {
        text.split(';').map(str::trim).filter(|value| !value.is_empty())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alt(Some(locale)) => write!(f, "{ALT}:{locale}"),
            Self::AltReviewedBy(Some(locale)) => write!(f, "{ALT_REVIEWED_BY}:{locale}"),
            _ => {
                let name = NAMED.iter().find(|(_, column)| column == self).map(|(name, _)| *name);
                f.write_str(name.unwrap_or_default())
            }
        }
    }
}
