//! Saved plans: what the log says of each, and whether its rows still hash to what was saved.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::error::Result;
use super::super::open::Catalog;
use super::rows::{Spot, Told, by_key, compare_all, held, shown, text};
use super::{Clock, Visit, payload};
use crate::domain::plan::SavedPlan;

const ENTRIES: &str = "
    SELECT seq, run_id, kind, payload FROM audit
    WHERE asset_id IS NULL AND kind IN ('plan.save', 'plan.approve', 'plan.begin', 'plan.end')
    ORDER BY seq";

/// Each step with when it was taken: as the table has it, by the entry that recorded an expiry
/// under the plan, and by the operation that was done under it.
const TAKEN: &str = "
    SELECT s.plan_id AS plan, s.asset_id AS asset, s.done_ms AS done,
           coalesce((SELECT min(r.started_ms) FROM audit a JOIN run r ON r.id = a.run_id
                     WHERE a.asset_id = s.asset_id AND a.kind = 'asset.expire'
                       AND json_extract(a.payload, '$.plan') = s.plan_id),
                    (SELECT min(o.closed_ms) FROM operation o
                     WHERE o.asset_id = s.asset_id AND o.plan_id = s.plan_id
                       AND o.state = 'done')) AS taken
    FROM plan_step s WHERE ?1";

/// Compares every plan with the entries about it.
pub(super) fn compare(catalog: &Catalog, visit: &mut Visit<'_>) -> Result<()> {
    let rows = by_key(held(catalog, "SELECT * FROM plan WHERE ?1", &1)?, "id");
    compare_all(Spot { about: "plan", table: "plan" }, &fold(catalog)?, &rows, visit);
    for plan in catalog.plans()? {
        compare_steps(catalog, &plan, visit)?;
    }
    compare_taken(catalog, visit)
}

fn compare_steps(catalog: &Catalog, plan: &SavedPlan, visit: &mut Visit<'_>) -> Result<()> {
    let sealed = catalog.sealed(plan)?;
    let about = format!("plan {}", plan.id);
    let spot = Spot { about: &about, table: "plan_step" };
    if sealed != plan.digest {
        visit(spot.differs("step", &plan.digest.to_string(), &sealed.to_string()));
    } else if let Err(error) = catalog.plan_steps(plan.id, None, usize::MAX) {
        visit(spot.differs("takes", "as its step says", &error.to_string()));
    }
    Ok(())
}

/// The plans as their entries leave them, by number.
fn fold(catalog: &Catalog) -> Result<BTreeMap<String, Told>> {
    let mut clock = Clock::new(catalog)?;
    let mut statement = catalog.conn.prepare(ENTRIES)?;
    let mut rows = statement.query([])?;
    let mut plans: BTreeMap<String, Told> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let now = json!(clock.of_run(text(row, 1)?)?);
        let kind = text(row, 2)?;
        let payload = payload(text(row, 3)?)?;
        let plan = plans.entry(payload.get("plan").map(shown).unwrap_or_default()).or_default();
        match kind {
            "plan.save" => plan.extend(saved(seq, &payload)),
            "plan.approve" => plan.extend([("approved", json!(seq))]),
            "plan.begin" if plan.get("begun_ms") == Some(&Value::Null) => {
                plan.extend([("begun_ms", now)]);
            }
            "plan.end" => plan.extend([("finished_ms", now)]),
            _ => {}
        }
    }
    Ok(plans)
}

fn saved(seq: i64, payload: &Value) -> [(&'static str, Value); 6] {
    [
        ("kind", payload["kind"].clone()),
        ("digest", payload["digest"].clone()),
        ("saved", json!(seq)),
        ("approved", Value::Null),
        ("begun_ms", Value::Null),
        ("finished_ms", Value::Null),
    ]
}

fn compare_taken(catalog: &Catalog, visit: &mut Visit<'_>) -> Result<()> {
    for step in held(catalog, TAKEN, &1)? {
        let cell = |name: &str| step.get(name).cloned().unwrap_or_default();
        if cell("done") != cell("taken") {
            let about = format!("plan {} asset {}", cell("plan"), cell("asset"));
            let spot = Spot { about: &about, table: "plan_step" };
            visit(spot.differs("done_ms", &shown(&cell("taken")), &shown(&cell("done"))));
        }
    }
    Ok(())
}
