//! `renew`: new dates for approved or expired assets, under the same gate as an approval.

use crate::catalog::{Decision, DescriptionEdit, Dossier, FactsRow};
use crate::domain::describe::{Description, Edits};
use crate::domain::lifecycle::Action;
use crate::domain::review::Review;
use crate::error::Error;

use super::Context;
use super::bulk::{SetArgs, decide_one_set};
use super::clearing::{ReviewArgs, inspect, notice, pins};
use super::decide::{Bench, Decided, Step};
use super::describe::{self, DateFlags};
use super::eyes::Eyes;
use super::library::Mode;
use super::selection::Selection;
use super::words::said;

/// Clear approved or expired assets for further use
///
/// Sets new dates and asks everything again that an approval asks. The renewal remembers the
/// current revision of each context. Dates and decision are recorded together or not at all. Several
/// assets are renewed at once only if they are of equal risk, as `approve` does.
#[derive(Debug, clap::Args)]
pub struct RenewArgs {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    dates: DateFlags,

    #[command(flatten)]
    sets: SetArgs,

    #[command(flatten)]
    review: ReviewArgs,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &RenewArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let step = Step { action: Action::Renew, reason: args.reason.as_deref() };
    let review = args.review.review()?;
    let mut eyes = Eyes::default();
    let mut decide = |ctx: &Context<'_>, bench: Bench<'_>, row: FactsRow| {
        let current = describe::description(bench, &row)?;
        let today = bench.court.zone_of(&current.metadata, &current.contexts)?.date_at(ctx.now);
        let mut edits = Edits::default();
        args.dates.set(&mut edits, step.reason, today)?;
        renew(ctx, (bench, &mut eyes), step, &review, (row, &current, &edits))
    };
    decide_one_set(ctx, (mode, step), (&args.selection, &args.sets), &mut decide)
}

fn renew(
    ctx: &Context<'_>,
    (bench, eyes): (Bench<'_>, &mut Eyes),
    step: Step<'_>,
    review: &Review,
    (row, current, edits): (FactsRow, &Description, &Edits),
) -> Result<Decided<DescriptionEdit>, Error> {
    let refuse = |item| Ok(Decided::Nothing(vec![item]));
    let transition = match step.transition(ctx, bench.catalog, &row)? {
        Ok(transition) => transition,
        Err(refusal) => return refuse(refusal),
    };
    let (planned, changes) = match describe::plan(bench.court, current, edits)? {
        Ok(planned) => planned,
        Err(why) => return refuse(step.refusal(&row, why)),
    };
    let mut renewed = dated(bench.catalog.dossier_of(row)?, &planned);
    let pins = pins(ctx, bench, &renewed);
    let look = match inspect(ctx, (bench, eyes), step, review, (&mut renewed, &pins))? {
        Ok(look) => look,
        Err(obstacles) => return Ok(Decided::Nothing(obstacles)),
    };
    let decision = step.decision(&renewed.row, transition, pins).reviewed(review);
    let decision = Decision { look, notice: notice(&renewed), ..decision };
    Ok(Decided::Change(describe::edit(&renewed.row, planned, changes, Some(decision))))
}

/// The dossier with the planned description.
fn dated(mut dossier: Dossier, planned: &Description) -> Dossier {
    let dates = &planned.metadata.dates;
    let facts = &mut dossier.row.facts;
    (facts.starts_at, facts.expires_at) = (dates.starts_at, dates.expires_at);
    facts.review_at = dates.review_at;
    dossier.metadata = planned.metadata.clone();
    dossier
}
