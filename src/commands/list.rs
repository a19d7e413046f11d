//! `list`: one line per asset.

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
}

pub(super) fn run(args: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    args.selection.visit(ctx, (&catalog, &court), Empty::All, |ctx, selected| {
        ctx.report.row("asset", fields(&selected));
        Ok(())
    })
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
