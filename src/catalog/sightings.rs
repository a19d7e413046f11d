//! Which assets something may be a file of, by its path or its bytes.

use rusqlite::named_params;

use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::{AssetId, Digest};
use crate::domain::path::RelPath;

/// More assets than these are not told apart. Those that were ended come first, the worst before
/// all, so that none of them is missed for the number of its copies.
const MOST: i64 = 100;

/// One for each root at most: the index on paths is unique.
pub(super) const HERE: &str = "SELECT asset_id FROM file
    WHERE root_id IN (SELECT id FROM root WHERE :root IS NULL OR id = :root)
      AND folder = :folder AND name = :name AND place IN ('library', 'missing')
      AND asset_id IS NOT NULL
    ORDER BY asset_id";

pub(super) const FORMERLY: &str = "SELECT a.id FROM asset a
    WHERE a.id IN (SELECT asset_id FROM file
                   WHERE folder = :folder AND name = :name AND place IN ('quarantine', 'gone')
                     AND asset_id IS NOT NULL AND (:root IS NULL OR root_id = :root))
    ORDER BY CASE coalesce(a.was, a.state) WHEN 'withdrawn' THEN 0 WHEN 'rejected' THEN 1
             WHEN 'draft' THEN 2 WHEN 'expired' THEN 3 ELSE 4 END, a.id LIMIT :most";

pub(super) const WITH_BYTES: &str = "SELECT a.id FROM asset a
    WHERE a.id IN (SELECT asset_id FROM file WHERE sha256 = :digest AND asset_id IS NOT NULL
                   UNION SELECT id FROM asset WHERE sha256 = :digest)
    ORDER BY CASE coalesce(a.was, a.state) WHEN 'withdrawn' THEN 0 WHEN 'rejected' THEN 1
             WHEN 'draft' THEN 2 WHEN 'expired' THEN 3 ELSE 4 END, a.id LIMIT :most";

impl Catalog {
    /// The asset whose file, of any role, is or was at `path` beneath `root` (any root if `None`).
    ///
    /// An asset that is there now wins over those that left the path; of these the worst come
    /// first, at most 100.
    pub fn assets_at(&self, root: Option<i64>, path: &RelPath) -> Result<Vec<AssetId>> {
        let (folder, name) = (path.folder(), path.name());
        let place = named_params! { ":folder": folder, ":name": name, ":root": root };
        let mut statement = self.conn.prepare_cached(HERE)?;
        let here = statement.query_map(place, |row| row.get(0).map(AssetId))?;
        let here = here.collect::<std::result::Result<Vec<_>, _>>()?;
        if !here.is_empty() {
            return Ok(here);
        }
        let place =
            named_params! { ":folder": folder, ":name": name, ":root": root, ":most": MOST };
        let mut statement = self.conn.prepare_cached(FORMERLY)?;
        let former = statement.query_map(place, |row| row.get(0).map(AssetId))?;
        Ok(former.collect::<std::result::Result<_, _>>()?)
    }

    /// The assets of which some file has or had these bytes, the worst first, at most 100.
    pub fn assets_with_bytes(&self, digest: &Digest) -> Result<Vec<AssetId>> {
        let mut statement = self.conn.prepare_cached(WITH_BYTES)?;
        let bytes = named_params! { ":digest": digest.0, ":most": MOST };
        let assets = statement.query_map(bytes, |row| row.get(0).map(AssetId))?;
        Ok(assets.collect::<std::result::Result<_, _>>()?)
    }
}
