//! `resume`: ends a pause.

use std::path::Path;

use crate::catalog::{Catalog, CatalogError};
use crate::domain::actor::Authority;
use crate::domain::pause::{self, Paused, Source};
use crate::error::Error;
use crate::executor::Switch;
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
    let ended = ctx.with_catalog(Mode::Real, |ctx, catalog| {
        let (variable, ours) = sources(&switch, Some(catalog));
        if ours.is_empty() {
            ctx.report.text("Neither file nor flag pauses.");
        } else {
            end(args, ctx, (catalog, &switch), &ours)?;
        }
        say_variable(ctx, &variable);
        Ok(())
    });
    match ended {
        Err(Error::Catalog(lost @ CatalogError::Absent { .. })) => {
            end_without_catalog(args, ctx, (&switch, lost))
        }
        ended => ended,
    }
}

/// What pauses: the variable, which is not ours to take away, and what is.
fn sources(switch: &Switch, catalog: Option<&Catalog>) -> (Vec<Paused>, Vec<Paused>) {
    let paused = switch.look(catalog).into_iter();
    paused.partition(|paused| paused.source == Source::Environment)
}

fn say_variable(ctx: &mut Context<'_>, variable: &[Paused]) {
    if variable.is_empty() {
        return;
    }
    ctx.report.outcome(ExitCode::Paused);
    say_sources(ctx, variable);
    ctx.report.text("SHELFLIFE_PAUSED still pauses whatever runs where it is set: unset it.");
}

/// Where the catalog is lost only the file is left, and a rebuild waits for the end of the pause.
fn end_without_catalog(
    args: &ResumeArgs,
    ctx: &mut Context<'_>,
    (switch, lost): (&Switch, CatalogError),
) -> Result<(), Error> {
    let (variable, ours) = sources(switch, None);
    if ours.is_empty() {
        say_variable(ctx, &variable);
        return Err(lost.into());
    }
    refuse_folder(&switch.file)?;
    remove_file(&switch.file)?;
    let (by, reason, paused) = (ctx.actor.name(), &args.reason, pause::in_words(&ours));
    let what = format!("resumed by {by} ({reason}); it was paused {paused}");
    ctx.report.say(&Item::Edit { subject: None, what });
    ctx.report.text(format!(
        "No log keeps this, because {lost}: keep it yourself. `shelflife recover --rebuild` shows what \
         can be brought back."
    ));
    say_variable(ctx, &variable);
    Ok(())
}

/// The file goes last: whatever happens in between, it stays paused.
fn end(
    args: &ResumeArgs,
    ctx: &mut Context<'_>,
    (catalog, switch): (&mut Catalog, &Switch),
    ended: &[Paused],
) -> Result<(), Error> {
    refuse_folder(&switch.file)?;
    catalog.end_pause(&args.reason, ended)?;
    let file = |paused: &&Paused| paused.source == Source::File;
    let now = switch.look(None);
    if now.iter().any(|now| file(&now) && !ended.contains(now)) {
        let key = switch.file.display().to_string();
        return Err(CatalogError::RecordChanged { what: "the file", key }.into());
    }
    remove_file(&switch.file)?;
    let what = format!("resumed; it was paused {}", pause::in_words(ended));
    ctx.report.say(&Item::Edit { subject: None, what });
    let open = catalog.open_operations()?.len();
    if open > 0 {
        ctx.report.text("An asset was left amid a move: run `shelflife recover`.");
    }
    Ok(())
}

fn remove_file(file: &Path) -> Result<(), Error> {
    match remove_note(file) {
        Err(error) if !error.is_missing() => Err(error.into()),
        _ => Ok(()),
    }
}

/// A folder of that name is not ours to remove, and it pauses for as long as it is there.
fn refuse_folder(file: &Path) -> Result<(), Error> {
    if !file.symlink_metadata().is_ok_and(|found| found.is_dir()) {
        return Ok(());
    }
    let what = format!("{} is a folder", file.display());
    Err(Error::guard(what, "it pauses as long as it is there".to_owned(), "remove it by hand"))
}
