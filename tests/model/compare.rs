//! Holds what the model says against catalog and disk.

use std::fs;

use shelflife::catalog::Catalog;
use shelflife::domain::asset::{AssetId, Place};
use shelflife::domain::lifecycle::State;
use shelflife::exit::ExitCode;

use super::Op;
use super::world::{Asset, World, picture};
use crate::support::moving::tree;

impl World {
    /// Compares what the model says with catalog and disk.
    pub(super) fn compare(&mut self) -> Result<(), String> {
        let catalog = self.library.scanned_catalog();
        let (length, _) = catalog.audit_head().unwrap();
        if length > self.length {
            self.beats.push(self.now());
            self.length = length;
        }
        for (number, asset) in (1..).zip(&self.assets) {
            let id = AssetId(number);
            let found = catalog.asset(id).unwrap().ok_or(format!("there is no {id}"))?;
            if found.state != asset.state {
                return Err(format!("{id} is {}, and should be {}", found.state, asset.state));
            }
            let files = catalog.files_of(id).unwrap();
            for file in &asset.files {
                let path = |known: &str| known == file.path;
                let known = files.iter().find(|(_, known)| path(&known.path.to_string()));
                let place = known.map(|(_, known)| known.place);
                if place != Some(file.place) {
                    return Err(format!("{} of {id} is in {place:?}, not {file:?}", file.path));
                }
            }
            if let State::Quarantined(_) = asset.state {
                self.compare_stored(&catalog, id, asset)?;
            }
        }
        let next = i64::try_from(self.assets.len()).unwrap() + 1;
        if catalog.asset(AssetId(next)).unwrap().is_some() {
            return Err("there is an asset too many".to_owned());
        }
        self.compare_disk()
    }

    /// The bytes in quarantine are those that were taken.
    fn compare_stored(&self, catalog: &Catalog, id: AssetId, asset: &Asset) -> Result<(), String> {
        let taken = catalog.quarantine_of(id).unwrap().ok_or(format!("nothing took {id}"))?;
        let store = self.library.path("state/quarantine/v1").join(&taken.store);
        for file in asset.files.iter().filter(|file| file.place == Place::Quarantine) {
            let stored = taken.files.iter().find(|stored| stored.path.to_string() == file.path);
            let stored = stored.ok_or(format!("{} was not taken", file.path))?;
            let bytes = fs::read(store.join(&stored.stored_name)).unwrap_or_default();
            if bytes != picture(file.size, file.content) {
                return Err(format!("{} of {id} has other bytes in quarantine", file.path));
            }
        }
        Ok(())
    }

    fn compare_disk(&self) -> Result<(), String> {
        let uploads = tree(&self.library.path("uploads"));
        let found: Vec<_> = uploads.keys().map(|path| path.display().to_string()).collect();
        let expected: Vec<_> = self.disk.keys().cloned().collect();
        if found != expected {
            return Err(format!("the library holds {found:?}, and should hold {expected:?}"));
        }
        for (path, content) in &self.disk {
            let size = if path.ends_with("-4x3.png") { (4, 3) } else { (8, 6) };
            if fs::read(self.on_disk(path)).unwrap() != picture(size, *content) {
                return Err(format!("{path} has other bytes"));
            }
        }
        Ok(())
    }

    /// At the end catalog, log and disk have to agree.
    pub(super) fn end(&mut self) -> Result<(), String> {
        self.take(Op::Scan)?;
        let run = self.library.run("audit verify --replay --disk=full");
        if run.exit == ExitCode::Success { Ok(()) } else { Err(format!("{run}")) }
    }
}
