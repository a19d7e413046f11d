//! `restore`: brings assets back from quarantine.

use crate::catalog::{Catalog, FactsRow};
use crate::domain::asset::AssetId;
use crate::domain::lifecycle::{Action, State, Transition};
use crate::domain::text::{counted, printable_text};
use crate::error::Error;
use crate::executor::{Ended, Obstacle, Return, Target, check_restore, restore_asset};
use crate::report::Item;

use super::Context;
use super::act::{
    IN_HAND, WhilePaused, refuse_while_paused, say_not_done, say_recovered, say_stopped,
};
use super::decide::Step;
use super::foretold::Given;
use super::library::{Court, new_id, subject};
use super::selection::{SELECTING, Selection};

/// Bring assets back from quarantine to where they were
///
/// The state that an asset had comes back with its files, never a permission to use it. Nothing is
/// overwritten: if something is in the way of one file, none of the asset is brought back. What is
/// restored is held for a while, so that the next `clean` leaves it.
#[derive(Debug, clap::Args)]
pub struct RestoreArgs {
    #[command(flatten)]
    selection: Selection,

    /// All that this run took out of the library; `shelflife pause` names it
    #[arg(long, value_name = "RUN", help_heading = "Selection", conflicts_with_all = SELECTING)]
    run: Option<String>,

    /// Do it although it is paused; the audit log says so
    #[arg(long)]
    while_paused: bool,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = super::words::said)]
    reason: Option<String>,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &RestoreArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    if args.dry_run {
        return ctx.foresee(|ctx, target| {
            let mut given = Given::default();
            for (row, transition) in allowed(args, ctx, target)? {
                foretell(args, ctx, (target, &mut given), (&row, transition));
            }
            if args.while_paused {
                return Ok(());
            }
            refuse_while_paused(&target.switch, target.catalog)
        });
    }
    let paused = if args.while_paused { WhilePaused::GoOn } else { WhilePaused::Stop };
    ctx.act(paused, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        let allowed = allowed(args, ctx, target)?;
        let planned = u64::try_from(allowed.len()).unwrap_or(0);
        let progress = ctx.progress(planned, "assets");
        for (row, transition) in allowed {
            ctx.stop_if_interrupted()?;
            restore(args, ctx, target, (&row, transition)).inspect_err(|error| {
                let words = ("not begun", IN_HAND);
                say_stopped(ctx, (target.catalog, error), planned, words);
            })?;
            progress.advance(1);
        }
        Ok(())
    })
}

/// The selected assets that may be restored; the others are refused.
fn allowed(
    args: &RestoreArgs,
    ctx: &mut Context<'_>,
    target: &Target<'_>,
) -> Result<Vec<(FactsRow, Transition)>, Error> {
    let catalog = &*target.catalog;
    let court = Court::load(ctx, catalog)?;
    let step = Step { action: Action::Restore, reason: args.reason.as_deref() };
    let mut allowed = Vec::new();
    let numbers = match &args.run {
        Some(run) => removed_by(catalog, run)?,
        None => args.selection.numbers(ctx, (catalog, &court))?,
    };
    if let Some(run) = args.run.as_ref().filter(|_| numbers.is_empty()) {
        ctx.report.text(format!("Nothing that run {} took out is away.", printable_text(run)));
    }
    for number in numbers {
        let row = catalog.facts_of(number)?;
        let row = row.ok_or_else(|| Error::UnknownAsset(number.to_string()))?;
        if let State::Purged(_) = row.asset.state {
            let why = format!("its files were deleted for good at {}", row.facts.since);
            ctx.report.say(&step.refusal(&row, why));
            continue;
        }
        match step.transition(ctx, catalog, &row)? {
            Ok(transition) => allowed.push((row, transition)),
            Err(refusal) => ctx.report.say(&refusal),
        }
    }
    Ok(allowed)
}

/// What a run took out of the library and is away still; an unknown run is a usage error.
fn removed_by(catalog: &Catalog, run: &str) -> Result<Vec<AssetId>, Error> {
    if !catalog.knows_run(run)? {
        let message = format!("there is no run `{}`", printable_text(run));
        let hint = "`shelflife audit log --kind quarantine.done --last 20` names the runs that took \
                    something out";
        return Err(Error::Usage { message, hint: Some(hint.to_owned()) });
    }
    Ok(catalog.removed_by(run)?)
}

fn foretell(
    args: &RestoreArgs,
    ctx: &mut Context<'_>,
    (target, given): (&Target<'_>, &mut Given),
    (row, transition): (&FactsRow, Transition),
) {
    let operation = check_restore(target, row.asset.id);
    match operation.and_then(|operation| given.give(target.catalog, operation)) {
        Ok(operation) => {
            let files = u64::try_from(operation.files.len()).unwrap_or(u64::MAX);
            say_restored(args, ctx, target, (row, transition, files));
        }
        Err(obstacle) => say_obstacle(ctx, row, &obstacle),
    }
}

fn restore(
    args: &RestoreArgs,
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    (row, transition): (&FactsRow, Transition),
) -> Result<(), Error> {
    let wanted = Return {
        operation: new_id(ctx.now),
        asset: row.asset.id,
        version: row.asset.version,
        transition,
        reason: args.reason.clone(),
    };
    match restore_asset(target, &wanted)? {
        Ended::Done { load, .. } => say_restored(args, ctx, target, (row, transition, load.files)),
        Ended::NotDone { because, settled } => {
            let what = (&subject(&row.asset), Action::Restore.name());
            say_not_done(ctx, what, &because, settled.as_ref());
        }
    }
    Ok(())
}

fn say_obstacle(ctx: &mut Context<'_>, row: &FactsRow, obstacle: &Obstacle) {
    say_not_done(ctx, (&subject(&row.asset), Action::Restore.name()), obstacle, None);
}

fn say_restored(
    args: &RestoreArgs,
    ctx: &mut Context<'_>,
    target: &Target<'_>,
    (row, transition, files): (&FactsRow, Transition, u64),
) {
    let mut why: Vec<_> = args.reason.iter().cloned().collect();
    why.push(counted(files, "file"));
    why.extend(target.hold_until().map(|until| format!("held until {until}")));
    ctx.report.figure("files", files);
    ctx.report.say(&Item::Change {
        subject: subject(&row.asset),
        action: Action::Restore.name(),
        from: transition.from,
        to: transition.to,
        why,
    });
}
