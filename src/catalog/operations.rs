//! Operations: file work that is announced before the first file moves and closed with the state
//! change it leads to. An operation that is open tells recovery where to look.

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::json;

use super::assets::{FileId, changed, touch};
use super::audit::{About, Log};
use super::cells;
use super::decisions::enter_state;
use super::error::{CatalogError, Result};
use super::holds::insert_hold;
use super::open::Catalog;
use super::operation::{ClosedOperation, OpenOperation, Operation, OperationFile};
use super::runs::Session;
use crate::domain::asset::{AssetId, Digest, FileStamp, Place};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::time::Timestamp;

impl Catalog {
    /// Announces an operation: durable before any file moves.
    ///
    /// Refused while another operation of the asset is open, when the asset is not the one that
    /// was read (`Changed`), and, for a quarantine, while a hold is on (`Held`).
    pub fn open_operation(&mut self, open: &OpenOperation) -> Result<()> {
        self.write(|tx, session, log| {
            let operation = &open.operation;
            touch(tx, operation.asset, open.version)?;
            if operation.kind == OperationKind::Quarantine {
                refuse_held(tx, session, operation.asset)?;
            }
            insert_operation(tx, session, operation)?;
            let kind = format!("{}.intent", operation.kind.name());
            let payload = json!({
                "by": session.actor.name(),
                "causes": open.causes,
                "files": operation.files.iter().map(|file| json!({
                    "bytes": file.bytes, "name": file.stored_name, "path": file.path.to_string(),
                    "sha256": file.digest.to_string(),
                })).collect::<Vec<_>>(),
                "from": open.transition.from.to_string(),
                "reason": open.reason,
                "to": open.transition.to.to_string(),
            });
            log.append(tx, &kind, about(operation), &payload)
        })
    }

    /// Closes an operation: its state, its files' places, the asset's new state, a hold and the
    /// audit entry, all or none. Closing one that is closed already changes nothing.
    pub fn close_operation(
        &mut self,
        operation: &Operation,
        closed: &ClosedOperation,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            if !set_state(tx, session, &operation.id, closed.state)? {
                return Ok(());
            }
            for (number, state, stamp) in &closed.files {
                close_file(tx, operation, (*number, *state, *stamp))?;
            }
            if let Some(step) = closed.transition
                && !enter_state(tx, session, operation.asset, None, (step.from, step.to))?
            {
                return Err(changed(tx, operation.asset)?);
            }
            if let Some((reason, until)) = &closed.hold {
                insert_hold(tx, session, operation.asset, reason, Some(*until))?;
            }
            append_end(tx, session, log, (operation, closed))
        })
    }

    /// Every operation that is not closed, oldest first.
    pub fn open_operations(&self) -> Result<Vec<Operation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, asset_id, state, opened_ms, store FROM operation
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

    /// The operation that took an asset's files into quarantine, if it is there.
    pub fn quarantine_of(&self, asset: AssetId) -> Result<Option<Operation>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, kind, asset_id, state, opened_ms, store FROM operation
             WHERE asset_id = :asset AND kind = 'quarantine' AND state = 'done'
             ORDER BY opened_ms DESC, id DESC LIMIT 1",
        )?;
        let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut found = operation(row)?;
        found.files = self.operation_files(&found.id)?;
        Ok(Some(found))
    }

    /// Whether the catalog knows this operation.
    pub fn knows_operation(&self, id: &str) -> Result<bool> {
        let found: Option<i64> = self
            .conn
            .prepare_cached("SELECT 1 FROM operation WHERE id = :id")?
            .query_row(named_params! { ":id": id }, |row| row.get(0))
            .optional()?;
        Ok(found.is_some())
    }

    fn operation_files(&self, id: &str) -> Result<Vec<OperationFile>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT o.number, o.file_id, f.root_id, f.folder, f.name, o.stored_name, o.sha256,
                    o.bytes, o.mode, o.modified_ns, o.state
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

fn about(operation: &Operation) -> About<'_> {
    About { asset: Some(operation.asset), operation: Some(&operation.id) }
}

fn refuse_held(tx: &Transaction<'_>, session: &Session, asset: AssetId) -> Result<()> {
    let reason: Option<String> = tx
        .prepare_cached(
            "SELECT reason FROM hold WHERE asset_id = :asset AND released_ms IS NULL
               AND (until_ms IS NULL OR until_ms > :now) ORDER BY id LIMIT 1",
        )?
        .query_row(named_params! { ":asset": asset.0, ":now": session.now.millis() }, |row| {
            row.get("reason")
        })
        .optional()?;
    reason.map_or(Ok(()), |reason| Err(CatalogError::Held { asset, reason }))
}

fn insert_operation(tx: &Transaction<'_>, session: &Session, operation: &Operation) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, store)
         VALUES (:id, :kind, :asset, :run, 'intent', :now, :store)",
    )?
    .execute(named_params! {
        ":id": operation.id, ":kind": operation.kind.name(), ":asset": operation.asset.0,
        ":run": session.run, ":now": session.now.millis(), ":store": operation.store,
    })?;
    for file in &operation.files {
        tx.prepare_cached(
            "INSERT INTO operation_file (operation_id, number, file_id, stored_name, sha256, bytes,
                                         mode, modified_ns, state)
             VALUES (:operation, :number, :file, :name, :sha256, :bytes, :mode, :modified,
                     'pending')",
        )?
        .execute(named_params! {
            ":operation": operation.id, ":number": file.number, ":file": file.file.0,
            ":name": file.stored_name, ":sha256": file.digest.0,
            ":bytes": cells::signed(file.bytes), ":mode": file.mode,
            ":modified": file.modified_ns,
        })?;
    }
    Ok(())
}

/// Leaves `intent` or `partial`; tells whether the operation was in one of them.
fn set_state(
    tx: &Transaction<'_>,
    session: &Session,
    id: &str,
    state: OperationState,
) -> Result<bool> {
    let updated = tx
        .prepare_cached(
            "UPDATE operation SET state = :state, closed_ms = :now
             WHERE id = :id AND state IN ('intent', 'partial')",
        )?
        .execute(named_params! {
            ":state": state.name(), ":now": session.now.millis(), ":id": id,
        })?;
    Ok(updated == 1)
}

/// Where a file is once its part of the operation ended.
fn close_file(
    tx: &Transaction<'_>,
    operation: &Operation,
    (number, state, stamp): (u32, FileState, Option<FileStamp>),
) -> Result<()> {
    tx.prepare_cached(
        "UPDATE operation_file SET state = :state
         WHERE operation_id = :operation AND number = :number",
    )?
    .execute(named_params! {
        ":state": state.name(), ":operation": operation.id, ":number": number,
    })?;
    let place = match (operation.kind, state) {
        (OperationKind::Quarantine, FileState::Moved)
        | (OperationKind::Restore, FileState::Returned | FileState::Pending) => Place::Quarantine,
        (OperationKind::Restore, FileState::Moved)
        | (OperationKind::Quarantine, FileState::Returned | FileState::Pending) => Place::Library,
        (_, FileState::Missing) => Place::Missing,
        (_, FileState::Drifted | FileState::Failed) => return Ok(()),
    };
    tx.prepare_cached(
        "UPDATE file SET place = :place WHERE id =
           (SELECT file_id FROM operation_file WHERE operation_id = :operation AND number = :number)",
    )?
    .execute(named_params! {
        ":place": place.name(), ":operation": operation.id, ":number": number,
    })?;
    let Some(stamp) = stamp else { return Ok(()) };
    tx.prepare_cached(
        "UPDATE file SET bytes = :bytes, modified_ns = :modified, changed_ns = :changed,
                         inode = :inode, device = :device
         WHERE id = (SELECT file_id FROM operation_file
                     WHERE operation_id = :operation AND number = :number)",
    )?
    .execute(named_params! {
        ":bytes": cells::signed(stamp.bytes), ":modified": stamp.modified_ns,
        ":changed": stamp.changed_ns, ":inode": cells::signed(stamp.inode),
        ":device": cells::signed(stamp.device), ":operation": operation.id, ":number": number,
    })?;
    Ok(())
}

fn append_end(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    (operation, closed): (&Operation, &ClosedOperation),
) -> Result<()> {
    let kind = format!("{}.{}", operation.kind.name(), closed.state.name());
    let files = closed.files.iter();
    let payload = json!({
        "by": session.actor.name(),
        "files": files.map(|(number, state, _)| json!([number, state.name()])).collect::<Vec<_>>(),
        "note": closed.note,
        "to": closed.transition.map(|step| step.to.to_string()),
    });
    log.append(tx, &kind, about(operation), &payload)
}

fn operation(row: &Row<'_>) -> Result<Operation> {
    let (kind, state): (String, String) = (row.get("kind")?, row.get("state")?);
    let kind = match kind.as_str() {
        "quarantine" => OperationKind::Quarantine,
        "restore" => OperationKind::Restore,
        other => return Err(CatalogError::damaged(format!("operation.kind `{other}`"))),
    };
    let state = OperationState::ALL.into_iter().find(|known| known.name() == state);
    Ok(Operation {
        id: row.get("id")?,
        kind,
        asset: AssetId(row.get("asset_id")?),
        state: state.ok_or_else(|| CatalogError::damaged("operation.state"))?,
        opened_at: Timestamp::from_millis(row.get("opened_ms")?),
        store: row.get("store")?,
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
