//! `rules revoke`: ends waivers before their day.

use crate::catalog::{Catalog, CatalogError};
use crate::commands::Context;
use crate::commands::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use crate::commands::library::{Mode, subject};
use crate::commands::selection::{Selection, rule};
use crate::commands::words::said;
use crate::domain::asset::AssetId;
use crate::domain::validation::{Rule, Waiver};
use crate::error::Error;
use crate::report::{Item, Subject};

/// End waivers of a rule before their day
#[derive(Debug, clap::Args)]
pub(super) struct RevokeArgs {
    /// Code or name of a rule: SL201, alt-text-missing
    #[arg(value_name = "CODE", value_parser = rule)]
    code: &'static Rule,

    #[command(flatten)]
    selection: Selection,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// Waivers of one rule that are to be ended.
struct Revoking {
    asset: AssetId,
    version: i64,
    rule: &'static str,
    reason: String,
    waivers: Vec<Waiver>,
}

pub(super) fn run(args: &RevokeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let rule = args.code.code;
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let (asset, version, subject) = (row.asset.id, row.asset.version, subject(&row.asset));
        let mut waivers = bench.catalog.dossier_of(row)?.waivers;
        waivers.retain(|waiver| waiver.rule == rule && waiver.holds_at(ctx.now));
        if waivers.is_empty() {
            let because = format!("nobody waives {rule} for it");
            return Ok(Decided::Nothing(vec![Item::Kept { subject, because }]));
        }
        let reason = args.reason.clone();
        Ok(Decided::Change(Revoking { asset, version, rule, reason, waivers }))
    })
}

impl AssetChange for Revoking {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |Self { asset, version, rule, reason, .. }| {
            catalog.revoke_waivers((*asset, *version), rule, reason).map(|_| ())
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let revoked = self.waivers.iter().map(|waiver| {
            let what = format!("{} revoked ({}): {}", self.rule, self.reason, waiver.words());
            Item::Edit { subject: Some(subject.clone()), what }
        });
        revoked.collect()
    }
}
