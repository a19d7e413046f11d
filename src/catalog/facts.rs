//! The facts behind every verdict: one asset's, or all of them as a stream.

use rusqlite::named_params;

use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::select::{Filter, ONE, facts_row};
use crate::domain::asset::{Asset, AssetId};
use crate::domain::lifecycle::{ContextLink, Facts, World};

/// An asset with everything that its standing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsRow {
    pub asset: Asset,
    pub facts: Facts,
}

/// How many assets are read before their links are.
const CHUNK: usize = 256;
/// Assets at least this close to each other, on average, have their links read in one go.
const DENSE: i64 = 8;

const LICENSES: &str = "SELECT asset_id, license_id FROM asset_license
                        WHERE asset_id >= :first AND asset_id <= :last
                        ORDER BY asset_id, license_id";
const CONTEXTS: &str = "SELECT asset_id, context_id, pinned FROM asset_context
                        WHERE asset_id >= :first AND asset_id <= :last
                        ORDER BY asset_id, context_id";

impl Catalog {
    /// All licenses and contexts: what assets share. Small beside the assets themselves.
    pub fn world(&self) -> Result<World> {
        let licenses = self.licenses()?.into_iter().map(|license| (license.id, license));
        let contexts = self.contexts()?.into_iter().map(|context| (context.id, context));
        Ok(World { licenses: licenses.collect(), contexts: contexts.collect() })
    }

    /// One asset's facts.
    pub fn facts_of(&self, id: AssetId) -> Result<Option<FactsRow>> {
        let mut statement = self.conn.prepare_cached(ONE)?;
        let mut rows = statement.query(named_params! { ":id": id.0 })?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let mut found = facts_row(row)?;
        self.add_links(std::slice::from_mut(&mut found))?;
        Ok(Some(found))
    }

    /// Whether one asset would be let through by the filter.
    pub fn fits(&self, row: &FactsRow, filter: &Filter) -> Result<bool> {
        if *filter == Filter::default() {
            return Ok(true);
        }
        if filter.finds_nothing() {
            return Ok(false);
        }
        let before = AssetId(row.asset.id.0 - 1);
        let one = Filter { after: Some(before), until: Some(row.asset.id), ..filter.clone() };
        let mut statement = self.conn.prepare_cached(one.sql())?;
        let found = one.query(&mut statement)?.next()?.is_some();
        Ok(found)
    }

    /// Gives every asset that the filter lets through to `visit`, by ascending id, in flat memory.
    ///
    /// The stream is one consistent view. An error of `visit` ends it.
    pub fn visit_facts<E: From<CatalogError>>(
        &self,
        filter: &Filter,
        mut visit: impl FnMut(FactsRow) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        if filter.finds_nothing() {
            return Ok(());
        }
        let sql = |error: rusqlite::Error| E::from(CatalogError::from(error));
        let view = self.conn.unchecked_transaction().map_err(sql)?;
        let mut assets = view.prepare_cached(filter.sql()).map_err(sql)?;
        let mut rows = filter.query(&mut assets)?;
        let mut chunk = Vec::with_capacity(CHUNK);
        loop {
            let next = rows.next().map_err(sql)?;
            let more = next.is_some();
            if let Some(row) = next {
                chunk.push(facts_row(row)?);
            }
            if chunk.len() == CHUNK || !more {
                self.add_links(&mut chunk)?;
                chunk.drain(..).try_for_each(&mut visit)?;
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Reads licenses and contexts of assets in ascending order.
    fn add_links(&self, assets: &mut [FactsRow]) -> Result<()> {
        let (Some(first), Some(last)) = (assets.first(), assets.last()) else { return Ok(()) };
        let (first, last) = (first.asset.id.0, last.asset.id.0);
        let count = i64::try_from(assets.len()).unwrap_or(i64::MAX);
        if (last - first) / DENSE <= count {
            return self.add_links_between((first, last), assets);
        }
        assets.iter_mut().try_for_each(|asset| {
            let id = asset.asset.id.0;
            self.add_links_between((id, id), std::slice::from_mut(asset))
        })
    }

    fn add_links_between(&self, (first, last): (i64, i64), assets: &mut [FactsRow]) -> Result<()> {
        let numbers = named_params! { ":first": first, ":last": last };
        let mut statement = self.conn.prepare_cached(LICENSES)?;
        let mut rows = statement.query(numbers)?;
        let mut at = 0;
        while let Some(row) = rows.next()? {
            if let Some(asset) = numbered(assets, &mut at, row.get(0)?) {
                asset.facts.licenses.push(row.get(1)?);
            }
        }
        let mut statement = self.conn.prepare_cached(CONTEXTS)?;
        let mut rows = statement.query(numbers)?;
        let mut at = 0;
        while let Some(row) = rows.next()? {
            if let Some(asset) = numbered(assets, &mut at, row.get(0)?) {
                let link = ContextLink { context: row.get(1)?, pinned: row.get(2)? };
                asset.facts.contexts.push(link);
            }
        }
        Ok(())
    }
}

/// The asset with this number among ascending ones, looked for from `at` on, which moves along.
fn numbered<'a>(
    assets: &'a mut [FactsRow],
    at: &mut usize,
    number: i64,
) -> Option<&'a mut FactsRow> {
    while assets.get(*at).is_some_and(|row| row.asset.id.0 < number) {
        *at += 1;
    }
    assets.get_mut(*at).filter(|row| row.asset.id.0 == number)
}
