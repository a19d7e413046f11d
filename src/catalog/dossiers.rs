//! Dossiers: assets with all that rules look at.

use super::cells;
use super::error::{CatalogError, Result};
use super::facts::FactsRow;
use super::open::Catalog;
use super::select::Filter;
use super::spans::Numbered;
use crate::domain::asset::{AssetId, KnownFile};
use crate::domain::claims::Claims;
use crate::domain::memory::Recalled;
use crate::domain::metadata::Metadata;
use crate::domain::path::RelPath;
use crate::domain::validation::{Twins, Waiver};

/// An asset with its facts, its description and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub row: FactsRow,
    pub metadata: Metadata,
    /// The original first, then by path.
    pub files: Vec<KnownFile>,
    /// What the original and its sidecar say about it; `None` if nobody has looked.
    pub claims: Option<Claims>,
    /// The files that imports say WordPress has for it.
    pub listed: Vec<RelPath>,
    /// What somebody accepts about it, or did until a day that has passed.
    pub waivers: Vec<Waiver>,
    /// Other assets of the same bytes. Only looked for where one asset is asked for: a census finds
    /// those of all.
    pub twins: Twins,
    /// What its pixels show again of ended content. Only looked for where [`Self::twins`] are.
    pub recalled: Recalled,
}

const LISTED: &str = "SELECT a.asset_id, a.folder, f.name
    FROM attachment a JOIN attachment_file f ON f.attachment_id = a.id
    WHERE a.asset_id >= :first AND a.asset_id <= :last ORDER BY a.asset_id, f.name";

impl Numbered for Dossier {
    fn number(&self) -> i64 {
        self.row.asset.id.0
    }
}

impl Catalog {
    /// The facts with everything else that is known about the asset.
    pub fn dossier_of(&self, row: FactsRow) -> Result<Dossier> {
        let mut dossier = Dossier::bare(row);
        self.fill(std::slice::from_mut(&mut dossier))?;
        let asset = &dossier.row.asset;
        dossier.twins = self.twins_of(asset.id, &asset.digest)?;
        if let Some(look) = self.look_of(asset.digest)? {
            dossier.recalled = self.recalled_pixels(asset.id, &look)?;
        }
        Ok(dossier)
    }

    /// The whole dossiers of the assets after the first number and up to the second.
    pub fn dossiers_between(
        &self,
        (after, until): (AssetId, AssetId),
        filter: &Filter,
    ) -> Result<Vec<Dossier>> {
        let after = filter.after.unwrap_or(after).max(after);
        let until = filter.until.unwrap_or(until).min(until);
        let block = Filter { after: Some(after), until: Some(until), ..filter.clone() };
        let mut dossiers = Vec::new();
        self.visit_chunks(&block, |chunk| {
            dossiers.extend(chunk.drain(..).map(Dossier::bare));
            Ok::<_, CatalogError>(())
        })?;
        self.fill(&mut dossiers)?;
        Ok(dossiers)
    }

    /// Reads what belongs to assets in ascending order.
    fn fill(&self, dossiers: &mut [Dossier]) -> Result<()> {
        self.add_descriptions(dossiers, |dossier| &mut dossier.metadata)?;
        self.add_files(dossiers)?;
        self.add_rows(LISTED, dossiers, |dossier, row| {
            let (folder, name) = (row.get_ref(1)?, row.get_ref(2)?);
            let (folder, name) = (folder.as_blob().unwrap_or_default(), name.as_blob());
            dossier.listed.push(cells::joined(folder, name.unwrap_or_default())?);
            Ok(())
        })?;
        self.add_waivers(dossiers)?;
        self.add_claims(dossiers)
    }
}

impl Dossier {
    fn bare(row: FactsRow) -> Self {
        let mut metadata = Metadata::default();
        metadata.dates.starts_at = row.facts.starts_at;
        metadata.dates.expires_at = row.facts.expires_at;
        metadata.dates.review_at = row.facts.review_at;
        Self {
            row,
            metadata,
            files: Vec::new(),
            claims: None,
            listed: Vec::new(),
            waivers: Vec::new(),
            twins: Twins::default(),
            recalled: Recalled::default(),
        }
    }
}
