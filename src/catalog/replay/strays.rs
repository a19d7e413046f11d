//! Rows that the entries of no asset lead to.

use serde_json::Value;

use super::super::audit::meta;
use super::super::error::{CatalogError, Result};
use super::super::open::Catalog;
use super::super::pause::flag;
use super::rows::{Spot, held, shown, text};
use super::{Visit, payload};
use crate::domain::pause::Stop::{self, AfterAsset, BeforeNextFile};

/// Each table with the rows of an asset that the log never added.
const STRAYS: &[(&str, &str)] = &[
    (
        "asset",
        "SELECT id FROM asset a
               WHERE ?1 AND NOT EXISTS (SELECT 1 FROM audit WHERE asset_id = a.id)",
    ),
    (
        "description",
        "SELECT asset_id AS id FROM description
                     WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "alt_text",
        "SELECT DISTINCT asset_id AS id FROM alt_text
                  WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "asset_placement",
        "SELECT DISTINCT asset_id AS id FROM asset_placement
                         WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "asset_context",
        "SELECT DISTINCT asset_id AS id FROM asset_context
                       WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "asset_license",
        "SELECT DISTINCT asset_id AS id FROM asset_license
                       WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "hold",
        "SELECT DISTINCT asset_id AS id FROM hold
              WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "waiver",
        "SELECT DISTINCT asset_id AS id FROM waiver
                WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "risk",
        "SELECT DISTINCT asset_id AS id FROM risk
              WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "placement_rejection",
        "SELECT DISTINCT asset_id AS id FROM placement_rejection
                             WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "operation",
        "SELECT DISTINCT asset_id AS id FROM operation
                   WHERE ?1 AND asset_id NOT IN (SELECT id FROM asset)",
    ),
    (
        "operation_file",
        "SELECT DISTINCT operation_id AS id FROM operation_file
                        WHERE ?1 AND operation_id NOT IN (SELECT id FROM operation)",
    ),
];

/// Tells of those, and of a next number that is not the one after `newest`.
pub(super) fn compare(catalog: &Catalog, newest: i64, visit: &mut Visit<'_>) -> Result<()> {
    for (table, sql) in STRAYS {
        for row in held(catalog, sql, &1)? {
            let owner = if *table == "operation_file" { "operation" } else { "asset" };
            let about = format!("{owner} {}", row.get("id").map(shown).unwrap_or_default());
            visit(Spot { about: &about, table }.differs("row", "not there", "there"));
        }
    }
    let noted: i64 = meta(&catalog.conn, "next_asset")?
        .parse()
        .map_err(|_| CatalogError::damaged("meta.next_asset"))?;
    if noted != newest + 1 {
        let spot = Spot { about: "catalog", table: "meta" };
        visit(spot.differs("next_asset", &(newest + 1).to_string(), &noted.to_string()));
    }
    compare_pause(catalog, visit)
}

/// Whether the flag pauses is what the entries lead to, and it stops what is under way no later.
fn compare_pause(catalog: &Catalog, visit: &mut Visit<'_>) -> Result<()> {
    let mut statement = catalog.conn.prepare(
        "SELECT kind, payload FROM audit
         WHERE kind IN ('pause.begin', 'pause.again', 'pause.end') ORDER BY seq",
    )?;
    let mut rows = statement.query([])?;
    let mut told: Option<Stop> = None;
    while let Some(row) = rows.next()? {
        let payload = payload(text(row, 1)?)?;
        let at_once = payload.get("stop").and_then(Value::as_str) == Some(BeforeNextFile.name());
        let asked = if at_once { BeforeNextFile } else { AfterAsset };
        told = (text(row, 0)? != "pause.end").then(|| told.map_or(asked, |stop| stop.max(asked)));
    }
    let held = flag(&catalog.conn).map(|note| note.stop());
    // One that stops sooner may have been asked for in the file, which no entry tells of.
    let is_honest = match (told, held) {
        (Some(told), Some(held)) => held >= told,
        (told, held) => told == held,
    };
    if !is_honest {
        let words = |stop: Option<Stop>| stop.map_or("nothing", Stop::in_words);
        let spot = Spot { about: "catalog", table: "meta" };
        visit(spot.differs("pause", words(told), words(held)));
    }
    Ok(())
}
