//! Rejections for one placement: given and taken back by people, kept for ever.

use rusqlite::{Row, named_params};
use serde_json::json;

use super::assets::touch;
use super::audit::About;
use super::error::{CatalogError, Result};
use super::facts::FactsRow;
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::rejection::{PlacementRejection, RejectionCode};
use crate::domain::time::Timestamp;

/// The columns of [`rejection`], in its order, of those that nobody has taken back.
const OPEN: &str = "SELECT asset_id, placement, code, reason, rejected_by, rejected_ms
                    FROM placement_rejection
                    WHERE lifted_ms IS NULL AND asset_id >= :first AND asset_id <= :last
                    ORDER BY asset_id, id";

impl Catalog {
    /// Gives every asset its open rejections for one placement.
    pub(super) fn add_placement_rejections(&self, assets: &mut [FactsRow]) -> Result<()> {
        self.add_rows(OPEN, assets, |asset, row| {
            asset.facts.rejected_for.push(rejection(row)?);
            Ok(())
        })
    }

    /// Rejects an asset for a placement and writes the audit entry, both or neither.
    pub fn reject_for_placement(
        &mut self,
        (asset, version): (AssetId, i64),
        placement: &str,
        (code, reason): (Option<RejectionCode>, Option<&str>),
    ) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            let code = code.map(RejectionCode::name);
            tx.execute(
                "INSERT INTO placement_rejection
                     (asset_id, placement, code, reason, rejected_by, rejected_ms)
                 VALUES (:asset, :placement, :code, :reason, :by, :now)",
                named_params! {
                    ":asset": asset.0, ":placement": placement, ":code": code, ":reason": reason,
                    ":by": session.actor.name(), ":now": session.now.millis(),
                },
            )?;
            let by = session.actor.name();
            let payload =
                json!({ "by": by, "code": code, "placement": placement, "reason": reason });
            log.append(tx, "asset.reject_placement", About::asset(asset), &payload)
        })
    }

    /// Takes the open rejection for a placement back and writes the audit entry, both or neither.
    pub fn reconsider_placement(
        &mut self,
        (asset, version): (AssetId, i64),
        placement: &str,
        reason: &str,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            tx.execute(
                "UPDATE placement_rejection
                 SET lift_reason = :reason, lifted_by = :by, lifted_ms = :now
                 WHERE asset_id = :asset AND placement = :placement AND lifted_ms IS NULL",
                named_params! {
                    ":reason": reason, ":by": session.actor.name(),
                    ":now": session.now.millis(), ":asset": asset.0, ":placement": placement,
                },
            )?;
            let by = session.actor.name();
            let payload = json!({ "by": by, "placement": placement, "reason": reason });
            log.append(tx, "asset.reconsider_placement", About::asset(asset), &payload)
        })
    }
}

fn rejection(row: &Row<'_>) -> Result<PlacementRejection> {
    let code: Option<String> = row.get(2)?;
    let code = code.map(|code| RejectionCode::read(&code)).transpose();
    Ok(PlacementRejection {
        placement: row.get(1)?,
        code: code.map_err(|_| CatalogError::damaged("placement_rejection.code"))?,
        reason: row.get(3)?,
        by: row.get(4)?,
        at: Timestamp::from_millis(row.get(5)?),
    })
}
