//! Saved plans, and what becomes of them.
//!
//! A plan is read back only if its rows still hash to its digest, and if the audit log says the
//! same digest where the plan was saved and approved: who did either is what the log says.

mod steps;
mod take;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};
use serde_json::{Value, json};

use self::steps::insert_step;
use super::audit::About;
use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::runs::Session;
use crate::domain::actor::Signer;
use crate::domain::asset::Digest;
use crate::domain::plan::{PlanHead, PlanId, PlanKind, PlanSeal, PlanStep, SavedPlan};
use crate::domain::time::Timestamp;

pub use steps::StoredStep;
pub(super) use take::{note_taken, refuse_outside_plan, take_step};

const PLANS: &str = "SELECT id, kind, command, policy, made_ms, until_ms, digest, saved, approved,
                            begun_ms, finished_ms,
                            (SELECT count(*) FROM plan_step s
                             WHERE s.plan_id = p.id AND s.takes = 1) AS step_count,
                            (SELECT count(*) FROM plan_step s
                             WHERE s.plan_id = p.id AND s.done_ms IS NOT NULL) AS done_count
                     FROM plan p WHERE :id IS NULL OR id = :id ORDER BY id";

impl Catalog {
    /// Saves a plan with all its steps and its audit entry, all or none.
    ///
    /// The steps are in ascending order of their assets, each asset once.
    pub fn save_plan(&mut self, head: &PlanHead, steps: &[PlanStep]) -> Result<PlanId> {
        let texts: Vec<_> = steps.iter().map(|step| (step, steps::text_of(step))).collect();
        let mut seal = PlanSeal::new(&self.uuid()?, head);
        for (step, text) in &texts {
            seal.step(step.asset, text);
        }
        let digest = seal.digest();
        self.write(|tx, session, log| {
            let last: Option<i64> =
                tx.query_row("SELECT max(id) FROM plan", [], |row| row.get(0))?;
            let id = PlanId(last.unwrap_or(0) + 1);
            let payload = json!({
                "account": session.actor.os_user, "by": session.actor.name(),
                "digest": digest.to_string(), "kind": head.kind.name(), "plan": id.0,
                "steps": steps.len(), "until": head.until.to_string(),
            });
            log.append(tx, "plan.save", About::default(), &payload)?;
            insert_plan(tx, (id, log.last_seq()), head, digest)?;
            for (step, text) in &texts {
                insert_step(tx, id, step, text)?;
            }
            Ok(id)
        })
    }

    /// The plan with this number, proven to be what was saved.
    ///
    /// Fails with `Damaged` if somebody edited it, its steps or who approved it.
    pub fn plan(&self, id: PlanId) -> Result<Option<SavedPlan>> {
        let Some(plan) = self.plans_of(Some(id))?.pop() else { return Ok(None) };
        if self.sealed(&plan)? == plan.digest {
            return Ok(Some(plan));
        }
        Err(edited(id))
    }

    /// Every plan, by number. Their steps are not looked at.
    pub fn plans(&self) -> Result<Vec<SavedPlan>> {
        self.plans_of(None)
    }

    fn plans_of(&self, id: Option<PlanId>) -> Result<Vec<SavedPlan>> {
        let mut statement = self.conn.prepare_cached(PLANS)?;
        let mut rows = statement.query(named_params! { ":id": id.map(|id| id.0) })?;
        let mut plans = Vec::new();
        while let Some(row) = rows.next()? {
            plans.push(saved_plan(&self.conn, row)?);
        }
        Ok(plans)
    }

    /// What the plan's rows hash to now.
    pub(super) fn sealed(&self, plan: &SavedPlan) -> Result<Digest> {
        let mut seal = PlanSeal::new(&self.uuid()?, &plan.head);
        self.visit_step_texts(plan.id, |asset, text| seal.step(asset, text))?;
        Ok(seal.digest())
    }

    /// Records that the writer approves the plan with this digest.
    ///
    /// Fails with `RecordChanged` if it was approved or carried out meanwhile.
    pub fn approve_plan(&mut self, plan: &SavedPlan) -> Result<()> {
        self.write(|tx, session, log| {
            log.append(
                tx,
                "plan.approve",
                About::default(),
                &signed(session, plan.id, plan.digest),
            )?;
            let updated = tx.execute(
                "UPDATE plan SET approved = :seq
                 WHERE id = :id AND digest = :digest AND approved IS NULL AND finished_ms IS NULL",
                named_params! {
                    ":seq": log.last_seq(), ":id": plan.id.0, ":digest": plan.digest.0,
                },
            )?;
            one_row(updated, plan.id)
        })
    }
}

fn insert_plan(
    tx: &Transaction<'_>,
    (id, saved): (PlanId, i64),
    head: &PlanHead,
    digest: Digest,
) -> Result<()> {
    tx.execute(
        "INSERT INTO plan (id, kind, command, policy, made_ms, until_ms, digest, saved)
         VALUES (:id, :kind, :command, :policy, :made, :until, :digest, :saved)",
        named_params! {
            ":id": id.0, ":kind": head.kind.name(), ":command": head.command,
            ":policy": head.policy, ":made": head.made.millis(), ":until": head.until.millis(),
            ":digest": digest.0, ":saved": saved,
        },
    )?;
    Ok(())
}

/// What an entry about a saved plan says.
fn signed(session: &Session, id: PlanId, digest: Digest) -> Value {
    json!({
        "account": session.actor.os_user,
        "by": session.actor.name(),
        "digest": digest.to_string(),
        "plan": id.0,
    })
}

fn one_row(updated: usize, id: PlanId) -> Result<()> {
    if updated == 1 {
        return Ok(());
    }
    Err(CatalogError::RecordChanged { what: "plan", key: id.to_string() })
}

fn edited(id: PlanId) -> CatalogError {
    CatalogError::damaged(format!("plan {id} is not what was saved as it"))
}

fn saved_plan(conn: &Connection, row: &Row<'_>) -> Result<SavedPlan> {
    let (id, digest) = (PlanId(row.get("id")?), Digest(row.get("digest")?));
    let kind: String = row.get("kind")?;
    let approved = match row.get::<_, Option<i64>>("approved")? {
        Some(seq) => Some(signer_at(conn, (seq, "plan.approve"), (id, digest))?),
        None => None,
    };
    Ok(SavedPlan {
        id,
        head: PlanHead {
            kind: PlanKind::named(&kind).ok_or_else(|| edited(id))?,
            command: row.get("command")?,
            policy: row.get("policy")?,
            made: Timestamp::from_millis(row.get("made_ms")?),
            until: Timestamp::from_millis(row.get("until_ms")?),
        },
        digest,
        made_by: signer_at(conn, (row.get("saved")?, "plan.save"), (id, digest))?.0,
        approved,
        begun: cells::instant(row, "begun_ms")?,
        finished: cells::instant(row, "finished_ms")?,
        takes: cells::unsigned(row.get("step_count")?),
        done: cells::unsigned(row.get("done_count")?),
    })
}

/// Who wrote the entry about this plan, and when: it has to be of this kind and say this digest.
fn signer_at(
    conn: &Connection,
    (seq, kind): (i64, &str),
    (id, digest): (PlanId, Digest),
) -> Result<(Signer, Timestamp)> {
    let entry: Option<(String, String, i64)> = conn
        .prepare_cached("SELECT kind, payload, at_ms FROM audit WHERE seq = :seq")?
        .query_row(named_params! { ":seq": seq }, |row| {
            Ok((row.get("kind")?, row.get("payload")?, row.get("at_ms")?))
        })
        .optional()?;
    let Some((found, payload, at)) = entry else { return Err(edited(id)) };
    let payload: Value = serde_json::from_str(&payload).map_err(|_| edited(id))?;
    let text = |field: &str| payload.get(field).and_then(Value::as_str);
    let says = (found.as_str(), payload.get("plan").and_then(Value::as_i64), text("digest"));
    if says != (kind, Some(id.0), Some(digest.to_string().as_str())) {
        return Err(edited(id));
    }
    let (Some(name), Some(account)) = (text("by"), text("account")) else { return Err(edited(id)) };
    let signer = Signer { name: name.to_owned(), account: account.to_owned() };
    Ok((signer, Timestamp::from_millis(at)))
}
