//! Carrying out a saved plan of a sweep: its steps and nothing else, each looked at again.

use crate::catalog::{Catalog, StoredStep};
use crate::commands::Context;
use crate::commands::eyes::Eyes;
use crate::commands::library::{Court, Mode};
use crate::commands::saved::{Turn, end, left, ready_to_apply, steps_of, unchanged};
use crate::domain::expiry::{SweepStep, plan_sweep_of};
use crate::domain::plan::{PlanId, PlanKind};
use crate::error::Error;

use super::{BATCH, Due, due, record};

pub(super) fn run(id: PlanId, ctx: &mut Context<'_>) -> Result<(), Error> {
    ctx.with_catalog(Mode::Real, |ctx, catalog| {
        let plan = ready_to_apply(ctx, catalog, (id, PlanKind::Sweep))?;
        let steps = steps_of(catalog, &plan)?;
        catalog.begin_plan(&plan)?;
        let mut eyes = Eyes::default();
        for batch in steps.chunks(BATCH) {
            ctx.stop_if_interrupted()?;
            take(ctx, (catalog, &mut eyes), batch)?;
        }
        end(ctx, catalog, &plan)
    })
}

fn take(
    ctx: &mut Context<'_>,
    (catalog, eyes): (&mut Catalog, &mut Eyes),
    steps: &[StoredStep],
) -> Result<(), Error> {
    let court = Court::load(ctx, catalog)?;
    let mut due = Vec::new();
    for stored in steps {
        match turn_of(ctx, (catalog, &court), stored)? {
            Turn::Take(one) => due.push(one),
            Turn::Left(because) => left(ctx, stored, because),
            Turn::Taken(_) => ctx.report.figure("done before", 1),
        }
    }
    record(ctx, catalog, (Mode::Real, eyes), due)
}

/// What becomes of a step now: it is taken only if the asset is what it was, and its end has come.
pub(in crate::commands) fn turn_of(
    ctx: &Context<'_>,
    (catalog, court): (&Catalog, &Court),
    stored: &StoredStep,
) -> Result<Turn<Due>, Error> {
    let row = match unchanged(catalog, stored)? {
        Turn::Take(row) => row,
        Turn::Taken(at) => return Ok(Turn::Taken(at)),
        Turn::Left(because) => return Ok(Turn::Left(because)),
    };
    let verdict = court.judge(&row, ctx);
    Ok(match plan_sweep_of(&row.facts, &verdict, ctx.actor.authority()) {
        SweepStep::Expire(transition) => Turn::Take(due(&row, &verdict, transition)),
        SweepStep::Leave => Turn::Left("not any more: its end has not come".to_owned()),
    })
}
