//! Which assets a listing is about, as far as the catalog can tell without a verdict.

use rusqlite::{Rows, Statement, named_params};

use super::error::Result;
use crate::domain::asset::AssetId;

/// Every condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A state's name, such as `approved`.
    pub state: Option<String>,
    pub owner: Option<String>,
    /// A context's id.
    pub context: Option<i64>,
    pub license: Option<i64>,
    pub placement: Option<String>,
    /// The original's path begins with these bytes.
    pub under: Option<Vec<u8>>,
    pub root: Option<i64>,
    /// Only assets after this one: where the page before ended.
    pub after: Option<AssetId>,
    /// No asset after this one.
    pub until: Option<AssetId>,
}

impl Filter {
    pub(super) const SQL: &'static str = "
        SELECT id, state, was, since_ms, version, root_id, path, sha256, media_type, width, height,
               attachment_id, added_ms, files_missing, starts_ms, expires_ms, review_ms
        FROM asset
        WHERE id > :after AND id <= :until
          AND (:state IS NULL OR state = :state)
          AND (:root IS NULL OR root_id = :root)
          AND (:under IS NULL OR substr(path, 1, length(:under)) = :under)
          AND (:owner IS NULL OR EXISTS (
                SELECT 1 FROM description WHERE asset_id = asset.id AND owner = :owner))
          AND (:context IS NULL OR EXISTS (
                SELECT 1 FROM asset_context
                WHERE asset_id = asset.id AND context_id = :context))
          AND (:license IS NULL OR EXISTS (
                SELECT 1 FROM asset_license
                WHERE asset_id = asset.id AND license_id = :license))
          AND (:placement IS NULL OR EXISTS (
                SELECT 1 FROM asset_placement
                WHERE asset_id = asset.id AND placement = :placement))
        ORDER BY id";

    /// All assets in one state.
    pub fn in_state(name: &str) -> Self {
        Self { state: Some(name.to_owned()), ..Self::default() }
    }

    pub(super) fn query<'s>(&self, statement: &'s mut Statement<'_>) -> Result<Rows<'s>> {
        Ok(statement.query(named_params! {
            ":after": self.after.map_or(i64::MIN, |id| id.0),
            ":until": self.until.map_or(i64::MAX, |id| id.0),
            ":state": self.state,
            ":root": self.root,
            ":under": self.under,
            ":owner": self.owner,
            ":context": self.context,
            ":license": self.license,
            ":placement": self.placement,
        })?)
    }
}
