//! `resume`: ends a pause.

use std::path::Path;

use crate::catalog::Catalog;
use crate::domain::actor::Authority;
use crate::domain::pause::{self, Paused, Source};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::files::remove_note;
use crate::report::Item;

use super::Context;
use super::library::Mode;
use super::pause::say_sources;
use super::words::said;

/// End a pause
///
/// Only a person does, with a reason: what made somebody pause should be known, and mended. Removes
/// the flag of the catalog, then the file PAUSED; the audit log keeps who had paused and why.
/// Nothing moves by itself: `recover` settles what was left half moved.
#[derive(Debug, clap::Args)]
pub struct ResumeArgs {
    /// Why it may go on; the audit log keeps it
    #[arg(long, value_name = "TEXT", required = true, value_parser = said)]
    reason: String,
}

pub(super) fn run(args: &ResumeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if ctx.actor.authority() == Authority::Automation {
        let (what, why) = ("it stays paused".to_owned(), "only a person may resume".to_owned());
        return Err(Error::guard(what, why, "look at `shelflife pause --show` first"));
    }
    let config = ctx.config()?;
    let switch = ctx.switch(&config);
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        let (variable, ours): (Vec<_>, Vec<_>) = switch
            .look(Some(catalog))
            .into_iter()
            .partition(|paused| paused.source == Source::Environment);
        if ours.is_empty() {
            ctx.report.text("Neither file nor flag pauses.");
        } else {
            end(args, ctx, (catalog, &switch.file), &ours)?;
        }
        if !variable.is_empty() {
            ctx.report.outcome(ExitCode::Paused);
            say_sources(ctx, &variable);
            ctx.report
                .text("SHELFLIFE_PAUSED still pauses whatever runs where it is set: unset it.");
        }
        Ok(())
    })
}

/// The file goes last: whatever happens in between, it stays paused.
fn end(
    args: &ResumeArgs,
    ctx: &mut Context<'_>,
    (catalog, file): (&mut Catalog, &Path),
    ended: &[Paused],
) -> Result<(), Error> {
    refuse_folder(file)?;
    catalog.end_pause(&args.reason, ended)?;
    match remove_note(file) {
        Err(error) if !error.is_missing() => return Err(error.into()),
        _ => {}
    }
    let what = format!("resumed; it was paused {}", pause::in_words(ended));
    ctx.report.say(&Item::Edit { subject: None, what });
    let open = catalog.open_operations()?.len();
    if open > 0 {
        ctx.report.text("An asset was left amid a move: run `shelflife recover`.");
    }
    Ok(())
}

/// A folder of that name is not ours to remove, and it pauses for as long as it is there.
fn refuse_folder(file: &Path) -> Result<(), Error> {
    if !file.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let what = format!("{} is a folder", file.display());
    Err(Error::guard(what, "it pauses as long as it is there".to_owned(), "remove it by hand"))
}
