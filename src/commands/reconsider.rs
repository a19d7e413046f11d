//! `reconsider`: an ended asset is a draft again, or a rejection for one placement is taken back.

use crate::domain::lifecycle::Action;
use crate::domain::rejection::PlacementRuling;
use crate::error::Error;

use super::Context;
use super::decide::StepArgs;
use super::for_placement::Ruling;
use super::words::placement;

/// Make rejected, expired or withdrawn assets drafts again
///
/// A withdrawn asset can't be reconsidered by the person who withdrew it. With `--for-placement` a
/// rejection for that placement is taken back, and the asset stays what it is.
#[derive(Debug, clap::Args)]
pub struct ReconsiderArgs {
    #[command(flatten)]
    step: StepArgs,

    /// Take back what `reject --for-placement` decided about this placement
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    for_placement: Option<String>,
}

pub(super) fn run(args: &ReconsiderArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let Some(placement) = &args.for_placement else {
        return args.step.take(Action::Reconsider, ctx);
    };
    let (mode, selection, reason) = args.step.parts();
    let (asked, reason) = (PlacementRuling::Reconsider, Some(reason));
    Ruling { asked, placement, code: None, reason }.record(ctx, mode, selection)
}
