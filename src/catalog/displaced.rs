//! Records that hold a path and nothing else: drafts that nobody decided about, and whose files are
//! gone. What comes back to the path takes their place.

use rusqlite::{Connection, Transaction, named_params};
use serde_json::json;

use super::audit::{About, Log};
use super::error::Result;
use super::intake::merge_asset;
use super::operation::Operation;
use crate::domain::asset::AssetId;

/// Whether an asset is such a record.
pub(super) fn yields(conn: &Connection, asset: AssetId) -> Result<bool> {
    let mut statement = conn.prepare_cached(
        "SELECT state = 'draft'
            AND NOT EXISTS (SELECT 1 FROM file WHERE asset_id = :asset AND place = 'library')
            AND NOT EXISTS (SELECT 1 FROM operation WHERE asset_id = :asset)
            AND NOT EXISTS (SELECT 1 FROM hold WHERE asset_id = :asset AND released_ms IS NULL)
            AND NOT EXISTS (SELECT 1 FROM risk WHERE asset_id = :asset AND cleared_ms IS NULL)
            AND NOT EXISTS (SELECT 1 FROM placement_rejection
                            WHERE asset_id = :asset AND lifted_ms IS NULL)
         FROM asset WHERE id = :asset",
    )?;
    Ok(statement.query_row(named_params! { ":asset": asset.0 }, |row| row.get(0))?)
}

/// Makes such records at the paths of a finished restore part of its asset, each with an entry.
pub(super) fn displace(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    operation: &Operation,
) -> Result<()> {
    for file in &operation.files {
        let mut statement = tx.prepare_cached(
            "SELECT asset_id AS id FROM file
             WHERE root_id = :root AND folder = :folder AND name = :name AND place = 'missing'
               AND asset_id <> :asset
             UNION SELECT id FROM asset
             WHERE root_id = :root AND path = :path AND was IS NULL AND id <> :asset",
        )?;
        let params = named_params! {
            ":root": file.root, ":folder": file.path.folder(), ":name": file.path.name(),
            ":path": file.path.as_bytes(), ":asset": operation.asset.0,
        };
        let held = statement.query_map(params, |row| row.get("id").map(AssetId))?;
        for asset in held.collect::<std::result::Result<Vec<_>, _>>()? {
            tx.prepare_cached(
                "UPDATE file SET place = 'gone' WHERE asset_id = :asset AND place = 'missing'",
            )?
            .execute(named_params! { ":asset": asset.0 })?;
            merge_asset(tx, asset, operation.asset)?;
            let payload = json!({ "into": operation.asset.0 });
            log.append(tx, "asset.merge", About::asset(asset), &payload)?;
        }
    }
    Ok(())
}
