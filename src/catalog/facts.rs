//! The facts behind every verdict: one asset's, or all of them as a stream.

use rusqlite::named_params;

use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::select::{Filter, ONE, facts_row};
use super::spans::Numbered;
use crate::domain::asset::{Asset, AssetId};
use crate::domain::lifecycle::{ContextLink, Facts, World};

/// An asset with everything that its standing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsRow {
    pub asset: Asset,
    pub facts: Facts,
}

impl Numbered for FactsRow {
    fn number(&self) -> i64 {
        self.asset.id.0
    }
}

/// How many assets are read before what belongs to them is.
const CHUNK: usize = 256;

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
        self.visit_chunks(filter, |chunk| chunk.drain(..).try_for_each(&mut visit))
    }

    /// [`Catalog::visit_facts`] with many assets at a time, which `visit` may take away.
    pub(super) fn visit_chunks<E: From<CatalogError>>(
        &self,
        filter: &Filter,
        mut visit: impl FnMut(&mut Vec<FactsRow>) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = |error: rusqlite::Error| E::from(CatalogError::from(error));
        let _view = self.view()?;
        let mut assets = self.conn.prepare_cached(filter.sql()).map_err(sql)?;
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
                visit(&mut chunk)?;
                chunk.clear();
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Reads licenses, contexts, open risks and rejections for one placement of assets in ascending
    /// order.
    fn add_links(&self, assets: &mut [FactsRow]) -> Result<()> {
        self.add_rows(LICENSES, assets, |asset, row| {
            asset.facts.licenses.push(row.get(1)?);
            Ok(())
        })?;
        self.add_rows(CONTEXTS, assets, |asset, row| {
            asset.facts.contexts.push(ContextLink { context: row.get(1)?, pinned: row.get(2)? });
            Ok(())
        })?;
        self.add_risks(assets)?;
        self.add_placement_rejections(assets)
    }
}
