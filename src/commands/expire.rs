//! `expire`: an end that somebody decides, not a date.

use crate::domain::lifecycle::Action;
use crate::error::Error;

use super::Context;
use super::decide::StepArgs;

/// End the use of approved assets now
///
/// What has ended by date or event needs no such call: `sweep` records it.
#[derive(Debug, clap::Args)]
pub struct ExpireArgs {
    #[command(flatten)]
    step: StepArgs,
}

pub(super) fn run(args: &ExpireArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    args.step.take(Action::Expire, ctx)
}
