//! What was seen of pictures, by their bytes: computed from files, never told by the audit log.
//!
//! Rows are never deleted, so that what is gone is recognized. Every look hash is in a pack too: a
//! picture is held against all of them by reading packs, not rows.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};

use super::cells;
use super::error::Result;
use super::open::Catalog;
use super::rejections::remembered;
use crate::domain::asset::{AssetId, Digest, Look, LookHash, PixelHash};
use crate::domain::lifecycle::State;
use crate::domain::memory::{Memory, NEAR, Reach, Recalled};
use crate::domain::path::RelPath;

/// A pack of this length is full. The more fit in, the more is written for one of them.
const PACK: usize = 512 * 32;

const ENDED: &str = "
    SELECT a.id, a.state, a.was, l.pixels, l.look_hash
    FROM asset a INDEXED BY asset_ended CROSS JOIN look l ON l.sha256 = a.sha256
    WHERE a.state NOT IN ('draft', 'approved') AND l.pixels IS NOT NULL";
const OPEN: &str = "
    SELECT a.id, a.state, a.was, l.pixels, l.look_hash
    FROM look l CROSS JOIN asset a ON a.sha256 = l.sha256
    WHERE l.pixels IS NOT NULL AND a.state IN ('draft', 'approved')";
const REMEMBERS: &str = "
    SELECT EXISTS (SELECT 1 FROM asset INDEXED BY asset_ended
                   WHERE state NOT IN ('draft', 'approved')) AS bytes,
           EXISTS (SELECT 1 FROM asset a INDEXED BY asset_ended
                   CROSS JOIN look l ON l.sha256 = a.sha256
                   WHERE a.state NOT IN ('draft', 'approved') AND l.pixels IS NOT NULL) AS looks";
pub(super) const SAME: &str = "
    SELECT a.id, a.state, a.was, a.root_id, a.path
    FROM look l CROSS JOIN asset a ON a.sha256 = l.sha256
    WHERE l.pixels = :hash AND a.id <> :own ORDER BY a.id";
pub(super) const NEARBY: &str = "
    SELECT a.id, a.state, a.was, a.root_id, a.path
    FROM look l CROSS JOIN asset a ON a.sha256 = l.sha256
    WHERE l.look_hash = :hash AND a.id <> :own ORDER BY a.id";

pub(super) const IN_USE: &str = "
    SELECT EXISTS (SELECT 1 FROM asset WHERE sha256 = :sha256 AND state = 'approved')
        OR EXISTS (SELECT 1 FROM look l CROSS JOIN asset a ON a.sha256 = l.sha256
                   WHERE l.pixels = :pixels AND a.state = 'approved')";

/// A picture that looks like another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    pub asset: AssetId,
    pub state: State,
    pub root: i64,
    pub path: RelPath,
    /// So many bits of the look hashes differ.
    pub distance: u32,
}

impl Catalog {
    /// What was seen of these bytes; `None` if nobody has looked.
    pub fn look_of(&self, digest: Digest) -> Result<Option<Look>> {
        look_of(&self.conn, digest)
    }

    /// Records what was seen of bytes, whosever they are.
    pub fn record_looks(&mut self, looks: &[(Digest, Look)]) -> Result<()> {
        if looks.is_empty() {
            return Ok(());
        }
        self.write(|tx, _, _| {
            looks.iter().try_for_each(|(digest, look)| record(tx, *digest, *look))
        })
    }

    /// Whether anything is recognized, and by what.
    pub fn remembers(&self) -> Result<Reach> {
        let mut statement = self.conn.prepare_cached(REMEMBERS)?;
        Ok(statement.query_row([], |row| {
            Ok(match (row.get("bytes")?, row.get("looks")?) {
                (_, true) => Reach::Looks,
                (true, false) => Reach::Bytes,
                (false, false) => Reach::Nothing,
            })
        })?)
    }

    /// All pictures whose use was ended, and those that may be them again.
    pub fn memory(&self) -> Result<Memory> {
        let mut ended = Vec::new();
        self.visit_seen(ENDED, |asset, state, look| {
            let how = remembered(&self.conn, asset, state)?;
            ended.extend(how.map(|how| (asset, how, look)));
            Ok(())
        })?;
        let mut memory = Memory::of(ended.into_iter());
        if memory.is_empty() {
            return Ok(memory);
        }
        self.visit_seen(OPEN, |asset, state, look| {
            memory.note_open(asset, state, look);
            Ok(())
        })?;
        Ok(memory)
    }

    fn visit_seen(
        &self,
        sql: &str,
        mut visit: impl FnMut(AssetId, State, Look) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(AssetId(row.get("id")?), cells::state(row)?, look(row)?)?;
        }
        Ok(())
    }

    /// What an asset with this look shows again of content whose use was ended.
    pub fn recalled(&self, own: AssetId, look: &Look) -> Result<Recalled> {
        let mut recalled = self.recalled_pixels(own, look)?;
        for alike in self.near(own, look)? {
            if let Some(how) = remembered(&self.conn, alike.asset, alike.state)? {
                recalled.note_near(alike.asset, how, alike.distance);
            }
        }
        Ok(recalled)
    }

    /// [`Self::recalled`] without what is only near.
    pub fn recalled_pixels(&self, own: AssetId, look: &Look) -> Result<Recalled> {
        let mut recalled = Recalled::default();
        for alike in self.with_pixels(own, look)? {
            if let Some(how) = remembered(&self.conn, alike.asset, alike.state)? {
                recalled.note_same(alike.asset, how);
            }
        }
        Ok(recalled)
    }

    /// Whether an asset of these bytes or pixels is approved.
    pub fn is_in_use(&self, digest: Digest, look: &Look) -> Result<bool> {
        let pixels = look.pixels.map(|pixels| pixels.0);
        let asked = named_params! { ":sha256": digest.0, ":pixels": pixels };
        Ok(self.conn.prepare_cached(IN_USE)?.query_row(asked, |row| row.get(0))?)
    }

    /// The other assets that have the pixels.
    pub fn with_pixels(&self, own: AssetId, look: &Look) -> Result<Vec<Alike>> {
        let mut alike = Vec::new();
        if let Some(pixels) = look.pixels {
            self.add_alike((SAME, own, 0), &pixels.0, &mut alike)?;
        }
        Ok(alike)
    }

    /// The other assets that look like this, those with the same pixels among them.
    pub fn near(&self, own: AssetId, look: &Look) -> Result<Vec<Alike>> {
        let Some(hash) = &look.look_hash else { return Ok(Vec::new()) };
        let mut statement = self.conn.prepare_cached("SELECT hashes FROM look_pack")?;
        let mut packs = statement.query([])?;
        let mut alike = Vec::new();
        while let Some(pack) = packs.next()? {
            let hashes = pack.get_ref("hashes")?.as_blob().unwrap_or_default();
            for other in hashes.as_chunks::<32>().0 {
                let distance = hash.distance(&LookHash(*other));
                if distance <= NEAR {
                    self.add_alike((NEARBY, own, distance), other, &mut alike)?;
                }
            }
        }
        Ok(alike)
    }

    fn add_alike(
        &self,
        (sql, own, distance): (&str, AssetId, u32),
        hash: &[u8; 32],
        alike: &mut Vec<Alike>,
    ) -> Result<()> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(named_params! { ":hash": hash, ":own": own.0 })?;
        while let Some(row) = rows.next()? {
            alike.push(Alike {
                asset: AssetId(row.get("id")?),
                state: cells::state(row)?,
                root: row.get("root_id")?,
                path: cells::path(row.get("path")?)?,
                distance,
            });
        }
        Ok(())
    }
}

fn look(row: &Row<'_>) -> rusqlite::Result<Look> {
    let pixels: Option<[u8; 32]> = row.get("pixels")?;
    let look_hash: Option<[u8; 32]> = row.get("look_hash")?;
    Ok(Look { pixels: pixels.map(PixelHash), look_hash: look_hash.map(LookHash) })
}

pub(super) fn look_of(conn: &Connection, digest: Digest) -> Result<Option<Look>> {
    let mut statement =
        conn.prepare_cached("SELECT pixels, look_hash FROM look WHERE sha256 = :sha256")?;
    Ok(statement.query_row(named_params! { ":sha256": digest.0 }, look).optional()?)
}

/// A look hash that is known stays: the same bytes look the same.
pub(super) fn record(tx: &Transaction<'_>, digest: Digest, look: Look) -> Result<()> {
    if let Some(hash) = look.look_hash {
        pack(tx, hash)?;
    }
    tx.prepare_cached(
        "INSERT INTO look (sha256, pixels, look_hash) VALUES (:sha256, :pixels, :look_hash)
         ON CONFLICT (sha256) DO UPDATE SET pixels = excluded.pixels,
           look_hash = coalesce(excluded.look_hash, look_hash)",
    )?
    .execute(named_params! {
        ":sha256": digest.0, ":pixels": look.pixels.map(|pixels| pixels.0),
        ":look_hash": look.look_hash.map(|hash| hash.0),
    })?;
    Ok(())
}

/// Adds a look hash to the last pack, unless a row has it already.
fn pack(tx: &Transaction<'_>, hash: LookHash) -> Result<()> {
    let is_packed = "SELECT EXISTS (SELECT 1 FROM look WHERE look_hash = :hash)";
    let params = named_params! { ":hash": hash.0 };
    if tx.prepare_cached(is_packed)?.query_row(params, |row| row.get(0))? {
        return Ok(());
    }
    let last = "SELECT number, hashes FROM look_pack ORDER BY number DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((row.get("number")?, row.get("hashes")?));
    let last: Option<(i64, Vec<u8>)> = tx.prepare_cached(last)?.query_row([], read).optional()?;
    let (number, mut hashes) = match last {
        Some((number, hashes)) if hashes.len() < PACK => (number, hashes),
        full => (full.map_or(1, |(number, _)| number + 1), Vec::new()),
    };
    hashes.extend(hash.0);
    tx.prepare_cached(
        "INSERT INTO look_pack (number, hashes) VALUES (:number, :hashes)
         ON CONFLICT (number) DO UPDATE SET hashes = excluded.hashes",
    )?
    .execute(named_params! { ":number": number, ":hashes": hashes })?;
    Ok(())
}
