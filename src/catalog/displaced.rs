//! Records that hold a path and nothing else: drafts that nobody decided about, and whose files are
//! gone. What comes back to the path takes their place.

use rusqlite::{Connection, ToSql, Transaction, named_params};
use serde_json::json;

use super::assets::named_asset;
use super::audit::{About, Log};
use super::cells;
use super::error::Result;
use super::intake::{attach, merge_asset};
use super::operation::Operation;
use crate::domain::asset::AssetId;
use crate::domain::operation::OperationKind;
use crate::domain::path::RelPath;

/// Whether an asset is such a record, and all of it at paths that the operation, a restore, brings files
/// back to. Nobody said what it is for, and no file of it was ever moved. Its texts, which may be an import's, are
/// in the log.
pub(super) fn yields(conn: &Connection, operation: &Operation, asset: AssetId) -> Result<bool> {
    if operation.kind != OperationKind::Restore {
        return Ok(false);
    }
    let mut statement = conn.prepare_cached(UNDECIDED)?;
    if !statement.query_row(named_params! { ":asset": asset.0 }, |row| row.get(0))? {
        return Ok(false);
    }
    let comes_back = |root: i64, path: &RelPath| {
        operation.files.iter().any(|file| file.root == root && file.path == *path)
    };
    let known = named_asset(conn, asset)?;
    let mut statement = conn.prepare_cached(
        "SELECT root_id, folder, name FROM file WHERE asset_id = :asset AND place <> 'gone'",
    )?;
    let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
    while let Some(row) = rows.next()? {
        let (folder, name): (Vec<u8>, Vec<u8>) = (row.get("folder")?, row.get("name")?);
        if !comes_back(row.get("root_id")?, &cells::joined(&folder, &name)?) {
            return Ok(false);
        }
    }
    Ok(comes_back(known.root, &known.path))
}

const UNDECIDED: &str = "
    SELECT state = 'draft'
       AND NOT EXISTS (SELECT 1 FROM file f WHERE f.asset_id = a.id
                         AND (f.place = 'library' OR EXISTS (
                                SELECT 1 FROM operation_file m WHERE m.file_id = f.id)))
       AND NOT EXISTS (SELECT 1 FROM operation WHERE asset_id = a.id)
       AND NOT EXISTS (SELECT 1 FROM hold WHERE asset_id = a.id AND released_ms IS NULL)
       AND NOT EXISTS (SELECT 1 FROM risk WHERE asset_id = a.id AND cleared_ms IS NULL)
       AND NOT EXISTS (SELECT 1 FROM placement_rejection
                       WHERE asset_id = a.id AND lifted_ms IS NULL)
       AND NOT EXISTS (SELECT 1 FROM waiver WHERE asset_id = a.id)
       AND NOT EXISTS (SELECT 1 FROM asset_placement WHERE asset_id = a.id)
       AND NOT EXISTS (SELECT 1 FROM asset_context WHERE asset_id = a.id)
       AND NOT EXISTS (SELECT 1 FROM asset_license WHERE asset_id = a.id)
    FROM asset a WHERE id = :asset";

/// Takes such records off the paths that a restore brings files back to, each with an entry. Their
/// attachments are those of the asset that comes back.
pub(super) fn displace(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    operation: &Operation,
) -> Result<()> {
    for file in &operation.files {
        let in_the_way = numbers(
            tx,
            "SELECT asset_id FROM file
             WHERE root_id = :root AND folder = :folder AND name = :name AND place = 'missing'
               AND asset_id <> :asset
             UNION SELECT id FROM asset
             WHERE root_id = :root AND path = :path AND was IS NULL AND id <> :asset",
            named_params! {
                ":root": file.root, ":folder": file.path.folder(), ":name": file.path.name(),
                ":path": file.path.as_bytes(), ":asset": operation.asset.0,
            },
        )?;
        for asset in in_the_way {
            take_off(tx, log, (AssetId(asset), operation.asset))?;
        }
    }
    Ok(())
}

fn take_off(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    (asset, into): (AssetId, AssetId),
) -> Result<()> {
    let of_it = named_params! { ":asset": asset.0 };
    for attachment in numbers(tx, "SELECT id FROM attachment WHERE asset_id = :asset", of_it)? {
        attach(tx, log, attachment, into)?;
    }
    // No operation was ever about them, and their bytes are not those of what comes back.
    for sql in [
        "DELETE FROM file_claims WHERE file_id IN (SELECT id FROM file WHERE asset_id = :asset)",
        "DELETE FROM file WHERE asset_id = :asset",
    ] {
        tx.prepare_cached(sql)?.execute(of_it)?;
    }
    merge_asset(tx, asset, into)?;
    log.append(tx, "asset.merge", About::asset(asset), &json!({ "into": into.0 }))
}

fn numbers(tx: &Transaction<'_>, sql: &'static str, of: &[(&str, &dyn ToSql)]) -> Result<Vec<i64>> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(of, |row| row.get(0))?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}
