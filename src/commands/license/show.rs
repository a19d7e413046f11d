//! `license show`: one license in full.

use crate::domain::license::License;
use crate::domain::time::{Timestamp, Zone};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::{excluded, find_license, scope};

/// Show a license
#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// Its name, such as stock-4815
    #[arg(value_name = "KEY")]
    key: String,
}

pub(super) fn run(args: &ShowArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let license = find_license(&catalog, &args.key)?;
    let assets = catalog.count_by_license()?.get(&license.id).copied().unwrap_or_default();
    let zone = ctx.zone(license.zone.as_deref())?;
    let mut fields = fields(&license, &zone, ctx.now);
    fields.push(("assets", i64::try_from(assets).unwrap_or(i64::MAX).into()));
    ctx.report.sheet("license", fields);
    Ok(())
}

fn fields(license: &License, zone: &Zone, now: Timestamp) -> Vec<(&'static str, Value)> {
    let shown = |at: Option<Timestamp>| Value::from(at.map(|at| zone.show(at, now)));
    vec![
        ("key", license.key.as_str().into()),
        ("holder", license.holder.clone().into()),
        ("document", license.document.clone().into()),
        ("note", license.note.clone().into()),
        ("time_zone", zone.name().into()),
        ("starts_on", license.starts_on.map(|day| day.to_string()).into()),
        ("starts_at", shown(license.starts_at)),
        ("ends_on", license.ends_on.map(|day| day.to_string()).into()),
        ("ends_at", shown(license.ends_at)),
        ("perpetual", Value::Truth(license.perpetual)),
        ("territories", scope(&license.territories, "worldwide")),
        ("placements", scope(&license.placements, "any")),
        ("excluded_territories", excluded(&license.excluded.territories)),
        ("excluded_placements", excluded(&license.excluded.placements)),
        ("credit", license.credit.clone().into()),
        ("reviewed_by", license.reviewed_by.clone().into()),
        ("reviewed_on", license.reviewed_on.map(|day| day.to_string()).into()),
    ]
}
