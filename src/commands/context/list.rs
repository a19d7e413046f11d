//! `context list`: one line per context.

use crate::domain::context::Context as AssetContext;
use crate::error::Error;
use crate::report::Value;

use super::super::Context;

/// List the contexts
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

pub(super) fn run(_: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let assets = catalog.count_by_context()?;
    let mut contexts = catalog.contexts()?;
    contexts.sort_by_cached_key(|context| context.key.to_string());
    for context in &contexts {
        let depending = assets.get(&context.id).copied().unwrap_or_default();
        let fields = fields(context, depending, ctx);
        ctx.report.row("context", fields);
    }
    Ok(())
}

fn fields(context: &AssetContext, assets: u64, ctx: &Context<'_>) -> Vec<(&'static str, Value)> {
    vec![
        ("key", context.key.to_string().into()),
        ("rule", context.rule.name().into()),
        ("revision", context.revision_at(ctx.now).into()),
        ("starts_on", context.starts_on.map(|day| day.to_string()).into()),
        ("ends_on", context.ends_on.map(|day| day.to_string()).into()),
        ("owner", context.owner.clone().into()),
        ("assets", i64::try_from(assets).unwrap_or(i64::MAX).into()),
    ]
}
