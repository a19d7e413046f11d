//! Looking at the pixels of originals.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::catalog::{Catalog, Decision, Dossier};
use crate::config::Config;
use crate::domain::asset::{Asset, Digest, Look};
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::files::{Folder, Root, read_file};
use crate::media;

use super::decide::Bench;
use super::library::{Mode, own_files};

#[derive(Default)]
pub(super) struct Eyes {
    /// `None` for a root that cannot be looked into.
    roots: BTreeMap<i64, Option<Root>>,
    /// What was recalled by: a bulk approval looks at each asset twice.
    seen: BTreeMap<Digest, Look>,
}

impl Eyes {
    /// What is seen of the original of an asset that is about to be cleared; the dossier learns what
    /// of ended content that shows again.
    pub(super) fn recall(
        &mut self,
        bench: Bench<'_>,
        dossier: &mut Dossier,
    ) -> Result<Option<Look>, Error> {
        let asset = &dossier.row.asset;
        let look = match self.seen.get(&asset.digest) {
            Some(seen) => Some(*seen),
            None => self.look((bench.catalog, &bench.court.config), asset)?,
        };
        self.seen.extend(look.map(|look| (asset.digest, look)));
        if let Some(look) = &look {
            dossier.recalled = bench.catalog.recalled(asset.id, look)?;
        }
        Ok(look)
    }

    /// The decision with what its asset looks like, if that ends its use and is recorded: by this it
    /// is recognized when it comes back. Nothing is decoded that was seen before.
    pub(super) fn remember(
        &mut self,
        (catalog, config): (&Catalog, &Config),
        mode: Mode,
        (asset, decision): (&Asset, Decision),
    ) -> Result<Decision, Error> {
        let ends = decision.transition.to.ended().is_some();
        if mode == Mode::DryRun || !ends {
            return Ok(decision);
        }
        let look = self.sight((catalog, config), asset)?;
        Ok(Decision { look, ..decision })
    }

    /// What the asset's original looks like, as it was seen before or is now.
    pub(super) fn sight(
        &mut self,
        (catalog, config): (&Catalog, &Config),
        asset: &Asset,
    ) -> Result<Option<Look>, Error> {
        if !media::has_pixels(&asset.content) {
            return Ok(None);
        }
        let seen = catalog.look_of(asset.digest)?.filter(|look| look.look_hash.is_some());
        match seen {
            None => self.look((catalog, config), asset),
            seen => Ok(seen),
        }
    }

    /// What is seen of the asset's original; `None` if it is not there with the bytes on record.
    fn look(
        &mut self,
        (catalog, config): (&Catalog, &Config),
        asset: &Asset,
    ) -> Result<Option<Look>, Error> {
        let root = match self.roots.entry(asset.root) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(open((catalog, config), asset.root)?),
        };
        Ok(root.as_ref().and_then(|root| look_at(root, &asset.path, asset.digest)))
    }
}

/// What is seen of a file; `None` if it cannot be read or has other bytes than these.
pub(super) fn look_at(root: &Root, path: &RelPath, digest: Digest) -> Option<Look> {
    let folder = root.folder(path.folder()).ok()?;
    look_in(&folder, path.name(), digest)
}

/// [`look_at`] of a file in a folder.
pub(super) fn look_in(folder: &Folder, name: &[u8], digest: Digest) -> Option<Look> {
    let read = read_file(folder, name, &|file| media::pixels(file)).ok()?;
    (read.digest == digest).then_some(read.content)
}

fn open((catalog, config): (&Catalog, &Config), id: i64) -> Result<Option<Root>, Error> {
    let Some(record) = catalog.roots()?.into_iter().find(|root| root.id == id) else {
        return Ok(None);
    };
    let configured = config.roots.iter().find(|root| root.name == record.name);
    let root = configured.and_then(|configured| Root::open(&configured.path).ok());
    Ok(root.map(|root| root.leaving_alone(own_files(config))))
}
