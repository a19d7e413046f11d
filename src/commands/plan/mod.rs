//! `plan`: what `sweep --save` and `clean --save` kept.

mod approve;
mod list;
mod show;

use crate::domain::plan::PlanId;
use crate::error::Error;

use super::Context;

/// List, show and approve saved plans
///
/// `sweep --save` and `clean --save` keep their plan under a number. Carried out with
/// `--apply --plan NUMBER`, it does what it says and nothing else: what changed since is left. It is
/// valid for a day, under the policy it was made under, and once.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    #[command(subcommand)]
    command: PlanCommand,
}

#[derive(Debug, clap::Subcommand)]
enum PlanCommand {
    Approve(approve::ApproveArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
}

pub(super) fn run(args: &PlanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        PlanCommand::Approve(args) => approve::run(args, ctx),
        PlanCommand::List(args) => list::run(args, ctx),
        PlanCommand::Show(args) => show::run(args, ctx),
    }
}

/// Reads the number of a plan.
pub(super) fn number(text: &str) -> Result<PlanId, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(PlanId).ok_or_else(|| "not the number of a plan, such as 7".to_owned())
}
