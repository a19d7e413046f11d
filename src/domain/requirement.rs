//! What a placement requires of the assets that are meant for it, beside what every asset needs.

use std::collections::BTreeSet;

use super::metadata::Locale;

/// What an asset has to have for one placement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirements {
    /// Locales in which a picture needs an alternative text.
    pub locales: BTreeSet<Locale>,
    pub fields: BTreeSet<RequiredField>,
}

/// A part of a description that an asset can lack.
///
/// It is the asset's own: what a license or a campaign says stands for none but [`Self::End`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RequiredField {
    Title,
    /// Somebody has read each alternative text that says something.
    AltReview,
    SourceNote,
    RightsNote,
    RightsReviewedBy,
    RightsReviewedOn,
    Owner,
    Campaign,
    Context,
    License,
    TimeZone,
    StartsOn,
    ExpiresOn,
    ReviewOn,
    /// Its own last day, or that of a license or context, or a context that ends its use by changing.
    /// The stated wish to have none is none.
    End,
}

impl RequiredField {
    pub const ALL: [Self; 15] = [
        Self::Title,
        Self::AltReview,
        Self::SourceNote,
        Self::RightsNote,
        Self::RightsReviewedBy,
        Self::RightsReviewedOn,
        Self::Owner,
        Self::Campaign,
        Self::Context,
        Self::License,
        Self::TimeZone,
        Self::StartsOn,
        Self::ExpiresOn,
        Self::ReviewOn,
        Self::End,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::AltReview => "alt_review",
            Self::SourceNote => "source_note",
            Self::RightsNote => "rights_note",
            Self::RightsReviewedBy => "rights_reviewed_by",
            Self::RightsReviewedOn => "rights_reviewed_on",
            Self::Owner => "owner",
            Self::Campaign => "campaign",
            Self::Context => "context",
            Self::License => "license",
            Self::TimeZone => "time_zone",
            Self::StartsOn => "starts_on",
            Self::ExpiresOn => "expires_on",
            Self::ReviewOn => "review_on",
            Self::End => "end",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// The field that is never there without this one.
    pub fn narrower(self) -> Option<Self> {
        match self {
            Self::Context => Some(Self::Campaign),
            Self::End => Some(Self::ExpiresOn),
            _ => None,
        }
    }
}
