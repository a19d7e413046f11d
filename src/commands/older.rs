//! A catalog that is older than its quarantine: folders there are its own, and it does not know them.

use crate::catalog::{Catalog, CatalogError};
use crate::config::Config;
use crate::domain::text::counted;
use crate::error::Error;
use crate::executor::Obstacle;
use crate::executor::rebuild::{Waiting, count_waiting};
use crate::files::Quarantine;

/// The folders in quarantine that wait for a rebuild. None if nobody can look there: `doctor` tells
/// why.
pub(super) fn waiting(config: &Config, catalog: &Catalog) -> Result<Waiting, CatalogError> {
    let Ok(quarantine) = Quarantine::open(&config.quarantine) else {
        return Ok(Waiting::default());
    };
    match count_waiting(catalog, &quarantine) {
        Err(Obstacle::Catalog(error)) => Err(error),
        counted => Ok(counted.unwrap_or_default()),
    }
}

/// What came back or was added since the older catalog was current would become drafts, under
/// numbers that the folders tell of.
pub(super) fn refuse_older_catalog(config: &Config, catalog: &Catalog) -> Result<(), Error> {
    let own = waiting(config, catalog)?.own;
    if own == 0 {
        return Ok(());
    }
    let what = format!("the catalog {}", config.catalog.display());
    let why =
        format!("it is older than its quarantine: {} there of its own", counted(own, "folder"));
    let hint = "bring it up to date first: `shelflife recover --rebuild` shows how, and whatever \
                --apply cannot bring back is noted and does not stop a scan any more";
    Err(Error::guard(what, format!("{why} that it does not know"), hint))
}
