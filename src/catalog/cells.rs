//! Cells to domain types and back. A value that this program never writes means damage.

use rusqlite::Row;

use super::error::{CatalogError, Result};
use crate::domain::asset::{Asset, AssetId, Content, Digest, Dimensions};
use crate::domain::lifecycle::State;
use crate::domain::path::RelPath;
use crate::domain::time::{CivilDate, Timestamp};

/// The columns that [`asset`] reads, in any order.
pub(super) fn asset(row: &Row<'_>) -> Result<Asset> {
    Ok(Asset {
        id: AssetId(row.get("id")?),
        state: state(row)?,
        version: row.get("version")?,
        root: row.get("root_id")?,
        path: path(row.get("path")?)?,
        digest: Digest(row.get("sha256")?),
        content: content(row)?,
        attachment: row.get("attachment_id")?,
        added: Timestamp::from_millis(row.get("added_ms")?),
    })
}

pub(super) fn state(row: &Row<'_>) -> Result<State> {
    let name = row.get_ref("state")?.as_str().unwrap_or_default();
    let was = row.get_ref("was")?.as_str_or_null().unwrap_or_default();
    State::named(name, was).ok_or_else(|| CatalogError::damaged(format!("state `{name}`")))
}

pub(super) fn content(row: &Row<'_>) -> Result<Content> {
    let (width, height): (Option<u32>, Option<u32>) = (row.get("width")?, row.get("height")?);
    let dimensions = width.zip(height).map(|(width, height)| Dimensions { width, height });
    Ok(Content { media_type: row.get("media_type")?, dimensions })
}

pub(super) fn path(bytes: Vec<u8>) -> Result<RelPath> {
    RelPath::new(bytes).map_err(|error| CatalogError::damaged(format!("a path: {error}")))
}

/// The path of a file stored as folder and name.
pub(super) fn joined(folder: &[u8], name: &[u8]) -> Result<RelPath> {
    let mut bytes = Vec::with_capacity(folder.len() + 1 + name.len());
    bytes.extend_from_slice(folder);
    if !folder.is_empty() {
        bytes.push(b'/');
    }
    bytes.extend_from_slice(name);
    path(bytes)
}

pub(super) fn instant(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_millis))
}

pub(super) fn date(row: &Row<'_>, column: &str) -> Result<Option<CivilDate>> {
    let text: Option<String> = row.get(column)?;
    let parsed = text.as_deref().map(str::parse::<CivilDate>).transpose();
    parsed.map_err(|error| CatalogError::damaged(format!("{column}: {error}")))
}

/// [`date`] by position, without a copy of the text.
pub(super) fn date_at(row: &Row<'_>, column: usize) -> Result<Option<CivilDate>> {
    let text = row.get_ref(column)?.as_str_or_null().unwrap_or_default();
    let parsed = text.map(str::parse::<CivilDate>).transpose();
    parsed.map_err(|error| CatalogError::damaged(format!("a date: {error}")))
}

pub(super) fn date_text(date: Option<CivilDate>) -> Option<String> {
    date.map(|date| date.to_string())
}

pub(super) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::millis)
}

/// Disk identities are unsigned; the catalog stores the same 64 bits signed.
pub(super) fn signed(value: u64) -> i64 {
    value.cast_signed()
}

pub(super) fn unsigned(value: i64) -> u64 {
    value.cast_unsigned()
}
