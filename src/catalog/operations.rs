//! Operations: file work that is announced before the first file moves and closed with the state
//! change it leads to. An operation that is open tells recovery where to look.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::json;

use super::assets::{changed, touch};
use super::audit::{About, Log};
use super::cells;
use super::decisions::enter_state;
use super::displaced::{displace, yields};
use super::error::{CatalogError, Result};
use super::files::{FileId, give_up_path, holder_of_path, refresh_missing};
use super::holds::insert_hold;
use super::open::Catalog;
use super::operation::{ClosedOperation, OpenOperation, Operation};
use super::originals::go_by_what_is_here;
use super::pause::refuse_paused;
use super::plans::{note_taken, refuse_outside_plan};
use super::published::{arrives_at, path_of, refuse_path_of_another, take_new_paths};
use super::references::uses_of;
use super::runs::Session;
use crate::domain::asset::{AssetId, FileStamp, Place};
use crate::domain::lifecycle::State;
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::pause::Heed;
use crate::domain::plan::PlanId;
use crate::domain::reference::Status;
use crate::domain::text::printable;

impl Catalog {
    /// Announces an operation: durable before any file moves.
    ///
    /// Refused while the flag pauses (`Paused`), while another operation of the asset is open, and
    /// when the asset is not the one that was read (`Changed`); for a quarantine, while a hold is on
    /// (`Held`) and while people see it used, unless it was withdrawn (`InUse`); for a restore, while
    /// a path belongs to something else by now (`PathTaken`). A purge is announced by
    /// [`Self::open_purge`] alone.
    pub fn open_operation(&mut self, open: &OpenOperation) -> Result<()> {
        self.write(|tx, session, log| {
            let operation = &open.operation;
            if open.heed == Heed::Stop {
                refuse_paused(tx)?;
            }
            touch(tx, operation.asset, open.version)?;
            if operation.kind == OperationKind::Quarantine {
                refuse_outside_plan(tx, session, operation.asset)?;
                refuse_other_files(tx, operation)?;
                refuse_held(tx, session, operation.asset)?;
                refuse_in_sight(tx, open)?;
            }
            if matches!(operation.kind, OperationKind::Restore | OperationKind::Publish) {
                take_paths(tx, log, operation)?;
            }
            announce(tx, session, log, open)
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
            if closed.state == OperationState::Done
                && matches!(operation.kind, OperationKind::Restore | OperationKind::Publish)
            {
                // Again: an earlier version took none when the restore was announced.
                take_paths(tx, log, operation)?;
            }
            if closed.state == OperationState::Done
                && let Some(plan) = plan_of(tx, &operation.id)?
            {
                note_taken(tx, session, (plan, operation.asset))?;
            }
            for (number, state, stamp) in &closed.files {
                close_file((tx, log), operation, (*number, *state, *stamp))?;
            }
            match (operation.kind, closed.state) {
                (OperationKind::Publish, _) => take_new_paths((tx, log), operation, closed)?,
                (OperationKind::Restore, OperationState::Done)
                | (OperationKind::Quarantine, OperationState::Aborted) => {
                    go_by_what_is_here(tx, log, operation.asset)?;
                }
                _ => {}
            }
            refresh_missing(tx, operation.asset)?;
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
}

/// Writes the operation and the audit entry that says what it is about to do.
pub(super) fn announce(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    open: &OpenOperation,
) -> Result<()> {
    let operation = &open.operation;
    insert_operation(tx, session, operation)?;
    let kind = format!("{}.intent", operation.kind.name());
    let mut payload = json!({
        "by": session.actor.name(),
        "causes": open.causes,
        "files": operation.files.iter().map(|file| json!({
            "bytes": file.bytes, "file": file.file.0, "mode": file.mode,
            "modified_ns": file.modified_ns, "name": file.stored_name, "number": file.number,
            "path": file.path.to_string(), "root": file.root, "sha256": file.digest.to_string(),
        })).collect::<Vec<_>>(),
        "from": open.transition.map(|step| step.from.to_string()),
        "reason": open.reason,
        "store": operation.store,
        "to": open.transition.map(|step| step.to.to_string()),
    });
    if let (Some(to), Some(fields)) = (&operation.to, payload.as_object_mut()) {
        fields.insert("to_root".to_owned(), to.root.into());
        fields.insert("to_folder".to_owned(), printable(&to.folder).into());
    }
    if let (Heed::GoOn, Some(fields)) = (open.heed, payload.as_object_mut()) {
        fields.insert("while_paused".to_owned(), true.into());
    }
    if operation.opened_at != session.now
        && let Some(fields) = payload.as_object_mut()
    {
        fields.insert("opened_ms".to_owned(), operation.opened_at.millis().into());
    }
    log.append(tx, &kind, about(operation), &payload)
}

fn about(operation: &Operation) -> About<'_> {
    About { asset: Some(operation.asset), operation: Some(&operation.id) }
}

pub(super) fn refuse_held(tx: &Transaction<'_>, session: &Session, asset: AssetId) -> Result<()> {
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

/// All files of an asset go or none: an import may have given it others since they were read.
fn refuse_other_files(tx: &Transaction<'_>, operation: &Operation) -> Result<()> {
    let mut statement =
        tx.prepare_cached("SELECT id FROM file WHERE asset_id = :asset AND place = 'library'")?;
    let rows = statement.query_map(named_params! { ":asset": operation.asset.0 }, |row| {
        Ok(FileId(row.get("id")?))
    })?;
    let here = rows.collect::<std::result::Result<BTreeSet<_>, _>>()?;
    let taken: BTreeSet<_> = operation.files.iter().map(|file| file.file).collect();
    if here == taken { Ok(()) } else { Err(changed(tx, operation.asset)?) }
}

/// What published or scheduled content shows stays; what is unsafe goes whatever shows it.
fn refuse_in_sight(tx: &Transaction<'_>, open: &OpenOperation) -> Result<()> {
    let asset = open.operation.asset;
    if open.transition.is_some_and(|step| step.from == State::Withdrawn) {
        return Ok(());
    }
    let is_seen = uses_of(tx, asset)?.into_iter().any(Status::is_in_sight);
    if is_seen { Err(CatalogError::InUse { asset }) } else { Ok(()) }
}

/// The saved plan that the operation carries out a step of.
fn plan_of(tx: &Transaction<'_>, operation: &str) -> Result<Option<PlanId>> {
    let plan: Option<i64> = tx
        .prepare_cached("SELECT plan_id FROM operation WHERE id = :id")?
        .query_row(named_params! { ":id": operation }, |row| row.get("plan_id"))?;
    Ok(plan.map(PlanId))
}

/// Makes sure that the paths are the operation's: what keeps none of them gives way to a restore.
pub(super) fn take_paths(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    operation: &Operation,
) -> Result<()> {
    refuse_taken_paths(tx, operation)?;
    if operation.kind == OperationKind::Restore { displace(tx, log, operation) } else { Ok(()) }
}

/// While the files were away, their paths may have been given to others.
pub(super) fn refuse_taken_paths(conn: &Connection, operation: &Operation) -> Result<()> {
    for file in &operation.files {
        let (root, path) = arrives_at(operation, file)?;
        refuse_path_of_another(conn, operation, (root, &path))?;
        let mut statement = conn.prepare_cached(
            "SELECT asset_id FROM file
             WHERE root_id = :root AND folder = :folder AND name = :name AND id <> :file
               AND place IN ('library', 'missing')
               AND (asset_id IS NOT NULL OR place = 'library')",
        )?;
        let params = named_params! {
            ":root": root, ":folder": path.folder(), ":name": path.name(), ":file": file.file.0,
        };
        let taken = statement.query_row(params, |row| row.get::<_, Option<i64>>("asset_id"));
        if let Some(by) = taken.optional()? {
            let (path, by) = (path.to_string(), by.map(AssetId));
            if by.map_or(Ok(false), |by| yields(conn, operation, by))? {
                continue;
            }
            return Err(CatalogError::PathTaken { asset: operation.asset, path, by });
        }
    }
    Ok(())
}

fn insert_operation(tx: &Transaction<'_>, session: &Session, operation: &Operation) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO operation (id, kind, asset_id, run_id, state, opened_ms, store, plan_id,
                                to_root_id, to_folder)
         VALUES (:id, :kind, :asset, :run, 'intent', :now, :store, :plan, :to_root, :to_folder)",
    )?
    .execute(named_params! {
        ":id": operation.id, ":kind": operation.kind.name(), ":asset": operation.asset.0,
        ":run": session.run, ":now": operation.opened_at.millis(), ":store": operation.store,
        ":plan": session.plan.map(|plan| plan.0),
        ":to_root": operation.to.as_ref().map(|to| to.root),
        ":to_folder": operation.to.as_ref().map(|to| &to.folder),
    })?;
    for file in &operation.files {
        tx.prepare_cached(
            "INSERT INTO operation_file (operation_id, number, file_id, stored_name, sha256, bytes,
                                         mode, modified_ns, state, from_root_id, from_folder,
                                         from_name)
             VALUES (:operation, :number, :file, :name, :sha256, :bytes, :mode, :modified,
                     'pending', :from_root, :from_folder, :from_name)",
        )?
        .execute(named_params! {
            ":operation": operation.id, ":number": file.number, ":file": file.file.0,
            ":name": file.stored_name, ":sha256": file.digest.0,
            ":bytes": cells::signed(file.bytes), ":mode": file.mode,
            ":modified": file.modified_ns,
            ":from_root": operation.to.as_ref().map(|_| file.root),
            ":from_folder": operation.to.as_ref().map(|_| file.path.folder()),
            ":from_name": operation.to.as_ref().map(|_| file.path.name()),
        })?;
    }
    Ok(())
}

/// Leaves `intent` or `partial`; tells whether the operation was in one of them.
pub(super) fn set_state(
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
    (tx, log): (&Transaction<'_>, &mut Log<'_>),
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
    let Some(place) = place_after(operation.kind, state) else { return Ok(()) };
    let file = operation.files.iter().find(|file| file.number == number);
    let file = file.ok_or_else(|| CatalogError::damaged("operation_file.number"))?;
    let holder = match place {
        Place::Library | Place::Missing => {
            holder_of_path(tx, file.file.0, (file.root, &file.path))?
        }
        Place::Quarantine | Place::Gone => None,
    };
    // An earlier version recorded what came to a path while an operation was open.
    let place = match holder {
        None => place,
        Some(other) if matches!(state, FileState::Moved | FileState::Returned) => {
            give_up_path(tx, log, other)?;
            place
        }
        Some(_) => Place::Gone,
    };
    let file = file.file.0;
    tx.prepare_cached("UPDATE file SET place = :place WHERE id = :file")?
        .execute(named_params! { ":place": place.name(), ":file": file })?;
    let Some(stamp) = stamp else { return Ok(()) };
    tx.prepare_cached(
        "UPDATE file SET bytes = :bytes, modified_ns = :modified, changed_ns = :changed,
                         inode = :inode, device = :device WHERE id = :file",
    )?
    .execute(named_params! {
        ":bytes": cells::signed(stamp.bytes), ":modified": stamp.modified_ns,
        ":changed": stamp.changed_ns, ":inode": cells::signed(stamp.inode),
        ":device": cells::signed(stamp.device), ":file": file,
    })?;
    Ok(())
}

/// Where a file of an operation is after that, if that tells anything new.
fn place_after(kind: OperationKind, state: FileState) -> Option<Place> {
    use FileState::{Drifted, Failed, Missing, Moved, Pending, Returned};
    use OperationKind::{Publish, Purge, Quarantine, Restore};
    Some(match (kind, state) {
        (Quarantine, Moved) | (Restore, Returned | Pending) => Place::Quarantine,
        (Restore | Publish, Moved) | (Quarantine | Publish, Returned | Pending | Drifted) => {
            Place::Library
        }
        (Quarantine | Publish, Missing) => Place::Missing,
        (Purge, Moved) => Place::Gone,
        // What is lost in quarantine stays on record there: its path may belong to others.
        (Restore | Purge, Missing | Drifted) | (Purge, Returned | Pending) | (_, Failed) => {
            return None;
        }
    })
}

pub(super) fn append_end(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    (operation, closed): (&Operation, &ClosedOperation),
) -> Result<()> {
    let kind = format!("{}.{}", operation.kind.name(), closed.state.name());
    let files = closed.files.iter();
    let mut payload = json!({
        "by": session.actor.name(),
        "files": files.map(|(number, state, _)| json!([number, state.name()])).collect::<Vec<_>>(),
        "hold": closed.hold.as_ref().map(|(reason, until)| json!([reason, until.to_string()])),
        "note": closed.note,
        "to": closed.transition.map(|step| step.to.to_string()),
    });
    if let (OperationKind::Publish, Some(fields)) = (operation.kind, payload.as_object_mut()) {
        let (root, path) = path_of(tx, operation.asset)?;
        fields.insert("root".to_owned(), root.into());
        fields.insert("path".to_owned(), path.into());
    }
    log.append(tx, &kind, about(operation), &payload)
}
