//! Finds the asset of an entry: by its path or number, by the bytes it ships, by the paths of its
//! other files, and by paths that an asset once had.
//!
//! Where several assets fit, the one with the worst standing counts: a doubt never lets a bad one
//! through. What was rejected as a duplicate counts for its bytes only where no other has them. A
//! number alone is believed only where the entry tells no path, for two sites may give the same number
//! to different pictures.

use std::collections::BTreeSet;

use crate::catalog::{Catalog, Dossier, FactsRow};
use crate::domain::asset::{AssetFile, AssetId, Place, RootKind};
use crate::domain::group::possible_original;
use crate::domain::lifecycle::{Ended, Standing, State};
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
    Found { row: Box<FactsRow>, by: Trait, bytes: Comparison },
}

/// An asset that an entry may be, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sighting {
    asset: AssetId,
    by: Trait,
    counts: Counts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    Always,
    /// The entry is the file of another asset, with the bytes that were decided about: what was
    /// decided about a copy counts only if that one was withdrawn as unsafe.
    IfWithdrawn,
}

/// All assets that an entry may be, and how its bytes stand to those of its name.
struct Sightings {
    all: Vec<Sighting>,
    bytes: Comparison,
}

impl Match {
    /// Whether one more file of the same asset says something that the first did not.
    pub(super) fn is_worth_telling_again(&self) -> bool {
        match self {
            Self::NotAsked | Self::Unknown => true,
            Self::Found { by, bytes, .. } => {
                let strange = matches!(bytes, Comparison::Other | Comparison::Unrecorded);
                *by == Trait::Bytes || strange
            }
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
        let Sightings { all, bytes } = self.sightings(entry)?;
        let (mut chosen, mut spare): (Option<(FactsRow, Standing, Trait)>, _) = (None, None);
        for Sighting { asset, by, counts } in all {
            let Some(row) = self.catalog.facts_of(asset)? else { continue };
            if counts == Counts::IfWithdrawn && !is_withdrawn(row.asset.state) {
                continue;
            }
            let standing = law.judge(&row, now).standing;
            let is_spare = by == Trait::Bytes && self.catalog.is_spare(asset, row.asset.state)?;
            let kept = if is_spare { &mut spare } else { &mut chosen };
            if kept.as_ref().is_none_or(|(_, so_far, _)| standing < *so_far) {
                *kept = Some((row, standing, by));
            }
        }
        let Some((row, _, by)) = chosen.or(spare) else { return Ok(Match::Unknown) };
        Ok(Match::Found { row: Box::new(row), by, bytes })
    }

    /// All that the catalog has of an asset that was found.
    pub(super) fn dossier(&self, found: &Match) -> Result<Option<Box<Dossier>>, Error> {
        let Match::Found { row, .. } = found else { return Ok(None) };
        Ok(Some(Box::new(self.catalog.dossier_of((**row).clone())?)))
    }

    /// What the entry itself is comes first: of equal standings the first counts.
    fn sightings(&self, entry: &Entry) -> Result<Sightings, Error> {
        let path = gathering::path(entry);
        let digest = entry.bytes.as_ref().and_then(|bytes| bytes.digest);
        let same = match &digest {
            Some(digest) => self.catalog.assets_with_bytes(digest)?,
            None => Vec::new(),
        };
        let mut found = match &path {
            Some(path) => self.at(path, (entry.bytes.as_ref(), &same))?,
            None => self.numbered(entry)?,
        };
        let is_its_own = found.bytes == Comparison::Same;
        let counts = if is_its_own { Counts::IfWithdrawn } else { Counts::Always };
        found.add(same, Trait::Bytes, counts);
        for path in other_files(entry).iter().filter(|other| Some(*other) != path.as_ref()) {
            let assets = self.served(self.catalog.assets_at(None, path)?)?;
            found.add(assets, Trait::Path, Counts::Always);
        }
        Ok(found)
    }

    /// The assets whose file is at the path, would be by its name, or once was; `same` are those
    /// that have the bytes.
    fn at(
        &self,
        path: &RelPath,
        (bytes, same): (Option<&Bytes>, &[AssetId]),
    ) -> Result<Sightings, Error> {
        let assets = self.served(self.catalog.assets_at(None, path)?)?;
        if assets.is_empty() {
            return self.beside(path, (bytes, same));
        }
        let mut files = Vec::new();
        for asset in &assets {
            let all = self.catalog.files_of(*asset)?.into_iter().map(|(_, file)| file);
            files.extend(all.filter(|file| file.path == *path));
        }
        let here = |file: &AssetFile| matches!(file.place, Place::Library | Place::Missing);
        let by = if files.iter().any(here) { Trait::Path } else { Trait::FormerPath };
        let digest = bytes.and_then(|bytes| bytes.digest);
        let bytes = match digest {
            None => Comparison::NotTold,
            Some(digest) if files.iter().any(|file| file.digest == digest) => Comparison::Same,
            // Other content under a name that is free again is not the asset that left it.
            Some(_) if by == Trait::FormerPath => return Ok(Sightings::none()),
            Some(_) => Comparison::Other,
        };
        Ok(Sightings::of(assets, by, bytes))
    }

    /// The asset whose rendition the file is by its name and, where it is known, by its size.
    fn beside(
        &self,
        path: &RelPath,
        (bytes, same): (Option<&Bytes>, &[AssetId]),
    ) -> Result<Sightings, Error> {
        let dimensions = bytes.and_then(|bytes| bytes.content.dimensions);
        let Some(original) = possible_original(path, dimensions) else {
            return Ok(Sightings::none());
        };
        let assets = self.served(self.catalog.assets_at(None, &original)?)?;
        let bytes = match bytes.and_then(|bytes| bytes.digest) {
            None => Comparison::NotTold,
            Some(_) if assets.iter().any(|asset| same.contains(asset)) => Comparison::Same,
            // Bytes of another asset say for themselves what they are.
            Some(_) if !same.is_empty() => Comparison::Other,
            Some(_) => Comparison::Unrecorded,
        };
        Ok(Sightings::of(assets, Trait::Path, bytes))
    }

    fn numbered(&self, entry: &Entry) -> Result<Sightings, Error> {
        let Some(number) = entry.attachment else { return Ok(Sightings::none()) };
        let assets = self.catalog.assets_of_attachment(number)?;
        Ok(Sightings::of(assets, Trait::Attachment, Comparison::NotTold))
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

impl Sightings {
    fn none() -> Self {
        Self { all: Vec::new(), bytes: Comparison::NotTold }
    }

    fn of(assets: Vec<AssetId>, by: Trait, bytes: Comparison) -> Self {
        if assets.is_empty() {
            return Self::none();
        }
        let mut sightings = Self { all: Vec::new(), bytes };
        sightings.add(assets, by, Counts::Always);
        sightings
    }

    /// Adds those that are not there yet. What is found by its bytes alone has the same bytes.
    fn add(&mut self, assets: Vec<AssetId>, by: Trait, counts: Counts) {
        if self.all.is_empty() && by == Trait::Bytes && !assets.is_empty() {
            self.bytes = Comparison::Same;
        }
        for asset in assets {
            if self.all.iter().all(|seen| seen.asset != asset) {
                self.all.push(Sighting { asset, by, counts });
            }
        }
    }
}

fn is_withdrawn(state: State) -> bool {
    state == State::Withdrawn || state.was() == Some(Ended::Withdrawn)
}

/// The other files that the entry names: whoever imports it fetches them.
fn other_files(entry: &Entry) -> Vec<RelPath> {
    let mut files: Vec<_> = entry.uploaded().into_iter().collect();
    let Some(details) = &entry.details else { return files };
    files.extend(details.file.clone());
    let sizes = details.sizes.iter().chain(&details.backup_sizes).map(|size| &size.file);
    let beside = details.original_image.iter().chain(sizes);
    files.extend(beside.filter_map(|file| entry.beside(file)?.ok()));
    files
}
