//! Making records of what a lost catalog knew, from what the folders in quarantine say of
//! themselves.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::json;

use super::adopted_rows::{
    choose, enter_asset, free_number, merge_into, place_file, refuse_taken_path,
};
use super::assets::touch;
use super::audit::{About, Log, meta};
use super::error::{CatalogError, Result};
use super::files::{FileId, refresh_missing};
use super::holds::insert_hold;
use super::open::Catalog;
use super::operation::{ClosedOperation, OpenOperation, Operation};
use super::operations::{announce, append_end, set_state};
use super::originals::go_by_what_is_here;
use super::pause::refuse_paused;
use super::runs::Session;
use crate::domain::asset::{AssetId, FileStamp};
use crate::domain::lifecycle::{Action, Ended, State, Transition};
use crate::domain::operation::{FileState, OperationKind, OperationState};
use crate::domain::pause::Heed;
use crate::domain::recovery::Sighting;
use crate::domain::testimony::{Testimony, Whereabouts};

/// A folder in quarantine without a record, with all that a record is made of.
#[derive(Debug, Clone)]
pub struct Adoption {
    pub told: Testimony,
    /// The operation that made the folder, as it ended. Its asset and the numbers of its files are
    /// not known before it is adopted.
    pub operation: Operation,
    pub whereabouts: Whereabouts,
    /// For each file what is at both of its places, and its identity where it has its place.
    pub found: Vec<(Sighting, FileStamp)>,
    /// The root of the asset.
    pub root: i64,
    /// A purge had begun with it.
    pub purge: Option<BegunPurge>,
    /// An earlier operation on the asset is known whose files came back since.
    pub came_back: bool,
    /// The greatest number of an asset that any folder tells of.
    pub greatest: i64,
    pub reason: String,
}

/// A purge whose announcement is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunPurge {
    /// A fresh identifier for its operation.
    pub id: String,
    /// Why the asset is held, so that the purge is taken back; `None` if every file is deleted.
    pub hold: Option<String>,
}

impl Catalog {
    /// The number that an adopted asset would have, if that can be told; fails like
    /// [`Self::adopt`]. Changes nothing.
    pub fn foresee_adoption(&self, adoption: &Adoption) -> Result<Option<AssetId>> {
        let conn = &self.conn;
        let choice = choose(conn, adoption)?;
        refuse_taken_path(conn, adoption, &choice)?;
        let own = own_asset(conn, adoption)?.filter(|_| adoption.came_back);
        let number = choice.into.or(own);
        Ok(if number.is_some() { number } else { free_number(conn, adoption.told.asset.number)? })
    }

    /// Makes the records of a folder in quarantine: its asset, its files and its operation, with
    /// their audit entries, all or none. Returns the asset.
    ///
    /// Refused while the flag pauses (`Paused`), and where another asset keeps the path of a file
    /// that is in the library (`PathTaken`).
    pub fn adopt(&mut self, adoption: &Adoption) -> Result<AssetId> {
        self.write(|tx, session, log| {
            refuse_paused(tx)?;
            let choice = choose(tx, adoption)?;
            refuse_taken_path(tx, adoption, &choice)?;
            for merged in &choice.merged {
                merge_into(tx, log, *merged, choice.into)?;
            }
            let entered = enter_asset(tx, session, adoption, choice.into)?;
            let mut operation = Operation { asset: entered.asset, ..adoption.operation.clone() };
            let files = operation.files.iter_mut().zip(&choice.rows).enumerate();
            for (at, (file, row)) in files {
                file.file = FileId(place_file(tx, adoption, (at, entered.asset, *row))?);
            }
            refresh_missing(tx, entered.asset)?;
            if let Some((kind, payload)) = &entered.entry {
                log.append(tx, kind, About::asset(entered.asset), payload)?;
            }
            append_rebuild(tx, session, log, (adoption, &operation, entered.from))?;
            record_operation(tx, session, log, (adoption, &operation))?;
            if adoption.whereabouts == Whereabouts::Library {
                go_by_what_is_here(tx, log, entered.asset)?;
            }
            if let Some(purge) = &adoption.purge {
                begin_purge(tx, session, log, (&operation, adoption.told.asset.was, purge))?;
            }
            Ok(entered.asset)
        })
    }

    /// Writes down that a purge of files in quarantine had begun whose announcement is lost.
    pub fn record_begun_purge(
        &mut self,
        taken: &Operation,
        (version, was): (i64, Ended),
        purge: &BegunPurge,
    ) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_paused(tx)?;
            touch(tx, taken.asset, version)?;
            begin_purge(tx, session, log, (taken, was, purge))
        })
    }

    /// The operations whose files are in quarantine, of assets that no open one is about.
    pub fn stores_in_use(&self) -> Result<Vec<String>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT o.id FROM operation o WHERE o.kind = 'quarantine' AND o.state = 'done'
               AND NOT EXISTS (SELECT 1 FROM operation r
                               WHERE r.asset_id = o.asset_id AND r.store = o.id
                                 AND r.kind IN ('restore', 'purge') AND r.state = 'done')
               AND NOT EXISTS (SELECT 1 FROM operation r WHERE r.asset_id = o.asset_id
                                 AND r.state IN ('intent', 'partial'))
             ORDER BY o.id",
        )?;
        let ids = statement.query_map([], |row| row.get("id"))?;
        Ok(ids.collect::<std::result::Result<_, _>>()?)
    }

    /// Writes down that a root that another catalog had marked belongs to this one from now on.
    pub fn record_takeover(&mut self, root: &str, from: &str, reason: &str) -> Result<()> {
        self.write(|tx, session, log| {
            let payload = json!({
                "by": session.actor.name(), "from": from, "reason": reason, "root": root,
            });
            log.append(tx, "root.adopt", About::default(), &payload)
        })
    }
}

/// The asset that this very catalog had moved, at the same path still. One that was added after the
/// folder was made, with other bytes, has its number by chance: an older copy gave it out again.
pub(super) fn own_asset(conn: &Connection, adoption: &Adoption) -> Result<Option<AssetId>> {
    let told = &adoption.told;
    if told.catalog != meta(conn, "catalog_uuid")? {
        return Ok(None);
    }
    let own = conn
        .prepare_cached(
            "SELECT id FROM asset WHERE id = :id AND root_id = :root AND path = :path
               AND (was IS NULL OR :back AND state = 'quarantined')
               AND (added_ms <= :opened OR sha256 = :sha256)",
        )?
        .query_row(
            named_params! {
                ":id": told.asset.number.0, ":root": adoption.root, ":back": adoption.came_back,
                ":path": told.asset.path.as_bytes(), ":opened": told.opened.millis(),
                ":sha256": told.asset.digest.0,
            },
            |row| row.get("id").map(AssetId),
        )
        .optional()?;
    Ok(own)
}

/// The entry that says what was believed, of whom, and why.
fn append_rebuild(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    (adoption, operation, from): (&Adoption, &Operation, State),
) -> Result<()> {
    let told = &adoption.told;
    let payload = json!({
        "by": session.actor.name(),
        "from": from.to_string(),
        "reason": adoption.reason,
        "to": told.asset.was.state().to_string(),
        "told": {
            "actor": told.actor, "asset": told.asset.number.0, "catalog": told.catalog,
            "causes": told.causes, "opened": told.opened.to_string(), "reason": told.reason,
            "withdrawn_by": told.asset.withdrawn_by,
        },
    });
    let about = About { asset: Some(operation.asset), operation: Some(&operation.id) };
    log.append(tx, "asset.rebuild", about, &payload)
}

/// The operation with its files, announced and closed as it ended.
fn record_operation(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    (adoption, operation): (&Adoption, &Operation),
) -> Result<()> {
    let told = &adoption.told;
    let transition = step(told.asset.was.state(), Action::Quarantine)?;
    let pending = Operation { state: OperationState::Intent, ..operation.clone() };
    announce(tx, session, log, &opening(pending, transition, (&adoption.reason, &told.causes)))?;
    set_state(tx, session, &operation.id, operation.state)?;
    for file in &operation.files {
        tx.prepare_cached(
            "UPDATE operation_file SET state = :state
             WHERE operation_id = :operation AND number = :number",
        )?
        .execute(named_params! {
            ":state": file.state.name(), ":operation": operation.id, ":number": file.number,
        })?;
    }
    let done = operation.state == OperationState::Done;
    let closed = ClosedOperation {
        state: operation.state,
        files: operation.files.iter().map(|file| (file.number, file.state, None)).collect(),
        transition: done.then_some(transition),
        hold: None,
        note: Some("rebuilt from the manifest".to_owned()),
    };
    append_end(tx, session, log, (operation, &closed))
}

fn begin_purge(
    tx: &Transaction<'_>,
    session: &Session,
    log: &mut Log<'_>,
    (taken, was, purge): (&Operation, Ended, &BegunPurge),
) -> Result<()> {
    if let Some(reason) = &purge.hold {
        insert_hold(tx, session, taken.asset, reason, None)?;
        let payload = json!({ "by": session.actor.name(), "reason": reason, "until": null });
        log.append(tx, "asset.hold", About::asset(taken.asset), &payload)?;
    }
    let mut files = taken.files.clone();
    for file in &mut files {
        file.state = FileState::Pending;
    }
    let operation = Operation {
        id: purge.id.clone(),
        kind: OperationKind::Purge,
        state: OperationState::Intent,
        opened_at: session.now,
        store: taken.id.clone(),
        to: None,
        files,
        ..*taken
    };
    let transition = step(State::Quarantined(was), Action::Purge)?;
    let why = "its announcement is lost; the folder is where files are deleted";
    announce(tx, session, log, &opening(operation, transition, (why, &[])))
}

fn opening(
    operation: Operation,
    transition: Transition,
    (reason, causes): (&str, &[String]),
) -> OpenOperation {
    OpenOperation {
        operation,
        version: 0,
        transition: Some(transition),
        reason: Some(reason.to_owned()),
        causes: causes.to_vec(),
        heed: Heed::Stop,
    }
}

fn step(from: State, action: Action) -> Result<Transition> {
    Transition::of(from, action)
        .ok_or_else(|| CatalogError::damaged(format!("{action} of an asset that is {from}")))
}
