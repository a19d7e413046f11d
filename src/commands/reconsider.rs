//! `reconsider`: an ended asset is a draft again.

use crate::domain::lifecycle::Action;
use crate::error::Error;

use super::Context;
use super::decide::StepArgs;

/// Make rejected, expired or withdrawn assets drafts again
///
/// A withdrawn asset can't be reconsidered by the person who withdrew it.
#[derive(Debug, clap::Args)]
pub struct ReconsiderArgs {
    #[command(flatten)]
    step: StepArgs,
}

pub(super) fn run(args: &ReconsiderArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    args.step.take(Action::Reconsider, ctx)
}
