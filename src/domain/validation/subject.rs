//! What the rules look at: one asset with everything that a check may want to know.

use crate::domain::asset::{Asset, AssetFile, Role};
use crate::domain::claims::Claims;
use crate::domain::context::{Context, ContextKind, ContextRule, shared_zone};
use crate::domain::license::License;
use crate::domain::lifecycle::{State, Verdict};
use crate::domain::metadata::Metadata;
use crate::domain::path::RelPath;
use crate::domain::policy::Policy;
use crate::domain::time::{CivilDate, Timestamp, Zone};

use super::Known;
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
    pub files: &'a [AssetFile],
    /// The files that WordPress lists for it; none where no import told.
    pub listed: &'a [RelPath],
    /// What the original and its sidecar say about it; `None` if nobody has looked.
    pub claims: Option<&'a Claims>,
    /// The standing at `now`, with its causes.
    pub verdict: &'a Verdict,
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
    pub known: &'a [Known],
    /// How it stands in an export, if it is looked at there.
    pub exported: Option<&'a Exported>,
}

/// One side of a window of use, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub at: Timestamp,
    /// Such as `its own end`, `license stock-4815` or `campaign/spring`.
    pub whose: String,
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

    pub(super) fn original(&self) -> Option<&AssetFile> {
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
    pub(super) fn ends(&self) -> Vec<Bound> {
        let own = self.metadata.dates.expires_at.map(|at| (at, "its own end".to_owned()));
        let licenses = self.licenses.iter().filter_map(|license| {
            license.ends_at.map(|at| (at, format!("license {}", license.key)))
        });
        let contexts = self.contexts.iter().filter(|context| context.rule == ContextRule::Expire);
        let contexts =
            contexts.filter_map(|context| context.ends_at.map(|at| (at, context.key.to_string())));
        let ends = own.into_iter().chain(licenses).chain(contexts);
        ends.map(|(at, whose)| Bound { at, whose }).collect()
    }

    /// Every dated beginning: the asset is usable from the last of them on.
    pub(super) fn beginnings(&self) -> Vec<Bound> {
        let own = self.metadata.dates.starts_at.map(|at| (at, "its own start".to_owned()));
        let licenses = self.licenses.iter().filter_map(|license| {
            license.starts_at.map(|at| (at, format!("license {}", license.key)))
        });
        let contexts = self
            .contexts
            .iter()
            .filter_map(|context| context.starts_at.map(|at| (at, context.key.to_string())));
        let all = own.into_iter().chain(licenses).chain(contexts);
        all.map(|(at, whose)| Bound { at, whose }).collect()
    }

    /// The contexts that end its use by changing, without a date: packaging, a product, the brand.
    pub(super) fn ends_by_event(&self) -> bool {
        self.contexts.iter().any(|context| {
            context.rule == ContextRule::Expire && changes_rather_than_ends(context.key.kind)
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
