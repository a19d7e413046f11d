//! What commands share: opening the catalog, naming assets, loading what is decided about.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Catalog, CatalogError, FactsRow, Session};
use crate::config::Config;
use crate::domain::asset::{Asset, AssetId, RootKind};
use crate::domain::context::shared_zone;
use crate::domain::lifecycle::{Verdict, World, standing_of};
use crate::domain::metadata::Metadata;
use crate::domain::path::RelPath;
use crate::domain::policy::Policy;
use crate::domain::text::printable;
use crate::domain::time::{Timestamp, Zone};
use crate::error::Error;
use crate::files::{Identity, identities, is_beneath};
use crate::report::Subject;

use super::Context;

/// Whether a command does its work or only shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    DryRun,
    Real,
}

impl Mode {
    /// The mode of a command that acts unless `--dry-run` was given.
    pub(super) fn unless_dry_run(dry_run: bool) -> Self {
        if dry_run { Self::DryRun } else { Self::Real }
    }

    /// The mode of a command that plans unless `--apply` was given.
    pub(super) fn only_with_apply(apply: bool) -> Self {
        if apply { Self::Real } else { Self::DryRun }
    }
}

impl Context<'_> {
    /// The catalog, for reading only.
    pub(super) fn catalog_to_read(&mut self) -> Result<Catalog, Error> {
        let config = self.config()?;
        self.settings.open_to_read(&config.catalog)
    }

    /// Opens the catalog in the way that `mode` asks for, runs `work` and closes the run.
    ///
    /// A dry run gets a handle that cannot write and marks the report as one.
    pub(super) fn with_catalog(
        &mut self,
        mode: Mode,
        work: impl FnOnce(&mut Self, &mut Catalog) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.report.summary.dry_run = mode == Mode::DryRun;
        let config = self.config()?;
        let mut catalog = match mode {
            Mode::DryRun => self.settings.open_to_read(&config.catalog)?,
            Mode::Real => self.open_to_write(&config)?,
        };
        let done = work(self, &mut catalog);
        let code = match &done {
            Ok(()) => self.report.summary.exit_code(),
            Err(error) => error.exit_code(),
        };
        // A command may open the catalog twice, and change something only the first time.
        if let Some(head) = catalog.finish_run(code.number())? {
            self.report.summary.audit = Some(head);
        }
        done
    }

    /// Who writes what this command changes.
    pub(super) fn session(&self, config: &Config) -> Session {
        Session {
            actor: self.actor.clone(),
            command: self.typed.clone(),
            now: self.now,
            run: new_id(self.now),
            policy_hash: config.policy_hash().to_string(),
            begun: false,
            plan: None,
        }
    }
}

/// An identifier that was never given before and sorts by the command's instant.
pub(super) fn new_id(now: Timestamp) -> String {
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let nanos = u32::try_from(millis % 1000).unwrap_or(0) * 1_000_000;
    let at = uuid::Timestamp::from_unix(uuid::NoContext, millis / 1000, nanos);
    uuid::Uuid::new_v7(at).simple().to_string()
}

/// What every verdict of a command is made with.
pub(super) struct Court {
    pub(super) config: Arc<Config>,
    pub(super) world: World,
    /// Numbers of roots whose files nobody is served.
    pub(super) draft_roots: Vec<i64>,
}

impl Court {
    pub(super) fn load(ctx: &mut Context<'_>, catalog: &Catalog) -> Result<Self, Error> {
        let drafts = catalog.roots()?.into_iter().filter(|root| root.kind == RootKind::Draft);
        let draft_roots = drafts.map(|root| root.id).collect();
        Ok(Self { config: ctx.config()?, world: catalog.world()?, draft_roots })
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.config.policy
    }

    /// The zone of dates of an asset that depends on these contexts and names no zone of its own.
    pub(super) fn zone_among(&self, contexts: &[i64]) -> Result<Zone, Error> {
        let contexts = contexts.iter().filter_map(|id| self.world.contexts.get(id));
        Ok(shared_zone(contexts, &self.policy().zone)?)
    }

    /// The zone that an asset's bare dates count in.
    pub(super) fn zone_of(&self, metadata: &Metadata, contexts: &[i64]) -> Result<Zone, Error> {
        match &metadata.dates.zone {
            Some(name) => Ok(Zone::named(name)?),
            None => self.zone_among(contexts),
        }
    }

    /// The verdict on an asset at the command's instant.
    pub(super) fn judge(&self, row: &FactsRow, ctx: &Context<'_>) -> Verdict {
        self.judge_at(row, ctx.now)
    }

    /// The verdict on an asset at an instant.
    pub(super) fn judge_at(&self, row: &FactsRow, now: Timestamp) -> Verdict {
        standing_of(&row.facts, &self.world, self.policy(), now)
    }
}

/// In words, the folder of ours that a path lies beneath, if any: a root or the quarantine.
pub(super) fn beneath_own(config: &Config, path: &Path) -> Result<Option<String>, Error> {
    for root in &config.roots {
        if is_beneath(path, &root.path)? {
            return Ok(Some(format!("root `{}`", root.name)));
        }
    }
    Ok(is_beneath(path, &config.quarantine)?.then(|| "the quarantine".to_owned()))
}

/// The catalog's files and the quarantine, should they be reachable from a root.
pub(super) fn own_files(config: &Config) -> BTreeSet<Identity> {
    let beside = |suffix: &str| {
        let mut path = config.catalog.clone().into_os_string();
        path.push(suffix);
        PathBuf::from(path)
    };
    let (log, index) = (beside("-wal"), beside("-shm"));
    identities(&[&config.catalog, &log, &index, &config.quarantine])
}

/// An asset as reports name it.
pub(super) fn subject(asset: &Asset) -> Subject {
    Subject { id: asset.id, path: printable(asset.path.as_bytes()) }
}

/// The asset with this number as reports name it.
pub(super) fn subject_of(catalog: &Catalog, id: AssetId) -> Result<Subject, CatalogError> {
    let asset = catalog.asset(id)?;
    Ok(asset.map_or_else(|| Subject { id, path: String::new() }, |asset| subject(&asset)))
}

/// Finds the one asset that a person means by `text`: `12` or `#12`, `wp:7388` for a WordPress
/// attachment, `sha256:` with the first digits, or a path: absolute, from the current folder, or
/// from its root.
pub(super) fn find_asset(
    ctx: &mut Context<'_>,
    catalog: &Catalog,
    text: &str,
) -> Result<FactsRow, Error> {
    let unknown = || Error::UnknownAsset(text.to_owned());
    let found = candidates(ctx, catalog, text)?;
    match found.as_slice() {
        [] => Err(unknown()),
        [id] => catalog.facts_of(*id)?.ok_or_else(unknown),
        several => {
            let mut candidates = Vec::new();
            for id in several {
                if let Some(asset) = catalog.asset(*id)? {
                    candidates.push(format!("{id} {} ({})", asset.path, asset.state));
                }
            }
            Err(Error::AmbiguousAsset { text: printable(text.as_bytes()), candidates })
        }
    }
}

fn candidates(ctx: &mut Context<'_>, catalog: &Catalog, text: &str) -> Result<Vec<AssetId>, Error> {
    if let Ok(number) = text.strip_prefix('#').unwrap_or(text).parse() {
        return Ok(vec![AssetId(number)]);
    }
    if let Some(number) = text.strip_prefix("wp:").and_then(|number| number.parse().ok()) {
        return Ok(catalog.assets_of_attachment(number)?);
    }
    if let Some(digits) = text.strip_prefix("sha256:") {
        let digits = digits.to_ascii_lowercase();
        if digits.len() < 4 || digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::NoAssetName { text: printable(text.as_bytes()) });
        }
        return Ok(catalog.assets_with_digest(&digits)?);
    }
    at_path(ctx, catalog, text)
}

fn at_path(ctx: &mut Context<'_>, catalog: &Catalog, text: &str) -> Result<Vec<AssetId>, Error> {
    let config = ctx.config()?;
    let absolute = ctx.current_dir.join(text);
    for root in &config.roots {
        let Ok(beneath) = absolute.strip_prefix(&root.path) else { continue };
        let Ok(path) = RelPath::new(beneath.as_os_str().as_encoded_bytes()) else { continue };
        let record = catalog.roots()?.into_iter().find(|known| known.name == root.name);
        let found = catalog.assets_at(record.map(|root| root.id), &path)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    match RelPath::new(text.as_bytes()) {
        Ok(path) => Ok(catalog.assets_at(None, &path)?),
        Err(_) => Ok(Vec::new()),
    }
}
