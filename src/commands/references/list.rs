//! `references list`: what was read, how old it is and how far it sees.

use crate::domain::reference::{Area, Source, horizon_of};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::usage::limits;

/// List what was read to find references, and what no source looked at
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

pub(super) fn run(_: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    for source in catalog.reference_sources()? {
        let fields = fields(&source, ctx);
        ctx.report.row("source", fields);
    }
    let days = ctx.config()?.policy.reference_days;
    let horizon = horizon_of(&catalog.reference_sources()?, ctx.now, days);
    for name in &horizon.stale {
        ctx.report.text(format!("`{name}` is older than {days} days: it proves nothing any more"));
    }
    for line in limits(&horizon) {
        ctx.report.text(line);
    }
    Ok(())
}

fn fields(source: &Source, ctx: &Context<'_>) -> Vec<(&'static str, Value)> {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let areas: Vec<_> = source.proven_areas().into_iter().map(Area::name).collect();
    vec![
        ("name", source.name.clone().into()),
        ("kind", source.kind.name().into()),
        ("made", source.made.to_string().into()),
        ("age", source.made.relative_to(ctx.now).into()),
        ("read", source.read.to_string().into()),
        ("references", count(source.references).into()),
        ("gaps", count(source.gaps).into()),
        ("sees", areas.into()),
    ]
}
