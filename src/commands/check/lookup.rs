//! Finds the asset of an entry: by the bytes it ships, else by its path or number, else by a path
//! that an asset once had.
//!
//! Where several assets fit, the one with the worst standing counts: a doubt never lets a bad one
//! through. A number alone is believed only where the entry tells no path, for two sites may give
//! the same number to different pictures.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Dossier, FactsRow};
use crate::domain::asset::{AssetFile, AssetId, Place, RootKind};
use crate::domain::group::possible_original;
use crate::domain::lifecycle::Standing;
use crate::domain::path::RelPath;
use crate::domain::time::Timestamp;
use crate::domain::validation::exported::{Comparison, Trait};
use crate::error::Error;
use crate::exports::{Bytes, Item as Entry};

use super::gathering;
use super::law::Law;

/// The catalog with what every lookup needs.
pub(super) struct Shelf {
    catalog: Catalog,
    /// The roots that a site serves.
    production: BTreeSet<i64>,
}

/// What the catalog has of an entry.
pub(super) enum Match {
    NotAsked,
    Unknown,
    Found { dossier: Box<Dossier>, by: Trait, bytes: Comparison },
}

/// Assets that an entry may be, and why.
struct Candidates {
    assets: Vec<AssetId>,
    by: Trait,
    bytes: Comparison,
}

impl Match {
    /// Whether one more file of the same asset says something that the first did not.
    pub(super) fn is_worth_telling_again(&self) -> bool {
        match self {
            Self::NotAsked | Self::Unknown => true,
            Self::Found { by, bytes, .. } => *by == Trait::Bytes || *bytes == Comparison::Other,
        }
    }
}

impl Shelf {
    pub(super) fn new(catalog: Catalog) -> Result<Self, Error> {
        let roots = catalog.roots()?.into_iter();
        let production = roots.filter(|root| root.kind == RootKind::Production).map(|root| root.id);
        Ok(Self { production: production.collect(), catalog })
    }

    /// The asset of an entry. Of several, the one whose standing is worst.
    pub(super) fn find(&self, law: &Law, entry: &Entry, now: Timestamp) -> Result<Match, Error> {
        let Some(Candidates { assets, by, bytes }) = self.candidates(entry)? else {
            return Ok(Match::Unknown);
        };
        let mut chosen: Option<(FactsRow, Standing)> = None;
        for id in assets {
            let Some(row) = self.catalog.facts_of(id)? else { continue };
            let standing = law.judge(&row, now).standing;
            if chosen.as_ref().is_none_or(|(_, so_far)| standing < *so_far) {
                chosen = Some((row, standing));
            }
        }
        let Some((row, _)) = chosen else { return Ok(Match::Unknown) };
        let dossier = Box::new(self.catalog.dossier_of(row)?);
        Ok(Match::Found { dossier, by, bytes })
    }

    fn candidates(&self, entry: &Entry) -> Result<Option<Candidates>, Error> {
        let path = gathering::path(entry);
        let named = match &path {
            Some(path) => self.at(path, entry.bytes.as_ref())?,
            None => self.numbered(entry)?,
        };
        let Some(bytes) = &entry.bytes else { return Ok(named) };
        match named {
            Some(same) if same.bytes == Comparison::Same => Ok(Some(same)),
            named => Ok(self.with_bytes(bytes)?.or(named)),
        }
    }

    /// The assets whose file is at the path, would be by its name, or once was.
    fn at(&self, path: &RelPath, bytes: Option<&Bytes>) -> Result<Option<Candidates>, Error> {
        let assets = self.served(self.catalog.assets_at(None, path)?)?;
        let mut files = Vec::new();
        for asset in &assets {
            let all = self.catalog.files_of(*asset)?.into_iter().map(|(_, file)| file);
            files.extend(all.filter(|file| file.path == *path));
        }
        if assets.is_empty() {
            return self.beside(path, bytes);
        }
        let here = |file: &AssetFile| matches!(file.place, Place::Library | Place::Missing);
        let by = if files.iter().any(here) { Trait::Path } else { Trait::FormerPath };
        let same = |bytes: &Bytes| files.iter().any(|file| Some(file.digest) == bytes.digest);
        let bytes = match bytes {
            None => Comparison::NotTold,
            Some(bytes) if same(bytes) => Comparison::Same,
            // Other content under a name that is free again is not the asset that left it.
            Some(_) if by == Trait::FormerPath => return Ok(None),
            Some(_) => Comparison::Other,
        };
        Ok(Some(Candidates { assets, by, bytes }))
    }

    /// The asset whose rendition the file is by its name and, where it is known, by its size.
    fn beside(&self, path: &RelPath, bytes: Option<&Bytes>) -> Result<Option<Candidates>, Error> {
        let dimensions = bytes.and_then(|bytes| bytes.content.dimensions);
        let Some(original) = possible_original(path, dimensions) else { return Ok(None) };
        let assets = self.served(self.catalog.assets_at(None, &original)?)?;
        let (by, bytes) = (Trait::Path, Comparison::NotTold);
        Ok((!assets.is_empty()).then_some(Candidates { assets, by, bytes }))
    }

    fn numbered(&self, entry: &Entry) -> Result<Option<Candidates>, Error> {
        let Some(number) = entry.attachment else { return Ok(None) };
        let assets = self.catalog.assets_of_attachment(number)?;
        let (by, bytes) = (Trait::Attachment, Comparison::NotTold);
        Ok((!assets.is_empty()).then_some(Candidates { assets, by, bytes }))
    }

    fn with_bytes(&self, bytes: &Bytes) -> Result<Option<Candidates>, Error> {
        let Some(digest) = bytes.digest else { return Ok(None) };
        let assets = self.catalog.assets_with_digest(&digest.to_string())?;
        let (by, bytes) = (Trait::Bytes, Comparison::Same);
        Ok((!assets.is_empty()).then_some(Candidates { assets, by, bytes }))
    }

    /// Those beneath a root that a site serves, if any are: a draft may lie at the same path.
    fn served(&self, assets: Vec<AssetId>) -> Result<Vec<AssetId>, Error> {
        if assets.len() < 2 {
            return Ok(assets);
        }
        let mut served = Vec::new();
        for id in &assets {
            let asset = self.catalog.asset(*id)?;
            if asset.is_some_and(|asset| self.production.contains(&asset.root)) {
                served.push(*id);
            }
        }
        Ok(if served.is_empty() { assets } else { served })
    }
}
