//! The census: one pass over the catalog for what assets share.

use rusqlite::{Connection, Row, ToSql, named_params};

use super::cells;
use super::error::Result;
use super::open::Catalog;
use crate::domain::asset::{AssetId, Digest};
use crate::domain::lifecycle::{Ended, State};
use crate::domain::memory::rank;
use crate::domain::path::RelPath;
use crate::domain::validation::{SameBytes, Shared, Tally, Twins, folded_text};

/// The index on digests answers this alone.
const BYTES: &str = "SELECT sha256, id FROM asset ORDER BY sha256, id";
const STATE: &str = "SELECT state, was FROM asset WHERE id = :id";
/// The index on paths answers this alone.
const NAMES: &str = "SELECT root_id, path, id FROM asset WHERE was IS NULL";
/// Texts of assets whose use has not ended.
const ALTS: &str = "SELECT t.locale, t.text, a.sha256, a.id FROM alt_text t
                    CROSS JOIN asset a ON a.id = t.asset_id
                    WHERE a.state IN ('draft', 'approved')";
/// No message needs more.
const COPIES: &str =
    "SELECT id, state, was FROM asset WHERE sha256 = :digest ORDER BY id LIMIT 100";
const OPEN: &str = "SELECT id, state, was FROM asset
                    WHERE sha256 = :digest AND state IN ('draft', 'approved') AND id <> :own
                    ORDER BY id LIMIT 100";
/// All of them: the one that counts may be the last.
pub(super) const ENDED: &str = "SELECT id, state, was FROM asset INDEXED BY asset_ended
                                WHERE sha256 = :digest AND state NOT IN ('draft', 'approved')
                                  AND id <> :own";
/// Assets whose use has ended, by the bytes of any file that they have or had: of an original only if
/// the asset was once about these bytes, for its file may have got others that nobody decided about. What
/// an approved asset has too is theirs to decide about.
const ENDED_FILES: &str = "
    SELECT DISTINCT a.id, a.state, a.was FROM file f JOIN asset a ON a.id = f.asset_id
    WHERE f.sha256 = :digest AND a.state NOT IN ('draft', 'approved') AND a.id <> :own
      AND (f.role <> 'original' OR EXISTS (
             SELECT 1 FROM audit e
             WHERE e.asset_id = a.id AND e.kind IN ('asset.add', 'asset.original')
               AND json_extract(e.payload, '$.sha256') = lower(hex(:digest))))
      AND NOT EXISTS (SELECT 1 FROM file g JOIN asset b ON b.id = g.asset_id
                      WHERE g.sha256 = :digest AND b.state = 'approved')";

impl Catalog {
    /// Assets of the same bytes in the whole catalog, but for those that were rejected for that.
    pub fn same_bytes(&self) -> Result<SameBytes> {
        let mut same = SameBytes::default();
        let mut statement = self.conn.prepare_cached(BYTES)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (digest, asset) = (Digest(row.get(0)?), AssetId(row.get(1)?));
            let before = same.next(digest, asset);
            for asset in before.into_iter().flat_map(|before| [before, asset]) {
                let state = state_of(&self.conn, asset)?;
                if !self.is_spare(asset, state)? {
                    same.join(digest, asset, state);
                }
            }
        }
        Ok(same)
    }

    /// The names that assets in the library share.
    pub fn shared_names(&self) -> Result<Shared> {
        let mut tally = Tally::default();
        let mut statement = self.conn.prepare_cached(NAMES)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let path: RelPath = cells::path(row.get(1)?)?;
            tally.add_name(row.get(0)?, &path, AssetId(row.get(2)?));
        }
        Ok(tally.shared(1))
    }

    /// The alternative texts that different pictures share, of assets whose use has not ended.
    pub fn shared_alts(&self) -> Result<Shared> {
        let mut tally = Tally::default();
        let mut statement = self.conn.prepare_cached(ALTS)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let locale = row.get_ref(0)?.as_str().unwrap_or_default();
            let text = folded_text(row.get_ref(1)?.as_str().unwrap_or_default());
            if !text.is_empty() {
                tally.add_alt((locale, &text), &Digest(row.get(2)?), AssetId(row.get(3)?));
            }
        }
        Ok(tally.shared(2))
    }

    /// Assets of the same bytes as one.
    pub fn twins_of(&self, asset: AssetId, digest: &Digest) -> Result<Twins> {
        let of = named_params! { ":digest": digest.0, ":own": asset.0 };
        let mut group = self.states(OPEN, of)?;
        group.extend(self.worst(self.states(ENDED, of)?)?);
        Ok(Twins::of(asset, &group))
    }

    /// The asset that comes first of those whose use has ended and that have or had a file of these
    /// bytes which no approved asset has.
    pub fn ended_with_file(
        &self,
        asset: AssetId,
        digest: &Digest,
    ) -> Result<Option<(AssetId, Ended)>> {
        let of = named_params! { ":digest": digest.0, ":own": asset.0 };
        let worst = self.worst(self.states(ENDED_FILES, of)?)?;
        Ok(worst.and_then(|(asset, state)| Some((asset, state.ended()?))))
    }

    /// The assets of these bytes, at most 100.
    pub fn with_same_bytes(&self, digest: &Digest) -> Result<Vec<(AssetId, State)>> {
        self.states(COPIES, named_params! { ":digest": digest.0 })
    }

    fn states(&self, sql: &str, of: &[(&str, &dyn ToSql)]) -> Result<Vec<(AssetId, State)>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(of)?;
        let mut states = Vec::new();
        while let Some(row) = rows.next()? {
            states.push((AssetId(row.get("id")?), cells::state(row)?));
        }
        Ok(states)
    }

    /// Of ended assets the one that comes first, of those that are remembered.
    fn worst(&self, mut ended: Vec<(AssetId, State)>) -> Result<Option<(AssetId, State)>> {
        ended.sort_unstable_by_key(|(asset, state)| state.ended().map(|how| rank((*asset, how))));
        for (asset, state) in ended {
            if !self.is_spare(asset, state)? {
                return Ok(Some((asset, state)));
            }
        }
        Ok(None)
    }
}

/// The state of an asset that is on record.
pub(super) fn state_of(conn: &Connection, asset: AssetId) -> Result<State> {
    let state = |row: &Row<'_>| Ok(cells::state(row));
    let mut statement = conn.prepare_cached(STATE)?;
    statement.query_row(named_params! { ":id": asset.0 }, state)?
}
