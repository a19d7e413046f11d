//! `why`: the standing of assets with every cause.

use crate::domain::lifecycle::TRANSITIONS;
use crate::error::Error;
use crate::report::Value;

use super::Context;
use super::library::Court;
use super::selection::{Empty, Selected, Selection};

/// Explain what assets may be used for, and every reason
#[derive(Debug, clap::Args)]
pub struct WhyArgs {
    #[command(flatten)]
    selection: Selection,
}

pub(super) fn run(args: &WhyArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    args.selection.visit(ctx, (&catalog, &court), Empty::Refused, |ctx, selected| {
        let fields = fields(&selected, &court, ctx);
        ctx.report.sheet("verdict", fields);
        Ok(())
    })
}

fn fields(selected: &Selected, court: &Court, ctx: &Context<'_>) -> Vec<(&'static str, Value)> {
    let Selected { row, verdict } = selected;
    let causes = verdict.causes.iter().map(|cause| {
        Value::Record(vec![
            ("cause", cause.name().into()),
            ("standing", cause.standing().name().into()),
            ("says", cause.to_string().into()),
        ])
    });
    let causes = Value::List(causes.collect());
    let next = TRANSITIONS.iter().filter(|step| step.from == row.asset.state);
    let next: Vec<_> = next.map(|step| step.action.name()).collect();
    vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("state", row.asset.state.to_string().into()),
        ("standing", verdict.standing.name().into()),
        ("may_be_used", Value::Truth(verdict.standing.may_be_used())),
        ("as_of", court.policy().zone.show(ctx.now, ctx.wall_clock).into()),
        ("causes", causes),
        ("allowed_next", next.into()),
    ]
}
