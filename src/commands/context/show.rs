//! `context show`: one context with its revisions.

use crate::domain::context::{Context as AssetContext, ContextKey, Revision};
use crate::domain::context_fact::each;
use crate::domain::time::{Timestamp, Zone};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::selection::find_context;

/// Show a context with all its revisions
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Such as packaging/tea-tin
    #[arg(value_name = "KEY")]
    key: ContextKey,
}

pub(super) fn run(args: &ShowArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let context = find_context(&catalog, &args.key)?;
    let assets = catalog.count_by_context()?.get(&context.id).copied().unwrap_or_default();
    let zone = ctx.zone(context.zone.as_deref())?;
    let mut fields = fields(&context, &zone, ctx.now);
    fields.push(("assets", i64::try_from(assets).unwrap_or(i64::MAX).into()));
    ctx.report.sheet("context", fields);
    Ok(())
}

fn fields(context: &AssetContext, zone: &Zone, now: Timestamp) -> Vec<(&'static str, Value)> {
    let shown = |at: Option<Timestamp>| Value::from(at.map(|at| zone.show(at, now)));
    let revisions = context.revisions.iter().map(|revision| record(revision, zone, now));
    vec![
        ("key", context.key.to_string().into()),
        ("title", context.title.clone().into()),
        ("owner", context.owner.clone().into()),
        ("rule", context.rule.name().into()),
        ("time_zone", zone.name().into()),
        ("starts_on", context.starts_on.map(|day| day.to_string()).into()),
        ("starts_at", shown(context.starts_at)),
        ("ends_on", context.ends_on.map(|day| day.to_string()).into()),
        ("ends_at", shown(context.ends_at)),
        ("revision", context.revision_at(now).into()),
        ("revisions", Value::List(revisions.collect())),
        ("facts", Value::List(context.revisions.iter().flat_map(facts).collect())),
    ]
}

fn record(revision: &Revision, zone: &Zone, now: Timestamp) -> Value {
    Value::Record(vec![
        ("number", revision.number.into()),
        ("note", revision.note.as_str().into()),
        ("counts_from", zone.show(revision.effective_at, now).into()),
    ])
}

/// What is on record about a revision, value by value.
fn facts(revision: &Revision) -> impl Iterator<Item = Value> {
    each(&revision.facts).map(|(name, value)| {
        Value::Record(vec![
            ("revision", revision.number.into()),
            ("name", name.into()),
            ("value", value.into()),
        ])
    })
}
