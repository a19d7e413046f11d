//! The rows of an adopted folder: which of those that are there belong to it, and what they hold.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};
use serde_json::{Value, json};

use super::adoptions::{Adoption, own_asset};
use super::assets::named_asset;
use super::audit::{About, Log, meta, set_meta};
use super::cells;
use super::error::{CatalogError, Result};
use super::intake::merge_asset;
use super::operation::OperationFile;
use super::runs::Session;
use super::search::index_words;
use crate::domain::asset::{AssetId, Digest, Place};
use crate::domain::lifecycle::State;
use crate::domain::operation::FileState;
use crate::domain::testimony::{AtPath, Choice, KnownOwner, KnownRow, MOST_NUMBER, choose_record};

/// The records that the files of an adoption belong to. Changes nothing.
pub(super) fn choose(conn: &Connection, adoption: &Adoption) -> Result<Choice> {
    let mut files = Vec::with_capacity(adoption.operation.files.len());
    for (file, (seen, _)) in adoption.operation.files.iter().zip(&adoption.found) {
        let row = known_row(conn, (file.root, file.path.folder(), file.path.name()))?;
        let in_library = file.state == FileState::Returned || seen.library.is_same();
        files.push(AtPath { told: file.digest, seen: *seen, in_library, row });
    }
    let owners = owners_of(conn, files.iter().filter_map(|file| file.row.as_ref()))?;
    let is_original = |file: &OperationFile| {
        (file.root, &file.path) == (adoption.root, &adoption.told.asset.path)
    };
    let original = adoption.operation.files.iter().position(is_original);
    choose_record(&files, &owners, (own_asset(conn, adoption)?, original))
        .map_err(|by| taken(adoption, by))
}

/// Of all assets in the library each has a path of its own.
pub(super) fn refuse_taken_path(
    conn: &Connection,
    adoption: &Adoption,
    choice: &Choice,
) -> Result<()> {
    if state_of(adoption).was().is_some() {
        return Ok(());
    }
    let at_path = conn
        .prepare_cached(
            "SELECT id FROM asset WHERE root_id = :root AND path = :path AND was IS NULL",
        )?
        .query_row(
            named_params! { ":root": adoption.root, ":path": adoption.told.asset.path.as_bytes() },
            |row| row.get("id").map(AssetId),
        )
        .optional()?;
    match at_path {
        Some(other) if choice.into != Some(other) && !choice.merged.contains(&other) => {
            Err(taken(adoption, Some(other)))
        }
        _ => Ok(()),
    }
}

fn taken(adoption: &Adoption, by: Option<AssetId>) -> CatalogError {
    let asset = &adoption.told.asset;
    CatalogError::PathTaken { asset: asset.number, path: asset.path.to_string(), by }
}

/// The asset's state once it is adopted.
fn state_of(adoption: &Adoption) -> State {
    adoption.whereabouts.state(adoption.told.asset.was)
}

/// What the catalog has at a path.
pub(super) fn known_row(
    conn: &Connection,
    (root, folder, name): (i64, &[u8], &[u8]),
) -> Result<Option<KnownRow>> {
    let row = conn
        .prepare_cached(
            "SELECT id, asset_id, sha256 FROM file
             WHERE root_id = :root AND folder = :folder AND name = :name
               AND place IN ('library', 'missing')",
        )?
        .query_row(named_params! { ":root": root, ":folder": folder, ":name": name }, |row| {
            Ok(KnownRow {
                file: row.get("id")?,
                asset: row.get::<_, Option<i64>>("asset_id")?.map(AssetId),
                digest: Digest(row.get("sha256")?),
            })
        })
        .optional()?;
    Ok(row)
}

/// The assets that rows belong to, by number.
pub(super) fn owners_of<'r>(
    conn: &Connection,
    rows: impl Iterator<Item = &'r KnownRow>,
) -> Result<Vec<KnownOwner>> {
    let mut assets: Vec<_> = rows.filter_map(|row| row.asset).collect();
    assets.sort_unstable();
    assets.dedup();
    assets.into_iter().map(|asset| owner(conn, asset)).collect()
}

fn owner(conn: &Connection, asset: AssetId) -> Result<KnownOwner> {
    let mut statement = conn.prepare_cached(
        "SELECT state, was,
                (SELECT count(*) FROM file WHERE asset_id = :id
                   AND place IN ('library', 'missing')) AS files,
                EXISTS (SELECT 1 FROM operation WHERE asset_id = :id
                          AND state IN ('intent', 'partial')) AS busy,
                EXISTS (SELECT 1 FROM operation WHERE asset_id = :id)
                OR EXISTS (SELECT 1 FROM waiver WHERE asset_id = :id)
                OR EXISTS (SELECT 1 FROM risk WHERE asset_id = :id)
                OR EXISTS (SELECT 1 FROM placement_rejection WHERE asset_id = :id)
                OR EXISTS (SELECT 1 FROM hold WHERE asset_id = :id)
                OR EXISTS (SELECT 1 FROM description WHERE asset_id = :id) AS used,
                (state = 'draft'
                 OR EXISTS (SELECT 1 FROM audit WHERE asset_id = :id AND kind = 'asset.add'
                              AND json_extract(payload, '$.of') IS NOT NULL))
                AND NOT EXISTS (SELECT 1 FROM audit WHERE asset_id = :id AND kind IN
                                  ('asset.approve', 'asset.renew', 'asset.void', 'asset.reject',
                                   'asset.expire', 'asset.withdraw', 'asset.reconsider',
                                   'asset.confirm')) AS undecided
         FROM asset WHERE id = :id",
    )?;
    let mut rows = statement.query(named_params! { ":id": asset.0 })?;
    let row = rows.next()?.ok_or_else(|| CatalogError::damaged("a file of no asset"))?;
    let files: i64 = row.get("files")?;
    Ok(KnownOwner {
        asset,
        state: cells::state(row)?,
        files: usize::try_from(files).unwrap_or(usize::MAX),
        busy: row.get("busy")?,
        bare: !row.get::<_, bool>("used")?,
        undecided: row.get("undecided")?,
    })
}

/// The number, if it was never given to an asset here.
pub(super) fn free_number(conn: &Connection, number: AssetId) -> Result<Option<AssetId>> {
    let used: bool = conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM asset WHERE id = :id)
                 OR EXISTS (SELECT 1 FROM audit WHERE asset_id = :id)",
        )?
        .query_row(named_params! { ":id": number.0 }, |row| row.get(0))?;
    Ok((!used && number.0 <= MOST_NUMBER).then_some(number))
}

pub(super) fn merge_into(
    tx: &Transaction<'_>,
    log: &mut Log<'_>,
    merged: AssetId,
    into: Option<AssetId>,
) -> Result<()> {
    let into = into.ok_or_else(|| CatalogError::damaged("an asset merged into nothing"))?;
    merge_asset(tx, merged, into)?;
    log.append(tx, "asset.merge", About::asset(merged), &json!({ "into": into.0 }))
}

/// An asset that is on record now, and what the log has to know beside its state.
pub(super) struct Entered {
    pub(super) asset: AssetId,
    pub(super) from: State,
    pub(super) entry: Option<(&'static str, Value)>,
}

/// Makes the asset, or writes what was told over what is known of it.
pub(super) fn enter_asset(
    tx: &Transaction<'_>,
    session: &Session,
    adoption: &Adoption,
    into: Option<AssetId>,
) -> Result<Entered> {
    let (asset, from, kind) = match into {
        None => (new_number(tx, adoption)?, State::Draft, Some("asset.add")),
        Some(asset) => {
            let (state, same) = known_asset(tx, adoption, asset)?;
            (asset, state, (!same).then_some("asset.original"))
        }
    };
    let (told, state) = (&adoption.told.asset, state_of(adoption));
    let size = told.content.dimensions;
    tx.prepare_cached(
        "INSERT INTO asset (id, state, was, since_ms, version, root_id, path, sha256, media_type,
                            width, height, attachment_id, added_ms)
         VALUES (:id, :state, :was, :now, 1, :root, :path, :sha256, :type, :width, :height,
                 :attachment, :now)
         ON CONFLICT (id) DO UPDATE SET
            state = :state, was = :was, since_ms = :now, version = version + 1, root_id = :root,
            path = :path, sha256 = :sha256, media_type = :type, width = :width, height = :height,
            attachment_id = coalesce(attachment_id, :attachment)",
    )?
    .execute(named_params! {
        ":id": asset.0, ":state": state.name(),
        ":was": state.was().map(crate::domain::lifecycle::Ended::name),
        ":now": session.now.millis(), ":root": adoption.root, ":path": told.path.as_bytes(),
        ":sha256": told.digest.0, ":type": told.content.media_type,
        ":width": size.map(|size| size.width), ":height": size.map(|size| size.height),
        ":attachment": told.attachment,
    })?;
    index_words(tx, asset)?;
    let payload = json!({
        "height": size.map(|size| size.height), "path": told.path.to_string(),
        "root": adoption.root, "sha256": told.digest.to_string(),
        "type": told.content.media_type, "width": size.map(|size| size.width),
    });
    Ok(Entered { asset, from, entry: kind.map(|kind| (kind, payload)) })
}

/// The number that was told if it is free, else one that no folder tells of.
fn new_number(tx: &Transaction<'_>, adoption: &Adoption) -> Result<AssetId> {
    let next: String = meta(tx, "next_asset")?;
    let next: i64 = next.parse().map_err(|_| CatalogError::damaged("meta.next_asset"))?;
    let another = AssetId(next.max(adoption.greatest.saturating_add(1)));
    let number = free_number(tx, adoption.told.asset.number)?.unwrap_or(another);
    set_meta(tx, "next_asset", &next.max(number.0 + 1).to_string())?;
    Ok(number)
}

/// The state of an asset, and whether what is known of its original is what was told.
fn known_asset(tx: &Transaction<'_>, adoption: &Adoption, id: AssetId) -> Result<(State, bool)> {
    let (known, told) = (named_asset(tx, id)?, &adoption.told.asset);
    let same = (known.root, &known.path, &known.digest, &known.content)
        == (adoption.root, &told.path, &told.digest, &told.content);
    Ok((known.state, same))
}

/// Writes a file's row where it is, and gives its number.
pub(super) fn place_file(
    tx: &Transaction<'_>,
    adoption: &Adoption,
    (at, asset, row): (usize, AssetId, Option<i64>),
) -> Result<i64> {
    let all = adoption.operation.files.get(at).zip(adoption.told.files.get(at));
    let Some(((file, told), (_, stamp))) = all.zip(adoption.found.get(at)) else {
        return Err(CatalogError::damaged("a file that nothing was found of"));
    };
    let place = if file.state == FileState::Returned { Place::Library } else { Place::Quarantine };
    let size = told.content.dimensions;
    let number = tx
        .prepare_cached(
            "INSERT INTO file (id, asset_id, root_id, folder, name, role, ambiguity, sha256, bytes,
                media_type, width, height, modified_ns, changed_ns, inode, device, place)
             VALUES (:id, :asset, :root, :folder, :name, :role, NULL, :sha256, :bytes, :type,
                :width, :height, :modified, :changed, :inode, :device, :place)
             ON CONFLICT (id) DO UPDATE SET
                asset_id = :asset, root_id = :root, folder = :folder, name = :name, role = :role,
                ambiguity = NULL, sha256 = :sha256, bytes = :bytes, media_type = :type,
                width = :width, height = :height, modified_ns = :modified, changed_ns = :changed,
                inode = :inode, device = :device, place = :place
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":id": row, ":asset": asset.0, ":root": file.root, ":folder": file.path.folder(),
                ":name": file.path.name(), ":role": told.role.name(), ":sha256": file.digest.0,
                ":bytes": cells::signed(file.bytes), ":type": told.content.media_type,
                ":width": size.map(|size| size.width), ":height": size.map(|size| size.height),
                ":modified": stamp.modified_ns, ":changed": stamp.changed_ns,
                ":inode": cells::signed(stamp.inode), ":device": cells::signed(stamp.device),
                ":place": place.name(),
            },
            |row| row.get("id"),
        )?;
    Ok(number)
}
