//! `policy check`: every mistake of a configuration, and what it says in vain.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::catalog::Catalog;
use crate::config::{self, Config};
use crate::domain::policy_review::{Objection, review_policy};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::report::Item;

use super::super::Context;

/// Check a configuration: mistakes with their places, and what it says in vain
///
/// Tells every key that is not known and every value that makes no sense, with line and column, and
/// not only the first. Then tells limits that are never reached, severities and requirements that change
/// nothing, and placements that nothing is meant for. Exit code 78 for mistakes, 1 for what is said in vain.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The configuration to check [default: the one in use]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(args: &CheckArgs, ctx: &mut Context<'_>) -> Result<(), Error> {
    let path = match &args.file {
        Some(file) => ctx.current_dir.join(file),
        None => ctx.settings.config_file()?,
    };
    let config = match config::load_whole(&path) {
        Ok(config) => config,
        Err(mistakes) => return tell_mistakes(ctx, mistakes),
    };
    let objections = review_policy(&config.policy, &placements(ctx, &config)?);
    for Objection { key, because } in &objections {
        ctx.report.outcome(ExitCode::No);
        let fields = vec![("key", key.as_str().into()), ("because", because.as_str().into())];
        ctx.report.row("in vain", fields);
    }
    let says = if objections.is_empty() { "says nothing in vain" } else { "can be used" };
    ctx.report.text(format!("{} {says}; policy {}", path.display(), config.policy_hash()));
    Ok(())
}

/// All but the last mistake are told; the last one ends the command.
fn tell_mistakes(
    ctx: &mut Context<'_>,
    mut mistakes: Vec<config::ConfigError>,
) -> Result<(), Error> {
    let Some(last) = mistakes.pop() else { return Ok(()) };
    for mistake in mistakes {
        let error = Error::from(mistake);
        let (what, why) = ("configuration".to_owned(), error.to_string());
        ctx.report.say(&Item::Failure { what, why, hint: error.hint() });
    }
    Err(last.into())
}

/// What anything is meant for, as far as there is a catalog to ask.
fn placements(ctx: &Context<'_>, config: &Config) -> Result<BTreeSet<String>, Error> {
    if config.catalog.symlink_metadata().is_err() {
        return Ok(BTreeSet::new());
    }
    let catalog: Catalog = ctx.settings.open_at_a_moment(&config.catalog)?;
    Ok(catalog.known_placements()?)
}
