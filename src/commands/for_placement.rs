//! Rejections for one placement, and taking them back: the asset stays what it is elsewhere.

use crate::catalog::{Catalog, CatalogError};
use crate::domain::asset::AssetId;
use crate::domain::rejection::{PlacementRuling, RejectionCode, check_placement_ruling};
use crate::error::Error;
use crate::report::{Item, Subject};

use super::Context;
use super::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use super::library::{Mode, subject};
use super::selection::Selection;

/// What is decided about a placement, the same for each asset.
pub(super) struct Ruling<'a> {
    pub(super) asked: PlacementRuling,
    pub(super) placement: &'a str,
    pub(super) code: Option<RejectionCode>,
    pub(super) reason: Option<&'a str>,
}

/// The ruling about one asset as it was read.
struct Ruled<'a> {
    asset: AssetId,
    version: i64,
    ruling: &'a Ruling<'a>,
}

impl Ruling<'_> {
    fn action(&self) -> &'static str {
        match self.asked {
            PlacementRuling::Reject => "reject",
            PlacementRuling::Reconsider => "reconsider",
        }
    }

    /// Records it for each selected asset.
    pub(super) fn record(
        &self,
        ctx: &mut Context<'_>,
        mode: Mode,
        selection: &Selection,
    ) -> Result<(), Error> {
        decide_each(ctx, mode, selection, |ctx, _, row| {
            let (asset, open) = (&row.asset, row.facts.rejected_for.as_slice());
            let asked = (self.asked, self.placement);
            let answer = check_placement_ruling(asked, (asset.state, open), ctx.actor.authority());
            let ruled =
                answer.map(|()| Ruled { asset: asset.id, version: asset.version, ruling: self });
            Ok(Decided::unless_unchanged(ruled, (subject(asset), self.action())))
        })
    }
}

impl AssetChange for Ruled<'_> {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError>
    where
        Self: 'c,
    {
        each_on_its_own(changes, |Self { asset, version, ruling }| {
            let (read, placement) = ((*asset, *version), ruling.placement);
            match ruling.asked {
                PlacementRuling::Reject => {
                    catalog.reject_for_placement(read, placement, (ruling.code, ruling.reason))
                }
                PlacementRuling::Reconsider => {
                    let reason = ruling.reason.unwrap_or_default();
                    catalog.reconsider_placement(read, placement, reason)
                }
            }
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let Ruling { placement, code, reason, .. } = self.ruling;
        let mut what = match self.ruling.asked {
            PlacementRuling::Reject => format!("rejected for {placement}"),
            PlacementRuling::Reconsider => format!("no longer rejected for {placement}"),
        };
        if let Some(code) = code {
            what.push_str(" as ");
            what.push_str(code.name());
        }
        if let Some(reason) = reason {
            what.push_str(": ");
            what.push_str(reason);
        }
        vec![Item::Edit { subject: Some(subject.clone()), what }]
    }
}
