//! Looking at the pixels of originals.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::catalog::Decision;
use crate::config::Config;
use crate::domain::asset::{Asset, Digest, Look};
use crate::domain::path::RelPath;
use crate::error::Error;
use crate::files::{Root, read_file};
use crate::media;

use super::decide::Bench;
use super::library::{Mode, own_files};

/// The roots that were looked into; `None` for one that cannot be.
#[derive(Default)]
pub(super) struct Eyes(BTreeMap<i64, Option<Root>>);

impl Eyes {
    /// The decision with what is seen of the asset's original, unless nothing is recorded.
    pub(super) fn witness(
        &mut self,
        bench: Bench<'_>,
        mode: Mode,
        (asset, decision): (&Asset, Decision),
    ) -> Result<Decision, Error> {
        let look = match mode {
            Mode::DryRun => None,
            Mode::Real => self.look(bench, asset)?,
        };
        Ok(Decision { look, ..decision })
    }

    /// What is seen of the asset's original; `None` if it is not there with the bytes on record.
    fn look(&mut self, bench: Bench<'_>, asset: &Asset) -> Result<Option<Look>, Error> {
        let root = match self.0.entry(asset.root) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(open(bench, asset.root)?),
        };
        Ok(root.as_ref().and_then(|root| look_at(root, &asset.path, asset.digest)))
    }
}

/// What is seen of a file; `None` if it cannot be read or has other bytes than these.
pub(super) fn look_at(root: &Root, path: &RelPath, digest: Digest) -> Option<Look> {
    let folder = root.folder(path.folder()).ok()?;
    let read = read_file(&folder, path.name(), &|file| media::pixels(file)).ok()?;
    (read.digest == digest).then_some(Look { pixels: read.content })
}

fn open(bench: Bench<'_>, id: i64) -> Result<Option<Root>, Error> {
    let config: &Config = &bench.court.config;
    let Some(record) = bench.catalog.roots()?.into_iter().find(|root| root.id == id) else {
        return Ok(None);
    };
    let configured = config.roots.iter().find(|root| root.name == record.name);
    let root = configured.and_then(|configured| Root::open(&configured.path).ok());
    Ok(root.map(|root| root.leaving_alone(own_files(config))))
}
