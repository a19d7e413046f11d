//! Manual pages.

use std::path::{Path, PathBuf};

use super::Context;
use crate::domain::text::printable;
use crate::error::Error;
use crate::report::Item;

/// Print the manual page, or write those of all commands into a folder
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// Folder to write one page per command into; it must exist
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match &args.dir {
        None => print(ctx),
        Some(dir) => write_all(&ctx.current_dir.join(dir), ctx),
    }
}

fn print(ctx: &mut Context<'_>) -> Result<(), Error> {
    let mut page = Vec::new();
    clap_mangen::Man::new(ctx.command_line.clone())
        .render(&mut page)
        .map_err(|cause| Error::Internal(cause.into()))?;
    ctx.report.say(&Item::Document(String::from_utf8_lossy(&page).into_owned()));
    Ok(())
}

fn write_all(dir: &Path, ctx: &mut Context<'_>) -> Result<(), Error> {
    let unwritable = |source| Error::Write { path: dir.to_owned(), source };
    clap_mangen::generate_to(ctx.command_line.clone(), dir).map_err(unwritable)?;
    let what = format!("manual pages in {}", printable(dir.as_os_str().as_encoded_bytes()));
    ctx.report.say(&Item::Edit { subject: None, what });
    Ok(())
}
