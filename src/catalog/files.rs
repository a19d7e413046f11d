//! The files of assets.

use std::cmp::Ordering;

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde_json::json;

use super::audit::{About, Log};
use super::cells;
use super::dossiers::Dossier;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::spans::Numbered;
use crate::domain::asset::{
    AssetFile, AssetId, Content, Digest, Dimensions, FileStamp, KnownFile, Place, Role,
};
use crate::domain::cleanup::Load;
use crate::domain::path::RelPath;

/// A file's number in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileId(pub i64);

/// The columns of [`numbered_file`], in its order.
const FILES: &str = "SELECT asset_id, id, root_id, folder, name, role, sha256, bytes, media_type,
                            width, height, modified_ns, changed_ns, inode, device, place
                     FROM file WHERE asset_id >= :first AND asset_id <= :last ORDER BY asset_id, id";

/// The columns of [`known_file`], in its order.
const KNOWN: &str = "SELECT asset_id, folder, name, role, media_type, bytes, place
                     FROM file WHERE asset_id >= :first AND asset_id <= :last ORDER BY asset_id, id";

/// An asset's number with its files.
struct Owner {
    asset: AssetId,
    files: Vec<(FileId, AssetFile)>,
}

impl Numbered for Owner {
    fn number(&self) -> i64 {
        self.asset.0
    }
}

impl Catalog {
    /// The files of an asset, the original first, then by path.
    pub fn files_of(&self, id: AssetId) -> Result<Vec<(FileId, AssetFile)>> {
        let mut owner = Owner { asset: id, files: Vec::new() };
        self.add_rows(FILES, std::slice::from_mut(&mut owner), |owner, row| {
            owner.files.push(numbered_file(row)?);
            Ok(())
        })?;
        owner.files.sort_by(|(_, one), (_, other)| {
            original_first((one.role, &one.path), (other.role, &other.path))
        });
        Ok(owner.files)
    }

    /// How many files the catalog knows to be in a root.
    pub fn files_in_library(&self, root: i64) -> Result<u64> {
        let sql = "SELECT count(*) FROM file WHERE root_id = :root AND place = 'library'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let count = statement.query_row(named_params! { ":root": root }, |row| row.get(0))?;
        Ok(cells::unsigned(count))
    }

    /// What taking the asset out of the library moves.
    pub fn load_of(&self, id: AssetId) -> Result<Load> {
        let files = self.files_of(id)?;
        let here = files.iter().filter(|(_, file)| file.place == Place::Library);
        Ok(here.fold(Load { items: 1, ..Load::default() }, |load, (_, file)| Load {
            files: load.files + 1,
            bytes: load.bytes.saturating_add(file.stamp.bytes),
            ..load
        }))
    }

    /// Notes files that are not where they should be, by file number. Missing never means deleted:
    /// the record and every decision stay.
    pub fn record_missing(&mut self, files: &[i64]) -> Result<()> {
        self.write(|tx, _, log| {
            for file in files {
                mark_missing(tx, log, *file)?;
            }
            Ok(())
        })
    }

    /// Gives every dossier its files, the original first, then by path.
    pub(super) fn add_files(&self, dossiers: &mut [Dossier]) -> Result<()> {
        self.add_rows(KNOWN, dossiers, |dossier, row| {
            dossier.files.push(known_file(row)?);
            Ok(())
        })?;
        for dossier in dossiers {
            dossier.files.sort_by(|one, other| {
                original_first((one.role, &one.path), (other.role, &other.path))
            });
        }
        Ok(())
    }
}

fn original_first(one: (Role, &RelPath), other: (Role, &RelPath)) -> Ordering {
    let key = |role: Role| role != Role::Original;
    key(one.0).cmp(&key(other.0)).then_with(|| {
        let (one, other) = (one.1, other.1);
        (one.folder(), one.name()).cmp(&(other.folder(), other.name()))
    })
}

/// Reads a row of [`KNOWN`], by position: a listing reads millions of them.
fn known_file(row: &Row<'_>) -> Result<KnownFile> {
    Ok(KnownFile {
        path: path_at(row, (1, 2))?,
        role: role_at(row, 3)?,
        media_type: row.get(4)?,
        bytes: cells::unsigned(row.get(5)?),
        place: place_at(row, 6)?,
    })
}

fn path_at(row: &Row<'_>, (folder, name): (usize, usize)) -> Result<RelPath> {
    let (folder, name) = (row.get_ref(folder)?, row.get_ref(name)?);
    cells::joined(folder.as_blob().unwrap_or_default(), name.as_blob().unwrap_or_default())
}

fn role_at(row: &Row<'_>, column: usize) -> Result<Role> {
    let name = row.get_ref(column)?.as_bytes().unwrap_or_default();
    let role = Role::ALL.into_iter().find(|role| role.name().as_bytes() == name);
    role.ok_or_else(|| CatalogError::damaged("file.role"))
}

fn place_at(row: &Row<'_>, column: usize) -> Result<Place> {
    let name = row.get_ref(column)?.as_bytes().unwrap_or_default();
    let place = Place::ALL.into_iter().find(|place| place.name().as_bytes() == name);
    place.ok_or_else(|| CatalogError::damaged("file.place"))
}

/// Reads a row of [`FILES`].
fn numbered_file(row: &Row<'_>) -> Result<(FileId, AssetFile)> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get(9)?, row.get(10)?);
    let dimensions = width.zip(height).map(|(width, height)| Dimensions { width, height });
    let file = AssetFile {
        root: row.get(2)?,
        path: path_at(row, (3, 4))?,
        role: role_at(row, 5)?,
        digest: Digest(row.get(6)?),
        content: Content { media_type: row.get(8)?, dimensions },
        stamp: FileStamp {
            bytes: cells::unsigned(row.get(7)?),
            modified_ns: row.get(11)?,
            changed_ns: row.get(12)?,
            inode: cells::unsigned(row.get(13)?),
            device: cells::unsigned(row.get(14)?),
        },
        place: place_at(row, 15)?,
    };
    Ok((FileId(row.get(1)?), file))
}

/// The identity on disk of a row that names its columns.
pub(super) fn stamp(row: &Row<'_>) -> Result<FileStamp> {
    Ok(FileStamp {
        bytes: cells::unsigned(row.get("bytes")?),
        modified_ns: row.get("modified_ns")?,
        changed_ns: row.get("changed_ns")?,
        inode: cells::unsigned(row.get("inode")?),
        device: cells::unsigned(row.get("device")?),
    })
}

/// Whether any file of an asset is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    None,
    Some,
}

/// Makes the asset's flag say whether any of its files is missing. Tells what it says if it said
/// something else before.
pub(super) fn refresh_missing(tx: &Transaction<'_>, asset: AssetId) -> Result<Option<Missing>> {
    let changed = tx
        .prepare_cached(
            "UPDATE asset SET files_missing = m.missing, version = version + 1
             FROM (SELECT EXISTS (SELECT 1 FROM file WHERE asset_id = :id AND place = 'missing')
                     AS missing) AS m
             WHERE id = :id AND files_missing <> m.missing RETURNING files_missing",
        )?
        .query_row(named_params! { ":id": asset.0 }, |row| row.get::<_, bool>(0))
        .optional()?;
    Ok(changed.map(|missing| if missing { Missing::Some } else { Missing::None }))
}

fn mark_missing(tx: &Transaction<'_>, log: &mut Log<'_>, file: i64) -> Result<()> {
    let asset: Option<i64> = tx
        .prepare_cached("UPDATE file SET place = 'missing' WHERE id = :id RETURNING asset_id")?
        .query_row(named_params! { ":id": file }, |row| row.get("asset_id"))?;
    let Some(asset) = asset.map(AssetId) else { return Ok(()) };
    refresh_missing(tx, asset)?;
    log.append(tx, "file.missing", About::asset(asset), &json!({ "file": file }))
}

/// Another file has the path of this one. Tells whether it had it until now.
pub(super) fn give_up_path(tx: &Transaction<'_>, log: &mut Log<'_>, file: i64) -> Result<bool> {
    let asset: Option<Option<i64>> = tx
        .prepare_cached(
            "UPDATE file SET place = 'gone' WHERE id = :id AND place IN ('library', 'missing')
             RETURNING asset_id",
        )?
        .query_row(named_params! { ":id": file }, |row| row.get("asset_id"))
        .optional()?;
    if let Some(asset) = asset.flatten().map(AssetId) {
        refresh_missing(tx, asset)?;
        log.append(tx, "file.gone", About::asset(asset), &json!({ "file": file }))?;
    }
    Ok(asset.is_some())
}

/// The other file that is on record at the path.
pub(super) fn holder_of_path(
    tx: &Transaction<'_>,
    file: i64,
    (root, path): (i64, &RelPath),
) -> Result<Option<i64>> {
    let mut statement = tx.prepare_cached(
        "SELECT id FROM file WHERE root_id = :root AND folder = :folder AND name = :name
                               AND place IN ('library', 'missing') AND id <> :file",
    )?;
    let params = named_params! {
        ":root": root, ":folder": path.folder(), ":name": path.name(), ":file": file,
    };
    Ok(statement.query_row(params, |row| row.get("id")).optional()?)
}
