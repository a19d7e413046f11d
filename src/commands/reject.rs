//! `reject`: the decision against an asset.

use crate::catalog::Decision;
use crate::domain::lifecycle::Action;
use crate::domain::rejection::{PlacementRuling, RejectionCode};
use crate::error::Error;

use super::Context;
use super::decide::{Decided, Step, decide_each};
use super::eyes::Eyes;
use super::for_placement::Ruling;
use super::library::Mode;
use super::selection::Selection;
use super::words::{placement, said};

/// Decide that assets are not to be used
///
/// Says why by a code, in words, or both. Nothing rejected comes back by itself, and `clean` moves
/// it out of the library. With `--for-placement` the asset stays what it is, and is not used there.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("why").args(["code", "reason"]).required(true).multiple(true))]
pub struct RejectArgs {
    #[command(flatten)]
    selection: Selection,

    /// Why, by a code that can be counted: quality, rights, product-inaccurate, off-brand,
    /// wrong-placement, third-party-brand, protected-design, likeness, prohibited, duplicate or
    /// not-chosen
    #[arg(long, value_name = "CODE", value_parser = RejectionCode::read)]
    code: Option<RejectionCode>,

    /// Why, in words; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    /// Reject it for this placement alone
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    for_placement: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &RejectArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    if let Some(placement) = &args.for_placement {
        let (asked, code, reason) = (PlacementRuling::Reject, args.code, args.reason.as_deref());
        return Ruling { asked, placement, code, reason }.record(ctx, mode, &args.selection);
    }
    let said = args.reason.as_deref().or(args.code.map(RejectionCode::name));
    let step = Step { action: Action::Reject, reason: said };
    let mut eyes = Eyes::default();
    decide_each(ctx, mode, &args.selection, |ctx, bench, row| {
        Ok(match step.transition(ctx, bench.catalog, &row)? {
            Ok(transition) => {
                let decision = Decision {
                    code: args.code,
                    reason: args.reason.clone(),
                    ..step.decision(&row, transition, Vec::new())
                };
                let library = (bench.catalog, &*bench.court.config);
                Decided::Change(eyes.remember(library, mode, (&row.asset, decision))?)
            }
            Err(refusal) => Decided::Nothing(vec![refusal]),
        })
    })
}
