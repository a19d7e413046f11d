//! What an older copy of the catalog does not know: files that came back since, and folders that a
//! rebuild has looked at and could make no record of.

use std::collections::BTreeSet;

use rusqlite::{Connection, Transaction, named_params};
use serde_json::json;

use super::adopted_rows::{known_row, merge_into, owners_of};
use super::assets::touch;
use super::audit::{About, Log};
use super::error::Result;
use super::open::Catalog;
use super::operation::{OpenOperation, Operation};
use super::operations::{announce, take_paths};
use super::pause::refuse_paused;
use crate::domain::asset::Digest;
use crate::domain::testimony::{KnownRow, choose_stand_ins};

impl Catalog {
    /// Announces a restore that was carried out while the catalog did not know.
    ///
    /// Drafts that a scan made of the very files since become part of the asset again. Refused while
    /// the flag pauses (`Paused`), and where a path belongs to anything else by now (`PathTaken`).
    pub fn open_return(&mut self, open: &OpenOperation) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_paused(tx)?;
            touch(tx, open.operation.asset, open.version)?;
            take_stand_ins(tx, log, &open.operation)?;
            take_paths(tx, log, &open.operation)?;
            announce(tx, session, log, open)
        })
    }

    /// Writes down of each folder, with why, that no record could be made of it.
    pub fn record_left_folders(&mut self, left: &[(String, String)], reason: &str) -> Result<()> {
        self.write(|tx, session, log| {
            refuse_paused(tx)?;
            for (store, because) in left {
                let payload = json!({
                    "because": because, "by": session.actor.name(), "reason": reason,
                });
                let about = About { asset: None, operation: Some(store) };
                log.append(tx, LEFT, about, &payload)?;
            }
            Ok(())
        })
    }

    /// The folders that [`Self::record_left_folders`] was told of.
    pub fn left_folders(&self) -> Result<BTreeSet<String>> {
        let mut statement =
            self.conn.prepare_cached("SELECT operation_id FROM audit WHERE kind = :kind")?;
        let stores = statement.query_map(named_params! { ":kind": LEFT }, |row| row.get(0))?;
        let stores = stores.collect::<std::result::Result<Vec<Option<String>>, _>>()?;
        Ok(stores.into_iter().flatten().collect())
    }
}

const LEFT: &str = "folder.leave";

/// What the catalog has at the paths of an operation's files, with the bytes that these have.
fn rows_at(conn: &Connection, operation: &Operation) -> Result<Vec<(Digest, KnownRow)>> {
    let mut rows = Vec::new();
    for file in &operation.files {
        let row = known_row(conn, (file.root, file.path.folder(), file.path.name()))?;
        rows.extend(row.map(|row| (file.digest, row)));
    }
    Ok(rows)
}

/// Gives the rows of drafts that stand for an asset back to it. If any row is something else, none.
fn take_stand_ins(tx: &Transaction<'_>, log: &mut Log<'_>, operation: &Operation) -> Result<()> {
    let rows = rows_at(tx, operation)?;
    let owners = owners_of(tx, rows.iter().map(|(_, row)| row))?;
    let Some(drafts) = choose_stand_ins(&rows, &owners) else { return Ok(()) };
    for draft in drafts {
        merge_into(tx, log, draft, Some(operation.asset))?;
    }
    for (_, row) in rows {
        for sql in
            ["DELETE FROM file_claims WHERE file_id = :file", "DELETE FROM file WHERE id = :file"]
        {
            tx.prepare_cached(sql)?.execute(named_params! { ":file": row.file })?;
        }
    }
    Ok(())
}
