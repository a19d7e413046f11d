//! Dossiers: assets with all that rules look at.

use super::error::{CatalogError, Result};
use super::facts::FactsRow;
use super::open::Catalog;
use super::select::Filter;
use crate::domain::asset::AssetFile;
use crate::domain::claims::Claims;
use crate::domain::metadata::Metadata;

/// An asset with its facts, its description and its files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    pub row: FactsRow,
    pub metadata: Metadata,
    /// The original first, then by path.
    pub files: Vec<AssetFile>,
    /// What the original and its sidecar say about it; `None` if nobody has looked.
    pub claims: Option<Claims>,
}

impl Catalog {
    /// The facts with everything else that is known about the asset.
    pub fn dossier_of(&self, row: FactsRow) -> Result<Dossier> {
        let id = row.asset.id;
        let files = self.files_of(id)?.into_iter().map(|(_, file)| file).collect();
        Ok(Dossier { metadata: self.metadata_of(id)?, files, claims: None, row })
    }

    /// [`Catalog::visit_facts`] with whole dossiers.
    pub fn visit_dossiers<E: From<CatalogError>>(
        &self,
        filter: &Filter,
        mut visit: impl FnMut(Dossier) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        self.visit_facts(filter, |row| visit(self.dossier_of(row)?))
    }
}
