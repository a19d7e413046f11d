//! `plan list`: every saved plan, and where it stands.

use crate::commands::Context;
use crate::commands::saved::terms;
use crate::domain::plan::{SavedPlan, Terms};
use crate::domain::time::Zone;
use crate::error::Error;
use crate::report::Value;

/// List the saved plans and where they stand
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

pub(super) fn run(_args: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let config = ctx.config()?;
    let policy = config.policy.canonical_text();
    let terms = terms(ctx.now, (&catalog, &config), &policy)?;
    for plan in catalog.plans()? {
        ctx.report.row("plan", fields(&plan, terms, &config.policy.zone));
    }
    Ok(())
}

fn fields(plan: &SavedPlan, terms: Terms<'_>, zone: &Zone) -> Vec<(&'static str, Value)> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let approved = plan.approved.as_ref().map(|(by, _)| by.name.as_str());
    vec![
        ("plan", plan.id.0.into()),
        ("of", plan.head.kind.name().into()),
        ("status", plan.status(terms).name().into()),
        ("assets", number(plan.takes).into()),
        ("done", number(plan.done).into()),
        ("by", plan.made_by.name.as_str().into()),
        ("approved_by", approved.into()),
        ("until", zone.show(plan.head.until, terms.now).into()),
    ]
}
