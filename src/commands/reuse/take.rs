//! `reuse take`: a copy of an asset for one use, on record.
//!
//! **Invariant:** no copy stays that is not on record, and none is made unless the answer is yes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, FactsRow, Take};
use crate::domain::reuse::{Answer, Use};
use crate::error::Error;
use crate::files::copy::copy_out;
use crate::files::{FileError, MoveError};
use crate::report::Item;

use super::super::Context;
use super::super::act::guarded_roots;
use super::super::library::{Court, Mode, beneath_own, find_asset};
use super::super::words::{placement, said};
use super::check::answer;
use super::{UseArgs, territory_in_words};

/// Copy an asset out of the library for a use, if the answer is yes
///
/// Asks the five questions of `reuse check`. Only on yes the original is copied into a folder under
/// its own name, compared with the bytes that were approved, and the use is recorded: `shelflife show`
/// tells where an asset was taken to, and what for. Nothing is overwritten.
#[derive(Debug, clap::Args)]
pub(super) struct TakeArgs {
    /// The asset: `#12`, `wp:7388`, `sha256:` with the first digits, or a path
    #[arg(value_name = "ASSET")]
    asset: String,

    /// The folder to copy it into, outside of the library
    #[arg(long, value_name = "DIR", required = true)]
    to: PathBuf,

    /// Where it is to be used, such as homepage-hero
    #[arg(long, value_name = "PLACEMENT", value_parser = placement)]
    placement: String,

    #[command(flatten)]
    wanted: UseArgs,

    /// Last day of the use, which still belongs to it [default: the first]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,

    /// What for; the audit log keeps it
    #[arg(long, value_name = "TEXT", value_parser = said)]
    reason: Option<String>,

    /// Show the answer and copy nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &TakeArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let mode = Mode::unless_dry_run(args.dry_run);
    let folder = ctx.current_dir.join(&args.to);
    refuse_own_folders(ctx, &folder)?;
    ctx.with_catalog(mode, |ctx, catalog| {
        let court = Court::load(ctx, catalog)?;
        let wanted = args.wanted.wanted(ctx, &args.placement, args.until.as_deref())?;
        let row = find_asset(ctx, catalog, &args.asset)?;
        if answer(ctx, (catalog, &court), (&row, &wanted))? != Answer::Yes {
            return Ok(());
        }
        let path = folder.join(OsStr::from_bytes(row.asset.path.name()));
        if mode == Mode::Real {
            let take = args.take(ctx, &wanted, &path);
            copy(&court, catalog, (&row, &path))?;
            if let Err(error) = catalog.record_take(row.asset.id, row.asset.version, &take) {
                crate::files::remove_note(&path)?;
                return Err(error.into());
            }
        }
        let what = format!("{} {} is taken to {}", row.asset.id, row.asset.path, path.display());
        ctx.report.say(&Item::Edit { subject: None, what });
        Ok(())
    })
}

/// What is copied into a root would be a new draft, and nobody looks into the quarantine.
fn refuse_own_folders(ctx: &mut Context<'_>, folder: &Path) -> Result<(), Error> {
    let Some(own) = beneath_own(&*ctx.config()?, folder)? else { return Ok(()) };
    let message = format!("{} lies beneath {own}", folder.display());
    let hint = Some("name a folder outside of the library".to_owned());
    Err(Error::Usage { message, hint })
}

fn copy(court: &Court, catalog: &Catalog, (row, path): (&FactsRow, &Path)) -> Result<(), Error> {
    let asset = &row.asset;
    let mut roots = guarded_roots(&court.config, catalog)?;
    let root = roots.remove(&asset.root).ok_or_else(|| {
        let what = format!("the root of {}", asset.id);
        Error::guard(what, "it is not configured".to_owned(), "name it in shelflife.toml")
    })?;
    let folder = root.folder(asset.path.folder())?;
    copy_out(folder.at(asset.path.name()), path, &asset.digest).map_err(|error| match error {
        MoveError::Exists { .. } => Error::Usage {
            message: format!("{} is there already", path.display()),
            hint: Some("name another folder; nothing is overwritten".to_owned()),
        },
        MoveError::Other(error) => error.into(),
        other => FileError::from(other).into(),
    })
}

impl TakeArgs {
    fn take(&self, ctx: &Context<'_>, wanted: &Use, path: &Path) -> Take {
        Take {
            at: ctx.now,
            by: ctx.actor.name().to_owned(),
            to: path.display().to_string(),
            placement: wanted.placement.clone(),
            campaign: wanted.campaign.as_ref().map(ToString::to_string),
            territory: territory_in_words(&wanted.territory),
            from: wanted.from,
            until: wanted.until,
            reason: self.reason.clone(),
        }
    }
}
