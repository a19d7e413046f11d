//! `pause`: the kill switch. It stops whatever moves files, and says how to undo what was moved.

use std::path::Path;

use crate::catalog::{Catalog, CatalogError, MovingRun};
use crate::config::Config;
use crate::domain::pause::{Note, Pause, Paused, Stop};
use crate::domain::text::{counted, printable_text};
use crate::error::Error;
use crate::executor::Switch;
use crate::exit::ExitCode;
use crate::files::{FileError, RunLock, replace_private, write_new_private};
use crate::report::Item;

use super::Context;
use super::turn::LOCK;
use super::words::said;

/// So many runs are told: the one at work and the one before it.
const RUNS_TOLD: usize = 2;

/// Stop every run that moves files, at once and until `resume`
///
/// Works while a run is at work: that run finishes the asset in hand and ends with exit code 4.
/// Whatever moves files is refused from then on, except `withdraw` and `restore --while-paused`. Writes the file
/// PAUSED beside the catalog, then a flag into the catalog; either of them is enough, and so is a
/// file of that name which was made by hand. Tells what the last runs moved and how to undo it.
#[derive(Debug, clap::Args)]
pub struct PauseArgs {
    /// Why; whoever is stopped by it reads this
    #[arg(long, value_name = "TEXT", required_unless_present = "show", value_parser = said)]
    reason: Option<String>,

    /// Stop before the next file; `recover` settles the asset in hand after the pause
    #[arg(long, conflicts_with = "show")]
    hard: bool,

    /// Only say whether it is paused: exit code 4 if it is, 0 if not
    #[arg(long, conflicts_with = "reason")]
    show: bool,
}

pub(super) fn run(args: &PauseArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let config = ctx.config()?;
    let Some(reason) = &args.reason else { return show(ctx, &config) };
    let asked = Pause {
        by: ctx.actor.name().to_owned(),
        since: ctx.now,
        reason: reason.clone(),
        stop: if args.hard { Stop::BeforeNextFile } else { Stop::AfterAsset },
    };
    let switch = ctx.switch(&config);
    let before = switch.file_note();
    let written = write_file(&switch.file, before.as_ref(), &asked);
    let first = before.as_ref().and_then(Note::told);
    let pause = first.map_or_else(|| asked.clone(), |first| first.and(&asked));
    let opened = ctx.open_to_write(&config);
    let recorded = opened.and_then(|mut catalog| {
        catalog.record_pause(&asked, &pause)?;
        Ok(catalog)
    });
    say_pause(ctx, &switch, (&written, &recorded));
    let mut catalog = recorded?;
    say_runs(ctx, &config, &catalog)?;
    let written = written.map_err(Error::from);
    let code = written.as_ref().map_or_else(Error::exit_code, |()| ExitCode::Success);
    ctx.report.summary.audit = catalog.finish_run(code.number())?;
    written
}

/// Makes the file, or makes the one that is there stop sooner. What somebody else put there pauses
/// as it is, and stays.
fn write_file(file: &Path, before: Option<&Note>, asked: &Pause) -> Result<(), FileError> {
    if let Some(first) = before.and_then(Note::told) {
        let sooner = first.stop < asked.stop;
        let text = first.and(asked).text();
        return if sooner { replace_private(file, text.as_bytes()) } else { Ok(()) };
    }
    match write_new_private(file, asked.text().as_bytes()) {
        Err(error) if error.is_taken() => Ok(()),
        written => written,
    }
}

fn say_pause(
    ctx: &mut Context<'_>,
    switch: &Switch,
    (written, recorded): (&Result<(), FileError>, &Result<Catalog, Error>),
) {
    let file = switch.file.display();
    let what = match (written, recorded) {
        (Ok(()), Ok(_)) => {
            "paused: nothing moves until `shelflife resume --reason TEXT`".to_owned()
        }
        (Ok(()), Err(_)) => format!("paused by the file {file} alone; the catalog has no flag"),
        (Err(_), Ok(_)) => format!("paused by the catalog alone; {file} could not be written"),
        (Err(error), Err(_)) => {
            let (what, why) = ("it is NOT paused".to_owned(), error.to_string());
            let hint = format!("make the file {file} by hand, or set SHELFLIFE_PAUSED");
            return ctx.report.say(&Item::Failure { what, why, hint: Some(hint) });
        }
    };
    ctx.report.say(&Item::Edit { subject: None, what });
    say_sources(ctx, &switch.look(recorded.as_ref().ok()));
}

/// Says whether it is paused, without changing anything.
fn show(ctx: &mut Context<'_>, config: &Config) -> Result<(), Error> {
    let switch = ctx.switch(config);
    let opened = ctx.settings.open_to_read(&config.catalog);
    let paused = switch.look(opened.as_ref().ok());
    say_sources(ctx, &paused);
    if !paused.is_empty() {
        ctx.report.outcome(ExitCode::Paused);
    }
    let catalog = match opened {
        Err(Error::Catalog(CatalogError::Absent { path })) => {
            let path = path.display();
            ctx.report.text(format!("There is no catalog at {path}: what was moved is not known."));
            None
        }
        opened => Some(opened?),
    };
    if paused.is_empty() {
        ctx.report.text("Not paused.");
        return Ok(());
    }
    if let Some(catalog) = &catalog {
        say_runs(ctx, config, catalog)?;
    }
    ctx.report.text("Go on with `shelflife resume --reason TEXT`.");
    Ok(())
}

/// One row for each source that pauses: who, when and why.
pub(super) fn say_sources(ctx: &mut Context<'_>, paused: &[Paused]) {
    for Paused { source, note } in paused {
        let (by, since, why) = match note {
            Note::Told(pause) => {
                let since = pause.since.to_string();
                (Some(pause.by.clone()), Some(since), pause.reason.clone())
            }
            Note::Untold(what) => (None, None, what.clone()),
        };
        let stop = match note.stop() {
            Stop::AfterAsset => "after the asset in hand",
            Stop::BeforeNextFile => "before the next file",
        };
        ctx.report.row(
            "pause",
            vec![
                ("source", source.name().into()),
                ("by", by.into()),
                ("since", since.into()),
                ("why", why.into()),
                ("stop", stop.into()),
            ],
        );
    }
}

/// What the run at work and the last one have moved, each with what undoes it.
fn say_runs(ctx: &mut Context<'_>, config: &Config, catalog: &Catalog) -> Result<(), Error> {
    let at_work = RunLock::holder(&config.catalog.with_file_name(LOCK))?;
    if let Some(holder) = &at_work {
        let holder = printable_text(holder);
        ctx.report.text(format!("At work now, until its asset is done: {holder}."));
    }
    for run in catalog.moving_runs(RUNS_TOLD)? {
        say_run(ctx, catalog, &run)?;
    }
    Ok(())
}

fn say_run(ctx: &mut Context<'_>, catalog: &Catalog, run: &MovingRun) -> Result<(), CatalogError> {
    let ended = match run.exit_code {
        Some(code) => format!("ended with {code}"),
        None => "at work, or killed".to_owned(),
    };
    let still_away = catalog.removed_by(&run.id)?.len();
    let undo = match (still_away, run.restored) {
        (0, 0) if run.purged > 0 => "what was deleted is gone for good".to_owned(),
        (0, 0) if run.published > 0 => "`shelflife withdraw` what must not be seen".to_owned(),
        (0, 0) => "nothing to undo".to_owned(),
        (0, _) => "`shelflife clean --apply` after the pause, once the holds are over".to_owned(),
        _ => format!("`shelflife restore --while-paused --run {}`", run.id),
    };
    let moved = [
        (run.removed, "removed"),
        (run.restored, "restored"),
        (run.purged, "purged"),
        (run.published, "published"),
        (run.open, "under way"),
    ];
    let moved = moved.iter().filter(|(count, _)| *count > 0);
    let moved: Vec<_> =
        moved.map(|(count, what)| format!("{} {what}", counted(*count, "asset"))).collect();
    ctx.report.row(
        "run",
        vec![
            ("run", run.id.clone().into()),
            ("command", run.command.clone().into()),
            ("actor", run.actor.clone().into()),
            ("started", run.started.to_string().into()),
            ("ended", ended.into()),
            ("moved", if moved.is_empty() { "nothing".into() } else { moved.join(", ").into() }),
            ("undo", undo.into()),
        ],
    );
    Ok(())
}
