//! Carrying out a saved plan of a clean: its steps and nothing else, each looked at again.

use crate::catalog::{Catalog, StoredStep};
use crate::commands::Context;
use crate::commands::act::{WhilePaused, say_recovered};
use crate::commands::saved::{Turn, end, left, ready_to_apply, steps_of, unchanged};
use crate::domain::cleanup::Load;
use crate::domain::plan::{PlanId, PlanKind};
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::Target;

use super::caps::{refuse_behind, refuse_emptied_roots, refuse_too_much, refuse_too_much_in_a_day};
use super::moving::move_one;
use super::planning::{Decided, Ground, PlannedRemoval, plan_of};

pub(super) fn run(id: PlanId, ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.act(WhilePaused::Stop, |ctx, target, recovered| {
        say_recovered(ctx, target.catalog, &recovered)?;
        let plan = ready_to_apply(ctx, target.catalog, (id, PlanKind::Clean))?;
        let steps = steps_of(target.catalog, &plan)?;
        let open = load_of(&steps);
        if plan.approved.is_none() {
            refuse_behind(ctx, target.catalog, open)?;
        }
        if open.items > 0 {
            refuse_too_much(ctx, target.catalog, open)?;
            refuse_too_much_in_a_day(ctx, target.catalog, open)?;
            refuse_emptied_roots(target)?;
        }
        target.catalog.begin_plan(&plan)?;
        take_all(ctx, target, (&steps, open.items))?;
        end(ctx, target.catalog, &plan)
    })
}

/// What is left to be moved.
fn load_of(steps: &[StoredStep]) -> Load {
    let open = steps.iter().filter(|stored| stored.done.is_none());
    open.fold(Load::default(), |load, stored| load.and(stored.step.load()))
}

fn take_all(
    ctx: &mut Context<'_>,
    target: &mut Target<'_>,
    (steps, planned): (&[StoredStep], u64),
) -> Result<(), Error> {
    let ground = Ground::load(ctx, target.catalog)?;
    let progress = ctx.progress(planned, "assets");
    for stored in steps {
        ctx.stop_if_interrupted()?;
        match turn_of(ctx, (target.catalog, &ground), stored)? {
            Turn::Take(item) => move_one(ctx, target, (item, planned))?,
            Turn::Left(because) => left(ctx, stored, because),
            Turn::Taken(_) => ctx.report.figure("done before", 1),
        }
        progress.advance(1);
    }
    Ok(())
}

/// What becomes of a step now: it is taken only if the asset is what it was, and would still be
/// moved.
pub(in crate::commands) fn turn_of(
    ctx: &Context<'_>,
    (catalog, ground): (&Catalog, &Ground),
    stored: &StoredStep,
) -> Result<Turn<PlannedRemoval>, Error> {
    let row = match unchanged(catalog, stored)? {
        Turn::Take(row) => row,
        Turn::Taken(at) => return Ok(Turn::Taken(at)),
        Turn::Left(because) => return Ok(Turn::Left(because)),
    };
    Ok(match plan_of(ctx, (catalog, ground), &ground.selected(row, ctx))? {
        Decided::Move(item) if item.load != stored.step.load() => {
            let Load { files, bytes, .. } = item.load;
            let (files, bytes) = (counted(files, "file"), counted(bytes, "byte"));
            Turn::Left(format!("it has other files than the plan says: {files}, {bytes} by now"))
        }
        Decided::Move(item) => Turn::Take(item),
        Decided::Keep(because) => Turn::Left(format!("not any more: {because}")),
        Decided::Pass => Turn::Left("not any more: it has not ended".to_owned()),
    })
}
