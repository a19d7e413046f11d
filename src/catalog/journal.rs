//! Reading operations: those that are open, and what the folders in quarantine belong to.

use rusqlite::{OptionalExtension, Row, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::files::FileId;
use super::open::Catalog;
use super::operation::{Destination, Operation, OperationFile};
use crate::domain::asset::{AssetId, Digest};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::time::Timestamp;

/// What the catalog says of a folder in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreUse {
    /// Files are in it, or were and are lost.
    InUse,
    /// Everything went back to the library: what is left in it is not needed any more.
    Emptied,
}

impl Catalog {
    /// Every operation that is not closed, oldest first.
    pub fn open_operations(&self) -> Result<Vec<Operation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, asset_id, state, opened_ms, store, to_root_id, to_folder FROM operation
             WHERE state IN ('intent', 'partial') ORDER BY opened_ms, id",
        )?;
        let mut rows = statement.query([])?;
        let mut operations = Vec::new();
        while let Some(row) = rows.next()? {
            operations.push(operation(row)?);
        }
        for operation in &mut operations {
            operation.files = self.operation_files(&operation.id)?;
        }
        Ok(operations)
    }

    /// The operation that took an asset's files into quarantine, if they are there: the one that
    /// nothing was restored from, whatever the clock said at the time.
    pub fn quarantine_of(&self, asset: AssetId) -> Result<Option<Operation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, asset_id, state, opened_ms, store, to_root_id, to_folder FROM operation AS o
             WHERE asset_id = :asset AND kind = 'quarantine' AND state = 'done'
               AND NOT EXISTS (
                     SELECT 1 FROM operation AS r
                     WHERE r.asset_id = :asset AND r.store = o.id
                       AND r.kind = 'restore' AND r.state = 'done')
             ORDER BY opened_ms DESC, id DESC LIMIT 1",
        )?;
        let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
        self.operation_with_files(rows.next()?)
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Result<Option<Operation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, asset_id, state, opened_ms, store, to_root_id, to_folder FROM operation WHERE id = :id",
        )?;
        let mut rows = statement.query(named_params! { ":id": id })?;
        self.operation_with_files(rows.next()?)
    }

    pub fn knows_operation(&self, id: &str) -> Result<bool> {
        let mut statement =
            self.conn.prepare_cached("SELECT EXISTS (SELECT 1 FROM operation WHERE id = :id)")?;
        Ok(statement.query_row(named_params! { ":id": id }, |row| row.get(0))?)
    }

    /// What a folder in quarantine is for; `None` if no operation is known that made it.
    pub fn use_of_store(&self, store: &str) -> Result<Option<StoreUse>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT o.state = 'aborted' OR EXISTS (
                      SELECT 1 FROM operation r
                      WHERE r.asset_id = o.asset_id AND r.store = o.id
                        AND r.kind = 'restore' AND r.state = 'done') AS emptied
             FROM operation o WHERE o.id = :id AND o.kind = 'quarantine'",
        )?;
        let emptied = statement
            .query_row(named_params! { ":id": store }, |row| row.get::<_, bool>("emptied"))
            .optional()?;
        Ok(emptied.map(|emptied| if emptied { StoreUse::Emptied } else { StoreUse::InUse }))
    }

    fn operation_with_files(&self, row: Option<&Row<'_>>) -> Result<Option<Operation>> {
        let Some(row) = row else { return Ok(None) };
        let mut found = operation(row)?;
        found.files = self.operation_files(&found.id)?;
        Ok(Some(found))
    }

    fn operation_files(&self, id: &str) -> Result<Vec<OperationFile>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT o.number, o.file_id, coalesce(o.from_root_id, f.root_id) AS root_id,
                    coalesce(o.from_folder, f.folder) AS folder,
                    coalesce(o.from_name, f.name) AS name, o.stored_name, o.sha256, o.bytes,
                    o.mode, o.modified_ns, o.state
             FROM operation_file o JOIN file f ON f.id = o.file_id
             WHERE o.operation_id = :id ORDER BY o.number",
        )?;
        let mut rows = statement.query(named_params! { ":id": id })?;
        let mut files = Vec::new();
        while let Some(row) = rows.next()? {
            files.push(operation_file(row)?);
        }
        Ok(files)
    }
}

fn operation(row: &Row<'_>) -> Result<Operation> {
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    let damaged = || CatalogError::damaged(format!("operation.kind `{kind}`"));
    let kind = OperationKind::ALL.into_iter().find(|known| known.name() == kind);
    let state = OperationState::ALL.into_iter().find(|known| known.name() == state);
    let to = row.get::<_, Option<i64>>("to_root_id")?.zip(row.get("to_folder")?);
    Ok(Operation {
        id: row.get("id")?,
        kind: kind.ok_or_else(damaged)?,
        asset: AssetId(row.get("asset_id")?),
        state: state.ok_or_else(|| CatalogError::damaged("operation.state"))?,
        opened_at: Timestamp::from_millis(row.get("opened_ms")?),
        store: row.get("store")?,
        to: to.map(|(root, folder)| Destination { root, folder }),
        files: Vec::new(),
    })
}

fn operation_file(row: &Row<'_>) -> Result<OperationFile> {
    let state: String = row.get("state")?;
    let state = FileState::ALL.into_iter().find(|known| known.name() == state);
    let (folder, name): (Vec<u8>, Vec<u8>) = (row.get("folder")?, row.get("name")?);
    Ok(OperationFile {
        number: row.get("number")?,
        file: FileId(row.get("file_id")?),
        root: row.get("root_id")?,
        path: cells::joined(&folder, &name)?,
        stored_name: row.get("stored_name")?,
        digest: Digest(row.get("sha256")?),
        bytes: cells::unsigned(row.get("bytes")?),
        mode: row.get("mode")?,
        modified_ns: row.get("modified_ns")?,
        state: state.ok_or_else(|| CatalogError::damaged("operation_file.state"))?,
    })
}
