//! Risk flags: raised by anybody, cleared by a person, kept for ever.

use rusqlite::{Row, named_params};
use serde_json::json;

use super::assets::touch;
use super::audit::About;
use super::cells::instant;
use super::error::{CatalogError, Result};
use super::facts::FactsRow;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::risk::{OpenRisk, Risk};
use crate::domain::time::Timestamp;

/// A flag as the catalog keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskFlag {
    pub raised: OpenRisk,
    pub cleared: Option<Clearance>,
}

/// Who cleared a flag, when, and why there is no risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearance {
    pub by: String,
    pub at: Timestamp,
    pub note: String,
}

/// The columns of [`open_risk`], in its order, of flags that nobody has cleared.
const OPEN: &str = "SELECT asset_id, kind, note, raised_by, raised_ms FROM risk
                    WHERE cleared_ms IS NULL AND asset_id >= :first AND asset_id <= :last
                    ORDER BY asset_id, id";

impl Catalog {
    /// Gives every asset its open flags.
    pub(super) fn add_risks(&self, assets: &mut [FactsRow]) -> Result<()> {
        self.add_rows(OPEN, assets, |asset, row| {
            asset.facts.risks.push(open_risk(row)?);
            Ok(())
        })
    }

    /// Every flag of an asset, oldest first.
    pub fn risks_of(&self, asset: AssetId) -> Result<Vec<RiskFlag>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT asset_id, kind, note, raised_by, raised_ms, clear_note, cleared_by, cleared_ms
             FROM risk WHERE asset_id = :asset ORDER BY id",
        )?;
        let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
        let mut flags = Vec::new();
        while let Some(row) = rows.next()? {
            flags.push(RiskFlag { raised: open_risk(row)?, cleared: clearance(row)? });
        }
        Ok(flags)
    }

    /// Raises a flag and writes its audit entry, both or neither.
    pub fn raise_risk(
        &mut self,
        (asset, version): (AssetId, i64),
        risk: Risk,
        note: Option<&str>,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            tx.execute(
                "INSERT INTO risk (asset_id, kind, note, raised_by, raised_ms)
                 VALUES (:asset, :kind, :note, :by, :now)",
                named_params! {
                    ":asset": asset.0, ":kind": risk.name(), ":note": note,
                    ":by": session.actor.name(), ":now": session.now.millis(),
                },
            )?;
            let payload =
                json!({ "by": session.actor.name(), "reason": note, "risk": risk.name() });
            log.append(tx, "asset.flag", About::asset(asset), &payload)
        })
    }

    /// Clears the open flag of a risk and writes its audit entry, both or neither.
    pub fn clear_risk(
        &mut self,
        (asset, version): (AssetId, i64),
        risk: Risk,
        note: &str,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            tx.execute(
                "UPDATE risk SET clear_note = :note, cleared_by = :by, cleared_ms = :now
                 WHERE asset_id = :asset AND kind = :kind AND cleared_ms IS NULL",
                named_params! {
                    ":note": note, ":by": session.actor.name(), ":now": session.now.millis(),
                    ":asset": asset.0, ":kind": risk.name(),
                },
            )?;
            let payload =
                json!({ "by": session.actor.name(), "reason": note, "risk": risk.name() });
            log.append(tx, "asset.clear", About::asset(asset), &payload)
        })
    }
}

fn open_risk(row: &Row<'_>) -> Result<OpenRisk> {
    let kind = row.get_ref(1)?.as_str().ok().and_then(Risk::named);
    Ok(OpenRisk {
        risk: kind.ok_or_else(|| CatalogError::damaged("risk.kind"))?,
        note: row.get(2)?,
        by: row.get(3)?,
        at: Timestamp::from_millis(row.get(4)?),
    })
}

fn clearance(row: &Row<'_>) -> Result<Option<Clearance>> {
    let Some(at) = instant(row, "cleared_ms")? else { return Ok(None) };
    let damaged = || CatalogError::damaged("risk.cleared_by");
    let (by, note): (Option<String>, Option<String>) =
        (row.get("cleared_by")?, row.get("clear_note")?);
    Ok(Some(Clearance { by: by.ok_or_else(damaged)?, at, note: note.unwrap_or_default() }))
}
