//! What files say about themselves: one row for each file that was looked into.
//!
//! The text of a row has a shape of its own, so that renaming a field of the domain changes no
//! catalog. Fields that say nothing are left out.

use std::collections::BTreeMap;

use rusqlite::{Transaction, named_params};
use serde::{Deserialize, Serialize};

use super::dossiers::Dossier;
use super::error::{CatalogError, Result};
use super::intake::FolderChange;
use super::open::Catalog;
use super::spans::Numbered;
use crate::domain::asset::AssetId;
use crate::domain::claims::{
    Claims, Credentials, Defect, EDITION, Generation, Generator, Licensor, Texts, Validity,
};
use crate::domain::intake::Said;

/// Of an asset: what its original says, and what the sidecar beside it says.
///
/// Only files that are there speak, and an original only for the asset that it is of.
pub(super) const CLAIMS: &str = "
    SELECT c.asset_id, c.claims, f.asset_id IS NOT c.asset_id OR f.role <> 'original'
    FROM file_claims c JOIN file f ON f.id = c.file_id
    WHERE c.asset_id >= :first AND c.asset_id <= :last AND f.place <> 'missing'
      AND ((f.role = 'original' AND f.asset_id = c.asset_id) OR lower(substr(f.name, -4)) = '.xmp')
    ORDER BY c.asset_id, c.file_id";

/// The index of paths is over files in the library and missing ones: only with its own words is it
/// used.
pub(super) const RECORD: &str = "
    INSERT INTO file_claims (file_id, asset_id, edition, claims)
    SELECT id, :asset, :edition, :claims FROM file
    WHERE root_id = :root AND folder = :folder AND name = :name
      AND place IN ('library', 'missing') AND place = 'library'
    ON CONFLICT (file_id) DO UPDATE SET asset_id = excluded.asset_id,
        edition = excluded.edition, claims = excluded.claims";

impl Catalog {
    /// What the asset's original and its sidecar say; `None` if nobody has looked.
    pub fn claims_of(&self, id: AssetId) -> Result<Option<Claims>> {
        let mut spoken = Spoken { asset: id, claims: None };
        self.add_rows(CLAIMS, std::slice::from_mut(&mut spoken), |spoken, row| {
            add(&mut spoken.claims, row)
        })?;
        Ok(spoken.claims)
    }

    /// Gives every dossier what the asset's files say.
    pub(super) fn add_claims(&self, dossiers: &mut [Dossier]) -> Result<()> {
        self.add_rows(CLAIMS, dossiers, |dossier, row| add(&mut dossier.claims, row))
    }
}

struct Spoken {
    asset: AssetId,
    claims: Option<Claims>,
}

impl Numbered for Spoken {
    fn number(&self) -> i64 {
        self.asset.0
    }
}

/// A sidecar was written later than the picture beside it: its word comes first.
pub(super) fn add(claims: &mut Option<Claims>, row: &rusqlite::Row<'_>) -> Result<()> {
    let text: Option<String> = row.get(1)?;
    let is_sidecar: bool = row.get(2)?;
    let read = match text {
        None => Claims::default(),
        Some(text) => {
            let stored: Stored = serde_json::from_str(&text)
                .map_err(|_| CatalogError::damaged("file_claims.claims"))?;
            stored.into()
        }
    };
    *claims = Some(match claims.take() {
        None => read,
        Some(known) if is_sidecar => read.over(known),
        Some(known) => known.over(read),
    });
    Ok(())
}

/// Writes what a file says of an asset, if the catalog knows the file.
pub(super) fn record(
    tx: &Transaction<'_>,
    change: &FolderChange,
    asset: AssetId,
    said: &Said,
) -> Result<()> {
    let claims = &said.claims;
    let text = (!claims.is_empty()).then(|| serde_json::to_string(&Stored::from(&**claims)));
    let text = text.transpose().map_err(|_| CatalogError::damaged("claims that are no text"))?;
    tx.prepare_cached(RECORD)?.execute(named_params! {
        ":asset": asset.0, ":edition": EDITION, ":claims": text, ":root": change.root,
        ":folder": change.folder, ":name": said.by,
    })?;
    Ok(())
}

type Words = BTreeMap<String, String>;

/// The shape in the catalog.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    alt: Words,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extended_description: Words,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    title: Words,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    description: Words,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    creators: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credit: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    copyright: Words,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    usage_terms: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights_url: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licensors: Vec<(Option<String>, Option<String>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    released_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<StoredGeneration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<StoredCredentials>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    defects: Vec<(u64, String)>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredGeneration {
    generator: String,
    prompt: Option<String>,
    negative_prompt: Option<String>,
    model: Option<String>,
    seed: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct StoredCredentials {
    embedded: bool,
    generator: Option<String>,
    source_types: Vec<String>,
    remote: Option<String>,
    validity: Option<String>,
}

impl From<&Claims> for Stored {
    fn from(claims: &Claims) -> Self {
        let claims = claims.clone();
        let pair = |one: Licensor| (one.name, one.url);
        Self {
            alt: claims.alt.0,
            extended_description: claims.extended_description.0,
            title: claims.title.0,
            description: claims.description.0,
            keywords: claims.keywords,
            creators: claims.creators,
            credit: claims.credit,
            copyright: claims.copyright.0,
            usage_terms: claims.usage_terms.0,
            rights_url: claims.rights_url,
            licensors: claims.licensors.into_iter().map(pair).collect(),
            source_type: claims.source_type,
            released_on: claims.released_on,
            expires_on: claims.expires_on,
            tool: claims.tool,
            generation: claims.generation.map(Into::into),
            credentials: claims.credentials.map(Into::into),
            defects: claims.defects.into_iter().map(|one| (one.offset, one.what)).collect(),
        }
    }
}

impl From<Stored> for Claims {
    fn from(stored: Stored) -> Self {
        Self {
            alt: Texts(stored.alt),
            extended_description: Texts(stored.extended_description),
            title: Texts(stored.title),
            description: Texts(stored.description),
            keywords: stored.keywords,
            creators: stored.creators,
            credit: stored.credit,
            copyright: Texts(stored.copyright),
            usage_terms: Texts(stored.usage_terms),
            rights_url: stored.rights_url,
            licensors: stored
                .licensors
                .into_iter()
                .map(|(name, url)| Licensor { name, url })
                .collect(),
            source_type: stored.source_type,
            released_on: stored.released_on,
            expires_on: stored.expires_on,
            tool: stored.tool,
            generation: stored.generation.map(Into::into),
            credentials: stored.credentials.map(Into::into),
            defects: stored
                .defects
                .into_iter()
                .map(|(offset, what)| Defect { offset, what })
                .collect(),
        }
    }
}

impl From<Generation> for StoredGeneration {
    fn from(found: Generation) -> Self {
        let Generation { generator, prompt, negative_prompt, model, seed } = found;
        Self { generator: generator.name().to_owned(), prompt, negative_prompt, model, seed }
    }
}

impl From<StoredGeneration> for Generation {
    fn from(stored: StoredGeneration) -> Self {
        let StoredGeneration { generator, prompt, negative_prompt, model, seed } = stored;
        let generator = Generator::named(&generator).unwrap_or(Generator::Other);
        Self { generator, prompt, negative_prompt, model, seed }
    }
}

impl From<Credentials> for StoredCredentials {
    fn from(found: Credentials) -> Self {
        let Credentials { embedded, generator, source_types, remote, validity } = found;
        let validity = validity.map(|validity| validity.name().to_owned());
        Self { embedded, generator, source_types, remote, validity }
    }
}

impl From<StoredCredentials> for Credentials {
    fn from(stored: StoredCredentials) -> Self {
        let StoredCredentials { embedded, generator, source_types, remote, validity } = stored;
        let validity = validity.as_deref().and_then(Validity::named);
        Self { embedded, generator, source_types, remote, validity }
    }
}
