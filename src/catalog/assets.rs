//! Assets: finding one, and counting them.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::{Asset, AssetId};

/// How many candidates an ambiguous name lists.
const MOST_CANDIDATES: i64 = 20;

impl Catalog {
    /// The asset with this number.
    pub fn asset(&self, id: AssetId) -> Result<Option<Asset>> {
        asset_of(&self.conn, id)
    }

    /// Assets whose original's SHA-256 begins with these hexadecimal digits, at most 20.
    pub fn assets_with_digest(&self, prefix: &str) -> Result<Vec<AssetId>> {
        let (low, high) = digest_range(prefix);
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM asset WHERE sha256 >= :low AND sha256 <= :high ORDER BY id LIMIT :most",
        )?;
        let params = named_params! { ":low": low, ":high": high, ":most": MOST_CANDIDATES };
        let ids = statement.query_map(params, |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<std::result::Result<_, _>>()?)
    }

    /// The asset of a WordPress attachment.
    pub fn assets_of_attachment(&self, attachment: i64) -> Result<Vec<AssetId>> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM asset WHERE attachment_id = :id ORDER BY id LIMIT 20",
        )?;
        let ids = statement
            .query_map(named_params! { ":id": attachment }, |row| row.get(0).map(AssetId))?;
        Ok(ids.collect::<std::result::Result<_, _>>()?)
    }

    /// Who changed an asset last, what and when, in words.
    pub fn last_change(&self, asset: AssetId) -> Result<String> {
        last_change_of(&self.conn, asset)
    }

    /// How many assets have files in the library, or are expected to.
    pub fn count_in_library(&self) -> Result<u64> {
        let count: i64 =
            self.conn
                .query_row("SELECT count(*) FROM asset WHERE was IS NULL", [], |row| row.get(0))?;
        Ok(cells::unsigned(count))
    }

    /// The highest number of an asset; zero if there is none.
    pub fn highest_number(&self) -> Result<u64> {
        let highest: Option<i64> =
            self.conn.query_row("SELECT max(id) FROM asset", [], |row| row.get(0))?;
        Ok(cells::unsigned(highest.unwrap_or_default()))
    }

    /// How many assets are in each state, by state name.
    pub fn count_by_state(&self) -> Result<Vec<(String, u64)>> {
        let mut statement = self
            .conn
            .prepare("SELECT state, count(*) AS n FROM asset GROUP BY state ORDER BY state")?;
        let rows = statement
            .query_map([], |row| Ok((row.get("state")?, cells::unsigned(row.get("n")?))))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }
}

fn asset_of(conn: &Connection, id: AssetId) -> Result<Option<Asset>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, state, was, version, root_id, path, sha256, media_type, width, height,
                attachment_id, added_ms
         FROM asset WHERE id = :id",
    )?;
    let mut rows = statement.query(named_params! { ":id": id.0 })?;
    rows.next()?.map(cells::asset).transpose()
}

/// An asset that something in the catalog names.
pub(super) fn named_asset(conn: &Connection, id: AssetId) -> Result<Asset> {
    asset_of(conn, id)?.ok_or_else(|| CatalogError::damaged("an asset that is gone"))
}

/// Moves the asset's version on if it is still the one that was read.
///
/// Fails with [`CatalogError::Changed`], naming who changed it, or
/// [`CatalogError::InOperation`] while its files are being moved.
pub(super) fn touch(tx: &Transaction<'_>, asset: AssetId, version: i64) -> Result<()> {
    refuse_open_operation(tx, asset)?;
    let updated = tx
        .prepare_cached(
            "UPDATE asset SET version = version + 1 WHERE id = :id AND version = :version",
        )?
        .execute(named_params! { ":id": asset.0, ":version": version })?;
    if updated == 1 { Ok(()) } else { Err(changed(tx, asset)?) }
}

/// [`touch`] for what is recorded about an asset and changes nothing of it.
pub(super) fn refuse_change(tx: &Transaction<'_>, asset: AssetId, version: i64) -> Result<()> {
    refuse_open_operation(tx, asset)?;
    let is_same: bool =
        tx.prepare_cached("SELECT version = :version FROM asset WHERE id = :id")?
            .query_row(named_params! { ":id": asset.0, ":version": version }, |row| row.get(0))?;
    if is_same { Ok(()) } else { Err(changed(tx, asset)?) }
}

pub(super) fn refuse_open_operation(tx: &Transaction<'_>, asset: AssetId) -> Result<()> {
    let open: Option<String> = tx
        .prepare_cached(
            "SELECT id FROM operation WHERE asset_id = :id AND state IN ('intent', 'partial')",
        )?
        .query_row(named_params! { ":id": asset.0 }, |row| row.get("id"))
        .optional()?;
    match open {
        Some(operation) => Err(CatalogError::InOperation { asset, operation }),
        None => Ok(()),
    }
}

/// The conflict in words: who wrote the asset's newest audit entry, what and when.
pub(super) fn changed(tx: &Transaction<'_>, asset: AssetId) -> Result<CatalogError> {
    Ok(CatalogError::Changed { asset, by: last_change_of(tx, asset)? })
}

/// Who wrote the asset's newest audit entry, what and when.
fn last_change_of(conn: &Connection, asset: AssetId) -> Result<String> {
    let by: Option<String> = conn
        .prepare_cached(
            "SELECT actor, kind, at_ms FROM audit WHERE asset_id = :id ORDER BY seq DESC LIMIT 1",
        )?
        .query_row(named_params! { ":id": asset.0 }, |row| {
            let at = crate::domain::time::Timestamp::from_millis(row.get("at_ms")?);
            let (actor, kind): (String, String) = (row.get("actor")?, row.get("kind")?);
            Ok(format!("{actor} ({kind} at {at})"))
        })
        .optional()?;
    Ok(by.unwrap_or_else(|| "somebody".to_owned()))
}

/// The first and last digest that begin with the digits; digits beyond 64 and others are cut.
fn digest_range(prefix: &str) -> ([u8; 32], [u8; 32]) {
    let (mut low, mut high) = ([0_u8; 32], [0xff_u8; 32]);
    for (index, digit) in prefix.chars().take(64).enumerate() {
        let Some(value) = digit.to_digit(16).and_then(|value| u8::try_from(value).ok()) else {
            break;
        };
        let (shift, keep) = if index % 2 == 0 { (4, 0x0f) } else { (0, 0xf0) };
        for (bound, filler) in [(&mut low, 0x00), (&mut high, 0xff_u8)] {
            if let Some(byte) = bound.get_mut(index / 2) {
                *byte = (*byte & keep) | (value << shift);
                if index % 2 == 0 {
                    *byte = (*byte & 0xf0) | (filler & 0x0f);
                }
            }
        }
    }
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_bounds_the_digests_that_begin_with_it() {
        let (low, high) = digest_range("ab3");
        assert_eq!((low[0], low[1], low[2]), (0xab, 0x30, 0x00));
        assert_eq!((high[0], high[1], high[2]), (0xab, 0x3f, 0xff));
    }
}
