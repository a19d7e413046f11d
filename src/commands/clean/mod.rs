//! `clean`: moves what has ended out of the library.

mod caps;
mod links;
mod moving;
mod planning;
mod under_plan;

use crate::domain::plan::{PlanId, PlanKind};
use crate::error::Error;

use super::Context;
use super::act::{WhilePaused, say_recovered};
use super::library::Mode;
use super::saved::save;
use super::selection::{SELECTING, Selection};

use self::caps::{refuse_emptied_roots, refuse_too_much, refuse_too_much_in_a_day};
use self::moving::{move_all, say_moved};
use self::planning::{PlannedRemoval, plan_clean};

pub(super) use self::planning::Ground;
pub(super) use self::under_plan::turn_of;

/// Move rejected, expired and withdrawn assets to quarantine
///
/// Shows the plan; with --apply, carries it out. Every file of an asset moves or none, and
/// `shelflife restore` brings them back. An end that has come but is not recorded yet is left to
/// `sweep`. What published or scheduled content shows, as far as `references read` has learned it, is
/// left alone, unless it was withdrawn as unsafe.
///
/// A large clean takes a saved plan that somebody else approved: --save, `shelflife plan approve`,
/// --apply --plan.
#[derive(Debug, clap::Args)]
pub struct CleanArgs {
    #[command(flatten)]
    selection: Selection,

    /// Carry out the plan
    #[arg(long)]
    apply: bool,

    /// Save the plan, to be approved and carried out later
    #[arg(long, conflicts_with = "apply")]
    save: bool,

    /// Carry out this saved plan, and nothing else
    #[arg(
        long, value_name = "NUMBER", value_parser = super::plan::number, requires = "apply",
        conflicts_with = "save", conflicts_with_all = SELECTING
    )]
    plan: Option<PlanId>,
}

pub(super) fn run(args: &CleanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    match args.plan {
        Some(plan) => under_plan::run(plan, ctx),
        None if args.apply => apply(args, ctx),
        None if args.save => save_plan(args, ctx),
        None => show(args, ctx),
    }
}

fn show(args: &CleanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.with_catalog(Mode::DryRun, |ctx, catalog| {
        let plan = plan_clean(&args.selection, ctx, catalog)?;
        for item in &plan.items {
            say_moved(ctx, item);
        }
        let target = ctx.foreseen(catalog)?;
        refuse_too_much(ctx, target.catalog, plan.load)?;
        refuse_too_much_in_a_day(ctx, target.catalog, plan.load)?;
        if plan.ended > 0 {
            refuse_emptied_roots(&target)?;
        }
        plan.say_hindered(ctx);
        caps::say_behind(ctx, target.catalog, plan.load)?;
        caps::say_how_to_apply(ctx, plan.load)
    })
}

fn apply(args: &CleanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        let plan = plan_clean(&args.selection, ctx, target.catalog)?;
        caps::refuse_behind(ctx, target.catalog, plan.load)?;
        refuse_too_much(ctx, target.catalog, plan.load)?;
        refuse_too_much_in_a_day(ctx, target.catalog, plan.load)?;
        caps::refuse_without_approval(ctx, plan.load)?;
        if plan.ended > 0 {
            refuse_emptied_roots(target)?;
        }
        plan.say_hindered(ctx);
        move_all(ctx, target, plan)
    })
}

fn save_plan(args: &CleanArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        ctx.report.summary.dry_run = true;
        let plan = plan_clean(&args.selection, ctx, catalog)?;
        for item in &plan.items {
            say_moved(ctx, item);
        }
        refuse_too_much(ctx, catalog, plan.load)?;
        plan.say_hindered(ctx);
        caps::say_behind(ctx, catalog, plan.load)?;
        let taken = plan.items.iter().map(PlannedRemoval::as_step);
        let steps = taken.chain(plan.kept).collect();
        save(ctx, catalog, PlanKind::Clean, steps)
    })
}
