//! `reuse check`: five questions, each with the fact that decides it.

use crate::catalog::{Catalog, FactsRow, Replacement};
use crate::domain::asset::{Asset, AssetId};
use crate::domain::reuse::{Answer, Grounds, ReuseVerdict, Territory, Use, check_decided_reuse};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::Value;

use super::super::Context;
use super::super::library::{Court, find_asset};
use super::super::words::placement;
use super::{LastDay, UseArgs, candidate};

/// Ask whether an asset may be used as intended
///
/// Answers yes, no or ask, with the fact that decides each of five questions. Nothing that is
/// unknown counts as a yes. Ends with exit code 0 only if the answer is yes. What a person decided
/// about this very use with `reuse decide` counts, as long as all that it relied on is as it was.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The asset: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    asset: String,

    /// Where it is to be used, such as homepage-hero
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: String,

    #[command(flatten)]
    wanted: UseArgs,

    #[command(flatten)]
    last: LastDay,
}

pub(super) fn run(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = args.wanted.wanted(ctx, &args.placement, args.last.to.as_deref())?;
    let row = find_asset(ctx, &catalog, &args.asset)?;
    answer(ctx, (&catalog, &court), (&row, &wanted))?;
    Ok(())
}

/// Asks about a use, and tells the answer with the fact that decides each question.
pub(super) fn answer(
    ctx: &mut Context<'_>,
    (catalog, court): (&Catalog, &Court),
    (row, wanted): (&FactsRow, &Use),
) -> Result<Answer, Error> {
    let metadata = catalog.metadata_of(row.asset.id)?;
    let candidate = candidate(row, &metadata, court);
    let decisions = catalog.reuse_decisions_of(row.asset.id)?;
    let verdict = check_decided_reuse(&candidate, wanted, &decisions, ctx.now);
    if verdict.answer != Answer::Yes {
        ctx.report.outcome(ExitCode::No);
    }
    tell(ctx, &row.asset, (wanted, &verdict));
    tell_replacements(ctx, catalog, row.asset.id)?;
    Ok(verdict.answer)
}

/// What took the asset's place may be what is looked for.
fn tell_replacements(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    asset: AssetId,
) -> Result<(), Error> {
    let replaced = catalog.replacements_of(asset)?.into_iter().filter(|one| one.old == asset);
    for Replacement { new, at, by, reason, .. } in replaced {
        let (new, at) = (new.to_string(), at.to_string());
        let fields = vec![
            ("by", new.into()),
            ("at", at.into()),
            ("said", by.into()),
            ("reason", reason.into()),
        ];
        ctx.report.row("replaced", fields);
    }
    Ok(())
}

/// Tells a verdict on a use with the fact that decides each question.
pub(super) fn tell(ctx: &mut Context<'_>, asset: &Asset, (wanted, verdict): (&Use, &ReuseVerdict)) {
    let fields = fields(asset, wanted, verdict);
    ctx.report.sheet("reuse", fields);
    ctx.report.row("question", question("standing", &verdict.standing));
    for (asked, grounds) in &verdict.answers {
        ctx.report.row("question", question(asked.name(), grounds));
    }
}

fn fields(asset: &Asset, wanted: &Use, verdict: &ReuseVerdict) -> Vec<(&'static str, Value)> {
    let territory = match &wanted.territory {
        Territory::Unsaid => Value::Nothing,
        Territory::Worldwide => "worldwide".into(),
        Territory::In(codes) => codes.clone().into(),
    };
    vec![
        ("id", asset.id.0.into()),
        ("path", asset.path.to_string().into()),
        ("placement", wanted.placement.as_str().into()),
        ("campaign", wanted.campaign.as_ref().map(ToString::to_string).into()),
        ("territory", territory),
        ("from", wanted.from.to_string().into()),
        ("until", wanted.until.to_string().into()),
        ("answer", verdict.answer.name().into()),
    ]
}

fn question(name: &'static str, grounds: &Grounds) -> Vec<(&'static str, Value)> {
    vec![
        ("question", name.into()),
        ("answer", grounds.answer.name().into()),
        ("because", grounds.because.as_str().into()),
    ]
}
