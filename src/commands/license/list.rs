//! `license list`: one line per license.

use crate::domain::license::License;
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::{excluded, scope};

/// List the licenses
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {}

pub(super) fn run(_: &ListArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let assets = catalog.count_by_license()?;
    let mut licenses = catalog.licenses()?;
    licenses.sort_by(|a, b| a.key.cmp(&b.key));
    for license in &licenses {
        let having = assets.get(&license.id).copied().unwrap_or_default();
        ctx.report.row("license", fields(license, having));
    }
    Ok(())
}

fn fields(license: &License, assets: u64) -> Vec<(&'static str, Value)> {
    vec![
        ("key", license.key.as_str().into()),
        ("holder", license.holder.clone().into()),
        ("starts_on", license.starts_on.map(|day| day.to_string()).into()),
        ("ends_on", license.ends_on.map(|day| day.to_string()).into()),
        ("perpetual", Value::Truth(license.perpetual)),
        ("territories", scope(&license.territories, "worldwide")),
        ("placements", scope(&license.placements, "any")),
        ("excluded_territories", excluded(&license.excluded.territories)),
        ("excluded_placements", excluded(&license.excluded.placements)),
        ("assets", i64::try_from(assets).unwrap_or(i64::MAX).into()),
    ]
}
