//! `hold`: keeps files where they are, whatever ends.

use crate::catalog::{Catalog, CatalogError};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::State;
use crate::domain::time::{CivilDate, Timestamp};
use crate::error::Error;
use crate::report::{Item, Subject};

use super::Context;
use super::decide::{AssetChange, Decided, decide_each, each_on_its_own};
use super::describe;
use super::library::{Mode, subject};
use super::selection::Selection;
use super::words::said;

/// Keep the files of assets where they are
///
/// A hold changes nothing about what an asset may be used for: only that `clean` leaves it alone.
#[derive(Debug, clap::Args)]
pub struct HoldArgs {
    #[command(flatten)]
    selection: Selection,

    /// Why; whoever cleans sees it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,

    /// Last day of the hold, such as 2026-12-31 or +2w [default: until it is released]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

/// A hold that is to be placed.
struct Placing {
    asset: AssetId,
    version: i64,
    reason: String,
    until: Option<(CivilDate, Timestamp)>,
}

pub(super) fn run(args: &HoldArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        let refuse = |why: String| {
            let (subject, action) = (subject(&row.asset), "hold");
            Ok(Decided::Nothing(vec![Item::Refusal { subject, action, why }]))
        };
        if let State::Purged(_) = row.asset.state {
            return refuse("it is purged: there are no files to keep".to_owned());
        }
        let until = match &args.until {
            None => None,
            Some(text) => {
                let current = describe::description(bench, &row)?;
                let zone = bench.court.zone_of(&current.metadata, &current.contexts)?;
                let day = ctx.day(text, &zone)?;
                Some((day, zone.cutoff(day)))
            }
        };
        if let Some((day, _)) = until.filter(|(_, end)| *end <= ctx.now) {
            return refuse(format!("a hold until {day} would be over already"));
        }
        let (asset, version, reason) = (row.asset.id, row.asset.version, args.reason.clone());
        Ok(Decided::Change(Placing { asset, version, reason, until }))
    })
}

impl AssetChange for Placing {
    fn asset(&self) -> AssetId {
        self.asset
    }

    fn record<'c>(
        catalog: &mut Catalog,
        changes: impl Iterator<Item = &'c Self>,
    ) -> Result<Vec<(AssetId, CatalogError)>, CatalogError> {
        each_on_its_own(changes, |Self { asset, version, reason, until }| {
            catalog.place_hold(*asset, *version, reason, until.map(|(_, end)| end))
        })
    }

    fn items(&self, subject: &Subject) -> Vec<Item> {
        let until = match self.until {
            Some((day, _)) => format!("held through {day}"),
            None => "held until it is released".to_owned(),
        };
        let what = format!("{until}: {}", self.reason);
        vec![Item::Edit { subject: Some(subject.clone()), what }]
    }
}
