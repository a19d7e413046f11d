//! `reuse check`: five questions, each with the fact that decides it.

use crate::domain::reuse::{Answer, Candidate, ReuseVerdict, check_reuse};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::Value;

use super::super::Context;
use super::super::library::{Court, find_asset};
use super::UseArgs;

/// Ask whether an asset may be used as intended
///
/// Answers yes, no or ask, with the fact that decides each of five questions. Nothing that is
/// unknown counts as a yes. Ends with exit code 0 only if the answer is yes.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The asset: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    asset: String,

    /// Where it is to be used, such as homepage-hero
    #[arg(long, value_name = "PLACEMENT")]
    placement: String,

    #[command(flatten)]
    wanted: UseArgs,
}

pub(super) fn run(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let catalog = ctx.catalog_to_read()?;
    let court = Court::load(ctx, &catalog)?;
    let wanted = args.wanted.wanted(ctx, &args.placement)?;
    let row = find_asset(ctx, &catalog, &args.asset)?;
    let metadata = catalog.metadata_of(row.asset.id)?;
    let candidate = Candidate {
        asset: &row.asset,
        facts: &row.facts,
        metadata: &metadata,
        world: &court.world,
        policy: court.policy(),
    };
    let verdict = check_reuse(&candidate, &wanted);
    if verdict.answer != Answer::Yes {
        ctx.report.outcome(ExitCode::No);
    }
    let mut fields = vec![
        ("id", row.asset.id.0.into()),
        ("path", row.asset.path.to_string().into()),
        ("placement", args.placement.as_str().into()),
    ];
    fields.extend(answers(&verdict));
    ctx.report.sheet("reuse", fields);
    Ok(())
}

fn answers(verdict: &ReuseVerdict) -> Vec<(&'static str, Value)> {
    let questions = verdict.answers.iter().map(|answered| {
        Value::Record(vec![
            ("question", answered.question.name().into()),
            ("answer", answered.answer.name().into()),
            ("because", answered.because.as_str().into()),
        ])
    });
    vec![
        ("answer", verdict.answer.name().into()),
        ("standing", verdict.at_begin.standing.name().into()),
        ("objections", verdict.objections.clone().into()),
        ("questions", Value::List(questions.collect())),
    ]
}
