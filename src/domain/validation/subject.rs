//! What the rules look at: one asset with everything that a check may want to know.

use std::fmt;
use std::slice;

use crate::domain::asset::{Asset, KnownFile, Role};
use crate::domain::claims::Claims;
use crate::domain::context::{Context, ContextKind, ContextRule, shared_zone};
use crate::domain::license::License;
use crate::domain::lifecycle::{State, Verdict};
use crate::domain::metadata::Metadata;
use crate::domain::path::RelPath;
use crate::domain::policy::Policy;
use crate::domain::rejection::PlacementRejection;
use crate::domain::requirement::Requirements;
use crate::domain::time::{CivilDate, Timestamp, Zone};

use super::Knowledge;
use super::exported::Exported;
use super::kin::Kin;
use super::media_types::is_unknown;
use super::reading::Reading;
use super::waiver::Waiver;

/// An asset, its surroundings and the instant at which it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub asset: &'a Asset,
    pub metadata: &'a Metadata,
    pub files: &'a [KnownFile],
    /// The files that WordPress lists for it; none where no import told.
    pub listed: &'a [RelPath],
    /// What the original and its sidecar say about it; `None` if nobody has looked.
    pub claims: Option<&'a Claims>,
    /// The standing at `now`, with its causes.
    pub verdict: &'a Verdict,
    /// The placements that it was rejected for.
    pub rejected_for: &'a [PlacementRejection],
    /// The contexts that the asset is linked to.
    pub contexts: &'a [&'a Context],
    pub licenses: &'a [&'a License],
    pub policy: &'a Policy,
    /// The name and the texts of the asset, read.
    pub reading: &'a Reading<'a>,
    /// What it shares with others.
    pub kin: &'a Kin,
    /// What somebody accepts about the asset, or did until a day that has passed.
    pub waivers: &'a [Waiver],
    pub now: Timestamp,
    /// What of all this is known; the rest stands at its default and says nothing.
    pub known: Knowledge,
    /// How it stands in an export, if it is looked at there.
    pub exported: Option<&'a Exported>,
}

/// One side of a window of use, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bound<'a> {
    pub at: Timestamp,
    pub whose: Whose<'a>,
}

/// Whose one side of a window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose<'a> {
    OwnEnd,
    OwnStart,
    License(&'a License),
    Context(&'a Context),
}

/// Such as `its own end`, `license stock-4815` or `campaign/spring`.
impl fmt::Display for Whose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnEnd => f.write_str("its own end"),
            Self::OwnStart => f.write_str("its own start"),
            Self::License(license) => write!(f, "license {}", license.key),
            Self::Context(context) => write!(f, "{}", context.key),
        }
    }
}

impl Subject<'_> {
    /// Whether the asset is a picture, as far as anybody can tell.
    pub(super) fn is_picture(&self) -> bool {
        let media_type = self.asset.content.media_type.as_str();
        media_type.starts_with("image/") || is_unknown(media_type)
    }

    /// The alternative texts that say something, by locale. Empty and blank ones are left out.
    pub(super) fn alts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.reading.alts.iter().map(|alt| (alt.locale, alt.text))
    }

    /// The placements in question: each that it is meant for, in an export the one that the export is
    /// for.
    pub(super) fn placements(&self) -> &[String] {
        match self.exported {
            None => &self.metadata.placements,
            Some(Exported { wanted: Some(wanted), .. }) => slice::from_ref(&wanted.placement),
            Some(_) => &[],
        }
    }

    /// What is required of it, with the placement that does.
    pub(super) fn requirements(&self) -> impl Iterator<Item = (&str, &Requirements)> {
        let by_placement = &self.policy.placement_requirements;
        self.placements().iter().filter_map(|name| Some((name.as_str(), by_placement.get(name)?)))
    }

    /// The waiver of a rule that holds now.
    pub(super) fn waiver_of(&self, code: &str) -> Option<&Waiver> {
        self.waivers.iter().find(|waiver| waiver.rule == code && waiver.holds_at(self.now))
    }

    /// Whether its use has not been ended: an end that is on record is no defect.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.asset.state, State::Draft | State::Approved)
    }

    /// Whether its files ought to be in the library.
    pub(super) fn is_in_library(&self) -> bool {
        self.asset.state.was().is_none()
    }

    pub(super) fn original(&self) -> Option<&KnownFile> {
        self.files.iter().find(|file| file.role == Role::Original)
    }

    /// The zone of the asset's dates: its own, else its campaign's, else the site's.
    pub(super) fn zone(&self) -> Zone {
        let own = self.metadata.dates.zone.as_deref();
        let shared = || shared_zone(self.contexts.iter().copied(), &self.policy.zone).ok();
        let zone = own.and_then(|name| Zone::named(name).ok()).or_else(shared);
        zone.unwrap_or_else(|| self.policy.zone.clone())
    }

    /// The civil day of `now` where the asset's dates count.
    pub(super) fn today(&self) -> CivilDate {
        self.zone().date_at(self.now)
    }

    /// Every dated end: its own, those of its licenses, and those of contexts that end its use.
    pub(super) fn ends(&self) -> impl Iterator<Item = Bound<'_>> {
        let own = self.metadata.dates.expires_at.map(|at| (at, Whose::OwnEnd));
        let licenses = self.licenses.iter();
        let licenses = licenses.filter_map(|one| Some((one.ends_at?, Whose::License(one))));
        let contexts = self.contexts.iter().filter(|context| context.rule == ContextRule::Expire);
        let contexts = contexts.filter_map(|one| Some((one.ends_at?, Whose::Context(one))));
        own.into_iter().chain(licenses).chain(contexts).map(|(at, whose)| Bound { at, whose })
    }

    /// Every dated beginning: the asset is usable from the last of them on.
    pub(super) fn beginnings(&self) -> impl Iterator<Item = Bound<'_>> {
        let own = self.metadata.dates.starts_at.map(|at| (at, Whose::OwnStart));
        let licenses = self.licenses.iter();
        let licenses = licenses.filter_map(|one| Some((one.starts_at?, Whose::License(one))));
        let contexts = self.contexts.iter();
        let contexts = contexts.filter_map(|one| Some((one.starts_at?, Whose::Context(one))));
        own.into_iter().chain(licenses).chain(contexts).map(|(at, whose)| Bound { at, whose })
    }

    /// The contexts that end its use by changing, without a date: packaging, a product, the brand.
    pub(super) fn ends_by_event(&self) -> bool {
        self.contexts.iter().any(|context| {
            let key = &context.key;
            let changes = changes_rather_than_ends(key.kind) && !key.says_none();
            context.rule == ContextRule::Expire && changes
        })
    }
}

fn changes_rather_than_ends(kind: ContextKind) -> bool {
    match kind {
        ContextKind::Campaign | ContextKind::Offer | ContextKind::Season => false,
        ContextKind::Product
        | ContextKind::Packaging
        | ContextKind::Brand
        | ContextKind::Claim
        | ContextKind::Template
        | ContextKind::Provider => true,
    }
}
