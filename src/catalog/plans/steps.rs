//! The steps of saved plans: one text each, which the plan's digest seals.

use rusqlite::{Row, Transaction, named_params};
use serde_json::{Value, json};

use super::edited;
use crate::catalog::cells;
use crate::catalog::error::Result;
use crate::catalog::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::cleanup::Load;
use crate::domain::lifecycle::State;
use crate::domain::plan::{PlanId, PlanStep, Planned};
use crate::domain::time::Timestamp;

/// A step as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredStep {
    pub step: PlanStep,
    /// When it was taken.
    pub done: Option<Timestamp>,
    /// How often it was begun and taken back: each time moved the asset's version on.
    pub taken_back: u32,
}

impl StoredStep {
    /// The version that the asset has if nobody else has touched it.
    pub fn expected_version(&self) -> i64 {
        self.step.version.saturating_add(i64::from(self.taken_back))
    }
}

const STEPS: &str = "SELECT asset_id, step, takes, done_ms,
                            (SELECT count(*) FROM operation o
                             WHERE o.asset_id = s.asset_id AND o.plan_id = s.plan_id
                               AND o.state = 'aborted') AS taken_back
                     FROM plan_step s WHERE plan_id = :plan AND asset_id > :after
                     ORDER BY asset_id LIMIT :count";

impl Catalog {
    /// The next `count` steps of a plan after an asset, by asset.
    pub fn plan_steps(
        &self,
        plan: PlanId,
        after: Option<AssetId>,
        count: usize,
    ) -> Result<Vec<StoredStep>> {
        let after = after.map_or(i64::MIN, |asset| asset.0);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut statement = self.conn.prepare_cached(STEPS)?;
        let mut rows =
            statement.query(named_params! { ":plan": plan.0, ":after": after, ":count": count })?;
        let mut steps = Vec::new();
        while let Some(row) = rows.next()? {
            steps.push(stored_step(row, plan)?);
        }
        Ok(steps)
    }

    /// The texts of a plan's steps as they are stored, by asset.
    pub(super) fn visit_step_texts(
        &self,
        plan: PlanId,
        mut visit: impl FnMut(AssetId, &str),
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "SELECT asset_id, step FROM plan_step WHERE plan_id = :plan ORDER BY asset_id",
        )?;
        let mut rows = statement.query(named_params! { ":plan": plan.0 })?;
        while let Some(row) = rows.next()? {
            let text = row.get_ref("step")?.as_str().map_err(|_| edited(plan))?;
            visit(AssetId(row.get("asset_id")?), text);
        }
        Ok(())
    }
}

pub(super) fn insert_step(
    tx: &Transaction<'_>,
    plan: PlanId,
    step: &PlanStep,
    text: &str,
) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO plan_step (plan_id, asset_id, step, takes)
         VALUES (:plan, :asset, :step, :takes)",
    )?
    .execute(named_params! {
        ":plan": plan.0, ":asset": step.asset.0, ":step": text, ":takes": step.is_to_be_taken(),
    })?;
    Ok(())
}

/// The text that is kept of a step.
pub(super) fn text_of(step: &PlanStep) -> String {
    let PlanStep { path, version, what, .. } = step;
    let text = match what {
        Planned::Take { from, to, why, load } => json!({
            "bytes": load.bytes, "files": load.files, "from": from.to_string(), "path": path,
            "to": to.to_string(), "version": version, "why": why,
        }),
        Planned::Keep(because) => json!({ "kept": because, "path": path, "version": version }),
    };
    text.to_string()
}

fn stored_step(row: &Row<'_>, plan: PlanId) -> Result<StoredStep> {
    let text: String = row.get("step")?;
    let step = parse(AssetId(row.get("asset_id")?), &text).ok_or_else(|| edited(plan))?;
    if i64::from(step.is_to_be_taken()) != row.get::<_, i64>("takes")? {
        return Err(edited(plan));
    }
    let done = cells::instant(row, "done_ms")?;
    Ok(StoredStep { step, done, taken_back: row.get("taken_back")? })
}

fn parse(asset: AssetId, text: &str) -> Option<PlanStep> {
    let fields: Value = serde_json::from_str(text).ok()?;
    let text = |field: &str| fields.get(field).and_then(Value::as_str);
    let number = |field: &str| fields.get(field).and_then(Value::as_u64);
    let state = |field: &str| {
        let named = text(field)?;
        State::ALL.into_iter().find(|state| state.to_string() == named)
    };
    let what = match text("kept") {
        Some(because) => Planned::Keep(because.to_owned()),
        None => Planned::Take {
            from: state("from")?,
            to: state("to")?,
            why: texts(fields.get("why")?)?,
            load: Load { items: 1, files: number("files")?, bytes: number("bytes")? },
        },
    };
    let version = fields.get("version").and_then(Value::as_i64)?;
    Some(PlanStep { asset, path: text("path")?.to_owned(), version, what })
}

fn texts(list: &Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}
