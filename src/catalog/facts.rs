//! The facts behind every verdict: one asset's, or all of them as a stream.

use rusqlite::{Row, Rows, named_params};

use super::cells;
use super::error::{CatalogError, Result};
use super::open::Catalog;
use super::select::Filter;
use crate::domain::asset::{Asset, AssetId};
use crate::domain::lifecycle::{ContextLink, Facts, World};
use crate::domain::time::Timestamp;

const LICENSES: &str =
    "SELECT asset_id, license_id, NULL FROM asset_license ORDER BY asset_id, license_id";
const CONTEXTS: &str =
    "SELECT asset_id, context_id, pinned FROM asset_context ORDER BY asset_id, context_id";

const LICENSES_OF: &str = "SELECT asset_id, license_id, NULL FROM asset_license
                           WHERE asset_id = :id ORDER BY license_id";
const CONTEXTS_OF: &str = "SELECT asset_id, context_id, pinned FROM asset_context
                           WHERE asset_id = :id ORDER BY context_id";

/// An asset with everything that its standing depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactsRow {
    pub asset: Asset,
    pub facts: Facts,
}

impl Catalog {
    /// All licenses and contexts: what assets share. Small beside the assets themselves.
    pub fn world(&self) -> Result<World> {
        let licenses = self.licenses()?.into_iter().map(|license| (license.id, license));
        let contexts = self.contexts()?.into_iter().map(|context| (context.id, context));
        Ok(World { licenses: licenses.collect(), contexts: contexts.collect() })
    }

    /// One asset's facts.
    pub fn facts_of(&self, id: AssetId) -> Result<Option<FactsRow>> {
        let mut found = None;
        let mut statement = self.conn.prepare_cached(
            "SELECT id, state, was, since_ms, version, root_id, path, sha256, media_type, width,
                    height, attachment_id, added_ms, files_missing, starts_ms, expires_ms, review_ms
             FROM asset WHERE id = :id",
        )?;
        let mut rows = statement.query(named_params! { ":id": id.0 })?;
        if let Some(row) = rows.next()? {
            found = Some(facts_row(row)?);
        }
        let Some(mut row) = found else { return Ok(None) };
        let mut licenses = self.conn.prepare_cached(LICENSES_OF)?;
        let mut contexts = self.conn.prepare_cached(CONTEXTS_OF)?;
        let params = named_params! { ":id": id.0 };
        let (licenses, contexts) = (licenses.query(params)?, contexts.query(params)?);
        BothLinks { licenses: Links::new(licenses)?, contexts: Links::new(contexts)? }
            .add_to(&mut row)?;
        Ok(Some(row))
    }

    /// Whether one asset would be let through by the filter.
    pub fn fits(&self, row: &FactsRow, filter: &Filter) -> Result<bool> {
        if *filter == Filter::default() {
            return Ok(true);
        }
        let before = AssetId(row.asset.id.0 - 1);
        let one = Filter { after: Some(before), until: Some(row.asset.id), ..filter.clone() };
        let mut statement = self.conn.prepare_cached(Filter::SQL)?;
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
        let sql = |error: rusqlite::Error| E::from(CatalogError::from(error));
        let view = self.conn.unchecked_transaction().map_err(sql)?;
        let mut assets = view.prepare_cached(Filter::SQL).map_err(sql)?;
        let mut licenses = view.prepare_cached(LICENSES).map_err(sql)?;
        let mut contexts = view.prepare_cached(CONTEXTS).map_err(sql)?;
        let (licenses, contexts) =
            (licenses.query([]).map_err(sql)?, contexts.query([]).map_err(sql)?);
        let mut links =
            BothLinks { licenses: Links::new(licenses)?, contexts: Links::new(contexts)? };
        let mut rows = filter.query(&mut assets)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let mut row = facts_row(row)?;
            links.add_to(&mut row)?;
            visit(row)?;
        }
        Ok(())
    }
}

fn facts_row(row: &Row<'_>) -> Result<FactsRow> {
    let asset = cells::asset(row)?;
    let facts = Facts {
        state: asset.state,
        since: Timestamp::from_millis(row.get("since_ms")?),
        files_missing: row.get("files_missing")?,
        starts_at: cells::instant(row, "starts_ms")?,
        expires_at: cells::instant(row, "expires_ms")?,
        review_at: cells::instant(row, "review_ms")?,
        licenses: Vec::new(),
        contexts: Vec::new(),
    };
    Ok(FactsRow { asset, facts })
}

/// A row of a link table.
struct Link {
    asset: i64,
    other: i64,
    pinned: Option<i64>,
}

/// Rows of a link table, ascending by asset, read beside the ascending assets.
struct Links<'s> {
    rows: Rows<'s>,
    next: Option<Link>,
}

impl<'s> Links<'s> {
    fn new(rows: Rows<'s>) -> Result<Self> {
        let mut links = Self { rows, next: None };
        links.advance()?;
        Ok(links)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = match self.rows.next()? {
            Some(row) => Some(Link { asset: row.get(0)?, other: row.get(1)?, pinned: row.get(2)? }),
            None => None,
        };
        Ok(())
    }

    /// Gives the links of `asset` to `each`, passing over those of assets before it.
    fn take(&mut self, asset: AssetId, mut each: impl FnMut(&Link)) -> Result<()> {
        while let Some(link) = self.next.as_ref().filter(|link| link.asset <= asset.0) {
            if link.asset == asset.0 {
                each(link);
            }
            self.advance()?;
        }
        Ok(())
    }
}

/// The links of every asset, or of one, for both kinds of link.
struct BothLinks<'s> {
    licenses: Links<'s>,
    contexts: Links<'s>,
}

impl BothLinks<'_> {
    fn add_to(&mut self, row: &mut FactsRow) -> Result<()> {
        let (id, facts) = (row.asset.id, &mut row.facts);
        self.licenses.take(id, |link| facts.licenses.push(link.other))?;
        self.contexts.take(id, |link| {
            facts.contexts.push(ContextLink { context: link.other, pinned: link.pinned });
        })
    }
}
