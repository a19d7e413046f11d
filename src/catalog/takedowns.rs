//! Takedowns: what the log tells of withdrawals, and what else is served of the same.

use std::collections::BTreeSet;

use rusqlite::{Row, named_params};
use serde_json::{Value, json};

use super::assets::touch;
use super::audit::About;
use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::published::arrives_at;
use crate::domain::asset::{Asset, AssetId, RootKind};
use crate::domain::lifecycle::{Ended, State};
use crate::domain::operation::OperationKind;
use crate::domain::path::RelPath;
use crate::domain::takedown::{Confirmation, Mark, Progress, Takedown};
use crate::domain::time::Timestamp;

/// A file in a served folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedFile {
    /// `None` for a file that is ambiguous.
    pub asset: Option<AssetId>,
    pub root: i64,
    pub path: RelPath,
}

const WITHDRAWN: &str =
    "SELECT id FROM asset WHERE state = 'withdrawn' OR was = 'withdrawn' ORDER BY id";
pub(super) const MARKS: &str = "
    SELECT at_ms, kind, payload FROM audit
    WHERE asset_id = :asset
      AND (kind IN ('asset.withdraw', 'asset.confirm', 'restore.done', 'quarantine.done')
           OR kind = 'asset.rebuild' AND json_extract(payload, '$.to') = 'withdrawn'
           OR kind = 'asset.add' AND json_extract(payload, '$.state') = 'withdrawn')
    ORDER BY seq";
pub(super) const SERVED: &str = "
    SELECT f.asset_id, f.root_id, f.folder, f.name
    FROM file f JOIN root r ON r.id = f.root_id AND r.kind = 'production'
    WHERE f.asset_id = :asset AND f.place = 'library' ORDER BY f.folder, f.name";
/// What an import lists, whether it is on disk or not: caches may still have it.
pub(super) const LISTED: &str = "
    SELECT folder, name FROM attachment WHERE asset_id = :asset
    UNION SELECT t.folder, a.name FROM attachment t JOIN attachment_file a ON a.attachment_id = t.id
    WHERE t.asset_id = :asset";
pub(super) const KNOWN: &str = "
    SELECT f.folder, f.name FROM file f JOIN root r ON r.id = f.root_id AND r.kind = 'production'
    WHERE f.asset_id = :asset";
pub(super) const SAME_BYTES: &str = "
    SELECT DISTINCT f.asset_id, f.root_id, f.folder, f.name
    FROM file m JOIN file f ON f.sha256 = m.sha256
                JOIN root r ON r.id = f.root_id AND r.kind = 'production'
    WHERE m.asset_id = :asset AND f.asset_id IS NOT :asset AND f.place = 'library'
    ORDER BY f.folder, f.name, f.root_id";
/// The index on paths holds what is in the library or missing.
pub(super) const SAME_PATH: &str = "
    SELECT DISTINCT f.asset_id, f.root_id, f.folder, f.name
    FROM file m CROSS JOIN root r
                CROSS JOIN file f ON f.root_id = r.id AND f.folder = m.folder AND f.name = m.name
    WHERE m.asset_id = :asset AND f.asset_id IS NOT :asset AND r.kind = 'production'
      AND f.place IN ('library', 'missing') AND f.place = 'library'
    ORDER BY f.folder, f.name, f.root_id";
pub(super) const AMBIGUOUS: &str = "
    SELECT f.asset_id, f.root_id, f.folder, f.name
    FROM (SELECT DISTINCT root_id, folder FROM file WHERE asset_id = :asset) places
         CROSS JOIN root r ON r.id = places.root_id AND r.kind = 'production'
         CROSS JOIN file f ON f.root_id = places.root_id AND f.folder = places.folder
    WHERE f.asset_id IS NULL AND f.place IN ('library', 'missing') AND f.place = 'library'
    ORDER BY f.folder, f.name, f.root_id";
/// The index on paths answers all but the kind of the root.
const ORIGINALS: &str = "
    SELECT asset.id, asset.root_id, asset.path FROM asset
    JOIN root ON root.id = asset.root_id AND root.kind = 'production'
    WHERE was IS NULL ORDER BY asset.root_id, asset.path";

impl Catalog {
    /// The withdrawal of an asset and what followed it; `None` of one that is not withdrawn.
    pub fn takedown_of(&self, asset: &Asset) -> Result<Option<Takedown>> {
        if asset.state != State::Withdrawn && asset.state.was() != Some(Ended::Withdrawn) {
            return Ok(None);
        }
        let mut statement = self.conn.prepare_cached(MARKS)?;
        let mut rows = statement.query(named_params! { ":asset": asset.id.0 })?;
        let mut marks = Vec::new();
        while let Some(row) = rows.next()? {
            marks.push(mark(row)?);
        }
        let served = u64::try_from(self.served_files_of(asset.id)?.len()).unwrap_or(u64::MAX);
        Ok(Takedown::of(marks, served))
    }

    /// The withdrawn assets that nobody has confirmed to be gone, by number.
    pub fn unconfirmed_takedowns(&self) -> Result<Vec<(AssetId, Takedown)>> {
        let mut statement = self.conn.prepare_cached(WITHDRAWN)?;
        let withdrawn = statement.query_map([], |row| row.get(0).map(AssetId))?;
        let withdrawn = withdrawn.collect::<std::result::Result<Vec<_>, _>>()?;
        let mut waiting = Vec::new();
        for id in withdrawn {
            let Some(asset) = self.asset(id)? else { continue };
            if let Some(takedown) = self.takedown_of(&asset)?
                && takedown.progress() != Progress::Confirmed
            {
                waiting.push((id, takedown));
            }
        }
        Ok(waiting)
    }

    /// Records that a person has seen that an asset is gone, and the audit entry: both or neither.
    ///
    /// Fails with `Changed` if the asset is not the one that was read.
    pub fn confirm_takedown(&mut self, asset: AssetId, version: i64, note: &str) -> Result<()> {
        self.write(|tx, session, log| {
            touch(tx, asset, version)?;
            let payload = json!({ "by": session.actor.name(), "note": note });
            log.append(tx, "asset.confirm", About::asset(asset), &payload)
        })
    }

    /// The files of an asset that are in served folders.
    pub fn served_files_of(&self, asset: AssetId) -> Result<Vec<ServedFile>> {
        self.served(SERVED, asset)
    }

    /// Where an open operation brings files of an asset in served folders: they may be there already.
    pub fn arriving_files_of(&self, asset: AssetId) -> Result<Vec<ServedFile>> {
        let roots = self.roots()?.into_iter();
        let served = roots.filter(|root| root.kind == RootKind::Production).map(|root| root.id);
        let served: BTreeSet<_> = served.collect();
        let mut files = Vec::new();
        for operation in self.open_operations()?.iter().filter(|open| open.asset == asset) {
            if !matches!(operation.kind, OperationKind::Restore | OperationKind::Publish) {
                continue;
            }
            for file in &operation.files {
                let (root, path) = arrives_at(operation, file)?;
                if served.contains(&root) {
                    files.push(ServedFile { asset: Some(asset), root, path });
                }
            }
        }
        Ok(files)
    }

    /// Files in served folders that are of no or another asset and have the bytes of any file of
    /// this one.
    pub fn served_with_bytes_of(&self, asset: AssetId) -> Result<Vec<ServedFile>> {
        self.served(SAME_BYTES, asset)
    }

    /// Files in served folders of no or another asset, at the path of a file of this one.
    pub fn served_at_paths_of(&self, asset: AssetId) -> Result<Vec<ServedFile>> {
        self.served(SAME_PATH, asset)
    }

    /// Files of no asset in the served folders where this asset's files are or were.
    pub fn ambiguous_beside(&self, asset: AssetId) -> Result<Vec<ServedFile>> {
        self.served(AMBIGUOUS, asset)
    }

    /// Originals in served folders that have one of the names.
    pub fn served_originals_named(&self, names: &BTreeSet<Vec<u8>>) -> Result<Vec<ServedFile>> {
        let mut statement = self.conn.prepare_cached(ORIGINALS)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let path = row.get_ref(2)?.as_blob().unwrap_or_default();
            let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
            if names.contains(name) {
                let asset = Some(AssetId(row.get(0)?));
                found.push(ServedFile {
                    asset,
                    root: row.get(1)?,
                    path: cells::path(row.get(2)?)?,
                });
            }
        }
        Ok(found)
    }

    /// Every path beneath a served folder that a file of the asset has or had, as the disk or an
    /// import told.
    pub fn public_paths_of(&self, asset: AssetId) -> Result<BTreeSet<RelPath>> {
        let mut paths = BTreeSet::new();
        for sql in [KNOWN, LISTED] {
            let mut statement = self.conn.prepare_cached(sql)?;
            let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
            while let Some(row) = rows.next()? {
                let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
                paths.insert(cells::joined(&folder, &name)?);
            }
        }
        Ok(paths)
    }

    fn served(&self, sql: &str, asset: AssetId) -> Result<Vec<ServedFile>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(named_params! { ":asset": asset.0 })?;
        let mut files = Vec::new();
        while let Some(row) = rows.next()? {
            let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(2)?, row.get(3)?);
            let asset = row.get::<_, Option<i64>>(0)?.map(AssetId);
            let path = cells::joined(&folder, &name)?;
            files.push(ServedFile { asset, root: row.get(1)?, path });
        }
        Ok(files)
    }
}

fn mark(row: &Row<'_>) -> Result<Mark> {
    let (kind, payload): (String, String) = (row.get("kind")?, row.get("payload")?);
    let payload: Value =
        serde_json::from_str(&payload).map_err(|_| CatalogError::damaged("audit.payload"))?;
    let at = Timestamp::from_millis(row.get("at_ms")?);
    let text =
        |field: &str| payload.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let told = |field| payload.get("told").and_then(|told| told.get(field)).and_then(Value::as_str);
    Ok(match kind.as_str() {
        "asset.withdraw" => Mark::Withdrawn { by: text("by"), at, reason: text("reason") },
        // Of what a lost catalog knew, the manifest's word is all there is.
        "asset.rebuild" => {
            let by = told("withdrawn_by").or(told("actor")).unwrap_or_default().to_owned();
            Mark::Withdrawn { by, at, reason: told("reason").unwrap_or_default().to_owned() }
        }
        // Content that came back is recorded as what it was.
        "asset.add" => {
            let by = told("withdrawn_by").unwrap_or_default().to_owned();
            let of = payload.get("of").and_then(Value::as_i64).unwrap_or_default();
            Mark::Withdrawn { by, at, reason: format!("it is the content of {of}, come back") }
        }
        "asset.confirm" => Mark::Confirmed(Confirmation { by: text("by"), at, note: text("note") }),
        _ => Mark::Restored,
    })
}
