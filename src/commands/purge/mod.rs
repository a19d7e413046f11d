//! `purge`: deletes for good what has been in quarantine for long.

mod plan;

use crate::catalog::Catalog;
use crate::domain::cleanup::Load;
use crate::domain::lifecycle::{Action, Transition};
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::{Ended, Obstacle, Purge, Target, purge_asset};
use crate::report::{Item, Subject};

use self::plan::{PurgePlan, Ripe, plan_purge};
use super::Context;
use super::act::{WhilePaused, refuse_while_paused, say_not_done, say_recovered, say_stopped};
use super::behind::behind;
use super::library::new_id;
use super::selection::Selection;

/// Delete for good what has been in quarantine for long
///
/// Shows what may be deleted and what may not yet, and why. Files may be deleted once they were in
/// quarantine for the days that `[purge] after_days` says, runs have seen that time pass, and a run
/// with --mark marked them 23 hours before or more; without that key nothing ever is. To delete
/// them, say how many assets the plan names: --apply --yes-delete N. Only the record is left of them,
/// by which the same content is recognized when it comes back.
#[derive(Debug, clap::Args)]
pub struct PurgeArgs {
    #[command(flatten)]
    selection: Selection,

    /// Mark what is old enough, so that a later run may delete it
    #[arg(long, conflicts_with = "apply")]
    mark: bool,

    /// Carry out the plan: delete the files, for good
    #[arg(long, requires = "yes_delete")]
    apply: bool,

    /// How many assets the plan names; nothing is deleted unless it still is as many
    #[arg(long, value_name = "N", requires = "apply")]
    yes_delete: Option<u64>,

    /// Why; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = super::words::said)]
    reason: Option<String>,
}

pub(super) fn run(args: &PurgeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let after_days = after_days(ctx)?;
    if args.mark || args.apply {
        return ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
            say_recovered(ctx, target.catalog, &recovered)?;
            refuse_behind(ctx, target.catalog)?;
            let plan = plan_purge(args, ctx, target, after_days)?;
            if args.mark { mark(args, ctx, target, plan) } else { apply(args, ctx, target, plan) }
        });
    }
    ctx.foresee(|ctx, target| {
        refuse_behind(ctx, target.catalog)?;
        let plan = plan_purge(args, ctx, target, after_days)?;
        say_plan(ctx, &plan);
        refuse_while_paused(&target.switch, target.catalog)
    })
}

fn after_days(ctx: &mut Context<'_>) -> Result<u32, Error> {
    ctx.config()?.policy.purge_after_days.ok_or_else(|| {
        let why = "the configuration does not say after how many days it may be".to_owned();
        let hint = "set `after_days` in the [purge] section of the configuration";
        Error::guard("nothing is deleted".to_owned(), why, hint)
    })
}

/// A clock that lost time cannot say how old anything is.
fn refuse_behind(ctx: &Context<'_>, catalog: &Catalog) -> Result<(), Error> {
    behind(catalog, ctx.now)?.map_or(Ok(()), |why| {
        Err(Error::guard("nothing is deleted".to_owned(), why, "set the clock right"))
    })
}

fn say_plan(ctx: &mut Context<'_>, plan: &PurgePlan) {
    for ripe in &plan.ripe {
        say_change(ctx, (&ripe.subject, ripe.transition), &ripe.why, ripe.load);
    }
    let unmarked = u64::try_from(plan.unmarked.len()).unwrap_or(u64::MAX);
    if unmarked > 0 {
        let unmarked = counted(unmarked, "asset");
        ctx.report.text(format!(
            "--mark marks {unmarked}, so that a run may delete what is in it from 23 hours later on."
        ));
    }
    let ripe = plan.ripe.len();
    if ripe > 0 {
        ctx.report.text(format!(
            "To delete for good what is named here, add --apply --yes-delete {ripe}."
        ));
    }
}

/// Marks what is only not marked yet.
fn mark(
    args: &PurgeArgs,
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    plan: PurgePlan,
) -> Result<(), Error> {
    for ripe in plan.ripe {
        let because = format!("it was marked {} already", ripe.proof.mark().at);
        ctx.report.say(&Item::Kept { subject: ripe.subject, because });
    }
    for (subject, facts) in plan.unmarked {
        ctx.stop_if_interrupted()?;
        match target.catalog.mark_for_purge(&facts, args.reason.as_deref()) {
            Ok(()) => {
                let what = "marked: its files may be deleted 23 hours from now".to_owned();
                ctx.report.say(&Item::Edit { subject: Some(subject), what });
            }
            Err(error) if error.is_about_one_asset() => {
                say_not_done(ctx, (&subject, Action::Purge.name()), &error.into(), None);
            }
            Err(error) => return Err(Obstacle::from(error).into()),
        }
    }
    Ok(())
}

/// Deletes what the plan names, if it is as many as were confirmed.
fn apply(
    args: &PurgeArgs,
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    plan: PurgePlan,
) -> Result<(), Error> {
    let planned = u64::try_from(plan.ripe.len()).unwrap_or(u64::MAX);
    let confirmed = args.yes_delete.unwrap_or_default();
    if planned != confirmed {
        let why = format!("--yes-delete says {confirmed}, and {planned} may be deleted now");
        let hint = "look at the plan: the same command without --apply";
        return Err(Error::guard("nothing is deleted".to_owned(), why, hint));
    }
    let progress = ctx.progress(planned, "assets");
    for ripe in plan.ripe {
        ctx.stop_if_interrupted()?;
        let Ripe { subject, transition, proof, load, why } = ripe;
        let wanted = Purge {
            operation: new_id(ctx.now),
            transition,
            reason: args.reason.clone(),
            causes: why.iter().take(2).cloned().collect(),
        };
        let ended = purge_asset(target, &wanted, proof)
            .inspect_err(|error| say_paused(ctx, target.catalog, planned, error))?;
        match ended {
            Ended::Done { .. } => say_change(ctx, (&subject, transition), &why, load),
            Ended::NotDone { because, settled } => {
                let what = (&subject, Action::Purge.name());
                say_not_done(ctx, what, &because, settled.as_ref());
            }
        }
        progress.advance(1);
    }
    Ok(())
}

/// Says what had been deleted when the kill switch ended the run. Nothing undoes it.
fn say_paused(ctx: &mut Context<'_>, catalog: &Catalog, planned: u64, error: &Error) {
    let in_hand = "Of the asset in hand some files are deleted; `shelflife recover` deletes the \
                   others after the pause.";
    say_stopped(ctx, (catalog, error), planned, ("not deleted", in_hand));
}

fn say_change(
    ctx: &mut Context<'_>,
    (subject, transition): (&Subject, Transition),
    why: &[String],
    load: Load,
) {
    ctx.report.figure("files", load.files);
    ctx.report.figure("bytes", load.bytes);
    ctx.report.say(&Item::Change {
        subject: subject.clone(),
        action: Action::Purge.name(),
        from: transition.from,
        to: transition.to,
        why: why.to_vec(),
    });
}
