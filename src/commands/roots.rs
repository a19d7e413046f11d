//! Whether a root is the one that the catalog knows: an empty folder where a disk should be mounted
//! must not look like a library that lost its files.

use std::collections::BTreeMap;
use std::fmt;

use crate::catalog::{Catalog, RootRecord};
use crate::config::{Config, RootConfig};
use crate::error::Error;
use crate::files::Root;

use super::library::own_files;

/// Why a root is not taken for the one that the catalog knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Doubt {
    NotThere,
    Unmarked,
    OtherDevice,
    UnmarkedOnOtherDevice,
    /// It is marked as part of this catalog.
    Foreign(String),
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unmarked, device) =
            ("its marker .shelflife-root is gone", "it is on another device than at the last scan");
        match self {
            Self::NotThere => f.write_str("it is not there"),
            Self::Unmarked => f.write_str(unmarked),
            Self::OtherDevice => f.write_str(device),
            Self::UnmarkedOnOtherDevice => write!(f, "{unmarked}, and {device}"),
            Self::Foreign(catalog) => write!(f, "it is marked as part of catalog {catalog}"),
        }
    }
}

impl Doubt {
    /// What a person does about it.
    pub(super) fn next(&self) -> String {
        let rest = match self {
            Self::NotThere | Self::Foreign(_) => return LOOK.to_owned(),
            Self::UnmarkedOnOtherDevice => "a folder where no disk is mounted looks like this",
            Self::Unmarked => {
                "if it is, a person runs `shelflife scan --accept-missing`, which marks it anew"
            }
            Self::OtherDevice => {
                "if it is (its number can change when it is mounted again), a person runs `shelflife \
                 scan --accept-missing`"
            }
        };
        format!("{LOOK}; {rest}")
    }
}

pub(super) const LOOK: &str = "look whether the right disk is mounted there";

/// Opens a root as it is configured; `None` if nothing is there.
pub(super) fn open(config: &Config, configured: &RootConfig) -> Result<Option<Root>, Error> {
    match Root::open(&configured.path) {
        Err(error) if error.is_missing() => Ok(None),
        opened => Ok(Some(opened?.leaving_alone(own_files(config)))),
    }
}

/// What speaks against it, in the catalog with this identity.
pub(super) fn doubt(
    root: &Root,
    record: &RootRecord,
    catalog: &str,
) -> Result<Option<Doubt>, Error> {
    let moved = root.device()? != record.device;
    Ok(match root.read_marker()? {
        None if moved => Some(Doubt::UnmarkedOnOtherDevice),
        None => Some(Doubt::Unmarked),
        Some(other) if other != catalog => Some(Doubt::Foreign(other)),
        Some(_) => moved.then_some(Doubt::OtherDevice),
    })
}

/// The root, if it is the one that was scanned.
pub(super) fn known_root(
    (config, configured): (&Config, &RootConfig),
    record: &RootRecord,
    catalog: &str,
) -> Result<Result<Root, Doubt>, Error> {
    let Some(root) = open(config, configured)? else { return Ok(Err(Doubt::NotThere)) };
    Ok(doubt(&root, record, catalog)?.map_or(Ok(root), Err))
}

/// Every root that is configured and catalogued, proven to be what was scanned.
pub(super) fn guarded_roots(
    config: &Config,
    catalog: &Catalog,
) -> Result<BTreeMap<i64, Root>, Error> {
    let mut roots = BTreeMap::new();
    visit_roots(config, catalog, |id, root| {
        roots.insert(id, root?);
        Ok(())
    })?;
    Ok(roots)
}

/// Those of them that are there, and why each of the others is left out.
pub(super) fn reachable_roots(
    config: &Config,
    catalog: &Catalog,
) -> Result<(BTreeMap<i64, Root>, Vec<Error>), Error> {
    let (mut roots, mut left_out) = (BTreeMap::new(), Vec::new());
    visit_roots(config, catalog, |id, root| {
        match root {
            Ok(root) => drop(roots.insert(id, root)),
            Err(why) => left_out.push(why),
        }
        Ok(())
    })?;
    Ok((roots, left_out))
}

fn visit_roots(
    config: &Config,
    catalog: &Catalog,
    mut visit: impl FnMut(i64, Result<Root, Error>) -> Result<(), Error>,
) -> Result<(), Error> {
    let uuid = catalog.uuid()?;
    for record in catalog.roots()? {
        let configured = config.roots.iter().find(|root| root.name == record.name);
        let Some(configured) = configured else { continue };
        let root = known_root((config, configured), &record, &uuid);
        let root = root.and_then(|root| root.map_err(|doubt| refused(configured, &doubt)));
        visit(record.id, root)?;
    }
    Ok(())
}

fn refused(configured: &RootConfig, doubt: &Doubt) -> Error {
    let what = format!("root {} ({})", configured.name, configured.path.display());
    Error::guard(what, doubt.to_string(), doubt.next())
}
