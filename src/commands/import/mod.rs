//! `import`: takes over what a site says about its media.

mod wxr;

use crate::error::Error;

use super::Context;

/// Take over what a site says about its media
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    Wxr(wxr::WxrArgs),
}

pub(super) fn run(args: &ImportArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.source {
        Source::Wxr(args) => wxr::run(args, ctx),
    }
}
