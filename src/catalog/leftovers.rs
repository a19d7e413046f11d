//! Where the files of assets are, for whoever looks for what was left behind.

use rusqlite::{Row, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use crate::domain::asset::Asset;
use crate::domain::leftover::Places;
use crate::domain::path::RelPath;

/// A file of a root that is of no asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmbiguousFile {
    pub root: i64,
    pub path: RelPath,
    pub why: String,
}

/// The index on paths answers this alone.
pub(super) const NAMES: &str = "
    SELECT name FROM file
    WHERE root_id = :root AND folder = :folder AND place IN ('library', 'missing') ORDER BY name";
/// The index on assets gives them, and only these few are sorted.
const AMBIGUOUS: &str = "
    SELECT root_id, folder, name, ambiguity FROM file
    WHERE asset_id IS NULL AND place IN ('library', 'missing') AND place = 'library'
    ORDER BY root_id, folder, name";
/// By number, so that neither side is sorted: a library has millions of files.
pub(super) const PLACES: &str = "
    SELECT a.id, a.state, a.was, a.version, a.root_id, a.path, a.sha256, a.media_type, a.width,
           a.height, a.attachment_id, a.added_ms,
           count(*) FILTER (WHERE f.place = 'library') AS here,
           count(*) FILTER (WHERE f.place = 'missing') AS missing,
           count(*) FILTER (WHERE f.place = 'quarantine') AS away,
           count(*) FILTER (WHERE f.place = 'library' AND f.role = 'original') AS originals
    FROM asset a LEFT JOIN file f ON f.asset_id = a.id GROUP BY a.id ORDER BY a.id";

impl Catalog {
    /// The names of all files that the catalog has in a folder, or misses there, in order.
    pub fn names_in(&self, root: i64, folder: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut statement = self.conn.prepare_cached(NAMES)?;
        let params = named_params! { ":root": root, ":folder": folder };
        let names = statement.query_map(params, |row| row.get(0))?;
        Ok(names.collect::<std::result::Result<_, _>>()?)
    }

    /// Gives each file of no asset that is in the library, by root and path.
    pub fn visit_ambiguous<E: From<CatalogError>>(
        &self,
        mut visit: impl FnMut(AmbiguousFile) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut statement = self.conn.prepare_cached(AMBIGUOUS).map_err(CatalogError::from)?;
        let mut rows = statement.query([]).map_err(CatalogError::from)?;
        while let Some(row) = rows.next().map_err(CatalogError::from)? {
            visit(ambiguous(row)?)?;
        }
        Ok(())
    }

    /// Gives each asset with where its files are, by number.
    pub fn visit_places<E: From<CatalogError>>(
        &self,
        mut visit: impl FnMut(Asset, Places) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let mut statement = self.conn.prepare_cached(PLACES).map_err(CatalogError::from)?;
        let mut rows = statement.query([]).map_err(CatalogError::from)?;
        while let Some(row) = rows.next().map_err(CatalogError::from)? {
            visit(cells::asset(row)?, places(row)?)?;
        }
        Ok(())
    }
}

fn ambiguous(row: &Row<'_>) -> Result<AmbiguousFile> {
    let (folder, name): (Vec<u8>, Vec<u8>) = (row.get(1)?, row.get(2)?);
    Ok(AmbiguousFile { root: row.get(0)?, path: cells::joined(&folder, &name)?, why: row.get(3)? })
}

fn places(row: &Row<'_>) -> Result<Places> {
    Ok(Places {
        library: cells::unsigned(row.get("here")?),
        missing: cells::unsigned(row.get("missing")?),
        quarantine: cells::unsigned(row.get("away")?),
        has_original: row.get::<_, i64>("originals")? > 0,
    })
}
