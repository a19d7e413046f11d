//! Where the catalog says that files are, for whoever looks whether they are there.

use rusqlite::named_params;

use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::{AssetId, Digest, Place};
use crate::domain::path::{MAX_PATH, RelPath};

/// A file of a root: in the library or missing from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedFile {
    /// `None` for a file that is ambiguous.
    pub asset: Option<AssetId>,
    pub path: RelPath,
    pub bytes: u64,
    pub digest: Digest,
    pub place: Place,
}

/// A file in quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    pub asset: AssetId,
    /// The folder in quarantine.
    pub store: String,
    pub name: String,
    pub bytes: u64,
    pub digest: Digest,
}

const PLACED: &str = "
    SELECT asset_id, folder, name, bytes, sha256, place FROM file
    WHERE root_id = :root AND place IN ('library', 'missing') ORDER BY folder, name";
/// Of a file that came back and went again, only the last going counts.
const STORED: &str = "
    SELECT o.asset_id, o.store, of.stored_name, of.bytes, of.sha256
    FROM operation o JOIN operation_file of ON of.operation_id = o.id
                     JOIN file f ON f.id = of.file_id
    WHERE o.kind = 'quarantine' AND o.state NOT IN ('intent', 'partial')
      AND of.state = 'moved' AND f.place = 'quarantine'
      AND NOT EXISTS (SELECT 1 FROM operation r
                      WHERE r.asset_id = o.asset_id AND r.store = o.id
                        AND (r.kind = 'restore' AND r.state = 'done'
                             OR r.state IN ('intent', 'partial')))
    ORDER BY o.id, of.number";

/// Each of the three is answered by the index on paths.
pub(super) const BENEATH: &str = "
    SELECT id FROM file WHERE root_id = :root AND folder = :folder AND name = :name
                          AND place IN ('library', 'missing') AND place = 'library'
    UNION ALL
    SELECT id FROM file WHERE root_id = :root AND folder = :path
                          AND place IN ('library', 'missing') AND place = 'library'
    UNION ALL
    SELECT id FROM file WHERE root_id = :root AND folder > :inside AND folder < :behind
                          AND place IN ('library', 'missing') AND place = 'library'";

impl Catalog {
    /// Gives each file of a root that is in the library or missing from it, folder by folder.
    pub fn visit_placed<E: From<CatalogError>>(
        &self,
        root: i64,
        mut visit: impl FnMut(PlacedFile) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut statement = self.conn.prepare_cached(PLACED).map_err(CatalogError::from)?;
        let params = named_params! { ":root": root };
        let mut rows = statement.query(params).map_err(CatalogError::from)?;
        while let Some(row) = rows.next().map_err(CatalogError::from)? {
            visit(placed(row)?)?;
        }
        Ok(())
    }

    /// Gives the number of each file in the library that is at the path or beneath it; all of the
    /// root's if the path is empty.
    pub fn visit_at_or_beneath(
        &self,
        root: i64,
        path: &[u8],
        mut visit: impl FnMut(i64),
    ) -> Result<()> {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let folder = path.strip_suffix(name).unwrap_or_default();
        let folder = folder.strip_suffix(b"/").unwrap_or_default();
        let (inside, behind) = match path {
            [] => (Vec::new(), vec![u8::MAX; MAX_PATH + 1]),
            // Nothing comes between a slash and a zero.
            path => ([path, b"/"].concat(), [path, b"0"].concat()),
        };
        let mut statement = self.conn.prepare_cached(BENEATH)?;
        let mut rows = statement.query(named_params! {
            ":root": root, ":folder": folder, ":name": name, ":path": path, ":inside": inside,
            ":behind": behind,
        })?;
        while let Some(row) = rows.next()? {
            visit(row.get(0)?);
        }
        Ok(())
    }

    /// How many files of the library are at one of the paths or beneath it. None of the paths is
    /// beneath another.
    pub fn count_at_or_beneath(&self, root: i64, paths: &[Vec<u8>]) -> Result<u64> {
        let mut count = 0;
        for path in paths {
            self.visit_at_or_beneath(root, path, |_| count += 1)?;
        }
        Ok(count)
    }

    /// Gives each file in quarantine that no open operation is about, folder by folder.
    pub fn visit_stored<E: From<CatalogError>>(
        &self,
        mut visit: impl FnMut(StoredFile) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut statement = self.conn.prepare_cached(STORED).map_err(CatalogError::from)?;
        let mut rows = statement.query([]).map_err(CatalogError::from)?;
        while let Some(row) = rows.next().map_err(CatalogError::from)? {
            visit(stored(row)?)?;
        }
        Ok(())
    }

    /// How many files are in quarantine, those of assets in an open operation left out.
    pub fn count_stored(&self) -> Result<u64> {
        let count: i64 = self.conn.query_row(
            "SELECT count(*) FROM file f WHERE place = 'quarantine'
               AND NOT EXISTS (SELECT 1 FROM operation o WHERE o.asset_id = f.asset_id
                                 AND o.state IN ('intent', 'partial'))",
            [],
            |row| row.get(0),
        )?;
        Ok(cells::unsigned(count))
    }
}

fn placed(row: &rusqlite::Row<'_>) -> Result<PlacedFile> {
    let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
    let place = row.get_ref(5)?.as_str().ok().and_then(Place::named);
    Ok(PlacedFile {
        asset: row.get::<_, Option<i64>>(0)?.map(AssetId),
        path: cells::joined(&folder, &name)?,
        bytes: cells::unsigned(row.get(3)?),
        digest: Digest(row.get(4)?),
        place: place.ok_or_else(|| CatalogError::damaged("file.place"))?,
    })
}

fn stored(row: &rusqlite::Row<'_>) -> Result<StoredFile> {
    Ok(StoredFile {
        asset: AssetId(row.get(0)?),
        store: row.get(1)?,
        name: row.get(2)?,
        bytes: cells::unsigned(row.get(3)?),
        digest: Digest(row.get(4)?),
    })
}
