//! The kill switch as a run meets it: asked before every asset, and before every file.

use std::path::PathBuf;

use super::{Attempt, Obstacle, Target};
use crate::catalog::{Catalog, CatalogError, OpenOperation};
use crate::domain::pause::{Heed, Note, Paused, Source, Stop};
use crate::domain::text::printable_text;
use crate::files::read_note;

/// Where a run looks whether it is paused.
#[derive(Debug, Clone)]
pub struct Switch {
    /// The file whose being there pauses.
    pub file: PathBuf,
    /// What the environment says; anything but nothing pauses.
    pub environment: Option<String>,
    pub heed: Heed,
}

impl Switch {
    /// Everything that pauses now. What cannot be read does.
    pub fn look(&self, catalog: Option<&Catalog>) -> Vec<Paused> {
        let file = self.file_note().map(|note| (Source::File, note));
        let flag = catalog.and_then(Catalog::pause).map(|note| (Source::Catalog, note));
        let set = |value: &String| (Source::Environment, Note::Untold(set_to(value)));
        let variable = self.environment.as_ref().map(set);
        let found = file.into_iter().chain(flag).chain(variable);
        found.map(|(source, note)| Paused { source, note }).collect()
    }

    /// What the file says, if it is there or may be.
    pub fn file_note(&self) -> Option<Note> {
        match read_note(&self.file) {
            Ok(None) => None,
            Ok(Some(bytes)) => Some(Note::parse(&String::from_utf8_lossy(&bytes))),
            Err(error) => Some(Note::Untold(Obstacle::from(error).in_words())),
        }
    }
}

fn set_to(value: &str) -> String {
    format!("it is set to `{}`", printable_text(value))
}

impl Target<'_> {
    /// Everything that pauses now, whether this run stops for it or not.
    pub fn paused(&self) -> Vec<Paused> {
        self.switch.look(Some(self.catalog))
    }

    /// Announces an operation in the catalog. One that is to go on in spite of a pause says so only
    /// if there is one.
    pub(super) fn announce(&mut self, open: &OpenOperation) -> Attempt<()> {
        self.may_begin()?;
        let unheeded = open.heed == Heed::GoOn && self.paused().is_empty();
        self.step("open operation")?;
        if unheeded {
            let heeding = OpenOperation { heed: Heed::Stop, ..open.clone() };
            match self.catalog.open_operation(&heeding) {
                // Somebody paused at this very moment.
                Err(CatalogError::Paused { .. }) => {}
                opened => return Ok(opened?),
            }
        }
        Ok(self.catalog.open_operation(open)?)
    }

    /// Asked before an asset is begun.
    pub(super) fn may_begin(&self) -> Attempt<()> {
        self.stop_for(Stop::AfterAsset)
    }

    /// Asked before each file of an asset that was begun.
    pub(super) fn may_go_on(&self) -> Attempt<()> {
        self.stop_for(Stop::BeforeNextFile)
    }

    fn stop_for(&self, least: Stop) -> Attempt<()> {
        if self.switch.heed == Heed::GoOn {
            return Ok(());
        }
        let paused = self.paused();
        if paused.iter().any(|paused| paused.note.stop() >= least) {
            return Err(Obstacle::Paused(paused));
        }
        Ok(())
    }
}
