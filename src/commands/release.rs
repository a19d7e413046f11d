//! `release`: ends holds.

use crate::catalog::{Catalog, CatalogError, Hold};
use crate::domain::actor::Authority;
use crate::domain::asset::AssetId;
use crate::error::Error;
use crate::report::{Item, Subject};

use super::Context;
use super::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use super::library::{Mode, subject};
use super::selection::Selection;
use super::words::said;

/// End every hold on assets
#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    #[command(flatten)]
    selection: Selection,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Holds that are to be released.
struct Releasing {
    asset: AssetId,
    version: i64,
    reason: String,
    holds: Vec<Hold>,
}

pub(super) fn run(args: &ReleaseArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let subject = subject(&row.asset);
        if ctx.actor.authority() == Authority::Automation {
            let (action, why) = ("release", "only a person may release it".to_owned());
            return Ok(Decided::Nothing(vec![Item::Refusal { subject, action, why }]));
        }
        let holds = bench.catalog.holds_on(row.asset.id, ctx.now)?;
        if holds.is_empty() {
            let because = "nothing holds it".to_owned();
            return Ok(Decided::Nothing(vec![Item::Kept { subject, because }]));
        }
        let (asset, version, reason) = (row.asset.id, row.asset.version, args.reason.clone());
        Ok(Decided::Change(Releasing { asset, version, reason, holds }))
    })
}

impl AssetChange for Releasing {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |Self { asset, version, reason, .. }| {
            catalog.release_holds(*asset, *version, reason).map(|_| ())
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let released = self.holds.iter().map(|hold| {
            let what = format!("released ({}): {}", self.reason, hold.reason);
            Item::Edit { subject: Some(subject.clone()), what }
        });
        released.collect()
    }
}
