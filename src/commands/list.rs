//! `list`: one line per asset.

use crate::catalog::Catalog;
use crate::domain::takedown::{Progress, Takedown};

use crate::error::Error;
use crate::report::Value;

use super::Context;
use super::library::Court;
use super::selection::{Empty, Selected, Selection};

/// List assets with their state and standing
///
/// Without a selection, all of them, by number.
#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    selection: Selection,

    /// Only withdrawn assets that nobody has confirmed to be gone, with how long that has been so
    #[arg(long)]
    unconfirmed: bool,
}

pub(super) fn run(args: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    args.selection.visit(ctx, (&catalog, &court), Empty::All, |ctx, selected| {
        if !args.unconfirmed {
            ctx.report.row("asset", fields(&selected));
        } else if let Some(takedown) = unconfirmed(&catalog, &selected)? {
            let fields = waiting(&selected, takedown, ctx);
            ctx.report.row("takedown", fields);
        }
        Ok(())
    })
}

/// The takedown of an asset that nobody has confirmed.
fn unconfirmed(catalog: &Catalog, selected: &Selected) -> Result<Option<Takedown>, Error> {
    let takedown = catalog.takedown_of(&selected.row.asset)?;
    Ok(takedown.filter(|takedown| takedown.progress() != Progress::Confirmed))
}

fn waiting(
    selected: &Selected,
    takedown: Takedown,
    ctx: &Context<'_>,
) -> Vec<(&'static str, Value)> {
    let asset = &selected.row.asset;
    vec![
        ("id", asset.id.0.into()),
        ("path", asset.path.to_string().into()),
        ("state", asset.state.name().into()),
        ("takedown", takedown.progress().name().into()),
        ("since", takedown.at.to_string().into()),
        ("age", takedown.at.relative_to(ctx.now).into()),
        ("by", takedown.by.into()),
        ("reason", takedown.reason.into()),
    ]
}

fn fields(selected: &Selected) -> Vec<(&'static str, Value)> {
    let Selected { row, verdict } = selected;
    let deciding: Vec<_> = verdict.deciding().map(ToString::to_string).collect();
    vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("state", row.asset.state.name().into()),
        ("standing", verdict.standing.name().into()),
        ("because", deciding.into()),
    ]
}
