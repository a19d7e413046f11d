//! What the log alone keeps about an asset: there is no table of it.

use rusqlite::named_params;
use serde_json::Value;

use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::AssetId;
use crate::domain::time::Timestamp;

pub(super) const TOLD: &str = "
    SELECT at_ms, payload FROM audit WHERE asset_id = :asset AND kind = :kind ORDER BY seq";

impl Catalog {
    /// What the entries of a kind tell about an asset, oldest first. One that `read` makes nothing of
    /// is damage.
    pub(super) fn told_of<T>(
        &self,
        (asset, kind): (AssetId, &str),
        read: impl Fn(Timestamp, &Value) -> Option<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.conn.prepare_cached(TOLD)?;
        let mut rows = statement.query(named_params! { ":asset": asset.0, ":kind": kind })?;
        let mut told = Vec::new();
        while let Some(row) = rows.next()? {
            let at = Timestamp::from_millis(row.get(0)?);
            let payload = serde_json::from_str(row.get_ref(1)?.as_str().unwrap_or_default()).ok();
            let one = payload.and_then(|payload| read(at, &payload));
            told.push(one.ok_or_else(|| CatalogError::damaged(format!("an entry {kind}")))?);
        }
        Ok(told)
    }
}
