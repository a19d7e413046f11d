//! Carrying out a saved plan: once, step by step, and nothing but its steps.

use rusqlite::{Transaction, named_params};

use super::{one_row, signed};
use crate::catalog::audit::About;
use crate::catalog::error::{CatalogError, Result};
use crate::catalog::open::Catalog;
use crate::catalog::runs::Session;
use crate::domain::asset::AssetId;
use crate::domain::plan::{PlanId, SavedPlan};

impl Catalog {
    /// Begins to carry out a plan, or goes on with it. From here on every decision and every
    /// operation of this handle is a step of it, or refused.
    ///
    /// Fails with `RecordChanged` if it was gone through to its end meanwhile.
    pub fn begin_plan(&mut self, plan: &SavedPlan) -> Result<()> {
        self.write(|tx, session, log| {
            let updated = tx.execute(
                "UPDATE plan SET begun_ms = coalesce(begun_ms, :now)
                 WHERE id = :id AND digest = :digest AND finished_ms IS NULL",
                named_params! {
                    ":now": session.now.millis(), ":id": plan.id.0, ":digest": plan.digest.0,
                },
            )?;
            one_row(updated, plan.id)?;
            log.append(tx, "plan.begin", About::default(), &signed(session, plan.id, plan.digest))
        })?;
        if let Some(session) = &mut self.session {
            session.plan = Some(plan.id);
        }
        Ok(())
    }

    /// Records that a plan was gone through to its end: it is not carried out again.
    pub fn finish_plan(&mut self, plan: &SavedPlan) -> Result<()> {
        self.write(|tx, session, log| {
            let updated = tx.execute(
                "UPDATE plan SET finished_ms = :now WHERE id = :id AND finished_ms IS NULL",
                named_params! { ":now": session.now.millis(), ":id": plan.id.0 },
            )?;
            one_row(updated, plan.id)?;
            log.append(tx, "plan.end", About::default(), &signed(session, plan.id, plan.digest))
        })
    }
}

/// Fails if a plan is being carried out and moving the asset's files is no open step of it.
pub(in crate::catalog) fn refuse_outside_plan(
    tx: &Transaction<'_>,
    session: &Session,
    asset: AssetId,
) -> Result<()> {
    let Some(plan) = session.plan else { return Ok(()) };
    let is_step: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM plan_step WHERE plan_id = :plan AND asset_id = :asset
                              AND takes = 1 AND done_ms IS NULL)",
        )?
        .query_row(named_params! { ":plan": plan.0, ":asset": asset.0 }, |row| row.get(0))?;
    if is_step { Ok(()) } else { Err(no_step(plan, asset)) }
}

/// Records that a step was taken, in the transaction that takes it. Fails if it is none.
pub(in crate::catalog) fn take_step(
    tx: &Transaction<'_>,
    session: &Session,
    (plan, asset): (PlanId, AssetId),
) -> Result<()> {
    if note_taken(tx, session, (plan, asset))? { Ok(()) } else { Err(no_step(plan, asset)) }
}

/// Records the same of files that have moved: that is so, whatever somebody did to the plan. Tells
/// whether there is such a step.
pub(in crate::catalog) fn note_taken(
    tx: &Transaction<'_>,
    session: &Session,
    (plan, asset): (PlanId, AssetId),
) -> Result<bool> {
    let updated = tx
        .prepare_cached(
            "UPDATE plan_step SET done_ms = :now WHERE plan_id = :plan AND asset_id = :asset
               AND takes = 1 AND done_ms IS NULL",
        )?
        .execute(named_params! {
            ":now": session.now.millis(), ":plan": plan.0, ":asset": asset.0,
        })?;
    Ok(updated == 1)
}

fn no_step(plan: PlanId, asset: AssetId) -> CatalogError {
    CatalogError::damaged(format!("asset {asset} is no open step of plan {plan}"))
}
