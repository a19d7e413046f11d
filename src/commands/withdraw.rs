//! `withdraw`: the emergency.

use crate::domain::lifecycle::Action;
use crate::error::Error;

use super::Context;
use super::decide::StepArgs;

/// Take unsafe assets out of use at once
#[derive(Debug, clap::Args)]
pub struct WithdrawArgs {
    #[command(flatten)]
    step: StepArgs,
}

pub(super) fn run(args: &WithdrawArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    args.step.take(Action::Withdraw, ctx)
}
