//! `references`: where the site uses its assets, from whatever can tell.

mod forget;
mod list;
mod numbering;
mod opening;
mod read;

use crate::error::Error;

use super::Context;

/// Learn where assets are used, from exports, saved API answers, pages, dumps and themes
///
/// No source sees everything: an export knows no widgets, the API no fields, a page no drafts. An
/// asset is said to be found nowhere only if several sources together looked wherever WordPress
/// itself puts pictures; otherwise it is unknown.
#[derive(Debug, clap::Args)]
pub struct ReferencesArgs {
    #[command(subcommand)]
    command: ReferencesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ReferencesCommand {
    Forget(forget::ForgetArgs),
    List(list::ListArgs),
    Read(read::ReadArgs),
}

pub(super) fn run(args: &ReferencesArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.command {
        ReferencesCommand::Forget(args) => forget::run(args, ctx),
        ReferencesCommand::List(args) => list::run(args, ctx),
        ReferencesCommand::Read(args) => read::run(args, ctx),
    }
}
