//! `references forget`: a source that is not to count any more.

use crate::domain::text::counted;
use crate::error::Error;
use crate::report::Item;

use super::super::Context;
use super::super::library::Mode;

/// Forget a source with all that it told
#[derive(Debug, clap::Args)]
pub(super) struct ForgetArgs {
    /// The source, as `references list` names it
    #[arg(value_name = "NAME")]
    name: String,

    /// Show what would be forgotten and forget nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ForgetArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        let sources = catalog.reference_sources()?;
        let Some(source) = sources.into_iter().find(|source| source.name == args.name) else {
            return Err(Error::Usage {
                message: format!("no source is named `{}`", args.name),
                hint: Some("see `shelflife references list`".to_owned()),
            });
        };
        if mode == Mode::Real {
            catalog.forget_source(&args.name)?;
        }
        let what =
            format!("forgot `{}` with {}", source.name, counted(source.references, "reference"));
        ctx.report.say(&Item::Edit { subject: None, what });
        Ok(())
    })
}
