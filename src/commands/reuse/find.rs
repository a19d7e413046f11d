//! `reuse find`: searches only among what may be used.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::catalog::{CatalogError, FactsRow};
use crate::domain::reuse::{Answer, Candidate, check_reuse};
use crate::error::Error;
use crate::report::Value;

use super::super::Context;
use super::super::library::Court;
use super::UseArgs;

/// Search among the assets that may be used now
///
/// Looks for all the words, or beginnings of words, in names, titles, alternative texts and source
/// notes; accents don't matter. The best match comes first. What matches and may not be used is
/// only counted.
#[derive(Debug, clap::Args)]
pub(super) struct FindArgs {
    /// What to look for
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,

    /// Only assets that may be used here
    #[arg(long, value_name = "PLACEMENT")]
    placement: Option<String>,

    #[command(flatten)]
    wanted: UseArgs,

    /// At most so many assets
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    limit: u64,
}

/// Once enough is listed, so many of the best matches are looked at to count what may not be used.
const COUNTED: u64 = 1_000;
/// More matches than this are never looked at.
const MOST: u64 = 50_000;

pub(super) fn run(args: &FindArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = match &args.placement {
        Some(placement) => Some(args.wanted.wanted(ctx, placement)?),
        None => None,
    };
    let mut may_not = BTreeMap::new();
    let (mut listed, mut looked_at, mut cut) = (0, 0, false);
    catalog.visit_matches(&args.words.join(" "), |id| {
        let Some(row) = catalog.facts_of(id)? else { return Ok(ControlFlow::Continue(())) };
        let verdict = court.judge(&row, ctx);
        let answer = match &wanted {
            Some(wanted) if verdict.standing.may_be_used() => {
                let metadata = catalog.metadata_of(id)?;
                let (asset, facts) = (&row.asset, &row.facts);
                let (world, policy) = (&court.world, court.policy());
                let candidate = Candidate { asset, facts, metadata: &metadata, world, policy };
                check_reuse(&candidate, wanted).answer
            }
            _ => Answer::Yes,
        };
        if !verdict.standing.may_be_used() {
            *may_not.entry(verdict.standing.name()).or_insert(0) += 1;
        } else if answer == Answer::No {
            *may_not.entry("not for this use").or_insert(0) += 1;
        } else if listed < args.limit {
            listed += 1;
            ctx.report.row("asset", fields(&row, verdict.standing.name(), answer));
        }
        looked_at += 1;
        cut = (listed >= args.limit && looked_at >= COUNTED) || looked_at >= MOST;
        Ok::<_, CatalogError>(if cut || ctx.is_interrupted() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    for (standing, count) in &may_not {
        ctx.report.figure(standing, *count);
    }
    if !may_not.is_empty() {
        let counted: Vec<_> = may_not.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let among =
            if cut { format!(" (among the best {looked_at} matches)") } else { String::new() };
        let counted = counted.join(", ");
        ctx.report.text(format!("These match but may not be used: {counted}{among}."));
    }
    Ok(())
}

fn fields(row: &FactsRow, standing: &'static str, answer: Answer) -> Vec<(&'static str, Value)> {
    vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("standing", standing.into()),
        ("answer", answer.name().into()),
    ]
}
