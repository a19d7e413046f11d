//! `backup`: a copy of the catalog as it stands.

use std::path::PathBuf;

use crate::error::Error;
use crate::files::make_new_private;
use crate::report::Item;

use super::Context;
use super::library::beneath_own;

/// Copy the catalog into one file
///
/// The copy is of one moment, whatever else is at work, and is checked before it gets its name. It
/// says when it was made: `check` believes it only for so long. Put it back in place of a lost
/// catalog, or give it to CI. Nothing is overwritten.
#[derive(Debug, clap::Args)]
pub struct BackupArgs {
    /// File to write, which must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &BackupArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let path = ctx.current_dir.join(&args.file);
    let config = ctx.config()?;
    if let Some(own) = beneath_own(&config, &path)? {
        let message = format!("{} lies beneath {own}", path.display());
        let hint =
            "a catalog must not be served, and the quarantine holds nothing but what was moved";
        return Err(Error::Usage { message, hint: Some(hint.to_owned()) });
    }
    let catalog = ctx.catalog_to_read()?;
    let mut sealed = None;
    make_new_private(&path, |part| {
        sealed = Some(catalog.copy_to(part, ctx.now)?);
        Ok::<_, Error>(())
    })
    .map_err(|error| taken(error, args))?;
    let made = catalog.snapshot_made()?.unwrap_or(ctx.now);
    let what = format!("snapshot {} of {made}", path.display());
    ctx.report.say(&Item::Edit { subject: None, what });
    ctx.report.summary.audit = sealed;
    Ok(())
}

/// A file that is there already is a mistake of the call.
fn taken(error: Error, args: &BackupArgs) -> Error {
    match error {
        Error::File(error) if error.is_taken() => Error::Usage {
            message: format!("{} is there already", args.file.display()),
            hint: Some("name another file; nothing is overwritten".to_owned()),
        },
        error => error,
    }
}
