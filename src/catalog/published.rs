//! The paths of what is published: the new ones once it has arrived, else the old.

use rusqlite::{Connection, Transaction, named_params};

use super::audit::Log;
use super::displaced::yields;
use super::error::{CatalogError, Result};
use super::files::{FileId, give_up_path, holder_of_path};
use super::open::Catalog;
use super::operation::{ClosedOperation, Operation, OperationFile};
use super::operations::refuse_taken_paths;
use super::search::index_words;
use crate::domain::asset::AssetId;
use crate::domain::operation::FileState;
use crate::domain::path::RelPath;
use crate::domain::text::printable;

impl Catalog {
    /// The root and the path that the operation would bring each file to, or bring it back to. Fails
    /// like its announcement where one is on record for something else (`PathTaken`).
    pub fn free_paths_of(&self, operation: &Operation) -> Result<Vec<(i64, RelPath)>> {
        refuse_taken_paths(&self.conn, operation)?;
        operation.files.iter().map(|file| arrives_at(operation, file)).collect()
    }
}

/// Where the operation brings a file in the library; for one that takes it away, where it was.
pub(super) fn arrives_at(operation: &Operation, file: &OperationFile) -> Result<(i64, RelPath)> {
    let Some(to) = &operation.to else { return Ok((file.root, file.path.clone())) };
    let path = to.path_of(&file.stored_name);
    let path = path.map_err(|error| CatalogError::damaged(format!("operation.to_folder: {error}")));
    Ok((to.root, path?))
}

/// No other asset is on record at the path, whatever became of its files; but one that a restore takes
/// the place of.
pub(super) fn refuse_path_of_another(
    conn: &Connection,
    operation: &Operation,
    (root, path): (i64, &RelPath),
) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT id FROM asset
         WHERE root_id = :root AND path = :path AND was IS NULL AND id <> :asset",
    )?;
    let mut rows = statement.query(named_params! {
        ":root": root, ":path": path.as_bytes(), ":asset": operation.asset.0,
    })?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let by = AssetId(row.get("id")?);
    if yields(conn, operation, by)? {
        return Ok(());
    }
    let (asset, path, by) = (operation.asset, path.to_string(), Some(by));
    Err(CatalogError::PathTaken { asset, path, by })
}

/// The root and the path of an asset, as the log tells them.
pub(super) fn path_of(tx: &Transaction<'_>, asset: AssetId) -> Result<(i64, String)> {
    let mut statement = tx.prepare_cached("SELECT root_id, path FROM asset WHERE id = :asset")?;
    Ok(statement.query_row(named_params! { ":asset": asset.0 }, |row| {
        let path: Vec<u8> = row.get("path")?;
        Ok((row.get("root_id")?, printable(&path)))
    })?)
}

/// Gives every file the path where it is now, and the asset that of its original.
pub(super) fn take_new_paths(
    (tx, log): (&Transaction<'_>, &mut Log<'_>),
    operation: &Operation,
    closed: &ClosedOperation,
) -> Result<()> {
    let original = original_of(tx, operation.asset)?;
    for (file, (_, state, _)) in operation.files.iter().zip(&closed.files) {
        let (root, path) = match state {
            FileState::Moved => arrives_at(operation, file)?,
            _ => (file.root, file.path.clone()),
        };
        let arrived = *state == FileState::Moved;
        if arrived && let Some(other) = holder_of_path(tx, file.file.0, (root, &path))? {
            give_up_path(tx, log, other)?;
        }
        tx.prepare_cached(
            "UPDATE file SET root_id = :root, folder = :folder, name = :name WHERE id = :file",
        )?
        .execute(named_params! {
            ":root": root, ":folder": path.folder(), ":name": path.name(), ":file": file.file.0,
        })?;
        if original == Some(file.file) {
            tx.prepare_cached("UPDATE asset SET root_id = :root, path = :path WHERE id = :asset")?
                .execute(named_params! {
                    ":root": root, ":path": path.as_bytes(), ":asset": operation.asset.0,
                })?;
        }
    }
    index_words(tx, operation.asset)
}

/// The file that has the asset's path.
fn original_of(tx: &Transaction<'_>, asset: AssetId) -> Result<Option<FileId>> {
    let mut statement = tx.prepare_cached(
        "SELECT f.id FROM asset a JOIN file f ON f.asset_id = a.id AND f.root_id = a.root_id
         WHERE a.id = :asset AND f.place <> 'gone'
           AND CAST(CASE WHEN f.folder = x'' THEN f.name ELSE f.folder || x'2f' || f.name END
                    AS BLOB) = a.path",
    )?;
    let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
    Ok(rows.next()?.map(|row| row.get("id")).transpose()?.map(FileId))
}
