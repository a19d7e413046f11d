//! `rules waivers`: who accepts which findings, why and how long.

use crate::commands::Context;
use crate::commands::selection::rule;
use crate::domain::asset::AssetId;
use crate::domain::validation::{Rule, Waiver, rules};
use crate::error::Error;
use crate::report::Value;

/// List the waivers that hold
#[derive(Debug, clap::Args)]
pub(super) struct WaiversArgs {
    /// Only of this rule, by code or name
    #[arg(long, value_name = "CODE", value_parser = rule)]
    rule: Option<&'static Rule>,
}

pub(super) fn run(args: &WaiversArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    catalog.visit_waivers(ctx.now, |asset, waiver| {
        ctx.stop_if_interrupted()?;
        if args.rule.is_none_or(|rule| rule.code == waiver.rule) {
            ctx.report.row("waiver", fields(asset, &waiver));
        }
        Ok::<_, Error>(())
    })
}

fn fields(asset: AssetId, waiver: &Waiver) -> Vec<(&'static str, Value)> {
    let name = rules::named(&waiver.rule).map(|rule| rule.name);
    vec![
        ("id", asset.0.into()),
        ("rule", waiver.rule.as_str().into()),
        ("name", name.into()),
        ("until", waiver.until_on.to_string().into()),
        ("by", waiver.granted_by.as_str().into()),
        ("reason", waiver.reason.as_str().into()),
    ]
}
