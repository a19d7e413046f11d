//! The assets of one folder, by their names and by what their originals say of how they were made.

use rusqlite::named_params;

use super::claims;
use super::error::Result;
use super::open::Catalog;
use super::spans::Numbered;
use crate::domain::asset::{Asset, AssetId};
use crate::domain::claims::Claims;
use crate::domain::variation::{Neighbor, beginnings};

/// The index on paths is over files in the library and missing ones.
pub(super) const NEIGHBORS: &str = "
    SELECT asset_id, name FROM file
    WHERE root_id = :root AND folder = :folder AND place IN ('library', 'missing')
      AND role = 'original' AND asset_id IS NOT NULL";

/// [`NEIGHBORS`] whose names are from one to before another.
pub(super) const NAMED: &str = "
    SELECT asset_id, name FROM file
    WHERE root_id = :root AND folder = :folder AND name >= :from AND name < :before
      AND place IN ('library', 'missing') AND role = 'original' AND asset_id IS NOT NULL";

/// An asset of a folder and what is said of it.
struct Spoken {
    asset: AssetId,
    name: Vec<u8>,
    claims: Option<Claims>,
}

impl Numbered for Spoken {
    fn number(&self) -> i64 {
        self.asset.0
    }
}

impl Catalog {
    /// The assets whose originals are in the folder of this one's, itself included, by number.
    pub fn neighbors_of(&self, asset: &Asset) -> Result<Vec<Neighbor>> {
        let mut statement = self.conn.prepare_cached(NEIGHBORS)?;
        let place = named_params! { ":root": asset.root, ":folder": asset.path.folder() };
        let found = statement.query_map(place, |row| {
            Ok(Spoken { asset: AssetId(row.get(0)?), name: row.get(1)?, claims: None })
        })?;
        let mut found = found.collect::<std::result::Result<Vec<_>, _>>()?;
        found.sort_by_key(|spoken| spoken.asset);
        self.add_rows(claims::CLAIMS, &mut found, |spoken, row| {
            claims::add(&mut spoken.claims, row)
        })?;
        let generation = |claims: Option<Claims>| claims.and_then(|claims| claims.generation);
        let neighbor = |Spoken { asset, name, claims }| Neighbor {
            asset,
            name,
            generation: generation(claims),
        };
        Ok(found.into_iter().map(neighbor).collect())
    }

    /// Those that may be variations of the asset by their names, with nothing of what they say.
    pub fn neighbors_named_like(&self, asset: &Asset) -> Result<Vec<Neighbor>> {
        let mut statement = self.conn.prepare_cached(NAMED)?;
        let mut found = Vec::new();
        for from in beginnings(asset.path.name()) {
            let mut before = from.clone();
            match before.last_mut() {
                Some(last) => *last = last.saturating_add(1),
                None => before.push(u8::MAX),
            }
            let mut rows = statement.query(named_params! {
                ":root": asset.root, ":folder": asset.path.folder(), ":from": from,
                ":before": before,
            })?;
            while let Some(row) = rows.next()? {
                let (asset, name) = (AssetId(row.get(0)?), row.get(1)?);
                found.push(Neighbor { asset, name, generation: None });
            }
        }
        Ok(found)
    }
}
