//! `approve`: clears drafts for use.

use std::collections::BTreeSet;

use crate::catalog::Decision;
use crate::domain::lifecycle::Action;
use crate::error::Error;

use super::Context;
use super::bulk::{SetArgs, decide_one_set};
use super::clearing::{ReviewArgs, inspect, notice, pins};
use super::decide::{Bench, Decided, Step};
use super::eyes::Eyes;
use super::library::Mode;
use super::publish::{foretell_approved, publish_approved, say_waiting};
use super::selection::Selection;
use super::siblings::choose;
use super::words::said;

/// Clear drafts for use
///
/// Every rule that gates approval must be satisfied. The approval remembers the revision of each
/// context that the asset depends on: when one changes later, the asset's use ends or is due for
/// review. Several assets are approved at once only if they are of equal risk; else their sets are told,
/// and `--only-set` approves one. One that is refused by itself does not undo the others.
///
/// What lies in a draft root is published at once, if `[publish]` in the configuration says where to.
#[derive(Debug, clap::Args)]
pub struct ApproveArgs {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    sets: SetArgs,

    /// Reject the drafts that are other variations of the same picture, as not chosen; `show` tells
    /// which they are
    #[arg(long, conflicts_with = "only_set")]
    reject_siblings: bool,

    #[command(flatten)]
    review: ReviewArgs,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ApproveArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let step = Step { action: Action::Approve, reason: args.reason.as_deref() };
    let review = args.review.review()?;
    let mut eyes = Eyes::default();
    // A bulk approval decides about each asset twice, and may record none: what is approved, the
    // catalog says.
    let mut cleared = BTreeSet::new();
    let mut decide = |ctx: &Context<'_>, bench: Bench<'_>, row| {
        let transition = match step.transition(ctx, bench.catalog, &row)? {
            Ok(transition) => transition,
            Err(refusal) => return Ok(Decided::Nothing(vec![refusal])),
        };
        let mut dossier = bench.catalog.dossier_of(row)?;
        let pins = pins(ctx, bench, &dossier);
        let look = match inspect(ctx, (bench, &mut eyes), step, &review, (&mut dossier, &pins))? {
            Ok(look) => look,
            Err(obstacles) => return Ok(Decided::Nothing(obstacles)),
        };
        let decision = step.decision(&dossier.row, transition, pins).reviewed(&review);
        cleared.insert(decision.asset);
        Ok(Decided::Change(Decision { look, notice: notice(&dossier), ..decision }))
    };
    let decided = if args.reject_siblings {
        choose(ctx, (mode, &args.selection), decide)
    } else {
        decide_one_set(ctx, (mode, step), (&args.selection, &args.sets), &mut decide)
    };
    if args.dry_run {
        return decided.and_then(|()| foretell_approved(ctx, &cleared));
    }
    let published = decided.and_then(|()| publish_approved(ctx, &cleared));
    published.inspect_err(|_| say_waiting(ctx, &cleared))
}
