//! The original of an asset: where it is, and the content that the asset is about.
//!
//! That is what is at its path, but for an asset whose use was ended: it stays about the content that
//! was ended, whatever is written to its path, so that this is recognized when it comes back. The
//! next decision is about what is there by then.

use rusqlite::{Connection, Transaction, named_params};
use serde_json::json;

use super::assets::named_asset;
use super::audit::{About, Log};
use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::search::index_words;
use crate::domain::asset::{Asset, AssetId, Content, Digest};
use crate::domain::path::RelPath;

const THERE: &str = "SELECT sha256, media_type, width, height FROM file
    WHERE root_id = :root AND folder = :folder AND name = :name AND asset_id = :asset
      AND place IN ('library', 'missing')";

impl Catalog {
    /// Whether the original of an asset has other bytes than those that it is about.
    pub fn is_overwritten(&self, asset: &Asset) -> Result<bool> {
        Ok(content_of(&self.conn, asset)?.is_some_and(|(digest, _)| digest != asset.digest))
    }

    /// What is at an asset's path, whatever it is about.
    pub fn content_at_path(&self, asset: &Asset) -> Result<Option<Content>> {
        Ok(content_of(&self.conn, asset)?.map(|(_, content)| content))
    }
}

/// What an asset's original is, as far as it has its place in the library.
fn content_of(conn: &Connection, asset: &Asset) -> Result<Option<(Digest, Content)>> {
    let mut statement = conn.prepare_cached(THERE)?;
    let mut rows = statement.query(named_params! {
        ":root": asset.root, ":folder": asset.path.folder(), ":name": asset.path.name(),
        ":asset": asset.id.0,
    })?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((Digest(row.get("sha256")?), cells::content(row)?)))
}

/// Writes down which file is an asset's original now. One whose use was ended stays about the content
/// that it was about. Its path until now may be none that a file can have.
pub(super) fn set_original(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    asset: AssetId,
    (path, digest, content): (&RelPath, Digest, &Content),
) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "SELECT state, was, sha256, media_type, width, height FROM asset WHERE id = :id",
    )?;
    let mut rows = statement.query(named_params! { ":id": asset.0 })?;
    let row = rows.next()?.ok_or_else(|| CatalogError::damaged("an asset that is gone"))?;
    if cells::state(row)?.ended().is_none() {
        return write(tx, log, asset, (path, digest, content));
    }
    write(tx, log, asset, (path, Digest(row.get("sha256")?), &cells::content(row)?))
}

/// Lets an asset go by a file that it has in the library, if the one that it went by was missing when
/// the others were to be taken away, and its path may be another asset's since.
pub(super) fn go_by_what_is_here(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    asset: AssetId,
) -> Result<()> {
    let known = named_asset(tx, asset)?;
    if content_of(tx, &known)?.is_some() {
        return Ok(());
    }
    let mut statement = tx.prepare_cached(
        "UPDATE file SET role = 'original' WHERE id = (
           SELECT id FROM file WHERE asset_id = :asset AND root_id = :root AND place = 'library'
           ORDER BY role <> 'original', id LIMIT 1)
         RETURNING folder, name, sha256, media_type, width, height",
    )?;
    let mut rows = statement.query(named_params! { ":asset": asset.0, ":root": known.root })?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let (folder, name): (Vec<u8>, Vec<u8>) = (row.get("folder")?, row.get("name")?);
    let path = cells::joined(&folder, &name)?;
    set_original(tx, log, asset, (&path, Digest(row.get("sha256")?), &cells::content(row)?))
}

/// What was the original of an asset once is none any more: the asset is approved with the one it goes
/// by.
pub(super) fn settle_original(tx: &Transaction<'_>, asset: AssetId) -> Result<()> {
    let path = named_asset(tx, asset)?.path;
    tx.prepare_cached(
        "UPDATE file SET role = 'size'
         WHERE asset_id = :asset AND role = 'original' AND place IN ('library', 'missing')
           AND NOT (folder = :folder AND name = :name)",
    )?
    .execute(named_params! {
        ":asset": asset.0, ":folder": path.folder(), ":name": path.name(),
    })?;
    Ok(())
}

/// Makes an asset about what its original is, if that is something else, and gives its digest.
pub(super) fn follow_original(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    asset: AssetId,
) -> Result<Digest> {
    let known = named_asset(tx, asset)?;
    let there = content_of(tx, &known)?.filter(|(digest, _)| *digest != known.digest);
    let Some((digest, content)) = there else { return Ok(known.digest) };
    write(tx, log, asset, (&known.path, digest, &content))?;
    Ok(digest)
}

fn write(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    asset: AssetId,
    (path, digest, content): (&RelPath, Digest, &Content),
) -> Result<()> {
    let size = content.dimensions;
    tx.prepare_cached(
        "UPDATE asset SET path = :path, sha256 = :sha256, media_type = :type,
                width = :width, height = :height, version = version + 1
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":path": path.as_bytes(), ":sha256": digest.0, ":type": content.media_type,
        ":width": size.map(|size| size.width), ":height": size.map(|size| size.height),
        ":id": asset.0,
    })?;
    index_words(tx, asset)?;
    let payload = json!({
        "height": size.map(|size| size.height), "path": path.to_string(),
        "sha256": digest.to_string(), "type": content.media_type,
        "width": size.map(|size| size.width),
    });
    log.append(tx, "asset.original", About::asset(asset), &payload)
}
