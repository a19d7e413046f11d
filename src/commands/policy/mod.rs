//! `policy`: the rules of the house, looked at before they count.

mod check;
mod replay;

use crate::error::Error;

use super::Context;

/// Look at a policy before it counts
///
/// The policy is what shelflife.toml says about dates, rules, limits and people.
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PolicyCommand {
    Check(check::CheckArgs),
    Replay(Box<replay::ReplayArgs>),
}

pub(super) fn run(args: &PolicyArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        PolicyCommand::Check(args) => check::run(args, ctx),
        PolicyCommand::Replay(args) => replay::run(args, ctx),
    }
}
