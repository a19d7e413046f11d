//! `audit`: the log of every change, and the proof that nobody edited it.

mod checkpoint;
mod disk;
mod log;
mod replay;
mod verify;

use crate::error::Error;

use super::Context;

pub(super) use disk::{Depth, Side, open_root, recognize, visit_differences};

/// Read and verify the log of every change
#[derive(Debug, clap::Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, clap::Subcommand)]
enum AuditCommand {
    Checkpoint(checkpoint::CheckpointArgs),
    Log(log::LogArgs),
    Verify(verify::VerifyArgs),
}

pub(super) fn run(args: &AuditArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        AuditCommand::Checkpoint(args) => checkpoint::run(args, ctx),
        AuditCommand::Log(args) => log::run(args, ctx),
        AuditCommand::Verify(args) => verify::run(args, ctx),
    }
}
