//! A clock that says less than the audit log has seen already.

use crate::catalog::{Catalog, CatalogError};
use crate::domain::time::Timestamp;

/// That the clock is behind the newest entry of the log, in words; nothing if it is not.
pub(super) fn behind(catalog: &Catalog, now: Timestamp) -> Result<Option<String>, CatalogError> {
    let newest = catalog.newest_instant()?.filter(|newest| now.is_behind(*newest));
    Ok(newest
        .map(|newest| format!("the clock says {now}, and the audit log has an entry of {newest}")))
}
