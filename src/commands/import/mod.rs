//! `import`: takes over what a site says about its media, whatever the kind of its export.
//!
//! The export is read twice, so that memory stays flat: first for what proves which files belong
//! together, then for what the site says about them.

mod attachments;
mod descriptions;

use std::path::PathBuf;

use crate::error::Error;
use crate::exports::ExportKind;

use super::Context;
use super::exported::check_kind;
use super::library::{Court, Mode};

/// So many attachments or descriptions are written in one transaction.
const BATCH: usize = 500;

/// Take over what a site says about its media
#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, clap::Subcommand)]
enum Source {
    /// Read a WordPress export (Tools > Export, or `wp export`)
    ///
    /// Learns which attachment each asset is, which files belong to it, its title and its alt text.
    /// What people recorded already stays, unless `--overwrite` is given. An entry that cannot be
    /// taken as it stands is reported with its line, and the others are taken.
    Wxr(SourceArgs),

    /// Read saved answers of the REST API (`/wp/v2/media`), or `wp post list --format=json`
    ///
    /// All pages are given together. Ask for them with `context=edit`: without it titles are as
    /// pages show them. What is learned is what `import wxr` learns.
    Rest(SourceArgs),

    /// Read a table of attachments, such as `wp post list --format=csv` writes
    ///
    /// The header says what the columns are; those that are not known are passed over. Rows
    /// without an id are matched by the path of their file. What is learned is what `import wxr`
    /// learns.
    Csv(SourceArgs),
}

#[derive(Debug, clap::Args)]
struct SourceArgs {
    /// The export; all files of one that was split
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,

    /// Locale of the export's alt texts [default: the site's]
    #[arg(long, value_name = "LOCALE")]
    locale: Option<String>,

    /// Let the export's titles and alt texts replace recorded ones
    #[arg(long)]
    overwrite: bool,

    /// Show what would be learned and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) fn run(args: &ImportArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let (kind, args) = match &args.source {
        Source::Wxr(args) => (ExportKind::Wxr, args),
        Source::Rest(args) => (ExportKind::Json, args),
        Source::Csv(args) => (ExportKind::Table, args),
    };
    check_kind(ctx, &args.files, kind)?;
    let mode = Mode::unless_dry_run(args.dry_run);
    ctx.with_catalog(mode, |ctx, catalog| {
        if mode == Mode::Real {
            attachments::learn(ctx, catalog, &args.files)?;
        }
        let court = Court::load(ctx, catalog)?;
        descriptions::learn(ctx, catalog, (args, &court, mode))
    })
}
