//! How assets were ended before, as their rows and the audit log tell it.

use std::collections::BTreeSet;

use rusqlite::named_params;

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::{AssetId, Digest};
use crate::domain::lifecycle::Ended;

/// Of an asset and of all that have or had its bytes: what they are, what they became, and what a
/// step led them away from. To be rejected for being there twice is no end of the content.
pub(super) const ENDINGS: &str = "
    WITH kin (id) AS (
        SELECT :id
        UNION SELECT asset_id FROM file WHERE sha256 = :digest AND asset_id IS NOT NULL
        UNION SELECT id FROM asset WHERE sha256 = :digest
    )
    SELECT coalesce(a.was, a.state) FROM kin JOIN asset a ON a.id = kin.id
    WHERE coalesce(a.was, a.state) <> 'rejected' OR 'duplicate' IS NOT (
        SELECT json_extract(u.payload, '$.code') FROM audit u
        WHERE u.asset_id = a.id AND u.kind = 'asset.reject' ORDER BY u.seq DESC LIMIT 1)
    UNION
    SELECT json_extract(u.payload, step.field)
    FROM kin JOIN audit u ON u.asset_id = kin.id
    JOIN (SELECT '$.from' AS field UNION ALL SELECT '$.to') step
    WHERE u.kind IN ('asset.reject', 'asset.expire', 'asset.withdraw', 'asset.reconsider',
                     'asset.renew')
      AND (u.kind <> 'asset.reject' OR json_extract(u.payload, '$.code') IS NOT 'duplicate')";

impl Catalog {
    /// How an asset, or another of its bytes, is or was ended.
    pub fn endings_of(&self, asset: AssetId, digest: Digest) -> Result<BTreeSet<Ended>> {
        let mut statement = self.conn.prepare_cached(ENDINGS)?;
        let params = named_params! { ":id": asset.0, ":digest": digest.0 };
        let states = statement.query_map(params, |row| row.get::<_, Option<String>>(0))?;
        let states = states.collect::<std::result::Result<Vec<_>, _>>()?;
        Ok(states.iter().flatten().filter_map(|state| Ended::named(state)).collect())
    }
}
