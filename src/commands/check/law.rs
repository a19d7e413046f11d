//! What an export is judged by: policy, catalog, the use that it is for and how long it has to
//! last.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Catalog, FactsRow};
use crate::config::{self, Config};
use crate::domain::lifecycle::{Verdict, World, standing_of};
use crate::domain::metadata;
use crate::domain::policy::Policy;
use crate::domain::reuse::Use;
use crate::domain::text::counted;
use crate::domain::time::{CivilDate, Timestamp};
use crate::error::Error;

use super::super::Context;
use super::CheckArgs;
use super::lookup::Shelf;

/// What every entry is judged by, whatever thread judges it.
pub(super) struct Law {
    pub(super) policy: Policy,
    pub(super) world: World,
    /// The last instant at which the export has to hold.
    pub(super) until: Option<Timestamp>,
    pub(super) wanted: Option<Use>,
}

/// The law, and the catalog if one is to be asked.
pub(super) fn load(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(Law, Option<Shelf>), Error> {
    let (mut policy, path) = places(args, ctx)?;
    // The texts that the export has to have are those of the locale that it is in.
    if let Some(text) = &args.locale {
        policy.locale = metadata::locale(text)
            .ok_or_else(|| Error::usage(format!("`{text}` is not a locale")))?;
    }
    let until = match &args.use_of_it.within {
        None => None,
        Some(text) => Some(end_of(text, &policy, ctx.now)?),
    };
    let wanted = args.use_of_it.placement.as_ref().map(|placement| Use {
        placement: placement.clone(),
        campaign: None,
        territory: args.use_of_it.territory(),
        from: ctx.now,
        until: until.unwrap_or(ctx.now),
    });
    if let (None, Some(_)) = (&path, &wanted) {
        return Err(Error::usage("a use can be checked only with a catalog"));
    }
    let catalog = path.map(|path| open(&path, args, &policy, ctx)).transpose()?;
    let (world, shelf) = match catalog {
        None => (World::default(), None),
        Some(catalog) => (catalog.world()?, Some(Shelf::new(catalog)?)),
    };
    Ok((Law { policy, world, until, wanted }, shelf))
}

impl Law {
    /// The verdict on an asset at an instant.
    pub(super) fn judge(&self, row: &FactsRow, at: Timestamp) -> Verdict {
        standing_of(&row.facts, &self.world, &self.policy, at)
    }
}

/// The policy, and the catalog if there is one to ask.
fn places(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(Policy, Option<PathBuf>), Error> {
    let stated = args.by.policy.as_ref().map(|file| ctx.current_dir.join(file));
    let stated = stated.map(|file| config::load_policy(&file)).transpose()?;
    let configured: Option<Arc<Config>> = match ctx.settings.lookup.find() {
        Some(_) if stated.is_none() || ctx.settings.catalog.is_none() => {
            Some(ctx.config()?).filter(|_| !args.by.without_catalog || stated.is_none())
        }
        _ => None,
    };
    let own = configured.as_ref().map(|config| config.policy.clone());
    let policy = stated.or(own).unwrap_or_default();
    let catalog = ctx.settings.catalog.clone().or_else(|| Some(configured?.catalog.clone()));
    Ok((policy, catalog.filter(|_| !args.by.without_catalog)))
}

/// Opens the catalog; a snapshot only if it is not too old, or made in the future.
fn open(
    path: &Path,
    args: &CheckArgs,
    policy: &Policy,
    ctx: &Context<'_>,
) -> Result<Catalog, Error> {
    let catalog = ctx.settings.open_to_read(path)?;
    let Some(made) = catalog.snapshot_made()? else { return Ok(catalog) };
    let days = u64::from(policy.snapshot_max_age_days);
    let hours = args.by.max_age.unwrap_or(days.saturating_mul(24));
    let age = ctx.wall_clock.millis().saturating_sub(made.millis());
    let limit = i64::try_from(hours.saturating_mul(3_600_000)).unwrap_or(i64::MAX);
    if (0..=limit).contains(&age) {
        return Ok(catalog);
    }
    let why = if age < 0 {
        format!("it was made at {made}, which is still to come")
    } else {
        format!("it was made at {made}, more than {} ago", counted(hours, "hour"))
    };
    let hint = "ship a newer one made with `shelflife backup`, or allow more with `--max-age`";
    Err(Error::guard(format!("the snapshot {} is not believed", path.display()), why, hint))
}

/// The last instant of what `--within` says, in the site's zone: what may be used through that day
/// lasts.
fn end_of(text: &str, policy: &Policy, now: Timestamp) -> Result<Timestamp, Error> {
    let today = policy.zone.date_at(now);
    let relative = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('-');
    let text = if relative { format!("+{text}") } else { text.to_owned() };
    let last = CivilDate::parse(&text, today)?;
    if last < today {
        return Err(Error::usage(format!("{last} is over")));
    }
    Ok(policy.zone.cutoff(last).before())
}
