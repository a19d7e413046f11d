//! `rules waive`: accepts what a rule finds about assets, for a while.

use crate::catalog::{Catalog, CatalogError, NewWaiver};
use crate::commands::Context;
use crate::commands::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use crate::commands::describe;
use crate::commands::library::{Mode, subject};
use crate::commands::selection::{Selection, rule};
use crate::commands::words::said;
use crate::domain::actor::Authority;
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::State;
use crate::domain::validation::Rule;
use crate::error::Error;
use crate::report::{Item, Subject};

/// Accept what a rule finds about assets, until a day
///
/// The findings are told as accepted, with who, why and how long, and do not fail a check. They
/// still stand in the way of an approval unless `approve_with_waivers` is set in shelflife.toml.
/// A new waiver takes the place of an earlier one of the same rule.
#[derive(Debug, clap::Args)]
pub(super) struct WaiveArgs {
    /// Code or name of a rule: SL201, alt-text-missing
    #[arg(value_name = "CODE", value_parser = rule)]
    code: &'static Rule,

    #[command(flatten)]
    selection: Selection,

    /// Why it is acceptable; every report says it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,

    /// Last day of the waiver, such as 2026-12-31 or +2w
    #[arg(long, value_name = "DATE", required = true)]
    until: String,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &WaiveArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let refuse = |why: String| {
            let (subject, action) = (subject(&row.asset), "waive");
            Ok(Decided::Nothing(vec![Item::Refusal { subject, action, why }]))
        };
        if ctx.actor.authority() == Authority::Automation {
            return refuse("only a person may accept a finding".to_owned());
        }
        if let State::Purged(_) = row.asset.state {
            return refuse("it is purged: nothing is found about it".to_owned());
        }
        let current = describe::description(bench, &row)?;
        let zone = bench.court.zone_of(&current.metadata, &current.contexts)?;
        let until_on = ctx.day(&args.until, &zone)?;
        let until = zone.cutoff(until_on);
        if until <= ctx.now {
            return refuse(format!("a waiver until {until_on} would be over already"));
        }
        Ok(Decided::Change(NewWaiver {
            asset: row.asset.id,
            version: row.asset.version,
            rule: args.code.code,
            reason: args.reason.clone(),
            until_on,
            until,
        }))
    })
}

impl AssetChange for NewWaiver {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |new| catalog.grant_waiver(new))
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let what = format!("{} waived through {}: {}", self.rule, self.until_on, self.reason);
        vec![Item::Edit { subject: Some(subject.clone()), what }]
    }
}
