//! What the catalog knows of the files of a folder, for a scan or an import to compare with.

use rusqlite::{Row, named_params};

use super::super::cells;
use super::super::error::{CatalogError, Result};
use super::super::files::stamp;
use super::super::open::Catalog;
use crate::domain::asset::{AssetId, Digest, Place, Role, Tie};
use crate::domain::claims::EDITION;
use crate::domain::intake::{FoundFile, KnownFile, Owner};
use crate::domain::time::Timestamp;

const KNOWN: &str = "
    SELECT f.id, f.asset_id, f.name, f.role, f.ambiguity, f.sha256, f.bytes, f.media_type, f.width,
           f.height, f.modified_ns, f.changed_ns, f.inode, f.device, f.place, a.state, a.was,
           a.version, c.edition,
           CASE WHEN a.state <> 'draft' OR f.role <> 'original' THEN NULL
                WHEN EXISTS (SELECT 1 FROM operation o WHERE o.asset_id = a.id) THEN 'moved'
                WHEN EXISTS (SELECT 1 FROM risk r
                             WHERE r.asset_id = a.id AND r.cleared_ms IS NULL) THEN 'flagged'
                WHEN EXISTS (SELECT 1 FROM placement_rejection p
                             WHERE p.asset_id = a.id AND p.lifted_ms IS NULL) THEN 'rejected'
                WHEN EXISTS (SELECT 1 FROM hold h
                             WHERE h.asset_id = a.id AND h.released_ms IS NULL
                               AND (h.until_ms IS NULL OR h.until_ms > :now)) THEN 'held'
           END AS tie,
           EXISTS (SELECT 1 FROM operation o
                   WHERE o.asset_id = a.id AND o.state IN ('intent', 'partial')) AS in_operation,
           f.role = 'original' AND f.root_id = a.root_id
             AND CAST(:before || f.name AS BLOB) = a.path AS goes_by
    FROM file f LEFT JOIN asset a ON a.id = f.asset_id
                LEFT JOIN file_claims c ON c.file_id = f.id
    WHERE f.root_id = :root AND f.folder = :folder";
const HERE: &str = "AND f.place IN ('library', 'missing') ORDER BY f.name";
/// The paths of these are theirs until the operation is settled.
const MOVING: &str = "
      AND f.place = 'quarantine'
      AND f.id IN (SELECT m.file_id FROM operation o JOIN operation_file m ON m.operation_id = o.id
                   WHERE o.state IN ('intent', 'partial') AND o.kind <> 'purge')
      AND NOT EXISTS (SELECT 1 FROM file p
                      WHERE p.root_id = f.root_id AND p.folder = f.folder AND p.name = f.name
                        AND p.place IN ('library', 'missing'))";

impl Catalog {
    /// The files of one folder that are in the library or missing from it, and those that an open
    /// operation took or takes from quarantine, by name; with the holds that count at `now`.
    pub fn files_in(&self, root: i64, folder: &[u8], now: Timestamp) -> Result<Vec<KnownFile>> {
        let mut files = Vec::new();
        let before = if folder.is_empty() { Vec::new() } else { [folder, b"/"].concat() };
        for which in [HERE, MOVING] {
            let mut statement = self.conn.prepare_cached(&format!("{KNOWN} {which}"))?;
            let place = named_params! {
                ":root": root, ":folder": folder, ":now": now.millis(), ":before": before,
            };
            let mut rows = statement.query(place)?;
            while let Some(row) = rows.next()? {
                files.push(known_file(row)?);
            }
        }
        files.sort_by(|one, other| one.found.name.cmp(&other.found.name));
        Ok(files)
    }

    /// The greatest number that a file has; 0 without any.
    pub fn newest_file(&self) -> Result<i64> {
        Ok(self.conn.query_row("SELECT coalesce(max(id), 0) FROM file", [], |row| row.get(0))?)
    }

    /// Gives the number of every file of a root that should be in the library, up to `newest`.
    pub fn visit_expected_files(
        &self,
        root: i64,
        newest: i64,
        mut visit: impl FnMut(i64),
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM file
             WHERE root_id = :root AND place = 'library' AND id <= :newest ORDER BY id",
        )?;
        let mut rows = statement.query(named_params! { ":root": root, ":newest": newest })?;
        while let Some(row) = rows.next()? {
            visit(row.get("id")?);
        }
        Ok(())
    }
}

fn known_file(row: &Row<'_>) -> Result<KnownFile> {
    let place: String = row.get("place")?;
    let owner = match row.get::<_, Option<i64>>("asset_id")? {
        Some(asset) => {
            let role: String = row.get("role")?;
            Ok(Owner {
                asset: AssetId(asset),
                state: cells::state(row)?,
                version: row.get("version")?,
                tie: row.get::<_, Option<String>>("tie")?.as_deref().and_then(Tie::named),
                in_operation: row.get("in_operation")?,
                role: Role::named(&role).ok_or_else(|| CatalogError::damaged("file.role"))?,
                goes_by: row.get("goes_by")?,
            })
        }
        None => Err(row.get("ambiguity")?),
    };
    Ok(KnownFile {
        file: row.get("id")?,
        found: FoundFile {
            name: row.get("name")?,
            digest: Digest(row.get("sha256")?),
            content: cells::content(row)?,
            stamp: stamp(row)?,
            claims: None,
        },
        looked_into: row.get::<_, Option<i64>>("edition")? == Some(EDITION),
        place: Place::named(&place).ok_or_else(|| CatalogError::damaged("file.place"))?,
        owner,
    })
}
