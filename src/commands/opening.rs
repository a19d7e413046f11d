//! Opening the catalog: wherever it can be read, and to change it only where that is safe.

use std::path::{Path, PathBuf};

use super::{Context, Settings};
use crate::catalog::{Catalog, CatalogError, Upgrade};
use crate::config::Config;
use crate::error::Error;
use crate::files::{
    ReadingCopy, check_unshared, check_writable, is_beside_closed, make_new_private,
    network_file_system,
};
use crate::report::Item;

/// So many copies of one schema are kept before somebody has to look.
const COPIES: u32 = 99;

impl Settings {
    /// Opens the catalog at `path` for reading. Where nobody may write beside it, a private copy is
    /// read.
    pub(super) fn open_to_read(&self, path: &Path) -> Result<Catalog, Error> {
        match Catalog::open_to_read(path) {
            Err(error) if error.is_about_its_folder() && is_beside_closed(path) => {
                let copy = ReadingCopy::of(path, &self.temporary)?;
                Ok(Catalog::open_to_read(&copy.path())?)
            }
            opened => Ok(opened?),
        }
    }

    /// [`Self::open_to_read`], and whatever is written from now on is not seen.
    pub(super) fn open_at_a_moment(&self, path: &Path) -> Result<Catalog, Error> {
        Ok(self.open_to_read(path)?.at_a_moment()?)
    }

    /// Readers that see the same moment: `count` of them, or fewer.
    pub(super) fn open_readers(&self, path: &Path, count: usize) -> Result<Vec<Catalog>, Error> {
        match Catalog::open_readers(path, count) {
            Err(error) if error.is_about_its_folder() && is_beside_closed(path) => {
                Ok(vec![self.open_at_a_moment(path)?])
            }
            opened => Ok(opened?),
        }
    }
}

impl Context<'_> {
    /// Opens the catalog for what this command changes. One of an older schema is copied beside it,
    /// then brought up to date.
    pub(super) fn open_to_write(&mut self, config: &Config) -> Result<Catalog, Error> {
        refuse_network(&config.catalog)?;
        if config.catalog.exists() {
            check_unshared(&config.catalog)?;
            check_writable(&config.catalog)?;
        }
        match Catalog::open_to_write(&config.catalog, self.session(config)) {
            Err(CatalogError::Older { .. }) => {
                self.upgrade(&config.catalog)?;
                Ok(Catalog::open_to_write(&config.catalog, self.session(config))?)
            }
            opened => Ok(opened?),
        }
    }

    fn upgrade(&mut self, path: &Path) -> Result<(), Error> {
        let Some(upgrade) = Upgrade::begin(path)? else { return Ok(()) };
        let kept = keep(&upgrade, path)?;
        upgrade.finish()?;
        let what = format!("a newer schema; the catalog as it was is {}", kept.display());
        self.report.say(&Item::Edit { subject: None, what });
        Ok(())
    }
}

/// Makes a copy of the catalog under a name that is free.
fn keep(upgrade: &Upgrade, path: &Path) -> Result<PathBuf, Error> {
    let mut number = 1;
    loop {
        let kept = kept_as(path, upgrade.schema(), number);
        let made = make_new_private(&kept, |part| Ok::<_, Error>(upgrade.copy_to(part)?));
        match made {
            Err(Error::File(error)) if error.is_taken() && number < COPIES => number += 1,
            made => return made.map(|()| kept),
        }
    }
}

/// `catalog.db.schema-7`, then `catalog.db.schema-7.2`: nothing is overwritten.
fn kept_as(path: &Path, schema: i64, number: u32) -> PathBuf {
    let mut kept = path.as_os_str().to_owned();
    kept.push(format!(".schema-{schema}"));
    if number > 1 {
        kept.push(format!(".{number}"));
    }
    kept.into()
}

/// Refuses a place where what was committed may be lost, and two runs may not see each other.
pub(super) fn refuse_network(catalog: &Path) -> Result<(), Error> {
    match network_file_system(catalog)? {
        None => Ok(()),
        Some(name) => Err(Error::guard(
            format!("the catalog {} is on {name}", catalog.display()),
            "locks and syncs cannot be relied on there".to_owned(),
            "keep it on a local disk; the library itself may be elsewhere",
        )),
    }
}
