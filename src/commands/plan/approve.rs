//! `plan approve`: a person answers for a saved plan.

use crate::catalog::Catalog;
use crate::commands::Context;
use crate::commands::library::Mode;
use crate::commands::saved::{Turn, find_plan, new_plan, say_next, step_subject, steps_of, terms};
use crate::config::Config;
use crate::domain::actor::Signer;
use crate::domain::plan::{PlanId, SavedPlan, check_approver, check_usable};
use crate::domain::text::counted;
use crate::error::Error;
use crate::report::Item;

use super::show::Bench;

/// Approve a saved plan, after reading it with `plan show`
///
/// The audit log keeps who did. A large clean takes somebody else than the one who made the plan,
/// from another account. A plan of which anything has changed since is not approved.
#[derive(Debug, clap::Args)]
pub(super) struct ApproveArgs {
    /// Its number, as `plan list` tells it
    #[arg(value_name = "NUMBER", value_parser = super::number)]
    plan: PlanId,

    /// Show what would change and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ApproveArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        let config = ctx.config()?;
        let plan = find_plan(catalog, args.plan)?;
        refuse_approval(ctx, (catalog, &config), &plan)?;
        refuse_changed(ctx, catalog, &plan)?;
        if mode == Mode::Real {
            catalog.approve_plan(&plan)?;
        }
        let (id, kind) = (plan.id, plan.head.kind.name());
        let (of, by) = (counted(plan.takes, "asset"), &plan.made_by.name);
        let what = format!("plan {id}, a {kind} of {of} made by {by}, is approved");
        ctx.report.say(&Item::Edit { subject: None, what });
        if mode == Mode::Real {
            say_next(ctx, (catalog, &config), &find_plan(catalog, plan.id)?)?;
        }
        Ok(())
    })
}

/// A plan that cannot be carried out is not approved, and not by everybody.
fn refuse_approval(
    ctx: &Context<'_>,
    (catalog, config): (&Catalog, &Config),
    plan: &SavedPlan,
) -> Result<(), Error> {
    let policy = config.policy.canonical_text();
    let terms = terms(ctx.now, (catalog, config), &policy)?;
    let refused = |why, hint| Error::guard(not_approved(plan), why, hint);
    check_usable(plan, terms).map_err(|why| refused(why, new_plan(plan)))?;
    let approver = (&Signer::of(&ctx.actor), ctx.actor.authority());
    check_approver(plan, terms, approver)
        .map_err(|why| refused(why, format!("`shelflife plan show {}` tells the plan", plan.id)))
}

/// Who approves answers for what the plan says, so all of it has to be so still.
fn refuse_changed(ctx: &mut Context<'_>, catalog: &Catalog, plan: &SavedPlan) -> Result<(), Error> {
    let bench = Bench::load(ctx, catalog, plan.head.kind)?;
    let mut changed = 0_u64;
    for stored in steps_of(catalog, plan)? {
        ctx.stop_if_interrupted()?;
        if let Turn::Left(because) = bench.turn_of(ctx, catalog, &stored)? {
            changed += 1;
            ctx.report.say(&Item::Kept { subject: step_subject(&stored.step), because });
        }
    }
    if changed == 0 {
        return Ok(());
    }
    let why = format!("{changed} of its {} no longer hold", counted(plan.takes, "step"));
    Err(Error::guard(not_approved(plan), why, new_plan(plan)))
}

fn not_approved(plan: &SavedPlan) -> String {
    format!("plan {} is not approved", plan.id)
}
