//! `reject`: the decision against an asset.

use crate::domain::lifecycle::Action;
use crate::error::Error;

use super::Context;
use super::decide::StepArgs;

/// Decide that assets are not to be used
///
/// Nothing rejected comes back by itself, and `clean` moves it out of the library.
#[derive(Debug, clap::Args)]
pub struct RejectArgs {
    #[command(flatten)]
    step: StepArgs,
}

pub(super) fn run(args: &RejectArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    args.step.take(Action::Reject, ctx)
}
